/* Subqueries in expressions. One that reads no table is computed here: a scalar subquery becomes
 * its value, EXISTS a truth value, IN and the quantified comparisons are those over a list, ARRAY
 * of one is made of its rows. Its
 * rows are expressions where they can be made of those that it says, else it is run. What reads a
 * table, or the columns of the query around it, takes a join and is refused. */
#include "planner/bind/bind_private.h"

bool stop_at_query(void *context, const Query *query)
{
    (void)context;
    (void)query;
    return false;
}

/* --- columns of the query around it --- */

typedef struct ColumnSearch {
    uint32_t start; /* of the column that was not found */
    const Expr *column;
} ColumnSearch;

static bool find_column(void *context, const Expr *expr)
{
    ColumnSearch *search = context;
    if (expr->kind == EXPR_COLUMN && expr->span.start == search->start)
        search->column = expr;
    return true;
}

/* A column that the subquery has not, and the query around it has. */
static Status explain_outer(BindContext *context, const Expr *expr, const Query *query,
                            Status status)
{
    Binder *binder = context->binder;
    Diag *diag = binder->diag, none;
    const ScopeColumn *column;
    uint32_t parts;
    if (status == ST_NOMEM || !diag->set || (diag->code != E2104 && diag->code != E2101))
        return status;
    ColumnSearch search = {.start = diag->span.start};
    AstVisitor visitor = {.expr = find_column, .context = &search};
    ast_walk_query(&visitor, query);
    if (search.column == NULL)
        return status;
    diag_reset(&none);
    binder->diag = &none;
    Status found = scope_find(binder, context->scope, &search.column->as.column,
                              search.column->span, &column, &parts);
    binder->diag = diag;
    if (found != ST_OK)
        return found == ST_NOMEM ? found : status;
    diag_reset(diag);
    status = bind_unsupported(binder, expr->span,
                              "a subquery that reads columns of the query around it");
    diag_hint(diag, "it takes a join; two views, and a SELECT over both, which SQLite answers, do "
                    "for now");
    return status;
}

/* --- its rows --- */

/* Depth is bounded by logical_make. */
static bool reads_table(const Logical *logical)
{
    bool reads = logical->kind == LOGICAL_SCAN;
    for (uint32_t i = 0; i < logical->inputs && !reads; i++)
        reads = reads_table(logical->input[i]);
    return reads;
}

static Status refuse_rows(Binder *binder, const Logical *logical, Span span)
{
    Status status = bind_unsupported(binder, span, "a subquery over more than constants");
    if (reads_table(logical))
        diag_hint(binder->diag, "over a table it takes a join; two views, and a SELECT over both, "
                                "which SQLite answers, do for now");
    else
        diag_hint(binder->diag, "it gives another value at each time, or in each time zone");
    return status;
}

static Status bind_inside(BindContext *context, const Expr *expr, const Query *query,
                          Logical **logical)
{
    Status status = bind_inner_query(context->binder, query, logical);
    return status == ST_OK ? ST_OK : explain_outer(context, expr, query, status);
}

static Status find_rows(BindContext *context, const Expr *expr, const Query *query,
                        Logical *logical, LogicalRows *out)
{
    Binder *binder = context->binder;
    bool known;
    TRY(logical_rows(binder->arena, logical, out, &known));
    if (known)
        return ST_OK;
    if (binder->run == NULL || !logical_is_constant(logical))
        return refuse_rows(binder, logical, expr->span);
    Status status = binder->run(binder, logical, out);
    if (status != ST_OK && binder->diag->set && binder->diag->span.start == binder->diag->span.end)
        binder->diag->span = query->span; /* of a row, which has no place in the text */
    return status;
}

static Status bind_rows(BindContext *context, const Expr *expr, const Query *query,
                        Logical **logical, LogicalRows *out)
{
    TRY(bind_inside(context, expr, query, logical));
    return find_rows(context, expr, query, *logical, out);
}

static Status check_width(Binder *binder, const Query *query, const Logical *logical,
                          uint32_t width)
{
    if (logical->schema.count == width)
        return ST_OK;
    return diag_error(binder->diag, E2120, query->span,
                      "this subquery has %u columns, and %u %s wanted", logical->schema.count,
                      width, width == 1 ? "is" : "are");
}

/* The first column of all rows. */
static Status column_items(Binder *binder, const LogicalRows *rows, Scalar ***out)
{
    TRY_NEW_ARRAY(*out, binder->arena, rows->row.count);
    for (uint32_t i = 0; i < rows->row.count; i++)
        (*out)[i] = rows->row.item[i][0];
    return ST_OK;
}

/* --- what is made of them --- */

/* The value, which can be NULL as far as its type says: there might have been no row. */
static Status bind_scalar_subquery(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const Query *query = expr->as.query;
    Logical *logical;
    LogicalRows rows;
    TRY(bind_rows(context, expr, query, &logical, &rows));
    TRY(check_width(binder, query, logical, 1));
    Type type = type_with_null(logical->schema.field[0].type, true);
    if (rows.row.count > 1)
        return diag_error(binder->diag, E2107, query->span,
                          "this subquery gives %u rows, and a value is one", rows.row.count);
    if (rows.row.count == 0)
        return bind_null(binder, type, expr->span, out);
    *out = rows.row.item[0][0];
    if (!scalar_is_constant(*out))
        return ST_OK;
    Value value = (*out)->as.constant;
    value.type = type;
    TRY(scalar_constant(binder->arena, &value, out));
    (*out)->type.nullable = true;
    (*out)->span = expr->span;
    return ST_OK;
}

/* An aggregate of all rows, which has its row whatever they are. */
static bool has_row(const Logical *logical)
{
    while (logical->kind == LOGICAL_PROJECT)
        logical = logical->input[0];
    return logical->kind == LOGICAL_AGGREGATE && logical->as.aggregate.keys == 0 &&
           logical->as.aggregate.calls > 0;
}

static Status bind_exists(BindContext *context, const Expr *expr, Scalar **out)
{
    Logical *logical;
    LogicalRows rows;
    TRY(bind_inside(context, expr, expr->as.query, &logical));
    if (has_row(logical))
        return bind_truth_value(context->binder, true, expr->span, out);
    TRY(find_rows(context, expr, expr->as.query, logical, &rows));
    return bind_truth_value(context->binder, rows.row.count > 0, expr->span, out);
}

/* (a, b) IN (rows): an OR over the rows of what is an AND over the columns. */
static Status bind_row_in(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const ExprList *list = &expr->as.in.operand->as.items.items;
    Logical *logical;
    LogicalRows rows;
    Scalar **operand, **equal, **same, *value;
    TRY(bind_rows(context, expr, expr->as.in.query, &logical, &rows));
    TRY(check_width(binder, expr->as.in.query, logical, list->count));
    TRY_NEW_ARRAY(operand, binder->arena, list->count);
    TRY_NEW_ARRAY(same, binder->arena, list->count);
    TRY_NEW_ARRAY(equal, binder->arena, rows.row.count);
    uint32_t at = 0;
    for (const Expr *item = list->first; item != NULL; item = item->next)
        TRY(bind_expr(context, item, &operand[at++]));
    for (uint32_t i = 0; i < rows.row.count; i++) {
        for (uint32_t c = 0; c < list->count; c++)
            TRY(bind_comparison(binder, COMPARE_EQUALITY, "=", "IN", operand[c],
                                rows.row.item[i][c], expr->span, &same[c]));
        TRY(bind_logic(binder, SCALAR_AND, same, list->count, expr->span, &equal[i]));
    }
    if (rows.row.count == 0)
        return bind_truth_value(binder, expr->as.in.negated, expr->span, out);
    TRY(bind_logic(binder, SCALAR_OR, equal, rows.row.count, expr->span, &value));
    if (!expr->as.in.negated) {
        *out = value;
        return ST_OK;
    }
    return bind_not(binder, value, expr->span, out);
}

static Status bind_in_subquery(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    Logical *logical;
    LogicalRows rows;
    Scalar *operand, **item;
    if (expr->as.in.operand->kind == EXPR_ROW)
        return bind_row_in(context, expr, out);
    TRY(bind_expr(context, expr->as.in.operand, &operand));
    TRY(bind_rows(context, expr, expr->as.in.query, &logical, &rows));
    TRY(check_width(binder, expr->as.in.query, logical, 1));
    if (rows.row.count == 0)
        return bind_truth_value(binder, expr->as.in.negated, expr->span, out);
    TRY(column_items(binder, &rows, &item));
    return bind_in_items(binder, COMPARE_EQUALITY, expr, operand, item, rows.row.count, out);
}

static Status bind_quantified_subquery(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    Logical *logical;
    LogicalRows rows;
    Scalar *operand, **item;
    TRY(bind_expr(context, expr->as.quantified.operand, &operand));
    TRY(bind_rows(context, expr, expr->as.quantified.query, &logical, &rows));
    TRY(check_width(binder, expr->as.quantified.query, logical, 1));
    if (rows.row.count == 0)
        return bind_truth_value(binder, expr->as.quantified.all, expr->span, out);
    TRY(column_items(binder, &rows, &item));
    return bind_quantified_items(binder, expr, operand, item, rows.row.count, out);
}

/* --- ARRAY(SELECT ...) --- */

/* An empty one is what is left of a NULL without the NULL. */
static Status bind_array_subquery(BindContext *context, const Expr *expr, Scalar **out)
{
    Binder *binder = context->binder;
    const Query *query = expr->as.items.query;
    Logical *logical;
    LogicalRows rows;
    Scalar **item, *part[2];
    TRY(bind_rows(context, expr, query, &logical, &rows));
    TRY(check_width(binder, query, logical, 1));
    if (rows.row.count > FUNCTION_MAX_ARGS)
        return diag_error(binder->diag, E1005, query->span,
                          "this subquery gives %u rows, and an ARRAY takes %d", rows.row.count,
                          FUNCTION_MAX_ARGS);
    TRY(column_items(binder, &rows, &item));
    if (rows.row.count > 0)
        return bind_apply(binder, "$ARRAY", "ARRAY", item, rows.row.count, expr->span, out);
    Type type = type_with_null(logical->schema.field[0].type, true);
    TRY(bind_null(binder, type, expr->span, &part[1]));
    TRY(bind_apply(binder, "$ARRAY", "ARRAY", &part[1], 1, expr->span, &part[0]));
    return bind_apply(binder, "ARRAY_REMOVE", "ARRAY", part, 2, expr->span, out);
}

Status bind_subquery(BindContext *context, const Expr *expr, Scalar **out)
{
    if (expr->kind == EXPR_SUBQUERY)
        return bind_scalar_subquery(context, expr, out);
    if (expr->kind == EXPR_EXISTS)
        return bind_exists(context, expr, out);
    if (expr->kind == EXPR_ARRAY)
        return bind_array_subquery(context, expr, out);
    return expr->kind == EXPR_IN ? bind_in_subquery(context, expr, out)
                                 : bind_quantified_subquery(context, expr, out);
}
