#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/db_bench.h"

static void values_go_in_and_out(void **state)
{
    (void)state;
    Db *db = must_open("", DB_MEMORY);
    DbStatement *echo;
    bool row;
    assert_int_equal(db_prepare(db, TEXT("SELECT ?1, ?2, ?3, ?4, ?5, ?6"), &echo, NULL), ST_OK);
    assert_int_equal(db_bind_null(echo, 1), ST_OK);
    assert_int_equal(db_bind_i64(echo, 2, INT64_MIN), ST_OK);
    assert_int_equal(db_bind_f64(echo, 3, 0.1), ST_OK);
    assert_int_equal(db_bind_text(echo, 4, (Text){"a\0b", 3}), ST_OK);
    assert_int_equal(db_bind_bytes(echo, 5, TEXT_NONE), ST_OK);
    assert_int_equal(db_bind_text(echo, 6, TEXT_NONE), ST_OK);
    assert_int_equal(db_step(echo, &row, NULL), ST_OK);
    assert_int_equal(db_column_type(echo, 0), DB_NULL);
    assert_int_equal(db_column_type(echo, 1), DB_INTEGER);
    assert_true(db_column_i64(echo, 1) == INT64_MIN);
    assert_int_equal(db_column_type(echo, 2), DB_REAL);
    assert_true(db_column_f64(echo, 2) == 0.1);
    assert_true(text_equal(db_column_text(echo, 3), (Text){"a\0b", 3}));
    assert_int_equal(db_column_type(echo, 4), DB_BYTES);
    assert_int_equal(db_column_text(echo, 4).size, 0);
    assert_int_equal(db_column_type(echo, 5), DB_TEXT); /* empty, not NULL */
    assert_int_equal(db_step(echo, &row, NULL), ST_OK);
    assert_false(row);
    db_statement_close(echo);
    db_close(db);
}

static void only_reading_is_read_only(void **state)
{
    static const struct {
        const char *sql;
        bool reads_only;
    } cases[] = {
        {"SELECT 1", true},
        {"WITH x AS (SELECT a FROM t) SELECT count(*), max(a) FROM x ORDER BY 1", true},
        {"WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 3) SELECT i FROM "
         "n",
         true},
        {"VALUES (1), (2)", true},
        {"SELECT 1; -- and a comment\n ;", true},
        {"INSERT INTO t VALUES (1)", false},
        {"WITH x AS (SELECT 1) DELETE FROM t", false},
        {"DELETE FROM t RETURNING a", false},
        {"CREATE TABLE u (a)", false},
        {"DROP TABLE t", false},
        {"PRAGMA journal_mode = DELETE", false},
        {"PRAGMA user_version", false},
        {"BEGIN", false},
        {"COMMIT", false},
        {"SAVEPOINT s", false},
        {"ATTACH 'x.db' AS x", false},
        {"VACUUM", false},
        {"REINDEX", false},
        {"ANALYZE", false},
    };
    (void)state;
    Db *db = must_open("", DB_MEMORY);
    must_exec(db, "CREATE TABLE t (a)");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        DbStatement *statement;
        if (db_prepare(db, text_of(cases[i].sql), &statement, NULL) != ST_OK)
            fail_msg("%s", cases[i].sql);
        if (db_is_read_only(statement) != cases[i].reads_only)
            fail_msg("%s", cases[i].sql);
        db_statement_close(statement);
    }
    db_close(db);
}

static void wrong_sql_is_an_error_with_its_place(void **state)
{
    static const struct {
        const char *sql, *message;
        int offset;
    } cases[] = {
        {"SELECT nope FROM t", "no such column: nope", 7},
        {"SELEC 1", "near \"SELEC\": syntax error", 0},
        {"SELECT * FROM u", "no such table: u", -1},
        {"", "there is no statement", -1},
        {" -- only a comment", "there is no statement", -1},
        {"SELECT 1; SELECT 2", "more than one statement", -1},
        {"SELECT 1; nonsense", "more than one statement", 10},
    };
    (void)state;
    Db *db = must_open("", DB_MEMORY);
    must_exec(db, "CREATE TABLE t (a)");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        DbStatement *statement;
        Diag diag = {0};
        assert_int_equal(db_prepare(db, text_of(cases[i].sql), &statement, &diag), ST_STATE);
        assert_string_equal(error_def(diag.code)->name, "E4007");
        if (strstr(diag.message, cases[i].message) == NULL)
            fail_msg("%s: %s", cases[i].sql, diag.message);
        if (i < 3)
            assert_int_equal(db_error_offset(db), cases[i].offset);
    }
    db_close(db);
}

static void a_constraint_is_an_error(void **state)
{
    (void)state;
    Db *db = must_open("", DB_MEMORY);
    must_exec(db, "CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID; INSERT INTO t VALUES (1)");
    Diag diag = {0};
    const DbValue one[] = {db_value_i64(1)};
    assert_int_equal(db_run(db, TEXT("INSERT INTO t VALUES (?1)"), one, 1, &diag), ST_STATE);
    assert_string_equal(error_def(diag.code)->name, "E4007");
    assert_non_null(strstr(diag.message, "UNIQUE constraint failed: t.a"));
    const DbValue three[] = {db_value_i64(3)};
    assert_int_equal(db_run(db, TEXT("INSERT INTO t VALUES (?1)"), three, 1, NULL), ST_OK);
    assert_int_equal(db_changes(db), 1);
    db_close(db);
}

static void a_reader_cannot_write(void **state)
{
    Fixture *fixture = *state;
    Db *db = must_open(fixture->path, DB_OWNER);
    must_commit(db, "CREATE TABLE t (a)");
    Db *reader = must_open(fixture->path, DB_READER);
    Diag diag = {0};
    assert_int_equal(db_exec(reader, "INSERT INTO t VALUES (1)", &diag), ST_STATE);
    assert_string_equal(error_def(diag.code)->name, "E4004");
    db_close(reader);
    db_close(db);
}

static void *interrupt_soon(void *db)
{
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    db_interrupt(db);
    return NULL;
}

static void a_step_can_be_interrupted(void **state)
{
    (void)state;
    Db *db = must_open("", DB_MEMORY);
    DbStatement *endless;
    bool row;
    Diag diag = {0};
    pthread_t thread;
    assert_int_equal(
        db_prepare(db,
                   TEXT("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)"
                        " SELECT count(*) FROM n"),
                   &endless, NULL),
        ST_OK);
    assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, db), 0);
    assert_int_equal(db_step(endless, &row, &diag), ST_CANCELLED);
    assert_string_equal(error_def(diag.code)->name, "E0002");
    pthread_join(thread, NULL);
    db_statement_close(endless);
    db_close(db);
}

static void names_are_quoted(void **state)
{
    static const struct {
        const char *name, *quoted, *as_text;
    } cases[] = {
        {"plain", "\"plain\"", "'plain'"},
        {"", "\"\"", "''"},
        {"a\"b", "\"a\"\"b\"", "'a\"b'"},
        {"it's", "\"it's\"", "'it''s'"},
        {"x\"; DROP TABLE t; --", "\"x\"\"; DROP TABLE t; --\"", "'x\"; DROP TABLE t; --'"},
    };
    Fixture *fixture = *state;
    Db *db = must_open("", DB_MEMORY);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        StrBuf sql;
        strbuf_init(&sql, NULL);
        db_quote_name(&sql, text_of(cases[i].name));
        assert_string_equal(strbuf_cstr(&sql), cases[i].quoted);
        strbuf_clear(&sql);
        db_quote_text(&sql, text_of(cases[i].name));
        assert_string_equal(strbuf_cstr(&sql), cases[i].as_text);
        strbuf_clear(&sql); /* and SQLite reads them so */
        strbuf_string(&sql, "CREATE TABLE ");
        db_quote_name(&sql, text_of(cases[i].name));
        strbuf_string(&sql, " AS SELECT ");
        db_quote_text(&sql, text_of(cases[i].name));
        strbuf_string(&sql, " AS v");
        must_exec(db, strbuf_cstr(&sql));
        strbuf_close(&sql);
    }
    DbStatement *query;
    bool row;
    assert_int_equal(
        db_prepare(db,
                   TEXT("SELECT count(*) FROM sqlite_schema WHERE name = 'x\"; DROP TABLE t; --'"),
                   &query, NULL),
        ST_OK);
    assert_int_equal(db_step(query, &row, NULL), ST_OK);
    assert_int_equal(db_column_i64(query, 0), 1);
    db_statement_close(query);
    db_close(db);
    (void)fixture;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
        TEST(values_go_in_and_out),
        TEST(only_reading_is_read_only),
        TEST(wrong_sql_is_an_error_with_its_place),
        TEST(a_constraint_is_an_error),
        TEST(a_reader_cannot_write),
        TEST(a_step_can_be_interrupted),
        TEST(names_are_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
