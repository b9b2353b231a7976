/* Monitor: what can be seen of a job from outside: how much its operators have done, how far its
 * input is read, what each commit held. It writes rows of _weir_operators, _weir_sources and
 * _weir_epochs, and the job's last commit; who gathers the numbers, and how often, is not its
 * business (executor/run/report.h). Each function that writes belongs to the caller's transaction.
 */
#ifndef WEIR_STORAGE_CATALOG_MONITOR_H
#define WEIR_STORAGE_CATALOG_MONITOR_H

#include "storage/base/clock.h"
#include "storage/sqlite/db.h"

enum { MONITOR_EPOCHS = 10000 }; /* that are kept of a job */

/* What a number is not known of, or has no sense for. */
#define MONITOR_NONE INT64_MIN

typedef struct MonitorOperator {
    uint32_t number;
    Text view; /* empty: its rows are for several */
    Text title;
    uint64_t rows_in, rows_out, late;
    Micros watermark; /* MICROS_MIN: none yet; MICROS_MAX: the input has ended */
    Micros due;       /* MICROS_MAX: it waits for no watermark */
    int64_t memory_bytes;
    int64_t groups, windows; /* or MONITOR_NONE */
    bool by_clock;           /* its watermark is the clock's */
    Micros waiting;          /* the first row that waits for later rows; MICROS_MAX: none does */
    Micros fires;            /* early or late results, by the clock; MICROS_MAX: none wait */
} MonitorOperator;

typedef struct MonitorSource {
    uint32_t number; /* of the scan */
    Text source, split;
    uint32_t file; /* the split's number in the source, from 1 */
    Text unit;
    int64_t position, end; /* or MONITOR_NONE */
    Micros watermark;
    Micros moved;      /* 0: not known */
    bool timed, holds; /* the table has a watermark; and that waits for the split */
    bool idle, ended;
    Micros idle_timeout;          /* 0: never */
    Micros idle_advance;          /* likewise */
    Micros last_arrival;          /* 0: not known */
    uint64_t device, inode, born; /* 0: no file; not known */
    uint32_t head_size;
    uint64_t head_hash;
    Micros begun; /* 0: its rows do not come by the clock */
} MonitorSource;

typedef struct MonitorEpoch {
    uint64_t epoch;
    Micros time;
    uint64_t records, rows_changed, bytes;
    double milliseconds;
} MonitorEpoch;

typedef struct Monitor Monitor;

/* The _weir_ tables are there (catalog_make_tables). */
CHECKED Status monitor_open(Db *db, int64_t job, Meter *meter, Monitor **out);
void monitor_close(Monitor *monitor);

/* Forgets the job's operators and sources; its epochs as well when it begins again. */
CHECKED Status monitor_clear(Monitor *monitor, bool epochs, Diag *diag);
CHECKED Status monitor_put_operator(Monitor *monitor, const MonitorOperator *row, Diag *diag);
CHECKED Status monitor_put_source(Monitor *monitor, const MonitorSource *row, Diag *diag);
/* In the place of the one MONITOR_EPOCHS before it. */
CHECKED Status monitor_put_epoch(Monitor *monitor, const MonitorEpoch *row, Diag *diag);
CHECKED Status monitor_put_last_commit(Monitor *monitor, Micros time, Diag *diag);

#endif
