#include "executor/op/aggregate_set.h"

#include <assert.h>

#include "executor/function/state_cell.h"
#include "executor/op/aggregate_slot.h"
#include "executor/run/reject.h"
#include "storage/base/crash_point.h"

/* --- layout --- */

/* COUNT(*) of a whole group is what its header says. */
static bool is_counted_by_header(const AggregateSet *set, const PlanAggregateCall *call)
{
    return set->header_size > 0 && !set->frames && call->arguments == 0 && call->filter < 0;
}

static const Type *column_type(const AggregateSet *set, const AggregateSlot *slot, uint32_t i)
{
    return &set->input->field[slot->column[i]].type;
}

static void choose_sorted(AggregateSet *set, AggregateSlot *slot)
{
    static const uint32_t wanted[SORTED_USES] = {[SORTED_VALUES] = AGG_SORTED | AGG_SORTED_SECOND,
                                                 [SORTED_LIST] = AGG_LISTED,
                                                 [SORTED_INDEX] = AGG_INDEXED};
    for (int use = 0; use < SORTED_USES; use++) {
        if ((slot->def->flags & wanted[use]) != 0)
            slot->sorted[use] = ++set->sorted_maps;
    }
}

/* Values that are taken once can turn out to have come earlier when groups are merged: then what
 * goes by arrival takes them back and in again. What leaves a frame is not what the input takes
 * back. */
static const AggregateDef *choose_def(const AggregateSet *set, const PlanAggregateCall *call)
{
    bool comes_earlier = set->merges && call->distinct && (call->def->flags & AGG_ARRIVAL) != 0;
    if (set->frames)
        return call->slides ? aggregate_sliding(call->def) : call->def;
    return aggregate_over(call->def, set->retracts || comes_earlier);
}

/* A key of the order can be the value itself. */
static uint32_t column_among(AggregateSlot *slot, uint32_t column)
{
    uint32_t at = 0;
    while (at < slot->columns && slot->column[at] != column)
        at++;
    if (at == slot->columns)
        slot->column[slot->columns++] = column;
    return at;
}

static void choose_columns(const PlanAggregateCall *call, AggregateSlot *slot)
{
    uint32_t values = call->arguments - call->orders;
    for (uint32_t i = 0; i < values; i++) {
        if (call->argument[i].column >= 0)
            slot->column[slot->columns++] = (uint32_t)call->argument[i].column;
    }
    for (uint32_t i = 0; i < call->orders; i++)
        slot->order_column[i] = column_among(slot, (uint32_t)call->argument[values + i].column);
}

static Status open_slot(AggregateSet *set, uint32_t c)
{
    const PlanAggregateCall *call = &set->plan->call[c];
    AggregateSlot *slot = &set->slot[c];
    if (is_counted_by_header(set, call))
        return ST_OK;
    slot->def = choose_def(set, call);
    assert(slot->def != NULL);
    choose_columns(call, slot);
    choose_sorted(set, slot);
    if (call->distinct || (slot->def->flags & AGG_DISTINCT) != 0) {
        slot->distinct = ++set->distinct_maps;
        set->value_size += sizeof(DistinctHead);
        TRY(distinct_open(set, slot));
    }
    slot->offset = set->value_size;
    set->value_size += (slot->def->state_size + 7) & ~7u;
    return ST_OK;
}

Status aggregate_set_open(AggregateSet *set, Op *op, const PlanAggregate *plan,
                          uint32_t header_size, uint32_t uses)
{
    assert(header_size % 8 == 0);
    *set = (AggregateSet){.op = op,
                          .plan = plan,
                          .input = &op->plan->input[0]->schema,
                          .header_size = header_size,
                          .value_size = header_size};
    set->retracts =
        op->plan->input[0]->changelog != CHANGELOG_APPEND || (uses & AGGREGATE_RETRACTS) != 0;
    set->ttl = op->plan->ttl;
    set->merges = (uses & AGGREGATE_MERGES) != 0;
    set->frames = (uses & AGGREGATE_FRAMES) != 0;
    const Type *key_type[KEY_MAX_COLUMNS];
    for (uint32_t k = 0; k < plan->keys && k < KEY_MAX_COLUMNS; k++)
        key_type[k] = &set->input->field[plan->key[k]].type;
    TRY(key_shape(key_type, plan->keys, &set->key));
    set->stored = set->key;
    if ((uses & AGGREGATE_NUMBERS) != 0)
        TRY(key_shape_number(&set->stored));
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

/* --- containers --- */

static SortedMap *sorted_map_for(const GroupStates *states, const AggregateSlot *slot,
                                 SortedUse use)
{
    return slot->sorted[use] == 0 ? NULL : &states->sorted[slot->sorted[use] - 1];
}

static void open_call(const AggregateSet *set, GroupStates *states, uint32_t c)
{
    const PlanAggregateCall *call = &set->plan->call[c];
    const AggregateSlot *slot = &set->slot[c];
    AggregateEnv *env = &states->env[c];
    *env = (AggregateEnv){
        .heap = &states->groups.heap,
        .ordered = sorted_map_for(states, slot, SORTED_VALUES),
        .list = sorted_map_for(states, slot, SORTED_LIST),
        .index = sorted_map_for(states, slot, SORTED_INDEX),
        .seed = set->op->env->seed,
        .scratch = &set->op->scratch,
        .arguments = slot->columns,
        .flags = slot->def->flags,
        .result = &call->result,
        .data = call->data,
        .order = call->order,
        .orders = call->orders,
    };
    memcpy(env->order_column, slot->order_column, sizeof env->order_column);
    for (uint32_t i = 0; i < env->arguments; i++)
        env->argument[i] = column_type(set, slot, i);
    if (slot->distinct != 0) {
        keyed_map_open(&states->distinct[slot->distinct - 1], &slot->distinct_key,
                       distinct_size(set, slot), env->seed, &set->op->meter);
        distinct_open_expiry(set, states, c);
    }
    uint32_t second = (env->flags & AGG_SORTED_SECOND) != 0;
    if (env->ordered != NULL)
        sorted_map_open(env->ordered, state_cell_phys(env->argument[second]), &set->op->meter);
    if (env->list != NULL)
        sorted_map_open(env->list, PHYS_I128, &set->op->meter);
    if (env->index != NULL)
        sorted_map_open(env->index, PHYS_I128, &set->op->meter);
}

Status group_states_open(GroupStates *states, const AggregateSet *set)
{
    Op *op = set->op;
    *states = (GroupStates){0};
    keyed_map_open(&states->groups, &set->stored, set->value_size, op->env->seed, &op->meter);
    if (set->plan->calls == 0)
        return ST_OK;
    states->env = mem_alloc_zeroed(&op->meter, set->plan->calls * sizeof *states->env);
    if (set->distinct_maps > 0)
        states->distinct =
            mem_alloc_zeroed(&op->meter, set->distinct_maps * sizeof *states->distinct);
    if (set->distinct_maps > 0 && set->ttl > 0)
        states->expiry = mem_alloc_zeroed(&op->meter, set->distinct_maps * sizeof *states->expiry);
    if (set->sorted_maps > 0)
        states->sorted = mem_alloc_zeroed(&op->meter, set->sorted_maps * sizeof *states->sorted);
    if (states->env == NULL || (states->distinct == NULL && set->distinct_maps > 0) ||
        (states->expiry == NULL && set->distinct_maps > 0 && set->ttl > 0) ||
        (states->sorted == NULL && set->sorted_maps > 0))
        return ST_NOMEM;
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        if (set->slot[c].def != NULL)
            open_call(set, states, c);
    }
    return ST_OK;
}

void group_states_close(GroupStates *states, const AggregateSet *set)
{
    Meter *meter = &set->op->meter;
    keyed_map_close(&states->groups);
    for (uint32_t d = 0; states->distinct != NULL && d < set->distinct_maps; d++)
        keyed_map_close(&states->distinct[d]);
    for (uint32_t s = 0; states->sorted != NULL && s < set->sorted_maps; s++)
        sorted_map_close(&states->sorted[s]);
    mem_free(meter, states->distinct, set->distinct_maps * sizeof *states->distinct);
    mem_free(meter, states->expiry, set->distinct_maps * sizeof *states->expiry);
    mem_free(meter, states->sorted, set->sorted_maps * sizeof *states->sorted);
    mem_free(meter, states->env, set->plan->calls * sizeof *states->env);
    states->distinct = NULL;
    states->expiry = NULL;
    states->sorted = NULL;
    states->env = NULL;
}

Status group_states_walk(GroupStates *states, const AggregateSet *set, StateWalk *walk)
{
    TRY(state_walk_keyed_map(walk, &states->groups));
    for (uint32_t d = 0; d < set->distinct_maps && !DEFECT(DISTINCT_LOST); d++)
        TRY(state_walk_keyed_map(walk, &states->distinct[d]));
    for (uint32_t d = 0; states->expiry != NULL && d < set->distinct_maps; d++)
        TRY(expiry_walk(&states->expiry[d], walk));
    for (uint32_t s = 0; s < set->sorted_maps; s++)
        TRY(state_walk_sorted_map(walk, &states->sorted[s]));
    return ST_OK;
}

Status aggregate_set_keys(const AggregateSet *set, const Batch *batch, KeyBatch *out)
{
    return key_encode(&set->key, batch, set->plan->key, set->op->env->seed, &set->op->scratch, out);
}

/* --- taking rows in --- */

/* A batch of n selected rows takes n * BATCH_ROWS numbers, so that a row's place in the batch can
 * be added. */
uint64_t aggregate_set_arrival(const AggregateSet *set, const Batch *batch)
{
    return (set->op->rows_in - batch->selected) * BATCH_ROWS + 1;
}

/* Keeps the rows whose FILTER is TRUE. */
static void keep_filtered(DistinctRows *rows, const Column *filter)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint16_t row = rows->row[i];
        distinct_rows_move(rows, kept, i);
        kept += !column_is_null(filter, row) && filter->data.b[column_index(filter, row)] != 0;
    }
    rows->count = kept;
}

/* The rows that one call takes, where it does not take all of them. */
static Status thin_rows(const AggregateSet *set, GroupStates *states, uint32_t c,
                        const Batch *batch, bool retract, AggregateRows *rows)
{
    const PlanAggregateCall *call = &set->plan->call[c];
    Arena *scratch = &set->op->scratch;
    DistinctRows kept = {arena_copy(scratch, rows->row, rows->count * sizeof *rows->row),
                         arena_copy(scratch, rows->entry, rows->count * sizeof *rows->entry),
                         arena_copy(scratch, rows->group, rows->count * sizeof *rows->group),
                         rows->count};
    if (kept.row == NULL || kept.entry == NULL || kept.group == NULL)
        return ST_NOMEM;
    if (call->filter >= 0)
        keep_filtered(&kept, &batch->column[call->filter]);
    if (set->slot[c].distinct != 0)
        TRY(distinct_thin(set, states, c, batch, rows->arrival, retract, &kept));
    rows->row = kept.row;
    rows->entry = kept.entry;
    rows->group = kept.group;
    rows->count = kept.count;
    return ST_OK;
}

/* Rows that are all added or all taken back, by some of the calls. */
static Status apply_run(const AggregateSet *set, GroupStates *states, AggregateCalls calls,
                        const Batch *batch, const AggregateRows *run, bool retract)
{
    for (uint32_t c = calls.first; c < calls.first + calls.count; c++) {
        const AggregateSlot *slot = &set->slot[c];
        const Column *arg[AGGREGATE_MAX_COLUMNS];
        AggregateRows rows = *run;
        if (slot->def == NULL)
            continue;
        if (set->plan->call[c].filter >= 0 || slot->distinct != 0)
            TRY(thin_rows(set, states, c, batch, retract, &rows));
        if (rows.count == 0)
            continue;
        for (uint32_t i = 0; i < slot->columns; i++)
            arg[i] = &batch->column[slot->column[i]];
        rows.offset = slot->offset;
        TRY((retract ? slot->def->retract : slot->def->add)(&states->env[c], &rows, arg));
    }
    return ST_OK;
}

Status aggregate_set_apply(const AggregateSet *set, GroupStates *states, const Batch *batch,
                           uint64_t arrival, const uint16_t *row, const uint32_t *entry,
                           uint32_t count)
{
    char **group = arena_alloc(&set->op->scratch, (count + 1) * sizeof *group);
    if (group == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < count; i++)
        group[i] = keyed_map_value_write(&states->groups, entry[i]);
    for (uint32_t from = 0, to; from < count; from = to) {
        bool adds = row_kind_adds(batch_kind(batch, row[from]));
        for (to = batch->kind == NULL ? count : from + 1;
             to < count && row_kind_adds(batch_kind(batch, row[to])) == adds; to++)
            ;
        AggregateRows run = {.count = to - from,
                             .row = row + from,
                             .group = group + from,
                             .entry = entry + from,
                             .arrival = arrival};
        TRY(apply_run(set, states, (AggregateCalls){0, set->plan->calls}, batch, &run, !adds));
    }
    return ST_OK;
}

void aggregate_calls_mark(const PlanAggregateCall *call, uint32_t calls, bool *reads)
{
    for (uint32_t c = 0; c < calls; c++) {
        for (uint32_t i = 0; i < call[c].arguments; i++) {
            if (call[c].argument[i].column >= 0)
                reads[call[c].argument[i].column] = true;
        }
        if (call[c].filter >= 0)
            reads[call[c].filter] = true;
    }
}

Status aggregate_set_move(const AggregateSet *set, GroupStates *states, AggregateCalls calls,
                          const Batch *batch, uint64_t arrival, const FrameRows *rows, bool back)
{
    char **group = arena_alloc(&set->op->scratch, (rows->count + 1) * sizeof *group);
    assert(set->frames);
    if (group == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < rows->count; i++)
        group[i] = keyed_map_value_write(&states->groups, rows->entry[i]);
    AggregateRows run = {.count = rows->count,
                         .row = rows->row,
                         .group = group,
                         .entry = rows->entry,
                         .arrival = arrival};
    return apply_run(set, states, calls, batch, &run, back);
}

/* --- giving values out --- */

static Status take_overflows(const AggregateSet *set, const AggregateDef *def, bool record,
                             bool *overflow, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (overflow[i] && record)
            TRY(reject_overflow(set->op, def->name));
        overflow[i] = false;
    }
    return ST_OK;
}

/* The values of some calls, one column each. */
static Status give_out_calls(const AggregateSet *set, GroupStates *states, AggregateCalls calls,
                             const uint32_t *entry, uint32_t count, bool record, Column *out)
{
    Arena *scratch = &set->op->scratch;
    char **group;
    bool *overflow;
    if (calls.count == 0)
        return ST_OK;
    TRY_NEW_ARRAY(group, scratch, count);
    TRY_NEW_ARRAY(overflow, scratch, count);
    for (uint32_t i = 0; i < count; i++)
        group[i] = (char *)(uintptr_t)keyed_map_value(&states->groups, entry[i]);
    for (uint32_t c = 0; c < calls.count; c++) {
        const AggregateSlot *slot = &set->slot[calls.first + c];
        if (slot->def == NULL) {
            for (uint32_t i = 0; i < count; i++)
                out[c].data.i64[i] = *(const int64_t *)(const void *)group[i];
            continue;
        }
        AggregateRows rows = {
            .count = count, .group = group, .entry = entry, .offset = slot->offset};
        TRY(slot->def->emit(&states->env[calls.first + c], &rows, &out[c], overflow));
        TRY(take_overflows(set, slot->def, record, overflow, count));
    }
    return ST_OK;
}

static Status give_out(const AggregateSet *set, GroupStates *states, const uint32_t *entry,
                       uint32_t count, bool record, Column *out)
{
    uint32_t keys = set->plan->keys;
    Column *key_column[KEY_MAX_COLUMNS];
    for (uint32_t k = 0; k < keys; k++)
        key_column[k] = &out[k];
    for (uint32_t i = 0; i < count; i++)
        TRY(key_decode(&set->key, keyed_map_key(&states->groups, entry[i]),
                       keyed_map_nulls(&states->groups, entry[i]), &states->groups.heap, key_column,
                       i, &set->op->scratch));
    return give_out_calls(set, states, (AggregateCalls){0, set->plan->calls}, entry, count, record,
                          out + keys);
}

Status aggregate_set_values(const AggregateSet *set, GroupStates *states, AggregateCalls calls,
                            const uint32_t *entry, uint32_t count, Column *out)
{
    return give_out_calls(set, states, calls, entry, count, true, out);
}

Status aggregate_set_emit(const AggregateSet *set, GroupStates *states, const uint32_t *entry,
                          uint32_t count, Column *out)
{
    return give_out(set, states, entry, count, true, out);
}

Status aggregate_set_repeat(const AggregateSet *set, GroupStates *states, const uint32_t *entry,
                            uint32_t count, Column *out)
{
    return give_out(set, states, entry, count, false, out);
}

uint32_t aggregate_set_portion(const AggregateSet *set)
{
    enum { FEW = 16 };
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        if (set->slot[c].def != NULL && (set->slot[c].def->flags & AGG_LONG) != 0)
            return FEW;
    }
    return BATCH_ROWS;
}

/* --- whole groups --- */

bool aggregate_set_can_unmerge(const AggregateSet *set)
{
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const AggregateSlot *slot = &set->slot[c];
        if (slot->def == NULL)
            continue;
        bool can = slot->distinct == 0
                       ? slot->def->unmerge != NULL
                       : slot->def->retract != NULL && (slot->def->flags & AGG_ARRIVAL) == 0;
        if (!can)
            return false;
    }
    return true;
}

/* `times`: 1 or -1. */
static Status merge_calls(const AggregateSet *set, GroupStates *into, const uint32_t *into_entry,
                          GroupStates *from, const uint32_t *from_entry, uint32_t count,
                          int64_t times)
{
    char **group, **other;
    assert(set->merges);
    TRY_NEW_ARRAY(group, &set->op->scratch, count);
    TRY_NEW_ARRAY(other, &set->op->scratch, count);
    for (uint32_t i = 0; i < count; i++) {
        assert(into != from || into_entry[i] != from_entry[i]);
        group[i] = keyed_map_value_write(&into->groups, into_entry[i]);
        other[i] = (char *)(uintptr_t)keyed_map_value(&from->groups, from_entry[i]);
    }
    AggregateRows to = {.count = count, .group = group, .entry = into_entry};
    AggregateRows more = {.count = count, .group = other, .entry = from_entry};
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const AggregateSlot *slot = &set->slot[c];
        if (slot->def == NULL)
            continue;
        for (uint32_t i = 0; slot->distinct != 0 && i < count; i++)
            TRY(distinct_merge(set, c, into, into_entry[i], from, from_entry[i], times));
        if (slot->distinct != 0)
            continue;
        to.offset = more.offset = slot->offset;
        TRY((times > 0 ? slot->def->merge : slot->def->unmerge)(&into->env[c], &to, &from->env[c],
                                                                &more));
    }
    return ST_OK;
}

Status aggregate_set_merge(const AggregateSet *set, GroupStates *into, const uint32_t *into_entry,
                           GroupStates *from, const uint32_t *from_entry, uint32_t count)
{
    return merge_calls(set, into, into_entry, from, from_entry, count, 1);
}

Status aggregate_set_unmerge(const AggregateSet *set, GroupStates *into, const uint32_t *into_entry,
                             GroupStates *from, const uint32_t *from_entry, uint32_t count)
{
    assert(aggregate_set_can_unmerge(set));
    return merge_calls(set, into, into_entry, from, from_entry, count, -1);
}

/* --- forgetting --- */

void aggregate_set_reset(const AggregateSet *set, GroupStates *states, uint32_t entry)
{
    char *value = keyed_map_value_write(&states->groups, entry);
    for (uint32_t c = 0; c < set->plan->calls; c++) {
        const AggregateSlot *slot = &set->slot[c];
        if (slot->def != NULL && slot->def->drop != NULL)
            slot->def->drop(&states->env[c], value + slot->offset, entry);
        if (slot->distinct != 0)
            distinct_clear(set, states, c, value);
    }
    memset(value + set->header_size, 0, set->value_size - set->header_size);
}

void aggregate_set_remove(const AggregateSet *set, GroupStates *states, uint32_t entry)
{
    aggregate_set_reset(set, states, entry);
    keyed_map_remove(&states->groups, entry);
}

void aggregate_set_expire(const AggregateSet *set, GroupStates *states, Micros now)
{
    for (uint32_t c = 0; states->expiry != NULL && c < set->plan->calls; c++) {
        if (set->slot[c].distinct != 0)
            distinct_expire(set, states, c, now);
    }
}

Micros aggregate_set_due(const AggregateSet *set, const GroupStates *states)
{
    Micros due = MICROS_MAX;
    for (uint32_t d = 0; states->expiry != NULL && d < set->distinct_maps; d++) {
        Micros next = expiry_due(&states->expiry[d]);
        due = next < due ? next : due;
    }
    return due;
}
