/* SplitRows: one split's decoded rows, ready to be emitted. They are read ahead; what has become of
 * them is counted and recorded only as they are emitted, so that the counts, the rejected records
 * and the rows that went on always tell of the same stretch of input. */
#ifndef WEIR_EXECUTOR_OP_SPLIT_ROWS_H
#define WEIR_EXECUTOR_OP_SPLIT_ROWS_H

#include "executor/op/op.h"

typedef struct ScanOp {
    Op op;
    Program *compute, *mark; /* computed columns; the WATERMARK expression. NULL: none */
    uint64_t digest;         /* of the rows that it has emitted; who keeps it starts it anew */
    uint64_t read, filtered; /* counted, and not yet told to the reject path */
    uint32_t at_once;        /* so many rows go out together at most; 0: as many as come */
    Op **meeting;            /* then these take what they have been brought (meeting.h) */
    uint32_t meetings;
} ScanOp;

typedef struct SplitRows {
    BatchBuilder builder;
    Column *column;         /* the scan's output columns: decoded, then computed ones */
    Micros *watermark;      /* per row: the split's watermark before it */
    Micros watermark_after; /* of the split, after the last row */
    uint16_t *sel;          /* rows that are neither refused nor filtered */
    uint16_t selected;
    uint32_t *split;   /* per row, for the origin: always the same */
    uint64_t *valid;   /* bitmaps of the computed columns */
    Arena shapes;      /* nested computed columns but for their elements */
    uint64_t gathered; /* the last gathered batch that it has given rows to */
    /* private */
    uint64_t is_refused[BATCH_ROWS / 64];
    RejectedRecord *refused; /* decoded, and refused for their time; in order */
    uint32_t refused_count, refused_capacity;
    uint32_t refused_told,
        rejected_told; /* how many of these and of the builder's have been recorded */
} SplitRows;

/* What a reader fills: the first columns of the scan's output. */
Schema split_rows_schema(const Op *scan);
/* `capacity` rows at a time: few where very many splits are open at once. */
CHECKED Status split_rows_open(SplitRows *rows, Op *scan, uint32_t split, uint16_t capacity);
void split_rows_close(SplitRows *rows, Op *scan);
/* After the reader has filled rows->builder: computes columns, rowtime and watermarks. `watermark`:
 * the split's so far; `taken`: rows that the merge has. */
CHECKED Status split_rows_prepare(SplitRows *rows, Op *scan, Micros watermark, uint64_t taken);
/* Counts the stored rows [from, to), which are being emitted, and records what was refused among
 * them and up to the next one. In order. Mere counts are told when the rows go on. */
CHECKED Status split_rows_account(SplitRows *rows, Op *scan, uint32_t from, uint32_t to,
                                  uint64_t taken);

CHECKED Status split_rows_tell_counts(Op *scan);

/* Passes over the first `count` rows, which had been emitted and accounted for at another time. */
void split_rows_skip(SplitRows *rows, uint32_t count);

/* Neither refused nor filtered. */
static inline bool split_rows_is_selected(const SplitRows *rows, uint32_t row)
{
    return !bit_get(rows->is_refused, row) && !bit_get(rows->builder.filtered, row);
}

/* Which of the selected rows is the first that does not come before the stored row `row`. */
uint32_t split_rows_find_selected(const SplitRows *rows, uint32_t row);

#endif
