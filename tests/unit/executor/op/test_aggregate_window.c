/* TUMBLE windows: when they fire, in which order, and what is late. Sizes and times are small
 * numbers of milliseconds; a window [0, 10) is due when the watermark reaches 9. */
#include "../../../support/op_bench.h"

typedef struct WindowCase {
    const char *name;
    const char *script;
    const char *expected;
    uint64_t late;
    int64_t offset_ms;
} WindowCase;

static void check_cases(OpBench *b, const WindowCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        b->node->as.window_aggregate.window.offset = cases[i].offset_ms * MICROS_PER_MILLI;
        op_bench_check(b, cases[i].name, cases[i].script, cases[i].expected);
        if (b->counts.late != cases[i].late || b->counts.used + b->counts.late != b->counts.read)
            fail_msg("%s: %d read, %d used, %d late", cases[i].name, (int)b->counts.read,
                     (int)b->counts.used, (int)b->counts.late);
    }
}

/* Key, count and sum, start and end. */
static void open_bench(OpBench *b, const char *keys, const char *calls)
{
    op_bench_open(b);
    PlanNode *input =
        op_bench_input(b, "k STRING|v BIGINT|t TIMESTAMP(3)|f BOOLEAN", CHANGELOG_APPEND);
    b->node = plan_bench_window(&b->plan, input, "t", 10, keys, calls);
}

static void test_due(void **state)
{
    (void)state;
    static const WindowCase cases[] = {
        {.name = "not before the last millisecond of the window",
         .script = "+I a|1|0|true\n+I a|2|9|true\nW 8\n+I a|4|9|true\n",
         .expected = ""},
        {.name = "at the last millisecond of the window",
         .script = "+I a|1|0|true\n+I a|2|9|true\nW 8\n+I a|4|9|true\nW 9\n",
         .expected = "+I a|3|7|0|10 @8\n"},
        {.name = "at the end of the window",
         .script = "+I a|1|0|true\nW 10\n",
         .expected = "+I a|1|1|0|10 @-\n"},
        {.name = "the first moment of a window is not in the one before it",
         .script = "+I a|1|9|true\n+I a|2|10|true\nW 9\n",
         .expected = "+I a|1|1|0|10 @-\n"},
        {.name = "a row at the watermark of a window that is still open counts",
         .script = "W 5\n+I a|1|5|true\n+I a|2|0|true\nW 8\n+I a|4|0|true\nEND\n",
         .expected = "+I a|3|7|0|10 @8\n"},
        {.name = "a row is late from the moment on at which its window is due",
         .script = "+I a|1|0|true\nW 8\n+I a|2|0|true\nW 9\n+I a|4|9|true\n+I a|8|10|true\nEND\n",
         .expected = "+I a|2|3|0|10 @8\n+I a|1|8|10|20 @9\n",
         .late = 1},
        {.name = "a window in which nothing had come is over as well",
         .script = "W 19\n+I a|1|19|true\n+I a|2|20|true\n+I a|4|10|true\nEND\n",
         .expected = "+I a|1|2|20|30 @19\n",
         .late = 2},
        {.name = "the watermark jumps over windows",
         .script = "+I a|1|5|true\n+I a|2|105|true\nW 1000\n+I a|4|1005|true\nEND\n",
         .expected = "+I a|1|1|0|10 @-\n+I a|1|2|100|110 @-\n+I a|1|4|1000|1010 @1000\n"},
        {.name = "at the end of the input, without a watermark",
         .script = "+I a|1|25|true\n+I a|2|5|true\nEND\n",
         .expected = "+I a|1|2|0|10 @-\n+I a|1|1|20|30 @-\n"},
        {.name = "no rows, no window", .script = "W 50\nEND\n", .expected = ""},
        {.name = "before the epoch",
         .script = "+I a|1|-1|true\n+I a|2|-10|true\n+I a|4|-11|true\n+I a|8|0|true\nW -2\n"
                   "+I b|16|-10|true\nW -1\n+I b|32|-1|true\n",
         .expected = "+I a|1|4|-20|-10 @-\n+I a|2|3|-10|0 @-2\n+I b|1|16|-10|0 @-2\n",
         .late = 1},
        {.name = "with an offset",
         .script = "+I a|1|2|true\n+I a|2|3|true\n+I a|4|12|true\n+I a|8|-8|true\nW 2\n"
                   "+I a|16|2|true\n+I a|32|13|true\nW 11\n+I a|64|12|true\nW 12\n",
         .expected = "+I a|1|8|-17|-7 @-\n+I a|1|1|-7|3 @-\n+I a|3|70|3|13 @11\n",
         .late = 1,
         .offset_ms = 3},
    };
    OpBench b;
    open_bench(&b, "k", "COUNT(*)|SUM(v)");
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_close(&b);
}

static void test_order(void **state)
{
    (void)state;
    static const WindowCase cases[] = {
        {.name = "windows by their end, groups in order of their first row",
         .script = "+I b|1|15|true\n+I a|2|5|true\n+I b|4|5|true\n+I c|8|12|true\n+I a|16|5|true\n"
                   "W 19\n",
         .expected = "+I a|2|18|0|10 @-\n+I b|1|4|0|10 @-\n+I b|1|1|10|20 @-\n"
                     "+I c|1|8|10|20 @-\n"},
        {.name = "a group of another window begins anew",
         .script =
             "+I a|1|5|true\n+I a|2|15|true\nW 9\n+I a|4|15|true\nW 19\n+I a|8|25|true\nEND\n",
         .expected = "+I a|1|1|0|10 @-\n+I a|2|6|10|20 @9\n+I a|1|8|20|30 @19\n"},
        {.name = "rows that come in no order",
         .script = "+I a|1|25|true\n+I a|2|5|true\n+I a|4|15|true\n+I a|8|5|true\n+I a|16|25|true\n"
                   "+I a|32|15|true\nW 9\n+I a|64|5|true\n+I a|128|25|true\nEND\n",
         .expected = "+I a|2|10|0|10 @-\n+I a|2|36|10|20 @9\n+I a|3|145|20|30 @9\n",
         .late = 1},
        {.name = "late rows between good ones of the same group",
         .script = "W 9\n+I a|1|10|true\n+I a|2|9|true\n+I a|4|11|true\n+I a|8|0|true\n"
                   "+I a|16|12|true\nW 19\n+I a|32|19|true\nEND\n",
         .expected = "+I a|3|21|10|20 @9\n",
         .late = 3},
        {.name = "NULL is a key like others",
         .script = "+I NULL|1|5|true\n+I a|2|5|true\n+I NULL|NULL|5|true\nEND\n",
         .expected = "+I NULL|2|1|0|10 @-\n+I a|1|2|0|10 @-\n"},
        {.name = "a group of NULLs has no sum",
         .script = "+I a|NULL|5|true\nEND\n",
         .expected = "+I a|1|NULL|0|10 @-\n"},
    };
    OpBench b;
    open_bench(&b, "k", "COUNT(*)|SUM(v)");
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_close(&b);
}

/* DISTINCT and FILTER hold for each window on its own; what MIN and MAX keep of texts outlives the
 * rows. */
static void test_aggregates(void **state)
{
    (void)state;
    static const WindowCase cases[] = {
        {.name = "distinct values of each window",
         .script = "+I a|7|5|true\n+I a|7|6|false\n+I b|7|7|true\n+I a|8|15|true\n+I a|7|15|true\n"
                   "+I a|NULL|5|true\nW 9\n+I a|7|16|true\nEND\n",
         .expected = "+I 4|1|7|14|a|b|0|10 @-\n+I 3|2|15|22|a|a|10|20 @9\n"},
        {.name = "values that the filter keeps out",
         .script = "+I a text that does not stand inline|3|1|false\n+I b|4|1|NULL\n"
                   "+I another text of some length|4|2|true\n+I NULL|2|2|true\nEND\n",
         .expected = "+I 4|3|9|6|a text that does not stand inline|b|0|10 @-\n"},
        {.name = "no value passes the filter",
         .script = "+I a|3|1|false\nEND\n",
         .expected = "+I 1|1|3|NULL|a|a|0|10 @-\n"},
    };
    OpBench b;
    open_bench(&b, "", "COUNT(*)|COUNT(DISTINCT v)|SUM(DISTINCT v)|SUM(v) FILTER f|MIN(k)|MAX(k)");
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_close(&b);
}

/* Windows of local time: in Berlin the 29th of March 2020 has 23 hours, and the hour from 2:00 on
 * the 25th of October comes twice. */
static void test_local_zone(void **state)
{
    (void)state;
    enum { HOUR_MS = 3600000 };
    static const struct {
        const char *name;
        int64_t size_ms;
        const char *script, *expected;
    } cases[] = {
        {"a day of 23 hours", 24 * HOUR_MS,
         "+I a|1|1585436399999|true\n+I a|2|1585436400000|true\n+I a|4|1585519199999|true\n"
         "+I a|8|1585519200000|true\nW 1585519199998\n+I a|16|1585519199999|true\n"
         "W 1585519199999\n",
         "+I a|1|1|1585353600000|1585440000000 @-\n"
         "+I a|3|22|1585440000000|1585526400000 @1585519199998\n"},
        {"an hour that comes twice", HOUR_MS,
         "+I a|1|1603584000000|true\n+I a|2|1603587600000|true\nW 1603591199998\n"
         "+I a|4|1603591199999|true\nW 1603591199999\n",
         "+I a|3|7|1603591200000|1603594800000 @1603591199998\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OpBench b;
        op_bench_open(&b);
        PlanNode *input =
            op_bench_input(&b, "k STRING|v BIGINT|t TIMESTAMP_LTZ(3)|f BOOLEAN", CHANGELOG_APPEND);
        b.node = plan_bench_window(&b.plan, input, "t", cases[i].size_ms, "k", "COUNT(*)|SUM(v)");
        b.node->as.window_aggregate.window.local_zone = true;
        assert_int_equal(timezone_open(TEXT("Europe/Berlin"), &b.plan.arena, &b.env.eval.zone),
                         ST_OK);
        assert_non_null(b.env.eval.zone);
        op_bench_check(&b, cases[i].name, cases[i].script, cases[i].expected);
        op_bench_close(&b);
    }
}

/* More groups than a batch holds, in order. */
static void test_many_groups(void **state)
{
    (void)state;
    enum { GROUPS = 3000 };
    StrBuf script, expected;
    OpBench b;
    open_bench(&b, "v", "COUNT(*)");
    strbuf_init(&script, NULL);
    strbuf_init(&expected, NULL);
    for (int i = 0; i < GROUPS; i++) {
        int key = i * 7 % GROUPS + (i * 7 / GROUPS) * GROUPS;
        strbuf_printf(&script, "+I x|%d|5|true\n", key);
        strbuf_printf(&expected, "+I %d|1|0|10 @-\n", key);
    }
    strbuf_string(&script, "W 9\n");
    op_bench_check(&b, "many groups", strbuf_cstr(&script), strbuf_cstr(&expected));
    strbuf_close(&script);
    strbuf_close(&expected);
    op_bench_close(&b);
}

/* Windows of one row each that come in no order are given out in order, and take little. */
static void test_many_windows(void **state)
{
    (void)state;
    enum { WINDOWS = 4000, STEP = 1231, BYTES = 1300 };
    StrBuf script, expected;
    OpBench b;
    open_bench(&b, "k", "COUNT(*)|SUM(v)");
    strbuf_init(&script, NULL);
    strbuf_init(&expected, NULL);
    for (int i = 0; i < WINDOWS; i++) {
        int window = i * STEP % WINDOWS;
        strbuf_printf(&script, "+I a text that does not stand inline|%d|%d|true\n", window,
                      window * 10 + 5);
        strbuf_printf(&expected, "+I a text that does not stand inline|1|%d|%d|%d @-\n", i, i * 10,
                      i * 10 + 10);
    }
    strbuf_string(&script, "END\n");
    op_bench_check(&b, "many windows", strbuf_cstr(&script), strbuf_cstr(&expected));
    if (b.meter.peak_bytes > WINDOWS * BYTES)
        fail_msg("%d bytes a window", (int)(b.meter.peak_bytes / WINDOWS));
    strbuf_close(&script);
    strbuf_close(&expected);
    op_bench_close(&b);
}

/* Watermarks go on after the windows that they make due. */
static void test_watermarks(void **state)
{
    (void)state;
    OpBench b;
    open_bench(&b, "k", "COUNT(*)");
    b.tells_watermarks = true;
    assert_string_equal(op_bench_run(&b,
                                     "W 3\n+I a|1|5|true\nW 8\nW 8\nW 9\n+I a|1|12|true\nW 12\n"
                                     "END\n",
                                     op_bench_singly),
                        "W 3\nW 8\n+I a|1|0|10 @8\nW 9\nW 12\n+I a|1|10|20 @12\nW end\nEND\n");
    op_bench_close(&b);
}

static void test_no_memory(void **state)
{
    (void)state;
    OpBench b;
    open_bench(&b, "k", "COUNT(DISTINCT v)|MIN(k)");
    op_bench_check_no_memory(&b,
                             "+I a text that does not stand inline|1|5|true\n+I b|2|15|true\nW 9\n"
                             "+I another text of some length|7|25|true\nEND\n");
    op_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due),         cmocka_unit_test(test_order),
        cmocka_unit_test(test_aggregates),  cmocka_unit_test(test_local_zone),
        cmocka_unit_test(test_many_groups), cmocka_unit_test(test_many_windows),
        cmocka_unit_test(test_watermarks),  cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
