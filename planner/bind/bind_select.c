/* SELECT: FROM, WHERE, grouping, the select list, in the order in which they mean something. */
#include "planner/bind/bind_private.h"
#include "storage/base/limits.h"

typedef struct Output {
    VEC(Scalar *) scalar;
    VEC(Field) field;
} Output;

static Status add_output(Binder *binder, Output *output, Scalar *scalar, Text name,
                         TimeAttribute time)
{
    if (output->field.count >= LIMIT_COLUMNS)
        return diag_error(binder->diag, E1005, scalar->span, "a query has at most %d columns",
                          LIMIT_COLUMNS);
    Field field = {.name = name, .type = scalar->type, .time = time};
    TRY_PUSH(&output->scalar, binder->arena, scalar);
    TRY_PUSH(&output->field, binder->arena, field);
    return ST_OK;
}

static Status item_name(Binder *binder, const SelectItem *item, uint32_t index, Text *out)
{
    if (item->has_alias)
        *out = item->alias.text;
    else if (item->expr->kind == EXPR_COLUMN)
        *out = item->expr->as.column.last->text;
    else
        return bind_unnamed(binder, index, out);
    return ST_OK;
}

/* --- stars --- */

/* The columns of the table of that name, of all tables when it is empty. */
static Status expand_tables(Binder *binder, const SelectItem *item, const Scope *scope, Text table,
                            Output *output, bool *any)
{
    for (uint32_t i = 0; i < scope->column.count; i++) {
        const ScopeColumn *column = &scope->column.item[i];
        if (table.size > 0 && !text_equal(column->table, table))
            continue;
        Scalar *scalar;
        TRY(scalar_column(binder->arena, column->index, column->type, &scalar));
        scalar->span = item->expr->span;
        TRY(add_output(binder, output, scalar, column->name, column->time));
        *any = true;
    }
    return ST_OK;
}

/* r.*, where r is a ROW: a column, or a field of one. */
static Status expand_row(Binder *binder, const SelectItem *item, const Scope *scope, Output *output)
{
    BindContext context = {.binder = binder, .scope = scope, .place = "the select list"};
    Expr named = *item->expr;
    Scalar *row, *field;
    named.kind = EXPR_COLUMN;
    TRY(bind_expr(&context, &named, &row));
    if (row->type.id != TYPE_ROW)
        return diag_error(binder->diag, E2104, item->expr->span,
                          "a value of type %s has no fields for .*",
                          bind_type_name(binder, &row->type));
    for (uint32_t i = 0; i < row->type.children; i++) {
        Name name = {.text = row->type.child[i].name, .span = item->expr->span};
        TRY(bind_field(binder, row, &name, item->expr->span, &field));
        TRY(add_output(binder, output, field, name.text, TIME_NONE));
    }
    return ST_OK;
}

static bool has_column(const Scope *scope, Text name)
{
    for (uint32_t i = 0; i < scope->column.count; i++) {
        if (text_equal(scope->column.item[i].name, name))
            return true;
    }
    return false;
}

static Status expand_star(Binder *binder, const SelectItem *item, const Scope *scope,
                          Output *output)
{
    const NameList *qualifier = &item->expr->as.column;
    Text table = qualifier->count == 0 ? TEXT_NONE : qualifier->last->text;
    bool any = false;
    if (qualifier->count > 1 && !text_starts_with(qualifier->first->text, TEXT("default_")))
        return expand_row(binder, item, scope, output);
    TRY(expand_tables(binder, item, scope, table, output, &any));
    if (any)
        return ST_OK;
    if (qualifier->count == 0)
        return diag_error(binder->diag, E2104, item->expr->span, "* needs a FROM");
    if (has_column(scope, table))
        return expand_row(binder, item, scope, output);
    Status status = diag_error(binder->diag, E2101, item->expr->span, "no table \"%.*s\" in FROM",
                               TEXT_ARG(table));
    TRY(hint_tables(binder, scope, table));
    return status;
}

/* --- plain select lists --- */

/* A plain column keeps its meaning for time. */
static TimeAttribute scalar_time(const Scalar *scalar, const Schema *schema)
{
    if (scalar->kind == SCALAR_CALL && strcmp(scalar->as.call.def->name, "PROCTIME") == 0)
        return TIME_PROCTIME;
    return scalar->kind == SCALAR_COLUMN ? schema->field[scalar->as.column].time : TIME_NONE;
}

static Status bind_items(Binder *binder, const Select *select, const Scope *scope,
                         const Schema *schema, Output *output)
{
    BindContext context = {.binder = binder, .scope = scope, .place = "the select list"};
    for (const SelectItem *item = select->items.first; item != NULL; item = item->next) {
        if (item->expr->kind == EXPR_STAR) {
            TRY(expand_star(binder, item, scope, output));
            continue;
        }
        Scalar *scalar;
        Text name;
        TRY(bind_expr(&context, item->expr, &scalar));
        TRY(item_name(binder, item, output->scalar.count, &name));
        TRY(add_output(binder, output, scalar, name, scalar_time(scalar, schema)));
    }
    return ST_OK;
}

/* --- grouped ones --- */

static Status refuse_star(Binder *binder, Span span)
{
    Status status =
        diag_error(binder->diag, E2109, span, "* cannot stand beside GROUP BY or aggregates");
    diag_hint(binder->diag, "name the grouping columns, and an aggregate of each other one");
    return status;
}

static Status bind_grouped_items(Binder *binder, const Select *select, Grouping *grouping,
                                 Output *output)
{
    for (const SelectItem *item = select->items.first; item != NULL; item = item->next) {
        if (item->expr->kind == EXPR_STAR)
            return refuse_star(binder, item->expr->span);
        Scalar *scalar;
        Text name;
        TRY(bind_grouped_expr(grouping, item->expr, "the select list", &scalar));
        TRY(item_name(binder, item, output->scalar.count, &name));
        TRY(add_output(binder, output, scalar, name, TIME_NONE));
    }
    return ST_OK;
}

static Status bind_grouped(Binder *binder, const Select *select, const Scope *scope, Logical **node,
                           Output *output)
{
    Grouping *grouping;
    Scalar *having = NULL;
    TRY(bind_group_begin(binder, select, scope, &grouping));
    TRY(bind_grouped_items(binder, select, grouping, output));
    if (select->having != NULL)
        TRY(bind_grouped_condition(grouping, select->having, "HAVING", &having));
    TRY(bind_group_finish(grouping, *node, node));
    for (uint32_t i = 0; i < output->scalar.count;
         i++) /* now it is known which keys still mean time */
        output->field.item[i].time = scalar_time(output->scalar.item[i], &(*node)->schema);
    if (having != NULL)
        TRY(logical_filter(binder->arena, *node, having, node));
    return ST_OK;
}

/* --- the statement --- */

static bool find_over(void *found, const Expr *expr)
{
    if (expr->kind == EXPR_CALL && expr->as.call->over != NULL && *(const Expr **)found == NULL)
        *(const Expr **)found = expr;
    return expr->kind != EXPR_SUBQUERY && expr->kind != EXPR_EXISTS;
}

static Status refuse_later(Binder *binder, const Select *select)
{
    const Expr *over = NULL;
    AstVisitor visitor = {.expr = find_over, .context = &over};
    for (const SelectItem *item = select->items.first; item != NULL && over == NULL;
         item = item->next)
        ast_walk_expr(&visitor, item->expr);
    if (over != NULL)
        return bind_unsupported(binder, over->span, "OVER");
    if (select->windows.count > 0)
        return bind_unsupported(binder, select->windows.first->name.span, "the WINDOW clause");
    if (select->qualify != NULL)
        return bind_unsupported(binder, select->qualify->span, "QUALIFY");
    if (select->hints.count > 0)
        return bind_unsupported(binder, select->hints.first->name.span, "a query hint");
    return ST_OK;
}

/* --- names that are not seen yet --- */

typedef struct AliasSearch {
    const Select *select;
    Span wrong;       /* the column that was not found */
    const Name *name; /* set when the select list gives that name */
} AliasSearch;

static bool find_alias(void *context, const Expr *expr)
{
    AliasSearch *search = context;
    if (expr->kind != EXPR_COLUMN || expr->as.column.count != 1 ||
        expr->span.start != search->wrong.start)
        return true;
    for (const SelectItem *item = search->select->items.first; item != NULL; item = item->next) {
        if (item->has_alias && text_equal(item->alias.text, expr->as.column.first->text))
            search->name = &item->alias;
    }
    return true;
}

/* WHERE, GROUP BY and HAVING come before the select list: they do not see the names that it gives.
 */
static Status explain_alias(Binder *binder, const Select *select, Status status)
{
    Diag *diag = binder->diag;
    if (status == ST_OK || !diag->set || diag->code != E2104)
        return status;
    AliasSearch search = {.select = select, .wrong = diag->span};
    AstVisitor visitor = {.expr = find_alias, .context = &search};
    ast_walk_expr(&visitor, select->where);
    for (const GroupItem *item = select->group_by.first; item != NULL; item = item->next)
        ast_walk_expr(&visitor, item->expr);
    ast_walk_expr(&visitor, select->having);
    if (search.name == NULL)
        return status;
    diag->hint[0] = '\0';
    diag_hint(diag, "the select list gives that name, and it is computed later: write the "
                    "expression again here");
    return status;
}

/* SELECT without FROM computes one row. */
static Status bind_no_table(Binder *binder, Logical **out)
{
    TRY(logical_make(binder->arena, LOGICAL_VALUES, (Schema){0}, NULL, 0, out));
    (*out)->as.values.rows = 1;
    return ST_OK;
}

static Status bind_source(Binder *binder, const Select *select, Scope *scope, Logical **out)
{
    if (select->from == NULL)
        TRY(bind_no_table(binder, out));
    else
        TRY(bind_table_ref(binder, select->from, scope, out));
    if (select->where == NULL)
        return ST_OK;
    BindContext context = {.binder = binder, .scope = scope, .place = "WHERE"};
    Scalar *condition;
    TRY(bind_condition(&context, select->where, &condition));
    return logical_filter(binder->arena, *out, condition, out);
}

Status bind_select(Binder *binder, const Select *select, Logical **out)
{
    Scope *scope;
    Output output = {0};
    TRY_NEW(scope, binder->arena);
    TRY(refuse_later(binder, select));
    TRY(explain_alias(binder, select, bind_source(binder, select, scope, out)));
    if (select_is_grouped(select))
        TRY(explain_alias(binder, select, bind_grouped(binder, select, scope, out, &output)));
    else
        TRY(bind_items(binder, select, scope, &(*out)->schema, &output));
    Schema schema = {output.field.count, output.field.item};
    TRY(bind_distinct_names(binder, &schema));
    TRY(logical_project(binder->arena, *out, output.scalar.item, schema, out));
    (*out)->span = select->span;
    if (select->quantifier == SELECT_DISTINCT)
        return bind_distinct(binder, *out, select->span, out);
    return ST_OK;
}
