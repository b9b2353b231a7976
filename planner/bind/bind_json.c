/* The SQL/JSON functions: their words become constant arguments of the functions in
 * executor/function/json.c, and the path, if it is constant, is looked at here, where an error can
 * point into it. */
#include <assert.h>
#include <stdio.h>

#include "executor/function/json_path.h"
#include "planner/bind/bind_private.h"

/* --- words --- */

static Status bind_word(Binder *binder, const char *word, Span span, Scalar **out)
{
    Value value = {.type = type_sized(TYPE_CHAR, (uint32_t)strlen(word))};
    value.type.nullable = false;
    value.as.str = str_of_text(text_of(word));
    TRY(scalar_constant(binder->arena, &value, out));
    (*out)->span = span;
    return ST_OK;
}

/* What may stand before ON EMPTY and ON ERROR of a function. */
typedef struct BehaviorWord {
    JsonBehaviorKind kind;
    const char *word;
} BehaviorWord;

static const BehaviorWord behavior_words[] = {
    {JSON_BEHAVIOR_NULL, "NULL"},
    {JSON_BEHAVIOR_ERROR, "ERROR"},
    {JSON_BEHAVIOR_DEFAULT, "DEFAULT"},
    {JSON_BEHAVIOR_TRUE, "TRUE"},
    {JSON_BEHAVIOR_FALSE, "FALSE"},
    {JSON_BEHAVIOR_UNKNOWN, "UNKNOWN"},
    {JSON_BEHAVIOR_EMPTY, "EMPTY"},
    {JSON_BEHAVIOR_EMPTY_ARRAY, "EMPTY ARRAY"},
    {JSON_BEHAVIOR_EMPTY_OBJECT, "EMPTY OBJECT"},
};

static const char *behavior_word(JsonBehaviorKind kind)
{
    for (size_t i = 0; i < sizeof behavior_words / sizeof *behavior_words; i++) {
        if (behavior_words[i].kind == kind)
            return behavior_words[i].word;
    }
    return NULL;
}

/* Which clauses a function takes. */
typedef struct JsonForm {
    const char *name;
    const char *on_empty, *on_error; /* their words, each between bars; NULL: no such clause */
    JsonBehaviorKind unsaid;         /* what stands for a clause that is not written */
    bool returning, wrapper, on_null;
} JsonForm;

static const JsonForm exists_form = {.name = "JSON_EXISTS",
                                     .on_error = "| TRUE | FALSE | UNKNOWN | ERROR |",
                                     .unsaid = JSON_BEHAVIOR_FALSE};
static const JsonForm value_form = {.name = "JSON_VALUE",
                                    .on_empty = "| NULL | ERROR | DEFAULT |",
                                    .on_error = "| NULL | ERROR | DEFAULT |",
                                    .unsaid = JSON_BEHAVIOR_NULL,
                                    .returning = true};
static const JsonForm query_form = {.name = "JSON_QUERY",
                                    .on_empty = "| NULL | ERROR | EMPTY ARRAY | EMPTY OBJECT |",
                                    .on_error = "| NULL | ERROR | EMPTY ARRAY | EMPTY OBJECT |",
                                    .unsaid = JSON_BEHAVIOR_NULL,
                                    .returning = true,
                                    .wrapper = true};
static const JsonForm object_form = {.name = "JSON_OBJECT", .on_null = true};
static const JsonForm array_form = {.name = "JSON_ARRAY", .on_null = true};

static const JsonClauses no_clauses;

static Status refuse_clause(Binder *binder, const Expr *expr, const JsonForm *form,
                            const char *clause)
{
    return diag_error(binder->diag, E2107, expr->span, "%s takes no %s", form->name, clause);
}

/* The word of a clause, or of what it means when it is not written. */
static Status take_behavior(Binder *binder, const Expr *expr, const JsonForm *form,
                            const char *allowed, JsonBehaviorKind kind, const char *clause,
                            const char **out)
{
    char word[32];
    *out = behavior_word(kind == JSON_BEHAVIOR_UNSAID ? form->unsaid : kind);
    if (kind == JSON_BEHAVIOR_UNSAID)
        return ST_OK;
    assert(*out != NULL && strlen(*out) + 16 <= sizeof word);
    snprintf(word, sizeof word, "| %s |", *out);
    if (allowed != NULL && strstr(allowed, word) != NULL)
        return ST_OK;
    snprintf(word, sizeof word, "%s %s", *out, clause);
    Status status = refuse_clause(binder, expr, form, word);
    if (allowed != NULL)
        diag_hint(binder->diag, "%.*s %s", (int)strlen(allowed) - 4, allowed + 2, clause);
    return status;
}

static Status check_clauses(Binder *binder, const Expr *expr, const JsonForm *form)
{
    const JsonClauses *json = expr->as.call->json;
    if (json == NULL)
        return ST_OK;
    if (json->returning != NULL && !form->returning)
        return refuse_clause(binder, expr, form, "RETURNING");
    if (json->wrapper != JSON_WRAPPER_UNSAID && !form->wrapper)
        return refuse_clause(binder, expr, form, "WRAPPER");
    if (json->on_null != JSON_ON_NULL_UNSAID && !form->on_null)
        return refuse_clause(binder, expr, form, "ON NULL");
    return ST_OK;
}

static const JsonClauses *clauses_of(const Expr *expr)
{
    const JsonClauses *json = expr->as.call->json;
    return json == NULL ? &no_clauses : json;
}

/* --- text and path --- */

/* Where in the statement a place of a literal's text is, if that is written as it reads. */
static Span path_span(const Expr *expr, Text path, uint32_t at)
{
    bool plain = expr->kind == EXPR_LITERAL && expr->as.literal.kind == LITERAL_STRING &&
                 expr->span.end - expr->span.start == path.size + 2;
    if (!plain)
        return expr->span;
    uint32_t start = expr->span.start + 1 + at;
    return (Span){start, start + 1};
}

static Status check_path(Binder *binder, const Expr *expr, const Scalar *path)
{
    if (!scalar_is_constant(path) || path->as.constant.null || !type_is_character(&path->type))
        return ST_OK;
    Text text = str_text(&path->as.constant.as.str);
    JsonPath *compiled;
    JsonPathFault fault;
    Status status = json_path_compile(text, binder->arena, &compiled, &fault);
    if (status == ST_OK || status == ST_NOMEM)
        return status;
    return json_path_report(text, &fault, path_span(expr, text, fault.at), binder->diag);
}

static Status bind_text(BindContext *context, const Expr *expr, const JsonForm *form,
                        const char *what, Scalar **out)
{
    Binder *binder = context->binder;
    TRY(bind_expr(context, expr, out));
    if (type_is_character(&(*out)->type))
        return ST_OK;
    return diag_error(binder->diag, E2107, expr->span, "%s takes %s, not %s", form->name, what,
                      bind_type_name(binder, &(*out)->type));
}

static Status bind_text_and_path(BindContext *context, const Expr *expr, const JsonForm *form,
                                 Scalar **arg)
{
    const ExprList *args = &expr->as.call->args;
    TRY(bind_text(context, args->first, form, "a JSON text", &arg[0]));
    TRY(bind_text(context, args->last, form, "a path as a text", &arg[1]));
    return check_path(context->binder, args->last, arg[1]);
}

/* --- JSON_EXISTS, JSON_QUERY --- */

Status bind_json_exists(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const JsonClauses *json = clauses_of(expr);
    const char *ignored, *on_error;
    Scalar *arg[3];
    TRY(check_clauses(binder, expr, &exists_form));
    TRY(take_behavior(binder, expr, &exists_form, NULL, json->on_empty.kind, "ON EMPTY", &ignored));
    TRY(take_behavior(binder, expr, &exists_form, exists_form.on_error, json->on_error.kind,
                      "ON ERROR", &on_error));
    TRY(bind_text_and_path(context, expr, &exists_form, arg));
    TRY(bind_word(binder, on_error, expr->span, &arg[2]));
    return bind_apply(binder, "$JSON_EXISTS", "JSON_EXISTS", arg, 3, expr->span, out);
}

static const char *const wrapper_words[] = {
    [JSON_WRAPPER_UNSAID] = "WITHOUT WRAPPER",
    [JSON_WITHOUT_WRAPPER] = "WITHOUT WRAPPER",
    [JSON_WITH_WRAPPER] = "WITH WRAPPER",
    [JSON_WITH_CONDITIONAL_WRAPPER] = "WITH CONDITIONAL WRAPPER",
};

/* ON EMPTY and ON ERROR of a form that takes both. */
static Status take_behaviors(Binder *binder, const Expr *expr, const JsonForm *form,
                             const char **on_empty, const char **on_error)
{
    const JsonClauses *json = clauses_of(expr);
    TRY(check_clauses(binder, expr, form));
    TRY(take_behavior(binder, expr, form, form->on_empty, json->on_empty.kind, "ON EMPTY",
                      on_empty));
    return take_behavior(binder, expr, form, form->on_error, json->on_error.kind, "ON ERROR",
                         on_error);
}

Status bind_json_query(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const JsonClauses *json = clauses_of(expr);
    const char *on_empty, *on_error;
    uint32_t args = 5;
    Scalar *arg[6];
    TRY(take_behaviors(binder, expr, &query_form, &on_empty, &on_error));
    TRY(bind_text_and_path(context, expr, &query_form, arg));
    TRY(bind_word(binder, wrapper_words[json->wrapper], expr->span, &arg[2]));
    TRY(bind_word(binder, on_empty, expr->span, &arg[3]));
    TRY(bind_word(binder, on_error, expr->span, &arg[4]));
    if (json->returning != NULL) {
        Type type;
        TRY(bind_type(binder, json->returning, &type));
        TRY(bind_null(binder, type, expr->span, &arg[args++]));
    }
    return bind_apply(binder, "$JSON_QUERY", "JSON_QUERY", arg, args, expr->span, out);
}

/* --- JSON_VALUE --- */

/* A constant as the text that JSON_VALUE would read. */
static Status bind_text_default(Binder *binder, Scalar *value, Type type, Span span, Scalar **out)
{
    const Value *constant = &value->as.constant;
    if (value->type.id == TYPE_BOOLEAN && !constant->null)
        TRY(bind_word(binder, constant->as.b ? "true" : "false", span, out));
    else
        TRY(bind_cast(binder, value, type_with_null(type_string(), value->type.nullable), false,
                      span, out));
    if (!scalar_is_constant(*out))
        return ST_OK; /* a TIMESTAMP_LTZ is a text in the job's time zone */
    Value text = (*out)->as.constant;
    text.type = type; /* a text that is found is not cut to its length, either */
    TRY(scalar_constant(binder->arena, &text, out));
    (*out)->span = span;
    return ST_OK;
}

/* DEFAULT's value as a constant of the type, any other behaviour's as a NULL of it. */
static Status bind_default(BindContext *context, const JsonBehavior *behavior, Type type, Span span,
                           Scalar **out)
{
    Binder *binder = context->binder;
    Scalar *value;
    if (behavior->kind != JSON_BEHAVIOR_DEFAULT)
        return bind_null(binder, type, span, out);
    TRY(bind_expr(context, behavior->value, &value));
    if (!scalar_is_constant(value)) {
        Status status =
            diag_error(binder->diag, E2126, behavior->value->span, "DEFAULT takes a constant");
        diag_hint(binder->diag, "COALESCE(JSON_VALUE(...), value) takes any value");
        return status;
    }
    if (type_is_character(&type))
        return bind_text_default(binder, value, type, value->span, out);
    type.nullable = value->type.nullable;
    return coerce_to(binder, value, &type, "DEFAULT", behavior->value->span, out);
}

Status bind_json_value(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const JsonClauses *json = clauses_of(expr);
    const char *on_empty, *on_error;
    Type type = type_string();
    Scalar *arg[6];
    TRY(take_behaviors(binder, expr, &value_form, &on_empty, &on_error));
    if (json->returning != NULL)
        TRY(bind_type(binder, json->returning, &type));
    TRY(bind_text_and_path(context, expr, &value_form, arg));
    TRY(bind_word(binder, on_empty, expr->span, &arg[2]));
    TRY(bind_default(context, &json->on_empty, type, expr->span, &arg[3]));
    TRY(bind_word(binder, on_error, expr->span, &arg[4]));
    TRY(bind_default(context, &json->on_error, type, expr->span, &arg[5]));
    return bind_apply(binder, "$JSON_VALUE", "JSON_VALUE", arg, 6, expr->span, out);
}

/* --- JSON_OBJECT, JSON_ARRAY, JSON_STRING --- */

static bool is_call_of(const Expr *expr, const char *name)
{
    return expr->kind == EXPR_CALL && expr->as.call->name.count == 1 &&
           text_equal_nocase(expr->as.call->name.last->text, text_of(name));
}

bool bind_is_json_call(const Expr *expr)
{
    return is_call_of(expr, "JSON_OBJECT") || is_call_of(expr, "JSON_ARRAY");
}

static Status bind_member_value(BindContext *context, const Expr *expr, char *kind, Scalar **out)
{
    Scalar *text;
    *kind = bind_is_json_call(expr) || is_call_of(expr, "JSON") ? 'j' : 'v';
    if (!is_call_of(expr, "JSON") || expr->as.call->args.count != 1)
        return bind_expr(context, expr, out);
    TRY(bind_expr(context, expr->as.call->args.first, &text));
    return bind_apply(context->binder, "$JSON", "JSON", &text, 1, expr->span, out);
}

/* Keys are texts that cannot be NULL. */
static Status bind_key(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    TRY(bind_expr(context, expr, out));
    if (!type_is_character(&(*out)->type))
        return diag_error(binder->diag, E2107, expr->span, "a key of JSON_OBJECT is a text, not %s",
                          bind_type_name(binder, &(*out)->type));
    if (!(*out)->type.nullable)
        return ST_OK;
    Status status =
        diag_error(binder->diag, E2107, expr->span, "a key of JSON_OBJECT cannot be NULL");
    diag_hint(binder->diag, "COALESCE(key, '') is never NULL");
    return status;
}

static Status bind_maker(BindContext *context, const Expr *expr, const JsonForm *form,
                         const char *name, bool absent, uint32_t per_value, Scalar **out)
{
    Binder *binder = context->binder;
    const ExprList *items = &expr->as.call->args;
    const JsonClauses *json = clauses_of(expr);
    uint32_t args = 2;
    Scalar **arg;
    char *kinds;
    TRY(check_clauses(binder, expr, form));
    TRY_NEW_ARRAY(arg, binder->arena, 2 + per_value * items->count);
    TRY_NEW_ARRAY(kinds, binder->arena, items->count + 1);
    if (json->on_null != JSON_ON_NULL_UNSAID)
        absent = json->on_null == JSON_ABSENT_ON_NULL;
    for (const Expr *item = items->first; item != NULL; item = item->next) {
        const Expr *value = item;
        if ((item->kind == EXPR_KEY_VALUE) != (per_value == 2))
            return diag_error(binder->diag, E2107, item->span,
                              per_value == 2 ? "%s takes key VALUE value"
                                             : "%s takes values without keys",
                              form->name);
        if (per_value == 2) {
            TRY(bind_key(context, item->as.pair.key, &arg[args++]));
            value = item->as.pair.value;
        }
        TRY(bind_member_value(context, value, &kinds[(args - 2) / per_value], &arg[args]));
        args++;
    }
    TRY(bind_word(binder, absent ? "ABSENT ON NULL" : "NULL ON NULL", expr->span, &arg[0]));
    TRY(bind_word(binder, kinds, expr->span, &arg[1]));
    return bind_apply(binder, name, form->name, arg, args, expr->span, out);
}

Status bind_json_object(BindContext *context, const Expr *expr, Scalar **out)
{
    return bind_maker(context, expr, &object_form, "$JSON_OBJECT", false, 2, out);
}

Status bind_json_array(BindContext *context, const Expr *expr, Scalar **out)
{
    return bind_maker(context, expr, &array_form, "$JSON_ARRAY", true, 1, out);
}

Status bind_json_string(BindContext *context, const Expr *expr, Scalar **out)
{
    const Expr *item = expr->as.call->args.first;
    Scalar *value;
    TRY(bind_value(context, item, &value));
    if (bind_is_json_call(item)) {
        *out = value;
        return ST_OK;
    }
    return bind_apply(context->binder, "JSON_STRING", NULL, &value, 1, expr->span, out);
}

Status bind_json(BindContext *context, const Expr *expr, Scalar **out)
{
    (void)out;
    Status status = diag_error(context->binder->diag, E2107, expr->span,
                               "JSON(text) stands only in JSON_OBJECT and JSON_ARRAY");
    diag_hint(context->binder->diag, "JSON_QUERY(text, '$') checks a text and gives it as JSON");
    return status;
}
