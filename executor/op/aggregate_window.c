/* WindowAggregate: groups per TUMBLE window, given out once, when the watermark has passed the
 * window.
 *
 * A window [start, end) is due when the watermark reaches end - 1 ms. A row whose window was
 * already due when it came is late: it is recorded and counts nowhere. Within a batch the operator
 * works on stretches that reach up to the row in front of which the watermark makes the next window
 * due: rows before, then the windows that fire, then the rest. So neither the results nor their
 * order depend on how the input was cut into batches. Windows fire by their end, groups in the
 * order of their first row.
 *
 * Rows come nearly sorted by time: a run of rows of one window is taken at once, so the window is
 * looked up once a run and is no part of the key. */
#include <assert.h>

#include "executor/op/aggregate_set.h"
#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/base/crash_point.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

typedef struct Pane {
    Micros start; /* local time where windows align to the session's time zone */
    Micros due;   /* end - 1 ms, as a point on the watermark's scale */
    GroupStates states;
} Pane;

typedef struct WindowAggregateOp {
    Op op;
    AggregateSet set;
    Pane **pane; /* open windows, by start; a pane does not move */
    uint32_t panes, capacity;
    Micros next_due; /* the least of the open windows; MICROS_MAX: none is open */
} WindowAggregateOp;

static Status window_open(Op *op, Diag *diag)
{
    (void)diag;
    WindowAggregateOp *self = (WindowAggregateOp *)op;
    self->next_due = MICROS_MAX;
    return aggregate_set_open(&self->set, op, &op->plan->as.window_aggregate.aggregate, 0, 0);
}

/* --- windows --- */

static Micros window_start(const Op *op, Micros time)
{
    const PlanWindowAggregate *plan = &op->plan->as.window_aggregate;
    if (plan->local_zone)
        time = timezone_to_local(op->env->eval.zone, time);
    return time - micros_floor_mod(time - plan->offset, plan->size);
}

static Micros window_due(const Op *op, Micros start)
{
    const PlanWindowAggregate *plan = &op->plan->as.window_aggregate;
    Micros end = start + plan->size;
    if (plan->local_zone)
        end = timezone_to_utc(op->env->eval.zone, end);
    return end - MICROS_PER_MILLI;
}

static Status reserve_panes(WindowAggregateOp *self)
{
    if (self->panes < self->capacity)
        return ST_OK;
    uint32_t capacity = self->capacity == 0 ? 4 : self->capacity * 2;
    Pane **grown = mem_realloc(&self->op.meter, self->pane, self->capacity * sizeof *grown,
                               capacity * sizeof *grown);
    if (grown == NULL)
        return ST_NOMEM;
    self->pane = grown;
    self->capacity = capacity;
    return ST_OK;
}

static void close_pane(WindowAggregateOp *self, Pane *pane)
{
    group_states_close(&pane->states, &self->set);
    mem_free(&self->op.meter, pane, sizeof *pane);
}

/* A new window at its place in the list. */
static Status insert_pane(WindowAggregateOp *self, uint32_t at, Micros start, Micros due)
{
    TRY(reserve_panes(self));
    Pane *pane = mem_alloc_zeroed(&self->op.meter, sizeof *pane);
    if (pane == NULL)
        return ST_NOMEM;
    *pane = (Pane){.start = start, .due = due};
    Status status = group_states_open(&pane->states, &self->set);
    if (status != ST_OK) {
        close_pane(self, pane);
        return status;
    }
    memmove(&self->pane[at + 1], &self->pane[at], (self->panes - at) * sizeof *self->pane);
    self->pane[at] = pane;
    self->panes++;
    if (due < self->next_due)
        self->next_due = due;
    return ST_OK;
}

/* The open window, made if there is none. */
static Status find_pane(WindowAggregateOp *self, Micros start, Micros due, Pane **out)
{
    uint32_t at = self->panes;
    while (at > 0 && self->pane[at - 1]->start > start)
        at--;
    if (at == 0 || self->pane[at - 1]->start != start) {
        TRY(insert_pane(self, at, start, due));
        at++;
    }
    *out = self->pane[at - 1];
    return ST_OK;
}

/* --- firing --- */

static void fill_constant(Column *column, Micros value)
{
    column->constant = true;
    column->valid = NULL;
    column->data.i64[0] = value;
}

static Status emit_groups(WindowAggregateOp *self, Pane *pane, uint32_t from, uint32_t count,
                          Micros before)
{
    Op *op = &self->op;
    const PlanWindowAggregate *plan = &op->plan->as.window_aggregate;
    Column *column;
    uint32_t *entry;
    TRY(op_make_columns(op, &op->plan->schema, count, &column));
    TRY_NEW_ARRAY(entry, &op->scratch, count);
    for (uint32_t i = 0; i < count; i++)
        entry[i] = from + i;
    TRY(aggregate_set_emit(&self->set, &pane->states, entry, count, column));
    Column *extra = column + plan->aggregate.keys + plan->aggregate.calls;
    for (uint32_t i = 0; i < plan->columns; i++) {
        switch (plan->column[i]) {
        case WINDOW_START: fill_constant(&extra[i], pane->start); break;
        case WINDOW_END: fill_constant(&extra[i], pane->start + plan->size); break;
        case WINDOW_TIME: fill_constant(&extra[i], pane->due); break;
        }
    }
    Batch out = {.rows = (uint16_t)count,
                 .selected = (uint16_t)count,
                 .watermark_before = before,
                 .columns = (uint16_t)op->plan->schema.count,
                 .column = column};
    return op_emit(op, &out);
}

/* Gives out all windows that are due at `time`. `before`: the watermark that held until then. */
static Status fire(WindowAggregateOp *self, Micros time, Micros before)
{
    uint32_t fired = 0;
    Status status = ST_OK;
    while (status == ST_OK && fired < self->panes && self->pane[fired]->due <= time) {
        Pane *pane = self->pane[fired];
        uint32_t groups = pane->states.groups.entries;
        assert(pane->states.groups.removed == 0);
        uint32_t portion = aggregate_set_portion(&self->set);
        for (uint32_t from = 0; status == ST_OK && from < groups; from += portion) {
            uint32_t count = groups - from < portion ? groups - from : portion;
            ArenaMark mark = arena_mark(&self->op.scratch);
            status = emit_groups(self, pane, from, count, before);
            arena_release(&self->op.scratch,
                          mark); /* a million groups need no more than a batch does */
        }
        close_pane(self, pane);
        fired++;
    }
    self->panes -= fired;
    if (fired > 0)
        memmove(self->pane, self->pane + fired, self->panes * sizeof *self->pane);
    self->next_due = self->panes == 0 ? MICROS_MAX : self->pane[0]->due;
    return status;
}

/* --- rows --- */

/* A batch on its way in: its selected rows from `next` on are still to be taken. */
typedef struct Intake {
    const Batch *batch;
    const Column *rowtime;
    KeyBatch keys;
    uint16_t *row; /* the selected rows */
    uint32_t *entry;
    uint32_t next;
} Intake;

static Micros rowtime_of(const Intake *intake, uint32_t i)
{
    uint32_t row = intake->row[i];
    return intake->rowtime->data.i64[column_index(intake->rowtime, row)];
}

static Status take_run(WindowAggregateOp *self, Intake *intake, Micros start, Micros due,
                       uint32_t from, uint32_t to)
{
    Pane *pane;
    TRY(find_pane(self, start, due, &pane));
    KeyBatch keys = key_batch_part(&self->set.key, &intake->keys, from, to);
    TRY(keyed_map_upsert(&pane->states.groups, &keys, intake->entry + from, NULL));
    return aggregate_set_apply(&self->set, &pane->states, intake->batch,
                               aggregate_set_arrival(&self->set, intake->batch), intake->row + from,
                               intake->entry + from, to - from);
}

static Status take_late(WindowAggregateOp *self, const Intake *intake, uint32_t i)
{
    uint32_t row = intake->row[i];
    return reject_late_row(&self->op, intake->batch, row, rowtime_of(intake, i),
                           batch_watermark(intake->batch, row));
}

/* Takes the run of rows that starts at intake->next: those of one window that lie before the stored
 * row `limit` and before which nothing falls due. */
static Status take_next(WindowAggregateOp *self, Intake *intake, uint32_t limit)
{
    const Op *op = &self->op;
    const Batch *batch = intake->batch;
    uint32_t from = intake->next, to = from + 1;
    Micros start = window_start(op, rowtime_of(intake, from)), due = window_due(op, start);
    if (due <= batch_watermark(batch, intake->row[from])) {
        intake->next = to;
        return take_late(self, intake, from);
    }
    Micros end = start + op->plan->as.window_aggregate.size;
    while (to < batch->selected && intake->row[to] < limit &&
           batch_watermark(batch, intake->row[to]) < due) {
        Micros time = rowtime_of(intake, to);
        if (op->plan->as.window_aggregate.local_zone)
            time = timezone_to_local(op->env->eval.zone, time);
        if (time < start || time >= end)
            break;
        to++;
    }
    intake->next = to;
    reject_count_used(&self->op, batch, to - from);
    return take_run(self, intake, start, due, from, to);
}

static Status prepare(WindowAggregateOp *self, const Batch *in, Intake *intake)
{
    Op *op = &self->op;
    *intake = (Intake){.batch = in, .rowtime = &in->column[op->plan->as.window_aggregate.rowtime]};
    TRY(aggregate_set_keys(&self->set, in, &intake->keys));
    TRY_NEW_ARRAY(intake->entry, &op->scratch, in->selected);
    TRY_NEW_ARRAY(intake->row, &op->scratch, in->selected);
    for (uint32_t i = 0; i < in->selected; i++)
        intake->row[i] = (uint16_t)batch_row(in, i);
    return ST_OK;
}

static Status window_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    WindowAggregateOp *self = (WindowAggregateOp *)op;
    Intake intake;
    TRY(prepare(self, in, &intake));
    uint32_t stored = 0; /* rows before it are behind us */
    for (;;) {
        uint32_t cut = batch_find_due(in, stored, self->next_due);
        if (cut == stored && cut < in->rows) {
            Micros before = stored == 0 ? op->before : batch_watermark(in, stored - 1);
            TRY(fire(self, batch_watermark(in, cut), before));
            continue;
        }
        if (intake.next < in->selected && intake.row[intake.next] < cut) {
            stored = intake.row[intake.next];
            TRY(take_next(self, &intake, cut));
        } else if (cut < in->rows) {
            stored = cut;
        } else {
            return ST_OK;
        }
    }
}

static Status window_watermark(Op *op, Micros time)
{
    WindowAggregateOp *self = (WindowAggregateOp *)op;
    if (time >= self->next_due)
        TRY(fire(self, time, op->before));
    return op_emit_watermark(op, time);
}

static Status window_state(Op *op, StateWalk *walk)
{
    WindowAggregateOp *self = (WindowAggregateOp *)op;
    uint32_t panes = self->panes;
    TRY(STATE_WALK(walk, panes));
    for (uint32_t i = 0; i < panes; i++) {
        Micros start = walk->loading ? 0 : self->pane[i]->start,
               due = walk->loading || DEFECT(TIMER_LOST) ? 0 : self->pane[i]->due;
        TRY(STATE_WALK(walk, start));
        TRY(STATE_WALK(walk, due));
        if (walk->loading)
            TRY(insert_pane(self, i, start, due));
        TRY(group_states_walk(&self->pane[i]->states, &self->set, walk));
    }
    return ST_OK;
}

static void window_close(Op *op)
{
    WindowAggregateOp *self = (WindowAggregateOp *)op;
    for (uint32_t i = 0; i < self->panes; i++)
        close_pane(self, self->pane[i]);
    mem_free(&op->meter, self->pane, self->capacity * sizeof *self->pane);
    aggregate_set_close(&self->set);
}

static void window_measure(const Op *op, OpMeasure *out)
{
    const WindowAggregateOp *self = (const WindowAggregateOp *)op;
    out->windows = self->panes;
    out->groups = 0;
    for (uint32_t i = 0; i < self->panes; i++)
        out->groups += keyed_map_count(&self->pane[i]->states.groups);
}

const OpClass window_aggregate_class = {.size = sizeof(WindowAggregateOp),
                                        .open = window_open,
                                        .push = window_push,
                                        .watermark = window_watermark,
                                        .state = window_state,
                                        .measure = window_measure,
                                        .close = window_close};
