/* What the files of this folder share of a Db; nobody else includes it. */
#ifndef WEIR_STORAGE_SQLITE_DB_PRIVATE_H
#define WEIR_STORAGE_SQLITE_DB_PRIVATE_H

#include <sqlite3.h>

#include "storage/sqlite/db.h"
#include "storage/sqlite/owner_lock.h"

struct Db {
    sqlite3 *handle;
    Meter *meter;
    Arena arena; /* texts that live as long as the Db */
    DbMode mode;
    Text name;        /* the path as the user gave it, for messages */
    const char *path; /* without links, absolute; NULL: in memory */
    const char *lock_path;
    OwnerLock lock;
    bool made_file;    /* there was no file before; an open without a commit leaves none */
    int wal_pages;     /* after the last commit */
    int checkpoint_at; /* WAL pages at which the next checkpoint is due */
    Diag checkpoint_failure;
    bool rollback_failed;  /* for want of memory: a transaction is open that nobody wants */
    bool compiled_effects; /* the statement compiled last does more than read */
    DbStatement *begin, *commit, *rollback;
};

struct DbStatement {
    Db *db;
    sqlite3_stmt *handle;
    bool reads_only;
};

/* SQLite takes a NULL pointer for NULL, also where the size says that it is an empty text. */
static inline const char *db_never_null(Text text)
{
    return text.ptr == NULL ? "" : text.ptr;
}

/* The Diag for what SQLite answered last; `doing` completes "cannot ...". */
Status db_fail(const Db *db, int result, const char *doing, Diag *diag);
/* Sees what each statement is made of while SQLite compiles it. */
int db_observe_compile(void *db, int action, const char *a, const char *b, const char *c,
                       const char *d);

#endif
