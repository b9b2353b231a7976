#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/sqlite/feed.h"
#include "tests/support/db_bench.h"

/* Rows (n, "n", x'', NULL, n / 2) for n from 1; `fail_at`: the row at which memory is short. */
typedef struct Numbers {
    int64_t at, last, fail_at;
    char text[24];
} Numbers;

static Status next_number(void *context, bool *row)
{
    Numbers *numbers = context;
    numbers->at++;
    *row = numbers->at <= numbers->last;
    return numbers->at == numbers->fail_at ? ST_NOMEM : ST_OK;
}

static Status number_value(void *context, uint32_t column, DbValue *out)
{
    Numbers *numbers = context;
    const DbValue value[] = {
        db_value_i64(numbers->at),
        db_value_text((Text){numbers->text, (uint32_t)snprintf(numbers->text, sizeof numbers->text,
                                                               "%lld", (long long)numbers->at)}),
        db_value_bytes(TEXT_NONE),
        db_value_null(),
        db_value_f64((double)numbers->at / 2),
    };
    *out = value[column];
    return ST_OK;
}

typedef struct Bench {
    Db *db;
    Numbers numbers;
    Feed *feed;
    DbStatement *insert;
} Bench;

static int set_up(void **state)
{
    static Bench bench;
    bench = (Bench){.db = must_open("", DB_MEMORY)};
    const FeedSource source = {5, &bench.numbers, next_number, number_value};
    must_exec(bench.db, "CREATE TABLE t (a, b, c, d, e)");
    if (feed_open(bench.db, TEXT("x \"y\""), &source, &bench.feed, NULL) != ST_OK)
        return 1;
    StrBuf sql;
    strbuf_init(&sql, NULL);
    strbuf_string(&sql, "INSERT INTO t SELECT * FROM ");
    feed_print_name(TEXT("x \"y\""), &sql);
    Status status = db_prepare(bench.db, strbuf_as_text(&sql), &bench.insert, NULL);
    strbuf_close(&sql);
    *state = &bench;
    return status != ST_OK;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    db_statement_close(bench->insert);
    feed_close(bench->feed);
    db_close(bench->db);
    return 0;
}

static int64_t ask(Bench *bench, const char *sql)
{
    DbStatement *query;
    bool row;
    assert_int_equal(db_prepare(bench->db, text_of(sql), &query, NULL), ST_OK);
    assert_int_equal(db_step(query, &row, NULL), ST_OK);
    int64_t answer = db_column_i64(query, 0);
    db_statement_close(query);
    return answer;
}

static void rows_arrive_in_order_with_their_types(void **state)
{
    Bench *bench = *state;
    bench->numbers = (Numbers){.last = 1000};
    assert_int_equal(feed_run(bench->feed, bench->insert, NULL), ST_OK);
    assert_int_equal(
        ask(bench, "SELECT count(*) FROM t WHERE a = rowid AND b = CAST(a AS TEXT) AND c = x''"
                   " AND d IS NULL AND e = a / 2.0 AND typeof(b) = 'text' AND typeof(e) = 'real'"),
        1000);
    bench->numbers = (Numbers){.last = 0};
    assert_int_equal(feed_run(bench->feed, bench->insert, NULL), ST_OK); /* none */
    bench->numbers = (Numbers){.last = 1};
    assert_int_equal(feed_run(bench->feed, bench->insert, NULL), ST_OK); /* and once more */
    assert_int_equal(ask(bench, "SELECT count(*) FROM t"), 1001);
}

static void it_is_empty_for_everybody_else(void **state)
{
    Bench *bench = *state;
    bench->numbers = (Numbers){.last = 10};
    assert_int_equal(ask(bench, "SELECT count(*) FROM \"_weir_feed_x \"\"y\"\"\""), 0);
    assert_int_equal(bench->numbers.at, 0);
    assert_int_equal(ask(bench, "SELECT count(*) FROM sqlite_schema"), 1); /* it is in no schema */
    must_exec(bench->db, "CREATE VIEW v AS SELECT * FROM \"_weir_feed_x \"\"y\"\"\"");
    Diag diag = {0};
    assert_int_equal(db_exec(bench->db, "SELECT * FROM v", &diag), ST_STATE);
    assert_non_null(strstr(diag.message, "unsafe use of virtual table"));
}

static void what_fails_in_the_source_fails_the_statement(void **state)
{
    Bench *bench = *state;
    bench->numbers = (Numbers){.last = 10, .fail_at = 4};
    assert_int_equal(db_begin(bench->db, NULL), ST_OK);
    assert_int_equal(feed_run(bench->feed, bench->insert, NULL), ST_NOMEM);
    db_rollback(bench->db);
    assert_int_equal(ask(bench, "SELECT count(*) FROM t"), 0);
    bench->numbers = (Numbers){.last = 10};
    assert_int_equal(feed_run(bench->feed, bench->insert, NULL), ST_OK);
    assert_int_equal(ask(bench, "SELECT count(*) FROM t"), 10);
}

static void a_name_can_be_used_again(void **state)
{
    Bench *bench = *state;
    for (int i = 0; i < 3; i++) {
        tear_down(state);
        assert_int_equal(set_up(state), 0);
        bench->numbers = (Numbers){.last = 3};
        assert_int_equal(feed_run(bench->feed, bench->insert, NULL), ST_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(rows_arrive_in_order_with_their_types),
        TEST(it_is_empty_for_everybody_else),
        TEST(what_fails_in_the_source_fails_the_statement),
        TEST(a_name_can_be_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
