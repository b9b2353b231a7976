/* SELECT: FROM, WHERE, grouping, the select list, in the order in which they mean something. */
#include "planner/bind/bind_hint.h"
#include "planner/bind/bind_over.h"
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
        if (column->outer || (table.size > 0 && !text_equal(column->table, table)))
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

TimeAttribute scalar_time(const Scalar *scalar, const Schema *schema)
{
    if (scalar->kind == SCALAR_CALL && strcmp(scalar->as.call.def->name, "PROCTIME") == 0)
        return TIME_PROCTIME;
    return scalar->kind == SCALAR_COLUMN ? schema->field[scalar->as.column].time : TIME_NONE;
}

/* What is being bound: everything that the parts of a SELECT share. */
typedef struct Selecting {
    Binder *binder;
    const Select *select;
    Scope *scope;
    Grouping *grouping; /* NULL: it is not grouped */
    SelectHints hints;
    bool hinted; /* they meant something */
    Overs overs;
    Output output;
    Scalar *having, *qualify; /* or NULL */
} Selecting;

static Status refuse_star(Binder *binder, Span span)
{
    Status status =
        diag_error(binder->diag, E2109, span, "* cannot stand beside GROUP BY or aggregates");
    diag_hint(binder->diag, "name the grouping columns, and an aggregate of each other one");
    return status;
}

static Status bind_items(Selecting *self, BindContext context)
{
    Binder *binder = self->binder;
    for (const SelectItem *item = self->select->items.first; item != NULL; item = item->next) {
        if (item->expr->kind == EXPR_STAR) {
            if (self->grouping != NULL)
                return refuse_star(binder, item->expr->span);
            TRY(expand_star(binder, item, self->scope, &self->output));
            continue;
        }
        Scalar *scalar;
        Text name;
        TRY(bind_expr(&context, item->expr, &scalar));
        TRY(item_name(binder, item, self->output.scalar.count, &name));
        TRY(add_output(binder, &self->output, scalar, name, TIME_NONE));
    }
    return ST_OK;
}

/* --- QUALIFY --- */

static bool reads_over(const Scalar *s)
{
    bool reads = s->kind == SCALAR_COLUMN && s->as.column >= OVER_COLUMNS;
    for (uint32_t i = 0; i < s->args && !reads; i++)
        reads = reads_over(s->arg[i]);
    return reads;
}

static Status bind_qualify(Selecting *self)
{
    const Expr *expr = self->select->qualify;
    if (expr == NULL)
        return ST_OK;
    BindContext context = overs_context(&self->overs, "QUALIFY");
    TRY(bind_condition(&context, expr, &self->qualify));
    if (reads_over(self->qualify))
        return ST_OK;
    Status status = diag_error(self->binder->diag, E2110, expr->span,
                               "QUALIFY filters by a function with OVER, and there is none");
    diag_hint(self->binder->diag, "WHERE filters rows, HAVING groups");
    return status;
}

/* --- ORDER BY --- */

/* The select list's column that the expression is; else a column of its own behind the list. */
static Status order_column(Selecting *self, const Expr *expr, Scalar *value, uint32_t *out)
{
    Output *output = &self->output;
    Text name;
    for (*out = 0; *out < output->scalar.count; ++*out) {
        if (scalar_equal(output->scalar.item[*out], value) && scalar_is_deterministic(value))
            return ST_OK;
    }
    if (self->select->quantifier == SELECT_DISTINCT)
        return diag_error(self->binder->diag, E2109, expr->span,
                          "ORDER BY of a SELECT DISTINCT takes what is in the select list");
    if (expr->kind == EXPR_COLUMN)
        name = expr->as.column.last->text;
    else
        TRY(arena_printf(self->binder->arena, &name, "$%u", *out));
    return add_output(self->binder, output, value, name, TIME_NONE);
}

static Status bind_select_order(Selecting *self, const OrderList *list, BoundSort *sort)
{
    BindContext context = overs_context(&self->overs, "ORDER BY");
    sort->columns = self->output.scalar.count;
    TRY_NEW_ARRAY(sort->order, self->binder->arena, list->count);
    for (const OrderItem *item = list->first; item != NULL; item = item->next) {
        PlanOrder *order = &sort->order[sort->orders];
        BoundOrder bound;
        bool position;
        TRY(bind_order_position(self->binder, item, sort->columns, &position, &order->column));
        if (position) {
            bound.value = self->output.scalar.item[order->column];
        } else {
            TRY(bind_expr(&context, item->expr, &bound.value));
            if (scalar_is_constant(bound.value))
                continue;
            TRY(order_column(self, item->expr, bound.value, &order->column));
        }
        TRY(bind_order_type(self->binder, bound.value, item->expr->span));
        bind_order_words(item, &bound);
        order->descending = bound.descending;
        order->nulls_last = bound.nulls_last;
        sort->orders++;
    }
    return ST_OK;
}

/* --- the statement --- */

/* --- names that are not seen yet --- */

typedef struct AliasSearch {
    const Select *select;
    const SelectItem *within; /* whose expression is searched; NULL: none */
    Span wrong;               /* the column that was not found */
    const Name *name;         /* set when the select list gives that name */
} AliasSearch;

static bool find_alias(void *context, const Expr *expr)
{
    AliasSearch *search = context;
    if (expr->kind != EXPR_COLUMN || expr->as.column.count != 1 ||
        expr->span.start != search->wrong.start)
        return true;
    const SelectItem *item = search->select->items.first;
    for (; item != search->within; item = item->next) {
        if (item->has_alias && text_equal(item->alias.text, expr->as.column.first->text))
            search->name = &item->alias;
    }
    return true;
}

/* The grammar bounds the depth. */
static void walk_groups(const AstVisitor *visitor, const GroupItemList *list)
{
    for (const GroupItem *item = list->first; item != NULL; item = item->next) {
        ast_walk_expr(visitor, item->expr);
        walk_groups(visitor, &item->items);
    }
}

/* Neither the select list nor what comes before it (WHERE, GROUP BY, HAVING) sees the names that it
 * gives. */
static Status explain_alias(Binder *binder, const Select *select, Status status)
{
    Diag *diag = binder->diag;
    if (status == ST_OK || !diag->set || diag->code != E2104)
        return status;
    AliasSearch search = {.select = select, .wrong = diag->span};
    AstVisitor visitor = {.expr = find_alias, .context = &search};
    for (const SelectItem *item = select->items.first; item != NULL; item = item->next) {
        search.within = item;
        ast_walk_expr(&visitor, item->expr);
    }
    search.within = NULL;
    ast_walk_expr(&visitor, select->where);
    walk_groups(&visitor, &select->group_by);
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

/* *out is NULL where there is none. */
static Status bind_where(Binder *binder, const Select *select, const Scope *scope, Scalar **out)
{
    BindContext context = {
        .binder = binder, .scope = scope, .place = "WHERE", .subquery = bind_subquery};
    *out = NULL;
    return select->where == NULL ? ST_OK : bind_condition(&context, select->where, out);
}

static Status bind_source(Binder *binder, const Select *select, Scope *scope, Logical **out)
{
    Scalar *condition;
    if (select->from == NULL)
        TRY(bind_no_table(binder, out));
    else
        TRY(bind_table_ref(binder, select->from, scope, out));
    TRY(bind_where(binder, select, scope, &condition));
    if (condition == NULL)
        return ST_OK;
    TRY(bind_check_watermarks(binder, &condition, 1, *out));
    return logical_filter(binder->arena, *out, condition, out);
}

/* How what stands above the groups, or above FROM and WHERE, is bound. */
static Status begin_context(Selecting *self)
{
    Binder *binder = self->binder;
    BindContext context = {.binder = binder, .scope = self->scope, .subquery = bind_subquery};
    if (select_is_grouped(self->select)) {
        TRY(bind_group_begin(binder, self->select, self->scope, &self->grouping));
        context = bind_group_context(self->grouping, "the select list");
    }
    overs_begin(&self->overs, self->select, &context);
    return overs_check_windows(&self->overs);
}

static Status bind_parts(Selecting *self, const OrderList *order_by, BoundSort *sort)
{
    TRY(begin_context(self));
    TRY(bind_items(self, overs_context(&self->overs, "the select list")));
    if (self->select->having != NULL)
        TRY(bind_grouped_condition(self->grouping, self->select->having, "HAVING", &self->having));
    Schema names = {self->output.field.count, self->output.field.item};
    self->overs.names = &names;
    self->overs.named = self->output.scalar.item;
    TRY(bind_qualify(self));
    TRY(bind_select_order(self, order_by, sort));
    self->overs.names = NULL;
    return ST_OK;
}

Status bind_flat_select(Binder *binder, const Select *select, Scope *scope, FlatSelect *out)
{
    Selecting self = {.binder = binder, .select = select, .scope = scope};
    const BindContext context = {
        .binder = binder, .scope = scope, .place = "a LATERAL subquery", .subquery = bind_subquery};
    TRY(explain_alias(binder, select, bind_where(binder, select, scope, &out->where)));
    TRY(bind_items(&self, context));
    out->item = self.output.scalar.item;
    out->schema = (Schema){self.output.field.count, self.output.field.item};
    return ST_OK;
}

/* All expressions are bound: the nodes that they need. */
static Status make_nodes(Selecting *self, Logical **node)
{
    Binder *binder = self->binder;
    Output *output = &self->output;
    if (self->grouping != NULL)
        TRY(bind_group_finish(self->grouping, *node, node));
    self->hinted = self->grouping != NULL && select_hints_apply(&self->hints, *node);
    if (self->having != NULL) {
        TRY(bind_check_watermarks(binder, &self->having, 1, *node));
        TRY(logical_filter(binder->arena, *node, self->having, node));
    }
    TRY(overs_finish(&self->overs, *node, node));
    for (uint32_t i = 0; i < output->scalar.count; i++) {
        TRY(overs_place(&self->overs, output->scalar.item[i], &output->scalar.item[i]));
        TRY(bind_check_watermarks(binder, &output->scalar.item[i], 1, *node));
        output->field.item[i].time = scalar_time(output->scalar.item[i], &(*node)->schema);
    }
    if (self->qualify == NULL)
        return ST_OK;
    TRY(overs_place(&self->overs, self->qualify, &self->qualify));
    TRY(bind_check_watermarks(binder, &self->qualify, 1, *node));
    return logical_filter(binder->arena, *node, self->qualify, node);
}

Status bind_select(Binder *binder, const Select *select, const OrderList *order_by, BoundSort *sort,
                   Logical **out)
{
    Selecting *self;
    TRY_NEW(self, binder->arena);
    self->binder = binder;
    self->select = select;
    TRY_NEW(self->scope, binder->arena);
    TRY(explain_alias(binder, select, bind_source(binder, select, self->scope, out)));
    TRY(bind_query_hints(binder, select, self->scope, &self->hints));
    TRY(explain_alias(binder, select, bind_parts(self, order_by, sort)));
    TRY(make_nodes(self, out));
    Schema schema = {self->output.field.count, self->output.field.item};
    TRY(logical_project(binder->arena, *out, self->output.scalar.item, schema, out));
    (*out)->span = select->span;
    if (select->quantifier == SELECT_DISTINCT) {
        TRY(bind_distinct(binder, *out, select->span, out));
        self->hinted = select_hints_apply(&self->hints, *out) || self->hinted;
    }
    if (!self->hints.has_ttl || self->hinted)
        return ST_OK;
    return bind_warning(binder, E2114, self->hints.span,
                        "STATE_TTL has no effect here: it is for the groups of GROUP BY and "
                        "DISTINCT, and this SELECT has none");
}
