/* PageSet: the memory of a state container as numbered pages that never move. A page knows the
 * generation in which it last changed, so that a checkpoint can write just the changed ones; who
 * changes a page gets at it through page_write, which is the one place where that is noted.
 * Pages are charged to the operator's meter. */
#ifndef WEIR_STORAGE_STATE_PAGE_H
#define WEIR_STORAGE_STATE_PAGE_H

#include <assert.h>

#include "storage/base/mem.h"
#include "storage/base/status.h"

typedef struct Page {
    char *bytes;
    uint32_t size;
    uint64_t changed; /* generation of the last change */
} Page;

typedef struct PageSet {
    Meter *meter;
    Page *page;
    uint32_t count, capacity;
    uint64_t generation; /* of changes made now */
} PageSet;

void pages_init(PageSet *set, Meter *meter);
void pages_close(PageSet *set);
/* A zeroed page. */
CHECKED Status pages_add(PageSet *set, uint32_t size, uint32_t *index);
/* At least `count` pages; those that are new have no memory yet (pages_readd). */
CHECKED Status pages_extend(PageSet *set, uint32_t count);
/* Gives a page's memory back; its number stays taken, and pages_readd gives it memory again. */
void pages_drop(PageSet *set, uint32_t index);
CHECKED Status pages_readd(PageSet *set, uint32_t index, uint32_t size);

static inline const char *page_read(const PageSet *set, uint32_t index)
{
    assert(index < set->count);
    return set->page[index].bytes;
}

static inline char *page_write(PageSet *set, uint32_t index)
{
    assert(index < set->count);
    set->page[index].changed = set->generation;
    return set->page[index].bytes;
}

#endif
