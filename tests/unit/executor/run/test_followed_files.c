/* A job over a real file that others write, cut, rotate and replace, and that is lost at any step:
 * each record that it could read counts once. The test cuts a file only when all that is in it is
 * in the tables. */
#include "tests/support/job_db_bench.h"

#include <sys/stat.h>
#include <unistd.h>

enum { SEEDS = 40, ACTS = 60, OPTIONS = 5 };

typedef struct Case {
    JobDbBench b;
    TableSpec table;
    OptionEntry option[OPTIONS];
    PlanNode *scan;
    char path[128];
    uint64_t random;
    uint32_t records; /* whole ones, written so far */
    uint32_t broken;  /* cut in the middle */
    uint32_t files;   /* that were rotated away */
    uint32_t lives, cuts;
    bool partial; /* the file ends inside of a record */
} Case;

static uint32_t draw(Case *c, uint32_t below)
{
    c->random = c->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(c->random >> 33) % below;
}

static void put_option(Case *c, const char *key, const char *value)
{
    OptionEntry *entry = &c->option[c->table.options.count++];
    *entry = (OptionEntry){.key = text_of(key), .value = text_of(value)};
}

static void open_case(Case *c, uint64_t seed)
{
    memset(c, 0, sizeof *c);
    c->random = seed;
    job_db_open(&c->b);
    snprintf(c->path, sizeof c->path, "%s/log", c->b.fixture.folder);
    const FormatClass *format = format_find(TEXT("json"));
    c->table = (TableSpec){.name = TEXT("t"),
                           .connector = &filesystem_connector,
                           .format = format,
                           .schema = plan_bench_schema(&c->b.job.plan, "k BIGINT|s STRING")};
    c->table.scope = (OptionScope){
        {table_options, filesystem_connector.options, format->options}, 3, "filesystem"};
    c->table.options.item = c->option;
    put_option(c, "path", c->path);
    put_option(c, "source.monitor-interval", "20 ms");
    put_option(c, "on-truncate", "restart");
    PlanNode *scan = plan_bench_scan(&c->b.job.plan, &c->table, -1);
    scan->as.scan.bounded = false;
    scan->as.scan.monitor_interval = 20 * MICROS_PER_MILLI;
    c->scan = scan;
    job_db_result(&c->b, scan, "v");
    c->b.job.config.commit_interval = 7 * MICROS_PER_MILLI;
}

static void close_case(Case *c)
{
    job_bench_stop(&c->b.job);
    job_db_close(&c->b);
}

/* --- the file --- */

/* Some records in one write; now and then the last one is not whole. */
static void append(Case *c)
{
    char text[2000];
    size_t size = 0;
    FILE *file = fopen(c->path, "a");
    assert_non_null(file);
    if (c->partial)
        size += (size_t)sprintf(text, ",\"s\":\"late\"}\n");
    for (uint32_t left = 1 + draw(c, 20); left > 0; left--)
        size += (size_t)sprintf(text + size, "{\"k\":%u,\"s\":\"%.*s\"}\n", c->records++,
                                (int)draw(c, 40), "a text of some length or of none at all");
    c->partial = draw(c, 2) == 0;
    if (c->partial)
        size += (size_t)sprintf(text + size, "{\"k\":%u", c->records++);
    fwrite(text, 1, size, file);
    fclose(file);
}

/* A record that is cut in its middle is no row. */
static void break_record(Case *c)
{
    c->records -= c->partial;
    c->broken += c->partial;
    c->partial = false;
}

static void cut(Case *c)
{
    break_record(c);
    c->cuts++;
    assert_int_equal(truncate(c->path, 0), 0);
    if (draw(c, 3) > 0)
        append(c);
}

static void rotate(Case *c)
{
    char name[160];
    snprintf(name, sizeof name, "%s.%u", c->path, ++c->files);
    break_record(c);
    assert_int_equal(rename(c->path, name), 0);
    append(c);
}

static void replace(Case *c)
{
    break_record(c);
    assert_int_equal(unlink(c->path), 0);
    append(c);
}

/* --- the job --- */

static void step(Case *c)
{
    JobBench *b = &c->b.job;
    JobProgress progress;
    job_db_must(&c->b, job_step(b->job, &progress, &b->diag));
    b->clock.virtual_now += (draw(c, 10) == 0 ? 30 : 1) * MICROS_PER_MILLI;
}

static void lose(Case *c)
{
    JobBench *b = &c->b.job;
    job_bench_stop(b);
    c->lives++;
}

static void begin(Case *c)
{
    JobBench *b = &c->b.job;
    b->config.restart = c->lives > 0;
    b->config.batch_rows = draw(c, 2) == 0 ? 0 : 1 + draw(c, 9);
    b->clock.virtual_now += draw(c, 4) * 400 * MICROS_PER_MILLI;
    job_db_must(&c->b, job_bench_start(b));
}

/* Until all whole records are in the table. */
static void settle(Case *c)
{
    char wanted[32];
    snprintf(wanted, sizeof wanted, "%u", c->records - c->partial);
    for (uint32_t i = 0;
         strcmp(fixture_query(&c->b.fixture, "SELECT count(*) FROM v"), wanted) != 0; i++) {
        if (i == 2000)
            fail_msg("%s of %s records after %u lives, %u cuts, %u rotations",
                     fixture_query(&c->b.fixture, "SELECT count(*) FROM v"), wanted, c->lives,
                     c->cuts, c->files);
        for (uint32_t s = 0; s < 5; s++)
            step(c);
    }
}

/* What may only be done when nothing can be lost by it; the job is down or up. */
static void change_file(Case *c)
{
    uint32_t dice = draw(c, 8);
    settle(c);
    bool down = draw(c, 2) == 0;
    if (down)
        lose(c);
    if (dice == 0)
        replace(c);
    else if (dice < 3)
        rotate(c);
    else
        cut(c);
    if (down)
        begin(c);
}

static void act(Case *c)
{
    switch (draw(c, 8)) {
    case 0:
    case 1: append(c); break;
    case 2: change_file(c); break;
    case 3:
        lose(c);
        if (draw(c, 2) == 0)
            append(c);
        begin(c);
        break;
    default:
        for (uint32_t steps = draw(c, 30); steps > 0; steps--)
            step(c);
    }
}

static void test_any_order(void **state)
{
    (void)state;
    uint32_t lives = 0, cuts = 0, rejected = 0, broken = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Case c;
        char wanted[64];
        open_case(&c, seed);
        append(&c);
        begin(&c);
        for (uint32_t i = 0; i < ACTS; i++)
            act(&c);
        settle(&c);
        snprintf(wanted, sizeof wanted, "%u|%u|%u|0", c.records - c.partial, c.records - c.partial,
                 c.records - c.partial - 1);
        const char *got = fixture_query(
            &c.b.fixture, "SELECT count(*), count(DISTINCT k), max(k), min(k) FROM v");
        if (strcmp(got, wanted) != 0)
            fail_msg("seed %d: %s, expected %s", (int)seed, got, wanted);
        uint32_t bad = (uint32_t)atoi(
            fixture_query(&c.b.fixture, "SELECT count(*) FROM _weir_rejected WHERE source = 't'"));
        assert_true(bad <= c.broken);
        rejected += bad;
        broken += c.broken;
        lives += c.lives;
        cuts += c.cuts;
        close_case(&c);
    }
    assert_true(lives > 4 * SEEDS && cuts > 2 * SEEDS);
    assert_true(rejected > broken / 2); /* the rest was cut before it was read */
}

/* --- files of one name --- */

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

/* The new one has the text. Returns the old one's name. */
static const char *rotate_to(Case *c, const char *text)
{
    static char name[160];
    snprintf(name, sizeof name, "%s.%u", c->path, ++c->files);
    assert_int_equal(rename(c->path, name), 0);
    write_text(c->path, text);
    return name;
}

static void step_ms(Case *c)
{
    JobBench *b = &c->b.job;
    JobProgress progress;
    job_db_must(&c->b, job_step(b->job, &progress, &b->diag));
    b->clock.virtual_now += MICROS_PER_MILLI;
}

static void wait_for_records(Case *c, const char *count)
{
    for (uint32_t i = 0; strcmp(fixture_query(&c->b.fixture, "SELECT count(*) FROM v"), count) != 0;
         i++) {
        assert_true(i < 1000);
        step_ms(c);
    }
}

static const char *sources(Case *c)
{
    JobBench *b = &c->b.job;
    job_db_must(&c->b, db_begin(c->b.db, &b->diag));
    job_db_must(&c->b, job_report(b->job, &b->diag));
    job_db_must(&c->b, db_commit(c->b.db, &b->diag));
    return fixture_query(&c->b.fixture, "SELECT file, position, \"end\", lag, ended"
                                        " FROM _weir_sources ORDER BY file");
}

static void wait_for_last_source(Case *c, const char *wanted)
{
    for (uint32_t i = 0;; i++) {
        const char *rows = sources(c), *last = strrchr(rows, '\n');
        if (last != NULL && strcmp(last + 1, wanted) == 0)
            return;
        if (i == 1000)
            fail_msg("%s, expected %s", last, wanted);
        step_ms(c);
    }
}

static void wait_for_sources(Case *c, const char *wanted)
{
    for (uint32_t i = 0; strcmp(sources(c), wanted) != 0; i++) {
        if (i == 1000)
            fail_msg("%s\nexpected:\n%s", sources(c), wanted);
        step_ms(c);
    }
}

/* From a checkpoint in which the files are as they are now, and from one before. */
static void go_on_again(Case *c)
{
    lose(c);
    begin(c);
    for (uint32_t i = 0; i < 300; i++) {
        step_ms(c);
        c->b.job.clock.virtual_now += 20 * MICROS_PER_MILLI;
    }
    lose(c);
    begin(c);
}

/* Each file has a row of its own, its own lag, and its number over restarts. */
static void test_files_of_one_name(void **state)
{
    (void)state;
    Case c;
    open_case(&c, 1);
    c.scan->as.scan.monitor_interval = MICROS_PER_MILLI; /* the new one comes before the old ends */
    write_text(c.path, "{\"k\":0}\nbad\n{\"k\":1}\n");
    begin(&c);
    wait_for_records(&c, "2");
    const char *old = rotate_to(&c, "bad\n{\"k\":2}\n");
    wait_for_records(&c, "3");
    write_text(old, "{\"k\":3}\n");
    write_text(c.path, "{\"k\":4}\n{\"k\":5}\n");
    assert_string_equal(sources(&c), "1|20|28|8|0\n2|12|28|16|0");
    wait_for_records(&c, "6");
    wait_for_sources(&c, "1|28|28|0|1\n2|28|28|0|0");
    go_on_again(&c);
    wait_for_sources(&c, "1|28|28|0|1\n2|28|28|0|0");
    rotate_to(&c, "bad\n{\"k\":6}\n");
    wait_for_sources(&c, "1|28|28|0|1\n2|28|28|0|1\n3|12|12|0|0");
    go_on_again(&c);
    wait_for_sources(&c, "1|28|28|0|1\n2|28|28|0|1\n3|12|12|0|0");
    wait_for_records(&c, "7");
    job_db_shows(&c.b, "SELECT file, offset, line FROM _weir_rejected ORDER BY rowid",
                 "1|8|2\n2|0|1\n3|0|1");
    close_case(&c);
}

/* A log that is rotated for as long as the job runs: a file that is over leaves what it is known
 * by, and not its decoder, and is none of those that share out room and descriptors. */
static void test_many_files_of_one_name(void **state)
{
    (void)state;
    enum { FILES = 400, MOST_BYTES = 10 << 10 };
    Case c;
    open_case(&c, 1);
    write_text(c.path, "{\"k\":0}\n");
    begin(&c);
    wait_for_records(&c, "1");
    int64_t before = c.b.job.meter.used_bytes;
    for (uint32_t i = 0; i < FILES; i++) {
        char records[16];
        snprintf(records, sizeof records, "%u", i + 2);
        rotate_to(&c, "{\"k\":0}\n");
        wait_for_records(&c, records);
    }
    wait_for_last_source(&c, "401|8|8|0|0");
    int64_t each = (c.b.job.meter.used_bytes - before) / FILES;
    if (each > MOST_BYTES)
        fail_msg("%d bytes for each file", (int)each);
    close_case(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_files_of_one_name),
        cmocka_unit_test(test_many_files_of_one_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
