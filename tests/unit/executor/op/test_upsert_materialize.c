/* UpsertMaterialize: which of the rows that share a key is shown, as they come and go. */
#include "../../../support/op_bench.h"

typedef struct MaterializeCase {
    const char *name;
    const char *script;
    const char *expected;
} MaterializeCase;

static const char schema[] = "k STRING|g BIGINT|s STRING";

/* Rows are told apart by `apart`, a column; -1: by all of them. */
static void open_materialize(OpBench *b, int apart, ChangelogMode out)
{
    static const uint32_t column[] = {0, 1, 2};
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, schema, CHANGELOG_RETRACT);
    b->node = plan_bench_node(&b->plan, PLAN_UPSERT_MATERIALIZE, &input, 1);
    b->node->changelog = out;
    b->node->as.upsert_materialize = (PlanUpsertMaterialize){
        &column[0], 1, apart < 0 ? NULL : &column[apart], apart < 0 ? 0 : 1};
}

static void check_cases(OpBench *b, const MaterializeCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        op_bench_check(b, cases[i].name, cases[i].script, cases[i].expected);
        op_bench_check_no_memory(b, cases[i].script);
    }
}

#define CHECK_CASES(bench, cases) check_cases((bench), (cases), sizeof(cases) / sizeof *(cases))

static void test_apart(void **state)
{
    (void)state;
    static const MaterializeCase cases[] = {
        {"the last to come is shown", "+I a|1|x\n+I a|2|y\n+I b|3|z\n",
         "+I a|1|x @-\n-U a|1|x @-\n+U a|2|y @-\n+I b|3|z @-\n"},
        {"when it goes, the one before", "+I a|1|x\n+I a|2|y\n-D a|2|y\n-D a|1|x\n",
         "+I a|1|x @-\n-U a|1|x @-\n+U a|2|y @-\n-U a|2|y @-\n+U a|1|x @-\n-D a|1|x @-\n"},
        {"one that is not shown goes in silence",
         "+I a|1|x\n+I a|2|y\n+I a|3|z\n-D a|2|y\n-D a|3|z\n",
         "+I a|1|x @-\n-U a|1|x @-\n+U a|2|y @-\n-U a|2|y @-\n+U a|3|z @-\n-U a|3|z @-\n"
         "+U a|1|x @-\n"},
        {"one whose other columns are not as they were is known all the same",
         "+I a|1|x\n-D a|1|other\n", "+I a|1|x @-\n-D a|1|x @-\n"},
        {"one that comes again takes the place of the one before",
         "+I a|1|x\n+I a|2|y\n+I a|1|z\n-D a|1|z\n-D a|2|y\n",
         "+I a|1|x @-\n-U a|1|x @-\n+U a|2|y @-\n-U a|2|y @-\n+U a|1|z @-\n-U a|1|z @-\n"
         "+U a|2|y @-\n-D a|2|y @-\n"},
        {"what is not there cannot be taken back", "-D a|1|x\n+I a|1|x\n-D a|2|x\n-D b|1|x\n",
         "+I a|1|x @-\n"},
        {"an update that changes the key",
         "+I a|1|x\n+I b|2|y\n-U a|1|x\n+U b|1|x\n-U b|1|x\n+U a|1|x\n",
         "+I a|1|x @-\n+I b|2|y @-\n-D a|1|x @-\n-U b|2|y @-\n+U b|1|x @-\n-U b|1|x @-\n"
         "+U b|2|y @-\n+I a|1|x @-\n"},
        {"the room of a key that is gone is another's",
         "+I a|1|x\n-D a|1|x\n+I b|2|y\n-D a|1|x\n-D b|1|x\n-D b|2|y\n",
         "+I a|1|x @-\n-D a|1|x @-\n+I b|2|y @-\n-D b|2|y @-\n"},
        {"NULL is a key, and tells a row apart",
         "+I NULL|NULL|x\n+I NULL|1|y\n-D NULL|1|y\n-D NULL|NULL|x\n",
         "+I NULL|NULL|x @-\n-U NULL|NULL|x @-\n+U NULL|1|y @-\n-U NULL|1|y @-\n"
         "+U NULL|NULL|x @-\n-D NULL|NULL|x @-\n"},
    };
    OpBench b;
    open_materialize(&b, 1, CHANGELOG_RETRACT);
    CHECK_CASES(&b, cases);
    op_bench_close(&b);
}

static void test_whole_rows(void **state)
{
    (void)state;
    static const MaterializeCase cases[] = {
        {"of rows that are alike the oldest goes",
         "+I a|1|x\n+I a|2|y\n+I a|1|x\n-D a|1|x\n-D a|1|x\n",
         "+I a|1|x @-\n-U a|1|x @-\n+U a|2|y @-\n-U a|2|y @-\n+U a|1|x @-\n-U a|1|x @-\n"
         "+U a|2|y @-\n"},
        {"one that differs anywhere is another one", "+I a|1|x\n-D a|1|y\n-D a|2|x\n-D a|1|x\n",
         "+I a|1|x @-\n-D a|1|x @-\n"},
        {"texts of which one begins as the other does",
         "+I a|1|a text of some length\n+I a|1|a text of some length and more\n"
         "-D a|1|a text of some length\n-D a|1|a text of some\n",
         "+I a|1|a text of some length @-\n-U a|1|a text of some length @-\n"
         "+U a|1|a text of some length and more @-\n"},
    };
    OpBench b;
    open_materialize(&b, -1, CHANGELOG_RETRACT);
    CHECK_CASES(&b, cases);
    op_bench_close(&b);
}

static void test_upsert(void **state)
{
    (void)state;
    static const MaterializeCase cases[] = {
        {"rows before an update are left out", "+I a|1|x\n+I a|2|y\n-D a|2|y\n-D a|1|x\n",
         "+I a|1|x @-\n+U a|2|y @-\n+U a|1|x @-\n-D a|1|x @-\n"},
    };
    OpBench b;
    open_materialize(&b, 1, CHANGELOG_UPSERT);
    CHECK_CASES(&b, cases);
    op_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_apart),
                                       cmocka_unit_test(test_whole_rows),
                                       cmocka_unit_test(test_upsert)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
