#include "storage/base/utf8.h"
#include "storage/format/cell_text.h"
#include "storage/format/csv.h"

/* Jackson puts quotes around every text of more characters than this. */
enum { UNQUOTED_MAX = 24 };

/* Quotes are needed, by Jackson's cautious rule, around whatever holds a character up to the
 * delimiter or the quote in ASCII order, or the escape character. */
static bool needs_quotes(const CsvSyntax *syntax, Text text)
{
    char highest = syntax->delimiter > syntax->quote ? syntax->delimiter : syntax->quote;
    char escape = syntax->escape == '\0' ? '\\' : syntax->escape;
    for (uint32_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if ((c >= 0 && c <= highest) || c == escape)
            return true;
    }
    return text.size > UNQUOTED_MAX && utf8_count(text.ptr, text.size) > UNQUOTED_MAX;
}

static void encode_text(const CsvSyntax *syntax, Text text, StrBuf *out)
{
    if (syntax->quote == '\0' || !needs_quotes(syntax, text)) {
        strbuf_text(out, text);
        return;
    }
    strbuf_char(out, syntax->quote);
    for (uint32_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (c == syntax->quote || (syntax->escape != '\0' && c == syntax->escape))
            strbuf_char(out, c);
        strbuf_char(out, c);
    }
    strbuf_char(out, syntax->quote);
}

/* The parts of an ARRAY or ROW, with their delimiter between them. */
static void join_parts(const CsvSyntax *syntax, const CellTextStyle *style, const Type *type,
                       const Column *column, uint32_t row, StrBuf *out)
{
    const Nested *nested = column->data.nested;
    uint32_t at = column_index(column, row);
    Elements cell = nested->list == NULL ? (Elements){0, type->children} : nested->list[at];
    for (uint32_t i = 0; i < cell.count; i++) {
        uint32_t child = nested->list == NULL ? i : 0;
        uint32_t part = nested->list == NULL ? at : cell.start + i;
        const Column *parts = &nested->child[child];
        if (i > 0)
            strbuf_char(out, syntax->element_delimiter);
        if (column_is_null(parts, part))
            strbuf_text(out, syntax->null_literal);
        else if (type_is_character(&type->child[child].type))
            strbuf_text(out, str_text(&parts->data.str[column_index(parts, part)]));
        else
            cell_text_append(style, &type->child[child].type, parts, part, out);
    }
}

static Status encode_cell(const CsvSyntax *syntax, const CellTextStyle *style, const Type *type,
                          const Column *column, uint32_t row, StrBuf *out)
{
    if (column_is_null(column, row)) {
        strbuf_text(out, syntax->null_literal);
        return ST_OK;
    }
    if (type_is_character(type)) {
        encode_text(syntax, str_text(&column->data.str[column_index(column, row)]), out);
        return ST_OK;
    }
    if (type_is_numeric(type) || type->id == TYPE_BOOLEAN) {
        cell_text_append(style, type, column, row, out);
        return ST_OK;
    }
    StrBuf text;
    strbuf_init(&text, out->meter);
    if (type_is_nested(type))
        join_parts(syntax, style, type, column, row, &text);
    else
        cell_text_append(style, type, column, row, &text);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        encode_text(syntax, strbuf_as_text(&text), out);
    strbuf_close(&text);
    return status;
}

typedef struct CsvEncoder {
    Encoder base;
    const Schema *schema;
    CsvSyntax syntax;
    CellTextStyle style;
    bool messages;
} CsvEncoder;

static Status csv_encode(const Encoder *base, const Batch *batch, uint32_t row, StrBuf *out)
{
    const CsvEncoder *self = (const CsvEncoder *)base;
    for (uint32_t c = 0; c < self->schema->count; c++) {
        const Type *type = &self->schema->field[c].type;
        if (c > 0)
            strbuf_char(out, self->syntax.delimiter);
        TRY(encode_cell(&self->syntax, &self->style, type, &batch->column[c], row, out));
    }
    if (!self->messages)
        strbuf_char(out, '\n');
    return strbuf_status(out);
}

Status csv_open_encoder(Arena *arena, const EncodeSpec *spec, Encoder **out)
{
    static const char scientific[] = "csv.write-bigdecimal-in-scientific-notation";
    CsvEncoder *self;
    TRY_NEW(self, arena);
    self->base.encode = csv_encode;
    self->schema = spec->schema;
    self->messages = spec->messages;
    self->syntax = csv_syntax_read(spec->scope, spec->options);
    self->style.plain_decimal = !option_bool(spec->scope, spec->options, scientific);
    *out = &self->base;
    return ST_OK;
}
