#include "executor/run/takeover.h"

#include "executor/run/job_private.h"
#include "storage/base/crash_point.h"
#include "storage/sqlite/result_swap.h"

/* A round of live input that was read in less time leaves less behind than a reader would notice;
 * a stream that never rests has no better moment. */
static const Micros short_round = MICROS_PER_SECOND;

static Status name_build(Job *job, const ResultSpec *spec, ResultSpec *out)
{
    StrBuf name;
    strbuf_init(&name, &job->meter);
    result_build_name(spec->name, &name);
    *out = *spec;
    Status status = strbuf_status(&name);
    if (status == ST_OK)
        status = arena_text(&job->arena, strbuf_as_text(&name), &out->name);
    strbuf_close(&name);
    return status;
}

Status takeover_open(Job *job)
{
    const Plan *plan = job->plan;
    job->building = job->config.takeover != NULL;
    if (!job->building)
        return ST_OK;
    TRY_NEW_ARRAY(job->build, &job->arena, plan->sinks);
    for (uint32_t i = 0; i < plan->sinks; i++) {
        const PlanSink *sink = &plan->sink[i]->as.sink;
        if (sink->kind == SINK_RESULT)
            TRY(name_build(job, &sink->result, &job->build[i]));
    }
    return ST_OK;
}

void takeover_look(Job *job, bool busy)
{
    if (!job->building || job->caught_up || recovery_replays(&job->recovery) ||
        recovery_wants_pause(job)) /* which keeps a round from beginning */
        return;
    bool current = job->next_values == job->graph.values_count;
    for (uint32_t i = 0; i < job->merges; i++) {
        const Merge *merge = &job->merge[i];
        current = current && (merge_ended(merge) || merge->round_took < short_round);
    }
    job->caught_up = current || !busy;
}

bool takeover_is_due(const Job *job)
{
    return job->building && (job->caught_up || job->ended);
}

Status takeover_write(Job *job, Diag *diag)
{
    const Takeover *takeover = job->config.takeover;
    if (!takeover_is_due(job))
        return ST_OK;
    CRASH_POINT(SWAP_BEFORE);
    TRY(takeover->swap(takeover->context, diag));
    CRASH_POINT(SWAP_AFTER);
    return ST_OK;
}

/* The tables have the names that the plan has for them. */
static Status open_again(Job *job, uint32_t sink, Diag *diag)
{
    const ResultSpec *spec = &job->plan->sink[sink]->as.sink.result;
    result_table_close(job->table[sink]);
    job->table[sink] = NULL;
    TRY(result_table_open(job->db, spec, &job->meter, &job->table[sink], diag));
    SinkTarget target = {.table = job->table[sink]};
    sink_set_target(graph_sink(&job->graph, sink), &target);
    return ST_OK;
}

Status takeover_committed(Job *job, Diag *diag)
{
    const Takeover *takeover = job->config.takeover;
    if (!takeover_is_due(job))
        return ST_OK;
    job->building = false;
    takeover->settled(takeover->context);
    CRASH_POINT(SWAP_SETTLED);
    for (uint32_t i = 0; i < job->plan->sinks; i++) {
        if (job->table[i] != NULL)
            TRY(open_again(job, i, diag));
    }
    return ST_OK;
}
