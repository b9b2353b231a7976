/* A job that is killed at every moment and started again, for the tests of sinks that are exactly
 * once. The job runs in a child process; what its database would hold is in shared memory. The
 * program's own fdatasync, fsync, renameat2, ftruncate, unlinkat and write stand before the C
 * library's, and the k-th of all these calls, or of the moments between them, ends the child.
 * Those that want room can also find the disk full for a while. */
#ifndef WEIR_TESTS_CRASH_HARNESS_H
#define WEIR_TESTS_CRASH_HARNESS_H

#include "sink_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* --- the moments --- */

typedef enum CrashMode {
    CRASH_BEFORE, /* the call is not made */
    CRASH_AFTER,  /* it is made; of a write, half of it */
    CRASH_POWER,  /* it is not made, and what was not synced is undone */
    CRASH_MODES,
} CrashMode;

enum { CRASHED = 77, CRASH_NAMES = 16 };

typedef struct CrashName {
    int folder; /* of a rename; -1: a new file */
    char from[128], to[128];
} CrashName;

static struct {
    int at, made; /* at 0: never */
    CrashMode mode;
    CrashName unsynced[CRASH_NAMES]; /* names that no fsync of the directory has made durable */
    int names;
    int writing; /* the file that was written last, and how much of it is durable */
    ino_t inode;
    off_t synced;
} crash;

/* The descriptor is still, or again, that of the file. */
static inline bool crash_is_written(int fd)
{
    struct stat file;
    return fd == crash.writing && fstat(fd, &file) == 0 && file.st_ino == crash.inode;
}

static inline void crash_undo(void)
{
    if (crash_is_written(crash.writing)) {
        syscall(SYS_ftruncate, crash.writing, crash.synced);
        (void)!syscall(SYS_pwrite64, crash.writing, "@@@", 3, crash.synced);
    }
    while (crash.names > 0) {
        const CrashName *name = &crash.unsynced[--crash.names];
        if (name->folder < 0)
            syscall(SYS_unlink, name->from);
        else
            syscall(SYS_renameat2, name->folder, name->to, name->folder, name->from, 0);
    }
}

static inline bool crash_hits(void)
{
    return crash.at != 0 && ++crash.made == crash.at;
}

/* Before a call, and between two. */
static inline bool crash_point(void)
{
    if (!crash_hits())
        return false;
    if (crash.mode == CRASH_AFTER)
        return true;
    if (crash.mode == CRASH_POWER)
        crash_undo();
    _exit(CRASHED);
}

static inline void crash_name(int folder, const char *from, const char *to)
{
    CrashName *name = &crash.unsynced[crash.names++];
    assert_true(crash.names < CRASH_NAMES);
    name->folder = folder;
    snprintf(name->from, sizeof name->from, "%s", from);
    snprintf(name->to, sizeof name->to, "%s", to);
}

/* The disk has no room from the at-th call that wants some on, for so many of them. */
static struct {
    int at, times, made; /* at 0: never */
} full;

static inline bool is_full(void)
{
    if (full.at == 0 || ++full.made < full.at || full.made >= full.at + full.times)
        return false;
    errno = ENOSPC;
    return true;
}

int openat(int folder, const char *name, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & O_CREAT) == 0 ? 0 : va_arg(args, mode_t);
    va_end(args);
    if ((flags & O_CREAT) != 0 && is_full())
        return -1;
    return (int)syscall(SYS_openat, folder, name, flags, mode);
}

#define CRASH_CALL(call)                                                                           \
    bool last = crash_point();                                                                     \
    long result = (call);                                                                          \
    if (last)                                                                                      \
        _exit(CRASHED);

int fdatasync(int fd)
{
    CRASH_CALL(fd < 0 ? -1 : 0) /* the disk is not waited for: crash_undo is what it does */
    struct stat file;
    if (crash_is_written(fd) && fstat(fd, &file) == 0)
        crash.synced = file.st_size;
    return (int)result;
}

int fsync(int fd)
{
    CRASH_CALL(fd < 0 ? -1 : 0)
    crash.names = 0;
    return (int)result;
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    if (is_full())
        return -1;
    CRASH_CALL(syscall(SYS_renameat2, from_folder, from, to_folder, to, flags))
    if (result == 0 && crash.at != 0)
        crash_name(from_folder, from, to);
    return (int)result;
}

int ftruncate(int fd, off_t size)
{
    if (is_full())
        return -1;
    CRASH_CALL(syscall(SYS_ftruncate, fd, size))
    return (int)result;
}

int unlinkat(int folder, const char *name, int flags)
{
    if (is_full())
        return -1;
    CRASH_CALL(syscall(SYS_unlinkat, folder, name, flags))
    return (int)result;
}

static inline void crash_begin_file(int fd)
{
    char link[32], path[128] = "";
    struct stat file;
    if (fstat(fd, &file) != 0)
        return;
    crash.writing = fd;
    crash.inode = file.st_ino;
    crash.synced = file.st_size;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (file.st_size == 0 && readlink(link, path, sizeof path - 1) > 0)
        crash_name(-1, path, "");
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    if (fd <= 2)
        return syscall(SYS_write, fd, bytes, size);
    bool last = crash_point();
    if (crash.at != 0 && !crash_is_written(fd))
        crash_begin_file(fd);
    if (is_full()) { /* some of it may have found room */
        bool some = full.made == full.at && size > 1;
        return some && !last ? syscall(SYS_write, fd, bytes, size / 2) : -1;
    }
    long result = syscall(SYS_write, fd, bytes, last ? (size + 1) / 2 : size);
    if (last)
        _exit(CRASHED);
    return result;
}

static inline void crash_moment(void)
{
    if (crash_point())
        _exit(CRASHED);
}

/* --- the job --- */

/* What the job's database holds. */
typedef struct CrashDb {
    bool exists, ended;
    uint32_t size;
    char bytes[256];
    uint64_t epoch;
} CrashDb;

static inline CrashDb *crash_db_open(void)
{
    CrashDb *db = mmap(NULL, sizeof *db, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(db, MAP_FAILED);
    return db;
}

#define CRASH_CHECK(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, h->diag.message);   \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

/* As a job does: what passes is tried again. */
static inline bool crash_again(Harness *h, Status status)
{
    bool again = status != ST_OK && h->diag.trouble == TROUBLE_FULL;
    if (again)
        diag_reset(&h->diag);
    return again;
}

/* The transaction of an epoch: all of it or nothing. */
static inline void crash_store(Harness *h, CrashDb *db, Sink *sink, uint64_t epoch, bool ended)
{
    StrBuf bytes;
    strbuf_init(&bytes, &h->meter);
    CRASH_CHECK(sink->save(sink, &bytes) == ST_OK);
    CRASH_CHECK(bytes.size <= sizeof db->bytes);
    crash_moment();
    memcpy(db->bytes, bytes.ptr, bytes.size);
    db->size = (uint32_t)bytes.size;
    db->exists = true;
    db->epoch = epoch;
    db->ended = ended;
    crash_moment();
    strbuf_close(&bytes);
}

typedef struct CrashJob {
    uint64_t epochs;
    uint64_t stop; /* after this epoch it stops, and goes on in the same run; 0: never */
    void (*rows)(SinkRows *rows, uint64_t epoch); /* appends the epoch's, perhaps none */
} CrashJob;

static inline Sink *crash_open(Harness *h, const CrashDb *db, uint64_t *stored)
{
    SinkMemory memory = {db->epoch > 0, db->exists, {db->bytes, db->size}};
    Sink *sink;
    Status status;
    do {
        status =
            h->table.connector->open_sink(&h->table, &h->env, &memory, stored, &sink, &h->diag);
    } while (crash_again(h, status));
    CRASH_CHECK(status == ST_OK);
    CRASH_CHECK(*stored <= db->epoch);
    crash_moment();
    return sink;
}

static inline void crash_epoch(Harness *h, const CrashJob *job, CrashDb *db, Sink *sink,
                               uint64_t epoch)
{
    static SinkRows rows;
    sink_rows_init(&rows);
    job->rows(&rows, epoch);
    if (rows.batch.selected > 0)
        CRASH_CHECK(sink->write(sink, &rows.batch, &h->diag) == ST_OK);
    crash_moment();
    if (epoch > db->epoch)
        crash_store(h, db, sink, epoch, false);
    Status status;
    do {
        status = sink->commit(sink, epoch, &h->diag);
    } while (crash_again(h, status));
    CRASH_CHECK(status == ST_OK);
    crash_moment();
}

static inline void crash_stop(Harness *h, CrashDb *db, Sink *sink, bool ended)
{
    if (!db->ended)
        crash_store(h, db, sink, db->epoch, false);
    Status status;
    do {
        status = sink->finish == NULL ? ST_OK : sink->finish(sink, &h->diag);
    } while (crash_again(h, status));
    CRASH_CHECK(status == ST_OK);
    crash_moment();
    crash_store(h, db, sink, db->epoch, ended || db->ended);
    sink->close(sink);
}

/* Opens the sink as after whatever happened, writes what is missing, and ends. */
static inline void crash_job_run(Harness *h, const CrashJob *job, CrashDb *db)
{
    uint64_t stored, before = db->epoch;
    Sink *sink = crash_open(h, db, &stored);
    for (uint64_t epoch = stored + 1; !db->ended && epoch <= job->epochs; epoch++) {
        crash_epoch(h, job, db, sink, epoch);
        if (epoch != job->stop || epoch <= before)
            continue;
        crash_stop(h, db, sink, false);
        sink = crash_open(h, db, &stored);
        CRASH_CHECK(stored == epoch);
    }
    crash_stop(h, db, sink, true);
}

/* The same in a child that ends at moment `at`, if it gets so far. True: it did end there. */
static inline bool crash_run(Harness *h, const CrashJob *job, CrashDb *db, int at, CrashMode mode)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        crash.at = at;
        crash.mode = mode;
        crash_job_run(h, job, db);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != CRASHED))
        fail_msg("moment %d, mode %d: status %d", at, (int)mode, status);
    return WEXITSTATUS(status) == CRASHED;
}

#endif
