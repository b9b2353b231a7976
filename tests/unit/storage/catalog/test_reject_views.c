#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/reject_bench.h"

static void views_quote_their_names(void **state)
{
    static const char *const name[] = {"it's", "a\"b", "x'; DROP TABLE _weir_rejected; --",
                                       "Straße", "select"};
    Bench *bench = *state;
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        Diag diag = {0};
        begin(bench);
        must(reject_log_make_errors_view(bench->db, text_of(name[i]), &diag), &diag);
        must(reject_log_make_late_view(bench->db, text_of(name[i]), &diag), &diag);
        commit(bench);
        reject(bench->log, name[i], (int64_t)i, TEXT("raw"));
        flush(bench, NULL, 0);
        StrBuf sql;
        strbuf_init(&sql, NULL);
        strbuf_string(&sql, "SELECT offset, raw FROM \"");
        for (const char *c = name[i]; *c != '\0'; c++)
            strbuf_printf(&sql, *c == '"' ? "\"\"" : "%c", *c);
        strbuf_string(&sql, "$errors\"");
        char expected[32];
        snprintf(expected, sizeof expected, "%zu|'raw'", i);
        assert_shows(bench, strbuf_cstr(&sql), expected);
        strbuf_close(&sql);
        begin(bench);
        must(reject_log_drop_views(bench->db, text_of(name[i]), &diag), &diag);
        commit(bench);
    }
    assert_shows(bench, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'",
                 "3"); /* of set_up */
}

static void views_can_be_made_twice_and_do_not_take_names(void **state)
{
    Bench *bench = *state;
    Diag diag = {0};
    begin(bench);
    must(reject_log_make_errors_view(bench->db, TEXT("bid"), &diag), &diag);
    commit(bench);
    assert_shows(bench, "CREATE TABLE \"x$errors\" (a); CREATE TABLE \"x$late\" (a)", "");
    begin(bench);
    assert_int_equal(reject_log_make_errors_view(bench->db, TEXT("x"), &diag), ST_SEMANTIC);
    assert_string_equal(error_def(diag.code)->name, "E2102");
    assert_int_equal(reject_log_drop_views(bench->db, TEXT("x"), NULL),
                     ST_OK); /* not ours: they stay */
    commit(bench);
    assert_shows(bench, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'x$%'", "2");
}

/* The stock program reads them without anything of ours. */
static void the_stock_program_reads_the_views(void **state)
{
    Bench *bench = *state;
    if (system("sqlite3 -version > /dev/null 2>&1") != 0)
        skip();
    reject(bench->log, "bid", 4, TEXT("{oops"));
    be_late(bench->log, 5);
    flush(bench, NULL, 0);
    char command[256], line[256] = "";
    snprintf(command, sizeof command,
             "sqlite3 -readonly %s 'SELECT line, raw FROM \"bid$errors\";"
             " SELECT rowtime FROM \"busy$late\"' | tr '\\n' ' '",
             bench->fixture.path);
    FILE *out = popen(command, "r");
    assert_non_null(fgets(line, sizeof line, out));
    pclose(out);
    assert_string_equal(line, "5|{oops 1970-01-01 00:00:01.500 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
        TEST(views_quote_their_names),
        TEST(views_can_be_made_twice_and_do_not_take_names),
        TEST(the_stock_program_reads_the_views),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
