/* STOP, PAUSE, RESUME and DROP of jobs that run. No thread steps them here, so they stand where
 * they began, and what a statement makes of them is all that happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/capture.h"
#include "shell/session.h"
#include "tests/support/db_fixture.h"

typedef struct Bench {
    Fixture fixture;
    Clock clock;
    Session *session;
    StrBuf notes, shown;
    Output output;
} Bench;

static Bench *bench_of(Output *output)
{
    return (Bench *)((char *)output - offsetof(Bench, output));
}

static Status take_begin(Output *output, OutputShape shape, const OutputColumn *column,
                         uint32_t count)
{
    (void)output, (void)shape, (void)column, (void)count;
    return ST_OK;
}

static Status take_row(Output *output, RowKind kind, const OutputCell *cell)
{
    (void)output, (void)kind, (void)cell;
    return ST_OK;
}

static Status take_call(Output *output)
{
    (void)output;
    return ST_OK;
}

static void take_note(Output *output, Text message)
{
    strbuf_text(&bench_of(output)->notes, message);
    strbuf_char(&bench_of(output)->notes, '\n');
}

static void open_session(Bench *b, bool continues)
{
    SessionConfig config = {.db_path = text_of(b->fixture.path),
                            .clock = &b->clock,
                            .continue_jobs = continues,
                            .allow_reader = true};
    Diag diag = {0};
    if (session_open(&config, &b->session, &diag) != ST_OK)
        fail_msg("%s", diag.message);
}

static int set_up(void **state)
{
    static Bench bench;
    bench = (Bench){.clock = clock_virtual(INT64_C(1582977600000000)),
                    .output = {.begin = take_begin,
                               .row = take_row,
                               .flush = take_call,
                               .end = take_call,
                               .note = take_note}};
    fixture_open(&bench.fixture);
    strbuf_init(&bench.notes, NULL);
    strbuf_init(&bench.shown, NULL);
    open_session(&bench, false);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *b = *state;
    session_close(b->session);
    strbuf_close(&b->notes);
    strbuf_close(&b->shown);
    fixture_close(&b->fixture);
    return 0;
}

static Status try_sql(Bench *b, const char *sql, Diag *diag)
{
    Source source = {TEXT("<sql>"), text_of(sql)};
    *diag = (Diag){0};
    strbuf_clear(&b->notes);
    return session_execute(b->session, &source, &b->output, diag);
}

/* And says so. */
static void run(Bench *b, const char *sql, const char *note)
{
    Diag diag;
    if (try_sql(b, sql, &diag) != ST_OK)
        fail_msg("%s: %s", sql, diag.message);
    if (strstr(strbuf_cstr(&b->notes), note) == NULL)
        fail_msg("%s says: %s", sql, strbuf_cstr(&b->notes));
}

static void refused(Bench *b, const char *sql, const char *at, ErrorCode code, const char *message,
                    const char *hint)
{
    Diag diag;
    assert_int_equal(try_sql(b, sql, &diag), ST_SEMANTIC);
    if (diag.code != code || strstr(diag.message, message) == NULL ||
        strstr(diag.hint, hint) == NULL || diag.span.start != (uint32_t)(strstr(sql, at) - sql))
        fail_msg("%s: %s: %s; %s; at %u", sql, error_def(diag.code)->name, diag.message, diag.hint,
                 diag.span.start);
}

/* Number, name, state and reason of each job. */
static void shows(Bench *b, const char *expected)
{
    static const char *const wanted[] = {"job id", "job name", "state", "reason"};
    Capture jobs;
    Diag diag = {0};
    capture_open(&jobs);
    assert_int_equal(capture_run(&jobs, b->session, TEXT("SHOW JOBS;"), &diag), ST_OK);
    strbuf_clear(&b->shown);
    for (uint32_t i = 0; i < jobs.rows.count; i++) {
        strbuf_string(&b->shown, i == 0 ? "" : "; ");
        for (int c = 0; c < 4; c++) {
            const OutputCell *cell = &jobs.rows.item[i][capture_column(&jobs, wanted[c])];
            strbuf_string(&b->shown, c == 0 ? "" : " ");
            if (cell->kind == CELL_NULL)
                strbuf_char(&b->shown, '-');
            else
                strbuf_text(&b->shown, cell->text);
        }
    }
    capture_close(&jobs);
    assert_string_equal(strbuf_cstr(&b->shown), expected);
}

static void in_file(Bench *b, const char *sql, const char *expected)
{
    assert_string_equal(fixture_query(&b->fixture, sql), expected);
}

static const char ticks[] = "CREATE TABLE ticks (n BIGINT) WITH ('connector' = 'datagen')";
static const char seen[] = "CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n FROM ticks";

/* The table at the head of job_control.c. */
static void every_state_and_statement(void **state)
{
    Bench *b = *state;
    run(b, ticks, "ok");
    run(b, seen, "job 1 started");
    shows(b, "1 seen RUNNING -");
    refused(b, "RESUME JOB '1'", "'1'", E2135, "job 1 is running", "PAUSE JOB '1' halts it");
    run(b, "PAUSE JOB '1'", "paused job 1");
    shows(b, "1 seen PAUSED PAUSE JOB");
    in_file(b, "SELECT state, reason FROM _weir_jobs", "'PAUSED'|'PAUSE JOB'");
    refused(b, "PAUSE JOB 1", "1", E2135, "job 1 is paused already",
            "RESUME JOB '1' lets it go on");
    run(b, "RESUME JOB 1", "job 1 goes on");
    shows(b, "1 seen RUNNING -");
    in_file(b, "SELECT state, reason FROM _weir_jobs", "'RUNNING'|NULL");
    run(b, "STOP JOB 1", "stopped job 1 for good; its tables stay");
    shows(b, "1 seen STOPPED STOP JOB");
    for (int i = 0; i < 3; i++) {
        static const char *const sql[] = {"STOP JOB '1'", "PAUSE JOB '1'", "RESUME JOB '1'"};
        refused(b, sql[i], "'1'", E2135, "job 1 was stopped for good",
                "run its script again, and it begins from the beginning");
    }
    in_file(b, "SELECT count(*) FROM seen", "0");
    run(b, "DROP MATERIALIZED VIEW seen", "dropped seen");
    run(b, seen, "job 2 started");
    run(b, "PAUSE JOB 2", "paused");
    run(b, "STOP JOB 2", "stopped job 2");
    shows(b, "2 seen STOPPED STOP JOB");
}

/* A job that failed can be tried again, or given up. */
static void failed_jobs(void **state)
{
    Bench *b = *state;
    static const char fail[] =
        "UPDATE _weir_jobs SET state = 'FAILED', reason = 'no bread' WHERE id = 1";
    run(b, ticks, "ok");
    run(b, seen, "job 1 started");
    session_close(b->session);
    fixture_query(&b->fixture, fail);
    open_session(b, true);
    shows(b, "1 seen FAILED no bread"); /* it did not go on by itself */
    refused(b, "PAUSE JOB '1'", "'1'", E2135, "job 1 has failed", "RESUME JOB '1' tries again");
    run(b, "RESUME JOB '1'", "job 1 goes on");
    shows(b, "1 seen RUNNING -");
    session_close(b->session);
    fixture_query(&b->fixture, fail);
    open_session(b, true);
    run(b, "STOP JOB '1'", "stopped job 1");
    shows(b, "1 seen STOPPED STOP JOB; it had failed: no bread");
}

/* A clean end says so; after a crash the file still says RUNNING, and SHOW JOBS knows better. */
static void over_restarts(void **state)
{
    Bench *b = *state;
    run(b, ticks, "ok");
    run(b, seen, "job 1 started");
    run(b, "CREATE MATERIALIZED VIEW other AS SELECT MAX(n) AS n FROM ticks", "job 2 started");
    run(b, "PAUSE JOB 2", "paused job 2");
    session_close(b->session);
    in_file(b, "SELECT state, reason FROM _weir_jobs",
            "'SUSPENDED'|'the process that ran it has ended'\n'PAUSED'|'PAUSE JOB'");
    open_session(b, false);
    shows(b, "1 seen SUSPENDED the process that ran it has ended; 2 other PAUSED PAUSE JOB");
    session_close(b->session);
    open_session(b, true);
    shows(b, "1 seen RUNNING -; 2 other PAUSED PAUSE JOB");
    session_close(b->session);
    fixture_query(&b->fixture, "UPDATE _weir_jobs SET state = 'RUNNING', reason = NULL");
    open_session(b, false);
    shows(b, "1 seen SUSPENDED the process that ran it was cut off; "
             "2 other SUSPENDED the process that ran it was cut off");
    in_file(b, "SELECT DISTINCT state FROM _weir_jobs", "'RUNNING'"); /* looking leaves no trace */
    run(b, "PAUSE JOB 1", "paused job 1");
    run(b, "CREATE TABLE more (n BIGINT) WITH ('connector' = 'datagen')", "ok");
    in_file(b, "SELECT state, reason FROM _weir_jobs",
            "'PAUSED'|'PAUSE JOB'\n'SUSPENDED'|'the process that ran it was cut off'");
    run(b, "RESUME JOB 1", "job 1 goes on");
    run(b, "STOP JOB 2", "stopped job 2");
    shows(b, "1 seen RUNNING -; 2 other STOPPED STOP JOB");
}

static void drop_beside_running_jobs(void **state)
{
    Bench *b = *state;
    run(b, ticks, "ok");
    run(b, "CREATE TABLE `the sink` (n BIGINT) WITH ('connector' = 'sqlite')", "ok");
    run(b, "CREATE VIEW `a view` AS SELECT n FROM ticks WHERE n > 0", "ok");
    run(b, "INSERT INTO `the sink` SELECT n FROM `a view`", "job 1 started");
    run(b, seen, "job 2 started");
    refused(b, "DROP VIEW `a view`", "`a view`", E2131, "job 1 reads \"a view\"",
            "STOP JOB '1' first");
    refused(b, "DROP TABLE IF EXISTS `the sink`", "`the sink`", E2131,
            "job 1 writes into \"the sink\"", "STOP JOB '1' first");
    refused(b, "DROP TABLE ticks", "ticks", E2131, "view \"a view\" reads \"ticks\"",
            "DROP VIEW `a view` first");
    run(b, "PAUSE JOB 1", "paused"); /* it needs them as before */
    refused(b, "DROP VIEW `a view`", "`a view`", E2131, "job 1 reads \"a view\"",
            "STOP JOB '1' first");
    run(b, "STOP JOB 1", "stopped");
    run(b, "DROP VIEW `a view`", "dropped a view");
    refused(b, "DROP TABLE ticks", "ticks", E2131,
            "materialized view \"seen\" of job 2 reads \"ticks\"",
            "DROP MATERIALIZED VIEW seen first");
    run(b, "DROP MATERIALIZED VIEW seen", "dropped seen"); /* while its job runs */
    run(b, "DROP TABLE `the sink`", "dropped the sink");
    run(b, "DROP TABLE ticks", "dropped ticks");
    shows(b, "1 the sink STOPPED STOP JOB");
    in_file(b, "SELECT name FROM sqlite_schema WHERE name NOT LIKE '%weir%' AND type = 'table'",
            "'sqlite_sequence'");
    in_file(b, "SELECT count(*) FROM _weir_operators WHERE job = 2", "0");
}

/* One of several views of a job goes only when the job is over. */
static void views_of_one_job(void **state)
{
    Bench *b = *state;
    static const char script[] =
        "CREATE TABLE ticks (n BIGINT) WITH ('connector' = 'datagen');\n"
        "CREATE MATERIALIZED VIEW one AS SELECT COUNT(*) AS n FROM ticks;\n"
        "CREATE MATERIALIZED VIEW two AS SELECT MAX(n) AS n FROM ticks;\n";
    Source source = {TEXT("<script>"), text_of(script)};
    Diag diag = {0};
    session_cancel(b->session); /* at its first look: the job stays as it begins */
    assert_int_equal(session_run_script(b->session, &source, &b->output, &diag), ST_CANCELLED);
    session_forget_cancel(b->session);
    refused(b, "DROP MATERIALIZED VIEW two", "two", E2131,
            "job 1 keeps \"two\" together with other", "STOP JOB '1' first");
    run(b, "PAUSE JOB 1", "paused");
    refused(b, "DROP MATERIALIZED VIEW two", "two", E2131,
            "job 1 keeps \"two\" together with other", "STOP JOB '1' first");
    run(b, "STOP JOB 1", "stopped");
    run(b, "DROP MATERIALIZED VIEW two", "dropped two");
    shows(b, "1 one, two STOPPED STOP JOB");
    run(b, "DROP MATERIALIZED VIEW one", "dropped one");
    shows(b, "");
}

/* The same script again: what was halted goes on or begins again, and says which. */
static void scripts_of_halted_jobs(void **state)
{
    Bench *b = *state;
    static const char script[] =
        "CREATE TABLE ticks (n BIGINT) WITH ('connector' = 'datagen');\n"
        "CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n FROM ticks;\n";
    static const struct {
        const char *sql, *note;
    } cases[] = {
        {"PAUSE JOB 1", "job 1 was paused, and goes on\n"},
        {"STOP JOB 1", "job 1 was stopped, and begins again from the beginning\n"},
        {NULL, ""},
    };
    for (int i = 0; i < 4; i++) {
        Source source = {TEXT("<script>"), text_of(script)};
        Diag diag = {0};
        strbuf_clear(&b->notes);
        session_cancel(b->session);
        assert_int_equal(session_run_script(b->session, &source, &b->output, &diag), ST_CANCELLED);
        session_forget_cancel(b->session);
        assert_string_equal(strbuf_cstr(&b->notes), i == 0 ? "" : cases[i - 1].note);
        shows(b, "1 seen RUNNING -");
        if (i < 3 && cases[i].sql != NULL)
            run(b, cases[i].sql, "job 1");
        session_close(b->session);
        open_session(b, false);
    }
}

static void readers_are_refused(void **state)
{
    Bench *b = *state;
    Session *reader;
    Diag diag = {0};
    SessionConfig config = {.db_path = text_of(b->fixture.path), .allow_reader = true};
    run(b, ticks, "ok");
    run(b, seen, "job 1 started");
    assert_int_equal(session_open(&config, &reader, &diag), ST_OK);
    Session *owner = b->session;
    b->session = reader;
    shows(b, "1 seen RUNNING -");
    Source stop = {TEXT("<sql>"), TEXT("STOP JOB 1")};
    assert_int_equal(session_execute(reader, &stop, &b->output, &diag), ST_STATE);
    assert_int_equal(diag.code, E4003);
    b->session = owner;
    run(b, "PAUSE JOB 1", "paused");
    b->session = reader; /* what the owner has done since is seen */
    shows(b, "1 seen PAUSED PAUSE JOB");
    session_close(reader);
    b->session = owner;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(every_state_and_statement), TEST(failed_jobs),      TEST(over_restarts),
        TEST(drop_beside_running_jobs),  TEST(views_of_one_job), TEST(scripts_of_halted_jobs),
        TEST(readers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
