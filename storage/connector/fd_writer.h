/* FdWriter: text on its way to a descriptor, written in large pieces. */
#ifndef WEIR_STORAGE_CONNECTOR_FD_WRITER_H
#define WEIR_STORAGE_CONNECTOR_FD_WRITER_H

#include "storage/base/diag.h"
#include "storage/base/strbuf.h"

typedef struct FdWriter {
    int fd;
    Text name;      /* for messages */
    StrBuf pending; /* append here */
    uint64_t written;
} FdWriter;

void fd_writer_open(FdWriter *writer, Meter *meter, int fd, Text name);
/* Writes all that is pending; E3005 when nobody reads any more, E3003 else. */
CHECKED Status fd_writer_flush(FdWriter *writer, Diag *diag);
/* The same when much is pending; called after each batch. */
CHECKED Status fd_writer_relax(FdWriter *writer, Diag *diag);
/* Forgets what is pending; does not close the descriptor. */
void fd_writer_close(FdWriter *writer);

#endif
