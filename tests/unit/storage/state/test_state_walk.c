/* Containers that are saved and loaded again at random moments, while they go on changing, and
 * while what nobody changes is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/state/expiry.h"

/* --- a store like the database's: blobs by set and page, in the order of their versions --- */

typedef struct Blob {
    uint64_t set;
    uint32_t index, version;
    StrBuf bytes;
} Blob;

typedef struct Store {
    StateWalk walk;
    Blob *blob;
    uint32_t blobs, capacity;
    uint32_t version; /* of the newest whole checkpoint */
    StrBuf stream;    /* of it */
    uint64_t written; /* bytes of blobs */
} Store;

static void store_put(Store *store, const FrozenPage *page, const StrBuf *bytes, uint32_t version)
{
    if (store->blobs == store->capacity) {
        store->capacity = store->capacity * 2 + 16;
        store->blob = realloc(store->blob, store->capacity * sizeof *store->blob);
    }
    Blob *blob = &store->blob[store->blobs++];
    *blob = (Blob){.set = page->set_id, .index = page->index, .version = version};
    strbuf_init(&blob->bytes, NULL);
    strbuf_put(&blob->bytes, bytes->ptr, bytes->size);
    store->written += bytes->size;
}

static Status load_pages(StateWalk *walk, PageSet *set)
{
    const Store *store = (const Store *)walk;
    for (uint32_t i = 0; i < store->blobs; i++) {
        const Blob *blob = &store->blob[i];
        if (blob->set == set->id && blob->version <= store->version)
            TRY(page_blob_load(set, blob->index, blob->bytes.ptr, blob->bytes.size));
    }
    return ST_OK;
}

static void store_close(Store *store)
{
    for (uint32_t i = 0; i < store->blobs; i++)
        strbuf_close(&store->blob[i].bytes);
    free(store->blob);
    strbuf_close(&store->stream);
}

/* --- the containers and what must be in them --- */

enum { RANGE = 700, STEPS = 40000, TTL = 100 };

typedef struct Model {
    int64_t count[RANGE]; /* of the key; 0: absent */
    int64_t least[RANGE]; /* of the values of group i; INT64_MAX: none */
    int32_t values[RANGE][4];
    Micros now, written[RANGE]; /* the keys */
} Model;

typedef struct State {
    KeyedMap map;
    Expiry expiry;
    SortedMap sorted;
} State;

typedef struct Value {
    int64_t count;
    ExpiryLink link;
} Value;

static KeyShape shape;

static void state_open(State *state, Meter *meter)
{
    keyed_map_open(&state->map, &shape, sizeof(Value), 42, meter);
    expiry_open(&state->expiry, &state->map, offsetof(Value, link), TTL);
    sorted_map_open(&state->sorted, PHYS_STR, meter);
}

static void state_close(State *state)
{
    keyed_map_close(&state->map);
    sorted_map_close(&state->sorted);
}

static Status state_walk(State *state, StateWalk *walk)
{
    TRY(state_walk_mark(walk, "test"));
    TRY(state_walk_keyed_map(walk, &state->map));
    TRY(expiry_walk(&state->expiry, walk));
    return state_walk_sorted_map(walk, &state->sorted);
}

/* The key of number i: a text, now and then long, and NULL for i = 3. */
static void make_key(uint32_t i, Arena *arena, KeyBatch *keys)
{
    static char bytes[64];
    static Str text;
    static uint64_t valid;
    static const uint32_t first[1] = {0};
    int size =
        snprintf(bytes, sizeof bytes, i % 2 == 0 ? "k%u" : "a key that is rather long %u", i);
    text = str_view(bytes, (uint32_t)size);
    valid = i != 3;
    Column column = {.phys = PHYS_STR, .valid = &valid, .data.str = &text};
    Batch batch = {.rows = 1, .selected = 1, .columns = 1, .column = &column};
    assert_int_equal(key_encode(&shape, &batch, first, 42, arena, keys), ST_OK);
}

/* The clock goes on, now and then so far that little or
 * nothing is left. What has expired must be all that
 * the model says, and nothing else. */
static void forget(State *state, Model *model, uint32_t choice)
{
    uint32_t entry, expired = 0, found = 0;
    model->now += choice % 3001 == 0 ? 2 * TTL : choice % 301 == 0 ? TTL - 1 : choice % 11 == 0;
    for (uint32_t i = 0; i < RANGE; i++) {
        if (model->count[i] == 0 || model->written[i] + TTL > model->now)
            continue;
        model->count[i] = 0;
        expired++;
    }
    for (; expiry_find(&state->expiry, model->now, &entry); found++) {
        expiry_forget(&state->expiry, entry);
        keyed_map_remove(&state->map, entry);
    }
    assert_int_equal(found, expired);
    keyed_map_trim(&state->map);
}

static void change(State *state, Model *model, uint32_t i, uint32_t choice, Arena *arena)
{
    KeyBatch keys;
    uint32_t entry;
    arena_reset(arena);
    forget(state, model, choice);
    make_key(i, arena, &keys);
    if (choice % 3 == 0 && model->count[i] > 0) {
        int64_t found = keyed_map_find(&state->map, keys.words,
                                       keys.nulls == NULL ? 0 : keys.nulls[0], keys.hash[0]);
        assert_true(found >= 0);
        expiry_forget(&state->expiry, (uint32_t)found);
        keyed_map_remove(&state->map, (uint32_t)found);
        model->count[i] = 0;
    } else {
        assert_int_equal(keyed_map_upsert(&state->map, &keys, &entry, NULL), ST_OK);
        *(int64_t *)keyed_map_value_write(&state->map, entry) = ++model->count[i];
        expiry_mark(&state->expiry, entry, model->now);
        model->written[i] = model->now;
    }
    char bytes[64];
    uint32_t v = choice / 3 % 4;
    Str value =
        str_view(bytes, (uint32_t)snprintf(bytes, sizeof bytes, "%u is a value of this group", v));
    uint64_t words[2];
    memcpy(words, &value, sizeof words);
    bool add = model->values[i][v] == 0 || choice / 12 % 2 == 0;
    assert_int_equal(sorted_map_adjust(&state->sorted, i, words, add ? 1 : -1), ST_OK);
    model->values[i][v] += add ? 1 : -1;
}

static void check(State *state, const Model *model, Arena *arena)
{
    uint32_t live = 0;
    for (uint32_t i = 0; i < RANGE; i++) {
        KeyBatch keys;
        arena_reset(arena);
        make_key(i, arena, &keys);
        int64_t entry = keyed_map_find(&state->map, keys.words,
                                       keys.nulls == NULL ? 0 : keys.nulls[0], keys.hash[0]);
        assert_int_equal(entry >= 0, model->count[i] > 0);
        if (entry >= 0)
            assert_int_equal(*(const int64_t *)keyed_map_value(&state->map, (uint32_t)entry),
                             model->count[i]);
        live += entry >= 0;
        const uint64_t *least = sorted_map_first(&state->sorted, i);
        uint32_t v = 0;
        while (v < 4 && model->values[i][v] == 0)
            v++;
        assert_int_equal(least == NULL, v == 4);
        if (least != NULL) {
            Str stored;
            memcpy(&stored, least, sizeof stored);
            stored = heap_load_str(&state->sorted.heap, &stored);
            assert_int_equal(str_text(&stored).ptr[0], '0' + (char)v);
        }
    }
    assert_int_equal(keyed_map_count(&state->map), live);
}

/* Loads the newest checkpoint into new containers, which must be as the model was then. */
static void check_checkpoint(Store *store, const Model *model, Arena *arena)
{
    Meter meter;
    State loaded;
    Freeze freeze;
    meter_init(&meter, NULL, 0);
    freeze_init(&freeze, NULL, 0);
    state_open(&loaded, &meter);
    store->walk = (StateWalk){.loading = true,
                              .freeze = &freeze,
                              .in = strbuf_as_text(&store->stream),
                              .load_pages = load_pages};
    assert_int_equal(state_walk(&loaded, &store->walk), ST_OK);
    assert_int_equal(store->walk.in.size, 0);
    check(&loaded, model, arena);
    Model more = *model; /* it can go on, too */
    for (uint32_t i = 0; i < 200; i++)
        change(&loaded, &more, i * 7 % RANGE, i * 5, arena);
    check(&loaded, &more, arena);
    state_close(&loaded);
    freeze_close(&freeze);
    assert_int_equal(meter.used_bytes, 0);
}

static void survives_checkpoints(void **state)
{
    (void)state;
    static Model model, frozen, saved;
    Type type = type_string();
    const Type *types[1] = {&type};
    assert_int_equal(key_shape(types, 1, &shape), ST_OK);
    Meter meter;
    Arena arena;
    State live;
    Freeze freeze;
    Store store = {0};
    StrBuf stream, blob;
    meter_init(&meter, NULL, 0);
    arena_init(&arena, NULL);
    strbuf_init(&stream, NULL);
    strbuf_init(&blob, NULL);
    strbuf_init(&store.stream, NULL);
    freeze_init(&freeze, &meter, 0);
    state_open(&live, &meter);
    uint64_t random = 7;
    bool open = false;
    uint32_t whole = 0, given_up = 0, rolled_back = 0, gone = 0;
    for (uint32_t step = 0; step < STEPS; step++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        change(&live, &model, (uint32_t)(random >> 33) % RANGE, (uint32_t)(random >> 20), &arena);
        if (!open && step % 501 == 0) {
            strbuf_clear(&stream);
            store.walk = (StateWalk){.freeze = &freeze, .out = &stream};
            freeze_begin(&freeze);
            assert_int_equal(state_walk(&live, &store.walk), ST_OK);
            frozen = model;
            open = true;
            gone += live.map.gone_pages;
        } else if (open && (random >> 50) % 400 == 0) { /* half of it may have been written */
            freeze_abandon(&freeze);
            open = false;
            given_up++;
        } else if (open && step % 7 == 0) {
            const FrozenPage *page;
            strbuf_clear(&blob);
            assert_int_equal(freeze_next(&freeze, &blob, &page), ST_OK);
            if (page != NULL) {
                freeze_written(&freeze);
                if ((random >> 40) % 4 == 0) { /* it comes again */
                    freeze_rolled_back(&freeze);
                    rolled_back++;
                } else {
                    store_put(&store, page, &blob, store.version + 1);
                    freeze_committed(&freeze);
                }
                continue;
            }
            freeze_finish(&freeze);
            store.version++;
            strbuf_clear(&store.stream);
            strbuf_put(&store.stream, stream.ptr, stream.size);
            saved = frozen;
            open = false;
            whole++;
            if (whole % 5 == 0)
                check_checkpoint(&store, &saved, &arena);
        }
    }
    check(&live, &model, &arena);
    check_checkpoint(&store, &saved, &arena);
    assert_true(whole > 20 && given_up > 3 && rolled_back > 20 && gone > 5);
    state_close(&live);
    freeze_close(&freeze);
    assert_int_equal(meter.used_bytes, 0);
    store_close(&store);
    strbuf_close(&stream);
    strbuf_close(&blob);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_checkpoints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
