/* Aggregates of lists (value_list.h): LISTAGG, and FIRST_VALUE, LAST_VALUE, ARG_MIN, ARG_MAX over
 * rows that can be taken back. */
#include "executor/function/agg_list.h"

#include "executor/function/kernel_text.h"
#include "executor/function/rules.h"
#include "executor/function/state_cell.h"

static const ListForm values_form = {.required = 1, .key = -1};

static Status values_add(const AggregateEnv *env, const AggregateRows *rows,
                         const Column *const *arg)
{
    return list_add(env, rows, arg, &values_form);
}

static Status values_retract(const AggregateEnv *env, const AggregateRows *rows,
                             const Column *const *arg)
{
    return list_retract(env, rows, arg, &values_form);
}

static Status values_merge(const AggregateEnv *env, const AggregateRows *into,
                           const AggregateEnv *from_env, const AggregateRows *from)
{
    return list_merge(env, into, from_env, from, &values_form);
}

/* --- FIRST_VALUE, LAST_VALUE --- */

static Status emit_end(const AggregateEnv *env, const AggregateRows *groups, Column *out, bool last)
{
    ListRow row;
    TRY(list_row_make(env, &row));
    for (uint32_t i = 0; i < groups->count; i++) {
        bool there =
            last ? list_last(env, groups->entry[i], &row) : list_first(env, groups->entry[i], &row);
        if (!there) {
            bit_clear(out->valid, i);
            continue;
        }
        TRY(list_read(env, &row));
        TRY(column_copy_cell(env->scratch, out, i, &row.column[0], 0));
    }
    return ST_OK;
}

static Status first_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool *overflow)
{
    (void)overflow;
    return emit_end(env, groups, out, false);
}

static Status last_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                        bool *overflow)
{
    (void)overflow;
    return emit_end(env, groups, out, true);
}

enum { LISTED_FLAGS = AGG_ARRIVAL | AGG_LISTED | AGG_INDEXED };
#define LISTED_VALUES                                                                              \
    .add = values_add, .retract = values_retract, .merge = values_merge, .drop = list_drop

const AggregateDef listed_first = {
    .name = "FIRST_VALUE", .flags = LISTED_FLAGS, LISTED_VALUES, .emit = first_emit};
const AggregateDef listed_last = {
    .name = "LAST_VALUE", .flags = LISTED_FLAGS, LISTED_VALUES, .emit = last_emit};

/* --- ARG_MIN, ARG_MAX: the keys in order, and the rows, found by their key --- */

static const ListForm keyed_form = {.required = 1 << 1, .key = 1};

static Status adjust_keys(const AggregateEnv *env, const AggregateRows *rows, const Column *key,
                          int64_t change)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        uint64_t read[2];
        if (column_is_null(key, rows->row[i]))
            continue;
        state_cell_read(key, rows->row[i], read);
        TRY(sorted_map_adjust(env->ordered, rows->entry[i], read, change));
    }
    return ST_OK;
}

static Status arg_add(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg)
{
    TRY(adjust_keys(env, rows, arg[1], 1));
    return list_add(env, rows, arg, &keyed_form);
}

static Status arg_retract(const AggregateEnv *env, const AggregateRows *rows,
                          const Column *const *arg)
{
    TRY(adjust_keys(env, rows, arg[1], -1));
    return list_retract(env, rows, arg, &keyed_form);
}

static Status arg_merge(const AggregateEnv *env, const AggregateRows *into,
                        const AggregateEnv *from_env, const AggregateRows *from)
{
    for (uint32_t i = 0; i < into->count; i++)
        TRY(sorted_map_merge(env->ordered, into->entry[i], from_env->ordered, from->entry[i], 1));
    return list_merge(env, into, from_env, from, &keyed_form);
}

static void arg_drop(const AggregateEnv *env, void *state, uint32_t entry)
{
    sorted_map_clear(env->ordered, entry);
    list_drop(env, state, entry);
}

static Status arg_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out, bool max)
{
    const SortedMap *keys = env->ordered;
    ListRow row;
    Column key;
    TRY(list_row_make(env, &row));
    TRY(column_make(env->scratch, keys->phys, 1, &key));
    for (uint32_t i = 0; i < groups->count; i++) {
        uint32_t entry = groups->entry[i];
        const uint64_t *best = max ? sorted_map_last(keys, entry) : sorted_map_first(keys, entry);
        uint64_t read[2];
        bool found = false;
        if (best != NULL) {
            state_cell_load(&keys->heap, keys->phys, best, read);
            state_cell_put(read, &key, 0);
            TRY(list_find(env, entry, &key, &keyed_form, &row, &found));
        }
        if (!found) {
            bit_clear(out->valid, i);
            continue;
        }
        TRY(list_read(env, &row));
        TRY(column_copy_cell(env->scratch, out, i, &row.column[0], 0));
    }
    return ST_OK;
}

static Status arg_min_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                           bool *overflow)
{
    (void)overflow;
    return arg_emit(env, groups, out, false);
}

static Status arg_max_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                           bool *overflow)
{
    (void)overflow;
    return arg_emit(env, groups, out, true);
}

#define LISTED_ARGS                                                                                \
    .flags =                                                                                       \
        AGG_ARRIVAL | AGG_TAKES_NULLS | AGG_SORTED | AGG_SORTED_SECOND | AGG_LISTED | AGG_INDEXED, \
    .add = arg_add, .retract = arg_retract, .merge = arg_merge, .drop = arg_drop

const AggregateDef listed_arg_min = {.name = "ARG_MIN", LISTED_ARGS, .emit = arg_min_emit};
const AggregateDef listed_arg_max = {.name = "ARG_MAX", LISTED_ARGS, .emit = arg_max_emit};

/* --- LISTAGG --- */

static uint64_t value_size(const AggregateEnv *env, const Column *value, uint32_t row)
{
    (void)env;
    return value->data.str[column_index(value, row)].size;
}

static uint32_t separator_size(const AggregateEnv *env)
{
    return ((const Text *)env->data)->size;
}

static const ListForm texts_form = {
    .required = 1, .key = -1, .text_size = value_size, .between_size = separator_size};

static Status texts_add(const AggregateEnv *env, const AggregateRows *rows,
                        const Column *const *arg)
{
    return list_add(env, rows, arg, &texts_form);
}

static Status texts_retract(const AggregateEnv *env, const AggregateRows *rows,
                            const Column *const *arg)
{
    return list_retract(env, rows, arg, &texts_form);
}

static Status texts_merge(const AggregateEnv *env, const AggregateRows *into,
                          const AggregateEnv *from_env, const AggregateRows *from)
{
    return list_merge(env, into, from_env, from, &texts_form);
}

static Type text_type(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_string();
}

/* The separator as a Text. */
static Status keep_separator(AggregateCall *call, Arena *arena, Diag *diag)
{
    Text *separator;
    TRY_NEW(separator, arena);
    if (call->args > 1 && call->constant[1]->null)
        return diag_error(diag, E2107, SPAN_NONE, "the separator of LISTAGG cannot be NULL");
    *separator = TEXT(",");
    if (call->args > 1)
        TRY(arena_text(arena, str_text(&call->constant[1]->as.str), separator));
    call->data = separator;
    return ST_OK;
}

static char *put_text(char *to, Text text)
{
    if (text.size > 0)
        memcpy(to, text.ptr, text.size);
    return to + text.size;
}

/* Straight to where it stays, since it is known how long it is. */
static Status put_list(const AggregateEnv *env, uint32_t entry, ListRow *row, uint64_t size,
                       Column *out, uint32_t at)
{
    const Text separator = *(const Text *)env->data;
    TRY(list_order(env, entry, row));
    if (!list_first(env, entry, row)) {
        bit_clear(out->valid, at);
        return ST_OK;
    }
    char *text = arena_alloc(env->scratch, size + 1), *to = text;
    if (text == NULL)
        return ST_NOMEM;
    for (bool first = true, more = true; more; first = false) {
        TRY(list_read(env, row));
        Text before = first ? TEXT_NONE : separator, value = str_text(&row->column[0].data.str[0]);
        if (size - (uint64_t)(to - text) < (uint64_t)before.size + value.size)
            return ST_STATE;
        to = put_text(put_text(to, before), value);
        more = list_next(env, row);
    }
    out->data.str[at] = str_view(text, (uint32_t)(to - text));
    return ST_OK;
}

Status list_put_text(const AggregateEnv *env, const StrBuf *text, Column *out, uint32_t row,
                     bool *overflow)
{
    Str str = str_of_text(strbuf_as_text(text));
    if (str.size > STRING_MAX_BYTES) {
        overflow[row] = true;
        bit_clear(out->valid, row);
        return ST_OK;
    }
    return str_copy(env->scratch, &str, &out->data.str[row]);
}

static Status listagg_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                           bool *overflow)
{
    ListRow row;
    TRY(list_row_make(env, &row));
    for (uint32_t i = 0; i < groups->count; i++) {
        const void *state = aggregate_state(groups, i);
        if (list_is_too_long(env, &texts_form, state)) {
            overflow[i] = true;
            bit_clear(out->valid, i);
            continue;
        }
        TRY(put_list(env, groups->entry[i], &row, list_text_size(env, &texts_form, state), out, i));
    }
    return ST_OK;
}

enum { LISTAGG_FLAGS = AGG_ARRIVAL | AGG_LISTED | AGG_LONG | AGG_ORDERED };

#define TEXTS                                                                                      \
    .state_size = sizeof(ListTextSize), .add = texts_add, .merge = texts_merge,                    \
    .emit = listagg_emit, .drop = list_drop

static const AggregateDef listed_listagg = {
    .name = "LISTAGG", .flags = LISTAGG_FLAGS | AGG_INDEXED, TEXTS, .retract = texts_retract};
static const AggregateDef listed_string_agg = {
    .name = "STRING_AGG", .flags = LISTAGG_FLAGS | AGG_INDEXED, TEXTS, .retract = texts_retract};

#define LISTAGG .result = text_type, .prepare = keep_separator, TEXTS

/* clang-format off */
const AggregateDef list_aggregates[] = {
    {.name = "LISTAGG", LISTAGG, .flags = LISTAGG_FLAGS, .retracting = &listed_listagg, .args = "S",
     .signature = "LISTAGG([DISTINCT] text [, separator] [ORDER BY key, ...])",
     .doc = "The texts that are not NULL, in the order in which they came or that is asked for, "
            "with the separator (a literal; a comma if there is none) between them; NULL of none."},
    {.name = "LISTAGG", LISTAGG, .flags = LISTAGG_FLAGS, .retracting = &listed_listagg, .args = "SS="},
    {.name = "STRING_AGG", LISTAGG, .flags = LISTAGG_FLAGS | AGG_EXTENSION,
     .retracting = &listed_string_agg, .args = "SS=",
     .signature = "STRING_AGG([DISTINCT] text, separator [ORDER BY key, ...])",
     .doc = "LISTAGG by another name."},
    {0},
};
/* clang-format on */
