/* Binding of queries: AST -> logical plan. bind_query.c (WITH, set operations, VALUES),
 * bind_order.c (ORDER BY, LIMIT), bind_from.c (table references), bind_window.c (window TVFs),
 * bind_select.c (SELECT), bind_group.c (GROUP BY and aggregates), bind_subquery.c (subqueries in
 * expressions). */
#ifndef WEIR_PLANNER_BIND_QUERY_H
#define WEIR_PLANNER_BIND_QUERY_H

#include "planner/bind/bind.h"
#include "planner/logical/logical.h"

/* WITH names, innermost first. */
typedef struct CteFrame {
    const Cte *cte;
    const struct CteFrame *outer; /* what the CTE's own query can see, and what follows */
} CteFrame;

/* Its columns have distinct names, as Flink makes them: a, a0, a1. */
CHECKED Status bind_query(Binder *binder, const Query *query, Logical **out);
/* A query inside of another one: its columns have the names that were written, and its rows no
 * order, so that ORDER BY without LIMIT says nothing. */
CHECKED Status bind_inner_query(Binder *binder, const Query *query, Logical **out);

/* ORDER BY over the columns of a node; behind the query's own `columns` stand those that only the
 * order needs. */
typedef struct BoundSort {
    PlanOrder *order;
    uint32_t orders;
    uint32_t columns;
} BoundSort;
/* Of a SELECT that is FROM, WHERE and a list without aggregates or OVER, whose FROM is `scope`:
 * its condition (NULL: none) and its columns, whose times are left open. */
typedef struct FlatSelect {
    Scalar *where;
    Scalar **item;
    Schema schema;
} FlatSelect;
CHECKED Status bind_flat_select(Binder *binder, const Select *select, Scope *scope,
                                FlatSelect *out);
CHECKED Status bind_select(Binder *binder, const Select *select, const OrderList *order_by,
                           BoundSort *sort, Logical **out);
/* ORDER BY 2: whether it is a position, and that of which column. */
CHECKED Status bind_order_position(Binder *binder, const OrderItem *item, uint32_t columns,
                                   bool *is_position, uint32_t *out);
/* ORDER BY of a set operation, VALUES and the like: over their columns. */
CHECKED Status bind_order(Binder *binder, const OrderList *order_by, BoundSort *sort,
                          Logical **node);
/* ORDER BY, OFFSET and LIMIT of a query whose rows and order are bound. */
CHECKED Status bind_sort_and_limit(Binder *binder, const Query *query, const BoundSort *sort,
                                   Logical **node);

/* A table reference; its columns join the scope. */
CHECKED Status bind_table_ref(Binder *binder, const TableRef *ref, Scope *scope, Logical **out);
/* bind_unnest.c: FROM UNNEST(a), and t CROSS JOIN UNNEST(t.a), whose columns come after t's. */
bool is_unnest_join(const TableRef *ref);
CHECKED Status bind_unnest_join(Binder *binder, const TableRef *ref, Scope *scope, Logical **out);
CHECKED Status bind_unnest_alone(Binder *binder, const TableRef *ref, Logical **out);
/* bind_lateral.c: t CROSS JOIN LATERAL (SELECT ... FROM UNNEST(t.a) ...), likewise. */
bool is_lateral_join(const TableRef *ref);
CHECKED Status bind_lateral_join(Binder *binder, const TableRef *ref, Scope *scope, Logical **out);
/* A table or view by name: the whole of it, without alias. */
CHECKED Status bind_named_table(Binder *binder, const NameList *name, Span span, Logical **out);
/* TABLE(TUMBLE(...)) and the like; E2106 when the function is no table function. */
CHECKED Status bind_window_function(Binder *binder, const Expr *call, Logical **out);

/* What window functions and the group windows of GROUP BY share: a size, slide, step or gap, which
 * is whole milliseconds, at least one; that a column of `from` is a time attribute; the node
 * itself, whose columns are the input's, then window_start, window_end and window_time. */
CHECKED Status bind_window_length(Binder *binder, const Expr *expr, const char *what, Micros *out);
CHECKED Status bind_window_time(Binder *binder, const Field *field, Span span, const Logical *from,
                                uint32_t column);
CHECKED Status bind_window_node(Binder *binder, Logical *input, const LogicalWindow *window,
                                Span span, Logical **out);

/* --- bind_time.c --- */
/* E2116: `what` needs an event-time column, and that of `input`, which is called `name` at the
 * span, is none: where and why it is one no more, or never was. */
Status bind_refuse_time(Binder *binder, Text name, Span span, const Logical *input, uint32_t column,
                        const char *what);
/* E2116 where the expression is computed, be it of such a column. */
Status bind_refuse_computed_time(Binder *binder, const Scalar *value, Span span,
                                 const Logical *input, const char *what);
/* A warning where the column was an event-time column and is none any more, though its rows stand
 * for moments in time: the query does something else with them than it would. */
Status bind_warn_lost_time(Binder *binder, Span span, const Logical *input, uint32_t column,
                           const char *otherwise);
/* The same as a hint, to an error that has none: where the column is of time. */
void bind_hint_time(Binder *binder, const Logical *input, uint32_t column);
/* E2104 of a window's column that FROM has put rows into and a query in between has not passed on:
 * the hint. */
void bind_hint_window(Binder *binder, const Name *name, const Logical *from);
/* E2116 where one of the scalars, computed over `input`, asks for the watermark before a row and
 * such rows have none. */
CHECKED Status bind_check_watermarks(Binder *binder, Scalar *const *scalar, uint32_t count,
                                     const Logical *input);
/* The columns of a node from which on the watermark is the clock's: none is event time any more. */
CHECKED Status bind_clock_schema(Binder *binder, Schema *schema);

/* The hook for subqueries in a query's expressions, and of an AstVisitor that goes into none. */
CHECKED Status bind_subquery(BindContext *context, const Expr *expr, Scalar **out);
bool stop_at_query(void *context, const Query *query);

/* GROUP BY, HAVING, aggregates: what the select list and HAVING refer to afterwards. */
typedef struct Grouping Grouping;
/* The select needs an aggregate: it has GROUP BY, HAVING or an aggregate call. */
bool select_is_grouped(const Select *select);
/* Groups `input`; then `context` binds expressions over the groups. */
CHECKED Status bind_group_begin(Binder *binder, const Select *select, const Scope *scope,
                                Grouping **out);
/* For expressions over the groups: grouping expressions, aggregates and what is computed of them.
 */
BindContext bind_group_context(Grouping *grouping, const char *place);
CHECKED Status bind_grouped_condition(Grouping *grouping, const Expr *expr, const char *place,
                                      Scalar **out);
/* After all expressions are bound: the aggregate over `input`. */
CHECKED Status bind_group_finish(Grouping *grouping, Logical *input, Logical **out);

/* What a projection of the scalar has to do with time: a plain column keeps its meaning. */
TimeAttribute scalar_time(const Scalar *scalar, const Schema *schema);
/* The name of an unnamed output column: EXPR$n. */
CHECKED Status bind_unnamed(Binder *binder, uint32_t index, Text *out);
/* What rows are grouped by, some of which may be columns of a window. */
typedef struct WindowKeys {
    const Schema *input; /* whose first columns the keys are */
    uint32_t keys;
    const bool *whole; /* per key: all groups have it; NULL: all of them */
    Span span;
    const char *place;   /* where they are named: "GROUP BY" */
    const char *instead; /* what is done where the window is there by half */
} WindowKeys;
/* The time attributes that the keys have in the result, into field[i].time; a warning where the
 * window is not whole. */
CHECKED Status bind_window_keys(Binder *binder, const WindowKeys *keys, Field *field);
/* All rows once. */
CHECKED Status bind_distinct(Binder *binder, Logical *input, Span span, Logical **out);

/* Where a column of the query's result stands in the text, as far as that can be seen. */
Span query_item_span(const Query *query, uint32_t index);

/* "X is not supported yet" (E2001). */
Status bind_unsupported(Binder *binder, Span span, const char *what);

#endif
