/* Time attributes: where a column has lost what made it one, said when it is used as one; and the
 * functions of the watermark.
 *
 * Nothing is noted on the way: the tree below the place is there, and is walked down from the
 * column until a node that has the attribute in its input and not in its output, or a table that
 * never declared it. */
#include "planner/bind/bind_private.h"

#include <stdarg.h>
#include <stdio.h>

/* --- where it was lost --- */

typedef struct TimeLoss {
    Text view;                 /* the innermost one in which it was; empty: none */
    bool lost;                 /* it was one */
    bool grouped;              /* and is of a group, which stands for no moment */
    char what[256], hint[256]; /* empty: there is nothing to be said */
} TimeLoss;

static void say(TimeLoss *loss, const char *hint, const char *format, ...) PRINTF_LIKE(3, 4);

static void say(TimeLoss *loss, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(loss->what, sizeof loss->what, format, args);
    va_end(args);
    snprintf(loss->hint, sizeof loss->hint, "%s", hint);
}

/* The first column that the scalar reads which is of time, and of those rather an attribute; -1. */
static int32_t time_column(const Scalar *s, const Schema *schema, bool attribute)
{
    if (s->kind == SCALAR_COLUMN) {
        const Field *field = &schema->field[s->as.column];
        bool fits = attribute ? field->time == TIME_ROWTIME : type_is_timestamp(&field->type);
        return fits ? (int32_t)s->as.column : -1;
    }
    int32_t found = -1;
    for (uint32_t i = 0; i < s->args && found < 0; i++)
        found = time_column(s->arg[i], schema, attribute);
    return found;
}

static void lost_in_expression(const Scalar *s, const Logical *input, uint32_t column,
                               TimeLoss *loss)
{
    StrBuf text;
    Text name = input->schema.field[column].name;
    strbuf_init(&text, NULL);
    scalar_print(s, &input->schema, &text);
    say(loss, "", "%s makes a new value of it", strbuf_cstr(&text));
    snprintf(loss->hint, sizeof loss->hint,
             "pass \"%.*s\" on as it is, beside what is computed of it", TEXT_ARG(name));
    strbuf_close(&text);
}

static const char *window_name(WindowKind kind)
{
    switch (kind) {
    case WINDOW_TUMBLE: return "TUMBLE";
    case WINDOW_HOP: return "HOP";
    case WINDOW_CUMULATE: return "CUMULATE";
    case WINDOW_SESSION: return "SESSION";
    case WINDOW_ATTACHED: break;
    }
    return "a window function";
}

static const char group_hint[] =
    "a window keeps it: GROUP BY window_start, window_end, window_time of TABLE(TUMBLE(...)), and "
    "take window_time";

static void lost_in_groups(const Logical *node, uint32_t column, TimeLoss *loss)
{
    const LogicalAggregate *aggregate = &node->as.aggregate;
    const Logical *input = node->input[0];
    loss->grouped = true;
    if (column >= aggregate->keys) {
        const PlanAggregateCall *call = &aggregate->call[column - aggregate->keys];
        StrBuf text;
        strbuf_init(&text, NULL);
        plan_print_aggregate_call(call, &input->schema, &text);
        say(loss, group_hint, "%s is the time of no row", strbuf_cstr(&text));
        strbuf_close(&text);
        return;
    }
    if (aggregate->calls == 0 && aggregate->keys == input->schema.count)
        say(loss,
            "the first row of each in time keeps it: ROW_NUMBER() OVER (PARTITION BY ... ORDER BY "
            "time) = 1",
            "the rows of a DISTINCT, of a UNION without ALL and of a GROUP BY stand for no moment "
            "in time");
    else
        say(loss, group_hint, "GROUP BY keeps no watermark");
}

/* The node's output has it not, its input does: why. */
static void lost_here(const Logical *node, uint32_t column, TimeLoss *loss)
{
    switch (node->kind) {
    case LOGICAL_PROJECT:
        say(loss, "CREATE VIEW of the same query keeps it, for both to be built on",
            "a materialized view keeps contents and no moments in time");
        return;
    case LOGICAL_WINDOW:
        say(loss, "use window_time, which is the window's end less 1 ms",
            "%s puts window_time in its place", window_name(node->as.window.window.kind));
        return;
    case LOGICAL_UNION_ALL:
    case LOGICAL_SET_OPERATION:
        say(loss, "declare and pass on an event-time column in both",
            "the other side of the %s has no event time there",
            node->kind == LOGICAL_UNION_ALL ? "UNION" : plan_set_name(&node->as.set_operation));
        return;
    case LOGICAL_AGGREGATE: lost_in_groups(node, column, loss); return;
    case LOGICAL_OVER:
        say(loss, "go by one kind of time: OVER (ORDER BY the event-time column)",
            "OVER by PROCTIME() lets time follow the clock");
        return;
    case LOGICAL_SCAN:
    case LOGICAL_VALUES:
    case LOGICAL_FILTER:
    case LOGICAL_RANK:
    case LOGICAL_SORT:
    case LOGICAL_UNNEST:
    case LOGICAL_LIMIT: return;
    }
}

/* Tables and what is no attribute at all. */
static void never_was(const Logical *node, uint32_t column, TimeLoss *loss)
{
    const Field *field = &node->schema.field[column];
    if (node->kind == LOGICAL_WINDOW && column >= node->input[0]->schema.count) {
        say(loss, "use window_time", "it is a bound of the window");
        return;
    }
    if (node->kind == LOGICAL_PROJECT) {
        StrBuf text;
        strbuf_init(&text, NULL);
        scalar_print(node->as.project[column], &node->input[0]->schema, &text);
        say(loss, "declare it as a computed column of the table, with WATERMARK FOR it",
            "%s is computed in the query", strbuf_cstr(&text));
        strbuf_close(&text);
        return;
    }
    if (node->kind != LOGICAL_SCAN)
        return;
    const TableDef *table = node->as.scan.table;
    if (table->rowtime >= 0) {
        Text rowtime = table->schema.field[table->rowtime].name;
        say(loss, "", "the watermark of table \"%.*s\" is for \"%.*s\"", TEXT_ARG(table->name),
            TEXT_ARG(rowtime));
        snprintf(loss->hint, sizeof loss->hint, "use \"%.*s\"", TEXT_ARG(rowtime));
        return;
    }
    say(loss, "", "table \"%.*s\" declares no WATERMARK for it", TEXT_ARG(table->name));
    snprintf(loss->hint, sizeof loss->hint,
             "declare WATERMARK FOR %.*s AS %.*s - INTERVAL '5' SECOND in CREATE TABLE",
             TEXT_ARG(field->name), TEXT_ARG(field->name));
}

/* The column of which input the node's column comes from, as it is; false: from none. */
static bool comes_from(const Logical *node, uint32_t column, uint32_t *input, uint32_t *below)
{
    *input = 0;
    *below = column;
    switch (node->kind) {
    case LOGICAL_SCAN:
    case LOGICAL_VALUES: return false;
    case LOGICAL_PROJECT: {
        int32_t attribute = time_column(node->as.project[column], &node->input[0]->schema, true);
        int32_t any = time_column(node->as.project[column], &node->input[0]->schema, false);
        *below = (uint32_t)(attribute >= 0 ? attribute : any);
        return any >= 0;
    }
    case LOGICAL_AGGREGATE: {
        const LogicalAggregate *aggregate = &node->as.aggregate;
        if (column < aggregate->keys)
            return true;
        const PlanAggregateCall *call = &aggregate->call[column - aggregate->keys];
        *below = call->arguments > 0 ? (uint32_t)call->argument[0].column : 0;
        return call->arguments > 0 && call->argument[0].column >= 0;
    }
    case LOGICAL_UNION_ALL:
    case LOGICAL_SET_OPERATION: /* the side that has none is told of, where one has */
        *input = node->input[0]->schema.field[column].time == TIME_ROWTIME   ? 0
                 : node->input[1]->schema.field[column].time == TIME_ROWTIME ? 1
                                                                             : 0;
        return true;
    case LOGICAL_UNNEST: return column + 1 < node->input[0]->schema.count;
    case LOGICAL_WINDOW:
    case LOGICAL_OVER:
    case LOGICAL_RANK:
    case LOGICAL_FILTER:
    case LOGICAL_SORT:
    case LOGICAL_LIMIT: return column < node->input[0]->schema.count;
    }
    return false;
}

static void find_loss(const Logical *node, uint32_t column, TimeLoss *loss)
{
    uint32_t input, below;
    for (;;) {
        if (node->view.size > 0)
            loss->view = node->view;
        if (!comes_from(node, column, &input, &below)) {
            never_was(node, column, loss);
            return;
        }
        const Field *field = &node->input[input]->schema.field[below];
        const Scalar *computed = node->kind == LOGICAL_PROJECT ? node->as.project[column] : NULL;
        if (computed != NULL && computed->kind != SCALAR_COLUMN && field->time == TIME_ROWTIME) {
            loss->lost = true;
            lost_in_expression(computed, node->input[0], below, loss);
            return;
        }
        if (field->time == TIME_ROWTIME) {
            loss->lost = true;
            lost_here(node, column, loss);
            return;
        }
        node = node->input[input];
        column = below;
    }
}

/* "any more: CAST(ts AS TIMESTAMP(3)) is computed, in view "v"", to follow "is none". */
static void put_loss(const TimeLoss *loss, StrBuf *out)
{
    strbuf_string(out, loss->lost ? " any more" : "");
    if (loss->what[0] == '\0')
        return;
    strbuf_printf(out, ": %s", loss->what);
    if (loss->view.size > 0)
        strbuf_printf(out, ", in view \"%.*s\"", TEXT_ARG(loss->view));
}

void bind_hint_time(Binder *binder, const Logical *input, uint32_t column)
{
    TimeLoss loss = {0};
    StrBuf why;
    const Field *field = &input->schema.field[column];
    if (!type_is_timestamp(&field->type) || field->time == TIME_ROWTIME)
        return;
    find_loss(input, column, &loss);
    strbuf_init(&why, NULL);
    put_loss(&loss, &why);
    if (loss.what[0] != '\0')
        diag_hint(binder->diag, "\"%.*s\" is no event-time column%s; %s", TEXT_ARG(field->name),
                  strbuf_cstr(&why), loss.hint);
    strbuf_close(&why);
}

Status bind_refuse_time(Binder *binder, Text name, Span span, const Logical *input, uint32_t column,
                        const char *what)
{
    TimeLoss loss = {0};
    StrBuf why;
    find_loss(input, column, &loss);
    strbuf_init(&why, NULL);
    put_loss(&loss, &why);
    Status status = diag_error(binder->diag, E2116, span,
                               "%s needs an event-time column, and \"%.*s\" is none%s", what,
                               TEXT_ARG(name), strbuf_cstr(&why));
    strbuf_close(&why);
    diag_hint(binder->diag, "%s",
              loss.hint[0] != '\0' ? loss.hint
                                   : "that is a column with a WATERMARK in CREATE TABLE, passed on "
                                     "as it is");
    return status;
}

Status bind_refuse_computed_time(Binder *binder, const Scalar *value, Span span,
                                 const Logical *input, const char *what)
{
    TimeLoss loss = {0};
    int32_t column = input == NULL ? -1 : time_column(value, &input->schema, true);
    if (column >= 0)
        lost_in_expression(value, input, (uint32_t)column, &loss);
    Status status = diag_error(binder->diag, E2116, span, "%s needs an event-time column, and %s",
                               what, column >= 0 ? loss.what : "an expression is none");
    diag_hint(binder->diag, "%s",
              column >= 0 ? loss.hint
                          : "that is a column with a WATERMARK in CREATE TABLE, passed on as it "
                            "is, or PROCTIME()");
    return status;
}

Status bind_warn_lost_time(Binder *binder, Span span, const Logical *input, uint32_t column,
                           const char *otherwise)
{
    TimeLoss loss = {0};
    const Field *field = &input->schema.field[column];
    if (field->time != TIME_NONE || !type_is_timestamp(&field->type))
        return ST_OK;
    find_loss(input, column, &loss);
    if (!loss.lost || loss.grouped)
        return ST_OK;
    StrBuf why;
    strbuf_init(&why, NULL);
    put_loss(&loss, &why);
    Status status = bind_warning(binder, E2116, span, "%s: \"%.*s\" is no event-time column%s; %s",
                                 otherwise, TEXT_ARG(field->name), strbuf_cstr(&why), loss.hint);
    strbuf_close(&why);
    return status;
}

/* --- the watermark of a row --- */

/* What below gives its rows out when the watermark passes, or changes rows that it has given out:
 * those have come with no watermark of their own. NULL: each row still comes with the one that it
 * met. Recursion is bounded by LIMIT_PLAN_DEPTH. */
static const char *gathers(const Logical *node)
{
    switch (node->kind) {
    case LOGICAL_SCAN:
    case LOGICAL_VALUES: return NULL;
    case LOGICAL_AGGREGATE: return "GROUP BY or DISTINCT";
    case LOGICAL_OVER:
    case LOGICAL_RANK: return "OVER";
    case LOGICAL_SORT: return "ORDER BY";
    case LOGICAL_SET_OPERATION: return plan_set_name(&node->as.set_operation);
    case LOGICAL_WINDOW:
        if (node->as.window.window.kind == WINDOW_SESSION)
            return "SESSION";
        break;
    case LOGICAL_FILTER:
    case LOGICAL_PROJECT:
    case LOGICAL_UNION_ALL:
    case LOGICAL_UNNEST:
    case LOGICAL_LIMIT: break;
    }
    const char *found = NULL;
    for (uint32_t i = 0; i < node->inputs && found == NULL; i++)
        found = gathers(node->input[i]);
    return found;
}

static Span watermark_span(const Scalar *s)
{
    if (s->kind == SCALAR_CALL && (s->as.call.def->flags & FN_WATERMARK) != 0)
        return s->span;
    Span span = s->span;
    for (uint32_t i = 0; i < s->args; i++) {
        if ((s->arg[i]->flags & FN_WATERMARK) != 0)
            span = watermark_span(s->arg[i]);
    }
    return span;
}

static Status check_watermark(Binder *binder, const Scalar *scalar, const Logical *input)
{
    const char *what = (scalar->flags & FN_WATERMARK) == 0 ? NULL : gathers(input);
    if (what == NULL)
        return ST_OK;
    Status status = diag_error(binder->diag, E2116, watermark_span(scalar),
                               "CURRENT_WATERMARK is what held before a row came, and behind %s "
                               "there is no such",
                               what);
    diag_hint(binder->diag, "take it in a query below, over the table's own rows");
    return status;
}

Status bind_clock_schema(Binder *binder, Schema *schema)
{
    Field *field = arena_copy(binder->arena, schema->field, schema->count * sizeof *field);
    if (field == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < schema->count; i++) {
        if (field[i].time == TIME_ROWTIME)
            field[i].time = TIME_NONE;
    }
    schema->field = field;
    return ST_OK;
}

Status bind_check_watermarks(Binder *binder, Scalar *const *scalar, uint32_t count,
                             const Logical *input)
{
    for (uint32_t i = 0; i < count; i++)
        TRY(check_watermark(binder, scalar[i], input));
    return ST_OK;
}

Status bind_current_watermark(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const Expr *arg = expr->as.call->args.first;
    const ScopeColumn *column = NULL;
    Scalar *value;
    uint32_t parts;
    TRY(bind_value(context, arg, &value));
    if (arg->kind == EXPR_COLUMN)
        TRY(scope_find(binder, context->scope, &arg->as.column, arg->span, &column, &parts));
    if (column != NULL && column->time == TIME_ROWTIME)
        return bind_apply(binder, "CURRENT_WATERMARK", NULL, &value, 1, expr->span, out);
    Status status;
    if (context->scope->declares)
        status =
            diag_error(binder->diag, E2116, expr->span,
                       "CURRENT_WATERMARK cannot stand in %s: what a table declares is computed "
                       "before its watermark",
                       context->place);
    else if (column != NULL && context->scope->from != NULL)
        return bind_refuse_time(binder, column->name, arg->span, context->scope->from,
                                column->index, "CURRENT_WATERMARK");
    else
        status = diag_error(binder->diag, E2116, arg->span,
                            "CURRENT_WATERMARK takes an event-time column");
    diag_hint(binder->diag, "CURRENT_WATERMARK(ts), where CREATE TABLE has WATERMARK FOR ts");
    return status;
}

/* The sources that Flink asks for one are those of Kafka and the like. */
Status bind_source_watermark(BindContext *context, const Expr *expr, Scalar **out)
{
    Diag *diag = context->binder->diag;
    (void)out;
    Status status;
    if (!context->scope->declares || strcmp(context->place, "WATERMARK") != 0)
        status = diag_error(diag, E2118, expr->span,
                            "SOURCE_WATERMARK() stands in WATERMARK FOR ... AS alone");
    else
        status = diag_error(diag, E2118, expr->span,
                            "SOURCE_WATERMARK() leaves the watermark to the source, and no "
                            "connector brings one");
    diag_hint(diag, "say how late a row can come: WATERMARK FOR ts AS ts - INTERVAL '5' SECOND");
    return status;
}

/* --- the columns of a window --- */

/* A window function below, the columns of which do not come up to here. */
static bool has_window(const Logical *node)
{
    bool found = node->kind == LOGICAL_WINDOW;
    for (uint32_t i = 0; i < node->inputs && !found; i++)
        found = has_window(node->input[i]);
    return found;
}

void bind_hint_window(Binder *binder, const Name *name, const Logical *from)
{
    bool windows = text_is(name->text, "window_start") || text_is(name->text, "window_end") ||
                   text_is(name->text, "window_time");
    if (!windows || from == NULL || !has_window(from))
        return;
    binder->diag->hint[0] = '\0';
    diag_hint(binder->diag,
              "the query or view in FROM has it and does not pass it on: add %.*s to "
              "its select list",
              TEXT_ARG(name->text));
}
