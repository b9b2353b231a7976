/* Part files in a directory. A part is written under a hidden name (".part-7.inprogress"), so that
 * no reader of the directory sees it; a commit makes what was written durable, and when the part
 * has reached its size or age, or the sink is closed, gives it its name ("part-7"). What was
 * written after the last commit is cut off again, so a visible part holds committed rows only. */
#include "storage/connector/file_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/connector/fd_writer.h"
#include "storage/connector/file_list.h"

typedef struct FileSink {
    Sink base;
    Encoder *encoder;
    Clock *clock;
    Text folder; /* NUL-terminated */
    int folder_fd;
    uint64_t part;      /* number of the part at hand, or of the next */
    FdWriter writer;    /* its fd is -1 between parts */
    uint64_t committed; /* bytes of the part */
    Micros opened_at;
    uint64_t roll_size;
    Micros roll_interval;
} FileSink;

enum { PART_NAME_BYTES = 48 };

static void hidden_name(uint64_t part, char out[PART_NAME_BYTES])
{
    snprintf(out, PART_NAME_BYTES, ".part-%llu.inprogress", (unsigned long long)part);
}

static void visible_name(uint64_t part, char out[PART_NAME_BYTES])
{
    snprintf(out, PART_NAME_BYTES, "part-%llu", (unsigned long long)part);
}

static Status refuse(const FileSink *self, const char *name, int error, Diag *diag)
{
    return diag_error(diag, E3003, SPAN_NONE, "\"%.*s%s%s\": %s", TEXT_ARG(self->folder),
                      name[0] == '\0' ? "" : "/", name, strerrordesc_np(error));
}

/* --- parts --- */

/* The first number that neither a finished part nor one in progress (perhaps another job's) has. */
static Status open_part(FileSink *self, Diag *diag)
{
    char hidden[PART_NAME_BYTES], visible[PART_NAME_BYTES];
    for (;; self->part++) {
        hidden_name(self->part, hidden);
        visible_name(self->part, visible);
        if (faccessat(self->folder_fd, visible, F_OK, 0) == 0)
            continue;
        int fd = openat(self->folder_fd, hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        int error = errno;
        if (fd < 0 && error == EEXIST)
            continue;
        if (fd < 0)
            return refuse(self, hidden, error, diag);
        self->writer.fd = fd;
        self->writer.written = self->committed = 0;
        self->opened_at = self->clock->monotonic(self->clock);
        return ST_OK;
    }
}

static Status make_durable(FileSink *self, Diag *diag)
{
    char hidden[PART_NAME_BYTES];
    TRY(fd_writer_flush(&self->writer, diag));
    if (fsync(self->writer.fd) != 0) {
        int error = errno;
        hidden_name(self->part, hidden);
        return refuse(self, hidden, error, diag);
    }
    self->committed = self->writer.written;
    return ST_OK;
}

/* Gives the part its name, without what is not committed. A part without rows is removed. */
static Status finish_part(FileSink *self, Diag *diag)
{
    char hidden[PART_NAME_BYTES], visible[PART_NAME_BYTES];
    hidden_name(self->part, hidden);
    visible_name(self->part, visible);
    int result;
    if (self->committed == 0) {
        result = unlinkat(self->folder_fd, hidden, 0);
    } else {
        result = self->writer.written > self->committed
                     ? ftruncate(self->writer.fd, (off_t)self->committed)
                     : 0;
        if (result == 0)
            result = renameat2(self->folder_fd, hidden, self->folder_fd, visible, RENAME_NOREPLACE);
        if (result == 0)
            result = fsync(self->folder_fd);
    }
    int error = errno;
    close(self->writer.fd);
    self->writer.fd = -1;
    self->part++;
    return result == 0 ? ST_OK : refuse(self, hidden, error, diag);
}

/* --- the sink --- */

static Status file_write(Sink *sink, const Batch *batch, Diag *diag)
{
    FileSink *self = (FileSink *)sink;
    if (self->writer.fd < 0 && batch->selected > 0)
        TRY(open_part(self, diag));
    for (uint32_t i = 0; i < batch->selected; i++)
        TRY(self->encoder->encode(self->encoder, batch, batch_row(batch, i),
                                  &self->writer.pending));
    return self->writer.fd < 0 ? ST_OK : fd_writer_relax(&self->writer, diag);
}

static Status file_commit(Sink *sink, uint64_t epoch, Diag *diag)
{
    (void)epoch;
    FileSink *self = (FileSink *)sink;
    if (self->writer.fd < 0)
        return ST_OK;
    TRY(make_durable(self, diag));
    Micros age = self->clock->monotonic(self->clock) - self->opened_at;
    bool full = self->committed >= self->roll_size || age >= self->roll_interval;
    return full ? finish_part(self, diag) : ST_OK;
}

static Status file_finish(Sink *sink, Diag *diag)
{
    FileSink *self = (FileSink *)sink;
    return self->writer.fd < 0 ? ST_OK : finish_part(self, diag);
}

static void file_close(Sink *sink)
{
    FileSink *self = (FileSink *)sink;
    Diag ignored = {0}; /* file_finish is the call that reports */
    if (self->writer.fd >= 0 && finish_part(self, &ignored) != ST_OK && self->writer.fd >= 0)
        close(self->writer.fd);
    if (self->folder_fd >= 0)
        close(self->folder_fd);
    fd_writer_close(&self->writer);
}

/* Makes the directory and those above it that are missing. */
static Status make_folder(FileSink *self, Diag *diag)
{
    char path[PATH_MAX];
    if (self->folder.size >= sizeof path)
        return refuse(self, "", ENAMETOOLONG, diag);
    memcpy(path, self->folder.ptr, (size_t)self->folder.size + 1);
    for (char *p = path + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        bool last = *p == '\0';
        *p = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return refuse(self, "", errno, diag);
        if (last)
            break;
        *p = '/';
    }
    self->folder_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->folder_fd < 0 && errno == ENOTDIR)
        return diag_error(diag, E3003, SPAN_NONE,
                          "\"%.*s\" is a file; rows are written into a directory",
                          TEXT_ARG(self->folder));
    return self->folder_fd < 0 ? refuse(self, "", errno, diag) : ST_OK;
}

Status file_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                      uint64_t *stored_epoch, Sink **out, Diag *diag)
{
    (void)memory;
    *stored_epoch = 0;
    FileSink *self;
    TRY_NEW(self, env->arena);
    self->base = (Sink){
        .write = file_write, .commit = file_commit, .finish = file_finish, .close = file_close};
    self->clock = env->clock;
    self->folder_fd = -1;
    self->roll_size =
        (uint64_t)option_size(&table->scope, table->options, "sink.rolling-policy.file-size");
    self->roll_interval =
        option_duration(&table->scope, table->options, "sink.rolling-policy.rollover-interval");
    TRY(file_path_resolve(table, env, env->arena, &self->folder));
    fd_writer_open(&self->writer, env->meter, -1, self->folder);
    EncodeSpec spec = {&table->schema, &table->scope, table->options};
    TRY(table->format->open_encoder(env->arena, &spec, &self->encoder));
    TRY(make_folder(self, diag));
    *out = &self->base;
    return ST_OK;
}
