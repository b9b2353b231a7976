/* Outside sinks: what a job writes beyond its own database file. The rows of an epoch go out when
 * its transaction is durable; what a sink needs to go on behind its last commit is kept with the
 * journal. A job that is replayed writes only those epochs again that a sink does not hold yet. */
#ifndef WEIR_EXECUTOR_RUN_OUTSIDE_H
#define WEIR_EXECUTOR_RUN_OUTSIDE_H

#include "executor/op/sink.h"
#include "executor/plan/plan.h"

typedef struct Job Job;

typedef struct Outside {
    Sink *sink;      /* NULL: this sink of the plan is none */
    uint64_t stored; /* the last epoch that it holds for certain */
    bool muted;      /* rows that come are of an epoch that it holds */
    bool exact;      /* it goes on exactly behind its last commit */
} Outside;

/* What it takes to open the plan's sink `number`, whose target is set. */
CHECKED Status outside_open(Job *job, uint32_t number, SinkTarget *target, Diag *diag);
void outside_close(Job *job);
bool outside_exists(const Job *job);
/* There are rows or files that wait for another epoch. */
bool outside_wants_commit(const Job *job);
uint64_t outside_pending_bytes(const Job *job);

/* Replay: the rows of this epoch come next; outside_commit follows them (COMMIT_SINKS). */
void outside_replay(Job *job, uint64_t epoch);
void outside_go_live(Job *job);

/* In the epoch's transaction. */
CHECKED Status outside_save(Job *job, Diag *diag);
/* After it: the epoch goes out. What holds it up (diag_held_up) passes: call again later. */
CHECKED Status outside_commit(Job *job, uint64_t epoch, Diag *diag);
/* After the last one: all that was committed can be seen. Likewise. */
CHECKED Status outside_finish(Job *job, Diag *diag);

#endif
