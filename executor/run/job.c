#include "executor/run/job.h"

#include <assert.h>

#include "executor/op/source.h"
#include "executor/run/job_private.h"
#include "storage/base/crash_point.h"

/* --- opening --- */

static Status open_sinks(Job *job, Diag *diag)
{
    const Plan *plan = job->plan;
    TRY_NEW_ARRAY(job->table, &job->arena, plan->sinks);
    TRY_NEW_ARRAY(job->outside, &job->arena, plan->sinks);
    TRY(takeover_open(job));
    for (uint32_t i = 0; i < plan->sinks; i++) {
        const PlanSink *sink = &plan->sink[i]->as.sink;
        SinkTarget target = {0};
        switch (sink->kind) {
        case SINK_RESULT:
            TRY(result_table_open(job->db, job->building ? &job->build[i] : &sink->result,
                                  &job->meter, &job->table[i], diag));
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
                       job->config.readers, rows, job->recovery.store != NULL));
    }
    TRY(recovery_load(job, diag));
    if (job->recovery.loaded)
        return ST_OK;
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(merge_list(&job->merge[i], diag));
    TRY(takeover_listed(job, diag));
    TRY(recovery_begin(job, diag));
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(merge_start(&job->merge[i], diag));
    return ST_OK;
}

static Status open_parts(Job *job, Diag *diag)
{
    const JobConfig *config = &job->config;
    if (job->db != NULL && config->sync_each_commit)
        db_sync_each_commit(job->db);
    if (job->db != NULL)
        TRY(reject_log_open(job->db, config->id, &job->meter, &job->log, diag));
    TRY(reject_path_open(&job->reject, job->plan, job->log, &job->arena, &job->meter));
    job->env = (OpEnv){.meter = &job->meter,
                       .clock = config->clock,
                       .stop = config->stop,
                       .diag = &job->diag,
                       .reject = &job->reject};
    job->now = config->clock->wall(config->clock);
    job->env.eval = (EvalContext){.zone = config->zone, .now = job->now};
    uint64_t kept = config->catalog == NULL ? 0 : catalog_hash_seed(config->catalog);
    job->env.seed =
        job->db == NULL ? (uint64_t)job->env.eval.now : kept; /* a SELECT: other values */
    job->env.eval.random_state = job->env.seed;
    job->source_env = (SourceEnv){.arena = &job->arena,
                                  .meter = &job->meter,
                                  .clock = config->clock,
                                  .seed = kept,
                                  .base_path = config->base_path,
                                  .db = job->db,
                                  .stop = config->stop,
                                  .shared = &job->shared};
    TRY(graph_open(&job->graph, job->plan, &job->env, &job->arena, diag));
    TRY(recovery_open(job, diag));
    TRY(open_sinks(job, diag));
    return report_open(job, diag);
}

/* An earlier run may have been cut off while it stood still. */
static uint64_t stored_wait(const JobConfig *config)
{
    const CatalogJob *stored =
        config->catalog == NULL ? NULL : catalog_find_job(config->catalog, config->id);
    return stored != NULL && stored->state == JOB_HELD ? job_wait_hash(stored->reason) : 0;
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
    job->stored_wait = stored_wait(config);
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

static void close_shared(Job *job)
{
    for (SharedSource *shared = job->shared, *next; shared != NULL; shared = next) {
        next = shared->next;
        shared->close(shared);
    }
}

void job_close(Job *job)
{
    if (job == NULL)
        return;
    for (uint32_t i = 0; i < job->merges; i++)
        merge_close(&job->merge[i]);
    close_shared(job);
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

static Status step_merge(Job *job, uint32_t number, bool *busy, Diag *diag)
{
    Merge *merge = &job->merge[number];
    MergeProgress progress;
    bool arrived = false;
    if (merge_ended(merge))
        return ST_OK;
    uint32_t rows = job->config.batch_rows == 0 ? job_step_rows() : job->config.batch_rows;
    if (job_settles(job)) {
        TRY(merge_step(merge, 0, &progress, diag));
        *busy = *busy || merge_is_settled(merge);
        return ST_OK;
    }
    TRY(job_read_clock(job, number));
    TRY(merge_step(merge, rows, &progress, diag));
    if (progress == MERGE_BUSY) {
        *busy = true;
    } else if (progress == MERGE_WAITS && recovery_wants_pause(job)) {
        if (merge_is_settled(merge) || !recovery_is_ready(job))
            recovery_put_off(job);
    } else if (merge->live && !recovery_wants_pause(job)) {
        TRY(job_begin_round(job, number, &arrived, diag));
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
    if (status == ST_OK) {
        JobInput input = job_input(job);
        job->records_before = input.records;
        job->bytes_before = input.bytes;
    }
    if (status != ST_OK && job->diag.set && !diag->set)
        *diag = job->diag;
    return status;
}

static Status try_step(Job *job, bool *busy, Diag *diag)
{
    job->env.stop_seen = 0;
    TRY(job_start(job, diag));
    if (recovery_replays(&job->recovery)) {
        *busy = true;
        TRY(recovery_replay_epoch(job, diag));
        job->committed = job_work_done(job);
        job->last_commit = job->config.clock->monotonic(job->config.clock);
        return ST_OK;
    }
    if (job_work_done(job) == job->committed)
        TRY(job_begin_epoch(job, job->config.clock->wall(job->config.clock)));
    if (job->next_values < job->graph.values_count) {
        *busy = true;
        return job_step_values(job);
    }
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(step_merge(job, i, busy, diag));
    return ST_OK;
}

static Status step(Job *job, bool *busy, Diag *diag)
{
    Status status = try_step(job, busy, diag);
    job->failed = status != ST_OK;
    return status;
}

Status job_finish_rounds(Job *job, Diag *diag)
{
    bool busy;
    diag_reset(&job->diag);
    recovery_ask_for_last(job);
    while (recovery_wants_pause(job) && !recovery_is_ready(job))
        TRY(step(job, &busy, diag));
    return ST_OK;
}

Status job_step(Job *job, JobProgress *progress, Diag *diag)
{
    bool busy = false;
    diag_reset(&job->diag);
    bool reads = job_may_read(job);
    Clock *clock = job->config.clock;
    Micros begun = clock->monotonic(clock);
    Status status = reads ? step(job, &busy, diag) : ST_OK;
    if (busy)
        recovery_add_work(&job->recovery, clock->monotonic(clock) - begun);
    if (status != ST_OK) {
        if (job->diag.set && !diag->set)
            *diag = job->diag;
        return status;
    }
    job->ended = job_all_ended(job);
    if (reads)
        TRY(takeover_look(job, busy, diag));
    input_wait_look(&job->input_wait, job->shared, clock->monotonic(clock),
                    job->policy.limits.patience);
    TRY(job_commit_when_due(job, diag));
    *progress = job->committed_end ? JOB_ENDED : busy ? JOB_BUSY : JOB_WAITS;
    return ST_OK;
}

JobCounts job_counts(const Job *job)
{
    return (JobCounts){.rejected = job->reject.recorded, .late = job->reject.late};
}

bool job_has_begun(const Job *job)
{
    return job->next_values > 0 || job->reject.recorded > 0 || job_input(job).records > 0;
}

/* From the beginning of the file: where the split starts moves on with each checkpoint. */
static uint64_t bytes_read(const MergeSplit *split)
{
    if (split->ended)
        return split->split.end;
    return split->reader == NULL ? split->split.start.offset
                                 : split->reader->position(split->reader).offset;
}

/* False: what is left to read is not known. */
static bool add_bytes(const MergeScan *scan, JobInput *input)
{
    for (uint32_t i = 0; i < scan->splits; i++) {
        const MergeSplit *split = &scan->split[i];
        if (split->split.inode == 0 || split->split.end == UINT64_MAX)
            return false;
        input->bytes += bytes_read(split);
        input->bytes_in_all += split->split.end;
    }
    return true;
}

JobInput job_input(const Job *job)
{
    JobInput input = {.records_before = job->records_before, .bytes_before = job->bytes_before};
    bool known = true;
    for (uint32_t i = 0; i < job->reject.sources; i++)
        input.records += job->reject.source[i].read;
    for (uint32_t i = 0; known && i < job->merges; i++) {
        for (uint32_t s = 0; known && s < job->merge[i].scans; s++)
            known = add_bytes(&job->merge[i].scan[s], &input);
    }
    if (!known)
        input.bytes = input.bytes_in_all = input.bytes_before = 0;
    return input;
}

static Status compare_scan(const MergeScan *scan, Text table, const Split *before, uint64_t read,
                           char why[SPLIT_WHY_SIZE], Diag *diag)
{
    const TableSpec *spec = scan->op->plan->as.scan.spec.table;
    if (spec->connector->compare == NULL || !text_equal(spec->name, table))
        return ST_OK;
    return spec->connector->compare(before, read, scan->listed, scan->splits, why, diag);
}

Status job_compare_input(const Job *job, Text table, const Split *before, uint64_t read,
                         char why[SPLIT_WHY_SIZE], Diag *diag)
{
    why[0] = '\0';
    for (uint32_t i = 0; i < job->merges; i++) {
        for (uint32_t s = 0; s < job->merge[i].scans && why[0] == '\0'; s++)
            TRY(compare_scan(&job->merge[i].scan[s], table, before, read, why, diag));
    }
    return ST_OK;
}

bool job_is_recovering(const Job *job)
{
    return recovery_replays(&job->recovery);
}

const Diag *job_first_rejection(const Job *job)
{
    return &job->reject.first;
}
