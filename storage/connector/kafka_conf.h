/* How librdkafka is set up: what a table's properties.* say, what Weir prefers where they are
 * silent, and what they cannot change. The figures behind the preferences are in
 * docs/decisions/0014-kafka-client.md. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_CONF_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_CONF_H

#include "storage/connector/connector.h"
#include "storage/connector/kafka_library.h"

typedef enum KafkaRole { KAFKA_CONSUMER, KAFKA_PRODUCER } KafkaRole;

/* More settings; ends with a name that is NULL. */
typedef struct KafkaPair {
    const char *name, *value;
} KafkaPair;

/* A configuration that the caller hands on or destroys. `own`: set behind all others. A setting
 * that librdkafka refuses is E2114 with its words, at the option. */
CHECKED Status kafka_conf_make(const KafkaLibrary *lib, const TableSpec *table, KafkaRole role,
                               const KafkaPair *own, rd_kafka_conf_t **out, Diag *diag);

/* A message of librdkafka without the addresses and numbers of threads it begins with. */
void kafka_plain_words(const char *from, char *out, size_t size);

#endif
