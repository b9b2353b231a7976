/* Where partitions end: what of two states tells that rows are gone, or have come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/connector/kafka_ends.h"

enum { PARTITIONS = 3, NONE = -1 };

static void fill(KafkaEnds *ends, Meter *meter, const int64_t *offset)
{
    kafka_ends_open(ends, meter);
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        if (offset[i] > 0)
            assert_int_equal(kafka_ends_raise(ends, i, offset[i]), ST_OK);
    }
}

static void test_comparison(void **state)
{
    (void)state;
    static const struct {
        int64_t before[PARTITIONS], now[PARTITIONS];
        int gone, grown;
    } cases[] = {
        {{0, 0, 0}, {0, 0, 0}, NONE, NONE}, {{7, 9, 0}, {7, 9, 0}, NONE, NONE},
        {{7, 9, 0}, {8, 9, 1}, NONE, NONE}, /* a commit was noted */
        {{7, 9, 0}, {7, 11, 0}, NONE, 1},   {{7, 9, 0}, {7, 9, 2}, NONE, 2},
        {{7, 9, 0}, {7, 8, 5}, 1, 2},       {{7, 9, 4}, {7, 9, 0}, 2, NONE}, /* fewer partitions */
        {{7, 9, 0}, {0, 0, 0}, 0, NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Meter meter;
        KafkaEnds before, now;
        meter_init(&meter, NULL, 0);
        fill(&before, &meter, cases[i].before);
        fill(&now, &meter, cases[i].now);
        assert_int_equal((int)kafka_ends_find_gone(&before, &now), cases[i].gone);
        assert_int_equal((int)kafka_ends_find_grown(&before, &now), cases[i].grown);
        kafka_ends_close(&before);
        kafka_ends_close(&now);
        assert_int_equal(meter.used_bytes, 0);
    }
}

static void test_raising(void **state)
{
    (void)state;
    Meter meter;
    KafkaEnds ends, other;
    meter_init(&meter, NULL, 0);
    fill(&ends, &meter, (const int64_t[]){7, 9, 0});
    fill(&other, &meter, (const int64_t[]){8, 3, 1});
    assert_int_equal(kafka_ends_raise(&ends, 0, 5), ST_OK);
    assert_int_equal(kafka_ends_get(&ends, 0), 7);
    assert_int_equal(kafka_ends_raise_all(&ends, &other), ST_OK);
    assert_int_equal(kafka_ends_get(&ends, 0), 8);
    assert_int_equal(kafka_ends_get(&ends, 1), 9);
    assert_int_equal(kafka_ends_get(&ends, 2), 1);
    assert_int_equal(kafka_ends_get(&ends, 3), 0);
    kafka_ends_clear(&ends);
    assert_int_equal(kafka_ends_get(&ends, 0), 0);
    kafka_ends_close(&ends);
    kafka_ends_close(&other);
}

static void test_bytes(void **state)
{
    (void)state;
    Meter meter;
    KafkaEnds ends, other;
    StrBuf bytes;
    meter_init(&meter, NULL, 0);
    strbuf_init(&bytes, &meter);
    fill(&ends, &meter, (const int64_t[]){7, 9, INT64_MAX});
    kafka_ends_save(&ends, &bytes);
    kafka_ends_open(&other, &meter);
    assert_int_equal(kafka_ends_load(&other, strbuf_as_text(&bytes)), ST_OK);
    assert_int_equal(kafka_ends_find_gone(&ends, &other), UINT32_MAX);
    assert_int_equal(kafka_ends_get(&other, 2), INT64_MAX);
    assert_int_equal(kafka_ends_load(&other, TEXT("12345")), ST_STATE);
    assert_int_equal(kafka_ends_load(&other, TEXT_NONE), ST_OK);
    strbuf_close(&bytes);
    kafka_ends_close(&ends);
    kafka_ends_close(&other);
    assert_int_equal(meter.used_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_comparison),
                                       cmocka_unit_test(test_raising),
                                       cmocka_unit_test(test_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
