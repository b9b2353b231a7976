#include "storage/sqlite/foreign_lock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Bytes that count, and the kind of lock on them. In WAL mode SQLite locks bytes of the -shm file:
 * 120 to write, 123 to 127 to read; else of the database file. */
typedef struct LockRange {
    const char *kind;
    unsigned long long first, last;
} LockRange;

static const LockRange wal_write = {"WRITE", 120, 120};
static const LockRange wal_read = {"READ", 123, 127};
static const LockRange any_write = {"WRITE", 0, ~0ull};

/* A line of /proc/locks: "1: POSIX  ADVISORY  WRITE 2345 fe:00:1234 120 120". The locks of a
 * process on neighbouring bytes are one line; a last byte can be "EOF". */
static int holder_of_line(const char *line, const struct stat *file, const LockRange *range)
{
    int pid;
    char kind[8];
    unsigned major_number, minor_number;
    unsigned long long inode, first, last = ~0ull;
    if (sscanf(line, "%*d: POSIX ADVISORY %7s %d %x:%x:%llu %llu %llu", kind, &pid, &major_number,
               &minor_number, &inode, &first, &last) < 6)
        return FOREIGN_NONE;
    if (inode != file->st_ino || major_number != major(file->st_dev) ||
        minor_number != minor(file->st_dev))
        return FOREIGN_NONE;
    if (strcmp(kind, range->kind) != 0 || first > range->last || last < range->first ||
        pid == (int)getpid())
        return FOREIGN_NONE;
    return pid > 0 ? pid : FOREIGN_UNSEEN;
}

static int find_holder(const char *path, const char *suffix, const LockRange *range)
{
    char name[4096 + 8];
    struct stat file;
    int size = snprintf(name, sizeof name, "%s%s", path, suffix);
    if (size < 0 || (size_t)size >= sizeof name)
        return FOREIGN_NONE;
    FILE *locks = fopen("/proc/locks", "re");
    if (locks == NULL)
        return FOREIGN_NONE;
    int pid = FOREIGN_NONE;
    if (stat(name, &file) == 0) {
        char line[256];
        while (pid == FOREIGN_NONE && fgets(line, sizeof line, locks) != NULL)
            pid = holder_of_line(line, &file, range);
    }
    fclose(locks);
    return pid;
}

int foreign_writer_pid(const char *path)
{
    int pid = find_holder(path, "-shm", &wal_write);
    return pid != FOREIGN_NONE ? pid : find_holder(path, "", &any_write);
}

int foreign_reader_pid(const char *path)
{
    return find_holder(path, "-shm", &wal_read);
}

static void read_name(int pid, char out[32])
{
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL || fgets(out, 32, file) == NULL)
        memcpy(out, "?", 2);
    if (file != NULL)
        fclose(file);
    out[strcspn(out, "\n")] = '\0';
}

void process_print(int pid, char out[PROCESS_TEXT_SIZE])
{
    char name[32];
    if (pid > 0) {
        read_name(pid, name);
        snprintf(out, PROCESS_TEXT_SIZE, "process %d (%s)", pid, name);
    } else {
        snprintf(out, PROCESS_TEXT_SIZE, "%s",
                 pid == FOREIGN_UNSEEN ? "a process of another container" : "another process");
    }
}
