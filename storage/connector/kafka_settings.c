/* From properties.* to settings of librdkafka. Most names are the same on both sides; what is not,
 * or what concerns one face alone, or what Weir decides itself, is a row of the table here. */
#include "storage/base/secret.h"
#include "storage/base/vec.h"
#include "storage/connector/kafka_addresses.h"
#include "storage/connector/kafka_jaas.h"
#include "storage/connector/kafka_options.h"

typedef struct Translation {
    const TableSpec *table;
    Arena *arena;
    Diag *diag;
    bool producer;
    VEC(KafkaSetting) setting;
} Translation;

typedef Status (*Translate)(Translation *t, const OptionEntry *entry);

typedef struct Rule {
    const char *name; /* without "properties." */
    enum { FOR_BOTH, FOR_READING, FOR_WRITING } face;
    const char *to;      /* NULL: its own name */
    const char *refused; /* why; NULL: it is not */
    Translate translate; /* NULL: the value as it is */
} Rule;

/* --- values --- */

static Status add(Translation *t, const OptionEntry *entry, const char *name, Text value,
                  bool secret)
{
    Text copy;
    if (value.size > 0 && memchr(value.ptr, '\0', value.size) != NULL)
        return diag_error(t->diag, E2114, entry->value_span, "option \"%.*s\" has a zero byte",
                          TEXT_ARG(entry->key));
    for (uint32_t i = 0; i < t->setting.count; i++) {
        const KafkaSetting *other = &t->setting.item[i];
        if (strcmp(other->name, name) == 0)
            return diag_error(t->diag, E2111, entry->key_span,
                              "options \"%.*s\" and \"%.*s\" say the same: give one of them",
                              TEXT_ARG(other->key), TEXT_ARG(entry->key));
    }
    TRY(arena_text(t->arena, value, &copy));
    TRY_PUSH(&t->setting, t->arena, ((KafkaSetting){name, copy.ptr, entry->key, secret, entry}));
    return ST_OK;
}

static const OptionEntry *find(const Translation *t, const char *key)
{
    return option_find(t->table->options, key);
}

static Status refuse(const Translation *t, const OptionEntry *entry, const char *why,
                     const char *hint)
{
    diag_error(t->diag, E2002, entry->key_span, "option \"%.*s\": %s", TEXT_ARG(entry->key), why);
    if (hint != NULL)
        diag_hint(t->diag, "%s", hint);
    return ST_SEMANTIC;
}

/* --- TLS --- */

typedef enum StoreKind { STORE_PEM, STORE_PKCS12, STORE_JKS, STORE_UNSAID } StoreKind;

static bool has_ending(Text text, const char *ending)
{
    Text tail = text_of(ending);
    return text.size > tail.size &&
           text_equal_nocase((Text){text.ptr + text.size - tail.size, tail.size}, tail);
}

/* As its type says, or the name of the file. */
static Status store_kind(const Translation *t, const char *type_key, Text location, StoreKind *out)
{
    static const char *const name[] = {"PEM", "PKCS12", "JKS"};
    static const struct {
        const char *ending;
        StoreKind kind;
    } endings[] = {{".pem", STORE_PEM},    {".crt", STORE_PEM},    {".cer", STORE_PEM},
                   {".p12", STORE_PKCS12}, {".pfx", STORE_PKCS12}, {".jks", STORE_JKS}};
    const OptionEntry *type = find(t, type_key);
    *out = STORE_UNSAID;
    for (size_t i = 0; type == NULL && i < sizeof endings / sizeof endings[0]; i++) {
        if (has_ending(location, endings[i].ending))
            *out = endings[i].kind;
    }
    for (size_t i = 0; type != NULL && i < sizeof name / sizeof name[0]; i++) {
        if (text_equal_nocase(type->value, text_of(name[i])))
            *out = (StoreKind)i;
    }
    if (type != NULL && *out == STORE_UNSAID)
        return diag_error(t->diag, E2114, type->value_span,
                          "option \"%s\" expects one of PEM|PKCS12|JKS, not \"%.*s\"", type_key,
                          TEXT_ARG(type->value));
    return ST_OK;
}

static Status translate_truststore(Translation *t, const OptionEntry *entry)
{
    StoreKind kind;
    TRY(store_kind(t, "properties.ssl.truststore.type", entry->value, &kind));
    if (kind == STORE_PEM)
        return add(t, entry, "ssl.ca.location", entry->value, false);
    if (kind == STORE_UNSAID)
        return refuse(t, entry, "the kind of the file is not known",
                      "a file of PEM certificates: add 'properties.ssl.truststore.type' = 'PEM'");
    return refuse(
        t, entry, "trusted certificates are read from PEM files alone",
        "keytool -exportcert -rfc -keystore FILE -alias NAME > ca.pem writes one (PKCS12: "
        "openssl pkcs12 -in FILE -nokeys -out ca.pem); then 'ca.pem' here");
}

static Status translate_truststore_password(Translation *t, const OptionEntry *entry)
{
    return refuse(t, entry, "trusted certificates as PEM have no password", "leave it out");
}

static Status translate_keystore(Translation *t, const OptionEntry *entry)
{
    StoreKind kind;
    TRY(store_kind(t, "properties.ssl.keystore.type", entry->value, &kind));
    switch (kind) {
    case STORE_PKCS12: return add(t, entry, "ssl.keystore.location", entry->value, false);
    case STORE_PEM: /* both are in the one file */
        TRY(add(t, entry, "ssl.certificate.location", entry->value, false));
        return add(t, entry, "ssl.key.location", entry->value, false);
    case STORE_JKS:
        return refuse(t, entry, "keystores of Java's own kind cannot be read here",
                      "keytool -importkeystore -srckeystore FILE -destkeystore client.p12 "
                      "-deststoretype PKCS12 writes one that can");
    case STORE_UNSAID: break;
    }
    return refuse(t, entry, "the kind of the file is not known",
                  "add 'properties.ssl.keystore.type' = 'PKCS12' or 'PEM'");
}

static Status translate_keystore_password(Translation *t, const OptionEntry *entry)
{
    const OptionEntry *location = find(t, "properties.ssl.keystore.location");
    StoreKind kind = STORE_PEM;
    if (location != NULL)
        TRY(store_kind(t, "properties.ssl.keystore.type", location->value, &kind));
    if (location != NULL && kind != STORE_PEM)
        return add(t, entry, "ssl.keystore.password", entry->value, true);
    return refuse(t, entry, "it opens a PKCS12 file, and there is none",
                  "the password of a key as PEM is 'properties.ssl.key.password'");
}

/* What kind of store another option names: it was read with that. */
static Status translate_store_type(Translation *t, const OptionEntry *entry)
{
    StoreKind kind;
    Text key = entry->key;
    return store_kind(t,
                      text_is(key, "properties.ssl.keystore.type")
                          ? "properties.ssl.keystore.type"
                          : "properties.ssl.truststore.type",
                      TEXT_NONE, &kind);
}

/* Java's "" is "none". */
static Status translate_identification(Translation *t, const OptionEntry *entry)
{
    return add(t, entry, "ssl.endpoint.identification.algorithm",
               entry->value.size == 0 ? TEXT("none") : entry->value, false);
}

/* --- SASL --- */

static Status translate_jaas(Translation *t, const OptionEntry *entry)
{
    Jaas jaas;
    const OptionEntry *mechanism = find(t, "properties.sasl.mechanism");
    if (mechanism == NULL)
        mechanism = find(t, "properties.sasl.mechanisms");
    TRY(jaas_parse(entry, t->arena, &jaas, t->diag));
    if (mechanism == NULL) {
        diag_error(t->diag, E2113, entry->key_span,
                   "\"%.*s\" needs the option \"properties.sasl.mechanism\"", TEXT_ARG(entry->key));
        diag_hint(t->diag, "%s",
                  jaas.scram ? "'SCRAM-SHA-256' or 'SCRAM-SHA-512'" : "'PLAIN' for this module");
        return ST_SEMANTIC;
    }
    Text name = mechanism->value, scram = TEXT("SCRAM-");
    bool is_scram =
        name.size > scram.size && text_equal_nocase((Text){name.ptr, scram.size}, scram);
    if (jaas.scram ? !is_scram : !text_equal_nocase(name, TEXT("PLAIN")))
        return diag_error(t->diag, E2114, mechanism->value_span,
                          "the mechanism \"%.*s\" is not that of the module in "
                          "\"properties.sasl.jaas.config\"",
                          TEXT_ARG(name));
    TRY(add(t, entry, "sasl.username", jaas.username, false));
    return add(t, entry, "sasl.password", jaas.password, true);
}

/* --- the producer --- */

static Status translate_acks(Translation *t, const OptionEntry *entry)
{
    bool all = text_equal_nocase(entry->value, TEXT("all")) || text_is(entry->value, "-1");
    if (!all && option_enum(&t->table->scope, t->table->options, "sink.delivery-guarantee") ==
                    KAFKA_EXACTLY_ONCE) {
        diag_error(t->diag, E2114, entry->value_span,
                   "exactly-once needs what all replicas have: \"properties.acks\" is 'all'");
        diag_hint(t->diag, "or add 'sink.delivery-guarantee' = 'at-least-once'");
        return ST_SEMANTIC;
    }
    return add(t, entry, "acks", entry->value, false);
}

static Status translate_idempotence(Translation *t, const OptionEntry *entry)
{
    if (text_equal_nocase(entry->value, TEXT("true")))
        return ST_OK; /* as it is anyway where something is guaranteed */
    return refuse(t, entry, "it follows 'sink.delivery-guarantee'", NULL);
}

/* Bytes to kilobytes, at least one. */
static Status translate_buffer_memory(Translation *t, const OptionEntry *entry)
{
    int64_t bytes;
    Text value;
    if (!option_parse_size(entry->value, &bytes))
        return diag_error(t->diag, E2114, entry->value_span,
                          "option \"%.*s\" expects a number of bytes", TEXT_ARG(entry->key));
    TRY(arena_printf(t->arena, &value, "%lld", (long long)(bytes < 1024 ? 1 : bytes / 1024)));
    return add(t, entry, "queue.buffering.max.kbytes", value, false);
}

/* --- sockets --- */

/* Java's -1, the system's own size, is 0. */
static Status translate_socket_buffer(Translation *t, const OptionEntry *entry)
{
    bool send = text_is(entry->key, "properties.send.buffer.bytes");
    return add(t, entry, send ? "socket.send.buffer.bytes" : "socket.receive.buffer.bytes",
               text_is(entry->value, "-1") ? TEXT("0") : entry->value, false);
}

static Status translate_request_timeout(Translation *t, const OptionEntry *entry)
{
    return add(t, entry, t->producer ? "request.timeout.ms" : "socket.timeout.ms", entry->value,
               false);
}

/* librdkafka takes an empty one, and fails later, in words of something else. */
static Status translate_group(Translation *t, const OptionEntry *entry)
{
    if (entry->value.size == 0)
        return diag_error(t->diag, E2114, entry->value_span, "option \"%.*s\" is empty",
                          TEXT_ARG(entry->key));
    return add(t, entry, "group.id", entry->value, false);
}

static Status translate_servers(Translation *t, const OptionEntry *entry)
{
    TRY(kafka_addresses_check(entry, t->diag));
    return add(t, entry, "bootstrap.servers", entry->value, false);
}

/* --- the table --- */

#define BY_TABLE    "Weir keeps the positions itself, and sets it"
#define TLS_LIBRARY "the system's TLS library decides"
#define JAVA_CLASS  "classes of Java cannot run here"

/* clang-format off */
static const Rule rules[] = {
    {"bootstrap.servers", FOR_BOTH, NULL, NULL, translate_servers},
    {"security.providers", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"ssl.truststore.location", FOR_BOTH, NULL, NULL, translate_truststore},
    {"ssl.truststore.password", FOR_BOTH, NULL, NULL, translate_truststore_password},
    {"ssl.truststore.type", FOR_BOTH, NULL, NULL, translate_store_type},
    {"ssl.truststore.certificates", FOR_BOTH, "ssl.ca.pem", NULL, NULL},
    {"ssl.keystore.location", FOR_BOTH, NULL, NULL, translate_keystore},
    {"ssl.keystore.password", FOR_BOTH, NULL, NULL, translate_keystore_password},
    {"ssl.keystore.type", FOR_BOTH, NULL, NULL, translate_store_type},
    {"ssl.keystore.certificate.chain", FOR_BOTH, "ssl.certificate.pem", NULL, NULL},
    {"ssl.keystore.key", FOR_BOTH, "ssl.key.pem", NULL, NULL},
    {"ssl.endpoint.identification.algorithm", FOR_BOTH, NULL, NULL, translate_identification},
    {"ssl.ca.location", FOR_BOTH, NULL, NULL, NULL},
    {"ssl.certificate.location", FOR_BOTH, NULL, NULL, NULL},
    {"ssl.key.location", FOR_BOTH, NULL, NULL, NULL},
    {"ssl.protocol", FOR_BOTH, NULL, TLS_LIBRARY, NULL},
    {"ssl.enabled.protocols", FOR_BOTH, NULL, TLS_LIBRARY, NULL},
    {"ssl.provider", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"ssl.keymanager.algorithm", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"ssl.trustmanager.algorithm", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"ssl.secure.random.implementation", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"ssl.engine.factory.class", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"ssl.engine.location", FOR_BOTH, NULL, "a statement does not load libraries", NULL},
    {"sasl.mechanism", FOR_BOTH, "sasl.mechanisms", NULL, NULL},
    {"sasl.username", FOR_BOTH, NULL, NULL, NULL},
    {"sasl.jaas.config", FOR_BOTH, NULL, NULL, translate_jaas},
    {"sasl.client.callback.handler.class", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"sasl.login.callback.handler.class", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"sasl.login.class", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"sasl.kerberos.kinit.cmd", FOR_BOTH, NULL, "a statement does not run programs", NULL},
    {"plugin.library.paths", FOR_BOTH, NULL, "a statement does not load libraries", NULL},
    {"interceptor.classes", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"metric.reporters", FOR_BOTH, NULL, JAVA_CLASS, NULL},
    {"send.buffer.bytes", FOR_BOTH, NULL, NULL, translate_socket_buffer},
    {"receive.buffer.bytes", FOR_BOTH, NULL, NULL, translate_socket_buffer},
    {"request.timeout.ms", FOR_BOTH, NULL, NULL, translate_request_timeout},

    {"group.id", FOR_READING, NULL, NULL, translate_group},
    {"isolation.level", FOR_READING, NULL, NULL, NULL},
    {"fetch.max.wait.ms", FOR_READING, "fetch.wait.max.ms", NULL, NULL},
    {"fetch.wait.max.ms", FOR_READING, NULL, NULL, NULL},
    {"fetch.min.bytes", FOR_READING, NULL, NULL, NULL},
    {"fetch.max.bytes", FOR_READING, NULL, NULL, NULL},
    {"fetch.message.max.bytes", FOR_READING, NULL, NULL, NULL},
    {"fetch.error.backoff.ms", FOR_READING, NULL, NULL, NULL},
    {"max.partition.fetch.bytes", FOR_READING, NULL, NULL, NULL},
    {"queued.min.messages", FOR_READING, NULL, NULL, NULL},
    {"queued.max.messages.kbytes", FOR_READING, NULL, NULL, NULL},
    {"check.crcs", FOR_READING, NULL, NULL, NULL},
    {"enable.auto.offset.store", FOR_READING, NULL, BY_TABLE, NULL},
    {"enable.partition.eof", FOR_READING, NULL, "'scan.bounded.mode' says where reading ends", NULL},

    {"transactional.id", FOR_WRITING, NULL, "each sink has its own; 'sink.transactional-id-prefix' says how it begins", NULL},
    {"enable.idempotence", FOR_WRITING, NULL, NULL, translate_idempotence},
    {"enable.gapless.guarantee", FOR_WRITING, NULL, "it follows 'sink.delivery-guarantee'", NULL},
    {"partitioner.class", FOR_WRITING, NULL, JAVA_CLASS, NULL},
    {"partitioner", FOR_WRITING, NULL, "'sink.partitioner' says it", NULL},
    {"acks", FOR_WRITING, NULL, NULL, translate_acks},
    {"request.required.acks", FOR_WRITING, NULL, "write 'properties.acks'", NULL},
    {"max.request.size", FOR_WRITING, "message.max.bytes", NULL, NULL},
    {"buffer.memory", FOR_WRITING, NULL, NULL, translate_buffer_memory},
    {"transaction.timeout.ms", FOR_WRITING, NULL, NULL, NULL},
    {"compression.type", FOR_WRITING, NULL, NULL, NULL},
    {"compression.codec", FOR_WRITING, NULL, NULL, NULL},
    {"compression.level", FOR_WRITING, NULL, NULL, NULL},
    {"linger.ms", FOR_WRITING, NULL, NULL, NULL},
    {"batch.size", FOR_WRITING, NULL, NULL, NULL},
    {"batch.num.messages", FOR_WRITING, NULL, NULL, NULL},
    {"delivery.timeout.ms", FOR_WRITING, NULL, NULL, NULL},
    {"message.timeout.ms", FOR_WRITING, NULL, NULL, NULL},
    {"queue.buffering.max.messages", FOR_WRITING, NULL, NULL, NULL},
    {"queue.buffering.max.kbytes", FOR_WRITING, NULL, NULL, NULL},
    {"queue.buffering.max.ms", FOR_WRITING, NULL, NULL, NULL},
    {"retries", FOR_WRITING, NULL, NULL, NULL},
    {"message.send.max.retries", FOR_WRITING, NULL, NULL, NULL},
    {"retry.backoff.ms", FOR_WRITING, NULL, NULL, NULL},
    {"sticky.partitioning.linger.ms", FOR_WRITING, NULL, NULL, NULL},
};
/* clang-format on */

static const Rule *find_rule(Text name)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (text_is(name, rules[i].name))
            return &rules[i];
    }
    return NULL;
}

static const Text prefix = TEXT("properties.");

uint32_t kafka_setting_names(Text *out, uint32_t most)
{
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && count < most; i++)
        out[count++] = text_of(rules[i].name);
    for (const OptionDef *def = kafka_options; def->name != NULL && count < most; def++) {
        Text name = text_of(def->name);
        if (text_starts_with(name, prefix) && !text_is(name, "properties.*"))
            out[count++] = (Text){name.ptr + prefix.size, name.size - prefix.size};
    }
    return count;
}

static Status translate(Translation *t, const OptionEntry *entry)
{
    const OptionDef *def = option_find_def(&t->table->scope, entry->key);
    Text name = {entry->key.ptr + prefix.size, entry->key.size - prefix.size}, own;
    const Rule *rule = find_rule(name);
    bool secret = secret_is_key(entry->key);
    if (def != NULL && (def->flags & OPTION_IGNORED) != 0)
        return ST_OK;
    if (rule != NULL && rule->refused != NULL)
        return refuse(t, entry, rule->refused, NULL);
    if (rule != NULL && rule->face == (t->producer ? FOR_READING : FOR_WRITING))
        return ST_OK;
    if (text_is(name, "auto.offset.reset")) /* kafka_offset_reset */
        return ST_OK;
    if (rule != NULL && rule->translate != NULL)
        return rule->translate(t, entry);
    TRY(arena_text(t->arena, name, &own));
    return add(t, entry, rule != NULL && rule->to != NULL ? rule->to : own.ptr, entry->value,
               secret);
}

Status kafka_settings(const TableSpec *table, Arena *arena, bool producer, KafkaSetting **out,
                      uint32_t *count, Diag *diag)
{
    Translation t = {.table = table, .arena = arena, .diag = diag, .producer = producer};
    for (uint32_t i = 0; i < table->options.count; i++) {
        if (text_starts_with(table->options.item[i].key, prefix))
            TRY(translate(&t, &table->options.item[i]));
    }
    *out = t.setting.item;
    *count = t.setting.count;
    return ST_OK;
}
