/* TableSpec: a declared table, as connectors see it. */
#ifndef WEIR_STORAGE_CONNECTOR_TABLE_SPEC_H
#define WEIR_STORAGE_CONNECTOR_TABLE_SPEC_H

#include "storage/format/format.h"

/* Lives as long as the job. */
typedef struct TableSpec {
    Text name;
    const struct ConnectorClass *connector;
    const FormatClass *format; /* NULL where the connector has none */
    OptionScope scope;
    OptionList options;
    Schema schema;       /* physical columns */
    const uint32_t *key; /* PRIMARY KEY, of the physical columns */
    uint32_t key_count;
    /* Metadata columns: `key` of the connector ("file.path") for schema positions after the
     * physical ones. */
    const Text *metadata_key;
    uint32_t metadata_count;
} TableSpec;

#endif
