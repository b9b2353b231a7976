/* Comparisons and what is made of them: IS, BETWEEN, LIKE, IN with a list, = ANY and > ALL over a
 * list, OVERLAPS. An operand that is compared several times is bound once; its scalar is
 * shared, and the program computes it once. */
#include <assert.h>

#include "planner/bind/bind_private.h"

Status bind_comparison(Binder *binder, CompareKind kind, const char *name, const char *shown,
                       Scalar *left, Scalar *right, Span span, Scalar **out)
{
    CompareCoercion to;
    Scalar *arg[2];
    TRY(compare_coerce(binder->arena, kind, shown, &left->type, &right->type, &to, span,
                       binder->diag));
    TRY(bind_cast(binder, left, to.left, to.try_left, left->span, &arg[0]));
    TRY(bind_cast(binder, right, to.right, to.try_right, right->span, &arg[1]));
    return bind_apply(binder, name, NULL, arg, 2, span, out);
}

static Status negate_if(Binder *binder, bool negated, Scalar *value, Span span, Scalar **out)
{
    if (negated)
        return bind_not(binder, value, span, out);
    *out = value;
    return ST_OK;
}

/* --- IS --- */

typedef struct IsName {
    const char *plain, *negated;
} IsName;

static const IsName is_names[] = {
    [IS_TEST_NULL] = {"IS NULL", "IS NOT NULL"},
    [IS_TEST_TRUE] = {"IS TRUE", "IS NOT TRUE"},
    [IS_TEST_FALSE] = {"IS FALSE", "IS NOT FALSE"},
    [IS_TEST_UNKNOWN] = {"IS UNKNOWN", "IS NOT UNKNOWN"},
    [IS_TEST_JSON] = {"IS JSON", NULL}, /* never NULL: NOT is enough */
    [IS_TEST_JSON_VALUE] = {"IS JSON", NULL},
    [IS_TEST_JSON_SCALAR] = {"IS JSON SCALAR", NULL},
    [IS_TEST_JSON_ARRAY] = {"IS JSON ARRAY", NULL},
    [IS_TEST_JSON_OBJECT] = {"IS JSON OBJECT", NULL},
};

Status bind_is(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const IsName *name = &is_names[expr->as.is.test];
    bool negated = expr->as.is.negated;
    Scalar *operand, *value;
    if (name->negated != NULL) {
        TRY(bind_value(context, expr->as.is.operand, &operand));
        return bind_apply(binder, negated ? name->negated : name->plain, NULL, &operand, 1,
                          expr->span, out);
    }
    TRY(bind_expr(context, expr->as.is.operand, &operand));
    TRY(bind_apply(binder, name->plain, NULL, &operand, 1, expr->span, &value));
    return negate_if(binder, negated, value, expr->span, out);
}

/* --- BETWEEN --- */

/* low <= operand AND operand <= high */
static Status make_between(Binder *binder, Scalar *operand, Scalar *low, Scalar *high, Span span,
                           Scalar **out)
{
    Scalar *part[2];
    TRY(bind_comparison(binder, COMPARE_ORDER, ">=", "BETWEEN", operand, low, span, &part[0]));
    TRY(bind_comparison(binder, COMPARE_ORDER, "<=", "BETWEEN", operand, high, span, &part[1]));
    return bind_logic(binder, SCALAR_AND, part, 2, span, out);
}

Status bind_between(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    Scalar *operand, *low, *high, *value;
    TRY(bind_value(context, expr->as.between.operand, &operand));
    TRY(bind_value(context, expr->as.between.low, &low));
    TRY(bind_value(context, expr->as.between.high, &high));
    TRY(make_between(binder, operand, low, high, expr->span, &value));
    if (expr->as.between.symmetric) {
        Scalar *either[2] = {value, NULL};
        TRY(make_between(binder, operand, high, low, expr->span, &either[1]));
        TRY(bind_logic(binder, SCALAR_OR, either, 2, expr->span, &value));
    }
    return negate_if(binder, expr->as.between.negated, value, expr->span, out);
}

/* --- LIKE --- */

static const char *const like_names[] = {
    [LIKE_LIKE] = "LIKE",
    [LIKE_ILIKE] = "ILIKE",
    [LIKE_SIMILAR] = "SIMILAR TO",
    [LIKE_RLIKE] = "RLIKE",
};

Status bind_like(BindContext *context, const Expr *expr, Scalar **out)
{
    Scalar *arg[3], *value;
    uint32_t args = expr->as.like.escape == NULL ? 2 : 3;
    TRY(bind_value(context, expr->as.like.operand, &arg[0]));
    TRY(bind_value(context, expr->as.like.pattern, &arg[1]));
    if (args == 3)
        TRY(bind_value(context, expr->as.like.escape, &arg[2]));
    Status status = bind_apply(context->binder, like_names[expr->as.like.kind], NULL, arg, args,
                               expr->span, &value);
    if (status != ST_OK && !type_is_character(&arg[0]->type)) {
        context->binder->diag->hint[0] = '\0';
        diag_hint(context->binder->diag, "CAST(... AS STRING) makes a text of a value");
    }
    TRY(status);
    return negate_if(context->binder, expr->as.like.negated, value, expr->span, out);
}

/* --- lists --- */

static Status bind_items(BindContext *context, const ExprList *list, Scalar ***out)
{
    TRY_NEW_ARRAY(*out, context->binder->arena, list->count);
    uint32_t i = 0;
    for (const Expr *item = list->first; item != NULL; item = item->next)
        TRY(bind_value(context, item, &(*out)[i++]));
    return ST_OK;
}

/* The type of all items, which the operand is then compared with. */
static Status items_type(Binder *binder, Scalar *const *item, uint32_t items, Type *out)
{
    *out = item[0]->type;
    for (uint32_t i = 1; i < items; i++) {
        Type wider;
        if (!type_common(binder->arena, out, &item[i]->type, &wider)) {
            Status status = diag_error(binder->diag, E2107, item[i]->span,
                                       "the values of the list have no common type");
            diag_hint(binder->diag, "CAST this one to the type of those before it");
            return status;
        }
        *out = wider;
    }
    return ST_OK;
}

/* A kernel takes so many arguments, the operand among them. */
enum { IN_ITEMS = FUNCTION_MAX_ARGS - 1 };

/* It is computed only where none of the values before it is equal, as IN is an OR of comparisons.
 */
static bool is_guarded_item(const Scalar *item)
{
    return scalar_can_fail(item) || (item->flags & FN_VOLATILE) != 0;
}

/* As few kernels as can be: a new one begins at a guarded item, and where one is full. */
static Status make_in(Binder *binder, Scalar *operand, Scalar **item, uint32_t items, Span span,
                      Scalar **out)
{
    Scalar **part;
    uint32_t parts = 0, end;
    TRY_NEW_ARRAY(part, binder->arena, items);
    for (uint32_t first = 0; first < items; first = end) {
        Scalar *arg[FUNCTION_MAX_ARGS];
        arg[0] = operand;
        end = first;
        do
            arg[1 + end - first] = item[end];
        while (++end < items && end - first < IN_ITEMS && !is_guarded_item(item[end]));
        TRY(bind_apply(binder, "$IN", "IN", arg, 1 + end - first, span, &part[parts++]));
    }
    return bind_logic(binder, SCALAR_OR, part, parts, span, out);
}

/* operand = item OR operand = item ...; `what`: for errors. */
static Status compare_items(Binder *binder, CompareKind kind, const char *what, Span span,
                            Scalar *operand, Scalar **item, uint32_t items, Scalar **out)
{
    Type common;
    CompareCoercion to;
    assert(items > 0);
    TRY(items_type(binder, item, items, &common));
    TRY(compare_coerce(binder->arena, kind, what, &operand->type, &common, &to, span,
                       binder->diag));
    TRY(bind_cast(binder, operand, to.left, to.try_left, operand->span, &operand));
    for (uint32_t i = 0; i < items; i++) {
        Type type = type_with_null(to.right, item[i]->type.nullable || to.try_right);
        TRY(bind_cast(binder, item[i], type, to.try_right, item[i]->span, &item[i]));
    }
    return make_in(binder, operand, item, items, span, out);
}

Status bind_in_items(Binder *binder, CompareKind kind, const Expr *expr, Scalar *operand,
                     Scalar **item, uint32_t items, Scalar **out)
{
    Scalar *value;
    TRY(compare_items(binder, kind, "IN", expr->span, operand, item, items, &value));
    return negate_if(binder, expr->as.in.negated, value, expr->span, out);
}

Status bind_among(BindContext *context, Scalar *operand, const ExprList *list, Span span,
                  Scalar **out)
{
    Scalar **item;
    TRY(bind_items(context, list, &item));
    return compare_items(context->binder, COMPARE_EQUALITY, "CASE", span, operand, item,
                         list->count, out);
}

Status bind_in(BindContext *context, const Expr *expr, Scalar **out)
{
    Scalar *operand, **item;
    TRY(bind_value(context, expr->as.in.operand, &operand));
    TRY(bind_items(context, &expr->as.in.items, &item));
    return bind_in_items(context->binder, COMPARE_IN, expr, operand, item, expr->as.in.items.count,
                         out);
}

static const char *comparison_name(BinaryOp op)
{
    switch ((int)op) {
    case BINARY_EQ: return "=";
    case BINARY_NE: return "<>";
    case BINARY_LT: return "<";
    case BINARY_LE: return "<=";
    case BINARY_GT: return ">";
    default: return ">=";
    }
}

/* x = ANY (a, b) is x = a OR x = b; ALL is the AND. */
Status bind_quantified_items(Binder *binder, const Expr *expr, Scalar *operand, Scalar **item,
                             uint32_t items, Scalar **out)
{
    BinaryOp op = expr->as.quantified.op;
    CompareKind kind = op == BINARY_EQ || op == BINARY_NE ? COMPARE_EQUALITY : COMPARE_ORDER;
    const char *name = comparison_name(op);
    for (uint32_t i = 0; i < items; i++)
        TRY(bind_comparison(binder, kind, name, name, operand, item[i], expr->span, &item[i]));
    return bind_logic(binder, expr->as.quantified.all ? SCALAR_AND : SCALAR_OR, item, items,
                      expr->span, out);
}

Status bind_quantified(BindContext *context, const Expr *expr, Scalar **out)
{
    Scalar *operand, **item;
    TRY(bind_value(context, expr->as.quantified.operand, &operand));
    TRY(bind_items(context, &expr->as.quantified.items, &item));
    return bind_quantified_items(context->binder, expr, operand, item,
                                 expr->as.quantified.items.count, out);
}

/* --- OVERLAPS --- */

static Status bind_period(BindContext *context, const Expr *expr, Scalar **start, Scalar **end)
{
    if (expr->kind != EXPR_ROW || expr->as.items.items.count != 2) {
        Status status =
            diag_error(context->binder->diag, E2107, expr->span, "a period is expected here");
        diag_hint(context->binder->diag, "write (start, end) or (start, interval)");
        return status;
    }
    TRY(bind_expr(context, expr->as.items.items.first, start));
    return bind_expr(context, expr->as.items.items.last, end);
}

Status bind_overlaps(BindContext *context, const Expr *expr, Scalar **out)
{
    Scalar *arg[4];
    TRY(bind_period(context, expr->as.binary.left, &arg[0], &arg[1]));
    TRY(bind_period(context, expr->as.binary.right, &arg[2], &arg[3]));
    return bind_apply(context->binder, "OVERLAPS", NULL, arg, 4, expr->span, out);
}
