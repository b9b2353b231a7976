/* KafkaSpool: messages on their way into the spool of their split, and out of it again: those of a
 * topic that may not have them any more, since it is compacted, when a restart needs them. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_SPOOL_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_SPOOL_H

#include "storage/connector/kafka_message.h"
#include "storage/connector/spool.h"

typedef struct KafkaSpool {
    Spool *spool; /* NULL: nothing is kept */
    const KafkaLibrary *lib;
    StrBuf record; /* one, while it is written */
    Arena arena;   /* the messages that were read last */
    uint64_t at;   /* in the spool: behind what has been given out */
    bool ended;    /* it knows that no more will come */
} KafkaSpool;

void kafka_spool_open(KafkaSpool *self, Spool *spool, const KafkaLibrary *lib, uint64_t offset,
                      Meter *meter);
void kafka_spool_close(KafkaSpool *self);

CHECKED Status kafka_spool_put(KafkaSpool *self, const rd_kafka_message_t *message);
/* The partition was read to the end of what is wanted of it. */
CHECKED Status kafka_spool_end(KafkaSpool *self);
/* `most` messages at most. SPOOL_BYTES: there are some; they last until the next call, and are
 * given back by kafka_message_free. ST_STATE: what is kept makes no sense. */
CHECKED Status kafka_spool_take(KafkaSpool *self, uint32_t most, rd_kafka_message_t **message,
                                uint32_t *count, SpoolRead *result);

#endif
