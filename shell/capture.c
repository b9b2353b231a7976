#include "shell/capture.h"

static Status begin(Output *output, OutputShape shape, const OutputColumn *column, uint32_t count)
{
    Capture *self = (Capture *)output;
    OutputColumn *copy;
    (void)shape;
    TRY_NEW_ARRAY(copy, &self->arena, count);
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = column[i];
        TRY(arena_text(&self->arena, column[i].name, &copy[i].name));
        TRY(arena_text(&self->arena, column[i].type, &copy[i].type));
    }
    self->column = copy;
    self->columns = count;
    return ST_OK;
}

static Status row(Output *output, RowKind kind, const OutputCell *cell)
{
    Capture *self = (Capture *)output;
    OutputCell *copy;
    (void)kind;
    TRY_NEW_ARRAY(copy, &self->arena, self->columns);
    for (uint32_t i = 0; i < self->columns; i++) {
        copy[i].kind = cell[i].kind;
        TRY(arena_text(&self->arena, cell[i].text, &copy[i].text));
    }
    TRY_PUSH(&self->rows, &self->arena, copy);
    return ST_OK;
}

static Status nothing(Output *output)
{
    (void)output;
    return ST_OK;
}

static void no_note(Output *output, Text message)
{
    (void)output;
    (void)message;
}

static void no_warning(Output *output, const Diag *diag)
{
    (void)output;
    (void)diag;
}

void capture_open(Capture *capture)
{
    *capture = (Capture){.output = {.begin = begin,
                                    .row = row,
                                    .flush = nothing,
                                    .end = nothing,
                                    .note = no_note,
                                    .warning = no_warning}};
    arena_init(&capture->arena, NULL);
}

void capture_close(Capture *capture)
{
    arena_close(&capture->arena);
}

Status capture_run(Capture *capture, Session *session, Text sql, Diag *diag)
{
    Source source = {TEXT("<shell>"), sql};
    Status status = session_execute(session, &source, &capture->output, diag);
    diag->source = NULL; /* it would outlive our stack */
    return status;
}

int32_t capture_column(const Capture *capture, const char *name)
{
    for (uint32_t i = 0; i < capture->columns; i++) {
        if (text_equal_nocase(capture->column[i].name, text_of(name)))
            return (int32_t)i;
    }
    return -1;
}
