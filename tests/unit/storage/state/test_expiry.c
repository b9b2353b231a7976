/* The order in which entries expire, and the memory of those that are gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/state/expiry.h"

enum { TTL = 1000 };

typedef struct Bench {
    Meter meter;
    KeyShape shape;
    KeyedMap map;
    Expiry expiry;
} Bench;

static void bench_open(Bench *b, Micros ttl)
{
    meter_init(&b->meter, NULL, 0);
    assert_int_equal(key_shape(NULL, 0, &b->shape), ST_OK);
    assert_int_equal(key_shape_number(&b->shape), ST_OK);
    keyed_map_open(&b->map, &b->shape, sizeof(ExpiryLink), 1, &b->meter);
    expiry_open(&b->expiry, &b->map, 0, ttl);
}

static void bench_close(Bench *b)
{
    keyed_map_close(&b->map);
    assert_int_equal(b->meter.used_bytes, 0);
}

static uint32_t write_key(Bench *b, uint64_t key, Micros now)
{
    uint64_t hash = key_hash(&b->shape, &key, 0, NULL, b->map.seed);
    const KeyBatch one = {.count = 1, .words = &key, .hash = &hash};
    uint32_t entry;
    assert_int_equal(keyed_map_upsert(&b->map, &one, &entry, NULL), ST_OK);
    expiry_mark(&b->expiry, entry, now);
    return entry;
}

static uint32_t forget_expired(Bench *b, Micros now)
{
    uint32_t entry, count = 0;
    for (; expiry_find(&b->expiry, now, &entry); count++) {
        expiry_forget(&b->expiry, entry);
        keyed_map_remove(&b->map, entry);
    }
    keyed_map_trim(&b->map);
    return count;
}

/* Keys 1 to 5 are written at 10, 20 ... 50; then things happen to them, and what expires by which
 * time is told. */
static void test_order(void **state)
{
    (void)state;
    Bench b;
    uint32_t entry, of[6];
    bench_open(&b, TTL);
    assert_false(expiry_find(&b.expiry, MICROS_MAX, &entry));
    assert_int_equal(expiry_due(&b.expiry), MICROS_MAX);
    for (uint32_t key = 1; key <= 5; key++)
        of[key] = write_key(&b, key, key * 10);
    write_key(&b, 2, 50); /* again */
    write_key(&b, 5, 50); /* at the same time as before */
    expiry_forget(&b.expiry, of[4]);
    expiry_forget(&b.expiry, of[4]); /* it is not there */
    write_key(&b, 1, 60);
    assert_false(expiry_find(&b.expiry, TTL + 29, &entry));
    assert_true(expiry_find(&b.expiry, TTL + 30, &entry));
    assert_int_equal(entry, of[3]);
    assert_int_equal(forget_expired(&b, TTL + 49), 1);
    assert_int_equal(forget_expired(&b, TTL + 59), 2); /* 2 and 5 */
    assert_true(expiry_find(&b.expiry, TTL + 60, &entry));
    assert_int_equal(entry, of[1]);
    assert_int_equal(forget_expired(&b, TTL + 60), 1);
    assert_int_equal(b.expiry.newest, 0);
    assert_int_equal(b.expiry.oldest, 0);
    assert_int_equal(keyed_map_count(&b.map), 1); /* 4, which is not to expire */
    write_key(&b, 4, 2 * TTL);
    assert_true(expiry_is_over(&b.expiry, 2 * TTL, 3 * TTL));
    assert_false(expiry_is_over(&b.expiry, 2 * TTL, 3 * TTL - 1));
    assert_int_equal(forget_expired(&b, 3 * TTL), 1);
    bench_close(&b);
}

static void test_never(void **state)
{
    (void)state;
    Bench b;
    uint32_t entry;
    bench_open(&b, MICROS_MAX);
    write_key(&b, 1, 5);
    assert_false(expiry_find(&b.expiry, MICROS_MAX - 1, &entry));
    assert_int_equal(expiry_due(&b.expiry), MICROS_MAX);
    bench_close(&b);
}

/* When a quiet owner is to look again. */
static void test_due(void **state)
{
    (void)state;
    static const Micros cases[][2] = {
        {1, 1 + MICROS_PER_SECOND},
        {MICROS_PER_SECOND, 2 * MICROS_PER_SECOND},
        {80 * MICROS_PER_SECOND, 90 * MICROS_PER_SECOND},
        {MICROS_PER_DAY, MICROS_PER_DAY + MICROS_PER_MINUTE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Bench b;
        bench_open(&b, cases[i][0]);
        write_key(&b, 1, 7);
        write_key(&b, 2, 9);
        assert_int_equal(expiry_due(&b.expiry), 7 + cases[i][1]);
        bench_close(&b);
    }
}

/* Ever new keys, of which no more than KEYS live at a time: memory stays where it is. And when all
 * but one are gone, it is given back. */
static void test_memory(void **state)
{
    (void)state;
    enum { KEYS = 20000, ROUNDS = 50 };
    Bench b;
    int64_t most = 0;
    bench_open(&b, TTL);
    for (uint64_t i = 0; i < (uint64_t)KEYS * ROUNDS; i++) {
        Micros now = (Micros)(i * TTL / KEYS);
        forget_expired(&b, now);
        write_key(&b, i, now);
        if (i == 2 * KEYS)
            most = b.meter.used_bytes;
        assert_true(keyed_map_count(&b.map) <= KEYS + KEYS / TTL + 1);
        assert_true(i <= 2 * KEYS || b.meter.used_bytes <= most * 2);
    }
    int64_t all = b.meter.used_bytes;
    Micros last = TTL * ROUNDS;
    write_key(&b, 5, last); /* one more, which stays */
    assert_true(forget_expired(&b, last + TTL - 1) > KEYS / 2);
    assert_true(b.meter.used_bytes < all / 50);
    for (uint64_t i = 0; i < KEYS; i++) /* and the room is used again */
        write_key(&b, i, last + TTL);
    assert_true(b.meter.used_bytes <= all);
    assert_int_equal(keyed_map_count(&b.map), KEYS);
    assert_int_equal(forget_expired(&b, last + 2 * TTL), KEYS);
    assert_int_equal(b.meter.used_bytes, 0);
    bench_close(&b);
}

/* Room that was given back and cannot be had again: the key is refused, and nothing is broken. */
static void test_no_memory(void **state)
{
    (void)state;
    enum { KEYS = 3000 };
    Bench b;
    bench_open(&b, TTL);
    for (uint64_t i = 0; i < KEYS; i++)
        write_key(&b, i, i < KEYS - 1 ? 0 : 5);
    assert_int_equal(forget_expired(&b, TTL), KEYS - 1);
    assert_true(b.map.gone_pages > 0);
    uint32_t refused = 0;
    for (uint64_t i = 0; i < KEYS; i++) {
        uint64_t hash = key_hash(&b.shape, &i, 0, NULL, b.map.seed);
        const KeyBatch one = {.count = 1, .words = &i, .hash = &hash};
        uint32_t entry;
        mem_fail_at(1, false);
        Status status = keyed_map_upsert(&b.map, &one, &entry, NULL);
        mem_fail_at(0, false);
        refused += status == ST_NOMEM;
        entry = write_key(&b, i, TTL);
        assert_int_equal(*keyed_map_key(&b.map, entry), i);
    }
    assert_true(refused > 0);
    assert_int_equal(keyed_map_count(&b.map), KEYS);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),  cmocka_unit_test(test_never),     cmocka_unit_test(test_due),
        cmocka_unit_test(test_memory), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
