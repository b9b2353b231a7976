/* OverFrames: the partitions of an OVER whose rows come in their final order, and the frames of its
 * calls, which move along them. Each partition is a list of rows; a frame has a place where rows
 * come in and one where they leave, and both only go forward: so each row comes into a frame once
 * and leaves it once, and the aggregates say at any time what the frame holds. A row that no frame
 * will look at again is forgotten.
 *
 * When a row is complete (nothing that belongs to its frames can still come) is the operator's
 * business: it gives rows out in chunks, so that the loops of the aggregates run over many
 * partitions at once. */
#ifndef WEIR_EXECUTOR_OP_OVER_FRAMES_H
#define WEIR_EXECUTOR_OP_OVER_FRAMES_H

#include "executor/op/aggregate_set.h"
#include "executor/op/row_store.h"

/* In front of a kept row. Rows are named by their number in the store + 1; 0 is none. */
typedef struct OverRow {
    uint32_t next; /* of its partition */
    uint32_t partition;
    Micros time;     /* its place in the order */
    uint64_t place;  /* among the rows of its partition, from 0 */
    uint64_t number; /* of all rows, as they arrived */
} OverRow;

/* Where a frame stands: the first row that is in it, the first that is to come; 0: behind the last
 * row. */
typedef struct FramePlace {
    uint32_t in, next;
} FramePlace;

/* The header of a partition's group. */
typedef struct OverPartition {
    uint64_t rows;        /* that have got their place */
    uint32_t first, last; /* of those that are kept */
    uint32_t waiting;     /* the first one that has not been given out; 0: none has */
    uint32_t turn;        /* rows of the chunk so far; 0 between chunks */
    uint32_t placeless;   /* rows that have come and have no place yet */
    uint32_t ended;       /* its rows wait for no others any more */
    Micros given;         /* time of the last row that went out; MICROS_MIN: none did */
    Micros forget;        /* when it is forgotten, if that has been set; else MICROS_MIN */
    Micros renewed;       /* when it begins anew; MICROS_MIN: it does not */
    uint64_t peers;       /* the place of the first row with the time `given` */
    uint64_t values;      /* different times of rows that went out */
    FramePlace frame[];   /* with a TTL an ExpiryLink follows */
} OverPartition;

/* Rows that are complete, in the order in which they go out. */
typedef struct OverChunk {
    uint32_t count, capacity;
    bool passes; /* rows get their places with it */
    uint32_t row[BATCH_ROWS], partition[BATCH_ROWS];
    Micros watermark[BATCH_ROWS];
} OverChunk;

typedef struct OverFrames {
    Op *op;
    const PlanOver *plan;
    PlanAggregate aggregate;
    AggregateSet set;
    GroupStates states;
    Expiry expiry; /* of the partitions, where there is a TTL */
    RowStore rows;
    uint64_t moved; /* rows that have come into frames, + 1 */
    bool *argument; /* per input column: an aggregate reads it */
    uint32_t *call; /* per aggregate: which call it is */
    OverChunk chunk;
    struct OverGiving *giving; /* room for giving it out */
    Arena arena;               /* of the lists above */
} OverFrames;

CHECKED Status over_frames_open(OverFrames *frames, Op *op, const PlanOver *plan);
void over_frames_close(OverFrames *frames);
CHECKED Status over_frames_walk(OverFrames *frames, StateWalk *walk);

static inline const OverPartition *over_partition(const OverFrames *frames, uint32_t entry)
{
    return keyed_map_value(&frames->states.groups, entry);
}
static inline OverPartition *over_partition_write(OverFrames *frames, uint32_t entry)
{
    return keyed_map_value_write(&frames->states.groups, entry);
}
static inline const OverRow *over_row(const OverFrames *frames, uint32_t row)
{
    return row_store_head(&frames->rows, row - 1);
}

/* The partitions of the selected rows, made where there is none. */
CHECKED Status over_frames_partitions(OverFrames *frames, const Batch *in, uint32_t *entry);
/* A row of it has come, and is to get its place; or has gone out. */
void over_frames_expect(OverFrames *frames, uint32_t entry);
void over_frames_mark(OverFrames *frames, uint32_t entry);
/* The row comes behind all others of its partition. */
void over_frames_append(OverFrames *frames, uint32_t row);
/* The row is complete: it goes out, with the watermark that held. It is the one that waits in its
 * partition. */
CHECKED Status over_frames_give(OverFrames *frames, uint32_t row, Micros watermark);
/* The row comes behind all others of its partition and is complete with that. Rows pass all in this
 * way or none does. */
CHECKED Status over_frames_pass(OverFrames *frames, uint32_t row, uint32_t partition,
                                Micros watermark);
/* What has been given goes out to the operators above. */
CHECKED Status over_frames_flush(OverFrames *frames);
/* Makes it as if it were new, but for rows that came later than the time. */
void over_frames_renew(OverFrames *frames, uint32_t entry, Micros time);
/* Forgets the partition and its rows. */
void over_frames_forget(OverFrames *frames, uint32_t entry);

#endif
