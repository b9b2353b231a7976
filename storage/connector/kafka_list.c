/* A split is a partition. Where it begins is asked once, when the job first lists it, and is part
 * of what the job remembers; so is, of a bounded table, where it ends. A partition that comes to a
 * known topic while the job runs is read from its beginning, as otherwise the first of its records
 * would be lost. Of a sharded job it is the number that says whether a partition is its own, of old
 * ones and of those that come. */
#include "storage/connector/kafka_list.h"

#include <stdlib.h>
#include <string.h>

#include "storage/base/vec.h"
#include "storage/connector/kafka_ask.h"
#include "storage/connector/kafka_client.h"
#include "storage/connector/kafka_options.h"
#include "storage/connector/kafka_policy.h"

/* A partition that is not known yet. */
typedef struct Found {
    Text topic;
    int32_t partition;
    int64_t begin, end;
    bool compacted; /* its topic */
} Found;

typedef struct Listing {
    const TableSpec *table;
    SourceEnv *env;
    Arena arena; /* for as long as it is made */
    KafkaClient *client;
    const Split *known;
    uint32_t known_count;
    VEC(Found) found;
    uint32_t partitions; /* of the topic that has most */
} Listing;

bool kafka_is_bounded(const TableSpec *table)
{
    return option_enum(&table->scope, table->options, "scan.bounded.mode") != KAFKA_BOUNDED_NEVER;
}

Status kafka_split_parse(const Split *split, Arena *arena, const char **topic, int32_t *partition)
{
    const char *open = memrchr(split->name.ptr, '[', split->name.size);
    Text copy;
    if (open == NULL)
        return ST_STATE;
    TRY(arena_text(arena, (Text){split->name.ptr, (uint32_t)(open - split->name.ptr)}, &copy));
    *topic = copy.ptr;
    *partition = (int32_t)strtol(open + 1, NULL, 10);
    return ST_OK;
}

/* --- which partitions --- */

static Status add_partition(Listing *self, Text topic, uint32_t partition)
{
    Text name;
    if (!shard_has(self->env->shard, partition))
        return ST_OK;
    TRY(arena_printf(&self->arena, &name, "%.*s[%u]", TEXT_ARG(topic), partition));
    for (uint32_t i = 0; i < self->known_count; i++) {
        if (text_equal(self->known[i].name, name))
            return ST_OK;
    }
    Found found = {.topic = topic, .partition = (int32_t)partition};
    TRY_PUSH(&self->found, &self->arena, found);
    return ST_OK;
}

/* Others wait for a topic that is still to be made; this one would be empty without a word. */
static Status refuse_pattern(const Listing *self, Diag *diag)
{
    Status status = diag_error(
        diag, E3008, SPAN_NONE, "table \"%.*s\": there is no topic whose name matches \"%.*s\"",
        TEXT_ARG(self->table->name),
        TEXT_ARG(option_text(&self->table->scope, self->table->options, "topic-pattern")));
    diag_hint(diag, "the whole name must match; those that begin with __ are the broker's own");
    return status;
}

static Status find_partitions(Listing *self, Diag *diag)
{
    KafkaTopics topics;
    TRY(kafka_ask_topics(self->client, &self->arena, &topics, diag));
    if (topics.count == 0 && self->known_count == 0 && kafka_is_bounded(self->table))
        return refuse_pattern(self, diag);
    for (uint32_t i = 0; i < topics.count; i++) {
        uint32_t count;
        TRY(kafka_ask_partitions(self->client, topics.name[i].ptr, &count, diag));
        for (uint32_t p = 0; p < count; p++)
            TRY(add_partition(self, topics.name[i], p));
        if (count > self->partitions)
            self->partitions = count;
    }
    kafka_client_listed(self->client);
    return ST_OK;
}

/* Those of a topic are next to each other. */
static Status find_policies(Listing *self, Diag *diag)
{
    Found *found = self->found.item;
    uint32_t count = self->found.count, topics = 0;
    Text *topic;
    bool *compacted;
    TRY_NEW_ARRAY(topic, &self->arena, count);
    TRY_NEW_ARRAY(compacted, &self->arena, count);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || !text_equal(found[i].topic, found[i - 1].topic))
            topic[topics++] = found[i].topic;
    }
    TRY(kafka_policy_compacts(self->client, topic, topics, self->table->connector->upserts,
                              compacted, diag));
    for (uint32_t i = 0, t = 0; i < count; i++) {
        t += i > 0 && !text_equal(found[i].topic, found[i - 1].topic);
        found[i].compacted = compacted[t];
    }
    return ST_OK;
}

/* --- from where to where --- */

typedef enum Bound { BOUND_BEGIN, BOUND_END } Bound;

static int64_t *bound_of(Found *found, Bound bound)
{
    return bound == BOUND_BEGIN ? &found->begin : &found->end;
}

static rd_kafka_topic_partition_list_t *make_list(Listing *self, const bool *asked, int64_t offset)
{
    const KafkaLibrary *lib = self->client->lib;
    rd_kafka_topic_partition_list_t *list = lib->topic_partition_list_new((int)self->found.count);
    for (uint32_t i = 0; i < self->found.count; i++) {
        const Found *found = &self->found.item[i];
        if (asked == NULL || asked[i])
            lib->topic_partition_list_add(list, found->topic.ptr, found->partition)->offset =
                offset;
    }
    return list;
}

/* The bound of those that are asked for (all, where it is NULL). The list's entries are theirs, in
 * the same order. */
static void take_offsets(Listing *self, const bool *asked, Bound bound,
                         const rd_kafka_topic_partition_list_t *list)
{
    int at = 0;
    for (uint32_t i = 0; i < self->found.count; i++) {
        if (asked == NULL || asked[i])
            *bound_of(&self->found.item[i], bound) = list->elems[at++].offset;
    }
}

/* The offset at a time in milliseconds, or at the beginning or end. */
static Status look_up(Listing *self, const bool *asked, Bound bound, int64_t time, Diag *diag)
{
    rd_kafka_topic_partition_list_t *list = make_list(self, asked, time);
    Status status = list->cnt == 0 ? ST_OK : kafka_ask_offsets(self->client, list, diag);
    if (status == ST_OK)
        take_offsets(self, asked, bound, list);
    self->client->lib->topic_partition_list_destroy(list);
    return status;
}

/* Those without an offset: where the time is beyond all records, or nothing was committed. */
static Status find_missing(Listing *self, Bound bound, bool **out, uint32_t *count)
{
    TRY_NEW_ARRAY(*out, &self->arena, self->found.count);
    *count = 0;
    for (uint32_t i = 0; i < self->found.count; i++) {
        (*out)[i] = *bound_of(&self->found.item[i], bound) < 0;
        *count += (*out)[i];
    }
    return ST_OK;
}

static Status look_up_missing(Listing *self, Bound bound, int64_t time, Diag *diag)
{
    bool *missing;
    uint32_t count;
    TRY(find_missing(self, bound, &missing, &count));
    return count == 0 ? ST_OK : look_up(self, missing, bound, time, diag);
}

static Status look_up_time(Listing *self, Bound bound, const char *option, Diag *diag)
{
    int64_t time = option_int(&self->table->scope, self->table->options, option);
    TRY(look_up(self, NULL, bound, time, diag));
    return look_up_missing(self, bound, RD_KAFKA_OFFSET_END, diag);
}

static Status look_up_committed(Listing *self, Bound bound, Diag *diag)
{
    rd_kafka_topic_partition_list_t *list = make_list(self, NULL, RD_KAFKA_OFFSET_INVALID);
    Status status = list->cnt == 0 ? ST_OK : kafka_ask_committed(self->client, list, diag);
    if (status == ST_OK)
        take_offsets(self, NULL, bound, list);
    self->client->lib->topic_partition_list_destroy(list);
    return status;
}

/* What Kafka's own clients do where a group has committed nothing. */
static Status look_up_reset(Listing *self, Bound bound, Diag *diag)
{
    bool *missing;
    uint32_t count, first = 0;
    TRY(find_missing(self, bound, &missing, &count));
    if (count == 0)
        return ST_OK;
    while (!missing[first])
        first++;
    KafkaReset reset = kafka_offset_reset(self->table);
    if (reset != KAFKA_RESET_NONE)
        return look_up(
            self, missing, bound,
            reset == KAFKA_RESET_EARLIEST ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END, diag);
    Text group = option_text(&self->table->scope, self->table->options, "properties.group.id");
    const Found *found = &self->found.item[first];
    Status status = diag_error(diag, E3009, SPAN_NONE,
                               "\"%.*s[%d]\": the group \"%.*s\" has committed no offset",
                               TEXT_ARG(found->topic), (int)found->partition, TEXT_ARG(group));
    diag_hint(diag, "'properties.auto.offset.reset' = 'earliest' or 'latest' begins without one; "
                    "'scan.startup.mode' has other ways to begin");
    return status;
}

static Status check_partitions(const Listing *self, const char *option, const KafkaOffset *offset,
                               uint32_t count, Diag *diag)
{
    uint32_t i = 0;
    while (i < count && (uint32_t)offset[i].partition < self->partitions)
        i++;
    if (i == count)
        return ST_OK;
    Status status =
        diag_error(diag, E3008, SPAN_NONE,
                   "\"%s\" of table \"%.*s\" names partition %d, and there are 0 to %u", option,
                   TEXT_ARG(self->table->name), (int)offset[i].partition, self->partitions - 1);
    diag_hint(diag, "partitions are numbered from 0");
    return status;
}

/* Of partitions that the option does not name, `others`. */
static Status take_specific(Listing *self, Bound bound, const char *option, int64_t others,
                            Diag *diag)
{
    const OptionEntry *entry = option_find(self->table->options, option);
    KafkaOffset *offset;
    uint32_t count;
    TRY(kafka_specific_offsets(entry->value, entry, &self->arena, &offset, &count, diag));
    TRY(check_partitions(self, option, offset, count, diag));
    for (uint32_t i = 0; i < self->found.count; i++) {
        int64_t *out = bound_of(&self->found.item[i], bound);
        *out = others;
        for (uint32_t o = 0; o < count; o++) {
            if (offset[o].partition == self->found.item[i].partition)
                *out = offset[o].offset;
        }
    }
    return ST_OK;
}

static Status find_begins(Listing *self, Diag *diag)
{
    const TableSpec *table = self->table;
    bool upserts = table->connector->upserts; /* a table is all of its topic */
    uint32_t mode = upserts ? KAFKA_STARTUP_EARLIEST
                            : option_enum(&table->scope, table->options, "scan.startup.mode");
    if (self->env->lists_again) /* the topic has grown */
        mode = KAFKA_STARTUP_EARLIEST;
    switch ((KafkaStartup)mode) {
    case KAFKA_STARTUP_EARLIEST:
        return look_up(self, NULL, BOUND_BEGIN, RD_KAFKA_OFFSET_BEGINNING, diag);
    case KAFKA_STARTUP_LATEST: return look_up(self, NULL, BOUND_BEGIN, RD_KAFKA_OFFSET_END, diag);
    case KAFKA_STARTUP_GROUP:
        TRY(look_up_committed(self, BOUND_BEGIN, diag));
        return look_up_reset(self, BOUND_BEGIN, diag);
    case KAFKA_STARTUP_TIMESTAMP:
        return look_up_time(self, BOUND_BEGIN, "scan.startup.timestamp-millis", diag);
    case KAFKA_STARTUP_OFFSETS:
        TRY(take_specific(self, BOUND_BEGIN, "scan.startup.specific-offsets", -1, diag));
        return look_up_missing(self, BOUND_BEGIN, RD_KAFKA_OFFSET_BEGINNING, diag);
    }
    return ST_OK;
}

/* A bounded table that begins behind all that there is would be empty without a word; of others the
 * broker says it when they are read. */
static Status check_begins(Listing *self, Diag *diag)
{
    const OptionEntry *option = option_find(self->table->options, "scan.startup.specific-offsets");
    if (option == NULL || !kafka_is_bounded(self->table))
        return ST_OK;
    rd_kafka_topic_partition_list_t *list = make_list(self, NULL, RD_KAFKA_OFFSET_END);
    Status status = kafka_ask_offsets(self->client, list, diag);
    for (uint32_t i = 0; i < self->found.count && status == ST_OK; i++) {
        const Found *found = &self->found.item[i];
        int64_t end = list->elems[i].offset;
        if (found->begin <= end)
            continue;
        status = diag_error(
            diag, E3009, SPAN_NONE,
            "\"%.*s[%d]\": offset %lld is to be read first, and the next record will "
            "be %lld",
            TEXT_ARG(found->topic), (int)found->partition, (long long)found->begin, (long long)end);
        diag_hint(diag, "the offset in 'scan.startup.specific-offsets' is beyond the end");
    }
    self->client->lib->topic_partition_list_destroy(list);
    return status;
}

static Status find_ends(Listing *self, Diag *diag)
{
    const TableSpec *table = self->table;
    switch ((KafkaBounded)option_enum(&table->scope, table->options, "scan.bounded.mode")) {
    case KAFKA_BOUNDED_NEVER: return ST_OK;
    case KAFKA_BOUNDED_LATEST: return look_up(self, NULL, BOUND_END, RD_KAFKA_OFFSET_END, diag);
    case KAFKA_BOUNDED_GROUP:
        TRY(look_up_committed(self, BOUND_END, diag));
        return look_up_reset(self, BOUND_END, diag);
    case KAFKA_BOUNDED_TIMESTAMP:
        return look_up_time(self, BOUND_END, "scan.bounded.timestamp-millis", diag);
    case KAFKA_BOUNDED_OFFSETS: /* the others are not read */
        return take_specific(self, BOUND_END, "scan.bounded.specific-offsets", 0, diag);
    }
    return ST_OK;
}

/* --- the splits --- */

static Status make_splits(const Listing *self, Split **out, uint32_t *count)
{
    bool bounded = kafka_is_bounded(self->table);
    uint32_t total = self->known_count + self->found.count;
    Split *split;
    TRY_NEW_ARRAY(split, self->env->arena, vec_room(total));
    for (uint32_t i = 0; i < self->known_count; i++)
        split[i] = self->known[i];
    for (uint32_t i = 0; i < self->found.count; i++) {
        const Found *found = &self->found.item[i];
        Split *made = &split[self->known_count + i];
        *made = (Split){.start = {.offset = (uint64_t)found->begin},
                        .end = UINT64_MAX,
                        .spools = found->compacted ? SPOOLS_RECORDS : SPOOLS_NOTHING,
                        .listed = self->env->clock->wall(self->env->clock)};
        if (bounded) /* an end in front of the beginning: nothing is read */
            made->end = (uint64_t)(found->end < found->begin ? found->begin : found->end);
        TRY(arena_printf(self->env->arena, &made->name, "%.*s[%d]", TEXT_ARG(found->topic),
                         (int)found->partition));
    }
    *out = split;
    *count = total;
    return ST_OK;
}

static Status list(Listing *self, Split **out, uint32_t *count, Diag *diag)
{
    TRY(find_partitions(self, diag));
    if (self->found.count == 0)
        return ST_OK;
    TRY(find_policies(self, diag));
    if (self->env->lists_again)
        TRY(kafka_client_grow(&self->client, self->env, self->known_count, self->found.count,
                              diag));
    TRY(find_begins(self, diag));
    TRY(check_begins(self, diag));
    TRY(find_ends(self, diag));
    return make_splits(self, out, count);
}

Status kafka_list(const TableSpec *table, SourceEnv *env, Split **out, uint32_t *count, Diag *diag)
{
    Listing self = {.table = table, .env = env, .known = *out, .known_count = *count};
    Diag trouble;
    diag_reset(&trouble);
    TRY(kafka_source_check(table, table->connector->upserts, diag));
    TRY(kafka_client_get(table, env, &self.client, diag));
    kafka_client_hurry(self.client, env->lists_again);
    arena_init(&self.arena, env->meter);
    Status status = list(&self, out, count, env->lists_again ? &trouble : diag);
    arena_close(&self.arena);
    if (status == ST_IO && env->lists_again && trouble.code == E3007)
        return ST_OK; /* nobody answers now: asked again later */
    if (status != ST_OK && trouble.set)
        *diag = trouble;
    return status;
}

void kafka_committed(const TableSpec *table, SourceEnv *env, const Split *split, uint64_t offset)
{
    KafkaClient *client = kafka_client_find(table, env);
    const char *topic;
    int32_t partition;
    Arena arena;
    if (client == NULL || client->published == NULL)
        return;
    arena_init(&arena, env->meter);
    if (kafka_split_parse(split, &arena, &topic, &partition) == ST_OK)
        kafka_client_publish(client, topic, partition, (int64_t)offset);
    arena_close(&arena);
}
