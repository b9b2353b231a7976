#include "executor/run/outside.h"

#include "executor/run/job_private.h"
#include "storage/base/crash_point.h"

static const PlanSink *plan_sink(const Job *job, uint32_t number)
{
    return &job->plan->sink[number]->as.sink;
}

/* --- opening --- */

/* Whether the file is an older one than that beside which the sink was filled. */
static Status check_age(const Job *job, uint32_t number, uint64_t last_epoch, Diag *diag)
{
    const TableSpec *table = plan_sink(job, number)->table;
    if (job->outside[number].stored <= last_epoch)
        return ST_OK;
    diag_error(
        diag, E4009, SPAN_NONE,
        "\"%.*s\" holds epoch %llu of job %lld, and this database has come to epoch %llu only",
        TEXT_ARG(table->name), (unsigned long long)job->outside[number].stored,
        (long long)job->config.id, (unsigned long long)last_epoch);
    diag_hint(diag, "the database is a copy or a backup; go on with the newest one");
    return ST_STATE;
}

/* Without memory it is not known whether the last epoch has gone out: it goes out again. */
static uint64_t certain_epoch(uint64_t last_epoch)
{
    return last_epoch == 0 ? 0 : last_epoch - 1;
}

static Status open_sink(Job *job, uint32_t number, SinkTarget *target, Diag *diag)
{
    const TableSpec *table = plan_sink(job, number)->table;
    StateStore *store = job->recovery.store;
    Outside *self = &job->outside[number];
    SourceEnv env = job->source_env;
    SinkMemory memory = {0};
    uint64_t last_epoch = 0;
    env.inserts_only = job->plan->sink[number]->changelog == CHANGELOG_APPEND;
    if (job->config.catalog != NULL)
        env.owner = (SinkOwner){catalog_uuid(job->config.catalog), job->config.id, number};
    if (store != NULL) {
        memory.resumed = state_store_checkpoint(store).exists;
        TRY(state_store_sink(store, number, &job->arena, &memory.exists, &memory.bytes, diag));
        TRY(state_store_last_epoch(store, &last_epoch, diag));
    }
    TRY(table->connector->open_sink(table, &env, store == NULL ? NULL : &memory, &self->stored,
                                    &self->sink, diag));
    self->exact = table->connector->exactly_once != NULL && table->connector->exactly_once(table);
    if (self->exact && job->db != NULL)
        db_sync_each_commit(job->db);
    if (!self->exact)
        self->stored = certain_epoch(last_epoch);
    target->sink = self->sink;
    target->muted = &self->muted;
    return store == NULL ? ST_OK : check_age(job, number, last_epoch, diag);
}

Status outside_open(Job *job, uint32_t number, SinkTarget *target, Diag *diag)
{
    Status status = open_sink(job, number, target, diag);
    if (status != ST_OK && diag != NULL)
        diag->query = number + 1;
    return status;
}

void outside_close(Job *job)
{
    for (uint32_t i = 0; job->outside != NULL && i < job->plan->sinks; i++) {
        if (job->outside[i].sink != NULL)
            job->outside[i].sink->close(job->outside[i].sink);
    }
}

/* --- what waits --- */

bool outside_exists(const Job *job)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->outside[i].sink != NULL)
            return true;
    }
    return false;
}

bool outside_wants_commit(const Job *job)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        const Sink *sink = job->outside[i].sink;
        if (sink != NULL && sink->wants_commit != NULL && sink->wants_commit(sink))
            return true;
    }
    return false;
}

uint64_t outside_pending_bytes(const Job *job)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        const Sink *sink = job->outside[i].sink;
        if (sink != NULL && sink->pending_bytes != NULL)
            bytes += sink->pending_bytes(sink);
    }
    return bytes;
}

/* --- replay --- */

void outside_replay(Job *job, uint64_t epoch)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++)
        job->outside[i].muted = epoch <= job->outside[i].stored && !DEFECT(SINK_AUDIBLE);
}

void outside_go_live(Job *job)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++)
        job->outside[i].muted = false;
}

/* --- epochs --- */

static Status commit_one(Outside *self, uint64_t epoch, Diag *diag)
{
    if (self->sink == NULL || epoch <= self->stored)
        return ST_OK;
    TRY(self->sink->commit(self->sink, epoch, diag));
    CRASH_POINT(EPOCH_SINK);
    self->stored = epoch;
    return ST_OK;
}

Status outside_commit(Job *job, uint64_t epoch, Diag *diag)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++)
        TRY(commit_one(&job->outside[i], epoch, diag));
    return ST_OK;
}

Status outside_save(Job *job, Diag *diag)
{
    StateStore *store = job->recovery.store;
    StrBuf bytes;
    Status status = ST_OK;
    strbuf_init(&bytes, &job->meter);
    for (uint32_t i = 0; status == ST_OK && store != NULL && i < job->plan->sinks; i++) {
        Sink *sink = job->outside[i].sink;
        if (sink == NULL || sink->save == NULL)
            continue;
        strbuf_clear(&bytes);
        status = sink->save(sink, &bytes);
        if (status == ST_OK)
            status = strbuf_status(&bytes);
        if (status == ST_OK && !DEFECT(SINK_LOST))
            status = state_store_put_sink(store, i, strbuf_as_text(&bytes), diag);
    }
    strbuf_close(&bytes);
    return status;
}

Status outside_finish(Job *job, Diag *diag)
{
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        Sink *sink = job->outside[i].sink;
        if (sink != NULL && sink->finish != NULL)
            TRY(sink->finish(sink, diag));
    }
    return ST_OK;
}
