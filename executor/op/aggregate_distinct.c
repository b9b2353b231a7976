/* DISTINCT: for each group the values that it has and how often, so that the aggregate hears of a
 * value when it comes for the first time and when it goes for good. The values of a group are
 * chained, to be found when groups are merged or forgotten. */
#include <assert.h>

#include "executor/op/aggregate_slot.h"
#include "storage/data/nested.h"

typedef struct Distinct {
    int64_t count;
    uint32_t next, before; /* of the group's values, entry + 1 */
    uint64_t arrival;      /* AGG_ARRIVAL alone: of the row for which it was taken */
} Distinct;

static const uint32_t all_columns[] = {0, 1, 2, 3, 4, 5, 6, 7};
_Static_assert(sizeof all_columns / sizeof *all_columns == 1 + AGGREGATE_MAX_COLUMNS,
               "the group and the columns");

static bool goes_by_arrival(const AggregateSlot *slot)
{
    return (slot->def->flags & AGG_ARRIVAL) != 0;
}

Status distinct_open(const AggregateSet *set, AggregateSlot *slot)
{
    Type group = type_with_null(type_make(TYPE_BIGINT), false);
    const Type *type[1 + AGGREGATE_MAX_COLUMNS] = {&group};
    for (uint32_t i = 0; i < slot->columns; i++)
        type[1 + i] = &set->input->field[slot->column[i]].type;
    return key_shape(type, 1 + slot->columns, &slot->distinct_key);
}

/* Without the link by which it expires, which stands behind it. */
static uint32_t plain_size(const AggregateSlot *slot)
{
    return goes_by_arrival(slot) ? sizeof(Distinct) : offsetof(Distinct, arrival);
}

uint32_t distinct_size(const AggregateSet *set, const AggregateSlot *slot)
{
    return plain_size(slot) + (set->ttl > 0 ? (uint32_t)sizeof(ExpiryLink) : 0);
}

static Expiry *expiry_of(const AggregateSlot *slot, const GroupStates *states)
{
    return states->expiry == NULL ? NULL : &states->expiry[slot->distinct - 1];
}

void distinct_open_expiry(const AggregateSet *set, GroupStates *states, uint32_t call)
{
    const AggregateSlot *slot = &set->slot[call];
    if (states->expiry != NULL)
        expiry_open(expiry_of(slot, states), &states->distinct[slot->distinct - 1],
                    plain_size(slot), set->ttl);
}

static DistinctHead *head_of(const AggregateSlot *slot, char *group)
{
    return (DistinctHead *)(void *)(group + slot->offset - sizeof(DistinctHead));
}

/* A new value comes first in its group. */
static void link_value(KeyedMap *seen, uint32_t entry, DistinctHead *head)
{
    Distinct *value = keyed_map_value_write(seen, entry);
    value->next = (uint32_t)*head;
    value->before = 0;
    if (value->next != 0)
        ((Distinct *)keyed_map_value_write(seen, value->next - 1))->before = entry + 1;
    *head = entry + 1;
}

static void unlink_value(KeyedMap *seen, Expiry *expiry, uint32_t entry, DistinctHead *head)
{
    if (expiry != NULL)
        expiry_forget(expiry, entry);
    const Distinct *value = keyed_map_value(seen, entry);
    if (value->next != 0)
        ((Distinct *)keyed_map_value_write(seen, value->next - 1))->before = value->before;
    if (value->before != 0)
        ((Distinct *)keyed_map_value_write(seen, value->before - 1))->next = value->next;
    else
        *head = value->next;
    keyed_map_remove(seen, entry);
}

/* What a change of how often a value is there means to the aggregate. */
typedef enum Turn {
    TURN_NONE,
    TURN_COMES,
    TURN_GOES,
    TURN_EARLIER /* it is there for an earlier row than it was taken for */
} Turn;

/* Where values expire, the one that is there already is written only if its number counts: over
 * rows that are never taken back it does not live longer for coming again, as in Flink. */
static Status adjust(const AggregateSet *set, GroupStates *states, const AggregateSlot *slot,
                     const KeyBatch *key, int64_t change, uint64_t arrival, DistinctHead *head,
                     Turn *turn)
{
    KeyedMap *seen = &states->distinct[slot->distinct - 1];
    Expiry *expiry = expiry_of(slot, states);
    uint32_t entry;
    uint8_t fresh;
    TRY(keyed_map_upsert(seen, key, &entry, &fresh));
    if (expiry != NULL && (fresh != 0 || set->retracts))
        expiry_mark(expiry, entry, set->op->env->eval.now);
    Distinct *value = keyed_map_value_write(seen, entry);
    if (fresh != 0)
        link_value(seen, entry, head);
    int64_t before = value->count;
    value->count += change;
    *turn = TURN_NONE;
    if (before <= 0 && value->count > 0)
        *turn = TURN_COMES;
    else if (before > 0 && value->count <= 0)
        *turn = TURN_GOES;
    else if (goes_by_arrival(slot) && change > 0 && arrival < value->arrival)
        *turn = TURN_EARLIER;
    if (goes_by_arrival(slot) && (*turn == TURN_COMES || *turn == TURN_EARLIER))
        value->arrival = arrival;
    if (value->count == 0)
        unlink_value(seen, expiry, entry, head);
    return ST_OK;
}

/* --- rows --- */

static bool takes_row(const AggregateSlot *slot, const Batch *batch, uint32_t row)
{
    for (uint32_t i = 0; i < slot->columns; i++) {
        if (column_is_null(&batch->column[slot->column[i]], row))
            return (slot->def->flags & AGG_TAKES_NULLS) != 0;
    }
    return true;
}

/* Rows with a NULL are passed over; for those that are left the columns of their keys are made. */
static Status prepare_keys(const AggregateSlot *slot, const Batch *batch, uint64_t seed,
                           Arena *scratch, DistinctRows *rows, KeyBatch *keys)
{
    Column column[1 + AGGREGATE_MAX_COLUMNS] = {{.phys = PHYS_I64}};
    int64_t *group = arena_alloc(scratch, batch->rows * sizeof *group);
    if (group == NULL)
        return ST_NOMEM;
    column[0].data.i64 = group;
    for (uint32_t i = 0; i < slot->columns; i++)
        column[1 + i] = batch->column[slot->column[i]];
    uint32_t taken = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        if (!takes_row(slot, batch, rows->row[i]))
            continue;
        group[rows->row[i]] = rows->entry[i];
        distinct_rows_move(rows, taken++, i);
    }
    rows->count = taken;
    Batch selection = {.rows = batch->rows,
                       .selected = (uint16_t)taken,
                       .sel = rows->row,
                       .columns = (uint16_t)(1 + slot->columns),
                       .column = column};
    return taken == 0
               ? ST_OK
               : key_encode(&slot->distinct_key, &selection, all_columns, seed, scratch, keys);
}

Status distinct_thin(const AggregateSet *set, GroupStates *states, uint32_t call,
                     const Batch *batch, uint64_t arrival, bool retract, DistinctRows *rows)
{
    const AggregateSlot *slot = &set->slot[call];
    KeyBatch keys;
    uint32_t kept = 0;
    TRY(prepare_keys(slot, batch, states->distinct[slot->distinct - 1].seed, &set->op->scratch,
                     rows, &keys));
    for (uint32_t i = 0; i < rows->count; i++) {
        KeyBatch key = key_batch_part(&slot->distinct_key, &keys, i, i + 1);
        Turn turn;
        TRY(adjust(set, states, slot, &key, retract ? -1 : 1, arrival + rows->row[i],
                   head_of(slot, rows->group[i]), &turn));
        assert(turn != TURN_EARLIER); /* rows come in the order of their numbers */
        if (turn != TURN_NONE)
            distinct_rows_move(rows, kept++, i);
    }
    rows->count = kept;
    return ST_OK;
}

/* --- whole groups --- */

/* A group's value as a batch of one row: the group it goes to, then the arguments. */
typedef struct OneValue {
    Column column[1 + AGGREGATE_MAX_COLUMNS], *cell[1 + AGGREGATE_MAX_COLUMNS];
    const Column *arg[AGGREGATE_MAX_COLUMNS];
    Batch batch;
    AggregateRows rows;
} OneValue;

static Status one_value_make(const AggregateSet *set, const AggregateSlot *slot, Arena *scratch,
                             OneValue *one)
{
    Type group = type_make(TYPE_BIGINT);
    for (uint32_t i = 0; i <= slot->columns; i++) {
        Column *column = &one->column[i];
        const Type *type = i == 0 ? &group : &set->input->field[slot->column[i - 1]].type;
        TRY(column_make_typed(scratch, type, 1, column));
        one->cell[i] = column;
        if (i > 0)
            one->arg[i - 1] = column;
    }
    one->batch = (Batch){
        .rows = 1, .selected = 1, .columns = (uint16_t)(1 + slot->columns), .column = one->column};
    return ST_OK;
}

/* The aggregate hears of it. */
static Status tell(const AggregateSlot *slot, const AggregateEnv *env, OneValue *one, Turn turn,
                   uint64_t arrival)
{
    one->rows.arrival = arrival;
    if (turn == TURN_GOES || turn == TURN_EARLIER)
        TRY(slot->def->retract(env, &one->rows, one->arg));
    if (turn == TURN_COMES || turn == TURN_EARLIER)
        TRY(slot->def->add(env, &one->rows, one->arg));
    return ST_OK;
}

Status distinct_merge(const AggregateSet *set, uint32_t call, GroupStates *into,
                      uint32_t into_entry, GroupStates *from, uint32_t from_entry, int64_t times)
{
    const AggregateSlot *slot = &set->slot[call];
    Arena *scratch = &set->op->scratch;
    KeyedMap *seen = &into->distinct[slot->distinct - 1];
    const KeyedMap *other = &from->distinct[slot->distinct - 1];
    char *group = keyed_map_value_write(&into->groups, into_entry);
    char *other_group = (char *)(uintptr_t)keyed_map_value(&from->groups, from_entry);
    OneValue one;
    TRY(one_value_make(set, slot, scratch, &one));
    one.rows = (AggregateRows){.count = 1,
                               .row = (const uint16_t[]){0},
                               .group = &group,
                               .entry = &into_entry,
                               .offset = slot->offset};
    uint32_t at = (uint32_t)*head_of(slot, other_group);
    while (at != 0) {
        const Distinct *value = keyed_map_value(other, at - 1);
        uint64_t arrival = goes_by_arrival(slot) ? value->arrival : 0;
        ArenaMark mark = arena_mark(scratch);
        KeyBatch key;
        Turn turn;
        TRY(key_decode(&slot->distinct_key, keyed_map_key(other, at - 1),
                       keyed_map_nulls(other, at - 1), &other->heap, one.cell, 0, scratch));
        one.column[0].data.i64[0] = into_entry;
        at = value->next;
        TRY(key_encode(&slot->distinct_key, &one.batch, all_columns, seen->seed, scratch, &key));
        TRY(adjust(set, into, slot, &key, value->count * times, arrival, head_of(slot, group),
                   &turn));
        TRY(tell(slot, &into->env[call], &one, turn, arrival));
        for (uint32_t i = 0; i <= slot->columns; i++)
            column_drop_elements(&one.column[i], 1);
        arena_release(scratch, mark);
    }
    return ST_OK;
}

void distinct_clear(const AggregateSet *set, GroupStates *states, uint32_t call, char *group)
{
    const AggregateSlot *slot = &set->slot[call];
    DistinctHead *head = head_of(slot, group);
    while (*head != 0)
        unlink_value(&states->distinct[slot->distinct - 1], expiry_of(slot, states),
                     (uint32_t)*head - 1, head);
}

void distinct_expire(const AggregateSet *set, GroupStates *states, uint32_t call, Micros now)
{
    const AggregateSlot *slot = &set->slot[call];
    KeyedMap *seen = &states->distinct[slot->distinct - 1];
    Expiry *expiry = expiry_of(slot, states);
    uint32_t entry;
    while (expiry_find(expiry, now, &entry)) {
        uint32_t group = (uint32_t)keyed_map_key(seen, entry)[slot->distinct_key.word[0]];
        char *value = keyed_map_value_write(&states->groups, group);
        unlink_value(seen, expiry, entry, head_of(slot, value));
    }
    keyed_map_trim(seen);
}
