/* The job that builds views anew: how it is made, given up, and put into the old one's place. */
#include <assert.h>
#include <stdio.h>

#include "grammar/parse.h"
#include "shell/object_name.h"
#include "shell/replace.h"
#include "storage/catalog/reject_log.h"
#include "storage/sqlite/result_swap.h"

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

/* Only what the old job keeps gives way: anything else of the name came meanwhile. */
static Status check_place(const SessionJob *job, const CatalogObject *object, Diag *diag)
{
    Catalog *catalog = job->tables.catalog;
    const CatalogObject *stored = catalog_find(catalog, object->name);
    bool taken = false;
    if (object->kind != OBJECT_MATERIALIZED_VIEW)
        taken = stored != NULL && stored->kind != object->kind;
    else if (stored != NULL)
        taken = stored->job != job->replaces;
    else
        TRY(catalog_foreign_table_exists(catalog, object->name, &taken, diag));
    return !taken ? ST_OK
                  : diag_error(diag, E2102, SPAN_NONE,
                               "\"%.*s\" was made by somebody else while the new one was built",
                               TEXT_ARG(object->name));
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
    TRY(check_place(job, &object, diag));
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

/* A table that is another one by now has another's rows. */
static bool defines(const SessionJob *job, Text table)
{
    for (const Statement *s = job->script.statements.first; s != NULL; s = s->next) {
        if (s->kind == STATEMENT_CREATE_TABLE && text_equal(object_name(s).name->text, table))
            return true;
    }
    return false;
}

static Status seen(void *context, const TableSpec *table, Text split, SplitSeen *out, Diag *diag)
{
    const SessionJob *job = context;
    DbStatement *row;
    *out = (SplitSeen){0};
    if (defines(job, table->name))
        return ST_OK;
    TRY(db_prepare(catalog_db(job->tables.catalog),
                   TEXT("SELECT position, begun FROM _weir_sources"
                        " WHERE job = ?1 AND source = ?2 AND split = ?3 ORDER BY file DESC"),
                   &row, diag));
    const DbValue key[] = {db_value_i64(job->replaces), db_value_text(table->name),
                           db_value_text(split)};
    Status status = db_bind_values(row, key, 3);
    if (status == ST_OK)
        status = db_step(row, &out->exists, diag);
    if (status == ST_OK && out->exists) {
        out->position = (uint64_t)db_column_i64(row, 0);
        out->begun = db_column_i64(row, 1);
    }
    db_statement_close(row);
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
    job->takeover = (Takeover){.swap = swap, .seen = seen, .settled = settled, .context = job};
}
