#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/decimal.h"

typedef Type Rule(const Type *a, const Type *b);

/* Expected: TYPEOF of the expression in Flink 2.3. */
static void test_results(void **state)
{
    (void)state;
    const Type tinyint = type_make(TYPE_TINYINT), smallint = type_make(TYPE_SMALLINT);
    const Type integer = type_make(TYPE_INT), bigint = type_make(TYPE_BIGINT);
    const struct {
        Rule *rule;
        Type a, b, result;
    } cases[] = {
        {decimal_add_type, type_decimal(10, 2), type_decimal(10, 2), type_decimal(11, 2)},
        {decimal_add_type, type_decimal(10, 2), integer, type_decimal(13, 2)},
        {decimal_add_type, type_decimal(2, 1), integer, type_decimal(12, 1)},
        {decimal_add_type, tinyint, type_decimal(3, 1), type_decimal(5, 1)},
        {decimal_add_type, type_decimal(38, 0), integer, type_decimal(38, 0)},
        {decimal_add_type, type_decimal(38, 20), type_decimal(38, 2), type_decimal(38, 6)},
        {decimal_multiply_type, type_decimal(10, 2), type_decimal(10, 2), type_decimal(21, 4)},
        {decimal_multiply_type, type_decimal(10, 2), integer, type_decimal(21, 2)},
        {decimal_multiply_type, type_decimal(4, 3), bigint, type_decimal(24, 3)},
        {decimal_multiply_type, smallint, type_decimal(3, 1), type_decimal(9, 1)},
        {decimal_multiply_type, type_decimal(38, 0), integer, type_decimal(38, 0)},
        {decimal_multiply_type, type_decimal(38, 10), type_decimal(38, 10), type_decimal(38, 6)},
        {decimal_multiply_type, type_decimal(38, 37), type_decimal(38, 37), type_decimal(38, 35)},
        {decimal_multiply_type, type_decimal(38, 38), type_decimal(38, 38), type_decimal(38, 37)},
        {decimal_divide_type, type_decimal(10, 2), type_decimal(10, 2), type_decimal(23, 13)},
        {decimal_divide_type, type_decimal(10, 2), integer, type_decimal(21, 13)},
        {decimal_divide_type, integer, type_decimal(2, 1), type_decimal(17, 6)},
        {decimal_divide_type, bigint, type_decimal(3, 1), type_decimal(26, 6)},
        {decimal_divide_type, type_decimal(38, 0), type_decimal(38, 0), type_decimal(38, 6)},
        {decimal_divide_type, type_decimal(38, 10), type_decimal(38, 10), type_decimal(38, 6)},
        {decimal_divide_type, type_decimal(20, 18), type_decimal(20, 18), type_decimal(38, 18)},
        {decimal_divide_type, type_decimal(38, 38), type_decimal(38, 38), type_decimal(38, 6)},
        {decimal_modulo_type, type_decimal(10, 2), integer, type_decimal(10, 2)},
        {decimal_modulo_type, type_decimal(38, 10), type_decimal(5, 5), type_decimal(10, 10)},
        {decimal_modulo_type, type_decimal(5, 5), type_decimal(5, 5), type_decimal(5, 5)},
        {decimal_modulo_type, type_decimal(20, 3), type_decimal(38, 10), type_decimal(27, 10)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Type result = cases[i].rule(&cases[i].a, &cases[i].b);
        if (!type_equal(&result, &cases[i].result))
            fail_msg("case %zu gave (%u, %u)", i, result.precision, result.scale);
    }
}

static void test_aggregates(void **state)
{
    (void)state;
    Type type = type_decimal(10, 2);
    Type sum = decimal_sum_type(&type), average = decimal_average_type(&type);
    assert_int_equal(sum.precision, 38);
    assert_int_equal(sum.scale, 2);
    assert_int_equal(average.precision, 38);
    assert_int_equal(average.scale, 6);
    type = type_decimal(20, 9);
    assert_int_equal(decimal_average_type(&type).scale, 9);
}

static void test_nullability(void **state)
{
    (void)state;
    static Rule *const rules[] = {decimal_add_type, decimal_multiply_type, decimal_divide_type,
                                  decimal_modulo_type};
    Type nullable = type_decimal(5, 1), needed = type_with_null(type_make(TYPE_INT), false);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        assert_false(rules[i](&needed, &needed).nullable);
        assert_true(rules[i](&needed, &nullable).nullable);
        assert_true(rules[i](&nullable, &needed).nullable);
    }
    assert_false(decimal_of_exact(&needed).nullable);
}

/* No two inputs make a type that does not exist. */
static void test_every_pair(void **state)
{
    (void)state;
    static Rule *const rules[] = {decimal_add_type, decimal_multiply_type, decimal_divide_type,
                                  decimal_modulo_type};
    for (uint32_t p1 = 1; p1 <= 38; p1 += 3)
        for (uint32_t s1 = 0; s1 <= p1; s1++)
            for (uint32_t p2 = 1; p2 <= 38; p2 += 3)
                for (uint32_t s2 = 0; s2 <= p2; s2++)
                    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
                        Type a = type_decimal(p1, s1), b = type_decimal(p2, s2);
                        Type result = rules[i](&a, &b);
                        assert_true(result.precision >= 1 && result.precision <= 38);
                        assert_true(result.scale <= result.precision);
                    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_aggregates),
        cmocka_unit_test(test_nullability),
        cmocka_unit_test(test_every_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
