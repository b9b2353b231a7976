/* Writer: where data goes: standard output, a file of .output or .once, or a pager. Renderers
 * append to `buf`; the writer brings it out in large pieces. The first failure stays: later writes
 * do nothing and return it, so a broken pipe is noticed once and quietly.
 *
 * With `screen_rows` set, text is held back until it is known whether it fits the screen; a result
 * that does not fit is handed to a pager. */
#ifndef WEIR_SHELL_WRITER_H
#define WEIR_SHELL_WRITER_H

#include <stdbool.h>
#include <sys/types.h>

#include "storage/base/diag.h"
#include "storage/base/status.h"
#include "storage/base/strbuf.h"

typedef struct Writer {
    int fd;
    StrBuf buf;
    const char *pager;    /* shell command; NULL or empty: none */
    uint32_t screen_rows; /* text of more lines than this goes to the pager; 0: never */
    size_t counted;       /* bytes of buf whose lines are counted */
    uint32_t lines;
    pid_t pager_pid; /* 0: none runs */
    int pager_fd;
    Status status;
    int error; /* errno of the first failure */
} Writer;

void writer_open(Writer *writer, int fd);
/* Does not close fd, which is the caller's. */
void writer_close(Writer *writer);

/* Called after each row: writes when much has gathered, or starts the pager. */
CHECKED Status writer_checkpoint(Writer *writer);
/* Everything so far reaches the reader, unless it is still held for the pager. */
CHECKED Status writer_flush(Writer *writer);
/* The end of one result: writes what is held, waits for the pager. */
CHECKED Status writer_finish(Writer *writer);

/* Whoever read the output went away. */
bool writer_is_broken_pipe(const Writer *writer);
/* Fills the Diag with the first failure, if there was one. */
Status writer_diag(const Writer *writer, Text name, Diag *diag);

#endif
