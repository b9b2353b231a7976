/* FdWriter: text on its way to a descriptor, written in large pieces. What cannot be written now,
 * for a reason that passes, stays pending. */
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

enum { FD_WRITER_MUCH = 256 << 10 }; /* pending: worth a write */

void fd_writer_open(FdWriter *writer, Meter *meter, int fd, Text name);
/* Writes what is pending. *error: what the system said, 0: all is written. */
CHECKED Status fd_writer_push(FdWriter *writer, int *error);
/* The same in words: E3005 when nobody reads any more, E3003 else. */
CHECKED Status fd_writer_flush(FdWriter *writer, Diag *diag);
/* The same when much is pending; called after each batch. What passes is for the flush to tell. */
CHECKED Status fd_writer_relax(FdWriter *writer, Diag *diag);
/* Forgets what is pending; does not close the descriptor. */
void fd_writer_close(FdWriter *writer);

#endif
