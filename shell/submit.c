/* Statements that make objects and jobs. What is submitted together (a script, a statement set, one
 * statement typed alone) is bound as a whole, then made in one transaction: a mistake in the last
 * line leaves nothing behind, nor does a source that cannot be opened. */
#include <assert.h>

#include "planner/bind/query.h"
#include "shell/object_name.h"
#include "storage/catalog/reject_log.h"

void submission_open(Submission *submission, bool resume)
{
    *submission = (Submission){.resume = resume};
    strbuf_init(&submission->sql, NULL);
}

void submission_close(Submission *submission)
{
    strbuf_close(&submission->sql);
}

static bool makes_view(const Statement *s)
{
    return s->kind == STATEMENT_CREATE_MATERIALIZED_VIEW ||
           s->kind == STATEMENT_CREATE_MATERIALIZED_TABLE;
}

bool statement_is_submitted(const Statement *s)
{
    return s->kind == STATEMENT_CREATE_TABLE || s->kind == STATEMENT_CREATE_VIEW || makes_view(s) ||
           s->kind == STATEMENT_INSERT || s->kind == STATEMENT_STATEMENT_SET;
}

/* --- objects --- */

static Status differs(const Execution *execution, const CatalogObject *stored, const Name *name,
                      Text now)
{
    Status status =
        diag_error(execution->diag, E2132, name->span,
                   "%s \"%.*s\" exists in the database with another definition: %.*s",
                   object_kind_name(stored->kind), TEXT_ARG(name->text), TEXT_ARG(stored->sql));
    (void)now;
    diag_hint(execution->diag,
              "DROP it first, give this one another name, or use another database");
    return status;
}

typedef enum Fate {
    FATE_MAKE,
    FATE_KNOWN, /* the database has it, made by this very statement */
    FATE_LEAVE, /* IF NOT EXISTS, and it does */
} Fate;

/* CREATE OR REPLACE of something that exists. */
static Status check_replacement(const Execution *execution, const ObjectName *object,
                                const CatalogObject *stored)
{
    const TableDef *def;
    if (stored->kind != object->kind)
        return diag_error(execution->diag, E2123, object->name->span, "\"%.*s\" is a %s",
                          TEXT_ARG(stored->name), object_kind_name(stored->kind));
    if (object->kind == OBJECT_MATERIALIZED_VIEW)
        return diag_error(execution->diag, E2001, object->name->span,
                          "replacing a materialized view is not supported yet");
    TRY(table_set_find(execution->tables, stored->name, &def, execution->diag));
    if (def->is_sink_table)
        return diag_error(execution->diag, E2001, object->name->span,
                          "replacing a table of the database is not supported yet");
    return ST_OK;
}

/* What becomes of the statement. E2102, E2129, E2132 when it cannot be. */
static Status decide_fate(const Execution *execution, const Submission *submission,
                          const ObjectName *object, Text sql, Fate *fate)
{
    const Session *session = execution->session;
    const CatalogObject *stored = catalog_find(session->catalog, object->name->text);
    *fate = FATE_MAKE;
    TRY(object_name_check_reserved(execution, object));
    if (stored == NULL) {
        bool declared;
        TRY(object_name_check_free(execution, submission, object, &declared));
        *fate = declared ? FATE_LEAVE : FATE_MAKE;
        return ST_OK;
    }
    if (object->or_replace)
        return check_replacement(execution, object, stored);
    *fate = submission->resume && text_equal(stored->sql, sql) ? FATE_KNOWN : FATE_LEAVE;
    if (*fate == FATE_KNOWN || object->if_not_exists)
        return ST_OK;
    if (submission->resume)
        return differs(execution, stored, object->name, sql);
    Status status =
        diag_error(execution->diag, E2102, object->name->span, "%s \"%.*s\" exists already",
                   object_kind_name(stored->kind), TEXT_ARG(object->name->text));
    diag_hint(execution->diag, "DROP it first, or write IF NOT EXISTS");
    return status;
}

static Status canonical(const Execution *execution, const Statement *statement, Text *out)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    ast_print_statement(statement, &text);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = arena_text(execution->arena, strbuf_as_text(&text), out);
    strbuf_close(&text);
    return status;
}

/* One more query of the job. The job's text begins with the settings of the first one. */
static Status add_query(const Execution *execution, Submission *submission, const QueryDraft *draft,
                        Text sql)
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
    TRY(canonical(execution, statement, &sql));
    return add_query(execution, submission, &draft, sql);
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

static Status add_object(const Execution *execution, Submission *submission,
                         const Statement *statement)
{
    ObjectName object = object_name(statement);
    PlanRequest request = execution_request(execution);
    TableDef *def = NULL;
    Text sql;
    Fate fate;
    TRY(table_check_place(object.qualified, execution->diag));
    if (is_derived(statement)) { /* kept as it is written out */
        TRY(table_def_make(execution->tables, statement, &def, execution->diag));
        statement = def->statement;
    }
    TRY(canonical(execution, statement, &sql));
    TRY(decide_fate(execution, submission, &object, sql, &fate));
    if (fate == FATE_LEAVE)
        return add_fill(execution, submission, def, statement->span);
    if (def == NULL)
        TRY(table_def_make(execution->tables, statement, &def, execution->diag));
    QueryDraft draft;
    if (statement->kind == STATEMENT_CREATE_VIEW) { /* to know now what is wrong with it */
        TRY(plan_select(&request, statement->as.create_view->query, statement->span, &draft));
        TRY(check_view_columns(execution, statement->as.create_view, &draft.logical->schema));
    }
    if (fate == FATE_MAKE)
        TRY_PUSH(&submission->object, execution->arena, statement);
    if (makes_view(statement)) {
        TRY(plan_materialized(&request, statement, &draft));
        def->schema = draft.logical->schema;
        submission->known_views += fate == FATE_KNOWN;
        TRY(add_query(execution, submission, &draft, sql));
    }
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
    if (submission->query.count == 0)
        return ST_OK;
    return plan_queries(&request, submission->query.item, submission->query.count, plan);
}

/* --- making --- */

static Status make_result_table(const Execution *execution, const ResultSpec *spec)
{
    StrBuf ddl;
    strbuf_init(&ddl, NULL);
    result_table_ddl(spec, &ddl);
    Status status = strbuf_status(&ddl);
    if (status == ST_OK)
        status = db_exec(execution->session->db, strbuf_cstr(&ddl), execution->diag);
    strbuf_close(&ddl);
    TRY(status);
    return catalog_put_columns(execution->session->catalog, spec->name, &spec->schema,
                               execution->diag);
}

static Status make_table(const Execution *execution, Text name)
{
    const TableDef *def;
    Db *db = execution->session->db;
    TRY(table_set_find(execution->tables, name, &def, execution->diag));
    if (def->is_sink_table) {
        ResultSpec spec = table_result_spec(def);
        TRY(make_result_table(execution, &spec));
    }
    return reject_log_make_errors_view(db, name, execution->diag);
}

static const ResultSpec *find_result(const Plan *plan, Text name)
{
    for (uint32_t i = 0; i < plan->sinks; i++) {
        if (plan->sink[i]->as.sink.kind == SINK_RESULT &&
            text_equal(plan->sink[i]->as.sink.name, name))
            return &plan->sink[i]->as.sink.result;
    }
    return NULL;
}

static Status make_view_table(const Execution *execution, const Plan *plan, Text name)
{
    Db *db = execution->session->db;
    const ResultSpec *spec = find_result(plan, name);
    assert(spec != NULL);
    TRY(make_result_table(execution, spec));
    TRY(reject_log_make_errors_view(db, name, execution->diag));
    return reject_log_make_late_view(db, name, execution->diag);
}

static Status make_object(const Execution *execution, const Statement *statement, const Plan *plan,
                          int64_t job)
{
    ObjectName named = object_name(statement);
    CatalogObject object = {.name = named.name->text,
                            .kind = named.kind,
                            .job = named.kind == OBJECT_MATERIALIZED_VIEW ? job : 0};
    if (statement->kind == STATEMENT_CREATE_TABLE)
        object.temporary = statement->as.create_table->temporary;
    TRY(canonical(execution, statement, &object.sql));
    TRY(catalog_put_object(execution->session->catalog, &object, execution->diag));
    if (named.kind == OBJECT_TABLE)
        return make_table(execution, object.name);
    if (named.kind == OBJECT_MATERIALIZED_VIEW)
        return make_view_table(execution, plan, object.name);
    return ST_OK;
}

/* --- the job --- */

static const CatalogJob *find_job(const Session *session, Text sql)
{
    for (uint32_t i = 0; i < catalog_job_count(session->catalog); i++) {
        const CatalogJob *job = catalog_job(session->catalog, i);
        if (text_equal(job->sql, sql))
            return job;
    }
    return NULL;
}

/* What it fills, for people. */
static Status name_job(const Execution *execution, const Plan *plan, int64_t id)
{
    StrBuf name;
    strbuf_init(&name, NULL);
    for (uint32_t i = 0; i < plan->sinks; i++) {
        strbuf_string(&name, i == 0 ? "" : ", ");
        strbuf_text(&name, plan->sink[i]->as.sink.name);
    }
    Status status = strbuf_status(&name);
    if (status == ST_OK)
        status = catalog_name_job(execution->session->catalog, id, strbuf_as_text(&name),
                                  execution->diag);
    strbuf_close(&name);
    return status;
}

static Status add_job(const Execution *execution, Submission *submission, const Plan *plan,
                      int64_t *id)
{
    Session *session = execution->session;
    StrBuf text;
    strbuf_init(&text, NULL);
    plan_print(plan, &text);
    Micros now = session->config.clock->wall(session->config.clock);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = catalog_add_job(session->catalog, strbuf_as_text(&submission->sql),
                                 strbuf_as_text(&text), now, id, execution->diag);
    strbuf_close(&text);
    TRY(status);
    TRY(name_job(execution, plan, *id));
    return catalog_set_job(session->catalog, *id, JOB_RUNNING, TEXT_NONE, now, execution->diag);
}

static Status make_all(const Execution *execution, Submission *submission, const Plan *plan,
                       const CatalogJob *known, SessionJob **job)
{
    Session *session = execution->session;
    int64_t id = known == NULL ? 0 : known->id;
    TRY(catalog_make_tables(session->catalog, execution->diag));
    if (plan != NULL && known == NULL)
        TRY(add_job(execution, submission, plan, &id));
    for (uint32_t i = 0; i < submission->object.count; i++)
        TRY(make_object(execution, submission->object.item[i], plan, id));
    if (plan == NULL)
        return ST_OK;
    JobEnv env = session_job_env(session);
    TRY(session_job_open(&env, id, strbuf_as_text(&submission->sql), known != NULL, job,
                         execution->diag));
    if (known != NULL)
        TRY(catalog_set_job(session->catalog, id, JOB_RUNNING, TEXT_NONE,
                            session->config.clock->wall(session->config.clock), execution->diag));
    return job_start((*job)->job, execution->diag);
}

/* Views of the script exist, but not with this job: its other statements are not the same. */
static Status refuse_other_job(const Execution *execution, const Submission *submission)
{
    const QueryDraft *query = &submission->query.item[0];
    Status status =
        diag_error(execution->diag, E2132, query->span,
                   "the database keeps \"%.*s\" with a job of other statements or settings",
                   TEXT_ARG(query->name));
    diag_hint(execution->diag, "SHOW JOBS and SHOW CREATE MATERIALIZED VIEW tell which; DROP the "
                               "views, or use another database");
    return status;
}

/* Of a job that has ended: nobody has changed or dropped its tables since. */
static Status check_results(const Execution *execution, const Plan *plan)
{
    for (uint32_t i = 0; i < plan->sinks; i++) {
        const PlanSink *sink = &plan->sink[i]->as.sink;
        ResultTable *table;
        if (sink->kind != SINK_RESULT)
            continue;
        TRY(result_table_open(execution->session->db, &sink->result, NULL, &table,
                              execution->diag));
        result_table_close(table);
    }
    return ST_OK;
}

/* What running its script again does to a job that somebody had halted. */
static void tell_known(const Execution *execution, int64_t id, JobState was)
{
    if (was == JOB_PAUSED)
        execution_note(execution, "job %lld was paused, and goes on", (long long)id);
    if (was == JOB_STOPPED)
        execution_note(execution, "job %lld was stopped, and begins again from the beginning",
                       (long long)id);
}

Status submission_apply(const Execution *execution, Submission *submission, SessionJob **job)
{
    Session *session = execution->session;
    Plan *plan;
    *job = NULL;
    TRY(submission_plan(execution, submission, &plan));
    TRY(strbuf_status(&submission->sql));
    const CatalogJob *known = plan == NULL || !submission->resume
                                  ? NULL
                                  : find_job(session, strbuf_as_text(&submission->sql));
    if (known == NULL && submission->known_views > 0)
        return refuse_other_job(execution, submission);
    if (known != NULL &&
        (known->state == JOB_FINISHED || session_running_job(session, known->id) != NULL) &&
        submission->object.count == 0)
        return check_results(execution, plan);
    JobState was = known == NULL ? JOB_CREATED : known->state;
    TRY(session_begin(session, execution->diag));
    Status status = make_all(execution, submission, plan, known, job);
    if (status != ST_OK) {
        session_job_close(*job);
        *job = NULL;
    }
    status = session_end(session, status, execution->diag);
    if (status != ST_OK) { /* the commit failed */
        session_job_close(*job);
        *job = NULL;
        return status;
    }
    if (*job != NULL) {
        tell_known(execution, (*job)->id, was);
        (*job)->next = session->jobs;
        session->jobs = *job;
    }
    return ST_OK;
}
