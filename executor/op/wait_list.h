/* WaitList: those of the spans of a SpanList that wait for the clock, in the order of the times for
 * which they wait. All that wait equally long fall due in the order in which they began to wait, as
 * the clock never goes back: so a span is put in from behind, and there it nearly always stays.
 *
 * A WaitingSpan is the beginning of a struct of its owner, as a TimeSpan is; the list is all zeroes
 * at first. It is no part of a checkpoint but made again from the spans. */
#ifndef WEIR_EXECUTOR_OP_WAIT_LIST_H
#define WEIR_EXECUTOR_OP_WAIT_LIST_H

#include "executor/op/span_list.h"
#include "storage/base/arena.h"

typedef struct WaitingSpan {
    TimeSpan span;
    Micros until; /* MICROS_MAX: it does not wait */
    struct WaitingSpan *before, *after;
} WaitingSpan;

typedef struct WaitList {
    WaitingSpan *first, *last;
} WaitList;

static inline bool is_waiting(const WaitingSpan *span)
{
    return span->until != MICROS_MAX;
}
/* It does not wait yet. `until` may be MICROS_MAX: then it still does not. */
void wait_list_add(WaitList *list, WaitingSpan *span, Micros until);
/* It may wait. */
void wait_list_remove(WaitList *list, WaitingSpan *span);
/* The first time that is waited for; MICROS_MAX: none. */
Micros wait_list_due(const WaitList *list);
/* Those whose time is not after `now`, in the order of the spans; they still wait. */
CHECKED Status wait_list_find_due(const WaitList *list, Micros now, Arena *arena,
                                  WaitingSpan ***out, uint32_t *count);
/* An empty list becomes that of the spans which say that they wait. */
CHECKED Status wait_list_restore(WaitList *list, const SpanList *spans, Arena *scratch);

#endif
