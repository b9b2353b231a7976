#include "shell/render.h"

#include <assert.h>

static const RenderMode mode_table[] = {
    {.name = "box",
     .alias = "duckbox",
     .help = "a table drawn with lines, fitted to the screen",
     .null_text = "NULL",
     .headers = true,
     .holds = true,
     .begin = render_table_begin,
     .row = render_table_row,
     .end = render_box_end},
    {.name = "table",
     .help = "a table drawn in plain ASCII",
     .null_text = "NULL",
     .headers = true,
     .holds = true,
     .begin = render_table_begin,
     .row = render_table_row,
     .end = render_ascii_end},
    {.name = "column",
     .alias = "columns",
     .help = "columns with two spaces between them",
     .null_text = "NULL",
     .headers = true,
     .holds = true,
     .begin = render_table_begin,
     .row = render_table_row,
     .end = render_column_end},
    {.name = "markdown",
     .help = "a Markdown table",
     .null_text = "NULL",
     .headers = true,
     .holds = true,
     .begin = render_markdown_begin,
     .row = render_table_row,
     .end = render_markdown_end},
    {.name = "tableau",
     .alias = "changelog",
     .help = "a table of fixed column widths whose rows are shown as they come",
     .null_text = "NULL",
     .headers = true,
     .begin = render_tableau_begin,
     .row = render_tableau_row,
     .end = render_tableau_end},
    {.name = "csv",
     .help = "comma-separated values as RFC 4180 has them; NULL is empty, an empty text \"\"",
     .null_text = "",
     .headers = true,
     .begin = render_csv_begin,
     .row = render_csv_row},
    {.name = "tsv",
     .alias = "tabs",
     .help = "tab-separated values; tab, newline and backslash as \\t \\n \\\\",
     .null_text = "",
     .headers = true,
     .begin = render_tsv_begin,
     .row = render_tsv_row},
    {.name = "json",
     .help = "one JSON array of objects",
     .null_text = "null",
     .begin = render_json_begin,
     .row = render_json_row,
     .end = render_json_end},
    {.name = "jsonl",
     .alias = "jsonlines",
     .help = "one JSON object a line",
     .null_text = "null",
     .row = render_jsonl_row},
    {.name = "line",
     .alias = "vertical",
     .help = "one value a line, a blank line between rows",
     .null_text = "NULL",
     .row = render_line_row},
    {.name = "list",
     .help = "values with .separator between them, unquoted",
     .null_text = "",
     .begin = render_list_begin,
     .row = render_list_row},
    {.name = "quote",
     .help = "values as SQL literals with commas between them",
     .null_text = "NULL",
     .begin = render_quote_begin,
     .row = render_quote_row},
    {.name = "insert",
     .help = "one INSERT statement a row; `.mode insert NAME` names the table",
     .null_text = "NULL",
     .row = render_insert_row},
};
enum { MODES = sizeof mode_table / sizeof *mode_table };

uint32_t render_mode_count(void)
{
    return MODES;
}

const RenderMode *render_mode(uint32_t index)
{
    assert(index < MODES);
    return &mode_table[index];
}

const RenderMode *render_mode_find(Text name)
{
    for (uint32_t i = 0; i < MODES; i++) {
        const RenderMode *mode = &mode_table[i];
        if (text_equal_nocase(name, text_of(mode->name)) ||
            (mode->alias != NULL && text_equal_nocase(name, text_of(mode->alias))))
            return mode;
    }
    return NULL;
}

Status render_mode_get(Text name, Span span, const RenderMode **out, Diag *diag)
{
    Text names[MODES];
    *out = render_mode_find(name);
    if (*out != NULL)
        return ST_OK;
    for (uint32_t i = 0; i < MODES; i++)
        names[i] = text_of(mode_table[i].name);
    Status status = diag_error(diag, E0003, span, "there is no mode \"%.*s\"", TEXT_ARG(name));
    diag_suggest(diag, name, names, MODES);
    return status;
}

void render_mode_print_reference(StrBuf *out)
{
    strbuf_string(out, "| mode | also called | header line | what it shows |\n|---|---|---|---|\n");
    for (uint32_t i = 0; i < MODES; i++) {
        const RenderMode *mode = &mode_table[i];
        strbuf_printf(out, "| `%s` | %s%s%s | %s | %s |\n", mode->name,
                      mode->alias != NULL ? "`" : "", mode->alias != NULL ? mode->alias : "",
                      mode->alias != NULL ? "`" : "", mode->headers ? "yes" : "no", mode->help);
    }
}

void render_open(Renderer *renderer, const RenderMode *mode, const RenderOptions *options,
                 StrBuf *out)
{
    assert(mode != NULL && out != NULL);
    *renderer = (Renderer){.mode = mode, .options = *options, .out = out};
    renderer->headers =
        options->headers == HEADERS_AUTO ? mode->headers : options->headers == HEADERS_ON;
    arena_init(&renderer->arena, NULL);
    strbuf_init(&renderer->scratch, NULL);
}

static Status copy_columns(Renderer *renderer, const OutputColumn *column, uint32_t count)
{
    OutputColumn *copy;
    TRY_NEW_ARRAY(copy, &renderer->arena, count);
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = column[i];
        TRY(arena_text(&renderer->arena, column[i].name, &copy[i].name));
        TRY(arena_text(&renderer->arena, column[i].type, &copy[i].type));
    }
    renderer->column = copy;
    renderer->columns = count;
    return ST_OK;
}

Status render_begin(Renderer *renderer, const OutputColumn *column, uint32_t count)
{
    TRY(copy_columns(renderer, column, count));
    return renderer->mode->begin == NULL ? ST_OK : renderer->mode->begin(renderer);
}

Status render_row(Renderer *renderer, const OutputCell *cell)
{
    TRY(renderer->mode->row(renderer, cell));
    renderer->row_count++;
    return strbuf_status(renderer->out);
}

Status render_end(Renderer *renderer)
{
    if (renderer->mode->end != NULL)
        TRY(renderer->mode->end(renderer));
    return strbuf_status(renderer->out);
}

void render_close(Renderer *renderer)
{
    arena_close(&renderer->arena);
    strbuf_close(&renderer->scratch);
}

Text render_null_text(const Renderer *renderer)
{
    const char *chosen = renderer->options.null_text;
    return text_of(chosen != NULL ? chosen : renderer->mode->null_text);
}
