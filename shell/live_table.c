#include "shell/live_table.h"

#include "shell/cell_text.h"
#include "shell/numbers.h"

enum { FRAME_LINES = 4 }; /* of a box: its three rules and the header */

void live_table_open(LiveTable *live, int fd)
{
    *live = (LiveTable){0};
    writer_open(&live->writer, fd);
}

void live_table_close(LiveTable *live)
{
    writer_close(&live->writer);
}

/* --- the picture --- */

static uint64_t rows_that_fit(LiveScreen screen)
{
    uint32_t other = FRAME_LINES + 2; /* the line below, and the one of the cursor */
    return screen.rows > other ? screen.rows - other : 1;
}

static void print_about(const OutputProgress *progress, uint64_t fit, StrBuf *out)
{
    uint64_t count = fold_count(progress->table), dropped = fold_dropped(progress->table);
    if (count > fit) {
        strbuf_string(out, "rows ");
        number_put_count(out, count - fit + 1);
        strbuf_string(out, " to ");
        number_put_count(out, count);
        strbuf_string(out, " of ");
    }
    number_put_count(out, count);
    strbuf_string(out, count > fit ? ", " : count == 1 ? " row, " : " rows, ");
    number_put_count(out, progress->rows);
    strbuf_string(out, " read");
    if (dropped > 0) {
        strbuf_string(out, ", the oldest ");
        number_put_count(out, dropped);
        strbuf_string(out, " dropped");
    }
    if (progress->rejected > 0) {
        strbuf_string(out, ", ");
        number_put_count(out, progress->rejected);
        strbuf_string(out, " rejected");
    }
    if (progress->rejected > 0 && progress->first_rejection != NULL)
        strbuf_printf(out, ", the first: %s: %s", error_def(progress->first_rejection->code)->name,
                      progress->first_rejection->message);
}

static Status render_tail(const Renderer *like, const OutputProgress *progress, LiveScreen screen,
                          StrBuf *out)
{
    Renderer renderer;
    RenderOptions options = like->options;
    options.width = screen.columns;
    options.max_rows = 0;
    render_open(&renderer, like->mode, &options, out);
    Status status = render_begin(&renderer, like->column, like->columns);
    const FoldRow *row = fold_tail(progress->table, rows_that_fit(screen));
    for (; status == ST_OK && row != NULL; row = fold_next(row))
        status = render_row(&renderer, fold_cells(row));
    if (status == ST_OK)
        status = render_end(&renderer);
    render_close(&renderer);
    return status;
}

static uint32_t count_lines(Text text)
{
    uint32_t lines = 0;
    for (uint32_t i = 0; i < text.size; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

/* A table that is too wide is rendered one value a line, which can be more lines than there are:
 * the last ones stay. */
static void put_last_lines(Text text, LiveScreen screen, StrBuf *out)
{
    uint32_t most = screen.rows > 2 ? screen.rows - 2 : 1, lines = count_lines(text);
    for (; lines > 0; lines--) {
        const char *end = memchr(text.ptr, '\n', text.size);
        uint32_t size = (uint32_t)(end - text.ptr);
        if (lines <= most) {
            text_put_cut(out, (Text){text.ptr, size}, screen.columns);
            strbuf_char(out, '\n');
        }
        text = (Text){end + 1, text.size - size - 1};
    }
}

Status live_table_print(const Renderer *like, const OutputProgress *progress, LiveScreen screen,
                        StrBuf *out)
{
    StrBuf rendered, about, safe;
    strbuf_init(&rendered, NULL);
    strbuf_init(&about, NULL);
    strbuf_init(&safe, NULL);
    Status status = render_tail(like, progress, screen, &rendered);
    print_about(progress, rows_that_fit(screen), &about);
    text_put_escaped(&safe, strbuf_as_text(&about), ESCAPE_LAYOUT);
    if (status == ST_OK)
        status = strbuf_status(&safe);
    if (status == ST_OK) {
        put_last_lines(strbuf_as_text(&rendered), screen, out);
        text_put_cut(out, strbuf_as_text(&safe), screen.columns);
        strbuf_char(out, '\n');
        status = strbuf_status(out);
    }
    strbuf_close(&safe);
    strbuf_close(&about);
    strbuf_close(&rendered);
    return status;
}

/* --- the screen --- */

/* To where the picture begins. One that was drawn for another size of the screen has been folded
 * anew by the terminal, nobody knows how: then the screen is begun again. */
static void go_to_start(const LiveTable *live, LiveScreen screen, StrBuf *out)
{
    bool same = live->screen.rows == screen.rows && live->screen.columns == screen.columns;
    if (live->lines > 0 && !same)
        strbuf_string(out, "\033[H\033[J");
    else if (live->lines > 0)
        strbuf_printf(out, "\033[%uA\r", live->lines);
}

/* Each line is wiped before it is drawn, not after: a cursor behind the last column is in it. */
static Status draw(LiveTable *live, Text picture, LiveScreen screen)
{
    StrBuf *out = &live->writer.buf;
    go_to_start(live, screen, out);
    live->lines = count_lines(picture);
    while (picture.size > 0) {
        const char *end = memchr(picture.ptr, '\n', picture.size);
        uint32_t size = (uint32_t)(end - picture.ptr) + 1;
        strbuf_string(out, "\r\033[K"); /* a key that was pressed may have left something */
        strbuf_put(out, picture.ptr, size);
        picture = (Text){end + 1, picture.size - size};
    }
    strbuf_string(out, "\033[J");
    return writer_flush(&live->writer);
}

static bool is_due(const LiveTable *live, const OutputProgress *progress, LiveScreen screen,
                   Micros now)
{
    if (live->lines == 0)
        return true;
    bool same_table = live->changes == fold_changes(progress->table);
    bool same_screen = live->screen.rows == screen.rows && live->screen.columns == screen.columns;
    if (same_table && same_screen && live->rows_read == progress->rows &&
        live->rejected == progress->rejected)
        return false;
    bool first_rows = live->changes == 0 && !same_table;
    return first_rows || now - live->painted >= LIVE_REPAINT_MS * MICROS_PER_MILLI;
}

Status live_table_update(LiveTable *live, const Renderer *like, const OutputProgress *progress,
                         LiveScreen screen, Micros now)
{
    if (!is_due(live, progress, screen, now))
        return ST_OK;
    StrBuf picture;
    strbuf_init(&picture, NULL);
    Status status = live_table_print(like, progress, screen, &picture);
    if (status == ST_OK)
        status = draw(live, strbuf_as_text(&picture), screen);
    strbuf_close(&picture);
    live->screen = screen;
    live->painted = now;
    live->changes = fold_changes(progress->table);
    live->rows_read = progress->rows;
    live->rejected = progress->rejected;
    return status;
}

Status live_table_wipe(LiveTable *live, LiveScreen screen)
{
    if (live->lines == 0)
        return ST_OK;
    go_to_start(live, screen, &live->writer.buf);
    strbuf_string(&live->writer.buf, "\r\033[J");
    live->lines = 0;
    live->changes = 0;
    return writer_flush(&live->writer);
}
