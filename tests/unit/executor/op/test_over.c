/* OVER: when rows go out, with which watermark, which are late, what is forgotten; how rows are
 * updated in an order that is not that of time. Times are small numbers of milliseconds. */
#include "../../../support/op_bench.h"

typedef struct OverCase {
    const char *name;
    const char *script;
    const char *expected;
    uint64_t late;
} OverCase;

static void check_cases(OpBench *b, const OverCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        op_bench_check(b, cases[i].name, cases[i].script, cases[i].expected);
        if (b->counts.late != cases[i].late || b->counts.used + b->counts.late != b->counts.read)
            fail_msg("%s: %d read, %d used, %d late", cases[i].name, (int)b->counts.read,
                     (int)b->counts.used, (int)b->counts.late);
    }
}

/* --- plans --- */

static const uint32_t by_key[] = {0};
static const PlanOrder by_time[] = {{.column = 1}};
static const PlanOrder by_value[] = {{.column = 2}};

static void add_field(OpBench *b, const char *name, Type type)
{
    Schema *schema = &b->node->schema;
    Field *field = plan_bench_alloc(&b->plan, (schema->count + 1) * sizeof *field);
    memcpy(field, schema->field, schema->count * sizeof *field);
    field[schema->count] = (Field){.name = text_of(name), .type = type};
    *schema = (Schema){schema->count + 1, field};
}

/* k STRING, t TIMESTAMP(3), v BIGINT; by k, in the order of t. */
static void open_over(OpBench *b, PlanKind kind, ChangelogMode changelog)
{
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, "k STRING|t TIMESTAMP(3)|v BIGINT", changelog);
    b->node = plan_bench_node(&b->plan, kind, &input, 1);
    b->node->changelog = kind == PLAN_OVER_UPDATES ? CHANGELOG_RETRACT : CHANGELOG_APPEND;
    b->node->as.over = (PlanOver){
        .partition = by_key,
        .partitions = 1,
        .order = kind == PLAN_OVER_UPDATES ? by_value : by_time,
        .orders = 1,
    };
}

/* One aggregate over one frame. */
static void open_sum(OpBench *b, PlanKind kind, ChangelogMode changelog, PlanFrame frame)
{
    static const PlanOverCall one = {.function = OVER_AGGREGATE};
    open_over(b, kind, changelog);
    PlanOver *over = &b->node->as.over;
    PlanFrame *copy = plan_bench_alloc(&b->plan, sizeof *copy);
    PlanAggregateCall *call = plan_bench_alloc(&b->plan, sizeof *call);
    *copy = frame;
    copy->calls = 1;
    *call = plan_bench_call(&b->plan, &b->input[0]->schema, text_of("SUM(v)"));
    call->slides = !frame.from_first;
    add_field(b, "sum", call->result);
    over->frame = copy;
    over->frames = 1;
    over->aggregate = call;
    over->aggregates = 1;
    over->call = &one;
    over->calls = 1;
}

static void open_cells(OpBench *b, const PlanFrame *frame, bool in_order)
{
    static const PlanOverCall one = {.function = OVER_CELL, .column = 2, .otherwise = -1};
    open_over(b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND);
    add_field(b, "cell", type_make(TYPE_BIGINT));
    b->node->as.over.frame = frame;
    b->node->as.over.frames = 1;
    b->node->as.over.call = &one;
    b->node->as.over.calls = 1;
    b->node->as.over.in_order = in_order;
}

#define MS(n) ((n)*MICROS_PER_MILLI)

/* --- frames that end with the row --- */

static void test_time_frames(void **state)
{
    (void)state;
    static const OverCase cases[] = {
        {.name = "equal times see the same, the lower end is in it",
         .script = "+I a|5|1\n+I a|3|2\nW 2\n+I b|4|7\nW 4\n+I a|5|4\n+I a|14|8\nW 20\n"
                   "+I a|15|1\n+I a|25|1\nEND\n",
         .expected = "+I a|3|2|2 @2\n+I b|4|7|7 @2\n+I a|5|1|7 @4\n+I a|5|4|7 @4\n"
                     "+I a|14|8|13 @4\n+I a|15|1|14 @20\n+I a|25|1|2 @20\n"},
        {.name = "late is what is not later than the last of its partition",
         .script = "+I a|5|1\nW 5\n+I b|20|2\nW 20\n+I a|6|3\n+I c|1|4\n+I b|19|5\n+I a|5|6\n"
                   "W 21\n",
         .expected = "+I a|5|1|1 @-\n+I b|20|2|2 @5\n+I c|1|4|4 @20\n+I a|6|3|4 @20\n",
         .late = 2},
        {.name = "what comes behind the watermark goes out when that moves, by its time",
         .script = "+I a|20|1\nW 20\n+I b|8|2\n+I b|7|4\nW 20\n+I b|6|8\nW 21\n",
         .expected = "+I a|20|1|1 @-\n+I b|6|8|8 @20\n+I b|7|4|12 @20\n+I b|8|2|14 @20\n"},
        {.name = "a partition is remembered until 10 + 15 + 1",
         .script = "+I a|10|1\nW 10\n+I z|25|0\nW 25\n+I a|5|9\n+I a|12|3\nW 30\n",
         .expected = "+I a|10|1|1 @-\n+I z|25|0|0 @10\n+I a|12|3|4 @25\n",
         .late = 1},
        {.name = "then it is forgotten",
         .script = "+I a|10|1\nW 10\n+I z|26|0\nW 26\n+I a|5|9\n+I a|12|3\nW 30\n",
         .expected = "+I a|10|1|1 @-\n+I z|26|0|0 @10\n+I a|5|9|9 @26\n+I a|12|3|12 @26\n"},
        {.name = "a row that puts that off leaves the moment behind as what is late",
         .script = "+I a|10|1\n+I a|16|2\nW 16\n+I z|26|0\nW 26\n+I a|17|3\n+I a|27|4\nW 40\n",
         .expected = "+I a|10|1|1 @-\n+I a|16|2|3 @-\n+I z|26|0|0 @16\n+I a|27|4|4 @26\n",
         .late = 1},
        {.name = "it begins anew though its row comes in the same batch",
         .script = "+I a|10|1\nW 10\n+I z|40|0\nW 40\n+I a|50|2\n+I a|20|3\nW 60\n",
         .expected = "+I a|10|1|1 @-\n+I z|40|0|0 @10\n+I a|20|3|3 @40\n+I a|50|2|2 @40\n"},
        {.name = "NULL is a key and no value; times before 1970",
         .script = "+I NULL|-20|NULL\nW -20\n+I NULL|-15|3\n+I NULL|-20|5\nEND\n",
         .expected = "+I NULL|-20|NULL|NULL @-\n+I NULL|-15|3|3 @-20\n",
         .late = 1},
    };
    OpBench b;
    open_sum(&b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND, (PlanFrame){.start = -MS(10)});
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_check_no_memory(&b, cases[0].script);
    op_bench_close(&b);
}

static void test_row_frames(void **state)
{
    (void)state;
    static const OverCase cases[] = {
        {.name = "a row and the one before it",
         .script = "+I a|1|1\n+I a|1|2\n+I b|1|9\n+I a|2|4\nW 1\n+I a|2|8\nW 2\n+I a|500|16\nEND\n",
         .expected = "+I a|1|1|1 @-\n+I a|1|2|3 @-\n+I b|1|9|9 @-\n+I a|2|4|6 @1\n+I a|2|8|12 @1\n"
                     "+I a|500|16|24 @2\n"},
        {.name = "nothing is forgotten: what is late stays late",
         .script = "+I a|5|1\nW 5\n+I z|900|0\nW 900\n+I a|5|2\n+I a|6|4\nEND\n",
         .expected = "+I a|5|1|1 @-\n+I z|900|0|0 @5\n+I a|6|4|5 @900\n",
         .late = 1},
    };
    static const OverCase before = {.name = "rows before the one before",
                                    .script = "+I a|1|1\n+I a|2|2\n+I a|3|4\n+I a|4|8\nEND\n",
                                    .expected = "+I a|1|1|NULL @-\n+I a|2|2|NULL @-\n"
                                                "+I a|3|4|1 @-\n+I a|4|8|3 @-\n"};
    OpBench b;
    open_sum(&b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND, (PlanFrame){.rows = true, .start = -1});
    check_cases(&b, cases, sizeof cases / sizeof *cases);
    op_bench_check_no_memory(&b, cases[0].script);
    op_bench_close(&b);
    open_sum(&b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND,
             (PlanFrame){.rows = true, .start = -3, .end = -2});
    check_cases(&b, &before, 1);
    op_bench_close(&b);
}

static void test_no_beginning(void **state)
{
    (void)state;
    static const OverCase ranks = {
        .name = "numbers and the row before; at the watermark a row is late",
        .script = "+I a|1|5\n+I a|1|6\n+I a|2|7\nW 1\n+I a|1|8\n+I b|1|9\nEND\n",
        .expected = "+I a|1|5|1|1|1|NULL @-\n+I a|1|6|2|1|1|5 @-\n+I a|2|7|3|3|2|6 @1\n",
        .late = 2};
    static const OverCase sums = {.name = "all up to the row",
                                  .script = "+I a|1|1\n+I a|1|2\nW 3\n+I a|5|4\n+I a|2|8\nW 9\n",
                                  .expected = "+I a|1|1|3 @-\n+I a|1|2|3 @-\n+I a|5|4|7 @3\n",
                                  .late = 1};
    static const PlanFrame lag = {.rows = true, .start = -1, .end = -1};
    static const PlanOverCall calls[] = {
        {.function = OVER_ROW_NUMBER},
        {.function = OVER_RANK},
        {.function = OVER_DENSE_RANK},
        {.function = OVER_CELL, .column = 2, .otherwise = -1},
    };
    OpBench b;
    open_over(&b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND);
    for (int i = 0; i < 4; i++)
        add_field(&b, "x", type_make(TYPE_BIGINT));
    b.node->as.over.frame = &lag;
    b.node->as.over.frames = 1;
    b.node->as.over.call = calls;
    b.node->as.over.calls = 4;
    check_cases(&b, &ranks, 1);
    op_bench_check_no_memory(&b, ranks.script);
    op_bench_close(&b);
    open_sum(&b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND, (PlanFrame){.from_first = true});
    check_cases(&b, &sums, 1);
    op_bench_close(&b);
}

/* --- frames that look on --- */

static void test_looking_on(void **state)
{
    (void)state;
    static const OverCase times = {
        .name = "the watermark has passed what the frame reaches",
        .script = "+I a|1|1\n+I a|4|2\nW 5\n+I a|8|4\nW 6\n+I b|20|9\nW 13\n+I a|13|9\nEND\n",
        .expected = "+I a|1|1|3 @0\n+I a|4|2|6 @1\n+I a|8|4|4 @1\n+I b|20|9|9 @8\n",
        .late = 1};
    static const OverCase last = {.name = "all that follow",
                                  .script = "+I a|1|1\n+I b|2|2\nW 3\n+I a|4|4\nW 9\nEND\n",
                                  .expected = "+I a|1|1|5 @0\n+I b|2|2|2 @0\n+I a|4|4|4 @0\n"};
    OpBench b;
    open_sum(&b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND, (PlanFrame){.end = MS(5)});
    check_cases(&b, &times, 1);
    op_bench_check_no_memory(&b, times.script);
    b.tells_watermarks = true;
    assert_string_equal(op_bench_run(&b, times.script, op_bench_singly),
                        "W 0\n+I a|1|1|3 @0\nW 1\n+I a|4|2|6 @1\n+I a|8|4|4 @1\nW 8\n"
                        "+I b|20|9|9 @8\nW end\nEND\n");
    op_bench_close(&b);
    open_sum(&b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND, (PlanFrame){.rows = true, .to_last = true});
    check_cases(&b, &last, 1);
    op_bench_close(&b);
}

static void test_next_row(void **state)
{
    (void)state;
    static const PlanFrame lead = {.rows = true, .start = 1, .end = 1};
    static const char script[] = "+I b|1|7\n+I a|2|1\n+I a|3|2\nW 4\n+I a|9|3\nW 9\nEND\n";
    static const OverCase overtaking = {
        .name = "a silent partition does not hold the others",
        .script = script,
        .expected = "+I a|2|1|2 @-\n+I a|3|2|3 @0\n+I b|1|7|NULL @0\n+I a|9|3|NULL @0\n"};
    static const OverCase in_order = {
        .name = "where their order counts it does",
        .script = script,
        .expected = "+I b|1|7|NULL @0\n+I a|2|1|2 @0\n+I a|3|2|3 @0\n+I a|9|3|NULL @0\n"};
    OpBench b;
    open_cells(&b, &lead, false);
    check_cases(&b, &overtaking, 1);
    op_bench_check_no_memory(&b, script);
    op_bench_close(&b);
    open_cells(&b, &lead, true);
    check_cases(&b, &in_order, 1);
    op_bench_close(&b);
}

/* --- in another order --- */

static void test_updates(void **state)
{
    (void)state;
    static const OverCase cases[] = {
        {.name = "those behind a row that comes are updated, and those behind one that goes",
         .script = "+I a|1|5\n+I a|2|3\n+I b|9|1\n-D a|9|9\n-D a|2|3\n",
         .expected = "+I a|1|5|5 @-\n-U a|1|5|5 @-\n+U a|1|5|8 @-\n+I a|2|3|3 @-\n+I b|9|1|1 @-\n"
                     "-D a|2|3|3 @-\n-U a|1|5|8 @-\n+U a|1|5|5 @-\n"},
        {.name = "equal values see the same",
         .script = "+I a|1|5\nW 7\n+I a|2|5\n-U a|1|5\n+U a|1|6\n",
         .expected = "+I a|1|5|5 @-\n-U a|1|5|5 @7\n+U a|1|5|10 @7\n+I a|2|5|10 @7\n"
                     "-D a|1|5|10 @7\n-U a|2|5|10 @7\n+U a|2|5|5 @7\n+I a|1|6|11 @7\n"},
        {.name = "NULL is lowest, and no value",
         .script = "+I a|1|5\n+I a|2|NULL\n",
         .expected = "+I a|1|5|5 @-\n+I a|2|NULL|NULL @-\n"},
    };
    OpBench b;
    open_sum(&b, PLAN_OVER_UPDATES, CHANGELOG_RETRACT, (PlanFrame){.from_first = true});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        op_bench_check(&b, cases[i].name, cases[i].script, cases[i].expected);
    op_bench_check_no_memory(&b, cases[0].script);
    b.node->changelog = CHANGELOG_UPSERT;
    op_bench_check(&b, "without the rows before an update", "+I a|1|5\n+I a|2|3\n",
                   "+I a|1|5|5 @-\n+U a|1|5|8 @-\n+I a|2|3|3 @-\n");
    op_bench_close(&b);
}

/* What a batch comes to, for whoever sees no more than that. */
static void test_net_updates(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"+I a|1|5\n+I b|1|1\n+I a|2|3\n+I a|3|4\n",
         "+I a|2|3|3 @-\n+I a|3|4|7 @-\n+I a|1|5|12 @-\n+I b|1|1|1 @-\n"},
        {"+I a|1|5\n-D a|1|5\n-D a|1|5\n", ""},
        {"+I a|1|5\n+I a|2|8\n+I b|1|2\nW 7\nON 0\n-U a|1|5\n+U a|1|6\n-D b|1|2\n+I b|2|2\n-D "
         "b|2|2\n"
         "W 8\nON 0\n+I b|3|3\n",
         "+I a|1|5|5 @-\n+I a|2|8|13 @-\n+I b|1|2|2 @-\n-D a|1|5|5 @7\n-U a|2|8|13 @7\n"
         "+U a|2|8|14 @7\n+I a|1|6|6 @7\n-D b|1|2|2 @7\n+I b|3|3|3 @8\n"},
        {"+I a|1|5\nW 7\nON 0\n-D a|1|5\n+I a|1|5\n",
         "+I a|1|5|5 @-\n-D a|1|5|5 @7\n+I a|1|5|5 @7\n"},
    };
    OpBench b;
    open_sum(&b, PLAN_OVER_UPDATES, CHANGELOG_RETRACT, (PlanFrame){.from_first = true});
    b.node->as.over.net = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(op_bench_run(&b, cases[i][0], op_bench_replays[0]), cases[i][1]);
    op_bench_check_no_memory(&b, cases[2][0]);
    op_bench_close(&b);
}

/* Of frames that count rows those around a change alone are computed. */
static void test_updates_nearby(void **state)
{
    (void)state;
    static const OverCase around = {
        .name = "one row before and one behind",
        .script = "+I a|1|10\n+I a|2|20\n+I a|3|30\n+I a|4|40\n+I a|5|50\n+I a|6|25\n-D a|1|10\n",
        .expected = "+I a|1|10|10 @-\n-U a|1|10|10 @-\n+U a|1|10|30 @-\n+I a|2|20|30 @-\n"
                    "-U a|2|20|30 @-\n+U a|2|20|60 @-\n+I a|3|30|50 @-\n-U a|3|30|50 @-\n"
                    "+U a|3|30|90 @-\n+I a|4|40|70 @-\n-U a|4|40|70 @-\n+U a|4|40|120 @-\n"
                    "+I a|5|50|90 @-\n-U a|2|20|60 @-\n+U a|2|20|55 @-\n-U a|3|30|90 @-\n"
                    "+U a|3|30|95 @-\n+I a|6|25|75 @-\n-D a|1|10|30 @-\n-U a|2|20|55 @-\n"
                    "+U a|2|20|45 @-\n"};
    OpBench b;
    open_sum(&b, PLAN_OVER_UPDATES, CHANGELOG_RETRACT,
             (PlanFrame){.rows = true, .start = -1, .end = 1});
    op_bench_check(&b, around.name, around.script, around.expected);
    op_bench_close(&b);
}

/* --- partitions that are forgotten --- */

static const Micros ttl = 10 * MICROS_PER_SECOND;

static void test_ttl_of_time(void **state)
{
    (void)state;
    static const OverCase sums[] = {
        {.name = "a partition lives as long as its rows come in time",
         .script = "+I a|1|1\nW 1\nAT 6000\n+I a|2|2\nW 2\nAT 15999\n+I a|3|4\nW 3\nAT 25999\n"
                   "+I a|4|8\nW 4\n",
         .expected = "+I a|1|1|1 @-\n+I a|2|2|3 @1\n+I a|3|4|7 @2\n+I a|4|8|8 @3\n"},
        {.name = "what waits for the watermark is waited for, and keeps the rest",
         .script = "+I a|1|1\nAT 15000\n+I b|50|0\nAT 18000\nW 1\nAT 27999\n+I a|2|2\nW 2\n"
                   "AT 37999\n+I a|3|4\nW 3\nEND\n",
         .expected = "+I a|1|1|1 @-\n+I a|2|2|3 @1\n+I a|3|4|4 @2\n+I b|50|0|0 @3\n"},
        {.name = "it goes in silence, another takes its place",
         .script = "+I a|1|1\nW 1\nAT 11250\nAT 11251\n+I b|2|2\n+I a|2|4\nW 2\n",
         .expected = "+I a|1|1|1 @-\n+I b|2|2|2 @1\n+I a|2|4|4 @1\n"},
    };
    static const OverCase rows = {
        .name = "and with it what was late",
        .script = "+I a|5|1\nW 5\nAT 9999\n+I a|4|2\nAT 10000\n+I a|4|4\nW 6\n+I a|5|8\nW 7\n",
        .expected = "+I a|5|1|1 @-\n+I a|4|4|4 @5\n+I a|5|8|12 @6\n",
        .late = 1};
    OpBench b;
    open_sum(&b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND, (PlanFrame){.from_first = true});
    b.node->ttl = ttl;
    check_cases(&b, sums, sizeof sums / sizeof *sums);
    op_bench_check_no_memory(&b, sums[0].script);
    op_bench_close(&b);
    open_sum(&b, PLAN_OVER_AGGREGATE, CHANGELOG_APPEND, (PlanFrame){.rows = true, .start = -1});
    b.node->ttl = ttl;
    check_cases(&b, &rows, 1);
    op_bench_close(&b);
}

/* What waits for the next row of a partition that has fallen silent. */
static void test_ttl_of_waiting_rows(void **state)
{
    (void)state;
    static const PlanFrame lead = {.rows = true, .start = 1, .end = 1};
    static const OverCase overtaking = {
        .name = "it goes out with the partition",
        .script = "+I a|1|1\n+I b|2|2\nW 5\nAT 9000\n+I a|6|4\nW 6\nAT 11250\nAT 18000\n+I b|7|8\n"
                  "W 7\nAT 20000\n+I a|8|3\nW 8\nEND\n",
        .expected = "+I a|1|1|4 @0\n+I b|2|2|NULL @1\n+I a|6|4|NULL @5\n+I b|7|8|NULL @6\n"
                    "+I a|8|3|NULL @6\n"};
    static const OverCase in_order = {
        .name = "where its order counts, when those before it have gone out",
        .script = "+I b|1|7\n+I a|2|1\nW 2\nAT 5000\n+I b|3|1\nW 3\nAT 9000\n+I a|4|2\nW 4\n"
                  "AT 16250\nAT 20250\n",
        .expected = "+I b|1|7|1 @0\n+I a|2|1|2 @1\n+I b|3|1|NULL @2\n+I a|4|2|NULL @3\n"};
    static const char script[] = "+I a|1|1\nW 5\nAT 11250\n+I a|6|2\nW 7\nAT 22500\n";
    OpBench b;
    open_cells(&b, &lead, false);
    b.node->ttl = ttl;
    check_cases(&b, &overtaking, 1);
    op_bench_check_no_memory(&b, overtaking.script);
    b.tells_watermarks = true;
    assert_string_equal(op_bench_run(&b, script, op_bench_singly),
                        "W 0\n+I a|1|1|NULL @0\nW 5\n+I a|6|2|NULL @5\nW 7\n");
    op_bench_close(&b);
    open_cells(&b, &lead, true);
    b.node->ttl = ttl;
    check_cases(&b, &in_order, 1);
    op_bench_close(&b);
}

static void test_ttl_of_updates(void **state)
{
    (void)state;
    static const OverCase cases[] = {
        {.name = "each row that comes or goes keeps its partition",
         .script = "+I a|1|5\nAT 6000\n+I a|2|3\nAT 15999\n-D a|2|3\nAT 25998\n+I a|1|6\nAT 35998\n"
                   "+I a|1|7\n",
         .expected = "+I a|1|5|5 @-\n-U a|1|5|5 @-\n+U a|1|5|8 @-\n+I a|2|3|3 @-\n-D a|2|3|3 @-\n"
                     "-U a|1|5|8 @-\n+U a|1|5|5 @-\n+I a|1|6|11 @-\n+I a|1|7|7 @-\n"},
        {.name = "what is taken back of one that is gone is nothing",
         .script = "+I a|1|5\n+I a|1|6\nAT 10000\n-U a|1|5\n+U a|1|4\n-D a|1|6\n",
         .expected = "+I a|1|5|5 @-\n+I a|1|6|11 @-\n+I a|1|4|4 @-\n"},
        {.name = "one that is empty has no time, and comes again with its own",
         .script = "+I a|1|5\nAT 4000\n-D a|1|5\nAT 5000\n+I a|1|1\nAT 14000\n+I a|1|2\n",
         .expected = "+I a|1|5|5 @-\n-D a|1|5|5 @-\n+I a|1|1|1 @-\n+I a|1|2|3 @-\n"},
    };
    OpBench b;
    open_sum(&b, PLAN_OVER_UPDATES, CHANGELOG_RETRACT, (PlanFrame){.from_first = true});
    b.node->ttl = ttl;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        op_bench_check(&b, cases[i].name, cases[i].script, cases[i].expected);
    op_bench_check_no_memory(&b, cases[0].script);
    op_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_frames),    cmocka_unit_test(test_row_frames),
        cmocka_unit_test(test_no_beginning),   cmocka_unit_test(test_looking_on),
        cmocka_unit_test(test_next_row),       cmocka_unit_test(test_updates),
        cmocka_unit_test(test_ttl_of_time),    cmocka_unit_test(test_ttl_of_waiting_rows),
        cmocka_unit_test(test_ttl_of_updates), cmocka_unit_test(test_net_updates),
        cmocka_unit_test(test_updates_nearby),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
