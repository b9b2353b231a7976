/* What is done by the clock: windows of processing time over live input (clock_bench.h), whose
 * times mean nothing. The clock begins at 1,000,000 ms, so the first window is due at 10 ms after
 * the start. */
#include "tests/support/clock_bench.h"
#include "tests/support/job_db_bench.h"

static const Micros start = 1000000 * MICROS_PER_MILLI;

static const ClockCase cases[] = {
    {.name = "the window is due when the clock has reached its end, though nothing comes",
     .split = "1|0\n2|0\nat 9\n4|0\nat 45\n8|0",
     .step = {{0, ""},
              {9, ""},
              {10, "+I 3|7|1000000|1000010 @1000008\n"},
              {30, ""},
              {45, ""},
              {49, ""},
              {50, "+I 1|8|1000040|1000050 @1000044\n"}}},
    {.name = "what comes when a window is due is in the next one",
     .split = "1|0\nat 10\n2|0\nat 19\n4|0",
     .step = {{0, ""},
              {10, "+I 1|1|1000000|1000010 @999999\n"},
              {19, ""},
              {25, "+I 2|6|1000010|1000020 @1000018\n"}}},
    {.name = "a clock that is set back does not open a window again",
     .split = "1|0\nat 15\n2|0\nat 16\n4|0",
     .step = {{0, ""},
              {15, "+I 1|1|1000000|1000010 @999999\n"},
              {3, ""},
              {16, ""},
              {20, "+I 2|6|1000010|1000020 @1000015\n"}}},
    {.name = "the end of the input is the end of its windows",
     .split = "1|0\n2|0",
     .bounded = true,
     .step = {{0, "+I 2|3|1000000|1000010 @999999\n"}}},
};

static PlanNode *make_window(JobBench *b, const ClockCase *c)
{
    PlanNode *scan = job_bench_scan(b, "i INT|t TIMESTAMP_LTZ(3)", -1, c->bounded, &c->split, 1);
    PlanNode *time = plan_bench_node(&b->plan, PLAN_PROCESSING_TIME, &scan, 1);
    time->as.processing_time.column = 1;
    time->watermarked = true;
    PlanNode *window = plan_bench_window(&b->plan, time, "t", 10, "", "COUNT(*)|SUM(i)");
    window->as.window_aggregate.window.local_zone = true;
    b->clock.virtual_now = start;
    return window;
}

static void test_windows(void **state)
{
    (void)state;
    clock_cases_check(cases, sizeof cases / sizeof *cases, make_window);
}

/* A job that is cut off again and again goes on with the readings that its epochs had: each row is
 * in one window, and none is given out twice. A replay that differs stops the job (E4009). */
static void test_recovery(void **state)
{
    (void)state;
    enum { ROWS = 300, CUTS = 40 };
    JobDbBench b;
    StrBuf text;
    strbuf_init(&text, NULL);
    for (uint32_t i = 0; i < ROWS; i++)
        strbuf_printf(&text, "at %u\n%u|0\n", i * 3 / 2, i);
    strbuf_string(&text, "end");
    const ClockCase c = {.split = strbuf_cstr(&text)};
    job_db_open(&b);
    PlanNode *window = make_window(&b.job, &c);
    static const char *const names[] = {"n", "s", "a", "z"};
    for (uint32_t i = 0; i < 4; i++)
        window->schema.field[i].name = text_of(names[i]);
    job_db_result(&b, window, "v");
    b.job.config.commit_interval = 4 * MICROS_PER_MILLI;
    JobProgress progress = JOB_WAITS;
    uint32_t cuts = 0;
    job_db_must(&b, job_bench_start(&b.job));
    for (uint32_t step = 1; progress != JOB_ENDED; step++) {
        assert_true(step < 100000);
        job_db_must(&b, job_step(b.job.job, &progress, &b.job.diag));
        b.job.clock.virtual_now += MICROS_PER_MILLI / 3;
        if (step % 31 == 0 && cuts < CUTS && progress != JOB_ENDED) {
            cuts++;
            job_bench_stop(&b.job);
            b.job.config.restart = true;
            job_db_must(&b, job_bench_start(&b.job));
        }
    }
    assert_int_equal(cuts, CUTS);
    job_db_shows(&b, "SELECT SUM(n), SUM(s), COUNT(*) = COUNT(DISTINCT a) FROM v", "300|44850|1");
    strbuf_close(&text);
    job_db_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_recovery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
