/* Session: the embeddable face of Weir. Opens a database, runs statements, keeps the SET values and
 * owns the jobs. The shell, `weir run` and the tests all stand on this interface.
 *
 * A session belongs to one thread. Jobs run on a thread of the session's own (unless the config
 * asks for none), and what that thread reports is fetched with session_events. */
#ifndef WEIR_SHELL_SESSION_H
#define WEIR_SHELL_SESSION_H

#include "shell/output.h"
#include "storage/base/arena.h"
#include "storage/base/clock.h"
#include "storage/base/diag.h"
#include "storage/base/shard.h"

typedef struct Session Session;

typedef struct SessionConfig {
    Text db_path;       /* empty: in memory */
    Text base_path;     /* relative paths of connectors start here; empty: the working directory */
    bool allow_reader;  /* a file that another process owns, or that cannot be written, is read
                           instead of failing */
    bool own_late;      /* it is only read until a statement has to change something; with
                           allow_reader */
    bool own_thread;    /* jobs go on by themselves beside the statements */
    bool continue_jobs; /* those that were running when the database was last closed go on */
    Shard shard; /* which partitions jobs and SELECTs read; of a stored job, what it must be */
    bool wait_for_bounded; /* a statement that starts a job over bounded input waits for its end */
    Clock *clock;          /* NULL: the system's */
    uint32_t readers;      /* threads that read ahead at most; 0: jobs read by themselves */
    uint32_t batch_rows;   /* rows a batch at most, for tests; 0: BATCH_ROWS */
} SessionConfig;

CHECKED Status session_open(const SessionConfig *config, Session **out, Diag *diag);
/* Stops the jobs at an epoch's end. */
void session_close(Session *session);
/* Why it only reads the database, in words; NULL: it does not. */
const char *session_why_reader(const Session *session);

/* The path is that of the database or of a file that belongs to it: it must not be opened, because
 * closing it again would take SQLite's locks away. */
bool session_owns_file(const Session *session, const char *path);

/* `weir run F`: parses and binds the whole script before the first effect, then creates what it
 * declares, submits its queries as one job (or resumes it), waits for the end, prints its SELECTs.
 */
CHECKED Status session_run_script(Session *session, const Source *script, Output *output,
                                  Diag *diag);
/* `weir run --db D`: continues every job of the database until they end or session_cancel. */
CHECKED Status session_run_jobs(Session *session, Output *output, Diag *diag);
/* The shell: the statements of `text` one by one, each with its effect before the next is bound.
 * Stops at the first error. Jobs run on in the background; a SELECT prints until it ends. */
CHECKED Status session_execute(Session *session, const Source *text, Output *output, Diag *diag);
/* `weir check`: parses and binds, no effect. Goes on behind a mistake: `report` gets the first one
 * of each statement, in order, but none that only follows from another one. Returns the status of
 * the first; what kept it from going on is in the Diag. */
typedef void MistakeReport(void *context, const Diag *mistake);
CHECKED Status session_check_script(Session *session, const Source *script, Output *output,
                                    MistakeReport *report, void *context, Diag *diag);

/* Asks what runs, or else what runs next, to stop (ST_CANCELLED). Async-signal-safe; any thread. */
void session_cancel(Session *session);
/* Takes that back, so that the next statement runs. */
void session_forget_cancel(Session *session);
/* Rejected records so far, over the jobs of this session (exit code 5 is main's business). */
uint64_t session_rejected_count(const Session *session);
/* The part of it that SELECTs have not told themselves. */
uint64_t session_untold_rejected_count(const Session *session);

/* What happened in the background since the last call: "job 2 failed: ...". NULL: nothing. The text
 * is valid until the next call. */
const char *session_next_event(Session *session);

/* For completion: calls back with each name of the kind that starts with the prefix (letter case
 * ignored; an empty one: all). */
typedef enum NameKind { NAME_TABLE, NAME_COLUMN, NAME_FUNCTION } NameKind;
void session_names(Session *session, NameKind kind, Text prefix,
                   void (*found)(void *context, Text name), void *context);

#endif
