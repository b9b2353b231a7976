#include "executor/function/sorted_values.h"

#include "executor/function/state_cell.h"
#include "storage/state/sorted_map.h"

static Status sorted_rows(const AggregateEnv *env, const AggregateRows *rows, const Column *arg,
                          int64_t step)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint64_t read[2];
        if (column_is_null(arg, rows->row[i]))
            continue;
        state_cell_read(arg, rows->row[i], read);
        TRY(sorted_map_adjust(env->ordered, rows->entry[i], read, step));
    }
    return ST_OK;
}

Status sorted_add(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg)
{
    return sorted_rows(env, rows, arg[0], 1);
}

Status sorted_retract(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg)
{
    return sorted_rows(env, rows, arg[0], -1);
}

static Status merge_values(const AggregateEnv *env, const AggregateRows *into,
                           const AggregateEnv *from_env, const AggregateRows *from, int64_t times)
{
    for (uint32_t i = 0; i < into->count; i++)
        TRY(sorted_map_merge(env->ordered, into->entry[i], from_env->ordered, from->entry[i],
                             times));
    return ST_OK;
}

Status sorted_merge(const AggregateEnv *env, const AggregateRows *into,
                    const AggregateEnv *from_env, const AggregateRows *from)
{
    return merge_values(env, into, from_env, from, 1);
}

Status sorted_unmerge(const AggregateEnv *env, const AggregateRows *into,
                      const AggregateEnv *from_env, const AggregateRows *from)
{
    return merge_values(env, into, from_env, from, -1);
}

void sorted_drop(const AggregateEnv *env, void *state, uint32_t entry)
{
    (void)state;
    sorted_map_clear(env->ordered, entry);
}
