/* The job: epochs, their commits in the database and in sinks outside, counts, and errors in the
 * middle of it all. */
#include "../../../support/job_db_bench.h"

static const char schema[] = "k STRING|v BIGINT|t TIMESTAMP(3)";

/* --- with sinks outside --- */

static void open_outside(ScriptSinkTable *table, JobBench *b, PlanNode *input)
{
    *table = (ScriptSinkTable){
        .spec = {.name = text_of("out"), .connector = &script_connector, .schema = input->schema}};
    strbuf_init(&table->out, NULL);
    PlanNode *sink = plan_bench_sink(&b->plan, input, SINK_CONNECTOR);
    sink->as.sink.table = &table->spec;
}

/* --- tests --- */

/* What is done is seen after the interval, a whole epoch at a time; a quiet job leaves the file
 * alone. */
static void test_epochs(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0\nb|2|0\nat 10\na|4|0\nat 60\nb|8|0\nat 300\nc|16|0"};
    static const char counts[] = "SELECT k, n, s FROM v ORDER BY k";
    JobDbBench b;
    job_db_open(&b);
    PlanNode *scan = job_bench_scan(&b.job, schema, -1, false, text, 1);
    PlanNode *group = plan_bench_group(&b.job.plan, scan, "k", "COUNT(*)|SUM(v)", CHANGELOG_UPSERT);
    group->schema.field[1].name = TEXT("n");
    group->schema.field[2].name = TEXT("s");
    job_db_result(&b, group, "v");
    const Micros start = b.job.clock.virtual_now;
    job_db_must(&b, job_bench_start(&b.job));
    static const struct {
        int64_t at_ms;
        const char *shown;
    } steps[] = {
        {0, ""},
        {10, ""},
        {49, ""},
        {50, "'a'|2|5\n'b'|1|2"},
        {60, "'a'|2|5\n'b'|1|2"},
        {99, "'a'|2|5\n'b'|1|2"},
        {100, "'a'|2|5\n'b'|2|10"},
        {200, "'a'|2|5\n'b'|2|10"},
        {300, "'a'|2|5\n'b'|2|10\n'c'|1|16"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        b.job.clock.virtual_now = start + steps[i].at_ms * MICROS_PER_MILLI;
        job_bench_next(&b.job);
        const char *shown = fixture_query(&b.fixture, counts);
        if (strcmp(shown, steps[i].shown) != 0)
            fail_msg("at %d ms: %s", (int)steps[i].at_ms, shown);
        if (steps[i].at_ms == 200) { /* nothing has come since 100 */
            long size = fixture_size(&b.fixture, "-wal");
            b.job.clock.virtual_now += 99 * MICROS_PER_MILLI;
            job_bench_next(&b.job);
            assert_int_equal(fixture_size(&b.fixture, "-wal"), size);
            assert_true(size > 0);
        }
    }
    job_db_shows(&b, "SELECT state FROM _weir_jobs", "'RUNNING'");
    job_db_close(&b);
}

/* What was not committed when a job is left is not there; a commit on demand ends the epoch. */
static void test_commit_on_demand(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0\nat 1\nb|2|0"};
    JobDbBench b;
    job_db_open(&b);
    job_db_result(&b, job_bench_scan(&b.job, schema, -1, false, text, 1), "v");
    job_db_must(&b, job_bench_start(&b.job));
    job_bench_next(&b.job);
    job_db_shows(&b, "SELECT k FROM v", "");
    job_db_must(&b, job_commit(b.job.job, &b.job.diag));
    job_db_shows(&b, "SELECT k FROM v", "'a'");
    b.job.clock.virtual_now += MICROS_PER_MILLI;
    job_bench_next(&b.job);
    job_bench_stop(&b.job);
    job_db_shows(&b, "SELECT k FROM v", "'a'");
    job_db_shows(&b, "SELECT read, used FROM _weir_counts", "1|1");
    job_db_close(&b);
}

/* For each view and table: read = used + filtered + late + rejected + skipped. */
static void test_counts(void **state)
{
    (void)state;
    static const char *const text[] = {
        "a|1|5\n~b|2|6\nbad\nskip\nc|BAD|7\n--\nd|0|8\ne|4|25\nf|5|6\n"
        "g|6|NULL\nh|7|BAD\nskip\ni|8|26"};
    JobDbBench b;
    job_db_open(&b);
    PlanBench *plan = &b.job.plan;
    PlanNode *scan = job_bench_scan(&b.job, schema, 2, true, text, 1);
    /* All rows; 12 / v of those; windows over t. */
    job_db_result(&b, scan, "plain");
    Scalar *quotient = plan_bench_apply(plan, "/", plan_bench_integer(plan, 12),
                                        plan_bench_column(plan, scan, "v"));
    Scalar *small = plan_bench_apply(plan, "<", plan_bench_column(plan, scan, "v"),
                                     plan_bench_integer(plan, 5));
    PlanNode *calc = plan_bench_calc(plan, scan, small, &quotient, 1);
    job_db_result(&b, calc, "quotients");
    PlanNode *window = plan_bench_window(plan, scan, "t", 10, "", "COUNT(*)|SUM(v)");
    window->schema.field[0].name = TEXT("n");
    window->schema.field[1].name = TEXT("s");
    job_db_result(&b, window, "windows");
    job_bench_run(&b.job, 0);
    job_db_shows(&b, "SELECT k FROM plain", "'a'\n'c'\n'd'\n'e'\n'f'\n'i'");
    job_db_shows(&b, "SELECT c0 FROM quotients", "12\n3");
    job_db_shows(&b, "SELECT n, s FROM windows", "3|1\n2|12");
    /* Twelve records: two skipped, three rejected for all (bad, NULL and bad rowtime), one dropped.
     */
    job_db_shows(&b,
                 "SELECT view, read, used, filtered, late, rejected, skipped FROM _weir_counts "
                 "ORDER BY view",
                 "'plain'|12|6|1|0|3|2\n'quotients'|12|2|3|0|5|2\n'windows'|12|5|1|1|3|2");
    job_db_shows(
        &b, "SELECT DISTINCT read - used - filtered - late - rejected - skipped FROM _weir_counts",
        "0");
    job_db_shows(&b, "SELECT owner, code, file, line FROM _weir_rejected ORDER BY owner, line",
                 "'quotients'|'E5002'|1|5\n'quotients'|'E5005'|1|7\n't'|'E5001'|1|3\n"
                 "'t'|'E5003'|1|10\n't'|'E5002'|1|11");
    job_db_shows(&b, "SELECT view, file, line, watermark FROM _weir_late",
                 "'windows'|1|9|'1970-01-01 00:00:00.025'");
    job_db_shows(&b, "SELECT state FROM _weir_jobs", "'FINISHED'");
    job_db_close(&b);
}

/* A run that begins again takes away what the one before it left, in its first transaction. */
static void test_restart(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0\nbad"};
    JobDbBench b;
    job_db_open(&b);
    job_db_result(&b, job_bench_scan(&b.job, schema, -1, true, text, 1), "v");
    job_bench_run(&b.job, 0);
    b.job.config.restart = true;
    job_db_must(&b, job_bench_start(&b.job));
    job_db_must(&b, job_start(b.job.job, &b.job.diag));
    job_db_shows(&b, "SELECT COUNT(*) FROM v", "1");
    job_bench_next(&b.job);
    job_db_shows(&b, "SELECT k FROM v", "'a'");
    job_db_shows(&b, "SELECT COUNT(*) FROM _weir_rejected", "1");
    job_db_shows(&b, "SELECT read, used, rejected FROM _weir_counts", "2|1|1");
    job_db_close(&b);
}

/* --- stopping --- */

static Micros leap(Clock *clock)
{
    clock->virtual_now += STOP_PATIENCE_MS * INT64_C(1000) / 3;
    return clock->virtual_now;
}

/* A request to stop leaves a step its time; one that takes longer ends in the middle, and nothing
 * of it is committed. */
static void test_stop(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0\nb|2|0\nc|3|0\nd|4|0\ne|5|0"};
    static const char *const view[] = {"v", "v2", "v3", "v4", "v5", "v6"};
    static const struct {
        bool asked, leaps;
        uint32_t views, rows; /* a step takes a leap a view; rows of a step, or 0 */
        Status status;
    } cases[] = {{false, true, 6, 0, ST_OK},
                 {true, false, 6, 0, ST_OK},
                 {true, true, 6, 0, ST_CANCELLED},
                 {true, true, 3, 1, ST_OK}};
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        atomic_bool stop = cases[i].asked;
        JobProgress progress;
        JobDbBench b;
        job_db_open(&b);
        PlanNode *scan = job_bench_scan(&b.job, schema, -1, true, text, 1);
        for (uint32_t v = 0; v < cases[i].views; v++)
            job_db_result(&b, scan, view[v]);
        b.job.config.stop = &stop;
        b.job.config.batch_rows = cases[i].rows;
        job_db_must(&b, job_bench_start(&b.job));
        if (cases[i].leaps)
            b.job.clock.monotonic = leap;
        assert_int_equal(job_bench_go(&b.job, &progress), cases[i].status);
        assert_int_equal(job_stop(b.job.job, true, &b.job.diag), ST_OK);
        job_db_shows(&b, "SELECT COUNT(*) FROM v", cases[i].status == ST_OK ? "5" : "0");
        job_bench_stop(&b.job);
        job_db_close(&b);
    }
}

/* --- sinks outside --- */

static void test_outside_sinks(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0\n--\nb|2|0"};
    ScriptSinkTable first, second;
    JobProgress progress;
    JobBench b;
    job_bench_open(&b);
    PlanNode *scan = job_bench_scan(&b, schema, -1, true, text, 1);
    open_outside(&first, &b, scan);
    open_outside(&second, &b, scan);
    assert_int_equal(job_bench_start(&b), ST_OK);
    assert_int_equal(job_bench_go(&b, &progress), ST_OK);
    assert_int_equal(progress, JOB_ENDED);
    assert_string_equal(strbuf_cstr(&first.out), "+I a|1|0 @-\n+I b|2|0 @-\ncommit\nfinish\n");
    assert_string_equal(strbuf_cstr(&second.out), strbuf_cstr(&first.out));
    /* It has ended for good. */
    assert_int_equal(job_step(b.job, &progress, &b.diag), ST_OK);
    assert_int_equal(progress, JOB_ENDED);
    assert_int_equal(first.commits, 1);
    assert_int_equal(first.closes, 0);
    job_bench_stop(&b);
    assert_int_equal(first.closes, 1);
    assert_int_equal(second.closes, 1);
    strbuf_close(&first.out);
    strbuf_close(&second.out);
    job_bench_close(&b);
}

/* Rows are the same whether batches are large or small; commits come by the clock. */
static void test_outside_epochs(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0\nat 20\nb|2|0\nat 70\nc|4|0\nat 500\nend"};
    static const struct {
        int64_t at_ms;
        const char *out;
    } steps[] = {
        {0, "+I a|1|0 @-\n"},
        {20, "+I a|1|0 @-\n+I b|2|0 @-\n"},
        {55, "+I a|1|0 @-\n+I b|2|0 @-\ncommit\n"},
        {70, "+I a|1|0 @-\n+I b|2|0 @-\ncommit\n+I c|4|0 @-\n"},
        {104, "+I a|1|0 @-\n+I b|2|0 @-\ncommit\n+I c|4|0 @-\n"},
        {105, "+I a|1|0 @-\n+I b|2|0 @-\ncommit\n+I c|4|0 @-\ncommit\n"},
        {400, "+I a|1|0 @-\n+I b|2|0 @-\ncommit\n+I c|4|0 @-\ncommit\n"},
        {500, "+I a|1|0 @-\n+I b|2|0 @-\ncommit\n+I c|4|0 @-\ncommit\ncommit\nfinish\n"},
    };
    ScriptSinkTable outside;
    JobBench b;
    job_bench_open(&b);
    open_outside(&outside, &b, job_bench_scan(&b, schema, -1, false, text, 1));
    const Micros start = b.clock.virtual_now;
    assert_int_equal(job_bench_start(&b), ST_OK);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        b.clock.virtual_now = start + steps[i].at_ms * MICROS_PER_MILLI;
        job_bench_next(&b);
        if (strcmp(strbuf_cstr(&outside.out), steps[i].out) != 0)
            fail_msg("at %d ms:\n%s", (int)steps[i].at_ms, strbuf_cstr(&outside.out));
    }
    strbuf_close(&outside.out);
    job_bench_close(&b);
}

/* Where each error comes out, and what has happened by then. */
static void test_outside_errors(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0\nb|2|0\nc|4|0\nd|8|0"};
    static const struct {
        uint32_t fail_write, fail_commit, fail_finish; /* of the second sink */
        const char *first;
    } cases[] = {
        {1, 0, 0, "+I a|1|0 @-\n+I b|2|0 @-\n"},
        {2, 0, 0, "+I a|1|0 @-\n+I b|2|0 @-\n+I c|4|0 @-\n+I d|8|0 @-\n"},
        {0, 1, 0, "+I a|1|0 @-\n+I b|2|0 @-\n+I c|4|0 @-\n+I d|8|0 @-\ncommit\n"},
        {0, 0, 1, "+I a|1|0 @-\n+I b|2|0 @-\n+I c|4|0 @-\n+I d|8|0 @-\ncommit\nfinish\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ScriptSinkTable first, second;
        JobProgress progress;
        JobBench b;
        job_bench_open(&b);
        PlanNode *scan = job_bench_scan(&b, schema, -1, true, text, 1);
        b.config.batch_rows = 2;
        open_outside(&first, &b, scan);
        open_outside(&second, &b, scan);
        second.fail_write = cases[i].fail_write;
        second.fail_commit = cases[i].fail_commit;
        second.fail_finish = cases[i].fail_finish;
        assert_int_equal(job_bench_start(&b), ST_OK);
        assert_int_equal(job_bench_go(&b, &progress), ST_IO);
        assert_int_equal(b.diag.code, E3003);
        assert_string_equal(strbuf_cstr(&first.out), cases[i].first);
        job_bench_stop(&b);
        assert_int_equal(first.closes, 1);
        assert_int_equal(second.closes, 1);
        strbuf_close(&first.out);
        strbuf_close(&second.out);
        job_bench_close(&b);
    }
}

/* An epoch that a sink refuses while it is written is not in the database either. */
static void test_error_before_commit(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0\nb|2|0\nc|4|0\nd|8|0"};
    ScriptSinkTable outside;
    JobProgress progress;
    JobDbBench b;
    job_db_open(&b);
    PlanNode *scan = job_bench_scan(&b.job, schema, -1, true, text, 1);
    b.job.config.batch_rows = 1;
    b.job.config.commit_interval = MICROS_PER_DAY;
    job_db_result(&b, scan, "v");
    open_outside(&outside, &b.job, scan);
    outside.fail_write = 3;
    job_db_must(&b, job_bench_start(&b.job));
    assert_int_equal(job_bench_go(&b.job, &progress), ST_IO);
    job_db_shows(&b, "SELECT COUNT(*) FROM v", "0");
    job_db_shows(&b, "SELECT state FROM _weir_jobs", "'RUNNING'");
    assert_int_equal(outside.commits, 0);
    strbuf_close(&outside.out);
    job_db_close(&b);
}

/* A finished job is not run again: it is finished only when what is outside is there as well. */
static void test_error_at_the_end(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0"};
    for (uint32_t fails = 0; fails < 3; fails++) {
        ScriptSinkTable outside;
        JobProgress progress;
        JobDbBench b;
        job_db_open(&b);
        PlanNode *scan = job_bench_scan(&b.job, schema, -1, true, text, 1);
        job_db_result(&b, scan, "v");
        open_outside(&outside, &b.job, scan);
        outside.fail_commit = fails == 1;
        outside.fail_finish = fails == 2;
        job_db_must(&b, job_bench_start(&b.job));
        assert_int_equal(job_bench_go(&b.job, &progress), fails > 0 ? ST_IO : ST_OK);
        job_db_shows(&b, "SELECT state FROM _weir_jobs", fails > 0 ? "'RUNNING'" : "'FINISHED'");
        strbuf_close(&outside.out);
        job_db_close(&b);
    }
}

/* A foreign change to a result table stops the job before anything of the epoch is there. */
static void test_error_of_the_database(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0"};
    JobProgress progress;
    JobDbBench b;
    job_db_open(&b);
    PlanNode *scan = job_bench_scan(&b.job, schema, -1, true, text, 1);
    job_db_result(&b, scan, "first");
    job_db_result(&b, scan, "second");
    job_db_must(&b, job_bench_start(&b.job));
    assert_string_equal(fixture_query(&b.fixture, "DROP TABLE second"), "");
    assert_int_not_equal(job_bench_go(&b.job, &progress), ST_OK);
    assert_int_equal(b.job.diag.code, E4006);
    job_db_shows(&b, "SELECT COUNT(*) FROM first", "0");
    job_db_shows(&b, "SELECT COUNT(*) FROM _weir_counts", "0");
    job_db_shows(&b, "SELECT state FROM _weir_jobs", "'RUNNING'");
    /* The transaction is over, so that the failure itself can be recorded. */
    job_db_must(&b, db_begin(b.db, &b.job.diag));
    db_rollback(b.db);
    job_db_close(&b);
}

/* --- rows that do not come from outside --- */

static PlanNode *values_node(JobBench *b, uint32_t rows)
{
    PlanNode *node = plan_bench_node(&b->plan, PLAN_VALUES, NULL, 0);
    Scalar **cell = plan_bench_alloc(&b->plan, (rows + 1) * sizeof *cell);
    node->schema = plan_bench_schema(&b->plan, "v BIGINT");
    for (uint32_t i = 0; i < rows; i++) /* 60 / i: the first one fails */
        cell[i] = plan_bench_apply(&b->plan, "/", plan_bench_integer(&b->plan, 60),
                                   plan_bench_integer(&b->plan, i));
    node->as.values = (PlanValues){.cell = cell, .rows = rows};
    return node;
}

static void test_values(void **state)
{
    (void)state;
    enum { ROWS = 1500 };
    StrBuf expected;
    JobBench b;
    strbuf_init(&expected, NULL);
    job_bench_open(&b);
    plan_bench_sink(&b.plan, values_node(&b, ROWS), SINK_COLLECT);
    for (int i = 1; i < ROWS; i++)
        strbuf_printf(&expected, "+I %d @-\n", 60 / i);
    assert_int_equal(job_bench_start(&b), ST_OK);
    assert_string_equal(job_bench_next(&b), strbuf_cstr(&expected));
    assert_int_equal(job_counts(b.job).rejected, 1);
    assert_int_equal(job_first_rejection(b.job)->code, E5005);
    job_bench_close(&b);
    strbuf_close(&expected);
}

/* Tables that share no operator go each at its own pace; shared ones are read once. */
static void test_several_queries(void **state)
{
    (void)state;
    static const char *const left[] = {"a|1|0\nb|2|0"}, *const right[] = {"c|4|0"};
    JobBench b;
    job_bench_open(&b);
    PlanNode *shared = job_bench_scan(&b, schema, -1, true, left, 1);
    PlanNode *other = job_bench_scan(&b, schema, -1, true, right, 1);
    plan_bench_sink(&b.plan, shared, SINK_COLLECT);
    plan_bench_sink(&b.plan, plan_bench_group(&b.plan, shared, "", "SUM(v)", CHANGELOG_RETRACT),
                    SINK_COLLECT);
    plan_bench_sink(&b.plan, other, SINK_COLLECT);
    assert_string_equal(job_bench_run(&b, 1), "+I a|1|0 @-\n1: +I 1 @-\n2: +I c|4|0 @-\n"
                                              "+I b|2|0 @-\n1: -U 1 @-\n1: +U 3 @-\n");
    assert_int_equal(b.table[0].opened, 1);
    job_bench_close(&b);
}

/* A LIMIT that is satisfied ends what is read for it alone, also what has not come yet. */
static void test_limit_stops_reading(void **state)
{
    (void)state;
    static const struct {
        bool bounded;
        const char *text;
    } cases[] = {{true, "a|1|0\nb|2|0\nc|4|0\n--\nd|8|0\nfail"},
                 {true, "a|1|0\nb|2|0\nc|4|0\n--\nidle\nfail"},
                 {false, "a|1|0\nb|2|0\nc|4|0\n"}};
    JobBench b;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        job_bench_open(&b);
        PlanNode *input = job_bench_scan(&b, schema, -1, cases[i].bounded, &cases[i].text, 1);
        PlanNode *limit = plan_bench_node(&b.plan, PLAN_LIMIT, &input, 1);
        limit->as.limit = (PlanLimit){0, 2};
        plan_bench_sink(&b.plan, limit, SINK_COLLECT);
        assert_string_equal(job_bench_run(&b, 0), "+I a|1|0 @-\n+I b|2|0 @-\n");
        job_bench_close(&b);
    }
}

/* --- NOT NULL, and what is done with bad rows --- */

static void test_not_null(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|0\nNULL|NULL|5\nb|NULL|5\nc|4|NULL"};
    static const bool not_null[] = {true, true, false};
    JobDbBench b;
    job_db_open(&b);
    PlanNode *sink = job_db_result(&b, job_bench_scan(&b.job, schema, -1, true, text, 1), "v");
    sink->as.sink.not_null = not_null;
    job_bench_run(&b.job, 0);
    job_db_shows(&b, "SELECT k, v FROM v", "'a'|1\n'c'|4");
    job_db_shows(&b, "SELECT code, field, line FROM _weir_rejected ORDER BY line",
                 "'E5010'|'k'|2\n'E5010'|'v'|3");
    job_db_shows(&b, "SELECT read, used, rejected FROM _weir_counts", "4|2|2");
    job_db_close(&b);
}

static void test_on_error(void **state)
{
    (void)state;
    static const char *const record[] = {"a|1|0\nbad\nb|2|0"}, *const cell[] = {"a|BAD|0\nb|2|0"};
    static const struct {
        const char *const *text;
        OnError on_error;
        Status status;
        uint64_t rejected;
        ErrorCode code;
        const char *out;
    } cases[] = {
        {record, ON_ERROR_REJECT, ST_OK, 1, E5001, "+I 2 @-\n+I 4 @-\n"},
        {record, ON_ERROR_SKIP, ST_OK, 0, E5001, "+I 2 @-\n+I 4 @-\n"},
        {record, ON_ERROR_FAIL, ST_DATA, 1, E5001, ""},
        {cell, ON_ERROR_REJECT, ST_OK, 1, E5002, "+I 4 @-\n"},
        {cell, ON_ERROR_SKIP, ST_OK, 0, E5002, "+I 4 @-\n"},
        {cell, ON_ERROR_FAIL, ST_DATA, 1, E5002, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        JobProgress progress;
        JobBench b;
        job_bench_open(&b);
        PlanNode *scan = job_bench_scan(&b, schema, -1, true, cases[i].text, 1);
        scan->as.scan.on_error = cases[i].on_error;
        Scalar *v = plan_bench_column(&b.plan, scan, "v");
        Scalar *twice = plan_bench_apply(&b.plan, "+", v, v);
        plan_bench_sink(&b.plan, plan_bench_calc(&b.plan, scan, NULL, &twice, 1), SINK_COLLECT);
        assert_int_equal(job_bench_start(&b), ST_OK);
        assert_int_equal(job_bench_go(&b, &progress), cases[i].status);
        assert_string_equal(strbuf_cstr(&b.out), cases[i].out);
        assert_int_equal(job_counts(b.job).rejected, cases[i].rejected);
        const Diag *why = cases[i].status == ST_OK ? job_first_rejection(b.job) : &b.diag;
        assert_int_equal(why->code, cases[i].code);
        job_bench_close(&b);
    }
}

/* Of at least ten thousand records no more than the share may be rejected. */
static void test_too_many_rejected(void **state)
{
    (void)state;
    static const struct {
        int good, bad;
        double ratio;
        bool fails;
    } cases[] = {
        {9000, 999, 0.05, false},                           /* too few records to tell */
        {9000, 1000, 0.05, true}, {9500, 500, 0.05, false}, /* as many as may be */
        {9499, 501, 0.05, true},  {0, 10000, 1, false},     {9999, 1, 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf text;
        JobProgress progress;
        JobBench b;
        strbuf_init(&text, NULL);
        for (int row = 0; row < cases[i].bad; row++)
            strbuf_string(&text, "bad\n");
        strbuf_string(&text, "--\n"); /* so that they do not come with the rows */
        for (int row = 0; row < cases[i].good; row++)
            strbuf_string(&text, "a|1|0\n");
        const char *given = strbuf_cstr(&text);
        job_bench_open(&b);
        PlanNode *scan = job_bench_scan(&b, schema, -1, true, &given, 1);
        scan->as.scan.max_rejected_ratio = cases[i].ratio;
        plan_bench_sink(&b.plan, plan_bench_group(&b.plan, scan, "", "COUNT(*)", CHANGELOG_RETRACT),
                        SINK_COLLECT);
        assert_int_equal(job_bench_start(&b), ST_OK);
        Status status = job_bench_go(&b, &progress);
        if (status != (cases[i].fails ? ST_DATA : ST_OK))
            fail_msg("%d good, %d bad: %d", cases[i].good, cases[i].bad, status);
        if (cases[i].fails)
            assert_int_equal(b.diag.code, E5012);
        job_bench_close(&b);
        strbuf_close(&text);
    }
}

/* --- memory --- */

/* Each allocation of a job fails once, from its opening to its end. */
static void test_no_memory(void **state)
{
    (void)state;
    static const char *const left[] = {"a|1|5\nbad\nb|0|12\n--\nc|BAD|25", "d|4|6\ne|8|26"};
    static const char *const right[] = {"a key that is too long to stand inline|16|7"};
    JobProgress progress;
    JobBench b;
    job_bench_open(&b);
    PlanNode *scan[2] = {job_bench_scan(&b, schema, 2, true, left, 2),
                         job_bench_scan(&b, schema, 2, true, right, 1)};
    PlanNode *both = plan_bench_node(&b.plan, PLAN_UNION_ALL, scan, 2);
    plan_bench_sink(&b.plan, plan_bench_window(&b.plan, both, "t", 10, "k", "SUM(v)"),
                    SINK_COLLECT);
    Scalar *v = plan_bench_column(&b.plan, scan[0], "v");
    Scalar *quotient = plan_bench_apply(&b.plan, "/", v, v);
    plan_bench_sink(&b.plan, plan_bench_calc(&b.plan, scan[0], NULL, &quotient, 1), SINK_COLLECT);
    assert_non_null(strbuf_room(&b.out, 1 << 16)); /* printing takes no memory */
    char *expected = strdup(job_bench_run(&b, 0));
    assert_non_null(expected);
    Status status = ST_NOMEM;
    uint64_t k = 0;
    while (status == ST_NOMEM) {
        mem_fail_at(++k, false);
        status = job_bench_start(&b);
        if (status == ST_OK)
            status = job_bench_go(&b, &progress);
        mem_fail_at(0, false);
        if (status == ST_OK)
            assert_string_equal(strbuf_cstr(&b.out), expected);
        job_bench_stop(&b);
    }
    assert_int_equal(status, ST_OK);
    assert_true(k > 50);
    free(expected);
    job_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_commit_on_demand),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_outside_sinks),
        cmocka_unit_test(test_outside_epochs),
        cmocka_unit_test(test_outside_errors),
        cmocka_unit_test(test_error_before_commit),
        cmocka_unit_test(test_error_at_the_end),
        cmocka_unit_test(test_error_of_the_database),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_several_queries),
        cmocka_unit_test(test_limit_stops_reading),
        cmocka_unit_test(test_not_null),
        cmocka_unit_test(test_on_error),
        cmocka_unit_test(test_too_many_rejected),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
