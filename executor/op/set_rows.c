/* SetRows: what an INTERSECT or EXCEPT of counted rows gives. Each row of the input comes once,
 * with how often it is on either side, and goes on as often as that puts it into the result. It
 * keeps nothing; a row that is taken back is taken back as often. */
#include "executor/op/ops.h"
#include "storage/data/nested.h"

typedef struct SetRowsOp {
    Op op;
    uint32_t count;           /* rows listed */
    uint32_t row[BATCH_ROWS]; /* of the input */
} SetRowsOp;

static Status gather_columns(SetRowsOp *self, const Batch *in, Column *out)
{
    for (uint32_t c = 0; c < self->op.plan->schema.count; c++) {
        out[c] = in->column[c];
        if (!out[c].constant)
            TRY(column_gather(&self->op.scratch, &in->column[c], self->row, self->count, &out[c]));
    }
    return ST_OK;
}

static Status send(SetRowsOp *self, const Batch *in)
{
    Op *op = &self->op;
    Column *column;
    uint8_t *kind = NULL;
    Micros *watermark = NULL;
    if (self->count == 0)
        return ST_OK;
    ArenaMark mark = arena_mark(&op->scratch);
    TRY_NEW_ARRAY(column, &op->scratch, op->plan->schema.count);
    TRY(gather_columns(self, in, column));
    if (in->kind != NULL)
        TRY_NEW_ARRAY(kind, &op->scratch, self->count);
    if (in->watermark != NULL)
        TRY_NEW_ARRAY(watermark, &op->scratch, self->count);
    for (uint32_t i = 0; i < self->count; i++) {
        if (kind != NULL)
            kind[i] = row_kind_adds(batch_kind(in, self->row[i])) ? ROW_INSERT : ROW_DELETE;
        if (watermark != NULL)
            watermark[i] = in->watermark[self->row[i]];
    }
    const Batch out = {.rows = (uint16_t)self->count,
                       .selected = (uint16_t)self->count,
                       .kind = kind,
                       .watermark_before = in->watermark_before,
                       .watermark = watermark,
                       .columns = (uint16_t)op->plan->schema.count,
                       .column = column};
    self->count = 0;
    TRY(op_emit(op, &out));
    arena_release(&op->scratch, mark);
    return ST_OK;
}

static int64_t side_count(const Batch *in, uint32_t side, uint32_t row)
{
    const Column *counts = &in->column[in->columns - 2u + side];
    return counts->data.i64[column_index(counts, row)];
}

static Status rows_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    SetRowsOp *self = (SetRowsOp *)op;
    self->count = 0;
    for (uint32_t i = 0; i < in->selected; i++) {
        uint32_t row = batch_row(in, i);
        int64_t rows = plan_set_rows(&op->plan->as.set_operation, side_count(in, 0, row),
                                     side_count(in, 1, row));
        for (; rows > 0; rows--) {
            if (self->count == BATCH_ROWS)
                TRY(send(self, in));
            self->row[self->count++] = row;
        }
    }
    return send(self, in);
}

const OpClass set_rows_class = {.size = sizeof(SetRowsOp), .push = rows_push};
