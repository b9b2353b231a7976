/* Who waits is woken; what rang before is heard; nobody waits for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/bell.h"

static const Micros long_wait = 60 * MICROS_PER_SECOND;

static Micros now(void)
{
    Clock clock = clock_system();
    return clock.monotonic(&clock);
}

static void test_rung_before(void **state)
{
    (void)state;
    Bell bell;
    bell_init(&bell);
    bell_ring(&bell);
    bell_ring(&bell);
    Micros begun = now();
    bell_wait(&bell, long_wait); /* heard */
    assert_true(now() - begun < long_wait);
    begun = now();
    bell_wait(&bell, 2 * MICROS_PER_MILLI); /* once */
    assert_true(now() - begun >= 2 * MICROS_PER_MILLI);
    bell_close(&bell);
}

typedef struct Ringer {
    Bell there, back;
    atomic_int rings;
} Ringer;

enum { TIMES = 2000 };

static void *answer(void *context)
{
    Ringer *ringer = context;
    for (int i = 0; i < TIMES; i++) {
        while (atomic_load(&ringer->rings) <= i)
            bell_wait(&ringer->there, long_wait);
        bell_ring(&ringer->back);
    }
    return NULL;
}

/* Were one ring lost, somebody would wait for a minute. */
static void test_no_ring_is_lost(void **state)
{
    (void)state;
    Ringer ringer;
    pthread_t thread;
    bell_init(&ringer.there);
    bell_init(&ringer.back);
    atomic_init(&ringer.rings, 0);
    assert_int_equal(pthread_create(&thread, NULL, answer, &ringer), 0);
    Micros begun = now();
    for (int i = 0; i < TIMES; i++) {
        atomic_fetch_add(&ringer.rings, 1);
        bell_ring(&ringer.there);
        bell_wait(&ringer.back, long_wait);
    }
    assert_true(now() - begun < long_wait);
    assert_int_equal(pthread_join(thread, NULL), 0);
    bell_close(&ringer.there);
    bell_close(&ringer.back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rung_before),
        cmocka_unit_test(test_no_ring_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
