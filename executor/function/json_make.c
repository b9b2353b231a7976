/* JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON: values as JSON. */
#include <assert.h>

#include "executor/function/json_cell.h"
#include "executor/function/json_find.h"
#include "executor/function/json_kernels.h"
#include "executor/function/kernel_text.h"

/* --- JSON_STRING, JSON --- */

Status json_string_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    return json_check_type(&call->arg[0], "JSON_STRING", diag);
}

static inline bool string_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    if (json_print_cell(&call->arg_type[0], call->arg[0], row, call->scratch, buf))
        return true;
    kernel_fail(call, row, E5007, "JSON_STRING: %s", json_null_key);
    return false;
}

Status json_string(KernelCall *call)
{
    return text_build(call, string_row);
}

Status json_verbatim(KernelCall *call)
{
    StrBuf buf;
    Status status = ST_OK;
    strbuf_init(&buf, call->scratch->meter);
    for (EACH_ROW(call, i, row)) {
        JsonToken token;
        JsonFault fault;
        if (!json_scan_document(arg_text(call, 0, row), &token, &fault)) {
            kernel_fail(call, row, E5007, "JSON: %s", fault.reason);
            continue;
        }
        strbuf_clear(&buf);
        ArenaMark mark = arena_mark(call->scratch);
        status = json_print_value(&token, NULL, call->scratch, &buf);
        arena_release(call->scratch, mark);
        if (status == ST_OK)
            status = text_store(call, row, &buf);
        if (status != ST_OK)
            break;
    }
    strbuf_close(&buf);
    return status;
}

/* --- JSON_OBJECT, JSON_ARRAY --- */

/* What the arguments say, from the first value on: for an object keys and values in turn. */
typedef struct JsonMaker {
    bool absent_on_null;
    uint32_t values, stride; /* stride: arguments from one value to the next */
    uint32_t first;          /* argument that is the first value */
    const char *kinds;       /* a letter for each value: j is JSON already */
    const uint8_t *order;    /* of the members by key, when all keys are constant; else NULL */
} JsonMaker;

static Status prepare_maker(FunctionCall *call, const char *function, uint32_t stride, Arena *arena,
                            JsonMaker **out, Diag *diag)
{
    Text on_null, kinds;
    JsonMaker *self;
    TRY_NEW(self, arena);
    bool known = constant_text(call, 0, &on_null) && constant_text(call, 1, &kinds);
    assert(known);
    (void)known;
    self->absent_on_null = text_is(on_null, "ABSENT ON NULL");
    self->stride = stride;
    self->first = 1 + stride;
    self->values = (call->args - 2) / stride;
    assert(kinds.size == self->values);
    TRY(arena_text(arena, kinds, &kinds));
    self->kinds = kinds.ptr;
    for (uint32_t i = 0; i < self->values; i++)
        TRY(json_check_type(&call->arg[self->first + i * stride], function, diag));
    *out = self;
    call->data = self;
    return ST_OK;
}

Status json_array_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    JsonMaker *self;
    return prepare_maker(call, "JSON_ARRAY", 1, arena, &self, diag);
}

/* False when the row has failed. */
static bool print_value(KernelCall *call, uint32_t value, uint32_t row, StrBuf *buf)
{
    const JsonMaker *self = call->data;
    uint32_t arg = self->first + value * self->stride;
    if (self->kinds[value] == 'j' && !arg_null(call, arg, row)) {
        strbuf_text(buf, arg_text(call, arg, row));
        return true;
    }
    if (json_print_cell(&call->arg_type[arg], call->arg[arg], row, call->scratch, buf))
        return true;
    kernel_fail(call, row, E5007, "%s: %s", self->stride == 1 ? "JSON_ARRAY" : "JSON_OBJECT",
                json_null_key);
    return false;
}

static bool is_absent(const KernelCall *call, uint32_t value, uint32_t row)
{
    const JsonMaker *self = call->data;
    return self->absent_on_null && arg_null(call, self->first + value * self->stride, row);
}

static inline bool array_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    const JsonMaker *self = call->data;
    const char *comma = "";
    strbuf_char(buf, '[');
    for (uint32_t i = 0; i < self->values; i++) {
        if (is_absent(call, i, row))
            continue;
        strbuf_string(buf, comma);
        comma = ",";
        if (!print_value(call, i, row, buf))
            return false;
    }
    strbuf_char(buf, ']');
    return true;
}

Status json_array(KernelCall *call)
{
    return text_build(call, array_row);
}

/* Puts a key's number behind those that do not come after it. */
static void insert_key(uint8_t *order, uint32_t count, const Text *key, uint8_t number)
{
    uint32_t at = count;
    for (; at > 0 && json_compare_keys(key[order[at - 1]], key[number]) > 0; at--)
        order[at] = order[at - 1];
    order[at] = number;
}

Status json_object_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    JsonMaker *self;
    Text key[FUNCTION_MAX_ARGS];
    uint8_t *order;
    assert(call->args % 2 == 0);
    TRY(prepare_maker(call, "JSON_OBJECT", 2, arena, &self, diag));
    TRY_NEW_ARRAY(order, arena, self->values);
    for (uint32_t i = 0; i < self->values; i++) {
        if (!constant_text(call, self->first - 1 + 2 * i, &key[i]))
            return ST_OK;
        insert_key(order, i, key, (uint8_t)i);
    }
    self->order = order;
    return ST_OK;
}

/* Of members with one key the last counts that is not left out. */
static bool print_members(KernelCall *call, uint32_t row, const Text *key, const uint8_t *order,
                          StrBuf *buf)
{
    const JsonMaker *self = call->data;
    const char *comma = "";
    for (uint32_t i = 0; i < self->values; i++) {
        int shown = is_absent(call, order[i], row) ? -1 : order[i];
        while (i + 1 < self->values && text_equal(key[order[i]], key[order[i + 1]])) {
            i++;
            shown = is_absent(call, order[i], row) ? shown : order[i];
        }
        if (shown < 0)
            continue;
        strbuf_string(buf, comma);
        comma = ",";
        json_print_text(key[shown], buf);
        strbuf_char(buf, ':');
        if (!print_value(call, (uint32_t)shown, row, buf))
            return false;
    }
    return true;
}

static inline bool object_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    const JsonMaker *self = call->data;
    Text key[FUNCTION_MAX_ARGS];
    uint8_t order[FUNCTION_MAX_ARGS];
    for (uint32_t i = 0; i < self->values; i++) {
        if (arg_null(call, self->first - 1 + 2 * i, row)) {
            kernel_fail(call, row, E5007, "JSON_OBJECT: a key is NULL");
            return false;
        }
        key[i] = arg_text(call, self->first - 1 + 2 * i, row);
        if (self->order == NULL)
            insert_key(order, i, key, (uint8_t)i);
    }
    strbuf_char(buf, '{');
    bool printed = print_members(call, row, key, self->order != NULL ? self->order : order, buf);
    strbuf_char(buf, '}');
    return printed;
}

Status json_object(KernelCall *call)
{
    return text_build(call, object_row);
}
