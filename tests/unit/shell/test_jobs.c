/* What the settings of a session make of its jobs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/capture.h"
#include "shell/session_private.h"
#include "tests/support/db_fixture.h"

static Status run(Session *session, const char *sql, Diag *diag)
{
    Capture answer;
    *diag = (Diag){0};
    capture_open(&answer);
    Status status = capture_run(&answer, session, text_of(sql), diag);
    capture_close(&answer);
    return status;
}

static void must_run(Session *session, const char *sql)
{
    Diag diag;
    if (run(session, sql, &diag) != ST_OK)
        fail_msg("%s: %s", sql, diag.message);
}

/* PRAGMA synchronous of the connection that commits: 1 is NORMAL, 2 FULL. */
static int64_t synchronous(Session *session)
{
    DbStatement *pragma;
    bool row;
    assert_int_equal(db_prepare(session->db, TEXT("PRAGMA synchronous"), &pragma, NULL), ST_OK);
    assert_int_equal(db_step(pragma, &row, NULL), ST_OK);
    int64_t value = db_column_i64(pragma, 0);
    db_statement_close(pragma);
    return value;
}

static void test_synchronous(void **state)
{
    static const struct {
        const char *set;
        int64_t expected;
    } cases[] = {{"RESET;", 1},
                 {"SET 'synchronous' = 'NORMAL';", 1},
                 {"SET 'synchronous' = 'FULL';", 2},
                 {"SET 'synchronous' = 'full'; RESET 'synchronous';", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fixture fixture;
        Session *session;
        Diag diag = {0};
        fixture_open(&fixture);
        SessionConfig config = {.db_path = text_of(fixture.path)};
        assert_int_equal(session_open(&config, &session, &diag), ST_OK);
        must_run(session, "CREATE TABLE ticks (a INT) WITH ('connector' = 'datagen');");
        must_run(session, cases[i].set);
        must_run(session, "CREATE MATERIALIZED VIEW seen AS SELECT a FROM ticks;");
        must_run(session, "PAUSE JOB 1;"); /* with a commit */
        assert_int_equal(synchronous(session), cases[i].expected);
        session_close(session);
        fixture_close(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_synchronous)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
