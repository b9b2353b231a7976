/* Where the last records are is not known: offsets have gaps, which control records and compaction
 * leave. So a window in front of the end is read; one that holds too few records is read once more,
 * several times as wide. When enough are there, their size tells how many make a sample. */
#include "storage/connector/kafka_peek.h"

#include <stdlib.h>

#include "storage/base/vec.h"
#include "storage/connector/kafka_ask.h"
#include "storage/connector/kafka_options.h"
#include "storage/data/timestamp.h"

enum {
    POLL_MS = 100,
    SILENT_POLLS = 100, /* one after another in vain, until that is an error */
    WIDER = 8,
    KEPT_BYTES_MAX = 256 << 20, /* a record has no bound but the broker's */
};

typedef struct Part {
    int64_t begin, end;
    int64_t window; /* offsets in front of the end */
    uint32_t wanted;
    bool due, reading;
    VEC(rd_kafka_message_t *) kept;
    size_t bytes; /* of those */
} Part;

typedef struct Peeking {
    KafkaPeek *peek;
    const PeekExtent *extent;
    KafkaClient *client;
    const KafkaLibrary *lib;
    Text *topic;
    Part *part;
    uint32_t parts, reading;
    size_t bytes;
} Peeking;

static size_t size_of(const rd_kafka_message_t *message)
{
    return message->len + message->key_len;
}

/* --- keeping --- */

static void drop_first(Peeking *self, Part *part, uint32_t count)
{
    if (count == 0)
        return;
    for (uint32_t i = 0; i < count; i++) {
        self->bytes -= size_of(part->kept.item[i]);
        part->bytes -= size_of(part->kept.item[i]);
        self->lib->message_destroy(part->kept.item[i]);
    }
    part->kept.count -= count;
    memmove(part->kept.item, part->kept.item + count, part->kept.count * sizeof *part->kept.item);
}

/* The message is the part's from here on, or given back. */
static Status keep(Peeking *self, Part *part, rd_kafka_message_t *message, Diag *diag)
{
    if (part->kept.count >= part->wanted * 2)
        drop_first(self, part, part->kept.count - part->wanted);
    if (part->kept.count == part->kept.capacity) {
        void *item = part->kept.item;
        Status status = vec_grow(&self->peek->arena, &item, part->kept.count, &part->kept.capacity,
                                 sizeof *part->kept.item);
        if (status != ST_OK) {
            self->lib->message_destroy(message);
            return status;
        }
        part->kept.item = item;
    }
    part->kept.item[part->kept.count++] = message;
    part->bytes += size_of(message);
    self->bytes += size_of(message);
    if (self->bytes <= KEPT_BYTES_MAX)
        return ST_OK;
    return diag_error(diag, E0003, SPAN_NONE,
                      "the last %u records of each partition are more than %d MB: fewer, please",
                      part->wanted, KEPT_BYTES_MAX >> 20);
}

/* --- reading a round --- */

static void end_part(Peeking *self, Part *part)
{
    part->reading = false;
    self->reading--;
    kafka_client_unassign(self->client, self->topic->ptr, (int32_t)(part - self->part));
}

static Status begin_parts(Peeking *self, Diag *diag)
{
    for (uint32_t i = 0; i < self->parts; i++) {
        Part *part = &self->part[i];
        int64_t from = part->end - part->window;
        if (!part->due)
            continue;
        part->due = false;
        drop_first(self, part, part->kept.count);
        if (part->begin >= part->end)
            continue;
        TRY(kafka_client_assign(self->client, self->topic->ptr, (int32_t)i,
                                from < part->begin ? part->begin : from, diag));
        part->reading = true;
        self->reading++;
    }
    return ST_OK;
}

static Status fail_message(Peeking *self, const rd_kafka_message_t *message, Diag *diag)
{
    const char *words = message->payload != NULL ? (const char *)message->payload
                                                 : self->lib->err2str(message->err);
    return diag_error(diag, E3007, SPAN_NONE, "\"%s[%d]\": %.*s", self->topic->ptr,
                      (int)message->partition, message->payload != NULL ? (int)message->len : 200,
                      words);
}

static Status take(Peeking *self, rd_kafka_message_t *message, Diag *diag)
{
    bool known = message->partition >= 0 && (uint32_t)message->partition < self->parts;
    Part *part = known ? &self->part[message->partition] : NULL;
    bool good = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    /* Retention may take the records away that were to be read. */
    bool over = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ||
                message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
                message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
    Status status = good || over ? ST_OK : fail_message(self, message, diag);
    if (part == NULL || !part->reading || status != ST_OK) {
        self->lib->message_destroy(message);
        return status;
    }
    over = over || message->offset >= part->end - 1;
    if (good && message->offset < part->end)
        status = keep(self, part, message, diag);
    else
        self->lib->message_destroy(message);
    if (over)
        end_part(self, part);
    return status;
}

static Status fail_silent(Peeking *self, Diag *diag)
{
    if (self->client->lost)
        return diag_error(diag, E3008, SPAN_NONE, "topic \"%s\": %s", self->topic->ptr,
                          self->client->trouble);
    return diag_error(diag, E3007, SPAN_NONE, "topic \"%s\": its records do not come%s%s",
                      self->topic->ptr, self->client->trouble[0] == '\0' ? "" : ": ",
                      self->client->trouble);
}

static Status read_round(Peeking *self, Diag *diag)
{
    TRY(begin_parts(self, diag));
    for (int silent = 0; self->reading > 0;) {
        if (self->extent->stopped != NULL && self->extent->stopped())
            return ST_CANCELLED;
        rd_kafka_message_t *message = self->lib->consumer_poll(self->client->rk, POLL_MS);
        silent = message == NULL ? silent + 1 : 0;
        if (message != NULL)
            TRY(take(self, message, diag));
        if (self->client->lost || silent == SILENT_POLLS)
            return fail_silent(self, diag);
    }
    return ST_OK;
}

/* --- how much --- */

static bool has_more(const Part *part)
{
    return part->end - part->window > part->begin;
}

/* False when all parts have what is wanted of them, or all that there is. */
static bool widen(Peeking *self)
{
    bool any = false;
    for (uint32_t i = 0; i < self->parts; i++) {
        Part *part = &self->part[i];
        part->due = part->kept.count < part->wanted && has_more(part);
        if (!part->due)
            continue;
        any = true;
        if (__builtin_mul_overflow(part->window, WIDER, &part->window))
            part->window = INT64_MAX;
    }
    return any;
}

static Status read_wanted(Peeking *self, Diag *diag)
{
    do
        TRY(read_round(self, diag));
    while (widen(self));
    return ST_OK;
}

/* As many more as the sample may have, by the size of those that are there. */
static bool want_sample(Peeking *self)
{
    uint32_t kept = 0, open = 0;
    bool any = false;
    for (uint32_t i = 0; i < self->parts; i++) {
        kept += self->part[i].kept.count;
        open += has_more(&self->part[i]);
    }
    if (open == 0 || kept == 0)
        return false;
    size_t each = self->bytes / kept + 1;
    size_t fit = self->extent->sample_bytes / each;
    uint32_t all =
        fit < self->extent->sample_records ? (uint32_t)fit : self->extent->sample_records;
    for (uint32_t i = 0; i < self->parts; i++) {
        Part *part = &self->part[i];
        part->due = has_more(part) && all / open > part->wanted;
        if (!part->due)
            continue;
        any = true;
        part->wanted = all / open;
        part->window = part->window < part->wanted ? part->wanted : part->window;
    }
    return any;
}

/* --- all --- */

static Status look_up(Peeking *self, int64_t which, Diag *diag)
{
    rd_kafka_topic_partition_list_t *list = self->lib->topic_partition_list_new((int)self->parts);
    for (uint32_t i = 0; i < self->parts; i++)
        self->lib->topic_partition_list_add(list, self->topic->ptr, (int32_t)i)->offset = which;
    Status status = kafka_ask_offsets(self->client, list, diag);
    for (uint32_t i = 0; i < self->parts && status == ST_OK; i++)
        *(which == RD_KAFKA_OFFSET_END ? &self->part[i].end : &self->part[i].begin) =
            list->elems[i].offset;
    self->lib->topic_partition_list_destroy(list);
    return status;
}

static Status find_parts(Peeking *self, const TableSpec *table, SourceEnv *env, Diag *diag)
{
    uint32_t topics;
    TRY(kafka_topics(table, &self->peek->arena, &self->topic, &topics, diag));
    TRY(kafka_client_get(table, env, &self->client, diag));
    self->lib = self->client->lib;
    TRY(kafka_ask_partitions(self->client, self->topic->ptr, &self->parts, diag));
    TRY_NEW_ARRAY(self->part, &self->peek->arena, self->parts);
    TRY(look_up(self, RD_KAFKA_OFFSET_BEGINNING, diag));
    TRY(look_up(self, RD_KAFKA_OFFSET_END, diag));
    for (uint32_t i = 0; i < self->parts; i++) {
        self->part[i].due = true;
        self->part[i].wanted = self->extent->records;
        self->part[i].window = self->extent->records;
    }
    return ST_OK;
}

static int by_time(const void *a, const void *b)
{
    const PeekedRecord *x = a, *y = b;
    if (x->timed != y->timed)
        return x->timed ? 1 : -1;
    if (x->timed && x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->partition != y->partition)
        return x->partition < y->partition ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static PeekedRecord record_of(const KafkaLibrary *lib, const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type;
    int64_t millis = lib->message_timestamp(message, &type);
    PeekedRecord record = {.partition = message->partition,
                           .offset = message->offset,
                           .timed = type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE,
                           .has_key = message->key != NULL,
                           .has_value = message->payload != NULL,
                           .key = {message->key, (uint32_t)message->key_len},
                           .value = {message->payload, (uint32_t)message->len}};
    if (__builtin_mul_overflow(millis, MICROS_PER_MILLI, &record.time) ||
        record.time < days_from_civil(1, 1, 1) * MICROS_PER_DAY ||
        record.time >= days_from_civil(10000, 1, 1) * MICROS_PER_DAY)
        record.timed = false; /* whatever the sender meant */
    return record;
}

static Status hand_over(Peeking *self)
{
    KafkaPeek *peek = self->peek;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < self->parts; i++)
        kept += self->part[i].kept.count;
    TRY_NEW_ARRAY(peek->message, &peek->arena, kept);
    TRY_NEW_ARRAY(peek->record, &peek->arena, kept);
    for (uint32_t i = 0; i < self->parts; i++) {
        Part *part = &self->part[i];
        for (uint32_t m = 0; m < part->kept.count; m++) {
            peek->message[peek->count] = part->kept.item[m];
            peek->record[peek->count++] = record_of(self->lib, part->kept.item[m]);
        }
        part->kept.count = 0;
    }
    qsort(peek->record, peek->count, sizeof *peek->record, by_time);
    peek->partitions = self->parts;
    return ST_OK;
}

static Status read_all(Peeking *self, const TableSpec *table, SourceEnv *env, Diag *diag)
{
    TRY(find_parts(self, table, env, diag));
    TRY(read_wanted(self, diag));
    if (want_sample(self))
        TRY(read_round(self, diag));
    return hand_over(self);
}

Status kafka_peek_open(KafkaPeek *peek, const TableSpec *table, Clock *clock, Meter *meter,
                       const PeekExtent *extent, Diag *diag)
{
    *peek = (KafkaPeek){0};
    arena_init(&peek->arena, meter);
    SourceEnv env = {
        .arena = &peek->arena, .meter = meter, .clock = clock, .shared = &peek->shared};
    Peeking self = {.peek = peek, .extent = extent};
    Status status = read_all(&self, table, &env, diag);
    for (uint32_t i = 0; i < self.parts && self.part != NULL; i++)
        drop_first(&self, &self.part[i], self.part[i].kept.count);
    if (status != ST_OK)
        kafka_peek_close(peek);
    return status;
}

void kafka_peek_close(KafkaPeek *peek)
{
    const KafkaClient *client = (const KafkaClient *)peek->shared;
    for (uint32_t i = 0; i < peek->count; i++)
        client->lib->message_destroy(peek->message[i]);
    if (peek->shared != NULL)
        peek->shared->close(peek->shared);
    arena_close(&peek->arena);
    *peek = (KafkaPeek){0};
}
