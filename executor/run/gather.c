#include "executor/run/gather.h"

#include <assert.h>

#include "storage/base/vec.h"
#include "storage/data/nested.h"

/* Rows of one split, one behind the other. */
typedef struct Run {
    const SplitRows *rows;
    uint16_t from, count;
} Run;

struct Gather {
    Arena memory;         /* columns of the scan that is gathered now */
    Arena elements;       /* of nested columns, until the batch is sent on */
    Op *scan;             /* NULL: empty */
    const Op *shaped_for; /* the columns are this scan's */
    uint32_t batch_rows;  /* at most */
    uint32_t rows;
    uint64_t first;  /* rows taken before them */
    uint64_t number; /* of the batch */
    Run *run;
    uint32_t runs;
    const SplitRows **source; /* whose runs they are, each once */
    uint32_t sources;
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
    TRY_NEW_ARRAY(gather->run, arena, batch_rows);
    TRY_NEW_ARRAY(gather->source, arena, batch_rows);
    gather->batch_rows = batch_rows;
    gather->number = 1;
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

/* --- copying --- */

/* What is to be said of a column in all the splits at once. */
typedef struct Kind {
    bool nulls; /* some may be NULL */
    bool plain; /* cells lie one behind the other, and nothing hangs on them */
} Kind;

static Kind kind_of(const Gather *gather, uint32_t c)
{
    Kind kind = {.plain = gather->column[c].phys != PHYS_NESTED};
    for (uint32_t i = 0; i < gather->sources; i++) {
        const Column *column = &gather->source[i]->column[c];
        kind.nulls = kind.nulls || column->valid != NULL;
        kind.plain = kind.plain && !column->constant;
    }
    return kind;
}

/* For each run, in order: items of `from`, which the run's split has, into an array. */
#define COPY_RUNS(gather, to, from_of)                                                             \
    do {                                                                                           \
        uint32_t at = 0;                                                                           \
        for (uint32_t r = 0; r < (gather)->runs; r++) {                                            \
            const SplitRows *rows = (gather)->run[r].rows;                                         \
            const __typeof__(*(to)) *from = (from_of);                                             \
            from += (gather)->run[r].from;                                                         \
            for (uint32_t i = 0; i < (gather)->run[r].count; i++)                                  \
                (to)[at++] = from[i];                                                              \
        }                                                                                          \
    } while (false)

static Status copy_cells(Gather *gather, uint32_t c)
{
    Column *to = &gather->column[c];
    uint32_t at = 0;
    for (uint32_t r = 0; r < gather->runs; r++) {
        const Run *run = &gather->run[r];
        for (uint32_t i = 0; i < run->count; i++)
            TRY(column_copy_cell(&gather->elements, to, at++, &run->rows->column[c],
                                 run->from + i));
    }
    return ST_OK;
}

static void copy_valid(Gather *gather, uint32_t c)
{
    uint64_t *valid = gather->column[c].valid;
    uint32_t at = 0;
    for (uint32_t r = 0; r < gather->runs; r++) {
        const Run *run = &gather->run[r];
        const Column *from = &run->rows->column[c];
        for (uint32_t i = 0; i < run->count; i++, at++) {
            if (from->valid != NULL && !bit_get(from->valid, run->from + i))
                bit_clear(valid, at);
        }
    }
}

static Status copy_column(Gather *gather, uint32_t c)
{
    Column *to = &gather->column[c];
    Kind kind = kind_of(gather, c);
    if (kind.nulls) {
        to->valid = gather->bitmap[c];
        bits_fill(to->valid, BATCH_ROWS, true);
    }
    if (!kind.plain)
        return copy_cells(gather, c);
    switch (to->phys) {
    case PHYS_BOOL: COPY_RUNS(gather, to->data.b, rows->column[c].data.b); break;
    case PHYS_I64:
    case PHYS_F64: COPY_RUNS(gather, to->data.i64, rows->column[c].data.i64); break;
    case PHYS_I128: COPY_RUNS(gather, to->data.i128, rows->column[c].data.i128); break;
    case PHYS_STR: COPY_RUNS(gather, to->data.str, rows->column[c].data.str); break;
    case PHYS_NESTED: return ST_OK; /* is not plain */
    }
    if (kind.nulls)
        copy_valid(gather, c);
    return ST_OK;
}

static Status copy_bad_of(Gather *gather, const Run *run, uint32_t at)
{
    const BatchBuilder *builder = &run->rows->builder;
    for (uint32_t i = 0; i < builder->bad_count; i++) {
        BadCell cell = builder->bad[i];
        if (cell.row < run->from || cell.row >= run->from + run->count)
            continue;
        if (gather->bad_count == gather->bad_capacity) {
            void *items = gather->bad;
            TRY(vec_grow(&gather->memory, &items, gather->bad_count, &gather->bad_capacity,
                         sizeof cell));
            gather->bad = items;
        }
        cell.row = (uint16_t)(cell.row - run->from + at);
        gather->bad[gather->bad_count++] = cell;
    }
    return ST_OK;
}

static Status copy_bad(Gather *gather)
{
    uint32_t bad = 0, at = 0;
    for (uint32_t i = 0; i < gather->sources; i++)
        bad += gather->source[i]->builder.bad_count;
    for (uint32_t r = 0; bad > 0 && r < gather->runs; r++) {
        TRY(copy_bad_of(gather, &gather->run[r], at));
        at += gather->run[r].count;
    }
    return ST_OK;
}

static Status copy_rows(Gather *gather)
{
    for (uint32_t c = 0; c < gather->scan->plan->schema.count; c++)
        TRY(copy_column(gather, c));
    COPY_RUNS(gather, gather->watermark, rows->watermark);
    COPY_RUNS(gather, gather->split, rows->split);
    COPY_RUNS(gather, gather->offset, rows->builder.offset);
    COPY_RUNS(gather, gather->line, rows->builder.line);
    COPY_RUNS(gather, gather->raw, rows->builder.raw);
    return copy_bad(gather);
}

static uint32_t select_rows(Gather *gather)
{
    uint32_t selected = 0, at = 0;
    for (uint32_t r = 0; r < gather->runs; r++) {
        const Run *run = &gather->run[r];
        for (uint32_t i = 0; i < run->count; i++, at++) {
            gather->sel[selected] = (uint16_t)at;
            selected += split_rows_is_selected(run->rows, run->from + i);
        }
    }
    return selected;
}

/* --- in and out --- */

static Status send_on(Gather *gather)
{
    Op *scan = gather->scan;
    TRY(copy_rows(gather));
    Origin origin = {.source = scan->plan->id,
                     .first = gather->first,
                     .split = gather->split,
                     .offset = gather->offset,
                     .line = gather->line,
                     .raw = gather->raw,
                     .bad = gather->bad,
                     .bad_count = gather->bad_count};
    Batch out = {.rows = (uint16_t)gather->rows,
                 .selected = (uint16_t)select_rows(gather),
                 .sel = gather->sel,
                 .watermark = gather->watermark,
                 .origin = &origin,
                 .columns = (uint16_t)scan->plan->schema.count,
                 .column = gather->column};
    if (out.selected == out.rows)
        out.sel = NULL;
    return scan_emit(scan, &out);
}

Status gather_flush(Gather *gather)
{
    if (gather->rows == 0)
        return ST_OK;
    Status status = send_on(gather);
    for (uint32_t c = 0; c < gather->scan->plan->schema.count; c++) {
        gather->column[c].valid = NULL;
        column_drop_elements(&gather->column[c], BATCH_ROWS);
    }
    arena_reset(&gather->elements);
    gather->rows = gather->runs = gather->sources = gather->bad_count = 0;
    gather->number++;
    return status;
}

uint32_t gather_room(const Gather *gather)
{
    return gather->batch_rows - gather->rows;
}

Status gather_add(Gather *gather, Op *scan, SplitRows *rows, uint32_t from, uint32_t to,
                  uint64_t taken)
{
    assert(from < to && to - from <= gather_room(gather));
    assert(gather->rows == 0 || (gather->scan == scan && gather->first + gather->rows == taken));
    if (gather->rows == 0) {
        TRY(shape(gather, scan));
        gather->scan = scan;
        gather->first = taken;
    }
    if (rows->gathered != gather->number) {
        rows->gathered = gather->number;
        gather->source[gather->sources++] = rows;
    }
    gather->run[gather->runs++] = (Run){rows, (uint16_t)from, (uint16_t)(to - from)};
    gather->rows += to - from;
    return ST_OK;
}
