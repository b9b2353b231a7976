/* SortedMap: for each group a multiset of values in order, for MIN and MAX over rows that can be
 * taken back, and for percentiles. One B+ tree (Comer, "The Ubiquitous B-Tree", 1979) holds all
 * groups: entries (group, value) -> how often, ordered by group, then value. Inner nodes know how
 * much lies below each child, so that a group's n-th value is found on one way down. Leaves that
 * become empty go; half-empty ones are left.
 *
 * A value is one or two words as in a key (key.h): an integer, a double, a DECIMAL, a Str. Doubles
 * are ordered as java.lang.Double.compare does, -0.0 before 0.0 and NaN last, strings by bytes. */
#ifndef WEIR_STORAGE_STATE_SORTED_MAP_H
#define WEIR_STORAGE_STATE_SORTED_MAP_H

#include "storage/data/column.h"
#include "storage/state/heap.h"
#include "storage/state/page.h"

enum { SORTED_MAX_HEIGHT = 12 };

typedef struct SortedMap {
    PhysType phys; /* of the values */
    PageSet pages;
    Heap heap;           /* long strings */
    uint32_t root;       /* page */
    uint32_t height;     /* 0: empty; 1: the root is a leaf */
    uint32_t *free_page; /* numbers of dropped pages */
    uint32_t free_pages, free_capacity;
} SortedMap;

void sorted_map_open(SortedMap *map, PhysType phys, Meter *meter);
void sorted_map_close(SortedMap *map);

/* After its pages and fields were loaded: finds the dropped pages again. ST_STATE: they do not fit.
 */
CHECKED Status sorted_map_loaded(SortedMap *map);

/* Adds `change` to how often the group has the value; an entry that comes to 0 goes. */
CHECKED Status sorted_map_adjust(SortedMap *map, uint64_t group, const uint64_t value[2],
                                 int64_t change);
/* The least (or greatest) value of the group; NULL: it has none. Strings as the heap stores them;
 * good until the next adjust. */
const uint64_t *sorted_map_first(const SortedMap *map, uint64_t group);
const uint64_t *sorted_map_last(const SortedMap *map, uint64_t group);
/* The least group that has a value; false: none has. */
bool sorted_map_least_group(const SortedMap *map, uint64_t *group);

/* A place among a group's values, good until the next adjust. */
typedef struct SortedCursor {
    uint64_t group;
    const uint64_t *value;                                   /* strings as the heap stores them */
    int64_t count;                                           /* how often the group has it */
    uint32_t page[SORTED_MAX_HEIGHT], at[SORTED_MAX_HEIGHT]; /* the path to it */
} SortedCursor;
/* The values from the least on; false when there is none (more). */
bool sorted_map_begin(const SortedMap *map, uint64_t group, SortedCursor *cursor);
/* The greatest value; false when there is none. */
bool sorted_map_end(const SortedMap *map, uint64_t group, SortedCursor *cursor);
/* From the first value on that is not less. */
bool sorted_map_seek(const SortedMap *map, uint64_t group, const uint64_t value[2],
                     SortedCursor *cursor);
bool sorted_map_next(const SortedMap *map, SortedCursor *cursor);
/* Adds a value once more, and says where it stands. */
CHECKED Status sorted_map_add(SortedMap *map, uint64_t group, const uint64_t value[2],
                              SortedCursor *cursor);
/* Takes out the value at the cursor, however often it is there. */
void sorted_map_remove(SortedMap *map, SortedCursor *cursor);
/* The group's value number `place`, counted from 0, each as often as it is there; *among: which of
 * the equal ones it is. False when there are no more than `place`. In O(log n). */
bool sorted_map_at(const SortedMap *map, uint64_t group, int64_t place, SortedCursor *cursor,
                   int64_t *among);
/* Adds what a group of `from` has, `times` as often, to a group; `from`, which may be the same map
 * but not the same group, keeps it. */
CHECKED Status sorted_map_merge(SortedMap *map, uint64_t group, const SortedMap *from,
                                uint64_t from_group, int64_t times);
/* Forgets the group's values. */
void sorted_map_clear(SortedMap *map, uint64_t group);

#endif
