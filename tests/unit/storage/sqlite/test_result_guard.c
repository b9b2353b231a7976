#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/result_bench.h"

static void users_may_add_indexes_views_and_tables(void **state)
{
    Bench *bench = *state;
    const Type type[] = {bigint_not_null, bigint};
    Shape made = shape(false, "a", 2, type);
    const ResultSpec *spec = spec_of(&made);
    ResultTable *table = make_table(bench, spec);
    fixture_query(&bench->fixture,
                  "CREATE INDEX mine ON v (b); CREATE VIEW seen AS SELECT a FROM v;"
                  "CREATE TABLE own (a)");
    write_text(bench, table, spec, "+I 1|1");
    commit(bench, table);
    assert_shows(bench, "SELECT * FROM seen", "1");
    result_table_close(table);
}

/* A unique index of a user's own is an error when it does not hold; no row may go for it. */
static void a_users_unique_index_deletes_nothing(void **state)
{
    Bench *bench = *state;
    const Type type[] = {bigint_not_null, bigint};
    Shape made = shape(false, "a", 2, type);
    const ResultSpec *spec = spec_of(&made);
    ResultTable *table = make_table(bench, spec);
    fixture_query(&bench->fixture, "CREATE UNIQUE INDEX mine ON v (b)");
    write_text(bench, table, spec, "+I 1|7");
    commit(bench, table);
    write_text(bench, table, spec, "+I 2|7");
    Diag diag = {0};
    assert_int_equal(db_begin(bench->db, NULL), ST_OK);
    assert_int_equal(result_table_flush(table, &diag), ST_STATE);
    db_rollback(bench->db);
    assert_non_null(strstr(diag.message, "UNIQUE constraint failed"));
    assert_shows(bench, "SELECT * FROM v", "1|7");
    result_table_close(table);
}

static void changed_definitions_stop_the_job(void **state)
{
    static const struct {
        const char *key, *sql, *message, *hint;
    } cases[] = {
        {"a", "ALTER TABLE v ADD COLUMN c", "definition of table \"v\" was changed",
         "undo the change"},
        {"a", "ALTER TABLE v RENAME COLUMN b TO z", "was changed", ""},
        {"a", "ALTER TABLE v RENAME TO w", "was dropped", ""},
        {"a", "DROP TABLE v", "was dropped", "create it again"},
        {"a", "DROP TABLE v; CREATE TABLE v (a, b)", "was changed", ""},
        {"a", "CREATE TRIGGER t AFTER INSERT ON v BEGIN DELETE FROM v; END", "has a trigger, \"t\"",
         "DROP TRIGGER \"t\""},
        {"b", "DROP INDEX _weir_key_v", "index of table \"v\" was dropped",
         "CREATE UNIQUE INDEX \"_weir_key_v\" ON \"v\" (\"b\")"},
        {"", "DROP INDEX _weir_content_v", "index of table \"v\" was dropped", "CREATE INDEX"},
    };
    Bench *bench = *state;
    for (uint32_t i = 0; i < COUNT(cases); i++) {
        const Type type[] = {bigint_not_null, bigint};
        Shape made = shape(false, cases[i].key, 2, type);
        const ResultSpec *spec = spec_of(&made);
        ResultTable *table = make_table(bench, spec);
        write_text(bench, table, spec, "+I 1|1");
        assert_string_equal(fixture_query(&bench->fixture, cases[i].sql), "");
        Diag diag = {0};
        assert_int_equal(db_begin(bench->db, NULL), ST_OK);
        assert_int_equal(result_table_flush(table, &diag), ST_STATE);
        db_rollback(bench->db);
        assert_string_equal(error_def(diag.code)->name, "E4006");
        if (strstr(diag.message, cases[i].message) == NULL ||
            strstr(diag.hint, cases[i].hint) == NULL)
            fail_msg("%s: %s; %s", cases[i].sql, diag.message, diag.hint);
        result_table_close(table);
        Diag again = {0}; /* and it does not open either */
        assert_int_equal(result_table_open(bench->db, spec, NULL, &table, &again), ST_STATE);
        assert_string_equal(error_def(again.code)->name, "E4006");
        assert_int_equal(db_exec(bench->db, "DROP TABLE IF EXISTS v; DROP TABLE IF EXISTS w", NULL),
                         ST_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
        TEST(users_may_add_indexes_views_and_tables),
        TEST(a_users_unique_index_deletes_nothing),
        TEST(changed_definitions_stop_the_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
