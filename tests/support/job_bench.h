/* A whole job over scripted sources (script_source.h), on a clock that stands until the test moves
 * it. What its queries give is collected as text: the rows of plan_bench.h, those of the second
 * query and later ones with its number in front: "1: +I 5|7 @4000". */
#ifndef WEIR_TESTS_SUPPORT_JOB_BENCH_H
#define WEIR_TESTS_SUPPORT_JOB_BENCH_H

#include "script_source.h"

#include "executor/run/job.h"

enum { JOB_BENCH_TABLES = 4 };

typedef struct JobBench {
    PlanBench plan;
    Meter meter;
    Clock clock;
    ScriptTable table[JOB_BENCH_TABLES];
    uint32_t tables;
    StrBuf out;
    Diag diag;
    Job *job;
    JobConfig config; /* the test may change it before job_bench_start */
} JobBench;

static inline void job_bench_open(JobBench *b)
{
    memset(b, 0, sizeof *b);
    plan_bench_open(&b->plan);
    meter_init(&b->meter, NULL, 0);
    strbuf_init(&b->out, NULL);
    b->clock = clock_virtual(INT64_C(1582983956789000));
    b->config = (JobConfig){.plan = &b->plan.plan,
                            .meter = &b->meter,
                            .clock = &b->clock,
                            .commit_interval = 50 * MICROS_PER_MILLI};
}

static inline void job_bench_stop(JobBench *b)
{
    job_close(b->job);
    b->job = NULL;
    assert_int_equal(b->meter.used_bytes, 0);
    for (uint32_t i = 0; i < b->tables; i++)
        assert_int_equal(b->table[i].open, 0);
}

static inline void job_bench_close(JobBench *b)
{
    job_bench_stop(b);
    strbuf_close(&b->out);
    plan_bench_close(&b->plan);
}

/* A table of so many splits and its scan. The watermark is the rowtime column; -1: there is none.
 */
static inline PlanNode *job_bench_scan(JobBench *b, const char *schema, int32_t rowtime,
                                       bool bounded, const char *const *text, uint32_t splits)
{
    assert_true(b->tables < JOB_BENCH_TABLES && splits <= SCRIPT_SPLITS);
    ScriptTable *table = &b->table[b->tables++];
    table->spec = (TableSpec){.name = text_of("t"),
                              .connector = &script_connector,
                              .schema = plan_bench_schema(&b->plan, schema)};
    table->bounded = bounded;
    table->splits = splits;
    for (uint32_t i = 0; i < splits; i++)
        table->text[i] = text[i];
    PlanNode *node = plan_bench_scan(&b->plan, &table->spec, rowtime);
    node->as.scan.bounded = bounded;
    return node;
}

static inline Status job_bench_collect(void *context, const PlanNode *sink, const Batch *batch)
{
    JobBench *b = context;
    plan_bench_check_batch(&sink->schema, batch);
    for (uint32_t i = 0; i < batch->selected; i++) {
        if (sink->query > 0)
            strbuf_printf(&b->out, "%u: ", sink->query);
        plan_bench_print_row(&sink->schema, batch, batch_row(batch, i), &b->out);
    }
    return ST_OK;
}

static inline Status job_bench_start(JobBench *b)
{
    strbuf_clear(&b->out);
    diag_reset(&b->diag);
    b->config.collect = (SinkTarget){.collect = job_bench_collect, .context = b};
    return job_open(&b->config, &b->job, &b->diag);
}

/* Steps until the job waits, ends or fails. */
static inline Status job_bench_go(JobBench *b, JobProgress *progress)
{
    *progress = JOB_BUSY;
    for (uint32_t i = 0; *progress == JOB_BUSY; i++) {
        assert_true(i < 100000);
        TRY(job_step(b->job, progress, &b->diag));
    }
    return ST_OK;
}

/* What comes until nothing more does: the new output alone. */
static inline const char *job_bench_next(JobBench *b)
{
    JobProgress progress;
    strbuf_clear(&b->out);
    if (job_bench_go(b, &progress) != ST_OK)
        fail_msg("%s", b->diag.message);
    return strbuf_cstr(&b->out);
}

/* Runs a bounded plan to its end with so many rows a batch; 0: as many as may be. */
static inline const char *job_bench_run(JobBench *b, uint32_t batch_rows)
{
    JobProgress progress;
    b->config.batch_rows = batch_rows;
    assert_int_equal(job_bench_start(b), ST_OK);
    for (uint32_t waits = 0; waits == 0 || progress == JOB_WAITS; waits++) { /* input may pause */
        assert_true(waits < 1000);
        if (job_bench_go(b, &progress) != ST_OK)
            fail_msg("%s", b->diag.message);
    }
    assert_int_equal(progress, JOB_ENDED);
    job_bench_stop(b);
    return strbuf_cstr(&b->out);
}

/* The same, whatever the size of the batches. */
static inline void job_bench_check(JobBench *b, const char *name, const char *expected)
{
    static const uint32_t batch_rows[] = {0, 1, 2, 3, 7, 300};
    for (size_t i = 0; i < sizeof batch_rows / sizeof *batch_rows; i++) {
        const char *got = job_bench_run(b, batch_rows[i]);
        if (strcmp(got, expected) != 0)
            fail_msg("%s, batches of %u:\n%sexpected:\n%s", name, batch_rows[i], got, expected);
    }
}

#endif
