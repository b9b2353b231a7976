/* What SQLite answers, as one of our codes with one cause and one hint. */
#include <assert.h>
#include <errno.h>

#include "storage/sqlite/db_private.h"

static Status fail_locked(Db *db, const char *doing, Diag *diag)
{
    char holder[DB_HOLDER_SIZE];
    if (db->gave_up) {
        db->gave_up = false;
        return diag_error(diag, E0002, SPAN_NONE, "cancelled");
    }
    db_print_writer(db, holder);
    Status status =
        diag_held_up(diag, E4003, TROUBLE_TAKEN, "cannot %s \"%.*s\": %s holds its lock", doing,
                     TEXT_ARG(db->name), holder);
    diag_hint(diag, "end the other program's transaction and try again");
    return status;
}

static Status fail_full(const Db *db, const char *doing, int cause, Diag *diag)
{
    Status status = diag_held_up(diag, E4004, trouble_of_error(cause), "cannot %s \"%.*s\": %s",
                                 doing, TEXT_ARG(db->name), trouble_words(cause));
    diag_hint(diag, "free some space and run it again; everything up to the last commit is safe");
    return status;
}

static Status fail_damaged(const Db *db, const char *doing, int result, Diag *diag)
{
    Status status;
    if (result == SQLITE_NOTADB) {
        status = diag_error(diag, E4002, SPAN_NONE,
                            "cannot %s \"%.*s\": the file is not a SQLite database", doing,
                            TEXT_ARG(db->name));
        diag_hint(diag, "give the path of a database, or of a file that does not exist yet");
    } else {
        status =
            diag_error(diag, E4002, SPAN_NONE, "cannot %s \"%.*s\": the database is damaged (%s)",
                       doing, TEXT_ARG(db->name), sqlite3_errmsg(db->handle));
        diag_hint(diag, "PRAGMA integrity_check in sqlite3 says what is wrong; restore a backup");
    }
    return status;
}

/* The system's error behind a failed write. SQLite keeps it with the connection, but not for what
 * goes wrong in a COMMIT; then the file that was written still knows. */
static int system_cause(const Db *db)
{
    int cause = sqlite3_system_errno(db->handle);
    static const int file_pointer[] = {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER};
    for (size_t i = 0; i < 2 && cause == 0; i++) {
        sqlite3_file *file = NULL;
        sqlite3_file_control(db->handle, "main", file_pointer[i], &file);
        if (file != NULL && file->pMethods != NULL)
            file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &cause);
    }
    return cause;
}

/* Which pages have reached the disk, and which never will, nobody can say any more; a second fsync
 * may well succeed and tell nothing. */
static Status fail_sync(Db *db, const char *doing, Diag *diag)
{
    Status status =
        diag_error(&db->broken, E4007, SPAN_NONE, "cannot %s \"%.*s\": fsync failed (%s)", doing,
                   TEXT_ARG(db->name), strerror(system_cause(db)));
    diag_hint(&db->broken, "look after the disk and run it again: it goes on from what the file "
                           "has");
    if (diag != NULL && !diag->set)
        *diag = db->broken;
    return status;
}

static Status fail_input_output(Db *db, int result, const char *doing, Diag *diag)
{
    if (result == SQLITE_IOERR_FSYNC || result == SQLITE_IOERR_DIR_FSYNC)
        return fail_sync(db, doing, diag);
    int cause = system_cause(db);
    if (trouble_of_error(cause) == TROUBLE_FULL || cause == EFBIG)
        return fail_full(db, doing, cause, diag);
    if (cause == EROFS)
        return diag_error(diag, E4004, SPAN_NONE, "cannot %s \"%.*s\": %s", doing,
                          TEXT_ARG(db->name), trouble_words(cause));
    return diag_error(diag, E4007, SPAN_NONE, "cannot %s \"%.*s\": %s (%s)", doing,
                      TEXT_ARG(db->name), sqlite3_errmsg(db->handle),
                      cause == 0 ? "no system error" : strerror(cause));
}

static Status fail_read_only(const Db *db, const char *doing, Diag *diag)
{
    Status status = diag_error(diag, E4004, SPAN_NONE, "cannot %s \"%.*s\": the file is read-only",
                               doing, TEXT_ARG(db->name));
    diag_hint(diag, "allow writing to the file, or work on a copy");
    return status;
}

Status db_fail(Db *db, int result, const char *doing, Diag *diag)
{
    db->statement_fault = (result & 0xFF) == SQLITE_ERROR || (result & 0xFF) == SQLITE_CONSTRAINT;
    assert(result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE);
    if (result == SQLITE_IOERR_NOMEM)
        return ST_NOMEM;
    switch (result & 0xFF) { /* the rest of an extended code is in SQLite's own message */
    case SQLITE_NOMEM: return ST_NOMEM;
    case SQLITE_INTERRUPT: return diag_error(diag, E0002, SPAN_NONE, "cancelled");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return fail_locked(db, doing, diag);
    case SQLITE_FULL: return fail_full(db, doing, ENOSPC, diag);
    case SQLITE_READONLY: return fail_read_only(db, doing, diag);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return fail_damaged(db, doing, result & 0xFF, diag);
    case SQLITE_IOERR: return fail_input_output(db, result, doing, diag);
    case SQLITE_CANTOPEN:
        return diag_error(diag, E4001, SPAN_NONE, "cannot %s \"%.*s\": %s", doing,
                          TEXT_ARG(db->name), sqlite3_errmsg(db->handle));
    default: /* SQLite's codes are numbers, not an enum */
        return diag_error(diag, E4007, SPAN_NONE, "cannot %s \"%.*s\": %s", doing,
                          TEXT_ARG(db->name), sqlite3_errmsg(db->handle));
    }
}
