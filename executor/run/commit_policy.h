/* CommitPolicy: how a job lives with others who have the database open. SQLite's file is shared
 * with programs that know nothing of Weir: one may hold the write lock, another stay on a snapshot
 * so that the WAL can only grow, and the disk may fill up. None of that ends a job. The policy says
 * whether a commit may be tried now, whether the job may read on meanwhile, since when and why not,
 * and has the words for whoever watches.
 *
 * - Write lock of another process: the job reads on until pending_bytes wait, then not. A commit is
 *   tried again and again.
 * - Disk full: the job does not read; a commit is tried every retry_interval.
 * - The same, or a lock, where a sink writes: the job does not read, as the sink still holds the
 * epoch before. It is tried as often as that of the job's own file would be.
 * - WAL: beyond wal_warn_bytes the reader that keeps it is named, beyond wal_slow_bytes a commit is
 *   due only every slow_interval (each page is then in the WAL fewer times), beyond
 * wal_pause_bytes, or a share of the disk's room, the job does not read until the WAL could be
 * emptied.
 *
 * It does no work of its own but to look at the WAL and to try to empty it; the job asks it at each
 * step, which costs a comparison or two. */
#ifndef WEIR_EXECUTOR_RUN_COMMIT_POLICY_H
#define WEIR_EXECUTOR_RUN_COMMIT_POLICY_H

#include "storage/base/clock.h"
#include "storage/sqlite/db.h"

typedef struct CommitLimits {
    uint64_t pending_bytes; /* of changes: then the epoch ends */
    uint64_t wal_warn_bytes, wal_slow_bytes, wal_pause_bytes;
    uint32_t disk_share;   /* of what would be free without the WAL: one part in so many is its */
    Micros slow_interval;  /* between commits */
    Micros retry_interval; /* after a full disk, and to empty the WAL */
    Micros patience;       /* a lock or a snapshot that is kept for less is not worth a word */
} CommitLimits;
extern const CommitLimits commit_limits_default;

typedef enum CommitHold {
    HOLD_NONE,
    HOLD_LOCK, /* another process holds the write lock */
    HOLD_DISK, /* there is no room for it */
    HOLD_SINK, /* what a sink writes, outside of the file, is locked, or there is no room for that
                */
    HOLD_WAL,  /* a reader's snapshot keeps the WAL from being emptied */
} CommitHold;

enum { REASON_SIZE = 512, NOTICE_SIZE = 640 };

typedef struct CommitPolicy {
    Db *db; /* NULL: nothing is kept, nothing holds */
    Clock *clock;
    CommitLimits limits;
    CommitHold hold;
    Trouble trouble;          /* what is in the way of a commit; else TROUBLE_LASTING */
    Micros since;             /* the hold */
    Micros next_try;          /* of what is tried now and then: a commit, or to empty the WAL */
    bool told;                /* of it */
    bool warned, slow;        /* of a WAL that does not hold yet */
    bool full;                /* as much is pending as may be */
    Micros disk_seen;         /* when the disk was last asked for its room */
    uint64_t free_bytes;      /* it said */
    char reason[REASON_SIZE]; /* of the hold */
    char notice[NOTICE_SIZE]; /* not fetched yet; empty: none */
} CommitPolicy;

void commit_policy_open(CommitPolicy *policy, Db *db, Clock *clock, const CommitLimits *limits);

/* With so much pending; to be asked before the job reads. Tries to empty the WAL where that is what
 * it waits for. */
bool commit_policy_may_read(CommitPolicy *policy, uint64_t pending_bytes);
/* A commit that is due may be tried. */
bool commit_policy_may_try(const CommitPolicy *policy);
/* What is to be between two commits. */
Micros commit_policy_interval(const CommitPolicy *policy, Micros interval);
/* One went through. */
void commit_policy_succeeded(CommitPolicy *policy);
/* One failed. False: for a reason that does not pass by itself. `outside`: the tables are through,
 * and a sink outside of the file could not follow. */
bool commit_policy_failed(CommitPolicy *policy, const Diag *why, bool outside);

/* The job stands still, and longer than a moment: for policy->reason. */
bool commit_policy_is_waiting(const CommitPolicy *policy);
/* And the file can be written, so that others can be told. */
bool commit_policy_can_be_told(const CommitPolicy *policy);
/* What there is to tell, once; false: nothing. It completes "job 1 ...". */
bool commit_policy_take_notice(CommitPolicy *policy, char out[NOTICE_SIZE]);

#endif
