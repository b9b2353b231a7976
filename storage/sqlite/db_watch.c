/* The files of the database and the other processes that have them open: waiting for their locks,
 * the WAL that their snapshots keep, and noticing when somebody takes a file away. SQLite would go
 * on writing to a file that has no name any more, and nobody would ever see the results. */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "storage/sqlite/db_private.h"
#include "storage/sqlite/foreign_lock.h"

const char *const db_file_suffix[DB_FILES] = {"", "-lock", "-wal", "-shm"};

/* --- locks of others --- */

/* Tries soon, and then less and less often. */
int db_wait_for_lock(void *context, int attempt)
{
    static const uint8_t delay_ms[] = {1, 2, 5, 10, 15, 20, 25, 25, 25, 50};
    enum { DELAYS = sizeof delay_ms / sizeof delay_ms[0] };
    Db *db = context;
    int waited_ms = 0;
    for (int i = 0; i < attempt && waited_ms < db->wait_ms; i++)
        waited_ms += delay_ms[i < DELAYS ? i : DELAYS - 1];
    if (waited_ms >= db->wait_ms)
        return 0;
    if (db->goes_on != NULL && !db->goes_on(db->wait_context)) {
        db->gave_up = true;
        return 0;
    }
    int next_ms = delay_ms[attempt < DELAYS ? attempt : DELAYS - 1];
    sqlite3_sleep(next_ms);
    return 1;
}

void db_wait_at_most(Db *db, int wait_ms)
{
    db->wait_ms = wait_ms;
}

void db_on_wait(Db *db, bool (*goes_on)(void *context), void *context)
{
    db->goes_on = goes_on;
    db->wait_context = context;
}

bool db_is_broken(const Db *db)
{
    return db->broken.set;
}

void db_print_reader(const Db *db, char out[DB_HOLDER_SIZE])
{
    process_print(db->path == NULL ? FOREIGN_NONE : foreign_reader_pid(db->path), out);
}

void db_print_writer(const Db *db, char out[DB_HOLDER_SIZE])
{
    process_print(db->path == NULL ? FOREIGN_NONE : foreign_writer_pid(db->path), out);
}

void db_print_process(int pid, char out[DB_HOLDER_SIZE])
{
    process_print(pid > 0 ? pid : FOREIGN_NONE, out);
}

/* --- the WAL --- */

uint64_t db_wal_bytes(const Db *db)
{
    enum { FRAME_HEADER = 24 };
    return (uint64_t)db->wal_pages * (db->page_size + FRAME_HEADER);
}

bool db_empty_wal(Db *db)
{
    int wait_ms = db->wait_ms;
    db->wait_ms = 0;
    int result =
        sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    db->wait_ms = wait_ms;
    if (result == SQLITE_OK)
        db->wal_pages = 0;
    else if ((result & 0xFF) == SQLITE_IOERR)
        (void)db_fail(db, result, "checkpoint", &db->broken);
    return result == SQLITE_OK;
}

uint64_t db_free_bytes(const Db *db)
{
    struct statvfs system;
    if (db->path == NULL || statvfs(db->path, &system) != 0)
        return UINT64_MAX;
    return (uint64_t)system.f_bavail * system.f_frsize;
}

/* --- files --- */

static bool identify(const Db *db, int file, FileIdentity *out)
{
    char name[4096 + 8];
    struct stat info;
    int size = snprintf(name, sizeof name, "%s%s", db->path, db_file_suffix[file]);
    if (size < 0 || (size_t)size >= sizeof name || stat(name, &info) != 0)
        return false;
    *out = (FileIdentity){info.st_dev, info.st_ino};
    return true;
}

void db_note_files(Db *db, int count)
{
    for (int i = 0; db->path != NULL && i < count; i++) {
        if (db->file[i].inode == 0)
            (void)identify(db, i, &db->file[i]);
    }
}

Status db_check_files(Db *db, Diag *diag)
{
    for (int i = 0; db->path != NULL && i < DB_FILES; i++) {
        FileIdentity now = {0};
        if (db->file[i].inode == 0)
            continue;
        bool there = identify(db, i, &now);
        if (there && now.device == db->file[i].device && now.inode == db->file[i].inode)
            continue;
        diag_error(&db->broken, E4010, SPAN_NONE, "\"%.*s%s\" was %s while it was in use",
                   TEXT_ARG(db->name), db_file_suffix[i],
                   there ? "replaced by another file" : "moved or deleted");
        diag_hint(&db->broken, "put the file back, with all that belong to it, and run it again");
        if (diag != NULL && !diag->set)
            *diag = db->broken;
        return ST_STATE;
    }
    return ST_OK;
}

bool db_owns_file(const Db *db, uint64_t device, uint64_t inode)
{
    for (int i = 0; db->path != NULL && i < DB_FILES; i++) {
        FileIdentity file = db->file[i];
        if (file.inode == 0 && !identify(db, i, &file))
            continue;
        if (file.device == device && file.inode == inode)
            return true;
    }
    return false;
}
