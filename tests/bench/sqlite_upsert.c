/* What a careful person writes by hand: a prepared upsert of (key, count, sum) rows, so many a
 * transaction. Prints nanoseconds of CPU and the rows written.
 *
 *   sqlite_upsert DATABASE ROWS KEYS ROWS_PER_TRANSACTION */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    sqlite3_stmt *upsert;
    if (argc != 5 || sqlite3_open(argv[1], &db) != SQLITE_OK)
        return 2;
    uint64_t rows = strtoull(argv[2], NULL, 10), keys = strtoull(argv[3], NULL, 10),
             each = strtoull(argv[4], NULL, 10);
    sqlite3_exec(db,
                 "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE v (k INTEGER "
                 "PRIMARY KEY, n INTEGER, total INTEGER)",
                 NULL, NULL, NULL);
    if (sqlite3_prepare_v2(db,
                           "INSERT INTO v VALUES (?,?,?) ON CONFLICT (k) DO UPDATE SET n = "
                           "excluded.n, total = excluded.total",
                           -1, &upsert, NULL) != SQLITE_OK)
        return 2;
    double from = cpu_ns();
    uint64_t key = 1;
    for (uint64_t i = 0; i < rows; i++) {
        if (i % each == 0)
            sqlite3_exec(db, i == 0 ? "BEGIN" : "COMMIT; BEGIN", NULL, NULL, NULL);
        key = key * 6364136223846793005u + 1442695040888963407u;
        sqlite3_bind_int64(upsert, 1, (int64_t)((key >> 33) % keys));
        sqlite3_bind_int64(upsert, 2, (int64_t)i);
        sqlite3_bind_int64(upsert, 3, (int64_t)(i * 3));
        sqlite3_step(upsert);
        sqlite3_reset(upsert);
    }
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    printf("%.0f %" PRIu64 "\n", cpu_ns() - from, rows);
    sqlite3_finalize(upsert);
    sqlite3_close(db);
    return 0;
}
