/* Constructors of queries, tables, windows and patterns: see ast_make.h. */
#ifndef WEIR_GRAMMAR_AST_MAKE_QUERY_H
#define WEIR_GRAMMAR_AST_MAKE_QUERY_H

#include "grammar/ast_make_expr.h"

LIST_FUNCTION(ast_ctes, CteList, Cte)
LIST_FUNCTION(ast_select_items, SelectItemList, SelectItem)
LIST_FUNCTION(ast_group_items, GroupItemList, GroupItem)
LIST_FUNCTION(ast_window_defs, WindowDefList, WindowDef)
LIST_FUNCTION(ast_hints, HintList, Hint)
LIST_FUNCTION(ast_hint_args, HintArgList, HintArg)
LIST_FUNCTION(ast_patterns, PatternList, Pattern)

/* --- queries --- */

typedef struct Limits {
    Expr *offset;
    LimitSyntax syntax;
    Expr *limit;
} Limits;
Limits ast_limit(LimitSyntax syntax, Expr *limit);
Limits ast_offset(Expr *offset);
Limits ast_limits(Limits limit, Limits offset);
Expr *ast_one(Builder *b); /* of FETCH FIRST ROW ONLY */

typedef struct With {
    Span span; /* of the word */
    CteList ctes;
    bool recursive;
} With;

Query *ast_query_select(Builder *b, Select *select);
Query *ast_query_set(Builder *b, QuerySetOp op, bool all, Query *left, Query *right);
Query *ast_query_values(Builder *b, Token start, ExprList rows);
Query *ast_query_table(Builder *b, Token start, NameList table);
Query *ast_query_tail(Builder *b, Query *query, OrderList order, Limits limits);
Query *ast_query_with(Builder *b, With with, Query *query);
Cte *ast_cte(Builder *b, Name *name, NameList columns, Query *query);

typedef struct GroupBy {
    bool given;
    SelectQuantifier quantifier;
    GroupItemList items;
} GroupBy;

Select *ast_select(Builder *b, Token start, HintList hints, SelectQuantifier quantifier,
                   SelectItemList items);
Select *ast_select_from(Builder *b, Select *select, TableRef *from, Expr *where, GroupBy group,
                        Expr *having, WindowDefList windows, Expr *qualify);
SelectItem *ast_select_item(Builder *b, Expr *expr, const Name *alias);
GroupItem *ast_group_expr(Builder *b, Expr *expr);
GroupItem *ast_group(Builder *b, GroupKind kind, Token start, GroupItemList items);
OrderItem *ast_order(Builder *b, Expr *expr, OrderDirection direction, OrderNulls nulls);

/* --- windows --- */

typedef struct WindowFrame {
    WindowFrameUnit unit;
    bool between;
    WindowBound start, end;
} WindowFrame;

typedef struct WindowParts {
    ExprList partition;
    OrderList order;
    WindowFrame frame;
} WindowParts;

WindowBound ast_bound(WindowBoundKind kind, Expr *offset);
WindowFrame ast_frame(WindowFrameUnit unit, WindowBound start);
WindowFrame ast_frame_between(WindowFrameUnit unit, WindowBound start, WindowBound end);
WindowSpec *ast_window(Builder *b, Token start, const Name *base, WindowParts parts);
WindowSpec *ast_window_named(Builder *b, const Name *name);
WindowDef *ast_window_def(Builder *b, const Name *name, WindowSpec *spec);
uint32_t window_depth(const WindowSpec *window);

/* --- hints --- */

Hint *ast_hint(Builder *b, const Name *name, HintArgList args);
HintArg *ast_hint_value(Builder *b, Token value);
HintArg *ast_hint_names(Builder *b, NameList names);
HintArg *ast_hint_pair(Builder *b, Token key, Token value);

/* --- tables --- */

typedef struct Alias {
    Name *name; /* NULL: none */
    NameList columns;
} Alias;

typedef struct Sample {
    bool given, bernoulli;
    Expr *percent, *seed;
} Sample;

TableRef *ast_table_name(Builder *b, NameList name, HintList hints, Expr *as_of, Sample sample);
TableRef *ast_table_query(Builder *b, Query *query);
TableRef *ast_table_function(Builder *b, Expr *call);
TableRef *ast_table_wrapped(Builder *b, Token start, Expr *call);
TableRef *ast_table_unnest(Builder *b, Token start, ExprList args, bool ordinality);
TableRef *ast_table_lateral(Builder *b, Token start, TableRef *table);
TableRef *ast_table_alias(Builder *b, TableRef *table, Alias alias);
TableRef *ast_table_match(Builder *b, TableRef *input, Token start, MatchRecognize *match);
TableRef *ast_join(Builder *b, TableRef *left, JoinSyntax kind, TableRef *right);
TableRef *ast_join_on(Builder *b, TableRef *join, Expr *on);
TableRef *ast_join_using(Builder *b, TableRef *join, NameList columns);
TableRef *ast_join_natural(TableRef *join);
TableRef *ast_join_parenthesised(Builder *b, Token open, TableRef *table);

/* --- MATCH_RECOGNIZE --- */

typedef struct AfterClause {
    AfterMatch kind;
    Name *variable;
    Span span;
} AfterClause;

typedef struct PatternBounds {
    uint32_t min, max;
} PatternBounds;

typedef struct MatchHead { /* what stands before PATTERN */
    ExprList partition;
    OrderList order;
    MeasureList measures;
    MatchRows rows;
    AfterClause after;
    MatchSearch search;
} MatchHead;

MatchRecognize *ast_match(Builder *b, MatchHead head, Pattern *pattern, Expr *within,
                          PatternSubsetList subsets, PatternDefineList defines);
MeasureList ast_measures(Builder *b, MeasureList list, Expr *expr, const Name *name);
AfterClause ast_after(Builder *b, Token start, AfterMatch kind, Name *variable);
PatternSubsetList ast_subsets(Builder *b, PatternSubsetList list, const Name *name,
                              NameList variables);
PatternDefineList ast_defines(Builder *b, PatternDefineList list, const Name *name,
                              Expr *condition);
Pattern *ast_pattern_variable(Builder *b, const Name *name);
Pattern *ast_pattern_leaf(Builder *b, PatternKind kind, Token start);
Pattern *ast_pattern_of(Builder *b, PatternKind kind, PatternList items); /* one item: itself */
Pattern *ast_pattern_group(Builder *b, Token start, Pattern *inner);
Pattern *ast_pattern_exclusion(Builder *b, Token start, Pattern *inner);
Pattern *ast_pattern_permute(Builder *b, Token start, PatternList items);
Pattern *ast_pattern_quantified(Builder *b, Pattern *operand, PatternBounds bounds, bool reluctant);
PatternBounds ast_pattern_bounds(Builder *b, const Token *min, const Token *max);

#endif
