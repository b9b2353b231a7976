/* A file's records are its lines; those at its end are looked at, as the end of a topic is. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/peek.h"
#include "storage/format/format.h"

static Status fail(ErrorCode code, Text path, int error, Diag *diag)
{
    return diag_error(diag, code, SPAN_NONE, "cannot read \"%.*s\": %s", TEXT_ARG(path),
                      strerror(error));
}

static Status read_at(int fd, off_t from, char *bytes, size_t size, Text path, Diag *diag)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(fd, bytes + done, size - done, from + (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(E3002, path, got == 0 ? ENODATA : errno, diag);
        done += (size_t)got;
    }
    return ST_OK;
}

/* The last PEEK_SAMPLE_BYTES of the file, from the start of a line. */
static Status read_end(int fd, Text path, Arena *arena, off_t *from, Text *out, Diag *diag)
{
    struct stat found;
    if (fstat(fd, &found) != 0)
        return fail(E3002, path, errno, diag);
    if (!S_ISREG(found.st_mode))
        return diag_error(diag, E3002, SPAN_NONE, "\"%.*s\" is no file", TEXT_ARG(path));
    *from = found.st_size > PEEK_SAMPLE_BYTES ? found.st_size - PEEK_SAMPLE_BYTES : 0;
    size_t size = (size_t)(found.st_size - *from);
    char *bytes = arena_alloc(arena, size + 1);
    if (bytes == NULL)
        return ST_NOMEM;
    TRY(read_at(fd, *from, bytes, size, path, diag));
    const char *end = bytes + size, *start = bytes;
    if (*from > 0) {
        const char *feed = memchr(bytes, '\n', size);
        start = feed == NULL ? end : feed + 1;
    } else {
        start = format_skip_mark(bytes, end);
    }
    *from += start - bytes;
    *out = (Text){start, (uint32_t)(end - start)};
    return ST_OK;
}

static Status take_lines(PeekSource *source, Arena *arena, Text text, off_t from)
{
    VEC(PeekRow) row = {0};
    const char *end = text.ptr + text.size;
    for (const char *p = text.ptr, *next; p < end; p = next) {
        const char *feed = memchr(p, '\n', (size_t)(end - p));
        const char *stop = feed == NULL ? end : feed;
        next = feed == NULL ? end : feed + 1;
        stop -= stop > p && stop[-1] == '\r';
        PeekRow line = {.offset = from + (p - text.ptr),
                        .record = {.has_value = true, .value = {p, (uint32_t)(stop - p)}}};
        if (stop > p)
            TRY_PUSH(&row, arena, line);
    }
    source->row = row.item;
    source->count = row.count;
    return ST_OK;
}

/* The file's name, without what stands behind a point. */
static Status name_of(Text path, Arena *arena, Text *out)
{
    Text copy;
    TRY(arena_text(arena, path, &copy));
    *out = text_of(basename((char *)(uintptr_t)copy.ptr));
    const char *dot = memchr(out->ptr, '.', out->size);
    if (dot != NULL && dot > out->ptr)
        out->size = (uint32_t)(dot - out->ptr);
    return ST_OK;
}

Status peek_file(PeekSource *source, Text path, Arena *arena, Diag *diag)
{
    Text copy, text = TEXT_NONE;
    off_t from = 0;
    const OptionEntry option[] = {{.key = TEXT("connector"), .value = TEXT("filesystem")},
                                  {.key = TEXT("path"), .value = path}};
    for (size_t i = 0; i < sizeof option / sizeof *option; i++)
        TRY_PUSH(&source->option, arena, option[i]);
    TRY(name_of(path, arena, &source->name));
    TRY(arena_text(arena, path, &copy));
    int fd = open(copy.ptr, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(errno == ENOENT ? E3001 : E3002, path, errno, diag);
    Status status = read_end(fd, path, arena, &from, &text, diag);
    close(fd);
    return status == ST_OK ? take_lines(source, arena, text, from) : status;
}
