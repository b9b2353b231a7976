#include "shell/error_view.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#include "shell/cell_text.h"
#include "shell/json_text.h"

void error_view_init(ErrorView *view, int fd, ColorChoice color, bool json)
{
    *view = (ErrorView){.fd = fd, .json = json};
    view->terminal = isatty(fd);
    view->color = !json && color_wanted(color, fd);
}

void error_view_complete(Status status, Diag *diag)
{
    switch (status) {
    case ST_OK: return;
    case ST_NOMEM: diag_error(diag, E0001, SPAN_NONE, "out of memory"); return;
    case ST_CANCELLED: diag_error(diag, E0002, SPAN_NONE, "cancelled"); return;
    case ST_USAGE: diag_error(diag, E0003, SPAN_NONE, "wrong command line"); return;
    case ST_IO: diag_error(diag, E3002, SPAN_NONE, "a source or sink is out of reach"); return;
    case ST_STATE: diag_error(diag, E4007, SPAN_NONE, "the database reported an error"); return;
    case ST_SYNTAX: diag_error(diag, E1001, SPAN_NONE, "syntax error"); return;
    case ST_SEMANTIC: diag_error(diag, E2002, SPAN_NONE, "the statement cannot be run"); return;
    case ST_LIMIT: diag_error(diag, E1005, SPAN_NONE, "a limit was reached"); return;
    case ST_DATA: diag_error(diag, E5001, SPAN_NONE, "the data cannot be processed"); return;
    }
}

static bool is_placed(const Diag *diag)
{
    return diag->source != NULL && diag->span.end > 0;
}

/* --- for people --- */

/* Of the lines that diag_print makes, the first has the code, one begins with a bar and has the
 * caret, and the last may be the hint. Anything else is the user's own text. */
static void put_colored(const Diag *diag, Text text, bool color, StrBuf *out)
{
    static const Text caret_line = {"      | ", 8}, hint_line = {"      = hint: ", 14};
    bool first = true;
    while (text.size > 0) {
        const char *end = memchr(text.ptr, '\n', text.size);
        uint32_t size = end == NULL ? text.size : (uint32_t)(end - text.ptr);
        Text line = {text.ptr, size};
        if (first) {
            strbuf_text(out, line);
        } else if (is_placed(diag) && text_starts_with(line, caret_line)) {
            strbuf_text(out, caret_line);
            color_put(out, COLOR_CARET, (Text){line.ptr + caret_line.size, size - caret_line.size},
                      color);
        } else if (text_starts_with(line, hint_line)) {
            color_put(out, COLOR_HINT, line, color);
        } else {
            strbuf_text(out, line);
        }
        strbuf_char(out, '\n');
        first = false;
        text = end == NULL ? TEXT_NONE : (Text){end + 1, text.size - size - 1};
    }
}

static void print_plain(const ErrorView *view, Severity severity, const Diag *diag, StrBuf *out)
{
    StrBuf plain, safe;
    strbuf_init(&plain, NULL);
    strbuf_init(&safe, NULL);
    uint32_t place_size = 0;
    if (is_placed(diag)) {
        LineColumn at = source_locate(diag->source, diag->span.start);
        strbuf_printf(&safe, "%.*s:%u:%u: ", TEXT_ARG(diag->source->name), at.line, at.column);
        place_size = (uint32_t)safe.size;
        strbuf_clear(&safe);
    }
    diag_print(diag, &plain);
    Text text = strbuf_as_text(&plain);
    uint32_t head = place_size + (uint32_t)(sizeof "error E0000:" - 1);
    if (text.size >= head) {
        strbuf_put(out, text.ptr, place_size);
        strbuf_printf(&safe, "%s %s:", severity == SEVERITY_ERROR ? "error" : "warning",
                      error_def(diag->code)->name);
        color_put(out, severity == SEVERITY_ERROR ? COLOR_ERROR : COLOR_WARNING,
                  strbuf_as_text(&safe), view->color);
        text = (Text){text.ptr + head, text.size - head};
    }
    strbuf_clear(&safe);
    text_put_escaped(&safe, text, view->terminal ? ESCAPE_TERMINAL : ESCAPE_NOTHING);
    put_colored(diag, strbuf_as_text(&safe), view->color, out);
    strbuf_close(&safe);
    strbuf_close(&plain);
}

/* --- for programs --- */

static void print_json(Severity severity, const Diag *diag, StrBuf *out)
{
    strbuf_printf(out, "{\"%s\":{\"code\":\"%s\",\"message\":",
                  severity == SEVERITY_ERROR ? "error" : "warning", error_def(diag->code)->name);
    json_put_string(out, text_of(diag->message));
    if (diag->source != NULL && diag->source->name.size > 0) {
        strbuf_string(out, ",\"file\":");
        json_put_string(out, diag->source->name);
    }
    if (is_placed(diag)) {
        LineColumn at = source_locate(diag->source, diag->span.start);
        strbuf_printf(out, ",\"line\":%u,\"column\":%u", at.line, at.column);
    }
    if (diag->hint[0] != '\0') {
        strbuf_string(out, ",\"hint\":");
        json_put_string(out, text_of(diag->hint));
    }
    strbuf_string(out, "}}\n");
}

/* --- both --- */

/* A statement from the middle of a script is a Source of its own; empty lines in front of it make
 * its line numbers those of the script. */
static Status move_down(const Diag *diag, uint32_t line_base, StrBuf *text, Source *source,
                        Diag *out)
{
    *out = *diag;
    if (line_base == 0 || diag->source == NULL)
        return ST_OK;
    strbuf_repeat(text, '\n', line_base);
    strbuf_text(text, diag->source->text);
    TRY(strbuf_status(text));
    *source = (Source){diag->source->name, strbuf_as_text(text)};
    out->source = source;
    if (out->span.end > 0) {
        out->span.start += line_base;
        out->span.end += line_base;
    }
    return ST_OK;
}

void error_view_print(const ErrorView *view, Severity severity, Status status, const Diag *diag,
                      uint32_t line_base, StrBuf *out)
{
    Diag filled = *diag;
    Diag moved;
    Source source;
    StrBuf text;
    error_view_complete(status, &filled);
    strbuf_init(&text, NULL);
    const Diag *shown =
        move_down(&filled, line_base, &text, &source, &moved) == ST_OK ? &moved : &filled;
    if (view->json)
        print_json(severity, shown, out);
    else
        print_plain(view, severity, shown, out);
    strbuf_close(&text);
}

/* Nobody is left to be told when standard error itself fails. */
static void write_error(const ErrorView *view, Text text)
{
    while (text.size > 0) {
        ssize_t written = write(view->fd, text.ptr, text.size);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0)
            text = (Text){text.ptr + written, text.size - (uint32_t)written};
    }
}

void error_view_show(const ErrorView *view, Severity severity, Status status, const Diag *diag,
                     uint32_t line_base)
{
    assert(status != ST_OK || diag->set);
    StrBuf out;
    strbuf_init(&out, NULL);
    error_view_print(view, severity, status, diag, line_base, &out);
    /* The message of a failed allocation must not need one. */
    write_error(view, out.failed ? TEXT("error E0001: out of memory\n") : strbuf_as_text(&out));
    strbuf_close(&out);
}

void error_view_note(const ErrorView *view, Text message)
{
    StrBuf out;
    strbuf_init(&out, NULL);
    if (view->json) {
        strbuf_string(&out, "{\"note\":");
        json_put_string(&out, message);
        strbuf_string(&out, "}\n");
    } else {
        text_put_escaped(&out, message, view->terminal ? ESCAPE_TERMINAL : ESCAPE_NOTHING);
        strbuf_char(&out, '\n');
    }
    write_error(view, strbuf_as_text(&out));
    strbuf_close(&out);
}

/* --- explaining --- */

static void put_wrapped(StrBuf *out, Text text, uint32_t width)
{
    uint32_t column = 0;
    while (text.size > 0) {
        const char *space = memchr(text.ptr, ' ', text.size);
        uint32_t size = space == NULL ? text.size : (uint32_t)(space - text.ptr);
        if (column > 0 && column + 1 + size > width) {
            strbuf_char(out, '\n');
            column = 0;
        } else if (column > 0) {
            strbuf_char(out, ' ');
            column++;
        }
        strbuf_put(out, text.ptr, size);
        column += size;
        text = space == NULL ? TEXT_NONE : (Text){space + 1, text.size - size - 1};
    }
    strbuf_char(out, '\n');
}

Status error_view_explain(Text code, Span span, StrBuf *out, Diag *diag)
{
    ErrorCode found;
    if (!error_find(code, &found)) {
        Status status =
            diag_error(diag, E0003, span, "there is no error code \"%.*s\"", TEXT_ARG(code));
        diag_hint(diag, "weir explain lists them");
        return status;
    }
    const ErrorDef *def = error_def(found);
    strbuf_printf(out, "%s: %s\n\n", def->name, def->title);
    put_wrapped(out, text_of(def->doc), 80);
    return ST_OK;
}

void error_view_list(StrBuf *out)
{
    for (unsigned i = 0; i < ERROR_CODES; i++)
        strbuf_printf(out, "%s  %s\n", error_def((ErrorCode)i)->name,
                      error_def((ErrorCode)i)->title);
}
