/* One file, read in order by positions of its own, so that the descriptor can be given back between
 * two polls. A bounded file ends where it ended when it was listed.
 *
 * The reader's offsets are those of the stream that the file's name has given so far: where a file
 * is read anew after it was cut, they count on, and the file's own begin at `begun`. What such a
 * file held cannot be read again, so all of it goes through the split's spool; the file is asked
 * only for what comes behind that, and only if it is known by its head to be the same one. Else it
 * was cut while nobody looked: the stream is cut there, too, and goes on with the file's first
 * byte. */
#include "storage/connector/file_source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/base/hash.h"
#include "storage/connector/file_follow.h"
#include "storage/connector/file_list.h"
#include "storage/connector/record_buffer.h"

/* How many times one poll reads when nothing comes of it (blank lines, a huge record). */
enum { READS_PER_POLL = 64 };

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
    Spool *spool;      /* what is read goes through it; NULL: nothing is kept */
    StreamHead *head;  /* of the file as it is now: the spool's, or the split's */
    int fd;            /* -1: not open */
    uint64_t begun;    /* offset of the file's first byte */
    uint64_t read_at;  /* of the next byte to be read */
    uint64_t replayed; /* a replay reads up to here; else REPLAY_OVER */
    bool ended;        /* none will be read any more */
    bool restarting;   /* the file was cut: what is buffered is the last of the old one */
    bool followed, restarts_when_cut;
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
    return diag_error(diag, E3002, SPAN_NONE, "\"%.*s\": %s", TEXT_ARG(name),
                      strerrordesc_np(error));
}

/* What has become of a file that was to be read on. */
typedef enum Loss {
    LOSS_GONE,
    LOSS_REPLACED, /* the name is another file's, and the one that was known is not in its folder */
    LOSS_CUT,
    LOSS_REWRITTEN,
} Loss;

static Status fail_lost(const FileReader *self, Loss loss, Diag *diag)
{
    static const struct {
        const char *what, *choice;
    } words[] = {
        [LOSS_GONE] = {"is gone from its folder, by whatever name",
                       "move it back (a copy is another file)"},
        [LOSS_REPLACED] = {"is another file than before, and that one is gone from its folder",
                           "move that one back, by any name (a copy is another file)"},
        [LOSS_CUT] = {"has become shorter than it was when it was read", "bring back what it held"},
        [LOSS_REWRITTEN] = {"was written anew: it begins otherwise than when it was read",
                            "bring back what it held"},
    };
    char until[64] = "none of it was read yet";
    if (self->read_at > 0)
        snprintf(until, sizeof until, "it was read up to byte %llu",
                 (unsigned long long)self->read_at);
    Status status = diag_error(diag, E3004, SPAN_NONE, "\"%.*s\" %s; %s",
                               TEXT_ARG(self->split.name), words[loss].what, until);
    diag_hint(diag,
              "%s; or STOP JOB and run the script again, which begins from "
              "the beginning with what is there; weir explain E3004 has more",
              words[loss].choice);
    return status;
}

/* The number of an inode is given out again, and a file can be cut and grow again, so it is also
 * known by how it begins. Of a file that may be cut only what was read counts. */
static Status check_head(FileReader *self, uint64_t read, FollowState *state, Diag *diag)
{
    char bytes[FOLLOW_FILE_HEAD_BYTES];
    StreamHead *head = self->head;
    bool all = read > sizeof bytes || !self->restarts_when_cut;
    ssize_t count = file_read_head(self->fd, bytes, all ? sizeof bytes : (size_t)read);
    if (count < 0)
        return refuse_open(self, errno, diag);
    if (head->size > 0 && (count < head->size || hash_bytes(bytes, head->size, 0) != head->hash)) {
        *state = FOLLOW_CUT;
        return self->restarts_when_cut
                   ? ST_OK
                   : fail_lost(self, count < head->size ? LOSS_CUT : LOSS_REWRITTEN, diag);
    }
    *head = (StreamHead){(uint32_t)count, hash_bytes(bytes, (size_t)count, 0)};
    return ST_OK;
}

static Status open_file(FileReader *self, FollowState *state, Diag *diag)
{
    struct stat info;
    *state = FOLLOW_SAME;
    if (self->fd >= 0)
        return ST_OK;
    errno = 0;
    if (self->split.inode != 0)
        self->fd = file_follow_reopen(
            self->split.name,
            (FileIdentity){self->split.device, self->split.inode, self->split.born});
    else
        self->fd = open(self->split.name.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (self->fd < 0 && errno == 0 && self->restarts_when_cut) {
        *state = FOLLOW_LEFT;
        return ST_OK;
    }
    if (self->fd < 0 && errno == 0) {
        bool named = stat(self->split.name.ptr, &info) == 0;
        return fail_lost(self, named ? LOSS_REPLACED : LOSS_GONE, diag);
    }
    if (self->fd < 0 || fstat(self->fd, &info) != 0)
        return refuse_open(self, errno, diag);
    self->size = (uint64_t)info.st_size;
    return check_head(self, self->read_at - self->begun, state, diag);
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
    const FileFollow *follow = &self->follow;
    split->head = *self->head;
    if (self->followed && !self->restarts_when_cut && follow->head_size > split->head.size)
        split->head = /* it has grown since it was opened */
            (StreamHead){follow->head_size, hash_bytes(follow->head, follow->head_size, 0)};
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
    int failure = self->fd >= 0 ? fstat(self->fd, &info) : stat(self->split.name.ptr, &info);
    bool same =
        failure == 0 &&
        (self->fd >= 0 || (info.st_dev == self->split.device && info.st_ino == self->split.inode));
    return same && S_ISREG(info.st_mode) ? self->begun + (uint64_t)info.st_size : UINT64_MAX;
}

/* --- reading --- */

static Status was_cut(FileReader *self, Diag *diag)
{
    if (self->restarts_when_cut) {
        self->restarting = true;
        if (self->spool != NULL)
            return spool_cut(self->spool);
        *self->head = (StreamHead){0};
        return ST_OK;
    }
    diag_error(diag, E3004, SPAN_NONE, "\"%.*s\" was cut while it was read; byte %llu is gone",
               TEXT_ARG(self->split.name), (unsigned long long)self->read_at);
    if (self->followed)
        diag_hint(diag, "'on-truncate' = 'restart' reads such a file again from its beginning");
    return ST_IO;
}

/* What a read says about the file. */
static Status check_file(FileReader *self, size_t count, FollowState *state, Diag *diag)
{
    uint64_t at = self->read_at - self->begun;
    if (!self->followed) {
        *state = count == 0 ? FOLLOW_CUT : FOLLOW_SAME;
        return ST_OK;
    }
    *state = file_follow_check(&self->follow, self->fd, at, count);
    bool came = *state == FOLLOW_SAME && count > 0;
    return came && self->restarts_when_cut ? check_head(self, at + count, state, diag) : ST_OK;
}

/* Into the buffer, `most` bytes at most. */
static Status read_open_file(FileReader *self, uint64_t most, char **bytes, size_t *count,
                             FollowState *state, Diag *diag)
{
    size_t size;
    uint64_t at = self->read_at - self->begun;
    uint64_t expected = !self->followed ? most : self->size > at ? self->size - at : 0;
    ssize_t got;
    TRY(record_buffer_room(&self->buffer, expected < SIZE_MAX ? (size_t)expected : SIZE_MAX, bytes,
                           &size));
    do {
        got = pread(self->fd, *bytes, size < most ? size : (size_t)most, (off_t)at);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return refuse_open(self, errno, diag);
    *count = (size_t)got;
    return check_file(self, *count, state, diag);
}

static Status read_file(FileReader *self, uint64_t most, size_t *count, Diag *diag)
{
    FollowState state;
    char *bytes = NULL;
    size_t got = 0;
    TRY(open_file(self, &state, diag));
    if (state == FOLLOW_SAME)
        TRY(read_open_file(self, most, &bytes, &got, &state, diag));
    switch (state) {
    case FOLLOW_SAME: break;
    case FOLLOW_CUT: return was_cut(self, diag);
    case FOLLOW_LEFT:
        self->ended = true;
        return self->spool == NULL ? ST_OK : spool_add(self->spool, NULL, 0);
    case FOLLOW_FAILED: return refuse_open(self, errno, diag);
    }
    if (self->spool != NULL && got > 0)
        TRY(spool_add(self->spool, bytes, got));
    record_buffer_filled(&self->buffer, got);
    *count = got;
    return ST_OK;
}

/* `most` bytes at most, from the spool as long as it has some. */
static Status read_spooled(FileReader *self, uint64_t most, size_t *count, Diag *diag)
{
    Text bytes;
    if (spool_begun(self->spool, self->read_at) != self->begun) {
        self->restarting = true;
        return ST_OK;
    }
    switch (spool_read(self->spool, self->read_at, &bytes)) {
    case SPOOL_BYTES:
        if (bytes.size > most)
            bytes.size = (uint32_t)most;
        return record_buffer_put(&self->buffer, bytes, count);
    case SPOOL_WAIT: return ST_OK;
    case SPOOL_END: self->ended = true; return ST_OK;
    case SPOOL_STREAM: break;
    }
    return read_file(self, most, count, diag);
}

/* Reads once; *count is 0 at the end of what is there. */
static Status read_more(FileReader *self, size_t *count, Diag *diag)
{
    uint64_t end = self->split.end < self->replayed ? self->split.end : self->replayed;
    uint64_t most = end - self->read_at;
    TRY(self->spool == NULL ? read_file(self, most, count, diag)
                            : read_spooled(self, most, count, diag));
    self->read_at += *count;
    self->ended = self->ended || self->read_at == self->split.end;
    return ST_OK;
}

/* The old file's last record is out; the new one begins. */
static Status restart(FileReader *self)
{
    SplitPosition start = {.offset = self->read_at};
    record_buffer_close(&self->buffer);
    self->begun = self->read_at;
    self->restarting = false;
    file_follow_init(&self->follow, self->scan->table, self->env, self->split.name);
    return record_buffer_open(&self->buffer, self->scan, self->env, &start, self->begun);
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
        Column *column = &out->column[self->scan->wanted_count + self->scan->paths + i];
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

/* Where in the stream the reader is, and what it knows of the file. */
static void find_place(FileReader *self)
{
    SplitPosition *start = &self->split.start;
    self->head = &self->split.head;
    self->spool = self->split.spool;
    if (self->spool == NULL)
        return;
    self->head = spool_head(self->spool);
    self->begun = spool_begun(self->spool, start->offset);
    if (start->offset == self->begun) /* what its line was in front of the cut does not matter */
        *start = (SplitPosition){.offset = self->begun};
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
        .replayed = REPLAY_OVER,
        .ended = split->start.offset == split->end,
        .followed = file_is_followed(table),
        .restarts_when_cut = file_restarts_when_cut(table),
    };
    find_place(self);
    if (self->followed)
        file_follow_init(&self->follow, table, env, split->name);
    TRY(open_metadata(self));
    TRY(record_buffer_open(&self->buffer, scan, env, &self->split.start, self->begun));
    *out = &self->base;
    return ST_OK;
}
