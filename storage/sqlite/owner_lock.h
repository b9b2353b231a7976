/* OwnerLock: one process owns a database file. The lock is an open-file-description lock on a file
 * beside the database, "<path>-lock", which holds the owner's pid. It goes with the process, also
 * when that is killed. The database file itself is never opened here: closing any descriptor of it
 * would drop the POSIX locks that SQLite holds on it.
 *
 * Those who only write tables of their own into a database that nobody owns share the lock. */
#ifndef WEIR_STORAGE_SQLITE_OWNER_LOCK_H
#define WEIR_STORAGE_SQLITE_OWNER_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

enum {
    OWNER_NOBODY = 0,
    OWNER_UNKNOWN = -1, /* somebody, whose pid cannot be read */
};

typedef struct OwnerLock {
    int fd; /* -1: not held */
    bool shared;
} OwnerLock;

typedef enum OwnerLockResult {
    OWNER_LOCK_HELD,
    OWNER_LOCK_TAKEN, /* by somebody else: *pid */
    OWNER_LOCK_ERROR, /* errno says why */
} OwnerLockResult;

/* `path`: of the lock file, made with the permissions `mode` if it is missing. */
/* Waits for an owner that was killed and is still on its way out. */
OwnerLockResult owner_lock_take(OwnerLock *lock, const char *path, mode_t mode, int *pid);
/* The same beside others who share it; the file then holds the pid of the last of them. */
OwnerLockResult owner_lock_share(OwnerLock *lock, const char *path, mode_t mode, int *pid);
/* Removes the file too, unless others share the lock. */
void owner_lock_release(OwnerLock *lock, const char *path);
/* Removes the file of an owner that was killed; one that somebody holds stays. */
void owner_lock_sweep(const char *path);
/* The pid of whoever holds the lock alone, OWNER_NOBODY or OWNER_UNKNOWN. */
int owner_lock_pid(const char *path);

#endif
