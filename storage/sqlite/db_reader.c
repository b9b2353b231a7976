/* Reading a file in WAL mode where nothing may be written. SQLite wants -wal and -shm beside it,
 * which a clean stop of ours leaves there, and makes them where they are missing. Where it must
 * not, and no commit waits in a -wal, the file alone is the whole database: then it can be read as
 * one that nobody changes. Locks are of no use for that, so whoever begins to write meanwhile is
 * not noticed: it takes somebody else, who may do what this process may not. */
#include <stdio.h>
#include <sys/stat.h>

#include "storage/sqlite/db_private.h"

static bool holds_bytes(const Db *db, const char *suffix)
{
    Text path;
    Arena arena;
    struct stat file;
    arena_init(&arena, db->meter);
    bool holds = arena_printf(&arena, &path, "%s%s", db->path, suffix) != ST_OK ||
                 (stat(path.ptr, &file) == 0 && file.st_size > 0);
    arena_close(&arena);
    return holds;
}

bool db_lacks_files(const Db *db)
{
    int result = sqlite3_extended_errcode(db->handle);
    return db->mode == DB_READER &&
           ((result & 0xFF) == SQLITE_CANTOPEN || (result & 0xFF) == SQLITE_READONLY);
}

static Status print_uri(const Db *db, StrBuf *out)
{
    strbuf_string(out, "file:");
    for (const char *at = db->path; *at != '\0'; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                     (*at >= '0' && *at <= '9') || strchr("/._-", *at) != NULL;
        strbuf_printf(out, plain ? "%c" : "%%%02X", (unsigned char)*at);
    }
    strbuf_string(out, "?immutable=1");
    return strbuf_status(out);
}

Status db_unchanging_uri(Db *db, const char **uri, Diag *diag)
{
    if (holds_bytes(db, "-wal") || holds_bytes(db, "-journal") ||
        db_owner_pid(db->name) != OWNER_NOBODY) {
        diag_error(diag, E4004, SPAN_NONE,
                   "cannot read \"%.*s\" without writing \"%.*s-shm\" beside it, which is not "
                   "allowed here",
                   TEXT_ARG(db->name), TEXT_ARG(db->name));
        diag_hint(diag, "let a user who may write there open it once, or work on a copy of it and "
                        "of its -wal");
        return ST_STATE;
    }
    StrBuf text;
    Text copy;
    strbuf_init(&text, db->meter);
    Status status = print_uri(db, &text);
    if (status == ST_OK)
        status = arena_text(&db->arena, strbuf_as_text(&text), &copy);
    if (status == ST_OK)
        *uri = copy.ptr;
    strbuf_close(&text);
    return status;
}
