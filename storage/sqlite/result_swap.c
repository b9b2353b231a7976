/* Only the names change hands: what was built is not copied. Indexes cannot be renamed, so the
 * table's own one is made again, and its cost is the one part of a swap that grows with the table.
 */
#include "storage/sqlite/result_swap.h"

#include <assert.h>

#include "storage/base/crash_point.h"
#include "storage/base/vec.h"
#include "storage/sqlite/result_shape.h"

void result_build_name(Text name, StrBuf *out)
{
    strbuf_string(out, "_weir_new_");
    strbuf_text(out, name);
}

/* "verb name", run. */
static Status run_on(Db *db, const char *verb, Text name, Diag *diag)
{
    StrBuf sql;
    strbuf_init(&sql, NULL);
    strbuf_string(&sql, verb);
    db_quote_name(&sql, name);
    Status status = strbuf_status(&sql);
    if (status == ST_OK)
        status = db_run(db, strbuf_as_text(&sql), NULL, 0, diag);
    strbuf_close(&sql);
    return status;
}

static Status run_printed(Db *db, const ResultSpec *spec,
                          void (*print)(const ResultSpec *spec, StrBuf *out), Diag *diag)
{
    StrBuf sql;
    strbuf_init(&sql, NULL);
    print(spec, &sql);
    Status status = strbuf_status(&sql);
    if (status == ST_OK && sql.size > 0)
        status = db_exec(db, strbuf_cstr(&sql), diag);
    strbuf_close(&sql);
    return status;
}

typedef Status SpecAction(Db *db, const ResultSpec *spec, const ResultSpec *build, Diag *diag);

/* With the spec under the name that it is built by. */
static Status with_build(Db *db, const ResultSpec *spec, SpecAction *act, Diag *diag)
{
    assert(db_in_transaction(db));
    StrBuf name;
    ResultSpec build = *spec;
    strbuf_init(&name, NULL);
    result_build_name(spec->name, &name);
    build.name = strbuf_as_text(&name);
    Status status = strbuf_status(&name);
    if (status == ST_OK)
        status = act(db, spec, &build, diag);
    strbuf_close(&name);
    return status;
}

static Status drop(Db *db, const ResultSpec *spec, const ResultSpec *build, Diag *diag)
{
    (void)spec;
    return run_on(db, "DROP TABLE IF EXISTS ", build->name, diag);
}

static Status make(Db *db, const ResultSpec *spec, const ResultSpec *build, Diag *diag)
{
    TRY(drop(db, spec, build, diag));
    return run_printed(db, build, result_table_ddl, diag);
}

Status result_build_make(Db *db, const ResultSpec *spec, Diag *diag)
{
    return with_build(db, spec, make, diag);
}

Status result_build_drop(Db *db, Text name, Diag *diag)
{
    const ResultSpec spec = {.name = name};
    return with_build(db, &spec, drop, diag);
}

/* --- the users' indexes --- */

typedef VEC(Text) Statements;

static Status take_indexes(DbStatement *query, Text table, Arena *arena, Statements *out,
                           Diag *diag)
{
    bool row;
    TRY(db_bind_text(query, 1, table));
    TRY(db_step(query, &row, diag));
    while (row) {
        Text sql;
        TRY(arena_text(arena, db_column_text(query, 0), &sql));
        TRY_PUSH(out, arena, sql);
        TRY(db_step(query, &row, diag));
    }
    return ST_OK;
}

static Status find_indexes(Db *db, Text table, Arena *arena, Statements *out, Diag *diag)
{
    DbStatement *query;
    TRY(db_prepare(db,
                   TEXT("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
                        " AND tbl_name = ?1 COLLATE NOCASE AND substr(name, 1, 6) <> '_weir_'"),
                   &query, diag));
    Status status = take_indexes(query, table, arena, out, diag);
    db_statement_close(query);
    return status;
}

/* One that names a column that is no more is no reason to keep the old table. */
static Status make_indexes(Db *db, const Statements *index, Diag *diag)
{
    for (uint32_t i = 0; i < index->count; i++) {
        Diag why = {0};
        Status status = db_run(db, index->item[i], NULL, 0, &why);
        bool unfit = status == ST_STATE && db_statement_fault(db) && db_in_transaction(db);
        if (status == ST_OK || unfit)
            continue;
        *diag = why;
        return status;
    }
    return ST_OK;
}

/* --- the swap --- */

static Status rename_to(Db *db, Text from, Text to, Diag *diag)
{
    StrBuf sql;
    strbuf_init(&sql, NULL);
    strbuf_string(&sql, "ALTER TABLE ");
    db_quote_name(&sql, from);
    strbuf_string(&sql, " RENAME TO ");
    db_quote_name(&sql, to);
    Status status = strbuf_status(&sql);
    if (status == ST_OK)
        status = db_run(db, strbuf_as_text(&sql), NULL, 0, diag);
    strbuf_close(&sql);
    return status;
}

/* By the older rule of SQLite a new name is the table's business alone. By the other one it looks
 * into the users' views, which name a table that is not there at this moment. */
static Status rename_alone(Db *db, Text from, Text to, Diag *diag)
{
    Diag ignored = {0};
    TRY(db_exec(db, "PRAGMA legacy_alter_table = ON", diag));
    Status status = rename_to(db, from, to, diag);
    Status back = db_exec(db, "PRAGMA legacy_alter_table = OFF", status == ST_OK ? diag : &ignored);
    return status == ST_OK ? back : status;
}

static Status swap_tables(Db *db, const ResultSpec *spec, const ResultSpec *build, Arena *arena,
                          Diag *diag)
{
    Statements index = {0};
    StrBuf name;
    TRY(find_indexes(db, spec->name, arena, &index, diag));
    TRY(run_on(db, "DROP TABLE IF EXISTS ", spec->name, diag));
    CRASH_POINT(SWAP_DROPPED);
    TRY(rename_alone(db, build->name, spec->name, diag));
    strbuf_init(&name, NULL);
    result_print_index_name(build, &name);
    Status status = strbuf_status(&name);
    if (status == ST_OK && name.size > 0)
        status = run_on(db, "DROP INDEX ", strbuf_as_text(&name), diag);
    strbuf_close(&name);
    TRY(status);
    TRY(run_printed(db, spec, result_print_index, diag));
    return make_indexes(db, &index, diag);
}

static Status swap(Db *db, const ResultSpec *spec, const ResultSpec *build, Diag *diag)
{
    Arena arena;
    arena_init(&arena, NULL);
    Status status = swap_tables(db, spec, build, &arena, diag);
    arena_close(&arena);
    return status;
}

Status result_build_swap(Db *db, const ResultSpec *spec, Diag *diag)
{
    return with_build(db, spec, swap, diag);
}
