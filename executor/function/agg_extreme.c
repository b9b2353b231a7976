/* MIN and MAX over input that only inserts: the state is the value so far. Under retraction the
 * operator keeps all values in order and these loops are not used (AGG_ORDERED_FIRST, _LAST). */
#include "executor/function/aggregate.h"

#include <math.h>

#include "storage/state/heap.h"

typedef struct Extreme {
    uint64_t set;
    uint64_t value[2]; /* a DECIMAL or a stored Str; of other types the state ends after one word */
} Extreme;
enum { EXTREME_OF_WORD = offsetof(Extreme, value) + sizeof(uint64_t) };

static Type same_type(const Type *arg, uint32_t args)
{
    (void)args;
    return type_with_null(arg[0], true);
}

/* -0.0 before 0.0 and NaN last, as java.lang.Double.compare orders them. */
static int compare_double(double a, double b)
{
    if (a < b || a > b)
        return a < b ? -1 : 1;
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (signbit(b) != 0) - (signbit(a) != 0);
}

/* <0 when the cell comes before the state's value. */
static int compare_cell(const AggregateEnv *env, const Extreme *state, const Column *arg,
                        uint32_t at)
{
    switch (arg->phys) {
    case PHYS_BOOL: return (int)arg->data.b[at] - (int)state->value[0];
    case PHYS_I64: {
        int64_t held = (int64_t)state->value[0], cell = arg->data.i64[at];
        return (cell > held) - (cell < held);
    }
    case PHYS_F64: {
        double held;
        memcpy(&held, state->value, sizeof held);
        return compare_double(arg->data.f64[at], held);
    }
    case PHYS_I128: {
        Int128 held;
        memcpy(&held, state->value, sizeof held);
        return (arg->data.i128[at] > held) - (arg->data.i128[at] < held);
    }
    case PHYS_STR: {
        Str held;
        memcpy(&held, state->value, sizeof held);
        held = heap_load_str(env->heap, &held);
        return str_compare(&arg->data.str[at], &held);
    }
    case PHYS_NESTED: break;
    }
    return 0;
}

static Status store(const AggregateEnv *env, Extreme *state, const Column *arg, uint32_t at)
{
    switch (arg->phys) {
    case PHYS_BOOL: state->value[0] = arg->data.b[at]; break;
    case PHYS_I64: state->value[0] = (uint64_t)arg->data.i64[at]; break;
    case PHYS_F64: memcpy(state->value, &arg->data.f64[at], 8); break;
    case PHYS_I128: memcpy(state->value, &arg->data.i128[at], 16); break;
    case PHYS_STR: {
        Str stored, old;
        TRY(heap_store_str(env->heap, &arg->data.str[at], &stored));
        memcpy(&old, state->value, sizeof old);
        if (state->set)
            heap_free_str(env->heap, &old);
        memcpy(state->value, &stored, sizeof stored);
        break;
    }
    case PHYS_NESTED: break;
    }
    state->set = 1;
    return ST_OK;
}

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

static Status extreme_rows(const AggregateEnv *env, const AggregateRows *rows, const Column *arg,
                           int sign)
{
    if (arg->phys == PHYS_I64) {
        extreme_integers(rows, arg, sign);
        return ST_OK;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        if (column_is_null(arg, row))
            continue;
        Extreme *state = (Extreme *)(void *)aggregate_state(rows, i);
        uint32_t at = column_index(arg, row);
        if (!state->set || compare_cell(env, state, arg, at) * sign > 0)
            TRY(store(env, state, arg, at));
    }
    return ST_OK;
}

static Status max_add(const AggregateEnv *env, const AggregateRows *rows, const Column *arg)
{
    return extreme_rows(env, rows, arg, 1);
}

static Status min_add(const AggregateEnv *env, const AggregateRows *rows, const Column *arg)
{
    return extreme_rows(env, rows, arg, -1);
}

static Status extreme_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                           bool *overflow)
{
    (void)overflow;
    for (uint32_t i = 0; i < groups->count; i++) {
        const Extreme *state = (const Extreme *)(const void *)aggregate_state(groups, i);
        if (!state->set) {
            bit_clear(out->valid, i);
            continue;
        }
        switch (out->phys) {
        case PHYS_BOOL: out->data.b[i] = state->value[0] != 0; break;
        case PHYS_I64: out->data.i64[i] = (int64_t)state->value[0]; break;
        case PHYS_F64: memcpy(&out->data.f64[i], state->value, 8); break;
        case PHYS_I128: memcpy(&out->data.i128[i], state->value, 16); break;
        case PHYS_STR: {
            Str held;
            memcpy(&held, state->value, sizeof held);
            out->data.str[i] = heap_load_str(env->heap, &held);
            break;
        }
        case PHYS_NESTED: break;
        }
    }
    return ST_OK;
}

static void extreme_drop(const AggregateEnv *env, void *state)
{
    const Extreme *extreme = state;
    if (extreme->set && type_phys((TypeId)env->argument->id) == PHYS_STR) {
        Str held;
        memcpy(&held, extreme->value, sizeof held);
        heap_free_str(env->heap, &held);
    }
}

/* clang-format off */
const AggregateDef extreme_aggregates[] = {
    {.name = "MIN", .args = "W", .result = same_type, .state_size = EXTREME_OF_WORD,
     .flags = AGG_ORDERED_FIRST, .add = min_add, .emit = extreme_emit,
     .signature = "MIN(value)", .doc = "The least value that is not NULL; NULL of none."},
    {.name = "MIN", .args = "O", .result = same_type, .state_size = sizeof(Extreme),
     .flags = AGG_ORDERED_FIRST, .add = min_add, .emit = extreme_emit, .drop = extreme_drop},
    {.name = "MAX", .args = "W", .result = same_type, .state_size = EXTREME_OF_WORD,
     .flags = AGG_ORDERED_LAST, .add = max_add, .emit = extreme_emit,
     .signature = "MAX(value)", .doc = "The greatest value that is not NULL; NULL of none."},
    {.name = "MAX", .args = "O", .result = same_type, .state_size = sizeof(Extreme),
     .flags = AGG_ORDERED_LAST, .add = max_add, .emit = extreme_emit, .drop = extreme_drop},
    {0},
};
/* clang-format on */
