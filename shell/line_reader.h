/* Line reader: lines of a descriptor, or of a text in memory, one at a time, as they arrive. For
 * scripts and pipes, and for typing where there is no line editor. */
#ifndef WEIR_SHELL_LINE_READER_H
#define WEIR_SHELL_LINE_READER_H

#include "storage/base/diag.h"
#include "storage/base/strbuf.h"

typedef enum LineResult {
    LINE_READ,
    LINE_END,
    LINE_NOTHING, /* none came for a moment, or a signal did: look around, then call again */
    LINE_TOO_LONG,
    LINE_FAILED, /* errno says why */
} LineResult;

typedef struct LineReader {
    int fd; /* -1: the text is all there is */
    StrBuf buf;
    size_t at; /* start of the next line in buf */
    bool ended;
} LineReader;

void line_reader_open(LineReader *reader, int fd);
/* Borrows the text, which must outlive the reader. */
void line_reader_open_text(LineReader *reader, Text text);
void line_reader_close(LineReader *reader);

/* The next line without its newline; valid until the next call. */
LineResult line_reader_next(LineReader *reader, Text *line);

#endif
