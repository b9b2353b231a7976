/* Messages into a spool and out of it again. Those that go in are such as came out of one: what
 * librdkafka says of its own is in tests/kafka/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/connector/kafka_spool.h"

typedef struct Bench {
    KafkaLibrary lib;
    Meter meter;
    Arena arena;
    Spool *spool;
    KafkaSpool kept;
} Bench;

static void bench_open(Bench *b)
{
    Diag diag;
    memset(b, 0, sizeof *b);
    meter_init(&b->meter, NULL, 0);
    arena_init(&b->arena, &b->meter);
    diag_reset(&diag);
    assert_int_equal(kafka_library_load(&b->lib, &diag), ST_OK);
    assert_int_equal(spool_make(&b->arena, &b->meter, SPOOLS_RECORDS, &b->spool), ST_OK);
    kafka_spool_open(&b->kept, b->spool, &b->lib, 0, &b->meter);
}

static void bench_close(Bench *b)
{
    kafka_spool_close(&b->kept);
    spool_close(b->spool);
    arena_close(&b->arena);
    assert_int_equal(b->meter.used_bytes, 0);
}

typedef struct Sample {
    const char *key, *value, *headers; /* NULL: none; "a=1 b a=" */
    int64_t offset, time;
    int32_t epoch;
    rd_kafka_timestamp_type_t type;
} Sample;

static const Sample samples[] = {
    {"k", "value", "a=1 b a=", 7, 1700000000000, 0, RD_KAFKA_TIMESTAMP_CREATE_TIME},
    {NULL, NULL, NULL, 8, -5, -1, RD_KAFKA_TIMESTAMP_NOT_AVAILABLE},
    {"", "", NULL, 1000, 0, INT32_MAX, RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME},
    {"gone", NULL, "x", INT64_MAX - 1, 1, 300, RD_KAFKA_TIMESTAMP_CREATE_TIME},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static rd_kafka_headers_t *make_headers(const Bench *b, const char *text)
{
    rd_kafka_headers_t *headers = text == NULL ? NULL : b->lib.headers_new(1);
    while (text != NULL && *text != '\0') {
        size_t size = strcspn(text, " "), name = strcspn(text, "= ");
        bool has_value = name < size;
        b->lib.header_add(headers, text, (ssize_t)name, has_value ? text + name + 1 : NULL,
                          has_value ? (ssize_t)(size - name - 1) : 0);
        text += size + (text[size] == ' ');
    }
    return headers;
}

static void put(Bench *b, const Sample *sample)
{
    KafkaKept from = {.time = sample->time,
                      .time_type = sample->type,
                      .leader_epoch = sample->epoch,
                      .headers = make_headers(b, sample->headers)};
    from.message = (rd_kafka_message_t){
        .offset = sample->offset,
        .key = (void *)(uintptr_t)sample->key,
        .key_len = sample->key == NULL ? 0 : strlen(sample->key),
        .payload = (void *)(uintptr_t)sample->value,
        .len = sample->value == NULL ? 0 : strlen(sample->value),
        ._private = &from.message,
    };
    assert_int_equal(kafka_spool_put(&b->kept, &from.message), ST_OK);
    kafka_message_free(&b->lib, &from.message);
}

static void expect_bytes(const void *bytes, size_t size, const char *wanted)
{
    assert_int_equal(bytes == NULL, wanted == NULL);
    assert_int_equal(size, wanted == NULL ? 0 : strlen(wanted));
    if (wanted != NULL)
        assert_memory_equal(bytes, wanted, size);
}

static void expect_message(const Bench *b, const rd_kafka_message_t *message, const Sample *sample)
{
    const rd_kafka_headers_t *headers = kafka_message_headers(&b->lib, message);
    rd_kafka_timestamp_type_t type;
    const char *name;
    const void *value;
    size_t size;
    StrBuf found;
    assert_true(message->offset == sample->offset);
    assert_true(kafka_message_time(&b->lib, message, &type) == sample->time);
    assert_int_equal(type, sample->type);
    assert_int_equal(kafka_message_leader_epoch(&b->lib, message), sample->epoch);
    expect_bytes(message->key, message->key_len, sample->key);
    expect_bytes(message->payload, message->len, sample->value);
    assert_int_equal(headers == NULL, sample->headers == NULL);
    strbuf_init(&found, NULL);
    for (size_t i = 0; headers != NULL && b->lib.header_get_all(headers, i, &name, &value, &size) ==
                                              RD_KAFKA_RESP_ERR_NO_ERROR;
         i++)
        strbuf_printf(&found, "%s%s%s%.*s", i == 0 ? "" : " ", name, value == NULL ? "" : "=",
                      (int)size, value == NULL ? "" : (const char *)value);
    assert_string_equal(strbuf_cstr(&found), headers == NULL ? "" : sample->headers);
    strbuf_close(&found);
}

/* From the sample on, `most` at a time. */
static void expect_rest(Bench *b, uint32_t from, uint32_t most, SpoolRead end)
{
    rd_kafka_message_t *message[SAMPLES];
    SpoolRead result;
    for (uint32_t at = from;; at += most) {
        uint32_t count;
        assert_int_equal(kafka_spool_take(&b->kept, most, message, &count, &result), ST_OK);
        assert_int_equal(count, SAMPLES - at < most ? SAMPLES - at : most);
        for (uint32_t i = 0; i < count; i++) {
            expect_message(b, message[i], &samples[at + i]);
            kafka_message_free(&b->lib, message[i]);
        }
        if (count == 0)
            break;
        assert_int_equal(result, SPOOL_BYTES);
        if (count < most)
            at -= most - count;
    }
    assert_int_equal(result, end);
}

static void test_messages(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    for (uint32_t i = 0; i < SAMPLES; i++)
        put(&b, &samples[i]);
    expect_rest(&b, SAMPLES, 1, SPOOL_STREAM); /* what was put was at hand */
    for (uint32_t from = 0; from < SAMPLES; from++) {
        for (uint32_t most = 1; most <= SAMPLES; most++) {
            kafka_spool_close(&b.kept);
            kafka_spool_open(&b.kept, b.spool, &b.lib, (uint64_t)samples[from].offset, &b.meter);
            expect_rest(&b, from, most, SPOOL_STREAM);
        }
    }
    assert_int_equal(kafka_spool_end(&b.kept), ST_OK);
    expect_rest(&b, SAMPLES, 1, SPOOL_END);
    bench_close(&b);
}

/* A record that ends too soon is refused, or is one with a shorter value; nothing leaks. */
static void test_damaged(void **state)
{
    (void)state;
    Bench b, again;
    SpoolRecord record;
    uint64_t at = 0;
    uint32_t refused = 0;
    bench_open(&b);
    put(&b, &samples[0]);
    assert_int_equal(spool_read_record(b.spool, &at, &record), SPOOL_BYTES);
    for (uint32_t size = 0; size < record.bytes.size; size++) {
        rd_kafka_message_t *message[1];
        uint32_t count;
        SpoolRead result;
        bench_open(&again);
        Text part = {record.bytes.ptr, size};
        assert_int_equal(spool_add_record(again.spool, 1, part), ST_OK);
        Status status = kafka_spool_take(&again.kept, 1, message, &count, &result);
        assert_int_equal(status, size < record.bytes.size - strlen("value") ? ST_STATE : ST_OK);
        refused += status != ST_OK;
        if (status == ST_OK)
            kafka_message_free(&again.lib, message[0]);
        bench_close(&again);
    }
    assert_true(refused > 10);
    bench_close(&b);
}

static int32_t epoch_of_stub(const rd_kafka_message_t *message)
{
    return (int32_t)message->offset + 40;
}

/* Of librdkafka's own messages, where it knows. */
static void test_leader_epoch(void **state)
{
    (void)state;
    Bench b;
    const rd_kafka_message_t message = {.offset = 2};
    bench_open(&b);
    b.lib.message_leader_epoch = NULL;
    assert_int_equal(kafka_message_leader_epoch(&b.lib, &message), -1);
    b.lib.message_leader_epoch = epoch_of_stub;
    assert_int_equal(kafka_message_leader_epoch(&b.lib, &message), 42);
    bench_close(&b);
}

/* A table that keeps nothing. */
static void test_none(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    kafka_spool_close(&b.kept);
    kafka_spool_open(&b.kept, NULL, &b.lib, 0, &b.meter);
    put(&b, &samples[0]);
    assert_int_equal(kafka_spool_end(&b.kept), ST_OK);
    expect_rest(&b, SAMPLES, 1, SPOOL_STREAM);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_leader_epoch),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
