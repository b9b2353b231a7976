#include "executor/run/takeover.h"

#include "executor/run/job_private.h"
#include "storage/base/crash_point.h"
#include "storage/sqlite/result_swap.h"

/* Of input that never rests, what came in the last moment is left: to be a second behind is to be
 * current. */
static const Micros moment = MICROS_PER_SECOND;
enum { GOALS_IN_VAIN = 3 };

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

typedef Status SplitLook(Job *job, const MergeScan *scan, MergeSplit *split, bool *all, Diag *diag);

/* With each split that has not ended, until one makes *all false. */
static Status each_split(Job *job, SplitLook *look, bool *all, Diag *diag)
{
    *all = true;
    for (uint32_t i = 0; i < job->merges; i++) {
        for (uint32_t n = 0; n < job->merge[i].scans; n++) {
            MergeScan *scan = &job->merge[i].scan[n];
            for (uint32_t s = 0; s < scan->splits && *all; s++) {
                if (!scan->split[s].ended)
                    TRY(look(job, scan, &scan->split[s], all, diag));
            }
        }
    }
    return ST_OK;
}

static Status look_at_other(const Job *job, const MergeScan *scan, const MergeSplit *split,
                            SplitSeen *seen, Diag *diag)
{
    const Takeover *takeover = job->config.takeover;
    *seen = (SplitSeen){0};
    return takeover->seen(takeover->context, scan->op->plan->as.scan.spec.table, split->split.name,
                          seen, diag);
}

static Status begin_split(Job *job, const MergeScan *scan, MergeSplit *split, bool *all, Diag *diag)
{
    SplitSeen seen;
    (void)all;
    if (split->split.listed == 0)
        return ST_OK;
    TRY(look_at_other(job, scan, split, &seen, diag));
    if (seen.begun != 0)
        split->split.listed = seen.begun;
    return ST_OK;
}

Status takeover_listed(Job *job, Diag *diag)
{
    bool all;
    return job->building ? each_split(job, begin_split, &all, diag) : ST_OK;
}

static Status set_goal(Job *job, const MergeScan *scan, MergeSplit *split, bool *all, Diag *diag)
{
    const SplitReader *reader = split->reader;
    SplitSeen seen;
    (void)all;
    split->drained = false;
    split->goal = split->split.end;
    if (split->goal == UINT64_MAX && reader != NULL && reader->end != NULL)
        split->goal = reader->end(reader);
    if (split->goal != UINT64_MAX)
        return ST_OK;
    TRY(look_at_other(job, scan, split, &seen, diag));
    split->goal = seen.position;
    return ST_OK;
}

static Status is_at_goal(Job *job, const MergeScan *scan, MergeSplit *split, bool *all, Diag *diag)
{
    (void)job, (void)scan, (void)diag;
    *all = split->drained || merge_split_position(split) >= split->goal;
    return ST_OK;
}

static Status set_goals(Job *job, Micros now, Diag *diag)
{
    bool all;
    job->goals_set = now;
    return each_split(job, set_goal, &all, diag);
}

/* A goal was reached. */
static bool comes_no_nearer(Job *job, Micros took)
{
    if (job->goal_least == 0 || took < job->goal_least) {
        job->goal_least = took;
        job->goals_in_vain = 0;
        return false;
    }
    return ++job->goals_in_vain == GOALS_IN_VAIN;
}

/* Whoever has nothing left to read is there at once. */
Status takeover_look(Job *job, bool busy, Diag *diag)
{
    Micros now = job->config.clock->monotonic(job->config.clock);
    bool passed;
    if (!job->building || job->caught_up || recovery_replays(&job->recovery) ||
        recovery_wants_pause(job)) /* which keeps a round from beginning */
        return ST_OK;
    job->caught_up = !busy;
    if (job->caught_up)
        return ST_OK;
    if (job->goals_set == 0)
        return set_goals(job, now, diag);
    TRY(each_split(job, is_at_goal, &passed, diag));
    if (!passed || job->next_values < job->graph.values_count)
        return ST_OK;
    Micros took = now - job->goals_set;
    job->caught_up = took < moment || comes_no_nearer(job, took);
    return set_goals(job, now, diag);
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
