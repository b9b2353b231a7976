#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "storage/state/keyed_map.h"

/* A batch of one BIGINT and one STRING key column, the string NULL for negative numbers. */
typedef struct Keys {
    int64_t number[BATCH_ROWS];
    Str text[BATCH_ROWS];
    uint64_t valid[BATCH_ROWS / 64];
    char bytes[BATCH_ROWS][40];
    Column column[2];
    Batch batch;
} Keys;

static const uint32_t both[2] = {0, 1};

static void make_keys(Keys *keys, const int64_t *value, uint32_t count)
{
    bits_fill(keys->valid, BATCH_ROWS, true);
    for (uint32_t i = 0; i < count; i++) {
        keys->number[i] = value[i];
        int size = snprintf(keys->bytes[i], sizeof keys->bytes[i],
                            value[i] % 2 == 0 ? "k%lld" : "a key that is long enough %lld",
                            (long long)value[i]);
        keys->text[i] = str_view(keys->bytes[i], (uint32_t)size);
        if (value[i] < 0)
            bit_clear(keys->valid, i);
    }
    keys->column[0] = (Column){.phys = PHYS_I64, .data.i64 = keys->number};
    keys->column[1] = (Column){.phys = PHYS_STR, .valid = keys->valid, .data.str = keys->text};
    keys->batch = (Batch){
        .rows = (uint16_t)count, .selected = (uint16_t)count, .columns = 2, .column = keys->column};
}

static KeyShape shape_of_both(void)
{
    Type number = type_with_null(type_make(TYPE_BIGINT), false), text = type_string();
    const Type *types[2] = {&number, &text};
    KeyShape shape;
    assert_int_equal(key_shape(types, 2, &shape), ST_OK);
    return shape;
}

static uint32_t upsert_one(KeyedMap *map, Keys *keys, Arena *scratch, int64_t value, uint8_t *fresh)
{
    KeyBatch batch;
    uint32_t entry;
    make_keys(keys, &value, 1);
    assert_int_equal(key_encode(map->shape, &keys->batch, both, map->seed, scratch, &batch), ST_OK);
    assert_int_equal(keyed_map_upsert(map, &batch, &entry, fresh), ST_OK);
    return entry;
}

/* Against a plain array: insert, find again, remove, count, in pseudo-random order. */
static void agrees_with_an_array(void **state)
{
    (void)state;
    enum { RANGE = 3000, STEPS = 60000 };
    static int32_t entry_of[RANGE]; /* -1: absent */
    static int64_t count_of[RANGE];
    static Keys keys;
    Meter meter;
    Arena scratch;
    KeyedMap map;
    meter_init(&meter, NULL, 0);
    arena_init(&scratch, NULL);
    KeyShape shape = shape_of_both();
    keyed_map_open(&map, &shape, sizeof(int64_t), 42, &meter);
    for (uint32_t i = 0; i < RANGE; i++)
        entry_of[i] = -1;
    uint64_t random = 1;
    uint32_t live = 0;
    for (uint32_t step = 0; step < STEPS; step++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint32_t pick = (uint32_t)(random >> 33) % RANGE;
        int64_t value = (int64_t)pick - 500; /* some with a NULL text */
        arena_reset(&scratch);
        if ((random >> 20) % 4 == 0 && entry_of[pick] >= 0) {
            keyed_map_remove(&map, (uint32_t)entry_of[pick]);
            entry_of[pick] = -1;
            live--;
            continue;
        }
        uint8_t fresh;
        uint32_t entry = upsert_one(&map, &keys, &scratch, value, &fresh);
        assert_int_equal(fresh, entry_of[pick] < 0);
        int64_t *count = keyed_map_value_write(&map, entry);
        if (fresh) {
            assert_int_equal(*count, 0);
            count_of[pick] = 0;
            entry_of[pick] = (int32_t)entry;
            live++;
        }
        assert_int_equal((int32_t)entry, entry_of[pick]);
        assert_int_equal(*count, count_of[pick]);
        *count = ++count_of[pick];
        assert_int_equal(keyed_map_count(&map), live);
    }
    /* Keys read back as they were written. */
    int64_t number;
    Str text;
    uint64_t number_valid = ~UINT64_C(0), text_valid = ~UINT64_C(0);
    Column out[2] = {{.phys = PHYS_I64, .valid = &number_valid, .data.i64 = &number},
                     {.phys = PHYS_STR, .valid = &text_valid, .data.str = &text}};
    Column *columns[2] = {&out[0], &out[1]};
    for (uint32_t i = 0; i < RANGE; i++) {
        if (entry_of[i] < 0)
            continue;
        int64_t value = (int64_t)i - 500;
        make_keys(&keys, &value, 1);
        assert_int_equal(key_decode(map.shape, keyed_map_key(&map, (uint32_t)entry_of[i]),
                                    keyed_map_nulls(&map, (uint32_t)entry_of[i]), &map.heap,
                                    columns, 0, &scratch),
                         ST_OK);
        assert_int_equal(number, value);
        assert_int_equal(column_is_null(&out[1], 0), value < 0);
        if (value >= 0)
            assert_true(str_equal(&text, &keys.text[0]));
    }
    keyed_map_close(&map);
    assert_int_equal(meter.used_bytes, 0);
    arena_close(&scratch);
}

/* NULL equals NULL, -0.0 equals 0.0, NaN equals NaN. */
static void groups_as_sql(void **state)
{
    (void)state;
    Type type = type_make(TYPE_DOUBLE);
    const Type *types[1] = {&type};
    double value[6] = {0.0, -0.0, NAN, -NAN, 7.0, 0.0};
    uint64_t valid = 0x1F; /* the last one is NULL */
    static const uint32_t expected[6] = {0, 0, 1, 1, 2, 3};
    Column column = {.phys = PHYS_F64, .valid = &valid, .data.f64 = value};
    Batch batch = {.rows = 6, .selected = 6, .columns = 1, .column = &column};
    KeyShape shape;
    KeyedMap map;
    KeyBatch keys;
    Arena scratch;
    uint32_t entry[6];
    arena_init(&scratch, NULL);
    assert_int_equal(key_shape(types, 1, &shape), ST_OK);
    keyed_map_open(&map, &shape, 0, 7, NULL);
    assert_int_equal(key_encode(&shape, &batch, both, 7, &scratch, &keys), ST_OK);
    assert_int_equal(keyed_map_upsert(&map, &keys, entry, NULL), ST_OK);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(entry[i], expected[i]);
    keyed_map_close(&map);
    arena_close(&scratch);
}

/* A NULL is a key of its own beside 0, whose words are the same, also when numbers are used again.
 */
static void tells_null_from_zero(void **state)
{
    (void)state;
    Type type = type_make(TYPE_BIGINT);
    const Type *types[1] = {&type};
    int64_t value[2] = {0, 0};
    uint64_t valid = 1; /* the second one is NULL */
    Column plain = {.phys = PHYS_I64, .data.i64 = value},
           mixed = {.phys = PHYS_I64, .valid = &valid, .data.i64 = value};
    Batch batch = {.rows = 2, .selected = 2, .columns = 1, .column = &plain};
    KeyShape shape;
    KeyedMap map;
    KeyBatch keys;
    Arena scratch;
    Meter meter;
    uint32_t entry[2];
    meter_init(&meter, NULL, 0);
    arena_init(&scratch, NULL);
    assert_int_equal(key_shape(types, 1, &shape), ST_OK);
    keyed_map_open(&map, &shape, 8, 7, &meter);
    assert_int_equal(key_encode(&shape, &batch, both, 7, &scratch, &keys), ST_OK);
    assert_null(keys.nulls);
    assert_int_equal(keyed_map_upsert(&map, &keys, entry, NULL), ST_OK);
    assert_int_equal(entry[1], 0);
    batch.column = &mixed;
    for (uint32_t round = 0; round < 3; round++) {
        assert_int_equal(key_encode(&shape, &batch, both, 7, &scratch, &keys), ST_OK);
        assert_int_equal(keyed_map_upsert(&map, &keys, entry, NULL), ST_OK);
        assert_int_not_equal(entry[0], entry[1]);
        assert_int_equal(keyed_map_nulls(&map, entry[0]), 0);
        assert_int_equal(keyed_map_nulls(&map, entry[1]), 1);
        keyed_map_remove(&map, entry[0]); /* the next round gives their numbers out crosswise */
        keyed_map_remove(&map, entry[1]);
        assert_int_equal(keyed_map_find(&map, keys.words + 1, 1, keys.hash[1]), -1);
    }
    keyed_map_close(&map);
    assert_int_equal(meter.used_bytes, 0);
    arena_close(&scratch);
}

/* A million integer keys with a count each stay below 64 bytes beyond the key. */
static void is_compact(void **state)
{
    (void)state;
    enum { GROUPS = 1000000 };
    static int64_t value[BATCH_ROWS];
    static uint32_t entry[BATCH_ROWS];
    Type type = type_make(TYPE_BIGINT);
    const Type *types[1] = {&type};
    Meter meter;
    Arena scratch;
    KeyShape shape;
    KeyedMap map;
    meter_init(&meter, NULL, 0);
    arena_init(&scratch, NULL);
    assert_int_equal(key_shape(types, 1, &shape), ST_OK);
    keyed_map_open(&map, &shape, sizeof(int64_t), 1, &meter);
    for (int64_t from = 0; from < GROUPS; from += BATCH_ROWS) {
        uint16_t rows = (uint16_t)(GROUPS - from < BATCH_ROWS ? GROUPS - from : BATCH_ROWS);
        for (uint32_t i = 0; i < rows; i++)
            value[i] = (from + i) * 7919;
        Column column = {.phys = PHYS_I64, .data.i64 = value};
        Batch batch = {.rows = rows, .selected = rows, .columns = 1, .column = &column};
        KeyBatch keys;
        arena_reset(&scratch);
        assert_int_equal(key_encode(&shape, &batch, both, 1, &scratch, &keys), ST_OK);
        assert_int_equal(keyed_map_upsert(&map, &keys, entry, NULL), ST_OK);
        assert_int_equal(entry[0], from);
    }
    assert_true(meter.used_bytes / GROUPS < 64 + 8);
    keyed_map_close(&map);
    arena_close(&scratch);
}

/* A failed allocation leaves the map as it was, and the same call works afterwards. */
static void survives_failed_allocations(void **state)
{
    (void)state;
    static Keys keys;
    int64_t value[BATCH_ROWS];
    uint32_t entry[BATCH_ROWS];
    KeyShape shape = shape_of_both();
    for (uint32_t i = 0; i < BATCH_ROWS; i++)
        value[i] = (int64_t)i;
    make_keys(&keys, value, BATCH_ROWS);
    for (uint64_t k = 1; k < 60; k++) {
        Meter meter;
        Arena scratch;
        KeyedMap map;
        KeyBatch batch;
        meter_init(&meter, NULL, 0);
        arena_init(&scratch, NULL);
        keyed_map_open(&map, &shape, 24, 3, &meter);
        assert_int_equal(key_encode(&shape, &keys.batch, both, 3, &scratch, &batch), ST_OK);
        mem_fail_at(k, false);
        Status status = keyed_map_upsert(&map, &batch, entry, NULL);
        mem_fail_at(0, false);
        assert_true(status == ST_OK || status == ST_NOMEM);
        assert_int_equal(keyed_map_upsert(&map, &batch, entry, NULL), ST_OK);
        assert_int_equal(keyed_map_count(&map), BATCH_ROWS);
        for (uint32_t i = 0; i < BATCH_ROWS; i++)
            assert_int_equal(keyed_map_find(&map, batch.words + (size_t)i * shape.words,
                                            batch.nulls == NULL ? 0 : batch.nulls[i],
                                            batch.hash[i]),
                             entry[i]);
        keyed_map_close(&map);
        assert_int_equal(meter.used_bytes, 0);
        arena_close(&scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_an_array),        cmocka_unit_test(groups_as_sql),
        cmocka_unit_test(tells_null_from_zero),        cmocka_unit_test(is_compact),
        cmocka_unit_test(survives_failed_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
