/* The AST of function calls, with all that may stand in and around them: see ast_type.h for what
 * holds of every node. */
#ifndef WEIR_GRAMMAR_AST_CALL_H
#define WEIR_GRAMMAR_AST_CALL_H

#include "grammar/ast_type.h"

typedef struct Query Query;
typedef struct OrderItem OrderItem;
typedef struct WindowSpec WindowSpec;

typedef struct OrderList {
    OrderItem *first, *last;
    uint32_t count;
} OrderList;

/* How a call was written, for printing and for words that only some functions take. In all of them
 * `name` and `args` are those of the function. */
typedef enum CallSyntax {
    CALL_PLAIN,   /* f(a, b) */
    CALL_BARE,    /* CURRENT_DATE: no parentheses */
    CALL_FROM,    /* f(a FROM b [FOR c]), as SUBSTRING takes it: args a b [c] */
    CALL_PLACING, /* f(a PLACING b FROM c [FOR d]), as OVERLAY takes it: args a b c [d] */
    CALL_TO,      /* f(a TO unit), as FLOOR and CEIL take it: args a, EXPR_UNIT */
    CALL_IN,      /* POSITION(a IN b [FROM c]): args a b [c] */
    CALL_EXTRACT, /* EXTRACT(unit FROM a): args EXPR_UNIT, a */
    CALL_TRIM,    /* TRIM([BOTH|LEADING|TRAILING] [c] FROM a): args a [c], and trim_side */
} CallSyntax;

typedef enum TrimSide { TRIM_UNSAID, TRIM_BOTH, TRIM_LEADING, TRIM_TRAILING } TrimSide;
typedef enum CallQuantifier { CALL_QUANTIFIER_NONE, CALL_DISTINCT, CALL_ALL } CallQuantifier;
typedef enum CallNulls { CALL_NULLS_UNSAID, CALL_IGNORE_NULLS, CALL_RESPECT_NULLS } CallNulls;
/* RUNNING and FINAL before a call in MEASURES and DEFINE. */
typedef enum CallFrame { CALL_FRAME_UNSAID, CALL_RUNNING, CALL_FINAL } CallFrame;

typedef enum JsonOnNull { JSON_ON_NULL_UNSAID, JSON_NULL_ON_NULL, JSON_ABSENT_ON_NULL } JsonOnNull;

typedef enum JsonWrapper {
    JSON_WRAPPER_UNSAID,
    JSON_WITHOUT_WRAPPER,
    JSON_WITH_WRAPPER, /* WITH [UNCONDITIONAL] [ARRAY] WRAPPER */
    JSON_WITH_CONDITIONAL_WRAPPER,
} JsonWrapper;

typedef enum JsonBehaviorKind {
    JSON_BEHAVIOR_UNSAID,
    JSON_BEHAVIOR_NULL,
    JSON_BEHAVIOR_ERROR,
    JSON_BEHAVIOR_EMPTY, /* EMPTY without ARRAY or OBJECT */
    JSON_BEHAVIOR_EMPTY_ARRAY,
    JSON_BEHAVIOR_EMPTY_OBJECT,
    JSON_BEHAVIOR_TRUE,
    JSON_BEHAVIOR_FALSE,
    JSON_BEHAVIOR_UNKNOWN,
    JSON_BEHAVIOR_DEFAULT, /* DEFAULT value */
    JSON_BEHAVIOR_ABSENT,  /* of the grammar: it becomes JSON_ABSENT_ON_NULL and is in no AST */
} JsonBehaviorKind;

typedef struct JsonBehavior { /* what stands before ON EMPTY or ON ERROR */
    JsonBehaviorKind kind;
    Expr *value; /* of DEFAULT; else NULL */
} JsonBehavior;

typedef struct JsonClauses { /* the words after the arguments of JSON_VALUE, JSON_QUERY, ... */
    JsonOnNull on_null;
    TypeName *returning; /* NULL: unsaid */
    JsonWrapper wrapper;
    JsonBehavior on_empty, on_error;
} JsonClauses;

typedef struct Call {
    NameList name; /* one part, or qualified */
    CallSyntax syntax;
    CallQuantifier quantifier; /* f(DISTINCT x) */
    CallFrame frame;
    CallNulls nulls;    /* f(x IGNORE NULLS) or f(x) IGNORE NULLS */
    TrimSide trim_side; /* CALL_TRIM */
    ExprList args;      /* COUNT(*) has one EXPR_STAR */
    OrderList order_by; /* f(x ORDER BY y) */
    OrderList within_group;
    Expr *filter;      /* FILTER (WHERE ...), or NULL */
    WindowSpec *over;  /* or NULL */
    JsonClauses *json; /* NULL: none of them is written */
} Call;

#endif
