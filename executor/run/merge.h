/* Merge: which row comes next when a job reads several splits or tables.
 *
 * From the split whose watermark is lowest, ties by order of declaration, row by row. A bounded
 * split that has neither a row nor its end at hand is read on at once, so a bounded job is a
 * function of its data alone. Live input goes in rounds: merge_begin_round freezes how far each
 * live split has arrived; the round ends when the frozen rows are used up.
 *
 * Tables that share no operator have merges of their own. */
#ifndef WEIR_EXECUTOR_RUN_MERGE_H
#define WEIR_EXECUTOR_RUN_MERGE_H

#include "executor/op/source.h"
#include "executor/run/reader_pool.h"
#include "storage/connector/connector.h"

typedef struct MergeSplit {
    Split split;
    SplitReader *reader; /* NULL: not opened, or ended and closed */
    SplitRows rows;
    SplitPosition polled_from; /* of the rows at hand and the rejected records among them */
    uint64_t record;           /* offset of the record of the last row noted */
    uint64_t until;            /* where a repeated round ended; REPLAY_BY_ROWS: inside a record */
    Micros watermark;          /* before the row at the cursor, or after the last one */
    Micros last_arrival;       /* on the clock of the rounds */
    Micros rested_at;          /* the watermark since then, while the clock does not move it */
    uint64_t goal;             /* how far it reached when takeover.c last looked */
    uint32_t cursor;           /* stored rows before it have been emitted */
    uint32_t noted;            /* of the rows emitted, those that `record` knows of */
    uint32_t record_rows;      /* emitted of that record: an array can be several rows */
    uint32_t to_skip;     /* rows of the first record that had been emitted in an earlier run */
    uint32_t repeat_rows; /* of a repeated round, that have not been read yet */
    bool open_rows;       /* `rows` is open */
    bool repeats;         /* a round is repeated, and there may be more of it than is at hand */
    bool ended, idle;
    bool waiting; /* bounded, and neither a row nor its end is at hand: nothing may be taken */
    bool silent;  /* live: there was nothing when it was last asked */
    bool rests;   /* live: it has brought no row since last_arrival */
    bool drained; /* live: nothing was there when it was asked, since `goal` was set */
} MergeSplit;

typedef struct MergeScan {
    Op *op;
    Split *listed; /* as the connector gave them */
    MergeSplit *split;
    uint32_t splits;
    Spool **spool; /* of the splits, NULL where a split has none; what an epoch brought is loaded
                      before its new splits */
    uint32_t spools;
    Micros last_listed; /* on the clock of the rounds */
    uint32_t *heap;     /* splits with rows at hand, lowest watermark first */
    uint32_t heaped;
    uint32_t waiting; /* splits that are */
    uint32_t over;    /* live: splits that had ended when the last round began */
    Micros hold;      /* live: the lowest of the splits that are active and have nothing at hand */
    Micros floor;     /* live: what the rows that were emitted have told already */
    bool ended;
} MergeScan;

typedef enum MergeProgress {
    MERGE_BUSY,       /* there is more at hand */
    MERGE_WAITS,      /* for input that has not come yet */
    MERGE_ROUND_OVER, /* the rows of the round are used up; of bounded input: all has ended */
} MergeProgress;

typedef struct Gather Gather;

typedef struct Merge {
    Arena *arena;
    MergeScan *scan;
    uint32_t scans;
    SourceEnv *env;
    ReaderPool *pool;    /* NULL: all is read in the job's thread */
    Gather *gather;      /* rows of one scan, on their way into a batch */
    bool live;           /* some scan is not bounded */
    uint64_t taken;      /* rows so far */
    uint64_t events;     /* what else has happened: splits that came, ended, fell idle */
    uint32_t batch_rows; /* rows a batch at most */
    int32_t last;        /* the scan whose rows came last; -1: none yet */
    bool kept;           /* what a restart needs is kept: the log, and the bytes of streams */
    bool replays;        /* since it was loaded, until merge_go_live */
    StrBuf log;          /* the rounds since the last epoch; who keeps them clears it */
    uint32_t rounds;     /* in the log */
    Micros now;          /* the reading of the clock for what comes next; who owns it sets it */
    size_t reading_at;   /* in the log: the last entry if it is a reading alone, after which nothing
                            was done; SIZE_MAX: it is not */
    uint64_t reading_taken; /* rows before it */
} Merge;

CHECKED Status merge_open(Merge *merge, Arena *arena, Op *const *scan, uint32_t scans,
                          SourceEnv *env, ReaderPool *pool, uint32_t batch_rows, bool kept);
/* Lists the splits. */
CHECKED Status merge_list(Merge *merge, Diag *diag);
/* Reads the first rows of bounded ones. */
CHECKED Status merge_start(Merge *merge, Diag *diag);
void merge_close(Merge *merge);

/* Up to where the split's rows have been taken: what is at hand has been read, but not yet taken.
 */
uint64_t merge_split_position(const MergeSplit *split);

/* Emits rows, as many as `rows`; of live input those of this round. */
CHECKED Status merge_step(Merge *merge, uint32_t rows, MergeProgress *progress, Diag *diag);
bool merge_ended(const Merge *merge);
/* Sees to `record` and `record_rows` of all splits. */
void merge_note_records(Merge *merge);
/* Nothing of bounded input is on its way: an epoch may end here. */
bool merge_is_settled(const Merge *merge);

/* --- live input --- */

/* Takes in what has arrived, and describes it in the log. *arrived: there is something new. *noted:
 * the log has the round, as also when it was set before. */
CHECKED Status merge_begin_round(Merge *merge, Micros now, bool *noted, bool *arrived, Diag *diag);
/* A reading of the clock, in the log: a round that brings nothing. One by which nothing was done is
 * replaced by the next. */
CHECKED Status merge_note_reading(Merge *merge, Micros now, bool done);
/* No live split has rows at hand. */
bool merge_is_between_rounds(const Merge *merge);

typedef struct RoundHead {
    uint64_t taken; /* rows before it */
    Micros now;
} RoundHead;
/* A replay: the next round of a log, and then, when so many rows have been taken, that round once
 * more. ST_STATE: the log makes no sense; ST_IO: the input is not what it was. */
CHECKED Status merge_read_round(StateWalk *log, RoundHead *head);
CHECKED Status merge_repeat_round(Merge *merge, const RoundHead *head, StateWalk *log, Diag *diag);
/* The replay is over: what follows comes from the sources as it arrives. */
void merge_go_live(Merge *merge);

/* --- saving and loading --- */

/* Saves or loads where the merge stands: between two calls of merge_step, and of live input only
 * between rounds. Loading takes the place of merge_list and merge_start: the splits are those that
 * were saved. */
CHECKED Status merge_state(Merge *merge, StateWalk *walk, Diag *diag);
/* Saves or loads, an epoch at a time, the bytes that streams brought. */
CHECKED Status merge_spooled(Merge *merge, StateWalk *walk);
/* What waits in memory for the next epoch's journal entry. */
uint64_t merge_pending_bytes(const Merge *merge);
/* After an epoch's commit: its log and the bytes that nobody needs any more go. */
void merge_committed(Merge *merge);

#endif
