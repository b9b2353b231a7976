/* The modes that align: box, table, column, markdown. All rows are held until the end, since a
 * column is as wide as its widest cell.
 *
 * On a screen, columns are narrowed until the table fits: every text column gets at most the same
 * cap, the largest that fits, so that short columns stay whole. Numbers are never cut, since a cut
 * number is a wrong one. When even the smallest cap is too wide, the rows are shown one value a
 * line. */
#include "shell/render.h"

#include <assert.h>

#include "shell/cell_text.h"
#include "shell/render_line.h"

enum {
    SMALLEST_CAP = 8,
    LONG_WIDTH = 60 /* enough to know which text it is */
};

/* A horizontal line: its ends, what it is filled with, and what crosses it between columns. */
typedef struct Rule {
    const char *left, *fill, *cross, *right;
} Rule;

typedef struct TableStyle {
    Rule top, under_header, bottom; /* .fill NULL: no such line */
    const char *left, *between, *right;
    uint32_t left_width, between_width, right_width;
    bool marks_alignment; /* Markdown writes it into the line under the header */
} TableStyle;

static const TableStyle box_style = {
    .top = {"┌─", "─", "─┬─", "─┐"},
    .under_header = {"├─", "─", "─┼─", "─┤"},
    .bottom = {"└─", "─", "─┴─", "─┘"},
    .left = "│ ",
    .between = " │ ",
    .right = " │",
    .left_width = 2,
    .between_width = 3,
    .right_width = 2,
};
static const TableStyle ascii_style = {
    .top = {"+-", "-", "-+-", "-+"},
    .under_header = {"+-", "-", "-+-", "-+"},
    .bottom = {"+-", "-", "-+-", "-+"},
    .left = "| ",
    .between = " | ",
    .right = " |",
    .left_width = 2,
    .between_width = 3,
    .right_width = 2,
};
static const TableStyle column_style = {
    .under_header = {"", "-", "  ", ""},
    .left = "",
    .between = "  ",
    .right = "",
    .between_width = 2,
};
static const TableStyle markdown_style = {
    .under_header = {"|-", "-", "|-", "|"},
    .left = "| ",
    .between = " | ",
    .right = " |",
    .left_width = 2,
    .between_width = 3,
    .right_width = 2,
    .marks_alignment = true,
};

static Status hold_text(Renderer *renderer, HeldCell *out)
{
    TRY(strbuf_status(&renderer->scratch));
    TRY(arena_text(&renderer->arena, strbuf_as_text(&renderer->scratch), &out->text));
    out->width = text_width(out->text);
    return ST_OK;
}

static void widen(Renderer *renderer, uint32_t column, uint32_t width)
{
    if (renderer->width[column] < width)
        renderer->width[column] = width;
}

/* The header is held as row 0, whether it will be shown or not. */
Status render_table_begin(Renderer *renderer)
{
    HeldCell *header;
    TRY_NEW_ARRAY(renderer->width, &renderer->arena, renderer->columns);
    TRY_NEW_ARRAY(header, &renderer->arena, renderer->columns);
    for (uint32_t i = 0; i < renderer->columns; i++) {
        strbuf_clear(&renderer->scratch);
        text_put_escaped(&renderer->scratch, renderer->column[i].name, ESCAPE_LAYOUT);
        TRY(hold_text(renderer, &header[i]));
        if (renderer->headers)
            widen(renderer, i, header[i].width);
    }
    TRY_PUSH(&renderer->held, &renderer->arena, header);
    return ST_OK;
}

Status render_table_row(Renderer *renderer, const OutputCell *cell)
{
    if (renderer->options.max_rows > 0 && renderer->row_count >= renderer->options.max_rows) {
        renderer->hidden_count++;
        return ST_OK;
    }
    HeldCell *row;
    TRY_NEW_ARRAY(row, &renderer->arena, renderer->columns);
    for (uint32_t i = 0; i < renderer->columns; i++) {
        strbuf_clear(&renderer->scratch);
        if (renderer->column[i].is_long && cell[i].kind == CELL_TEXT)
            text_put_folded(&renderer->scratch, cell[i].text, LONG_WIDTH);
        else
            cell_put(&renderer->scratch, &cell[i], render_null_text(renderer), ESCAPE_LAYOUT);
        TRY(hold_text(renderer, &row[i]));
        widen(renderer, i, row[i].width);
    }
    TRY_PUSH(&renderer->held, &renderer->arena, row);
    return ST_OK;
}

static uint64_t capped_width(const Renderer *renderer, uint32_t column, uint32_t cap)
{
    uint32_t width = renderer->width[column];
    return width > cap && !renderer->column[column].right_align ? cap : width;
}

static uint64_t table_width(const Renderer *renderer, const TableStyle *style, uint32_t cap)
{
    uint64_t total = style->left_width + style->right_width;
    for (uint32_t i = 0; i < renderer->columns; i++)
        total += capped_width(renderer, i, cap) + (i > 0 ? style->between_width : 0);
    return total;
}

/* Narrows the columns to the screen; false when the table cannot be narrowed so far. */
static bool fit_to_screen(Renderer *renderer, const TableStyle *style)
{
    uint32_t screen = renderer->options.width;
    if (screen == 0 || table_width(renderer, style, UINT32_MAX) <= screen)
        return true;
    if (table_width(renderer, style, SMALLEST_CAP) > screen)
        return false;
    uint32_t fits = SMALLEST_CAP, too_wide = screen + 1;
    while (too_wide - fits > 1) {
        uint32_t middle = fits + (too_wide - fits) / 2;
        if (table_width(renderer, style, middle) <= screen)
            fits = middle;
        else
            too_wide = middle;
    }
    for (uint32_t i = 0; i < renderer->columns; i++)
        renderer->width[i] = (uint32_t)capped_width(renderer, i, fits);
    return true;
}

static void put_repeated(StrBuf *out, const char *what, uint32_t count)
{
    while (count-- > 0)
        strbuf_string(out, what);
}

static void put_rule(const Renderer *renderer, const TableStyle *style, const Rule *rule)
{
    StrBuf *out = renderer->out;
    if (rule->fill == NULL)
        return;
    strbuf_string(out, rule->left);
    for (uint32_t i = 0; i < renderer->columns; i++) {
        if (i > 0)
            strbuf_string(out, rule->cross);
        put_repeated(out, rule->fill, renderer->width[i]);
        if (style->marks_alignment)
            strbuf_char(out, renderer->column[i].right_align ? ':' : '-');
    }
    strbuf_string(out, rule->right);
    strbuf_char(out, '\n');
}

static void put_row(const Renderer *renderer, const TableStyle *style, const HeldCell *row)
{
    StrBuf *out = renderer->out;
    strbuf_string(out, style->left);
    for (uint32_t i = 0; i < renderer->columns; i++) {
        uint32_t width = renderer->width[i];
        uint32_t pad = row[i].width < width ? width - row[i].width : 0;
        bool last_open = i + 1 == renderer->columns && style->right_width == 0;
        if (i > 0)
            strbuf_string(out, style->between);
        if (renderer->column[i].right_align)
            strbuf_repeat(out, ' ', pad);
        uint32_t used = text_put_cut(out, row[i].text, width);
        if (!renderer->column[i].right_align && !last_open)
            strbuf_repeat(out, ' ', width - used);
    }
    strbuf_string(out, style->right);
    strbuf_char(out, '\n');
}

static Status put_table(Renderer *renderer, const TableStyle *style)
{
    if (!fit_to_screen(renderer, style)) {
        render_line_held(renderer);
        return ST_OK;
    }
    put_rule(renderer, style, &style->top);
    if (renderer->headers) {
        put_row(renderer, style, renderer->held.item[0]);
        put_rule(renderer, style, &style->under_header);
    }
    for (uint32_t i = 1; i < renderer->held.count; i++)
        put_row(renderer, style, renderer->held.item[i]);
    put_rule(renderer, style, &style->bottom);
    return ST_OK;
}

Status render_box_end(Renderer *renderer)
{
    return put_table(renderer, &box_style);
}

Status render_ascii_end(Renderer *renderer)
{
    return put_table(renderer, &ascii_style);
}

Status render_column_end(Renderer *renderer)
{
    return put_table(renderer, &column_style);
}

/* A table that is cut, or has no header, would be no Markdown. */
Status render_markdown_begin(Renderer *renderer)
{
    renderer->options.width = 0;
    renderer->headers = true;
    return render_table_begin(renderer);
}

/* A bar in a value would end its cell. */
static Status escape_bars(Renderer *renderer)
{
    for (uint32_t r = 0; r < renderer->held.count; r++) {
        for (uint32_t i = 0; i < renderer->columns; i++) {
            HeldCell *cell = &renderer->held.item[r][i];
            if (cell->text.size == 0 || memchr(cell->text.ptr, '|', cell->text.size) == NULL)
                continue;
            strbuf_clear(&renderer->scratch);
            for (uint32_t b = 0; b < cell->text.size; b++) {
                if (cell->text.ptr[b] == '|')
                    strbuf_char(&renderer->scratch, '\\');
                strbuf_char(&renderer->scratch, cell->text.ptr[b]);
            }
            TRY(hold_text(renderer, cell));
            widen(renderer, i, cell->width);
        }
    }
    return ST_OK;
}

Status render_markdown_end(Renderer *renderer)
{
    TRY(escape_bars(renderer));
    return put_table(renderer, &markdown_style);
}
