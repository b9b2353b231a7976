#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/catalog/catalog.h"
#include "tests/support/db_fixture.h"

typedef struct Bench {
    Fixture fixture;
    Db *db;
    Catalog *catalog;
} Bench;

static void must(Status status, const Diag *diag)
{
    if (status != ST_OK)
        fail_msg("%d: %s", status, diag->message);
}

static void open_both(Bench *bench)
{
    Diag diag = {0};
    must(db_open(text_of(bench->fixture.path), DB_OWNER, NULL, &bench->db, &diag), &diag);
    must(catalog_open(bench->db, NULL, &bench->catalog, &diag), &diag);
}

static void close_both(Bench *bench)
{
    catalog_close(bench->catalog);
    db_close(bench->db);
}

static int set_up(void **state)
{
    static Bench bench;
    fixture_open(&bench.fixture);
    open_both(&bench);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    close_both(bench);
    fixture_close(&bench->fixture);
    return 0;
}

static void begin(Bench *bench)
{
    Diag diag = {0};
    must(db_begin(bench->db, &diag), &diag);
}

static void commit(Bench *bench)
{
    Diag diag = {0};
    must(db_commit(bench->db, &diag), &diag);
}

static void put(Bench *bench, const char *name, ObjectKind kind, const char *sql, int64_t job)
{
    Diag diag = {0};
    const CatalogObject object = {
        .name = text_of(name), .kind = kind, .sql = text_of(sql), .job = job};
    must(catalog_put_object(bench->catalog, &object, &diag), &diag);
}

/* "name kind sql job, ..." in the catalog's order. */
static void assert_objects(const Bench *bench, const char *expected)
{
    StrBuf shown;
    strbuf_init(&shown, NULL);
    for (uint32_t i = 0; i < catalog_object_count(bench->catalog); i++) {
        const CatalogObject *object = catalog_object(bench->catalog, i);
        strbuf_printf(&shown, "%s%.*s %s %.*s %d", i == 0 ? "" : ", ", TEXT_ARG(object->name),
                      object_kind_name(object->kind), TEXT_ARG(object->sql), (int)object->job);
        assert_ptr_equal(catalog_find(bench->catalog, object->name), object);
    }
    assert_string_equal(strbuf_cstr(&shown), expected);
    strbuf_close(&shown);
}

static void assert_jobs(const Bench *bench, const char *expected)
{
    StrBuf shown;
    strbuf_init(&shown, NULL);
    for (uint32_t i = 0; i < catalog_job_count(bench->catalog); i++) {
        const CatalogJob *job = catalog_job(bench->catalog, i);
        strbuf_printf(&shown, "%s%d %s %.*s/%.*s (%.*s) %lld %lld", i == 0 ? "" : ", ",
                      (int)job->id, job_state_name(job->state), TEXT_ARG(job->sql),
                      TEXT_ARG(job->plan), TEXT_ARG(job->reason), (long long)job->created,
                      (long long)job->updated);
    }
    assert_string_equal(strbuf_cstr(&shown), expected);
    strbuf_close(&shown);
}

/* --- objects --- */

static void objects_are_kept(void **state)
{
    Bench *bench = *state;
    begin(bench);
    put(bench, "orders", OBJECT_TABLE, "CREATE TABLE orders ...", 0);
    put(bench, "Zoo", OBJECT_VIEW, "CREATE VIEW Zoo ...", 0);
    put(bench, "busy", OBJECT_MATERIALIZED_VIEW, "CREATE MATERIALIZED VIEW busy ...", 7);
    commit(bench);
    static const char all[] = "Zoo view CREATE VIEW Zoo ... 0, "
                              "busy materialized view CREATE MATERIALIZED VIEW busy ... 7, "
                              "orders table CREATE TABLE orders ... 0";
    assert_objects(bench, all);
    assert_string_equal(
        fixture_query(&bench->fixture, "SELECT name, kind, job FROM _weir_objects ORDER BY name"),
        "'Zoo'|'view'|NULL\n'busy'|'materialized view'|7\n'orders'|'table'|NULL");
    close_both(bench);
    open_both(bench);
    assert_objects(bench, all);
    assert_null(catalog_find(bench->catalog, TEXT("ORDERS"))); /* names match case-sensitively */
    begin(bench);
    put(bench, "orders", OBJECT_TABLE, "another", 0); /* replaces */
    assert_int_equal(catalog_drop_object(bench->catalog, TEXT("busy"), NULL), ST_OK);
    assert_int_equal(catalog_drop_object(bench->catalog, TEXT("busy"), NULL),
                     ST_OK); /* nothing to drop */
    commit(bench);
    assert_objects(bench, "Zoo view CREATE VIEW Zoo ... 0, orders table another 0");
    close_both(bench);
    open_both(bench);
    assert_objects(bench, "Zoo view CREATE VIEW Zoo ... 0, orders table another 0");
}

static void many_objects_are_found(void **state)
{
    Bench *bench = *state;
    char name[16];
    begin(bench);
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "t%d", (i * 7919) % 500); /* in no order */
        put(bench, name, OBJECT_TABLE, name, 0);
    }
    commit(bench);
    assert_int_equal(catalog_object_count(bench->catalog), 500);
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "t%d", i);
        const CatalogObject *object = catalog_find(bench->catalog, text_of(name));
        assert_non_null(object);
        assert_true(text_is(object->sql, name));
    }
}

static void a_rollback_is_forgotten_by_a_reload(void **state)
{
    Bench *bench = *state;
    begin(bench);
    put(bench, "kept", OBJECT_TABLE, "x", 0);
    commit(bench);
    begin(bench);
    put(bench, "gone", OBJECT_TABLE, "y", 0);
    assert_int_equal(catalog_drop_object(bench->catalog, TEXT("kept"), NULL), ST_OK);
    int64_t job;
    assert_int_equal(catalog_add_job(bench->catalog, TEXT("s"), TEXT("p"), 0, &job, NULL), ST_OK);
    db_rollback(bench->db);
    assert_int_equal(catalog_reload(bench->catalog, NULL), ST_OK);
    assert_objects(bench, "kept table x 0");
    assert_int_equal(catalog_job_count(bench->catalog), 0);
}

static void the_first_write_rolled_back_leaves_no_tables(void **state)
{
    Bench *bench = *state;
    uint64_t seed = catalog_hash_seed(bench->catalog);
    begin(bench);
    put(bench, "gone", OBJECT_TABLE, "y", 0);
    db_rollback(bench->db);
    assert_int_equal(catalog_reload(bench->catalog, NULL), ST_OK);
    assert_objects(bench, "");
    assert_string_equal(fixture_query(&bench->fixture, "SELECT count(*) FROM sqlite_schema"), "0");
    begin(bench); /* and it can be written again */
    put(bench, "kept", OBJECT_TABLE, "x", 0);
    commit(bench);
    close_both(bench);
    open_both(bench);
    assert_objects(bench, "kept table x 0");
    assert_true(catalog_hash_seed(bench->catalog) == seed);
}

static void temporary_objects_are_not_stored(void **state)
{
    Bench *bench = *state;
    const CatalogObject temporary = {
        .name = TEXT("t"), .kind = OBJECT_VIEW, .sql = TEXT("temporary"), .temporary = true};
    assert_int_equal(catalog_put_object(bench->catalog, &temporary, NULL),
                     ST_OK); /* no transaction */
    assert_objects(bench, "t view temporary 0");
    assert_string_equal(fixture_query(&bench->fixture, "SELECT count(*) FROM sqlite_schema"), "0");
    assert_int_equal(catalog_reload(bench->catalog, NULL), ST_OK);
    assert_objects(bench, "t view temporary 0"); /* survives */
    assert_int_equal(catalog_drop_object(bench->catalog, TEXT("t"), NULL), ST_OK);
    assert_objects(bench, "");
    begin(bench);
    put(bench, "t", OBJECT_TABLE, "stored", 0);
    commit(bench);
    assert_int_equal(catalog_put_object(bench->catalog, &temporary, NULL), ST_OK);
    assert_objects(bench, "t view temporary 0"); /* hides the stored one ... */
    assert_int_equal(catalog_drop_object(bench->catalog, TEXT("t"), NULL), ST_OK);
    assert_objects(bench, "t table stored 0"); /* ... until it goes */
    assert_int_equal(catalog_put_object(bench->catalog, &temporary, NULL), ST_OK);
    close_both(bench);
    open_both(bench);
    assert_objects(bench, "t table stored 0");
}

/* --- columns --- */

static void columns_are_described(void **state)
{
    Bench *bench = *state;
    static Field field[] = {
        {.name = TEXT("k"), .type = {.id = TYPE_BIGINT}},
        {.name = TEXT("price"),
         .type = {.id = TYPE_DECIMAL, .nullable = true, .precision = 10, .scale = 2}},
        {.name = TEXT("at"), .type = {.id = TYPE_TIMESTAMP, .nullable = true, .precision = 3}},
    };
    const Schema schema = {3, field};
    begin(bench);
    assert_int_equal(catalog_put_columns(bench->catalog, TEXT("v"), &schema, NULL), ST_OK);
    assert_int_equal(catalog_put_columns(bench->catalog, TEXT("v"), &schema, NULL),
                     ST_OK); /* replaces */
    put(bench, "v", OBJECT_MATERIALIZED_VIEW, "x", 1);
    commit(bench);
    assert_string_equal(
        fixture_query(&bench->fixture, "SELECT * FROM _weir_columns ORDER BY view, position"),
        "'v'|1|'k'|'BIGINT'|0|'INTEGER'\n"
        "'v'|2|'price'|'DECIMAL(10, 2)'|1|'NUMERIC'\n"
        "'v'|3|'at'|'TIMESTAMP(3)'|1|'TEXT'");
    begin(bench);
    assert_int_equal(catalog_drop_object(bench->catalog, TEXT("v"), NULL), ST_OK);
    commit(bench);
    assert_string_equal(fixture_query(&bench->fixture, "SELECT count(*) FROM _weir_columns"), "0");
}

/* --- jobs --- */

static void jobs_are_kept(void **state)
{
    enum { NOON = 1582977600 };
    const Micros now = NOON * MICROS_PER_SECOND + 123456;
    Bench *bench = *state;
    int64_t first, second, third;
    begin(bench);
    assert_int_equal(catalog_add_job(bench->catalog, TEXT("s1"), TEXT("p1"), now, &first, NULL),
                     ST_OK);
    assert_int_equal(catalog_add_job(bench->catalog, TEXT("s2"), TEXT("p2"), now, &second, NULL),
                     ST_OK);
    assert_int_equal(
        catalog_set_job(bench->catalog, second, JOB_FAILED, TEXT("no bread"), now + 1, NULL),
        ST_OK);
    commit(bench);
    static const char both[] = "1 CREATED s1/p1 () 1582977600123456 1582977600123456, "
                               "2 FAILED s2/p2 (no bread) 1582977600123456 1582977600123457";
    assert_jobs(bench, both);
    assert_string_equal(
        fixture_query(&bench->fixture,
                      "SELECT id, state, reason, created, updated FROM _weir_jobs"),
        "1|'CREATED'|NULL|'2020-02-29 12:00:00.123456Z'|'2020-02-29 12:00:00.123456Z'\n"
        "2|'FAILED'|'no bread'|'2020-02-29 12:00:00.123456Z'|'2020-02-29 12:00:00.123457Z'");
    close_both(bench);
    open_both(bench);
    assert_jobs(bench, both);
    begin(bench);
    assert_int_equal(catalog_set_job(bench->catalog, second, JOB_RUNNING, TEXT(""), now, NULL),
                     ST_OK);
    assert_int_equal(catalog_drop_job(bench->catalog, second, NULL), ST_OK);
    assert_int_equal(catalog_drop_job(bench->catalog, 99, NULL), ST_OK); /* nothing to drop */
    assert_int_equal(catalog_add_job(bench->catalog, TEXT("s3"), TEXT("p3"), 0, &third, NULL),
                     ST_OK);
    commit(bench);
    assert_int_equal(third, 3); /* a number is never used twice */
    assert_jobs(bench,
                "1 CREATED s1/p1 () 1582977600123456 1582977600123456, 3 CREATED s3/p3 () 0 0");
}

static void every_state_comes_back(void **state)
{
    static const char *const name[] = {"CREATED", "RUNNING", "FINISHED",  "STOPPED",
                                       "FAILED",  "PAUSED",  "SUSPENDED", "WAITING"};
    Bench *bench = *state;
    for (JobState job_state = JOB_CREATED; job_state <= JOB_HELD; job_state++) {
        int64_t id;
        assert_string_equal(job_state_name(job_state), name[job_state]);
        begin(bench);
        assert_int_equal(catalog_add_job(bench->catalog, TEXT(""), TEXT(""), 0, &id, NULL), ST_OK);
        assert_int_equal(catalog_set_job(bench->catalog, id, job_state, TEXT(""), 0, NULL), ST_OK);
        commit(bench);
        close_both(bench);
        open_both(bench);
        assert_int_equal(catalog_job(bench->catalog, catalog_job_count(bench->catalog) - 1)->state,
                         job_state);
    }
}

static void a_job_knows_its_shard(void **state)
{
    Bench *bench = *state;
    int64_t id;
    begin(bench);
    assert_int_equal(catalog_add_job(bench->catalog, TEXT("s"), TEXT("p"), 0, &id, NULL), ST_OK);
    commit(bench);
    assert_int_equal(catalog_find_job(bench->catalog, id)->shard.count, 0);
    static const struct {
        Shard shard;
        const char *row;
    } cases[] = {{{2, 3}, "'2/3'|'q'"}, {{1, 1}, "NULL|'q'"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(bench);
        assert_int_equal(catalog_set_shard(bench->catalog, id, cases[i].shard, TEXT("q"), NULL),
                         ST_OK);
        commit(bench);
        for (int again = 0; again < 2; again++) {
            const CatalogJob *job = catalog_find_job(bench->catalog, id);
            assert_true(shard_equal(job->shard, cases[i].shard));
            assert_true(text_is(job->plan, "q"));
            close_both(bench);
            open_both(bench);
        }
        assert_string_equal(fixture_query(&bench->fixture, "SELECT shard, plan FROM _weir_jobs"),
                            cases[i].row);
    }
}

/* --- the file --- */

static void a_file_has_its_own_identity(void **state)
{
    Bench *bench = *state;
    char uuid[40];
    uint64_t seed = catalog_hash_seed(bench->catalog);
    snprintf(uuid, sizeof uuid, "%.*s", TEXT_ARG(catalog_uuid(bench->catalog)));
    assert_int_equal(strlen(uuid), 36);
    assert_true(uuid[8] == '-' && uuid[14] == '4' && strchr("89ab", uuid[19]) != NULL);
    begin(bench);
    assert_int_equal(catalog_make_tables(bench->catalog, NULL), ST_OK);
    commit(bench);
    close_both(bench);
    open_both(bench);
    assert_true(catalog_hash_seed(bench->catalog) == seed);
    assert_true(text_is(catalog_uuid(bench->catalog), uuid));
    assert_string_equal(
        fixture_query(&bench->fixture, "SELECT value FROM _weir_meta WHERE name = 'format'"), "7");
    Fixture other; /* another file has another */
    Db *db;
    Catalog *catalog;
    fixture_open(&other);
    assert_int_equal(db_open(text_of(other.path), DB_OWNER, NULL, &db, NULL), ST_OK);
    assert_int_equal(catalog_open(db, NULL, &catalog, NULL), ST_OK);
    assert_true(catalog_hash_seed(catalog) != seed);
    assert_false(text_is(catalog_uuid(catalog), uuid));
    catalog_close(catalog);
    db_close(db);
    fixture_close(&other);
}

static void looking_leaves_no_trace(void **state)
{
    Bench *bench = *state;
    assert_null(catalog_find(bench->catalog, TEXT("nothing")));
    close_both(bench);
    assert_string_equal(fixture_files(&bench->fixture), "");
    open_both(bench);
}

static void tables_say_what_they_are(void **state)
{
    Bench *bench = *state;
    begin(bench);
    assert_int_equal(catalog_make_tables(bench->catalog, NULL), ST_OK);
    commit(bench);
    assert_string_equal(
        fixture_query(&bench->fixture,
                      "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
                      " AND name LIKE '\\_weir\\_%' ESCAPE '\\' AND sql NOT LIKE '% -- %'"),
        "0");
    assert_string_equal(
        fixture_query(&bench->fixture,
                      "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema"
                      " WHERE type = 'table' AND name LIKE '\\_weir%' ESCAPE '\\' ORDER BY name)"),
        "'_weir_checkpoints _weir_columns _weir_counts _weir_epochs _weir_jobs _weir_journal"
        " _weir_late _weir_meta _weir_objects _weir_operators _weir_rejected _weir_rejected_gone"
        " _weir_sinks _weir_sources _weir_state'");
}

/* Of every table that says whose job a row is, but for the objects, which are dropped themselves.
 */
static void a_dropped_job_leaves_nothing(void **state)
{
    Bench *bench = *state;
    int64_t job;
    begin(bench);
    assert_int_equal(catalog_add_job(bench->catalog, TEXT("s"), TEXT("p"), 0, &job, NULL), ST_OK);
    commit(bench);
    const char *tables = fixture_query(
        &bench->fixture,
        "SELECT group_concat(t.name, ';') FROM sqlite_schema t JOIN pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND c.name = 'job' AND t.name <> '_weir_objects'");
    char names[512], sql[2048] = "", counts[2048] = "SELECT 0", *next = NULL;
    snprintf(names, sizeof names, "%.*s", (int)strlen(tables) - 2, tables + 1);
    uint32_t count = 0;
    for (char *name = strtok_r(names, ";", &next); name != NULL;
         name = strtok_r(NULL, ";", &next)) {
        /* A row of nothing but ones fits them all. */
        char list[512];
        snprintf(
            sql, sizeof sql,
            "SELECT 'INSERT INTO %s SELECT ' || group_concat('1') FROM pragma_table_info('%s')",
            name, name);
        const char *made = fixture_query(&bench->fixture, sql);
        snprintf(list, sizeof list, "%.*s", (int)strlen(made) - 2, made + 1);
        fixture_query(&bench->fixture, list);
        size_t used = strlen(counts);
        snprintf(counts + used, sizeof counts - used, " + (SELECT count(*) FROM %s)", name);
        count++;
    }
    char found[16];
    snprintf(found, sizeof found, "%u", count);
    assert_true(count >= 10);
    assert_string_equal(fixture_query(&bench->fixture, counts), found);
    begin(bench);
    assert_int_equal(catalog_forget_recovery(bench->catalog, job, NULL), ST_OK);
    commit(bench);
    assert_string_equal(fixture_query(&bench->fixture,
                                      "SELECT (SELECT count(*) FROM _weir_checkpoints), (SELECT "
                                      "count(*) FROM _weir_state), (SELECT count(*) FROM "
                                      "_weir_journal), (SELECT count(*) FROM _weir_epochs)"),
                        "0|0|0|1");
    begin(bench);
    assert_int_equal(catalog_drop_job(bench->catalog, job, NULL), ST_OK);
    commit(bench);
    assert_string_equal(fixture_query(&bench->fixture, counts), "0");
}

static void assert_no_catalog(Bench *bench, ErrorCode code, const char *message, const char *hint)
{
    Catalog *catalog;
    Diag diag = {0};
    assert_int_equal(catalog_open(bench->db, NULL, &catalog, &diag), ST_STATE);
    assert_string_equal(error_def(diag.code)->name, error_def(code)->name);
    if (strstr(diag.message, message) == NULL || strstr(diag.hint, hint) == NULL)
        fail_msg("%s; %s", diag.message, diag.hint);
}

/* Names of ours that somebody else has taken. */
static void what_is_not_ours_is_left_alone(void **state)
{
    static const struct {
        const char *sql, *message;
        bool opens; /* as long as nothing is to be made */
    } cases[] = {
        {"CREATE TABLE _weir_meta (a)", "has a table \"_weir_meta\" that Weir has not made", false},
        {"CREATE VIEW _weir_meta AS SELECT 1 AS name, 2 AS value", "a view \"_weir_meta\"", false},
        {"CREATE TABLE _WEIR_Jobs (id, sql)", "a table \"_weir_jobs\"", true},
        {"CREATE VIEW _weir_state AS SELECT 1 AS job", "a view \"_weir_state\"", true},
        {"CREATE TABLE t (a); CREATE INDEX _weir_late_view ON t (a)",
         "an index \"_weir_late_view\"", true},
    };
    Bench *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin(bench);
        assert_int_equal(db_exec(bench->db, cases[i].sql, NULL), ST_OK);
        if (cases[i].opens) {
            Catalog *catalog;
            Diag diag = {0};
            assert_int_equal(catalog_open(bench->db, NULL, &catalog, NULL), ST_OK);
            assert_int_equal(catalog_make_tables(catalog, &diag), ST_STATE);
            assert_string_equal(error_def(diag.code)->name, "E4013");
            if (strstr(diag.message, cases[i].message) == NULL)
                fail_msg("%s", diag.message);
            catalog_close(catalog);
        } else {
            assert_no_catalog(bench, E4013, cases[i].message, "rename what is there");
        }
        db_rollback(bench->db);
    }
    begin(bench); /* names that are nobody's */
    assert_int_equal(db_exec(bench->db, "CREATE TABLE _weir_written (a)", NULL), ST_OK);
    assert_int_equal(catalog_make_tables(bench->catalog, NULL), ST_OK);
    db_rollback(bench->db);
}

static void a_newer_format_is_refused_untouched(void **state)
{
    Bench *bench = *state;
    begin(bench);
    put(bench, "t", OBJECT_TABLE, "x", 0);
    commit(bench);
    fixture_query(&bench->fixture, "UPDATE _weir_meta SET value = 8 WHERE name = 'format';"
                                   "UPDATE _weir_meta SET value = '9.8' WHERE name = 'engine';"
                                   "ALTER TABLE _weir_objects RENAME TO _weir_things");
    assert_no_catalog(bench, E4005, "newer version of Weir (format 8, this version reads 7)",
                      "use Weir 9.8 or later");
    assert_string_equal(fixture_query(&bench->fixture, "SELECT name FROM _weir_things"), "'t'");
}

static void damage_is_an_error(void **state)
{
    static const struct {
        const char *sql, *message;
    } cases[] = {
        {"DELETE FROM _weir_meta WHERE name = 'format'", "its format is not known"},
        {"UPDATE _weir_meta SET value = 'one' WHERE name = 'format'", "its format is not known"},
        {"UPDATE _weir_meta SET value = 0 WHERE name = 'format'", "its format is not known"},
        {"UPDATE _weir_meta SET value = 'short' WHERE name = 'uuid'", "its identity is missing"},
        {"DELETE FROM _weir_meta WHERE name = 'hash_seed'", "its identity is missing"},
        {"UPDATE _weir_objects SET kind = 'thing'", "unknown kind of object"},
        {"UPDATE _weir_jobs SET state = 'ASLEEP'", "unknown state"},
        {"UPDATE _weir_jobs SET created = 'yesterday'", "a time that is none"},
        {"UPDATE _weir_jobs SET shard = '4/3'", "a shard that is none"},
    };
    Bench *bench = *state;
    int64_t job;
    begin(bench);
    put(bench, "t", OBJECT_TABLE, "x", 0);
    assert_int_equal(catalog_add_job(bench->catalog, TEXT("s"), TEXT("p"), 0, &job, NULL), ST_OK);
    commit(bench);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin(bench);
        assert_int_equal(db_exec(bench->db, cases[i].sql, NULL), ST_OK);
        assert_no_catalog(bench, E4002, cases[i].message, "");
        db_rollback(bench->db);
    }
    Catalog *catalog;
    assert_int_equal(catalog_open(bench->db, NULL, &catalog, NULL), ST_OK);
    catalog_close(catalog);
}

static void a_users_database_is_left_alone(void **state)
{
    Bench *bench = *state;
    close_both(bench);
    sqlite3 *handle;
    assert_int_equal(sqlite3_open(bench->fixture.path, &handle), SQLITE_OK);
    assert_string_equal(
        fixture_query_on(
            &bench->fixture, handle,
            "CREATE TABLE mine (a); INSERT INTO mine VALUES (1); CREATE VIEW seen AS SELECT * FROM "
            "mine;"
            "CREATE INDEX mine_a ON mine (a); PRAGMA user_version = 77; PRAGMA application_id = 5"),
        "");
    sqlite3_close(handle);
    open_both(bench);
    begin(bench);
    put(bench, "v", OBJECT_MATERIALIZED_VIEW, "x", 1);
    assert_int_equal(db_exec(bench->db, "CREATE TABLE v (a)", NULL), ST_OK);
    commit(bench);
    static const struct {
        const char *name;
        bool foreign;
    } cases[] = {
        {"mine", true},       {"MINE", true}, {"seen", true}, {"mine_a", true},
        {"_weir_meta", true}, {"v", false},   {"V", false},   {"nothing", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool exists;
        assert_int_equal(
            catalog_foreign_table_exists(bench->catalog, text_of(cases[i].name), &exists, NULL),
            ST_OK);
        if (exists != cases[i].foreign)
            fail_msg("%s", cases[i].name);
    }
    assert_string_equal(
        fixture_query(&bench->fixture,
                      "SELECT * FROM seen; PRAGMA user_version; PRAGMA application_id"),
        "1\n77\n5");
}

static void a_reader_sees_what_the_owner_has_committed(void **state)
{
    Bench *bench = *state;
    Db *reader;
    Catalog *seen;
    assert_int_equal(db_open(text_of(bench->fixture.path), DB_READER, NULL, &reader, NULL), ST_OK);
    assert_int_equal(catalog_open(reader, NULL, &seen, NULL), ST_OK);
    begin(bench);
    put(bench, "t", OBJECT_TABLE, "x", 0);
    assert_int_equal(catalog_reload(seen, NULL), ST_OK);
    assert_int_equal(catalog_object_count(seen), 0);
    commit(bench);
    assert_int_equal(catalog_reload(seen, NULL), ST_OK);
    assert_int_equal(catalog_object_count(seen), 1);
    catalog_close(seen);
    db_close(reader);
}

static void in_memory_it_works_as_well(void **state)
{
    Bench *bench = *state;
    close_both(bench);
    assert_int_equal(db_open(TEXT(""), DB_MEMORY, NULL, &bench->db, NULL), ST_OK);
    assert_int_equal(catalog_open(bench->db, NULL, &bench->catalog, NULL), ST_OK);
    begin(bench);
    put(bench, "t", OBJECT_TABLE, "x", 0);
    commit(bench);
    assert_int_equal(catalog_reload(bench->catalog, NULL), ST_OK);
    assert_objects(bench, "t table x 0");
}

static void a_failed_allocation_is_reported(void **state)
{
    Bench *bench = *state;
    int64_t job;
    begin(bench);
    put(bench, "t", OBJECT_TABLE, "a statement", 0);
    assert_int_equal(catalog_add_job(bench->catalog, TEXT("s"), TEXT("p"), 0, &job, NULL), ST_OK);
    commit(bench);
    Meter meter;
    meter_init(&meter, NULL, 0);
    bool done = false;
    for (uint64_t k = 1; !done; k++) {
        Catalog *catalog = NULL;
        Diag diag = {0};
        const CatalogObject object = {.name = TEXT("u"), .sql = TEXT("another")};
        begin(bench);
        mem_fail_at(k, false);
        Status status = catalog_open(bench->db, &meter, &catalog, &diag);
        if (status == ST_OK)
            status = catalog_put_object(catalog, &object, &diag);
        if (status == ST_OK)
            status = catalog_set_job(catalog, job, JOB_FAILED, TEXT("why"), 0, &diag);
        mem_fail_at(0, false);
        done = status == ST_OK;
        assert_int_equal(status, done ? ST_OK : ST_NOMEM);
        db_rollback(bench->db);
        catalog_close(catalog);
        assert_int_equal(meter.used_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(objects_are_kept),
        TEST(many_objects_are_found),
        TEST(a_rollback_is_forgotten_by_a_reload),
        TEST(the_first_write_rolled_back_leaves_no_tables),
        TEST(temporary_objects_are_not_stored),
        TEST(columns_are_described),
        TEST(jobs_are_kept),
        TEST(every_state_comes_back),
        TEST(a_job_knows_its_shard),
        TEST(a_file_has_its_own_identity),
        TEST(looking_leaves_no_trace),
        TEST(tables_say_what_they_are),
        TEST(a_dropped_job_leaves_nothing),
        TEST(what_is_not_ours_is_left_alone),
        TEST(a_newer_format_is_refused_untouched),
        TEST(damage_is_an_error),
        TEST(a_users_database_is_left_alone),
        TEST(a_reader_sees_what_the_owner_has_committed),
        TEST(in_memory_it_works_as_well),
        TEST(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
