/* The options properties.* of which something is to be said, as rows X(name, kind, default, values,
 * flags, doc) of OptionDef. All others are taken by `properties.*`, and translated or refused by
 * kafka_settings.c. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_PROPERTIES_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_PROPERTIES_H

/* clang-format off */
#define PROPERTY_OPTIONS \
    X("properties.bootstrap.servers", OPTION_TEXT, NULL, NULL, OPTION_REQUIRED, \
      "where brokers listen: host:port, with commas between several") \
    X("properties.group.id", OPTION_TEXT, NULL, NULL, OPTION_RESULT, \
      "the consumer group whose committed offsets 'group-offsets' means; Weir keeps its own positions, and tells them to the group") \
    X("properties.isolation.level", OPTION_ENUM, "read_committed", "read_uncommitted|read_committed", OPTION_RESULT, \
      "whether records of transactions are seen before they are committed; in Flink they are unless this is set") \
    X("properties.auto.offset.reset", OPTION_ENUM, "none", "none|earliest|latest", OPTION_RESULT, \
      "where 'group-offsets' begins in a partition for which the group has committed nothing; none: the job stops") \
    X("properties.sasl.jaas.config", OPTION_TEXT, NULL, NULL, OPTION_SECRET, \
      "user and password for SASL as Java writes them; modules PlainLoginModule and ScramLoginModule") \
    X("properties.sasl.password", OPTION_TEXT, NULL, NULL, OPTION_SECRET, "the password for SASL, with properties.sasl.username") \
    X("properties.sasl.oauthbearer.config", OPTION_TEXT, NULL, NULL, OPTION_SECRET, "the token, as librdkafka takes it") \
    X("properties.sasl.oauthbearer.client.secret", OPTION_TEXT, NULL, NULL, OPTION_SECRET, "the client's secret for OAuth") \
    X("properties.ssl.key.password", OPTION_TEXT, NULL, NULL, OPTION_SECRET, "opens the client's private key") \
    X("properties.ssl.keystore.password", OPTION_TEXT, NULL, NULL, OPTION_SECRET, "opens the client's PKCS12 file") \
    X("properties.ssl.truststore.password", OPTION_TEXT, NULL, NULL, OPTION_SECRET, \
      "of a Java truststore, which cannot be read here: certificates that are trusted come as PEM") \
    X("properties.ssl.keystore.key", OPTION_TEXT, NULL, NULL, OPTION_SECRET, "the client's private key itself, as PEM") \
    X("properties.ssl.key.pem", OPTION_TEXT, NULL, NULL, OPTION_SECRET, "the same by librdkafka's name") \
    X("properties.ssl.key", OPTION_TEXT, NULL, NULL, OPTION_SECRET | OPTION_UNSUPPORTED, \
      "write properties.ssl.keystore.key or properties.ssl.key.location") \
    X("properties.key.serializer", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "the format writes the bytes; Flink overrides it too") \
    X("properties.value.serializer", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "the format writes the bytes; Flink overrides it too") \
    X("properties.key.deserializer", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "the format reads the bytes; Flink overrides it too") \
    X("properties.value.deserializer", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "the format reads the bytes; Flink overrides it too") \
    X("properties.enable.auto.commit", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "positions are kept in the database file, exactly") \
    X("properties.auto.commit.interval.ms", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "positions are kept in the database file, exactly") \
    X("properties.max.poll.records", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "records come in batches of their own size") \
    X("properties.group.instance.id", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "Weir joins no consumer group") \
    X("properties.group.protocol", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "Weir joins no consumer group") \
    X("properties.session.timeout.ms", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "Weir joins no consumer group") \
    X("properties.heartbeat.interval.ms", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "Weir joins no consumer group") \
    X("properties.max.poll.interval.ms", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "Weir joins no consumer group") \
    X("properties.partition.assignment.strategy", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "Weir joins no consumer group") \
    X("properties.default.api.timeout.ms", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "each request has a time of its own") \
    X("properties.max.block.ms", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "a full queue holds the job back for as long as it is full") \
    X("properties.client.dns.lookup", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "all addresses of a name are tried") \
    X("properties.partition.discovery.interval.ms", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, \
      "scan.topic-partition-discovery.interval says it; Flink overrides it too") \
    X("properties.client.id.prefix", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "there is one client for each table, named by properties.client.id") \
    X("properties.*", OPTION_TEXT, NULL, NULL, 0, \
      "a setting of the client, by the name that Kafka's Java client or librdkafka gives it")
/* clang-format on */

#endif
