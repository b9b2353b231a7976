/* What is the query's business in reading a table and not the connector's: computed columns that
 * time depends on, the rowtime, the watermark of each row, and which records are refused.
 *
 * The watermark of a split is the running maximum of the WATERMARK expression, floored to
 * milliseconds. A row's own value counts only after it. Records that were rejected do not move it;
 * rows that a pushed-down filter drops do. */
#include "executor/op/split_rows.h"

#include <assert.h>
#include <stdlib.h>

#include "executor/run/reject.h"
#include "storage/data/nested.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

Schema split_rows_schema(const Op *scan)
{
    return (Schema){scan_columns(&scan->plan->as.scan.spec), scan->plan->schema.field};
}

/* Computed columns are kept with the rows: the program's registers serve all splits. */
static Status open_computed(SplitRows *rows, Op *scan, uint16_t capacity)
{
    const PlanScan *plan = &scan->plan->as.scan;
    uint32_t decoded = scan_columns(&plan->spec);
    if (plan->computed_count == 0)
        return ST_OK;
    rows->valid = mem_alloc(&scan->meter,
                            plan->computed_count * bits_words(BATCH_ROWS) * sizeof *rows->valid);
    if (rows->valid == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < plan->computed_count; i++) {
        Column *column = &rows->column[decoded + i];
        const Type *type = &scan->plan->schema.field[decoded + i].type;
        column->phys = type_phys((TypeId)type->id);
        if (column->phys == PHYS_NESTED) {
            TRY(column_make_typed(&rows->shapes, type, capacity, column));
            continue;
        }
        column->data.any = mem_alloc_zeroed(&scan->meter, capacity * phys_size(column->phys));
        if (column->data.any == NULL)
            return ST_NOMEM;
    }
    return ST_OK;
}

Status split_rows_open(SplitRows *rows, Op *scan, uint32_t split, uint16_t capacity)
{
    uint32_t width = scan->plan->schema.count;
    Schema schema = split_rows_schema(scan);
    *rows = (SplitRows){0};
    arena_init(&rows->shapes, &scan->meter);
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
        Column *column = &rows->column[scan_columns(&plan->spec) + i];
        if (column->phys != PHYS_NESTED)
            mem_free(&scan->meter, column->data.any, capacity * phys_size(column->phys));
    }
    mem_free(&scan->meter, rows->valid,
             plan->computed_count * bits_words(BATCH_ROWS) * sizeof *rows->valid);
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
    mem_free(&scan->meter, rows->refused, rows->refused_capacity * sizeof *rows->refused);
    arena_close(&rows->shapes);
    builder_close(&rows->builder);
    *rows = (SplitRows){0};
}

/* --- what a record is refused for --- */

/* Notes that the row is refused, and as which record. */
static Status refuse(Op *scan, SplitRows *rows, uint32_t row, ErrorCode code, Text field,
                     const char *reason)
{
    const BatchBuilder *builder = &rows->builder;
    if (bit_get(rows->is_refused, row))
        return ST_OK;
    if (rows->refused_count == rows->refused_capacity) {
        uint32_t larger = rows->refused_capacity == 0 ? 16 : rows->refused_capacity * 2;
        RejectedRecord *grown =
            mem_realloc(&scan->meter, rows->refused, rows->refused_capacity * sizeof *grown,
                        larger * sizeof *grown);
        if (grown == NULL)
            return ST_NOMEM;
        rows->refused = grown;
        rows->refused_capacity = larger;
    }
    bit_set(rows->is_refused, row);
    rows->refused[rows->refused_count++] = (RejectedRecord){.before_row = (uint16_t)row,
                                                            .code = code,
                                                            .field = field,
                                                            .reason = reason,
                                                            .offset = builder->offset[row],
                                                            .line = builder->line[row],
                                                            .raw = builder->raw[row]};
    return ST_OK;
}

/* A record without a value, which has no rowtime either. */
static bool is_deletion(const PlanScan *plan, const SplitRows *rows, uint32_t row)
{
    return plan->spec.wants_deletion &&
           rows->builder.column[scan_columns(&plan->spec) - 1].data.b[row];
}

/* A rowtime that could not be decoded spoils the whole record. */
static Status refuse_bad_rowtime(Op *scan, SplitRows *rows)
{
    const PlanScan *plan = &scan->plan->as.scan;
    for (uint32_t i = 0; i < rows->builder.bad_count; i++) {
        const BadCell *cell = &rows->builder.bad[i];
        if (cell->column == (uint32_t)plan->rowtime && !is_deletion(plan, rows, cell->row))
            TRY(refuse(scan, rows, cell->row, cell->code,
                       scan->plan->schema.field[cell->column].name, cell->reason));
    }
    return ST_OK;
}

/* Of a keyed stream, a record whose key is not there or cannot be read is about no row. */
static Status refuse_without_key(Op *scan, SplitRows *rows)
{
    const ScanSpec *spec = &scan->plan->as.scan.spec;
    const Field *field = scan->plan->schema.field;
    if (!spec->wants_deletion)
        return ST_OK;
    uint32_t end = scan_columns(spec) - 1, first = end - spec->wanted_key_count;
    for (uint32_t i = 0; i < rows->builder.bad_count; i++) {
        const BadCell *cell = &rows->builder.bad[i];
        if (cell->column >= first && cell->column < end)
            TRY(refuse(scan, rows, cell->row, cell->code, field[cell->column].name, cell->reason));
    }
    for (uint32_t c = first; c < end; c++) {
        for (uint32_t row = 0; rows->column[c].valid != NULL && row < rows->builder.rows; row++) {
            if (column_is_null(&rows->column[c], row))
                TRY(refuse(scan, rows, row, E5010, field[c].name, "NULL in the key"));
        }
    }
    return ST_OK;
}

/* What the program refers to in its errors lasts until it runs again, for another split. */
static Status refuse_failed(Op *scan, SplitRows *rows, const Program *program)
{
    const RowErrors *errors = program_errors(program);
    for (uint32_t i = 0; i < errors->count; i++) {
        const RowError *error = &errors->item[i];
        const char *message =
            arena_copy(&rows->builder.arena, error->message, strlen(error->message) + 1);
        if (message == NULL)
            return ST_NOMEM;
        TRY(refuse(scan, rows, error->row, error->code, TEXT_NONE, message));
    }
    return ST_OK;
}

/* The latest rowtime that the clock allows. Times without a zone are those of the session's. */
static Micros latest_rowtime(const Op *scan)
{
    const PlanScan *plan = &scan->plan->as.scan;
    const EvalContext *context = &scan->env->eval;
    bool local = scan->plan->schema.field[plan->rowtime].type.id == TYPE_TIMESTAMP;
    Micros now = local ? timezone_to_local(context->zone, context->now) : context->now, latest;
    bool bounded =
        plan->max_future_skew != 0 && !__builtin_add_overflow(now, plan->max_future_skew, &latest);
    return bounded ? latest : MICROS_MAX;
}

static Status refuse_null_or_future(Op *scan, SplitRows *rows)
{
    const PlanScan *plan = &scan->plan->as.scan;
    const Column *rowtime = &rows->column[plan->rowtime];
    Text name = scan->plan->schema.field[plan->rowtime].name;
    Micros latest = latest_rowtime(scan);
    if (rowtime->valid == NULL && latest == MICROS_MAX)
        return ST_OK;
    for (uint32_t row = 0; row < rows->builder.rows; row++) {
        if (column_is_null(rowtime, row) && is_deletion(plan, rows, row))
            continue;
        if (column_is_null(rowtime, row))
            TRY(refuse(scan, rows, row, E5003, name, "the rowtime is NULL or missing"));
        else if (rowtime->data.i64[row] > latest)
            TRY(refuse(scan, rows, row, E5011, name,
                       "the rowtime is further in the future than max-future-skew"));
    }
    return ST_OK;
}

/* --- columns, times --- */

static Batch whole(const SplitRows *rows, uint32_t columns)
{
    return (Batch){.rows = rows->builder.rows,
                   .selected = rows->builder.rows,
                   .watermark_before = MICROS_MIN,
                   .columns = (uint16_t)columns,
                   .column = rows->column};
}

/* The decoded columns as the batch shows them: without a bitmap where nothing is NULL. */
static void show_decoded(const Op *scan, SplitRows *rows)
{
    uint32_t decoded = scan_columns(&scan->plan->as.scan.spec);
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
        Column *column = &rows->column[scan_columns(&plan->spec) + i];
        column->valid = rows->valid + (size_t)i * bits_words(BATCH_ROWS);
        bits_fill(column->valid, BATCH_ROWS, true);
        column_drop_elements(column, rows->builder.rows);
        for (uint32_t row = 0; row < rows->builder.rows; row++)
            TRY(column_keep_cell(&rows->builder.arena, column, row, &result[i], row));
    }
    return ST_OK;
}

static Status compute_columns(Op *scan, SplitRows *rows)
{
    const PlanScan *plan = &scan->plan->as.scan;
    const ScanOp *self = (const ScanOp *)scan;
    show_decoded(scan, rows);
    if (self->compute == NULL)
        return ST_OK;
    Batch in = whole(rows, scan_columns(&plan->spec));
    Origin origin = {.bad = rows->builder.bad, .bad_count = rows->builder.bad_count};
    Column *result;
    in.origin = &origin;
    TRY_NEW_ARRAY(result, &scan->scratch, plan->computed_count);
    TRY(program_run(self->compute, &in, &scan->env->eval, result));
    TRY(refuse_failed(scan, rows, self->compute));
    return keep_computed(rows, scan, result);
}

static Status mark_rows(Op *scan, SplitRows *rows, Micros watermark)
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
    TRY(refuse_failed(scan, rows, program));
    for (uint32_t row = 0; row < count; row++) {
        rows->watermark[row] = watermark;
        if (column_is_null(&mark, row) || bit_get(rows->is_refused, row))
            continue;
        Micros value = mark.data.i64[column_index(&mark, row)];
        if (value > watermark)
            watermark = value - micros_floor_mod(value, MICROS_PER_MILLI);
    }
    rows->watermark_after = watermark;
    return ST_OK;
}

static void select_rows(SplitRows *rows)
{
    uint32_t count = 0;
    uint64_t out[BATCH_ROWS / 64];
    for (uint32_t w = 0; w < bits_words(rows->builder.rows); w++)
        out[w] = rows->is_refused[w] | rows->builder.filtered[w];
    for (uint32_t row = 0; row < rows->builder.rows; row++) {
        rows->sel[count] = (uint16_t)row;
        count += !bit_get(out, row);
    }
    rows->selected = (uint16_t)count;
}

static int compare_rows(const void *a, const void *b)
{
    const RejectedRecord *left = a, *right = b;
    return (left->before_row > right->before_row) - (left->before_row < right->before_row);
}

Status split_rows_prepare(SplitRows *rows, Op *scan, Micros watermark, uint64_t taken)
{
    const PlanScan *plan = &scan->plan->as.scan;
    arena_reset(&scan->scratch);
    memset(rows->is_refused, 0, sizeof rows->is_refused);
    rows->refused_count = rows->refused_told = rows->rejected_told = 0;
    TRY(compute_columns(scan, rows));
    TRY(refuse_without_key(scan, rows));
    if (plan->rowtime >= 0) {
        TRY(refuse_bad_rowtime(scan, rows));
        TRY(refuse_null_or_future(scan, rows));
    }
    TRY(mark_rows(scan, rows, watermark));
    if (rows->refused_count > 1)
        qsort(rows->refused, rows->refused_count, sizeof *rows->refused, compare_rows);
    select_rows(rows);
    return rows->builder.rows == 0 ? split_rows_account(rows, scan, 0, 0, taken) : ST_OK;
}

/* --- counting and recording --- */

/* Rows of the range that the pushed-down predicate drops. One that is refused as well is rejected,
 * not filtered. */
static uint32_t count_filtered(const SplitRows *rows, uint32_t from, uint32_t to)
{
    uint32_t count = 0;
    if (rows->builder.filtered_count == 0)
        return 0;
    if (to - from == 1) /* as it is where splits take turns */
        return bit_get(rows->builder.filtered, from) && !bit_get(rows->is_refused, from);
    for (uint32_t at = from; at < to; at += 64) {
        uint32_t some = to - at < 64 ? to - at : 64;
        uint64_t bits =
            bits_get64(rows->builder.filtered, at, some) & ~bits_get64(rows->is_refused, at, some);
        bits &= UINT64_MAX >> (64 - some);
        count += (uint32_t)__builtin_popcountll(bits);
    }
    return count;
}

/* The next record that was no row, in front of the row `to`; NULL: there is none. */
static const RejectedRecord *next_rejected(const SplitRows *rows, uint32_t to)
{
    const BatchBuilder *builder = &rows->builder;
    if (rows->rejected_told == builder->rejected_count ||
        builder->rejected[rows->rejected_told].before_row > to)
        return NULL;
    return &builder->rejected[rows->rejected_told];
}

/* The next row that was refused, likewise. */
static const RejectedRecord *next_refused(const SplitRows *rows, uint32_t to)
{
    if (rows->refused_told == rows->refused_count ||
        rows->refused[rows->refused_told].before_row >= to)
        return NULL;
    return &rows->refused[rows->refused_told];
}

Status split_rows_tell_counts(Op *scan)
{
    ScanOp *self = (ScanOp *)scan;
    uint64_t read = self->read, filtered = self->filtered;
    self->read = self->filtered = 0;
    return read == 0 ? ST_OK : reject_count_read(scan, read, filtered, 0);
}

static Status account_for_refused(SplitRows *rows, Op *scan, uint32_t from, uint32_t to,
                                  uint64_t taken)
{
    uint64_t read = to - from, skipped = 0;
    TRY(split_rows_tell_counts(scan));
    for (;;) {
        const RejectedRecord *rejected = next_rejected(rows, to), *refused = next_refused(rows, to);
        if (rejected == NULL && refused == NULL)
            break;
        bool first =
            rejected != NULL && (refused == NULL || rejected->before_row <= refused->before_row);
        *(first ? &rows->rejected_told : &rows->refused_told) += 1;
        read += first;
        skipped += first && rejected->skipped;
        const RejectedRecord *record = first ? rejected : refused;
        if (!record->skipped)
            TRY(reject_record(scan, rows->split[0], record, taken + record->before_row - from));
    }
    return reject_count_read(scan, read, count_filtered(rows, from, to), skipped);
}

Status split_rows_account(SplitRows *rows, Op *scan, uint32_t from, uint32_t to, uint64_t taken)
{
    ScanOp *self = (ScanOp *)scan;
    if (next_rejected(rows, to) != NULL || next_refused(rows, to) != NULL)
        return account_for_refused(rows, scan, from, to, taken);
    self->read += to - from;
    self->filtered += count_filtered(rows, from, to);
    return ST_OK;
}

void split_rows_skip(SplitRows *rows, uint32_t count)
{
    const BatchBuilder *builder = &rows->builder;
    while (rows->rejected_told < builder->rejected_count &&
           builder->rejected[rows->rejected_told].before_row <= count)
        rows->rejected_told++;
    while (rows->refused_told < rows->refused_count &&
           rows->refused[rows->refused_told].before_row < count)
        rows->refused_told++;
}

uint32_t split_rows_find_selected(const SplitRows *rows, uint32_t row)
{
    uint32_t low = 0, high = rows->selected;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (rows->sel[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
