/* What operators forget when nothing has written it for ten seconds, each script cut into batches
 * in every way. An entry is gone when its time has come, not before, also where the clock moves on
 * with rows alone; what has gone out stays. */
#include "../../../support/op_bench.h"

typedef struct TtlCase {
    const char *name;
    const char *script;
    const char *expected;
} TtlCase;

static void check_cases(OpBench *b, const TtlCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        op_bench_check(b, cases[i].name, cases[i].script, cases[i].expected);
}

#define CHECK_CASES(bench, cases) check_cases((bench), (cases), sizeof(cases) / sizeof *(cases))

static const Micros ttl = 10 * MICROS_PER_SECOND;

/* --- GROUP BY --- */

static void open_group(OpBench *b, ChangelogMode in, const char *calls, ChangelogMode out)
{
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, "k STRING|v BIGINT", in);
    b->node = plan_bench_group(&b->plan, input, "k", calls, out);
    b->node->ttl = ttl;
}

static void test_groups(void **state)
{
    (void)state;
    static const TtlCase cases[] = {
        {"a group lives as long as its rows come in time",
         "+I a|1\nAT 9999\n+I a|1\nAT 19998\n+I a|1\n",
         "+I a|1|1 @-\n-U a|1|1 @-\n+U a|2|2 @-\n-U a|2|2 @-\n+U a|3|3 @-\n"},
        {"at its time it is gone, and the key begins anew", "+I a|1\n+I a|2\nAT 10000\n+I a|4\n",
         "+I a|1|1 @-\n-U a|1|1 @-\n+U a|2|3 @-\n+I a|1|4 @-\n"},
        {"each group has its own time",
         "+I a|1\nAT 4000\n+I b|1\nAT 8000\n+I c|1\nAT 12000\n+I a|1\n+I b|1\n+I c|1\n"
         "AT 21999\n+I a|1\nAT 22000\n+I b|1\n",
         "+I a|1|1 @-\n+I b|1|1 @-\n+I c|1|1 @-\n+I a|1|1 @-\n-U b|1|1 @-\n+U b|2|2 @-\n"
         "-U c|1|1 @-\n+U c|2|2 @-\n-U a|1|1 @-\n+U a|2|2 @-\n+I b|1|1 @-\n"},
        {"silence and then another key: the first one is gone all the same",
         "+I a|1\nAT 11250\nAT 11251\n+I b|1\n+I a|1\n", "+I a|1|1 @-\n+I b|1|1 @-\n+I a|1|1 @-\n"},
    };
    static const TtlCase same[] = {
        {"a result that stays as it is goes out, too", "+I a|5\n+I a|3\n",
         "+I a|5 @-\n-U a|5 @-\n+U a|5 @-\n"},
    };
    OpBench b;
    open_group(&b, CHANGELOG_APPEND, "COUNT(*)|SUM(v)", CHANGELOG_RETRACT);
    CHECK_CASES(&b, cases);
    op_bench_check_no_memory(&b, cases[2].script);
    op_bench_close(&b);
    open_group(&b, CHANGELOG_APPEND, "MAX(v)", CHANGELOG_RETRACT);
    CHECK_CASES(&b, same);
    op_bench_close(&b);
}

static void test_groups_of_changes(void **state)
{
    (void)state;
    static const TtlCase cases[] = {
        {"what is taken back of a group that is gone is nothing",
         "+I a|1\nAT 10000\n-D a|1\n+I a|2\n", "+I a|1|1 @-\n+I a|2|2 @-\n"},
        {"a group that is emptied and comes again has a time of its own",
         "+I a|1\nAT 5000\n-D a|1\n+I a|2\nAT 12000\n+I a|3\nAT 22000\n+I a|4\n",
         "+I a|1|1 @-\n-D a|1|1 @-\n+I a|2|2 @-\n-U a|2|2 @-\n+U a|2|3 @-\n+I a|4|4 @-\n"},
        {"a row that is taken back writes as well",
         "+I a|1\n+I a|2\nAT 9000\n-D a|2\nAT 18000\n+I a|5\n",
         "+I a|1|1 @-\n-U a|1|1 @-\n+U a|1|2 @-\n-U a|1|2 @-\n+U a|1|1 @-\n-U a|1|1 @-\n"
         "+U a|1|5 @-\n"},
    };
    OpBench b;
    open_group(&b, CHANGELOG_RETRACT, "MIN(v)|MAX(v)", CHANGELOG_RETRACT);
    CHECK_CASES(&b, cases);
    op_bench_close(&b);
}

/* The upsert form gives one row a group and batch, so it is replayed a row at a time. */
static void test_upserts(void **state)
{
    (void)state;
    OpBench b;
    open_group(&b, CHANGELOG_APPEND, "COUNT(*)", CHANGELOG_UPSERT);
    const char *got =
        op_bench_run(&b, "+I a|1\nAT 6000\n+I a|1\n+I b|1\nAT 12000\n+I a|1\nAT 16000\n+I b|1\n",
                     op_bench_singly);
    assert_string_equal(got, "+I a|1 @-\n+U a|2 @-\n+I b|1 @-\n+U a|3 @-\n+I b|1 @-\n");
    op_bench_close(&b);
}

/* Values that are taken once go by themselves. */
static void test_distinct(void **state)
{
    (void)state;
    static const TtlCase appends[] = {
        {"from when it was taken: coming again writes nothing",
         "+I a|7\nAT 6000\n+I a|7\nAT 9999\n+I a|7\nAT 10000\n+I a|7\n",
         "+I a|1|7 @-\n-U a|1|7 @-\n+U a|1|7 @-\n-U a|1|7 @-\n+U a|1|7 @-\n-U a|1|7 @-\n"
         "+U a|2|14 @-\n"},
        {"of several values one, in the middle of the group's",
         "+I a|1\nAT 1000\n+I a|2\nAT 2000\n+I a|3\nAT 10000\n+I a|4\nAT 11000\n+I a|2\n+I a|3\nAT "
         "12000\n+I a|1\n",
         "+I a|1|1 @-\n-U a|1|1 @-\n+U a|2|3 @-\n-U a|2|3 @-\n+U a|3|6 @-\n-U a|3|6 @-\n"
         "+U a|4|10 @-\n-U a|4|10 @-\n+U a|5|12 @-\n-U a|5|12 @-\n+U a|5|12 @-\n-U a|5|12 @-\n"
         "+U a|6|13 @-\n"},
        {"with the group", "+I a|1\nAT 5000\n+I a|2\nAT 15000\n+I a|2\n",
         "+I a|1|1 @-\n-U a|1|1 @-\n+U a|2|3 @-\n+I a|1|2 @-\n"},
    };
    static const TtlCase changes[] = {
        {"where it is counted, coming again writes it",
         "+I a|7\nAT 6000\n+I a|7\nAT 12000\n+I a|7\n-D a|7\n-D a|7\nAT 22000\n+I a|7\n",
         "+I a|1|7 @-\n-U a|1|7 @-\n+U a|1|7 @-\n-U a|1|7 @-\n+U a|1|7 @-\n-U a|1|7 @-\n"
         "+U a|1|7 @-\n-U a|1|7 @-\n+U a|1|7 @-\n+I a|1|7 @-\n"},
    };
    OpBench b;
    open_group(&b, CHANGELOG_APPEND, "COUNT(DISTINCT v)|SUM(DISTINCT v)", CHANGELOG_RETRACT);
    CHECK_CASES(&b, appends);
    op_bench_check_no_memory(&b, appends[1].script);
    op_bench_close(&b);
    open_group(&b, CHANGELOG_RETRACT, "COUNT(DISTINCT v)|SUM(DISTINCT v)", CHANGELOG_RETRACT);
    CHECK_CASES(&b, changes);
    op_bench_close(&b);
}

/* --- deduplication --- */

static void open_deduplicate(OpBench *b, int32_t rowtime, bool last, ChangelogMode out)
{
    static const uint32_t key[] = {0};
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, "k STRING|t TIMESTAMP_LTZ(3)", CHANGELOG_APPEND);
    b->node = plan_bench_node(&b->plan, PLAN_DEDUPLICATE, &input, 1);
    b->node->as.deduplicate = (PlanDeduplicate){key, 1, rowtime, last};
    b->node->changelog = out;
    b->node->ttl = ttl;
}

static void test_deduplicate(void **state)
{
    (void)state;
    static const TtlCase first[] = {
        {"the first row by arrival: others write nothing",
         "+I a|1\nAT 6000\n+I a|2\nAT 10000\n+I a|3\nAT 19999\n+I a|4\n", "+I a|1 @-\n+I a|3 @-\n"},
    };
    static const TtlCase last[] = {
        {"the last row by time: an earlier one writes nothing",
         "+I a|5\nAT 6000\n+I a|4\nAT 10000\n+I a|3\nAT 16000\n+I a|6\nAT 26000\n+I a|1\n",
         "+I a|5 @-\n+I a|3 @-\n-U a|3 @-\n+U a|6 @-\n+I a|1 @-\n"},
        {"the same row again goes out as well", "+I a|5\n+I a|5\n",
         "+I a|5 @-\n-U a|5 @-\n+U a|5 @-\n"},
    };
    static const TtlCase waits[] = {
        {"the first row by time waits as long as it takes, and lives from when it has gone out",
         "+I a|5\nAT 15000\n+I a|7\nW 6\nAT 24999\n+I a|8\nAT 25000\n+I a|9\nW 10\n",
         "+I a|5 @-\n+I a|9 @6\n"},
    };
    OpBench b;
    open_deduplicate(&b, -1, false, CHANGELOG_APPEND);
    CHECK_CASES(&b, first);
    op_bench_close(&b);
    open_deduplicate(&b, 1, true, CHANGELOG_RETRACT);
    CHECK_CASES(&b, last);
    op_bench_check_no_memory(&b, last[0].script);
    op_bench_close(&b);
    open_deduplicate(&b, 1, false, CHANGELOG_APPEND);
    CHECK_CASES(&b, waits);
    op_bench_close(&b);
}

/* --- records of keys --- */

static void open_normalize(OpBench *b, ChangelogMode out)
{
    static const uint32_t key[] = {0};
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, "k STRING|v BIGINT|d BOOLEAN", CHANGELOG_APPEND);
    b->node = plan_bench_node(&b->plan, PLAN_NORMALIZE, &input, 1);
    b->node->as.normalize = (PlanNormalize){key, 1, 2};
    b->node->changelog = out;
    b->node->ttl = ttl;
}

static void test_normalize(void **state)
{
    (void)state;
    static const TtlCase changes[] = {
        {"a key lives from its last row on, and then comes as a new one",
         "+I a|1|false\nAT 6000\n+I a|2|false\nAT 15999\n+I a|3|false\nAT 25999\n+I a|4|false\n",
         "+I a|1|FALSE @-\n-U a|1|FALSE @-\n+U a|2|FALSE @-\n-U a|2|FALSE @-\n"
         "+U a|3|FALSE @-\n+I a|4|FALSE @-\n"},
        {"the same row again goes out as well, and writes it",
         "+I a|1|false\nAT 6000\n+I a|1|false\nAT 12000\n+I a|1|false\n",
         "+I a|1|FALSE @-\n-U a|1|FALSE @-\n+U a|1|FALSE @-\n-U a|1|FALSE @-\n+U a|1|FALSE @-\n"},
        {"the deletion of what was forgotten is nothing",
         "+I a|1|false\nAT 10000\n+I a|NULL|true\n+I b|1|false\n",
         "+I a|1|FALSE @-\n+I b|1|FALSE @-\n"},
        {"a key that was deleted has no time any more",
         "+I a|1|false\nAT 5000\n+I a|NULL|true\n+I b|2|false\nAT 14999\n+I b|3|false\n",
         "+I a|1|FALSE @-\n-D a|1|FALSE @-\n+I b|2|FALSE @-\n-U b|2|FALSE @-\n+U b|3|FALSE @-\n"},
    };
    static const TtlCase upserts[] = {
        {"a key whose row is not kept",
         "+I a|1|false\nAT 9999\n+I a|2|false\nAT 19999\n+I a|3|false\n",
         "+I a|1|FALSE @-\n+U a|2|FALSE @-\n+I a|3|FALSE @-\n"},
    };
    OpBench b;
    open_normalize(&b, CHANGELOG_RETRACT);
    CHECK_CASES(&b, changes);
    op_bench_check_no_memory(&b, changes[3].script);
    op_bench_close(&b);
    open_normalize(&b, CHANGELOG_UPSERT);
    CHECK_CASES(&b, upserts);
    op_bench_close(&b);
}

/* --- rows that share a key --- */

static void test_upsert_materialize(void **state)
{
    (void)state;
    static const uint32_t key[] = {0}, apart[] = {1};
    static const TtlCase cases[] = {
        {"all rows of a key live while one comes or goes",
         "+I a|1\nAT 6000\n+I a|2\nAT 12000\n-D a|2\nAT 21999\n-D a|1\n",
         "+I a|1 @-\n-U a|1 @-\n+U a|2 @-\n-U a|2 @-\n+U a|1 @-\n-D a|1 @-\n"},
        {"then they are gone, and cannot be taken back",
         "+I a|1\n+I a|2\nAT 10000\n-D a|2\n+I b|7\n+I a|3\n-D a|3\n",
         "+I a|1 @-\n-U a|1 @-\n+U a|2 @-\n+I b|7 @-\n+I a|3 @-\n-D a|3 @-\n"},
    };
    OpBench b;
    op_bench_open(&b);
    PlanNode *input = op_bench_input(&b, "k STRING|v BIGINT", CHANGELOG_RETRACT);
    b.node = plan_bench_node(&b.plan, PLAN_UPSERT_MATERIALIZE, &input, 1);
    b.node->as.upsert_materialize = (PlanUpsertMaterialize){key, 1, apart, 1};
    b.node->changelog = CHANGELOG_RETRACT;
    b.node->ttl = ttl;
    CHECK_CASES(&b, cases);
    op_bench_check_no_memory(&b, cases[1].script);
    op_bench_close(&b);
}

/* --- Top-N --- */

static void open_rank(OpBench *b, ChangelogMode in, bool with_rank)
{
    static const uint32_t key[] = {0};
    static const PlanOrder order[] = {{.column = 1, .descending = true}};
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, "k STRING|v BIGINT", in);
    b->node = plan_bench_node(&b->plan, PLAN_RANK, &input, 1);
    b->node->as.rank = (PlanRank){.partition = key,
                                  .partitions = 1,
                                  .order = order,
                                  .orders = 1,
                                  .from = 1,
                                  .to = 2,
                                  .with_rank = with_rank};
    if (with_rank)
        b->node->schema = plan_bench_schema(&b->plan, "k STRING|v BIGINT|rn BIGINT");
    b->node->changelog = CHANGELOG_RETRACT;
    b->node->ttl = ttl;
}

static void test_rank(void **state)
{
    (void)state;
    static const TtlCase plain[] = {
        {"each row goes in its time, and room for others is there",
         "+I a|9\nAT 1000\n+I a|8\nAT 2000\n+I a|1\nAT 10000\n+I a|2\nAT 11000\n+I a|1\nAT "
         "12000\n+I a|0\n",
         "+I a|9 @-\n+I a|8 @-\n+I a|2 @-\n+I a|1 @-\n"},
        {"a row that was pushed out has no time any more",
         "+I a|1\n+I a|2\nAT 1000\n+I a|3\nAT 10000\n+I a|4\nAT 11000\n+I a|5\n",
         "+I a|1 @-\n+I a|2 @-\n-D a|1 @-\n+I a|3 @-\n+I a|4 @-\n+I a|5 @-\n"},
        {"another partition takes the place of one that is gone",
         "+I a|1\nAT 10000\n+I b|5\n+I a|7\n", "+I a|1 @-\n+I b|5 @-\n+I a|7 @-\n"},
    };
    static const TtlCase ranked[] = {
        {"the others have moved up when the next row comes",
         "+I a|9\nAT 5000\n+I a|7\nAT 10000\n+I a|8\n",
         "+I a|9|1 @-\n+I a|7|2 @-\n-U a|7|1 @-\n+U a|8|1 @-\n+I a|7|2 @-\n"},
    };
    static const TtlCase changes[] = {
        {"rows behind the bound go as well, and cannot be taken back any more",
         "+I a|9\n+I a|8\n+I a|1\nAT 10000\n-D a|9\n-D a|1\n+I a|3\n-D a|3\n",
         "+I a|9 @-\n+I a|8 @-\n+I a|3 @-\n-D a|3 @-\n"},
        {"a row that comes again lives anew",
         "+I a|9\nAT 6000\n-D a|9\n+I a|9\nAT 15999\n+I a|8\nAT 16000\n+I a|7\n-D a|8\n",
         "+I a|9 @-\n-D a|9 @-\n+I a|9 @-\n+I a|8 @-\n+I a|7 @-\n-D a|8 @-\n"},
    };
    OpBench b;
    open_rank(&b, CHANGELOG_APPEND, false);
    CHECK_CASES(&b, plain);
    op_bench_check_no_memory(&b, plain[0].script);
    op_bench_close(&b);
    open_rank(&b, CHANGELOG_APPEND, true);
    CHECK_CASES(&b, ranked);
    op_bench_close(&b);
    open_rank(&b, CHANGELOG_RETRACT, false);
    CHECK_CASES(&b, changes);
    op_bench_check_no_memory(&b, changes[1].script);
    op_bench_close(&b);
}

/* --- INTERSECT and EXCEPT --- */

typedef struct SetCase {
    const char *name;
    const char *script;
    const char *expected[4]; /* INTERSECT, INTERSECT ALL, EXCEPT, EXCEPT ALL */
} SetCase;

static const SetCase set_cases[] = {
    {"a row that neither side has written is new",
     "+I 1\nON 1\n+I 1\nAT 10000\nON 0\n+I 1\nON 1\n+I 1\n",
     {"+I 1 @-\n+I 1 @-\n", "+I 1 @-\n+I 1 @-\n", "+I 1 @-\n-D 1 @-\n+I 1 @-\n-D 1 @-\n",
      "+I 1 @-\n-D 1 @-\n+I 1 @-\n-D 1 @-\n"}},
    {"a row that one side writes lives; without ALL the second side's does not",
     "+I 1\nON 1\n+I 1\nAT 6000\nON 0\n+I 1\nAT 12000\n+I 1\n",
     {"+I 1 @-\n", "+I 1 @-\n", "+I 1 @-\n-D 1 @-\n+I 1 @-\n",
      "+I 1 @-\n-D 1 @-\n+I 1 @-\n+I 1 @-\n"}},
    {"what went out is not taken back for what was forgotten, but for what goes",
     "+I 1\nON 1\n+I 1\nAT 6000\nON 0\n+I 1\nAT 12000\n-D 1\n-D 1\n",
     {"+I 1 @-\n", "+I 1 @-\n-D 1 @-\n", "+I 1 @-\n-D 1 @-\n+I 1 @-\n-D 1 @-\n",
      "+I 1 @-\n-D 1 @-\n+I 1 @-\n-D 1 @-\n"}},
    {"the second side again after it was forgotten",
     "+I 1\nON 1\n+I 1\nAT 6000\nON 0\n+I 1\nAT 12000\nON 1\n+I 1\n-D 1\n",
     {"+I 1 @-\n-D 1 @-\n", "+I 1 @-\n+I 1 @-\n-D 1 @-\n", "+I 1 @-\n-D 1 @-\n+I 1 @-\n",
      "+I 1 @-\n-D 1 @-\n+I 1 @-\n-D 1 @-\n+I 1 @-\n"}},
};

static void test_set_operations(void **state)
{
    (void)state;
    for (int form = 0; form < 4; form++) {
        OpBench b;
        PlanNode *input[2];
        op_bench_open(&b);
        for (uint32_t i = 0; i < 2; i++)
            input[i] = op_bench_input(&b, "v INT", CHANGELOG_RETRACT);
        b.node = plan_bench_node(&b.plan, PLAN_SET_OPERATION, input, 2);
        b.node->as.set_operation =
            (PlanSetOperation){form < 2 ? SET_INTERSECT : SET_EXCEPT, form % 2 == 1};
        b.node->ttl = ttl;
        for (size_t i = 0; i < sizeof set_cases / sizeof *set_cases; i++)
            op_bench_check(&b, set_cases[i].name, set_cases[i].script, set_cases[i].expected[form]);
        op_bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_groups_of_changes),
        cmocka_unit_test(test_upserts),
        cmocka_unit_test(test_distinct),
        cmocka_unit_test(test_deduplicate),
        cmocka_unit_test(test_normalize),
        cmocka_unit_test(test_upsert_materialize),
        cmocka_unit_test(test_rank),
        cmocka_unit_test(test_set_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
