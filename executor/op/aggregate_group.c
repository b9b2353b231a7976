/* GroupAggregate: GROUP BY without windows. Each row changes its group, and the group's result is
 * kept current by updates.
 *
 * In the retract form every change goes out on its own: +I for a new group, -U old and +U new for a
 * changed result, nothing when it did not change, -D when the last row was taken back. In the
 * upsert form, for consumers that keep only the last value per key, a batch gives one +I, +U or -D
 * for each group that it touched. */
#include "executor/op/aggregate_set.h"
#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/data/nested.h"

/* At the head of each group's value. */
typedef struct GroupHeader {
    int64_t rows;     /* in the group now */
    uint32_t touched; /* its place among those that the batch at hand changes, if it is there */
    uint32_t emitted; /* its result is out */
} GroupHeader;

typedef struct GroupAggregateOp {
    Op op;
    AggregateSet set;
    GroupStates states;
} GroupAggregateOp;

static Status group_open(Op *op, Diag *diag)
{
    (void)diag;
    GroupAggregateOp *self = (GroupAggregateOp *)op;
    TRY(aggregate_set_open(&self->set, op, &op->plan->as.group_aggregate, sizeof(GroupHeader)));
    return group_states_open(&self->states, &self->set);
}

static const GroupHeader *header(const GroupAggregateOp *self, uint32_t entry)
{
    return keyed_map_value(&self->states.groups, entry);
}

static GroupHeader *header_write(GroupAggregateOp *self, uint32_t entry)
{
    return keyed_map_value_write(&self->states.groups, entry);
}

static bool same_cell(const Column *a, const Column *b, uint32_t row)
{
    bool null = column_is_null(a, row);
    if (null || column_is_null(b, row))
        return null == column_is_null(b, row);
    switch (a->phys) {
    case PHYS_BOOL: return a->data.b[row] == b->data.b[row];
    case PHYS_I64: return a->data.i64[row] == b->data.i64[row];
    case PHYS_F64: return memcmp(&a->data.f64[row], &b->data.f64[row], sizeof(double)) == 0;
    case PHYS_I128: return a->data.i128[row] == b->data.i128[row];
    case PHYS_STR: return str_equal(&a->data.str[row], &b->data.str[row]);
    case PHYS_NESTED: return nested_equal(a, row, b, row);
    }
    return false;
}

/* --- upsert form: the net effect of a batch --- */

static Status emit_touched(GroupAggregateOp *self, const Batch *in, const uint32_t *entry,
                           uint32_t count)
{
    Op *op = &self->op;
    Column *column;
    uint8_t *kind;
    TRY(op_make_columns(op, &op->plan->schema, count, &column));
    TRY_NEW_ARRAY(kind, &op->scratch, count);
    TRY(aggregate_set_emit(&self->set, &self->states, entry, count, column));
    uint16_t *sel;
    uint16_t selected = 0;
    TRY_NEW_ARRAY(sel, &op->scratch, count);
    for (uint32_t i = 0; i < count; i++) {
        GroupHeader *group = header_write(self, entry[i]);
        kind[i] = group->rows == 0 ? ROW_DELETE : group->emitted ? ROW_UPDATE_AFTER : ROW_INSERT;
        sel[selected] = (uint16_t)i;
        /* What came and went within the batch is nothing. */
        selected = (uint16_t)(selected + (group->rows != 0 || group->emitted));
        group->emitted = 1;
    }
    Batch out = {.rows = (uint16_t)count,
                 .selected = selected,
                 .sel = sel,
                 .kind = kind,
                 .watermark_before = batch_watermark(in, in->rows - 1u),
                 .columns = (uint16_t)op->plan->schema.count,
                 .column = column};
    TRY(op_emit(op, &out));
    for (uint32_t i = 0; i < count; i++) {
        if (header(self, entry[i])->rows == 0)
            aggregate_set_remove(&self->set, &self->states, entry[i]);
    }
    return ST_OK;
}

static Status push_upsert(GroupAggregateOp *self, const Batch *in, uint16_t *row, uint32_t *entry)
{
    uint32_t *touched, count = 0, kept = 0, applied = 0;
    TRY_NEW_ARRAY(touched, &self->op.scratch, in->selected);
    for (uint32_t i = 0; i < in->selected; i++) {
        GroupHeader *group = header_write(self, entry[i]);
        bool adds = row_kind_adds(batch_kind(in, row[i]));
        if (group->touched >= count || touched[group->touched] != entry[i]) {
            group->touched = count;
            touched[count++] = entry[i];
        }
        if (!adds && group->rows == 0)
            continue; /* takes back what never came: ignored, as Flink does */
        group->rows += adds ? 1 : -1;
        uint32_t one = entry[i];
        row[kept] = row[i];
        entry[kept++] = one;
        if (group->rows > 0)
            continue;
        /* It may fill again: then as a new group would, however the rows were cut into batches. */
        TRY(aggregate_set_apply(&self->set, &self->states, in, row + applied, entry + applied,
                                kept - applied));
        aggregate_set_reset(&self->set, &self->states, one);
        applied = kept;
    }
    TRY(aggregate_set_apply(&self->set, &self->states, in, row + applied, entry + applied,
                            kept - applied));
    return emit_touched(self, in, touched, count);
}

/* --- retract form: every change --- */

/* What goes out for one batch, row by row. */
typedef struct Changes {
    Column *column;
    uint8_t *kind;
    Micros *watermark;
    uint16_t rows;
} Changes;

static Status add_change(GroupAggregateOp *self, Changes *changes, RowKind kind,
                         const Column *value, Micros watermark)
{
    for (uint32_t c = 0; c < self->op.plan->schema.count; c++) {
        /* A long string of the state may be gone with the group's next change. */
        TRY(column_keep_cell(&self->op.scratch, &changes->column[c], changes->rows, &value[c], 0));
    }
    changes->kind[changes->rows] = (uint8_t)kind;
    changes->watermark[changes->rows] = watermark;
    changes->rows++;
    return ST_OK;
}

/* The group's result as it is now, with strings that outlive the group's next change. */
static Status snapshot(GroupAggregateOp *self, uint32_t entry, Column **out)
{
    TRY(op_make_columns(&self->op, &self->op.plan->schema, 1, out));
    TRY(aggregate_set_emit(&self->set, &self->states, &entry, 1, *out));
    for (uint32_t c = 0; c < self->op.plan->schema.count; c++) {
        Column *column = &(*out)[c];
        if (column->phys == PHYS_STR && !column_is_null(column, 0))
            TRY(str_copy(&self->op.scratch, &column->data.str[0], &column->data.str[0]));
    }
    return ST_OK;
}

static bool same_result(const GroupAggregateOp *self, const Column *a, const Column *b)
{
    for (uint32_t c = 0; c < self->op.plan->schema.count; c++) {
        if (!same_cell(&a[c], &b[c], 0))
            return false;
    }
    return true;
}

static Status apply_one(GroupAggregateOp *self, const Batch *in, uint16_t row, uint32_t entry,
                        Changes *changes)
{
    Column *old = NULL, *new;
    GroupHeader *group = header_write(self, entry);
    bool existed = group->rows > 0;
    Micros watermark = batch_watermark(in, row);
    if (existed)
        TRY(snapshot(self, entry, &old));
    group->rows += row_kind_adds(batch_kind(in, row)) ? 1 : -1;
    TRY(aggregate_set_apply(&self->set, &self->states, in, &row, &entry, 1));
    if (group->rows == 0) {
        TRY(add_change(self, changes, ROW_DELETE, old, watermark));
        aggregate_set_remove(&self->set, &self->states, entry);
        return ST_OK;
    }
    TRY(snapshot(self, entry, &new));
    if (!existed)
        return add_change(self, changes, ROW_INSERT, new, watermark);
    if (same_result(self, old, new))
        return ST_OK;
    TRY(add_change(self, changes, ROW_UPDATE_BEFORE, old, watermark));
    return add_change(self, changes, ROW_UPDATE_AFTER, new, watermark);
}

static Status flush_changes(GroupAggregateOp *self, Changes *changes)
{
    Op *op = &self->op;
    Batch out = {.rows = changes->rows,
                 .selected = changes->rows,
                 .kind = changes->kind,
                 .watermark = changes->watermark,
                 .columns = (uint16_t)op->plan->schema.count,
                 .column = changes->column};
    changes->rows = 0;
    return op_emit(op, &out);
}

/* One row at a time, since a group's number can be given to another key as soon as it is empty. */
static Status push_retract(GroupAggregateOp *self, const Batch *in, const KeyBatch *keys)
{
    Op *op = &self->op;
    Changes changes = {0};
    TRY(op_make_columns(op, &op->plan->schema, BATCH_ROWS, &changes.column));
    TRY_NEW_ARRAY(changes.kind, &op->scratch, BATCH_ROWS);
    TRY_NEW_ARRAY(changes.watermark, &op->scratch, BATCH_ROWS);
    for (uint32_t i = 0; i < in->selected; i++) {
        uint16_t row = (uint16_t)batch_row(in, i);
        KeyBatch one = key_batch_part(&self->set.key, keys, i, i + 1);
        if (!row_kind_adds(batch_kind(in, row)) &&
            keyed_map_find(&self->states.groups, one.words, one.nulls == NULL ? 0 : *one.nulls,
                           *one.hash) < 0)
            continue; /* takes back what never came: ignored, as Flink does */
        uint32_t entry;
        TRY(keyed_map_upsert(&self->states.groups, &one, &entry, NULL));
        TRY(apply_one(self, in, row, entry, &changes));
        if (changes.rows > BATCH_ROWS - 2)
            TRY(flush_changes(self, &changes));
    }
    return flush_changes(self, &changes);
}

static Status group_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    GroupAggregateOp *self = (GroupAggregateOp *)op;
    KeyBatch keys;
    TRY(aggregate_set_keys(&self->set, in, &keys));
    reject_count_used(op, in, in->selected);
    if (op->plan->changelog != CHANGELOG_UPSERT)
        return push_retract(self, in, &keys);
    uint16_t *row;
    uint32_t *entry;
    TRY_NEW_ARRAY(row, &op->scratch, in->selected);
    TRY_NEW_ARRAY(entry, &op->scratch, in->selected);
    for (uint32_t i = 0; i < in->selected; i++)
        row[i] = (uint16_t)batch_row(in, i);
    TRY(keyed_map_upsert(&self->states.groups, &keys, entry, NULL));
    return push_upsert(self, in, row, entry);
}

static Status group_state(Op *op, StateWalk *walk)
{
    GroupAggregateOp *self = (GroupAggregateOp *)op;
    return group_states_walk(&self->states, &self->set, walk);
}

static void group_close(Op *op)
{
    GroupAggregateOp *self = (GroupAggregateOp *)op;
    group_states_close(&self->states, &self->set);
    aggregate_set_close(&self->set);
}

static void group_measure(const Op *op, OpMeasure *out)
{
    out->groups = keyed_map_count(&((const GroupAggregateOp *)op)->states.groups);
}

const OpClass group_aggregate_class = {.size = sizeof(GroupAggregateOp),
                                       .open = group_open,
                                       .push = group_push,
                                       .state = group_state,
                                       .measure = group_measure,
                                       .close = group_close};
