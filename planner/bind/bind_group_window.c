#include "planner/bind/group_window.h"

#include "grammar/ast_equal.h"

typedef struct GroupWindowName {
    const char *name;
    WindowKind kind;
    uint32_t args; /* the time, then sizes */
    const char *usage;
} GroupWindowName;

static const GroupWindowName window_name[] = {
    {"TUMBLE", WINDOW_TUMBLE, 2, "TUMBLE(time, size)"},
    {"HOP", WINDOW_HOP, 3, "HOP(time, slide, size)"},
    {"SESSION", WINDOW_SESSION, 2, "SESSION(time, gap)"},
};
enum { WINDOW_NAMES = sizeof window_name / sizeof *window_name };

typedef enum WindowPart { PART_START, PART_END, PART_ROWTIME, PART_PROCTIME } WindowPart;
static const char *const part_name[] = {
    [PART_START] = "_START",
    [PART_END] = "_END",
    [PART_ROWTIME] = "_ROWTIME",
    [PART_PROCTIME] = "_PROCTIME",
};
enum { PART_NAMES = sizeof part_name / sizeof *part_name };

/* --- names --- */

static Text call_name(const Expr *expr)
{
    bool plain = expr->kind == EXPR_CALL && expr->as.call->name.count == 1;
    return plain ? expr->as.call->name.last->text : TEXT_NONE;
}

static const GroupWindowName *find_window(const Expr *expr)
{
    for (uint32_t i = 0; i < WINDOW_NAMES; i++) {
        if (text_equal_nocase(call_name(expr), text_of(window_name[i].name)))
            return &window_name[i];
    }
    return NULL;
}

static const GroupWindowName *find_part(const Expr *expr, WindowPart *part)
{
    Text name = call_name(expr);
    for (uint32_t i = 0; i < WINDOW_NAMES; i++) {
        Text window = text_of(window_name[i].name);
        if (name.size <= window.size || !text_equal_nocase((Text){name.ptr, window.size}, window))
            continue;
        Text rest = {name.ptr + window.size, name.size - window.size};
        for (uint32_t p = 0; p < PART_NAMES; p++) {
            *part = (WindowPart)p;
            if (text_equal_nocase(rest, text_of(part_name[p])))
                return &window_name[i];
        }
    }
    return NULL;
}

bool is_group_window(const Expr *expr)
{
    return find_window(expr) != NULL;
}

bool is_group_window_part(const Expr *expr)
{
    WindowPart part;
    return find_part(expr, &part) != NULL;
}

Status refuse_group_window_part(Binder *binder, const Expr *expr)
{
    WindowPart part;
    const GroupWindowName *name = find_part(expr, &part);
    Status status =
        diag_error(binder->diag, E2117, expr->span, "%.*s tells about a window of GROUP BY %s",
                   TEXT_ARG(call_name(expr)), name->name);
    diag_hint(binder->diag,
              "write GROUP BY %s, with the same arguments as here; of a window function in FROM "
              "window_start, window_end and window_time tell",
              name->usage);
    return status;
}

/* --- the call in GROUP BY --- */

static Status refuse_args(Binder *binder, const GroupWindowName *name, const Expr *expr)
{
    Status status = diag_error(binder->diag, E2107, expr->span, "%s in GROUP BY is %s", name->name,
                               name->usage);
    if (expr->as.call->args.count == name->args + 1)
        diag_hint(binder->diag,
                  "a window that is moved by an offset is one of the window function: "
                  "FROM TABLE(%s(TABLE t, DESCRIPTOR(time), ..., offset))",
                  name->name);
    return status;
}

/* A column that is a time attribute, or PROCTIME() itself. */
static Status bind_time(Binder *binder, const Scope *scope, const Expr *expr, GroupWindow *out)
{
    BindContext context = {
        .binder = binder, .scope = scope, .place = "GROUP BY", .subquery = bind_subquery};
    Field field = {0};
    TRY(bind_expr(&context, expr, &out->time));
    const Scalar *time = out->time;
    field.type = time->type;
    if (time->kind == SCALAR_CALL && text_is(text_of(time->as.call.def->name), "PROCTIME"))
        field.time = TIME_PROCTIME;
    for (uint32_t i = 0; time->kind == SCALAR_COLUMN && i < scope->column.count; i++) {
        if (scope->column.item[i].index != time->as.column)
            continue;
        field.name = scope->column.item[i].name;
        field.time = scope->column.item[i].time;
    }
    out->by_clock = field.time == TIME_PROCTIME;
    if (time->kind != SCALAR_COLUMN && !out->by_clock)
        return bind_refuse_computed_time(binder, time, expr->span, scope->from, "a window");
    uint32_t column = time->kind == SCALAR_COLUMN ? time->as.column : 0;
    return bind_window_time(binder, &field, expr->span, scope->from, column);
}

static Status bind_sizes(Binder *binder, WindowKind kind, const Expr *size, WindowShape *spec)
{
    if (kind == WINDOW_SESSION)
        return bind_window_length(binder, size, "gap", &spec->size);
    if (kind == WINDOW_TUMBLE) {
        TRY(bind_window_length(binder, size, "size", &spec->size));
        spec->step = spec->size;
        return ST_OK;
    }
    TRY(bind_window_length(binder, size, "slide", &spec->step));
    return bind_window_length(binder, size->next, "size", &spec->size);
}

static bool find_rowtime(void *found, const Expr *expr)
{
    WindowPart part;
    if (find_part(expr, &part) != NULL && part == PART_ROWTIME)
        *(bool *)found = true;
    return true;
}

static bool asks_for_rowtime(const Select *select)
{
    bool found = false;
    AstVisitor visitor = {.expr = find_rowtime, .query = stop_at_query, .context = &found};
    for (const SelectItem *item = select->items.first; item != NULL; item = item->next)
        ast_walk_expr(&visitor, item->expr);
    if (select->having != NULL)
        ast_walk_expr(&visitor, select->having);
    if (select->qualify != NULL)
        ast_walk_expr(&visitor, select->qualify);
    return found;
}

Status group_window_bind(Binder *binder, const Select *select, const Scope *scope, const Expr *expr,
                         uint32_t first_key, GroupWindow **out)
{
    const GroupWindowName *name = find_window(expr);
    GroupWindow *made;
    TRY_NEW(made, binder->arena);
    made->expr = expr;
    made->first_key = first_key;
    made->window.window.kind = name->kind;
    if (expr->as.call->args.count != name->args)
        return refuse_args(binder, name, expr);
    TRY(bind_time(binder, scope, expr->as.call->args.first, made));
    TRY(bind_sizes(binder, name->kind, expr->as.call->args.first->next, &made->window.window));
    Type timestamp = type_with_null(type_sized(TYPE_TIMESTAMP, 3), false);
    made->field[0] =
        (Field){.name = TEXT("window_start"), .type = timestamp, .time = TIME_WINDOW_START};
    made->field[1] =
        (Field){.name = TEXT("window_end"), .type = timestamp, .time = TIME_WINDOW_END};
    made->field[2] =
        (Field){.name = TEXT("window_time"),
                .type = type_with_null(type_sized((TypeId)made->time->type.id, 3), false),
                .time = made->by_clock ? TIME_PROCTIME : TIME_ROWTIME};
    made->keys = asks_for_rowtime(select) ? GROUP_WINDOW_KEYS : 2;
    *out = made;
    return ST_OK;
}

/* --- above the aggregate --- */

static bool same_arguments(const Expr *a, const Expr *b)
{
    const Expr *left = a->as.call->args.first, *right = b->as.call->args.first;
    while (left != NULL && right != NULL && ast_equal_expr(left, right)) {
        left = left->next;
        right = right->next;
    }
    return left == NULL && right == NULL;
}

Status group_window_part(const GroupWindow *window, Binder *binder, const Expr *expr, Scalar **out)
{
    WindowPart part;
    const GroupWindowName *name = find_part(expr, &part);
    if (name != find_window(window->expr) || !same_arguments(expr, window->expr))
        return refuse_group_window_part(binder, expr);
    if (part == PART_PROCTIME) {
        Type instant = type_sized(TYPE_TIMESTAMP_LTZ, 3);
        if (window->by_clock)
            return scalar_apply(binder->arena, "PROCTIME", NULL, 0, expr->span, out, binder->diag);
        const Value none = {.type = instant, .null = true};
        return scalar_constant(binder->arena, &none, out);
    }
    if (part == PART_ROWTIME && window->by_clock) {
        Status status = diag_error(binder->diag, E2116, expr->span,
                                   "a window of processing time has no event time");
        diag_hint(binder->diag, "%s_PROCTIME is the time at which its row is processed",
                  name->name);
        return status;
    }
    uint32_t key = (uint32_t)part;
    TRY(scalar_column(binder->arena, window->first_key + key, window->field[key].type, out));
    (*out)->span = expr->span;
    return ST_OK;
}

/* --- below it --- */

/* The input, with what of the window's time and of the keys is no column of it as columns. */
typedef struct Widened {
    VEC(Scalar *) project;
    VEC(Field) field;
} Widened;

static Status add_column(Binder *binder, Widened *to, Scalar *scalar, TimeAttribute time,
                         uint32_t *column)
{
    Field field = {.type = scalar->type, .time = time};
    *column = to->project.count;
    if (scalar->kind == SCALAR_COLUMN) {
        *column = scalar->as.column;
        return ST_OK;
    }
    TRY(arena_printf(binder->arena, &field.name, "$%u", *column));
    TRY_PUSH(&to->project, binder->arena, scalar);
    TRY_PUSH(&to->field, binder->arena, field);
    return ST_OK;
}

Status group_window_node(const GroupWindow *window, Binder *binder, Logical *input,
                         Scalar *const *key, uint32_t keys, Logical **out, uint32_t *first)
{
    Widened all = {0};
    LogicalWindow made = window->window;
    uint32_t *partition, width = input->schema.count;
    for (uint32_t i = 0; i < width; i++) {
        Scalar *column;
        TRY(scalar_column(binder->arena, i, input->schema.field[i].type, &column));
        TRY_PUSH(&all.project, binder->arena, column);
        TRY_PUSH(&all.field, binder->arena, input->schema.field[i]);
    }
    TRY(add_column(binder, &all, window->time, TIME_PROCTIME, &made.rowtime));
    TRY_NEW_ARRAY(partition, binder->arena, keys);
    for (uint32_t i = 0; made.window.kind == WINDOW_SESSION && i < keys; i++) {
        if (i < window->first_key || i >= window->first_key + window->keys)
            TRY(add_column(binder, &all, key[i], TIME_NONE, &partition[made.keys++]));
    }
    made.key = partition;
    if (all.project.count > width)
        TRY(logical_project(binder->arena, input, all.project.item,
                            (Schema){all.field.count, all.field.item}, &input));
    *first = input->schema.count;
    return bind_window_node(binder, input, &made, window->expr->span, out);
}
