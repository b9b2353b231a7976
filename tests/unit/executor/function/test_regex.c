/* Regular expressions. Values as Flink 2.3 (java.util.regex) answered, but for: a wrong constant
 * pattern is refused, letter case beyond ASCII is ignored by (?i), positions count code points. */
#include "tests/support/constant_cases.h"
#include "tests/support/kernel_faults.h"

static void matching(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"REGEXP", "BOOLEAN", "TRUE", {"STRING:hello", "STRING:l+"}},
        {"REGEXP", "BOOLEAN NOT NULL", "TRUE", {"CHAR(5) NOT NULL:hello", "CHAR(2) NOT NULL:l+"}},
        {"REGEXP", NULL, "FALSE", {"STRING:hello", "STRING:"}},
        {"REGEXP", NULL, "NULL", {"STRING:hello", "STRING:NULL"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello hello hello", "STRING:^hello.*hello$"}},
        {"RLIKE", NULL, "TRUE", {"STRING:hello", "STRING:l"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:(?i)HELLO"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:(?i:HEL)lo"}},
        {"REGEXP", NULL, "FALSE", {"STRING:hello", "STRING:(?i:HEL)LO"}},
        {"REGEXP", NULL, "TRUE", {"STRING:ÄB", "STRING:(?iu)äb"}},
        {"REGEXP", NULL, "TRUE", {"STRING:ab", "STRING:(?x) a b # comment"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:\\p{Alpha}+"}},
        {"REGEXP", NULL, "FALSE", {"STRING:äß", "STRING:\\p{Alpha}"}},
        {"REGEXP", NULL, "TRUE", {"STRING:äß", "STRING:\\P{Alpha}"}},
        {"REGEXP", NULL, "TRUE", {"STRING:äß", "STRING:^\\p{L}+$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:äß", "STRING:^\\p{IsAlphabetic}+$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:ab", "STRING:^\\p{IsLatin}\\p{script=Latin}$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:\\p{javaLowerCase}"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a\x7F", "STRING:^\\p{ASCII}+$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a1", "STRING:^[\\p{Lower}\\p{Digit}]+$"}},
        {"REGEXP", NULL, "FALSE", {"STRING:ä", "STRING:^\\w$"}},
        {"REGEXP", NULL, "FALSE", {"STRING:١", "STRING:\\d"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:h++ello"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a.b", "STRING:\\Qa.b\\E"}},
        {"REGEXP", NULL, "FALSE", {"STRING:axb", "STRING:\\Qa.b\\E"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a.", "STRING:\\Qa."}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:(?<!x)h"}},
        {"REGEXP", NULL, "TRUE", {"STRING:foobar", "STRING:(?<=foo)bar"}},
        {"REGEXP", NULL, "FALSE", {"STRING:hello", "STRING:\\h"}},
        {"REGEXP", NULL, "TRUE", {"STRING:abab", "STRING:^(ab)\\1$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:aa1", "STRING:^(a)\\11$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:abab", "STRING:^(?<two>ab)\\k<two>$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:aaa", "STRING:^a{3}$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:aaa", "STRING:^a{2,}$"}},
        {"REGEXP", NULL, "FALSE", {"STRING:aaa", "STRING:^a{1,2}$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a}", "STRING:a}"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a]", "STRING:a]"}},
        {"REGEXP", NULL, "TRUE", {"STRING:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "STRING:(a+)+$"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

static void characters(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"REGEXP", NULL, "FALSE", {"STRING:a\nb", "STRING:a.b"}},
        {"REGEXP",
         NULL,
         "FALSE",
         {"STRING:a\xC2\x85"
          "b",
          "STRING:a.b"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a\nb", "STRING:(?s)a.b"}},
        {"REGEXP", NULL, "FALSE", {"STRING:a\rb", "STRING:a$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a\rb", "STRING:(?m)a$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:ab\n", "STRING:ab$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:ab\r\n", "STRING:ab$"}},
        {"REGEXP", NULL, "FALSE", {"STRING:ab\n", "STRING:ab\\z"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:\\u0068"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:[\\u0068]"}},
        {"REGEXP", NULL, "TRUE", {"STRING:😀", "STRING:^\\uD83D\\uDE00$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:😀", "STRING:^.$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:😀", "STRING:^[😀-😂]$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:\\x68"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:\\x{68}"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:\\0150"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a\tb", "STRING:a\\tb"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a\tb", "STRING:a\\cIb"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a%b", "STRING:a\\%b"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:^[a-z&&[^aeiou]]"}},
        {"REGEXP", NULL, "FALSE", {"STRING:ello", "STRING:^[a-z&&[^aeiou]]"}},
        {"REGEXP", NULL, "TRUE", {"STRING:ello", "STRING:^[^a-z&&[^aeiou]]"}},
        {"REGEXP", NULL, "TRUE", {"STRING:c", "STRING:^[a-z&&b-d&&c-e]$"}},
        {"REGEXP", NULL, "FALSE", {"STRING:e", "STRING:^[a-z&&b-d&&c-e]$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:hello", "STRING:^[[a-c][h]]"}},
        {"REGEXP", NULL, "FALSE", {"STRING:hello", "STRING:^[^[a-c][h]]"}},
        {"REGEXP", NULL, "TRUE", {"STRING:d", "STRING:^[a[^b]]$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a]", "STRING:^[]a]+$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:-", "STRING:^[a-]$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:^", "STRING:^[a^]$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:a.b", "STRING:^[\\Qa.\\Eb]+$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:5", "STRING:^[\\da-f]$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:&", "STRING:^[&]$"}},
        {"REGEXP", NULL, "TRUE", {"STRING:ä", "STRING:^\\pL$"}},
        {"REGEXP",
         NULL,
         "TRUE",
         {"STRING:abcdefghijkk", "STRING:^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)\\11$"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

/* As a column, a pattern that Java refuses gives what Flink gives, one that it takes rejects the
 * row; as a constant both are refused. */
static void wrong_patterns(void **state)
{
    (void)state;
    static const char *const invalid[] = {
        "(",     "[a",    "a)",     "*a",      "h{,2}",        "a{2",  "(?<1>a)",     "\\",
        "\\y",   "[\\b]", "\\u00",  "[z-a]",   "(*ACCEPT)a",   "(?R)", "(?(1)a)",     "(?|a)",
        "(?C1)", "\\K",   "\\g{1}", "(a)(?1)", "\\E",          "\\p{", "\\x{110000}", "(?q)a",
        "\\08",  "\\c",   "\\p",    "\\p{}",   "(?<a>b)\\k<a",
    };
    static const char *const unsupported[] = {
        "\\p{InGreek}",
        "\\p{IsNoSuchScript}",
        "\\uD83D",
        "(?d)a",
        "(?U)a",
        "\\N{LATIN SMALL LETTER A}",
        "(?<=a+)b",
        "\\b{g}",
        "\\p{block=Greek}",
        "\\p{L1}",
        "[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]",
    };
    KernelHarness h;
    harness_open(&h);
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        char column[80], constant[80];
        snprintf(column, sizeof column, "STRING:%s", invalid[i]);
        snprintf(constant, sizeof constant, "=STRING:%s", invalid[i]);
        harness_check(&h, &(KernelCase){"REGEXP", "BOOLEAN", "FALSE", {"STRING:a", column}});
        harness_check(&h, &(KernelCase){"REGEXP_EXTRACT", "STRING", "NULL", {"STRING:a", column}});
        harness_check(&h, &(KernelCase){"REGEXP_COUNT", "INT", "NULL", {"STRING:a", column}});
        harness_check(&h, &(KernelCase){"REGEXP_INSTR", "INT", "NULL", {"STRING:a", column}});
        harness_check(
            &h,
            &(KernelCase){"REGEXP_REPLACE", "STRING", "NULL", {"STRING:a", column, "STRING:b"}});
        harness_check(&h, &(KernelCase){"REGEXP", NULL, "E2107", {"STRING:a", constant}});
    }
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++) {
        char column[80], constant[80];
        snprintf(column, sizeof column, "STRING:%s", unsupported[i]);
        snprintf(constant, sizeof constant, "=STRING:%s", unsupported[i]);
        harness_check(&h, &(KernelCase){"REGEXP", NULL, "E5007", {"STRING:a", column}});
        harness_check(&h, &(KernelCase){"REGEXP_COUNT", NULL, "E2001", {"STRING:a", constant}});
    }
    harness_close(&h);
}

static void parts_of_matches(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"REGEXP_EXTRACT",
         "STRING",
         "bar",
         {"CHAR(9) NOT NULL:foothebar", "STRING:foo(.*?)(bar)", "INT:2"}},
        {"REGEXP_EXTRACT", NULL, "NULL", {"STRING:foothebar", "STRING:foo(.*?)(bar)", "INT:5"}},
        {"REGEXP_EXTRACT", NULL, "NULL", {"STRING:abc", "STRING:x"}},
        {"REGEXP_EXTRACT", NULL, "ll", {"STRING:hello", "STRING:l+"}},
        {"REGEXP_EXTRACT", NULL, "e", {"STRING:hello", "STRING:h(.)", "INT:1"}},
        {"REGEXP_EXTRACT", NULL, "NULL", {"STRING:hello", "STRING:h(.)", "INT:-1"}},
        {"REGEXP_EXTRACT", NULL, "NULL", {"STRING:hello", "STRING:h(x)?", "INT:1"}},
        {"REGEXP_EXTRACT", NULL, "", {"STRING:hello", "STRING:h(x*)", "BIGINT:1"}},
        {"REGEXP_EXTRACT",
         NULL,
         "12",
         {"STRING:k=v;n=12;", "STRING:(a)|(b)|(c)|(d)|(e)|(f)|(g)|(h)|(i)|(j)|n=(\\d+)", "INT:11"}},
        {"REGEXP_EXTRACT",
         NULL,
         "hello hello hel",
         {"STRING:hello hello hello", "STRING:.*l(?=lo$)"}},
        {"REGEXP_SUBSTR", "STRING", "ll", {"CHAR(5) NOT NULL:hello", "STRING:l+"}},
        {"REGEXP_SUBSTR", NULL, "NULL", {"STRING:hello", "STRING:z"}},
        {"REGEXP_SUBSTR", NULL, "", {"STRING:hello", "STRING:"}},
        {"REGEXP_INSTR", "INT", "3", {"CHAR(5) NOT NULL:hello", "STRING:l"}},
        {"REGEXP_INSTR", NULL, "0", {"STRING:hello", "STRING:z"}},
        {"REGEXP_INSTR", NULL, "6", {"STRING:äöÜß😀x", "STRING:x"}},
        {"REGEXP_INSTR", NULL, "1", {"STRING:hello", "STRING:"}},
        {"REGEXP_COUNT", "INT", "2", {"CHAR(5) NOT NULL:aXbXc", "STRING:X"}},
        {"REGEXP_COUNT", NULL, "6", {"STRING:hello", "STRING:"}},
        {"REGEXP_COUNT", NULL, "7", {"STRING:äöÜß😀x", "STRING:"}},
        {"REGEXP_COUNT", NULL, "1", {"STRING:ababab", "STRING:aba"}},
        {"REGEXP_COUNT", NULL, "0", {"STRING:", "STRING:a"}},
        {"REGEXP_COUNT", NULL, "NULL", {"STRING:hello", "STRING:NULL"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

static void replacing(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"REGEXP_REPLACE", NULL, "fb", {"STRING:foobar", "STRING:oo|ar", "STRING:"}},
        {"REGEXP_REPLACE", NULL, "he$0$0$0$0o", {"STRING:hello", "STRING:l", "STRING:$0$0"}},
        {"REGEXP_REPLACE", NULL, "he\\$\\$o", {"STRING:hello", "STRING:l", "STRING:\\$"}},
        {"REGEXP_REPLACE", NULL, "-h-e-l-l-o-", {"STRING:hello", "STRING:", "STRING:-"}},
        {"REGEXP_REPLACE", NULL, "-h-e-l-l-o-", {"STRING:hello", "STRING:x*", "STRING:-"}},
        {"REGEXP_REPLACE", NULL, "-a--b-", {"STRING:axb", "STRING:x*", "STRING:-"}},
        {"REGEXP_REPLACE", NULL, "aaaaaa", {"STRING:äöÜß😀x", "STRING:.", "STRING:a"}},
        {"REGEXP_REPLACE", NULL, "😀-ß-", {"STRING:😀xßx", "STRING:x", "STRING:-"}},
        {"REGEXP_REPLACE",
         NULL,
         "bello bello bello",
         {"STRING:hello hello hello", "STRING:h", "STRING:b"}},
        {"REGEXP_REPLACE", NULL, "", {"STRING:", "STRING:a", "STRING:b"}},
        {"REGEXP_REPLACE", NULL, "NULL", {"STRING:hello", "STRING:l", "STRING:NULL"}},
    };
    CHECK_WITH_CONSTANTS(cases);
    static const KernelCase typed[] = {
        {"REGEXP_REPLACE",
         "STRING NOT NULL",
         "fb",
         {"CHAR(6) NOT NULL:foobar", "=CHAR(5) NOT NULL:oo|ar", "CHAR(1) NOT NULL:"}},
        {"REGEXP_REPLACE",
         "STRING",
         "fb",
         {"CHAR(6) NOT NULL:foobar", "CHAR(5) NOT NULL:oo|ar", "CHAR(1) NOT NULL:"}},
    };
    HARNESS_CHECK(typed);
}

static void similar_to(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"SIMILAR TO", "BOOLEAN", "TRUE", {"STRING:hello", "STRING:h.*"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:(h|j)%"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:h(e|a)l{2}o"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:hello"}},
        {"SIMILAR TO", NULL, "FALSE", {"STRING:hello", "STRING:hell"}},
        {"SIMILAR TO", NULL, "FALSE", {"STRING:hello", "STRING:ello"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:h_llo"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:%l+%"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:a\nb", "STRING:a%b"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:[a-h]ello"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:[^a]ello"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:[[:alpha:]]+"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:[[:ALPHA:]]+"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:h[[:WHITESPACE:]]*ello"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:a1", "STRING:[[:ALNUM:]]{2}"}},
        {"SIMILAR TO", NULL, "FALSE", {"STRING:hello", "STRING:h\\_llo", "STRING:\\"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:h_llo", "STRING:h\\_llo", "STRING:\\"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:h%", "STRING:h^%", "STRING:^"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:a]", "STRING:[a^]]+", "STRING:^"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:(hello|x)"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:hello", "STRING:hello{1,2}"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:axb", "STRING:a.b"}},
        {"SIMILAR TO", NULL, "FALSE", {"STRING:axb", "STRING:a\\.b"}},
        {"SIMILAR TO", NULL, "FALSE", {"STRING:a^b", "STRING:a^b"}},
        {"SIMILAR TO", NULL, "FALSE", {"STRING:hello", "STRING:^hello$"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:a$", "STRING:a$"}},
        {"SIMILAR TO", NULL, "FALSE", {"STRING:hello", "STRING:hel\\wo"}},
        {"SIMILAR TO", NULL, "TRUE", {"STRING:", "STRING:"}},
        {"SIMILAR TO", NULL, "NULL", {"STRING:hello", "STRING:NULL"}},
    };
    CHECK_WITH_CONSTANTS(cases);
    static const KernelCase wrong[] = {
        {"SIMILAR TO", NULL, "E5007", {"STRING:hello", "STRING:h("}},
        {"SIMILAR TO", NULL, "E2107", {"STRING:hello", "=STRING:h("}},
        {"SIMILAR TO", NULL, "E2107", {"STRING:hello", "=STRING:h[e_]llo"}},
        {"SIMILAR TO", NULL, "E2107", {"STRING:hello", "=STRING:h]"}},
        {"SIMILAR TO", NULL, "E2107", {"STRING:hello", "=STRING:h[a"}},
        {"SIMILAR TO", NULL, "E2107", {"STRING:hello", "=STRING:h^x", "=STRING:^"}},
        {"SIMILAR TO", NULL, "E2107", {"STRING:hello", "=STRING:h^", "=STRING:^"}},
        {"SIMILAR TO", NULL, "E2107", {"STRING:hello", "=STRING:h", "=STRING:ab"}},
    };
    HARNESS_CHECK(wrong);
}

/* Backtracking beyond the budget rejects the row, and ends soon. */
static void budget(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"REGEXP",
         NULL,
         "E5014",
         {"STRING:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "STRING:^(a+)+$"}},
        {"REGEXP_COUNT",
         NULL,
         "E5014",
         {"STRING:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "STRING:^(a|a)*$"}},
        {"SIMILAR TO",
         NULL,
         "E5014",
         {"STRING:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "STRING:(a+)+"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

/* More patterns in a column than are kept, in turns. */
static void many_patterns(void **state)
{
    (void)state;
    enum { ROWS = 64 };
    KernelHarness h;
    harness_open(&h);
    Column text, pattern, *columns[] = {&text, &pattern};
    char patterns[ROWS][8];
    for (uint32_t c = 0; c < 2; c++)
        assert_int_equal(column_make(&h.arena, PHYS_STR, ROWS, columns[c]), ST_OK);
    for (uint32_t row = 0; row < ROWS; row++) {
        int size = snprintf(patterns[row], sizeof patterns[row], "^%u$", row % 7);
        pattern.data.str[row] = str_view(patterns[row], (uint32_t)size);
        text.data.str[row] = str_view("3", 1);
    }
    Type type[2] = {type_string(), type_string()};
    FunctionCall call = {.args = 2, .arg = type};
    assert_int_equal(function_bind(TEXT("REGEXP"), &call, &h.arena, SPAN_NONE, &h.diag), ST_OK);
    const Column *arg[] = {&text, &pattern};
    Column out = harness_call(&h, &call, arg, ROWS, NULL, ROWS);
    for (uint32_t row = 0; row < ROWS; row++)
        assert_int_equal(out.data.b[row], row % 7 == 3);
    harness_close(&h);
}

static void memory_runs_out(void **state)
{
    (void)state;
    static const KernelCase matches[] = {
        {"REGEXP", NULL, NULL, {"STRING:hello", "STRING:[a-z&&[^b]](x|l)+"}},
        {"REGEXP", NULL, NULL, {"STRING:hello", "=STRING:(?<n>.)\\k<n>"}},
        {"REGEXP", NULL, NULL, {"STRING:hello", "STRING:(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)?"}},
        {"SIMILAR TO", NULL, NULL, {"STRING:hello", "STRING:%[[:ALPHA:]]"}},
        {"SIMILAR TO", NULL, NULL, {"STRING:hello", "=STRING:%[[:ALPHA:]]", "=STRING:!"}},
    };
    CHECK_FAULTS(matches, PHYS_BOOL);
    static const KernelCase texts[] = {
        {"REGEXP_EXTRACT", NULL, NULL, {"STRING:hello", "STRING:l+"}},
        {"REGEXP_REPLACE", NULL, NULL, {"STRING:hello hello hello", "STRING:l+", "STRING:x"}},
    };
    CHECK_FAULTS(texts, PHYS_STR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matching),        cmocka_unit_test(characters),
        cmocka_unit_test(wrong_patterns),  cmocka_unit_test(parts_of_matches),
        cmocka_unit_test(replacing),       cmocka_unit_test(similar_to),
        cmocka_unit_test(budget),          cmocka_unit_test(many_patterns),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
