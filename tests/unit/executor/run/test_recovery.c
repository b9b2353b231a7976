/* Jobs that are cut off at any step, again and again, and go on: the same clock and the same input,
 * a fresh job each time. */
#include "tests/support/job_db_bench.h"

#include "executor/run/job_private.h"

enum { SEEDS = 60, ROWS = 400, SPLITS = 3 };

static const char schema[] = "k STRING|v BIGINT|t TIMESTAMP(3)";

static uint32_t draw(uint64_t *random, uint32_t below)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*random >> 33) % below;
}

/* A split's text: rows whose times rise with the clock at which they arrive, polls that end,
 * records that are none. */
static void write_split(uint64_t *random, uint32_t begin_ms, bool live, StrBuf *out)
{
    uint32_t at = begin_ms;
    for (uint32_t i = 0; i < ROWS; i++) {
        uint32_t dice = draw(random, 20);
        at += draw(random, 3);
        if (live && dice < 4) {
            at += dice == 0 ? 200 : 10;
            strbuf_printf(out, "at %u\n", at);
        }
        if (dice == 5)
            strbuf_string(out, "bad\n");
        if (dice == 6)
            strbuf_string(out, "--\n");
        strbuf_printf(out, "%c|%u|%u\n", 'a' + (char)draw(random, 5), draw(random, 100), at);
    }
    strbuf_string(out, "end");
}

typedef struct Case {
    JobDbBench b;
    StrBuf text[SPLITS];
    const char *split[SPLITS];
    uint64_t random;
} Case;

static void open_case(Case *c, uint64_t seed, bool live)
{
    memset(c, 0, sizeof *c);
    c->random = seed;
    for (uint32_t i = 0; i < SPLITS; i++) {
        write_split(&c->random, i * 50, live, &c->text[i]);
        c->split[i] = strbuf_cstr(&c->text[i]);
    }
    job_db_open(&c->b);
    PlanBench *plan = &c->b.job.plan;
    PlanNode *scan = job_bench_scan(&c->b.job, schema, 2, !live, c->split, SPLITS);
    scan->as.scan.idle_timeout = live ? 60 * MICROS_PER_MILLI : 0;
    scan->as.scan.idle_advance = live && seed % 2 == 0 ? 20 * MICROS_PER_MILLI : 0;
    PlanNode *group = plan_bench_group(plan, scan, "k", "COUNT(*)|SUM(v)|MAX(v)", CHANGELOG_UPSERT);
    group->schema.field[1].name = TEXT("n");
    group->schema.field[2].name = TEXT("s");
    group->schema.field[3].name = TEXT("m");
    job_db_result(&c->b, group, "v");
    PlanNode *window = plan_bench_window(plan, scan, "t", 20, "", "COUNT(*)|SUM(v)");
    window->schema.field[0].name = TEXT("n");
    window->schema.field[1].name = TEXT("s");
    job_db_result(&c->b, window, "w");
    c->b.job.config.commit_interval = 7 * MICROS_PER_MILLI;
}

static void close_case(Case *c)
{
    for (uint32_t i = 0; i < SPLITS; i++)
        strbuf_close(&c->text[i]);
    job_db_close(&c->b);
}

/* Runs to the end; every so many steps, on average, the job is lost and begun again. */
static uint32_t run_case(Case *c, uint32_t steps_a_life)
{
    JobBench *b = &c->b.job;
    JobProgress progress = JOB_WAITS;
    uint32_t lives = 1;
    char told[64];
    job_db_must(&c->b, job_bench_start(b));
    for (uint32_t step = 0; progress != JOB_ENDED; step++) {
        assert_true(step < 1000000);
        job_db_must(&c->b, job_step(b->job, &progress, &b->diag));
        b->clock.virtual_now +=
            progress == JOB_WAITS ? 5 * MICROS_PER_MILLI : MICROS_PER_MILLI / 10;
        if (steps_a_life > 0 && progress != JOB_ENDED && draw(&c->random, steps_a_life) == 0) {
            job_bench_stop(b);
            b->config.restart = true;
            b->config.batch_rows = draw(&c->random, 2) == 0 ? 0 : 1 + draw(&c->random, 9);
            b->clock.virtual_now += draw(&c->random, 4) * 100 * MICROS_PER_MILLI;
            job_db_must(&c->b, job_bench_start(b));
            lives++;
        }
    }
    snprintf(told, sizeof told, "%llu|%llu", (unsigned long long)job_counts(b->job).rejected,
             (unsigned long long)job_counts(b->job).late);
    job_db_shows(&c->b, "SELECT (SELECT count(*) FROM _weir_rejected), count(*) FROM _weir_late",
                 told);
    job_bench_stop(b);
    return lives;
}

static const char all_rows[] =
    "SELECT k, n, s, m FROM v ORDER BY k;"
    "SELECT n, s FROM w ORDER BY rowid;"
    "SELECT owner, split, line FROM _weir_rejected ORDER BY owner, split, line;"
    "SELECT view, split, line FROM _weir_late ORDER BY split, line;"
    "SELECT view, read, used, late, rejected FROM _weir_counts ORDER BY view";

/* Of bounded input everything comes out the same, to the last late row. */
static void test_bounded(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Case whole, cut;
        open_case(&whole, seed, false);
        run_case(&whole, 0);
        open_case(&cut, seed, false);
        cut.b.job.config.batch_rows = 5;
        run_case(&cut, 1 + (uint32_t)seed % 7);
        char *expected = strdup(fixture_query(&whole.b.fixture, all_rows));
        const char *got = fixture_query(&cut.b.fixture, all_rows);
        if (strcmp(got, expected) != 0)
            fail_msg("seed %d:\n%s\nexpected:\n%s", (int)seed, got, expected);
        free(expected);
        close_case(&whole);
        close_case(&cut);
    }
}

/* What live input brings when hangs on the clock, so a row can be late in one run and not in
 * another that was down meanwhile. But each row is counted once, in its window or as a late one. */
static void test_live(void **state)
{
    (void)state;
    uint32_t lives = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Case whole, cut;
        open_case(&whole, seed, true);
        run_case(&whole, 0);
        open_case(&cut, seed, true);
        lives += run_case(&cut, 5 + (uint32_t)seed % 90);
        static const char once[] =
            "SELECT k, n, s, m FROM v ORDER BY k;"
            "SELECT (SELECT sum(n) FROM w) + (SELECT count(*) FROM _weir_late);"
            "SELECT owner, split, line FROM _weir_rejected ORDER BY owner, split, line;"
            "SELECT view, read, used + late, rejected FROM _weir_counts ORDER BY view";
        char *expected = strdup(fixture_query(&whole.b.fixture, once));
        const char *got = fixture_query(&cut.b.fixture, once);
        if (strcmp(got, expected) != 0)
            fail_msg("seed %d:\n%s\nexpected:\n%s", (int)seed, got, expected);
        free(expected);
        close_case(&whole);
        close_case(&cut);
    }
    assert_true(lives > 10 * SEEDS);
}

/* Checkpoints are a second apart at least; but when a restart would have to work for long, one
 * comes at once. */
static void test_much_work(void **state)
{
    (void)state;
    static const char *const text[] = {
        "a|1|0\nat 100\nb|2|1\nat 200\nc|3|2\nat 300\nd|4|3\nat 400\ne|5|4"};
    static const char taken[] = "SELECT epoch FROM _weir_checkpoints";
    for (int much = 0; much < 2; much++) {
        JobDbBench b;
        job_db_open(&b);
        PlanNode *scan = job_bench_scan(&b.job, schema, 2, false, text, 1);
        job_db_result(&b, plan_bench_group(&b.job.plan, scan, "k", "COUNT(*)", CHANGELOG_UPSERT),
                      "v");
        const Micros start = b.job.clock.virtual_now;
        job_db_must(&b, job_bench_start(&b.job));
        for (int ms = 0; ms <= 450; ms += 25) {
            b.job.clock.virtual_now = start + ms * MICROS_PER_MILLI;
            job_bench_next(&b.job);
            if (ms == 150 && much == 1)
                recovery_add_work(&b.job.job->recovery, 5 * MICROS_PER_SECOND);
        }
        job_db_shows(&b, "SELECT n FROM (SELECT count(*) AS n FROM v)", "5");
        if (much == 0)
            job_db_shows(&b, taken, "0"); /* the first one, of the empty job */
        else
            assert_int_not_equal(atoi(fixture_query(&b.fixture, taken)), 0);
        job_db_close(&b);
    }
}

/* A job is cut off after its first rows, and finds other input then: that stops it, and what its
 * table shows stays. It keeps the rows, or counts them per key. */
static void check_other_input(const char *other, bool groups)
{
    static const char *const before[] = {"a|1|0\nb|2|1\nc|3|2\nat 1000\nd|4|3"};
    JobDbBench b;
    JobProgress progress;
    job_db_open(&b);
    PlanNode *input = job_bench_scan(&b.job, schema, 2, false, before, 1);
    if (groups)
        input = plan_bench_group(&b.job.plan, input, "k", "COUNT(*)", CHANGELOG_UPSERT);
    job_db_result(&b, input, "v");
    job_db_must(&b, job_bench_start(&b.job));
    job_bench_next(&b.job);
    job_db_must(&b, job_commit(b.job.job, &b.job.diag));
    job_bench_stop(&b.job);
    b.job.table[0].text[0] = other;
    job_db_must(&b, job_bench_start(&b.job));
    Status status = job_bench_go(&b.job, &progress);
    assert_true(status == ST_STATE || status == ST_IO);
    assert_int_equal(b.job.diag.code, E4009);
    job_db_shows(&b, "SELECT count(*) FROM v", "3");
    job_db_close(&b);
}

static void test_other_input(void **state)
{
    (void)state;
    check_other_input("a|1|0\nb|2|1\nc|4|2\nat 1000\nd|4|3", false);
    check_other_input("a|1|0\nb|2|1", false);
}

/* As many rows come, of other keys, in another order, or with another text. */
static void test_other_input_of_groups(void **state)
{
    (void)state;
    check_other_input("a|1|0\nb|2|1\nd|3|2\nat 1000\nd|4|3", true);
    check_other_input("b|1|0\na|2|1\nc|3|2\nat 1000\nd|4|3", true);
    check_other_input("a|1|0\nb|2|1\n|3|2\nat 1000\nd|4|3", true);
}

/* A row each 100 ms, in a window of its own. */
static void write_slow_split(StrBuf *out, uint32_t rows)
{
    for (uint32_t i = 0; i < rows; i++)
        strbuf_printf(out, "%sat %u\n%c|%u|%u", i == 0 ? "" : "\n", i * 100, 'a' + (char)(i % 5), i,
                      i * 100);
}

/* Windows come and go, checkpoints are taken, the job is cut off again and again: what the file
 * keeps of it does not become more. */
static void test_file_does_not_grow(void **state)
{
    (void)state;
    static const char superfluous[] =
        "SELECT (SELECT count(*) FROM _weir_state WHERE pageset = 0 AND version <> c.version), "
        "(SELECT count(*) FROM _weir_journal j WHERE j.epoch <= c.epoch), "
        "(SELECT count(DISTINCT pageset) > 12 FROM _weir_state), c.version > 20 "
        "FROM _weir_checkpoints c";
    for (uint64_t seed = 1; seed <= 3; seed++) {
        Case c;
        JobProgress progress;
        open_case(&c, seed, true);
        strbuf_clear(&c.text[0]);
        write_slow_split(&c.text[0], 900);
        c.split[0] = strbuf_cstr(&c.text[0]);
        c.b.job.table[0].text[0] = c.split[0];
        JobBench *b = &c.b.job;
        job_db_must(&c.b, job_bench_start(b));
        uint32_t kills = 0;
        Micros end = b->clock.virtual_now + 80 * MICROS_PER_SECOND;
        while (b->clock.virtual_now < end) {
            job_db_must(&c.b, job_step(b->job, &progress, &b->diag));
            b->clock.virtual_now +=
                progress == JOB_WAITS ? 5 * MICROS_PER_MILLI : MICROS_PER_MILLI / 10;
            if (b->clock.virtual_now < end - 5 * MICROS_PER_SECOND && draw(&c.random, 150) == 0) {
                job_bench_stop(b);
                b->config.restart = true;
                job_db_must(&c.b, job_bench_start(b));
                kills++;
            }
        }
        job_db_must(&c.b, job_commit(b->job, &b->diag));
        job_db_must(&c.b, job_commit(b->job, &b->diag)); /* one may have ended a checkpoint */
        assert_true(kills > 20);
        job_db_shows(&c.b, superfluous, "0|0|0|1");
        job_bench_stop(b);
        close_case(&c);
    }
}

/* How fast a run is, is told from what it has read itself. */
static void test_read_before(void **state)
{
    (void)state;
    Case c;
    JobProgress progress = JOB_WAITS;
    open_case(&c, 1, false);
    JobBench *b = &c.b.job;
    b->config.batch_rows = 7;
    job_db_must(&c.b, job_bench_start(b));
    while (job_input(b->job).records < ROWS)
        job_db_must(&c.b, job_step(b->job, &progress, &b->diag));
    assert_int_equal(job_input(b->job).records_before, 0);
    job_db_must(&c.b, job_stop(b->job, true, &b->diag));
    uint64_t read = job_input(b->job).records;
    job_bench_stop(b);
    b->config.restart = true;
    job_db_must(&c.b, job_bench_start(b));
    while (progress != JOB_ENDED) {
        job_db_must(&c.b, job_step(b->job, &progress, &b->diag));
        assert_int_equal(job_input(b->job).records_before, read);
    }
    assert_true(job_input(b->job).records > read);
    job_bench_stop(b);
    close_case(&c);
}

/* Results of windows that wait for the clock, late and early ones, wait on after a stop. */
static void test_waits_for_clock(void **state)
{
    (void)state;
    static const char *const text[] = {"a|1|45\nb|2|15\nc|3|25"};
    static const struct {
        int ms;
        const char *shows;
    } life[] = {
        {0, ""}, {29, ""}, {30, "'b'|1\n'c'|1"}, {89, "'b'|1\n'c'|1"}, {90, "'a'|1\n'b'|1\n'c'|1"}};
    JobDbBench b;
    job_db_open(&b);
    PlanNode *scan = job_bench_scan(&b.job, schema, 2, false, text, 1);
    PlanNode *window = plan_bench_window(&b.job.plan, scan, "t", 10, "k", "COUNT(*)");
    window->kind = PLAN_UPDATING_WINDOW_AGGREGATE;
    window->changelog = CHANGELOG_UPSERT;
    window->as.window_aggregate.emit = (EmitStrategy){.early = true,
                                                      .early_delay = 90 * MICROS_PER_MILLI,
                                                      .late = true,
                                                      .late_delay = 30 * MICROS_PER_MILLI,
                                                      .lateness = 100 * MICROS_PER_MILLI};
    window->schema.field[1].name = TEXT("n");
    job_db_result(&b, window, "v");
    const Micros start = b.job.clock.virtual_now;
    for (size_t i = 0; i < sizeof life / sizeof *life; i++) {
        b.job.config.restart = i > 0;
        b.job.clock.virtual_now = start + life[i].ms * MICROS_PER_MILLI;
        job_db_must(&b, job_bench_start(&b.job));
        job_bench_next(&b.job);
        job_db_must(&b, job_stop(b.job.job, true, &b.job.diag));
        job_db_shows(&b, "SELECT k, n FROM v ORDER BY k", life[i].shows);
        job_bench_stop(&b.job);
    }
    job_db_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_much_work),
        cmocka_unit_test(test_other_input),
        cmocka_unit_test(test_other_input_of_groups),
        cmocka_unit_test(test_read_before),
        cmocka_unit_test(test_file_does_not_grow),
        cmocka_unit_test(test_waits_for_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
