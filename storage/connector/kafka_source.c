/* Messages are fetched in batches from the partition's own queue, decoded at once and given back; a
 * batch that makes more rows than fit is kept for the next poll. The position moves with messages,
 * not with records: control records and what compaction took away are gaps that nobody sees.
 *
 * That a position can be read on from is checked when the partition is opened: the last record that
 * was read in front of it must be the one that it was (its time and bytes, as a hash, are kept with
 * the split), as a topic that was deleted and made anew may reach as far again. Where there is none
 * at its offset any more, another topic has the end of a transaction there, or compaction has taken
 * it away: of a topic that is not compacted only the former can be. */
#include "storage/connector/kafka_source.h"

#include <assert.h>
#include <time.h>

#include "storage/base/hash.h"
#include "storage/connector/kafka_ask.h"
#include "storage/connector/kafka_client.h"
#include "storage/connector/kafka_keys.h"
#include "storage/connector/kafka_list.h"
#include "storage/connector/kafka_metadata.h"
#include "storage/connector/kafka_policy.h"
#include "storage/connector/kafka_records.h"
#include "storage/connector/kafka_spool.h"

enum {
    REPLAY_WAIT_MS = 100,  /* for messages that are known to be there */
    REPLAY_WAITS = 600,    /* one after another in vain, until that is an error */
    MUCH_MESSAGES = 10000, /* so many or so much in a queue: it may have been full */
    MUCH_BYTES = 512 << 10,
};

/* A topic is not deleted and made anew in less. */
static const Micros long_silence = 100 * MICROS_PER_MILLI;

/* A record that was read. */
typedef struct SeenRecord {
    uint64_t behind; /* its offset and 1; 0: none was */
    uint64_t hash;
} SeenRecord;

typedef struct KafkaReader {
    SplitReader base;
    KafkaClient *client;
    Split split;
    Meter *meter;
    Arena arena;
    const char *topic;
    int32_t partition;
    rd_kafka_queue_t *queue;
    KafkaRecords records;
    KafkaKeys keys;
    KafkaMetadata metadata;
    KafkaSpool kept;
    uint32_t deletion;            /* column that says it; UINT32_MAX: none */
    rd_kafka_message_t **message; /* fetched; those in front of `at` are given back */
    uint32_t at, count;
    size_t queued;     /* the most there were in the queue since its fetching was looked after */
    uint64_t next;     /* the offset of the next message to be decoded */
    uint64_t log_end;  /* as the broker told it last; UINT64_MAX: not yet */
    uint64_t replayed; /* a replay reads up to here; REPLAY_OVER: none */
    bool assigned;
    bool checking;   /* the record that was seen last comes first, and is compared */
    bool reached;    /* since it was assigned: there is something at `next`, or the log's end */
    SeenRecord seen; /* the last one in front of `next` */
    SeenRecord seen_before; /* likewise, before the last poll */
    SeenRecord seen_first;  /* the first one of the last poll */
    Micros silent_since;    /* nothing was there since then, on the monotonic clock; 0: there was */
} KafkaReader;

/* --- what is gone --- */

/* Which offsets there are, as words for an error. */
static void tell_available(KafkaReader *self, char *out, size_t size)
{
    const KafkaLibrary *lib = self->client->lib;
    rd_kafka_topic_partition_list_t *list = lib->topic_partition_list_new(1);
    int64_t bound[2] = {RD_KAFKA_OFFSET_BEGINNING, RD_KAFKA_OFFSET_END};
    Status status = ST_OK;
    lib->topic_partition_list_add(list, self->topic, self->partition);
    for (int i = 0; i < 2 && status == ST_OK; i++) {
        list->elems[0].offset = bound[i];
        status = kafka_ask_offsets(self->client, list, NULL);
        bound[i] = list->elems[0].offset;
    }
    lib->topic_partition_list_destroy(list);
    if (status != ST_OK)
        snprintf(out, size, "what is there is not known");
    else if (bound[0] == bound[1])
        snprintf(out, size, "there are none now, the next will be %lld", (long long)bound[1]);
    else
        snprintf(out, size, "there are %lld to %lld", (long long)bound[0], (long long)bound[1] - 1);
}

static Status fail_position(KafkaReader *self, Diag *diag)
{
    char available[96];
    tell_available(self, available, sizeof available);
    Status status =
        diag_error(diag, E3009, SPAN_NONE, "\"%.*s\": offset %llu is to be read next, and %s",
                   TEXT_ARG(self->split.name), (unsigned long long)self->next, available);
    diag_hint(diag, "records were deleted before they were read (retention), or the topic was made "
                    "anew; weir explain E3009 has the choices");
    return status;
}

static Status fail_other(KafkaReader *self, Diag *diag)
{
    char available[96];
    tell_available(self, available, sizeof available);
    Status status = diag_error(
        diag, E3009, SPAN_NONE,
        "\"%.*s\": the record at offset %llu is not the one that was read there before, so the "
        "topic was made anew; %s",
        TEXT_ARG(self->split.name), (unsigned long long)self->seen.behind - 1, available);
    diag_hint(diag, "STOP JOB and run the script again, which begins from the beginning; weir "
                    "explain E3009 has the choices");
    return status;
}

static Status fail_message(KafkaReader *self, const rd_kafka_message_t *message, Diag *diag)
{
    if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
        message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
        return fail_position(self, diag);
    const char *words = message->payload != NULL ? (const char *)message->payload
                                                 : self->client->lib->err2str(message->err);
    return diag_error(diag, E3007, SPAN_NONE, "\"%.*s\" at offset %llu: %.*s",
                      TEXT_ARG(self->split.name), (unsigned long long)self->next,
                      message->payload != NULL ? (int)message->len : 200, words);
}

/* --- fetching --- */

static uint64_t hash_of(const KafkaReader *self, const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type;
    int64_t time = kafka_message_time(self->client->lib, message, &type);
    uint64_t hash = hash_u64((uint64_t)time, 0);
    hash = hash_bytes(message->payload, message->payload == NULL ? 0 : message->len, hash);
    hash = hash_bytes(message->key, message->key == NULL ? 0 : message->key_len, hash);
    return hash;
}

/* Where nobody says so, it may. */
static bool may_be_compacted(KafkaReader *self)
{
    const Text topic = text_of(self->topic);
    bool compacted = true;
    Diag ignored;
    diag_reset(&ignored);
    if (self->split.spools != SPOOLS_NOTHING)
        return true;
    Status status = kafka_policy_compacts(self->client, &topic, 1, true, &compacted, &ignored);
    return status != ST_OK || compacted;
}

/* The record that was seen last is not there, but those behind it are. */
static Status miss_seen(KafkaReader *self, Diag *diag)
{
    self->checking = false;
    if (!may_be_compacted(self))
        return fail_other(self, diag);
    self->seen = (SeenRecord){0}; /* there is nothing to compare with */
    return ST_OK;
}

/* The first message after the partition was opened in the middle. */
static Status check_seen(KafkaReader *self, const rd_kafka_message_t *message, Diag *diag)
{
    if ((uint64_t)message->offset + 1 != self->seen.behind)
        return miss_seen(self, diag);
    self->checking = false;
    return hash_of(self, message) == self->seen.hash ? ST_OK : fail_other(self, diag);
}

static Status take_end(KafkaReader *self, uint64_t end, Diag *diag)
{
    self->log_end = end;
    if (!self->reached && end < self->next)
        return fail_position(self, diag);
    self->reached = true;
    return self->checking ? miss_seen(self, diag) : ST_OK;
}

/* Bounded, and all that is wanted has come. */
static bool has_reached_end(const KafkaReader *self)
{
    return self->split.end != UINT64_MAX && self->log_end != UINT64_MAX &&
           self->log_end >= self->split.end;
}

/* *keep: it is a message to be decoded. */
static Status take_event(KafkaReader *self, const rd_kafka_message_t *message, bool *keep,
                         Diag *diag)
{
    *keep = false;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        return take_end(self, (uint64_t)message->offset, diag);
    if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && self->checking) {
        /* the record in front of the position is gone, but perhaps not those behind it */
        self->checking = false;
        self->seen = (SeenRecord){0};
        kafka_client_unassign(self->client, self->topic, self->partition);
        return kafka_client_assign(self->client, self->topic, self->partition, (int64_t)self->next,
                                   diag);
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail_message(self, message, diag);
    self->silent_since = 0;
    if (self->checking)
        TRY(check_seen(self, message, diag));
    uint64_t offset = (uint64_t)message->offset;
    if (self->split.end != UINT64_MAX && offset >= self->split.end - 1)
        self->log_end = self->split.end;
    self->reached = self->reached || offset >= self->next;
    *keep = offset >= self->next && offset < self->split.end;
    return ST_OK;
}

/* Sees to it that librdkafka fetches on when half of what it has queued is used up. */
static void keep_fetching(KafkaReader *self, const rd_kafka_message_t *some, size_t taken)
{
    size_t queued = self->client->lib->queue_length(self->queue);
    if (queued + taken > self->queued)
        self->queued = queued + taken;
    if (queued > self->queued / 2)
        return;
    bool much = self->queued >= MUCH_MESSAGES || self->queued * some->len >= MUCH_BYTES;
    self->queued = queued;
    if (much)
        kafka_client_wake(self->client, self->topic, self->partition);
}

static Status assign(KafkaReader *self, Diag *diag)
{
    if (self->assigned)
        return ST_OK;
    self->assigned = true;
    self->reached = false;
    self->checking = self->seen.behind > 0;
    uint64_t from = self->checking ? self->seen.behind - 1 : self->next;
    return kafka_client_assign(self->client, self->topic, self->partition, (int64_t)from, diag);
}

/* After a silence the topic may be another one of the same name, which librdkafka, whose requests
 * have the name alone, would go on in at the same offset. */
static bool may_be_another(const KafkaReader *self, ssize_t got)
{
    Micros now = self->client->clock->monotonic(self->client->clock);
    ssize_t first = 0;
    while (first < got && self->message[first]->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        first++;
    return first < got && self->message[first]->err == RD_KAFKA_RESP_ERR_NO_ERROR &&
           self->silent_since != 0 && now - self->silent_since >= long_silence &&
           self->seen.behind > 0 && !self->checking;
}

/* So the record in front of the position comes once more, to be compared. */
static Status check_again(KafkaReader *self, ssize_t got, Diag *diag)
{
    for (ssize_t i = 0; i < got; i++)
        self->client->lib->message_destroy(self->message[i]);
    self->silent_since = 0;
    self->assigned = false;
    kafka_client_unassign(self->client, self->topic, self->partition);
    return assign(self, diag);
}

/* Into the empty list, without waiting but in a replay. */
static Status fetch(KafkaReader *self, uint32_t most, int wait_ms, Diag *diag)
{
    const KafkaLibrary *lib = self->client->lib;
    Status status = ST_OK;
    self->at = self->count = 0;
    /* A call that may wait does so until all are there: one is waited for. */
    ssize_t got = wait_ms > 0 ? lib->consume_batch_queue(self->queue, wait_ms, self->message, 1)
                              : lib->consume_batch_queue(self->queue, 0, self->message, most);
    if (got == 0 && self->silent_since == 0)
        self->silent_since = self->client->clock->monotonic(self->client->clock);
    if (may_be_another(self, got))
        return check_again(self, got, diag);
    if (got > 0)
        atomic_store_explicit(&self->client->heard, true, memory_order_relaxed);
    if (got > 0)
        keep_fetching(self, self->message[0], (size_t)got);
    for (ssize_t i = 0; i < got; i++) {
        bool keep = false;
        if (status == ST_OK)
            status = take_event(self, self->message[i], &keep, diag);
        if (keep)
            status = kafka_spool_put(&self->kept, self->message[i]);
        if (keep)
            self->message[self->count++] = self->message[i];
        else
            lib->message_destroy(self->message[i]);
    }
    if (status == ST_OK && has_reached_end(self))
        status = kafka_spool_end(&self->kept);
    return status;
}

static void give_back(KafkaReader *self, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        kafka_message_free(self->client->lib, self->message[self->at + i]);
    self->at += count;
}

/* How many of the messages at hand may be decoded: in a replay, those in front of its end. */
static uint32_t ready(const KafkaReader *self)
{
    uint32_t count = self->count - self->at;
    while (count > 0 && (uint64_t)self->message[self->at + count - 1]->offset >= self->replayed)
        count--;
    return count;
}

/* --- polling --- */

static void mark_deletions(const KafkaReader *self, rd_kafka_message_t *const *message,
                           BatchBuilder *out)
{
    for (uint32_t row = 0; row < out->rows && self->deletion != UINT32_MAX; row++)
        out->column[self->deletion].data.b[row] =
            message[self->records.message[row]]->payload == NULL;
}

static Status decode(KafkaReader *self, BatchBuilder *out)
{
    rd_kafka_message_t **first = self->message + self->at;
    uint32_t taken = 0, count = ready(self);
    TRY(kafka_records_decode(&self->records, first, count, out, &taken));
    if (out->rows > 0) {
        TRY(kafka_metadata_fill(&self->metadata, self->client->lib, first, self->records.message,
                                out));
        TRY(kafka_keys_fill(&self->keys, first, self->records.message, out));
        mark_deletions(self, first, out);
    }
    if (taken == 0)
        return ST_OK;
    self->next = (uint64_t)first[taken - 1]->offset + 1;
    self->seen = (SeenRecord){self->next, hash_of(self, first[taken - 1])};
    self->seen_first = (SeenRecord){(uint64_t)first[0]->offset + 1, hash_of(self, first[0])};
    give_back(self, taken);
    return ST_OK;
}

static bool is_read_to_its_end(const KafkaReader *self)
{
    return self->at == self->count && (self->next >= self->split.end || has_reached_end(self));
}

static bool replays(const KafkaReader *self)
{
    return self->replayed != REPLAY_OVER;
}

static Status fetch_some(KafkaReader *self, const BatchBuilder *out, Diag *diag)
{
    SpoolRead kept;
    self->at = 0;
    TRY(kafka_spool_take(&self->kept, out->capacity, self->message, &self->count, &kept));
    if (kept == SPOOL_END)
        self->log_end = self->split.end;
    if (kept != SPOOL_STREAM)
        return ST_OK;
    TRY(kafka_client_serve(self->client, diag));
    TRY(assign(self, diag));
    TRY(fetch(self, out->capacity, 0, diag));
    for (int waits = 0; replays(self) && self->count == 0; waits++) {
        if (waits == REPLAY_WAITS)
            return diag_error(diag, E3007, SPAN_NONE,
                              "\"%.*s\": what was read before does not come again from Kafka",
                              TEXT_ARG(self->split.name));
        TRY(kafka_client_serve(self->client, diag));
        TRY(fetch(self, 1, REPLAY_WAIT_MS, diag));
        if (self->log_end != UINT64_MAX && self->next >= self->log_end)
            break; /* there is no more than that */
    }
    return ST_OK;
}

static Status kafka_poll(SplitReader *base, BatchBuilder *out, PollResult *result, Diag *diag)
{
    KafkaReader *self = (KafkaReader *)base;
    builder_reset(out);
    self->seen_before = self->seen_first = self->seen;
    if (self->at == self->count && !is_read_to_its_end(self) && self->next < self->replayed)
        TRY(fetch_some(self, out, diag));
    if (self->at < self->count)
        TRY(decode(self, out));
    bool something = out->rows > 0 || out->rejected_count > 0;
    *result = is_read_to_its_end(self)              ? POLL_END
              : something || self->at < self->count ? POLL_ROWS
                                                    : POLL_IDLE;
    if (*result == POLL_ROWS && !something && ready(self) == 0)
        *result = POLL_IDLE; /* what is at hand lies behind the replay */
    return ST_OK;
}

static SplitPosition kafka_position(const SplitReader *base)
{
    return (SplitPosition){.offset = ((const KafkaReader *)base)->next};
}

/* A record known in front of where the split is to begin again: of a batch its first and its last.
 */
static void kafka_describe(const SplitReader *base, Split *split)
{
    const KafkaReader *self = (const KafkaReader *)base;
    const SeenRecord later_first[] = {self->seen, self->seen_first, self->seen_before};
    split->head = (StreamHead){0};
    split->head_at = 0;
    for (size_t i = 0; i < sizeof later_first / sizeof *later_first; i++) {
        SeenRecord seen = later_first[i];
        if (seen.behind == 0 || seen.behind > split->start.offset)
            continue;
        split->head = (StreamHead){1, seen.hash};
        split->head_at = seen.behind - 1;
        break;
    }
}

static void kafka_replay_until(SplitReader *base, uint64_t end)
{
    ((KafkaReader *)base)->replayed = end;
}

static uint64_t kafka_end(const SplitReader *base)
{
    return ((const KafkaReader *)base)->log_end;
}

/* Called in a thread of librdkafka's, when a message comes into a queue that was empty. */
static void on_news(rd_kafka_t *rk, void *bell)
{
    (void)rk;
    bell_ring(bell);
}

static void kafka_rings(SplitReader *base, Bell *bell)
{
    const KafkaReader *self = (const KafkaReader *)base;
    self->client->lib->queue_cb_event_enable(self->queue, on_news, bell);
}

static void kafka_close(SplitReader *base)
{
    KafkaReader *self = (KafkaReader *)base;
    give_back(self, self->count - self->at);
    if (self->queue != NULL)
        self->client->lib->queue_cb_event_enable(self->queue, NULL, NULL);
    if (self->queue != NULL)
        self->client->lib->queue_destroy(self->queue);
    if (self->assigned)
        kafka_client_unassign(self->client, self->topic, self->partition);
    kafka_spool_close(&self->kept);
    kafka_keys_close(&self->keys);
    kafka_records_close(&self->records);
    Arena arena = self->arena; /* it holds the reader */
    arena_close(&arena);
}

static Status open_reader(KafkaReader *self, const ScanSpec *scan, SourceEnv *env,
                          const Split *split, Diag *diag)
{
    self->split = *split;
    self->next = split->start.offset;
    if (split->head.size > 0 && split->head_at < self->next)
        self->seen = (SeenRecord){split->head_at + 1, split->head.hash};
    self->log_end = UINT64_MAX;
    self->replayed = REPLAY_OVER;
    self->deletion = scan->wants_deletion ? scan_columns(scan) - 1 : UINT32_MAX;
    TRY(kafka_client_get(scan->table, env, &self->client, diag));
    TRY(kafka_split_parse(split, &self->arena, &self->topic, &self->partition));
    kafka_spool_open(&self->kept, split->spool, self->client->lib, self->next, env->meter);
    TRY_NEW_ARRAY(self->message, &self->arena, BATCH_ROWS);
    TRY(kafka_records_open(&self->records, scan, env->meter));
    TRY(kafka_keys_open(&self->keys, scan, &self->arena, env->meter));
    TRY(kafka_metadata_open(&self->metadata, scan, &self->arena, self->topic, self->partition));
    self->queue =
        self->client->lib->queue_get_partition(self->client->rk, self->topic, self->partition);
    if (self->queue == NULL)
        return diag_error(diag, E3007, SPAN_NONE, "\"%.*s\" has no queue", TEXT_ARG(split->name));
    /* Said in so many words, since an assignment else forwards it to the consumer's own. */
    self->client->lib->queue_forward(self->queue, NULL);
    /* At once, for whoever opens many before polling the first: librdkafka takes up a partition
     * when its last request, which may wait half a second at the end of others, is answered. */
    return self->split.spool == NULL && !is_read_to_its_end(self) ? assign(self, diag) : ST_OK;
}

Status kafka_open_split(const ScanSpec *scan, SourceEnv *env, const Split *split, SplitReader **out,
                        Diag *diag)
{
    Arena arena;
    KafkaReader *self;
    arena_init(&arena, env->meter);
    self = arena_alloc_zeroed(&arena, sizeof *self);
    if (self == NULL) {
        arena_close(&arena);
        return ST_NOMEM;
    }
    self->arena = arena;
    self->base = (SplitReader){.poll = kafka_poll,
                               .position = kafka_position,
                               .describe = kafka_describe,
                               .replay_until = kafka_replay_until,
                               .rings = kafka_rings,
                               .close = kafka_close,
                               .end = kafka_end,
                               .fetches = split->end != UINT64_MAX && split->spool == NULL};
    Status status = open_reader(self, scan, env, split, diag);
    if (status != ST_OK) {
        kafka_close(&self->base);
        return status;
    }
    *out = &self->base;
    return ST_OK;
}
