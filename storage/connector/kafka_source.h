/* Reading one partition of a topic: ConnectorClass.open_split of kafka. Offsets of the split are
 * those of the partition. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_SOURCE_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_SOURCE_H

#include "storage/connector/connector.h"

CHECKED Status kafka_open_split(const ScanSpec *scan, SourceEnv *env, const Split *split,
                                SplitReader **out, Diag *diag);

#endif
