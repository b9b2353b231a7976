/* What a message tells beside its value and key, as columns. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_METADATA_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_METADATA_H

#include "storage/connector/connector.h"
#include "storage/connector/kafka_library.h"

extern const ConnectorMetadata kafka_metadata_list[];

typedef enum KafkaMetadataKey {
    KAFKA_TOPIC,
    KAFKA_PARTITION,
    KAFKA_OFFSET,
    KAFKA_TIMESTAMP,
    KAFKA_TIMESTAMP_TYPE,
    KAFKA_HEADERS,
    KAFKA_LEADER_EPOCH,
    KAFKA_KEY,
} KafkaMetadataKey;

typedef struct KafkaMetadata {
    KafkaMetadataKey *wanted; /* per metadata column of the scan */
    uint32_t count, first;    /* builder columns */
    Str topic;
    int32_t partition;
} KafkaMetadata;

/* `topic` is as long-lived as what reads the batches. */
CHECKED Status kafka_metadata_open(KafkaMetadata *metadata, const ScanSpec *scan, Arena *arena,
                                   const char *topic, int32_t partition);
/* All rows of the builder; `number`: which of the messages each is of. */
CHECKED Status kafka_metadata_fill(const KafkaMetadata *metadata, const KafkaLibrary *lib,
                                   rd_kafka_message_t *const *message, const uint16_t *number,
                                   BatchBuilder *out);

/* The place of a key in the list; -1: it is not there. */
int kafka_metadata_find(Text key);

#endif
