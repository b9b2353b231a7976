/* RejectPath: where operators hand rows that get into no result, and where rows of a scan are
 * counted, so that for each query and source read = used + filtered + late + rejected + skipped.
 * Counting ends at the first operator that gathers rows: a batch above it has no origin. */
#ifndef WEIR_EXECUTOR_RUN_REJECT_H
#define WEIR_EXECUTOR_RUN_REJECT_H

#include "executor/op/op.h"
#include "storage/catalog/reject_log.h"

typedef struct RejectSource {
    Text table;
    const Split *split;
    uint32_t splits;
    uint64_t read, rejected; /* records, by decoding */
} RejectSource;

typedef struct RejectPath {
    RejectLog *log; /* NULL: rows are counted and forgotten (a bare SELECT) */
    Arena *arena;
    const Plan *plan;
    RejectSource *source; /* per scan */
    uint32_t sources;
    uint32_t *source_of; /* per plan node: which of the sources; scans only */
    uint32_t *reads;     /* sinks * sources: how often the query reads that scan */
    ScanCounts *counts;  /* sinks * sources, in that order; a record counts each time it is read */
    ScanCounts *told;    /* room for reject_path_counts */
    uint64_t rejected, late; /* in all */
    uint64_t recorded;       /* of the rejected: those that are not skipped */
    Diag first;              /* the first rejection, for whoever has no table to look it up in */
    StrBuf text;
} RejectPath;

/* Splits are filled in by the caller as they become known. */
CHECKED Status reject_path_open(RejectPath *path, const Plan *plan, RejectLog *log, Arena *arena,
                                Meter *meter);
RejectSource *reject_path_source(RejectPath *path, const PlanNode *scan);
void reject_path_close(RejectPath *path);
/* The counts of each query and each source that it reads; valid until the next call. */
uint32_t reject_path_counts(const RejectPath *path, const ScanCounts **out);

CHECKED Status reject_path_state(RejectPath *path, StateWalk *walk);

/* Scans: a record that is no row, for all queries that read the scan. `number`: rows that the merge
 * has taken before it. */
CHECKED Status reject_record(Op *scan, uint32_t split, const RejectedRecord *record,
                             uint64_t number);
/* E5012 when too large a share of the source's records was rejected. */
CHECKED Status reject_count_read(Op *scan, uint64_t read, uint64_t filtered, uint64_t skipped);

/* Counting; each does nothing for a batch without origin. `rows`: all that are selected, or some of
 * a batch in which no record stands twice. */
void reject_count_used(Op *op, const Batch *batch, uint32_t rows);
void reject_count_filtered(Op *op, const Batch *batch, uint32_t rows);
/* Of these rows; a record that stands several times counts at its first row. */
void reject_count_used_rows(Op *op, const Batch *batch, const uint16_t *row, uint32_t rows);
void reject_count_filtered_rows(Op *op, const Batch *batch, const uint16_t *row, uint32_t rows);

/* The rows that an expression refused: recorded under 'on-error', and taken out of *sel. `in` is
 * the batch that the program ran on, and `schema` its columns. ST_DATA when 'on-error' is 'fail'.
 */
CHECKED Status reject_failed_rows(Op *op, const Schema *schema, const Batch *in,
                                  const RowErrors *errors, const uint16_t **sel,
                                  uint16_t *selected);
/* One late row of the batch. A record that stands several times is late at its first row alone. */
CHECKED Status reject_late_row(Op *op, const Batch *in, uint32_t row, Micros rowtime,
                               Micros watermark);
/* An aggregate's value did not fit and is shown as NULL: recorded, never counted as a row. */
CHECKED Status reject_overflow(Op *op, const char *aggregate);

#endif
