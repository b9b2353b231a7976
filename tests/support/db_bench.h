/* For tests that need an open database: opening, running SQL and committing it, or failing the
 * test. The test has included cmocka. */
#ifndef WEIR_TESTS_SUPPORT_DB_BENCH_H
#define WEIR_TESTS_SUPPORT_DB_BENCH_H

#include "storage/sqlite/db.h"
#include "tests/support/db_fixture.h"

static inline int fixture_set_up(void **state)
{
    static Fixture fixture;
    fixture_open(&fixture);
    *state = &fixture;
    return 0;
}

static inline int fixture_tear_down(void **state)
{
    fixture_close(*state);
    return 0;
}

static inline Db *must_open(const char *path, DbMode mode)
{
    Diag diag = {0};
    Db *db = NULL;
    if (db_open(text_of(path), mode, NULL, &db, &diag) != ST_OK)
        fail_msg("%s", diag.message);
    assert_false(diag.set);
    return db;
}

static inline void must_exec(Db *db, const char *sql)
{
    Diag diag = {0};
    if (db_exec(db, sql, &diag) != ST_OK)
        fail_msg("%s", diag.message);
}

static inline void must_commit(Db *db, const char *sql)
{
    Diag diag = {0};
    assert_int_equal(db_begin(db, &diag), ST_OK);
    must_exec(db, sql);
    if (db_commit(db, &diag) != ST_OK)
        fail_msg("%s", diag.message);
}

#endif
