/* The nodes of a SortedMap's tree, the order of what stands in them, and the way down to a place.
 * Of sorted_map.c alone; nothing here changes the tree. */
#ifndef WEIR_STORAGE_STATE_SORTED_NODE_H
#define WEIR_STORAGE_STATE_SORTED_NODE_H

#include "storage/state/sorted_map.h"

enum { SORTED_NODE_BYTES = 4096, SORTED_LEAF_ENTRIES = 127, SORTED_INNER_ENTRIES = 101 };

typedef struct SortedEntry {
    uint64_t group;
    uint64_t value[2];
    union {
        int64_t count;  /* leaf */
        uint64_t child; /* inner: a page; the first entry's key counts as the least of all */
    } as;
} SortedEntry;

typedef struct SortedNode {
    uint32_t count;
    uint32_t unused[7];
    union {
        SortedEntry entry[SORTED_LEAF_ENTRIES];
        struct {
            SortedEntry inner[SORTED_INNER_ENTRIES];
            int64_t weight[SORTED_INNER_ENTRIES]; /* of an inner node: the sums of counts below */
        };
    };
} SortedNode;
_Static_assert(sizeof(SortedNode) == SORTED_NODE_BYTES, "a node is a page");

/* A place in the tree to look for: a value of the group, or before (after) all of them. */
typedef struct SortedProbe {
    uint64_t group;
    uint64_t value[2]; /* strings: a Str with a pointer */
    int bound;         /* -1: before all values, 1: after all, 0: the value */
} SortedProbe;

static inline const SortedNode *sorted_node(const SortedMap *map, uint32_t page)
{
    return (const SortedNode *)(const void *)page_read(&map->pages, page);
}

bool sorted_is_equal(const SortedMap *map, const SortedProbe *probe, const SortedEntry *entry);

/* How many entries from `from` on come before the probe or are equal to it. */
uint32_t sorted_count_not_after(const SortedMap *map, const SortedNode *node, uint32_t from,
                                const SortedProbe *probe);

/* Down to the leaf where the probe belongs: at each level the node and the entry taken. at of the
 * leaf: the last entry not after the probe, or UINT32_MAX when all come after it. */
void sorted_descend(const SortedMap *map, const SortedProbe *probe, SortedCursor *path);

#endif
