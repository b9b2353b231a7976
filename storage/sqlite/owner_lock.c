#include "storage/sqlite/owner_lock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct flock whole_file(short type)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET};
}

static int read_pid(int fd)
{
    char digits[16] = "";
    ssize_t size = pread(fd, digits, sizeof digits - 1, 0);
    if (size <= 0)
        return OWNER_UNKNOWN;
    long pid = strtol(digits, NULL, 10);
    return pid > 0 && pid <= INT32_MAX ? (int)pid : OWNER_UNKNOWN;
}

enum {
    EXITING_FLAG = 0x4, /* PF_EXITING, proc(5) */
    KILL_BIT = 1 << 8,  /* of SIGKILL in a mask of pending signals */
    DYING_WAIT_MS = 5,
    DYING_TRIES = 6000,  /* half a minute: a disk that is slow to take what was written */
    UNNAMED_TRIES = 400, /* two seconds: an owner that has not said its pid yet, or never will */
};

static bool read_proc(int pid, const char *name, char *out, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = read(fd, out, size - 1);
    close(fd);
    out[got > 0 ? got : 0] = '\0';
    return got > 0;
}

static bool is_exiting(const char *stat)
{
    char state;
    unsigned flags;
    const char *rest = strrchr(stat, ')'); /* a name may have brackets of its own */
    return rest != NULL && sscanf(rest, ") %c %*d %*d %*d %*d %*d %u", &state, &flags) == 2 &&
           (state == 'Z' || state == 'X' || (flags & EXITING_FLAG) != 0);
}

static bool is_to_be_killed(const char *status, const char *mask)
{
    const char *line = strstr(status, mask);
    return line != NULL && (strtoull(line + strlen(mask), NULL, 16) & KILL_BIT) != 0;
}

/* A process that was killed holds its locks until the last of its writes has ended. */
static bool is_dying(int pid)
{
    char text[4096];
    if (pid <= 0)
        return false;
    if (read_proc(pid, "stat", text, sizeof text) && is_exiting(text))
        return true;
    return read_proc(pid, "status", text, sizeof text) &&
           (is_to_be_killed(text, "SigPnd:") || is_to_be_killed(text, "ShdPnd:"));
}

/* Whether a lock that this process is said to hold is to be asked for again. */
static bool will_pass(int pid, int tries)
{
    char path[64];
    if (pid == OWNER_NOBODY || is_dying(pid))
        return tries < DYING_TRIES;
    snprintf(path, sizeof path, "/proc/%d", pid);
    bool unnamed = pid == OWNER_UNKNOWN || access(path, F_OK) != 0; /* or it is an earlier one's */
    return unnamed && tries < UNNAMED_TRIES;
}

static void wait_a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = DYING_WAIT_MS * 1000000}, NULL);
}

/* In a way that a lock of the type would meet. */
static bool is_locked(int fd, short type)
{
    struct flock lock = whole_file(type);
    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* The owner writes its pid right after taking the lock, so a file found empty is looked at again a
 * moment later. */
static int holder(const char *path, short type)
{
    int pid = OWNER_NOBODY;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == EACCES ? OWNER_UNKNOWN : OWNER_NOBODY;
    for (int attempt = 0; attempt < 20; attempt++) {
        if (!is_locked(fd, type)) {
            pid = OWNER_NOBODY;
            break;
        }
        pid = read_pid(fd);
        if (pid != OWNER_UNKNOWN)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    close(fd);
    return pid;
}

int owner_lock_pid(const char *path)
{
    int pid = holder(path, F_RDLCK);
    return is_dying(pid) ? OWNER_NOBODY : pid;
}

/* The file may have been removed by an owner that went away between our open and our lock; then
 * what we hold is a lock on nothing. */
static bool still_there(int fd, const char *path)
{
    struct stat ours, there;
    return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

static bool write_pid(int fd)
{
    char digits[16];
    int size = snprintf(digits, sizeof digits, "%d\n", (int)getpid());
    return ftruncate(fd, 0) == 0 && pwrite(fd, digits, (size_t)size, 0) == size;
}

static OwnerLockResult take(OwnerLock *lock, short type, const char *path, mode_t mode, int *pid)
{
    int tries = 0;
    lock->fd = -1;
    lock->shared = type == F_RDLCK;
    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
        if (fd < 0)
            return OWNER_LOCK_ERROR;
        struct flock whole = whole_file(type);
        if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
            int cause = errno;
            close(fd);
            errno = cause;
            if (cause != EAGAIN && cause != EACCES)
                return OWNER_LOCK_ERROR;
            *pid = holder(path, type);
            if (!will_pass(*pid, tries++))
                return OWNER_LOCK_TAKEN;
            wait_a_moment();
            continue;
        }
        if (still_there(fd, path)) {
            lock->fd = fd;
            break;
        }
        close(fd);
    }
    if (write_pid(lock->fd))
        return OWNER_LOCK_HELD;
    int cause = errno;
    owner_lock_release(lock, path);
    errno = cause;
    return OWNER_LOCK_ERROR;
}

OwnerLockResult owner_lock_take(OwnerLock *lock, const char *path, mode_t mode, int *pid)
{
    return take(lock, F_WRLCK, path, mode, pid);
}

OwnerLockResult owner_lock_share(OwnerLock *lock, const char *path, mode_t mode, int *pid)
{
    return take(lock, F_RDLCK, path, mode, pid);
}

void owner_lock_sweep(const char *path)
{
    OwnerLock lock = {.fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)};
    struct flock whole = whole_file(F_WRLCK);
    if (lock.fd < 0)
        return;
    if (fcntl(lock.fd, F_OFD_SETLK, &whole) == 0 && still_there(lock.fd, path))
        owner_lock_release(&lock, path);
    else
        close(lock.fd);
}

/* The file is removed while the lock is held alone, so that it cannot be a new owner's. */
void owner_lock_release(OwnerLock *lock, const char *path)
{
    if (lock->fd < 0)
        return;
    struct flock alone = whole_file(F_WRLCK);
    if (!lock->shared || fcntl(lock->fd, F_OFD_SETLK, &alone) == 0)
        unlink(path);
    close(lock->fd);
    lock->fd = -1;
}
