#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/bits.h"

static void test_words(void **state)
{
    (void)state;
    static const uint32_t cases[][2] = {{0, 0}, {1, 1}, {63, 1}, {64, 1}, {65, 2}, {1024, 16}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(bits_words(cases[i][0]), cases[i][1]);
}

/* Changing one bit changes no other. */
static void test_single_bits(void **state)
{
    (void)state;
    enum { COUNT = 130 };
    uint64_t bits[3];
    for (uint32_t at = 0; at < COUNT; at++) {
        bits_fill(bits, COUNT, false);
        bit_set(bits, at);
        for (uint32_t i = 0; i < COUNT; i++)
            assert_int_equal(bit_get(bits, i), i == at);
        bit_put(bits, at, true);
        assert_true(bit_get(bits, at));
        bit_put(bits, at, false);
        assert_false(bit_get(bits, at));
        bits_fill(bits, COUNT, true);
        bit_clear(bits, at);
        for (uint32_t i = 0; i < COUNT; i++)
            assert_int_equal(bit_get(bits, i), i != at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_single_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
