/* PERCENTILE and MEDIAN: all values in order, and between the two that lie around the place asked
 * for, what lies between them in proportion. A result is wanted as often as its group changes, so
 * the values are not walked through: the SortedMap finds the n-th one on one way down, which also
 * holds when a row counts a million times, when values are taken back, and after a merge. */
#include "executor/function/rules.h"
#include "executor/function/sorted_values.h"
#include "executor/function/state_cell.h"
#include "storage/data/decimal.h"
#include "storage/data/nested.h"
#include "storage/state/sorted_map.h"

/* How many values a group has, each as often as it counts: more than a place among them can be,
 * when rows count often. */
typedef struct ValueCount {
    uint64_t low;
    int64_t high;
} ValueCount;

static Int128 count_get(const AggregateRows *groups, uint32_t i)
{
    const ValueCount *count = (const ValueCount *)(const void *)aggregate_state(groups, i);
    return (Int128)count->high * ((Int128)1 << 64) + count->low;
}

static void count_add(const AggregateRows *groups, uint32_t i, Int128 change)
{
    ValueCount *count = (ValueCount *)(void *)aggregate_state(groups, i);
    Int128 sum = count_get(groups, i) + change;
    count->low = (uint64_t)sum;
    count->high = (int64_t)(sum >> 64);
}

/* The shares that are asked for: of a list an ARRAY is made. */
typedef struct Shares {
    uint32_t count;
    double share[];
} Shares;

static Type double_type(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_DOUBLE);
}

static double number_of(const Type *type, const uint64_t *word)
{
    double value;
    Int128 decimal;
    if (type_is_integer(type))
        return (double)(int64_t)word[0];
    if (type->id == TYPE_DECIMAL) {
        memcpy(&decimal, word, sizeof decimal);
        return decimal_to_double(decimal, type->scale);
    }
    memcpy(&value, word, sizeof value);
    return value;
}

static Status make_shares(AggregateCall *call, Arena *arena, uint32_t count, Shares **out)
{
    *out = arena_alloc_zeroed(arena, sizeof **out + count * sizeof(double));
    if (*out == NULL)
        return ST_NOMEM;
    (*out)->count = count;
    call->data = *out;
    return ST_OK;
}

static Status prepare_median(AggregateCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    Shares *shares;
    TRY(make_shares(call, arena, 1, &shares));
    shares->share[0] = 0.5;
    return ST_OK;
}

static Status prepare_percentile(AggregateCall *call, Arena *arena, Diag *diag)
{
    Shares *shares;
    TRY(make_shares(call, arena, call->constants[1], &shares));
    for (uint32_t i = 0; i < shares->count; i++) {
        const Value *value = &call->constant[1][i];
        uint64_t word[2] = {0};
        memcpy(word, &value->as, sizeof word);
        shares->share[i] = value->null ? -1 : number_of(&value->type, word);
        if (!(shares->share[i] >= 0 && shares->share[i] <= 1))
            return diag_error(diag, E2107, SPAN_NONE,
                              "the second argument of PERCENTILE is %s from 0 to 1",
                              call->result.id == TYPE_ARRAY ? "an ARRAY of numbers" : "a number");
    }
    return ST_OK;
}

static Status prepare_percentiles(AggregateCall *call, Arena *arena, Diag *diag)
{
    TRY(type_array(arena, type_make(TYPE_DOUBLE), &call->result));
    return prepare_percentile(call, arena, diag);
}

/* The values number `low` and, in *next, low + 1 of the group, counted from 0. */
static bool find_around(const SortedMap *map, const Type *type, uint32_t entry, int64_t low,
                        double *value, double *next)
{
    SortedCursor at;
    int64_t among;
    if (!sorted_map_at(map, entry, low, &at, &among))
        return false;
    *value = *next = number_of(type, at.value);
    if (among + 1 == at.count && sorted_map_next(map, &at))
        *next = number_of(type, at.value);
    return true;
}

/* false: there are no values, or (*overflow) more than can be counted. */
static bool find_share(const AggregateEnv *env, const AggregateRows *groups, uint32_t i,
                       double share, double *out, bool *overflow)
{
    Int128 values = count_get(groups, i);
    int64_t count = (int64_t)values;
    if (values > INT64_MAX) {
        *overflow = true;
        return false;
    }
    /* In Flink's order of operations, with places from 1 on. */
    double place = (double)(count - 1) * share + 1, low, high;
    int64_t below = place >= (double)count ? count : (int64_t)place;
    if (count <= 0 ||
        !find_around(env->ordered, env->argument[0], groups->entry[i], below - 1, &low, &high))
        return false;
    double part = place - (double)below;
    *out = part == 0 || low == high ? low : ((double)below + 1 - place) * low + part * high;
    return true;
}

static Status percentile_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                              bool *overflow)
{
    const Shares *shares = env->data;
    for (uint32_t i = 0; i < groups->count; i++) {
        if (!find_share(env, groups, i, shares->share[0], &out->data.f64[i], &overflow[i]))
            bit_clear(out->valid, i);
    }
    return ST_OK;
}

static Status percentiles_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                               bool *overflow)
{
    const Shares *shares = env->data;
    for (uint32_t i = 0; i < groups->count; i++) {
        Column *element = &out->data.nested->child[0];
        uint32_t first;
        bool any = true;
        TRY(nested_add_elements(env->scratch, out->data.nested, i, shares->count, &first));
        for (uint32_t s = 0; any && s < shares->count; s++)
            any = find_share(env, groups, i, shares->share[s], &element->data.f64[first + s],
                             &overflow[i]);
        if (!any)
            bit_clear(out->valid, i);
    }
    return ST_OK;
}

/* How many values there are; a second column says how often the row counts. */
static Status weigh(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg,
                    int64_t step)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->row[i];
        int64_t times = 1;
        uint64_t read[2] = {0};
        if (column_is_null(arg[0], row) || (env->arguments > 1 && column_is_null(arg[1], row)))
            continue;
        if (env->arguments > 1)
            times = arg[1]->data.i64[column_index(arg[1], row)];
        if (times <= 0)
            continue;
        state_cell_read(arg[0], row, read);
        TRY(sorted_map_adjust(env->ordered, rows->entry[i], read, step * times));
        count_add(rows, i, step * times);
    }
    return ST_OK;
}

static Status percentile_add(const AggregateEnv *env, const AggregateRows *rows,
                             const Column *const *arg)
{
    return weigh(env, rows, arg, 1);
}

static Status percentile_retract(const AggregateEnv *env, const AggregateRows *rows,
                                 const Column *const *arg)
{
    return weigh(env, rows, arg, -1);
}

static void merge_counts(const AggregateRows *into, const AggregateRows *from, int64_t times)
{
    for (uint32_t i = 0; i < into->count; i++)
        count_add(into, i, count_get(from, i) * times);
}

static Status percentile_merge(const AggregateEnv *env, const AggregateRows *into,
                               const AggregateEnv *from_env, const AggregateRows *from)
{
    merge_counts(into, from, 1);
    return sorted_merge(env, into, from_env, from);
}

static Status percentile_unmerge(const AggregateEnv *env, const AggregateRows *into,
                                 const AggregateEnv *from_env, const AggregateRows *from)
{
    merge_counts(into, from, -1);
    return sorted_unmerge(env, into, from_env, from);
}

#define SORTED                                                                                     \
    .result = double_type, .state_size = sizeof(ValueCount), .flags = AGG_SORTED,                  \
    .add = percentile_add, .retract = percentile_retract, .merge = percentile_merge,               \
    .unmerge = percentile_unmerge, .drop = sorted_drop
#define ONE_SHARE SORTED, .emit = percentile_emit
#define SHARES    SORTED, .prepare = prepare_percentiles, .emit = percentiles_emit

/* clang-format off */
const AggregateDef percentile_aggregates[] = {
    {.name = "MEDIAN", .args = "N", ONE_SHARE, .prepare = prepare_median,
     .signature = "MEDIAN([DISTINCT] number)", .doc = "The same as PERCENTILE(number, 0.5)."},
    {.name = "PERCENTILE", .args = "NN=", ONE_SHARE, .prepare = prepare_percentile,
     .signature = "PERCENTILE([DISTINCT] number, share [, times])",
     .doc = "The number below which lies the share (a literal from 0 to 1) of all that are not "
            "NULL, in proportion between the two nearest; each counts `times` times; NULL of "
            "none. Of an ARRAY of shares an ARRAY."},
    {.name = "PERCENTILE", .args = "NN=I", ONE_SHARE, .prepare = prepare_percentile},
    {.name = "PERCENTILE", .args = "NL=", SHARES},
    {.name = "PERCENTILE", .args = "NL=I", SHARES},
    {0},
};
/* clang-format on */
