#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "storage/base/clock.h"

static void test_virtual(void **state)
{
    (void)state;
    Clock clock = clock_virtual(5);
    assert_int_equal(clock.wall(&clock), 5);
    assert_int_equal(clock.monotonic(&clock), 5);
    clock.virtual_now = 7 * MICROS_PER_DAY;
    assert_int_equal(clock.wall(&clock), INT64_C(604800000000));
}

static void test_system(void **state)
{
    (void)state;
    Clock clock = clock_system();
    Micros before = (Micros)time(NULL) * MICROS_PER_SECOND;
    Micros now = clock.wall(&clock);
    assert_true(now >= before && now < before + MICROS_PER_HOUR);
    Micros first = clock.monotonic(&clock);
    assert_true(clock.monotonic(&clock) >= first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_virtual),
        cmocka_unit_test(test_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
