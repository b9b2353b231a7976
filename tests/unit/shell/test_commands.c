#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The dot-commands that need no engine, and what is said about wrong ones. */
#include "shell/commands.h"

#include <fcntl.h>
#include <unistd.h>

typedef struct Fixture {
    Shell shell;

    int ends[2]; /* what the shell prints comes out here */
} Fixture;

static int setup(void **state)
{
    static Fixture fixture;
    memset(&fixture, 0, sizeof fixture);
    if (pipe2(fixture.ends, O_NONBLOCK) != 0)
        return -1;
    display_open(&fixture.shell.display, &fixture.shell.errors, false, false);
    fixture.shell.display.writer.fd = fixture.ends[1];
    strbuf_init(&fixture.shell.last_statement, NULL);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;
    display_close(&fixture->shell.display);
    strbuf_close(&fixture->shell.last_statement);
    close(fixture->ends[0]);
    close(fixture->ends[1]);
    return 0;
}

static Status run(Fixture *fixture, const char *line, Diag *diag)
{
    Source source = {TEXT("test"), text_of(line)};
    *diag = (Diag){0};
    return command_run(&fixture->shell, &source, diag);
}

static const char *printed(Fixture *fixture)
{
    static char text[8192];
    ssize_t size = read(fixture->ends[0], text, sizeof text - 1);
    text[size < 0 ? 0 : size] = '\0';
    return text;
}

static void test_settings(void **state)
{
    Fixture *fixture = *state;
    Shell *shell = &fixture->shell;
    DisplaySettings *settings = &shell->display.settings;
    Diag diag;
    assert_int_equal(run(fixture, ".bail on", &diag), ST_OK);
    assert_true(shell->bail);
    assert_int_equal(run(fixture, ".ba off", &diag), ST_OK); /* an unambiguous beginning will do */
    assert_false(shell->bail);
    assert_int_equal(run(fixture, ".ECHO yes", &diag), ST_OK);
    assert_true(shell->echo);
    assert_int_equal(run(fixture, ".headers off", &diag), ST_OK);
    assert_int_equal(settings->headers, HEADERS_OFF);
    assert_int_equal(run(fixture, ".headers auto", &diag), ST_OK);
    assert_int_equal(settings->headers, HEADERS_AUTO);
    assert_int_equal(run(fixture, ".maxrows 25", &diag), ST_OK);
    assert_int_equal(settings->max_rows, 25);
    assert_int_equal(run(fixture, ".nullvalue 'n / a'", &diag), ST_OK);
    assert_true(settings->null_text_set);
    assert_string_equal(settings->null_text, "n / a");
    assert_int_equal(run(fixture, ".separator \"\\t\"", &diag), ST_OK);
    assert_string_equal(settings->separator, "\t");
    assert_int_equal(run(fixture, ".prompt 'db> '   \"... \"  ", &diag), ST_OK);
    assert_string_equal(shell->prompt, "db> ");
    assert_string_equal(shell->prompt_more, "... ");
    assert_int_equal(run(fixture, ".timer on", &diag), ST_OK);
    assert_true(settings->timer);
    assert_int_equal(run(fixture, ".width 100", &diag), ST_OK);
    assert_int_equal(settings->width, 100);
    assert_int_equal(run(fixture, ".separator ;", &diag), ST_OK);
    assert_string_equal(settings->separator, ";");
    assert_int_equal(run(fixture, ".pager off", &diag), ST_OK);
    assert_false(settings->pager);
    assert_string_equal(printed(fixture), "");
}

static void test_modes(void **state)
{
    Fixture *fixture = *state;
    DisplaySettings *settings = &fixture->shell.display.settings;
    Diag diag;
    assert_int_equal(run(fixture, ".mode", &diag), ST_OK);
    assert_string_equal(printed(fixture), "auto\n");
    assert_int_equal(run(fixture, ".mode insert my_table", &diag), ST_OK);
    assert_string_equal(settings->mode->name, "insert");
    assert_string_equal(settings->insert_table, "my_table");
    assert_int_equal(run(fixture, ".mode vertical", &diag), ST_OK);
    assert_int_equal(run(fixture, ".mode", &diag), ST_OK);
    assert_string_equal(printed(fixture), "line\n");
    assert_int_equal(run(fixture, ".mode auto", &diag), ST_OK);
    assert_null(settings->mode);
}

static void test_printing(void **state)
{
    Fixture *fixture = *state;
    Diag diag;
    assert_int_equal(run(fixture, ".print  two  words", &diag), ST_OK);
    assert_string_equal(printed(fixture), "two  words\n");
    assert_int_equal(run(fixture, ".print", &diag), ST_OK);
    assert_string_equal(printed(fixture), "\n");
    assert_int_equal(run(fixture, ".help timer", &diag), ST_OK);
    assert_string_equal(
        printed(fixture),
        ".timer on|off\n  show the rows and time of each result (on, if somebody types)\n");
    assert_int_equal(run(fixture, ".error E0002", &diag), ST_OK);
    assert_string_equal(printed(fixture),
                        "E0002: cancelled\n\nThe statement was interrupted before it ended.\n");
}

static void test_leaving(void **state)
{
    Fixture *fixture = *state;
    Diag diag;
    assert_int_equal(run(fixture, ".quit;", &diag), ST_OK);
    assert_true(fixture->shell.quit);
    assert_int_equal(fixture->shell.exit_code, 0);
    fixture->shell.quit = false;
    assert_int_equal(run(fixture, ".exit 7", &diag), ST_OK);
    assert_true(fixture->shell.quit);
    assert_int_equal(fixture->shell.exit_code, 7);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *line, *message, *hint;
        Span span;
    } cases[] = {
        {".tabels", "there is no command \".tabels\"", "did you mean \".tables\"?", {0, 7}},
        {".xyzzy", "there is no command \".xyzzy\"", ".help lists them", {0, 6}},
        {".", "there is no command \".\"", ".help lists them", {0, 1}},
        {".s", "\".s\" can be \".schema\" or \".separator\"", "", {0, 2}},
        {".mode jsn", "there is no mode \"jsn\"", "did you mean \"json\"?", {6, 9}},
        {".timer", "\".timer\" needs on|off", "usage: .timer on|off", {0, 6}},
        {".timer maybe", "\".timer\" takes on or off, not \"maybe\"", "", {7, 12}},
        {".timer on off",
         "\".timer\" has more arguments than it takes",
         "usage: .timer on|off",
         {10, 13}},
        {".quit now", "\".quit\" has more arguments than it takes", "usage: .quit", {6, 9}},
        {".maxrows -1", "\".maxrows\" takes a whole number, not \"-1\"", "", {9, 11}},
        {".maxrows 99999999999999999999",
         "\".maxrows\" takes a whole number, not \"99999999999999999999\"",
         "",
         {9, 29}},
        {".width 1x", "\".width\" takes a whole number, not \"1x\"", "", {7, 9}},
        {".nullvalue 'x", "the quote is not closed", "", {11, 13}},
        {".exit 256", "an exit code is a number from 0 to 255", "", {6, 9}},
        {".help tabels", "there is no command \".tabels\"", "did you mean \".tables\"?", {6, 12}},
        {".shell", "\".shell\" needs COMMAND...", "", {0, 6}},
        {".edit", "there is no terminal to edit at", "", {0, 0}},
        {".error", "there was no error yet", "", {0, 0}},
        {".error E12", "there is no error code \"E12\"", "weir explain lists them", {7, 10}},
    };
    Fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Diag diag;
        assert_int_not_equal(run(fixture, cases[i].line, &diag), ST_OK);
        assert_string_equal(diag.message, cases[i].message);
        assert_string_equal(diag.hint, cases[i].hint);
        assert_int_equal(diag.span.start, cases[i].span.start);
        assert_int_equal(diag.span.end, cases[i].span.end);
    }
    assert_string_equal(printed(fixture), "");
}

/* The table is in alphabetical order, and each row says what it does. */
static void test_table(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < command_count(); i++) {
        const Command *command = command_get(i);
        assert_true(strlen(command->help) > 0);
        assert_non_null(command->run);
        assert_true(command->least <= command->most);
        assert_true(i == 0 || strcmp(command_get(i - 1)->name, command->name) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_settings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_modes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_printing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_leaving, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mistakes, setup, teardown),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
