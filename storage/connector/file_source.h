/* Reading one file: ConnectorClass.open_split of the filesystem. */
#ifndef WEIR_STORAGE_CONNECTOR_FILE_SOURCE_H
#define WEIR_STORAGE_CONNECTOR_FILE_SOURCE_H

#include "storage/connector/connector.h"

CHECKED Status file_open_split(const ScanSpec *scan, SourceEnv *env, const Split *split,
                               SplitReader **out, Diag *diag);

#endif
