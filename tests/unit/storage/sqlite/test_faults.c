/* The whole path of an epoch's results with every k-th allocation or write of SQLite failing: it is
 * reported, and what another client then finds is a commit and nothing between two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/sqlite/result_table.h"
#include "tests/support/db_fixture.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/row_text.h"

enum { EPOCHS = 4 };

static Field field[] = {
    {.name = TEXT("k"), .type = {.id = TYPE_BIGINT}},
    {.name = TEXT("v"), .type = {.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX}},
};
static const uint32_t key[] = {0};
static const ResultSpec keyed = {
    .name = TEXT("keyed"), .schema = {2, field}, .key = key, .key_count = 1};
static const ResultSpec bag = {.name = TEXT("bag"), .schema = {2, field}};

/* After epoch n both tables hold n and n + 1. */
static Status write_pending(Db *db, ResultTable *const table[2], Diag *diag)
{
    TRY(db_begin(db, diag));
    for (int i = 0; i < 2; i++)
        TRY(result_table_flush(table[i], diag));
    TRY(db_commit(db, diag));
    for (int i = 0; i < 2; i++)
        result_table_discard(table[i]);
    return ST_OK;
}

/* As jobs do when there is no room, until there is. */
static bool retries;

static Status commit_epoch(Db *db, ResultTable *const table[2], Diag *diag)
{
    Diag why = {0};
    if (!retries)
        return write_pending(db, table, diag);
    Status status = write_pending(db, table, &why);
    while (status != ST_OK && why.trouble == TROUBLE_FULL) {
        db_rollback(db);
        diag_reset(&why);
        fault_write.at = 0;
        status = write_pending(db, table, &why);
    }
    if (status != ST_OK && !diag->set)
        *diag = why;
    return status;
}

static Status write_epoch(Db *db, ResultTable *const *table, Arena *arena, int epoch, Diag *diag)
{
    char rows[128];
    if (epoch == 1)
        snprintf(rows, sizeof rows, "+I 1|value 1\n+I 2|value 2");
    else
        snprintf(rows, sizeof rows, "-D %d|value %d\n+I %d|value %d", epoch - 1, epoch - 1,
                 epoch + 1, epoch + 1);
    Batch batch = row_text_batch(arena, &keyed.schema, rows);
    for (int i = 0; i < 2; i++)
        TRY(result_table_write(table[i], &batch, diag));
    return commit_epoch(db, table, diag);
}

static Status make_tables(Db *db, Diag *diag)
{
    StrBuf ddl;
    strbuf_init(&ddl, NULL);
    result_table_ddl(&keyed, &ddl);
    result_table_ddl(&bag, &ddl);
    Status status = db_begin(db, diag);
    if (status == ST_OK)
        status = db_exec(db, strbuf_cstr(&ddl), diag);
    if (status == ST_OK)
        status = db_commit(db, diag);
    strbuf_close(&ddl);
    return status;
}

static Status run_on(Db *db, int *committed, Diag *diag)
{
    ResultTable *table[2] = {NULL, NULL};
    Arena arena;
    arena_init(&arena, NULL);
    Status status = make_tables(db, diag);
    if (status == ST_OK)
        status = result_table_open(db, &keyed, NULL, &table[0], diag);
    if (status == ST_OK)
        status = result_table_open(db, &bag, NULL, &table[1], diag);
    for (int epoch = 1; epoch <= EPOCHS && status == ST_OK; epoch++) {
        status = write_epoch(db, table, &arena, epoch, diag);
        if (status == ST_OK)
            *committed = epoch;
    }
    result_table_close(table[0]);
    result_table_close(table[1]);
    arena_close(&arena);
    return status;
}

/* *committed: the last epoch that was reported as such; -1: not even the tables. */
static Status run_job(const Fixture *fixture, int *committed, Diag *diag)
{
    Db *db;
    *committed = 0;
    TRY(db_open(text_of(fixture->path), DB_OWNER, NULL, &db, diag));
    Status status = run_on(db, committed, diag);
    db_close(db);
    return status;
}

/* What is found belongs to the last epoch reported, or, where the failure came after the commit had
 * become durable, to the next one. */
static void assert_whole_epoch(Fixture *fixture, int committed, int k)
{
    if (fixture_size(fixture, "") <= 0)
        return;
    const char *shown =
        fixture_query(fixture, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
    if (strcmp(shown, "0") == 0) {
        assert_int_equal(committed, 0);
        return;
    }
    char expected[2][128] = {"", ""};
    for (int i = 0; i < 2; i++) {
        int epoch = committed + i;
        if (epoch > 0)
            snprintf(expected[i], sizeof expected[i],
                     "%d|'value %d'\n%d|'value %d'\n%d|'value %d'\n%d|'value %d'\n'ok'", epoch,
                     epoch, epoch + 1, epoch + 1, epoch, epoch, epoch + 1, epoch + 1);
        else
            snprintf(expected[i], sizeof expected[i], "'ok'");
    }
    shown = fixture_query(
        fixture, "SELECT * FROM keyed; SELECT * FROM bag ORDER BY k; PRAGMA integrity_check");
    if (strcmp(shown, expected[0]) != 0 && strcmp(shown, expected[1]) != 0)
        fail_msg("k = %d, epoch %d, found\n%s", k, committed, shown);
}

static int measure(Fault *fault)
{
    Fixture fixture;
    int committed;
    Diag diag = {0};
    fixture_open(&fixture);
    fault_at(fault, 0, false, 0);
    assert_int_equal(run_job(&fixture, &committed, &diag), ST_OK);
    assert_int_equal(committed, EPOCHS);
    int calls = fault_at(fault, 0, false, 0);
    fixture_close(&fixture);
    return calls;
}

static void fail_each(Fault *fault, int step, bool sticky, int error, Status status,
                      const char *code)
{
    int calls = measure(fault), reported = 0;
    assert_true(calls > 30);
    for (int k = 1; k <= calls; k += step) {
        Fixture fixture;
        Diag diag = {0};
        int committed;
        fixture_open(&fixture);
        fault_at(fault, k, sticky, error);
        Status got = run_job(&fixture, &committed, &diag);
        fault_at(fault, 0, false, 0);
        if (got !=
            ST_OK) { /* some failures do no harm: a cache that cannot grow, a last checkpoint */
            reported++;
            if (got != status || (code != NULL && strcmp(error_def(diag.code)->name, code) != 0))
                fail_msg("k = %d: %d %s", k, got, diag.message);
        } else {
            assert_int_equal(committed, EPOCHS);
        }
        assert_whole_epoch(&fixture, committed, k);
        fixture_close(&fixture);
    }
    assert_true(reported > calls / step / 4);
}

static void failing_allocations(void **state)
{
    (void)state;
    fail_each(&fault_memory, 17, false, 0, ST_NOMEM, NULL);
    fail_each(&fault_memory, 101, true, 0, ST_NOMEM, NULL);
}

static void failing_writes(void **state)
{
    (void)state;
    fail_each(&fault_write, 1, false, SQLITE_IOERR_WRITE, ST_STATE, "E4007");
    fail_each(&fault_write, 1, true, SQLITE_IOERR_WRITE, ST_STATE, "E4007");
}

static void full_disks(void **state)
{
    (void)state;
    fail_each(&fault_write, 1, false, SQLITE_FULL, ST_STATE, "E4004");
    fail_each(&fault_write, 1, true, SQLITE_FULL, ST_STATE, "E4004");
}

static void full_disks_that_pass(void **state)
{
    (void)state;
    int calls = measure(&fault_write), passed = 0;
    retries = true;
    for (int k = 1; k <= calls; k++) {
        Fixture fixture;
        Diag diag = {0};
        int committed;
        fixture_open(&fixture);
        fault_at(&fault_write, k, true, SQLITE_FULL);
        Status status = run_job(&fixture, &committed, &diag);
        fault_at(&fault_write, 0, false, 0);
        passed += status == ST_OK;
        if (status == ST_OK)
            assert_int_equal(committed, EPOCHS);
        else
            assert_int_equal(committed, 0); /* the tables could not be made */
        assert_whole_epoch(&fixture, committed, k);
        fixture_close(&fixture);
    }
    retries = false;
    assert_true(passed > calls / 2);
}

/* What a failed fsync has left behind is unknown: no second try, until the file is opened again. */
static void a_failed_fsync_is_the_end(void **state)
{
    (void)state;
    Fixture fixture;
    Db *db;
    Diag diag = {0}, again = {0};
    fixture_open(&fixture);
    assert_int_equal(db_open(text_of(fixture.path), DB_OWNER, NULL, &db, NULL), ST_OK);
    assert_int_equal(db_exec(db, "PRAGMA synchronous = FULL; CREATE TABLE t (a)", NULL), ST_OK);
    fault_at(&fault_write, 1, false, SQLITE_IOERR_FSYNC);
    fault_write.sync_only = true;
    assert_int_equal(db_begin(db, NULL), ST_OK);
    assert_int_equal(db_exec(db, "INSERT INTO t VALUES (1)", NULL), ST_OK);
    assert_int_equal(db_commit(db, &diag), ST_STATE);
    assert_non_null(strstr(diag.message, "fsync failed"));
    assert_int_equal(diag.trouble, TROUBLE_LASTING);
    assert_int_equal(db_begin(db, &again), ST_STATE);
    assert_string_equal(again.message, diag.message);
    assert_true(db_is_broken(db));
    fault_at(&fault_write, 0, false, 0);
    db_close(db);
    assert_int_equal(db_open(text_of(fixture.path), DB_OWNER, NULL, &db, NULL), ST_OK);
    assert_int_equal(db_begin(db, NULL), ST_OK);
    db_close(db);
    fixture_close(&fixture);
}

/* The commit before a checkpoint that fails stands; the next transaction is told, and no other
 * begins. */
static void failing_checkpoints(void **state)
{
    (void)state;
    Fixture fixture;
    Db *db;
    Diag diag = {0};
    fixture_open(&fixture);
    assert_int_equal(db_open(text_of(fixture.path), DB_OWNER, NULL, &db, NULL), ST_OK);
    fault_at(&fault_write, 1, false, SQLITE_IOERR_WRITE);
    fault_write.database_only = true;
    assert_int_equal(db_begin(db, NULL), ST_OK);
    assert_int_equal(db_exec(db,
                             "CREATE TABLE t (a); INSERT INTO t SELECT zeroblob(3500) FROM"
                             " (WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n"
                             " WHERE i < 11000) SELECT i FROM n)",
                             NULL),
                     ST_OK);
    assert_int_equal(db_commit(db, NULL), ST_OK);
    assert_int_equal(fault_write.made, 1); /* it was tried */
    assert_int_equal(db_begin(db, &diag), ST_STATE);
    assert_non_null(strstr(diag.message, "cannot checkpoint"));
    Diag again = {0};
    assert_int_equal(db_begin(db, &again), ST_STATE);
    fault_at(&fault_write, 0, false, 0);
    db_close(db);
    assert_string_equal(fixture_query(&fixture, "SELECT count(*) FROM t; PRAGMA integrity_check"),
                        "11000\n'ok'");
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failing_allocations),
        cmocka_unit_test(failing_writes),
        cmocka_unit_test(full_disks),
        cmocka_unit_test(full_disks_that_pass),
        cmocka_unit_test(a_failed_fsync_is_the_end),
        cmocka_unit_test(failing_checkpoints),
    };
    fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
