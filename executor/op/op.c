#include "executor/op/op.h"

#include <assert.h>

#include "executor/op/meeting.h"
#include "executor/run/reject.h"
#include "storage/data/nested.h"

Status op_make(Arena *arena, const PlanNode *plan, OpEnv *env, Op **out, Diag *diag)
{
    const OpClass *class = op_class(plan->kind);
    Op *op = arena_alloc_zeroed(arena, class->size);
    if (op == NULL)
        return ST_NOMEM;
    op->class = class;
    op->plan = plan;
    op->env = env;
    op->ports = plan->inputs;
    op->watermark = op->before = op->sent_watermark = MICROS_MIN;
    meter_init(&op->meter, env->meter, 0);
    arena_init(&op->scratch, &op->meter);
    TRY_NEW_ARRAY(op->port_watermark, arena, op->ports);
    TRY_NEW_ARRAY(op->port_ended, arena, op->ports);
    for (uint32_t i = 0; i < op->ports; i++)
        op->port_watermark[i] = MICROS_MIN;
    *out = op; /* also when open fails: op_close gives back what it had opened */
    return class->open == NULL ? ST_OK : class->open(op, diag);
}

void op_close(Op *op)
{
    if (op->class->close != NULL)
        op->class->close(op);
    arena_close(&op->scratch);
}

Status op_heed_stop(OpEnv *env)
{
    if (env->stop == NULL || !atomic_load_explicit(env->stop, memory_order_relaxed))
        return ST_OK;
    Micros now = env->clock->monotonic(env->clock);
    if (env->stop_seen == 0)
        env->stop_seen = now;
    return now - env->stop_seen < STOP_PATIENCE_MS * INT64_C(1000) ? ST_OK : ST_CANCELLED;
}

Status op_emit(Op *op, const Batch *out)
{
    assert(out->columns == op->plan->schema.count);
    if (out->selected == 0)
        return ST_OK;
    op->rows_out += out->selected;
    for (uint32_t i = 0; i < op->outs; i++)
        TRY(op_push(op->out[i].op, op->out[i].port, out));
    return ST_OK;
}

Status op_emit_watermark(Op *op, Micros time)
{
    if (time <= op->sent_watermark)
        return ST_OK;
    op->sent_watermark = time;
    for (uint32_t i = 0; i < op->outs; i++)
        TRY(op_advance(op->out[i].op, op->out[i].port, time));
    return ST_OK;
}

/* --- merging watermarks over ports --- */

/* The lowest over the other ports that have not ended. */
static Micros others_watermark(const Op *op, uint32_t port)
{
    Micros lowest = MICROS_MAX;
    for (uint32_t i = 0; i < op->ports; i++) {
        if (i != port && !op->port_ended[i] && op->port_watermark[i] < lowest)
            lowest = op->port_watermark[i];
    }
    return lowest;
}

/* The batch with each row's watermark held down to what the other ports allow. */
static Status hold_down(Op *op, Micros bound, const Batch *in, Batch *out)
{
    *out = *in;
    if (in->watermark == NULL) {
        if (out->watermark_before > bound)
            out->watermark_before = bound;
        return ST_OK;
    }
    if (in->rows == 0 || in->watermark[in->rows - 1] <= bound)
        return ST_OK;
    Micros *held;
    TRY_NEW_ARRAY(held, &op->scratch, in->rows);
    for (uint32_t i = 0; i < in->rows; i++)
        held[i] = in->watermark[i] < bound ? in->watermark[i] : bound;
    out->watermark = held;
    return ST_OK;
}

Status op_push(Op *op, uint32_t port, const Batch *in)
{
    assert(port < op->ports && in->selected > 0);
    TRY(op_heed_stop(op->env));
    if (op->satisfied) {
        reject_count_filtered(op, in, in->selected);
        return ST_OK;
    }
    if (op->meeting != NULL) {
        meeting_bring(op, port, in);
        return ST_OK;
    }
    arena_reset(&op->scratch);
    op->rows_in += in->selected;
    Batch held = *in;
    if (op->ports > 1)
        TRY(hold_down(op, others_watermark(op, port), in, &held));
    op->taking = &held;
    Status status = op->class->push(op, port, &held);
    op->taking = NULL;
    TRY(status);
    op->before = batch_watermark(&held, held.rows - 1u);
    return ST_OK;
}

static Status advance_to_lowest(Op *op)
{
    Micros lowest = others_watermark(op, op->ports);
    if (lowest <= op->watermark)
        return ST_OK;
    op->watermark = lowest;
    arena_reset(&op->scratch);
    TRY(op->class->watermark == NULL ? op_emit_watermark(op, lowest)
                                     : op->class->watermark(op, lowest));
    op->before = lowest;
    return ST_OK;
}

Status op_advance(Op *op, uint32_t port, Micros time)
{
    assert(port < op->ports);
    if (time <= op->port_watermark[port])
        return ST_OK;
    op->port_watermark[port] = time;
    return advance_to_lowest(op);
}

/* An ended input holds nothing back; when the last one ends, time is over. */
Status op_end(Op *op, uint32_t port)
{
    assert(port < op->ports && !op->port_ended[port]);
    op->port_ended[port] = true;
    TRY(advance_to_lowest(op));
    for (uint32_t i = 0; i < op->ports; i++) {
        if (!op->port_ended[i])
            return ST_OK;
    }
    arena_reset(&op->scratch);
    if (op->class->finish != NULL)
        TRY(op->class->finish(op));
    for (uint32_t i = 0; i < op->outs; i++)
        TRY(op_end(op->out[i].op, op->out[i].port));
    return ST_OK;
}

bool op_goes_by_clock(const Op *op)
{
    return op->class->clock != NULL && (op->plan->ttl > 0 || !plan_kind_forgets(op->plan->kind));
}

Micros op_clock_due(const Op *op)
{
    return op->class->clock_due == NULL ? MICROS_MAX : op->class->clock_due(op);
}

Status op_clock(Op *op, Micros now)
{
    arena_reset(&op->scratch);
    return op->class->clock(op, now);
}

/* Recursion is bounded by the plan's depth. */
Micros op_watermark_due(const Op *op, Micros after)
{
    Micros first = op->class->watermark_due == NULL ? MICROS_MAX : op->class->watermark_due(op);
    if (first <= after)
        first = MICROS_MAX;
    for (uint32_t i = 0; i < op->outs; i++) {
        Micros due = op_watermark_due(op->out[i].op, after);
        first = due < first ? due : first;
    }
    return first;
}

Status op_state(Op *op, StateWalk *walk)
{
    TRY(state_walk_mark(walk, plan_kind_title(op->plan->kind)));
    for (uint32_t i = 0; i < op->ports; i++) {
        TRY(STATE_WALK(walk, op->port_watermark[i]));
        TRY(STATE_WALK(walk, op->port_ended[i]));
    }
    TRY(STATE_WALK(walk, op->watermark));
    TRY(STATE_WALK(walk, op->before));
    TRY(STATE_WALK(walk, op->sent_watermark));
    TRY(STATE_WALK(walk, op->satisfied));
    TRY(STATE_WALK(walk, op->rows_in));
    TRY(STATE_WALK(walk, op->rows_out));
    TRY(STATE_WALK(walk, op->late));
    return op->class->state == NULL ? ST_OK : op->class->state(op, walk);
}

/* Recursion is bounded by the plan's depth. */
bool op_is_satisfied(const Op *op)
{
    bool all = op->outs > 0;
    for (uint32_t i = 0; i < op->outs && all; i++)
        all = op_is_satisfied(op->out[i].op);
    return op->satisfied || all;
}

/* --- helps --- */

uint32_t batch_find_due(const Batch *batch, uint32_t from, Micros due)
{
    if (from >= batch->rows)
        return batch->rows;
    if (batch->watermark == NULL)
        return batch->watermark_before >= due ? from : batch->rows;
    uint32_t low = from, high = batch->rows; /* watermarks never go back: bisection */
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (batch->watermark[middle] >= due)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

Status op_make_columns(Op *op, const Schema *schema, uint32_t rows, Column **out)
{
    Column *column;
    TRY_NEW_ARRAY(column, &op->scratch, schema->count);
    for (uint32_t i = 0; i < schema->count; i++) {
        TRY(column_make_typed(&op->scratch, &schema->field[i].type, rows, &column[i]));
    }
    *out = column;
    return ST_OK;
}
