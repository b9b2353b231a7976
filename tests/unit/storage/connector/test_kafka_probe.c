/* Who is asked and when, and of whom it is said that he does not answer. The library is played: its
 * objects are what stands in `played`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "storage/connector/kafka_probe.h"

enum { NOBODY = -1 };

static struct Played {
    int queues, questions; /* there are; were asked */
    int32_t broker;        /* the last one that was */
    char about[KAFKA_TOPIC_SIZE];
    bool answers; /* one is there: */
    rd_kafka_resp_err_t error;
} played;

static void *const thing = &played;

static rd_kafka_queue_t *queue_new(rd_kafka_t *rk)
{
    (void)rk;
    played.queues++;
    return thing;
}

static void queue_destroy(rd_kafka_queue_t *queue)
{
    (void)queue;
    played.queues--;
    played.answers = false;
}

static rd_kafka_event_t *queue_poll(rd_kafka_queue_t *queue, int wait_ms)
{
    assert_ptr_equal(queue, thing);
    assert_int_equal(wait_ms, 0);
    return played.answers ? thing : NULL;
}

static rd_kafka_resp_err_t event_error(rd_kafka_event_t *event)
{
    (void)event;
    return played.error;
}

static void event_destroy(rd_kafka_event_t *event)
{
    (void)event;
    played.answers = false;
}

static rd_kafka_AdminOptions_t *options_new(rd_kafka_t *rk, rd_kafka_admin_op_t api)
{
    (void)rk;
    (void)api;
    return thing;
}

static rd_kafka_resp_err_t set_timeout(rd_kafka_AdminOptions_t *options, int timeout_ms, char *why,
                                       size_t size)
{
    (void)options;
    (void)timeout_ms;
    (void)why;
    (void)size;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t set_broker(rd_kafka_AdminOptions_t *options, int32_t broker, char *why,
                                      size_t size)
{
    (void)options;
    (void)why;
    (void)size;
    played.broker = broker;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static void options_destroy(rd_kafka_AdminOptions_t *options)
{
    (void)options;
}

static rd_kafka_ConfigResource_t *resource_new(rd_kafka_ResourceType_t type, const char *name)
{
    (void)type;
    snprintf(played.about, sizeof played.about, "%s", name);
    return thing;
}

static void resource_destroy(rd_kafka_ConfigResource_t **resource, size_t count)
{
    (void)resource;
    assert_int_equal(count, 1);
}

static void describe(rd_kafka_t *rk, rd_kafka_ConfigResource_t **resource, size_t count,
                     const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *queue)
{
    (void)rk;
    (void)resource;
    (void)count;
    (void)options;
    assert_ptr_equal(queue, thing);
    played.questions++;
}

static const KafkaLibrary library = {
    .queue_new = queue_new,
    .queue_destroy = queue_destroy,
    .queue_poll = queue_poll,
    .event_error = event_error,
    .event_destroy = event_destroy,
    .AdminOptions_new = options_new,
    .AdminOptions_set_request_timeout = set_timeout,
    .AdminOptions_set_broker = set_broker,
    .AdminOptions_destroy = options_destroy,
    .ConfigResource_new = resource_new,
    .ConfigResource_destroy_array = resource_destroy,
    .DescribeConfigs = describe,
};

typedef struct Bench {
    KafkaProbe probe;
    Micros now;
} Bench;

static void open_bench(Bench *b, const int32_t *leader, uint32_t count)
{
    played = (struct Played){.broker = NOBODY};
    b->now = 1000 * MICROS_PER_SECOND;
    kafka_probe_init(&b->probe);
    for (uint32_t i = 0; i < count; i++)
        kafka_probe_found(&b->probe, leader[i], "orders");
    kafka_probe_listed(&b->probe);
}

static void close_bench(Bench *b)
{
    kafka_probe_close(&b->probe, &library);
    assert_int_equal(played.queues, 0);
}

/* Looked at ten times a second. */
static void pass(Bench *b, int seconds)
{
    for (int i = 0; i < 10 * seconds; i++) {
        b->now += MICROS_PER_SECOND / 10;
        kafka_probe_look(&b->probe, &library, NULL, b->now);
    }
}

static void answer(Bench *b, rd_kafka_resp_err_t error)
{
    played.answers = true;
    played.error = error;
    kafka_probe_look(&b->probe, &library, NULL, b->now);
    assert_false(played.answers);
}

static void test_in_turn(void **state)
{
    (void)state;
    Bench b;
    open_bench(&b, (const int32_t[]){3, 7, 3, NOBODY}, 4);
    pass(&b, 1);
    assert_int_equal(played.questions, 0);
    for (int i = 1; i <= 5; i++) {
        pass(&b, 3);
        assert_int_equal(played.questions, i);
        assert_int_equal(played.broker, i % 2 == 1 ? 3 : 7);
        answer(&b,
               i == 2 ? RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED : RD_KAFKA_RESP_ERR_NO_ERROR);
        assert_int_equal(b.probe.silent, NOBODY);
    }
    assert_string_equal(played.about, "orders");
    close_bench(&b);
}

static void test_nobody_to_ask(void **state)
{
    (void)state;
    Bench b;
    open_bench(&b, NULL, 0);
    pass(&b, 20);
    assert_int_equal(played.questions, 0);
    assert_int_equal(b.probe.silent, NOBODY);
    close_bench(&b);
}

static void test_no_answer(void **state)
{
    (void)state;
    Bench b;
    open_bench(&b, (const int32_t[]){3, 7}, 2);
    pass(&b, 6);
    assert_int_equal(b.probe.silent, NOBODY);
    pass(&b, 3);
    assert_int_equal(b.probe.silent, 3);
    answer(&b, RD_KAFKA_RESP_ERR__TIMED_OUT); /* the question is lost: it is no answer */
    assert_int_equal(b.probe.silent, 3);
    pass(&b, 3);
    assert_int_equal(played.broker, 3);
    assert_int_equal(played.questions, 2);
    answer(&b, RD_KAFKA_RESP_ERR_NO_ERROR);
    assert_int_equal(b.probe.silent, NOBODY);
    pass(&b, 3);
    assert_int_equal(played.broker, 7);
    close_bench(&b); /* a question is open */
}

static void test_excused(void **state)
{
    (void)state;
    Bench b;
    open_bench(&b, (const int32_t[]){3}, 1);
    for (int i = 0; i < 10; i++) {
        pass(&b, 4);
        kafka_probe_excuse(&b.probe, b.now);
        assert_int_equal(b.probe.silent, NOBODY);
    }
    pass(&b, 6);
    assert_int_equal(b.probe.silent, 3);
    kafka_probe_excuse(&b.probe, b.now);
    assert_int_equal(b.probe.silent, NOBODY);
    assert_int_equal(played.questions, 1);
    close_bench(&b);
}

/* Who leads nothing any more is not asked, and nothing is said of him. */
static void test_listed_anew(void **state)
{
    (void)state;
    Bench b;
    KafkaProbe other;
    open_bench(&b, (const int32_t[]){3}, 1);
    pass(&b, 10);
    assert_int_equal(b.probe.silent, 3);
    kafka_probe_found(&b.probe, 7, "payments"); /* a listing that is not complete */
    pass(&b, 1);
    assert_int_equal(b.probe.silent, 3);
    kafka_probe_found(&b.probe, 7, "payments");
    kafka_probe_listed(&b.probe);
    assert_int_equal(b.probe.silent, NOBODY);
    pass(&b, 3);
    assert_int_equal(played.broker, 7);
    assert_string_equal(played.about, "payments");
    assert_int_equal(played.questions, 2);
    kafka_probe_init(&other);
    kafka_probe_follow(&other, &b.probe);
    assert_int_equal(other.leaders, 1);
    assert_int_equal(other.leader[0].broker, 7);
    assert_string_equal(other.topic, "payments");
    close_bench(&b);
}

static void test_more_than_are_asked(void **state)
{
    (void)state;
    Bench b;
    int32_t leader[KAFKA_PROBE_BROKERS + 5];
    for (int i = 0; i < KAFKA_PROBE_BROKERS + 5; i++)
        leader[i] = i;
    open_bench(&b, leader, KAFKA_PROBE_BROKERS + 5);
    assert_int_equal(b.probe.leaders, KAFKA_PROBE_BROKERS);
    pass(&b, 3);
    assert_int_equal(played.broker, 0);
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_turn),     cmocka_unit_test(test_nobody_to_ask),
        cmocka_unit_test(test_no_answer),   cmocka_unit_test(test_excused),
        cmocka_unit_test(test_listed_anew), cmocka_unit_test(test_more_than_are_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
