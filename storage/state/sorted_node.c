#include "storage/state/sorted_node.h"

#include <string.h>

#include "storage/data/number.h"

static inline int compare_value(const SortedMap *map, PhysType phys, const uint64_t *probe,
                                const uint64_t *stored)
{
    switch (phys) {
    case PHYS_BOOL:
    case PHYS_I64: {
        int64_t a = (int64_t)probe[0], b = (int64_t)stored[0];
        return (a > b) - (a < b);
    }
    case PHYS_F64: {
        double a, b;
        memcpy(&a, probe, sizeof a);
        memcpy(&b, stored, sizeof b);
        return double_order(a, b);
    }
    case PHYS_I128: {
        Int128 a, b;
        memcpy(&a, probe, sizeof a);
        memcpy(&b, stored, sizeof b);
        return (a > b) - (a < b);
    }
    case PHYS_STR: {
        Str a, b;
        memcpy(&a, probe, sizeof a);
        memcpy(&b, stored, sizeof b);
        b = heap_load_str(&map->heap, &b);
        return str_compare(&a, &b);
    }
    case PHYS_NESTED: break;
    }
    return 0;
}

static inline int compare(const SortedMap *map, PhysType phys, const SortedProbe *probe,
                          const SortedEntry *entry)
{
    if (probe->group != entry->group)
        return probe->group < entry->group ? -1 : 1;
    return probe->bound != 0 ? probe->bound : compare_value(map, phys, probe->value, entry->value);
}

bool sorted_is_equal(const SortedMap *map, const SortedProbe *probe, const SortedEntry *entry)
{
    return compare(map, map->phys, probe, entry) == 0;
}

static inline uint32_t search(const SortedMap *map, PhysType phys, const SortedNode *node,
                              uint32_t from, const SortedProbe *probe)
{
    uint32_t low = from, high = node->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (compare(map, phys, probe, &node->entry[middle]) >= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The search is laid out once for each of the types, and does not ask for it at each entry. */
uint32_t sorted_count_not_after(const SortedMap *map, const SortedNode *node, uint32_t from,
                                const SortedProbe *probe)
{
    switch (map->phys) {
    case PHYS_BOOL:
    case PHYS_I64: return search(map, PHYS_I64, node, from, probe);
    case PHYS_F64: return search(map, PHYS_F64, node, from, probe);
    case PHYS_I128: return search(map, PHYS_I128, node, from, probe);
    case PHYS_STR: return search(map, PHYS_STR, node, from, probe);
    case PHYS_NESTED: break;
    }
    return from;
}

void sorted_descend(const SortedMap *map, const SortedProbe *probe, SortedCursor *path)
{
    uint32_t page = map->root;
    for (uint32_t level = 0; level < map->height; level++) {
        const SortedNode *node = sorted_node(map, page);
        bool leaf = level + 1 == map->height;
        path->page[level] = page;
        path->at[level] = sorted_count_not_after(map, node, leaf ? 0 : 1, probe) - 1;
        if (!leaf)
            page = (uint32_t)node->entry[path->at[level]].as.child;
    }
}
