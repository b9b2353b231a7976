#include "storage/connector/kafka_probe.h"

#include <stdio.h>

enum { ANSWER_MS = 60000 }; /* as long as librdkafka waits for others; then it is asked again */
static const Micros ask_every = 2 * MICROS_PER_SECOND;
static const Micros patience = 5 * MICROS_PER_SECOND;

void kafka_probe_init(KafkaProbe *probe)
{
    *probe = (KafkaProbe){.silent = -1};
}

/* Also the answer to an open question: nobody looks for it any more. */
static void forget_question(KafkaProbe *probe, const KafkaLibrary *lib)
{
    if (probe->answers != NULL)
        lib->queue_destroy(probe->answers);
    probe->answers = NULL;
    probe->open = false;
}

void kafka_probe_close(KafkaProbe *probe, const KafkaLibrary *lib)
{
    forget_question(probe, lib);
    kafka_probe_init(probe);
}

/* --- whom to ask --- */

/* Its place; behind the last one: it is none of them. */
static uint32_t find_leader(const KafkaProbe *probe, int32_t broker)
{
    uint32_t i = 0;
    while (i < probe->leaders && probe->leader[i].broker != broker)
        i++;
    return i;
}

void kafka_probe_found(KafkaProbe *probe, int32_t broker, const char *topic)
{
    uint32_t i = find_leader(probe, broker);
    snprintf(probe->topic, sizeof probe->topic, "%s", topic);
    if (broker < 0 || i == KAFKA_PROBE_BROKERS) /* nobody leads it now */
        return;
    probe->leader[i].broker = broker;
    probe->leader[i].found = true;
    if (i == probe->leaders)
        probe->leaders++;
}

void kafka_probe_listed(KafkaProbe *probe)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < probe->leaders; i++) {
        if (probe->leader[i].found)
            probe->leader[kept++].broker = probe->leader[i].broker;
        else if (probe->leader[i].broker == probe->silent)
            probe->silent = -1;
    }
    probe->leaders = kept;
    for (uint32_t i = 0; i < kept; i++)
        probe->leader[i].found = false;
}

void kafka_probe_follow(KafkaProbe *probe, const KafkaProbe *other)
{
    for (uint32_t i = 0; i < other->leaders; i++)
        kafka_probe_found(probe, other->leader[i].broker, other->topic);
    kafka_probe_listed(probe);
}

/* --- asking --- */

/* What a topic's settings are: that needs no right, as a refusal is an answer, too. */
static void ask(KafkaProbe *probe, const KafkaLibrary *lib, rd_kafka_t *rk, Micros now)
{
    char ignored[128];
    uint32_t turn = probe->turn < probe->leaders ? probe->turn : 0;
    if (probe->answers == NULL)
        probe->answers = lib->queue_new(rk);
    rd_kafka_AdminOptions_t *options = lib->AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_ConfigResource_t *about =
        lib->ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, probe->topic);
    lib->AdminOptions_set_request_timeout(options, ANSWER_MS, ignored, sizeof ignored);
    lib->AdminOptions_set_broker(options, probe->leader[turn].broker, ignored, sizeof ignored);
    lib->DescribeConfigs(rk, &about, 1, options, probe->answers);
    lib->ConfigResource_destroy_array(&about, 1);
    lib->AdminOptions_destroy(options);
    probe->open = true;
    probe->asked = probe->leader[turn].broker;
    probe->turn = turn + 1;
    probe->at = now;
}

static bool is_answer(rd_kafka_resp_err_t error)
{
    return error != RD_KAFKA_RESP_ERR__TIMED_OUT && error != RD_KAFKA_RESP_ERR__TRANSPORT;
}

/* The same broker is asked again where the question was lost on the way. */
static void look_for_answer(KafkaProbe *probe, const KafkaLibrary *lib, Micros now)
{
    rd_kafka_event_t *event = lib->queue_poll(probe->answers, 0);
    if (event == NULL) {
        if (now - probe->at >= patience)
            probe->silent = probe->asked;
        return;
    }
    bool answered = is_answer(lib->event_error(event));
    lib->event_destroy(event);
    probe->open = false;
    probe->at = now;
    if (!answered)
        probe->turn = find_leader(probe, probe->asked);
    else if (probe->silent == probe->asked)
        probe->silent = -1;
}

void kafka_probe_look(KafkaProbe *probe, const KafkaLibrary *lib, rd_kafka_t *rk, Micros now)
{
    if (probe->open && find_leader(probe, probe->asked) == probe->leaders)
        forget_question(probe, lib);
    if (probe->at == 0)
        probe->at = now;
    if (probe->open)
        look_for_answer(probe, lib, now);
    else if (probe->leaders > 0 && now - probe->at >= ask_every)
        ask(probe, lib, rk, now);
}

void kafka_probe_excuse(KafkaProbe *probe, Micros now)
{
    probe->silent = -1;
    if (probe->open)
        probe->at = now;
}
