/* A container in the database: saved, changed, saved again, loaded, damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/catalog/catalog.h"
#include "storage/journal/state_store.h"
#include "tests/support/db_fixture.h"

enum { JOB = 3, KEYS = 20000 };

typedef struct Bench {
    Fixture fixture;
    Db *db;
    KeyShape shape;
    KeyedMap map;
    Freeze freeze, loaded; /* of the map; of one that was loaded */
    Arena arena;
} Bench;

static void must(Status status, const Diag *diag)
{
    if (status != ST_OK)
        fail_msg("%d: %s", status, diag->message);
}

static int set_up(void **state)
{
    static Bench bench;
    Catalog *catalog;
    Diag diag = {0};
    Type type = type_with_null(type_make(TYPE_BIGINT), false);
    const Type *types[1] = {&type};
    fixture_open(&bench.fixture);
    must(db_open(text_of(bench.fixture.path), DB_OWNER, NULL, &bench.db, &diag), &diag);
    must(catalog_open(bench.db, NULL, &catalog, &diag), &diag);
    must(db_begin(bench.db, &diag), &diag);
    must(catalog_make_tables(catalog, &diag), &diag);
    must(db_commit(bench.db, &diag), &diag);
    catalog_close(catalog);
    assert_int_equal(key_shape(types, 1, &bench.shape), ST_OK);
    keyed_map_open(&bench.map, &bench.shape, 8, 1, NULL);
    freeze_init(&bench.freeze, NULL, 0);
    freeze_init(&bench.loaded, NULL, 0);
    arena_init(&bench.arena, NULL);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    keyed_map_close(&bench->map);
    freeze_close(&bench->freeze);
    freeze_close(&bench->loaded);
    arena_close(&bench->arena);
    db_close(bench->db);
    fixture_close(&bench->fixture);
    return 0;
}

static void find(Bench *bench, const KeyedMap *map, int64_t key, KeyBatch *keys, int64_t *entry)
{
    static int64_t cell;
    static const uint32_t first[1] = {0};
    cell = key;
    Column column = {.phys = PHYS_I64, .data.i64 = &cell};
    Batch batch = {.rows = 1, .selected = 1, .columns = 1, .column = &column};
    arena_reset(&bench->arena);
    assert_int_equal(key_encode(&bench->shape, &batch, first, 1, &bench->arena, keys), ST_OK);
    *entry = keyed_map_find(map, keys->words, 0, keys->hash[0]);
}

static void add(Bench *bench, int64_t key, int64_t amount)
{
    KeyBatch keys;
    int64_t found;
    uint32_t entry;
    find(bench, &bench->map, key, &keys, &found);
    assert_int_equal(keyed_map_upsert(&bench->map, &keys, &entry, NULL), ST_OK);
    *(int64_t *)keyed_map_value_write(&bench->map, entry) += amount;
}

static int64_t value_of(Bench *bench, const KeyedMap *map, int64_t key)
{
    KeyBatch keys;
    int64_t entry;
    find(bench, map, key, &keys, &entry);
    return entry < 0 ? 0 : *(const int64_t *)keyed_map_value(map, (uint32_t)entry);
}

static void freeze(Bench *bench, StrBuf *stream)
{
    strbuf_init(stream, NULL);
    StateWalk walk = {.freeze = &bench->freeze, .out = stream};
    freeze_begin(&bench->freeze);
    assert_int_equal(state_walk_keyed_map(&walk, &bench->map), ST_OK);
}

/* Writes what was frozen; `whole` says whether its last transaction is reached. Returns the bytes
 * of pages. */
static uint64_t write_frozen(Bench *bench, StateStore *store, uint64_t epoch, StrBuf *stream,
                             bool whole)
{
    StrBuf blob;
    Diag diag = {0};
    uint64_t bytes = 0;
    strbuf_init(&blob, NULL);
    must(db_begin(bench->db, &diag), &diag);
    for (;;) {
        const FrozenPage *page;
        strbuf_clear(&blob);
        assert_int_equal(freeze_next(&bench->freeze, &blob, &page), ST_OK);
        if (page == NULL)
            break;
        bytes += blob.size;
        must(state_store_put_page(store, page, strbuf_as_text(&blob), &diag), &diag);
        freeze_written(&bench->freeze);
    }
    if (whole) {
        must(state_store_finish(store, epoch, strbuf_as_text(stream), &bench->freeze, &diag),
             &diag);
        freeze_finish(&bench->freeze);
    } else {
        freeze_abandon(&bench->freeze);
        state_store_give_up(store);
    }
    must(db_commit(bench->db, &diag), &diag);
    strbuf_close(stream);
    strbuf_close(&blob);
    return bytes;
}

static uint64_t checkpoint(Bench *bench, StateStore *store, uint64_t epoch, bool whole)
{
    StrBuf stream;
    freeze(bench, &stream);
    return write_frozen(bench, store, epoch, &stream, whole);
}

static Status load(Bench *bench, KeyedMap *map, Diag *diag)
{
    StateStore *store;
    StateWalk *walk;
    must(state_store_open(bench->db, JOB, NULL, &store, diag), diag);
    assert_true(state_store_checkpoint(store).exists);
    keyed_map_open(map, &bench->shape, 8, 1, NULL);
    Status status = state_store_read(store, &bench->loaded, &walk, diag);
    if (status == ST_OK)
        status = state_store_read_end(store, state_walk_keyed_map(walk, map), diag);
    state_store_close(store);
    return status;
}

static void keeps_what_was_valid(void **state)
{
    Bench *bench = *state;
    StateStore *store;
    KeyedMap loaded;
    Diag diag = {0};
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    assert_false(state_store_checkpoint(store).exists);
    for (int64_t key = 0; key < KEYS; key++)
        add(bench, key, key);
    uint64_t all = checkpoint(bench, store, 7, true);
    for (int64_t key = 0; key < KEYS; key += KEYS / 20)
        add(bench, key, 1);
    uint64_t some = checkpoint(bench, store, 8, true);
    assert_true(some * 20 < all); /* a thousandth of the keys has changed */
    for (int64_t key = 0; key < KEYS; key++)
        add(bench, key, 1000);
    checkpoint(bench, store, 9, false);
    state_store_close(store);
    must(load(bench, &loaded, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        assert_int_equal(value_of(bench, &loaded, key), key + (key % (KEYS / 20) == 0));
    keyed_map_close(&loaded);
}

static int64_t rows_of_state(Bench *bench)
{
    DbStatement *query;
    Diag diag = {0};
    bool row;
    must(db_prepare(bench->db, TEXT("SELECT count(*) FROM _weir_state WHERE pageset > 0"), &query,
                    &diag),
         &diag);
    must(db_step(query, &row, &diag), &diag);
    int64_t rows = db_column_i64(query, 0);
    db_statement_close(query);
    return rows;
}

/* A checkpoint is of the moment when it was taken; what is closed later goes with the next one. */
static void what_closes_meanwhile_is_still_in_it(void **state)
{
    Bench *bench = *state;
    StateStore *store;
    StrBuf stream;
    KeyedMap loaded;
    Diag diag = {0};
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        add(bench, key, key);
    freeze(bench, &stream);
    keyed_map_close(&bench->map);
    write_frozen(bench, store, 1, &stream, true);
    must(load(bench, &loaded, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        assert_int_equal(value_of(bench, &loaded, key), key);
    keyed_map_close(&loaded);
    keyed_map_open(&bench->map, &bench->shape, 8, 1, NULL);
    add(bench, 5, 55);
    checkpoint(bench, store, 2, true);
    state_store_close(store);
    must(load(bench, &loaded, &diag), &diag);
    assert_int_equal(value_of(bench, &loaded, 5), 55);
    keyed_map_close(&loaded);
    assert_true(rows_of_state(bench) <= 2); /* the one page, and that of the heap */
}

static void what_closes_meanwhile_can_be_given_up(void **state)
{
    Bench *bench = *state;
    StrBuf stream, blob;
    const FrozenPage *page;
    for (int64_t key = 0; key < KEYS; key++)
        add(bench, key, key);
    freeze(bench, &stream);
    strbuf_init(&blob, NULL);
    assert_int_equal(freeze_next(&bench->freeze, &blob, &page), ST_OK);
    freeze_written(&bench->freeze);
    keyed_map_close(&bench->map); /* a page of it is written, others are not */
    assert_true(freeze_left(&bench->freeze) > 0);
    freeze_abandon(&bench->freeze);
    keyed_map_open(&bench->map, &bench->shape, 8, 1, NULL);
    strbuf_close(&stream);
    strbuf_close(&blob);
}

static void damage_is_found(void **state)
{
    static const char *const damages[] = {
        "UPDATE _weir_state SET bytes = zeroblob(length(bytes)) WHERE pageset > 0 AND page = 5",
        "UPDATE _weir_state SET bytes = substr(bytes, 1, 100) WHERE pageset > 0 AND page = 5",
        "DELETE FROM _weir_state WHERE pageset > 0 AND page = 2",
        "DELETE FROM _weir_state WHERE pageset = 0",
        "UPDATE _weir_state SET bytes = CAST('x' || bytes AS BLOB) WHERE pageset = 0",
        "UPDATE _weir_state SET page = -1 WHERE pageset > 0 AND page = 5",
    };
    Bench *bench = *state;
    StateStore *store;
    Diag diag = {0};
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        add(bench, key, key);
    checkpoint(bench, store, 1, true);
    state_store_close(store);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        KeyedMap loaded;
        must(db_begin(bench->db, &diag), &diag);
        must(db_exec(bench->db, damages[i], &diag), &diag);
        assert_int_equal(load(bench, &loaded, &diag), ST_STATE);
        assert_int_equal(diag.code, E4008);
        diag_reset(&diag);
        keyed_map_close(&loaded);
        db_rollback(bench->db);
    }
}

static void journal_is_read_in_order(void **state)
{
    Bench *bench = *state;
    StateStore *store;
    JournalEntry entry;
    Diag diag = {0};
    bool found;
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    must(db_begin(bench->db, &diag), &diag);
    for (uint64_t epoch = 1; epoch <= 4; epoch++) {
        entry = (JournalEntry){epoch, TEXT("some input"), UINT64_MAX - epoch};
        must(journal_put(store, &entry, &diag), &diag);
    }
    must(db_commit(bench->db, &diag), &diag);
    checkpoint(bench, store, 2, true); /* epochs 1 and 2 are in it */
    state_store_close(store);
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    for (uint64_t epoch = 3; epoch <= 4; epoch++) {
        must(journal_next(store, &entry, &found, &diag), &diag);
        assert_true(found && entry.epoch == epoch && entry.digest == UINT64_MAX - epoch);
        assert_true(text_is(entry.body, "some input"));
    }
    must(journal_next(store, &entry, &found, &diag), &diag);
    assert_false(found);
    state_store_close(store);
    must(db_exec(bench->db, "UPDATE _weir_journal SET body = 'same input' WHERE epoch = 3", &diag),
         &diag);
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    assert_int_equal(journal_next(store, &entry, &found, &diag), ST_STATE);
    assert_int_equal(diag.code, E4008);
    state_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_what_was_valid, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_closes_meanwhile_is_still_in_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_closes_meanwhile_can_be_given_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(journal_is_read_in_order, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
