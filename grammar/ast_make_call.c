/* Function calls: their arguments, and what may stand around them. */
#include <assert.h>

#include "grammar/ast_make_query.h"

static Expr *make_expr(Builder *b, ExprKind kind, Span start, uint32_t child_depth)
{
    Expr *expr = NEW(b, Expr);
    expr->kind = kind;
    expr->span = ast_builder_span(b, start);
    expr->depth = ast_builder_depth(b, expr->span, child_depth);
    return expr;
}

/* --- what stands between the parentheses --- */

Call *ast_args(Builder *b, CallQuantifier quantifier, ExprList args)
{
    Call *call = NEW(b, Call);
    call->quantifier = quantifier;
    call->args = args;
    return call;
}

Call *ast_args_special(Builder *b, CallSyntax syntax, Expr *first, Expr *second, Expr *third,
                       Expr *fourth)
{
    Expr *args[] = {first, second, third, fourth};
    Call *call = NEW(b, Call);
    call->syntax = syntax;
    for (uint32_t i = 0; i < 4 && args[i] != NULL; i++)
        call->args = ast_exprs(call->args, args[i]);
    return call;
}

static void refuse_twice(Builder *b, bool twice, const char *words)
{
    if (twice)
        ast_builder_error(b, E1001, b->previous, "", "%s is given twice", words);
}

static bool is_table_arg(const Expr *arg)
{
    const Expr *value = arg != NULL && arg->kind == EXPR_NAMED_ARG ? arg->as.named.value : arg;
    return value != NULL && value->kind == EXPR_TABLE_ARG;
}

/* Behind a table ORDER BY is the table's; it could not be told apart from the call's. */
Call *ast_args_order(Builder *b, Call *call, OrderList order)
{
    refuse_twice(b, call->order_by.count > 0 || is_table_arg(call->args.last), "ORDER BY");
    call->order_by = order;
    return call;
}

Call *ast_args_nulls(Builder *b, Call *call, Token treatment)
{
    refuse_twice(b, call->nulls != CALL_NULLS_UNSAID, "the treatment of NULLS");
    bool ignore = treatment.text.ptr[0] == 'I' || treatment.text.ptr[0] == 'i';
    call->nulls = ignore ? CALL_IGNORE_NULLS : CALL_RESPECT_NULLS;
    return call;
}

/* --- JSON clauses --- */

static JsonClauses *clauses_of(Builder *b, Call *call)
{
    if (call->json == NULL)
        call->json = NEW(b, JsonClauses);
    return call->json;
}

JsonBehavior ast_json(JsonBehaviorKind kind, Expr *value)
{
    return (JsonBehavior){kind, value};
}

Call *ast_args_on_null(Builder *b, Call *call, JsonBehavior behavior)
{
    JsonClauses *json = clauses_of(b, call);
    refuse_twice(b, json->on_null != JSON_ON_NULL_UNSAID, "ON NULL");
    if (behavior.kind == JSON_BEHAVIOR_NULL)
        json->on_null = JSON_NULL_ON_NULL;
    else if (behavior.kind == JSON_BEHAVIOR_ABSENT)
        json->on_null = JSON_ABSENT_ON_NULL;
    else
        ast_builder_error(b, E1001, b->previous, "", "before ON NULL stands NULL or ABSENT");
    return call;
}

Call *ast_args_only_on_null(Builder *b, JsonBehaviorKind kind)
{
    Call *call = ast_args(b, CALL_QUANTIFIER_NONE, (ExprList){0});
    return ast_args_on_null(b, call, ast_json(kind, NULL));
}

static void refuse_absent(Builder *b, JsonBehavior behavior)
{
    if (behavior.kind == JSON_BEHAVIOR_ABSENT)
        ast_builder_error(b, E1001, b->previous, "", "ABSENT stands only before ON NULL");
}

Call *ast_args_on_empty(Builder *b, Call *call, JsonBehavior behavior)
{
    JsonClauses *json = clauses_of(b, call);
    refuse_twice(b, json->on_empty.kind != JSON_BEHAVIOR_UNSAID, "ON EMPTY");
    refuse_absent(b, behavior);
    json->on_empty = behavior;
    return call;
}

Call *ast_args_on_error(Builder *b, Call *call, JsonBehavior behavior)
{
    JsonClauses *json = clauses_of(b, call);
    refuse_twice(b, json->on_error.kind != JSON_BEHAVIOR_UNSAID, "ON ERROR");
    refuse_absent(b, behavior);
    json->on_error = behavior;
    return call;
}

Call *ast_args_returning(Builder *b, Call *call, TypeName *type)
{
    JsonClauses *json = clauses_of(b, call);
    refuse_twice(b, json->returning != NULL, "RETURNING");
    json->returning = type;
    return call;
}

Call *ast_args_wrapper(Builder *b, Call *call, JsonWrapper wrapper)
{
    JsonClauses *json = clauses_of(b, call);
    refuse_twice(b, json->wrapper != JSON_WRAPPER_UNSAID, "WRAPPER");
    json->wrapper = wrapper;
    return call;
}

/* --- arguments that are no values --- */

TableArgKeys ast_table_arg_keys(Expr *partition, OrderItem *order)
{
    TableArgKeys keys = {0};
    if (partition != NULL && partition->kind == EXPR_ROW && !partition->as.items.keyword)
        keys.partition = partition->as.items.items; /* PARTITION BY (a, b) */
    else if (partition != NULL)
        keys.partition = ast_exprs(keys.partition, partition);
    if (order != NULL)
        keys.order = ast_orders(keys.order, order);
    return keys;
}

static Expr *make_table_arg(Builder *b, Span start, Query *query, TableArgKeys keys)
{
    uint32_t depth = deeper(exprs_depth(keys.partition), orders_depth(keys.order));
    Expr *expr = make_expr(b, EXPR_TABLE_ARG, start, deeper(depth, query_depth(query)));
    expr->as.table.query = query;
    expr->as.table.partition_by = keys.partition;
    expr->as.table.order_by = keys.order;
    return expr;
}

Expr *ast_table_arg(Builder *b, Token start, NameList table, TableArgKeys keys)
{
    Expr *expr = make_table_arg(b, start.span, NULL, keys);
    expr->as.table.name = table;
    return expr;
}

Expr *ast_table_arg_query(Builder *b, Token start, Query *query, TableArgKeys keys)
{
    return make_table_arg(b, start.span, query, keys);
}

Expr *ast_table_arg_expr(Builder *b, Expr *table, TableArgKeys keys)
{
    Query *query = table->kind == EXPR_SUBQUERY ? table->as.query : NULL;
    if (query == NULL)
        ast_builder_error(b, E1001, table->span, "write TABLE name PARTITION BY ...",
                          "only a table has PARTITION BY in an argument");
    return make_table_arg(b, table->span, query, keys);
}

Expr *ast_named_arg(Builder *b, Name *name, Expr *value)
{
    Expr *expr = make_expr(b, EXPR_NAMED_ARG, name->span, value->depth);
    expr->as.named.name = ast_name_copy(name);
    expr->as.named.value = value;
    return expr;
}

Expr *ast_pair(Builder *b, const Token *start, Expr *key, Expr *value)
{
    Span from = start == NULL ? key->span : start->span;
    Expr *expr = make_expr(b, EXPR_KEY_VALUE, from, deeper(key->depth, value->depth));
    expr->as.pair.key = key;
    expr->as.pair.value = value;
    return expr;
}

Expr *ast_default(Builder *b, Token token)
{
    return make_expr(b, EXPR_DEFAULT, token.span, 0);
}

Expr *ast_descriptor(Builder *b, Token start, NameList columns)
{
    Expr *expr = make_expr(b, EXPR_DESCRIPTOR, start.span, 0);
    expr->as.column = columns;
    return expr;
}

/* --- calls --- */

static uint32_t args_depth(const Call *call)
{
    uint32_t depth = deeper(exprs_depth(call->args), orders_depth(call->order_by));
    const JsonClauses *json = call->json;
    if (json == NULL)
        return depth;
    depth = deeper(depth, json->returning == NULL ? 0 : json->returning->depth);
    return deeper(depth,
                  deeper(expr_depth(json->on_empty.value), expr_depth(json->on_error.value)));
}

Expr *ast_call_names(Builder *b, NameList name, Call *call)
{
    Expr *expr = make_expr(b, EXPR_CALL, name.first->span, args_depth(call));
    call->name = name;
    expr->as.call = call;
    return expr;
}

Expr *ast_call(Builder *b, Name *name, Call *call)
{
    return ast_call_names(b, ast_names((NameList){0}, name), call);
}

Expr *ast_call_qualified(Builder *b, Expr *qualifier, Name *name, Call *call)
{
    NameList names = {0};
    if (qualifier->kind == EXPR_COLUMN)
        names = qualifier->as.column;
    else
        ast_builder_error(b, E1001, qualifier->span, "a function is called as f(x), not as x.f()",
                          "only a name can stand before the name of a function");
    return ast_call_names(b, ast_names(names, name), call);
}

Expr *ast_call_bare(Builder *b, Token name)
{
    Call *call = NEW(b, Call);
    call->syntax = CALL_BARE;
    return ast_call(b, ast_name(b, name), call);
}

Expr *ast_call_special(Builder *b, CallSyntax syntax, Token name, Expr *first, Expr *second,
                       Expr *third)
{
    return ast_call(b, ast_name(b, name), ast_args_special(b, syntax, first, second, third, NULL));
}

/* TRIM(x), TRIM(c FROM x): the operand first, as in the other forms. */
Expr *ast_call_trim_plain(Builder *b, Token name, Call *call)
{
    if (call->syntax == CALL_FROM && call->args.count == 2)
        return ast_call_trim(b, name, TRIM_UNSAID, call->args.first, call->args.last);
    return ast_call(b, ast_name(b, name), call);
}

Expr *ast_call_trim(Builder *b, Token name, TrimSide side, Expr *characters, Expr *operand)
{
    operand->next = NULL;
    if (characters != NULL)
        characters->next = NULL;
    Call *call = ast_args_special(b, CALL_TRIM, operand, characters, NULL, NULL);
    call->trim_side = side;
    return ast_call(b, ast_name(b, name), call);
}

/* --- around the call --- */

static Expr *deepen(Builder *b, Expr *expr, uint32_t child_depth)
{
    expr->span = ast_builder_span(b, expr->span);
    if (child_depth >= expr->depth)
        expr->depth = ast_builder_depth(b, expr->span, child_depth);
    return expr;
}

Expr *ast_call_frame(Builder *b, Token word, Expr *call)
{
    bool final = word.text.ptr[0] == 'F' || word.text.ptr[0] == 'f';
    call->as.call->frame = final ? CALL_FINAL : CALL_RUNNING;
    call->span = ast_builder_span(b, word.span);
    return call;
}

Expr *ast_call_filter(Builder *b, Expr *call, Expr *condition)
{
    refuse_twice(b, call->as.call->filter != NULL, "FILTER");
    call->as.call->filter = condition;
    return deepen(b, call, condition->depth);
}

Expr *ast_call_within(Builder *b, Expr *call, OrderList order)
{
    refuse_twice(b, call->as.call->within_group.count > 0, "WITHIN GROUP");
    call->as.call->within_group = order;
    return deepen(b, call, orders_depth(order));
}

Expr *ast_call_nulls(Builder *b, Expr *call, Token treatment)
{
    ast_args_nulls(b, call->as.call, treatment);
    return deepen(b, call, 0);
}

Expr *ast_call_over(Builder *b, Expr *call, WindowSpec *window)
{
    refuse_twice(b, call->as.call->over != NULL, "OVER");
    call->as.call->over = window;
    return deepen(b, call, window_depth(window));
}
