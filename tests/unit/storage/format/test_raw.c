#include "format_harness.h"

#include "storage/base/limits.h"

static const char *run_raw(const char *table_text, const char *input, size_t step)
{
    static StrBuf out;
    FormatTable table;
    format_table(&table, &raw_format, text_of(table_text));
    FormatRun run = {.table = &table, .step = step, .print = {.places = true}};
    strbuf_clear(&out);
    format_run(&run, text_of(input), &out);
    return strbuf_cstr(&out);
}

/* As Flink reads them: empty lines are rows, a carriage return belongs to the line break. */
static void test_lines(void **state)
{
    (void)state;
    for (size_t step = 0; step < 4; step++) {
        assert_string_equal(run_raw("a STRING", "a\n\nb\r\n\r\n x \nlast", step),
                            "1@0:[a] 2@2:[] 3@3:[b] 4@6:[] 5@8:[ x ] 6@12:[last]");
        assert_string_equal(run_raw("a BYTES", "a\n\nb\r\n x", step),
                            "1@0:[61] 2@2:[] 3@3:[62] 4@6:[2078]");
        assert_string_equal(run_raw("a STRING", "a\n\xff\nb", step),
                            "1@0:[a] 2@2:REJECTED 3@4:[b]");
        assert_string_equal(run_raw("a BYTES", "a\n\xff\nb", step), "1@0:[61] 2@2:[ff] 3@4:[62]");
        assert_string_equal(run_raw("a STRING", "", step), "");
    }
}

/* The bytes as they are. */
static void test_messages(void **state)
{
    (void)state;
    static const FormatCase cases[] = {
        {"a STRING", "a\nb\r\n", "1@0:[a\nb\r\n]"},
        {"a STRING", "", "1@0:[]"},
        {"a STRING", "\n", "1@0:[\n]"},
        {"a STRING",
         "\xef\xbb\xbf"
         "a",
         "1@0:[\xef\xbb\xbf"
         "a]"},
        {"a BYTES", "\xff\n", "1@0:[ff0a]"},
        {"a BYTES", "", "1@0:[]"},
        {"a STRING", "a\n\xff", "1@0:REJECTED E5009 invalid UTF-8 <a\n\xff>"},
    };
    format_check_messages(&raw_format, cases, sizeof cases / sizeof cases[0],
                          (FormatPrint){.places = true, .reasons = true});
}

static void test_long_messages(void **state)
{
    (void)state;
    StrBuf expected = {0}; /* a text of the limit's length */
    FormatTable table;
    format_table(&table, &raw_format, TEXT("a STRING"));
    strbuf_string(&expected, "1@0:[\n");
    strbuf_repeat(&expected, 'x', LIMIT_RECORD_BYTES - 1);
    strbuf_string(&expected, "]");
    format_check_long_messages(&table, NULL, "\n", "", strbuf_cstr(&expected));
    strbuf_close(&expected);
}

static void test_long_line(void **state)
{
    (void)state;
    StrBuf input = {0};
    strbuf_string(&input, "a\n");
    strbuf_repeat(&input, 'x', LIMIT_RECORD_BYTES + 1);
    strbuf_string(&input, "\nb\n");
    assert_string_equal(run_raw("a STRING", strbuf_cstr(&input), 0),
                        "1@0:[a] 2@2:REJECTED 3@16777220:[b]");
    assert_string_equal(run_raw("a STRING", strbuf_cstr(&input), 1 << 20),
                        "1@0:[a] 2@2:REJECTED 3@16777220:[b]");
    strbuf_close(&input);
}

static void test_predicate(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &raw_format, TEXT("a STRING"));
    const Comparison is = {
        .column = 0, .op = PREDICATE_EQ, .value = {.as.str = str_of_text(TEXT("b"))}};
    FormatRun run = {.table = &table, .predicate = {&is, 1}};
    StrBuf out = {0};
    format_run(&run, TEXT("a\nb\nc"), &out);
    assert_string_equal(strbuf_cstr(&out), "FILTERED [b] FILTERED");
    strbuf_close(&out);
}

static void test_check(void **state)
{
    (void)state;
    static const FormatTableCase cases[] = {{"a STRING", E0001},
                                            {"a VARBINARY(10)", E0001},
                                            {"a STRING, b STRING", E2119},
                                            {"a INT", E2001}};
    format_check_tables(&raw_format, cases, sizeof cases / sizeof cases[0]);
}

static void test_encode(void **state)
{
    (void)state;
    check_encode(&raw_format, "a STRING", "abc\nx,y\n\n", "abc\nx,y\n\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),  cmocka_unit_test(test_long_messages),
        cmocka_unit_test(test_lines),     cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_predicate), cmocka_unit_test(test_check),
        cmocka_unit_test(test_encode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
