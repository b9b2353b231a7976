/* ConnectorClass.bind_fields of kafka and upsert-kafka; they check the table's options as well,
 * since columns of a key are named by one. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_FIELDS_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_FIELDS_H

#include "storage/connector/connector.h"

CHECKED Status kafka_bind_fields(TableSpec *table, Arena *arena, Span span, Diag *diag);
CHECKED Status upsert_kafka_bind_fields(TableSpec *table, Arena *arena, Span span, Diag *diag);

#endif
