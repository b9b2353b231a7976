/* KafkaOutbox: the records of an epoch on their way to Kafka. They stay here until the broker has
 * them for certain, so that they can be sent again; librdkafka is given pointers into it and copies
 * nothing. With a key to be kept, a later record of the same key takes the place of an earlier one:
 * what goes out is the net change. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_OUTBOX_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_OUTBOX_H

#include "storage/base/map.h"
#include "storage/base/strbuf.h"
#include "storage/connector/kafka_library.h"

typedef struct KafkaRecord {
    size_t at; /* of its bytes: key, value, headers */
    uint32_t key_size, value_size, headers_size;
    bool has_key, has_value, replaced;
    int64_t time; /* in milliseconds; KAFKA_NO_TIME: when it is sent */
} KafkaRecord;

#define KAFKA_NO_TIME INT64_MIN

typedef struct KafkaOutbox {
    Meter *meter;
    StrBuf bytes;
    KafkaRecord *record;
    uint32_t count, capacity;
    uint32_t *slot; /* per hash of a key: a record + 1; 0: none. NULL: keys are not looked at */
    uint32_t slots; /* a power of two */
} KafkaOutbox;

void kafka_outbox_open(KafkaOutbox *outbox, Meter *meter);
void kafka_outbox_close(KafkaOutbox *outbox);
void kafka_outbox_clear(KafkaOutbox *outbox);
uint64_t kafka_outbox_bytes(const KafkaOutbox *outbox);

/* Who adds a record appends to `bytes` its key, then its value, then its headers (each as name, a
 * zero byte, size of the value as uint32_t, UINT32_MAX for none, value), with their sizes in
 * `record`, then calls this. `net`: it replaces what the outbox has of the key. */
CHECKED Status kafka_outbox_add(KafkaOutbox *outbox, const KafkaRecord *record, bool net);

static inline const char *kafka_record_key(const KafkaOutbox *outbox, const KafkaRecord *record)
{
    return outbox->bytes.ptr + record->at;
}
static inline const char *kafka_record_value(const KafkaOutbox *outbox, const KafkaRecord *record)
{
    return outbox->bytes.ptr + record->at + record->key_size;
}

#endif
