#include "sink_harness.h"

#include <signal.h>
#include <sys/mman.h>

/* Standard input replaced by a pipe whose other end the test holds. */
typedef struct Input {
    Harness h;
    int saved, write_fd;
    SplitReader *reader;
    StrBuf out;
} Input;

static void input_open(Input *in)
{
    int ends[2];
    memset(in, 0, sizeof *in);
    harness_open(&in->h, "stdin", HARNESS_OPTIONS_OF("connector", "stdin", "format", "json"));
    harness_column(&in->h, "a", type_make(TYPE_INT));
    assert_int_equal(pipe(ends), 0);
    in->saved = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    in->write_fd = ends[1];
    Split *split;
    uint32_t count;
    Harness *h = &in->h;
    assert_int_equal(h->table.connector->list(&h->table, &h->env, &split, &count, &h->diag), ST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(
        h->table.connector->open_split(&h->scan, &h->env, split, &in->reader, &h->diag), ST_OK);
}

static void input_close(Input *in)
{
    in->reader->close(in->reader);
    dup2(in->saved, STDIN_FILENO);
    close(in->saved);
    strbuf_close(&in->out);
    harness_close(&in->h);
}

static void input_write(Input *in, const char *text)
{
    assert_int_equal(write(in->write_fd, text, strlen(text)), strlen(text));
}

static void expect(Input *in, PollResult result, const char *text)
{
    strbuf_clear(&in->out);
    PollResult got = harness_poll(&in->h, in->reader, &in->h.table.schema, &in->out);
    assert_string_equal(strbuf_cstr(&in->out), text);
    assert_int_equal(got, result);
}

static void test_stdin(void **state)
{
    (void)state;
    Input in;
    input_open(&in);
    assert_true(in.h.table.connector->bounded(&in.h.table));
    expect(&in, POLL_IDLE, ""); /* does not wait */
    input_write(&in, "{\"a\":1}\n{\"a\":");
    expect(&in, POLL_IDLE, "1;");
    input_write(&in, "2}\nnope\n{\"a\":3}");
    expect(&in, POLL_IDLE, "2;<3: nope>");
    close(in.write_fd);
    expect(&in, POLL_END, "3;");
    input_close(&in);
}

static void test_empty_stdin(void **state)
{
    (void)state;
    Input in;
    input_open(&in);
    close(in.write_fd);
    expect(&in, POLL_END, "");
    input_close(&in);
}

/* Where a writer goes on: behind all that was read, however much of it is given out already. */
static void test_end_of_stdin(void **state)
{
    (void)state;
    Input in;
    input_open(&in);
    assert_int_equal(in.reader->end(in.reader), 0);
    input_write(&in, "{\"a\":1}\n{\"a\":");
    expect(&in, POLL_IDLE, "1;");
    assert_int_equal(in.reader->position(in.reader).offset, 8);
    assert_int_equal(in.reader->end(in.reader), 13);
    close(in.write_fd);
    input_close(&in);
}

static SplitReader *open_reader(Input *in, const Split *split)
{
    SplitReader *reader;
    Harness *h = &in->h;
    assert_int_equal(h->table.connector->open_split(&h->scan, &h->env, split, &reader, &h->diag),
                     ST_OK);
    return reader;
}

/* The same of a stream that is kept, before anything of it is read again. */
static void test_end_of_kept_stdin(void **state)
{
    (void)state;
    Input in;
    input_open(&in);
    Split kept = {.name = TEXT("<stdin>"), .end = UINT64_MAX};
    assert_int_equal(spool_make(in.h.env.arena, in.h.env.meter, SPOOLS_BYTES, &kept.spool), ST_OK);
    assert_int_equal(spool_add(kept.spool, "{\"a\":1}\n{", 9), ST_OK);
    SplitReader *reader = open_reader(&in, &kept);
    assert_int_equal(reader->end(reader), 9);
    reader->close(reader);
    spool_close(kept.spool);
    close(in.write_fd);
    input_close(&in);
}

/* Of a file its size. */
static void test_end_of_file_as_stdin(void **state)
{
    (void)state;
    Input in;
    Split *split;
    uint32_t count;
    input_open(&in);
    int fd = memfd_create("input", 0);
    assert_int_equal(write(fd, "{\"a\":1}\n", 8), 8);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    dup2(fd, STDIN_FILENO);
    close(fd);
    assert_int_equal(in.h.table.connector->list(&in.h.table, &in.h.env, &split, &count, &in.h.diag),
                     ST_OK);
    SplitReader *reader = open_reader(&in, split);
    assert_int_equal(reader->end(reader), 8);
    reader->close(reader);
    close(in.write_fd);
    input_close(&in);
}

static void test_stdin_again(void **state)
{
    (void)state;
    Input in;
    input_open(&in);
    SplitReader *reader;
    Split later = {.start = {.offset = 10}, .end = UINT64_MAX};
    assert_int_equal(
        in.h.table.connector->open_split(&in.h.scan, &in.h.env, &later, &reader, &in.h.diag),
        ST_IO);
    close(in.write_fd);
    input_close(&in);
}

static void test_stdout(void **state)
{
    (void)state;
    Harness h;
    SinkRows rows;
    Capture capture;
    char text[512];
    Sink *sink =
        sink_open(&h, "stdout", HARNESS_OPTIONS_OF("connector", "stdout", "format", "csv"));
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_INSERT, 1, "a");
    sink_rows_add(&rows, ROW_INSERT, 2, "b c");
    static const uint16_t second[] = {1};
    Batch narrow = rows.batch;
    narrow.sel = second;
    narrow.selected = 1;
    capture_begin(&capture, STDOUT_FILENO);
    Status status = sink->write(sink, &rows.batch, &h.diag);
    status = status == ST_OK ? sink->write(sink, &narrow, &h.diag) : status;
    status = status == ST_OK ? sink->commit(sink, 1, &h.diag) : status;
    capture_end(&capture, text, sizeof text);
    assert_int_equal(status, ST_OK);
    assert_string_equal(text, "1,a\n2,\"b c\"\n2,\"b c\"\n");
    sink->close(sink);
    harness_close(&h);
}

static void test_broken_pipe(void **state)
{
    (void)state;
    Harness h;
    SinkRows rows;
    int ends[2];
    Sink *sink =
        sink_open(&h, "stdout", HARNESS_OPTIONS_OF("connector", "stdout", "format", "csv"));
    sink_rows_init(&rows);
    sink_rows_add(&rows, ROW_INSERT, 1, "a");
    fflush(NULL);
    int saved = dup(STDOUT_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    signal(SIGPIPE, SIG_IGN);
    Status status = sink->write(sink, &rows.batch, &h.diag);
    status = status == ST_OK ? sink->commit(sink, 1, &h.diag) : status;
    dup2(saved, STDOUT_FILENO);
    close(saved);
    assert_int_equal(status, ST_IO);
    assert_int_equal(h.diag.code, E3005);
    sink->close(sink);
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stdin),
        cmocka_unit_test(test_empty_stdin),
        cmocka_unit_test(test_end_of_stdin),
        cmocka_unit_test(test_end_of_kept_stdin),
        cmocka_unit_test(test_end_of_file_as_stdin),
        cmocka_unit_test(test_stdin_again),
        cmocka_unit_test(test_stdout),
        cmocka_unit_test(test_broken_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
