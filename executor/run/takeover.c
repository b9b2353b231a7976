#include "executor/run/takeover.h"

#include "executor/run/job_private.h"
#include "storage/base/crash_point.h"
#include "storage/sqlite/result_swap.h"

/* Of input that never rests, what came in the last moment is left: to be a second behind is to be
 * current. */
static const Micros moment = MICROS_PER_SECOND;

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

/* --- is it time? --- */

/* Calls back with each split that has not ended; stops at the first `false`. */
static bool each_split(Job *job, bool (*look)(MergeSplit *split))
{
    for (uint32_t i = 0; i < job->merges; i++) {
        for (uint32_t n = 0; n < job->merge[i].scans; n++) {
            const MergeScan *scan = &job->merge[i].scan[n];
            for (uint32_t s = 0; s < scan->splits; s++) {
                if (!scan->split[s].ended && !look(&scan->split[s]))
                    return false;
            }
        }
    }
    return true;
}

static bool set_goal(MergeSplit *split)
{
    const SplitReader *reader = split->reader;
    split->goal = reader == NULL || reader->end == NULL ? UINT64_MAX : reader->end(reader);
    return true;
}

static bool is_at_goal(MergeSplit *split)
{
    return merge_split_position(split) >= split->goal;
}

/* Reads up to where the input reached at some time; what has come meanwhile is the next goal, until
 * a goal took but a moment. Whoever has nothing left to read is there at once. */
void takeover_look(Job *job, bool busy)
{
    Micros now = job->config.clock->monotonic(job->config.clock);
    if (!job->building || job->caught_up || recovery_replays(&job->recovery) ||
        recovery_wants_pause(job)) /* which keeps a round from beginning */
        return;
    bool passed = job->goals_set > 0 && each_split(job, is_at_goal) &&
                  job->next_values == job->graph.values_count;
    job->caught_up = !busy || (passed && now - job->goals_set < moment);
    if (passed || job->goals_set == 0) {
        each_split(job, set_goal);
        job->goals_set = now;
    }
}

/* --- the epoch --- */

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
    ResultTable *before = job->table[sink];
    TRY(result_table_open(job->db, spec, &job->meter, &job->table[sink], diag));
    SinkTarget target = {.table = job->table[sink]};
    sink_set_target(graph_sink(&job->graph, sink), &target);
    result_table_close(before);
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
