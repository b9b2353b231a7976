/* The AST of what stands in FROM, and of ORDER BY, windows and hints. MATCH_RECOGNIZE is in
 * ast_pattern.h. */
#ifndef WEIR_GRAMMAR_AST_TABLE_H
#define WEIR_GRAMMAR_AST_TABLE_H

#include "grammar/ast_expr.h"

typedef struct TableRef TableRef;
typedef struct MatchRecognize MatchRecognize;

/* --- parts --- */

typedef enum OrderDirection { ORDER_UNSAID, ORDER_ASC, ORDER_DESC } OrderDirection;
typedef enum OrderNulls { ORDER_NULLS_UNSAID, ORDER_NULLS_FIRST, ORDER_NULLS_LAST } OrderNulls;

struct OrderItem {
    Expr *expr;
    OrderDirection direction;
    OrderNulls nulls;
    OrderItem *next;
};

typedef enum WindowFrameUnit {
    WINDOW_FRAME_UNSAID,
    WINDOW_FRAME_ROWS,
    WINDOW_FRAME_RANGE
} WindowFrameUnit;

typedef enum WindowBoundKind {
    WINDOW_BOUND_UNBOUNDED_PRECEDING,
    WINDOW_BOUND_PRECEDING, /* offset PRECEDING */
    WINDOW_BOUND_CURRENT_ROW,
    WINDOW_BOUND_FOLLOWING, /* offset FOLLOWING */
    WINDOW_BOUND_UNBOUNDED_FOLLOWING,
} WindowBoundKind;

typedef struct WindowBound {
    WindowBoundKind kind;
    Expr *offset; /* of WINDOW_BOUND_PRECEDING and WINDOW_BOUND_FOLLOWING; else NULL */
} WindowBound;

/* What follows OVER, and what WINDOW names. */
struct WindowSpec {
    Span span;
    bool by_name;  /* OVER w: only `base` is set; as against OVER (w ...) */
    bool has_base; /* an existing window that is refined */
    Name base;
    ExprList partition_by;
    OrderList order_by;
    WindowFrameUnit frame;
    bool frame_between; /* BETWEEN start AND end; else `end` is WINDOW_BOUND_CURRENT_ROW */
    WindowBound start, end;
};

typedef struct WindowDef { /* WINDOW name AS (spec) */
    Name name;
    WindowSpec *spec;
    struct WindowDef *next;
} WindowDef;

typedef struct WindowDefList {
    WindowDef *first, *last;
    uint32_t count;
} WindowDefList;

typedef struct HintArg {      /* 'k' = 'v', k = 'v', 'v', 5, a.b */
    bool has_key, key_quoted; /* key_quoted: written as a string, else a name */
    Text key;
    bool value_quoted; /* written as a string, else a number */
    Text value;
    NameList names; /* a.b: then there is no value */
    Span span;
    struct HintArg *next;
} HintArg;

typedef struct HintArgList {
    HintArg *first, *last;
    uint32_t count;
} HintArgList;

typedef struct Hint {
    Name name;
    HintArgList args;
    struct Hint *next;
} Hint;

typedef struct HintList {
    Hint *first, *last;
    uint32_t count;
} HintList;

/* --- table references --- */

typedef enum TableRefKind {
    TABLE_REF_NAME,
    TABLE_REF_QUERY,    /* (SELECT ...), (VALUES ...) */
    TABLE_REF_FUNCTION, /* TABLE(f(...)), f(...), LATERAL TABLE(f(...)), LATERAL f(...) */
    TABLE_REF_UNNEST,   /* UNNEST(a) [WITH ORDINALITY] */
    TABLE_REF_JOIN,
    TABLE_REF_MATCH, /* input MATCH_RECOGNIZE (...) */
} TableRefKind;

typedef enum JoinSyntax {
    JOIN_SYNTAX_INNER,
    JOIN_SYNTAX_LEFT,
    JOIN_SYNTAX_RIGHT,
    JOIN_SYNTAX_FULL,
    JOIN_SYNTAX_CROSS,
    JOIN_SYNTAX_COMMA, /* a, b */
    JOIN_SYNTAX_SEMI,  /* [LEFT] SEMI JOIN */
    JOIN_SYNTAX_ANTI,
} JoinSyntax;

struct TableRef {
    TableRefKind kind;
    Span span;
    uint16_t depth;
    bool has_alias;
    Name alias;
    NameList columns; /* AS t (a, b) */
    union {
        struct {
            NameList name;
            HintList hints;
            Expr *as_of;     /* FOR SYSTEM_TIME AS OF expr, or NULL */
            bool has_sample; /* TABLESAMPLE SYSTEM | BERNOULLI (percent) [REPEATABLE (seed)] */
            bool sample_bernoulli; /* else SYSTEM */
            Expr *sample_percent;
            Expr *sample_seed; /* or NULL */
        } name;
        struct {
            Query *query;
            bool lateral;
        } query;
        struct {
            Expr *call;   /* an EXPR_CALL */
            bool wrapped; /* in TABLE( ) */
            bool lateral;
        } function;
        struct {
            ExprList args;
            bool ordinality, lateral;
        } unnest;
        struct {
            JoinSyntax kind;
            bool natural;
            TableRef *left, *right;
            Expr *on;       /* NULL: none */
            NameList using; /* USING (a, b); empty: none */
        } join;
        struct {
            TableRef *input;
            MatchRecognize *match;
        } match;
    } as;
};

#endif
