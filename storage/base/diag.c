#include "storage/base/diag.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "storage/base/secret.h"
#include "storage/base/suggest.h"

static const ErrorDef error_table[ERROR_CODES] = {
#define X(code, status, title, doc) [code] = {#code, status, title, doc},
#include "storage/base/errors.def"
#undef X
};

const ErrorDef *error_def(ErrorCode code)
{
    assert((unsigned)code < ERROR_CODES);
    return &error_table[code];
}

bool error_find(Text name, ErrorCode *out)
{
    for (unsigned i = 0; i < ERROR_CODES; i++) {
        if (text_equal_nocase(name, text_of(error_table[i].name))) {
            *out = (ErrorCode)i;
            return true;
        }
    }
    return false;
}

Span span_join(Span a, Span b)
{
    if (a.end == 0)
        return b;
    if (b.end == 0)
        return a;
    return (Span){a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
}

void diag_reset(Diag *diag)
{
    diag->set = false;
    diag->source = NULL;
    diag->trouble = TROUBLE_LASTING;
    diag->message[0] = diag->hint[0] = '\0';
}

static void format_cut(char *out, size_t size, const char *format, va_list args)
{
    int wanted = vsnprintf(out, size, format, args);
    if (wanted < 0 || (size_t)wanted < size)
        return;
    size_t cut = size - 4;
    while (cut > 0 && ((unsigned char)out[cut] & 0xC0) == 0x80) /* not inside a code point */
        cut--;
    memcpy(out + cut, "...", 4);
}

static void fill(Diag *diag, ErrorCode code, Trouble trouble, Span span, const char *format,
                 va_list args)
{
    if (diag == NULL || diag->set)
        return;
    diag->set = true;
    diag->code = code;
    diag->trouble = trouble;
    diag->span = span;
    diag->hint[0] = '\0';
    format_cut(diag->message, sizeof diag->message, format, args);
}

Status diag_error(Diag *diag, ErrorCode code, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(diag, code, TROUBLE_LASTING, span, format, args);
    va_end(args);
    return error_def(code)->status;
}

Status diag_held_up(Diag *diag, ErrorCode code, Trouble trouble, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(diag, code, trouble, SPAN_NONE, format, args);
    va_end(args);
    return error_def(code)->status;
}

void diag_hint(Diag *diag, const char *format, ...)
{
    if (diag == NULL || !diag->set || diag->hint[0] != '\0')
        return;
    va_list args;
    va_start(args, format);
    format_cut(diag->hint, sizeof diag->hint, format, args);
    va_end(args);
}

void diag_suggest(Diag *diag, Text wrong, const Text *candidates, uint32_t count)
{
    int32_t found = suggest_find(wrong, candidates, count);
    if (found >= 0)
        diag_hint(diag, "did you mean \"%.*s\"?", TEXT_ARG(candidates[found]));
}

LineColumn source_locate(const Source *source, uint32_t offset)
{
    LineColumn at = {1, 1};
    if (offset > source->text.size)
        offset = source->text.size;
    for (uint32_t i = 0; i < offset; i++) {
        unsigned char c = (unsigned char)source->text.ptr[i];
        if (c == '\n') {
            at.line++;
            at.column = 1;
        } else if ((c & 0xC0) != 0x80) {
            at.column++;
        }
    }
    return at;
}

/* The line around the span, a long one cut to a window, and the caret run under it. */
static void print_excerpt(Text text, Span span, LineColumn at, StrBuf *out)
{
    enum { BEFORE = 60, WIDEST = 100 };
    uint32_t start = span.start > text.size ? text.size : span.start;
    uint32_t line_start = start, line_end = start;
    while (line_start > 0 && text.ptr[line_start - 1] != '\n')
        line_start--;
    while (line_end < text.size && text.ptr[line_end] != '\n')
        line_end++;
    if (line_end > line_start && text.ptr[line_end - 1] == '\r')
        line_end--;
    if (start > line_end)
        start = line_end;
    uint32_t from = line_start, to = line_end;
    if (to - from > WIDEST) {
        if (start - from > BEFORE)
            from = start - BEFORE;
        if (to - from > WIDEST)
            to = from + WIDEST;
        while (from < start && ((unsigned char)text.ptr[from] & 0xC0) == 0x80)
            from++;
        while (to > start && to < line_end && ((unsigned char)text.ptr[to] & 0xC0) == 0x80)
            to--;
    }
    strbuf_printf(out, "%5u | ", at.line);
    if (from > line_start)
        strbuf_string(out, "...");
    for (uint32_t i = from; i < to; i++) { /* control characters must not reach a terminal */
        unsigned char c = (unsigned char)text.ptr[i];
        strbuf_char(out, c == '\t' || (c >= 0x20 && c != 0x7F) ? (char)c : '?');
    }
    strbuf_string(out, to < line_end ? "...\n      | " : "\n      | ");
    if (from > line_start)
        strbuf_string(out, "   ");
    for (uint32_t i = from; i < start; i++) {
        if (text.ptr[i] == '\t')
            strbuf_char(out, '\t');
        else if (((unsigned char)text.ptr[i] & 0xC0) != 0x80)
            strbuf_char(out, ' ');
    }
    strbuf_char(out, '^');
    for (uint32_t i = start + 1; i < span.end && i < to; i++) {
        if (((unsigned char)text.ptr[i] & 0xC0) != 0x80)
            strbuf_char(out, '~');
    }
    strbuf_char(out, '\n');
}

/* Passwords are no part of what is shown; nothing is, when there is no memory to leave them out. */
static void print_place(const Diag *diag, LineColumn at, StrBuf *out)
{
    Text text = diag->source->text;
    Span span = diag->span, ignored;
    StrBuf shown;
    if (!secret_find(text, 0, &ignored)) {
        print_excerpt(text, span, at, out);
        return;
    }
    strbuf_init(&shown, NULL);
    secret_print(text, &span, &shown);
    if (strbuf_status(&shown) == ST_OK)
        print_excerpt(strbuf_as_text(&shown), span, at, out);
    strbuf_close(&shown);
}

void diag_print(const Diag *diag, StrBuf *out)
{
    const ErrorDef *def = error_def(diag->code);
    bool placed = diag->source != NULL && diag->span.end > 0;
    LineColumn at = {0, 0};
    if (placed) {
        at = source_locate(diag->source, diag->span.start);
        strbuf_printf(out, "%.*s:%u:%u: ", TEXT_ARG(diag->source->name), at.line, at.column);
    }
    strbuf_printf(out, "error %s: %s\n", def->name, diag->message);
    if (placed)
        print_place(diag, at, out);
    if (diag->hint[0] != '\0')
        strbuf_printf(out, "      = hint: %s\n", diag->hint);
}
