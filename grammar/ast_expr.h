/* The AST of expressions: see ast_type.h for what holds of every node. */
#ifndef WEIR_GRAMMAR_AST_EXPR_H
#define WEIR_GRAMMAR_AST_EXPR_H

#include "grammar/ast_call.h"

typedef enum LiteralKind {
    LITERAL_NULL,
    LITERAL_TRUE,
    LITERAL_FALSE,
    LITERAL_UNKNOWN,
    LITERAL_INTEGER,  /* digits only */
    LITERAL_DECIMAL,  /* with a point */
    LITERAL_DOUBLE,   /* with an exponent */
    LITERAL_STRING,   /* 'a''b', E'a\n', U&'\00e9': the characters */
    LITERAL_BINARY,   /* X'00ff': the hexadecimal digits, even in number */
    LITERAL_TYPED,    /* DATE '...', TIME '...', TIMESTAMP '...', TIMESTAMP_LTZ '...', which is also
                         TIMESTAMP WITH LOCAL TIME ZONE '...' */
    LITERAL_INTERVAL, /* INTERVAL '1 10:00' DAY TO MINUTE, INTERVAL -'1' DAY */
} LiteralKind;

typedef struct Literal {
    LiteralKind kind;
    Text text; /* a number: its source text, without sign; see the kinds; empty for NULL to UNKNOWN
                */
    union {
        Text type_name;    /* TYPED: upper case */
        struct {           /* INTERVAL */
            bool negative; /* a minus before the string */
            IntervalQualifier *qualifier;
        } interval;
    } of;
} Literal;

typedef enum UnaryOp { UNARY_NOT, UNARY_MINUS, UNARY_PLUS, UNARY_AT_LOCAL } UnaryOp;

typedef enum BinaryOp {
#define X(name, sql, precedence) BINARY_##name,
#include "grammar/operators.def"
#undef X
} BinaryOp;

typedef enum IsTest {
    IS_TEST_NULL,
    IS_TEST_TRUE,
    IS_TEST_FALSE,
    IS_TEST_UNKNOWN,
    IS_TEST_JSON, /* the same as IS JSON VALUE */
    IS_TEST_JSON_VALUE,
    IS_TEST_JSON_SCALAR,
    IS_TEST_JSON_ARRAY,
    IS_TEST_JSON_OBJECT,
} IsTest;

typedef enum LikeKind { LIKE_LIKE, LIKE_ILIKE, LIKE_SIMILAR, LIKE_RLIKE } LikeKind;

typedef struct CaseWhen {
    ExprList when; /* CASE x WHEN a, b THEN; without an operand one condition */
    Expr *then;
    struct CaseWhen *next;
} CaseWhen;

typedef struct CaseWhenList {
    CaseWhen *first, *last;
    uint32_t count;
} CaseWhenList;

typedef enum ExprKind {
    EXPR_LITERAL,
    EXPR_COLUMN, /* a, t.a, a.b.c: columns, tables, variables and fields are told apart by the
                    binder */
    EXPR_STAR,   /* *, t.*; in a select list or as an argument */
    EXPR_UNARY,
    EXPR_BINARY, /* arithmetic, comparison, AND, OR, periods, AT TIME ZONE: operators.def */
    EXPR_IS,     /* x IS [NOT] NULL, TRUE, JSON ... */
    EXPR_BETWEEN,
    EXPR_LIKE,
    EXPR_IN,         /* x IN (1, 2), x IN (SELECT ...) */
    EXPR_QUANTIFIED, /* x = ANY (...), x > ALL (...); SOME comes as ANY */
    EXPR_EXISTS,
    EXPR_SUBQUERY, /* (SELECT ...) as a value, or as a table argument */
    EXPR_CASE,
    EXPR_CAST,
    EXPR_CALL,
    EXPR_ROW,             /* ROW(a, b), (a, b) */
    EXPR_ARRAY,           /* ARRAY[a, b], ARRAY(SELECT ...) */
    EXPR_MAP,             /* MAP['k', 1], MAP(SELECT ...) */
    EXPR_MULTISET,        /* MULTISET[a, b], MULTISET(SELECT ...) */
    EXPR_ELEMENT,         /* x[i] */
    EXPR_FIELD,           /* f(x).y, (x).y, x[1].y; plain chains of names are an EXPR_COLUMN */
    EXPR_TIME_DIFFERENCE, /* (a - b) DAY TO SECOND: what stands in the parentheses is for the binder
                             to check */
    /* Arguments only. */
    EXPR_UNIT,       /* DAY in EXTRACT, FLOOR, TIMESTAMPADD */
    EXPR_DEFAULT,    /* DEFAULT */
    EXPR_NAMED_ARG,  /* SIZE => x */
    EXPR_TABLE_ARG,  /* TABLE t PARTITION BY k, (SELECT ...) PARTITION BY k */
    EXPR_DESCRIPTOR, /* DESCRIPTOR(a, b) */
    EXPR_KEY_VALUE,  /* KEY 'k' VALUE v, 'k' VALUE v, 'k' : v in JSON_OBJECT */
} ExprKind;

struct Expr {
    ExprKind kind;
    Span span;
    uint16_t depth;
    union {
        Literal literal;
        NameList column; /* COLUMN, DESCRIPTOR; STAR: the qualifier, empty for a plain star */
        struct {
            UnaryOp op;
            Expr *operand;
        } unary;
        struct {
            BinaryOp op;
            Expr *left, *right;
        } binary;
        struct {
            IsTest test;
            bool negated;
            Expr *operand;
        } is;
        struct {
            bool negated, symmetric;
            Expr *operand, *low, *high;
        } between;
        struct {
            LikeKind kind;
            bool negated;
            Expr *operand, *pattern, *escape; /* escape: NULL when unsaid */
        } like;
        struct {
            bool negated;
            Expr *operand;
            ExprList items; /* when query is NULL */
            Query *query;
        } in;
        struct {
            BinaryOp op; /* a comparison */
            bool all;    /* ALL; else ANY */
            Expr *operand;
            ExprList items; /* when query is NULL */
            Query *query;
        } quantified;
        Query *query; /* EXISTS, SUBQUERY */
        struct {
            Expr *operand; /* NULL: CASE WHEN condition ... */
            CaseWhenList whens;
            Expr *otherwise; /* NULL: no ELSE */
        } cases;
        struct {
            bool safe; /* TRY_CAST */
            Expr *operand;
            TypeName *type;
        } cast;
        Call *call;
        struct {            /* ROW, ARRAY, MAP, MULTISET */
            bool keyword;   /* ROW(a, b), as against (a, b) */
            ExprList items; /* when query is NULL; a MAP's keys and values in turn */
            Query *query;
        } items;
        struct {
            Expr *base, *index;
        } element;
        struct {
            Expr *base;
            Name name;
        } field;
        struct {
            Expr *operand;
            IntervalQualifier *qualifier;
        } difference;
        UnitName unit;
        struct {
            Name name;
            Expr *value;
        } named;
        struct {
            NameList name; /* TABLE t; empty when `query` is set */
            Query *query;
            ExprList partition_by;
            OrderList order_by;
        } table;
        struct {
            Expr *key, *value;
        } pair;
    } as;
    Expr *next; /* in a list; else NULL */
};

#endif
