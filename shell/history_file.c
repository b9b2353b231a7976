#include "shell/history_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "shell/line_reader.h"
#include "storage/base/arena.h"
#include "storage/base/secret.h"
#include "storage/base/vec.h"

static bool contains_nocase(Text text, Text word)
{
    for (uint32_t i = 0; i + word.size <= text.size; i++) {
        if (strncasecmp(text.ptr + i, word.ptr, word.size) == 0)
            return true;
    }
    return false;
}

bool history_is_private(Text entry)
{
    Span value;
    return entry.size == 0 || entry.ptr[0] == ' ' || contains_nocase(entry, TEXT("password")) ||
           contains_nocase(entry, TEXT("secret")) || secret_find(entry, 0, &value);
}

static void put_entry(StrBuf *out, Text entry)
{
    for (uint32_t i = 0; i < entry.size; i++) {
        if (entry.ptr[i] == '\n')
            strbuf_string(out, "\\n");
        else if (entry.ptr[i] == '\\')
            strbuf_string(out, "\\\\");
        else
            strbuf_char(out, entry.ptr[i]);
    }
    strbuf_char(out, '\n');
}

static Status parse_entry(Arena *arena, Text line, Text *out)
{
    char *bytes = arena_alloc(arena, line.size + 1);
    if (bytes == NULL)
        return ST_NOMEM;
    uint32_t size = 0;
    for (uint32_t i = 0; i < line.size; i++) {
        char c = line.ptr[i];
        if (c == '\\' && i + 1 < line.size)
            c = line.ptr[++i] == 'n' ? '\n' : line.ptr[i];
        bytes[size++] = c;
    }
    bytes[size] = '\0';
    *out = (Text){bytes, size};
    return ST_OK;
}

static bool write_whole(int fd, const StrBuf *buf)
{
    return buf->failed || write(fd, strbuf_cstr(buf), buf->size) == (ssize_t)buf->size;
}

/* Through a second file, so that a crash leaves the old one or the new one. */
static void rewrite(const char *path, const Text *entry, uint32_t count)
{
    StrBuf buf, other;
    strbuf_init(&buf, NULL);
    strbuf_init(&other, NULL);
    strbuf_printf(&other, "%s.%ld", path, (long)getpid());
    for (uint32_t i = 0; i < count; i++)
        put_entry(&buf, entry[i]);
    int fd = open(strbuf_cstr(&other), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        bool written = write_whole(fd, &buf);
        close(fd);
        if (!written || rename(strbuf_cstr(&other), path) != 0)
            unlink(strbuf_cstr(&other));
    }
    strbuf_close(&other);
    strbuf_close(&buf);
}

typedef VEC(Text) EntryList;

static Status keep_entry(Arena *arena, EntryList *list, Text line)
{
    Text entry;
    TRY(parse_entry(arena, line, &entry));
    TRY_PUSH(list, arena, entry);
    return ST_OK;
}

static Status read_entries(int fd, Arena *arena, EntryList *out)
{
    LineReader reader;
    Text line;
    Status status = ST_OK;
    line_reader_open(&reader, fd);
    for (;;) {
        LineResult result = line_reader_next(&reader, &line);
        if (result == LINE_READ)
            status = keep_entry(arena, out, line);
        if (status != ST_OK || (result != LINE_READ && result != LINE_NOTHING))
            break;
    }
    line_reader_close(&reader);
    return status;
}

Status history_load(const char *path, void (*found)(void *context, Text entry), void *context)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ST_OK;
    Arena arena;
    EntryList list = {0};
    arena_init(&arena, NULL);
    Status status = read_entries(fd, &arena, &list);
    close(fd);
    if (status == ST_OK) {
        uint32_t first = list.count > HISTORY_ENTRIES ? list.count - HISTORY_ENTRIES : 0;
        for (uint32_t i = first; i < list.count; i++)
            found(context, list.item[i]);
        if (list.count >= 2 * HISTORY_ENTRIES)
            rewrite(path, list.item + first, HISTORY_ENTRIES);
    }
    arena_close(&arena);
    return status;
}

void history_append(const char *path, Text entry)
{
    StrBuf buf;
    strbuf_init(&buf, NULL);
    put_entry(&buf, entry);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0) {
        (void)!write_whole(fd, &buf); /* one write: entries of several shells do not mix */
        close(fd);
    }
    strbuf_close(&buf);
}
