/* Recovery: how a job that was cut off goes on where it was. Each epoch's transaction also holds a
 * journal entry, which says how far the epoch read; now and then a checkpoint is taken, and the
 * journal before it goes. A job that is opened again loads the checkpoint, reads again what the
 * journal lists after it, epoch by epoch, giving nothing out, and then goes on.
 *
 * The engine is deterministic, so the state is then what it was; that is checked: each entry has a
 * digest of what the epoch gave, and a replay that gives something else stops the job. */
#ifndef WEIR_EXECUTOR_RUN_RECOVERY_H
#define WEIR_EXECUTOR_RUN_RECOVERY_H

#include "storage/journal/state_store.h"

typedef struct Job Job;

typedef struct Recovery {
    StateStore *store; /* NULL: the job keeps nothing, or reads what cannot be read again */
    Freeze freeze;
    StrBuf stream;         /* of the checkpoint that is being written */
    StrBuf bytes;          /* a page or an entry on its way into the database */
    uint64_t frozen_epoch; /* that it was taken at */
    bool writing;          /* there is one */
    bool loaded;           /* the job goes on from an earlier run */
    bool replaying;
    bool due;             /* a checkpoint, as soon as no round is under way */
    uint64_t digest;      /* of the epoch that is being written */
    Micros finished;      /* when the last checkpoint was, on the monotonic clock */
    Micros spent;         /* in its transactions */
    uint64_t frozen_work; /* what the job had done (job_work_done) when it was frozen or loaded */
} Recovery;

CHECKED Status recovery_open(Job *job, Diag *diag);
void recovery_close(Recovery *recovery);

/* When the sources are to be opened: loads what an earlier run has left (recovery->loaded). */
CHECKED Status recovery_load(Job *job, Diag *diag);
/* A new job, whose splits are listed and not yet read: that is its first checkpoint. */
CHECKED Status recovery_begin(Job *job, Diag *diag);

static inline bool recovery_replays(const Recovery *recovery)
{
    return recovery->replaying;
}
/* Reads the journal's next epoch again; at its end the job is live. */
CHECKED Status recovery_replay_epoch(Job *job, Diag *diag);

/* A checkpoint waits for the end of the rounds: no new one may begin, and when all are over an
 * epoch ends. */
bool recovery_wants_pause(const Job *job);
bool recovery_is_ready(const Job *job);
/* A round cannot end, as a stream has nothing to give: the checkpoint has to wait. */
void recovery_put_off(Job *job);
/* Asks for that pause now. */
void recovery_ask_for_pause(Job *job);

/* When the job stops, between rounds and right after a commit: one more checkpoint, unless the last
 * one has everything. */
bool recovery_is_live(const Job *job); /* it keeps checkpoints, and replays none */
CHECKED Status recovery_begin_last(Job *job, Diag *diag);

/* Before the epoch's changes are written: what they are. Then in its transaction, and after it; one
 * that came to nothing is written again. */
void recovery_take_digest(Job *job);
CHECKED Status recovery_write(Job *job, Diag *diag);
/* In the transaction of a job that is over: what it kept goes. */
CHECKED Status recovery_clear(Job *job, Diag *diag);
CHECKED Status recovery_committed(Job *job, Diag *diag);
void recovery_rolled_back(Job *job);

#endif
