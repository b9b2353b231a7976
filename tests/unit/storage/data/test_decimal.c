#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "storage/data/decimal.h"

/* An unscaled value from its digits, however many. */
static Int128 unscaled(const char *digits)
{
    Int128 value = 0;
    bool negative = *digits == '-';
    for (const char *p = digits + negative; *p != '\0'; p++)
        value = value * 10 + (negative ? -(*p - '0') : *p - '0');
    return value;
}

static const char *print_unscaled(Int128 value)
{
    static char text[DECIMAL_TEXT_BYTES + 1];
    text[decimal_format(value, 0, text)] = '\0';
    return text;
}

static bool calculate(char op, Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale,
                      uint32_t precision, uint32_t scale, Int128 *out)
{
    switch (op) {
    case '+': return decimal_add(a, a_scale, b, b_scale, precision, scale, out);
    case '-': return decimal_subtract(a, a_scale, b, b_scale, precision, scale, out);
    case '*': return decimal_multiply(a, a_scale, b, b_scale, precision, scale, out);
    case '/': return decimal_divide(a, a_scale, b, b_scale, precision, scale, out);
    default: return decimal_modulo(a, a_scale, b, b_scale, precision, scale, out);
    }
}

typedef struct Case {
    char op;
    const char *a;
    uint32_t a_scale;
    const char *b;
    uint32_t b_scale;
    uint32_t precision, scale;
    const char *result; /* unscaled; NULL: does not fit */
} Case;

static void check_cases(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Case *c = &cases[i];
        Int128 result;
        bool fits = calculate(c->op, unscaled(c->a), c->a_scale, unscaled(c->b), c->b_scale,
                              c->precision, c->scale, &result);
        const char *text = fits ? print_unscaled(result) : "nothing";
        if (fits != (c->result != NULL) || (fits && strcmp(text, c->result) != 0))
            fail_msg("case %zu: %s %c %s gave %s", i, c->a, c->op, c->b, text);
    }
}

/* By hand, from the rules and from Flink's answers. */
static void test_arithmetic(void **state)
{
    (void)state;
    static const Case cases[] = {
        {'+', "1235", 2, "-725", 2, 11, 2, "510"},
        {'-', "1235", 2, "-725", 2, 11, 2, "1960"},
        {'*', "1235", 2, "-725", 2, 21, 4, "-895375"},
        {'/', "1235", 2, "-725", 2, 23, 13, "-17034482758621"},
        {'/', "1235", 2, "3", 0, 21, 13, "41166666666667"},
        {'/', "7", 0, "20", 1, 17, 6, "3500000"},
        {'%', "-725", 2, "2", 0, 10, 2, "-125"},
        {'*', "908", 3, "9223372036854775807", 0, 24, 3, "8374821809464136432756"},
        {'+', "12345678901234567890123456789012345678", 0, "1", 0, 38, 0,
         "12345678901234567890123456789012345679"},
        {'*', "12345678901234567890123456789012345678", 0, "10", 0, 38, 0, NULL},
        {'*', "12345678901234567890123456789012345678", 0, "12345678901234567890123456789012345678",
         0, 38, 0, NULL},
        {'/', "10", 0, "3", 0, 38, 6, "3333333"},
        {'/', "99999999999999999999999999999999999999", 0, "1", 5, 38, 6, NULL},
        {'%', "12345678500", 3, "7000000000", 10, 38, 10, "4000000000"},
        /* the half goes away from zero, on both sides */
        {'/', "1", 0, "2", 0, 38, 0, "1"},
        {'/', "-1", 0, "2", 0, 38, 0, "-1"},
        {'/', "49", 2, "1", 0, 38, 0, "0"},
        {'*', "-5", 1, "1", 0, 38, 0, "-1"},
        {'+', "24", 1, "1", 1, 38, 0, "3"},
        {'-', "24", 1, "49", 1, 38, 0, "-3"},
        {'-', "99999999999999999999999999999999999999", 0,
         "-99999999999999999999999999999999999999", 0, 38, 0, NULL},
        {'+', "99999999999999999999999999999999999999", 0, "4", 1, 38, 0,
         "99999999999999999999999999999999999999"},
        {'+', "99999999999999999999999999999999999999", 0, "5", 1, 38, 0, NULL},
        {'/', "0", 0, "99999999999999999999999999999999999999", 38, 38, 37, "0"},
        {'/', "1", 38, "99999999999999999999999999999999999999", 0, 38, 0, "0"},
        {'%', "5", 38, "3", 0, 38, 38, "5"},
        {'%', "-7", 0, "-3", 0, 38, 0, "-1"},
        {'%', "5", 38, "99999999999999999999999999999999999999", 0, 38, 38, "5"},
        /* 76 digits are cut, and only the first of them rounds: sqrt(1/2) from below, from above */
        {'*', "70710678118654752440084436210484903928", 38,
         "70710678118654752440084436210484903928", 38, 38, 0, "0"},
        {'*', "70710678118654752440084436210484903929", 38,
         "70710678118654752440084436210484903929", 38, 38, 0, "1"},
        /* beyond 256 bits on the way */
        {'*', "99999999999999999999999999999999999999", 0, "99999999999999999999999999999999999999",
         0, 38, 10, NULL},
        {'/', "99999999999999999999999999999999999999", 0, "1", 38, 38, 38, NULL},
        {'/', "1", 0, "1", 38, 38, 38, NULL},
    };
    check_cases(cases, sizeof cases / sizeof *cases);
}

/* Random operands; expected values by exact fractions in Python, rounded half away from zero. */
static void test_arithmetic_of_large_numbers(void **state)
{
    (void)state;
    static const Case cases[] = {
        {'+', "43996957303299314894497152681980456348", 37, "592726135737049549", 18, 38, 18,
         "4992421866066981038"},
        {'+', "-918", 6, "-257803018119979560", 38, 38, 18, "-918000000000000"},
        {'+', "8871838111", 37, "-41171361308910821577", 18, 38, 6, "-41171361"},
        {'+', "-3609990216", 0, "-46757625185691862824", 5, 38, 0, "-467579861847135"},
        {'+', "7731078109297754344", 37, "-13027025642359561367", 5, 38, 0, "-130270256423596"},
        {'-', "408", 2, "73613941819022155425", 5, 38, 18, "-736139418190217474250000000000000"},
        {'-', "-10620388620045414963475379790141616373", 6, "-34333950456773740114", 18, 38, 6,
         "-10620388620045414963475379790107282423"},
        {'-', "71833189437773800569302454022893325662", 37, "120313343", 18, 38, 2, "718"},
        {'-', "8146164476463896353762306", 6, "620186199", 38, 38, 2, "814616447646389635376"},
        {'-', "56723703399149901380090820286329906950", 0, "268322749402725539", 2, 38, 6, NULL},
        {'*', "-8438259425693670990052912", 2, "716476626031151176", 2, 38, 6, NULL},
        {'*', "-7470884882", 2, "90502353972611717551", 38, 38, 37, "-676132668079397522707819964"},
        {'*', "3696201354609887501", 37, "535452340858511873", 2, 38, 37,
         "19791396676102667974784740428027994"},
        {'*', "-282", 38, "-42670283649188079997529074739585535814", 18, 38, 18, "120"},
        {'*', "8578242255971332691048219", 0, "647875800", 38, 38, 0, "0"},
        {'*', "9285700987447102620", 38, "-563740497551551632", 0, 38, 6, "-52347"},
        {'/', "-8823570648505563945", 37, "85766860939575028567255491835949711702", 0, 38, 0, "0"},
        {'/', "7115376167167101625", 0, "414374711", 2, 38, 18, "1717135717572084563094874773861"},
        {'/', "99603855145777918560322663475954025527", 6, "-325852465", 2, 38, 2,
         "-3056716331600496517966272358"},
        {'/', "-125", 38, "-43", 38, 38, 37, "29069767441860465116279069767441860465"},
        {'/', "-792", 0, "217444346199428357", 5, 38, 37, "-3642311303296061977629612293"},
        {'%', "2940499400", 6, "-51713303842645451628563295568698559103", 38, 38, 18,
         "80943507179620400"},
        {'%', "9721473836565716303338604", 37, "-94493952026366488166", 38, 38, 37,
         "2197859550457362240"},
        {'%', "-545", 6, "482430686023086164", 18, 38, 18, "-545000000000000"},
        {'%', "1023118510386114531688333", 0, "-14156622418136994403", 2, 38, 0,
         "13654641098501191"},
    };
    check_cases(cases, sizeof cases / sizeof *cases);
}

/* Everything small, against plain integer arithmetic. */
static void test_arithmetic_of_small_numbers(void **state)
{
    (void)state;
    for (int a = -30; a <= 30; a++) {
        for (int b = -30; b <= 30; b++) {
            Int128 out;
            assert_true(decimal_add(a, 1, b, 0, 38, 1, &out) && out == a + b * 10);
            assert_true(decimal_subtract(a, 0, b, 1, 38, 1, &out) && out == a * 10 - b);
            assert_true(decimal_multiply(a, 1, b, 1, 38, 2, &out) && out == a * b);
            assert_int_equal(decimal_compare(a, 1, b, 0), (a > b * 10) - (a < b * 10));
            assert_int_equal(decimal_compare(a, 1, b, 1), (a > b) - (a < b));
            if (b == 0)
                continue;
            assert_true(decimal_modulo(a, 0, b, 0, 38, 0, &out) && out == a % b);
            int twice = 2 * (a < 0 ? -a : a), by = b < 0 ? -b : b;
            int rounded = (twice + by) / (2 * by);
            assert_true(decimal_divide(a, 0, b, 0, 38, 0, &out));
            assert_true(out == ((a < 0) != (b < 0) ? -rounded : rounded));
        }
    }
}

static void test_rescale(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        uint32_t from, precision, scale;
        bool fits;
        int64_t rescaled, truncated;
    } cases[] = {
        {2345, 3, 3, 2, true, 235, 234},    {-2345, 3, 3, 2, true, -235, -234},
        {25, 1, 3, 0, true, 3, 2},          {-25, 1, 3, 0, true, -3, -2},
        {12345, 0, 3, 0, false, 0, 12345},  {9995, 3, 3, 2, false, 0, 999},
        {9994, 3, 3, 2, true, 999, 999},    {5, 38, 38, 0, true, 0, 0},
        {INT64_MAX, 18, 38, 0, true, 9, 9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Int128 out;
        bool fits = decimal_rescale(cases[i].value, cases[i].from, cases[i].precision,
                                    cases[i].scale, &out);
        assert_int_equal(fits, cases[i].fits);
        if (fits)
            assert_true(out == cases[i].rescaled);
        assert_true(decimal_truncate(cases[i].value, cases[i].from, cases[i].scale) ==
                    cases[i].truncated);
    }
    Int128 out;
    assert_true(decimal_rescale(1, 0, 38, 37, &out) && out == decimal_power10(37));
    assert_false(decimal_rescale(10, 0, 38, 37, &out));
}

static void test_fits(void **state)
{
    (void)state;
    Int128 power = 1;
    for (uint32_t digits = 0; digits <= DECIMAL_MAX_PRECISION; digits++) {
        assert_true(decimal_power10(digits) == power);
        assert_true(decimal_fits(power - 1, digits) && decimal_fits(1 - power, digits));
        assert_false(decimal_fits(power, digits) || decimal_fits(-power, digits));
        if (digits < DECIMAL_MAX_PRECISION)
            power *= 10;
    }
}

enum { MALFORMED = 1, TOO_LARGE };

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t precision, scale;
        const char *value; /* unscaled */
        int error;
    } cases[] = {
        {"12.35", 10, 2, "1235", 0},
        {" 1.5 ", 5, 2, "150", 0},
        {"+5", 5, 2, "500", 0},
        {".5", 5, 2, "50", 0},
        {"5.", 5, 2, "500", 0},
        {"1e2", 5, 2, "10000", 0},
        {"1.235", 5, 2, "124", 0}, /* HALF_UP */
        {"-1.235", 5, 2, "-124", 0},
        {"1.2349999", 5, 2, "123", 0},
        {"0.004", 5, 2, "0", 0},
        {"0.005", 5, 2, "1", 0},
        {"1e-3", 5, 2, "0", 0},
        {"-0", 5, 2, "0", 0},
        {"0e999999999999", 5, 2, "0", 0},
        {"1e-999999999999", 5, 2, "0", 0},
        {"00000000000000000000000000000000000000000001", 1, 0, "1", 0},
        {"99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999",
         0},
        {"0.00000000000000000000000000000000000001", 38, 38, "1", 0},
        {"123456.789", 5, 2, NULL, TOO_LARGE},
        {"999.995", 5, 2, NULL, TOO_LARGE},
        {"1e999999999999", 5, 2, NULL, TOO_LARGE},
        {"100000000000000000000000000000000000000", 38, 0, NULL, TOO_LARGE},
        {"99999999999999999999999999999999999999.5", 38, 0, NULL, TOO_LARGE},
        {"garbage", 5, 2, NULL, MALFORMED},
        {"", 5, 2, NULL, MALFORMED},
        {"1,5", 5, 2, NULL, MALFORMED},
        {"NaN", 5, 2, NULL, MALFORMED},
        {"1e", 5, 2, NULL, MALFORMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Int128 value;
        bool overflow = true;
        bool parsed = decimal_parse(text_of(cases[i].text), cases[i].precision, cases[i].scale,
                                    &value, &overflow);
        if (parsed != (cases[i].error == 0) || overflow != (cases[i].error == TOO_LARGE))
            fail_msg("\"%s\": parsed %d, overflow %d", cases[i].text, parsed, overflow);
        if (parsed)
            assert_string_equal(print_unscaled(value), cases[i].value);
    }
}

static void test_format(void **state)
{
    (void)state;
    static const struct {
        const char *unscaled;
        uint32_t scale;
        const char *text;
    } cases[] = {
        {"-1250", 2, "-12.50"},
        {"0", 0, "0"},
        {"0", 2, "0.00"},
        {"5", 2, "0.05"},
        {"-5", 1, "-0.5"},
        {"12", 0, "12"},
        {"18446744073709551615", 0, "18446744073709551615"},
        {"18446744073709551616", 3, "18446744073709551.616"},
        {"10000000000000000000", 0, "10000000000000000000"},
        {"100000000000000000000000000000000000000", 0, "100000000000000000000000000000000000000"},
        {"-99999999999999999999999999999999999999", 38,
         "-0.99999999999999999999999999999999999999"},
        {"1", 38, "0.00000000000000000000000000000000000001"},
    };
    StrBuf out;
    strbuf_init(&out, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strbuf_clear(&out);
        decimal_print(unscaled(cases[i].unscaled), cases[i].scale, &out);
        assert_string_equal(strbuf_cstr(&out), cases[i].text);
        assert_true(out.size <= DECIMAL_TEXT_BYTES);
    }
    strbuf_close(&out);
}

static void test_other_numbers(void **state)
{
    (void)state;
    assert_true(decimal_to_double(1235, 2) == 12.35);
    assert_true(decimal_to_double(unscaled("12345678901234567890123456789012345678"), 0) ==
                12345678901234567890123456789012345678.0);
    assert_true(decimal_to_double(-1, 38) == -1e-38);
    static const struct {
        double value;
        uint32_t precision, scale;
        const char *unscaled; /* NULL: does not fit */
    } doubles[] = {
        {2.675, 10, 2, "268"}, /* by its decimal text, as Flink */
        {1.005, 10, 2, "101"},
        {-0.5, 5, 0, "-1"},
        {1e30, 10, 2, NULL},
        {1e-30, 38, 30, "1"},
        {NAN, 10, 2, NULL},
        {INFINITY, 38, 0, NULL},
        {0.1, 38, 20, "10000000000000000000"},
    };
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
        Int128 out;
        bool fits =
            decimal_from_double(doubles[i].value, doubles[i].precision, doubles[i].scale, &out);
        assert_int_equal(fits, doubles[i].unscaled != NULL);
        if (fits)
            assert_string_equal(print_unscaled(out), doubles[i].unscaled);
    }
    int64_t whole;
    assert_true(decimal_to_i64(79, 1, &whole) && whole == 7);
    assert_true(decimal_to_i64(-79, 1, &whole) && whole == -7);
    assert_true(decimal_to_i64(unscaled("-9223372036854775808"), 0, &whole) && whole == INT64_MIN);
    assert_true(decimal_to_i64(unscaled("92233720368547758079"), 1, &whole) && whole == INT64_MAX);
    assert_false(decimal_to_i64(unscaled("9223372036854775808"), 0, &whole));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_arithmetic_of_large_numbers),
        cmocka_unit_test(test_arithmetic_of_small_numbers),
        cmocka_unit_test(test_rescale),
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_other_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
