/* Expressions: names, operators and casts; the other kinds are in the files that bind_private.h
 * lists. Each node is bound after what stands below it, and folded at once when that is constant,
 * so that functions see constant arguments (a pattern, a format) while they are bound. */
#include <assert.h>

#include "planner/bind/bind_private.h"

/* --- making scalars --- */

/* A folded constant keeps the position of what was written. */
static Status fold(Binder *binder, Scalar *scalar, Scalar **out)
{
    *out = scalar;
    if (scalar->kind == SCALAR_COLUMN || scalar->kind == SCALAR_CONSTANT)
        return ST_OK;
    for (uint32_t i = 0; i < scalar->args; i++) {
        if (!scalar_is_constant(scalar->arg[i]))
            return ST_OK;
    }
    return scalar_fold(binder->arena, scalar, out);
}

/* Where a message speaks of an internal function: by its name, or by its form in quotes. */
static char *internal_name(char *message, const char *name, size_t *size)
{
    char *at = strstr(message, name);
    *size = strlen(name);
    if (at != NULL ||
        (strncmp(message, "function \"", 10) != 0 && strncmp(message, "operator \"", 10) != 0))
        return at;
    const char *end = strchr(message + 10, '"');
    *size = end == NULL ? 0 : (size_t)(end - message - 10);
    return end == NULL ? NULL : message + 10;
}

/* Puts `shown` in the place of the internal name. */
static void show_as(Diag *diag, const char *name, const char *shown)
{
    size_t replaced, size = strlen(shown);
    char *at = internal_name(diag->message, name, &replaced);
    if (at == NULL)
        return;
    size_t room = sizeof diag->message - (size_t)(at - diag->message), tail = strlen(at + replaced);
    if (size + tail >= room)
        return;
    memmove(at + size, at + replaced, tail + 1);
    memcpy(at, shown, size);
}

Status bind_apply(Binder *binder, const char *name, const char *shown, Scalar *const *arg,
                  uint32_t args, Span span, Scalar **out)
{
    bool told = binder->diag != NULL && binder->diag->set;
    Status status = scalar_apply(binder->arena, name, arg, args, span, out, binder->diag);
    if (status == ST_OK && type_is_nested(&(*out)->type))
        status = bind_check_nested(binder, &(*out)->type, span);
    if (status == ST_OK)
        return fold(binder, *out, out);
    if (shown != NULL && !told && binder->diag != NULL && binder->diag->set)
        show_as(binder->diag, name, shown);
    return status;
}

Status bind_cast(Binder *binder, Scalar *arg, Type to, bool try_cast, Span span, Scalar **out)
{
    return scalar_cast(binder->arena, arg, to, try_cast, span, out, binder->diag);
}

/* --- names --- */

static Status bind_column(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const ScopeColumn *column;
    uint32_t used;
    TRY(scope_find(binder, context->scope, &expr->as.column, expr->span, &column, &used));
    TRY(scalar_column(binder->arena, column->index, column->type, out));
    const Name *name = expr->as.column.first;
    for (uint32_t i = 0; i < used; i++)
        name = name->next;
    if (name != NULL && !type_is_nested(&column->type))
        return diag_error(binder->diag, E2104, name->span,
                          "column \"%.*s\" is of type %s and has no field \"%.*s\"",
                          TEXT_ARG(column->name), bind_type_name(binder, &column->type),
                          TEXT_ARG(name->text));
    for (; name != NULL; name = name->next)
        TRY(bind_field(binder, *out, name, expr->span, out));
    return ST_OK;
}

/* --- operators --- */

static const char *const binary_names[] = {
#define X(name, sql, precedence) [BINARY_##name] = sql,
#include "grammar/operators.def"
#undef X
};

static bool is_number(const Expr *expr)
{
    return expr->kind == EXPR_LITERAL &&
           (expr->as.literal.kind == LITERAL_INTEGER || expr->as.literal.kind == LITERAL_DECIMAL ||
            expr->as.literal.kind == LITERAL_DOUBLE);
}

static Status refuse_sign(Binder *binder, UnaryOp op, const Type *type, Span span)
{
    Status status =
        diag_error(binder->diag, E2107, span, "\"%s\" takes a number or an interval, not %s",
                   op == UNARY_MINUS ? "-" : "+", bind_type_name(binder, type));
    if (type_is_character(type))
        diag_hint(binder->diag, "CAST(... AS INT) makes a number of a text");
    return status;
}

static Status bind_unary(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const Expr *operand = expr->as.unary.operand;
    UnaryOp op = expr->as.unary.op;
    Scalar *arg;
    if (op == UNARY_AT_LOCAL)
        return bind_unsupported(binder, expr->span, "AT LOCAL");
    if (op == UNARY_MINUS && is_number(operand))
        return bind_negative_number(binder, &operand->as.literal, expr->span, out);
    if (op == UNARY_NOT) {
        TRY(bind_truth(context, operand, "NOT", &arg));
        return bind_not(binder, arg, expr->span, out);
    }
    TRY(bind_value(context, operand, &arg));
    if (!type_is_numeric(&arg->type) && !type_is_interval(&arg->type) && arg->type.id != TYPE_NULL)
        return refuse_sign(binder, op, &arg->type, expr->span);
    if (op == UNARY_MINUS)
        return bind_apply(binder, "$NEGATE", "-", &arg, 1, expr->span, out);
    return bind_apply(binder, "$PLUS", "+", &arg, 1, expr->span, out);
}

/* `what` takes a condition and got another value. */
static Status refuse_truth(Binder *binder, ErrorCode code, const Scalar *value, Span span,
                           const char *wanted, const char *what)
{
    Status status = diag_error(binder->diag, code, span, "%s takes %s, not %s", what, wanted,
                               bind_type_name(binder, &value->type));
    if (type_is_numeric(&value->type))
        diag_hint(binder->diag, "compare it with something, as x <> 0");
    if (type_is_character(&value->type))
        diag_hint(binder->diag, "compare it with something, as x = 'a'");
    return status;
}

Status bind_truth(BindContext *context, const Expr *expr, const char *what, Scalar **out)
{
    Scalar *value;
    TRY(bind_value(context, expr, &value));
    if (value->type.id == TYPE_NULL)
        return bind_cast(context->binder, value, type_make(TYPE_BOOLEAN), false, expr->span, out);
    if (value->type.id != TYPE_BOOLEAN)
        return refuse_truth(context->binder, E2107, value, expr->span, "BOOLEAN", what);
    *out = value;
    return ST_OK;
}

/* The parser makes a chain of ANDs a tree that leans to the left; bind_logic makes it flat. */
static Status bind_connective(BindContext *context, const Expr *expr, Scalar **out)
{
    ScalarKind kind = expr->as.binary.op == BINARY_AND ? SCALAR_AND : SCALAR_OR;
    const char *name = binary_names[expr->as.binary.op];
    Scalar *arg[2];
    TRY(bind_truth(context, expr->as.binary.left, name, &arg[0]));
    TRY(bind_truth(context, expr->as.binary.right, name, &arg[1]));
    return bind_logic(context->binder, kind, arg, 2, expr->span, out);
}

static Status bind_two(BindContext *context, const Expr *expr, Scalar **left, Scalar **right)
{
    TRY(bind_value(context, expr->as.binary.left, left));
    return bind_value(context, expr->as.binary.right, right);
}

static bool is_time(const Type *type)
{
    return type->id >= TYPE_DATE && type->id <= TYPE_TIMESTAMP_LTZ;
}

/* What was probably meant by operands that an operator does not take. */
static const char *meant_by(BinaryOp op, const Type *left, const Type *right)
{
    bool text = type_is_character(left) || type_is_character(right);
    bool truth = left->id == TYPE_BOOLEAN || right->id == TYPE_BOOLEAN;
    if (op == BINARY_CONCAT && left->id == TYPE_BOOLEAN && right->id == TYPE_BOOLEAN)
        return "the word between conditions is OR; || joins texts";
    if (op == BINARY_CONCAT)
        return "CAST(... AS STRING) makes a text of a value";
    if (op == BINARY_SUBTRACT && is_time(left) && is_time(right))
        return "TIMESTAMPDIFF(SECOND, from, to) counts the time between, (a - b) SECOND is it as "
               "an INTERVAL";
    if ((is_time(left) && type_is_numeric(right)) || (is_time(right) && type_is_numeric(left)))
        return "a time takes an INTERVAL, as x + INTERVAL '1' DAY";
    if (op == BINARY_ADD && type_is_character(left) && type_is_character(right))
        return "texts are joined by ||";
    if (text)
        return "CAST(... AS INT) makes a number of a text; texts are joined by ||";
    return truth ? "IF(condition, 1, 0) makes a number of a condition" : NULL;
}

static Status explain_operands(Binder *binder, BinaryOp op, const Type *left, const Type *right,
                               Status status)
{
    Diag *diag = binder->diag;
    const char *meant = meant_by(op, left, right);
    if (status == ST_OK || meant == NULL || diag == NULL || !diag->set || diag->code != E2107)
        return status;
    diag->hint[0] = '\0';
    diag_hint(diag, "%s", meant);
    return status;
}

/* x = NULL is never true, and nobody means it. */
static Status warn_of_null(Binder *binder, const Expr *expr, Scalar *const *arg)
{
    BinaryOp op = expr->as.binary.op;
    bool null = arg[0]->type.id == TYPE_NULL || arg[1]->type.id == TYPE_NULL;
    if (!null || op == BINARY_DISTINCT || op == BINARY_NOT_DISTINCT)
        return ST_OK;
    return bind_warning(binder, E2124, expr->span,
                        "a comparison with NULL is never true; IS NULL tests for it");
}

static Status bind_binary(BindContext *context, const Expr *expr, Scalar **out)
{
    const char *name = binary_names[expr->as.binary.op];
    Binder *binder = context->binder;
    Scalar *arg[2];
    switch (expr->as.binary.op) {
    case BINARY_OR:
    case BINARY_AND: return bind_connective(context, expr, out);
    case BINARY_EQ:
    case BINARY_NE:
    case BINARY_DISTINCT:
    case BINARY_NOT_DISTINCT:
        TRY(bind_two(context, expr, &arg[0], &arg[1]));
        TRY(warn_of_null(binder, expr, arg));
        return bind_comparison(binder, COMPARE_EQUALITY, name, name, arg[0], arg[1], expr->span,
                               out);
    case BINARY_LT:
    case BINARY_LE:
    case BINARY_GT:
    case BINARY_GE:
        TRY(bind_two(context, expr, &arg[0], &arg[1]));
        TRY(warn_of_null(binder, expr, arg));
        return bind_comparison(binder, COMPARE_ORDER, name, name, arg[0], arg[1], expr->span, out);
    case BINARY_OVERLAPS: return bind_overlaps(context, expr, out);
    case BINARY_ADD:
    case BINARY_SUBTRACT:
    case BINARY_MULTIPLY:
    case BINARY_DIVIDE:
    case BINARY_MODULO:
    case BINARY_CONCAT:
        TRY(bind_two(context, expr, &arg[0], &arg[1]));
        return explain_operands(binder, expr->as.binary.op, &arg[0]->type, &arg[1]->type,
                                bind_apply(binder, name, NULL, arg, 2, expr->span, out));
    case BINARY_CONTAINS:
    case BINARY_PERIOD_EQUALS:
    case BINARY_PRECEDES:
    case BINARY_SUCCEEDS:
    case BINARY_IMMEDIATELY_PRECEDES:
    case BINARY_IMMEDIATELY_SUCCEEDS:
    case BINARY_AT_TIME_ZONE: return bind_unsupported(binder, expr->span, name);
    }
    return ST_OK;
}

/* (a - b) DAY: the difference of two times, which `-` alone does not give. */
static Status bind_time_difference(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const Expr *operand = expr->as.difference.operand;
    TypeId unit;
    TRY(bind_qualifier(binder, expr->as.difference.qualifier, &unit));
    if (operand->kind != EXPR_BINARY || operand->as.binary.op != BINARY_SUBTRACT) {
        Status status = diag_error(binder->diag, E2107, operand->span,
                                   "only a difference of two times can be given a unit");
        diag_hint(binder->diag, "write (time - time) DAY");
        return status;
    }
    Scalar *arg[2];
    TRY(bind_two(context, operand, &arg[0], &arg[1]));
    const char *name = unit == TYPE_INTERVAL_MONTH ? "$MINUS_MONTH" : "$MINUS_DAY";
    return bind_apply(binder, name, "-", arg, 2, expr->span, out);
}

/* --- CAST --- */

/* A time that is cast, be it to the type that it has, is a value and no time attribute any more, as
 * in Flink: a call of its own says so. */
static Status keep_cast(Binder *binder, Scalar *arg, const Type *to, const Expr *expr, Scalar **out)
{
    FunctionCall call = {0};
    TRY(cast_bind(&arg->type, to, expr->as.cast.safe, &call, binder->arena, expr->span,
                  binder->diag));
    TRY(scalar_call(binder->arena, &call, &arg, out));
    (*out)->span = expr->span;
    return ST_OK;
}

static Status bind_cast_expr(BindContext *context, const Expr *expr, Scalar **out)
{
    Type to;
    Scalar *arg;
    TRY(bind_value(context, expr->as.cast.operand, &arg));
    TRY(bind_type(context->binder, expr->as.cast.type, &to));
    to.nullable = arg->type.nullable || expr->as.cast.safe;
    if (type_is_interval(&to) && type_is_integer(&arg->type))
        TRY(bind_interval_times(context->binder, arg, &expr->as.cast.type->as.interval, expr->span,
                                out));
    else
        TRY(bind_cast(context->binder, arg, to, expr->as.cast.safe, expr->span, out));
    if (*out == arg && arg->kind == SCALAR_COLUMN && type_is_timestamp(&arg->type))
        TRY(keep_cast(context->binder, arg, &to, expr, out));
    if (scalar_is_constant(*out) && !(*out)->as.constant.null)
        (*out)->type.nullable = to.nullable; /* it might have been NULL, had it not fitted */
    return ST_OK;
}

/* --- the rest --- */

static Status ask_subquery(BindContext *context, const Expr *expr, Scalar **out)
{
    if (context->subquery == NULL)
        return bind_unsupported(context->binder, expr->span, "a subquery here");
    return context->subquery(context, expr, out);
}

typedef struct RefusedKind {
    const char *what;
    const char *place; /* where it stands; NULL: it is a value that cannot be computed yet */
} RefusedKind;

static const RefusedKind refused_kinds[] = {
    [EXPR_STAR] = {"*", "it stands in a select list and in COUNT(*)"},
    [EXPR_MULTISET] = {"MULTISET", NULL},
    [EXPR_UNIT] = {"a time unit",
                   "it stands in EXTRACT, FLOOR, CEIL, TIMESTAMPADD and TIMESTAMPDIFF"},
    [EXPR_DEFAULT] = {"DEFAULT as a value", NULL},
    [EXPR_NAMED_ARG] = {"a named argument here", NULL},
    [EXPR_TABLE_ARG] = {"a table", "table functions stand in FROM"},
    [EXPR_DESCRIPTOR] = {"DESCRIPTOR", "it stands in window functions in FROM"},
    [EXPR_KEY_VALUE] = {"JSON_OBJECT", NULL},
};

static Status refuse_kind(Binder *binder, const Expr *expr)
{
    const RefusedKind *kind = &refused_kinds[expr->kind];
    if (kind->place == NULL)
        return bind_unsupported(binder, expr->span, kind->what);
    Status status = diag_error(binder->diag, E2107, expr->span, "%s is no value", kind->what);
    diag_hint(binder->diag, "%s", kind->place);
    return status;
}

static Status bind_kind(BindContext *context, const Expr *expr, Scalar **out)
{
    switch (expr->kind) {
    case EXPR_LITERAL: return bind_literal(context->binder, expr, out);
    case EXPR_COLUMN: return bind_column(context, expr, out);
    case EXPR_UNARY: return bind_unary(context, expr, out);
    case EXPR_BINARY: return bind_binary(context, expr, out);
    case EXPR_IS: return bind_is(context, expr, out);
    case EXPR_BETWEEN: return bind_between(context, expr, out);
    case EXPR_LIKE: return bind_like(context, expr, out);
    case EXPR_IN:
        return expr->as.in.query != NULL ? ask_subquery(context, expr, out)
                                         : bind_in(context, expr, out);
    case EXPR_QUANTIFIED:
        return expr->as.quantified.query != NULL ? ask_subquery(context, expr, out)
                                                 : bind_quantified(context, expr, out);
    case EXPR_EXISTS:
    case EXPR_SUBQUERY: return ask_subquery(context, expr, out);
    case EXPR_CASE: return bind_case(context, expr, out);
    case EXPR_CAST: return bind_cast_expr(context, expr, out);
    case EXPR_CALL: return bind_call(context, expr, out);
    case EXPR_TIME_DIFFERENCE: return bind_time_difference(context, expr, out);
    case EXPR_ROW: return bind_constructor(context, expr, "$ROW", out);
    case EXPR_ARRAY:
        return expr->as.items.query != NULL ? ask_subquery(context, expr, out)
                                            : bind_constructor(context, expr, "$ARRAY", out);
    case EXPR_MAP: return bind_constructor(context, expr, "$MAP", out);
    case EXPR_ELEMENT: return bind_element(context, expr, out);
    case EXPR_FIELD: return bind_field_expr(context, expr, out);
    case EXPR_STAR:
    case EXPR_MULTISET:
    case EXPR_UNIT:
    case EXPR_DEFAULT:
    case EXPR_NAMED_ARG:
    case EXPR_TABLE_ARG:
    case EXPR_DESCRIPTOR:
    case EXPR_KEY_VALUE: return refuse_kind(context->binder, expr);
    }
    return ST_OK;
}

/* Recursion is bounded by the depth of the AST, and for what is added to it by scalar_call. */
Status bind_value(BindContext *context, const Expr *expr, Scalar **out)
{
    *out = NULL;
    if (context->special != NULL)
        TRY(context->special(context, expr, out));
    if (*out == NULL) {
        Status status = bind_kind(context, expr, out);
        if (status == ST_LIMIT)
            return diag_error(context->binder->diag, E1005, expr->span,
                              "the expression is too deep or too large");
        if (status != ST_OK)
            return status;
    }
    assert(*out != NULL);
    if ((*out)->span.end == 0)
        (*out)->span = expr->span;
    return ST_OK;
}

/* --- the doors --- */

Status bind_expr(BindContext *context, const Expr *expr, Scalar **out)
{
    TRY(bind_value(context, expr, out));
    if ((*out)->type.id != TYPE_NULL)
        return ST_OK;
    Status status = diag_error(context->binder->diag, E2124, expr->span, "NULL has no type here");
    diag_hint(context->binder->diag, "CAST(NULL AS type) gives it one");
    return status;
}

Status bind_expr_as(BindContext *context, const Expr *expr, const Type *type, Scalar **out)
{
    Scalar *value;
    TRY(bind_value(context, expr, &value));
    return coerce_to(context->binder, value, type, context->place, expr->span, out);
}

Status bind_condition(BindContext *context, const Expr *expr, Scalar **out)
{
    Scalar *value;
    TRY(bind_value(context, expr, &value));
    if (value->type.id == TYPE_BOOLEAN) {
        *out = value;
        return ST_OK;
    }
    if (value->type.id == TYPE_NULL)
        return bind_cast(context->binder, value, type_make(TYPE_BOOLEAN), false, expr->span, out);
    return refuse_truth(context->binder, E2108, value, expr->span, "a condition", context->place);
}

static bool note_column(void *first, const Expr *expr)
{
    const Expr **found = first;
    if (expr->kind == EXPR_COLUMN && *found == NULL)
        *found = expr;
    return *found == NULL;
}

Status bind_constant(Binder *binder, const Expr *expr, Value *out)
{
    const Expr *column = NULL;
    AstVisitor visitor = {.expr = note_column, .context = &column};
    ast_walk_expr(&visitor, expr);
    if (column != NULL)
        return diag_error(binder->diag, E2126, column->span,
                          "a constant is expected here, not a column");
    Scope none = {0};
    BindContext context = {.binder = binder, .scope = &none, .place = "a constant"};
    Scalar *value;
    TRY(bind_expr(&context, expr, &value));
    if (!scalar_is_constant(value))
        return diag_error(binder->diag, E2126, expr->span, "%s",
                          scalar_is_deterministic(value) ? "the constant cannot be computed"
                                                         : "a constant is expected here");
    *out = value->as.constant;
    return ST_OK;
}

Status bind_interval(Binder *binder, const Expr *expr, Micros *out)
{
    Value value = {0};
    TRY(bind_constant(binder, expr, &value));
    if (value.type.id != TYPE_INTERVAL_DAY || value.null) {
        Status status = diag_error(binder->diag, E2126, expr->span,
                                   "an interval of days or less is expected here");
        diag_hint(binder->diag, "as INTERVAL '10' SECOND");
        return status;
    }
    *out = value.as.i64;
    return ST_OK;
}
