#include <math.h>

#include "storage/data/value.h"
#include "storage/format/cell_text.h"
#include "storage/format/json.h"

/* Values that stand in JSON without quotes. NaN and the infinities are no JSON numbers and become
 * texts, which Flink reads back. */
static bool is_bare(const Type *type, const Column *column, uint32_t row)
{
    if (type_is_approx(type))
        return isfinite(column->data.f64[column_index(column, row)]);
    return type_is_numeric(type) || type->id == TYPE_BOOLEAN;
}

/* How nested values are written, beside what they hold. */
typedef struct JsonStyle {
    CellTextStyle cell;
    bool skip_nulls; /* fields of ROWs that are NULL */
    JsonNullKey null_key;
    Text null_literal;
} JsonStyle;

static void encode_cell(const JsonStyle *style, const Type *type, const Column *column,
                        uint32_t row, StrBuf *out);

/* Recursion is as deep as the type is nested. */
static void encode_row(const JsonStyle *style, const Type *type, const Nested *nested, uint32_t at,
                       StrBuf *out)
{
    char before = '{';
    for (uint32_t i = 0; i < type->children; i++) {
        if (style->skip_nulls && column_is_null(&nested->child[i], at))
            continue;
        strbuf_char(out, before);
        before = ',';
        text_print_json(type->child[i].name, out);
        strbuf_char(out, ':');
        encode_cell(style, &type->child[i].type, &nested->child[i], at, out);
    }
    strbuf_string(out, before == '{' ? "{}" : "}");
}

static void encode_array(const JsonStyle *style, const Type *type, const Nested *nested,
                         Elements cell, StrBuf *out)
{
    strbuf_char(out, '[');
    for (uint32_t i = 0; i < cell.count; i++) {
        if (i > 0)
            strbuf_char(out, ',');
        encode_cell(style, &type->child[0].type, &nested->child[0], cell.start + i, out);
    }
    strbuf_char(out, ']');
}

/* A MAP's key is a text. */
static Text key_text(const JsonStyle *style, const Column *keys, uint32_t row)
{
    return column_is_null(keys, row) ? style->null_literal
                                     : str_text(&keys->data.str[column_index(keys, row)]);
}

/* The entries whose keys are written alike, one being NULL: of them the last value counts, in the
 * place of the first. No others can be. */
static void find_alike(const JsonStyle *style, const Column *keys, Elements cell, uint32_t pair[2])
{
    pair[0] = pair[1] = cell.count;
    uint32_t null = 0, other = 0;
    while (null < cell.count && !column_is_null(keys, cell.start + null))
        null++;
    if (null == cell.count)
        return;
    while (other < cell.count &&
           (other == null ||
            !text_equal(key_text(style, keys, cell.start + other), style->null_literal)))
        other++;
    if (other == cell.count)
        return;
    pair[0] = null < other ? null : other;
    pair[1] = null < other ? other : null;
}

static void encode_map(const JsonStyle *style, const Type *type, const Nested *nested,
                       Elements cell, StrBuf *out)
{
    const Column *keys = &nested->child[0];
    char before = '{';
    uint32_t pair[2] = {cell.count, cell.count};
    if (style->null_key != JSON_NULL_KEY_DROP)
        find_alike(style, keys, cell, pair);
    for (uint32_t i = 0; i < cell.count; i++) {
        bool null = column_is_null(keys, cell.start + i);
        if ((null && style->null_key == JSON_NULL_KEY_DROP) || i == pair[1])
            continue;
        strbuf_char(out, before);
        before = ',';
        text_print_json(key_text(style, keys, cell.start + i), out);
        strbuf_char(out, ':');
        encode_cell(style, &type->child[1].type, &nested->child[1],
                    cell.start + (i == pair[0] ? pair[1] : i), out);
    }
    strbuf_string(out, before == '{' ? "{}" : "}");
}

static void encode_nested(const JsonStyle *style, const Type *type, const Nested *nested,
                          uint32_t at, StrBuf *out)
{
    if (type->id == TYPE_ROW)
        encode_row(style, type, nested, at, out);
    else if (type->id == TYPE_ARRAY)
        encode_array(style, type, nested, nested->list[at], out);
    else
        encode_map(style, type, nested, nested->list[at], out);
}

static void encode_cell(const JsonStyle *style, const Type *type, const Column *column,
                        uint32_t row, StrBuf *out)
{
    if (column_is_null(column, row)) {
        strbuf_string(out, "null");
        return;
    }
    if (type_is_character(type)) {
        text_print_json(str_text(&column->data.str[column_index(column, row)]), out);
        return;
    }
    if (type_is_nested(type)) {
        encode_nested(style, type, column->data.nested, column_index(column, row), out);
        return;
    }
    bool bare = is_bare(type, column, row);
    if (!bare)
        strbuf_char(out, '"');
    cell_text_append(&style->cell, type, column, row, out);
    if (!bare)
        strbuf_char(out, '"');
}

typedef struct JsonEncoder {
    Encoder base;
    const Schema *schema;
    JsonStyle style;
    bool messages;
    Text *key; /* per column: its name as a JSON string, and the colon */
} JsonEncoder;

static Status json_encode(const Encoder *base, const Batch *batch, uint32_t row, StrBuf *out)
{
    const JsonEncoder *self = (const JsonEncoder *)base;
    char before = '{';
    for (uint32_t c = 0; c < self->schema->count; c++) {
        const Column *column = &batch->column[c];
        if (self->style.skip_nulls && column_is_null(column, row))
            continue;
        strbuf_char(out, before);
        before = ',';
        strbuf_text(out, self->key[c]);
        encode_cell(&self->style, &self->schema->field[c].type, column, row, out);
    }
    strbuf_string(out, before == '{' ? "{}" : "}");
    if (!self->messages)
        strbuf_char(out, '\n');
    return strbuf_status(out);
}

static Status make_key(Arena *arena, Text name, Text *out)
{
    StrBuf text;
    strbuf_init(&text, arena->meter);
    text_print_json(name, &text);
    strbuf_char(&text, ':');
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(arena, strbuf_as_text(&text), out);
    strbuf_close(&text);
    return status;
}

Status json_open_encoder(Arena *arena, const EncodeSpec *spec, Encoder **out)
{
    const OptionScope *scope = spec->scope;
    JsonEncoder *self;
    TRY_NEW(self, arena);
    self->base.encode = json_encode;
    self->schema = spec->schema;
    self->messages = spec->messages;
    self->style = (JsonStyle){
        .cell = {.iso = option_enum(scope, spec->options, "json.timestamp-format.standard") == 1,
                 .plain_decimal =
                     option_bool(scope, spec->options, "json.encode.decimal-as-plain-number")},
        .skip_nulls = option_bool(scope, spec->options, "json.encode.ignore-null-fields"),
        .null_key = (JsonNullKey)option_enum(scope, spec->options, "json.map-null-key.mode"),
        .null_literal = option_text(scope, spec->options, "json.map-null-key.literal"),
    };
    TRY_NEW_ARRAY(self->key, arena, spec->schema->count);
    for (uint32_t c = 0; c < spec->schema->count; c++)
        TRY(make_key(arena, spec->schema->field[c].name, &self->key[c]));
    *out = &self->base;
    return ST_OK;
}
