/* KafkaMarker: how far a sink has come, kept by the broker as the offset of a consumer group of the
 * sink's own, at partition 0 of its topic: the epoch + 1. Its metadata say "weir", which run of the
 * job has written it and how many records of the next epoch have gone out. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_MARKER_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_MARKER_H

#include <stdatomic.h>

#include "storage/connector/connector.h"
#include "storage/connector/kafka_library.h"

typedef struct KafkaMarker {
    bool exists;
    uint64_t incarnation; /* of the run that has written it */
    uint64_t epoch;       /* all of it has gone out */
    uint64_t rows;        /* and so many records of the next one */
} KafkaMarker;

typedef struct KafkaMarkerPlace {
    const KafkaLibrary *lib;
    const TableSpec *table;
    const char *group, *topic;
} KafkaMarkerPlace;

bool kafka_marker_same(const KafkaMarker *a, const KafkaMarker *b);

/* What is committed now, by a consumer made for that. *error: what the broker has answered instead.
 * E3006: the group's offset is not of this kind. */
CHECKED Status kafka_marker_read(const KafkaMarkerPlace *place, int wait_ms, KafkaMarker *out,
                                 rd_kafka_resp_err_t *error, Diag *diag);
/* Into the transaction of the producer; *error is NULL when it is there. Not *answered: no answer
 * came in time, or soon after *stop (NULL: never). The producer is not the caller's any more then:
 * it is ended when librdkafka returns, which it does not, whatever its own limit, before the
 * group's coordinator is back. */
CHECKED Status kafka_marker_send(const KafkaMarkerPlace *place, rd_kafka_t *producer,
                                 const KafkaMarker *marker, int wait_ms, const atomic_bool *stop,
                                 bool *answered, rd_kafka_error_t **error);

#endif
