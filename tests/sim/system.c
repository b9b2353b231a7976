#include "tests/sim/system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

static struct {
    InputFault kind;
    uint64_t at, calls[INPUT_FAULT_COUNT];
    bool sticky;
    Sleeper *sleeper;
} calls;

void system_arm(InputFault kind, uint64_t k, bool sticky)
{
    calls.kind = kind;
    calls.at = k;
    calls.sticky = sticky;
    memset(calls.calls, 0, sizeof calls.calls);
}

uint64_t system_calls(InputFault kind)
{
    return calls.calls[kind];
}

void system_set_sleeper(Sleeper *sleeper)
{
    calls.sleeper = sleeper;
}

static bool hits(InputFault kind)
{
    uint64_t made = ++calls.calls[kind];
    if (calls.at == 0 || calls.kind != kind)
        return false;
    bool later = calls.sticky && made > calls.at;
    return made == calls.at ||
           (later && (kind != INPUT_INTERRUPTED || (made - calls.at) % 2 == 0));
}

/* --- the calls --- */

ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    bool cut = hits(INPUT_SHORT), interrupted = hits(INPUT_INTERRUPTED), fails = hits(INPUT_ERROR);
    if (interrupted || fails) {
        errno = interrupted ? EINTR : EIO;
        return -1;
    }
    ssize_t got = __real_pread(fd, to, size, offset);
    return cut && got > 1 ? got / 2 : got;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    unsigned mode = (flags & O_CREAT) != 0 ? va_arg(rest, unsigned) : 0;
    va_end(rest);
    bool reads = (flags & (O_ACCMODE | O_CREAT | O_DIRECTORY)) == O_RDONLY;
    bool of_input = reads && strstr(path, ".db") == NULL;
    if (of_input && hits(INPUT_NO_FILE)) {
        errno = EMFILE;
        return -1;
    }
    return __real_open(path, flags, mode);
}

DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);
DIR *__wrap_opendir(const char *path)
{
    if (hits(INPUT_NO_FILE)) {
        errno = EMFILE;
        return NULL;
    }
    return __real_opendir(path);
}

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
    (void)wanted, (void)left;
    if (calls.sleeper != NULL)
        calls.sleeper->nap(calls.sleeper);
    return 0;
}

/* The catalog asks for what tells one database from another, and seeds its hashes with it. */
ssize_t __wrap_getrandom(void *to, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *to, size_t size, unsigned flags)
{
    (void)flags;
    memset(to, 0x5A, size);
    return (ssize_t)size;
}
