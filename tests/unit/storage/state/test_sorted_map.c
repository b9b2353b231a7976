#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "storage/state/sorted_map.h"

enum { GROUPS = 5, VALUES = 4000, PHASE = 24000 };

static void make_value(PhysType phys, int32_t value, char bytes[40], uint64_t out[2])
{
    out[1] = 0;
    if (phys == PHYS_I64) {
        out[0] = (uint64_t)(int64_t)value;
    } else if (phys == PHYS_F64) {
        double number = value;
        memcpy(out, &number, sizeof number);
    } else if (phys == PHYS_I128) {
        Int128 number = (Int128)value * 1000000007 * 1000000007;
        memcpy(out, &number, sizeof number);
    } else {
        int size = snprintf(bytes, 40, "v%06d", value + 100000);
        size += snprintf(bytes + size, 40 - (size_t)size, "%s", value % 3 ? "" : " and more text");
        Str str = str_view(bytes, (uint32_t)size);
        memcpy(out, &str, sizeof str);
    }
}

/* The stored value is that number. */
static bool is_value(const SortedMap *map, const uint64_t *stored, int32_t value)
{
    char bytes[40];
    uint64_t expected[2];
    make_value(map->phys, value, bytes, expected);
    if (map->phys != PHYS_STR)
        return stored[0] == expected[0] && (map->phys != PHYS_I128 || stored[1] == expected[1]);
    Str a, b;
    memcpy(&a, stored, sizeof a);
    memcpy(&b, expected, sizeof b);
    a = heap_load_str(&map->heap, &a);
    return str_equal(&a, &b);
}

static void check_ends(const SortedMap *map, int64_t count[GROUPS][VALUES])
{
    for (uint32_t g = 0; g < GROUPS; g++) {
        int32_t first = -1, last = -1;
        for (int32_t v = 0; v < VALUES; v++) {
            if (count[g][v] == 0)
                continue;
            first = first < 0 ? v : first;
            last = v;
        }
        const uint64_t *low = sorted_map_first(map, g), *high = sorted_map_last(map, g);
        assert_int_equal(low == NULL, first < 0);
        assert_int_equal(high == NULL, last < 0);
        if (low != NULL) {
            assert_true(is_value(map, low, first - VALUES / 2));
            assert_true(is_value(map, high, last - VALUES / 2));
        }
    }
}

/* The group's values in order, by steps and by places. */
static void check_order(const SortedMap *map, const int64_t count[VALUES], uint64_t group)
{
    SortedCursor step, at;
    int64_t place = 0, among;
    bool more = sorted_map_begin(map, group, &step);
    for (int32_t v = 0; v < VALUES; v++) {
        if (count[v] == 0)
            continue;
        assert_true(more && is_value(map, step.value, v - VALUES / 2));
        assert_int_equal(step.count, count[v]);
        for (int64_t i = 0; i<count[v]; i += count[v]> 1 ? count[v] - 1 : 1) {
            assert_true(sorted_map_at(map, group, place + i, &at, &among));
            assert_true(is_value(map, at.value, v - VALUES / 2));
            assert_int_equal(at.count, count[v]);
            assert_int_equal(among, i);
        }
        place += count[v];
        more = sorted_map_next(map, &step);
    }
    assert_false(more);
    assert_false(sorted_map_at(map, group, place, &at, &among));
    assert_false(sorted_map_at(map, group, -1, &at, &among));
}

/* The first value that is not less. */
static void check_seek(const SortedMap *map, const int64_t count[VALUES], uint64_t group, int32_t v)
{
    char bytes[40];
    uint64_t value[2];
    SortedCursor at;
    make_value(map->phys, v - VALUES / 2, bytes, value);
    bool found = sorted_map_seek(map, group, value, &at);
    int64_t less = 0;
    for (int32_t i = 0; i < v && i < VALUES; i++)
        less += count[i];
    assert_int_equal(sorted_map_before(map, group, value), less);
    while (v < VALUES && count[v] == 0)
        v++;
    assert_int_equal(found, v < VALUES);
    if (found)
        assert_true(is_value(map, at.value, v - VALUES / 2));
}

/* The value stands where it is said to, so often, and the cursor goes on from there. */
static void check_add(SortedMap *map, uint64_t group, const uint64_t value[2], int32_t v,
                      int64_t expected)
{
    SortedCursor added, found;
    assert_int_equal(sorted_map_add(map, group, value, &added), ST_OK);
    assert_true(is_value(map, added.value, v - VALUES / 2));
    assert_int_equal(added.count, expected);
    assert_true(sorted_map_seek(map, group, value, &found));
    assert_ptr_equal(added.value, found.value);
    bool more = sorted_map_next(map, &added);
    assert_int_equal(sorted_map_next(map, &found), more);
    if (more)
        assert_ptr_equal(added.value, found.value);
}

/* The greatest value goes, however often it was there. */
static void check_remove(SortedMap *map, int64_t count[VALUES], uint64_t group)
{
    SortedCursor last;
    int32_t v = VALUES - 1;
    while (v >= 0 && count[v] == 0)
        v--;
    assert_int_equal(sorted_map_end(map, group, &last), v >= 0);
    if (v < 0)
        return;
    assert_int_equal(last.count, count[v]);
    sorted_map_remove(map, &last);
    count[v] = 0;
}

/* One group added to another, of another map and of the same, and taken off again. */
static void check_merge(SortedMap *map, int64_t count[GROUPS][VALUES])
{
    SortedMap other;
    sorted_map_open(&other, map->phys, map->pages.meter);
    int64_t sum[VALUES];
    assert_int_equal(sorted_map_merge(&other, 9, map, 0, 1), ST_OK);
    assert_int_equal(sorted_map_merge(&other, 9, map, 1, 2), ST_OK);
    for (int32_t v = 0; v < VALUES; v++)
        sum[v] = count[0][v] + 2 * count[1][v];
    check_order(&other, sum, 9);
    assert_int_equal(sorted_map_merge(&other, 9, map, 0, -1), ST_OK);
    assert_int_equal(sorted_map_merge(&other, 9, map, 1, -2), ST_OK);
    assert_int_equal(other.height, 0);
    sorted_map_close(&other);

    assert_int_equal(sorted_map_merge(map, 2, map, 3, 1), ST_OK);
    for (int32_t v = 0; v < VALUES; v++)
        sum[v] = count[2][v] + count[3][v];
    check_order(map, sum, 2);
    check_order(map, count[3], 3);
    assert_int_equal(sorted_map_merge(map, 2, map, 3, -1), ST_OK);
    check_order(map, count[2], 2);
}

/* Groups beside one that counts beyond 2^63 are as they were, and so is that one when it is less
 * again. */
static void check_heavy(SortedMap *map, const int64_t count[GROUPS][VALUES])
{
    static const int32_t places[] = {0, VALUES / 3, VALUES - 1};
    for (int round = 0; round < 6; round++) {
        for (uint32_t i = 0; i < 3; i++) {
            char bytes[40];
            uint64_t value[2];
            int64_t change = round < 3 ? INT64_MAX : -INT64_MAX;
            make_value(map->phys, places[i] - VALUES / 2, bytes, value);
            assert_int_equal(sorted_map_adjust(map, 0, value, change), ST_OK);
            assert_int_equal(sorted_map_adjust(map, 3, value, change), ST_OK);
        }
        for (uint32_t g = 0; g < GROUPS; g++) {
            if (round == 5 || (g != 0 && g != 3))
                check_order(map, count[g], g);
        }
    }
}

static void check_clear(SortedMap *map, int64_t count[GROUPS][VALUES])
{
    sorted_map_clear(map, 1);
    memset(count[1], 0, sizeof count[1]);
    for (uint32_t g = 0; g < GROUPS; g++)
        check_order(map, count[g], g);
}

/* Against an array of counts, with many splits and many leaves that come and go. */
static void agrees_with_counts(void **state)
{
    (void)state;
    static const PhysType kinds[] = {PHYS_I64, PHYS_F64, PHYS_I128, PHYS_STR};
    static int64_t count[GROUPS][VALUES];
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        Meter meter;
        SortedMap map;
        meter_init(&meter, NULL, 0);
        sorted_map_open(&map, kinds[k], &meter);
        memset(count, 0, sizeof count);
        uint64_t random = 7;
        uint32_t most = 0;
        for (uint32_t step = 0; step < 5 * PHASE; step++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            uint32_t g = (uint32_t)(random >> 40) % GROUPS, v = (uint32_t)(random >> 20) % VALUES;
            bool filling = step / PHASE % 2 == 0; /* grow, shrink, grow ... */
            int64_t change = count[g][v] > 0 && (!filling || (random >> 60) == 0) ? -1
                             : filling                                            ? 1
                                                                                  : 0;
            if (change == 0)
                continue;
            char bytes[40];
            uint64_t value[2];
            make_value(kinds[k], (int32_t)v - VALUES / 2, bytes, value);
            if (change > 0 && step % 2 == 0)
                check_add(&map, g, value, (int32_t)v, count[g][v] + 1);
            else
                assert_int_equal(sorted_map_adjust(&map, g, value, change), ST_OK);
            count[g][v] += change;
            if (step % 499 == 0)
                check_remove(&map, count[g], g);
            if (step % 997 == 0) {
                check_ends(&map, count);
                check_order(&map, count[g], g);
                check_seek(&map, count[g], g, (int32_t)((random >> 8) % VALUES));
            }
            most = map.height > most ? map.height : most;
        }
        assert_int_equal(most, 3);
        check_heavy(&map, count);
        check_merge(&map, count);
        check_clear(&map, count);
        for (uint32_t g = 0; g < GROUPS; g++) { /* all of it goes */
            for (int32_t v = 0; v < VALUES; v++) {
                char bytes[40];
                uint64_t value[2];
                make_value(kinds[k], v - VALUES / 2, bytes, value);
                if (count[g][v] != 0)
                    assert_int_equal(sorted_map_adjust(&map, g, value, -count[g][v]), ST_OK);
                count[g][v] = 0;
            }
            check_ends(&map, count);
        }
        assert_int_equal(map.height, 0);
        sorted_map_close(&map);
        assert_int_equal(meter.used_bytes, 0);
    }
}

static void survives_failed_allocations(void **state)
{
    (void)state;
    for (uint64_t k = 1; k < 40; k++) {
        Meter meter;
        SortedMap map;
        meter_init(&meter, NULL, 0);
        sorted_map_open(&map, PHYS_STR, &meter);
        mem_fail_at(k, false);
        for (int32_t v = 0; v < 1000; v++) {
            char bytes[40];
            uint64_t value[2];
            make_value(PHYS_STR, v, bytes, value);
            if (sorted_map_adjust(&map, 1, value, 1) != ST_OK)
                assert_int_equal(sorted_map_adjust(&map, 1, value, 1), ST_OK);
        }
        mem_fail_at(0, false);
        assert_true(is_value(&map, sorted_map_first(&map, 1), 0));
        assert_true(is_value(&map, sorted_map_last(&map, 1), 999));
        sorted_map_close(&map);
        assert_int_equal(meter.used_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_counts),
                                       cmocka_unit_test(survives_failed_allocations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
