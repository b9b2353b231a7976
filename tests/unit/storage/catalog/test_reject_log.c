#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/base/limits.h"
#include "tests/support/reject_bench.h"

/* --- what one sees --- */

static void rejected_records_are_shown(void **state)
{
    Bench *bench = *state;
    reject(bench->log, "bid", 120, TEXT("{\"price\": \"x\"}"));
    const RejectedRow whole = {.owner = TEXT("bid"),
                               .source = TEXT("bid"),
                               .split = TEXT("b.csv"),
                               .offset = 0,
                               .code = E5001,
                               .message = TEXT("no object"),
                               .raw = TEXT("")};
    assert_int_equal(reject_log_add(bench->log, &whole), ST_OK);
    const RejectedRow gathered = {.owner = TEXT("busy"),
                                  .offset = -1,
                                  .code = E5004,
                                  .message = TEXT("too large"),
                                  .raw = TEXT("{\"n\":1}")};
    assert_int_equal(reject_log_add(bench->log, &gathered), ST_OK);
    assert_true(reject_log_pending_bytes(bench->log) > 0);
    assert_shows(bench, "SELECT count(*) FROM \"bid$errors\"", "0"); /* not yet */
    flush(bench, NULL, 0);
    assert_shows(
        bench, "SELECT * FROM \"bid$errors\"",
        "'bid'|'bids.jsonl'|120|121|'E5002'|'price'|'not a number'|'{\"price\": \"x\"}'|14\n"
        "'bid'|'b.csv'|0|NULL|'E5001'|NULL|'no object'|''|0");
    assert_shows(bench,
                 "SELECT source, split, offset, line, code, field, message, raw, raw_bytes FROM "
                 "\"busy$errors\"",
                 "NULL|NULL|NULL|NULL|'E5004'|NULL|'too large'|'{\"n\":1}'|7");
    assert_shows(bench, "SELECT job, owner FROM _weir_rejected ORDER BY rowid",
                 "3|'bid'\n3|'bid'\n3|'busy'");
}

static void late_rows_are_shown(void **state)
{
    Bench *bench = *state;
    be_late(bench->log, 77);
    const LateRow gathered = {.view = TEXT("busy"),
                              .operator_name = TEXT("OVER"),
                              .offset = -1,
                              .rowtime = -1,
                              .watermark = MICROS_MIN,
                              .row = TEXT("{}")};
    assert_int_equal(reject_log_add_late(bench->log, &gathered), ST_OK);
    flush(bench, NULL, 0);
    assert_shows(
        bench,
        "SELECT operator, rowtime, watermark, row, source, split, offset, line, raw FROM "
        "\"busy$late\"",
        "'TUMBLE aggregate'|'1970-01-01 00:00:01.500'|'1970-01-01 00:00:10.000'|'{\"a\":1}'|'bid'|"
        "'bids.jsonl'|77|2|'{\"a\": 1}'\n"
        "'OVER'|'1969-12-31 23:59:59.999'|NULL|'{}'|NULL|NULL|NULL|NULL|NULL");
    assert_shows(
        bench, "SELECT name FROM pragma_table_info('busy$late')",
        "'operator'\n'rowtime'\n'watermark'\n'row'\n'source'\n'split'\n'offset'\n'line'\n'raw'");
    assert_shows(
        bench, "SELECT name FROM pragma_table_info('bid$errors')",
        "'source'\n'split'\n'offset'\n'line'\n'code'\n'field'\n'message'\n'raw'\n'raw_bytes'");
}

static void raw_bytes_are_text_where_they_can_be(void **state)
{
    static const struct {
        Text raw;
        const char *shown;
    } cases[] = {
        {TEXT("plain"), "'text'|'plain'|5"},
        {TEXT("gr\xC3\xBC\xC3\x9F"), "'text'|'gr\xC3\xBC\xC3\x9F'|6"},
        {TEXT("bad \xFF"), "'blob'|x'62616420FF'|5"},
        {TEXT("cut \xC3"), "'blob'|x'63757420C3'|5"},
        {TEXT("nul\0nul"), "'blob'|x'6E756C006E756C'|7"},
        {TEXT(""), "'text'|''|0"},
        {{NULL, 0}, "'null'|NULL|0"},
    };
    Bench *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reject(bench->log, "bid", 0, cases[i].raw);
        flush(bench, NULL, 0);
        assert_shows(bench, "SELECT typeof(raw), raw, raw_bytes FROM \"bid$errors\"",
                     cases[i].shown);
        begin(bench);
        assert_int_equal(reject_log_clear(bench->log, NULL), ST_OK);
        commit(bench);
    }
}

static void long_records_are_cut_between_code_points(void **state)
{
    enum { LENGTH = LIMIT_RAW_KEPT_BYTES + 100 };
    static char raw[LENGTH];
    Bench *bench = *state;
    memset(raw, 'x', sizeof raw);
    reject(bench->log, "bid", 0, (Text){raw, LIMIT_RAW_KEPT_BYTES});
    reject(bench->log, "bid", 0, (Text){raw, LENGTH});
    memcpy(raw + LIMIT_RAW_KEPT_BYTES - 1, "\xC3\xBC", 2);
    reject(bench->log, "bid", 0, (Text){raw, LENGTH});
    memcpy(raw + LIMIT_RAW_KEPT_BYTES - 3, "\xF0\x9F\x98\x80", 4);
    reject(bench->log, "bid", 0, (Text){raw, LENGTH});
    flush(bench, NULL, 0);
    char expected[256];
    snprintf(expected, sizeof expected, "'text'|%d|%d\n'text'|%d|%d\n'text'|%d|%d\n'text'|%d|%d",
             LIMIT_RAW_KEPT_BYTES, LIMIT_RAW_KEPT_BYTES, LIMIT_RAW_KEPT_BYTES, LENGTH,
             LIMIT_RAW_KEPT_BYTES - 1, LENGTH, LIMIT_RAW_KEPT_BYTES - 3, LENGTH);
    assert_shows(bench,
                 "SELECT typeof(raw), length(CAST(raw AS BLOB)), raw_bytes FROM \"bid$errors\"",
                 expected);
}

static void what_was_added_may_be_forgotten_by_its_owner(void **state)
{
    Bench *bench = *state;
    char raw[] = "first";
    reject(bench->log, "bid", 0, (Text){raw, 5});
    memcpy(raw, "XXXXX", 5);
    flush(bench, NULL, 0);
    assert_shows(bench, "SELECT raw FROM \"bid$errors\"", "'first'");
}

static void rows_of_one_place_keep_the_order_of_their_arrival(void **state)
{
    Bench *bench = *state;
    for (int epoch = 0; epoch < 3; epoch++) {
        reject(bench->log, "bid", epoch * 10, TEXT("r"));
        be_late(bench->log, epoch * 10 + 1);
        reject(bench->log, "busy", epoch * 10 + 2, TEXT("r"));
        flush(bench, NULL, 0);
    }
    assert_shows(bench,
                 "SELECT offset FROM (SELECT rowid AS id, offset FROM _weir_rejected UNION ALL"
                 " SELECT rowid, offset FROM _weir_late) ORDER BY id",
                 "0\n1\n2\n10\n11\n12\n20\n21\n22");
    assert_shows(bench, "SELECT offset FROM \"bid$errors\"", "0\n10\n20");
}

static void reject_at(RejectLog *log, uint64_t number, uint32_t operator_id, int64_t offset)
{
    const RejectedRow row = {.place = {operator_id, number},
                             .owner = TEXT("bid"),
                             .offset = offset,
                             .code = E5001,
                             .message = TEXT("m")};
    assert_int_equal(reject_log_add(log, &row), ST_OK);
}

/* In whatever order operators add what a batch has; and epochs end between rows. */
static void rows_stand_where_their_places_are(void **state)
{
    static const struct {
        uint64_t number;
        uint32_t operator_id;
        int64_t offset;
    } rows[] = {{7, 2, 70}, {8, 2, 80}, {7, 1, 71}, {8, 1, 81}, {7, 2, 72}, {9, 1, 90}};
    Bench *bench = *state;
    for (uint32_t i = 0; i < 6; i++) {
        if (i == 5)
            flush(bench, NULL, 0);
        reject_at(bench->log, rows[i].number, rows[i].operator_id, rows[i].offset);
    }
    flush(bench, NULL, 0);
    assert_shows(bench, "SELECT offset FROM \"bid$errors\"", "71\n70\n72\n81\n80\n90");
    assert_shows(bench, "SELECT rowid, offset FROM _weir_rejected",
                 "1|71\n2|70\n3|72\n4|81\n5|80\n6|90");
}

/* --- counts --- */

static void counts_replace_each_other(void **state)
{
    Bench *bench = *state;
    const ScanCounts first[] = {
        {TEXT("busy"), TEXT("bid"), 10, 5, 2, 1, 1, 1},
        {TEXT("other"), TEXT("bid"), 10, 10, 0, 0, 0, 0},
    };
    const ScanCounts second[] = {{TEXT("busy"), TEXT("bid"), 20, 15, 2, 1, 1, 1}};
    flush(bench, first, 2);
    flush(bench, second, 1);
    assert_shows(bench, "SELECT * FROM _weir_counts ORDER BY view",
                 "3|'busy'|'bid'|20|15|2|1|1|1\n3|'other'|'bid'|10|10|0|0|0|0");
    assert_shows(bench,
                 "SELECT count(*) FROM _weir_counts WHERE read <> used + filtered + late + "
                 "rejected + skipped",
                 "0");
}

/* --- the limit --- */

static void the_oldest_go_first_and_are_counted(void **state)
{
    Bench *bench = *state;
    for (int i = 0; i < 10; i++) {
        reject(bench->log, "bid", i * 10, TEXT("0123456789"));
        be_late(bench->log, i * 10 + 5);
    }
    flush(bench, NULL, 0);
    assert_shows(bench, "SELECT count(*) FROM _weir_rejected_gone", "0");
    reject_log_set_limit(bench->log, 700); /* each row counts about 100 */
    flush(bench, NULL, 0);
    assert_shows(bench,
                 "SELECT (SELECT total(kept_bytes) FROM _weir_rejected) + (SELECT "
                 "total(kept_bytes) FROM _weir_late)"
                 " BETWEEN 500 AND 700",
                 "1");
    const char *kept = fixture_query(
        &bench->fixture, "SELECT count(*) FROM (SELECT job FROM _weir_rejected UNION ALL"
                         " SELECT job FROM _weir_late)");
    int rows = (int)strtol(kept, NULL, 10);
    assert_in_range(rows, 5, 7);
    char expected[128];
    snprintf(expected, sizeof expected, "%d|20", 20 - rows + 1);
    assert_shows(bench,
                 "SELECT min(id), max(id) FROM (SELECT rowid AS id FROM _weir_rejected UNION ALL"
                 " SELECT rowid FROM _weir_late)",
                 expected);
    assert_shows(bench,
                 "SELECT sum(rows) + (SELECT count(*) FROM _weir_rejected) + (SELECT count(*) FROM "
                 "_weir_late)"
                 " FROM _weir_rejected_gone",
                 "20"); /* none is forgotten */
    snprintf(expected, sizeof expected,
             "'late'|'busy'|'bids.jsonl'|%d|5|%d\n'rejected'|'bid'|'bids.jsonl'|%d|0|%d",
             (20 - rows) / 2, ((20 - rows) / 2 - 1) * 10 + 5, (20 - rows + 1) / 2,
             ((20 - rows + 1) / 2 - 1) * 10);
    assert_shows(bench,
                 "SELECT kind, owner, split, rows, first_offset, last_offset FROM "
                 "_weir_rejected_gone ORDER BY kind",
                 expected);
    reject(bench->log, "bid", 1000, TEXT("new")); /* one more: one less of the old ones */
    flush(bench, NULL, 0);
    assert_shows(bench, "SELECT offset FROM \"bid$errors\" ORDER BY offset DESC LIMIT 1", "1000");
    reject_log_set_limit(bench->log, 0);
    flush(bench, NULL, 0);
    assert_shows(bench,
                 "SELECT (SELECT count(*) FROM _weir_rejected) + (SELECT count(*) FROM _weir_late),"
                 " sum(rows) FROM _weir_rejected_gone",
                 "0|21");
    assert_shows(
        bench, "SELECT first_offset, last_offset FROM _weir_rejected_gone WHERE kind = 'rejected'",
        "0|1000");
}

/* They have one path, and are told apart by their numbers, also when their rows have gone. */
static void files_of_one_name_are_told_apart(void **state)
{
    Bench *bench = *state;
    for (uint32_t i = 0; i < 4; i++) {
        const RejectedRow bad = {.owner = TEXT("bid"),
                                 .source = TEXT("bid"),
                                 .split = TEXT("log"),
                                 .file = 1 + i % 2,
                                 .offset = 10 * i,
                                 .code = E5001,
                                 .message = TEXT("m")};
        const LateRow late = {.view = TEXT("busy"),
                              .operator_name = TEXT("OVER"),
                              .source = TEXT("bid"),
                              .split = TEXT("log"),
                              .file = 7 + i % 2,
                              .offset = 10 * i + 1};
        assert_int_equal(reject_log_add(bench->log, &bad), ST_OK);
        assert_int_equal(reject_log_add_late(bench->log, &late), ST_OK);
    }
    const RejectedRow gathered = {
        .owner = TEXT("busy"), .offset = -1, .code = E5004, .message = TEXT("m")};
    assert_int_equal(reject_log_add(bench->log, &gathered), ST_OK);
    flush(bench, NULL, 0);
    assert_shows(bench, "SELECT split, file, offset FROM _weir_rejected",
                 "'log'|1|0\n'log'|2|10\n'log'|1|20\n'log'|2|30\nNULL|0|NULL");
    assert_shows(bench, "SELECT split, file, offset FROM _weir_late",
                 "'log'|7|1\n'log'|8|11\n'log'|7|21\n'log'|8|31");
    reject_log_set_limit(bench->log, 0);
    flush(bench, NULL, 0);
    assert_shows(bench,
                 "SELECT kind, owner, split, file, rows, first_offset, last_offset"
                 " FROM _weir_rejected_gone",
                 "'late'|'busy'|'log'|7|2|1|21\n'late'|'busy'|'log'|8|2|11|31\n"
                 "'rejected'|'bid'|'log'|1|2|0|20\n'rejected'|'bid'|'log'|2|2|10|30\n"
                 "'rejected'|'busy'|''|0|1|NULL|NULL");
}

static void a_limit_holds_over_a_restart_and_for_each_job(void **state)
{
    Bench *bench = *state;
    RejectLog *other;
    Diag diag = {0};
    must(reject_log_open(bench->db, JOB + 1, NULL, &other, &diag), &diag);
    reject(other, "theirs", 1, TEXT("x"));
    begin(bench);
    must(reject_log_flush(other, NULL, 0, &diag), &diag);
    commit(bench);
    reject_log_committed(other);
    for (int i = 0; i < 5; i++)
        reject(bench->log, "bid", i, TEXT("x"));
    flush(bench, NULL, 0);
    reject_log_close(bench->log);
    must(reject_log_open(bench->db, JOB, NULL, &bench->log, &diag), &diag);
    reject_log_set_limit(bench->log, 100);
    flush(bench, NULL, 0);
    assert_shows(bench, "SELECT job, offset FROM _weir_rejected ORDER BY job", "3|4\n4|1");
    const RejectedRow unknown = {
        .owner = TEXT("bid"), .offset = -1, .code = E5001, .message = TEXT("m")};
    assert_int_equal(reject_log_add(bench->log, &unknown), ST_OK);
    reject_log_set_limit(bench->log, 0);
    flush(bench, NULL, 0);
    assert_shows(
        bench,
        "SELECT split, rows, first_offset, last_offset FROM _weir_rejected_gone ORDER BY split",
        "''|1|NULL|NULL\n'bids.jsonl'|5|0|4");
    begin(bench);
    assert_int_equal(reject_log_clear(bench->log, NULL), ST_OK);
    commit(bench);
    assert_shows(
        bench,
        "SELECT (SELECT count(*) FROM _weir_rejected), (SELECT count(*) FROM _weir_rejected_gone)",
        "1|0");
    reject_log_close(other);
}

/* --- failures --- */

static void a_rolled_back_flush_leaves_nothing(void **state)
{
    Bench *bench = *state;
    reject(bench->log, "bid", 1, TEXT("x"));
    begin(bench);
    assert_int_equal(reject_log_flush(bench->log, NULL, 0, NULL), ST_OK);
    db_rollback(bench->db);
    reject_log_rolled_back(bench->log);
    assert_shows(bench, "SELECT count(*) FROM \"bid$errors\"", "0");
    flush(bench, NULL, 0);
    assert_shows(bench, "SELECT count(*) FROM \"bid$errors\"", "1");
    assert_int_equal(reject_log_pending_bytes(bench->log), 0);
}

/* What came to nothing does not count against the limit. */
static void a_rolled_back_flush_takes_no_room(void **state)
{
    Bench *bench = *state;
    reject_log_set_limit(bench->log, 300); /* three rows of 87 bytes */
    for (int i = 0; i < 3; i++)
        reject(bench->log, "bid", i, TEXT("x"));
    for (int i = 0; i < 3; i++) {
        begin(bench);
        assert_int_equal(reject_log_flush(bench->log, NULL, 0, NULL), ST_OK);
        db_rollback(bench->db);
        reject_log_rolled_back(bench->log);
    }
    flush(bench, NULL, 0);
    assert_shows(bench, "SELECT count(*) FROM \"bid$errors\"", "3");
}

static void a_failed_allocation_is_reported(void **state)
{
    Bench *bench = *state;
    Meter meter;
    meter_init(&meter, NULL, 0);
    bool done = false;
    for (uint64_t k = 1; !done; k++) {
        RejectLog *log = NULL;
        const RejectedRow row = {
            .owner = TEXT("bid"), .code = E5001, .message = TEXT("m"), .raw = TEXT("r")};
        mem_fail_at(k, false);
        Status status = reject_log_open(bench->db, JOB, &meter, &log, NULL);
        if (status == ST_OK)
            status = reject_log_add(log, &row);
        mem_fail_at(0, false);
        done = status == ST_OK;
        assert_int_equal(status, done ? ST_OK : ST_NOMEM);
        reject_log_close(log);
        assert_int_equal(meter.used_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
        TEST(rejected_records_are_shown),
        TEST(late_rows_are_shown),
        TEST(raw_bytes_are_text_where_they_can_be),
        TEST(long_records_are_cut_between_code_points),
        TEST(what_was_added_may_be_forgotten_by_its_owner),
        TEST(rows_of_one_place_keep_the_order_of_their_arrival),
        TEST(rows_stand_where_their_places_are),
        TEST(counts_replace_each_other),
        TEST(the_oldest_go_first_and_are_counted),
        TEST(files_of_one_name_are_told_apart),
        TEST(a_limit_holds_over_a_restart_and_for_each_job),
        TEST(a_rolled_back_flush_leaves_nothing),
        TEST(a_rolled_back_flush_takes_no_room),
        TEST(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
