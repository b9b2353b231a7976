/* CREATE OR REPLACE of a materialized view. Its job as a whole is built anew, by another job beside
 * it, from the start of its sources, into tables of other names (executor/run/takeover.h). When
 * that job has caught up, one transaction puts its tables, its statements and itself into the old
 * one's place. So what a job's queries share need not be taken apart, views that read one another
 * stay in step, and a crash at any moment leaves two jobs or one.
 *
 * A table or view that materialized views are built on can change in the same way, in one script
 * with them: the new job's text then begins with its definition, which becomes the catalog's with
 * the swap. */
#include "shell/replace.h"

#include <stdarg.h>
#include <stdio.h>

#include "grammar/parse.h"
#include "shell/object_name.h"
#include "shell/usage.h"

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
    if (base == NULL || job_state_is_over(base->state))
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
        if (job_state_is_over(job->state) ||
            (job->replaces != 0 && job->replaces == submission->replaces))
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

Status replacement_check_jobs(const Execution *execution, const Name *name)
{
    const Catalog *catalog = execution->session->catalog;
    for (uint32_t i = 0; i < catalog_job_count(catalog); i++) {
        const CatalogJob *job = catalog_job(catalog, i);
        if (!job_state_is_over(job->state))
            TRY(usage_check_job(execution, job, name));
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
