#include "tests/sim/stream.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/sim/fault_vfs.h"

enum { STREAM_PIECE = 400 }; /* bytes that come at once, at most; all of it fits into a pipe */

void stream_open(Stream *stream, uint64_t seed)
{
    *stream = (Stream){.seed = seed, .random = seed, .pipe = -1, .saved = -1};
    strbuf_init(&stream->content, NULL);
}

void stream_begin(Stream *stream)
{
    stream->random = stream->seed;
}

void stream_close(Stream *stream)
{
    strbuf_close(&stream->content);
}

void stream_connect(Stream *stream, uint64_t from)
{
    int end[2];
    if (stream->content.size == 0)
        return;
    stream->saved = dup(STDIN_FILENO);
    if (pipe(end) != 0 || dup2(end[0], STDIN_FILENO) < 0)
        abort();
    close(end[0]);
    stream->pipe = end[1];
    stream->taken = stream->sent = from;
}

static void close_pipe(Stream *stream)
{
    if (stream->pipe >= 0)
        close(stream->pipe);
    stream->pipe = -1;
}

void stream_disconnect(Stream *stream)
{
    if (stream->content.size == 0)
        return;
    close_pipe(stream);
    if (stream->saved < 0)
        close(STDIN_FILENO);
    else if (dup2(stream->saved, STDIN_FILENO) < 0)
        abort();
    close(stream->saved);
    stream->saved = -1;
}

void stream_flow(Stream *stream)
{
    if (stream->pipe < 0 || sim_random(&stream->random) % 4 != 0)
        return;
    uint64_t left = stream->content.size - stream->sent;
    uint64_t size = 1 + sim_random(&stream->random) % STREAM_PIECE;
    size = size < left ? size : left;
    if (left == 0)
        close_pipe(stream);
    else if (write(stream->pipe, stream->content.ptr + stream->sent, size) != (ssize_t)size)
        abort();
    stream->sent += size;
}
