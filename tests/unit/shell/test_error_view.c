#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/error_view.h"

static const char script_text[] = "SELECT 1;\nSELECT user_idd\n  FROM clicks;\n";
static const Source script = {{"job.sql", 7}, {script_text, sizeof script_text - 1}};

static Diag column_error(void)
{
    Diag diag = {0};
    diag_error(&diag, E2104, (Span){17, 25}, "column \"user_idd\" not found in \"clicks\"");
    diag_hint(&diag, "did you mean \"user_id\"?");
    diag.source = &script;
    return diag;
}

static void check(const ErrorView *view, Severity severity, Status status, const Diag *diag,
                  uint32_t line_base, const char *expected)
{
    StrBuf out;
    strbuf_init(&out, NULL);
    error_view_print(view, severity, status, diag, line_base, &out);
    assert_string_equal(strbuf_cstr(&out), expected);
    strbuf_close(&out);
}

static void test_plain(void **state)
{
    ErrorView view = {0};
    Diag diag = column_error();
    (void)state;
    check(&view, SEVERITY_ERROR, ST_SEMANTIC, &diag, 0,
          "job.sql:2:8: error E2104: column \"user_idd\" not found in \"clicks\"\n"
          "    2 | SELECT user_idd\n"
          "      |        ^~~~~~~~\n"
          "      = hint: did you mean \"user_id\"?\n");
    check(&view, SEVERITY_WARNING, ST_SEMANTIC, &diag, 0,
          "job.sql:2:8: warning E2104: column \"user_idd\" not found in \"clicks\"\n"
          "    2 | SELECT user_idd\n"
          "      |        ^~~~~~~~\n"
          "      = hint: did you mean \"user_id\"?\n");
}

/* The source is the piece of a script that begins behind its line 10. */
static void test_line_base(void **state)
{
    ErrorView view = {0};
    Diag diag = column_error();
    (void)state;
    check(&view, SEVERITY_ERROR, ST_SEMANTIC, &diag, 10,
          "job.sql:12:8: error E2104: column \"user_idd\" not found in \"clicks\"\n"
          "   12 | SELECT user_idd\n"
          "      |        ^~~~~~~~\n"
          "      = hint: did you mean \"user_id\"?\n");
}

static void test_color(void **state)
{
    ErrorView view = {.color = true};
    Diag diag = column_error();
    (void)state;
    check(&view, SEVERITY_ERROR, ST_SEMANTIC, &diag, 0,
          "job.sql:2:8: \033[1;31merror E2104:\033[0m column \"user_idd\" not found in \"clicks\"\n"
          "    2 | SELECT user_idd\n"
          "      | \033[31m       ^~~~~~~~\033[0m\n"
          "\033[36m      = hint: did you mean \"user_id\"?\033[0m\n");
}

static void test_json(void **state)
{
    ErrorView view = {.json = true};
    Diag diag = column_error();
    (void)state;
    check(&view, SEVERITY_ERROR, ST_SEMANTIC, &diag, 10,
          "{\"error\":{\"code\":\"E2104\",\"message\":\"column \\\"user_idd\\\" not found in "
          "\\\"clicks\\\"\","
          "\"file\":\"job.sql\",\"line\":12,\"column\":8,\"hint\":\"did you mean "
          "\\\"user_id\\\"?\"}}\n");
    Diag bare = {0};
    diag_error(&bare, E4003, SPAN_NONE, "process 7 holds it");
    check(&view, SEVERITY_WARNING, ST_STATE, &bare, 0,
          "{\"warning\":{\"code\":\"E4003\",\"message\":\"process 7 holds it\"}}\n");
}

/* A status without a Diag is told all the same. */
static void test_status_alone(void **state)
{
    static const struct {
        Status status;
        const char *expected;
    } cases[] = {
        {ST_NOMEM, "error E0001: out of memory\n"},
        {ST_CANCELLED, "error E0002: cancelled\n"},
        {ST_USAGE, "error E0003: wrong command line\n"},
        {ST_SYNTAX, "error E1001: syntax error\n"},
        {ST_SEMANTIC, "error E2002: the statement cannot be run\n"},
        {ST_DATA, "error E5001: the data cannot be processed\n"},
        {ST_IO, "error E3002: a source or sink is out of reach\n"},
        {ST_STATE, "error E4007: the database reported an error\n"},
        {ST_LIMIT, "error E1005: a limit was reached\n"},
    };
    ErrorView view = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Diag diag = {0};
        check(&view, SEVERITY_ERROR, cases[i].status, &diag, 0, cases[i].expected);
        error_view_complete(cases[i].status, &diag);
        assert_int_equal(error_def(diag.code)->status, cases[i].status); /* same exit code */
    }
}

/* A message may quote data. */
static void test_control_characters(void **state)
{
    ErrorView terminal = {.terminal = true}, pipe = {0};
    Diag diag = {0};
    (void)state;
    diag_error(&diag, E5002, SPAN_NONE, "\"\033[2J\" is no number");
    check(&terminal, SEVERITY_ERROR, ST_DATA, &diag, 0, "error E5002: \"\\x1b[2J\" is no number\n");
    check(&pipe, SEVERITY_ERROR, ST_DATA, &diag, 0, "error E5002: \"\033[2J\" is no number\n");
}

static void test_explain(void **state)
{
    StrBuf out;
    Diag diag = {0};
    (void)state;
    strbuf_init(&out, NULL);
    assert_int_equal(error_view_explain(TEXT("e0002"), SPAN_NONE, &out, &diag), ST_OK);
    assert_string_equal(strbuf_cstr(&out),
                        "E0002: cancelled\n\nThe statement was interrupted before it ended.\n");
    strbuf_clear(&out);
    assert_int_equal(error_view_explain(TEXT("E9999"), SPAN_NONE, &out, &diag), ST_USAGE);
    assert_string_equal(diag.message, "there is no error code \"E9999\"");
    for (unsigned i = 0; i < ERROR_CODES; i++) { /* each paragraph is there and fits the page */
        const ErrorDef *def = error_def((ErrorCode)i);
        strbuf_clear(&out);
        assert_int_equal(error_view_explain(text_of(def->name), SPAN_NONE, &out, &diag), ST_OK);
        const char *line = strbuf_cstr(&out);
        for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
            assert_true(end - line <= 80);
        assert_true(out.size > strlen(def->title) + strlen(def->doc));
    }
    strbuf_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),        cmocka_unit_test(test_line_base),
        cmocka_unit_test(test_color),        cmocka_unit_test(test_json),
        cmocka_unit_test(test_status_alone), cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_explain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
