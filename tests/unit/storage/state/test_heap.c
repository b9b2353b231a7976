#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "storage/state/heap.h"

static void fill(char *bytes, uint32_t size, uint32_t seed)
{
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (char)(seed * 31 + i * 7);
}

/* Strings of all sizes around the class borders keep their bytes, whatever is freed between. */
static void keeps_bytes(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 15, 16, 17, 31, 33, 1023, 1024, 1025, 16384, 70000};
    enum { KINDS = sizeof sizes / sizeof sizes[0], ROUNDS = 50 };
    static char bytes[70000], expected[70000];
    HeapRef ref[ROUNDS][KINDS];
    Meter meter;
    Heap heap;
    meter_init(&meter, NULL, 0);
    heap_init(&heap, &meter);
    for (uint32_t r = 0; r < ROUNDS; r++) {
        for (uint32_t k = 0; k < KINDS; k++) {
            fill(bytes, sizes[k], r * KINDS + k);
            assert_int_equal(heap_put(&heap, bytes, sizes[k], &ref[r][k]), ST_OK);
            assert_int_not_equal(ref[r][k], 0);
        }
        if (r % 3 == 2) { /* free the round before and put it back */
            for (uint32_t k = 0; k < KINDS; k++)
                heap_free(&heap, ref[r - 1][k], sizes[k]);
            for (uint32_t k = 0; k < KINDS; k++) {
                fill(bytes, sizes[k], (r - 1) * KINDS + k);
                assert_int_equal(heap_put(&heap, bytes, sizes[k], &ref[r - 1][k]), ST_OK);
            }
        }
    }
    for (uint32_t r = 0; r < ROUNDS; r++) {
        for (uint32_t k = 0; k < KINDS; k++) {
            fill(expected, sizes[k], r * KINDS + k);
            assert_memory_equal(heap_get(&heap, ref[r][k]), expected, sizes[k]);
        }
    }
    heap_close(&heap);
    assert_int_equal(meter.used_bytes, 0);
}

/* Freed room is used again: memory does not grow with the number of strings ever stored. */
static void reuses_room(void **state)
{
    (void)state;
    static char bytes[3000];
    Meter meter;
    Heap heap;
    meter_init(&meter, NULL, 0);
    heap_init(&heap, &meter);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t size = 1 + i * 37 % 3000;
        HeapRef ref;
        assert_int_equal(heap_put(&heap, bytes, size, &ref), ST_OK);
        heap_free(&heap, ref, size);
    }
    assert_true(meter.peak_bytes < 200000);
    heap_close(&heap);
}

static void stores_strings(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "short", "twelve bytes", "thirteen byte",
                                        "a text that is certainly long"};
    Heap heap;
    heap_init(&heap, NULL);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        Str str = str_of_text(text_of(texts[i])), stored;
        assert_int_equal(heap_store_str(&heap, &str, &stored), ST_OK);
        Str loaded = heap_load_str(&heap, &stored);
        assert_true(str_equal(&loaded, &str));
        heap_free_str(&heap, &stored);
    }
    heap_close(&heap);
}

static void survives_failed_allocation(void **state)
{
    (void)state;
    char bytes[2000] = {0};
    Meter meter;
    meter_init(&meter, NULL, 0);
    for (uint64_t k = 1; k < 5; k++) {
        Heap heap;
        HeapRef ref;
        heap_init(&heap, &meter);
        mem_fail_at(k, false);
        Status small = heap_put(&heap, bytes, 20, &ref), large = heap_put(&heap, bytes, 2000, &ref);
        mem_fail_at(0, false);
        assert_true(small == ST_OK || small == ST_NOMEM);
        assert_true(large == ST_OK || large == ST_NOMEM);
        assert_int_equal(heap_put(&heap, bytes, 2000, &ref), ST_OK);
        heap_close(&heap);
        assert_int_equal(meter.used_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_bytes),
        cmocka_unit_test(reuses_room),
        cmocka_unit_test(stores_strings),
        cmocka_unit_test(survives_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
