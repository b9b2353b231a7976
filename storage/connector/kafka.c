/* The connector 'kafka': topics of Apache Kafka as tables, through librdkafka. Which files hold
 * what is in README.md. */
#include "storage/connector/kafka_client.h"
#include "storage/connector/kafka_conf.h"
#include "storage/connector/kafka_fields.h"
#include "storage/connector/kafka_list.h"
#include "storage/connector/kafka_metadata.h"
#include "storage/connector/kafka_options.h"
#include "storage/connector/kafka_sink.h"
#include "storage/connector/kafka_source.h"

/* A topic keeps what was read, or the position is gone, which is told. */
static bool kafka_replayable(const TableSpec *table)
{
    (void)table;
    return true;
}

static Micros kafka_monitor_interval(const TableSpec *table)
{
    return option_duration(&table->scope, table->options,
                           "scan.topic-partition-discovery.interval");
}

/* Which has no option for it: as often as of kafka. */
static Micros upsert_kafka_monitor_interval(const TableSpec *table)
{
    (void)table;
    return 5 * MICROS_PER_MINUTE;
}

/* What librdkafka says to the settings. A machine without it may still plan. */
static Status kafka_check(const TableSpec *table, Span span, Diag *diag)
{
    KafkaLibrary lib;
    rd_kafka_conf_t *conf;
    (void)span;
    if (kafka_library_load(&lib, NULL) != ST_OK)
        return ST_OK;
    TRY(kafka_conf_make(&lib, table, KAFKA_CONSUMER, NULL, &conf, diag));
    lib.conf_destroy(conf);
    return ST_OK;
}

static Status kafka_check_written(const TableSpec *table, Span span, Diag *diag)
{
    Arena arena;
    Text *topic;
    uint32_t topics = 0;
    Status status = ST_OK;
    if (!option_given(table->options, "topic")) {
        status =
            diag_error(diag, E2113, span,
                       "table \"%.*s\" has \"topic-pattern\", and is written into one \"topic\"",
                       TEXT_ARG(table->name));
        diag_hint(diag, "declare a table with the 'topic' that is to be written");
        return status;
    }
    arena_init(&arena, NULL);
    status = kafka_topics(table, &arena, &topic, &topics, diag);
    arena_close(&arena);
    if (status != ST_OK || topics == 1)
        return status;
    status = diag_error(diag, E2114, span, "table \"%.*s\" has %u topics, and is written into one",
                        TEXT_ARG(table->name), topics);
    diag_hint(diag, "declare a table with the one 'topic' that is to be written");
    return status;
}

const ConnectorClass kafka_connector = {
    .name = "kafka",
    .doc = "topics of Apache Kafka, read from positions that the job keeps and written in its "
           "transactions",
    .options = kafka_options,
    .needs_format = true,
    .takes_format = true,
    .messages = true,
    .shares_splits = true,
    .reads_ahead = true,
    .metadata = kafka_metadata_list,
    .replayable = kafka_replayable,
    .bounded = kafka_is_bounded,
    .list = kafka_list,
    .monitor_interval = kafka_monitor_interval,
    .open_split = kafka_open_split,
    .committed = kafka_committed,
    .bind_fields = kafka_bind_fields,
    .exactly_once = kafka_is_exactly_once,
    .open_sink = kafka_open_sink,
    .check = kafka_check,
    .check_written = kafka_check_written,
};

const ConnectorClass upsert_kafka_connector = {
    .name = "upsert-kafka",
    .doc =
        "topics of Apache Kafka whose records say what the row of their key is now; one without a "
        "value deletes it",
    .options = upsert_kafka_options,
    .needs_format = true,
    .takes_format = true,
    .messages = true,
    .shares_splits = true,
    .reads_ahead = true,
    .upserts = true,
    .metadata = kafka_metadata_list,
    .replayable = kafka_replayable,
    .bounded = kafka_is_bounded,
    .list = kafka_list,
    .monitor_interval = upsert_kafka_monitor_interval,
    .open_split = kafka_open_split,
    .committed = kafka_committed,
    .bind_fields = upsert_kafka_bind_fields,
    .accepts_updates = true,
    .exactly_once = kafka_is_exactly_once,
    .open_sink = upsert_kafka_open_sink,
    .check = kafka_check,
    .check_written = kafka_check_written,
};
