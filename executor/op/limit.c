/* Limit: rows offset .. offset + count of an append-only input, in order of arrival; then it wants
 * no more, and the job stops reading for it. */
#include "executor/op/ops.h"
#include "executor/run/reject.h"

typedef struct LimitOp {
    Op op;
    uint64_t to_skip, to_pass;
} LimitOp;

static Status limit_open(Op *op, Diag *diag)
{
    (void)diag;
    LimitOp *self = (LimitOp *)op;
    self->to_skip = op->plan->as.limit.offset;
    self->to_pass = op->plan->as.limit.count;
    op->satisfied = self->to_pass == 0;
    return ST_OK;
}

static Status limit_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    LimitOp *self = (LimitOp *)op;
    uint32_t skip = self->to_skip < in->selected ? (uint32_t)self->to_skip : in->selected;
    uint32_t left = in->selected - skip;
    uint32_t pass = self->to_pass < left ? (uint32_t)self->to_pass : left;
    self->to_skip -= skip;
    self->to_pass -= pass;
    op->satisfied = self->to_pass == 0;
    reject_count_filtered(op, in, in->selected - pass);
    uint16_t *sel;
    TRY_NEW_ARRAY(sel, &op->scratch, pass);
    for (uint32_t i = 0; i < pass; i++)
        sel[i] = (uint16_t)batch_row(in, skip + i);
    Batch out = *in;
    out.sel = sel;
    out.selected = (uint16_t)pass;
    return op_emit(op, &out);
}

const OpClass limit_class = {.size = sizeof(LimitOp), .open = limit_open, .push = limit_push};
