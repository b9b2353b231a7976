#include "storage/connector/kafka_ask.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "storage/connector/kafka_options.h"
#include "storage/connector/name_pattern.h"

enum {
    SETTLE_NAP_MS = 100, /* until a leader is there, */
    SETTLE_TRIES = 20,   /* and how often that is waited for */
};

Status kafka_ask_failed(KafkaClient *self, rd_kafka_resp_err_t error, Diag *diag)
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

Status kafka_ask_partitions(KafkaClient *self, const char *topic, uint32_t *count, Diag *diag)
{
    const rd_kafka_metadata_t *metadata;
    rd_kafka_topic_t *handle = self->lib->topic_new(self->rk, topic, NULL);
    if (handle == NULL)
        return kafka_ask_failed(self, self->lib->last_error(), diag);
    rd_kafka_resp_err_t error =
        self->lib->metadata(self->rk, 0, handle, &metadata, kafka_client_patience_ms(self));
    self->lib->topic_destroy(handle);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_ask_failed(self, error, diag);
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
        return kafka_ask_failed(self, error, diag);
    }
    bool added = add_matching(all, &pattern, arena, out);
    self->lib->metadata_destroy(all);
    name_pattern_close(&pattern);
    if (!added)
        return ST_NOMEM;
    qsort(out->name, out->count, sizeof *out->name, by_bytes);
    return ST_OK;
}

Status kafka_ask_topics(KafkaClient *self, Arena *arena, KafkaTopics *out, Diag *diag)
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

Status kafka_ask_offsets(KafkaClient *self, rd_kafka_topic_partition_list_t *list, Diag *diag)
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
                                               : kafka_ask_failed(self, error, diag);
}

Status kafka_ask_committed(KafkaClient *self, rd_kafka_topic_partition_list_t *list, Diag *diag)
{
    rd_kafka_resp_err_t error =
        self->lib->committed(self->rk, list, kafka_client_patience_ms(self));
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? check_answers(self, list, diag)
                                               : kafka_ask_failed(self, error, diag);
}
