/* OVER: window specifications (bind_over_spec.c) and calls over them (bind_over_call.c), for the
 * select list, QUALIFY and ORDER BY of one SELECT (bind_over.c).
 *
 * While its expressions are bound, the columns of the calls have numbers from OVER_COLUMNS on: how
 * many columns stand before them is known at the end, when overs_finish makes the nodes and
 * overs_place gives the numbers their places. */
#ifndef WEIR_PLANNER_BIND_BIND_OVER_H
#define WEIR_PLANNER_BIND_BIND_OVER_H

#include "planner/bind/query.h"

enum { OVER_COLUMNS = 1 << 30 };

typedef struct BoundOrder {
    Scalar *value;
    bool descending, nulls_last;
} BoundOrder;

/* What stands behind OVER, with the named windows put in. */
typedef struct BoundOver {
    VEC(Scalar *) partition;
    VEC(BoundOrder) order; /* without constants, which order nothing */
    bool framed;           /* ROWS or RANGE is said */
    PlanFrame frame;       /* then: what they say */
    Span span;
} BoundOver;

/* `context`: how expressions inside are bound. */
CHECKED Status bind_over_spec(BindContext *context, const WindowDefList *windows,
                              const WindowSpec *spec, BoundOver *out);
/* The windows that WINDOW names are right, used or not. */
CHECKED Status bind_window_defs(BindContext *context, const WindowDefList *windows);
/* The direction and the place of NULLs, which are lowest unless it is said. */
void bind_order_words(const OrderItem *item, BoundOrder *out);
/* Rows can be ordered by values of the type; E2001 otherwise. */
CHECKED Status bind_order_type(Binder *binder, const Scalar *value, Span span);

typedef struct OverCall {
    BoundOver over;
    LogicalOverCall call; /* its columns are numbers of Overs.scalar until overs_finish */
    uint32_t column;      /* of the nodes' output; set by overs_finish */
} OverCall;

typedef struct Overs {
    Binder *binder;
    const WindowDefList *windows;
    BindContext inner; /* for what stands inside of calls, and around them */
    VEC(OverCall) call;
    VEC(Scalar *) scalar; /* what the calls read */
    const char *place;
    /* Names that the select list gives, for QUALIFY and ORDER BY; NULL: they are not seen. */
    const Schema *names;
    Scalar *const *named;
} Overs;

/* One call, with what stands behind OVER. */
CHECKED Status bind_over_call(Overs *overs, const Expr *expr, OverCall *out);
/* "LAG(value [, rows [, otherwise]])" of a function that is nothing without OVER; else NULL. */
const char *over_function_form(Text name);

void overs_begin(Overs *overs, const Select *select, const BindContext *inner);
/* A context that takes OVER calls too. */
BindContext overs_context(Overs *overs, const char *place);
/* The windows named in the SELECT are right, used or not. */
CHECKED Status overs_check_windows(Overs *overs);
/* The nodes of all calls, over `input`. */
CHECKED Status overs_finish(Overs *overs, Logical *input, Logical **out);
CHECKED Status overs_place(const Overs *overs, Scalar *scalar, Scalar **out);

#endif
