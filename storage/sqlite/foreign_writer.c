#include "storage/sqlite/foreign_writer.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A line of /proc/locks: "1: POSIX  ADVISORY  WRITE 2345 fe:00:1234 120 120". */
static int writer_of_line(const char *line, const struct stat *file, bool only_write_byte)
{
    int pid;
    unsigned major_number, minor_number;
    unsigned long long inode, start;
    if (sscanf(line, "%*d: POSIX ADVISORY WRITE %d %x:%x:%llu %llu", &pid, &major_number,
               &minor_number, &inode, &start) != 5)
        return 0;
    if (inode != file->st_ino || major_number != major(file->st_dev) ||
        minor_number != minor(file->st_dev))
        return 0;
    enum { WAL_WRITE_LOCK_BYTE = 120 };
    if (pid <= 0 || pid == (int)getpid() || (only_write_byte && start != WAL_WRITE_LOCK_BYTE))
        return 0;
    return pid;
}

static int find_writer(const char *path, bool only_write_byte)
{
    struct stat file;
    FILE *locks = fopen("/proc/locks", "re");
    if (locks == NULL)
        return 0;
    int pid = 0;
    if (stat(path, &file) == 0) {
        char line[256];
        while (pid == 0 && fgets(line, sizeof line, locks) != NULL)
            pid = writer_of_line(line, &file, only_write_byte);
    }
    fclose(locks);
    return pid;
}

int foreign_writer_pid(const char *path)
{
    char shared_memory[4096 + 8];
    int size = snprintf(shared_memory, sizeof shared_memory, "%s-shm", path);
    if (size < 0 || (size_t)size >= sizeof shared_memory)
        return 0;
    int pid = find_writer(shared_memory, true);
    return pid != 0 ? pid : find_writer(path, false);
}

void process_name(int pid, char out[32])
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
