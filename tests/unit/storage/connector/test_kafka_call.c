/* A call that returns, one that does not in time, and one that is given up when a stop is asked
 * for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/bell.h"
#include "storage/connector/kafka_call.h"

static const Micros short_while = 50 * MICROS_PER_MILLI, long_while = 60 * MICROS_PER_SECOND;

/* Never closed: the thread that is left may still be on its way out. */
typedef struct Gate {
    Bell open, left_it;
    atomic_int ran, left;
    atomic_bool stop;
    bool closed;
} Gate;

static void open_gate(Gate *gate, bool closed)
{
    *gate = (Gate){.closed = closed};
    bell_init(&gate->open);
    bell_init(&gate->left_it);
}

static void pass(void *context)
{
    Gate *gate = context;
    if (gate->closed)
        bell_wait(&gate->open, long_while);
    atomic_fetch_add(&gate->ran, 1);
}

static void leave(void *context)
{
    Gate *gate = context;
    atomic_fetch_add(&gate->left, 1);
    bell_ring(&gate->left_it);
}

static void test_returns(void **state)
{
    (void)state;
    static Gate gate;
    open_gate(&gate, false);
    const KafkaCall call = {pass, leave, &gate};
    for (int i = 1; i <= 100; i++) {
        assert_true(kafka_call(&call, long_while, i % 2 == 0 ? &gate.stop : NULL));
        assert_int_equal(atomic_load(&gate.ran), i);
    }
    assert_int_equal(atomic_load(&gate.left), 0);
}

/* Who has left it is not told before it returns. */
static void check_left(Gate *gate, Micros most)
{
    const KafkaCall call = {pass, leave, gate};
    assert_false(kafka_call(&call, most, &gate->stop));
    assert_int_equal(atomic_load(&gate->ran), 0);
    assert_int_equal(atomic_load(&gate->left), 0);
    bell_ring(&gate->open);
    bell_wait(&gate->left_it, long_while);
    assert_int_equal(atomic_load(&gate->ran), 1);
    assert_int_equal(atomic_load(&gate->left), 1);
}

static void test_takes_too_long(void **state)
{
    (void)state;
    static Gate gate;
    open_gate(&gate, true);
    check_left(&gate, short_while);
}

static void test_stop(void **state)
{
    (void)state;
    static Gate gate;
    open_gate(&gate, true);
    atomic_store(&gate.stop, true);
    check_left(&gate, long_while);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_returns),
        cmocka_unit_test(test_takes_too_long),
        cmocka_unit_test(test_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
