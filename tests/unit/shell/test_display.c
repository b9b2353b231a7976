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
#include "tests/support/temp_folder.h"

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
    static const OutputCell one = {.kind = CELL_NUMBER, .text = {"1", 1}},
                            two = {.kind = CELL_NUMBER, .text = {"2", 1}};
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
    char path[128];
    snprintf(path, sizeof path, "%s/weir-display-%ld", temp_folder_base(), (long)getpid());
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

/* The fixture as a terminal, on which results, messages and drawings come together. */
static void make_terminal(Fixture *fixture)
{
    Display *display = &fixture->display;
    display->terminal = display->redraws = true;
    display->clock = clock_virtual(0);
    display->live.writer.fd = fixture->ends[1];
    progress_line_open(&display->progress_line, fixture->ends[1], true);
    fixture->errors.fd = fixture->ends[1];
    display_start_statement(display, 0);
}

static void tell(Fixture *fixture, int64_t millis, const OutputProgress *progress)
{
    Output *output = &fixture->display.output;
    fixture->display.clock.virtual_now = millis * MICROS_PER_MILLI;
    assert_int_equal(output->progress(output, progress), ST_OK);
}

static const OutputColumn one_column = {.name = {"n", 1}, .type = {"INT", 3}};
static const OutputCell one_cell = {.kind = CELL_NUMBER, .text = {"1", 1}};
#define LINE "\r0:02  8 rows read, 4 a second\033[K"

/* Whatever is written to the terminal wipes the line first; what is over leaves nothing of it. */
static void test_progress_line_gives_way(void **state)
{
    Fixture *fixture = *state;
    Output *output = &fixture->display.output;
    OutputProgress progress = {.rows = 8, .bounded = true};
    make_terminal(fixture);
    tell(fixture, 1999, &progress);
    assert_string_equal(taken(fixture->ends[0]), "");
    tell(fixture, 2000, &progress);
    assert_string_equal(taken(fixture->ends[0]), LINE);
    output->note(output, TEXT("a note"));
    assert_string_equal(taken(fixture->ends[0]), "\r\033[Ka note\n");
    assert_int_equal(output->begin(output, OUTPUT_CHANGELOG, &one_column, 1), ST_OK);
    taken(fixture->ends[0]);
    tell(fixture, 2000, &progress);
    assert_string_equal(taken(fixture->ends[0]), LINE);
    assert_int_equal(output->row(output, ROW_INSERT, &one_cell), ST_OK);
    tell(fixture, 2000, &progress); /* a changelog's rows reach the reader at once */
    assert_string_equal(taken(fixture->ends[0]), "\r\033[K| +I | 1           |\n" LINE);
    tell(fixture, 2100, NULL);
    assert_string_equal(taken(fixture->ends[0]), "\r\033[K");
    tell(fixture, 4000, &progress); /* what comes next has its own two seconds */
    assert_string_equal(taken(fixture->ends[0]), "");
    display_end_statement(&fixture->display);
}

/* Changes that come without an end show by themselves that something happens. */
static void test_no_line_below_endless_changes(void **state)
{
    Fixture *fixture = *state;
    Output *output = &fixture->display.output;
    OutputProgress progress = {.rows = 8};
    make_terminal(fixture);
    assert_int_equal(output->begin(output, OUTPUT_CHANGELOG, &one_column, 1), ST_OK);
    taken(fixture->ends[0]);
    tell(fixture, 5000, &progress);
    assert_string_equal(taken(fixture->ends[0]), "");
    display_end_statement(&fixture->display);
    tell(fixture, 5000, &progress); /* an endless job has no other sign of life */
    assert_non_null(strstr(taken(fixture->ends[0]), "8 rows read"));
}

static void test_live_result(void **state)
{
    static const char box[] = "┌───┐\n│ n │\n├───┤\n│ 1 │\n└───┘\n";
    Fixture *fixture = *state;
    Output *output = &fixture->display.output;
    Fold *fold;
    FoldOptions options = {.columns = 1};
    assert_int_equal(fold_open(&options, &fold), ST_OK);
    assert_int_equal(fold_add(fold, ROW_INSERT, &one_cell), ST_OK);
    OutputProgress progress = {.rows = 8, .bounded = true, .table = fold};
    make_terminal(fixture);
    assert_int_equal(output->begin(output, OUTPUT_RESULT, &one_column, 1), ST_OK);
    tell(fixture, 249, &progress); /* it may be over before one has looked */
    assert_string_equal(taken(fixture->ends[0]), "");
    tell(fixture, 250, &progress);
    const char *drawn = taken(fixture->ends[0]);
    assert_non_null(strstr(drawn, "│ 1 │"));
    assert_non_null(strstr(drawn, "1 row, 8 read"));
    fixture->display.writer.screen_rows = 24;
    tell(fixture, 300, NULL);
    assert_string_equal(taken(fixture->ends[0]), "\033[6A\r\r\033[J");
    assert_int_equal(fixture->display.writer.screen_rows, 0); /* no pager for what one has seen */
    assert_int_equal(fold_print(fold, output), ST_OK);
    assert_int_equal(output->end(output), ST_OK);
    assert_string_equal(taken(fixture->ends[0]), box);
    display_end_statement(&fixture->display);
    fold_close(fold);
}

/* .mode table asks for tables that are kept current, where they can be drawn again and again. */
static void test_wanting_tables(void **state)
{
    Fixture *fixture = *state;
    Display *display = &fixture->display;
    static const struct {
        const char *mode;
        bool terminal, wanted;
    } cases[] = {{"table", true, true}, {"box", true, false}, {"table", false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        display->settings.mode = render_mode_find(text_of(cases[i].mode));
        display->terminal = display->redraws = cases[i].terminal;
        display_start_statement(display, 0);
        assert_int_equal(display->output.wants_table, cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_modes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mode_for_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redirection, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unfinished_result, setup, teardown),
        cmocka_unit_test_setup_teardown(test_progress_line_gives_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_line_below_endless_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_live_result, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wanting_tables, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
