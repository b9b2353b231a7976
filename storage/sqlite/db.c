/* Opening and closing the file, and transactions. What is told apart before SQLite sees the path
 * (missing folder, folder instead of file, network file system, another owner) gets a better
 * message than SQLite's "unable to open database file", and leaves no trace on the disk. */
#include "storage/sqlite/db.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "storage/base/crash_point.h"
#include "storage/sqlite/db_private.h"
#include "storage/sqlite/foreign_lock.h"

enum {
    SMALLEST_PAGE = 512,         /* so large is the smallest database that is not empty */
    BUSY_WAIT_MS = 5000,         /* for a foreign lock, at each try */
    CLOSE_WAIT_MS = 200,         /* for readers, at the last checkpoint */
    WAL_CHECKPOINT_PAGES = 4000, /* 16 MB: seldom enough to be cheap; no commit waits long for it */
    WAL_RETRY_PAGES = 1000,      /* after one that a reader held up */
};

/* WAL mode needs memory shared between all who have the file open. */
static const struct {
    uint32_t magic; /* of statfs(2) */
    const char *name;
} network_file_system[] = {
    {0x6969, "NFS"},        {0x517B, "SMB"},      {0xFF534D42, "CIFS"},
    {0xFE534D42, "SMB2"},   {0x01021997, "9P"},   {0x00C36400, "Ceph"},
    {0x5346414F, "AFS"},    {0x73757245, "Coda"}, {0x564C, "NCP"},
    {0x0BD00BD0, "Lustre"}, {0x47504653, "GPFS"}, {0x786F4256, "VirtualBox shared folder"},
};

/* --- the path --- */

static Status fail_open(const Db *db, ErrorCode code, const char *what, const char *hint,
                        Diag *diag)
{
    Status status =
        diag_error(diag, code, SPAN_NONE, "cannot open \"%.*s\": %s", TEXT_ARG(db->name), what);
    if (hint != NULL)
        diag_hint(diag, "%s", hint);
    return status;
}

static Status fail_errno(const Db *db, const char *what, int cause, Diag *diag)
{
    bool refused = cause == EACCES || cause == EPERM || cause == EROFS || cause == ENOSPC;
    return diag_error(diag, refused ? E4004 : E4001, SPAN_NONE, "cannot open \"%.*s\": %s: %s",
                      TEXT_ARG(db->name), what, strerror(cause));
}

/* The name of a file that does not exist yet: its directory does. */
static Status resolve_new(Db *db, const char *given, Diag *diag)
{
    struct stat link;
    if (lstat(given, &link) == 0)
        return fail_open(db, E4001, "it is a link to a file that does not exist", NULL, diag);
    const char *slash = strrchr(given, '/');
    const char *base = slash == NULL ? given : slash + 1;
    Text folder, full;
    TRY(arena_printf(&db->arena, &folder, "%.*s", (int)(base - given), given));
    char real[PATH_MAX];
    if (realpath(folder.size == 0 ? "." : folder.ptr, real) == NULL) {
        if (errno != ENOENT)
            return fail_errno(db, "the directory cannot be entered", errno, diag);
        Status status = fail_open(db, E4001, "the directory does not exist", NULL, diag);
        diag_hint(diag, "mkdir -p %.*s", TEXT_ARG(folder));
        return status;
    }
    TRY(arena_printf(&db->arena, &full, "%s/%s", strcmp(real, "/") == 0 ? "" : real, base));
    db->path = full.ptr;
    return ST_OK;
}

/* The file's one name, without links: SQLite puts -wal and -shm beside that, and so must the lock
 * be. Being absolute it is also never taken for a "file:" URI. */
static Status resolve_path(Db *db, Diag *diag)
{
    if (db->name.size == 0 || memchr(db->name.ptr, '\0', db->name.size) != NULL)
        return fail_open(db, E4001, "that is no file name", NULL, diag);
    char real[PATH_MAX];
    Text full;
    if (realpath(db->name.ptr, real) != NULL) {
        TRY(arena_text(&db->arena, text_of(real), &full));
        db->path = full.ptr;
    } else if (errno == ENOENT) {
        TRY(resolve_new(db, db->name.ptr, diag));
    } else {
        return fail_errno(db, "the path cannot be followed", errno, diag);
    }
    TRY(arena_printf(&db->arena, &full, "%s-lock", db->path));
    db->lock_path = full.ptr;
    return ST_OK;
}

static Status check_file_system(const Db *db, Diag *diag)
{
    char folder[PATH_MAX];
    size_t size = (size_t)(strrchr(db->path, '/') - db->path);
    memcpy(folder, db->path, size);
    memcpy(folder + size, "/", 2);
    struct statfs system;
    if (statfs(folder, &system) != 0)
        return fail_errno(db, "its file system cannot be asked", errno, diag);
    for (size_t i = 0; i < sizeof network_file_system / sizeof network_file_system[0]; i++) {
        if ((uint32_t)system.f_type != network_file_system[i].magic)
            continue;
        Status status = diag_error(diag, E4001, SPAN_NONE,
                                   "cannot open \"%.*s\": it is on a network file system (%s)",
                                   TEXT_ARG(db->name), network_file_system[i].name);
        diag_hint(diag, "SQLite's WAL mode works on local disks only; put the database on one");
        return status;
    }
    return ST_OK;
}

/* *exists: there is a file. */
static Status check_file(Db *db, bool *exists, mode_t *permissions, Diag *diag)
{
    struct stat file;
    *exists = stat(db->path, &file) == 0;
    *permissions = *exists ? file.st_mode & 0666 : 0666;
    if (!*exists)
        return errno == ENOENT ? ST_OK : fail_errno(db, "it cannot be looked at", errno, diag);
    if (S_ISDIR(file.st_mode))
        return fail_open(db, E4001, "it is a directory", NULL, diag);
    if (!S_ISREG(file.st_mode))
        return fail_open(db, E4001, "it is not a regular file", NULL, diag);
    if (file.st_size > 0 && file.st_size < SMALLEST_PAGE) /* SQLite would take one byte for none */
        return db_fail(db, SQLITE_NOTADB, "open", diag);
    return ST_OK;
}

static Status take_ownership(Db *db, mode_t permissions, Diag *diag)
{
    int pid = OWNER_UNKNOWN;
    OwnerLockResult result = db->mode == DB_OWNER
                                 ? owner_lock_take(&db->lock, db->lock_path, permissions, &pid)
                                 : owner_lock_share(&db->lock, db->lock_path, permissions, &pid);
    switch (result) {
    case OWNER_LOCK_HELD: return ST_OK;
    case OWNER_LOCK_ERROR: return fail_errno(db, "its directory cannot be written", errno, diag);
    case OWNER_LOCK_TAKEN: break;
    }
    char owner[PROCESS_TEXT_SIZE];
    process_print(pid > 0 ? pid : FOREIGN_NONE, owner);
    Status status =
        diag_error(diag, E4003, SPAN_NONE, "\"%.*s\" is in use by %s", TEXT_ARG(db->name), owner);
    diag_hint(diag, "one process owns a database; others can read it meanwhile");
    return status;
}

/* --- opening --- */

/* A file that a failed open has made holds at most SQLite's first page. One that is larger has been
 * found by somebody else meanwhile and is theirs. */
static bool looks_untouched(const Db *db)
{
    enum { FIRST_PAGE = 4096 };
    char wal[PATH_MAX + 16];
    struct stat file;
    snprintf(wal, sizeof wal, "%s-wal", db->path);
    bool empty_wal = stat(wal, &file) != 0 || file.st_size == 0;
    return empty_wal && stat(db->path, &file) == 0 && file.st_size <= FIRST_PAGE;
}

/* Without a commit a database that this connection made is as if it had never been. */
static void remove_files(const Db *db)
{
    static const char *const suffix[] = {"-wal", "-shm", "-journal", ""};
    char name[PATH_MAX + 16];
    for (size_t i = 0; i < sizeof suffix / sizeof suffix[0]; i++) {
        snprintf(name, sizeof name, "%s%s", db->path, suffix[i]);
        unlink(name);
    }
}

static int wal_checkpoint_pages(void)
{
    return (int)TEST_NUMBER("WEIR_WAL_PAGES", WAL_CHECKPOINT_PAGES);
}

/* Called by SQLite after each commit in WAL mode. Being there, it also turns the automatic
 * checkpoints off. */
static int note_wal_pages(void *context, sqlite3 *handle, const char *schema, int pages)
{
    (void)handle, (void)schema;
    Db *db = context;
    db->wal_pages = pages;
    return SQLITE_OK;
}

/* A file may come from anybody: what its schema can make SQLite do is bounded. */
static void harden(Db *db)
{
    sqlite3_extended_result_codes(db->handle, 1);
    db->wait_ms = BUSY_WAIT_MS;
    sqlite3_busy_handler(db->handle, db_wait_for_lock, db);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(db->handle, SQLITE_LIMIT_TRIGGER_DEPTH, 16);
    sqlite3_limit(db->handle, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_set_authorizer(db->handle, db_observe_compile, db);
}

static bool is_empty(Db *db)
{
    sqlite3_stmt *any = NULL;
    if (sqlite3_prepare_v2(db->handle, "SELECT 1 FROM sqlite_schema", -1, &any, NULL) != SQLITE_OK)
        return false;
    bool empty = sqlite3_step(any) == SQLITE_DONE;
    sqlite3_finalize(any);
    return empty;
}

static Status enter_wal_mode(Db *db, Diag *diag)
{
    DbStatement *pragma;
    bool row;
    TRY(db_prepare(db, TEXT("PRAGMA journal_mode = WAL"), &pragma, diag));
    Status status = db_step(pragma, &row, diag);
    if (status == ST_OK && (!row || !text_is(db_column_text(pragma, 0), "wal")))
        status =
            fail_open(db, E4001, "its file system does not allow SQLite's WAL mode", NULL, diag);
    if (status == ST_OK) /* the change of a new file is written and synced behind the row */
        status = db_step(pragma, &row, diag);
    db_statement_close(pragma);
    TRY(status);
    int keep = 1;
    sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
    sqlite3_wal_hook(db->handle, note_wal_pages, db);
    db->checkpoint_at = wal_checkpoint_pages();
    return ST_OK;
}

static bool owns_or_visits(const Db *db)
{
    return db->mode == DB_OWNER || db->mode == DB_GUEST;
}

/* The one number that a pragma gives. */
static Status read_number(Db *db, Text sql, int64_t *number, Diag *diag)
{
    DbStatement *pragma;
    bool row;
    TRY(db_prepare(db, sql, &pragma, diag));
    Status status = db_step(pragma, &row, diag);
    if (status == ST_OK && row)
        *number = db_column_i64(pragma, 0);
    db_statement_close(pragma);
    return status;
}

static Status read_page_size(Db *db, Diag *diag)
{
    int64_t size = 0;
    TRY(read_number(db, TEXT("PRAGMA page_size"), &size, diag));
    db->page_size = (uint32_t)size;
    return ST_OK;
}

Status db_data_version(Db *db, int64_t *version, Diag *diag)
{
    *version = 0;
    return read_number(db, TEXT("PRAGMA data_version"), version, diag);
}

static Status configure(Db *db, Diag *diag)
{
    harden(db);
    if (owns_or_visits(db) && sqlite3_db_readonly(db->handle, "main") == 1)
        return db_fail(db, SQLITE_READONLY, "open", diag);
    /* Debian's build overwrites what is deleted unless told otherwise. */
    TRY(db_exec(db,
                "PRAGMA cell_size_check = ON;"
                "PRAGMA secure_delete = OFF;"
                "PRAGMA cache_size = -65536;"
                "PRAGMA journal_size_limit = 67108864;"
                "PRAGMA synchronous = NORMAL;"
                "SELECT count(*) FROM sqlite_schema;",
                diag));
    if (db->mode == DB_OWNER)
        TRY(enter_wal_mode(db, diag));
    TRY(read_page_size(db, diag));
    if (db->mode == DB_GUEST) /* with WAL the same as FULL */
        TRY(db_exec(db, "PRAGMA synchronous = EXTRA", diag));
    if (db->mode == DB_GUEST && is_empty(db)) /* another guest may be faster, to the same end */
        sqlite3_exec(db->handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    /* Without WAL an immediate transaction can still be refused when it commits; EXCLUSIVE waits
     * for the readers first. */
    Text begin = db->mode == DB_GUEST ? TEXT("BEGIN EXCLUSIVE") : TEXT("BEGIN IMMEDIATE");
    TRY(db_prepare(db, begin, &db->begin, diag));
    TRY(db_prepare(db, TEXT("COMMIT"), &db->commit, diag));
    return db_prepare(db, TEXT("ROLLBACK"), &db->rollback, diag);
}

static int open_flags(DbMode mode)
{
    int common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE; /* one thread at a time */
    switch (mode) {
    case DB_MEMORY: return common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
    case DB_OWNER:
    case DB_GUEST: return common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case DB_READER: return common | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    }
    return common;
}

static Status open_handle(Db *db, const char *name, Diag *diag)
{
    int result = sqlite3_open_v2(name, &db->handle, open_flags(db->mode), NULL);
    if (db->handle == NULL)
        return ST_NOMEM;
    if (result != SQLITE_OK)
        return db_fail(db, result, "open", diag);
    db_note_files(db, DB_FILES_OPENED);
    return configure(db, diag);
}

static Status open_reader(Db *db, Diag *diag)
{
    Diag why = {0};
    const char *uri;
    Status status = open_handle(db, db->path, &why);
    if (status == ST_STATE && db_lacks_files(db)) {
        TRY(db_unchanging_uri(db, &uri, diag));
        sqlite3_close(db->handle);
        db->handle = NULL;
        return open_handle(db, uri, diag);
    }
    if (status != ST_OK && !diag->set)
        *diag = why;
    return status;
}

/* A planted mistake. */
static void delete_wal(const Db *db)
{
    char name[PATH_MAX + 16];
    snprintf(name, sizeof name, "%s-wal", db->path);
    unlink(name);
}

static Status open_file(Db *db, Diag *diag)
{
    bool exists;
    mode_t permissions;
    TRY(resolve_path(db, diag));
    TRY(check_file(db, &exists, &permissions, diag));
    TRY(check_file_system(db, diag));
    if (db->mode == DB_READER && !exists)
        return fail_open(db, E4001, "the file does not exist", NULL, diag);
    if (db->mode == DB_READER)
        return open_reader(db, diag);
    if (owns_or_visits(db)) {
        TRY(take_ownership(db, permissions, diag));
        TRY(check_file(db, &exists, &permissions, diag)); /* now that nobody else can make it */
        db->made_file = !exists && db->mode == DB_OWNER;  /* other guests may have found it */
        if (DEFECT(WAL_DELETED))
            delete_wal(db);
        CRASH_POINT(OPEN_LOCKED);
    }
    TRY(open_handle(db, db->path, diag));
    CRASH_POINT(OPEN_DONE);
    return ST_OK;
}

static void close_handle(Db *db)
{
    db_statement_close(db->begin);
    db_statement_close(db->commit);
    db_statement_close(db->rollback);
    int result = sqlite3_close(db->handle);
    assert(result == SQLITE_OK); /* else somebody left a statement open */
    (void)result;
}

static void dispose(Db *db, bool remove)
{
    close_handle(db);
    if (remove)
        remove_files(db);
    if (db->lock_path != NULL)
        owner_lock_release(&db->lock, db->lock_path);
    arena_close(&db->arena);
    mem_free(db->meter, db, sizeof *db);
}

Status db_open(Text path, DbMode mode, Meter *meter, Db **out, Diag *diag)
{
    Db *db = mem_alloc_zeroed(meter, sizeof *db);
    if (db == NULL)
        return ST_NOMEM;
    db->meter = meter;
    db->mode = mode;
    db->lock.fd = -1;
    arena_init(&db->arena, meter);
    Status status = arena_text(&db->arena, mode == DB_MEMORY ? TEXT(":memory:") : path, &db->name);
    if (status == ST_OK)
        status = mode == DB_MEMORY ? open_handle(db, ":memory:", diag) : open_file(db, diag);
    if (status != ST_OK) {
        dispose(db, db->made_file && looks_untouched(db));
        return status;
    }
    *out = db;
    return ST_OK;
}

/* --- closing --- */

void db_close(Db *db)
{
    if (db == NULL)
        return;
    db_rollback(db);
    bool intact = db->mode == DB_OWNER && !db->broken.set && db_check_files(db, NULL) == ST_OK;
    bool remove = intact && db->made_file && is_empty(db);
    if (intact && !remove) {
        /* Readers may hold it up; then the WAL stays as it is, and nothing is lost. */
        CRASH_POINT(CLOSE_CHECKPOINT);
        db->wait_ms = CLOSE_WAIT_MS;
        sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    dispose(db, remove);
    CRASH_POINT(CLOSE_DONE);
}

Text db_name(const Db *db)
{
    return db->name;
}

bool db_is_reader(const Db *db)
{
    return db->mode == DB_READER;
}

bool db_statement_fault(const Db *db)
{
    return db->statement_fault;
}

bool db_is_guest(const Db *db)
{
    return db->mode == DB_GUEST;
}

bool db_is_in_memory(const Db *db)
{
    return db->mode == DB_MEMORY;
}

int db_owner_pid(Text path)
{
    char given[PATH_MAX], real[PATH_MAX], lock[PATH_MAX + 8];
    if (path.size == 0 || path.size >= sizeof given)
        return OWNER_NOBODY;
    memcpy(given, path.ptr, path.size);
    given[path.size] = '\0';
    snprintf(lock, sizeof lock, "%s-lock", realpath(given, real) == NULL ? given : real);
    return owner_lock_pid(lock);
}

/* --- transactions --- */

static Status step_once(DbStatement *statement, Diag *diag)
{
    bool row;
    Status status = db_step(statement, &row, diag);
    db_statement_reset(statement);
    return status;
}

Status db_begin(Db *db, Diag *diag)
{
    if (db->rollback_failed)
        db_rollback(db);
    if (db->rollback_failed)
        return ST_NOMEM;
    assert(!db_in_transaction(db));
    if (db->broken.set) {
        if (diag != NULL && !diag->set)
            *diag = db->broken;
        return error_def(db->broken.code)->status;
    }
    if (db->sync_each && !db->syncs_each) /* it cannot be changed within a transaction */
        TRY(db_exec(db, "PRAGMA synchronous = FULL", diag));
    db->syncs_each = db->sync_each;
    if (db->mode == DB_OWNER)
        TRY(db_check_files(db, diag));
    CRASH_POINT(BEGIN_BEFORE);
    TRY(step_once(db->begin, diag));
    CRASH_POINT(BEGIN_AFTER);
    if (db->mode == DB_OWNER)
        db_note_files(db, DB_FILES); /* by now there is a WAL */
    return ST_OK;
}

Status db_try_begin(Db *db, Diag *diag)
{
    int wait_ms = db->wait_ms;
    db->wait_ms = 0;
    Status status = db_begin(db, diag);
    db->wait_ms = wait_ms;
    return status;
}

/* Copies what is in the WAL into the database file, as far as readers allow, so that the WAL can
 * start again at its beginning. The commit before it stands whatever happens here. What a failed
 * write or fsync has left behind is unknown: such a failure is the answer to the next db_begin.
 * A full disk is not one: the WAL keeps everything until the next try. */
static void checkpoint_when_due(Db *db)
{
    if (db->wal_pages < db->checkpoint_at)
        return;
    int pages = 0, copied = 0;
    CRASH_POINT(WAL_BEFORE);
    int result =
        sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
    CRASH_POINT(WAL_AFTER);
    bool all = result == SQLITE_OK && copied == pages;
    db->checkpoint_at = all ? wal_checkpoint_pages() : db->wal_pages + WAL_RETRY_PAGES;
    if ((result & 0xFF) == SQLITE_IOERR)
        (void)db_fail(db, result, "checkpoint", &db->broken);
}

void db_sync_each_commit(Db *db)
{
    db->sync_each = true;
}

Status db_commit(Db *db, Diag *diag)
{
    assert(db_in_transaction(db));
    CRASH_POINT(COMMIT_BEFORE);
    Status status = step_once(db->commit, diag);
    CRASH_POINT(COMMIT_AFTER);
    if (status != ST_OK) {
        db_rollback(db);
        return status;
    }
    if (db->mode == DB_OWNER)
        checkpoint_when_due(db);
    return ST_OK;
}

void db_rollback(Db *db)
{
    db->rollback_failed = false;
    if (!db_in_transaction(db)) /* SQLite itself rolls back after some errors */
        return;
    sqlite3_step(db->rollback->handle);
    int result = sqlite3_reset(db->rollback->handle);
    /* A schema that has changed makes SQLite compile the statement again, for which memory can be
     * short. The next db_begin tries once more, and so does the close. */
    db->rollback_failed = db_in_transaction(db);
    assert(!db->rollback_failed || (result & 0xFF) == SQLITE_NOMEM);
}

bool db_in_transaction(const Db *db)
{
    return sqlite3_get_autocommit(db->handle) == 0;
}

Status db_exec(Db *db, const char *sql, Diag *diag)
{
    int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? ST_OK : db_fail(db, result, "use", diag);
}

void db_interrupt(Db *db)
{
    sqlite3_interrupt(db->handle);
}

/* --- names in SQL text --- */

static void put_quoted(StrBuf *out, char quote, Text text)
{
    strbuf_char(out, quote);
    for (uint32_t i = 0; i < text.size; i++) {
        assert(text.ptr[i] != '\0');
        if (text.ptr[i] == quote)
            strbuf_char(out, quote);
        strbuf_char(out, text.ptr[i]);
    }
    strbuf_char(out, quote);
}

void db_quote_name(StrBuf *out, Text name)
{
    put_quoted(out, '"', name);
}

void db_quote_text(StrBuf *out, Text text)
{
    put_quoted(out, '\'', text);
}
