/* LATERAL: a subquery that is computed for each row beside it. One over UNNEST is an Unnest of that
 * row's columns: its WHERE is a filter above, or the Unnest's own condition where rows without
 * elements stay, and its select list a projection that lets the row's columns through. */
#include "planner/bind/bind_private.h"
#include "storage/base/limits.h"

bool is_lateral_join(const TableRef *ref)
{
    return ref->kind == TABLE_REF_JOIN && ref->as.join.right->kind == TABLE_REF_QUERY &&
           ref->as.join.right->as.query.lateral;
}

/* --- what it cannot be --- */

static Status refuse(Binder *binder, Span span, const char *what)
{
    Status status =
        diag_error(binder->diag, E2001, span, "%s a LATERAL subquery is not supported yet", what);
    diag_hint(binder->diag, "it is SELECT expressions FROM UNNEST(collection) [WHERE condition]; "
                            "the query around it can do the rest");
    return status;
}

static Status check_clauses(Binder *binder, const Query *query, const Select *select)
{
    const Expr *order = query->order_by.count > 0 ? query->order_by.first->expr : NULL;
    const Expr *limit = query->limit != NULL ? query->limit : query->offset;
    if (query->ctes.count > 0)
        return refuse(binder, query->ctes.first->name.span, "WITH in");
    if (select->hints.count > 0)
        return refuse(binder, select->hints.first->name.span, "a hint in");
    if (select->quantifier == SELECT_DISTINCT)
        return refuse(binder, select->span, "DISTINCT in");
    if (select_is_grouped(select))
        return refuse(binder, select->span, "GROUP BY or an aggregate in");
    if (select->windows.count > 0)
        return refuse(binder, select->windows.first->name.span, "WINDOW in");
    if (select->qualify != NULL)
        return refuse(binder, select->qualify->span, "QUALIFY in");
    if (order != NULL)
        return refuse(binder, order->span, "ORDER BY in");
    if (limit != NULL)
        return refuse(binder, limit->span, "LIMIT or OFFSET in");
    return ST_OK;
}

static Status check_query(Binder *binder, const Query *query)
{
    if (query->kind != QUERY_SELECT)
        return refuse(binder, query->span, "UNION, VALUES or the like as");
    const Select *select = query->as.select;
    TRY(check_clauses(binder, query, select));
    if (select->from == NULL)
        return refuse(binder, select->span, "a SELECT without FROM as");
    if (select->from->kind == TABLE_REF_UNNEST)
        return ST_OK;
    return refuse(binder, select->from->span,
                  select->from->kind == TABLE_REF_JOIN ? "a join in"
                                                       : "another table than UNNEST in");
}

/* --- what it is --- */

typedef struct Lateral {
    Binder *binder;
    const TableRef *ref;
    uint32_t width;  /* columns of the row beside it */
    Logical *unnest; /* these, and those of an element */
    FlatSelect select;
    Scalar *on; /* NULL: TRUE */
    bool outer;
} Lateral;

/* The elements' columns, and behind them those of the row, which they hide. */
static Status bind_inside(Lateral *self, const Scope *around)
{
    Binder *binder = self->binder;
    const Select *select = self->ref->as.query.query->as.select;
    Scope *scope;
    TRY_NEW(scope, binder->arena);
    scope->from = self->unnest;
    TRY(bind_add_beside(binder, select->from, &self->unnest->schema, self->width, scope));
    for (uint32_t i = 0; i < around->column.count; i++) {
        ScopeColumn column = around->column.item[i];
        column.outer = true;
        TRY_PUSH(&scope->column, binder->arena, column);
    }
    return bind_flat_select(binder, select, scope, &self->select);
}

/* The row's columns, and those of the subquery. */
static Status make_schema(const Lateral *self, Schema *out)
{
    const FlatSelect *select = &self->select;
    out->count = self->width + select->schema.count;
    if (out->count > LIMIT_COLUMNS)
        return diag_error(self->binder->diag, E1005, self->ref->span,
                          "a query has at most %d columns", LIMIT_COLUMNS);
    TRY_NEW_ARRAY(out->field, self->binder->arena, out->count);
    for (uint32_t i = 0; i < self->width; i++)
        out->field[i] = self->unnest->schema.field[i];
    for (uint32_t i = 0; i < select->schema.count; i++) {
        Field *field = &out->field[self->width + i];
        *field = select->schema.field[i];
        field->type.nullable = field->type.nullable || self->outer;
        field->time = self->outer ? TIME_NONE : scalar_time(select->item[i], &self->unnest->schema);
    }
    return bind_column_names(self->binder, &self->ref->columns, "the alias", "the subquery has",
                             out->field + self->width, select->schema.count);
}

static Status all_items(const Lateral *self, Scalar ***out)
{
    const Schema *row = &self->unnest->schema;
    TRY_NEW_ARRAY(*out, self->binder->arena, self->width + self->select.schema.count);
    for (uint32_t i = 0; i < self->width; i++)
        TRY(scalar_column(self->binder->arena, i, row->field[i].type, &(*out)[i]));
    for (uint32_t i = 0; i < self->select.schema.count; i++)
        (*out)[self->width + i] = self->select.item[i];
    return ST_OK;
}

/* --- where rows without elements stay --- */

/* WHERE and ON choose among the elements, ON by what the subquery makes of them. */
static Status choose_elements(Lateral *self, const Expr *on)
{
    Binder *binder = self->binder;
    Scalar *part[2] = {self->select.where, NULL}, **item;
    uint32_t parts = self->select.where != NULL;
    if (self->on != NULL && !scalar_is_true(self->on)) {
        TRY(all_items(self, &item));
        for (uint32_t i = 0; i < self->select.schema.count; i++) {
            if (!scalar_is_deterministic(self->select.item[i]))
                return refuse(binder, on->span, "ON of a LEFT JOIN beside RAND and the like in");
        }
        TRY(scalar_replace_columns(binder->arena, self->on, item, &part[parts++]));
    }
    if (parts == 0)
        return ST_OK;
    Scalar **condition = &self->unnest->as.unnest.condition;
    TRY(bind_logic(binder, SCALAR_AND, part, parts, part[0]->span, condition));
    if (scalar_is_true(*condition))
        *condition = NULL;
    return *condition == NULL ? ST_OK : bind_check_watermarks(binder, condition, 1, self->unnest);
}

/* The number of the element, which a row without elements has not. */
static Status add_number(Lateral *self, Scalar **out)
{
    Logical *unnest = self->unnest;
    Schema *schema = &unnest->schema;
    if (!unnest->as.unnest.ordinality) {
        Field *field;
        TRY_NEW_ARRAY(field, self->binder->arena, schema->count + 1);
        memcpy(field, schema->field, schema->count * sizeof *field);
        field[schema->count] =
            (Field){.name = TEXT("ORDINALITY"), .type = type_with_null(type_make(TYPE_INT), true)};
        *schema = (Schema){schema->count + 1, field};
        unnest->as.unnest.ordinality = true;
    }
    uint32_t last = schema->count - 1;
    return scalar_column(self->binder->arena, last, schema->field[last].type, out);
}

/* What is not of the element alone is NULL in a row without one. */
static Status pad_items(Lateral *self)
{
    Binder *binder = self->binder;
    Scalar *none = NULL;
    for (uint32_t i = 0; i < self->select.schema.count; i++) {
        Scalar **item = &self->select.item[i], *arg[3], *number;
        if ((*item)->kind == SCALAR_COLUMN && (*item)->as.column >= self->width)
            continue;
        Type type = type_with_null((*item)->type, true);
        if (none == NULL) {
            TRY(add_number(self, &number));
            TRY(bind_apply(binder, "IS NULL", NULL, &number, 1, (*item)->span, &none));
        }
        arg[0] = none;
        TRY(bind_null(binder, type, (*item)->span, &arg[1]));
        arg[2] = *item;
        TRY(scalar_branch(binder->arena, SCALAR_CASE, type, arg, 3, item));
        (*item)->span = arg[2]->span;
    }
    return ST_OK;
}

/* --- the nodes --- */

static Status filter(Binder *binder, Logical *input, Scalar *condition, Logical **out)
{
    *out = input;
    if (condition == NULL)
        return ST_OK;
    TRY(bind_check_watermarks(binder, &condition, 1, input));
    return logical_filter(binder->arena, input, condition, out);
}

static Status make_nodes(Lateral *self, const Schema *schema, Logical **out)
{
    Binder *binder = self->binder;
    Scalar **item;
    *out = self->unnest;
    TRY(bind_check_watermarks(binder, self->select.item, self->select.schema.count, *out));
    if (self->outer)
        TRY(pad_items(self));
    else
        TRY(filter(binder, *out, self->select.where, out));
    TRY(all_items(self, &item));
    TRY(logical_project(binder->arena, *out, item, *schema, out));
    (*out)->span = self->ref->span;
    return self->outer ? ST_OK : filter(binder, *out, self->on, out);
}

Status bind_lateral_join(Binder *binder, const TableRef *ref, Scope *scope, Logical **out)
{
    Lateral self = {.binder = binder,
                    .ref = ref->as.join.right,
                    .outer = ref->as.join.kind == JOIN_SYNTAX_LEFT};
    const Query *query = self.ref->as.query.query;
    Logical *left;
    Schema schema;
    TRY(bind_check_beside(binder, ref, "a LATERAL subquery"));
    TRY(check_query(binder, query));
    TRY(bind_table_ref(binder, ref->as.join.left, scope, &left));
    self.width = left->schema.count;
    TRY(bind_unnest_over(binder, query->as.select->from, left, scope, self.outer, &self.unnest));
    TRY(bind_inside(&self, scope));
    TRY(make_schema(&self, &schema));
    TRY(bind_add_beside(binder, self.ref, &schema, self.width, scope));
    BindContext context = {.binder = binder, .scope = scope, .place = "ON"};
    if (ref->as.join.on != NULL)
        TRY(bind_condition(&context, ref->as.join.on, &self.on));
    if (self.outer)
        TRY(choose_elements(&self, ref->as.join.on));
    return make_nodes(&self, &schema, out);
}
