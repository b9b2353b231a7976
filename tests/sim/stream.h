/* Stream: standard input as a pipe. Whoever writes into it knows how much of it a database has
 * kept, and begins behind that when a process has ended: what was taken out of the pipe, and not
 * kept, is written again. */
#ifndef WEIR_TESTS_SIM_STREAM_H
#define WEIR_TESTS_SIM_STREAM_H

#include "storage/base/strbuf.h"

typedef struct Stream {
    StrBuf content;
    uint64_t taken;  /* by the engine, of all that was ever written */
    uint64_t sent;   /* into the pipe */
    uint64_t seed;   /* of the next: */
    uint64_t random; /* how much comes when */
    int pipe, saved; /* where to write, -1: closed; what standard input was, -1: it still is */
} Stream;

void stream_open(Stream *stream, uint64_t seed);
void stream_close(Stream *stream);
/* What comes when is as it was at the first time. */
void stream_begin(Stream *stream);

/* A process begins, which is given what lies behind `from`. Then it ends. */
void stream_connect(Stream *stream, uint64_t from);
void stream_disconnect(Stream *stream);
/* Perhaps more is written; behind the last byte the pipe is closed. */
void stream_flow(Stream *stream);

#endif
