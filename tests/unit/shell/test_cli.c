#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/cli.h"

enum { WORDS = 12 };

static Status parse(Arena *arena, const char *const *word, Cli *out, Diag *diag)
{
    char *argv[WORDS + 1] = {(char *)"weir"};
    int argc = 1;
    for (; word[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)word[argc - 1];
    return cli_parse(arena, argc, argv, out, diag);
}

static void test_actions(void **state)
{
    static const struct {
        const char *word[WORDS];
        CliAction action;
        const char *db, *argument;
    } cases[] = {
        {{NULL}, CLI_SHELL, "", ""},
        {{"app.db"}, CLI_SHELL, "app.db", ""},
        {{"--db", "app.db"}, CLI_SHELL, "app.db", ""},
        {{":memory:"}, CLI_SHELL, "", ""},
        {{"run", "job.sql", "--db", ":memory:"}, CLI_RUN, "", "job.sql"},
        {{"./run"}, CLI_SHELL, "./run", ""},
        {{"customers"}, CLI_SHELL, "customers", ""},
        {{"run", "job.sql", "--db", "app.db"}, CLI_RUN, "app.db", "job.sql"},
        {{"run", "--db=app.db", "job.sql"}, CLI_RUN, "app.db", "job.sql"},
        {{"run", "--db", "app.db"}, CLI_RUN, "app.db", ""},
        {{"run", "-"}, CLI_RUN, "", "-"},
        {{"run", "--", "--odd.sql"}, CLI_RUN, "", "--odd.sql"},
        {{"--json", "run", "job.sql"}, CLI_RUN, "", "job.sql"},
        {{"--db", "app.db", "run"}, CLI_RUN, "app.db", ""},
        {{"run", "run"}, CLI_RUN, "", "run"},
        {{"--", "run"}, CLI_SHELL, "run", ""},
        {{"check", "job.sql"}, CLI_CHECK, "", "job.sql"},
        {{"peek", "kafka://h/t", "-n", "5", "-oa=b"}, CLI_PEEK, "", "kafka://h/t"},
        {{"explain", "E2104"}, CLI_EXPLAIN, "", "E2104"},
        {{"explain"}, CLI_EXPLAIN, "", ""},
        {{"doc"}, CLI_DOC, "", ""},
        {{"doc", "types"}, CLI_DOC, "", "types"},
        {{"doc", "--all", "pages"}, CLI_DOC, "", ""},
        {{"--help"}, CLI_HELP, "", ""},
        {{"run", "-h"}, CLI_HELP, "", ""},
        {{"--version", "--json"}, CLI_VERSION, "", ""},
        {{"--reference"}, CLI_REFERENCE, "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena arena;
        Cli cli;
        Diag diag = {0};
        arena_init(&arena, NULL);
        assert_int_equal(parse(&arena, cases[i].word, &cli, &diag), ST_OK);
        assert_int_equal(cli.action, cases[i].action);
        assert_true(text_is(cli.db, cases[i].db));
        assert_true(text_is(cli.argument, cases[i].argument));
        arena_close(&arena);
    }
}

static void test_options(void **state)
{
    static const char *const words[] = {"-c",  "SELECT 1",      "-fjob.sql", "--file=-",
                                        "-i",  "my.sql",        "--json",    "--mode",
                                        "CSV", "--color=never", "x.db",      NULL};
    Arena arena;
    Cli cli;
    Diag diag = {0};
    (void)state;
    arena_init(&arena, NULL);
    assert_int_equal(parse(&arena, words, &cli, &diag), ST_OK);
    assert_int_equal(cli.inputs.count, 3);
    assert_false(cli.inputs.item[0].is_file);
    assert_true(text_is(cli.inputs.item[0].text, "SELECT 1"));
    assert_true(cli.inputs.item[1].is_file);
    assert_true(text_is(cli.inputs.item[1].text, "job.sql"));
    assert_true(text_is(cli.inputs.item[2].text, "-"));
    assert_true(text_is(cli.init, "my.sql"));
    assert_true(cli.json);
    assert_string_equal(cli.mode->name, "csv");
    assert_int_equal(cli.color, COLOR_NEVER);
    assert_true(text_is(cli.db, "x.db"));
    assert_false(cli.max_rejected_set);
    assert_int_equal(cli.shard.count, 0);
    static const char *const shard[] = {"run", "job.sql", "--shard", "2/3", NULL};
    assert_int_equal(parse(&arena, shard, &cli, &diag), ST_OK);
    assert_int_equal(cli.shard.number, 2);
    assert_int_equal(cli.shard.count, 3);
    arena_close(&arena);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *word[WORDS];
        const char *message, *hint;
    } cases[] = {
        {{"--jsom"}, "there is no option \"--jsom\"", "did you mean \"--json\"?"},
        {{"-x"}, "there is no option \"-x\"", "weir --help lists them"},
        {{"rum", "job.sql"},
         "there is no command \"rum\"",
         "did you mean \"run\"? A database of that name is ./rum"},
        {{"chekc", "job.sql"},
         "there is no command \"chekc\"",
         "did you mean \"check\"? A database of that name is ./chekc"},
        {{"export", "--flink", "job.sql"},
         "there is no command \"export\"",
         "the commands are run, check, peek, explain and doc; a database of that name is ./export"},
        {{"check", "--flink", "job.sql"},
         "there is no option \"--flink\"",
         "weir --help lists them"},
        {{"app.db", "SELECT 1"},
         "\"SELECT 1\" is one argument too many",
         "-c gives SQL, -f a file to run"},
        {{"run", "a.sql", "b.sql"}, "\"b.sql\" is one argument too many", ""},
        {{"run"}, "run needs a file, or with --db a database whose jobs go on", ""},
        {{"run", "--db", ":memory:"},
         "run needs a file, or with --db a database whose jobs go on",
         ""},
        {{"check"}, "check needs a file", ""},
        {{"peek"}, "peek needs kafka://BROKER[:PORT]/TOPIC, or a file", ""},
        {{"peek", "t", "-o", "=b"}, "--option takes NAME=VALUE, not \"=b\"", ""},
        {{"peek", "t", "-n", "10001"}, "--records takes at most 10000", ""},
        {{"run", "a.sql", "-n", "1"}, "the option \"-n\" does not fit this command", ""},
        {{"run", "a.sql", "--db"}, "the option \"--db\" needs a value", ""},
        {{"--json=yes"}, "the option \"--json=yes\" takes no value", ""},
        {{"run", "a.sql", "-c", "SELECT 1"}, "the option \"-c\" does not fit this command", ""},
        {{"--color=red"}, "--color takes auto, always or never, not \"red\"", ""},
        {{"--mode", "jsn"}, "there is no mode \"jsn\"", "did you mean \"json\"?"},
        {{"run", "a.sql", "--max-rejected", "many"}, "\"many\" is no whole number", ""},
        {{"run", "a.sql", "--shard", "4/3"},
         "--shard takes I/N with I from 1 to N, not \"4/3\"",
         "--shard 2/3 is the second of three processes; N is 4096 at most"},
        {{"a.db", "--shard=1/3"}, "the option \"--shard=1/3\" does not fit this command", ""},
        {{"run", "a.sql", "--max-rejected=-1"}, "\"-1\" is no whole number", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena arena;
        Cli cli;
        Diag diag = {0};
        arena_init(&arena, NULL);
        assert_int_equal(parse(&arena, cases[i].word, &cli, &diag), ST_USAGE);
        assert_string_equal(diag.message, cases[i].message);
        assert_string_equal(diag.hint, cases[i].hint);
        arena_close(&arena);
    }
}

static void test_exit_codes(void **state)
{
    static const struct {
        Status status;
        int code;
    } cases[] = {{ST_OK, 0},    {ST_SYNTAX, 1},     {ST_SEMANTIC, 1}, {ST_DATA, 1},
                 {ST_LIMIT, 1}, {ST_USAGE, 2},      {ST_IO, 3},       {ST_STATE, 4},
                 {ST_NOMEM, 4}, {ST_CANCELLED, 130}};
    Diag rejected = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(cli_exit_code(cases[i].status, NULL), cases[i].code);
    diag_error(&rejected, E5012, SPAN_NONE, "too many");
    assert_int_equal(cli_exit_code(ST_DATA, &rejected), 5);
}

/* At most 60 lines, none wider than 100 columns, examples before options. */
static void test_help_page(void **state)
{
    StrBuf out;
    int lines = 0;
    (void)state;
    strbuf_init(&out, NULL);
    cli_print_help(&out);
    const char *line = strbuf_cstr(&out);
    for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1, lines++)
        assert_true(end - line <= 100);
    assert_true(lines <= 60);
    assert_true(strstr(strbuf_cstr(&out), "Examples") < strstr(strbuf_cstr(&out), "Options"));
    strbuf_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_actions),   cmocka_unit_test(test_options),
        cmocka_unit_test(test_mistakes),  cmocka_unit_test(test_exit_codes),
        cmocka_unit_test(test_help_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
