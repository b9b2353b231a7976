#include "storage/connector/kafka_client.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "storage/connector/kafka_conf.h"
#include "storage/connector/kafka_options.h"
#include "storage/connector/name_pattern.h"

enum {
    ANSWER_MS = 10000,      /* for what is asked before a job can begin */
    AWAY_ANSWER_MS = 500,   /* the same of a broker that is known to be away */
    AGAIN_ANSWER_MS = 1000, /* the same while a job runs, which waits for it */
    SETTLE_NAP_MS = 100,    /* until a leader is there, */
    SETTLE_TRIES = 20,      /* and how often that is waited for */
    DESTROY_S = 2,          /* until it is left to itself */
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

typedef struct Ending {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    __typeof__(&rd_kafka_destroy_flags) destroy;
    rd_kafka_t *rk;
    bool over, left; /* who comes last frees it */
} Ending;

static void free_ending(Ending *ending)
{
    pthread_mutex_unlock(&ending->lock);
    pthread_cond_destroy(&ending->changed);
    pthread_mutex_destroy(&ending->lock);
    mem_free(NULL, ending, sizeof *ending);
}

static void *end_client(void *context)
{
    Ending *ending = context;
    ending->destroy(ending->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    pthread_mutex_lock(&ending->lock);
    ending->over = true;
    if (ending->left) {
        free_ending(ending);
        return NULL;
    }
    pthread_cond_signal(&ending->changed);
    pthread_mutex_unlock(&ending->lock);
    return NULL;
}

void kafka_destroy(const KafkaLibrary *lib, rd_kafka_t *rk)
{
    pthread_t thread;
    Ending *ending = rk == NULL ? NULL : mem_alloc_zeroed(NULL, sizeof *ending);
    if (ending == NULL)
        return;
    ending->destroy = lib->destroy_flags;
    ending->rk = rk;
    pthread_mutex_init(&ending->lock, NULL);
    pthread_cond_init(&ending->changed, NULL);
    Clock clock = clock_system();
    Micros deadline = clock.monotonic(&clock) + DESTROY_S * MICROS_PER_SECOND;
    struct timespec until = {.tv_sec = deadline / MICROS_PER_SECOND,
                             .tv_nsec = deadline % MICROS_PER_SECOND * 1000};
    pthread_mutex_lock(&ending->lock);
    if (pthread_create(&thread, NULL, end_client, ending) != 0) {
        free_ending(ending); /* the client is left to the end of the process */
        return;
    }
    pthread_detach(thread);
    int late = 0;
    while (!ending->over && late == 0)
        late = pthread_cond_clockwait(&ending->changed, &ending->lock, CLOCK_MONOTONIC, &until);
    if (ending->over) {
        free_ending(ending);
        return;
    }
    ending->left = true;
    pthread_mutex_unlock(&ending->lock);
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
    Status status = kafka_client_topics(self, &arena, &topics, diag);
    for (uint32_t i = 0; status == ST_OK && i < topics.count; i++) {
        uint32_t partitions = 0;
        status = kafka_client_partitions(self, topics.name[i].ptr, &partitions, diag);
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
    return error == RD_KAFKA_RESP_ERR__TRANSPORT ? kafka_client_no_answer(self, error, diag)
                                                 : ST_OK;
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

/* --- questions --- */

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

Status kafka_client_no_answer(KafkaClient *self, rd_kafka_resp_err_t error, Diag *diag)
{
    Text servers = option_text(&self->base.table->scope, self->base.table->options,
                               "properties.bootstrap.servers");
    pthread_mutex_lock(&self->lock);
    rd_kafka_message_t *message = self->lib->consumer_poll(self->rk, 0);
    if (message != NULL) /* the reason comes by a callback */
        self->lib->message_destroy(message);
    bool away = error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
                error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    const char *why = self->lib->err2str(error);
    if (away && self->trouble[0] != '\0')
        why = self->trouble;
    Status status = diag_error(diag, E3007, SPAN_NONE, "no answer from Kafka at %.*s: %s",
                               TEXT_ARG(servers), why);
    pthread_mutex_unlock(&self->lock);
    return status;
}

static void know_leaders(KafkaClient *self, const rd_kafka_metadata_topic_t *topic)
{
    pthread_mutex_lock(&self->lock);
    for (int i = 0; i < topic->partition_cnt; i++)
        kafka_probe_found(&self->probe, topic->partitions[i].leader, topic->topic);
    pthread_mutex_unlock(&self->lock);
}

void kafka_client_listed(KafkaClient *self)
{
    pthread_mutex_lock(&self->lock);
    kafka_probe_listed(&self->probe);
    pthread_mutex_unlock(&self->lock);
}

Status kafka_client_partitions(KafkaClient *self, const char *topic, uint32_t *count, Diag *diag)
{
    const rd_kafka_metadata_t *metadata;
    rd_kafka_topic_t *handle = self->lib->topic_new(self->rk, topic, NULL);
    if (handle == NULL)
        return kafka_client_no_answer(self, self->lib->last_error(), diag);
    rd_kafka_resp_err_t error =
        self->lib->metadata(self->rk, 0, handle, &metadata, kafka_client_patience_ms(self));
    self->lib->topic_destroy(handle);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_client_no_answer(self, error, diag);
    const rd_kafka_metadata_topic_t *found = &metadata->topics[0];
    Status status = ST_OK;
    *count = 0;
    if (metadata->topic_cnt == 1 && found->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        *count = (uint32_t)found->partition_cnt;
        know_leaders(self, found);
    } else {
        status = diag_error(diag, E3008, SPAN_NONE, "topic \"%s\": %s", topic,
                            metadata->topic_cnt == 1 ? self->lib->err2str(found->err)
                                                     : "the broker does not know it");
        diag_hint(diag,
                  "make the topic, or give its right name; weir explain E3008 has the choices");
    }
    self->lib->metadata_destroy(metadata);
    return status;
}

static bool add_matching(const rd_kafka_metadata_t *all, const NamePattern *pattern, Arena *arena,
                         KafkaTopics *out)
{
    Text *name = arena_alloc(arena, sizeof *name * (size_t)(all->topic_cnt + 1));
    if (name == NULL)
        return false;
    out->name = name;
    for (int i = 0; i < all->topic_cnt; i++) {
        const char *topic = all->topics[i].topic;
        bool internal = topic[0] == '_' && topic[1] == '_';
        if (internal || !name_pattern_matches(pattern, topic))
            continue;
        if (arena_text(arena, text_of(topic), &name[out->count]) != ST_OK)
            return false;
        out->count++;
    }
    return true;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(((const Text *)a)->ptr, ((const Text *)b)->ptr);
}

static Status match_topics(KafkaClient *self, const OptionEntry *option, Arena *arena,
                           KafkaTopics *out, Diag *diag)
{
    NamePattern pattern;
    const rd_kafka_metadata_t *all;
    TRY(name_pattern_open(&pattern, option, SPAN_NONE, diag));
    rd_kafka_resp_err_t error =
        self->lib->metadata(self->rk, 1, NULL, &all, kafka_client_patience_ms(self));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        name_pattern_close(&pattern);
        return kafka_client_no_answer(self, error, diag);
    }
    bool added = add_matching(all, &pattern, arena, out);
    self->lib->metadata_destroy(all);
    name_pattern_close(&pattern);
    if (!added)
        return ST_NOMEM;
    qsort(out->name, out->count, sizeof *out->name, by_bytes);
    return ST_OK;
}

Status kafka_client_topics(KafkaClient *self, Arena *arena, KafkaTopics *out, Diag *diag)
{
    const TableSpec *table = self->base.table;
    const OptionEntry *pattern = option_find(table->options, "topic-pattern");
    *out = (KafkaTopics){0};
    if (pattern != NULL)
        return match_topics(self, pattern, arena, out, diag);
    return kafka_topics(table, arena, &out->name, &out->count, diag);
}

/* Of each partition by itself. */
static Status check_answers(KafkaClient *self, const rd_kafka_topic_partition_list_t *list,
                            Diag *diag)
{
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *part = &list->elems[i];
        if (part->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            return diag_error(diag, E3007, SPAN_NONE, "\"%s[%d]\": %s", part->topic,
                              (int)part->partition, self->lib->err2str(part->err));
    }
    return ST_OK;
}

/* Who leads the partition is being found out, as of a topic that was made a moment ago. */
static bool is_settling(rd_kafka_resp_err_t error)
{
    return error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
           error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
           error == RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE ||
           error == RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE ||
           error == RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH ||
           error == RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH;
}

/* `asked`: the list before. *again: part of the answer is another one in a moment. */
static rd_kafka_resp_err_t ask_offsets(KafkaClient *self, rd_kafka_topic_partition_list_t *list,
                                       const rd_kafka_topic_partition_list_t *asked, bool *again)
{
    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = asked->elems[i].offset;
    rd_kafka_resp_err_t error =
        self->lib->offsets_for_times(self->rk, list, kafka_client_patience_ms(self));
    *again = is_settling(error);
    for (int i = 0; error == RD_KAFKA_RESP_ERR_NO_ERROR && i < list->cnt; i++)
        *again = *again || is_settling(list->elems[i].err);
    return error;
}

Status kafka_client_offsets(KafkaClient *self, rd_kafka_topic_partition_list_t *list, Diag *diag)
{
    rd_kafka_topic_partition_list_t *asked = self->lib->topic_partition_list_copy(list);
    bool again;
    rd_kafka_resp_err_t error = ask_offsets(self, list, asked, &again);
    for (int i = 0; again && i < SETTLE_TRIES; i++) {
        nanosleep(&(struct timespec){.tv_nsec = SETTLE_NAP_MS * 1000 * 1000}, NULL);
        error = ask_offsets(self, list, asked, &again);
    }
    self->lib->topic_partition_list_destroy(asked);
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? check_answers(self, list, diag)
                                               : kafka_client_no_answer(self, error, diag);
}

Status kafka_client_committed(KafkaClient *self, rd_kafka_topic_partition_list_t *list, Diag *diag)
{
    rd_kafka_resp_err_t error =
        self->lib->committed(self->rk, list, kafka_client_patience_ms(self));
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? check_answers(self, list, diag)
                                               : kafka_client_no_answer(self, error, diag);
}
