#include "shell/line_reader.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "storage/base/limits.h"

enum { READ_BYTES = 16 << 10, WAIT_MS = 200 };

void line_reader_open(LineReader *reader, int fd)
{
    *reader = (LineReader){.fd = fd};
    strbuf_init(&reader->buf, NULL);
}

/* The buffer points at the text but owns nothing (capacity 0), and is never appended to. */
void line_reader_open_text(LineReader *reader, Text text)
{
    line_reader_open(reader, -1);
    reader->buf.ptr = (char *)(uintptr_t)text.ptr;
    reader->buf.size = text.size;
    reader->ended = true;
}

void line_reader_close(LineReader *reader)
{
    if (reader->fd >= 0)
        strbuf_close(&reader->buf);
}

/* Makes room by dropping the lines already given. */
static void drop_given(LineReader *reader)
{
    if (reader->at == 0)
        return;
    memmove(reader->buf.ptr, reader->buf.ptr + reader->at, reader->buf.size - reader->at);
    reader->buf.size -= reader->at;
    reader->at = 0;
}

/* A signal can come between the caller's look at its flags and our waiting; so no wait is long. */
static bool is_readable(int fd)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    return poll(&poller, 1, WAIT_MS) > 0;
}

static LineResult read_more(LineReader *reader)
{
    drop_given(reader);
    if (reader->buf.size > LIMIT_SCRIPT_BYTES)
        return LINE_TOO_LONG;
    if (!is_readable(reader->fd))
        return LINE_NOTHING;
    char *room = strbuf_room(&reader->buf, READ_BYTES);
    if (room == NULL) {
        errno = ENOMEM;
        return LINE_FAILED;
    }
    ssize_t size = read(reader->fd, room, READ_BYTES);
    if (size < 0)
        return errno == EINTR || errno == EAGAIN ? LINE_NOTHING : LINE_FAILED;
    reader->buf.size += (size_t)size;
    reader->ended = size == 0;
    return LINE_READ;
}

LineResult line_reader_next(LineReader *reader, Text *line)
{
    size_t searched = reader->at; /* no newline before it */
    for (;;) {
        const char *end = searched < reader->buf.size ? memchr(reader->buf.ptr + searched, '\n',
                                                               reader->buf.size - searched)
                                                      : NULL;
        if (end != NULL || (reader->ended && reader->at < reader->buf.size)) {
            const char *start = reader->buf.ptr + reader->at;
            const char *stop = end != NULL ? end : reader->buf.ptr + reader->buf.size;
            *line = (Text){start, (uint32_t)(stop - start)};
            reader->at += line->size + (end != NULL);
            return LINE_READ;
        }
        if (reader->ended)
            return LINE_END;
        size_t unfinished = reader->buf.size - reader->at;
        LineResult result = read_more(reader);
        if (result != LINE_READ)
            return result;
        searched = unfinished; /* the rest moved to the front */
    }
}
