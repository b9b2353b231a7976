#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/str.h"

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";

static void test_view(void **state)
{
    (void)state;
    for (uint32_t size = 0; size <= 26; size++) {
        Str str = str_view(alphabet, size);
        assert_int_equal(str.size, size);
        assert_memory_equal(str_bytes(&str), alphabet, size);
        assert_int_equal(str_bytes(&str) == alphabet, size > STR_INLINE); /* borrowed when long */
        assert_true(text_equal(str_text(&str), (Text){alphabet, size}));
    }
    Str empty = str_of_text(TEXT_NONE);
    assert_int_equal(empty.size, 0);
}

static void test_order(void **state)
{
    (void)state;
    /* ascending by bytes */
    static const char *const sorted[] = {
        "",
        "a",
        "aa",
        "ab",
        "abcdefghijkl",
        "abcdefghijklm",
        "abcdefghijklma",
        "abcdefghijklmb",
        "abcdefghijklmn",
        "abcdx",
        "b",
        "\x7F",
        "\xC3\xA4",
        "\xE2\x82\xAC",
        "\xF0\x9F\x98\x80",
    };
    int count = sizeof sorted / sizeof *sorted;
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            char copy[32];
            memcpy(copy, sorted[j], strlen(sorted[j]) + 1); /* equal bytes at another place */
            Str a = str_of_text(text_of(sorted[i])), b = str_of_text(text_of(copy));
            int order = str_compare(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            assert_int_equal(str_equal(&a, &b), i == j);
        }
    }
}

static void test_copy(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    char bytes[] = "long enough to be elsewhere";
    Str far = str_view(bytes, sizeof bytes - 1), near = str_of_text(TEXT("short")), copy;
    assert_int_equal(str_copy(&arena, &far, &copy), ST_OK);
    bytes[5] = '!';
    assert_memory_equal(str_bytes(&copy), "long enough to be elsewhere", copy.size);
    mem_fail_at(1, true);
    Arena none;
    arena_init(&none, NULL);
    assert_int_equal(str_copy(&none, &near, &copy), ST_OK); /* needs no memory */
    assert_true(str_equal(&near, &copy));
    assert_int_equal(str_copy(&none, &far, &copy), ST_NOMEM);
    mem_fail_at(0, false);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
