/* INTERSECT and EXCEPT on rows that come and go, each script cut into batches in every way. */
#include "../../../support/op_bench.h"

static void open_set(OpBench *b, PlanSetKind kind, bool all, const char *schema)
{
    PlanNode *input[2];
    op_bench_open(b);
    for (uint32_t i = 0; i < 2; i++)
        input[i] = op_bench_input(b, schema, CHANGELOG_RETRACT);
    b->node = plan_bench_node(&b->plan, PLAN_SET_OPERATION, input, 2);
    b->node->as.set_operation = (PlanSetOperation){kind, all};
}

typedef struct SetCase {
    const char *name;
    const char *script;
    const char *expected[4]; /* INTERSECT, INTERSECT ALL, EXCEPT, EXCEPT ALL */
} SetCase;

static const SetCase cases[] = {
    {"one side alone", "+I 1\n+I 1\n", {"", "", "+I 1 @-\n", "+I 1 @-\n+I 1 @-\n"}},
    {"the other side alone", "ON 1\n+I 1\n+I 1\n", {"", "", "", ""}},
    {"both, more of the first",
     "+I 1\n+I 1\nON 1\n+I 1\n",
     {"+I 1 @-\n", "+I 1 @-\n", "+I 1 @-\n-D 1 @-\n", "+I 1 @-\n+I 1 @-\n-D 1 @-\n"}},
    {"both, more of the second",
     "ON 1\n+I 1\n+I 1\nON 0\n+I 1\n+I 1\n+I 1\n",
     {"+I 1 @-\n", "+I 1 @-\n+I 1 @-\n", "", "+I 1 @-\n"}},
    {"the first goes",
     "+I 1\nON 1\n+I 1\nON 0\n-D 1\n",
     {"+I 1 @-\n-D 1 @-\n", "+I 1 @-\n-D 1 @-\n", "+I 1 @-\n-D 1 @-\n", "+I 1 @-\n-D 1 @-\n"}},
    {"the second goes",
     "+I 1\nON 1\n+I 1\n-D 1\n",
     {"+I 1 @-\n-D 1 @-\n", "+I 1 @-\n-D 1 @-\n", "+I 1 @-\n-D 1 @-\n+I 1 @-\n",
      "+I 1 @-\n-D 1 @-\n+I 1 @-\n"}},
    {"an update is a row that goes and one that comes",
     "+I 1\n-U 1\n+U 2\n",
     {"", "", "+I 1 @-\n-D 1 @-\n+I 2 @-\n", "+I 1 @-\n-D 1 @-\n+I 2 @-\n"}},
    {"what never came cannot go",
     "-D 1\nON 1\n-D 1\n+I 1\nON 0\n-D 1\n+I 1\n",
     {"+I 1 @-\n", "+I 1 @-\n", "", ""}},
    {"NULL is equal to NULL",
     "+I NULL\n+I 0\nON 1\n+I NULL\n",
     {"+I NULL @-\n", "+I NULL @-\n", "+I NULL @-\n+I 0 @-\n-D NULL @-\n",
      "+I NULL @-\n+I 0 @-\n-D NULL @-\n"}},
    {"a row that is all gone comes again",
     "+I 1\n-D 1\n+I 2\n+I 1\nON 1\n+I 2\n-D 2\n+I 1\n",
     {"+I 2 @-\n-D 2 @-\n+I 1 @-\n", "+I 2 @-\n-D 2 @-\n+I 1 @-\n",
      "+I 1 @-\n-D 1 @-\n+I 2 @-\n+I 1 @-\n-D 2 @-\n+I 2 @-\n-D 1 @-\n",
      "+I 1 @-\n-D 1 @-\n+I 2 @-\n+I 1 @-\n-D 2 @-\n+I 2 @-\n-D 1 @-\n"}},
};

static void test_rows(void **state)
{
    (void)state;
    for (int form = 0; form < 4; form++) {
        OpBench b;
        open_set(&b, form < 2 ? SET_INTERSECT : SET_EXCEPT, form % 2 == 1, "v INT");
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            op_bench_check(&b, cases[i].name, cases[i].script, cases[i].expected[form]);
        op_bench_close(&b);
    }
}

/* Of cells that are equal and differ one form goes out, so that a delete finds its insert. */
static void test_equal_cells(void **state)
{
    (void)state;
    OpBench b;
    open_set(&b, SET_EXCEPT, true, "d DOUBLE|k STRING");
    op_bench_check(&b, "zeros",
                   "+I -0.0|a string that is longer than twelve bytes\n+I 0.0|b\nON 1\n"
                   "+I 0.0|a string that is longer than twelve bytes\n+I -0.0|b\n+I NULL|b\n",
                   "+I 0.0|a string that is longer than twelve bytes @-\n+I 0.0|b @-\n"
                   "-D 0.0|a string that is longer than twelve bytes @-\n-D 0.0|b @-\n");
    op_bench_close(&b);
}

/* A row waits for nobody and has the watermark that both inputs allow. */
static void test_time(void **state)
{
    (void)state;
    OpBench b;
    open_set(&b, SET_INTERSECT, false, "v INT");
    b.tells_watermarks = true;
    op_bench_check(&b, "held down",
                   "+I 1\nW 5000\n+I 2\nON 1\nW 3000\n+I 1\n+I 2\nEND\nON 0\nW 9000\nEND\n",
                   "W 3000\n+I 1 @3000\n+I 2 @3000\nW 5000\nW 9000\nW end\nEND\n");
    op_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_equal_cells),
        cmocka_unit_test(test_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
