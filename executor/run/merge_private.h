/* The merge's inside, for the files that share it: merge.c (the order of rows), merge_splits.c
 * (where they come from), merge_live.c (rounds of live input, and the same rounds again) and
 * merge_state.c (saving and loading). */
#ifndef WEIR_EXECUTOR_RUN_MERGE_PRIVATE_H
#define WEIR_EXECUTOR_RUN_MERGE_PRIVATE_H

#include "executor/run/merge.h"

static inline const PlanScan *merge_scan_plan(const MergeScan *scan)
{
    return &scan->op->plan->as.scan;
}

static inline bool merge_has_rows(const MergeSplit *split)
{
    return split->open_rows && split->cursor < split->rows.builder.rows;
}

/* NULL: the split has none. */
static inline Spool *merge_spool(const MergeScan *scan, uint32_t number)
{
    return number < scan->spools ? scan->spool[number] : NULL;
}

/* Lists the splits again; new ones are added. */
CHECKED Status merge_list_splits(Merge *merge, MergeScan *scan, bool again, Diag *diag);
/* Room for so many splits, and what listing and rejecting need of them. */
CHECKED Status merge_make_splits(Merge *merge, MergeScan *scan, Split *listed, uint32_t count);
/* The split's spool, unless it is there, where what is read is to be kept. ST_STATE: there is one
 * that keeps something else. */
CHECKED Status merge_make_spool(Merge *merge, MergeScan *scan, uint32_t number, Spooling spools);
/* The split's room for decoded rows. */
CHECKED Status merge_open_rows(Merge *merge, MergeScan *scan, uint32_t number);
/* All readers that fetch from when they are opened, so that they do so side by side. */
CHECKED Status merge_open_readers(Merge *merge, MergeScan *scan, Diag *diag);
/* Reads the split's next rows. POLL_IDLE: nothing is there yet. */
CHECKED Status merge_poll_split(Merge *merge, MergeScan *scan, uint32_t number, PollResult *result,
                                Diag *diag);
/* Notes which record the last row emitted is of, and how much of that record has been emitted.
 * Before rows are replaced, and before it is asked for. */
void merge_note_record(MergeSplit *split);
void merge_close_split(MergeScan *scan, MergeSplit *split);
/* The split, which has rows at hand, joins those that wait for their turn. */
void merge_push(MergeScan *scan, uint32_t number);
/* A bounded split: reads until it has rows, has ended, or waits for more to come. */
CHECKED Status merge_refill_bounded(Merge *merge, MergeScan *scan, uint32_t number, Diag *diag);
CHECKED Status merge_send_watermark(MergeScan *scan);
/* The scan ends where all of its splits have. */
CHECKED Status merge_end_scan(Merge *merge, MergeScan *scan);

/* Nobody wants more of a scan: it ends. */
CHECKED Status merge_leave(Merge *merge, MergeScan *scan);
/* That, in the log. */
CHECKED Status merge_note_left(Merge *merge, uint32_t scan);

/* Saves or loads what a split is. */
CHECKED Status merge_walk_split(Merge *merge, StateWalk *walk, Split *split);

/* --- live input --- */

/* Before rows [from, to) of a live split are emitted: their watermarks become the table's. */
void merge_hold_rows(MergeScan *scan, SplitRows *rows, uint32_t from, uint32_t to);
/* The rows at hand of a live split are used up: in a replay the round may have more. */
CHECKED Status merge_live_used_up(Merge *merge, MergeScan *scan, uint32_t number, Diag *diag);

#endif
