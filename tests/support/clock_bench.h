/* Cases of what a job gives by the clock, over one split of live input. Rows of the input are a
 * number (a power of two, so that sums tell which rows are in) and a time in milliseconds; windows
 * last 10 ms. Results are count, sum, the window's start and end.
 *
 * "at 500" in a split's text: what follows is there half a second after the start. */
#ifndef WEIR_TESTS_SUPPORT_CLOCK_BENCH_H
#define WEIR_TESTS_SUPPORT_CLOCK_BENCH_H

#include "job_bench.h"

enum { CLOCK_STEPS = 10 };

/* At `at_ms` after the start `expected` comes out. */
typedef struct ClockStep {
    int64_t at_ms;
    const char *expected;
} ClockStep;

typedef struct ClockCase {
    const char *name;
    bool bounded;
    bool session; /* of this gap, in place of windows */
    EmitStrategy emit;
    const char *split;
    ClockStep step[CLOCK_STEPS]; /* ends with one without `expected` */
    uint64_t late;               /* rows, in the end */
} ClockCase;

/* What a case's job collects; it may set the clock, which is the start then. */
typedef PlanNode *MakeClockNode(JobBench *b, const ClockCase *c);

/* What differs, in `out`; empty: nothing. */
static inline void clock_case_run(const ClockCase *c, MakeClockNode *make, uint32_t batch_rows,
                                  StrBuf *out)
{
    JobBench b;
    job_bench_open(&b);
    plan_bench_sink(&b.plan, make(&b, c), SINK_COLLECT);
    b.config.batch_rows = batch_rows;
    const Micros start = b.clock.virtual_now;
    assert_int_equal(job_bench_start(&b), ST_OK);
    for (const ClockStep *step = c->step; step->expected != NULL && out->size == 0; step++) {
        b.clock.virtual_now = start + step->at_ms * MICROS_PER_MILLI;
        const char *got = job_bench_next(&b);
        if (strcmp(got, step->expected) != 0)
            strbuf_printf(out, "%s, at %d, batches of %u:\n%sexpected:\n%s", c->name,
                          (int)step->at_ms, batch_rows, got, step->expected);
    }
    if (out->size == 0 && job_counts(b.job).late != c->late)
        strbuf_printf(out, "%s, batches of %u: %d late\n", c->name, batch_rows,
                      (int)job_counts(b.job).late);
    job_bench_close(&b);
}

/* Each case, whatever the size of the batches. */
static inline void clock_cases_check(const ClockCase *cases, size_t count, MakeClockNode *make)
{
    static const uint32_t batch_rows[] = {0, 1, 3};
    for (size_t i = 0; i < count; i++) {
        StrBuf wrong;
        strbuf_init(&wrong, NULL);
        for (size_t r = 0; r < 3 && wrong.size == 0; r++)
            clock_case_run(&cases[i], make, batch_rows[r], &wrong);
        if (wrong.size > 0)
            fail_msg("%s", strbuf_cstr(&wrong));
        strbuf_close(&wrong);
    }
}

#endif
