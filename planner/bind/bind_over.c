#include "planner/bind/bind_over.h"
#include "planner/bind/bind_private.h"

/* --- calls --- */

/* The same rows in the same order: their frames may differ. */
static bool same_window(const BoundOver *a, const BoundOver *b)
{
    if (a->partition.count != b->partition.count || a->order.count != b->order.count)
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

static bool same_frame(const PlanFrame *a, const PlanFrame *b)
{
    return a->rows == b->rows && a->from_first == b->from_first && a->to_last == b->to_last &&
           a->start == b->start && a->end == b->end;
}

static bool same_call(const OverCall *a, const OverCall *b)
{
    const LogicalOverCall *x = &a->call, *y = &b->call;
    if (x->function != y->function || !same_window(&a->over, &b->over))
        return false;
    if (x->function == OVER_AGGREGATE)
        return same_frame(&x->frame, &y->frame) &&
               same_aggregate_call(&x->aggregate, &y->aggregate);
    return same_frame(&x->frame, &y->frame) && x->column == y->column &&
           x->otherwise == y->otherwise && x->parts == y->parts;
}

static Status bind_call_over(Overs *overs, const Expr *expr, Scalar **out)
{
    Binder *binder = overs->binder;
    OverCall made;
    uint32_t at = 0;
    TRY(bind_over_call(overs, expr, &made));
    while (at < overs->call.count && !same_call(&overs->call.item[at], &made))
        at++;
    if (at == overs->call.count)
        TRY_PUSH(&overs->call, binder->arena, made);
    TRY(scalar_column(binder->arena, OVER_COLUMNS + at, made.call.type, out));
    (*out)->span = expr->span;
    return ST_OK;
}

/* A name that stands for one thing twice is as good as one. */
static Status find_name(const Overs *overs, const Expr *expr, Scalar **out)
{
    Text name = expr->as.column.first->text;
    for (uint32_t i = 0; i < overs->names->count; i++) {
        if (!text_equal(overs->names->field[i].name, name))
            continue;
        if (*out != NULL && !scalar_equal(*out, overs->named[i]))
            return diag_error(overs->binder->diag, E2105, expr->span,
                              "column \"%.*s\" is ambiguous", TEXT_ARG(name));
        *out = overs->named[i];
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
    return bind_window_defs(&overs->inner, overs->windows);
}

/* --- nodes --- */

/* The input's columns, and behind them what windows need besides. */
typedef struct Below {
    Binder *binder;
    const Schema *input;
    VEC(Scalar *) project;
    VEC(Field) field;
} Below;

static Status column_below(Below *below, Scalar *value, uint32_t *out)
{
    Field field = {.type = value->type, .time = scalar_time(value, below->input)};
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
                         .orders = over->order.count};
    return ST_OK;
}

/* What the call reads, as columns below. */
static Status place_call(Overs *overs, Below *below, LogicalOverCall *call)
{
    uint32_t column;
    for (uint32_t i = 0; i < call->aggregate.arguments; i++) {
        PlanArgument *argument = &call->aggregate.argument[i];
        if (argument->column < 0)
            continue;
        TRY(column_below(below, overs->scalar.item[argument->column], &column));
        argument->column = (int32_t)column;
    }
    if (call->function == OVER_AGGREGATE && call->aggregate.filter >= 0) {
        TRY(column_below(below, overs->scalar.item[call->aggregate.filter], &column));
        call->aggregate.filter = (int32_t)column;
    }
    if (call->function != OVER_CELL)
        return ST_OK;
    TRY(column_below(below, overs->scalar.item[call->column], &call->column));
    if (call->otherwise < 0)
        return ST_OK;
    TRY(column_below(below, overs->scalar.item[call->otherwise], &column));
    call->otherwise = (int32_t)column;
    return ST_OK;
}

/* Nodes stand above one another. One that gives out its rows as they come to it is below one that
 * may keep some of them back, and what updates its rows is above what takes inserts alone. */
typedef enum NodeOrder { NODE_PROMPT, NODE_AWAITS, NODE_UPDATES } NodeOrder;

static NodeOrder node_order(const Overs *overs, uint32_t first, const Logical *input)
{
    const BoundOver *over = &overs->call.item[first].over;
    TimeAttribute time =
        over->order.count == 1 ? scalar_time(over->order.item[0].value, &input->schema) : TIME_NONE;
    if ((time != TIME_ROWTIME && time != TIME_PROCTIME) || over->order.item[0].descending)
        return NODE_UPDATES;
    for (uint32_t i = 0; i < overs->call.count; i++) {
        const LogicalOverCall *call = &overs->call.item[i].call;
        if (same_window(over, &overs->call.item[i].over) &&
            (call->frame.to_last || (call->frame.rows && call->frame.end > 0)))
            return NODE_AWAITS;
    }
    return NODE_PROMPT;
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
        field->type = made->call.type;
        TRY(arena_printf(arena, &field->name, "%s$%u", made->call.name, i));
        TRY_PUSH(&call, arena, made->call);
    }
    TRY(logical_make(arena, LOGICAL_OVER, schema, &input, 1, out));
    (*out)->as.over = *window;
    (*out)->as.over.call = call.item;
    (*out)->as.over.calls = call.count;
    if (input->kind == LOGICAL_OVER) /* equal times are in the same order in all of them */
        input->as.over.in_order = true;
    if (logical_over_needs_clock(&(*out)->as.over, &input->schema))
        TRY(bind_clock_schema(overs->binder, &(*out)->schema));
    (*out)->span = overs->call.item[first].call.span;
    return ST_OK;
}

/* The rows of each window of time, which can be given out once whatever their order. */
static bool is_of_windows(const BoundOver *over, const Logical *input)
{
    bool windows = false;
    for (uint32_t i = 0; i < over->partition.count; i++) {
        TimeAttribute time = scalar_time(over->partition.item[i], &input->schema);
        windows = windows || time == TIME_WINDOW_START || time == TIME_WINDOW_END;
    }
    return windows;
}

/* Numbers of the rows of a window of time are known to be complete by both of its columns. */
static Status warn_of_half_window(const Overs *overs, uint32_t at, const Logical *input)
{
    const OverCall *call = &overs->call.item[at];
    bool start = false, end = false;
    Span span = call->over.span;
    if (call->call.function != OVER_ROW_NUMBER && call->call.function != OVER_RANK &&
        call->call.function != OVER_DENSE_RANK)
        return ST_OK;
    for (uint32_t i = 0; i < call->over.partition.count; i++) {
        const Scalar *key = call->over.partition.item[i];
        TimeAttribute time = scalar_time(key, &input->schema);
        start = start || time == TIME_WINDOW_START;
        end = end || time == TIME_WINDOW_END;
        if (time == TIME_WINDOW_START || time == TIME_WINDOW_END)
            span = key->span;
    }
    if (start == end)
        return ST_OK;
    return bind_warning(overs->binder, E2117, span,
                        "without %s in PARTITION BY these are no ranks of a window: they are "
                        "updated, and kept for ever",
                        start ? "window_end" : "window_start");
}

/* What was to be in the order of time, once for each window. */
static Status warn_of_lost_time(const Overs *overs, uint32_t at, const Logical *input)
{
    const BoundOver *over = &overs->call.item[at].over;
    for (uint32_t i = 0; i < at; i++) {
        if (same_window(over, &overs->call.item[i].over))
            return ST_OK;
    }
    const BoundOrder *order = over->order.count == 1 ? &over->order.item[0] : NULL;
    if (order == NULL || order->descending || order->value->kind != SCALAR_COLUMN ||
        is_of_windows(over, input))
        return ST_OK;
    return bind_warn_lost_time(overs->binder, order->value->span, input, order->value->as.column,
                               "OVER updates its rows here, as in any order but that of time");
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
    for (uint32_t i = 0; i < overs->call.count; i++) {
        TRY(place_window(&below, &overs->call.item[i].over, &window[i]));
        TRY(place_call(overs, &below, &overs->call.item[i].call));
        TRY(warn_of_half_window(overs, i, input));
        TRY(warn_of_lost_time(overs, i, input));
    }
    if (below.project.count > input->schema.count) {
        Schema schema = {below.field.count, below.field.item};
        TRY(bind_check_watermarks(overs->binder, below.project.item, schema.count, input));
        TRY(logical_project(overs->binder->arena, input, below.project.item, schema, out));
    }
    for (NodeOrder order = NODE_PROMPT; order <= NODE_UPDATES; order++) {
        for (uint32_t i = 0; i < overs->call.count; i++) {
            if (overs->call.item[i].column == 0 && node_order(overs, i, *out) == order)
                TRY(make_node(overs, &window[i], i, *out, out));
        }
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
