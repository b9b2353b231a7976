/* Window: each row once for each window that holds it, earlier windows first, with the window's
 * start, end and time behind its own columns. It keeps nothing and drops nothing: whether a row is
 * late is for those above to say. */
#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/base/bits.h"
#include "storage/data/nested.h"

/* Rows on their way out. */
typedef struct Expansion {
    Op *op;
    const Batch *in;
    Column *column;
    uint8_t *kind;
    Micros *watermark;
    uint16_t rows;
} Expansion;

static Status make_room(Expansion *out)
{
    Op *op = out->op;
    out->rows = 0;
    TRY(op_make_columns(op, &op->plan->schema, BATCH_ROWS, &out->column));
    TRY_NEW_ARRAY(out->kind, &op->scratch, BATCH_ROWS);
    TRY_NEW_ARRAY(out->watermark, &op->scratch, BATCH_ROWS);
    return ST_OK;
}

static Status flush(Expansion *out)
{
    const Batch batch = {.rows = out->rows,
                         .selected = out->rows,
                         .kind = out->in->kind == NULL ? NULL : out->kind,
                         .watermark = out->watermark,
                         .columns = (uint16_t)out->op->plan->schema.count,
                         .column = out->column};
    TRY(op_emit(out->op, &batch));
    for (uint32_t c = 0; c < batch.columns; c++)
        column_drop_elements(&out->column[c], out->rows);
    out->rows = 0;
    return ST_OK;
}

static void put_time(Expansion *out, uint32_t column, Micros value)
{
    out->column[column].data.i64[out->rows] = value;
    bit_put(out->column[column].valid, out->rows, true);
}

static Status add_row(Expansion *out, uint32_t row, Micros start, Micros end)
{
    const WindowShape *spec = &out->op->plan->as.window.window;
    uint32_t width = out->in->columns;
    for (uint32_t c = 0; c < width; c++)
        TRY(column_copy_cell(&out->op->scratch, &out->column[c], out->rows, &out->in->column[c],
                             row));
    put_time(out, width, start);
    put_time(out, width + 1, end);
    put_time(out, width + 2, window_time(spec, out->op->env->eval.zone, end));
    out->kind[out->rows] = (uint8_t)batch_kind(out->in, row);
    out->watermark[out->rows] = batch_watermark(out->in, row);
    return ++out->rows == BATCH_ROWS ? flush(out) : ST_OK;
}

static Status window_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    const PlanWindow *plan = &op->plan->as.window;
    const WindowShape *spec = &plan->window;
    const Column *time = &in->column[plan->rowtime];
    Expansion out = {.op = op, .in = in};
    TRY(make_room(&out));
    reject_count_used(op, in, in->selected);
    for (uint32_t i = 0; i < in->selected; i++) {
        uint32_t row = batch_row(in, i);
        Micros local =
            window_local(spec, op->env->eval.zone, time->data.i64[column_index(time, row)]);
        Micros slice = window_align(spec, local, window_slice_size(spec));
        Micros last = window_last_end(spec, slice);
        for (Micros end = window_first_end(spec, slice); end <= last; end += spec->step)
            TRY(add_row(&out, row, window_start(spec, end), end));
    }
    return out.rows == 0 ? ST_OK : flush(&out);
}

const OpClass window_class = {.size = sizeof(Op), .push = window_push};
