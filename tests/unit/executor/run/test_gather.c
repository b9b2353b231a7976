/* Rows of many splits in one batch: cells of each type, NULLs, bad cells and where rows came from
 * go with them, and no batch is larger than it may be. */
#include "../../../support/job_db_bench.h"

static const char schema[] = "t TIMESTAMP(3)|i BIGINT|s STRING|d DOUBLE|m DECIMAL(20,2)|b BOOLEAN";

/* Times alternate, so that each row is followed by one of the other split. */
static const char *const text[] = {
    "0|1|a text that does not stand inline, first|1.5|1.25|true\n"
    "10|NULL|NULL|NULL|NULL|NULL\n"
    "20|3|short|3.5|-3.25|false\n"
    "30|BAD|the fourth text does not stand inline either|4.5|99999999999999999.75|true\n"
    "~40|5|dropped|5.5|5.25|true\n"
    "50|6||6.5|6.25|true",
    "5|11|a text that does not stand inline, of another split|11.5|11.25|false\n"
    "15|12|BAD|12.5|12.25|true\n"
    "25|NULL|x|NULL|NULL|true\n"
    "35|14|y|14.5|14.25|NULL\n"
    "45|15|NULL|15.5|15.25|false\n"
    "55|16|z|16.5|16.25|true",
};

static void test_cells(void **state)
{
    (void)state;
    static const char *const expected =
        "+I 0|1|a text that does not stand inline, first|1.5|1.25|TRUE @-\n"
        "+I 5|11|a text that does not stand inline, of another split|11.5|11.25|FALSE @-\n"
        "+I 10|NULL|NULL|NULL|NULL|NULL @0\n"
        "+I 15|12|NULL|12.5|12.25|TRUE @5\n"
        "+I 20|3|short|3.5|-3.25|FALSE @10\n"
        "+I 25|NULL|x|NULL|NULL|TRUE @15\n"
        "+I 30|NULL|the fourth text does not stand inline either|4.5|99999999999999999.75|TRUE "
        "@20\n"
        "+I 35|14|y|14.5|14.25|NULL @25\n"
        "+I 45|15|NULL|15.5|15.25|FALSE @35\n"
        "+I 50|6||6.5|6.25|TRUE @40\n"
        "+I 55|16|z|16.5|16.25|TRUE @45\n";
    JobBench b;
    job_bench_open(&b);
    plan_bench_sink(&b.plan, job_bench_scan(&b, schema, 0, true, text, 2), SINK_COLLECT);
    job_bench_check(&b, "cells", expected);
    job_bench_close(&b);
}

/* A row with a bad cell is rejected where the cell is read, with its own file, line and bytes. */
static void test_bad_cells(void **state)
{
    (void)state;
    static const uint32_t batch_rows[] = {0, 1, 2, 5};
    for (size_t i = 0; i < sizeof batch_rows / sizeof *batch_rows; i++) {
        JobDbBench b;
        job_db_open(&b);
        PlanBench *plan = &b.job.plan;
        PlanNode *scan = job_bench_scan(&b.job, schema, 0, true, text, 2);
        Scalar *i_read = plan_bench_column(plan, scan, "i"),
               *s_read = plan_bench_column(plan, scan, "s");
        job_db_result(&b, plan_bench_calc(plan, scan, NULL, &i_read, 1), "i");
        job_db_result(&b, plan_bench_calc(plan, scan, NULL, &s_read, 1), "s");
        job_bench_run(&b.job, batch_rows[i]);
        job_db_shows(&b,
                     "SELECT owner, split, file, line, code, substr(raw, 1, 9) FROM _weir_rejected"
                     " ORDER BY owner",
                     "'i'|'0'|1|4|'E5002'|'30|BAD|th'\n's'|'1'|2|2|'E5002'|'15|12|BAD'");
        job_db_shows(&b, "SELECT group_concat(ifnull(c0, '-')) FROM i",
                     "'1,11,-,12,3,-,14,15,6,16'");
        job_db_shows(&b,
                     "SELECT view, read, used, filtered, rejected FROM _weir_counts ORDER BY view",
                     "'i'|12|10|1|1\n's'|12|10|1|1");
        job_db_close(&b);
    }
}

/* --- how large batches are --- */

typedef struct Sizes {
    uint32_t batches, most;
    uint64_t rows;
} Sizes;

static Status count_batch(void *context, const PlanNode *sink, const Batch *batch)
{
    Sizes *sizes = context;
    (void)sink;
    sizes->batches++;
    sizes->rows += batch->selected;
    sizes->most = batch->rows > sizes->most ? batch->rows : sizes->most;
    return ST_OK;
}

static void test_batch_sizes(void **state)
{
    (void)state;
    enum { EACH = 2000 };
    static const struct {
        uint32_t splits, batch_rows, most, batches_from, batches_to;
    } cases[] = {
        /* Interleaved rows are put together, as many as a batch holds: few batches. */
        {2, 0, BATCH_ROWS, 2 * EACH / BATCH_ROWS, 20},
        {2, 100, 100, 2 * EACH / 100, 200},
        {2, 1, 1, 2 * EACH, 2 * EACH},
        /* One split alone goes on as it was read. */
        {1, 0, BATCH_ROWS, 2, 4},
        {1, 7, 7, EACH / 7, EACH / 7 + 2},
    };
    StrBuf split[2];
    const char *given[2];
    for (int s = 0; s < 2; s++) {
        strbuf_init(&split[s], NULL);
        for (int row = 0; row < EACH; row++)
            strbuf_printf(&split[s], "%d|%d|x|1|1|true\n", row * 2 + s, row);
        given[s] = strbuf_cstr(&split[s]);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Sizes sizes = {0};
        JobProgress progress;
        JobBench b;
        job_bench_open(&b);
        plan_bench_sink(&b.plan, job_bench_scan(&b, schema, 0, true, given, cases[i].splits),
                        SINK_COLLECT);
        b.config.batch_rows = cases[i].batch_rows;
        b.config.collect = (SinkTarget){.collect = count_batch, .context = &sizes};
        assert_int_equal(job_open(&b.config, &b.job, &b.diag), ST_OK);
        assert_int_equal(job_bench_go(&b, &progress), ST_OK);
        if (sizes.rows != cases[i].splits * EACH || sizes.most > cases[i].most ||
            sizes.batches < cases[i].batches_from || sizes.batches > cases[i].batches_to)
            fail_msg("case %d: %d rows in %u batches, the largest of %u", (int)i, (int)sizes.rows,
                     sizes.batches, sizes.most);
        job_bench_close(&b);
    }
    for (int s = 0; s < 2; s++)
        strbuf_close(&split[s]);
}

/* Tables take turns: what was gathered of one goes on before the other's rows. */
static void test_tables_take_turns(void **state)
{
    (void)state;
    static const char *const left[] = {"0|1|a|1|1|true\n20|2|b|1|1|true", "1|3|c|1|1|true"};
    static const char *const right[] = {"0|4|d|1|1|true\n10|5|e|1|1|true"};
    JobBench b;
    job_bench_open(&b);
    PlanNode *scan[2] = {job_bench_scan(&b, schema, 0, true, left, 2),
                         job_bench_scan(&b, schema, 0, true, right, 1)};
    plan_bench_sink(&b.plan, plan_bench_node(&b.plan, PLAN_UNION_ALL, scan, 2), SINK_COLLECT);
    job_bench_check(&b, "two tables",
                    "+I 0|1|a|1.0|1.00|TRUE @-\n+I 1|3|c|1.0|1.00|TRUE @-\n"
                    "+I 0|4|d|1.0|1.00|TRUE @-\n+I 20|2|b|1.0|1.00|TRUE @0\n"
                    "+I 10|5|e|1.0|1.00|TRUE @0\n");
    job_bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_bad_cells),
        cmocka_unit_test(test_batch_sizes),
        cmocka_unit_test(test_tables_take_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
