/* Standard input as a table that is read once, and standard output as one that is written. */
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/connector/connector.h"
#include "storage/connector/fd_writer.h"
#include "storage/connector/record_buffer.h"

/* --- stdin --- */

typedef struct StdinReader {
    SplitReader base;
    RecordBuffer buffer;
    Spool *spool; /* NULL: nothing is kept, or it is a file */
    bool is_file;
    bool ended;
} StdinReader;

static bool stdin_bounded(const TableSpec *table)
{
    (void)table;
    return true; /* it ends when whoever writes it closes it */
}

static bool stdin_replayable(const TableSpec *table)
{
    (void)table;
    return true;
}

static bool stdin_read_once(const TableSpec *table)
{
    (void)table;
    return true;
}

static Status refuse_stdin(int error, Diag *diag)
{
    return diag_error(diag, E3002, SPAN_NONE, "standard input: %s", strerrordesc_np(error));
}

/* A file is known by its inode, so that a restart goes on where it was; a pipe is a stream. */
static Status stdin_list(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count,
                         Diag *diag)
{
    (void)table;
    struct stat info;
    if (fstat(STDIN_FILENO, &info) != 0)
        return refuse_stdin(errno, diag);
    TRY_NEW(*out, env->arena);
    **out = (Split){.name = TEXT("<stdin>"), .end = UINT64_MAX};
    if (S_ISREG(info.st_mode)) {
        off_t begin = lseek(STDIN_FILENO, 0, SEEK_CUR);
        (*out)->start.offset = begin < 0 ? 0 : (uint64_t)begin;
        (*out)->device = info.st_dev;
        (*out)->inode = info.st_ino;
    } else {
        (*out)->spools = SPOOLS_BYTES;
    }
    *count = 1;
    return ST_OK;
}

/* Where the next byte is read. */
static uint64_t read_at(const StdinReader *self)
{
    return self->buffer.offset + record_buffer_left(&self->buffer);
}

static Status take(StdinReader *self, const char *bytes, ssize_t got, size_t *count, Diag *diag)
{
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return ST_OK;
    if (got < 0)
        return refuse_stdin(errno, diag);
    if (self->spool != NULL)
        TRY(spool_add(self->spool, bytes, (size_t)got));
    record_buffer_filled(&self->buffer, (size_t)got);
    *count = (size_t)got;
    self->ended = got == 0;
    return ST_OK;
}

/* Reads what is there without waiting for more; *count is 0 when nothing is. */
static Status read_ready(StdinReader *self, size_t *count, Diag *diag)
{
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
    Text kept;
    char *room;
    size_t size;
    *count = 0;
    switch (self->spool == NULL ? SPOOL_STREAM : spool_read(self->spool, read_at(self), &kept)) {
    case SPOOL_BYTES: return record_buffer_put(&self->buffer, kept, count);
    case SPOOL_WAIT: return ST_OK;
    case SPOOL_END: self->ended = true; return ST_OK;
    case SPOOL_STREAM: break;
    }
    TRY(record_buffer_room(&self->buffer, SIZE_MAX, &room, &size));
    if (self->is_file)
        return take(self, room, pread(STDIN_FILENO, room, size, (off_t)read_at(self)), count, diag);
    if (poll(&ready, 1, 0) <= 0)
        return ST_OK;
    return take(self, room, read(STDIN_FILENO, room, size), count, diag);
}

static Status stdin_poll(SplitReader *base, BatchBuilder *out, PollResult *result, Diag *diag)
{
    StdinReader *self = (StdinReader *)base;
    builder_reset(out);
    size_t count = 1;
    while (count > 0 || self->ended) {
        if (record_buffer_left(&self->buffer) > 0)
            TRY(record_buffer_decode(&self->buffer, out, self->ended));
        if (builder_has_something(out) || self->ended)
            break;
        TRY(read_ready(self, &count, diag));
    }
    bool over = self->ended && record_buffer_left(&self->buffer) == 0;
    *result = over ? POLL_END : builder_has_something(out) ? POLL_ROWS : POLL_IDLE;
    return ST_OK;
}

static SplitPosition stdin_position(const SplitReader *base)
{
    return record_buffer_position(&((const StdinReader *)base)->buffer);
}

/* Of a stream, what is kept of it too: a writer whose pipe broke goes on there. */
static uint64_t stdin_end(const SplitReader *base)
{
    const StdinReader *self = (const StdinReader *)base;
    struct stat info;
    if (!self->is_file)
        return self->spool == NULL ? read_at(self) : spool_end(self->spool);
    return fstat(STDIN_FILENO, &info) == 0 ? (uint64_t)info.st_size : UINT64_MAX;
}

static void stdin_close(SplitReader *base)
{
    record_buffer_close(&((StdinReader *)base)->buffer);
}

/* A job that has begun to read a file goes on with that one only. */
static Status check_file(const Split *split, Diag *diag)
{
    struct stat info;
    if (fstat(STDIN_FILENO, &info) != 0)
        return refuse_stdin(errno, diag);
    if (info.st_dev == split->device && info.st_ino == split->inode)
        return ST_OK;
    diag_error(diag, E3004, SPAN_NONE,
               "standard input is another one than the file that was read up to byte %llu before",
               (unsigned long long)split->start.offset);
    diag_hint(diag, "give the same file once more");
    return ST_IO;
}

static Status stdin_open_split(const ScanSpec *scan, SourceEnv *env, const Split *split,
                               SplitReader **out, Diag *diag)
{
    StdinReader *self;
    if (split->inode != 0)
        TRY(check_file(split, diag));
    else if (split->start.offset != 0 && split->spool == NULL)
        return diag_error(diag, E3002, SPAN_NONE, "standard input cannot be read again");
    TRY_NEW(self, env->arena);
    self->base = (SplitReader){
        .poll = stdin_poll, .position = stdin_position, .close = stdin_close, .end = stdin_end};
    self->is_file = split->inode != 0;
    self->spool = split->spool;
    TRY(record_buffer_open(&self->buffer, scan, env, &split->start, 0));
    *out = &self->base;
    return ST_OK;
}

/* --- stdout --- */

typedef struct StdoutSink {
    Sink base;
    Encoder *encoder;
    FdWriter writer;
} StdoutSink;

static Status stdout_write(Sink *sink, const Batch *batch, Diag *diag)
{
    StdoutSink *self = (StdoutSink *)sink;
    for (uint32_t i = 0; i < batch->selected; i++)
        TRY(self->encoder->encode(self->encoder, batch, batch_row(batch, i),
                                  &self->writer.pending));
    return fd_writer_relax(&self->writer, diag);
}

static Status stdout_commit(Sink *sink, uint64_t epoch, Diag *diag)
{
    (void)epoch;
    return fd_writer_flush(&((StdoutSink *)sink)->writer, diag);
}

static uint64_t stdout_pending_bytes(const Sink *sink)
{
    return ((const StdoutSink *)sink)->writer.pending.size;
}

static void stdout_close(Sink *sink)
{
    fd_writer_close(&((StdoutSink *)sink)->writer);
}

static Status stdout_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                               uint64_t *stored_epoch, Sink **out, Diag *diag)
{
    (void)memory;
    *stored_epoch = 0;
    (void)diag;
    StdoutSink *self;
    TRY_NEW(self, env->arena);
    self->base = (Sink){.write = stdout_write,
                        .commit = stdout_commit,
                        .close = stdout_close,
                        .pending_bytes = stdout_pending_bytes};
    EncodeSpec spec = {&table->schema, &table->scope, table->options, false};
    TRY(table->format->open_encoder(env->arena, &spec, &self->encoder));
    fd_writer_open(&self->writer, env->meter, STDOUT_FILENO, TEXT("standard output"));
    *out = &self->base;
    return ST_OK;
}

static const OptionDef stdio_options[] = {
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

const ConnectorClass stdin_connector = {
    .name = "stdin",
    .doc = "records from standard input, until it is closed",
    .options = stdio_options,
    .needs_format = true,
    .takes_format = true,
    .replayable = stdin_replayable,
    .read_once = stdin_read_once,
    .bounded = stdin_bounded,
    .list = stdin_list,
    .open_split = stdin_open_split,
};

const ConnectorClass stdout_connector = {
    .name = "stdout",
    .doc = "records to standard output",
    .options = stdio_options,
    .needs_format = true,
    .takes_format = true,
    .accepts_updates = false,
    .open_sink = stdout_open_sink,
};
