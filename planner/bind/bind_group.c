/* GROUP BY and aggregates.
 *
 * The aggregate's input is a projection: first the grouping expressions, then what the aggregate
 * calls need (arguments, FILTER conditions). Above it, an expression of the select list or HAVING
 * may use grouping expressions and aggregates; the hook below turns both into columns of the
 * aggregate, and any other column is an error. */
#include "planner/bind/bind_group.h"

#include <assert.h>

#include "storage/base/limits.h"

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

/* --- keys --- */

/* The key as the groups have it: NULL in those of a set that lacks it. */
static Status key_column(Grouping *grouping, uint32_t key, const Expr *expr, Scalar **out)
{
    Type type = grouping->key.item[key].scalar->type;
    if (!grouping_has_key(grouping, key))
        type = type_with_null(type, true);
    TRY(scalar_column(grouping->binder->arena, key, type, out));
    (*out)->span = expr->span;
    return ST_OK;
}

/* Columns of the groups before the aggregates: the keys, and where there are several grouping sets
 * which of them it is. */
static uint32_t key_columns(const Grouping *grouping)
{
    return grouping->key.count + (grouping->sets > 0);
}

Status bind_group_begin(Binder *binder, const Select *select, const Scope *scope, Grouping **out)
{
    Grouping *grouping;
    TRY_NEW(grouping, binder->arena);
    grouping->binder = binder;
    grouping->select = select;
    grouping->scope = scope;
    *out = grouping;
    return grouping_collect(grouping, select);
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
        .user = grouping,
        .has_rows = grouping->key.count > 0};
    PlanAggregateCall made;
    uint32_t at = 0;
    TRY(bind_aggregate_call(&input, expr, &made));
    while (at < grouping->call.count && !same_aggregate_call(&grouping->call.item[at], &made))
        at++;
    if (at == grouping->call.count)
        TRY_PUSH(&grouping->call, binder->arena, made);
    TRY(scalar_column(binder->arena, key_columns(grouping) + at, made.result, out));
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
    uint32_t key;
    TRY(grouping_find_key(grouping, expr, &key));
    return key < grouping->key.count ? key_column(grouping, key, expr, out)
                                     : refuse_ungrouped(grouping, expr);
}

static Status special(BindContext *context, const Expr *expr, Scalar **out)
{
    Grouping *grouping = context->user;
    grouping->place = context->place;
    for (uint32_t i = 0; i < grouping->key.count; i++) {
        const GroupKey *key = &grouping->key.item[i];
        if (key->expr != NULL && ast_equal_expr(key->expr, expr))
            return key_column(grouping, i, expr, out);
    }
    if (is_grouping_function(expr) && expr->as.call->over == NULL)
        return grouping_bind_function(grouping, expr, out);
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
        TRY(bind_check_watermarks(binder, &project[i], 1, input));
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
    bool *whole;
    TRY_NEW_ARRAY(whole, grouping->binder->arena, grouping->key.count);
    for (uint32_t i = 0; i < grouping->key.count; i++)
        whole[i] = grouping_has_key(grouping, i);
    WindowKeys keys = {.input = input,
                       .keys = grouping->key.count,
                       .whole = whole,
                       .place = grouping->sets > 0 ? "every grouping set" : "GROUP BY",
                       .instead = "updates its results and keeps its state for ever"};
    if (grouping->key.count > 0 && grouping->key.item[0].expr != NULL)
        keys.span = grouping->key.item[0].expr->span;
    return bind_window_keys(grouping->binder, &keys, field);
}

static Status nothing_row(Grouping *grouping, uint32_t set, Schema *schema, Scalar **cell)
{
    Binder *binder = grouping->binder;
    uint32_t first = key_columns(grouping);
    for (uint32_t i = 0; i < schema->count; i++) {
        Value value = {.type = schema->field[i].type};
        if (i < first) {
            value.as.i64 = grouping->set[set].number;
        } else {
            value.null = !text_is(text_of(grouping->call.item[i - first].def->name), "COUNT");
            value.type = type_with_null(value.type, value.null);
        }
        TRY(scalar_constant(binder->arena, &value, &cell[i]));
        schema->field[i].type = value.type;
    }
    return ST_OK;
}

/* Without keys there is one group (for each of several sets), so an aggregate of what can be seen
 * to be nothing has a row: COUNT is 0 in it, all else NULL. (Of an input that turns out to be empty
 * there is none, as in Flink.) */
static Status aggregate_nothing(Grouping *grouping, Schema schema, Logical **out)
{
    Binder *binder = grouping->binder;
    uint32_t rows = grouping->sets == 0 ? 1 : grouping->sets;
    Scalar **cell;
    TRY_NEW_ARRAY(cell, binder->arena, (size_t)rows * schema.count);
    for (uint32_t i = 0; i < rows; i++)
        TRY(nothing_row(grouping, i, &schema, cell + (size_t)i * schema.count));
    TRY(logical_make(binder->arena, LOGICAL_VALUES, schema, NULL, 0, out));
    (*out)->as.values = (PlanValues){.cell = cell, .rows = rows};
    return ST_OK;
}

/* The columns of the aggregate: keys, the set's number if there are several, calls. */
static Status output_fields(Grouping *grouping, const Schema *input, Field *field)
{
    Binder *binder = grouping->binder;
    uint32_t keys = grouping->key.count, first = key_columns(grouping);
    for (uint32_t i = 0; i < keys; i++) {
        field[i] = input->field[i];
        if (!grouping_has_key(grouping, i))
            field[i].type = type_with_null(field[i].type, true);
    }
    if (first > keys)
        field[keys] = (Field){.name = TEXT("$e"),
                              .type = type_with_null(type_make(TYPE_BIGINT), false),
                              .internal = true};
    for (uint32_t i = 0; i < grouping->call.count; i++) {
        const PlanAggregateCall *call = &grouping->call.item[i];
        field[first + i].type = call->result;
        TRY(arena_printf(binder->arena, &field[first + i].name, "%s$%u", call->def->name, i));
    }
    return keep_window(grouping, input, field);
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
    uint32_t width = key_columns(grouping) + grouping->call.count;
    Field *field;
    TRY_NEW_ARRAY(field, binder->arena, width);
    TRY(output_fields(grouping, &projected->schema, field));
    Schema schema = {width, field};
    if (grouping->key.count == 0 && logical_is_empty(projected))
        return aggregate_nothing(grouping, schema, out);
    TRY(logical_make(binder->arena, LOGICAL_AGGREGATE, schema, &projected, 1, out));
    (*out)->as.aggregate = (LogicalAggregate){.keys = grouping->key.count,
                                              .set = grouping->set,
                                              .sets = grouping->sets,
                                              .call = grouping->call.item,
                                              .calls = grouping->call.count};
    (*out)->span = input->span;
    return ST_OK;
}
