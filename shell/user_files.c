#include "shell/user_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/base/limits.h"

static Status read_all(int fd, Text name, StrBuf *buf, Diag *diag)
{
    enum { READ_BYTES = 64 << 10 };
    for (;;) {
        char *room = strbuf_room(buf, READ_BYTES);
        if (room == NULL)
            return ST_NOMEM;
        ssize_t size = read(fd, room, READ_BYTES);
        if (size == 0)
            return ST_OK;
        if (size < 0 && errno == EINTR)
            return ST_CANCELLED;
        if (size < 0)
            return diag_error(diag, E3002, SPAN_NONE, "cannot read \"%.*s\": %s", TEXT_ARG(name),
                              strerror(errno));
        buf->size += (size_t)size;
        if (buf->size > LIMIT_SCRIPT_BYTES)
            return diag_error(diag, E1005, SPAN_NONE, "\"%.*s\" is larger than %d MiB",
                              TEXT_ARG(name), LIMIT_SCRIPT_BYTES >> 20);
    }
}

static Text without_mark(Text text)
{
    static const Text mark = {"\xEF\xBB\xBF", 3};
    return text_starts_with(text, mark) ? (Text){text.ptr + 3, text.size - 3} : text;
}

static Status open_script(const char *path, int *fd, Diag *diag)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd >= 0)
        return ST_OK;
    return diag_error(diag, errno == ENOENT ? E3001 : E3002, SPAN_NONE, "cannot open \"%s\": %s",
                      path, strerror(errno));
}

Status user_file_read(Arena *arena, Text path, const Session *session, Source *out, Diag *diag)
{
    bool standard = text_is(path, "-");
    int fd = STDIN_FILENO;
    Text expanded;
    TRY(user_path_expand(arena, path, &expanded));
    TRY(arena_text(arena, standard ? TEXT("<stdin>") : path, &out->name));
    if (!standard && session != NULL && session_owns_file(session, expanded.ptr))
        return diag_error(diag, E3002, SPAN_NONE, "\"%.*s\" is a file of the database itself",
                          TEXT_ARG(path));
    if (!standard)
        TRY(open_script(expanded.ptr, &fd, diag));
    StrBuf buf;
    strbuf_init(&buf, NULL);
    Status status = read_all(fd, out->name, &buf, diag);
    if (status == ST_OK)
        status = arena_text(arena, without_mark((Text){buf.ptr, (uint32_t)buf.size}), &out->text);
    strbuf_close(&buf);
    if (!standard)
        close(fd);
    return status;
}

/* $variable/rest, else $HOME/fallback/rest. */
static Status xdg_path(Arena *arena, const char *variable, const char *fallback, const char *rest,
                       Text *out)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    *out = TEXT_NONE;
    if (base != NULL && base[0] == '/') /* the specification has relative ones ignored */
        return arena_printf(arena, out, "%s/%s", base, rest);
    if (home == NULL || home[0] == '\0')
        return ST_OK;
    return arena_printf(arena, out, "%s/%s/%s", home, fallback, rest);
}

/* Makes the directories above the last part of the path; a failure shows when the file is opened.
 */
static void make_directories(Arena *arena, Text path)
{
    Text copy;
    if (arena_text(arena, path, &copy) != ST_OK)
        return;
    char *bytes = (char *)(uintptr_t)copy.ptr;
    for (uint32_t i = 1; i < copy.size; i++) {
        if (bytes[i] != '/')
            continue;
        bytes[i] = '\0';
        mkdir(bytes, 0700);
        bytes[i] = '/';
    }
}

Status user_history_path(Arena *arena, Text *out)
{
    TRY(xdg_path(arena, "XDG_STATE_HOME", ".local/state", "weir/history", out));
    if (out->size > 0)
        make_directories(arena, *out);
    return ST_OK;
}

Status user_init_path(Arena *arena, Text *out)
{
    return xdg_path(arena, "XDG_CONFIG_HOME", ".config", "weir/init.sql", out);
}

Status user_path_expand(Arena *arena, Text path, Text *out)
{
    const char *home = getenv("HOME");
    if (home != NULL && text_starts_with(path, TEXT("~/")))
        return arena_printf(arena, out, "%s%.*s", home, (int)path.size - 1, path.ptr + 1);
    return arena_text(arena, path, out);
}
