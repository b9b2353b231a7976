#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/suggest.h"

static void test_distance(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        uint32_t limit, distance;
    } cases[] = {
        {"", "", 3, 0},
        {"abc", "abc", 3, 0},
        {"abc", "ABC", 3, 0},        /* letter case is free */
        {"abc", "ab", 3, 1},         /* delete */
        {"abc", "xabc", 3, 1},       /* insert */
        {"abc", "axc", 3, 1},        /* replace */
        {"abc", "acb", 3, 1},        /* swap of neighbours */
        {"kitten", "sitting", 5, 3}, /* the textbook's */
        {"ca", "abc", 5, 3},         /* restricted: no edit inside a swap */
        {"kitten", "sitting", 2, 3}, /* the limit plus one */
        {"a", "abcdefgh", 3, 4},
        {"", "abc", 5, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text a = text_of(cases[i].a), b = text_of(cases[i].b);
        assert_int_equal(suggest_distance(a, b, cases[i].limit), cases[i].distance);
        assert_int_equal(suggest_distance(b, a, cases[i].limit), cases[i].distance);
    }
}

static void test_long_names_are_never_near(void **state)
{
    (void)state;
    char name[66];
    memset(name, 'a', sizeof name);
    Text fits = {name, 64}, too_long = {name, 65};
    assert_int_equal(suggest_distance(fits, fits, 3), 0);
    assert_int_equal(suggest_distance(too_long, too_long, 3), 4);
}

static void test_find(void **state)
{
    (void)state;
    static const Text names[] = {TEXT("auction"), TEXT("bidder"), TEXT("bitter"), TEXT("price"),
                                 TEXT("a")};
    static const struct {
        const char *wrong;
        int32_t found;
    } cases[] =
        {
            {"aucton", 0}, {"AUCTION", 0},  {"bdder", 1},  {"biter", 2},
            {"bicder", 1}, {"prices", 3},   {"p", -1},     {"A", 4},
            {"b", -1},     {"nothing", -1}, {"biiter", 2}, /* nearer than bidder */
        };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(suggest_find(text_of(cases[i].wrong), names, 5), cases[i].found);
    static const Text tied[] = {TEXT("abcx"), TEXT("abcy")};
    assert_int_equal(suggest_find(TEXT("abcz"), tied, 2), 0); /* the first one wins */
    assert_int_equal(suggest_find(TEXT("abc"), tied, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_long_names_are_never_near),
        cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
