/* tableau: rows as they come, in a table whose column widths are settled before the first row. A
 * width comes from the column's type; on a screen the widest columns are narrowed until the line
 * fits. A text that is longer is cut on a screen and shown whole elsewhere; a number is always
 * shown whole and may push the rest of its line to the right. */
#include "shell/render.h"

#include "shell/cell_text.h"

enum { OTHER_TYPE_WIDTH = 20, NARROWEST = 6 };

/* By the first word of the type's name. */
static const struct {
    const char *type;
    uint32_t width;
} type_widths[] = {
    {"BOOLEAN", 6}, {"TINYINT", 6},    {"SMALLINT", 6}, {"INT", 11},           {"BIGINT", 14},
    {"FLOAT", 12},  {"DOUBLE", 16},    {"DECIMAL", 16}, {"DATE", 10},          {"TIME", 12},
    {"CHAR", 20},   {"VARCHAR", 24},   {"STRING", 24},  {"TIMESTAMP_LTZ", 24}, {"TIMESTAMP", 23},
    {"BINARY", 20}, {"VARBINARY", 20}, {"BYTES", 20},
};

static uint32_t width_of_type(Text type)
{
    uint32_t size = 0;
    while (size < type.size &&
           ((type.ptr[size] >= 'A' && type.ptr[size] <= 'Z') || type.ptr[size] == '_'))
        size++;
    for (uint32_t i = 0; i < sizeof type_widths / sizeof *type_widths; i++) {
        if (text_equal((Text){type.ptr, size}, text_of(type_widths[i].type)))
            return type_widths[i].width;
    }
    return OTHER_TYPE_WIDTH;
}

static uint64_t line_width(const Renderer *renderer)
{
    uint64_t total = 1;
    for (uint32_t i = 0; i < renderer->columns; i++)
        total += renderer->width[i] + 3;
    return total;
}

/* Takes columns off the widest, one by one: the lines are few and short. */
static void narrow(Renderer *renderer)
{
    uint64_t total = line_width(renderer);
    while (renderer->options.width > 0 && total > renderer->options.width) {
        uint32_t widest = 0;
        for (uint32_t i = 1; i < renderer->columns; i++)
            widest = renderer->width[i] > renderer->width[widest] ? i : widest;
        if (renderer->width[widest] <= NARROWEST)
            return;
        renderer->width[widest]--;
        total--;
    }
}

static void put_rule(const Renderer *renderer)
{
    for (uint32_t i = 0; i < renderer->columns; i++) {
        strbuf_char(renderer->out, '+');
        strbuf_repeat(renderer->out, '-', renderer->width[i] + 2);
    }
    strbuf_string(renderer->out, "+\n");
}

static void put_cell(Renderer *renderer, uint32_t column, Text text)
{
    StrBuf *out = renderer->out;
    const OutputColumn *about = &renderer->column[column];
    uint32_t width = renderer->width[column], used = text_width(text);
    bool cut = used > width && renderer->options.width > 0 && !about->right_align;
    uint32_t pad = used < width ? width - used : 0;
    strbuf_string(out, column == 0 ? "| " : " | ");
    if (about->right_align)
        strbuf_repeat(out, ' ', pad);
    used = text_put_cut(out, text, cut ? width : used);
    if (!about->right_align)
        strbuf_repeat(out, ' ', used < width ? width - used : 0);
}

Status render_tableau_begin(Renderer *renderer)
{
    TRY_NEW_ARRAY(renderer->width, &renderer->arena, renderer->columns);
    for (uint32_t i = 0; i < renderer->columns; i++) {
        uint32_t name = text_width(renderer->column[i].name);
        uint32_t value =
            renderer->column[i].type.size == 0 ? name : width_of_type(renderer->column[i].type);
        renderer->width[i] = name > value ? name : value;
    }
    narrow(renderer);
    put_rule(renderer);
    if (!renderer->headers)
        return ST_OK;
    for (uint32_t i = 0; i < renderer->columns; i++) {
        strbuf_clear(&renderer->scratch);
        text_put_escaped(&renderer->scratch, renderer->column[i].name, ESCAPE_LAYOUT);
        TRY(strbuf_status(&renderer->scratch));
        put_cell(renderer, i, strbuf_as_text(&renderer->scratch));
    }
    strbuf_string(renderer->out, " |\n");
    put_rule(renderer);
    return ST_OK;
}

Status render_tableau_row(Renderer *renderer, const OutputCell *cell)
{
    for (uint32_t i = 0; i < renderer->columns; i++) {
        strbuf_clear(&renderer->scratch);
        cell_put(&renderer->scratch, &cell[i], render_null_text(renderer), ESCAPE_LAYOUT);
        TRY(strbuf_status(&renderer->scratch));
        put_cell(renderer, i, strbuf_as_text(&renderer->scratch));
    }
    strbuf_string(renderer->out, " |\n");
    return ST_OK;
}

Status render_tableau_end(Renderer *renderer)
{
    put_rule(renderer);
    return ST_OK;
}
