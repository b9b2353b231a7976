/* Why nothing is lost or shown twice is in the header. A job that keeps nothing has no next time:
 * its parts are shown as soon as they are finished. */
#include "storage/connector/file_sink.h"

#include <assert.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/base/crash_point.h"
#include "storage/base/hash.h"
#include "storage/connector/fd_writer.h"
#include "storage/connector/part_folder.h"

enum {
    MEMORY_FORMAT = 1,
    TAIL_BYTES = 4096, /* of a part, that its memory has a hash of */
};

/* What save gives, as bytes. */
typedef struct FileMemory {
    uint64_t format;
    uint64_t epoch;
    uint64_t first, part;
    uint64_t length; /* 0: no part in hand */
    uint64_t tail;   /* hash of the last committed bytes */
} FileMemory;

typedef struct FileSink {
    Sink base;
    Encoder *encoder;
    Clock *clock;
    PartFolder folder;
    int64_t job;     /* whose it is, for messages */
    bool keeps;      /* the job keeps what save gives */
    bool placed;     /* the part at hand is durable in its directory */
    FdWriter writer; /* its fd is -1 between parts */
    Micros opened_at;
    FileMemory now;      /* after the last commit */
    uint64_t saved_part; /* parts before this one are finished in what was saved */
    uint64_t saved_epoch;
    uint64_t roll_size;
    Micros roll_interval;
} FileSink;

static Status fail_damaged(const FileSink *self, Diag *diag)
{
    Status status = diag_error(diag, E4008, SPAN_NONE,
                               "what the database holds about the parts in \"%.*s\" is damaged",
                               TEXT_ARG(self->folder.path));
    diag_hint(
        diag,
        "restore a backup of the database; or take away the parts %s..., STOP JOB '%lld', and "
        "run the job's script again: it begins from the beginning",
        self->folder.prefix, (long long)self->job);
    return status;
}

/* --- parts --- */

static void begin_part(FileSink *self, int fd, uint64_t length)
{
    self->writer.fd = fd;
    self->writer.written = length;
    self->placed = length > 0;
    self->opened_at = self->clock->monotonic(self->clock);
}

/* Without a memory: the first number that is free. With one it must be the next. */
static Status make_part(FileSink *self, Diag *diag)
{
    int fd;
    TRY(part_folder_create(&self->folder, self->now.part, &fd, diag));
    if (fd < 0 && self->keeps) {
        Status status = diag_error(
            diag, E3006, SPAN_NONE,
            "\"%.*s\" already has a part %s%llu, which this job did not write",
            TEXT_ARG(self->folder.path), self->folder.prefix, (unsigned long long)self->now.part);
        diag_hint(diag, "is a copy of this database in use?");
        return status;
    }
    while (fd < 0)
        TRY(part_folder_create(&self->folder, ++self->now.part, &fd, diag));
    if (!self->keeps)
        self->now.first = self->now.part;
    begin_part(self, fd, 0);
    return ST_OK;
}

/* The hash of what stands before `length`. */
static Status read_tail(const FileSink *self, uint64_t length, uint64_t *tail, Diag *diag)
{
    char bytes[TAIL_BYTES];
    size_t size = length < TAIL_BYTES ? (size_t)length : TAIL_BYTES;
    size_t done = 0;
    while (done < size) {
        off_t at = (off_t)(length - size + done);
        ssize_t count = pread(self->writer.fd, bytes + done, size - done, at);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return part_folder_refuse(&self->folder, self->now.part, count == 0 ? EIO : errno,
                                      diag);
        done += (size_t)count;
    }
    *tail = hash_bytes(bytes, size, 0);
    return ST_OK;
}

/* The rows that are pending, into the part at hand. What is not written stays pending. */
static Status put_out(FileSink *self, Diag *diag)
{
    int error;
    if (self->writer.pending.size == 0)
        return strbuf_status(&self->writer.pending);
    if (self->writer.fd < 0)
        TRY(make_part(self, diag));
    TRY(fd_writer_push(&self->writer, &error));
    return error == 0 ? ST_OK : part_folder_refuse(&self->folder, self->now.part, error, diag);
}

static Status make_durable(FileSink *self, Diag *diag)
{
    FdWriter *writer = &self->writer;
    CRASH_POINT(PART_WRITTEN);
    if (writer->written == self->now.length)
        return ST_OK;
    if (fdatasync(writer->fd) != 0)
        return part_folder_fail_sync(&self->folder, self->now.part, errno, diag);
    if (!self->placed)
        TRY(part_folder_sync(&self->folder, diag));
    self->placed = true;
    TRY(read_tail(self, writer->written, &self->now.tail, diag));
    self->now.length = writer->written;
    CRASH_POINT(PART_DURABLE);
    return ST_OK;
}

static void drop_part(FileSink *self)
{
    close(self->writer.fd);
    self->writer.fd = -1;
    self->now.length = self->now.tail = 0;
}

/* All in it is committed. */
static void finish_part(FileSink *self)
{
    drop_part(self);
    self->now.part++;
}

static Status show_parts(FileSink *self, uint64_t end, Diag *diag)
{
    return part_folder_show(&self->folder, &self->now.first, end, false, diag);
}

/* --- the sink --- */

static Status file_write(Sink *sink, const Batch *batch, Diag *diag)
{
    FileSink *self = (FileSink *)sink;
    Diag why = {0};
    for (uint32_t i = 0; i < batch->selected; i++)
        TRY(self->encoder->encode(self->encoder, batch, batch_row(batch, i),
                                  &self->writer.pending));
    if (self->writer.pending.size < FD_WRITER_MUCH)
        return strbuf_status(&self->writer.pending);
    Status status = put_out(self, &why);
    if (why.trouble != TROUBLE_LASTING) /* for the commit to tell */
        return ST_OK;
    if (status != ST_OK && !diag->set)
        *diag = why;
    return status;
}

static bool part_is_due(const FileSink *self)
{
    Micros age = self->clock->monotonic(self->clock) - self->opened_at;
    return self->now.length > 0 &&
           (self->now.length >= self->roll_size || age >= self->roll_interval);
}

static Status file_commit(Sink *sink, uint64_t epoch, Diag *diag)
{
    FileSink *self = (FileSink *)sink;
    if (self->keeps)
        TRY(show_parts(self, self->saved_part, diag));
    TRY(put_out(self, diag));
    if (self->writer.fd >= 0) {
        TRY(make_durable(self, diag));
        if (part_is_due(self))
            finish_part(self);
    }
    self->now.epoch = epoch;
    return self->keeps && !DEFECT(PART_EARLY) ? ST_OK : show_parts(self, self->now.part, diag);
}

static Status file_save(Sink *sink, StrBuf *out)
{
    FileSink *self = (FileSink *)sink;
    strbuf_put(out, &self->now, sizeof self->now);
    self->saved_part = self->now.part;
    self->saved_epoch = self->now.epoch;
    return strbuf_status(out);
}

/* What was written after the last commit goes. */
static Status cut_back(FileSink *self, Diag *diag)
{
    strbuf_clear(&self->writer.pending);
    if (self->now.length == 0) {
        TRY(part_folder_remove(&self->folder, self->now.part, diag));
        drop_part(self);
        return ST_OK;
    }
    if (self->writer.written > self->now.length &&
        ftruncate(self->writer.fd, (off_t)self->now.length) != 0)
        return part_folder_refuse(&self->folder, self->now.part, errno, diag);
    finish_part(self);
    return ST_OK;
}

static Status file_finish(Sink *sink, Diag *diag)
{
    FileSink *self = (FileSink *)sink;
    assert(!self->keeps || self->saved_epoch == self->now.epoch);
    if (self->writer.fd >= 0)
        TRY(cut_back(self, diag));
    return show_parts(self, self->now.part, diag);
}

static uint64_t file_pending_bytes(const Sink *sink)
{
    return ((const FileSink *)sink)->writer.pending.size;
}

static bool file_wants_commit(const Sink *sink)
{
    const FileSink *self = (const FileSink *)sink;
    return self->keeps && (self->now.first < self->now.part || part_is_due(self));
}

static void file_close(Sink *sink)
{
    FileSink *self = (FileSink *)sink;
    Diag ignored = {0}; /* file_finish is the call that reports */
    if (!self->keeps && self->folder.fd >= 0)
        (void)!file_finish(sink, &ignored);
    if (self->writer.fd >= 0)
        close(self->writer.fd);
    part_folder_close(&self->folder);
    fd_writer_close(&self->writer);
}

/* --- opening --- */

/* What is found when a sink is opened. */
typedef struct Found {
    FileSink *self;
    bool in_hand, shown; /* the part in hand, hidden or with its visible name */
    bool any;            /* visible ones */
    uint64_t last;       /* of them */
    bool ahead;          /* there are visible ones that the database does not know */
} Found;

static Status look_at_part(void *context, uint64_t part, bool hidden, Diag *diag)
{
    (void)diag;
    Found *found = context;
    const FileMemory *now = &found->self->now;
    bool known = part < now->part || (part == now->part && now->length > 0);
    if (part == now->part && known)
        *(hidden ? &found->in_hand : &found->shown) = true;
    if (hidden)
        return ST_OK;
    found->ahead = found->ahead || !known;
    found->last = !found->any || part > found->last ? part : found->last;
    found->any = true;
    return ST_OK;
}

/* Hidden parts of this owner that no memory knows: made after the last commit, or by a job that
 * began again since. */
static Status remove_unknown(void *context, uint64_t part, bool hidden, Diag *diag)
{
    Found *found = context;
    const FileMemory *now = &found->self->now;
    bool known = part >= now->first && (part < now->part || (part == now->part && now->length > 0));
    return hidden && !known ? part_folder_remove(&found->self->folder, part, diag) : ST_OK;
}

static Status fail_ahead(const FileSink *self, uint64_t part, Diag *diag)
{
    Status status =
        diag_error(diag, E3006, SPAN_NONE,
                   "\"%.*s/%s%llu\" holds rows that this database does not know to be written",
                   TEXT_ARG(self->folder.path), self->folder.prefix, (unsigned long long)part);
    diag_hint(diag, "is the database an older copy? go on with the newest one");
    return status;
}

static Status read_memory(FileSink *self, const SinkMemory *memory, Diag *diag)
{
    FileMemory *now = &self->now;
    if (memory->bytes.size != sizeof *now)
        return fail_damaged(self, diag);
    memcpy(now, memory->bytes.ptr, sizeof *now);
    bool sound = now->format == MEMORY_FORMAT && now->first <= now->part &&
                 now->part < UINT64_MAX && now->length <= INT64_MAX;
    return sound ? ST_OK : fail_damaged(self, diag);
}

static Status fail_other(const FileSink *self, Diag *diag)
{
    Status status =
        diag_error(diag, E3006, SPAN_NONE,
                   "\"%.*s/.%s%llu.inprogress\" is not what the job wrote up to byte %llu",
                   TEXT_ARG(self->folder.path), self->folder.prefix,
                   (unsigned long long)self->now.part, (unsigned long long)self->now.length);
    diag_hint(diag, "is a copy of this database in use?");
    return status;
}

/* The part in hand, as it was after the last commit. */
static Status reopen_part(FileSink *self, Diag *diag)
{
    struct stat file;
    uint64_t tail = 0;
    const FileMemory *now = &self->now;
    int fd;
    TRY(part_folder_reopen(&self->folder, now->part, &fd, diag));
    if (fd < 0)
        return part_folder_fail_gone(&self->folder, now->part, diag);
    begin_part(self, fd, now->length);
    if (fstat(fd, &file) != 0)
        return part_folder_refuse(&self->folder, now->part, errno, diag);
    if ((uint64_t)file.st_size >= now->length)
        TRY(read_tail(self, now->length, &tail, diag));
    if ((uint64_t)file.st_size < now->length || tail != now->tail)
        return fail_other(self, diag);
    if (ftruncate(fd, (off_t)now->length) != 0 || lseek(fd, (off_t)now->length, SEEK_SET) < 0)
        return part_folder_refuse(&self->folder, now->part, errno, diag);
    CRASH_POINT(PART_CUT);
    return ST_OK;
}

static Status resume(FileSink *self, const Found *found, Diag *diag)
{
    FileMemory *now = &self->now;
    if (found->ahead || (found->in_hand && found->shown))
        return fail_ahead(self, found->last, diag);
    if (now->length > 0 && !found->in_hand && !found->shown)
        return part_folder_fail_gone(&self->folder, now->part, diag);
    if (found->in_hand)
        TRY(reopen_part(self, diag));
    TRY(part_folder_each(&self->folder, remove_unknown, &(Found){.self = self}, diag));
    TRY(part_folder_show(&self->folder, &now->first, now->part, true, diag));
    if (found->shown) { /* by a finish that did not live to say so */
        TRY(part_folder_sync(&self->folder, diag));
        now->length = now->tail = 0;
        now->part++;
    }
    now->first = now->part;
    return ST_OK;
}

/* A job that begins leaves what an earlier one showed, and goes on behind it. */
static Status begin(FileSink *self, const Found *found, Diag *diag)
{
    self->now.first = self->now.part = found->any ? found->last + 1 : 0;
    return part_folder_each(&self->folder, remove_unknown, &(Found){.self = self}, diag);
}

static Status open_parts(FileSink *self, const SourceEnv *env, const SinkMemory *memory,
                         uint64_t *stored_epoch, Diag *diag)
{
    Found found = {.self = self};
    self->now.format = MEMORY_FORMAT;
    if (env->owner.database.size == 0)
        return ST_OK; /* no part can be known as its own */
    if (memory != NULL && memory->resumed && memory->exists)
        TRY(read_memory(self, memory, diag));
    TRY(part_folder_each(&self->folder, look_at_part, &found, diag));
    if (memory == NULL || !memory->resumed)
        return begin(self, &found, diag);
    TRY(resume(self, &found, diag));
    *stored_epoch = self->saved_epoch = self->now.epoch;
    self->saved_part = self->now.part;
    return ST_OK;
}

Status file_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                      uint64_t *stored_epoch, Sink **out, Diag *diag)
{
    FileSink *self;
    assert(memory == NULL || env->owner.database.size > 0);
    *stored_epoch = 0;
    TRY_NEW(self, env->arena);
    self->base = (Sink){.write = file_write,
                        .commit = file_commit,
                        .save = file_save,
                        .finish = file_finish,
                        .close = file_close,
                        .wants_commit = file_wants_commit,
                        .pending_bytes = file_pending_bytes};
    self->clock = env->clock;
    self->keeps = memory != NULL;
    self->job = env->owner.job;
    self->roll_size =
        (uint64_t)option_size(&table->scope, table->options, "sink.rolling-policy.file-size");
    self->roll_interval =
        option_duration(&table->scope, table->options, "sink.rolling-policy.rollover-interval");
    EncodeSpec spec = {&table->schema, &table->scope, table->options, false};
    TRY(table->format->open_encoder(env->arena, &spec, &self->encoder));
    Status status = part_folder_open(&self->folder, table, env, diag);
    fd_writer_open(&self->writer, env->meter, -1, self->folder.path);
    if (status == ST_OK)
        status = open_parts(self, env, memory, stored_epoch, diag);
    if (status != ST_OK) {
        self->keeps = true; /* shows nothing */
        file_close(&self->base);
        return status;
    }
    *out = &self->base;
    return ST_OK;
}
