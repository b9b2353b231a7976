#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "executor/function/float_sum.h"

enum { VALUES = 500 };

static uint64_t draw(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return *random >> 20;
}

static double total(const FloatSum *sum)
{
    return float_sum_total(sum, &(FloatOdd){0});
}

/* Values of 53 bits, moved left by up to 60: their sum is a whole number of at most 123 bits. */
static void is_exact_in_any_order(void **state)
{
    (void)state;
    uint64_t random = 5;
    for (int round = 0; round < 200; round++) {
        double value[VALUES];
        __int128 exact = 0;
        FloatSum forward = {0}, backward = {0}, merged = {0}, part = {0};
        for (int i = 0; i < VALUES; i++) {
            int shift = (int)(draw(&random) % 61);
            int64_t digits =
                (int64_t)(draw(&random) & 0x1FFFFFFFFFFFFF) * (draw(&random) % 2 ? 1 : -1);
            value[i] = ldexp((double)digits, shift);
            exact += (__int128)digits * ((__int128)1 << shift);
        }
        for (int i = 0; i < VALUES; i++) {
            float_sum_add(&forward, value[i]);
            float_sum_add(&backward, value[VALUES - 1 - i]);
            float_sum_add(i % 3 == 0 ? &part : &merged, value[i]);
        }
        float_sum_merge(&merged, &part);
        assert_true(total(&forward) == (double)exact); /* the compiler rounds to nearest, even */
        assert_true(total(&backward) == (double)exact);
        assert_true(total(&merged) == (double)exact);
        for (int i = 0; i < VALUES - 1; i++) /* what is taken back leaves nothing behind */
            float_sum_add(&forward, -value[i]);
        assert_true(total(&forward) == value[VALUES - 1]);
    }
}

static void rounds_once(void **state)
{
    (void)state;
    static const struct {
        double term[4];
        double sum;
    } cases[] = {
        {{0x1p53, 1, 0, 0}, 0x1p53},           /* a half: to even */
        {{0x1p53, 1, 0x1p-60, 0}, 0x1p53 + 2}, /* above the half by next to nothing */
        {{0x1p53, 1, -0x1p-60, 0}, 0x1p53},
        {{0x1p53, 3, -0x1p-60, 0}, 0x1p53 + 2},
        {{0x1p53, 3, 0, 0}, 0x1p53 + 4},
        {{1e100, 1, -1e100, 0}, 1},
        {{0.1, 0.2, -0.3, 0}, 0x1p-55}, /* of the doubles that they are */
        {{0, 0, 0, 0}, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FloatSum sum = {0};
        double term[4];
        for (int t = 0; t < 4; t++) {
            float_sum_add(&sum, cases[i].term[t]);
            term[t] = cases[i].term[t];
        }
        assert_true(total(&sum) == cases[i].sum);
        assert_true(float_sum_terms(term, 4) == cases[i].sum);
    }
}

static void counts_what_is_not_finite(void **state)
{
    (void)state;
    FloatOdd odd = {0}, other = {0};
    FloatSum sum = {0}, huge = {0}, small = {0};
    float_sum_add(&sum, 5);
    assert_false(float_is_odd(&odd, 5, 1));
    assert_true(float_is_odd(&odd, INFINITY, 1));
    assert_true(float_sum_total(&sum, &odd) == INFINITY);
    assert_true(float_is_odd(&other, -INFINITY, 1));
    float_odd_merge(&odd, &other, 1);
    assert_true(isnan(float_sum_total(&sum, &odd)));
    assert_true(float_is_odd(&odd, INFINITY, -1));
    assert_true(float_sum_total(&sum, &odd) == -INFINITY);
    assert_true(float_is_odd(&odd, -INFINITY, -1));
    assert_true(float_is_odd(&odd, NAN, 1));
    assert_true(isnan(float_sum_total(&sum, &odd)));
    assert_true(float_is_odd(&odd, NAN, -1));
    assert_true(float_sum_total(&sum, &odd) == 5);
    /* a sum beyond the range is infinite, merged or not */
    float_sum_add(&huge, 1.5e308);
    float_sum_add(&huge, 1.5e308);
    assert_true(total(&huge) == INFINITY);
    float_sum_add(&small, 1);
    float_sum_merge(&small, &huge);
    assert_true(total(&small) == INFINITY);
    float_sum_merge(&huge, &sum);
    assert_true(total(&huge) == INFINITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_exact_in_any_order),
                                       cmocka_unit_test(rounds_once),
                                       cmocka_unit_test(counts_what_is_not_finite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
