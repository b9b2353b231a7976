/* SQLite's calls, each counted for the kinds of fault that can hit it and then done on the disk.
 * After a crash no call does anything, so that the engine's way out, which runs all the same in
 * this process, leaves no trace.
 *
 * SQLite itself takes a short read of the database file for the file's end and goes on with zeros,
 * and the system's VFS therefore reads on; so only the log gives short reads here. */
#include "tests/sim/fault_vfs.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/disk.h"

enum {
    SHM_REGIONS = 16,
    WAL_FRAME_HEAD = 24,
    WAL_WRITE_LOCK = 0, /* of the shared memory's locks: a transaction that writes holds it */
};

typedef struct VfsFile {
    sqlite3_file base;
    DiskFile *file;
    bool temporary; /* gone at the close */
    bool of_wal, of_database, persist_wal;
    int system_error;
    void *shm[SHM_REGIONS];
} VfsFile;

static struct {
    Disk *disk;
    sqlite3_vfs vfs;
    uint64_t temporary; /* names given out */
    int databases;      /* open */
} sim;

/* --- faults --- */

typedef enum Call {
    CALL_OPEN = 1,
    CALL_READ = 2,
    CALL_READ_WAL = 4,
    CALL_WRITE = 8,
    CALL_TRUNCATE = 16,
    CALL_SYNC = 32,
    CALL_DELETE = 64,
    CALL_LOCK = 128,
} Call;

static const unsigned calls_of[FAULT_KIND_COUNT] = {
    [FAULT_CRASH] = CALL_OPEN | CALL_WRITE | CALL_TRUNCATE | CALL_SYNC | CALL_DELETE,
    [FAULT_READ_ERROR] = CALL_READ | CALL_READ_WAL,
    [FAULT_SHORT_READ] = CALL_READ_WAL,
    [FAULT_WRITE_ERROR] = CALL_WRITE | CALL_TRUNCATE,
    [FAULT_SHORT_WRITE] = CALL_WRITE,
    [FAULT_FULL] = CALL_WRITE | CALL_TRUNCATE,
    [FAULT_SYNC_ERROR] = CALL_SYNC,
    [FAULT_BUSY] = CALL_LOCK,
    [FAULT_LOCK_ERROR] = CALL_LOCK,
    [FAULT_OPEN_ERROR] = CALL_OPEN,
};

static bool hits(FaultKind kind)
{
    Disk *disk = sim.disk;
    const DiskFault *fault = &disk->fault;
    disk->calls[kind]++;
    if (fault->at == 0 || fault->kind != kind)
        return false;
    uint64_t made = disk->calls[kind];
    return made == fault->at || (fault->sticky && made > fault->at);
}

/* The fault that hits the call, or FAULT_KIND_COUNT. */
static FaultKind fault_of(Call call)
{
    FaultKind found = FAULT_KIND_COUNT;
    if (sim.disk->crashed)
        return FAULT_CRASH;
    if (sim.disk->commits < sim.disk->fault.after_commits)
        return found;
    for (FaultKind kind = 0; kind < FAULT_KIND_COUNT; kind++) {
        if ((calls_of[kind] & call) != 0 && hits(kind))
            found = kind;
    }
    if (found != FAULT_KIND_COUNT)
        sim.disk->hit = true;
    return found;
}

const char *fault_kind_name(FaultKind kind)
{
    static const char *const name[] = {
#define X(kind, name, text) name,
        FAULT_KINDS(X)
#undef X
    };
    return name[kind];
}

/* --- files --- */

static VfsFile *vfs_file(sqlite3_file *file)
{
    return (VfsFile *)(void *)file;
}

static int fail(VfsFile *self, int code, int system_error)
{
    self->system_error = system_error;
    return code;
}

static int x_close(sqlite3_file *file)
{
    VfsFile *self = vfs_file(file);
    if (self->temporary)
        disk_remove(self->file);
    if (self->of_database)
        sim.databases--;
    return SQLITE_OK;
}

static int x_read(sqlite3_file *file, void *to, int size, sqlite3_int64 offset)
{
    VfsFile *self = vfs_file(file);
    const DiskBytes *bytes = &self->file->now;
    size_t wanted = (size_t)size, from = (size_t)offset;
    size_t there = from >= bytes->size ? 0 : bytes->size - from;
    FaultKind fault = fault_of(self->of_wal ? CALL_READ_WAL : CALL_READ);
    if (fault == FAULT_SHORT_READ)
        there = there < wanted / 2 ? there : wanted / 2;
    else if (fault != FAULT_KIND_COUNT)
        return fail(self, SQLITE_IOERR_READ, EIO);
    size_t got = there < wanted ? there : wanted;
    if (got > 0)
        memcpy(to, bytes->ptr + from, got);
    memset((char *)to + got, 0, wanted - got);
    return got == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

/* Some of it, never all. */
static void write_in_part(VfsFile *self, const void *bytes, size_t size, size_t offset)
{
    disk_write(self->file, bytes, (size_t)(sim_random(&sim.disk->random) % size), offset);
}

/* Of the WAL: a frame's head, and then its page. A transaction whose last one is there is found by
 * the next process, whatever the one that wrote it came to know. */
static void note_frame(const unsigned char *bytes, int size)
{
    if (size == WAL_FRAME_HEAD)
        sim.disk->frame_commits = (bytes[4] | bytes[5] | bytes[6] | bytes[7]) != 0;
    else if (sim.disk->frame_commits)
        sim.disk->in_doubt = true;
}

static int x_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    VfsFile *self = vfs_file(file);
    if (self->of_wal && !sim.disk->crashed)
        note_frame(bytes, size);
    bool before = sim.disk->crashed;
    FaultKind fault = fault_of(CALL_WRITE);
    if (fault == FAULT_CRASH) {
        if (!before) {
            write_in_part(self, bytes, (size_t)size, (size_t)offset);
            sim.disk->crashed = true;
        }
        return SQLITE_IOERR_WRITE;
    }
    if (fault == FAULT_SHORT_WRITE)
        write_in_part(self, bytes, (size_t)size, (size_t)offset);
    if (fault == FAULT_FULL)
        return fail(self, SQLITE_FULL, 0);
    if (fault != FAULT_KIND_COUNT)
        return fail(self, SQLITE_IOERR_WRITE, EIO);
    disk_write(self->file, bytes, (size_t)size, (size_t)offset);
    sim.disk->changed = sim.disk->changed || self->of_wal;
    return SQLITE_OK;
}

/* A call that a crash comes before. */
static bool crashes(FaultKind fault)
{
    if (fault == FAULT_CRASH)
        sim.disk->crashed = true;
    return fault == FAULT_CRASH;
}

static int x_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    VfsFile *self = vfs_file(file);
    FaultKind fault = fault_of(CALL_TRUNCATE);
    if (crashes(fault) || fault != FAULT_KIND_COUNT)
        return fail(self, SQLITE_IOERR_TRUNCATE, fault == FAULT_FULL ? ENOSPC : EIO);
    disk_truncate(self->file, (size_t)size);
    return SQLITE_OK;
}

static int x_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    VfsFile *self = vfs_file(file);
    bool before = sim.disk->crashed;
    FaultKind fault = fault_of(CALL_SYNC);
    if (fault != FAULT_KIND_COUNT && !before && self->of_wal)
        disk_note_commit(sim.disk); /* what is written can be seen, durable or not */
    if (crashes(fault))
        return SQLITE_IOERR_FSYNC;
    if (fault != FAULT_KIND_COUNT) {
        disk_lose(sim.disk, self->file);
        return fail(self, SQLITE_IOERR_FSYNC, EIO);
    }
    disk_sync(self->file);
    return SQLITE_OK;
}

static int x_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)vfs_file(file)->file->now.size;
    return SQLITE_OK;
}

static int lock(VfsFile *self, int error)
{
    FaultKind fault = fault_of(CALL_LOCK);
    if (fault == FAULT_KIND_COUNT)
        return SQLITE_OK;
    return fault == FAULT_BUSY ? SQLITE_BUSY : fail(self, error, EIO);
}

static int x_lock(sqlite3_file *file, int level)
{
    (void)level;
    return lock(vfs_file(file), SQLITE_IOERR_LOCK);
}

static int x_unlock(sqlite3_file *file, int level)
{
    (void)file, (void)level;
    return SQLITE_OK;
}

static int x_check_reserved_lock(sqlite3_file *file, int *locked)
{
    (void)file;
    *locked = 0;
    return SQLITE_OK;
}

static int x_file_control(sqlite3_file *file, int what, void *value)
{
    VfsFile *self = vfs_file(file);
    int *number = value;
    if (what == SQLITE_FCNTL_LAST_ERRNO) {
        *number = self->system_error;
        return SQLITE_OK;
    }
    if (what != SQLITE_FCNTL_PERSIST_WAL)
        return SQLITE_NOTFOUND;
    if (*number >= 0)
        self->persist_wal = *number != 0;
    *number = self->persist_wal;
    return SQLITE_OK;
}

static int x_sector_size(sqlite3_file *file)
{
    (void)file;
    return 4096; /* as the system's VFS has it */
}

static int x_device_characteristics(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* --- shared memory: of the one connection --- */

static int x_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
    VfsFile *self = vfs_file(file);
    *out = NULL;
    if (region >= SHM_REGIONS)
        return SQLITE_IOERR_SHMSIZE;
    if (self->shm[region] == NULL && extend != 0)
        self->shm[region] = calloc(1, (size_t)size);
    *out = self->shm[region];
    return SQLITE_OK;
}

static int x_shm_lock(sqlite3_file *file, int first, int count, int flags)
{
    (void)count;
    if ((flags & SQLITE_SHM_LOCK) != 0)
        return lock(vfs_file(file), SQLITE_IOERR_SHMLOCK);
    bool writer = first == WAL_WRITE_LOCK && (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    if (writer && !sim.disk->crashed)
        disk_note_commit(sim.disk);
    return SQLITE_OK;
}

static void x_shm_barrier(sqlite3_file *file)
{
    (void)file;
}

static int x_shm_unmap(sqlite3_file *file, int remove)
{
    (void)remove;
    VfsFile *self = vfs_file(file);
    for (int i = 0; i < SHM_REGIONS; i++) {
        free(self->shm[i]);
        self->shm[i] = NULL;
    }
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_file_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_check_reserved_lock,
    .xFileControl = x_file_control,
    .xSectorSize = x_sector_size,
    .xDeviceCharacteristics = x_device_characteristics,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

/* --- the VFS --- */

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    VfsFile *self = vfs_file(file);
    char temporary[32];
    *self = (VfsFile){0};
    assert(sim.disk != NULL);
    FaultKind fault = fault_of(CALL_OPEN);
    if (crashes(fault) || fault != FAULT_KIND_COUNT)
        return SQLITE_CANTOPEN;
    if (name == NULL) {
        snprintf(temporary, sizeof temporary, "temporary-%llu",
                 (unsigned long long)sim.temporary++);
        name = temporary;
    }
    self->file = disk_find(sim.disk, name);
    if (self->file == NULL && (flags & SQLITE_OPEN_CREATE) == 0)
        return SQLITE_CANTOPEN;
    if (self->file == NULL)
        self->file = disk_make(sim.disk, name);
    self->temporary = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    self->of_wal = (flags & SQLITE_OPEN_WAL) != 0;
    self->of_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    sim.databases += self->of_database;
    if (out != NULL)
        *out = flags;
    self->base.pMethods = &methods;
    return SQLITE_OK;
}

static int x_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs, (void)sync;
    DiskFile *file = disk_find(sim.disk, name);
    FaultKind fault = fault_of(CALL_DELETE);
    if (crashes(fault) || fault != FAULT_KIND_COUNT)
        return SQLITE_IOERR_DELETE;
    if (file == NULL)
        return SQLITE_IOERR_DELETE_NOENT;
    disk_remove(file);
    return SQLITE_OK;
}

static int x_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs;
    const DiskFile *file = disk_find(sim.disk, name);
    /* As the system's VFS: an empty file is none. */
    *out = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->now.size > 0);
    return SQLITE_OK;
}

static int x_full_pathname(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    snprintf(out, (size_t)size, "%s", name);
    return SQLITE_OK;
}

static int x_randomness(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    for (int i = 0; i < size; i++)
        out[i] = (char)(i * 37);
    return size;
}

/* Nobody else is there to be waited for. */
static int x_sleep(sqlite3_vfs *vfs, int micros)
{
    (void)vfs;
    return micros;
}

static int x_current_time(sqlite3_vfs *vfs, sqlite3_int64 *millis)
{
    (void)vfs;
    *millis = INT64_C(212000000000000);
    return SQLITE_OK;
}

static int x_last_error(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs, (void)size, (void)out;
    return 0;
}

/* --- SQLite's memory --- */

static struct {
    sqlite3_mem_methods plain;
    uint64_t made, at;
    bool sticky;
} memory;

static bool memory_fails(void)
{
    memory.made++;
    return memory.at != 0 &&
           (memory.made == memory.at || (memory.sticky && memory.made > memory.at));
}

static void *memory_alloc(int size)
{
    return memory_fails() ? NULL : memory.plain.xMalloc(size);
}

static void *memory_realloc(void *block, int size)
{
    return memory_fails() ? NULL : memory.plain.xRealloc(block, size);
}

uint64_t fault_sqlite_memory_at(uint64_t k, bool sticky)
{
    uint64_t made = memory.made;
    memory.made = 0;
    memory.at = k;
    memory.sticky = sticky;
    return made;
}

void fault_vfs_install(void)
{
    int result = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.plain);
    sqlite3_mem_methods failing = memory.plain;
    failing.xMalloc = memory_alloc;
    failing.xRealloc = memory_realloc;
    if (result == SQLITE_OK)
        result = sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
    sim.vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(VfsFile),
        .mxPathname = DISK_NAME - 1,
        .zName = "sim",
        .xOpen = x_open,
        .xDelete = x_delete,
        .xAccess = x_access,
        .xFullPathname = x_full_pathname,
        .xRandomness = x_randomness,
        .xSleep = x_sleep,
        .xGetLastError = x_last_error,
        .xCurrentTimeInt64 = x_current_time,
    };
    if (result == SQLITE_OK)
        result = sqlite3_vfs_register(&sim.vfs, 1);
    assert(result == SQLITE_OK);
    (void)result;
}

void fault_vfs_use(Disk *disk)
{
    assert(sim.databases == 0);
    sim.disk = disk;
}
