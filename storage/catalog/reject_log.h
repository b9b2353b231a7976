/* RejectLog: rows that are in no result: records and cells that could not be decoded, rows whose
 * expressions failed, late rows; and the counts that must add up. Kept in memory until the epoch's
 * transaction, then written to _weir_rejected, _weir_late and _weir_counts. Seen through the SQLite
 * views "<table>$errors", "<view>$errors" and "<view>$late". Bounded: beyond LIMIT_REJECTED_BYTES
 * of a job the oldest rows go, and their numbers and offset ranges stay in _weir_rejected_gone. */
#ifndef WEIR_STORAGE_CATALOG_REJECT_LOG_H
#define WEIR_STORAGE_CATALOG_REJECT_LOG_H

#include "storage/base/clock.h"
#include "storage/data/batch.h"
#include "storage/data/schema.h"
#include "storage/sqlite/db.h"

/* Where a row stands among those of its job. It hangs neither on how rows were cut into batches nor
 * on where epochs end, so that a job that was cut off and one that was left alone keep their rows
 * in the same order. Rows of one place keep the order in which they are added. */
typedef struct RejectPlace {
    uint32_t operator_id; /* in the job's plan */
    uint64_t number;      /* of a row that is a record: rows that had been taken of the input before
                             it; of others: rows that had gone into the operator, or out of it */
} RejectPlace;

typedef struct RejectedRow {
    RejectPlace place;
    Text owner;     /* the table (decoding) or view (expressions) it counts for */
    Text source;    /* the table it was read from; empty above a gathering operator */
    Text split;     /* path */
    uint32_t file;  /* its number in the source, from 1; 0: likewise */
    int64_t offset; /* -1: not known */
    int64_t line;   /* 0: not known */
    ErrorCode code;
    Text field; /* column; empty: the whole record */
    Text message;
    Text raw; /* the record's bytes; or, above a gathering operator, the row as JSON */
} RejectedRow;

typedef struct LateRow {
    RejectPlace place;
    Text view;
    Text operator_name; /* "TUMBLE aggregate" */
    Text source, split; /* empty above a gathering operator */
    uint32_t file;
    int64_t offset, line;
    Micros rowtime, watermark; /* the watermark that condemned it */
    Text row;                  /* the operator's input row as JSON */
    Text raw;                  /* the record's bytes, if at hand */
} LateRow;

/* Per view and scanned table: read = used + filtered + late + rejected (+ skipped). */
typedef struct ScanCounts {
    Text view, source;
    uint64_t read, used, filtered, late, rejected, skipped;
} ScanCounts;

typedef struct RejectLog RejectLog;

/* The _weir_ tables are there (catalog_make_tables). */
CHECKED Status reject_log_open(Db *db, int64_t job, Meter *meter, RejectLog **out, Diag *diag);
void reject_log_close(RejectLog *log);
/* The SQLite view "<name>$errors" of a table or view, or "<view>$late". In a transaction. Fine when
 * it is there already; E2102 when something else of that name is. */
CHECKED Status reject_log_make_errors_view(Db *db, Text name, Diag *diag);
CHECKED Status reject_log_make_late_view(Db *db, Text view, Diag *diag);
CHECKED Status reject_log_drop_views(Db *db, Text name, Diag *diag);
/* Those of a file of format 1 become those of today. */
CHECKED Status reject_log_upgrade_views(Db *db, Diag *diag);

/* Each copies the row and cuts raw to LIMIT_RAW_KEPT_BYTES. */
CHECKED Status reject_log_add(RejectLog *log, const RejectedRow *row);
CHECKED Status reject_log_add_late(RejectLog *log, const LateRow *row);
uint64_t reject_log_pending_bytes(const RejectLog *log);
/* Forgets what is pending. */
void reject_log_discard(RejectLog *log);
/* The transaction of the last flush is through: nothing is pending any more. Or it came to nothing:
 * all is pending as before. */
void reject_log_committed(RejectLog *log);
void reject_log_rolled_back(RejectLog *log);
/* Another limit than LIMIT_REJECTED_BYTES; it holds from the next flush on. */
void reject_log_set_limit(RejectLog *log, int64_t bytes);
/* Writes what is pending and the counts (each replaces the stored one of its view and source). In a
 * transaction, whose end is told by reject_log_committed or reject_log_rolled_back. */
CHECKED Status reject_log_flush(RejectLog *log, const ScanCounts *counts, uint32_t count,
                                Diag *diag);
/* Writes what is pending of an epoch that came to nothing, for whoever looks for the reason; when
 * the job goes on these rows are forgotten, as they come once more. In a transaction. */
CHECKED Status reject_log_flush_failed(RejectLog *log, Diag *diag);
CHECKED Status reject_log_forget_failed(RejectLog *log, Diag *diag);
/* Forgets the job's rows and counts. In a transaction. */
CHECKED Status reject_log_clear(RejectLog *log, Diag *diag);

#endif
