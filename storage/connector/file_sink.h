/* Writing part files: ConnectorClass.open_sink of the filesystem. */
#ifndef WEIR_STORAGE_CONNECTOR_FILE_SINK_H
#define WEIR_STORAGE_CONNECTOR_FILE_SINK_H

#include "storage/connector/connector.h"

CHECKED Status file_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                              uint64_t *stored_epoch, Sink **out, Diag *diag);

#endif
