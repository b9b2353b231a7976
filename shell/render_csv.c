/* csv and tsv. CSV as RFC 4180, but with a bare newline as the end of a line, as every Unix tool
 * writes and reads it. NULL is an empty field and an empty text is "", so that the two stay apart.
 */
#include "shell/render.h"

#include "shell/cell_text.h"

/* --- csv --- */

static bool csv_needs_quotes(Text text)
{
    if (text.size == 0 || text.ptr[0] == ' ' || text.ptr[text.size - 1] == ' ')
        return true;
    for (uint32_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (c == ',' || c == '"' || c == '\n' || c == '\r')
            return true;
    }
    return false;
}

static void csv_put_text(Renderer *renderer, Text text)
{
    EscapeSet escape = renderer->options.terminal ? ESCAPE_TERMINAL : ESCAPE_NOTHING;
    if (!csv_needs_quotes(text)) {
        text_put_escaped(renderer->out, text, escape);
        return;
    }
    strbuf_char(renderer->out, '"');
    uint32_t start = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.ptr[i] != '"')
            continue;
        text_put_escaped(renderer->out, (Text){text.ptr + start, i + 1 - start}, escape);
        start = i; /* the quote itself comes once more */
    }
    if (start < text.size)
        text_put_escaped(renderer->out, (Text){text.ptr + start, text.size - start}, escape);
    strbuf_char(renderer->out, '"');
}

Status render_csv_begin(Renderer *renderer)
{
    if (!renderer->headers)
        return ST_OK;
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_char(renderer->out, ',');
        csv_put_text(renderer, renderer->column[i].name);
    }
    strbuf_char(renderer->out, '\n');
    return ST_OK;
}

Status render_csv_row(Renderer *renderer, const OutputCell *cell)
{
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_char(renderer->out, ',');
        if (cell[i].kind == CELL_TEXT || cell[i].kind == CELL_JSON)
            csv_put_text(renderer, output_cell_data(&cell[i]));
        else
            cell_put(renderer->out, &cell[i], render_null_text(renderer), ESCAPE_NOTHING);
    }
    strbuf_char(renderer->out, '\n');
    return ST_OK;
}

/* --- tsv --- */

static void tsv_put_text(Renderer *renderer, Text text)
{
    uint32_t start = 0;
    EscapeSet escape = renderer->options.terminal ? ESCAPE_TERMINAL : ESCAPE_NOTHING;
    for (uint32_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        const char *written = c == '\t'   ? "\\t"
                              : c == '\n' ? "\\n"
                              : c == '\r' ? "\\r"
                              : c == '\\' ? "\\\\"
                                          : NULL;
        if (written == NULL)
            continue;
        text_put_escaped(renderer->out, (Text){text.ptr + start, i - start}, escape);
        strbuf_string(renderer->out, written);
        start = i + 1;
    }
    if (start < text.size)
        text_put_escaped(renderer->out, (Text){text.ptr + start, text.size - start}, escape);
}

Status render_tsv_begin(Renderer *renderer)
{
    if (!renderer->headers)
        return ST_OK;
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_char(renderer->out, '\t');
        tsv_put_text(renderer, renderer->column[i].name);
    }
    strbuf_char(renderer->out, '\n');
    return ST_OK;
}

Status render_tsv_row(Renderer *renderer, const OutputCell *cell)
{
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_char(renderer->out, '\t');
        if (cell[i].kind == CELL_TEXT || cell[i].kind == CELL_JSON)
            tsv_put_text(renderer, output_cell_data(&cell[i]));
        else
            cell_put(renderer->out, &cell[i], render_null_text(renderer), ESCAPE_NOTHING);
    }
    strbuf_char(renderer->out, '\n');
    return ST_OK;
}
