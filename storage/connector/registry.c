#include "storage/connector/connector.h"

const ConnectorClass *const connector_classes[] = {
    &filesystem_connector, &stdin_connector, &stdout_connector,
    &datagen_connector,    &print_connector, &blackhole_connector,
    &sqlite_connector,     &kafka_connector, &upsert_kafka_connector,
};
const uint32_t connector_count = sizeof connector_classes / sizeof connector_classes[0];

const ConnectorClass *connector_find(Text name)
{
    for (uint32_t i = 0; i < connector_count; i++) {
        if (text_is(name, connector_classes[i]->name))
            return connector_classes[i];
    }
    return NULL;
}

const OptionDef table_options[] = {
    {"connector", OPTION_TEXT, NULL, NULL, OPTION_REQUIRED, "where the table's rows are"},
    {"format", OPTION_TEXT, NULL, NULL, OPTION_RESULT, "how records are written: json, csv, raw"},
    {"on-error", OPTION_ENUM, "reject", "reject|fail|skip", OPTION_EXTENSION | OPTION_RESULT,
     "what happens to a record that cannot be decoded: it becomes a row of \"<table>$errors\", "
     "stops "
     "the job, or is counted only"},
    {"max-rejected-ratio", OPTION_DOUBLE, "0.5", NULL, OPTION_EXTENSION | OPTION_RESULT,
     "the job stops when a larger share of at least 10,000 records is rejected; 1 is never"},
    {"max-future-skew", OPTION_DURATION, "1 d", NULL, OPTION_EXTENSION | OPTION_RESULT,
     "a rowtime further ahead of the clock is rejected; off for bounded input unless given"},
    {"allow-lateness", OPTION_DURATION, "0 s", NULL,
     OPTION_EXTENSION | OPTION_RESULT | OPTION_UNSUPPORTED,
     "how long windows over this table stay open for late rows"},
    {"scan.watermark.emit.strategy", OPTION_ENUM, "on-periodic", "on-periodic|on-event",
     OPTION_IGNORED, "watermarks are exact per row here, which is more than on-event asks for"},
    {"scan.watermark.idle-timeout", OPTION_DURATION, "0 s", NULL, OPTION_RESULT,
     "a split without rows for so long no longer holds back the watermark; 0 is never"},
    {"scan.watermark.idle-advance", OPTION_DURATION, "0 s", NULL, OPTION_EXTENSION | OPTION_RESULT,
     "a split that was read to its end and has been silent for so long: from then on its watermark "
     "goes on with the clock, so that windows close although nothing comes; 0 is never"},
    {"scan.watermark.alignment.group", OPTION_TEXT, NULL, NULL, OPTION_IGNORED,
     "splits and tables of a job are always read in the order of their watermarks here"},
    {"scan.watermark.alignment.max-drift", OPTION_DURATION, NULL, NULL, OPTION_IGNORED,
     "splits and tables of a job are always read in the order of their watermarks here"},
    {"scan.watermark.alignment.update-interval", OPTION_DURATION, "1 s", NULL, OPTION_IGNORED,
     "splits and tables of a job are always read in the order of their watermarks here"},
    {"scan.parallelism", OPTION_INT, NULL, NULL, OPTION_IGNORED,
     "the number of reader threads is not a table's matter here"},
    {"sink.parallelism", OPTION_INT, NULL, NULL, OPTION_IGNORED,
     "a sink keeps the order of its rows, with one writer"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};
