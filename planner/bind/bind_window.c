/* Window table functions: TUMBLE(TABLE t, DESCRIPTOR(ts), size [, offset]), positional or named. */
#include "planner/bind/query.h"

typedef struct WindowArgs {
    const Expr *data, *time, *size, *offset;
} WindowArgs;

static Status assign_arg(Binder *binder, const Expr *arg, uint32_t position, WindowArgs *out)
{
    static const char *const names[] = {"DATA", "TIMECOL", "SIZE", "OFFSET"};
    const Expr **places[] = {&out->data, &out->time, &out->size, &out->offset};
    const Expr *value = arg;
    if (arg->kind == EXPR_NAMED_ARG) {
        for (position = 0; position < 4; position++) {
            if (text_equal_nocase(arg->as.named.name.text, text_of(names[position])))
                break;
        }
        if (position == 4) {
            Text candidates[4];
            for (uint32_t i = 0; i < 4; i++)
                candidates[i] = text_of(names[i]);
            Status status =
                diag_error(binder->diag, E2107, arg->as.named.name.span,
                           "TUMBLE has no argument \"%.*s\"", TEXT_ARG(arg->as.named.name.text));
            diag_suggest(binder->diag, arg->as.named.name.text, candidates, 4);
            diag_hint(binder->diag, "its arguments are DATA, TIMECOL, SIZE and OFFSET");
            return status;
        }
        value = arg->as.named.value;
    }
    if (position >= 4 || *places[position] != NULL)
        return diag_error(binder->diag, E2107, arg->span,
                          "TUMBLE takes TABLE t, DESCRIPTOR(time), size [, offset]");
    *places[position] = value;
    return ST_OK;
}

static Status bind_data(Binder *binder, const Expr *data, Logical **out)
{
    if (data->kind == EXPR_TABLE_ARG) {
        if (data->as.table.partition_by.count > 0)
            return diag_error(binder->diag, E2107, data->as.table.partition_by.first->span,
                              "TUMBLE takes no PARTITION BY; group by the column instead");
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

static Status refuse_time_column(Binder *binder, const Expr *given)
{
    Status status = diag_error(binder->diag, E2107, given->span,
                               "the time column is given as DESCRIPTOR(column)");
    if (given->kind == EXPR_COLUMN)
        diag_hint(binder->diag, "write DESCRIPTOR(%.*s)", TEXT_ARG(given->as.column.last->text));
    return status;
}

static Status bind_time_column(Binder *binder, const Expr *descriptor, const Logical *input,
                               uint32_t *out)
{
    if (descriptor->kind != EXPR_DESCRIPTOR || descriptor->as.column.count != 1)
        return refuse_time_column(binder, descriptor);
    const Name *name = descriptor->as.column.first;
    int32_t column = schema_find(&input->schema, name->text);
    if (column < 0) {
        Text *names;
        TRY_NEW_ARRAY(names, binder->arena, input->schema.count);
        for (uint32_t i = 0; i < input->schema.count; i++)
            names[i] = input->schema.field[i].name;
        Status status = diag_error(binder->diag, E2104, name->span, "column \"%.*s\" not found",
                                   TEXT_ARG(name->text));
        diag_suggest(binder->diag, name->text, names, input->schema.count);
        hint_names(binder->diag, "the table has", names, input->schema.count);
        return status;
    }
    const Field *field = &input->schema.field[column];
    *out = (uint32_t)column;
    if (field->time == TIME_ROWTIME)
        return ST_OK;
    if (field->time == TIME_PROCTIME)
        return bind_unsupported(binder, name->span, "a window over processing time");
    Status status;
    if (!type_is_timestamp(&field->type)) {
        StrBuf type;
        strbuf_init(&type, NULL);
        type_print_bare(&field->type, &type);
        status = diag_error(binder->diag, E2116, name->span,
                            "a window needs an event-time column, and \"%.*s\" is %s",
                            TEXT_ARG(name->text), strbuf_cstr(&type));
        strbuf_close(&type);
        diag_hint(
            binder->diag,
            "that is a TIMESTAMP(3) or TIMESTAMP_LTZ(3) with WATERMARK FOR it in CREATE TABLE");
        return status;
    }
    status = diag_error(binder->diag, E2116, name->span, "\"%.*s\" is no event-time column here",
                        TEXT_ARG(name->text));
    diag_hint(binder->diag,
              "declare WATERMARK FOR %.*s AS ... in CREATE TABLE, and pass the column on unchanged",
              TEXT_ARG(name->text));
    return status;
}

static Status bind_sizes(Binder *binder, const WindowArgs *args, LogicalWindow *window)
{
    TRY(bind_interval(binder, args->size, &window->size));
    if (window->size < MICROS_PER_MILLI)
        return diag_error(binder->diag, E2117, args->size->span,
                          "a window's size is at least one millisecond");
    if (window->size % MICROS_PER_MILLI != 0)
        return diag_error(binder->diag, E2117, args->size->span,
                          "a window's size is a whole number of milliseconds");
    if (args->offset == NULL)
        return ST_OK;
    TRY(bind_interval(binder, args->offset, &window->offset));
    if (window->offset >= window->size || window->offset <= -window->size)
        return diag_error(binder->diag, E2117, args->offset->span,
                          "the offset is not smaller than the window");
    return ST_OK;
}

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
    out->field[width + 2].time = TIME_ROWTIME;
    return ST_OK;
}

static Status bind_tumble(Binder *binder, const Expr *expr, Logical **out)
{
    WindowArgs args = {0};
    uint32_t position = 0;
    for (const Expr *arg = expr->as.call->args.first; arg != NULL; arg = arg->next)
        TRY(assign_arg(binder, arg, position++, &args));
    if (args.data == NULL || args.time == NULL || args.size == NULL)
        return diag_error(binder->diag, E2107, expr->span,
                          "TUMBLE takes TABLE t, DESCRIPTOR(time), size [, offset]");
    Logical *input;
    LogicalWindow window = {0};
    Schema schema;
    TRY(bind_data(binder, args.data, &input));
    TRY(bind_time_column(binder, args.time, input, &window.rowtime));
    TRY(bind_sizes(binder, &args, &window));
    window.local_zone = input->schema.field[window.rowtime].type.id == TYPE_TIMESTAMP_LTZ;
    TRY(window_schema(binder, input, window.rowtime, &schema));
    TRY(logical_make(binder->arena, LOGICAL_WINDOW, schema, &input, 1, out));
    (*out)->as.window = window;
    (*out)->span = expr->span;
    return ST_OK;
}

Status bind_window_function(Binder *binder, const Expr *expr, Logical **out)
{
    static const char *const later[] = {"HOP",
                                        "CUMULATE",
                                        "SESSION",
                                        "SNAPSHOT",
                                        "TO_CHANGELOG",
                                        "FROM_CHANGELOG",
                                        "DEDUPLICATE_KEEP_FIRST",
                                        "ML_PREDICT"};
    static const Text known[] = {{"TUMBLE", 6}, {"HOP", 3}, {"CUMULATE", 8}, {"SESSION", 7}};
    Text name = expr->as.call->name.last->text;
    if (text_equal_nocase(name, TEXT("TUMBLE")))
        return bind_tumble(binder, expr, out);
    for (uint32_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (text_equal_nocase(name, text_of(later[i])))
            return diag_error(binder->diag, E2001, expr->span,
                              "the table function %s is not supported yet", later[i]);
    }
    Status status = diag_error(binder->diag, E2106, expr->as.call->name.first->span,
                               "there is no table function \"%.*s\"", TEXT_ARG(name));
    diag_suggest(binder->diag, name, known, sizeof known / sizeof known[0]);
    return status;
}
