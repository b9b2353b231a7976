#include "storage/connector/kafka_marker.h"

#include <string.h>

#include "storage/base/mem.h"
#include "storage/connector/kafka_call.h"
#include "storage/connector/kafka_conf.h"
#include "storage/connector/kafka_destroy.h"

enum { METADATA_SIZE = 64 };

bool kafka_marker_same(const KafkaMarker *a, const KafkaMarker *b)
{
    return a->exists == b->exists && a->incarnation == b->incarnation && a->epoch == b->epoch &&
           a->rows == b->rows;
}

static rd_kafka_topic_partition_list_t *make_list(const KafkaMarkerPlace *place)
{
    rd_kafka_topic_partition_list_t *list = place->lib->topic_partition_list_new(1);
    place->lib->topic_partition_list_add(list, place->topic, 0);
    return list;
}

/* --- reading --- */

static bool parse(const rd_kafka_topic_partition_t *found, KafkaMarker *out)
{
    unsigned long long incarnation, rows;
    char text[METADATA_SIZE];
    size_t size = found->metadata_size < sizeof text - 1 ? found->metadata_size : sizeof text - 1;
    *out = (KafkaMarker){.exists = found->offset > 0};
    if (!out->exists)
        return true;
    if (size > 0)
        memcpy(text, found->metadata, size);
    text[size] = '\0';
    if (sscanf(text, "weir %llx %llu", &incarnation, &rows) != 2)
        return false;
    out->incarnation = incarnation;
    out->rows = rows;
    out->epoch = (uint64_t)found->offset - 1;
    return true;
}

static Status make_reader(const KafkaMarkerPlace *place, rd_kafka_t **out, Diag *diag)
{
    char why[256];
    rd_kafka_conf_t *conf;
    const KafkaPair own[] = {
        {"group.id", place->group},
        {"enable.auto.commit", "false"},
        {"isolation.level", "read_committed"},
        {NULL, NULL},
    };
    TRY(kafka_conf_make(place->lib, place->table, KAFKA_CONSUMER, own, &conf, diag));
    *out = place->lib->new (RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (*out != NULL)
        return ST_OK;
    place->lib->conf_destroy(conf);
    return diag_error(diag, E3007, SPAN_NONE, "the Kafka client: %s", why);
}

Status kafka_marker_read(const KafkaMarkerPlace *place, int wait_ms, KafkaMarker *out,
                         rd_kafka_resp_err_t *error, Diag *diag)
{
    rd_kafka_t *reader;
    TRY(make_reader(place, &reader, diag));
    rd_kafka_topic_partition_list_t *list = make_list(place);
    *error = place->lib->committed(reader, list, wait_ms);
    if (*error == RD_KAFKA_RESP_ERR_NO_ERROR)
        *error = list->elems[0].err;
    Status status = ST_OK;
    if (*error == RD_KAFKA_RESP_ERR_NO_ERROR && !parse(&list->elems[0], out))
        status = diag_error(diag, E3006, SPAN_NONE,
                            "topic \"%s\": the group \"%s\" is used by somebody else than Weir",
                            place->topic, place->group);
    place->lib->topic_partition_list_destroy(list);
    kafka_destroy(place->lib, reader);
    return status;
}

/* --- writing --- */

/* librdkafka's requests to a group's coordinator, which is another one than the transaction's, have
 * their time in vain when that goes away; those to the latter end after socket.timeout.ms. */
static const Micros patience = 12 * MICROS_PER_SECOND;

typedef struct Sending {
    const KafkaLibrary *lib;
    rd_kafka_t *producer;
    rd_kafka_topic_partition_list_t *list;
    rd_kafka_consumer_group_metadata_t *group;
    int wait_ms;
    rd_kafka_error_t *error;
} Sending;

static void send_offsets(void *context)
{
    Sending *sending = context;
    sending->error = sending->lib->send_offsets_to_transaction(sending->producer, sending->list,
                                                               sending->group, sending->wait_ms);
}

static void free_sending(Sending *sending)
{
    sending->lib->consumer_group_metadata_destroy(sending->group);
    sending->lib->topic_partition_list_destroy(sending->list);
    mem_free(NULL, sending, sizeof *sending);
}

static void end_producer(void *context)
{
    Sending *sending = context;
    if (sending->error != NULL)
        sending->lib->error_destroy(sending->error);
    kafka_destroy(sending->lib, sending->producer);
    free_sending(sending);
}

static Sending *make_sending(const KafkaMarkerPlace *place, rd_kafka_t *producer,
                             const KafkaMarker *marker)
{
    Sending *sending = mem_alloc_zeroed(NULL, sizeof *sending);
    if (sending == NULL)
        return NULL;
    char *metadata = place->lib->mem_malloc(producer, METADATA_SIZE); /* the list's from here on */
    snprintf(metadata, METADATA_SIZE, "weir %016llx %llu", (unsigned long long)marker->incarnation,
             (unsigned long long)marker->rows);
    sending->lib = place->lib;
    sending->producer = producer;
    sending->list = make_list(place);
    sending->list->elems[0].offset = (int64_t)marker->epoch + 1;
    sending->list->elems[0].metadata = metadata;
    sending->list->elems[0].metadata_size = strlen(metadata);
    sending->group = place->lib->consumer_group_metadata_new(place->group);
    return sending;
}

Status kafka_marker_send(const KafkaMarkerPlace *place, rd_kafka_t *producer,
                         const KafkaMarker *marker, int wait_ms, const atomic_bool *stop,
                         bool *answered, rd_kafka_error_t **error)
{
    Sending *sending = make_sending(place, producer, marker);
    if (sending == NULL)
        return ST_NOMEM;
    sending->wait_ms = wait_ms;
    const KafkaCall call = {send_offsets, end_producer, sending};
    *answered = kafka_call(&call, patience, stop);
    if (!*answered)
        return ST_OK;
    *error = sending->error;
    free_sending(sending);
    return ST_OK;
}
