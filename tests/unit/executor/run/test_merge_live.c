/* Live input: rounds, splits that have nothing, idle ones, and new ones. A row is a number (a power
 * of two, so that sums tell which rows are in) and its time in milliseconds; the watermark is the
 * time. Windows of 10 ms show what has come, what was late and how far the watermark is: [0, 10) is
 * due at 9.
 *
 * "at 500" in a split's text: what follows is there half a second after the start. */
#include "../../../support/job_bench.h"

enum { SPLITS = 4, STEPS = 8 };

/* At `at_ms` after the start, `splits` are there, and then `expected` comes out. */
typedef struct LiveStep {
    int64_t at_ms;
    uint32_t splits; /* 0: as many as before */
    const char *expected;
    uint64_t late; /* since the beginning */
} LiveStep;

typedef struct LiveCase {
    const char *name;
    const char *split[SPLITS];
    uint32_t splits; /* at first */
    int64_t idle_ms, advance_ms;
    LiveStep step[STEPS]; /* ends with one without `expected` */
} LiveCase;

/* What differs, in `out`; empty: nothing. */
static void run_case(const LiveCase *c, uint32_t batch_rows, StrBuf *out)
{
    JobBench b;
    job_bench_open(&b);
    const Micros start = b.clock.virtual_now;
    PlanNode *scan = job_bench_scan(&b, "i INT|t TIMESTAMP(3)", 1, false, c->split, SPLITS);
    b.table[0].splits = c->splits;
    scan->as.scan.idle_timeout = c->idle_ms * MICROS_PER_MILLI;
    scan->as.scan.idle_advance = c->advance_ms * MICROS_PER_MILLI;
    scan->as.scan.monitor_interval = 100 * MICROS_PER_MILLI;
    PlanNode *window = plan_bench_window(&b.plan, scan, "t", 10, "", "COUNT(*)|SUM(i)");
    plan_bench_sink(&b.plan, window, SINK_COLLECT);
    b.config.batch_rows = batch_rows;
    assert_int_equal(job_bench_start(&b), ST_OK);
    for (const LiveStep *step = c->step; step->expected != NULL && out->size == 0; step++) {
        b.clock.virtual_now = start + step->at_ms * MICROS_PER_MILLI;
        if (step->splits > 0)
            b.table[0].splits = step->splits;
        const char *got = job_bench_next(&b);
        uint64_t late = job_counts(b.job).late;
        if (strcmp(got, step->expected) != 0 || late != step->late)
            strbuf_printf(out, "%s, at %d, batches of %u:\n%s%d late; expected:\n%s%d late\n",
                          c->name, (int)step->at_ms, batch_rows, got, (int)late, step->expected,
                          (int)step->late);
    }
    job_bench_close(&b);
}

static void check_cases(const LiveCase *cases, size_t count)
{
    static const uint32_t batch_rows[] = {0, 1, 3};
    for (size_t i = 0; i < count; i++) {
        StrBuf wrong;
        strbuf_init(&wrong, NULL);
        for (size_t r = 0; r < 3 && wrong.size == 0; r++)
            run_case(&cases[i], batch_rows[r], &wrong);
        if (wrong.size > 0)
            fail_msg("%s", strbuf_cstr(&wrong));
        strbuf_close(&wrong);
    }
}

static void test_rounds(void **state)
{
    (void)state;
    static const LiveCase cases[] = {
        {.name = "one split",
         .split = {"1|5\n2|9\nat 1\n4|6\n8|12\nat 2\n16|30\nat 3\n32|3\n64|31"},
         .splits = 1,
         .step = {{0, 0, "+I 2|3|0|10 @5\n", 0},
                  {1, 0, "", 1},
                  {2, 0, "+I 1|8|10|20 @12\n", 1},
                  {3, 0, "", 2}}},
        {.name = "what arrives together is merged by time",
         .split = {"1|5\n2|15\n4|25\nat 1\n8|26", "16|6\n32|14\n64|26\nat 1\n128|41"},
         .splits = 2,
         .step = {{0, 0, "+I 2|17|0|10 @6\n+I 2|34|10|20 @15\n", 0}, {1, 0, "", 0}}},
        {.name = "a split that has ended holds nothing back",
         .split = {"1|5\n2|25", "4|3\nat 1\nend"},
         .splits = 2,
         .step = {{0, 0, "", 0}, {1, 0, "+I 2|5|0|10 @3\n", 0}, {2, 0, "", 0}}},
    };
    check_cases(cases, sizeof cases / sizeof *cases);
}

/* A split that has nothing at hand, and is neither idle nor ended, holds back: its rows may yet
 * come. */
static void test_waiting_splits(void **state)
{
    (void)state;
    static const LiveCase cases[] = {
        {.name = "rows wait for no split, windows do",
         .split = {"1|5\n2|100\n4|6", "8|5\nat 1\n16|7\nat 2\n32|127\nat 3\n64|7"},
         .splits = 2,
         .step = {{0, 0, "", 0}, {1, 0, "", 0}, {2, 0, "+I 4|29|0|10 @7\n", 0}, {3, 0, "", 1}}},
        {.name = "a split that never had anything",
         .split = {"1|5\n2|25\n4|3\nat 1\n8|4", "at 2\n16|6\n32|30"},
         .splits = 2,
         .step = {{0, 0, "", 0}, {1, 0, "", 0}, {2, 0, "+I 4|29|0|10 @6\n", 0}}},
    };
    check_cases(cases, sizeof cases / sizeof *cases);
}

static void test_idle_splits(void **state)
{
    (void)state;
    static const LiveCase cases[] = {
        {.name = "left out when the time-out is over, not before",
         .split = {"at 500\n1|25", "2|5"},
         .splits = 2,
         .idle_ms = 1000,
         .step =
             {{0, 0, "", 0}, {500, 0, "", 0}, {999, 0, "", 0}, {1000, 0, "+I 1|2|0|10 @5\n", 0}}},
        {.name =
             "after the time-out a silent split is left out; its next row is judged by the table",
         .split = {"1|5\nat 500\n2|25\nat 1001\n4|26", "8|3\nat 1001\n16|4\n32|24"},
         .splits = 2,
         .idle_ms = 1000,
         .step = {{0, 0, "", 0},
                  {500, 0, "", 0},
                  {999, 0, "", 0},
                  {1000, 0, "+I 2|9|0|10 @3\n", 0},
                  {1001, 0, "", 1}}},
        {.name = "while all are idle the watermark stands still",
         .split = {"1|5\n2|25\nat 1001\n4|51", "8|3\nat 1001\n16|3\nat 1002\n32|50"},
         .splits = 2,
         .idle_ms = 1000,
         .step = {{0, 0, "", 0},
                  {1000, 0, "", 0},
                  {1001, 0, "", 0},
                  {1002, 0, "+I 3|25|0|10 @3\n+I 1|2|20|30 @3\n", 0}}},
    };
    check_cases(cases, sizeof cases / sizeof *cases);
}

/* The watermark of what is silent goes on with the clock, `advance_ms` behind, when something waits
 * for it. */
static void test_silent_splits(void **state)
{
    (void)state;
    static const LiveCase cases[] = {
        /* 5 at 0: 9 is reached 4 ms after the second is over. */
        {.name = "a window closes in silence",
         .split = {"1|5\nat 2000\n2|30\n4|9\nat 2001\n8|31"},
         .splits = 1,
         .advance_ms = 1000,
         .step = {{0, 0, "", 0},
                  {1003, 0, "", 0},
                  {1004, 0, "+I 1|1|0|10 @5\n", 0},
                  {1500, 0, "", 0}, /* nothing waits */
                  {2000, 0, "", 1},
                  {2001, 0, "", 1}}},
        {.name = "not without it, and not before there is a watermark",
         .split = {"1|5", "at 90000\n2|5"},
         .splits = 2,
         .advance_ms = 1000,
         .step = {{0, 0, "", 0},
                  {60000, 0, "", 0},
                  {90000, 0, "", 0},
                  {91004, 0, "+I 2|3|0|10 @5\n", 0}}},
        {.name = "off", .split = {"1|5"}, .splits = 1, .step = {{0, 0, "", 0}, {600000, 0, "", 0}}},
        /* The second one has brought 7 at 500, and goes on from there at 1500: 9 at 1502. */
        {.name = "each from where it is",
         .split = {"1|5", "2|3\nat 500\n4|7"},
         .splits = 2,
         .advance_ms = 1000,
         .step = {{0, 0, "", 0},
                  {500, 0, "", 0},
                  {1004, 0, "", 0},
                  {1501, 0, "", 0},
                  {1502, 0, "+I 3|7|0|10 @5\n", 0}}},
        /* The first one is idle from 300 on; the other one never is, and goes on from 1500. */
        {.name = "one that is idle is not waited for; the last one goes on",
         .split = {"1|5", "2|3\nat 500\n4|42"},
         .splits = 2,
         .idle_ms = 300,
         .advance_ms = 1000,
         .step = {{0, 0, "", 0},
                  {299, 0, "", 0},
                  {500, 0, "+I 2|3|0|10 @5\n", 0},
                  {1506, 0, "", 0},
                  {1507, 0, "+I 1|4|40|50 @42\n", 0}}},
        {.name = "what comes after it is judged by it",
         .split = {"1|5\nat 1000\n2|6\nat 3000\n4|7\n8|16"},
         .splits = 1,
         .advance_ms = 1000,
         .step =
             {{0, 0, "", 0}, {1000, 0, "", 0}, {2003, 0, "+I 2|3|0|10 @6\n", 0}, {3000, 0, "", 1}}},
    };
    check_cases(cases, sizeof cases / sizeof *cases);
}

static void test_new_splits(void **state)
{
    (void)state;
    static const LiveCase cases[] = {
        {.name = "not looked for before the interval is over",
         .split = {"1|5\nat 100\n2|8", "4|6\n8|13"},
         .splits = 1,
         .step = {{0, 0, "", 0}, {99, 2, "", 0}, {100, 0, "", 0}, {200, 0, "", 0}}},
        {.name = "what the watermark has passed is late in a new split as well",
         .split = {"1|5\n2|25\nat 201\n4|31", "8|6\n16|24\n32|32"},
         .splits = 1,
         .step = {{0, 0, "+I 1|1|0|10 @5\n", 0},
                  {200, 2, "", 1},
                  {201, 0, "+I 2|18|20|30 @25\n", 1}}},
        {.name = "a new split holds back from then on",
         .split = {"1|5\nat 150\n2|35", "4|6\nat 300\n8|33"},
         .splits = 1,
         .step =
             {{0, 0, "", 0}, {100, 2, "", 0}, {150, 0, "", 0}, {300, 0, "+I 2|5|0|10 @6\n", 0}}},
    };
    check_cases(cases, sizeof cases / sizeof *cases);
}

/* Files that come one after the other cost no more than files that were there at first. */
static void test_memory_of_new_splits(void **state)
{
    (void)state;
    static const char *none[SCRIPT_SPLITS];
    int64_t used[2];
    for (uint32_t i = 0; i < SCRIPT_SPLITS; i++)
        none[i] = "end";
    for (int singly = 0; singly < 2; singly++) {
        JobBench b;
        job_bench_open(&b);
        PlanNode *scan = job_bench_scan(&b, "i INT|t TIMESTAMP(3)", 1, false, none, SCRIPT_SPLITS);
        scan->as.scan.monitor_interval = MICROS_PER_MILLI;
        plan_bench_sink(&b.plan, scan, SINK_COLLECT);
        b.table[0].text[0] = ""; /* the table goes on */
        b.table[0].splits = singly ? 1 : SCRIPT_SPLITS;
        assert_int_equal(job_bench_start(&b), ST_OK);
        while (job_bench_next(&b)[0] == '\0' && b.table[0].splits < SCRIPT_SPLITS) {
            b.table[0].splits++;
            b.clock.virtual_now += MICROS_PER_MILLI;
        }
        b.clock.virtual_now += MICROS_PER_MILLI;
        job_bench_next(&b);
        assert_int_equal(b.table[0].opened, SCRIPT_SPLITS);
        used[singly] = b.meter.used_bytes;
        job_bench_close(&b);
    }
    if (used[1] > used[0] * 3)
        fail_msg("%d bytes at once, %d one after the other", (int)used[0], (int)used[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounds),      cmocka_unit_test(test_waiting_splits),
        cmocka_unit_test(test_idle_splits), cmocka_unit_test(test_silent_splits),
        cmocka_unit_test(test_new_splits),  cmocka_unit_test(test_memory_of_new_splits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
