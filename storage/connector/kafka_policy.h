/* What a topic does with old records: whether it is compacted, so that of those of a key it may
 * keep the last one alone. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_POLICY_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_POLICY_H

#include "storage/connector/kafka_client.h"

/* Of each topic, whose name is NUL-terminated. `otherwise`: where the broker does not tell it, to
 * this user or to anybody. E3007: it does not answer. */
CHECKED Status kafka_policy_compacts(KafkaClient *client, const Text *topic, uint32_t count,
                                     bool otherwise, bool *out, Diag *diag);

#endif
