#include "executor/function/sorted_values.h"

#include "executor/function/state_cell.h"
#include "storage/data/row_codec.h"
#include "storage/state/sorted_map.h"

/* A nested value stands there as its key form, which lies in the buffer. */
static Status sorted_cell(const Type *type, const Column *column, uint32_t row, StrBuf *buffer,
                          uint64_t read[2])
{
    if (!type_is_nested(type)) {
        state_cell_read(column, row, read);
        return ST_OK;
    }
    strbuf_clear(buffer);
    rowkey_append(buffer, type, column, row);
    TRY(strbuf_status(buffer));
    if (buffer->size > UINT32_MAX)
        return ST_NOMEM;
    Str str = str_of_text(strbuf_as_text(buffer));
    memcpy(read, &str, sizeof str);
    return ST_OK;
}

static Status sorted_rows(const AggregateEnv *env, const AggregateRows *rows, const Column *arg,
                          int64_t step)
{
    StrBuf key;
    Status status = ST_OK;
    strbuf_init(&key, NULL);
    for (uint32_t i = 0; status == ST_OK && i < rows->count; i++) {
        uint64_t read[2];
        if (column_is_null(arg, rows->row[i]))
            continue;
        status = sorted_cell(env->argument[0], arg, rows->row[i], &key, read);
        if (status == ST_OK)
            status = sorted_map_adjust(env->ordered, rows->entry[i], read, step);
    }
    strbuf_close(&key);
    return status;
}

Status sorted_put(const AggregateEnv *env, const uint64_t *value, Column *out, uint32_t row)
{
    const Type *type = env->argument[0];
    uint64_t read[2];
    state_cell_load(&env->ordered->heap, env->ordered->phys, value, read);
    if (!type_is_nested(type)) {
        state_cell_put(read, out, row);
        return ST_OK;
    }
    Str key;
    Text bytes;
    memcpy(&key, read, sizeof key);
    TRY(arena_text(env->scratch, str_text(&key), &bytes));
    const char *at = bytes.ptr;
    return rowkey_read(type, &at, at + bytes.size, out, row, env->scratch);
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
