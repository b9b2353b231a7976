#include "storage/connector/kafka_client.h"

#include "storage/connector/kafka_ask.h"
#include "storage/connector/kafka_conf.h"
#include "storage/connector/kafka_destroy.h"
#include "storage/connector/kafka_options.h"

enum {
    ANSWER_MS = 10000,      /* for what is asked before a job can begin */
    AWAY_ANSWER_MS = 500,   /* the same of a broker that is known to be away */
    AGAIN_ANSWER_MS = 1000, /* the same while a job runs, which waits for it */
    QUEUED_KBYTES = 65536,  /* fetched and not taken yet, of all partitions */
    QUEUED_LEAST_KBYTES = 1024,
    QUEUED_MESSAGES = 100000, /* the same in messages, each of which takes some 250 bytes more */
    QUEUED_LEAST_MESSAGES = 10000,
    FETCHED_KBYTES = 2048, /* by one request, of a partition */
    FETCHED_LEAST_KBYTES = 1024,
    MUCH_GROWTH = 2, /* times as many partitions as the queues were made for */
};
static const Micros serve_every = 10 * MICROS_PER_MILLI;
static const Micros look_every = 100 * MICROS_PER_MILLI; /* for a broker that is away */
static const Micros publish_every = 1 * MICROS_PER_SECOND;

/* --- making and ending --- */

/* What is read is not what it was: nothing more is. */
static void lose(KafkaClient *self, const char *words)
{
    if (!self->lost)
        kafka_plain_words(words, self->trouble, sizeof self->trouble);
    self->lost = true;
}

/* Called while callbacks have their turn. */
static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk;
    KafkaClient *self = opaque;
    bool down = code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    self->down = self->down || down;
    if (self->lost || (down && self->trouble[0] != '\0')) /* why was said before */
        return;
    self->lost = code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
                 code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
                 code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
    kafka_plain_words(reason, self->trouble, sizeof self->trouble);
}

/* --- positions for others --- */

static void on_published(rd_kafka_t *rk, rd_kafka_resp_err_t error,
                         rd_kafka_topic_partition_list_t *offsets, void *opaque)
{
    (void)rk;
    (void)error; /* it is told again with the next position */
    (void)offsets;
    ((KafkaClient *)opaque)->publishing = false;
}

void kafka_client_publish(KafkaClient *self, const char *topic, int32_t partition, int64_t offset)
{
    if (self->published == NULL)
        return;
    pthread_mutex_lock(&self->lock);
    rd_kafka_topic_partition_t *entry =
        self->lib->topic_partition_list_find(self->published, topic, partition);
    if (entry == NULL)
        entry = self->lib->topic_partition_list_add(self->published, topic, partition);
    self->unpublished = self->unpublished || entry->offset != offset;
    entry->offset = offset;
    pthread_mutex_unlock(&self->lock);
}

static void publish(KafkaClient *self, Micros now)
{
    if (!self->unpublished || self->publishing)
        return;
    self->unpublished = false;
    self->published_at = now;
    self->publishing =
        self->lib->commit(self->rk, self->published, true) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* The last ones, if the broker takes them soon. */
static void publish_last(KafkaClient *self)
{
    enum { PATIENCE = 20, WAIT_MS = 25 };
    for (int i = 0; i < PATIENCE && !self->down && (self->unpublished || self->publishing); i++) {
        publish(self, 0);
        rd_kafka_message_t *message = self->lib->consumer_poll(self->rk, WAIT_MS);
        if (message != NULL)
            self->lib->message_destroy(message);
    }
}

static void close_client(SharedSource *base)
{
    KafkaClient *self = (KafkaClient *)base;
    if (self->published != NULL) {
        publish_last(self);
        self->lib->topic_partition_list_destroy(self->published);
    }
    kafka_probe_close(&self->probe, self->lib);
    kafka_destroy(self->lib, self->rk);
    pthread_mutex_destroy(&self->lock);
    mem_free(self->meter, self, sizeof *self);
}

static uint32_t share_of(uint32_t all, uint32_t partitions, uint32_t least)
{
    uint32_t share = all / (partitions == 0 ? 1 : partitions);
    return share < least ? least : share;
}

/* `partitions` share the room for what was fetched and not taken yet: each has a queue. */
static Status make_consumer(KafkaClient *self, uint32_t partitions, Diag *diag)
{
    char why[256], kbytes[16], messages[16], fetched[16];
    rd_kafka_conf_t *conf;
    const OptionList given = self->base.table->options;
    snprintf(kbytes, sizeof kbytes, "%u", share_of(QUEUED_KBYTES, partitions, QUEUED_LEAST_KBYTES));
    snprintf(messages, sizeof messages, "%u",
             share_of(QUEUED_MESSAGES, partitions, QUEUED_LEAST_MESSAGES));
    snprintf(fetched, sizeof fetched, "%u",
             share_of(FETCHED_KBYTES, partitions, FETCHED_LEAST_KBYTES) << 10);
    KafkaPair own[10] = {
        {"enable.auto.commit", "false"},        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},         {"enable.partition.eof", "true"},
        {"queued.max.messages.kbytes", kbytes},
    };
    uint32_t count = 5;
    if (!option_given(given, "properties.queued.min.messages"))
        own[count++] = (KafkaPair){"queued.min.messages", messages};
    if (!option_given(given, "properties.fetch.message.max.bytes") &&
        !option_given(given, "properties.max.partition.fetch.bytes"))
        own[count++] = (KafkaPair){"fetch.message.max.bytes", fetched};
    if (!option_given(given, "properties.group.id")) /* librdkafka wants one; nothing goes to it */
        own[count++] = (KafkaPair){"group.id", "weir"};
    TRY(kafka_conf_make(self->lib, self->base.table, KAFKA_CONSUMER, own, &conf, diag));
    self->lib->conf_set_opaque(conf, self);
    self->lib->conf_set_error_cb(conf, on_error);
    self->lib->conf_set_offset_commit_cb(conf, on_published);
    self->rk = self->lib->new (RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (self->rk == NULL) {
        self->lib->conf_destroy(conf);
        return diag_error(diag, E3007, SPAN_NONE, "table \"%.*s\": the Kafka client: %s",
                          TEXT_ARG(self->base.table->name), why);
    }
    self->lib->poll_set_consumer(self->rk);
    self->made_for = partitions;
    return ST_OK;
}

/* Those that this job is to read, of all shards. */
static Status count_partitions(KafkaClient *self, const SourceEnv *env, uint32_t *count, Diag *diag)
{
    Arena arena;
    KafkaTopics topics;
    arena_init(&arena, self->meter);
    *count = 0;
    Status status = kafka_ask_topics(self, &arena, &topics, diag);
    for (uint32_t i = 0; status == ST_OK && i < topics.count; i++) {
        uint32_t partitions = 0;
        status = kafka_ask_partitions(self, topics.name[i].ptr, &partitions, diag);
        for (uint32_t p = 0; p < partitions; p++)
            *count += shard_has(env->shard, p);
    }
    arena_close(&arena);
    return status;
}

/* In short steps, so that a request to stop is heard. */
static Status await_broker(KafkaClient *self, const SourceEnv *env, Diag *diag)
{
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TRANSPORT;
    for (int waited = 0; waited < ANSWER_MS && error == RD_KAFKA_RESP_ERR__TRANSPORT;
         waited += AWAY_ANSWER_MS) {
        const rd_kafka_metadata_t *metadata = NULL;
        if (env->stop != NULL && atomic_load(env->stop))
            return ST_CANCELLED;
        error = self->lib->metadata(self->rk, 0, NULL, &metadata, AWAY_ANSWER_MS);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
            self->lib->metadata_destroy(metadata);
    }
    /* Where there is a connection, what else is the matter is said by the questions. */
    return error == RD_KAFKA_RESP_ERR__TRANSPORT ? kafka_ask_failed(self, error, diag) : ST_OK;
}

/* How much may be queued for a partition is told when a client is made, and how many partitions
 * there are only by a client. */
static Status open_client(KafkaClient *self, const SourceEnv *env, Diag *diag)
{
    uint32_t partitions;
    TRY(make_consumer(self, 1, diag));
    TRY(await_broker(self, env, diag));
    TRY(count_partitions(self, env, &partitions, diag));
    if (partitions <= 1)
        return ST_OK;
    kafka_destroy(self->lib, self->rk);
    self->rk = NULL;
    return make_consumer(self, partitions, diag);
}

/* `partitions`: UINT32_MAX: they are to be counted. */
static Status open_client_for(KafkaClient *self, const SourceEnv *env, uint32_t partitions,
                              Diag *diag)
{
    self->lib = &self->library;
    TRY(kafka_library_load(&self->library, diag));
    return partitions == UINT32_MAX ? open_client(self, env, diag)
                                    : make_consumer(self, partitions, diag);
}

static bool client_waits(SharedSource *base, char why[SOURCE_WAIT_SIZE])
{
    KafkaClient *self = (KafkaClient *)base;
    const TableSpec *table = base->table;
    Text servers = option_text(&table->scope, table->options, "properties.bootstrap.servers");
    pthread_mutex_lock(&self->lock);
    bool silent = self->probe.silent >= 0, waits = self->down || silent;
    char words[64];
    snprintf(words, sizeof words, "broker %d does not answer", (int)self->probe.silent);
    if (waits && why != NULL)
        snprintf(why, SOURCE_WAIT_SIZE, "Kafka at %.*s gives nothing of \"%.*s\": %s",
                 TEXT_ARG(servers), TEXT_ARG(table->name), self->down ? self->trouble : words);
    pthread_mutex_unlock(&self->lock);
    return waits;
}

KafkaClient *kafka_client_find(const TableSpec *table, const SourceEnv *env)
{
    SharedSource *shared = *env->shared;
    while (shared != NULL && shared->table != table)
        shared = shared->next;
    return (KafkaClient *)shared;
}

static Status add_client(const TableSpec *table, SourceEnv *env, uint32_t partitions,
                         KafkaClient **out, Diag *diag)
{
    KafkaClient *self = mem_alloc_zeroed(env->meter, sizeof *self);
    if (self == NULL)
        return ST_NOMEM;
    self->base = (SharedSource){.table = table, .close = close_client, .waits = client_waits};
    pthread_mutex_init(&self->lock, NULL);
    kafka_probe_init(&self->probe);
    self->clock = env->clock;
    self->meter = env->meter;
    Status status = open_client_for(self, env, partitions, diag);
    if (status != ST_OK) {
        close_client(&self->base);
        return status;
    }
    self->base.next = *env->shared;
    *env->shared = &self->base;
    *out = self;
    return ST_OK;
}

Status kafka_client_get(const TableSpec *table, SourceEnv *env, KafkaClient **out, Diag *diag)
{
    *out = kafka_client_find(table, env);
    if (*out != NULL)
        return ST_OK;
    TRY(add_client(table, env, UINT32_MAX, out, diag));
    if (option_given(table->options, "properties.group.id"))
        (*out)->published = (*out)->lib->topic_partition_list_new(8);
    return ST_OK;
}

Status kafka_client_grow(KafkaClient **client, SourceEnv *env, uint32_t known, uint32_t found,
                         Diag *diag)
{
    KafkaClient *before = *client;
    if ((uint64_t)known + found <= MUCH_GROWTH * (uint64_t)before->made_for)
        return ST_OK;
    TRY(add_client(before->base.table, env, found, client, diag));
    (*client)->made_for = known + found;
    (*client)->hurried = before->hurried;
    pthread_mutex_lock(&before->lock);
    (*client)->published = before->published;
    (*client)->unpublished = before->unpublished;
    kafka_probe_follow(&(*client)->probe, &before->probe);
    before->published = NULL;
    before->unpublished = false;
    pthread_mutex_unlock(&before->lock);
    return ST_OK;
}

/* --- while it reads --- */

static Status fail_lost(const KafkaClient *self, Diag *diag)
{
    Status status = diag_error(diag, E3008, SPAN_NONE, "table \"%.*s\": %s",
                               TEXT_ARG(self->base.table->name), self->trouble);
    diag_hint(diag, "a topic was deleted, or deleted and created anew, while it was read; weir "
                    "explain E3008 has the choices");
    return status;
}

/* librdkafka tells when the last connection is lost, and not when one is there again. A question
 * without patience fails in another way then: the answer may come, and nobody waits for it. */
static void look_for_broker(KafkaClient *self, Micros now)
{
    const rd_kafka_metadata_t *metadata = NULL;
    if (!self->down || now - self->looked < look_every)
        return;
    self->looked = now;
    rd_kafka_resp_err_t error = self->lib->metadata(self->rk, 0, NULL, &metadata, 0);
    self->down = error == RD_KAFKA_RESP_ERR__TRANSPORT;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
        self->lib->metadata_destroy(metadata);
}

static void look_for_answers(KafkaClient *self, Micros now)
{
    bool heard = atomic_exchange_explicit(&self->heard, false, memory_order_relaxed);
    if (heard || self->down)
        kafka_probe_excuse(&self->probe, now);
    kafka_probe_look(&self->probe, self->lib, self->rk, now);
}

Status kafka_client_serve(KafkaClient *self, Diag *diag)
{
    pthread_mutex_lock(&self->lock);
    Micros now = self->clock->monotonic(self->clock);
    if (now - self->served >= serve_every || self->served == 0) {
        self->served = now;
        rd_kafka_message_t *message = self->lib->consumer_poll(self->rk, 0);
        if (message != NULL) {
            if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) /* each partition has its queue */
                lose(self, "a record came beside the queue of its partition");
            self->lib->message_destroy(message);
        }
        look_for_broker(self, now);
        look_for_answers(self, now);
    }
    if (now - self->published_at >= publish_every)
        publish(self, now);
    Status status = self->lost ? fail_lost(self, diag) : ST_OK;
    pthread_mutex_unlock(&self->lock);
    return status;
}

static Status assignment(KafkaClient *self, const char *topic, int32_t partition, int64_t offset,
                         bool begin, Diag *diag)
{
    rd_kafka_topic_partition_list_t *list = self->lib->topic_partition_list_new(1);
    self->lib->topic_partition_list_add(list, topic, partition)->offset = offset;
    rd_kafka_error_t *error = begin ? self->lib->incremental_assign(self->rk, list)
                                    : self->lib->incremental_unassign(self->rk, list);
    self->lib->topic_partition_list_destroy(list);
    if (error == NULL)
        return ST_OK;
    Status status = diag_error(diag, E3007, SPAN_NONE, "\"%s[%d]\" cannot be read: %s", topic,
                               (int)partition, self->lib->error_string(error));
    self->lib->error_destroy(error);
    return status;
}

Status kafka_client_assign(KafkaClient *self, const char *topic, int32_t partition, int64_t offset,
                           Diag *diag)
{
    return assignment(self, topic, partition, offset, true, diag);
}

void kafka_client_unassign(KafkaClient *self, const char *topic, int32_t partition)
{
    Status status = assignment(self, topic, partition, 0, false, NULL);
    (void)status; /* what is not assigned need not be given back */
}

void kafka_client_wake(KafkaClient *self, const char *topic, int32_t partition)
{
    rd_kafka_topic_partition_list_t *list = self->lib->topic_partition_list_new(1);
    self->lib->topic_partition_list_add(list, topic, partition)->offset = RD_KAFKA_OFFSET_END;
    /* A request wakes the thread of the broker that has the partition; its answer is of no use. */
    (void)self->lib->offsets_for_times(self->rk, list, 0);
    self->lib->topic_partition_list_destroy(list);
}

void kafka_client_listed(KafkaClient *self)
{
    pthread_mutex_lock(&self->lock);
    kafka_probe_listed(&self->probe);
    pthread_mutex_unlock(&self->lock);
}

void kafka_client_hurry(KafkaClient *self, bool hurried)
{
    pthread_mutex_lock(&self->lock);
    self->hurried = hurried;
    pthread_mutex_unlock(&self->lock);
}

int kafka_client_patience_ms(KafkaClient *self)
{
    pthread_mutex_lock(&self->lock);
    int patience = self->down ? AWAY_ANSWER_MS : self->hurried ? AGAIN_ANSWER_MS : ANSWER_MS;
    pthread_mutex_unlock(&self->lock);
    return patience;
}
