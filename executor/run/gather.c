#include "executor/run/gather.h"

#include <assert.h>

#include "storage/base/vec.h"
#include "storage/data/nested.h"

struct Gather {
    Arena memory;         /* columns of the scan that is gathered now */
    Arena elements;       /* of nested columns, until the batch is sent on */
    Op *scan;             /* NULL: empty */
    const Op *shaped_for; /* the columns are this scan's */
    uint32_t batch_rows;  /* at most */
    uint32_t rows, selected;
    uint64_t first; /* rows taken before them */
    Column *column;
    uint64_t **bitmap; /* per column; `valid` of the column is NULL until something is NULL */
    Micros *watermark;
    uint16_t *sel;
    uint32_t *split;
    uint64_t *offset, *line;
    Text *raw;
    BadCell *bad;
    uint32_t bad_count, bad_capacity;
};

Status gather_open(Arena *arena, Meter *meter, uint32_t batch_rows, Gather **out)
{
    Gather *gather;
    assert(batch_rows > 0 && batch_rows <= BATCH_ROWS);
    TRY_NEW(gather, arena);
    gather->batch_rows = batch_rows;
    arena_init(&gather->memory, meter);
    arena_init(&gather->elements, meter);
    *out = gather;
    return ST_OK;
}

void gather_close(Gather *gather)
{
    if (gather == NULL)
        return;
    arena_close(&gather->memory);
    arena_close(&gather->elements);
}

static Status shape(Gather *gather, const Op *scan)
{
    const Schema *schema = &scan->plan->schema;
    Arena *memory = &gather->memory;
    if (gather->shaped_for == scan)
        return ST_OK;
    arena_reset(memory);
    gather->shaped_for = NULL;
    TRY_NEW_ARRAY(gather->column, memory, schema->count);
    TRY_NEW_ARRAY(gather->bitmap, memory, schema->count);
    for (uint32_t c = 0; c < schema->count; c++) {
        Column *column = &gather->column[c];
        TRY(column_make_typed(memory, &schema->field[c].type, BATCH_ROWS, column));
        gather->bitmap[c] = column->valid;
        column->valid = NULL;
    }
    TRY_NEW_ARRAY(gather->watermark, memory, BATCH_ROWS);
    TRY_NEW_ARRAY(gather->sel, memory, BATCH_ROWS);
    TRY_NEW_ARRAY(gather->split, memory, BATCH_ROWS);
    TRY_NEW_ARRAY(gather->offset, memory, BATCH_ROWS);
    TRY_NEW_ARRAY(gather->line, memory, BATCH_ROWS);
    TRY_NEW_ARRAY(gather->raw, memory, BATCH_ROWS);
    gather->bad = NULL;
    gather->bad_capacity = 0;
    gather->shaped_for = scan;
    return ST_OK;
}

Status gather_flush(Gather *gather)
{
    if (gather->rows == 0)
        return ST_OK;
    Op *scan = gather->scan;
    Origin origin = {.source = scan->plan->id,
                     .first = gather->first,
                     .split = gather->split,
                     .offset = gather->offset,
                     .line = gather->line,
                     .raw = gather->raw,
                     .bad = gather->bad,
                     .bad_count = gather->bad_count};
    Batch out = {.rows = (uint16_t)gather->rows,
                 .selected = (uint16_t)gather->selected,
                 .sel = gather->sel,
                 .watermark = gather->watermark,
                 .origin = &origin,
                 .columns = (uint16_t)scan->plan->schema.count,
                 .column = gather->column};
    if (out.selected == out.rows)
        out.sel = NULL;
    gather->rows = gather->selected = gather->bad_count = 0;
    Status status = scan_emit(scan, &out);
    for (uint32_t c = 0; c < scan->plan->schema.count; c++) {
        gather->column[c].valid = NULL;
        column_drop_elements(&gather->column[c], BATCH_ROWS);
    }
    arena_reset(&gather->elements);
    return status;
}

static Status copy_cells(Gather *gather, uint32_t c, const Column *from, uint32_t first,
                         uint32_t count)
{
    Column *to = &gather->column[c];
    if (from->valid != NULL && to->valid == NULL) {
        to->valid = gather->bitmap[c];
        bits_fill(to->valid, BATCH_ROWS, true);
    }
    uint32_t size = phys_size(to->phys);
    if (from->constant || from->phys == PHYS_NESTED) {
        for (uint32_t i = 0; i < count; i++)
            TRY(column_copy_cell(&gather->elements, to, gather->rows + i, from, first + i));
        return ST_OK;
    }
    memcpy((char *)to->data.any + (size_t)gather->rows * size,
           (const char *)from->data.any + (size_t)first * size, (size_t)count * size);
    if (from->valid == NULL)
        return ST_OK;
    for (uint32_t i = 0; i < count; i++)
        bit_put(to->valid, gather->rows + i, bit_get(from->valid, first + i));
    return ST_OK;
}

static Status copy_bad(Gather *gather, const BatchBuilder *builder, uint32_t first, uint32_t to)
{
    for (uint32_t i = 0; i < builder->bad_count; i++) {
        BadCell cell = builder->bad[i];
        if (cell.row < first || cell.row >= to)
            continue;
        if (gather->bad_count == gather->bad_capacity) {
            void *items = gather->bad;
            TRY(vec_grow(&gather->memory, &items, gather->bad_count, &gather->bad_capacity,
                         sizeof cell));
            gather->bad = items;
        }
        cell.row = (uint16_t)(cell.row - first + gather->rows);
        gather->bad[gather->bad_count++] = cell;
    }
    return ST_OK;
}

static Status copy_range(Gather *gather, const SplitRows *rows, uint32_t from, uint32_t to)
{
    uint32_t count = to - from, at = gather->rows;
    const BatchBuilder *builder = &rows->builder;
    for (uint32_t c = 0; c < gather->scan->plan->schema.count; c++)
        TRY(copy_cells(gather, c, &rows->column[c], from, count));
    memcpy(gather->watermark + at, rows->watermark + from, count * sizeof *gather->watermark);
    memcpy(gather->split + at, rows->split + from, count * sizeof *gather->split);
    memcpy(gather->offset + at, builder->offset + from, count * sizeof *gather->offset);
    memcpy(gather->line + at, builder->line + from, count * sizeof *gather->line);
    memcpy(gather->raw + at, builder->raw + from, count * sizeof *gather->raw);
    TRY(copy_bad(gather, builder, from, to));
    /* A run may be one row of many: those of other runs are not looked at. */
    for (uint32_t i = split_rows_find_selected(rows, from); i < rows->selected && rows->sel[i] < to;
         i++)
        gather->sel[gather->selected++] = (uint16_t)(rows->sel[i] - from + at);
    gather->rows += count;
    return ST_OK;
}

Status gather_add(Gather *gather, Op *scan, const SplitRows *rows, uint32_t from, uint32_t to,
                  uint64_t taken)
{
    assert(from < to && to - from <= gather->batch_rows);
    if (gather->rows > 0 &&
        (gather->scan != scan || gather->rows + (to - from) > gather->batch_rows))
        TRY(gather_flush(gather));
    TRY(shape(gather, scan));
    gather->scan = scan;
    if (gather->rows == 0)
        gather->first = taken;
    assert(gather->first + gather->rows == taken);
    return copy_range(gather, rows, from, to);
}
