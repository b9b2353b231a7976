/* For tests of the reject log: a database with its tables and the views of a table `bid` and a view
 * `busy`, an open log of job JOB, and rows to put into it. The test has included cmocka. */
#ifndef WEIR_TESTS_SUPPORT_REJECT_BENCH_H
#define WEIR_TESTS_SUPPORT_REJECT_BENCH_H

#include "storage/catalog/catalog.h"
#include "storage/catalog/reject_log.h"
#include "tests/support/db_fixture.h"

enum { JOB = 3 };

typedef struct Bench {
    Fixture fixture;
    Db *db;
    RejectLog *log;
} Bench;

static inline void must(Status status, const Diag *diag)
{
    if (status != ST_OK)
        fail_msg("%d: %s", status, diag->message);
}

static inline void begin(Bench *bench)
{
    Diag diag = {0};
    must(db_begin(bench->db, &diag), &diag);
}

static inline void commit(Bench *bench)
{
    Diag diag = {0};
    must(db_commit(bench->db, &diag), &diag);
}

static inline int bench_set_up(void **state)
{
    static Bench bench;
    Catalog *catalog;
    Diag diag = {0};
    fixture_open(&bench.fixture);
    must(db_open(text_of(bench.fixture.path), DB_OWNER, NULL, &bench.db, &diag), &diag);
    must(catalog_open(bench.db, NULL, &catalog, &diag), &diag);
    begin(&bench);
    must(catalog_make_tables(catalog, &diag), &diag);
    must(reject_log_make_errors_view(bench.db, TEXT("bid"), &diag), &diag);
    must(reject_log_make_errors_view(bench.db, TEXT("busy"), &diag), &diag);
    must(reject_log_make_late_view(bench.db, TEXT("busy"), &diag), &diag);
    commit(&bench);
    catalog_close(catalog);
    must(reject_log_open(bench.db, JOB, NULL, &bench.log, &diag), &diag);
    *state = &bench;
    return 0;
}

static inline int bench_tear_down(void **state)
{
    Bench *bench = *state;
    reject_log_close(bench->log);
    db_close(bench->db);
    fixture_close(&bench->fixture);
    return 0;
}

static inline void flush(Bench *bench, const ScanCounts *counts, uint32_t count)
{
    Diag diag = {0};
    begin(bench);
    must(reject_log_flush(bench->log, counts, count, &diag), &diag);
    commit(bench);
    reject_log_committed(bench->log);
    assert_int_equal(reject_log_pending_bytes(bench->log), 0);
}

static inline void reject(RejectLog *log, const char *owner, int64_t offset, Text raw)
{
    const RejectedRow row = {.owner = text_of(owner),
                             .source = TEXT("bid"),
                             .split = TEXT("bids.jsonl"),
                             .file = 1,
                             .offset = offset,
                             .line = offset + 1,
                             .code = E5002,
                             .field = TEXT("price"),
                             .message = TEXT("not a number"),
                             .raw = raw};
    assert_int_equal(reject_log_add(log, &row), ST_OK);
}

static inline void be_late(RejectLog *log, int64_t offset)
{
    const LateRow row = {.view = TEXT("busy"),
                         .operator_name = TEXT("TUMBLE aggregate"),
                         .source = TEXT("bid"),
                         .split = TEXT("bids.jsonl"),
                         .file = 1,
                         .offset = offset,
                         .line = 2,
                         .rowtime = 1500 * MICROS_PER_MILLI,
                         .watermark = 10 * MICROS_PER_SECOND,
                         .row = TEXT("{\"a\":1}"),
                         .raw = TEXT("{\"a\": 1}")};
    assert_int_equal(reject_log_add_late(log, &row), ST_OK);
}

static inline void assert_shows(Bench *bench, const char *sql, const char *expected)
{
    assert_string_equal(fixture_query(&bench->fixture, sql), expected);
}

#endif
