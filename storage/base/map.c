#include "storage/base/map.h"

#include <assert.h>

#include "storage/base/hash.h"
#include "storage/base/vec.h"

void map_init(Map *map, Arena *arena)
{
    *map = (Map){.arena = arena};
}

/* Linear probing; returns the slot that holds the key or the empty one where it belongs. */
static uint32_t find_slot(const Map *map, Text key)
{
    assert(map->slots > map->count);
    uint32_t mask = map->slots - 1;
    uint32_t at = (uint32_t)hash_bytes(key.ptr, key.size, 0) & mask;
    while (map->slot[at] != 0 && !text_equal(map->item[map->slot[at] - 1].key, key))
        at = (at + 1) & mask;
    return at;
}

static Status grow_slots(Map *map)
{
    uint32_t slots = map->slots == 0 ? 16 : map->slots * 2;
    uint32_t *slot = arena_alloc_zeroed(map->arena, slots * sizeof *slot);
    if (slot == NULL)
        return ST_NOMEM;
    map->slot = slot;
    map->slots = slots;
    for (uint32_t i = 0; i < map->count; i++)
        map->slot[find_slot(map, map->item[i].key)] = i + 1;
    return ST_OK;
}

Status map_put(Map *map, Text key, void *value)
{
    if (map->slots < (map->count + 1) * 2)
        TRY(grow_slots(map));
    uint32_t at = find_slot(map, key);
    if (map->slot[at] != 0) {
        map->item[map->slot[at] - 1].value = value;
        return ST_OK;
    }
    MapEntry entry = {key, value};
    TRY_PUSH(map, map->arena, entry);
    map->slot[at] = map->count;
    return ST_OK;
}

void *map_find(const Map *map, Text key)
{
    if (map->count == 0)
        return NULL;
    uint32_t at = find_slot(map, key);
    return map->slot[at] == 0 ? NULL : map->item[map->slot[at] - 1].value;
}
