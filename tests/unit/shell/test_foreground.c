#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What an Output is told of the jobs in the foreground: numbers that only grow, each record once
 * however many views read it, and the end. */
#include <stdio.h>

#include "shell/fold.h"
#include "shell/session.h"

enum { ROWS = 20000 };

typedef struct Told {
    Output output; /* first: the session is given its address */
    uint32_t times, ends;
    OutputProgress last;
    uint64_t table_rows;
    bool begun, rows_before_end;
    OutputShape shape;
    Status answer;
} Told;

static Status begin(Output *output, OutputShape shape, const OutputColumn *column, uint32_t count)
{
    (void)column;
    (void)count;
    ((Told *)output)->begun = true;
    ((Told *)output)->shape = shape;
    return ST_OK;
}

static Status row(Output *output, RowKind kind, const OutputCell *cell)
{
    Told *told = (Told *)output;
    (void)kind;
    (void)cell;
    told->rows_before_end = told->rows_before_end || told->ends == 0;
    return ST_OK;
}

static Status nothing(Output *output)
{
    (void)output;
    return ST_OK;
}

static void note(Output *output, Text message)
{
    (void)output;
    (void)message;
}

static void warning(Output *output, const Diag *diag)
{
    (void)output;
    (void)diag;
}

static Status progress(Output *output, const OutputProgress *progress)
{
    Told *told = (Told *)output;
    if (progress == NULL) {
        told->ends++;
        return ST_OK;
    }
    assert_int_equal(told->ends, 0);
    assert_true(progress->rows >= told->last.rows);
    told->last = *progress;
    told->times++;
    if (progress->table != NULL)
        told->table_rows = fold_count(progress->table);
    return told->answer;
}

/* Each look at it is a tenth of a second after the one before. */
static Micros tick(Clock *clock)
{
    return clock->virtual_now += 100 * MICROS_PER_MILLI;
}

static Status run(const char *sql, bool script, Told *told, Diag *diag)
{
    Clock clock = clock_virtual(0);
    clock.monotonic = tick;
    SessionConfig config = {.clock = &clock, .batch_rows = 1000};
    Session *session;
    Source source = {TEXT("test"), text_of(sql)};
    bool wants_table = told->output.wants_table;
    told->output = (Output){.begin = begin,
                            .row = row,
                            .flush = nothing,
                            .end = nothing,
                            .note = note,
                            .warning = warning,
                            .progress = progress,
                            .wants_table = wants_table};
    assert_int_equal(session_open(&config, &session, diag), ST_OK);
    Status status = script ? session_run_script(session, &source, &told->output, diag)
                           : session_execute(session, &source, &told->output, diag);
    session_close(session);
    return status;
}

#define TABLE                                                                                      \
    "CREATE TABLE t (n BIGINT) WITH ('connector'='datagen', 'number-of-rows'='20000', "            \
    "'rows-per-second'='1000000000');"

static void test_a_select(void **state)
{
    Told told = {.answer = ST_OK};
    Diag diag = {0};
    (void)state;
    assert_int_equal(run(TABLE "SELECT COUNT(*) AS n FROM t;", false, &told, &diag), ST_OK);
    assert_true(told.times > 0 && told.last.rows > 0 && told.last.rows <= ROWS);
    assert_int_equal(told.ends, 1);
    assert_true(told.last.bounded);
    assert_null(told.last.table);
    assert_false(told.rows_before_end);
    assert_int_equal(told.shape, OUTPUT_RESULT);
    assert_int_equal(told.last.streams, 0);
}

/* Two views read each record, which is one record still. */
static void test_a_script(void **state)
{
    Told told = {.answer = ST_OK};
    Diag diag = {0};
    (void)state;
    assert_int_equal(run(TABLE "CREATE MATERIALIZED VIEW a AS SELECT COUNT(*) AS n FROM t;"
                               "CREATE MATERIALIZED VIEW b AS SELECT SUM(n) AS n FROM t;",
                         true, &told, &diag),
                     ST_OK);
    assert_true(told.times > 0 && told.last.rows > 0 && told.last.rows <= ROWS);
    assert_int_equal(told.ends, 1);
}

/* A table is kept where the settings or the Output ask for one, and the changes nowhere. */
static void test_a_table(void **state)
{
    static const struct {
        const char *setting;
        bool wants_table, table;
        OutputShape shape;
    } cases[] = {
        {"table", false, true, OUTPUT_RESULT},
        {"tableau", true, true, OUTPUT_RESULT},
        {"tableau", false, false, OUTPUT_RESULT},
        {"changelog", true, false, OUTPUT_CHANGELOG},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Told told = {.output.wants_table = cases[i].wants_table};
        Diag diag = {0};
        char sql[512];
        snprintf(sql, sizeof sql,
                 TABLE "SET 'sql-client.execution.result-mode' = '%s';"
                       "SET 'sql-client.execution.max-table-result.rows' = '100';"
                       "SELECT n FROM t;",
                 cases[i].setting);
        assert_int_equal(run(sql, false, &told, &diag), ST_OK);
        assert_int_equal(told.last.table != NULL, cases[i].table);
        assert_int_equal(told.table_rows, cases[i].table ? 100 : 0);
        assert_int_equal(told.shape, cases[i].shape);
        assert_int_equal(told.rows_before_end, !cases[i].table);
    }
}

/* What a job writes to standard output itself is told, so that nothing is drawn into it. */
static void test_streams(void **state)
{
    Told told = {.answer = ST_OK};
    Diag diag = {0};
    (void)state;
    told.answer = ST_IO; /* the terminal went away: the run ends, before it has written much */
    assert_int_equal(
        run(TABLE "CREATE TABLE p (n BIGINT) WITH ('connector'='print', 'standard-error'='true');"
                  "INSERT INTO p SELECT n FROM t WHERE n = 0;",
            true, &told, &diag),
        ST_IO);
    assert_int_equal(told.last.streams, 1 << 2);
    assert_int_equal(told.times, 1);
    assert_int_equal(told.ends, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_select),
        cmocka_unit_test(test_a_script),
        cmocka_unit_test(test_a_table),
        cmocka_unit_test(test_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
