#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "storage/sqlite/pending.h"

static Text key_of(int number, char buffer[16])
{
    return (Text){buffer, (uint32_t)snprintf(buffer, 16, "key %d", number)};
}

static void a_key_has_one_entry(void **state)
{
    (void)state;
    Pending pending;
    PendingEntry *first, *again, *other;
    bool made;
    pending_init(&pending, NULL, 7);
    assert_int_equal(pending_bytes(&pending), 0);
    assert_int_equal(pending_find(&pending, TEXT("a"), &first, &made), ST_OK);
    assert_true(made);
    assert_int_equal(first->net, 0);
    assert_int_equal(first->row_size, 0);
    first->net = 5;
    assert_int_equal(pending_find(&pending, TEXT("a"), &again, &made), ST_OK);
    assert_false(made);
    assert_ptr_equal(first, again);
    assert_int_equal(again->net, 5);
    assert_int_equal(pending_find(&pending, TEXT(""), &other, &made), ST_OK); /* a key as well */
    assert_true(made);
    assert_int_equal(pending.count, 2);
    assert_true(text_is(pending_key(&pending, &pending.entry[0]), "a"));
    assert_true(text_is(pending_key(&pending, &pending.entry[1]), ""));
    pending_close(&pending);
}

/* Shorter rows stand where the old one stood; longer ones move, with their key. */
static void rows_replace_each_other(void **state)
{
    static const char *const row[] = {"first", "2nd", "", "a row that is a good deal longer", "x"};
    (void)state;
    Pending pending;
    PendingEntry *entry;
    bool made;
    pending_init(&pending, NULL, 7);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        assert_int_equal(pending_find(&pending, TEXT("key"), &entry, &made), ST_OK);
        assert_int_equal(pending_set_row(&pending, entry, text_of(row[i])), ST_OK);
        assert_true(text_is(pending_key(&pending, entry), "key"));
        assert_true(text_is(pending_row(&pending, entry), row[i]));
    }
    assert_int_equal(pending.count, 1);
    pending_close(&pending);
}

static void appended_rows_stay_in_order(void **state)
{
    enum { ROWS = 1000 };
    (void)state;
    Pending pending;
    char buffer[16];
    pending_init(&pending, NULL, 7);
    for (int i = 0; i < ROWS; i++)
        assert_int_equal(pending_append(&pending, key_of(i % 3, buffer)),
                         ST_OK); /* equal ones too */
    assert_int_equal(pending.count, ROWS);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_true(
            text_equal(pending_row(&pending, &pending.entry[i]), key_of((int)i % 3, buffer)));
    pending_close(&pending);
}

static void many_keys_are_found_again(void **state)
{
    enum { KEYS = 20000 };
    (void)state;
    Pending pending;
    PendingEntry *entry;
    Meter meter;
    char buffer[16];
    bool made;
    meter_init(&meter, NULL, 0);
    pending_init(&pending, &meter, 7);
    for (int epoch = 0; epoch < 2; epoch++) {
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < KEYS; i++) {
                assert_int_equal(pending_find(&pending, key_of(i, buffer), &entry, &made), ST_OK);
                assert_int_equal(made, pass == 0);
                assert_ptr_equal(entry, &pending.entry[i]);
            }
        }
        assert_true(pending_bytes(&pending) <= (uint64_t)meter.used_bytes);
        pending_reset(&pending);
        assert_int_equal(pending.count, 0);
        assert_int_equal(pending_bytes(&pending), 0);
    }
    pending_close(&pending);
    assert_int_equal(meter.used_bytes, 0);
}

static void a_reset_gives_back_what_was_unusual(void **state)
{
    (void)state;
    Pending pending;
    Meter meter;
    static char large[1 << 20];
    PendingEntry *entry;
    char buffer[16];
    bool made;
    meter_init(&meter, NULL, 0);
    pending_init(&pending, &meter, 7);
    assert_int_equal(pending_append(&pending, (Text){large, sizeof large}), ST_OK);
    pending_reset(&pending);
    assert_true(meter.used_bytes < 1 << 17);
    for (int i = 0; i < 200000; i++)
        assert_int_equal(pending_find(&pending, key_of(i, buffer), &entry, &made), ST_OK);
    assert_true(meter.used_bytes > 4 << 20);
    pending_reset(&pending);
    assert_true(meter.used_bytes < 1 << 17);
    pending_close(&pending);
    assert_int_equal(meter.used_bytes, 0);
}

/* One key after the other, as the results of an aggregate without a key replace each other; and
 * rows of a key that become longer. */
static void what_goes_gives_its_memory_back(void **state)
{
    enum { ROUNDS = 200, LARGE = 1 << 20 };
    (void)state;
    static char large[LARGE];
    Pending pending;
    PendingEntry *entry;
    Meter meter;
    bool made;
    meter_init(&meter, NULL, 0);
    pending_init(&pending, &meter, 7);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t size = i % 2 == 0 ? LARGE - ROUNDS + i : i;
        assert_int_equal(pending_find(&pending, (Text){large, size}, &entry, &made), ST_OK);
        assert_true(made);
        pending_forget(&pending, entry);
        assert_int_equal(pending.count, 0);
        assert_int_equal(pending_bytes(&pending), 0);
    }
    for (uint32_t i = 0; i < ROUNDS; i++) {
        assert_int_equal(pending_find(&pending, TEXT("key"), &entry, &made), ST_OK);
        assert_int_equal(pending_set_row(&pending, entry, (Text){large, LARGE / ROUNDS * (i + 1)}),
                         ST_OK);
    }
    assert_true(pending_bytes(&pending) < LARGE + (1 << 17));
    assert_true(meter.peak_bytes < 3 * LARGE);
    pending_close(&pending);
    assert_int_equal(meter.used_bytes, 0);
}

/* Against a list of the keys that wait: the others leave no hole in the way to those. */
static void forgotten_keys_do_not_hide_others(void **state)
{
    enum { KEYS = 300, ROUNDS = 60000, UNIT = 100 };
    (void)state;
    static char bytes[KEYS * UNIT]; /* some share a block, some have one of their own */
    Pending pending;
    PendingEntry *entry;
    Meter meter;
    int32_t net[KEYS] = {0};
    uint32_t waiting = 0;
    uint64_t random = 1;
    bool made;
    meter_init(&meter, NULL, 0);
    pending_init(&pending, &meter, 7);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint32_t key = (uint32_t)(random >> 33) % KEYS;
        Text text = {bytes, key * UNIT};
        assert_int_equal(pending_find(&pending, text, &entry, &made), ST_OK);
        assert_int_equal(made, net[key] == 0);
        assert_int_equal(entry->net, net[key]);
        assert_true(text_equal(pending_key(&pending, entry), text));
        waiting += made;
        net[key] = entry->net += (random >> 20 & 1) != 0 ? 1 : -1;
        if (net[key] == 0) {
            pending_forget(&pending, entry);
            waiting--;
        }
        assert_int_equal(pending.count - pending.forgotten, waiting);
    }
    for (uint32_t i = 0; i < pending.count; i++)
        waiting -= pending.entry[i].net != 0;
    assert_int_equal(waiting, 0);
    pending_close(&pending);
    assert_int_equal(meter.used_bytes, 0);
}

/* Whatever fails, what was there before is there still. */
static void a_failed_allocation_breaks_nothing(void **state)
{
    (void)state;
    for (uint64_t k = 1; k < 12; k++) {
        Pending pending;
        Meter meter;
        PendingEntry *entry;
        char buffer[16];
        bool made;
        int kept = 0;
        meter_init(&meter, NULL, 0);
        pending_init(&pending, &meter, 7);
        mem_fail_at(k, false);
        for (int i = 0; i < 8000; i++) {
            Status status = pending_find(&pending, key_of(kept, buffer), &entry, &made);
            assert_true(status == ST_OK || status == ST_NOMEM);
            kept += status == ST_OK;
        }
        assert_true(mem_fail_at(0, false) >= k);
        assert_int_equal(kept, 7999);
        for (int i = 0; i < kept; i++) {
            assert_int_equal(pending_find(&pending, key_of(i, buffer), &entry, &made), ST_OK);
            assert_false(made);
        }
        pending_close(&pending);
        assert_int_equal(meter.used_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_has_one_entry),
        cmocka_unit_test(rows_replace_each_other),
        cmocka_unit_test(appended_rows_stay_in_order),
        cmocka_unit_test(many_keys_are_found_again),
        cmocka_unit_test(a_reset_gives_back_what_was_unusual),
        cmocka_unit_test(what_goes_gives_its_memory_back),
        cmocka_unit_test(forgotten_keys_do_not_hide_others),
        cmocka_unit_test(a_failed_allocation_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
