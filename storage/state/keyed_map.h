/* KeyedMap: key -> a value of fixed size, for groups. Entries are numbered from 0 in the order in
 * which their keys first came and stand in pages by number, key words before value; an
 * open-addressing index of entry numbers finds them and can be rebuilt from them. A removed entry's
 * number is given to a later key.
 *
 * Operators have a map for each window that is open, so that a map of a few keys is to be small:
 * its first page begins with room for a few entries and is moved as it grows.
 *
 * Values are plain bytes, 8-byte aligned, zeroed when new. A pointer to one is good until an entry
 * is added or it is removed; operators keep none across calls. */
#ifndef WEIR_STORAGE_STATE_KEYED_MAP_H
#define WEIR_STORAGE_STATE_KEYED_MAP_H

#include "storage/state/heap.h"
#include "storage/state/key.h"
#include "storage/state/page.h"

typedef struct KeyedMap {
    const KeyShape *shape;
    Meter *meter;
    uint64_t seed;
    uint32_t key_words, value_words;
    uint32_t entry_words; /* key + value */
    uint32_t page_shift;  /* entries a page = 1 << page_shift */
    PageSet pages;
    PageSet nulls;    /* NULL bits of the keys of a page; only of pages where some key has a NULL */
    Heap heap;        /* long strings of keys and of values */
    uint32_t entries; /* numbers given out, removed ones included */
    uint32_t removed; /* of them */
    uint32_t first_removed; /* entry + 1; chained through the first key word; without those whose
                               page is gone */
    uint32_t gone_pages;    /* wholly removed, and given back */
    uint32_t loose;         /* entries removed since it was last seen which pages those are */
    uint32_t *slot;         /* entry + 1, and bits of the key's hash above it; 0: empty */
    uint32_t slots, low;    /* low: the bits of a slot that are the entry's */
} KeyedMap;

/* The shape is borrowed. */
void keyed_map_open(KeyedMap *map, const KeyShape *shape, uint32_t value_size, uint64_t seed,
                    Meter *meter);
void keyed_map_close(KeyedMap *map);
/* Forgets all entries, gives the memory back. */
void keyed_map_clear(KeyedMap *map);

/* The entry of each key, made where there was none. fresh (may be NULL): set to 1 for an entry made
 * by that key, else 0. */
CHECKED Status keyed_map_upsert(KeyedMap *map, const KeyBatch *keys, uint32_t *entry,
                                uint8_t *fresh);
/* The keys of some entries, to be looked up in another map of the same shape and seed. Long strings
 * are borrowed from this one. */
CHECKED Status keyed_map_keys(const KeyedMap *map, const uint32_t *entry, uint32_t count,
                              Arena *scratch, KeyBatch *out);
/* -1 when absent. */
int64_t keyed_map_find(const KeyedMap *map, const uint64_t *words, uint64_t nulls, uint64_t hash);
void keyed_map_remove(KeyedMap *map, uint32_t entry);
/* Gives back the memory of entries that were removed, where that is much: in constant time for each
 * of them. The others keep their numbers. When there is no memory for it, it is left for later. */
void keyed_map_trim(KeyedMap *map);

/* After its pages and fields were loaded: makes the index again. ST_STATE: they do not fit. */
CHECKED Status keyed_map_loaded(KeyedMap *map);

static inline uint32_t keyed_map_count(const KeyedMap *map)
{
    return map->entries - map->removed;
}
/* The number has been given out, and its page is there. */
static inline bool keyed_map_has_room(const KeyedMap *map, uint32_t entry)
{
    return entry < map->entries && map->pages.page[entry >> map->page_shift].bytes != NULL;
}
static inline const uint64_t *keyed_map_key(const KeyedMap *map, uint32_t entry)
{
    uint32_t in_page = entry & ((1u << map->page_shift) - 1);
    return (const uint64_t *)(const void *)page_read(&map->pages, entry >> map->page_shift) +
           (size_t)in_page * map->entry_words;
}
/* Which of its columns are NULL. */
static inline uint64_t keyed_map_nulls(const KeyedMap *map, uint32_t entry)
{
    uint32_t page = entry >> map->page_shift;
    if (page >= map->nulls.count || map->nulls.page[page].bytes == NULL)
        return 0;
    return ((const uint64_t *)(const void *)page_read(&map->nulls,
                                                      page))[entry & ((1u << map->page_shift) - 1)];
}
static inline const void *keyed_map_value(const KeyedMap *map, uint32_t entry)
{
    return keyed_map_key(map, entry) + map->key_words;
}
/* For changing it. */
static inline void *keyed_map_value_write(KeyedMap *map, uint32_t entry)
{
    uint32_t in_page = entry & ((1u << map->page_shift) - 1);
    char *entry_bytes = page_write_at(&map->pages, entry >> map->page_shift,
                                      in_page * map->entry_words * 8, map->entry_words * 8);
    return (uint64_t *)(void *)entry_bytes + map->key_words;
}

#endif
