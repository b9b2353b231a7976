#include "storage/connector/fd_writer.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { PENDING_MAX = 256 << 10 };

void fd_writer_open(FdWriter *writer, Meter *meter, int fd, Text name)
{
    *writer = (FdWriter){.fd = fd, .name = name};
    strbuf_init(&writer->pending, meter);
}

static Status refuse(const FdWriter *writer, int error, Diag *diag)
{
    if (error == EPIPE)
        return diag_error(diag, E3005, SPAN_NONE, "%.*s was closed by its reader",
                          TEXT_ARG(writer->name));
    return diag_error(diag, E3003, SPAN_NONE, "%.*s: %s", TEXT_ARG(writer->name),
                      strerrordesc_np(error));
}

Status fd_writer_flush(FdWriter *writer, Diag *diag)
{
    const char *p = writer->pending.ptr;
    size_t left = writer->pending.size;
    TRY(strbuf_status(&writer->pending));
    while (left > 0) {
        ssize_t count = write(writer->fd, p, left);
        int error = count < 0 ? errno : 0;
        if (error ==
            EAGAIN) { /* somebody made the descriptor non-blocking: wait as if it were not */
            struct pollfd ready = {.fd = writer->fd, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (error != 0 && error != EINTR) {
            return refuse(writer, error, diag);
        } else if (count > 0) {
            p += count;
            left -= (size_t)count;
            writer->written += (uint64_t)count;
        }
    }
    strbuf_clear(&writer->pending);
    return ST_OK;
}

Status fd_writer_relax(FdWriter *writer, Diag *diag)
{
    return writer->pending.size < PENDING_MAX ? strbuf_status(&writer->pending)
                                              : fd_writer_flush(writer, diag);
}

void fd_writer_close(FdWriter *writer)
{
    strbuf_close(&writer->pending);
}
