/* KafkaKeys: columns that are read from the keys of messages. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_KEYS_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_KEYS_H

#include "storage/connector/connector.h"
#include "storage/connector/kafka_library.h"

typedef struct KafkaKeys {
    Decoder *decoder; /* NULL: no column is */
    Meter *meter;
    BatchBuilder row;      /* the columns of one key */
    uint32_t count, first; /* columns of the builder that is filled */
    bool open;
} KafkaKeys;

CHECKED Status kafka_keys_open(KafkaKeys *keys, const ScanSpec *scan, Arena *arena, Meter *meter);
void kafka_keys_close(KafkaKeys *keys);
/* All rows of the builder; `number`: which of the messages each is of, ascending. Columns of a key
 * that cannot be decoded are bad cells; those of a message without a key are NULL. */
CHECKED Status kafka_keys_fill(KafkaKeys *keys, rd_kafka_message_t *const *message,
                               const uint16_t *number, BatchBuilder *out);

#endif
