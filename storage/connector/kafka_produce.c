#include "storage/connector/kafka_produce.h"

#include <string.h>

enum { BATCH_MESSAGES = 512 };

static int32_t partition_of(const KafkaProducer *self, uint32_t number)
{
    switch (self->partitioner) {
    case KAFKA_PARTITION_FIXED: return 0;
    case KAFKA_PARTITION_ROUND_ROBIN:
        return (int32_t)((self->turn + number) % (uint32_t)self->partitions);
    case KAFKA_PARTITION_DEFAULT: break;
    }
    return RD_KAFKA_PARTITION_UA;
}

/* Headers as the outbox has them; librdkafka owns them once the record is taken. */
static rd_kafka_headers_t *make_headers(const KafkaProducer *self, const KafkaOutbox *outbox,
                                        const KafkaRecord *record)
{
    const char *p = kafka_record_value(outbox, record) + record->value_size;
    const char *end = p + record->headers_size;
    rd_kafka_headers_t *headers = self->lib->headers_new(4);
    while (p < end) {
        uint32_t size;
        size_t name = strlen(p);
        memcpy(&size, p + name + 1, sizeof size);
        const char *value = p + name + 1 + sizeof size;
        bool null = size == UINT32_MAX;
        self->lib->header_add(headers, p, (ssize_t)name, null ? NULL : value,
                              null ? 0 : (ssize_t)size);
        p = value + (null ? 0 : size);
    }
    return headers;
}

/* Without a guarantee nobody waits for the records, and the outbox goes on without them. */
static int copy_flag(const KafkaProducer *self)
{
    return self->guarantee == KAFKA_NO_GUARANTEE ? RD_KAFKA_MSG_F_COPY : 0;
}

/* One that brings a time or headers. */
static rd_kafka_resp_err_t produce_one(KafkaProducer *self, const KafkaOutbox *outbox,
                                       uint32_t number)
{
    const KafkaRecord *record = &outbox->record[number];
    const char *key = record->has_key ? kafka_record_key(outbox, record) : NULL;
    const char *value = record->has_value ? kafka_record_value(outbox, record) : NULL;
    rd_kafka_headers_t *headers =
        record->headers_size == 0 ? NULL : make_headers(self, outbox, record);
    rd_kafka_vu_t part[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = self->handle},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition_of(self, number)},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = copy_flag(self)},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)key, record->key_size}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value, record->value_size}},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP,
         .u.i64 = record->time == KAFKA_NO_TIME ? 0 : record->time},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    size_t parts = sizeof part / sizeof part[0] - (headers == NULL);
    rd_kafka_error_t *error = self->lib->produceva(self->rk, part, parts);
    if (error == NULL)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t code = self->lib->error_code(error);
    self->lib->error_destroy(error);
    if (headers != NULL)
        self->lib->headers_destroy(headers);
    return code;
}

/* Plain ones, many at a time. *taken: so many of them are librdkafka's now. */
static rd_kafka_resp_err_t produce_batch(KafkaProducer *self, const KafkaOutbox *outbox,
                                         const uint32_t *number, uint32_t count, uint32_t *taken)
{
    rd_kafka_message_t message[BATCH_MESSAGES];
    memset(message, 0, count * sizeof message[0]);
    for (uint32_t i = 0; i < count; i++) {
        const KafkaRecord *record = &outbox->record[number[i]];
        const char *value = kafka_record_value(outbox, record);
        message[i].partition = partition_of(self, number[i]);
        message[i].payload = record->has_value ? (void *)(uintptr_t)value : NULL;
        message[i].len = record->value_size;
        message[i].key =
            record->has_key ? (void *)(uintptr_t)kafka_record_key(outbox, record) : NULL;
        message[i].key_len = record->key_size;
    }
    self->lib->produce_batch(self->handle, RD_KAFKA_PARTITION_UA,
                             RD_KAFKA_MSG_F_PARTITION | copy_flag(self), message, (int)count);
    *taken = 0;
    while (*taken < count && message[*taken].err == RD_KAFKA_RESP_ERR_NO_ERROR)
        ++*taken;
    /* Behind one that was refused others may have been taken: those would overtake it. */
    for (uint32_t i = *taken + 1; i < count; i++) {
        if (message[i].err == RD_KAFKA_RESP_ERR_NO_ERROR)
            return RD_KAFKA_RESP_ERR__CONFLICT;
    }
    return *taken == count ? RD_KAFKA_RESP_ERR_NO_ERROR : message[*taken].err;
}

static bool is_plain(const KafkaRecord *record)
{
    return record->time == KAFKA_NO_TIME && record->headers_size == 0;
}

rd_kafka_resp_err_t kafka_produce_some(KafkaProducer *self, const KafkaOutbox *outbox)
{
    uint32_t number[BATCH_MESSAGES], count = 0, taken = 0;
    uint32_t most = self->one_by_one ? 1 : BATCH_MESSAGES;
    while (self->next < self->to && outbox->record[self->next].replaced)
        self->next++;
    uint32_t at = self->next;
    if (at < self->to && !is_plain(&outbox->record[at])) {
        rd_kafka_resp_err_t error = produce_one(self, outbox, at);
        self->next += error == RD_KAFKA_RESP_ERR_NO_ERROR;
        return error;
    }
    for (; at < self->to && count < most; at++) {
        const KafkaRecord *record = &outbox->record[at];
        if (!record->replaced && !is_plain(record))
            break;
        if (!record->replaced)
            number[count++] = at;
    }
    if (count == 0)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t error = produce_batch(self, outbox, number, count, &taken);
    self->next = taken == count ? at : number[taken];
    return error;
}
