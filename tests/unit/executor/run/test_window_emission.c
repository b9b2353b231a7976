/* Windows whose results go out early, as they fill, and late, as rows come behind the watermark: by
 * the clock of a live job (clock_bench.h). The watermark is the time of the rows. */
#include "tests/support/clock_bench.h"

#define MS MICROS_PER_MILLI

static const ClockCase cases[] = {
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

static PlanNode *make_window(JobBench *b, const ClockCase *c)
{
    PlanNode *scan = job_bench_scan(b, "i INT|t TIMESTAMP(3)", 1, c->bounded, &c->split, 1);
    PlanNode *window = plan_bench_window(&b->plan, scan, "t", 10, "", "COUNT(*)|SUM(i)");
    window->kind = c->session ? PLAN_UPDATING_SESSION_AGGREGATE : PLAN_UPDATING_WINDOW_AGGREGATE;
    if (c->session)
        window->as.window_aggregate.window.kind = WINDOW_SESSION;
    window->changelog = CHANGELOG_RETRACT;
    window->as.window_aggregate.emit = c->emit;
    return window;
}

static void test_emission(void **state)
{
    (void)state;
    clock_cases_check(cases, sizeof cases / sizeof *cases, make_window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_emission),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
