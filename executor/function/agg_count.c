/* COUNT of rows, and of values that are not NULL. */
#include "executor/function/aggregate.h"

static Type count_type(const Type *arg, uint32_t args)
{
    (void)arg;
    (void)args;
    return type_with_null(type_make(TYPE_BIGINT), false);
}

static Status count_rows(const AggregateEnv *env, const AggregateRows *rows,
                         const Column *const *arg, int64_t step)
{
    const Column *value = env->arguments == 0 ? NULL : arg[0];
    for (uint32_t i = 0; i < rows->count; i++) {
        int64_t *count = (int64_t *)(void *)aggregate_state(rows, i);
        *count += value == NULL || !column_is_null(value, rows->row[i]) ? step : 0;
    }
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

static Status count_merge(const AggregateEnv *env, const AggregateRows *into,
                          const AggregateEnv *from_env, const AggregateRows *from)
{
    (void)env, (void)from_env;
    for (uint32_t i = 0; i < into->count; i++)
        *(int64_t *)(void *)aggregate_state(into, i) +=
            *(const int64_t *)(const void *)aggregate_state(from, i);
    return ST_OK;
}

static Status count_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool *overflow)
{
    (void)env;
    (void)overflow;
    for (uint32_t i = 0; i < groups->count; i++)
        out->data.i64[i] = *(const int64_t *)(const void *)aggregate_state(groups, i);
    return ST_OK;
}

/* clang-format off */
const AggregateDef count_aggregates[] = {
    {.name = "COUNT", .args = "", .result = count_type, .state_size = sizeof(int64_t),
     .add = count_add, .retract = count_retract, .merge = count_merge,
     .emit = count_emit,
     .signature = "COUNT(*), COUNT([DISTINCT] value)",
     .doc = "Number of rows; of rows whose value is not NULL."},
    {.name = "COUNT", .args = "A", .result = count_type, .state_size = sizeof(int64_t),
     .add = count_add, .retract = count_retract, .merge = count_merge,
     .emit = count_emit},
    {0},
};
/* clang-format on */
