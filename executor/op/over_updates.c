/* UpdatingOver: functions over the rows around each row, in an order that is not that of time: any
 * row that comes or goes may change what was given out for others of its partition.
 *
 * All rows are kept, those of each partition in their order. Of a change, or, where the consumer
 * sees no more than that, of all changes of a batch, the partition is computed as it was and as it
 * is, and the rows whose values differ are updated. Rows that no change can be seen from are passed
 * over, and where functions look a number of rows back and on, those around the changes are all
 * that is looked at.
 *
 * With a TTL a partition is forgotten when no row of it has come or gone for so long; what was
 * given out for its rows stays. */
#include <assert.h>
#include <stddef.h>

#include "executor/op/ops.h"
#include "executor/op/ordered_rows.h"
#include "executor/op/over_values.h"
#include "executor/run/reject.h"
#include "storage/state/expiry.h"

typedef struct Partition {
    uint64_t rows;
    uint64_t touched; /* its place among those that the changes at hand touch, + 1; 0: not there */
    ExpiryLink link;  /* only where there is a TTL */
} Partition;

typedef struct UpdatingOp {
    Op op;
    const PlanOver *plan;
    uint64_t number; /* of the next row: its place in the order of arrival */
    KeyShape key;
    KeyedMap partitions; /* an entry's number is its group among the rows */
    Expiry expiry;       /* of the partitions, where there is a TTL */
    OrderedRows rows;
    OrderedRows gone; /* those that the changes at hand have taken back; empty between them */
    OverValues values;
} UpdatingOp;

static Status updating_open(Op *op, Diag *diag)
{
    (void)diag;
    UpdatingOp *self = (UpdatingOp *)op;
    const PlanOver *plan = self->plan = &op->plan->as.over;
    const Schema *input = &op->plan->input[0]->schema;
    const Type *type[KEY_MAX_COLUMNS];
    for (uint32_t i = 0; i < plan->partitions && i < KEY_MAX_COLUMNS; i++)
        type[i] = &input->field[plan->partition[i]].type;
    TRY(key_shape(type, plan->partitions, &self->key));
    uint32_t size = op->plan->ttl > 0 ? sizeof(Partition) : offsetof(Partition, link);
    keyed_map_open(&self->partitions, &self->key, size, op->env->seed, &op->meter);
    if (op->plan->ttl > 0)
        expiry_open(&self->expiry, &self->partitions, offsetof(Partition, link), op->plan->ttl);
    TRY(ordered_rows_open(&self->rows, input, plan->order, plan->orders, &op->meter));
    TRY(ordered_rows_open(&self->gone, input, plan->order, plan->orders, &op->meter));
    return over_values_open(&self->values, op, plan);
}

/* --- partitions that are forgotten --- */

static bool expires(const UpdatingOp *self)
{
    return self->op.plan->ttl > 0;
}

static void forget_partition(UpdatingOp *self, uint32_t entry)
{
    if (expires(self))
        expiry_forget(&self->expiry, entry);
    keyed_map_remove(&self->partitions, entry);
}

static Status forget_expired(Op *op, Micros now)
{
    UpdatingOp *self = (UpdatingOp *)op;
    uint32_t entry;
    if (!expires(self))
        return ST_OK;
    while (expiry_find(&self->expiry, now, &entry)) {
        ordered_rows_clear(&self->rows, entry);
        forget_partition(self, entry);
    }
    keyed_map_trim(&self->partitions);
    return ST_OK;
}

static Micros updating_clock_due(const Op *op)
{
    const UpdatingOp *self = (const UpdatingOp *)op;
    return expires(self) ? expiry_due(&self->expiry) : MICROS_MAX;
}

/* --- the changes at hand --- */

/* A partition in which rows have come or gone, and where the first and the last of them stand: each
 * a copy without a row. */
typedef struct Touched {
    uint32_t partition;
    OrderedRow first, last;
    uint64_t gone; /* rows that were there before */
} Touched;

typedef struct Changes {
    uint64_t number; /* rows from this one on are new */
    uint32_t count;
    Touched *touched;
    Micros watermark;
} Changes;

static Status copy_place(UpdatingOp *self, const OrderedRow *from, OrderedRow *to)
{
    *to = (OrderedRow){.number = from->number};
    return arena_text(&self->op.scratch, from->key, &to->key);
}

/* A row of the partition has come or gone. */
static Status touch(UpdatingOp *self, Changes *changes, uint32_t entry, const OrderedRow *row,
                    Touched **out)
{
    Partition *partition = keyed_map_value_write(&self->partitions, entry);
    bool fresh = partition->touched == 0;
    if (fresh)
        partition->touched = ++changes->count;
    Touched *touched = *out = &changes->touched[partition->touched - 1];
    touched->partition = entry;
    if (fresh || ordered_rows_compare(row, &touched->first) < 0)
        TRY(copy_place(self, row, &touched->first));
    if (fresh || ordered_rows_compare(row, &touched->last) > 0)
        TRY(copy_place(self, row, &touched->last));
    return ST_OK;
}

/* When all has been told of it; the last row takes its partition along. */
static void settle_partition(UpdatingOp *self, uint32_t entry)
{
    Partition *partition = keyed_map_value_write(&self->partitions, entry);
    ordered_rows_clear(&self->gone, entry);
    partition->touched = 0;
    if (partition->rows == 0)
        forget_partition(self, entry);
    else if (expires(self))
        expiry_mark(&self->expiry, entry, self->op.env->eval.now);
}

/* --- a partition --- */

/* Both sides of a partition, row by row. */
typedef struct Walk {
    OrderedRow row, gone;
    bool more_rows, more_gone;
} Walk;

/* What comes next: false at the end. */
static bool walk_next(const UpdatingOp *self, const Changes *changes, Walk *walk, OrderedRow *out,
                      uint8_t *side)
{
    bool gone =
        walk->more_gone && (!walk->more_rows || ordered_rows_compare(&walk->gone, &walk->row) < 0);
    if (!gone && !walk->more_rows)
        return false;
    *out = gone ? walk->gone : walk->row;
    *side = gone ? OVER_OLD : out->number >= changes->number ? OVER_NEW : OVER_BOTH;
    if (gone)
        walk->more_gone = ordered_rows_next(&self->gone, &walk->gone);
    else
        walk->more_rows = ordered_rows_next(&self->rows, &walk->row);
    return true;
}

/* From row number `place` on, in front of which nothing has changed. */
static void walk_begin(const UpdatingOp *self, uint32_t partition, uint64_t place, Walk *walk)
{
    walk->more_rows = ordered_rows_begin_at(&self->rows, partition, place, &walk->row);
    walk->more_gone = ordered_rows_begin(&self->gone, partition, &walk->gone);
}

/* The place of the first row that is equal to it in the order. */
static Status find_peers(UpdatingOp *self, uint32_t partition, const OrderedRow *row, uint64_t *out)
{
    Text key;
    TRY(arena_text(&self->op.scratch, row->key, &key));
    return ordered_rows_before(&self->rows, partition, key, 0, out);
}

/* Which rows can have other values than before, and which are needed to compute them. */
static Status find_bounds(UpdatingOp *self, const Touched *touched, uint64_t *need, uint64_t *from)
{
    const OverReach *reach = &self->values.reach;
    const OrderedRow *first = &touched->first;
    *need = *from = 0;
    if (reach->everywhere)
        return ST_OK;
    TRY(ordered_rows_before(&self->rows, touched->partition, first->key,
                            reach->by_rows ? first->number : 0, from));
    *from = *from > reach->ahead ? *from - reach->ahead : 0;
    *need = reach->from_first || *from < reach->back ? 0 : *from - reach->back;
    if (reach->by_rows || reach->ahead + reach->back == 0)
        return ST_OK;
    /* Some functions look at peers, others at rows before: the list begins with whole peers. */
    OrderedRow row;
    if (*from > 0 && ordered_rows_begin_at(&self->rows, touched->partition, *from, &row))
        TRY(find_peers(self, touched->partition, &row, from));
    if (*need > 0 && ordered_rows_begin_at(&self->rows, touched->partition, *need, &row))
        TRY(find_peers(self, touched->partition, &row, need));
    return ST_OK;
}

/* How many rows stand from `need` on to where the last change is seen from, on both sides. */
static uint32_t measure_list(const UpdatingOp *self, const Changes *changes, const Touched *touched,
                             uint64_t need, uint32_t *until)
{
    const OverReach *reach = &self->values.reach;
    uint64_t all =
        ((const Partition *)keyed_map_value(&self->partitions, touched->partition))->rows;
    uint64_t behind = (uint64_t)reach->back + reach->ahead;
    uint32_t count = 0;
    uint8_t side;
    Walk walk;
    OrderedRow row;
    if (!reach->by_rows) {
        count = (uint32_t)(all - need + touched->gone);
        *until = count;
        return count;
    }
    walk_begin(self, touched->partition, need, &walk);
    bool more = walk_next(self, changes, &walk, &row, &side);
    while (more && ordered_rows_compare(&row, &touched->last) <= 0) {
        count++;
        more = walk_next(self, changes, &walk, &row, &side);
    }
    *until = count;
    for (uint64_t i = 0; more && i < behind; i++) {
        count++;
        *until += i < reach->back;
        more = walk_next(self, changes, &walk, &row, &side);
    }
    return count;
}

static Status load_list(UpdatingOp *self, const Changes *changes, const Touched *touched,
                        OverList *list)
{
    uint64_t need, from;
    uint32_t until;
    uint8_t side;
    Walk walk;
    OrderedRow row;
    Text before = {0};
    TRY(find_bounds(self, touched, &need, &from));
    TRY(over_list_make(&self->values, measure_list(self, changes, touched, need, &until), list));
    list->before = need;
    list->from = (uint32_t)(from - need);
    list->until = until;
    walk_begin(self, touched->partition, need, &walk);
    for (uint32_t i = 0; i < list->rows; i++) {
        bool more = walk_next(self, changes, &walk, &row, &side);
        assert(more);
        TRY(row_decode(&self->rows.layout, row.row, list->column, i, &self->op.scratch));
        list->peer[i] = i > 0 && !text_equal(before, row.key);
        list->side[i] = side;
        before = row.key;
    }
    return ST_OK;
}

/* --- what has changed --- */

typedef struct Emission {
    UpdatingOp *self;
    const OverList *list;
    Batch out;
    Column *column;
    uint8_t *kind;
} Emission;

static Status emission_flush(Emission *emission)
{
    if (emission->out.rows == 0)
        return ST_OK;
    TRY(op_emit(&emission->self->op, &emission->out));
    emission->out.rows = emission->out.selected = 0;
    return ST_OK;
}

static Status emission_make(UpdatingOp *self, const OverList *list, Micros watermark, Emission *out)
{
    Op *op = &self->op;
    uint32_t rows = 2 * (uint64_t)list->rows < BATCH_ROWS ? 2 * list->rows : BATCH_ROWS;
    *out = (Emission){.self = self, .list = list};
    TRY(op_make_columns(op, &op->plan->schema, rows, &out->column));
    TRY_NEW_ARRAY(out->kind, &op->scratch, rows);
    out->out = (Batch){.kind = out->kind,
                       .watermark_before = watermark,
                       .columns = (uint16_t)op->plan->schema.count,
                       .column = out->column};
    return ST_OK;
}

static Status emit_row(Emission *emission, RowKind kind, const Column *value, uint32_t row)
{
    UpdatingOp *self = emission->self;
    const OverList *list = emission->list;
    uint32_t width = self->op.plan->input[0]->schema.count, at = emission->out.rows;
    if (kind == ROW_UPDATE_BEFORE && self->op.plan->changelog == CHANGELOG_UPSERT)
        return ST_OK;
    for (uint32_t c = 0; c < width; c++)
        TRY(column_copy_cell(&self->op.scratch, &emission->column[c], at, &list->column[c], row));
    for (uint32_t c = 0; c < self->plan->calls; c++)
        TRY(column_copy_cell(&self->op.scratch, &emission->column[width + c], at, &value[c], row));
    emission->kind[at] = (uint8_t)kind;
    emission->out.rows = emission->out.selected = (uint16_t)(at + 1);
    return at + 1 == BATCH_ROWS ? emission_flush(emission) : ST_OK;
}

static Status emit_side(Emission *emission, uint8_t side, RowKind kind, const Column *value)
{
    const OverList *list = emission->list;
    for (uint32_t i = list->from; i < list->until; i++) {
        if (list->side[i] == side)
            TRY(emit_row(emission, kind, value, i));
    }
    return ST_OK;
}

/* What goes comes first, since it may come again as another row of the same key. */
static Status emit_changes(UpdatingOp *self, const OverList *list, Micros watermark,
                           const Column *old, const Column *new)
{
    Emission emission;
    TRY(emission_make(self, list, watermark, &emission));
    TRY(emit_side(&emission, OVER_OLD, ROW_DELETE, old));
    for (uint32_t i = list->from; i < list->until; i++) {
        bool same = list->side[i] != OVER_BOTH;
        if (!same)
            TRY(over_values_equal(&self->values, old, new, i, &same));
        if (same)
            continue;
        TRY(emit_row(&emission, ROW_UPDATE_BEFORE, old, i));
        TRY(emit_row(&emission, ROW_UPDATE_AFTER, new, i));
    }
    TRY(emit_side(&emission, OVER_NEW, ROW_INSERT, new));
    return emission_flush(&emission);
}

static Status tell_partition(UpdatingOp *self, const Changes *changes, const Touched *touched)
{
    Arena *scratch = &self->op.scratch;
    ArenaMark mark = arena_mark(scratch);
    Column *old, *new;
    OverList list;
    TRY(load_list(self, changes, touched, &list));
    TRY(over_values_compute(&self->values, &list, OVER_OLD, &old));
    TRY(over_values_compute(&self->values, &list, OVER_NEW, &new));
    TRY(emit_changes(self, &list, changes->watermark, old, new));
    settle_partition(self, touched->partition);
    arena_release(scratch, mark);
    return ST_OK;
}

/* --- rows --- */

static Status add_row(UpdatingOp *self, const Batch *in, uint32_t row, const KeyBatch *key,
                      Changes *changes)
{
    uint32_t entry;
    Touched *touched;
    OrderedRow added = {.number = self->number++};
    TRY(keyed_map_upsert(&self->partitions, key, &entry, NULL));
    TRY(ordered_rows_key(&self->rows, in, row, &added.key));
    TRY(touch(self, changes, entry, &added, &touched));
    TRY(ordered_rows_add(&self->rows, entry, added.number, in, row, NULL));
    ((Partition *)keyed_map_value_write(&self->partitions, entry))->rows++;
    return ST_OK;
}

/* What never came cannot be taken back: ignored, as Flink does. */
static Status remove_row(UpdatingOp *self, const Batch *in, uint32_t row, const KeyBatch *key,
                         Changes *changes)
{
    OrderedRow found;
    Touched *touched;
    Text order;
    bool there;
    int64_t entry = keyed_map_find(&self->partitions, key->words,
                                   key->nulls == NULL ? 0 : *key->nulls, *key->hash);
    if (entry < 0)
        return ST_OK;
    TRY(ordered_rows_find(&self->rows, (uint32_t)entry, in, row, &there, &found));
    if (!there)
        return ST_OK;
    TRY(touch(self, changes, (uint32_t)entry, &found, &touched));
    if (found.number < changes->number) {
        TRY(ordered_rows_key(&self->gone, in, row, &order));
        TRY(ordered_rows_add(&self->gone, (uint32_t)entry, found.number, in, row, NULL));
        touched->gone++;
    }
    ordered_rows_remove(&self->rows, &found);
    ((Partition *)keyed_map_value_write(&self->partitions, (uint32_t)entry))->rows--;
    return ST_OK;
}

/* Selected rows of the batch, from number `from` up to `to`, as one change. */
static Status take_rows(UpdatingOp *self, const Batch *in, const KeyBatch *keys, uint32_t from,
                        uint32_t to)
{
    Changes changes = {.number = self->number,
                       .watermark = batch_watermark(in, batch_row(in, to - 1))};
    ArenaMark mark = arena_mark(&self->op.scratch);
    TRY_NEW_ARRAY(changes.touched, &self->op.scratch, to - from);
    for (uint32_t i = from; i < to; i++) {
        uint32_t row = batch_row(in, i);
        KeyBatch one = key_batch_part(&self->key, keys, i, i + 1);
        TRY(row_kind_adds(batch_kind(in, row)) ? add_row(self, in, row, &one, &changes)
                                               : remove_row(self, in, row, &one, &changes));
    }
    for (uint32_t i = 0; i < changes.count; i++)
        TRY(tell_partition(self, &changes, &changes.touched[i]));
    arena_release(&self->op.scratch, mark);
    return ST_OK;
}

static Status updating_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    UpdatingOp *self = (UpdatingOp *)op;
    KeyBatch keys;
    TRY(forget_expired(op, op->env->eval.now));
    TRY(key_encode(&self->key, in, self->plan->partition, op->env->seed, &op->scratch, &keys));
    reject_count_used(op, in, in->selected);
    uint32_t step = self->plan->net ? in->selected : 1;
    for (uint32_t i = 0; i < in->selected; i += step)
        TRY(take_rows(self, in, &keys, i, i + step));
    return ST_OK;
}

static Status updating_state(Op *op, StateWalk *walk)
{
    UpdatingOp *self = (UpdatingOp *)op;
    TRY(STATE_WALK(walk, self->number));
    TRY(state_walk_keyed_map(walk, &self->partitions));
    TRY(ordered_rows_walk(&self->rows, walk));
    return expires(self) ? expiry_walk(&self->expiry, walk) : ST_OK;
}

static void updating_close(Op *op)
{
    UpdatingOp *self = (UpdatingOp *)op;
    if (self->plan != NULL)
        keyed_map_close(&self->partitions);
    ordered_rows_close(&self->rows);
    ordered_rows_close(&self->gone);
    over_values_close(&self->values);
}

static void updating_measure(const Op *op, OpMeasure *out)
{
    out->groups = keyed_map_count(&((const UpdatingOp *)op)->partitions);
}

const OpClass over_updates_class = {.size = sizeof(UpdatingOp),
                                    .open = updating_open,
                                    .push = updating_push,
                                    .clock_due = updating_clock_due,
                                    .clock = forget_expired,
                                    .state = updating_state,
                                    .measure = updating_measure,
                                    .close = updating_close};
