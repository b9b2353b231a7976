/* The end of a client of librdkafka's, which may take long. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_DESTROY_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_DESTROY_H

#include "storage/connector/kafka_library.h"

/* Destroys it, but does not wait for that when it takes longer than a second or two, as it does
 * after a topic was deleted. NULL: there is none. */
void kafka_destroy(const KafkaLibrary *lib, rd_kafka_t *rk);

#endif
