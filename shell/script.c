/* weir run: a whole script as one submission. */
#include <stdio.h>

#include "grammar/parse.h"
#include "shell/difference.h"
#include "shell/drop.h"
#include "shell/foreground.h"
#include "shell/object_name.h"
#include "shell/shards.h"

/* --- binding all of it --- */

static Status drop_begin(Output *output, OutputShape shape, const OutputColumn *column,
                         uint32_t count)
{
    (void)output, (void)shape, (void)column, (void)count;
    return ST_OK;
}

static Status drop_row(Output *output, RowKind kind, const OutputCell *cell)
{
    (void)output, (void)kind, (void)cell;
    return ST_OK;
}

static Status drop_call(Output *output)
{
    (void)output;
    return ST_OK;
}

static void drop_note(Output *output, Text message)
{
    (void)output, (void)message;
}

static void drop_warning(Output *output, const Diag *diag)
{
    (void)output, (void)diag;
}

/* A statement that only tells something is answered when the job is through; that it can be is
 * found out before anything is made, by answering it to nobody. */
static Status try_to_tell(const Execution *execution, const Statement *statement)
{
    Output nobody = {.begin = drop_begin,
                     .row = drop_row,
                     .flush = drop_call,
                     .end = drop_call,
                     .note = drop_note,
                     .warning = drop_warning};
    Execution quiet = *execution;
    quiet.output = &nobody;
    const Show *show = statement->kind == STATEMENT_SHOW ? statement->as.show : NULL;
    const TableDef *made = NULL; /* by the script: the database does not know it yet */
    if (show != NULL && show->name.count > 0)
        TRY(table_set_find(execution->tables, show->name.last->text, &made, execution->diag));
    return made != NULL ? ST_OK : session_run_statement(&quiet, statement);
}

const Name *script_created_name(const Statement *statement)
{
    bool creates = statement_is_submitted(statement) && statement->kind != STATEMENT_INSERT &&
                   statement->kind != STATEMENT_STATEMENT_SET;
    return creates ? object_name(statement).name : NULL;
}

/* DROP ... IF EXISTS of what is not there; or of what the script makes again, as scripts do that
 * are run again and again: what the database has of it goes on, or is refused where it is another
 * one. */
static bool drops_nothing(const Execution *execution, const Script *script,
                          const Statement *statement)
{
    const Drop *drop = statement->as.drop;
    if (!drop->if_exists || drop->name.count == 0)
        return false;
    Text name = drop->name.last->text;
    bool later = false;
    for (const Statement *s = script->statements.first; s != NULL; s = s->next) {
        const Name *created = script_created_name(s);
        if (created != NULL && text_equal(created->text, name)) {
            if (!later)
                return false; /* it would drop what the script has made */
            return true;
        }
        later = later || s == statement;
    }
    return catalog_find(execution->session->catalog, name) == NULL;
}

Status script_bind_statement(const Execution *execution, Submission *submission,
                             const Script *script, const Statement *statement)
{
    PlanRequest request = execution_request(execution);
    QueryDraft draft;
    if (statement_is_submitted(statement))
        return submission_add(execution, submission, statement);
    if (statement->kind == STATEMENT_SET && !statement->as.setting->has_key)
        return ST_OK;
    if (statement->kind == STATEMENT_SET || statement->kind == STATEMENT_RESET) {
        bool set = statement->kind == STATEMENT_SET;
        TRY(set ? run_set(execution, statement->as.setting)
                : run_reset(execution, statement->as.setting));
        return submission_check_settings(execution, submission, statement->span);
    }
    if (statement->kind == STATEMENT_QUERY) {
        Plan *plan;
        TRY(plan_select(&request, statement->as.query, statement->span, &draft));
        TRY(plan_queries(&request, &draft, 1, &plan));
        submission->shares_splits = submission->shares_splits || plan_shares_splits(plan);
        return ST_OK;
    }
    if (statement->kind == STATEMENT_EXPLAIN && statement->as.explain->mode == EXPLAIN_WHY)
        return ST_OK; /* the job that it is about may be the script's own */
    if (statement->kind == STATEMENT_EXPLAIN || statement->kind == STATEMENT_SHOW ||
        statement->kind == STATEMENT_DESCRIBE)
        return try_to_tell(execution, statement);
    if (statement->kind == STATEMENT_USE)
        return run_use(execution, statement->as.use, statement->span);
    if (statement->kind == STATEMENT_DROP && drops_nothing(execution, script, statement))
        return ST_OK;
    return diag_error(execution->diag, E2001, statement->span,
                      "%s is not supported yet in a script", statement_kind_words(statement->kind));
}

static Status bind_script(const Execution *execution, const Script *script, Submission *submission)
{
    Plan *plan;
    for (const Statement *s = script->statements.first; s != NULL; s = s->next)
        TRY(script_bind_statement(execution, submission, script, s));
    TRY(submission_plan(execution, submission, &plan));
    submission->shares_splits =
        submission->shares_splits || (plan != NULL && plan_shares_splits(plan));
    bool idle = execution->session->config.shard.count > 0 && !submission->shares_splits;
    return idle ? shards_refuse_idle(execution->session, execution->diag) : ST_OK;
}

/* --- running it --- */

#define LEFT_BEHIND                                                                                \
    "job %lld stops without a last commit, which is held up; the next run does again what it did " \
    "since the one before"

/* The job that keeps meanwhile what this one builds anew. It must not hold that up. */
static void step_old(const Execution *execution, const JobEnv *env, const SessionJob *job)
{
    Diag why = {0};
    SessionJob *old = session_running_job(execution->session, job->replaces);
    Status status = old == NULL ? ST_OK : session_job_step(env, old, &why);
    if (status != ST_OK && status != ST_CANCELLED)
        execution_note(execution, "job %lld failed: %s", (long long)old->id, why.message);
}

/* A job that builds views anew has failed: the one that keeps them goes on. NULL: none does. */
static SessionJob *go_on_with_old(const Execution *execution, const SessionJob *job)
{
    SessionJob *old = session_running_job(execution->session, job->replaces);
    if (old != NULL)
        execution_note(execution, "job %lld failed, and job %lld goes on as before: %s",
                       (long long)job->id, (long long)old->id, execution->diag->message);
    return old;
}

static Status wait_job(const Execution *execution, SessionJob *job, Foreground *foreground)
{
    Session *session = execution->session;
    JobEnv env = session_job_env(session);
    while (job->job != NULL) {
        if (atomic_load(&session->cancelled)) {
            bool left;
            TRY(session_job_last_commit(job, &left, execution->diag));
            if (left)
                execution_note(execution, LEFT_BEHIND, (long long)job->id);
            return ST_CANCELLED; /* at an epoch's end */
        }
        step_old(execution, &env, job);
        Status status = session_job_step(&env, job, execution->diag);
        if (status != ST_OK && status != ST_CANCELLED) {
            SessionJob *old = go_on_with_old(execution, job);
            if (old == NULL)
                return status;
            diag_reset(execution->diag);
            job = old;
            continue;
        }
        char notice[NOTICE_SIZE + 32];
        if (session_job_take_notice(job, notice))
            execution_note(execution, "%s", notice);
        TRY(status);
        if (job->job == NULL)
            break;
        if (foreground_is_due(foreground)) {
            foreground_add(foreground, job->plan, job->job);
            TRY(foreground_tell(foreground));
        }
        if (job->progress == JOB_WAITS)
            session_nap(execution->session);
    }
    return ST_OK;
}

Status session_wait_job(const Execution *execution, SessionJob *job)
{
    Foreground foreground;
    foreground_open(&foreground, execution->output, execution->session->config.clock);
    Status status = foreground_end(&foreground, wait_job(execution, job, &foreground));
    bool failed = status != ST_OK && status != ST_CANCELLED && job->job == NULL;
    if (failed && job->is_new && !job->has_begun)
        drop_failed_start(execution, job);
    return status;
}

static Status run_rest(const Execution *execution, const Script *script)
{
    for (const Statement *s = script->statements.first; s != NULL; s = s->next) {
        bool over = s->kind == STATEMENT_DROP ||
                    (s->kind == STATEMENT_SET && setting_is_of_a_cluster(s->as.setting));
        if (!statement_is_submitted(s) && !over)
            TRY(session_run_statement(execution, s));
    }
    return ST_OK;
}

/* What else is wrong may be so because of it. `whole`: nothing is. */
static Status refuse_differing(const Execution *execution, const Submission *submission, bool whole)
{
    diag_reset(execution->diag);
    if (whole)
        TRY(difference_tell(execution, submission));
    return submission_refuse_differing(execution, submission);
}

static Status submit_script(const Execution *execution, const Script *script, SessionJob **job)
{
    Submission submission;
    submission_open(&submission, true);
    submission.gathers = true;
    Status status = bind_script(execution, script, &submission);
    if (status != ST_NOMEM && submission.differing.count > 0)
        status = refuse_differing(execution, &submission, status == ST_OK);
    if (status == ST_OK && submission.object.count + submission.query.count > 0)
        status = session_require_owner(execution, SPAN_NONE);
    if (status == ST_OK && submission.object.count + submission.query.count > 0)
        status = submission_apply(execution, &submission, job);
    submission_close(&submission);
    return status;
}

Status script_save_settings(Session *session, Settings *before)
{
    Status status = settings_copy(&session->settings, before);
    if (status != ST_OK)
        settings_close(before);
    return status;
}

void script_restore_settings(Session *session, const Settings *before)
{
    settings_close(&session->settings);
    session->settings = *before;
}

static Status run_script(const Execution *execution, const Script *script)
{
    Settings before;
    SessionJob *job = NULL;
    TRY(script_save_settings(execution->session, &before));
    Status status = submit_script(execution, script, &job);
    script_restore_settings(execution->session, &before);
    TRY(status);
    if (job != NULL)
        TRY(session_wait_job(execution, job));
    return run_rest(execution, script);
}

Status session_run_script(Session *session, const Source *source, Output *output, Diag *diag)
{
    Arena arena;
    TableLookup tables;
    Script script;
    TRY(session_enter(session, PATIENT));
    arena_init(&arena, NULL);
    table_set_init(&tables, &arena, session->catalog);
    Execution execution = {session, output, diag, source, &arena, &tables, false};
    Status status = parse_script(source, &arena, &script, diag);
    if (status == ST_OK)
        status = run_script(&execution, &script);
    session_leave(session);
    if (status != ST_OK && diag->set)
        diag->source = source;
    arena_close(&arena);
    return status;
}

/* --- weir run --db D --- */

static void tell_halted(Output *output, int64_t id, const char *how, const char *resume)
{
    char text[160];
    int size = snprintf(text, sizeof text, "job %lld %s; RESUME JOB '%lld' %s", (long long)id, how,
                        (long long)id, resume);
    if (output->note != NULL)
        output->note(output, (Text){text, (uint32_t)size});
}

static Status open_stored_jobs(Session *session, Output *output, Diag *diag)
{
    JobEnv env = session_job_env(session);
    if (catalog_job_count(session->catalog) == 0 && output->note != NULL)
        output->note(output, TEXT("the database has no jobs"));
    for (uint32_t i = 0; i < catalog_job_count(session->catalog); i++) {
        const CatalogJob *stored = catalog_job(session->catalog, i);
        SessionJob *job;
        if (stored->state == JOB_PAUSED)
            tell_halted(output, stored->id, "is paused", "lets it go on");
        if (stored->state == JOB_FAILED)
            tell_halted(output, stored->id, "has failed", "tries again; SHOW JOBS tells why");
        if (stored->state == JOB_PAUSED || job_state_is_over(stored->state))
            continue;
        TRY(shards_check_stored(session, stored, diag));
        int64_t id = stored->id;
        Status status = session_job_open(&env, id, stored->sql, true, &job, diag);
        if (status != ST_OK) {
            session_job_refused(&env, id, status, diag);
            session_job_blame(id, diag);
            return status;
        }
        job->next = session->jobs;
        session->jobs = job;
        shards_tell(&(Execution){.session = session, .output = output}, job);
    }
    return ST_OK;
}

static Status step_all(const Execution *execution, bool *running, bool *busy)
{
    Session *session = execution->session;
    JobEnv env = session_job_env(session);
    *running = *busy = false;
    for (SessionJob *job = session->jobs; job != NULL; job = job->next) {
        Status status = session_job_step(&env, job, execution->diag);
        if (status != ST_OK && status != ST_CANCELLED && go_on_with_old(execution, job) == NULL)
            return status;
        diag_reset(execution->diag);
        *running = *running || job->job != NULL;
        *busy = *busy || (job->job != NULL && job->progress == JOB_BUSY);
    }
    return ST_OK;
}

/* What cannot be committed now is told, and done again by the next run. */
static Status stop_all(Session *session, const Execution *execution)
{
    for (SessionJob *job = session->jobs; job != NULL; job = job->next) {
        bool left = false;
        if (job->job != NULL)
            TRY(session_job_last_commit(job, &left, execution->diag));
        if (left)
            execution_note(execution, LEFT_BEHIND, (long long)job->id);
    }
    return ST_CANCELLED;
}

static void tell_notices(Session *session, const Execution *execution)
{
    char notice[NOTICE_SIZE + 32];
    for (SessionJob *job = session->jobs; job != NULL; job = job->next) {
        if (session_job_take_notice(job, notice))
            execution_note(execution, "%s", notice);
    }
}

static Status tell_all(const Session *session, Foreground *foreground)
{
    if (!foreground_is_due(foreground))
        return ST_OK;
    for (const SessionJob *job = session->jobs; job != NULL; job = job->next) {
        if (job->job != NULL)
            foreground_add(foreground, job->plan, job->job);
    }
    return foreground_tell(foreground);
}

static Status run_stored_jobs(Session *session, Foreground *foreground, Diag *diag)
{
    bool running = true, busy = true;
    Execution execution = {.session = session, .output = foreground->output, .diag = diag};
    TRY(open_stored_jobs(session, foreground->output, diag));
    while (running) {
        if (atomic_load(&session->cancelled))
            return stop_all(session, &execution);
        TRY(step_all(&execution, &running, &busy));
        tell_notices(session, &execution);
        TRY(tell_all(session, foreground));
        if (running && !busy)
            session_nap(session);
    }
    return ST_OK;
}

Status session_run_jobs(Session *session, Output *output, Diag *diag)
{
    Foreground foreground;
    TRY(session_enter(session, PATIENT));
    foreground_open(&foreground, output, session->config.clock);
    Status status = foreground_end(&foreground, run_stored_jobs(session, &foreground, diag));
    session_leave(session);
    return status;
}
