/* Sink: hands rows to a result table, a connector or whoever collects them; keeps out what these
 * cannot take: NULLs in columns that are declared NOT NULL, NULLs as keys, times. */
#include "executor/op/sink.h"

#include <assert.h>

#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/data/nested.h"

typedef struct SinkOp {
    Op op;
    SinkTarget target;
    RowErrors *errors; /* where anything is kept out */
} SinkOp;

void sink_set_target(Op *op, const SinkTarget *target)
{
    ((SinkOp *)op)->target = *target;
}

static Status sink_open(Op *op, Diag *diag)
{
    (void)diag;
    SinkOp *self = (SinkOp *)op;
    const PlanSink *plan = &op->plan->as.sink;
    if (plan->not_null == NULL && plan->map_keys == NULL && plan->refuse_time == NULL)
        return ST_OK;
    self->errors = mem_alloc_zeroed(&op->meter, sizeof *self->errors);
    if (self->errors == NULL)
        return ST_NOMEM;
    self->errors->item = mem_alloc(&op->meter, BATCH_ROWS * sizeof *self->errors->item);
    return self->errors->item == NULL ? ST_NOMEM : ST_OK;
}

static void add_error(RowErrors *errors, ErrorCode code, uint32_t row, uint32_t column,
                      Text message)
{
    if (bit_get(errors->failed, row))
        return;
    bit_set(errors->failed, row);
    errors->item[errors->count++] =
        (RowError){(uint16_t)row, code, message.ptr, (int32_t)column, TEXT_NONE};
}

static Status find_nulls(SinkOp *self, const Batch *batch, uint32_t c)
{
    Text message;
    if (batch->column[c].valid == NULL)
        return ST_OK;
    TRY(arena_printf(&self->op.scratch, &message, "NULL for column \"%.*s\", which is NOT NULL",
                     TEXT_ARG(self->op.plan->schema.field[c].name)));
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        if (column_is_null(&batch->column[c], row))
            add_error(self->errors, E5010, row, c, message);
    }
    return ST_OK;
}

static void find_null_keys(SinkOp *self, const Batch *batch, uint32_t c)
{
    const Type *type = &self->op.plan->schema.field[c].type;
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        if (cell_has_null_key(type, &batch->column[c], row))
            add_error(self->errors, E5010, row, c, TEXT("a key of a MAP is NULL"));
    }
}

static void find_times(SinkOp *self, const Batch *batch, uint32_t c)
{
    const Column *column = &batch->column[c];
    RefuseTime *refuse = self->op.plan->as.sink.refuse_time[c];
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        if (column_is_null(column, row))
            continue;
        const char *why = refuse(column->data.i64[column_index(column, row)]);
        if (why != NULL)
            add_error(self->errors, E5015, row, c, text_of(why));
    }
}

static Status refuse_rows(SinkOp *self, Batch *batch)
{
    Op *op = &self->op;
    const PlanSink *plan = &op->plan->as.sink;
    RowErrors *errors = self->errors;
    errors->count = 0;
    memset(errors->failed, 0, sizeof errors->failed);
    for (uint32_t c = 0; c < batch->columns; c++) {
        if (plan->not_null != NULL && plan->not_null[c])
            TRY(find_nulls(self, batch, c));
        if (plan->map_keys != NULL && plan->map_keys[c])
            find_null_keys(self, batch, c);
        if (plan->refuse_time != NULL && plan->refuse_time[c] != NULL)
            find_times(self, batch, c);
    }
    return errors->count == 0 ? ST_OK
                              : reject_failed_rows(op, &op->plan->input[0]->schema, batch, errors,
                                                   &batch->sel, &batch->selected);
}

static Status sink_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    SinkOp *self = (SinkOp *)op;
    Batch batch = *in;
    if (self->errors != NULL)
        TRY(refuse_rows(self, &batch));
    if (batch.selected == 0)
        return ST_OK;
    reject_count_used(op, &batch, batch.selected);
    if (self->target.table != NULL)
        return result_table_write(self->target.table, &batch, op->env->diag);
    if (self->target.muted != NULL && *self->target.muted)
        return ST_OK;
    if (self->target.sink != NULL)
        return self->target.sink->write(self->target.sink, &batch, op->env->diag);
    assert(self->target.collect != NULL);
    return self->target.collect(self->target.context, op->plan, &batch);
}

static void sink_close(Op *op)
{
    SinkOp *self = (SinkOp *)op;
    if (self->errors == NULL)
        return;
    mem_free(&op->meter, self->errors->item, BATCH_ROWS * sizeof *self->errors->item);
    mem_free(&op->meter, self->errors, sizeof *self->errors);
}

const OpClass sink_class = {
    .size = sizeof(SinkOp), .open = sink_open, .push = sink_push, .close = sink_close};
