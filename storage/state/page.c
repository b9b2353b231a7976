#include "storage/state/page.h"

#include <string.h>

#include "storage/state/freeze.h"

void pages_init(PageSet *set, Meter *meter)
{
    *set = (PageSet){.meter = meter};
}

/* The memory of a page that goes: to the checkpoint that still wants it, or back. */
static void give_back(PageSet *set, Page *page)
{
    if (page->frozen != 0)
        freeze_keep(set->freeze, page->frozen - 1, page->bytes, set->meter);
    else
        mem_free(set->meter, page->bytes, page->size);
    page->bytes = NULL;
    page->size = 0;
    page->frozen = 0;
}

void pages_close(PageSet *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        give_back(set, &set->page[i]);
    mem_free(set->meter, set->page, set->capacity * sizeof *set->page);
    if (set->freeze != NULL)
        freeze_forget(set->freeze, set);
    pages_init(set, set->meter);
}

void pages_drop(PageSet *set, uint32_t index)
{
    Page *page = &set->page[index];
    give_back(set, page);
    page->dirty = UINT64_MAX;
}

void page_thaw(PageSet *set, uint32_t index)
{
    Page *page = &set->page[index];
    uint32_t entry = page->frozen - 1;
    page->frozen = 0;
    freeze_copy(set->freeze, entry, page);
}

/* Slices of at most 64: the least power of two, of 16 bytes at least. */
static uint8_t slice_shift(uint32_t size)
{
    uint8_t shift = 4;
    while (size > (uint64_t)PAGE_SLICES << shift)
        shift++;
    return shift;
}

Status pages_readd(PageSet *set, uint32_t index, uint32_t size)
{
    assert(index < set->count && set->page[index].bytes == NULL && size > 0 &&
           size <= PAGE_MAX_BYTES);
    char *bytes = mem_alloc_zeroed(set->meter, size);
    if (bytes == NULL)
        return ST_NOMEM;
    set->page[index] =
        (Page){.bytes = bytes, .dirty = UINT64_MAX, .size = size, .slice_shift = slice_shift(size)};
    return ST_OK;
}

Status pages_grow(PageSet *set, uint32_t index, uint32_t size)
{
    assert(index < set->count && set->page[index].bytes != NULL && size <= PAGE_MAX_BYTES);
    Page *page = &set->page[index];
    if (size <= page->size)
        return ST_OK;
    char *bytes = mem_alloc_zeroed(set->meter, size);
    if (bytes == NULL)
        return ST_NOMEM;
    memcpy(bytes, page->bytes, page->size);
    give_back(set, page);
    page->bytes = bytes;
    page->dirty = UINT64_MAX;
    page->size = size;
    page->slice_shift = slice_shift(size);
    return ST_OK;
}

Status pages_extend(PageSet *set, uint32_t count)
{
    if (count > set->capacity) {
        uint32_t capacity = set->capacity == 0 ? 1 : set->capacity * 2;
        capacity = capacity < count ? count : capacity;
        Page *grown = mem_realloc(set->meter, set->page, set->capacity * sizeof *grown,
                                  capacity * sizeof *grown);
        if (grown == NULL)
            return ST_NOMEM;
        set->page = grown;
        set->capacity = capacity;
    }
    for (; set->count < count; set->count++)
        set->page[set->count] = (Page){0};
    return ST_OK;
}

Status pages_add(PageSet *set, uint32_t size, uint32_t *index)
{
    TRY(pages_extend(set, set->count + 1));
    Status status = pages_readd(set, set->count - 1, size);
    if (status != ST_OK)
        set->count--;
    else
        *index = set->count - 1;
    return status;
}
