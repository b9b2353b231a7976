#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/text.h"

static void test_equality(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool equal, equal_nocase, starts_with;
    } cases[] = {
        {"", "", true, true, true},
        {"abc", "abc", true, true, true},
        {"abc", "ABC", false, true, false},
        {"abc", "ab", false, false, true},
        {"ab", "abc", false, false, false},
        {"abc", "", false, false, true},
        {"\xC3\xA4", "\xC3\x84", false, false, false}, /* letter case of ASCII alone */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text a = text_of(cases[i].a), b = text_of(cases[i].b);
        assert_int_equal(text_equal(a, b), cases[i].equal);
        assert_int_equal(text_is(a, cases[i].b), cases[i].equal);
        assert_int_equal(text_equal_nocase(a, b), cases[i].equal_nocase);
        assert_int_equal(text_starts_with(a, b), cases[i].starts_with);
    }
    assert_true(text_equal(TEXT_NONE, TEXT("")));
    assert_int_equal(TEXT("a\0b").size, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equality)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
