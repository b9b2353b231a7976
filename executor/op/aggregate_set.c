#include "executor/op/aggregate_set.h"

#include <assert.h>

#include "executor/run/reject.h"
#include "storage/base/crash_point.h"

/* How one call is done. */
typedef struct AggregateSlot {
    const AggregateDef *def; /* for this input; NULL: the header counts */
    uint32_t offset;         /* of the state in the group's value; in front of it, where the call is
                                distinct, stands the DistinctHead */
    uint32_t column[AGGREGATE_MAX_ARGS]; /* of the input */
    uint32_t columns;
    KeyShape distinct_key; /* group number and values */
} AggregateSlot;

/* The first of a group's distinct values, entry + 1; 0: it has none. */
typedef uint64_t DistinctHead;

/* What the container of distinct values has for one: how often the group has it, and its
 * neighbours among the values of the group, entry + 1. */
typedef struct Distinct {
    int64_t count;
    uint32_t next, before;
    uint64_t arrival; /* AGG_ARRIVAL alone: of the row that brought it */
} Distinct;

/* What AggregateDef.flags ask for; unused ones are zero. */
typedef struct CallStore {
    SortedMap ordered, list, index;
} CallStore;

/* COUNT(*) of a whole group is what its header says. */
static bool is_counted_by_header(const AggregateSet *set, const PlanAggregateCall *call)
{
    return set->header_size > 0 && call->arguments == 0 && call->filter < 0;
}

static const Type *column_type(const AggregateSet *set, uint32_t c, uint32_t i)
{
    return &set->input->field[set->slot[c].column[i]].type;
}

static Status open_slot(AggregateSet *set, uint32_t c)
{
    const PlanAggregateCall *call = &set->plan->call[c];
    AggregateSlot *slot = &set->slot[c];
    if (is_counted_by_header(set, call))
        return ST_OK;
    slot->def = aggregate_over(call->def, set->retracts);
    assert(slot->def != NULL);
    for (uint32_t i = 0; i < call->arguments; i++) {
        if (call->argument[i].column >= 0)
            slot->column[slot->columns++] = (uint32_t)call->argument[i].column;
    }
    if (call->distinct)
        set->value_size += sizeof(DistinctHead);
    slot->offset = set->value_size;
    set->value_size += (slot->def->state_size + 7) & ~7u;
    if (!call->distinct)
        return ST_OK;
    Type group = type_with_null(type_make(TYPE_BIGINT), false);
    const Type *type[1 + AGGREGATE_MAX_ARGS] = {&group};
    for (uint32_t i = 0; i < slot->columns; i++)
        type[1 + i] = column_type(set, c, i);
    return key_shape(type, 1 + slot->columns, &slot->distinct_key);
}

Status aggregate_set_open(AggregateSet *set, Op *op, const PlanAggregate *plan,
                          uint32_t header_size)
{
    assert(header_size % 8 == 0);
    *set = (AggregateSet){.op = op,
                          .plan = plan,
                          .input = &op->plan->input[0]->schema,
                          .header_size = header_size,
                          .value_size = header_size};
    set->retracts = op->plan->input[0]->changelog != CHANGELOG_APPEND;
    const Type *key_type[KEY_MAX_COLUMNS];
    for (uint32_t k = 0; k < plan->keys && k < KEY_MAX_COLUMNS; k++)
        key_type[k] = &set->input->field[plan->key[k]].type;
    TRY(key_shape(key_type, plan->keys, &set->key));
    if (plan->calls == 0)
        return ST_OK;
    set->slot = mem_alloc_zeroed(&op->meter, plan->calls * sizeof *set->slot);
    if (set->slot == NULL)
        return ST_NOMEM;
    for (uint32_t c = 0; c < plan->calls; c++)
        TRY(open_slot(set, c));
    return ST_OK;
}

void aggregate_set_close(AggregateSet *set)
{
    if (set->op != NULL)
        mem_free(&set->op->meter, set->slot, set->plan->calls * sizeof *set->slot);
}

static uint32_t call_flags(const AggregateSet *set, uint32_t c)
{
    return set->slot[c].def == NULL ? 0 : set->slot[c].def->flags;
}

static uint32_t distinct_size(const AggregateSet *set, uint32_t c)
{
    return (set->slot[c].def->flags & AGG_ARRIVAL) != 0 ? sizeof(Distinct)
                                                        : offsetof(Distinct, arrival);
}

Status group_states_open(GroupStates *states, const AggregateSet *set)
{
    Op *op = set->op;
    *states = (GroupStates){0};
    keyed_map_open(&states->groups, &set->key, set->value_size, op->env->seed, &op->meter);
    if (set->plan->calls == 0)
        return ST_OK;
    states->distinct = mem_alloc_zeroed(&op->meter, set->plan->calls * sizeof *states->distinct);
    states->store = mem_alloc_zeroed(&op->meter, set->plan->calls * sizeof *states->store);
    if (states->distinct == NULL || states->store == NULL)
        return ST_NOMEM;
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        if (set->plan->call[c].distinct)
            keyed_map_open(&states->distinct[c], &set->slot[c].distinct_key, distinct_size(set, c),
                           op->env->seed, &op->meter);
        uint32_t flags = call_flags(set, c), second = (flags & AGG_SORTED_SECOND) != 0;
        CallStore *store = &states->store[c];
        if ((flags & AGG_SORTED) != 0)
            sorted_map_open(&store->ordered, type_phys((TypeId)column_type(set, c, second)->id),
                            &op->meter);
        if ((flags & AGG_LISTED) != 0)
            sorted_map_open(&store->list, PHYS_I128, &op->meter);
        if ((flags & AGG_INDEXED) != 0)
            sorted_map_open(&store->index, PHYS_I128, &op->meter);
    }
    return ST_OK;
}

void group_states_close(GroupStates *states, const AggregateSet *set)
{
    size_t calls = set->plan->calls;
    keyed_map_close(&states->groups);
    for (uint32_t c = 0; c < calls; c++) {
        if (states->distinct != NULL && set->plan->call[c].distinct)
            keyed_map_close(&states->distinct[c]);
        if (states->store == NULL)
            continue;
        if ((call_flags(set, c) & AGG_SORTED) != 0)
            sorted_map_close(&states->store[c].ordered);
        if ((call_flags(set, c) & AGG_LISTED) != 0)
            sorted_map_close(&states->store[c].list);
        if ((call_flags(set, c) & AGG_INDEXED) != 0)
            sorted_map_close(&states->store[c].index);
    }
    mem_free(&set->op->meter, states->distinct, calls * sizeof *states->distinct);
    mem_free(&set->op->meter, states->store, calls * sizeof *states->store);
    states->distinct = NULL;
    states->store = NULL;
}

Status group_states_walk(GroupStates *states, const AggregateSet *set, StateWalk *walk)
{
    TRY(state_walk_keyed_map(walk, &states->groups));
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        if (set->plan->call[c].distinct && !DEFECT(DISTINCT_LOST))
            TRY(state_walk_keyed_map(walk, &states->distinct[c]));
        if ((call_flags(set, c) & AGG_SORTED) != 0)
            TRY(state_walk_sorted_map(walk, &states->store[c].ordered));
        if ((call_flags(set, c) & AGG_LISTED) != 0)
            TRY(state_walk_sorted_map(walk, &states->store[c].list));
        if ((call_flags(set, c) & AGG_INDEXED) != 0)
            TRY(state_walk_sorted_map(walk, &states->store[c].index));
    }
    return ST_OK;
}

Status aggregate_set_keys(const AggregateSet *set, const Batch *batch, KeyBatch *out)
{
    return key_encode(&set->key, batch, set->plan->key, set->op->env->seed, &set->op->scratch, out);
}

static AggregateEnv call_env(const AggregateSet *set, GroupStates *states, uint32_t c)
{
    const PlanAggregateCall *call = &set->plan->call[c];
    AggregateEnv env = {
        .heap = &states->groups.heap,
        .ordered = &states->store[c].ordered,
        .list = &states->store[c].list,
        .index = &states->store[c].index,
        .seed = set->op->env->seed,
        .scratch = &set->op->scratch,
        .arguments = set->slot[c].columns,
        .result = &call->result,
        .data = call->data,
        .flags = call_flags(set, c),
    };
    for (uint32_t i = 0; i < env.arguments; i++)
        env.argument[i] = column_type(set, c, i);
    return env;
}

/* --- taking rows in --- */

/* Some rows of one batch, all of them added or all taken back. */
typedef struct Run {
    const Batch *batch;
    uint16_t *row;
    uint32_t *entry;
    char **group;
    uint32_t count;
    bool retract;
} Run;

/* The numbers under which the batch's rows arrived start behind those of all rows before: a batch
 * of n selected rows takes n * BATCH_ROWS of them, so that a row's place in the batch can be added.
 */
static uint64_t arrival_of_batch(const AggregateSet *set, const Batch *batch)
{
    return (set->op->rows_in - batch->selected) * BATCH_ROWS;
}

static void run_move(Run *run, uint32_t to, uint32_t from)
{
    run->row[to] = run->row[from];
    run->entry[to] = run->entry[from];
    run->group[to] = run->group[from];
}

/* Keeps the rows whose FILTER is TRUE. */
static void keep_filtered(Run *run, const Column *filter)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        uint16_t row = run->row[i];
        run_move(run, kept, i);
        kept += !column_is_null(filter, row) && filter->data.b[column_index(filter, row)] != 0;
    }
    run->count = kept;
}

/* --- distinct values --- */

static DistinctHead *distinct_head(const AggregateSet *set, uint32_t c, char *group)
{
    return (DistinctHead *)(void *)(group + set->slot[c].offset - sizeof(DistinctHead));
}

/* A new value comes first in its group. */
static void link_distinct(KeyedMap *seen, uint32_t entry, DistinctHead *head)
{
    Distinct *value = keyed_map_value_write(seen, entry);
    value->next = (uint32_t)*head;
    value->before = 0;
    if (value->next != 0)
        ((Distinct *)keyed_map_value_write(seen, value->next - 1))->before = entry + 1;
    *head = entry + 1;
}

static void unlink_distinct(KeyedMap *seen, uint32_t entry, DistinctHead *head)
{
    const Distinct *value = keyed_map_value(seen, entry);
    if (value->next != 0)
        ((Distinct *)keyed_map_value_write(seen, value->next - 1))->before = value->before;
    if (value->before != 0)
        ((Distinct *)keyed_map_value_write(seen, value->before - 1))->next = value->next;
    else
        *head = value->next;
    keyed_map_remove(seen, entry);
}

/* The value is there `change` times more; whether that makes it come or go. */
static Status adjust_distinct(const AggregateSet *set, uint32_t c, KeyedMap *seen,
                              const KeyBatch *key, int64_t change, uint64_t arrival,
                              DistinctHead *head, bool *turns)
{
    uint32_t entry;
    uint8_t fresh;
    TRY(keyed_map_upsert(seen, key, &entry, &fresh));
    Distinct *value = keyed_map_value_write(seen, entry);
    if (fresh != 0) {
        link_distinct(seen, entry, head);
        if ((set->slot[c].def->flags & AGG_ARRIVAL) != 0)
            value->arrival = arrival;
    }
    int64_t before = value->count;
    value->count += change;
    *turns = change > 0 ? before <= 0 && value->count > 0 : before > 0 && value->count <= 0;
    if (value->count == 0)
        unlink_distinct(seen, entry, head);
    return ST_OK;
}

static bool takes_row(const AggregateSet *set, uint32_t c, const Batch *batch, uint32_t row)
{
    const AggregateSlot *slot = &set->slot[c];
    for (uint32_t i = 0; i < slot->columns; i++) {
        if (column_is_null(&batch->column[slot->column[i]], row))
            return (slot->def->flags & AGG_TAKES_NULLS) != 0;
    }
    return true;
}

/* Keeps the rows whose values come into their group for the first time or leave it for good. */
static Status keep_distinct(const AggregateSet *set, GroupStates *states, uint32_t c, Run *run)
{
    static const uint32_t all[] = {0, 1, 2, 3};
    _Static_assert(sizeof all / sizeof *all == 1 + AGGREGATE_MAX_ARGS, "group and arguments");
    Arena *scratch = &set->op->scratch;
    const AggregateSlot *slot = &set->slot[c];
    KeyedMap *seen = &states->distinct[c];
    Column column[1 + AGGREGATE_MAX_ARGS] = {{.phys = PHYS_I64}};
    for (uint32_t i = 0; i < slot->columns; i++)
        column[1 + i] = run->batch->column[slot->column[i]];
    TRY_NEW_ARRAY(column[0].data.i64, scratch, BATCH_ROWS);
    uint32_t taken = 0, kept = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        uint16_t row = run->row[i];
        if (!takes_row(set, c, run->batch, row))
            continue;
        column[0].data.i64[row] = run->entry[i];
        run_move(run, taken++, i);
    }
    if (taken == 0) {
        run->count = 0;
        return ST_OK;
    }
    Batch rows = {.rows = run->batch->rows,
                  .selected = (uint16_t)taken,
                  .sel = run->row,
                  .columns = (uint16_t)(1 + slot->columns),
                  .column = column};
    KeyBatch keys;
    TRY(key_encode(&slot->distinct_key, &rows, all, seen->seed, scratch, &keys));
    uint64_t first_row = arrival_of_batch(set, run->batch);
    for (uint32_t i = 0; i < taken; i++) {
        KeyBatch key = key_batch_part(&slot->distinct_key, &keys, i, i + 1);
        bool turns;
        TRY(adjust_distinct(set, c, seen, &key, run->retract ? -1 : 1, first_row + run->row[i] + 1,
                            distinct_head(set, c, run->group[i]), &turns));
        if (turns)
            run_move(run, kept++, i);
    }
    run->count = kept;
    return ST_OK;
}

/* The rows for one call: a copy of the run when it is going to be thinned out. */
static Status rows_of_call(const AggregateSet *set, GroupStates *states, uint32_t c, const Run *all,
                           Run *out)
{
    const PlanAggregateCall *call = &set->plan->call[c];
    *out = *all;
    if (call->filter < 0 && !call->distinct)
        return ST_OK;
    Arena *scratch = &set->op->scratch;
    out->row = arena_copy(scratch, all->row, all->count * sizeof *all->row);
    out->entry = arena_copy(scratch, all->entry, all->count * sizeof *all->entry);
    out->group = arena_copy(scratch, all->group, all->count * sizeof *all->group);
    if (out->row == NULL || out->entry == NULL || out->group == NULL)
        return ST_NOMEM;
    if (call->filter >= 0)
        keep_filtered(out, &all->batch->column[call->filter]);
    return call->distinct ? keep_distinct(set, states, c, out) : ST_OK;
}

static Status apply_run(const AggregateSet *set, GroupStates *states, const Run *all)
{
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const AggregateSlot *slot = &set->slot[c];
        const Column *arg[AGGREGATE_MAX_ARGS];
        Run run;
        if (slot->def == NULL)
            continue;
        TRY(rows_of_call(set, states, c, all, &run));
        if (run.count == 0)
            continue;
        AggregateEnv env = call_env(set, states, c);
        env.first_row = arrival_of_batch(set, all->batch);
        for (uint32_t i = 0; i < slot->columns; i++)
            arg[i] = &all->batch->column[slot->column[i]];
        AggregateRows rows = {run.count, run.row, run.group, run.entry, slot->offset};
        TRY((run.retract ? slot->def->retract : slot->def->add)(&env, &rows, arg));
    }
    return ST_OK;
}

Status aggregate_set_apply(const AggregateSet *set, GroupStates *states, const Batch *batch,
                           const uint16_t *row, const uint32_t *entry, uint32_t count)
{
    Arena *scratch = &set->op->scratch;
    Run run = {.batch = batch};
    if (count == 0)
        return ST_OK;
    run.row = arena_copy(scratch, row, count * sizeof *row);
    run.entry = arena_copy(scratch, entry, count * sizeof *entry);
    run.group = arena_alloc(scratch, count * sizeof *run.group);
    if (run.row == NULL || run.entry == NULL || run.group == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < count; i++)
        run.group[i] = keyed_map_value_write(&states->groups, entry[i]);
    if (batch->kind == NULL) {
        run.count = count;
        return apply_run(set, states, &run);
    }
    for (uint32_t from = 0, to; from < count; from = to) {
        bool adds = row_kind_adds(batch_kind(batch, row[from]));
        for (to = from + 1; to < count && row_kind_adds(batch_kind(batch, row[to])) == adds; to++)
            ;
        Run part = {batch, run.row + from, run.entry + from, run.group + from, to - from, !adds};
        TRY(apply_run(set, states, &part));
    }
    return ST_OK;
}

/* --- giving values out --- */

Status aggregate_set_emit(const AggregateSet *set, GroupStates *states, const uint32_t *entry,
                          uint32_t count, Column *out)
{
    Arena *scratch = &set->op->scratch;
    uint32_t keys = set->plan->keys;
    Column *key_column[KEY_MAX_COLUMNS];
    for (uint32_t k = 0; k < keys; k++)
        key_column[k] = &out[k];
    for (uint32_t i = 0; i < count; i++)
        key_decode(&set->key, keyed_map_key(&states->groups, entry[i]),
                   keyed_map_nulls(&states->groups, entry[i]), &states->groups.heap, key_column, i);
    if (set->plan->calls == 0)
        return ST_OK;
    char **group;
    bool *overflow;
    TRY_NEW_ARRAY(group, scratch, count);
    for (uint32_t i = 0; i < count; i++)
        group[i] = (char *)(uintptr_t)keyed_map_value(&states->groups, entry[i]);
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const AggregateSlot *slot = &set->slot[c];
        if (slot->def == NULL) {
            for (uint32_t i = 0; i < count; i++)
                out[keys + c].data.i64[i] = *(const int64_t *)(const void *)group[i];
            continue;
        }
        AggregateEnv env = call_env(set, states, c);
        AggregateRows rows = {count, NULL, group, entry, slot->offset};
        TRY_NEW_ARRAY(overflow, scratch, count);
        TRY(slot->def->emit(&env, &rows, &out[keys + c], overflow));
        for (uint32_t i = 0; i < count; i++) {
            if (overflow[i])
                TRY(reject_overflow(set->op, slot->def->name));
        }
    }
    return ST_OK;
}

/* --- merging --- */

bool aggregate_set_can_merge(const AggregateSet *set)
{
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const AggregateSlot *slot = &set->slot[c];
        if (slot->def != NULL && slot->def->merge == NULL && !set->plan->call[c].distinct)
            return false;
    }
    return true;
}

/* Adds the distinct values of one group that the other does not have yet. */
static Status merge_distinct(const AggregateSet *set, uint32_t c, GroupStates *into,
                             uint32_t into_entry, GroupStates *from, uint32_t from_entry)
{
    static const uint32_t all[] = {0, 1, 2, 3};
    const AggregateSlot *slot = &set->slot[c];
    Arena *scratch = &set->op->scratch;
    const KeyedMap *seen = &from->distinct[c];
    Column column[1 + AGGREGATE_MAX_ARGS], *decoded[1 + AGGREGATE_MAX_ARGS];
    const Column *arg[AGGREGATE_MAX_ARGS];
    for (uint32_t i = 0; i <= slot->columns; i++) {
        TRY(column_make(scratch, (PhysType)slot->distinct_key.phys[i], 1, &column[i]));
        TRY(column_need_valid(scratch, &column[i], 1));
        decoded[i] = &column[i];
        if (i > 0)
            arg[i - 1] = &column[i];
    }
    Batch one = {
        .rows = 1, .selected = 1, .columns = (uint16_t)(1 + slot->columns), .column = column};
    char *group = keyed_map_value_write(&into->groups, into_entry);
    AggregateEnv env = call_env(set, into, c);
    AggregateRows rows = {1, (const uint16_t[]){0}, &group, &into_entry, slot->offset};
    uint32_t at =
        (uint32_t)*distinct_head(set, c, keyed_map_value_write(&from->groups, from_entry));
    while (at != 0) {
        const Distinct *value = keyed_map_value(seen, at - 1);
        uint64_t arrival = (slot->def->flags & AGG_ARRIVAL) != 0 ? value->arrival : 1;
        KeyBatch key;
        bool turns;
        key_decode(&slot->distinct_key, keyed_map_key(seen, at - 1), keyed_map_nulls(seen, at - 1),
                   &seen->heap, decoded, 0);
        column[0].data.i64[0] = into_entry;
        TRY(key_encode(&slot->distinct_key, &one, all, into->distinct[c].seed, scratch, &key));
        TRY(adjust_distinct(set, c, &into->distinct[c], &key, value->count, arrival,
                            distinct_head(set, c, group), &turns));
        env.first_row = arrival - 1;
        if (turns)
            TRY((value->count > 0 ? slot->def->add : slot->def->retract)(&env, &rows, arg));
        at = value->next;
    }
    return ST_OK;
}

static Status merge_call(const AggregateSet *set, uint32_t c, GroupStates *into,
                         const uint32_t *into_entry, GroupStates *from, const uint32_t *from_entry,
                         uint32_t count)
{
    const AggregateSlot *slot = &set->slot[c];
    AggregateEnv env = call_env(set, into, c), from_env = call_env(set, from, c);
    char **group, **other;
    TRY_NEW_ARRAY(group, &set->op->scratch, count);
    TRY_NEW_ARRAY(other, &set->op->scratch, count);
    for (uint32_t i = 0; i < count; i++) {
        group[i] = keyed_map_value_write(&into->groups, into_entry[i]);
        other[i] = (char *)(uintptr_t)keyed_map_value(&from->groups, from_entry[i]);
    }
    AggregateRows rows = {count, NULL, group, into_entry, slot->offset};
    AggregateRows from_rows = {count, NULL, other, from_entry, slot->offset};
    return slot->def->merge(&env, &rows, &from_env, &from_rows);
}

Status aggregate_set_merge(const AggregateSet *set, GroupStates *into, const uint32_t *into_entry,
                           GroupStates *from, const uint32_t *from_entry, uint32_t count)
{
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        if (set->slot[c].def == NULL)
            continue;
        if (!set->plan->call[c].distinct) {
            TRY(merge_call(set, c, into, into_entry, from, from_entry, count));
            continue;
        }
        for (uint32_t i = 0; i < count; i++)
            TRY(merge_distinct(set, c, into, into_entry[i], from, from_entry[i]));
    }
    return ST_OK;
}

/* --- forgetting --- */

void aggregate_set_reset(const AggregateSet *set, GroupStates *states, uint32_t entry)
{
    char *value = keyed_map_value_write(&states->groups, entry);
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const AggregateSlot *slot = &set->slot[c];
        if (slot->def == NULL)
            continue;
        AggregateEnv env = call_env(set, states, c);
        if (slot->def->drop != NULL)
            slot->def->drop(&env, value + slot->offset, entry);
        if (set->plan->call[c].distinct) {
            DistinctHead *head = distinct_head(set, c, value);
            while (*head != 0)
                unlink_distinct(&states->distinct[c], (uint32_t)*head - 1, head);
        }
    }
    memset(value + set->header_size, 0, set->value_size - set->header_size);
}

void aggregate_set_remove(const AggregateSet *set, GroupStates *states, uint32_t entry)
{
    aggregate_set_reset(set, states, entry);
    keyed_map_remove(&states->groups, entry);
}
