/* The rows as SQLite clients see them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/catalog/catalog.h"
#include "storage/catalog/monitor.h"
#include "tests/support/db_fixture.h"

typedef struct Bench {
    Fixture fixture;
    Db *db;
    Catalog *catalog;
    Monitor *monitor[2]; /* of two jobs */
    Diag diag;
} Bench;

static void must(Bench *bench, Status status)
{
    if (status != ST_OK)
        fail_msg("%d: %s", status, bench->diag.message);
}

static void bench_open(Bench *b)
{
    *b = (Bench){0};
    fixture_open(&b->fixture);
    must(b, db_open(text_of(b->fixture.path), DB_OWNER, NULL, &b->db, &b->diag));
    must(b, catalog_open(b->db, NULL, &b->catalog, &b->diag));
    must(b, db_begin(b->db, &b->diag));
    must(b, catalog_make_tables(b->catalog, &b->diag));
    for (int i = 0; i < 2; i++) {
        int64_t id;
        must(b, catalog_add_job(b->catalog, TEXT("s"), TEXT("p"), 0, &id, &b->diag));
        assert_int_equal(id, i + 1);
        must(b, monitor_open(b->db, id, NULL, &b->monitor[i]));
    }
}

static void bench_close(Bench *b)
{
    monitor_close(b->monitor[0]);
    monitor_close(b->monitor[1]);
    catalog_close(b->catalog);
    db_close(b->db);
    fixture_close(&b->fixture);
}

static const char *shown(Bench *b, const char *sql)
{
    if (db_in_transaction(b->db))
        must(b, db_commit(b->db, &b->diag));
    const char *rows = fixture_query(&b->fixture, sql);
    must(b, db_begin(b->db, &b->diag));
    return rows;
}

static void operators_and_sources(void **state)
{
    (void)state;
    enum { NOON = 1582977600 };
    Bench b;
    bench_open(&b);
    const MonitorOperator operators[] = {
        {0, TEXT_NONE, TEXT("Scan(t)"), 7, 6, 0, MICROS_MIN, MICROS_MAX, 10, MONITOR_NONE,
         MONITOR_NONE, false, MICROS_MAX, MICROS_MAX},
        {1, TEXT("v"), TEXT("Window(x)"), 6, 5, 1, NOON * MICROS_PER_SECOND,
         (NOON + 60) * MICROS_PER_SECOND, 20, 4, 2, true, NOON * MICROS_PER_SECOND,
         (NOON + 5) * MICROS_PER_SECOND},
        {2, TEXT("v"), TEXT("Sink(v)"), 5, 0, 0, MICROS_MAX, MICROS_MAX, 0, MONITOR_NONE,
         MONITOR_NONE, false, MICROS_MAX, MICROS_MAX},
    };
    for (int i = 0; i < 3; i++)
        must(&b, monitor_put_operator(b.monitor[0], &operators[i], &b.diag));
    must(&b, monitor_put_operator(b.monitor[1], &operators[0], &b.diag));
    assert_string_equal(
        shown(&b, "SELECT * FROM _weir_operators"),
        "1|0|NULL|'Scan(t)'|7|6|0|NULL|NULL|0|NULL|NULL|10|NULL|NULL\n"
        "1|1|'v'|'Window(x)'|6|5|1|'2020-02-29 12:00:00.000'|'2020-02-29 "
        "12:01:00.000'|1|'2020-02-29 12:00:00.000'|'2020-02-29 12:00:05.000Z'|20|4|2\n"
        "1|2|'v'|'Sink(v)'|5|0|0|NULL|NULL|0|NULL|NULL|0|NULL|NULL\n"
        "2|0|NULL|'Scan(t)'|7|6|0|NULL|NULL|0|NULL|NULL|10|NULL|NULL");
    MonitorSource source = {.number = 0,
                            .source = TEXT("t"),
                            .split = TEXT("a b'c.json"),
                            .file = 1,
                            .unit = TEXT("bytes"),
                            .position = 100,
                            .end = 250,
                            .watermark = MICROS_MIN,
                            .last_arrival = NOON * MICROS_PER_SECOND + 5000,
                            .device = 3,
                            .inode = 7,
                            .born = 11,
                            .head_size = 100,
                            .head_hash = UINT64_MAX};
    must(&b, monitor_put_source(b.monitor[0], &source, &b.diag));
    source.split = TEXT("");
    source.file = 2;
    source.inode = source.born = 0;
    source.begun = 13;
    source.end = MONITOR_NONE;
    source.watermark = 1000;
    source.last_arrival = 0;
    source.idle = source.ended = source.timed = source.holds = true;
    source.moved = NOON * MICROS_PER_SECOND + 7000;
    source.idle_timeout = 30 * MICROS_PER_SECOND;
    must(&b, monitor_put_source(b.monitor[0], &source, &b.diag));
    assert_string_equal(
        shown(&b, "SELECT * FROM _weir_sources"),
        "1|0|1|'t'|'a b'c.json'|'bytes'|100|250|150|NULL|NULL|NULL|0|NULL|NULL|0|'2020-02-29 "
        "12:00:00.005Z'|3|7|11|100"
        "|-1|NULL\n"
        "1|0|2|'t'|''|'bytes'|100|NULL|NULL|'1970-01-01 00:00:00.001'|"
        "'2020-02-29 12:00:00.007Z'|1|1|30000|NULL|1|NULL|NULL|NULL|NULL|NULL"
        "|NULL|13");
    must(&b, monitor_clear(b.monitor[0], false, &b.diag));
    assert_string_equal(shown(&b, "SELECT job FROM _weir_operators; SELECT job FROM _weir_sources"),
                        "2");
    must(&b, monitor_put_last_commit(b.monitor[1], NOON * MICROS_PER_SECOND, &b.diag));
    assert_string_equal(shown(&b, "SELECT id, last_commit FROM _weir_jobs"),
                        "1|NULL\n2|'2020-02-29 12:00:00.000Z'");
    bench_close(&b);
}

/* The last 10,000 of each job stay. */
static void epochs_are_a_ring(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    for (uint64_t i = 1; i <= 25000; i++) {
        const MonitorEpoch epoch = {i, 0, 2 * i, 3, 4, 0.25};
        must(&b, monitor_put_epoch(b.monitor[0], &epoch, &b.diag));
        if (i <= 3)
            must(&b, monitor_put_epoch(b.monitor[1], &epoch, &b.diag));
    }
    assert_string_equal(shown(&b, "SELECT job, count(*), min(epoch), max(epoch), sum(records)"
                                  " FROM _weir_epochs GROUP BY job"),
                        "1|10000|15001|25000|400010000\n2|3|1|3|12");
    assert_string_equal(shown(&b, "SELECT * FROM _weir_epochs WHERE job = 2 AND epoch = 3"),
                        "2|3|3|'1970-01-01 00:00:00.000Z'|6|3|4|0.25");
    must(&b, monitor_clear(b.monitor[0], true, &b.diag));
    assert_string_equal(shown(&b, "SELECT count(*) FROM _weir_epochs"), "3");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_and_sources),
        cmocka_unit_test(epochs_are_a_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
