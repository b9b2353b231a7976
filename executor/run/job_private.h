/* The job's inside, for the files that share it: job.c (opening, and the loop), job_clock.c
 * (which time it is), commit.c (how an
 * epoch ends), outside.c (what leaves the file), recovery.c (how a job goes on that was cut off),
 * takeover.c (one that builds tables anew) and report.c (what can be seen of it). */
#ifndef WEIR_EXECUTOR_RUN_JOB_PRIVATE_H
#define WEIR_EXECUTOR_RUN_JOB_PRIVATE_H

#include "executor/run/graph.h"
#include "executor/run/input_wait.h"
#include "executor/run/job.h"
#include "executor/run/merge.h"
#include "executor/run/outside.h"
#include "executor/run/recovery.h"
#include "executor/run/reject.h"
#include "executor/run/report.h"
#include "executor/run/takeover.h"

enum {
    STEP_ROWS = 8 * BATCH_ROWS, /* between two looks at the clock and at requests to stop */
};

/* The steps of a commit. What others hold up is tried again from where it stands. */
typedef enum CommitStage {
    COMMIT_TABLES, /* the epoch's own transaction; of a replay there is none */
    COMMIT_SINKS,  /* what leaves the file */
    COMMIT_SAVE,   /* the job has ended, or stops: what the sinks are to know */
    COMMIT_FINISH, /* all that has gone out can be seen */
    COMMIT_END,    /* and it is noted that the job has ended */
} CommitStage;

struct Job {
    Arena arena;
    Meter meter;
    JobConfig config;
    const Plan *plan;
    Db *db;    /* NULL: nothing is kept */
    Diag diag; /* of operators; copied to the caller's */
    OpEnv env;
    SourceEnv source_env;
    SharedSource *shared; /* connections of the sources */
    RejectPath reject;
    RejectLog *log;
    Graph graph;
    Merge *merge;         /* per group of scans */
    uint32_t merges;      /* opened so far */
    uint32_t next_values; /* Values operators that have not ended */
    Micros now;           /* the epoch's reading of the clock */
    uint64_t ticks;       /* readings by which something was done */
    ResultTable **table;  /* per sink; NULL where it is none */
    ResultSpec *build;    /* likewise: as it is built anew; NULL: no table is */
    Outside *outside;     /* likewise */
    Recovery recovery;
    CommitPolicy policy;
    InputWait input_wait;
    uint64_t stored_wait; /* the catalog says that the job waits, for what has this hash; 0: not */
    Micros next_note;     /* when it is to be told again what it could not be told */
    CommitStage stage;    /* what the next commit begins with */
    bool held_up;         /* the last commit that was asked for, by what passes */
    Report report;
    bool opened, ended, committed_end, restart;
    bool failed;            /* in the middle of a step: what it holds is not to be committed */
    bool building;          /* tables anew, and it has not taken over yet */
    bool caught_up;         /* what has arrived is read, but for what came just now */
    Micros goals_set;       /* the splits' goals, on the monotonic clock; 0: they are not */
    Micros goal_least;      /* the shortest time that a goal has taken; 0: none was reached */
    uint32_t goals_in_vain; /* that have taken no less, one after another */
    Micros last_commit;     /* monotonic */
    uint64_t committed;     /* work done (work_done) at the last commit */
    uint64_t epoch;         /* the last one that was committed */
    uint64_t records_before, bytes_before; /* as in JobInput */
};

/* One step of the constant rows. */
CHECKED Status job_step_values(Job *job);
uint32_t job_step_rows(void); /* at most, of each merge */
bool job_all_ended(const Job *job);
/* Uses up what is at hand of live input, and asks for no more; not when a stream holds that up. */
CHECKED Status job_finish_rounds(Job *job, Diag *diag);

/* --- job_clock.c --- */

/* The reading with which an epoch begins. */
CHECKED Status job_begin_epoch(Job *job, Micros now);
/* Of bounded input, before a step, where something waits for the clock: another reading. */
CHECKED Status job_read_clock(Job *job, uint32_t merge);
/* Of live input: a new round, which has a reading of its own. *busy: there is something to do. */
CHECKED Status job_begin_round(Job *job, uint32_t merge, bool *busy, Diag *diag);
/* What a replay does with a reading out of the journal. */
CHECKED Status job_set_reading(Job *job, uint32_t merge, Micros now);

/* --- commit.c --- */

/* A number that grows with everything that a commit makes visible. */
uint64_t job_work_done(const Job *job);
/* A commit is due, and input on its way holds it up: no rows are taken until that has come. */
bool job_settles(const Job *job);
/* How it is known what the catalog says of a wait; never 0. */
uint64_t job_wait_hash(Text reason);
/* Nothing of the last commit is held up, and not too much is pending. */
bool job_may_read(Job *job);
/* After each step: what is due of commits and of what can be seen of the job. */
CHECKED Status job_commit_when_due(Job *job, Diag *diag);

#endif
