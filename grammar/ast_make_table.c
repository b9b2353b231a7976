/* Table references and MATCH_RECOGNIZE. */
#include <assert.h>

#include "grammar/ast_make_query.h"

static TableRef *make_table(Builder *b, TableRefKind kind, Span start, uint32_t child_depth)
{
    TableRef *table = NEW(b, TableRef);
    table->kind = kind;
    table->span = ast_builder_span(b, start);
    table->depth = ast_builder_depth(b, table->span, child_depth);
    return table;
}

TableRef *ast_table_name(Builder *b, NameList name, HintList hints, Expr *as_of, Sample sample)
{
    uint32_t depth = deeper(expr_depth(sample.percent), expr_depth(sample.seed));
    TableRef *table =
        make_table(b, TABLE_REF_NAME, name.first->span, deeper(depth, expr_depth(as_of)));
    table->as.name.name = name;
    table->as.name.hints = hints;
    table->as.name.as_of = as_of;
    table->as.name.has_sample = sample.given;
    table->as.name.sample_bernoulli = sample.bernoulli;
    table->as.name.sample_percent = sample.percent;
    table->as.name.sample_seed = sample.seed;
    return table;
}

TableRef *ast_table_query(Builder *b, Query *query)
{
    TableRef *table = make_table(b, TABLE_REF_QUERY, query->span, query->depth);
    table->as.query.query = query;
    return table;
}

TableRef *ast_table_function(Builder *b, Expr *call)
{
    TableRef *table = make_table(b, TABLE_REF_FUNCTION, call->span, call->depth);
    table->as.function.call = call;
    return table;
}

TableRef *ast_table_wrapped(Builder *b, Token start, Expr *call)
{
    TableRef *table = make_table(b, TABLE_REF_FUNCTION, start.span, call->depth);
    table->as.function.call = call;
    table->as.function.wrapped = true;
    return table;
}

TableRef *ast_table_unnest(Builder *b, Token start, ExprList args, bool ordinality)
{
    TableRef *table = make_table(b, TABLE_REF_UNNEST, start.span, exprs_depth(args));
    table->as.unnest.args = args;
    table->as.unnest.ordinality = ordinality;
    return table;
}

TableRef *ast_table_lateral(Builder *b, Token start, TableRef *table)
{
    table->span = ast_builder_span(b, start.span);
    switch (table->kind) {
    case TABLE_REF_QUERY: table->as.query.lateral = true; return table;
    case TABLE_REF_FUNCTION: table->as.function.lateral = true; return table;
    case TABLE_REF_UNNEST: table->as.unnest.lateral = true; return table;
    case TABLE_REF_NAME:
    case TABLE_REF_JOIN:
    case TABLE_REF_MATCH: break;
    }
    assert(false && "the grammar has LATERAL before these three alone");
    return table;
}

TableRef *ast_table_alias(Builder *b, TableRef *table, Alias alias)
{
    table->span = ast_builder_span(b, table->span);
    table->has_alias = alias.name != NULL;
    table->alias = ast_name_copy(alias.name);
    table->columns = alias.columns;
    return table;
}

TableRef *ast_table_match(Builder *b, TableRef *input, Token start, MatchRecognize *match)
{
    match->span = ast_builder_span(b, start.span);
    uint32_t depth = deeper(input->depth, deeper(match->pattern->depth, expr_depth(match->within)));
    depth = deeper(depth, deeper(exprs_depth(match->partition_by), orders_depth(match->order_by)));
    for (const Measure *measure = match->measures.first; measure != NULL; measure = measure->next)
        depth = deeper(depth, measure->expr->depth);
    for (const PatternDefine *define = match->defines.first; define != NULL; define = define->next)
        depth = deeper(depth, define->condition->depth);
    TableRef *table = make_table(b, TABLE_REF_MATCH, input->span, depth);
    table->as.match.input = input;
    table->as.match.match = match;
    return table;
}

TableRef *ast_join(Builder *b, TableRef *left, JoinSyntax kind, TableRef *right)
{
    TableRef *join = make_table(b, TABLE_REF_JOIN, left->span, deeper(left->depth, right->depth));
    join->as.join.kind = kind;
    join->as.join.left = left;
    join->as.join.right = right;
    return join;
}

TableRef *ast_join_on(Builder *b, TableRef *join, Expr *on)
{
    join->as.join.on = on;
    join->span = ast_builder_span(b, join->span);
    if (on->depth >= join->depth)
        join->depth = ast_builder_depth(b, join->span, on->depth);
    return join;
}

TableRef *ast_join_using(Builder *b, TableRef *join, NameList columns)
{
    join->as.join.using = columns;
    join->span = ast_builder_span(b, join->span);
    return join;
}

TableRef *ast_join_natural(TableRef *join)
{
    join->as.join.natural = true;
    return join;
}

TableRef *ast_join_parenthesised(Builder *b, Token open, TableRef *table)
{
    table->span = ast_builder_span(b, open.span);
    return table;
}

/* --- MATCH_RECOGNIZE --- */

MatchRecognize *ast_match(Builder *b, MatchHead head, Pattern *pattern, Expr *within,
                          PatternSubsetList subsets, PatternDefineList defines)
{
    MatchRecognize *match = NEW(b, MatchRecognize);
    match->partition_by = head.partition;
    match->order_by = head.order;
    match->measures = head.measures;
    match->rows = head.rows;
    match->after = head.after.kind;
    match->after_variable = ast_name_copy(head.after.variable);
    match->after_span = head.after.span;
    match->search = head.search;
    match->pattern = pattern;
    match->within = within;
    match->subsets = subsets;
    match->defines = defines;
    return match;
}

MeasureList ast_measures(Builder *b, MeasureList list, Expr *expr, const Name *name)
{
    Measure *measure = NEW(b, Measure);
    *measure = (Measure){expr, ast_name_copy(name), NULL};
    LIST_ADD(&list, measure);
    return list;
}

AfterClause ast_after(Builder *b, Token start, AfterMatch kind, Name *variable)
{
    return (AfterClause){kind, variable, ast_builder_span(b, start.span)};
}

PatternSubsetList ast_subsets(Builder *b, PatternSubsetList list, const Name *name,
                              NameList variables)
{
    PatternSubset *subset = NEW(b, PatternSubset);
    *subset = (PatternSubset){ast_name_copy(name), variables, NULL};
    LIST_ADD(&list, subset);
    return list;
}

PatternDefineList ast_defines(Builder *b, PatternDefineList list, const Name *name, Expr *condition)
{
    PatternDefine *define = NEW(b, PatternDefine);
    *define = (PatternDefine){ast_name_copy(name), condition, NULL};
    LIST_ADD(&list, define);
    return list;
}

/* --- patterns --- */

static Pattern *make_pattern(Builder *b, PatternKind kind, Span start, uint32_t child_depth)
{
    Pattern *pattern = NEW(b, Pattern);
    pattern->kind = kind;
    pattern->span = ast_builder_span(b, start);
    pattern->depth = ast_builder_depth(b, pattern->span, child_depth);
    return pattern;
}

static uint32_t patterns_depth(PatternList list)
{
    uint32_t depth = 0;
    for (const Pattern *pattern = list.first; pattern != NULL; pattern = pattern->next)
        depth = deeper(depth, pattern->depth);
    return depth;
}

Pattern *ast_pattern_variable(Builder *b, const Name *name)
{
    Pattern *pattern = make_pattern(b, PATTERN_VARIABLE, name->span, 0);
    pattern->as.variable = ast_name_copy(name);
    return pattern;
}

Pattern *ast_pattern_leaf(Builder *b, PatternKind kind, Token start)
{
    return make_pattern(b, kind, start.span, 0);
}

Pattern *ast_pattern_of(Builder *b, PatternKind kind, PatternList items)
{
    if (items.count == 1)
        return items.first;
    Pattern *pattern = make_pattern(b, kind, items.first->span, patterns_depth(items));
    pattern->as.items = items;
    return pattern;
}

Pattern *ast_pattern_group(Builder *b, Token start, Pattern *inner)
{
    inner->span = ast_builder_span(b, start.span);
    return inner;
}

Pattern *ast_pattern_exclusion(Builder *b, Token start, Pattern *inner)
{
    Pattern *pattern = make_pattern(b, PATTERN_EXCLUSION, start.span, inner->depth);
    pattern->as.excluded = inner;
    return pattern;
}

Pattern *ast_pattern_permute(Builder *b, Token start, PatternList items)
{
    Pattern *pattern = make_pattern(b, PATTERN_PERMUTE, start.span, patterns_depth(items));
    pattern->as.items = items;
    return pattern;
}

Pattern *ast_pattern_quantified(Builder *b, Pattern *operand, PatternBounds bounds, bool reluctant)
{
    Pattern *pattern = make_pattern(b, PATTERN_QUANTIFIED, operand->span, operand->depth);
    pattern->as.quantified.operand = operand;
    pattern->as.quantified.min = bounds.min;
    pattern->as.quantified.max = bounds.max;
    pattern->as.quantified.reluctant = reluctant;
    return pattern;
}

enum { LARGEST_BOUND = 1000000 }; /* the binder has the limit that counts */

PatternBounds ast_pattern_bounds(Builder *b, const Token *min, const Token *max)
{
    return (PatternBounds){
        min == NULL ? 0 : (uint32_t)ast_integer(b, *min, LARGEST_BOUND),
        max == NULL ? PATTERN_UNBOUNDED : (uint32_t)ast_integer(b, *max, LARGEST_BOUND),
    };
}
