#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/hash.h"

/* XXH3 (64 bits) of the empty input with seed 0, from its specification. */
static void test_known_value(void **state)
{
    (void)state;
    assert_int_equal(hash_bytes("", 0, 0), UINT64_C(0x2D06800538D394C2));
}

static void test_seed_and_input_matter(void **state)
{
    (void)state;
    assert_int_equal(hash_bytes("abc", 3, 1), hash_bytes("abc", 3, 1));
    assert_int_not_equal(hash_bytes("abc", 3, 1), hash_bytes("abc", 3, 2));
    assert_int_not_equal(hash_bytes("abc", 3, 1), hash_bytes("abd", 3, 1));
    assert_int_not_equal(hash_u64(1, 0), hash_u64(1, 1));
}

/* The finaliser is a bijection: neighbours never collide, and each input bit moves about half of
 * the output bits. */
static void test_words_spread(void **state)
{
    (void)state;
    for (uint64_t value = 1; value < 1000; value++) {
        for (uint32_t bit = 0; bit < 64; bit++) {
            uint64_t changed = hash_u64(value, 0) ^ hash_u64(value ^ UINT64_C(1) << bit, 0);
            int moved = __builtin_popcountll(changed);
            assert_in_range(moved, 8, 56);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_value),
        cmocka_unit_test(test_seed_and_input_matter),
        cmocka_unit_test(test_words_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
