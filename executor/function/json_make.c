/* JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON: values as JSON, in Flink's notation, which is that of
 * Java's BigDecimal for numbers. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "executor/function/json_find.h"
#include "executor/function/json_kernels.h"
#include "executor/function/kernel_text.h"
#include "storage/data/decimal.h"
#include "storage/data/number.h"
#include "storage/format/cell_text.h"

/* --- values --- */

/* As BigDecimal prints digits with a decimal scale: plain down to 10^-6, else with an exponent. */
static void print_scaled(const char *digits, uint32_t size, int32_t scale, StrBuf *out)
{
    int32_t exponent = (int32_t)size - 1 - scale;
    if (scale >= 0 && exponent >= -6) {
        int32_t whole = (int32_t)size - scale;
        strbuf_put(out, digits, whole > 0 ? (size_t)whole : 0);
        strbuf_string(out, whole <= 0 ? "0" : "");
        strbuf_string(out, scale > 0 ? "." : "");
        strbuf_repeat(out, '0', whole < 0 ? (size_t)-whole : 0);
        strbuf_put(out, digits + (whole > 0 ? whole : 0), size - (whole > 0 ? (uint32_t)whole : 0));
        return;
    }
    strbuf_put(out, digits, 1);
    strbuf_string(out, size > 1 ? "." : "");
    strbuf_put(out, digits + 1, size - 1);
    strbuf_printf(out, "E%+d", exponent);
}

static void print_decimal(Int128 value, uint32_t scale, StrBuf *out)
{
    char text[48];
    uint32_t size = decimal_format(value, 0, text), sign = text[0] == '-';
    strbuf_put(out, text, sign);
    print_scaled(text + sign, size - sign, (int32_t)scale, out);
}

/* The shortest digits that mean the number, as Java's Double.toString finds them, printed as a
 * decimal. There is no negative zero among those. */
static void print_double(double value, StrBuf *out)
{
    char text[NUMBER_TEXT_BYTES], digits[NUMBER_TEXT_BYTES];
    uint32_t size = double_format(value, text), count = 0, i = text[0] == '-';
    int32_t scale = 0, exponent = 0;
    bool fraction = false;
    if (!isfinite(value)) {
        strbuf_char(out, '"');
        strbuf_put(out, text, size);
        strbuf_char(out, '"');
        return;
    }
    if (i == 1 && value != 0)
        strbuf_char(out, '-');
    for (; i < size && text[i] != 'E'; i++) {
        scale += fraction;
        if (text[i] == '.')
            fraction = true;
        else
            digits[count++] = text[i];
    }
    if (i < size)
        exponent = (int32_t)strtol(text + i + 1, NULL, 10);
    uint32_t zeros = 0;
    while (zeros + 1 < count && digits[zeros] == '0')
        zeros++;
    print_scaled(digits + zeros, count - zeros, scale - exponent, out);
}

/* What cell_text prints between quotes: times in ISO form, bytes in Base64. */
static void print_quoted(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    static const CellTextStyle style = {.iso = true};
    strbuf_char(out, '"');
    cell_text_append(&style, type, column, row, out);
    strbuf_char(out, '"');
}

static void print_cell(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    static const CellTextStyle style = {0};
    uint32_t at = column_index(column, row);
    if (column_is_null(column, row))
        strbuf_string(out, "null");
    else if (type_is_character(type))
        json_print_text(str_text(&column->data.str[at]), out);
    else if (type_is_approx(type))
        print_double(column->data.f64[at], out);
    else if (type->id == TYPE_DECIMAL)
        print_decimal(column->data.i128[at], type->scale, out);
    else if (type_is_integer(type) || type->id == TYPE_BOOLEAN)
        cell_text_append(&style, type, column, row, out);
    else
        print_quoted(type, column, row, out);
}

static Status check_type(const Type *type, const char *function, Diag *diag)
{
    if (type_is_character(type) || type_is_numeric(type) || type_is_binary(type) ||
        type_is_timestamp(type) || type->id == TYPE_BOOLEAN || type->id == TYPE_NULL)
        return ST_OK;
    StrBuf name;
    strbuf_init(&name, NULL);
    type_print_bare(type, &name);
    if (type_is_nested(type)) {
        Status later = diag_error(diag, E2001, SPAN_NONE, "%s of a %s is not supported yet",
                                  function, strbuf_cstr(&name));
        strbuf_close(&name);
        return later;
    }
    Status status = diag_error(diag, E2107, SPAN_NONE, "%s: JSON has no form for a %s", function,
                               strbuf_cstr(&name));
    strbuf_close(&name);
    diag_hint(diag, "CAST(... AS STRING) makes a text of it");
    return status;
}

/* --- JSON_STRING, JSON --- */

Status json_string_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    return check_type(&call->arg[0], "JSON_STRING", diag);
}

static inline bool string_row(KernelCall *call, uint32_t row, StrBuf *buf)
{
    print_cell(&call->arg_type[0], call->arg[0], row, buf);
    return true;
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
        TRY(check_type(&call->arg[self->first + i * stride], function, diag));
    *out = self;
    call->data = self;
    return ST_OK;
}

Status json_array_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    JsonMaker *self;
    return prepare_maker(call, "JSON_ARRAY", 1, arena, &self, diag);
}

static void print_value(const KernelCall *call, uint32_t value, uint32_t row, StrBuf *buf)
{
    const JsonMaker *self = call->data;
    uint32_t arg = self->first + value * self->stride;
    if (self->kinds[value] == 'j' && !arg_null(call, arg, row))
        strbuf_text(buf, arg_text(call, arg, row));
    else
        print_cell(&call->arg_type[arg], call->arg[arg], row, buf);
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
        print_value(call, i, row, buf);
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
static void print_members(const KernelCall *call, uint32_t row, const Text *key,
                          const uint8_t *order, StrBuf *buf)
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
        print_value(call, (uint32_t)shown, row, buf);
    }
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
    print_members(call, row, key, self->order != NULL ? self->order : order, buf);
    strbuf_char(buf, '}');
    return true;
}

Status json_object(KernelCall *call)
{
    return text_build(call, object_row);
}
