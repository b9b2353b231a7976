#include "storage/connector/file_follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/connector/file_list.h"

void file_follow_init(FileFollow *follow, const TableSpec *table, SourceEnv *env, Text path)
{
    *follow = (FileFollow){
        .path = path,
        .clock = env->clock,
        .interval = option_duration(&table->scope, table->options, "source.monitor-interval"),
        .quiet_since = -1,
    };
}

ssize_t file_read_head(int fd, char *head, size_t size)
{
    size_t count = 0;
    while (count < size) {
        ssize_t got = pread(fd, head + count, size - count, (off_t)count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        count += (size_t)got;
    }
    return (ssize_t)count;
}

/* Whether the file still begins as it did. */
static FollowState compare_head(FileFollow *follow, int fd)
{
    char head[FOLLOW_HEAD_BYTES];
    ssize_t count = file_read_head(fd, head, sizeof head);
    if (count < 0)
        return FOLLOW_FAILED;
    if (count < (ssize_t)follow->head_size || memcmp(head, follow->head, follow->head_size) != 0)
        return FOLLOW_CUT;
    memcpy(follow->head, head, (size_t)count);
    follow->head_size = (uint32_t)count;
    return FOLLOW_SAME;
}

/* Whether the name still stands for the open file; a name that is gone may come back. */
static bool name_is_anothers(const FileFollow *follow, const struct stat *file)
{
    struct stat named;
    if (file->st_nlink == 0)
        return true;
    if (stat(follow->path.ptr, &named) != 0)
        return false;
    return named.st_ino != file->st_ino || named.st_dev != file->st_dev;
}

FollowState file_follow_check(FileFollow *follow, int fd, uint64_t offset, size_t count)
{
    if (count > 0) {
        bool resumed = follow->at_end || follow->head_size == 0;
        follow->at_end = false;
        if (follow->quiet_since >= 0)
            follow->quiet_since = follow->clock->monotonic(follow->clock);
        return resumed ? compare_head(follow, fd) : FOLLOW_SAME;
    }
    struct stat file;
    follow->at_end = true;
    if (fstat(fd, &file) != 0)
        return FOLLOW_FAILED;
    if ((uint64_t)file.st_size < offset)
        return FOLLOW_CUT;
    Micros now = follow->clock->monotonic(follow->clock);
    if (now < follow->check_at)
        return FOLLOW_SAME;
    follow->check_at = now + follow->interval;
    if (!name_is_anothers(follow, &file))
        follow->quiet_since = -1;
    else if (follow->quiet_since < 0)
        follow->quiet_since = now;
    else if (now - follow->quiet_since >= follow->interval)
        return FOLLOW_LEFT;
    return FOLLOW_SAME;
}

static bool is_file(const struct stat *info, FileIdentity file)
{
    return info->st_dev == file.device && info->st_ino == file.inode;
}

/* An inode is given to the next file as soon as it is free: the time of birth tells them apart. It
 * is looked at before anything is opened, as closing a file of the database would take SQLite's
 * locks away. errno 0: it is another file. */
static int open_if_same(const char *path, FileIdentity file)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return -1;
    uint64_t born = file_birth(path);
    int fd = -1;
    if (is_file(&info, file) && (born == file.born || born == 0 || file.born == 0)) {
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0 || (fstat(fd, &info) == 0 && is_file(&info, file)))
            return fd;
        close(fd);
    }
    errno = 0;
    return -1;
}

/* By its own name or another one in the same directory, which is put into `name`. */
static int open_anywhere(Text path, FileIdentity file, char name[PATH_MAX])
{
    snprintf(name, PATH_MAX, "%.*s", TEXT_ARG(path));
    int found = open_if_same(path.ptr, file);
    if (found >= 0 || (errno != 0 && errno != ENOENT))
        return found;
    const char *slash = strrchr(path.ptr, '/');
    int folder_size = slash == NULL ? 0 : (int)(slash - path.ptr) + 1;
    snprintf(name, PATH_MAX, "%.*s", folder_size, path.ptr);
    DIR *folder = opendir(folder_size == 0 ? "." : name);
    if (folder == NULL)
        return -1;
    const struct dirent *entry;
    while (found < 0 && (entry = readdir(folder)) != NULL) {
        if (entry->d_ino != file.inode)
            continue;
        int size = snprintf(name, PATH_MAX, "%.*s%s", folder_size, path.ptr, entry->d_name);
        if (size > 0 && size < PATH_MAX)
            found = open_if_same(name, file);
    }
    closedir(folder);
    if (found < 0)
        errno = 0;
    return found;
}

int file_follow_reopen(Text path, FileIdentity file)
{
    char name[PATH_MAX];
    return open_anywhere(path, file, name);
}

bool file_follow_find(Text path, FileIdentity file, char name[PATH_MAX])
{
    int found = open_anywhere(path, file, name);
    if (found >= 0)
        close(found);
    return found >= 0;
}
