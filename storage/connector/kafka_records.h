/* KafkaRecords: the values of messages on their way into a decoder.
 *
 * Decoders are at their fastest when they see many records in a row, each ended by a line feed. So
 * the values of messages are laid out like that, in a block that the rows may then point into; a
 * value that could not be told from two lines, or from none, is decoded by itself. What the decoder
 * says of places in the block is told again as offsets of messages. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_RECORDS_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_RECORDS_H

#include "storage/connector/connector.h"
#include "storage/connector/kafka_library.h"

typedef struct KafkaRecords {
    Meter *meter;
    Arena arena; /* the decoder's */
    Decoder *decoder;
    bool upserts;     /* a message without a value is a row: it deletes */
    bool raw;         /* likewise, a row of NULL; else it is none */
    uint32_t columns; /* that the value gives */
    char apart[3];    /* of csv: with one of these a record need not end with its line */
    uint32_t aparts;
    Block *block; /* values as lines; NULL: none is open */
    size_t used;
    uint32_t *place;   /* per message of a run: where its line begins */
    uint16_t *message; /* per row of the builder: which of the messages it is of */
} KafkaRecords;

CHECKED Status kafka_records_open(KafkaRecords *records, const ScanSpec *scan, Meter *meter);
void kafka_records_close(KafkaRecords *records);

/* Decodes messages, `count` at most BATCH_ROWS, behind what the builder has, until it is full.
 * *taken: so many are done with. The next call begins with the one behind them. */
CHECKED Status kafka_records_decode(KafkaRecords *records, rd_kafka_message_t *const *message,
                                    uint32_t count, BatchBuilder *out, uint32_t *taken);

#endif
