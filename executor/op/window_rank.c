/* WindowRank: the first rows of each partition of each window, given out once, when the watermark
 * has passed the window. A row whose window is due already when it comes is late.
 *
 * Windows go out by their end, their partitions in the order of their first rows, rows by rank. */
#include "executor/op/ops.h"
#include "executor/op/rank_rows.h"
#include "executor/op/row_emitter.h"
#include "executor/op/timed.h"
#include "executor/run/reject.h"
#include "storage/data/timezone.h"
#include "storage/state/keyed_map.h"

/* The partitions that fall due at one moment, in the order of their first rows; numbers + 1. */
typedef struct Due {
    uint32_t first, last;
} Due;

typedef struct Partition {
    RankHead head;
    uint64_t next; /* of those that fall due with it, + 1; 0: it is the last */
} Partition;

typedef struct WindowRankOp {
    Op op;
    const PlanRank *plan;
    uint64_t number; /* of the next row */
    KeyShape key, moment;
    KeyedMap partitions; /* an entry's number is its group among the rows */
    OrderedRows rows;
    KeyedMap dues;   /* by moment */
    SortedMap times; /* the moments in order */
    Timed timed;
    KeyBatch keys; /* of the batch at hand */
} WindowRankOp;

static Status rank_take(Op *op, const Batch *in, uint32_t i);
static Status rank_fire(Op *op, Micros time, Micros before);

static Status rank_open(Op *op, Diag *diag)
{
    (void)diag;
    WindowRankOp *self = (WindowRankOp *)op;
    const Schema *schema = &op->plan->input[0]->schema;
    const PlanRank *plan = self->plan = &op->plan->as.window_rank.rank;
    Type time = type_with_null(type_make(TYPE_BIGINT), false);
    const Type *type[KEY_MAX_COLUMNS], *moment = &time;
    self->timed = (Timed){MICROS_MAX, rank_take, rank_fire};
    for (uint32_t i = 0; i < plan->partitions && i < KEY_MAX_COLUMNS; i++)
        type[i] = &schema->field[plan->partition[i]].type;
    TRY(key_shape(type, plan->partitions, &self->key));
    TRY(key_shape(&moment, 1, &self->moment));
    keyed_map_open(&self->partitions, &self->key, sizeof(Partition), op->env->seed, &op->meter);
    keyed_map_open(&self->dues, &self->moment, sizeof(Due), op->env->seed, &op->meter);
    sorted_map_open(&self->times, PHYS_I64, &op->meter);
    return ordered_rows_open(&self->rows, schema, plan->order, plan->orders, &op->meter);
}

/* --- moments --- */

/* The moment at which the row's window is complete, on the watermark's scale. */
static Micros row_due(const WindowRankOp *self, const Batch *in, uint32_t row)
{
    const PlanWindowRank *plan = &self->op.plan->as.window_rank;
    const Column *column = &in->column[plan->window_end];
    Micros last = column->data.i64[column_index(column, row)] - MICROS_PER_MILLI;
    return plan->local_zone ? timezone_to_utc_last(self->op.env->eval.zone, last) : last;
}

static Status find_due(WindowRankOp *self, Micros due, uint32_t *entry, uint8_t *fresh)
{
    uint64_t word = (uint64_t)due, hash = key_hash(&self->moment, &word, 0, NULL, self->dues.seed);
    KeyBatch key = {1, &word, NULL, &hash};
    return keyed_map_upsert(&self->dues, &key, entry, fresh);
}

static Status adjust_times(WindowRankOp *self, Micros due, int64_t change)
{
    uint64_t value[2] = {(uint64_t)due, 0};
    return sorted_map_adjust(&self->times, 0, value, change);
}

static void note_next(WindowRankOp *self)
{
    const uint64_t *first = sorted_map_first(&self->times, 0);
    self->timed.next_due = first == NULL ? MICROS_MAX : (Micros)first[0];
}

/* A new partition comes last among those of its moment. */
static Status wait_for(WindowRankOp *self, uint32_t partition, Micros due)
{
    uint32_t entry;
    uint8_t fresh;
    TRY(find_due(self, due, &entry, &fresh));
    Due *list = keyed_map_value_write(&self->dues, entry);
    if (list->last != 0)
        ((Partition *)keyed_map_value_write(&self->partitions, list->last - 1))->next =
            partition + 1;
    else
        list->first = partition + 1;
    list->last = partition + 1;
    if (!fresh)
        return ST_OK;
    TRY(adjust_times(self, due, 1));
    note_next(self);
    return ST_OK;
}

/* --- firing --- */

static Status emit_partition(WindowRankOp *self, RowEmitter *emitter, uint32_t partition,
                             Micros before)
{
    RankCounter counter = {0};
    OrderedRow row;
    for (bool more = ordered_rows_begin(&self->rows, partition, &row); more;
         more = ordered_rows_next(&self->rows, &row)) {
        uint64_t rank = rank_count(&counter, self->plan->function, row.key);
        if (rank_in_bounds(self->plan, rank))
            TRY(row_emitter_add(emitter, ROW_INSERT, row.row, rank, before));
    }
    ordered_rows_clear(&self->rows, partition);
    return ST_OK;
}

static Status fire_moment(WindowRankOp *self, RowEmitter *emitter, Micros due, Micros before)
{
    uint32_t entry;
    TRY(find_due(self, due, &entry, NULL));
    uint64_t next = ((const Due *)keyed_map_value(&self->dues, entry))->first;
    while (next != 0) {
        uint32_t partition = (uint32_t)next - 1;
        TRY(emit_partition(self, emitter, partition, before));
        next = ((const Partition *)keyed_map_value(&self->partitions, partition))->next;
        keyed_map_remove(&self->partitions, partition);
    }
    keyed_map_remove(&self->dues, entry);
    return adjust_times(self, due, -1);
}

static Status rank_fire(Op *op, Micros time, Micros before)
{
    WindowRankOp *self = (WindowRankOp *)op;
    RowEmitter emitter;
    row_emitter_init(&emitter, op, &self->rows.layout);
    while (self->timed.next_due <= time && keyed_map_count(&self->dues) > 0) {
        TRY(fire_moment(self, &emitter, self->timed.next_due, before));
        note_next(self);
    }
    return row_emitter_flush(&emitter);
}

/* --- rows --- */

static Status rank_take(Op *op, const Batch *in, uint32_t i)
{
    WindowRankOp *self = (WindowRankOp *)op;
    uint32_t row = batch_row(in, i), entry;
    Micros due = row_due(self, in, row), watermark = batch_watermark(in, row);
    KeyBatch key = key_batch_part(&self->key, &self->keys, i, i + 1);
    uint8_t fresh;
    Text order;
    if (due <= watermark)
        return reject_late_row(op, in, row, due, watermark);
    reject_count_used(op, in, 1);
    TRY(keyed_map_upsert(&self->partitions, &key, &entry, &fresh));
    if (fresh)
        TRY(wait_for(self, entry, due));
    Partition *partition = keyed_map_value_write(&self->partitions, entry);
    TRY(ordered_rows_key(&self->rows, in, row, &order));
    if (rank_stays_out(self->plan, &self->rows, entry, &partition->head, order))
        return ST_OK;
    TRY(ordered_rows_add(&self->rows, entry, rank_number(self->plan, self->number++), in, row,
                         NULL));
    partition->head.rows++;
    rank_trim(self->plan, &self->rows, entry, &partition->head, NULL);
    return ST_OK;
}

static Status rank_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    WindowRankOp *self = (WindowRankOp *)op;
    TRY(key_encode(&self->key, in, self->plan->partition, op->env->seed, &op->scratch,
                   &self->keys));
    return timed_push(&self->timed, op, in);
}

static Status rank_watermark(Op *op, Micros time)
{
    return timed_watermark(&((WindowRankOp *)op)->timed, op, time);
}

static Micros rank_watermark_due(const Op *op)
{
    return ((const WindowRankOp *)op)->timed.next_due;
}

static Status rank_state(Op *op, StateWalk *walk)
{
    WindowRankOp *self = (WindowRankOp *)op;
    TRY(STATE_WALK(walk, self->timed.next_due));
    TRY(STATE_WALK(walk, self->number));
    TRY(state_walk_keyed_map(walk, &self->partitions));
    TRY(ordered_rows_walk(&self->rows, walk));
    TRY(state_walk_keyed_map(walk, &self->dues));
    return state_walk_sorted_map(walk, &self->times);
}

static void rank_close(Op *op)
{
    WindowRankOp *self = (WindowRankOp *)op;
    if (self->plan == NULL)
        return;
    keyed_map_close(&self->partitions);
    ordered_rows_close(&self->rows);
    keyed_map_close(&self->dues);
    sorted_map_close(&self->times);
}

static void rank_measure(const Op *op, OpMeasure *out)
{
    const WindowRankOp *self = (const WindowRankOp *)op;
    out->windows = keyed_map_count(&self->dues);
    out->groups = keyed_map_count(&self->partitions);
}

const OpClass window_rank_class = {.size = sizeof(WindowRankOp),
                                   .open = rank_open,
                                   .push = rank_push,
                                   .watermark = rank_watermark,
                                   .watermark_due = rank_watermark_due,
                                   .state = rank_state,
                                   .measure = rank_measure,
                                   .close = rank_close};
