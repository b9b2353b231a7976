/* What a scan does with decoded rows: computed columns, the rowtime, each row's watermark, and
 * which records are refused and therefore move nothing. Rows are a number and a time in
 * milliseconds. */
#include "../../../support/job_bench.h"

static const char schema[] = "v BIGINT|t TIMESTAMP(3)", fine_schema[] = "v BIGINT|t TIMESTAMP(6)";

static Scalar *interval(PlanBench *b, Micros span)
{
    Scalar *scalar;
    Value constant = {.type = type_with_null(type_make(TYPE_INTERVAL_DAY), false), .as.i64 = span};
    constant.type.precision = 3;
    assert_int_equal(scalar_constant(&b->arena, &constant, &scalar), ST_OK);
    return scalar;
}

typedef struct ScanCase {
    const char *name;
    const char *text;
    const char *expected;
    uint64_t rejected;
} ScanCase;

static void check(JobBench *b, const ScanCase *c)
{
    static const uint32_t batch_rows[] = {0, 1, 3};
    b->table[0].text[0] = c->text;
    for (size_t i = 0; i < sizeof batch_rows / sizeof *batch_rows; i++) {
        b->config.batch_rows = batch_rows[i];
        assert_int_equal(job_bench_start(b), ST_OK);
        JobProgress progress = JOB_WAITS;
        strbuf_clear(&b->out);
        for (uint32_t waits = 0; progress == JOB_WAITS && waits < 100;
             waits++) /* input may pause */
            assert_int_equal(job_bench_go(b, &progress), ST_OK);
        const char *got = strbuf_cstr(&b->out);
        uint64_t rejected = job_counts(b->job).rejected;
        if (strcmp(got, c->expected) != 0 || rejected != c->rejected)
            fail_msg("%s, batches of %u:\n%s%d rejected", c->name, batch_rows[i], got,
                     (int)rejected);
        job_bench_stop(b);
    }
}

static PlanNode *open_scan(JobBench *b, const char *columns)
{
    static const char *const none[] = {""};
    job_bench_open(b);
    return job_bench_scan(b, columns, 1, true, none, 1);
}

/* The running maximum of the expression, cut to milliseconds, from the next row on. */
static void test_watermark(void **state)
{
    (void)state;
    static const ScanCase cases[] = {
        {"holds from the next row on, and never goes back", "1|5\n2|9\n3|7\n4|10\n5|0",
         "+I 1|5 @-\n+I 2|9 @2\n+I 3|7 @6\n+I 4|10 @6\n+I 5|0 @7\n", 0},
        {"is cut downward", "1|-5\n2|0\n3|1", "+I 1|-5 @-\n+I 2|0 @-8\n+I 3|1 @-3\n", 0},
        {"a refused record does not move it", "1|5\n2|NULL\nbad\n3|BAD\n4|6\n5|7",
         "+I 1|5 @-\n+I 4|6 @2\n+I 5|7 @3\n", 3},
        {"a dropped row does", "1|5\n~2|50\n3|6\n~4|NULL\n5|7",
         "+I 1|5 @-\n+I 3|6 @47\n+I 5|7 @47\n", 1},
        {"over polls", "1|5\n--\nidle\n2|9\n--\nbad\n--\n~3|20\n--\n4|8",
         "+I 1|5 @-\n+I 2|9 @2\n+I 4|8 @17\n", 1},
    };
    JobBench b;
    PlanNode *scan = open_scan(&b, fine_schema);
    scan->as.scan.watermark =
        plan_bench_apply(&b.plan, "-", scan->as.scan.watermark, interval(&b.plan, 2500));
    plan_bench_sink(&b.plan, scan, SINK_COLLECT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&b, &cases[i]);
    job_bench_close(&b);
}

/* 60 / v, which fails for 0; the watermark is t less so many milliseconds, which fails as well. */
static void test_computed(void **state)
{
    (void)state;
    static const ScanCase cases[] = {
        {"what fails is refused and moves nothing", "6|5\n0|90\n60|7\n0|8\n-5|9",
         "+I 6|5|10 @-\n+I 60|7|1 @5\n+I -5|9|-12 @7\n", 2},
        {"NULL is a value", "NULL|5\n30|6", "+I NULL|5|NULL @-\n+I 30|6|2 @5\n", 0},
        {"a bad cell spoils the column", "BAD|5\n30|6\n20|7", "+I 30|6|2 @-\n+I 20|7|3 @6\n", 1},
        {"dropped rows are computed as well", "~0|5\n~30|6\n30|7", "+I 30|7|2 @6\n", 1},
    };
    JobBench b;
    PlanNode *scan = open_scan(&b, schema);
    Scalar **computed = plan_bench_alloc(&b.plan, 2 * sizeof *computed);
    computed[0] = plan_bench_apply(&b.plan, "/", plan_bench_integer(&b.plan, 60),
                                   plan_bench_column(&b.plan, scan, "v"));
    scan->as.scan.computed = computed;
    scan->as.scan.computed_count = 1;
    scan->schema = (Schema){3, plan_bench_alloc(&b.plan, 4 * sizeof(Field))};
    memcpy(scan->schema.field, b.table[0].spec.schema.field, 2 * sizeof(Field));
    scan->schema.field[2] = (Field){.name = TEXT("c"), .type = computed[0]->type};
    plan_bench_sink(&b.plan, scan, SINK_COLLECT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(&b, &cases[i]);
    job_bench_close(&b);
}

static void test_failing_watermark(void **state)
{
    (void)state;
    static const ScanCase run = {"the expression fails", "6|5\n0|90\n60|7\n20|9",
                                 "+I 6|5 @-\n+I 60|7 @-5\n+I 20|9 @6\n", 1};
    JobBench b;
    PlanNode *scan = open_scan(&b, schema);
    Scalar *quotient = plan_bench_apply(&b.plan, "/", plan_bench_integer(&b.plan, 60),
                                        plan_bench_column(&b.plan, scan, "v"));
    scan->as.scan.watermark = plan_bench_apply(
        &b.plan, "-", scan->as.scan.watermark,
        plan_bench_apply(&b.plan, "*", interval(&b.plan, MICROS_PER_MILLI), quotient));
    plan_bench_sink(&b.plan, scan, SINK_COLLECT);
    check(&b, &run);
    job_bench_close(&b);
}

/* A time beyond the clock and the skew would close every window before it. */
static void test_future(void **state)
{
    (void)state;
    static const ScanCase run = {"by a millisecond too far",
                                 "1|1582983956788\n2|1582983957790\n3|1582983957789\n4|0",
                                 "+I 1|1582983956788 @-\n+I 3|1582983957789 @1582983956788\n"
                                 "+I 4|0 @1582983957789\n",
                                 1};
    static const ScanCase far = {"without the rule", "1|253402300799999\n2|0",
                                 "+I 1|253402300799999 @-\n+I 2|0 @253402300799999\n", 0};
    JobBench b;
    PlanNode *scan = open_scan(&b, schema);
    plan_bench_sink(&b.plan, scan, SINK_COLLECT);
    check(&b, &far);
    scan->as.scan.max_future_skew = MICROS_PER_SECOND;
    check(&b, &run);
    job_bench_close(&b);
}

/* Two readers of one table in one query take turns row by row, also within a batch. */
static void test_read_twice(void **state)
{
    (void)state;
    JobBench b;
    PlanNode *scan = open_scan(&b, schema);
    Scalar *v = plan_bench_column(&b.plan, scan, "v");
    Scalar *negative = plan_bench_apply(&b.plan, "-", plan_bench_integer(&b.plan, 0), v);
    PlanNode *side[2] = {plan_bench_calc(&b.plan, scan, NULL, &v, 1),
                         plan_bench_calc(&b.plan, scan, NULL, &negative, 1)};
    plan_bench_sink(&b.plan, plan_bench_node(&b.plan, PLAN_UNION_ALL, side, 2), SINK_COLLECT);
    static const ScanCase run = {"in turns", "1|5\n2|9\n~3|10\n4|7",
                                 "+I 1 @-\n+I -1 @-\n+I 2 @5\n+I -2 @5\n+I 4 @10\n+I -4 @10\n", 0};
    check(&b, &run);
    job_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_watermark),         cmocka_unit_test(test_computed),
        cmocka_unit_test(test_failing_watermark), cmocka_unit_test(test_future),
        cmocka_unit_test(test_read_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
