#include "shell/writer.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#include "shell/process.h"
#include "shell/signals.h"

enum { WRITE_BYTES = 64 << 10 };

void writer_open(Writer *writer, int fd)
{
    *writer = (Writer){.fd = fd, .pager_fd = -1};
    strbuf_init(&writer->buf, NULL);
}

static void stop_pager(Writer *writer)
{
    if (writer->pager_pid == 0)
        return;
    close(writer->pager_fd);
    process_wait(writer->pager_pid);
    signals_ignore_interrupts(false);
    writer->pager_pid = 0;
    writer->pager_fd = -1;
}

void writer_close(Writer *writer)
{
    stop_pager(writer);
    strbuf_close(&writer->buf);
}

static Status fail(Writer *writer, Status status, int error)
{
    if (writer->status == ST_OK) {
        writer->status = status;
        writer->error = error;
    }
    return writer->status;
}

/* A slow reader blocks us here; an interrupt must get through all the same. */
static Status write_all(Writer *writer, const char *bytes, size_t size)
{
    int fd = writer->pager_pid != 0 ? writer->pager_fd : writer->fd;
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written >= 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (errno == EINTR) {
            if (signals_interrupted())
                return ST_CANCELLED;
        } else if (errno == EPIPE && writer->pager_pid != 0) {
            return ST_CANCELLED; /* the pager was left early: the rest is not wanted */
        } else {
            return fail(writer, ST_IO, errno);
        }
    }
    return ST_OK;
}

static Status write_out(Writer *writer)
{
    if (writer->status != ST_OK)
        return writer->status;
    if (writer->buf.failed)
        return fail(writer, ST_NOMEM, ENOMEM);
    Status status = write_all(writer, strbuf_cstr(&writer->buf), writer->buf.size);
    strbuf_clear(&writer->buf);
    writer->counted = 0;
    return status;
}

static bool is_held(const Writer *writer)
{
    return writer->screen_rows > 0 && writer->pager_pid == 0 && writer->pager != NULL &&
           writer->pager[0] != '\0';
}

static void count_lines(Writer *writer)
{
    const char *text = strbuf_cstr(&writer->buf);
    for (size_t i = writer->counted; i < writer->buf.size; i++)
        writer->lines += text[i] == '\n';
    writer->counted = writer->buf.size;
}

/* A pager that cannot be started is no error: the text is shown without one. */
static void page_when_long(Writer *writer)
{
    count_lines(writer);
    if (writer->lines < writer->screen_rows)
        return;
    if (process_open_pipe(writer->pager, &writer->pager_pid, &writer->pager_fd) == ST_OK)
        signals_ignore_interrupts(true);
    else
        writer->screen_rows = 0;
}

Status writer_checkpoint(Writer *writer)
{
    if (is_held(writer)) {
        page_when_long(writer);
        if (is_held(writer))
            return writer->buf.failed ? fail(writer, ST_NOMEM, ENOMEM) : writer->status;
    }
    return writer->buf.size < WRITE_BYTES ? writer->status : write_out(writer);
}

Status writer_flush(Writer *writer)
{
    TRY(writer_checkpoint(writer));
    return is_held(writer) ? writer->status : write_out(writer);
}

Status writer_finish(Writer *writer)
{
    if (is_held(writer))
        page_when_long(writer);
    Status status = write_out(writer);
    stop_pager(writer);
    writer->screen_rows = 0;
    writer->lines = 0;
    return status == ST_CANCELLED ? ST_OK : status;
}

bool writer_is_broken_pipe(const Writer *writer)
{
    return writer->status == ST_IO && writer->error == EPIPE;
}

Status writer_diag(const Writer *writer, Text name, Diag *diag)
{
    if (writer->status == ST_OK)
        return ST_OK;
    if (writer->status == ST_NOMEM)
        return diag_error(diag, E0001, SPAN_NONE, "out of memory");
    if (writer_is_broken_pipe(writer))
        return diag_error(diag, E3005, SPAN_NONE, "nobody reads \"%.*s\" any more", TEXT_ARG(name));
    return diag_error(diag, E3003, SPAN_NONE, "cannot write \"%.*s\": %s", TEXT_ARG(name),
                      strerror(writer->error));
}
