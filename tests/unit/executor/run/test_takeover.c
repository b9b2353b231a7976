/* When a job that builds its tables anew has caught up, for each kind of source: neither never nor
 * long before it stands where the other job stood. The clock moves by 50 ms a step, and a row takes
 * two steps: one reads it, one takes it. So a goal of 20 rows takes two seconds. */
#include "../../../support/job_db_bench.h"

#include "storage/sqlite/result_swap.h"

enum { STEP_MS = 50, MOST_STEPS = 4000 };

typedef struct Bench {
    JobDbBench db;
    const ResultSpec *spec[JOB_BENCH_TABLES];
    uint32_t specs;
    Takeover takeover;
    uint64_t other;       /* the row up to which the other job has read at first */
    uint64_t other_ahead; /* and then so many rows ahead of this one */
    Micros begun;         /* of the other job's rows, which come by the clock */
    uint32_t asked;
    bool swapped, settled;
} Bench;

static uint64_t rows_read(const Bench *b)
{
    return job_input(b->db.job.job).records;
}

static Status swap(void *context, Diag *diag)
{
    Bench *b = context;
    b->swapped = true;
    for (uint32_t i = 0; i < b->specs; i++)
        TRY(result_build_swap(b->db.db, b->spec[i], diag));
    return ST_OK;
}

static void settled(void *context)
{
    ((Bench *)context)->settled = true;
}

/* A script's offset behind row n is ten times n + 1. */
static Status seen(void *context, const TableSpec *table, Text split, SplitSeen *out, Diag *diag)
{
    Bench *b = context;
    (void)table, (void)split, (void)diag;
    uint64_t row =
        b->asked++ == 0 || b->db.job.job == NULL ? b->other : rows_read(b) + b->other_ahead;
    *out = (SplitSeen){.exists = true, .position = (row + 1) * 10, .begun = b->begun};
    return ST_OK;
}

static void bench_open(Bench *b)
{
    memset(b, 0, sizeof *b);
    job_db_open(&b->db);
    b->takeover = (Takeover){.swap = swap, .seen = seen, .settled = settled, .context = b};
    b->db.job.config.takeover = &b->takeover;
    b->db.job.config.batch_rows = 1;
}

/* So many rows, and then the rest of the text. */
static const char *rows(Bench *b, uint32_t count, const char *rest)
{
    StrBuf text;
    Text copy;
    strbuf_init(&text, NULL);
    for (uint32_t i = 0; i < count; i++)
        strbuf_printf(&text, "%u\n", i);
    strbuf_string(&text, rest);
    job_db_must(&b->db, arena_text(&b->db.job.plan.arena, strbuf_as_text(&text), &copy));
    strbuf_close(&text);
    return copy.ptr;
}

/* 30 rows, and by the time that they are read 12 more, then four; there are always some. */
static const char *moving(Bench *b)
{
    Text text;
    job_db_must(&b->db, arena_printf(&b->db.job.plan.arena, &text,
                                     "at 1500\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"
                                     "at 3500\n1\n2\n3\n4\nat 4500\n%s",
                                     rows(b, 500, "")));
    return rows(b, 30, text.ptr);
}

/* A live table of so many splits, and the view over it; a split of fewer rows a poll than there are
 * keeps the job busy. */
static ScriptTable *add_table(Bench *b, bool bounded, const char *const *text, uint32_t splits,
                              const char *view)
{
    JobBench *job = &b->db.job;
    PlanNode *scan = job_bench_scan(job, "n BIGINT", -1, bounded, text, splits);
    PlanNode *sink = job_db_result(&b->db, scan, view);
    ScriptTable *table = &job->table[job->tables - 1];
    b->spec[b->specs++] = &sink->as.sink.result;
    table->most_rows = 1;
    return table;
}

static void start(Bench *b)
{
    Diag *diag = &b->db.job.diag;
    job_db_must(&b->db, db_begin(b->db.db, diag));
    for (uint32_t i = 0; i < b->specs; i++)
        job_db_must(&b->db, result_build_make(b->db.db, b->spec[i], diag));
    job_db_must(&b->db, db_commit(b->db.db, diag));
    job_db_must(&b->db, job_bench_start(&b->db.job));
}

/* How many rows have been read when it takes over. */
static uint64_t take_over(Bench *b)
{
    JobProgress progress;
    start(b);
    for (uint32_t i = 0; !b->swapped; i++) {
        if (i == MOST_STEPS)
            fail_msg("it waits for ever");
        b->db.job.clock.virtual_now += STEP_MS * MICROS_PER_MILLI;
        job_db_must(&b->db, job_step(b->db.job.job, &progress, &b->db.job.diag));
    }
    assert_true(b->settled);
    return rows_read(b);
}

static void bench_close(Bench *b)
{
    job_db_close(&b->db);
}

/* A stream that is never without rows: up to where the other job stood, then to where it stands. */
static void no_end_is_known(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    const char *text[] = {rows(&b, 500, "")};
    b.other = 60;
    b.other_ahead = 5;
    add_table(&b, false, text, 1, "v");
    uint64_t read = take_over(&b);
    assert_in_range(read, 65, 70);
    job_db_shows(&b.db, "SELECT count(*) = max(n) + 1 FROM v", "1");
    bench_close(&b);
}

/* The other job is two seconds ahead for ever. */
static void it_comes_no_nearer(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    const char *text[] = {rows(&b, 1000, "")};
    b.other = 100;
    b.other_ahead = 20;
    add_table(&b, false, text, 1, "v");
    uint64_t read = take_over(&b);
    assert_in_range(read, 100 + 4 * 20,
                    100 + 4 * 20 + 8); /* one sets the least, three are in vain */
    bench_close(&b);
}

/* What comes while it reads is the next goal, until that takes but a moment. */
static void the_end_moves_on(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    const char *text[] = {moving(&b)};
    add_table(&b, false, text, 1, "v")->tells_end = true;
    uint64_t read = take_over(&b);
    assert_in_range(read, 46, 47); /* 30 in 3 s, 12 in 1.2 s, 4 in a moment */
    assert_int_equal(b.asked, 0);
    bench_close(&b);
}

/* A file that rests, with the beginning of a line at its end, beside one that is never at rest. */
static void a_split_rests(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    const char *text[] = {moving(&b), "1\n2\n3"};
    ScriptTable *table = add_table(&b, false, text, 2, "v");
    table->tells_end = true;
    table->unfinished[1] = 5;
    assert_in_range(take_over(&b), 3 + 46, 3 + 50);
    bench_close(&b);
}

/* Without an end that is known, and asked in vain. */
static void a_stream_rests(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    const char *text[] = {rows(&b, 500, ""), "1\n2\n3"};
    b.other = 40;
    b.other_ahead = 4;
    add_table(&b, false, text, 2, "v");
    uint64_t read = take_over(&b);
    assert_in_range(read, 43, 60);
    bench_close(&b);
}

/* All is read, and nothing comes: at once. */
static void everything_rests(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    const char *text[] = {"1\n2\n3", ""};
    b.other = 3;
    add_table(&b, false, text, 2, "v");
    assert_int_equal(take_over(&b), 3);
    job_db_shows(&b.db, "SELECT n FROM v", "1\n2\n3");
    bench_close(&b);
}

static void no_data_at_all(void **state)
{
    (void)state;
    for (uint32_t splits = 0; splits < 2; splits++) {
        Bench b;
        bench_open(&b);
        const char *text[] = {""};
        add_table(&b, false, text, splits, "v");
        assert_int_equal(take_over(&b), 0);
        bench_close(&b);
    }
}

/* Beside a table that is never at rest, one without any split, or without a row. */
static void no_data_beside_a_busy_one(void **state)
{
    (void)state;
    for (uint32_t splits = 0; splits < 2; splits++) {
        Bench b;
        bench_open(&b);
        const char *busy[] = {rows(&b, 500, "")}, *text[] = {""};
        b.other = 30;
        b.other_ahead = 3;
        add_table(&b, false, busy, 1, "v");
        add_table(&b, false, text, splits, "w");
        assert_in_range(take_over(&b), 30, 60);
        bench_close(&b);
    }
}

/* One of two tables is read to its end, by its nature or because its stream has ended. */
static void one_of_two_has_ended(void **state)
{
    (void)state;
    for (int bounded = 0; bounded < 2; bounded++) {
        Bench b;
        bench_open(&b);
        const char *busy[] = {rows(&b, 500, "")}, *text[] = {bounded ? "1\n2" : "1\n2\nend"};
        b.other = 30;
        b.other_ahead = 3;
        add_table(&b, false, busy, 1, "v");
        add_table(&b, bounded, text, 1, "w");
        assert_in_range(take_over(&b), 33, 60);
        job_db_shows(&b.db, "SELECT n FROM w", "1\n2");
        bench_close(&b);
    }
}

/* Whatever the goal: that is the end of the job as well. */
static void all_has_ended(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    const char *text[] = {"1\n2\nend"};
    b.other = 500; /* which did not know that it ends */
    add_table(&b, false, text, 1, "v");
    take_over(&b);
    job_db_shows(&b.db, "SELECT n FROM v", "1\n2");
    job_db_shows(&b.db, "SELECT state FROM _weir_jobs", "'FINISHED'");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_end_is_known),      cmocka_unit_test(it_comes_no_nearer),
        cmocka_unit_test(the_end_moves_on),     cmocka_unit_test(a_split_rests),
        cmocka_unit_test(a_stream_rests),       cmocka_unit_test(everything_rests),
        cmocka_unit_test(no_data_at_all),       cmocka_unit_test(no_data_beside_a_busy_one),
        cmocka_unit_test(one_of_two_has_ended), cmocka_unit_test(all_has_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
