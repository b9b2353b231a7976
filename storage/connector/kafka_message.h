/* A message is librdkafka's, or one that was kept by a spool and stands in the place of one of its:
 * what librdkafka tells by functions of its own of the one, the other has with it. Both are a
 * rd_kafka_message_t to those who look at values, keys and offsets alone. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_MESSAGE_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_MESSAGE_H

#include "storage/connector/kafka_library.h"

typedef struct KafkaKept {
    rd_kafka_message_t message; /* whose _private is the message itself */
    int64_t time;
    rd_kafka_timestamp_type_t time_type;
    int32_t leader_epoch;        /* -1: not known */
    rd_kafka_headers_t *headers; /* NULL: none */
} KafkaKept;

/* NULL: it is librdkafka's. */
static inline const KafkaKept *kafka_message_kept(const rd_kafka_message_t *message)
{
    return message->_private == (const void *)message ? (const KafkaKept *)message : NULL;
}

static inline int64_t kafka_message_time(const KafkaLibrary *lib, const rd_kafka_message_t *message,
                                         rd_kafka_timestamp_type_t *type)
{
    const KafkaKept *kept = kafka_message_kept(message);
    if (kept == NULL)
        return lib->message_timestamp(message, type);
    *type = kept->time_type;
    return kept->time;
}

/* How often the partition had changed its leader; -1: not known. */
static inline int32_t kafka_message_leader_epoch(const KafkaLibrary *lib,
                                                 const rd_kafka_message_t *message)
{
    const KafkaKept *kept = kafka_message_kept(message);
    if (kept != NULL)
        return kept->leader_epoch;
    return lib->message_leader_epoch == NULL ? -1 : lib->message_leader_epoch(message);
}

/* NULL: it has none. */
static inline rd_kafka_headers_t *kafka_message_headers(const KafkaLibrary *lib,
                                                        const rd_kafka_message_t *message)
{
    const KafkaKept *kept = kafka_message_kept(message);
    rd_kafka_headers_t *headers;
    if (kept != NULL)
        return kept->headers;
    return lib->message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR ? headers : NULL;
}

static inline void kafka_message_free(const KafkaLibrary *lib, rd_kafka_message_t *message)
{
    const KafkaKept *kept = kafka_message_kept(message);
    if (kept == NULL)
        lib->message_destroy(message);
    else if (kept->headers != NULL)
        lib->headers_destroy(kept->headers);
}

#endif
