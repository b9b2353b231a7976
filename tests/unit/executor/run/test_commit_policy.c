#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "executor/run/commit_policy.h"
#include "tests/support/db_bench.h"

typedef struct Bench {
    Fixture fixture;
    Db *db;
    Clock clock;
    CommitPolicy policy;
} Bench;

static const CommitLimits limits = {
    .pending_bytes = 1000,
    .wal_warn_bytes = 100000,
    .wal_slow_bytes = 200000,
    .wal_pause_bytes = 400000,
    .disk_share = 5,
    .slow_interval = 10 * MICROS_PER_SECOND,
    .retry_interval = MICROS_PER_SECOND,
    .patience = MICROS_PER_SECOND,
};

static int set_up(void **state)
{
    static Bench bench;
    fixture_open(&bench.fixture);
    bench.db = must_open(bench.fixture.path, DB_OWNER);
    must_commit(bench.db, "CREATE TABLE t (a)");
    bench.clock = clock_virtual(INT64_C(1000000000));
    commit_policy_open(&bench.policy, bench.db, &bench.clock, &limits);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    db_close(bench->db);
    fixture_close(&bench->fixture);
    return 0;
}

/* What is told; "" for nothing. "%d" stands for the pid. */
static void assert_told(Bench *bench, const char *format, int pid)
{
    char told[NOTICE_SIZE] = "", expected[NOTICE_SIZE];
    (void)commit_policy_take_notice(&bench->policy, told);
    snprintf(expected, sizeof expected, "%s", format);
    const char *at = strstr(format, "%d");
    if (at != NULL)
        snprintf(expected, sizeof expected, "%.*s%d%s", (int)(at - format), format, pid, at + 2);
    if (expected[0] == '\0' ? told[0] != '\0' : strstr(told, expected) == NULL)
        fail_msg("\"%s\" is told, not \"%s\"", told, expected);
    assert_false(commit_policy_take_notice(&bench->policy, told));
}

static void pass(Bench *bench, Micros time)
{
    bench->clock.virtual_now += time;
}

/* What the job does when a commit is due. */
static bool commit(Bench *bench, const char *sql)
{
    Diag diag = {0};
    Status status = db_try_begin(bench->db, &diag);
    if (status == ST_OK) {
        must_exec(bench->db, sql);
        status = db_commit(bench->db, &diag);
    }
    if (status == ST_OK)
        commit_policy_succeeded(&bench->policy);
    else
        assert_true(commit_policy_failed(&bench->policy, &diag, false));
    return status == ST_OK;
}

static void hold_the_lock(Fixture *fixture)
{
    sqlite3 *handle;
    sqlite3_open(fixture->path, &handle);
    fixture_query_on(fixture, handle, "BEGIN IMMEDIATE");
}

static void stay_on_a_snapshot(Fixture *fixture)
{
    sqlite3 *handle;
    sqlite3_open(fixture->path, &handle);
    fixture_query_on(fixture, handle, "BEGIN; SELECT * FROM t");
}

static void a_lock_is_read_on_under(void **state)
{
    Bench *bench = *state;
    CommitPolicy *policy = &bench->policy;
    assert_true(commit_policy_may_try(policy) && commit_policy_may_read(policy, 5000));
    Child child = fixture_child(hold_the_lock, &bench->fixture);
    assert_false(commit(bench, "INSERT INTO t VALUES (1)"));
    assert_int_equal(policy->hold, HOLD_LOCK);
    assert_told(bench, "", 0); /* it may be gone the next moment */
    assert_false(commit_policy_may_try(policy));
    assert_true(commit_policy_may_read(policy, 999) && !commit_policy_is_waiting(policy));
    pass(bench, MICROS_PER_SECOND);
    assert_true(commit_policy_may_try(policy));
    assert_false(commit(bench, "INSERT INTO t VALUES (1)"));
    assert_told(bench, "waits to commit: process %d (unit_executor_r) holds the write lock of",
                child.pid);
    pass(bench, 100 * MICROS_PER_SECOND);
    assert_false(commit(bench, "INSERT INTO t VALUES (1)"));
    assert_told(bench, "", 0); /* once */
    pass(bench, 99 * MICROS_PER_MILLI);
    assert_false(commit_policy_may_try(policy));
    pass(bench, MICROS_PER_MILLI); /* it is found soon that the lock is gone */
    assert_true(commit_policy_may_try(policy));
    assert_false(commit_policy_may_read(policy, 1000));
    assert_true(commit_policy_is_waiting(policy));
    fixture_kill(child);
    assert_true(commit(bench, "INSERT INTO t VALUES (1)"));
    assert_told(bench, "goes on after 101.1 s", 0);
    assert_true(commit_policy_may_read(policy, 0) && !commit_policy_is_waiting(policy));
}

/* Of a file that a sink writes: nothing is read, and our own file can say so. */
static void a_sink_is_waited_for(void **state)
{
    Bench *bench = *state;
    CommitPolicy *policy = &bench->policy;
    Diag why = {0}, other = {0};
    diag_held_up(&why, E4003, TROUBLE_TAKEN, "cannot write \"other.db\": somebody holds its lock");
    diag_error(&other, E3006, SPAN_NONE, "somebody else has written");
    assert_false(commit_policy_failed(policy, &other, true));
    assert_int_equal(policy->hold, HOLD_NONE);
    assert_true(commit_policy_failed(policy, &why, true));
    assert_told(bench, "", 0);
    assert_false(commit_policy_may_try(policy) || commit_policy_may_read(policy, 0));
    assert_false(commit_policy_is_waiting(policy) || commit_policy_can_be_told(policy));
    pass(bench, MICROS_PER_SECOND);
    assert_true(commit_policy_may_try(policy));
    assert_true(commit_policy_failed(policy, &why, true));
    assert_told(bench,
                "waits to commit: cannot write \"other.db\": somebody holds its lock; it goes", 0);
    assert_string_equal(policy->reason, why.message);
    assert_true(commit_policy_is_waiting(policy) && commit_policy_can_be_told(policy));
    pass(bench, 100 * MICROS_PER_MILLI);
    assert_true(commit_policy_may_try(policy));
    assert_true(commit_policy_failed(policy, &why, true));
    assert_told(bench, "", 0);
    assert_true(commit(bench, "INSERT INTO t VALUES (1)"));
    assert_told(bench, "goes on after 1.1 s", 0);
    assert_true(commit_policy_may_read(policy, 0) && !commit_policy_is_waiting(policy));
}

static void a_short_lock_is_not_told(void **state)
{
    Bench *bench = *state;
    Child child = fixture_child(hold_the_lock, &bench->fixture);
    for (int i = 0; i < 9; i++) {
        assert_false(commit(bench, "INSERT INTO t VALUES (1)"));
        pass(bench, 100 * MICROS_PER_MILLI);
    }
    fixture_kill(child);
    assert_true(commit(bench, "INSERT INTO t VALUES (1)"));
    assert_told(bench, "", 0);
}

/* Rows of 50,000 bytes. */
static const char *const grow = "INSERT INTO t VALUES (zeroblob(50000))";

static void a_snapshot_warns_slows_and_pauses(void **state)
{
    Bench *bench = *state;
    CommitPolicy *policy = &bench->policy;
    Child child = fixture_child(stay_on_a_snapshot, &bench->fixture);
    while (db_wal_bytes(bench->db) < limits.wal_warn_bytes) {
        assert_told(bench, "", 0);
        assert_true(commit(bench, grow));
    }
    assert_told(bench, "because process %d (unit_executor_r) stays on an old snapshot", child.pid);
    assert_int_equal(commit_policy_interval(policy, 5), 5);
    while (db_wal_bytes(bench->db) < limits.wal_slow_bytes) {
        assert_told(bench, "", 0);
        pass(bench, MICROS_PER_SECOND);
        assert_true(commit(bench, grow));
    }
    assert_told(bench, "commits every 10 s from now on", 0);
    assert_int_equal(commit_policy_interval(policy, 5), limits.slow_interval);
    assert_int_equal(commit_policy_interval(policy, MICROS_PER_MINUTE), MICROS_PER_MINUTE);
    assert_true(commit_policy_may_read(policy, 0));
    while (db_wal_bytes(bench->db) < limits.wal_pause_bytes) {
        assert_told(bench, "", 0);
        assert_true(commit(bench, grow));
    }
    assert_told(bench, "", 0); /* it may be somebody who is just passing */
    assert_false(commit_policy_may_read(policy, 0) || commit_policy_is_waiting(policy));
    pass(bench, MICROS_PER_SECOND);
    assert_false(commit_policy_may_read(policy, 0));
    assert_told(bench, "waits: the WAL of", 0);
    assert_true(commit_policy_is_waiting(policy));
    fixture_kill(child);
    assert_false(commit_policy_may_read(policy, 0)); /* it is tried once a second */
    pass(bench, MICROS_PER_SECOND);
    assert_true(commit_policy_may_read(policy, 0));
    assert_told(bench, "goes on after 2.0 s", 0);
    assert_int_equal(db_wal_bytes(bench->db), 0);
    assert_int_equal(fixture_size(&bench->fixture, "-wal"), 0);
    assert_int_equal(commit_policy_interval(policy, 5), 5);
}

static void a_reader_that_goes_ends_the_slowness(void **state)
{
    Bench *bench = *state;
    CommitPolicy *policy = &bench->policy;
    Child child = fixture_child(stay_on_a_snapshot, &bench->fixture);
    while (policy->slow == false) {
        pass(bench, MICROS_PER_SECOND);
        assert_true(commit(bench, grow));
    }
    assert_told(bench, "commits every 10 s", 0);
    fixture_kill(child);
    pass(bench, MICROS_PER_SECOND); /* long before the next commit is due */
    assert_true(commit_policy_may_read(policy, 0));
    assert_told(bench, "commits as before", 0);
    assert_int_equal(commit_policy_interval(policy, 5), 5);
}

static void a_long_wal_that_nobody_keeps_is_emptied(void **state)
{
    Bench *bench = *state;
    for (int i = 0; i < 40; i++) {
        assert_true(commit(bench, grow));
        pass(bench, MICROS_PER_SECOND);
        assert_true(commit_policy_may_read(&bench->policy, 0));
    }
    assert_told(bench, "", 0);
    assert_true(db_wal_bytes(bench->db) < limits.wal_warn_bytes);
}

static void other_failures_are_not_waited_for(void **state)
{
    Bench *bench = *state;
    Diag diag = {0};
    assert_int_equal(db_exec(bench->db, "SELECT nonsense", &diag), ST_STATE);
    assert_false(commit_policy_failed(&bench->policy, &diag, false));
    assert_int_equal(bench->policy.hold, HOLD_NONE);
    CommitPolicy nothing;
    commit_policy_open(&nothing, NULL, &bench->clock, NULL);
    assert_true(commit_policy_may_read(&nothing, UINT64_MAX) && commit_policy_may_try(&nothing));
    commit_policy_succeeded(&nothing);
    assert_false(commit_policy_failed(&nothing, &diag, false));
    assert_int_equal(nothing.limits.pending_bytes, 16 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_lock_is_read_on_under),
        TEST(a_sink_is_waited_for),
        TEST(a_short_lock_is_not_told),
        TEST(a_snapshot_warns_slows_and_pauses),
        TEST(a_reader_that_goes_ends_the_slowness),
        TEST(a_long_wal_that_nobody_keeps_is_emptied),
        TEST(other_failures_are_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
