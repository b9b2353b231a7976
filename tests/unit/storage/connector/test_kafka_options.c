/* The options of kafka and upsert-kafka: what goes together, and properties.* in librdkafka's
 * names. */
#include "connector_harness.h"

#include "storage/base/secret.h"
#include "storage/connector/kafka_options.h"

enum { OPTIONS_MAX = 16 };

static const ConnectorClass kafka = {.name = "kafka", .options = kafka_options};
static const ConnectorClass upsert = {.name = "upsert-kafka", .options = upsert_kafka_options};

typedef struct Fixture {
    Meter meter;
    Arena arena;
    TableSpec table;
    Field field[3];
    uint32_t key[1];
    OptionEntry option[OPTIONS_MAX];
    char text[2048];
    Diag diag;
    bool is_upsert;
} Fixture;

static void set_option(Fixture *f, const char *name, const char *value)
{
    uint32_t i = 0;
    while (i < f->table.options.count && !text_is(f->option[i].key, name))
        i++;
    assert_true(i < OPTIONS_MAX);
    uint32_t at = i * 100; /* a place of its own for each, to know it again */
    f->option[i] = (OptionEntry){text_of(name), text_of(value), {at + 1, at + 2}, {at + 3, at + 4}};
    if (i == f->table.options.count)
        f->table.options.count++;
}

/* options: "name=value|name=value"; a name with ! before it is taken out again. */
static void fixture_open(Fixture *f, const char *base, const char *options)
{
    memset(f, 0, sizeof *f);
    meter_init(&f->meter, NULL, 0);
    arena_init(&f->arena, &f->meter);
    f->is_upsert = strstr(base, "upsert") != NULL;
    TableSpec *table = &f->table;
    table->name = TEXT("t");
    table->connector = f->is_upsert ? &upsert : &kafka;
    table->scope =
        (OptionScope){{table->connector->options, table_options, json_format.options},
                      3,
                      f->is_upsert ? "connector \"upsert-kafka\"" : "connector \"kafka\""};
    table->options.item = f->option;
    f->field[0] = (Field){.name = TEXT("id"), .type = type_make(TYPE_INT)};
    f->field[1] = (Field){.name = TEXT("k_a"), .type = type_make(TYPE_INT)};
    f->field[2] = (Field){.name = TEXT("b"), .type = type_make(TYPE_INT)};
    table->schema = (Schema){3, f->field};
    table->key = f->key;
    table->key_count = f->is_upsert ? 1 : 0;
    snprintf(f->text, sizeof f->text, "%s%s%s", base, options[0] == '\0' ? "" : "\x1f", options);
    char *rest = f->text;
    for (char *pair; (pair = strsep(&rest, "\x1f|")) != NULL;) {
        char *sign = strchr(pair, '=');
        if (pair[0] == '!') {
            uint32_t i = 0;
            while (!text_is(f->option[i].key, pair + 1))
                assert_true(++i < table->options.count);
            f->option[i] = f->option[--table->options.count];
            continue;
        }
        assert_non_null(sign);
        *sign = '\0';
        set_option(f, pair, sign + 1);
    }
}

static void fixture_close(Fixture *f)
{
    arena_close(&f->arena);
    assert_int_equal(f->meter.used_bytes, 0);
}

static Status check(Fixture *f)
{
    TRY(options_check(&f->table.scope, f->table.options, (Span){9001, 9002}, &f->diag));
    return kafka_options_check(&f->table, f->is_upsert, (Span){9001, 9002}, &f->diag);
}

#define KAFKA "connector=kafka|topic=a|properties.bootstrap.servers=h:9092|format=json"
#define UPSERT                                                                                     \
    "connector=upsert-kafka|topic=a|properties.bootstrap.servers=h:9092|key.format=json|"          \
    "value.format=json"

#define SERVERS "properties.bootstrap.servers="

typedef struct Case {
    const char *base, *options;
    ErrorCode code;      /* E0001: accepted */
    const char *at;      /* the option that is pointed at, "x=" its value; NULL: the table */
    const char *message; /* a part of it, or of the hint */
} Case;

static void check_place(const Fixture *f, const Case *c)
{
    uint32_t start = 9001;
    if (c->at != NULL) {
        size_t size = strcspn(c->at, "=");
        const Text name = {c->at, (uint32_t)size};
        uint32_t i = 0;
        while (!text_equal(f->option[i].key, name))
            assert_true(++i < f->table.options.count);
        start = i * 100 + (c->at[size] == '=' ? 3 : 1);
    }
    if (f->diag.span.start != start)
        fail_msg("%s: points at %u, not %u", c->options, f->diag.span.start, start);
}

static void run_cases(const Case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Case *c = &cases[i];
        Fixture f;
        fixture_open(&f, c->base, c->options);
        Status status = check(&f);
        if ((status == ST_OK) != (c->code == E0001) || (status != ST_OK && f.diag.code != c->code))
            fail_msg("%s: %s %s", c->options, error_def(f.diag.code)->name, f.diag.message);
        if (status != ST_OK)
            check_place(&f, c);
        if (c->message != NULL && strstr(f.diag.message, c->message) == NULL &&
            strstr(f.diag.hint, c->message) == NULL)
            fail_msg("%s: %s (%s)", c->options, f.diag.message, f.diag.hint);
        fixture_close(&f);
    }
}

static void test_topics_and_formats(void **state)
{
    (void)state;
    static const Case cases[] = {
        {KAFKA, "", E0001, NULL, NULL},
        {KAFKA, "!topic", E2113, NULL, "\"topic\" or \"topic-pattern\""},
        {KAFKA, "topic-pattern=a.*", E2111, "topic-pattern", "give one of them"},
        {KAFKA, "!topic|topic-pattern=a.*", E0001, NULL, NULL},
        {KAFKA, "!topic|topic-pattern=a++", E2001, "topic-pattern=", "possessive"},
        {KAFKA, "!topic|topic-pattern=", E2114, "topic-pattern=", "empty"},
        {KAFKA, "topic= a ; b-1._Z ", E0001, NULL, NULL},
        {KAFKA, "topic=a;;b", E2114, "topic=", "empty"},
        {KAFKA, "topic=a;", E2114, "topic=", "empty"},
        {KAFKA, "topic=", E2114, "topic=", "empty"},
        {KAFKA, "properties.bootstrap.servers=", E2114, "properties.bootstrap.servers=", "empty"},
        {KAFKA, SERVERS "host with space:9092", E2114, SERVERS, "name of a host"},
        {KAFKA, SERVERS ":9092", E2114, SERVERS, "name of a host"},
        {KAFKA, SERVERS "a:9092,b/c:9092", E2114, SERVERS, "\"b/c:9092\" is not the address"},
        {KAFKA, SERVERS "a:", E2114, SERVERS, "1 to 65535"},
        {KAFKA, SERVERS "a:0", E2114, SERVERS, "1 to 65535"},
        {KAFKA, SERVERS "a:65536", E2114, SERVERS, "1 to 65535"},
        {KAFKA, SERVERS "a:4294967297", E2114, SERVERS, "1 to 65535"},
        {KAFKA, SERVERS "a:9092x", E2114, SERVERS, "1 to 65535"},
        {KAFKA, SERVERS "http://a:9092", E2114, SERVERS, "no such protocol"},
        {KAFKA, SERVERS "::1", E2114, SERVERS, "[::1]:9092"},
        {KAFKA, SERVERS "[::1", E2114, SERVERS, "not closed"},
        {KAFKA, SERVERS "[::1]9092", E2114, SERVERS, "behind the bracket"},
        {KAFKA, SERVERS "[]:9092", E2114, SERVERS, "name of a host"},
        {KAFKA, SERVERS " , ", E2114, SERVERS, "empty"},
        {KAFKA, SERVERS "a", E0001, NULL, NULL},
        {KAFKA, SERVERS "a:1, b_c.d-e:65535 ,", E0001, NULL, NULL},
        {KAFKA, SERVERS "PLAINTEXT://127.0.0.1:9092,sasl_ssl://[fe80::1%eth0]:9093", E0001, NULL,
         NULL},
        {KAFKA, "properties.group.id=", E2114, "properties.group.id=", "empty"},
        {KAFKA, "topic=a;b;a", E2111, "topic=", "\"a\" is given twice"},
        {KAFKA, "topic=a,b", E2114, "topic=", "; stands between"},
        {KAFKA, "topic=..", E2114, "topic=", "cannot be"},
        {KAFKA, "!properties.bootstrap.servers", E2113, NULL, "properties.bootstrap.servers"},
        {KAFKA, "!format", E2113, NULL, "\"format\" or \"value.format\""},
        {KAFKA, "value.format=json", E2111, "value.format", "the same"},
        {KAFKA, "!format|value.format=jsonn", E2115, "value.format=", "json"},
        {KAFKA, "!format|value.format=json|value.json.ignore-parse-errors=true", E0001, NULL, NULL},
        {KAFKA, "!format|value.format=json|value.json.ignore-parse-errors=x", E2114,
         "value.json.ignore-parse-errors=", "true or false"},
        {KAFKA, "!format|value.format=json|value.json.ignore=x", E2112, "value.json.ignore",
         "no option \"json.ignore\""},
        {KAFKA, "!format|value.format=json|json.ignore-parse-errors=true", E2112,
         "json.ignore-parse-errors", "'value.json.ignore-parse-errors'"},
        {KAFKA, "json.ignore-parse-errors=true", E0001, NULL, NULL},
        {KAFKA, "value.json.ignore-parse-errors=true", E2112, "value.json.ignore-parse-errors",
         "'json.ignore-parse-errors'"},
        {KAFKA, "value.fields-inclde=ALL", E2112, "value.fields-inclde", "value.fields-include"},
        {KAFKA, "scan.startup.mod=timestamp", E2112, "scan.startup.mod", "scan.startup.mode"},
        {UPSERT, "", E0001, NULL, NULL},
        {UPSERT, "format=json", E2112, "format", "\"key.format\" and \"value.format\""},
        {UPSERT, "!key.format", E2113, NULL, "key.format"},
        {UPSERT, "!value.format", E2113, NULL, "value.format"},
        {UPSERT, "key.json.ignore-parse-errors=true|value.json.ignore-parse-errors=true", E0001,
         NULL, NULL},
        {UPSERT, "key.csv.field-delimiter=,", E2112, "key.csv.field-delimiter", "key.format"},
        {UPSERT, "scan.startup.mode=earliest-offset", E2112, "scan.startup.mode", NULL},
        {UPSERT, "key.fields=id", E2112, "key.fields", NULL},
        {UPSERT, "sink.buffer-flush.max-rows=10|sink.buffer-flush.interval=1 s", E0001, NULL, NULL},
    };
    run_cases(cases, sizeof cases / sizeof cases[0]);
}

static void test_keys(void **state)
{
    (void)state;
    static const Case cases[] = {
        {KAFKA, "key.format=json|key.fields=id;k_a", E0001, NULL, NULL},
        {KAFKA, "key.format=json", E2113, "key.format", "key.fields"},
        {KAFKA, "key.fields=id", E2113, "key.fields", "key.format"},
        {KAFKA, "key.format=json|key.fields=idd", E2114, "key.fields=", "did you mean \"id\""},
        {KAFKA, "key.format=json|key.fields=", E2114, "key.fields=", NULL},
        {KAFKA, "key.format=json|key.fields=id;id", E2111, "key.fields=", "twice"},
        {KAFKA, "key.format=json|key.fields=k_a|key.fields-prefix=k_", E2114, "key.fields-prefix",
         "EXCEPT_KEY"},
        {KAFKA,
         "key.format=json|key.fields=k_a|key.fields-prefix=k_|value.fields-include=EXCEPT_KEY",
         E0001, NULL, NULL},
        {KAFKA,
         "key.format=json|key.fields=id|key.fields-prefix=k_|value.fields-include=EXCEPT_KEY",
         E2114, "key.fields-prefix=", "\"id\" does not begin"},
        {KAFKA,
         "key.format=json|key.fields=k_a|key.fields-prefix=k_a|value.fields-include=EXCEPT_KEY",
         E2114, "key.fields-prefix=", "nothing is left"},
        {UPSERT, "key.fields-prefix=k_|value.fields-include=EXCEPT_KEY", E2114,
         "key.fields-prefix=", "\"id\" does not begin"},
    };
    run_cases(cases, sizeof cases / sizeof cases[0]);
    Fixture f;
    uint32_t *column, count;
    fixture_open(&f, UPSERT, "");
    f.table.key_count = 0;
    assert_int_equal(check(&f), ST_SEMANTIC);
    assert_int_equal(f.diag.code, E2122);
    fixture_close(&f);
    fixture_open(&f, KAFKA, "key.format=json|key.fields=b;id");
    assert_int_equal(kafka_key_columns(&f.table, false, &f.arena, &column, &count, &f.diag), ST_OK);
    assert_int_equal(count, 2);
    assert_int_equal(column[0], 2);
    assert_int_equal(column[1], 0);
    fixture_close(&f);
}

static void test_where_reading_begins_and_ends(void **state)
{
    (void)state;
    static const Case cases[] = {
        {KAFKA, "scan.startup.mode=Earliest-Offset", E0001, NULL, NULL},
        {KAFKA, "scan.startup.mode=timestamp", E2113,
         "scan.startup.mode=", "scan.startup.timestamp-millis"},
        {KAFKA, "scan.startup.mode=timestamp|scan.startup.timestamp-millis=1", E0001, NULL, NULL},
        {KAFKA, "scan.startup.mode=timestamp|scan.startup.timestamp-millis=-1", E2114,
         "scan.startup.timestamp-millis=", "below 0"},
        {KAFKA, "scan.startup.timestamp-millis=1", E2114, "scan.startup.timestamp-millis",
         "'scan.startup.mode' = 'timestamp'"},
        {KAFKA, "scan.startup.mode=specific-offsets", E2113,
         "scan.startup.mode=", "scan.startup.specific-offsets"},
        {KAFKA,
         "scan.startup.mode=latest-offset|scan.startup.specific-offsets=partition:0,offset:1",
         E2114, "scan.startup.specific-offsets", "'specific-offsets'"},
        {KAFKA,
         "scan.startup.mode=specific-offsets|scan.startup.specific-offsets=partition:0,offset:1",
         E0001, NULL, NULL},
        {KAFKA,
         "topic=a;b|scan.startup.mode=specific-offsets|"
         "scan.startup.specific-offsets=partition:0,offset:1",
         E2114, "scan.startup.specific-offsets", "one topic"},
        {KAFKA, "scan.startup.mode=specific-offsets|scan.startup.specific-offsets=0:1", E2114,
         "scan.startup.specific-offsets=", "partition:0,offset:42"},
        {KAFKA, "scan.startup.mode=group-offsets", E2113,
         "scan.startup.mode=", "properties.group.id"},
        {KAFKA, "scan.startup.mode=group-offsets|properties.group.id=g", E0001, NULL, NULL},
        {KAFKA, "scan.bounded.mode=group-offsets", E2113,
         "scan.bounded.mode=", "properties.group.id"},
        {KAFKA, "scan.bounded.mode=timestamp", E2113,
         "scan.bounded.mode=", "scan.bounded.timestamp-millis"},
        {UPSERT, "scan.bounded.mode=specific-offsets|scan.bounded.specific-offsets=partition:x",
         E2114, "scan.bounded.specific-offsets=", NULL},
        {UPSERT, "scan.bounded.mode=latest-offset", E0001, NULL, NULL},
        {KAFKA, "scan.bounded.mode=never", E2114, "scan.bounded.mode=", "unbounded"},
        {KAFKA, "properties.isolation.level=any", E2114, "properties.isolation.level=", NULL},
    };
    run_cases(cases, sizeof cases / sizeof cases[0]);
    static const struct {
        const char *options;
        Status status;
    } sources[] = {{"", ST_SEMANTIC},
                   {"properties.group.id=g", ST_OK},
                   {"scan.startup.mode=latest-offset", ST_OK}};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        Fixture f;
        fixture_open(&f, KAFKA, sources[i].options);
        assert_int_equal(kafka_source_check(&f.table, false, &f.diag), sources[i].status);
        assert_int_equal(kafka_source_check(&f.table, true, &f.diag), ST_OK);
        assert_int_equal(f.diag.code == E2113, sources[i].status != ST_OK);
        fixture_close(&f);
    }
}

static void test_sinks(void **state)
{
    (void)state;
    static const Case cases[] = {
        {KAFKA, "sink.partitioner=Fixed", E0001, NULL, NULL},
        {KAFKA, "sink.partitioner=round-robin", E0001, NULL, NULL},
        {KAFKA, "sink.partitioner=round-robin|key.format=json|key.fields=id", E2114,
         "sink.partitioner=", "one key"},
        {KAFKA, "sink.partitioner=com.acme.ByCountry", E2002, "sink.partitioner=", "class of Java"},
        {KAFKA, "sink.partitioner=hash", E2114, "sink.partitioner=", "default|fixed|round-robin"},
        {UPSERT, "sink.partitioner=fixed", E2112, "sink.partitioner", NULL},
        {KAFKA, "sink.delivery-guarantee=at-most-once", E2114, "sink.delivery-guarantee=", NULL},
        {KAFKA, "sink.transaction-naming-strategy=pooling", E0001, NULL, NULL},
        {KAFKA, "properties.acks=1", E2114, "properties.acks=", "'all'"},
        {KAFKA, "properties.acks=1|sink.delivery-guarantee=none", E0001, NULL, NULL},
        {KAFKA, "properties.enable.idempotence=false", E2002, "properties.enable.idempotence",
         "sink.delivery-guarantee"},
        {KAFKA, "properties.transactional.id=x", E2002, "properties.transactional.id",
         "sink.transactional-id-prefix"},
    };
    run_cases(cases, sizeof cases / sizeof cases[0]);
    Fixture f;
    fixture_open(&f, KAFKA, "sink.partitioner=round-robin");
    assert_int_equal(kafka_partitioner(&f.table), KAFKA_PARTITION_ROUND_ROBIN);
    assert_int_equal(option_enum(&f.table.scope, f.table.options, "sink.delivery-guarantee"),
                     KAFKA_EXACTLY_ONCE);
    fixture_close(&f);
}

/* --- settings --- */

#define PLAIN_LINE "org.apache.kafka.common.security.plain.PlainLoginModule required "
#define SCRAM_LINE "org.apache.kafka.common.security.scram.ScramLoginModule required "

static void test_refused_properties(void **state)
{
    (void)state;
    static const Case cases[] = {
        {KAFKA, "properties.ssl.truststore.location=/t.jks", E2002,
         "properties.ssl.truststore.location", "keytool"},
        {KAFKA, "properties.ssl.truststore.location=/t.p12", E2002,
         "properties.ssl.truststore.location", "openssl"},
        {KAFKA, "properties.ssl.truststore.location=/t", E2002,
         "properties.ssl.truststore.location", "'PEM'"},
        {KAFKA, "properties.ssl.truststore.location=/t|properties.ssl.truststore.type=BKS", E2114,
         "properties.ssl.truststore.type=", "PEM|PKCS12|JKS"},
        {KAFKA, "properties.ssl.truststore.location=/t.pem|properties.ssl.truststore.password=x",
         E2002, "properties.ssl.truststore.password", "no password"},
        {KAFKA, "properties.ssl.keystore.location=/k.jks", E2002,
         "properties.ssl.keystore.location", "PKCS12"},
        {KAFKA, "properties.ssl.keystore.location=/k", E2002, "properties.ssl.keystore.location",
         "keystore.type"},
        {KAFKA, "properties.ssl.keystore.location=/k.pem|properties.ssl.keystore.password=x", E2002,
         "properties.ssl.keystore.password", "ssl.key.password"},
        {KAFKA, "properties.ssl.key=x", E2001, "properties.ssl.key", "ssl.keystore.key"},
        {KAFKA, "properties.sasl.jaas.config=" PLAIN_LINE "username=\"u\" password=\"p\";", E2113,
         "properties.sasl.jaas.config", "'PLAIN'"},
        {KAFKA,
         "properties.sasl.mechanism=PLAIN|properties.sasl.jaas.config=" SCRAM_LINE
         "username=\"u\" password=\"p\";",
         E2114, "properties.sasl.mechanism=", "not that of the module"},
        {KAFKA,
         "properties.sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required;",
         E2002, "properties.sasl.jaas.config=", "keytab"},
        {KAFKA, "properties.sasl.jaas.config=" PLAIN_LINE "username=\"u\";", E2114,
         "properties.sasl.jaas.config=", NULL},
        {KAFKA, "properties.sasl.jaas.config=" PLAIN_LINE "username=\"u\" password=\"p\"", E2114,
         "properties.sasl.jaas.config=", NULL},
        {KAFKA, "properties.sasl.jaas.config=" PLAIN_LINE "username=\"u\" password=\"p;", E2114,
         "properties.sasl.jaas.config=", NULL},
        {KAFKA, "properties.sasl.jaas.config=" PLAIN_LINE "username u password p;", E2114,
         "properties.sasl.jaas.config=", NULL},
        {KAFKA, "properties.sasl.jaas.config=" PLAIN_LINE "username=u password=p; x", E2114,
         "properties.sasl.jaas.config=", NULL},
        {KAFKA, "properties.sasl.jaas.config=" SCRAM_LINE "username=u password=p tokenauth=true;",
         E2002, "properties.sasl.jaas.config=", "more than"},
        {KAFKA, "properties.sasl.jaas.config=", E2114, "properties.sasl.jaas.config=", NULL},
        {KAFKA, "properties.sasl.mechanism=PLAIN|properties.sasl.mechanisms=PLAIN", E2111,
         "properties.sasl.mechanisms", "say the same"},
        {KAFKA, "properties.enable.auto.offset.store=true", E2002,
         "properties.enable.auto.offset.store", NULL},
        {KAFKA, "properties.enable.partition.eof=true", E2002, "properties.enable.partition.eof",
         "scan.bounded.mode"},
        {KAFKA, "properties.interceptor.classes=x", E2002, "properties.interceptor.classes", NULL},
        {KAFKA, "properties.buffer.memory=lots", E2114, "properties.buffer.memory=", "bytes"},
    };
    run_cases(cases, sizeof cases / sizeof cases[0]);
}

/* "name=value|" for each; secrets as name#value. */
static void print_settings(Fixture *f, bool producer, StrBuf *out)
{
    KafkaSetting *setting;
    uint32_t count;
    strbuf_clear(out);
    Status status = kafka_settings(&f->table, &f->arena, producer, &setting, &count, &f->diag);
    if (status != ST_OK)
        fail_msg("%s", f->diag.message);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(text_equal(setting[i].key, setting[i].entry->key));
        strbuf_printf(out, "%s%c%s|", setting[i].name, setting[i].secret ? '#' : '=',
                      setting[i].value);
    }
}

static void test_settings(void **state)
{
    (void)state;
    static const char head[] = "bootstrap.servers=h:9092|";
    static const struct {
        const char *options, *reads, *writes;
    } cases[] = {
        {"", "", ""},
        {"properties.security.protocol=SASL_SSL|properties.sasl.mechanism=SCRAM-SHA-256",
         "security.protocol=SASL_SSL|sasl.mechanisms=SCRAM-SHA-256|",
         "security.protocol=SASL_SSL|sasl.mechanisms=SCRAM-SHA-256|"},
        {"properties.sasl.mechanism=PLAIN|properties.sasl.jaas.config=" PLAIN_LINE
         "username=\"al ice\" password=\"p\\\"w\\\\d;\" ;",
         "sasl.mechanisms=PLAIN|sasl.username=al ice|sasl.password#p\"w\\d;|",
         "sasl.mechanisms=PLAIN|sasl.username=al ice|sasl.password#p\"w\\d;|"},
        {"properties.sasl.mechanism=scram-sha-512|properties.sasl.jaas.config=x.ScramLoginModule "
         "Required\n password = 'q' username=u;",
         "sasl.mechanisms=scram-sha-512|sasl.username=u|sasl.password#q|",
         "sasl.mechanisms=scram-sha-512|sasl.username=u|sasl.password#q|"},
        {"properties.sasl.username=u|properties.sasl.password=p",
         "sasl.username=u|sasl.password#p|", "sasl.username=u|sasl.password#p|"},
        {"properties.ssl.truststore.location=/ca|properties.ssl.truststore.type=pem",
         "ssl.ca.location=/ca|", "ssl.ca.location=/ca|"},
        {"properties.ssl.truststore.location=/ca.CRT|"
         "properties.ssl.endpoint.identification.algorithm=",
         "ssl.ca.location=/ca.CRT|ssl.endpoint.identification.algorithm=none|",
         "ssl.ca.location=/ca.CRT|ssl.endpoint.identification.algorithm=none|"},
        {"properties.ssl.truststore.certificates=C|properties.ssl.keystore.certificate.chain=D|"
         "properties.ssl.keystore.key=K|properties.ssl.key.password=p",
         "ssl.ca.pem=C|ssl.certificate.pem=D|ssl.key.pem#K|ssl.key.password#p|",
         "ssl.ca.pem=C|ssl.certificate.pem=D|ssl.key.pem#K|ssl.key.password#p|"},
        {"properties.ssl.keystore.location=/k.p12|properties.ssl.keystore.password=p",
         "ssl.keystore.location=/k.p12|ssl.keystore.password#p|",
         "ssl.keystore.location=/k.p12|ssl.keystore.password#p|"},
        {"properties.ssl.keystore.location=/k.pem|properties.ssl.key.password=p",
         "ssl.certificate.location=/k.pem|ssl.key.location=/k.pem|ssl.key.password#p|",
         "ssl.certificate.location=/k.pem|ssl.key.location=/k.pem|ssl.key.password#p|"},
        {"properties.ssl.ca.location=/ca|properties.debug=security|properties.client.id=c",
         "ssl.ca.location=/ca|debug=security|client.id=c|",
         "ssl.ca.location=/ca|debug=security|client.id=c|"},
        {"properties.group.id=g|properties.isolation.level=read_uncommitted|"
         "properties.fetch.max.bytes=5|properties.max.partition.fetch.bytes=6|"
         "properties.fetch.max.wait.ms=7",
         "group.id=g|isolation.level=read_uncommitted|fetch.max.bytes=5|"
         "max.partition.fetch.bytes=6|fetch.wait.max.ms=7|",
         ""},
        {"properties.acks=all|properties.linger.ms=5|properties.batch.size=6|"
         "properties.compression.type=lz4|properties.max.request.size=7|"
         "properties.delivery.timeout.ms=8|properties.buffer.memory=4096|"
         "properties.enable.idempotence=true",
         "",
         "acks=all|linger.ms=5|batch.size=6|compression.type=lz4|message.max.bytes=7|"
         "delivery.timeout.ms=8|queue.buffering.max.kbytes=4|"},
        {"properties.request.timeout.ms=9|properties.send.buffer.bytes=-1|"
         "properties.receive.buffer.bytes=1",
         "socket.timeout.ms=9|socket.send.buffer.bytes=0|socket.receive.buffer.bytes=1|",
         "request.timeout.ms=9|socket.send.buffer.bytes=0|socket.receive.buffer.bytes=1|"},
        {"properties.key.serializer=x|properties.value.deserializer=x|"
         "properties.enable.auto.commit=true|properties.max.poll.records=1|"
         "properties.auto.offset.reset=earliest|properties.max.poll.interval.ms=1",
         "", ""},
    };
    StrBuf out;
    strbuf_init(&out, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fixture f;
        char expected[512];
        fixture_open(&f, KAFKA, cases[i].options);
        if (check(&f) != ST_OK)
            fail_msg("%s: %s", cases[i].options, f.diag.message);
        print_settings(&f, false, &out);
        snprintf(expected, sizeof expected, "%s%s", head, cases[i].reads);
        assert_string_equal(strbuf_cstr(&out), expected);
        print_settings(&f, true, &out);
        snprintf(expected, sizeof expected, "%s%s", head, cases[i].writes);
        assert_string_equal(strbuf_cstr(&out), expected);
        fixture_close(&f);
    }
    strbuf_close(&out);
}

/* No message tells a password, wherever the mistake is. */
static void test_messages_keep_secrets(void **state)
{
    (void)state;
    static const char *const options[] = {
        "properties.sasl.jaas.config=PlainLoginModule required username=u password=hunter2",
        "properties.sasl.jaas.config=hunter2",
        "properties.sasl.jaas.config=hunter2.LoginModule required;",
        "properties.ssl.truststore.password=hunter2",
        "properties.ssl.keystore.password=hunter2",
        "properties.ssl.key=hunter2",
        "properties.sasl.password=hunter2|properties.sasl.mechanism=PLAIN|"
        "properties.sasl.jaas.config=" PLAIN_LINE "username=u password=hunter2;",
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        Fixture f;
        fixture_open(&f, KAFKA, options[i]);
        assert_int_equal(check(&f), ST_SEMANTIC);
        assert_null(strstr(f.diag.message, "hunter2"));
        assert_null(strstr(f.diag.hint, "hunter2"));
        fixture_close(&f);
    }
}

/* A row is secret when its name says so, and the other way round. */
static void test_secret_names(void **state)
{
    (void)state;
    const OptionDef *const tables[] = {kafka_options, upsert_kafka_options};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (const OptionDef *def = tables[t]; def->name != NULL; def++) {
            if (((def->flags & OPTION_SECRET) != 0) != secret_is_key(text_of(def->name)))
                fail_msg("%s", def->name);
            assert_true(strlen(def->doc) > 5);
        }
    }
}

static void test_lists(void **state)
{
    (void)state;
    Fixture f;
    Text *topic;
    KafkaOffset *offset;
    OptionList list;
    uint32_t count;
    fixture_open(&f, KAFKA, "topic= a ;b|scan.startup.mode=specific-offsets");
    assert_int_equal(kafka_topics(&f.table, &f.arena, &topic, &count, &f.diag), ST_OK);
    assert_int_equal(count, 2);
    assert_true(text_is(topic[0], "a") && text_is(topic[1], "b"));
    const OptionEntry *entry = option_find(f.table.options, "topic");
    static const struct {
        const char *text;
        uint32_t count; /* 0: refused */
    } cases[] = {
        {"partition:0,offset:42", 1},
        {"partition:0,offset:42;partition:1,offset:9223372036854775807", 2},
        {" partition : 0 , offset : 42 ; partition:2147483647,offset:0; ", 2},
        {"", 0},
        {";", 0},
        {"partition:0,offset:42;;", 0},
        {"partition:0", 0},
        {"partition:0,offset:", 0},
        {"partition:-1,offset:1", 0},
        {"partition:2147483648,offset:1", 0},
        {"partition:0,offset:9223372036854775808", 0},
        {"partition:0,offset:1,x", 0},
        {"offset:1,partition:0", 0},
        {"partition:0,offset:1;partition:0,offset:2", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f.diag = (Diag){0};
        Status status = kafka_specific_offsets(text_of(cases[i].text), entry, &f.arena, &offset,
                                               &count, &f.diag);
        if ((status == ST_OK) != (cases[i].count > 0) ||
            (status == ST_OK && count != cases[i].count))
            fail_msg("%s: %s", cases[i].text, f.diag.message);
    }
    fixture_close(&f);
    fixture_open(&f, UPSERT, "key.json.ignore-parse-errors=true|value.json.x=y");
    assert_int_equal(kafka_format_options(&f.table, true, &f.arena, &list), ST_OK);
    assert_true(option_find(list, "json.ignore-parse-errors") != NULL);
    assert_null(option_find(list, "json.x"));
    assert_int_equal(kafka_format_options(&f.table, false, &f.arena, &list), ST_OK);
    assert_true(option_find(list, "json.x") != NULL);
    assert_int_equal(kafka_offset_reset(&f.table), KAFKA_RESET_NONE);
    set_option(&f, "properties.auto.offset.reset", "latest");
    assert_int_equal(kafka_offset_reset(&f.table), KAFKA_RESET_LATEST);
    fixture_close(&f);
    fixture_open(&f, KAFKA, "!topic|topic-pattern=a");
    assert_int_equal(kafka_topics(&f.table, &f.arena, &topic, &count, &f.diag), ST_SEMANTIC);
    assert_int_equal(f.diag.code, E2113);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_topics_and_formats),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_where_reading_begins_and_ends),
        cmocka_unit_test(test_sinks),
        cmocka_unit_test(test_refused_properties),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_messages_keep_secrets),
        cmocka_unit_test(test_secret_names),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
