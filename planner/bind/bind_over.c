#include "planner/bind/bind_over.h"

#include <assert.h>

#include "planner/bind/bind_private.h"
#include "storage/base/limits.h"

/* --- window specifications --- */

void bind_order_words(const OrderItem *item, BoundOrder *out)
{
    out->descending = item->direction == ORDER_DESC;
    out->nulls_last =
        item->nulls == ORDER_NULLS_UNSAID ? out->descending : item->nulls == ORDER_NULLS_LAST;
}

/* A MAP has no order, and what it is in has none. */
static bool has_order(const Type *type)
{
    if (type->id == TYPE_MAP || type->id == TYPE_MULTISET)
        return false;
    for (uint32_t i = 0; i < type->children; i++) {
        if (!has_order(&type->child[i].type))
            return false;
    }
    return true;
}

Status bind_order_type(Binder *binder, const Scalar *value, Span span)
{
    if (has_order(&value->type))
        return ST_OK;
    return diag_error(binder->diag, E2107, span, "values of type %s have no order",
                      bind_type_name(binder, &value->type));
}

/* Of the windows before `end` (NULL: of all) the one of that name. */
static Status find_window(Binder *binder, const WindowDefList *windows, const WindowDef *end,
                          const Name *name, const WindowDef **out)
{
    VEC(Text) names = {0};
    for (const WindowDef *def = windows->first; def != end; def = def->next) {
        if (text_equal(def->name.text, name->text)) {
            *out = def;
            return ST_OK;
        }
        TRY_PUSH(&names, binder->arena, def->name.text);
    }
    Status status = diag_error(binder->diag, E2117, name->span, "window \"%.*s\" not found",
                               TEXT_ARG(name->text));
    diag_suggest(binder->diag, name->text, names.item, names.count);
    hint_names(binder->diag, "WINDOW names", names.item, names.count);
    if (names.count == 0)
        diag_hint(binder->diag, "WINDOW %.*s AS (PARTITION BY ... ORDER BY ...) declares it",
                  TEXT_ARG(name->text));
    return status;
}

static Status bind_partition(BindContext *context, const ExprList *list, BoundOver *out)
{
    Binder *binder = context->binder;
    for (const Expr *expr = list->first; expr != NULL; expr = expr->next) {
        Scalar *value;
        bool known = false;
        TRY(bind_expr(context, expr, &value));
        for (uint32_t i = 0; i < out->partition.count && !known; i++)
            known = scalar_equal(out->partition.item[i], value);
        if (known || scalar_is_constant(value))
            continue;
        if (out->partition.count == LIMIT_KEY_COLUMNS)
            return diag_error(binder->diag, E1005, expr->span, "PARTITION BY has at most %d keys",
                              LIMIT_KEY_COLUMNS);
        TRY_PUSH(&out->partition, binder->arena, value);
    }
    return ST_OK;
}

static Status bind_over_order(BindContext *context, const OrderList *list, BoundOver *out)
{
    for (const OrderItem *item = list->first; item != NULL; item = item->next) {
        BoundOrder order;
        TRY(bind_expr(context, item->expr, &order.value));
        TRY(bind_order_type(context->binder, order.value, item->expr->span));
        bind_order_words(item, &order);
        if (!scalar_is_constant(order.value))
            TRY_PUSH(&out->order, context->binder->arena, order);
    }
    return ST_OK;
}

static Status bind_offset(BindContext *context, const WindowBound *bound, Scalar **out)
{
    return bound->offset == NULL ? ST_OK : bind_expr(context, bound->offset, out);
}

/* What a window that is refined may not have, and what may not be said a second time. */
static Status check_refined(Binder *binder, const WindowSpec *spec, const WindowSpec *base)
{
    if (spec->by_name)
        return ST_OK;
    if (spec->partition_by.count > 0)
        return diag_error(binder->diag, E2117, spec->partition_by.first->span,
                          "a window that refines \"%.*s\" has its partition",
                          TEXT_ARG(spec->base.text));
    if (spec->order_by.count > 0 && base->order_by.count > 0)
        return diag_error(binder->diag, E2117, spec->order_by.first->expr->span,
                          "window \"%.*s\" has an order already", TEXT_ARG(spec->base.text));
    if (base->frame != WINDOW_FRAME_UNSAID)
        return diag_error(binder->diag, E2117, spec->base.span,
                          "window \"%.*s\" has a frame and cannot be refined",
                          TEXT_ARG(spec->base.text));
    return ST_OK;
}

/* `end`: the first window that the specification does not see. So a chain of them ends. */
static Status bind_spec(BindContext *context, const WindowDefList *windows, const WindowDef *end,
                        const WindowSpec *spec, BoundOver *out)
{
    if (spec->by_name || spec->has_base) {
        const WindowDef *base;
        TRY(find_window(context->binder, windows, end, &spec->base, &base));
        TRY(check_refined(context->binder, spec, base->spec));
        TRY(bind_spec(context, windows, base, base->spec, out));
        if (spec->by_name)
            return ST_OK;
    }
    TRY(bind_partition(context, &spec->partition_by, out));
    TRY(bind_over_order(context, &spec->order_by, out));
    if (spec->frame == WINDOW_FRAME_UNSAID)
        return ST_OK;
    out->frame =
        (LogicalFrame){.unit = spec->frame, .start = spec->start.kind, .end = spec->end.kind};
    TRY(bind_offset(context, &spec->start, &out->frame.start_offset));
    return bind_offset(context, &spec->end, &out->frame.end_offset);
}

Status bind_over_spec(BindContext *context, const WindowDefList *windows, const WindowSpec *spec,
                      BoundOver *out)
{
    *out = (BoundOver){.span = spec->span};
    out->frame.end = WINDOW_BOUND_CURRENT_ROW;
    return bind_spec(context, windows, NULL, spec, out);
}

/* --- calls --- */

static bool rank_function(Text name, RankFunction *out)
{
    for (uint32_t f = RANK_ROW_NUMBER; f <= RANK_DENSE_RANK; f++) {
        if (text_equal_nocase(name, text_of(rank_function_name((RankFunction)f)))) {
            *out = (RankFunction)f;
            return true;
        }
    }
    return false;
}

static Status check_rank_call(Binder *binder, const Expr *expr, const BoundOver *over)
{
    const Call *call = expr->as.call;
    Text name = call->name.last->text;
    if (call->args.count > 0)
        return diag_error(binder->diag, E2107, call->args.first->span, "%.*s takes no arguments",
                          TEXT_ARG(name));
    if (call->filter != NULL || call->nulls != CALL_NULLS_UNSAID ||
        call->quantifier != CALL_QUANTIFIER_NONE)
        return diag_error(binder->diag, E2107, expr->span, "%.*s takes nothing but OVER",
                          TEXT_ARG(name));
    if (over->frame.unit != WINDOW_FRAME_UNSAID)
        return diag_error(binder->diag, E2117, expr->span,
                          "%.*s numbers all rows of its partition and takes no ROWS or RANGE",
                          TEXT_ARG(name));
    if (over->order.count > 0)
        return ST_OK;
    Status status =
        diag_error(binder->diag, E2117, call->over->span,
                   "%.*s needs an ORDER BY of something that is not constant", TEXT_ARG(name));
    diag_hint(binder->diag, "OVER (PARTITION BY ... ORDER BY column DESC)");
    return status;
}

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

static Status bind_call_over(Overs *overs, const Expr *expr, Scalar **out)
{
    Binder *binder = overs->binder;
    OverCall made = {.call = {.span = expr->span}};
    if (!rank_function(expr->as.call->name.last->text, &made.call.function))
        return bind_unsupported(binder, expr->span, "OVER");
    TRY(refuse_nested(binder, expr->as.call));
    overs->inner.place = "OVER";
    TRY(bind_over_spec(&overs->inner, overs->windows, expr->as.call->over, &made.over));
    TRY(check_rank_call(binder, expr, &made.over));
    uint32_t column = OVER_COLUMNS + overs->call.count;
    TRY_PUSH(&overs->call, binder->arena, made);
    TRY(scalar_column(binder->arena, column, type_with_null(type_make(TYPE_BIGINT), false), out));
    (*out)->span = expr->span;
    return ST_OK;
}

static Status find_name(const Overs *overs, const Expr *expr, Scalar **out)
{
    for (uint32_t i = 0; i < overs->names->count; i++) {
        if (text_equal(overs->names->field[i].name, expr->as.column.first->text)) {
            *out = overs->named[i];
            return ST_OK;
        }
    }
    return ST_OK;
}

static Status special(BindContext *context, const Expr *expr, Scalar **out)
{
    Overs *overs = context->user;
    if (expr->kind == EXPR_CALL && expr->as.call->over != NULL)
        return bind_call_over(overs, expr, out);
    if (overs->names != NULL && expr->kind == EXPR_COLUMN && expr->as.column.count == 1)
        TRY(find_name(overs, expr, out));
    if (*out != NULL || overs->inner.special == NULL)
        return ST_OK;
    overs->inner.place = overs->place;
    return overs->inner.special(&overs->inner, expr, out);
}

void overs_begin(Overs *overs, const Select *select, const BindContext *inner)
{
    *overs = (Overs){.binder = inner->binder, .windows = &select->windows, .inner = *inner};
}

BindContext overs_context(Overs *overs, const char *place)
{
    overs->place = place;
    BindContext context = overs->inner;
    context.place = place;
    context.special = special;
    context.user = overs;
    return context;
}

Status overs_check_windows(Overs *overs)
{
    overs->inner.place = "WINDOW";
    for (const WindowDef *def = overs->windows->first; def != NULL; def = def->next) {
        BoundOver over = {0};
        for (const WindowDef *other = overs->windows->first; other != def; other = other->next) {
            if (text_equal(other->name.text, def->name.text))
                return diag_error(overs->binder->diag, E2111, def->name.span,
                                  "window \"%.*s\" is declared twice", TEXT_ARG(def->name.text));
        }
        TRY(bind_spec(&overs->inner, overs->windows, def, def->spec, &over));
    }
    return ST_OK;
}

/* --- nodes --- */

static bool same_window(const BoundOver *a, const BoundOver *b)
{
    if (a->partition.count != b->partition.count || a->order.count != b->order.count ||
        a->frame.unit != WINDOW_FRAME_UNSAID || b->frame.unit != WINDOW_FRAME_UNSAID)
        return false;
    for (uint32_t i = 0; i < a->partition.count; i++) {
        if (!scalar_equal(a->partition.item[i], b->partition.item[i]))
            return false;
    }
    for (uint32_t i = 0; i < a->order.count; i++) {
        const BoundOrder *x = &a->order.item[i], *y = &b->order.item[i];
        if (!scalar_equal(x->value, y->value) || x->descending != y->descending ||
            x->nulls_last != y->nulls_last)
            return false;
    }
    return true;
}

/* The input's columns, and behind them what windows need besides. */
typedef struct Below {
    Binder *binder;
    const Schema *input;
    VEC(Scalar *) project;
    VEC(Field) field;
} Below;

static Status column_below(Below *below, Scalar *value, uint32_t *out)
{
    Field field = {.type = value->type};
    for (uint32_t i = 0; i < below->project.count; i++) {
        if (scalar_equal(below->project.item[i], value) && scalar_is_deterministic(value)) {
            *out = i;
            return ST_OK;
        }
    }
    *out = below->project.count;
    TRY(arena_printf(below->binder->arena, &field.name, "$%u", *out));
    TRY_PUSH(&below->project, below->binder->arena, value);
    TRY_PUSH(&below->field, below->binder->arena, field);
    return ST_OK;
}

static Status begin_below(Below *below)
{
    for (uint32_t i = 0; i < below->input->count; i++) {
        Scalar *column;
        TRY(scalar_column(below->binder->arena, i, below->input->field[i].type, &column));
        TRY_PUSH(&below->project, below->binder->arena, column);
        TRY_PUSH(&below->field, below->binder->arena, below->input->field[i]);
    }
    return ST_OK;
}

static Status place_window(Below *below, const BoundOver *over, LogicalOver *out)
{
    Arena *arena = below->binder->arena;
    uint32_t *partition;
    PlanOrder *order;
    TRY_NEW_ARRAY(partition, arena, over->partition.count);
    TRY_NEW_ARRAY(order, arena, over->order.count);
    for (uint32_t i = 0; i < over->partition.count; i++)
        TRY(column_below(below, over->partition.item[i], &partition[i]));
    for (uint32_t i = 0; i < over->order.count; i++) {
        const BoundOrder *from = &over->order.item[i];
        order[i] = (PlanOrder){.descending = from->descending, .nulls_last = from->nulls_last};
        TRY(column_below(below, from->value, &order[i].column));
    }
    *out = (LogicalOver){.partition = partition,
                         .partitions = over->partition.count,
                         .order = order,
                         .orders = over->order.count,
                         .frame = over->frame};
    return ST_OK;
}

/* The calls over one window, from number `first` on, as a node. */
static Status make_node(Overs *overs, const LogicalOver *window, uint32_t first, Logical *input,
                        Logical **out)
{
    Arena *arena = overs->binder->arena;
    VEC(LogicalOverCall) call = {0};
    uint32_t width = input->schema.count;
    Schema schema = {.count = width};
    TRY_NEW_ARRAY(schema.field, arena, width + overs->call.count);
    memcpy(schema.field, input->schema.field, width * sizeof(Field));
    for (uint32_t i = first; i < overs->call.count; i++) {
        OverCall *made = &overs->call.item[i];
        if (made->column != 0 || !same_window(&made->over, &overs->call.item[first].over))
            continue;
        made->column = schema.count;
        Field *field = &schema.field[schema.count++];
        field->type = type_with_null(type_make(TYPE_BIGINT), false);
        TRY(arena_printf(arena, &field->name, "%s$%u", rank_function_name(made->call.function), i));
        TRY_PUSH(&call, arena, made->call);
    }
    TRY(logical_make(arena, LOGICAL_OVER, schema, &input, 1, out));
    (*out)->as.over = *window;
    (*out)->as.over.call = call.item;
    (*out)->as.over.calls = call.count;
    (*out)->span = overs->call.item[first].call.span;
    return ST_OK;
}

Status overs_finish(Overs *overs, Logical *input, Logical **out)
{
    Below below = {.binder = overs->binder, .input = &input->schema};
    LogicalOver *window;
    *out = input;
    if (overs->call.count == 0)
        return ST_OK;
    TRY_NEW_ARRAY(window, overs->binder->arena, overs->call.count);
    TRY(begin_below(&below));
    for (uint32_t i = 0; i < overs->call.count; i++)
        TRY(place_window(&below, &overs->call.item[i].over, &window[i]));
    if (below.project.count > input->schema.count) {
        Schema schema = {below.field.count, below.field.item};
        TRY(bind_check_watermarks(overs->binder, below.project.item, schema.count, input));
        TRY(logical_project(overs->binder->arena, input, below.project.item, schema, out));
    }
    for (uint32_t i = 0; i < overs->call.count; i++) {
        if (overs->call.item[i].column == 0)
            TRY(make_node(overs, &window[i], i, *out, out));
    }
    return ST_OK;
}

Status overs_place(const Overs *overs, Scalar *scalar, Scalar **out)
{
    uint32_t *to;
    *out = scalar;
    if (overs->call.count == 0)
        return ST_OK;
    TRY_NEW_ARRAY(to, overs->binder->arena, overs->call.count);
    for (uint32_t i = 0; i < overs->call.count; i++)
        to[i] = overs->call.item[i].column;
    return scalar_renumber_columns(overs->binder->arena, scalar, OVER_COLUMNS, to, out);
}
