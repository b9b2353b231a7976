/* The _weir_ tables are made by the first write, not by opening: whoever only looks at a file, or
 * submits a script that does not bind, leaves no trace in it. */
#include "storage/catalog/catalog.h"

#include <assert.h>
#include <stdio.h>
#include <sys/random.h>

#include "storage/base/vec.h"
#include "storage/catalog/schema.sql.h"
#include "storage/catalog/upgrade.h"
#include "storage/data/timestamp.h"
#include "storage/sqlite/reserved.h"
#include "storage/sqlite/result_table.h"

typedef VEC(CatalogObject *) ObjectList;

struct Catalog {
    Db *db;
    Meter *meter;
    Arena arena;           /* what is in the file */
    Arena temporary_arena; /* objects that are not */
    ObjectList object;     /* by name; temporary ones in their places */
    ObjectList temporary;
    VEC(CatalogJob *) job; /* by id */
    bool has_tables;
    int64_t format;  /* of the tables that were found */
    int64_t version; /* of the file, when a reader last read it; 0: not known */
    uint64_t hash_seed;
    char uuid[37];
};

static const char *const kind_name[] = {
    [OBJECT_TABLE] = "table",
    [OBJECT_VIEW] = "view",
    [OBJECT_MATERIALIZED_VIEW] = "materialized view",
};
enum { KINDS = sizeof kind_name / sizeof kind_name[0] };

static const char *const state_name[] = {
    [JOB_CREATED] = "CREATED",     [JOB_RUNNING] = "RUNNING", [JOB_FINISHED] = "FINISHED",
    [JOB_STOPPED] = "STOPPED",     [JOB_FAILED] = "FAILED",   [JOB_PAUSED] = "PAUSED",
    [JOB_SUSPENDED] = "SUSPENDED", [JOB_HELD] = "WAITING",
};
enum { STATES = sizeof state_name / sizeof state_name[0] };

const char *object_kind_name(ObjectKind kind)
{
    assert((unsigned)kind < KINDS);
    return kind_name[kind];
}

const char *job_state_name(JobState state)
{
    assert((unsigned)state < STATES);
    return state_name[state];
}

bool job_state_is_over(JobState state)
{
    switch (state) {
    case JOB_FINISHED:
    case JOB_STOPPED:
    case JOB_FAILED: return true;
    case JOB_CREATED:
    case JOB_RUNNING:
    case JOB_PAUSED:
    case JOB_SUSPENDED:
    case JOB_HELD: return false;
    }
    return false;
}

/* Index of the text among the names, or -1. */
static int find_name(const char *const *name, int count, Text text)
{
    for (int i = 0; i < count; i++) {
        if (text_is(text, name[i]))
            return i;
    }
    return -1;
}

/* --- objects in memory --- */

static int compare_names(Text a, Text b)
{
    uint32_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Where the name stands or belongs. */
static uint32_t place_of(const ObjectList *list, Text name, bool *there)
{
    uint32_t low = 0, high = list->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_names(list->item[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *there = low < list->count && text_equal(list->item[low]->name, name);
    return low;
}

/* Puts the object into its place; one of the same name goes. */
static Status list_put(ObjectList *list, Arena *arena, CatalogObject *object)
{
    bool there;
    uint32_t at = place_of(list, object->name, &there);
    if (!there) {
        TRY_PUSH(list, arena, object);
        memmove(&list->item[at + 1], &list->item[at], (list->count - 1 - at) * sizeof *list->item);
    }
    list->item[at] = object;
    return ST_OK;
}

static void list_remove(ObjectList *list, Text name)
{
    bool there;
    uint32_t at = place_of(list, name, &there);
    if (!there)
        return;
    list->count--;
    memmove(&list->item[at], &list->item[at + 1], (list->count - at) * sizeof *list->item);
}

static Status copy_object(Arena *arena, const CatalogObject *from, CatalogObject **out)
{
    TRY_NEW(*out, arena);
    **out = *from;
    TRY(arena_text(arena, from->name, &(*out)->name));
    return arena_text(arena, from->sql, &(*out)->sql);
}

const CatalogObject *catalog_find(const Catalog *catalog, Text name)
{
    bool there;
    uint32_t at = place_of(&catalog->object, name, &there);
    return there ? catalog->object.item[at] : NULL;
}

uint32_t catalog_object_count(const Catalog *catalog)
{
    return catalog->object.count;
}

const CatalogObject *catalog_object(const Catalog *catalog, uint32_t index)
{
    assert(index < catalog->object.count);
    return catalog->object.item[index];
}

/* --- reading the file --- */

static Status fail_damaged(const Catalog *catalog, const char *what, Diag *diag)
{
    return diag_error(diag, E4002, SPAN_NONE, "\"%.*s\" is damaged: %s",
                      TEXT_ARG(db_name(catalog->db)), what);
}

typedef Status TakeRow(Catalog *catalog, const DbStatement *row, Diag *diag);

/* Gives each row of the query to `take`. */
static Status read_rows(Catalog *catalog, Text sql, TakeRow *take, Diag *diag)
{
    DbStatement *query;
    bool row;
    TRY(db_prepare(catalog->db, sql, &query, diag));
    Status status = db_step(query, &row, diag);
    while (status == ST_OK && row) {
        status = take(catalog, query, diag);
        if (status == ST_OK)
            status = db_step(query, &row, diag);
    }
    db_statement_close(query);
    return status;
}

/* What a later format means is not known, so it is looked at before everything else. */
static Status take_format(Catalog *catalog, const DbStatement *row, Diag *diag)
{
    int64_t format = db_column_i64(row, 0);
    if (format < 1)
        return fail_damaged(catalog, "its format is not known", diag);
    catalog->format = format;
    if (format <= CATALOG_FORMAT)
        return ST_OK;
    Text engine = db_column_text(row, 1);
    Status status = diag_error(
        diag, E4005, SPAN_NONE,
        "\"%.*s\" was written by a newer version of Weir (format %lld, this version reads %d)",
        TEXT_ARG(db_name(catalog->db)), (long long)format, CATALOG_FORMAT);
    diag_hint(diag, "use Weir %.*s or later", TEXT_ARG(engine));
    return status;
}

static Status take_identity(Catalog *catalog, const DbStatement *row, Diag *diag)
{
    Text uuid = db_column_text(row, 0);
    if (uuid.size != sizeof catalog->uuid - 1 || db_column_type(row, 1) != DB_INTEGER)
        return fail_damaged(catalog, "its identity is missing", diag);
    memcpy(catalog->uuid, uuid.ptr, uuid.size);
    catalog->hash_seed = (uint64_t)db_column_i64(row, 1);
    return ST_OK;
}

static Status take_object(Catalog *catalog, const DbStatement *row, Diag *diag)
{
    int kind = find_name(kind_name, KINDS, db_column_text(row, 1));
    if (kind < 0)
        return fail_damaged(catalog, "_weir_objects holds an unknown kind of object", diag);
    CatalogObject read = {
        .name = db_column_text(row, 0),
        .kind = (ObjectKind)kind,
        .sql = db_column_text(row, 2),
        .job = db_column_i64(row, 3),
    };
    CatalogObject *object;
    TRY(copy_object(&catalog->arena, &read, &object));
    return list_put(&catalog->object, &catalog->arena, object);
}

/* Times are kept as texts for people who read the tables. */
static Status take_time(const Catalog *catalog, Text text, Micros *out, Diag *diag)
{
    return timestamp_parse(text, TIME_SYNTAX_SQL, true, out)
               ? ST_OK
               : fail_damaged(catalog, "_weir_jobs holds a time that is none", diag);
}

static Status take_job(Catalog *catalog, const DbStatement *row, Diag *diag)
{
    CatalogJob *job;
    int state = find_name(state_name, STATES, db_column_text(row, 3));
    if (state < 0)
        return fail_damaged(catalog, "_weir_jobs holds an unknown state", diag);
    TRY_NEW(job, &catalog->arena);
    job->id = db_column_i64(row, 0);
    job->state = (JobState)state;
    TRY(arena_text(&catalog->arena, db_column_text(row, 1), &job->sql));
    TRY(arena_text(&catalog->arena, db_column_text(row, 2), &job->plan));
    TRY(arena_text(&catalog->arena, db_column_text(row, 4), &job->reason));
    TRY(take_time(catalog, db_column_text(row, 5), &job->created, diag));
    TRY(take_time(catalog, db_column_text(row, 6), &job->updated, diag));
    job->replaces = db_column_i64(row, 7);
    if (db_column_type(row, 8) != DB_NULL && !shard_parse(db_column_text(row, 8), &job->shard))
        return fail_damaged(catalog, "_weir_jobs holds a shard that is none", diag);
    TRY_PUSH(&catalog->job, &catalog->arena, job);
    return ST_OK;
}

static Status read_tables(Catalog *catalog, Diag *diag)
{
    TRY(reserved_find(catalog->db, TEXT("_weir_meta"), TEXT("SELECT name, value FROM _weir_meta"),
                      &catalog->has_tables, diag));
    if (!catalog->has_tables)
        return ST_OK;
    TRY(read_rows(catalog,
                  TEXT("SELECT (SELECT value FROM _weir_meta WHERE name = 'format'),"
                       " (SELECT value FROM _weir_meta WHERE name = 'engine')"),
                  take_format, diag));
    if (catalog->format < CATALOG_FORMAT)
        TRY(catalog_upgrade(catalog->db, catalog->format, diag));
    TRY(read_rows(catalog,
                  TEXT("SELECT (SELECT value FROM _weir_meta WHERE name = 'uuid'),"
                       " (SELECT value FROM _weir_meta WHERE name = 'hash_seed')"),
                  take_identity, diag));
    TRY(read_rows(catalog, TEXT("SELECT name, kind, sql, job FROM _weir_objects"), take_object,
                  diag));
    return read_rows(catalog,
                     TEXT("SELECT id, sql, plan, state, reason, created, updated, replaces, shard"
                          " FROM _weir_jobs ORDER BY id"),
                     take_job, diag);
}

static Status read_all(Catalog *catalog, Diag *diag)
{
    TRY(read_tables(catalog, diag));
    for (uint32_t i = 0; i < catalog->temporary.count; i++)
        TRY(list_put(&catalog->object, &catalog->arena, catalog->temporary.item[i]));
    return ST_OK;
}

Status catalog_reload(Catalog *catalog, Diag *diag)
{
    Catalog before = *catalog;
    arena_init(&catalog->arena, catalog->meter);
    catalog->object = (ObjectList){0};
    catalog->job.item = NULL;
    catalog->job.count = catalog->job.capacity = 0;
    catalog->has_tables = false;
    Status status = read_all(catalog, diag);
    if (status != ST_OK) { /* what was known is better than nothing */
        arena_close(&catalog->arena);
        *catalog = before;
        return status;
    }
    arena_close(&before.arena);
    return ST_OK;
}

Status catalog_refresh(Catalog *catalog, Diag *diag)
{
    int64_t version;
    assert(db_is_reader(catalog->db));
    TRY(db_data_version(catalog->db, &version, diag));
    if (version == catalog->version)
        return ST_OK;
    TRY(db_exec(catalog->db, "BEGIN", diag));
    Status status = catalog_reload(catalog, diag);
    db_rollback(catalog->db); /* nothing was written */
    if (status == ST_OK)
        catalog->version = version;
    return status;
}

/* --- opening --- */

/* A UUID of version 4 (RFC 9562) and a seed, used until the file has its own. */
static Status make_identity(Catalog *catalog)
{
    unsigned char bytes[16 + sizeof catalog->hash_seed];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return ST_STATE;
    bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
    memcpy(&catalog->hash_seed, bytes + 16, sizeof catalog->hash_seed);
    char *out = catalog->uuid;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        out += snprintf(out, 3, "%02x", bytes[i]);
    }
    return ST_OK;
}

Status catalog_open(Db *db, Meter *meter, Catalog **out, Diag *diag)
{
    Catalog *catalog = mem_alloc_zeroed(meter, sizeof *catalog);
    if (catalog == NULL)
        return ST_NOMEM;
    catalog->db = db;
    catalog->meter = meter;
    arena_init(&catalog->arena, meter);
    arena_init(&catalog->temporary_arena, meter);
    Status status = make_identity(catalog);
    if (status != ST_OK)
        status = diag_error(diag, E4007, SPAN_NONE, "the system gives no random numbers");
    if (status == ST_OK)
        status = catalog_reload(catalog, diag);
    if (status != ST_OK) {
        catalog_close(catalog);
        return status;
    }
    *out = catalog;
    return ST_OK;
}

void catalog_close(Catalog *catalog)
{
    if (catalog == NULL)
        return;
    arena_close(&catalog->temporary_arena);
    arena_close(&catalog->arena);
    mem_free(catalog->meter, catalog, sizeof *catalog);
}

Db *catalog_db(Catalog *catalog)
{
    return catalog->db;
}

uint64_t catalog_hash_seed(const Catalog *catalog)
{
    return catalog->hash_seed;
}

Text catalog_uuid(const Catalog *catalog)
{
    return text_of(catalog->uuid);
}

/* --- writing --- */

Status catalog_make_tables(Catalog *catalog, Diag *diag)
{
    assert(db_in_transaction(catalog->db));
    if (catalog->has_tables)
        return ST_OK;
    for (size_t i = 0; i < sizeof catalog_schema_sql / sizeof *catalog_schema_sql; i++)
        TRY(reserved_check_free(catalog->db, catalog_schema_sql[i], diag));
    for (size_t i = 0; i < sizeof catalog_schema_sql / sizeof *catalog_schema_sql; i++)
        TRY(db_exec(catalog->db, catalog_schema_sql[i], diag));
    const DbValue meta[] = {
        db_value_i64(CATALOG_FORMAT),
        db_value_text(TEXT(WEIR_VERSION)),
        db_value_text(catalog_uuid(catalog)),
        db_value_i64((int64_t)catalog->hash_seed),
    };
    TRY(db_run(catalog->db,
               TEXT("INSERT INTO _weir_meta VALUES ('format', ?1), ('engine', ?2),"
                    " ('uuid', ?3), ('hash_seed', ?4)"),
               meta, 4, diag));
    catalog->has_tables = true;
    return ST_OK;
}

Status catalog_put_object(Catalog *catalog, const CatalogObject *object, Diag *diag)
{
    CatalogObject *copy;
    if (object->temporary) {
        TRY(copy_object(&catalog->temporary_arena, object, &copy));
        TRY(list_put(&catalog->temporary, &catalog->temporary_arena, copy));
        return list_put(&catalog->object, &catalog->arena, copy);
    }
    TRY(catalog_make_tables(catalog, diag));
    const DbValue row[] = {
        db_value_text(object->name),
        db_value_text(text_of(object_kind_name(object->kind))),
        db_value_text(object->sql),
        object->job == 0 ? db_value_null() : db_value_i64(object->job),
    };
    TRY(db_run(catalog->db,
               TEXT("INSERT OR REPLACE INTO _weir_objects (name, kind, sql, job)"
                    " VALUES (?1, ?2, ?3, ?4)"),
               row, 4, diag));
    TRY(copy_object(&catalog->arena, object, &copy));
    return list_put(&catalog->object, &catalog->arena, copy);
}

Status catalog_drop_object(Catalog *catalog, Text name, Diag *diag)
{
    const CatalogObject *object = catalog_find(catalog, name);
    if (object == NULL)
        return ST_OK;
    if (object->temporary) {
        list_remove(&catalog->temporary, name);
        return catalog_reload(catalog, diag); /* a stored one may have been hidden */
    }
    assert(db_in_transaction(catalog->db));
    const DbValue row[] = {db_value_text(name)};
    TRY(db_run(catalog->db, TEXT("DELETE FROM _weir_columns WHERE view = ?1"), row, 1, diag));
    TRY(db_run(catalog->db, TEXT("DELETE FROM _weir_objects WHERE name = ?1"), row, 1, diag));
    list_remove(&catalog->object, name);
    return ST_OK;
}

static Status put_column(Catalog *catalog, Text table, const Field *field, uint32_t position,
                         Diag *diag)
{
    StrBuf type;
    strbuf_init(&type, catalog->meter);
    type_print_bare(&field->type, &type);
    const DbValue row[] = {
        db_value_text(table),
        db_value_i64(position),
        db_value_text(field->name),
        db_value_text(strbuf_as_text(&type)),
        db_value_i64(field->type.nullable),
        db_value_text(text_of(result_column_type(&field->type))),
    };
    Status status = strbuf_status(&type);
    if (status == ST_OK)
        status =
            db_run(catalog->db, TEXT("INSERT INTO _weir_columns VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
                   row, 6, diag);
    strbuf_close(&type);
    return status;
}

Status catalog_put_columns(Catalog *catalog, Text table, const Schema *schema, Diag *diag)
{
    TRY(catalog_make_tables(catalog, diag));
    const DbValue key[] = {db_value_text(table)};
    TRY(db_run(catalog->db, TEXT("DELETE FROM _weir_columns WHERE view = ?1"), key, 1, diag));
    for (uint32_t i = 0; i < schema->count; i++)
        TRY(put_column(catalog, table, &schema->field[i], i + 1, diag));
    return ST_OK;
}

Status catalog_foreign_table_exists(Catalog *catalog, Text name, bool *exists, Diag *diag)
{
    *exists = false;
    for (uint32_t i = 0; i < catalog->object.count; i++) {
        const CatalogObject *object = catalog->object.item[i];
        if (object->kind == OBJECT_MATERIALIZED_VIEW && text_equal_nocase(object->name, name))
            return ST_OK;
    }
    DbStatement *query;
    TRY(db_prepare(catalog->db, TEXT("SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE"),
                   &query, diag));
    Status status = db_bind_text(query, 1, name);
    if (status == ST_OK)
        status = db_step(query, exists, diag);
    db_statement_close(query);
    return status;
}

/* --- jobs --- */

static Text time_text(Micros time, char buffer[40])
{
    uint32_t size = timestamp_format(time, TIME_MAX_PRECISION, buffer);
    buffer[size++] = 'Z';
    return (Text){buffer, size};
}

static CatalogJob *find_job(const Catalog *catalog, int64_t id, uint32_t *index)
{
    for (uint32_t i = 0; i < catalog->job.count; i++) {
        if (catalog->job.item[i]->id == id) {
            *index = i;
            return catalog->job.item[i];
        }
    }
    return NULL;
}

/* The number that SQLite gave the row. */
static Status insert_job(Catalog *catalog, const CatalogJob *job, int64_t *id, Diag *diag)
{
    char created[40];
    DbStatement *insert;
    const DbValue row[] = {
        db_value_text(job->sql),
        db_value_text(job->plan),
        db_value_text(text_of(job_state_name(job->state))),
        db_value_text(time_text(job->created, created)),
    };
    TRY(db_prepare(catalog->db,
                   TEXT("INSERT INTO _weir_jobs (sql, plan, state, created, updated)"
                        " VALUES (?1, ?2, ?3, ?4, ?4) RETURNING id"),
                   &insert, diag));
    bool returned;
    Status status = db_bind_values(insert, row, 4);
    if (status == ST_OK)
        status = db_step(insert, &returned, diag);
    if (status == ST_OK) {
        *id = db_column_i64(insert, 0);
        status = db_step(insert, &returned, diag);
    }
    db_statement_close(insert);
    return status;
}

Status catalog_add_job(Catalog *catalog, Text sql, Text plan, Micros now, int64_t *id, Diag *diag)
{
    TRY(catalog_make_tables(catalog, diag));
    CatalogJob *job;
    TRY_NEW(job, &catalog->arena);
    job->created = job->updated = now;
    TRY(arena_text(&catalog->arena, sql, &job->sql));
    TRY(arena_text(&catalog->arena, plan, &job->plan));
    TRY(insert_job(catalog, job, &job->id, diag));
    TRY_PUSH(&catalog->job, &catalog->arena, job);
    *id = job->id;
    return ST_OK;
}

Status catalog_set_replaces(Catalog *catalog, int64_t id, int64_t other, Text sql, Diag *diag)
{
    assert(db_in_transaction(catalog->db));
    uint32_t index;
    CatalogJob *job = find_job(catalog, id, &index);
    if (job == NULL) /* the catalog was to be read again, and memory was short */
        return ST_NOMEM;
    const DbValue row[] = {
        db_value_i64(id),
        other == 0 ? db_value_null() : db_value_i64(other),
        db_value_text(sql),
    };
    TRY(db_run(catalog->db, TEXT("UPDATE _weir_jobs SET replaces = ?2, sql = ?3 WHERE id = ?1"),
               row, 3, diag));
    TRY(arena_text(&catalog->arena, sql, &job->sql));
    job->replaces = other;
    return ST_OK;
}

Status catalog_set_shard(Catalog *catalog, int64_t id, Shard shard, Text plan, Diag *diag)
{
    assert(db_in_transaction(catalog->db));
    uint32_t index;
    char text[SHARD_TEXT_SIZE];
    CatalogJob *job = find_job(catalog, id, &index);
    if (job == NULL) /* the catalog was to be read again, and memory was short */
        return ST_NOMEM;
    shard_print(shard, text);
    const DbValue row[] = {
        db_value_i64(id),
        shard_is_part(shard) ? db_value_text(text_of(text)) : db_value_null(),
        db_value_text(plan),
    };
    TRY(db_run(catalog->db, TEXT("UPDATE _weir_jobs SET shard = ?2, plan = ?3 WHERE id = ?1"), row,
               3, diag));
    TRY(arena_text(&catalog->arena, plan, &job->plan));
    job->shard = shard;
    return ST_OK;
}

Status catalog_set_job(Catalog *catalog, int64_t id, JobState state, Text reason, Micros now,
                       Diag *diag)
{
    assert(db_in_transaction(catalog->db));
    uint32_t index;
    CatalogJob *job = find_job(catalog, id, &index);
    if (job == NULL) /* the catalog was to be read again, and memory was short */
        return ST_NOMEM;
    char updated[40];
    const DbValue row[] = {
        db_value_i64(id),
        db_value_text(text_of(job_state_name(state))),
        db_value_optional(reason),
        db_value_text(time_text(now, updated)),
    };
    TRY(arena_text(&catalog->arena, reason, &job->reason));
    TRY(db_run(catalog->db,
               TEXT("UPDATE _weir_jobs SET state = ?2, reason = ?3, updated = ?4 WHERE id = ?1"),
               row, 4, diag));
    job->state = state;
    job->updated = now;
    return ST_OK;
}

Status catalog_name_job(Catalog *catalog, int64_t id, Text name, Diag *diag)
{
    assert(db_in_transaction(catalog->db));
    const DbValue row[] = {db_value_i64(id), db_value_optional(name)};
    return db_run(catalog->db, TEXT("UPDATE _weir_jobs SET name = ?2 WHERE id = ?1"), row, 2, diag);
}

Status catalog_restart_job(Catalog *catalog, int64_t id, Micros now, Diag *diag)
{
    const DbValue row[] = {db_value_i64(id)};
    TRY(catalog_set_job(catalog, id, JOB_RUNNING, TEXT_NONE, now, diag));
    return db_run(catalog->db, TEXT("UPDATE _weir_jobs SET restarts = restarts + 1 WHERE id = ?1"),
                  row, 1, diag);
}

/* Tables with a column `job` whose rows go with their job. Of the first ones, what a job needs to
 * go on where it was. */
static const char *const tables_of_jobs[] = {
    "_weir_checkpoints", "_weir_state",    "_weir_journal", "_weir_sinks",
    "_weir_counts",      "_weir_rejected", "_weir_late",    "_weir_rejected_gone",
    "_weir_operators",   "_weir_sources",  "_weir_epochs",
};
enum { RECOVERY_TABLES = 4 };

/* The job's rows in the first `tables` of those that have such. */
static Status delete_rows(Catalog *catalog, int64_t id, size_t tables, Diag *diag)
{
    const DbValue row[] = {db_value_i64(id)};
    char sql[80];
    assert(db_in_transaction(catalog->db));
    for (size_t i = 0; i < tables; i++) {
        snprintf(sql, sizeof sql, "DELETE FROM %s WHERE job = ?1", tables_of_jobs[i]);
        TRY(db_run(catalog->db, text_of(sql), row, 1, diag));
    }
    return ST_OK;
}

Status catalog_forget_recovery(Catalog *catalog, int64_t id, Diag *diag)
{
    return delete_rows(catalog, id, RECOVERY_TABLES, diag);
}

Status catalog_drop_job(Catalog *catalog, int64_t id, Diag *diag)
{
    assert(db_in_transaction(catalog->db));
    uint32_t index;
    if (find_job(catalog, id, &index) == NULL)
        return ST_OK;
    const DbValue row[] = {db_value_i64(id)};
    TRY(delete_rows(catalog, id, sizeof tables_of_jobs / sizeof *tables_of_jobs, diag));
    TRY(db_run(catalog->db, TEXT("DELETE FROM _weir_jobs WHERE id = ?1"), row, 1, diag));
    catalog->job.count--;
    memmove(&catalog->job.item[index], &catalog->job.item[index + 1],
            (catalog->job.count - index) * sizeof *catalog->job.item);
    return ST_OK;
}

Status catalog_undo_job(Catalog *catalog, int64_t id, Diag *diag)
{
    const DbValue row[] = {db_value_i64(id)};
    TRY(catalog_drop_job(catalog, id, diag));
    return db_run(catalog->db,
                  TEXT("UPDATE sqlite_sequence SET seq = ?1 - 1 WHERE name = '_weir_jobs' AND seq "
                       "= ?1"),
                  row, 1, diag);
}

const CatalogJob *catalog_find_job(const Catalog *catalog, int64_t id)
{
    uint32_t index;
    return find_job(catalog, id, &index);
}

uint32_t catalog_job_count(const Catalog *catalog)
{
    return catalog->job.count;
}

const CatalogJob *catalog_job(const Catalog *catalog, uint32_t index)
{
    assert(index < catalog->job.count);
    return catalog->job.item[index];
}
