#include "storage/connector/kafka_policy.h"

#include <string.h>

#include "storage/connector/kafka_ask.h"

/* "compact", "delete" or "compact,delete". */
static bool says_compact(const KafkaLibrary *lib, const rd_kafka_ConfigResource_t *resource)
{
    size_t count;
    const rd_kafka_ConfigEntry_t **entry = lib->ConfigResource_configs(resource, &count);
    for (size_t i = 0; i < count; i++) {
        const char *value = lib->ConfigEntry_value(entry[i]);
        if (strcmp(lib->ConfigEntry_name(entry[i]), "cleanup.policy") == 0)
            return value != NULL && strstr(value, "compact") != NULL;
    }
    return false;
}

static void take_answer(const KafkaLibrary *lib, rd_kafka_event_t *answer, const Text *topic,
                        uint32_t count, bool *out)
{
    size_t found;
    const rd_kafka_ConfigResource_t **resource =
        lib->DescribeConfigs_result_resources(lib->event_DescribeConfigs_result(answer), &found);
    for (size_t i = 0; i < found; i++) {
        if (lib->ConfigResource_error(resource[i]) != RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        for (uint32_t t = 0; t < count; t++) {
            if (text_is(topic[t], lib->ConfigResource_name(resource[i])))
                out[t] = says_compact(lib, resource[i]);
        }
    }
}

/* Any broker knows, and librdkafka by itself would ask the one that has the most to do, which may
 * be out of reach for those who only read. -1: not known. */
static int32_t find_broker(KafkaClient *client)
{
    const KafkaLibrary *lib = client->lib;
    const rd_kafka_metadata_t *metadata;
    int patience = kafka_client_patience_ms(client);
    if (lib->metadata(client->rk, 0, NULL, &metadata, patience) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return -1;
    int32_t broker = metadata->orig_broker_id;
    lib->metadata_destroy(metadata);
    return broker;
}

/* NULL: none came. */
static rd_kafka_event_t *ask(KafkaClient *client, rd_kafka_ConfigResource_t **resource,
                             uint32_t count)
{
    enum { MORE_MS = 1000 }; /* the answer may be that there is none in time */
    const KafkaLibrary *lib = client->lib;
    int patience = kafka_client_patience_ms(client);
    int32_t broker = find_broker(client);
    char why[128];
    rd_kafka_queue_t *queue = lib->queue_new(client->rk);
    rd_kafka_AdminOptions_t *options =
        lib->AdminOptions_new(client->rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    lib->AdminOptions_set_request_timeout(options, patience, why, sizeof why);
    if (broker >= 0)
        lib->AdminOptions_set_broker(options, broker, why, sizeof why);
    lib->DescribeConfigs(client->rk, resource, count, options, queue);
    rd_kafka_event_t *answer = lib->queue_poll(queue, patience + MORE_MS);
    lib->AdminOptions_destroy(options);
    lib->queue_destroy(queue);
    return answer;
}

static bool is_away(rd_kafka_resp_err_t error)
{
    return error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT ||
           error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
}

Status kafka_policy_compacts(KafkaClient *client, const Text *topic, uint32_t count, bool otherwise,
                             bool *out, Diag *diag)
{
    const KafkaLibrary *lib = client->lib;
    rd_kafka_ConfigResource_t **resource = mem_alloc(client->meter, count * sizeof(void *));
    if (resource == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        resource[i] = lib->ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic[i].ptr);
        out[i] = otherwise;
    }
    rd_kafka_event_t *answer = ask(client, resource, count);
    rd_kafka_resp_err_t error =
        answer == NULL ? RD_KAFKA_RESP_ERR__TIMED_OUT : lib->event_error(answer);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
        take_answer(lib, answer, topic, count, out);
    if (answer != NULL)
        lib->event_destroy(answer);
    lib->ConfigResource_destroy_array(resource, count);
    mem_free(client->meter, resource, count * sizeof(void *));
    return is_away(error) ? kafka_ask_failed(client, error, diag) : ST_OK;
}
