/* Options of the connectors 'kafka' and 'upsert-kafka', and what they mean: the tables, the checks
 * of what stands together, and `properties.*` as settings of librdkafka. Flink's users write the
 * names of Kafka's Java client; they are translated, or refused by name with what to write instead.
 * librdkafka itself is not used here: what its values may be, it says when it is opened with them.
 */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_OPTIONS_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_OPTIONS_H

#include "storage/connector/table_spec.h"

/* The orders are those of the options' values. */
typedef enum KafkaStartup {
    KAFKA_STARTUP_EARLIEST,
    KAFKA_STARTUP_LATEST,
    KAFKA_STARTUP_GROUP,
    KAFKA_STARTUP_TIMESTAMP,
    KAFKA_STARTUP_OFFSETS,
} KafkaStartup;

typedef enum KafkaBounded {
    KAFKA_BOUNDED_NEVER,
    KAFKA_BOUNDED_LATEST,
    KAFKA_BOUNDED_GROUP,
    KAFKA_BOUNDED_TIMESTAMP,
    KAFKA_BOUNDED_OFFSETS,
} KafkaBounded;

typedef enum KafkaReset { KAFKA_RESET_NONE, KAFKA_RESET_EARLIEST, KAFKA_RESET_LATEST } KafkaReset;

typedef enum KafkaGuarantee {
    KAFKA_NO_GUARANTEE,
    KAFKA_AT_LEAST_ONCE,
    KAFKA_EXACTLY_ONCE,
} KafkaGuarantee;

typedef enum KafkaPartitioner {
    KAFKA_PARTITION_DEFAULT,
    KAFKA_PARTITION_FIXED,
    KAFKA_PARTITION_ROUND_ROBIN,
} KafkaPartitioner;

typedef struct KafkaOffset {
    int32_t partition;
    int64_t offset;
} KafkaOffset;

/* One setting of librdkafka. */
typedef struct KafkaSetting {
    const char *name, *value;
    Text key; /* as the user wrote it, 'properties.x' */
    bool secret;
    const OptionEntry *entry; /* to point at */
} KafkaSetting;

extern const OptionDef kafka_options[], upsert_kafka_options[];

/* ConnectorClass.check. */
CHECKED Status kafka_options_check(const TableSpec *table, bool upsert, Span span, Diag *diag);
/* What only a table that is read needs: E2113. */
CHECKED Status kafka_source_check(const TableSpec *table, bool upsert, Diag *diag);

/* What the table's properties.* say, by librdkafka's names; what Weir sets itself is not among
 * them. E2001, E2002, E2111, E2113 or E2114 for what cannot be translated. `producer`: for the
 * sink. */
CHECKED Status kafka_settings(const TableSpec *table, Arena *arena, bool producer,
                              KafkaSetting **out, uint32_t *count, Diag *diag);

/* Names behind "properties." that are known here, whatever librdkafka knows. */
uint32_t kafka_setting_names(Text *out, uint32_t most);

/* The names in 'topic'. E2113 without it: there is 'topic-pattern' then, which cannot be written
 * to.
 */
CHECKED Status kafka_topics(const TableSpec *table, Arena *arena, Text **topic, uint32_t *count,
                            Diag *diag);
/* "partition:0,offset:42;partition:1,offset:300". `entry`: to point at. */
CHECKED Status kafka_specific_offsets(Text value, const OptionEntry *entry, Arena *arena,
                                      KafkaOffset **out, uint32_t *count, Diag *diag);
/* The positions of 'key.fields' among the physical columns; of the key for upsert-kafka. */
CHECKED Status kafka_key_columns(const TableSpec *table, bool upsert, Arena *arena, uint32_t **out,
                                 uint32_t *count, Diag *diag);
/* The options of one of the two formats without their prefix: 'key.json.x' as 'json.x'. For the
 * value of a table with 'format' these are all that it has. */
CHECKED Status kafka_format_options(const TableSpec *table, bool key, Arena *arena,
                                    OptionList *out);

/* Where a partition begins for which the group has committed nothing. */
KafkaReset kafka_offset_reset(const TableSpec *table);
KafkaPartitioner kafka_partitioner(const TableSpec *table);

/* Of a list in an option: what stands before the next mark, without blanks around it; *rest goes on
 * behind it. False when nothing is left. */
bool kafka_take_part(Text *rest, char mark, Text *out);

#endif
