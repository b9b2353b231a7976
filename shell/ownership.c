/* Whose the database is: the session's, which then runs jobs and changes it, or another process's,
 * and then it is read. A session that may own it late reads it until a statement has to change
 * something, so that whoever only looks stands in nobody's way. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/session_private.h"

/* --- opening --- */

static Status open_as_reader(Session *session, int owner_pid, Diag *diag)
{
    char owner[DB_HOLDER_SIZE];
    db_print_process(owner_pid, owner);
    if (session->unwritable.set)
        snprintf(session->why_reader, sizeof session->why_reader, "%s",
                 session->unwritable.message);
    else
        snprintf(session->why_reader, sizeof session->why_reader, "%s owns the database", owner);
    session->reader = true;
    return db_open(session->db_path, DB_READER, NULL, &session->db, diag);
}

/* Of a database that waits for a lock. */
static bool goes_on(void *context)
{
    const Session *session = context;
    return !atomic_load(&session->cancelled);
}

/* Not each E4003 tells of an owner: a foreign program's lock gives one, too, and its holder is
 * named in the message. So the owner is asked for first, and again when one came in between. */
static Status open_as_owner_or_reader(Session *session, Diag *diag)
{
    int owner_pid = db_owner_pid(session->db_path);
    if (owner_pid != 0)
        return open_as_reader(session, owner_pid, diag);
    Status status = db_open(session->db_path, DB_OWNER, NULL, &session->db, diag);
    if (status == ST_STATE && diag->code == E4004 && access(session->db_path.ptr, R_OK) == 0) {
        session->unwritable = *diag;
        diag_reset(diag);
        return open_as_reader(session, 0, diag);
    }
    if (status == ST_OK || diag->code != E4003)
        return status;
    owner_pid = db_owner_pid(session->db_path);
    if (owner_pid == 0)
        return status;
    diag_reset(diag);
    return open_as_reader(session, owner_pid, diag);
}

static Status open_catalog(Session *session, Diag *diag)
{
    db_on_wait(session->db, goes_on, session);
    return catalog_open(session->db, NULL, &session->catalog, diag);
}

/* To look at a file that nobody owns. What only an owner can open (there is no file yet, it is of
 * an older format, something is wrong with it) is left to the other way. */
static Status open_to_look(Session *session, bool *open)
{
    Diag ignored = {0};
    *open = false;
    if (!session->config.own_late || db_owner_pid(session->db_path) != 0)
        return ST_OK;
    Status status = db_open(session->db_path, DB_READER, NULL, &session->db, &ignored);
    if (status == ST_OK)
        status = open_catalog(session, &ignored);
    *open = session->reader = status == ST_OK;
    if (status != ST_OK && session->db != NULL) {
        db_close(session->db);
        session->db = NULL;
    }
    return status == ST_NOMEM ? status : ST_OK;
}

Status session_open_database(Session *session, Diag *diag)
{
    bool open = false;
    if (session->db_path.size == 0)
        TRY(db_open(TEXT_NONE, DB_MEMORY, NULL, &session->db, diag));
    else if (session->config.allow_reader) {
        TRY(open_to_look(session, &open));
        if (open)
            return ST_OK;
        TRY(open_as_owner_or_reader(session, diag));
    } else {
        TRY(db_open(session->db_path, DB_OWNER, NULL, &session->db, diag));
    }
    return open_catalog(session, diag);
}

/* --- owning it late --- */

/* What is known of the file is known of it as it was read: it is read once more by its owner. */
static Status become_owner(const Execution *execution)
{
    Session *session = execution->session;
    Db *before = session->db;
    Catalog *known = session->catalog;
    TRY(db_open(session->db_path, DB_OWNER, NULL, &session->db, execution->diag));
    Status status = open_catalog(session, execution->diag);
    if (status != ST_OK) {
        db_close(session->db);
        session->db = before;
        session->catalog = known;
        return status;
    }
    catalog_close(known);
    db_close(before);
    session->reader = false;
    table_set_init(execution->tables, execution->arena, session->catalog);
    return ST_OK;
}

static Status refuse_unwritable(const Diag *why, Span span, Diag *diag)
{
    Status status =
        diag_error(diag, E4004, span, "the database can only be read: %s", why->message);
    diag_hint(diag, "allow writing to the file and its directory, or work on a copy");
    return status;
}

static Status own_late(const Execution *execution, Span span)
{
    Diag why = {0};
    Execution quiet = *execution;
    quiet.diag = &why;
    Status status = become_owner(&quiet);
    if (status == ST_OK)
        return ST_OK;
    if (status == ST_STATE && why.code == E4004)
        return refuse_unwritable(&why, span, execution->diag);
    if (!execution->diag->set) {
        *execution->diag = why;
        execution->diag->span = span;
    }
    return status;
}

Status session_require_owner(const Execution *execution, Span span)
{
    const Session *session = execution->session;
    if (!session->reader)
        return ST_OK;
    if (session->unwritable.set)
        return refuse_unwritable(&session->unwritable, span, execution->diag);
    int owner_pid = db_owner_pid(session->db_path); /* now: it can be another than at the start */
    char owner[DB_HOLDER_SIZE];
    db_print_process(owner_pid, owner);
    if (owner_pid != 0)
        return diag_error(execution->diag, E4003, span,
                          "the database belongs to %s; here it can only be read", owner);
    if (session->config.own_late)
        return own_late(execution, span);
    Status status = diag_error(
        execution->diag, E4003, span,
        "the database belonged to another process when it was opened here; it can only be read");
    diag_hint(execution->diag, "nobody owns it any more: open it again");
    return status;
}

/* --- reading it --- */

Status session_look_again(Session *session, Diag *diag)
{
    return session->reader ? catalog_refresh(session->catalog, diag) : ST_OK;
}

const char *session_why_reader(const Session *session)
{
    return session->reader && session->why_reader[0] != '\0' ? session->why_reader : NULL;
}

bool session_owns_file(const Session *session, const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && db_owns_file(session->db, file.st_dev, file.st_ino);
}
