/* Values as JSON, in Flink's notation, which is that of Java's BigDecimal for numbers. */
#include "executor/function/json_cell.h"

#include <math.h>
#include <stdlib.h>

#include "executor/function/json_find.h"
#include "storage/data/decimal.h"
#include "storage/data/number.h"
#include "storage/format/cell_text.h"

const char json_null_key[] = "a key of a MAP is NULL";

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

static void print_flat(const Type *type, const Column *column, uint32_t row, StrBuf *out)
{
    static const CellTextStyle style = {0};
    uint32_t at = column_index(column, row);
    if (type_is_character(type))
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

/* --- nested values: recursion is as deep as the type is nested --- */

static bool print_cell(const Type *type, const Column *column, uint32_t row, Arena *scratch,
                       StrBuf *out);

/* The members of a ROW or MAP in the order of their keys: sorted[i] is the place of the i-th. */
static Status find_keys(const Type *type, const Nested *nested, Elements cell, Arena *scratch,
                        Text **key, uint32_t **sorted)
{
    const Column *keys = &nested->child[0];
    TRY_NEW_ARRAY(*key, scratch, cell.count);
    for (uint32_t i = 0; i < cell.count; i++)
        (*key)[i] = type->id == TYPE_ROW
                        ? type->child[i].name
                        : str_text(&keys->data.str[column_index(keys, cell.start + i)]);
    return json_sort_keys(*key, cell.count, scratch, sorted);
}

static bool has_null_key(const Column *keys, Elements cell)
{
    for (uint32_t i = 0; i < cell.count; i++) {
        if (column_is_null(keys, cell.start + i))
            return true;
    }
    return false;
}

static bool print_object(const Type *type, const Nested *nested, uint32_t row, Arena *scratch,
                         StrBuf *out)
{
    bool of_row = type->id == TYPE_ROW, printed = true;
    Elements cell = of_row ? (Elements){.start = 0, .count = type->children} : nested->list[row];
    Text *key;
    uint32_t *sorted;
    if (!of_row && has_null_key(&nested->child[0], cell))
        return false;
    if (find_keys(type, nested, cell, scratch, &key, &sorted) != ST_OK) {
        out->failed = true;
        return true;
    }
    strbuf_char(out, '{');
    for (uint32_t i = 0; printed && i < cell.count; i++) {
        uint32_t place = sorted[i], child = of_row ? place : 1;
        strbuf_string(out, i > 0 ? "," : "");
        json_print_text(key[place], out);
        strbuf_char(out, ':');
        printed = print_cell(&type->child[child].type, &nested->child[child],
                             of_row ? row : cell.start + place, scratch, out);
    }
    strbuf_char(out, '}');
    return printed;
}

static bool print_array(const Type *type, const Nested *nested, Elements cell, Arena *scratch,
                        StrBuf *out)
{
    bool printed = true;
    strbuf_char(out, '[');
    for (uint32_t i = 0; printed && i < cell.count; i++) {
        strbuf_string(out, i > 0 ? "," : "");
        printed = print_cell(&type->child[0].type, &nested->child[0], cell.start + i, scratch, out);
    }
    strbuf_char(out, ']');
    return printed;
}

static bool print_cell(const Type *type, const Column *column, uint32_t row, Arena *scratch,
                       StrBuf *out)
{
    if (column_is_null(column, row)) {
        strbuf_string(out, "null");
        return true;
    }
    if (!type_is_nested(type)) {
        print_flat(type, column, row, out);
        return true;
    }
    const Nested *nested = column->data.nested;
    uint32_t at = column_index(column, row);
    return type->id == TYPE_ARRAY ? print_array(type, nested, nested->list[at], scratch, out)
                                  : print_object(type, nested, at, scratch, out);
}

bool json_print_cell(const Type *type, const Column *column, uint32_t row, Arena *scratch,
                     StrBuf *out)
{
    ArenaMark mark = arena_mark(scratch);
    bool printed = print_cell(type, column, row, scratch, out);
    arena_release(scratch, mark);
    return printed;
}

/* Whether JSON has a form for it; else *wrong is the part that has none. */
static bool has_form(const Type *type, const Type **wrong)
{
    *wrong = type;
    if (!type_is_nested(type))
        return type_is_character(type) || type_is_numeric(type) || type_is_binary(type) ||
               type_is_timestamp(type) || type->id == TYPE_BOOLEAN || type->id == TYPE_NULL;
    if (type->id == TYPE_MULTISET)
        return false;
    for (uint32_t i = 0; i < type->children; i++) {
        if (!has_form(&type->child[i].type, wrong))
            return false;
    }
    *wrong = type;
    return type->id != TYPE_MAP || type_is_character(&type->child[0].type);
}

Status json_check_type(const Type *type, const char *function, Diag *diag)
{
    const Type *wrong;
    if (has_form(type, &wrong))
        return ST_OK;
    StrBuf name;
    strbuf_init(&name, NULL);
    type_print_bare(wrong, &name);
    Status status = diag_error(diag, E2107, SPAN_NONE, "%s: JSON has no form for a %s", function,
                               strbuf_cstr(&name));
    strbuf_close(&name);
    if (wrong->id == TYPE_MAP)
        diag_hint(diag, "its keys must be strings");
    else
        diag_hint(diag, "CAST(... AS STRING) makes a text of it");
    return status;
}
