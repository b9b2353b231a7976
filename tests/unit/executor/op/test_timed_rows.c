/* What waits for the watermark or goes by time: deduplication, Top-N of windows, the sort by event
 * time. Times are small numbers of milliseconds. */
#include "../../../support/op_bench.h"

typedef struct TimedCase {
    const char *name;
    const char *script;
    const char *expected;
    uint64_t late;
} TimedCase;

static void check_cases(OpBench *b, const TimedCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        op_bench_check(b, cases[i].name, cases[i].script, cases[i].expected);
        if (b->counts.late != cases[i].late || b->counts.used + b->counts.late != b->counts.read)
            fail_msg("%s: %d read, %d used, %d late", cases[i].name, (int)b->counts.read,
                     (int)b->counts.used, (int)b->counts.late);
    }
}

/* --- deduplication --- */

static void open_deduplicate(OpBench *b, int32_t rowtime, bool last, ChangelogMode out)
{
    static const uint32_t by_key[] = {0};
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, "k STRING|t TIMESTAMP(3)|s STRING", CHANGELOG_APPEND);
    b->node = plan_bench_node(&b->plan, PLAN_DEDUPLICATE, &input, 1);
    b->node->changelog = out;
    b->node->as.deduplicate =
        (PlanDeduplicate){.partition = by_key, .partitions = 1, .rowtime = rowtime, .last = last};
}

static void test_first_by_time(void **state)
{
    (void)state;
    static const TimedCase cases[] = {
        {.name = "the earliest row, once the watermark has reached it",
         .script = "+I a|5|x\n+I a|3|y\n+I a|4|z\nW 2\n+I b|9|w\nW 3\n+I a|3|v\n+I a|9|u\nW 9\n",
         .expected = "+I a|3|y @2\n+I b|9|w @3\n"},
        {.name = "of equal ones the first to come",
         .script = "+I a|5|x\n+I a|5|y\nW 5\n",
         .expected = "+I a|5|x @-\n"},
        {.name = "behind the watermark a row is late, at it it is first at once",
         .script = "W 5\n+I a|4|x\n+I a|5|y\n+I b|6|z\n+I b|5|w\n+I a|5|v\nW 6\n+I c|5|u\nEND\n",
         .expected = "+I a|5|y @5\n+I b|5|w @5\n",
         .late = 2},
        {.name = "by time, keys of one moment as they first came",
         .script = "+I c|5|x\n+I b|4|y\n+I a|5|z\n+I d|4|w\nW 9\n",
         .expected = "+I b|4|y @-\n+I d|4|w @-\n+I c|5|x @-\n+I a|5|z @-\n"},
        {.name = "a late row gives its key no place",
         .script = "W 3\n+I b|1|x\n+I a|5|y\n+I b|5|z\nW 9\n",
         .expected = "+I a|5|y @3\n+I b|5|z @3\n",
         .late = 1},
        {.name = "at the end of the input",
         .script = "+I a|5|a text that does not stand inline\n+I NULL|4|y\nEND\n",
         .expected = "+I NULL|4|y @-\n+I a|5|a text that does not stand inline @-\n"},
    };
    OpBench b;
    open_deduplicate(&b, 1, false, CHANGELOG_APPEND);
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_check_no_memory(&b, cases[0].script);
    op_bench_close(&b);
}

static void test_last_by_time(void **state)
{
    (void)state;
    static const TimedCase cases[] = {
        {.name = "replaced by a row that is not earlier",
         .script = "+I a|5|x\n+I a|4|y\n+I a|5|z\nW 9\n+I a|6|w\n+I a|6|w\n+I b|1|v\n",
         .expected = "+I a|5|x @-\n-U a|5|x @-\n+U a|5|z @-\n-U a|5|z @9\n+U a|6|w @9\n"
                     "+I b|1|v @9\n"},
        {.name = "long texts outlive their batch",
         .script = "+I a|5|a text that does not stand inline\n+I a|6|another text of some length\n",
         .expected = "+I a|5|a text that does not stand inline @-\n"
                     "-U a|5|a text that does not stand inline @-\n"
                     "+U a|6|another text of some length @-\n"},
    };
    OpBench b;
    open_deduplicate(&b, 1, true, CHANGELOG_RETRACT);
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_check_no_memory(&b, cases[0].script);
    op_bench_close(&b);
}

static void test_last_by_key(void **state)
{
    (void)state;
    static const TimedCase cases[] = {
        {.name = "without the rows before",
         .script = "+I a|5|x\n+I a|4|y\n+I a|5|z\n+I a|6|w\n+I b|1|v\n",
         .expected = "+I a|5|x @-\n+U a|5|z @-\n+U a|6|w @-\n+I b|1|v @-\n"},
    };
    OpBench b;
    open_deduplicate(&b, 1, true, CHANGELOG_UPSERT);
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_close(&b);
}

static void test_by_arrival(void **state)
{
    (void)state;
    static const char script[] = "+I a|5|x\n+I a|4|y\nW 4\n+I b|1|z\n+I a|3|w\n";
    static const TimedCase first = {
        .name = "the first", .script = script, .expected = "+I a|5|x @-\n+I b|1|z @4\n"};
    static const TimedCase last = {.name = "the last",
                                   .script = script,
                                   .expected = "+I a|5|x @-\n-U a|5|x @-\n+U a|4|y @-\n"
                                               "+I b|1|z @4\n-U a|4|y @4\n+U a|3|w @4\n"};
    OpBench b;
    open_deduplicate(&b, -1, false, CHANGELOG_APPEND);
    check_cases(&b, &first, 1);
    op_bench_close(&b);
    open_deduplicate(&b, -1, true, CHANGELOG_RETRACT);
    check_cases(&b, &last, 1);
    op_bench_close(&b);
}

/* --- Top-N of windows --- */

static void open_window_rank(OpBench *b, const PlanRank *rank)
{
    static const uint32_t by_window[] = {1, 0};
    static const PlanOrder highest[] = {{.column = 2, .descending = true, .nulls_last = true}};
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, "k STRING|e TIMESTAMP(3)|v BIGINT", CHANGELOG_APPEND);
    b->node = plan_bench_node(&b->plan, PLAN_WINDOW_RANK, &input, 1);
    b->node->changelog = CHANGELOG_APPEND;
    b->node->as.window_rank = (PlanWindowRank){.rank = *rank, .window_end = 1};
    b->node->as.window_rank.rank.partition = by_window;
    b->node->as.window_rank.rank.partitions = 2;
    b->node->as.window_rank.rank.order = highest;
    b->node->as.window_rank.rank.orders = 1;
}

/* A window that ends at 10 is due at 9. */
static void test_window_rank(void **state)
{
    (void)state;
    static const TimedCase cases[] = {
        {.name = "once the window is complete, by rank",
         .script = "+I a|10|1\n+I a|10|3\n+I a|10|2\nW 8\n+I a|10|5\nW 9\n+I a|10|9\n+I a|20|4\n"
                   "END\n",
         .expected = "+I a|10|5 @8\n+I a|10|3 @8\n+I a|20|4 @9\n",
         .late = 1},
        {.name = "windows by their end, partitions as they first came",
         .script = "+I b|20|1\n+I b|10|2\n+I a|10|7\n+I a|20|8\n+I b|10|9\nW 30\n+I c|40|1\nEND\n",
         .expected = "+I b|10|9 @-\n+I b|10|2 @-\n+I a|10|7 @-\n+I b|20|1 @-\n+I a|20|8 @-\n"
                     "+I c|40|1 @30\n"},
        {.name = "equal ones as they came",
         .script = "+I a|10|NULL\n+I a|10|3\n+I a|10|3\n+I a|10|3\nEND\n",
         .expected = "+I a|10|3 @-\n+I a|10|3 @-\n"},
        {.name = "the watermark jumps over windows",
         .script = "+I a|10|1\nW 99\n+I a|100|2\n+I b|90|3\nW 100\n+I a|110|4\nW 120\n",
         .expected = "+I a|10|1 @-\n+I a|110|4 @100\n",
         .late = 2},
    };
    OpBench b;
    open_window_rank(&b, &(PlanRank){.from = 1, .to = 2});
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_check_no_memory(&b, cases[1].script);
    op_bench_close(&b);
}

static void test_window_ranks(void **state)
{
    (void)state;
    static const TimedCase ties = {.name = "RANK in a window",
                                   .script = "+I a|10|3\n+I a|10|3\n+I a|10|2\n+I a|10|5\nEND\n",
                                   .expected = "+I a|10|3 @-\n+I a|10|3 @-\n"};
    OpBench b;
    open_window_rank(&b, &(PlanRank){.function = RANK_RANK, .from = 2, .to = 3});
    check_cases(&b, &ties, 1);
    op_bench_close(&b);
}

/* --- the sort --- */

static void test_time_sort(void **state)
{
    (void)state;
    static const PlanOrder order[] = {{.column = 1},
                                      {.column = 2, .descending = true, .nulls_last = true}};
    static const TimedCase cases[] = {
        {.name = "as the watermark reaches them",
         .script = "+I a|5|1\n+I b|3|1\nW 3\n+I c|4|1\n+I d|6|1\nW 5\n+I e|9|1\nEND\n",
         .expected = "+I b|3|1 @-\n+I c|4|1 @3\n+I a|5|1 @3\n+I d|6|1 @5\n+I e|9|1 @5\n"},
        {.name = "at or behind the watermark a row is late",
         .script = "+I a|5|1\nW 5\n+I b|5|1\n+I c|4|1\n+I d|6|1\nEND\n",
         .expected = "+I a|5|1 @-\n+I d|6|1 @5\n",
         .late = 2},
        {.name = "at one moment by what follows, equal ones as they came",
         .script = "+I a|5|1\n+I b|5|NULL\n+I c|5|2\n+I d|5|1\n+I e|-5|0\nEND\n",
         .expected = "+I e|-5|0 @-\n+I c|5|2 @-\n+I a|5|1 @-\n+I d|5|1 @-\n+I b|5|NULL @-\n"},
    };
    OpBench b;
    op_bench_open(&b);
    PlanNode *input = op_bench_input(&b, "k STRING|t TIMESTAMP(3)|v BIGINT", CHANGELOG_APPEND);
    b.node = plan_bench_node(&b.plan, PLAN_TIME_SORT, &input, 1);
    b.node->as.time_sort = (PlanTimeSort){order, 2};
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_check_no_memory(&b, cases[0].script);
    op_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_by_time), cmocka_unit_test(test_last_by_time),
        cmocka_unit_test(test_last_by_key),   cmocka_unit_test(test_by_arrival),
        cmocka_unit_test(test_window_rank),   cmocka_unit_test(test_window_ranks),
        cmocka_unit_test(test_time_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
