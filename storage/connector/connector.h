/* Connector: the outside world as sources and sinks. A source is a list of splits, each read by its
 * own reader; a sink takes batches and makes them durable an epoch at a time. Neither is an
 * operator: executor/op/scan.c and sink.c adapt them. Clock and polling come from the caller. */
#ifndef WEIR_STORAGE_CONNECTOR_CONNECTOR_H
#define WEIR_STORAGE_CONNECTOR_CONNECTOR_H

#include <stdatomic.h>

#include "storage/base/arena.h"
#include "storage/base/clock.h"
#include "storage/base/diag.h"
#include "storage/base/shard.h"
#include "storage/connector/sink.h"
#include "storage/connector/split_reader.h"
#include "storage/sqlite/db.h"

enum { SOURCE_WAIT_SIZE = 512 };

/* What the splits of a table share while its job is open: a connection. The job closes it when all
 * of its readers are closed. */
typedef struct SharedSource SharedSource;
struct SharedSource {
    const TableSpec *table;
    SharedSource *next;
    void (*close)(SharedSource *self);
    /* It stands still, for what passes by itself: a broker is away. why: as words, which name the
     * table, for whoever wonders where the rows are; may be NULL. NULL: it never does. */
    bool (*waits)(SharedSource *self, char why[SOURCE_WAIT_SIZE]);
};

typedef struct SourceEnv {
    Arena *arena; /* as long-lived as the source */
    Meter *meter;
    Clock *clock;
    uint64_t seed;           /* datagen */
    Text base_path;          /* relative paths start here; empty: the working directory */
    const Db *db;            /* whose files must not be opened here; NULL: there is none */
    SinkOwner owner;         /* sinks only */
    bool inserts_only;       /* sinks only: no row that is written takes another back */
    const atomic_bool *stop; /* somebody waits for the job to stop: what would take long to open is
                                ST_CANCELLED; NULL: nobody can ask that */
    SharedSource **shared;   /* sources only: those of the job so far */
    Shard shard;             /* list: of a source that has shares_splits, which of them */
    bool lists_again;        /* list: what was listed first is known, be it nothing */
} SourceEnv;

/* Why a time cannot be written, in words; NULL: it can. */
typedef const char *RefuseTime(Micros time);

/* What a source tells of a record beside its columns. */
typedef struct ConnectorMetadata {
    const char *key;
    enum {
        METADATA_TEXT,
        METADATA_INT,
        METADATA_BIGINT,
        METADATA_INSTANT,
        METADATA_HEADERS,
        METADATA_NULLABLE_INT,
        METADATA_NULLABLE_BYTES
    } type;
    bool writable;      /* a sink takes it, too; NULL: as if it were not given */
    RefuseTime *refuse; /* METADATA_INSTANT, writable; NULL: every time can be written */
} ConnectorMetadata;

typedef struct ConnectorClass {
    const char *name;
    const char *doc;
    const OptionDef *options;
    bool needs_format, takes_format;
    bool upserts;  /* read, a record is what the row of its key is now, or that there is none */
    bool messages; /* records come by themselves, not as lines, and may have keys */
    bool shares_splits; /* read, its splits may be divided among processes (SourceEnv.shard); of
                           other sources each process reads all */
    bool reads_ahead;   /* a reader fetches from when it is opened, and may be polled in a thread of
                           its own, which makes it faster */
    const ConnectorMetadata *metadata; /* ends with a key that is NULL; NULL: none */
    /* Whether splits, or their spools, give the same again from any position. NULL: they do not. */
    bool (*replayable)(const TableSpec *table);
    /* Whether what was read may be gone for good, so that no other job can read it from the start.
     * Its splits say what of them is kept instead (Split.spools). NULL: no. */
    bool (*read_once)(const TableSpec *table);
    /* Source face; NULL when it is no source. list: the splits now there; for a followed table
     * called again, with the last result in *out and *count (0 at first), to find new ones: it
     * returns all, known ones first in the same order. */
    bool (*bounded)(const TableSpec *table);
    Status (*list)(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count,
                   Diag *diag);
    /* How often a table that goes on is listed again; 0: never. NULL: never. */
    Micros (*monitor_interval)(const TableSpec *table);
    Status (*open_split)(const ScanSpec *scan, SourceEnv *env, const Split *split,
                         SplitReader **out, Diag *diag);
    /* An epoch is durable in which all of the split in front of the offset was taken: for those who
     * look on from outside. NULL: nobody does. */
    void (*committed)(const TableSpec *table, SourceEnv *env, const Split *split, uint64_t offset);
    /* Another job has read `before` up to the offset `read`, and the splits `now` are to be read
     * from their start. What keeps that from giving the same once more, as words behind the name of
     * `before` ("is gone"); empty: nothing. NULL: nothing ever does. */
    Status (*compare)(const Split *before, uint64_t read, const Split *now, uint32_t count,
                      char why[SPLIT_WHY_SIZE], Diag *diag);
    /* Sink face; NULL when it is no sink. accepts_updates: takes -U +U -D rows (else E2128). */
    bool accepts_updates;
    /* Goes on exactly behind the last commit; else, or where it is NULL, rows of a job that crashed
     * come again. */
    bool (*exactly_once)(const TableSpec *table);
    /* `memory`: borrowed for the call. *stored_epoch: the last epoch that is outside for certain;
     * 0: none. */
    Status (*open_sink)(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                        uint64_t *stored_epoch, Sink **out, Diag *diag);
    /* Checks what a table needs to be written; `span`: of its name in an INSERT. May be NULL. */
    Status (*check_written)(const TableSpec *table, Span span, Diag *diag);
    /* Says which columns are in a record's key and which in its value. NULL: all in the value. */
    Status (*bind_fields)(TableSpec *table, Arena *arena, Span span, Diag *diag);
    /* Checks beyond options: paths, ranges. May be NULL. No side effects. */
    Status (*check)(const TableSpec *table, Span span, Diag *diag);
} ConnectorClass;

const ConnectorClass *connector_find(Text name);
extern const ConnectorClass *const connector_classes[];
extern const uint32_t connector_count;

/* Options that every table may have: 'connector', 'format', 'on-error' and so on. */
extern const OptionDef table_options[];

extern const ConnectorClass filesystem_connector, stdin_connector, stdout_connector,
    datagen_connector, print_connector, blackhole_connector, sqlite_connector, kafka_connector,
    upsert_kafka_connector;

#endif
