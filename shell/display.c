#include "shell/display.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "shell/color.h"
#include "shell/numbers.h"

/* --- where it goes --- */

static bool to_terminal(const Display *display)
{
    return display->terminal && display->file < 0;
}

static struct winsize screen_size(void)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct winsize asked;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &asked) == 0 && asked.ws_col > 0 && asked.ws_row > 0)
        size = asked;
    return size;
}

static const char *pager_command(void)
{
    static const char *const variables[] = {"WEIR_PAGER", "PAGER"};
    for (uint32_t i = 0; i < 2; i++) {
        const char *command = getenv(variables[i]);
        if (command != NULL)
            return command;
    }
    return "less -SRFX";
}

static void use_target(Display *display, int file, const char *name)
{
    writer_close(&display->writer);
    writer_open(&display->writer, file < 0 ? STDOUT_FILENO : file);
    display->file = file;
    snprintf(display->target, sizeof display->target, "%s", name);
}

static void close_file(Display *display)
{
    if (display->file < 0)
        return;
    close(display->file);
    use_target(display, -1, "<stdout>");
    display->file_once = false;
}

Status display_redirect(Display *display, const char *path, bool once, Diag *diag)
{
    close_file(display);
    if (path[0] == '\0')
        return ST_OK;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        return diag_error(diag, E3003, SPAN_NONE, "cannot write \"%s\": %s", path, strerror(errno));
    use_target(display, file, path);
    display->file_once = once;
    return ST_OK;
}

Status display_put(Display *display, Text text)
{
    strbuf_text(&display->writer.buf, text);
    return writer_flush(&display->writer);
}

/* --- one result --- */

static const RenderMode *automatic_mode(const Display *display, OutputShape shape)
{
    const char *name = display->json          ? "jsonl"
                       : to_terminal(display) ? (shape == OUTPUT_CHANGELOG ? "tableau" : "box")
                       : shape == OUTPUT_TEXT ? "list"
                                              : "csv";
    return render_mode_find(text_of(name));
}

static const RenderMode *choose_mode(const Display *display, OutputShape shape)
{
    const RenderMode *mode = display->once != NULL ? display->once : display->settings.mode;
    if (mode == NULL)
        return automatic_mode(display, shape);
    if (mode->holds && shape == OUTPUT_CHANGELOG)
        return render_mode_find(TEXT("tableau"));
    return mode;
}

static RenderOptions render_options(const Display *display)
{
    const DisplaySettings *settings = &display->settings;
    RenderOptions options = {
        .null_text = settings->null_text_set ? settings->null_text : NULL,
        .separator = settings->separator,
        .insert_table = settings->insert_table,
        .headers = settings->headers,
        .width = settings->width,
    };
    if (to_terminal(display)) {
        options.terminal = true;
        options.max_rows = settings->max_rows;
        if (options.width == 0)
            options.width = screen_size().ws_col;
    }
    return options;
}

static Status begin_rendering(Display *display, const OutputColumn *column, uint32_t count)
{
    Arena *arena = &display->renderer.arena;
    if (display->shape != OUTPUT_CHANGELOG)
        return render_begin(&display->renderer, column, count);
    OutputColumn *with_op;
    TRY_NEW_ARRAY(with_op, arena, count + 1);
    TRY_NEW_ARRAY(display->cell, arena, count + 1);
    with_op[0] = (OutputColumn){.name = TEXT("op")};
    memcpy(with_op + 1, column, count * sizeof *column);
    return render_begin(&display->renderer, with_op, count + 1);
}

static Status display_begin(Output *output, OutputShape shape, const OutputColumn *column,
                            uint32_t count)
{
    Display *self = (Display *)output;
    assert(!self->rendering);
    RenderOptions options = render_options(self);
    render_open(&self->renderer, choose_mode(self, shape), &options, &self->writer.buf);
    self->rendering = true;
    self->shape = shape;
    self->columns = count;
    bool paged =
        self->interactive && self->settings.pager && to_terminal(self) && shape != OUTPUT_CHANGELOG;
    self->writer.pager = pager_command();
    self->writer.screen_rows = paged ? screen_size().ws_row : 0;
    TRY(begin_rendering(self, column, count));
    return shape == OUTPUT_CHANGELOG ? writer_flush(&self->writer) : ST_OK;
}

/* Results and the progress line can share a terminal. */
static void clear_terminal(Display *display)
{
    if (to_terminal(display))
        progress_line_wipe(&display->progress_line);
}

static Status display_row(Output *output, RowKind kind, const OutputCell *cell)
{
    Display *self = (Display *)output;
    assert(self->rendering);
    if (self->shape == OUTPUT_CHANGELOG) {
        self->cell[0] = (OutputCell){.kind = CELL_TEXT, .text = text_of(row_kind_name(kind))};
        memcpy(self->cell + 1, cell, self->columns * sizeof *cell);
        cell = self->cell;
    }
    TRY(render_row(&self->renderer, cell));
    clear_terminal(self);
    return writer_checkpoint(&self->writer);
}

static Status display_flush(Output *output)
{
    Display *self = (Display *)output;
    if (self->writer.buf.size > 0)
        clear_terminal(self);
    return writer_flush(&self->writer);
}

/* "12 rows (0.034 s)"; from a second on with the rate. */
static void tell_result(Display *display, Micros elapsed)
{
    StrBuf out;
    uint64_t rows = display->renderer.row_count, hidden = display->renderer.hidden_count;
    strbuf_init(&out, NULL);
    number_put_count(&out, rows);
    strbuf_string(&out, rows == 1                            ? " row"
                        : display->shape != OUTPUT_CHANGELOG ? " rows"
                                                             : " changes");
    if (hidden > 0) {
        strbuf_string(&out, ", ");
        number_put_count(&out, hidden);
        strbuf_string(&out, " more not shown (.maxrows 0 shows all)");
    }
    if (display->settings.timer) {
        strbuf_printf(&out, " (%.3f s", (double)elapsed / (double)MICROS_PER_SECOND);
        if (elapsed >= MICROS_PER_SECOND && rows > 0) {
            strbuf_string(&out, ", ");
            number_put_count(&out, number_per_second(rows, elapsed));
            strbuf_string(&out, " a second");
        }
        strbuf_char(&out, ')');
    }
    error_view_note(display->errors, strbuf_as_text(&out));
    strbuf_close(&out);
}

static Status display_end(Output *output)
{
    Display *self = (Display *)output;
    assert(self->rendering);
    Micros elapsed = self->clock.monotonic(&self->clock) -
                     self->started; /* reading in a pager is no part of it */
    Status status = render_end(&self->renderer);
    if (status == ST_OK)
        status = writer_finish(&self->writer);
    if (status == ST_OK && (self->interactive || self->settings.timer))
        tell_result(self, elapsed);
    render_close(&self->renderer);
    self->rendering = false;
    self->started = self->clock.monotonic(&self->clock);
    return status;
}

/* --- on the way --- */

static LiveScreen live_screen(void)
{
    struct winsize size = screen_size();
    return (LiveScreen){size.ws_row, size.ws_col};
}

/* A bounded statement may end before one has read anything: it gets a moment. */
static bool is_live(const Display *display, const OutputProgress *progress, Micros now)
{
    return display->redraws && to_terminal(display) && display->rendering &&
           progress->table != NULL &&
           (!progress->bounded || now - display->started >= LIVE_REPAINT_MS * MICROS_PER_MILLI);
}

/* Changes that scroll by without an end say themselves how far it has come. */
static bool wants_line(const Display *display, const OutputProgress *progress)
{
    return progress->bounded || !display->rendering || !to_terminal(display);
}

/* The last picture stays on the screen as an ordinary table, not in a pager. */
static Status end_progress(Display *display, Micros now)
{
    if (display->live.lines > 0)
        display->writer.screen_rows = 0;
    progress_line_wipe(&display->progress_line);
    progress_line_start(&display->progress_line, now); /* of what comes next */
    return live_table_wipe(&display->live, live_screen());
}

static Status display_progress(Output *output, const OutputProgress *progress)
{
    Display *self = (Display *)output;
    Micros now = self->clock.monotonic(&self->clock);
    if (progress == NULL)
        return end_progress(self, now);
    if (self->rendering && self->shape == OUTPUT_CHANGELOG)
        TRY(display_flush(output));
    if (is_live(self, progress, now))
        return live_table_update(&self->live, &self->renderer, progress, live_screen(), now);
    if (wants_line(self, progress))
        progress_line_update(&self->progress_line, progress, now);
    return ST_OK;
}

/* --- messages --- */

static void display_note(Output *output, Text message)
{
    Display *self = (Display *)output;
    progress_line_wipe(&self->progress_line);
    error_view_note(self->errors, message);
}

static void display_warning(Output *output, const Diag *diag)
{
    Display *self = (Display *)output;
    progress_line_wipe(&self->progress_line);
    error_view_show(self->errors, SEVERITY_WARNING, error_def(diag->code)->status, diag,
                    self->line_base);
}

/* --- life --- */

void display_open(Display *display, const ErrorView *errors, bool interactive, bool json)
{
    *display = (Display){
        .output = {.begin = display_begin,
                   .row = display_row,
                   .flush = display_flush,
                   .end = display_end,
                   .progress = display_progress,
                   .note = display_note,
                   .warning = display_warning},
        .settings = {.separator = "|",
                     .insert_table = "table",
                     .max_rows = DISPLAY_MAX_ROWS,
                     .timer = interactive,
                     .pager = true},
        .errors = errors,
        .interactive = interactive,
        .json = json,
        .terminal = isatty(STDOUT_FILENO),
        .redraws = !json && color_is_terminal(STDOUT_FILENO),
        .file = -1,
        .clock = clock_system(),
    };
    writer_open(&display->writer, STDOUT_FILENO);
    use_target(display, -1, "<stdout>");
    progress_line_open(&display->progress_line, errors->fd, !json && color_is_terminal(errors->fd));
    live_table_open(&display->live, STDOUT_FILENO);
}

void display_close(Display *display)
{
    close_file(display);
    live_table_close(&display->live);
    writer_close(&display->writer);
}

void display_start_statement(Display *display, uint32_t line_base)
{
    const DisplaySettings *settings = &display->settings;
    const RenderMode *mode = display->once != NULL ? display->once : settings->mode;
    display->started = display->clock.monotonic(&display->clock);
    display->line_base = line_base;
    display->output.wants_table =
        mode == render_mode_find(TEXT("table")) && display->redraws && to_terminal(display);
    if (mode == NULL)
        mode = automatic_mode(display, OUTPUT_RESULT);
    display->output.wants_fields =
        mode == render_mode_find(TEXT("json")) || mode == render_mode_find(TEXT("jsonl"));
    progress_line_start(&display->progress_line, display->started);
}

/* A result whose writing failed has had no end. */
void display_end_statement(Display *display)
{
    if (display->rendering) {
        render_close(&display->renderer);
        display->rendering = false;
    }
    strbuf_clear(&display->writer.buf);
    display->once = NULL;
    if (display->file_once)
        close_file(display);
}
