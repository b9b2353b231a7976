/* Jaas: the one line in which Kafka's Java client is told a user and a password for SASL. Nothing
 * of it is repeated in a message. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_JAAS_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_JAAS_H

#include "storage/data/options.h"

typedef struct Jaas {
    bool scram; /* else PLAIN */
    Text username, password;
} Jaas;

/* E2114 for what is no such line, E2002 for other modules. */
CHECKED Status jaas_parse(const OptionEntry *entry, Arena *arena, Jaas *out, Diag *diag);

#endif
