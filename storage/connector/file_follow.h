/* FileFollow: what happens to a file that is read while others write, rotate and cut it.
 *
 * Rotation by rename: the open descriptor is read on until the file has not grown for a while after
 * its name came to stand for another file; that one is a split of its own. Copy and truncate: the
 * file is shorter than what was read of it, or grew again with another beginning. */
#ifndef WEIR_STORAGE_CONNECTOR_FILE_FOLLOW_H
#define WEIR_STORAGE_CONNECTOR_FILE_FOLLOW_H

#include <limits.h>
#include <sys/types.h>

#include "storage/connector/connector.h"

enum {
    FOLLOW_HEAD_BYTES = 256,
    FOLLOW_FILE_HEAD_BYTES = 4096, /* that a file is recognised by when it is opened again */
};

typedef enum FollowState {
    FOLLOW_SAME,   /* go on */
    FOLLOW_CUT,    /* truncated: what was read is no longer there */
    FOLLOW_LEFT,   /* rotated away or deleted, and at rest */
    FOLLOW_FAILED, /* errno says why */
} FollowState;

typedef struct FileFollow {
    Text path;
    Clock *clock;
    Micros interval;
    Micros check_at; /* when to look at the name again */
    Micros
        quiet_since; /* the name is another file's and nothing was written since; -1: it is not */
    bool at_end;     /* the last read found nothing */
    uint32_t head_size;
    char head[FOLLOW_HEAD_BYTES]; /* of the file, to recognise it by */
} FileFollow;

/* Reads what the file begins with, however many reads that takes: less than `size` bytes only where
 * it has no more; -1: errno says why. */
ssize_t file_read_head(int fd, char *head, size_t size);

void file_follow_init(FileFollow *follow, const TableSpec *table, SourceEnv *env, Text path);
/* After a read at `offset` that brought `count` bytes. */
FollowState file_follow_check(FileFollow *follow, int fd, uint64_t offset, size_t count);
/* What tells a file from another one that has come to its name, or to its inode. */
typedef struct FileIdentity {
    uint64_t device, inode;
    uint64_t born; /* in nanoseconds; 0: not known */
} FileIdentity;
/* Opens the file by its name or, when that is another's by now, by the name it was given in the
 * same directory; -1 when it is gone (errno 0) or cannot be opened. No other file is opened. */
int file_follow_reopen(Text path, FileIdentity file);
/* The name it was given in the same directory, or still has; false: it is gone. */
bool file_follow_find(Text path, FileIdentity file, char name[PATH_MAX]);

#endif
