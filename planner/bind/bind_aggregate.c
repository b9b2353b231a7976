/* Aggregate calls: which aggregate it is, its arguments and FILTER. What they read becomes columns
 * of the aggregate's input, wherever that comes from. */
#include "planner/bind/bind_over.h"
#include "planner/bind/bind_private.h"

/* IGNORE NULLS says of these what they do anyway. */
static bool passes_over_nulls(Text name)
{
    return text_equal_nocase(name, TEXT("FIRST_VALUE")) ||
           text_equal_nocase(name, TEXT("LAST_VALUE"));
}

static Status refuse_clauses(Binder *binder, const Expr *expr)
{
    const Call *call = expr->as.call;
    if (call->frame != CALL_FRAME_UNSAID)
        return bind_unsupported(binder, expr->span, "RUNNING and FINAL outside of MATCH_RECOGNIZE");
    Text name = call->name.last->text;
    if (call->nulls == CALL_NULLS_UNSAID || text_equal_nocase(name, TEXT("ARRAY_AGG")) ||
        (call->nulls == CALL_IGNORE_NULLS && passes_over_nulls(name)))
        return ST_OK;
    Status status =
        diag_error(binder->diag, E2107, expr->span,
                   passes_over_nulls(name) ? "%.*s passes over NULLs and takes no RESPECT NULLS"
                                           : "%.*s takes neither IGNORE NULLS nor RESPECT NULLS",
                   TEXT_ARG(name));
    if (passes_over_nulls(name))
        diag_hint(binder->diag, "ARRAY_AGG(x)[1] is the first of a group, NULL or not");
    return status;
}

/* The name under which the aggregate stands in the tables: it says what becomes of NULLs, if that
 * is not what the name alone means. */
static Status aggregate_name(Binder *binder, const Expr *expr, Text *out)
{
    const Call *call = expr->as.call;
    *out = call->name.last->text;
    bool array = text_equal_nocase(*out, TEXT("JSON_ARRAYAGG"));
    bool object = text_equal_nocase(*out, TEXT("JSON_OBJECTAGG"));
    if (call->nulls == CALL_IGNORE_NULLS && !passes_over_nulls(*out))
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

static Status bind_arguments(const BindContext *input, const Expr *expr, Arguments *out)
{
    Binder *binder = input->binder;
    const Call *call = expr->as.call;
    BindContext inside = *input;
    inside.place = "the argument of an aggregate";
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

/* --- ORDER BY --- */

/* Where what the user wants can be had, for aggregates that take no order. */
typedef struct OrderHint {
    const char *name, *hint;
} OrderHint;

static const OrderHint order_hints[] = {
    {"FIRST_VALUE", "ARG_MIN(value, key) gives the value with the least key"},
    {"LAST_VALUE", "ARG_MAX(value, key) gives the value with the greatest key"},
    {"COLLECT", "a MULTISET has no order; ARRAY_AGG(value ORDER BY key) gives an ARRAY"},
    {"JSON_OBJECTAGG", "of pairs with the same key the one counts that came last"},
};

static Status refuse_order(Binder *binder, const Expr *expr)
{
    Text name = expr->as.call->name.last->text;
    Status status =
        diag_error(binder->diag, E2107, expr->span, "%.*s takes no ORDER BY", TEXT_ARG(name));
    for (uint32_t i = 0; i < sizeof order_hints / sizeof *order_hints; i++) {
        if (text_equal_nocase(name, text_of(order_hints[i].name)))
            diag_hint(binder->diag, "%s", order_hints[i].hint);
    }
    return status;
}

/* A value that is taken once has no other columns than its own. */
static Status check_distinct_key(Binder *binder, const Arguments *given, const Scalar *key,
                                 Span span)
{
    for (uint32_t i = 0; i < given->count; i++) {
        if (scalar_equal(given->scalar[i], key))
            return ST_OK;
    }
    return diag_error(binder->diag, E2107, span,
                      "with DISTINCT an aggregate is ordered by its own argument");
}

static Status bind_order_key(const AggregateInput *input, const Expr *expr, const OrderItem *item,
                             const Arguments *given, PlanAggregateCall *out)
{
    Binder *binder = input->context.binder;
    BindContext inside = input->context;
    BoundOrder bound;
    inside.place = "the ORDER BY of an aggregate";
    TRY(bind_expr(&inside, item->expr, &bound.value));
    if (scalar_is_constant(bound.value))
        return ST_OK;
    TRY(bind_order_type(binder, bound.value, item->expr->span));
    if (expr->as.call->quantifier == CALL_DISTINCT)
        TRY(check_distinct_key(binder, given, bound.value, item->expr->span));
    if (out->orders == AGGREGATE_MAX_ORDERS)
        return diag_error(binder->diag, E2107, item->expr->span,
                          "an aggregate has at most %d keys in its ORDER BY", AGGREGATE_MAX_ORDERS);
    bind_order_words(item, &bound);
    out->order[out->orders++] =
        (AggregateOrder){.descending = bound.descending, .nulls_last = bound.nulls_last};
    PlanArgument *argument = &out->argument[out->arguments++];
    *argument = (PlanArgument){.column = -1};
    return input->column(input->user, bound.value, &argument->column);
}

/* f(x ORDER BY y) or f(x) WITHIN GROUP (ORDER BY y). */
static Status bind_orders(const AggregateInput *input, const Expr *expr, const Arguments *given,
                          PlanAggregateCall *out)
{
    Binder *binder = input->context.binder;
    const Call *call = expr->as.call;
    const OrderList *list = call->order_by.count > 0 ? &call->order_by : &call->within_group;
    if (list->count == 0)
        return ST_OK;
    if ((out->def->flags & AGG_ORDERED) == 0)
        return refuse_order(binder, expr);
    if (call->order_by.count > 0 && call->within_group.count > 0)
        return diag_error(binder->diag, E2107, call->within_group.first->expr->span,
                          "an aggregate has one ORDER BY");
    if (call->over != NULL)
        return diag_error(binder->diag, E2107, list->first->expr->span,
                          "OVER says in which order its rows come: an aggregate over it has no "
                          "ORDER BY of its own");
    for (const OrderItem *item = list->first; item != NULL; item = item->next)
        TRY(bind_order_key(input, expr, item, given, out));
    return ST_OK;
}

/* Of values that are not NULL. */
static bool never_null(const AggregateInput *input, const Expr *expr, const AggregateCall *call)
{
    bool never = input->has_rows && expr->as.call->filter == NULL &&
                 (call->def->flags & AGG_NEVER_NULL) != 0;
    for (uint32_t i = 0; i < call->args; i++)
        never = never && !call->arg[i].nullable;
    return never;
}

/* The overload, and its arguments as columns. */
static Status choose_aggregate(const AggregateInput *input, const Expr *expr,
                               PlanAggregateCall *out)
{
    Binder *binder = input->context.binder;
    Arguments given;
    Text name;
    TRY(aggregate_name(binder, expr, &name));
    TRY(bind_arguments(&input->context, expr, &given));
    AggregateCall call = {.args = given.count,
                          .arg = given.type,
                          .constant = given.constant,
                          .constants = given.constants};
    TRY(aggregate_bind(name, &call, binder->arena, expr->span, binder->diag));
    TRY(bind_check_nested(binder, &call.result, expr->span));
    out->def = call.def;
    out->result = call.result;
    if (never_null(input, expr, &call))
        out->result.nullable = false;
    out->data = call.data;
    out->arguments = given.count;
    for (uint32_t i = 0; i < given.count; i++) {
        PlanArgument *argument = &out->argument[i];
        *argument = (PlanArgument){.column = -1};
        if (aggregate_wants_constant(call.def, i))
            argument->constant = given.scalar[i];
        else
            TRY(input->column(input->user, given.scalar[i], &argument->column));
    }
    return bind_orders(input, expr, &given, out);
}

Status bind_aggregate_call(const AggregateInput *input, const Expr *expr, PlanAggregateCall *out)
{
    Binder *binder = input->context.binder;
    const Call *call = expr->as.call;
    *out = (PlanAggregateCall){.filter = -1, .distinct = call->quantifier == CALL_DISTINCT};
    TRY(refuse_clauses(binder, expr));
    TRY(choose_aggregate(input, expr, out));
    if (out->distinct && out->arguments == 0)
        return diag_error(binder->diag, E2107, expr->span,
                          "DISTINCT needs a value: COUNT(DISTINCT column)");
    if ((out->def->flags & AGG_DISTINCT_ALIKE) != 0)
        out->distinct = false;
    if (call->filter == NULL)
        return ST_OK;
    BindContext inside = input->context;
    Scalar *condition;
    inside.place = "FILTER";
    TRY(bind_condition(&inside, call->filter, &condition));
    return input->column(input->user, condition, &out->filter);
}

static bool same_argument(const PlanArgument *a, const PlanArgument *b)
{
    if (a->constant == NULL || b->constant == NULL)
        return a->constant == b->constant && a->column == b->column;
    return scalar_equal(a->constant, b->constant);
}

bool same_aggregate_call(const PlanAggregateCall *a, const PlanAggregateCall *b)
{
    bool same = a->def == b->def && a->arguments == b->arguments && a->filter == b->filter &&
                a->distinct == b->distinct && a->orders == b->orders;
    for (uint32_t i = 0; same && i < a->arguments; i++)
        same = same_argument(&a->argument[i], &b->argument[i]);
    for (uint32_t i = 0; same && i < a->orders; i++)
        same = a->order[i].descending == b->order[i].descending &&
               a->order[i].nulls_last == b->order[i].nulls_last;
    return same;
}
