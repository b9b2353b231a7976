/* The AST of queries. */
#ifndef WEIR_GRAMMAR_AST_QUERY_H
#define WEIR_GRAMMAR_AST_QUERY_H

#include "grammar/ast_table.h"

typedef struct SelectItem {
    Expr *expr; /* may be an EXPR_STAR */
    bool has_alias;
    Name alias;
    struct SelectItem *next;
} SelectItem;

typedef struct SelectItemList {
    SelectItem *first, *last;
    uint32_t count;
} SelectItemList;

typedef enum GroupKind {
    GROUP_EXPR,
    GROUP_LIST,   /* (a, b) as one set; () is the empty one */
    GROUP_SETS,   /* GROUPING SETS (...) */
    GROUP_ROLLUP, /* ROLLUP (...) */
    GROUP_CUBE,   /* CUBE (...) */
} GroupKind;

typedef struct GroupItem GroupItem;
typedef struct GroupItemList {
    GroupItem *first, *last;
    uint32_t count;
} GroupItemList;

struct GroupItem {
    GroupKind kind;
    Span span;
    uint16_t depth;
    Expr *expr;          /* GROUP_EXPR; else NULL */
    GroupItemList items; /* the others */
    GroupItem *next;
};

typedef enum SelectQuantifier { SELECT_UNSAID, SELECT_ALL, SELECT_DISTINCT } SelectQuantifier;

typedef struct Select {
    Span span;
    HintList hints;
    SelectQuantifier quantifier;
    SelectItemList items;
    TableRef *from;                    /* NULL: no FROM */
    Expr *where;                       /* or NULL */
    bool grouped;                      /* has GROUP BY */
    SelectQuantifier group_quantifier; /* GROUP BY DISTINCT */
    GroupItemList group_by;
    Expr *having; /* or NULL */
    WindowDefList windows;
    Expr *qualify; /* or NULL */
} Select;

typedef struct ValuesRow {
    ExprList items;
    Span span;
    struct ValuesRow *next;
} ValuesRow;

typedef struct ValuesRowList {
    ValuesRow *first, *last;
    uint32_t count;
} ValuesRowList;

typedef enum QuerySetOp {
    QUERY_SET_UNION,
    QUERY_SET_INTERSECT,
    QUERY_SET_EXCEPT
} QuerySetOp; /* MINUS comes as EXCEPT */

typedef struct Cte {
    Name name;
    NameList columns; /* may be empty */
    Query *query;
    struct Cte *next;
} Cte;

typedef struct CteList {
    Cte *first, *last;
    uint32_t count;
} CteList;

typedef enum QueryKind {
    QUERY_SELECT,
    QUERY_SET_OP,
    QUERY_VALUES,
    QUERY_TABLE,  /* TABLE t */
    QUERY_NESTED, /* (query) with a WITH, ORDER BY or LIMIT of its own inside others: (SELECT ...
                     LIMIT 1) LIMIT 2 */
} QueryKind;

typedef enum LimitSyntax { LIMIT_UNSAID, LIMIT_LIMIT, LIMIT_ALL, LIMIT_FETCH } LimitSyntax;

struct Query {
    QueryKind kind;
    Span span;
    uint16_t depth;
    bool recursive; /* WITH RECURSIVE */
    CteList ctes;
    union {
        Select *select;
        struct {
            QuerySetOp op;
            bool all; /* ALL; else DISTINCT, written or not */
            Query *left, *right;
        } set;
        ValuesRowList values;
        NameList table;
        Query *nested;
    } as;
    OrderList order_by;
    Expr *offset; /* or NULL */
    LimitSyntax limit_syntax;
    Expr *limit; /* of LIMIT n and FETCH FIRST n ROWS ONLY; else NULL */
};

#endif
