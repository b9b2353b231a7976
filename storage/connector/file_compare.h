/* Whether a file that a job has read can be read again from its start: ConnectorClass.compare of
 * the filesystem. */
#ifndef WEIR_STORAGE_CONNECTOR_FILE_COMPARE_H
#define WEIR_STORAGE_CONNECTOR_FILE_COMPARE_H

#include "storage/connector/connector.h"

CHECKED Status file_compare(const Split *before, uint64_t read, const Split *now, uint32_t count,
                            char why[SPLIT_WHY_SIZE], Diag *diag);

#endif
