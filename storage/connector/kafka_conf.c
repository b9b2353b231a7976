#include "storage/connector/kafka_conf.h"

#include <string.h>

#include "storage/base/suggest.h"
#include "storage/connector/kafka_options.h"

/* What is better here than librdkafka's own defaults; the table's properties.* change it. */
static const KafkaPair preferred[][12] = {
    [KAFKA_CONSUMER] =
        {
            {"check.crcs", "true"},
            {"isolation.level", "read_committed"},
            {"reconnect.backoff.ms", "50"},
            {"reconnect.backoff.max.ms", "1000"},
            {"topic.metadata.refresh.interval.ms", "10000"},
            /* For so long newer versions do not believe that a topic is gone which they have read;
             * half a minute by default. */
            {"topic.metadata.propagation.max.ms", "5000"},
            {"socket.keepalive.enable", "true"},
            /* One fetch at a time is under way to a broker. When it asks for partitions alone that
             * are at their end, those whose queues have been used up since wait as long as it does:
             * half a second by default. */
            {"fetch.wait.max.ms", "10"},
            /* After a queue was full; a second by default, which starves a job that reads as fast
             * as it can. There since 2.2; see kafka_client_wake. */
            {"fetch.queue.backoff.ms", "5"},
            {NULL, NULL},
        },
    [KAFKA_PRODUCER] =
        {
            {"linger.ms", "5"},
            {"compression.codec", "lz4"},
            /* Between transactions at its back, a broker asks to come again, and 100 ms later is a
             * hundred times what that takes. */
            {"retry.backoff.ms", "5"},
            {"reconnect.backoff.ms", "50"},
            {"reconnect.backoff.max.ms", "1000"},
            {"socket.keepalive.enable", "true"},
            /* The broker and the topic have a limit of their own, which can be raised under a job.
             */
            {"message.max.bytes", "100000000"},
            {"queue.buffering.max.messages", "1000000"},
            {"queue.buffering.max.kbytes", "262144"},
            /* Newer versions forget all brokers when the last one goes, and begin anew with those
             * of the bootstrap list; 2.16 may then not send for minutes what waits in it. */
            {"metadata.recovery.strategy", "none"},
            {NULL, NULL},
        },
};

/* What its log says is told by errors where it matters; else nobody has asked. */
static void drop_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
    (void)client;
    (void)level;
    (void)facility;
    (void)text;
}

/* Without one librdkafka prints errors. What matters to those who set no callback of their own
 * comes back from the calls. */
static void drop_error(rd_kafka_t *client, int code, const char *reason, void *opaque)
{
    (void)client;
    (void)code;
    (void)reason;
    (void)opaque;
}

/* The nearest name that librdkafka or the translation knows. librdkafka lists what has a value. */
static void suggest(const KafkaLibrary *lib, rd_kafka_conf_t *conf, Text wrong, Diag *diag)
{
    enum { NAMES_MAX = 1024 };
    Text names[NAMES_MAX];
    size_t listed;
    const char **list = lib->conf_dump(conf, &listed);
    uint32_t count = kafka_setting_names(names, NAMES_MAX);
    for (size_t i = 0; i + 1 < listed && count < NAMES_MAX; i += 2)
        names[count++] = text_of(list[i]);
    int32_t near = suggest_find(wrong, names, count);
    if (near >= 0)
        diag_hint(diag, "did you mean \"properties.%.*s\"?", TEXT_ARG(names[near]));
    lib->conf_dump_free(list, listed);
}

static Status refuse_unknown(const KafkaLibrary *lib, rd_kafka_conf_t *conf, const char *name,
                             const OptionEntry *option, Diag *diag)
{
    diag_error(diag, E2112, option->key_span,
               "option \"%.*s\": the Kafka client has no setting \"%s\"", TEXT_ARG(option->key),
               name);
    suggest(lib, conf, text_of(name), diag);
    return ST_SEMANTIC;
}

/* Settings of an option that was given, or, where there is no `option`, of our own. */
static Status set(const KafkaLibrary *lib, rd_kafka_conf_t *conf, const char *name,
                  const char *value, const OptionEntry *option, Diag *diag)
{
    char why[256], words[256];
    rd_kafka_conf_res_t result = lib->conf_set(conf, name, value, why, sizeof why);
    if (result == RD_KAFKA_CONF_OK || (result == RD_KAFKA_CONF_UNKNOWN && option == NULL))
        return ST_OK; /* what we prefer of newer ones is none of this one's */
    if (result == RD_KAFKA_CONF_UNKNOWN)
        return refuse_unknown(lib, conf, name, option, diag);
    kafka_plain_words(why, words, sizeof words);
    if (option == NULL)
        return diag_error(diag, E3007, SPAN_NONE, "the Kafka client library refuses \"%s\": %s",
                          name, words);
    return diag_error(diag, E2114, option->value_span, "option \"%.*s\": %s", TEXT_ARG(option->key),
                      words);
}

static Status set_all(const KafkaLibrary *lib, rd_kafka_conf_t *conf, const KafkaPair *pair,
                      Diag *diag)
{
    for (; pair != NULL && pair->name != NULL; pair++)
        TRY(set(lib, conf, pair->name, pair->value, NULL, diag));
    return ST_OK;
}

static Status set_given(const KafkaLibrary *lib, rd_kafka_conf_t *conf, const TableSpec *table,
                        KafkaRole role, Arena *arena, Diag *diag)
{
    KafkaSetting *setting;
    uint32_t count;
    TRY(kafka_settings(table, arena, role == KAFKA_PRODUCER, &setting, &count, diag));
    for (uint32_t i = 0; i < count; i++) {
        const OptionEntry *option = setting[i].entry;
        TRY(set(lib, conf, setting[i].name, setting[i].value, option, diag));
    }
    return ST_OK;
}

Status kafka_conf_make(const KafkaLibrary *lib, const TableSpec *table, KafkaRole role,
                       const KafkaPair *own, rd_kafka_conf_t **out, Diag *diag)
{
    Arena arena;
    *out = lib->conf_new();
    arena_init(&arena, NULL);
    lib->conf_set_log_cb(*out, drop_log);
    lib->conf_set_error_cb(*out, drop_error);
    Status status = set_all(lib, *out, preferred[role], diag);
    if (status == ST_OK)
        status = set_given(lib, *out, table, role, &arena, diag);
    if (status == ST_OK)
        status = set_all(lib, *out, own, diag);
    arena_close(&arena);
    if (status != ST_OK) {
        lib->conf_destroy(*out);
        *out = NULL;
    }
    return status;
}

void kafka_plain_words(const char *from, char *out, size_t size)
{
    if (strncmp(from, "[thrd:", 6) == 0) {
        const char *behind = strstr(from, "]: ");
        from = behind == NULL ? from : behind + 3;
    }
    snprintf(out, size, "%s", from);
}
