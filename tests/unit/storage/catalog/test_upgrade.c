/* Files of format 1, made here by the statements with which its versions made them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/catalog/catalog.h"
#include "tests/support/db_fixture.h"

static const char format_1[] =
    "CREATE TABLE _weir_meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE _weir_objects (name TEXT PRIMARY KEY, kind TEXT NOT NULL, sql TEXT NOT NULL,"
    " job INTEGER) WITHOUT ROWID;"
    "CREATE TABLE _weir_columns (view TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,"
    " type TEXT NOT NULL, nullable INTEGER NOT NULL, stored_as TEXT NOT NULL,"
    " PRIMARY KEY (view, position)) WITHOUT ROWID;"
    "CREATE TABLE _weir_jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, sql TEXT NOT NULL,"
    " plan TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, created TEXT NOT NULL,"
    " updated TEXT NOT NULL);"
    "CREATE TABLE _weir_counts (job INTEGER NOT NULL, view TEXT NOT NULL, source TEXT NOT NULL,"
    " read INTEGER NOT NULL, used INTEGER NOT NULL, filtered INTEGER NOT NULL,"
    " late INTEGER NOT NULL, rejected INTEGER NOT NULL, skipped INTEGER NOT NULL,"
    " PRIMARY KEY (job, view, source)) WITHOUT ROWID;"
    "CREATE TABLE _weir_rejected (id INTEGER PRIMARY KEY, job INTEGER NOT NULL,"
    " owner TEXT NOT NULL, source TEXT, split TEXT, offset INTEGER, line INTEGER,"
    " code TEXT NOT NULL, field TEXT, message TEXT NOT NULL, kept_bytes INTEGER NOT NULL,"
    " raw_bytes INTEGER NOT NULL, raw);"
    "CREATE INDEX _weir_rejected_owner ON _weir_rejected (owner);"
    "CREATE INDEX _weir_rejected_job ON _weir_rejected (job);"
    "CREATE TABLE _weir_late (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, view TEXT NOT NULL,"
    " operator TEXT NOT NULL, rowtime TEXT, watermark TEXT, source TEXT, split TEXT,"
    " offset INTEGER, line INTEGER, kept_bytes INTEGER NOT NULL, row TEXT, raw);"
    "CREATE INDEX _weir_late_view ON _weir_late (view);"
    "CREATE INDEX _weir_late_job ON _weir_late (job);"
    "CREATE TABLE _weir_rejected_gone (job INTEGER NOT NULL, kind TEXT NOT NULL,"
    " owner TEXT NOT NULL, split TEXT NOT NULL, rows INTEGER NOT NULL, first_offset INTEGER,"
    " last_offset INTEGER, PRIMARY KEY (job, kind, owner, split)) WITHOUT ROWID;"
    "INSERT INTO _weir_meta VALUES ('format', 1), ('engine', '0.1.0'),"
    " ('uuid', '01234567-89ab-4def-8123-456789abcdef'), ('hash_seed', 42);"
    "INSERT INTO _weir_objects VALUES ('a', 'materialized view', 'CREATE a', 1),"
    " ('b', 'materialized view', 'CREATE b', 1), ('t', 'table', 'CREATE t', NULL);"
    "INSERT INTO _weir_jobs VALUES (1, 's1', 'p1', 'RUNNING', NULL, '2026-01-02 03:04:05Z',"
    " '2026-01-02 03:04:06Z'), (3, 's3', 'p3', 'FAILED', 'no bread', '2026-01-02 03:04:05Z',"
    " '2026-01-02 03:04:06Z'), (7, 's7', 'p7', 'FINISHED', NULL, '2026-01-02 03:04:05Z',"
    " '2026-01-02 03:04:06Z');"
    "DELETE FROM _weir_jobs WHERE id = 7;"
    "INSERT INTO _weir_counts VALUES (1, 'a', 't', 9, 9, 0, 0, 0, 0);"
    "INSERT INTO _weir_rejected VALUES (1, 1, 't', 't', 'f', 0, 1, 'E5001', NULL, 'm', 64, 3, 'x');"
    "CREATE VIEW mine AS SELECT id, state FROM _weir_jobs;"
    "CREATE VIEW \"t$errors\" AS SELECT raw -- the record\n"
    "FROM _weir_rejected WHERE owner = 't' ORDER BY id;";

/* The later files of format 1 had these as well. */
static const char with_checkpoints[] =
    "CREATE TABLE _weir_checkpoints (job INTEGER PRIMARY KEY, version INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL, last_set INTEGER NOT NULL);"
    "CREATE TABLE _weir_state (job INTEGER NOT NULL, pageset INTEGER NOT NULL,"
    " page INTEGER NOT NULL, version INTEGER NOT NULL, bytes BLOB NOT NULL,"
    " UNIQUE (job, pageset, page, version));"
    "CREATE TABLE _weir_journal (job INTEGER NOT NULL, epoch INTEGER NOT NULL, body BLOB NOT NULL,"
    " digest INTEGER NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (job, epoch)) WITHOUT ROWID;"
    "INSERT INTO _weir_checkpoints VALUES (1, 1, 4, 2);"
    "INSERT INTO _weir_state VALUES (1, 0, 0, 1, x'00');"
    "INSERT INTO _weir_journal VALUES (1, 5, x'00', 0, 0);";

static void make_old(Fixture *fixture, bool checkpoints)
{
    sqlite3 *handle;
    fixture_open(fixture);
    assert_int_equal(sqlite3_open(fixture->path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, format_1, NULL, NULL, NULL), SQLITE_OK);
    if (checkpoints)
        assert_int_equal(sqlite3_exec(handle, with_checkpoints, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static Status open_file(Fixture *fixture, DbMode mode, Db **db, Catalog **catalog, Diag *diag)
{
    *diag = (Diag){0};
    *catalog = NULL;
    assert_int_equal(db_open(text_of(fixture->path), mode, NULL, db, diag), ST_OK);
    return catalog_open(*db, NULL, catalog, diag);
}

/* Everything is there, and the tables are those of a new file, word for word. */
static void an_older_file_is_brought_up_to_date(void **state)
{
    (void)state;
    static const char schema[] =
        "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM"
        " sqlite_schema WHERE name IN ('_weir_jobs', '_weir_checkpoints',"
        " '_weir_state', '_weir_journal', '_weir_sinks', '_weir_operators',"
        " '_weir_rejected', '_weir_late', '_weir_rejected_gone',"
        " '_weir_sources', '_weir_epochs') ORDER BY name)";
    for (int checkpoints = 0; checkpoints < 2; checkpoints++) {
        Fixture fixture, fresh;
        Db *db, *fresh_db;
        Catalog *catalog, *fresh_catalog;
        Diag diag;
        int64_t id;
        make_old(&fixture, checkpoints == 1);
        for (int again = 0; again < 2; again++) { /* the second time there is nothing to be done */
            Status status = open_file(&fixture, DB_OWNER, &db, &catalog, &diag);
            if (status != ST_OK)
                fail_msg("%d: %s", status, diag.message);
            assert_string_equal(fixture_query(&fixture, "SELECT value FROM _weir_meta"
                                                        " WHERE name = 'format'"),
                                "7");
            assert_string_equal(
                fixture_query(&fixture, "SELECT id, name, sql, plan, state, reason, created,"
                                        " updated, restarts, last_commit FROM _weir_jobs"),
                "1|'a, b'|'s1'|'p1'|'RUNNING'|NULL|'2026-01-02 03:04:05Z'|'2026-01-02 03:04:06Z'|0|"
                "NULL\n3|NULL|'s3'|'p3'|'FAILED'|'no bread'|'2026-01-02 03:04:05Z'|"
                "'2026-01-02 03:04:06Z'|0|NULL");
            assert_int_equal(catalog_job_count(catalog), 2);
            assert_int_equal(catalog_object_count(catalog), 3);
            assert_true(catalog_hash_seed(catalog) == 42);
            assert_string_equal(fixture_query(&fixture, "SELECT * FROM mine"),
                                "1|'RUNNING'\n3|'FAILED'");
            assert_string_equal(fixture_query(&fixture,
                                              "SELECT raw FROM \"t$errors\"; SELECT count(*) FROM "
                                              "sqlite_schema WHERE name = 't$errors' AND sql LIKE "
                                              "'%replaces IS NOT NULL) AND owner = ''t''%'"),
                                "'x'\n1");
            assert_string_equal(fixture_query(&fixture, "SELECT view, read FROM _weir_counts;"
                                                        "SELECT raw FROM _weir_rejected"),
                                "'a'|9\n'x'");
            assert_string_equal(fixture_query(&fixture,
                                              "SELECT (SELECT count(*) FROM _weir_checkpoints),"
                                              " (SELECT count(*) FROM _weir_state),"
                                              " (SELECT count(*) FROM _weir_journal)"),
                                "0|0|0");
            if (again == 0) {
                catalog_close(catalog);
                db_close(db);
            }
        }
        assert_int_equal(db_begin(db, &diag), ST_OK);
        assert_int_equal(catalog_add_job(catalog, TEXT("s8"), TEXT("p8"), 0, &id, &diag), ST_OK);
        assert_int_equal(id, 8); /* 7 was used, and is not used again */
        assert_int_equal(db_commit(db, &diag), ST_OK);
        fixture_open(&fresh);
        assert_int_equal(open_file(&fresh, DB_OWNER, &fresh_db, &fresh_catalog, &diag), ST_OK);
        assert_int_equal(db_begin(fresh_db, &diag), ST_OK);
        assert_int_equal(catalog_make_tables(fresh_catalog, &diag), ST_OK);
        assert_int_equal(db_commit(fresh_db, &diag), ST_OK);
        char *old = strdup(fixture_query(&fixture, schema));
        assert_string_equal(old, fixture_query(&fresh, schema));
        free(old);
        catalog_close(fresh_catalog);
        db_close(fresh_db);
        fixture_close(&fresh);
        catalog_close(catalog);
        db_close(db);
        fixture_close(&fixture);
    }
}

/* Format 2 differed in how rejected and late rows are numbered, and in what is known of sources
 * and files. */
static const char back_to_format_2[] =
    "DROP TABLE _weir_rejected; DROP TABLE _weir_late; DROP TABLE _weir_rejected_gone;"
    "CREATE TABLE _weir_rejected (id INTEGER PRIMARY KEY, job INTEGER NOT NULL,"
    " owner TEXT NOT NULL, source TEXT, split TEXT, offset INTEGER, line INTEGER,"
    " code TEXT NOT NULL, field TEXT, message TEXT NOT NULL, kept_bytes INTEGER NOT NULL,"
    " raw_bytes INTEGER NOT NULL, raw);"
    "CREATE INDEX _weir_rejected_owner ON _weir_rejected (owner);"
    "CREATE INDEX _weir_rejected_job ON _weir_rejected (job);"
    "CREATE TABLE _weir_late (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, view TEXT NOT NULL,"
    " operator TEXT NOT NULL, rowtime TEXT, watermark TEXT, source TEXT, split TEXT,"
    " offset INTEGER, line INTEGER, kept_bytes INTEGER NOT NULL, row TEXT, raw);"
    "CREATE INDEX _weir_late_view ON _weir_late (view);"
    "CREATE INDEX _weir_late_job ON _weir_late (job);"
    "CREATE TABLE _weir_rejected_gone (job INTEGER NOT NULL, kind TEXT NOT NULL,"
    " owner TEXT NOT NULL, split TEXT NOT NULL, rows INTEGER NOT NULL, first_offset INTEGER,"
    " last_offset INTEGER, PRIMARY KEY (job, kind, owner, split)) WITHOUT ROWID;"
    "INSERT INTO _weir_rejected VALUES"
    " (1, 1, 't', 't', 'f', 0, 1, 'E5001', NULL, 'm', 64, 3, 'x'),"
    " (3, 1, 't', 't', 'f', 9, 4, 'E5001', NULL, 'm', 64, 3, 'y'),"
    " (1 << 48, 1, 't', 't', 'f', 12, 5, 'E5001', NULL, 'm', 64, 3, 'z');"
    "INSERT INTO _weir_late VALUES (2, 1, 'v', 'OVER', 'a', 'b', 't', 'f', 5, 2, 70, 'r', 'q');"
    "INSERT INTO _weir_rejected_gone VALUES (1, 'late', 'v', 'f', 7, 1, 2);"
    "DROP TABLE _weir_sources;"
    "CREATE TABLE _weir_sources (job INTEGER NOT NULL, operator INTEGER NOT NULL,"
    " source TEXT NOT NULL, split TEXT NOT NULL, unit TEXT NOT NULL, position INTEGER,"
    " end INTEGER, lag INTEGER, watermark TEXT, idle INTEGER NOT NULL, ended INTEGER NOT NULL,"
    " last_arrival TEXT, PRIMARY KEY (job, operator, split)) WITHOUT ROWID;"
    "INSERT INTO _weir_sources VALUES (1, 0, 't', 'g', 'bytes', 5, 9, 4, 'w', 0, 1, 'l'),"
    " (1, 0, 't', 'f', 'bytes', 1, 2, 1, NULL, 0, 0, NULL);"
    "INSERT INTO _weir_journal VALUES (1, 5, x'00', 0, 0);"
    "UPDATE _weir_meta SET value = 2 WHERE name = 'format';"
    "CREATE VIEW \"t$errors\" AS SELECT raw FROM _weir_rejected WHERE job NOT IN"
    " (SELECT id FROM _weir_jobs WHERE replaces IS NOT NULL) AND owner = 't' ORDER BY id";

static void rejected_rows_of_format_2_are_kept(void **state)
{
    (void)state;
    Fixture fixture;
    Db *db;
    Catalog *catalog;
    Diag diag;
    fixture_open(&fixture);
    assert_int_equal(open_file(&fixture, DB_OWNER, &db, &catalog, &diag), ST_OK);
    assert_int_equal(db_begin(db, &diag), ST_OK);
    assert_int_equal(catalog_make_tables(catalog, &diag), ST_OK);
    assert_int_equal(db_commit(db, &diag), ST_OK);
    catalog_close(catalog);
    db_close(db);
    fixture_query(&fixture, back_to_format_2);
    Status status = open_file(&fixture, DB_OWNER, &db, &catalog, &diag);
    if (status != ST_OK)
        fail_msg("%d: %s", status, diag.message);
    assert_string_equal(
        fixture_query(&fixture, "SELECT file, split, position, end, lag, watermark, ended,"
                                " last_arrival, inode, begun FROM _weir_sources ORDER BY file"),
        "1|'f'|1|2|1|NULL|0|NULL|NULL|NULL\n2|'g'|5|9|4|'w'|1|'l'|NULL|NULL");
    assert_string_equal(
        fixture_query(&fixture,
                      "SELECT value FROM _weir_meta WHERE name = 'format';"
                      "SELECT rowid, job, undone, file, line, raw"
                      " FROM _weir_rejected;"
                      "SELECT rowid, undone, view, operator, rowtime, watermark, source, split,"
                      " file, offset, line, kept_bytes, row, raw FROM _weir_late;"
                      "SELECT * FROM _weir_rejected_gone; SELECT epoch FROM _weir_journal;"
                      "SELECT raw FROM \"t$errors\""),
        "7\n1|1|0|0|1|'x'\n3|1|0|0|4|'y'\n281474976710656|1|1|0|5|'z'\n"
        "2|0|'v'|'OVER'|'a'|'b'|'t'|'f'|0|5|2|70|'r'|'q'\n1|'late'|'v'|'f'|0|7|1|2\n5\n'x'\n'y'\n'"
        "z'");
    catalog_close(catalog);
    db_close(db);
    fixture_close(&fixture);
}

/* Format 3 did not say what is waited for. */
static const char back_to_format_3[] =
    "DROP TABLE _weir_operators; DROP TABLE _weir_sources;"
    "CREATE TABLE _weir_operators (job INTEGER NOT NULL, operator INTEGER NOT NULL, view TEXT,"
    " title TEXT NOT NULL, rows_in INTEGER NOT NULL, rows_out INTEGER NOT NULL,"
    " late INTEGER NOT NULL, watermark TEXT, memory_bytes INTEGER NOT NULL, groups INTEGER,"
    " windows INTEGER, PRIMARY KEY (job, operator)) WITHOUT ROWID;"
    "CREATE TABLE _weir_sources (job INTEGER NOT NULL, operator INTEGER NOT NULL,"
    " file INTEGER NOT NULL, source TEXT NOT NULL, split TEXT NOT NULL, unit TEXT NOT NULL,"
    " position INTEGER, end INTEGER, lag INTEGER, watermark TEXT, idle INTEGER NOT NULL,"
    " ended INTEGER NOT NULL, last_arrival TEXT, device INTEGER, inode INTEGER, born INTEGER,"
    " head_size INTEGER, head_hash INTEGER, begun INTEGER, PRIMARY KEY (job, operator, file))"
    " WITHOUT ROWID;"
    "INSERT INTO _weir_operators VALUES (1, 2, 'v', 'Window(x)', 3, 4, 5, 'w', 6, 7, 8);"
    "INSERT INTO _weir_sources VALUES (1, 0, 1, 't', 'f', 'bytes', 2, 3, 4, 'w', 0, 1, 'l', 5, 6,"
    " 7, 8, 9, 10);"
    "INSERT INTO _weir_epochs VALUES (1, 2, 2, 't', 3, 4, 5, 0.5);"
    "INSERT INTO _weir_rejected VALUES (1, 0, 't', 't', 'f', 1, 0, 1, 'E5001', NULL, 'm', 6, 3,"
    " 'x');"
    "INSERT INTO _weir_journal VALUES (1, 5, x'00', 0, 0);"
    "UPDATE _weir_meta SET value = 3 WHERE name = 'format';";

/* Brings new tables back to an older format; what the queries give when they were opened again. */
static void check_kept(const char *back, const char *queries, const char *expected)
{
    Fixture fixture;
    Db *db;
    Catalog *catalog;
    Diag diag;
    fixture_open(&fixture);
    assert_int_equal(open_file(&fixture, DB_OWNER, &db, &catalog, &diag), ST_OK);
    assert_int_equal(db_begin(db, &diag), ST_OK);
    assert_int_equal(catalog_make_tables(catalog, &diag), ST_OK);
    assert_int_equal(db_commit(db, &diag), ST_OK);
    catalog_close(catalog);
    db_close(db);
    fixture_query(&fixture, back);
    Status status = open_file(&fixture, DB_OWNER, &db, &catalog, &diag);
    if (status != ST_OK)
        fail_msg("%d: %s", status, diag.message);
    assert_string_equal(fixture_query(&fixture, queries), expected);
    catalog_close(catalog);
    db_close(db);
    fixture_close(&fixture);
}

static void what_format_3_has_seen_is_kept(void **state)
{
    (void)state;
    check_kept(back_to_format_3,
               "SELECT value FROM _weir_meta WHERE name = 'format';"
               "SELECT * FROM _weir_operators; SELECT * FROM _weir_sources;"
               "SELECT * FROM _weir_epochs; SELECT raw FROM _weir_rejected;"
               "SELECT epoch FROM _weir_journal",
               "7\n1|2|'v'|'Window(x)'|3|4|5|'w'|NULL|NULL|NULL|NULL|6|7|8\n"
               "1|0|1|'t'|'f'|'bytes'|2|3|4|'w'|NULL|NULL|0|NULL|NULL|1|'l'|5|6|7|8|9|10\n"
               "1|2|2|'t'|3|4|5|0.5\n'x'\n5");
}

/* Format 4 did not say whose watermark an operator waits for. */
static const char back_to_format_4[] =
    "DROP TABLE _weir_operators;"
    "CREATE TABLE _weir_operators (job INTEGER NOT NULL, operator INTEGER NOT NULL, view TEXT,"
    " title TEXT NOT NULL, rows_in INTEGER NOT NULL, rows_out INTEGER NOT NULL,"
    " late INTEGER NOT NULL, watermark TEXT, due TEXT, memory_bytes INTEGER NOT NULL,"
    " groups INTEGER, windows INTEGER, PRIMARY KEY (job, operator)) WITHOUT ROWID;"
    "INSERT INTO _weir_operators VALUES (1, 2, 'v', 'Window(x)', 3, 4, 5, 'w', 'd', 6, 7, 8);"
    "INSERT INTO _weir_sources VALUES (1, 0, 1, 't', 'f', 'bytes', 2, 3, 4, 'w', 'm', 1, 0, 300,"
    " 400, 1, 'l', 5, 6, 7, 8, 9, 10);"
    "INSERT INTO _weir_epochs VALUES (1, 2, 2, 't', 3, 4, 5, 0.5);"
    "UPDATE _weir_meta SET value = 4 WHERE name = 'format';";

static void what_format_4_has_seen_is_kept(void **state)
{
    (void)state;
    check_kept(back_to_format_4,
               "SELECT value FROM _weir_meta WHERE name = 'format';"
               "SELECT job, operator, watermark, due, by_clock, waiting, fires, windows"
               " FROM _weir_operators; SELECT * FROM _weir_sources; SELECT * FROM _weir_epochs",
               "7\n1|2|'w'|NULL|NULL|NULL|NULL|8\n"
               "1|0|1|'t'|'f'|'bytes'|2|3|4|'w'|'m'|1|0|300|400|1|'l'|5|6|7|8|9|10\n"
               "1|2|2|'t'|3|4|5|0.5");
}

/* Format 5 did not say when results go out by the clock. */
static const char back_to_format_5[] =
    "DROP TABLE _weir_operators;"
    "CREATE TABLE _weir_operators (job INTEGER NOT NULL, operator INTEGER NOT NULL, view TEXT,"
    " title TEXT NOT NULL, rows_in INTEGER NOT NULL, rows_out INTEGER NOT NULL,"
    " late INTEGER NOT NULL, watermark TEXT, due TEXT, by_clock INTEGER, waiting TEXT,"
    " memory_bytes INTEGER NOT NULL, groups INTEGER, windows INTEGER,"
    " PRIMARY KEY (job, operator)) WITHOUT ROWID;"
    "INSERT INTO _weir_operators VALUES"
    " (1, 2, 'v', 'Window(x)', 3, 4, 5, 'w', 'd', 1, 'r', 6, 7, 8);"
    "INSERT INTO _weir_epochs VALUES (1, 2, 2, 't', 3, 4, 5, 0.5);"
    "UPDATE _weir_meta SET value = 5 WHERE name = 'format';";

static void what_format_5_has_seen_is_kept(void **state)
{
    (void)state;
    check_kept(back_to_format_5,
               "SELECT value FROM _weir_meta WHERE name = 'format';"
               "SELECT job, operator, watermark, due, waiting, fires, windows"
               " FROM _weir_operators; SELECT * FROM _weir_epochs",
               "7\n1|2|'w'|NULL|NULL|NULL|8\n1|2|2|'t'|3|4|5|0.5");
}

/* Format 6 did not know shards. */
static const char back_to_format_6[] =
    "DROP TABLE _weir_jobs;"
    "CREATE TABLE _weir_jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, sql TEXT NOT NULL,"
    " plan TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, created TEXT NOT NULL,"
    " updated TEXT NOT NULL, restarts INTEGER NOT NULL DEFAULT 0, last_commit TEXT,"
    " replaces INTEGER);"
    "INSERT INTO _weir_jobs VALUES (2, 'v', 's', 'p', 'PAUSED', 'r', '2026-01-02 03:04:05Z',"
    " '2026-01-02 03:04:06Z', 3, 'l', 1), (9, 'w', 's', 'p', 'RUNNING', NULL,"
    " '2026-01-02 03:04:05Z', '2026-01-02 03:04:06Z', 0, NULL, NULL);"
    "DELETE FROM _weir_jobs WHERE id = 9;"
    "INSERT INTO _weir_operators VALUES"
    " (1, 2, 'v', 'Window(x)', 3, 4, 5, 'w', 'd', 1, 'r', 'f', 6, 7, 8);"
    "INSERT INTO _weir_journal VALUES (2, 5, x'00', 0, 0);"
    "UPDATE _weir_meta SET value = 6 WHERE name = 'format';";

static void jobs_of_format_6_have_no_shard(void **state)
{
    (void)state;
    check_kept(back_to_format_6,
               "SELECT value FROM _weir_meta WHERE name = 'format'; SELECT * FROM _weir_jobs;"
               "SELECT seq FROM sqlite_sequence WHERE name = '_weir_jobs';"
               "SELECT due, fires FROM _weir_operators; SELECT epoch FROM _weir_journal",
               "7\n2|'v'|'s'|'p'|'PAUSED'|'r'|'2026-01-02 03:04:05Z'|'2026-01-02 03:04:06Z'|3|'l'|"
               "1|NULL\n9\n'd'|'f'\n5");
}

/* Whoever only reads changes nothing, and does not misread. */
static void a_reader_refuses_it_in_words(void **state)
{
    (void)state;
    Fixture fixture;
    Db *db;
    Catalog *catalog;
    Diag diag;
    make_old(&fixture, true);
    assert_int_equal(open_file(&fixture, DB_READER, &db, &catalog, &diag), ST_STATE);
    assert_int_equal(diag.code, E4011);
    assert_non_null(strstr(diag.message, "written by an older version of Weir"));
    assert_non_null(strstr(diag.hint, "open it once"));
    db_close(db);
    assert_string_equal(
        fixture_query(&fixture, "SELECT value FROM _weir_meta WHERE name = 'format'"), "1");
    fixture_close(&fixture);
}

/* Something in the way of it leaves the file as it was. */
static void what_fails_is_undone(void **state)
{
    (void)state;
    Fixture fixture;
    Db *db;
    Catalog *catalog;
    Diag diag;
    make_old(&fixture, true);
    fixture_query(&fixture, "CREATE TABLE _weir_operators (in_the_way)");
    assert_int_equal(open_file(&fixture, DB_OWNER, &db, &catalog, &diag), ST_STATE);
    assert_true(diag.set);
    db_close(db);
    assert_string_equal(fixture_query(&fixture,
                                      "SELECT value FROM _weir_meta WHERE name = 'format';"
                                      "SELECT epoch FROM _weir_checkpoints;"
                                      "SELECT count(*) FROM _weir_jobs"),
                        "1\n4\n2");
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_file_is_brought_up_to_date),
        cmocka_unit_test(rejected_rows_of_format_2_are_kept),
        cmocka_unit_test(what_format_3_has_seen_is_kept),
        cmocka_unit_test(what_format_4_has_seen_is_kept),
        cmocka_unit_test(what_format_5_has_seen_is_kept),
        cmocka_unit_test(jobs_of_format_6_have_no_shard),
        cmocka_unit_test(a_reader_refuses_it_in_words),
        cmocka_unit_test(what_fails_is_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
