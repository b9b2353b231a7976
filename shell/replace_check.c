/* What stands in the way of a replacement: views that stay as they are and would not fit, views of
 * other jobs, what cannot be done a second time. Each refusal points at what is to be changed in
 * the statements that were submitted, and names what the database has. */
#include <stdarg.h>
#include <stdio.h>

#include "grammar/parse.h"
#include "shell/object_name.h"
#include "shell/replace.h"
#include "shell/usage.h"

void replacement_blame(const Execution *execution, const char *how, const Name *name,
                       const Name *other)
{
    char message[sizeof execution->diag->message];
    if (!execution->diag->set)
        return;
    memcpy(message, execution->diag->message, sizeof message);
    snprintf(execution->diag->message, sizeof message,
             "\"%.*s\", %s, does not fit the new \"%.*s\": %.*s", TEXT_ARG(other->text), how,
             TEXT_ARG(name->text), (int)sizeof message / 2, message);
    execution->diag->span = name->span;
}

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

/* The view, as the script that is submitted names it; NULL: it does not. */
static const QueryDraft *find_submitted(const Submission *submission, Text name)
{
    for (uint32_t i = 0; i < submission->query.count; i++) {
        const QueryDraft *query = &submission->query.item[i];
        if (query->kind == SINK_RESULT && query->table == NULL && text_equal(query->name, name))
            return query;
    }
    return NULL;
}

bool replacement_submits(const Submission *submission, Text name)
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

/* Tables and views below may come before it, and are not what the job keeps. */
const Name *replacement_first_view(const Execution *execution, const Submission *submission)
{
    for (uint32_t i = 0; i < submission->replaced.count; i++) {
        const Name *name = &submission->replaced.item[i];
        const CatalogObject *object = catalog_find(execution->session->catalog, name->text);
        if (object != NULL && object->kind == OBJECT_MATERIALIZED_VIEW)
            return name;
    }
    return &submission->replaced.item[0];
}

/* What is replaced that the query is built on: what it names itself, before what that is built on
 * in its turn; NULL: nothing of it. */
static Status find_base(const Execution *execution, const Submission *submission,
                        const Query *query, const Name **base)
{
    *base = NULL;
    for (uint32_t i = 0; i < submission->replaced.count; i++) {
        const Name *name = &submission->replaced.item[i];
        bool reads;
        if (query_names(query, name->text)) {
            *base = name;
            return ST_OK;
        }
        TRY(query_depends_on(execution, query, name->text, &reads));
        if (reads && *base == NULL)
            *base = name;
    }
    return ST_OK;
}

/* --- views of other jobs, and those that are not here --- */

/* Whether all views that are built on it belong to one job, and so can be replaced with it. */
static Status has_one_job(const Execution *execution, const Name *base, bool *one)
{
    const Catalog *catalog = execution->session->catalog;
    int64_t job = 0;
    *one = true;
    for (uint32_t i = 0; i < catalog_object_count(catalog); i++) {
        const CatalogObject *object = catalog_object(catalog, i);
        Status status = ST_OK;
        const Query *query = object->kind == OBJECT_MATERIALIZED_VIEW
                                 ? replacement_query(execution, object, &status)
                                 : NULL;
        bool reads = false;
        TRY(status);
        if (query != NULL)
            TRY(query_depends_on(execution, query, base->text, &reads));
        if (!reads)
            continue;
        *one = *one && (job == 0 || job == object->job);
        job = object->job;
    }
    return ST_OK;
}

static Status refuse_dependent(const Execution *execution, const CatalogObject *view,
                               const Name *base)
{
    const CatalogObject *object = catalog_find(execution->session->catalog, base->text);
    bool one = false;
    StrBuf name;
    if (object != NULL && object->kind != OBJECT_MATERIALIZED_VIEW)
        TRY(has_one_job(execution, base, &one));
    Status status = usage_refuse_view(execution, view, base);
    if (!one)
        return status;
    execution->diag->hint[0] = '\0'; /* there is another way than to DROP it */
    strbuf_init(&name, NULL);
    ast_print_name(view->name, &name);
    diag_hint(
        execution->diag,
        "a script with this and CREATE OR REPLACE MATERIALIZED VIEW %s replaces both; or DROP "
        "MATERIALIZED VIEW %s first",
        strbuf_cstr(&name), strbuf_cstr(&name));
    strbuf_close(&name);
    return status;
}

static Status check_materialized(const Execution *execution, const Submission *submission,
                                 const CatalogObject *view, const Query *query)
{
    const Name *base, *first = replacement_first_view(execution, submission);
    const QueryDraft *submitted = find_submitted(submission, view->name);
    if (submission->replaces == view->job && submitted == NULL)
        return refuse(execution, first->span, "a script has to have all views of the job",
                      "job %lld, which keeps \"%.*s\", keeps \"%.*s\" as well, which is not here",
                      (long long)view->job, TEXT_ARG(first->text), TEXT_ARG(view->name));
    if (submission->replaces == view->job)
        return ST_OK;
    TRY(find_base(execution, submission, query, &base));
    if (base != NULL && submitted != NULL)
        return refuse(execution, submitted->span, "write CREATE OR REPLACE MATERIALIZED VIEW",
                      "\"%.*s\" is built on \"%.*s\", which is to be replaced, and is not to be "
                      "replaced itself",
                      TEXT_ARG(view->name), TEXT_ARG(base->text));
    if (base != NULL)
        return refuse_dependent(execution, view, base);
    if (submitted != NULL)
        return refuse(execution, submitted->span, "replace the views of one job at a time",
                      "\"%.*s\" is kept by job %lld, and not by job %lld, which keeps \"%.*s\"",
                      TEXT_ARG(view->name), (long long)view->job, (long long)submission->replaces,
                      TEXT_ARG(first->text));
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
    if (base == NULL || replacement_submits(submission, view->name))
        return ST_OK;
    request.warning = NULL; /* nobody has just written it */
    Status status = plan_select(&request, query, base->span, &draft);
    if (status != ST_OK)
        replacement_blame(execution, "a view that is built on it", base, &other);
    return status;
}

static Status check_objects(const Execution *execution, const Submission *submission)
{
    const Catalog *catalog = execution->session->catalog;
    for (uint32_t i = 0; i < catalog_object_count(catalog); i++) {
        const CatalogObject *object = catalog_object(catalog, i);
        Status status;
        const Query *query = replacement_query(execution, object, &status);
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
    const Name *first = replacement_first_view(execution, submission);
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
        if (table != NULL && table->connector->read_once != NULL &&
            table->connector->read_once(table))
            return refuse(execution, replacement_first_view(execution, submission)->span,
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
