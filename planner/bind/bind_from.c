/* FROM: names, subqueries, window functions. Joins and the rest are refused by name. */
#include <assert.h>

#include "planner/bind/bind_private.h"

/* --- names --- */

Status bind_column_names(Binder *binder, const NameList *names, const char *what, const char *has,
                         Field *field, uint32_t count)
{
    if (names->count == 0)
        return ST_OK;
    if (names->count != count)
        return diag_error(binder->diag, E2120, span_join(names->first->span, names->last->span),
                          "%s names %u column%s and %s %u", what, names->count,
                          names->count == 1 ? "" : "s", has, count);
    for (const Name *name = names->first; name != NULL; name = name->next)
        (field++)->name = name->text;
    return ST_OK;
}

/* Renames the columns, as CREATE VIEW v (a, b) and AS t (a, b) ask for. */
static Status rename_columns(Binder *binder, Logical *input, const NameList *names,
                             const char *what, Logical **out)
{
    *out = input;
    if (names->count == 0)
        return ST_OK;
    Scalar **project;
    Schema schema = {.count = input->schema.count};
    TRY_NEW_ARRAY(project, binder->arena, schema.count);
    TRY_NEW_ARRAY(schema.field, binder->arena, schema.count);
    for (uint32_t i = 0; i < schema.count; i++) {
        schema.field[i] = input->schema.field[i];
        TRY(scalar_column(binder->arena, i, schema.field[i].type, &project[i]));
    }
    TRY(bind_column_names(binder, names, what, "the query has", schema.field, schema.count));
    return logical_project(binder->arena, input, project, schema, out);
}

/* Of several views, one in the other, the innermost is named: there the mistake stands. */
static Status report_in_view(Diag *diag, const TableDef *view, const Diag *inner, Span span)
{
    if (text_starts_with(text_of(inner->message), TEXT("in view \"")))
        return diag_error(diag, inner->code, span, "%s", inner->message);
    return diag_error(diag, inner->code, span, "in view \"%.*s\": %s", TEXT_ARG(view->name),
                      inner->message);
}

/* A view's query is bound in the place of its name; errors in it point at the name. What there was
 * to warn of was said when the view was made. */
static Status bind_view(Binder *binder, const TableDef *view, Span span, Logical **out)
{
    const CteFrame *ctes = binder->ctes;
    Diag inner, *outer = binder->diag;
    uint32_t warnings = binder->warnings.count;
    diag_reset(&inner);
    bool subquery = binder->subquery;
    binder->ctes = NULL;
    binder->diag = &inner;
    binder->subquery = false; /* as Flink has it, a view is sorted */
    Status status = bind_query(binder, view->query, out);
    if (status == ST_OK)
        status = rename_columns(binder, *out, &view->columns, "the view", out);
    binder->ctes = ctes;
    binder->diag = outer;
    binder->subquery = subquery;
    binder->warnings.count = warnings;
    if (status == ST_OK)
        (*out)->view = view->name;
    if (status == ST_OK)
        logical_set_span(*out, span);
    if (status != ST_OK && inner.set)
        return report_in_view(outer, view, &inner, span);
    return status;
}

/* A materialized view is read as the query that makes it: its rows are computed again for this job.
 * They are no moments in time any more, only contents: the view's table could not say either. */
static Status bind_materialized(Binder *binder, const TableDef *view, Span span, Logical **out)
{
    TRY(bind_view(binder, view, span, out));
    Schema schema = (*out)->schema;
    Scalar **project;
    Field *field;
    TRY_NEW_ARRAY(project, binder->arena, schema.count);
    TRY_NEW_ARRAY(field, binder->arena, schema.count);
    for (uint32_t i = 0; i < schema.count; i++) {
        field[i] = schema.field[i];
        field[i].time = TIME_NONE;
        TRY(scalar_column(binder->arena, i, field[i].type, &project[i]));
    }
    schema.field = field;
    TRY(logical_project(binder->arena, *out, project, schema, out));
    (*out)->whole = true; /* what the view does not hold, nobody reads in it */
    return ST_OK;
}

static const CteFrame *find_cte(const Binder *binder, Text name)
{
    const CteFrame *frame = binder->ctes;
    while (frame != NULL && !text_equal(frame->cte->name.text, name))
        frame = frame->outer;
    return frame;
}

static Status bind_cte(Binder *binder, const CteFrame *frame, Logical **out)
{
    const CteFrame *all = binder->ctes;
    binder->ctes = frame->outer; /* a CTE sees those before it */
    TRY(bind_inner_query(binder, frame->cte->query, out));
    TRY(rename_columns(binder, *out, &frame->cte->columns, "the WITH clause", out));
    binder->ctes = all;
    return ST_OK;
}

Status bind_named_table(Binder *binder, const NameList *name, Span span, Logical **out)
{
    const TableDef *def;
    const CteFrame *cte = name->count == 1 ? find_cte(binder, name->first->text) : NULL;
    if (cte != NULL)
        return bind_cte(binder, cte, out);
    assert(binder->tables != NULL);
    TRY(table_check_place(name, binder->diag));
    TRY(table_set_find(binder->tables, name->last->text, &def, binder->diag));
    if (def == NULL)
        return table_not_found(binder->tables, name->last->text, span, binder->diag);
    if (def->kind == OBJECT_VIEW)
        return bind_view(binder, def, span, out);
    if (def->kind == OBJECT_MATERIALIZED_VIEW)
        return bind_materialized(binder, def, span, out);
    if (def->is_sink_table)
        return bind_unsupported(binder, span, "a continuous query over a table of this database");
    if (def->spec.connector->open_split == NULL)
        return diag_error(binder->diag, E2123, span,
                          "\"%.*s\" is a sink: connector \"%s\" cannot be read",
                          TEXT_ARG(def->name), def->spec.connector->name);
    TRY(logical_make(binder->arena, LOGICAL_SCAN, def->schema, NULL, 0, out));
    (*out)->as.scan.table = def;
    (*out)->span = span;
    return ST_OK;
}

/* --- table references --- */

static Status refuse_table_hint(Binder *binder, const Name *name)
{
    Status status = bind_unsupported(binder, name->span, "a table hint");
    if (text_equal_nocase(name->text, TEXT("STATE_TTL")))
        diag_hint(binder->diag, "STATE_TTL stands behind SELECT");
    return status;
}

static Status bind_plain(Binder *binder, const TableRef *ref, Logical **out)
{
    if (ref->as.name.as_of != NULL)
        return bind_unsupported(binder, ref->as.name.as_of->span, "FOR SYSTEM_TIME AS OF");
    if (ref->as.name.has_sample)
        return bind_unsupported(binder, ref->span, "TABLESAMPLE");
    if (ref->as.name.hints.count > 0)
        return refuse_table_hint(binder, &ref->as.name.hints.first->name);
    return bind_named_table(binder, &ref->as.name.name, ref->span, out);
}

static const char *join_words(const TableRef *ref)
{
    switch (ref->as.join.kind) {
    case JOIN_SYNTAX_CROSS: return "CROSS JOIN";
    case JOIN_SYNTAX_COMMA: return "a join of several tables in FROM";
    case JOIN_SYNTAX_SEMI: return "SEMI JOIN";
    case JOIN_SYNTAX_ANTI: return "ANTI JOIN";
    case JOIN_SYNTAX_LEFT: return "LEFT JOIN";
    case JOIN_SYNTAX_RIGHT: return "RIGHT JOIN";
    case JOIN_SYNTAX_FULL: return "FULL JOIN";
    case JOIN_SYNTAX_INNER: break;
    }
    return "JOIN";
}

static Status bind_ref(Binder *binder, const TableRef *ref, Text *table, Logical **out)
{
    switch (ref->kind) {
    case TABLE_REF_NAME: *table = ref->as.name.name.last->text; return bind_plain(binder, ref, out);
    case TABLE_REF_QUERY:
        if (ref->as.query.lateral)
            return bind_unsupported(binder, ref->span, "LATERAL");
        return bind_inner_query(binder, ref->as.query.query, out);
    case TABLE_REF_FUNCTION:
        if (ref->as.function.lateral)
            return bind_unsupported(binder, ref->span, "LATERAL");
        return bind_window_function(binder, ref->as.function.call, out);
    case TABLE_REF_UNNEST: return bind_unnest_alone(binder, ref, out);
    case TABLE_REF_JOIN: return bind_unsupported(binder, ref->as.join.right->span, join_words(ref));
    case TABLE_REF_MATCH: return bind_unsupported(binder, ref->span, "MATCH_RECOGNIZE");
    }
    assert(false);
    return ST_SEMANTIC;
}

/* (VALUES 1, 2) AS v: the one column takes the alias's name, when it is given none. */
static Status name_after_alias(Binder *binder, const TableRef *ref, Logical *input, Logical **out)
{
    *out = input;
    if (ref->kind != TABLE_REF_QUERY || !ref->has_alias || input->schema.count != 1)
        return ST_OK;
    const Query *query = ref->as.query.query;
    while (query->kind == QUERY_NESTED && query->ctes.count == 0)
        query = query->as.nested;
    if (query->kind != QUERY_VALUES || query->ctes.count > 0 || input->kind != LOGICAL_VALUES)
        return ST_OK;
    Name name = {.text = ref->alias.text, .span = ref->alias.span};
    return rename_columns(binder, input, &(NameList){&name, &name, 1}, "the alias", out);
}

Status bind_table_ref(Binder *binder, const TableRef *ref, Scope *scope, Logical **out)
{
    Text table = TEXT_NONE;
    if (is_unnest_join(ref))
        return bind_unnest_join(binder, ref, scope, out);
    if (is_lateral_join(ref))
        return bind_lateral_join(binder, ref, scope, out);
    TRY(bind_ref(binder, ref, &table, out));
    if (ref->columns.count == 0)
        TRY(name_after_alias(binder, ref, *out, out));
    TRY(rename_columns(binder, *out, &ref->columns, "the alias", out));
    if (ref->has_alias)
        table = ref->alias.text;
    scope->from = *out;
    return scope_add_schema(binder, scope, table, &(*out)->schema, 0);
}
