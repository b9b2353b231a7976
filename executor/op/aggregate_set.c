#include "executor/op/aggregate_set.h"

#include <assert.h>

#include "executor/run/reject.h"
#include "storage/base/crash_point.h"

/* COUNT(*) of a whole group is what its header says. */
static bool is_counted_by_header(const AggregateSet *set, const PlanAggregateCall *call)
{
    return set->header_size > 0 && call->argument < 0 && call->filter < 0;
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
    set->offset = mem_alloc_zeroed(&op->meter, plan->calls * sizeof *set->offset);
    set->distinct_key = mem_alloc_zeroed(&op->meter, plan->calls * sizeof *set->distinct_key);
    if (set->offset == NULL || set->distinct_key == NULL)
        return ST_NOMEM;
    for (uint32_t c = 0; c < plan->calls; c++) {
        const PlanAggregateCall *call = &plan->call[c];
        if (is_counted_by_header(set, call))
            continue;
        set->offset[c] = set->value_size;
        set->value_size += (call->def->state_size + 7) & ~7u;
        if (!call->distinct)
            continue;
        Type group = type_with_null(type_make(TYPE_BIGINT), false);
        const Type *pair[2] = {&group, &set->input->field[call->argument].type};
        TRY(key_shape(pair, 2, &set->distinct_key[c]));
    }
    return ST_OK;
}

void aggregate_set_close(AggregateSet *set)
{
    if (set->op == NULL)
        return;
    size_t calls = set->plan->calls;
    mem_free(&set->op->meter, set->offset, calls * sizeof *set->offset);
    mem_free(&set->op->meter, set->distinct_key, calls * sizeof *set->distinct_key);
}

/* The call keeps its values in a sorted container, and its state is not used. */
static bool is_ordered(const AggregateSet *set, uint32_t c)
{
    return set->retracts && set->plan->call[c].def->retract == NULL;
}

Status group_states_open(GroupStates *states, const AggregateSet *set)
{
    Op *op = set->op;
    *states = (GroupStates){0};
    keyed_map_open(&states->groups, &set->key, set->value_size, op->env->seed, &op->meter);
    if (set->plan->calls == 0)
        return ST_OK;
    states->distinct = mem_alloc_zeroed(&op->meter, set->plan->calls * sizeof *states->distinct);
    states->ordered = mem_alloc_zeroed(&op->meter, set->plan->calls * sizeof *states->ordered);
    if (states->distinct == NULL || states->ordered == NULL)
        return ST_NOMEM;
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const PlanAggregateCall *call = &set->plan->call[c];
        if (call->distinct)
            keyed_map_open(&states->distinct[c], &set->distinct_key[c], sizeof(int64_t),
                           op->env->seed, &op->meter);
        if (is_ordered(set, c))
            sorted_map_open(&states->ordered[c],
                            type_phys((TypeId)set->input->field[call->argument].type.id),
                            &op->meter);
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
        if (states->ordered != NULL && is_ordered(set, c))
            sorted_map_close(&states->ordered[c]);
    }
    mem_free(&set->op->meter, states->distinct, calls * sizeof *states->distinct);
    mem_free(&set->op->meter, states->ordered, calls * sizeof *states->ordered);
    states->distinct = NULL;
    states->ordered = NULL;
}

Status group_states_walk(GroupStates *states, const AggregateSet *set, StateWalk *walk)
{
    TRY(state_walk_keyed_map(walk, &states->groups));
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        if (set->plan->call[c].distinct && !DEFECT(DISTINCT_LOST))
            TRY(state_walk_keyed_map(walk, &states->distinct[c]));
        if (is_ordered(set, c))
            TRY(state_walk_sorted_map(walk, &states->ordered[c]));
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
    return (AggregateEnv){
        .heap = &states->groups.heap,
        .scratch = &set->op->scratch,
        .argument = call->argument < 0 ? NULL : &set->input->field[call->argument].type,
        .result = &call->result,
    };
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

/* Keeps the rows whose FILTER is TRUE. */
static void keep_filtered(Run *run, const Column *filter)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        uint16_t row = run->row[i];
        run->row[kept] = row;
        run->entry[kept] = run->entry[i];
        run->group[kept] = run->group[i];
        kept += !column_is_null(filter, row) && filter->data.b[column_index(filter, row)] != 0;
    }
    run->count = kept;
}

/* Keeps the rows whose value comes into its group for the first time or leaves it for good. */
static Status keep_distinct(const AggregateSet *set, GroupStates *states, uint32_t c, Run *run)
{
    Arena *scratch = &set->op->scratch;
    KeyedMap *seen = &states->distinct[c];
    Column pair[2] = {{.phys = PHYS_I64}, run->batch->column[set->plan->call[c].argument]};
    TRY_NEW_ARRAY(pair[0].data.i64, scratch, BATCH_ROWS);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        uint16_t row = run->row[i];
        if (column_is_null(&pair[1], row))
            continue;
        pair[0].data.i64[row] = run->entry[i];
        Batch one = {
            .rows = run->batch->rows, .selected = 1, .sel = &row, .columns = 2, .column = pair};
        KeyBatch key;
        uint32_t entry;
        TRY(key_encode(&set->distinct_key[c], &one, (const uint32_t[]){0, 1}, seen->seed, scratch,
                       &key));
        TRY(keyed_map_upsert(seen, &key, &entry, NULL));
        int64_t *count = keyed_map_value_write(seen, entry);
        *count += run->retract ? -1 : 1;
        bool keep = *count == (run->retract ? 0 : 1);
        if (*count == 0)
            keyed_map_remove(seen, entry);
        if (!keep)
            continue;
        run->row[kept] = row;
        run->entry[kept] = run->entry[i];
        run->group[kept] = run->group[i];
        kept++;
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

/* A cell as the words of a sorted container's value. */
static void cell_words(const Column *column, uint32_t row, uint64_t out[2])
{
    uint32_t at = column_index(column, row);
    out[1] = 0;
    switch (column->phys) {
    case PHYS_BOOL: out[0] = column->data.b[at]; return;
    case PHYS_I64: out[0] = (uint64_t)column->data.i64[at]; return;
    case PHYS_F64: memcpy(out, &column->data.f64[at], 8); return;
    case PHYS_I128: memcpy(out, &column->data.i128[at], 16); return;
    case PHYS_STR: memcpy(out, &column->data.str[at], 16); return;
    case PHYS_NESTED: return;
    }
}

static Status adjust_ordered(SortedMap *map, const Run *run, const Column *arg)
{
    for (uint32_t i = 0; i < run->count; i++) {
        uint64_t value[2];
        if (column_is_null(arg, run->row[i]))
            continue;
        cell_words(arg, run->row[i], value);
        TRY(sorted_map_adjust(map, run->entry[i], value, run->retract ? -1 : 1));
    }
    return ST_OK;
}

static Status apply_run(const AggregateSet *set, GroupStates *states, const Run *all)
{
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const PlanAggregateCall *call = &set->plan->call[c];
        Run run;
        if (is_counted_by_header(set, call))
            continue;
        TRY(rows_of_call(set, states, c, all, &run));
        if (run.count == 0)
            continue;
        AggregateEnv env = call_env(set, states, c);
        AggregateRows rows = {run.count, run.row, run.group, set->offset[c]};
        const Column *arg = call->argument < 0 ? NULL : &all->batch->column[call->argument];
        if (is_ordered(set, c)) {
            TRY(adjust_ordered(&states->ordered[c], &run, arg));
            continue;
        }
        assert(!run.retract || call->def->retract != NULL);
        TRY((run.retract ? call->def->retract : call->def->add)(&env, &rows, arg));
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

static void put_words(const SortedMap *map, const uint64_t *value, Column *out, uint32_t i)
{
    switch (out->phys) {
    case PHYS_BOOL: out->data.b[i] = value[0] != 0; return;
    case PHYS_I64: out->data.i64[i] = (int64_t)value[0]; return;
    case PHYS_F64: memcpy(&out->data.f64[i], value, 8); return;
    case PHYS_I128: memcpy(&out->data.i128[i], value, 16); return;
    case PHYS_STR: {
        Str stored;
        memcpy(&stored, value, sizeof stored);
        out->data.str[i] = heap_load_str(&map->heap, &stored);
        return;
    }
    case PHYS_NESTED: return;
    }
}

static void emit_ordered(const SortedMap *map, bool last, const uint32_t *entry, uint32_t count,
                         Column *out)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *value =
            last ? sorted_map_last(map, entry[i]) : sorted_map_first(map, entry[i]);
        if (value == NULL)
            bit_clear(out->valid, i);
        else
            put_words(map, value, out, i);
    }
}

Status aggregate_set_emit(const AggregateSet *set, GroupStates *states, const uint32_t *entry,
                          uint32_t count, Column *out)
{
    Arena *scratch = &set->op->scratch;
    uint32_t keys = set->plan->keys;
    Column *key_column[KEY_MAX_COLUMNS];
    for (uint32_t k = 0; k < keys; k++)
        key_column[k] = &out[k];
    for (uint32_t i = 0; i < count; i++)
        TRY(key_decode(&set->key, keyed_map_key(&states->groups, entry[i]),
                       keyed_map_nulls(&states->groups, entry[i]), &states->groups.heap, key_column,
                       i, scratch));
    if (set->plan->calls == 0)
        return ST_OK;
    char **group;
    bool *overflow;
    TRY_NEW_ARRAY(group, scratch, count);
    for (uint32_t i = 0; i < count; i++)
        group[i] = (char *)(uintptr_t)keyed_map_value(&states->groups, entry[i]);
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const PlanAggregateCall *call = &set->plan->call[c];
        AggregateEnv env = call_env(set, states, c);
        AggregateRows rows = {count, NULL, group, set->offset[c]};
        if (is_ordered(set, c)) {
            emit_ordered(&states->ordered[c], (call->def->flags & AGG_ORDERED_LAST) != 0, entry,
                         count, &out[keys + c]);
            continue;
        }
        TRY_NEW_ARRAY(overflow, scratch, count);
        TRY(call->def->emit(&env, &rows, &out[keys + c], overflow));
        for (uint32_t i = 0; i < count; i++) {
            if (overflow[i])
                TRY(reject_overflow(set->op, call->def->name));
        }
    }
    return ST_OK;
}

void aggregate_set_reset(const AggregateSet *set, GroupStates *states, uint32_t entry)
{
    char *value = keyed_map_value_write(&states->groups, entry);
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        AggregateEnv env = call_env(set, states, c);
        if (set->plan->call[c].def->drop != NULL && !is_ordered(set, c))
            set->plan->call[c].def->drop(&env, value + set->offset[c]);
    }
    memset(value + set->header_size, 0, set->value_size - set->header_size);
}

void aggregate_set_remove(const AggregateSet *set, GroupStates *states, uint32_t entry)
{
    aggregate_set_reset(set, states, entry);
    keyed_map_remove(&states->groups, entry);
}
