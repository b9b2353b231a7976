/* The operators without input, as the job's loop drives them. */
#ifndef WEIR_EXECUTOR_OP_SOURCE_H
#define WEIR_EXECUTOR_OP_SOURCE_H

#include "executor/op/op.h"

/* Values: emits its next batch of rows; *done when that was the last. */
CHECKED Status values_step(Op *op, bool *done);

/* --- Scan: the parts of reading one table; run/merge.c decides which split's rows come next --- */

/* One split's decoded rows, ready to be emitted. */
typedef struct SplitRows {
    BatchBuilder builder;
    Column *column;            /* the scan's output columns: decoded, then computed ones */
    Micros *watermark;         /* per row: the split's watermark before it */
    Micros watermark_after;    /* of the split, after the last row */
    uint16_t *sel;             /* rows that are neither rejected nor filtered */
    uint16_t selected;
    uint32_t *split;           /* per row, for the origin: always the same */
    uint64_t *valid;           /* bitmaps of the computed columns */
} SplitRows;

/* `capacity` rows at a time: few where very many splits are open at once. */
CHECKED Status split_rows_open(SplitRows *rows, Op *scan, uint32_t split, uint16_t capacity);
void split_rows_close(SplitRows *rows, Op *scan);
/* After the reader has filled rows->builder: computes columns, rowtime and watermarks; records what is
 * rejected. `watermark`: the split's so far. */
CHECKED Status split_rows_prepare(SplitRows *rows, Op *scan, Micros watermark);
/* To the operators above: rows in order, also where they meet again. */
CHECKED Status scan_emit(Op *scan, const Batch *batch);
/* Emits the stored rows [from, to) of the split as one batch. */
CHECKED Status scan_emit_range(Op *scan, const SplitRows *rows, uint32_t from, uint32_t to);

#endif
