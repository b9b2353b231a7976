/* TimeSort: rows in the order of event time and what follows it in ORDER BY, equal ones as they
 * came. A row waits until the watermark reaches its time; one that comes when it is there already
 * goes out with the watermark's next step. A row is late that is not later than the last one that
 * went out.
 *
 * The rows of one moment are a group of the container, whose groups are in order too. */
#include "executor/op/ops.h"
#include "executor/op/ordered_rows.h"
#include "executor/op/row_emitter.h"
#include "executor/op/timed.h"
#include "executor/run/reject.h"

typedef struct TimeSortOp {
    Op op;
    Timed timed;
    uint64_t number; /* of the next row */
    uint64_t count;  /* of rows that wait */
    Micros last;     /* of the rows that went out; MICROS_MIN: none */
    OrderedRows rows;
} TimeSortOp;

/* Times as numbers without a sign, in their order. */
static uint64_t group_of(Micros time)
{
    return (uint64_t)time ^ UINT64_C(1) << 63;
}

static Micros time_of_group(uint64_t group)
{
    return (Micros)(group ^ UINT64_C(1) << 63);
}

static Status emit_moment(TimeSortOp *self, RowEmitter *emitter, uint64_t group, Micros before)
{
    OrderedRow row;
    for (bool more = ordered_rows_begin(&self->rows, group, &row); more;
         more = ordered_rows_next(&self->rows, &row)) {
        TRY(row_emitter_add(emitter, ROW_INSERT, row.row, 0, before));
        self->count--;
    }
    ordered_rows_clear(&self->rows, group);
    return ST_OK;
}

static Status sort_fire(Op *op, Micros time, Micros before)
{
    TimeSortOp *self = (TimeSortOp *)op;
    RowEmitter emitter;
    uint64_t group;
    self->timed.next_due = MICROS_MAX;
    row_emitter_init(&emitter, op, &self->rows.layout);
    while (sorted_map_least_group(&self->rows.map, &group)) {
        if (time_of_group(group) > time) {
            self->timed.next_due = time_of_group(group);
            break;
        }
        TRY(emit_moment(self, &emitter, group, before));
        self->last = time_of_group(group);
    }
    return row_emitter_flush(&emitter);
}

static Status sort_take(Op *op, const Batch *in, uint32_t i)
{
    TimeSortOp *self = (TimeSortOp *)op;
    uint32_t row = batch_row(in, i);
    const Column *time = &in->column[op->plan->as.time_sort.order[0].column];
    Micros rowtime = time->data.i64[column_index(time, row)], watermark = batch_watermark(in, row);
    Text key;
    if (rowtime <= self->last)
        return reject_late_row(op, in, row, rowtime, watermark);
    TRY(ordered_rows_key(&self->rows, in, row, &key));
    TRY(ordered_rows_add(&self->rows, group_of(rowtime), self->number++, in, row, NULL));
    self->count++;
    Micros due = rowtime > watermark ? rowtime : watermark + 1;
    if (due < self->timed.next_due)
        self->timed.next_due = due;
    reject_count_used(op, in, 1);
    return ST_OK;
}

static Status sort_open(Op *op, Diag *diag)
{
    (void)diag;
    TimeSortOp *self = (TimeSortOp *)op;
    const PlanTimeSort *plan = &op->plan->as.time_sort;
    self->timed = (Timed){MICROS_MAX, sort_take, sort_fire};
    self->last = MICROS_MIN;
    return ordered_rows_open(&self->rows, &op->plan->schema, plan->order + 1, plan->orders - 1,
                             &op->meter);
}

static Status sort_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    return timed_push(&((TimeSortOp *)op)->timed, op, in);
}

static Status sort_watermark(Op *op, Micros time)
{
    return timed_watermark(&((TimeSortOp *)op)->timed, op, time);
}

static Micros sort_watermark_due(const Op *op)
{
    return ((const TimeSortOp *)op)->timed.next_due;
}

static Status sort_state(Op *op, StateWalk *walk)
{
    TimeSortOp *self = (TimeSortOp *)op;
    TRY(STATE_WALK(walk, self->timed.next_due));
    TRY(STATE_WALK(walk, self->number));
    TRY(STATE_WALK(walk, self->count));
    TRY(STATE_WALK(walk, self->last));
    return ordered_rows_walk(&self->rows, walk);
}

static void sort_close(Op *op)
{
    ordered_rows_close(&((TimeSortOp *)op)->rows);
}

static void sort_measure(const Op *op, OpMeasure *out)
{
    out->groups = (int64_t)((const TimeSortOp *)op)->count;
}

const OpClass time_sort_class = {.size = sizeof(TimeSortOp),
                                 .open = sort_open,
                                 .push = sort_push,
                                 .watermark = sort_watermark,
                                 .watermark_due = sort_watermark_due,
                                 .state = sort_state,
                                 .measure = sort_measure,
                                 .close = sort_close};
