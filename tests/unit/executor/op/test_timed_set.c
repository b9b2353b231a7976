/* TimedSet beside a plain array, with times before and after 1970. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "executor/op/timed_set.h"

enum { ENTRIES = 300, STEPS = 20000 };

/* The entry of the array that is first; ENTRIES: none waits. */
static uint32_t find_first(const bool *waits, const Micros *time)
{
    uint32_t first = ENTRIES;
    for (uint32_t e = 0; e < ENTRIES; e++) {
        if (waits[e] && (first == ENTRIES || time[e] < time[first]))
            first = e;
    }
    return first;
}

static void agrees_with_an_array(void **state)
{
    (void)state;
    static bool waits[ENTRIES];
    static Micros time[ENTRIES];
    Meter meter;
    TimedSet set;
    uint64_t random = 11;
    uint32_t entry, taken = 0;
    meter_init(&meter, NULL, 0);
    timed_set_open(&set, &meter);
    for (uint32_t step = 0; step < STEPS; step++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint32_t e = (uint32_t)(random >> 40) % ENTRIES, first = find_first(waits, time);
        assert_int_equal(timed_set_due(&set), first == ENTRIES ? MICROS_MAX : time[first]);
        if (first < ENTRIES && random >> 62 == 0) {
            assert_false(timed_set_first(&set, time[first] - 1, &entry));
            assert_true(timed_set_first(&set, time[first], &entry));
            assert_int_equal(entry, first);
            assert_true(timed_set_take(&set, MICROS_MAX, &entry));
            assert_int_equal(entry, first);
            waits[first] = false;
            taken++;
        } else if (waits[e]) {
            timed_set_remove(&set, time[e], e);
            waits[e] = false;
        } else {
            time[e] = (Micros)(random >> 20) % 50 - 25;
            assert_int_equal(timed_set_add(&set, time[e], e), ST_OK);
            waits[e] = true;
        }
    }
    assert_true(taken > STEPS / 10);
    timed_set_close(&set);
    assert_int_equal(meter.used_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_an_array)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
