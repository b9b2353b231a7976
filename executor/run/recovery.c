#include "executor/run/recovery.h"

#include <assert.h>

#include "executor/run/job_private.h"
#include "storage/base/crash_point.h"
#include "storage/base/hash.h"

enum {
    CHECKPOINT_SHARE = 10,      /* at most this part of the time goes into checkpoints */
    CHECKPOINT_BYTES = 4 << 20, /* of pages an epoch: its transaction does not grow by much more */
};
static const Micros checkpoint_least = MICROS_PER_SECOND; /* between two */

/* --- what can be recovered --- */

/* All input can be read again from a place of our own, and what goes out goes into the file alone.
 */
static bool can_replay(const Job *job)
{
    const Plan *plan = job->plan;
    for (uint32_t i = 0; i < plan->nodes; i++) {
        const PlanNode *node = plan->node[i];
        if (node->kind == PLAN_SCAN &&
            (!node->as.scan.bounded || !node->as.scan.spec.table->connector->replayable))
            return false;
    }
    for (uint32_t i = 0; i < plan->sinks; i++) {
        if (plan->sink[i]->as.sink.kind != SINK_RESULT)
            return false;
    }
    return job->db != NULL;
}

Status recovery_open(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    strbuf_init(&self->stream, &job->meter);
    strbuf_init(&self->bytes, &job->meter);
    freeze_init(&self->freeze, &job->meter, 0);
    if (!can_replay(job))
        return ST_OK;
    TRY(state_store_open(job->db, job->config.id, &job->meter, &self->store, diag));
    self->freeze.last_set_id = state_store_checkpoint(self->store).last_set_id;
    return ST_OK;
}

void recovery_close(Recovery *self)
{
    freeze_close(&self->freeze);
    strbuf_close(&self->stream);
    strbuf_close(&self->bytes);
    state_store_close(self->store);
}

/* --- all that a job remembers --- */

static Status walk_job(Job *job, StateWalk *walk, Diag *diag)
{
    TRY(state_walk_mark(walk, "job"));
    TRY(STATE_WALK(walk, job->next_values));
    TRY(STATE_WALK(walk, job->ended));
    if (!DEFECT(RANDOM_LOST))
        TRY(STATE_WALK(walk, job->env.eval.random_state));
    TRY(reject_path_state(&job->reject, walk));
    for (uint32_t i = 0; i < job->graph.ops; i++)
        TRY(op_state(job->graph.op[i], walk));
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(merge_state(&job->merge[i], walk, diag));
    return state_walk_mark(walk, "end");
}

static Status freeze_job(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    StateWalk walk = {.freeze = &self->freeze, .out = &self->stream};
    assert(!self->writing);
    CRASH_POINT(FREEZE_BEFORE);
    strbuf_clear(&self->stream);
    freeze_begin(&self->freeze);
    Status status = walk_job(job, &walk, diag);
    if (status != ST_OK) {
        freeze_abandon(&self->freeze);
        return status;
    }
    self->frozen_epoch = job->epoch;
    self->writing = true;
    CRASH_POINT(FREEZE_AFTER);
    return ST_OK;
}

Status recovery_begin(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    self->finished = job->config.clock->monotonic(job->config.clock);
    return self->store == NULL ? ST_OK : freeze_job(job, diag);
}

/* --- loading and replaying --- */

Status recovery_load(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    StateWalk *walk;
    if (self->store == NULL || !state_store_checkpoint(self->store).exists)
        return ST_OK;
    CRASH_POINT(LOAD_BEFORE);
    TRY(state_store_read(self->store, &self->freeze, &walk, diag));
    CRASH_POINT(LOAD_READ);
    TRY(state_store_read_end(self->store, walk_job(job, walk, diag), diag));
    job->epoch = state_store_checkpoint(self->store).epoch;
    self->loaded = self->replaying = true;
    self->finished = job->config.clock->monotonic(job->config.clock);
    CRASH_POINT(LOAD_AFTER);
    return ST_OK;
}

/* How far an epoch went. */
static Status walk_entry(Job *job, StateWalk *walk, Micros *now, uint32_t *values, uint64_t *taken)
{
    TRY(STATE_WALK(walk, *now));
    TRY(STATE_WALK(walk, *values));
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(STATE_WALK(walk, taken[i]));
    return ST_OK;
}

/* Of the place that the merge has got to. */
static uint64_t digest_of_input(const Merge *merge, uint64_t digest)
{
    for (uint32_t i = 0; i < merge->scans; i++) {
        for (uint32_t s = 0; s < merge->scan[i].splits; s++) {
            const MergeSplit *split = &merge->scan[i].split[s];
            digest = hash_u64(split->record, digest + split->record_rows);
        }
    }
    return digest;
}

/* Of what the epoch reads and gives. A table whose rows are updated says nothing: an aggregate
 * gives its groups once a batch, and a replay cuts the input into other batches. A row that comes
 * and goes, or changes and changes back, is then pending in one of the two and not in the other. */
static uint64_t digest_of(const Job *job)
{
    uint64_t digest = hash_u64(job->reject.rejected, job->reject.late);
    for (uint32_t i = 0; i < job->merges; i++)
        digest = digest_of_input(&job->merge[i], digest);
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->plan->sink[i]->as.sink.result.append_only)
            digest = hash_u64(result_table_digest(job->table[i]), digest);
    }
    return digest;
}

static Status input_is_gone(const Job *job, const Merge *merge, uint64_t wanted, Diag *diag)
{
    const PlanScan *scan = &merge->scan[0].op->plan->as.scan;
    diag_error(diag, E4009, SPAN_NONE,
               "job %lld has read %llu rows from \"%.*s\", and there are %llu now",
               (long long)job->config.id, (unsigned long long)wanted,
               TEXT_ARG(scan->spec.table->name), (unsigned long long)merge->taken);
    diag_hint(diag,
              "bring the input back as it was, or drop what the job keeps and create it again");
    return ST_STATE;
}

static Status replay_merge(Job *job, Merge *merge, uint64_t taken, Diag *diag)
{
    uint64_t before = merge->taken, left = taken - before;
    bool busy = false;
    if (left == 0)
        return ST_OK;
    uint32_t rows = left < job_step_rows() ? (uint32_t)left : job_step_rows();
    TRY(job_step_merge(job, merge, rows, &busy, diag));
    return merge->taken == before ? input_is_gone(job, merge, taken, diag) : ST_OK;
}

/* They take turns as they did: what is drawn at random hangs on their order. */
static Status replay_merges(Job *job, const uint64_t *taken, Diag *diag)
{
    bool left = true;
    while (left) {
        left = false;
        for (uint32_t i = 0; i < job->merges; i++) {
            TRY(replay_merge(job, &job->merge[i], taken[i], diag));
            left = left || job->merge[i].taken < taken[i];
        }
    }
    return ST_OK;
}

static Status check_replayed(Job *job, const JournalEntry *entry, Diag *diag)
{
    uint64_t digest = digest_of(job);
    for (uint32_t i = 0; i < job->plan->sinks && !DEFECT(REPLAY_AUDIBLE); i++)
        result_table_discard(job->table[i]);
    reject_log_discard(job->log);
    job->epoch = entry->epoch;
    if (digest == entry->digest)
        return ST_OK;
    diag_error(diag, E4009, SPAN_NONE,
               "epoch %llu of job %lld gives something else than it gave before it was cut off",
               (unsigned long long)entry->epoch, (long long)job->config.id);
    diag_hint(diag, "its input has changed; bring it back as it was, or drop what the job keeps "
                    "and create it again");
    return ST_STATE;
}

Status recovery_replay_epoch(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    JournalEntry entry;
    bool found;
    uint64_t *taken;
    uint32_t values;
    TRY(journal_next(self->store, &entry, &found, diag));
    if (!found) {
        self->replaying = false;
        CRASH_POINT(REPLAY_END);
        job->last_commit = job->config.clock->monotonic(job->config.clock);
        return ST_OK;
    }
    CRASH_POINT(REPLAY_BEFORE);
    TRY_NEW_ARRAY(taken, &job->arena, job->merges);
    StateWalk walk = {.loading = true, .in = entry.body};
    Status status = walk_entry(job, &walk, &job->env.eval.now, &values, taken);
    if (status != ST_OK || values > job->graph.values_count)
        return state_store_read_end(self->store, ST_STATE, diag);
    while (job->next_values < values)
        TRY(job_step_values(job));
    TRY(replay_merges(job, taken, diag));
    TRY(check_replayed(job, &entry, diag));
    CRASH_POINT(REPLAY_AFTER);
    return ST_OK;
}

/* --- writing --- */

void recovery_take_digest(Job *job)
{
    if (job->recovery.store != NULL)
        job->recovery.digest = digest_of(job);
}

static Status put_entry(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    StateWalk walk = {.out = &self->bytes};
    uint64_t *taken;
    uint32_t values = job->next_values;
    TRY_NEW_ARRAY(taken, &job->arena, job->merges);
    for (uint32_t i = 0; i < job->merges; i++)
        taken[i] = job->merge[i].taken + DEFECT(JOURNAL_OFF_BY_ONE);
    strbuf_clear(&self->bytes);
    TRY(walk_entry(job, &walk, &job->env.eval.now, &values, taken));
    const JournalEntry entry = {job->epoch + 1, strbuf_as_text(&self->bytes), self->digest};
    return journal_put(self->store, &entry, diag);
}

static Status put_pages(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    uint64_t bytes = 0;
    uint64_t share = (uint64_t)TEST_NUMBER("WEIR_CHECKPOINT_BYTES", CHECKPOINT_BYTES);
    while (bytes < share) {
        const FrozenPage *page;
        CRASH_POINT(PAGE_BEFORE);
        strbuf_clear(&self->bytes);
        TRY(freeze_next(&self->freeze, &self->bytes, &page));
        if (page == NULL)
            return state_store_finish(self->store, self->frozen_epoch,
                                      strbuf_as_text(&self->stream), &self->freeze, diag);
        TRY(state_store_put_page(self->store, page, strbuf_as_text(&self->bytes), diag));
        bytes += self->bytes.size;
        freeze_written(&self->freeze);
        CRASH_POINT(PAGE_AFTER);
    }
    return ST_OK;
}

Status recovery_write(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    Clock *clock = job->config.clock;
    if (self->store == NULL)
        return ST_OK;
    if (job->ended) { /* nothing is left to be recovered */
        freeze_abandon(&self->freeze);
        self->writing = false;
        CRASH_POINT(CLEAR_BEFORE);
        return state_store_clear(self->store, diag);
    }
    CRASH_POINT(JOURNAL_BEFORE);
    TRY(put_entry(job, diag));
    CRASH_POINT(JOURNAL_AFTER);
    if (!self->writing)
        return ST_OK;
    Micros begun = clock->monotonic(clock);
    TRY(put_pages(job, diag));
    self->spent += clock->monotonic(clock) - begun;
    return ST_OK;
}

/* The transaction is through: is the checkpoint, too, or is it time for one? */
Status recovery_committed(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    Micros now = job->config.clock->monotonic(job->config.clock);
    if (self->store == NULL || job->ended)
        return ST_OK;
    if (self->writing && freeze_left(&self->freeze) == 0 &&
        state_store_checkpoint(self->store).exists &&
        state_store_checkpoint(self->store).epoch == self->frozen_epoch) {
        freeze_finish(&self->freeze);
        self->writing = false;
        self->finished = now;
    }
    if (self->writing && self->freeze.broken) {
        freeze_abandon(&self->freeze);
        state_store_give_up(self->store);
        self->writing = false;
    }
    Micros wait = self->spent * CHECKPOINT_SHARE > checkpoint_least ? self->spent * CHECKPOINT_SHARE
                                                                    : checkpoint_least;
    wait = TEST_NUMBER("WEIR_CHECKPOINT_US", wait);
    if (self->writing || now - self->finished < wait)
        return ST_OK;
    self->spent = 0;
    return freeze_job(job, diag);
}
