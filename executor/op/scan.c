/* Scan: the part of reading a table that is the query's business and not the connector's: computed
 * columns that time depends on, the rowtime, the watermark of each row, and what is rejected on the
 * way. Which split's rows come next is decided in run/merge.c, so that this file sees one split at a
 * time.
 *
 * The watermark of a split is the running maximum of the WATERMARK expression, floored to
 * milliseconds. A row's own value counts only after it. Records that were rejected do not move it;
 * rows that a pushed-down filter drops do. */
#include <assert.h>

#include "executor/op/ops.h"
#include "executor/op/source.h"
#include "executor/run/reject.h"
#include "storage/data/timestamp.h"

typedef struct ScanOp {
    Op op;
    Program *compute, *mark; /* computed columns; the WATERMARK expression. NULL: none */
} ScanOp;

static uint32_t decoded_columns(const PlanScan *plan)
{
    return plan->spec.wanted_count + plan->spec.wanted_metadata_count;
}

static Status scan_open(Op *op, Diag *diag)
{
    (void)diag;
    ScanOp *self = (ScanOp *)op;
    const PlanScan *plan = &op->plan->as.scan;
    if (plan->computed_count > 0)
        TRY(program_compile(&op->meter, plan->computed, plan->computed_count, decoded_columns(plan),
                            &self->compute));
    if (plan->watermark != NULL)
        TRY(program_compile(&op->meter, &plan->watermark, 1, op->plan->schema.count, &self->mark));
    return ST_OK;
}

static void scan_close(Op *op)
{
    program_close(((ScanOp *)op)->compute);
    program_close(((ScanOp *)op)->mark);
}

const OpClass scan_class = {.size = sizeof(ScanOp), .open = scan_open, .close = scan_close};

/* --- a split's rows --- */

/* The schema of what the reader fills: the first columns of the scan's output. */
static Schema decoded_schema(const Op *scan)
{
    return (Schema){decoded_columns(&scan->plan->as.scan), scan->plan->schema.field};
}

/* Computed columns are kept with the rows: the program's registers serve all splits. */
static Status open_computed(SplitRows *rows, Op *scan, uint16_t capacity)
{
    const PlanScan *plan = &scan->plan->as.scan;
    uint32_t decoded = decoded_columns(plan);
    if (plan->computed_count == 0)
        return ST_OK;
    rows->valid = mem_alloc(&scan->meter, plan->computed_count * bits_words(BATCH_ROWS) * sizeof *rows->valid);
    if (rows->valid == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < plan->computed_count; i++) {
        Column *column = &rows->column[decoded + i];
        column->phys = type_phys((TypeId)scan->plan->schema.field[decoded + i].type.id);
        column->data.any = mem_alloc_zeroed(&scan->meter, capacity * phys_size(column->phys));
        if (column->data.any == NULL)
            return ST_NOMEM;
    }
    return ST_OK;
}

Status split_rows_open(SplitRows *rows, Op *scan, uint32_t split, uint16_t capacity)
{
    uint32_t width = scan->plan->schema.count;
    Schema schema = decoded_schema(scan);
    *rows = (SplitRows){0};
    TRY(builder_open_small(&rows->builder, &scan->meter, &schema, capacity));
    rows->watermark = mem_alloc(&scan->meter, capacity * sizeof *rows->watermark);
    rows->sel = mem_alloc(&scan->meter, capacity * sizeof *rows->sel);
    rows->split = mem_alloc(&scan->meter, capacity * sizeof *rows->split);
    rows->column = mem_alloc_zeroed(&scan->meter, (width + 1) * sizeof *rows->column);
    if (rows->watermark == NULL || rows->sel == NULL || rows->split == NULL || rows->column == NULL)
        return ST_NOMEM;
    for (uint32_t row = 0; row < capacity; row++)
        rows->split[row] = split;
    return open_computed(rows, scan, capacity);
}

static void close_computed(SplitRows *rows, Op *scan)
{
    const PlanScan *plan = &scan->plan->as.scan;
    size_t capacity = rows->builder.capacity;
    if (rows->valid == NULL)
        return;
    for (uint32_t i = 0; i < plan->computed_count; i++) {
        Column *column = &rows->column[decoded_columns(plan) + i];
        mem_free(&scan->meter, column->data.any, capacity * phys_size(column->phys));
    }
    mem_free(&scan->meter, rows->valid, plan->computed_count * bits_words(BATCH_ROWS) * sizeof *rows->valid);
}

void split_rows_close(SplitRows *rows, Op *scan)
{
    uint32_t width = scan->plan->schema.count;
    size_t capacity = rows->builder.capacity;
    close_computed(rows, scan);
    mem_free(&scan->meter, rows->watermark, capacity * sizeof *rows->watermark);
    mem_free(&scan->meter, rows->sel, capacity * sizeof *rows->sel);
    mem_free(&scan->meter, rows->split, capacity * sizeof *rows->split);
    mem_free(&scan->meter, rows->column, (width + 1) * sizeof *rows->column);
    builder_close(&rows->builder);
    *rows = (SplitRows){0};
}

/* --- what a record is refused for --- */

static Status refuse(Op *scan, SplitRows *rows, uint32_t row, uint32_t split, ErrorCode code,
                     Text field, const char *reason, uint64_t *refused)
{
    const BatchBuilder *builder = &rows->builder;
    bit_set(refused, row);
    RejectedRecord record = {.code = code, .field = field, .reason = reason,
                             .offset = builder->offset[row], .line = builder->line[row],
                             .raw = builder->raw[row]};
    return reject_record(scan, split, &record);
}

/* A rowtime that could not be decoded spoils the whole record. */
static Status refuse_bad_rowtime(Op *scan, SplitRows *rows, uint32_t split, uint64_t *refused)
{
    const PlanScan *plan = &scan->plan->as.scan;
    for (uint32_t i = 0; i < rows->builder.bad_count; i++) {
        const BadCell *cell = &rows->builder.bad[i];
        bool needed = cell->column == (uint32_t)plan->rowtime;
        if (needed && !bit_get(refused, cell->row))
            TRY(refuse(scan, rows, cell->row, split, cell->code,
                       scan->plan->schema.field[cell->column].name, cell->reason, refused));
    }
    return ST_OK;
}

static Status refuse_failed(Op *scan, SplitRows *rows, const Program *program, uint32_t split, uint64_t *refused)
{
    const RowErrors *errors = program_errors(program);
    for (uint32_t i = 0; i < errors->count; i++) {
        const RowError *error = &errors->item[i];
        if (!bit_get(refused, error->row))
            TRY(refuse(scan, rows, error->row, split, error->code, TEXT_NONE, error->message, refused));
    }
    return ST_OK;
}

static Status refuse_null_or_future(Op *scan, SplitRows *rows, uint32_t split, uint64_t *refused)
{
    const PlanScan *plan = &scan->plan->as.scan;
    const Column *rowtime = &rows->column[plan->rowtime];
    Text name = scan->plan->schema.field[plan->rowtime].name;
    Micros latest = plan->max_future_skew == 0 ? MICROS_MAX : scan->env->eval.now + plan->max_future_skew;
    if (rowtime->valid == NULL && latest == MICROS_MAX)
        return ST_OK;
    for (uint32_t row = 0; row < rows->builder.rows; row++) {
        if (bit_get(refused, row))
            continue;
        if (column_is_null(rowtime, row))
            TRY(refuse(scan, rows, row, split, E5003, name, "the rowtime is NULL or missing", refused));
        else if (rowtime->data.i64[row] > latest)
            TRY(refuse(scan, rows, row, split, E5011, name,
                       "the rowtime is further in the future than max-future-skew", refused));
    }
    return ST_OK;
}

/* --- columns, times --- */

static Batch whole(const SplitRows *rows, uint32_t columns)
{
    return (Batch){.rows = rows->builder.rows, .selected = rows->builder.rows,
                   .watermark_before = MICROS_MIN, .columns = (uint16_t)columns, .column = rows->column};
}

/* The decoded columns as the batch shows them: without a bitmap where nothing is NULL. */
static void show_decoded(const Op *scan, SplitRows *rows)
{
    uint32_t decoded = decoded_columns(&scan->plan->as.scan);
    memcpy(rows->column, rows->builder.column, decoded * sizeof *rows->column);
    for (uint32_t c = 0; c < decoded; c++) {
        if (!builder_has_null(&rows->builder, c))
            rows->column[c].valid = NULL;
    }
}

/* Moves the program's results to where they stay while other splits are read. */
static Status keep_computed(SplitRows *rows, const Op *scan, const Column *result)
{
    const PlanScan *plan = &scan->plan->as.scan;
    for (uint32_t i = 0; i < plan->computed_count; i++) {
        Column *column = &rows->column[decoded_columns(plan) + i];
        column->valid = rows->valid + (size_t)i * bits_words(BATCH_ROWS);
        bits_fill(column->valid, BATCH_ROWS, true);
        for (uint32_t row = 0; row < rows->builder.rows; row++) {
            column_copy_cell(column, row, &result[i], row);
            if (column->phys == PHYS_STR && !column_is_null(column, row))
                TRY(str_copy(&rows->builder.arena, &column->data.str[row], &column->data.str[row]));
        }
    }
    return ST_OK;
}

static Status compute_columns(Op *scan, SplitRows *rows, uint32_t split, uint64_t *refused)
{
    const PlanScan *plan = &scan->plan->as.scan;
    const ScanOp *self = (const ScanOp *)scan;
    show_decoded(scan, rows);
    if (self->compute == NULL)
        return ST_OK;
    Batch in = whole(rows, decoded_columns(plan));
    Origin origin = {.bad = rows->builder.bad, .bad_count = rows->builder.bad_count};
    Column *result;
    in.origin = &origin;
    TRY_NEW_ARRAY(result, &scan->scratch, plan->computed_count);
    TRY(program_run(self->compute, &in, &scan->env->eval, result));
    TRY(refuse_failed(scan, rows, self->compute, split, refused));
    return keep_computed(rows, scan, result);
}

static Status mark_rows(Op *scan, SplitRows *rows, uint32_t split, Micros watermark, uint64_t *refused)
{
    Program *program = ((ScanOp *)scan)->mark;
    uint32_t count = rows->builder.rows;
    if (program == NULL) {
        for (uint32_t row = 0; row < count; row++)
            rows->watermark[row] = watermark;
        rows->watermark_after = watermark;
        return ST_OK;
    }
    Column mark;
    Batch in = whole(rows, scan->plan->schema.count);
    TRY(program_run(program, &in, &scan->env->eval, &mark));
    TRY(refuse_failed(scan, rows, program, split, refused));
    for (uint32_t row = 0; row < count; row++) {
        rows->watermark[row] = watermark;
        if (column_is_null(&mark, row) || bit_get(refused, row))
            continue;
        Micros value = mark.data.i64[column_index(&mark, row)];
        if (value > watermark)
            watermark = value - micros_floor_mod(value, MICROS_PER_MILLI);
    }
    rows->watermark_after = watermark;
    return ST_OK;
}

static void select_rows(SplitRows *rows, const uint64_t *refused)
{
    uint32_t count = 0;
    uint64_t out[BATCH_ROWS / 64];
    for (uint32_t w = 0; w < bits_words(rows->builder.rows); w++)
        out[w] = refused[w] | rows->builder.filtered[w];
    for (uint32_t row = 0; row < rows->builder.rows; row++) {
        rows->sel[count] = (uint16_t)row;
        count += !bit_get(out, row);
    }
    rows->selected = (uint16_t)count;
}

/* Rows that the pushed-down predicate drops. One that is refused as well is rejected, not filtered. */
static uint32_t count_filtered(const SplitRows *rows, const uint64_t *refused)
{
    uint32_t count = rows->builder.filtered_count;
    for (uint32_t w = 0; w < bits_words(rows->builder.rows) && count > 0; w++) {
        uint64_t both = refused[w] & rows->builder.filtered[w];
        for (; both != 0; both &= both - 1) /* the lowest bit goes */
            count--;
    }
    return count;
}

Status split_rows_prepare(SplitRows *rows, Op *scan, Micros watermark)
{
    const PlanScan *plan = &scan->plan->as.scan;
    const uint32_t split = rows->split[0];
    uint64_t refused[BATCH_ROWS / 64] = {0};
    arena_reset(&scan->scratch);
    for (uint32_t i = 0; i < rows->builder.rejected_count; i++)
        TRY(reject_record(scan, split, &rows->builder.rejected[i]));
    TRY(compute_columns(scan, rows, split, refused));
    if (plan->rowtime >= 0) {
        TRY(refuse_bad_rowtime(scan, rows, split, refused));
        TRY(refuse_null_or_future(scan, rows, split, refused));
    }
    TRY(mark_rows(scan, rows, split, watermark, refused));
    select_rows(rows, refused);
    return reject_count_read(scan, rows->builder.rows + rows->builder.rejected_count + rows->builder.skipped,
                             count_filtered(rows, refused), rows->builder.skipped);
}

/* A query reads the table in several places. */
static bool feeds_twice(const Op *scan)
{
    for (uint32_t i = 0; i < scan->outs; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (scan->out[i].op->plan->query == scan->out[j].op->plan->query)
                return true;
        }
    }
    return false;
}

/* The places of such a query take turns by rows: were it by batches, the order of rows and what is late
 * above a union of them would hang on how the input was cut. */
static Status emit_rows(Op *scan, const Batch *batch)
{
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint16_t row = (uint16_t)batch_row(batch, i);
        Batch one = *batch;
        one.rows = (uint16_t)(row + 1);
        one.sel = &row;
        one.selected = 1;
        TRY(op_emit_watermark(scan, batch_watermark(batch, row)));
        TRY(op_emit(scan, &one));
    }
    return ST_OK;
}

Status scan_emit(Op *scan, const Batch *batch)
{
    return feeds_twice(scan) ? emit_rows(scan, batch) : op_emit(scan, batch);
}

Status scan_emit_range(Op *scan, const SplitRows *rows, uint32_t from, uint32_t to)
{
    const BatchBuilder *builder = &rows->builder;
    uint32_t first = 0, last = rows->selected;
    while (first < last && rows->sel[first] < from)
        first++;
    while (last > first && rows->sel[last - 1] >= to)
        last--;
    Origin origin = {.source = scan->plan->id, .split = rows->split, .offset = builder->offset,
                     .line = builder->line, .raw = builder->raw, .bad = builder->bad,
                     .bad_count = builder->bad_count};
    Batch out = {.rows = (uint16_t)to, .selected = (uint16_t)(last - first), .sel = rows->sel + first,
                 .watermark = rows->watermark, .origin = &origin,
                 .columns = (uint16_t)scan->plan->schema.count, .column = rows->column};
    if (out.selected == to) /* nothing was taken out */
        out.sel = NULL;
    return scan_emit(scan, &out);
}
