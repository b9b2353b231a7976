/* The hints of a SELECT, for bind_select.c. */
#ifndef WEIR_PLANNER_BIND_BIND_HINT_H
#define WEIR_PLANNER_BIND_BIND_HINT_H

#include "planner/bind/query.h"

typedef struct SelectHints {
    bool has_ttl;
    Micros ttl; /* 0: state is kept for ever */
    Span span;
} SelectHints;

/* Names in hints are those of FROM: E2101; E2112 for a hint that there is none of, E2114 for what
 * stands in it. */
CHECKED Status bind_query_hints(Binder *binder, const Select *select, const Scope *scope,
                                SelectHints *out);
/* To a node that was made for the SELECT; false: they mean nothing to it. */
bool select_hints_apply(const SelectHints *hints, Logical *node);

#endif
