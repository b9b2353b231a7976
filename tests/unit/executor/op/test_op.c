/* What the runtime does for every operator, and the small operators: watermarks over several
 * inputs, the end, operators that want no more, filters and projections, LIMIT. */
#include "../../../support/op_bench.h"

/* --- several inputs --- */

static void open_union(OpBench *b, uint32_t inputs)
{
    op_bench_open(b);
    PlanNode *input[3];
    for (uint32_t i = 0; i < inputs; i++)
        input[i] = op_bench_input(b, "k STRING", CHANGELOG_APPEND);
    b->node = plan_bench_node(&b->plan, PLAN_UNION_ALL, input, inputs);
}

static void test_watermark_over_inputs(void **state)
{
    (void)state;
    static const struct {
        const char *name, *script, *expected;
    } cases[] = {
        {"the lowest, and no row before what the others allow",
         "W 5\n+I a\nON 1\n+I b\nW 3\n+I c\nON 0\n+I d\nW 9\n+I e\nON 1\nW 7\n+I f\n",
         "+I a @-\n+I b @-\nW 3\n+I c @3\n+I d @3\n+I e @3\nW 7\n+I f @7\n"},
        {"an input that has ended holds nothing back",
         "W 5\nON 1\n+I a\nEND\nON 0\n+I b\nW 8\nEND\n",
         "+I a @-\nW 5\n+I b @5\nW 8\nW end\nEND\n"},
        {"the one without rows holds back as well", "+I a\nW 5\nON 1\nEND\nON 0\nEND\n",
         "+I a @-\nW 5\nW end\nEND\n"},
        {"both at the same", "W 5\nON 1\nW 5\n+I a\nON 0\n+I b\n", "W 5\n+I a @5\n+I b @5\n"},
    };
    OpBench b;
    open_union(&b, 2);
    b.tells_watermarks = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = op_bench_run(&b, cases[i].script, op_bench_singly);
        if (strcmp(got, cases[i].expected) != 0)
            fail_msg("%s:\n%s", cases[i].name, got);
    }
    op_bench_close(&b);
}

static void test_rows_held_down(void **state)
{
    (void)state;
    OpBench b;
    open_union(&b, 3);
    op_bench_check(&b, "each row of a batch",
                   "ON 1\nW 3\nON 2\nW 6\nON 0\nW 1\n+I a\nW 2\n+I b\nW 3\n+I c\nW 4\n+I d\nW 8\n"
                   "+I e\nON 1\nEND\nON 0\n+I f\nW 9\n+I g\n",
                   "+I a @1\n+I b @2\n+I c @3\n+I d @3\n+I e @3\n+I f @6\n+I g @6\n");
    op_bench_close(&b);
}

/* --- due rows --- */

static void test_find_due(void **state)
{
    (void)state;
    static const Micros watermark[] = {1, 3, 3, 3, 7, 9};
    static const struct {
        Micros due;
        uint32_t from, expected;
    } cases[] = {
        {0, 0, 0}, {1, 0, 0}, {2, 0, 1}, {3, 0, 1},  {3, 2, 2}, {4, 0, 4},
        {7, 5, 5}, {8, 0, 5}, {9, 0, 5}, {10, 0, 6}, {1, 6, 6}, {1, 9, 6},
    };
    Batch batch = {.rows = 6, .selected = 6, .watermark = watermark};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(batch_find_due(&batch, cases[i].from, cases[i].due), cases[i].expected);
    batch.watermark = NULL;
    batch.watermark_before = 5;
    assert_int_equal(batch_find_due(&batch, 0, 5), 0);
    assert_int_equal(batch_find_due(&batch, 2, 4), 2);
    assert_int_equal(batch_find_due(&batch, 0, 6), 6);
    assert_int_equal(batch_find_due(&batch, 6, 5), 6);
}

/* --- LIMIT --- */

static void test_limit(void **state)
{
    (void)state;
    static const struct {
        uint64_t offset, count;
        const char *expected;
        uint64_t filtered;
        bool satisfied;
    } cases[] = {
        {0, 3, "+I 1 @-\n+I 2 @-\n+I 3 @4\n", 2, true},
        {2, 2, "+I 3 @4\n+I 4 @4\n", 3, true},
        {4, 5, "+I 5 @4\n", 4, false},
        {0, 5, "+I 1 @-\n+I 2 @-\n+I 3 @4\n+I 4 @4\n+I 5 @4\n", 0, true},
        {5, 1, "", 5, false},
        {7, UINT64_MAX, "", 5, false},
        {1, UINT64_MAX, "+I 2 @-\n+I 3 @4\n+I 4 @4\n+I 5 @4\n", 1, false},
        {0, 0, "", 5, true},
        {3, 0, "", 5, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OpBench b;
        op_bench_open(&b);
        PlanNode *input = op_bench_input(&b, "v BIGINT", CHANGELOG_APPEND);
        b.node = plan_bench_node(&b.plan, PLAN_LIMIT, &input, 1);
        b.node->as.limit = (PlanLimit){cases[i].offset, cases[i].count};
        for (uint32_t r = 0; r < OP_BENCH_REPLAYS; r++) {
            op_bench_start(&b);
            assert_int_equal(
                op_bench_feed(&b, "+I 1\n+I 2\nW 4\n+I 3\n+I 4\n+I 5\n", op_bench_replays[r]),
                ST_OK);
            assert_int_equal(op_is_satisfied(b.op), cases[i].satisfied);
            op_bench_stop(&b);
            assert_string_equal(strbuf_cstr(&b.out), cases[i].expected);
            assert_int_equal(b.counts.filtered, cases[i].filtered);
        }
        op_bench_close(&b);
    }
}

/* --- filter and projection --- */

static void open_calc(OpBench *b, ChangelogMode changelog)
{
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, "v BIGINT|w BIGINT", changelog);
    Scalar *v = plan_bench_column(&b->plan, input, "v");
    Scalar *w = plan_bench_column(&b->plan, input, "w");
    Scalar *project[] = {w, plan_bench_apply(&b->plan, "/", plan_bench_integer(&b->plan, 12), v),
                         plan_bench_integer(&b->plan, 7)};
    Scalar *condition =
        plan_bench_apply(&b->plan, ">", plan_bench_integer(&b->plan, 100),
                         plan_bench_apply(&b->plan, "/", plan_bench_integer(&b->plan, 60), w));
    b->node = plan_bench_calc(&b->plan, input, condition, project, 3);
}

static void test_calc(void **state)
{
    (void)state;
    static const struct {
        const char *name, *script, *expected;
        uint64_t filtered, rejected;
    } cases[] = {
        {"computes for what it keeps", "+I 3|1\nW 5\n+I -4|2\n+I NULL|60\n",
         "+I 1|4|7 @-\n+I 2|-3|7 @5\n+I 60|NULL|7 @5\n", 0, 0},
        {"NULL is not TRUE", "+I 3|NULL\n+I 3|1\n", "+I 1|4|7 @-\n", 1, 0},
        {"what the condition drops fails no more", "+I 0|NULL\n+I 0|NULL\n+I 2|5\n",
         "+I 5|6|7 @-\n", 2, 0},
        {"a row that fails goes alone", "+I 0|1\n+I 1|1\nW 3\n+I 1|0\n+I 0|0\n+I 2|NULL\n+I 6|3\n",
         "+I 1|12|7 @-\n+I 3|2|7 @3\n", 1, 3},
        {"nothing is left", "+I 1|NULL\n", "", 1, 0},
    };
    OpBench b;
    open_calc(&b, CHANGELOG_APPEND);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        op_bench_check(&b, cases[i].name, cases[i].script, cases[i].expected);
        if (b.counts.filtered != cases[i].filtered || b.counts.rejected != cases[i].rejected)
            fail_msg("%s: %d filtered, %d rejected", cases[i].name, (int)b.counts.filtered,
                     (int)b.counts.rejected);
        assert_int_equal(b.reject.rejected, cases[i].rejected);
    }
    assert_int_equal(b.reject.first.set, false); /* of the last case */
    op_bench_close(&b);
}

/* In an updating stream what failed when it came fails without a word when it is taken back. */
static void test_calc_of_updates(void **state)
{
    (void)state;
    OpBench b;
    open_calc(&b, CHANGELOG_RETRACT);
    op_bench_check(&b, "kinds stay; a failing delete is no second rejection",
                   "+I 3|1\n-U 3|1\n+U 0|1\n-U 0|1\n+U 4|1\n-D 4|1\n-D 0|1\n",
                   "+I 1|4|7 @-\n-U 1|4|7 @-\n+U 1|3|7 @-\n-D 1|3|7 @-\n");
    assert_int_equal(b.reject.rejected, 1);
    assert_int_equal(b.reject.first.code, E5005);
    op_bench_close(&b);
}

static void test_no_memory(void **state)
{
    (void)state;
    OpBench b;
    open_calc(&b, CHANGELOG_APPEND);
    op_bench_check_no_memory(&b, "+I 0|1\n+I 1|1\nW 3\n+I 1|0\n+I 0|0\n+I 2|NULL\n+I 6|3\n");
    op_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watermark_over_inputs),
        cmocka_unit_test(test_rows_held_down),
        cmocka_unit_test(test_find_due),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_calc),
        cmocka_unit_test(test_calc_of_updates),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
