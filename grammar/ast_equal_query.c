/* Comparison of queries, tables, windows and patterns. */
#include "grammar/ast_equal.h"

/* --- windows, hints --- */

static bool equal_bound(const WindowBound *a, const WindowBound *b)
{
    return a->kind == b->kind && equal_optional_expr(a->offset, b->offset);
}

bool equal_window(const WindowSpec *a, const WindowSpec *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->by_name == b->by_name && a->has_base == b->has_base &&
           equal_name(&a->base, &b->base) && equal_exprs(&a->partition_by, &b->partition_by) &&
           equal_orders(&a->order_by, &b->order_by) && a->frame == b->frame &&
           a->frame_between == b->frame_between && equal_bound(&a->start, &b->start) &&
           equal_bound(&a->end, &b->end);
}

static bool equal_window_def(const WindowDef *a, const WindowDef *b)
{
    return equal_name(&a->name, &b->name) && equal_window(a->spec, b->spec);
}

LIST_EQUAL_FUNCTION(equal_window_defs, WindowDefList, WindowDef, equal_window_def)

static bool equal_hint_arg(const HintArg *a, const HintArg *b)
{
    return a->has_key == b->has_key && a->key_quoted == b->key_quoted &&
           text_equal(a->key, b->key) && a->value_quoted == b->value_quoted &&
           text_equal(a->value, b->value) && equal_names(&a->names, &b->names);
}

LIST_EQUAL_FUNCTION(equal_hint_args, HintArgList, HintArg, equal_hint_arg)

static bool equal_hint(const Hint *a, const Hint *b)
{
    return equal_name(&a->name, &b->name) && equal_hint_args(&a->args, &b->args);
}

LIST_EQUAL_FUNCTION(hints_equal, HintList, Hint, equal_hint)

bool equal_hints(const HintList *a, const HintList *b)
{
    return hints_equal(a, b);
}

/* --- MATCH_RECOGNIZE --- */

static bool equal_pattern(const Pattern *a, const Pattern *b);
LIST_EQUAL_FUNCTION(equal_patterns, PatternList, Pattern, equal_pattern)

static bool equal_pattern(const Pattern *a, const Pattern *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case PATTERN_VARIABLE: return equal_name(&a->as.variable, &b->as.variable);
    case PATTERN_CONCAT:
    case PATTERN_ALTERNATION:
    case PATTERN_PERMUTE: return equal_patterns(&a->as.items, &b->as.items);
    case PATTERN_QUANTIFIED:
        return a->as.quantified.min == b->as.quantified.min &&
               a->as.quantified.max == b->as.quantified.max &&
               a->as.quantified.reluctant == b->as.quantified.reluctant &&
               equal_pattern(a->as.quantified.operand, b->as.quantified.operand);
    case PATTERN_EXCLUSION: return equal_pattern(a->as.excluded, b->as.excluded);
    case PATTERN_START:
    case PATTERN_END:
    case PATTERN_EMPTY: return true;
    }
    return false;
}

static bool equal_measure(const Measure *a, const Measure *b)
{
    return equal_name(&a->name, &b->name) && ast_equal_expr(a->expr, b->expr);
}

static bool equal_define(const PatternDefine *a, const PatternDefine *b)
{
    return equal_name(&a->name, &b->name) && ast_equal_expr(a->condition, b->condition);
}

static bool equal_subset(const PatternSubset *a, const PatternSubset *b)
{
    return equal_name(&a->name, &b->name) && equal_names(&a->variables, &b->variables);
}

LIST_EQUAL_FUNCTION(equal_measures, MeasureList, Measure, equal_measure)
LIST_EQUAL_FUNCTION(equal_defines, PatternDefineList, PatternDefine, equal_define)
LIST_EQUAL_FUNCTION(equal_subsets, PatternSubsetList, PatternSubset, equal_subset)

static bool equal_match(const MatchRecognize *a, const MatchRecognize *b)
{
    return a->rows == b->rows && a->after == b->after && a->search == b->search &&
           equal_name(&a->after_variable, &b->after_variable) &&
           equal_exprs(&a->partition_by, &b->partition_by) &&
           equal_orders(&a->order_by, &b->order_by) && equal_measures(&a->measures, &b->measures) &&
           equal_pattern(a->pattern, b->pattern) && equal_optional_expr(a->within, b->within) &&
           equal_subsets(&a->subsets, &b->subsets) && equal_defines(&a->defines, &b->defines);
}

/* --- tables --- */

static bool equal_named_table(const TableRef *a, const TableRef *b)
{
    return equal_names(&a->as.name.name, &b->as.name.name) &&
           equal_hints(&a->as.name.hints, &b->as.name.hints) &&
           equal_optional_expr(a->as.name.as_of, b->as.name.as_of) &&
           a->as.name.has_sample == b->as.name.has_sample &&
           a->as.name.sample_bernoulli == b->as.name.sample_bernoulli &&
           equal_optional_expr(a->as.name.sample_percent, b->as.name.sample_percent) &&
           equal_optional_expr(a->as.name.sample_seed, b->as.name.sample_seed);
}

static bool equal_table_body(const TableRef *a, const TableRef *b)
{
    switch (a->kind) {
    case TABLE_REF_NAME: return equal_named_table(a, b);
    case TABLE_REF_QUERY:
        return a->as.query.lateral == b->as.query.lateral &&
               ast_equal_query(a->as.query.query, b->as.query.query);
    case TABLE_REF_FUNCTION:
        return a->as.function.lateral == b->as.function.lateral &&
               a->as.function.wrapped == b->as.function.wrapped &&
               ast_equal_expr(a->as.function.call, b->as.function.call);
    case TABLE_REF_UNNEST:
        return a->as.unnest.lateral == b->as.unnest.lateral &&
               a->as.unnest.ordinality == b->as.unnest.ordinality &&
               equal_exprs(&a->as.unnest.args, &b->as.unnest.args);
    case TABLE_REF_JOIN:
        return a->as.join.kind == b->as.join.kind && a->as.join.natural == b->as.join.natural &&
               equal_tables(a->as.join.left, b->as.join.left) &&
               equal_tables(a->as.join.right, b->as.join.right) &&
               equal_optional_expr(a->as.join.on, b->as.join.on) &&
               equal_names(&a->as.join.using, &b->as.join.using);
    case TABLE_REF_MATCH:
        return equal_tables(a->as.match.input, b->as.match.input) &&
               equal_match(a->as.match.match, b->as.match.match);
    }
    return false;
}

bool equal_tables(const TableRef *a, const TableRef *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->kind == b->kind && a->has_alias == b->has_alias && equal_name(&a->alias, &b->alias) &&
           equal_names(&a->columns, &b->columns) && equal_table_body(a, b);
}

/* --- queries --- */

static bool equal_select_item(const SelectItem *a, const SelectItem *b)
{
    return a->has_alias == b->has_alias && equal_name(&a->alias, &b->alias) &&
           ast_equal_expr(a->expr, b->expr);
}

static bool equal_group_item(const GroupItem *a, const GroupItem *b);
LIST_EQUAL_FUNCTION(equal_group_items, GroupItemList, GroupItem, equal_group_item)

static bool equal_group_item(const GroupItem *a, const GroupItem *b)
{
    return a->kind == b->kind && equal_optional_expr(a->expr, b->expr) &&
           equal_group_items(&a->items, &b->items);
}

LIST_EQUAL_FUNCTION(equal_select_items, SelectItemList, SelectItem, equal_select_item)

static bool equal_select(const Select *a, const Select *b)
{
    return a->quantifier == b->quantifier && a->grouped == b->grouped &&
           a->group_quantifier == b->group_quantifier && equal_hints(&a->hints, &b->hints) &&
           equal_select_items(&a->items, &b->items) && equal_tables(a->from, b->from) &&
           equal_optional_expr(a->where, b->where) &&
           equal_group_items(&a->group_by, &b->group_by) &&
           equal_optional_expr(a->having, b->having) &&
           equal_window_defs(&a->windows, &b->windows) &&
           equal_optional_expr(a->qualify, b->qualify);
}

static bool equal_values_row(const ValuesRow *a, const ValuesRow *b)
{
    return equal_exprs(&a->items, &b->items);
}

static bool equal_cte(const Cte *a, const Cte *b)
{
    return equal_name(&a->name, &b->name) && equal_names(&a->columns, &b->columns) &&
           ast_equal_query(a->query, b->query);
}

LIST_EQUAL_FUNCTION(equal_values, ValuesRowList, ValuesRow, equal_values_row)
LIST_EQUAL_FUNCTION(equal_ctes, CteList, Cte, equal_cte)

static bool equal_body(const Query *a, const Query *b)
{
    switch (a->kind) {
    case QUERY_SELECT: return equal_select(a->as.select, b->as.select);
    case QUERY_SET_OP:
        return a->as.set.op == b->as.set.op && a->as.set.all == b->as.set.all &&
               ast_equal_query(a->as.set.left, b->as.set.left) &&
               ast_equal_query(a->as.set.right, b->as.set.right);
    case QUERY_VALUES: return equal_values(&a->as.values, &b->as.values);
    case QUERY_TABLE: return equal_names(&a->as.table, &b->as.table);
    case QUERY_NESTED: return ast_equal_query(a->as.nested, b->as.nested);
    }
    return false;
}

bool ast_equal_query(const Query *a, const Query *b)
{
    return a->kind == b->kind && a->recursive == b->recursive && equal_ctes(&a->ctes, &b->ctes) &&
           equal_orders(&a->order_by, &b->order_by) && equal_optional_expr(a->offset, b->offset) &&
           a->limit_syntax == b->limit_syntax && equal_optional_expr(a->limit, b->limit) &&
           equal_body(a, b);
}
