/* UpdatingOver: functions over the rows around each row, in an order that is not that of time: any
 * row that comes or goes may change what was given out for others of its partition.
 *
 * All rows are kept, those of each partition in their order. Of a change the partition is computed
 * as it was without it and as it is with it, and the rows whose values differ are updated. Rows
 * before the change are passed over where no frame looks on. */
#include <assert.h>

#include "executor/op/ops.h"
#include "executor/op/ordered_rows.h"
#include "executor/op/over_values.h"
#include "executor/run/reject.h"

typedef struct UpdatingOp {
    Op op;
    const PlanOver *plan;
    uint64_t number; /* of the next row: its place in the order of arrival */
    KeyShape key;
    KeyedMap partitions; /* how many rows each has; an entry's number is its group among the rows */
    OrderedRows rows;
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
    keyed_map_open(&self->partitions, &self->key, sizeof(uint64_t), op->env->seed, &op->meter);
    TRY(ordered_rows_open(&self->rows, input, plan->order, plan->orders, &op->meter));
    return over_values_open(&self->values, op, plan);
}

/* --- a partition --- */

/* The rows of a partition, and among them the one that comes or goes. */
typedef struct Change {
    uint32_t partition;
    bool adds;
    Micros watermark;
    uint64_t number; /* of the row */
    OverList list;
    uint32_t at; /* where the row stands in it */
} Change;

static Status load_partition(UpdatingOp *self, Change *change)
{
    Arena *scratch = &self->op.scratch;
    const uint64_t *rows = keyed_map_value(&self->partitions, change->partition);
    OverList *list = &change->list;
    OrderedRow row;
    Text before = {0};
    TRY(over_list_make(&self->values, (uint32_t)*rows, list));
    bool more = ordered_rows_begin(&self->rows, change->partition, &row);
    for (uint32_t i = 0; more; i++, more = ordered_rows_next(&self->rows, &row)) {
        assert(i < list->rows);
        TRY(row_decode(&self->rows.layout, row.row, list->column, i, scratch));
        list->peer[i] = i > 0 && !text_equal(before, row.key);
        before = row.key;
        if (row.number == change->number)
            change->at = i;
    }
    return ST_OK;
}

/* --- what has changed --- */

typedef struct Emission {
    UpdatingOp *self;
    const Change *change;
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

static Status emission_make(UpdatingOp *self, const Change *change, Emission *out)
{
    Op *op = &self->op;
    uint32_t rows = 2 * change->list.rows < BATCH_ROWS ? 2 * change->list.rows : BATCH_ROWS;
    *out = (Emission){.self = self, .change = change};
    TRY(op_make_columns(op, &op->plan->schema, rows, &out->column));
    TRY_NEW_ARRAY(out->kind, &op->scratch, rows);
    out->out = (Batch){.kind = out->kind,
                       .watermark_before = change->watermark,
                       .columns = (uint16_t)op->plan->schema.count,
                       .column = out->column};
    return ST_OK;
}

static Status emit_row(Emission *emission, RowKind kind, const Column *value, uint32_t row)
{
    UpdatingOp *self = emission->self;
    const OverList *list = &emission->change->list;
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

/* Gives out the changes of a row's coming or going. `old` and `new`: values before and after it. */
static Status emit_changes(UpdatingOp *self, const Change *change, uint32_t from, const Column *old,
                           const Column *new)
{
    Emission emission;
    TRY(emission_make(self, change, &emission));
    if (!change->adds)
        TRY(emit_row(&emission, ROW_DELETE, old, change->at));
    for (uint32_t i = from; i < change->list.rows; i++) {
        bool same = i == change->at;
        if (!same)
            TRY(over_values_equal(&self->values, old, new, i, &same));
        if (same)
            continue;
        TRY(emit_row(&emission, ROW_UPDATE_BEFORE, old, i));
        TRY(emit_row(&emission, ROW_UPDATE_AFTER, new, i));
    }
    if (change->adds)
        TRY(emit_row(&emission, ROW_INSERT, new, change->at));
    return emission_flush(&emission);
}

/* The row of the change stands among the others. */
static Status tell_change(UpdatingOp *self, Change *change)
{
    Arena *scratch = &self->op.scratch;
    ArenaMark mark = arena_mark(scratch);
    Column *with, *without;
    TRY(load_partition(self, change));
    uint32_t from = over_list_affected(&self->values, &change->list, change->at);
    TRY(over_values_compute(&self->values, &change->list, OVER_LIST_ALL, from, &with));
    TRY(over_values_compute(&self->values, &change->list, change->at, from, &without));
    TRY(emit_changes(self, change, from, change->adds ? without : with,
                     change->adds ? with : without));
    arena_release(scratch, mark);
    return ST_OK;
}

/* --- rows --- */

static Status add_row(UpdatingOp *self, const Batch *in, uint32_t row, const KeyBatch *key)
{
    Change change = {.adds = true, .watermark = batch_watermark(in, row), .number = self->number++};
    Text order;
    TRY(keyed_map_upsert(&self->partitions, key, &change.partition, NULL));
    TRY(ordered_rows_key(&self->rows, in, row, &order));
    TRY(ordered_rows_add(&self->rows, change.partition, change.number, in, row, NULL));
    ++*(uint64_t *)keyed_map_value_write(&self->partitions, change.partition);
    return tell_change(self, &change);
}

/* What never came cannot be taken back: ignored, as Flink does. */
static Status remove_row(UpdatingOp *self, const Batch *in, uint32_t row, const KeyBatch *key)
{
    Change change = {.watermark = batch_watermark(in, row)};
    OrderedRow found;
    bool there;
    int64_t entry = keyed_map_find(&self->partitions, key->words,
                                   key->nulls == NULL ? 0 : *key->nulls, *key->hash);
    if (entry < 0)
        return ST_OK;
    change.partition = (uint32_t)entry;
    TRY(ordered_rows_find(&self->rows, change.partition, in, row, &there, &found));
    if (!there)
        return ST_OK;
    change.number = found.number;
    TRY(tell_change(self, &change));
    TRY(ordered_rows_find(&self->rows, change.partition, in, row, &there, &found));
    ordered_rows_remove(&self->rows, &found);
    uint64_t *rows = keyed_map_value_write(&self->partitions, change.partition);
    if (--*rows == 0)
        keyed_map_remove(&self->partitions, change.partition);
    return ST_OK;
}

static Status updating_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    UpdatingOp *self = (UpdatingOp *)op;
    KeyBatch keys;
    TRY(key_encode(&self->key, in, self->plan->partition, op->env->seed, &op->scratch, &keys));
    reject_count_used(op, in, in->selected);
    for (uint32_t i = 0; i < in->selected; i++) {
        uint32_t row = batch_row(in, i);
        KeyBatch one = key_batch_part(&self->key, &keys, i, i + 1);
        TRY(row_kind_adds(batch_kind(in, row)) ? add_row(self, in, row, &one)
                                               : remove_row(self, in, row, &one));
    }
    return ST_OK;
}

static Status updating_state(Op *op, StateWalk *walk)
{
    UpdatingOp *self = (UpdatingOp *)op;
    TRY(STATE_WALK(walk, self->number));
    TRY(state_walk_keyed_map(walk, &self->partitions));
    return ordered_rows_walk(&self->rows, walk);
}

static void updating_close(Op *op)
{
    UpdatingOp *self = (UpdatingOp *)op;
    if (self->plan != NULL)
        keyed_map_close(&self->partitions);
    ordered_rows_close(&self->rows);
    over_values_close(&self->values);
}

static void updating_measure(const Op *op, OpMeasure *out)
{
    out->groups = keyed_map_count(&((const UpdatingOp *)op)->partitions);
}

const OpClass over_updates_class = {.size = sizeof(UpdatingOp),
                                    .open = updating_open,
                                    .push = updating_push,
                                    .state = updating_state,
                                    .measure = updating_measure,
                                    .close = updating_close};
