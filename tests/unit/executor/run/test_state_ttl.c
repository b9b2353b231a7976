/* Jobs whose operators forget, on a clock that the test moves: memory over a long run of ever new
 * keys, and jobs that are cut off and go on with the readings that there were. */
#include "../../../support/job_db_bench.h"

#include "executor/run/job_private.h"

static const Micros ttl = 20 * MICROS_PER_MILLI;

/* --- memory --- */

/* Ten rows of new keys each millisecond, for forty times to live. */
static void write_new_keys(StrBuf *out, uint32_t rows)
{
    for (uint32_t i = 0; i < rows; i++) {
        if (i % 10 == 0)
            strbuf_printf(out, "at %u\n", i / 10);
        strbuf_printf(out, "key number %u of many|%u\n", i, i);
    }
}

static PlanNode *forgetting(PlanNode *node, Micros time)
{
    node->ttl = time;
    return node;
}

static PlanNode *make_deduplicate(PlanBench *plan, PlanNode *input, bool last, ChangelogMode mode)
{
    static const uint32_t key[] = {0};
    PlanNode *node = plan_bench_node(plan, PLAN_DEDUPLICATE, &input, 1);
    node->as.deduplicate = (PlanDeduplicate){key, 1, -1, last};
    node->changelog = mode;
    return node;
}

static PlanNode *make_rank(PlanBench *plan, PlanNode *input, bool partitioned)
{
    static const uint32_t key[] = {0};
    static const PlanOrder order[] = {{.column = 1, .descending = true}};
    PlanNode *node = plan_bench_node(plan, PLAN_RANK, &input, 1);
    node->as.rank = (PlanRank){.partition = key,
                               .partitions = partitioned,
                               .order = order,
                               .orders = 1,
                               .from = 1,
                               .to = partitioned ? 1 : 3};
    node->changelog = CHANGELOG_RETRACT;
    return node;
}

typedef PlanNode *MakeNode(PlanBench *plan, PlanNode *scan);

static PlanNode *group(PlanBench *plan, PlanNode *scan)
{
    return forgetting(plan_bench_group(plan, scan, "k", "COUNT(*)|LISTAGG(k)", CHANGELOG_RETRACT),
                      ttl);
}

/* One group, which lives; its values do not. */
static PlanNode *distinct(PlanBench *plan, PlanNode *scan)
{
    return forgetting(plan_bench_group(plan, scan, "", "COUNT(DISTINCT k)", CHANGELOG_RETRACT),
                      ttl);
}

static PlanNode *first_row(PlanBench *plan, PlanNode *scan)
{
    return forgetting(make_deduplicate(plan, scan, false, CHANGELOG_APPEND), ttl);
}

static PlanNode *last_row(PlanBench *plan, PlanNode *scan)
{
    return forgetting(make_deduplicate(plan, scan, true, CHANGELOG_RETRACT), ttl);
}

static PlanNode *top(PlanBench *plan, PlanNode *scan)
{
    return forgetting(make_rank(plan, scan, true), ttl);
}

/* Top-N over groups, none of which is ever taken back. */
static PlanNode *top_of_groups(PlanBench *plan, PlanNode *scan)
{
    return forgetting(make_rank(plan, group(plan, scan), false), ttl);
}

static PlanNode *except(PlanBench *plan, PlanNode *scan)
{
    PlanNode *both[] = {scan, first_row(plan, scan)};
    PlanNode *node = plan_bench_node(plan, PLAN_SET_OPERATION, both, 2);
    node->as.set_operation = (PlanSetOperation){SET_EXCEPT, true};
    node->changelog = CHANGELOG_RETRACT;
    return forgetting(node, ttl);
}

/* The rows numbered, as they come or in the order of v. */
static PlanNode *make_over(PlanBench *plan, PlanNode *input, PlanKind kind)
{
    static const uint32_t key[] = {0};
    static const PlanOrder order[] = {{.column = 1}};
    PlanOverCall *call = plan_bench_alloc(plan, sizeof *call);
    PlanNode *node = plan_bench_node(plan, kind, &input, 1);
    *call = (PlanOverCall){.function = OVER_ROW_NUMBER};
    node->schema = plan_bench_schema(plan, "k STRING|v BIGINT|n BIGINT");
    node->as.over = (PlanOver){.partition = key,
                               .partitions = 1,
                               .order = order,
                               .orders = 1,
                               .call = call,
                               .calls = 1,
                               .by_arrival = kind == PLAN_OVER_AGGREGATE};
    node->changelog = kind == PLAN_OVER_UPDATES ? CHANGELOG_RETRACT : CHANGELOG_APPEND;
    return node;
}

static PlanNode *over(PlanBench *plan, PlanNode *scan)
{
    return forgetting(make_over(plan, scan, PLAN_OVER_AGGREGATE), ttl);
}

static PlanNode *updating_over(PlanBench *plan, PlanNode *scan)
{
    return forgetting(make_over(plan, scan, PLAN_OVER_UPDATES), ttl);
}

static const struct {
    const char *name;
    MakeNode *make;
} forgetters[] = {
    {"GROUP BY", group},
    {"COUNT(DISTINCT)", distinct},
    {"the first row", first_row},
    {"the last row", last_row},
    {"Top-N", top},
    {"Top-N of groups", top_of_groups},
    {"EXCEPT ALL", except},
    {"OVER", over},
    {"OVER in another order", updating_over},
};
enum { FORGETTERS = sizeof forgetters / sizeof forgetters[0] };

/* The state of the operator and of what is below it. */
static int64_t state_bytes(const JobBench *b)
{
    int64_t bytes = 0;
    for (uint32_t i = 0; i < b->job->graph.ops; i++) {
        const Op *op = b->job->graph.op[i];
        bytes += op->plan->ttl > 0 ? (int64_t)op->meter.used_bytes : 0;
    }
    return bytes;
}

static int64_t groups_kept(const JobBench *b)
{
    OpMeasure measure = {0};
    const Op *op = NULL;
    for (uint32_t i = 0; i < b->job->graph.ops; i++)
        op = b->job->graph.op[i]->plan->ttl > 0 ? b->job->graph.op[i] : op;
    op->class->measure(op, &measure);
    return measure.groups;
}

static void test_memory(void **state)
{
    (void)state;
    enum { ROWS = 8000, MS = ROWS / 10, FIRST_MS = 12 };
    StrBuf text;
    strbuf_init(&text, NULL);
    write_new_keys(&text, ROWS);
    const char *split = strbuf_cstr(&text);
    for (uint32_t f = 0; f < FORGETTERS; f++) {
        JobBench b;
        job_bench_open(&b);
        PlanNode *scan = job_bench_scan(&b, "k STRING|v BIGINT", -1, false, &split, 1);
        plan_bench_sink(&b.plan, forgetters[f].make(&b.plan, scan), SINK_COLLECT);
        assert_int_equal(job_bench_start(&b), ST_OK);
        Micros start = b.clock.virtual_now;
        int64_t base = 0, early = 0, most = 0; /* base: of the first rows */
        for (uint32_t ms = 0; ms < MS; ms++) {
            b.clock.virtual_now = start + ms * MICROS_PER_MILLI;
            job_bench_next(&b);
            int64_t bytes = state_bytes(&b);
            base = ms < FIRST_MS && bytes > base ? bytes : base;
            if (ms < 5 * ttl / MICROS_PER_MILLI)
                early = bytes > early ? bytes : early;
            most = bytes > most ? bytes : most;
        }
        if (most > early * 2)
            fail_msg("%s: %d bytes in the beginning, and then %d", forgetters[f].name, (int)early,
                     (int)most);
        /* In silence all of it goes, and the job then stands still. */
        b.clock.virtual_now += ttl + 2 * MICROS_PER_SECOND;
        job_bench_next(&b);
        assert_true(groups_kept(&b) == 0 || forgetters[f].make == distinct);
        if (state_bytes(&b) > base)
            fail_msg("%s: %d bytes are left of %d", forgetters[f].name, (int)state_bytes(&b),
                     (int)early);
        uint64_t done = b.job->ticks;
        b.clock.virtual_now += 100 * MICROS_PER_SECOND;
        job_bench_next(&b);
        job_bench_next(&b);
        assert_true(b.job->ticks <= done + 1);
        job_bench_close(&b);
    }
    strbuf_close(&text);
}

/* Without a time to live nobody asks for the clock, and nothing is forgotten. */
static void test_for_ever(void **state)
{
    (void)state;
    static const char *const split[] = {"a|1\nat 100000\na|2\n"};
    JobBench b;
    job_bench_open(&b);
    PlanNode *scan = job_bench_scan(&b, "k STRING|v BIGINT", -1, false, split, 1);
    plan_bench_sink(&b.plan, forgetting(group(&b.plan, scan), 0), SINK_COLLECT);
    assert_int_equal(job_bench_start(&b), ST_OK);
    assert_string_equal(job_bench_next(&b), "+I a|1|a @-\n");
    assert_int_equal(b.job->graph.group[0].clocked_count, 0);
    b.clock.virtual_now += 200 * MICROS_PER_SECOND;
    assert_string_equal(job_bench_next(&b), "-U a|1|a @-\n+U a|2|a,a @-\n");
    assert_int_equal(b.job->ticks, 0);
    job_bench_close(&b);
}

/* --- jobs that are cut off --- */

enum { TIMES = 200, SEEDS = 8 };

static uint32_t draw(uint64_t *random, uint32_t below)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*random >> 33) % below;
}

typedef struct Case {
    JobDbBench b;
    StrBuf text;
    const char *split;
    uint32_t at[TIMES]; /* when rows come, in milliseconds */
} Case;

/* Some rows at each time, and times between which much or little is forgotten. */
static void open_case(Case *c, uint64_t seed)
{
    uint64_t random = seed;
    uint32_t now = 0;
    memset(c, 0, sizeof *c);
    for (uint32_t i = 0; i < TIMES; i++) {
        c->at[i] = now;
        strbuf_printf(&c->text, "at %u\n", now);
        for (uint32_t rows = draw(&random, 4) + 1; rows > 0; rows--)
            strbuf_printf(&c->text, "k%u|%u\n", draw(&random, 12), draw(&random, 5));
        now += draw(&random, 20) == 0 ? 30 : draw(&random, 6);
    }
    c->split = strbuf_cstr(&c->text);
    job_db_open(&c->b);
    PlanBench *plan = &c->b.job.plan;
    PlanNode *scan = job_bench_scan(&c->b.job, "k STRING|v BIGINT", -1, false, &c->split, 1);
    PlanNode *counts = forgetting(
        plan_bench_group(plan, scan, "k", "COUNT(*)|COUNT(DISTINCT v)", CHANGELOG_UPSERT), ttl);
    counts->schema.field[1].name = TEXT("n");
    counts->schema.field[2].name = TEXT("d");
    job_db_result(&c->b, counts, "counts")->as.sink.result.recurs = true;
    job_db_result(&c->b, forgetting(make_deduplicate(plan, scan, false, CHANGELOG_APPEND), ttl),
                  "firsts");
    job_db_result(&c->b, forgetting(make_deduplicate(plan, scan, true, CHANGELOG_UPSERT), ttl),
                  "lasts")
        ->as.sink.result.recurs = true;
    job_db_result(&c->b, top(plan, scan), "tops")->as.sink.result.recurs = true;
    job_db_result(&c->b, over(plan, scan), "numbers");
    job_db_result(&c->b, updating_over(plan, scan), "places");
    c->b.job.config.commit_interval = 0;
}

static void close_case(Case *c)
{
    strbuf_close(&c->text);
    job_db_close(&c->b);
}

/* The clock stands while there is anything to do; so a job that was cut off between two times has
 * the readings that it would have had, and must come to the same. */
static void run_case(Case *c, uint32_t times_a_life, uint64_t random)
{
    JobBench *b = &c->b.job;
    Micros start = b->clock.virtual_now;
    job_db_must(&c->b, job_bench_start(b));
    for (uint32_t i = 0; i < TIMES; i++) {
        b->clock.virtual_now = start + c->at[i] * MICROS_PER_MILLI;
        job_bench_next(b);
        if (times_a_life == 0 || draw(&random, times_a_life) > 0)
            continue;
        job_bench_stop(b);
        b->config.restart = true;
        b->config.batch_rows = draw(&random, 4);
        job_db_must(&c->b, job_bench_start(b));
        job_bench_next(b);
    }
    job_bench_stop(b);
}

static const char all_rows[] = "SELECT k, n, d FROM counts ORDER BY k;"
                               "SELECT k, v FROM firsts ORDER BY rowid;"
                               "SELECT k, v FROM lasts ORDER BY k;"
                               "SELECT k, v FROM tops ORDER BY k;"
                               "SELECT k, v, n FROM numbers ORDER BY rowid;"
                               "SELECT k, v, n FROM places ORDER BY k, v, n";

static void test_cut_off(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Case whole, cut;
        open_case(&whole, seed);
        run_case(&whole, 0, 0);
        open_case(&cut, seed);
        run_case(&cut, 1 + (uint32_t)seed % 9, seed);
        char *expected = strdup(fixture_query(&whole.b.fixture, all_rows));
        const char *got = fixture_query(&cut.b.fixture, all_rows);
        if (strcmp(got, expected) != 0)
            fail_msg("seed %d:\n%s\nexpected:\n%s", (int)seed, got, expected);
        free(expected);
        close_case(&whole);
        close_case(&cut);
    }
}

/* At any step, with a clock that goes on: a replay that forgets something else than the job did
 * gives other first rows, and is told by its digest (E4009). */
static void test_cut_off_anywhere(void **state)
{
    (void)state;
    uint32_t cuts = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Case c;
        uint64_t random = seed;
        open_case(&c, seed);
        JobBench *b = &c.b.job;
        b->config.commit_interval = 3 * MICROS_PER_MILLI;
        Micros start = b->clock.virtual_now, end = start + c.at[TIMES - 1] * MICROS_PER_MILLI;
        JobProgress progress = JOB_BUSY;
        job_db_must(&c.b, job_bench_start(b));
        while (b->clock.virtual_now < end + 50 * MICROS_PER_MILLI) {
            job_db_must(&c.b, job_step(b->job, &progress, &b->diag));
            b->clock.virtual_now += MICROS_PER_MILLI / 5;
            if (draw(&random, 60) > 0)
                continue;
            job_bench_stop(b);
            b->config.restart = true;
            job_db_must(&c.b, job_bench_start(b));
            cuts++;
        }
        job_bench_stop(b);
        job_db_shows(&c.b, "SELECT count(*) > 12, count(DISTINCT k) FROM firsts", "1|12");
        close_case(&c);
    }
    assert_true(cuts > 3 * SEEDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_for_ever),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_cut_off_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
