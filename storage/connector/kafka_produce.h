/* Handing records of an outbox to librdkafka, which sends them by itself: which partition, time and
 * headers, many at a time. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_PRODUCE_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_PRODUCE_H

#include "storage/connector/kafka_producer.h"

/* Some of the records of the transaction in hand, from `next` on, which moves behind those that are
 * librdkafka's now. What stood in the way of the one at `next`; _CONFLICT: that one was refused and
 * others behind it were taken, so that the transaction is spoilt. */
rd_kafka_resp_err_t kafka_produce_some(KafkaProducer *producer, const KafkaOutbox *outbox);

#endif
