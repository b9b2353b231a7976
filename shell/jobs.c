#include "shell/jobs.h"

#include <stdio.h>

#include "executor/run/constants.h"
#include "shell/replace.h"
#include "shell/settings.h"
#include "storage/data/timezone.h"

Status session_time_zone(OptionList settings, Arena *arena, const TimeZone **out, Diag *diag)
{
    Text name = option_text(&settings_scope, settings, "table.local-time-zone");
    TRY(timezone_open(name, arena, out));
    if (*out != NULL)
        return ST_OK;
    const OptionEntry *entry = option_find(settings, "table.local-time-zone");
    return diag_error(diag, E2114, entry == NULL ? SPAN_NONE : entry->value_span,
                      "there is no time zone \"%.*s\"", TEXT_ARG(name));
}

/* --- from SQL to a plan --- */

typedef struct JobText {
    Settings settings;
    VEC(QueryDraft) query;
} JobText;

/* What the statement defines holds for those behind it, whatever the catalog has of that name. */
static Status define(const PlanRequest *request, const Statement *statement, TableDef **def)
{
    TRY(table_def_make(request->tables, statement, def, request->diag));
    return table_set_put(request->tables, *def);
}

static Status take_statement(PlanRequest *request, const Statement *statement, JobText *text)
{
    QueryDraft draft;
    TableDef *def;
    if (statement->kind == STATEMENT_SET) {
        const Setting *setting = statement->as.setting;
        OptionEntry entry = {setting->key, setting->value, setting->key_span, setting->value_span};
        TRY(settings_set(&text->settings, &entry, request->diag));
        request->settings = settings_of_queries(&text->settings);
        return ST_OK;
    }
    if (statement->kind == STATEMENT_CREATE_TABLE || statement->kind == STATEMENT_CREATE_VIEW)
        return define(request, statement, &def);
    if (statement->kind == STATEMENT_INSERT) {
        TRY(plan_insert(request, statement->as.insert, statement->span, &draft));
    } else {
        TRY(plan_materialized(request, statement, &draft));
        TRY(define(request, statement, &def));
        def->schema = draft.logical->schema;
    }
    TRY_PUSH(&text->query, request->arena, draft);
    return ST_OK;
}

static Status plan_job(SessionJob *record, JobText *text, Diag *diag)
{
    PlanRequest request = {
        .tables = &record->tables, .arena = &record->arena, .diag = diag, .run = constants_run};
    TRY(parse_script(&record->source, &record->arena, &record->script, diag));
    for (const Statement *s = record->script.statements.first; s != NULL; s = s->next)
        TRY(take_statement(&request, s, text));
    return plan_queries(&request, text->query.item, text->query.count, &record->plan);
}

/* The session-wide idle time-out holds for scans that say nothing themselves. */
static void apply_settings(Plan *plan, OptionList settings)
{
    Micros idle = option_duration(&settings_scope, settings, "table.exec.source.idle-timeout");
    for (uint32_t i = 0; i < plan->nodes; i++) {
        PlanNode *node = plan->node[i];
        if (node->kind == PLAN_SCAN &&
            !option_given(node->as.scan.spec.table->options, "scan.watermark.idle-timeout"))
            node->as.scan.idle_timeout = idle;
    }
}

static Status open_job(const JobEnv *env, SessionJob *record, bool restart, Diag *diag)
{
    JobText text = {0};
    settings_open(&text.settings);
    const TimeZone *zone = NULL;
    Status status = plan_job(record, &text, diag);
    if (status == ST_OK)
        status = session_time_zone(settings_list(&text.settings), &record->arena, &zone, diag);
    if (status == ST_OK) {
        const CatalogJob *stored = catalog_find_job(env->catalog, record->id);
        apply_settings(record->plan, settings_list(&text.settings));
        if (stored != NULL)
            plan_set_shard(record->plan, stored->shard);
        JobConfig config = {.plan = record->plan,
                            .id = record->id,
                            .catalog = env->catalog,
                            .clock = env->clock,
                            .zone = zone,
                            .base_path = env->base_path,
                            .commit_interval = env->commit_interval,
                            .sync_each_commit = env->sync_each_commit,
                            .batch_rows = env->batch_rows,
                            .readers = env->readers,
                            .limits = &env->limits,
                            .restart = restart,
                            .takeover = record->replaces == 0 ? NULL : &record->takeover,
                            .stop = env->stop};
        status = job_open(&config, &record->job, diag);
    }
    settings_close(&text.settings);
    return status;
}

/* What the error points into is the job's own text, which nobody wrote so and which goes with it.
 */
static void detach_error(Diag *diag)
{
    diag->source = NULL;
    diag->span = SPAN_NONE;
}

void session_job_blame(int64_t id, Diag *diag)
{
    char message[sizeof diag->message];
    if (!diag->set)
        return;
    memcpy(message, diag->message, sizeof message);
    snprintf(diag->message, sizeof diag->message, "job %lld cannot go on: %.*s", (long long)id,
             (int)sizeof message - 64, message);
}

Status session_job_open(const JobEnv *env, int64_t id, Text sql, bool restart, SessionJob **out,
                        Diag *diag)
{
    SessionJob *record = mem_alloc_zeroed(NULL, sizeof *record);
    if (record == NULL)
        return ST_NOMEM;
    record->session = env->session;
    record->id = id;
    replacement_prepare(env->catalog, record);
    arena_init(&record->arena, NULL);
    table_set_init(&record->tables, &record->arena, env->catalog);
    record->source.name = TEXT("<job>");
    Status status = arena_text(&record->arena, sql, &record->source.text);
    if (status == ST_OK)
        status = open_job(env, record, restart, diag);
    if (status != ST_OK) {
        detach_error(diag);
        session_job_close(record);
        return status;
    }
    *out = record;
    return ST_OK;
}

void session_job_close(SessionJob *job)
{
    if (job == NULL)
        return;
    job_close(job->job);
    arena_close(&job->arena);
    mem_free(NULL, job, sizeof *job);
}

/* --- running --- */

/* job: NULL, or what there is of it. The error that is recorded is the one to report, so that
 * another one here is not. */
static void record_failure(const JobEnv *env, int64_t id, Job *job, const Diag *diag)
{
    Diag ignored = {0};
    char reason[sizeof diag->message + 16];
    Db *db = catalog_db(env->catalog);
    Micros now = env->clock->wall(env->clock);
    const ErrorDef *def =
        error_def(diag->set ? diag->code : E0001); /* memory fails without a word */
    snprintf(reason, sizeof reason, "%s: %s", def->name, diag->set ? diag->message : def->title);
    if (db_begin(db, &ignored) != ST_OK)
        return;
    Status status = catalog_set_job(env->catalog, id, JOB_FAILED, text_of(reason), now, &ignored);
    if (status == ST_OK && job != NULL)
        status = job_record_rejected(job, &ignored);
    if (status == ST_OK)
        status = db_commit(db, &ignored);
    if (status == ST_OK)
        return;
    if (db_in_transaction(db))
        db_rollback(db);
    IGNORE(catalog_reload(env->catalog, &ignored));
}

/* Nothing of the moment is in its way (memory, a lock, a disk without room, a request to stop), nor
 * is it another version of Weir that has to go on with it. */
static bool is_job_to_blame(Status status, const Diag *why)
{
    return status != ST_NOMEM && status != ST_CANCELLED && why->set &&
           why->trouble == TROUBLE_LASTING && why->code != E4012;
}

void session_job_refused(const JobEnv *env, int64_t id, Status status, const Diag *why)
{
    const CatalogJob *stored = catalog_find_job(env->catalog, id);
    bool over = stored == NULL || stored->state == JOB_STOPPED || stored->state == JOB_FINISHED;
    if (!over && is_job_to_blame(status, why))
        record_failure(env, id, NULL, why);
}

/* The job's process goes on as if it had been killed, but that somebody is told. */
static void record_cut(const JobEnv *env, SessionJob *job)
{
    static const char why[] =
        "was stopped in the middle of a long step; it goes on from its last commit";
    Diag ignored = {0}; /* cut off as it is, it goes on from there just so */
    snprintf(job->last_notice, sizeof job->last_notice, "%s", why);
    IGNORE(session_job_set(env, job->id, JOB_SUSPENDED, text_of(why), &ignored));
}

Status session_job_step(const JobEnv *env, SessionJob *job, Diag *diag)
{
    if (job->job == NULL)
        return ST_OK;
    Status status = job_step(job->job, &job->progress, diag);
    job->rejected = job_counts(job->job).rejected;
    job->has_begun = job_has_begun(job->job);
    if (status == ST_OK && job->progress != JOB_ENDED)
        return ST_OK;
    if (status != ST_OK && status != ST_CANCELLED)
        record_failure(env, job->id, job->job, diag);
    (void)job_take_notice(job->job, job->last_notice);
    if (status == ST_CANCELLED)
        record_cut(env, job);
    job_close(job->job);
    job->job = NULL;
    return status;
}

bool session_job_take_notice(SessionJob *job, char out[NOTICE_SIZE + 32])
{
    char notice[NOTICE_SIZE];
    memcpy(notice, job->last_notice, sizeof notice);
    job->last_notice[0] = '\0';
    if (notice[0] == '\0' && (job->job == NULL || !job_take_notice(job->job, notice)))
        return false;
    snprintf(out, NOTICE_SIZE + 32, "job %lld %s", (long long)job->id, notice);
    return true;
}

Status session_job_last_commit(SessionJob *job, bool *left, Diag *diag)
{
    Diag why = {0};
    Status status = job_commit(job->job, &why);
    *left = status == ST_CANCELLED || (status != ST_OK && job_is_held_up(job->job));
    if (status == ST_OK || *left)
        return ST_OK;
    if (!diag->set)
        *diag = why;
    return status;
}

static Status record_state(const JobEnv *env, int64_t id, JobState state, Text reason, Diag *diag)
{
    if (state == JOB_STOPPED)
        TRY(catalog_forget_recovery(env->catalog, id, diag));
    return catalog_set_job(env->catalog, id, state, reason, env->clock->wall(env->clock), diag);
}

/* job: NULL, or open, and its numbers are written as well. */
static Status write_state(const JobEnv *env, int64_t id, Job *job, JobState state, Text reason,
                          Diag *diag)
{
    Db *db = catalog_db(env->catalog);
    TRY(db_begin(db, diag));
    Status status = job == NULL ? ST_OK : job_report(job, diag);
    if (status == ST_OK)
        status = record_state(env, id, state, reason, diag);
    if (status == ST_OK)
        status = db_commit(db, diag);
    if (status == ST_OK)
        return ST_OK;
    if (db_in_transaction(db))
        db_rollback(db);
    Diag ignored;
    diag_reset(&ignored);
    IGNORE(catalog_reload(env->catalog, &ignored)); /* the first error is the one to report */
    return status;
}

Status session_job_set(const JobEnv *env, int64_t id, JobState state, Text reason, Diag *diag)
{
    return write_state(env, id, NULL, state, reason, diag);
}

Status session_job_stop(const JobEnv *env, SessionJob *job, JobState state, Text reason, Diag *diag)
{
    if (job->job == NULL)
        return ST_OK;
    bool keep = state != JOB_STOPPED && !db_is_in_memory(catalog_db(env->catalog));
    Status status = job_stop(job->job, keep, diag);
    if (status != ST_OK && job_is_held_up(job->job))
        return status;
    if (status == ST_OK)
        status = write_state(env, job->id, job->job, state, reason, diag);
    job_close(job->job);
    job->job = NULL;
    job->stopped = true;
    return status;
}

Status session_select_open(const JobEnv *env, Arena *arena, const Plan *plan, OptionList settings,
                           const SinkTarget *collect, Job **out, Diag *diag)
{
    JobConfig config = {.plan = plan,
                        .clock = env->clock,
                        .base_path = env->base_path,
                        .collect = *collect,
                        .commit_interval = env->commit_interval,
                        .batch_rows = env->batch_rows,
                        .readers = env->readers,
                        .stop = env->stop};
    TRY(session_time_zone(settings, arena, &config.zone, diag));
    return job_open(&config, out, diag);
}
