#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "storage/base/diag.h"
#include "storage/base/utf8.h"

static void test_error_table(void **state)
{
    (void)state;
    char last = '0';
    for (unsigned code = 0; code < ERROR_CODES; code++) {
        const ErrorDef *def = error_def((ErrorCode)code);
        ErrorCode found;
        assert_int_equal(strlen(def->name), 5);
        assert_int_equal(def->name[0], 'E');
        assert_true(def->name[1] >= last); /* groups stand in order */
        last = def->name[1];
        assert_int_not_equal(def->status, ST_OK);
        assert_true(strlen(def->title) > 0 && strlen(def->doc) > 0);
        assert_int_equal(def->doc[strlen(def->doc) - 1], '.');
        assert_true(error_find(text_of(def->name), &found));
        assert_int_equal(found, code);
    }
    ErrorCode found;
    assert_true(error_find(TEXT("e2104"), &found));
    assert_int_equal(found, E2104);
    assert_false(error_find(TEXT("E9999"), &found));
    assert_false(error_find(TEXT(""), &found));
}

static void test_spans(void **state)
{
    (void)state;
    static const struct {
        Span a, b, joined;
    } cases[] = {
        {{1, 3}, {5, 9}, {1, 9}}, {{5, 9}, {1, 3}, {1, 9}}, {{1, 9}, {2, 3}, {1, 9}},
        {{0, 0}, {2, 3}, {2, 3}}, {{2, 3}, {0, 0}, {2, 3}}, {{0, 1}, {4, 5}, {0, 5}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Span joined = span_join(cases[i].a, cases[i].b);
        assert_int_equal(joined.start, cases[i].joined.start);
        assert_int_equal(joined.end, cases[i].joined.end);
    }
}

static void test_first_error_wins(void **state)
{
    (void)state;
    Diag diag = {0};
    diag_hint(&diag, "no error yet");
    assert_string_equal(diag.hint, "");
    assert_int_equal(diag_error(&diag, E2101, (Span){3, 5}, "table \"%s\" not found", "t"),
                     ST_SEMANTIC);
    assert_int_equal(diag_error(&diag, E1001, (Span){9, 10}, "second"), ST_SYNTAX);
    diag_hint(&diag, "first hint");
    diag_hint(&diag, "second hint");
    assert_true(diag.set);
    assert_int_equal(diag.code, E2101);
    assert_int_equal(diag.span.start, 3);
    assert_string_equal(diag.message, "table \"t\" not found");
    assert_string_equal(diag.hint, "first hint");
    diag_reset(&diag);
    assert_false(diag.set);
    assert_int_equal(diag_error(NULL, E3001, SPAN_NONE, "nobody listens"), ST_IO);
}

/* Long texts are cut at a code point and end in dots. */
static void test_long_messages_are_cut(void **state)
{
    (void)state;
    for (int lead = 0; lead < 4; lead++) {
        Diag diag = {0};
        char text[1200];
        int size = 0;
        while (size < lead)
            text[size++] = 'x';
        while (size + 3 < 1000) { /* three bytes each */
            memcpy(text + size, "\xE2\x82\xAC", 3);
            size += 3;
        }
        text[size] = '\0';
        diag_error(&diag, E1001, SPAN_NONE, "%s", text);
        size_t length = strlen(diag.message);
        assert_true(length < sizeof diag.message && length > sizeof diag.message - 8);
        assert_string_equal(diag.message + length - 3, "...");
        assert_int_equal((length - 3 - (size_t)lead) % 3, 0);
    }
}

static void test_suggestions(void **state)
{
    (void)state;
    static const Text names[] = {TEXT("auction"), TEXT("bidder"), TEXT("price")};
    Diag diag = {0};
    diag_error(&diag, E2104, SPAN_NONE, "no column");
    diag_suggest(&diag, TEXT("zzz"), names, 3);
    assert_string_equal(diag.hint, "");
    diag_suggest(&diag, TEXT("biddre"), names, 3);
    assert_string_equal(diag.hint, "did you mean \"bidder\"?");
}

static void test_locate(void **state)
{
    (void)state;
    Source source = {TEXT("f.sql"), TEXT("ab\n\xC3\xA9x\n\nlast")};
    static const struct {
        uint32_t offset, line, column;
    } cases[] = {{0, 1, 1}, {1, 1, 2}, {2, 1, 3}, {3, 2, 1},  {5, 2, 2},
                 {6, 2, 3}, {7, 3, 1}, {8, 4, 1}, {12, 4, 5}, {99, 4, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        LineColumn at = source_locate(&source, cases[i].offset);
        assert_int_equal(at.line, cases[i].line);
        assert_int_equal(at.column, cases[i].column);
    }
}

static void expect_print(const char *script, Span span, const char *hint, const char *wanted)
{
    Source source = {TEXT("job.sql"), text_of(script)};
    Diag diag = {.source = &source};
    diag_error(&diag, E1001, span, "unexpected \"x\"");
    if (hint != NULL)
        diag_hint(&diag, "%s", hint);
    StrBuf out;
    strbuf_init(&out, NULL);
    diag_print(&diag, &out);
    assert_string_equal(strbuf_cstr(&out), wanted);
    strbuf_close(&out);
}

static void test_print(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        Span span;
        const char *hint, *wanted;
    } cases[] = {
        {"a;\nSELECT x FROM t",
         {10, 11},
         NULL,
         "job.sql:2:8: error E1001: unexpected \"x\"\n"
         "    2 | SELECT x FROM t\n"
         "      |        ^\n"},
        {"SELECT abc",
         {7, 10},
         "try y",
         "job.sql:1:8: error E1001: unexpected \"x\"\n"
         "    1 | SELECT abc\n"
         "      |        ^~~\n"
         "      = hint: try y\n"},
        /* code points, not bytes, are counted; tabs stay tabs so that the caret keeps its place */
        {"'\xC3\xA9\xE2\x82\xAC' \xC3\xBCx",
         {8, 11},
         NULL,
         "job.sql:1:6: error E1001: unexpected \"x\"\n"
         "    1 | '\xC3\xA9\xE2\x82\xAC' \xC3\xBCx\n"
         "      |      ^~\n"},
        {"\ta\tb",
         {3, 4},
         NULL,
         "job.sql:1:4: error E1001: unexpected \"x\"\n"
         "    1 | \ta\tb\n"
         "      | \t \t^\n"},
        /* a run over several lines ends with the first */
        {"ab\ncd",
         {1, 5},
         NULL,
         "job.sql:1:2: error E1001: unexpected \"x\"\n"
         "    1 | ab\n"
         "      |  ^\n"},
        /* line ends of Windows are no part of the line, control characters are masked */
        {"ab\x1B[0m\x7F\r\ncd",
         {1, 2},
         NULL,
         "job.sql:1:2: error E1001: unexpected \"x\"\n"
         "    1 | ab?[0m?\n"
         "      |  ^\n"},
        /* the end of the input */
        {"ab",
         {2, 3},
         NULL,
         "job.sql:1:3: error E1001: unexpected \"x\"\n"
         "    1 | ab\n"
         "      |   ^\n"},
        {"ab", {0, 0}, NULL, "error E1001: unexpected \"x\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_print(cases[i].script, cases[i].span, cases[i].hint, cases[i].wanted);
}

/* Of a long line a window is shown; the caret stays under its word. */
static void test_print_cuts_long_lines(void **state)
{
    (void)state;
    char script[601], wanted[600];
    memset(script, 'a', 600);
    script[600] = '\0';
    memcpy(script + 300, "xyz", 3);
    snprintf(wanted, sizeof wanted,
             "job.sql:1:301: error E1001: unexpected \"x\"\n"
             "    1 | ...%.60sxyz%.37s...\n"
             "      |    %60s^~~\n",
             script, script, "");
    expect_print(script, (Span){300, 303}, NULL, wanted);
}

/* The window's edges fall between code points of three bytes, never inside: some single bytes
 * before the error move its edges to all positions. */
static void test_print_cuts_between_code_points(void **state)
{
    (void)state;
    static const int columns_before[] = {20, 20, 21};
    for (uint32_t shift = 0; shift < 3; shift++) {
        char script[400], caret[64];
        uint32_t size = 0;
        for (; size < 150; size += 3)
            memcpy(script + size, "\xE2\x82\xAC", 3);
        for (uint32_t i = 0; i < shift; i++)
            script[size++] = 'x';
        for (; size + 3 <= sizeof script; size += 3)
            memcpy(script + size, "\xE2\x82\xAC", 3);
        Source source = {TEXT("f"), {script, size}};
        Diag diag = {.source = &source};
        diag_error(&diag, E1001, (Span){150 + shift, 153 + shift}, "x");
        StrBuf out;
        strbuf_init(&out, NULL);
        diag_print(&diag, &out);
        assert_true(utf8_is_valid(out.ptr, out.size));
        assert_non_null(strstr(out.ptr, "| ...\xE2"));
        assert_non_null(strstr(out.ptr, "\xAC...\n"));
        snprintf(caret, sizeof caret, "\n      |    %*s^\n", columns_before[shift], "");
        assert_non_null(strstr(out.ptr, caret));
        strbuf_close(&out);
    }
}

/* An error at the end of a line that Windows ended. */
static void test_print_at_line_end(void **state)
{
    (void)state;
    expect_print("ab\r\ncd", (Span){3, 4}, NULL,
                 "job.sql:1:4: error E1001: unexpected \"x\"\n"
                 "    1 | ab\n"
                 "      |   ^\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_table),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_first_error_wins),
        cmocka_unit_test(test_long_messages_are_cut),
        cmocka_unit_test(test_suggestions),
        cmocka_unit_test(test_locate),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_print_cuts_long_lines),
        cmocka_unit_test(test_print_cuts_between_code_points),
        cmocka_unit_test(test_print_at_line_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
