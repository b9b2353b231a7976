/* Rows to write, for the sinks' tests: a batch of (a BIGINT, b STRING). */
#ifndef WEIR_TESTS_SINK_HARNESS_H
#define WEIR_TESTS_SINK_HARNESS_H

#include "connector_harness.h"

typedef struct SinkRows {
    int64_t a[BATCH_ROWS];
    Str b[BATCH_ROWS];
    uint64_t valid[BATCH_ROWS / 64];
    uint8_t kind[BATCH_ROWS];
    Column column[2];
    Batch batch;
} SinkRows;

static inline void sink_rows_init(SinkRows *rows)
{
    memset(rows, 0, sizeof *rows);
    bits_fill(rows->valid, BATCH_ROWS, true);
    rows->column[0] = (Column){.phys = PHYS_I64, .data.i64 = rows->a};
    rows->column[1] = (Column){.phys = PHYS_STR, .valid = rows->valid, .data.str = rows->b};
    rows->batch = (Batch){.columns = 2, .column = rows->column, .kind = rows->kind};
}

/* text NULL: NULL. */
static inline void sink_rows_add(SinkRows *rows, RowKind kind, int64_t a, const char *text)
{
    uint32_t row = rows->batch.rows;
    rows->a[row] = a;
    rows->b[row] = text == NULL ? (Str){0} : str_of_text(text_of(text));
    bit_put(rows->valid, row, text != NULL);
    rows->kind[row] = (uint8_t)kind;
    rows->batch.selected = ++rows->batch.rows;
}

static inline Sink *sink_open(Harness *h, const char *connector, const char *const *options)
{
    Sink *sink;
    harness_open(h, connector, options);
    harness_column(h, "a", type_make(TYPE_BIGINT));
    harness_column(h, "b", type_string());
    assert_int_equal(
        h->table.connector->open_sink(&h->table, &h->env, NULL, &(uint64_t){0}, &sink, &h->diag),
        ST_OK);
    return sink;
}

/* What the call writes to the descriptor. */
typedef struct Capture {
    int fd, saved, pipe[2];
} Capture;

static inline void capture_begin(Capture *capture, int fd)
{
    fflush(NULL);
    capture->fd = fd;
    capture->saved = dup(fd);
    assert_int_equal(pipe(capture->pipe), 0);
    dup2(capture->pipe[1], fd);
    close(capture->pipe[1]);
}

static inline void capture_end(Capture *capture, char *out, size_t size)
{
    dup2(capture->saved, capture->fd);
    close(capture->saved);
    ssize_t count = read(capture->pipe[0], out, size - 1); /* all writers are gone: never waits */
    out[count < 0 ? 0 : count] = '\0';
    close(capture->pipe[0]);
}

#endif
