/* GROUP BY and aggregates.
 *
 * The aggregate's input is a projection: first the grouping expressions, then what the aggregate
 * calls need (arguments, FILTER conditions). Above it, an expression of the select list or HAVING
 * may use grouping expressions and aggregates; the hook below turns both into columns of the
 * aggregate, and any other column is an error. */
#include "planner/bind/bind_private.h"
#include "planner/bind/group_window.h"

#include <assert.h>

#include "storage/base/limits.h"

typedef struct GroupKey {
    const Expr *expr; /* NULL: of the window */
    Scalar *scalar;
    Text name;
} GroupKey;

struct Grouping {
    Binder *binder;
    const Select *select;
    const Scope *scope;  /* of the aggregate's input before the projection */
    GroupWindow *window; /* in GROUP BY; or NULL */
    VEC(GroupKey) key;
    VEC(Scalar *) extra; /* arguments and filters, after the keys */
    VEC(PlanAggregateCall) call;
    const char *place;
};

/* --- is there anything to group? --- */

static bool find_aggregate(void *found, const Expr *expr)
{
    if (expr->kind == EXPR_CALL && expr->as.call->over == NULL &&
        is_aggregate_name(expr->as.call->name.last->text))
        *(bool *)found = true;
    return true;
}

static bool has_aggregate(const Expr *expr)
{
    bool found = false;
    AstVisitor visitor = {.expr = find_aggregate, .query = stop_at_query, .context = &found};
    ast_walk_expr(&visitor, expr);
    return found;
}

bool select_is_grouped(const Select *select)
{
    if (select->grouped || select->having != NULL)
        return true;
    for (const SelectItem *item = select->items.first; item != NULL; item = item->next) {
        if (has_aggregate(item->expr))
            return true;
    }
    return select->qualify != NULL && has_aggregate(select->qualify);
}

/* --- grouping expressions --- */

/* The keys of a window; which columns they are is known when its node is made. */
static Status add_window(Grouping *grouping, const Expr *expr)
{
    Binder *binder = grouping->binder;
    if (grouping->window != NULL)
        return diag_error(binder->diag, E2117, expr->span, "GROUP BY has one window at most");
    TRY(group_window_bind(binder, grouping->select, grouping->scope, expr, grouping->key.count,
                          &grouping->window));
    for (uint32_t i = 0; i < grouping->window->keys; i++) {
        GroupKey key = {.name = grouping->window->field[i].name};
        TRY(scalar_column(binder->arena, UINT32_MAX - i, grouping->window->field[i].type,
                          &key.scalar));
        TRY_PUSH(&grouping->key, binder->arena, key);
    }
    return ST_OK;
}

static Status add_key(Grouping *grouping, const GroupItem *item)
{
    Binder *binder = grouping->binder;
    if (item->kind != GROUP_EXPR)
        return bind_unsupported(binder, item->span,
                                item->kind == GROUP_ROLLUP ? "ROLLUP"
                                : item->kind == GROUP_CUBE ? "CUBE"
                                                           : "GROUPING SETS");
    if (is_group_window(item->expr))
        return add_window(grouping, item->expr);
    GroupKey key = {.expr = item->expr};
    BindContext context = {
        .binder = binder, .scope = grouping->scope, .place = "GROUP BY", .subquery = bind_subquery};
    TRY(bind_expr(&context, item->expr, &key.scalar));
    if (type_is_nested(&key.scalar->type))
        return bind_unsupported(binder, item->expr->span, "grouping by a nested value");
    if (item->expr->kind == EXPR_COLUMN)
        key.name = item->expr->as.column.last->text;
    else
        TRY(bind_unnamed(binder, grouping->key.count, &key.name));
    if (grouping->key.count == LIMIT_KEY_COLUMNS)
        return diag_error(binder->diag, E1005, item->expr->span, "GROUP BY has at most %d keys",
                          LIMIT_KEY_COLUMNS);
    TRY_PUSH(&grouping->key, binder->arena, key);
    return ST_OK;
}

Status bind_group_begin(Binder *binder, const Select *select, const Scope *scope, Grouping **out)
{
    Grouping *grouping;
    TRY_NEW(grouping, binder->arena);
    grouping->binder = binder;
    grouping->select = select;
    grouping->scope = scope;
    for (const GroupItem *item = select->group_by.first; item != NULL; item = item->next) {
        if (item->kind == GROUP_LIST && item->items.count == 0)
            continue; /* GROUP BY (): one group */
        TRY(add_key(grouping, item));
    }
    *out = grouping;
    return ST_OK;
}

/* --- aggregate calls --- */

/* The scalar as a column of the projection after the keys. */
static Status add_extra(void *user, Scalar *scalar, int32_t *column)
{
    Grouping *grouping = user;
    for (uint32_t i = 0; i < grouping->extra.count; i++) {
        if (scalar_equal(grouping->extra.item[i], scalar) && scalar_is_deterministic(scalar)) {
            *column = (int32_t)(grouping->key.count + i);
            return ST_OK;
        }
    }
    TRY_PUSH(&grouping->extra, grouping->binder->arena, scalar);
    *column = (int32_t)(grouping->key.count + grouping->extra.count - 1);
    return ST_OK;
}

/* An aggregate call as a column of the aggregate's output. */
static Status bind_aggregate(Grouping *grouping, const Expr *expr, Scalar **out)
{
    Binder *binder = grouping->binder;
    const AggregateInput input = {
        .context = {.binder = binder, .scope = grouping->scope, .subquery = bind_subquery},
        .column = add_extra,
        .user = grouping};
    PlanAggregateCall made;
    uint32_t at = 0;
    TRY(bind_aggregate_call(&input, expr, &made));
    while (at < grouping->call.count && !same_aggregate_call(&grouping->call.item[at], &made))
        at++;
    if (at == grouping->call.count)
        TRY_PUSH(&grouping->call, binder->arena, made);
    TRY(scalar_column(binder->arena, grouping->key.count + at, made.result, out));
    (*out)->span = expr->span;
    return ST_OK;
}

/* --- expressions over the groups --- */

/* A grouping expression that may have been meant as the position of a column. */
static const Expr *find_position(const Grouping *grouping)
{
    for (uint32_t i = 0; i < grouping->key.count; i++) {
        const Expr *expr = grouping->key.item[i].expr;
        if (expr != NULL && expr->kind == EXPR_LITERAL && expr->as.literal.kind == LITERAL_INTEGER)
            return expr;
    }
    return NULL;
}

static Status refuse_ungrouped(const Grouping *grouping, const Expr *expr)
{
    Diag *diag = grouping->binder->diag;
    const Expr *position = find_position(grouping);
    if (position != NULL)
        return diag_error(diag, E2109, position->span,
                          "GROUP BY takes expressions, not positions: write the expression again");
    Text name = expr->as.column.last->text;
    Status status =
        diag_error(diag, E2109, expr->span, "column \"%.*s\" is not in GROUP BY", TEXT_ARG(name));
    diag_hint(diag, "add it to GROUP BY, or take an aggregate of it such as MAX(%.*s)",
              TEXT_ARG(name));
    return status;
}

static Status bind_ungrouped(Grouping *grouping, const Expr *expr, Scalar **out)
{
    BindContext below = {.binder = grouping->binder,
                         .scope = grouping->scope,
                         .place = grouping->place,
                         .subquery = bind_subquery};
    Scalar *scalar;
    TRY(bind_expr(&below, expr, &scalar));
    for (uint32_t i = 0; i < grouping->key.count; i++) {
        if (scalar_equal(grouping->key.item[i].scalar, scalar)) {
            TRY(scalar_column(grouping->binder->arena, i, scalar->type, out));
            (*out)->span = expr->span;
            return ST_OK;
        }
    }
    return refuse_ungrouped(grouping, expr);
}

static Status special(BindContext *context, const Expr *expr, Scalar **out)
{
    Grouping *grouping = context->user;
    grouping->place = context->place;
    for (uint32_t i = 0; i < grouping->key.count; i++) {
        const GroupKey *key = &grouping->key.item[i];
        if (key->expr != NULL && ast_equal_expr(key->expr, expr)) {
            TRY(scalar_column(grouping->binder->arena, i, key->scalar->type, out));
            (*out)->span = expr->span;
            return ST_OK;
        }
    }
    if (expr->kind == EXPR_CALL && expr->as.call->over == NULL &&
        is_aggregate_name(expr->as.call->name.last->text))
        return bind_aggregate(grouping, expr, out);
    if (grouping->window != NULL && is_group_window_part(expr))
        return group_window_part(grouping->window, grouping->binder, expr, out);
    if (expr->kind == EXPR_COLUMN)
        return bind_ungrouped(grouping, expr, out);
    return ST_OK;
}

BindContext bind_group_context(Grouping *grouping, const char *place)
{
    return (BindContext){.binder = grouping->binder,
                         .scope = grouping->scope,
                         .place = place,
                         .special = special,
                         .subquery = bind_subquery,
                         .user = grouping};
}

Status bind_grouped_condition(Grouping *grouping, const Expr *expr, const char *place, Scalar **out)
{
    BindContext context = bind_group_context(grouping, place);
    return bind_condition(&context, expr, out);
}

/* --- the nodes --- */

static Status project_input(Grouping *grouping, Logical *input, Logical **out)
{
    Binder *binder = grouping->binder;
    uint32_t keys = grouping->key.count, width = keys + grouping->extra.count;
    Scalar **project;
    Field *field;
    TRY_NEW_ARRAY(project, binder->arena, width);
    TRY_NEW_ARRAY(field, binder->arena, width);
    for (uint32_t i = 0; i < width; i++) {
        project[i] = i < keys ? grouping->key.item[i].scalar : grouping->extra.item[i - keys];
        field[i].type = project[i]->type;
        if (i < keys)
            field[i].name = grouping->key.item[i].name;
        else if (project[i]->kind == SCALAR_COLUMN)
            field[i].name = input->schema.field[project[i]->as.column].name;
        else
            TRY(arena_printf(binder->arena, &field[i].name, "$%u", i));
        if (project[i]->kind == SCALAR_COLUMN)
            field[i].time = input->schema.field[project[i]->as.column].time;
    }
    return logical_project(binder->arena, input, project, (Schema){width, field}, out);
}

/* Grouped by both ends of its window, a row of the result stands for the whole window: the window's
 * columns keep their meaning. By one alone, or neither, it is a plain aggregate that keeps
 * everything. */
static Status keep_window(Grouping *grouping, const Schema *input, Field *field)
{
    uint32_t keys = grouping->key.count;
    bool start = false, end = false;
    for (uint32_t i = 0; i < keys; i++) {
        start = start || input->field[i].time == TIME_WINDOW_START;
        end = end || input->field[i].time == TIME_WINDOW_END;
    }
    for (uint32_t i = 0; i < keys; i++)
        field[i].time = start && end ? input->field[i].time : TIME_NONE;
    if (start == end)
        return ST_OK;
    return bind_warning(grouping->binder, E2117, grouping->key.item[0].expr->span,
                        "without %s in GROUP BY this is no window aggregate: it updates its "
                        "results and keeps its state for ever",
                        start ? "window_end" : "window_start");
}

/* Without keys there is one group, so an aggregate of what can be seen to be nothing has a row:
 * COUNT is 0 in it, all else NULL. (Of an input that turns out to be empty there is none, as in
 * Flink.) */
static Status aggregate_nothing(Grouping *grouping, Schema schema, Logical **out)
{
    Binder *binder = grouping->binder;
    Scalar **cell;
    TRY_NEW_ARRAY(cell, binder->arena, schema.count);
    for (uint32_t i = 0; i < schema.count; i++) {
        const PlanAggregateCall *call = &grouping->call.item[i];
        bool count = text_is(text_of(call->def->name), "COUNT");
        Value value = {.type = type_with_null(call->result, !count), .null = !count};
        TRY(scalar_constant(binder->arena, &value, &cell[i]));
        schema.field[i].type = value.type;
    }
    TRY(logical_make(binder->arena, LOGICAL_VALUES, schema, NULL, 0, out));
    (*out)->as.values = (PlanValues){.cell = cell, .rows = 1};
    return ST_OK;
}

/* The keys of the window are columns of its node. */
static Status place_window(Grouping *grouping, Logical **input)
{
    Binder *binder = grouping->binder;
    const GroupWindow *window = grouping->window;
    Scalar **key;
    uint32_t first;
    if (window == NULL)
        return ST_OK;
    TRY_NEW_ARRAY(key, binder->arena, grouping->key.count);
    for (uint32_t i = 0; i < grouping->key.count; i++)
        key[i] = grouping->key.item[i].scalar;
    TRY(group_window_node(window, binder, *input, key, grouping->key.count, input, &first));
    for (uint32_t i = 0; i < window->keys; i++)
        TRY(scalar_column(binder->arena, first + i, window->field[i].type,
                          &grouping->key.item[window->first_key + i].scalar));
    return ST_OK;
}

Status bind_group_finish(Grouping *grouping, Logical *input, Logical **out)
{
    Binder *binder = grouping->binder;
    Logical *projected;
    TRY(place_window(grouping, &input));
    TRY(project_input(grouping, input, &projected));
    uint32_t keys = grouping->key.count, width = keys + grouping->call.count;
    Field *field;
    TRY_NEW_ARRAY(field, binder->arena, width);
    for (uint32_t i = 0; i < keys; i++)
        field[i] = projected->schema.field[i];
    TRY(keep_window(grouping, &projected->schema, field));
    for (uint32_t i = keys; i < width; i++) {
        const PlanAggregateCall *call = &grouping->call.item[i - keys];
        field[i].type = call->result;
        TRY(arena_printf(binder->arena, &field[i].name, "%s$%u", call->def->name, i - keys));
    }
    if (keys == 0 && logical_is_empty(projected))
        return aggregate_nothing(grouping, (Schema){width, field}, out);
    TRY(logical_make(binder->arena, LOGICAL_AGGREGATE, (Schema){width, field}, &projected, 1, out));
    (*out)->as.aggregate = (LogicalAggregate){keys, grouping->call.item, grouping->call.count};
    (*out)->span = input->span;
    return ST_OK;
}
