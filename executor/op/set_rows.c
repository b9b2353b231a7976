/* SetRows: what an INTERSECT or EXCEPT of counted rows gives. Each row of the input comes once,
 * with how often it is on either side, and goes on as often as that puts it into the result. It
 * keeps nothing; a row that is taken back is taken back as often. */
#include "executor/op/ops.h"

typedef struct SetRowsOp {
    Op op;
    uint32_t count;           /* rows listed */
    uint32_t row[BATCH_ROWS]; /* of the input */
} SetRowsOp;

static Status send(SetRowsOp *self, const Batch *in)
{
    Op *op = &self->op;
    Batch out;
    Column *rest;
    if (self->count == 0)
        return ST_OK;
    ArenaMark mark = arena_mark(&op->scratch);
    TRY(op_repeat_rows(op, in, self->row, self->count, op->plan->schema.count, &out, &rest));
    self->count = 0;
    TRY(op_emit(op, &out));
    arena_release(&op->scratch, mark);
    return ST_OK;
}

/* An update can change how often a row comes: what it was goes, and what it is comes. */
static Status part_updates(Op *op, Batch *in)
{
    uint8_t *kind;
    if (in->kind == NULL)
        return ST_OK;
    TRY_NEW_ARRAY(kind, &op->scratch, in->rows);
    for (uint32_t i = 0; i < in->rows; i++)
        kind[i] = row_kind_adds(in->kind[i]) ? ROW_INSERT : ROW_DELETE;
    in->kind = kind;
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
    Batch parted = *in;
    TRY(part_updates(op, &parted));
    self->count = 0;
    for (uint32_t i = 0; i < in->selected; i++) {
        uint32_t row = batch_row(in, i);
        int64_t rows = plan_set_rows(&op->plan->as.set_operation, side_count(in, 0, row),
                                     side_count(in, 1, row));
        for (; rows > 0; rows--) {
            if (self->count == BATCH_ROWS)
                TRY(send(self, &parted));
            self->row[self->count++] = row;
        }
    }
    return send(self, &parted);
}

const OpClass set_rows_class = {.size = sizeof(SetRowsOp), .push = rows_push};
