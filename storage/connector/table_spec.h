/* TableSpec: a declared table, as connectors see it. */
#ifndef WEIR_STORAGE_CONNECTOR_TABLE_SPEC_H
#define WEIR_STORAGE_CONNECTOR_TABLE_SPEC_H

#include "storage/format/format.h"

/* The key that a record has beside its value, where the connector has such and it is decoded. */
typedef struct RecordKey {
    const FormatClass *format; /* NULL: it is not */
    OptionScope scope;
    OptionList options;
    Schema schema;          /* its fields, by the names they have there */
    const uint32_t *column; /* the physical column of each */
    bool in_value;          /* the value has these columns, too */
    bool read;              /* they are read from the key, not from the value */
} RecordKey;

/* Lives as long as the job. */
typedef struct TableSpec {
    Text name;
    const struct ConnectorClass *connector;
    const FormatClass *format; /* NULL where the connector has none */
    OptionScope scope;
    OptionList options;
    OptionList format_options; /* those of the value's format, as it names them */
    Schema schema;             /* physical columns */
    RecordKey record_key;
    Schema value; /* those that a record's value has: all, or without those of its key */
    const uint32_t *value_column; /* the physical column of each */
    const uint32_t *key;          /* PRIMARY KEY, of the physical columns */
    uint32_t key_count;
    /* Metadata columns: `key` of the connector ("file.path") for schema positions after the
     * physical ones. */
    const Text *metadata_key;
    uint32_t metadata_count;
    /* Those of them that rows written have, behind the physical columns. */
    const uint32_t *written_metadata;
    uint32_t written_metadata_count;
} TableSpec;

#endif
