/* StateStore: a job's checkpoint and journal in the database file. All writes belong to the
 * caller's transaction, which is the epoch's.
 *
 * A checkpoint is a stream of bytes and pages (storage/state/state_walk.h). It is written over
 * several epochs under a version that is not valid yet; state_store_finish makes it the valid one.
 * What it replaces, the journal before it and what an unfinished one has left behind goes after
 * that, a share with each epoch (state_store_sweep).
 *
 * The journal has one entry an epoch: what it took in, as the executor describes it, and a digest
 * of what it gave. */
#ifndef WEIR_STORAGE_JOURNAL_STATE_STORE_H
#define WEIR_STORAGE_JOURNAL_STATE_STORE_H

#include "storage/sqlite/db.h"
#include "storage/state/state_walk.h"

typedef struct StateStore StateStore;

/* E4012: what there is was written in another STATE_FORMAT. */
CHECKED Status state_store_open(Db *db, int64_t job, Meter *meter, StateStore **out, Diag *diag);
void state_store_close(StateStore *store);
/* After a transaction that was written to came to nothing: what is known of the file is again what
 * it was before; after a commit that is the new state of things. */
void state_store_committed(StateStore *store);
void state_store_rolled_back(StateStore *store);
/* Forgets all of the job, at once, as nobody comes back to a job that is over. What that writes is
 * little, as SQLite unlinks the pages and does not overwrite them (secure_delete is off): of 420 MB
 * of state 1.7 MB of log, in half a second, which is that of finding them. */
CHECKED Status state_store_clear(StateStore *store, Diag *diag);

/* --- checkpoint --- */

typedef struct CheckpointInfo {
    bool exists;
    uint64_t epoch;       /* the last one that is in it */
    uint64_t last_set_id; /* given out to page sets */
} CheckpointInfo;
CheckpointInfo state_store_checkpoint(const StateStore *store);

/* One page of the checkpoint that is being written. */
CHECKED Status state_store_put_page(StateStore *store, const FrozenPage *page, Text blob,
                                    Diag *diag);
/* All pages are written, and all is swept: with the stream the checkpoint is valid. */
CHECKED Status state_store_finish(StateStore *store, uint64_t epoch, Text stream,
                                  const Freeze *freeze, Diag *diag);
/* Deletes about so many bytes of what is not needed any more. */
CHECKED Status state_store_sweep(StateStore *store, uint64_t bytes, Diag *diag);
bool state_store_is_swept(const StateStore *store); /* nothing of it is left */

/* Reading it: a walk that is set up to load, its stream whole. E4008 when something of it is
 * damaged; state_store_read_end says what, after a walk that ended in ST_STATE. */
CHECKED Status state_store_read(StateStore *store, Freeze *freeze, StateWalk **walk, Diag *diag);
Status state_store_read_end(StateStore *store, Status status, Diag *diag);

/* --- sinks outside of the file --- */

/* What a sink has to remember: put in the epoch's transaction, and read (into the arena) when the
 * job is opened. */
CHECKED Status state_store_put_sink(StateStore *store, uint32_t sink, Text bytes, Diag *diag);
CHECKED Status state_store_sink(StateStore *store, uint32_t sink, Arena *arena, bool *exists,
                                Text *bytes, Diag *diag);

/* --- journal --- */

/* The last epoch that the file knows of; 0: none. */
CHECKED Status state_store_last_epoch(StateStore *store, uint64_t *epoch, Diag *diag);

typedef struct JournalEntry {
    uint64_t epoch;
    Text body; /* borrowed until the next call */
    uint64_t digest;
} JournalEntry;
CHECKED Status journal_put(StateStore *store, const JournalEntry *entry, Diag *diag);
/* The entries behind the checkpoint, in order; *found is false at the end. E4008: one is damaged or
 * missing. */
CHECKED Status journal_next(StateStore *store, JournalEntry *entry, bool *found, Diag *diag);

#endif
