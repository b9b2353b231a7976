/* Which time it is. Operators do not ask the clock: what they are told is a reading, and every
 * reading is in the journal, so that a replay has the same ones at the same places. There is one
 * when an epoch begins, one with each round of live input, and where operators wait for the clock,
 * one with each step of bounded input. A reading never goes back: what has been done by it cannot
 * be undone.
 *
 * A reading by which something was done is work: it makes an epoch although no row has come. */
#include "executor/run/job_private.h"

static Micros read_wall(const Job *job, Micros before)
{
    Micros now = job->config.clock->wall(job->config.clock);
    return now > before ? now : before;
}

Status job_set_reading(Job *job, uint32_t merge, Micros now)
{
    const ScanGroup *group = &job->graph.group[merge];
    Merge *of = &job->merge[merge];
    of->now = now > of->now ? now : of->now;
    job->env.eval.now = of->now;
    if (!scan_group_is_due(group, of->now))
        return ST_OK;
    job->ticks++;
    return scan_group_clock(group, of->now);
}

Status job_begin_epoch(Job *job, Micros now)
{
    job->now = now > job->now ? now : job->now;
    for (uint32_t i = 0; i < job->merges; i++)
        TRY(job_set_reading(job, i, job->now));
    job->env.eval.now = job->now;
    return ST_OK;
}

Status job_read_clock(Job *job, uint32_t merge)
{
    const ScanGroup *group = &job->graph.group[merge];
    Merge *of = &job->merge[merge];
    job->env.eval.now = of->now;
    if (of->live || group->clocked_count == 0)
        return ST_OK;
    Micros now = read_wall(job, of->now);
    bool due = scan_group_is_due(group, now);
    if (!due && now - of->now < MICROS_PER_MILLI)
        return ST_OK;
    TRY(merge_note_reading(of, now, due));
    return job_set_reading(job, merge, now);
}

Status job_begin_round(Job *job, uint32_t merge, bool *busy, Diag *diag)
{
    const ScanGroup *group = &job->graph.group[merge];
    Merge *of = &job->merge[merge];
    Micros now = read_wall(job, of->now);
    bool due = scan_group_is_due(group, now), noted = due;
    TRY(merge_begin_round(of, now, &noted, busy, diag));
    *busy = *busy || due;
    return noted ? job_set_reading(job, merge, now) : ST_OK;
}
