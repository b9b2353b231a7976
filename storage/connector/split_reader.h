/* SplitReader: reads one split of a table into a BatchBuilder, the columns that a scan wants. */
#ifndef WEIR_STORAGE_CONNECTOR_SPLIT_READER_H
#define WEIR_STORAGE_CONNECTOR_SPLIT_READER_H

#include "storage/base/bell.h"
#include "storage/connector/split.h"
#include "storage/connector/table_spec.h"

/* What a source reader fills: builder columns are first the wanted physical columns, then the
 * paths, then the wanted metadata columns, then those that are read from a record's key, then
 * whether it deletes. */
typedef struct ScanSpec {
    const TableSpec *table;
    const uint32_t *wanted; /* ascending; physical columns of the schema */
    uint32_t wanted_count;
    const FieldPath *path; /* parts of columns that are ROWs */
    uint32_t paths;
    const uint32_t *wanted_metadata;
    uint32_t wanted_metadata_count;
    const uint32_t *wanted_key; /* fields of the record key, ascending */
    uint32_t wanted_key_count;
    bool wants_deletion; /* a BOOLEAN behind all others: the record deletes its key's row */
    Predicate predicate;
    const bool *always; /* as in DecodeSpec; may be NULL */
} ScanSpec;
/* How many columns that are. */
static inline uint32_t scan_columns(const ScanSpec *spec)
{
    return spec->wanted_count + spec->paths + spec->wanted_metadata_count + spec->wanted_key_count +
           spec->wants_deletion;
}

typedef enum PollResult {
    POLL_ROWS, /* the builder has rows or rejected records */
    POLL_IDLE, /* nothing now, perhaps later */
    POLL_END,  /* the split is read to its end; the builder may still hold rows */
} PollResult;

#define REPLAY_OVER    UINT64_MAX       /* it goes on by itself again */
#define REPLAY_BY_ROWS (UINT64_MAX - 1) /* how far is told by the room for rows alone */

typedef struct SplitReader SplitReader;
struct SplitReader {
    /* Empties the builder, then fills it with at most BATCH_ROWS rows. Never blocks for long. */
    Status (*poll)(SplitReader *reader, BatchBuilder *out, PollResult *result, Diag *diag);
    /* Where to begin again so as to read what follows the last row given. When that is not the last
     * one of its record, the record comes again whole. */
    SplitPosition (*position)(const SplitReader *reader);
    /* Adds to the split what is known now (its head), where it begins again at its `start`, which
     * is no other place than the reader's in front of or behind its last batch, or between them.
     * NULL: nothing. */
    void (*describe)(const SplitReader *reader, Split *split);
    /* A replay: gives at once what is in front of the offset `end`, which is a record's or one of
     * the two below, and then nothing more. NULL for readers of bounded splits alone. */
    void (*replay_until)(SplitReader *reader, uint64_t end);
    /* Gives back file descriptors and buffers until the next poll; NULL: nothing to give. */
    void (*rest)(SplitReader *reader);
    /* From now on, until it is closed, the bell is rung when there may be something new; NULL: it
     * has to be polled. */
    void (*rings)(SplitReader *reader, Bell *bell);
    void (*close)(SplitReader *reader);
    /* Bounded, and idle only while what comes next is on its way: an epoch does not end then. It
     * could tell the split's end, or records that are no rows, and a replay has them sooner. */
    bool fetches;
    /* How far the input reaches by now, as an offset; UINT64_MAX: not known. NULL: never known. */
    uint64_t (*end)(const SplitReader *reader);
};

#endif
