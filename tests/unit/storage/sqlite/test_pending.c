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
    assert_true(text_is(pending_key(&pending.entry[0]), "a"));
    assert_true(text_is(pending_key(&pending.entry[1]), ""));
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
        assert_true(text_is(pending_key(entry), "key"));
        assert_true(text_is(pending_row(entry), row[i]));
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
        assert_true(text_equal(pending_row(&pending.entry[i]), key_of((int)i % 3, buffer)));
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
        cmocka_unit_test(a_failed_allocation_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
