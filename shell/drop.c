/* DROP of tables, views and materialized views: nothing goes that another object or a job is built
 * on; with the last view of a job goes the job and all that is kept about it. */
#include <stdio.h>

#include "grammar/parse.h"
#include "shell/session_private.h"
#include "storage/catalog/reject_log.h"

static const char *const drop_words[] = {[OBJECT_TABLE] = "TABLE",
                                         [OBJECT_VIEW] = "VIEW",
                                         [OBJECT_MATERIALIZED_VIEW] = "MATERIALIZED VIEW"};

typedef struct Usage {
    Text name;
    bool found;
} Usage;

static bool names_table(void *context, const TableRef *ref)
{
    Usage *usage = context;
    if (ref->kind == TABLE_REF_NAME && text_equal(ref->as.name.name.last->text, usage->name))
        usage->found = true;
    return true;
}

static bool names_table_arg(void *context, const Expr *expr)
{
    Usage *usage = context;
    if (expr->kind == EXPR_TABLE_ARG && expr->as.table.name.count > 0 &&
        text_equal(expr->as.table.name.last->text, usage->name))
        usage->found = true;
    return true;
}

/* The statement that takes it away, which can be typed as it stands. */
static void hint_drop(const Execution *execution, const CatalogObject *object)
{
    StrBuf text;
    strbuf_init(&text, NULL);
    ast_print_name(object->name, &text);
    diag_hint(execution->diag, "DROP %s %s first", drop_words[object->kind], strbuf_cstr(&text));
    strbuf_close(&text);
}

static Status refuse_read(const Execution *execution, const CatalogObject *reader, const Name *name)
{
    char job[40] = "";
    if (reader->job != 0)
        snprintf(job, sizeof job, " of job %lld", (long long)reader->job);
    Status status = diag_error(execution->diag, E2131, name->span, "%s \"%.*s\"%s reads \"%.*s\"",
                               object_kind_name(reader->kind), TEXT_ARG(reader->name), job,
                               TEXT_ARG(name->text));
    hint_drop(execution, reader);
    return status;
}

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
        Usage usage = {.name = name->text};
        AstVisitor visitor = {.table = names_table, .expr = names_table_arg, .context = &usage};
        ast_walk_query(&visitor, def->query);
        if (usage.found)
            return refuse_read(execution, other, name);
    }
    return ST_OK;
}

static Status refuse_job(const Execution *execution, const CatalogJob *job, const Name *name,
                         const char *does)
{
    Status status = diag_error(execution->diag, E2131, name->span, "job %lld %s \"%.*s\"",
                               (long long)job->id, does, TEXT_ARG(name->text));
    diag_hint(execution->diag, "STOP JOB '%lld' first", (long long)job->id);
    return status;
}

/* E2131 when an INSERT of the job reads or fills the object. What views read is known of them. */
static Status check_job(const Execution *execution, const CatalogJob *job, const Name *name)
{
    Source *source;
    Script script;
    TRY_NEW(source, execution->arena);
    *source = (Source){TEXT("<job>"), job->sql};
    Diag ignored;
    diag_reset(&ignored);
    Status status = parse_script(source, execution->arena, &script, &ignored);
    if (status != ST_OK) /* somebody has changed its text: nothing is built on it */
        return status == ST_NOMEM ? status : ST_OK;
    for (const Statement *s = script.statements.first; s != NULL; s = s->next) {
        if (s->kind != STATEMENT_INSERT)
            continue;
        if (text_equal(s->as.insert->table.last->text, name->text))
            return refuse_job(execution, job, name, "writes into");
        Usage usage = {.name = name->text};
        AstVisitor visitor = {.table = names_table, .expr = names_table_arg, .context = &usage};
        ast_walk_query(&visitor, s->as.insert->query);
        if (usage.found)
            return refuse_job(execution, job, name, "reads");
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
            TRY(check_job(execution, job, name));
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
    TRY(catalog_drop_object(session->catalog, name, execution->diag));
    TRY(reject_log_drop_views(session->db, name, execution->diag));
    if (kind == OBJECT_MATERIALIZED_VIEW && views_of_job(session, job) == 0)
        TRY(catalog_drop_job(session->catalog, job, execution->diag));
    return kind == OBJECT_VIEW ? ST_OK : drop_table(execution, name);
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
        diag_hint(execution->diag, "DROP %s drops it", drop_words[object->kind]);
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
