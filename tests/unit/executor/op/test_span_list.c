/* SpanList beside an array that is searched from end to end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "executor/op/span_list.h"

enum { SPANS = 3000, TIMES = 700 };

static bool is_less(const TimeSpan *a, Micros start, Micros end)
{
    return a->end < end || (a->end == end && a->start < start);
}

/* The least of those that are in the list and not less than the span. */
static TimeSpan *least(TimeSpan *span, const bool *in, Micros start, Micros end)
{
    TimeSpan *found = NULL;
    for (uint32_t i = 0; i < SPANS; i++) {
        if (in[i] && !is_less(&span[i], start, end) &&
            (found == NULL || is_less(&span[i], found->start, found->end)))
            found = &span[i];
    }
    return found;
}

static void check_order(const SpanList *list, uint32_t count)
{
    const TimeSpan *before = NULL;
    assert_int_equal(list->count, count);
    for (const TimeSpan *span = span_list_first(list); span != NULL; span = span_after(span)) {
        assert_ptr_equal(span->before, before);
        if (before != NULL)
            assert_true(is_less(before, span->start, span->end));
        before = span;
        count--;
    }
    assert_ptr_equal(list->last, before);
    assert_int_equal(count, 0);
}

static void agrees_with_an_array(void **state)
{
    (void)state;
    static TimeSpan span[SPANS];
    static bool in[SPANS];
    SpanList list = {0};
    uint64_t random = 3;
    uint32_t made = 0, count = 0;
    while (made < SPANS || count > 0) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        Micros end = (Micros)(random >> 33) % TIMES, start = end - 1 - (Micros)(random >> 20) % 4;
        TimeSpan *first = least(span, in, start, end);
        assert_ptr_equal(span_list_seek(&list, start, end), first);
        bool there = first != NULL && first->start == start && first->end == end;
        assert_ptr_equal(span_list_find(&list, start, end), there ? first : NULL);
        if (made < SPANS && !there && random >> 60 != 0) {
            in[made] = true;
            span[made] = (TimeSpan){.start = start, .end = end};
            span_list_insert(&list, &span[made++]);
            count++;
        } else if (count > 0 && (made == SPANS || random >> 60 == 0)) {
            first = least(span, in, 0, MICROS_MIN);
            assert_ptr_equal(span_list_shift(&list), first);
            in[first - span] = false;
            count--;
        } else {
            made += made < SPANS && there;
        }
        if (made % 100 == 0)
            check_order(&list, count);
    }
    check_order(&list, 0);
    assert_null(span_list_find(&list, 0, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_an_array)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
