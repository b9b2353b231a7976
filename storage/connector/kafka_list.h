/* Which partitions a table reads, and from where to where: ConnectorClass.list of kafka. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_LIST_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_LIST_H

#include "storage/connector/connector.h"

bool kafka_is_bounded(const TableSpec *table);

CHECKED Status kafka_list(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count,
                          Diag *diag);

/* ConnectorClass.committed. */
void kafka_committed(const TableSpec *table, SourceEnv *env, const Split *split, uint64_t offset);

/* The topic and partition of a split, whose name is "topic[3]". *topic: NUL-terminated. */
CHECKED Status kafka_split_parse(const Split *split, Arena *arena, const char **topic,
                                 int32_t *partition);

#endif
