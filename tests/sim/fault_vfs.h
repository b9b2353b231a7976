/* A disk in memory, and the SQLite VFS that puts databases on it. Of each file the disk knows what
 * was written and what of that was synced, so that a crash can be played: of a process, which loses
 * nothing that was written, or of the power, which loses, tears and reorders what was not synced.
 * Calls are counted, and the k-th one can fail, once or from then on.
 *
 * A write that the disk has lost without a word (it happens after a failed fsync) is played as
 * well. What is not: bits that change by themselves, and a directory that forgets its entries.
 *
 * One thread, one disk in use at a time, and one connection to a database of it. */
#ifndef WEIR_TESTS_SIM_FAULT_VFS_H
#define WEIR_TESTS_SIM_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

/* Kind, name, what it is. */
#define FAULT_KINDS(X)                                                                             \
    X(CRASH, "crash", "nothing that changes the disk happens any more")                            \
    X(READ_ERROR, "read-error", "a read fails")                                                    \
    X(SHORT_READ, "short-read", "a read of the log gives less than the file has")                  \
    X(WRITE_ERROR, "write-error", "a write or truncation fails")                                   \
    X(SHORT_WRITE, "short-write", "a write fails in the middle")                                   \
    X(FULL, "full", "the disk is full")                                                            \
    X(SYNC_ERROR, "sync-error", "fsync fails, and what it was for can be lost")                    \
    X(BUSY, "busy", "a lock is held by somebody else")                                             \
    X(LOCK_ERROR, "lock-error", "a lock cannot be asked for")                                      \
    X(OPEN_ERROR, "open-error", "a file cannot be opened")

typedef enum FaultKind {
#define X(kind, name, text) FAULT_##kind,
    FAULT_KINDS(X)
#undef X
        FAULT_KIND_COUNT,
} FaultKind;

const char *fault_kind_name(FaultKind kind);

/* The k-th call that a fault of its kind can hit. */
typedef struct DiskFault {
    FaultKind kind;
    uint64_t at;            /* from 1; 0: none */
    bool sticky;            /* all later ones, too */
    uint64_t after_commits; /* calls count when so many transactions are through */
    uint64_t seed;          /* of how much a torn write has written */
} DiskFault;

typedef struct Disk Disk;
Disk *disk_open(void);
void disk_close(Disk *disk);
/* As if it had just been written and synced. */
Disk *disk_copy(const Disk *disk);

/* Counts start at 0. */
void disk_arm(Disk *disk, const DiskFault *fault);
void disk_disarm(Disk *disk);
uint64_t disk_calls(const Disk *disk, FaultKind kind);
bool disk_was_hit(const Disk *disk);
bool disk_has_crashed(const Disk *disk);

typedef enum DiskLoss {
    LOSS_NONE,   /* a process has ended; the system goes on */
    LOSS_ALL,    /* the power goes: what was not synced is not there */
    LOSS_TAIL,   /* a first part of it is there */
    LOSS_SECTORS /* some of its sectors are there */
} DiskLoss;
const char *disk_loss_name(DiskLoss loss);
/* Nothing is open any more: the disk is now as the next process finds it. */
void disk_settle(Disk *disk, DiskLoss loss, uint64_t seed);

/* What readers could see: the disk after each transaction since disk_keep_commits, oldest first. */
void disk_keep_commits(Disk *disk, bool keep);
/* As it stands counts as one, too. */
void disk_keep(Disk *disk);
/* A crash came between the end of a transaction and its being noted: it may count or not. */
bool disk_is_in_doubt(const Disk *disk);
uint32_t disk_commit_count(const Disk *disk);
const Disk *disk_commit(const Disk *disk, uint32_t index);

/* A number of the caller's, which copies and commits take with them as it is then. */
void disk_set_mark(Disk *disk, uint64_t mark);
uint64_t disk_mark(const Disk *disk);

/* Makes the VFS the default one, and SQLite's memory one that can fail. Before anything else calls
 * SQLite. */
void fault_vfs_install(void);
/* The disk that all names are on; NULL: none. */
void fault_vfs_use(Disk *disk);

/* The k-th allocation of SQLite from now on fails, all later ones, too, when sticky; k = 0: none.
 * Returns how many there were since the last call. */
uint64_t fault_sqlite_memory_at(uint64_t k, bool sticky);

/* Numbers that look random, of a seed (splitmix64). */
uint64_t sim_random(uint64_t *state);

#endif
