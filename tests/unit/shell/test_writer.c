#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "shell/writer.h"
#include "tests/support/temp_folder.h"

static int no_sigpipe(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

static void put_lines(Writer *writer, int from, int to, Status *status)
{
    *status = ST_OK;
    for (int i = from; i < to && *status == ST_OK; i++) {
        strbuf_printf(&writer->buf, "line %d\n", i);
        *status = writer_checkpoint(writer);
    }
}

static const char *take(int fd)
{
    static char text[4096];
    ssize_t size = read(fd, text, sizeof text - 1);
    text[size < 0 ? 0 : size] = '\0';
    return text;
}

static void test_small_pieces_are_gathered(void **state)
{
    Writer writer;
    Status status;
    int ends[2];
    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    writer_open(&writer, ends[1]);
    put_lines(&writer, 0, 3, &status);
    assert_int_equal(status, ST_OK);
    assert_string_equal(take(ends[0]), "");
    assert_int_equal(writer_flush(&writer), ST_OK);
    assert_string_equal(take(ends[0]), "line 0\nline 1\nline 2\n");
    writer_close(&writer);
    close(ends[0]);
    close(ends[1]);
}

/* The first failure stays, and nothing is written after it. */
static void test_broken_pipe(void **state)
{
    Writer writer;
    Diag diag = {0};
    int ends[2];
    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    close(ends[0]);
    writer_open(&writer, ends[1]);
    strbuf_string(&writer.buf, "x");
    assert_int_equal(writer_flush(&writer), ST_IO);
    assert_true(writer_is_broken_pipe(&writer));
    strbuf_string(&writer.buf, "y");
    assert_int_equal(writer_checkpoint(&writer), ST_IO);
    assert_int_equal(writer_diag(&writer, TEXT("out"), &diag), ST_IO);
    assert_int_equal(diag.code, E3005);
    writer_close(&writer);
    close(ends[1]);
}

static void test_full_disk(void **state)
{
    Writer writer;
    Diag diag = {0};
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    assert_true(full >= 0);
    writer_open(&writer, full);
    strbuf_string(&writer.buf, "x");
    assert_int_equal(writer_finish(&writer), ST_IO);
    assert_false(writer_is_broken_pipe(&writer));
    assert_int_equal(writer_diag(&writer, TEXT("out"), &diag), ST_IO);
    assert_string_equal(diag.message, "cannot write \"out\": No space left on device");
    writer_close(&writer);
    close(full);
}

/* `lines` of output on a screen of 5 rows, with a pager that writes what it got into a file. */
static void check_paged(int lines, const char *expected_paged, const char *expected_direct)
{
    char command[160], path[128];
    Writer writer;
    Status status;
    int ends[2];
    snprintf(path, sizeof path, "%s/weir-paged-%ld", temp_folder_base(), (long)getpid());
    snprintf(command, sizeof command, "tail -n 1 > %s", path);
    unlink(path);
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    writer_open(&writer, ends[1]);
    writer.pager = command;
    writer.screen_rows = 5;
    put_lines(&writer, 0, lines, &status);
    assert_int_equal(status, ST_OK);
    assert_int_equal(writer_finish(&writer), ST_OK);
    assert_string_equal(take(ends[0]), expected_direct);
    int paged = open(path, O_RDONLY);
    assert_string_equal(paged < 0 ? "" : take(paged), expected_paged);
    if (paged >= 0)
        close(paged);
    unlink(path);
    writer_close(&writer);
    close(ends[0]);
    close(ends[1]);
}

static void test_pager_takes_what_is_too_long(void **state)
{
    (void)state;
    check_paged(4, "", "line 0\nline 1\nline 2\nline 3\n");
    check_paged(5, "line 4\n", "");
    check_paged(20000, "line 19999\n", "");
}

/* Leaving a pager early is no failure of the output. */
static void test_pager_is_left_early(void **state)
{
    Writer writer;
    Status status;
    int ends[2];
    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    writer_open(&writer, ends[1]);
    writer.pager = "true";
    writer.screen_rows = 5;
    put_lines(&writer, 0, 100000, &status);
    assert_int_equal(status, ST_CANCELLED);
    assert_int_equal(writer_finish(&writer), ST_OK);
    assert_int_equal(writer.status, ST_OK);
    writer_close(&writer);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_pieces_are_gathered),
        cmocka_unit_test(test_broken_pipe),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_pager_takes_what_is_too_long),
        cmocka_unit_test(test_pager_is_left_early),
    };
    return cmocka_run_group_tests(tests, no_sigpipe, NULL);
}
