#include "storage/connector/file_list.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "storage/base/vec.h"
#include "storage/connector/name_pattern.h"

enum { DIRECTORY_DEPTH = 32 }; /* deeper means a circle of links */

typedef struct FileEntry {
    Text path; /* NUL-terminated */
    uint64_t size, device, inode;
    uint64_t born; /* in nanoseconds; 0: not known, or of no matter */
    Micros modified;
} FileEntry;

typedef struct PendingDirectory {
    Text path;
    uint32_t depth;
} PendingDirectory;

typedef struct Listing {
    Arena *arena;
    Diag *diag;
    const Db *db; /* may be NULL */
    VEC(FileEntry) file;
    VEC(PendingDirectory) pending;
    const NamePattern *pattern; /* NULL: every file */
} Listing;

Status file_path_resolve(const TableSpec *table, const SourceEnv *env, Arena *arena, Text *out)
{
    Text path = option_text(&table->scope, table->options, "path");
    if (text_starts_with(path, TEXT("file://")))
        path = (Text){path.ptr + 7, path.size - 7};
    bool absolute = path.size > 0 && path.ptr[0] == '/';
    if (absolute || env->base_path.size == 0)
        return arena_text(arena, path, out);
    return arena_printf(arena, out, "%.*s/%.*s", TEXT_ARG(env->base_path), TEXT_ARG(path));
}

bool file_is_followed(const TableSpec *table)
{
    return option_given(table->options, "source.monitor-interval");
}

bool file_restarts_when_cut(const TableSpec *table)
{
    return file_is_followed(table) &&
           option_enum(&table->scope, table->options, "on-truncate") == 1;
}

static Status refuse(Listing *list, Text path, int error)
{
    bool missing = error == ENOENT || error == ENOTDIR;
    return diag_error(list->diag, missing ? E3001 : E3002, SPAN_NONE, "\"%.*s\": %s",
                      TEXT_ARG(path),
                      missing ? "no such file or directory" : strerrordesc_np(error));
}

/* Reading a file of the database would take SQLite's locks away when it is closed. One that merely
 * lies in a directory that is read is left out. */
static bool is_of_database(const Listing *list, const struct stat *info)
{
    return list->db != NULL && db_owns_file(list->db, info->st_dev, info->st_ino);
}

uint64_t file_birth(const char *path)
{
    struct statx info;
    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &info) != 0 || (info.stx_mask & STATX_BTIME) == 0)
        return 0;
    return (uint64_t)info.stx_btime.tv_sec * 1000000000u + info.stx_btime.tv_nsec;
}

static Status add_file(Listing *list, Text path, const struct stat *info)
{
    if (is_of_database(list, info))
        return ST_OK;
    if (list->pattern != NULL && !name_pattern_matches(list->pattern, path.ptr))
        return ST_OK;
    FileEntry entry = {
        .path = path,
        .size = (uint64_t)info->st_size,
        .device = info->st_dev,
        .inode = info->st_ino,
        .born = file_birth(path.ptr),
        .modified = (Micros)info->st_mtim.tv_sec * MICROS_PER_SECOND +
                    info->st_mtim.tv_nsec / 1000000 * MICROS_PER_MILLI,
    };
    TRY_PUSH(&list->file, list->arena, entry);
    return ST_OK;
}

/* A file, or a directory to be read later; anything else in a directory is left out. */
static Status add_path(Listing *list, Text path, const struct stat *info, uint32_t depth)
{
    if (S_ISREG(info->st_mode))
        return add_file(list, path, info);
    if (!S_ISDIR(info->st_mode))
        return ST_OK;
    if (depth > DIRECTORY_DEPTH)
        return diag_error(list->diag, E3002, SPAN_NONE,
                          "\"%.*s\": directories are nested too deeply", TEXT_ARG(path));
    PendingDirectory directory = {path, depth};
    TRY_PUSH(&list->pending, list->arena, directory);
    return ST_OK;
}

static Status add_entry(Listing *list, const PendingDirectory *directory, const char *name)
{
    Text path;
    struct stat info;
    bool slash = directory->path.ptr[directory->path.size - 1] == '/';
    if (name[0] == '.' || name[0] == '_')
        return ST_OK;
    TRY(arena_printf(list->arena, &path, "%.*s%s%s", TEXT_ARG(directory->path), slash ? "" : "/",
                     name));
    if (stat(path.ptr, &info) != 0)
        return errno == ENOENT ? ST_OK : refuse(list, path, errno); /* it went meanwhile */
    return add_path(list, path, &info, directory->depth + 1);
}

static Status read_directory(Listing *list, const PendingDirectory *directory)
{
    DIR *open = opendir(directory->path.ptr);
    if (open == NULL)
        return refuse(list, directory->path, errno);
    Status status = ST_OK;
    while (status == ST_OK) {
        errno = 0;
        const struct dirent *entry = readdir(open);
        if (entry == NULL) {
            if (errno != 0)
                status = refuse(list, directory->path, errno);
            break;
        }
        status = add_entry(list, directory, entry->d_name);
    }
    closedir(open);
    return status;
}

static Status read_pending(Listing *list)
{
    while (list->pending.count > 0) {
        PendingDirectory directory = list->pending.item[--list->pending.count];
        TRY(read_directory(list, &directory));
    }
    return ST_OK;
}

static Status read_pattern(Listing *list, Text pattern)
{
    glob_t found = {0};
    Status status = ST_OK;
    int result = glob(pattern.ptr, GLOB_NOSORT | GLOB_ERR, NULL, &found);
    if (result == GLOB_NOSPACE)
        status = ST_NOMEM;
    else if (result == GLOB_ABORTED)
        status = diag_error(list->diag, E3002, SPAN_NONE, "\"%.*s\": a directory cannot be read",
                            TEXT_ARG(pattern));
    for (size_t i = 0; status == ST_OK && result == 0 && i < found.gl_pathc; i++) {
        Text path;
        struct stat info;
        if (stat(found.gl_pathv[i], &info) != 0)
            continue;
        status = arena_text(list->arena, text_of(found.gl_pathv[i]), &path);
        if (status == ST_OK)
            status = add_path(list, path, &info, 0);
    }
    globfree(&found);
    return status;
}

/* Everything the path stands for, in no order. */
static Status read_path(Listing *list, Text path)
{
    struct stat info;
    int error = stat(path.ptr, &info) == 0 ? 0 : errno;
    if (error == ENOENT && strpbrk(path.ptr, "*?[") != NULL)
        TRY(read_pattern(list, path));
    else if (error != 0)
        return refuse(list, path, error);
    else if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return diag_error(list->diag, E3002, SPAN_NONE,
                          "\"%.*s\" is neither a file nor a directory", TEXT_ARG(path));
    else if (is_of_database(list, &info))
        return diag_error(list->diag, E3002, SPAN_NONE, "\"%.*s\" is a file of the database itself",
                          TEXT_ARG(path));
    else
        TRY(add_path(list, path, &info, 0));
    return read_pending(list);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const FileEntry *)a)->path.ptr, ((const FileEntry *)b)->path.ptr);
}

static int compare_files(const void *a, const void *b)
{
    const FileEntry *x = a, *y = b;
    int device = (x->device > y->device) - (x->device < y->device);
    int inode = (x->inode > y->inode) - (x->inode < y->inode);
    return device != 0 ? device : inode != 0 ? inode : (x->born > y->born) - (x->born < y->born);
}

/* The files of the splits that are known, to be searched by what they are and not by their names: a
 * file that was renamed is no new one. The number of one that has ended may be another's by now,
 * so it is known by its birth as well; of one that is read its reader sees what becomes of it. */
static Status sort_known(Listing *list, const Split *split, uint32_t count, FileEntry **out)
{
    TRY_NEW_ARRAY(*out, list->arena, count);
    for (uint32_t i = 0; i < count; i++)
        (*out)[i] = (FileEntry){.device = split[i].device,
                                .inode = split[i].inode,
                                .born = split[i].ended ? split[i].born : 0};
    if (count > 1)
        qsort(*out, count, sizeof **out, compare_files);
    return ST_OK;
}

static bool is_known(const FileEntry *file, const FileEntry *sorted, uint32_t count)
{
    FileEntry read = {.device = file->device, .inode = file->inode};
    return count > 0 && (bsearch(&read, sorted, count, sizeof *sorted, compare_files) != NULL ||
                         bsearch(file, sorted, count, sizeof *sorted, compare_files) != NULL);
}

/* Adds the files that are new to the known splits; what lasts is made in `arena`. */
static Status make_splits(Listing *list, Arena *arena, const TableSpec *table, Split **out,
                          uint32_t *count)
{
    bool followed = file_is_followed(table);
    uint32_t known = *count, total = known, fresh = 0;
    const FileEntry **added;
    FileEntry *sorted;
    Split *split;
    TRY_NEW_ARRAY(added, list->arena, list->file.count);
    TRY(sort_known(list, *out, known, &sorted));
    for (uint32_t i = 0; i < list->file.count; i++) {
        const FileEntry *file = &list->file.item[i];
        if (!is_known(file, sorted, known))
            added[fresh++] = file;
    }
    if (fresh == 0)
        return ST_OK;
    split = *out; /* a directory that grows by a file at a time leaves no array behind for each */
    if (known == 0 || known + fresh > vec_room(known)) {
        TRY_NEW_ARRAY(split, arena, vec_room(known + fresh));
        if (known > 0)
            memcpy(split, *out, known * sizeof *split);
    }
    for (uint32_t i = 0; i < fresh; i++, total++) {
        split[total] = (Split){
            .end = followed ? UINT64_MAX : added[i]->size,
            .device = added[i]->device,
            .inode = added[i]->inode,
            .born = added[i]->born,
            .size = added[i]->size,
            .modified = added[i]->modified,
            .spools = file_restarts_when_cut(table) ? SPOOLS_BYTES : SPOOLS_NOTHING,
        };
        TRY(arena_text(arena, added[i]->path, &split[total].name));
    }
    *out = split;
    *count = total;
    return ST_OK;
}

/* What the path stands for now, in order. */
static Status read_files(Listing *list, const TableSpec *table, Text path)
{
    const OptionEntry *option = option_find(table->options, "source.path.regex-pattern");
    NamePattern pattern;
    if (option != NULL) {
        TRY(name_pattern_open(&pattern, option, SPAN_NONE, list->diag));
        list->pattern = &pattern;
    }
    Status status = read_path(list, path);
    if (option != NULL)
        name_pattern_close(&pattern);
    list->pattern = NULL;
    if (status == ST_OK && list->file.count > 1)
        qsort(list->file.item, list->file.count, sizeof *list->file.item, compare_paths);
    return status;
}

static Status list_files(Listing *list, const TableSpec *table, SourceEnv *env, Split **out,
                         uint32_t *count)
{
    Text path;
    TRY(file_path_resolve(table, env, list->arena, &path));
    if (path.size == 0)
        return diag_error(list->diag, E3001, SPAN_NONE, "the path is empty");
    TRY(read_files(list, table, path));
    if (list->file.count == 0 && !file_is_followed(table))
        return diag_error(list->diag, E3001, SPAN_NONE, "\"%.*s\" has no matching file",
                          TEXT_ARG(path));
    return make_splits(list, env->arena, table, out, count);
}

Status file_list(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count, Diag *diag)
{
    Arena scratch; /* a followed table is listed for as long as the job runs */
    arena_init(&scratch, env->meter);
    Listing list = {.arena = &scratch, .diag = diag, .db = env->db};
    bool again = *count > 0;
    Status status = list_files(&list, table, env, out, count);
    arena_close(&scratch);
    if (again && status == ST_IO && diag->code == E3001) { /* between a rename and the new file */
        diag_reset(diag);
        return ST_OK;
    }
    return status;
}
