/* GroupAggregate: GROUP BY without windows. Each row changes its group, and the group's result is
 * kept current by updates.
 *
 * In the retract form every change goes out on its own: +I for a new group, -U old and +U new for a
 * changed result, nothing when it did not change, -D when the last row was taken back. In the
 * upsert form, for consumers that keep only the last value per key, a batch gives one +I, +U or -D
 * for each group that it touched.
 *
 * With a TTL a group that no row has changed for so long is forgotten: its result stays where it
 * is, and the next row of the key makes a new group. A result that did not change goes out then as
 * well, since what stands above is to keep its state of the group alive as long. */
#include "executor/op/aggregate_set.h"
#include "executor/op/group_changes.h"
#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/data/nested.h"

/* At the head of each group's value. */
typedef struct GroupHeader {
    int64_t rows;     /* in the group now */
    uint32_t touched; /* its place among those that the batch at hand changes, if it is there */
    uint32_t emitted; /* its result is out */
} GroupHeader;

/* With a TTL an ExpiryLink follows. */

typedef struct GroupAggregateOp {
    Op op;
    AggregateSet set;
    GroupStates states;
    Expiry expiry; /* of the groups, where there is a TTL */
    GroupChanges changes;
} GroupAggregateOp;

static Status group_open(Op *op, Diag *diag)
{
    (void)diag;
    GroupAggregateOp *self = (GroupAggregateOp *)op;
    group_changes_open(&self->changes, op);
    uint32_t link = op->plan->ttl > 0 ? (uint32_t)sizeof(ExpiryLink) : 0;
    TRY(aggregate_set_open(&self->set, op, &op->plan->as.group_aggregate,
                           (uint32_t)sizeof(GroupHeader) + link, 0));
    if (op->plan->ttl > 0)
        expiry_open(&self->expiry, &self->states.groups, sizeof(GroupHeader), op->plan->ttl);
    return group_states_open(&self->states, &self->set);
}

/* --- groups that are forgotten --- */

static bool expires(const GroupAggregateOp *self)
{
    return self->op.plan->ttl > 0;
}

static void forget_group(GroupAggregateOp *self, uint32_t entry)
{
    if (expires(self))
        expiry_forget(&self->expiry, entry);
    aggregate_set_remove(&self->set, &self->states, entry);
}

/* Before rows are taken, so that they do not meet what has expired; and in a while without any, so
 * that it does not take up memory. */
static Status forget_expired(Op *op, Micros now)
{
    GroupAggregateOp *self = (GroupAggregateOp *)op;
    uint32_t entry;
    if (!expires(self))
        return ST_OK;
    while (expiry_find(&self->expiry, now, &entry))
        forget_group(self, entry);
    aggregate_set_expire(&self->set, &self->states, now);
    keyed_map_trim(&self->states.groups);
    return ST_OK;
}

static Micros group_clock_due(const Op *op)
{
    const GroupAggregateOp *self = (const GroupAggregateOp *)op;
    if (!expires(self))
        return MICROS_MAX;
    Micros groups = expiry_due(&self->expiry);
    Micros values = aggregate_set_due(&self->set, &self->states);
    return groups < values ? groups : values;
}

/* --- what changes --- */

static const GroupHeader *header(const GroupAggregateOp *self, uint32_t entry)
{
    return keyed_map_value(&self->states.groups, entry);
}

static GroupHeader *header_write(GroupAggregateOp *self, uint32_t entry)
{
    return keyed_map_value_write(&self->states.groups, entry);
}

/* --- upsert form: the net effect of a batch --- */

static Status emit_some(GroupAggregateOp *self, const Batch *in, const uint32_t *entry,
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
            forget_group(self, entry[i]);
    }
    return ST_OK;
}

static Status emit_touched(GroupAggregateOp *self, const Batch *in, const uint32_t *entry,
                           uint32_t count)
{
    uint32_t portion = aggregate_set_portion(&self->set);
    for (uint32_t from = 0; from < count; from += portion) {
        ArenaMark mark = arena_mark(&self->op.scratch);
        TRY(emit_some(self, in, entry + from, count - from < portion ? count - from : portion));
        arena_release(&self->op.scratch, mark);
    }
    return ST_OK;
}

static Status push_upsert(GroupAggregateOp *self, const Batch *in, uint16_t *row, uint32_t *entry)
{
    uint32_t *touched, count = 0, kept = 0, applied = 0;
    uint64_t arrival = aggregate_set_arrival(&self->set, in);
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
        TRY(aggregate_set_apply(&self->set, &self->states, in, arrival, row + applied,
                                entry + applied, kept - applied));
        aggregate_set_reset(&self->set, &self->states, one);
        applied = kept;
    }
    TRY(aggregate_set_apply(&self->set, &self->states, in, arrival, row + applied, entry + applied,
                            kept - applied));
    for (uint32_t i = 0; expires(self) && i < count; i++)
        expiry_mark(&self->expiry, touched[i], self->op.env->eval.now);
    return emit_touched(self, in, touched, count);
}

/* --- retract form: every change --- */

/* A batch on its way in. */
typedef struct Intake {
    const Batch *batch;
    uint64_t arrival;  /* of the batch's row 0 */
    Column *old, *new; /* one row each: a group's result before and after a change */
} Intake;

static void clear_row(const GroupAggregateOp *self, Column *row)
{
    for (uint32_t c = 0; c < self->op.plan->schema.count; c++)
        bit_set(row[c].valid, 0);
}

/* The group's result before the change, with strings that outlive it; `row` is overwritten. */
static Status show_old(GroupAggregateOp *self, uint32_t entry, Column *row, Column *old)
{
    clear_row(self, row);
    TRY(aggregate_set_repeat(&self->set, &self->states, &entry, 1, row));
    for (uint32_t c = 0; c < self->op.plan->schema.count; c++)
        TRY(column_keep_cell(&self->op.scratch, &old[c], 0, &row[c], 0));
    return ST_OK;
}

static Status show_new(GroupAggregateOp *self, uint32_t entry, Column *row)
{
    clear_row(self, row);
    return aggregate_set_emit(&self->set, &self->states, &entry, 1, row);
}

static Status apply_one(GroupAggregateOp *self, const Intake *intake, uint16_t row, uint32_t entry)
{
    GroupChanges *changes = &self->changes;
    GroupHeader *group = header_write(self, entry);
    Column *old = intake->old, *new = intake->new;
    bool existed = group->rows > 0;
    if (existed)
        TRY(show_old(self, entry, new, old));
    group->rows += row_kind_adds(batch_kind(intake->batch, row)) ? 1 : -1;
    TRY(aggregate_set_apply(&self->set, &self->states, intake->batch, intake->arrival, &row, &entry,
                            1));
    changes->at = batch_watermark(intake->batch, row);
    if (group->rows == 0) {
        TRY(group_changes_add(changes, ROW_DELETE, old, 0));
        forget_group(self, entry);
        return ST_OK;
    }
    if (expires(self))
        expiry_mark(&self->expiry, entry, self->op.env->eval.now);
    TRY(show_new(self, entry, new));
    if (!existed)
        return group_changes_add(changes, ROW_INSERT, new, 0);
    if (!expires(self) && group_changes_are_same(&self->op, old, new, 0))
        return ST_OK;
    TRY(group_changes_add(changes, ROW_UPDATE_BEFORE, old, 0));
    return group_changes_add(changes, ROW_UPDATE_AFTER, new, 0);
}

/* Before the memory goes that they lie in. */
static void drop_elements(const GroupAggregateOp *self, Column *row)
{
    for (uint32_t c = 0; c < self->op.plan->schema.count; c++)
        column_drop_elements(&row[c], 1);
}

/* One row at a time, since a group's number can be given to another key as soon as it is empty. */
static Status push_retract(GroupAggregateOp *self, const Batch *in, const KeyBatch *keys)
{
    Op *op = &self->op;
    Intake intake = {.batch = in, .arrival = aggregate_set_arrival(&self->set, in)};
    TRY(group_changes_begin(&self->changes, BATCH_ROWS));
    TRY(op_make_columns(op, &op->plan->schema, 1, &intake.old));
    TRY(op_make_columns(op, &op->plan->schema, 1, &intake.new));
    for (uint32_t i = 0; i < in->selected; i++) {
        uint16_t row = (uint16_t)batch_row(in, i);
        KeyBatch one = key_batch_part(&self->set.key, keys, i, i + 1);
        if (!row_kind_adds(batch_kind(in, row)) &&
            keyed_map_find(&self->states.groups, one.words, one.nulls == NULL ? 0 : *one.nulls,
                           *one.hash) < 0)
            continue; /* takes back what never came: ignored, as Flink does */
        uint32_t entry;
        TRY(keyed_map_upsert(&self->states.groups, &one, &entry, NULL));
        ArenaMark mark = arena_mark(&op->scratch);
        TRY(apply_one(self, &intake, row, entry));
        drop_elements(self, intake.old);
        drop_elements(self, intake.new);
        arena_release(&op->scratch, mark);
    }
    return group_changes_flush(&self->changes);
}

static Status group_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    GroupAggregateOp *self = (GroupAggregateOp *)op;
    KeyBatch keys;
    TRY(forget_expired(op, op->env->eval.now));
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
    TRY(group_states_walk(&self->states, &self->set, walk));
    return expires(self) ? expiry_walk(&self->expiry, walk) : ST_OK;
}

static void group_close(Op *op)
{
    GroupAggregateOp *self = (GroupAggregateOp *)op;
    group_states_close(&self->states, &self->set);
    aggregate_set_close(&self->set);
    group_changes_close(&self->changes);
}

static void group_measure(const Op *op, OpMeasure *out)
{
    out->groups = keyed_map_count(&((const GroupAggregateOp *)op)->states.groups);
}

const OpClass group_aggregate_class = {.size = sizeof(GroupAggregateOp),
                                       .open = group_open,
                                       .push = group_push,
                                       .clock_due = group_clock_due,
                                       .clock = forget_expired,
                                       .state = group_state,
                                       .measure = group_measure,
                                       .close = group_close};
