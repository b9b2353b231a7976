#include "executor/op/span_list.h"

#include <assert.h>

static bool is_less(const TimeSpan *span, Micros start, Micros end)
{
    return span->end < end || (span->end == end && span->start < start);
}

static bool is_at(const TimeSpan *span, Micros start, Micros end)
{
    return span->end == end && span->start == start;
}

TimeSpan *span_list_seek(const SpanList *list, Micros start, Micros end)
{
    TimeSpan *const *after = list->first;
    for (uint32_t level = list->levels; level-- > 0;) {
        while (after[level] != NULL && is_less(after[level], start, end))
            after = after[level]->after;
    }
    return after[0];
}

TimeSpan *span_list_find(const SpanList *list, Micros start, Micros end)
{
    enum { NEWEST = 4 };
    TimeSpan *span = list->last;
    for (uint32_t i = 0; i < NEWEST && span != NULL && !is_less(span, start, end); i++) {
        if (is_at(span, start, end))
            return span;
        span = span->before;
    }
    if (span == NULL || is_less(span, start, end))
        return NULL;
    span = span_list_seek(list, start, end);
    return span != NULL && is_at(span, start, end) ? span : NULL;
}

/* On how many levels the next span is. The same spans make the same list in every run. */
static uint32_t roll(SpanList *list)
{
    uint32_t levels = 1;
    list->dice = list->dice * 1664525u + 1013904223u; /* Numerical Recipes, "ranqd1" */
    for (uint32_t bits = list->dice >> 8; levels < SPAN_LEVELS && (bits & 3) == 0; bits >>= 2)
        levels++;
    return levels;
}

void span_list_insert(SpanList *list, TimeSpan *span)
{
    TimeSpan *less = NULL, **after = list->first, **link[SPAN_LEVELS];
    uint32_t levels = roll(list);
    if (levels > list->levels)
        list->levels = levels;
    for (uint32_t level = list->levels; level-- > 0;) {
        while (after[level] != NULL && is_less(after[level], span->start, span->end)) {
            less = after[level];
            after = less->after;
        }
        link[level] = &after[level];
    }
    for (uint32_t level = 0; level < levels; level++) {
        span->after[level] = *link[level];
        *link[level] = span;
    }
    span->before = less;
    if (span->after[0] != NULL)
        span->after[0]->before = span;
    else
        list->last = span;
    list->count++;
}

TimeSpan *span_list_shift(SpanList *list)
{
    TimeSpan *span = list->first[0];
    assert(span != NULL);
    for (uint32_t level = 0; level < list->levels && list->first[level] == span; level++)
        list->first[level] = span->after[level];
    if (list->first[0] != NULL)
        list->first[0]->before = NULL;
    else
        list->last = NULL;
    list->count--;
    return span;
}
