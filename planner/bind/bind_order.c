/* ORDER BY, OFFSET and LIMIT. A stream can be sorted by event time alone, as the watermark passes
 * its rows; with a LIMIT by anything, since that is a Top-N. */
#include "planner/bind/bind_over.h"

static Status bind_count(Binder *binder, const Expr *expr, const char *what, uint64_t *out)
{
    Value value;
    TRY(bind_constant(binder, expr, &value));
    if (value.null || !type_is_integer(&value.type) || value.as.i64 < 0)
        return diag_error(binder->diag, E2126, expr->span,
                          "%s takes a whole number that is not negative", what);
    *out = (uint64_t)value.as.i64;
    return ST_OK;
}

/* --- ORDER BY --- */

Status bind_order_position(Binder *binder, const OrderItem *item, uint32_t columns,
                           bool *is_position, uint32_t *out)
{
    const Expr *expr = item->expr;
    Value value;
    *is_position = expr->kind == EXPR_LITERAL && expr->as.literal.kind == LITERAL_INTEGER;
    if (!*is_position)
        return ST_OK;
    TRY(bind_constant(binder, expr, &value));
    if (!type_is_integer(&value.type) || value.as.i64 < 1 || value.as.i64 > columns)
        return diag_error(binder->diag, E2104, expr->span,
                          "ORDER BY names a column by its position, and the query has %u", columns);
    *out = (uint32_t)value.as.i64 - 1;
    return ST_OK;
}

static Status add_column(Binder *binder, Scalar *value, Schema *schema, Scalar ***project,
                         uint32_t *out)
{
    uint32_t at = schema->count;
    for (*out = 0; *out < at; ++*out) {
        if (scalar_equal((*project)[*out], value) && scalar_is_deterministic(value))
            return ST_OK;
    }
    (*project)[at] = value;
    schema->field[at] = (Field){.type = value->type};
    TRY(arena_printf(binder->arena, &schema->field[at].name, "$%u", at));
    schema->count++;
    return ST_OK;
}

Status bind_order(Binder *binder, const OrderList *order_by, BoundSort *sort, Logical **node)
{
    Arena *arena = binder->arena;
    Scope scope = {0};
    BindContext context = {
        .binder = binder, .scope = &scope, .place = "ORDER BY", .subquery = bind_subquery};
    Schema schema = {.count = (*node)->schema.count};
    Scalar **project;
    sort->columns = schema.count;
    TRY(scope_add_schema(binder, &scope, TEXT_NONE, &(*node)->schema, 0));
    TRY_NEW_ARRAY(sort->order, arena, order_by->count);
    TRY_NEW_ARRAY(schema.field, arena, schema.count + order_by->count);
    TRY_NEW_ARRAY(project, arena, schema.count + order_by->count);
    for (uint32_t i = 0; i < schema.count; i++) {
        schema.field[i] = (*node)->schema.field[i];
        TRY(scalar_column(arena, i, schema.field[i].type, &project[i]));
    }
    for (const OrderItem *item = order_by->first; item != NULL; item = item->next) {
        PlanOrder *order = &sort->order[sort->orders];
        BoundOrder bound;
        bool position;
        TRY(bind_order_position(binder, item, sort->columns, &position, &order->column));
        if (!position) {
            TRY(bind_expr(&context, item->expr, &bound.value));
            if (scalar_is_constant(bound.value))
                continue;
            TRY(add_column(binder, bound.value, &schema, &project, &order->column));
        }
        TRY(bind_order_type(binder, project[order->column], item->expr->span));
        bind_order_words(item, &bound);
        order->descending = bound.descending;
        order->nulls_last = bound.nulls_last;
        sort->orders++;
    }
    if (schema.count == sort->columns)
        return ST_OK;
    TRY(bind_check_watermarks(binder, project, schema.count, *node));
    return logical_project(arena, *node, project, schema, node);
}

/* --- what can be sorted --- */

static Status refuse_sort(Binder *binder, const Query *query, const BoundSort *sort,
                          const Logical *node)
{
    Span span = query->order_by.first->expr->span;
    if (query->offset != NULL) {
        Status status = diag_error(binder->diag, E2125, span,
                                   "ORDER BY with OFFSET needs a LIMIT in a query that goes on");
        diag_hint(binder->diag, "LIMIT n OFFSET m keeps the rows from m + 1 on current");
        return status;
    }
    Status status = diag_error(binder->diag, E2125, span,
                               "a query that goes on cannot sort its rows, except by event time, "
                               "ascending");
    if (!sort->order[0].descending)
        bind_hint_time(binder, node, sort->order[0].column);
    diag_hint(binder->diag, "LIMIT n keeps the first n; or sort when you read: SELECT ... FROM the "
                            "view ORDER BY ..., which SQLite answers");
    return status;
}

/* The time by which the rows are sorted in the first place, ascending. */
static TimeAttribute sort_time(const BoundSort *sort, const Schema *schema)
{
    return sort->orders == 0 || sort->order[0].descending
               ? TIME_NONE
               : schema->field[sort->order[0].column].time;
}

/* The order in which the rows come. */
static bool is_arrival(const BoundSort *sort, const Schema *schema)
{
    return sort->orders == 0 || (sort->orders == 1 && sort_time(sort, schema) == TIME_PROCTIME);
}

static Status make_sort(Binder *binder, const BoundSort *sort, bool limited, Logical *input,
                        Logical **out)
{
    Schema schema = input->schema;
    if (!limited && sort_time(sort, &schema) == TIME_PROCTIME)
        TRY(bind_clock_schema(binder, &schema));
    TRY(logical_make(binder->arena, LOGICAL_SORT, schema, &input, 1, out));
    (*out)->as.sort = (LogicalSort){sort->order, sort->orders};
    return ST_OK;
}

static Status bind_sort(Binder *binder, const Query *query, const BoundSort *sort, Logical **node)
{
    bool limited = query->limit != NULL;
    if (query->order_by.count == 0 || is_arrival(sort, &(*node)->schema))
        return ST_OK;
    if (!limited && query->offset == NULL && binder->subquery)
        return bind_warning(binder, E2125, query->order_by.first->expr->span,
                            "ORDER BY without LIMIT does nothing in a subquery: the rows of a "
                            "table have no order");
    TimeAttribute time = sort_time(sort, &(*node)->schema);
    bool by_time = time == TIME_ROWTIME || time == TIME_PROCTIME;
    if (!limited && (!by_time || query->offset != NULL))
        return refuse_sort(binder, query, sort, *node);
    TRY(make_sort(binder, sort, limited, *node, node));
    (*node)->span = query->order_by.first->expr->span;
    return ST_OK;
}

static Status bind_limit(Binder *binder, const Query *query, Logical **node)
{
    PlanLimit limit = {.count = UINT64_MAX};
    Logical *input = *node;
    if (query->offset != NULL)
        TRY(bind_count(binder, query->offset, "OFFSET", &limit.offset));
    if (query->limit != NULL)
        TRY(bind_count(binder, query->limit, "LIMIT", &limit.count));
    if (query->offset == NULL && query->limit == NULL)
        return ST_OK;
    TRY(logical_make(binder->arena, LOGICAL_LIMIT, input->schema, &input, 1, node));
    (*node)->as.limit = limit;
    (*node)->span = query->limit != NULL ? query->limit->span : query->offset->span;
    return ST_OK;
}

/* The query's own columns again. */
static Status drop_order_columns(Binder *binder, const BoundSort *sort, Logical **node)
{
    Schema schema = {sort->columns, (*node)->schema.field};
    Scalar **project;
    if (sort->columns == (*node)->schema.count)
        return ST_OK;
    TRY_NEW_ARRAY(project, binder->arena, schema.count);
    for (uint32_t i = 0; i < schema.count; i++)
        TRY(scalar_column(binder->arena, i, schema.field[i].type, &project[i]));
    return logical_project(binder->arena, *node, project, schema, node);
}

Status bind_sort_and_limit(Binder *binder, const Query *query, const BoundSort *sort,
                           Logical **node)
{
    Span span = (*node)->span;
    TRY(bind_sort(binder, query, sort, node));
    TRY(bind_limit(binder, query, node));
    TRY(drop_order_columns(binder, sort, node));
    if ((*node)->span.end == 0)
        (*node)->span = span;
    return ST_OK;
}
