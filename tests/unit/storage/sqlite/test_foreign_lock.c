#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/sqlite/foreign_lock.h"
#include "tests/support/db_bench.h"

static void write_in_wal_mode(Fixture *fixture)
{
    sqlite3 *handle;
    sqlite3_open(fixture->path, &handle);
    fixture_query_on(
        fixture, handle,
        "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (a); BEGIN IMMEDIATE");
}

static void write_with_a_journal(Fixture *fixture)
{
    sqlite3 *handle;
    sqlite3_open(fixture->path, &handle);
    fixture_query_on(fixture, handle, "CREATE TABLE t (a); BEGIN EXCLUSIVE");
}

static void only_read(Fixture *fixture)
{
    sqlite3 *handle;
    sqlite3_open(fixture->path, &handle);
    fixture_query_on(
        fixture, handle,
        "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (a); BEGIN; SELECT * FROM t");
}

static void the_holder_of_the_lock_is_found(void **state)
{
    static void (*const act[])(Fixture *) = {write_in_wal_mode, write_with_a_journal};
    static const char *const suffix[] = {"", "-wal", "-shm"};
    Fixture *fixture = *state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(foreign_writer_pid(fixture->path), 0);
        Child child = fixture_child(act[i], fixture);
        assert_int_equal(foreign_writer_pid(fixture->path), child.pid);
        fixture_kill(child);
        assert_int_equal(foreign_writer_pid(fixture->path), 0);
        for (size_t file = 0; file < 3; file++) {
            char path[160];
            snprintf(path, sizeof path, "%s%s", fixture->path, suffix[file]);
            unlink(path);
        }
    }
}

static void a_reader_is_no_writer(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(foreign_reader_pid(fixture->path), 0);
    Child child = fixture_child(only_read, fixture);
    assert_int_equal(foreign_writer_pid(fixture->path), 0);
    assert_int_equal(foreign_reader_pid(fixture->path), child.pid);
    fixture_kill(child);
    assert_int_equal(foreign_reader_pid(fixture->path), 0);
    child = fixture_child(write_in_wal_mode, fixture);
    assert_int_equal(foreign_writer_pid(fixture->path), child.pid);
    fixture_kill(child);
}

static void oneself_does_not_count(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    assert_int_equal(db_begin(db, NULL), ST_OK);
    assert_int_equal(foreign_writer_pid(fixture->path), 0);
    assert_int_equal(foreign_reader_pid(fixture->path), 0);
    db_rollback(db);
    db_close(db);
}

static void a_process_has_a_name(void **state)
{
    (void)state;
    char text[PROCESS_TEXT_SIZE], expected[PROCESS_TEXT_SIZE];
    process_print(getpid(), text);
    /* the kernel cuts a name after 15 bytes */
    snprintf(expected, sizeof expected, "process %d (unit_storage_sq)", (int)getpid());
    assert_string_equal(text, expected);
    process_print(INT32_MAX, text);
    assert_string_equal(text, "process 2147483647 (?)");
    process_print(FOREIGN_UNSEEN, text);
    assert_string_equal(text, "a process of another container");
    process_print(FOREIGN_NONE, text);
    assert_string_equal(text, "another process");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
        TEST(the_holder_of_the_lock_is_found),
        TEST(a_reader_is_no_writer),
        TEST(oneself_does_not_count),
        TEST(a_process_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
