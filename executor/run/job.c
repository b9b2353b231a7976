#include "executor/run/job.h"

#include <assert.h>

#include "executor/op/source.h"
#include "executor/run/job_private.h"

enum {
    PENDING_BYTES = 16 << 20, /* of changes that are not committed: then the epoch ends */
};

/* --- opening --- */

static Status open_sinks(Job *job, Diag *diag)
{
    const Plan *plan = job->plan;
    TRY_NEW_ARRAY(job->table, &job->arena, plan->sinks);
    TRY_NEW_ARRAY(job->sink, &job->arena, plan->sinks);
    for (uint32_t i = 0; i < plan->sinks; i++) {
        const PlanSink *sink = &plan->sink[i]->as.sink;
        SourceEnv env = job->source_env;
        SinkTarget target = {0};
        uint64_t stored_epoch;
        env.inserts_only = plan->sink[i]->changelog == CHANGELOG_APPEND;
        switch (sink->kind) {
        case SINK_RESULT:
            TRY(result_table_open(job->db, &sink->result, &job->meter, &job->table[i], diag));
            target.table = job->table[i];
            break;
        case SINK_CONNECTOR:
            TRY(sink->table->connector->open_sink(sink->table, &env, NULL, &stored_epoch,
                                                  &job->sink[i], diag));
            target.sink = job->sink[i];
            break;
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
                                  .base_path = config->base_path};
    TRY(graph_open(&job->graph, job->plan, &job->env, &job->arena, diag));
    TRY(open_sinks(job, diag));
    return recovery_open(job, diag);
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
        if (job->sink != NULL && job->sink[i] != NULL)
            job->sink[i]->close(job->sink[i]);
    }
    graph_close(&job->graph);
    recovery_close(&job->recovery);
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

static bool has_outside_sink(const Job *job)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->sink[i] != NULL)
            return true;
    }
    return false;
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

static Status write_epoch(Job *job, Diag *diag)
{
    recovery_take_digest(job);
    if (job->restart && !job->recovery.loaded)
        TRY(clear_tables(job, diag));
    if (job->restart)
        TRY(reject_log_forget_failed(job->log, diag));
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table[i] != NULL)
            TRY(result_table_flush(job->table[i], diag));
    }
    TRY(flush_rejected(job, diag));
    TRY(recovery_write(job, diag));
    return job->ended && !has_outside_sink(job) ? record_end(job, diag) : ST_OK;
}

static Status in_transaction(Job *job, Status (*write)(Job *job, Diag *diag), Diag *diag)
{
    if (job->db == NULL)
        return ST_OK;
    TRY(db_begin(job->db, diag));
    Status status = write(job, diag);
    if (status == ST_OK)
        status = db_commit(job->db, diag);
    if (status != ST_OK)
        db_rollback(job->db);
    return status;
}

/* A number that grows with everything that a commit makes visible. */
static uint64_t work_done(const Job *job)
{
    uint64_t done = job->next_values + job->reject.rejected + job->reject.late;
    for (uint32_t i = 0; i < job->merges; i++)
        done += job->merge[i].taken + job->merge[i].events;
    return done;
}

/* What leaves the file goes after the tables, and the job is over only when that has arrived. */
static Status commit_sinks(Job *job, Diag *diag)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->sink[i] != NULL)
            TRY(job->sink[i]->commit(job->sink[i], job->epoch, diag));
    }
    if (!job->ended || !has_outside_sink(job))
        return ST_OK;
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->sink[i] != NULL && job->sink[i]->finish != NULL)
            TRY(job->sink[i]->finish(job->sink[i], diag));
    }
    return in_transaction(job, record_end, diag);
}

Status job_commit(Job *job, Diag *diag)
{
    if (job->restart && !job->ended && work_done(job) == 0)
        return ST_OK; /* what the earlier run has left stays until there is something in its place
                       */
    if (recovery_replays(&job->recovery))
        return ST_OK; /* what is pending is in the tables already */
    TRY(in_transaction(job, write_epoch, diag));
    job->restart = false;
    job->epoch++;
    TRY(recovery_committed(job, diag));
    TRY(commit_sinks(job, diag));
    job->last_commit = job->config.clock->monotonic(job->config.clock);
    job->committed_end = job->ended;
    job->committed = work_done(job);
    return ST_OK;
}

static bool commit_is_due(const Job *job)
{
    if (!job->ended && work_done(job) == job->committed && pending_bytes(job) == 0)
        return false; /* a quiet job leaves the file alone */
    Micros now = job->config.clock->monotonic(job->config.clock);
    return job->ended || recovery_is_ready(job) ||
           now - job->last_commit >= job->config.commit_interval ||
           pending_bytes(job) >= PENDING_BYTES;
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
    uint32_t rows = job->config.batch_rows == 0 ? STEP_ROWS : job->config.batch_rows;
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
    Status status = job->committed_end ? ST_OK : step(job, &busy, diag);
    if (status != ST_OK) {
        if (job->diag.set && !diag->set)
            *diag = job->diag;
        return status;
    }
    job->ended = job_all_ended(job);
    if (!job->committed_end && !recovery_replays(&job->recovery) && commit_is_due(job))
        TRY(job_commit(job, diag));
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
