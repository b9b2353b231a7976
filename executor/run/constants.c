#include "executor/run/constants.h"

#include <assert.h>
#include <string.h>

#include "executor/run/job.h"
#include "storage/base/vec.h"

enum { MOST_ROWS = 10000 }; /* deletes are looked for one after another */

typedef struct Collector {
    const Schema *schema;
    Arena *arena;
    Diag *diag;
    VEC(Value *) row;
} Collector;

static Status take_cell(Collector *self, const Type *type, const Column *column, uint32_t row,
                        Value *out)
{
    uint32_t at = column_index(column, row);
    *out = (Value){.type = *type, .null = column_is_null(column, row)};
    if (out->null)
        return ST_OK;
    switch (column->phys) {
    case PHYS_BOOL: out->as.b = column->data.b[at] != 0; return ST_OK;
    case PHYS_I64: out->as.i64 = column->data.i64[at]; return ST_OK;
    case PHYS_F64: out->as.f64 = column->data.f64[at]; return ST_OK;
    case PHYS_I128: out->as.i128 = column->data.i128[at]; return ST_OK;
    case PHYS_STR: return str_copy(self->arena, &column->data.str[at], &out->as.str);
    case PHYS_NESTED: break;
    }
    return diag_error(self->diag, E2001, SPAN_NONE,
                      "a nested value of a subquery is not supported yet");
}

static bool same_row(const Collector *self, const Value *a, const Value *b)
{
    bool same = true;
    for (uint32_t c = 0; c < self->schema->count && same; c++)
        same = value_equal(&a[c], &b[c]);
    return same;
}

/* The rows behind the one that is taken back keep their order. */
static void take_back(Collector *self, const Value *row)
{
    uint32_t at = self->row.count;
    while (at > 0 && !same_row(self, self->row.item[at - 1], row))
        at--;
    assert(at > 0);
    self->row.count--;
    memmove(&self->row.item[at - 1], &self->row.item[at],
            (self->row.count - (at - 1)) * sizeof *self->row.item);
}

static Status collect(void *context, const PlanNode *sink, const Batch *batch)
{
    (void)sink;
    Collector *self = context;
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        Value *cell;
        TRY_NEW_ARRAY(cell, self->arena, self->schema->count);
        for (uint32_t c = 0; c < self->schema->count; c++)
            TRY(take_cell(self, &self->schema->field[c].type, &batch->column[c], row, &cell[c]));
        if (!row_kind_adds(batch_kind(batch, row))) {
            take_back(self, cell);
            continue;
        }
        if (self->row.count == MOST_ROWS)
            return diag_error(self->diag, E1005, SPAN_NONE,
                              "a subquery over constants gives at most %d rows", MOST_ROWS);
        TRY_PUSH(&self->row, self->arena, cell);
    }
    return ST_OK;
}

static Status run_to_end(Job *job, Diag *diag)
{
    JobProgress progress = JOB_BUSY;
    while (progress == JOB_BUSY)
        TRY(job_step(job, &progress, diag));
    assert(progress == JOB_ENDED);
    if (job_counts(job).rejected == 0)
        return ST_OK;
    *diag = *job_first_rejection(job);
    return ST_SEMANTIC;
}

Status constants_run(const Plan *plan, Arena *arena, PlanRows *out, Diag *diag)
{
    assert(plan->sinks == 1 && plan->sink[0]->as.sink.kind == SINK_COLLECT);
    Clock clock = clock_virtual(0);
    Collector collector = {.schema = &plan->sink[0]->schema, .arena = arena, .diag = diag};
    JobConfig config = {
        .plan = plan, .clock = &clock, .collect = {.collect = collect, .context = &collector}};
    Job *job;
    TRY(job_open(&config, &job, diag));
    Status status = run_to_end(job, diag);
    job_close(job);
    *out = (PlanRows){collector.row.item, collector.row.count};
    return status;
}
