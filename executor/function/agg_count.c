/* COUNT of rows, and of those in which no value is NULL. */
#include "executor/function/agg_count.h"

Type count_type(const Type *arg, uint32_t args)
{
    (void)arg;
    (void)args;
    return type_with_null(type_make(TYPE_BIGINT), false);
}

static int64_t *count_of(const AggregateRows *rows, uint32_t i)
{
    return (int64_t *)(void *)aggregate_state(rows, i);
}

static void count_all(const AggregateRows *rows, int64_t step)
{
    for (uint32_t i = 0; i < rows->count; i++)
        *count_of(rows, i) += step;
}

static void count_values(const AggregateRows *rows, const Column *value, int64_t step)
{
    for (uint32_t i = 0; i < rows->count; i++)
        *count_of(rows, i) += column_is_null(value, rows->row[i]) ? 0 : step;
}

static void count_tuples(const AggregateEnv *env, const AggregateRows *rows,
                         const Column *const *arg, int64_t step)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        bool null = false;
        for (uint32_t a = 0; a < env->arguments; a++)
            null |= column_is_null(arg[a], rows->row[i]);
        *count_of(rows, i) += null ? 0 : step;
    }
}

static Status count_rows(const AggregateEnv *env, const AggregateRows *rows,
                         const Column *const *arg, int64_t step)
{
    if (env->arguments == 0)
        count_all(rows, step);
    else if (env->arguments == 1)
        count_values(rows, arg[0], step);
    else
        count_tuples(env, rows, arg, step);
    return ST_OK;
}

static Status count_add(const AggregateEnv *env, const AggregateRows *rows,
                        const Column *const *arg)
{
    return count_rows(env, rows, arg, 1);
}

static Status count_retract(const AggregateEnv *env, const AggregateRows *rows,
                            const Column *const *arg)
{
    return count_rows(env, rows, arg, -1);
}

static Status merge_counts(const AggregateRows *into, const AggregateRows *from, int64_t times)
{
    for (uint32_t i = 0; i < into->count; i++)
        *count_of(into, i) += *count_of(from, i) * times;
    return ST_OK;
}

static Status count_merge(const AggregateEnv *env, const AggregateRows *into,
                          const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_counts(into, from, 1);
}

static Status count_unmerge(const AggregateEnv *env, const AggregateRows *into,
                            const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    return merge_counts(into, from, -1);
}

static Status count_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool *overflow)
{
    (void)env;
    (void)overflow;
    for (uint32_t i = 0; i < groups->count; i++)
        out->data.i64[i] = *count_of(groups, i);
    return ST_OK;
}

#define COUNTS                                                                                     \
    .result = count_type, .state_size = sizeof(int64_t), .add = count_add,                         \
    .retract = count_retract, .merge = count_merge, .unmerge = count_unmerge, .emit = count_emit

const AggregateDef exact_distinct_count = {
    .name = "APPROX_COUNT_DISTINCT", .args = "O", .flags = AGG_DISTINCT, COUNTS};

/* clang-format off */
const AggregateDef count_aggregates[] = {
    {.name = "COUNT", .args = "", COUNTS,
     .signature = "COUNT(*), COUNT([DISTINCT] value [, value ...])",
     .doc = "Number of rows; of rows in which no value is NULL, each once with DISTINCT."},
    {.name = "COUNT", .args = "A", COUNTS},
    {.name = "COUNT", .args = "AA", COUNTS},
    {.name = "COUNT", .args = "AAA", COUNTS},
    {0},
};
/* clang-format on */
