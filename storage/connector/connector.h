/* Connector: the outside world as sources and sinks. A source is a list of splits, each read by its
 * own reader; a sink takes batches and makes them durable an epoch at a time. Neither is an
 * operator: executor/op/scan.c and sink.c adapt them. Clock and polling come from the caller. */
#ifndef WEIR_STORAGE_CONNECTOR_CONNECTOR_H
#define WEIR_STORAGE_CONNECTOR_CONNECTOR_H

#include "storage/base/arena.h"
#include "storage/base/clock.h"
#include "storage/base/diag.h"
#include "storage/data/batch.h"
#include "storage/data/builder.h"
#include "storage/format/format.h"

/* A declared table, as connectors see it. Lives as long as the job. */
typedef struct TableSpec {
    Text name;
    const struct ConnectorClass *connector;
    const FormatClass *format; /* NULL where the connector has none */
    OptionScope scope;
    OptionList options;
    Schema schema; /* physical columns */
    /* Metadata columns: `key` of the connector ("file.path") for schema positions after the
     * physical ones. */
    const Text *metadata_key;
    uint32_t metadata_count;
} TableSpec;

/* What a source reader fills: builder columns are first the wanted physical columns, then the
 * wanted metadata columns. */
typedef struct ScanSpec {
    const TableSpec *table;
    const uint32_t *wanted; /* ascending; physical columns of the schema */
    uint32_t wanted_count;
    const uint32_t *wanted_metadata;
    uint32_t wanted_metadata_count;
    Predicate predicate;
    const bool *always; /* as in DecodeSpec; may be NULL */
} ScanSpec;

/* A place in a split where reading can begin. */
typedef struct SplitPosition {
    uint64_t offset; /* a byte offset or row number */
    uint64_t line;   /* of the record there, from 1; 0: as if the split began there */
    bool inside;     /* of a record that was rejected for its length: its rest is dropped */
} SplitPosition;

typedef struct Split {
    Text name;              /* as messages show it: a path; empty when there is just one */
    SplitPosition start;    /* where to begin */
    uint64_t end;           /* bounded: where to stop; UINT64_MAX: wherever the input ends */
    uint64_t device, inode; /* which file the name stood for when it was listed; 0: no file */
} Split;

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
    /* Gives back file descriptors and buffers until the next poll; NULL: nothing to give. */
    void (*rest)(SplitReader *reader);
    void (*close)(SplitReader *reader);
    /* How far the input reaches by now, as an offset; UINT64_MAX: not known. NULL: never known. */
    uint64_t (*end)(const SplitReader *reader);
};

typedef struct SourceEnv {
    Arena *arena; /* as long-lived as the source */
    Meter *meter;
    Clock *clock;
    uint64_t seed;  /* datagen */
    Text base_path; /* relative paths start here; empty: the working directory */
} SourceEnv;

typedef struct Sink Sink;
struct Sink {
    Status (*write)(Sink *sink, const Batch *batch, Diag *diag); /* every change, in order */
    Status (*commit)(Sink *sink, uint64_t epoch, Diag *diag);    /* durable up to here */
    /* After the last commit of a job that ends or stops: shows all that is committed (files get
     * their final names). NULL: nothing to do. close does the same without a word when it was not
     * called. */
    Status (*finish)(Sink *sink, Diag *diag);
    void (*close)(Sink *sink);
};

typedef struct ConnectorClass {
    const char *name;
    const char *doc;
    const OptionDef *options;
    bool needs_format, takes_format;
    const char *const *metadata; /* NULL-terminated list of metadata keys */
    bool replayable; /* a split can be read again from any of its positions, and gives the same */
    /* Source face; NULL when it is no source. list: the splits now there; for a followed table
     * called again, with the last result in *out and *count (0 at first), to find new ones: it
     * returns all, known ones first in the same order. */
    bool (*bounded)(const TableSpec *table);
    Status (*list)(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count,
                   Diag *diag);
    Status (*open_split)(const ScanSpec *scan, SourceEnv *env, const Split *split,
                         SplitReader **out, Diag *diag);
    /* Sink face; NULL when it is no sink. accepts_updates: takes -U +U -D rows (else E2128). */
    bool accepts_updates;
    Status (*open_sink)(const TableSpec *table, SourceEnv *env, Sink **out, Diag *diag);
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
