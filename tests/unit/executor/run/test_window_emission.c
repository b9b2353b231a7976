/* Windows whose results go out early, as they fill, and late, as rows come behind the watermark: by
 * the clock of a live job. A row is a number (a power of two, so that sums tell which rows are in)
 * and its time in milliseconds; the watermark is the time. Windows last 10 ms, or end after a pause
 * of 10 ms. Results are count, sum, the window's start and end.
 *
 * "at 500" in a split's text: what follows is there half a second after the start. */
#include "../../../support/job_bench.h"

enum { STEPS = 10 };

typedef struct EmitStep {
    int64_t at_ms; /* after the start */
    const char *expected;
} EmitStep;

typedef struct EmitCase {
    const char *name;
    bool session; /* whose gap is 10 ms */
    EmitStrategy emit;
    const char *split;
    EmitStep step[STEPS]; /* ends with one without `expected` */
    uint64_t late;        /* in the end */
} EmitCase;

#define MS MICROS_PER_MILLI

static const EmitCase cases[] = {
    {.name = "early, after a while: once for all that came in it",
     .emit = {.early = true, .early_delay = 20 * MS},
     .split = "1|1\n2|3\nat 15\n4|2\nat 50\n8|9\n16|2\nat 60\n32|18",
     .step = {{0, ""},
              {15, ""},
              {19, ""},
              {20, "+I 3|7|0|10 @3\n"},
              {49, ""},
              /* at 9 the watermark passes the window, and 2 is late */
              {50, "-U 3|7|0|10 @3\n+U 4|15|0|10 @3\n"},
              {60, ""},
              {79, ""},
              {80, "+I 1|32|10|20 @18\n"}},
     .late = 1},
    {.name = "what has gone out early goes out again only if it has changed",
     .emit = {.early = true, .early_delay = 5 * MS},
     .split = "1|1\nat 20\n2|11",
     .step = {{0, ""}, {5, "+I 1|1|0|10 @1\n"}, {20, ""}, {25, "+I 1|2|10|20 @11\n"}}},
    {.name = "late, after a while, and at the latest when the window is over",
     .emit = {.late = true, .late_delay = 30 * MS, .lateness = 20 * MS},
     .split = "1|1\n2|12\nat 5\n4|2\n8|3\nat 50\n16|4\nat 60\n32|31\n64|5",
     .step = {{0, "+I 1|1|0|10 @1\n"},
              {5, ""},
              {35, "-U 1|1|0|10 @12\n+U 3|13|0|10 @12\n"},
              {50, ""},
              /* 31 is 20 ms and more behind the end of the first window, and behind that of the
               * second one */
              {60, "+I 1|2|10|20 @12\n-U 3|13|0|10 @12\n+U 4|29|0|10 @12\n"}},
     .late = 1},
    {.name = "what is due at one reading goes out in the order of the windows",
     .emit = {.early = true,
              .early_delay = 90 * MS,
              .late = true,
              .late_delay = 30 * MS,
              .lateness = 100 * MS},
     .split = "1|45\nat 5\n2|15\nat 6\n4|38\nat 7\n8|3\nat 8\n16|26\nat 9\n32|16",
     .step = {{0, ""},
              {5, ""},
              {6, ""},
              {7, ""},
              {8, ""},
              {9, ""},
              {35, "+I 2|34|10|20 @45\n"},
              {100, "+I 1|8|0|10 @45\n+I 1|16|20|30 @45\n+I 1|4|30|40 @45\n+I 1|1|40|50 @45\n"}}},
    {.name = "late, at once",
     .emit = {.late = true, .lateness = 20 * MS},
     .split = "1|1\n2|12\nat 5\n4|2\n8|3",
     .step = {{0, "+I 1|1|0|10 @1\n"},
              {5, "-U 1|1|0|10 @12\n+U 2|5|0|10 @12\n-U 2|5|0|10 @12\n+U 3|13|0|10 @12\n"}}},
    {.name = "a window that begins when it is late",
     .emit = {.late = true, .lateness = 20 * MS},
     .split = "1|25\n2|7\n4|5",
     .step = {{0, "+I 1|2|0|10 @25\n-U 1|2|0|10 @25\n+U 2|6|0|10 @25\n"}}},
    {.name = "a session, early: what is out goes when it has grown",
     .session = true,
     .emit = {.early = true, .early_delay = 20 * MS},
     .split = "1|1\n2|5\nat 30\n4|8\nat 40\n8|3",
     .step = {{0, ""},
              {20, "+I 2|3|1|15 @5\n"},
              {30, ""},
              {40, ""},
              {50, "-D 2|3|1|15 @8\n+I 4|15|1|18 @8\n"}}},
    {.name = "a session, late, after a while: two that are out become one",
     .session = true,
     .emit = {.late = true, .late_delay = 30 * MS, .lateness = 50 * MS},
     .split = "1|1\n2|20\n4|40\nat 5\n8|10\nat 50\n16|5",
     .step = {{0, "+I 1|1|1|11 @1\n+I 1|2|20|30 @20\n"},
              {5, ""},
              {35, "-D 1|2|20|30 @40\n-D 1|1|1|11 @40\n+I 3|11|1|30 @40\n"},
              {50, ""},
              {80, "-U 3|11|1|30 @40\n+U 4|27|1|30 @40\n"}}},
};

/* What differs, in `out`; empty: nothing. */
static void run_case(const EmitCase *c, uint32_t batch_rows, StrBuf *out)
{
    JobBench b;
    job_bench_open(&b);
    const Micros start = b.clock.virtual_now;
    PlanNode *scan = job_bench_scan(&b, "i INT|t TIMESTAMP(3)", 1, false, &c->split, 1);
    PlanNode *window = plan_bench_window(&b.plan, scan, "t", 10, "", "COUNT(*)|SUM(i)");
    window->kind = c->session ? PLAN_UPDATING_SESSION_AGGREGATE : PLAN_UPDATING_WINDOW_AGGREGATE;
    if (c->session)
        window->as.window_aggregate.window.kind = WINDOW_SESSION;
    window->changelog = CHANGELOG_RETRACT;
    window->as.window_aggregate.emit = c->emit;
    plan_bench_sink(&b.plan, window, SINK_COLLECT);
    b.config.batch_rows = batch_rows;
    assert_int_equal(job_bench_start(&b), ST_OK);
    for (const EmitStep *step = c->step; step->expected != NULL && out->size == 0; step++) {
        b.clock.virtual_now = start + step->at_ms * MS;
        const char *got = job_bench_next(&b);
        if (strcmp(got, step->expected) != 0)
            strbuf_printf(out, "%s, at %d, batches of %u:\n%sexpected:\n%s", c->name,
                          (int)step->at_ms, batch_rows, got, step->expected);
    }
    if (out->size == 0 && job_counts(b.job).late != c->late)
        strbuf_printf(out, "%s, batches of %u: %d late\n", c->name, batch_rows,
                      (int)job_counts(b.job).late);
    job_bench_close(&b);
}

static void test_emission(void **state)
{
    (void)state;
    static const uint32_t batch_rows[] = {0, 1, 3};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf wrong;
        strbuf_init(&wrong, NULL);
        for (size_t r = 0; r < 3 && wrong.size == 0; r++)
            run_case(&cases[i], batch_rows[r], &wrong);
        if (wrong.size > 0)
            fail_msg("%s", strbuf_cstr(&wrong));
        strbuf_close(&wrong);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_emission),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
