/* How an epoch ends: one transaction with everything that it has changed, then what leaves the
 * file. What others hold up is tried again, from where it stands. */
#include "executor/run/job_private.h"
#include "storage/base/crash_point.h"
#include "storage/base/hash.h"

/* --- the epoch's transaction --- */

static uint64_t pending_bytes(const Job *job)
{
    uint64_t bytes = job->log == NULL ? 0 : reject_log_pending_bytes(job->log);
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table[i] != NULL)
            bytes += result_table_pending_bytes(job->table[i]);
    }
    return bytes + outside_pending_bytes(job);
}

/* All that waits in memory for the next commit: also what the journal is to have of the input. */
static uint64_t held_bytes(const Job *job)
{
    uint64_t bytes = pending_bytes(job);
    for (uint32_t i = 0; job->recovery.store != NULL && i < job->merges; i++)
        bytes += merge_pending_bytes(&job->merge[i]);
    return bytes;
}

/* What an earlier, unfinished run left behind goes in the first transaction. */
static Status clear_tables(Job *job, Diag *diag)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table[i] != NULL)
            TRY(result_table_clear(job->table[i], diag));
    }
    return reject_log_clear(job->log, diag);
}

static Status record_end(Job *job, Diag *diag)
{
    Micros now = job->config.clock->wall(job->config.clock);
    return catalog_set_job(job->config.catalog, job->config.id, JOB_FINISHED, TEXT_NONE, now, diag);
}

static Status flush_rejected(Job *job, Diag *diag)
{
    const ScanCounts *counts;
    uint32_t count = reject_path_counts(&job->reject, &counts);
    return reject_log_flush(job->log, counts, count, diag);
}

Status job_record_rejected(Job *job, Diag *diag)
{
    /* The counts stay those of the tables. */
    return job->log == NULL ? ST_OK : reject_log_flush_failed(job->log, diag);
}

static Status split_epoch(Job *job, Diag *diag)
{
    TRY(db_commit(job->db, diag));
    return db_begin(job->db, diag);
}

static Status write_epoch(Job *job, Diag *diag)
{
    recovery_take_digest(job);
    report_begin_epoch(job);
    if (job->restart && !job->recovery.loaded)
        TRY(clear_tables(job, diag));
    if (job->restart)
        TRY(reject_log_forget_failed(job->log, diag));
    CRASH_POINT(EPOCH_CLEARED);
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table[i] != NULL)
            TRY(result_table_flush(job->table[i], diag));
        if (DEFECT(EPOCH_SPLIT))
            TRY(split_epoch(job, diag));
        CRASH_POINT(EPOCH_TABLE);
    }
    TRY(flush_rejected(job, diag));
    CRASH_POINT(EPOCH_REJECTED);
    TRY(outside_save(job, diag));
    if (!DEFECT(JOURNAL_APART))
        TRY(recovery_write(job, diag));
    CRASH_POINT(EPOCH_RECOVERY);
    TRY(report_epoch(job, diag));
    TRY(takeover_write(job, diag));
    return job->ended && !outside_exists(job) ? record_end(job, diag) : ST_OK;
}

/* What an epoch has changed is settled only when its transaction is through. */
static void epoch_committed(Job *job)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table[i] != NULL)
            result_table_discard(job->table[i]);
    }
    reject_log_committed(job->log);
    job->restart = false;
}

static void epoch_rolled_back(Job *job)
{
    Diag ignored = {0};
    reject_log_rolled_back(job->log);
    recovery_rolled_back(job);
    if (job->ended || takeover_is_due(job))
        IGNORE(catalog_reload(job->config.catalog, &ignored));
}

static Status in_transaction(Job *job, bool wait, Status (*write)(Job *job, Diag *diag), Diag *diag)
{
    if (job->db == NULL)
        return ST_OK;
    Status status = wait ? db_begin(job->db, diag) : db_try_begin(job->db, diag);
    bool begun = status == ST_OK;
    CRASH_POINT(EPOCH_BEGUN);
    if (begun)
        status = write(job, diag);
    CRASH_POINT(EPOCH_WRITTEN);
    if (status == ST_OK)
        status = db_commit(job->db, diag);
    if (status != ST_OK && begun)
        db_rollback(job->db);
    if (status != ST_OK)
        report_forget(job);
    return status;
}

Status job_report(Job *job, Diag *diag)
{
    return report_write(job, diag);
}

/* A number that grows with everything that a commit makes visible. */
uint64_t job_work_done(const Job *job)
{
    uint64_t done = job->next_values + job->ticks + job->reject.rejected + job->reject.late;
    for (uint32_t i = 0; i < job->merges; i++)
        done += job->merge[i].taken + job->merge[i].events;
    return done;
}

static Status commit_epoch(Job *job, bool wait, Diag *diag)
{
    CRASH_POINT(EPOCH_BEFORE);
    if (DEFECT(REJECTED_APART))
        TRY(in_transaction(job, wait, flush_rejected, diag));
    Status status = in_transaction(job, wait, write_epoch, diag);
    if (status == ST_OK && DEFECT(JOURNAL_APART))
        status = in_transaction(job, wait, recovery_write, diag);
    if (job->db != NULL && status == ST_OK)
        epoch_committed(job);
    else if (job->db != NULL)
        epoch_rolled_back(job);
    CRASH_POINT(EPOCH_COMMITTED);
    return status;
}

static Status clear_and_end(Job *job, Diag *diag)
{
    TRY(recovery_clear(job, diag));
    return record_end(job, diag);
}

static CommitStage stage_after_sinks(const Job *job)
{
    bool over = job->ended && outside_exists(job) && !recovery_replays(&job->recovery);
    return over ? COMMIT_SAVE : COMMIT_TABLES;
}

/* Shows what has gone out, for good. */
static Status finish_sinks(Job *job, bool wait, Diag *diag)
{
    if (job->stage == COMMIT_SAVE) {
        TRY(in_transaction(job, wait, outside_save, diag));
        job->stage = COMMIT_FINISH;
    }
    TRY(outside_finish(job, diag));
    CRASH_POINT(EPOCH_FINISH);
    job->stage = COMMIT_END;
    return ST_OK;
}

/* What leaves the file goes after the tables, and the job is over only when that has arrived. Each
 * stage can be held up, and is then tried again without those before it. */
static Status commit_stages(Job *job, bool wait, Diag *diag)
{
    if (job->stage == COMMIT_TABLES) {
        if (DEFECT(SINK_EARLY))
            TRY(outside_commit(job, job->epoch + 1, diag));
        TRY(commit_epoch(job, wait, diag));
        job->epoch++;
        job->stage = COMMIT_SINKS;
        TRY(takeover_committed(job, diag));
        TRY(recovery_committed(job, diag));
    }
    if (job->stage == COMMIT_SINKS) {
        CRASH_POINT(EPOCH_SINKS);
        TRY(outside_commit(job, job->epoch, diag));
        CRASH_POINT(EPOCH_AFTER);
        job->stage = stage_after_sinks(job);
    }
    if (job->stage == COMMIT_SAVE || job->stage == COMMIT_FINISH)
        TRY(finish_sinks(job, wait, diag));
    if (job->stage == COMMIT_END) {
        TRY(in_transaction(job, wait, clear_and_end, diag));
        job->stage = COMMIT_TABLES;
    }
    return ST_OK;
}

static Status commit(Job *job, bool wait, Diag *diag)
{
    bool replays = recovery_replays(&job->recovery), begins = job->stage == COMMIT_TABLES;
    if (begins && job->restart && !job->ended && job_work_done(job) == 0 && !takeover_is_due(job))
        return ST_OK; /* what the earlier run has left stays until there is something in its place
                       */
    if (begins && replays)
        return ST_OK; /* what is pending is in the tables already */
    TRY(commit_stages(job, wait, diag));
    job->last_commit = job->config.clock->monotonic(job->config.clock);
    job->committed_end = job->ended && !replays;
    job->committed = job_work_done(job);
    commit_policy_succeeded(&job->policy);
    return ST_OK;
}

/* Not for good: what is in the way passes. */
static bool is_held_up(Job *job, const Diag *why)
{
    bool outside = job->stage == COMMIT_SINKS || job->stage == COMMIT_FINISH;
    return commit_policy_failed(&job->policy, why, outside);
}

/* The next one does not wait again. */
static Status note_failure(Job *job, Status status, const Diag *why, Diag *diag)
{
    job->held_up = status != ST_OK && is_held_up(job, why);
    if (status != ST_OK && !diag->set)
        *diag = *why;
    return status;
}

Status job_commit(Job *job, Diag *diag)
{
    Diag why = {0};
    Status status = commit(job, job->policy.hold == HOLD_NONE, &why);
    return note_failure(job, status, &why, diag);
}

/* A job that stops, as it does when it has ended; but it can be asked to go on. */
static Status show_all(Job *job, Diag *diag)
{
    job->stage = COMMIT_SAVE;
    Status status = finish_sinks(job, true, diag);
    if (status == ST_OK)
        status = in_transaction(job, true, outside_save, diag);
    return status;
}

/* The one that is being written, to its end. */
static Status write_checkpoint(Job *job, Diag *diag)
{
    uint64_t before = UINT64_MAX;
    while (job->recovery.writing && job->epoch != before) {
        before = job->epoch;
        TRY(job_commit(job, diag));
    }
    return ST_OK;
}

/* So that whoever goes on has nothing to read again. What stands in its way does no harm. */
static Status leave_checkpoint(Job *job, Diag *diag)
{
    TRY(job_finish_rounds(job, diag));
    if (!recovery_is_ready(job)) /* a stream holds its round up */
        return ST_OK;
    TRY(job_commit(job, diag));
    TRY(write_checkpoint(job, diag)); /* which may be older */
    TRY(recovery_begin_last(job, diag));
    return write_checkpoint(job, diag);
}

Status job_stop(Job *job, bool keep, Diag *diag)
{
    Diag ignored = {0};
    if (job->failed)
        return ST_OK;
    if (job->stage != COMMIT_TABLES || job_work_done(job) != job->committed ||
        pending_bytes(job) > 0)
        TRY(job_commit(job, diag));
    bool held = job->policy.hold != HOLD_NONE || job->stage != COMMIT_TABLES;
    if (keep && !held && recovery_is_live(job))
        IGNORE(leave_checkpoint(job, &ignored));
    if (job->failed || job->committed_end || recovery_replays(&job->recovery) ||
        !outside_exists(job))
        return ST_OK;
    Diag why = {0};
    Status status = note_failure(job, show_all(job, &why), &why, diag);
    job->stage = COMMIT_TABLES;
    return status;
}

/* One that cannot be now is tried again later. */
static Status try_commit(Job *job, Diag *diag)
{
    Diag why = {0};
    Status status = commit(job, false, &why);
    if (status == ST_OK || is_held_up(job, &why))
        return ST_OK;
    if (!diag->set)
        *diag = why;
    return status;
}

static bool commit_is_due(const Job *job)
{
    if (!commit_policy_may_try(&job->policy))
        return false;
    bool waits = pending_bytes(job) > 0 || outside_wants_commit(job) ||
                 job->stage != COMMIT_TABLES || takeover_is_due(job) ||
                 recovery_wants_commit(job) || job->policy.trouble != TROUBLE_LASTING;
    if (!job->ended && job_work_done(job) == job->committed && !waits)
        return false; /* a quiet job leaves the file alone */
    Micros now = job->config.clock->monotonic(job->config.clock);
    return job->ended || job->policy.hold != HOLD_NONE || job->stage != COMMIT_TABLES ||
           recovery_is_ready(job) || takeover_is_due(job) ||
           now - job->last_commit >=
               commit_policy_interval(&job->policy, job->config.commit_interval) ||
           held_bytes(job) >= job->policy.limits.pending_bytes;
}

/* The end of an epoch is a place that a replay finds again. */
static bool is_settled(const Job *job)
{
    for (uint32_t i = 0; i < job->merges; i++) {
        if (!merge_is_settled(&job->merge[i]))
            return false;
    }
    return true;
}

bool job_settles(const Job *job)
{
    return !is_settled(job) && commit_is_due(job);
}

/* --- standing still --- */

static const Micros note_retry = 100 * MICROS_PER_MILLI;

/* A transaction beside the epochs': what stands in its way passes, and it is tried again. */
static Status try_note(Job *job, Status (*write)(Job *job, Diag *diag), bool *done, Diag *diag)
{
    Diag why = {0};
    Status status = in_transaction(job, false, write, &why);
    *done = status == ST_OK;
    if (status == ST_OK || why.trouble != TROUBLE_LASTING)
        return ST_OK;
    if (!diag->set)
        *diag = why;
    return status;
}

uint64_t job_wait_hash(Text reason)
{
    return hash_bytes(reason.ptr, reason.size, 1) | 1;
}

/* What others can be told of. NULL: it stands still for nothing, or the file cannot be written. */
static const char *told_wait(const Job *job)
{
    return commit_policy_can_be_told(&job->policy) ? job->policy.reason
                                                   : input_wait_reason(&job->input_wait);
}

static Status record_wait(Job *job, Diag *diag)
{
    const char *why = told_wait(job);
    Micros now = job->config.clock->wall(job->config.clock);
    return catalog_set_job(job->config.catalog, job->config.id,
                           why != NULL ? JOB_HELD : JOB_RUNNING,
                           why != NULL ? text_of(why) : TEXT_NONE, now, diag);
}

/* So that others see it, too; while the file cannot be written they do not: what a sink waits for
 * can be what our own file will meet next. */
static Status store_wait(Job *job, Diag *diag)
{
    const char *why = told_wait(job);
    uint64_t hash = why == NULL ? 0 : job_wait_hash(text_of(why));
    bool done;
    if (job->db == NULL || job->stored_wait == hash || job->policy.hold == HOLD_LOCK ||
        job->policy.hold == HOLD_DISK || job->committed_end)
        return ST_OK;
    Micros now = job->config.clock->monotonic(job->config.clock);
    if (now < job->next_note)
        return ST_OK;
    TRY(try_note(job, record_wait, &done, diag));
    if (done) {
        job->stored_wait = hash;
        return ST_OK;
    }
    job->next_note = now + note_retry;
    return catalog_reload(job->config.catalog, diag);
}

bool job_is_held_up(const Job *job)
{
    return job->held_up;
}

const char *job_pause_reason(const Job *job)
{
    return commit_policy_is_waiting(&job->policy) ? job->policy.reason
                                                  : input_wait_reason(&job->input_wait);
}

bool job_take_notice(Job *job, char out[NOTICE_SIZE])
{
    return commit_policy_take_notice(&job->policy, out) ||
           input_wait_take_notice(&job->input_wait, out, NOTICE_SIZE);
}

/* --- from the loop --- */

bool job_may_read(Job *job)
{
    return !job->committed_end && job->stage == COMMIT_TABLES &&
           commit_policy_may_read(&job->policy, held_bytes(job));
}

Status job_commit_when_due(Job *job, Diag *diag)
{
    bool done;
    bool replays = recovery_replays(&job->recovery);
    if (job->committed_end)
        return store_wait(job, diag);
    if (replays && report_start_is_due(job))
        TRY(try_note(job, report_start, &done, diag));
    if (replays ? job->stage != COMMIT_TABLES && commit_policy_may_try(&job->policy)
                : commit_is_due(job) && (is_settled(job) || job->stage != COMMIT_TABLES))
        TRY(try_commit(job, diag));
    else if (!replays && job->policy.hold == HOLD_NONE && report_is_due(job))
        TRY(try_note(job, job_report, &done, diag));
    return store_wait(job, diag);
}
