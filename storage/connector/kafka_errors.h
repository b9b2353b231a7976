/* What an error of librdkafka means to a sink: whether it is worth another try, and of what. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_ERRORS_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_ERRORS_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

/* It passes by itself. */
bool kafka_error_passes(rd_kafka_resp_err_t code);
/* That, or another transaction, perhaps of another producer, has it no more. */
bool kafka_another_helps(rd_kafka_resp_err_t code);
bool kafka_topic_is_gone(rd_kafka_resp_err_t code);

#endif
