/* Queries, SELECT, grouping, windows. */
#include <assert.h>

#include "grammar/ast_make_query.h"

/* --- ORDER BY, LIMIT --- */

OrderItem *ast_order(Builder *b, Expr *expr, OrderDirection direction, OrderNulls nulls)
{
    OrderItem *item = NEW(b, OrderItem);
    *item = (OrderItem){expr, direction, nulls, NULL};
    return item;
}

Limits ast_limit(LimitSyntax syntax, Expr *limit)
{
    return (Limits){.syntax = syntax, .limit = limit};
}

Limits ast_offset(Expr *offset)
{
    return (Limits){.offset = offset};
}

Limits ast_limits(Limits limit, Limits offset)
{
    limit.offset = offset.offset;
    return limit;
}

Expr *ast_one(Builder *b)
{
    return ast_literal(b, LITERAL_INTEGER, (Token){.span = b->previous, .text = TEXT("1")});
}

/* --- queries --- */

static Query *make_query(Builder *b, QueryKind kind, Span start, uint32_t child_depth)
{
    Query *query = NEW(b, Query);
    query->kind = kind;
    query->span = ast_builder_span(b, start);
    query->depth = ast_builder_depth(b, query->span, child_depth);
    return query;
}

static uint32_t groups_depth(GroupItemList list)
{
    uint32_t depth = 0;
    for (const GroupItem *item = list.first; item != NULL; item = item->next)
        depth = deeper(depth, item->depth);
    return depth;
}

static uint32_t select_depth(const Select *select)
{
    uint32_t depth = select->from == NULL ? 0 : select->from->depth;
    depth = deeper(depth, deeper(expr_depth(select->where), expr_depth(select->having)));
    depth = deeper(depth, deeper(expr_depth(select->qualify), groups_depth(select->group_by)));
    for (const SelectItem *item = select->items.first; item != NULL; item = item->next)
        depth = deeper(depth, item->expr->depth);
    for (const WindowDef *def = select->windows.first; def != NULL; def = def->next)
        depth = deeper(depth, window_depth(def->spec));
    return depth;
}

Query *ast_query_select(Builder *b, Select *select)
{
    Query *query = make_query(b, QUERY_SELECT, select->span, select_depth(select));
    query->as.select = select;
    return query;
}

Query *ast_query_set(Builder *b, QuerySetOp op, bool all, Query *left, Query *right)
{
    Query *query = make_query(b, QUERY_SET_OP, left->span, deeper(left->depth, right->depth));
    query->as.set.op = op;
    query->as.set.all = all;
    query->as.set.left = left;
    query->as.set.right = right;
    return query;
}

/* "(1, 2)" and "ROW(1, 2)" are rows of two; anything else is a row of one. */
static ValuesRow *make_values_row(Builder *b, Expr *expr)
{
    ValuesRow *row = NEW(b, ValuesRow);
    row->span = expr->span;
    expr->next = NULL;
    row->items = expr->kind == EXPR_ROW ? expr->as.items.items : ast_exprs((ExprList){0}, expr);
    return row;
}

Query *ast_query_values(Builder *b, Token start, ExprList rows)
{
    Query *query = make_query(b, QUERY_VALUES, start.span, exprs_depth(rows));
    for (Expr *expr = rows.first, *next; expr != NULL; expr = next) {
        next = expr->next;
        ValuesRow *row = make_values_row(b, expr);
        LIST_ADD(&query->as.values, row);
    }
    return query;
}

Query *ast_query_table(Builder *b, Token start, NameList table)
{
    Query *query = make_query(b, QUERY_TABLE, start.span, 0);
    query->as.table = table;
    return query;
}

static bool has_tail(const Query *query)
{
    return query->order_by.count > 0 || query->offset != NULL ||
           query->limit_syntax != LIMIT_UNSAID;
}

/* The query itself, or one around it when it has a WITH, ORDER BY or LIMIT of its own. */
static Query *without_tail(Builder *b, Query *query)
{
    if (query->ctes.count == 0 && !has_tail(query))
        return query;
    Query *outer = make_query(b, QUERY_NESTED, query->span, query->depth);
    outer->as.nested = query;
    return outer;
}

static void deepen(Builder *b, Query *query, uint32_t child_depth)
{
    query->span = ast_builder_span(b, query->span);
    if (child_depth >= query->depth)
        query->depth = ast_builder_depth(b, query->span, child_depth);
}

Query *ast_query_tail(Builder *b, Query *query, OrderList order, Limits limits)
{
    query = without_tail(b, query);
    query->order_by = order;
    query->offset = limits.offset;
    query->limit_syntax = limits.syntax;
    query->limit = limits.limit;
    uint32_t depth = deeper(expr_depth(limits.offset), expr_depth(limits.limit));
    deepen(b, query, deeper(depth, orders_depth(order)));
    return query;
}

Query *ast_query_with(Builder *b, With with, Query *query)
{
    if (query->ctes.count > 0)
        query = without_tail(b, query);
    query->ctes = with.ctes;
    query->recursive = with.recursive;
    uint32_t depth = 0;
    for (const Cte *cte = with.ctes.first; cte != NULL; cte = cte->next)
        depth = deeper(depth, cte->query->depth);
    query->span = span_join(with.span, query->span);
    deepen(b, query, depth);
    return query;
}

Cte *ast_cte(Builder *b, Name *name, NameList columns, Query *query)
{
    Cte *cte = NEW(b, Cte);
    *cte = (Cte){ast_name_copy(name), columns, query, NULL};
    return cte;
}

/* --- SELECT --- */

Select *ast_select(Builder *b, Token start, HintList hints, SelectQuantifier quantifier,
                   SelectItemList items)
{
    Select *select = NEW(b, Select);
    select->span = ast_builder_span(b, start.span);
    select->hints = hints;
    select->quantifier = quantifier;
    select->items = items;
    return select;
}

Select *ast_select_from(Builder *b, Select *select, TableRef *from, Expr *where, GroupBy group,
                        Expr *having, WindowDefList windows, Expr *qualify)
{
    select->span = ast_builder_span(b, select->span);
    select->from = from;
    select->where = where;
    select->grouped = group.given;
    select->group_quantifier = group.quantifier;
    select->group_by = group.items;
    select->having = having;
    select->windows = windows;
    select->qualify = qualify;
    return select;
}

SelectItem *ast_select_item(Builder *b, Expr *expr, const Name *alias)
{
    SelectItem *item = NEW(b, SelectItem);
    *item = (SelectItem){expr, alias != NULL, ast_name_copy(alias), NULL};
    return item;
}

static GroupItem *make_group(Builder *b, GroupKind kind, Span span, uint32_t child_depth)
{
    GroupItem *item = NEW(b, GroupItem);
    item->kind = kind;
    item->span = span;
    item->depth = ast_builder_depth(b, span, child_depth);
    return item;
}

/* "(a, b)" is a set of two. */
GroupItem *ast_group_expr(Builder *b, Expr *expr)
{
    if (expr->kind != EXPR_ROW || expr->as.items.keyword) {
        GroupItem *single = make_group(b, GROUP_EXPR, expr->span, expr->depth);
        single->expr = expr;
        return single;
    }
    GroupItem *item = make_group(b, GROUP_LIST, expr->span, expr->depth);
    for (Expr *part = expr->as.items.items.first, *next; part != NULL; part = next) {
        next = part->next;
        part->next = NULL;
        GroupItem *inner = make_group(b, GROUP_EXPR, part->span, part->depth);
        inner->expr = part;
        LIST_ADD(&item->items, inner);
    }
    return item;
}

GroupItem *ast_group(Builder *b, GroupKind kind, Token start, GroupItemList items)
{
    GroupItem *item = make_group(b, kind, ast_builder_span(b, start.span), groups_depth(items));
    item->items = items;
    return item;
}

/* --- windows --- */

WindowBound ast_bound(WindowBoundKind kind, Expr *offset)
{
    return (WindowBound){kind, offset};
}

WindowFrame ast_frame(WindowFrameUnit unit, WindowBound start)
{
    return (WindowFrame){unit, false, start, ast_bound(WINDOW_BOUND_CURRENT_ROW, NULL)};
}

WindowFrame ast_frame_between(WindowFrameUnit unit, WindowBound start, WindowBound end)
{
    return (WindowFrame){unit, true, start, end};
}

WindowSpec *ast_window(Builder *b, Token start, const Name *base, WindowParts parts)
{
    WindowSpec *window = NEW(b, WindowSpec);
    window->span = ast_builder_span(b, start.span);
    window->has_base = base != NULL;
    window->base = ast_name_copy(base);
    window->partition_by = parts.partition;
    window->order_by = parts.order;
    window->frame = parts.frame.unit;
    window->frame_between = parts.frame.between;
    window->start = parts.frame.start;
    window->end = parts.frame.end;
    return window;
}

WindowSpec *ast_window_named(Builder *b, const Name *name)
{
    WindowSpec *window = NEW(b, WindowSpec);
    window->span = name->span;
    window->by_name = true;
    window->base = ast_name_copy(name);
    return window;
}

WindowDef *ast_window_def(Builder *b, const Name *name, WindowSpec *spec)
{
    WindowDef *def = NEW(b, WindowDef);
    *def = (WindowDef){ast_name_copy(name), spec, NULL};
    return def;
}

uint32_t window_depth(const WindowSpec *window)
{
    uint32_t depth = deeper(exprs_depth(window->partition_by), orders_depth(window->order_by));
    return deeper(depth, deeper(expr_depth(window->start.offset), expr_depth(window->end.offset)));
}

/* --- hints --- */

Hint *ast_hint(Builder *b, const Name *name, HintArgList args)
{
    Hint *hint = NEW(b, Hint);
    *hint = (Hint){ast_name_copy(name), args, NULL};
    return hint;
}

HintArg *ast_hint_value(Builder *b, Token value)
{
    HintArg *arg = NEW(b, HintArg);
    arg->value_quoted = value.text.ptr[0] == '\'';
    arg->value = value.value;
    arg->span = value.span;
    return arg;
}

HintArg *ast_hint_names(Builder *b, NameList names)
{
    HintArg *arg = NEW(b, HintArg);
    arg->names = names;
    arg->span = ast_builder_span(b, names.first->span);
    return arg;
}

HintArg *ast_hint_pair(Builder *b, Token key, Token value)
{
    HintArg *arg = ast_hint_value(b, value);
    arg->has_key = true;
    arg->key_quoted = key.text.ptr[0] == '\'';
    arg->key = key.value;
    arg->span = span_join(key.span, value.span);
    return arg;
}
