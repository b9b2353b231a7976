/* Job: a plan at work. job_step is the whole engine loop for one job: it runs in the caller's
 * thread, with clock and readers injected, does a bounded piece of work and returns; whoever owns
 * the job decides when to call it again. What a job has done becomes visible at job_commit, an
 * epoch at a time.
 *
 * A job whose sources can be read again goes on where it was cut off (recovery.h). Of any other,
 * with `restart`, the first transaction empties the tables, and it starts from the beginning. */
#ifndef WEIR_EXECUTOR_RUN_JOB_H
#define WEIR_EXECUTOR_RUN_JOB_H

#include "executor/op/sink.h"
#include "executor/plan/plan.h"
#include "executor/run/commit_policy.h"
#include "executor/run/reader_pool.h"
#include "storage/base/clock.h"
#include "storage/catalog/catalog.h"

typedef struct Job Job;

/* How far another job had read a part of a table, as it stood. */
typedef struct SplitSeen {
    bool exists;
    uint64_t position;
    Micros begun; /* of rows that come by the clock; 0: they do not */
} SplitSeen;

/* Of a job that builds its tables anew beside those that another one keeps (takeover.h). */
typedef struct Takeover {
    /* In the transaction of the epoch at whose end the job has caught up: its tables, complete,
     * take their places (result_build_swap), and what else there is to change in the catalog. It is
     * called again when the transaction came to nothing. */
    Status (*swap)(void *context, Diag *diag);
    /* Where the job stands whose tables they are. The part is known by its name, the only one of a
     * table that is no file by an empty one. */
    Status (*seen)(void *context, const TableSpec *table, Text split, SplitSeen *out, Diag *diag);
    /* That is committed: nobody else may write into those tables from now on. */
    void (*settled)(void *context);
    void *context;
} Takeover;

typedef struct JobConfig {
    const Plan *plan;
    int64_t id;       /* 0: a bare SELECT, which keeps nothing */
    Catalog *catalog; /* NULL for a bare SELECT */
    Meter *meter;
    Clock *clock;
    const TimeZone *zone; /* 'table.local-time-zone' */
    Text base_path;
    Micros commit_interval;
    bool sync_each_commit;      /* durable against a loss of power, also without outside sinks */
    uint32_t batch_rows;        /* rows a poll and a step at most, for tests; 0: no bound */
    const CommitLimits *limits; /* NULL: commit_limits_default */
    bool restart;               /* something of an earlier run may be in the tables */
    SinkTarget collect;         /* where the rows of SINK_COLLECT go */
    ReaderPool *readers;        /* threads that read ahead; NULL: the job reads by itself */
    const Takeover *takeover;   /* NULL: the tables are the job's */
    const atomic_bool *stop;    /* somebody waits for it to stop; NULL: nobody can ask that */
} JobConfig;

typedef enum JobProgress {
    JOB_BUSY,  /* more can be done at once */
    JOB_WAITS, /* nothing has arrived; call again later */
    JOB_ENDED, /* all inputs have ended and everything is committed */
} JobProgress;

/* Opens sources and sinks. On failure nothing is left open. */
CHECKED Status job_open(const JobConfig *config, Job **out, Diag *diag);
void job_close(Job *job); /* what was not committed is lost */
/* Lists and opens the sources, so that one that is out of reach is known before anything is made.
 * The first step does it otherwise. */
CHECKED Status job_start(Job *job, Diag *diag);
/* After an error the job can only be closed. ST_CANCELLED: it was asked to stop and the step would
 * have taken long; the job can be opened again and goes on from its last commit. */
CHECKED Status job_step(Job *job, JobProgress *progress, Diag *diag);
/* After a step that failed, in the caller's transaction: keeps the rejected and late rows of the
 * epoch that comes to nothing, for whoever looks for the reason. */
CHECKED Status job_record_rejected(Job *job, Diag *diag);
/* Writes what can be seen of the job as it stands (report.h), in the caller's transaction. */
CHECKED Status job_report(Job *job, Diag *diag);
/* Ends the epoch now; waits a little for a foreign lock that was not there before. On an error the
 * job is as it was, and the commit can be tried again (commit_policy.h): job_step does so by
 * itself. */
CHECKED Status job_commit(Job *job, Diag *diag);
/* Ends the epoch, and what has gone out to sinks can all be seen; only job_close comes after it.
 * The job can be opened again and goes on. `keep`: it is to do so, and leaves a checkpoint. After a
 * step that failed nothing is done. */
CHECKED Status job_stop(Job *job, bool keep, Diag *diag);
/* What job_commit or job_stop has just failed for passes by itself: it can be asked again. */
bool job_is_held_up(const Job *job);
/* Why the job, or a part of it, stands still; NULL: it does not. */
const char *job_pause_reason(const Job *job);
/* What is to be told of its commits and of what its sources wait for, once; false: nothing. It
 * completes "job 1 ...". */
bool job_take_notice(Job *job, char out[NOTICE_SIZE]);

typedef struct JobCounts {
    uint64_t rejected; /* by a table or by a view: rows of _weir_rejected, but for those of E5013 */
    uint64_t late;
} JobCounts;
JobCounts job_counts(const Job *job);

/* Something was read or rejected. An epoch may have been committed before that, of nothing but what
 * the clock or a listing says. */
bool job_has_begun(const Job *job);

/* How far reading has come: each record once, however many queries read it, and the bytes of files
 * whose ends are known. */
typedef struct JobInput {
    uint64_t records;
    uint64_t bytes, bytes_in_all;          /* in_all = 0: some input has no size, or is no file */
    uint64_t records_before, bytes_before; /* of them, read by runs before this one */
} JobInput;
JobInput job_input(const Job *job);
/* Another job has read the table's split `before` up to the offset `read`: why the job, whose
 * sources are listed, cannot read the same from the start, in words that follow the split's name;
 * empty: it can, or does not read the table. */
CHECKED Status job_compare_input(const Job *job, Text table, const Split *before, uint64_t read,
                                 char why[SPLIT_WHY_SIZE], Diag *diag);
/* It reads once more what an earlier run had read behind its last checkpoint. */
bool job_is_recovering(const Job *job);
/* Why the first rejected record was refused; not set: none was. */
const Diag *job_first_rejection(const Job *job);

#endif
