/* WindowAggregate: groups per window, given out once, when the watermark has passed the window.
 *
 * A window [start, end) is due when the watermark reaches end - 1 ms. A row all of whose windows
 * were already due when it came is late: it is recorded and counts nowhere. Within a batch the
 * operator works on stretches that reach up to the row in front of which the watermark makes the
 * next window due: rows before, then the windows that fire, then the rest. So neither the results
 * nor their order depend on how the input was cut into batches. Windows fire by their end, groups
 * in the order in which they came to the window's slices (window_slices.h).
 *
 * Rows come nearly sorted by time: a run of rows of one slice is taken at once, so the slice is
 * looked up once a run and is no part of the key. */
#include <assert.h>

#include "executor/op/ops.h"
#include "executor/op/window_columns.h"
#include "executor/op/window_slices.h"
#include "executor/run/reject.h"

typedef struct WindowAggregateOp {
    Op op;
    WindowSlices slices;
} WindowAggregateOp;

static const PlanWindowAggregate *plan_of(const Op *op)
{
    return &op->plan->as.window_aggregate;
}

static Status window_open(Op *op, Diag *diag)
{
    (void)diag;
    const PlanWindowAggregate *plan = plan_of(op);
    return window_slices_open(&((WindowAggregateOp *)op)->slices, op, &plan->aggregate,
                              &plan->window);
}

/* --- firing --- */

static Status emit_groups(Op *op, GroupStates *states, const uint32_t *entry, uint32_t count,
                          Micros start, Micros end, Micros before)
{
    const AggregateSet *set = &((WindowAggregateOp *)op)->slices.set;
    Column *column;
    TRY(op_make_columns(op, &op->plan->schema, count, &column));
    TRY(aggregate_set_emit(set, states, entry, count, column));
    window_columns_put_all(op, start, end, column);
    Batch out = {.rows = (uint16_t)count,
                 .selected = (uint16_t)count,
                 .watermark_before = before,
                 .columns = (uint16_t)op->plan->schema.count,
                 .column = column};
    return op_emit(op, &out);
}

/* A million groups need no more memory than a batch does. */
static Status emit_window(Op *op, GroupStates *states, Micros start, Micros end, Micros before)
{
    const AggregateSet *set = &((WindowAggregateOp *)op)->slices.set;
    uint32_t groups = states->groups.entries, portion = aggregate_set_portion(set), at = 0;
    uint32_t entry[BATCH_ROWS];
    Status status = ST_OK;
    assert(states->groups.removed == 0 && portion <= BATCH_ROWS);
    while (status == ST_OK && at < groups) {
        uint32_t count = 0;
        for (; at < groups && count < portion; at++) {
            entry[count] = at;
            count += !set->retracts || *window_group_rows(states, at) > 0;
        }
        ArenaMark mark = arena_mark(&op->scratch);
        if (count > 0)
            status = emit_groups(op, states, entry, count, start, end, before);
        arena_release(&op->scratch, mark);
    }
    return status;
}

/* --- rows --- */

/* A batch on its way in: its selected rows from `next` on are still to be taken. */
typedef struct Intake {
    const Batch *batch;
    const Column *time, *until; /* the rowtime; or, of attached windows, their starts and ends */
    KeyBatch keys;
    uint16_t *row; /* the selected rows */
    uint32_t *entry;
    uint32_t next;
} Intake;

/* A row's slice, and when the first and the last window that hold it are due. */
typedef struct Place {
    Micros start, end;
    Micros first_due, last_due;
} Place;

static Micros cell_of(const Intake *intake, const Column *column, uint32_t i)
{
    return column->data.i64[column_index(column, intake->row[i])];
}

static Place find_place(const Op *op, const Intake *intake, uint32_t i)
{
    const WindowShape *spec = &plan_of(op)->window;
    const TimeZone *zone = op->env->eval.zone;
    Micros time = cell_of(intake, intake->time, i);
    if (spec->kind == WINDOW_ATTACHED) {
        Micros end = cell_of(intake, intake->until, i), due = window_due(spec, zone, end);
        return (Place){time, end, due, due};
    }
    Micros size = window_slice_size(spec);
    Micros start = window_align(spec, window_local(spec, zone, time), size);
    Place place = {.start = start, .end = start + size};
    place.first_due = window_due(spec, zone, window_first_end(spec, start));
    place.last_due = spec->kind == WINDOW_TUMBLE
                         ? place.first_due
                         : window_due(spec, zone, window_last_end(spec, start));
    return place;
}

static bool is_in(const Op *op, const Intake *intake, uint32_t i, const Place *place)
{
    const WindowShape *spec = &plan_of(op)->window;
    Micros time = cell_of(intake, intake->time, i);
    if (spec->kind == WINDOW_ATTACHED)
        return time == place->start && cell_of(intake, intake->until, i) == place->end;
    time = window_local(spec, op->env->eval.zone, time);
    return time >= place->start && time < place->end;
}

static SliceRows slice_rows(const WindowAggregateOp *self, const Intake *intake, uint32_t from,
                            uint32_t to)
{
    return (SliceRows){.batch = intake->batch,
                       .row = intake->row + from,
                       .entry = intake->entry + from,
                       .keys = key_batch_part(&self->slices.set.key, &intake->keys, from, to),
                       .count = to - from};
}

/* A row in front of which a window of its own has been passed: with the others it may count yet. */
static Status take_behind(WindowAggregateOp *self, const Intake *intake, uint32_t i,
                          const Place *place)
{
    Op *op = &self->op;
    uint32_t row = intake->row[i];
    Micros watermark = batch_watermark(intake->batch, row);
    if (place->last_due < place->first_due) { /* between the windows of a HOP */
        reject_count_filtered_rows(op, intake->batch, &intake->row[i], 1);
        return ST_OK;
    }
    if (place->last_due <= watermark)
        return reject_late_row(op, intake->batch, row, cell_of(intake, intake->time, i), watermark);
    SliceRows rows = slice_rows(self, intake, i, i + 1);
    reject_count_used_rows(op, intake->batch, &intake->row[i], 1);
    return window_slices_take_behind(&self->slices, &rows, place->start, watermark);
}

/* Takes the run of rows that starts at intake->next: those of one slice that lie before the stored
 * row `limit` and before which nothing falls due. */
static Status take_next(WindowAggregateOp *self, Intake *intake, uint32_t limit)
{
    const Op *op = &self->op;
    const Batch *batch = intake->batch;
    uint32_t from = intake->next, to = from + 1;
    Place place = find_place(op, intake, from);
    if (place.first_due <= batch_watermark(batch, intake->row[from]) ||
        place.last_due < place.first_due) {
        intake->next = to;
        return take_behind(self, intake, from, &place);
    }
    while (to < batch->selected && intake->row[to] < limit &&
           batch_watermark(batch, intake->row[to]) < place.first_due &&
           is_in(op, intake, to, &place))
        to++;
    intake->next = to;
    SliceRows rows = slice_rows(self, intake, from, to);
    reject_count_used_rows(&self->op, batch, intake->row + from, to - from);
    return window_slices_take(&self->slices, &rows, place.start, place.end);
}

static Status prepare(WindowAggregateOp *self, const Batch *in, Intake *intake)
{
    Op *op = &self->op;
    const PlanWindowAggregate *plan = plan_of(op);
    *intake = (Intake){
        .batch = in, .time = &in->column[plan->rowtime], .until = &in->column[plan->until]};
    TRY(aggregate_set_keys(&self->slices.set, in, &intake->keys));
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
        uint32_t cut = batch_find_due(in, stored, self->slices.next_due);
        if (cut == stored && cut < in->rows) {
            Micros before = stored == 0 ? op->before : batch_watermark(in, stored - 1);
            TRY(window_slices_fire(&self->slices, batch_watermark(in, cut), before, emit_window));
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
    TRY(window_slices_fire(&self->slices, time, op->before, emit_window));
    return op_emit_watermark(op, time);
}

static Status window_state(Op *op, StateWalk *walk)
{
    return window_slices_state(&((WindowAggregateOp *)op)->slices, walk);
}

static void window_close(Op *op)
{
    window_slices_close(&((WindowAggregateOp *)op)->slices);
}

static Micros window_watermark_due(const Op *op)
{
    return ((const WindowAggregateOp *)op)->slices.next_due;
}

static void add_groups(const SpanList *list, OpMeasure *out)
{
    out->windows += list->count;
    for (TimeSpan *span = span_list_first(list); span != NULL; span = span_after(span))
        out->groups += keyed_map_count(&slice_of(span)->states.groups);
}

static void window_measure(const Op *op, OpMeasure *out)
{
    const WindowSlices *slices = &((const WindowAggregateOp *)op)->slices;
    out->groups = out->windows = 0;
    add_groups(&slices->open, out);
    add_groups(&slices->merged, out);
    add_groups(&slices->front, out);
    if (slices->back != NULL)
        out->groups += keyed_map_count(&slices->back->states.groups);
}

const OpClass window_aggregate_class = {.size = sizeof(WindowAggregateOp),
                                        .open = window_open,
                                        .push = window_push,
                                        .watermark = window_watermark,
                                        .watermark_due = window_watermark_due,
                                        .state = window_state,
                                        .measure = window_measure,
                                        .close = window_close};
