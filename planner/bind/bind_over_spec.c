/* What stands behind OVER, and what WINDOW names: partition, order, frame. */
#include "planner/bind/bind_over.h"
#include "planner/bind/bind_private.h"
#include "storage/base/limits.h"

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

/* --- frames --- */

static Status refuse_distance(Binder *binder, Span span, const char *what, const char *hint)
{
    Status status = diag_error(binder->diag, E2117, span, "%s", what);
    diag_hint(binder->diag, "%s", hint);
    return status;
}

/* n of ROWS n PRECEDING. */
static Status bind_row_distance(Binder *binder, const Expr *expr, int64_t *out)
{
    Value value;
    TRY(bind_constant(binder, expr, &value));
    if (value.null || !type_is_integer(&value.type) || value.as.i64 < 0)
        return refuse_distance(binder, expr->span, "ROWS counts rows: a whole number, not negative",
                               "RANGE INTERVAL '10' SECOND PRECEDING goes by time");
    *out = value.as.i64;
    return ST_OK;
}

static Status refuse_range_type(Binder *binder, Span span, const Type *type)
{
    bool number = type_is_numeric(type);
    Status status =
        number ? diag_error(binder->diag, E2001, span,
                            "a distance in RANGE along a column of type %s is not supported yet",
                            bind_type_name(binder, type))
               : diag_error(binder->diag, E2117, span,
                            "RANGE goes by the ORDER BY, which is %s: such values have no distance",
                            bind_type_name(binder, type));
    diag_hint(binder->diag, "it goes by one of whole numbers, dates or times; ROWS n PRECEDING "
                            "counts rows");
    return status;
}

/* In units of the column that orders the rows. */
static Status bind_range_distance(Binder *binder, const BoundOver *over, const Expr *expr,
                                  int64_t *out)
{
    const int64_t day = INT64_C(86400000000);
    if (over->order.count != 1)
        return refuse_distance(
            binder, expr->span,
            "a distance in RANGE is one along the ORDER BY, which must be of one "
            "column that is not constant",
            "ROWS n PRECEDING counts rows");
    const Type *type = &over->order.item[0].value->type;
    bool date = type->id == TYPE_DATE, whole = type_is_integer(type);
    Value value;
    TRY(bind_constant(binder, expr, &value));
    if (!date && !whole && !type_is_timestamp(type) && type->id != TYPE_TIME)
        return refuse_range_type(binder, expr->span, type);
    if (value.null || value.as.i64 < 0 ||
        (whole ? !type_is_integer(&value.type) : value.type.id != TYPE_INTERVAL_DAY) ||
        (date && value.as.i64 % day != 0))
        return refuse_distance(binder, expr->span,
                               whole ? "RANGE goes by the ORDER BY, which is of whole numbers: the "
                                       "distance is one too, and not negative"
                               : date
                                   ? "RANGE goes by the ORDER BY, which is a date: the distance "
                                     "is an interval of whole days"
                                   : "RANGE goes by the ORDER BY, which is a time: the distance is "
                                     "an interval of days or less, and not negative",
                               whole  ? "RANGE 10 PRECEDING"
                               : date ? "RANGE INTERVAL '7' DAY PRECEDING"
                                      : "RANGE INTERVAL '10' SECOND PRECEDING; ROWS 10 PRECEDING "
                                        "counts rows");
    *out = date ? value.as.i64 / day : value.as.i64;
    return ST_OK;
}

static Status bind_distance(Binder *binder, const BoundOver *over, const WindowBound *bound,
                            int64_t *out)
{
    *out = 0;
    if (bound->offset == NULL)
        return ST_OK;
    if (over->frame.rows)
        TRY(bind_row_distance(binder, bound->offset, out));
    else
        TRY(bind_range_distance(binder, over, bound->offset, out));
    if (bound->kind == WINDOW_BOUND_PRECEDING)
        *out = -*out;
    return ST_OK;
}

static Status bind_frame(Binder *binder, const WindowSpec *spec, BoundOver *out)
{
    PlanFrame *frame = &out->frame;
    out->framed = true;
    *frame = (PlanFrame){.rows = spec->frame == WINDOW_FRAME_ROWS,
                         .from_first = spec->start.kind == WINDOW_BOUND_UNBOUNDED_PRECEDING,
                         .to_last = spec->end.kind == WINDOW_BOUND_UNBOUNDED_FOLLOWING};
    TRY(bind_distance(binder, out, &spec->start, &frame->start));
    TRY(bind_distance(binder, out, &spec->end, &frame->end));
    if (spec->start.kind == WINDOW_BOUND_UNBOUNDED_FOLLOWING ||
        spec->end.kind == WINDOW_BOUND_UNBOUNDED_PRECEDING ||
        (!frame->from_first && !frame->to_last && frame->start > frame->end))
        return refuse_distance(binder, spec->span, "the window's frame ends before it begins",
                               "BETWEEN takes the earlier end first; n PRECEDING alone ends at the "
                               "current row");
    return ST_OK;
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
    return spec->frame == WINDOW_FRAME_UNSAID ? ST_OK : bind_frame(context->binder, spec, out);
}

Status bind_over_spec(BindContext *context, const WindowDefList *windows, const WindowSpec *spec,
                      BoundOver *out)
{
    *out = (BoundOver){.span = spec->span};
    return bind_spec(context, windows, NULL, spec, out);
}

Status bind_window_defs(BindContext *context, const WindowDefList *windows)
{
    for (const WindowDef *def = windows->first; def != NULL; def = def->next) {
        BoundOver over = {0};
        for (const WindowDef *other = windows->first; other != def; other = other->next) {
            if (text_equal(other->name.text, def->name.text))
                return diag_error(context->binder->diag, E2111, def->name.span,
                                  "window \"%.*s\" is declared twice", TEXT_ARG(def->name.text));
        }
        TRY(bind_spec(context, windows, def, def->spec, &over));
    }
    return ST_OK;
}
