#include "executor/run/recovery.h"

#include <assert.h>

#include "executor/run/job_private.h"
#include "storage/base/crash_point.h"
#include "storage/base/hash.h"

enum {
    CHECKPOINT_SHARE = 10,      /* at most this part of the time goes into checkpoints */
    CHECKPOINT_BYTES = 4 << 20, /* of pages an epoch: its transaction does not grow by much more */
    CHECKPOINT_HURRY = 4,       /* times as many when there is much to be done again */
};
static const Micros checkpoint_least = MICROS_PER_SECOND; /* between two */
/* When a restart would have to work so long, that counts for more than the cost of a checkpoint:
 * with the time to write one, and on a machine that is busy, it stays below 10 s. */
static const Micros most_unsaved = 4 * MICROS_PER_SECOND;
static const Micros replay_nap = 2 * MICROS_PER_MILLI;

/* --- what can be recovered --- */

/* Computed columns are made when a row is read, which may be long before it is taken: what RAND
 * gives there cannot be given again. */
static bool scan_can_replay(const PlanScan *scan)
{
    const TableSpec *table = scan->spec.table;
    for (uint32_t i = 0; i < scan->computed_count; i++) {
        if ((scan->computed[i]->flags & FN_VOLATILE) != 0)
            return false;
    }
    return table->connector->replayable != NULL && table->connector->replayable(table);
}

/* All input can be read again from a place of our own. */
static bool can_replay(const Job *job)
{
    const Plan *plan = job->plan;
    for (uint32_t i = 0; i < plan->nodes; i++) {
        const PlanNode *node = plan->node[i];
        if (node->kind == PLAN_SCAN && !scan_can_replay(&node->as.scan))
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
    job->env.digests = true;
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
    TRY(STATE_WALK(walk, job->now));
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
    self->frozen_work = job_work_done(job);
    self->frozen_at = self->unsaved;
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
    self->frozen_work = job_work_done(job);
    self->loaded = self->replaying = true;
    self->finished = job->config.clock->monotonic(job->config.clock);
    CRASH_POINT(LOAD_AFTER);
    return ST_OK;
}

/* Of the place that the merge has got to, and of the rows that it has taken to get there. */
static uint64_t digest_of_input(Merge *merge, uint64_t digest)
{
    merge_note_records(merge);
    for (uint32_t i = 0; i < merge->scans; i++) {
        digest = hash_u64(((const ScanOp *)merge->scan[i].op)->digest, digest);
        for (uint32_t s = 0; s < merge->scan[i].splits; s++) {
            const MergeSplit *split = &merge->scan[i].split[s];
            digest = hash_u64(split->record, digest + split->record_rows);
        }
    }
    return digest;
}

/* Of what the epoch reads and gives. A table whose rows are updated says nothing by itself: an
 * aggregate gives its groups once a batch, and a replay cuts the input into other batches. A row
 * that comes and goes, or changes and changes back, is then pending in one of the two and not in
 * the other. That its input was the same is what can be told. */
static uint64_t digest_of(const Job *job)
{
    uint64_t digest = hash_u64(job->reject.rejected, job->reject.late);
    for (uint32_t i = 0; i < job->merges; i++)
        digest = digest_of_input(&job->merge[i], digest);
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table[i] != NULL && job->plan->sink[i]->as.sink.result.append_only)
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

/* Bounded input that comes over a network may still be on its way. */
static Status wait_for_input(Job *job)
{
    Clock *clock = job->config.clock;
    TRY(op_heed_stop(&job->env));
    if (clock->nap != NULL)
        clock->nap(clock, replay_nap);
    return ST_OK;
}

/* Up to so many rows. */
static Status replay_rows(Job *job, Merge *merge, uint64_t taken, Diag *diag)
{
    while (merge->taken < taken) {
        uint64_t before = merge->taken, left = taken - before;
        MergeProgress progress;
        TRY(merge_step(merge, left < job_step_rows() ? (uint32_t)left : job_step_rows(), &progress,
                       diag));
        if (merge->taken > before)
            continue;
        if (progress != MERGE_WAITS)
            return input_is_gone(job, merge, taken, diag);
        TRY(wait_for_input(job));
    }
    return ST_OK;
}

/* The end of an epoch; of a stream it comes behind its rows. */
static Status replay_end(Job *job, Merge *merge, Diag *diag)
{
    MergeProgress progress;
    TRY(merge_step(merge, 0, &progress, diag));
    while (!merge_is_settled(merge)) {
        TRY(wait_for_input(job));
        TRY(merge_step(merge, 0, &progress, diag));
    }
    return ST_OK;
}

/* What an epoch took of a merge: the bytes that streams brought, the rounds, the rows in all. */
static Status save_merge(Merge *merge, StateWalk *walk)
{
    TRY(merge_spooled(merge, walk));
    TRY(STATE_WALK(walk, merge->rounds));
    TRY(state_walk_bytes(walk, merge->log.ptr, (uint32_t)merge->log.size));
    uint64_t taken = merge->taken + DEFECT(JOURNAL_OFF_BY_ONE);
    return STATE_WALK(walk, taken);
}

static Status replay_merge(Job *job, uint32_t number, StateWalk *walk, Diag *diag)
{
    Merge *merge = &job->merge[number];
    uint32_t rounds;
    uint64_t taken;
    job->env.eval.now = merge->now;
    TRY(merge_spooled(merge, walk));
    TRY(STATE_WALK(walk, rounds));
    for (uint32_t i = 0; i < rounds; i++) {
        RoundHead head;
        TRY(merge_read_round(walk, &head));
        TRY(replay_rows(job, merge, head.taken, diag));
        TRY(merge_repeat_round(merge, &head, walk, diag));
        TRY(job_set_reading(job, number, head.now));
    }
    TRY(STATE_WALK(walk, taken));
    TRY(replay_rows(job, merge, taken, diag));
    return replay_end(job, merge, diag);
}

static Status check_replayed(Job *job, const JournalEntry *entry, Diag *diag)
{
    uint64_t digest = digest_of(job);
    for (uint32_t i = 0; i < job->plan->sinks && !DEFECT(REPLAY_AUDIBLE); i++) {
        if (job->table[i] != NULL)
            result_table_discard(job->table[i]);
    }
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

static Status replay_entry(Job *job, const JournalEntry *entry, Diag *diag)
{
    StateWalk walk = {.loading = true, .in = entry->body};
    uint32_t values;
    Micros now;
    TRY(STATE_WALK(&walk, now));
    TRY(STATE_WALK(&walk, values));
    TRY(job_begin_epoch(job, now));
    while (job->next_values < values && job->next_values < job->graph.values_count)
        TRY(job_step_values(job));
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(replay_merge(job, i, &walk, diag));
    return ST_OK;
}

Status recovery_replay_epoch(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    JournalEntry entry;
    bool found;
    TRY(journal_next(self->store, &entry, &found, diag));
    if (found) {
        CRASH_POINT(REPLAY_BEFORE);
        outside_replay(job, entry.epoch);
        TRY(state_store_read_end(self->store, replay_entry(job, &entry, diag), diag));
        TRY(check_replayed(job, &entry, diag));
        for (uint32_t i = 0; i < job->merges; i++)
            merge_committed(&job->merge[i]);
        job->stage = COMMIT_SINKS; /* which can be held up, as when the epoch was new */
        CRASH_POINT(REPLAY_AFTER);
        return ST_OK;
    }
    outside_go_live(job);
    self->replaying = false;
    self->finished -= checkpoint_least; /* what was replayed should not be so once more */
    for (uint32_t i = 0; i < job->merges; i++)
        merge_go_live(&job->merge[i]);
    CRASH_POINT(REPLAY_END);
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
    strbuf_clear(&self->bytes);
    TRY(STATE_WALK(&walk, job->now));
    TRY(STATE_WALK(&walk, job->next_values));
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(save_merge(&job->merge[i], &walk));
    const JournalEntry entry = {job->epoch + 1, strbuf_as_text(&self->bytes), self->digest};
    return journal_put(self->store, &entry, diag);
}

/* Of pages an epoch; and of what checkpoints have replaced. */
static uint64_t share_of_epoch(const Recovery *self)
{
    uint64_t share = (uint64_t)TEST_NUMBER("WEIR_CHECKPOINT_BYTES", CHECKPOINT_BYTES);
    return self->unsaved >= most_unsaved ? share * CHECKPOINT_HURRY /* it is to be there soon */
                                         : share;
}

/* When all are written and there is nothing left of what the last checkpoint has replaced, this one
 * is valid. */
static Status put_pages(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    uint64_t bytes = 0, share = share_of_epoch(self);
    while (bytes < share) {
        const FrozenPage *page;
        CRASH_POINT(PAGE_BEFORE);
        strbuf_clear(&self->bytes);
        TRY(freeze_next(&self->freeze, &self->bytes, &page));
        if (page == NULL && !state_store_is_swept(self->store))
            return ST_OK;
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

Status recovery_clear(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    if (self->store == NULL)
        return ST_OK;
    freeze_abandon(&self->freeze);
    self->writing = false;
    return state_store_clear(self->store, diag);
}

Status recovery_write(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    Clock *clock = job->config.clock;
    if (self->store == NULL)
        return ST_OK;
    if (job->ended && !outside_exists(job)) {
        CRASH_POINT(CLEAR_BEFORE);
        return recovery_clear(job, diag); /* nothing is left to be recovered */
    }
    CRASH_POINT(JOURNAL_BEFORE);
    TRY(put_entry(job, diag));
    CRASH_POINT(JOURNAL_AFTER);
    Micros begun = clock->monotonic(clock);
    TRY(state_store_sweep(self->store, share_of_epoch(self), diag));
    if (self->writing && !self->freeze.broken)
        TRY(put_pages(job, diag));
    self->spent += clock->monotonic(clock) - begun;
    return ST_OK;
}

/* Whether the next checkpoint is due: not before so much time has gone by that the last one has
 * cost a small part of it. */
static bool is_due(const Recovery *self, Micros now)
{
    Micros wait = self->spent * CHECKPOINT_SHARE;
    wait = TEST_NUMBER("WEIR_CHECKPOINT_US", wait > checkpoint_least ? wait : checkpoint_least);
    return now - self->finished >= wait || self->unsaved >= most_unsaved;
}

void recovery_add_work(Recovery *self, Micros time)
{
    self->unsaved += time;
}

static bool is_between_rounds(const Job *job)
{
    for (uint32_t i = 0; i < job->merges; i++) {
        if (!merge_is_between_rounds(&job->merge[i]))
            return false;
    }
    return true;
}

bool recovery_wants_pause(const Job *job)
{
    return job->recovery.due;
}

bool recovery_is_ready(const Job *job)
{
    return job->recovery.due && is_between_rounds(job);
}

/* Where a topic's partitions begin is asked once and kept at once, be there a record or not: asked
 * again by a job that was killed, it would leave out what came meanwhile. */
bool recovery_wants_commit(const Job *job)
{
    bool begun = job->epoch > 0 || plan_shares_splits(job->plan);
    return job->recovery.writing && begun && is_between_rounds(job);
}

void recovery_put_off(Job *job)
{
    job->recovery.due = false;
    job->recovery.finished = job->config.clock->monotonic(job->config.clock);
}

void recovery_ask_for_last(Job *job)
{
    job->recovery.due = job->recovery.last = true;
}

bool recovery_is_live(const Job *job)
{
    return job->recovery.store != NULL && job->opened && !job->ended && !job->recovery.replaying;
}

Status recovery_begin_last(Job *job, Diag *diag)
{
    const Recovery *self = &job->recovery;
    return self->writing || self->frozen_work == job_work_done(job) ? ST_OK : freeze_job(job, diag);
}

void recovery_rolled_back(Job *job)
{
    Recovery *self = &job->recovery;
    if (self->store == NULL)
        return;
    state_store_rolled_back(self->store);
    freeze_rolled_back(&self->freeze);
}

/* The transaction is through: is the checkpoint, too, or is it time for one? */
Status recovery_committed(Job *job, Diag *diag)
{
    Recovery *self = &job->recovery;
    Micros now = job->config.clock->monotonic(job->config.clock);
    for (uint32_t i = 0; i < job->merges; i++)
        merge_committed(&job->merge[i]);
    if (self->store == NULL)
        return ST_OK;
    state_store_committed(self->store);
    freeze_committed(&self->freeze);
    if (job->ended)
        return ST_OK;
    if (self->writing && freeze_left(&self->freeze) == 0 &&
        state_store_checkpoint(self->store).exists &&
        state_store_checkpoint(self->store).epoch == self->frozen_epoch) {
        freeze_finish(&self->freeze);
        self->writing = false;
        self->finished = now;
        self->unsaved -= self->frozen_at;
    }
    if (self->writing && self->freeze.broken) {
        freeze_abandon(&self->freeze);
        self->writing = false;
    }
    self->due = !self->writing && !self->last && is_due(self, now);
    if (!self->due || !is_between_rounds(job))
        return ST_OK;
    self->due = false;
    self->spent = 0;
    return freeze_job(job, diag);
}
