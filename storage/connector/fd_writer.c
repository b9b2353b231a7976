#include "storage/connector/fd_writer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

void fd_writer_open(FdWriter *writer, Meter *meter, int fd, Text name)
{
    *writer = (FdWriter){.fd = fd, .name = name};
    strbuf_init(&writer->pending, meter);
}

/* So that what is written once is not written again. */
static void drop_written(FdWriter *writer, size_t size)
{
    StrBuf *pending = &writer->pending;
    writer->written += size;
    pending->size -= size;
    if (pending->size > 0)
        memmove(pending->ptr, pending->ptr + size, pending->size);
}

Status fd_writer_push(FdWriter *writer, int *error)
{
    size_t done = 0, size = writer->pending.size;
    *error = 0;
    TRY(strbuf_status(&writer->pending));
    while (done < size && *error == 0) {
        ssize_t count = write(writer->fd, writer->pending.ptr + done, size - done);
        int cause = count < 0 ? errno : 0;
        if (cause ==
            EAGAIN) { /* somebody made the descriptor non-blocking: wait as if it were not */
            struct pollfd ready = {.fd = writer->fd, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (cause != EINTR) {
            *error = cause;
            done += count > 0 ? (size_t)count : 0;
        }
    }
    drop_written(writer, done);
    return ST_OK;
}

Status fd_writer_flush(FdWriter *writer, Diag *diag)
{
    int error;
    TRY(fd_writer_push(writer, &error));
    if (error == 0)
        return ST_OK;
    if (error == EPIPE)
        return diag_error(diag, E3005, SPAN_NONE, "%.*s was closed by its reader",
                          TEXT_ARG(writer->name));
    return diag_held_up(diag, E3003, trouble_of_error(error), "cannot write to %.*s: %s",
                        TEXT_ARG(writer->name), trouble_words(error));
}

Status fd_writer_relax(FdWriter *writer, Diag *diag)
{
    Diag why = {0};
    if (writer->pending.size < FD_WRITER_MUCH)
        return strbuf_status(&writer->pending);
    Status status = fd_writer_flush(writer, &why);
    if (why.trouble != TROUBLE_LASTING)
        return ST_OK;
    if (status != ST_OK && !diag->set)
        *diag = why;
    return status;
}

void fd_writer_close(FdWriter *writer)
{
    strbuf_close(&writer->pending);
}
