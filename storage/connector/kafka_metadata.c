#include "storage/connector/kafka_metadata.h"

#include <assert.h>

#include "storage/connector/kafka_message.h"
#include "storage/data/nested.h"
#include "storage/data/timestamp.h"

static const char *refuse_time(Micros time)
{
    return micros_floor_div(time, MICROS_PER_MILLI) <= 0
               ? "a record's timestamp is behind 1970-01-01 00:00:00: Kafka takes others for none"
               : NULL;
}

const ConnectorMetadata kafka_metadata_list[] = {
    [KAFKA_TOPIC] = {"topic", METADATA_TEXT, false, NULL},
    [KAFKA_PARTITION] = {"partition", METADATA_INT, false, NULL},
    [KAFKA_OFFSET] = {"offset", METADATA_BIGINT, false, NULL},
    [KAFKA_TIMESTAMP] = {"timestamp", METADATA_INSTANT, true, refuse_time},
    [KAFKA_TIMESTAMP_TYPE] = {"timestamp-type", METADATA_TEXT, false, NULL},
    [KAFKA_HEADERS] = {"headers", METADATA_HEADERS, true, NULL},
    [KAFKA_LEADER_EPOCH] = {"leader-epoch", METADATA_NULLABLE_INT, false, NULL},
    [KAFKA_KEY] = {"key", METADATA_NULLABLE_BYTES, false, NULL},
    {NULL, METADATA_TEXT, false, NULL},
};

int kafka_metadata_find(Text key)
{
    for (int i = 0; kafka_metadata_list[i].key != NULL; i++) {
        if (text_is(key, kafka_metadata_list[i].key))
            return i;
    }
    return -1;
}

Status kafka_metadata_open(KafkaMetadata *self, const ScanSpec *scan, Arena *arena,
                           const char *topic, int32_t partition)
{
    self->count = scan->wanted_metadata_count;
    self->first = scan->wanted_count + scan->paths;
    self->partition = partition;
    self->topic = str_of_text(text_of(topic));
    TRY_NEW_ARRAY(self->wanted, arena, self->count);
    for (uint32_t i = 0; i < self->count; i++) {
        int found = kafka_metadata_find(scan->table->metadata_key[scan->wanted_metadata[i]]);
        assert(found >= 0);
        self->wanted[i] = (KafkaMetadataKey)found;
    }
    return ST_OK;
}

static Status copy_bytes(BatchBuilder *out, const void *bytes, size_t size, Str *cell)
{
    if (size > UINT32_MAX)
        return ST_NOMEM;
    const char *copy = size <= STR_INLINE ? bytes : arena_copy(&out->arena, bytes, size);
    if (size > STR_INLINE && copy == NULL)
        return ST_NOMEM;
    *cell = str_view(size == 0 ? "" : copy, (uint32_t)size);
    return ST_OK;
}

/* --- headers --- */

/* Whether a later header has the same name: of those the last counts, as in Flink. */
static bool comes_again(const KafkaLibrary *lib, const rd_kafka_headers_t *headers, size_t i,
                        const char *name)
{
    const char *other;
    const void *value;
    size_t size;
    while (lib->header_get_all(headers, ++i, &other, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (strcmp(name, other) == 0)
            return true;
    }
    return false;
}

/* The next header from *i on that counts. */
static bool next_header(const KafkaLibrary *lib, const rd_kafka_headers_t *headers, size_t *i,
                        const char **name, Text *value)
{
    const void *bytes;
    size_t size;
    while (headers != NULL &&
           lib->header_get_all(headers, *i, name, &bytes, &size) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        *value = (Text){bytes, (uint32_t)size};
        if (!comes_again(lib, headers, (*i)++, *name))
            return true;
    }
    return false;
}

static Status fill_headers(const KafkaLibrary *lib, const rd_kafka_message_t *message,
                           BatchBuilder *out, Column *column, uint32_t row)
{
    const rd_kafka_headers_t *headers = kafka_message_headers(lib, message);
    const char *name;
    Text value;
    uint32_t at, count = 0;
    Nested *map = column->data.nested;
    for (size_t i = 0; next_header(lib, headers, &i, &name, &value);)
        count++;
    TRY(nested_add_elements(&out->arena, map, row, count, &at));
    for (size_t i = 0; next_header(lib, headers, &i, &name, &value); at++) {
        TRY(copy_bytes(out, name, strlen(name), &map->child[0].data.str[at]));
        if (value.ptr == NULL)
            bit_clear(map->child[1].valid, at);
        else
            TRY(copy_bytes(out, value.ptr, value.size, &map->child[1].data.str[at]));
    }
    return ST_OK;
}

/* --- the columns --- */

static const char *type_name(rd_kafka_timestamp_type_t type)
{
    return type == RD_KAFKA_TIMESTAMP_CREATE_TIME       ? "CreateTime"
           : type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? "LogAppendTime"
                                                        : "NoTimestampType";
}

static Micros time_of(int64_t millis)
{
    Micros micros;
    return __builtin_mul_overflow(millis, MICROS_PER_MILLI, &micros) ? 0 : micros;
}

static Status fill_cell(const KafkaMetadata *self, KafkaMetadataKey key, const KafkaLibrary *lib,
                        const rd_kafka_message_t *message, BatchBuilder *out, uint32_t number,
                        uint32_t row)
{
    Column *column = &out->column[number];
    rd_kafka_timestamp_type_t type;
    switch (key) {
    case KAFKA_TOPIC: column->data.str[row] = self->topic; break;
    case KAFKA_PARTITION: column->data.i64[row] = self->partition; break;
    case KAFKA_OFFSET: column->data.i64[row] = message->offset; break;
    case KAFKA_TIMESTAMP:
        column->data.i64[row] = time_of(kafka_message_time(lib, message, &type));
        break;
    case KAFKA_TIMESTAMP_TYPE:
        kafka_message_time(lib, message, &type);
        column->data.str[row] = str_of_text(text_of(type_name(type)));
        break;
    case KAFKA_HEADERS: return fill_headers(lib, message, out, column, row);
    case KAFKA_LEADER_EPOCH: {
        int32_t epoch = kafka_message_leader_epoch(lib, message);
        column->data.i64[row] = epoch;
        if (epoch < 0)
            builder_set_null(out, number, row);
        break;
    }
    case KAFKA_KEY:
        if (message->key != NULL)
            return copy_bytes(out, message->key, message->key_len, &column->data.str[row]);
        builder_set_null(out, number, row);
        break;
    }
    return ST_OK;
}

Status kafka_metadata_fill(const KafkaMetadata *self, const KafkaLibrary *lib,
                           rd_kafka_message_t *const *message, const uint16_t *number,
                           BatchBuilder *out)
{
    for (uint32_t i = 0; i < self->count; i++) {
        for (uint32_t row = 0; row < out->rows; row++)
            TRY(fill_cell(self, self->wanted[i], lib, message[number[row]], out, self->first + i,
                          row));
    }
    return ST_OK;
}
