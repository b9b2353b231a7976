/* json and jsonl. Numbers are written with all their digits; NaN and the infinities, which JSON
 * does not have, as strings. */
#include "shell/render.h"

#include "shell/json_text.h"

static void put_number(StrBuf *out, Text digits)
{
    char last = digits.size > 0 ? digits.ptr[digits.size - 1] : '\0';
    if (last >= '0' && last <= '9')
        strbuf_text(out, digits);
    else
        json_put_string(out, digits);
}

static void put_value(StrBuf *out, const OutputCell *cell)
{
    switch (cell->kind) {
    case CELL_NULL: strbuf_string(out, "null"); return;
    case CELL_NUMBER: put_number(out, cell->text); return;
    case CELL_BOOL:
        strbuf_string(out, text_equal_nocase(cell->text, TEXT("TRUE")) ? "true" : "false");
        return;
    case CELL_TEXT: json_put_string(out, cell->text); return;
    case CELL_BYTES: json_put_bytes(out, cell->text); return;
    case CELL_JSON: strbuf_text(out, cell->json); return;
    }
}

static void put_object(Renderer *renderer, const OutputCell *cell)
{
    StrBuf *out = renderer->out;
    strbuf_char(out, '{');
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_char(out, ',');
        json_put_string(out, renderer->column[i].name);
        strbuf_char(out, ':');
        put_value(out, &cell[i]);
    }
    strbuf_char(out, '}');
}

Status render_json_begin(Renderer *renderer)
{
    strbuf_char(renderer->out, '[');
    return ST_OK;
}

Status render_json_row(Renderer *renderer, const OutputCell *cell)
{
    if (renderer->row_count > 0)
        strbuf_string(renderer->out, ",\n");
    put_object(renderer, cell);
    return ST_OK;
}

Status render_json_end(Renderer *renderer)
{
    strbuf_string(renderer->out, "]\n");
    return ST_OK;
}

Status render_jsonl_row(Renderer *renderer, const OutputCell *cell)
{
    put_object(renderer, cell);
    strbuf_char(renderer->out, '\n');
    return ST_OK;
}
