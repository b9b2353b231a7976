#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "storage/data/predicate.h"

/* Which of = <> < <= > >= hold, as a row of '1' and '0'. */
static const char *holds(Value value, const Column *column, uint32_t row)
{
    static char found[7];
    for (int op = PREDICATE_EQ; op <= PREDICATE_GE; op++) {
        Comparison comparison = {0, (PredicateOp)op, value};
        found[op] = comparison_holds(&comparison, column, row) ? '1' : '0';
    }
    return found;
}

static void test_numbers(void **state)
{
    (void)state;
    int64_t cells[] = {-1, 5, 9};
    Column column = {.phys = PHYS_I64, .data.i64 = cells};
    Value five = {.type = type_make(TYPE_BIGINT), .as.i64 = 5};
    assert_string_equal(holds(five, &column, 0), "011100");
    assert_string_equal(holds(five, &column, 1), "100101");
    assert_string_equal(holds(five, &column, 2), "010011");
}

static void test_doubles(void **state)
{
    (void)state;
    double cells[] = {1.5, NAN};
    Column column = {.phys = PHYS_F64, .data.f64 = cells};
    Value value = {.type = type_make(TYPE_DOUBLE), .as.f64 = 1.5};
    assert_string_equal(holds(value, &column, 0), "100101");
    assert_string_equal(holds(value, &column, 1), "010000");
}

static void test_strings(void **state)
{
    (void)state;
    Str cells[] = {str_of_text(TEXT("apple")), str_of_text(TEXT("a long string beyond inline")),
                   str_of_text(TEXT(""))};
    Column column = {.phys = PHYS_STR, .data.str = cells};
    Value value = {.type = type_string(), .as.str = str_of_text(TEXT("apple"))};
    assert_string_equal(holds(value, &column, 0), "100101");
    assert_string_equal(holds(value, &column, 1), "011100");
    value.as.str = cells[1];
    assert_string_equal(holds(value, &column, 1), "100101");
    assert_string_equal(holds(value, &column, 2), "011100");
}

static void test_nulls(void **state)
{
    (void)state;
    int64_t cells[] = {0, 5};
    uint64_t valid[] = {2};
    Column column = {.phys = PHYS_I64, .valid = valid, .data.i64 = cells};
    Value zero = {.type = type_make(TYPE_BIGINT)};
    assert_string_equal(holds(zero, &column, 0), "000000");
    Comparison null = {.op = PREDICATE_IS_NULL}, not_null = {.op = PREDICATE_IS_NOT_NULL};
    assert_true(comparison_holds(&null, &column, 0));
    assert_false(comparison_holds(&null, &column, 1));
    assert_false(comparison_holds(&not_null, &column, 0));
    assert_true(comparison_holds(&not_null, &column, 1));
    zero.null = true;
    assert_string_equal(holds(zero, &column, 1), "000000");
}

/* Many rows at once as one by one, whatever the column, its NULLs and the place of the rows in it.
 */
static void test_select(void **state)
{
    (void)state;
    enum { ROWS = 200 };
    int64_t numbers[ROWS];
    double doubles[ROWS];
    uint64_t valid[(ROWS + 63) / 64] = {0};
    for (uint32_t i = 0; i < ROWS; i++) {
        numbers[i] = (int64_t)(i * 7 % 5) - 2;
        doubles[i] = i % 9 == 0 ? NAN : (double)numbers[i];
        bit_put(valid, i, i % 11 != 3);
    }
    Column columns[] = {{.phys = PHYS_I64, .data.i64 = numbers},
                        {.phys = PHYS_I64, .valid = valid, .data.i64 = numbers},
                        {.phys = PHYS_F64, .valid = valid, .data.f64 = doubles}};
    Value values[] = {{.type = type_make(TYPE_BIGINT)},
                      {.type = type_make(TYPE_BIGINT)},
                      {.type = type_make(TYPE_DOUBLE)},
                      {.type = type_make(TYPE_BIGINT), .null = true}};
    for (uint32_t c = 0; c < 3; c++) {
        for (int op = PREDICATE_EQ; op <= PREDICATE_IS_NOT_NULL; op++) {
            for (uint32_t first = 0; first + 64 <= ROWS; first += 17) {
                for (uint32_t count = 1; count <= 64; count += 21) {
                    Comparison comparison = {0, (PredicateOp)op, values[first % 3 == 2 ? 3 : c]};
                    uint64_t found = comparison_select(&comparison, &columns[c], first, count);
                    for (uint32_t i = 0; i < count; i++)
                        assert_int_equal(found >> i & 1,
                                         comparison_holds(&comparison, &columns[c], first + i));
                }
            }
        }
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(predicate_op_name(PREDICATE_NE), "<>");
    assert_string_equal(predicate_op_name(PREDICATE_IS_NOT_NULL), "IS NOT NULL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_strings), cmocka_unit_test(test_nulls),
        cmocka_unit_test(test_select),  cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
