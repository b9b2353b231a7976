#include "executor/op/timed_set.h"

#include <assert.h>

void timed_set_open(TimedSet *set, Meter *meter)
{
    sorted_map_open(&set->map, PHYS_I128, meter);
}

void timed_set_close(TimedSet *set)
{
    if (set->map.pages.meter != NULL)
        sorted_map_close(&set->map);
}

Status timed_set_walk(TimedSet *set, StateWalk *walk)
{
    return state_walk_sorted_map(walk, &set->map);
}

static void pack(Micros time, uint32_t entry, uint64_t value[2])
{
    Int128 both = (Int128)time * ((Int128)1 << 64) + entry;
    memcpy(value, &both, sizeof both);
}

static void unpack(const uint64_t value[2], Micros *time, uint32_t *entry)
{
    Int128 both;
    memcpy(&both, value, sizeof both);
    *time = (Micros)(both >> 64);
    *entry = (uint32_t)both;
}

Status timed_set_add(TimedSet *set, Micros time, uint32_t entry)
{
    uint64_t value[2];
    pack(time, entry, value);
    return sorted_map_adjust(&set->map, 0, value, 1);
}

void timed_set_remove(TimedSet *set, Micros time, uint32_t entry)
{
    uint64_t value[2];
    SortedCursor at;
    pack(time, entry, value);
    bool there = sorted_map_seek(&set->map, 0, value, &at);
    assert(there && memcmp(at.value, value, sizeof value) == 0);
    sorted_map_remove(&set->map, &at);
}

static bool find_first(const TimedSet *set, Micros until, SortedCursor *first, uint32_t *entry)
{
    Micros time;
    if (!sorted_map_begin(&set->map, 0, first))
        return false;
    unpack(first->value, &time, entry);
    return time <= until;
}

bool timed_set_first(const TimedSet *set, Micros until, uint32_t *entry)
{
    SortedCursor first;
    return find_first(set, until, &first, entry);
}

bool timed_set_take(TimedSet *set, Micros until, uint32_t *entry)
{
    SortedCursor first;
    if (!find_first(set, until, &first, entry))
        return false;
    sorted_map_remove(&set->map, &first);
    return true;
}

Micros timed_set_due(const TimedSet *set)
{
    const uint64_t *first = sorted_map_first(&set->map, 0);
    Micros time = MICROS_MAX;
    uint32_t entry;
    if (first != NULL)
        unpack(first, &time, &entry);
    return time;
}
