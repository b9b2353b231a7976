/* Comparison of names, types and expressions. */
#include "grammar/ast_equal.h"

bool equal_name(const Name *a, const Name *b)
{
    return text_equal(a->text, b->text);
}

LIST_EQUAL_FUNCTION(names_equal, NameList, Name, equal_name)
LIST_EQUAL_FUNCTION(exprs_equal, ExprList, Expr, ast_equal_expr)

bool equal_names(const NameList *a, const NameList *b)
{
    return names_equal(a, b);
}

bool equal_exprs(const ExprList *a, const ExprList *b)
{
    return exprs_equal(a, b);
}

bool equal_optional_expr(const Expr *a, const Expr *b)
{
    return a == NULL || b == NULL ? a == b : ast_equal_expr(a, b);
}

bool equal_optional_query(const Query *a, const Query *b)
{
    return a == NULL || b == NULL ? a == b : ast_equal_query(a, b);
}

static bool equal_order_item(const OrderItem *a, const OrderItem *b)
{
    return a->direction == b->direction && a->nulls == b->nulls && ast_equal_expr(a->expr, b->expr);
}

LIST_EQUAL_FUNCTION(orders_equal, OrderList, OrderItem, equal_order_item)

bool equal_orders(const OrderList *a, const OrderList *b)
{
    return orders_equal(a, b);
}

/* --- types --- */

static bool equal_qualifier(const IntervalQualifier *a, const IntervalQualifier *b)
{
    return a->from == b->from && a->to == b->to && a->precision == b->precision &&
           a->fraction == b->fraction;
}

static bool equal_row_field(const RowField *a, const RowField *b)
{
    return equal_name(&a->name, &b->name) && a->has_comment == b->has_comment &&
           text_equal(a->comment, b->comment) && ast_equal_type(a->type, b->type);
}

LIST_EQUAL_FUNCTION(equal_row_fields, RowFieldList, RowField, equal_row_field)

bool ast_equal_type(const TypeName *a, const TypeName *b)
{
    if (a->kind != b->kind || a->nullability != b->nullability)
        return false;
    switch (a->kind) {
    case TYPE_NAME_PLAIN:
        return a->as.plain.zone == b->as.plain.zone &&
               equal_names(&a->as.plain.name, &b->as.plain.name) &&
               equal_exprs(&a->as.plain.args, &b->as.plain.args);
    case TYPE_NAME_ARRAY:
    case TYPE_NAME_MULTISET: return ast_equal_type(a->as.element, b->as.element);
    case TYPE_NAME_MAP:
        return ast_equal_type(a->as.map.key, b->as.map.key) &&
               ast_equal_type(a->as.map.value, b->as.map.value);
    case TYPE_NAME_ROW: return equal_row_fields(&a->as.row, &b->as.row);
    case TYPE_NAME_INTERVAL: return equal_qualifier(&a->as.interval, &b->as.interval);
    }
    return false;
}

static bool equal_optional_type(const TypeName *a, const TypeName *b)
{
    return a == NULL || b == NULL ? a == b : ast_equal_type(a, b);
}

/* --- calls --- */

static bool equal_behavior(const JsonBehavior *a, const JsonBehavior *b)
{
    return a->kind == b->kind && equal_optional_expr(a->value, b->value);
}

static bool equal_json(const JsonClauses *a, const JsonClauses *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->on_null == b->on_null && a->wrapper == b->wrapper &&
           equal_optional_type(a->returning, b->returning) &&
           equal_behavior(&a->on_empty, &b->on_empty) && equal_behavior(&a->on_error, &b->on_error);
}

static bool equal_call(const Call *a, const Call *b)
{
    return a->syntax == b->syntax && a->quantifier == b->quantifier && a->frame == b->frame &&
           a->nulls == b->nulls && a->trim_side == b->trim_side &&
           equal_names(&a->name, &b->name) && equal_exprs(&a->args, &b->args) &&
           equal_orders(&a->order_by, &b->order_by) &&
           equal_orders(&a->within_group, &b->within_group) &&
           equal_optional_expr(a->filter, b->filter) && equal_window(a->over, b->over) &&
           equal_json(a->json, b->json);
}

/* --- expressions --- */

static bool equal_literal(const Literal *a, const Literal *b)
{
    if (a->kind != b->kind || !text_equal(a->text, b->text))
        return false;
    if (a->kind == LITERAL_TYPED)
        return text_equal(a->of.type_name, b->of.type_name);
    if (a->kind == LITERAL_INTERVAL)
        return a->of.interval.negative == b->of.interval.negative &&
               equal_qualifier(a->of.interval.qualifier, b->of.interval.qualifier);
    return true;
}

static bool equal_case_when(const CaseWhen *a, const CaseWhen *b)
{
    return equal_exprs(&a->when, &b->when) && ast_equal_expr(a->then, b->then);
}

LIST_EQUAL_FUNCTION(equal_case_whens, CaseWhenList, CaseWhen, equal_case_when)

static bool equal_table_arg(const Expr *a, const Expr *b)
{
    return equal_names(&a->as.table.name, &b->as.table.name) &&
           equal_optional_query(a->as.table.query, b->as.table.query) &&
           equal_exprs(&a->as.table.partition_by, &b->as.table.partition_by) &&
           equal_orders(&a->as.table.order_by, &b->as.table.order_by);
}

static bool equal_between(const Expr *a, const Expr *b)
{
    return a->as.between.negated == b->as.between.negated &&
           a->as.between.symmetric == b->as.between.symmetric &&
           ast_equal_expr(a->as.between.operand, b->as.between.operand) &&
           ast_equal_expr(a->as.between.low, b->as.between.low) &&
           ast_equal_expr(a->as.between.high, b->as.between.high);
}

static bool equal_like(const Expr *a, const Expr *b)
{
    return a->as.like.kind == b->as.like.kind && a->as.like.negated == b->as.like.negated &&
           ast_equal_expr(a->as.like.operand, b->as.like.operand) &&
           ast_equal_expr(a->as.like.pattern, b->as.like.pattern) &&
           equal_optional_expr(a->as.like.escape, b->as.like.escape);
}

static bool equal_in(const Expr *a, const Expr *b)
{
    return a->as.in.negated == b->as.in.negated &&
           ast_equal_expr(a->as.in.operand, b->as.in.operand) &&
           equal_exprs(&a->as.in.items, &b->as.in.items) &&
           equal_optional_query(a->as.in.query, b->as.in.query);
}

static bool equal_quantified(const Expr *a, const Expr *b)
{
    return a->as.quantified.op == b->as.quantified.op &&
           a->as.quantified.all == b->as.quantified.all &&
           ast_equal_expr(a->as.quantified.operand, b->as.quantified.operand) &&
           equal_exprs(&a->as.quantified.items, &b->as.quantified.items) &&
           equal_optional_query(a->as.quantified.query, b->as.quantified.query);
}

bool ast_equal_expr(const Expr *a, const Expr *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case EXPR_LITERAL: return equal_literal(&a->as.literal, &b->as.literal);
    case EXPR_COLUMN:
    case EXPR_STAR:
    case EXPR_DESCRIPTOR: return equal_names(&a->as.column, &b->as.column);
    case EXPR_UNARY:
        return a->as.unary.op == b->as.unary.op &&
               ast_equal_expr(a->as.unary.operand, b->as.unary.operand);
    case EXPR_BINARY:
        return a->as.binary.op == b->as.binary.op &&
               ast_equal_expr(a->as.binary.left, b->as.binary.left) &&
               ast_equal_expr(a->as.binary.right, b->as.binary.right);
    case EXPR_IS:
        return a->as.is.test == b->as.is.test && a->as.is.negated == b->as.is.negated &&
               ast_equal_expr(a->as.is.operand, b->as.is.operand);
    case EXPR_BETWEEN: return equal_between(a, b);
    case EXPR_LIKE: return equal_like(a, b);
    case EXPR_IN: return equal_in(a, b);
    case EXPR_QUANTIFIED: return equal_quantified(a, b);
    case EXPR_EXISTS:
    case EXPR_SUBQUERY: return ast_equal_query(a->as.query, b->as.query);
    case EXPR_CASE:
        return equal_optional_expr(a->as.cases.operand, b->as.cases.operand) &&
               equal_case_whens(&a->as.cases.whens, &b->as.cases.whens) &&
               equal_optional_expr(a->as.cases.otherwise, b->as.cases.otherwise);
    case EXPR_CAST:
        return a->as.cast.safe == b->as.cast.safe &&
               ast_equal_expr(a->as.cast.operand, b->as.cast.operand) &&
               ast_equal_type(a->as.cast.type, b->as.cast.type);
    case EXPR_CALL: return equal_call(a->as.call, b->as.call);
    case EXPR_ROW:
    case EXPR_ARRAY:
    case EXPR_MAP:
    case EXPR_MULTISET:
        return a->as.items.keyword == b->as.items.keyword &&
               equal_exprs(&a->as.items.items, &b->as.items.items) &&
               equal_optional_query(a->as.items.query, b->as.items.query);
    case EXPR_ELEMENT:
        return ast_equal_expr(a->as.element.base, b->as.element.base) &&
               ast_equal_expr(a->as.element.index, b->as.element.index);
    case EXPR_FIELD:
        return equal_name(&a->as.field.name, &b->as.field.name) &&
               ast_equal_expr(a->as.field.base, b->as.field.base);
    case EXPR_TIME_DIFFERENCE:
        return equal_qualifier(a->as.difference.qualifier, b->as.difference.qualifier) &&
               ast_equal_expr(a->as.difference.operand, b->as.difference.operand);
    case EXPR_UNIT: return a->as.unit == b->as.unit;
    case EXPR_DEFAULT: return true;
    case EXPR_NAMED_ARG:
        return equal_name(&a->as.named.name, &b->as.named.name) &&
               ast_equal_expr(a->as.named.value, b->as.named.value);
    case EXPR_TABLE_ARG: return equal_table_arg(a, b);
    case EXPR_KEY_VALUE:
        return ast_equal_expr(a->as.pair.key, b->as.pair.key) &&
               ast_equal_expr(a->as.pair.value, b->as.pair.value);
    }
    return false;
}
