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

/* What is left to be swept, in the transaction of the caller. */
static void sweep_rest(StateStore *store)
{
    Diag diag = {0};
    while (!state_store_is_swept(store))
        must(state_store_sweep(store, 1, &diag), &diag);
}

static void sweep_all(Bench *bench, StateStore *store)
{
    Diag diag = {0};
    must(db_begin(bench->db, &diag), &diag);
    sweep_rest(store);
    must(db_commit(bench->db, &diag), &diag);
    state_store_committed(store);
}

/* Writes what is frozen; `whole` says whether the last transaction is reached. Returns the bytes of
 * pages. */
static uint64_t write_frozen(Bench *bench, StateStore *store, Text stream, uint64_t epoch,
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
    freeze_committed(&bench->freeze);
    if (whole) {
        sweep_rest(store);
        must(state_store_finish(store, epoch, stream, &bench->freeze, &diag), &diag);
        freeze_finish(&bench->freeze);
    } else {
        freeze_abandon(&bench->freeze);
    }
    must(db_commit(bench->db, &diag), &diag);
    state_store_committed(store);
    strbuf_close(&blob);
    return bytes;
}

/* Takes a checkpoint of the map. */
static uint64_t checkpoint(Bench *bench, StateStore *store, uint64_t epoch, bool whole)
{
    StrBuf stream;
    strbuf_init(&stream, NULL);
    StateWalk walk = {.freeze = &bench->freeze, .out = &stream};
    freeze_begin(&bench->freeze);
    assert_int_equal(state_walk_keyed_map(&walk, &bench->map), ST_OK);
    uint64_t bytes = write_frozen(bench, store, strbuf_as_text(&stream), epoch, whole);
    strbuf_close(&stream);
    return bytes;
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

/* A map that is closed while the checkpoint that has it is still being written: it belongs to that
 * one, and is dropped with the next. */
static void closed_while_it_is_written(void **state)
{
    Bench *bench = *state;
    StateStore *store;
    KeyedMap loaded;
    StrBuf stream;
    Diag diag = {0};
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        add(bench, key, key);
    strbuf_init(&stream, NULL);
    StateWalk walk = {.freeze = &bench->freeze, .out = &stream};
    freeze_begin(&bench->freeze);
    assert_int_equal(state_walk_keyed_map(&walk, &bench->map), ST_OK);
    keyed_map_close(&bench->map);
    keyed_map_open(&bench->map, &bench->shape, 8, 1, NULL);
    write_frozen(bench, store, strbuf_as_text(&stream), 3, true);
    strbuf_close(&stream);
    must(load(bench, &loaded, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        assert_int_equal(value_of(bench, &loaded, key), key);
    keyed_map_close(&loaded);
    add(bench, 1, 1);
    checkpoint(bench, store, 4, true);
    sweep_all(bench, store);
    state_store_close(store);
    assert_string_equal(
        fixture_query(&bench->fixture, "SELECT sum(length(bytes)) < 10000 FROM _weir_state"), "1");
}

static void closed_while_it_is_given_up(void **state)
{
    Bench *bench = *state;
    StrBuf stream, blob;
    const FrozenPage *page;
    for (int64_t key = 0; key < KEYS; key++)
        add(bench, key, key);
    strbuf_init(&stream, NULL);
    strbuf_init(&blob, NULL);
    StateWalk walk = {.freeze = &bench->freeze, .out = &stream};
    freeze_begin(&bench->freeze);
    assert_int_equal(state_walk_keyed_map(&walk, &bench->map), ST_OK);
    assert_int_equal(freeze_next(&bench->freeze, &blob, &page), ST_OK);
    freeze_written(&bench->freeze);
    freeze_committed(&bench->freeze);
    keyed_map_close(&bench->map); /* a page of it is written, others are not */
    assert_true(freeze_left(&bench->freeze) > 0);
    freeze_abandon(&bench->freeze);
    keyed_map_open(&bench->map, &bench->shape, 8, 1, NULL);
    strbuf_close(&stream);
    strbuf_close(&blob);
}

/* However often the same few keys change, the file does not grow: pieces of a page give way to it
 * whole. */
static void pieces_do_not_pile_up(void **state)
{
    Bench *bench = *state;
    StateStore *store;
    KeyedMap loaded;
    Diag diag = {0};
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        add(bench, key, key);
    uint64_t all = checkpoint(bench, store, 1, true), written = 0;
    for (uint64_t epoch = 2; epoch < 202; epoch++) {
        add(bench, 5, 1);
        add(bench, KEYS / 2, 1);
        written += checkpoint(bench, store, epoch, true);
    }
    sweep_all(bench, store);
    state_store_close(store);
    assert_true(written <
                4 * all); /* 400 changes of a thousandth each, and the pages whole at times */
    char query[128];
    snprintf(query, sizeof query, "SELECT sum(length(bytes)) < %llu FROM _weir_state",
             (unsigned long long)(2 * all));
    assert_string_equal(fixture_query(&bench->fixture, query), "1");
    must(load(bench, &loaded, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        assert_int_equal(value_of(bench, &loaded, key),
                         key + (key == 5 || key == KEYS / 2 ? 200 : 0));
    keyed_map_close(&loaded);
}

/* Its transaction comes to nothing, and then, with the same pages, is through. */
static void a_checkpoint_is_written_again(void **state)
{
    Bench *bench = *state;
    StateStore *store;
    KeyedMap loaded;
    Diag diag = {0};
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        add(bench, key, key);
    StrBuf stream, blob;
    strbuf_init(&stream, NULL);
    strbuf_init(&blob, NULL);
    StateWalk walk = {.freeze = &bench->freeze, .out = &stream};
    freeze_begin(&bench->freeze);
    assert_int_equal(state_walk_keyed_map(&walk, &bench->map), ST_OK);
    for (int attempt = 0; attempt < 2; attempt++) {
        const FrozenPage *page;
        must(db_begin(bench->db, &diag), &diag);
        for (;;) {
            strbuf_clear(&blob);
            assert_int_equal(freeze_next(&bench->freeze, &blob, &page), ST_OK);
            if (page == NULL)
                break;
            must(state_store_put_page(store, page, strbuf_as_text(&blob), &diag), &diag);
            freeze_written(&bench->freeze);
        }
        must(state_store_finish(store, 7, strbuf_as_text(&stream), &bench->freeze, &diag), &diag);
        if (attempt == 0) {
            db_rollback(bench->db);
            state_store_rolled_back(store);
            freeze_rolled_back(&bench->freeze);
            assert_false(state_store_checkpoint(store).exists);
            for (int64_t key = 0; key < KEYS; key++) /* of the next epoch */
                add(bench, key, 1000);
        }
    }
    must(db_commit(bench->db, &diag), &diag);
    state_store_committed(store);
    freeze_committed(&bench->freeze);
    freeze_finish(&bench->freeze);
    assert_int_equal(state_store_checkpoint(store).epoch, 7);
    state_store_close(store);
    must(load(bench, &loaded, &diag), &diag);
    for (int64_t key = 0; key < KEYS; key++)
        assert_int_equal(value_of(bench, &loaded, key), key);
    keyed_map_close(&loaded);
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

/* In words of its own, before anything is read; what is there stays, and its own version takes it
 * up again. */
static void another_format_is_refused(void **state)
{
    static const struct {
        const char *make, *undo, *named;
    } cases[] = {
        {"UPDATE _weir_checkpoints SET format = format + 1, engine = '7.8.9'",
         "UPDATE _weir_checkpoints SET format = format - 1", "by Weir 7.8.9 in another layout"},
        {"UPDATE _weir_checkpoints SET format = format - 1, engine = '0.0.9'",
         "UPDATE _weir_checkpoints SET format = format + 1", "by Weir 0.0.9 in another layout"},
    };
    Bench *bench = *state;
    StateStore *store;
    Diag diag = {0};
    must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
    add(bench, 1, 5);
    checkpoint(bench, store, 1, true);
    state_store_close(store);
    assert_string_equal(fixture_query(&bench->fixture, "SELECT engine FROM _weir_checkpoints"),
                        "'" WEIR_VERSION "'");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        must(db_exec(bench->db, cases[i].make, &diag), &diag);
        store = NULL;
        assert_int_equal(state_store_open(bench->db, JOB, NULL, &store, &diag), ST_STATE);
        assert_null(store);
        assert_int_equal(diag.code, E4012);
        assert_non_null(strstr(diag.message, "job 3"));
        assert_non_null(strstr(diag.message, cases[i].named));
        diag_reset(&diag);
        must(state_store_open(bench->db, JOB + 1, NULL, &store, &diag), &diag);
        state_store_close(store);
        must(db_exec(bench->db, cases[i].undo, &diag), &diag);
        KeyedMap loaded;
        must(load(bench, &loaded, &diag), &diag);
        assert_int_equal(value_of(bench, &loaded, 1), 5);
        keyed_map_close(&loaded);
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

/* Somebody has deleted the entry of one epoch out of four: in the middle, or the last one, of which
 * only the ring of commits knows still. */
static void a_missing_entry_is_noticed(void **state)
{
    static const char *const missing[] = {"3", "4"};
    Bench *bench = *state;
    for (int i = 0; i < 2; i++) {
        StateStore *store;
        JournalEntry entry;
        Diag diag = {0};
        bool found = true;
        char sql[128];
        must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
        must(db_begin(bench->db, &diag), &diag);
        for (uint64_t epoch = 1; epoch <= 4; epoch++) {
            entry = (JournalEntry){epoch, TEXT("some input"), epoch};
            must(journal_put(store, &entry, &diag), &diag);
        }
        must(db_exec(bench->db,
                     "INSERT OR REPLACE INTO _weir_epochs VALUES (3, 4, 4, '', 1, 1, 1, 0)", &diag),
             &diag);
        snprintf(sql, sizeof sql, "DELETE FROM _weir_journal WHERE epoch = %s", missing[i]);
        must(db_exec(bench->db, sql, &diag), &diag);
        must(db_commit(bench->db, &diag), &diag);
        state_store_close(store);
        must(state_store_open(bench->db, JOB, NULL, &store, &diag), &diag);
        Status status = ST_OK;
        while (status == ST_OK && found)
            status = journal_next(store, &entry, &found, &diag);
        assert_int_equal(status, ST_STATE);
        assert_int_equal(diag.code, E4008);
        snprintf(sql, sizeof sql, "epoch %s is missing in the journal", missing[i]);
        assert_non_null(strstr(diag.message, sql));
        state_store_close(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_what_was_valid, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closed_while_it_is_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closed_while_it_is_given_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pieces_do_not_pile_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_checkpoint_is_written_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_format_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(journal_is_read_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_entry_is_noticed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
