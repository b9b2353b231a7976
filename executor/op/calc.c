/* Calc: filter and projection in one. The condition narrows the selection; the columns are computed
 * for the rows that are left. Both share the input's columns. Rows whose expressions fail leave the
 * stream and are recorded. */
#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/base/hash.h"

typedef struct CalcOp {
    Op op;
    Program *condition; /* NULL: none */
    Program *project;   /* NULL: the input's columns as they are */
    Column *column;     /* of the output */
} CalcOp;

static Status compile(Op *op, Diag *diag)
{
    (void)diag;
    CalcOp *self = (CalcOp *)op;
    const PlanCalc *plan = &op->plan->as.calc;
    uint32_t width = op->plan->input[0]->schema.count;
    if (plan->conditions > 0)
        TRY(program_compile_filter(&op->meter, plan->condition, plan->conditions, width,
                                   &self->condition));
    if (plan->project == NULL)
        return ST_OK;
    uint32_t columns = op->plan->schema.count;
    self->column = mem_alloc(&op->meter, sizeof(Column) * (columns + 1));
    if (self->column == NULL)
        return ST_NOMEM;
    return program_compile(&op->meter, plan->project, columns, width, &self->project);
}

static Status calc_open(Op *op, Diag *diag)
{
    CalcOp *self = (CalcOp *)op;
    TRY(compile(op, diag));
    if (self->condition != NULL)
        program_seed(self->condition, hash_u64(op->plan->id * UINT64_C(2), op->env->seed));
    if (self->project != NULL)
        program_seed(self->project, hash_u64(op->plan->id * UINT64_C(2) + 1, op->env->seed));
    return ST_OK;
}

static Status calc_state(Op *op, StateWalk *walk)
{
    CalcOp *self = (CalcOp *)op;
    TRY(program_state(self->condition, walk));
    return program_state(self->project, walk);
}

/* What failed in the program leaves the selection of `batch`. */
static Status drop_failed(Op *op, const Program *program, Batch *batch)
{
    const RowErrors *errors = program_errors(program);
    if (errors->count == 0)
        return ST_OK;
    return reject_failed_rows(op, &op->plan->input[0]->schema, batch, errors, &batch->sel,
                              &batch->selected);
}

static Status filter(CalcOp *self, Batch *batch)
{
    Op *op = &self->op;
    const uint16_t *sel;
    uint16_t selected;
    TRY(program_select(self->condition, batch, &op->env->eval, &sel, &selected));
    TRY(drop_failed(op, self->condition, batch));
    reject_count_filtered(op, batch, batch->selected - (uint32_t)selected);
    batch->sel = sel;
    batch->selected = selected;
    return ST_OK;
}

static Status calc_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    CalcOp *self = (CalcOp *)op;
    Batch out = *in;
    if (self->condition != NULL) {
        TRY(filter(self, &out));
        if (out.selected == 0)
            return ST_OK;
    }
    if (self->project != NULL) {
        TRY(program_run(self->project, &out, &op->env->eval, self->column));
        TRY(drop_failed(op, self->project, &out));
        out.column = self->column;
        out.columns = (uint16_t)op->plan->schema.count;
    }
    return op_emit(op, &out);
}

static void calc_close(Op *op)
{
    CalcOp *self = (CalcOp *)op;
    program_close(self->condition);
    program_close(self->project);
    if (self->column != NULL)
        mem_free(&op->meter, self->column, sizeof(Column) * (op->plan->schema.count + 1));
}

const OpClass calc_class = {.size = sizeof(CalcOp),
                            .open = calc_open,
                            .push = calc_push,
                            .state = calc_state,
                            .close = calc_close};
