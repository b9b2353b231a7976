#include "storage/state/heap.h"

void heap_init(Heap *heap, Meter *meter)
{
    *heap = (Heap){.used = HEAP_PAGE};
    pages_init(&heap->pages, meter);
}

void heap_close(Heap *heap)
{
    pages_close(&heap->pages);
    heap_init(heap, heap->pages.meter);
}

static uint32_t units(uint32_t size)
{
    return (size + HEAP_UNIT - 1) / HEAP_UNIT;
}

static HeapRef make_ref(uint32_t page, uint32_t offset)
{
    return ((uint64_t)page << 16 | offset / HEAP_UNIT) + 1;
}

static uint32_t ref_page(HeapRef ref)
{
    return (uint32_t)((ref - 1) >> 16);
}

static uint32_t ref_offset(HeapRef ref)
{
    return (uint32_t)((ref - 1) & 0xFFFF) * HEAP_UNIT;
}

const char *heap_get(const Heap *heap, HeapRef ref)
{
    assert(ref != 0);
    return page_read(&heap->pages, ref_page(ref)) + ref_offset(ref);
}

char *heap_write(Heap *heap, HeapRef ref, uint32_t size)
{
    assert(ref != 0 && size > 0);
    return page_write_at(&heap->pages, ref_page(ref), ref_offset(ref), size);
}

static Status put_large(Heap *heap, uint32_t size, HeapRef *ref)
{
    uint32_t page;
    if (heap->free_page_count > 0) {
        page = heap->free_pages[heap->free_page_count - 1];
        TRY(pages_readd(&heap->pages, page, size));
        heap->free_page_count--;
    } else {
        TRY(pages_add(&heap->pages, size, &page));
    }
    *ref = make_ref(page, 0);
    return ST_OK;
}

Status heap_put(Heap *heap, const char *bytes, uint32_t size, HeapRef *ref)
{
    assert(size > 0);
    uint32_t class = units(size) - 1;
    if (class >= HEAP_CLASSES) {
        TRY(put_large(heap, size, ref));
    } else if (heap->free[class] != 0) {
        *ref = heap->free[class];
        memcpy(&heap->free[class], heap_get(heap, *ref), sizeof(HeapRef));
    } else {
        uint32_t room = units(size) * HEAP_UNIT;
        if (heap->used + room > HEAP_PAGE) {
            TRY(pages_add(&heap->pages, HEAP_PAGE, &heap->page));
            heap->used = 0;
        }
        *ref = make_ref(heap->page, heap->used);
        heap->used += room;
    }
    memcpy(page_write_at(&heap->pages, ref_page(*ref), ref_offset(*ref), size), bytes, size);
    return ST_OK;
}

void heap_free(Heap *heap, HeapRef ref, uint32_t size)
{
    assert(ref != 0);
    uint32_t class = units(size) - 1;
    if (class >= HEAP_CLASSES) {
        uint32_t page = ref_page(ref);
        pages_drop(&heap->pages, page);
        if (heap->free_page_count < sizeof heap->free_pages / sizeof heap->free_pages[0])
            heap->free_pages[heap->free_page_count++] = page;
        return;
    }
    memcpy(page_write_at(&heap->pages, ref_page(ref), ref_offset(ref), sizeof(HeapRef)),
           &heap->free[class], sizeof(HeapRef));
    heap->free[class] = ref;
}

Status heap_store_str(Heap *heap, const Str *str, Str *stored)
{
    *stored = *str;
    if (str->size <= STR_INLINE)
        return ST_OK;
    HeapRef ref;
    TRY(heap_put(heap, str->far.ptr, str->size, &ref));
    memcpy(&stored->far.ptr, &ref, sizeof ref);
    return ST_OK;
}

void heap_free_str(Heap *heap, const Str *stored)
{
    if (stored->size <= STR_INLINE)
        return;
    HeapRef ref;
    memcpy(&ref, &stored->far.ptr, sizeof ref);
    heap_free(heap, ref, stored->size);
}

Status heap_loaded(Heap *heap)
{
    heap->free_page_count = 0;
    for (uint32_t i = 0; i < heap->pages.count; i++) {
        if (heap->pages.page[i].bytes == NULL &&
            heap->free_page_count < sizeof heap->free_pages / sizeof heap->free_pages[0])
            heap->free_pages[heap->free_page_count++] = i;
    }
    if (heap->used > HEAP_PAGE || (heap->used < HEAP_PAGE && heap->page >= heap->pages.count))
        return ST_STATE;
    for (uint32_t class = 0; class < HEAP_CLASSES; class ++) {
        if (heap->free[class] != 0 && ref_page(heap->free[class]) >= heap->pages.count)
            return ST_STATE;
    }
    return ST_OK;
}
