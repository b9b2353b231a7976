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
static Status add_extra(Grouping *grouping, Scalar *scalar, int32_t *column)
{
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

static Status refuse_clauses(Binder *binder, const Expr *expr)
{
    const Call *call = expr->as.call;
    if (call->order_by.count > 0 || call->within_group.count > 0)
        return bind_unsupported(binder, expr->span, "an aggregate with ORDER BY");
    if (call->frame != CALL_FRAME_UNSAID)
        return bind_unsupported(binder, expr->span, "RUNNING and FINAL outside of MATCH_RECOGNIZE");
    if (call->nulls != CALL_NULLS_UNSAID &&
        !text_equal_nocase(call->name.last->text, TEXT("ARRAY_AGG")))
        return diag_error(binder->diag, E2107, expr->span,
                          "%.*s takes neither IGNORE NULLS nor RESPECT NULLS",
                          TEXT_ARG(call->name.last->text));
    return ST_OK;
}

/* The name under which the aggregate stands in the tables: it says what becomes of NULLs, if that
 * is not what the name alone means. */
static Status aggregate_name(Binder *binder, const Expr *expr, Text *out)
{
    const Call *call = expr->as.call;
    *out = call->name.last->text;
    bool array = text_equal_nocase(*out, TEXT("JSON_ARRAYAGG"));
    bool object = text_equal_nocase(*out, TEXT("JSON_OBJECTAGG"));
    if (call->nulls == CALL_IGNORE_NULLS)
        *out = TEXT("ARRAY_AGG_IGNORE_NULLS");
    if (call->json == NULL)
        return ST_OK;
    const JsonClauses *json = call->json;
    bool others = json->returning != NULL || json->wrapper != JSON_WRAPPER_UNSAID ||
                  json->on_empty.kind != JSON_BEHAVIOR_UNSAID ||
                  json->on_error.kind != JSON_BEHAVIOR_UNSAID;
    if ((!array && !object) || others)
        return diag_error(binder->diag, E2107, expr->span, "%.*s does not take these JSON clauses",
                          TEXT_ARG(*out));
    if (array && json->on_null == JSON_NULL_ON_NULL)
        *out = TEXT("JSON_ARRAYAGG_NULL_ON_NULL");
    if (object && json->on_null == JSON_ABSENT_ON_NULL)
        *out = TEXT("JSON_OBJECTAGG_ABSENT_ON_NULL");
    return ST_OK;
}

/* What one call is given: the arguments' scalars, and those among them that are constants. */
typedef struct Arguments {
    Scalar *scalar[AGGREGATE_MAX_ARGS];
    Type type[AGGREGATE_MAX_ARGS];
    const Value *constant[AGGREGATE_MAX_ARGS];
    uint32_t constants[AGGREGATE_MAX_ARGS];
    uint32_t count;
} Arguments;

/* The constant, or the constants of ARRAY[...]; *out is NULL when it is neither. */
static Status constants_of(Binder *binder, const Scalar *scalar, const Value **out, uint32_t *count)
{
    Value *value;
    *out = scalar_is_constant(scalar) ? &scalar->as.constant : NULL;
    *count = 1;
    if (scalar->kind != SCALAR_CALL || scalar->type.id != TYPE_ARRAY ||
        strcmp(scalar->as.call.def->name, "$ARRAY") != 0)
        return ST_OK;
    *count = scalar->args;
    TRY_NEW_ARRAY(value, binder->arena, scalar->args);
    for (uint32_t i = 0; i < scalar->args; i++) {
        Scalar *element;
        TRY(scalar_fold(binder->arena, scalar->arg[i], &element));
        if (!scalar_is_constant(element))
            return ST_OK;
        value[i] = element->as.constant;
    }
    *out = value;
    return ST_OK;
}

static Status add_argument(Binder *binder, Scalar *scalar, Arguments *out)
{
    uint32_t i = out->count++;
    out->scalar[i] = scalar;
    out->type[i] = scalar->type;
    return constants_of(binder, scalar, &out->constant[i], &out->constants[i]);
}

static Status refuse_count(Binder *binder, const Expr *expr)
{
    const Call *call = expr->as.call;
    Text name = call->name.last->text;
    if (call->args.count == 0)
        return diag_error(binder->diag, E2107, expr->span, "%.*s needs an argument%s",
                          TEXT_ARG(name),
                          text_equal_nocase(name, TEXT("COUNT")) ? "; COUNT(*) counts rows" : "");
    return diag_error(binder->diag, E2107, expr->span, "%.*s does not take %u arguments",
                      TEXT_ARG(name), call->args.count);
}

static Status bind_one_argument(BindContext *inside, const Expr *expr, const Call *call,
                                Arguments *out)
{
    Scalar *scalar;
    TRY(bind_expr(inside, expr, &scalar));
    bool map = scalar->type.id == TYPE_MAP || scalar->type.id == TYPE_MULTISET;
    if (call->quantifier == CALL_DISTINCT && map)
        return diag_error(inside->binder->diag, E2107, expr->span,
                          "DISTINCT takes no value of type %s",
                          bind_type_name(inside->binder, &scalar->type));
    return add_argument(inside->binder, scalar, out);
}

static bool is_json_aggregate(const Call *call)
{
    return text_equal_nocase(call->name.last->text, TEXT("JSON_ARRAYAGG")) ||
           text_equal_nocase(call->name.last->text, TEXT("JSON_OBJECTAGG"));
}

/* Behind the values of a JSON aggregate a constant says that they are JSON already. */
static Status bind_json_arguments(BindContext *inside, const Expr *expr, Arguments *out)
{
    Binder *binder = inside->binder;
    const Call *call = expr->as.call;
    const Expr *value = call->args.first;
    bool object = text_equal_nocase(call->name.last->text, TEXT("JSON_OBJECTAGG"));
    bool pair = value->kind == EXPR_KEY_VALUE;
    if (pair && (!object || call->args.count > 1))
        return diag_error(binder->diag, E2107, value->span,
                          "only JSON_OBJECTAGG takes a key and its value, one of each");
    if (object && !pair)
        return diag_error(
            binder->diag, E2107, expr->span,
            "JSON_OBJECTAGG wants a key and its value: JSON_OBJECTAGG(KEY k VALUE v)");
    if (call->args.count > 1)
        return refuse_count(binder, expr);
    if (pair) {
        TRY(bind_one_argument(inside, value->as.pair.key, call, out));
        value = value->as.pair.value;
    }
    TRY(bind_one_argument(inside, value, call, out));
    if (!bind_is_json_call(value))
        return ST_OK;
    Scalar *mark;
    Value text = {.type = type_string(), .as.str = str_of_text(TEXT("JSON"))};
    TRY(scalar_constant(binder->arena, &text, &mark));
    return add_argument(binder, mark, out);
}

static Status bind_arguments(Grouping *grouping, const Expr *expr, Arguments *out)
{
    Binder *binder = grouping->binder;
    const Call *call = expr->as.call;
    BindContext inside = {.binder = binder,
                          .scope = grouping->scope,
                          .place = "the argument of an aggregate",
                          .subquery = bind_subquery};
    const Expr *first = call->args.first;
    bool star = call->args.count == 1 && first->kind == EXPR_STAR && first->as.column.count == 0;
    *out = (Arguments){0};
    if (star && text_equal_nocase(call->name.last->text, TEXT("COUNT")))
        return ST_OK;
    if (call->args.count == 0 || call->args.count > AGGREGATE_MAX_ARGS)
        return refuse_count(binder, expr);
    if (is_json_aggregate(call) || first->kind == EXPR_KEY_VALUE)
        return bind_json_arguments(&inside, expr, out);
    for (const Expr *arg = first; arg != NULL; arg = arg->next)
        TRY(bind_one_argument(&inside, arg, call, out));
    return ST_OK;
}

static bool same_argument(const PlanArgument *a, const PlanArgument *b)
{
    if (a->constant == NULL || b->constant == NULL)
        return a->constant == b->constant && a->column == b->column;
    return scalar_equal(a->constant, b->constant);
}

static bool same_call(const PlanAggregateCall *a, const PlanAggregateCall *b)
{
    bool same = a->def == b->def && a->arguments == b->arguments && a->filter == b->filter &&
                a->distinct == b->distinct;
    for (uint32_t i = 0; same && i < a->arguments; i++)
        same = same_argument(&a->argument[i], &b->argument[i]);
    return same;
}

/* The overload, and its arguments as columns of the projection. */
static Status choose_aggregate(Grouping *grouping, const Expr *expr, PlanAggregateCall *out)
{
    Binder *binder = grouping->binder;
    Arguments given;
    Text name;
    TRY(aggregate_name(binder, expr, &name));
    TRY(bind_arguments(grouping, expr, &given));
    AggregateCall call = {.args = given.count,
                          .arg = given.type,
                          .constant = given.constant,
                          .constants = given.constants};
    TRY(aggregate_bind(name, &call, binder->arena, expr->span, binder->diag));
    TRY(bind_check_nested(binder, &call.result, expr->span));
    out->def = call.def;
    out->result = call.result;
    out->data = call.data;
    out->arguments = given.count;
    for (uint32_t i = 0; i < given.count; i++) {
        PlanArgument *argument = &out->argument[i];
        *argument = (PlanArgument){.column = -1};
        if (aggregate_wants_constant(call.def, i))
            argument->constant = given.scalar[i];
        else
            TRY(add_extra(grouping, given.scalar[i], &argument->column));
    }
    return ST_OK;
}

/* An aggregate call as a column of the aggregate's output. */
static Status bind_aggregate(Grouping *grouping, const Expr *expr, Scalar **out)
{
    Binder *binder = grouping->binder;
    const Call *call = expr->as.call;
    PlanAggregateCall made = {.filter = -1, .distinct = call->quantifier == CALL_DISTINCT};
    TRY(refuse_clauses(binder, expr));
    TRY(choose_aggregate(grouping, expr, &made));
    if (made.distinct && made.arguments == 0)
        return diag_error(binder->diag, E2107, expr->span,
                          "DISTINCT needs a value: COUNT(DISTINCT column)");
    if ((made.def->flags & AGG_DISTINCT_ALIKE) != 0)
        made.distinct = false;
    if (call->filter != NULL) {
        BindContext inside = {.binder = binder,
                              .scope = grouping->scope,
                              .place = "FILTER",
                              .subquery = bind_subquery};
        Scalar *condition;
        TRY(bind_condition(&inside, call->filter, &condition));
        TRY(add_extra(grouping, condition, &made.filter));
    }
    uint32_t at = 0;
    while (at < grouping->call.count && !same_call(&grouping->call.item[at], &made))
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
        field[keys] =
            (Field){.name = TEXT("$e"), .type = type_with_null(type_make(TYPE_BIGINT), false)};
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
