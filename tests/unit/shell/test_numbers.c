#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "shell/numbers.h"

static const char *text_after(StrBuf *out)
{
    static char text[64];
    snprintf(text, sizeof text, "%s", strbuf_cstr(out));
    strbuf_clear(out);
    return text;
}

static void test_counts(void **state)
{
    static const struct {
        uint64_t count;
        const char *text;
    } cases[] = {{0, "0"},
                 {7, "7"},
                 {999, "999"},
                 {1000, "1,000"},
                 {123456, "123,456"},
                 {1234567, "1,234,567"},
                 {UINT64_MAX, "18,446,744,073,709,551,615"}};
    StrBuf out;
    (void)state;
    strbuf_init(&out, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        number_put_count(&out, cases[i].count);
        assert_string_equal(text_after(&out), cases[i].text);
    }
    strbuf_close(&out);
}

static void test_bytes(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {{0, "0 B"},
                 {999, "999 B"},
                 {1000, "1.0 kB"},
                 {1099, "1.0 kB"},
                 {999999, "999.9 kB"},
                 {61300000, "61.3 MB"},
                 {2000000000, "2.0 GB"},
                 {UINT64_MAX, "18.4 EB"}};
    StrBuf out;
    (void)state;
    strbuf_init(&out, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        number_put_bytes(&out, cases[i].bytes);
        assert_string_equal(text_after(&out), cases[i].text);
    }
    strbuf_close(&out);
}

static void test_times(void **state)
{
    static const struct {
        Micros span;
        const char *text;
    } cases[] = {{-1, "0:00"},
                 {999999, "0:00"},
                 {2 * MICROS_PER_SECOND, "0:02"},
                 {59 * MICROS_PER_MINUTE + 59 * MICROS_PER_SECOND, "59:59"},
                 {MICROS_PER_HOUR + 2 * MICROS_PER_MINUTE + 3 * MICROS_PER_SECOND, "1:02:03"},
                 {100 * MICROS_PER_HOUR, "100:00:00"}};
    StrBuf out;
    (void)state;
    strbuf_init(&out, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        number_put_time(&out, cases[i].span);
        assert_string_equal(text_after(&out), cases[i].text);
    }
    strbuf_close(&out);
}

static void test_rates(void **state)
{
    (void)state;
    assert_int_equal(number_per_second(100, 0), 0);
    assert_int_equal(number_per_second(100, 2 * MICROS_PER_SECOND), 50);
    assert_int_equal(number_per_second(3, 500 * MICROS_PER_MILLI), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
