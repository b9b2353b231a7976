#include "storage/state/sorted_node.h"

#include <stddef.h>
#include <string.h>

void sorted_map_open(SortedMap *map, PhysType phys, Meter *meter)
{
    assert(phys != PHYS_NESTED);
    *map = (SortedMap){.phys = phys};
    pages_init(&map->pages, meter);
    heap_init(&map->heap, meter);
}

void sorted_map_close(SortedMap *map)
{
    mem_free(map->pages.meter, map->free_page, map->free_capacity * sizeof *map->free_page);
    pages_close(&map->pages);
    heap_close(&map->heap);
    sorted_map_open(map, map->phys, map->pages.meter);
}

static SortedNode *write_node(SortedMap *map, uint32_t page)
{
    return (SortedNode *)(void *)page_write(&map->pages, page);
}

/* --- strings and pages --- */

static Status own_value(SortedMap *map, const uint64_t *from, uint64_t *to)
{
    to[0] = from[0];
    to[1] = from[1];
    if (map->phys != PHYS_STR)
        return ST_OK;
    Str str, stored;
    memcpy(&str, from, sizeof str);
    TRY(heap_store_str(&map->heap, &str, &stored));
    memcpy(to, &stored, sizeof stored);
    return ST_OK;
}

static void drop_value(SortedMap *map, const uint64_t *value)
{
    if (map->phys != PHYS_STR)
        return;
    Str stored;
    memcpy(&stored, value, sizeof stored);
    heap_free_str(&map->heap, &stored);
}

/* A separator is a copy of its own: the entry it was taken from may go before it. */
static Status copy_value(SortedMap *map, const uint64_t *stored, uint64_t *to)
{
    uint64_t probe[2] = {stored[0], stored[1]};
    if (map->phys == PHYS_STR) {
        Str str;
        memcpy(&str, stored, sizeof str);
        str = heap_load_str(&map->heap, &str);
        memcpy(probe, &str, sizeof str);
    }
    return own_value(map, probe, to);
}

static Status new_node(SortedMap *map, uint32_t *page)
{
    if (map->free_pages > 0) {
        *page = map->free_page[map->free_pages - 1];
        TRY(pages_readd(&map->pages, *page, SORTED_NODE_BYTES));
        map->free_pages--;
        return ST_OK;
    }
    /* Room to remember every page, so that dropping one cannot fail. */
    if (map->pages.count == map->free_capacity) {
        uint32_t capacity = map->free_capacity == 0 ? 16 : map->free_capacity * 2;
        uint32_t *grown = mem_realloc(map->pages.meter, map->free_page,
                                      map->free_capacity * sizeof *grown, capacity * sizeof *grown);
        if (grown == NULL)
            return ST_NOMEM;
        map->free_page = grown;
        map->free_capacity = capacity;
    }
    return pages_add(&map->pages, SORTED_NODE_BYTES, page);
}

static void drop_node(SortedMap *map, uint32_t page)
{
    pages_drop(&map->pages, page);
    map->free_page[map->free_pages++] = page;
}

/* --- weights --- */

/* Weights are counted modulo 2^64: what a group has is exact as long as that is less than 2^63,
 * whatever lies beside it in a node, and what has gone beyond comes back when it is taken out. */
static int64_t plus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t minus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t weight_of(const SortedNode *node, bool leaf)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < node->count; i++)
        sum = plus(sum, leaf ? node->entry[i].as.count : node->weight[i]);
    return sum;
}

/* What is in the leaf of the path has changed by so much. */
static void weigh_path(SortedMap *map, const SortedCursor *path, int64_t change)
{
    for (uint32_t level = 0; level + 1 < map->height; level++) {
        uint32_t offset =
            (uint32_t)(offsetof(SortedNode, weight) + path->at[level] * sizeof(int64_t));
        char *weight = page_write_at(&map->pages, path->page[level], offset, sizeof(int64_t));
        *(int64_t *)(void *)weight = plus(*(int64_t *)(void *)weight, change);
    }
}

/* --- insertion --- */

static void put_entry(SortedNode *node, uint32_t at, const SortedEntry *entry)
{
    memmove(&node->entry[at + 1], &node->entry[at], (node->count - at) * sizeof *entry);
    node->entry[at] = *entry;
    node->count++;
}

static void put_child(SortedNode *node, uint32_t at, const SortedEntry *entry, int64_t weight)
{
    memmove(&node->weight[at + 1], &node->weight[at], (node->count - at) * sizeof weight);
    node->weight[at] = weight;
    put_entry(node, at, entry);
}

static bool is_full(const SortedNode *node, bool leaf)
{
    return node->count == (leaf ? SORTED_LEAF_ENTRIES : SORTED_INNER_ENTRIES);
}

/* Splits the full child number `at` of the node, a leaf or not, into two. The node has room. */
static Status split_child(SortedMap *map, uint32_t parent_page, uint32_t at, bool leaf)
{
    uint32_t left_page = (uint32_t)sorted_node(map, parent_page)->entry[at].as.child, right_page;
    SortedEntry separator = {0};
    TRY(new_node(map, &right_page));
    uint32_t half = sorted_node(map, left_page)->count / 2;
    const SortedEntry *middle = &sorted_node(map, left_page)->entry[half];
    Status status = copy_value(map, middle->value, separator.value);
    if (status != ST_OK) {
        drop_node(map, right_page);
        return status;
    }
    SortedNode *left = write_node(map, left_page), *right = write_node(map, right_page);
    separator.group = middle->group;
    separator.as.child = right_page;
    right->count = left->count - half;
    memcpy(right->entry, middle, right->count * sizeof *middle);
    if (!leaf) { /* the first key of an inner node counts for nothing, and is not kept */
        drop_value(map, right->entry[0].value);
        memset(right->entry[0].value, 0, sizeof right->entry[0].value);
        memcpy(right->weight, &left->weight[half], right->count * sizeof right->weight[0]);
    }
    left->count = half;
    SortedNode *parent = write_node(map, parent_page);
    int64_t weight = weight_of(right, leaf);
    parent->weight[at] = minus(parent->weight[at], weight);
    put_child(parent, at + 1, &separator, weight);
    return ST_OK;
}

/* The root splits under a new root. */
static Status split_root(SortedMap *map)
{
    uint32_t page;
    if (map->height == SORTED_MAX_HEIGHT)
        return ST_LIMIT;
    TRY(new_node(map, &page));
    SortedNode *root = write_node(map, page);
    SortedEntry first = {.as.child = map->root};
    put_child(root, 0, &first, weight_of(sorted_node(map, map->root), map->height == 1));
    Status status = split_child(map, page, 0, map->height == 1);
    if (status != ST_OK) {
        drop_node(map, page);
        return status;
    }
    map->root = page;
    map->height++;
    return ST_OK;
}

/* Splits full nodes on the way down, so that the leaf and all above it have room. */
static Status make_room(SortedMap *map, const SortedProbe *probe)
{
    if (map->height == 0) {
        TRY(new_node(map, &map->root));
        map->height = 1;
    }
    if (is_full(sorted_node(map, map->root), map->height == 1))
        TRY(split_root(map));
    uint32_t page = map->root;
    for (uint32_t level = 0; level + 1 < map->height; level++) {
        uint32_t at = sorted_count_not_after(map, sorted_node(map, page), 1, probe) - 1;
        uint32_t child = (uint32_t)sorted_node(map, page)->entry[at].as.child;
        bool leaf = level + 2 == map->height;
        if (is_full(sorted_node(map, child), leaf)) {
            TRY(split_child(map, page, at, leaf));
            at = sorted_count_not_after(map, sorted_node(map, page), 1, probe) - 1;
            child = (uint32_t)sorted_node(map, page)->entry[at].as.child;
        }
        page = child;
    }
    return ST_OK;
}

/* Behind the place where the path ends, which the probe's own descent has found; it ends at the new
 * entry then. */
static Status insert(SortedMap *map, const SortedProbe *probe, int64_t count, SortedCursor *path)
{
    SortedEntry entry = {.group = probe->group, .as.count = count};
    if (map->height == 0 || is_full(sorted_node(map, path->page[map->height - 1]), true)) {
        TRY(make_room(map, probe));
        sorted_descend(map, probe, path);
    }
    TRY(own_value(map, probe->value, entry.value));
    uint32_t leaf = map->height - 1;
    path->at[leaf]++; /* UINT32_MAX becomes 0 */
    put_entry(write_node(map, path->page[leaf]), path->at[leaf], &entry);
    weigh_path(map, path, count);
    return ST_OK;
}

/* --- removal --- */

static void remove_entry(SortedNode *node, uint32_t at)
{
    node->count--;
    memmove(&node->entry[at], &node->entry[at + 1], (node->count - at) * sizeof node->entry[0]);
}

static void remove_child(SortedNode *node, uint32_t at)
{
    memmove(&node->weight[at], &node->weight[at + 1],
            (node->count - at - 1) * sizeof node->weight[0]);
    remove_entry(node, at);
}

/* Takes the leaf's entry out, and every node that becomes empty by it. */
static void remove_at(SortedMap *map, SortedCursor *path)
{
    uint32_t level = map->height - 1;
    const SortedEntry *gone = &sorted_node(map, path->page[level])->entry[path->at[level]];
    weigh_path(map, path, minus(0, gone->as.count));
    drop_value(map, gone->value);
    remove_entry(write_node(map, path->page[level]), path->at[level]);
    while (sorted_node(map, path->page[level])->count == 0) {
        drop_node(map, path->page[level]);
        if (level == 0) {
            map->height = 0;
            return;
        }
        level--;
        SortedNode *parent = write_node(map, path->page[level]);
        uint32_t at = path->at[level];
        if (at > 0)
            drop_value(map, parent->entry[at].value);
        else if (parent->count > 1) /* the next one is the first now: its key counts no more */
            drop_value(map, parent->entry[1].value);
        remove_child(parent, at);
        if (at == 0 && parent->count > 0)
            memset(parent->entry[0].value, 0, sizeof parent->entry[0].value);
    }
    while (map->height > 1 &&
           sorted_node(map, map->root)->count == 1) { /* a root with one child is none */
        uint32_t child = (uint32_t)sorted_node(map, map->root)->entry[0].as.child;
        drop_node(map, map->root);
        map->root = child;
        map->height--;
    }
}

/* The path ends where the value stands, if it still does. */
static Status adjust(SortedMap *map, uint64_t group, const uint64_t value[2], int64_t change,
                     SortedCursor *path)
{
    SortedProbe probe = {.group = group, .value = {value[0], value[1]}};
    if (map->height == 0)
        return insert(map, &probe, change, path);
    sorted_descend(map, &probe, path);
    uint32_t leaf = map->height - 1, at = path->at[leaf];
    const SortedNode *node = sorted_node(map, path->page[leaf]);
    if (at == UINT32_MAX || !sorted_is_equal(map, &probe, &node->entry[at]))
        return insert(map, &probe, change, path);
    SortedEntry *entry = &write_node(map, path->page[leaf])->entry[at];
    entry->as.count = plus(entry->as.count, change);
    weigh_path(map, path, change);
    if (entry->as.count == 0)
        remove_at(map, path);
    return ST_OK;
}

Status sorted_map_adjust(SortedMap *map, uint64_t group, const uint64_t value[2], int64_t change)
{
    SortedCursor path;
    return adjust(map, group, value, change, &path);
}

void sorted_map_remove(SortedMap *map, SortedCursor *cursor)
{
    remove_at(map, cursor);
}

/* --- places in a group --- */

/* The leaf beside that of the path, forward or backward; false at the end of the tree. */
static bool step_leaf(const SortedMap *map, SortedCursor *path, bool forward)
{
    uint32_t level = map->height - 1;
    while (level > 0) {
        level--;
        const SortedNode *node = sorted_node(map, path->page[level]);
        if (forward ? path->at[level] + 1 >= node->count : path->at[level] == 0)
            continue;
        path->at[level] = forward ? path->at[level] + 1 : path->at[level] - 1;
        while (level + 1 < map->height) {
            uint32_t page =
                (uint32_t)sorted_node(map, path->page[level])->entry[path->at[level]].as.child;
            level++;
            path->page[level] = page;
            path->at[level] = forward ? 0 : sorted_node(map, page)->count - 1;
        }
        return true;
    }
    return false;
}

/* What stands where the path ends, if it is the group's. */
static bool read_cursor(const SortedMap *map, SortedCursor *cursor)
{
    uint32_t leaf = map->height - 1, at = cursor->at[leaf];
    const SortedNode *node = sorted_node(map, cursor->page[leaf]);
    if (at == node->count && !step_leaf(map, cursor, true))
        return false;
    const SortedEntry *entry = &sorted_node(map, cursor->page[leaf])->entry[cursor->at[leaf]];
    cursor->value = entry->value;
    cursor->count = entry->as.count;
    return entry->group == cursor->group;
}

bool sorted_map_begin(const SortedMap *map, uint64_t group, SortedCursor *cursor)
{
    SortedProbe probe = {.group = group, .bound = -1};
    if (map->height == 0)
        return false;
    sorted_descend(map, &probe, cursor);
    cursor->group = group;
    cursor->at[map->height - 1]++; /* the first entry after the probe; UINT32_MAX becomes 0 */
    return read_cursor(map, cursor);
}

Status sorted_map_add(SortedMap *map, uint64_t group, const uint64_t value[2], SortedCursor *cursor)
{
    TRY(adjust(map, group, value, 1, cursor));
    cursor->group = group;
    bool there = read_cursor(map, cursor);
    assert(there);
    return ST_OK;
}

bool sorted_map_seek(const SortedMap *map, uint64_t group, const uint64_t value[2],
                     SortedCursor *cursor)
{
    SortedProbe probe = {.group = group, .value = {value[0], value[1]}};
    if (map->height == 0)
        return false;
    sorted_descend(map, &probe, cursor);
    cursor->group = group;
    uint32_t leaf = map->height - 1, at = cursor->at[leaf];
    const SortedNode *node = sorted_node(map, cursor->page[leaf]);
    if (at == UINT32_MAX || !sorted_is_equal(map, &probe, &node->entry[at]))
        cursor->at[leaf]++; /* UINT32_MAX becomes 0 */
    return read_cursor(map, cursor);
}

bool sorted_map_next(const SortedMap *map, SortedCursor *cursor)
{
    cursor->at[map->height - 1]++;
    return read_cursor(map, cursor);
}

/* How often all that does not come after the probe is there. */
static int64_t weight_before(const SortedMap *map, const SortedProbe *probe)
{
    SortedCursor path;
    int64_t sum = 0;
    sorted_descend(map, probe, &path);
    for (uint32_t level = 0; level < map->height; level++) {
        const SortedNode *node = sorted_node(map, path.page[level]);
        bool leaf = level + 1 == map->height;
        uint32_t end = path.at[level] + (leaf ? 1 : 0); /* UINT32_MAX becomes 0 */
        for (uint32_t i = 0; i < end; i++)
            sum = plus(sum, leaf ? node->entry[i].as.count : node->weight[i]);
    }
    return sum;
}

int64_t sorted_map_before(const SortedMap *map, uint64_t group, const uint64_t value[2])
{
    SortedProbe first = {.group = group, .bound = -1};
    SortedProbe probe = {.group = group, .value = {value[0], value[1]}};
    if (map->height == 0)
        return 0;
    SortedCursor path;
    int64_t count = minus(weight_before(map, &probe), weight_before(map, &first));
    sorted_descend(map, &probe, &path);
    uint32_t leaf = map->height - 1, at = path.at[leaf];
    const SortedNode *node = sorted_node(map, path.page[leaf]);
    bool there = at != UINT32_MAX && sorted_is_equal(map, &probe, &node->entry[at]);
    return minus(count, there ? node->entry[at].as.count : 0);
}

/* What of a node is the group's: children or entries first to last, and of the first one less what
 * lies before the group. A node on the path to the group's end has nothing of it behind that. */
typedef struct GroupPart {
    SortedCursor first, last; /* the paths around the group */
    int64_t before;           /* the weight before it, in the node that is looked at */
    bool at_first, at_last;   /* that node is on these paths */
} GroupPart;

/* In the node of that level, the child or entry that has the value number *place of what the group
 * has there; *place becomes its number in it. UINT32_MAX: there is none. */
static uint32_t find_part(const SortedNode *node, bool leaf, uint32_t level, GroupPart *part,
                          int64_t *place)
{
    uint32_t at = part->at_first ? part->first.at[level] + (leaf ? 1 : 0) : 0;
    uint32_t end = part->at_last ? part->last.at[level] + (leaf ? 1 : 0) : node->count;
    for (uint32_t i = 0; part->at_first && i < at; i++)
        part->before = minus(part->before, leaf ? node->entry[i].as.count : node->weight[i]);
    for (; at < end; at++) {
        int64_t own = minus(leaf ? node->entry[at].as.count : node->weight[at], part->before);
        if (*place < own) {
            part->at_last = false;
            return at;
        }
        *place -= own;
        part->before = 0;
        part->at_first = false;
    }
    return leaf || !part->at_last ? UINT32_MAX : at; /* the rest is in the last child */
}

bool sorted_map_at(const SortedMap *map, uint64_t group, int64_t place, SortedCursor *cursor,
                   int64_t *among)
{
    SortedProbe probe = {.group = group, .bound = -1};
    GroupPart part = {.at_first = true, .at_last = true};
    if (map->height == 0 || place < 0)
        return false;
    sorted_descend(map, &probe, &part.first);
    part.before = weight_before(map, &probe);
    probe.bound = 1;
    sorted_descend(map, &probe, &part.last);
    uint32_t page = map->root;
    for (uint32_t level = 0; level < map->height; level++) {
        const SortedNode *node = sorted_node(map, page);
        bool leaf = level + 1 == map->height;
        uint32_t at = find_part(node, leaf, level, &part, &place);
        if (at == UINT32_MAX)
            return false;
        cursor->page[level] = page;
        cursor->at[level] = at;
        page = leaf ? page : (uint32_t)node->entry[at].as.child;
    }
    cursor->group = group;
    *among = place;
    return read_cursor(map, cursor);
}

Status sorted_map_merge(SortedMap *map, uint64_t group, const SortedMap *from, uint64_t from_group,
                        int64_t times)
{
    SortedCursor at;
    bool more = sorted_map_begin(from, from_group, &at);
    assert(map != from || group != from_group);
    while (more) {
        SortedProbe probe = {.group = from_group, .value = {at.value[0], at.value[1]}};
        if (from->phys == PHYS_STR) {
            Str str;
            memcpy(&str, at.value, sizeof str);
            str = heap_load_str(&from->heap, &str);
            memcpy(probe.value, &str, sizeof str);
        }
        int64_t change = (int64_t)((uint64_t)at.count * (uint64_t)times);
        TRY(sorted_map_adjust(map, group, probe.value, change));
        if (map == from) /* the value may stand elsewhere now */
            sorted_descend(from, &probe, &at);
        more = sorted_map_next(from, &at);
    }
    return ST_OK;
}

void sorted_map_clear(SortedMap *map, uint64_t group)
{
    SortedCursor cursor;
    while (sorted_map_begin(map, group, &cursor))
        remove_at(map, &cursor);
}

const uint64_t *sorted_map_first(const SortedMap *map, uint64_t group)
{
    SortedCursor cursor;
    return sorted_map_begin(map, group, &cursor) ? cursor.value : NULL;
}

bool sorted_map_end(const SortedMap *map, uint64_t group, SortedCursor *cursor)
{
    SortedProbe probe = {.group = group, .bound = 1};
    if (map->height == 0)
        return false;
    sorted_descend(map, &probe, cursor);
    cursor->group = group;
    if (cursor->at[map->height - 1] == UINT32_MAX && !step_leaf(map, cursor, false))
        return false;
    return read_cursor(map, cursor);
}

const uint64_t *sorted_map_last(const SortedMap *map, uint64_t group)
{
    SortedCursor cursor;
    return sorted_map_end(map, group, &cursor) ? cursor.value : NULL;
}

bool sorted_map_least_group(const SortedMap *map, uint64_t *group)
{
    if (map->height == 0)
        return false;
    const SortedNode *node = sorted_node(map, map->root);
    for (uint32_t level = 1; level < map->height; level++)
        node = sorted_node(map, (uint32_t)node->entry[0].as.child);
    *group = node->entry[0].group;
    return true;
}

/* --- after loading --- */

Status sorted_map_loaded(SortedMap *map)
{
    if (map->height > SORTED_MAX_HEIGHT || (map->height > 0 && map->root >= map->pages.count))
        return ST_STATE;
    map->free_capacity = map->pages.count + 16;
    map->free_page = mem_alloc(map->pages.meter, map->free_capacity * sizeof *map->free_page);
    if (map->free_page == NULL) {
        map->free_capacity = 0;
        return ST_NOMEM;
    }
    for (uint32_t i = 0; i < map->pages.count; i++) {
        const Page *page = &map->pages.page[i];
        if (page->bytes == NULL)
            map->free_page[map->free_pages++] = i;
        else if (page->size != SORTED_NODE_BYTES ||
                 ((const SortedNode *)(const void *)page->bytes)->count > SORTED_LEAF_ENTRIES)
            return ST_STATE;
    }
    return ST_OK;
}
