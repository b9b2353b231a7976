/* What the files of the session share: session.c (open, close, one statement), ownership.c (whose
 * the database is), script.c (weir run), check.c (weir check), submit*.c (what makes objects and
 * jobs), difference.c (how they differ from the stored), replace*.c (which make them anew), drop.c,
 * job_control.c (STOP, PAUSE, RESUME, SHOW JOBS), select.c, show.c, explain_why.c. */
#ifndef WEIR_SHELL_SESSION_PRIVATE_H
#define WEIR_SHELL_SESSION_PRIVATE_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "grammar/parse.h"
#include "shell/jobs.h"
#include "shell/session.h"
#include "shell/settings.h"
#include "storage/base/vec.h"

struct Session {
    SessionConfig config;
    Clock clock;
    Text db_path, base_path; /* owned */
    Db *db;
    Catalog *catalog;
    Settings settings;
    SessionJob *jobs; /* of this session, newest first */
    pthread_mutex_t events_lock;
    StrBuf events, event; /* waiting ones, a line each; the one last given out; under events_lock */
    bool reader;
    Diag unwritable;      /* set: why nobody can own the file from here, and it is only read */
    char why_reader[512]; /* at the start, in words */
    atomic_bool cancelled;
    atomic_bool asking;  /* SQLite answers a SELECT just now, and can be interrupted */
    uint64_t rejected;   /* of jobs that are gone */
    atomic_bool quit;    /* the background thread and its jobs are to stop */
    atomic_uint waiting; /* threads in session_enter, which the background lets in */
    /* The background thread steps the jobs; `lock` guards all above but the atomics. */
    pthread_t thread;
    pthread_mutex_t lock;
    Bell arrived;        /* something has come for the jobs, or they are to be looked at again */
    ReaderPool *readers; /* NULL: there are none */
    bool threaded;
    bool settled; /* jobs that an earlier process has left RUNNING are said to be SUSPENDED */
};

/* A statement under way. */
typedef struct Execution {
    Session *session;
    Output *output;
    Diag *diag;
    const Source *source;
    Arena *arena; /* of the statement or script */
    TableLookup *tables;
    bool stored; /* the statement is one that the database keeps: nobody is to be warned of it */
} Execution;

enum { PATIENT = INT32_MAX };
/* Takes the lock, which the background gives back between two steps of its jobs. ST_CANCELLED: it
 * does not within so many milliseconds, or session_cancel was called meanwhile. */
CHECKED Status session_enter(Session *session, uint32_t patience_ms);
void session_leave(Session *session);
JobEnv session_job_env(const Session *session);
/* Until something has arrived, a few milliseconds at most. */
void session_nap(Session *session);
PlanRequest execution_request(const Execution *execution);
void execution_note(const Execution *execution, const char *format, ...) PRINTF_LIKE(2, 3);
/* The job of that number that runs here; NULL: none does. */
SessionJob *session_running_job(const Session *session, int64_t id);
/* What a stored job is in truth: one that is said to run, and that nobody runs, was cut off.
 * `owned`: another process owns the file, and may run it. */
JobState session_true_state(const Session *session, int64_t id, JobState stored, bool owned);
extern const char session_cut_off[]; /* is the reason of that */
/* A job that was just made or opened: waits for its end, if that is how it is done here, or lets it
 * go on in the background. */
CHECKED Status session_go(const Execution *execution, SessionJob *job, const char *what);
/* In the session's catalog, other changes undone when it fails. */
CHECKED Status session_begin(Session *session, Diag *diag);
CHECKED Status session_end(Session *session, Status status, Diag *diag);

/* A statement that is no part of a submission, or one typed alone. */
CHECKED Status session_run_statement(const Execution *execution, const Statement *statement);

/* --- ownership.c --- */
CHECKED Status session_open_database(Session *session, Diag *diag);
/* The statement changes something. A session that may own the database late does so now, and what
 * was looked up before in its catalog or in execution->tables is gone. */
CHECKED Status session_require_owner(const Execution *execution, Span span);
/* Before a statement: a reader takes in what the owner has changed since. */
CHECKED Status session_look_again(Session *session, Diag *diag);

/* --- submit.c --- */
/* What some statements declare and start together: objects, and one job. */
typedef struct Submission {
    VEC(const Statement *) object; /* CREATE TABLE, VIEW, MATERIALIZED ... that are new */
    VEC(QueryDraft) query;         /* the job's */
    StrBuf sql;                    /* its canonical text */
    uint32_t settings_size;        /* of `sql`: the settings that the job's results depend on */
    bool resume;                   /* what exists with the same definition is taken as it is */
    uint32_t known_views; /* materialized views that exist already, with the same definition */
    uint32_t inserts;
    bool shares_splits; /* something in its script reads what shards divide (shards.h) */
    Shard shard;
    bool repeats; /* CREATE OR REPLACE TABLE ... AS of what is so already: a job that fills it so,
                     or has done so, is taken as it is */
    /* What the database has with another definition; with `gathers` the first does not end it all,
     * so that all can be told (difference.h). */
    VEC(const Statement *) differing;
    bool gathers;
    /* CREATE OR REPLACE of what a job is built on (replace.c): */
    VEC(Name) replaced; /* tables and views whose definition is to be another one */
    StrBuf definitions; /* of those, what is no materialized view: canonical text */
    int64_t replaces;   /* the job that keeps the materialized views among them; 0: none are */
    bool unchanged;     /* a view typed alone, which is so already while another one of its job is
                           built anew */
} Submission;

/* One more query of the job; `sql` is its statement's text. */
CHECKED Status submission_add_query(const Execution *execution, Submission *submission,
                                    const QueryDraft *draft, Text sql);
/* The query of a CREATE MATERIALIZED statement. */
CHECKED Status submission_add_view(const Execution *execution, Submission *submission,
                                   const Statement *statement);
/* The statement as it is kept: OR REPLACE says what is to be done, not what is. */
CHECKED Status statement_definition(const Execution *execution, const Statement *statement,
                                    Text *out);
bool statement_makes_view(const Statement *statement);
/* The job's text. */
CHECKED Status submission_text(const Submission *submission, StrBuf *out);

void submission_open(Submission *submission, bool resume);
void submission_close(Submission *submission);
bool statement_is_submitted(const Statement *statement);
/* Binds the statement and takes it in: nothing is made yet. */
CHECKED Status submission_add(const Execution *execution, Submission *submission,
                              const Statement *statement);
/* The session's settings were changed by a statement at the span: E2001 when queries were added
 * before whose results could be others now. */
CHECKED Status submission_check_settings(const Execution *execution, const Submission *submission,
                                         Span span);
/* Plans the job as a whole: the last thing that can be wrong with it. */
CHECKED Status submission_plan(const Execution *execution, const Submission *submission,
                               Plan **plan);
/* E2132: the first object that the database has with another definition, and the hint. */
Status submission_refuse_differing(const Execution *execution, const Submission *submission);

/* --- submit_make.c --- */
/* Makes the objects and starts the job, all in one transaction. *job: NULL when there is none, or
 * it has ended before. */
CHECKED Status submission_apply(const Execution *execution, Submission *submission,
                                SessionJob **job);

/* --- script.c --- */
/* Until the job ends or the statement is cancelled; the job then stops at an epoch's end. */
CHECKED Status session_wait_job(const Execution *execution, SessionJob *job);
/* The table or view that the statement creates; NULL: none. */
const Name *script_created_name(const Statement *statement);
/* Finds out what is wrong with the statement, with what those before it declare. */
CHECKED Status script_bind_statement(const Execution *execution, Submission *submission,
                                     const Script *script, const Statement *statement);
/* A script is bound with the settings as it changes them; what is run after it meets each SET. */
CHECKED Status script_save_settings(Session *session, Settings *before);
void script_restore_settings(Session *session, const Settings *before);

/* --- job_control.c --- */
/* STOP, PAUSE, RESUME JOB. */
CHECKED Status run_job_control(const Execution *execution, StatementKind kind,
                               const JobControl *control, Span span);
CHECKED Status run_show_jobs(const Execution *execution);
/* What a job is in truth (session_true_state), and why; an empty reason: none is known. */
CHECKED Status session_true_reason(const Session *session, const CatalogJob *job, bool owned,
                                   Arena *arena, JobState *state, Text *reason);

/* --- select.c --- */
CHECKED Status run_select(const Execution *execution, const Query *query, Span span);
/* The statement's text answered by SQLite, when it reads SQLite's tables only. *answered says so.
 */
CHECKED Status run_sqlite_select(const Execution *execution, Text text, bool *answered);
CHECKED Status run_explain(const Execution *execution, const Explain *explain, Span span);

/* --- explain_why.c --- */
CHECKED Status run_explain_why(const Execution *execution, const Explain *explain, Span span);

/* --- show.c --- */
CHECKED Status run_show(const Execution *execution, const Show *show, Span span);
CHECKED Status run_describe(const Execution *execution, const Describe *describe, Span span);
/* Of the one catalog and the one database there are. */
CHECKED Status run_use(const Execution *execution, const Use *use, Span span);
/* It has no effect here, and has been told so. */
bool setting_is_of_a_cluster(const Setting *setting);
CHECKED Status run_set(const Execution *execution, const Setting *setting);
CHECKED Status run_reset(const Execution *execution, const Setting *setting);
CHECKED Status show_text(const Execution *execution, const char *column, Text text);
/* A small table of texts, NULL where ptr is; eight columns at most. */
CHECKED Status show_begin(const Execution *execution, const char *const *name, uint32_t count);
CHECKED Status show_row(const Execution *execution, const Text *text, uint32_t count);
CHECKED Status show_end(const Execution *execution);

#endif
