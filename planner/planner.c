#include "planner/planner.h"

#include <assert.h>
#include <stdio.h>

#include "planner/bind/bind_table.h"
#include "planner/bind/query.h"
#include "planner/rewrite/rewrite.h"

/* --- subqueries over constants --- */

static Status keep_row(Binder *binder, const Value *value, uint32_t columns, LogicalRows *out)
{
    Scalar **row;
    TRY_NEW_ARRAY(row, binder->arena, columns);
    for (uint32_t c = 0; c < columns; c++)
        TRY(scalar_constant(binder->arena, &value[c], &row[c]));
    TRY_PUSH(&out->row, binder->arena, row);
    return ST_OK;
}

static Status run_constants(Binder *binder, Logical *logical, LogicalRows *out)
{
    const PlanRequest *request = binder->request;
    QueryDraft draft = {.name = TEXT("SELECT"), .kind = SINK_COLLECT, .logical = logical};
    PlanRows rows;
    Plan *plan;
    TRY(rewrite_query(request->arena, logical, &draft.logical, request->diag));
    TRY(plan_queries(request, &draft, 1, &plan));
    TRY(request->run(plan, request->arena, &rows, request->diag));
    *out = (LogicalRows){0};
    for (uint32_t i = 0; i < rows.rows; i++)
        TRY(keep_row(binder, rows.row[i], logical->schema.count, out));
    return ST_OK;
}

/* --- SELECT --- */

static Status bind(const PlanRequest *request, const Query *query, Logical **out)
{
    Binder binder = {.arena = request->arena,
                     .diag = request->diag,
                     .tables = request->tables,
                     .run = request->run == NULL ? NULL : run_constants,
                     .request = request};
    TRY(bind_query(&binder, query, out));
    TRY(rewrite_query(request->arena, *out, out, request->diag));
    for (uint32_t i = 0; request->warning != NULL && i < binder.warnings.count; i++)
        request->warning(request->context, binder.warnings.item[i]);
    return ST_OK;
}

Status plan_select(const PlanRequest *request, const Query *query, Span span, QueryDraft *out)
{
    *out = (QueryDraft){
        .name = TEXT("SELECT"), .span = span, .kind = SINK_COLLECT, .settings = request->settings};
    return bind(request, query, &out->logical);
}

/* --- INSERT --- */

/* The sink's column of each of the query's columns. */
static Status insert_targets(const PlanRequest *request, const Insert *insert,
                             const TableDef *table, uint32_t **out, uint32_t *count)
{
    Diag *diag = request->diag;
    TRY_NEW_ARRAY(*out, request->arena, table->schema.count);
    *count = 0;
    if (insert->columns.count == 0) {
        for (uint32_t i = 0; i < table->schema.count; i++) {
            if (table->column[i].kind != TABLE_COLUMN_COMPUTED && !table->column[i].is_virtual)
                (*out)[(*count)++] = i;
        }
        return ST_OK;
    }
    for (const Name *name = insert->columns.first; name != NULL; name = name->next) {
        int32_t column = schema_find(&table->schema, name->text);
        if (column < 0) {
            Text *names;
            TRY_NEW_ARRAY(names, request->arena, table->schema.count);
            for (uint32_t i = 0; i < table->schema.count; i++)
                names[i] = table->schema.field[i].name;
            Status status =
                diag_error(diag, E2104, name->span, "column \"%.*s\" not found in \"%.*s\"",
                           TEXT_ARG(name->text), TEXT_ARG(table->name));
            diag_suggest(diag, name->text, names, table->schema.count);
            hint_names(diag, "it has", names, table->schema.count);
            return status;
        }
        for (uint32_t i = 0; i < *count; i++) {
            if ((*out)[i] == (uint32_t)column)
                return diag_error(diag, E2111, name->span, "column \"%.*s\" is named twice",
                                  TEXT_ARG(name->text));
        }
        if (table->column[column].kind == TABLE_COLUMN_COMPUTED)
            return diag_error(diag, E2134, name->span,
                              "\"%.*s\" is a computed column and cannot be written",
                              TEXT_ARG(name->text));
        if (table->column[column].kind == TABLE_COLUMN_METADATA && table->column[column].is_virtual)
            return diag_error(diag, E2134, name->span,
                              "\"%.*s\" is a VIRTUAL column and cannot be written",
                              TEXT_ARG(name->text));
        if (*count == table->schema.count)
            return diag_error(diag, E2120, name->span, "more columns than the table has");
        (*out)[(*count)++] = (uint32_t)column;
    }
    return ST_OK;
}

static Status report_width(const PlanRequest *request, const Insert *insert, const TableDef *table,
                           uint32_t given, const uint32_t *target, uint32_t targets)
{
    Text *names;
    TRY_NEW_ARRAY(names, request->arena, targets);
    for (uint32_t i = 0; i < targets; i++)
        names[i] = table->schema.field[target[i]].name;
    Status status = diag_error(request->diag, E2120, insert->query->span,
                               "the query has %u column%s and \"%.*s\" takes %u", given,
                               given == 1 ? "" : "s", TEXT_ARG(table->name), targets);
    hint_names(request->diag, "it takes", names, targets);
    return status;
}

/* Which column of the sink's rows a declared one is: the physical ones, then written metadata. */
static Status sink_column(const PlanRequest *request, const Insert *insert, const TableDef *table,
                          uint32_t declared, uint32_t *out)
{
    const TableColumn *column = &table->column[declared];
    const TableSpec *spec = &table->spec;
    *out = column->index;
    if (column->kind == TABLE_COLUMN_PHYSICAL)
        return ST_OK;
    for (uint32_t i = 0; i < spec->written_metadata_count; i++) {
        *out = spec->schema.count + i;
        if (spec->written_metadata[i] == column->index)
            return ST_OK;
    }
    Status status = diag_error(request->diag, E2134, insert->query->span,
                               "column \"%.*s\" is metadata that connector \"%s\" cannot write",
                               TEXT_ARG(table->schema.field[declared].name), spec->connector->name);
    diag_hint(request->diag, "declare it VIRTUAL: then it is read alone");
    return status;
}

/* Columns of the sink's rows. */
static Status sink_schema(const PlanRequest *request, const TableDef *table, Schema *out)
{
    const TableSpec *spec = &table->spec;
    out->count = spec->schema.count + spec->written_metadata_count;
    TRY_NEW_ARRAY(out->field, request->arena, out->count);
    for (uint32_t i = 0; i < spec->schema.count; i++)
        out->field[i] = spec->schema.field[i];
    for (uint32_t i = 0; i < table->schema.count; i++) {
        for (uint32_t m = 0; m < spec->written_metadata_count; m++) {
            if (table->column[i].kind != TABLE_COLUMN_METADATA ||
                table->column[i].index != spec->written_metadata[m])
                continue;
            Field *field = &out->field[spec->schema.count + m];
            *field = table->schema.field[i];
            field->type = type_with_null(table->column[i].native, true);
        }
    }
    return ST_OK;
}

/* A value that its declared type does not hold is cut or filled up by way of one without a length.
 */
static Status fit_length(const PlanRequest *request, const Type *to, Span span, Scalar **value)
{
    bool text = type_is_character(to), bytes = type_is_binary(to);
    if (!request->settings.fits_lengths || !(text || bytes))
        return ST_OK;
    Type any = text ? type_string() : type_sized(TYPE_VARBINARY, LENGTH_MAX);
    any.nullable = (*value)->type.nullable;
    Type fitting = type_with_null(*to, any.nullable);
    TRY(scalar_cast(request->arena, *value, any, false, span, value, request->diag));
    return scalar_cast(request->arena, *value, fitting, false, span, value, request->diag);
}

/* The query's columns as the sink's: in its order, of its types, NULL where nothing is given. */
static Status fit_columns(const PlanRequest *request, const Insert *insert, const TableDef *table,
                          Logical **logical)
{
    Binder binder = {.arena = request->arena, .diag = request->diag, .tables = request->tables};
    uint32_t *target, targets;
    TRY(insert_targets(request, insert, table, &target, &targets));
    if ((*logical)->schema.count != targets)
        return report_width(request, insert, table, (*logical)->schema.count, target, targets);
    Schema schema;
    Scalar **project;
    TRY(sink_schema(request, table, &schema));
    TRY_NEW_ARRAY(project, request->arena, schema.count);
    for (uint32_t i = 0; i < targets; i++) {
        const Field *from = &(*logical)->schema.field[i], *to = &table->schema.field[target[i]];
        Scalar *column;
        uint32_t at;
        TRY(sink_column(request, insert, table, target[i], &at));
        TRY(scalar_column(request->arena, i, from->type, &column));
        Text what;
        TRY(arena_printf(request->arena, &what, "column \"%.*s\"", TEXT_ARG(to->name)));
        Span span = query_item_span(insert->query, i);
        TRY(coerce_to(&binder, column, &to->type, what.ptr, span, &project[at]));
        TRY(fit_length(request, &to->type, span, &project[at]));
        if (at >= table->spec.schema.count)
            TRY(scalar_cast(request->arena, project[at], schema.field[at].type, false, span,
                            &project[at], request->diag));
    }
    for (uint32_t i = 0; i < schema.count; i++) {
        if (project[i] != NULL)
            continue;
        Value null = {.type = type_with_null(schema.field[i].type, true), .null = true};
        if (!schema.field[i].type.nullable)
            return diag_error(request->diag, E2120,
                              span_join(insert->columns.first->span, insert->columns.last->span),
                              "column \"%.*s\" is NOT NULL and gets no value",
                              TEXT_ARG(schema.field[i].name));
        TRY(scalar_constant(request->arena, &null, &project[i]));
    }
    /* NOT NULL is the sink's to enforce: here a column is what the query makes of it. */
    Field *field;
    TRY_NEW_ARRAY(field, request->arena, schema.count);
    for (uint32_t i = 0; i < schema.count; i++) {
        field[i] = schema.field[i];
        field[i].type.nullable = project[i]->type.nullable;
    }
    return logical_project(request->arena, *logical, project, (Schema){schema.count, field},
                           logical);
}

Status plan_insert(const PlanRequest *request, const Insert *insert, Span span, QueryDraft *out)
{
    Binder binder = {.arena = request->arena, .diag = request->diag, .tables = request->tables};
    const Name *name = insert->table.last;
    const TableDef *table;
    TRY(table_check_place(&insert->table, request->diag));
    TRY(table_set_find(request->tables, name->text, &table, request->diag));
    if (table == NULL)
        return table_not_found(request->tables, name->text, name->span, request->diag);
    if (table->kind != OBJECT_TABLE)
        return diag_error(request->diag, E2123, name->span,
                          "\"%.*s\" is a %s; INSERT writes tables", TEXT_ARG(name->text),
                          object_kind_name(table->kind));
    if (insert->overwrite)
        return bind_unsupported(&binder, name->span, "INSERT OVERWRITE");
    if (insert->partition.count > 0)
        return bind_unsupported(&binder, insert->partition.first->name.span, "PARTITION");
    if (insert->conflict != CONFLICT_UNSAID && insert->conflict != CONFLICT_DEDUPLICATE)
        return bind_unsupported(&binder, span, "ON CONFLICT DO NOTHING or DO ERROR");
    if (insert->hints.count > 0)
        return bind_unsupported(&binder, insert->hints.first->name.span, "a table hint");
    if (!table->is_sink_table && table->spec.connector->open_sink == NULL)
        return diag_error(request->diag, E2123, name->span, "connector \"%s\" cannot be written",
                          table->spec.connector->name);
    if (!table->is_sink_table && table->spec.connector->check_written != NULL)
        TRY(table->spec.connector->check_written(&table->spec, name->span, request->diag));
    *out = (QueryDraft){.name = table->name,
                        .span = span,
                        .table = table,
                        .settings = request->settings,
                        .kind = table->is_sink_table ? SINK_RESULT : SINK_CONNECTOR};
    out->on_error = (OnError)option_enum(&table->spec.scope, table->spec.options, "on-error");
    TRY(bind(request, insert->query, &out->logical));
    return fit_columns(request, insert, table, &out->logical);
}

/* --- CREATE MATERIALIZED VIEW, TABLE --- */

/* The columns become those of a SQLite table, which does not tell names apart by letter case. */
static Status check_result_names(const PlanRequest *request, const Query *query,
                                 const Schema *schema)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        Text name = schema->field[i].name;
        if (memchr(name.ptr, '\0', name.size) != NULL)
            return diag_error(request->diag, E2130, query_item_span(query, i),
                              "a column name holds a zero byte");
        for (uint32_t j = 0; j < i; j++) {
            if (text_equal_nocase(name, schema->field[j].name))
                return diag_error(
                    request->diag, E2129, query_item_span(query, i),
                    "columns \"%.*s\" and \"%.*s\" are the same to SQLite: give one another name",
                    TEXT_ARG(schema->field[j].name), TEXT_ARG(name));
        }
    }
    return ST_OK;
}

static Status on_error_option(const PlanRequest *request, const CreateMaterialized *create,
                              OnError *out)
{
    static const OptionDef view_options[] = {
        {"on-error", OPTION_ENUM, "reject", "reject|fail|skip", OPTION_EXTENSION | OPTION_RESULT,
         "what happens to a row that an expression of the view refuses"},
        {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
    };
    static const OptionScope scope = {
        .table = {view_options}, .tables = 1, .what = "a materialized view"};
    Binder binder = {.arena = request->arena, .diag = request->diag};
    OptionList options;
    TRY(bind_options(&binder, &create->options, &options));
    TRY(options_check(&scope, options, create->name.last->span, request->diag));
    *out = (OnError)option_enum(&scope, options, "on-error");
    return ST_OK;
}

Status plan_materialized(const PlanRequest *request, const Statement *statement, QueryDraft *out)
{
    const CreateMaterialized *create = statement->as.create_materialized;
    Binder binder = {.arena = request->arena, .diag = request->diag, .tables = request->tables};
    const Name *name = create->name.last;
    if (create->partitioned_by.count > 0)
        return bind_unsupported(&binder, create->partitioned_by.first->span, "PARTITIONED BY");
    if (create->distribution != NULL)
        return bind_unsupported(&binder, create->distribution->span, "DISTRIBUTED BY");
    if (create->elements.columns.count > 0)
        return bind_unsupported(&binder, create->elements.columns.first->span,
                                "a column list of a materialized view");
    if (create->elements.keys.count > 0)
        return bind_unsupported(&binder, create->elements.keys.first->span,
                                "PRIMARY KEY of a materialized view");
    if (create->refresh_mode == REFRESH_FULL)
        return diag_error(request->diag, E2002, name->span,
                          "REFRESH_MODE = FULL is not supported: views are always kept current");
    *out = (QueryDraft){
        .name = name->text, .span = name->span, .kind = SINK_RESULT, .settings = request->settings};
    TRY(on_error_option(request, create, &out->on_error));
    TRY(bind(request, create->query, &out->logical));
    return check_result_names(request, create->query, &out->logical->schema);
}

/* --- what grows for ever --- */

/* Recursion here and below is bounded by LIMIT_PLAN_DEPTH. */
static bool has_end(const Logical *node)
{
    for (uint32_t i = 0; i < node->inputs; i++) {
        if (!has_end(node->input[i]))
            return false;
    }
    if (node->kind != LOGICAL_SCAN)
        return true;
    const TableSpec *spec = &node->as.scan.table->spec;
    return spec->connector->bounded == NULL || spec->connector->bounded(spec);
}

static bool is_in_order_of_time(const Logical *over)
{
    const PlanOrder *order = over->as.over.order;
    if (over->as.over.orders != 1 || order->descending)
        return false;
    TimeAttribute time = over->input[0]->schema.field[order->column].time;
    return time == TIME_ROWTIME || time == TIME_PROCTIME;
}

/* An OVER that must remember each row of an input that goes on; *span becomes where it stands,
 * unless that is in a view, whose text is another one. NULL: there is none. */
static const Logical *find_endless_over(const Logical *node, Span *span)
{
    if (node->kind == LOGICAL_OVER && !is_in_order_of_time(node) && !has_end(node)) {
        *span = node->span;
        return node;
    }
    for (uint32_t i = 0; i < node->inputs; i++) {
        const Span outer = *span;
        const Logical *found = find_endless_over(node->input[i], span);
        if (found != NULL) {
            *span = node->input[i]->view.size > 0 ? outer : *span;
            return found;
        }
    }
    return NULL;
}

static Status warn_of_growth(const PlanRequest *request, const QueryDraft *query)
{
    Span span = query->span;
    if (request->warning == NULL || query->settings.state_ttl > 0 ||
        find_endless_over(query->logical, &span) == NULL)
        return ST_OK;
    Binder binder = {.arena = request->arena, .diag = request->diag};
    TRY(bind_warning(&binder, E2116, span,
                     "OVER in an order that is not that of time keeps every row for ever, and the "
                     "input has no end: order it by an event-time column or PROCTIME(), ask for "
                     "the first rows alone (ROW_NUMBER() ... <= n), or "
                     "SET 'table.exec.state.ttl'"));
    request->warning(request->context, binder.warnings.item[0]);
    return ST_OK;
}

/* --- the plan --- */

Status plan_queries(const PlanRequest *request, const QueryDraft *query, uint32_t queries,
                    Plan **out)
{
    TRY(lower_queries(request->arena, query, queries, out, request->diag));
    for (uint32_t i = 0; i < queries; i++)
        TRY(warn_of_growth(request, &query[i]));
    StrBuf breach;
    strbuf_init(&breach, NULL);
    bool sound = plan_check(*out, &breach);
    if (!sound) {
        StrBuf text;
        strbuf_init(&text, NULL);
        plan_print(*out, &text);
        fprintf(stderr, "%s\n%s", strbuf_cstr(&breach), strbuf_cstr(&text));
        strbuf_close(&text);
    }
    strbuf_close(&breach);
    assert(sound);
    return ST_OK;
}
