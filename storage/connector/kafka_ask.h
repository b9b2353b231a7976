/* What a broker is asked through the client of a table: which partitions there are, and which
 * offsets. Waits for the answer, for as long as the client has patience. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_ASK_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_ASK_H

#include "storage/connector/kafka_client.h"

/* The names that 'topic' lists, or that match 'topic-pattern'; NUL-terminated. */
typedef struct KafkaTopics {
    Text *name;
    uint32_t count;
} KafkaTopics;
CHECKED Status kafka_ask_topics(KafkaClient *client, Arena *arena, KafkaTopics *out, Diag *diag);

/* How many partitions a topic has, of those that are listed. E3008: there is no such topic; E3007:
 * nobody answers. */
CHECKED Status kafka_ask_partitions(KafkaClient *client, const char *topic, uint32_t *count,
                                    Diag *diag);

/* Looks offsets up, for all entries of the list at once: of each, `offset` says what is wanted, a
 * time in milliseconds or RD_KAFKA_OFFSET_BEGINNING or _END, and becomes the offset, or
 * RD_KAFKA_OFFSET_END where nothing is as late. */
CHECKED Status kafka_ask_offsets(KafkaClient *client, rd_kafka_topic_partition_list_t *list,
                                 Diag *diag);
/* What the group of 'properties.group.id' has committed; RD_KAFKA_OFFSET_INVALID: nothing. */
CHECKED Status kafka_ask_committed(KafkaClient *client, rd_kafka_topic_partition_list_t *list,
                                   Diag *diag);

/* For those who ask by functions of their own: what is said when there is no answer. */
CHECKED Status kafka_ask_failed(KafkaClient *client, rd_kafka_resp_err_t error, Diag *diag);

#endif
