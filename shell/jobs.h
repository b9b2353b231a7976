/* Jobs of a session: made from their canonical SQL, stepped, ended. A job's plan and everything
 * that it refers to is made anew from that text in an arena of its own, whether the job is new or
 * found in the database: there is one way to start a job. */
#ifndef WEIR_SHELL_JOBS_H
#define WEIR_SHELL_JOBS_H

#include <stdatomic.h>

#include "executor/run/job.h"
#include "grammar/parse.h"
#include "planner/planner.h"
#include "storage/catalog/catalog.h"

typedef struct Session Session;

typedef struct SessionJob {
    struct SessionJob *next;
    Session *session; /* whose it is */
    int64_t id;
    int64_t replaces;  /* the job whose views it builds anew; 0: none */
    Takeover takeover; /* how it takes their place (replace.c) */
    Arena arena;
    TableLookup tables;
    Source source;
    Script script; /* the statements of the source */
    Plan *plan;
    Job *job; /* NULL: ended or failed */
    JobProgress progress;
    uint64_t rejected; /* so far (job_counts) */
    bool stopped;
    bool is_new;                   /* made by this session, in the place of nothing, */
    VEC(Text) made;                /* together with these objects, */
    bool has_begun;                /* and has read something */
    char last_notice[NOTICE_SIZE]; /* of a job that has ended; empty: none */
} SessionJob;

typedef struct JobEnv {
    Session *session;
    Catalog *catalog;
    Clock *clock;
    Text base_path;
    uint32_t batch_rows;
    ReaderPool *readers; /* as in JobConfig */
    Micros commit_interval;
    bool sync_each_commit;
    CommitLimits limits;
    const atomic_bool *stop; /* the jobs are asked to stop (JobConfig) */
} JobEnv;

/* Plans and opens the job. restart: its tables may hold rows of an earlier, unfinished run. */
CHECKED Status session_job_open(const JobEnv *env, int64_t id, Text sql, bool restart,
                                SessionJob **out, Diag *diag);
void session_job_close(SessionJob *job);
/* A job that is to go on could not be opened, or not begin, and that is rolled back: notes that it
 * has failed, if it is the job that cannot go on. */
void session_job_refused(const JobEnv *env, int64_t id, Status status, const Diag *why);
/* Puts the job's number in front of what kept it from being opened. */
void session_job_blame(int64_t id, Diag *diag);
/* One step; an error ends the job and is stored with it. ST_CANCELLED: so does a request to stop
 * that the step would keep waiting for long; the job is SUSPENDED then, and goes on from its last
 * commit when it is opened again. */
CHECKED Status session_job_step(const JobEnv *env, SessionJob *job, Diag *diag);
/* What is to be told of the job (job_take_notice), "job 1 ..."; false: nothing. */
bool session_job_take_notice(SessionJob *job, char out[NOTICE_SIZE + 32]);
/* At a request to stop: commits if that can be now. *left: it cannot, and what the job has done
 * since its last commit comes to nothing. */
CHECKED Status session_job_last_commit(SessionJob *job, bool *left, Diag *diag);
/* Commits what is pending and closes; the job's state in the catalog becomes `state`. Of a job that
 * is STOPPED nothing stays of what it would need to go on. When the file cannot be written just
 * now, the job goes on as before. */
CHECKED Status session_job_stop(const JobEnv *env, SessionJob *job, JobState state, Text reason,
                                Diag *diag);
/* The same for a job that does not run. */
CHECKED Status session_job_set(const JobEnv *env, int64_t id, JobState state, Text reason,
                               Diag *diag);

/* A bare query, for its rows: a job that keeps nothing. */
CHECKED Status session_select_open(const JobEnv *env, Arena *arena, const Plan *plan,
                                   OptionList settings, const SinkTarget *collect, Job **out,
                                   Diag *diag);

/* 'table.local-time-zone' of the settings; E2114 when there is no such zone. */
CHECKED Status session_time_zone(OptionList settings, Arena *arena, const TimeZone **out,
                                 Diag *diag);

#endif
