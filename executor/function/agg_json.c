/* JSON_ARRAYAGG and JSON_OBJECTAGG: lists (value_list.h) given out as JSON texts. Whether a NULL is
 * an element or left out is said by the name that the binder makes of the clause. Of pairs with the
 * same key the last one counts; over input that only inserts the others are not even kept. */
#include "executor/function/agg_list.h"
#include "storage/base/hash.h"

static Type json_type(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_with_null(type_sized(TYPE_VARCHAR, 2000), false);
}

/* --- forms --- */

static const ListForm elements_form = {.required = 0, .key = -1};
static const ListForm present_elements_form = {.required = 1, .key = -1};
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

typedef Status PrintGroup(const AggregateEnv *env, uint32_t entry, ListRow *row, StrBuf *out);

static Status emit_texts(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool *overflow, PrintGroup *print)
{
    StrBuf text;
    ListRow row;
    Status status = list_row_make(env, &row);
    strbuf_init(&text, NULL);
    for (uint32_t i = 0; status == ST_OK && i < groups->count; i++) {
        strbuf_clear(&text);
        status = print(env, groups->entry[i], &row, &text);
        if (status == ST_OK)
            status = strbuf_status(&text);
        if (status == ST_OK)
            status = list_put_text(env, &text, out, i, overflow);
    }
    strbuf_close(&text);
    return status;
}

/* 2020-01-01T10:00:00.12: a T in the middle, and no zeros at the end of the fraction. */
static void print_time(const Type *type, const Column *column, StrBuf *out)
{
    StrBuf plain;
    strbuf_init(&plain, NULL);
    cell_print_json(type, column, 0, &plain);
    Text text = strbuf_as_text(&plain);
    const char *blank = memchr(text.ptr, ' ', text.size), *point = memchr(text.ptr, '.', text.size);
    uint32_t tail = text.size;
    while (tail > 0 && (text.ptr[tail - 1] < '0' || text.ptr[tail - 1] > '9'))
        tail--; /* the quote, and the Z of an instant */
    uint32_t end = tail;
    while (point != NULL && text.ptr[end - 1] == '0')
        end--;
    if (point != NULL && text.ptr + end - 1 == point)
        end--;
    for (uint32_t i = 0; i < end; i++)
        strbuf_char(out, text.ptr + i == blank ? 'T' : text.ptr[i]);
    strbuf_text(out, (Text){text.ptr + tail, text.size - tail});
    strbuf_close(&plain);
}

static void print_value(const AggregateEnv *env, uint32_t argument, const Column *column,
                        StrBuf *out)
{
    const Type *type = env->argument[argument];
    if (!column_is_null(column, 0) && env->data != NULL)
        strbuf_text(out, str_text(&column->data.str[0]));
    else if (!column_is_null(column, 0) && type_is_timestamp(type))
        print_time(type, column, out);
    else
        cell_print_json(type, column, 0, out);
}

static Status print_array(const AggregateEnv *env, uint32_t entry, ListRow *row, StrBuf *out)
{
    strbuf_char(out, '[');
    bool first = true;
    for (bool more = list_first(env, entry, row); more; more = list_next(env, row)) {
        TRY(list_read(env, row));
        strbuf_string(out, first ? "" : ",");
        print_value(env, 0, &row->column[0], out);
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

/* The keys of one object: places among the list's rows, found by a key's hash. */
typedef struct LastPlaces {
    uint32_t slots; /* a power of two */
    uint32_t *slot; /* place + 1 */
    Str *key;       /* per place */
    bool *replaced; /* per place: a later row has the same key */
} LastPlaces;

static Status find_last(const AggregateEnv *env, uint32_t entry, ListRow *row, LastPlaces *out)
{
    uint32_t count = 0, place = 0;
    for (bool more = list_first(env, entry, row); more; more = list_next(env, row))
        count++;
    out->slots = 4;
    while (out->slots < count * 2)
        out->slots *= 2;
    TRY_NEW_ARRAY(out->slot, env->scratch, out->slots);
    TRY_NEW_ARRAY(out->key, env->scratch, count + 1);
    TRY_NEW_ARRAY(out->replaced, env->scratch, count + 1);
    for (bool more = list_first(env, entry, row); more; more = list_next(env, row)) {
        TRY(list_read(env, row));
        out->key[place] = row->column[0].data.str[0];
        Text key = str_text(&out->key[place]);
        uint32_t at = (uint32_t)hash_bytes(key.ptr, key.size, env->seed) & (out->slots - 1);
        while (out->slot[at] != 0 && !str_equal(&out->key[out->slot[at] - 1], &out->key[place]))
            at = (at + 1) & (out->slots - 1);
        if (out->slot[at] != 0)
            out->replaced[out->slot[at] - 1] = true;
        out->slot[at] = ++place;
    }
    return ST_OK;
}

static Status print_object(const AggregateEnv *env, uint32_t entry, ListRow *row, StrBuf *out)
{
    LastPlaces last;
    uint32_t place = 0;
    bool first = true;
    TRY(find_last(env, entry, row, &last));
    strbuf_char(out, '{');
    for (bool more = list_first(env, entry, row); more; more = list_next(env, row)) {
        if (last.replaced[place++])
            continue;
        TRY(list_read(env, row));
        strbuf_string(out, first ? "" : ",");
        text_print_json(str_text(&row->column[0].data.str[0]), out);
        strbuf_char(out, ':');
        print_value(env, 1, &row->column[1], out);
        first = false;
    }
    strbuf_char(out, '}');
    return ST_OK;
}

static Status object_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                          bool *overflow)
{
    return emit_texts(env, groups, out, overflow, print_object);
}

/* --- the table --- */

#define ARRAYAGG(loops)                                                                            \
    .result = json_type, .add = loops##_add, .merge = loops##_merge, .emit = array_emit,           \
    .drop = list_drop
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

/* clang-format off */
static const AggregateDef array_back = {
    .name = "JSON_ARRAYAGG", ARRAYAGG(present_elements), .retract = present_elements_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED};
static const AggregateDef array_null_back = {
    .name = "JSON_ARRAYAGG_NULL_ON_NULL", ARRAYAGG(elements), .retract = elements_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_TAKES_NULLS};
static const AggregateDef object_back = {
    .name = "JSON_OBJECTAGG", OBJECTAGG(pairs), .retract = pairs_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_TAKES_NULLS};
static const AggregateDef object_absent_back = {
    .name = "JSON_OBJECTAGG_ABSENT_ON_NULL", OBJECTAGG(present_pairs), .retract = present_pairs_retract,
    .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED};

const AggregateDef json_aggregates[] = {
    {.name = "JSON_ARRAYAGG", ARRAYAGG(present_elements), .args = "O", .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED,
     .retracting = &array_back,
     .signature = "JSON_ARRAYAGG(value [{NULL | ABSENT} ON NULL])",
     .doc = "The values as a JSON array, in the order in which they came; NULLs are left out "
            "unless NULL ON NULL is said."},
    {.name = "JSON_ARRAYAGG", ARRAYAGG(present_elements), .args = "SS=", .prepare = keep_mark,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED, .retracting = &array_back},
    {.name = "JSON_ARRAYAGG_NULL_ON_NULL", ARRAYAGG(elements), .args = "O",
     .retracting = &array_null_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_TAKES_NULLS | AGG_INTERNAL,
     .doc = "JSON_ARRAYAGG with NULL ON NULL."},
    {.name = "JSON_ARRAYAGG_NULL_ON_NULL", ARRAYAGG(elements), .args = "SS=", .prepare = keep_mark,
     .retracting = &array_null_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_TAKES_NULLS | AGG_INTERNAL},
    {.name = "JSON_OBJECTAGG", OBJECTAGG(latest), .args = "SO", .retracting = &object_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_TAKES_NULLS,
     .signature = "JSON_OBJECTAGG([KEY] key VALUE value [{NULL | ABSENT} ON NULL])",
     .doc = "The pairs as a JSON object, in the order in which they came; of pairs with the same "
            "key the last one counts, and one whose key is NULL does not. ABSENT ON NULL leaves "
            "out pairs whose value is NULL."},
    {.name = "JSON_OBJECTAGG", OBJECTAGG(latest), .args = "SSS=", .prepare = keep_mark,
     .retracting = &object_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_TAKES_NULLS},
    {.name = "JSON_OBJECTAGG_ABSENT_ON_NULL", OBJECTAGG(present_latest), .args = "SO",
     .retracting = &object_absent_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_INTERNAL,
     .doc = "JSON_OBJECTAGG with ABSENT ON NULL."},
    {.name = "JSON_OBJECTAGG_ABSENT_ON_NULL", OBJECTAGG(present_latest), .args = "SSS=",
     .prepare = keep_mark, .retracting = &object_absent_back,
     .flags = AGG_ARRIVAL | AGG_LONG | AGG_LISTED | AGG_INDEXED | AGG_INTERNAL},
    {0},
};
/* clang-format on */
