/* What a result table takes of memory while its changes wait, and what it does when there is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/result_bench.h"

static void many_keys_fit_and_are_cheap(void **state)
{
    enum { KEYS = 100000 };
    Bench *bench = *state;
    const Type type[] = {bigint_not_null, bigint};
    Shape made = shape(false, "a", 2, type);
    const ResultSpec *spec = spec_of(&made);
    ResultTable *table = make_table(bench, spec);
    Column *column = row_text_columns(&bench->arena, &spec->schema);
    Batch batch = {.rows = BATCH_ROWS, .selected = BATCH_ROWS, .columns = 2, .column = column};
    int64_t next = 0;
    for (int pass = 0; pass < 2; pass++) { /* the second finds every key again */
        for (next = 0; next < KEYS;) {
            for (uint32_t i = 0; i < BATCH_ROWS; i++) {
                column[0].data.i64[i] = next % KEYS;
                column[1].data.i64[i] = next++ + pass;
            }
            assert_int_equal(result_table_write(table, &batch, NULL), ST_OK);
        }
    }
    assert_true(result_table_pending_bytes(table) < KEYS * 56);
    commit(bench, table);
    assert_shows(bench, "SELECT count(*), max(b - a) FROM v WHERE a >= 500", "99500|1");
    result_table_close(table);
}

/* Each row of the input replaces the one result, which becomes longer with it: what waits is what
 * it comes to, whether the table has a key or not. */
static void long_results_that_are_replaced_are_not_kept(void **state)
{
    enum { RESULTS = 1000, UNIT = 1000 };
    Bench *bench = *state;
    const Type type[] = {bigint_not_null, string};
    static char text[RESULTS * UNIT];
    memset(text, 'x', sizeof text);
    for (uint32_t keyed = 0; keyed < 2; keyed++) {
        Shape made = shape(false, keyed ? "a" : "", 2, type);
        const ResultSpec *spec = spec_of(&made);
        ResultTable *table = make_table(bench, spec);
        Column *column = row_text_columns(&bench->arena, &spec->schema);
        uint8_t kind[] = {ROW_UPDATE_BEFORE, ROW_UPDATE_AFTER};
        Batch batch = {.rows = 2, .selected = 2, .kind = kind, .columns = 2, .column = column};
        column[0].data.i64[0] = column[0].data.i64[1] = 7;
        for (uint32_t i = 1; i < RESULTS; i++) {
            column[1].data.str[0] = str_of_text((Text){text, i * UNIT});
            column[1].data.str[1] = str_of_text((Text){text, (i + 1) * UNIT});
            assert_int_equal(result_table_write(table, &batch, NULL), ST_OK);
            assert_true(result_table_pending_bytes(table) < 2 * sizeof text);
        }
        assert_int_equal(result_table_pending_count(table), keyed ? 1 : 2);
        write_text(bench, table, spec, "+I 8|y");
        commit(bench, table);
        assert_shows(bench, "SELECT a, length(b) FROM v ORDER BY a", "7|1000000\n8|1");
        result_table_close(table);
        assert_int_equal(db_exec(bench->db, "DROP TABLE v", NULL), ST_OK);
    }
}

static void a_failed_allocation_is_reported(void **state)
{
    Bench *bench = *state;
    const Type type[] = {string, bigint};
    for (uint32_t keyed = 0; keyed < 2; keyed++) {
        Shape made = shape(false, keyed ? "a" : "", 2, type);
        const ResultSpec *spec = spec_of(&made);
        ResultTable *made_table = make_table(bench, spec);
        result_table_close(made_table);
        Batch batch =
            row_text_batch(&bench->arena, &spec->schema,
                           "+I a text that is longer than twelve bytes|1\n+I y|2\n-D y|2\n+I z|3");
        Meter meter;
        meter_init(&meter, NULL, 0);
        bool done = false;
        for (uint64_t k = 1; !done; k++) {
            ResultTable *table = NULL;
            Diag diag = {0};
            mem_fail_at(k, false);
            Status status = result_table_open(bench->db, spec, &meter, &table, &diag);
            if (status == ST_OK)
                status = result_table_write(table, &batch, &diag);
            mem_fail_at(0, false);
            done = status == ST_OK;
            if (!done)
                assert_int_equal(status, ST_NOMEM);
            result_table_close(table);
            assert_int_equal(meter.used_bytes, 0);
        }
        assert_int_equal(db_exec(bench->db, "DROP TABLE v", NULL), ST_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
        TEST(many_keys_fit_and_are_cheap),
        TEST(long_results_that_are_replaced_are_not_kept),
        TEST(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
