/* Window table functions: TUMBLE(TABLE t, DESCRIPTOR(ts), size [, offset]), HOP, CUMULATE and
 * SESSION, their arguments by position or by name. */
#include "planner/bind/bind_private.h"
#include "planner/bind/window_help.h"

#include <assert.h>

typedef enum WindowArg {
    ARG_DATA,
    ARG_TIMECOL,
    ARG_SIZE,
    ARG_SLIDE,
    ARG_STEP,
    ARG_GAP,
    ARG_OFFSET,
    WINDOW_ARGS,
} WindowArg;

static const char *const arg_name[WINDOW_ARGS] = {
    [ARG_DATA] = "DATA", [ARG_TIMECOL] = "TIMECOL", [ARG_SIZE] = "SIZE",     [ARG_SLIDE] = "SLIDE",
    [ARG_STEP] = "STEP", [ARG_GAP] = "GAP",         [ARG_OFFSET] = "OFFSET",
};

static const char *const arg_words[WINDOW_ARGS] = {
    [ARG_DATA] = "table",    [ARG_TIMECOL] = "time column", [ARG_SIZE] = "size",
    [ARG_SLIDE] = "slide",   [ARG_STEP] = "step",           [ARG_GAP] = "gap",
    [ARG_OFFSET] = "offset",
};

enum { MOST_ARGS = 5 };

typedef struct WindowFunction {
    const char *name;
    WindowKind kind;
    uint32_t args, needed; /* that it takes; that it cannot do without, which come first */
    WindowArg arg[MOST_ARGS];
    const char *form, *doc, *example;
} WindowFunction;

static const WindowFunction window_function[] = {
    {"TUMBLE",
     WINDOW_TUMBLE,
     4,
     3,
     {ARG_DATA, ARG_TIMECOL, ARG_SIZE, ARG_OFFSET},
     "TUMBLE(TABLE t, DESCRIPTOR(time), size [, offset])",
     "Windows of one size that follow one another: each row is in one.",
     "TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' MINUTE)"},
    {"HOP",
     WINDOW_HOP,
     5,
     4,
     {ARG_DATA, ARG_TIMECOL, ARG_SLIDE, ARG_SIZE, ARG_OFFSET},
     "HOP(TABLE t, DESCRIPTOR(time), slide, size [, offset])",
     "Windows of one size that begin every so often: each row is in size / slide of them, a whole "
     "number.",
     "HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '5' MINUTE, INTERVAL '10' MINUTE)"},
    {"CUMULATE",
     WINDOW_CUMULATE,
     5,
     4,
     {ARG_DATA, ARG_TIMECOL, ARG_STEP, ARG_SIZE, ARG_OFFSET},
     "CUMULATE(TABLE t, DESCRIPTOR(time), step, size [, offset])",
     "Windows that begin together, end a step apart and grow up to the size, a multiple of the "
     "step; then they begin anew.",
     "CUMULATE(TABLE bid, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY)"},
    {"SESSION",
     WINDOW_SESSION,
     3,
     3,
     {ARG_DATA, ARG_TIMECOL, ARG_GAP},
     "SESSION(TABLE t [PARTITION BY key], DESCRIPTOR(time), gap)",
     "Windows, of each key its own, that go on as long as rows come less than the gap apart.",
     "SESSION(TABLE bid PARTITION BY auction, DESCRIPTOR(ts), INTERVAL '30' MINUTE)"},
};
enum { WINDOW_FUNCTIONS = sizeof window_function / sizeof *window_function };

/* A call, its arguments by their meaning. */
typedef struct WindowCall {
    const WindowFunction *function;
    const Expr *expr;
    const Expr *arg[WINDOW_ARGS]; /* NULL: not given */
} WindowCall;

/* --- which argument is which --- */

static Status refuse_count(Binder *binder, const WindowFunction *function, Span span)
{
    Status status =
        diag_error(binder->diag, E2107, span, "%s is given an argument too many", function->name);
    diag_hint(binder->diag, "%s, as in %s", function->form, function->example);
    return status;
}

static Status refuse_missing(Binder *binder, const WindowCall *call, WindowArg arg)
{
    const WindowFunction *function = call->function;
    Status status = diag_error(binder->diag, E2107, call->expr->span, "%s lacks its %s",
                               function->name, arg_words[arg]);
    diag_hint(binder->diag, "%s, as in %s", function->form, function->example);
    return status;
}

static Status refuse_name(Binder *binder, const WindowFunction *function, const Name *name)
{
    Text known[MOST_ARGS];
    StrBuf names;
    strbuf_init(&names, NULL);
    for (uint32_t i = 0; i < function->args; i++) {
        known[i] = text_of(arg_name[function->arg[i]]);
        strbuf_printf(&names, "%s%s",
                      i == 0                   ? ""
                      : i + 1 < function->args ? ", "
                                               : " and ",
                      arg_name[function->arg[i]]);
    }
    Status status = diag_error(binder->diag, E2107, name->span, "%s has no argument \"%.*s\"",
                               function->name, TEXT_ARG(name->text));
    diag_suggest(binder->diag, name->text, known, function->args);
    diag_hint(binder->diag, "its arguments are %s", strbuf_cstr(&names));
    strbuf_close(&names);
    return status;
}

static Status assign_arg(Binder *binder, WindowCall *call, const Expr *arg, uint32_t position)
{
    const WindowFunction *function = call->function;
    const Expr *value = arg;
    if (arg->kind == EXPR_NAMED_ARG) {
        for (position = 0; position < function->args; position++) {
            if (text_equal_nocase(arg->as.named.name.text,
                                  text_of(arg_name[function->arg[position]])))
                break;
        }
        if (position == function->args)
            return refuse_name(binder, function, &arg->as.named.name);
        value = arg->as.named.value;
    }
    if (position >= function->args || call->arg[function->arg[position]] != NULL)
        return refuse_count(binder, function, arg->span);
    call->arg[function->arg[position]] = value;
    return ST_OK;
}

static Status assign_args(Binder *binder, WindowCall *call)
{
    const WindowFunction *function = call->function;
    uint32_t position = 0;
    for (const Expr *arg = call->expr->as.call->args.first; arg != NULL; arg = arg->next)
        TRY(assign_arg(binder, call, arg, position++));
    for (uint32_t i = 0; i < function->needed; i++) {
        if (call->arg[function->arg[i]] == NULL)
            return refuse_missing(binder, call, function->arg[i]);
    }
    return ST_OK;
}

/* --- the table --- */

static Status bind_data(Binder *binder, const WindowCall *call, Logical **out)
{
    const Expr *data = call->arg[ARG_DATA];
    if (data->kind == EXPR_TABLE_ARG) {
        if (data->as.table.partition_by.count > 0 && call->function->kind != WINDOW_SESSION)
            return diag_error(binder->diag, E2107, data->as.table.partition_by.first->span,
                              "%s takes no PARTITION BY; group by the column instead",
                              call->function->name);
        if (data->as.table.query != NULL)
            return bind_inner_query(binder, data->as.table.query, out);
        return bind_named_table(binder, &data->as.table.name, data->as.table.name.last->span, out);
    }
    if (data->kind == EXPR_SUBQUERY)
        return bind_inner_query(binder, data->as.query, out);
    Status status = diag_error(binder->diag, E2107, data->span,
                               "the first argument of a window function is a table");
    diag_hint(binder->diag, "write TABLE before its name");
    return status;
}

static Status find_column(Binder *binder, const Name *name, const Schema *schema, uint32_t *out)
{
    int32_t column = schema_find(schema, name->text);
    *out = (uint32_t)column;
    if (column >= 0)
        return ST_OK;
    Text *names;
    TRY_NEW_ARRAY(names, binder->arena, schema->count);
    for (uint32_t i = 0; i < schema->count; i++)
        names[i] = schema->field[i].name;
    Status status = diag_error(binder->diag, E2104, name->span, "column \"%.*s\" not found",
                               TEXT_ARG(name->text));
    diag_suggest(binder->diag, name->text, names, schema->count);
    hint_names(binder->diag, "the table has", names, schema->count);
    return status;
}

static Status bind_partition(Binder *binder, const WindowCall *call, const Schema *schema,
                             LogicalWindow *window)
{
    const Expr *data = call->arg[ARG_DATA];
    uint32_t *key;
    if (data->kind != EXPR_TABLE_ARG || data->as.table.partition_by.count == 0)
        return ST_OK;
    TRY_NEW_ARRAY(key, binder->arena, data->as.table.partition_by.count);
    for (const Expr *expr = data->as.table.partition_by.first; expr != NULL; expr = expr->next) {
        if (expr->kind != EXPR_COLUMN)
            return diag_error(binder->diag, E2107, expr->span,
                              "PARTITION BY in a window function takes columns of the table");
        TRY(find_column(binder, expr->as.column.last, schema, &key[window->keys++]));
    }
    window->key = key;
    return ST_OK;
}

/* --- the time column --- */

static Status refuse_time_column(Binder *binder, const Expr *given)
{
    Status status = diag_error(binder->diag, E2107, given->span,
                               "the time column is given as DESCRIPTOR(column)");
    if (given->kind == EXPR_COLUMN)
        diag_hint(binder->diag, "write DESCRIPTOR(%.*s)", TEXT_ARG(given->as.column.last->text));
    if (given->kind == EXPR_DESCRIPTOR)
        diag_hint(binder->diag, "it names one column, that of the event time");
    return status;
}

Status bind_window_time(Binder *binder, const Field *field, Span span, const Logical *from,
                        uint32_t column)
{
    if (field->time == TIME_ROWTIME || field->time == TIME_PROCTIME)
        return ST_OK;
    Status status;
    if (!type_is_timestamp(&field->type)) {
        StrBuf type;
        strbuf_init(&type, NULL);
        type_print_bare(&field->type, &type);
        status = diag_error(binder->diag, E2116, span,
                            "a window needs an event-time column, and \"%.*s\" is %s",
                            TEXT_ARG(field->name), strbuf_cstr(&type));
        strbuf_close(&type);
        diag_hint(
            binder->diag,
            "that is a TIMESTAMP(3) or TIMESTAMP_LTZ(3) with WATERMARK FOR it in CREATE TABLE");
        return status;
    }
    return bind_refuse_time(binder, field->name, span, from, column, "a window");
}

static Status bind_time_column(Binder *binder, const Expr *descriptor, const Logical *input,
                               uint32_t *out)
{
    if (descriptor->kind != EXPR_DESCRIPTOR || descriptor->as.column.count != 1)
        return refuse_time_column(binder, descriptor);
    const Name *name = descriptor->as.column.first;
    TRY(find_column(binder, name, &input->schema, out));
    return bind_window_time(binder, &input->schema.field[*out], name->span, input, *out);
}

/* --- sizes --- */

Status bind_window_length(Binder *binder, const Expr *expr, const char *what, Micros *out)
{
    TRY(bind_interval(binder, expr, out));
    if (*out >= MICROS_PER_MILLI && *out % MICROS_PER_MILLI == 0)
        return ST_OK;
    Status status =
        diag_error(binder->diag, E2117, expr->span,
                   *out < MICROS_PER_MILLI ? "a window's %s is at least one millisecond"
                                           : "a window's %s is a whole number of milliseconds",
                   what);
    diag_hint(binder->diag, "as INTERVAL '10' SECOND, INTERVAL '0.5' SECOND");
    return status;
}

static Status bind_step(Binder *binder, const WindowCall *call, const Expr *expr, const char *what,
                        WindowShape *spec)
{
    TRY(bind_window_length(binder, expr, what, &spec->step));
    if (spec->size % spec->step == 0)
        return ST_OK;
    const char *why = spec->size > spec->step ? "no multiple of"
                      : call->arg[ARG_SLIDE] != NULL
                          ? "smaller than its slide, so that rows between two windows would be in "
                            "none"
                          : "smaller than";
    bool whole = spec->size < spec->step && call->arg[ARG_SLIDE] != NULL;
    Status status =
        diag_error(binder->diag, E2117, call->arg[ARG_SIZE]->span, "the size of %s is %s%s%s",
                   call->function->name, why, whole ? "" : " its ", whole ? "" : what);
    diag_hint(binder->diag, "first comes the %s, then the size", what);
    return status;
}

static Status bind_offset(Binder *binder, const Expr *expr, WindowShape *spec)
{
    if (expr == NULL)
        return ST_OK;
    TRY(bind_interval(binder, expr, &spec->offset));
    if (spec->offset < spec->size && spec->offset > -spec->size)
        return ST_OK;
    Status status =
        diag_error(binder->diag, E2117, expr->span, "the offset is not smaller than the window");
    diag_hint(binder->diag, "windows lie as with the remainder of it and the size");
    return status;
}

static Status bind_sizes(Binder *binder, const WindowCall *call, WindowShape *spec)
{
    if (call->arg[ARG_GAP] != NULL)
        return bind_window_length(binder, call->arg[ARG_GAP], "gap", &spec->size);
    TRY(bind_window_length(binder, call->arg[ARG_SIZE], "size", &spec->size));
    spec->step = spec->size;
    if (call->arg[ARG_SLIDE] != NULL)
        TRY(bind_step(binder, call, call->arg[ARG_SLIDE], "slide", spec));
    if (call->arg[ARG_STEP] != NULL)
        TRY(bind_step(binder, call, call->arg[ARG_STEP], "step", spec));
    return bind_offset(binder, call->arg[ARG_OFFSET], spec);
}

/* --- the node --- */

/* The input's columns, then the window's; the old time attribute is one no more. */
static Status window_schema(Binder *binder, const Logical *input, uint32_t rowtime, Schema *out)
{
    static const char *const names[] = {"window_start", "window_end", "window_time"};
    uint32_t width = input->schema.count;
    *out = (Schema){.count = width + 3};
    TRY_NEW_ARRAY(out->field, binder->arena, out->count);
    for (uint32_t i = 0; i < width; i++) {
        out->field[i] = input->schema.field[i];
        out->field[i].time = TIME_NONE;
    }
    for (uint32_t i = 0; i < 3; i++) {
        Field *field = &out->field[width + i];
        field->name = text_of(names[i]);
        field->type = type_with_null(type_sized(TYPE_TIMESTAMP, 3), false);
    }
    out->field[width].time = TIME_WINDOW_START;
    out->field[width + 1].time = TIME_WINDOW_END;
    if (input->schema.field[rowtime].type.id == TYPE_TIMESTAMP_LTZ)
        out->field[width + 2].type = type_with_null(type_sized(TYPE_TIMESTAMP_LTZ, 3), false);
    out->field[width + 2].time = input->schema.field[rowtime].time;
    return ST_OK;
}

Status bind_window_node(Binder *binder, Logical *input, const LogicalWindow *window, Span span,
                        Logical **out)
{
    Schema schema;
    const Field *time = &input->schema.field[window->rowtime];
    TRY(window_schema(binder, input, window->rowtime, &schema));
    TRY(logical_make(binder->arena, LOGICAL_WINDOW, schema, &input, 1, out));
    (*out)->as.window = *window;
    (*out)->as.window.window.local_zone = time->type.id == TYPE_TIMESTAMP_LTZ;
    (*out)->as.window.by_clock = time->time == TIME_PROCTIME;
    (*out)->span = span;
    return ST_OK;
}

static Status bind_window_call(Binder *binder, const WindowFunction *function, const Expr *expr,
                               Logical **out)
{
    WindowCall call = {.function = function, .expr = expr};
    LogicalWindow window = {.window.kind = function->kind};
    Logical *input;
    TRY(assign_args(binder, &call));
    TRY(bind_data(binder, &call, &input));
    TRY(bind_partition(binder, &call, &input->schema, &window));
    TRY(bind_time_column(binder, call.arg[ARG_TIMECOL], input, &window.rowtime));
    TRY(bind_sizes(binder, &call, &window.window));
    return bind_window_node(binder, input, &window, expr->span, out);
}

Status bind_window_function(Binder *binder, const Expr *expr, Logical **out)
{
    static const char *const later[] = {"SNAPSHOT", "TO_CHANGELOG", "FROM_CHANGELOG",
                                        "DEDUPLICATE_KEEP_FIRST", "ML_PREDICT"};
    Text name = expr->as.call->name.last->text, known[WINDOW_FUNCTIONS];
    for (uint32_t i = 0; i < WINDOW_FUNCTIONS; i++) {
        known[i] = text_of(window_function[i].name);
        if (text_equal_nocase(name, known[i]))
            return bind_window_call(binder, &window_function[i], expr, out);
    }
    for (uint32_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (text_equal_nocase(name, text_of(later[i])))
            return diag_error(binder->diag, E2001, expr->span,
                              "the table function %s is not supported yet", later[i]);
    }
    Status status = diag_error(binder->diag, E2106, expr->as.call->name.first->span,
                               "there is no table function \"%.*s\"", TEXT_ARG(name));
    hint_foreign_function(binder->diag, name);
    diag_suggest(binder->diag, name, known, WINDOW_FUNCTIONS);
    return status;
}

/* --- what is said of them --- */

uint32_t window_help_count(void)
{
    return WINDOW_FUNCTIONS;
}

WindowHelp window_help_get(uint32_t index)
{
    assert(index < WINDOW_FUNCTIONS);
    const WindowFunction *function = &window_function[index];
    return (WindowHelp){function->name, function->form, function->doc, function->example};
}
