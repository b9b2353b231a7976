/* Report: gathers what can be seen of a running job (storage/catalog/monitor.h): from its merges
 * how far the input is read, from its operators what they have done, of each epoch what it held.
 * Operators and sources are written with a commit, at most once a second, and at the job's end; a
 * job that falls quiet after a commit writes them once more. What has not changed is not written
 * again. The counters are part of the state that recovery restores, so they go on over restarts. */
#ifndef WEIR_EXECUTOR_RUN_REPORT_H
#define WEIR_EXECUTOR_RUN_REPORT_H

#include "storage/base/strbuf.h"
#include "storage/catalog/monitor.h"

typedef struct Job Job;

typedef struct ReportSplit {
    uint64_t hash;    /* of the row that is in the file */
    Micros watermark; /* in it */
    Micros moved;     /* by the wall clock; 0: not since this process began */
} ReportSplit;

typedef struct ReportScan {
    ReportSplit *seen;
    uint32_t capacity;
} ReportScan;

typedef struct Report {
    Monitor *monitor; /* NULL: the job keeps nothing */
    StrBuf text;
    ReportScan *scan; /* of all merges, in their order */
    uint32_t scans;
    Micros opened, last; /* monotonic; last: operators and sources were written */
    Micros committed;    /* the last epoch, by the wall; 0: none by this process */
    bool written;        /* they were, ever */
    bool stale;          /* something was committed since */
    bool whole;          /* it is not known what is in the file: all is written */
    bool started;        /* the job's state says that it runs */
    bool starts;         /* by what was written last */
    bool based;          /* `records` is known */
    uint32_t splits;     /* that were written last */
    uint64_t records;    /* read up to the last epoch */
    uint64_t told;       /* and up to epoch `told_epoch`, if its transaction gets through */
    uint64_t told_epoch;
    Micros begun; /* of the epoch that is being written: when that began */
    uint64_t rows, bytes;
} Report;

CHECKED Status report_open(Job *job, Diag *diag);
void report_close(Job *job);

/* Before the epoch's changes are written; then, when they are, in its transaction. */
void report_begin_epoch(Job *job);
CHECKED Status report_epoch(Job *job, Diag *diag);
/* Without an epoch: all that can be seen, in the caller's transaction. */
bool report_is_due(Job *job);
CHECKED Status report_write(Job *job, Diag *diag);
/* Of a job that goes on and reads for long what it has read before: that it runs. */
bool report_start_is_due(const Job *job);
CHECKED Status report_start(Job *job, Diag *diag);
/* The transaction was rolled back. */
void report_forget(Job *job);

#endif
