/* Sink: takes batches of changes and makes them durable outside, an epoch at a time. */
#ifndef WEIR_STORAGE_CONNECTOR_SINK_H
#define WEIR_STORAGE_CONNECTOR_SINK_H

#include "storage/base/diag.h"
#include "storage/base/strbuf.h"
#include "storage/data/batch.h"

/* Whose rows a sink writes: what it leaves outside bears this. No two sinks have the same, at no
 * time, but for those of a database that was copied. */
typedef struct SinkOwner {
    Text database; /* the uuid of the job's database; empty: the job has none */
    int64_t job;   /* its id there */
    uint32_t sink; /* which of the job's */
} SinkOwner;

/* What a sink's save gave last, as the job's database holds it. open_sink is given NULL by a job
 * that keeps nothing: it begins again each time, and its rows go out at least once. */
typedef struct SinkMemory {
    /* The job goes on: at least its first transaction is in the database. Else it begins, or begins
     * again, and what an earlier run has noted outside for the same owner is forgotten. */
    bool resumed;
    bool exists; /* save gave something, and that is in the database */
    Text bytes;
} SinkMemory;

/* A sink of an epoch's changes. The job calls, for each epoch:
 *
 *     write ... write     every change
 *     save                into the epoch's own transaction: what the last commit left
 *     (the transaction is durable: synchronous FULL)
 *     commit
 *
 * so that what is saved is at most one commit behind. An epoch whose transaction failed is not
 * committed; its save can be asked for again. After the last epoch, or when the job stops:
 *
 *     save                into one more transaction, now of the last commit
 *     finish
 *     save                once more, with the note that the job has ended or stopped
 *
 * A crash between any two of these loses nothing and repeats nothing, provided that the job opens
 * the sink with what it saved last, writes again every epoch after *stored_epoch with the same rows
 * as before, and writes none up to it. When *stored_epoch is above the job's own last epoch, the
 * database is older than what is outside (a copy or a backup): the job refuses to go on. */
typedef struct Sink Sink;
struct Sink {
    /* What is in the way and passes does not fail it: the rows stay in memory until commit tells.
     */
    Status (*write)(Sink *sink, const Batch *batch, Diag *diag);
    /* Makes what was written durable outside, as `epoch`, which is above that of any earlier call.
     * A failure that passes (diag_held_up: a foreign lock, a full disk): nothing has happened, and
     * the same call can be made again; no rows come in between. After any other failure only close
     * is left; the job can be opened again. */
    Status (*commit)(Sink *sink, uint64_t epoch, Diag *diag);
    /* Appends what open_sink needs to go on behind the last commit. NULL: needs nothing. */
    Status (*save)(Sink *sink, StrBuf *out);
    /* Shows all that is committed (files get their final names). Nothing is written after it,
     * unless it fails for what passes: then it can be asked again, or the job goes on. NULL:
     * nothing to do. */
    Status (*finish)(Sink *sink, Diag *diag);
    /* As a crash would: what was written after the last commit never shows. Of a job that keeps
     * nothing also does what finish does, without a word. */
    void (*close)(Sink *sink);
    /* There is something that only another epoch can show, however quiet the job is: a full file
     * waits for its name. NULL: never. */
    bool (*wants_commit)(const Sink *sink);
    uint64_t (*pending_bytes)(const Sink *sink); /* written and kept in memory; NULL: little */
};

#endif
