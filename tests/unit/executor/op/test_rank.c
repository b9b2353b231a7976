/* Top-N: which rows come in and go out, their ranks, and what is kept. */
#include "../../../support/op_bench.h"

typedef struct RankCase {
    const char *name;
    PlanRank rank; /* its partition and order are the bench's */
    ChangelogMode out;
    const char *script;
    const char *expected;
} RankCase;

/* The column's number. */
static uint32_t column_of(const OpBench *b, const char *name)
{
    int32_t column = schema_find(&b->input[0]->schema, text_of(name));
    assert_true(column >= 0);
    return (uint32_t)column;
}

static const uint32_t by_key[] = {0};
static const PlanOrder dearest[] = {{.column = 1, .descending = true, .nulls_last = true}};

/* k STRING, v BIGINT, s STRING; the v highest rows of each k. */
static void make_node(OpBench *b, const PlanRank *rank, ChangelogMode out)
{
    Schema *schema;
    b->node = plan_bench_node(&b->plan, PLAN_RANK, &b->input[0], 1);
    schema = &b->node->schema;
    if (rank->with_rank) {
        Field *field = plan_bench_alloc(&b->plan, (schema->count + 1) * sizeof *field);
        memcpy(field, schema->field, schema->count * sizeof *field);
        field[schema->count] =
            (Field){.name = text_of("rn"), .type = type_with_null(type_make(TYPE_BIGINT), false)};
        *schema = (Schema){schema->count + 1, field};
    }
    b->node->changelog = out;
    b->node->as.rank = *rank;
    b->node->as.rank.partition = by_key;
    b->node->as.rank.partitions = 1;
    if (rank->order == NULL) {
        b->node->as.rank.order = dearest;
        b->node->as.rank.orders = 1;
    }
}

static void check_cases(ChangelogMode in, const RankCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        OpBench b;
        op_bench_open(&b);
        op_bench_input(&b, "k STRING|v BIGINT|s STRING", in);
        assert_int_equal(column_of(&b, "v"), 1);
        make_node(&b, &cases[i].rank, cases[i].out);
        op_bench_check(&b, cases[i].name, cases[i].script, cases[i].expected);
        if (in == CHANGELOG_APPEND)
            assert_int_equal(b.counts.used, b.counts.read);
        op_bench_close(&b);
    }
}

/* Worked case C-2, and what is beside it. */
static void test_inserts(void **state)
{
    (void)state;
    static const RankCase cases[] = {
        {.name = "with the rank",
         .rank = {.from = 1, .to = 2, .with_rank = true},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|7|y\n+I a|6|z\n+I a|6|behind\n+I a|1|w\n",
         .expected = "+I a|5|x|1 @-\n-U a|5|x|1 @-\n+U a|7|y|1 @-\n+I a|5|x|2 @-\n"
                     "-U a|5|x|2 @-\n+U a|6|z|2 @-\n"},
        {.name = "without it",
         .rank = {.from = 1, .to = 2},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\nW 7\n+I a|7|y\n+I a|6|z\nW 9\n+I b|1|w\n",
         .expected = "+I a|5|x @-\n+I a|7|y @7\n-D a|5|x @7\n+I a|6|z @7\n+I b|1|w @9\n"},
        {.name = "without the rows before an update",
         .rank = {.from = 1, .to = 2, .with_rank = true},
         .out = CHANGELOG_UPSERT,
         .script = "+I a|5|x\n+I a|7|y\n+I a|6|z\n",
         .expected = "+I a|5|x|1 @-\n+U a|7|y|1 @-\n+I a|5|x|2 @-\n+U a|6|z|2 @-\n"},
        {.name = "the second row",
         .rank = {.from = 2, .to = 2},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|7|y\n+I a|6|z\n+I a|9|w\n",
         .expected = "+I a|5|x @-\n-U a|5|x @-\n+U a|6|z @-\n-U a|6|z @-\n+U a|7|y @-\n"},
        {.name = "from the second row to the third",
         .rank = {.from = 2, .to = 3},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|7|y\n+I a|3|z\n+I a|6|w\n+I a|9|v\n",
         .expected = "+I a|5|x @-\n+I a|3|z @-\n-D a|3|z @-\n+I a|6|w @-\n+I a|7|y @-\n"
                     "-D a|5|x @-\n"},
        {.name = "all from the second row on",
         .rank = {.from = 2, .to = UINT64_MAX},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|7|y\n+I a|3|z\n",
         .expected = "+I a|5|x @-\n+I a|3|z @-\n"},
        {.name = "a row that is equal to the one it moves",
         .rank = {.from = 1, .to = 2, .with_rank = true},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|5|x\n+I a|7|x\n",
         .expected = "+I a|5|x|1 @-\n+I a|5|x|2 @-\n-U a|5|x|1 @-\n+U a|7|x|1 @-\n"},
        {.name = "NULL is a key and a value",
         .rank = {.from = 1, .to = 1, .with_rank = true},
         .out = CHANGELOG_RETRACT,
         .script = "+I NULL|NULL|x\n+I NULL|-9223372036854775808|y\n+I NULL|NULL|z\n",
         .expected = "+I NULL|NULL|x|1 @-\n-U NULL|NULL|x|1 @-\n"
                     "+U NULL|-9223372036854775808|y|1 @-\n"},
        {.name = "long texts outlive their batch",
         .rank = {.from = 1, .to = 1},
         .out = CHANGELOG_RETRACT,
         .script = "+I a key that does not stand inline|5|a text that does not stand inline\n"
                   "+I a key that does not stand inline|7|another text of some length\n",
         .expected = "+I a key that does not stand inline|5|a text that does not stand inline @-\n"
                     "-U a key that does not stand inline|5|a text that does not stand inline @-\n"
                     "+U a key that does not stand inline|7|another text of some length @-\n"},
        {.name = "RANK keeps all that are level",
         .rank = {.function = RANK_RANK, .from = 1, .to = 2, .with_rank = true},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|5|y\n+I a|5|z\n+I a|7|w\n+I a|5|v\n+I a|6|u\n+I a|5|t\n",
         .expected = "+I a|5|x|1 @-\n+I a|5|y|1 @-\n+I a|5|z|1 @-\n"
                     "-U a|5|x|1 @-\n+U a|5|x|2 @-\n-U a|5|y|1 @-\n+U a|5|y|2 @-\n"
                     "-U a|5|z|1 @-\n+U a|5|z|2 @-\n+I a|7|w|1 @-\n+I a|5|v|2 @-\n"
                     "-D a|5|x|2 @-\n-D a|5|y|2 @-\n-D a|5|z|2 @-\n-D a|5|v|2 @-\n"
                     "+I a|6|u|2 @-\n"},
        {.name = "DENSE_RANK counts values",
         .rank = {.function = RANK_DENSE_RANK, .from = 2, .to = 2},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|7|y\n+I a|7|z\n+I a|5|w\n+I a|6|v\n+I a|5|u\n+I a|9|t\n",
         .expected = "+I a|5|x @-\n+I a|5|w @-\n-D a|5|x @-\n-D a|5|w @-\n+I a|6|v @-\n"
                     "+I a|7|y @-\n+I a|7|z @-\n-D a|6|v @-\n"},
    };
    check_cases(CHANGELOG_APPEND, cases, sizeof cases / sizeof *cases);
}

static void test_orders(void **state)
{
    (void)state;
    static const PlanOrder cheapest[] = {{.column = 1}};
    static const PlanOrder nulls_last[] = {{.column = 1, .nulls_last = true}};
    static const PlanOrder nulls_first[] = {{.column = 1, .descending = true}};
    static const PlanOrder two[] = {{.column = 2, .descending = true, .nulls_last = true},
                                    {.column = 1}};
    static const char script[] = "+I a|5|x\n+I a|NULL|y\n+I a|-1|xx\n+I a|300|x\n";
    static const RankCase cases[] = {
        {.name = "ascending: NULL first",
         .rank = {.from = 1, .to = 1, .order = cheapest, .orders = 1},
         .out = CHANGELOG_UPSERT,
         .script = script,
         .expected = "+I a|5|x @-\n+U a|NULL|y @-\n"},
        {.name = "ascending, NULLS LAST",
         .rank = {.from = 1, .to = 1, .order = nulls_last, .orders = 1},
         .out = CHANGELOG_UPSERT,
         .script = script,
         .expected = "+I a|5|x @-\n+U a|-1|xx @-\n"},
        {.name = "descending, NULLS FIRST",
         .rank = {.from = 1, .to = 1, .order = nulls_first, .orders = 1},
         .out = CHANGELOG_UPSERT,
         .script = script,
         .expected = "+I a|5|x @-\n+U a|NULL|y @-\n"},
        {.name = "descending: NULL last",
         .rank = {.from = 1, .to = 1},
         .out = CHANGELOG_UPSERT,
         .script = script,
         .expected = "+I a|5|x @-\n+U a|300|x @-\n"},
        {.name = "a text descending, of which another is a beginning, then a number",
         .rank = {.from = 1, .to = 2, .order = two, .orders = 2},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|7|xx\n+I a|1|x\n+I a|0|NULL\n+I a|6|xx\n",
         .expected = "+I a|5|x @-\n+I a|7|xx @-\n-D a|5|x @-\n+I a|1|x @-\n-D a|1|x @-\n"
                     "+I a|6|xx @-\n"},
        {.name = "of equal ones the newest",
         .rank = {.from = 1, .to = 1, .newest_first = true},
         .out = CHANGELOG_UPSERT,
         .script = "+I a|5|x\n+I a|5|y\n+I a|4|z\n",
         .expected = "+I a|5|x @-\n+U a|5|y @-\n"},
    };
    check_cases(CHANGELOG_APPEND, cases, sizeof cases / sizeof *cases);
}

static void test_changes(void **state)
{
    (void)state;
    static const RankCase cases[] = {
        {.name = "a row that had to wait comes up again",
         .rank = {.from = 1, .to = 1},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|7|y\n-D a|7|y\n-D a|5|x\n+I a|1|z\n",
         .expected = "+I a|5|x @-\n-U a|5|x @-\n+U a|7|y @-\n-U a|7|y @-\n+U a|5|x @-\n"
                     "-D a|5|x @-\n+I a|1|z @-\n"},
        {.name = "ranks close up",
         .rank = {.from = 1, .to = 2, .with_rank = true},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|7|x\n+I a|6|y\n+I a|5|z\nW 3\n-D a|7|x\n-U a|5|z\n+U a|9|z\n",
         .expected = "+I a|7|x|1 @-\n+I a|6|y|2 @-\n-U a|7|x|1 @3\n+U a|6|y|1 @3\n"
                     "-U a|6|y|2 @3\n+U a|5|z|2 @3\n-D a|5|z|2 @3\n-U a|6|y|1 @3\n"
                     "+U a|9|z|1 @3\n+I a|6|y|2 @3\n"},
        {.name = "without the rank: who enters and who leaves",
         .rank = {.from = 1, .to = 2},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|7|x\n+I a|6|y\n+I a|5|z\n-D a|5|z\n+I a|5|w\n-D a|7|x\n+I a|8|v\n",
         .expected = "+I a|7|x @-\n+I a|6|y @-\n-D a|7|x @-\n+I a|5|w @-\n-D a|5|w @-\n"
                     "+I a|8|v @-\n"},
        {.name = "one of two equal rows is taken back",
         .rank = {.from = 1, .to = 3, .with_rank = true},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|5|y\n+I a|5|x\n-D a|5|x\n",
         .expected = "+I a|5|x|1 @-\n+I a|5|y|2 @-\n+I a|5|x|3 @-\n-U a|5|x|1 @-\n"
                     "+U a|5|y|1 @-\n-U a|5|y|2 @-\n+U a|5|x|2 @-\n-D a|5|x|3 @-\n"},
        {.name = "what never came cannot be taken back",
         .rank = {.from = 1, .to = 2},
         .out = CHANGELOG_RETRACT,
         .script = "-D a|5|x\n+I a|5|x\n-D a|5|y\n-D b|5|x\n-D a|6|x\n",
         .expected = "+I a|5|x @-\n"},
        {.name = "a partition that is empty is forgotten, and its number given out again",
         .rank = {.from = 1, .to = 1},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n-D a|5|x\n+I b|1|y\n+I a|2|z\n-D b|1|y\n+I b|3|w\n",
         .expected = "+I a|5|x @-\n-D a|5|x @-\n+I b|1|y @-\n+I a|2|z @-\n-D b|1|y @-\n"
                     "+I b|3|w @-\n"},
        {.name = "RANK: the others are level again",
         .rank = {.function = RANK_RANK, .from = 1, .to = 1},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|5|y\n+I a|7|z\n-D a|7|z\n",
         .expected = "+I a|5|x @-\n+I a|5|y @-\n-D a|5|x @-\n-D a|5|y @-\n+I a|7|z @-\n"
                     "-D a|7|z @-\n+I a|5|x @-\n+I a|5|y @-\n"},
        {.name = "without an order: as they came",
         .rank = {.from = 1, .to = 2, .order = dearest, .orders = 0},
         .out = CHANGELOG_RETRACT,
         .script = "+I a|5|x\n+I a|9|y\n+I a|7|z\n-D a|5|x\n",
         .expected = "+I a|5|x @-\n+I a|9|y @-\n-D a|5|x @-\n+I a|7|z @-\n"},
    };
    check_cases(CHANGELOG_RETRACT, cases, sizeof cases / sizeof *cases);
}

/* A partition keeps no more rows than are asked for. */
static void test_memory(void **state)
{
    (void)state;
    OpBench b;
    StrBuf script;
    op_bench_open(&b);
    strbuf_init(&script, NULL);
    op_bench_input(&b, "k STRING|v BIGINT|s STRING", CHANGELOG_APPEND);
    make_node(&b, &(PlanRank){.from = 1, .to = 3}, CHANGELOG_RETRACT);
    op_bench_start(&b);
    int64_t settled = 0;
    for (uint32_t round = 0; round < 20; round++) {
        strbuf_clear(&script);
        strbuf_clear(&b.out);
        for (uint32_t i = 0; i < 500; i++)
            strbuf_printf(&script, "+I a|%u|a text that does not stand inline\n", round * 500 + i);
        assert_int_equal(op_bench_feed(&b, strbuf_cstr(&script), op_bench_replays[0]), ST_OK);
        settled = round == 4 ? b.op->meter.used_bytes : settled; /* what a batch takes as well */
    }
    assert_true(b.op->meter.used_bytes <= settled);
    op_bench_stop(&b);
    strbuf_close(&script);
    op_bench_close(&b);
}

static void test_no_memory(void **state)
{
    (void)state;
    static const struct {
        ChangelogMode in;
        PlanRank rank;
        const char *script;
    } cases[] = {
        {CHANGELOG_APPEND,
         {.from = 1, .to = 2, .with_rank = true},
         "+I a|5|a text that does not stand inline\n+I b|7|y\n+I a|6|z\n+I a|9|w\n"},
        {CHANGELOG_RETRACT,
         {.from = 1, .to = 2},
         "+I a|5|a text that does not stand inline\n+I a|7|y\n-D a|7|y\n-D a|5|x\n+I b|1|z\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OpBench b;
        op_bench_open(&b);
        op_bench_input(&b, "k STRING|v BIGINT|s STRING", cases[i].in);
        make_node(&b, &cases[i].rank, CHANGELOG_RETRACT);
        op_bench_check_no_memory(&b, cases[i].script);
        op_bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inserts),   cmocka_unit_test(test_orders),
        cmocka_unit_test(test_changes),   cmocka_unit_test(test_memory),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
