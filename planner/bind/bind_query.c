#include "planner/bind/query.h"

#include <assert.h>

#include "storage/base/limits.h"

enum { QUERY_DEPTH = 64 }; /* of queries and views inside each other */

Status bind_unsupported(Binder *binder, Span span, const char *what)
{
    return diag_error(binder->diag, E2001, span, "%s is not supported yet", what);
}

/* --- column names --- */

Status bind_unnamed(Binder *binder, uint32_t index, Text *out)
{
    return arena_printf(binder->arena, out, "EXPR$%u", index);
}

static bool name_taken(const Schema *schema, uint32_t before, Text name)
{
    for (uint32_t i = 0; i < before; i++) {
        if (text_equal(schema->field[i].name, name))
            return true;
    }
    return false;
}

Status bind_distinct_names(Binder *binder, Schema *schema)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        Text name = schema->field[i].name;
        for (uint32_t n = 0; name_taken(schema, i, name); n++)
            TRY(arena_printf(binder->arena, &name, "%.*s%u", TEXT_ARG(schema->field[i].name), n));
        schema->field[i].name = name;
    }
    return ST_OK;
}

/* --- DISTINCT: a group for each row, no aggregates --- */

Status bind_distinct(Binder *binder, Logical *input, Span span, Logical **out)
{
    if (input->schema.count > LIMIT_KEY_COLUMNS)
        return diag_error(binder->diag, E1005, span,
                          "rows of more than %d columns cannot be told apart", LIMIT_KEY_COLUMNS);
    TRY(logical_make(binder->arena, LOGICAL_AGGREGATE, input->schema, &input, 1, out));
    (*out)->as.aggregate = (LogicalAggregate){.keys = input->schema.count};
    /* A row is known to be new when it comes, but no longer stands for a moment in time. */
    Field *field;
    TRY_NEW_ARRAY(field, binder->arena, input->schema.count);
    for (uint32_t i = 0; i < input->schema.count; i++) {
        field[i] = input->schema.field[i];
        field[i].time = TIME_NONE;
    }
    (*out)->schema.field = field;
    return ST_OK;
}

/* --- VALUES --- */

static Status bind_values_cells(Binder *binder, const ValuesRowList *rows, uint32_t width,
                                Scalar ***cells)
{
    Scope none = {0};
    BindContext context = {.binder = binder, .scope = &none, .place = "VALUES"};
    TRY_NEW_ARRAY(*cells, binder->arena, (size_t)rows->count * width);
    uint32_t at = 0;
    for (const ValuesRow *row = rows->first; row != NULL; row = row->next) {
        if (row->items.count != width)
            return diag_error(binder->diag, E2120, row->span,
                              "this row has %u value%s and the first one %u", row->items.count,
                              row->items.count == 1 ? "" : "s", width);
        for (const Expr *expr = row->items.first; expr != NULL; expr = expr->next)
            TRY(bind_expr(&context, expr, &(*cells)[at++]));
    }
    return ST_OK;
}

static Status bind_values(Binder *binder, const Query *query, Logical **out)
{
    const ValuesRowList *rows = &query->as.values;
    uint32_t width = rows->first->items.count;
    Scalar **cells, **column;
    Field *field;
    TRY(bind_values_cells(binder, rows, width, &cells));
    TRY_NEW_ARRAY(column, binder->arena, rows->count);
    TRY_NEW_ARRAY(field, binder->arena, width);
    for (uint32_t c = 0; c < width; c++) {
        for (uint32_t r = 0; r < rows->count; r++)
            column[r] = cells[(size_t)r * width + c];
        TRY(coerce_common(binder, column, rows->count, "VALUES", query->span, &field[c].type));
        TRY(bind_unnamed(binder, c, &field[c].name));
        for (uint32_t r = 0; r < rows->count; r++)
            cells[(size_t)r * width + c] = column[r];
    }
    TRY(logical_make(binder->arena, LOGICAL_VALUES, (Schema){width, field}, NULL, 0, out));
    (*out)->as.values = (PlanValues){cells, rows->count};
    return ST_OK;
}

/* --- places --- */

static Span select_item_span(const Query *query, uint32_t index)
{
    uint32_t at = 0;
    for (const SelectItem *item = query->as.select->items.first; item != NULL;
         item = item->next, at++) {
        if (item->expr->kind == EXPR_STAR) /* which columns that are, the text does not say */
            return at <= index ? item->expr->span : query->span;
        if (at == index)
            return item->expr->span;
    }
    return query->span;
}

/* Recursion is bounded: the parser keeps nesting within LIMIT_EXPR_DEPTH. */
Span query_item_span(const Query *query, uint32_t index)
{
    const Expr *cell;
    switch (query->kind) {
    case QUERY_SELECT: return select_item_span(query, index);
    case QUERY_SET_OP: return query_item_span(query->as.set.left, index);
    case QUERY_NESTED: return query_item_span(query->as.nested, index);
    case QUERY_TABLE: return query->span;
    case QUERY_VALUES:
        cell = query->as.values.first->items.first;
        for (uint32_t i = 0; i < index && cell != NULL; i++)
            cell = cell->next;
        return cell == NULL ? query->span : cell->span;
    }
    return query->span;
}

/* --- UNION --- */

/* The input with its columns cast to the common types. */
static Status cast_columns(Binder *binder, Logical *input, const Schema *schema, Logical **out)
{
    Scalar **project;
    bool same = true;
    TRY_NEW_ARRAY(project, binder->arena, schema->count);
    for (uint32_t i = 0; i < schema->count; i++) {
        Scalar *column;
        TRY(scalar_column(binder->arena, i, input->schema.field[i].type, &column));
        TRY(scalar_cast(binder->arena, column, schema->field[i].type, false, input->span,
                        &project[i], binder->diag));
        same = same && project[i] == column;
    }
    if (same) {
        *out = input;
        return ST_OK;
    }
    return logical_project(binder->arena, input, project, *schema, out);
}

static Status union_schema(Binder *binder, const Query *query, const Schema *left,
                           const Schema *right, Schema *out)
{
    if (left->count != right->count)
        return diag_error(binder->diag, E2120, query->as.set.right->span,
                          "this side of UNION has %u column%s and the other one %u", right->count,
                          right->count == 1 ? "" : "s", left->count);
    *out = (Schema){.count = left->count};
    TRY_NEW_ARRAY(out->field, binder->arena, left->count);
    for (uint32_t i = 0; i < left->count; i++) {
        const Field *a = &left->field[i], *b = &right->field[i];
        out->field[i] = *a;
        if (!type_common(binder->arena, &a->type, &b->type, &out->field[i].type)) {
            StrBuf types;
            strbuf_init(&types, NULL);
            type_print_bare(&a->type, &types);
            strbuf_string(&types, " and ");
            type_print_bare(&b->type, &types);
            Status status = diag_error(
                binder->diag, E2108, query_item_span(query->as.set.right, i),
                "column %u of the two sides of UNION is of %s, which have no common type", i + 1,
                strbuf_cstr(&types));
            strbuf_close(&types);
            diag_hint(binder->diag, "CAST one to the type of the other");
            return status;
        }
        if (a->time != b->time)
            out->field[i].time = TIME_NONE;
    }
    return ST_OK;
}

static Status bind_set(Binder *binder, const Query *query, Logical **out)
{
    if (query->as.set.op != QUERY_SET_UNION)
        return bind_unsupported(binder, query->span,
                                query->as.set.op == QUERY_SET_INTERSECT ? "INTERSECT" : "EXCEPT");
    Logical *input[2];
    Schema schema;
    TRY(bind_query(binder, query->as.set.left, &input[0]));
    TRY(bind_query(binder, query->as.set.right, &input[1]));
    TRY(union_schema(binder, query, &input[0]->schema, &input[1]->schema, &schema));
    for (uint32_t i = 0; i < 2; i++)
        TRY(cast_columns(binder, input[i], &schema, &input[i]));
    TRY(logical_make(binder->arena, LOGICAL_UNION_ALL, schema, input, 2, out));
    if (query->as.set.all)
        return ST_OK;
    return bind_distinct(binder, *out, query->span, out);
}

/* --- ORDER BY, LIMIT --- */

static Status bind_count(Binder *binder, const Expr *expr, const char *what, uint64_t *out)
{
    Value value;
    TRY(bind_constant(binder, expr, &value));
    if (value.null || !type_is_integer(&value.type) || value.as.i64 < 0)
        return diag_error(binder->diag, E2126, expr->span,
                          "%s takes a whole number that is not negative", what);
    *out = (uint64_t)value.as.i64;
    return ST_OK;
}

static Status bind_order(Binder *binder, const Query *query, const Logical *input)
{
    const OrderItem *first = query->order_by.first;
    bool by_time = false;
    if (first->expr->kind == EXPR_COLUMN) {
        int32_t column = schema_find(&input->schema, first->expr->as.column.last->text);
        by_time = column >= 0 && input->schema.field[column].time == TIME_ROWTIME;
    }
    if (by_time || query->limit != NULL)
        return bind_unsupported(binder, first->expr->span,
                                by_time ? "ORDER BY event time" : "ORDER BY with LIMIT");
    Status status = diag_error(binder->diag, E2125, first->expr->span,
                               "a query that goes on cannot sort its rows");
    diag_hint(binder->diag,
              "sort when you read: SELECT ... FROM the view ORDER BY ..., which SQLite answers");
    return status;
}

static Status bind_limit(Binder *binder, const Query *query, Logical *input, Logical **out)
{
    PlanLimit limit = {.count = UINT64_MAX};
    *out = input;
    if (query->offset != NULL)
        TRY(bind_count(binder, query->offset, "OFFSET", &limit.offset));
    if (query->limit != NULL)
        TRY(bind_count(binder, query->limit, "LIMIT", &limit.count));
    if (query->offset == NULL && query->limit == NULL)
        return ST_OK;
    TRY(logical_make(binder->arena, LOGICAL_LIMIT, input->schema, &input, 1, out));
    (*out)->as.limit = limit;
    (*out)->span = query->limit != NULL ? query->limit->span : query->offset->span;
    return ST_OK;
}

/* --- the query --- */

static Status bind_body(Binder *binder, const Query *query, Logical **out)
{
    switch (query->kind) {
    case QUERY_SELECT: return bind_select(binder, query->as.select, out);
    case QUERY_SET_OP: return bind_set(binder, query, out);
    case QUERY_VALUES: return bind_values(binder, query, out);
    case QUERY_TABLE: return bind_named_table(binder, &query->as.table, query->span, out);
    case QUERY_NESTED: return bind_query(binder, query->as.nested, out);
    }
    assert(false);
    return ST_SEMANTIC;
}

static Status push_ctes(Binder *binder, const Query *query)
{
    if (query->recursive)
        return bind_unsupported(binder, query->span, "WITH RECURSIVE");
    for (const Cte *cte = query->ctes.first; cte != NULL; cte = cte->next) {
        CteFrame *frame;
        TRY_NEW(frame, binder->arena);
        *frame = (CteFrame){cte, binder->ctes};
        binder->ctes = frame;
    }
    return ST_OK;
}

static Status bind_clauses(Binder *binder, const Query *query, Logical **out)
{
    TRY(push_ctes(binder, query));
    TRY(bind_body(binder, query, out));
    if ((*out)->span.end == 0)
        (*out)->span = query->span;
    if (query->order_by.count > 0)
        TRY(bind_order(binder, query, *out));
    return bind_limit(binder, query, *out, out);
}

Status bind_query(Binder *binder, const Query *query, Logical **out)
{
    const CteFrame *outer = binder->ctes;
    if (binder->depth >= QUERY_DEPTH)
        return diag_error(binder->diag, E1005, query->span,
                          "queries and views are nested more than %d deep", QUERY_DEPTH);
    binder->depth++;
    Status status = bind_clauses(binder, query, out);
    if (status ==
        ST_LIMIT) /* of what is one above the other; all else has said so where it was found */
        return diag_error(binder->diag, E1005, query->span,
                          "the query has more than %d steps, one above the other",
                          LIMIT_PLAN_DEPTH);
    TRY(status);
    binder->ctes = outer;
    binder->depth--;
    return ST_OK;
}
