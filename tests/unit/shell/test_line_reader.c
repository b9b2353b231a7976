#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "shell/line_reader.h"

static void check_lines(LineReader *reader, const char *const *expected)
{
    Text line;
    for (; *expected != NULL; expected++) {
        assert_int_equal(line_reader_next(reader, &line), LINE_READ);
        assert_true(text_is(line, *expected));
    }
    assert_int_equal(line_reader_next(reader, &line), LINE_END);
    assert_int_equal(line_reader_next(reader, &line), LINE_END);
}

static const struct {
    const char *text;
    const char *expected[5];
} cases[] = {
    {"", {NULL}},
    {"a", {"a", NULL}},
    {"a\n", {"a", NULL}},
    {"\n", {"", NULL}},
    {"a\n\nb", {"a", "", "b", NULL}},
    {"a\r\nb\n", {"a\r", "b", NULL}},
};

static void test_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        LineReader reader;
        line_reader_open_text(&reader, text_of(cases[i].text));
        check_lines(&reader, cases[i].expected);
        line_reader_close(&reader);
    }
}

static void test_descriptor(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        LineReader reader;
        int ends[2];
        size_t size = strlen(cases[i].text);
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], cases[i].text, size), (ssize_t)size);
        close(ends[1]);
        line_reader_open(&reader, ends[0]);
        check_lines(&reader, cases[i].expected);
        line_reader_close(&reader);
        close(ends[0]);
    }
}

/* A line is given as soon as it is whole, and one longer than any buffer comes in one piece. */
static void test_pieces(void **state)
{
    enum { LONG = 50000 };
    static char piece[LONG];
    int ends[2];
    LineReader reader;
    Text line;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    line_reader_open(&reader, ends[0]);
    assert_int_equal(write(ends[1], "one\ntw", 6), 6);
    assert_int_equal(line_reader_next(&reader, &line), LINE_READ);
    assert_true(text_is(line, "one"));
    assert_int_equal(write(ends[1], "o\n", 2), 2);
    assert_int_equal(line_reader_next(&reader, &line), LINE_READ);
    assert_true(text_is(line, "two"));
    memset(piece, 'x', sizeof piece);
    assert_int_equal(write(ends[1], piece, LONG), LONG);
    assert_int_equal(write(ends[1], "\nend", 4), 4);
    close(ends[1]);
    assert_int_equal(line_reader_next(&reader, &line), LINE_READ);
    assert_int_equal(line.size, LONG);
    assert_memory_equal(line.ptr, piece, LONG);
    assert_int_equal(line_reader_next(&reader, &line), LINE_READ);
    assert_true(text_is(line, "end"));
    assert_int_equal(line_reader_next(&reader, &line), LINE_END);
    line_reader_close(&reader);
    close(ends[0]);
}

static void test_failure(void **state)
{
    LineReader reader;
    Text line;
    (void)state;
    int directory = open("/", O_RDONLY);
    assert_true(directory >= 0);
    line_reader_open(&reader, directory);
    assert_int_equal(line_reader_next(&reader, &line), LINE_FAILED);
    line_reader_close(&reader);
    close(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_descriptor),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
