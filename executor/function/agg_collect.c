/* COLLECT and ARRAY_AGG: the values of a group as one value. COLLECT is the multiset that its
 * SortedMap is, given out in the order of the values; ARRAY_AGG a list (value_list.h). */
#include "executor/function/sorted_values.h"
#include "executor/function/value_list.h"
#include "storage/data/nested.h"

/* What the table says until `prepare` knows the type of the values. */
static Type unknown_type(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_NULL);
}

/* --- COLLECT --- */

static Status prepare_collect(AggregateCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    TRY(type_multiset(arena, call->arg[0], &call->result));
    call->result.nullable = false;
    return ST_OK;
}

static Status put_multiset(const AggregateEnv *env, uint32_t entry, Column *out, uint32_t row)
{
    Nested *nested = out->data.nested;
    SortedCursor at;
    uint32_t values = 0, next;
    for (bool more = sorted_map_begin(env->ordered, entry, &at); more;
         more = sorted_map_next(env->ordered, &at))
        values += at.count > 0;
    TRY(nested_add_elements(env->scratch, nested, row, values, &next));
    for (bool more = sorted_map_begin(env->ordered, entry, &at); more;
         more = sorted_map_next(env->ordered, &at)) {
        if (at.count <= 0)
            continue;
        TRY(sorted_put(env, at.value, &nested->child[0], next));
        nested->child[1].data.i64[next++] = at.count < INT32_MAX ? at.count : INT32_MAX;
    }
    return ST_OK;
}

static Status collect_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                           bool *overflow)
{
    (void)overflow;
    for (uint32_t i = 0; i < groups->count; i++)
        TRY(put_multiset(env, groups->entry[i], out, i));
    return ST_OK;
}

/* --- ARRAY_AGG --- */

static const ListForm values_form = {.required = 0, .key = -1};
static const ListForm present_form = {.required = 1, .key = -1};

#define LOOPS(name, form)                                                                          \
    static Status name##_add(const AggregateEnv *env, const AggregateRows *rows,                   \
                             const Column *const *arg)                                             \
    {                                                                                              \
        return list_add(env, rows, arg, &form);                                                    \
    }                                                                                              \
    static Status name##_retract(const AggregateEnv *env, const AggregateRows *rows,               \
                                 const Column *const *arg)                                         \
    {                                                                                              \
        return list_retract(env, rows, arg, &form);                                                \
    }                                                                                              \
    static Status name##_merge(const AggregateEnv *env, const AggregateRows *into,                 \
                               const AggregateEnv *from_env, const AggregateRows *from)            \
    {                                                                                              \
        return list_merge(env, into, from_env, from, &form);                                       \
    }
LOOPS(values, values_form)
LOOPS(present, present_form)

static Status prepare_array(AggregateCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    TRY(type_array(arena, call->arg[0], &call->result));
    call->result.nullable = true;
    return ST_OK;
}

static Status put_array(const AggregateEnv *env, uint32_t entry, ListRow *at, Column *out,
                        uint32_t row)
{
    Nested *nested = out->data.nested;
    uint32_t values = 0, next;
    TRY(list_order(env, entry, at));
    for (bool more = list_first(env, entry, at); more; more = list_next(env, at))
        values++;
    if (values == 0) {
        bit_clear(out->valid, row);
        return ST_OK;
    }
    TRY(nested_add_elements(env->scratch, nested, row, values, &next));
    for (bool more = list_first(env, entry, at); more; more = list_next(env, at))
        TRY(list_read_into(env, at, &nested->child[0], next++));
    return ST_OK;
}

static Status array_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool *overflow)
{
    (void)overflow;
    ListRow at;
    TRY(list_row_make(env, &at));
    for (uint32_t i = 0; i < groups->count; i++)
        TRY(put_array(env, groups->entry[i], &at, out, i));
    return ST_OK;
}

#define ARRAY_AGG(loops)                                                                           \
    .result = unknown_type, .prepare = prepare_array, .add = loops##_add, .merge = loops##_merge,  \
    .emit = array_emit, .drop = list_drop

/* clang-format off */
static const AggregateDef array_back = {
    .name = "ARRAY_AGG", ARRAY_AGG(values), .retract = values_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED | AGG_INDEXED | AGG_TAKES_NULLS};
static const AggregateDef array_present_back = {
    .name = "ARRAY_AGG_IGNORE_NULLS", ARRAY_AGG(present), .retract = present_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED | AGG_INDEXED};

const AggregateDef collect_aggregates[] = {
    {.name = "COLLECT", .args = "A", .result = unknown_type, .prepare = prepare_collect,
     .flags = AGG_SORTED | AGG_LONG, .add = sorted_add, .retract = sorted_retract,
     .merge = sorted_merge, .unmerge = sorted_unmerge, .emit = collect_emit, .drop = sorted_drop,
     .signature = "COLLECT([DISTINCT] value)",
     .doc = "The values that are not NULL as a MULTISET, in their order; of none an empty one."},
    {.name = "ARRAY_AGG", .args = "A", ARRAY_AGG(values), .retracting = &array_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED | AGG_TAKES_NULLS | AGG_NEVER_NULL,
     .signature = "ARRAY_AGG([DISTINCT] value [ORDER BY key, ...]) [{IGNORE | RESPECT} NULLS]",
     .doc = "The values as an ARRAY, in the order in which they came or that is asked for, NULLs "
            "among them unless IGNORE NULLS is said; NULL of none."},
    {.name = "ARRAY_AGG_IGNORE_NULLS", .args = "A", ARRAY_AGG(present),
     .retracting = &array_present_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED | AGG_INTERNAL | AGG_NEVER_NULL,
     .doc = "ARRAY_AGG with IGNORE NULLS."},
    {0},
};
/* clang-format on */
