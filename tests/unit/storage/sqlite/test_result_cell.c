#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/result_bench.h"

/* A value of each type as another client sees it, with SQLite's own type. */
static void values_as_stored(void **state)
{
    static const struct {
        Type type;
        const char *value, *shown;
    } cases[] = {
        {{.id = TYPE_BOOLEAN, .nullable = true}, "true", "integer|1"},
        {{.id = TYPE_BOOLEAN, .nullable = true}, "false", "integer|0"},
        {{.id = TYPE_BOOLEAN, .nullable = true}, "NULL", "null|NULL"},
        {{.id = TYPE_TINYINT, .nullable = true}, "-128", "integer|-128"},
        {{.id = TYPE_BIGINT, .nullable = true},
         "9223372036854775807",
         "integer|9223372036854775807"},
        {{.id = TYPE_DOUBLE, .nullable = true}, "0.1", "real|0.1"},
        {{.id = TYPE_DOUBLE, .nullable = true}, "7", "real|7.0"},
        {{.id = TYPE_DOUBLE, .nullable = true}, "nan", "null|NULL"},
        {{.id = TYPE_DOUBLE, .nullable = true}, "inf", "real|Inf"},
        {{.id = TYPE_DOUBLE, .nullable = true}, "-inf", "real|-Inf"},
        {{.id = TYPE_FLOAT, .nullable = true}, "0.5", "real|0.5"},
        {{.id = TYPE_DECIMAL, .nullable = true, .precision = 10, .scale = 2}, "12.50", "real|12.5"},
        {{.id = TYPE_DECIMAL, .nullable = true, .precision = 10, .scale = 2}, "100", "integer|100"},
        {{.id = TYPE_DECIMAL, .nullable = true, .precision = 10, .scale = 0}, "-7", "integer|-7"},
        {{.id = TYPE_DECIMAL, .nullable = true, .precision = 15, .scale = 2},
         "9999999999999.99",
         "real|9999999999999.99"},
        {{.id = TYPE_DECIMAL, .nullable = true, .precision = 15, .scale = 15},
         "0.000000000000001",
         "real|1.0e-15"},
        {{.id = TYPE_DECIMAL, .nullable = true, .precision = 15, .scale = 15},
         "0.123456789012345",
         "real|0.123456789012345"},
        {{.id = TYPE_DECIMAL, .nullable = true, .precision = 16, .scale = 2},
         "12.50",
         "text|'12.50'"},
        {{.id = TYPE_DECIMAL, .nullable = true, .precision = 38, .scale = 0},
         "-99999999999999999999999999999999999999",
         "text|'-99999999999999999999999999999999999999'"},
        {{.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX}, "007", "text|'007'"},
        {{.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX}, "", "text|''"},
        {{.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX},
         "long enough to point to its bytes",
         "text|'long enough to point to its bytes'"},
        {{.id = TYPE_VARBINARY, .nullable = true, .precision = LENGTH_MAX},
         "A\xFF",
         "blob|x'41FF'"},
        {{.id = TYPE_VARBINARY, .nullable = true, .precision = LENGTH_MAX}, "", "blob|x''"},
        {{.id = TYPE_DATE, .nullable = true}, "2020-02-29", "text|'2020-02-29'"},
        {{.id = TYPE_TIME, .nullable = true, .precision = 0}, "13:45:56", "text|'13:45:56'"},
        {{.id = TYPE_TIME, .nullable = true, .precision = 3},
         "13:45:56.789",
         "text|'13:45:56.789'"},
        {{.id = TYPE_TIMESTAMP, .nullable = true, .precision = 0},
         "2020-02-29 13:45:56",
         "text|'2020-02-29 13:45:56.000'"},
        {{.id = TYPE_TIMESTAMP, .nullable = true, .precision = 3},
         "1969-12-31 23:59:59.999",
         "text|'1969-12-31 23:59:59.999'"},
        {{.id = TYPE_TIMESTAMP, .nullable = true, .precision = 6},
         "2020-02-29 13:45:56.789012",
         "text|'2020-02-29 13:45:56.789012'"},
        {{.id = TYPE_TIMESTAMP_LTZ, .nullable = true, .precision = 3},
         "2020-02-29 13:45:56.7",
         "text|'2020-02-29 13:45:56.700Z'"},
        {{.id = TYPE_INTERVAL_MONTH, .nullable = true}, "14", "integer|14"},
        {{.id = TYPE_INTERVAL_DAY, .nullable = true}, "-1500000", "integer|-1500000"},
    };
    Bench *bench = *state;
    for (uint32_t i = 0; i < COUNT(cases); i++) {
        Shape made = shape(true, "", 1, &cases[i].type);
        const ResultSpec *spec = spec_of(&made);
        ResultTable *table = make_table(bench, spec);
        char row[128], shown[160];
        snprintf(row, sizeof row, "+I %s", cases[i].value);
        write_text(bench, table, spec, row);
        commit(bench, table);
        snprintf(shown, sizeof shown, "'%.*s'%s", (int)strcspn(cases[i].shown, "|"), cases[i].shown,
                 strchr(cases[i].shown, '|'));
        assert_shows(bench, "SELECT typeof(a), a FROM v", shown);
        result_table_close(table);
        assert_int_equal(db_exec(bench->db, "DROP TABLE v", NULL), ST_OK);
    }
}

/* SQLite's own date functions read what we write. */
static void times_are_times_to_sqlite(void **state)
{
    Bench *bench = *state;
    const Type type[] = {{.id = TYPE_TIMESTAMP, .nullable = true, .precision = 3},
                         {.id = TYPE_TIMESTAMP_LTZ, .nullable = true, .precision = 3},
                         {.id = TYPE_DATE, .nullable = true},
                         {.id = TYPE_TIME, .nullable = true, .precision = 3}};
    Shape made = shape(true, "", 4, type);
    const ResultSpec *spec = spec_of(&made);
    ResultTable *table = make_table(bench, spec);
    write_text(bench, table, spec,
               "+I 2020-02-29 13:45:56.789|2020-02-29 13:45:56|2020-02-29|13:45:56.789");
    commit(bench, table);
    assert_shows(
        bench,
        "SELECT strftime('%s', a), strftime('%s', b), strftime('%j', c), strftime('%f', d) FROM v",
        "'1582983956'|'1582983956'|'060'|'56.789'");
    result_table_close(table);
}

static void nested_values_are_json(void **state)
{
    Bench *bench = *state;
    static const TypeField child[] = {{.type = {.id = TYPE_INT, .nullable = true}}};
    const Type type[] = {{.id = TYPE_ARRAY, .nullable = true, .children = 1, .child = child}};
    Shape made = shape(false, "", 1, type);
    ResultTable *table = make_table(bench, spec_of(&made));
    int64_t element[] = {1, 0, 3};
    uint64_t element_valid = 5, valid = 3;
    Elements list[] = {{0, 3}, {3, 0}, {3, 0}};
    Column elements = {.phys = PHYS_I64, .valid = &element_valid, .data.i64 = element};
    Nested nested = {.list = list, .children = 1, .child = &elements};
    Column column = {.phys = PHYS_NESTED, .valid = &valid, .data.nested = &nested};
    Batch batch = {.rows = 3, .selected = 3, .columns = 1, .column = &column};
    assert_int_equal(result_table_write(table, &batch, NULL), ST_OK);
    commit(bench, table);
    assert_shows(bench, "SELECT * FROM v", "'[1,null,3]'\n'[]'\nNULL");
    static const uint8_t deletes[] = {ROW_DELETE, ROW_DELETE, ROW_DELETE};
    batch.kind = deletes;
    assert_int_equal(result_table_write(table, &batch, NULL), ST_OK);
    commit(bench, table);
    assert_shows(bench, "SELECT count(*) FROM v", "0");
    result_table_close(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
        TEST(values_as_stored),
        TEST(times_are_times_to_sqlite),
        TEST(nested_values_are_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
