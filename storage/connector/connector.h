/* Connector: the outside world as sources and sinks. A source is a list of splits, each read by its
 * own reader; a sink takes batches and makes them durable an epoch at a time. Neither is an
 * operator: executor/op/scan.c and sink.c adapt them. Clock and polling come from the caller. */
#ifndef WEIR_STORAGE_CONNECTOR_CONNECTOR_H
#define WEIR_STORAGE_CONNECTOR_CONNECTOR_H

#include "storage/base/arena.h"
#include "storage/base/clock.h"
#include "storage/base/diag.h"
#include "storage/connector/split.h"
#include "storage/data/batch.h"
#include "storage/data/builder.h"
#include "storage/format/format.h"
#include "storage/sqlite/db.h"

/* A declared table, as connectors see it. Lives as long as the job. */
typedef struct TableSpec {
    Text name;
    const struct ConnectorClass *connector;
    const FormatClass *format; /* NULL where the connector has none */
    OptionScope scope;
    OptionList options;
    Schema schema;       /* physical columns */
    const uint32_t *key; /* PRIMARY KEY, of the physical columns */
    uint32_t key_count;
    /* Metadata columns: `key` of the connector ("file.path") for schema positions after the
     * physical ones. */
    const Text *metadata_key;
    uint32_t metadata_count;
} TableSpec;

/* What a source reader fills: builder columns are first the wanted physical columns, then the
 * paths, then the wanted metadata columns. */
typedef struct ScanSpec {
    const TableSpec *table;
    const uint32_t *wanted; /* ascending; physical columns of the schema */
    uint32_t wanted_count;
    const FieldPath *path; /* parts of columns that are ROWs */
    uint32_t paths;
    const uint32_t *wanted_metadata;
    uint32_t wanted_metadata_count;
    Predicate predicate;
    const bool *always; /* as in DecodeSpec; may be NULL */
} ScanSpec;
/* How many columns that are. */
static inline uint32_t scan_columns(const ScanSpec *spec)
{
    return spec->wanted_count + spec->paths + spec->wanted_metadata_count;
}

typedef enum PollResult {
    POLL_ROWS, /* the builder has rows or rejected records */
    POLL_IDLE, /* nothing now, perhaps later */
    POLL_END,  /* the split is read to its end; the builder may still hold rows */
} PollResult;

typedef struct SplitReader SplitReader;
struct SplitReader {
    /* Empties the builder, then fills it with at most BATCH_ROWS rows. Never blocks for long. */
    Status (*poll)(SplitReader *reader, BatchBuilder *out, PollResult *result, Diag *diag);
    /* Where to begin again so as to read what follows the last row given. When that is not the last
     * one of its record, the record comes again whole. */
    SplitPosition (*position)(const SplitReader *reader);
    /* Adds to the split what is known now (its head); NULL: nothing. */
    void (*describe)(const SplitReader *reader, Split *split);
    /* A replay: gives at once what is in front of the offset `end`, which is a record's, and then
     * nothing more; UINT64_MAX: goes on by itself again. NULL for readers of bounded splits alone.
     */
    void (*replay_until)(SplitReader *reader, uint64_t end);
    /* Gives back file descriptors and buffers until the next poll; NULL: nothing to give. */
    void (*rest)(SplitReader *reader);
    void (*close)(SplitReader *reader);
    /* How far the input reaches by now, as an offset; UINT64_MAX: not known. NULL: never known. */
    uint64_t (*end)(const SplitReader *reader);
};

/* Whose rows a sink writes: what it leaves outside bears this. No two sinks have the same, at no
 * time, but for those of a database that was copied. */
typedef struct SinkOwner {
    Text database; /* the uuid of the job's database; empty: the job has none */
    int64_t job;   /* its id there */
    uint32_t sink; /* which of the job's */
} SinkOwner;

typedef struct SourceEnv {
    Arena *arena; /* as long-lived as the source */
    Meter *meter;
    Clock *clock;
    uint64_t seed;     /* datagen */
    Text base_path;    /* relative paths start here; empty: the working directory */
    const Db *db;      /* whose files must not be opened here; NULL: there is none */
    SinkOwner owner;   /* sinks only */
    bool inserts_only; /* sinks only: no row that is written takes another back */
} SourceEnv;

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

/* What a source tells of a record beside its columns. */
typedef struct ConnectorMetadata {
    const char *key;
    enum { METADATA_TEXT, METADATA_INT, METADATA_BIGINT, METADATA_INSTANT } type; /* never NULL */
} ConnectorMetadata;

typedef struct ConnectorClass {
    const char *name;
    const char *doc;
    const OptionDef *options;
    bool needs_format, takes_format;
    const ConnectorMetadata *metadata; /* ends with a key that is NULL; NULL: none */
    /* Whether splits, or their spools, give the same again from any position. NULL: they do not. */
    bool (*replayable)(const TableSpec *table);
    /* Whether what was read may be gone by the time it is wanted again: readers put it into the
     * spools of their splits, and no other job can read it from the start. NULL: no. */
    bool (*spools)(const TableSpec *table);
    /* Source face; NULL when it is no source. list: the splits now there; for a followed table
     * called again, with the last result in *out and *count (0 at first), to find new ones: it
     * returns all, known ones first in the same order. */
    bool (*bounded)(const TableSpec *table);
    Status (*list)(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count,
                   Diag *diag);
    Status (*open_split)(const ScanSpec *scan, SourceEnv *env, const Split *split,
                         SplitReader **out, Diag *diag);
    /* Another job has read `before` up to the offset `read`, and the splits `now` are to be read
     * from their start. What keeps that from giving the same once more, as words behind the name of
     * `before` ("is gone"); empty: nothing. NULL: nothing ever does. */
    Status (*compare)(const Split *before, uint64_t read, const Split *now, uint32_t count,
                      char why[SPLIT_WHY_SIZE], Diag *diag);
    /* Sink face; NULL when it is no sink. accepts_updates: takes -U +U -D rows (else E2128). */
    bool accepts_updates;
    /* Goes on exactly behind the last commit; else rows of a job that crashed come again. */
    bool exactly_once;
    /* `memory`: borrowed for the call. *stored_epoch: the last epoch that is outside for certain;
     * 0: none. */
    Status (*open_sink)(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                        uint64_t *stored_epoch, Sink **out, Diag *diag);
    /* Checks beyond options: paths, ranges. May be NULL. No side effects. */
    Status (*check)(const TableSpec *table, Span span, Diag *diag);
} ConnectorClass;

const ConnectorClass *connector_find(Text name);
extern const ConnectorClass *const connector_classes[];
extern const uint32_t connector_count;

/* Options that every table may have: 'connector', 'format', 'on-error' and so on. */
extern const OptionDef table_options[];

extern const ConnectorClass filesystem_connector, stdin_connector, stdout_connector,
    datagen_connector, print_connector, blackhole_connector, sqlite_connector;

#endif
