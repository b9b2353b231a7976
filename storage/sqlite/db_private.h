/* What the files of this folder share of a Db; nobody else includes it. */
#ifndef WEIR_STORAGE_SQLITE_DB_PRIVATE_H
#define WEIR_STORAGE_SQLITE_DB_PRIVATE_H

#include <sqlite3.h>

#include "storage/sqlite/db.h"
#include "storage/sqlite/owner_lock.h"

/* The files of a database. */
enum { DB_FILES = 4, DB_FILES_OPENED = 2 /* when the database is; the others in its first use */ };
extern const char *const db_file_suffix[DB_FILES]; /* "", "-lock", "-wal", "-shm" */
typedef struct FileIdentity {
    uint64_t device, inode; /* 0: not known yet */
} FileIdentity;

struct Db {
    sqlite3 *handle;
    Meter *meter;
    Arena arena; /* texts that live as long as the Db */
    DbMode mode;
    Text name;        /* the path as the user gave it, for messages */
    const char *path; /* without links, absolute; NULL: in memory */
    const char *lock_path;
    OwnerLock lock;
    bool made_file;       /* there was no file before; an open without a commit leaves none */
    int wal_pages;        /* after the last commit */
    int checkpoint_at;    /* WAL pages at which the next checkpoint is due */
    Diag broken;          /* why nothing is begun any more */
    bool rollback_failed; /* for want of memory: a transaction is open that nobody wants */
    bool statement_fault; /* the last failure was one of the statement's SQL, or of a constraint */
    int wait_ms;          /* for a lock, at each try */
    bool gave_up;
    bool (*goes_on)(void *context); /* NULL: always */
    void *wait_context;
    FileIdentity file[DB_FILES];
    uint32_t page_size;
    bool sync_each, syncs_each; /* each commit is to be on the disk when it returns; it is */
    bool compiled_effects;      /* the statement compiled last does more than read */
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
Status db_fail(Db *db, int result, const char *doing, Diag *diag);
/* SQLite's busy handler. */
int db_wait_for_lock(void *db, int attempt);
/* A reader's open has failed because SQLite could not make what it wants beside the file. Then: the
 * name under which the file can be read alone, in the arena; E4004 where that would not be all. */
bool db_lacks_files(const Db *db);
CHECKED Status db_unchanging_uri(Db *db, const char **uri, Diag *diag);
/* Notes which files those are that are open, where that is not known yet: the first `count`. */
void db_note_files(Db *db, int count);
/* E4010 when they are not in their places. */
CHECKED Status db_check_files(Db *db, Diag *diag);
/* Sees what each statement is made of while SQLite compiles it. */
int db_observe_compile(void *db, int action, const char *a, const char *b, const char *c,
                       const char *d);

#endif
