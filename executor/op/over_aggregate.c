/* OverAggregate: functions over the rows around each row, in the order of event time or of arrival.
 *
 * By event time a row waits until the watermark reaches its time; then it gets its place in its
 * partition, behind all that were there. It goes out as soon as its frames are complete: at once
 * where they end with the row or those equal to it; where they reach further, when the watermark
 * has passed what they reach, or when as many rows have come. Rows go out in the order of time, of
 * equal times as they came; those that wait for rows of their partition, as these come.
 *
 * What is late is Flink's rule: where every frame is of bounded distances before the row, a row
 * that is not later than the last one that went out of its partition; else one at or behind the
 * watermark. A partition whose frames are all of times is forgotten when time has gone on by
 * between once and one and a half times as much as they reach; a row that comes then, however old,
 * is its first one again. When exactly, says remember().
 *
 * By arrival each row goes out at once; none is late.
 *
 * With a TTL a partition is forgotten when no row of it has come or gone out for so long. What
 * waits for the watermark is waited for; rows that wait for later ones of the partition go out then
 * as if it had ended. Where time forgets a partition the plan has no TTL. */
#include <assert.h>

#include "executor/op/ops.h"
#include "executor/op/over_frames.h"
#include "executor/op/time_queue.h"
#include "executor/op/timed_set.h"
#include "executor/run/reject.h"

typedef struct OverOp {
    Op op;
    OverFrames frames;
    TimeQueue pending; /* rows that the watermark has not reached */
    TimeQueue delayed; /* rows that have their places and wait, in their order; where they overtake
                          one another, until the watermark is `reach` further */
    TimeQueue idle;    /* partitions, to be forgotten */
    TimedSet waiting;  /* partitions, by the first row that waits in each, if they overtake */
    uint64_t number;   /* of the next row */
    Micros fired;      /* up to here all that was due has happened */
    /* What the plan says: */
    bool late_by_partition;
    Micros memory; /* RANGE frames alone: how far they look back; -1: nothing is forgotten */
    Micros reach;  /* how far RANGE frames look on */
    bool by_arrival;
    uint64_t ahead; /* by how many rows frames look on */
    bool to_last;
    bool awaits;    /* one or the other: rows of a partition wait for those that come behind */
    bool overtakes; /* rows that wait so do not hold those of other partitions */
} OverOp;

/* --- opening --- */

static void read_frames(OverOp *self, const PlanOver *plan)
{
    self->by_arrival = plan->by_arrival;
    self->late_by_partition = !self->by_arrival && plan_over_looks_back(plan);
    self->memory = plan_over_forgets_by_time(plan) ? 0 : -1;
    for (uint32_t f = 0; f < plan->frames; f++) {
        const PlanFrame *frame = &plan->frame[f];
        if (self->memory >= 0 && -frame->start > self->memory)
            self->memory = -frame->start;
        if (!frame->rows && !frame->to_last && frame->end > self->reach)
            self->reach = frame->end;
        if (frame->rows && !frame->to_last && frame->end > (int64_t)self->ahead)
            self->ahead = (uint64_t)frame->end;
        self->to_last = self->to_last || frame->to_last;
    }
    self->awaits = self->to_last || self->ahead > 0;
    self->overtakes = self->awaits && !plan->in_order;
}

static Status over_open(Op *op, Diag *diag)
{
    (void)diag;
    OverOp *self = (OverOp *)op;
    const PlanOver *plan = &op->plan->as.over;
    self->fired = MICROS_MIN;
    time_queue_open(&self->pending, &op->meter);
    time_queue_open(&self->delayed, &op->meter);
    time_queue_open(&self->idle, &op->meter);
    timed_set_open(&self->waiting, &op->meter);
    read_frames(self, plan);
    return over_frames_open(&self->frames, op, plan);
}

/* --- what is due --- */

/* The watermarks of the batch that is being taken, or the one that comes by itself. */
typedef struct Passage {
    const Batch *in; /* NULL: `last` alone */
    uint32_t at;     /* of the batch */
    Micros before, last;
} Passage;

/* The first watermark that reaches the time, and the one before it. */
static void find_fire(Passage *passage, Micros due, Micros *watermark, Micros *before)
{
    const Batch *in = passage->in;
    *watermark = passage->last;
    *before = passage->before;
    if (in == NULL)
        return;
    passage->at = batch_find_due(in, passage->at, due);
    assert(passage->at < in->rows);
    *watermark = batch_watermark(in, passage->at);
    if (passage->at > 0)
        *before = batch_watermark(in, passage->at - 1);
}

/* --- waiting for rows of the partition --- */

/* A row becomes the first one that waits in its partition. */
static Status await(OverOp *self, const OverRow *row)
{
    return self->overtakes ? timed_set_add(&self->waiting, row->time, row->partition) : ST_OK;
}

static void await_no_more(OverOp *self, const OverRow *row)
{
    if (self->overtakes)
        timed_set_remove(&self->waiting, row->time, row->partition);
}

/* The time of the first row that waits for others; MICROS_MAX: none does. */
static Micros first_waiting(const OverOp *self)
{
    return self->overtakes ? timed_set_due(&self->waiting) : time_queue_due(&self->delayed);
}

/* No row will come: those that wait are put into their order. */
static Status gather_waiting(OverOp *self)
{
    OverFrames *frames = &self->frames;
    uint32_t partition;
    while (time_queue_first(&self->delayed) != NULL)
        time_queue_pop(&self->delayed);
    while (timed_set_take(&self->waiting, MICROS_MAX, &partition)) {
        uint32_t number = over_partition(frames, partition)->waiting;
        for (; number != 0; number = over_row(frames, number)->next) {
            const OverRow *row = over_row(frames, number);
            TRY(time_queue_push(&self->delayed, row->time, row->number, number));
        }
    }
    return ST_OK;
}

/* --- what is complete --- */

/* The watermark for those above: no row that is still to go out is late by it. */
static Micros held_watermark(const OverOp *self, Micros watermark)
{
    Micros first = first_waiting(self), held = watermark;
    if (watermark == MICROS_MIN || watermark == MICROS_MAX)
        return watermark;
    if (__builtin_sub_overflow(held, self->reach, &held))
        held = MICROS_MIN;
    if (first < MICROS_MAX && first - MICROS_PER_MILLI < held)
        held = first - MICROS_PER_MILLI;
    return held;
}

/* A row is complete when it has its place. */
static bool is_prompt(const OverOp *self)
{
    return self->reach == 0 && !self->awaits;
}

/* All that belongs to the row's frames has its place. */
static bool is_complete(const OverOp *self, const OverPartition *partition, const OverRow *row,
                        Micros watermark)
{
    Micros last;
    bool reached = !__builtin_add_overflow(row->time, self->reach, &last) && last <= watermark;
    bool here = !self->to_last && partition->rows > row->place + self->ahead;
    return reached && (here || partition->ended != 0);
}

/* Rows of a partition, past those of others. */
static Status give_overtaking(OverOp *self, uint32_t entry, Micros watermark, Micros held)
{
    OverFrames *frames = &self->frames;
    const OverPartition *partition = over_partition(frames, entry);
    while (partition->waiting != 0) {
        const OverRow *row = over_row(frames, partition->waiting);
        if (!is_complete(self, partition, row, watermark))
            return ST_OK;
        await_no_more(self, row);
        TRY(over_frames_give(frames, partition->waiting, held));
        if (partition->waiting != 0)
            TRY(await(self, over_row(frames, partition->waiting)));
    }
    return ST_OK;
}

static Status append_row(OverOp *self, uint32_t number)
{
    const OverRow *row = over_row(&self->frames, number);
    over_frames_append(&self->frames, number);
    if (over_partition(&self->frames, row->partition)->waiting == number)
        TRY(await(self, row));
    return self->overtakes && self->reach == 0
               ? ST_OK
               : time_queue_push(&self->delayed, row->time, row->number, number);
}

/* Rows that were held up by time alone, or by those before them. */
static Status give_delayed(OverOp *self, Micros watermark, Micros held)
{
    OverFrames *frames = &self->frames;
    const TimedItem *first;
    Micros last;
    while ((first = time_queue_first(&self->delayed)) != NULL) {
        uint32_t number = (uint32_t)first->value;
        const OverRow *row = over_row(frames, number);
        const OverPartition *partition = over_partition(frames, row->partition);
        bool reached = !__builtin_add_overflow(row->time, self->reach, &last) && last <= watermark;
        if (watermark < MICROS_MAX &&
            !(self->overtakes ? reached : is_complete(self, partition, row, watermark)))
            return ST_OK;
        time_queue_pop(&self->delayed);
        if (self->overtakes && watermark < MICROS_MAX)
            TRY(give_overtaking(self, row->partition, watermark, held));
        else
            TRY(over_frames_give(frames, number, held));
    }
    return ST_OK;
}

/* The watermark has come to that: rows get their places, and what is complete by it goes out. */
static Status settle(OverOp *self, Micros watermark, Micros before)
{
    Micros held = held_watermark(self, before);
    const TimedItem *first;
    bool prompt = is_prompt(self);
    while ((first = time_queue_first(&self->pending)) != NULL && first->time <= watermark) {
        uint32_t number = (uint32_t)first->value, entry = (uint32_t)(first->value >> 32);
        time_queue_pop(&self->pending);
        if (prompt) {
            TRY(over_frames_pass(&self->frames, number, entry, held));
            continue;
        }
        TRY(append_row(self, number));
        if (self->overtakes && watermark < MICROS_MAX)
            TRY(give_overtaking(self, entry, watermark, held));
    }
    if (self->overtakes && watermark == MICROS_MAX)
        TRY(gather_waiting(self));
    return give_delayed(self, watermark, held);
}

static Status forget_idle(OverOp *self, Micros watermark)
{
    const TimedItem *first;
    while ((first = time_queue_first(&self->idle)) != NULL && first->time <= watermark) {
        TimedItem item = *first;
        uint32_t entry = (uint32_t)item.value;
        time_queue_pop(&self->idle);
        OverPartition *partition = over_partition_write(&self->frames, entry);
        if (item.time == partition->renewed)
            over_frames_renew(&self->frames, entry, item.time);
        else if (partition->forget <= item.time)
            over_frames_forget(&self->frames, entry);
        else if (partition->given < item.time && partition->renewed < item.time)
            partition->given = item.time;
    }
    return ST_OK;
}

/* --- what a TTL forgets --- */

/* The partition ends: of its rows those go out that no time holds up. */
static Status end_partition(OverOp *self, uint32_t entry)
{
    Micros held = held_watermark(self, self->fired);
    over_partition_write(&self->frames, entry)->ended = 1;
    TRY(self->overtakes ? give_overtaking(self, entry, self->fired, held)
                        : give_delayed(self, self->fired, held));
    return over_frames_flush(&self->frames);
}

static Status forget_expired(Op *op, Micros now)
{
    OverOp *self = (OverOp *)op;
    OverFrames *frames = &self->frames;
    uint32_t entry;
    if (op->plan->ttl == 0)
        return ST_OK;
    while (expiry_find(&frames->expiry, now, &entry)) {
        if (over_partition(frames, entry)->placeless == 0)
            TRY(end_partition(self, entry));
        const OverPartition *partition = over_partition(frames, entry);
        if (partition->placeless > 0 || partition->waiting != 0)
            over_frames_mark(frames, entry);
        else
            over_frames_forget(frames, entry);
    }
    keyed_map_trim(&frames->states.groups);
    return op_emit_watermark(op, held_watermark(self, self->fired));
}

static Micros over_clock_due(const Op *op)
{
    const OverOp *self = (const OverOp *)op;
    return op->plan->ttl > 0 ? expiry_due(&self->frames.expiry) : MICROS_MAX;
}

/* When something happens next; MICROS_MAX: nothing does before the input has ended. */
static Micros next_due(const OverOp *self)
{
    Micros due = time_queue_due(&self->pending), delayed;
    due = due > self->fired || self->fired == MICROS_MAX ? due : self->fired + 1;
    if (!__builtin_add_overflow(time_queue_due(&self->delayed), self->reach, &delayed) &&
        delayed > self->fired && delayed < due)
        due = delayed;
    return due;
}

/* All that is due up to the last watermark of the passage. */
static Status pass(OverOp *self, Passage *passage)
{
    Micros watermark, before, due = next_due(self);
    if (passage->last <= self->fired)
        return over_frames_flush(&self->frames);
    for (; due <= passage->last && self->fired < MICROS_MAX; due = next_due(self)) {
        find_fire(passage, due, &watermark, &before);
        TRY(settle(self, watermark, before));
        self->fired = watermark;
    }
    TRY(over_frames_flush(&self->frames));
    self->fired = passage->last;
    return forget_idle(self, passage->last);
}

/* --- rows --- */

/* The rows of a batch that are not late, with their partitions. */
typedef struct Taken {
    uint32_t count;
    uint16_t row[BATCH_ROWS];
    uint32_t partition[BATCH_ROWS];
} Taken;

static Micros time_of(const OverOp *self, const Batch *in, uint32_t row)
{
    const Column *column = &in->column[self->op.plan->as.over.order[0].column];
    return column->data.i64[column_index(column, row)];
}

/* What a partition remembers is looked at when the watermark reaches a time that a row has set: one
 * and a half times the frames' reach behind it. A row sets it anew when it could itself be seen
 * from there, and then what is older than the time that was set before is late once that time has
 * come. When no row has set it anew, the partition is forgotten. (All of it is as in Flink, to the
 * millisecond.)
 *
 * The row may come when the time has come, and what is due then has not been done: the partition
 * is not forgotten then, but begun anew. */
static Status remember(OverOp *self, uint32_t entry, Micros time, Micros watermark)
{
    enum { MILLI = 1000 };
    OverPartition *partition = over_partition_write(&self->frames, entry);
    Micros reach = self->memory / MILLI, least, most;
    if (__builtin_add_overflow(time, (reach + 1) * MILLI, &least) ||
        __builtin_add_overflow(time, (reach + reach / 2 + 1) * MILLI, &most))
        most = least = MICROS_MAX - 1;
    if (partition->forget > MICROS_MIN && partition->forget <= watermark && watermark > self->fired)
        partition->renewed = partition->forget;
    else if (partition->forget >= least)
        return ST_OK;
    partition->forget = most;
    return time_queue_push(&self->idle, most, self->number, entry);
}

static Status give_at_once(OverOp *self, const Batch *in, const Taken *taken,
                           const uint32_t *number)
{
    for (uint32_t i = 0; i < taken->count; i++)
        TRY(over_frames_pass(&self->frames, number[i] + 1, taken->partition[i],
                             batch_watermark(in, taken->row[i])));
    return over_frames_flush(&self->frames);
}

static Status keep_rows(OverOp *self, const Batch *in, const Taken *taken)
{
    OverFrames *frames = &self->frames;
    uint32_t *number;
    TRY_NEW_ARRAY(number, &self->op.scratch, taken->count);
    TRY(row_store_add(&frames->rows, in, taken->row, taken->count, number));
    for (uint32_t i = 0; i < taken->count; i++) {
        OverRow *row = row_store_head_write(&frames->rows, number[i]);
        row->partition = taken->partition[i];
        row->time = time_of(self, in, taken->row[i]);
        row->number = self->number++;
        over_frames_expect(frames, row->partition);
        if (!self->by_arrival)
            TRY(time_queue_push(&self->pending, row->time, row->number,
                                (uint64_t)row->partition << 32 | (number[i] + 1)));
        if (self->memory >= 0)
            TRY(remember(self, row->partition, row->time, batch_watermark(in, taken->row[i])));
    }
    reject_count_used(&self->op, in, taken->count);
    return self->by_arrival ? give_at_once(self, in, taken, number) : ST_OK;
}

static Status refuse_late(OverOp *self, const Batch *in, uint32_t row)
{
    return reject_late_row(&self->op, in, row, time_of(self, in, row), batch_watermark(in, row));
}

/* The selected rows from number `from` up to `to` that the watermark has not passed; where that is
 * not what makes a row late, all of them. */
static Status select_rows(OverOp *self, const Batch *in, uint32_t from, uint32_t to, Batch *out)
{
    uint16_t *sel, selected = 0;
    TRY_NEW_ARRAY(sel, &self->op.scratch, to - from);
    for (uint32_t i = from; i < to; i++) {
        uint32_t row = batch_row(in, i);
        if (!self->late_by_partition && !self->by_arrival &&
            time_of(self, in, row) <= batch_watermark(in, row))
            TRY(refuse_late(self, in, row));
        else
            sel[selected++] = (uint16_t)row;
    }
    *out = *in;
    out->sel = sel;
    out->selected = selected;
    return ST_OK;
}

static Status take_rows(OverOp *self, const Batch *in, uint32_t from, uint32_t to)
{
    Batch rows;
    uint32_t *entry;
    Taken *taken;
    if (from == to)
        return ST_OK;
    TRY_NEW_ARRAY(entry, &self->op.scratch, to - from);
    TRY_NEW(taken, &self->op.scratch);
    TRY(select_rows(self, in, from, to, &rows));
    if (rows.selected == 0)
        return ST_OK;
    TRY(over_frames_partitions(&self->frames, &rows, entry));
    for (uint32_t i = 0; i < rows.selected; i++) {
        uint16_t row = rows.sel[i];
        if (self->late_by_partition &&
            time_of(self, in, row) <= over_partition(&self->frames, entry[i])->given) {
            TRY(refuse_late(self, in, row));
            continue;
        }
        taken->row[taken->count] = row;
        taken->partition[taken->count++] = entry[i];
    }
    return keep_rows(self, in, taken);
}

/* Whether the row is late hangs on what has gone out of its partition until now. */
static bool needs_past(const OverOp *self, const Batch *in, uint32_t row)
{
    Micros watermark = batch_watermark(in, row);
    return self->late_by_partition && watermark > self->fired &&
           time_of(self, in, row) <= watermark;
}

static Status over_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    OverOp *self = (OverOp *)op;
    Passage passage = {.in = in, .before = op->before};
    uint32_t from = 0;
    TRY(forget_expired(op, op->env->eval.now));
    for (uint32_t i = 0; i < in->selected; i++) {
        uint32_t row = batch_row(in, i);
        if (!needs_past(self, in, row))
            continue;
        TRY(take_rows(self, in, from, i));
        from = i;
        passage.last = batch_watermark(in, row);
        TRY(pass(self, &passage));
    }
    TRY(take_rows(self, in, from, in->selected));
    passage.last = batch_watermark(in, in->rows - 1u);
    return pass(self, &passage);
}

static Status over_watermark(Op *op, Micros time)
{
    Passage passage = {.before = op->before, .last = time};
    TRY(pass((OverOp *)op, &passage));
    return op_emit_watermark(op, held_watermark((OverOp *)op, time));
}

static Micros over_watermark_due(const Op *op)
{
    return next_due((const OverOp *)op);
}

static Status over_state(Op *op, StateWalk *walk)
{
    OverOp *self = (OverOp *)op;
    TRY(STATE_WALK(walk, self->number));
    TRY(STATE_WALK(walk, self->fired));
    TRY(time_queue_walk(&self->pending, walk));
    TRY(time_queue_walk(&self->delayed, walk));
    TRY(time_queue_walk(&self->idle, walk));
    TRY(timed_set_walk(&self->waiting, walk));
    return over_frames_walk(&self->frames, walk);
}

static void over_close(Op *op)
{
    OverOp *self = (OverOp *)op;
    time_queue_close(&self->pending);
    time_queue_close(&self->delayed);
    time_queue_close(&self->idle);
    timed_set_close(&self->waiting);
    over_frames_close(&self->frames);
}

static void over_measure(const Op *op, OpMeasure *out)
{
    const OverOp *self = (const OverOp *)op;
    Micros first = first_waiting(self), reached;
    out->groups = keyed_map_count(&self->frames.states.groups);
    if (self->awaits && first < MICROS_MAX &&
        !__builtin_add_overflow(first, self->reach, &reached) && reached <= self->fired)
        out->waiting = first;
}

const OpClass over_aggregate_class = {.size = sizeof(OverOp),
                                      .open = over_open,
                                      .push = over_push,
                                      .clock_due = over_clock_due,
                                      .clock = forget_expired,
                                      .watermark = over_watermark,
                                      .watermark_due = over_watermark_due,
                                      .state = over_state,
                                      .measure = over_measure,
                                      .close = over_close};
