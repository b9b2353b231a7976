/* Freeze: the pages that one checkpoint has still to write, as they were when it was taken. It owns
 * copies of those that changed meanwhile and the memory of those that are gone.
 *
 * When memory for a copy is short, or a write has failed, the checkpoint is given up
 * (freeze_abandon): what it had taken counts as changed again, and the next one takes it. */
#ifndef WEIR_STORAGE_STATE_FREEZE_H
#define WEIR_STORAGE_STATE_FREEZE_H

#include "storage/base/strbuf.h"
#include "storage/state/page.h"

typedef struct FrozenPage {
    PageSet *set; /* NULL: it is gone */
    uint64_t set_id;
    uint32_t index;
    uint32_t size;   /* 0: the page was dropped */
    uint64_t slices; /* that changed */
    uint8_t slice_shift;
    uint32_t other; /* entry + 1 of another page of the set; 0: no more */
    char *copy;     /* of the whole page; NULL: the page still has its content */
    Meter *meter;   /* of the copy */
} FrozenPage;

struct Freeze {
    Meter *meter;
    FrozenPage *page;
    uint32_t count, capacity;
    uint32_t next;        /* the first that is not written yet */
    uint32_t settled;     /* the first whose write is not committed yet */
    uint64_t last_set_id; /* given out */
    uint64_t *gone;       /* sets that were closed, with ids */
    uint32_t gone_count, gone_capacity;
    uint32_t gone_before; /* of these before the freeze: the checkpoint does without them */
    bool broken;          /* memory was short for a copy */
};

void freeze_init(Freeze *freeze, Meter *meter, uint64_t last_set_id);
void freeze_close(Freeze *freeze);

/* What is taken from here on, until the next call, belongs together. */
void freeze_begin(Freeze *freeze);
/* Takes all changed pages of the set; gives it an id if it has none. On failure some may be taken.
 */
CHECKED Status freeze_pages(Freeze *freeze, PageSet *set);
/* The next page as a blob for the database, appended to `out`; false when there is none. */
CHECKED Status freeze_next(Freeze *freeze, StrBuf *out, const FrozenPage **page);
/* It has been written, in a transaction whose end is told by freeze_committed or
 * freeze_rolled_back: then the pages that it wrote are given out again. Meanwhile no page changes.
 */
void freeze_written(Freeze *freeze);
void freeze_committed(Freeze *freeze);
void freeze_rolled_back(Freeze *freeze);
/* All are written: empties it. Sets closed since freeze_begin stay noted for the next time. */
void freeze_finish(Freeze *freeze);
void freeze_abandon(Freeze *freeze);
static inline uint32_t freeze_left(const Freeze *freeze)
{
    return freeze->count - freeze->next;
}

/* For page.c. */
void freeze_copy(Freeze *freeze, uint32_t entry, const Page *page);
void freeze_keep(Freeze *freeze, uint32_t entry, char *bytes, Meter *meter);
void freeze_forget(Freeze *freeze, const PageSet *set);

/* --- blobs --- */

/* Puts the blob's slices into the page `index` of the set, which is made if need be; a blob of a
 * dropped page drops it. ST_STATE: it is no such blob, or not whole. */
CHECKED Status page_blob_load(PageSet *set, uint32_t index, const void *bytes, size_t size);
/* The blob has all of the page, so that older ones are not needed. */
bool frozen_page_is_whole(const FrozenPage *page);

#endif
