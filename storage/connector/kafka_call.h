/* A call of librdkafka's that may not return for long, or at all: it is made in a thread of its
 * own, and left to that when it takes too long. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_CALL_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_CALL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "storage/base/clock.h"

typedef struct KafkaCall {
    void (*run)(void *context);
    /* In the same thread, where nobody has waited for the end of it: the context is no one else's
     * then. */
    void (*left)(void *context);
    void *context;
} KafkaCall;

/* True: it has returned, and what it has done is to be seen. False: it has not, within that time or
 * soon after *stop, which may be NULL. Without a thread to be had it is made here, however long it
 * takes. */
bool kafka_call(const KafkaCall *call, Micros most, const atomic_bool *stop);

#endif
