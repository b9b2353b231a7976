#include "storage/state/freeze.h"

#include <string.h>

#include "storage/base/crash_point.h"
#include "storage/base/hash.h"

void freeze_init(Freeze *freeze, Meter *meter, uint64_t last_set_id)
{
    *freeze = (Freeze){.meter = meter, .last_set_id = last_set_id};
}

static void drop_copy(FrozenPage *page)
{
    if (page->copy != NULL)
        mem_free(page->meter, page->copy, page->size);
    page->copy = NULL;
}

/* The page in its set, when it is still as it was frozen. */
static Page *live_page(const FrozenPage *page)
{
    return page->set == NULL || page->copy != NULL || page->size == 0
               ? NULL
               : &page->set->page[page->index];
}

void freeze_close(Freeze *freeze)
{
    for (uint32_t i = freeze->settled; i < freeze->count; i++) {
        Page *live = live_page(&freeze->page[i]);
        if (live != NULL)
            live->frozen = 0;
        drop_copy(&freeze->page[i]);
    }
    mem_free(freeze->meter, freeze->page, freeze->capacity * sizeof *freeze->page);
    mem_free(freeze->meter, freeze->gone, freeze->gone_capacity * sizeof *freeze->gone);
    freeze_init(freeze, freeze->meter, freeze->last_set_id);
}

/* Doubles an array whose `count` items are all in use. */
static Status grow(Meter *meter, void **item, uint32_t count, uint32_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return ST_OK;
    uint32_t larger = *capacity == 0 ? 64 : *capacity * 2;
    void *grown = mem_realloc(meter, *item, *capacity * item_size, larger * item_size);
    if (grown == NULL)
        return ST_NOMEM;
    *item = grown;
    *capacity = larger;
    return ST_OK;
}

/* --- slices --- */

static uint32_t slice_count(uint32_t size, uint8_t shift)
{
    return (uint32_t)(((uint64_t)size + (UINT64_C(1) << shift) - 1) >> shift);
}

/* Those of the slices that the page has. */
static uint64_t existing_slices(uint64_t slices, uint32_t size, uint8_t shift)
{
    uint32_t count = slice_count(size, shift);
    return count >= PAGE_SLICES ? slices : slices & ((UINT64_C(1) << count) - 1);
}

static uint32_t slice_size(uint32_t slice, uint32_t size, uint8_t shift)
{
    uint32_t from = slice << shift, left = size - from;
    return left < UINT32_C(1) << shift ? left : UINT32_C(1) << shift;
}

bool frozen_page_is_whole(const FrozenPage *page)
{
    return page->size == 0 || existing_slices(page->slices, page->size, page->slice_shift) ==
                                  existing_slices(UINT64_MAX, page->size, page->slice_shift);
}

/* The slices that are to be written. Once the pieces of a page have come to its size, it is written
 * whole and they go: so neither what is written nor what is kept is more than twice the least. */
static uint64_t slices_due(Page *page)
{
    uint64_t slices = existing_slices(page->dirty, page->size, page->slice_shift);
    uint64_t bytes = (uint64_t)__builtin_popcountll(slices) << page->slice_shift;
    page->pieces = page->pieces + bytes < page->size ? page->pieces + (uint32_t)bytes : 0;
    return page->pieces == 0 ? UINT64_MAX : slices;
}

/* --- freezing --- */

/* The last entry + 1 that is of the set. A list that began anew has others at the old places. */
static uint32_t last_of(const Freeze *freeze, const PageSet *set)
{
    uint32_t last = set->frozen;
    bool own = last > 0 && last <= freeze->count && freeze->page[last - 1].set_id == set->id;
    return own ? last : 0;
}

static Status freeze_page(Freeze *freeze, PageSet *set, uint32_t index)
{
    Page *page = &set->page[index];
    void *items = freeze->page;
    assert(page->frozen == 0);
    TRY(grow(freeze->meter, &items, freeze->count, &freeze->capacity, sizeof *freeze->page));
    freeze->page = items;
    uint32_t other = last_of(freeze, set);
    freeze->page[freeze->count++] = (FrozenPage){
        .set = set,
        .set_id = set->id,
        .index = index,
        .size = page->size,
        .slices = slices_due(page),
        .slice_shift = page->slice_shift,
        .other = other,
    };
    set->frozen = freeze->count;
    page->frozen = page->bytes == NULL ? 0 : freeze->count;
    page->dirty = 0;
    return ST_OK;
}

void freeze_begin(Freeze *freeze)
{
    assert(freeze->count == 0);
    freeze->gone_before = freeze->gone_count;
}

Status freeze_pages(Freeze *freeze, PageSet *set)
{
    if (set->id == 0)
        set->id = ++freeze->last_set_id;
    set->freeze = freeze;
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->page[i].dirty != 0)
            TRY(freeze_page(freeze, set, i));
    }
    return ST_OK;
}

void freeze_copy(Freeze *freeze, uint32_t entry, const Page *page)
{
    FrozenPage *frozen = &freeze->page[entry];
    assert(frozen->copy == NULL && frozen->size == page->size);
    frozen->copy = mem_alloc(freeze->meter, page->size);
    frozen->meter = freeze->meter;
    if (frozen->copy == NULL)
        freeze->broken = true; /* its content is lost: only giving up is left */
    else
        memcpy(frozen->copy, page->bytes, page->size);
}

void freeze_keep(Freeze *freeze, uint32_t entry, char *bytes, Meter *meter)
{
    FrozenPage *frozen = &freeze->page[entry];
    assert(frozen->copy == NULL);
    frozen->copy = bytes;
    frozen->meter = meter;
}

void freeze_forget(Freeze *freeze, const PageSet *set)
{
    /* Those that are written, too: see abandon. */
    for (uint32_t at = last_of(freeze, set); at != 0; at = freeze->page[at - 1].other)
        freeze->page[at - 1].set = NULL;
    void *items = freeze->gone;
    if (grow(freeze->meter, &items, freeze->gone_count, &freeze->gone_capacity,
             sizeof *freeze->gone) != ST_OK) {
        freeze->broken = true;
        return;
    }
    freeze->gone = items;
    freeze->gone[freeze->gone_count++] = set->id;
}

/* --- writing --- */

enum { BLOB_VERSION = 1, BLOB_HEAD = 16, BLOB_CHECK = 8 };

/* Also of the place, so that a blob is not taken for that of another page. */
static uint64_t blob_check(uint64_t set_id, uint32_t index, const char *bytes, size_t size)
{
    return hash_bytes(bytes, size, hash_u64(set_id, index));
}

static void put_blob(const FrozenPage *page, const char *bytes, StrBuf *out)
{
    size_t start = out->size;
    uint64_t slices =
        page->size == 0 ? 0 : existing_slices(page->slices, page->size, page->slice_shift);
    if (DEFECT(SLICE_LOST))
        slices &= slices - 1;
    strbuf_char(out, BLOB_VERSION);
    strbuf_char(out, (char)page->slice_shift);
    strbuf_repeat(out, '\0', 2);
    strbuf_put(out, &page->size, sizeof page->size);
    strbuf_put(out, &slices, sizeof slices);
    for (uint64_t left = slices; left != 0; left &= left - 1) {
        uint32_t slice = (uint32_t)__builtin_ctzll(left);
        strbuf_put(out, bytes + ((size_t)slice << page->slice_shift),
                   slice_size(slice, page->size, page->slice_shift));
    }
    uint64_t check =
        out->failed ? 0
                    : blob_check(page->set_id, page->index, out->ptr + start, out->size - start);
    strbuf_put(out, &check, sizeof check);
}

Status freeze_next(Freeze *freeze, StrBuf *out, const FrozenPage **page)
{
    *page = NULL;
    if (freeze->next == freeze->count)
        return ST_OK;
    const FrozenPage *next = &freeze->page[freeze->next];
    const Page *live = live_page(next);
    put_blob(next, live == NULL ? next->copy : live->bytes, out);
    *page = next;
    return strbuf_status(out);
}

void freeze_written(Freeze *freeze)
{
    assert(freeze->next < freeze->count);
    freeze->next++;
}

void freeze_committed(Freeze *freeze)
{
    for (; freeze->settled < freeze->next; freeze->settled++) {
        FrozenPage *page = &freeze->page[freeze->settled];
        Page *live = live_page(page);
        if (live != NULL)
            live->frozen = 0;
        drop_copy(page);
    }
}

void freeze_rolled_back(Freeze *freeze)
{
    freeze->next = freeze->settled;
}

void freeze_finish(Freeze *freeze)
{
    assert(freeze->next == freeze->count && freeze->settled == freeze->count && !freeze->broken);
    freeze->count = freeze->next = freeze->settled = 0;
    freeze->gone_count -= freeze->gone_before;
    if (freeze->gone_count > 0)
        memmove(freeze->gone, freeze->gone + freeze->gone_before,
                freeze->gone_count * sizeof *freeze->gone);
    freeze->gone_before = 0;
}

/* The sets that were closed stay noted: their pages are in the database all the same. */
void freeze_abandon(Freeze *freeze)
{
    for (uint32_t i = 0; i < freeze->count; i++) {
        FrozenPage *page = &freeze->page[i];
        if (page->set != NULL)
            page->set->page[page->index].dirty |= page->slices;
        if (i < freeze->settled)
            continue;
        Page *live = live_page(page);
        if (live != NULL)
            live->frozen = 0;
        drop_copy(page);
    }
    freeze->count = freeze->next = freeze->settled = freeze->gone_before = 0;
    freeze->broken = false;
}

/* --- reading --- */

typedef struct Blob {
    uint8_t version, slice_shift;
    uint16_t none;
    uint32_t size;
    uint64_t slices;
    const char *bytes; /* of the slices */
} Blob;

/* False when it is not what put_blob makes. */
static bool read_blob(const PageSet *set, uint32_t index, const char *bytes, size_t size,
                      Blob *blob)
{
    uint64_t check;
    if (size < BLOB_HEAD + BLOB_CHECK)
        return false;
    memcpy(&check, bytes + size - BLOB_CHECK, sizeof check);
    if (check != blob_check(set->id, index, bytes, size - BLOB_CHECK))
        return false;
    blob->version = (uint8_t)bytes[0];
    blob->slice_shift = (uint8_t)bytes[1];
    memcpy(&blob->size, bytes + 4, sizeof blob->size);
    memcpy(&blob->slices, bytes + 8, sizeof blob->slices);
    blob->bytes = bytes + BLOB_HEAD;
    if (blob->version != BLOB_VERSION || blob->slice_shift > 31 || blob->size > PAGE_MAX_BYTES)
        return false;
    uint64_t payload = 0;
    if (blob->slices != existing_slices(blob->slices, blob->size, blob->slice_shift) ||
        slice_count(blob->size, blob->slice_shift) > PAGE_SLICES)
        return false;
    for (uint64_t left = blob->slices; left != 0; left &= left - 1)
        payload += slice_size((uint32_t)__builtin_ctzll(left), blob->size, blob->slice_shift);
    return payload == size - BLOB_HEAD - BLOB_CHECK;
}

Status page_blob_load(PageSet *set, uint32_t index, const void *bytes, size_t size)
{
    Blob blob;
    if (!read_blob(set, index, bytes, size, &blob) || index == UINT32_MAX)
        return ST_STATE;
    TRY(pages_extend(set, index + 1));
    Page *page = &set->page[index];
    if (page->bytes != NULL && page->size != blob.size)
        pages_drop(set, index);
    if (page->bytes == NULL && blob.size > 0)
        TRY(pages_readd(set, index, blob.size));
    const char *from = blob.bytes;
    bool whole = blob.slices == existing_slices(UINT64_MAX, blob.size, blob.slice_shift);
    page->pieces = whole ? 0 : page->pieces + (uint32_t)(size - BLOB_HEAD - BLOB_CHECK);
    for (uint64_t left = blob.slices; left != 0; left &= left - 1) {
        uint32_t slice = (uint32_t)__builtin_ctzll(left);
        uint32_t part = slice_size(slice, blob.size, blob.slice_shift);
        memcpy(page->bytes + ((size_t)slice << blob.slice_shift), from, part);
        from += part;
    }
    page->dirty = 0;
    return ST_OK;
}
