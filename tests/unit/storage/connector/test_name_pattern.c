/* Expressions of Java over whole names. What matches is what java.util.regex.Pattern.matches says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "storage/connector/name_pattern.h"

static OptionEntry option_of(const char *pattern)
{
    return (OptionEntry){.key = TEXT("topic-pattern"), .value = text_of(pattern)};
}

/* Names with a blank between. */
static void expect_names(const NamePattern *pattern, const char *text, const char *names,
                         bool wanted)
{
    while (*names != '\0') {
        char name[64];
        size_t size = strcspn(names, " ");
        memcpy(name, names, size);
        name[size] = '\0';
        if (name_pattern_matches(pattern, name) != wanted)
            fail_msg("%s and %s", text, name);
        names += size + (names[size] == ' ');
    }
}

static void test_matches(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *matches, *others;
    } cases[] = {
        {"orders", "orders", "orders2 xorders order"},
        {"orders|bids", "orders bids", "ordersbids"},
        {"orders-\\d+", "orders-1 orders-42", "orders- orders-x"},
        {"orders-[\\d]+", "orders-1 orders-42", "orders- orders-d orders-\\"},
        {"[\\w.]+", "a_b.C9", "a-b a\\b"},
        {"[^\\d]+", "abc -", "a1 9"},
        {"[\\D]x", "ax \\x", "1x"},
        {"\\D+\\S\\W", "ab- a1-", "1b- ab1"},
        {"[a-z&&[^bc]]+", "adz", "ab c"},
        {"[a-z&&[def]&&e-z]", "e f", "d a"},
        {"[a-c[x-z]]+", "abxz", "d w"},
        {"[^a-c[x-z]]+", "dw", "a x"},
        {"[^a&&[ab]]", "b c", "a"},
        {"[\\[\\]\\^\\-\\\\]+", "[]^-\\", "a"},
        {"[a\\-z]+", "a-z", "b"},
        {"[-a]+[a-]+", "-a a-", "b"},
        {"[\\^]", "^", "a \\"},
        {"[\\^-]+", "^- -^", "a \\"},
        {"[a^]+", "a^", "b"},
        {"[.]x[*+]", ".x* .x+", "ax* .xx"},
        {"[&]a[a&b]", "&a& &aa", "aaa"},
        {"[:alpha:]+", "alpha: :", "b z"},
        {"[^/]+", "abc", "a/b"},
        {"a\\.b\\-c\\_d", "a.b-c_d", "axb-c_d"},
        {"(?:a|b)+c", "abac", "c"},
        {"a+?b*?c??", "aab a abc", "b"},
        {"x{2,3}?y", "xxy xxxy", "xy"},
        {"\\{a\\}", "{a}", "a"},
        {"[\\w&&[^\\d]]+", "ab_", "a1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        NamePattern pattern;
        Diag diag;
        OptionEntry option = option_of(cases[i].pattern);
        diag_reset(&diag);
        if (name_pattern_open(&pattern, &option, SPAN_NONE, &diag) != ST_OK)
            fail_msg("%s: %s", cases[i].pattern, diag.message);
        expect_names(&pattern, cases[i].pattern, cases[i].matches, true);
        expect_names(&pattern, cases[i].pattern, cases[i].others, false);
        name_pattern_close(&pattern);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        ErrorCode code;
        const char *words;
    } cases[] = {
        {"a(?=b)", E2001, "looks ahead"},
        {"(?!b)a", E2001, "looks ahead"},
        {"(?<!b)a", E2001, "looks ahead or back"},
        {"(?<name>a)", E2001, "has a name"},
        {"(?i)a", E2001, "flags"},
        {"a++", E2001, "possessive"},
        {"[a]*+", E2001, "possessive"},
        {"a{2}+", E2001, "possessive"},
        {"\\p{L}", E2001, "this escape"},
        {"\\Qa.b\\E", E2001, "this escape"},
        {"(a)\\1", E2001, "this escape"},
        {"[\\p{L}]", E2001, "escape in a class"},
        {"a\\", E2001, "this escape"},
        {"[a\\", E2001, "escape in a class"},
        {"[]a]", E2001, "first character"},
        {"[\xC3\xA4]", E2001, "beyond ASCII"},
        {"[a&&b]", E2001, "without characters"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", E2001,
         "so many"},
        {"", E2114, "empty"},
        {"[a", E2114, "not closed"},
        {"[a[b]", E2114, "not closed"},
        {"[z-a]", E2114, "goes back"},
        {"[a-\\d]", E2114, "goes back"},
        {"(a", E2114, "nmatched"},
        {"a{3,2}", E2114, "nvalid"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Diag diag;
        OptionEntry option = option_of(cases[i].pattern);
        diag_reset(&diag);
        if (name_pattern_check(&option, &diag) == ST_OK)
            fail_msg("%s is taken", cases[i].pattern);
        if (diag.code != cases[i].code || strstr(diag.message, cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].pattern, diag.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
