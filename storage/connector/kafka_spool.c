/* A message is a byte of flags, its time, its leader's epoch, its key with its size, the number of
 * its headers and these, and then its value. A key, a header's value and a value may each be NULL,
 * which is not the same as empty. */
#include "storage/connector/kafka_spool.h"

#include "storage/base/varint.h"

enum { HAS_KEY = 1, HAS_VALUE = 2, TIME_TYPE_SHIFT = 2, FLAGS = 1 << 4 };

void kafka_spool_open(KafkaSpool *self, Spool *spool, const KafkaLibrary *lib, uint64_t offset,
                      Meter *meter)
{
    *self = (KafkaSpool){.spool = spool, .lib = lib};
    strbuf_init(&self->record, meter);
    arena_init(&self->arena, meter);
    if (spool != NULL)
        self->at = spool_find_record(spool, offset);
}

void kafka_spool_close(KafkaSpool *self)
{
    strbuf_close(&self->record);
    arena_close(&self->arena);
}

/* --- into it --- */

static void put_bytes(StrBuf *out, const void *bytes, size_t size)
{
    varint_put(out, size);
    strbuf_put(out, bytes, size);
}

static void put_headers(const KafkaLibrary *lib, const rd_kafka_message_t *message, StrBuf *out)
{
    const rd_kafka_headers_t *headers = kafka_message_headers(lib, message);
    const char *name;
    const void *value;
    size_t size, count = 0;
    while (headers != NULL &&
           lib->header_get_all(headers, count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR)
        count++;
    varint_put(out, count);
    for (size_t i = 0; i < count; i++) {
        lib->header_get_all(headers, i, &name, &value, &size);
        put_bytes(out, name, strlen(name));
        strbuf_char(out, value != NULL);
        if (value != NULL)
            put_bytes(out, value, size);
    }
}

Status kafka_spool_put(KafkaSpool *self, const rd_kafka_message_t *message)
{
    StrBuf *out = &self->record;
    rd_kafka_timestamp_type_t type;
    if (self->spool == NULL)
        return ST_OK;
    int64_t time = kafka_message_time(self->lib, message, &type);
    unsigned flags = (message->key == NULL ? 0 : HAS_KEY) |
                     (message->payload == NULL ? 0 : HAS_VALUE) | (unsigned)type << TIME_TYPE_SHIFT;
    strbuf_clear(out);
    strbuf_char(out, (char)flags);
    varint_put(out, varint_fold(time));
    varint_put(out, varint_fold(kafka_message_leader_epoch(self->lib, message)));
    if (message->key != NULL)
        put_bytes(out, message->key, message->key_len);
    put_headers(self->lib, message, out);
    if (message->payload != NULL)
        strbuf_put(out, message->payload, message->len);
    TRY(strbuf_status(out));
    TRY(spool_add_record(self->spool, (uint64_t)message->offset, strbuf_as_text(out)));
    self->at = spool_end(self->spool);
    return ST_OK;
}

Status kafka_spool_end(KafkaSpool *self)
{
    if (self->spool == NULL || self->ended)
        return ST_OK;
    self->ended = true;
    return spool_add(self->spool, NULL, 0);
}

/* --- out of it --- */

static bool take_byte(Text *in, unsigned *out)
{
    if (in->size == 0)
        return false;
    *out = (unsigned char)*in->ptr++;
    in->size--;
    return true;
}

static bool take_bytes(Text *in, Text *out)
{
    uint64_t size;
    if (!varint_take(in, &size) || size > in->size)
        return false;
    *out = (Text){in->ptr, (uint32_t)size};
    in->ptr += size;
    in->size -= (uint32_t)size;
    return true;
}

static bool take_header(const KafkaLibrary *lib, Text *in, rd_kafka_headers_t *headers)
{
    Text name, value = TEXT_NONE;
    unsigned has_value;
    if (!take_bytes(in, &name) || !take_byte(in, &has_value) || has_value > 1 ||
        (has_value == 1 && !take_bytes(in, &value)))
        return false;
    return lib->header_add(headers, name.ptr, (ssize_t)name.size, has_value == 1 ? value.ptr : NULL,
                           (ssize_t)value.size) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static bool take_headers(const KafkaLibrary *lib, Text *in, KafkaKept *out)
{
    uint64_t count;
    if (!varint_take(in, &count) || count > in->size)
        return false;
    if (count == 0)
        return true;
    out->headers = lib->headers_new((size_t)count);
    bool fine = true;
    for (uint64_t i = 0; i < count && fine; i++)
        fine = take_header(lib, in, out->headers);
    if (!fine)
        lib->headers_destroy(out->headers);
    return fine;
}

static bool read_message(const KafkaLibrary *lib, Text in, KafkaKept *out)
{
    unsigned flags;
    uint64_t time, epoch;
    Text key = TEXT_NONE;
    if (!take_byte(&in, &flags) || flags >= FLAGS || !varint_take(&in, &time) ||
        !varint_take(&in, &epoch) || ((flags & HAS_KEY) != 0 && !take_bytes(&in, &key)))
        return false;
    out->time = varint_unfold(time);
    out->leader_epoch = (int32_t)varint_unfold(epoch);
    out->time_type = (rd_kafka_timestamp_type_t)(flags >> TIME_TYPE_SHIFT);
    if (!take_headers(lib, &in, out))
        return false;
    rd_kafka_message_t *message = &out->message;
    if ((flags & HAS_KEY) != 0) {
        message->key = (void *)(uintptr_t)key.ptr;
        message->key_len = key.size;
    }
    if ((flags & HAS_VALUE) != 0) {
        message->payload = (void *)(uintptr_t)in.ptr;
        message->len = in.size;
    }
    message->_private = message;
    return true;
}

/* The bytes move when the spool changes, so a message has a copy. */
static Status take_message(KafkaSpool *self, const SpoolRecord *record, rd_kafka_message_t **out)
{
    KafkaKept *kept;
    Text bytes;
    TRY_NEW(kept, &self->arena);
    TRY(arena_text(&self->arena, record->bytes, &bytes));
    if (!read_message(self->lib, bytes, kept))
        return ST_STATE;
    kept->message.offset = (int64_t)record->offset;
    *out = &kept->message;
    return ST_OK;
}

Status kafka_spool_take(KafkaSpool *self, uint32_t most, rd_kafka_message_t **message,
                        uint32_t *count, SpoolRead *result)
{
    SpoolRecord record;
    arena_reset(&self->arena);
    *count = 0;
    do {
        *result =
            self->spool == NULL ? SPOOL_STREAM : spool_read_record(self->spool, &self->at, &record);
        if (*result != SPOOL_BYTES)
            break;
        TRY(take_message(self, &record, &message[*count]));
        ++*count;
    } while (*count < most);
    self->ended = self->ended || *result == SPOOL_END;
    if (*count > 0)
        *result = SPOOL_BYTES;
    return ST_OK;
}
