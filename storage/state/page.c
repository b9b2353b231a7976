#include "storage/state/page.h"

void pages_init(PageSet *set, Meter *meter)
{
    *set = (PageSet){.meter = meter, .generation = 1};
}

void pages_close(PageSet *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        pages_drop(set, i);
    mem_free(set->meter, set->page, set->capacity * sizeof *set->page);
    pages_init(set, set->meter);
}

void pages_drop(PageSet *set, uint32_t index)
{
    Page *page = &set->page[index];
    mem_free(set->meter, page->bytes, page->size);
    page->bytes = NULL;
    page->size = 0;
    page->changed = set->generation;
}

Status pages_readd(PageSet *set, uint32_t index, uint32_t size)
{
    assert(index < set->count && set->page[index].bytes == NULL && size > 0);
    char *bytes = mem_alloc_zeroed(set->meter, size);
    if (bytes == NULL)
        return ST_NOMEM;
    set->page[index] = (Page){bytes, size, set->generation};
    return ST_OK;
}

Status pages_extend(PageSet *set, uint32_t count)
{
    if (count > set->capacity) {
        uint32_t capacity = set->capacity == 0 ? 4 : set->capacity * 2;
        capacity = capacity < count ? count : capacity;
        Page *grown = mem_realloc(set->meter, set->page, set->capacity * sizeof *grown,
                                  capacity * sizeof *grown);
        if (grown == NULL)
            return ST_NOMEM;
        set->page = grown;
        set->capacity = capacity;
    }
    for (; set->count < count; set->count++)
        set->page[set->count] = (Page){.changed = set->generation};
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
