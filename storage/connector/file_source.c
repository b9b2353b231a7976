/* One file, read in order by positions of its own, so that the descriptor can be given back between
 * two polls. A bounded file ends where it ended when it was listed. */
#include "storage/connector/file_source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/base/hash.h"
#include "storage/connector/file_follow.h"
#include "storage/connector/file_list.h"
#include "storage/connector/record_buffer.h"

/* How many times one poll reads when nothing comes of it (blank lines, a huge record). */
enum { READS_PER_POLL = 64, HEAD_BYTES = 4096 };

typedef enum FileMetadata {
    FILE_PATH,
    FILE_NAME,
    FILE_SIZE,
    FILE_MODIFICATION_TIME,
    FILE_METADATA,
} FileMetadata;

typedef struct FileReader {
    SplitReader base;
    const ScanSpec *scan;
    SourceEnv *env;
    Split split;
    RecordBuffer buffer;
    int fd;            /* -1: not open */
    uint64_t read_at;  /* of the next byte to be read */
    uint64_t replayed; /* a replay reads up to here; else UINT64_MAX */
    bool ended;        /* none will be read any more */
    bool restarting;   /* the file was cut: what is buffered is the last of the old one */
    bool followed, restart_when_cut;
    FileFollow follow;
    FileMetadata *metadata; /* per wanted metadata column */
    Text absolute;
    uint64_t size; /* when it was opened */
} FileReader;

/* --- opening --- */

static Status refuse_open(const FileReader *self, int error, Diag *diag)
{
    Text name = self->split.name;
    if (error == ENOENT)
        return diag_error(diag, E3001, SPAN_NONE, "\"%.*s\": no such file", TEXT_ARG(name));
    if (error != 0)
        return diag_error(diag, E3002, SPAN_NONE, "\"%.*s\": %s", TEXT_ARG(name),
                          strerrordesc_np(error));
    return diag_error(diag, E3004, SPAN_NONE,
                      "\"%.*s\" was replaced by another file before it was read beyond byte %llu",
                      TEXT_ARG(name), (unsigned long long)self->read_at);
}

/* The number of an inode is given out again, so a file is also known by how it begins. */
static Status check_head(FileReader *self, Diag *diag)
{
    char head[HEAD_BYTES];
    Split *split = &self->split;
    uint32_t known = split->head_size;
    ssize_t count = file_read_head(self->fd, head, sizeof head);
    if (count < 0)
        return refuse_open(self, errno, diag);
    if (known > 0 && (count < known || hash_bytes(head, known, 0) != split->head))
        return refuse_open(self, 0, diag);
    split->head_size = (uint32_t)count;
    split->head = hash_bytes(head, (size_t)count, 0);
    return ST_OK;
}

static Status open_file(FileReader *self, Diag *diag)
{
    struct stat info;
    if (self->fd >= 0)
        return ST_OK;
    errno = 0;
    if (self->split.inode != 0)
        self->fd = file_follow_reopen(self->split.name, self->split.device, self->split.inode);
    else
        self->fd = open(self->split.name.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (self->fd < 0 || fstat(self->fd, &info) != 0)
        return refuse_open(self, errno, diag);
    self->size = (uint64_t)info.st_size;
    return check_head(self, diag);
}

static void file_rest(SplitReader *base)
{
    FileReader *self = (FileReader *)base;
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
    record_buffer_rest(&self->buffer);
}

static void file_close(SplitReader *base)
{
    FileReader *self = (FileReader *)base;
    file_rest(base);
    record_buffer_close(&self->buffer);
}

static void file_describe(const SplitReader *base, Split *split)
{
    const FileReader *self = (const FileReader *)base;
    split->head_size = self->split.head_size;
    split->head = self->split.head;
}

static void file_replay_until(SplitReader *base, uint64_t end)
{
    FileReader *self = (FileReader *)base;
    self->replayed = end;
    if (self->read_at > end) {
        self->buffer.to -= (size_t)(self->read_at - end);
        self->read_at = end;
    }
}

static SplitPosition file_position(const SplitReader *base)
{
    return record_buffer_position(&((const FileReader *)base)->buffer);
}

static uint64_t file_end(const SplitReader *base)
{
    const FileReader *self = (const FileReader *)base;
    struct stat info;
    bool known = self->fd >= 0 && fstat(self->fd, &info) == 0 && S_ISREG(info.st_mode);
    return known ? (uint64_t)info.st_size : UINT64_MAX;
}

/* --- reading --- */

static Status was_cut(FileReader *self, Diag *diag)
{
    if (self->followed && self->restart_when_cut) {
        self->restarting = true;
        return ST_OK;
    }
    diag_error(diag, E3004, SPAN_NONE, "\"%.*s\" was cut while it was read; byte %llu is gone",
               TEXT_ARG(self->split.name), (unsigned long long)self->read_at);
    if (self->followed)
        diag_hint(diag, "'on-truncate' = 'restart' reads such a file again from its beginning");
    return ST_IO;
}

/* What a followed file's read says about the file. */
static Status check_followed(FileReader *self, size_t count, bool *keep, Diag *diag)
{
    *keep = true;
    switch (file_follow_check(&self->follow, self->fd, self->read_at, count)) {
    case FOLLOW_SAME: return ST_OK;
    case FOLLOW_CUT: *keep = false; return was_cut(self, diag);
    case FOLLOW_LEFT: self->ended = true; return ST_OK;
    case FOLLOW_FAILED: break;
    }
    return refuse_open(self, errno, diag);
}

/* Reads once; *count is 0 at the end of what is there. */
static Status read_more(FileReader *self, size_t *count, Diag *diag)
{
    char *room;
    size_t size;
    uint64_t end = self->split.end < self->replayed ? self->split.end : self->replayed;
    uint64_t left = end - self->read_at;
    TRY(open_file(self, diag));
    uint64_t expected = self->followed && self->size > self->read_at ? self->size - self->read_at
                        : self->followed                             ? 0
                                                                     : left;
    TRY(record_buffer_room(&self->buffer, expected < SIZE_MAX ? (size_t)expected : SIZE_MAX, &room,
                           &size));
    ssize_t got;
    do {
        got = pread(self->fd, room, size < left ? size : (size_t)left, (off_t)self->read_at);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return refuse_open(self, errno, diag);
    bool keep = true;
    if (self->followed)
        TRY(check_followed(self, (size_t)got, &keep, diag));
    else if (got == 0)
        return was_cut(self, diag);
    *count = keep ? (size_t)got : 0;
    record_buffer_filled(&self->buffer, *count);
    self->read_at += *count;
    self->ended = self->ended || self->read_at == self->split.end;
    return ST_OK;
}

/* The old file's last record is out; the new one begins. */
static Status restart(FileReader *self)
{
    record_buffer_close(&self->buffer);
    TRY(record_buffer_open(&self->buffer, self->scan, self->env, &(SplitPosition){0}));
    file_follow_init(&self->follow, self->scan->table, self->env, self->split.name);
    self->read_at = 0;
    self->split.head_size = 0;
    self->restarting = false;
    return ST_OK;
}

static Status step(FileReader *self, BatchBuilder *out, bool *idle, Diag *diag)
{
    bool replayed =
        self->read_at == self->replayed; /* what is left is a last line without an end */
    bool at_end = self->ended || self->restarting || replayed;
    if (record_buffer_left(&self->buffer) > 0)
        TRY(record_buffer_decode(&self->buffer, out, at_end));
    *idle = replayed;
    if (builder_has_something(out) || self->ended || replayed)
        return ST_OK;
    if (self->restarting)
        return restart(self);
    size_t count = 0;
    TRY(read_more(self, &count, diag));
    *idle = count == 0 && !self->ended && !self->restarting;
    return ST_OK;
}

/* --- metadata columns --- */

static void fill_metadata(const FileReader *self, BatchBuilder *out)
{
    Text path = self->absolute;
    const char *slash = memrchr(path.ptr, '/', path.size);
    uint32_t folder_size = slash == NULL ? 0 : (uint32_t)(slash - path.ptr) + 1;
    Str whole = str_of_text(path);
    Str name = str_view(path.ptr + folder_size, path.size - folder_size);
    for (uint32_t i = 0; i < self->scan->wanted_metadata_count; i++) {
        Column *column = &out->column[self->scan->wanted_count + i];
        for (uint32_t row = 0; row < out->rows; row++) {
            switch (self->metadata[i]) {
            case FILE_PATH: column->data.str[row] = whole; break;
            case FILE_NAME: column->data.str[row] = name; break;
            case FILE_SIZE: column->data.i64[row] = (int64_t)self->split.size; break;
            case FILE_MODIFICATION_TIME: column->data.i64[row] = self->split.modified; break;
            case FILE_METADATA: break;
            }
        }
    }
}

static Status file_poll(SplitReader *base, BatchBuilder *out, PollResult *result, Diag *diag)
{
    FileReader *self = (FileReader *)base;
    bool idle = false;
    builder_reset(out);
    for (int reads = 0; reads < READS_PER_POLL && !idle; reads++) {
        TRY(step(self, out, &idle, diag));
        if (builder_has_something(out) || (self->ended && record_buffer_left(&self->buffer) == 0))
            break;
    }
    bool over = self->ended && record_buffer_left(&self->buffer) == 0;
    *result = over ? POLL_END : idle ? POLL_IDLE : POLL_ROWS;
    if (out->rows > 0)
        fill_metadata(self, out);
    return ST_OK;
}

/* --- opening a split --- */

static Status open_metadata(FileReader *self)
{
    static const char *const keys[] = {
        [FILE_PATH] = "file.path",
        [FILE_NAME] = "file.name",
        [FILE_SIZE] = "file.size",
        [FILE_MODIFICATION_TIME] = "file.modification-time",
    };
    char folder[PATH_MAX];
    TRY_NEW_ARRAY(self->metadata, self->env->arena, self->scan->wanted_metadata_count);
    for (uint32_t i = 0; i < self->scan->wanted_metadata_count; i++) {
        Text key = self->scan->table->metadata_key[self->scan->wanted_metadata[i]];
        int found = 0;
        while (found < FILE_METADATA && !text_is(key, keys[found]))
            found++;
        assert(found < FILE_METADATA);
        self->metadata[i] = (FileMetadata)found;
    }
    self->absolute = self->split.name;
    if (self->split.name.ptr[0] == '/' || getcwd(folder, sizeof folder) == NULL)
        return ST_OK;
    return arena_printf(self->env->arena, &self->absolute, "%s/%.*s", folder,
                        TEXT_ARG(self->split.name));
}

Status file_open_split(const ScanSpec *scan, SourceEnv *env, const Split *split, SplitReader **out,
                       Diag *diag)
{
    (void)diag;
    const TableSpec *table = scan->table;
    FileReader *self;
    TRY_NEW(self, env->arena);
    *self = (FileReader){
        .base = {.poll = file_poll,
                 .position = file_position,
                 .describe = file_describe,
                 .replay_until = file_replay_until,
                 .rest = file_rest,
                 .close = file_close,
                 .end = file_end},
        .scan = scan,
        .env = env,
        .split = *split,
        .fd = -1,
        .read_at = split->start.offset,
        .replayed = UINT64_MAX,
        .ended = split->start.offset == split->end,
        .followed = file_is_followed(table),
        .restart_when_cut = option_enum(&table->scope, table->options, "on-truncate") == 1,
    };
    if (self->followed)
        file_follow_init(&self->follow, table, env, split->name);
    TRY(open_metadata(self));
    TRY(record_buffer_open(&self->buffer, scan, env, &split->start));
    *out = &self->base;
    return ST_OK;
}
