#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/wide.h"

#define ALL (~(UInt128)0)

static void check(Wide value, UInt128 high, UInt128 low)
{
    assert_true(value.high == high && value.low == low);
}

static void test_multiply(void **state)
{
    (void)state;
    check(wide_multiply(0, ALL), 0, 0);
    check(wide_multiply(1, ALL), 0, ALL);
    check(wide_multiply(ALL, ALL), ALL - 1, 1); /* (2^128 - 1)^2 = 2^256 - 2^129 + 1 */
    check(wide_multiply((UInt128)1 << 64, (UInt128)1 << 64), 1, 0);
    check(wide_multiply((UInt128)1 << 127, 6), 3, 0);
}

static void test_scale(void **state)
{
    (void)state;
    Wide value = wide_of(ALL);
    assert_true(wide_scale(&value, 2));
    check(value, 1, ALL - 1);
    assert_true(wide_scale(&value, (UInt128)1 << 126));
    assert_false(wide_scale(&value, 4));
    value = (Wide){ALL, ALL};
    assert_true(wide_scale(&value, 1));
    check(value, ALL, ALL);
    assert_false(wide_scale(&value, 2));
}

static void test_add_subtract_compare(void **state)
{
    (void)state;
    Wide a = {1, ALL}, b = {2, 0};
    check(wide_add(a, wide_of(1)), 2, 0);
    check(wide_subtract(b, wide_of(1)), 1, ALL);
    check(wide_subtract(b, b), 0, 0);
    assert_int_equal(wide_compare(a, b), -1);
    assert_int_equal(wide_compare(b, a), 1);
    assert_int_equal(wide_compare(a, a), 0);
    assert_int_equal(wide_compare(wide_of(1), wide_of(2)), -1);
}

/* quotient * divisor + remainder is the value again, and the remainder is less than the divisor:
 * for operands around the borders of limbs, where an estimate goes wrong. */
static void test_divide(void **state)
{
    (void)state;
    static const uint64_t limbs[] = {0,
                                     1,
                                     2,
                                     9,
                                     UINT64_C(1) << 63,
                                     (UINT64_C(1) << 63) - 1,
                                     (UINT64_C(1) << 63) + 1,
                                     UINT64_MAX - 1,
                                     UINT64_MAX};
    enum { COUNT = sizeof limbs / sizeof *limbs };
    for (unsigned i = 0; i < COUNT * COUNT * COUNT * COUNT; i++) {
        Wide value = {(UInt128)limbs[i % COUNT] << 64 | limbs[i / COUNT % COUNT],
                      (UInt128)limbs[i / COUNT / COUNT % COUNT] << 64 |
                          limbs[i / COUNT / COUNT / COUNT]};
        for (unsigned j = 1; j < COUNT * COUNT; j++) {
            UInt128 divisor = (UInt128)limbs[j % COUNT] << 64 | limbs[j / COUNT], rest;
            Wide quotient = wide_divide(value, divisor, &rest);
            assert_true(rest < divisor);
            assert_true(wide_scale(&quotient, divisor));
            assert_int_equal(wide_compare(wide_add(quotient, wide_of(rest)), value), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_multiply),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_add_subtract_compare),
        cmocka_unit_test(test_divide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
