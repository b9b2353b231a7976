#include "storage/sqlite/result_guard.h"

#include "storage/sqlite/result_shape.h"

Status result_guard_open(ResultGuard *guard, Db *db, const ResultSpec *spec, Diag *diag)
{
    *guard = (ResultGuard){.db = db, .spec = spec};
    return db_prepare(db, TEXT("PRAGMA schema_version"), &guard->cookie, diag);
}

void result_guard_close(ResultGuard *guard)
{
    db_statement_close(guard->cookie);
    guard->cookie = NULL;
}

/* What is found of the table in the file. */
typedef struct Found {
    bool table, index;
} Found;

static Status fail_changed(const ResultSpec *spec, Diag *diag)
{
    Status status = diag_error(diag, E4006, SPAN_NONE,
                               "the definition of table \"%.*s\" was changed from outside",
                               TEXT_ARG(spec->name));
    diag_hint(diag, "undo the change, or drop the view and create it again");
    return status;
}

/* One row of sqlite_schema about the table. */
static Status check_object(const ResultSpec *spec, const DbStatement *object, Text index_name,
                           StrBuf *wanted, Found *found, Diag *diag)
{
    Text type = db_column_text(object, 0), name = db_column_text(object, 1);
    if (text_is(type, "trigger")) {
        Status status = diag_error(diag, E4006, SPAN_NONE,
                                   "table \"%.*s\" has a trigger, \"%.*s\", that Weir did not make",
                                   TEXT_ARG(spec->name), TEXT_ARG(name));
        diag_hint(diag, "DROP TRIGGER \"%.*s\"", TEXT_ARG(name));
        return status;
    }
    bool ours = text_is(type, "index") && text_equal(name, index_name);
    if (!text_is(type, "table") && !ours)
        return ST_OK;
    strbuf_clear(wanted);
    if (ours)
        result_print_index(spec, wanted);
    else
        result_print_table(spec, wanted);
    TRY(strbuf_status(wanted));
    found->table = found->table || !ours;
    found->index = found->index || ours;
    return text_equal(db_column_text(object, 2), strbuf_as_text(wanted)) ? ST_OK
                                                                         : fail_changed(spec, diag);
}

static Status check_found(const ResultSpec *spec, const Found *found, StrBuf *wanted, Diag *diag)
{
    if (!found->table) {
        Status status = diag_error(diag, E4006, SPAN_NONE,
                                   "table \"%.*s\" was dropped from outside", TEXT_ARG(spec->name));
        diag_hint(diag, "drop the view and create it again");
        return status;
    }
    strbuf_clear(wanted);
    result_print_index(spec, wanted);
    TRY(strbuf_status(wanted));
    if (found->index || wanted->size == 0)
        return ST_OK;
    Status status =
        diag_error(diag, E4006, SPAN_NONE, "the index of table \"%.*s\" was dropped from outside",
                   TEXT_ARG(spec->name));
    diag_hint(diag, "%s", strbuf_cstr(wanted));
    return status;
}

static Status check_definition(const ResultSpec *spec, DbStatement *objects, StrBuf *index_name,
                               StrBuf *wanted, Diag *diag)
{
    Found found = {0};
    bool row;
    result_print_index_name(spec, index_name);
    TRY(strbuf_status(index_name));
    TRY(db_bind_text(objects, 1, spec->name));
    TRY(db_step(objects, &row, diag));
    while (row) {
        TRY(check_object(spec, objects, strbuf_as_text(index_name), wanted, &found, diag));
        TRY(db_step(objects, &row, diag));
    }
    return check_found(spec, &found, wanted, diag);
}

Status result_guard_check(ResultGuard *guard, Meter *meter, Diag *diag)
{
    bool row;
    TRY(db_step(guard->cookie, &row, diag));
    int64_t now = db_column_i64(guard->cookie, 0);
    db_statement_reset(guard->cookie);
    if (guard->checked && now == guard->seen)
        return ST_OK;
    DbStatement *objects;
    TRY(db_prepare(guard->db,
                   TEXT("SELECT type, name, sql FROM sqlite_schema"
                        " WHERE tbl_name = ?1 COLLATE NOCASE"),
                   &objects, diag));
    StrBuf index_name, wanted;
    strbuf_init(&index_name, meter);
    strbuf_init(&wanted, meter);
    Status status = check_definition(guard->spec, objects, &index_name, &wanted, diag);
    strbuf_close(&wanted);
    strbuf_close(&index_name);
    db_statement_close(objects);
    TRY(status);
    guard->seen = now;
    guard->checked = true;
    return ST_OK;
}
