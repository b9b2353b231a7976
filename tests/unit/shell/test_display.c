#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Which mode a result gets off a terminal, the column "op", and where the text goes. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "shell/display.h"

typedef struct Fixture {
    Display display;
    ErrorView errors;
    int ends[2];
} Fixture;

static int setup(void **state)
{
    static Fixture fixture;
    fixture = (Fixture){0};
    if (pipe2(fixture.ends, O_NONBLOCK) != 0)
        return -1;
    display_open(&fixture.display, &fixture.errors, false, false);
    fixture.display.terminal = false;
    fixture.display.writer.fd = fixture.ends[1];
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;
    display_close(&fixture->display);
    close(fixture->ends[0]);
    close(fixture->ends[1]);
    return 0;
}

static const char *taken(int fd)
{
    static char text[4096];
    ssize_t size = read(fd, text, sizeof text - 1);
    text[size < 0 ? 0 : size] = '\0';
    return text;
}

/* One column n with the rows 1 and 2; in a changelog 1 is updated to 2. */
static void show(Fixture *fixture, OutputShape shape)
{
    static const OutputColumn column = {.name = {"n", 1}, .type = {"INT", 3}, .right_align = true};
    static const OutputCell one = {CELL_NUMBER, {"1", 1}}, two = {CELL_NUMBER, {"2", 1}};
    Output *output = &fixture->display.output;
    bool changes = shape == OUTPUT_CHANGELOG;
    display_start_statement(&fixture->display, 0);
    assert_int_equal(output->begin(output, shape, &column, 1), ST_OK);
    assert_int_equal(output->row(output, ROW_INSERT, &one), ST_OK);
    if (changes)
        assert_int_equal(output->row(output, ROW_UPDATE_BEFORE, &one), ST_OK);
    assert_int_equal(output->row(output, changes ? ROW_UPDATE_AFTER : ROW_INSERT, &two), ST_OK);
    if (changes)
        assert_int_equal(output->row(output, ROW_DELETE, &two), ST_OK);
    assert_int_equal(output->end(output), ST_OK);
    display_end_statement(&fixture->display);
}

static void test_modes(void **state)
{
    static const struct {
        const char *mode; /* NULL: automatic */
        bool json;
        OutputShape shape;
        const char *expected;
    } cases[] = {
        {NULL, false, OUTPUT_RESULT, "n\n1\n2\n"},
        {NULL, false, OUTPUT_CHANGELOG, "op,n\n+I,1\n-U,1\n+U,2\n-D,2\n"},
        {NULL, true, OUTPUT_RESULT, "{\"n\":1}\n{\"n\":2}\n"},
        {NULL, true, OUTPUT_CHANGELOG,
         "{\"op\":\"+I\",\"n\":1}\n{\"op\":\"-U\",\"n\":1}\n{\"op\":\"+U\",\"n\":2}\n{\"op\":\"-"
         "D\",\"n\":2}\n"},
        {"list", true, OUTPUT_RESULT, "1\n2\n"},
        {"table", false, OUTPUT_RESULT, "+---+\n| n |\n+---+\n| 1 |\n| 2 |\n+---+\n"},
        /* a table needs its last row before its first line: changes cannot wait for that */
        {"table", false, OUTPUT_CHANGELOG,
         "+----+-------------+\n| op |           n |\n+----+-------------+\n"
         "| +I |           1 |\n| -U |           1 |\n| +U |           2 |\n| -D |           2 |\n"
         "+----+-------------+\n"},
    };
    Fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture->display.json = cases[i].json;
        fixture->display.settings.mode =
            cases[i].mode == NULL ? NULL : render_mode_find(text_of(cases[i].mode));
        show(fixture, cases[i].shape);
        assert_string_equal(taken(fixture->ends[0]), cases[i].expected);
    }
}

static void test_mode_for_once(void **state)
{
    Fixture *fixture = *state;
    fixture->display.once = render_mode_find(TEXT("line"));
    show(fixture, OUTPUT_RESULT);
    assert_string_equal(taken(fixture->ends[0]), "n = 1\n\nn = 2\n");
    show(fixture, OUTPUT_RESULT);
    assert_string_equal(taken(fixture->ends[0]), "n\n1\n2\n");
}

static const char *file_text(const char *path)
{
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    const char *text = taken(fd);
    close(fd);
    return text;
}

static void test_redirection(void **state)
{
    Fixture *fixture = *state;
    Diag diag = {0};
    char path[64];
    snprintf(path, sizeof path, "/tmp/weir-display-%ld", (long)getpid());
    assert_int_equal(display_redirect(&fixture->display, path, false, &diag), ST_OK);
    show(fixture, OUTPUT_RESULT);
    assert_int_equal(display_put(&fixture->display, TEXT("text\n")), ST_OK);
    show(fixture, OUTPUT_RESULT);
    assert_string_equal(file_text(path), "n\n1\n2\ntext\nn\n1\n2\n");
    assert_int_equal(display_redirect(&fixture->display, path, true, &diag),
                     ST_OK); /* starts afresh */
    show(fixture, OUTPUT_RESULT);
    assert_int_equal(fixture->display.file, -1); /* it was for once */
    assert_string_equal(file_text(path), "n\n1\n2\n");
    unlink(path);
    assert_int_equal(display_redirect(&fixture->display, "/nowhere/file", false, &diag), ST_IO);
    assert_int_equal(diag.code, E3003);
    assert_string_equal(taken(fixture->ends[0]), "");
}

/* A statement whose output failed in the middle leaves nothing behind for the next one. */
static void test_unfinished_result(void **state)
{
    static const OutputColumn column = {.name = {"n", 1}};
    Fixture *fixture = *state;
    Output *output = &fixture->display.output;
    assert_int_equal(output->begin(output, OUTPUT_RESULT, &column, 1), ST_OK);
    display_end_statement(&fixture->display);
    show(fixture, OUTPUT_RESULT);
    assert_string_equal(taken(fixture->ends[0]), "n\n1\n2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_modes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mode_for_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redirection, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unfinished_result, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
