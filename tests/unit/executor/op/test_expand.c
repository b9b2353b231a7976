/* Expand: each row once for each grouping set, and whether the keys alone tell the sets apart. */
#include "../../../support/op_bench.h"

enum { MOST_SETS = 256 };

static PlanGroupingSet sets[MOST_SETS];

static void open_expand(OpBench *b, const char *schema, ChangelogMode changelog, uint32_t keys,
                        uint32_t count)
{
    op_bench_open(b);
    PlanNode *input = op_bench_input(b, schema, changelog);
    PlanNode *node = b->node = plan_bench_node(&b->plan, PLAN_EXPAND, &input, 1);
    Field *field = plan_bench_alloc(&b->plan, (input->schema.count + 1) * sizeof *field);
    memcpy(field, input->schema.field, input->schema.count * sizeof *field);
    field[input->schema.count] =
        (Field){.name = TEXT("$e"), .type = type_with_null(type_make(TYPE_BIGINT), false)};
    node->schema = (Schema){input->schema.count + 1, field};
    node->changelog = changelog;
    node->as.expand = (PlanExpand){keys, sets, count};
}

/* GROUPING SETS ((a, b), (a), ()) */
static void open_rollup(OpBench *b, ChangelogMode changelog)
{
    static const PlanGroupingSet rollup[] = {{0, 0}, {2, 1}, {3, 3}};
    memcpy(sets, rollup, sizeof rollup);
    open_expand(b, "a STRING|b INT|v INT", changelog, 2, 3);
}

static void test_copies(void **state)
{
    (void)state;
    OpBench b;
    open_rollup(&b, CHANGELOG_APPEND);
    op_bench_check(&b, "a row after the other, each in the order of the sets",
                   "+I x|1|10\n+I a string of more than twelve bytes|2|NULL\n",
                   "+I x|1|10|0 @-\n+I x|NULL|10|1 @-\n+I NULL|NULL|10|3 @-\n"
                   "+I a string of more than twelve bytes|2|NULL|0 @-\n"
                   "+I a string of more than twelve bytes|NULL|NULL|1 @-\n"
                   "+I NULL|NULL|NULL|3 @-\n");
    assert_int_equal(b.counts.used, 0); /* whoever gathers them counts them */
    op_bench_check(&b, "NULLs of the data stay", "+I NULL|1|10\n+I x|NULL|10\n",
                   "+I NULL|1|10|0 @-\n+I NULL|NULL|10|1 @-\n+I NULL|NULL|10|3 @-\n"
                   "+I x|NULL|10|0 @-\n+I x|NULL|10|1 @-\n+I NULL|NULL|10|3 @-\n");
    op_bench_check_no_memory(&b, "+I x|1|10\nW 1000\n+I y|2|20\n");
    op_bench_close(&b);
}

static void test_kinds(void **state)
{
    (void)state;
    OpBench b;
    open_rollup(&b, CHANGELOG_RETRACT);
    op_bench_check(&b, "updates pass through", "+I x|1|10\n-U x|1|10\n+U x|1|11\n-D x|1|11\n",
                   "+I x|1|10|0 @-\n+I x|NULL|10|1 @-\n+I NULL|NULL|10|3 @-\n"
                   "-U x|1|10|0 @-\n-U x|NULL|10|1 @-\n-U NULL|NULL|10|3 @-\n"
                   "+U x|1|11|0 @-\n+U x|NULL|11|1 @-\n+U NULL|NULL|11|3 @-\n"
                   "-D x|1|11|0 @-\n-D x|NULL|11|1 @-\n-D NULL|NULL|11|3 @-\n");
    op_bench_close(&b);
}

static void test_time(void **state)
{
    (void)state;
    OpBench b;
    open_rollup(&b, CHANGELOG_APPEND);
    op_bench_check(&b, "copies have the watermark of their row",
                   "+I x|1|10\nW 3000\n+I x|1|11\n+I y|2|12\nW 5000\n+I x|3|13\n",
                   "+I x|1|10|0 @-\n+I x|NULL|10|1 @-\n+I NULL|NULL|10|3 @-\n"
                   "+I x|1|11|0 @3000\n+I x|NULL|11|1 @3000\n+I NULL|NULL|11|3 @3000\n"
                   "+I y|2|12|0 @3000\n+I y|NULL|12|1 @3000\n+I NULL|NULL|12|3 @3000\n"
                   "+I x|3|13|0 @5000\n+I x|NULL|13|1 @5000\n+I NULL|NULL|13|3 @5000\n");
    b.tells_watermarks = true;
    op_bench_check(&b, "the watermark goes on", "W 7000\nEND\n", "W 7000\nW end\nEND\n");
    op_bench_close(&b);
}

/* More copies than a batch holds, of sets that do not divide it. */
static void test_many(void **state)
{
    (void)state;
    enum { ROWS = 700 };
    static char script[ROWS * 16], expected[ROWS * 8 * 24];
    OpBench b;
    for (uint32_t s = 0; s < 7; s++)
        sets[s] = (PlanGroupingSet){s, (int64_t)s};
    open_expand(&b, "a INT|b INT|c INT", CHANGELOG_APPEND, 3, 7);
    size_t at = 0, out = 0;
    for (int r = 0; r < ROWS; r++) {
        at += (size_t)sprintf(script + at, "+I %d|%d|%d\n", r, r % 7, r % 3);
        for (int s = 0; s < 7; s++) {
            char cell[3][16] = {"NULL", "NULL", "NULL"};
            const int value[] = {r, r % 7, r % 3};
            for (int k = 0; k < 3; k++) {
                if ((s >> k & 1) == 0)
                    sprintf(cell[k], "%d", value[k]);
            }
            out += (size_t)sprintf(expected + out, "+I %s|%s|%s|%d @-\n", cell[0], cell[1], cell[2],
                                   s);
        }
    }
    op_bench_check(&b, "7 sets", script, expected);
    op_bench_close(&b);
    for (uint32_t s = 0; s < MOST_SETS; s++)
        sets[s] = (PlanGroupingSet){s, (int64_t)s};
    open_expand(&b, "a INT|b INT|c INT|d INT|e INT|f INT|g INT|h INT", CHANGELOG_APPEND, 8,
                MOST_SETS);
    const char *rows =
        op_bench_run(&b, "+I 1|2|3|4|5|6|7|8\n+I 1|2|3|4|5|6|7|8\n", op_bench_replays[0]);
    uint32_t lines = 0;
    for (const char *c = rows; *c != '\0'; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 2 * MOST_SETS);
    op_bench_close(&b);
}

static bool shows(const PlanGroupingSet *set, uint32_t count, const char *nullable)
{
    Field field[4];
    uint32_t keys = (uint32_t)strlen(nullable);
    for (uint32_t k = 0; k < keys; k++)
        field[k] = (Field){.type = type_with_null(type_make(TYPE_INT), nullable[k] == 'n')};
    const Schema input = {keys, field};
    const PlanExpand expand = {keys, set, count};
    return plan_expand_shows_sets(&expand, &input);
}

static void test_shown(void **state)
{
    (void)state;
    static const PlanGroupingSet rollup[] = {{0, 0}, {2, 1}, {3, 3}};
    static const PlanGroupingSet twice[] = {{0, 0}, {0, 4}};
    assert_true(shows(rollup, 3, ".."));
    assert_false(shows(rollup, 3, ".n")); /* (a, b) with b NULL is as (a) */
    assert_false(shows(rollup, 3, "n.")); /* (a) with a NULL is as () */
    assert_true(shows(rollup, 2, "n."));  /* b alone tells these two */
    assert_false(shows(twice, 2, ".."));
    assert_true(shows(twice, 1, "nn"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies), cmocka_unit_test(test_kinds), cmocka_unit_test(test_time),
        cmocka_unit_test(test_many),   cmocka_unit_test(test_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
