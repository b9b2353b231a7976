/* SpanList: what is kept for spans of time, such as open windows: in the order in which they end,
 * then in which they begin. A skip list (Pugh, "Skip Lists: A Probabilistic Alternative to Balanced
 * Trees", CACM 1990), as rows can open thousands of windows in any order; what most rows ask for is
 * the newest, which is tried first.
 *
 * A span is the beginning of a struct of its owner, who makes it and frees it; the list is all
 * zeroes at first, needs no memory of its own and cannot fail. */
#ifndef WEIR_EXECUTOR_OP_SPAN_LIST_H
#define WEIR_EXECUTOR_OP_SPAN_LIST_H

#include "storage/data/timestamp.h"

enum { SPAN_LEVELS = 10 }; /* a quarter of those of a level are on the next one: a million spans */

typedef struct TimeSpan {
    Micros start, end; /* while it is in a list they do not change */
    struct TimeSpan *before, *after[SPAN_LEVELS];
} TimeSpan;

typedef struct SpanList {
    TimeSpan *first[SPAN_LEVELS], *last;
    uint32_t count;
    uint32_t levels;
    uint32_t dice;
} SpanList;

/* NULL: it has none. */
static inline TimeSpan *span_list_first(const SpanList *list)
{
    return list->first[0];
}
static inline TimeSpan *span_after(const TimeSpan *span)
{
    return span->after[0];
}
/* NULL: there is none of this start and end. */
TimeSpan *span_list_find(const SpanList *list, Micros start, Micros end);
/* The first that is not less. */
TimeSpan *span_list_seek(const SpanList *list, Micros start, Micros end);
void span_list_insert(SpanList *list, TimeSpan *span);
/* Takes the first one out. */
TimeSpan *span_list_shift(SpanList *list);

#endif
