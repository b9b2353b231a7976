/* The option tables, and what must stand together in them. */
#include "storage/connector/kafka_options.h"

#include "storage/base/vec.h"
#include "storage/connector/connector.h"
#include "storage/connector/kafka_properties.h"
#include "storage/connector/name_pattern.h"

enum { TOPIC_NAME_MAX = 249 /* the broker's own limit */, NAMES_MAX = 64 };

/* clang-format off */
#define X(name, kind, default_value, values, flags, doc) {name, kind, default_value, values, flags, doc},

#define TOPIC_OPTIONS \
    X("topic", OPTION_TEXT, NULL, NULL, OPTION_RESULT, "the topic; several to read from with ; between") \
    X("topic-pattern", OPTION_TEXT, NULL, NULL, OPTION_RESULT, \
      "read all topics whose whole name matches this regular expression, in place of 'topic'")

#define FIELD_OPTIONS \
    X("key.fields-prefix", OPTION_TEXT, NULL, NULL, OPTION_RESULT, \
      "what the names of the key's columns have in front that they do not have in the records") \
    X("value.fields-include", OPTION_ENUM, "ALL", "ALL|EXCEPT_KEY", OPTION_RESULT, \
      "whether the columns of the key are in the value, too") \
    X("key.*", OPTION_TEXT, NULL, NULL, OPTION_RESULT, "an option of the key's format: 'key.json.ignore-parse-errors'") \
    X("value.*", OPTION_TEXT, NULL, NULL, OPTION_RESULT, "an option of the value's format, with 'value.format'")

#define BOUNDED_OPTIONS \
    X("scan.bounded.mode", OPTION_ENUM, "unbounded", "unbounded|latest-offset|group-offsets|timestamp|specific-offsets", \
      OPTION_RESULT, "where reading ends, looked up when the job starts") \
    X("scan.bounded.timestamp-millis", OPTION_INT, NULL, NULL, OPTION_RESULT, \
      "reading ends before the first record of this time or later, in milliseconds since 1970") \
    X("scan.bounded.specific-offsets", OPTION_TEXT, NULL, NULL, OPTION_RESULT, \
      "reading ends before these: partition:0,offset:42;partition:1,offset:300")

#define SINK_OPTIONS \
    X("sink.delivery-guarantee", OPTION_ENUM, "exactly-once", "none|at-least-once|exactly-once", 0, \
      "exactly-once writes in transactions of the broker; at-least-once, Flink's default, repeats rows after a crash; " \
      "none may lose some, too") \
    X("sink.transactional-id-prefix", OPTION_TEXT, NULL, NULL, 0, \
      "what the ids of transactions begin with, where the broker's rights ask for it; otherwise Weir makes it up") \
    X("sink.transaction-naming-strategy", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, \
      "a sink has one transactional id for its life")

const OptionDef kafka_options[] = {
    TOPIC_OPTIONS
    X("value.format", OPTION_TEXT, NULL, NULL, OPTION_RESULT, "how values are written; another name for 'format'")
    X("key.format", OPTION_TEXT, NULL, NULL, OPTION_RESULT, "how keys are written; without it they are not looked at")
    X("key.fields", OPTION_TEXT, NULL, NULL, OPTION_RESULT, "the columns that the key holds, with ; between")
    FIELD_OPTIONS
    X("scan.startup.mode", OPTION_ENUM, "group-offsets", "earliest-offset|latest-offset|group-offsets|timestamp|specific-offsets",
      OPTION_RESULT, "where a new job begins to read; one that goes on knows its position")
    X("scan.startup.timestamp-millis", OPTION_INT, NULL, NULL, OPTION_RESULT,
      "begin at the first record of this time or later, in milliseconds since 1970")
    X("scan.startup.specific-offsets", OPTION_TEXT, NULL, NULL, OPTION_RESULT,
      "begin here: partition:0,offset:42;partition:1,offset:300")
    BOUNDED_OPTIONS
    X("scan.topic-partition-discovery.interval", OPTION_DURATION, "5 min", NULL, OPTION_RESULT,
      "how often new partitions, and topics of a pattern, are looked for; 0 is never")
    X("sink.partitioner", OPTION_TEXT, "default", NULL, 0,
      "default: by the key's hash, or any without a key; fixed: all rows into one partition; round-robin")
    SINK_OPTIONS
    PROPERTY_OPTIONS
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

const OptionDef upsert_kafka_options[] = {
    TOPIC_OPTIONS
    X("value.format", OPTION_TEXT, NULL, NULL, OPTION_RESULT | OPTION_REQUIRED, "how values are written; no value deletes the key's row")
    X("key.format", OPTION_TEXT, NULL, NULL, OPTION_RESULT | OPTION_REQUIRED, "how keys are written; they hold the PRIMARY KEY")
    FIELD_OPTIONS
    BOUNDED_OPTIONS
    X("sink.buffer-flush.max-rows", OPTION_INT, "0", NULL, OPTION_IGNORED, "each commit writes the last change of each key alone anyway")
    X("sink.buffer-flush.interval", OPTION_DURATION, "0 s", NULL, OPTION_IGNORED,
      "each commit writes the last change of each key alone anyway")
    SINK_OPTIONS
    PROPERTY_OPTIONS
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};
#undef X
/* clang-format on */

/* --- lists --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static Text trim(Text text)
{
    while (text.size > 0 && is_blank(text.ptr[0]))
        text = (Text){text.ptr + 1, text.size - 1};
    while (text.size > 0 && is_blank(text.ptr[text.size - 1]))
        text.size--;
    return text;
}

bool kafka_take_part(Text *rest, char mark, Text *out)
{
    if (rest->ptr == NULL)
        return false;
    const char *end = rest->size == 0 ? NULL : memchr(rest->ptr, mark, rest->size);
    uint32_t size = end == NULL ? rest->size : (uint32_t)(end - rest->ptr);
    *out = trim((Text){rest->ptr, size});
    *rest = end == NULL ? TEXT_NONE : (Text){end + 1, rest->size - size - 1};
    return true;
}

static bool is_topic_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

static Status check_topic_name(Text name, const OptionEntry *entry, Diag *diag)
{
    if (name.size == 0)
        return diag_error(diag, E2114, entry->value_span, "a name of a topic is empty");
    bool legal = name.size <= TOPIC_NAME_MAX && !text_is(name, ".") && !text_is(name, "..");
    for (uint32_t i = 0; legal && i < name.size; i++)
        legal = is_topic_char(name.ptr[i]);
    if (legal)
        return ST_OK;
    diag_error(diag, E2114, entry->value_span, "\"%.*s\" cannot be the name of a topic",
               TEXT_ARG(name));
    diag_hint(diag, "letters, digits, point, _ and -, at most %d; ; stands between several names",
              TOPIC_NAME_MAX);
    return ST_SEMANTIC;
}

Status kafka_topics(const TableSpec *table, Arena *arena, Text **topic, uint32_t *count, Diag *diag)
{
    const OptionEntry *entry = option_find(table->options, "topic");
    VEC(Text) names = {0};
    if (entry == NULL) {
        const OptionEntry *pattern = option_find(table->options, "topic-pattern");
        return diag_error(diag, E2113, pattern == NULL ? SPAN_NONE : pattern->key_span,
                          "the option \"topic\" is needed here");
    }
    Text rest = entry->value, name;
    if (rest.ptr == NULL)
        rest = TEXT("");
    while (kafka_take_part(&rest, ';', &name)) {
        TRY(check_topic_name(name, entry, diag));
        for (uint32_t i = 0; i < names.count; i++) {
            if (text_equal(names.item[i], name))
                return diag_error(diag, E2111, entry->value_span,
                                  "the topic \"%.*s\" is given twice", TEXT_ARG(name));
        }
        Text copy;
        TRY(arena_text(arena, name, &copy));
        TRY_PUSH(&names, arena, copy);
    }
    *topic = names.item;
    *count = names.count;
    return ST_OK;
}

/* "partition:0": the number behind the name, from 0 to `max`. */
static bool take_number(Text *rest, char mark, const char *name, int64_t max, int64_t *out)
{
    Text part, label;
    if (!kafka_take_part(rest, mark, &part) || !kafka_take_part(&part, ':', &label) ||
        !text_is(label, name))
        return false;
    part = trim(part);
    *out = 0;
    for (uint32_t i = 0; i < part.size; i++) {
        int digit = part.ptr[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, digit, out))
            return false;
    }
    return part.size > 0 && *out <= max;
}

Status kafka_specific_offsets(Text value, const OptionEntry *entry, Arena *arena, KafkaOffset **out,
                              uint32_t *count, Diag *diag)
{
    VEC(KafkaOffset) offsets = {0};
    Text rest = trim(value), part;
    if (rest.size > 0 && rest.ptr[rest.size - 1] == ';') /* as Flink does */
        rest.size--;
    while (kafka_take_part(&rest, ';', &part)) {
        int64_t partition, offset;
        if (!take_number(&part, ',', "partition", INT32_MAX, &partition) ||
            !take_number(&part, ',', "offset", INT64_MAX, &offset) || part.ptr != NULL) {
            diag_error(diag, E2114, entry->value_span, "option \"%.*s\" has no list of offsets",
                       TEXT_ARG(entry->key));
            diag_hint(diag, "write 'partition:0,offset:42;partition:1,offset:300'");
            return ST_SEMANTIC;
        }
        for (uint32_t i = 0; i < offsets.count; i++) {
            if (offsets.item[i].partition == (int32_t)partition)
                return diag_error(diag, E2111, entry->value_span, "partition %d is given twice",
                                  (int)partition);
        }
        TRY_PUSH(&offsets, arena, ((KafkaOffset){(int32_t)partition, offset}));
    }
    *out = offsets.item;
    *count = offsets.count;
    return ST_OK;
}

/* --- columns of the key --- */

static Status find_column(const TableSpec *table, Text name, const OptionEntry *entry,
                          uint32_t *out, Diag *diag)
{
    Text names[NAMES_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < table->schema.count; i++) {
        *out = i;
        if (text_equal(table->schema.field[i].name, name))
            return ST_OK;
        if (count < NAMES_MAX)
            names[count++] = table->schema.field[i].name;
    }
    diag_error(diag, E2114, entry->value_span,
               "\"%.*s\" in \"key.fields\" is no physical column of the table", TEXT_ARG(name));
    diag_suggest(diag, name, names, count);
    return ST_SEMANTIC;
}

/* With a prefix, each of the key's columns has it, and they are not in the value. */
static Status check_prefix(const TableSpec *table, const uint32_t *column, uint32_t count,
                           Diag *diag)
{
    const OptionEntry *prefix = option_find(table->options, "key.fields-prefix");
    if (prefix == NULL || prefix->value.size == 0)
        return ST_OK;
    if (option_enum(&table->scope, table->options, "value.fields-include") == 0) {
        diag_error(diag, E2114, prefix->key_span,
                   "\"key.fields-prefix\" is not for columns that are in the value, too");
        diag_hint(diag, "add 'value.fields-include' = 'EXCEPT_KEY'");
        return ST_SEMANTIC;
    }
    for (uint32_t i = 0; i < count; i++) {
        Text name = table->schema.field[column[i]].name;
        if (!text_starts_with(name, prefix->value))
            return diag_error(diag, E2114, prefix->value_span,
                              "the key's column \"%.*s\" does not begin with it", TEXT_ARG(name));
        if (name.size == prefix->value.size)
            return diag_error(diag, E2114, prefix->value_span,
                              "nothing is left of the name of the key's column \"%.*s\"",
                              TEXT_ARG(name));
    }
    return ST_OK;
}

Status kafka_key_columns(const TableSpec *table, bool upsert, Arena *arena, uint32_t **out,
                         uint32_t *count, Diag *diag)
{
    const OptionEntry *fields = upsert ? NULL : option_find(table->options, "key.fields");
    VEC(uint32_t) columns = {0};
    for (uint32_t i = 0; upsert && i < table->key_count; i++)
        TRY_PUSH(&columns, arena, table->key[i]);
    Text rest = fields == NULL ? TEXT_NONE : fields->value, name;
    while (kafka_take_part(&rest, ';', &name)) {
        uint32_t column;
        TRY(find_column(table, name, fields, &column, diag));
        for (uint32_t i = 0; i < columns.count; i++) {
            if (columns.item[i] == column)
                return diag_error(diag, E2111, fields->value_span,
                                  "the column \"%.*s\" is given twice", TEXT_ARG(name));
        }
        TRY_PUSH(&columns, arena, column);
    }
    *out = columns.item;
    *count = columns.count;
    return check_prefix(table, columns.item, columns.count, diag);
}

/* --- formats --- */

static Status check_format_name(const TableSpec *table, const char *option, const FormatClass **out,
                                Diag *diag)
{
    Text names[NAMES_MAX];
    const OptionEntry *entry = option_find(table->options, option);
    *out = entry == NULL ? NULL : format_find(entry->value);
    if (entry == NULL || *out != NULL)
        return ST_OK;
    for (uint32_t i = 0; i < format_count && i < NAMES_MAX; i++)
        names[i] = text_of(format_classes[i]->name);
    diag_error(diag, E2115, entry->value_span, "there is no format \"%.*s\"",
               TEXT_ARG(entry->value));
    diag_suggest(diag, entry->value, names, format_count < NAMES_MAX ? format_count : NAMES_MAX);
    return ST_SEMANTIC;
}

static Status unknown_option(const TableSpec *table, const OptionEntry *entry, Diag *diag)
{
    Text names[NAMES_MAX];
    uint32_t count = 0;
    const OptionDef *def = table->connector->options;
    for (; def->name != NULL && count < NAMES_MAX; def++)
        names[count++] = text_of(def->name);
    diag_error(diag, E2112, entry->key_span, "%s has no option \"%.*s\"", table->scope.what,
               TEXT_ARG(entry->key));
    diag_suggest(diag, entry->key, names, count);
    return ST_SEMANTIC;
}

/* 'key.json.x' against the options of json. `format`: the one that the part has; NULL: none. */
static Status check_format_option(const TableSpec *table, const OptionEntry *entry,
                                  const char *prefix, const FormatClass *format, Diag *diag)
{
    Text rest = {entry->key.ptr + strlen(prefix), entry->key.size - (uint32_t)strlen(prefix)};
    const char *point = memchr(rest.ptr, '.', rest.size);
    if (point == NULL)
        return unknown_option(table, entry, diag);
    Text name = {rest.ptr, (uint32_t)(point - rest.ptr)};
    if (format == NULL || !text_is(name, format->name)) {
        diag_error(diag, E2112, entry->key_span,
                   "\"%.*s\" is an option of a format that \"%sformat\" does not name",
                   TEXT_ARG(entry->key), prefix);
        if (option_given(table->options, "format"))
            diag_hint(diag, "with 'format', options are written as '%.*s'", TEXT_ARG(rest));
        return ST_SEMANTIC;
    }
    const OptionScope scope = {{format->options}, 1, format->name};
    const OptionDef *def = option_find_def(&scope, rest);
    if (def == NULL)
        return diag_error(diag, E2112, entry->key_span, "format \"%s\" has no option \"%.*s\"",
                          format->name, TEXT_ARG(rest));
    return option_check_value(def, entry, diag);
}

/* 'json.x' beside 'value.format': it would mean nothing. */
static Status check_bare_option(const TableSpec *table, const OptionEntry *entry, Diag *diag)
{
    const char *point = memchr(entry->key.ptr, '.', entry->key.size);
    if (point == NULL || option_given(table->options, "format") ||
        format_find((Text){entry->key.ptr, (uint32_t)(point - entry->key.ptr)}) == NULL)
        return ST_OK;
    diag_error(diag, E2112, entry->key_span, "\"%.*s\" is an option beside \"format\"",
               TEXT_ARG(entry->key));
    diag_hint(diag, "with 'value.format', write 'value.%.*s'", TEXT_ARG(entry->key));
    return ST_SEMANTIC;
}

static Status check_format_options(const TableSpec *table, const FormatClass *key,
                                   const FormatClass *value, Diag *diag)
{
    for (uint32_t i = 0; i < table->options.count; i++) {
        const OptionEntry *entry = &table->options.item[i];
        const OptionDef *def = option_find_def(&table->scope, entry->key);
        if (def != NULL && strcmp(def->name, "key.*") == 0)
            TRY(check_format_option(table, entry, "key.", key, diag));
        else if (def != NULL && strcmp(def->name, "value.*") == 0)
            TRY(check_format_option(table, entry, "value.", value, diag));
        else
            TRY(check_bare_option(table, entry, diag));
    }
    return ST_OK;
}

static Status check_formats(const TableSpec *table, bool upsert, Span span, Diag *diag)
{
    const OptionEntry *plain = option_find(table->options, "format");
    const OptionEntry *own = option_find(table->options, "value.format");
    const FormatClass *key, *value, *both;
    if (upsert && plain != NULL)
        return diag_error(diag, E2112, plain->key_span,
                          "%s takes \"key.format\" and \"value.format\", not \"format\"",
                          table->scope.what);
    if (plain != NULL && own != NULL)
        return diag_error(diag, E2111, own->key_span,
                          "\"format\" and \"value.format\" are the same: give one of them");
    if (plain == NULL && own == NULL)
        return diag_error(diag, E2113, span, "%s needs the option \"format\" or \"value.format\"",
                          table->scope.what);
    TRY(check_format_name(table, "format", &both, diag));
    TRY(check_format_name(table, "key.format", &key, diag));
    TRY(check_format_name(table, "value.format", &value, diag));
    return check_format_options(table, key, value, diag);
}

Status kafka_format_options(const TableSpec *table, bool key, Arena *arena, OptionList *out)
{
    VEC(OptionEntry) entries = {0};
    Text prefix = key ? TEXT("key.") : TEXT("value.");
    if (!key && option_given(table->options, "format")) {
        *out = table->options;
        return ST_OK;
    }
    for (uint32_t i = 0; i < table->options.count; i++) {
        OptionEntry entry = table->options.item[i];
        if (!text_starts_with(entry.key, prefix))
            continue;
        entry.key = (Text){entry.key.ptr + prefix.size, entry.key.size - prefix.size};
        TRY_PUSH(&entries, arena, entry);
    }
    *out = (OptionList){entries.item, entries.count};
    return ST_OK;
}

static Status check_key(const TableSpec *table, bool upsert, Span span, Arena *arena, Diag *diag)
{
    const OptionEntry *format = option_find(table->options, "key.format");
    const OptionEntry *fields = option_find(table->options, "key.fields");
    uint32_t *column, count;
    if (upsert && table->key_count == 0) {
        diag_error(diag, E2122, span, "%s needs a PRIMARY KEY", table->scope.what);
        diag_hint(diag, "it says which columns the records' keys hold, and which row a record "
                        "changes: PRIMARY KEY (a) NOT ENFORCED");
        return ST_SEMANTIC;
    }
    if (!upsert && table->key_count > 0) { /* Flink's rule for formats whose records only insert */
        diag_error(
            diag, E2122, span,
            "%s cannot keep a PRIMARY KEY: records with the same key stand beside one another",
            table->scope.what);
        diag_hint(diag, "'connector' = 'upsert-kafka' changes the row of the key; a stream of "
                        "records is declared without PRIMARY KEY");
        return ST_SEMANTIC;
    }
    if (!upsert && format != NULL && fields == NULL) {
        diag_error(diag, E2113, format->key_span, "\"key.format\" needs the option \"key.fields\"");
        diag_hint(diag, "it names the columns that the key holds, with ; between");
        return ST_SEMANTIC;
    }
    if (!upsert && fields != NULL && format == NULL)
        return diag_error(diag, E2113, fields->key_span,
                          "\"key.fields\" needs the option \"key.format\"");
    return kafka_key_columns(table, upsert, arena, &column, &count, diag);
}

/* --- where reading begins and ends --- */

/* The option that one of the modes needs, and no other one takes. */
static Status check_mode_option(const TableSpec *table, const char *mode_option, uint32_t mode,
                                const char *mode_name, const char *option, Diag *diag)
{
    const OptionEntry *given = option_find(table->options, option);
    bool chosen = option_enum(&table->scope, table->options, mode_option) == mode;
    if (chosen && given == NULL)
        return diag_error(diag, E2113, option_find(table->options, mode_option)->value_span,
                          "'%s' = '%s' needs the option \"%s\"", mode_option, mode_name, option);
    if (chosen || given == NULL)
        return ST_OK;
    diag_error(diag, E2114, given->key_span, "option \"%s\" has no effect in this mode", option);
    diag_hint(diag, "it belongs to '%s' = '%s'", mode_option, mode_name);
    return ST_SEMANTIC;
}

static Status check_time(const TableSpec *table, const char *option, Diag *diag)
{
    const OptionEntry *given = option_find(table->options, option);
    if (given == NULL || option_int(&table->scope, table->options, option) >= 0)
        return ST_OK;
    return diag_error(diag, E2114, given->value_span, "option \"%s\" must not be below 0", option);
}

static Status check_offsets(const TableSpec *table, const char *option, Arena *arena, Diag *diag)
{
    const OptionEntry *given = option_find(table->options, option);
    KafkaOffset *offset;
    Text *topic;
    uint32_t count, topics = 0;
    if (given == NULL)
        return ST_OK;
    if (option_given(table->options, "topic"))
        TRY(kafka_topics(table, arena, &topic, &topics, diag));
    if (topics != 1)
        return diag_error(diag, E2114, given->key_span, "option \"%s\" is for one topic alone",
                          option);
    return kafka_specific_offsets(given->value, given, arena, &offset, &count, diag);
}

static Status check_group(const TableSpec *table, const char *mode_option, Diag *diag)
{
    const OptionEntry *mode = option_find(table->options, mode_option);
    if (mode == NULL || option_given(table->options, "properties.group.id") ||
        option_enum(&table->scope, table->options, mode_option) != KAFKA_STARTUP_GROUP)
        return ST_OK;
    diag_error(diag, E2113, mode->value_span,
               "'%s' = 'group-offsets' needs the option \"properties.group.id\"", mode_option);
    diag_hint(diag, "it names the group whose committed offsets are meant");
    return ST_SEMANTIC;
}

/* stage: "startup" or "bounded"; the modes have the same order in both. */
static Status check_stage(const TableSpec *table, const char *stage, Arena *arena, Diag *diag)
{
    Text mode, time, offsets;
    TRY(arena_printf(arena, &mode, "scan.%s.mode", stage));
    TRY(arena_printf(arena, &time, "scan.%s.timestamp-millis", stage));
    TRY(arena_printf(arena, &offsets, "scan.%s.specific-offsets", stage));
    TRY(check_mode_option(table, mode.ptr, KAFKA_STARTUP_TIMESTAMP, "timestamp", time.ptr, diag));
    TRY(check_mode_option(table, mode.ptr, KAFKA_STARTUP_OFFSETS, "specific-offsets", offsets.ptr,
                          diag));
    TRY(check_time(table, time.ptr, diag));
    TRY(check_offsets(table, offsets.ptr, arena, diag));
    return check_group(table, mode.ptr, diag);
}

/* --- all --- */

static Status check_topic(const TableSpec *table, Span span, Arena *arena, Diag *diag)
{
    const OptionEntry *topic = option_find(table->options, "topic");
    const OptionEntry *pattern = option_find(table->options, "topic-pattern");
    Text *names;
    uint32_t count;
    if (topic == NULL && pattern == NULL)
        return diag_error(diag, E2113, span, "%s needs the option \"topic\" or \"topic-pattern\"",
                          table->scope.what);
    if (topic != NULL && pattern != NULL)
        return diag_error(diag, E2111, pattern->key_span,
                          "\"topic\" and \"topic-pattern\" do not go together: give one of them");
    if (topic != NULL)
        return kafka_topics(table, arena, &names, &count, diag);
    return name_pattern_check(pattern, diag);
}

KafkaPartitioner kafka_partitioner(const TableSpec *table)
{
    if (!option_given(table->options, "sink.partitioner")) /* upsert-kafka has no such option */
        return KAFKA_PARTITION_DEFAULT;
    Text value = option_text(&table->scope, table->options, "sink.partitioner");
    if (text_equal_nocase(value, TEXT("fixed")))
        return KAFKA_PARTITION_FIXED;
    return text_equal_nocase(value, TEXT("round-robin")) ? KAFKA_PARTITION_ROUND_ROBIN
                                                         : KAFKA_PARTITION_DEFAULT;
}

static Status check_partitioner(const TableSpec *table, Diag *diag)
{
    const OptionEntry *given = option_find(table->options, "sink.partitioner");
    if (given == NULL)
        return ST_OK;
    KafkaPartitioner partitioner = kafka_partitioner(table);
    if (partitioner == KAFKA_PARTITION_ROUND_ROBIN && option_given(table->options, "key.fields"))
        return diag_error(diag, E2114, given->value_span,
                          "'round-robin' is for tables without \"key.fields\": records of one key "
                          "belong into one partition");
    if (partitioner != KAFKA_PARTITION_DEFAULT || text_equal_nocase(given->value, TEXT("default")))
        return ST_OK;
    if (memchr(given->value.ptr, '.', given->value.size) == NULL)
        return diag_error(diag, E2114, given->value_span,
                          "option \"sink.partitioner\" expects one of default|fixed|round-robin, "
                          "not \"%.*s\"",
                          TEXT_ARG(given->value));
    diag_error(diag, E2002, given->value_span, "\"%.*s\" is a class of Java, which cannot run here",
               TEXT_ARG(given->value));
    diag_hint(diag, "'default' takes the key's hash, as Kafka's own partitioner does");
    return ST_SEMANTIC;
}

static Status check_all(const TableSpec *table, bool upsert, Span span, Arena *arena, Diag *diag)
{
    KafkaSetting *setting;
    uint32_t count;
    TRY(check_topic(table, span, arena, diag));
    TRY(check_formats(table, upsert, span, diag));
    TRY(check_key(table, upsert, span, arena, diag));
    if (!upsert) {
        TRY(check_stage(table, "startup", arena, diag));
        TRY(check_partitioner(table, diag));
    }
    TRY(check_stage(table, "bounded", arena, diag));
    TRY(kafka_settings(table, arena, false, &setting, &count, diag));
    return kafka_settings(table, arena, true, &setting, &count, diag);
}

Status kafka_options_check(const TableSpec *table, bool upsert, Span span, Diag *diag)
{
    Arena arena;
    arena_init(&arena, NULL);
    Status status = check_all(table, upsert, span, &arena, diag);
    arena_close(&arena);
    return status;
}

Status kafka_source_check(const TableSpec *table, bool upsert, Diag *diag)
{
    if (upsert || option_given(table->options, "properties.group.id") ||
        option_given(table->options, "scan.startup.mode"))
        return ST_OK;
    diag_error(diag, E2113, SPAN_NONE,
               "table \"%.*s\" has neither \"scan.startup.mode\" nor \"properties.group.id\"",
               TEXT_ARG(table->name));
    diag_hint(diag, "say where to begin: 'scan.startup.mode' = 'earliest-offset' or "
                    "'latest-offset'; without it the group's offsets are meant, as in Flink");
    return ST_SEMANTIC;
}

KafkaReset kafka_offset_reset(const TableSpec *table)
{
    return (KafkaReset)option_enum(&table->scope, table->options, "properties.auto.offset.reset");
}
