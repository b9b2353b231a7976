/* Binding: names get their meaning. AST in, logical plan and scalars out; every mistake that a
 * statement can hold is found here and explained with its position.
 *
 * A Binder lives for one statement. What it makes lies in its arena. Files: scope.c (which columns
 * a name can mean), bind_type.c, bind_literal.c, bind_expr.c, bind_call.c, coerce.c (expressions);
 * bind_query.c, bind_from.c, bind_group.c, bind_aggregate.c, bind_over.c, bind_window.c,
 * bind_time.c (queries); bind_table.c, bind_with.c, create_like.c, create_as.c (CREATE TABLE). */
#ifndef WEIR_PLANNER_BIND_BIND_H
#define WEIR_PLANNER_BIND_BIND_H

#include "executor/plan/scalar.h"
#include "grammar/ast.h"
#include "storage/base/vec.h"
#include "storage/data/schema.h"

typedef struct TableLookup TableLookup; /* planner/planner.h: tables by name */
typedef struct Binder Binder;
typedef struct Logical Logical;
typedef struct LogicalRows LogicalRows;

/* The rows of a query that reads no table, by running it. */
typedef Status BindRun(Binder *binder, Logical *logical, LogicalRows *out);

struct Binder {
    Arena *arena;
    Diag *diag;
    TableLookup *tables;         /* NULL: no table can be named (expressions in tests and DDL) */
    uint32_t depth;              /* of nested queries and views */
    bool subquery;               /* what is being bound stands inside of another query */
    const struct CteFrame *ctes; /* WITH names in reach (bind_query.c); NULL: none */
    VEC(Diag *) warnings;
    BindRun *run;        /* NULL: what can only be known by running a query is refused */
    const void *request; /* of `run` */
};

CHECKED Status bind_warning(Binder *binder, ErrorCode code, Span span, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* --- scopes: the columns that a name can mean --- */

typedef struct ScopeColumn {
    Text table; /* alias or name of its table; empty: none */
    Text name;
    Type type;
    TimeAttribute time;
    uint32_t index; /* column of the batch that expressions are evaluated on */
    bool merged;    /* shared by USING or NATURAL: the unqualified name means the left one */
    bool outer;     /* of the query around this one: hidden by what this one gives the same name */
} ScopeColumn;

typedef struct Scope {
    VEC(ScopeColumn) column;
    const struct Logical *from; /* where the columns come from; NULL: that is no query */
    bool declares;              /* they are those that a table declares */
} Scope;

CHECKED Status scope_add(Binder *binder, Scope *scope, Text table, Text name, Type type,
                         TimeAttribute time, uint32_t index);
/* All columns of a schema, numbered from `first`. */
CHECKED Status scope_add_schema(Binder *binder, Scope *scope, Text table, const Schema *schema,
                                uint32_t first);
/* `a`, `t.a`: E2104 with a suggestion (another letter case, the nearest name, a table that has it),
 * E2105 when several fit. `parts_used` tells how many parts name the column (the rest are fields).
 */
CHECKED Status scope_find(Binder *binder, const Scope *scope, const NameList *name, Span span,
                          const ScopeColumn **out, uint32_t *parts_used);
/* Adds `there are a, b, c and 2 more` to an error that has no better hint. */
void hint_names(Diag *diag, const char *what, const Text *names, uint32_t count);
/* Of a table's name that is not in the scope: the one that was meant, or those that are there. */
CHECKED Status hint_tables(Binder *binder, const Scope *scope, Text wrong);

/* --- expressions --- */

typedef struct BindContext BindContext;
struct BindContext {
    Binder *binder;
    const Scope *scope;
    const char *place; /* "WHERE", "the select list": for messages */
    /* Offered every node before it is bound; sets *out when the node is its own (a grouping
     * expression, an aggregate, a window's start), and leaves it NULL otherwise. NULL: none.
     * Without it an aggregate call is E2110 "misplaced aggregate". */
    Status (*special)(BindContext *context, const Expr *expr, Scalar **out);
    /* Subqueries in expressions; NULL: E2001. */
    Status (*subquery)(BindContext *context, const Expr *expr, Scalar **out);
    void *user; /* of the hooks */
};

/* Constants are folded, casts put in, types and nullability as Flink's. A bare NULL is E2124 unless
 * its place gives it a type. */
CHECKED Status bind_expr(BindContext *context, const Expr *expr, Scalar **out);
/* As bind_expr, where the place wants this type: implicit casts or E2108. */
CHECKED Status bind_expr_as(BindContext *context, const Expr *expr, const Type *type, Scalar **out);
/* WHERE, HAVING, ON, FILTER: BOOLEAN, else E2108. */
CHECKED Status bind_condition(BindContext *context, const Expr *expr, Scalar **out);
/* An expression of literals only, computed: E2126 otherwise. */
CHECKED Status bind_constant(Binder *binder, const Expr *expr, Value *out);
/* An INTERVAL literal (or constant expression) of day-time kind in microseconds: E2126. */
CHECKED Status bind_interval(Binder *binder, const Expr *expr, Micros *out);

CHECKED Status bind_type(Binder *binder, const TypeName *name, Type *out);
bool is_type_name(Text name);

/* All to their common type, as CASE, COALESCE, UNION and VALUES do; `what` names the place
 * ("CASE"). */
CHECKED Status coerce_common(Binder *binder, Scalar **item, uint32_t count, const char *what,
                             Span span, Type *common);
/* As INSERT and UNION do it without a CAST; E2108 when there is no implicit way. */
CHECKED Status coerce_to(Binder *binder, Scalar *from, const Type *to, const char *what, Span span,
                         Scalar **out);

/* The name is that of an aggregate function (COUNT, SUM ...). */
bool is_aggregate_name(Text name);

#endif
