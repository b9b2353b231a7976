#include "tests/sim/system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "storage/base/bell.h"

static struct {
    InputFault kind;
    uint64_t at, calls[INPUT_FAULT_COUNT];
    bool sticky;
    Listener *listener;
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

void system_set_listener(Listener *listener)
{
    calls.listener = listener;
}

static bool hits(InputFault kind)
{
    uint64_t made = ++calls.calls[kind];
    if (calls.at == 0 || calls.kind != kind)
        return false;
    bool later = calls.sticky && made > calls.at;
    return made == calls.at || (later && (kind != INPUT_INTERRUPTED || (made - calls.at) % 2 == 0));
}

/* --- the calls --- */

/* An error that the call is to end with, or 0; *cut: it is to give less. */
static int read_fault(bool *cut)
{
    *cut = hits(INPUT_SHORT);
    bool interrupted = hits(INPUT_INTERRUPTED), fails = hits(INPUT_ERROR);
    return fails ? EIO : interrupted ? EINTR : 0;
}

ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    bool cut;
    int error = read_fault(&cut);
    ssize_t got = error != 0 ? -1 : __real_pread(fd, to, size, offset);
    if (error != 0)
        errno = error;
    return cut && got > 1 ? got / 2 : got;
}

/* What a pipe has given is gone, so a cut read asks for less. */
ssize_t __real_read(int fd, void *to, size_t size);
ssize_t __wrap_read(int fd, void *to, size_t size);
ssize_t __wrap_read(int fd, void *to, size_t size)
{
    bool cut;
    int error = 0, ready = 0;
    if (fd != STDIN_FILENO || calls.listener == NULL)
        return __real_read(fd, to, size);
    error = read_fault(&cut);
    if (error != 0) {
        errno = error;
        return -1;
    }
    if (cut && ioctl(fd, FIONREAD, &ready) == 0 && ready > 1 && (size_t)ready / 2 < size)
        size = (size_t)ready / 2;
    ssize_t got = __real_read(fd, to, size);
    if (got > 0)
        calls.listener->take(calls.listener, (size_t)got);
    return got;
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
    if (calls.listener != NULL)
        calls.listener->nap(calls.listener);
    return 0;
}

/* Nobody rings in one thread. */
void __wrap_bell_wait(Bell *bell, Micros most);
void __wrap_bell_wait(Bell *bell, Micros most)
{
    (void)bell, (void)most;
    __wrap_nanosleep(NULL, NULL);
}

/* The catalog asks for what tells one database from another, and seeds its hashes with it. */
ssize_t __wrap_getrandom(void *to, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *to, size_t size, unsigned flags)
{
    (void)flags;
    memset(to, 0x5A, size);
    return (ssize_t)size;
}
