/* The modes without alignment: line, list, quote, insert. */
#include "shell/render_line.h"

#include "shell/cell_text.h"

/* --- line: right-aligned names, as sqlite3 has it --- */

static uint32_t widest_name(const Renderer *renderer)
{
    uint32_t widest = 0;
    for (uint32_t i = 0; i < renderer->columns; i++) {
        uint32_t width = text_width(renderer->column[i].name);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void put_name(const Renderer *renderer, uint32_t column, uint32_t widest)
{
    Text name = renderer->column[column].name;
    uint32_t width = text_width(name);
    strbuf_repeat(renderer->out, ' ', width < widest ? widest - width : 0);
    text_put_escaped(renderer->out, name, ESCAPE_LAYOUT);
    strbuf_string(renderer->out, " = ");
}

Status render_line_row(Renderer *renderer, const OutputCell *cell)
{
    EscapeSet escape = renderer->options.terminal ? ESCAPE_LAYOUT : ESCAPE_NOTHING;
    uint32_t widest = widest_name(renderer);
    if (renderer->row_count > 0)
        strbuf_char(renderer->out, '\n');
    for (uint32_t i = 0; i < renderer->columns; i++) {
        put_name(renderer, i, widest);
        cell_put(renderer->out, &cell[i], render_null_text(renderer), escape);
        strbuf_char(renderer->out, '\n');
    }
    return ST_OK;
}

void render_line_held(Renderer *renderer)
{
    uint32_t widest = widest_name(renderer);
    for (uint32_t r = 1; r < renderer->held.count; r++) {
        if (r > 1)
            strbuf_char(renderer->out, '\n');
        for (uint32_t i = 0; i < renderer->columns; i++) {
            put_name(renderer, i, widest);
            strbuf_text(renderer->out, renderer->held.item[r][i].text);
            strbuf_char(renderer->out, '\n');
        }
    }
}

/* --- list --- */

static EscapeSet list_escape(const Renderer *renderer)
{
    return renderer->options.terminal ? ESCAPE_TERMINAL : ESCAPE_NOTHING;
}

Status render_list_begin(Renderer *renderer)
{
    if (!renderer->headers)
        return ST_OK;
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_string(renderer->out, renderer->options.separator);
        text_put_escaped(renderer->out, renderer->column[i].name, list_escape(renderer));
    }
    strbuf_char(renderer->out, '\n');
    return ST_OK;
}

Status render_list_row(Renderer *renderer, const OutputCell *cell)
{
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_string(renderer->out, renderer->options.separator);
        cell_put(renderer->out, &cell[i], render_null_text(renderer), list_escape(renderer));
    }
    strbuf_char(renderer->out, '\n');
    return ST_OK;
}

/* --- quote and insert: SQL literals --- */

static void put_quoted(Renderer *renderer, Text text, char quote)
{
    StrBuf *out = &renderer->scratch;
    strbuf_clear(out);
    strbuf_char(out, quote);
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.ptr[i] == quote)
            strbuf_char(out, quote);
        strbuf_char(out, text.ptr[i]);
    }
    strbuf_char(out, quote);
    text_put_escaped(renderer->out, strbuf_as_text(out), list_escape(renderer));
    if (out->failed)
        renderer->out->failed = true;
}

static void put_number(Renderer *renderer, Text digits)
{
    bool finite = digits.size > 0 &&
                  (digits.ptr[digits.size - 1] >= '0' && digits.ptr[digits.size - 1] <= '9');
    if (finite)
        strbuf_text(renderer->out, digits);
    else
        strbuf_printf(renderer->out, "CAST('%.*s' AS DOUBLE)", TEXT_ARG(digits));
}

static void put_literal(Renderer *renderer, const OutputCell *cell)
{
    switch (cell->kind) {
    case CELL_NULL: strbuf_string(renderer->out, "NULL"); return;
    case CELL_NUMBER: put_number(renderer, cell->text); return;
    case CELL_BOOL: strbuf_text(renderer->out, cell->text); return;
    case CELL_BYTES: cell_put(renderer->out, cell, TEXT("NULL"), ESCAPE_NOTHING); return;
    case CELL_TEXT:
    case CELL_JSON: put_quoted(renderer, output_cell_data(cell), '\''); return;
    }
}

static void put_literals(Renderer *renderer, const OutputCell *cell, const char *separator)
{
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_string(renderer->out, separator);
        put_literal(renderer, &cell[i]);
    }
}

Status render_quote_begin(Renderer *renderer)
{
    if (!renderer->headers)
        return ST_OK;
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_char(renderer->out, ',');
        put_quoted(renderer, renderer->column[i].name, '\'');
    }
    strbuf_char(renderer->out, '\n');
    return ST_OK;
}

Status render_quote_row(Renderer *renderer, const OutputCell *cell)
{
    put_literals(renderer, cell, ",");
    strbuf_char(renderer->out, '\n');
    return ST_OK;
}

Status render_insert_row(Renderer *renderer, const OutputCell *cell)
{
    strbuf_string(renderer->out, "INSERT INTO ");
    put_quoted(renderer, text_of(renderer->options.insert_table), '`');
    strbuf_string(renderer->out, " VALUES (");
    put_literals(renderer, cell, ", ");
    strbuf_string(renderer->out, ");\n");
    return ST_OK;
}
