/* Heap: byte strings of any length inside a container, named by a reference that is no address and
 * can be written to disk. Freed room is kept in lists by size class of 16 bytes; long strings have
 * a page of their own, which goes back to the system. */
#ifndef WEIR_STORAGE_STATE_HEAP_H
#define WEIR_STORAGE_STATE_HEAP_H

#include "storage/base/str.h"
#include "storage/state/page.h"

enum {
    HEAP_PAGE = 16 << 10,
    HEAP_FIRST_PAGE = 256, /* each is twice as large then, up to HEAP_PAGE */
    HEAP_UNIT = 16,
    HEAP_CLASSES = 64, /* longer than 1 KB: a page of its own */
};

/* page << 16 | offset in units of 16 bytes, + 1, so that 0 is none. */
typedef uint64_t HeapRef;

/* Room that was given back. */
typedef struct HeapFree {
    HeapRef room[HEAP_CLASSES]; /* by size class; the next one stands in the first bytes */
    uint32_t page[16];          /* numbers of dropped pages, to be used again; more are forgotten */
    uint32_t pages;
} HeapFree;

typedef struct Heap {
    PageSet pages;
    uint32_t page;  /* being filled */
    uint32_t used;  /* of it; HEAP_PAGE when there is none */
    HeapFree *free; /* NULL: nothing was ever given back */
} Heap;

void heap_init(Heap *heap, Meter *meter);
void heap_close(Heap *heap);
CHECKED Status heap_put(Heap *heap, const char *bytes, uint32_t size, HeapRef *ref); /* size > 0 */
void heap_free(Heap *heap, HeapRef ref, uint32_t size);
/* Before its free room can be loaded. */
CHECKED Status heap_make_free(Heap *heap);
/* After its pages and fields were loaded: finds the dropped pages again. ST_STATE: they do not fit.
 */
CHECKED Status heap_loaded(Heap *heap);
const char *heap_get(const Heap *heap, HeapRef ref);
/* To change its first `size` bytes. */
char *heap_write(Heap *heap, HeapRef ref, uint32_t size);

/* A Str as it stands in a container: short ones as they are; long ones with a HeapRef in the place
 * of the pointer. */
CHECKED Status heap_store_str(Heap *heap, const Str *str, Str *stored);
void heap_free_str(Heap *heap, const Str *stored);
/* Its bytes stay where they are until it is freed. */
static inline Str heap_load_str(const Heap *heap, const Str *stored)
{
    Str str = *stored;
    if (str.size > STR_INLINE) {
        HeapRef ref;
        memcpy(&ref, &stored->far.ptr, sizeof ref);
        str.far.ptr = heap_get(heap, ref);
    }
    return str;
}

#endif
