/* STOP, PAUSE, RESUME and SHOW JOBS.
 *
 *              STOP       PAUSE     RESUME
 *   RUNNING    STOPPED    PAUSED    -
 *   WAITING    STOPPED    PAUSED    -
 *   SUSPENDED  STOPPED    PAUSED    RUNNING
 *   PAUSED     STOPPED    -         RUNNING
 *   FAILED     STOPPED    -         RUNNING
 *   FINISHED   -          -         -
 *   STOPPED    -          -         -
 */
#include "shell/replace.h"
#include "storage/base/secret.h"

/* --- which job --- */

enum { MOST_DIGITS = 18 };

/* 0: it is no number of a job. */
static int64_t job_number(Text text)
{
    int64_t number = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || text.size > MOST_DIGITS)
            return 0;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return number;
}

static Status find_job(const Execution *execution, const JobControl *control,
                       const CatalogJob **out)
{
    *out = catalog_find_job(execution->session->catalog, job_number(control->job));
    if (*out != NULL)
        return ST_OK;
    Status status = diag_error(execution->diag, E2133, control->job_span,
                               "there is no job \"%.*s\"", TEXT_ARG(control->job));
    diag_hint(execution->diag, "SHOW JOBS lists them");
    return status;
}

/* --- what cannot be done --- */

static Status refuse(const Execution *execution, const JobControl *control, int64_t id,
                     JobState state)
{
    static const struct {
        const char *message, *hint;
    } words[] = {
        [JOB_CREATED] = {"is running", "PAUSE JOB '%lld' halts it, STOP JOB '%lld' ends it"},
        [JOB_RUNNING] = {"is running", "PAUSE JOB '%lld' halts it, STOP JOB '%lld' ends it"},
        [JOB_FINISHED] = {"has finished",
                          "its input was read to the end, and nothing is left to do"},
        [JOB_STOPPED] = {"was stopped for good",
                         "run its script again, and it begins from the beginning"},
        [JOB_FAILED] = {"has failed", "RESUME JOB '%lld' tries again, STOP JOB '%lld' gives it up"},
        [JOB_PAUSED] = {"is paused already",
                        "RESUME JOB '%lld' lets it go on, STOP JOB '%lld' ends it"},
        [JOB_HELD] = {"is held up and goes on by itself",
                      "PAUSE JOB '%lld' halts it, STOP JOB '%lld' ends it"},
        [JOB_SUSPENDED] = {"is suspended", "RESUME JOB '%lld' lets it go on"},
    };
    long long number = (long long)id;
    Status status = diag_error(execution->diag, E2135, control->job_span, "job %lld %s", number,
                               words[state].message);
    Text hint;
    TRY(arena_printf(execution->arena, &hint, words[state].hint, number, number));
    diag_hint(execution->diag, "%.*s", TEXT_ARG(hint));
    return status;
}

/* Flink keeps a savepoint, from which another job can begin; here it is PAUSE that keeps something.
 */
static Status check_flags(const Execution *execution, const JobControl *control, Span span)
{
    if (!control->with_savepoint && !control->with_drain)
        return ST_OK;
    Status status =
        diag_error(execution->diag, E2001, span, "STOP JOB WITH %s is not supported yet",
                   control->with_savepoint ? "SAVEPOINT" : "DRAIN");
    diag_hint(execution->diag,
              control->with_savepoint
                  ? "PAUSE JOB keeps what the job needs to go on"
                  : "STOP JOB alone leaves windows that are open out of the result");
    return status;
}

/* --- STOP, PAUSE --- */

/* STOP of a job that builds views anew: nothing of it is of use to anybody. */
static Status give_up(const Execution *execution, const CatalogJob *job)
{
    Session *session = execution->session;
    long long id = (long long)job->id, kept = (long long)job->replaces;
    TRY(session_begin(session, execution->diag));
    TRY(session_end(session, replacement_give_up(session, job->id, execution->diag),
                    execution->diag));
    execution_note(execution, "stopped job %lld for good; the views stay those of job %lld", id,
                   kept);
    return ST_OK;
}

static Status halt_job(const Execution *execution, const CatalogJob *job, JobState state)
{
    Session *session = execution->session;
    JobEnv env = session_job_env(session);
    bool stops = state == JOB_STOPPED;
    if (stops && job->replaces != 0)
        return give_up(execution, job);
    Text reason = stops ? TEXT("STOP JOB") : TEXT("PAUSE JOB");
    if (stops && job->state == JOB_FAILED)
        TRY(arena_printf(execution->arena, &reason, "STOP JOB; it had failed: %.*s",
                         TEXT_ARG(job->reason)));
    SessionJob *running = session_running_job(session, job->id);
    int64_t id = job->id;
    if (running != NULL)
        TRY(session_job_stop(&env, running, state, reason, execution->diag));
    else
        TRY(session_job_set(&env, id, state, reason, execution->diag));
    if (stops)
        execution_note(execution, "stopped job %lld for good; its tables stay as they are",
                       (long long)id);
    else
        execution_note(execution, "paused job %lld", (long long)id);
    return ST_OK;
}

/* --- RESUME --- */

static Status open_job(const Execution *execution, int64_t id, Text sql, SessionJob **job)
{
    Session *session = execution->session;
    JobEnv env = session_job_env(session);
    Status status = session_job_open(&env, id, sql, true, job, execution->diag);
    if (status == ST_OK)
        status = catalog_set_job(session->catalog, id, JOB_RUNNING, TEXT_NONE,
                                 env.clock->wall(env.clock), execution->diag);
    if (status == ST_OK)
        status = job_start((*job)->job, execution->diag);
    if (status != ST_OK && execution->diag->set) { /* it points into the job's own text */
        execution->diag->source = NULL;
        execution->diag->span = SPAN_NONE;
    }
    return status;
}

/* What the session still knows of it from an earlier run. */
static void forget_earlier(Session *session, int64_t id)
{
    for (SessionJob **at = &session->jobs; *at != NULL;) {
        SessionJob *job = *at;
        if (job->id == id) {
            *at = job->next;
            session_job_close(job);
        } else {
            at = &job->next;
        }
    }
}

/* A process that only brings a command does not stay: it waits for an end that is near, and leaves
 * the job to the next owner else. */
static Status go_on(const Execution *execution, SessionJob *job)
{
    const SessionConfig *config = &execution->session->config;
    bool waits = config->wait_for_bounded && plan_is_bounded(job->plan);
    if (waits)
        execution_note(execution, "job %lld goes on, to its end", (long long)job->id);
    TRY(session_go(execution, job,
                   config->own_late ? "is resumed, and goes on whenever a process owns the database"
                                    : "goes on"));
    if (waits && job->job == NULL)
        execution_note(execution, "job %lld has finished", (long long)job->id);
    return ST_OK;
}

static Status resume_job(const Execution *execution, const CatalogJob *stored)
{
    Session *session = execution->session;
    SessionJob *job = NULL;
    int64_t id = stored->id;
    Text sql;
    TRY(arena_text(execution->arena, stored->sql, &sql));
    TRY(session_begin(session, execution->diag));
    Status status = session_end(session, open_job(execution, id, sql, &job), execution->diag);
    if (status != ST_OK) {
        JobEnv env = session_job_env(session);
        session_job_close(job);
        session_job_refused(&env, id, status, execution->diag);
        session_job_blame(id, execution->diag);
        return status;
    }
    forget_earlier(session, id);
    job->next = session->jobs;
    session->jobs = job;
    return go_on(execution, job);
}

Status run_job_control(const Execution *execution, StatementKind kind, const JobControl *control,
                       Span span)
{
    const CatalogJob *job;
    TRY(session_require_owner(execution, control->job_span));
    TRY(check_flags(execution, control, span));
    TRY(find_job(execution, control, &job));
    JobState state = session_true_state(execution->session, job->id, job->state, false);
    bool over = state == JOB_FINISHED || state == JOB_STOPPED;
    bool runs = state == JOB_RUNNING || state == JOB_HELD;
    if (kind == STATEMENT_STOP_JOB)
        return over ? refuse(execution, control, job->id, state)
                    : halt_job(execution, job, JOB_STOPPED);
    if (kind == STATEMENT_PAUSE_JOB)
        return runs || state == JOB_SUSPENDED ? halt_job(execution, job, JOB_PAUSED)
                                              : refuse(execution, control, job->id, state);
    return over || runs ? refuse(execution, control, job->id, state) : resume_job(execution, job);
}

/* --- SHOW JOBS --- */

Status session_true_reason(const Session *session, const CatalogJob *job, bool owned, Arena *arena,
                           JobState *state, Text *reason)
{
    *state = session_true_state(session, job->id, job->state, owned);
    *reason = job->reason;
    if (*state == JOB_HELD && !owned) /* the file may be what cannot be written */
        *reason = text_of(job_pause_reason(session_running_job(session, job->id)->job));
    else if (*state == JOB_RUNNING && job->replaces != 0)
        return arena_printf(arena, reason, "builds anew what job %lld keeps",
                            (long long)job->replaces);
    else if (*state != job->state)
        *reason = *state == JOB_RUNNING ? TEXT_NONE : text_of(session_cut_off);
    return ST_OK;
}

enum { COLUMNS = 8 };

/* From the file, so that a reader sees what the owner has made of it since. */
static Status show_job(const Execution *execution, const DbStatement *job, bool owned)
{
    const Session *session = execution->session;
    CatalogJob known = {.id = db_column_i64(job, 0),
                        .reason = db_column_text(job, 5),
                        .replaces = db_column_i64(job, 7)};
    JobState state;
    while (known.state < JOB_HELD && !text_is(db_column_text(job, 2), job_state_name(known.state)))
        known.state++;
    Text number, reason;
    TRY(session_true_reason(session, &known, owned, execution->arena, &state, &reason));
    TRY(arena_printf(execution->arena, &number, "%lld", (long long)known.id));
    Text cells[COLUMNS] = {number,
                           db_column_text(job, 1),
                           text_of(job_state_name(state)),
                           db_column_text(job, 3),
                           db_column_text(job, 4),
                           reason,
                           db_column_text(job, 8),
                           db_column_text(job, 6)};
    TRY(secret_text(execution->arena, cells[COLUMNS - 1], &cells[COLUMNS - 1]));
    for (int i = 0; i < COLUMNS; i++)
        cells[i].ptr = cells[i].size == 0 ? NULL : cells[i].ptr;
    return show_row(execution, cells, COLUMNS);
}

static Status show_stored_jobs(const Execution *execution, bool owned)
{
    Db *db = execution->session->db;
    DbStatement *query;
    bool row = false;
    TRY(db_prepare(db, TEXT("SELECT 1 FROM sqlite_schema WHERE name = '_weir_meta' COLLATE NOCASE"),
                   &query, execution->diag));
    Status status = db_step(query, &row, execution->diag);
    db_statement_close(query);
    if (status != ST_OK || !row)
        return status;
    TRY(db_prepare(db,
                   TEXT("SELECT id, name, state, substr(created, 1, 23) || 'Z',"
                        " substr(updated, 1, 23) || 'Z', reason, sql, replaces, shard"
                        " FROM _weir_jobs ORDER BY id"),
                   &query, execution->diag));
    status = db_step(query, &row, execution->diag);
    while (status == ST_OK && row) {
        status = show_job(execution, query, owned);
        if (status == ST_OK)
            status = db_step(query, &row, execution->diag);
    }
    db_statement_close(query);
    return status;
}

Status run_show_jobs(const Execution *execution)
{
    static const char *const heading[COLUMNS] = {"job id", "job name", "state", "start time",
                                                 "since",  "reason",   "shard", "statements"};
    const Session *session = execution->session;
    bool owned = session->reader && db_owner_pid(session->db_path) != 0;
    OutputColumn column[COLUMNS] = {0};
    for (int i = 0; i < COLUMNS; i++)
        column[i] = (OutputColumn){.name = text_of(heading[i]), .type = TEXT("STRING")};
    column[COLUMNS - 1].is_long = true;
    TRY(execution->output->begin(execution->output, OUTPUT_RESULT, column, COLUMNS));
    TRY(show_stored_jobs(execution, owned));
    return show_end(execution);
}
