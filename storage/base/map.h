/* Map: Text -> pointer, in an arena; for names of tables, columns, options. Keys are borrowed.
 * Iteration is in order of insertion. */
#ifndef WEIR_STORAGE_BASE_MAP_H
#define WEIR_STORAGE_BASE_MAP_H

#include "storage/base/arena.h"
#include "storage/base/status.h"
#include "storage/base/text.h"

typedef struct MapEntry {
    Text key;
    void *value;
} MapEntry;

typedef struct Map {
    Arena *arena;
    MapEntry *item; /* in order of insertion */
    uint32_t count, capacity;
    uint32_t *slot; /* entry index + 1, 0: empty */
    uint32_t slots; /* a power of two */
} Map;

void map_init(Map *map, Arena *arena);
CHECKED Status map_put(Map *map, Text key, void *value); /* replaces */
void *map_find(const Map *map, Text key);                /* NULL when absent */

#endif
