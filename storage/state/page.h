/* PageSet: the memory of a state container as numbered pages that do not move, but when one is made
 * larger. A page knows which of its 64 slices changed since the last checkpoint took it, so that a
 * checkpoint writes no more than what changed; who changes a page gets at it through page_write or
 * page_write_at, which are the one place where that is noted.
 *
 * A checkpoint does not stop the job: it freezes the pages (pages_freeze) and writes them later. A
 * frozen page that is changed first leaves a copy of its old content, one that is dropped its
 * memory.
 *
 * A PageSet is not moved in memory once a Freeze knows it. Pages are charged to the operator's
 * meter. */
#ifndef WEIR_STORAGE_STATE_PAGE_H
#define WEIR_STORAGE_STATE_PAGE_H

#include <assert.h>

#include "storage/base/mem.h"
#include "storage/base/status.h"

enum { PAGE_SLICES = 64, PAGE_MAX_BYTES = 32 << 20 };

typedef struct Page {
    char *bytes;    /* NULL: dropped */
    uint64_t dirty; /* a bit a slice */
    uint32_t size;
    uint32_t frozen; /* entry + 1 in the Freeze's list, while its content is still to be written; 0:
                        not */
    uint8_t slice_shift; /* a slice is 1 << slice_shift bytes */
    uint32_t pieces;     /* bytes of it in the database since it was last written whole */
} Page;

typedef struct Freeze Freeze;

typedef struct PageSet {
    Meter *meter;
    Page *page;
    uint32_t count, capacity;
    uint64_t id;     /* names it in the database; 0: no checkpoint has met it yet */
    Freeze *freeze;  /* that met it last; NULL: none */
    uint32_t frozen; /* its last entry + 1 in the list of that, if the entry is its own still */
} PageSet;

void pages_init(PageSet *set, Meter *meter);
void pages_close(PageSet *set);
/* A zeroed page; at most PAGE_MAX_BYTES. */
CHECKED Status pages_add(PageSet *set, uint32_t size, uint32_t *index);
/* At least `count` pages; those that are new have no memory yet (pages_readd). */
CHECKED Status pages_extend(PageSet *set, uint32_t count);
/* Gives a page's memory back; its number stays taken, and pages_readd gives it memory again. */
void pages_drop(PageSet *set, uint32_t index);
CHECKED Status pages_readd(PageSet *set, uint32_t index, uint32_t size);

/* Makes a page of less than `size` as large as that, elsewhere; what comes to it is zeroed. */
CHECKED Status pages_grow(PageSet *set, uint32_t index, uint32_t size);

/* Before the first change of a frozen page. */
void page_thaw(PageSet *set, uint32_t index);

static inline const char *page_read(const PageSet *set, uint32_t index)
{
    assert(index < set->count);
    return set->page[index].bytes;
}

/* To change anything of it. */
static inline char *page_write(PageSet *set, uint32_t index)
{
    assert(index < set->count);
    Page *page = &set->page[index];
    if (page->frozen != 0)
        page_thaw(set, index);
    page->dirty = UINT64_MAX;
    return page->bytes;
}

/* To change `size` > 0 bytes from `offset` on; returns where they are. */
static inline char *page_write_at(PageSet *set, uint32_t index, uint32_t offset, uint32_t size)
{
    assert(index < set->count);
    Page *page = &set->page[index];
    if (page->frozen != 0)
        page_thaw(set, index);
    uint32_t first = offset >> page->slice_shift, last = (offset + size - 1) >> page->slice_shift;
    page->dirty |= ((UINT64_C(2) << (last - first)) - 1) << first;
    return page->bytes + offset;
}

#endif
