#include "storage/connector/part_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/base/crash_point.h"
#include "storage/base/hash.h"
#include "storage/connector/file_list.h"

/* --- names --- */

enum { NAME_BYTES = 80, LOCK_NAME_SIZE = 27 };
#define HIDDEN_SUFFIX ".inprogress"

static void hidden_name(const PartFolder *folder, uint64_t part, char out[NAME_BYTES])
{
    snprintf(out, NAME_BYTES, ".%s%llu" HIDDEN_SUFFIX, folder->prefix, (unsigned long long)part);
}

static void visible_name(const PartFolder *folder, uint64_t part, char out[NAME_BYTES])
{
    snprintf(out, NAME_BYTES, "%s%llu", folder->prefix, (unsigned long long)part);
}

/* The other way round; false: it is no part of this sink. */
static bool parse_name(const PartFolder *folder, const char *name, uint64_t *part, bool *hidden)
{
    size_t prefix = strlen(folder->prefix);
    *hidden = name[0] == '.';
    name += *hidden;
    if (strncmp(name, folder->prefix, prefix) != 0)
        return false;
    const char *p = name + prefix;
    *part = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (__builtin_mul_overflow(*part, 10, part) ||
            __builtin_add_overflow(*part, (uint64_t)(*p - '0'), part))
            return false;
    }
    bool plain = p > name + prefix && (name[prefix] != '0' || p == name + prefix + 1);
    return plain && strcmp(p, *hidden ? HIDDEN_SUFFIX : "") == 0;
}

static Status refuse(const PartFolder *folder, const char *name, int error, Diag *diag)
{
    Trouble trouble = trouble_of_error(error);
    Status status =
        diag_held_up(diag, E3003, trouble, "cannot write \"%.*s%s%s\": %s", TEXT_ARG(folder->path),
                     name[0] == '\0' ? "" : "/", name, trouble_words(error));
    if (trouble == TROUBLE_FULL)
        diag_hint(diag, "free some space and run it again; everything up to the last commit is "
                        "safe");
    return status;
}

static Status fail_sync(const PartFolder *folder, const char *name, int error, Diag *diag)
{
    Status status =
        diag_error(diag, E3003, SPAN_NONE, "cannot write \"%.*s%s%s\": fsync failed (%s)",
                   TEXT_ARG(folder->path), name[0] == '\0' ? "" : "/", name, trouble_words(error));
    diag_hint(diag, "look after the disk and run it again: it goes on behind the last commit");
    return status;
}

Status part_folder_refuse(const PartFolder *folder, uint64_t part, int error, Diag *diag)
{
    char hidden[NAME_BYTES];
    hidden_name(folder, part, hidden);
    return refuse(folder, hidden, error, diag);
}

Status part_folder_fail_sync(const PartFolder *folder, uint64_t part, int error, Diag *diag)
{
    char hidden[NAME_BYTES];
    hidden_name(folder, part, hidden);
    return fail_sync(folder, hidden, error, diag);
}

/* --- the directory --- */

static bool sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = fsync(fd) == 0;
    int error = errno;
    close(fd);
    errno = error;
    return done;
}

/* Makes the directory path[0..at), whose parent exists, unless it is there. */
static bool make_one(char *path, size_t at)
{
    char parent[PATH_MAX];
    char saved = path[at];
    path[at] = '\0';
    bool made = mkdir(path, 0777) == 0;
    int error = errno;
    path[at] = saved;
    errno = error;
    if (!made)
        return error == EEXIST;
    while (at > 0 && path[at - 1] != '/')
        at--;
    memcpy(parent, path, at);
    parent[at] = '\0';
    return sync_path(at == 0 ? "." : parent) || errno == EACCES; /* it can be closed to readers */
}

static Status make_folder(PartFolder *folder, Diag *diag)
{
    char path[PATH_MAX];
    if (folder->path.size >= sizeof path)
        return refuse(folder, "", ENAMETOOLONG, diag);
    memcpy(path, folder->path.ptr, (size_t)folder->path.size + 1);
    for (size_t at = 1; at <= folder->path.size; at++) {
        if ((path[at] == '/' || path[at] == '\0') && !make_one(path, at))
            return refuse(folder, "", errno, diag);
    }
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0 && errno == ENOTDIR)
        return diag_error(diag, E3003, SPAN_NONE,
                          "\"%.*s\" is a file; rows are written into a directory",
                          TEXT_ARG(folder->path));
    return folder->fd < 0 ? refuse(folder, "", errno, diag) : ST_OK;
}

/* Two that are this owner's: its database was copied, and both copies are in use. */
static Status take_lock(PartFolder *folder, Arena *arena, Diag *diag)
{
    Text path;
    int pid = OWNER_UNKNOWN;
    char name[NAME_BYTES];
    snprintf(name, sizeof name, ".%slock", folder->prefix);
    TRY(arena_printf(arena, &path, "%.*s/%s", TEXT_ARG(folder->path), name));
    folder->lock_path = path.ptr;
    switch (owner_lock_take(&folder->lock, folder->lock_path, 0666, &pid)) {
    case OWNER_LOCK_HELD: return ST_OK;
    case OWNER_LOCK_ERROR: return refuse(folder, name, errno, diag);
    case OWNER_LOCK_TAKEN: break;
    }
    Status status = diag_error(diag, E3006, SPAN_NONE,
                               "the parts %s... in \"%.*s\" are being written by process %d",
                               folder->prefix, TEXT_ARG(folder->path), pid);
    diag_hint(diag, "is a copy of this database in use?");
    return status;
}

/* Calls `visit` for each name in the directory. */
static Status each_name(const PartFolder *folder,
                        Status (*visit)(const PartFolder *folder, const char *name, void *context,
                                        Diag *diag),
                        void *context, Diag *diag)
{
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = fd < 0 ? NULL : fdopendir(fd);
    if (listing == NULL) {
        Status status = refuse(folder, "", errno, diag);
        if (fd >= 0)
            close(fd);
        return status;
    }
    Status status = ST_OK;
    const struct dirent *entry;
    errno = 0;
    while (status == ST_OK && (entry = readdir(listing)) != NULL) {
        status = visit(folder, entry->d_name, context, diag);
        errno = 0;
    }
    if (status == ST_OK && errno != 0)
        status = refuse(folder, "", errno, diag);
    closedir(listing);
    return status;
}

/* Of a sink whose job was killed, and which perhaps never comes again. */
static Status sweep_lock(const PartFolder *folder, const char *name, void *context, Diag *diag)
{
    char path[PATH_MAX];
    int end = 0;
    (void)context, (void)diag;
    bool others = sscanf(name, ".part-%*16[0-9a-f]-lock%n", &end) == 0 && end == LOCK_NAME_SIZE &&
                  name[end] == '\0' &&
                  strncmp(name + 1, folder->prefix, strlen(folder->prefix)) != 0;
    if (others && snprintf(path, sizeof path, "%.*s/%s", TEXT_ARG(folder->path), name) < PATH_MAX)
        owner_lock_sweep(path);
    return ST_OK;
}

Status part_folder_open(PartFolder *folder, const TableSpec *table, const SourceEnv *env,
                        Diag *diag)
{
    const SinkOwner *owner = &env->owner;
    *folder = (PartFolder){.fd = -1, .lock = {.fd = -1}, .prefix = "part-"};
    TRY(file_path_resolve(table, env, env->arena, &folder->path));
    TRY(make_folder(folder, diag));
    if (owner->database.size == 0)
        return ST_OK;
    uint64_t uid = hash_bytes(owner->database.ptr, owner->database.size, 0);
    uid = hash_u64(owner->sink, hash_u64((uint64_t)owner->job, uid));
    snprintf(folder->prefix, sizeof folder->prefix, "part-%016llx-", (unsigned long long)uid);
    TRY(take_lock(folder, env->arena, diag));
    return each_name(folder, sweep_lock, NULL, diag);
}

void part_folder_close(PartFolder *folder)
{
    owner_lock_release(&folder->lock, folder->lock_path);
    if (folder->fd >= 0)
        close(folder->fd);
    folder->fd = -1;
}

Status part_folder_sync(const PartFolder *folder, Diag *diag)
{
    return fsync(folder->fd) == 0 ? ST_OK : fail_sync(folder, "", errno, diag);
}

/* --- parts --- */

bool part_folder_is_shown(const PartFolder *folder, uint64_t part)
{
    char visible[NAME_BYTES];
    visible_name(folder, part, visible);
    return faccessat(folder->fd, visible, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

Status part_folder_create(PartFolder *folder, uint64_t part, int *fd, Diag *diag)
{
    char hidden[NAME_BYTES];
    hidden_name(folder, part, hidden);
    *fd = -1;
    if (part_folder_is_shown(folder, part))
        return ST_OK;
    *fd = openat(folder->fd, hidden, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return *fd >= 0 || errno == EEXIST ? ST_OK : refuse(folder, hidden, errno, diag);
}

Status part_folder_reopen(PartFolder *folder, uint64_t part, int *fd, Diag *diag)
{
    char hidden[NAME_BYTES];
    hidden_name(folder, part, hidden);
    *fd = openat(folder->fd, hidden, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return *fd >= 0 || errno == ENOENT ? ST_OK : refuse(folder, hidden, errno, diag);
}

static Status fail_gone(const PartFolder *folder, const char *name, Diag *diag)
{
    return diag_error(diag, E3006, SPAN_NONE,
                      "\"%.*s/%s\" is gone, and with it rows that the job has written",
                      TEXT_ARG(folder->path), name);
}

Status part_folder_fail_gone(const PartFolder *folder, uint64_t part, Diag *diag)
{
    char hidden[NAME_BYTES], visible[NAME_BYTES];
    hidden_name(folder, part, hidden);
    visible_name(folder, part, visible);
    Status status = fail_gone(folder, hidden, diag);
    diag_hint(diag,
              "if it was finished and then fetched as %s, put an empty file of that name there",
              visible);
    return status;
}

static Status show(const PartFolder *folder, uint64_t part, bool perhaps_shown, Diag *diag)
{
    char hidden[NAME_BYTES], visible[NAME_BYTES];
    hidden_name(folder, part, hidden);
    visible_name(folder, part, visible);
    bool shown = renameat2(folder->fd, hidden, folder->fd, visible, RENAME_NOREPLACE) == 0;
    int error = errno;
    CRASH_POINT(PART_SHOWN);
    if (shown || (error == ENOENT && perhaps_shown))
        return ST_OK;
    return error == ENOENT ? fail_gone(folder, hidden, diag) : refuse(folder, visible, error, diag);
}

/* When one of them cannot be shown, those before it are: whoever remembers so must be able to rely
 * on it. */
Status part_folder_show(PartFolder *folder, uint64_t *first, uint64_t end, bool perhaps_shown,
                        Diag *diag)
{
    Diag why = {0};
    Status status = ST_OK;
    uint64_t part = *first;
    for (; status == ST_OK && part < end; part += status == ST_OK)
        status = show(folder, part, perhaps_shown, &why);
    if (part > *first)
        TRY(part_folder_sync(folder, diag));
    *first = part;
    if (status != ST_OK && !diag->set)
        *diag = why;
    return status;
}

Status part_folder_remove(PartFolder *folder, uint64_t part, Diag *diag)
{
    char hidden[NAME_BYTES];
    hidden_name(folder, part, hidden);
    bool removed = unlinkat(folder->fd, hidden, 0) == 0 || errno == ENOENT;
    return removed ? ST_OK : refuse(folder, hidden, errno, diag);
}

typedef struct PartVisitor {
    Status (*found)(void *context, uint64_t part, bool hidden, Diag *diag);
    void *context;
} PartVisitor;

static Status visit_part(const PartFolder *folder, const char *name, void *context, Diag *diag)
{
    const PartVisitor *visitor = context;
    uint64_t part;
    bool hidden;
    return parse_name(folder, name, &part, &hidden)
               ? visitor->found(visitor->context, part, hidden, diag)
               : ST_OK;
}

Status part_folder_each(PartFolder *folder,
                        Status (*found)(void *context, uint64_t part, bool hidden, Diag *diag),
                        void *context, Diag *diag)
{
    PartVisitor visitor = {found, context};
    return each_name(folder, visit_part, &visitor, diag);
}
