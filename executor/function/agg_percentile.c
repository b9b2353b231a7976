/* PERCENTILE and MEDIAN: all values in order, and between the two that lie around the place asked
 * for, what lies between them in proportion. A result is wanted as often as its group changes, so
 * the values are not walked through: the SortedMap finds the n-th one on one way down, which also
 * holds when a row counts a million times, when values are taken back, and after a merge. */
#include "executor/function/rules.h"
#include "executor/function/sorted_values.h"
#include "executor/function/state_cell.h"
#include "storage/data/decimal.h"
#include "storage/state/sorted_map.h"

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

static Status keep_place(Arena *arena, double place, AggregateCall *call)
{
    double *kept;
    TRY_NEW(kept, arena);
    *kept = place;
    call->data = kept;
    return ST_OK;
}

static Status prepare_median(AggregateCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    return keep_place(arena, 0.5, call);
}

static Status prepare_percentile(AggregateCall *call, Arena *arena, Diag *diag)
{
    const Value *value = call->constant[1];
    uint64_t word[2] = {0};
    memcpy(word, &value->as, sizeof word);
    double place = value->null ? -1 : number_of(&value->type, word);
    if (!(place >= 0 && place <= 1))
        return diag_error(diag, E2107, SPAN_NONE,
                          "the second argument of PERCENTILE is a number from 0 to 1");
    return keep_place(arena, place, call);
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

static Status percentile_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                              bool *overflow)
{
    (void)overflow;
    const SortedMap *map = env->ordered;
    double share = *(const double *)env->data;
    for (uint32_t i = 0; i < groups->count; i++) {
        int64_t count = *(const int64_t *)(const void *)aggregate_state(groups, i);
        /* In Flink's order of operations, with places from 1 on. */
        double place = (double)(count - 1) * share + 1, low, high;
        int64_t below = (int64_t)place;
        if (count <= 0 ||
            !find_around(map, env->argument[0], groups->entry[i], below - 1, &low, &high)) {
            bit_clear(out->valid, i);
            continue;
        }
        double part = place - (double)below;
        out->data.f64[i] =
            part == 0 || low == high ? low : ((double)below + 1 - place) * low + part * high;
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
        *(int64_t *)(void *)aggregate_state(rows, i) += step * times;
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
        *(int64_t *)(void *)aggregate_state(into, i) +=
            *(const int64_t *)(const void *)aggregate_state(from, i) * times;
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
    .result = double_type, .state_size = sizeof(int64_t), .flags = AGG_SORTED,                     \
    .add = percentile_add, .retract = percentile_retract, .merge = percentile_merge,               \
    .unmerge = percentile_unmerge, .emit = percentile_emit, .drop = sorted_drop

/* clang-format off */
const AggregateDef percentile_aggregates[] = {
    {.name = "MEDIAN", .args = "N", SORTED, .prepare = prepare_median,
     .signature = "MEDIAN([DISTINCT] number)", .doc = "The same as PERCENTILE(number, 0.5)."},
    {.name = "PERCENTILE", .args = "NN=", SORTED, .prepare = prepare_percentile,
     .signature = "PERCENTILE([DISTINCT] number, share [, times])",
     .doc = "The number below which lies the share (a literal from 0 to 1) of all that are not "
            "NULL, in proportion between the two nearest; each counts `times` times; NULL of "
            "none."},
    {.name = "PERCENTILE", .args = "NN=I", SORTED, .prepare = prepare_percentile},
    {0},
};
/* clang-format on */
