#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/db_bench.h"

enum { NOBODY = 65534 }; /* a user without rights; tests may run as root, whom nothing is refused */

/* The open fails with the code; message and hint contain the texts. */
static void assert_no_open(const char *path, DbMode mode, ErrorCode code, const char *message,
                           const char *hint)
{
    Diag diag = {0};
    Db *db = NULL;
    Status status = db_open(text_of(path), mode, NULL, &db, &diag);
    assert_int_equal(status, ST_STATE);
    assert_null(db);
    assert_true(diag.set);
    assert_string_equal(error_def(diag.code)->name, error_def(code)->name);
    if (strstr(diag.message, message) == NULL || strstr(diag.hint, hint) == NULL)
        fail_msg("got \"%s\", hint \"%s\"", diag.message, diag.hint);
}

/* --- a file's life --- */

static void an_owner_writes_and_others_read(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    assert_string_equal(fixture_query(fixture, "PRAGMA journal_mode"), "'wal'");
    must_commit(db, "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (NULL, x'00FF')");
    assert_string_equal(fixture_query(fixture, "SELECT * FROM t"), "1|'x'\nNULL|x'00FF'");
    Db *reader = must_open(fixture->path, DB_READER);
    DbStatement *query;
    bool row;
    assert_int_equal(db_prepare(reader, TEXT("SELECT count(*) AS n FROM t"), &query, NULL), ST_OK);
    assert_int_equal(db_step(query, &row, NULL), ST_OK);
    assert_true(row);
    assert_int_equal(db_column_count(query), 1);
    assert_string_equal(db_column_name(query, 0), "n");
    assert_int_equal(db_column_i64(query, 0), 2);
    db_statement_close(query);
    db_close(reader);
    db_close(db);
}

static void closing_leaves_one_whole_file(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a); INSERT INTO t VALUES (42)");
    assert_true(fixture_size(fixture, "-wal") > 0);
    assert_true(fixture_size(fixture, "-lock") > 0);
    db_close(db);
    assert_string_equal(fixture_files(fixture), "app.db app.db-shm app.db-wal");
    assert_int_equal(fixture_size(fixture, "-wal"), 0);
    char copy[160], command[320];
    snprintf(copy, sizeof copy, "%s/copy.db", fixture->folder);
    snprintf(command, sizeof command, "cp %s %s", fixture->path, copy);
    assert_int_equal(system(command), 0);
    memcpy(fixture->path, copy, sizeof fixture->path);
    assert_string_equal(fixture_query(fixture, "SELECT a FROM t; PRAGMA integrity_check"),
                        "42\n'ok'");
}

static void without_a_commit_there_is_no_file(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    assert_int_equal(db_begin(db, NULL), ST_OK);
    must_exec(db, "CREATE TABLE t (a)");
    db_close(db); /* rolls back */
    assert_string_equal(fixture_files(fixture), "");
    fixture_write_file(fixture->path, "", 0); /* but an empty file that was there stays */
    db_close(must_open(fixture->path, DB_OWNER));
    assert_true(fixture_size(fixture, "") >= 0);
}

static void memory_leaves_no_file(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open("ignored", DB_MEMORY);
    must_commit(db, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    db_close(db);
    assert_string_equal(fixture_files(fixture), "");
    assert_int_not_equal(access("ignored", F_OK), 0);
}

static void a_rollback_takes_everything_back(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a)");
    assert_false(db_in_transaction(db));
    assert_int_equal(db_begin(db, NULL), ST_OK);
    assert_true(db_in_transaction(db));
    must_exec(db, "INSERT INTO t VALUES (1)");
    db_rollback(db);
    assert_false(db_in_transaction(db));
    db_rollback(db); /* without a transaction it does nothing */
    assert_string_equal(fixture_query(fixture, "SELECT count(*) FROM t"), "0");
    db_close(db);
}

static void settings_are_as_they_should_be(void **state)
{
    static const struct {
        const char *pragma, *value;
    } cases[] = {
        {"PRAGMA journal_mode", "wal"},     {"PRAGMA synchronous", "1"},
        {"PRAGMA secure_delete", "0"},      {"PRAGMA cache_size", "-65536"},
        {"PRAGMA trusted_schema", "0"},     {"PRAGMA cell_size_check", "1"},
        {"PRAGMA wal_autocheckpoint", "0"}, {"PRAGMA journal_size_limit", "67108864"},
    };
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        DbStatement *pragma;
        bool row;
        assert_int_equal(db_prepare(db, text_of(cases[i].pragma), &pragma, NULL), ST_OK);
        assert_int_equal(db_step(pragma, &row, NULL), ST_OK);
        if (!text_is(db_column_text(pragma, 0), cases[i].value))
            fail_msg("%s: %.*s", cases[i].pragma, TEXT_ARG(db_column_text(pragma, 0)));
        db_statement_close(pragma);
    }
    /* DEFENSIVE: no way to write into the schema by hand. */
    must_exec(db, "PRAGMA writable_schema = ON");
    Diag diag = {0};
    assert_int_equal(db_exec(db, "DELETE FROM sqlite_schema", &diag), ST_STATE);
    db_close(db);
}

/* --- who else is there --- */

static void own_the_file(Fixture *fixture)
{
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a); INSERT INTO t VALUES (7)");
}

static void a_second_owner_is_told_the_first(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(db_owner_pid(text_of(fixture->path)), 0);
    Child child = fixture_child(own_the_file, fixture);
    assert_int_equal(db_owner_pid(text_of(fixture->path)), child.pid);
    char named[32];
    snprintf(named, sizeof named, "in use by process %d", (int)child.pid);
    assert_no_open(fixture->path, DB_OWNER, E4003, named, "others can read it");
    Db *reader = must_open(fixture->path, DB_READER);
    db_close(reader);
    assert_int_equal(db_owner_pid(text_of(fixture->path)), child.pid); /* still */
    assert_string_equal(fixture_query(fixture, "SELECT a FROM t"), "7");
    fixture_kill(child);
}

static void a_killed_owner_leaves_commits_and_no_lock(void **state)
{
    Fixture *fixture = *state;
    Child child = fixture_child(own_the_file, fixture);
    fixture_kill(child);
    assert_true(fixture_size(fixture, "-lock") > 0); /* the file, but nobody holds it */
    assert_int_equal(db_owner_pid(text_of(fixture->path)), 0);
    Db *db = must_open(fixture->path, DB_OWNER);
    assert_int_equal(db_owner_pid(text_of(fixture->path)), getpid());
    assert_string_equal(fixture_query(fixture, "SELECT a FROM t"), "7");
    db_close(db);
    assert_int_equal(fixture_size(fixture, "-lock"), -1);
}

static void an_owner_in_the_same_process_counts_too(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    assert_no_open(fixture->path, DB_OWNER, E4003, "in use by process", "");
    db_close(db);
    db_close(must_open(fixture->path, DB_OWNER));
}

static void a_link_is_the_same_file(void **state)
{
    Fixture *fixture = *state;
    char link[160];
    Db *db = must_open(fixture->path, DB_OWNER);
    snprintf(link, sizeof link, "%s/link.db", fixture->folder);
    assert_int_equal(symlink("app.db", link), 0);
    assert_no_open(link, DB_OWNER, E4003, "in use by process", "");
    assert_int_equal(db_owner_pid(text_of(link)), getpid());
    must_commit(db, "CREATE TABLE t (a)");
    db_close(db);
    db_close(must_open(link, DB_OWNER));
    assert_string_equal(fixture_files(fixture), "app.db app.db-shm app.db-wal link.db");
}

static void lock_for_writing(Fixture *fixture)
{
    sqlite3 *handle;
    sqlite3_open(fixture->path, &handle);
    sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void a_foreign_lock_is_waited_for_and_named(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a)");
    Child child = fixture_child(lock_for_writing, fixture);
    Diag diag = {0};
    double before = seconds();
    assert_int_equal(db_begin(db, &diag), ST_STATE);
    double waited = seconds() - before;
    assert_true(waited > 4 && waited < 20);
    assert_string_equal(error_def(diag.code)->name, "E4003");
    char named[32];
    snprintf(named, sizeof named, "process %d (", (int)child.pid);
    assert_non_null(strstr(diag.message, named));
    assert_false(db_in_transaction(db));
    fixture_kill(child);
    must_commit(db, "INSERT INTO t VALUES (1)"); /* and goes on */
    db_close(db);
}

/* --- what cannot be opened --- */

static void paths_that_are_none(void **state)
{
    Fixture *fixture = *state;
    char path[160];
    assert_no_open("", DB_OWNER, E4001, "no file name", "");
    Diag diag = {0};
    Db *db;
    assert_int_equal(db_open((Text){"a\0b", 3}, DB_OWNER, NULL, &db, &diag), ST_STATE);
    snprintf(path, sizeof path, "%s/no/such/app.db", fixture->folder);
    assert_no_open(path, DB_OWNER, E4001, "the directory does not exist", "mkdir -p");
    assert_no_open(path, DB_READER, E4001, "the directory does not exist", "mkdir -p");
    assert_no_open(fixture->folder, DB_OWNER, E4001, "it is a directory", "");
    assert_no_open("/dev/null", DB_OWNER, E4001, "not a regular file", "");
    snprintf(path, sizeof path, "%s/app.db/x", fixture->folder);
    fixture_write_file(fixture->path, "", 0);
    assert_no_open(path, DB_OWNER, E4001, "Not a directory", "");
    assert_int_equal(unlink(fixture->path), 0);
    assert_no_open(fixture->path, DB_READER, E4001, "does not exist", "");
    assert_int_equal(symlink("/nowhere/at/all", fixture->path), 0);
    assert_no_open(fixture->path, DB_OWNER, E4001, "a link to a file that does not exist", "");
    assert_string_equal(fixture_files(fixture), "app.db");
}

static void what_is_no_database_is_left_alone(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {
        {"x", 1},
        {"{\"a\":1}\n{\"a\":2}\n", 16},
        {"SQLite format 3", 15}, /* one byte short of the magic */
    };
    Fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_write_file(fixture->path, cases[i].bytes, cases[i].size);
        assert_no_open(fixture->path, DB_OWNER, E4002, "not a SQLite database", "");
        assert_no_open(fixture->path, DB_READER, E4002, "not a SQLite database", "");
        char back[64];
        FILE *file = fopen(fixture->path, "r");
        assert_int_equal(fread(back, 1, sizeof back, file), cases[i].size);
        fclose(file);
        assert_memory_equal(back, cases[i].bytes, cases[i].size);
        assert_string_equal(fixture_files(fixture), "app.db");
    }
    char large[20000];
    memset(large, 'z', sizeof large);
    fixture_write_file(fixture->path, large, sizeof large);
    assert_no_open(fixture->path, DB_OWNER, E4002, "not a SQLite database", "");
    assert_int_equal(fixture_size(fixture, ""), sizeof large);
    assert_string_equal(fixture_files(fixture), "app.db");
}

static void a_damaged_database_says_so(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    db_close(db);
    FILE *file = fopen(fixture->path, "r+");
    fseek(file, 100, SEEK_SET); /* the root page of the schema */
    for (int i = 0; i < 200; i++)
        fputc(0xEE, file);
    fclose(file);
    assert_no_open(fixture->path, DB_OWNER, E4002, "the database is damaged", "integrity_check");
}

static void a_user_without_rights_is_told_which(void **state)
{
    Fixture *fixture = *state;
    if (geteuid() != 0)
        skip(); /* the same could be had with chmod alone, were it not for root in most containers
                 */
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a)");
    db_close(db);
    assert_int_equal(chmod(fixture->folder, 0777), 0);
    assert_int_equal(chmod(fixture->path, 0444), 0);
    assert_int_equal(seteuid(NOBODY), 0);
    assert_no_open(fixture->path, DB_OWNER, E4004, "read-only", "");
    assert_int_equal(seteuid(0), 0);
    assert_string_equal(fixture_files(fixture), "app.db app.db-shm app.db-wal");

    assert_int_equal(chmod(fixture->folder, 0755), 0); /* the folder is root's */
    assert_int_equal(chmod(fixture->path, 0666), 0);
    assert_int_equal(seteuid(NOBODY), 0);
    assert_no_open(fixture->path, DB_OWNER, E4004, "directory cannot be written: Permission denied",
                   "");
    char fresh[160];
    snprintf(fresh, sizeof fresh, "%s/new.db", fixture->folder);
    assert_no_open(fresh, DB_OWNER, E4004, "directory cannot be written: Permission denied", "");
    /* -wal and -shm are still there, so that somebody who may only read can. */
    db_close(must_open(fixture->path, DB_READER));
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(chmod(fixture->folder, 0700), 0);
    assert_int_equal(seteuid(NOBODY), 0);
    assert_no_open(fixture->path, DB_OWNER, E4004, "Permission denied", "");
    assert_int_equal(seteuid(0), 0);
}

static void copy_file(const char *from, const char *to)
{
    char command[1000];
    snprintf(command, sizeof command, "cp '%s' '%s' && chmod 444 '%s'", from, to, to);
    assert_int_equal(system(command), 0);
}

/* Beside the file nothing can be made: what is in it is read, and never less than all of it. */
static void a_reader_without_rights_reads_all_or_nothing(void **state)
{
    Fixture *fixture = *state;
    static const struct {
        const char *with[3]; /* suffixes of what is copied of a database with a commit in its WAL */
        bool emptied;        /* the WAL is copied into the file first */
        const char *refused; /* NULL: it is read */
    } cases[] = {
        {{"", "-wal", "-shm"}, false, NULL}, {{"", "-wal", NULL}, false, "without writing"},
        {{"", NULL, NULL}, true, NULL},      {{"", "-wal", NULL}, true, NULL},
        {{"", "-wal", "-shm"}, true, NULL},
    };
    if (geteuid() != 0)
        skip();
    char source[256], folder[256], name[300], to[320];
    snprintf(source, sizeof source, "%s/source", fixture->folder);
    assert_int_equal(chmod(fixture->folder, 0755), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Db *db = must_open(source, DB_OWNER);
        must_commit(db, "DROP TABLE IF EXISTS t; CREATE TABLE t (a); INSERT INTO t VALUES (17)");
        if (cases[i].emptied)
            db_close(db);
        snprintf(folder, sizeof folder, "%s/odd #%%41?%zu", fixture->folder, i);
        assert_int_equal(mkdir(folder, 0755), 0);
        snprintf(name, sizeof name, "%s/app.db", folder);
        for (int f = 0; f < 3 && cases[i].with[f] != NULL; f++) {
            char from[300];
            snprintf(from, sizeof from, "%s%s", source, cases[i].with[f]);
            snprintf(to, sizeof to, "%s%s", name, cases[i].with[f]);
            copy_file(from, to);
        }
        if (!cases[i].emptied)
            db_close(db);
        assert_int_equal(seteuid(NOBODY), 0);
        if (cases[i].refused != NULL) {
            assert_no_open(name, DB_READER, E4004, cases[i].refused, "");
        } else {
            Db *reader = must_open(name, DB_READER);
            Diag diag = {0};
            DbStatement *query;
            bool row;
            assert_int_equal(db_prepare(reader, TEXT("SELECT a FROM t"), &query, &diag), ST_OK);
            assert_int_equal(db_step(query, &row, &diag), ST_OK);
            assert_true(row && db_column_i64(query, 0) == 17);
            db_statement_close(query);
            assert_int_equal(db_exec(reader, "INSERT INTO t VALUES (1)", &diag), ST_STATE);
            assert_int_equal(diag.code, E4004);
            db_close(reader);
        }
        assert_int_equal(seteuid(0), 0);
        snprintf(to, sizeof to, "rm -r '%s'", folder);
        assert_int_equal(system(to), 0);
    }
}

/* A real disk limit: the process may not write files beyond so many bytes. */
static void a_full_disk_loses_nothing(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a); INSERT INTO t VALUES ('first')");
    struct rlimit before, small = {.rlim_cur = 200000};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    Diag diag = {0};
    assert_int_equal(db_begin(db, &diag), ST_OK);
    Status status = db_exec(db,
                            "INSERT INTO t SELECT randomblob(1000) FROM"
                            " (WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n"
                            " WHERE i < 1000) SELECT i FROM n)",
                            &diag);
    if (status == ST_OK)
        status = db_commit(db, &diag);
    else
        db_rollback(db);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, ST_STATE);
    if (diag.code != E4004 || strstr(diag.hint, "free some space") == NULL)
        fail_msg("%s, hint %s", diag.message, diag.hint);
    assert_false(db_in_transaction(db));
    assert_string_equal(fixture_query(fixture, "SELECT a FROM t; PRAGMA integrity_check"),
                        "'first'\n'ok'");
    must_commit(db, "INSERT INTO t VALUES ('second')"); /* with space again it goes on */
    db_close(db);
    assert_string_equal(fixture_query(fixture, "SELECT a FROM t"), "'first'\n'second'");
}

static void a_full_disk_at_the_start_leaves_nothing(void **state)
{
    Fixture *fixture = *state;
    struct rlimit before, none = {.rlim_cur = 100};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    Diag diag = {0};
    Db *db = NULL;
    Status status = db_open(text_of(fixture->path), DB_OWNER, NULL, &db, &diag);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, ST_STATE);
    assert_string_equal(fixture_files(fixture), "");
}

static void a_failed_allocation_leaves_nothing(void **state)
{
    Fixture *fixture = *state;
    Meter meter;
    meter_init(&meter, NULL, 0);
    for (uint64_t k = 1;; k++) {
        Db *db = NULL;
        Diag diag = {0};
        mem_fail_at(k, false);
        Status status = db_open(text_of(fixture->path), DB_OWNER, &meter, &db, &diag);
        mem_fail_at(0, false);
        if (status == ST_OK) {
            assert_true(k > 3);
            db_close(db);
            break;
        }
        assert_int_equal(status, ST_NOMEM);
        assert_int_equal(meter.used_bytes, 0);
        assert_string_equal(fixture_files(fixture), "");
    }
    assert_int_equal(meter.used_bytes, 0);
}

/* --- the WAL --- */

static void commit_pages(Db *db, int pages)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "INSERT INTO t SELECT zeroblob(3500) FROM"
             " (WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n"
             " WHERE i < %d) SELECT i FROM n)",
             pages);
    must_commit(db, sql);
}

static void the_wal_starts_again_when_it_is_long(void **state)
{
    enum { LONGEST = 16000 * 4120 };
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a)");
    for (int i = 0; i < 20; i++) {
        commit_pages(db, 3000);
        assert_true(fixture_size(fixture, "-wal") < LONGEST);
    }
    assert_true(fixture_size(fixture, "") > 20000 * 4096L); /* so it went into the file */
    db_close(db);
    assert_int_equal(fixture_size(fixture, "-wal"), 0);
    assert_string_equal(fixture_query(fixture, "SELECT count(*) FROM t"), "60000");
}

static void a_reader_holds_the_wal_up_but_nothing_breaks(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    sqlite3 *reader;
    assert_int_equal(sqlite3_open(fixture->path, &reader), SQLITE_OK);
    fixture_query_on(fixture, reader, "BEGIN; SELECT count(*) FROM t");
    for (int i = 0; i < 6; i++)
        commit_pages(db, 3000);
    assert_true(fixture_size(fixture, "-wal") > 18000 * 4096L);
    assert_string_equal(fixture_query_on(fixture, reader, "SELECT count(*) FROM t"),
                        "1"); /* its moment */
    assert_string_equal(fixture_query_on(fixture, reader, "COMMIT; SELECT count(*) FROM t"),
                        "18001");
    sqlite3_close(reader);
    commit_pages(db, 1500); /* the next try gets through */
    commit_pages(db, 1);
    assert_int_equal(fixture_size(fixture, "-wal"), 64 << 20); /* back at its start, and cut */
    db_close(db);
    assert_int_equal(fixture_size(fixture, "-wal"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
        TEST(an_owner_writes_and_others_read),
        TEST(closing_leaves_one_whole_file),
        TEST(without_a_commit_there_is_no_file),
        TEST(memory_leaves_no_file),
        TEST(a_rollback_takes_everything_back),
        TEST(settings_are_as_they_should_be),
        TEST(a_second_owner_is_told_the_first),
        TEST(a_killed_owner_leaves_commits_and_no_lock),
        TEST(an_owner_in_the_same_process_counts_too),
        TEST(a_link_is_the_same_file),
        TEST(a_foreign_lock_is_waited_for_and_named),
        TEST(paths_that_are_none),
        TEST(what_is_no_database_is_left_alone),
        TEST(a_damaged_database_says_so),
        TEST(a_user_without_rights_is_told_which),
        TEST(a_reader_without_rights_reads_all_or_nothing),
        TEST(a_full_disk_loses_nothing),
        TEST(a_full_disk_at_the_start_leaves_nothing),
        TEST(a_failed_allocation_leaves_nothing),
        TEST(the_wal_starts_again_when_it_is_long),
        TEST(a_reader_holds_the_wal_up_but_nothing_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
