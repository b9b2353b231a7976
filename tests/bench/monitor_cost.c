/* What it costs that a job can be watched: the processor time of a commit that changes one row of a
 * result, the same with its row of _weir_epochs, and what a second's rows of _weir_operators and
 * _weir_sources cost on top.
 *
 *   monitor_cost DATABASE      a file that is not there yet */
#include <stdio.h>
#include <time.h>

#include "storage/catalog/catalog.h"
#include "storage/catalog/monitor.h"

enum { COMMITS = 60000, A_SECOND = 20, OPERATORS = 10, SOURCES = 4 };

typedef enum What { PLAIN, RING, RING_AND_ALL } What;

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static Status put_all(Monitor *monitor, uint64_t commit, Diag *diag)
{
    for (uint32_t i = 0; i < OPERATORS; i++) {
        const MonitorOperator row = {
            i,      TEXT("view"), TEXT("Calc(select=[a, b, c + 1 AS d], where=[a > 100])"),
            commit, commit,       0,
            0,      45000,        (int64_t)commit,
            2};
        TRY(monitor_put_operator(monitor, &row, diag));
    }
    for (uint32_t i = 0; i < SOURCES; i++) {
        const MonitorSource row = {.number = i,
                                   .source = TEXT("bid"),
                                   .split = TEXT("bids.jsonl"),
                                   .unit = TEXT("bytes"),
                                   .position = (int64_t)commit,
                                   .end = 1000000};
        TRY(monitor_put_source(monitor, &row, diag));
    }
    return monitor_put_last_commit(monitor, (Micros)commit, diag);
}

static Status commit_one(Db *db, Monitor *monitor, DbStatement *put, uint64_t commit, What what,
                         Diag *diag)
{
    bool row;
    TRY(db_begin(db, diag));
    TRY(db_bind_i64(put, 1, (int64_t)(commit % 1000)));
    TRY(db_bind_i64(put, 2, (int64_t)commit));
    TRY(db_step(put, &row, diag));
    db_statement_reset(put);
    const MonitorEpoch epoch = {commit, (Micros)commit, 5000, 100, 6400, 0.7};
    if (what != PLAIN)
        TRY(monitor_put_epoch(monitor, &epoch, diag));
    if (what == RING_AND_ALL && commit % A_SECOND == 0)
        TRY(put_all(monitor, commit, diag));
    return db_commit(db, diag);
}

/* The processor time of a commit, in seconds. */
static Status measure(Db *db, Monitor *monitor, DbStatement *put, uint64_t *commit, What what,
                      double *out, Diag *diag)
{
    double begun = cpu_s();
    for (uint32_t i = 0; i < COMMITS; i++)
        TRY(commit_one(db, monitor, put, ++*commit, what, diag));
    *out = (cpu_s() - begun) / COMMITS;
    return ST_OK;
}

static Status run(const char *path, Diag *diag)
{
    static const char *const name[] = {"one row of a result", "and its row of _weir_epochs",
                                       "and the other tables, once a second"};
    Db *db;
    Catalog *catalog;
    Monitor *monitor;
    DbStatement *put;
    int64_t job;
    uint64_t commit = 0;
    double first = 0;
    TRY(db_open(text_of(path), DB_OWNER, NULL, &db, diag));
    TRY(catalog_open(db, NULL, &catalog, diag));
    TRY(db_begin(db, diag));
    TRY(catalog_add_job(catalog, TEXT("s"), TEXT("p"), 0, &job, diag));
    TRY(db_exec(db, "CREATE TABLE v (k INTEGER PRIMARY KEY, n INTEGER)", diag));
    TRY(db_commit(db, diag));
    TRY(monitor_open(db, job, NULL, &monitor));
    TRY(db_prepare(db, TEXT("INSERT OR REPLACE INTO v VALUES (?1, ?2)"), &put, diag));
    for (What what = PLAIN; what <= RING_AND_ALL; what++) {
        double seconds;
        TRY(measure(db, monitor, put, &commit, what, &seconds, diag));
        first = what == PLAIN ? seconds : first;
        printf("%-36s %6.1f us a commit, + %4.1f us: %.3f %% of a processor at %d a second\n",
               name[what], seconds * 1e6, (seconds - first) * 1e6,
               (seconds - first) * A_SECOND * 100, A_SECOND);
    }
    db_statement_close(put);
    monitor_close(monitor);
    catalog_close(catalog);
    db_close(db);
    return ST_OK;
}

int main(int argc, char **argv)
{
    Diag diag = {0};
    if (argc != 2)
        return 2;
    if (run(argv[1], &diag) == ST_OK)
        return 0;
    fprintf(stderr, "%s\n", diag.message);
    return 1;
}
