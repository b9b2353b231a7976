/* CREATE OR REPLACE of a materialized view. Its job as a whole is built anew, by another job beside
 * it, from the start of its sources, into tables of other names (executor/run/takeover.h). When
 * that job has caught up, one transaction puts its tables, its statements and itself into the old
 * one's place. So what a job's queries share need not be taken apart, views that read one another
 * stay in step, and a crash at any moment leaves two jobs or one.
 *
 * A table or view that materialized views are built on can change in the same way, in one script
 * with them: the new job's text then begins with its definition, which becomes the catalog's with
 * the swap. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "grammar/parse.h"
#include "shell/object_name.h"
#include "shell/usage.h"
#include "storage/base/crash_point.h"
#include "storage/catalog/reject_log.h"
#include "storage/sqlite/result_swap.h"

const CatalogJob *replacement_of(const Session *session, int64_t id)
{
    for (uint32_t i = 0; id != 0 && i < catalog_job_count(session->catalog); i++) {
        const CatalogJob *job = catalog_job(session->catalog, i);
        if (job->replaces == id)
            return job;
    }
    return NULL;
}

/* --- taking in what is to be replaced --- */

Status replacement_reads(const Execution *execution, const Submission *submission,
                         const Query *query, bool *reads)
{
    *reads = false;
    for (uint32_t i = 0; !*reads && i < submission->replaced.count; i++)
        TRY(query_depends_on(execution, query, submission->replaced.item[i].text, reads));
    return ST_OK;
}

static const Query *query_of_object(const Execution *execution, const CatalogObject *object,
                                    Status *status)
{
    const TableDef *def = NULL;
    *status = table_set_find(execution->tables, object->name, &def, execution->diag);
    return *status == ST_OK && def != NULL ? def->query : NULL;
}

/* A statement typed alone cannot bring along those views whose jobs are over: they stay as they
 * are. */
static bool is_to_follow(const Catalog *catalog, const Submission *submission,
                         const CatalogObject *view)
{
    const CatalogJob *job = catalog_find_job(catalog, view->job);
    return submission->resume || (job != NULL && !job_state_is_over(job->state));
}

Status replacement_is_base(const Execution *execution, const Submission *submission, Text name,
                           bool *is)
{
    const Catalog *catalog = execution->session->catalog;
    *is = false;
    for (uint32_t i = 0; !*is && i < catalog_object_count(catalog); i++) {
        const CatalogObject *object = catalog_object(catalog, i);
        Status status;
        if (object->kind != OBJECT_MATERIALIZED_VIEW || !is_to_follow(catalog, submission, object))
            continue;
        const Query *query = query_of_object(execution, object, &status);
        TRY(status);
        if (query != NULL)
            TRY(query_depends_on(execution, query, name, is));
    }
    return ST_OK;
}

Status replacement_add_base(const Execution *execution, Submission *submission, const Name *name,
                            Text sql)
{
    TRY_PUSH(&submission->replaced, execution->arena, *name);
    strbuf_text(&submission->definitions, sql);
    strbuf_string(&submission->definitions, ";\n");
    return strbuf_status(&submission->definitions);
}

/* A view over itself would never come to an end. */
static Status check_circle(const Execution *execution, const Statement *statement, const Name *name)
{
    bool reads;
    TRY(query_depends_on(execution, statement->as.create_materialized->query, name->text, &reads));
    return !reads ? ST_OK
                  : diag_error(execution->diag, E2136, name->span,
                               "the new \"%.*s\" would read itself", TEXT_ARG(name->text));
}

static Status take_job(const Execution *execution, Submission *submission, const Name *name,
                       int64_t job)
{
    if (submission->replaces == 0)
        submission->replaces = job;
    if (submission->replaces == job)
        return ST_OK;
    Status status = diag_error(
        execution->diag, E2136, name->span,
        "\"%.*s\" is kept by job %lld, and what was to be replaced before it by job %lld",
        TEXT_ARG(name->text), (long long)job, (long long)submission->replaces);
    diag_hint(execution->diag, "replace the views of one job at a time");
    return status;
}

/* --- the rest of the job, for a statement typed alone --- */

/* What is wrong with another view of the job is wrong because of the new one. */
static void blame_other(const Execution *execution, const Name *name, const Name *other)
{
    char message[sizeof execution->diag->message];
    if (!execution->diag->set)
        return;
    memcpy(message, execution->diag->message, sizeof message);
    snprintf(execution->diag->message, sizeof message,
             "\"%.*s\", which the same job keeps, does not fit the new \"%.*s\": %.*s",
             TEXT_ARG(other->text), TEXT_ARG(name->text), (int)sizeof message / 2, message);
    execution->diag->span = name->span;
}

static Status add_other(const Execution *execution, Submission *submission, const Name *name,
                        const Statement *other)
{
    Text sql;
    TableDef *def;
    if (statement_makes_view(other)) {
        Status status = submission_add_view(execution, submission, other);
        if (status != ST_OK)
            blame_other(execution, name, object_name(other).name);
        return status;
    }
    if (other->kind == STATEMENT_SET)
        return ST_OK;
    if (other->kind == STATEMENT_INSERT) {
        submission->inserts++; /* which replacement_check refuses */
        return ST_OK;
    }
    TRY(table_def_make(execution->tables, other, &def, execution->diag));
    TRY(table_set_put(execution->tables, def));
    TRY(statement_definition(execution, other, &sql));
    return replacement_add_base(execution, submission, object_name(other).name, sql);
}

/* The settings that the job's other views were made under are those of today. */
static Status check_settings(const Execution *execution, const Source *source, const Script *script,
                             const Name *name)
{
    const Statement *first = script->statements.first;
    if (script->statements.count == 1)
        return ST_OK;
    while (first != NULL && first->kind == STATEMENT_SET)
        first = first->next;
    Text then = {source->text.ptr, first == NULL ? source->text.size : first->span.start};
    StrBuf now;
    strbuf_init(&now, NULL);
    settings_print_results(&execution->session->settings, &now);
    Status status = strbuf_status(&now);
    if (status == ST_OK && !text_equal(then, strbuf_as_text(&now))) {
        status =
            diag_error(execution->diag, E2136, name->span,
                       "the job of \"%.*s\" was made under other settings", TEXT_ARG(name->text));
        diag_hint(execution->diag, "SET them as they were: %s",
                  then.size == 0 ? "to none" : "SHOW JOBS has them");
    }
    strbuf_close(&now);
    return status;
}

/* With the statement in the place of its predecessor. */
static Status add_job(const Execution *execution, Submission *submission,
                      const Statement *statement, const CatalogJob *base)
{
    const Name *name = object_name(statement).name;
    Source *source;
    Script script;
    TRY_NEW(source, execution->arena);
    source->name = TEXT("<job>");
    TRY(arena_text(execution->arena, base->sql, &source->text));
    TRY(parse_script(source, execution->arena, &script, execution->diag));
    TRY(check_settings(execution, source, &script, name));
    for (const Statement *s = script.statements.first; s != NULL; s = s->next) {
        bool same = statement_makes_view(s) && text_equal(object_name(s).name->text, name->text);
        if (same)
            TRY(submission_add_view(execution, submission, statement));
        else
            TRY(add_other(execution, submission, name, s));
    }
    return ST_OK;
}

Status replacement_add_view(const Execution *execution, Submission *submission,
                            const Statement *statement, const CatalogObject *stored)
{
    const Session *session = execution->session;
    const Name *name = object_name(statement).name;
    TRY(check_circle(execution, statement, name));
    TRY(take_job(execution, submission, name, stored->job));
    TRY_PUSH(&submission->replaced, execution->arena, *name);
    if (submission->resume)
        return submission_add_view(execution, submission, statement);
    const CatalogJob *base = replacement_of(session, stored->job);
    if (base == NULL)
        base = catalog_find_job(session->catalog, stored->job);
    return base == NULL ? submission_add_view(execution, submission, statement)
                        : add_job(execution, submission, statement, base);
}

/* --- what stands in the way --- */

static Status refuse(const Execution *execution, Span span, const char *hint, const char *format,
                     ...) PRINTF_LIKE(4, 5);

static Status refuse(const Execution *execution, Span span, const char *hint, const char *format,
                     ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    Status status = diag_error(execution->diag, E2136, span, "%s", text);
    diag_hint(execution->diag, "%s", hint);
    return status;
}

static bool submits_view(const Submission *submission, Text name)
{
    for (uint32_t i = 0; i < submission->query.count; i++) {
        const QueryDraft *query = &submission->query.item[i];
        if (query->kind == SINK_RESULT && query->table == NULL && text_equal(query->name, name))
            return true;
    }
    return false;
}

static bool submits_object(const Submission *submission, Text name)
{
    for (uint32_t i = 0; i < submission->object.count; i++) {
        if (text_equal(object_name(submission->object.item[i]).name->text, name))
            return true;
    }
    for (uint32_t i = 0; i < submission->replaced.count; i++) {
        if (text_equal(submission->replaced.item[i].text, name))
            return true;
    }
    return false;
}

/* The first of what is replaced that the query is built on; NULL: nothing of it. */
static Status find_base(const Execution *execution, const Submission *submission,
                        const Query *query, const Name **base)
{
    *base = NULL;
    for (uint32_t i = 0; *base == NULL && i < submission->replaced.count; i++) {
        bool reads;
        TRY(query_depends_on(execution, query, submission->replaced.item[i].text, &reads));
        if (reads)
            *base = &submission->replaced.item[i];
    }
    return ST_OK;
}

static Status check_materialized(const Execution *execution, const Submission *submission,
                                 const CatalogObject *view, const Query *query)
{
    const Name *base, *first = &submission->replaced.item[0];
    bool submitted = submits_view(submission, view->name);
    if (submission->replaces == view->job && !submitted)
        return refuse(execution, first->span, "a script has to have all views of the job",
                      "job %lld, which keeps \"%.*s\", keeps \"%.*s\" as well, which is not here",
                      (long long)view->job, TEXT_ARG(first->text), TEXT_ARG(view->name));
    if (submission->replaces == view->job)
        return ST_OK;
    TRY(find_base(execution, submission, query, &base));
    if (base != NULL && submitted)
        return refuse(execution, base->span, "write CREATE OR REPLACE MATERIALIZED VIEW",
                      "\"%.*s\" is to be replaced, and \"%.*s\", which is built on it, is not",
                      TEXT_ARG(base->text), TEXT_ARG(view->name));
    if (base != NULL)
        return usage_refuse_view(execution, view, base);
    if (submitted)
        return refuse(execution, first->span, "replace the views of one job at a time",
                      "\"%.*s\" is kept by job %lld, and not by that of \"%.*s\"",
                      TEXT_ARG(view->name), (long long)view->job, TEXT_ARG(first->text));
    return ST_OK;
}

/* A view that stays as it is has to fit what it is built on. */
static Status check_view(const Execution *execution, const Submission *submission,
                         const CatalogObject *view, const Query *query)
{
    PlanRequest request = execution_request(execution);
    const Name *base, other = {.text = view->name};
    QueryDraft draft;
    TRY(find_base(execution, submission, query, &base));
    if (base == NULL || submits_object(submission, view->name))
        return ST_OK;
    Status status = plan_select(&request, query, base->span, &draft);
    if (status != ST_OK)
        blame_other(execution, base, &other);
    return status;
}

static Status check_objects(const Execution *execution, const Submission *submission)
{
    const Catalog *catalog = execution->session->catalog;
    for (uint32_t i = 0; i < catalog_object_count(catalog); i++) {
        const CatalogObject *object = catalog_object(catalog, i);
        Status status;
        const Query *query = query_of_object(execution, object, &status);
        TRY(status);
        if (object->kind == OBJECT_MATERIALIZED_VIEW)
            TRY(check_materialized(execution, submission, object, query));
        else if (object->kind == OBJECT_VIEW)
            TRY(check_view(execution, submission, object, query));
    }
    return ST_OK;
}

static Status check_jobs(const Execution *execution, const Submission *submission)
{
    const Session *session = execution->session;
    for (uint32_t i = 0; i < catalog_job_count(session->catalog); i++) {
        const CatalogJob *job = catalog_job(session->catalog, i);
        if (job_state_is_over(job->state) || job->replaces != 0)
            continue;
        for (uint32_t n = 0; n < submission->replaced.count; n++)
            TRY(usage_check_job(execution, job, &submission->replaced.item[n]));
    }
    return ST_OK;
}

static Status has_inserts(const Execution *execution, const CatalogJob *job, bool *has)
{
    Source *source;
    Script script;
    TRY_NEW(source, execution->arena);
    *source = (Source){TEXT("<job>"), job->sql};
    TRY(parse_script(source, execution->arena, &script, execution->diag));
    *has = false;
    for (const Statement *s = script.statements.first; s != NULL; s = s->next)
        *has = *has || s->kind == STATEMENT_INSERT;
    return ST_OK;
}

static Status check_inserts(const Execution *execution, const Submission *submission)
{
    const Name *first = &submission->replaced.item[0];
    const CatalogJob *old = catalog_find_job(execution->session->catalog, submission->replaces);
    bool has = submission->inserts > 0;
    if (!has && old != NULL)
        TRY(has_inserts(execution, old, &has));
    if (!has)
        return ST_OK;
    return refuse(execution, first->span,
                  "DROP the view and create it again, or keep INSERTs in a script of their own",
                  "the job that keeps \"%.*s\" also has an INSERT, whose rows would come once more",
                  TEXT_ARG(first->text));
}

static Status check_sources(const Execution *execution, const Submission *submission,
                            const Plan *plan)
{
    for (uint32_t i = 0; i < plan->nodes; i++) {
        const PlanNode *node = plan->node[i];
        const TableSpec *table = node->kind == PLAN_SCAN ? node->as.scan.spec.table : NULL;
        if (table != NULL && table->connector->spools != NULL && table->connector->spools(table))
            return refuse(execution, submission->replaced.item[0].span,
                          "DROP the view and create it again, for what is still to come",
                          "table \"%.*s\" cannot be read again from its start",
                          TEXT_ARG(table->name));
    }
    return ST_OK;
}

Status replacement_check(const Execution *execution, const Submission *submission, const Plan *plan)
{
    if (submission->replaced.count == 0)
        return ST_OK;
    TRY(check_objects(execution, submission));
    TRY(check_inserts(execution, submission));
    TRY(check_jobs(execution, submission));
    return plan == NULL ? ST_OK : check_sources(execution, submission, plan);
}

/* --- making --- */

Status replacement_make(const Execution *execution, const Submission *submission, const Plan *plan,
                        int64_t id, Text sql)
{
    Session *session = execution->session;
    TRY(catalog_set_replaces(session->catalog, id, submission->replaces, sql, execution->diag));
    for (uint32_t i = 0; i < plan->sinks; i++) {
        assert(plan->sink[i]->as.sink.kind == SINK_RESULT);
        TRY(result_build_make(session->db, &plan->sink[i]->as.sink.result, execution->diag));
    }
    return ST_OK;
}

static Status refuse_gone(const Execution *execution, const Submission *submission,
                          const DbStatement *row)
{
    const Name *first = &submission->replaced.item[0];
    Status status = diag_error(
        execution->diag, E4009, first->span,
        "\"%.*s\" of table \"%.*s\", which job %lld has read, is gone: the new \"%.*s\" would lack "
        "its rows",
        TEXT_ARG(db_column_text(row, 1)), TEXT_ARG(db_column_text(row, 0)),
        (long long)submission->replaces, TEXT_ARG(first->text));
    diag_hint(execution->diag,
              "bring it back; or DROP the view and create it again, to do without");
    return status;
}

Status replacement_check_input(const Execution *execution, const Submission *submission,
                               SessionJob *job)
{
    DbStatement *gone;
    bool row;
    TRY(job_report(job->job, execution->diag));
    TRY(db_prepare(execution->session->db,
                   TEXT("SELECT source, split FROM _weir_sources old WHERE job = ?1 AND"
                        " source IN (SELECT source FROM _weir_sources WHERE job = ?2) AND"
                        " split NOT IN (SELECT split FROM _weir_sources"
                        " WHERE job = ?2 AND source = old.source)"),
                   &gone, execution->diag));
    const DbValue jobs[] = {db_value_i64(submission->replaces), db_value_i64(job->id)};
    Status status = db_bind_values(gone, jobs, 2);
    if (status == ST_OK)
        status = db_step(gone, &row, execution->diag);
    while (status == ST_OK && row) {
        if (!submits_object(submission, db_column_text(gone, 0))) /* else another path, maybe */
            status = refuse_gone(execution, submission, gone);
        else
            status = db_step(gone, &row, execution->diag);
    }
    db_statement_close(gone);
    return status;
}

void replacement_let_old_go_on(const Execution *execution, int64_t id)
{
    Session *session = execution->session;
    const CatalogJob *old = catalog_find_job(session->catalog, id);
    SessionJob *job;
    Diag why = {0};
    if (old == NULL || job_state_is_over(old->state) || old->state == JOB_PAUSED ||
        session_running_job(session, id) != NULL)
        return;
    JobEnv env = session_job_env(session);
    if (session_job_open(&env, id, old->sql, true, &job, &why) != ST_OK) {
        execution_note(execution, "job %lld cannot go on meanwhile: %s", (long long)id,
                       why.message);
        return;
    }
    job->next = session->jobs;
    session->jobs = job;
}

/* --- giving up --- */

static Status drop_builds(Session *session, const Script *script, Diag *diag)
{
    for (const Statement *s = script->statements.first; s != NULL; s = s->next) {
        if (statement_makes_view(s))
            TRY(result_build_drop(session->db, object_name(s).name->text, diag));
    }
    return ST_OK;
}

Status replacement_give_up(Session *session, int64_t id, Diag *diag)
{
    const CatalogJob *job = catalog_find_job(session->catalog, id);
    SessionJob *running = session_running_job(session, id);
    Arena arena;
    Script script;
    assert(job != NULL && job->replaces != 0);
    if (running != NULL) {
        job_close(running->job);
        running->job = NULL;
        running->stopped = true;
    }
    const Source source = {TEXT("<job>"), job->sql};
    arena_init(&arena, NULL);
    Status status = parse_script(&source, &arena, &script, diag);
    if (status == ST_OK)
        status = drop_builds(session, &script, diag);
    if (status == ST_OK)
        status = catalog_drop_job(session->catalog, id, diag);
    arena_close(&arena);
    return status;
}

/* --- the swap --- */

static const ResultSpec *find_result(const Plan *plan, Text name)
{
    for (uint32_t i = 0; i < plan->sinks; i++) {
        if (text_equal(plan->sink[i]->as.sink.name, name))
            return &plan->sink[i]->as.sink.result;
    }
    return NULL;
}

static Text text_of_statement(const SessionJob *job, const Statement *s)
{
    return (Text){job->source.text.ptr + s->span.start, s->span.end - s->span.start};
}

static Status swap_object(const SessionJob *job, const Statement *s, Diag *diag)
{
    Catalog *catalog = job->tables.catalog;
    Db *db = catalog_db(catalog);
    ObjectName named = object_name(s);
    bool view = statement_makes_view(s);
    CatalogObject object = {.name = named.name->text,
                            .kind = named.kind,
                            .job = view ? job->id : 0,
                            .sql = text_of_statement(job, s)};
    TRY(catalog_put_object(catalog, &object, diag));
    if (!view)
        return named.kind == OBJECT_TABLE ? reject_log_make_errors_view(db, object.name, diag)
                                          : ST_OK;
    const ResultSpec *spec = find_result(job->plan, object.name);
    assert(spec != NULL);
    TRY(result_build_swap(db, spec, diag));
    TRY(catalog_put_columns(catalog, object.name, &spec->schema, diag));
    TRY(reject_log_make_errors_view(db, object.name, diag));
    return reject_log_make_late_view(db, object.name, diag);
}

/* Its text is then that of any job: without definitions of tables and views. */
static Status swap_job(const SessionJob *job, StrBuf *sql, Diag *diag)
{
    Catalog *catalog = job->tables.catalog;
    for (const Statement *s = job->script.statements.first; s != NULL; s = s->next) {
        bool defines = s->kind == STATEMENT_CREATE_TABLE || s->kind == STATEMENT_CREATE_VIEW;
        if (defines || statement_makes_view(s))
            TRY(swap_object(job, s, diag));
        if (defines)
            continue;
        strbuf_text(sql, text_of_statement(job, s));
        strbuf_string(sql, ";\n");
    }
    TRY(strbuf_status(sql));
    TRY(catalog_drop_job(catalog, job->replaces, diag));
    return catalog_set_replaces(catalog, job->id, 0, strbuf_as_text(sql), diag);
}

static Status swap(void *context, Diag *diag)
{
    StrBuf sql;
    strbuf_init(&sql, NULL);
    Status status = swap_job(context, &sql, diag);
    strbuf_close(&sql);
    return status;
}

static void settled(void *context)
{
    SessionJob *job = context, *old = session_running_job(job->session, job->replaces);
    if (old != NULL) {
        job_close(old->job);
        old->job = NULL;
        old->stopped = true;
    }
    snprintf(job->last_notice, sizeof job->last_notice, "has caught up and taken job %lld's place",
             (long long)job->replaces);
    job->replaces = 0;
}

void replacement_prepare(const Catalog *catalog, SessionJob *job)
{
    const CatalogJob *stored = catalog_find_job(catalog, job->id);
    job->replaces = stored == NULL ? 0 : stored->replaces;
    job->takeover = (Takeover){swap, settled, job};
}
