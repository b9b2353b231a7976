/* IS JSON, JSON_EXISTS, JSON_VALUE, JSON_QUERY: what stands at a path of a text, and what there is
 * instead when nothing does.
 *
 * JSON_VALUE with a RETURNING type writes the scalars' texts into a column and runs the cast from
 * text over it, as a TRY_CAST: what that makes NULL is an error, and gets what ON ERROR says. */
#include <assert.h>

#include "executor/function/json_find.h"
#include "executor/function/json_kernels.h"
#include "executor/function/kernel_text.h"
#include "executor/function/nested_kernels.h"
#include "storage/data/nested.h"

/* --- IS JSON --- */

#define KIND(kind) (1u << (kind))
enum {
    SCALAR_KINDS = KIND(JSON_NULL) | KIND(JSON_TRUE) | KIND(JSON_FALSE) | KIND(JSON_NUMBER) |
                   KIND(JSON_STRING),
    NESTED_KINDS = KIND(JSON_OBJECT) | KIND(JSON_ARRAY),
};

static Status test_kind(KernelCall *call, uint32_t kinds)
{
    for (EACH_ROW(call, i, row)) {
        JsonToken token;
        JsonFault fault;
        call->out->data.b[row] = !arg_null(call, 0, row) &&
                                 json_scan_document(arg_text(call, 0, row), &token, &fault) &&
                                 (KIND(token.kind) & kinds) != 0;
    }
    return ST_OK;
}

Status is_json(KernelCall *call)
{
    return test_kind(call, SCALAR_KINDS | NESTED_KINDS);
}

Status is_json_object(KernelCall *call)
{
    return test_kind(call, KIND(JSON_OBJECT));
}

Status is_json_array(KernelCall *call)
{
    return test_kind(call, KIND(JSON_ARRAY));
}

Status is_json_scalar(KernelCall *call)
{
    return test_kind(call, SCALAR_KINDS);
}

/* --- paths --- */

/* A path that is not constant is compiled for each row; one that is none is wrong there. */
static Status find_row(KernelCall *call, const JsonPath *path, uint32_t row, JsonFind *out)
{
    JsonPath *compiled;
    JsonPathFault fault;
    if (path == NULL) {
        Status status = json_path_compile(arg_text(call, 1, row), call->scratch, &compiled, &fault);
        if (status == ST_NOMEM)
            return status;
        if (status != ST_OK) {
            *out = (JsonFind){.outcome = JSON_WRONG, .reason = fault.reason};
            return ST_OK;
        }
        path = compiled;
    }
    return json_find(path, arg_text(call, 0, row), call->scratch, out);
}

static Status prepare_path(const FunctionCall *call, Arena *arena, const JsonPath **out, Diag *diag)
{
    Text text;
    JsonPath *path;
    JsonPathFault fault;
    *out = NULL;
    if (!constant_text(call, 1, &text))
        return ST_OK;
    TRY(arena_text(arena, text, &text));
    Status status = json_path_compile(text, arena, &path, &fault);
    if (status != ST_OK)
        return status == ST_NOMEM ? status : json_path_report(text, &fault, SPAN_NONE, diag);
    *out = path;
    return ST_OK;
}

/* --- what there is instead --- */

typedef enum JsonInstead {
    INSTEAD_NULL,
    INSTEAD_ERROR,
    INSTEAD_DEFAULT,
    INSTEAD_TRUE,
    INSTEAD_FALSE,
    INSTEAD_UNKNOWN,
    INSTEAD_EMPTY_ARRAY,
    INSTEAD_EMPTY_OBJECT,
    INSTEAD_WORDS
} JsonInstead;

static const char *const instead_words[INSTEAD_WORDS] = {
    [INSTEAD_NULL] = "NULL",
    [INSTEAD_ERROR] = "ERROR",
    [INSTEAD_DEFAULT] = "DEFAULT",
    [INSTEAD_TRUE] = "TRUE",
    [INSTEAD_FALSE] = "FALSE",
    [INSTEAD_UNKNOWN] = "UNKNOWN",
    [INSTEAD_EMPTY_ARRAY] = "EMPTY ARRAY",
    [INSTEAD_EMPTY_OBJECT] = "EMPTY OBJECT",
};

/* The binder writes the words, so that another one is a bug. */
static uint32_t constant_word(const FunctionCall *call, uint32_t arg, const char *const *words,
                              uint32_t count)
{
    Text text;
    bool known = constant_text(call, arg, &text);
    assert(known);
    for (uint32_t i = 0; known && i < count; i++) {
        if (text_is(text, words[i]))
            return i;
    }
    assert(false && "a word of the binder");
    return 0;
}

static JsonInstead instead_of(const FunctionCall *call, uint32_t arg)
{
    return (JsonInstead)constant_word(call, arg, instead_words, INSTEAD_WORDS);
}

/* --- JSON_EXISTS --- */

typedef struct JsonExists {
    const JsonPath *path;
    JsonInstead on_error;
} JsonExists;

Status json_exists_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    JsonExists *self;
    TRY_NEW(self, arena);
    self->on_error = instead_of(call, 2);
    call->data = self;
    return prepare_path(call, arena, &self->path, diag);
}

Status json_exists(KernelCall *call)
{
    const JsonExists *self = call->data;
    for (EACH_ROW(call, i, row)) {
        ArenaMark mark = arena_mark(call->scratch);
        JsonFind find;
        Status status = find_row(call, self->path, row, &find);
        arena_release(call->scratch, mark);
        TRY(status);
        bool wrong = find.outcome == JSON_WRONG;
        call->out->data.b[row] =
            wrong ? self->on_error == INSTEAD_TRUE : find.outcome == JSON_FOUND;
        if (wrong && self->on_error == INSTEAD_UNKNOWN)
            kernel_null(call, row);
        else if (wrong && self->on_error == INSTEAD_ERROR)
            kernel_fail(call, row, E5007, "JSON_EXISTS: %s", find.reason);
    }
    return ST_OK;
}

/* --- JSON_VALUE --- */

enum { ARG_ON_EMPTY = 2, ARG_EMPTY_VALUE, ARG_ON_ERROR, ARG_ERROR_VALUE };

typedef struct JsonValue {
    const JsonPath *path;
    JsonInstead on_empty, on_error;
    uint32_t kinds; /* of tokens that the result's type takes */
    bool whole;     /* an integer: no point, no exponent */
    Kernel *cast;   /* from text; NULL: the result is text */
    const void *cast_data;
} JsonValue;

static Status refuse_type(const Type *type, const char *function, Diag *diag)
{
    StrBuf name;
    strbuf_init(&name, NULL);
    type_print_bare(type, &name);
    Status status =
        diag_error(diag, E2107, SPAN_NONE, "%s cannot return %s", function, strbuf_cstr(&name));
    strbuf_close(&name);
    return status;
}

static uint32_t kinds_taken(const Type *type)
{
    if (type->id == TYPE_VARCHAR)
        return SCALAR_KINDS;
    if (type->id == TYPE_BOOLEAN)
        return KIND(JSON_TRUE) | KIND(JSON_FALSE);
    if (type_is_numeric(type))
        return KIND(JSON_NUMBER);
    bool time = type->id == TYPE_DATE || type->id == TYPE_TIME || type_is_timestamp(type);
    return time ? KIND(JSON_STRING) : 0;
}

Status json_value_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    JsonValue *self;
    Type text = type_string();
    TRY_NEW(self, arena);
    call->data = self;
    self->on_empty = instead_of(call, ARG_ON_EMPTY);
    self->on_error = instead_of(call, ARG_ON_ERROR);
    self->kinds = kinds_taken(&call->result);
    self->whole = type_is_integer(&call->result);
    if (self->kinds == 0)
        return refuse_type(&call->result, "JSON_VALUE", diag);
    TRY(prepare_path(call, arena, &self->path, diag));
    if (call->result.id == TYPE_VARCHAR)
        return ST_OK;
    FunctionCall cast = {0};
    TRY(cast_bind(&text, &call->result, true, &cast, arena, SPAN_NONE, diag));
    self->cast = cast.kernel;
    self->cast_data = cast.data;
    return ST_OK;
}

static void put_instead(KernelCall *call, uint32_t row, JsonInstead instead, uint32_t arg,
                        const char *what, const char *reason)
{
    if (instead == INSTEAD_DEFAULT) {
        Status status = column_copy_cell(call->scratch, call->out, row, call->arg[arg], row);
        assert(status == ST_OK); /* a flat cell */
    } else {
        kernel_null(call, row);
    }
    if (instead == INSTEAD_ERROR)
        kernel_fail(call, row, E5007, "JSON_VALUE: %s%s", what, reason);
}

static void put_empty(KernelCall *call, uint32_t row, const char *reason)
{
    const JsonValue *self = call->data;
    put_instead(call, row, self->on_empty, ARG_EMPTY_VALUE, "empty: ", reason);
}

static void put_wrong(KernelCall *call, uint32_t row, const char *reason)
{
    const JsonValue *self = call->data;
    put_instead(call, row, self->on_error, ARG_ERROR_VALUE, "", reason);
}

static const char *const no_scalar = "there is no scalar at the path";
static const char *const no_such_type = "the value is not of the type to return";

static bool is_whole(const JsonToken *token)
{
    for (uint32_t i = 0; i < token->size; i++) {
        char c = token->ptr[i];
        if (c == '.' || c == 'e' || c == 'E')
            return false;
    }
    return true;
}

/* The scalar of a row, if there is one; else what there is instead is put. */
static Status scalar_at(KernelCall *call, uint32_t row, JsonToken *token, bool *found)
{
    const JsonValue *self = call->data;
    JsonFind find;
    *found = false;
    if (arg_null(call, 0, row) || arg_null(call, 1, row)) {
        kernel_null(call, row);
        return ST_OK;
    }
    ArenaMark mark = arena_mark(call->scratch);
    Status status = find_row(call, self->path, row, &find);
    bool scalar = status == ST_OK && find.outcome == JSON_FOUND && !find.list &&
                  (KIND(find.item->kind) & SCALAR_KINDS) != 0;
    if (scalar)
        *token = *find.item;
    arena_release(call->scratch, mark);
    TRY(status);
    bool fits =
        scalar && (KIND(token->kind) & self->kinds) != 0 && (!self->whole || is_whole(token));
    if (find.outcome == JSON_EMPTY)
        put_empty(call, row, find.reason);
    else if (find.outcome == JSON_WRONG)
        put_wrong(call, row, find.reason);
    else if (!scalar && find.lax)
        put_empty(call, row, no_scalar);
    else if (!scalar)
        put_wrong(call, row, no_scalar);
    else if (!fits)
        put_wrong(call, row, no_such_type);
    *found = fits;
    return ST_OK;
}

static Status put_token(KernelCall *call, uint32_t row, const JsonToken *token, Column *out)
{
    Text text;
    TRY(json_token_text(token, call->scratch, &text));
    out->data.str[row] = str_view(text.ptr, text.size);
    return ST_OK;
}

/* Fills `texts`, and `rows` with the numbers of the rows that have one. */
static Status read_scalars(KernelCall *call, Column *texts, uint16_t *rows, uint32_t *count)
{
    *count = 0;
    for (EACH_ROW(call, i, row)) {
        JsonToken token;
        bool found;
        TRY(scalar_at(call, row, &token, &found));
        if (!found)
            continue;
        TRY(put_token(call, row, &token, texts));
        if (rows != NULL)
            rows[(*count)++] = (uint16_t)row;
    }
    return ST_OK;
}

static Status cast_scalars(KernelCall *call, const Column *texts, const uint16_t *rows,
                           uint32_t count)
{
    const JsonValue *self = call->data;
    const Column *arg[] = {texts};
    Type text = type_string();
    KernelCall cast = *call;
    cast.sel = rows;
    cast.count = count;
    cast.arg = arg;
    cast.args = 1;
    cast.data = self->cast_data;
    cast.arg_type = &text;
    TRY(self->cast(&cast));
    for (uint32_t i = 0; i < count; i++) {
        if (!bit_get(call->out->valid, rows[i]))
            put_wrong(call, rows[i], no_such_type);
    }
    return ST_OK;
}

Status json_value(KernelCall *call)
{
    const JsonValue *self = call->data;
    uint32_t count;
    if (self->cast == NULL)
        return read_scalars(call, call->out, NULL, &count);
    Column texts;
    uint16_t *rows;
    TRY(column_make(call->scratch, PHYS_STR, call->rows, &texts));
    TRY_NEW_ARRAY(rows, call->scratch, call->count);
    TRY(read_scalars(call, &texts, rows, &count));
    return cast_scalars(call, &texts, rows, count);
}

/* --- JSON_QUERY --- */

typedef enum JsonWrap { WRAP_WITHOUT, WRAP_CONDITIONAL, WRAP_ALWAYS, WRAP_WORDS } JsonWrap;

static const char *const wrap_words[WRAP_WORDS] = {
    [WRAP_WITHOUT] = "WITHOUT WRAPPER",
    [WRAP_CONDITIONAL] = "WITH CONDITIONAL WRAPPER",
    [WRAP_ALWAYS] = "WITH WRAPPER",
};

typedef struct JsonQuery {
    const JsonPath *path;
    JsonWrap wrap;
    JsonInstead on_empty, on_error;
    bool array; /* the result is an ARRAY of texts */
} JsonQuery;

Status json_query_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    JsonQuery *self;
    TRY_NEW(self, arena);
    call->data = self;
    self->wrap = (JsonWrap)constant_word(call, 2, wrap_words, WRAP_WORDS);
    self->on_empty = instead_of(call, 3);
    self->on_error = instead_of(call, 4);
    self->array = call->result.id == TYPE_ARRAY && call->result.child[0].type.id == TYPE_VARCHAR;
    if (call->result.id != TYPE_VARCHAR && !self->array)
        return refuse_type(&call->result, "JSON_QUERY", diag);
    if (self->array &&
        (self->on_empty == INSTEAD_EMPTY_OBJECT || self->on_error == INSTEAD_EMPTY_OBJECT))
        return diag_error(diag, E2107, SPAN_NONE,
                          "JSON_QUERY cannot return an EMPTY OBJECT as an ARRAY");
    return prepare_path(call, arena, &self->path, diag);
}

/* False when the row is NULL or has failed. */
static bool query_instead(KernelCall *call, uint32_t row, JsonInstead instead, const char *what,
                          const char *reason, StrBuf *buf)
{
    if (instead == INSTEAD_EMPTY_ARRAY || instead == INSTEAD_EMPTY_OBJECT) {
        strbuf_string(buf, instead == INSTEAD_EMPTY_ARRAY ? "[]" : "{}");
        return true;
    }
    kernel_null(call, row);
    if (instead == INSTEAD_ERROR)
        kernel_fail(call, row, E5007, "JSON_QUERY: %s%s", what, reason);
    return false;
}

static Status print_found(const JsonFind *find, bool wrapped, Arena *scratch, StrBuf *buf)
{
    uint32_t brackets = (uint32_t)find->list + (uint32_t)wrapped;
    strbuf_repeat(buf, '[', brackets);
    for (uint32_t i = 0; i < find->items; i++) {
        strbuf_string(buf, i > 0 ? "," : "");
        TRY(json_print_value(&find->item[i], find->pick, scratch, buf));
    }
    strbuf_repeat(buf, ']', brackets);
    return ST_OK;
}

static Status query_row(KernelCall *call, uint32_t row, StrBuf *buf, bool *put)
{
    static const char *const no_nested = "there is no object or array at the path";
    const JsonQuery *self = call->data;
    JsonFind find;
    TRY(find_row(call, self->path, row, &find));
    if (find.outcome == JSON_EMPTY)
        *put = query_instead(call, row, self->on_empty, "empty: ", find.reason, buf);
    if (find.outcome == JSON_WRONG)
        *put = query_instead(call, row, self->on_error, "", find.reason, buf);
    if (find.outcome != JSON_FOUND)
        return ST_OK;
    bool nested = find.list || (KIND(find.item->kind) & NESTED_KINDS) != 0;
    if (self->wrap == WRAP_WITHOUT && !nested) {
        *put = find.lax ? query_instead(call, row, self->on_empty, "empty: ", no_nested, buf)
                        : query_instead(call, row, self->on_error, "", no_nested, buf);
        return ST_OK;
    }
    bool array = find.list || find.item->kind == JSON_ARRAY;
    *put = true;
    return print_found(&find,
                       self->wrap == WRAP_ALWAYS || (self->wrap == WRAP_CONDITIONAL && !array),
                       call->scratch, buf);
}

/* The elements of a JSON array as an ARRAY: what texts say, all others as JSON. */
static Status store_elements(KernelCall *call, uint32_t row, const JsonToken *array)
{
    Column *texts = &call->out->data.nested->child[0];
    JsonCursor cursor = json_cursor_open(array);
    JsonToken value;
    uint32_t count = 0, at;
    while (json_cursor_next(&cursor, NULL, &value))
        count++;
    TRY(nested_add_elements(call->scratch, call->out->data.nested, row, count, &at));
    cursor = json_cursor_open(array);
    for (; json_cursor_next(&cursor, NULL, &value); at++) {
        Text text;
        if (value.kind == JSON_NULL) {
            bit_clear(texts->valid, at);
            continue;
        }
        TRY(json_token_text(&value, call->scratch, &text));
        texts->data.str[at] = str_view(text.ptr, text.size);
    }
    return ST_OK;
}

static Status store_array(KernelCall *call, uint32_t row, StrBuf *buf)
{
    const JsonQuery *self = call->data;
    JsonToken token;
    JsonFault fault;
    Text text;
    if (buf->ptr[0] != '[') {
        strbuf_clear(buf);
        if (!query_instead(call, row, self->on_error, "", "there is no array at the path", buf))
            return ST_OK;
    }
    TRY(strbuf_status(buf));
    TRY(arena_text(call->scratch, strbuf_as_text(buf), &text));
    bool scanned = json_scan_document(text, &token, &fault);
    assert(scanned); /* our own print */
    (void)scanned;
    return store_elements(call, row, &token);
}

Status json_query(KernelCall *call)
{
    const JsonQuery *self = call->data;
    StrBuf buf;
    Status status = ST_OK;
    TRY(kernel_open_nested(call));
    strbuf_init(&buf, call->scratch->meter);
    for (EACH_ROW(call, i, row)) {
        bool put = false;
        if (arg_null(call, 0, row) || arg_null(call, 1, row)) {
            kernel_null(call, row);
            continue;
        }
        strbuf_clear(&buf);
        ArenaMark mark = arena_mark(call->scratch);
        status = query_row(call, row, &buf, &put);
        if (put) /* else there may be the message of an error in it */
            arena_release(call->scratch, mark);
        if (status == ST_OK && put)
            status = self->array ? store_array(call, row, &buf) : text_store(call, row, &buf);
        if (status != ST_OK)
            break;
    }
    strbuf_close(&buf);
    return status;
}
