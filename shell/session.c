#include "shell/session_private.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "executor/run/constants.h"
#include "grammar/parse.h"
#include "shell/drop.h"
#include "storage/base/limits.h"

enum {
    FOREGROUND_NAP_MS = 5, /* where sources do not say that something has come */
    IDLE_NAP_MS = 10,
};

static struct timespec from_now(uint32_t ms)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_nsec += (long)ms * 1000 * 1000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

/* --- small helps of the other files --- */

static CommitLimits commit_limits(OptionList settings)
{
    CommitLimits limits = commit_limits_default;
    limits.pending_bytes = (uint64_t)option_size(&settings_scope, settings, "commit-size");
    limits.wal_warn_bytes = (uint64_t)option_size(&settings_scope, settings, "wal-warn-size");
    limits.wal_slow_bytes = (uint64_t)option_size(&settings_scope, settings, "wal-slow-size");
    limits.wal_pause_bytes = (uint64_t)option_size(&settings_scope, settings, "wal-pause-size");
    return limits;
}

Status session_enter(Session *session, uint32_t patience_ms)
{
    enum { LOOK_MS = 20 };
    Status status = ST_CANCELLED;
    atomic_fetch_add(&session->waiting, 1);
    for (uint32_t waited = 0; status != ST_OK && waited < patience_ms; waited += LOOK_MS) {
        struct timespec until = from_now(LOOK_MS);
        if (pthread_mutex_clocklock(&session->lock, CLOCK_MONOTONIC, &until) == 0)
            status = ST_OK;
        else if (atomic_load(&session->cancelled))
            break;
    }
    atomic_fetch_sub(&session->waiting, 1);
    return status;
}

void session_leave(Session *session)
{
    pthread_mutex_unlock(&session->lock);
}

/* Where somebody types, Ctrl-C is for the statement that runs and not for the jobs beside it. */
static const atomic_bool *asks_to_stop(const Session *session)
{
    bool beside = session->config.own_thread && !session->config.wait_for_bounded;
    return beside ? &session->quit : &session->cancelled;
}

JobEnv session_job_env(const Session *session)
{
    OptionList settings = settings_list(&session->settings);
    Micros interval = option_duration(&settings_scope, settings, "commit-interval");
    return (JobEnv){.session = (Session *)(uintptr_t)session,
                    .catalog = session->catalog,
                    .clock = session->config.clock,
                    .base_path = session->base_path,
                    .batch_rows = session->config.batch_rows,
                    .readers = session->readers,
                    .commit_interval = interval,
                    .sync_each_commit = option_enum(&settings_scope, settings, "synchronous") == 1,
                    .limits = commit_limits(settings),
                    .stop = asks_to_stop(session)};
}

void session_nap(Session *session)
{
    bell_wait(&session->arrived, FOREGROUND_NAP_MS * MICROS_PER_MILLI);
}

static void pass_warning(void *context, const Diag *warning)
{
    const Execution *execution = context;
    Diag placed = *warning;
    placed.source = execution->source;
    if (execution->output->warning != NULL)
        execution->output->warning(execution->output, &placed);
}

PlanRequest execution_request(const Execution *execution)
{
    return (PlanRequest){.tables = execution->tables,
                         .arena = execution->arena,
                         .settings = settings_of_queries(&execution->session->settings),
                         .warning = execution->stored ? NULL : pass_warning,
                         .context = (void *)(uintptr_t)execution,
                         .diag = execution->diag,
                         .run = constants_run};
}

void execution_note(const Execution *execution, const char *format, ...)
{
    char text[NOTICE_SIZE + 64];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (execution->output->note != NULL)
        execution->output->note(execution->output, text_of(text));
}

/* --- jobs --- */

const char session_cut_off[] = "the process that ran it was cut off";
static const char session_ended[] = "the process that ran it has ended";

SessionJob *session_running_job(const Session *session, int64_t id)
{
    for (SessionJob *job = session->jobs; job != NULL; job = job->next) {
        if (job->id == id && job->job != NULL)
            return job;
    }
    return NULL;
}

JobState session_true_state(const Session *session, int64_t id, JobState stored, bool owned)
{
    if (job_state_is_over(stored) || stored == JOB_PAUSED || owned)
        return stored;
    const SessionJob *job = session_running_job(session, id);
    if (job == NULL)
        return JOB_SUSPENDED;
    return job_pause_reason(job->job) == NULL ? JOB_RUNNING : JOB_HELD;
}

/* In a transaction that is under way for something else. */
static Status settle_jobs(Session *session, Diag *diag)
{
    Micros now = session->config.clock->wall(session->config.clock);
    for (uint32_t i = 0; !session->settled && i < catalog_job_count(session->catalog); i++) {
        const CatalogJob *job = catalog_job(session->catalog, i);
        JobState state = session_true_state(session, job->id, job->state, false);
        if (state == JOB_SUSPENDED && job->state != JOB_SUSPENDED)
            TRY(catalog_set_job(session->catalog, job->id, JOB_SUSPENDED, text_of(session_cut_off),
                                now, diag));
    }
    session->settled = true;
    return ST_OK;
}

Status session_begin(Session *session, Diag *diag)
{
    TRY(db_begin(session->db, diag));
    Status status = settle_jobs(session, diag);
    return status == ST_OK ? ST_OK : session_end(session, status, diag);
}

Status session_end(Session *session, Status status, Diag *diag)
{
    if (status == ST_OK)
        status = db_commit(session->db, diag);
    if (status == ST_OK)
        return ST_OK;
    if (db_in_transaction(session->db))
        db_rollback(session->db);
    session->settled = false;
    Diag ignored;
    diag_reset(&ignored);
    IGNORE(catalog_reload(session->catalog, &ignored)); /* the first error is the one to report */
    return status;
}

/* --- the background --- */

static void add_event(Session *session, int64_t job, const char *what, const Diag *diag)
{
    pthread_mutex_lock(&session->events_lock);
    strbuf_printf(&session->events, "job %lld %s: %s: %s\n", (long long)job, what,
                  error_def(diag->code)->name, diag->message);
    pthread_mutex_unlock(&session->events_lock);
}

static void add_notice(Session *session, const char *notice)
{
    pthread_mutex_lock(&session->events_lock);
    strbuf_printf(&session->events, "%s\n", notice);
    pthread_mutex_unlock(&session->events_lock);
}

/* One step of each job. *busy: some job has more to do at once. */
static void step_jobs(Session *session, bool *busy)
{
    JobEnv env = session_job_env(session);
    for (SessionJob *job = session->jobs; job != NULL; job = job->next) {
        Diag diag;
        diag_reset(&diag);
        if (job->job == NULL)
            continue;
        char notice[NOTICE_SIZE + 32];
        Status status = session_job_step(&env, job, &diag);
        if (status != ST_OK && status != ST_CANCELLED)
            add_event(session, job->id, "failed", &diag);
        else if (session_job_take_notice(job, notice))
            add_notice(session, notice);
        *busy = *busy || (job->job != NULL && job->progress == JOB_BUSY);
    }
}

static void *run_background(void *context)
{
    Session *session = context;
    pthread_mutex_lock(&session->lock);
    while (!atomic_load(&session->quit)) {
        bool busy = false;
        step_jobs(session, &busy);
        if (busy) {
            pthread_mutex_unlock(&session->lock);
            if (atomic_load(&session->waiting) > 0) /* the lock goes to whoever is quickest */
                nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
            pthread_mutex_lock(&session->lock);
            continue;
        }
        pthread_mutex_unlock(&session->lock);
        bell_wait(&session->arrived, IDLE_NAP_MS * MICROS_PER_MILLI);
        pthread_mutex_lock(&session->lock);
    }
    pthread_mutex_unlock(&session->lock);
    return NULL;
}

/* Signals are for the thread that waits for input and runs statements. */
static Status start_background(Session *session, Diag *diag)
{
    sigset_t all, before;
    if (session->threaded || !session->config.own_thread)
        return ST_OK;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&session->thread, NULL, run_background, session);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure != 0)
        return diag_error(diag, E0001, SPAN_NONE, "no thread could be started");
    session->threaded = true;
    return ST_OK;
}

static void stop_background(Session *session)
{
    if (!session->threaded)
        return;
    atomic_store(&session->quit, true);
    session_cancel(session);
    bell_ring(&session->arrived);
    pthread_join(session->thread, NULL);
    session->threaded = false;
}

const char *session_next_event(Session *session)
{
    pthread_mutex_lock(&session->events_lock);
    Text events = strbuf_as_text(&session->events);
    const char *newline = events.size == 0 ? NULL : memchr(events.ptr, '\n', events.size);
    if (newline != NULL) {
        uint32_t size = (uint32_t)(newline - events.ptr);
        strbuf_clear(&session->event);
        strbuf_put(&session->event, events.ptr, size);
        StrBuf rest;
        strbuf_init(&rest, NULL);
        strbuf_put(&rest, newline + 1, events.size - size - 1);
        strbuf_close(&session->events);
        session->events = rest;
    }
    pthread_mutex_unlock(&session->events_lock);
    return newline == NULL ? NULL : strbuf_cstr(&session->event);
}

/* --- open, close --- */

static Status copy_path(Text from, Text *to)
{
    *to = TEXT_NONE;
    if (from.size == 0)
        return ST_OK;
    char *copy = mem_alloc(NULL, (size_t)from.size + 1);
    if (copy == NULL)
        return ST_NOMEM;
    memcpy(copy, from.ptr, from.size);
    copy[from.size] = '\0';
    *to = (Text){copy, from.size};
    return ST_OK;
}

/* The shell goes on with the jobs that ran when the database was last closed. One that cannot,
 * which is told, must not keep its user out. */
static Status continue_jobs(Session *session)
{
    JobEnv env = session_job_env(session);
    for (uint32_t i = 0; !session->reader && i < catalog_job_count(session->catalog); i++) {
        const CatalogJob *stored = catalog_job(session->catalog, i);
        SessionJob *job;
        Diag diag;
        diag_reset(&diag);
        if (job_state_is_over(stored->state) || stored->state == JOB_PAUSED)
            continue;
        Status status = session_job_open(&env, stored->id, stored->sql, true, &job, &diag);
        if (status == ST_NOMEM)
            return status;
        if (status != ST_OK) {
            add_event(session, stored->id, "cannot go on", &diag);
            session_job_refused(&env, stored->id, status, &diag);
            continue;
        }
        job->next = session->jobs;
        session->jobs = job;
    }
    return ST_OK;
}

Status session_open(const SessionConfig *config, Session **out, Diag *diag)
{
    Session *session = mem_alloc_zeroed(NULL, sizeof *session);
    if (session == NULL)
        return ST_NOMEM;
    session->config = *config;
    session->clock = clock_system();
    if (session->config.clock == NULL)
        session->config.clock = &session->clock;
    pthread_mutex_init(&session->lock, NULL);
    pthread_mutex_init(&session->events_lock, NULL);
    bell_init(&session->arrived);
    atomic_init(&session->cancelled, false);
    atomic_init(&session->asking, false);
    atomic_init(&session->quit, false);
    atomic_init(&session->waiting, 0);
    settings_open(&session->settings);
    strbuf_init(&session->events, NULL);
    strbuf_init(&session->event, NULL);
    Status status = copy_path(config->db_path, &session->db_path);
    if (status == ST_OK && config->readers > 0)
        status = reader_pool_open(NULL, config->readers, &session->arrived, &session->readers);
    if (status == ST_OK)
        status = copy_path(config->base_path, &session->base_path);
    if (status == ST_OK)
        status = session_open_database(session, diag);
    if (status == ST_OK && config->continue_jobs)
        status = continue_jobs(session);
    if (status == ST_OK && session->jobs != NULL)
        status = start_background(session, diag);
    if (status != ST_OK) {
        session_close(session);
        return status;
    }
    *out = session;
    return ST_OK;
}

/* What cannot be committed is done again next time. */
static void close_jobs(Session *session)
{
    JobEnv env = session_job_env(session);
    while (session->jobs != NULL) {
        SessionJob *job = session->jobs;
        Diag ignored;
        diag_reset(&ignored);
        session->jobs = job->next;
        IGNORE(session_job_stop(&env, job, JOB_SUSPENDED, text_of(session_ended), &ignored));
        session_job_close(job);
    }
}

void session_close(Session *session)
{
    if (session == NULL)
        return;
    stop_background(session);
    close_jobs(session);
    if (session->catalog != NULL)
        catalog_close(session->catalog);
    if (session->db != NULL)
        db_close(session->db);
    settings_close(&session->settings);
    strbuf_close(&session->events);
    strbuf_close(&session->event);
    reader_pool_close(session->readers);
    bell_close(&session->arrived);
    pthread_mutex_destroy(&session->lock);
    pthread_mutex_destroy(&session->events_lock);
    mem_free(NULL, (void *)(uintptr_t)session->db_path.ptr, session->db_path.size + 1u);
    mem_free(NULL, (void *)(uintptr_t)session->base_path.ptr, session->base_path.size + 1u);
    mem_free(NULL, session, sizeof *session);
}

void session_cancel(Session *session)
{
    atomic_store(&session->cancelled, true);
    if (atomic_load(&session->asking))
        db_interrupt(session->db);
}

void session_forget_cancel(Session *session)
{
    atomic_store(&session->cancelled, false);
}

uint64_t session_untold_rejected_count(const Session *session)
{
    uint64_t count = 0;
    for (const SessionJob *job = session->jobs; job != NULL; job = job->next)
        count += job->rejected;
    return count;
}

uint64_t session_rejected_count(const Session *session)
{
    return session->rejected + session_untold_rejected_count(session);
}

/* --- one statement --- */

Status session_go(const Execution *execution, SessionJob *job, const char *what)
{
    Session *session = execution->session;
    if (session->config.wait_for_bounded && plan_is_bounded(job->plan))
        return session_wait_job(execution, job);
    execution_note(execution, "job %lld %s", (long long)job->id, what);
    TRY(start_background(session, execution->diag));
    bell_ring(&session->arrived);
    return ST_OK;
}

static Status submit_one(const Execution *execution, const Statement *statement)
{
    Submission submission;
    SessionJob *job;
    TRY(session_require_owner(execution, statement->span));
    submission_open(&submission, false);
    Status status = submission_add(execution, &submission, statement);
    if (status == ST_OK)
        status = submission_apply(execution, &submission, &job);
    submission_close(&submission);
    TRY(status);
    if (job == NULL) {
        execution_note(execution, "ok");
        return ST_OK;
    }
    return session_go(execution, job, "started");
}

static Text statement_text(const Execution *execution, Span span)
{
    return (Text){execution->source->text.ptr + span.start, span.end - span.start};
}

Status session_run_statement(const Execution *execution, const Statement *statement)
{
    if (statement_is_submitted(statement))
        return submit_one(execution, statement);
    StatementKind kind = statement->kind;
    if (kind == STATEMENT_QUERY) {
        bool answered = false;
        TRY(run_sqlite_select(execution, statement_text(execution, statement->span), &answered));
        return answered ? ST_OK : run_select(execution, statement->as.query, statement->span);
    }
    if (kind == STATEMENT_EXPLAIN)
        return run_explain(execution, statement->as.explain, statement->span);
    if (kind == STATEMENT_SHOW)
        return run_show(execution, statement->as.show, statement->span);
    if (kind == STATEMENT_DESCRIBE)
        return run_describe(execution, statement->as.describe, statement->span);
    if (kind == STATEMENT_SET)
        return run_set(execution, statement->as.setting);
    if (kind == STATEMENT_RESET)
        return run_reset(execution, statement->as.setting);
    if (kind == STATEMENT_USE)
        return run_use(execution, statement->as.use, statement->span);
    if (kind == STATEMENT_DROP)
        return run_drop(execution, statement->as.drop, statement->span);
    if (kind == STATEMENT_STOP_JOB || kind == STATEMENT_PAUSE_JOB || kind == STATEMENT_RESUME_JOB)
        return run_job_control(execution, kind, statement->as.job, statement->span);
    return diag_error(execution->diag, E2001, statement->span, "%s is not supported yet",
                      statement_kind_words(statement->kind));
}

/* Each statement is parsed by itself, since SQLite's SQL is wider than ours: what our grammar
 * refuses may be a SELECT that SQLite answers. */
static Status execute_next(Execution *execution, uint32_t *at)
{
    Text rest = {execution->source->text.ptr + *at, execution->source->text.size - *at};
    uint32_t size = parse_statement_end(rest);
    bool ended = size > 0;
    if (!ended)
        size = rest.size;
    Text text = {rest.ptr, size - ended};
    bool answered = false;
    *at += size;
    if (parse_open(text) == PARSE_OPEN_NOTHING)
        return ST_OK;
    TRY(run_sqlite_select(execution, text, &answered));
    if (answered)
        return ST_OK;
    /* Spans count from the start of the whole text: the part before is blanked out, not cut off. */
    char *blanked = arena_alloc(execution->arena, *at + 1u);
    if (blanked == NULL)
        return ST_NOMEM;
    uint32_t start = *at - size;
    for (uint32_t i = 0; i < start; i++)
        blanked[i] = execution->source->text.ptr[i] == '\n' ? '\n' : ' ';
    memcpy(blanked + start, text.ptr, text.size);
    Source part = {execution->source->name, {blanked, start + text.size}};
    Script script;
    TRY(parse_script(&part, execution->arena, &script, execution->diag));
    for (const Statement *s = script.statements.first; s != NULL; s = s->next)
        TRY(session_run_statement(execution, s));
    return ST_OK;
}

static Status too_large(const Execution *execution)
{
    if (execution->source->text.size <= LIMIT_SCRIPT_BYTES)
        return ST_OK;
    return diag_error(execution->diag, E1005, SPAN_NONE, "the input has more than %d bytes",
                      LIMIT_SCRIPT_BYTES);
}

static Status enter_patiently(Session *session, Output *output)
{
    enum { SILENT_MS = 2000 };
    Status status = session_enter(session, SILENT_MS);
    if (status == ST_OK || atomic_load(&session->cancelled))
        return status;
    if (output->note != NULL)
        output->note(output,
                     TEXT("a job is in the middle of a long step; Ctrl-C gives up waiting for it"));
    return session_enter(session, PATIENT);
}

Status session_execute(Session *session, const Source *text, Output *output, Diag *diag)
{
    uint32_t at = 0;
    Status status = ST_OK;
    TRY(enter_patiently(session, output));
    while (status == ST_OK && at < text->text.size) {
        Arena arena;
        TableLookup tables;
        arena_init(&arena, NULL);
        table_set_init(&tables, &arena, session->catalog);
        Execution execution = {session, output, diag, text, &arena, &tables, false};
        status = too_large(&execution);
        if (status == ST_OK)
            status = session_look_again(session, diag);
        if (status == ST_OK)
            status = execute_next(&execution, &at);
        arena_close(&arena);
    }
    session_leave(session);
    if (status != ST_OK && diag->set)
        diag->source = text;
    return status;
}

/* --- names, for completion --- */

static void offer(Text name, Text prefix, void (*found)(void *context, Text name), void *context)
{
    bool fits = prefix.size == 0 ||
                (name.size >= prefix.size && strncasecmp(name.ptr, prefix.ptr, prefix.size) == 0);
    if (fits)
        found(context, name);
}

static void offer_columns(Session *session, Text prefix, void (*found)(void *context, Text name),
                          void *context)
{
    Arena arena;
    TableLookup tables;
    arena_init(&arena, NULL);
    table_set_init(&tables, &arena, session->catalog);
    for (uint32_t i = 0; i < catalog_object_count(session->catalog); i++) {
        const TableDef *def;
        Diag ignored;
        diag_reset(&ignored);
        if (table_set_find(&tables, catalog_object(session->catalog, i)->name, &def, &ignored) !=
                ST_OK ||
            def == NULL)
            continue;
        for (uint32_t c = 0; c < def->schema.count; c++)
            offer(def->schema.field[c].name, prefix, found, context);
    }
    arena_close(&arena);
}

static void offer_functions(Text prefix, void (*found)(void *context, Text name), void *context)
{
    for (uint32_t f = 0; f < function_family_count; f++) {
        const char *last = "";
        for (const ScalarDef *def = function_families[f].def; def->name != NULL; def++) {
            if ((def->flags & (FN_OPERATOR | FN_INTERNAL)) == 0 && strcmp(last, def->name) != 0)
                offer(text_of(def->name), prefix, found, context);
            last = def->name;
        }
    }
    for (uint32_t f = 0; f < aggregate_family_count; f++) {
        for (const AggregateDef *def = aggregate_families[f]; def->name != NULL; def++) {
            if (def->signature != NULL)
                offer(text_of(def->name), prefix, found, context);
        }
    }
}

void session_names(Session *session, NameKind kind, Text prefix,
                   void (*found)(void *context, Text name), void *context)
{
    enum { WHILE_TYPING_MS = 20 };
    if (session_enter(session, WHILE_TYPING_MS) != ST_OK)
        return;
    switch (kind) {
    case NAME_TABLE:
        for (uint32_t i = 0; i < catalog_object_count(session->catalog); i++)
            offer(catalog_object(session->catalog, i)->name, prefix, found, context);
        break;
    case NAME_COLUMN: offer_columns(session, prefix, found, context); break;
    case NAME_FUNCTION: offer_functions(prefix, found, context); break;
    }
    session_leave(session);
}
