/* What the yardsticks of Kafka share: a bare client of librdkafka, set up as Weir sets its own up
 * where that counts, so that what is compared is the work and not the settings. */
#ifndef WEIR_TESTS_BENCH_KAFKA_TOOL_H
#define WEIR_TESTS_BENCH_KAFKA_TOOL_H

#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOOL_BATCH = 1000, TOOL_WAIT_MS = 10000 };

static inline void tool_fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static inline int64_t tool_micros(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Settings are pairs of names and values, up to NULL. */
static inline rd_kafka_t *
tool_client(rd_kafka_type_t type, const char *servers, const char *const *setting,
            void (*delivered)(rd_kafka_t *, const rd_kafka_message_t *, void *))
{
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (rd_kafka_conf_set(conf, "bootstrap.servers", servers, why, sizeof why) != RD_KAFKA_CONF_OK)
        tool_fail("bootstrap.servers", why);
    rd_kafka_conf_set(conf, "log_level", "3", NULL, 0); /* errors, not what is tried again */
    for (; *setting != NULL; setting += 2) {
        if (rd_kafka_conf_set(conf, setting[0], setting[1], why, sizeof why) != RD_KAFKA_CONF_OK)
            tool_fail(setting[0], why);
    }
    if (delivered != NULL)
        rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *client = rd_kafka_new(type, conf, why, sizeof why);
    if (client == NULL)
        tool_fail("client", why);
    return client;
}

/* The list of all partitions of the topic, each at the same offset. */
static inline rd_kafka_topic_partition_list_t *tool_partitions(const char *topic, int partitions,
                                                               int64_t offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int i = 0; i < partitions; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = offset;
    return list;
}

#endif
