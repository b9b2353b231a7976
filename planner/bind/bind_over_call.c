/* One call over a window: which function it is, its arguments, its frame. */
#include "planner/bind/bind_over.h"
#include "planner/bind/bind_private.h"
#include "planner/bind/window_help.h"

#include <assert.h>

typedef struct OverName {
    const char *name;
    OverFunction function;
    int8_t side;         /* OVER_CELL: of the rows before (-1) or behind (1) */
    uint8_t least, most; /* arguments */
    const char *form, *doc, *example;
} OverName;

static const OverName over_names[] = {
    {"ROW_NUMBER", OVER_ROW_NUMBER, 0, 0, 0, "ROW_NUMBER()",
     "The number of the row in its partition, from 1 on.",
     "ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC)"},
    {"RANK", OVER_RANK, 0, 0, 0, "RANK()",
     "One more than how many rows are before it; equal rows have the same.",
     "RANK() OVER (PARTITION BY auction ORDER BY price DESC)"},
    {"DENSE_RANK", OVER_DENSE_RANK, 0, 0, 0, "DENSE_RANK()",
     "One more than how many values are before that of the row.",
     "DENSE_RANK() OVER (PARTITION BY auction ORDER BY price DESC)"},
    {"PERCENT_RANK", OVER_PERCENT_RANK, 0, 0, 0, "PERCENT_RANK()",
     "RANK() less 1, as a share of the partition's other rows: from 0 to 1.",
     "PERCENT_RANK() OVER (PARTITION BY auction ORDER BY price)"},
    {"CUME_DIST", OVER_CUME_DIST, 0, 0, 0, "CUME_DIST()",
     "The share of the partition's rows that come up to the row, with those equal to it.",
     "CUME_DIST() OVER (PARTITION BY auction ORDER BY price)"},
    {"NTILE", OVER_NTILE, 0, 1, 1, "NTILE(parts)",
     "The number of the row's part, where the partition is cut into so many parts, the first ones "
     "larger by a row at most.",
     "NTILE(4) OVER (PARTITION BY auction ORDER BY price)"},
    {"LAG", OVER_CELL, -1, 1, 3, "LAG(value [, rows [, otherwise]])",
     "The value of the row so many rows (1) before, `otherwise` (NULL) where there is none.",
     "LAG(price) OVER (PARTITION BY auction ORDER BY ts)"},
    {"LEAD", OVER_CELL, 1, 1, 3, "LEAD(value [, rows [, otherwise]])",
     "The value of the row so many rows (1) behind, `otherwise` (NULL) where there is none.",
     "LEAD(price, 2, 0) OVER (PARTITION BY auction ORDER BY ts)"},
};

enum { OVER_NAMES = sizeof over_names / sizeof *over_names };

uint32_t over_help_count(void)
{
    return OVER_NAMES;
}

WindowHelp over_help_get(uint32_t index)
{
    assert(index < OVER_NAMES);
    const OverName *name = &over_names[index];
    return (WindowHelp){name->name, name->form, name->doc, name->example};
}

static const OverName *find_name(Text name)
{
    for (uint32_t i = 0; i < OVER_NAMES; i++) {
        if (text_equal_nocase(name, text_of(over_names[i].name)))
            return &over_names[i];
    }
    return NULL;
}

const char *over_function_form(Text name)
{
    const OverName *found = find_name(name);
    return found == NULL ? NULL : found->form;
}

/* --- what every call keeps to --- */

static bool has_over(void *found, const Expr *expr)
{
    if (expr->kind == EXPR_CALL && expr->as.call->over != NULL && *(const Expr **)found == NULL)
        *(const Expr **)found = expr;
    return expr->kind != EXPR_SUBQUERY && expr->kind != EXPR_EXISTS;
}

/* The window looks at the rows below; a number that another call gives is not there. */
static Status refuse_nested(Binder *binder, const Call *call)
{
    const Expr *nested = NULL;
    AstVisitor visitor = {.expr = has_over, .context = &nested};
    for (const Expr *expr = call->over->partition_by.first; expr != NULL; expr = expr->next)
        ast_walk_expr(&visitor, expr);
    for (const OrderItem *item = call->over->order_by.first; item != NULL; item = item->next)
        ast_walk_expr(&visitor, item->expr);
    if (nested == NULL)
        return ST_OK;
    Status status =
        diag_error(binder->diag, E2110, nested->span, "OVER cannot stand inside of OVER");
    diag_hint(binder->diag, "compute the inner one in a subquery");
    return status;
}

static Status check_call(Binder *binder, const Expr *expr, const OverName *name,
                         const BoundOver *over)
{
    const Call *call = expr->as.call;
    if (call->args.count < name->least || call->args.count > name->most) {
        Status status =
            name->most == 0
                ? diag_error(binder->diag, E2107, call->args.first->span, "%s takes no arguments",
                             name->name)
                : diag_error(binder->diag, E2107, expr->span, "%s does not take %u argument%s",
                             name->name, call->args.count, call->args.count == 1 ? "" : "s");
        if (name->most > 0)
            diag_hint(binder->diag, "%s", name->form);
        return status;
    }
    bool cell = name->function == OVER_CELL; /* it respects NULLs, so that may be said */
    if (call->nulls == CALL_IGNORE_NULLS && cell)
        return bind_unsupported(binder, expr->span, "IGNORE NULLS");
    if (call->filter != NULL || (call->nulls != CALL_NULLS_UNSAID && !cell) ||
        call->quantifier != CALL_QUANTIFIER_NONE || call->order_by.count > 0 ||
        call->within_group.count > 0 || call->frame != CALL_FRAME_UNSAID || call->json != NULL)
        return diag_error(binder->diag, E2107, expr->span, "%s takes nothing but OVER", name->name);
    if (over->framed)
        return diag_error(binder->diag, E2117, expr->span,
                          "%s %s all rows of its partition and takes no ROWS or RANGE", name->name,
                          name->function == OVER_CELL ? "looks at" : "numbers");
    if (over->order.count > 0)
        return ST_OK;
    Status status =
        diag_error(binder->diag, E2117, call->over->span,
                   "%s needs an ORDER BY of something that is not constant", name->name);
    diag_hint(binder->diag, "OVER (PARTITION BY ... ORDER BY column DESC)");
    return status;
}

/* --- arguments --- */

/* The scalar as one of those that the calls read; they get their columns when the nodes are made.
 */
static Status add_scalar(void *user, Scalar *scalar, int32_t *out)
{
    Overs *overs = user;
    for (uint32_t i = 0; i < overs->scalar.count; i++) {
        if (scalar_equal(overs->scalar.item[i], scalar) && scalar_is_deterministic(scalar)) {
            *out = (int32_t)i;
            return ST_OK;
        }
    }
    *out = (int32_t)overs->scalar.count;
    TRY_PUSH(&overs->scalar, overs->binder->arena, scalar);
    return ST_OK;
}

static Status bind_count(Binder *binder, const Expr *expr, const char *name, int64_t least,
                         int64_t *out)
{
    Value value;
    TRY(bind_constant(binder, expr, &value));
    if (value.null || !type_is_integer(&value.type) || value.as.i64 < least)
        return diag_error(binder->diag, E2126, expr->span, "%s takes a whole number %s", name,
                          least == 0 ? "of rows that is not negative" : "from 1 on");
    *out = value.as.i64;
    return ST_OK;
}

/* LAG and LEAD: the value, how many rows away, and what it is where there is no such row. */
static Status bind_cell(Overs *overs, const Expr *expr, const OverName *name, LogicalOverCall *out)
{
    Binder *binder = overs->binder;
    const Expr *value = expr->as.call->args.first, *rows = value->next;
    const Expr *otherwise = rows == NULL ? NULL : rows->next;
    Scalar *scalar[2];
    int64_t distance = 1;
    int32_t column;
    TRY(bind_expr(&overs->inner, value, &scalar[0]));
    if (rows != NULL)
        TRY(bind_count(binder, rows, name->name, 0, &distance));
    out->type = type_with_null(scalar[0]->type, true);
    out->otherwise = -1;
    if (otherwise != NULL) {
        Type common;
        TRY(bind_value(&overs->inner, otherwise, &scalar[1]));
        TRY(coerce_common(binder, scalar, 2, name->name, otherwise->span, &common));
        bool null = scalar[0]->type.nullable || scalar[1]->type.nullable;
        out->type = type_with_null(common, null);
        TRY(add_scalar(overs, scalar[1], &out->otherwise));
    }
    TRY(add_scalar(overs, scalar[0], &column));
    out->column = (uint32_t)column;
    out->frame =
        (PlanFrame){.rows = true, .start = name->side * distance, .end = name->side * distance};
    return ST_OK;
}

static Status bind_number(Overs *overs, const Expr *expr, const OverName *name,
                          LogicalOverCall *out)
{
    int64_t parts = 0;
    bool share = name->function == OVER_PERCENT_RANK || name->function == OVER_CUME_DIST;
    if (name->function == OVER_NTILE)
        TRY(bind_count(overs->binder, expr->as.call->args.first, name->name, 1, &parts));
    out->parts = (uint64_t)parts;
    out->type = type_with_null(type_make(share ? TYPE_DOUBLE : TYPE_BIGINT), false);
    return ST_OK;
}

static Status bind_over_aggregate(Overs *overs, const Expr *expr, const BoundOver *over,
                                  LogicalOverCall *out)
{
    PlanFrame *frame = &out->frame;
    *frame = over->frame;
    if (!over->framed) /* the rows up to this one; without an order all are equal to it */
        *frame = (PlanFrame){.from_first = true, .to_last = over->order.count == 0};
    bool has_own = (frame->from_first || frame->start <= 0) && (frame->to_last || frame->end >= 0);
    const AggregateInput input = {
        .context = overs->inner, .column = add_scalar, .user = overs, .has_rows = has_own};
    TRY(bind_aggregate_call(&input, expr, &out->aggregate));
    out->type = out->aggregate.result;
    out->name = out->aggregate.def->name;
    out->aggregate.slides = !out->frame.from_first;
    return ST_OK;
}

static Status refuse_function(Binder *binder, const Expr *expr, Text name)
{
    Status status = diag_error(binder->diag, E2107, expr->span,
                               "%.*s is no aggregate and takes no OVER", TEXT_ARG(name));
    diag_hint(binder->diag, "aggregates do, and LAG, LEAD, ROW_NUMBER, RANK, DENSE_RANK and their "
                            "like");
    return status;
}

Status bind_over_call(Overs *overs, const Expr *expr, OverCall *out)
{
    Binder *binder = overs->binder;
    Text text = expr->as.call->name.last->text;
    const OverName *name = find_name(text);
    *out = (OverCall){.call = {.span = expr->span}};
    if (name == NULL && !is_aggregate_name(text))
        return is_later_function(text) ? bind_unsupported(binder, expr->span, "this function")
                                       : refuse_function(binder, expr, text);
    TRY(refuse_nested(binder, expr->as.call));
    overs->inner.place = "OVER";
    TRY(bind_over_spec(&overs->inner, overs->windows, expr->as.call->over, &out->over));
    if (name == NULL)
        return bind_over_aggregate(overs, expr, &out->over, &out->call);
    TRY(check_call(binder, expr, name, &out->over));
    out->call.function = name->function;
    out->call.name = name->name;
    return name->function == OVER_CELL ? bind_cell(overs, expr, name, &out->call)
                                       : bind_number(overs, expr, name, &out->call);
}
