#include "tests/sql/transcript.h"

#include <stdlib.h>

#include "shell/cell_text.h"

/* --- cells --- */

/* NULL, an empty text, one with blanks around it or with ` | ` in it would be misread. */
static bool needs_quotes(Text text)
{
    if (text.size == 0 || text_is(text, "NULL") || text.ptr[0] == '\'' || text.ptr[0] == ' ' ||
        text.ptr[text.size - 1] == ' ')
        return true;
    for (uint32_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7F || c == '|')
            return true;
    }
    return false;
}

static void put_cell(StrBuf *out, const OutputCell *cell)
{
    if (cell->kind != CELL_TEXT || !needs_quotes(cell->text)) {
        cell_put(out, cell, TEXT("NULL"), ESCAPE_LAYOUT);
        return;
    }
    strbuf_char(out, '\'');
    text_put_escaped(out, cell->text, ESCAPE_LAYOUT);
    strbuf_char(out, '\'');
}

/* --- the Output --- */

static Status begin(Output *output, OutputShape shape, const OutputColumn *column, uint32_t count)
{
    Transcript *self = (Transcript *)output;
    self->columns = count;
    self->bare = count == 1 && text_is(column[0].name, "plan");
    self->changes = shape == OUTPUT_CHANGELOG;
    if (self->results++ > 0)
        strbuf_string(&self->text, "--\n");
    if (!self->typed)
        return ST_OK;
    for (uint32_t i = 0; i < count; i++)
        strbuf_printf(&self->text, "%s%.*s %.*s", i == 0 ? "" : " | ", TEXT_ARG(column[i].name),
                      TEXT_ARG(column[i].type));
    strbuf_char(&self->text, '\n');
    return strbuf_status(&self->text);
}

static Status row(Output *output, RowKind kind, const OutputCell *cell)
{
    Transcript *self = (Transcript *)output;
    self->rows++;
    if (self->kinds || self->changes)
        strbuf_printf(&self->text, "%s ", row_kind_name(kind));
    for (uint32_t i = 0; i < self->columns; i++) {
        if (i > 0)
            strbuf_string(&self->text, " | ");
        if (self->bare)
            strbuf_text(&self->text, cell[i].text);
        else
            put_cell(&self->text, &cell[i]);
    }
    strbuf_char(&self->text, '\n');
    return strbuf_status(&self->text);
}

static Status nothing(Output *output)
{
    (void)output;
    return ST_OK;
}

/* Which rejected record was met first is left out: within a batch it hangs on the batch. */
static void note(Output *output, Text message)
{
    Transcript *self = (Transcript *)output;
    const char *detail = memchr(message.ptr, ';', message.size);
    if (detail != NULL)
        message.size = (uint32_t)(detail - message.ptr);
    if (self->notes)
        strbuf_printf(&self->text, "note: %.*s\n", TEXT_ARG(message));
}

static void warning(Output *output, const Diag *diag)
{
    Transcript *self = (Transcript *)output;
    LineColumn at =
        self->source == NULL ? (LineColumn){0, 0} : source_locate(self->source, diag->span.start);
    strbuf_printf(&self->text, "warning %u:%u: %s\n", at.line, at.column, diag->message);
    if (diag->hint[0] != '\0')
        strbuf_printf(&self->text, "hint: %s\n", diag->hint);
}

/* --- open, close --- */

void transcript_open(Transcript *transcript)
{
    *transcript = (Transcript){.output = {.begin = begin,
                                          .row = row,
                                          .flush = nothing,
                                          .end = nothing,
                                          .note = note,
                                          .warning = warning}};
    strbuf_init(&transcript->text, NULL);
}

void transcript_close(Transcript *transcript)
{
    strbuf_close(&transcript->text);
}

void transcript_clear(Transcript *transcript)
{
    strbuf_clear(&transcript->text);
    transcript->results = transcript->rows = 0;
}

/* --- what is done with the text --- */

static int compare_lines(const void *a, const void *b)
{
    const Text *x = a, *y = b;
    uint32_t shorter = x->size < y->size ? x->size : y->size;
    int order = shorter == 0 ? 0 : memcmp(x->ptr, y->ptr, shorter);
    return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

Status transcript_sort(Transcript *transcript)
{
    Text text = strbuf_as_text(&transcript->text);
    uint32_t lines = 0;
    for (uint32_t i = 0; i < text.size; i++)
        lines += text.ptr[i] == '\n';
    size_t size = (lines + 1) * sizeof(Text);
    Text *line = mem_alloc(NULL, size);
    if (line == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0, at = 0; i < lines; i++) {
        const char *newline = memchr(text.ptr + at, '\n', text.size - at);
        line[i] = (Text){text.ptr + at, (uint32_t)(newline - text.ptr) - at};
        at += line[i].size + 1;
    }
    uint32_t heading = transcript->typed && lines > 0;
    qsort(line + heading, lines - heading, sizeof *line, compare_lines);
    StrBuf sorted;
    strbuf_init(&sorted, NULL);
    for (uint32_t i = 0; i < lines; i++) {
        strbuf_text(&sorted, line[i]);
        strbuf_char(&sorted, '\n');
    }
    mem_free(NULL, line, size);
    strbuf_close(&transcript->text);
    transcript->text = sorted;
    return strbuf_status(&transcript->text);
}

Status transcript_replace(Transcript *transcript, Text from, const char *to)
{
    Text text = strbuf_as_text(&transcript->text);
    StrBuf changed;
    strbuf_init(&changed, NULL);
    uint32_t at = 0;
    while (at < text.size) {
        const char *found = memmem(text.ptr + at, text.size - at, from.ptr, from.size);
        uint32_t end = found == NULL ? text.size : (uint32_t)(found - text.ptr);
        strbuf_put(&changed, text.ptr + at, end - at);
        if (found == NULL)
            break;
        strbuf_string(&changed, to);
        at = end + from.size;
    }
    strbuf_close(&transcript->text);
    transcript->text = changed;
    return strbuf_status(&transcript->text);
}
