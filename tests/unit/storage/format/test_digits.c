#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "storage/data/timestamp.h"
#include "storage/format/digits_fast.h"

typedef struct IntegerCase {
    const char *text;
    bool good;
    int64_t value;
} IntegerCase;

static const IntegerCase integers[] = {
    {"0", true, 0},
    {"7", true, 7},
    {"-0", true, 0},
    {"-1", true, -1},
    {"10", true, 10},
    {"123", true, 123},
    {"9999999", true, 9999999},
    {"12345678", true, 12345678},
    {"99999999", true, 99999999},
    {"-1234567", true, -1234567},
    {"-9999999", true, -9999999},
    {"", false, 0},
    {"-", false, 0},
    {"--1", false, 0},
    {"+1", false, 0},
    {"01", false, 0},
    {"-01", false, 0},
    {"00", false, 0},
    {"1.5", false, 0},
    {"1e3", false, 0},
    {"1 ", false, 0},
    {" 1", false, 0},
    {"1/2", false, 0},
    {"1:2", false, 0},
    {"12a4", false, 0},
    {"null", false, 0},
    {"\xC3\xA9", false, 0},
    {"1\xFF", false, 0},
    {"123456789", false, 0},
    {"-12345678", false, 0},
};
enum { INTEGERS = sizeof integers / sizeof integers[0] };

static void set(DigitsRun *run, uint32_t row, const char *text, const char *behind)
{
    char bytes[32];
    snprintf(bytes, sizeof bytes, "%s%s", text, behind);
    memcpy(&run->word[row], bytes, 8);
    run->size[row] = strlen(text);
}

/* Every loop, each text with other bytes behind it and in every place of the run. */
static void test_integers(void **state)
{
    (void)state;
    static const char *const behind[] = {",\"x\":1}9", "9999999999", "}\n{\"a\":-"};
    for (uint32_t number = 0; number < 3; number++) {
        const DigitsLoops *loops = digits_loops_numbered(number);
        for (uint32_t shift = 0; loops != NULL && shift < DIGITS_RUN; shift++) {
            DigitsRun run = {0};
            for (uint32_t row = 0; row < DIGITS_RUN; row++)
                set(&run, row, integers[(row + shift) % INTEGERS].text, behind[shift % 3]);
            DigitsRun checked = run;
            loops->integers(&run);
            loops->check_integers(&checked);
            for (uint32_t row = 0; row < DIGITS_RUN; row++) {
                const IntegerCase *expected = &integers[(row + shift) % INTEGERS];
                assert_int_equal(checked.bad[row] == 0, expected->good);
                if ((run.bad[row] == 0) != expected->good ||
                    (expected->good && run.value[row] != expected->value))
                    fail_msg("loop %u, row %u: '%s' is %lld, bad %llx", number, row, expected->text,
                             (long long)run.value[row], (unsigned long long)run.bad[row]);
            }
        }
    }
}

static const struct {
    const char *text;
    bool good;
    int64_t micros;
} times[] = {
    {"2024-02-29 13:45:00.000", true, 0},
    {"2024-02-29 13:45:59.999", true, 59999000},
    {"2024-02-29 13:45:07.120", true, 7120000},
    {"2024-02-29 13:45:60.000", false, 0},
    {"2024-02-29 13:45:99.000", false, 0},
    {"2024-02-29 13:46:00.000", false, 0}, /* another minute */
    {"2024-02-28 13:45:00.000", false, 0},
    {"2024-02-29T13:45:00.000", false, 0},
    {"2024-02-29 13:45.00.000", false, 0},
    {"2024-02-29 13:45:00,000", false, 0},
    {"2024-02-29 13:45:0a.000", false, 0},
    {"2024-02-29 13:45:00.00x", false, 0},
    {"2024-02-29 13:45:00.00", false, 0},
    {"2024-02-29 13:45:00.0000", false, 0},
    {"2024-02-29 13:45:00", false, 0},
};
enum { TIMES = sizeof times / sizeof times[0] };

static void test_seconds(void **state)
{
    (void)state;
    uint64_t minute[2];
    memcpy(minute, "2024-02-29 13:45", sizeof minute);
    for (uint32_t number = 0; number < 3; number++) {
        const DigitsLoops *loops = digits_loops_numbered(number);
        DigitsRun run = {0};
        if (loops == NULL)
            continue;
        for (uint32_t row = 0; row < DIGITS_RUN; row++) {
            char bytes[64];
            snprintf(bytes, sizeof bytes, "%s\",\"extra\":1", times[row % TIMES].text);
            memcpy(&run.minute[0][row], bytes, 8);
            memcpy(&run.minute[1][row], bytes + 8, 8);
            memcpy(&run.word[row], bytes + 16, 8);
            run.size[row] = strlen(times[row % TIMES].text);
        }
        loops->seconds(&run, minute[0], minute[1]);
        for (uint32_t row = 0; row < DIGITS_RUN; row++) {
            assert_int_equal(run.bad[row] == 0, times[row % TIMES].good);
            if (times[row % TIMES].good)
                assert_int_equal(run.value[row], times[row % TIMES].micros);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
