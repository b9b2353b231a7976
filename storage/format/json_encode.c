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

static void encode_cell(const CellTextStyle *style, const Type *type, const Column *column,
                        uint32_t row, StrBuf *out);

/* A MAP's key is a text. */
static void encode_key(const Column *keys, uint32_t row, StrBuf *out)
{
    text_print_json(column_is_null(keys, row) ? TEXT("null")
                                              : str_text(&keys->data.str[column_index(keys, row)]),
                    out);
    strbuf_char(out, ':');
}

/* Recursion is as deep as the type is nested. */
static void encode_nested(const CellTextStyle *style, const Type *type, const Nested *nested,
                          uint32_t at, StrBuf *out)
{
    bool array = type->id == TYPE_ARRAY;
    Elements cell = nested->list == NULL ? (Elements){at, type->children} : nested->list[at];
    strbuf_char(out, array ? '[' : '{');
    for (uint32_t i = 0; i < cell.count; i++) {
        uint32_t child = nested->list == NULL ? i : type->children - 1;
        uint32_t row = nested->list == NULL ? at : cell.start + i;
        if (i > 0)
            strbuf_char(out, ',');
        if (type->id == TYPE_ROW) {
            text_print_json(type->child[i].name, out);
            strbuf_char(out, ':');
        } else if (!array) {
            encode_key(&nested->child[0], row, out);
        }
        encode_cell(style, &type->child[child].type, &nested->child[child], row, out);
    }
    strbuf_char(out, array ? ']' : '}');
}

static void encode_cell(const CellTextStyle *style, const Type *type, const Column *column,
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
    cell_text_append(style, type, column, row, out);
    if (!bare)
        strbuf_char(out, '"');
}

typedef struct JsonEncoder {
    Encoder base;
    const Schema *schema;
    CellTextStyle style;
    bool skip_nulls;
    Text *key; /* per column: its name as a JSON string, and the colon */
} JsonEncoder;

static Status json_encode(const Encoder *base, const Batch *batch, uint32_t row, StrBuf *out)
{
    const JsonEncoder *self = (const JsonEncoder *)base;
    char before = '{';
    for (uint32_t c = 0; c < self->schema->count; c++) {
        const Column *column = &batch->column[c];
        if (self->skip_nulls && column_is_null(column, row))
            continue;
        strbuf_char(out, before);
        before = ',';
        strbuf_text(out, self->key[c]);
        encode_cell(&self->style, &self->schema->field[c].type, column, row, out);
    }
    strbuf_string(out, before == '{' ? "{}\n" : "}\n");
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
    self->style.iso = option_enum(scope, spec->options, "json.timestamp-format.standard") == 1;
    self->style.plain_decimal =
        option_bool(scope, spec->options, "json.encode.decimal-as-plain-number");
    self->skip_nulls = option_bool(scope, spec->options, "json.encode.ignore-null-fields");
    TRY_NEW_ARRAY(self->key, arena, spec->schema->count);
    for (uint32_t c = 0; c < spec->schema->count; c++)
        TRY(make_key(arena, spec->schema->field[c].name, &self->key[c]));
    *out = &self->base;
    return ST_OK;
}
