/* Values: constant rows, BATCH_ROWS at a time. The cells are evaluated when they are emitted, so
 * that one that fails is rejected like any other row. */
#include "executor/op/ops.h"
#include "executor/op/source.h"
#include "executor/run/reject.h"

typedef struct ValuesOp {
    Op op;
    uint32_t next; /* row */
} ValuesOp;

/* One row's cells, computed, into row `to` of the columns. *failed: a cell could not be computed.
 */
static Status compute_row(Op *op, uint32_t row, Column *column, uint32_t to, bool *failed)
{
    static const Schema none = {0};
    uint32_t width = op->plan->schema.count;
    /* A SELECT without FROM stands on one row without columns. */
    Scalar *const *cell = width == 0 ? NULL : op->plan->as.values.cell + (size_t)row * width;
    Program *program;
    TRY(program_compile(&op->meter, cell, width, 0, &program));
    Batch one = {.rows = 1, .selected = 1};
    Column *result;
    Status status = ST_NOMEM;
    result = arena_alloc_zeroed(&op->scratch, sizeof *result * (width + 1));
    if (result != NULL)
        status = program_run(program, &one, &op->env->eval, result);
    *failed = false;
    if (status == ST_OK) {
        const RowErrors *errors = program_errors(program);
        const uint16_t *sel = NULL;
        uint16_t selected = 1;
        *failed = errors->count > 0;
        if (*failed)
            status = reject_failed_rows(op, &none, &one, errors, &sel, &selected);
        for (uint32_t i = 0; status == ST_OK && i < width; i++)
            status = column_keep_cell(&op->scratch, &column[i], to, &result[i], 0);
    }
    program_close(program);
    return status;
}

Status values_step(Op *op, bool *done)
{
    ValuesOp *self = (ValuesOp *)op;
    uint32_t rows = op->plan->as.values.rows;
    Column *column;
    arena_reset(&op->scratch);
    TRY(op_make_columns(op, &op->plan->schema, BATCH_ROWS, &column));
    Batch out = {.columns = (uint16_t)op->plan->schema.count,
                 .column = column,
                 .watermark_before = MICROS_MIN};
    while (self->next < rows && out.rows < BATCH_ROWS) {
        bool failed;
        TRY(compute_row(op, self->next++, column, out.rows, &failed));
        out.rows = (uint16_t)(out.rows + !failed);
    }
    out.selected = out.rows;
    *done = self->next == rows;
    return op_emit(op, &out);
}

static Status values_state(Op *op, StateWalk *walk)
{
    return STATE_WALK(walk, ((ValuesOp *)op)->next);
}

const OpClass values_class = {.size = sizeof(ValuesOp), .state = values_state};
