#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>

#include "executor/function/float_exact.h"
#include "executor/function/float_sum.h"

enum { VALUES = 200 };

static uint64_t draw(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return *random >> 11;
}

/* Of any size: digits over the whole range of exponents, some of them less than normal. */
static double draw_value(uint64_t *random)
{
    int64_t digits = (int64_t)(draw(random) & 0x1FFFFFFFFFFFFF);
    int exponent = (int)(draw(random) % 2040) - 1074;
    double value = ldexp((double)digits, exponent - (draw(random) % 4 == 0 ? 40 : 0));
    return draw(random) % 2 == 0 ? value : -value;
}

/* What other arithmetic makes of the same values. */
static double expected_sum(const double *value, uint32_t count)
{
    double term[VALUES];
    memcpy(term, value, count * sizeof *term);
    return float_sum_terms(term, count);
}

static void is_what_is_in_it(void **state)
{
    (void)state;
    uint64_t random = 3;
    for (int round = 0; round < 2000; round++) {
        double value[VALUES];
        FloatExact whole = {0}, part = {0};
        uint32_t kept = (uint32_t)(draw(&random) % 8);
        for (uint32_t i = 0; i < VALUES; i++) {
            value[i] = draw_value(&random) / 1024; /* their sum is in range */
            float_exact_move(i % 3 == 0 ? &part : &whole, value[i], false);
        }
        float_exact_merge(&whole, &part, false);
        assert_true(float_exact_total(&whole) == expected_sum(value, VALUES));
        for (uint32_t i = kept; i < VALUES; i++)
            float_exact_move(&whole, value[i], true);
        assert_true(float_exact_total(&whole) == expected_sum(value, kept));
        float_exact_merge(&part, &part, true);
        assert_true(float_exact_total(&part) == 0);
    }
}

static void rounds_once(void **state)
{
    (void)state;
    static const struct {
        double term[4];
        double sum;
    } cases[] = {
        {{1, 0x1p-53}, 1},
        {{1, 0x1p-53, DBL_TRUE_MIN}, 1 + 0x1p-52},
        {{1 + 0x1p-52, 0x1p-53}, 1 + 0x1p-51},
        {{-1, -0x1p-53, -DBL_TRUE_MIN}, -1 - 0x1p-52},
        {{0x1.fffffffffffffp0, 0x1p-53}, 2},
        {{DBL_TRUE_MIN, DBL_TRUE_MIN}, 2 * DBL_TRUE_MIN},
        {{DBL_MIN, -DBL_TRUE_MIN}, DBL_MIN - DBL_TRUE_MIN},
        {{0x1p-10, -0x1p-10}, 0},
        {{1e300, 5, -1e300, 1e-300}, 5},
        {{DBL_MAX, DBL_MAX}, INFINITY},
        {{-DBL_MAX, -DBL_MAX}, -INFINITY},
        {{DBL_MAX, DBL_MAX, -DBL_MAX}, DBL_MAX},
        {{DBL_MAX, 0x1p969}, DBL_MAX},
        {{DBL_MAX, 0x1p970}, INFINITY},
        {{-0.0, 0.0}, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        FloatExact sum = {0}, negative = {0};
        for (int i = 0; i < 4; i++) {
            float_exact_move(&sum, cases[c].term[i], false);
            float_exact_move(&negative, cases[c].term[i], true);
        }
        if (float_exact_total(&sum) != cases[c].sum ||
            float_exact_total(&negative) != -cases[c].sum)
            fail_msg("case %zu: %a", c, float_exact_total(&sum));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_what_is_in_it),
        cmocka_unit_test(rounds_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
