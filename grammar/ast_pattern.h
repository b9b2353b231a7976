/* The AST of MATCH_RECOGNIZE: row pattern recognition in FROM (SQL:2016 feature R010), with Flink's
 * WITHIN. */
#ifndef WEIR_GRAMMAR_AST_PATTERN_H
#define WEIR_GRAMMAR_AST_PATTERN_H

#include "grammar/ast_query.h"

typedef enum PatternKind {
    PATTERN_VARIABLE,
    PATTERN_CONCAT,      /* A B C */
    PATTERN_ALTERNATION, /* A | B | C */
    PATTERN_PERMUTE,     /* PERMUTE(A, B, C) */
    PATTERN_QUANTIFIED,  /* A* A+? A{2,5} */
    PATTERN_EXCLUSION,   /* {- A -} */
    PATTERN_START,       /* ^ */
    PATTERN_END,         /* $ */
    PATTERN_EMPTY,       /* () */
} PatternKind;

#define PATTERN_UNBOUNDED UINT32_MAX

typedef struct Pattern Pattern;
typedef struct PatternList {
    Pattern *first, *last;
    uint32_t count;
} PatternList;

struct Pattern {
    PatternKind kind;
    Span span;
    uint16_t depth;
    union {
        Name variable;
        PatternList items; /* CONCAT, ALTERNATION, PERMUTE; at least two, PERMUTE at least one */
        struct {
            Pattern *operand;
            uint32_t min, max; /* max PATTERN_UNBOUNDED: none; the binder checks min <= max */
            bool reluctant;
        } quantified;
        Pattern *excluded;
    } as;
    Pattern *next;
};

typedef struct Measure { /* expr AS name */
    Expr *expr;
    Name name;
    struct Measure *next;
} Measure;

typedef struct MeasureList {
    Measure *first, *last;
    uint32_t count;
} MeasureList;

typedef struct PatternDefine { /* name AS condition */
    Name name;
    Expr *condition;
    struct PatternDefine *next;
} PatternDefine;

typedef struct PatternDefineList {
    PatternDefine *first, *last;
    uint32_t count;
} PatternDefineList;

typedef struct PatternSubset { /* name = (variables) */
    Name name;
    NameList variables;
    struct PatternSubset *next;
} PatternSubset;

typedef struct PatternSubsetList {
    PatternSubset *first, *last;
    uint32_t count;
} PatternSubsetList;

typedef enum MatchRows {
    MATCH_ROWS_UNSAID, /* means ONE ROW PER MATCH */
    MATCH_ROWS_ONE,
    MATCH_ROWS_ALL, /* means SHOW EMPTY MATCHES */
    MATCH_ROWS_ALL_SHOW_EMPTY,
    MATCH_ROWS_ALL_OMIT_EMPTY,
    MATCH_ROWS_ALL_WITH_UNMATCHED,
} MatchRows;

typedef enum AfterMatch {
    AFTER_MATCH_UNSAID, /* means SKIP TO NEXT ROW, as in Flink */
    AFTER_MATCH_NEXT_ROW,
    AFTER_MATCH_PAST_LAST_ROW,
    AFTER_MATCH_TO_FIRST, /* SKIP TO FIRST variable */
    AFTER_MATCH_TO_LAST,  /* SKIP TO LAST variable */
    AFTER_MATCH_TO,       /* SKIP TO variable: means TO LAST */
} AfterMatch;

typedef enum MatchSearch {
    MATCH_SEARCH_UNSAID,
    MATCH_SEARCH_INITIAL,
    MATCH_SEARCH_SEEK
} MatchSearch;

struct MatchRecognize {
    Span span;
    ExprList partition_by;
    OrderList order_by;
    MeasureList measures;
    MatchRows rows;
    AfterMatch after;
    Name after_variable; /* of the three forms that name one */
    Span after_span;
    MatchSearch search; /* INITIAL or SEEK before PATTERN */
    Pattern *pattern;
    Expr *within; /* or NULL */
    PatternSubsetList subsets;
    PatternDefineList defines;
};

#endif
