/* SetRows on counted rows, and what INTERSECT and EXCEPT of the windows of one table come to: rows
 * of both sides meet in order, and what is kept of a window goes with it. */
#include "../../../support/job_bench.h"
#include "../../../support/op_bench.h"

#include "executor/op/split_rows.h"
#include "executor/run/job_private.h"

static void open_rows(OpBench *b, PlanSetKind kind, bool all)
{
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, "v INT|a BIGINT|b BIGINT", CHANGELOG_RETRACT);
    b->node = plan_bench_node(&b->plan, PLAN_SET_ROWS, &input, 1);
    b->node->schema = (Schema){1, input->schema.field};
    b->node->changelog = CHANGELOG_RETRACT;
    b->node->as.set_operation = (PlanSetOperation){kind, all};
}

static void test_rows(void **state)
{
    (void)state;
    static const char script[] = "+I 1|2|0\n+I NULL|2|1\n+I 3|0|3\n+I 4|1|3\n-U 1|2|0\n+U 1|3|1\n";
    static const char *const expected[] = {
        "+I NULL @-\n+I 4 @-\n+I 1 @-\n", "+I NULL @-\n+I 4 @-\n+I 1 @-\n", "+I 1 @-\n-D 1 @-\n",
        "+I 1 @-\n+I 1 @-\n+I NULL @-\n-D 1 @-\n-D 1 @-\n+I 1 @-\n+I 1 @-\n"};
    for (int form = 0; form < 4; form++) {
        OpBench b;
        open_rows(&b, form < 2 ? SET_INTERSECT : SET_EXCEPT, form % 2 == 1);
        op_bench_check(&b, "each form", script, expected[form]);
        op_bench_check_no_memory(&b, script);
        op_bench_close(&b);
    }
}

/* More than a batch of one row. */
static void test_many(void **state)
{
    (void)state;
    enum { TIMES = BATCH_ROWS * 2 + 5 };
    StrBuf script, rows;
    OpBench b;
    strbuf_init(&script, NULL);
    strbuf_init(&rows, NULL);
    strbuf_printf(&script, "+I 7|%d|%d\n+I 8|1|0\n", TIMES + 3, 3);
    for (int i = 0; i < TIMES; i++)
        strbuf_string(&rows, "+I 7 @-\n");
    strbuf_string(&rows, "+I 8 @-\n");
    open_rows(&b, SET_EXCEPT, true);
    op_bench_check(&b, "many", strbuf_cstr(&script), strbuf_cstr(&rows));
    op_bench_close(&b);
    strbuf_close(&script);
    strbuf_close(&rows);
}

/* --- of one table --- */

static Scalar *truth(PlanBench *plan, int64_t value)
{
    return plan_bench_apply(plan, "=", plan_bench_integer(plan, value),
                            plan_bench_integer(plan, 1));
}

static PlanNode *side(PlanBench *plan, PlanNode *scan, bool second)
{
    Scalar *v = plan_bench_column(plan, scan, "v"), *three = plan_bench_integer(plan, 3);
    Scalar *one = plan_bench_integer(plan, 1), *rest = plan_bench_apply(plan, "%", v, three);
    Scalar *column[] = {v, plan_bench_column(plan, scan, "t"), truth(plan, !second),
                        truth(plan, second)};
    return plan_bench_calc(plan, scan, second ? plan_bench_apply(plan, "=", rest, one) : NULL,
                           column, 4);
}

/* SELECT v, ... FROM TUMBLE(t, 10 ms) EXCEPT ALL the same WHERE v % 3 = 1 */
static PlanNode *open_windows(JobBench *b, const char *const *text, bool bounded)
{
    PlanBench *plan = &b->plan;
    job_bench_open(b);
    PlanNode *scan = job_bench_scan(b, "v BIGINT|t TIMESTAMP(3)", 1, bounded, text, 1);
    PlanNode *both[] = {side(plan, scan, false), side(plan, scan, true)};
    PlanNode *all = plan_bench_node(plan, PLAN_UNION_ALL, both, 2);
    PlanNode *counts =
        plan_bench_window(plan, all, "c1", 10, "c0", "COUNT(*) FILTER c2|COUNT(*) FILTER c3");
    static const uint32_t place[] = {0, 3, 1, 2}; /* the row, and then its counts */
    Scalar *column[4];
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(
            scalar_column(&plan->arena, place[i], counts->schema.field[place[i]].type, &column[i]),
            ST_OK);
    PlanNode *ordered = plan_bench_calc(plan, counts, NULL, column, 4);
    PlanNode *rows = plan_bench_node(plan, PLAN_SET_ROWS, &ordered, 1);
    rows->schema = (Schema){2, ordered->schema.field};
    rows->as.set_operation = (PlanSetOperation){SET_EXCEPT, true};
    plan_bench_sink(plan, rows, SINK_COLLECT);
    return scan;
}

static const ScanOp *scan_of(const JobBench *b)
{
    return (const ScanOp *)b->job->graph.op[0];
}

static void test_meeting(void **state)
{
    (void)state;
    static const char *const text[] = {"1|1\n2|2\n4|3\n4|4\n2|5\n3|12\n1|6\n7|13\n6|25"};
    JobBench b;
    open_windows(&b, text, true);
    assert_int_equal(job_bench_start(&b), ST_OK);
    assert_int_equal(scan_of(&b)->at_once, BATCH_ROWS / 2);
    assert_int_equal(scan_of(&b)->meetings, 1);
    job_bench_stop(&b);
    static const uint32_t batches[] = {0, 1, 2, 3};
    for (size_t i = 0; i < sizeof batches / sizeof *batches; i++)
        assert_string_equal(job_bench_run(&b, batches[i]),
                            "+I 2|0 @5\n+I 2|0 @5\n+I 3|10 @13\n+I 6|20 @25\n");
    job_bench_close(&b);
}

/* Where one of them gathers rows, they are sent one at a time. */
static void test_apart(void **state)
{
    (void)state;
    static const char *const text[] = {"1|1\n2|2"};
    JobBench b;
    job_bench_open(&b);
    PlanNode *scan = job_bench_scan(&b, "v BIGINT|t TIMESTAMP(3)", 1, true, text, 1);
    Scalar *v = plan_bench_column(&b.plan, scan, "v");
    PlanNode *both[] = {plan_bench_calc(&b.plan, scan, NULL, &v, 1),
                        plan_bench_group(&b.plan, scan, "v", "", CHANGELOG_APPEND)};
    plan_bench_sink(&b.plan, plan_bench_node(&b.plan, PLAN_UNION_ALL, both, 2), SINK_COLLECT);
    assert_int_equal(job_bench_start(&b), ST_OK);
    assert_int_equal(scan_of(&b)->at_once, 1);
    assert_int_equal(scan_of(&b)->meetings, 0);
    job_bench_stop(&b);
    assert_string_equal(job_bench_run(&b, 0), "+I 1 @-\n+I 1 @-\n+I 2 @1\n+I 2 @1\n");
    job_bench_close(&b);
}

static int64_t memory(const JobBench *b)
{
    int64_t bytes = 0;
    for (uint32_t i = 0; i < b->job->graph.ops; i++)
        bytes += (int64_t)b->job->graph.op[i]->meter.used_bytes;
    return bytes;
}

/* Of ever new rows in ever new windows no more is kept in the end than in the beginning. */
static void test_memory(void **state)
{
    (void)state;
    enum { TIMES = 2000 };
    StrBuf text;
    JobBench b;
    strbuf_init(&text, NULL);
    for (int i = 0; i < TIMES; i++) {
        for (int row = 0; row < 10; row++)
            strbuf_printf(&text, "%d|%d\n", i * 10 + row, i * 10 + row);
        strbuf_string(&text, "--\n");
    }
    const char *split = strbuf_cstr(&text);
    open_windows(&b, &split, false);
    assert_int_equal(job_bench_start(&b), ST_OK);
    int64_t early = 0, most = 0;
    uint64_t rows = 0;
    for (int i = 0; i < TIMES; i++) {
        job_bench_next(&b);
        int64_t bytes = memory(&b);
        early = i < TIMES / 20 && bytes > early ? bytes : early;
        most = bytes > most ? bytes : most;
    }
    for (uint32_t i = 0; i < b.job->graph.ops; i++) {
        const Op *op = b.job->graph.op[i];
        OpMeasure measure = {0};
        if (op->class->measure == NULL)
            continue;
        op->class->measure(op, &measure);
        assert_true(measure.windows <= 2 && measure.groups <= 20);
        rows = op->rows_in;
    }
    assert_true(rows > TIMES * 10); /* it has taken all of them */
    if (most > early * 3 / 2)
        fail_msg("%d bytes in the beginning, and then %d", (int)early, (int)most);
    job_bench_close(&b);
    strbuf_close(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),  cmocka_unit_test(test_many),   cmocka_unit_test(test_meeting),
        cmocka_unit_test(test_apart), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
