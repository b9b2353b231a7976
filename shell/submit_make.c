/* A submission, bound, is made: its objects and its job, all in one transaction. A mistake in the
 * last line leaves nothing behind, nor does a source that cannot be opened. */
#include <assert.h>

#include "shell/difference.h"
#include "shell/object_name.h"
#include "shell/replace.h"
#include "shell/shards.h"
#include "shell/usage.h"
#include "storage/catalog/reject_log.h"

/* --- objects --- */

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
    TRY(statement_definition(execution, statement, &object.sql));
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

static Status add_job(const Execution *execution, Text sql, const Plan *plan, int64_t *id)
{
    Session *session = execution->session;
    StrBuf text;
    strbuf_init(&text, NULL);
    plan_print(plan, &text);
    Micros now = session->config.clock->wall(session->config.clock);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status =
            catalog_add_job(session->catalog, sql, strbuf_as_text(&text), now, id, execution->diag);
    strbuf_close(&text);
    TRY(status);
    TRY(name_job(execution, plan, *id));
    return catalog_set_job(session->catalog, *id, JOB_RUNNING, TEXT_NONE, now, execution->diag);
}

/* Before it is opened. */
static Status set_shard(const Execution *execution, const Plan *plan, int64_t id, Shard shard)
{
    Catalog *catalog = execution->session->catalog;
    if (shard_equal(catalog_find_job(catalog, id)->shard, shard))
        return ST_OK;
    StrBuf text;
    strbuf_init(&text, NULL);
    plan_print(plan, &text);
    Status status = strbuf_status(&text);
    if (status == ST_OK)
        status = catalog_set_shard(catalog, id, shard, strbuf_as_text(&text), execution->diag);
    strbuf_close(&text);
    return status;
}

/* The objects, and what the job keeps. Of a job that builds views anew, those come when they are
 * complete. */
static Status make_objects(const Execution *execution, const Submission *submission,
                           const Plan *plan, int64_t job)
{
    for (uint32_t i = 0; i < submission->object.count; i++) {
        const Statement *statement = submission->object.item[i];
        if (submission->replaces == 0 || !statement_makes_view(statement))
            TRY(make_object(execution, statement, plan, job));
    }
    return ST_OK;
}

static int64_t kept_job(const Submission *submission, const CatalogJob *known)
{
    if (submission->replaces != 0)
        return submission->replaces;
    return known != NULL ? known->id : 0;
}

/* The job that give_up_others will close; 0: none runs. */
static int64_t running_replacement(const Session *session, const Submission *submission,
                                   const CatalogJob *known)
{
    const CatalogJob *other = replacement_of(session, kept_job(submission, known));
    bool runs = other != NULL && other != known && session_running_job(session, other->id) != NULL;
    return runs ? other->id : 0;
}

/* Whoever builds anew what is to be another thing by now, or to stay as it is, gives up. */
static Status give_up_others(const Execution *execution, const Submission *submission,
                             const CatalogJob *known)
{
    Session *session = execution->session;
    const CatalogJob *other = replacement_of(session, kept_job(submission, known));
    if (other == NULL || other == known)
        return ST_OK;
    execution_note(execution, "gives up job %lld, which was building views anew",
                   (long long)other->id);
    return replacement_give_up(session, other->id, execution->diag);
}

/* The job was planned from its canonical text; the error goes to the statement that was typed. */
static Status place_error(const Submission *submission, Status status, Diag *diag)
{
    if (diag->set && diag->query > 0 && diag->query <= submission->query.count)
        diag->span = submission->query.item[diag->query - 1].span;
    return status;
}

/* `goes_on`: it is in the catalog since an earlier run. */
static Status start_job(const Execution *execution, const Submission *submission, int64_t id,
                        Text sql, bool goes_on, SessionJob **job)
{
    Session *session = execution->session;
    JobEnv env = session_job_env(session);
    Status opened = session_job_open(&env, id, sql, goes_on, job, execution->diag);
    if (opened != ST_OK)
        return place_error(submission, opened, execution->diag);
    if (goes_on)
        TRY(catalog_set_job(session->catalog, id, JOB_RUNNING, TEXT_NONE,
                            session->config.clock->wall(session->config.clock), execution->diag));
    Status started = job_start((*job)->job, execution->diag);
    return place_error(submission, started, execution->diag);
}

/* *refused: it is the job that could not be started. */
static Status make_all(const Execution *execution, Submission *submission, Text sql,
                       const Plan *plan, const CatalogJob *known, SessionJob **job, bool *refused)
{
    Session *session = execution->session;
    int64_t id = known == NULL ? 0 : known->id;
    bool new = plan != NULL &&known == NULL;
    TRY(catalog_make_tables(session->catalog, execution->diag));
    TRY(give_up_others(execution, submission, known));
    if (new)
        TRY(add_job(execution, sql, plan, &id));
    if (plan != NULL)
        TRY(set_shard(execution, plan, id, submission->shard));
    TRY(make_objects(execution, submission, plan, id));
    if (new && submission->replaces != 0)
        TRY(replacement_make(execution, submission, plan, id, sql));
    if (plan == NULL)
        return ST_OK;
    Status status = start_job(execution, submission, id, sql, !new, job);
    *refused = status != ST_OK;
    TRY(status);
    return new && submission->replaces != 0 ? replacement_check_input(execution, submission, *job)
                                            : ST_OK;
}

/* Views of the script exist, but not with this job: its other statements are not the same. */
static Status refuse_other_job(const Execution *execution, const Submission *submission)
{
    const QueryDraft *query = &submission->query.item[0];
    const CatalogObject *view = NULL;
    for (uint32_t i = 0; view == NULL || view->job == 0; i++) { /* one of them is known */
        query = &submission->query.item[i];
        view = catalog_find(execution->session->catalog, query->name);
    }
    TRY(difference_tell(execution, submission));
    Status status = diag_error(
        execution->diag, E2132, query->span,
        "the database keeps \"%.*s\" with job %lld, which has other statements or settings",
        TEXT_ARG(query->name), (long long)view->job);
    diag_hint(execution->diag,
              "the lines above tell which; %sDROP the views, or use another database",
              submission->inserts > 0 ? "" : "CREATE OR REPLACE each of its views, or ");
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

static Status tell_writer(const Execution *execution, const CatalogJob *other, int64_t id,
                          Text table)
{
    const Session *session = execution->session;
    JobState state = session_true_state(session, other->id, other->state, false);
    bool fills = false;
    if (other->id == id || state == JOB_FINISHED || state == JOB_STOPPED)
        return ST_OK;
    TRY(usage_job_fills(execution, other, table, &fills));
    if (fills)
        execution_note(execution,
                       "job %lld, which is %s, has other statements and fills \"%.*s\", too; STOP "
                       "JOB '%lld' ends it",
                       (long long)other->id, job_state_name(state), TEXT_ARG(table),
                       (long long)other->id);
    return ST_OK;
}

/* A script that was changed is another job: the one before stays, and goes on another time. Views
 * tell the two apart (refuse_other_job), and what INSERT fills can be filled by both. */
static Status tell_writers(const Execution *execution, const Plan *plan, int64_t id)
{
    const Catalog *catalog = execution->session->catalog;
    for (uint32_t i = 0; i < plan->sinks; i++) {
        for (uint32_t j = 0; j < catalog_job_count(catalog); j++)
            TRY(tell_writer(execution, catalog_job(catalog, j), id, plan->sink[i]->as.sink.name));
    }
    return ST_OK;
}

/* A job that builds views anew, and those that are kept meanwhile. */
static void tell_replacement(const Execution *execution, const SessionJob *job)
{
    if (job->replaces != 0)
        execution_note(execution,
                       "job %lld builds anew what job %lld keeps, and takes its place when it has "
                       "caught up",
                       (long long)job->id, (long long)job->replaces);
}

/* The job that is meant: a script's own one; one that builds the same anew already; one that fills
 * a table as CREATE OR REPLACE TABLE ... AS says. NULL: there is none. */
static const CatalogJob *find_known(const Session *session, const Submission *submission, Text sql)
{
    const CatalogJob *building = replacement_of(session, submission->replaces);
    if (submission->query.count == 0)
        return NULL;
    if (submission->resume || submission->repeats)
        return find_job(session, sql);
    bool same = building != NULL && text_equal(building->sql, sql);
    return same && !job_state_is_over(building->state) ? building : NULL;
}

/* *done: nothing is left to do, as the job runs or has finished. */
static Status take_known(const Execution *execution, const Submission *submission, const Plan *plan,
                         const CatalogJob *known, bool *done)
{
    const Session *session = execution->session;
    bool runs = session_running_job(session, known->id) != NULL;
    *done = false;
    if (runs && known->replaces != 0) {
        const Name *name = &submission->replaced.item[0];
        *done = true;
        if (submission->unchanged)
            execution_note(execution,
                           "\"%.*s\" stays as it is; job %lld goes on building anew what job %lld "
                           "keeps",
                           TEXT_ARG(name->text), (long long)known->id, (long long)known->replaces);
        else
            execution_note(execution, "job %lld does so already", (long long)known->id);
        return ST_OK;
    }
    if (replacement_of(session, known->id) != NULL || submission->object.count > 0 ||
        (known->state != JOB_FINISHED && !runs))
        return ST_OK;
    *done = true;
    if (known->state == JOB_FINISHED)
        execution_note(execution, "job %lld has finished: its input is not read again",
                       (long long)known->id);
    else if (submission->repeats)
        execution_note(execution, "job %lld does so already", (long long)known->id);
    return check_results(execution, plan);
}

/* With the statement typed the job is again what it was before it was to be replaced. */
static bool is_reverted(const Session *session, const Submission *submission, Text sql)
{
    const CatalogJob *old = catalog_find_job(session->catalog, submission->replaces);
    return submission->unchanged && old != NULL && text_equal(old->sql, sql);
}

static Status revert(const Execution *execution, const Submission *submission)
{
    Session *session = execution->session;
    TRY(session_begin(session, execution->diag));
    return session_end(session, give_up_others(execution, submission, NULL), execution->diag);
}

/* Of a script that gives something another meaning, what was there before would not come back. */
static bool makes_new_ones_alone(const Catalog *catalog, const Submission *submission)
{
    for (uint32_t i = 0; i < submission->object.count; i++) {
        if (catalog_find(catalog, object_name(submission->object.item[i]).name->text) != NULL)
            return false;
    }
    return submission->replaces == 0;
}

/* What goes with the job if it fails before it has read anything. */
static Status note_made(const Catalog *catalog, const Submission *submission, SessionJob *job)
{
    job->is_new = true;
    for (uint32_t i = 0; i < submission->object.count; i++) {
        Text name = object_name(submission->object.item[i]).name->text;
        const CatalogObject *object = catalog_find(catalog, name);
        if (object == NULL || object->temporary)
            continue;
        TRY(arena_text(&job->arena, name, &name));
        TRY_PUSH(&job->made, &job->arena, name);
    }
    return ST_OK;
}

static Status start(const Execution *execution, Submission *submission, Text sql, const Plan *plan,
                    const CatalogJob *known, SessionJob **job)
{
    Session *session = execution->session;
    int64_t halted = running_replacement(session, submission, known);
    JobState was = known == NULL ? JOB_CREATED : known->state;
    int64_t known_id = known == NULL ? 0 : known->id;
    bool refused = false;
    bool goes_again = known == NULL && makes_new_ones_alone(session->catalog, submission);
    TRY(session_begin(session, execution->diag));
    Status status = make_all(execution, submission, sql, plan, known, job, &refused);
    if (status == ST_OK && *job != NULL && goes_again)
        status = note_made(session->catalog, submission, *job);
    if (status != ST_OK) {
        session_job_close(*job);
        *job = NULL;
    }
    status = session_end(session, status, execution->diag);
    if (status != ST_OK) { /* the commit failed */
        session_job_close(*job);
        *job = NULL;
        if (refused && known_id != 0) {
            JobEnv env = session_job_env(session);
            session_job_refused(&env, known_id, status, execution->diag);
        }
        if (halted != 0) /* it was given up in vain */
            replacement_let_old_go_on(execution, halted);
        return status;
    }
    if (*job == NULL)
        return ST_OK;
    tell_known(execution, (*job)->id, was);
    shards_tell(execution, *job);
    tell_replacement(execution, *job);
    (*job)->next = session->jobs;
    session->jobs = *job;
    if ((*job)->replaces != 0)
        replacement_let_old_go_on(execution, (*job)->replaces);
    bool changed = submission->resume && known_id == 0 && submission->replaces == 0;
    return changed ? tell_writers(execution, plan, (*job)->id) : ST_OK;
}

/* SELECTs of the job's script read the same part. */
static Status choose_shard(const Execution *execution, Submission *submission, Plan *plan,
                           const CatalogJob *known)
{
    Session *session = execution->session;
    int64_t kept = kept_job(submission, known);
    TRY(shards_choose(session, catalog_find_job(session->catalog, kept), &submission->shard,
                      execution->diag));
    if (plan != NULL)
        plan_set_shard(plan, submission->shard);
    if (submission->resume)
        session->config.shard = submission->shard;
    return ST_OK;
}

static Status apply(const Execution *execution, Submission *submission, Text sql, SessionJob **job)
{
    const Session *session = execution->session;
    Plan *plan;
    bool done = false;
    TRY(submission_plan(execution, submission, &plan));
    const CatalogJob *known = find_known(session, submission, sql);
    if (known == NULL && submission->known_views > 0 && submission->replaces == 0)
        return refuse_other_job(execution, submission);
    if (known == NULL && is_reverted(session, submission, sql))
        return revert(execution, submission);
    TRY(choose_shard(execution, submission, plan, known));
    if (known != NULL)
        TRY(take_known(execution, submission, plan, known, &done));
    return done ? ST_OK : start(execution, submission, sql, plan, known, job);
}

Status submission_apply(const Execution *execution, Submission *submission, SessionJob **job)
{
    StrBuf sql;
    strbuf_init(&sql, NULL);
    *job = NULL;
    Status status = submission_text(submission, &sql);
    if (status == ST_OK)
        status = apply(execution, submission, strbuf_as_text(&sql), job);
    strbuf_close(&sql);
    return status;
}
