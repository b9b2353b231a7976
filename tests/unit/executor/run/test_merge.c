/* Which row comes next when a job reads several splits or tables, and which watermark holds before
 * it. A row is its number and its time in milliseconds; the watermark is the time. */
#include "../../../support/job_bench.h"

enum { TABLES = 3, SPLITS = 4 };

/* One table a row, its splits side by side; a table without splits is not there. */
typedef struct MergeCase {
    const char *name;
    const char *split[TABLES][SPLITS];
    bool timeless[TABLES]; /* without a watermark */
    const char *expected;
} MergeCase;

/* All tables under one UNION ALL, or one table alone. */
static void make_plan(JobBench *b, const MergeCase *c)
{
    PlanNode *scan[TABLES];
    uint32_t tables = 0;
    while (tables < TABLES && c->split[tables][0] != NULL) {
        uint32_t splits = 0;
        while (splits < SPLITS && c->split[tables][splits] != NULL)
            splits++;
        scan[tables] = job_bench_scan(b, "i INT|t TIMESTAMP(3)", c->timeless[tables] ? -1 : 1, true,
                                      c->split[tables], splits);
        tables++;
    }
    PlanNode *top = scan[0];
    if (tables > 1)
        top = plan_bench_node(&b->plan, PLAN_UNION_ALL, scan, tables);
    plan_bench_sink(&b->plan, top, SINK_COLLECT);
}

static void test_bounded(void **state)
{
    (void)state;
    static const MergeCase cases[] = {
        {.name = "the split whose watermark is lowest",
         .split = {{"1|1\n2|5\n3|9", "4|2\n5|3\n6|10"}},
         .expected = "+I 1|1 @-\n+I 4|2 @-\n+I 2|5 @1\n+I 5|3 @2\n+I 6|10 @3\n+I 3|9 @5\n"},
        {.name = "among equals the one declared first, row by row",
         .split = {{"1|5\n2|5\n3|6", "4|5\n5|5\n6|6", "7|5"}},
         .expected = "+I 1|5 @-\n+I 4|5 @-\n+I 7|5 @-\n+I 2|5 @5\n+I 3|6 @5\n+I 5|5 @5\n"
                     "+I 6|6 @5\n"},
        {.name = "a watermark that stands still keeps its split first",
         .split = {{"1|5\n2|3\n3|4\n4|7\n5|1", "6|5\n7|6"}},
         .expected = "+I 1|5 @-\n+I 6|5 @-\n+I 2|3 @5\n+I 3|4 @5\n+I 4|7 @5\n+I 7|6 @5\n"
                     "+I 5|1 @7\n"},
        {.name = "a split that has ended holds nothing back",
         .split = {{"1|1", "2|2\n3|30\n4|31", "5|3\n6|10"}},
         .expected = "+I 1|1 @-\n+I 2|2 @-\n+I 5|3 @-\n+I 3|30 @2\n+I 6|10 @3\n+I 4|31 @30\n"},
        {.name = "an empty split is no split",
         .split = {{"", "1|5\n2|6", "end"}},
         .expected = "+I 1|5 @-\n+I 2|6 @5\n"},
        {.name = "a bounded split that has nothing yet is waited for",
         .split = {{"idle\n--\nidle\n1|1\n--\nidle\n2|3\nidle", "3|2\n4|4"}},
         .expected = "+I 1|1 @-\n+I 3|2 @-\n+I 2|3 @1\n+I 4|4 @2\n"},
        {.name = "what was polled together does not matter",
         .split = {{"1|1\n--\n2|5\n--\n3|9\n--", "--\n4|2\n5|3\n--\n6|10"}},
         .expected = "+I 1|1 @-\n+I 4|2 @-\n+I 2|5 @1\n+I 5|3 @2\n+I 6|10 @3\n+I 3|9 @5\n"},
        {.name = "a dropped row moves the watermark, a rejected one does not",
         .split = {{"1|1\n~2|7\nbad\n3|NULL\nskip\n4|3", "5|5\n6|5\n7|8\n8|9"}},
         .expected = "+I 1|1 @-\n+I 5|5 @-\n+I 6|5 @5\n+I 7|8 @5\n+I 4|3 @7\n+I 8|9 @8\n"},
        {.name = "tables like splits, each row held down to the lowest",
         .split = {{"1|1\n2|5\n3|9"}, {"4|2\n5|3\n6|10"}},
         .expected = "+I 1|1 @-\n+I 4|2 @-\n+I 2|5 @1\n+I 5|3 @2\n+I 6|10 @3\n+I 3|9 @5\n"},
        {.name = "among equal tables the one declared first",
         .split = {{"1|5\n2|5", "3|5"}, {"4|5\n5|5"}},
         .expected = "+I 1|5 @-\n+I 3|5 @-\n+I 4|5 @-\n+I 2|5 @5\n+I 5|5 @5\n"},
        {.name = "a table without a watermark comes first",
         .split = {{"1|1\n2|2"}, {"3|9\n4|8", "5|7"}},
         .timeless = {false, true},
         .expected = "+I 3|9 @-\n+I 4|8 @-\n+I 5|7 @-\n+I 1|1 @-\n+I 2|2 @1\n"},
        {.name = "tables without a watermark in order of declaration",
         .split = {{"1|1\n--\n2|2"}, {"3|9"}, {"4|1\n5|0"}},
         .timeless = {true, false, true},
         .expected = "+I 1|1 @-\n+I 2|2 @-\n+I 4|1 @-\n+I 5|0 @-\n+I 3|9 @-\n"},
        {.name = "times below a millisecond are not seen", /* they are cut off */
         .split = {{"1|-5\n2|-1", "3|-3\n4|0"}},
         .expected = "+I 1|-5 @-\n+I 3|-3 @-\n+I 2|-1 @-5\n+I 4|0 @-3\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        JobBench b;
        job_bench_open(&b);
        make_plan(&b, &cases[i]);
        job_bench_check(&b, cases[i].name, cases[i].expected);
        job_bench_close(&b);
    }
}

/* --- against the rule, written down plainly --- */

enum { MODEL_ROWS = 800 };

typedef struct Model {
    uint32_t rows, next;
    int64_t time[MODEL_ROWS];
    bool filtered[MODEL_ROWS], refused[MODEL_ROWS];
    bool timeless;
    int64_t watermark;
} Model;

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* A split's rows as its text; polls end anywhere. A few splits are long, and slow to get on. */
static void random_split(uint64_t *seed, uint32_t split, bool timeless, Model *model, StrBuf *text)
{
    bool is_long = next_random(seed) % 8 == 0;
    *model = (Model){.watermark = INT64_MIN, .timeless = timeless};
    model->rows = (uint32_t)(next_random(seed) % (is_long ? MODEL_ROWS : 64));
    int64_t time = 0;
    for (uint32_t i = 0; i < model->rows; i++) {
        time += (int64_t)(is_long ? next_random(seed) % 50 == 0 : next_random(seed) % 5);
        model->time[i] = time - (int64_t)(next_random(seed) % 4);
        model->filtered[i] = next_random(seed) % 6 == 0;
        model->refused[i] = !timeless && next_random(seed) % 11 == 0;
        strbuf_printf(text, "%s%u|", model->filtered[i] ? "~" : "", split * 1000 + i);
        if (model->refused[i])
            strbuf_string(text, "NULL\n");
        else
            strbuf_printf(text, "%lld\n", (long long)model->time[i]);
        if (next_random(seed) % (is_long ? 400 : 5) == 0)
            strbuf_string(text, "--\n");
        if (next_random(seed) % (is_long ? 200 : 9) == 0)
            strbuf_string(text, "idle\n");
    }
    strbuf_char(text, '\0');
}

/* The tables' splits one behind the other: the order of declaration. */
static bool model_before(const Model *a, const Model *b)
{
    return a->timeless != b->timeless ? a->timeless : a->watermark < b->watermark;
}

static void model_run(Model *model, uint32_t splits, StrBuf *out)
{
    strbuf_clear(out);
    for (;;) {
        Model *lowest = NULL;
        for (uint32_t i = 0; i < splits; i++) {
            Model *split = &model[i];
            if (split->next < split->rows && (lowest == NULL || model_before(split, lowest)))
                lowest = split;
        }
        if (lowest == NULL)
            return;
        uint32_t row = lowest->next++;
        int64_t time = lowest->time[row];
        if (lowest->refused[row])
            continue;
        if (!lowest->filtered[row]) {
            strbuf_printf(out, "+I %u|%lld @", (uint32_t)(lowest - model) * 1000 + row,
                          (long long)time);
            if (lowest->watermark == INT64_MIN)
                strbuf_string(out, "-\n");
            else
                strbuf_printf(out, "%lld\n", (long long)lowest->watermark);
        }
        if (!lowest->timeless && time > lowest->watermark)
            lowest->watermark = time;
    }
}

/* One of so many splits in one table, or several tables, some without a watermark. */
static void test_random(void **state)
{
    (void)state;
    enum { MOST = 20, RUNS = 120 };
    StrBuf expected;
    static Model model[MOST];
    strbuf_init(&expected, NULL);
    for (uint64_t run = 0; run < RUNS; run++) {
        uint64_t seed = run * 7919 + 1;
        uint32_t tables = 1 + (uint32_t)(next_random(&seed) % JOB_BENCH_TABLES), splits = 0;
        StrBuf text[MOST];
        const char *given[MOST];
        PlanNode *scan[JOB_BENCH_TABLES];
        JobBench b;
        char name[40];
        snprintf(name, sizeof name, "run %llu", (unsigned long long)run);
        job_bench_open(&b);
        for (uint32_t t = 0; t < tables; t++) {
            uint32_t first = splits;
            bool timeless = tables > 1 && next_random(&seed) % 6 == 0;
            splits += 1 + (uint32_t)(next_random(&seed) % (MOST / tables));
            for (uint32_t i = first; i < splits; i++) {
                strbuf_init(&text[i], NULL);
                random_split(&seed, i, timeless, &model[i], &text[i]);
                given[i] = strbuf_cstr(&text[i]);
            }
            scan[t] = job_bench_scan(&b, "i INT|t TIMESTAMP(3)", timeless ? -1 : 1, true,
                                     &given[first], splits - first);
        }
        if (tables > 1)
            scan[0] = plan_bench_node(&b.plan, PLAN_UNION_ALL, scan, tables);
        model_run(model, splits, &expected);
        plan_bench_sink(&b.plan, scan[0], SINK_COLLECT);
        job_bench_check(&b, name, strbuf_cstr(&expected));
        job_bench_close(&b);
        for (uint32_t i = 0; i < splits; i++)
            strbuf_close(&text[i]);
    }
    strbuf_close(&expected);
}

/* More splits than share out whole batches, and runs long enough to go on uncopied. */
static void test_many_splits(void **state)
{
    (void)state;
    enum { MANY = 150, LONG = 700 };
    JobBench b;
    StrBuf text[MANY], expected;
    const char *given[MANY];
    job_bench_open(&b);
    strbuf_init(&expected, NULL);
    for (uint32_t i = 0; i < MANY; i++) {
        strbuf_init(&text[i], NULL);
        strbuf_printf(&text[i], "%u|1\n%u|1000000", i, i);
        strbuf_printf(&expected, "+I %u|1 @-\n", i);
    }
    /* The last split has a long run between 1 and 1000. */
    strbuf_clear(&text[MANY - 1]);
    strbuf_printf(&text[MANY - 1], "%u|1", MANY - 1);
    for (uint32_t i = 0; i < MANY - 1; i++)
        strbuf_printf(&expected, "+I %u|1000000 @1\n", i);
    for (uint32_t i = 0; i < LONG; i++) {
        strbuf_printf(&text[MANY - 1], "\n%u|%u", i, i + 2);
        strbuf_printf(&expected, "+I %u|%u @%u\n", i, i + 2, i + 1);
    }
    for (uint32_t i = 0; i < MANY; i++)
        given[i] = strbuf_cstr(&text[i]);
    plan_bench_sink(&b.plan, job_bench_scan(&b, "i INT|t TIMESTAMP(3)", 1, true, given, MANY),
                    SINK_COLLECT);
    job_bench_check(&b, "many splits", strbuf_cstr(&expected));
    job_bench_close(&b);
    for (uint32_t i = 0; i < MANY; i++)
        strbuf_close(&text[i]);
    strbuf_close(&expected);
}

/* --- errors --- */

static void test_failures(void **state)
{
    (void)state;
    static const char *const fails_at_once[] = {"fail"}, *const fails_later[] = {"1|1\n--\nfail"};
    static const char *const good[] = {"1|1"};
    JobProgress progress;
    JobBench b;
    job_bench_open(&b);
    plan_bench_sink(&b.plan, job_bench_scan(&b, "i INT|t TIMESTAMP(3)", 1, true, fails_at_once, 1),
                    SINK_COLLECT);
    assert_int_equal(job_bench_start(&b), ST_OK);
    assert_int_equal(job_start(b.job, &b.diag), ST_IO);
    assert_int_equal(b.diag.code, E3002);
    job_bench_close(&b);
    job_bench_open(&b);
    plan_bench_sink(&b.plan, job_bench_scan(&b, "i INT|t TIMESTAMP(3)", 1, true, fails_later, 1),
                    SINK_COLLECT);
    assert_int_equal(job_bench_start(&b), ST_OK);
    assert_int_equal(job_bench_go(&b, &progress), ST_IO);
    assert_int_equal(b.diag.code, E3002);
    job_bench_close(&b);
    job_bench_open(&b);
    plan_bench_sink(&b.plan, job_bench_scan(&b, "i INT|t TIMESTAMP(3)", 1, true, good, 1),
                    SINK_COLLECT);
    b.table[0].listing_fails = true;
    assert_int_equal(job_bench_start(&b), ST_OK);
    assert_int_equal(job_start(b.job, &b.diag), ST_IO);
    assert_int_equal(b.diag.code, E3001);
    job_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_many_splits),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
