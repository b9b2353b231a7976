/* Calls. Most functions are a row of a function table and bound by it. Those with words of their
 * own between the arguments, and those that do not compute all their arguments, have a row here
 * that says what they become. What is no scalar function at all is told apart: an aggregate in the
 * wrong place, a function that is still to come, a name that was misspelt. */
#include <assert.h>

#include "executor/function/aggregate.h"
#include "planner/bind/bind_group.h"
#include "planner/bind/bind_over.h"
#include "storage/base/suggest.h"

bool is_aggregate_name(Text name)
{
    return aggregate_exists(name);
}

/* --- forms --- */

typedef Status BindForm(BindContext *context, const Expr *expr, Scalar **out);

typedef struct CallForm {
    const char *name;
    uint32_t least, most; /* arguments */
    BindForm *bind;
    const char *form;
    bool json_clauses; /* it takes some of RETURNING, WRAPPER, ON EMPTY, ON ERROR, ON NULL */
} CallForm;

static Status bind_args(BindContext *context, const Call *call, Scalar **arg)
{
    for (const Expr *item = call->args.first; item != NULL; item = item->next)
        TRY(bind_value(context, item, arg++));
    return ST_OK;
}

static Status bind_trim(BindContext *context, const Expr *expr, Scalar **out)
{
    static const char *const names[] = {
        [TRIM_UNSAID] = "$TRIM_BOTH",
        [TRIM_BOTH] = "$TRIM_BOTH",
        [TRIM_LEADING] = "$TRIM_LEADING",
        [TRIM_TRAILING] = "$TRIM_TRAILING",
    };
    const Call *call = expr->as.call;
    Scalar *arg[2];
    TRY(bind_args(context, call, arg));
    return bind_apply(context->binder, names[call->trim_side], "TRIM", arg, call->args.count,
                      expr->span, out);
}

static Status bind_unit(Binder *binder, const Expr *expr, const char *name, Scalar **out)
{
    if (expr->kind != EXPR_UNIT) {
        Status status =
            diag_error(binder->diag, E2107, expr->span, "%s takes a time unit here", name);
        diag_hint(binder->diag, "one of YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, ...");
        return status;
    }
    Value unit = {.type = type_sized(TYPE_CHAR, (uint32_t)strlen(unit_name_word(expr->as.unit)))};
    unit.type.nullable = false;
    unit.as.str = str_of_text(text_of(unit_name_word(expr->as.unit)));
    TRY(scalar_constant(binder->arena, &unit, out));
    (*out)->span = expr->span;
    return ST_OK;
}

static Status bind_extract(BindContext *context, const Expr *expr, Scalar **out)
{
    const ExprList *args = &expr->as.call->args;
    Scalar *arg[2];
    TRY(bind_unit(context->binder, args->first, "EXTRACT", &arg[0]));
    TRY(bind_value(context, args->last, &arg[1]));
    return bind_apply(context->binder, "$EXTRACT", "EXTRACT", arg, 2, expr->span, out);
}

/* TIMESTAMPADD(unit, count, time) and TIMESTAMPDIFF(unit, from, to) */
static Status bind_with_unit(BindContext *context, const Expr *expr, const char *name, Scalar **out)
{
    const Expr *unit = expr->as.call->args.first;
    Scalar *arg[3];
    TRY(bind_unit(context->binder, unit, name, &arg[0]));
    TRY(bind_value(context, unit->next, &arg[1]));
    TRY(bind_value(context, unit->next->next, &arg[2]));
    return bind_apply(context->binder, name, NULL, arg, 3, expr->span, out);
}

static Status bind_timestampadd(BindContext *context, const Expr *expr, Scalar **out)
{
    return bind_with_unit(context, expr, "TIMESTAMPADD", out);
}

static Status bind_timestampdiff(BindContext *context, const Expr *expr, Scalar **out)
{
    return bind_with_unit(context, expr, "TIMESTAMPDIFF", out);
}

/* FLOOR(time TO unit), CEIL(time TO unit) */
static Status bind_round_to(BindContext *context, const Expr *expr, Scalar **out)
{
    bool down = text_equal_nocase(expr->as.call->name.last->text, TEXT("FLOOR"));
    const char *name = down ? "$FLOOR_TO" : "$CEIL_TO", *shown = down ? "FLOOR" : "CEIL";
    const ExprList *args = &expr->as.call->args;
    Scalar *arg[2];
    TRY(bind_unit(context->binder, args->last, shown, &arg[0]));
    TRY(bind_value(context, args->first, &arg[1]));
    return bind_apply(context->binder, name, shown, arg, 2, expr->span, out);
}

static const CallForm call_forms[] = {
    {"COALESCE", 1, UINT32_MAX, bind_coalesce, "COALESCE(value, ...)", false},
    {"CURRENT_WATERMARK", 1, 1, bind_current_watermark, "CURRENT_WATERMARK(rowtime)", false},
    {"EXTRACT", 2, 2, bind_extract, "EXTRACT(unit FROM time)", false},
    {"GROUPING", 0, UINT32_MAX, bind_grouping_misplaced, "GROUPING(expression, ...)", false},
    {"GROUPING_ID", 0, UINT32_MAX, bind_grouping_misplaced, "GROUPING_ID(expression, ...)", false},
    {"GROUP_ID", 0, UINT32_MAX, bind_grouping_misplaced, "GROUP_ID()", false},
    {"IF", 3, 3, bind_if, "IF(condition, then, else)", false},
    {"IFNULL", 2, 2, bind_coalesce, "IFNULL(value, otherwise)", false},
    {"JSON", 1, 1, bind_json, "JSON(text)", false},
    {"JSON_ARRAY", 0, UINT32_MAX, bind_json_array, "JSON_ARRAY(value, ...)", true},
    {"JSON_EXISTS", 2, 2, bind_json_exists, "JSON_EXISTS(text, path)", true},
    {"JSON_OBJECT", 0, UINT32_MAX, bind_json_object, "JSON_OBJECT(key VALUE value, ...)", true},
    {"JSON_QUERY", 2, 2, bind_json_query, "JSON_QUERY(text, path)", true},
    {"JSON_STRING", 1, 1, bind_json_string, "JSON_STRING(value)", false},
    {"JSON_VALUE", 2, 2, bind_json_value, "JSON_VALUE(text, path)", true},
    {"NULLIF", 2, 2, bind_nullif, "NULLIF(value, other)", false},
    {"SOURCE_WATERMARK", 0, 0, bind_source_watermark, "SOURCE_WATERMARK()", false},
    {"TIMESTAMPADD", 3, 3, bind_timestampadd, "TIMESTAMPADD(unit, count, time)", false},
    {"TIMESTAMPDIFF", 3, 3, bind_timestampdiff, "TIMESTAMPDIFF(unit, from, to)", false},
    {"TRIM", 1, 2, bind_trim, "TRIM([BOTH | LEADING | TRAILING] [characters FROM] text)", false},
};
enum { CALL_FORMS = sizeof call_forms / sizeof *call_forms };

static const CallForm *form_find(Text name)
{
    for (uint32_t i = 0; i < CALL_FORMS; i++) {
        if (text_equal_nocase(name, text_of(call_forms[i].name)))
            return &call_forms[i];
    }
    return NULL;
}

static Status bind_form(BindContext *context, const Expr *expr, const CallForm *form, Scalar **out)
{
    uint32_t count = expr->as.call->args.count;
    if (count >= form->least && count <= form->most)
        return form->bind(context, expr, out);
    Status status =
        diag_error(context->binder->diag, E2107, expr->span, "%s does not take %u argument%s",
                   form->name, count, count == 1 ? "" : "s");
    diag_hint(context->binder->diag, "%s", form->form);
    return status;
}

/* --- what is no scalar function --- */

static Status report_unknown(Binder *binder, Text name, Span span)
{
    VEC(Text) names = {0};
    for (uint32_t f = 0; f < function_family_count; f++) {
        for (const ScalarDef *def = function_families[f].def; def->name != NULL; def++) {
            if ((def->flags & (FN_OPERATOR | FN_INTERNAL)) == 0)
                TRY_PUSH(&names, binder->arena, text_of(def->name));
        }
    }
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        for (const AggregateDef *def = aggregate_families[f]; def->name != NULL; def++) {
            if ((def->flags & AGG_INTERNAL) == 0)
                TRY_PUSH(&names, binder->arena, text_of(def->name));
        }
    }
    for (uint32_t i = 0; i < CALL_FORMS; i++)
        TRY_PUSH(&names, binder->arena, text_of(call_forms[i].name));
    Status status =
        diag_error(binder->diag, E2106, span, "function \"%.*s\" not found", TEXT_ARG(name));
    hint_foreign_function(binder->diag, name);
    diag_suggest(binder->diag, name, names.item, names.count);
    diag_hint(binder->diag, "SHOW FUNCTIONS lists them");
    return status;
}

/* What OVER stands behind is bound elsewhere where it can stand. */
static Status report_over(BindContext *context, const Expr *expr)
{
    Diag *diag = context->binder->diag;
    Status status = diag_error(diag, E2110, expr->span, "OVER cannot stand in %s", context->place);
    if (strcmp(context->place, "WHERE") == 0)
        diag_hint(diag, "QUALIFY filters by it");
    return status;
}

static Status report_no_over(Binder *binder, const Expr *expr, Text name)
{
    Status status = diag_error(binder->diag, E2107, expr->span, "%.*s needs OVER", TEXT_ARG(name));
    diag_hint(binder->diag, "%s OVER (PARTITION BY ... ORDER BY ...)", over_function_form(name));
    return status;
}

static Status report_aggregate(BindContext *context, const Expr *expr, Text name)
{
    Binder *binder = context->binder;
    Status status =
        diag_error(binder->diag, E2110, expr->span, "the aggregate %.*s cannot stand in %s",
                   TEXT_ARG(name), context->place);
    if (strcmp(context->place, "WHERE") == 0)
        diag_hint(binder->diag, "HAVING filters groups");
    return status;
}

static Status report_group_window(Binder *binder, const Expr *expr, Text name)
{
    Status status = diag_error(binder->diag, E2117, expr->span,
                               "the window %.*s stands in GROUP BY, or in FROM", TEXT_ARG(name));
    diag_hint(binder->diag, "%.*s_START and %.*s_END tell where it begins and ends", TEXT_ARG(name),
              TEXT_ARG(name));
    return status;
}

static Status report_later(Binder *binder, const Expr *expr, Text name)
{
    return diag_error(binder->diag, E2001, expr->span, "the function %.*s is not supported yet",
                      TEXT_ARG(name));
}

static Status check_words(Binder *binder, const Expr *expr, const CallForm *form)
{
    const Call *call = expr->as.call;
    Text name = call->name.last->text;
    if (call->frame == CALL_RUNNING)
        return bind_unsupported(binder, expr->span, "RUNNING");
    if (call->frame == CALL_FINAL)
        return bind_unsupported(binder, expr->span, "FINAL");
    bool json = call->json != NULL && (form == NULL || !form->json_clauses);
    const char *word = json                                       ? "JSON clauses"
                       : call->filter != NULL                     ? "FILTER"
                       : call->within_group.count > 0             ? "WITHIN GROUP"
                       : call->order_by.count > 0                 ? "ORDER BY"
                       : call->nulls != CALL_NULLS_UNSAID         ? "IGNORE NULLS or RESPECT NULLS"
                       : call->quantifier != CALL_QUANTIFIER_NONE ? "DISTINCT or ALL"
                                                                  : NULL;
    if (word == NULL)
        return ST_OK;
    return diag_error(binder->diag, E2107, expr->span, "%.*s is no aggregate and takes no %s",
                      TEXT_ARG(name), word);
}

Status bind_check_words(Binder *binder, const Expr *expr)
{
    return check_words(binder, expr, NULL);
}

typedef struct SyntaxName {
    CallSyntax syntax;
    const char *name;
} SyntaxName;

/* Whose words are FROM, PLACING, TO and IN: the grammar takes them in any call. */
static const SyntaxName syntax_names[] = {
    {CALL_FROM, "SUBSTRING"}, {CALL_PLACING, "OVERLAY"}, {CALL_IN, "POSITION"},
    {CALL_TO, "FLOOR"},       {CALL_TO, "CEIL"},         {CALL_TO, "CEILING"},
};

static Status check_syntax(Binder *binder, const Expr *expr, Text name)
{
    CallSyntax syntax = expr->as.call->syntax;
    if (syntax != CALL_FROM && syntax != CALL_PLACING && syntax != CALL_IN && syntax != CALL_TO)
        return ST_OK;
    for (uint32_t i = 0; i < sizeof syntax_names / sizeof *syntax_names; i++) {
        if (syntax_names[i].syntax == syntax &&
            text_equal_nocase(name, text_of(syntax_names[i].name)))
            return ST_OK;
    }
    return diag_error(binder->diag, E2107, expr->span, "%.*s has commas between its arguments",
                      TEXT_ARG(name));
}

/* --- calls --- */

static Status bind_plain(BindContext *context, const Expr *expr, Text name, Scalar **out)
{
    const Call *call = expr->as.call;
    Scalar **arg;
    Text copy; /* ends with a NUL */
    TRY(arena_text(context->binder->arena, name, &copy));
    TRY_NEW_ARRAY(arg, context->binder->arena, call->args.count);
    TRY(bind_args(context, call, arg));
    Status status =
        bind_apply(context->binder, copy.ptr, NULL, arg, call->args.count, expr->span, out);
    bool rounds = text_equal_nocase(name, TEXT("FLOOR")) || text_equal_nocase(name, TEXT("CEIL"));
    if (status != ST_OK && rounds && call->args.count == 1 && type_is_timestamp(&arg[0]->type)) {
        context->binder->diag->hint[0] = '\0';
        diag_hint(context->binder->diag, "a time is cut to a unit: %.*s(time TO DAY)",
                  TEXT_ARG(name));
    }
    return status;
}

Status bind_call(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const Call *call = expr->as.call;
    Text name = call->name.last->text;
    const CallForm *form = form_find(name);
    bool scalar = form != NULL || function_exists(name);
    if (call->name.count > 1)
        return diag_error(binder->diag, E2106, expr->span,
                          "there is no function of a name with a point");
    if (call->over != NULL)
        return report_over(context, expr);
    if (over_function_form(name) != NULL)
        return report_no_over(binder, expr, name);
    if (!scalar && is_aggregate_name(name))
        return report_aggregate(context, expr, name);
    if (is_group_window_part(expr))
        return refuse_group_window_part(binder, expr);
    if (is_group_window(expr))
        return report_group_window(binder, expr, name);
    if (!scalar && is_later_function(name))
        return report_later(binder, expr, name);
    if (!scalar)
        return report_unknown(binder, name, call->name.last->span);
    TRY(check_words(binder, expr, form));
    TRY(check_syntax(binder, expr, name));
    if (call->syntax == CALL_TO)
        return bind_round_to(context, expr, out);
    if (form != NULL)
        return bind_form(context, expr, form, out);
    return bind_plain(context, expr, name, out);
}
