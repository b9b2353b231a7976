/* Db: the one database file. The only door to SQLite (no other folder includes sqlite3.h): open,
 * prepared statements, transactions, and errors turned into Diag codes. One connection does all
 * writes and all WAL checkpoints (SQLite before 3.51.3 can lose pages otherwise); it belongs to one
 * thread at a time. Names get into SQL text only through db_quote_name, values only by binding. */
#ifndef WEIR_STORAGE_SQLITE_DB_H
#define WEIR_STORAGE_SQLITE_DB_H

#include "storage/base/arena.h"
#include "storage/base/diag.h"
#include "storage/base/strbuf.h"

typedef struct Db Db;
typedef struct DbStatement DbStatement;

typedef enum DbMode {
    DB_MEMORY, /* no file; path is ignored */
    DB_OWNER,  /* creates the file if missing; takes the owner's lock; WAL */
    DB_GUEST,  /* a file that nobody owns, beside others like this one: what is committed is durable
                  at once, the journal mode stays as it is; a new file has WAL */
    DB_READER, /* read-only, beside a living owner or on a stopped file; also where nothing may be
                  written */
} DbMode;

/* E4001 E4002 E4003 E4004 E4005 by cause; a file owned by another process names its pid. */
CHECKED Status db_open(Text path, DbMode mode, Meter *meter, Db **out, Diag *diag);
/* Truncates the WAL when this is the owner; -wal and -shm stay in place for read-only users. A file
 * that db_open made and nobody ever wrote to is removed again. Rolls back an open transaction. All
 * statements are closed before. */
void db_close(Db *db);
Text db_name(const Db *db); /* the path as it was given, for messages */
bool db_is_reader(const Db *db);
bool db_is_in_memory(const Db *db);
bool db_is_guest(const Db *db);
/* The pid that owns the file, 0: nobody, -1: somebody whose pid cannot be read. Never opens the
 * database file itself. */
int db_owner_pid(Text path);

/* BEGIN IMMEDIATE, waiting up to 5 s for a foreign lock; or not at all. E4003. Once it is begun, no
 * foreign lock can make the commit fail. E4010: the file is not there any more. After a failed
 * fsync nothing is begun any more: what is in the file is not known until it is opened again. */
CHECKED Status db_begin(Db *db, Diag *diag);
CHECKED Status db_try_begin(Db *db, Diag *diag);
/* On an error the transaction is rolled back. A long WAL is copied into the file right after it. */
/* From the next transaction on a commit is on the disk when it returns, not only in its order: what
 * leaves the file because of it must not know more than the file does after a loss of power. */
void db_sync_each_commit(Db *db);
CHECKED Status db_commit(Db *db, Diag *diag);
/* The last failure was the statement's own fault: its SQL, or a constraint. */
bool db_statement_fault(const Db *db);
bool db_is_broken(const Db *db); /* nothing is begun any more */
/* For a lock, at each try; 5 s unless told otherwise. */
void db_wait_at_most(Db *db, int wait_ms);
/* Asked while a lock is waited for: false gives up at once, with E0002. */
void db_on_wait(Db *db, bool (*goes_on)(void *context), void *context);
void db_rollback(Db *db);
bool db_in_transaction(const Db *db);

/* One or more statements without parameters or results. */
CHECKED Status db_exec(Db *db, const char *sql, Diag *diag);

/* What SQLite can hold. */
typedef enum DbType { DB_NULL, DB_INTEGER, DB_REAL, DB_TEXT, DB_BYTES } DbType;
typedef struct DbValue {
    DbType type;
    union {
        int64_t i64;
        double f64;
        Text text; /* of DB_TEXT and DB_BYTES; borrowed */
    } as;
} DbValue;
static inline DbValue db_value_null(void)
{
    return (DbValue){.type = DB_NULL};
}
static inline DbValue db_value_i64(int64_t value)
{
    return (DbValue){.type = DB_INTEGER, .as.i64 = value};
}
static inline DbValue db_value_f64(double value)
{
    return (DbValue){.type = DB_REAL, .as.f64 = value};
}
static inline DbValue db_value_text(Text value)
{
    return (DbValue){.type = DB_TEXT, .as.text = value};
}
static inline DbValue db_value_bytes(Text value)
{
    return (DbValue){.type = DB_BYTES, .as.text = value};
}
static inline DbValue db_value_optional(Text value) /* NULL when empty */
{
    return value.size == 0 ? db_value_null() : db_value_text(value);
}

/* Compiled statements: one each. db_prepare's are the caller's to close. */
CHECKED Status db_prepare(Db *db, Text sql, DbStatement **out, Diag *diag);
int db_error_offset(const Db *db); /* the byte of db_prepare's SQL that its error is about, or -1 */
void db_statement_close(DbStatement *statement);
void db_statement_reset(DbStatement *statement);
/* Parameters from 1. Text and bytes are borrowed until the next reset. */
CHECKED Status db_bind_null(DbStatement *s, int index);
CHECKED Status db_bind_i64(DbStatement *s, int index, int64_t value);
CHECKED Status db_bind_f64(DbStatement *s, int index, double value);
CHECKED Status db_bind_text(DbStatement *s, int index, Text text);
CHECKED Status db_bind_text_copy(DbStatement *s, int index, Text text); /* not borrowed */
CHECKED Status db_bind_bytes(DbStatement *s, int index, Text bytes);
CHECKED Status db_bind_value(DbStatement *s, int index, const DbValue *value);
/* *row: there is a row to look at; false: done. */
CHECKED Status db_step(DbStatement *s, bool *row, Diag *diag);
int db_changes(const Db *db); /* rows changed by the last step that changed any */

/* Parameters 1 to `count`. */
CHECKED Status db_bind_values(DbStatement *s, const DbValue *value, uint32_t count);
/* The short form for statements that run seldom: compiled, bound and run to the end; rows are not
 * looked at. */
CHECKED Status db_run(Db *db, Text sql, const DbValue *value, uint32_t count, Diag *diag);

/* Columns from 0; borrowed until the next step. */
int db_column_count(const DbStatement *s);
const char *db_column_name(const DbStatement *s, int column);
DbType db_column_type(const DbStatement *s, int column);
int64_t db_column_i64(const DbStatement *s, int column);
double db_column_f64(const DbStatement *s, int column);
Text db_column_text(const DbStatement *s, int column); /* of a BLOB: its bytes */

/* "name" with quotes doubled. A name with NUL is refused before it gets here. */
void db_quote_name(StrBuf *out, Text name);
/* 'text' with quotes doubled: for a name that stands as a value in a view's definition. */
void db_quote_text(StrBuf *out, Text text);
/* The SQL is one statement that reads only (for SELECTs that SQLite answers itself). */
bool db_is_read_only(const DbStatement *s);
/* Makes a running step return E0002; safe from another thread. */
void db_interrupt(Db *db);

/* --- the file and those who share it (db_watch.c) --- */

/* A number that changes with each commit of another connection. */
CHECKED Status db_data_version(Db *db, int64_t *version, Diag *diag);
/* The WAL as of the last commit, without what will be overwritten next. It grows for as long as
 * some reader stays on an old snapshot. */
uint64_t db_wal_bytes(const Db *db);
/* Empties it; false: somebody reads in it, or it cannot be done now. Waits for nobody. */
bool db_empty_wal(Db *db);
uint64_t db_free_bytes(const Db *db); /* on its disk; UINT64_MAX: not known */
enum { DB_HOLDER_SIZE = 64 };
/* Of another process that reads just now: "process 12 (sqlite3)", "another process" ... */
void db_print_reader(const Db *db, char out[DB_HOLDER_SIZE]);
void db_print_writer(const Db *db, char out[DB_HOLDER_SIZE]);
/* Likewise of a pid; up to 0: not known. */
void db_print_process(int pid, char out[DB_HOLDER_SIZE]);
/* It is the database file or one that belongs to it. Nothing else may open those: closing the
 * descriptor would drop SQLite's locks. */
bool db_owns_file(const Db *db, uint64_t device, uint64_t inode);

#endif
