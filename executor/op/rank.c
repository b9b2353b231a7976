/* Rank: the rows of each partition whose rank lies between two bounds, kept current.
 *
 * Of an append-only input it keeps the rows that are within the upper bound and no more: a row that
 * comes behind the last of them in a full partition is told by the head of its key, beside the
 * partition's. When rows can be taken back it keeps all of them, since any may come up again.
 *
 * A row that comes or goes moves those behind it. Where the output is keyed by the rank (or has one
 * row a partition) each rank that has another row now is updated in place; else each row that
 * enters, leaves or has another rank goes out on its own. Rows that leave go out before the row
 * that made them leave.
 *
 * With a TTL each row is forgotten so long after it came. Nothing goes out for that: those behind
 * it have other ranks from then on, which is told when the next row comes or goes. */
#include "executor/op/ops.h"
#include "executor/op/rank_rows.h"
#include "executor/op/row_emitter.h"
#include "executor/run/reject.h"

typedef struct RankOp {
    Op op;
    const PlanRank *plan;
    bool appends;    /* the input has inserts alone */
    bool in_place;   /* changes are told by rank, not by row */
    uint64_t number; /* of the next row: its place in the order of arrival */
    KeyShape key;
    KeyedMap partitions; /* an entry's number is its group among the rows */
    OrderedRows rows;
    RankAges ages; /* of the rows, where there is a TTL */
    RowEmitter emitter;
} RankOp;

static bool expires(const RankOp *self)
{
    return self->op.plan->ttl > 0;
}

static Status rank_open(Op *op, Diag *diag)
{
    (void)diag;
    RankOp *self = (RankOp *)op;
    const PlanNode *input = op->plan->input[0];
    const PlanRank *plan = self->plan = &op->plan->as.rank;
    const Type *type[KEY_MAX_COLUMNS];
    self->appends = input->changelog == CHANGELOG_APPEND;
    self->in_place =
        plan->function == RANK_ROW_NUMBER && (plan->with_rank || plan->from == plan->to);
    for (uint32_t i = 0; i < plan->partitions && i < KEY_MAX_COLUMNS; i++)
        type[i] = &input->schema.field[plan->partition[i]].type;
    TRY(key_shape(type, plan->partitions, &self->key));
    keyed_map_open(&self->partitions, &self->key, sizeof(RankHead), op->env->seed, &op->meter);
    if (expires(self))
        TRY(rank_ages_open(&self->ages, op->plan->ttl, op->env->seed, &op->meter));
    return ordered_rows_open(&self->rows, &input->schema, plan->order, plan->orders, &op->meter);
}

/* --- rows that are forgotten --- */

static Status note_age(RankOp *self, uint32_t partition, const OrderedRow *row)
{
    return expires(self) ? rank_ages_add(&self->ages, partition, row, self->op.env->eval.now)
                         : ST_OK;
}

static void forget_row(RankOp *self, uint32_t partition, OrderedRow *row)
{
    uint64_t number = row->number;
    ordered_rows_remove(&self->rows, row);
    if (expires(self))
        rank_ages_remove(&self->ages, number);
    RankHead *head = keyed_map_value_write(&self->partitions, partition);
    head->full = 0;
    if (--head->rows == 0)
        keyed_map_remove(&self->partitions, partition);
}

static Status forget_expired(Op *op, Micros now)
{
    RankOp *self = (RankOp *)op;
    OrderedRow old, row;
    uint64_t partition;
    if (!expires(self))
        return ST_OK;
    while (rank_ages_find(&self->ages, now, &partition, &old)) {
        bool found;
        TRY(ordered_rows_at(&self->rows, partition, old.key, old.number, &found, &row));
        if (!found)
            return ST_STATE;
        forget_row(self, (uint32_t)partition, &row);
    }
    keyed_map_trim(&self->ages.rows);
    keyed_map_trim(&self->partitions);
    return ST_OK;
}

static Micros rank_clock_due(const Op *op)
{
    const RankOp *self = (const RankOp *)op;
    return expires(self) ? expiry_due(&self->ages.expiry) : MICROS_MAX;
}

/* --- changes --- */

/* A row of the partition that has just come or is about to go. It stands among the others. */
typedef struct Change {
    uint32_t partition;
    bool adds;
    OrderedRow row;
    Micros watermark;
} Change;

static Status emit(RankOp *self, const Change *change, RowKind kind, const OrderedRow *row,
                   uint64_t rank)
{
    return row_emitter_add(&self->emitter, kind, row->row, rank, change->watermark);
}

/* The rank belongs to `with` when the row of the change is there, to `without` when it is not. */
static Status emit_rank(RankOp *self, const Change *change, uint64_t rank, const OrderedRow *with,
                        const OrderedRow *without)
{
    const OrderedRow *old = change->adds ? without : with, *new = change->adds ? with : without;
    if (!rank_in_bounds(self->plan, rank))
        return ST_OK;
    if (old == NULL)
        return emit(self, change, ROW_INSERT, new, rank);
    if (new == NULL)
        return emit(self, change, ROW_DELETE, old, rank);
    if (text_equal(old->row, new->row))
        return ST_OK;
    TRY(emit(self, change, ROW_UPDATE_BEFORE, old, rank));
    return emit(self, change, ROW_UPDATE_AFTER, new, rank);
}

/* From the row of the change on, each rank's row is the one that has or had the rank before. */
static Status shift_ranks(RankOp *self, const Change *change)
{
    OrderedRow row, before;
    uint64_t position = 0;
    bool past = false, more = ordered_rows_begin(&self->rows, change->partition, &row);
    while (more && position <= self->plan->to) {
        position++;
        if (past)
            TRY(emit_rank(self, change, position - 1, &before, &row));
        past = past || row.number == change->row.number;
        before = row;
        more = ordered_rows_next(&self->rows, &row);
    }
    return past && !more ? emit_rank(self, change, position, &before, NULL) : ST_OK;
}

static Status move_row(RankOp *self, const Change *change, const OrderedRow *row, uint64_t old,
                       uint64_t new)
{
    bool was = rank_in_bounds(self->plan, old), is = rank_in_bounds(self->plan, new);
    if (was && !is)
        return emit(self, change, ROW_DELETE, row, old);
    if (is && !was)
        return emit(self, change, ROW_INSERT, row, new);
    if (!is || old == new || !self->plan->with_rank)
        return ST_OK;
    TRY(emit(self, change, ROW_UPDATE_BEFORE, row, old));
    return emit(self, change, ROW_UPDATE_AFTER, row, new);
}

/* Each row's rank with and without the row of the change. */
static Status move_rows(RankOp *self, const Change *change)
{
    RankFunction function = self->plan->function;
    OrderedRow row;
    RankCounter with = {0}, without = {0};
    uint64_t own = 0;
    bool more = ordered_rows_begin(&self->rows, change->partition, &row);
    while (more && without.rank <= self->plan->to) {
        uint64_t rank = rank_count(&with, function, row.key);
        if (row.number == change->row.number) {
            own = rank;
            if (!change->adds && rank_in_bounds(self->plan, own))
                TRY(emit(self, change, ROW_DELETE, &row, own));
        } else {
            uint64_t other = rank_count(&without, function, row.key);
            TRY(move_row(self, change, &row, change->adds ? other : rank,
                         change->adds ? rank : other));
        }
        more = ordered_rows_next(&self->rows, &row);
    }
    if (change->adds && rank_in_bounds(self->plan, own))
        return emit(self, change, ROW_INSERT, &change->row, own);
    return ST_OK;
}

/* --- rows of an append-only input --- */

/* Nothing but the row that comes in and the one that leaves for it. */
static Status replace_last(RankOp *self, const Change *change, uint64_t rows)
{
    OrderedRow last;
    if (rows > self->plan->to && ordered_rows_last(&self->rows, change->partition, &last))
        TRY(emit(self, change, ROW_DELETE, &last, 0));
    return emit(self, change, ROW_INSERT, &change->row, 0);
}

static Status tell_change(RankOp *self, const Change *change)
{
    return self->in_place ? shift_ranks(self, change) : move_rows(self, change);
}

static Status take_new_row(RankOp *self, const Batch *in, uint32_t row, uint32_t entry)
{
    const PlanRank *plan = self->plan;
    Change change = {.partition = entry, .adds = true, .watermark = batch_watermark(in, row)};
    Text key;
    TRY(ordered_rows_key(&self->rows, in, row, &key));
    if (rank_stays_out(plan, &self->rows, entry, keyed_map_value(&self->partitions, entry), key))
        return ST_OK;
    TRY(ordered_rows_add(&self->rows, entry, rank_number(plan, self->number++), in, row,
                         &change.row));
    TRY(note_age(self, entry, &change.row));
    RankHead *head = keyed_map_value_write(&self->partitions, entry);
    head->rows++;
    if (plan->function == RANK_ROW_NUMBER && plan->from == 1 && !self->in_place)
        TRY(replace_last(self, &change, head->rows));
    else
        TRY(tell_change(self, &change));
    rank_trim(plan, &self->rows, entry, head, expires(self) ? &self->ages : NULL);
    return ST_OK;
}

static Status push_new_rows(RankOp *self, const Batch *in, const KeyBatch *keys)
{
    uint32_t *entry;
    TRY_NEW_ARRAY(entry, &self->op.scratch, in->selected);
    TRY(keyed_map_upsert(&self->partitions, keys, entry, NULL));
    row_emitter_init(&self->emitter, &self->op, &self->rows.layout);
    for (uint32_t i = 0; i < in->selected; i++)
        TRY(take_new_row(self, in, batch_row(in, i), entry[i]));
    return row_emitter_flush(&self->emitter);
}

/* --- rows that can be taken back --- */

static Status add_row(RankOp *self, const Batch *in, uint32_t row, const KeyBatch *key)
{
    Change change = {.adds = true, .watermark = batch_watermark(in, row)};
    Text order;
    TRY(keyed_map_upsert(&self->partitions, key, &change.partition, NULL));
    TRY(ordered_rows_key(&self->rows, in, row, &order));
    TRY(ordered_rows_add(&self->rows, change.partition, rank_number(self->plan, self->number++), in,
                         row, &change.row));
    TRY(note_age(self, change.partition, &change.row));
    ((RankHead *)keyed_map_value_write(&self->partitions, change.partition))->rows++;
    return tell_change(self, &change);
}

/* What never came cannot be taken back: ignored, as Flink does. */
static Status remove_row(RankOp *self, const Batch *in, uint32_t row, const KeyBatch *key)
{
    Change change = {.watermark = batch_watermark(in, row)};
    bool found;
    int64_t entry = keyed_map_find(&self->partitions, key->words,
                                   key->nulls == NULL ? 0 : *key->nulls, *key->hash);
    if (entry < 0)
        return ST_OK;
    change.partition = (uint32_t)entry;
    TRY(ordered_rows_find(&self->rows, change.partition, in, row, &found, &change.row));
    if (!found)
        return ST_OK;
    TRY(tell_change(self, &change));
    forget_row(self, change.partition, &change.row);
    return ST_OK;
}

/* One row at a time, since a partition's number can be given to another as soon as it is empty. */
static Status push_changes(RankOp *self, const Batch *in, const KeyBatch *keys)
{
    row_emitter_init(&self->emitter, &self->op, &self->rows.layout);
    for (uint32_t i = 0; i < in->selected; i++) {
        uint32_t row = batch_row(in, i);
        KeyBatch one = key_batch_part(&self->key, keys, i, i + 1);
        TRY(row_kind_adds(batch_kind(in, row)) ? add_row(self, in, row, &one)
                                               : remove_row(self, in, row, &one));
    }
    return row_emitter_flush(&self->emitter);
}

static Status rank_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    RankOp *self = (RankOp *)op;
    KeyBatch keys;
    TRY(forget_expired(op, op->env->eval.now));
    TRY(key_encode(&self->key, in, self->plan->partition, op->env->seed, &op->scratch, &keys));
    reject_count_used(op, in, in->selected);
    return self->appends ? push_new_rows(self, in, &keys) : push_changes(self, in, &keys);
}

static Status rank_state(Op *op, StateWalk *walk)
{
    RankOp *self = (RankOp *)op;
    TRY(STATE_WALK(walk, self->number));
    TRY(state_walk_keyed_map(walk, &self->partitions));
    TRY(ordered_rows_walk(&self->rows, walk));
    return expires(self) ? rank_ages_walk(&self->ages, walk) : ST_OK;
}

static void rank_close(Op *op)
{
    RankOp *self = (RankOp *)op;
    if (self->plan != NULL)
        keyed_map_close(&self->partitions);
    ordered_rows_close(&self->rows);
    rank_ages_close(&self->ages);
}

static void rank_measure(const Op *op, OpMeasure *out)
{
    out->groups = keyed_map_count(&((const RankOp *)op)->partitions);
}

const OpClass rank_class = {.size = sizeof(RankOp),
                            .open = rank_open,
                            .push = rank_push,
                            .clock_due = rank_clock_due,
                            .clock = forget_expired,
                            .state = rank_state,
                            .measure = rank_measure,
                            .close = rank_close};
