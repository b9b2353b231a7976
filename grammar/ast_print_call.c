/* Calls and windows as text. */
#include <assert.h>

#include "grammar/ast_print.h"
#include "grammar/lexer.h"

/* A name written without back-ticks was understood as a function's where it stood, even if it is a
 * keyword. In another place, or without the parentheses around it, these words alone would be taken
 * for something else. A quoted one that is a keyword only before a parenthesis keeps its quotes. */
static void print_function_name(const Call *call, StrBuf *out)
{
    static const char *const words[] = {"SYMMETRIC",  "ASYMMETRIC", "BOTH", "LEADING", "TRAILING",
                                        "DESCRIPTOR", "ROLLUP",     "CUBE", "ANY",     "SOME"};
    const Name *name = call->name.first;
    bool taken = false;
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        taken = taken || text_equal_nocase(name->text, text_of(words[i]));
    const KeywordRow *keyword = keyword_find(name->text);
    bool one = call->name.count == 1;
    if (one && !name->quoted && !taken)
        strbuf_text(out, name->text);
    else if (one && keyword != NULL && keyword->kind == KEYWORD_CALL)
        strbuf_printf(out, "`%.*s`", TEXT_ARG(name->text));
    else
        ast_print_names(&call->name, out);
}

/* --- arguments --- */

static void print_behavior(const JsonBehavior *behavior, const char *event, StrBuf *out)
{
    static const char *const words[] = {
        [JSON_BEHAVIOR_UNSAID] = "",
        [JSON_BEHAVIOR_NULL] = "NULL",
        [JSON_BEHAVIOR_ERROR] = "ERROR",
        [JSON_BEHAVIOR_EMPTY] = "EMPTY",
        [JSON_BEHAVIOR_EMPTY_ARRAY] = "EMPTY ARRAY",
        [JSON_BEHAVIOR_EMPTY_OBJECT] = "EMPTY OBJECT",
        [JSON_BEHAVIOR_TRUE] = "TRUE",
        [JSON_BEHAVIOR_FALSE] = "FALSE",
        [JSON_BEHAVIOR_UNKNOWN] = "UNKNOWN",
        [JSON_BEHAVIOR_DEFAULT] = "DEFAULT ",
        [JSON_BEHAVIOR_ABSENT] = "ABSENT",
    };
    if (behavior->kind == JSON_BEHAVIOR_UNSAID)
        return;
    strbuf_printf(out, " %s", words[behavior->kind]);
    if (behavior->value != NULL)
        ast_print_expr(behavior->value, out);
    strbuf_printf(out, " ON %s", event);
}

static void print_json(const Call *call, StrBuf *out)
{
    static const char *const on_null[] = {
        [JSON_ON_NULL_UNSAID] = "",
        [JSON_NULL_ON_NULL] = "NULL ON NULL",
        [JSON_ABSENT_ON_NULL] = "ABSENT ON NULL",
    };
    static const char *const wrappers[] = {
        [JSON_WRAPPER_UNSAID] = "",
        [JSON_WITHOUT_WRAPPER] = " WITHOUT WRAPPER",
        [JSON_WITH_WRAPPER] = " WITH WRAPPER",
        [JSON_WITH_CONDITIONAL_WRAPPER] = " WITH CONDITIONAL WRAPPER",
    };
    const JsonClauses *json = call->json;
    if (json == NULL)
        return;
    if (json->on_null != JSON_ON_NULL_UNSAID && call->args.count > 0)
        strbuf_char(out, ' ');
    strbuf_string(out, on_null[json->on_null]);
    if (json->returning != NULL) {
        strbuf_string(out, " RETURNING ");
        ast_print_type(json->returning, out);
    }
    strbuf_string(out, wrappers[json->wrapper]);
    print_behavior(&json->on_empty, "EMPTY", out);
    print_behavior(&json->on_error, "ERROR", out);
}

/* The arguments with these words between them, each binding at least so strongly. */
static void print_with_words(const Call *call, int precedence, const char *const *words,
                             StrBuf *out)
{
    uint32_t i = 0;
    for (const Expr *arg = call->args.first; arg != NULL; arg = arg->next) {
        if (arg != call->args.first)
            strbuf_string(out, words[i++]);
        print_expr(arg, precedence, out);
    }
}

/* FLOOR((a - b) DAY TO HOUR): what ends in a unit would take the TO for itself. */
static void print_to(const Call *call, StrBuf *out)
{
    const Expr *operand = call->args.first;
    bool ends_in_unit =
        operand->kind == EXPR_TIME_DIFFERENCE ||
        (operand->kind == EXPR_LITERAL && operand->as.literal.kind == LITERAL_INTERVAL);
    print_expr(operand, ends_in_unit ? PRECEDENCE_PRIMARY + 1 : PRECEDENCE_PRIMARY, out);
    strbuf_string(out, " TO ");
    ast_print_expr(call->args.last, out);
}

static void print_trim(const Call *call, StrBuf *out)
{
    static const char *const sides[] = {[TRIM_UNSAID] = "",
                                        [TRIM_BOTH] = "BOTH ",
                                        [TRIM_LEADING] = "LEADING ",
                                        [TRIM_TRAILING] = "TRAILING "};
    strbuf_string(out, sides[call->trim_side]);
    if (call->args.count == 2) {
        ast_print_expr(call->args.last, out);
        strbuf_char(out, ' ');
    }
    strbuf_string(out, "FROM ");
    ast_print_expr(call->args.first, out);
}

static void print_args(const Call *call, StrBuf *out)
{
    static const char *const from[] = {" FROM ", " FOR "};
    static const char *const placing[] = {" PLACING ", " FROM ", " FOR "};
    static const char *const in[] = {" IN ", " FROM "};
    switch (call->syntax) {
    case CALL_PLAIN:
    case CALL_BARE: print_expr_list(&call->args, out); break;
    case CALL_FROM:
    case CALL_EXTRACT: print_with_words(call, PRECEDENCE_ANY, from, out); break;
    case CALL_PLACING: print_with_words(call, PRECEDENCE_ANY, placing, out); break;
    case CALL_IN: print_with_words(call, PRECEDENCE_TERM, in, out); break;
    case CALL_TO: print_to(call, out); break;
    case CALL_TRIM: print_trim(call, out); break;
    }
}

/* --- calls --- */

static const char *const nulls_words[] = {
    [CALL_NULLS_UNSAID] = "",
    [CALL_IGNORE_NULLS] = " IGNORE NULLS",
    [CALL_RESPECT_NULLS] = " RESPECT NULLS",
};

/* The name, the parentheses and what is in them. */
static void print_call_core(const Call *call, bool nulls_inside, StrBuf *out)
{
    static const char *const quantifiers[] = {
        [CALL_QUANTIFIER_NONE] = "", [CALL_DISTINCT] = "DISTINCT ", [CALL_ALL] = "ALL "};
    print_function_name(call, out);
    if (call->syntax == CALL_BARE)
        return;
    strbuf_char(out, '(');
    strbuf_string(out, quantifiers[call->quantifier]);
    print_args(call, out);
    strbuf_string(out, nulls_inside ? nulls_words[call->nulls] : "");
    print_json(call, out);
    if (call->order_by.count > 0) {
        strbuf_string(out, " ORDER BY ");
        print_order_list(&call->order_by, out);
    }
    strbuf_char(out, ')');
}

/* As a table a call ends with its parenthesis, so IGNORE NULLS can only stand in it; as a value it
 * stands behind, where the call of a last argument cannot take it for itself. */
void print_table_call(const Call *call, StrBuf *out)
{
    print_call_core(call, true, out);
}

void print_call(const Call *call, StrBuf *out)
{
    static const char *const frames[] = {
        [CALL_FRAME_UNSAID] = "", [CALL_RUNNING] = "RUNNING ", [CALL_FINAL] = "FINAL "};
    strbuf_string(out, frames[call->frame]);
    print_call_core(call, false, out);
    strbuf_string(out, nulls_words[call->nulls]);
    if (call->within_group.count > 0) {
        strbuf_string(out, " WITHIN GROUP (ORDER BY ");
        print_order_list(&call->within_group, out);
        strbuf_char(out, ')');
    }
    if (call->filter != NULL) {
        strbuf_string(out, " FILTER (WHERE ");
        ast_print_expr(call->filter, out);
        strbuf_char(out, ')');
    }
    if (call->over != NULL) {
        strbuf_string(out, " OVER ");
        print_window(call->over, out);
    }
}

/* --- windows --- */

static void print_bound(const WindowBound *bound, StrBuf *out)
{
    static const char *const words[] = {
        [WINDOW_BOUND_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
        [WINDOW_BOUND_PRECEDING] = " PRECEDING",
        [WINDOW_BOUND_CURRENT_ROW] = "CURRENT ROW",
        [WINDOW_BOUND_FOLLOWING] = " FOLLOWING",
        [WINDOW_BOUND_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING",
    };
    if (bound->offset != NULL)
        print_expr(bound->offset, PRECEDENCE_TERM, out);
    strbuf_string(out, words[bound->kind]);
}

static void print_frame(const WindowSpec *window, StrBuf *out)
{
    strbuf_string(out, window->frame == WINDOW_FRAME_ROWS ? "ROWS " : "RANGE ");
    if (!window->frame_between) {
        print_bound(&window->start, out);
        return;
    }
    strbuf_string(out, "BETWEEN ");
    print_bound(&window->start, out);
    strbuf_string(out, " AND ");
    print_bound(&window->end, out);
}

static void print_gap(bool *first, StrBuf *out)
{
    if (!*first)
        strbuf_char(out, ' ');
    *first = false;
}

void print_window(const WindowSpec *window, StrBuf *out)
{
    if (window->by_name) {
        ast_print_name(window->base.text, out);
        return;
    }
    bool first = true;
    strbuf_char(out, '(');
    if (window->has_base) {
        print_gap(&first, out);
        ast_print_name(window->base.text, out);
    }
    if (window->partition_by.count > 0) {
        print_gap(&first, out);
        strbuf_string(out, "PARTITION BY ");
        print_expr_list(&window->partition_by, out);
    }
    if (window->order_by.count > 0) {
        print_gap(&first, out);
        strbuf_string(out, "ORDER BY ");
        print_order_list(&window->order_by, out);
    }
    if (window->frame != WINDOW_FRAME_UNSAID) {
        print_gap(&first, out);
        print_frame(window, out);
    }
    strbuf_char(out, ')');
}
