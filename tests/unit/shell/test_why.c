/* What a job waits for, told from the tables: each cause, in the words that people read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/why.h"
#include "tests/support/db_fixture.h"

/* 2020-03-01 12:00:42.500 by the clock. */
static const Micros now = 1583064042 * MICROS_PER_SECOND + 500000;

#define SOURCE                                                                                     \
    "INSERT INTO _weir_sources (job, operator, file, source, split, unit, position, end, lag,"     \
    " watermark, moved, holds, idle, idle_timeout, ended, last_arrival) VALUES "
#define COUNTS "INSERT INTO _weir_counts VALUES "
#define WAIT                                                                                       \
    "INSERT INTO _weir_operators (job, operator, view, title, rows_in, rows_out, late, watermark," \
    " due, memory_bytes, groups, windows) VALUES "
#define TUMBLE                                                                                     \
    WAIT "(1, 2, 'v', 'WindowAggregate(window=[x])', 3, 0, 0, '2020-01-01 10:00:57.000',"          \
         " '2020-01-01 10:00:59.999', 9, 12, 3);"
#define ALL_USED COUNTS "(1, 'v', 'bid', 10, 9, 1, 0, 0, 0);"

typedef struct Case {
    const char *name, *rows;
    JobState state;
    const char *reason;
    bool replaying;
    const char *text;
} Case;

static const Case cases[] = {
    {"paused", ALL_USED, JOB_PAUSED, "", false,
     "job 1 (v, w), PAUSED\n"
     "  it is paused, since 2020-03-01 12:00:00.000Z (42 s)\n"
     "  hint: RESUME JOB '1' lets it go on\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"failed", "", JOB_FAILED, "E3001: bids.jsonl is gone", false,
     "job 1 (v, w), FAILED\n"
     "  it has failed: E3001: bids.jsonl is gone, since 2020-03-01 12:00:00.000Z\n"
     "    (42 s)\n"
     "  hint: when that is put right, RESUME JOB '1' lets it go on\n"},
    {"held up", "", JOB_HELD, "process 12 (sqlite3) writes into the database", false,
     "job 1 (v, w), WAITING\n"
     "  it is held up and goes on by itself: process 12 (sqlite3) writes into the\n"
     "    database, since 2020-03-01 12:00:00.000Z (42 s)\n"},
    {"finished", COUNTS "(1, 'v', 'bid', 1234567, 1234560, 0, 7, 0, 0);", JOB_FINISHED, "", false,
     "job 1 (v, w), FINISHED\n"
     "  its input was read to the end: nothing more will come\n"
     "records\n"
     "  v from bid: 1,234,567 read, 1,234,560 used, 7 late; \"v$late\" has them\n"},
    {"replaying", "", JOB_RUNNING, "", true,
     "job 1 (v, w), RUNNING\n"
     "  it reads once more what it had read before it was cut off, since\n"
     "    2020-03-01 12:00:00.000Z (42 s)\n"},
    {"nothing came",
     SOURCE "(1, 0, 1, 'bid', 'a', 'bytes', 0, 17, 17, NULL, NULL, 1, 0, NULL, 0,"
            " '2020-03-01 12:00:02.500Z')",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  no record of bid has come yet: 17 B that are no whole record so far, since\n"
     "    2020-03-01 12:00:00.000Z (42 s)\n"
     "input\n"
     "  bid\n"
     "    a  no watermark yet         read, 17 B behind, silent for 40 s\n"},
    {"all rejected",
     COUNTS "(1, 'v', 'bid', 3, 0, 1, 0, 2, 0);"
            "INSERT INTO _weir_rejected VALUES (1, 0, 'bid', 'bid', 'a.jsonl', 1, 0, 1, 'E5001',"
            " NULL, 'not JSON', 64, 3, 'x'), (1, 0, 'v', 'bid', 'a.jsonl', 1, 9, 2, 'E5002', 'ts',"
            " 'not a timestamp', 64, 3, 'y'), (1, 1, 'v', 'bid', 'a.jsonl', 1, 9, 3, 'E5002', 'q',"
            " 'undone', 64, 3, 'z')",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  of the 3 records of bid none is in v: 2 rejected, 1 left out by the query\n"
     "  hint: the last one: a.jsonl:2: E5002 ts: not a timestamp\n"
     "records\n"
     "  v from bid: 3 read, 0 used, 1 left out, 2 rejected\n"
     "  last rejected: a.jsonl:2: E5002 ts: not a timestamp\n"},
    {"a silent file holds the others back",
     ALL_USED SOURCE
     "(1, 0, 1, 'bid', 'a', 'bytes', 9, 9, 0, '2020-01-01 10:04:12.000',"
     " '2020-03-01 12:00:40.500Z', 0, 0, NULL, 0, '2020-03-01 12:00:40.500Z'),"
     "(1, 0, 2, 'bid', 'b', 'bytes', 9, 9, 0, '2020-01-01 10:00:57.000',"
     " '2020-03-01 11:00:00.000Z', 1, 0, NULL, 0, '2020-03-01 11:58:42.500Z'),"
     "(1, 0, 3, 'bid', 'old', 'bytes', 9, 9, 0, '2020-01-01 09:00:57.000', NULL, 0, 1, NULL, 0,"
     " NULL), (1, 0, 4, 'bid', 'c', 'bytes', 9, 9, 0, NULL, NULL, 0, 0, NULL, 1, NULL);" TUMBLE,
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  b of bid holds the watermark back at 2020-01-01 10:00:57.000, since\n"
     "    2020-03-01 11:00:00.000Z (1 h)\n"
     "  hint: with 'scan.watermark.idle-timeout' of bid a silent part is not\n"
     "    waited for\n"
     "waiting\n"
     "  v: the window that ends at 2020-01-01 10:01:00.000 (WindowAggregate) needs\n"
     "    the watermark 2020-01-01 10:00:59.999: 2.999 s to go\n"
     "input\n"
     "  bid\n"
     "    b    2020-01-01 10:00:57.000  holds the watermark, silent for 2 min\n"
     "    a    2020-01-01 10:04:12.000  read, silent for 2 s\n"
     "    c    no watermark yet         ended\n"
     "    old  2020-01-01 09:00:57.000  idle: not waited for\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"one that has brought nothing, with a time-out",
     ALL_USED SOURCE "(1, 0, 1, 'bid', 'a', 'bytes', 9, 9, 0, '2020-01-01 10:04:12.000', NULL, 0,"
                     " 0, 90000, 0, NULL),"
                     "(1, 0, 2, 'bid', 'b', 'bytes', 9, 9, 0, NULL, NULL, 1, 0, 90000, 0,"
                     " '2020-03-01 12:00:12.500Z');" WAIT
                     "(1, 2, 'v', 'TimeSort(order=[ts])', 3, 0, 0, NULL, '2020-01-01 10:00:59',"
                     " 9, 12, NULL);",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  b of bid has brought no row that gives a watermark yet, since 2020-03-01\n"
     "    12:00:12.500Z (30 s)\n"
     "  hint: after 1 min 30 s of silence it is not waited for\n"
     "waiting\n"
     "  v: the row of 2020-01-01 10:00:59.000 (TimeSort) needs the watermark\n"
     "    2020-01-01 10:00:59.000; there is none yet\n"
     "input\n"
     "  bid\n"
     "    b  no watermark yet         holds the watermark, silent for 30 s\n"
     "    a  2020-01-01 10:04:12.000  read\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"silence",
     ALL_USED SOURCE
     "(1, 0, 1, 'bid', 'a', 'bytes', 9, 9, 0, '2020-01-01 10:00:57.000',"
     " '2020-03-01 12:00:02.000Z', 1, 0, NULL, 0, '2020-03-01 12:00:02.000Z');" TUMBLE,
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  the window that ends at 2020-01-01 10:01:00.000 needs the watermark\n"
     "    2020-01-01 10:00:59.999; that of bid is at 2020-01-01 10:00:57.000,\n"
     "    since 2020-03-01 12:00:02.000Z (40 s)\n"
     "  hint: the next row moves it; with 'scan.watermark.idle-advance' of bid it\n"
     "    goes on with the clock in silence\n"
     "waiting\n"
     "  v: the window that ends at 2020-01-01 10:01:00.000 (WindowAggregate) needs\n"
     "    the watermark 2020-01-01 10:00:59.999: 2.999 s to go\n"
     "input\n"
     "  bid\n"
     "    a  2020-01-01 10:00:57.000  read, silent for 40 s\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"silence that the clock ends, and rows that were late further up",
     ALL_USED SOURCE
     "(1, 0, 1, 'bid', 'a', 'bytes', 9, 9, 0, '2020-01-01 10:00:57.000',"
     " '2020-03-01 12:00:02.000Z', 1, 0, NULL, 0, '2020-03-01 12:00:02.000Z');" TUMBLE
     "UPDATE _weir_sources SET idle_advance = 60000; UPDATE _weir_operators SET late = 2;",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  the window that ends at 2020-01-01 10:01:00.000 needs the watermark\n"
     "    2020-01-01 10:00:59.999; that of bid is at 2020-01-01 10:00:57.000,\n"
     "    since 2020-03-01 12:00:02.000Z (40 s)\n"
     "  hint: in silence it goes on with the clock\n"
     "    ('scan.watermark.idle-advance'), and is there in 22 s\n"
     "waiting\n"
     "  v: the window that ends at 2020-01-01 10:01:00.000 (WindowAggregate) needs\n"
     "    the watermark 2020-01-01 10:00:59.999: 2.999 s to go\n"
     "input\n"
     "  bid\n"
     "    a  2020-01-01 10:00:57.000  read, silent for 40 s\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out; late for an operator above: 2;\n"
     "    \"v$late\" has them\n"},
    {"the clock",
     ALL_USED WAIT "(1, 2, 'v', 'WindowAggregate(window=[x])', 3, 0, 0, NULL,"
                   " '2020-03-01 12:00:59.999', 9, 12, 3);"
                   "UPDATE _weir_operators SET by_clock = 1;",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  the window that ends at 2020-03-01 12:01:00.000 goes out when the clock\n"
     "    has passed it\n"
     "waiting\n"
     "  v: the window that ends at 2020-03-01 12:01:00.000 (WindowAggregate) needs\n"
     "    the clock at 2020-03-01 12:00:59.999: 17 s to go\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"the clock for one, the watermark for another of the same view",
     ALL_USED SOURCE
     "(1, 0, 1, 'bid', '', 'rows', 9, NULL, NULL, '2020-01-01 10:00:57.000',"
     " '2020-03-01 12:00:42.000Z', 1, 0, NULL, 0, NULL);" WAIT
     "(1, 4, 'v', 'UpdatingWindowAggregate(window=[x])', 3, 0, 0, NULL,"
     " '2020-03-01 12:00:59.999', 9, 12, 3);"
     "UPDATE _weir_operators SET by_clock = 1;" WAIT
     "(1, 2, 'v', 'OverAggregate(order=[ts])', 3, 0, 0, '2020-01-01 10:00:57.000',"
     " '2020-01-01 10:00:58', 9, 1, NULL), (1, 6, 'v', 'UpdatingSessionAggregate(x)',"
     " 3, 0, 0, '2020-01-01 10:00:57.000', '2020-01-01 10:01:09.999', 9, 1, NULL), (1,"
     " 7, 'v', 'Deduplicate(x)', 3, 0, 0, '2020-01-01 10:00:57.000',"
     " '2020-01-01 10:01:10.000', 9, 1, NULL);",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  the row of OVER that is complete at 2020-01-01 10:00:58.000 needs the\n"
     "    watermark 2020-01-01 10:00:58.000; that of bid is at 2020-01-01\n"
     "    10:00:57.000, since 2020-03-01 12:00:42.000Z (0.500 s)\n"
     "waiting\n"
     "  v: the row of OVER that is complete at 2020-01-01 10:00:58.000\n"
     "    (OverAggregate) needs the watermark 2020-01-01 10:00:58.000: 1 s to go\n"
     "  v: the session that ends or is closed at 2020-01-01 10:01:10.000\n"
     "    (UpdatingSessionAggregate) needs the watermark 2020-01-01 10:01:09.999:\n"
     "    12 s to go\n"
     "  v: the first row of a key, at 2020-01-01 10:01:10.000 (Deduplicate) needs\n"
     "    the watermark 2020-01-01 10:01:10.000: 13 s to go\n"
     "  v: the window that ends or is closed at 2020-03-01 12:01:00.000\n"
     "    (UpdatingWindowAggregate) needs the clock at 2020-03-01 12:00:59.999: 17\n"
     "    s to go\n"
     "input\n"
     "  bid\n"
     "    2020-01-01 10:00:57.000  read\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"early and late results, by the clock",
     ALL_USED SOURCE
     "(1, 0, 1, 'bid', '', 'rows', 9, NULL, NULL, '2020-01-01 10:00:57.000',"
     " '2020-03-01 12:00:42.000Z', 1, 0, NULL, 0, NULL);" WAIT
     "(1, 2, 'v', 'UpdatingWindowAggregate(window=[x], emit=[early 10 s, late 1 min, lateness 2 h],"
     " select=[y])', 3, 0, 0, '2020-01-01 10:00:57.000', '2020-01-01 10:00:59.999', 9, 12, 3),"
     "(1, 3, NULL, 'UpdatingSessionAggregate(x, emit=[early 2 s])', 3, 0, 0,"
     " '2020-01-01 10:00:57.000', NULL, 9, 12, 3);"
     "UPDATE _weir_operators SET fires = '2020-03-01 12:00:44.000Z' WHERE operator = 3;"
     "UPDATE _weir_operators SET fires = '2020-03-01 12:00:51.750Z' WHERE operator = 2;",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  what has changed in sessions goes out by the clock at 2020-03-01\n"
     "    12:00:44.000Z\n"
     "  hint: 'table.exec.emit.early-fire.delay' and\n"
     "    'table.exec.emit.late-fire.delay' say how long it waits\n"
     "waiting\n"
     "  v: the window that ends or is closed at 2020-01-01 10:01:00.000\n"
     "    (UpdatingWindowAggregate) needs the watermark 2020-01-01 10:00:59.999:\n"
     "    2.999 s to go\n"
     "  what has changed in sessions goes out by the clock at 2020-03-01\n"
     "    12:00:44.000Z: 1.500 s to go; delays: early 2 s\n"
     "  what has changed in windows of v goes out by the clock at 2020-03-01\n"
     "    12:00:51.750Z: 9.250 s to go; delays: early 10 s, late 1 min\n"
     "input\n"
     "  bid\n"
     "    2020-01-01 10:00:57.000  read\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"results that wait for the clock do not hide what holds the watermark back",
     ALL_USED SOURCE "(1, 0, 1, 'bid', 'a', 'bytes', 9, 9, 0, '2020-01-01 10:04:12.000', NULL, 0, "
                     "0, NULL, 0, NULL),"
                     "(1, 0, 2, 'bid', 'b', 'bytes', 9, 9, 0, '2020-01-01 10:00:57.000', NULL, 1, "
                     "0, NULL, 0, NULL);" TUMBLE
                     "UPDATE _weir_operators SET fires = '2020-03-01 12:00:42.000Z';",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  b of bid holds the watermark back at 2020-01-01 10:00:57.000\n"
     "  hint: with 'scan.watermark.idle-timeout' of bid a silent part is not\n"
     "    waited for\n"
     "waiting\n"
     "  v: the window that ends at 2020-01-01 10:01:00.000 (WindowAggregate) needs\n"
     "    the watermark 2020-01-01 10:00:59.999: 2.999 s to go\n"
     "  what has changed in windows of v goes out by the clock at 2020-03-01\n"
     "    12:00:42.000Z\n"
     "input\n"
     "  bid\n"
     "    b  2020-01-01 10:00:57.000  holds the watermark\n"
     "    a  2020-01-01 10:04:12.000  read\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"a row that waits for the next one of its key",
     ALL_USED WAIT "(1, 2, 'v', 'OverAggregate(order=[ts])', 3, 0, 0, '2020-01-01 10:00:57.000',"
                   " NULL, 9, 1, NULL);"
                   "UPDATE _weir_operators SET waiting = '2020-01-01 09:00:00.000';",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  the row of OVER at 2020-01-01 09:00:00.000 waits for later rows of its\n"
     "    partition\n"
     "  hint: with 'table.exec.state.ttl' it goes out without them when none has\n"
     "    come for so long\n"
     "waiting\n"
     "  v: the row of OVER at 2020-01-01 09:00:00.000 waits for later rows of its\n"
     "    partition (OverAggregate)\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"it holds back what stands above",
     ALL_USED SOURCE
     "(1, 0, 1, 'bid', '', 'rows', 9, NULL, NULL, '2020-01-01 10:10:57.000',"
     " '2020-03-01 12:00:42.000Z', 1, 0, NULL, 0, NULL);" WAIT
     "(1, 2, 'v', 'OverAggregate(order=[ts], ttl=[1 h])', 3, 0, 0,"
     " '2020-01-01 10:10:57.000', NULL, 9, 1, NULL);"
     "UPDATE _weir_operators SET waiting = '2020-01-01 10:00:57.001';" WAIT
     "(1, 3, 'v', 'WindowAggregate(window=[x])', 3, 0, 0, '2020-01-01 10:00:57.000',"
     " '2020-01-01 10:00:59.999', 9, 12, 3);",
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  the row of OVER at 2020-01-01 10:00:57.001 waits for later rows of its\n"
     "    partition\n"
     "  hint: when none has come for its ttl it goes out without them\n"
     "waiting\n"
     "  v: the window that ends at 2020-01-01 10:01:00.000 (WindowAggregate) needs\n"
     "    the watermark 2020-01-01 10:00:59.999: 2.999 s to go\n"
     "  v: the row of OVER at 2020-01-01 10:00:57.001 waits for later rows of its\n"
     "    partition (OverAggregate)\n"
     "input\n"
     "  bid\n"
     "    2020-01-01 10:10:57.000  read\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
    {"one file",
     ALL_USED SOURCE "(1, 0, 1, 'bid', '', 'rows', 9, NULL, NULL, '2020-01-01 10:00:57.000',"
                     " '2020-03-01 12:00:42.000Z', 1, 0, NULL, 0, NULL);" TUMBLE,
     JOB_RUNNING, "", false,
     "job 1 (v, w), RUNNING\n"
     "  the window that ends at 2020-01-01 10:01:00.000 needs the watermark\n"
     "    2020-01-01 10:00:59.999; that of bid is at 2020-01-01 10:00:57.000,\n"
     "    since 2020-03-01 12:00:42.000Z (0.500 s)\n"
     "waiting\n"
     "  v: the window that ends at 2020-01-01 10:01:00.000 (WindowAggregate) needs\n"
     "    the watermark 2020-01-01 10:00:59.999: 2.999 s to go\n"
     "input\n"
     "  bid\n"
     "    2020-01-01 10:00:57.000  read\n"
     "records\n"
     "  v from bid: 10 read, 9 used, 1 left out\n"},
};

typedef struct Bench {
    Fixture fixture;
    Db *db;
    Catalog *catalog;
    Arena arena;
    StrBuf text;
} Bench;

static void bench_open(Bench *b, const char *rows)
{
    Diag diag = {0};
    fixture_open(&b->fixture);
    arena_init(&b->arena, NULL);
    strbuf_init(&b->text, NULL);
    assert_int_equal(db_open(text_of(b->fixture.path), DB_OWNER, NULL, &b->db, &diag), ST_OK);
    assert_int_equal(catalog_open(b->db, NULL, &b->catalog, &diag), ST_OK);
    assert_int_equal(db_begin(b->db, &diag), ST_OK);
    assert_int_equal(catalog_make_tables(b->catalog, &diag), ST_OK);
    assert_int_equal(db_commit(b->db, &diag), ST_OK);
    fixture_query(&b->fixture,
                  "INSERT INTO _weir_jobs (id, name, sql, plan, state, created, updated) VALUES"
                  " (1, 'v, w', 's', 'p', 'RUNNING', 'c', '2020-03-01 12:00:00.000Z')");
    fixture_query(&b->fixture, rows);
}

static void bench_close(Bench *b)
{
    strbuf_close(&b->text);
    catalog_close(b->catalog);
    db_close(b->db);
    arena_close(&b->arena);
    fixture_close(&b->fixture);
}

static void learn(Bench *b, Why *why)
{
    Diag diag = {0};
    if (why_read(b->db, &b->arena, why, &diag) != ST_OK)
        fail_msg("%s", diag.message);
    assert_false(db_in_transaction(b->db));
    assert_int_equal(why_judge(why, &b->arena), ST_OK);
}

static void each_cause_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bench b;
        bench_open(&b, cases[i].rows);
        Why why = {.job = 1,
                   .state = cases[i].state,
                   .reason = text_of(cases[i].reason),
                   .replaying = cases[i].replaying,
                   .now = now};
        learn(&b, &why);
        why_print(&why, &b.text);
        if (strcmp(strbuf_cstr(&b.text), cases[i].text) != 0)
            fail_msg("%s:\n%s", cases[i].name, strbuf_cstr(&b.text));
        bench_close(&b);
    }
}

/* Of thousands of files the lowest ones are shown. */
static void many_files(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b, ALL_USED TUMBLE
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
               "INSERT INTO _weir_sources (job, operator, file, source, split, unit, watermark,"
               " holds, idle, ended) SELECT 1, 0, i, 'bid', 'f' || i, 'bytes',"
               " strftime('%Y-%m-%d %H:%M:%S.000', '2020-01-01', (i * 7919 % 2000) || ' seconds'),"
               " 0, 0, 0 FROM n");
    Why why = {.job = 1, .state = JOB_RUNNING, .now = now};
    learn(&b, &why);
    assert_int_equal(why.cause, WHY_HELD_BACK);
    why_print(&why, &b.text);
    const char *shown = strstr(strbuf_cstr(&b.text), "  bid\n");
    assert_non_null(shown);
    for (int i = 0; i < 10; i++) { /* 0 to 9 s, one after another */
        char time[40];
        snprintf(time, sizeof time, "2020-01-01 00:00:%02d.000  read", i);
        shown = strstr(shown, time);
        assert_non_null(shown);
    }
    assert_non_null(strstr(shown, "    and 1990 more\n"));
    bench_close(&b);
}

static void for_programs(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b, ALL_USED SOURCE
               "(1, 0, 1, 'b\"id', 'a', 'bytes', 9, 9, 0, NULL, NULL, NULL, 0, NULL, 0, NULL),"
               "(1, 1, 1, 'bid', 'x', 'rows', 9, 19, 10, '2020-01-01 10:04:12.000',"
               " '2020-03-01 12:00:40.500Z', 1, 0, NULL, 0, '2020-03-01 12:00:41.500Z');" TUMBLE);
    Why why = {.job = 1, .state = JOB_RUNNING, .now = now};
    learn(&b, &why);
    assert_string_equal(why_cause_code(why.cause), "reading");
    why_print_tables(&why, &b.text);
    assert_string_equal(
        strbuf_cstr(&b.text),
        "[{\"table\":\"b\\\"id\",\"unit\":\"bytes\",\"watermark\":null,\"splits\":[{\"split\":"
        "\"a\","
        "\"watermark\":null,\"moved\":null,\"last_arrival\":null,\"holds\":false,\"idle\":false,"
        "\"ended\":false,\"lag\":0}]},{\"table\":\"bid\",\"unit\":\"rows\",\"watermark\":"
        "\"2020-01-01 10:04:12.000\",\"splits\":[{\"split\":\"x\",\"watermark\":"
        "\"2020-01-01 10:04:12.000\",\"moved\":\"2020-03-01 12:00:40.500Z\",\"last_arrival\":"
        "\"2020-03-01 "
        "12:00:41.500Z\",\"holds\":true,\"idle\":false,\"ended\":false,\"lag\":10}]}]");
    strbuf_clear(&b.text);
    why_print_waits(&why, &b.text);
    assert_string_equal(strbuf_cstr(&b.text),
                        "[{\"view\":\"v\",\"operator\":\"WindowAggregate\",\"table\":\"bid\","
                        "\"watermark\":\"2020-01-01 10:00:57.000\",\"due\":\"2020-01-01 "
                        "10:00:59.999\",\"row\":null,\"fires\":null,\"groups\":12,\"windows\":3}]");
    strbuf_clear(&b.text);
    why_print_counts(&why, &b.text);
    assert_string_equal(strbuf_cstr(&b.text),
                        "[{\"view\":\"v\",\"source\":\"bid\",\"read\":10,\"used\":9,\"filtered\":1,"
                        "\"late\":0,\"rejected\":0,\"skipped\":0}]");
    bench_close(&b);
}

static void spans(void **state)
{
    (void)state;
    static const struct {
        Micros span;
        const char *text;
    } span[] = {
        {0, "0 s"},
        {1000, "0.001 s"},
        {2999000, "2.999 s"},
        {42500000, "42 s"},
        {192 * MICROS_PER_SECOND, "3 min 12 s"},
        {7500 * MICROS_PER_SECOND, "2 h 5 min"},
        {86400 * MICROS_PER_SECOND, "1 day"},
        {(4 * 86400 + 3 * 3600 + 59) * MICROS_PER_SECOND, "4 days 3 h"},
    };
    for (size_t i = 0; i < sizeof span / sizeof *span; i++) {
        StrBuf text;
        strbuf_init(&text, NULL);
        why_put_span(span[i].span, &text);
        assert_string_equal(strbuf_cstr(&text), span[i].text);
        strbuf_close(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cause_in_words),
        cmocka_unit_test(many_files),
        cmocka_unit_test(for_programs),
        cmocka_unit_test(spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
