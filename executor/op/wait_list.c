#include "executor/op/wait_list.h"

#include <assert.h>
#include <stdlib.h>

void wait_list_add(WaitList *list, WaitingSpan *span, Micros until)
{
    WaitingSpan *before = list->last;
    if (until == MICROS_MAX)
        return;
    while (before != NULL && before->until > until)
        before = before->before;
    WaitingSpan **after = before == NULL ? &list->first : &before->after;
    *span = (WaitingSpan){.span = span->span, .until = until, .before = before, .after = *after};
    *(*after == NULL ? &list->last : &(*after)->before) = span;
    *after = span;
}

void wait_list_remove(WaitList *list, WaitingSpan *span)
{
    WaitingSpan *before = span->before, *after = span->after;
    if (!is_waiting(span))
        return;
    *(before == NULL ? &list->first : &before->after) = after;
    *(after == NULL ? &list->last : &after->before) = before;
    *span = (WaitingSpan){.span = span->span, .until = MICROS_MAX};
}

Micros wait_list_due(const WaitList *list)
{
    return list->first == NULL ? MICROS_MAX : list->first->until;
}

static int compare_spans(const void *a, const void *b)
{
    const TimeSpan *left = &(*(WaitingSpan *const *)a)->span;
    const TimeSpan *right = &(*(WaitingSpan *const *)b)->span;
    if (left->end != right->end)
        return left->end < right->end ? -1 : 1;
    return (left->start > right->start) - (left->start < right->start);
}

Status wait_list_find_due(const WaitList *list, Micros now, Arena *arena, WaitingSpan ***out,
                          uint32_t *count)
{
    WaitingSpan *it;
    uint32_t due = 0;
    *count = 0;
    for (it = list->first; it != NULL && it->until <= now; it = it->after)
        ++*count;
    if (*count == 0)
        return ST_OK;
    TRY_NEW_ARRAY(*out, arena, *count);
    for (it = list->first; due < *count; it = it->after)
        (*out)[due++] = it;
    qsort(*out, *count, sizeof **out, compare_spans);
    return ST_OK;
}

static int compare_times(const void *a, const void *b)
{
    Micros left = (*(WaitingSpan *const *)a)->until, right = (*(WaitingSpan *const *)b)->until;
    return left != right ? (left > right) - (left < right) : compare_spans(a, b);
}

/* Sorted first, as spans in the order of their ends may have begun to wait in any other one. */
Status wait_list_restore(WaitList *list, const SpanList *spans, Arena *scratch)
{
    WaitingSpan **waiting;
    uint32_t count = 0;
    assert(list->first == NULL);
    if (spans->count == 0)
        return ST_OK;
    ArenaMark mark = arena_mark(scratch);
    TRY_NEW_ARRAY(waiting, scratch, spans->count);
    for (TimeSpan *it = span_list_first(spans); it != NULL; it = span_after(it)) {
        waiting[count] = (WaitingSpan *)(void *)it;
        count += is_waiting(waiting[count]);
    }
    qsort(waiting, count, sizeof *waiting, compare_times);
    for (uint32_t i = 0; i < count; i++)
        wait_list_add(list, waiting[i], waiting[i]->until);
    arena_release(scratch, mark);
    return ST_OK;
}
