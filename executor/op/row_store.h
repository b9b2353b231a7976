/* RowStore: rows that an operator keeps one by one, found by number, with a few words of the
 * operator's own in front of each, by which it links them into lists. A row is a slot of fixed
 * size: the operator's words, the bits of the cells that are NULL, the cells; long strings and
 * nested values lie in the heap beside. So one row is in one place, and a column of many of them is
 * read in one loop.
 *
 * A number that is given back is given to a later row. */
#ifndef WEIR_EXECUTOR_OP_ROW_STORE_H
#define WEIR_EXECUTOR_OP_ROW_STORE_H

#include "storage/data/batch.h"
#include "storage/data/schema.h"
#include "storage/state/state_walk.h"

typedef struct RowStore {
    uint32_t columns;
    const Schema *schema;
    uint8_t *phys; /* as what each column's cells are kept, in which word of the slot they begin */
    uint16_t *word;
    uint32_t head_words, null_words, slot_words;
    uint32_t page_shift; /* slots a page = 1 << page_shift */
    bool strings;
    StrBuf nested; /* a nested value being packed */
    PageSet pages;
    Heap heap;
    uint32_t slots;      /* numbers given out, free ones included */
    uint32_t free;       /* of them */
    uint32_t first_free; /* number + 1; chained through the first word */
} RowStore;

/* Of rows of the schema, with `head_size` bytes in front (at least 8, a multiple of it). */
CHECKED Status row_store_open(RowStore *store, const Schema *schema, uint32_t head_size,
                              Arena *arena, Meter *meter);
void row_store_close(RowStore *store);
CHECKED Status row_store_walk(RowStore *store, StateWalk *walk);

/* Keeps rows of the batch under numbers of their own; what is in front of them is zero. */
CHECKED Status row_store_add(RowStore *store, const Batch *batch, const uint16_t *row,
                             uint32_t count, uint32_t *number);
void row_store_remove(RowStore *store, uint32_t number);
/* One column of some rows into out[0 .. count - 1], which has room and a bitmap. Long strings are
 * borrowed: good until the row is removed. What nested values are made of lies in the arena. */
CHECKED Status row_store_read(const RowStore *store, uint32_t column, const uint32_t *number,
                              uint32_t count, Arena *arena, Column *out);
/* One cell into row `to`. */
CHECKED Status row_store_read_cell(const RowStore *store, uint32_t column, uint32_t number,
                                   Arena *arena, Column *out, uint32_t to);

static inline uint32_t row_store_count(const RowStore *store)
{
    return store->slots - store->free;
}

static inline const void *row_store_head(const RowStore *store, uint32_t number)
{
    uint32_t in_page = number & ((1u << store->page_shift) - 1);
    return page_read(&store->pages, number >> store->page_shift) +
           (size_t)in_page * store->slot_words * 8;
}

static inline void *row_store_head_write(RowStore *store, uint32_t number)
{
    uint32_t in_page = number & ((1u << store->page_shift) - 1);
    return page_write_at(&store->pages, number >> store->page_shift,
                         in_page * store->slot_words * 8, store->head_words * 8);
}

#endif
