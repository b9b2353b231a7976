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

const Query *replacement_query(const Execution *execution, const CatalogObject *object,
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
        const Query *query = replacement_query(execution, object, &status);
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

/* What the database has of the job is not what was typed: no mistake in it has a place there. */
static Status blame(const Execution *execution, const Name *name, const Name *other, Status status)
{
    if (status != ST_OK)
        replacement_blame(execution, "which the same job keeps", name, other);
    return status;
}

static Status add_other(const Execution *execution, Submission *submission, const Name *name,
                        const Statement *other)
{
    Text sql;
    TableDef *def;
    if (statement_makes_view(other))
        return blame(execution, name, object_name(other).name,
                     submission_add_view(execution, submission, other));
    if (other->kind == STATEMENT_SET)
        return ST_OK;
    if (other->kind == STATEMENT_INSERT) {
        submission->inserts++; /* which replacement_check refuses */
        return ST_OK;
    }
    TRY(blame(execution, name, object_name(other).name,
              table_def_make(execution->tables, other, &def, execution->diag)));
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
    Execution others = *execution;
    Source *source;
    Script script;
    others.stored = true;
    TRY_NEW(source, execution->arena);
    source->name = TEXT("<job>");
    TRY(arena_text(execution->arena, base->sql, &source->text));
    TRY(blame(execution, name, name,
              parse_script(source, execution->arena, &script, execution->diag)));
    TRY(check_settings(execution, source, &script, name));
    for (const Statement *s = script.statements.first; s != NULL; s = s->next) {
        bool same = statement_makes_view(s) && text_equal(object_name(s).name->text, name->text);
        if (same)
            TRY(submission_add_view(execution, submission, statement));
        else
            TRY(add_other(&others, submission, name, s));
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
