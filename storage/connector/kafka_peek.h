/* KafkaPeek: the last records of a topic, to be looked at. No table is read and no position kept:
 * who asks gives a TableSpec that has options and a name alone. The records are the client's, and
 * go when the peek is closed. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_PEEK_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_PEEK_H

#include "storage/connector/kafka_client.h"

typedef struct PeekedRecord {
    int32_t partition;
    int64_t offset;
    bool timed;
    Micros time; /* as Kafka has it; with `timed` */
    bool has_key, has_value;
    Text key, value;
} PeekedRecord;

/* How much is read. */
typedef struct PeekExtent {
    uint32_t records;        /* of each partition, whatever their size; at least 1 */
    uint32_t sample_records; /* of all partitions, as many as are within... */
    uint32_t sample_bytes;   /* ...this size, by that of the last ones */
    bool (*stopped)(void);   /* asked again and again; ST_CANCELLED */
} PeekExtent;

typedef struct KafkaPeek {
    Arena arena;
    SharedSource *shared;
    rd_kafka_message_t **message; /* to be given back */
    PeekedRecord *record;         /* by time, partition, offset; those without a time first */
    uint32_t count, partitions;
} KafkaPeek;

/* E3008: there is no such topic; E3007: nobody answers. Closed in any case. `clock` and `meter`
 * outlive it. */
CHECKED Status kafka_peek_open(KafkaPeek *peek, const TableSpec *table, Clock *clock, Meter *meter,
                               const PeekExtent *extent, Diag *diag);
void kafka_peek_close(KafkaPeek *peek);

#endif
