#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/sqlite/db_private.h"
#include "tests/support/db_bench.h"

static void every_answer_has_its_code(void **state)
{
    static const struct {
        int result;
        Status status;
        const char *code, *message;
    } cases[] = {
        {SQLITE_NOMEM, ST_NOMEM, NULL, ""},
        {SQLITE_IOERR_NOMEM, ST_NOMEM, NULL, ""},
        {SQLITE_INTERRUPT, ST_CANCELLED, "E0002", "cancelled"},
        {SQLITE_CANTOPEN, ST_STATE, "E4001", "cannot open"},
        {SQLITE_NOTADB, ST_STATE, "E4002", "the file is not a SQLite database"},
        {SQLITE_CORRUPT, ST_STATE, "E4002", "the database is damaged"},
        {SQLITE_CORRUPT_INDEX, ST_STATE, "E4002", "the database is damaged"},
        {SQLITE_BUSY, ST_STATE, "E4003", "another process holds its lock"},
        {SQLITE_BUSY_SNAPSHOT, ST_STATE, "E4003", "another process holds its lock"},
        {SQLITE_LOCKED, ST_STATE, "E4003", "another process holds its lock"},
        {SQLITE_FULL, ST_STATE, "E4004", "the disk is full"},
        {SQLITE_READONLY, ST_STATE, "E4004", "the file is read-only"},
        {SQLITE_READONLY_DIRECTORY, ST_STATE, "E4004", "the file is read-only"},
        {SQLITE_IOERR_FSYNC, ST_STATE, "E4007", "fsync failed"},
        {SQLITE_CONSTRAINT, ST_STATE, "E4007", "cannot open"},
        {SQLITE_TOOBIG, ST_STATE, "E4007", "cannot open"},
    };
    (void)state;
    Db *db = must_open("", DB_MEMORY);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Diag diag = {0};
        assert_int_equal(db_fail(db, cases[i].result, "open", &diag), cases[i].status);
        assert_int_equal(diag.set, cases[i].code != NULL);
        if (cases[i].code == NULL)
            continue;
        assert_string_equal(error_def(diag.code)->name, cases[i].code);
        if (strstr(diag.message, cases[i].message) == NULL)
            fail_msg("%d: %s", cases[i].result, diag.message);
    }
    assert_int_equal(db_fail(db, SQLITE_FULL, "open", NULL), ST_STATE); /* a Diag is not demanded */
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_has_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
