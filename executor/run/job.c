#include "executor/run/job.h"

#include <assert.h>

#include "executor/op/source.h"
#include "executor/run/job_private.h"
#include "storage/base/crash_point.h"
#include "storage/base/hash.h"

/* --- opening --- */

static Status open_sinks(Job *job, Diag *diag)
{
    const Plan *plan = job->plan;
    TRY_NEW_ARRAY(job->table, &job->arena, plan->sinks);
    TRY_NEW_ARRAY(job->outside, &job->arena, plan->sinks);
    for (uint32_t i = 0; i < plan->sinks; i++) {
        const PlanSink *sink = &plan->sink[i]->as.sink;
        SinkTarget target = {0};
        switch (sink->kind) {
        case SINK_RESULT:
            TRY(result_table_open(job->db, &sink->result, &job->meter, &job->table[i], diag));
            target.table = job->table[i];
            break;
        case SINK_CONNECTOR: TRY(outside_open(job, i, &target, diag)); break;
        case SINK_COLLECT: target = job->config.collect; break;
        }
        sink_set_target(graph_sink(&job->graph, i), &target);
    }
    return ST_OK;
}

static Status open_merges(Job *job, Diag *diag)
{
    TRY_NEW_ARRAY(job->merge, &job->arena, job->graph.groups);
    for (uint32_t i = 0; i < job->graph.groups; i++) {
        const ScanGroup *group = &job->graph.group[i];
        job->merges++;
        uint32_t rows = job->config.batch_rows == 0 ? BATCH_ROWS : job->config.batch_rows;
        TRY(merge_open(&job->merge[i], &job->arena, group->scan, group->scans, &job->source_env,
                       rows, job->recovery.store != NULL));
        job->merge[i].random = hash_u64(i + 1, job->env.seed);
    }
    TRY(recovery_load(job, diag));
    if (job->recovery.loaded)
        return ST_OK;
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(merge_list(&job->merge[i], diag));
    TRY(recovery_begin(job, diag));
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(merge_start(&job->merge[i], diag));
    return ST_OK;
}

static Status open_parts(Job *job, Diag *diag)
{
    const JobConfig *config = &job->config;
    if (job->db != NULL)
        TRY(reject_log_open(job->db, config->id, &job->meter, &job->log, diag));
    TRY(reject_path_open(&job->reject, job->plan, job->log, &job->arena, &job->meter));
    job->env = (OpEnv){
        .meter = &job->meter, .clock = config->clock, .diag = &job->diag, .reject = &job->reject};
    job->env.eval = (EvalContext){.zone = config->zone, .now = config->clock->wall(config->clock)};
    job->env.seed = config->catalog == NULL ? 0 : catalog_hash_seed(config->catalog);
    job->env.eval.random_state = job->env.seed;
    job->source_env = (SourceEnv){.arena = &job->arena,
                                  .meter = &job->meter,
                                  .clock = config->clock,
                                  .seed = job->env.seed,
                                  .base_path = config->base_path,
                                  .db = job->db};
    TRY(graph_open(&job->graph, job->plan, &job->env, &job->arena, diag));
    TRY(recovery_open(job, diag));
    TRY(open_sinks(job, diag));
    return report_open(job, diag);
}

/* An earlier run may have been cut off while it stood still. */
static bool is_stored_paused(const JobConfig *config)
{
    for (uint32_t i = 0; config->catalog != NULL && i < catalog_job_count(config->catalog); i++) {
        const CatalogJob *stored = catalog_job(config->catalog, i);
        if (stored->id == config->id)
            return stored->state == JOB_HELD;
    }
    return false;
}

Status job_open(const JobConfig *config, Job **out, Diag *diag)
{
    Job *job = mem_alloc_zeroed(config->meter, sizeof *job);
    if (job == NULL)
        return ST_NOMEM;
    job->config = *config;
    job->plan = config->plan;
    job->db = config->catalog == NULL || config->id == 0 ? NULL : catalog_db(config->catalog);
    job->restart = config->restart;
    job->stored_paused = is_stored_paused(config);
    commit_policy_open(&job->policy, job->db, config->clock, config->limits);
    meter_init(&job->meter, config->meter, 0);
    arena_init(&job->arena, &job->meter);
    job->last_commit = config->clock->monotonic(config->clock);
    Status status = open_parts(job, diag);
    if (status != ST_OK) {
        job_close(job);
        return status;
    }
    *out = job;
    return ST_OK;
}

void job_close(Job *job)
{
    if (job == NULL)
        return;
    for (uint32_t i = 0; i < job->merges; i++)
        merge_close(&job->merge[i]);
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table != NULL && job->table[i] != NULL)
            result_table_close(job->table[i]);
    }
    outside_close(job);
    graph_close(&job->graph);
    recovery_close(&job->recovery);
    report_close(job);
    reject_path_close(&job->reject);
    if (job->log != NULL)
        reject_log_close(job->log);
    arena_close(&job->arena);
    mem_free(job->config.meter, job, sizeof *job);
}

/* --- epochs --- */

static uint64_t pending_bytes(const Job *job)
{
    uint64_t bytes = job->log == NULL ? 0 : reject_log_pending_bytes(job->log);
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table[i] != NULL)
            bytes += result_table_pending_bytes(job->table[i]);
    }
    return bytes + outside_pending_bytes(job);
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
    if (job->ended)
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
static uint64_t work_done(const Job *job)
{
    uint64_t done = job->next_values + job->reject.rejected + job->reject.late;
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

/* Shows what has gone out, for good. */
static Status finish_sinks(Job *job, bool wait, Diag *diag)
{
    TRY(in_transaction(job, wait, outside_save, diag));
    return outside_finish(job, diag);
}

/* What leaves the file goes after the tables, and the job is over only when that has arrived. Each
 * stage can be held up, and is then tried again without those before it. */
static Status commit_stages(Job *job, bool wait, Diag *diag)
{
    if (job->stage == COMMIT_TABLES) {
        TRY(commit_epoch(job, wait, diag));
        job->epoch++;
        job->stage = COMMIT_SINKS;
        TRY(recovery_committed(job, diag));
    }
    if (job->stage == COMMIT_SINKS) {
        CRASH_POINT(EPOCH_SINKS);
        TRY(outside_commit(job, job->epoch, diag));
        CRASH_POINT(EPOCH_AFTER);
        job->stage = job->ended && outside_exists(job) ? COMMIT_FINISH : COMMIT_TABLES;
    }
    if (job->stage == COMMIT_FINISH) {
        TRY(finish_sinks(job, wait, diag));
        CRASH_POINT(EPOCH_FINISH);
        job->stage = COMMIT_END;
    }
    if (job->stage == COMMIT_END) {
        TRY(in_transaction(job, wait, clear_and_end, diag));
        job->stage = COMMIT_TABLES;
    }
    return ST_OK;
}

static Status commit(Job *job, bool wait, Diag *diag)
{
    if (job->restart && !job->ended && work_done(job) == 0)
        return ST_OK; /* what the earlier run has left stays until there is something in its place
                       */
    if (recovery_replays(&job->recovery))
        return ST_OK; /* what is pending is in the tables already */
    TRY(commit_stages(job, wait, diag));
    job->last_commit = job->config.clock->monotonic(job->config.clock);
    job->committed_end = job->ended;
    job->committed = work_done(job);
    commit_policy_succeeded(&job->policy);
    return ST_OK;
}

Status job_commit(Job *job, Diag *diag)
{
    Diag why = {0};
    Status status = commit(job, job->policy.hold == HOLD_NONE, &why);
    if (status == ST_OK)
        return ST_OK;
    (void)commit_policy_failed(&job->policy, &why); /* the next one does not wait again */
    if (!diag->set)
        *diag = why;
    return status;
}

Status job_stop(Job *job, Diag *diag)
{
    if (job->stage != COMMIT_TABLES || work_done(job) != job->committed || pending_bytes(job) > 0)
        TRY(job_commit(job, diag));
    if (job->committed_end || recovery_replays(&job->recovery) || !outside_exists(job))
        return ST_OK;
    TRY(finish_sinks(job, true, diag));
    return in_transaction(job, true, outside_save, diag);
}

/* One that cannot be now is tried again later. */
static Status try_commit(Job *job, Diag *diag)
{
    Diag why = {0};
    Status status = commit(job, false, &why);
    bool held = job->stage == COMMIT_SINKS ? why.code == E4003 /* a lock on another file */
                                           : commit_policy_failed(&job->policy, &why);
    if (status == ST_OK || (status == ST_STATE && held))
        return ST_OK;
    if (!diag->set)
        *diag = why;
    return status;
}

static bool commit_is_due(const Job *job)
{
    if (!commit_policy_may_try(&job->policy))
        return false;
    bool waits = pending_bytes(job) > 0 || outside_wants_commit(job) || job->stage != COMMIT_TABLES;
    if (!job->ended && work_done(job) == job->committed && !waits)
        return false; /* a quiet job leaves the file alone */
    Micros now = job->config.clock->monotonic(job->config.clock);
    return job->ended || job->policy.hold != HOLD_NONE || job->stage != COMMIT_TABLES ||
           recovery_is_ready(job) ||
           now - job->last_commit >=
               commit_policy_interval(&job->policy, job->config.commit_interval) ||
           pending_bytes(job) >= job->policy.limits.pending_bytes;
}

/* --- standing still --- */

/* A transaction beside the epochs': what stands in its way passes, and it is tried again. */
static Status try_note(Job *job, Status (*write)(Job *job, Diag *diag), bool *done, Diag *diag)
{
    Diag why = {0};
    Status status = in_transaction(job, false, write, &why);
    *done = status == ST_OK;
    if (status == ST_OK || (status == ST_STATE && db_trouble(job->db) != DB_TROUBLE_OTHER))
        return ST_OK;
    if (!diag->set)
        *diag = why;
    return status;
}

static Status record_pause(Job *job, Diag *diag)
{
    bool paused = job->policy.hold == HOLD_WAL && commit_policy_is_paused(&job->policy);
    Micros now = job->config.clock->wall(job->config.clock);
    return catalog_set_job(job->config.catalog, job->config.id, paused ? JOB_HELD : JOB_RUNNING,
                           paused ? text_of(job->policy.reason) : TEXT_NONE, now, diag);
}

/* So that others see it, too; while the file cannot be written they do not. */
static Status store_pause(Job *job, Diag *diag)
{
    bool paused = job->policy.hold == HOLD_WAL && commit_policy_is_paused(&job->policy), done;
    if (job->db == NULL || job->stored_paused == paused || job->policy.hold == HOLD_LOCK ||
        job->policy.hold == HOLD_DISK || job->committed_end)
        return ST_OK;
    TRY(try_note(job, record_pause, &done, diag));
    if (done)
        job->stored_paused = paused;
    return ST_OK;
}

const char *job_pause_reason(const Job *job)
{
    return commit_policy_is_paused(&job->policy) ? job->policy.reason : NULL;
}

bool job_take_notice(Job *job, char out[NOTICE_SIZE])
{
    return commit_policy_take_notice(&job->policy, out);
}

/* --- the loop --- */

Status job_step_values(Job *job)
{
    Op *op = job->graph.values[job->next_values];
    bool done;
    TRY(values_step(op, &done));
    if (!done)
        return ST_OK;
    job->next_values++;
    for (uint32_t i = 0; i < op->outs; i++)
        TRY(op_end(op->out[i].op, op->out[i].port));
    return ST_OK;
}

static Status step_merge(Job *job, Merge *merge, bool *busy, Diag *diag)
{
    MergeProgress progress;
    bool arrived = false;
    if (merge_ended(merge))
        return ST_OK;
    uint32_t rows = job->config.batch_rows == 0 ? job_step_rows() : job->config.batch_rows;
    TRY(merge_step(merge, rows, &progress, diag));
    if (progress == MERGE_BUSY) {
        *busy = true;
    } else if (progress == MERGE_WAITS && recovery_wants_pause(job)) {
        recovery_put_off(job);
    } else if (merge->live && !recovery_wants_pause(job)) { /* a new round */
        TRY(merge_begin_round(merge, job->config.clock->wall(job->config.clock), &arrived, diag));
        *busy = *busy || arrived;
    }
    return ST_OK;
}

uint32_t job_step_rows(void)
{
    return (uint32_t)TEST_NUMBER("WEIR_STEP_ROWS", STEP_ROWS);
}

bool job_all_ended(const Job *job)
{
    if (job->next_values < job->graph.values_count)
        return false;
    for (uint32_t i = 0; i < job->merges; i++) {
        if (!merge_ended(&job->merge[i]))
            return false;
    }
    return true;
}

Status job_start(Job *job, Diag *diag)
{
    if (job->opened)
        return ST_OK;
    job->opened = true;
    diag_reset(&job->diag);
    Status status = open_merges(job, diag);
    if (status != ST_OK && job->diag.set && !diag->set)
        *diag = job->diag;
    return status;
}

static Status step(Job *job, bool *busy, Diag *diag)
{
    TRY(job_start(job, diag));
    if (recovery_replays(&job->recovery)) {
        *busy = true;
        TRY(recovery_replay_epoch(job, diag));
        job->committed = work_done(job);
        job->last_commit = job->config.clock->monotonic(job->config.clock);
        return ST_OK;
    }
    if (work_done(job) == job->committed) /* one reading an epoch: a replay uses the same */
        job->env.eval.now = job->config.clock->wall(job->config.clock);
    if (job->next_values < job->graph.values_count) {
        *busy = true;
        return job_step_values(job);
    }
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(step_merge(job, &job->merge[i], busy, diag));
    return ST_OK;
}

Status job_step(Job *job, JobProgress *progress, Diag *diag)
{
    bool busy = false;
    diag_reset(&job->diag);
    bool works = !job->committed_end && job->stage == COMMIT_TABLES &&
                 commit_policy_may_read(&job->policy, pending_bytes(job));
    Status status = works ? step(job, &busy, diag) : ST_OK;
    if (status != ST_OK) {
        if (job->diag.set && !diag->set)
            *diag = job->diag;
        return status;
    }
    job->ended = job_all_ended(job);
    if (!job->committed_end && !recovery_replays(&job->recovery)) {
        bool done;
        if (commit_is_due(job))
            TRY(try_commit(job, diag));
        else if (job->policy.hold == HOLD_NONE && report_is_due(job))
            TRY(try_note(job, job_report, &done, diag));
    }
    TRY(store_pause(job, diag));
    *progress = job->committed_end ? JOB_ENDED : busy ? JOB_BUSY : JOB_WAITS;
    return ST_OK;
}

JobCounts job_counts(const Job *job)
{
    const RejectPath *reject = &job->reject;
    JobCounts counts = {.rejected = reject->unplaced, .late = reject->late};
    for (uint32_t source = 0; source < reject->sources; source++) {
        uint64_t most = 0; /* a record that several queries refuse is one record */
        for (uint32_t sink = 0; sink < job->plan->sinks; sink++) {
            uint32_t at = sink * reject->sources + source, reads = reject->reads[at];
            uint64_t rejected = reads == 0 ? 0 : reject->counts[at].rejected / reads;
            counts.read += reject->counts[at].read;
            most = rejected > most ? rejected : most;
        }
        counts.rejected += most;
    }
    return counts;
}

static uint64_t bytes_read(const MergeSplit *split)
{
    if (split->ended)
        return split->split.end - split->split.start.offset;
    return split->reader == NULL
               ? 0
               : split->reader->position(split->reader).offset - split->split.start.offset;
}

/* False: what is left to read is not known. */
static bool add_bytes(const MergeScan *scan, JobInput *input)
{
    for (uint32_t i = 0; i < scan->splits; i++) {
        const MergeSplit *split = &scan->split[i];
        if (split->split.inode == 0 || split->split.end == UINT64_MAX)
            return false;
        input->bytes += bytes_read(split);
        input->bytes_in_all += split->split.end - split->split.start.offset;
    }
    return true;
}

JobInput job_input(const Job *job)
{
    JobInput input = {0};
    bool known = true;
    for (uint32_t i = 0; i < job->reject.sources; i++)
        input.records += job->reject.source[i].read;
    for (uint32_t i = 0; known && i < job->merges; i++) {
        for (uint32_t s = 0; known && s < job->merge[i].scans; s++)
            known = add_bytes(&job->merge[i].scan[s], &input);
    }
    if (!known)
        input.bytes = input.bytes_in_all = 0;
    return input;
}

bool job_is_recovering(const Job *job)
{
    return recovery_replays(&job->recovery);
}

const Diag *job_first_rejection(const Job *job)
{
    return &job->reject.first;
}
