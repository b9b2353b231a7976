/* For tests of result tables: a database file, tables of a few columns made by shorthand, changes
 * given as text (row_text.h), and what another client then reads. Includes nothing of cmocka
 * itself: the test has. */
#ifndef WEIR_TESTS_SUPPORT_RESULT_BENCH_H
#define WEIR_TESTS_SUPPORT_RESULT_BENCH_H

#include "storage/sqlite/result_table.h"
#include "tests/support/db_fixture.h"
#include "tests/support/row_text.h"

typedef struct Bench {
    Fixture fixture;
    Arena arena;
    Db *db;
} Bench;

static inline int bench_set_up(void **state)
{
    static Bench bench;
    fixture_open(&bench.fixture);
    arena_init(&bench.arena, NULL);
    if (db_open(text_of(bench.fixture.path), DB_OWNER, NULL, &bench.db, NULL) != ST_OK)
        return 1;
    *state = &bench;
    return 0;
}

static inline int bench_tear_down(void **state)
{
    Bench *bench = *state;
    db_close(bench->db);
    arena_close(&bench->arena);
    fixture_close(&bench->fixture);
    return 0;
}

/* --- shorthand --- */

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

static const Type bigint_not_null = {.id = TYPE_BIGINT};
static const Type bigint = {.id = TYPE_BIGINT, .nullable = true};
static const Type string = {.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX};

/* A table `v` of at most four columns a, b, c, d; key by their numbers. */
typedef struct Shape {
    ResultSpec spec;
    Field field[4];
    uint32_t key[4];
} Shape;

static inline Shape shape(bool append_only, const char *key, uint32_t columns, const Type *type)
{
    static const char *const name[] = {"a", "b", "c", "d"};
    Shape made = {.spec = {.name = TEXT("v"), .append_only = append_only}};
    for (uint32_t i = 0; i < columns; i++)
        made.field[i] = (Field){.name = text_of(name[i]), .type = type[i]};
    for (const char *k = key; *k != '\0'; k++)
        made.key[made.spec.key_count++] = (uint32_t)(*k - 'a');
    made.spec.schema.count = columns;
    return made;
}

/* The shape's own pointers, which a copy would break. */
static inline const ResultSpec *spec_of(Shape *made)
{
    made->spec.schema.field = made->field;
    made->spec.key = made->spec.key_count == 0 ? NULL : made->key;
    return &made->spec;
}

static inline void must(Status status, const Diag *diag)
{
    if (status != ST_OK)
        fail_msg("%d: %s", status, diag->message);
}

static inline ResultTable *make_table(Bench *bench, const ResultSpec *spec)
{
    Diag diag = {0};
    StrBuf ddl;
    ResultTable *table;
    strbuf_init(&ddl, NULL);
    result_table_ddl(spec, &ddl);
    must(db_begin(bench->db, &diag), &diag);
    must(db_exec(bench->db, strbuf_cstr(&ddl), &diag), &diag);
    must(db_commit(bench->db, &diag), &diag);
    strbuf_close(&ddl);
    must(result_table_open(bench->db, spec, NULL, &table, &diag), &diag);
    return table;
}

static inline void write_text(Bench *bench, ResultTable *table, const ResultSpec *spec,
                              const char *rows)
{
    Diag diag = {0};
    Batch batch = row_text_batch(&bench->arena, &spec->schema, rows);
    must(result_table_write(table, &batch, &diag), &diag);
}

static inline void commit(Bench *bench, ResultTable *table)
{
    Diag diag = {0};
    must(db_begin(bench->db, &diag), &diag);
    must(result_table_flush(table, &diag), &diag);
    must(db_commit(bench->db, &diag), &diag);
    result_table_discard(table);
    assert_int_equal(result_table_pending_bytes(table), 0);
}

static inline void assert_shows(Bench *bench, const char *sql, const char *expected)
{
    assert_string_equal(fixture_query(&bench->fixture, sql), expected);
}

#endif
