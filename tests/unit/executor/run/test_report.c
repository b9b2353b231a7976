/* What can be seen of a running job, and when: within a second of what is committed, and not at
 * each commit. */
#include "../../../support/job_db_bench.h"

#include "storage/catalog/monitor.h"

static const char schema[] = "k STRING|v BIGINT|t TIMESTAMP(3)";

static void at_ms(JobDbBench *b, Micros start, int64_t ms)
{
    b->job.clock.virtual_now = start + ms * MICROS_PER_MILLI;
    job_bench_next(&b->job);
}

static const char operators[] = "SELECT rows_in, rows_out, groups FROM _weir_operators";
static const char sources[] =
    "SELECT split, position, end, watermark, idle, ended, last_arrival FROM _weir_sources";

/* Rows each 100 ms, so a commit each 100 ms; what the operators did is seen with the first commit
 * and once a second, and once more when the job falls quiet. */
static void once_a_second(void **state)
{
    (void)state;
    static const char *const text[] = {
        "a|1|1000\nat 100\nb|1|2000\nat 900\na|1|3000\nat 1100\nb|1|4000\nat 1200\nb|1|5000"};
    static const struct {
        int64_t at_ms;
        const char *seen;
        const char *epochs;
    } steps[] = {
        {0, "", "0"},
        {50, "1|1|NULL\n1|1|1\n1|0|NULL", "1"},  /* the first commit */
        {100, "1|1|NULL\n1|1|1\n1|0|NULL", "2"}, /* not again */
        {150, "1|1|NULL\n1|1|1\n1|0|NULL", "2"},
        {950, "1|1|NULL\n1|1|1\n1|0|NULL", "3"},
        {1050, "3|3|NULL\n3|3|2\n3|0|NULL", "3"}, /* a second has passed: without a commit */
        {1150, "3|3|NULL\n3|3|2\n3|0|NULL", "4"},
        {1250, "3|3|NULL\n3|3|2\n3|0|NULL", "5"},
        {2000, "3|3|NULL\n3|3|2\n3|0|NULL", "5"},
        {2050, "5|5|NULL\n5|5|2\n5|0|NULL", "5"}, /* quiet, and all is told */
    };
    JobDbBench b;
    job_db_open(&b);
    PlanNode *scan = job_bench_scan(&b.job, schema, 2, false, text, 1);
    PlanNode *group = plan_bench_group(&b.job.plan, scan, "k", "COUNT(*)", CHANGELOG_UPSERT);
    job_db_result(&b, group, "v");
    const Micros start = b.job.clock.virtual_now;
    job_db_must(&b, job_bench_start(&b.job));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        at_ms(&b, start, steps[i].at_ms);
        const char *seen = fixture_query(&b.fixture, operators);
        if (strcmp(seen, steps[i].seen) != 0)
            fail_msg("at %d ms: %s", (int)steps[i].at_ms, seen);
        seen = fixture_query(&b.fixture, "SELECT count(*) FROM _weir_epochs");
        if (strcmp(seen, steps[i].epochs) != 0)
            fail_msg("at %d ms: %s epochs", (int)steps[i].at_ms, seen);
    }
    job_db_shows(&b, "SELECT epoch, records, rows_changed, bytes > 0 FROM _weir_epochs",
                 "1|1|1|1\n2|1|1|1\n3|1|1|1\n4|1|1|1\n5|1|1|1");
    job_db_shows(&b, "SELECT last_commit FROM _weir_jobs", "'2020-02-29 13:45:58.039Z'");
    /* From now on the file is left alone. */
    long size = fixture_size(&b.fixture, "-wal");
    at_ms(&b, start, 60000);
    at_ms(&b, start, 120000);
    assert_int_equal(fixture_size(&b.fixture, "-wal"), size);
    job_db_close(&b);
}

/* A source that falls idle, a second one that ends; the script's positions are
 * ten times the number of its next line, from 1; its end is a line as well. */
static void sources_are_seen(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|1000\nb|1|2000\nat 600\nbad\nc|1|9000",
                                       "d|1|4000\nend"};
    JobDbBench b;
    job_db_open(&b);
    PlanNode *scan = job_bench_scan(&b.job, schema, 2, false, text, 2);
    scan->as.scan.idle_timeout = 300 * MICROS_PER_MILLI;
    job_db_result(&b, scan, "v");
    const Micros start = b.job.clock.virtual_now;
    job_db_must(&b, job_bench_start(&b.job));
    at_ms(&b, start, 50);
    job_db_shows(&b, sources,
                 "'0'|30|NULL|'1970-01-01 00:00:02.000'|0|0|'2020-02-29 13:45:56.839Z'\n"
                 "'1'|30|30|'1970-01-01 00:00:04.000'|0|1|'2020-02-29 13:45:56.839Z'");
    at_ms(&b, start, 400); /* idle, which is an event and is committed; seen a second after */
    at_ms(&b, start, 500);
    at_ms(&b, start, 1050);
    at_ms(&b, start, 1100);
    at_ms(&b, start, 2100);
    job_db_shows(&b, sources,
                 "'0'|60|NULL|'1970-01-01 00:00:09.000'|1|0|'2020-02-29 13:45:57.839Z'\n"
                 "'1'|30|30|'1970-01-01 00:00:04.000'|0|1|'2020-02-29 13:45:56.839Z'");
    job_db_shows(&b, "SELECT sum(records) FROM _weir_epochs", "5");
    job_db_close(&b);
}

/* A job that is opened again says so when its replay is over, and its numbers go on or begin again
 * with it. */
static void opened_again(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|1000\nb|1|2000\n--\nc|1|9000"};
    static const char job[] = "SELECT state, restarts FROM _weir_jobs";
    JobDbBench b;
    job_db_open(&b);
    job_db_result(&b, job_bench_scan(&b.job, schema, -1, false, text, 1), "v");
    job_db_must(&b, job_bench_start(&b.job));
    job_bench_next(&b.job);
    job_db_must(&b, job_commit(b.job.job, &b.job.diag));
    job_bench_stop(&b.job);
    job_db_shows(&b, job, "'RUNNING'|0");
    job_db_shows(&b, operators, "3|3|NULL\n3|0|NULL");
    fixture_query(&b.fixture, "UPDATE _weir_jobs SET state = 'SUSPENDED', reason = 'x'");
    b.job.config.restart = true;
    job_db_must(&b, job_bench_start(&b.job));
    job_bench_next(&b.job);
    job_db_shows(&b, job, "'RUNNING'|1");
    job_db_shows(&b, "SELECT reason FROM _weir_jobs", "NULL");
    job_db_must(&b, job_commit(b.job.job, &b.job.diag));
    job_bench_next(&b.job);
    job_db_must(&b, job_commit(b.job.job, &b.job.diag));
    job_db_shows(&b, "SELECT sum(records), max(epoch) <= 2 FROM _weir_epochs", "3|1");
    job_db_close(&b);
}

/* What a rolled-back transaction would have told is told by the next one. */
static void a_rollback_is_told_again(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|1000\nat 10\nb|1|2000", "c|1|1000\nend"};
    JobDbBench b;
    job_db_open(&b);
    job_db_result(&b, job_bench_scan(&b.job, schema, -1, false, text, 2), "v");
    job_db_must(&b, job_bench_start(&b.job));
    job_bench_next(&b.job);
    fixture_query(&b.fixture, "CREATE TRIGGER no BEFORE INSERT ON _weir_epochs BEGIN"
                              " SELECT raise(ABORT, 'no'); END");
    assert_int_not_equal(job_commit(b.job.job, &b.job.diag), ST_OK);
    diag_reset(&b.job.diag);
    job_db_shows(&b, operators, "");
    fixture_query(&b.fixture, "DROP TRIGGER no");
    b.job.clock.virtual_now += 10 * MICROS_PER_MILLI;
    job_bench_next(&b.job);
    job_db_must(&b, db_begin(b.db, &b.job.diag));
    job_db_must(&b, job_report(b.job.job, &b.job.diag));
    job_db_must(&b, db_commit(b.db, &b.job.diag));
    job_db_shows(&b, operators, "3|3|NULL\n3|0|NULL");
    job_db_shows(&b, "SELECT position FROM _weir_sources", "40\n30"); /* also what stands still */
    job_db_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_a_second),
        cmocka_unit_test(sources_are_seen),
        cmocka_unit_test(opened_again),
        cmocka_unit_test(a_rollback_is_told_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
