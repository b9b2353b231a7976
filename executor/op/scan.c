/* Scan: a table's rows on their way into a query. How a split's rows are made ready is in
 * split_rows.c, which split's rows come next is decided in run/merge.c; here they become batches.
 */
#include <string.h>

#include "executor/op/meeting.h"
#include "executor/op/ops.h"
#include "executor/op/source.h"
#include "executor/op/split_rows.h"
#include "storage/base/hash.h"
#include "storage/data/cell_set.h"

static Status scan_open(Op *op, Diag *diag)
{
    (void)diag;
    ScanOp *self = (ScanOp *)op;
    const PlanScan *plan = &op->plan->as.scan;
    uint32_t decoded = scan_columns(&plan->spec);
    if (plan->computed_count > 0)
        TRY(program_compile(&op->meter, plan->computed, plan->computed_count, decoded,
                            &self->compute));
    if (plan->watermark != NULL)
        TRY(program_compile(&op->meter, &plan->watermark, 1, op->plan->schema.count, &self->mark));
    if (self->compute != NULL)
        program_seed(self->compute, hash_u64(op->plan->id, op->env->seed));
    if (self->mark != NULL)
        program_seed(self->mark, hash_u64(op->plan->id, op->env->seed));
    return ST_OK;
}

static void scan_close(Op *op)
{
    program_close(((ScanOp *)op)->compute);
    program_close(((ScanOp *)op)->mark);
}

const OpClass scan_class = {.size = sizeof(ScanOp), .open = scan_open, .close = scan_close};

/* --- the digest --- */

static uint64_t str_word(const Str *str)
{
    uint64_t words[2];
    if (str->size > STR_INLINE)
        return hash_bytes(str->far.ptr, str->size, 0);
    memcpy(words, str, sizeof words);
    return words[0] ^ words[1] * UINT64_C(0x9e3779b97f4a7c15);
}

static inline uint64_t cell_word(const Column *column, uint32_t at)
{
    switch (column->phys) {
    case PHYS_BOOL: return column->data.b[at] != 0;
    case PHYS_I64: return (uint64_t)column->data.i64[at];
    case PHYS_F64: return (uint64_t)column->data.i64[at];
    case PHYS_I128:
        return (uint64_t)column->data.i128[at] ^ (uint64_t)(column->data.i128[at] >> 64);
    case PHYS_STR: return str_word(&column->data.str[at]);
    case PHYS_NESTED: return cell_hash(column, at, 0);
    }
    return 0;
}

/* Numbers without NULLs are most of what there is. */
static uint64_t digest_words(const int64_t *word, const Batch *batch, uint64_t weight)
{
    uint64_t sum = 0;
    if (batch->sel == NULL) {
        for (uint32_t row = 0; row < batch->rows; row++)
            sum += (uint64_t)word[row] * (weight + 2 * row);
        return sum;
    }
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch->sel[i];
        sum += (uint64_t)word[row] * (weight + 2 * row);
    }
    return sum;
}

/* A sum over the cells that go on, each with the weight of its row's number, so that it hangs on
 * the rows and not on how they were cut into batches. */
static uint64_t digest_column(const Column *column, const Batch *batch)
{
    uint64_t sum = 0, weight = 2 * batch->origin->first + 1;
    if (column->valid == NULL && !column->constant &&
        (column->phys == PHYS_I64 || column->phys == PHYS_F64))
        return digest_words(column->data.i64, batch, weight);
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        uint64_t word = column_is_null(column, row) ? UINT64_C(0x632be59bd9b4e019)
                                                    : cell_word(column, column_index(column, row));
        sum += word * (weight + 2 * row);
    }
    return sum;
}

static void add_to_digest(ScanOp *self, const Batch *batch)
{
    for (uint32_t c = 0; c < batch->columns; c++)
        self->digest += digest_column(&batch->column[c], batch) * (2 * (uint64_t)c + 1);
}

/* --- emitting --- */

/* The places of a query that reads the table in several take turns by rows: were it by batches, the
 * order of rows and what is late above a union of them would hang on how the input was cut. Where
 * they meet, that is seen to there. */
static Status emit_in_turns(ScanOp *self, const Batch *batch)
{
    Op *scan = &self->op;
    uint16_t row[BATCH_ROWS];
    for (uint32_t i = 0; i < batch->selected; i++)
        row[i] = (uint16_t)batch_row(batch, i);
    for (uint32_t from = 0; from < batch->selected; from += self->at_once) {
        uint32_t left = batch->selected - from, rows = left < self->at_once ? left : self->at_once;
        Batch part = *batch;
        part.rows = (uint16_t)(row[from + rows - 1] + 1);
        part.sel = row + from;
        part.selected = (uint16_t)rows;
        if (self->at_once == 1)
            TRY(op_emit_watermark(scan, batch_watermark(batch, row[from])));
        TRY(op_emit(scan, &part));
        for (uint32_t i = 0; i < self->meetings; i++)
            TRY(meeting_hold(self->meeting[i]));
    }
    return ST_OK;
}

Status scan_emit(Op *scan, const Batch *batch)
{
    ScanOp *self = (ScanOp *)scan;
    TRY(split_rows_tell_counts(scan));
    if (scan->env->digests)
        add_to_digest(self, batch);
    return self->at_once > 0 ? emit_in_turns(self, batch) : op_emit(scan, batch);
}

Status scan_emit_range(Op *scan, const SplitRows *rows, uint32_t from, uint32_t to, uint64_t taken)
{
    const BatchBuilder *builder = &rows->builder;
    uint32_t first = split_rows_find_selected(rows, from),
             last = split_rows_find_selected(rows, to);
    Origin origin = {.source = scan->plan->id,
                     .first = taken - from,
                     .split = rows->split,
                     .offset = builder->offset,
                     .line = builder->line,
                     .raw = builder->raw,
                     .bad = builder->bad,
                     .bad_count = builder->bad_count};
    Batch out = {.rows = (uint16_t)to,
                 .selected = (uint16_t)(last - first),
                 .sel = rows->sel + first,
                 .watermark = rows->watermark,
                 .origin = &origin,
                 .columns = (uint16_t)scan->plan->schema.count,
                 .column = rows->column};
    if (out.selected == to) /* nothing was taken out */
        out.sel = NULL;
    return scan_emit(scan, &out);
}
