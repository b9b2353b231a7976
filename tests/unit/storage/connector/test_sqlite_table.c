/* The sqlite sink into another file: killed at every moment, beside others, and in the way of
 * others. */
#include "crash_harness.h"
#include "kept_sink.h"

#include <signal.h>
#include <sys/resource.h>

#include "storage/sqlite/db.h"
#include "tests/support/db_fixture.h"

#define DATABASE "0b5d0b7e-0000-4000-8000-000000000001"

static const uint32_t key_a[] = {0};

static void declare(Harness *h, bool keyed)
{
    harness_open(h, "sqlite", HARNESS_OPTIONS_OF("connector", "sqlite", "path", "other.db"));
    harness_column(h, "a", type_make(TYPE_BIGINT));
    harness_column(h, "b", type_string());
    h->env.owner = (SinkOwner){TEXT(DATABASE), 3, 1};
    h->env.inserts_only = !keyed;
    if (keyed) {
        h->field[0].type.nullable = false;
        h->table.key = key_a;
        h->table.key_count = 1;
    }
}

/* What sqlite3 answers on the other file. */
static const char *query(const Harness *h, const char *sql)
{
    static Fixture fixture;
    snprintf(fixture.path, sizeof fixture.path, "%s/other.db", h->folder);
    close(open(fixture.path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
    return fixture_query(&fixture, sql);
}

/* --- killed --- */

enum { EPOCHS = 6 };

/* Keys come and go: 1 is replaced in each epoch, 2 is made in one and deleted in the next, and what
 * an epoch adds stays. Epoch 4 is empty. */
static void put_changes(SinkRows *rows, uint64_t epoch)
{
    static const char *const text[] = {"", "one", "two", "three", "four", "five", "six"};
    if (epoch == 4)
        return;
    if (epoch > 1)
        sink_rows_add(rows, ROW_UPDATE_BEFORE, 1, "old");
    sink_rows_add(rows, epoch > 1 ? ROW_UPDATE_AFTER : ROW_INSERT, 1, text[epoch]);
    sink_rows_add(rows, epoch % 2 == 1 ? ROW_INSERT : ROW_DELETE, 2, "x");
    sink_rows_add(rows, ROW_INSERT, (int64_t)(10 + epoch), text[epoch]);
}

static void put_inserts(SinkRows *rows, uint64_t epoch)
{
    for (uint64_t i = 0; i < epoch % 3; i++)
        sink_rows_add(rows, ROW_INSERT, (int64_t)(epoch * 10 + i), i == 0 ? "x" : NULL);
}

/* By hand from the two above. */
static const char keyed_rows[] = "1|'six'\n11|'one'\n12|'two'\n13|'three'\n15|'five'\n16|'six'";
static const char inserted_rows[] = "10|'x'\n20|'x'\n21|NULL\n40|'x'\n50|'x'\n51|NULL";

static void test_every_moment(void **state)
{
    (void)state;
    for (int keyed = 0; keyed < 2; keyed++) {
        const CrashJob job = {EPOCHS, 3, keyed ? put_changes : put_inserts};
        for (int mode = CRASH_BEFORE; mode <= CRASH_AFTER; mode++) {
            bool crashed = true;
            for (int at = 1; crashed; at++) {
                Harness h;
                declare(&h, keyed);
                CrashDb *db = crash_db_open();
                crashed = crash_run(&h, &job, db, at, (CrashMode)mode);
                if (crashed && at % 3 == 0)
                    crash_run(&h, &job, db, at % 7 + 1, (CrashMode)mode);
                crash_run(&h, &job, db, 0, (CrashMode)mode);
                const char *rows = query(&h, "SELECT a, b FROM t ORDER BY a, b DESC");
                assert_string_equal(rows, keyed ? keyed_rows : inserted_rows);
                assert_string_equal(query(&h, "PRAGMA integrity_check"), "'ok'");
                munmap(db, sizeof *db);
                harness_close(&h);
                assert_true(crashed || at > 40);
            }
        }
    }
}

/* --- beside others --- */

/* Other sinks, jobs and databases that write the same table count their epochs for themselves. */
static void test_four_owners(void **state)
{
    (void)state;
    static const SinkOwner owners[] = {
        {{DATABASE, sizeof DATABASE - 1}, 3, 1},
        {{DATABASE, sizeof DATABASE - 1}, 3, 2},
        {{DATABASE, sizeof DATABASE - 1}, 4, 1},
        {{"0b5d0b7e-0000-4000-8000-000000000002", sizeof DATABASE - 1}, 3, 1},
    };
    Harness h;
    KeptSink k[4] = {0};
    declare(&h, true);
    for (int i = 0; i < 4; i++) {
        h.env.owner = owners[i];
        assert_int_equal(kept_start(&h, &k[i], false), ST_OK);
    }
    for (int e = 1; e <= 4; e++) {
        for (int i = 0; i < e; i++)
            assert_int_equal(kept_epoch(&h, &k[i], i * 100 + e, "x"), ST_OK);
    }
    for (int i = 0; i < 4; i++) {
        kept_crash(&k[i]);
        h.env.owner = owners[i];
        assert_int_equal(kept_start(&h, &k[i], true), ST_OK);
        assert_int_equal(k[i].stored, 4 - i);
        kept_crash(&k[i]);
        strbuf_close(&k[i].memory);
    }
    assert_string_equal(query(&h, "SELECT group_concat(a, ' ') FROM (SELECT a FROM t ORDER BY a)"),
                        "'1 2 3 4 102 103 104 203 204 304'");
    assert_string_equal(query(&h, "SELECT database, job, sink, target, epoch FROM _weir_written"
                                  " ORDER BY database, job, sink"),
                        "'" DATABASE "'|3|1|'t'|4\n'" DATABASE "'|3|2|'t'|3\n"
                        "'" DATABASE "'|4|1|'t'|2\n"
                        "'0b5d0b7e-0000-4000-8000-000000000002'|3|1|'t'|1");
    harness_close(&h);
}

/* An epoch without changes leaves the file alone, and is not lost all the same. */
static void test_empty_epochs(void **state)
{
    (void)state;
    Harness h;
    KeptSink k = {0};
    declare(&h, false);
    assert_int_equal(kept_start(&h, &k, false), ST_OK);
    assert_int_equal(kept_epoch(&h, &k, 1, "a"), ST_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(kept_epoch(&h, &k, 0, NULL), ST_OK);
    assert_string_equal(query(&h, "SELECT epoch FROM _weir_written"), "1");
    kept_crash(&k);
    assert_int_equal(kept_start(&h, &k, true), ST_OK);
    assert_int_equal(k.stored, 3); /* the fourth was not saved any more */
    kept_crash(&k);
    strbuf_clear(&k.memory);
    assert_int_equal(kept_start(&h, &k, false), ST_OK); /* the job begins again */
    assert_int_equal(k.stored, 0);
    assert_string_equal(query(&h, "SELECT count(*) FROM _weir_written"), "0");
    assert_int_equal(kept_epoch(&h, &k, 1, "a"), ST_OK);
    kept_crash(&k);
    strbuf_close(&k.memory);
    harness_close(&h);
}

/* A copy of the job's database: whoever comes second is told, and has written nothing. */
static void test_copies(void **state)
{
    (void)state;
    Harness h;
    KeptSink k = {0}, copy = {0};
    declare(&h, false);
    assert_int_equal(kept_start(&h, &k, false), ST_OK);
    assert_int_equal(kept_epoch(&h, &k, 1, "a"), ST_OK);
    kept_save(&k);
    strbuf_text(&copy.memory, strbuf_as_text(&k.memory));
    assert_int_equal(kept_start(&h, &copy, true), ST_OK);
    assert_int_equal(kept_epoch(&h, &k, 2, "b"), ST_OK);
    assert_int_equal(kept_epoch(&h, &copy, 2, "b"), ST_IO);
    assert_int_equal(h.diag.code, E3006);
    kept_crash(&copy);
    assert_int_equal(kept_start(&h, &copy, true), ST_OK);
    assert_int_equal(copy.stored, 2); /* more than that job has: it refuses */
    kept_crash(&copy);
    kept_crash(&k);
    assert_string_equal(query(&h, "SELECT a, b FROM t"), "1|'a'\n2|'b'");
    strbuf_close(&k.memory);
    strbuf_close(&copy.memory);
    harness_close(&h);
}

/* An older copy of the other file. */
static void test_file_is_older(void **state)
{
    (void)state;
    Harness h;
    KeptSink k = {0};
    declare(&h, false);
    assert_int_equal(kept_start(&h, &k, false), ST_OK);
    assert_int_equal(kept_epoch(&h, &k, 1, "a"), ST_OK);
    assert_int_equal(kept_epoch(&h, &k, 2, "b"), ST_OK);
    kept_crash(&k);
    query(&h, "DELETE FROM t WHERE a > 1; UPDATE _weir_written SET epoch = 0");
    assert_int_equal(kept_start(&h, &k, true), ST_IO);
    assert_int_equal(h.diag.code, E3006);
    kept_crash(&k);
    strbuf_close(&k.memory);
    harness_close(&h);
}

/* --- in the way --- */

/* A foreign lock holds a commit up; nothing is lost, and the same call works later. */
static void test_foreign_lock(void **state)
{
    (void)state;
    static const char *const modes[] = {"PRAGMA journal_mode = WAL",
                                        "PRAGMA journal_mode = DELETE"};
    for (int m = 0; m < 2; m++) {
        Harness h;
        KeptSink k = {0};
        sqlite3 *foreign;
        declare(&h, false);
        query(&h, modes[m]);
        query(&h, "CREATE TABLE of_others (x); INSERT INTO of_others VALUES (1)");
        assert_int_equal(kept_start(&h, &k, false), ST_OK);
        assert_int_equal(kept_epoch(&h, &k, 1, "a"), ST_OK);
        assert_int_equal(sqlite3_open(harness_path(&h, "other.db"), &foreign), SQLITE_OK);
        /* of a reader too, where the file has no WAL */
        assert_int_equal(sqlite3_exec(foreign,
                                      m == 0 ? "BEGIN IMMEDIATE" : "BEGIN; SELECT * FROM of_others",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        assert_int_equal(kept_epoch(&h, &k, 2, "b"), ST_STATE);
        assert_int_equal(h.diag.code, E4003);
        sqlite3_close(foreign);
        diag_reset(&h.diag);
        assert_int_equal(k.sink->commit(k.sink, 2, &h.diag), ST_OK);
        kept_crash(&k);
        assert_string_equal(query(&h, "SELECT a, b FROM t"), "1|'a'\n2|'b'");
        strbuf_close(&k.memory);
        harness_close(&h);
    }
}

static void test_full_disk(void **state)
{
    (void)state;
    Harness h;
    KeptSink k = {0};
    static char text[3001];
    memset(text, 'x', sizeof text - 1);
    declare(&h, false);
    assert_int_equal(kept_start(&h, &k, false), ST_OK);
    assert_int_equal(kept_epoch(&h, &k, 1, "a"), ST_OK);
    struct rlimit before, small = {.rlim_cur = 60000};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 100; i++)
        assert_int_equal(kept_write(&h, &k, 2, text), ST_OK);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    Status status = kept_epoch(&h, &k, 2, text);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, ST_STATE);
    assert_int_equal(h.diag.code, E4004);
    kept_crash(&k);
    assert_string_equal(query(&h, "SELECT a, b FROM t; PRAGMA integrity_check"), "1|'a'\n'ok'");
    assert_int_equal(kept_start(&h, &k, true), ST_OK);
    assert_int_equal(k.stored, 1);
    assert_int_equal(kept_epoch(&h, &k, 2, "b"), ST_OK);
    kept_crash(&k);
    assert_string_equal(query(&h, "SELECT a, b FROM t"), "1|'a'\n2|'b'");
    strbuf_close(&k.memory);
    harness_close(&h);
}

static void test_read_only(void **state)
{
    (void)state;
    Harness h;
    declare(&h, false);
    query(&h, "CREATE TABLE of_others (x)");
    assert_int_equal(chmod(harness_path(&h, "other.db"), 0444), 0);
    assert_int_equal(chmod(h.folder, 0555), 0);
    kept_needs_rights(&h, ST_STATE, E4004);
    assert_int_equal(chmod(h.folder, 0755), 0);
    harness_close(&h);
}

/* A file that a Weir process owns is its alone, this process's own among them. */
static void test_owned_file(void **state)
{
    (void)state;
    Harness h;
    KeptSink k = {0};
    Db *db;
    declare(&h, false);
    assert_int_equal(db_open(text_of(harness_path(&h, "other.db")), DB_OWNER, NULL, &db, &h.diag),
                     ST_OK);
    assert_int_equal(db_exec(db, "CREATE TABLE x (a)", &h.diag), ST_OK);
    assert_int_equal(kept_start(&h, &k, false), ST_STATE);
    assert_int_equal(h.diag.code, E4003);
    assert_non_null(strstr(h.diag.message, "this database itself"));
    db_close(db);
    assert_int_equal(kept_start(&h, &k, false), ST_OK);
    diag_reset(&h.diag); /* and the other way round */
    assert_int_equal(db_open(text_of(harness_path(&h, "other.db")), DB_OWNER, NULL, &db, &h.diag),
                     ST_STATE);
    assert_int_equal(h.diag.code, E4003);
    kept_crash(&k);
    assert_int_equal(access(harness_path(&h, "other.db-lock"), F_OK), -1);
    strbuf_close(&k.memory);
    harness_close(&h);
}

static void test_other_definition(void **state)
{
    (void)state;
    Harness h;
    KeptSink k = {0};
    static const struct {
        const char *there, *differs;
    } cases[] = {
        {"CREATE TABLE t (a INTEGER, b TEXT, c)", "it has a column \"c\" more"},
        {"CREATE TABLE t (a INTEGER)", "it has no column \"b\""},
        {"CREATE TABLE t (a INTEGER, b REAL)", "its column \"b\" is REAL, not TEXT"},
        {"CREATE TABLE t (a INTEGER, b)", "its column \"b\" is without a type, not TEXT"},
        {"CREATE TABLE t (x INTEGER, b TEXT)", "its column 1 is \"x\", not \"a\""},
        {"CREATE TABLE t (a INTEGER, b TEXT UNIQUE)", "its key or its constraints are others"},
        {"CREATE VIEW t AS SELECT 1 AS a", "it is a view"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char message[400];
        declare(&h, false);
        query(&h, cases[i].there);
        assert_int_equal(kept_start(&h, &k, false), ST_STATE);
        assert_int_equal(h.diag.code, E4006);
        snprintf(message, sizeof message,
                 "table \"t\" in \"%s\" is not as rows are written there: %s",
                 harness_path(&h, "other.db"), cases[i].differs);
        assert_string_equal(h.diag.message, message);
        assert_non_null(strstr(h.diag.hint, "rename or drop it there"));
        snprintf(message, sizeof message, "'%s'", cases[i].there); /* and nothing else */
        assert_string_equal(query(&h, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"),
                            message);
        harness_close(&h);
    }
}

/* The same declaration makes the same table, whatever the query is. */
static void test_same_table(void **state)
{
    (void)state;
    Harness h;
    KeptSink k = {0};
    declare(&h, false);
    assert_int_equal(kept_start(&h, &k, false), ST_OK);
    kept_crash(&k);
    h.env.inserts_only = false;
    assert_int_equal(kept_start(&h, &k, false), ST_OK);
    assert_int_equal(kept_epoch(&h, &k, 1, "a"), ST_OK);
    kept_crash(&k);
    h.env.inserts_only = true;
    assert_int_equal(kept_start(&h, &k, true), ST_OK);
    kept_crash(&k);
    strbuf_close(&k.memory);
    harness_close(&h);
}

static void test_damaged_memory(void **state)
{
    (void)state;
    Harness h;
    declare(&h, false);
    kept_refuses_damaged_memory(&h);
    harness_close(&h);
}

static void test_no_memory(void **state)
{
    (void)state;
    Harness h;
    declare(&h, true);
    kept_opens_or_leaves_nothing(&h, "other.db-lock");
    harness_close(&h);
}

/* A job that keeps nothing leaves no note. */
static void test_forgetful_job(void **state)
{
    (void)state;
    Harness h;
    static SinkRows rows;
    Sink *sink;
    uint64_t stored;
    declare(&h, true);
    h.env.owner = (SinkOwner){0};
    for (int run = 0; run < 2; run++) {
        assert_int_equal(
            h.table.connector->open_sink(&h.table, &h.env, NULL, &stored, &sink, &h.diag), ST_OK);
        assert_int_equal(stored, 0);
        sink_rows_init(&rows);
        sink_rows_add(&rows, ROW_INSERT, 1, "a");
        assert_int_equal(sink->write(sink, &rows.batch, &h.diag), ST_OK);
        assert_true(sink->pending_bytes(sink) > 0);
        assert_int_equal(sink->commit(sink, 1, &h.diag), ST_OK);
        assert_int_equal(sink->pending_bytes(sink), 0);
        sink->close(sink);
    }
    assert_string_equal(query(&h, "SELECT a, b FROM t; SELECT count(*) FROM _weir_written"),
                        "1|'a'\n0");
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_moment),  cmocka_unit_test(test_four_owners),
        cmocka_unit_test(test_empty_epochs),  cmocka_unit_test(test_copies),
        cmocka_unit_test(test_file_is_older), cmocka_unit_test(test_foreign_lock),
        cmocka_unit_test(test_full_disk),     cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_owned_file),    cmocka_unit_test(test_other_definition),
        cmocka_unit_test(test_same_table),    cmocka_unit_test(test_damaged_memory),
        cmocka_unit_test(test_no_memory),     cmocka_unit_test(test_forgetful_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
