/* Sweep: what no checkpoint needs any more goes, a bounded share in each epoch's transaction. It
 * knows ranges of rows and deletes them; what is in them is not its business (state_store.c says
 * which are doomed). It belongs to a StateStore, and all writes to the caller's transaction. */
#ifndef WEIR_STORAGE_JOURNAL_SWEEP_H
#define WEIR_STORAGE_JOURNAL_SWEEP_H

#include "storage/sqlite/db.h"

/* Rows of one page set; both ends are in it. */
typedef struct Doomed {
    uint64_t set;
    uint32_t first_page, last_page;
    uint64_t first_version, last_version;
} Doomed;
#define ANY_PAGE    0, UINT32_MAX
#define ANY_VERSION 0, INT64_MAX

/* How far it has come. A rollback takes it back. */
typedef struct SweepPlace {
    uint32_t next, count; /* of the ranges */
    uint64_t journal;     /* entries up to this epoch go, too */
} SweepPlace;

typedef struct Sweep {
    Db *db;
    int64_t job;
    Meter *meter;
    Doomed *range;
    uint32_t capacity;
    uint32_t sets;     /* the first ranges: whole sets, in the order of their numbers */
    uint64_t last_set; /* the highest that has rows */
    SweepPlace place, committed;
    DbStatement *next_set, *find_page, *drop_page, *find_entry, *drop_entry;
} Sweep;

/* All page sets of the job that have rows are doomed, but for those that are spared before the
 * first transaction. */
CHECKED Status sweep_open(Sweep *sweep, Db *db, int64_t job, Meter *meter, Diag *diag);
void sweep_close(Sweep *sweep);
void sweep_spare(Sweep *sweep, uint64_t set);

/* Nobody writes into what is doomed. */
CHECKED Status sweep_doom(Sweep *sweep, const Doomed *range);
void sweep_doom_journal(Sweep *sweep, uint64_t last_epoch);
/* What was doomed so far, outside of a transaction, stays so. */
void sweep_settle(Sweep *sweep);

/* Deletes about so many bytes, a statement counting as some; all that is left when it is less. */
CHECKED Status sweep_go_on(Sweep *sweep, uint64_t bytes, Diag *diag);
bool sweep_is_over(const Sweep *sweep);
/* The rows are gone by another way. */
void sweep_forget(Sweep *sweep);
void sweep_committed(Sweep *sweep);
void sweep_rolled_back(Sweep *sweep);

#endif
