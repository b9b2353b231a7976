/* WaitList beside a plain array: spans that wait, do so no more, fall due, and wait again after a
 * restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "executor/op/wait_list.h"

enum { SPANS = 200, STEPS = 20000 };

static int compare_times(const void *a, const void *b)
{
    Micros left = *(const Micros *)a, right = *(const Micros *)b;
    return (left > right) - (left < right);
}

/* Windows of 7 that begin at every multiple of 3; the list of spans has them in no special order of
 * their times. */
static void make_spans(SpanList *spans, WaitingSpan *span)
{
    for (uint32_t i = 0; i < SPANS; i++) {
        Micros start = (Micros)(i * 3) - 100;
        span[i] = (WaitingSpan){.span = {.start = start, .end = start + 7}, .until = MICROS_MAX};
        span_list_insert(spans, &span[i].span);
    }
}

/* The list has what waits, in the order of the times, and is whole in both directions. */
static uint32_t check_list(const WaitList *list, const WaitingSpan *span)
{
    Micros time[SPANS];
    uint32_t count = 0, met = 0;
    for (uint32_t i = 0; i < SPANS; i++) {
        time[count] = span[i].until;
        count += is_waiting(&span[i]);
    }
    qsort(time, count, sizeof *time, compare_times);
    assert_int_equal(wait_list_due(list), count == 0 ? MICROS_MAX : time[0]);
    const WaitingSpan *before = NULL;
    for (const WaitingSpan *it = list->first; it != NULL; before = it, it = it->after) {
        assert_true(met < count && it->until == time[met] && it->before == before);
        met++;
    }
    assert_int_equal(met, count);
    assert_ptr_equal(list->last, before);
    return count;
}

/* Those that are due come in the order of the spans, which is that of the array. */
static void take_due(WaitList *list, WaitingSpan *span, Micros now, Arena *arena)
{
    WaitingSpan **due = NULL;
    uint32_t count, met = 0;
    assert_int_equal(wait_list_find_due(list, now, arena, &due, &count), ST_OK);
    for (uint32_t i = 0; i < SPANS; i++) {
        if (span[i].until <= now)
            assert_true(met < count && due[met++] == &span[i]);
    }
    assert_int_equal(met, count);
    for (uint32_t i = 0; i < count; i++)
        wait_list_remove(list, due[i]);
}

static void restart(WaitList *list, const SpanList *spans, WaitingSpan *span, Arena *arena)
{
    for (uint32_t i = 0; i < SPANS; i++)
        span[i].before = span[i].after = NULL;
    *list = (WaitList){0};
    assert_int_equal(wait_list_restore(list, spans, arena), ST_OK);
}

static void agrees_with_an_array(void **state)
{
    (void)state;
    static WaitingSpan span[SPANS];
    Meter meter;
    Arena arena;
    SpanList spans = {0};
    WaitList list = {0};
    Micros now = -1000;
    uint64_t random = 5;
    uint32_t most = 0;
    meter_init(&meter, NULL, 0);
    arena_init(&arena, &meter);
    make_spans(&spans, span);
    for (uint32_t step = 0; step < STEPS; step++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        WaitingSpan *one = &span[(random >> 40) % SPANS];
        if (is_waiting(one))
            wait_list_remove(&list, one);
        else /* most wait equally long */
            wait_list_add(&list, one, now + 100 - (step % 13 == 0 ? (Micros)(random >> 58) : 0));
        now += step % 3 == 0;
        if (step % 97 == 0)
            take_due(&list, span, now, &arena);
        if (step % 131 == 0)
            restart(&list, &spans, span, &arena);
        uint32_t count = check_list(&list, span);
        most = count > most ? count : most;
        arena_reset(&arena);
    }
    assert_true(most > SPANS / 4);
    arena_close(&arena);
    assert_int_equal(meter.used_bytes, 0);
}

/* What never falls due does not wait. */
static void waits_for_no_end_of_time(void **state)
{
    (void)state;
    WaitingSpan span = {.span = {.start = 1, .end = 2}, .until = MICROS_MAX};
    WaitList list = {0};
    wait_list_add(&list, &span, MICROS_MAX);
    assert_null(list.first);
    wait_list_remove(&list, &span);
    assert_int_equal(wait_list_due(&list), MICROS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_an_array),
                                       cmocka_unit_test(waits_for_no_end_of_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
