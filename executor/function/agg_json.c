/* JSON_ARRAYAGG and JSON_OBJECTAGG: lists (value_list.h) given out as JSON texts. Whether a NULL is
 * an element or left out is said by the name that the binder makes of the clause. Of pairs with the
 * same key the last one counts; over input that only inserts the others are not even kept. */
#include "executor/function/agg_list.h"
#include "executor/function/json_cell.h"
#include "executor/function/json_find.h"
#include "executor/function/kernel_text.h"

static Type json_type(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_with_null(type_sized(TYPE_VARCHAR, 2000), false);
}

/* --- forms --- */

/* At least: of a text it is not looked at what is escaped there. */
static uint64_t element_size(const AggregateEnv *env, const Column *value, uint32_t row)
{
    if (column_is_null(value, row))
        return sizeof "null" - 1;
    if (value->phys != PHYS_STR)
        return 1;
    return value->data.str[column_index(value, row)].size + (env->data == NULL ? 2u : 0u);
}

static uint32_t comma_size(const AggregateEnv *env)
{
    (void)env;
    return 1;
}

#define ELEMENTS .key = -1, .text_size = element_size, .between_size = comma_size
static const ListForm elements_form = {.required = 0, ELEMENTS};
static const ListForm present_elements_form = {.required = 1, ELEMENTS};
static const ListForm latest_form = {.required = 1, .key = 0, .replaces = true};
static const ListForm present_latest_form = {.required = 3, .key = 0, .replaces = true};
static const ListForm pairs_form = {.required = 1, .key = -1};
static const ListForm present_pairs_form = {.required = 3, .key = -1};

#define LOOPS(name, form)                                                                          \
    static Status name##_add(const AggregateEnv *env, const AggregateRows *rows,                   \
                             const Column *const *arg)                                             \
    {                                                                                              \
        return list_add(env, rows, arg, &form);                                                    \
    }                                                                                              \
    static Status name##_merge(const AggregateEnv *env, const AggregateRows *into,                 \
                               const AggregateEnv *from_env, const AggregateRows *from)            \
    {                                                                                              \
        return list_merge(env, into, from_env, from, &form);                                       \
    }
#define LOOPS_BACK(name, form)                                                                     \
    LOOPS(name, form)                                                                              \
    static Status name##_retract(const AggregateEnv *env, const AggregateRows *rows,               \
                                 const Column *const *arg)                                         \
    {                                                                                              \
        return list_retract(env, rows, arg, &form);                                                \
    }
LOOPS_BACK(elements, elements_form)
LOOPS_BACK(present_elements, present_elements_form)
LOOPS(latest, latest_form)
LOOPS(present_latest, present_latest_form)
LOOPS_BACK(pairs, pairs_form)
LOOPS_BACK(present_pairs, present_pairs_form)

/* --- JSON_ARRAYAGG --- */

/* *whole is false when a value has no form (a key of a MAP is NULL), or the text is too long. */
typedef Status PrintGroup(const AggregateEnv *env, const AggregateRows *groups, uint32_t i,
                          ListRow *row, StrBuf *out, bool *whole);

static Status emit_texts(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool *overflow, PrintGroup *print)
{
    StrBuf text;
    ListRow row;
    Status status = list_row_make(env, &row);
    strbuf_init(&text, NULL);
    for (uint32_t i = 0; status == ST_OK && i < groups->count; i++) {
        bool whole = true;
        strbuf_clear(&text);
        status = print(env, groups, i, &row, &text, &whole);
        if (status == ST_OK)
            status = strbuf_status(&text);
        if (status == ST_OK && whole)
            status = list_put_text(env, &text, out, i, overflow);
        if (whole)
            continue;
        overflow[i] = true;
        bit_clear(out->valid, i);
    }
    strbuf_close(&text);
    return status;
}

/* False: a key of a MAP is NULL. */
static bool print_value(const AggregateEnv *env, uint32_t argument, const Column *column,
                        StrBuf *out)
{
    if (column_is_null(column, 0) || env->data == NULL)
        return json_print_cell(env->argument[argument], column, 0, env->scratch, out);
    strbuf_text(out, str_text(&column->data.str[0]));
    return true;
}

static Status print_array(const AggregateEnv *env, const AggregateRows *groups, uint32_t i,
                          ListRow *row, StrBuf *out, bool *whole)
{
    uint32_t entry = groups->entry[i];
    *whole = !list_is_too_long(env, &elements_form, aggregate_state(groups, i));
    if (!*whole)
        return ST_OK;
    strbuf_char(out, '[');
    TRY(list_order(env, entry, row));
    bool first = true;
    for (bool more = list_first(env, entry, row); more && out->size <= STRING_MAX_BYTES;
         more = list_next(env, row)) {
        TRY(list_read(env, row));
        strbuf_string(out, first ? "" : ",");
        *whole = *whole && print_value(env, 0, &row->column[0], out);
        first = false;
    }
    strbuf_char(out, ']');
    return ST_OK;
}

static Status array_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool *overflow)
{
    return emit_texts(env, groups, out, overflow, print_array);
}

/* --- JSON_OBJECTAGG --- */

/* The members of one object, by place among the list's rows. */
typedef struct Members {
    Text *key;
    size_t *end; /* of its value in `values` */
    bool *whole; /* the value has a form */
    uint32_t count;
    StrBuf values; /* as JSON, one after the other */
} Members;

static Status read_members(const AggregateEnv *env, uint32_t entry, ListRow *row, Members *m)
{
    uint32_t count = 0;
    for (bool more = list_first(env, entry, row); more; more = list_next(env, row))
        count++;
    TRY_NEW_ARRAY(m->key, env->scratch, count);
    TRY_NEW_ARRAY(m->end, env->scratch, count);
    TRY_NEW_ARRAY(m->whole, env->scratch, count);
    for (bool more = list_first(env, entry, row); more; more = list_next(env, row)) {
        TRY(list_read(env, row));
        TRY(arena_text(env->scratch, str_text(&row->column[0].data.str[0]), &m->key[m->count]));
        m->whole[m->count] = print_value(env, 1, &row->column[1], &m->values);
        m->end[m->count++] = m->values.size;
    }
    return strbuf_status(&m->values);
}

/* In the order of the keys; of equal ones the last stands. */
static Status print_members(const AggregateEnv *env, const Members *m, StrBuf *out, bool *whole)
{
    uint32_t *sorted;
    const char *comma = "";
    TRY(json_sort_keys(m->key, m->count, env->scratch, &sorted));
    strbuf_char(out, '{');
    for (uint32_t i = 0; i < m->count; i++) {
        uint32_t place = sorted[i];
        if (i + 1 < m->count && text_equal(m->key[place], m->key[sorted[i + 1]]))
            continue;
        size_t start = place > 0 ? m->end[place - 1] : 0;
        strbuf_string(out, comma);
        comma = ",";
        json_print_text(m->key[place], out);
        strbuf_char(out, ':');
        strbuf_put(out, m->values.ptr + start, m->end[place] - start);
        *whole = *whole && m->whole[place];
    }
    strbuf_char(out, '}');
    return ST_OK;
}

static Status print_object(const AggregateEnv *env, const AggregateRows *groups, uint32_t i,
                           ListRow *row, StrBuf *out, bool *whole)
{
    Members m = {0};
    strbuf_init(&m.values, out->meter);
    Status status = read_members(env, groups->entry[i], row, &m);
    if (status == ST_OK)
        status = print_members(env, &m, out, whole);
    strbuf_close(&m.values);
    return status;
}

static Status object_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                          bool *overflow)
{
    return emit_texts(env, groups, out, overflow, print_object);
}

/* --- the table --- */

#define ARRAYAGG(loops)                                                                            \
    .result = json_type, .state_size = sizeof(ListTextSize), .add = loops##_add,                   \
    .merge = loops##_merge, .emit = array_emit, .drop = list_drop
#define OBJECTAGG(loops)                                                                           \
    .result = json_type, .add = loops##_add, .merge = loops##_merge, .emit = object_emit,          \
    .drop = list_drop

/* The constant behind the values is there: they are JSON already. */
static Status keep_mark(AggregateCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    char *mark;
    TRY_NEW(mark, arena);
    call->data = mark;
    return ST_OK;
}

/* Flat values have a form, all of them. */
static Status check_value(AggregateCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    const Type *value = &call->arg[call->args - 1];
    if (!type_is_nested(value))
        return ST_OK;
    return json_check_type(value, call->args > 1 ? "JSON_OBJECTAGG" : "JSON_ARRAYAGG", diag);
}

/* clang-format off */
static const AggregateDef array_back = {
    .name = "JSON_ARRAYAGG", ARRAYAGG(present_elements), .retract = present_elements_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED | AGG_INDEXED};
static const AggregateDef array_null_back = {
    .name = "JSON_ARRAYAGG_NULL_ON_NULL", ARRAYAGG(elements), .retract = elements_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED | AGG_INDEXED | AGG_TAKES_NULLS};
static const AggregateDef object_back = {
    .name = "JSON_OBJECTAGG", OBJECTAGG(pairs), .retract = pairs_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_TAKES_NULLS};
static const AggregateDef object_absent_back = {
    .name = "JSON_OBJECTAGG_ABSENT_ON_NULL", OBJECTAGG(present_pairs), .retract = present_pairs_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED};

const AggregateDef json_aggregates[] = {
    {.name = "JSON_ARRAYAGG", ARRAYAGG(present_elements), .args = "A", .prepare = check_value, .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED,
     .retracting = &array_back,
     .signature = "JSON_ARRAYAGG(value [ORDER BY key, ...] [{NULL | ABSENT} ON NULL])",
     .doc = "The values as a JSON array, in the order in which they came or that is asked for; "
            "NULLs are left out unless NULL ON NULL is said."},
    {.name = "JSON_ARRAYAGG", ARRAYAGG(present_elements), .args = "SS=", .prepare = keep_mark,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED, .retracting = &array_back},
    {.name = "JSON_ARRAYAGG_NULL_ON_NULL", ARRAYAGG(elements), .args = "A", .prepare = check_value,
     .retracting = &array_null_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED | AGG_TAKES_NULLS | AGG_INTERNAL,
     .doc = "JSON_ARRAYAGG with NULL ON NULL."},
    {.name = "JSON_ARRAYAGG_NULL_ON_NULL", ARRAYAGG(elements), .args = "SS=", .prepare = keep_mark,
     .retracting = &array_null_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_ORDERED | AGG_TAKES_NULLS | AGG_INTERNAL},
    {.name = "JSON_OBJECTAGG", OBJECTAGG(latest), .args = "SA", .prepare = check_value, .retracting = &object_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_TAKES_NULLS,
     .signature = "JSON_OBJECTAGG([KEY] key VALUE value [{NULL | ABSENT} ON NULL])",
     .doc = "The pairs as a JSON object, in the order of the keys; of pairs with the same key the "
            "last one counts, and one whose key is NULL does not. ABSENT ON NULL leaves out pairs "
            "whose value is NULL."},
    {.name = "JSON_OBJECTAGG", OBJECTAGG(latest), .args = "SSS=", .prepare = keep_mark,
     .retracting = &object_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_TAKES_NULLS},
    {.name = "JSON_OBJECTAGG_ABSENT_ON_NULL", OBJECTAGG(present_latest), .args = "SA", .prepare = check_value,
     .retracting = &object_absent_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_INTERNAL,
     .doc = "JSON_OBJECTAGG with ABSENT ON NULL."},
    {.name = "JSON_OBJECTAGG_ABSENT_ON_NULL", OBJECTAGG(present_latest), .args = "SSS=",
     .prepare = keep_mark, .retracting = &object_absent_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_INTERNAL},
    {0},
};
/* clang-format on */
