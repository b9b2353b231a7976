#include "storage/data/value.h"

#include <math.h>

#include "storage/data/decimal.h"
#include "storage/data/number.h"
#include "storage/data/timestamp.h"

/* What differs between the two ways to print a cell. */
typedef struct Style {
    const char *null; /* of a NULL inside a nested value, and at the top level of JSON */
    const char *comma;
    bool json;
    bool local;           /* an instant stands in the time zone, which is not named */
    const TimeZone *zone; /* NULL: UTC */
} Style;

static const Style text_style = {"NULL", ", ", false, false, NULL};
static const Style json_style = {"null", ",", true, false, NULL};

static void print_cell(const Style *style, const Type *type, const Column *column, uint32_t row,
                       StrBuf *out);

/* --- scalars --- */

static void print_two(StrBuf *out, uint64_t value)
{
    strbuf_printf(out, "%02u", (unsigned)value);
}

static uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static void print_months(int64_t months, StrBuf *out)
{
    uint64_t magnitude = magnitude_of(months);
    strbuf_printf(out, "%c%llu-", months < 0 ? '-' : '+', (unsigned long long)(magnitude / 12));
    print_two(out, magnitude % 12);
}

/* "+1 02:03:04.567"; finer than milliseconds is not shown. */
static void print_span(Micros span, StrBuf *out)
{
    uint64_t millis = magnitude_of(span) / 1000;
    uint64_t seconds = millis / 1000;
    strbuf_printf(out, "%c%llu ", span < 0 ? '-' : '+', (unsigned long long)(seconds / 86400));
    print_two(out, seconds / 3600 % 24);
    strbuf_char(out, ':');
    print_two(out, seconds / 60 % 60);
    strbuf_char(out, ':');
    print_two(out, seconds % 60);
    strbuf_printf(out, ".%03u", (unsigned)(millis % 1000));
}

/* Zeros at the end of the fraction are left off, but for one digit. */
static void print_time(const Type *type, Micros of_day, StrBuf *out)
{
    char text[32];
    uint32_t size = time_format(of_day, type->precision, text);
    while (type->precision > 0 && text[size - 1] == '0' && text[size - 2] != '.')
        size--;
    strbuf_put(out, text, size);
}

static void print_timestamp(const Type *type, Micros value, StrBuf *out)
{
    char text[40];
    uint32_t size = timestamp_format(value, type->precision, text);
    if (type->id == TYPE_TIMESTAMP_LTZ)
        text[size++] = 'Z';
    strbuf_put(out, text, size);
}

static void print_local(const TimeZone *zone, const Type *type, Micros instant, StrBuf *out)
{
    char text[40];
    Micros local = timezone_to_local(zone, instant);
    strbuf_put(out, text, timestamp_format(local, type->precision, text));
}

static void print_date(int64_t days, StrBuf *out)
{
    char text[32];
    strbuf_put(out, text, date_format(days, text));
}

static void print_double(const Type *type, double value, StrBuf *out)
{
    char text[NUMBER_TEXT_BYTES];
    bool single = type->id == TYPE_FLOAT;
    uint32_t size = single ? float_format((float)value, text) : double_format(value, text);
    strbuf_put(out, text, size);
}

static void print_scalar(const Type *type, const Column *column, uint32_t at, StrBuf *out)
{
    switch ((TypeId)type->id) {
    case TYPE_NULL:
    case TYPE_BOOLEAN: strbuf_string(out, column->data.b[at] ? "TRUE" : "FALSE"); break;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT: strbuf_i64(out, column->data.i64[at]); break;
    case TYPE_FLOAT:
    case TYPE_DOUBLE: print_double(type, column->data.f64[at], out); break;
    case TYPE_DECIMAL: decimal_print(column->data.i128[at], type->scale, out); break;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_BINARY:
    case TYPE_VARBINARY: strbuf_text(out, str_text(&column->data.str[at])); break;
    case TYPE_DATE: print_date(column->data.i64[at], out); break;
    case TYPE_TIME: print_time(type, column->data.i64[at], out); break;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_LTZ: print_timestamp(type, column->data.i64[at], out); break;
    case TYPE_INTERVAL_MONTH: print_months(column->data.i64[at], out); break;
    case TYPE_INTERVAL_DAY: print_span(column->data.i64[at], out); break;
    case TYPE_ROW:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_MULTISET: break;
    }
}

/* --- JSON scalars --- */

void text_print_json(Text text, StrBuf *out)
{
    static const char *const named[0x20] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r",
    };
    strbuf_char(out, '"');
    uint32_t start = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        strbuf_put(out, text.ptr + start, i - start);
        start = i + 1;
        if (c >= 0x20)
            strbuf_printf(out, "\\%c", c);
        else if (named[c] != NULL)
            strbuf_string(out, named[c]);
        else
            strbuf_printf(out, "\\u%04x", c);
    }
    if (start < text.size)
        strbuf_put(out, text.ptr + start, text.size - start);
    strbuf_char(out, '"');
}

/* Base64 with padding (RFC 4648, section 4). */
static void print_base64(Text bytes, StrBuf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    strbuf_char(out, '"');
    for (uint32_t i = 0; i < bytes.size; i += 3) {
        uint32_t left = bytes.size - i, group = 0;
        for (uint32_t j = 0; j < 3; j++)
            group = group << 8 | (j < left ? (unsigned char)bytes.ptr[i + j] : 0);
        for (uint32_t j = 0; j < 4; j++)
            strbuf_char(out, j <= left ? digits[group >> (18 - 6 * j) & 63] : '=');
    }
    strbuf_char(out, '"');
}

/* JSON has no infinities and no NaN: they stand as text, which a JSON source reads back. */
static void print_json_double(const Type *type, double value, StrBuf *out)
{
    bool finite = isfinite(value);
    if (!finite)
        strbuf_char(out, '"');
    print_double(type, value, out);
    if (!finite)
        strbuf_char(out, '"');
}

static void print_json_scalar(const Type *type, const Column *column, uint32_t at, StrBuf *out)
{
    if (type_is_character(type)) {
        text_print_json(str_text(&column->data.str[at]), out);
    } else if (type_is_binary(type)) {
        print_base64(str_text(&column->data.str[at]), out);
    } else if (type_is_approx(type)) {
        print_json_double(type, column->data.f64[at], out);
    } else if (type_is_numeric(type)) {
        print_scalar(type, column, at, out);
    } else if (type->id == TYPE_BOOLEAN) {
        strbuf_string(out, column->data.b[at] ? "true" : "false");
    } else {
        strbuf_char(out, '"');
        print_scalar(type, column, at, out);
        strbuf_char(out, '"');
    }
}

/* --- nested values --- */

static void print_row(const Style *style, const Type *type, const Nested *nested, uint32_t row,
                      StrBuf *out)
{
    strbuf_char(out, style->json ? '{' : '(');
    for (uint32_t i = 0; i < type->children; i++) {
        if (i > 0)
            strbuf_string(out, style->comma);
        if (style->json) {
            text_print_json(type->child[i].name, out);
            strbuf_char(out, ':');
        }
        print_cell(style, &type->child[i].type, &nested->child[i], row, out);
    }
    strbuf_char(out, style->json ? '}' : ')');
}

static void print_elements(const Style *style, const Type *type, const Nested *nested, uint32_t row,
                           StrBuf *out)
{
    Elements cell = nested->list[row];
    strbuf_char(out, '[');
    for (uint32_t i = 0; i < cell.count; i++) {
        if (i > 0)
            strbuf_string(out, style->comma);
        print_cell(style, &type->child[0].type, &nested->child[0], cell.start + i, out);
    }
    strbuf_char(out, ']');
}

/* JSON's keys are text: other keys stand there as theirs. */
static void print_key(const Style *style, const Type *type, const Column *keys, uint32_t row,
                      StrBuf *out)
{
    if (!style->json || (type_is_character(type) && !column_is_null(keys, row))) {
        print_cell(style, type, keys, row, out);
        return;
    }
    StrBuf text;
    strbuf_init(&text, out->meter);
    if (column_is_null(keys, row))
        strbuf_string(&text, style->null);
    else
        print_cell(&text_style, type, keys, row, &text);
    text_print_json(strbuf_as_text(&text), out);
    out->failed = out->failed || text.failed;
    strbuf_close(&text);
}

static void print_map(const Style *style, const Type *type, const Nested *nested, uint32_t row,
                      StrBuf *out)
{
    Elements cell = nested->list[row];
    strbuf_char(out, '{');
    for (uint32_t i = cell.start; i < cell.start + cell.count; i++) {
        if (i > cell.start)
            strbuf_string(out, style->comma);
        print_key(style, &type->child[0].type, &nested->child[0], i, out);
        strbuf_char(out, style->json ? ':' : '=');
        print_cell(style, &type->child[1].type, &nested->child[1], i, out);
    }
    strbuf_char(out, '}');
}

/* Recursion is as deep as the type is nested, which LIMIT_TYPE_DEPTH bounds. */
static void print_cell(const Style *style, const Type *type, const Column *column, uint32_t row,
                       StrBuf *out)
{
    uint32_t at = column_index(column, row);
    if (column_is_null(column, row))
        strbuf_string(out, style->null);
    else if (type->id == TYPE_ROW)
        print_row(style, type, column->data.nested, at, out);
    else if (type->id == TYPE_MAP || type->id == TYPE_MULTISET)
        print_map(style, type, column->data.nested, at, out);
    else if (type_is_nested(type))
        print_elements(style, type, column->data.nested, at, out);
    else if (style->local && type->id == TYPE_TIMESTAMP_LTZ)
        print_local(style->zone, type, column->data.i64[at], out);
    else if (style->json)
        print_json_scalar(type, column, at, out);
    else
        print_scalar(type, column, at, out);
}

void cell_print(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    if (!column_is_null(column, row))
        print_cell(&text_style, type, column, row, out);
}

void cell_print_local(const Type *type, const Column *column, uint32_t row, const TimeZone *zone,
                      StrBuf *out)
{
    Style style = text_style;
    style.local = true;
    style.zone = zone;
    if (!column_is_null(column, row))
        print_cell(&style, type, column, row, out);
}

void cell_print_json(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    print_cell(&json_style, type, column, row, out);
}

bool value_equal(const Value *a, const Value *b)
{
    if (a->null != b->null || !type_equal_but_null(&a->type, &b->type))
        return false;
    if (a->null)
        return true;
    switch (type_phys((TypeId)a->type.id)) {
    case PHYS_BOOL: return a->as.b == b->as.b;
    case PHYS_I64: return a->as.i64 == b->as.i64;
    case PHYS_F64: return memcmp(&a->as.f64, &b->as.f64, sizeof a->as.f64) == 0;
    case PHYS_I128: return a->as.i128 == b->as.i128;
    case PHYS_STR: return str_equal(&a->as.str, &b->as.str);
    case PHYS_NESTED: return false;
    }
    return false;
}

Column value_column(const Value *value, uint64_t *valid_word)
{
    *valid_word = !value->null;
    return (Column){
        .phys = type_phys((TypeId)value->type.id),
        .constant = true,
        .valid = value->null ? valid_word : NULL,
        .data.any = (void *)&value->as, /* columns are read-only once made */
    };
}
