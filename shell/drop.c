/* Nothing goes that another object or a job is built on; with the last view of a job goes the job
 * and all that is kept about it. */
#include "shell/drop.h"

#include "shell/replace.h"
#include "shell/usage.h"
#include "storage/catalog/reject_log.h"

/* E2131 when a view is built on the object. */
static Status check_views(const Execution *execution, const Name *name)
{
    Session *session = execution->session;
    for (uint32_t i = 0; i < catalog_object_count(session->catalog); i++) {
        const CatalogObject *other = catalog_object(session->catalog, i);
        const TableDef *def;
        if (text_equal(other->name, name->text) || other->kind == OBJECT_TABLE)
            continue;
        TRY(table_set_find(execution->tables, other->name, &def, execution->diag));
        if (query_names(def->query, name->text))
            return usage_refuse_view(execution, other, name);
    }
    return ST_OK;
}

static Status check_unused(const Execution *execution, const Name *name)
{
    const Catalog *catalog = execution->session->catalog;
    TRY(check_views(execution, name));
    for (uint32_t i = 0; i < catalog_job_count(catalog); i++) {
        const CatalogJob *job = catalog_job(catalog, i);
        if (!job_state_is_over(job->state))
            TRY(usage_check_job(execution, job, name));
    }
    return ST_OK;
}

static bool kind_fits(DropKind drop, ObjectKind object)
{
    switch (drop) {
    case DROP_TABLE: return object == OBJECT_TABLE;
    case DROP_VIEW: return object == OBJECT_VIEW;
    case DROP_MATERIALIZED_VIEW:
    case DROP_MATERIALIZED_TABLE: return object == OBJECT_MATERIALIZED_VIEW;
    case DROP_FUNCTION:
    case DROP_DATABASE:
    case DROP_CATALOG: return false;
    }
    return false;
}

static uint32_t views_of_job(const Session *session, int64_t job)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < catalog_object_count(session->catalog); i++)
        count += catalog_object(session->catalog, i)->job == job;
    return count;
}

/* The other views of a job that is over stay as they are; one that is not needs all of them. */
static Status check_whole_job(const Execution *execution, const CatalogObject *view,
                              const Name *name)
{
    const Session *session = execution->session;
    const CatalogJob *job = catalog_find_job(session->catalog, view->job);
    if (job == NULL || views_of_job(session, view->job) == 1 || job->state == JOB_STOPPED ||
        job->state == JOB_FINISHED)
        return ST_OK;
    Status status = diag_error(execution->diag, E2131, name->span,
                               "job %lld keeps \"%.*s\" together with other views",
                               (long long)job->id, TEXT_ARG(name->text));
    diag_hint(execution->diag,
              "STOP JOB '%lld' first; the other views then stay as they are, and can be dropped",
              (long long)job->id);
    return status;
}

static Status drop_table(const Execution *execution, Text name)
{
    StrBuf sql;
    strbuf_init(&sql, NULL);
    strbuf_string(&sql, "DROP TABLE IF EXISTS ");
    db_quote_name(&sql, name);
    Status status = strbuf_status(&sql);
    if (status == ST_OK)
        status = db_exec(execution->session->db, strbuf_cstr(&sql), execution->diag);
    strbuf_close(&sql);
    return status;
}

static Status drop_object(const Execution *execution, const CatalogObject *object)
{
    Session *session = execution->session;
    Text name;
    TRY(arena_text(execution->arena, object->name, &name));
    ObjectKind kind = object->kind;
    int64_t job = object->job;
    const CatalogJob *building = replacement_of(session, job);
    if (building != NULL)
        TRY(replacement_give_up(session, building->id, execution->diag));
    TRY(catalog_drop_object(session->catalog, name, execution->diag));
    TRY(reject_log_drop_views(session->db, name, execution->diag));
    if (kind == OBJECT_MATERIALIZED_VIEW && views_of_job(session, job) == 0)
        TRY(catalog_drop_job(session->catalog, job, execution->diag));
    return kind == OBJECT_VIEW ? ST_OK : drop_table(execution, name);
}

static Status drop_job(const Execution *execution, const SessionJob *job)
{
    Session *session = execution->session;
    for (uint32_t i = job->made.count; i-- > 0;)
        TRY(drop_object(execution, catalog_find(session->catalog, job->made.item[i])));
    return catalog_undo_job(session->catalog, job->id, execution->diag);
}

void drop_failed_start(const Execution *execution, const SessionJob *job)
{
    Diag ignored = {0}; /* it stays, then, as one that has failed */
    Execution quiet = *execution;
    quiet.diag = &ignored;
    if (session_begin(quiet.session, &ignored) == ST_OK)
        IGNORE(session_end(quiet.session, drop_job(&quiet, job), &ignored));
}

Status run_drop(const Execution *execution, const Drop *drop, Span span)
{
    Session *session = execution->session;
    const Name *name = drop->name.last;
    if (drop->kind == DROP_FUNCTION || drop->kind == DROP_DATABASE || drop->kind == DROP_CATALOG)
        return diag_error(execution->diag, E2001, span,
                          "dropping functions, databases and catalogs is not supported yet");
    TRY(session_require_owner(execution, span));
    TRY(table_check_place(&drop->name, execution->diag));
    const CatalogObject *object = catalog_find(session->catalog, name->text);
    if (object == NULL && drop->if_exists)
        return ST_OK;
    if (object == NULL)
        return table_not_found(execution->tables, name->text, name->span, execution->diag);
    if (!kind_fits(drop->kind, object->kind)) {
        Status status = diag_error(execution->diag, E2123, name->span, "\"%.*s\" is a %s",
                                   TEXT_ARG(name->text), object_kind_name(object->kind));
        diag_hint(execution->diag, "DROP %s drops it", object_drop_words(object->kind));
        return status;
    }
    TRY(check_unused(execution, name));
    if (object->kind == OBJECT_MATERIALIZED_VIEW) {
        SessionJob *job = session_running_job(session, object->job);
        JobEnv env = session_job_env(session);
        TRY(check_whole_job(execution, object, name));
        if (job != NULL)
            TRY(session_job_stop(&env, job, JOB_STOPPED, TEXT("DROP"), execution->diag));
    }
    TRY(session_begin(session, execution->diag));
    TRY(session_end(session, drop_object(execution, object), execution->diag));
    table_set_remove(execution->tables, name->text);
    execution_note(execution, "dropped %.*s", TEXT_ARG(name->text));
    return ST_OK;
}
