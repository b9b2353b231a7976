/* What the files of expression binding share; nobody outside of planner/bind includes it.
 *
 * A value may still be a bare NULL (TYPE_NULL): bind_value lets one through, so that the place that
 * asked can give it a type; bind_expr refuses it. */
#ifndef WEIR_PLANNER_BIND_BIND_PRIVATE_H
#define WEIR_PLANNER_BIND_BIND_PRIVATE_H

#include "executor/function/coerce.h"
#include "planner/bind/query.h"

/* --- coerce.c --- */

/* "DECIMAL(10, 2)", for messages; lives as long as the binder. */
const char *bind_type_name(Binder *binder, const Type *type);

/* --- bind_expr.c --- */

CHECKED Status bind_value(BindContext *context, const Expr *expr, Scalar **out);
/* BOOLEAN, or E2107 in the name of the operator `what`. */
CHECKED Status bind_truth(BindContext *context, const Expr *expr, const char *what, Scalar **out);
/* The function or operator `name` over values, folded when they are constants. Names that begin
 * with a $ are internal: an error speaks of `shown` instead (NULL: of the name). */
CHECKED Status bind_apply(Binder *binder, const char *name, const char *shown, Scalar *const *arg,
                          uint32_t args, Span span, Scalar **out);
CHECKED Status bind_cast(Binder *binder, Scalar *arg, Type to, bool try_cast, Span span,
                         Scalar **out);
CHECKED Status bind_null(Binder *binder, Type type, Span span, Scalar **out);
CHECKED Status bind_truth_value(Binder *binder, bool value, Span span, Scalar **out);

/* --- bind_literal.c --- */

CHECKED Status bind_literal(Binder *binder, const Expr *expr, Scalar **out);
/* A number with a minus before it: the least integer of a type has no positive counterpart. */
CHECKED Status bind_negative_number(Binder *binder, const Literal *literal, Span span,
                                    Scalar **out);

/* --- bind_interval.c --- */

CHECKED Status bind_interval_literal(Binder *binder, const Literal *literal, Span span, Value *out);
/* So many of a unit; a qualifier of several is E2107. */
CHECKED Status bind_interval_times(Binder *binder, Scalar *count, const IntervalQualifier *unit,
                                   Span span, Scalar **out);
/* Whether a qualifier is of years and months, or of days and times; E2119 when it is neither. */
CHECKED Status bind_qualifier(Binder *binder, const IntervalQualifier *qualifier, TypeId *out);

/* --- bind_predicate.c --- */

/* `name` is the comparison operator, `shown` what messages call it. */
CHECKED Status bind_comparison(Binder *binder, CompareKind kind, const char *name,
                               const char *shown, Scalar *left, Scalar *right, Span span,
                               Scalar **out);
CHECKED Status bind_is(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_between(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_like(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_in(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_quantified(BindContext *context, const Expr *expr, Scalar **out);
/* The same over one value or more that are bound; the items are changed. */
CHECKED Status bind_in_items(Binder *binder, CompareKind kind, const Expr *expr, Scalar *operand,
                             Scalar **item, uint32_t items, Scalar **out);
/* Whether the operand is one of the values of a list, as CASE asks. */
CHECKED Status bind_among(BindContext *context, Scalar *operand, const ExprList *list, Span span,
                          Scalar **out);
CHECKED Status bind_quantified_items(Binder *binder, const Expr *expr, Scalar *operand,
                                     Scalar **item, uint32_t items, Scalar **out);
CHECKED Status bind_overlaps(BindContext *context, const Expr *expr, Scalar **out);

/* --- bind_branch.c --- */

/* AND or OR over truth values, without those that do not matter. */
CHECKED Status bind_logic(Binder *binder, ScalarKind kind, Scalar *const *arg, uint32_t args,
                          Span span, Scalar **out);
CHECKED Status bind_not(Binder *binder, Scalar *arg, Span span, Scalar **out);
CHECKED Status bind_case(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_coalesce(BindContext *context, const Expr *expr,
                             Scalar **out); /* COALESCE, IFNULL */
CHECKED Status bind_if(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_nullif(BindContext *context, const Expr *expr, Scalar **out);

/* --- bind_aggregate.c --- */

/* Where the arguments of aggregate calls come from. */
typedef struct AggregateInput {
    BindContext context; /* how they are bound; the place is the aggregate's */
    /* The column of the aggregate's input that the scalar is. */
    Status (*column)(void *user, Scalar *scalar, int32_t *out);
    void *user;
    bool has_rows; /* the call is computed over one row or more, but for its FILTER */
} AggregateInput;
CHECKED Status bind_aggregate_call(const AggregateInput *input, const Expr *expr,
                                   PlanAggregateCall *out);
bool same_aggregate_call(const PlanAggregateCall *a, const PlanAggregateCall *b);

/* --- bind_from.c, bind_unnest.c --- */

/* The names of an alias or the like for columns, when it has any; E2120 when they are not as many:
 * "the alias names 2 columns and UNNEST gives 1". */
CHECKED Status bind_column_names(Binder *binder, const NameList *names, const char *what,
                                 const char *has, Field *field, uint32_t count);
/* The input's columns and those of the collection's elements. */
CHECKED Status bind_unnest_over(Binder *binder, const TableRef *ref, Logical *input,
                                const Scope *scope, bool outer, Logical **out);
/* The join is of a kind behind which what is made of its left side's rows can stand. */
CHECKED Status bind_check_beside(Binder *binder, const TableRef *ref, const char *what);
/* The columns from `first` on join the scope under the alias of `ref`. */
CHECKED Status bind_add_beside(Binder *binder, const TableRef *ref, const Schema *schema,
                               uint32_t first, Scope *scope);

/* --- bind_json.c --- */

CHECKED Status bind_json_exists(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_json_value(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_json_query(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_json_object(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_json_array(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_json_string(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_json(BindContext *context, const Expr *expr, Scalar **out);
/* A value that is JSON already: it stands among others as what it is, not as a text. */
bool bind_is_json_call(const Expr *expr);
/* --- bind_nested.c --- */

/* E1005 when the type is nested too deeply or has too many parts. */
CHECKED Status bind_check_nested(Binder *binder, const Type *type, Span span);
/* ROW(...), ARRAY[...], MAP[...]: `name` is the function that makes it. */
CHECKED Status bind_constructor(BindContext *context, const Expr *expr, const char *name,
                                Scalar **out);
CHECKED Status bind_field(Binder *binder, Scalar *row, const Name *name, Span span, Scalar **out);
CHECKED Status bind_field_expr(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_element(BindContext *context, const Expr *expr, Scalar **out);

/* --- bind_time.c --- */

CHECKED Status bind_current_watermark(BindContext *context, const Expr *expr, Scalar **out);
CHECKED Status bind_source_watermark(BindContext *context, const Expr *expr, Scalar **out);

/* --- bind_call.c --- */

CHECKED Status bind_call(BindContext *context, const Expr *expr, Scalar **out);
/* E2107 for words behind or before a call that only some functions take: DISTINCT, FILTER ... */
CHECKED Status bind_check_words(Binder *binder, const Expr *expr);

/* --- foreign_names.c --- */

/* What another database calls so; nothing when none does. */
void hint_foreign_function(Diag *diag, Text name);
void hint_foreign_type(Diag *diag, Text name);

/* --- later_functions.c --- */

/* Names of functions that Flink has and Weir does not yet; the last row is NULL. */
extern const char *const later_functions[];
bool is_later_function(Text name);

#endif
