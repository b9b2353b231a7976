/* A file is the same one where device, inode and time of birth are, whatever it is called by now,
 * and where it still begins as it did: the number of an inode is given out again, and a file can be
 * cut and written anew. One that was copied over is another file, as it is for a job that goes on.
 */
#include "storage/connector/file_compare.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/base/hash.h"
#include "storage/connector/file_follow.h"
#include "storage/connector/file_list.h"

static bool born_alike(uint64_t a, uint64_t b)
{
    return a == b || a == 0 || b == 0;
}

static const Split *find_file(const Split *before, const Split *now, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (now[i].inode == before->inode && now[i].device == before->device &&
            born_alike(now[i].born, before->born))
            return &now[i];
    }
    return NULL;
}

static const Split *find_name(const Split *before, const Split *now, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (text_equal(now[i].name, before->name))
            return &now[i];
    }
    return NULL;
}

static bool begins_alike(int fd, const StreamHead *head)
{
    char bytes[FOLLOW_FILE_HEAD_BYTES];
    if (head->size > sizeof bytes) /* nobody has written that */
        return false;
    ssize_t count = file_read_head(fd, bytes, head->size);
    return count == (ssize_t)head->size && hash_bytes(bytes, head->size, 0) == head->hash;
}

static Status refuse_file(const Split *file, int error, Diag *diag)
{
    return diag_error(diag, error == ENOENT ? E3001 : E3002, SPAN_NONE, "\"%.*s\": %s",
                      TEXT_ARG(file->name), strerrordesc_np(error));
}

static Status compare_bytes(const Split *before, uint64_t read, const Split *now,
                            char why[SPLIT_WHY_SIZE], Diag *diag)
{
    struct stat info;
    int fd = open(now->name.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return refuse_file(now, errno, diag);
    Status status = fstat(fd, &info) == 0 ? ST_OK : refuse_file(now, errno, diag);
    if (status == ST_OK && (uint64_t)info.st_size < read)
        snprintf(why, SPLIT_WHY_SIZE, "was cut: %llu bytes of it were read, and %lld are there",
                 (unsigned long long)read, (long long)info.st_size);
    else if (status == ST_OK && !begins_alike(fd, &before->head))
        snprintf(why, SPLIT_WHY_SIZE, "was written anew: its first %u bytes are others",
                 before->head.size);
    close(fd);
    return status;
}

/* It is not among those that the table reads now. */
static void tell_absence(const Split *before, const Split *named, char why[SPLIT_WHY_SIZE])
{
    char name[PATH_MAX];
    if (file_follow_find(before->name, (FileIdentity){before->device, before->inode, before->born},
                         name))
        snprintf(why, SPLIT_WHY_SIZE, "was renamed to \"%.*s\", which the table does not read",
                 SPLIT_WHY_SIZE - 64, name);
    else
        snprintf(why, SPLIT_WHY_SIZE, "%s",
                 named == NULL ? "is gone" : "was replaced by another file of its name");
}

Status file_compare(const Split *before, uint64_t read, const Split *now, uint32_t count,
                    char why[SPLIT_WHY_SIZE], Diag *diag)
{
    const Split *named = find_name(before, now, count);
    const Split *same = before->inode == 0 ? named : find_file(before, now, count);
    why[0] = '\0';
    if (read == 0) /* no row came of it */
        return ST_OK;
    if (same != NULL)
        return compare_bytes(before, read, same, why, diag);
    tell_absence(before, named, why);
    return ST_OK;
}
