/* AND, OR, NOT, CASE and the functions that are a CASE: what decides which of its arguments are
 * computed at all. Constant conditions are resolved here, so that a branch that is never taken is
 * not in the plan; what remains keeps the type that the whole expression had. */
#include <assert.h>

#include "planner/bind/bind_private.h"

/* --- logic --- */

static bool is_truth(const Scalar *scalar, bool value)
{
    return scalar_is_constant(scalar) && !scalar->as.constant.null &&
           scalar->as.constant.as.b == value;
}

/* Nested ANDs of an AND become its own arguments. */
static Status flatten(Binder *binder, ScalarKind kind, Scalar *const *arg, uint32_t args,
                      Scalar ***flat, uint32_t *count)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < args; i++)
        total += arg[i]->kind == kind ? arg[i]->args : 1;
    TRY_NEW_ARRAY(*flat, binder->arena, total);
    *count = 0;
    for (uint32_t i = 0; i < args; i++) {
        Scalar *const *part = arg[i]->kind == kind ? arg[i]->arg : &arg[i];
        uint32_t parts = arg[i]->kind == kind ? arg[i]->args : 1;
        memcpy(*flat + *count, part, parts * sizeof *part);
        *count += parts;
    }
    return ST_OK;
}

Status bind_logic(Binder *binder, ScalarKind kind, Scalar *const *arg, uint32_t args, Span span,
                  Scalar **out)
{
    bool deciding = kind == SCALAR_OR; /* FALSE ends an AND, TRUE an OR */
    Scalar **flat;
    uint32_t count, kept = 0;
    bool nullable = false, constant = true;
    if (args == 1) {
        *out = arg[0];
        return ST_OK;
    }
    TRY(flatten(binder, kind, arg, args, &flat, &count));
    for (uint32_t i = 0; i < count; i++) {
        if (is_truth(flat[i], deciding))
            return bind_truth_value(binder, deciding, span, out);
        if (is_truth(flat[i], !deciding))
            continue;
        nullable = nullable || flat[i]->type.nullable;
        constant = constant && scalar_is_constant(flat[i]);
        flat[kept++] = flat[i];
    }
    if (kept == 0)
        return bind_truth_value(binder, !deciding, span, out);
    if (kept == 1 || constant) { /* constants that are neither are NULL */
        *out = flat[0];
        return ST_OK;
    }
    Type type = type_with_null(type_make(TYPE_BOOLEAN), nullable);
    TRY(scalar_branch(binder->arena, kind, type, flat, kept, out));
    (*out)->span = span;
    return ST_OK;
}

Status bind_not(Binder *binder, Scalar *arg, Span span, Scalar **out)
{
    return bind_apply(binder, "NOT", NULL, &arg, 1, span, out);
}

/* --- CASE --- */

/* The value is all that remains of a CASE or COALESCE of type `type`. */
static Status only_value(Binder *binder, Scalar *value, Type type, Span span, Scalar **out)
{
    Scalar *copy = arena_copy(binder->arena, value, sizeof *value);
    if (copy == NULL)
        return ST_NOMEM;
    copy->type.nullable = type.nullable;
    copy->span = span;
    *out = copy;
    return ST_OK;
}

/* arg: condition, value, condition, value ..., else; the values have the type `type`. */
static Status make_case(Binder *binder, Scalar **arg, uint32_t args, Type type, Span span,
                        Scalar **out)
{
    uint32_t kept = 0;
    bool decided = false;
    for (uint32_t i = 0; i + 1 < args && !decided; i += 2) {
        bool never = scalar_is_constant(arg[i]) && !is_truth(arg[i], true);
        decided = is_truth(arg[i], true);
        if (never)
            continue;
        if (!decided)
            arg[kept++] = arg[i];
        arg[kept++] = arg[i + 1];
    }
    if (!decided)
        arg[kept++] = arg[args - 1];
    if (kept == 1)
        return only_value(binder, arg[0], type, span, out);
    TRY(scalar_branch(binder->arena, SCALAR_CASE, type, arg, kept, out));
    (*out)->span = span;
    return ST_OK;
}

/* Casts the values to their common type, which is nullable when one of them is. */
static Status coerce_values(Binder *binder, Scalar **arg, uint32_t args, const char *what,
                            Span span, Type *type)
{
    Scalar **value;
    uint32_t values = 0;
    TRY_NEW_ARRAY(value, binder->arena, args);
    for (uint32_t i = 1; i < args; i += 2)
        value[values++] = arg[i];
    value[values++] = arg[args - 1];
    TRY(coerce_common(binder, value, values, what, span, type));
    for (uint32_t i = 0; i + 1 < values; i++)
        arg[i * 2 + 1] = value[i];
    arg[args - 1] = value[values - 1];
    return ST_OK;
}

static Status bind_when(BindContext *context, Scalar *operand, const CaseWhen *when, Scalar **out)
{
    const Expr *first = when->when.first;
    if (operand == NULL)
        return bind_truth(context, first, "WHEN", out);
    if (when->when.count > 1)
        return bind_among(context, operand, &when->when, first->span, out);
    Scalar *value;
    TRY(bind_value(context, first, &value));
    return bind_comparison(context->binder, COMPARE_EQUALITY, "=", "CASE", operand, value,
                           first->span, out);
}

Status bind_case(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    Scalar **arg, *operand = NULL;
    uint32_t args = 0;
    Type type;
    TRY_NEW_ARRAY(arg, binder->arena, expr->as.cases.whens.count * 2 + 1);
    if (expr->as.cases.operand != NULL)
        TRY(bind_value(context, expr->as.cases.operand, &operand));
    for (const CaseWhen *when = expr->as.cases.whens.first; when != NULL; when = when->next) {
        TRY(bind_when(context, operand, when, &arg[args++]));
        TRY(bind_value(context, when->then, &arg[args++]));
    }
    if (expr->as.cases.otherwise != NULL)
        TRY(bind_value(context, expr->as.cases.otherwise, &arg[args++]));
    else
        TRY(bind_null(binder, type_make(TYPE_NULL), expr->span, &arg[args++]));
    TRY(coerce_values(binder, arg, args, "CASE", expr->span, &type));
    return make_case(binder, arg, args, type, expr->span, out);
}

/* --- functions that are a CASE --- */

static Status bind_args(BindContext *context, const Call *call, Scalar **arg)
{
    for (const Expr *item = call->args.first; item != NULL; item = item->next)
        TRY(bind_value(context, item, arg++));
    return ST_OK;
}

/* IF(condition, a, b): Flink makes it nullable when any argument is, the condition too. */
Status bind_if(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const ExprList *args = &expr->as.call->args;
    Scalar *arg[3];
    Type type;
    TRY(bind_truth(context, args->first, "IF", &arg[0]));
    TRY(bind_value(context, args->first->next, &arg[1]));
    TRY(bind_value(context, args->last, &arg[2]));
    TRY(coerce_values(binder, arg, 3, "IF", expr->span, &type));
    type.nullable = type.nullable || arg[0]->type.nullable;
    return make_case(binder, arg, 3, type, expr->span, out);
}

/* NULLIF(a, b): CASE WHEN a = b THEN NULL ELSE a END. */
Status bind_nullif(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    Scalar *value[2], *arg[3];
    TRY(bind_args(context, expr->as.call, value));
    TRY(bind_comparison(binder, COMPARE_EQUALITY, "=", "NULLIF", value[0], value[1], expr->span,
                        &arg[0]));
    Type type = type_with_null(value[0]->type, true);
    TRY(bind_null(binder, type, expr->span, &arg[1]));
    arg[2] = value[0];
    return make_case(binder, arg, 3, type, expr->span, out);
}

/* The first that is not NULL; those behind one that cannot be NULL are never asked. */
Status bind_coalesce(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const Call *call = expr->as.call;
    Scalar **arg;
    Type type;
    uint32_t kept = 0;
    TRY_NEW_ARRAY(arg, binder->arena, call->args.count);
    TRY(bind_args(context, call, arg));
    TRY(coerce_common(binder, arg, call->args.count, "COALESCE", expr->span, &type));
    type.nullable = true;
    for (uint32_t i = 0; i < call->args.count && type.nullable; i++) {
        bool is_null = scalar_is_constant(arg[i]) && arg[i]->as.constant.null;
        type.nullable = arg[i]->type.nullable;
        if (!is_null)
            arg[kept++] = arg[i];
    }
    if (kept == 0)
        return bind_null(binder, type, expr->span, out);
    if (kept == 1)
        return only_value(binder, arg[0], type, expr->span, out);
    TRY(scalar_branch(binder->arena, SCALAR_COALESCE, type, arg, kept, out));
    (*out)->span = expr->span;
    return ST_OK;
}
