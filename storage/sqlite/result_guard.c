#include "storage/sqlite/result_guard.h"

#include <stdio.h>

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

/* --- what differs --- */

enum { DIFFERENCE_SIZE = 256 };

/* Of a column there and the one that has to be in its place; false: nothing. */
static bool column_differs(const ResultSpec *spec, uint32_t at, const DbStatement *there,
                           char out[DIFFERENCE_SIZE])
{
    Text name = db_column_text(there, 0), type = db_column_text(there, 1);
    if (at >= spec->schema.count) {
        snprintf(out, DIFFERENCE_SIZE, "it has a column \"%.*s\" more", TEXT_ARG(name));
        return true;
    }
    const Field *field = &spec->schema.field[at];
    const char *wanted = result_column_type(&field->type);
    if (!text_equal(name, field->name))
        snprintf(out, DIFFERENCE_SIZE, "its column %u is \"%.*s\", not \"%.*s\"", at + 1,
                 TEXT_ARG(name), TEXT_ARG(field->name));
    else if (!text_is(type, wanted))
        snprintf(out, DIFFERENCE_SIZE, "its column \"%.*s\" is %.*s, not %s", TEXT_ARG(name),
                 type.size == 0 ? 15 : (int)type.size, type.size == 0 ? "without a type" : type.ptr,
                 wanted);
    else
        return false;
    return true;
}

static Status find_difference(const ResultGuard *guard, char out[DIFFERENCE_SIZE], Diag *diag)
{
    const ResultSpec *spec = guard->spec;
    DbStatement *columns;
    uint32_t at = 0;
    bool row = false, differs = false;
    TRY(db_prepare(guard->db, TEXT("SELECT name, type FROM pragma_table_xinfo(?1)"), &columns,
                   diag));
    Status status = db_bind_text(columns, 1, spec->name);
    if (status == ST_OK)
        status = db_step(columns, &row, diag);
    while (status == ST_OK && row && !differs) {
        differs = column_differs(spec, at++, columns, out);
        status = db_step(columns, &row, diag);
    }
    db_statement_close(columns);
    TRY(status);
    if (!differs && at < spec->schema.count)
        snprintf(out, DIFFERENCE_SIZE, "it has no column \"%.*s\"",
                 TEXT_ARG(spec->schema.field[at].name));
    else if (!differs)
        snprintf(out, DIFFERENCE_SIZE, "its key or its constraints are others");
    return ST_OK;
}

/* In a file that others share the table may never have been ours. */
static Status fail_other(const ResultGuard *guard, const char *what, Diag *diag)
{
    Text name = guard->spec->name, file = db_name(guard->db);
    Status status;
    if (db_is_guest(guard->db)) {
        status = diag_error(diag, E4006, SPAN_NONE,
                            "table \"%.*s\" in \"%.*s\" is not as rows are written there: %s",
                            TEXT_ARG(name), TEXT_ARG(file), what);
        diag_hint(diag, "rename or drop it there, and it is made as it has to be; or declare the "
                        "table under another name or with another 'path'");
    } else {
        status = diag_error(diag, E4006, SPAN_NONE,
                            "the definition of table \"%.*s\" was changed from outside: %s",
                            TEXT_ARG(name), what);
        diag_hint(diag, "undo the change, or drop the view and create it again");
    }
    return status;
}

static Status fail_changed(const ResultGuard *guard, Diag *diag)
{
    char what[DIFFERENCE_SIZE];
    TRY(find_difference(guard, what, diag));
    return fail_other(guard, what, diag);
}

/* --- the check --- */

/* One row of sqlite_schema about the table. */
static Status check_object(const ResultGuard *guard, const DbStatement *object, Text index_name,
                           StrBuf *wanted, Found *found, Diag *diag)
{
    const ResultSpec *spec = guard->spec;
    Text type = db_column_text(object, 0), name = db_column_text(object, 1);
    if (text_is(type, "view"))
        return fail_other(guard, "it is a view", diag);
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
    return text_equal(db_column_text(object, 2), strbuf_as_text(wanted))
               ? ST_OK
               : fail_changed(guard, diag);
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

static Status check_definition(const ResultGuard *guard, DbStatement *objects, StrBuf *index_name,
                               StrBuf *wanted, Diag *diag)
{
    const ResultSpec *spec = guard->spec;
    Found found = {0};
    bool row;
    result_print_index_name(spec, index_name);
    TRY(strbuf_status(index_name));
    TRY(db_bind_text(objects, 1, spec->name));
    TRY(db_step(objects, &row, diag));
    while (row) {
        TRY(check_object(guard, objects, strbuf_as_text(index_name), wanted, &found, diag));
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
    Status status = check_definition(guard, objects, &index_name, &wanted, diag);
    strbuf_close(&wanted);
    strbuf_close(&index_name);
    db_statement_close(objects);
    TRY(status);
    guard->seen = now;
    guard->checked = true;
    return ST_OK;
}
