#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "storage/data/number.h"

static void test_scan(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid, negative, plain;
        const char *digits;
        int64_t point;
    } cases[] = {
        {"0", true, false, true, "", 0},
        {"12", true, false, true, "12", 2},
        {"-0012.50", true, true, false, "1250", 2},
        {"+.005", true, false, false, "5", -2},
        {"5.", true, false, false, "5", 1},
        {" 1 ", true, false, true, "1", 1},
        {"\t7\n", true, false, true, "7", 1},
        {"1e2", true, false, false, "1", 3},
        {"1.5E-3", true, false, false, "15", -2},
        {"1e+2", true, false, false, "1", 3},
        {"100", true, false, true, "100", 3},
        {"1e99999999999999999999", true, false, false, "1", 0},
        {"", false, false, false, "", 0},
        {" ", false, false, false, "", 0},
        {".", false, false, false, "", 0},
        {"-", false, false, false, "", 0},
        {"e5", false, false, false, "", 0},
        {"1e", false, false, false, "", 0},
        {"1e+", false, false, false, "", 0},
        {"1e5x", false, false, false, "", 0},
        {"1.2.3", false, false, false, "", 0},
        {"1 2", false, false, false, "", 0},
        {"--1", false, false, false, "", 0},
        {"0x10", false, false, false, "", 0},
        {"1d", false, false, false, "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        NumberText number;
        if (number_scan(text_of(cases[i].text), &number) != cases[i].valid)
            fail_msg("\"%s\"", cases[i].text);
        if (!cases[i].valid)
            continue;
        assert_int_equal(number.negative, cases[i].negative);
        assert_int_equal(number.plain, cases[i].plain);
        assert_int_equal(number.digits, strlen(cases[i].digits));
        for (uint32_t d = 0; d < number.digits; d++)
            assert_int_equal(number_digit(&number, d), cases[i].digits[d] - '0');
        assert_int_equal(number_digit(&number, number.digits), 0);
        if (cases[i].point != 0)
            assert_int_equal(number.point, cases[i].point);
    }
}

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"0", 0.0},
        {"7", 7.0},
        {"-2.5", -2.5},
        {".5", 0.5},
        {"5.", 5.0},
        {" 1.5 ", 1.5},
        {"1e2", 100.0},
        {"1e22", 1e22},
        {"1e23", 1e23},
        {"123456789012345678", 123456789012345678.0},
        {"9007199254740993", 9007199254740992.0}, /* a tie goes to the even neighbour */
        {"9007199254740993.0000000000000000000000000001", 9007199254740994.0},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"4.9E-324", 0x1p-1074},
        {"2e-324", 0.0},
        {"1e400", INFINITY},
        {"-1e400", -INFINITY},
        {"1e-500", 0.0},
        {"0e999999999999", 0.0},
        {"Infinity", INFINITY},
        {"-Infinity", -INFINITY},
        {"+Infinity", INFINITY},
        {"1.7976931348623157e308", 0x1.fffffffffffffp1023},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = 99;
        if (!double_parse(text_of(cases[i].text), &value) || value != cases[i].value)
            fail_msg("\"%s\" gave %.17g", cases[i].text, value);
    }
    double value;
    assert_true(double_parse(TEXT("NaN"), &value) && isnan(value));
    assert_true(double_parse(TEXT("-0"), &value) && value == 0 && signbit(value));
    static const char *const bad[] = {"", "abc", "inf", "nan", "1,5", "1e", "Infinit", "0x1p3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(double_parse(text_of(bad[i]), &value));
}

/* A tie that only the 800th digit decides. */
static void test_parse_long(void **state)
{
    (void)state;
    char text[1100] = "9007199254740993.";
    size_t size = strlen(text);
    memset(text + size, '0', 1000);
    double value;
    assert_true(double_parse((Text){text, (uint32_t)size + 1000}, &value));
    assert_true(value == 9007199254740992.0);
    text[size + 900] = '1';
    assert_true(double_parse((Text){text, (uint32_t)size + 1000}, &value));
    assert_true(value == 9007199254740994.0);
}

/* As CAST(... AS STRING) in Flink; the last group as Java's specification of Double.toString has it
 * (the fewest digits that read back, at least two). */
static void test_format_double(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {7.0, "7.0"},
        {1e20, "1.0E20"},
        {0.1, "0.1"},
        {100, "100.0"},
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {9223372036854775807.0, "9.223372036854776E18"},
        {0.001, "0.001"},
        {0.00099, "9.9E-4"},
        {9999999, "9999999.0"},
        {10000000, "1.0E7"},
        {2.718281828459045, "2.718281828459045"},
        {2.6457513110645907, "2.6457513110645907"},
        {1e-5, "1.0E-5"},
        {-12.5, "-12.5"},
        {INFINITY, "Infinity"},
        {-INFINITY, "-Infinity"},
        {NAN, "NaN"},
        {12345678.9, "1.23456789E7"},
        {1234567.25, "1234567.25"},
        {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e23, "1.0E23"},
        {2e-3, "0.002"},
        {4.9e-324, "4.9E-324"},
        {2e-323, "2.0E-323"},
        {0x1p-44, "5.684341886080802E-14"},
        {1.7976931348623157e308, "1.7976931348623157E308"},
        {2.2250738585072014e-308, "2.2250738585072014E-308"},
        {0x1p-1017, "7.120236347223045E-307"}, /* nearest 16 digits read back as its neighbour */
        {9.999999999999997e22, "9.999999999999997E22"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[NUMBER_TEXT_BYTES];
        uint32_t size = double_format(cases[i].value, text);
        assert_true(size < NUMBER_TEXT_BYTES);
        text[size] = '\0';
        assert_string_equal(text, cases[i].text);
    }
}

static void test_format_float(void **state)
{
    (void)state;
    static const struct {
        float value;
        const char *text;
    } cases[] = {
        {1.5f, "1.5"},          {16777216.0f, "1.6777216E7"},
        {1e10f, "1.0E10"},      {1.2345679e-5f, "1.2345679E-5"},
        {0.1f, "0.1"},          {1.1f, "1.1"},
        {-0.0f, "-0.0"},        {3.4028235e38f, "3.4028235E38"},
        {0x1p-149f, "1.4E-45"}, {INFINITY, "Infinity"},
        {NAN, "NaN"},           {33554432.0f, "3.3554432E7"},
        {0.001f, "0.001"},      {1234567.0f, "1234567.0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[NUMBER_TEXT_BYTES];
        text[float_format(cases[i].value, text)] = '\0';
        assert_string_equal(text, cases[i].text);
    }
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Whatever is written reads back as the same value, by our reader and by the C library's. */
static void test_round_trip(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&seed);
        double value, again;
        memcpy(&value, &bits, sizeof value);
        if (i % 2 == 0)
            value = (double)(int64_t)(bits >> 20) / 1000.0;
        if (!isfinite(value))
            continue;
        char text[NUMBER_TEXT_BYTES];
        uint32_t size = double_format(value, text);
        assert_true(double_parse((Text){text, size}, &again));
        text[size] = '\0';
        assert_true(value == again && value == strtod(text, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),         cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_long),   cmocka_unit_test(test_format_double),
        cmocka_unit_test(test_format_float), cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
