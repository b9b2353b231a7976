/* SQLite with faults, for tests: its allocations and its writing system calls are counted, and the
 * k-th one fails, once or from then on. fault_install comes before anything else calls SQLite. */
#ifndef WEIR_TESTS_SUPPORT_FAULT_VFS_H
#define WEIR_TESTS_SUPPORT_FAULT_VFS_H

#include <assert.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

typedef struct Fault {
    int made; /* calls since fault_at */
    int at;   /* 0: none fails */
    bool sticky;
    int error;          /* what a failing write answers */
    bool database_only; /* writes to -wal and temporary files are not counted */
    bool sync_only;     /* only fsync is */
} Fault;

static Fault fault_memory, fault_write;

static inline bool fault_hits(Fault *fault)
{
    fault->made++;
    return fault->at != 0 &&
           (fault->made == fault->at || (fault->sticky && fault->made > fault->at));
}

/* The k-th call from now on fails, and all later ones when `sticky`. k = 0: none. Returns how many
 * calls there were since the last time. */
static inline int fault_at(Fault *fault, int k, bool sticky, int error)
{
    int made = fault->made;
    *fault = (Fault){.at = k, .sticky = sticky, .error = error};
    return made;
}

/* --- memory --- */

static sqlite3_mem_methods fault_plain_memory;

static void *fault_malloc(int size)
{
    return fault_hits(&fault_memory) ? NULL : fault_plain_memory.xMalloc(size);
}

static void *fault_realloc(void *block, int size)
{
    return fault_hits(&fault_memory) ? NULL : fault_plain_memory.xRealloc(block, size);
}

/* --- files: ours are the system's with their methods exchanged --- */

/* The system's methods differ between databases and files that are not locked (-wal, temporary
 * ones). */
typedef struct FaultMethods {
    const sqlite3_io_methods *plain;
    sqlite3_io_methods faulty;
    bool of_database;
} FaultMethods;

enum { FAULT_METHODS = 2 };
static FaultMethods fault_methods[FAULT_METHODS];
static sqlite3_vfs fault_vfs;

static const FaultMethods *fault_methods_of(const sqlite3_file *file)
{
    const FaultMethods *methods = fault_methods;
    while (file->pMethods != &methods->faulty)
        methods++;
    return methods;
}

static const sqlite3_io_methods *fault_plain(const sqlite3_file *file)
{
    return fault_methods_of(file)->plain;
}

static bool fault_hits_file(const sqlite3_file *file)
{
    bool counts = !fault_write.database_only || fault_methods_of(file)->of_database;
    return counts && fault_hits(&fault_write);
}

static int fault_x_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    if (!fault_write.sync_only && fault_hits_file(file))
        return fault_write.error;
    return fault_plain(file)->xWrite(file, bytes, size, offset);
}

static int fault_x_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (!fault_write.sync_only && fault_hits_file(file))
        return fault_write.error;
    return fault_plain(file)->xTruncate(file, size);
}

static int fault_x_sync(sqlite3_file *file, int flags)
{
    if (fault_hits_file(file))
        return fault_write.error == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
    return fault_plain(file)->xSync(file, flags);
}

static int fault_x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    sqlite3_vfs *plain = vfs->pAppData;
    int result = plain->xOpen(plain, name, file, flags, out);
    if (result != SQLITE_OK || file->pMethods == NULL)
        return result;
    FaultMethods *methods = fault_methods;
    while (methods->plain != NULL && methods->plain != file->pMethods)
        methods++;
    assert(methods < fault_methods + FAULT_METHODS);
    if (methods->plain == NULL) {
        methods->plain = file->pMethods;
        methods->of_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
        methods->faulty = *file->pMethods;
        methods->faulty.xWrite = fault_x_write;
        methods->faulty.xTruncate = fault_x_truncate;
        methods->faulty.xSync = fault_x_sync;
    }
    file->pMethods = &methods->faulty;
    return result;
}

static inline void fault_install(void)
{
    int result = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &fault_plain_memory);
    sqlite3_mem_methods methods = fault_plain_memory;
    methods.xMalloc = fault_malloc;
    methods.xRealloc = fault_realloc;
    if (result == SQLITE_OK)
        result = sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    sqlite3_vfs *plain = sqlite3_vfs_find(NULL);
    fault_vfs = *plain;
    fault_vfs.zName = "fault";
    fault_vfs.pAppData = plain;
    fault_vfs.xOpen = fault_x_open;
    if (result == SQLITE_OK)
        result = sqlite3_vfs_register(&fault_vfs, 1);
    assert(result == SQLITE_OK);
    (void)result;
}

#endif
