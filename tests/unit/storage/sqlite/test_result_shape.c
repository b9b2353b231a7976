#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/sqlite/result_shape.h"
#include "tests/support/result_bench.h"

static void definitions(void **state)
{
    static const struct {
        bool append_only;
        const char *key;
        Type type[2];
        const char *ddl;
    } cases[] = {
        {false,
         "a",
         {{.id = TYPE_BIGINT}, {.id = TYPE_DOUBLE, .nullable = true}},
         "CREATE TABLE \"v\" (\n    \"a\" INTEGER PRIMARY KEY,\n    \"b\" REAL\n);\n"},
        {false,
         "a",
         {{.id = TYPE_CHAR, .precision = 3}, {.id = TYPE_BIGINT}},
         "CREATE TABLE \"v\" (\n    \"a\" TEXT NOT NULL,\n    \"b\" INTEGER,\n    PRIMARY KEY "
         "(\"a\")\n)"
         " WITHOUT ROWID;\n"},
        {true,
         "ba",
         {{.id = TYPE_INT}, {.id = TYPE_DATE}},
         "CREATE TABLE \"v\" (\n    \"a\" INTEGER NOT NULL,\n    \"b\" TEXT NOT NULL,\n"
         "    PRIMARY KEY (\"b\", \"a\")\n) WITHOUT ROWID;\n"},
        {false,
         "b",
         {{.id = TYPE_INT}, {.id = TYPE_INT, .nullable = true}},
         "CREATE TABLE \"v\" (\n    \"a\" INTEGER,\n    \"b\" INTEGER\n);\n"
         "CREATE UNIQUE INDEX \"_weir_key_v\" ON \"v\" (\"b\");\n"},
        {false,
         "",
         {{.id = TYPE_INT}, {.id = TYPE_DECIMAL, .precision = 15, .scale = 2}},
         "CREATE TABLE \"v\" (\n    \"a\" INTEGER,\n    \"b\" NUMERIC\n);\n"
         "CREATE INDEX \"_weir_content_v\" ON \"v\" (\"a\", \"b\");\n"},
        {true,
         "",
         {{.id = TYPE_INT}, {.id = TYPE_DECIMAL, .precision = 16, .scale = 2}},
         "CREATE TABLE \"v\" (\n    \"a\" INTEGER,\n    \"b\" TEXT\n);\n"},
    };
    (void)state;
    for (uint32_t i = 0; i < COUNT(cases); i++) {
        Shape made = shape(cases[i].append_only, cases[i].key, 2, cases[i].type);
        StrBuf ddl;
        strbuf_init(&ddl, NULL);
        result_table_ddl(spec_of(&made), &ddl);
        assert_string_equal(strbuf_cstr(&ddl), cases[i].ddl);
        strbuf_close(&ddl);
    }
}

static void one_row_needs_no_index(void **state)
{
    (void)state;
    const Type type[] = {bigint, string};
    Shape made = shape(false, "", 2, type);
    made.spec.single = true;
    StrBuf sql;
    strbuf_init(&sql, NULL);
    result_table_ddl(spec_of(&made), &sql);
    result_print_erase(spec_of(&made), &sql);
    assert_string_equal(strbuf_cstr(&sql),
                        "CREATE TABLE \"v\" (\n    \"a\" INTEGER,\n    \"b\" TEXT\n);\n"
                        "DELETE FROM \"v\"");
    strbuf_close(&sql);
}

static void columns_may_have_any_name(void **state)
{
    Bench *bench = *state;
    static Field field[] = {
        {.name = TEXT("select"), .type = {.id = TYPE_BIGINT, .nullable = true}},
        {.name = TEXT("a\"b"), .type = {.id = TYPE_BIGINT, .nullable = true}},
        {.name = TEXT("rowid"), .type = {.id = TYPE_BIGINT, .nullable = true}},
        {.name = TEXT("OID"), .type = {.id = TYPE_BIGINT, .nullable = true}},
    };
    static const uint32_t key[] = {2, 1};
    for (uint32_t keyed = 0; keyed < 2; keyed++) {
        ResultSpec spec = {.name = TEXT("my \"view\"; --"),
                           .schema = {4, field},
                           .key = key,
                           .key_count = keyed * 2};
        ResultTable *table = make_table(bench, &spec);
        write_text(bench, table, &spec, "+I 1|2|3|4\n+I 5|6|7|8\n-D 1|2|3|4");
        commit(bench, table);
        write_text(bench, table, &spec, "-U 5|6|7|8\n+U 50|6|7|80");
        commit(bench, table);
        assert_shows(bench, "SELECT * FROM \"my \"\"view\"\"; --\"", "50|6|7|80");
        result_table_close(table);
        assert_int_equal(db_exec(bench->db, "DROP TABLE \"my \"\"view\"\"; --\"", NULL), ST_OK);
    }
    field[0].name = TEXT("_ROWID_"); /* now all three names of a rowid are taken */
    ResultSpec spec = {.name = TEXT("v"), .schema = {4, field}};
    Diag diag = {0};
    ResultTable *table;
    assert_int_equal(result_table_open(bench->db, &spec, NULL, &table, &diag), ST_SEMANTIC);
    assert_string_equal(error_def(diag.code)->name, "E2130");
    field[0].name = TEXT("select");
}

static void deletes_and_updates_use_our_index(void **state)
{
    Bench *bench = *state;
    const Type type[] = {bigint, string};
    for (uint32_t keyed = 0; keyed < 2; keyed++) {
        Shape made = shape(false, keyed ? "a" : "", 2, type);
        ResultTable *table = make_table(bench, spec_of(&made));
        const char *plan = fixture_query(
            &bench->fixture,
            keyed ? "EXPLAIN QUERY PLAN UPDATE \"v\" SET \"b\" = ?2 WHERE \"a\" IS ?1"
                  : "EXPLAIN QUERY PLAN DELETE FROM \"v\" WHERE rowid = (SELECT rowid FROM \"v\""
                    " WHERE \"a\" IS ?1 AND \"b\" IS ?2 LIMIT 1)");
        assert_non_null(
            strstr(plan, keyed ? "_weir_key_v (a=?)" : "_weir_content_v (a=? AND b=?)"));
        result_table_close(table);
        assert_int_equal(db_exec(bench->db, "DROP TABLE v", NULL), ST_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
        TEST(definitions),
        TEST(one_row_needs_no_index),
        TEST(columns_may_have_any_name),
        TEST(deletes_and_updates_use_our_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
