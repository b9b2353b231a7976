#include "executor/op/row_store.h"

#include <assert.h>

#include "executor/function/state_cell.h"

enum { PAGE_BYTES = 16 << 10 };

static uint32_t cell_words(PhysType phys)
{
    return phys == PHYS_I128 || phys == PHYS_STR ? 2 : 1;
}

Status row_store_open(RowStore *store, const Schema *schema, uint32_t head_size, Arena *arena,
                      Meter *meter)
{
    assert(head_size >= 8 && head_size % 8 == 0);
    *store = (RowStore){.columns = schema->count,
                        .schema = schema,
                        .head_words = head_size / 8,
                        .null_words = bits_words(schema->count)};
    pages_init(&store->pages, meter);
    heap_init(&store->heap, meter);
    strbuf_init(&store->nested, meter);
    TRY_NEW_ARRAY(store->phys, arena, schema->count);
    TRY_NEW_ARRAY(store->word, arena, schema->count);
    store->slot_words = store->head_words + store->null_words;
    for (uint32_t c = 0; c < schema->count; c++) {
        PhysType phys = state_cell_phys(&schema->field[c].type);
        store->phys[c] = (uint8_t)phys;
        store->word[c] = (uint16_t)store->slot_words;
        store->strings = store->strings || phys == PHYS_STR;
        store->slot_words += cell_words(phys);
    }
    while ((store->slot_words * 8u) << (store->page_shift + 1) <= PAGE_BYTES)
        store->page_shift++;
    return ST_OK;
}

void row_store_close(RowStore *store)
{
    if (store->pages.meter == NULL)
        return;
    pages_close(&store->pages);
    heap_close(&store->heap);
    strbuf_close(&store->nested);
}

Status row_store_walk(RowStore *store, StateWalk *walk)
{
    TRY(STATE_WALK(walk, store->slots));
    TRY(STATE_WALK(walk, store->free));
    TRY(STATE_WALK(walk, store->first_free));
    TRY(state_walk_pages(walk, &store->pages));
    return state_walk_heap(walk, &store->heap);
}

static uint64_t *slot_write(RowStore *store, uint32_t number)
{
    uint32_t in_page = number & ((1u << store->page_shift) - 1), size = store->slot_words * 8;
    return (uint64_t *)(void *)page_write_at(&store->pages, number >> store->page_shift,
                                             in_page * size, size);
}

static const uint64_t *slot_read(const RowStore *store, uint32_t number)
{
    return row_store_head(store, number);
}

/* --- keeping rows --- */

static Status take_slot(RowStore *store, uint32_t *number, uint64_t **slot)
{
    if (store->first_free != 0) {
        *number = store->first_free - 1;
        *slot = slot_write(store, *number);
        store->first_free = (uint32_t) * *slot;
        store->free--;
        return ST_OK;
    }
    if (store->slots == UINT32_MAX - 1)
        return ST_LIMIT;
    if (store->slots >> store->page_shift == store->pages.count) {
        uint32_t page;
        TRY(pages_add(&store->pages, (store->slot_words * 8) << store->page_shift, &page));
    }
    *number = store->slots++;
    *slot = slot_write(store, *number);
    return ST_OK;
}

/* Texts and nested values. */
static Status keep_strings(RowStore *store, uint32_t c, const Column *from, const uint16_t *row,
                           uint32_t count, uint64_t *const *slot)
{
    const Type *type = &store->schema->field[c].type;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t read[2];
        if (column_is_null(from, row[i]))
            continue; /* the words are those of an empty one */
        TRY(state_cell_pack(type, from, row[i], &store->nested, read));
        TRY(state_cell_keep(&store->heap, PHYS_STR, read, slot[i] + store->word[c]));
    }
    return ST_OK;
}

/* Cells of one type, by a loop of its own. */
#define KEEP_CELLS(cell)                                                                           \
    for (uint32_t i = 0; i < count; i++)                                                           \
    slot[i][word] = (uint64_t)(cell)[from->constant ? 0 : row[i]]

static Status keep_column(RowStore *store, uint32_t c, const Column *from, const uint16_t *row,
                          uint32_t count, uint64_t *const *slot)
{
    uint32_t word = store->word[c], nulls = store->head_words + c / 64;
    switch ((PhysType)store->phys[c]) {
    case PHYS_BOOL: KEEP_CELLS(from->data.b); break;
    case PHYS_I64: KEEP_CELLS(from->data.i64); break;
    case PHYS_F64:
        for (uint32_t i = 0; i < count; i++)
            memcpy(slot[i] + word, &from->data.f64[column_index(from, row[i])], sizeof(double));
        break;
    case PHYS_I128:
        for (uint32_t i = 0; i < count; i++)
            memcpy(slot[i] + word, &from->data.i128[column_index(from, row[i])], sizeof(Int128));
        break;
    case PHYS_STR: TRY(keep_strings(store, c, from, row, count, slot)); break;
    case PHYS_NESTED: break;
    }
    for (uint32_t i = 0; from->valid != NULL && i < count; i++)
        slot[i][nulls] |= (uint64_t)column_is_null(from, row[i]) << (c % 64);
    return ST_OK;
}

Status row_store_add(RowStore *store, const Batch *batch, const uint16_t *row, uint32_t count,
                     uint32_t *number)
{
    uint64_t *slot[BATCH_ROWS];
    assert(count <= BATCH_ROWS && batch->columns == store->columns);
    for (uint32_t i = 0; i < count; i++) {
        TRY(take_slot(store, &number[i], &slot[i]));
        memset(slot[i], 0, (size_t)store->slot_words * 8);
    }
    for (uint32_t c = 0; c < store->columns; c++)
        TRY(keep_column(store, c, &batch->column[c], row, count, slot));
    return ST_OK;
}

void row_store_remove(RowStore *store, uint32_t number)
{
    uint64_t *slot = slot_write(store, number);
    for (uint32_t c = 0; store->strings && c < store->columns; c++) {
        Str stored;
        if (store->phys[c] != PHYS_STR)
            continue;
        memcpy(&stored, slot + store->word[c], sizeof stored);
        heap_free_str(&store->heap, &stored);
    }
    slot[0] = store->first_free;
    store->first_free = number + 1;
    store->free++;
}

/* --- reading --- */

static void read_cells(const RowStore *store, uint32_t word, const uint32_t *number, uint32_t count,
                       Column *out)
{
    switch (out->phys) {
    case PHYS_BOOL:
        for (uint32_t i = 0; i < count; i++)
            out->data.b[i] = slot_read(store, number[i])[word] != 0;
        return;
    case PHYS_I64:
        for (uint32_t i = 0; i < count; i++)
            out->data.i64[i] = (int64_t)slot_read(store, number[i])[word];
        return;
    case PHYS_F64:
        for (uint32_t i = 0; i < count; i++)
            memcpy(&out->data.f64[i], slot_read(store, number[i]) + word, sizeof(double));
        return;
    case PHYS_I128:
        for (uint32_t i = 0; i < count; i++)
            memcpy(&out->data.i128[i], slot_read(store, number[i]) + word, sizeof(Int128));
        return;
    case PHYS_STR:
        for (uint32_t i = 0; i < count; i++) {
            Str stored;
            memcpy(&stored, slot_read(store, number[i]) + word, sizeof stored);
            out->data.str[i] = heap_load_str(&store->heap, &stored);
        }
        return;
    case PHYS_NESTED: return;
    }
}

Status row_store_read_cell(const RowStore *store, uint32_t column, uint32_t number, Arena *arena,
                           Column *out, uint32_t to)
{
    const uint64_t *slot = slot_read(store, number);
    uint64_t read[2];
    bool null = (slot[store->head_words + column / 64] >> (column % 64) & 1) != 0;
    bit_put(out->valid, to, !null);
    if (null)
        return ST_OK;
    state_cell_load(&store->heap, (PhysType)store->phys[column], slot + store->word[column], read);
    return state_cell_unpack(&store->schema->field[column].type, read, arena, out, to);
}

Status row_store_read(const RowStore *store, uint32_t column, const uint32_t *number,
                      uint32_t count, Arena *arena, Column *out)
{
    uint32_t nulls = store->head_words + column / 64;
    if (out->phys == PHYS_NESTED) {
        for (uint32_t i = 0; i < count; i++)
            TRY(row_store_read_cell(store, column, number[i], arena, out, i));
        return ST_OK;
    }
    read_cells(store, store->word[column], number, count, out);
    for (uint32_t i = 0; i < count; i++)
        bit_put(out->valid, i, (slot_read(store, number[i])[nulls] >> (column % 64) & 1) == 0);
    return ST_OK;
}
