#include "storage/state/heap.h"

void heap_init(Heap *heap, Meter *meter)
{
    *heap = (Heap){.used = HEAP_PAGE};
    pages_init(&heap->pages, meter);
}

void heap_close(Heap *heap)
{
    mem_free(heap->pages.meter, heap->free, sizeof *heap->free);
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

Status heap_make_free(Heap *heap)
{
    if (heap->free == NULL)
        heap->free = mem_alloc_zeroed(heap->pages.meter, sizeof *heap->free);
    return heap->free == NULL ? ST_NOMEM : ST_OK;
}

static Status put_large(Heap *heap, uint32_t size, HeapRef *ref)
{
    HeapFree *free = heap->free;
    uint32_t page;
    if (free != NULL && free->pages > 0) {
        page = free->page[free->pages - 1];
        TRY(pages_readd(&heap->pages, page, size));
        free->pages--;
    } else {
        TRY(pages_add(&heap->pages, size, &page));
    }
    *ref = make_ref(page, 0);
    return ST_OK;
}

/* A page to be filled, with `room` in it: small ones first, as there are many heaps with little in
 * them. */
static Status begin_page(Heap *heap, uint32_t room)
{
    uint32_t size = HEAP_FIRST_PAGE;
    for (uint32_t i = 0; size < HEAP_PAGE && (i < heap->pages.count || size < room); i++)
        size *= 2;
    TRY(pages_add(&heap->pages, size, &heap->page));
    heap->used = 0;
    return ST_OK;
}

Status heap_put(Heap *heap, const char *bytes, uint32_t size, HeapRef *ref)
{
    assert(size > 0);
    uint32_t class = units(size) - 1;
    if (class >= HEAP_CLASSES) {
        TRY(put_large(heap, size, ref));
    } else if (heap->free != NULL && heap->free->room[class] != 0) {
        *ref = heap->free->room[class];
        memcpy(&heap->free->room[class], heap_get(heap, *ref), sizeof(HeapRef));
    } else {
        uint32_t room = units(size) * HEAP_UNIT;
        if (heap->used == HEAP_PAGE || heap->used + room > heap->pages.page[heap->page].size)
            TRY(begin_page(heap, room));
        *ref = make_ref(heap->page, heap->used);
        heap->used += room;
    }
    memcpy(page_write_at(&heap->pages, ref_page(*ref), ref_offset(*ref), size), bytes, size);
    return ST_OK;
}

static void note_dropped(HeapFree *free, uint32_t page)
{
    if (free->pages < sizeof free->page / sizeof free->page[0])
        free->page[free->pages++] = page;
}

/* Without memory to note it, the room is forgotten. */
void heap_free(Heap *heap, HeapRef ref, uint32_t size)
{
    assert(ref != 0);
    uint32_t class = units(size) - 1, page = ref_page(ref);
    bool noted = heap_make_free(heap) == ST_OK;
    if (class >= HEAP_CLASSES)
        pages_drop(&heap->pages, page);
    if (!noted)
        return;
    if (class >= HEAP_CLASSES) {
        note_dropped(heap->free, page);
        return;
    }
    memcpy(page_write_at(&heap->pages, page, ref_offset(ref), sizeof(HeapRef)),
           &heap->free->room[class], sizeof(HeapRef));
    heap->free->room[class] = ref;
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
    if (heap->used > HEAP_PAGE ||
        (heap->used < HEAP_PAGE &&
         (heap->page >= heap->pages.count || heap->used > heap->pages.page[heap->page].size)))
        return ST_STATE;
    if (heap->free == NULL)
        return ST_OK;
    heap->free->pages = 0;
    for (uint32_t i = 0; i < heap->pages.count; i++) {
        if (heap->pages.page[i].bytes == NULL)
            note_dropped(heap->free, i);
    }
    for (uint32_t class = 0; class < HEAP_CLASSES; class ++) {
        if (heap->free->room[class] != 0 && ref_page(heap->free->room[class]) >= heap->pages.count)
            return ST_STATE;
    }
    return ST_OK;
}
