/* The 'sqlite' connector: a table with the declared schema as the target of an INSERT.
 *
 * Without 'path' it is in the database file itself and has no sink here: the job writes it as it
 * writes a materialized view (storage/sqlite/result_table.h), in the epoch's transaction.
 *
 * With 'path' it is in another file, made there when it is missing. An epoch's net change is one
 * transaction there, which also notes the epoch in a row of the sink's own:
 *
 *     _weir_written (database, job, sink: the owner; target: the table; epoch)
 *
 * so that rows and note cannot differ, and opening reads the note. An epoch without changes writes
 * nothing; that it was committed is in the job's memory. The memory also has the last epoch that
 * was noted: a file with an older one was put in the place of that which the job wrote.
 *
 * Other jobs and databases have other rows. A copy of the job's database has the same one.
 * Whichever commits first moves the note on; the other finds, when it commits, a note that it has
 * not written, or, when it is opened, one that is above its own last epoch, and stops, with nothing
 * written. */
#include "storage/connector/connector.h"

#include <assert.h>
#include <unistd.h>

#include "storage/base/crash_point.h"
#include "storage/connector/file_list.h"
#include "storage/sqlite/reserved.h"
#include "storage/sqlite/result_table.h"

enum {
    MEMORY_FORMAT = 1,
    COMMIT_WAIT_MS = 200, /* for a lock: long enough for readers in a file without WAL, who have to
                             leave while no new ones are let in; whoever commits tries again */
};

/* What save gives, as bytes. */
typedef struct SqliteMemory {
    uint64_t format;
    uint64_t epoch; /* committed */
    uint64_t noted; /* in the other file: 0, or the last one with changes */
} SqliteMemory;

typedef struct SqliteSink {
    Sink base;
    Meter *meter;
    SinkOwner owner;
    ResultSpec spec;
    Db *db;
    ResultTable *table;
    DbStatement *read, *note; /* NULL: the job keeps nothing */
    SqliteMemory now;         /* after the last commit */
    bool failed;              /* rows may be lost here: it must be opened again */
} SqliteSink;

/* --- the note --- */

static Status bind_owner(const SqliteSink *self, DbStatement *statement)
{
    TRY(db_bind_text(statement, 1, self->owner.database));
    TRY(db_bind_i64(statement, 2, self->owner.job));
    return db_bind_i64(statement, 3, self->owner.sink);
}

/* 0: there is no note. */
static Status read_note(SqliteSink *self, uint64_t *epoch, Diag *diag)
{
    bool row;
    TRY(bind_owner(self, self->read));
    Status status = db_step(self->read, &row, diag);
    int64_t found = status == ST_OK && row ? db_column_i64(self->read, 0) : 0;
    db_statement_reset(self->read);
    *epoch = found < 0 ? 0 : (uint64_t)found;
    return status;
}

static Status write_note(SqliteSink *self, uint64_t epoch, Diag *diag)
{
    bool row;
    uint64_t found;
    TRY(read_note(self, &found, diag));
    if (found != self->now.noted) {
        Status status = diag_error(diag, E3006, SPAN_NONE,
                                   "somebody else has written epoch %llu of this job into \"%.*s\"",
                                   (unsigned long long)found, TEXT_ARG(db_name(self->db)));
        diag_hint(diag, "is a copy of this database in use?");
        return status;
    }
    TRY(bind_owner(self, self->note));
    TRY(db_bind_text(self->note, 4, self->spec.name));
    TRY(db_bind_i64(self->note, 5, (int64_t)epoch));
    Status status = db_step(self->note, &row, diag);
    db_statement_reset(self->note);
    return status;
}

/* --- the sink --- */

static Status sqlite_write(Sink *sink, const Batch *batch, Diag *diag)
{
    return result_table_write(((SqliteSink *)sink)->table, batch, diag);
}

static Status write_epoch(SqliteSink *self, uint64_t epoch, Diag *diag)
{
    TRY(result_table_flush(self->table, diag));
    if (DEFECT(NOTE_APART)) {
        TRY(db_commit(self->db, diag));
        TRY(db_begin(self->db, diag));
    }
    CRASH_POINT(NOTE_BEFORE);
    if (self->note != NULL)
        TRY(write_note(self, epoch, diag));
    CRASH_POINT(NOTE_AFTER);
    return ST_OK;
}

static Status sqlite_commit(Sink *sink, uint64_t epoch, Diag *diag)
{
    SqliteSink *self = (SqliteSink *)sink;
    assert(!self->failed && epoch > self->now.epoch);
    if (result_table_pending_bytes(self->table) > 0) {
        TRY(db_begin(self->db, diag)); /* refused: all is still pending */
        Status status = write_epoch(self, epoch, diag);
        if (status == ST_OK)
            status = db_commit(self->db, diag);
        else
            db_rollback(self->db);
        self->failed = status != ST_OK && diag->trouble == TROUBLE_LASTING; /* else undone */
        TRY(status);
        result_table_discard(self->table);
        self->now.noted = epoch;
    }
    self->now.epoch = epoch;
    return ST_OK;
}

static Status sqlite_save(Sink *sink, StrBuf *out)
{
    const SqliteSink *self = (const SqliteSink *)sink;
    strbuf_put(out, &self->now, sizeof self->now);
    return strbuf_status(out);
}

static uint64_t sqlite_pending_bytes(const Sink *sink)
{
    return result_table_pending_bytes(((const SqliteSink *)sink)->table);
}

static void sqlite_close(Sink *sink)
{
    SqliteSink *self = (SqliteSink *)sink;
    db_statement_close(self->read);
    db_statement_close(self->note);
    result_table_close(self->table);
    db_close(self->db);
}

/* --- opening --- */

static Status table_exists(SqliteSink *self, bool *exists, Diag *diag)
{
    DbStatement *find;
    TRY(db_prepare(self->db,
                   TEXT("SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE"
                        " AND type IN ('table', 'view')"),
                   &find, diag));
    Status status = db_bind_text(find, 1, self->spec.name);
    if (status == ST_OK)
        status = db_step(find, exists, diag);
    db_statement_close(find);
    return status;
}

static Status make_table(SqliteSink *self, Diag *diag)
{
    bool exists;
    TRY(table_exists(self, &exists, diag));
    if (exists)
        return ST_OK; /* opening it will tell whether it is as it must be */
    ResultSpec spec = self->spec;
    spec.append_only = false; /* its shape does not depend on the query */
    StrBuf ddl;
    strbuf_init(&ddl, self->meter);
    result_table_ddl(&spec, &ddl);
    Status status = strbuf_status(&ddl);
    if (status == ST_OK)
        status = db_exec(self->db, strbuf_cstr(&ddl), diag);
    strbuf_close(&ddl);
    return status;
}

static Status forget_note(SqliteSink *self, Diag *diag)
{
    DbValue owner[] = {
        db_value_text(self->owner.database),
        db_value_i64(self->owner.job),
        db_value_i64(self->owner.sink),
    };
    return db_run(self->db,
                  TEXT("DELETE FROM _weir_written WHERE database = ?1 AND job = ?2 AND sink = ?3"),
                  owner, 3, diag);
}

static const char notes_sql[] =
    "CREATE TABLE _weir_written ( -- how far jobs of other databases have written here\n"
    "    database TEXT NOT NULL, -- the uuid of the database whose job writes\n"
    "    job INTEGER NOT NULL,\n"
    "    sink INTEGER NOT NULL, -- which of the job's\n"
    "    target TEXT NOT NULL, -- the table here\n"
    "    epoch INTEGER NOT NULL, -- the last one whose changes are in it\n"
    "    PRIMARY KEY (database, job, sink)\n"
    ") WITHOUT ROWID;";

static Status make_tables(SqliteSink *self, bool forget, Diag *diag)
{
    bool exists;
    TRY(make_table(self, diag));
    TRY(reserved_find(self->db, TEXT("_weir_written"),
                      TEXT("SELECT database, job, sink, target, epoch FROM _weir_written"), &exists,
                      diag));
    if (!exists)
        TRY(db_exec(self->db, notes_sql, diag));
    return forget && self->owner.database.size > 0 ? forget_note(self, diag) : ST_OK;
}

static Status prepare_note(SqliteSink *self, Diag *diag)
{
    TRY(db_prepare(self->db,
                   TEXT("SELECT epoch FROM _weir_written"
                        " WHERE database = ?1 AND job = ?2 AND sink = ?3"),
                   &self->read, diag));
    return db_prepare(self->db,
                      TEXT("INSERT INTO _weir_written (database, job, sink, target, epoch)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)"
                           " ON CONFLICT DO UPDATE SET target = ?4, epoch = ?5"),
                      &self->note, diag);
}

static Status read_memory(SqliteSink *self, const SinkMemory *memory, Diag *diag)
{
    if (!memory->exists)
        return ST_OK;
    if (memory->bytes.size == sizeof self->now)
        memcpy(&self->now, memory->bytes.ptr, sizeof self->now);
    if (memory->bytes.size == sizeof self->now && self->now.format == MEMORY_FORMAT &&
        self->now.noted <= self->now.epoch)
        return ST_OK;
    Status status =
        diag_error(diag, E4008, SPAN_NONE,
                   "what the database holds about table \"%.*s\" in \"%.*s\" is damaged",
                   TEXT_ARG(self->spec.name), TEXT_ARG(db_name(self->db)));
    diag_hint(diag,
              "restore a backup of the database; or empty that table, STOP JOB '%lld', and run the "
              "job's script again: it begins from the beginning",
              (long long)self->owner.job);
    return status;
}

static Status resume(SqliteSink *self, const SinkMemory *memory, Diag *diag)
{
    uint64_t noted;
    TRY(read_note(self, &noted, diag));
    TRY(read_memory(self, memory, diag));
    if (noted >= self->now.noted) {
        self->now.noted = noted;
        self->now.epoch = noted > self->now.epoch ? noted : self->now.epoch;
        return ST_OK;
    }
    Status status = diag_error(
        diag, E3006, SPAN_NONE,
        "\"%.*s\" holds this job's rows up to epoch %llu, and they were there up to %llu",
        TEXT_ARG(db_name(self->db)), (unsigned long long)noted,
        (unsigned long long)self->now.noted);
    diag_hint(diag, "is it an older copy? put the newest one in its place");
    return status;
}

static Status find_table(SqliteSink *self, const SinkMemory *memory, Diag *diag)
{
    bool resumed = memory != NULL && memory->resumed;
    TRY(make_tables(self, !resumed, diag));
    TRY(result_table_open(self->db, &self->spec, self->meter, &self->table, diag));
    if (memory != NULL)
        TRY(prepare_note(self, diag));
    return resumed ? resume(self, memory, diag) : ST_OK;
}

/* What cannot be opened leaves nothing behind there. */
static Status open_table(SqliteSink *self, const SinkMemory *memory, Diag *diag)
{
    TRY(db_begin(self->db, diag));
    Status status = find_table(self, memory, diag);
    if (status == ST_OK)
        status = db_commit(self->db, diag);
    else
        db_rollback(self->db);
    db_wait_at_most(self->db, COMMIT_WAIT_MS);
    return status;
}

static Status open_file(SqliteSink *self, const TableSpec *table, const SourceEnv *env, Diag *diag)
{
    Text path;
    TRY(file_path_resolve(table, env, env->arena, &path));
    if (db_owner_pid(path) == getpid()) {
        Status status =
            diag_error(diag, E4003, SPAN_NONE, "\"%.*s\" is this database itself", TEXT_ARG(path));
        diag_hint(diag, "without the option \"path\" the table is in this one");
        return status;
    }
    return db_open(path, DB_GUEST, env->meter, &self->db, diag);
}

static Status sqlite_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                               uint64_t *stored_epoch, Sink **out, Diag *diag)
{
    SqliteSink *self;
    assert(memory == NULL || env->owner.database.size > 0);
    *stored_epoch = 0;
    TRY_NEW(self, env->arena);
    self->base = (Sink){.write = sqlite_write,
                        .commit = sqlite_commit,
                        .save = sqlite_save,
                        .close = sqlite_close,
                        .pending_bytes = sqlite_pending_bytes};
    self->meter = env->meter;
    self->owner = env->owner;
    self->now.format = MEMORY_FORMAT;
    self->spec = (ResultSpec){.name = table->name,
                              .schema = table->schema,
                              .key = table->key,
                              .key_count = table->key_count,
                              .append_only = table->key_count == 0 && env->inserts_only,
                              .recurs = !env->inserts_only, /* for all that is known here */
                              .hash_seed = env->seed};
    Status status = open_file(self, table, env, diag);
    if (status == ST_OK)
        status = open_table(self, memory, diag);
    if (status != ST_OK) {
        sqlite_close(&self->base);
        return status;
    }
    *stored_epoch = self->now.epoch;
    *out = &self->base;
    return ST_OK;
}

/* --- the connector --- */

static Status sqlite_check(const TableSpec *table, Span span, Diag *diag)
{
    (void)span;
    const OptionEntry *path = option_find(table->options, "path");
    if (path != NULL &&
        (path->value.size == 0 || memchr(path->value.ptr, '\0', path->value.size) != NULL))
        return diag_error(diag, E2114, path->value_span, "the path is empty or has a zero byte");
    return ST_OK;
}

static const OptionDef sqlite_options[] = {
    {"path", OPTION_TEXT, NULL, NULL, OPTION_RESULT,
     "another database file, made if it is missing; without it the table is in this one"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

static bool sqlite_exactly_once(const TableSpec *table)
{
    (void)table;
    return true;
}

const ConnectorClass sqlite_connector = {
    .name = "sqlite",
    .doc = "a table of this or another database file, written by INSERT",
    .options = sqlite_options,
    .accepts_updates = true,
    .exactly_once = sqlite_exactly_once,
    .open_sink = sqlite_open_sink,
    .check = sqlite_check,
};
