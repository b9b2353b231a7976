/* Statements that make objects and jobs. What is submitted together (a script, a statement set, one
 * statement typed alone) is bound as a whole; submit_make.c then makes it. */
#include <assert.h>

#include "planner/bind/query.h"
#include "shell/object_name.h"
#include "shell/replace.h"
#include "storage/base/secret.h"

void submission_open(Submission *submission, bool resume)
{
    *submission = (Submission){.resume = resume};
    strbuf_init(&submission->sql, NULL);
    strbuf_init(&submission->definitions, NULL);
}

void submission_close(Submission *submission)
{
    strbuf_close(&submission->sql);
    strbuf_close(&submission->definitions);
}

bool statement_makes_view(const Statement *s)
{
    return s->kind == STATEMENT_CREATE_MATERIALIZED_VIEW ||
           s->kind == STATEMENT_CREATE_MATERIALIZED_TABLE;
}

bool statement_is_submitted(const Statement *s)
{
    return s->kind == STATEMENT_CREATE_TABLE || s->kind == STATEMENT_CREATE_VIEW ||
           statement_makes_view(s) || s->kind == STATEMENT_INSERT ||
           s->kind == STATEMENT_STATEMENT_SET;
}

/* --- objects --- */

static Status differs(const Execution *execution, const CatalogObject *stored, const Name *name)
{
    Text sql;
    TRY(secret_text(execution->arena, stored->sql, &sql));
    Status status = diag_error(execution->diag, E2132, name->span,
                               "%s \"%.*s\" exists in the database with another definition: %.*s",
                               object_kind_name(stored->kind), TEXT_ARG(name->text), TEXT_ARG(sql));
    diag_hint(execution->diag,
              "CREATE OR REPLACE replaces it; or DROP it first, or use another name or database");
    return status;
}

Status submission_refuse_differing(const Execution *execution, const Submission *submission)
{
    const Name *name = object_name(submission->differing.item[0]).name;
    return differs(execution, catalog_find(execution->session->catalog, name->text), name);
}

typedef enum Fate {
    FATE_MAKE,
    FATE_KNOWN,   /* the database has it, made by this very statement */
    FATE_LEAVE,   /* IF NOT EXISTS, and it does; or it is so already */
    FATE_REPLACE, /* what is built on it has to be built anew, and takes its place then */
} Fate;

/* CREATE OR REPLACE of something that exists. */
static Status decide_replacement(const Execution *execution, Submission *submission,
                                 const Statement *statement, const CatalogObject *stored, Text sql,
                                 Fate *fate)
{
    ObjectName object = object_name(statement);
    const TableDef *def;
    bool same = text_equal(stored->sql, sql), moved = false;
    if (stored->kind != object.kind)
        return diag_error(execution->diag, E2123, object.name->span, "\"%.*s\" is a %s",
                          TEXT_ARG(stored->name), object_kind_name(stored->kind));
    *fate = submission->resume ? FATE_KNOWN : FATE_LEAVE;
    if (object.kind == OBJECT_MATERIALIZED_VIEW) {
        const Query *query = statement->as.create_materialized->query;
        TRY(replacement_reads(execution, submission, query, &moved));
        /* Typed alone while the view's job is built anew: it changes that, or belongs to it. */
        bool built = !submission->resume && replacement_of(execution->session, stored->job) != NULL;
        submission->unchanged = same && built;
        if (!same || moved || built)
            *fate = FATE_REPLACE;
        return ST_OK;
    }
    if (same)
        return ST_OK;
    TRY(table_set_find(execution->tables, stored->name, &def, execution->diag));
    if (def->is_sink_table)
        return diag_error(execution->diag, E2001, object.name->span,
                          "replacing a table of the database is not supported yet");
    TRY(replacement_is_base(execution, submission, stored->name, &moved));
    *fate = moved ? FATE_REPLACE : FATE_MAKE;
    return moved ? ST_OK : replacement_check_jobs(execution, object.name);
}

static bool is_temporary(const Statement *s)
{
    return (s->kind == STATEMENT_CREATE_TABLE && s->as.create_table->temporary) ||
           (s->kind == STATEMENT_CREATE_VIEW && s->as.create_view->temporary);
}

/* What becomes of the statement. E2102, E2129, E2132 when it cannot be. */
static Status decide_fate(const Execution *execution, Submission *submission,
                          const Statement *statement, Text sql, Fate *fate)
{
    const Session *session = execution->session;
    const ObjectName named = object_name(statement), *object = &named;
    const CatalogObject *stored = catalog_find(session->catalog, object->name->text);
    *fate = FATE_MAKE;
    TRY(object_name_check_reserved(execution, object));
    if (stored == NULL) {
        bool declared;
        TRY(object_name_check_free(execution, submission, object, &declared));
        *fate = declared ? FATE_LEAVE : FATE_MAKE;
        return ST_OK;
    }
    bool temporary = is_temporary(statement);
    if (object->or_replace && (temporary || stored->temporary))
        return ST_OK; /* it hides the other one, or takes its place, in memory alone */
    if (object->or_replace)
        return decide_replacement(execution, submission, statement, stored, sql, fate);
    *fate = submission->resume && text_equal(stored->sql, sql) ? FATE_KNOWN : FATE_LEAVE;
    if (*fate == FATE_KNOWN || object->if_not_exists)
        return ST_OK;
    if (submission->resume && submission->gathers) {
        TRY_PUSH(&submission->differing, execution->arena, statement);
        *fate = FATE_KNOWN;
        return ST_OK;
    }
    if (submission->resume)
        return differs(execution, stored, object->name);
    Status status =
        diag_error(execution->diag, E2102, object->name->span, "%s \"%.*s\" exists already",
                   object_kind_name(stored->kind), TEXT_ARG(object->name->text));
    diag_hint(execution->diag, "DROP it first, or write IF NOT EXISTS");
    return status;
}

/* The statement without OR REPLACE; the copy lives as long as the arena. */
static Status without_replace(const Execution *execution, const Statement *statement,
                              Statement *out)
{
    *out = *statement;
    if (statement->kind == STATEMENT_CREATE_TABLE) {
        TRY_NEW(out->as.create_table, execution->arena);
        *out->as.create_table = *statement->as.create_table;
        out->as.create_table->or_replace = false;
    } else if (statement->kind == STATEMENT_CREATE_VIEW) {
        TRY_NEW(out->as.create_view, execution->arena);
        *out->as.create_view = *statement->as.create_view;
        out->as.create_view->or_replace = false;
    } else if (statement_makes_view(statement)) {
        TRY_NEW(out->as.create_materialized, execution->arena);
        *out->as.create_materialized = *statement->as.create_materialized;
        out->as.create_materialized->or_replace = out->as.create_materialized->or_alter = false;
    }
    return ST_OK;
}

Status statement_definition(const Execution *execution, const Statement *statement, Text *out)
{
    StrBuf text;
    Statement plain;
    TRY(without_replace(execution, statement, &plain));
    strbuf_init(&text, NULL);
    ast_print_statement(&plain, &text);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(execution->arena, strbuf_as_text(&text), out);
    strbuf_close(&text);
    return status;
}

/* The job's text begins with the settings of the first query. */
Status submission_add_query(const Execution *execution, Submission *submission,
                            const QueryDraft *draft, Text sql)
{
    if (submission->query.count == 0) {
        settings_print_results(&execution->session->settings, &submission->sql);
        submission->settings_size = (uint32_t)submission->sql.size;
    }
    TRY_PUSH(&submission->query, execution->arena, *draft);
    strbuf_text(&submission->sql, sql);
    strbuf_string(&submission->sql, ";\n");
    return strbuf_status(&submission->sql);
}

Status submission_text(const Submission *submission, StrBuf *out)
{
    Text sql = strbuf_as_text(&submission->sql);
    strbuf_put(out, sql.ptr, submission->settings_size);
    strbuf_text(out, strbuf_as_text(&submission->definitions));
    strbuf_put(out, sql.ptr + submission->settings_size, sql.size - submission->settings_size);
    TRY(strbuf_status(&submission->definitions));
    TRY(strbuf_status(&submission->sql));
    return strbuf_status(out);
}

Status submission_check_settings(const Execution *execution, const Submission *submission,
                                 Span span)
{
    if (submission->query.count == 0)
        return ST_OK;
    StrBuf now;
    strbuf_init(&now, NULL);
    settings_print_results(&execution->session->settings, &now);
    Text before = {strbuf_cstr(&submission->sql), submission->settings_size};
    Status status = strbuf_status(&now);
    if (status == ST_OK && !text_equal(before, strbuf_as_text(&now))) {
        status = diag_error(execution->diag, E2001, span,
                            "one job with queries under different settings is not supported yet");
        diag_hint(execution->diag,
                  "SET it before the first materialized view or INSERT of the script");
    }
    strbuf_close(&now);
    return status;
}

/* CREATE VIEW v (a, b): a name for each column, no two the same. */
static Status check_view_columns(const Execution *execution, const CreateView *create,
                                 const Schema *schema)
{
    const ViewColumn *first = create->columns.first;
    if (first == NULL)
        return ST_OK;
    if (create->columns.count != schema->count)
        return diag_error(execution->diag, E2120,
                          span_join(first->name.span, create->columns.last->name.span),
                          "the view names %u column%s and its query has %u", create->columns.count,
                          create->columns.count == 1 ? "" : "s", schema->count);
    for (const ViewColumn *column = first; column != NULL; column = column->next) {
        for (const ViewColumn *other = first; other != column; other = other->next) {
            if (text_equal(other->name.text, column->name.text))
                return diag_error(execution->diag, E2111, column->name.span,
                                  "column \"%.*s\" is named twice", TEXT_ARG(column->name.text));
        }
    }
    return ST_OK;
}

static Status add_insert(const Execution *execution, Submission *submission,
                         const Statement *statement)
{
    PlanRequest request = execution_request(execution);
    QueryDraft draft;
    Text sql;
    TRY(plan_insert(&request, statement->as.insert, statement->span, &draft));
    TRY(statement_definition(execution, statement, &sql));
    submission->inserts++;
    return submission_add_query(execution, submission, &draft, sql);
}

/* The INSERT of CREATE TABLE ... AS, which fills also a table that is there already. */
static Status add_fill(const Execution *execution, Submission *submission, const TableDef *def,
                       Span span)
{
    if (def == NULL || def->fill == NULL)
        return ST_OK;
    Statement insert = {.kind = STATEMENT_INSERT, .span = span, .as.insert = def->fill};
    return add_insert(execution, submission, &insert);
}

static bool is_derived(const Statement *s)
{
    return s->kind == STATEMENT_CREATE_TABLE &&
           (s->as.create_table->like != NULL || s->as.create_table->query != NULL);
}

/* CREATE VIEW: to know now what is wrong with it. */
static Status check_view(const Execution *execution, const Statement *statement)
{
    PlanRequest request = execution_request(execution);
    const CreateView *create = statement->as.create_view;
    QueryDraft draft;
    TRY(plan_select(&request, create->query, statement->span, &draft));
    return check_view_columns(execution, create, &draft.logical->schema);
}

Status submission_add_view(const Execution *execution, Submission *submission,
                           const Statement *statement)
{
    PlanRequest request = execution_request(execution);
    QueryDraft draft;
    TableDef *def;
    Text sql;
    TRY(table_def_make(execution->tables, statement, &def, execution->diag));
    TRY(statement_definition(execution, statement, &sql));
    TRY(plan_materialized(&request, statement, &draft));
    def->schema = draft.logical->schema;
    TRY(submission_add_query(execution, submission, &draft, sql));
    return table_set_put(execution->tables, def);
}

static Status add_materialized(const Execution *execution, Submission *submission,
                               const Statement *statement, Fate fate)
{
    const CatalogObject *stored =
        catalog_find(execution->session->catalog, object_name(statement).name->text);
    if (fate == FATE_REPLACE)
        return replacement_add_view(execution, submission, statement, stored);
    submission->known_views += fate == FATE_KNOWN;
    if (fate == FATE_MAKE)
        TRY_PUSH(&submission->object, execution->arena, statement);
    return submission_add_view(execution, submission, statement);
}

static Status add_object(const Execution *execution, Submission *submission,
                         const Statement *statement)
{
    ObjectName object = object_name(statement);
    TableDef *def = NULL;
    Text sql;
    Fate fate;
    TRY(table_check_place(object.qualified, execution->diag));
    if (is_derived(statement)) { /* kept as it is written out */
        TRY(table_def_make(execution->tables, statement, &def, execution->diag));
        statement = def->statement;
    }
    TRY(statement_definition(execution, statement, &sql));
    TRY(decide_fate(execution, submission, statement, sql, &fate));
    submission->repeats = submission->repeats || (object.or_replace && def != NULL);
    if (fate == FATE_LEAVE)
        return add_fill(execution, submission, def, statement->span);
    if (statement_makes_view(statement))
        return add_materialized(execution, submission, statement, fate);
    if (def == NULL)
        TRY(table_def_make(execution->tables, statement, &def, execution->diag));
    if (statement->kind == STATEMENT_CREATE_VIEW)
        TRY(check_view(execution, statement));
    if (fate == FATE_MAKE)
        TRY_PUSH(&submission->object, execution->arena, statement);
    if (fate == FATE_REPLACE)
        TRY(replacement_add_base(execution, submission, object.name, sql));
    TRY(table_set_put(execution->tables, def));
    return add_fill(execution, submission, def, statement->span);
}

Status submission_add(const Execution *execution, Submission *submission,
                      const Statement *statement)
{
    assert(statement_is_submitted(statement));
    if (statement->kind == STATEMENT_STATEMENT_SET) {
        for (const Statement *s = statement->as.set->inserts.first; s != NULL; s = s->next)
            TRY(add_insert(execution, submission, s));
        return ST_OK;
    }
    if (statement->kind == STATEMENT_INSERT)
        return add_insert(execution, submission, statement);
    return add_object(execution, submission, statement);
}

Status submission_plan(const Execution *execution, const Submission *submission, Plan **plan)
{
    PlanRequest request = execution_request(execution);
    *plan = NULL;
    if (submission->query.count > 0)
        TRY(plan_queries(&request, submission->query.item, submission->query.count, plan));
    return replacement_check(execution, submission, *plan);
}
