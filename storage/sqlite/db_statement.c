#include <assert.h>

#include "storage/sqlite/db_private.h"

int db_observe_compile(void *context, int action, const char *a, const char *b, const char *c,
                       const char *d)
{
    (void)a, (void)b, (void)c, (void)d;
    Db *db = context;
    bool reads = action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
                 action == SQLITE_RECURSIVE;
    db->compiled_effects = db->compiled_effects || !reads;
    return SQLITE_OK;
}

/* Anything but blanks, semicolons and comments. */
static bool has_statement(Db *db, const char *sql, const char *end)
{
    while (sql < end) {
        sqlite3_stmt *next = NULL;
        const char *before = sql;
        int result = sqlite3_prepare_v2(db->handle, sql, (int)(end - sql), &next, &sql);
        sqlite3_finalize(next);
        if (result != SQLITE_OK || next != NULL)
            return true;
        if (sql == before)
            return false;
    }
    return false;
}

static Status fail_compile(Db *db, int result, Diag *diag)
{
    if ((result & 0xFF) != SQLITE_ERROR)
        return db_fail(db, result, "use", diag);
    db->statement_fault = true;
    return diag_error(diag, E4007, SPAN_NONE, "%s", sqlite3_errmsg(db->handle));
}

Status db_prepare(Db *db, Text sql, DbStatement **out, Diag *diag)
{
    DbStatement *statement = mem_alloc_zeroed(db->meter, sizeof *statement);
    if (statement == NULL)
        return ST_NOMEM;
    statement->db = db;
    db->compiled_effects = false;
    const char *rest = sql.ptr;
    int result = sqlite3_prepare_v2(db->handle, sql.ptr, (int)sql.size, &statement->handle, &rest);
    statement->reads_only = !db->compiled_effects;
    Status status = ST_OK;
    if (result != SQLITE_OK)
        status = fail_compile(db, result, diag);
    else if (statement->handle == NULL)
        status = diag_error(diag, E4007, SPAN_NONE, "there is no statement in the SQL text");
    else if (has_statement(db, rest, sql.ptr + sql.size))
        status = diag_error(diag, E4007, SPAN_NONE, "more than one statement in the SQL text");
    if (status != ST_OK) {
        db_statement_close(statement);
        return status;
    }
    *out = statement;
    return ST_OK;
}

int db_error_offset(const Db *db)
{
    return sqlite3_error_offset(db->handle);
}

void db_statement_close(DbStatement *statement)
{
    if (statement == NULL)
        return;
    sqlite3_finalize(statement->handle); /* repeats the last step's error, which was reported */
    mem_free(statement->db->meter, statement, sizeof *statement);
}

void db_statement_reset(DbStatement *statement)
{
    sqlite3_reset(statement->handle); /* likewise */
}

bool db_is_read_only(const DbStatement *s)
{
    return s->reads_only && sqlite3_stmt_readonly(s->handle) != 0 && db_column_count(s) > 0;
}

/* --- parameters --- */

/* A wrong index is a bug; what is left is memory, and SQLite's bound of a gigabyte on a value. */
static Status bound(int result)
{
    assert(result != SQLITE_RANGE && result != SQLITE_MISUSE);
    return result == SQLITE_OK ? ST_OK : ST_NOMEM;
}

Status db_bind_null(DbStatement *s, int index)
{
    return bound(sqlite3_bind_null(s->handle, index));
}

Status db_bind_i64(DbStatement *s, int index, int64_t value)
{
    return bound(sqlite3_bind_int64(s->handle, index, value));
}

Status db_bind_f64(DbStatement *s, int index, double value)
{
    return bound(sqlite3_bind_double(s->handle, index, value));
}

Status db_bind_text(DbStatement *s, int index, Text text)
{
    return bound(sqlite3_bind_text64(s->handle, index, db_never_null(text), text.size,
                                     SQLITE_STATIC, SQLITE_UTF8));
}

Status db_bind_text_copy(DbStatement *s, int index, Text text)
{
    return bound(sqlite3_bind_text64(s->handle, index, db_never_null(text), text.size,
                                     SQLITE_TRANSIENT, SQLITE_UTF8));
}

Status db_bind_bytes(DbStatement *s, int index, Text bytes)
{
    return bound(
        sqlite3_bind_blob64(s->handle, index, db_never_null(bytes), bytes.size, SQLITE_STATIC));
}

Status db_bind_value(DbStatement *s, int index, const DbValue *value)
{
    switch (value->type) {
    case DB_NULL: return db_bind_null(s, index);
    case DB_INTEGER: return db_bind_i64(s, index, value->as.i64);
    case DB_REAL: return db_bind_f64(s, index, value->as.f64);
    case DB_TEXT: return db_bind_text(s, index, value->as.text);
    case DB_BYTES: return db_bind_bytes(s, index, value->as.text);
    }
    return ST_OK;
}

Status db_bind_values(DbStatement *s, const DbValue *value, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        TRY(db_bind_value(s, (int)i + 1, &value[i]));
    return ST_OK;
}

/* --- results --- */

Status db_step(DbStatement *s, bool *row, Diag *diag)
{
    int result = sqlite3_step(s->handle);
    *row = result == SQLITE_ROW;
    if (result == SQLITE_ROW || result == SQLITE_DONE)
        return ST_OK;
    return db_fail(s->db, result, s->reads_only ? "read" : "write", diag);
}

int db_changes(const Db *db)
{
    return sqlite3_changes(db->handle);
}

int db_column_count(const DbStatement *s)
{
    return sqlite3_column_count(s->handle);
}

const char *db_column_name(const DbStatement *s, int column)
{
    const char *name = sqlite3_column_name(s->handle, column);
    return name == NULL ? "" : name;
}

DbType db_column_type(const DbStatement *s, int column)
{
    switch (sqlite3_column_type(s->handle, column)) {
    case SQLITE_INTEGER: return DB_INTEGER;
    case SQLITE_FLOAT: return DB_REAL;
    case SQLITE_TEXT: return DB_TEXT;
    case SQLITE_BLOB: return DB_BYTES;
    default: /* SQLite's codes are numbers, not an enum */ return DB_NULL;
    }
}

int64_t db_column_i64(const DbStatement *s, int column)
{
    return sqlite3_column_int64(s->handle, column);
}

double db_column_f64(const DbStatement *s, int column)
{
    return sqlite3_column_double(s->handle, column);
}

Text db_column_text(const DbStatement *s, int column)
{
    /* The bytes of a BLOB are the same through either function; of a number it is the text. */
    const void *bytes = sqlite3_column_type(s->handle, column) == SQLITE_BLOB
                            ? sqlite3_column_blob(s->handle, column)
                            : (const void *)sqlite3_column_text(s->handle, column);
    int size = sqlite3_column_bytes(s->handle, column);
    return bytes == NULL ? TEXT("") : (Text){bytes, (uint32_t)size};
}

Status db_run(Db *db, Text sql, const DbValue *value, uint32_t count, Diag *diag)
{
    DbStatement *statement;
    TRY(db_prepare(db, sql, &statement, diag));
    Status status = db_bind_values(statement, value, count);
    bool row = true;
    while (status == ST_OK && row)
        status = db_step(statement, &row, diag);
    db_statement_close(statement);
    return status;
}
