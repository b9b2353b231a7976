#include "planner/bind/bind_private.h"

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

/* Names made distinct as Flink does: a, a0, a1. */
static Status distinct_names(Binder *binder, Schema *schema)
{
    Field *field = arena_copy(binder->arena, schema->field, schema->count * sizeof *field);
    if (field == NULL && schema->count > 0)
        return ST_NOMEM;
    schema->field = field;
    for (uint32_t i = 0; i < schema->count; i++) {
        Text name = field[i].name;
        for (uint32_t n = 0; name_taken(schema, i, name); n++)
            TRY(arena_printf(binder->arena, &name, "%.*s%u", TEXT_ARG(field[i].name), n));
        field[i].name = name;
    }
    return ST_OK;
}

/* --- DISTINCT: a group for each row, no aggregates --- */

Status bind_window_keys(Binder *binder, const WindowKeys *keys, Field *field)
{
    bool start = false, end = false, any = false;
    for (uint32_t i = 0; i < keys->keys; i++) {
        TimeAttribute time = keys->input->field[i].time;
        bool whole = keys->whole == NULL || keys->whole[i];
        start = start || (time == TIME_WINDOW_START && whole);
        end = end || (time == TIME_WINDOW_END && whole);
        any = any || time == TIME_WINDOW_START || time == TIME_WINDOW_END;
    }
    for (uint32_t i = 0; i < keys->keys; i++) {
        bool keeps = start && end && (keys->whole == NULL || keys->whole[i]);
        field[i].time = keeps ? keys->input->field[i].time : TIME_NONE;
    }
    if (!any || (start && end))
        return ST_OK;
    return bind_warning(binder, E2117, keys->span,
                        "without %s in %s this is no window aggregate: it %s",
                        start ? "window_end" : "window_start", keys->place, keys->instead);
}

/* Rows are told apart whole. */
static Status check_comparable(Binder *binder, const Schema *schema, Span span)
{
    if (schema->count <= LIMIT_KEY_COLUMNS)
        return ST_OK;
    return diag_error(binder->diag, E1005, span,
                      "rows of more than %d columns cannot be told apart", LIMIT_KEY_COLUMNS);
}

Status bind_distinct(Binder *binder, Logical *input, Span span, Logical **out)
{
    TRY(check_comparable(binder, &input->schema, span));
    TRY(logical_make(binder->arena, LOGICAL_AGGREGATE, input->schema, &input, 1, out));
    (*out)->as.aggregate = (LogicalAggregate){.keys = input->schema.count};
    /* A row is known to be new when it comes, but no longer stands for a moment in time, unless it
     * does for its window. */
    Field *field =
        arena_copy(binder->arena, input->schema.field, input->schema.count * sizeof(Field));
    if (field == NULL && input->schema.count > 0)
        return ST_NOMEM;
    (*out)->schema.field = field;
    const WindowKeys keys = {.input = &input->schema,
                             .keys = input->schema.count,
                             .span = span,
                             .place = "the columns of DISTINCT",
                             .instead = "keeps every row for ever"};
    return bind_window_keys(binder, &keys, field);
}

/* --- VALUES --- */

static Status bind_values_cells(Binder *binder, const ValuesRowList *rows, uint32_t width,
                                Scalar ***cells)
{
    Scope none = {0};
    BindContext context = {
        .binder = binder, .scope = &none, .place = "VALUES", .subquery = bind_subquery};
    TRY_NEW_ARRAY(*cells, binder->arena, (size_t)rows->count * width);
    uint32_t at = 0;
    for (const ValuesRow *row = rows->first; row != NULL; row = row->next) {
        if (row->items.count != width)
            return diag_error(binder->diag, E2120, row->span,
                              "this row has %u value%s and the first one %u", row->items.count,
                              row->items.count == 1 ? "" : "s", width);
        for (const Expr *expr = row->items.first; expr != NULL; expr = expr->next)
            TRY(bind_value(&context, expr, &(*cells)[at++]));
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
        TRY(coerce_common(binder, column, rows->count, "a column of VALUES", column[0]->span,
                          &field[c].type));
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

/* --- UNION, INTERSECT, EXCEPT --- */

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

static const char *set_name(QuerySetOp op)
{
    switch (op) {
    case QUERY_SET_UNION: return "UNION";
    case QUERY_SET_INTERSECT: return "INTERSECT";
    case QUERY_SET_EXCEPT: break;
    }
    return "EXCEPT";
}

static Status set_schema(Binder *binder, const Query *query, const Schema *left,
                         const Schema *right, Schema *out)
{
    const char *name = set_name(query->as.set.op);
    if (left->count != right->count)
        return diag_error(binder->diag, E2120, query->as.set.right->span,
                          "this side of %s has %u column%s and the other one %u", name,
                          right->count, right->count == 1 ? "" : "s", left->count);
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
            Status status =
                diag_error(binder->diag, E2108, query_item_span(query->as.set.right, i),
                           "column %u of the two sides of %s is of %s, which have no common type",
                           i + 1, name, strbuf_cstr(&types));
            strbuf_close(&types);
            diag_hint(binder->diag, "CAST one to the type of the other");
            return status;
        }
        if (a->time != b->time)
            out->field[i].time = TIME_NONE;
    }
    return ST_OK;
}

/* A row waits for nobody, so that it still stands for its moment in time. */
static Status bind_set_operation(Binder *binder, const Query *query, const Schema *schema,
                                 Logical *const input[2], Logical **out)
{
    TRY(check_comparable(binder, schema, query->span));
    TRY(logical_make(binder->arena, LOGICAL_SET_OPERATION, *schema, input, 2, out));
    (*out)->as.set_operation = (PlanSetOperation){
        query->as.set.op == QUERY_SET_INTERSECT ? SET_INTERSECT : SET_EXCEPT, query->as.set.all};
    return ST_OK;
}

static Status bind_set(Binder *binder, const Query *query, Logical **out)
{
    Logical *input[2];
    Schema schema;
    TRY(bind_inner_query(binder, query->as.set.left, &input[0]));
    TRY(bind_inner_query(binder, query->as.set.right, &input[1]));
    TRY(set_schema(binder, query, &input[0]->schema, &input[1]->schema, &schema));
    for (uint32_t i = 0; i < 2; i++)
        TRY(cast_columns(binder, input[i], &schema, &input[i]));
    if (query->as.set.op != QUERY_SET_UNION)
        return bind_set_operation(binder, query, &schema, input, out);
    TRY(logical_make(binder->arena, LOGICAL_UNION_ALL, schema, input, 2, out));
    if (query->as.set.all)
        return ST_OK;
    return bind_distinct(binder, *out, query->span, out);
}

/* --- the query --- */

static Status bind_body(Binder *binder, const Query *query, BoundSort *sort, Logical **out)
{
    switch (query->kind) {
    case QUERY_SELECT: return bind_select(binder, query->as.select, &query->order_by, sort, out);
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
    BoundSort sort = {0};
    TRY(bind_body(binder, query, &sort, out));
    if ((*out)->span.end == 0)
        (*out)->span = query->span;
    if (query->kind != QUERY_SELECT)
        TRY(bind_order(binder, &query->order_by, &sort, out));
    if (!binder->subquery) /* there whoever writes such a name is told that it is ambiguous */
        TRY(distinct_names(binder, &(*out)->schema));
    return bind_sort_and_limit(binder, query, &sort, out);
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

Status bind_inner_query(Binder *binder, const Query *query, Logical **out)
{
    bool outer = binder->subquery;
    binder->subquery = true;
    Status status = bind_query(binder, query, out);
    binder->subquery = outer;
    return status;
}
