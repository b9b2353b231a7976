/* Operators and the other expressions that are no calls. */
#include "grammar/ast_make_expr.h"

#include <assert.h>

/* --- depth --- */

uint32_t deeper(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

uint32_t expr_depth(const Expr *expr)
{
    return expr == NULL ? 0 : expr->depth;
}

uint32_t query_depth(const Query *query)
{
    return query == NULL ? 0 : query->depth;
}

uint32_t exprs_depth(ExprList list)
{
    uint32_t depth = 0;
    for (const Expr *expr = list.first; expr != NULL; expr = expr->next)
        depth = deeper(depth, expr->depth);
    return depth;
}

uint32_t orders_depth(OrderList list)
{
    uint32_t depth = 0;
    for (const OrderItem *item = list.first; item != NULL; item = item->next)
        depth = deeper(depth, item->expr->depth);
    return depth;
}

/* A node from `start` to the last token, one deeper than its deepest child. */
static Expr *make_expr(Builder *b, ExprKind kind, Span start, uint32_t child_depth)
{
    Expr *expr = NEW(b, Expr);
    expr->kind = kind;
    expr->span = ast_builder_span(b, start);
    expr->depth = ast_builder_depth(b, expr->span, child_depth);
    return expr;
}

/* --- operators --- */

Expr *ast_unary(Builder *b, UnaryOp op, Token sign, Expr *operand)
{
    Expr *expr = make_expr(b, EXPR_UNARY, sign.span, operand->depth);
    expr->as.unary.op = op;
    expr->as.unary.operand = operand;
    return expr;
}

Expr *ast_at_local(Builder *b, Expr *operand)
{
    Expr *expr = make_expr(b, EXPR_UNARY, operand->span, operand->depth);
    expr->as.unary.op = UNARY_AT_LOCAL;
    expr->as.unary.operand = operand;
    return expr;
}

Expr *ast_binary(Builder *b, BinaryOp op, Expr *left, Expr *right)
{
    Expr *expr = make_expr(b, EXPR_BINARY, left->span, deeper(left->depth, right->depth));
    expr->as.binary.op = op;
    expr->as.binary.left = left;
    expr->as.binary.right = right;
    return expr;
}

Expr *ast_is(Builder *b, Expr *operand, bool negated, IsTest test)
{
    Expr *expr = make_expr(b, EXPR_IS, operand->span, operand->depth);
    expr->as.is.test = test;
    expr->as.is.negated = negated;
    expr->as.is.operand = operand;
    return expr;
}

Expr *ast_like(Builder *b, LikeKind kind, bool negated, Expr *operand, Expr *pattern, Expr *escape)
{
    uint32_t depth = deeper(operand->depth, deeper(pattern->depth, expr_depth(escape)));
    Expr *expr = make_expr(b, EXPR_LIKE, operand->span, depth);
    expr->as.like.kind = kind;
    expr->as.like.negated = negated;
    expr->as.like.operand = operand;
    expr->as.like.pattern = pattern;
    expr->as.like.escape = escape;
    return expr;
}

Expr *ast_between(Builder *b, bool negated, bool symmetric, Expr *operand, Expr *low, Expr *high)
{
    uint32_t depth = deeper(operand->depth, deeper(low->depth, high->depth));
    Expr *expr = make_expr(b, EXPR_BETWEEN, operand->span, depth);
    expr->as.between.negated = negated;
    expr->as.between.symmetric = symmetric;
    expr->as.between.operand = operand;
    expr->as.between.low = low;
    expr->as.between.high = high;
    return expr;
}

Expr *ast_in(Builder *b, bool negated, Expr *operand, ExprList items, Query *query)
{
    uint32_t depth = deeper(operand->depth, deeper(exprs_depth(items), query_depth(query)));
    Expr *expr = make_expr(b, EXPR_IN, operand->span, depth);
    expr->as.in.negated = negated;
    expr->as.in.operand = operand;
    expr->as.in.items = items;
    expr->as.in.query = query;
    return expr;
}

Expr *ast_quantified(Builder *b, BinaryOp op, Expr *operand, Quantified what)
{
    uint32_t depth =
        deeper(operand->depth, deeper(exprs_depth(what.items), query_depth(what.query)));
    Expr *expr = make_expr(b, EXPR_QUANTIFIED, operand->span, depth);
    expr->as.quantified.op = op;
    expr->as.quantified.all = what.all;
    expr->as.quantified.operand = operand;
    expr->as.quantified.items = what.items;
    expr->as.quantified.query = what.query;
    return expr;
}

/* --- names and paths --- */

Expr *ast_column(Builder *b, Name *name)
{
    Expr *expr = make_expr(b, EXPR_COLUMN, name->span, 0);
    expr->as.column = ast_names((NameList){0}, name);
    return expr;
}

Expr *ast_dot(Builder *b, Expr *base, Name *name)
{
    if (base->kind == EXPR_COLUMN) {
        base->as.column = ast_names(base->as.column, name);
        base->span = ast_builder_span(b, base->span);
        return base;
    }
    Expr *expr = make_expr(b, EXPR_FIELD, base->span, base->depth);
    expr->as.field.base = base;
    expr->as.field.name = ast_name_copy(name);
    return expr;
}

Expr *ast_star(Builder *b, Expr *qualifier, Token star)
{
    Expr *expr = make_expr(b, EXPR_STAR, qualifier == NULL ? star.span : qualifier->span, 0);
    if (qualifier != NULL && qualifier->kind == EXPR_COLUMN)
        expr->as.column = qualifier->as.column;
    else if (qualifier != NULL)
        ast_builder_error(b, E1001, qualifier->span, "",
                          "only the name of a table can stand before .*");
    return expr;
}

Expr *ast_element(Builder *b, Expr *base, Expr *index)
{
    Expr *expr = make_expr(b, EXPR_ELEMENT, base->span, deeper(base->depth, index->depth));
    expr->as.element.base = base;
    expr->as.element.index = index;
    return expr;
}

/* --- parentheses, rows, collections, queries --- */

Expr *ast_parenthesised(Builder *b, Token open, Expr *inner)
{
    inner->span = ast_builder_span(b, open.span);
    return inner;
}

Expr *ast_difference(Builder *b, Token open, Expr *inner, IntervalQualifier *qualifier)
{
    Expr *expr = make_expr(b, EXPR_TIME_DIFFERENCE, open.span, inner->depth);
    expr->as.difference.operand = inner;
    expr->as.difference.qualifier = qualifier;
    return expr;
}

ExprList ast_exprs_front(Expr *first, ExprList rest)
{
    first->next = rest.first;
    return (ExprList){first, rest.last, rest.count + 1};
}

Expr *ast_row(Builder *b, Token start, bool keyword, ExprList items)
{
    Expr *expr = ast_items(b, EXPR_ROW, start, items);
    expr->as.items.keyword = keyword;
    return expr;
}

Expr *ast_items(Builder *b, ExprKind kind, Token start, ExprList items)
{
    Expr *expr = make_expr(b, kind, start.span, exprs_depth(items));
    expr->as.items.items = items;
    return expr;
}

Expr *ast_items_query(Builder *b, ExprKind kind, Token start, Query *query)
{
    Expr *expr = make_expr(b, kind, start.span, query->depth);
    expr->as.items.query = query;
    return expr;
}

Expr *ast_exists(Builder *b, Token start, Query *query)
{
    Expr *expr = make_expr(b, EXPR_EXISTS, start.span, query->depth);
    expr->as.query = query;
    return expr;
}

Expr *ast_subquery(Builder *b, Query *query)
{
    Expr *expr = make_expr(b, EXPR_SUBQUERY, query->span, query->depth);
    expr->as.query = query;
    return expr;
}

/* --- CASE, CAST --- */

CaseWhenList ast_whens(Builder *b, CaseWhenList list, ExprList when, Expr *then)
{
    CaseWhen *branch = NEW(b, CaseWhen);
    branch->when = when;
    branch->then = then;
    LIST_ADD(&list, branch);
    return list;
}

Expr *ast_case(Builder *b, Token start, Expr *operand, CaseWhenList whens, Expr *otherwise)
{
    uint32_t depth = deeper(expr_depth(operand), expr_depth(otherwise));
    for (const CaseWhen *branch = whens.first; branch != NULL; branch = branch->next) {
        depth = deeper(depth, deeper(exprs_depth(branch->when), branch->then->depth));
        if (operand == NULL && branch->when.count > 1)
            ast_builder_error(b, E1001, branch->when.last->span, "write OR between them",
                              "WHEN has one condition, as there is no value behind CASE");
    }
    Expr *expr = make_expr(b, EXPR_CASE, start.span, depth);
    expr->as.cases.operand = operand;
    expr->as.cases.whens = whens;
    expr->as.cases.otherwise = otherwise;
    return expr;
}

Expr *ast_cast(Builder *b, Token start, bool safe, Expr *operand, TypeName *type)
{
    Expr *expr = make_expr(b, EXPR_CAST, start.span, deeper(operand->depth, type->depth));
    expr->as.cast.safe = safe;
    expr->as.cast.operand = operand;
    expr->as.cast.type = type;
    return expr;
}
