/* MIN and MAX. Over input that only inserts, the state is the value so far; over rows that can be
 * taken back, the operator keeps all values in order, and the value is the first or the last. */
#include "executor/function/agg_extreme.h"
#include "executor/function/rules.h"
#include "executor/function/sorted_values.h"
#include "executor/function/state_cell.h"
#include "storage/state/sorted_map.h"

typedef struct Extreme {
    uint64_t set;
    uint64_t value[2]; /* of types of one word the state ends after the first */
} Extreme;
enum { EXTREME_OF_WORD = offsetof(Extreme, value) + sizeof(uint64_t) };

static PhysType phys_of(const AggregateEnv *env)
{
    return type_phys((TypeId)env->argument[0]->id);
}

/* --- over inserts --- */

/* Integers and times: nearly all there are. */
static void extreme_integers(const AggregateRows *rows, const Column *arg, int sign)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        if (column_is_null(arg, row))
            continue;
        Extreme *state = (Extreme *)(void *)aggregate_state(rows, i);
        int64_t cell = arg->data.i64[column_index(arg, row)], held = (int64_t)state->value[0];
        if (state->set == 0 || (sign > 0 ? cell > held : cell < held)) {
            state->value[0] = (uint64_t)cell;
            state->set = 1;
        }
    }
}

/* Takes the cell if it lies on the right side of the value so far. */
static Status offer(const AggregateEnv *env, Extreme *state, const uint64_t read[2], int sign)
{
    PhysType phys = phys_of(env);
    if (state->set) {
        uint64_t held[2], kept[2];
        state_cell_load(env->heap, phys, state->value, held);
        if (state_cell_compare(phys, read, held) * sign <= 0)
            return ST_OK;
        TRY(state_cell_keep(env->heap, phys, read, kept));
        state_cell_free(env->heap, phys, state->value);
        memcpy(state->value, kept, state_cell_size(phys));
        return ST_OK;
    }
    TRY(state_cell_keep(env->heap, phys, read, state->value));
    state->set = 1;
    return ST_OK;
}

static Status extreme_rows(const AggregateEnv *env, const AggregateRows *rows, const Column *arg,
                           int sign)
{
    if (arg->phys == PHYS_I64) {
        extreme_integers(rows, arg, sign);
        return ST_OK;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        uint64_t read[2];
        if (column_is_null(arg, rows->row[i]))
            continue;
        state_cell_read(arg, rows->row[i], read);
        TRY(offer(env, (Extreme *)(void *)aggregate_state(rows, i), read, sign));
    }
    return ST_OK;
}

static Status max_add(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg)
{
    return extreme_rows(env, rows, arg[0], 1);
}

static Status min_add(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg)
{
    return extreme_rows(env, rows, arg[0], -1);
}

static Status merge_extremes(const AggregateEnv *env, const AggregateRows *into,
                             const AggregateEnv *from_env, const AggregateRows *from, int sign)
{
    for (uint32_t i = 0; i < into->count; i++) {
        const Extreme *state = (const Extreme *)(const void *)aggregate_state(from, i);
        uint64_t read[2];
        if (!state->set)
            continue;
        state_cell_load(from_env->heap, phys_of(env), state->value, read);
        TRY(offer(env, (Extreme *)(void *)aggregate_state(into, i), read, sign));
    }
    return ST_OK;
}

static Status max_merge(const AggregateEnv *env, const AggregateRows *into,
                        const AggregateEnv *from_env, const AggregateRows *from)
{
    return merge_extremes(env, into, from_env, from, 1);
}

static Status min_merge(const AggregateEnv *env, const AggregateRows *into,
                        const AggregateEnv *from_env, const AggregateRows *from)
{
    return merge_extremes(env, into, from_env, from, -1);
}

static Status extreme_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                           bool *overflow)
{
    (void)overflow;
    for (uint32_t i = 0; i < groups->count; i++) {
        const Extreme *state = (const Extreme *)(const void *)aggregate_state(groups, i);
        uint64_t read[2];
        if (!state->set) {
            bit_clear(out->valid, i);
            continue;
        }
        state_cell_load(env->heap, out->phys, state->value, read);
        state_cell_put(read, out, i);
    }
    return ST_OK;
}

static void extreme_drop(const AggregateEnv *env, void *state, uint32_t entry)
{
    (void)entry;
    const Extreme *extreme = state;
    if (extreme->set)
        state_cell_free(env->heap, phys_of(env), extreme->value);
}

/* --- over rows that can be taken back --- */

static void emit_end(const AggregateEnv *env, const AggregateRows *groups, Column *out, bool last)
{
    const SortedMap *map = env->ordered;
    for (uint32_t i = 0; i < groups->count; i++) {
        uint64_t read[2];
        const uint64_t *value =
            last ? sorted_map_last(map, groups->entry[i]) : sorted_map_first(map, groups->entry[i]);
        if (value == NULL) {
            bit_clear(out->valid, i);
            continue;
        }
        state_cell_load(&map->heap, out->phys, value, read);
        state_cell_put(read, out, i);
    }
}

static Status first_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool *overflow)
{
    (void)overflow;
    emit_end(env, groups, out, false);
    return ST_OK;
}

static Status last_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                        bool *overflow)
{
    (void)overflow;
    emit_end(env, groups, out, true);
    return ST_OK;
}

/* clang-format off */
static const AggregateDef sorted_min = {
    .name = "MIN", .flags = AGG_SORTED, .add = sorted_add, .retract = sorted_retract,
    .merge = sorted_merge, .unmerge = sorted_unmerge, .emit = first_emit, .drop = sorted_drop};
static const AggregateDef sorted_max = {
    .name = "MAX", .flags = AGG_SORTED, .add = sorted_add, .retract = sorted_retract,
    .merge = sorted_merge, .unmerge = sorted_unmerge, .emit = last_emit, .drop = sorted_drop};

const AggregateDef extreme_aggregates[] = {
    {.name = "MIN", .args = "W", .result = rule_first_or_null, .state_size = EXTREME_OF_WORD,
     .flags = AGG_DISTINCT_ALIKE | AGG_NEVER_NULL, .add = min_add, .merge = min_merge, .emit = extreme_emit,
     .retracting = &sorted_min, .sliding = &queued_min,
     .signature = "MIN(value)", .doc = "The least value that is not NULL; NULL of none."},
    {.name = "MIN", .args = "O", .result = rule_first_or_null, .state_size = sizeof(Extreme),
     .flags = AGG_DISTINCT_ALIKE | AGG_NEVER_NULL, .add = min_add, .merge = min_merge, .emit = extreme_emit,
     .drop = extreme_drop, .retracting = &sorted_min},
    {.name = "MAX", .args = "W", .result = rule_first_or_null, .state_size = EXTREME_OF_WORD,
     .flags = AGG_DISTINCT_ALIKE | AGG_NEVER_NULL, .add = max_add, .merge = max_merge, .emit = extreme_emit,
     .retracting = &sorted_max, .sliding = &queued_max,
     .signature = "MAX(value)", .doc = "The greatest value that is not NULL; NULL of none."},
    {.name = "MAX", .args = "O", .result = rule_first_or_null, .state_size = sizeof(Extreme),
     .flags = AGG_DISTINCT_ALIKE | AGG_NEVER_NULL, .add = max_add, .merge = max_merge, .emit = extreme_emit,
     .drop = extreme_drop, .retracting = &sorted_max},
    {0},
};
/* clang-format on */
