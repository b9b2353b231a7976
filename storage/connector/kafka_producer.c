#include "storage/connector/kafka_producer.h"

#include <assert.h>
#include <string.h>

#include "storage/base/crash_point.h"
#include "storage/connector/kafka_client.h"
#include "storage/connector/kafka_conf.h"

enum {
    OPEN_NAP_MS = 100,
    OPEN_MS = 15000,  /* for what must be known before a job can begin */
    STEP_MS = 1000,   /* a step of a commit gives up after that, to be made again */
    MARKER_MS = 5000, /* the same of a client of its own, which has to find its way first */
    CLOSE_MS = 5000,  /* for what is on its way without a guarantee */
    BATCH_MESSAGES = 512,
    MARKER_WAIT_MS = 20,          /* a commit is seen by readers a moment after it has returned */
    TRANSACTION_BYTES = 64 << 20, /* of records, about; at least one */
};

/* --- the client --- */

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    KafkaProducer *self = opaque;
    (void)rk;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && self->failed == RD_KAFKA_RESP_ERR_NO_ERROR)
        self->failed = message->err;
}

/* Without one librdkafka prints what happens. What matters comes back from the calls. */
static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk;
    (void)code;
    (void)reason;
    (void)opaque;
}

static bool is_exact(const KafkaProducer *self)
{
    return self->guarantee == KAFKA_EXACTLY_ONCE;
}

static void drop_client(KafkaProducer *self)
{
    if (self->handle != NULL)
        self->lib->topic_destroy(self->handle);
    kafka_destroy(self->lib, self->rk);
    self->handle = NULL;
    self->rk = NULL;
    self->step = KAFKA_STEP_CONNECT;
}

static Status make_client(KafkaProducer *self, Diag *diag)
{
    char why[256];
    rd_kafka_conf_t *conf;
    const KafkaPair own[] = {
        {"partitioner", "murmur2_random"}, /* Java's */
        {"enable.idempotence", self->guarantee == KAFKA_NO_GUARANTEE ? "false" : "true"},
        {is_exact(self) ? "transactional.id" : NULL, self->name},
        {NULL, NULL},
    };
    TRY(kafka_conf_make(self->lib, self->table, KAFKA_PRODUCER, own, &conf, diag));
    self->lib->conf_set_opaque(conf, self);
    self->lib->conf_set_dr_msg_cb(conf, on_delivery);
    self->lib->conf_set_error_cb(conf, on_error);
    self->rk = self->lib->new (RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (self->rk == NULL) {
        self->lib->conf_destroy(conf);
        return diag_error(diag, E3007, SPAN_NONE, "table \"%.*s\": the Kafka client: %s",
                          TEXT_ARG(self->table->name), why);
    }
    self->handle = self->lib->topic_new(self->rk, self->topic, NULL);
    return self->handle != NULL
               ? ST_OK
               : diag_error(diag, E3007, SPAN_NONE, "topic \"%s\": %s", self->topic,
                            self->lib->err2str(self->lib->last_error()));
}

/* --- errors --- */

/* Of the broker, or of the way to it: it may be another time. */
static const rd_kafka_resp_err_t passing[] = {
    RD_KAFKA_RESP_ERR__TRANSPORT,
    RD_KAFKA_RESP_ERR__TIMED_OUT,
    RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
    RD_KAFKA_RESP_ERR__RESOLVE,
    RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
    RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
    RD_KAFKA_RESP_ERR__PURGE_QUEUE,
    RD_KAFKA_RESP_ERR__PURGE_INFLIGHT,
    RD_KAFKA_RESP_ERR__QUEUE_FULL,
    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
    RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
    RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
    RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
    RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
    RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
    RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
    RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
    RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
};

/* Of the transaction in hand alone: the next one, perhaps of another producer, has it no more. */
static const rd_kafka_resp_err_t of_transaction[] = {
    RD_KAFKA_RESP_ERR__STATE,
    RD_KAFKA_RESP_ERR__FENCED,
    RD_KAFKA_RESP_ERR__INCONSISTENT,
    RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
    RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
    RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
    RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING,
    RD_KAFKA_RESP_ERR_INVALID_TXN_STATE,
    RD_KAFKA_RESP_ERR_TRANSACTION_COORDINATOR_FENCED,
    RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
};

static bool is_among(const rd_kafka_resp_err_t *list, size_t count, rd_kafka_resp_err_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == code)
            return true;
    }
    return false;
}

static bool passes(rd_kafka_resp_err_t code)
{
    return is_among(passing, sizeof passing / sizeof passing[0], code);
}

static bool another_helps(rd_kafka_resp_err_t code)
{
    return passes(code) ||
           is_among(of_transaction, sizeof of_transaction / sizeof of_transaction[0], code);
}

static Status held_up(const KafkaProducer *self, const char *words, Diag *diag)
{
    Text servers =
        option_text(&self->table->scope, self->table->options, "properties.bootstrap.servers");
    return diag_held_up(diag, E3007, TROUBLE_TAKEN, "Kafka at %.*s does not take \"%s\": %s",
                        TEXT_ARG(servers), self->topic, words);
}

static Status fail(const KafkaProducer *self, rd_kafka_resp_err_t code, const char *words,
                   Diag *diag)
{
    if (passes(code))
        return held_up(self, words, diag);
    Status status = diag_error(diag, E3010, SPAN_NONE, "topic \"%s\": %s", self->topic, words);
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        diag_hint(diag,
                  "%sraise max.message.bytes of the topic, then run the script again; no row "
                  "is lost",
                  option_given(self->table->options, "properties.message.max.bytes")
                      ? "'properties.message.max.bytes' is a limit here; else "
                      : "");
    return status;
}

/* The transaction cannot be committed any more. What was the matter with its records counts before
 * what a call says of it, which may be only that. */
static Status abort_for(KafkaProducer *self, rd_kafka_resp_err_t code, const char *words,
                        Diag *diag)
{
    rd_kafka_resp_err_t cause = self->failed;
    self->step = KAFKA_STEP_ABORT;
    if (cause != RD_KAFKA_RESP_ERR_NO_ERROR && !another_helps(cause))
        return fail(self, cause, self->lib->err2str(cause), diag);
    return another_helps(code) ? held_up(self, words, diag) : fail(self, code, words, diag);
}

/* Another one has to begin, which finds out how far this one has come. */
static Status give_up_client(KafkaProducer *self, const char *words, Diag *diag)
{
    drop_client(self);
    return held_up(self, words, diag);
}

/* The client is of no use any more: fenced by another run or by a time-out, as a rule. */
static bool is_broken(const KafkaProducer *self, char *words, size_t size)
{
    return self->lib->fatal_error(self->rk, words, size) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* After an error of a transactional call: which step comes next, and when. Never at once: what is
 * in the way may stay there, and the job has other things to do. */
static Status after_error(KafkaProducer *self, rd_kafka_error_t *error, Diag *diag)
{
    char words[256];
    rd_kafka_resp_err_t code = self->lib->error_code(error);
    bool fatal = self->lib->error_is_fatal(error) != 0;
    bool abort = self->lib->error_txn_requires_abort(error) != 0;
    bool again = self->lib->error_is_retriable(error) != 0;
    snprintf(words, sizeof words, "%s", self->lib->error_string(error));
    self->lib->error_destroy(error);
    if (fatal)
        return give_up_client(self, words, diag);
    if (abort)
        return abort_for(self, code, words, diag);
    return again ? held_up(self, words, diag) : fail(self, code, words, diag);
}

/* --- connecting --- */

static Status check_topic(KafkaProducer *self, int wait_ms, Diag *diag)
{
    const rd_kafka_metadata_t *metadata;
    rd_kafka_resp_err_t error = self->lib->metadata(self->rk, 0, self->handle, &metadata, wait_ms);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(self, error, self->lib->err2str(error), diag);
    error = metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
    self->partitions = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
    self->lib->metadata_destroy(metadata);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
        return ST_OK;
    if (passes(error))
        return fail(self, error, self->lib->err2str(error), diag);
    return diag_error(diag, E3008, SPAN_NONE, "topic \"%s\": %s", self->topic,
                      self->lib->err2str(error));
}

/* A run that this one follows may have left a transaction open: it is ended here, after which no
 * producer before this one can write any more. */
static Status connect_client(KafkaProducer *self, int wait_ms, Diag *diag)
{
    char words[256];
    self->failed = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (self->rk == NULL)
        TRY(make_client(self, diag));
    TRY(check_topic(self, wait_ms, diag));
    if (is_exact(self)) {
        rd_kafka_error_t *error = self->lib->init_transactions(self->rk, wait_ms);
        if (error != NULL) {
            rd_kafka_resp_err_t code = self->lib->error_code(error);
            bool again = self->lib->error_is_retriable(error) != 0;
            snprintf(words, sizeof words, "%s", self->lib->error_string(error));
            self->lib->error_destroy(error);
            return again ? held_up(self, words, diag) : fail(self, code, words, diag);
        }
    }
    self->step = KAFKA_STEP_BEGIN;
    return ST_OK;
}

/* --- the marker --- */

static bool parse_marker(const rd_kafka_topic_partition_t *found, KafkaMarker *out)
{
    unsigned long long incarnation, rows;
    char text[64];
    size_t size = found->metadata_size < sizeof text - 1 ? found->metadata_size : sizeof text - 1;
    *out = (KafkaMarker){.exists = found->offset > 0};
    if (!out->exists)
        return true;
    memcpy(text, found->metadata, size);
    text[size] = '\0';
    if (sscanf(text, "weir %llx %llu", &incarnation, &rows) != 2)
        return false;
    out->incarnation = incarnation;
    out->rows = rows;
    out->epoch = (uint64_t)found->offset - 1;
    return true;
}

static rd_kafka_topic_partition_list_t *marker_list(const KafkaProducer *self)
{
    rd_kafka_topic_partition_list_t *list = self->lib->topic_partition_list_new(1);
    self->lib->topic_partition_list_add(list, self->topic, 0);
    return list;
}

static Status make_reader(KafkaProducer *self, rd_kafka_t **out, Diag *diag)
{
    char why[256];
    rd_kafka_conf_t *conf;
    const KafkaPair own[] = {
        {"group.id", self->name},
        {"enable.auto.commit", "false"},
        {"isolation.level", "read_committed"},
        {NULL, NULL},
    };
    TRY(kafka_conf_make(self->lib, self->table, KAFKA_CONSUMER, own, &conf, diag));
    self->lib->conf_set_opaque(conf, self);
    self->lib->conf_set_error_cb(conf, on_error);
    *out = self->lib->new (RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (*out != NULL)
        return ST_OK;
    self->lib->conf_destroy(conf);
    return diag_error(diag, E3007, SPAN_NONE, "the Kafka client: %s", why);
}

static Status read_marker(KafkaProducer *self, int wait_ms, KafkaMarker *out, Diag *diag)
{
    rd_kafka_t *reader;
    TRY(make_reader(self, &reader, diag));
    rd_kafka_topic_partition_list_t *list = marker_list(self);
    rd_kafka_resp_err_t error = self->lib->committed(reader, list, wait_ms);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
        error = list->elems[0].err;
    Status status = ST_OK;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        status = fail(self, error, self->lib->err2str(error), diag);
    else if (!parse_marker(&list->elems[0], out))
        status = diag_error(diag, E3006, SPAN_NONE,
                            "topic \"%s\": the group \"%s\" is used by somebody else than Weir",
                            self->topic, self->name);
    self->lib->topic_partition_list_destroy(list);
    kafka_destroy(self->lib, reader);
    return status;
}

Status kafka_producer_read_marker(KafkaProducer *self, KafkaMarker *out, Diag *diag)
{
    return read_marker(self, OPEN_MS, out, diag);
}

/* --- opening --- */

/* A broker may be on its way down, or up. */
static Status connect_patiently(KafkaProducer *self, Clock *clock, Diag *diag)
{
    Micros until = clock->monotonic(clock) + OPEN_MS * MICROS_PER_MILLI;
    for (;;) {
        Diag why = {0};
        Status status = connect_client(self, OPEN_MS, &why);
        if (status == ST_OK)
            return ST_OK;
        if (why.trouble == TROUBLE_LASTING || clock->monotonic(clock) >= until) {
            if (why.set && !diag->set)
                *diag = why;
            return status;
        }
        if (clock->nap != NULL)
            clock->nap(clock, OPEN_NAP_MS * MICROS_PER_MILLI);
    }
}

static Status find_topic(const TableSpec *table, Arena *arena, const char **out, Diag *diag)
{
    Text *topic;
    uint32_t topics;
    if (!option_given(table->options, "topic"))
        return diag_error(diag, E2113, SPAN_NONE,
                          "table \"%.*s\" has \"topic-pattern\", and is written into one \"topic\"",
                          TEXT_ARG(table->name));
    TRY(kafka_topics(table, arena, &topic, &topics, diag));
    if (topics != 1)
        return diag_error(diag, E2114, SPAN_NONE,
                          "table \"%.*s\" has %u topics, and is written into one",
                          TEXT_ARG(table->name), topics);
    *out = topic[0].ptr;
    return ST_OK;
}

Status kafka_producer_open(KafkaProducer *self, const TableSpec *table, Text name, Clock *clock,
                           Arena *arena, Diag *diag)
{
    Text copy;
    *self = (KafkaProducer){.table = table};
    self->lib = &self->library;
    TRY(find_topic(table, arena, &self->topic, diag));
    TRY(kafka_library_load(&self->library, diag));
    TRY(arena_text(arena, name, &copy));
    self->name = copy.ptr;
    self->guarantee =
        (KafkaGuarantee)option_enum(&table->scope, table->options, "sink.delivery-guarantee");
    self->partitioner = kafka_partitioner(table);
    return connect_patiently(self, clock, diag);
}

void kafka_producer_close(KafkaProducer *self)
{
    if (self->rk == NULL)
        return;
    if (self->guarantee == KAFKA_NO_GUARANTEE)
        self->lib->flush(self->rk, CLOSE_MS);
    self->lib->purge(self->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    drop_client(self);
}

/* --- a transaction, step by step --- */

/* From `from` on as many records as one transaction takes. */
static uint32_t end_of_transaction(const KafkaOutbox *outbox, uint32_t from)
{
    uint64_t bytes = 0, most = (uint64_t)TEST_NUMBER("WEIR_TRANSACTION_BYTES", TRANSACTION_BYTES);
    uint32_t to = from;
    while (to < outbox->count && bytes < most) {
        const KafkaRecord *record = &outbox->record[to++];
        bytes += record->replaced ? 0 : record->key_size + record->value_size;
    }
    return to;
}

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

/* The records of the transaction from `next` on, as far as librdkafka takes them. */
static rd_kafka_resp_err_t produce_some(KafkaProducer *self, const KafkaOutbox *outbox)
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

static Status step_produce(KafkaProducer *self, const KafkaOutbox *outbox, Diag *diag)
{
    char words[256];
    while (self->next < self->to) {
        rd_kafka_resp_err_t error = produce_some(self, outbox);
        bool full = error == RD_KAFKA_RESP_ERR__QUEUE_FULL;
        int waiting = self->lib->outq_len(self->rk);
        self->lib->poll(self->rk, full ? STEP_MS : 0); /* until there is one to be reported */
        if (full && waiting > 0) {
            if (self->lib->outq_len(self->rk) < waiting)
                continue;
            return held_up(self, "its queue is full", diag);
        }
        if (is_broken(self, words, sizeof words))
            return give_up_client(self, words, diag);
        if (error == RD_KAFKA_RESP_ERR__CONFLICT) { /* alone the one of them tells why */
            self->one_by_one = true;
            self->step = KAFKA_STEP_ABORT;
            return ST_OK;
        }
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
            return abort_for(self, error, self->lib->err2str(error), diag);
    }
    self->step = KAFKA_STEP_FLUSH;
    return ST_OK;
}

static Status step_flush(KafkaProducer *self, Diag *diag)
{
    if (self->guarantee == KAFKA_NO_GUARANTEE) {
        self->step = KAFKA_STEP_DONE;
        return ST_OK;
    }
    char words[256];
    rd_kafka_resp_err_t error = self->lib->flush(self->rk, STEP_MS);
    if (is_broken(self, words, sizeof words))
        return give_up_client(self, words, diag);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(self, error, self->lib->err2str(error), diag);
    if (self->failed != RD_KAFKA_RESP_ERR_NO_ERROR && !is_exact(self))
        return abort_for(self, self->failed, self->lib->err2str(self->failed), diag);
    self->step = is_exact(self) ? KAFKA_STEP_MARK : KAFKA_STEP_DONE;
    return ST_OK;
}

/* What must not be done: between the two the rows are there and nobody knows of them. */
static rd_kafka_error_t *part_marker_from_rows(KafkaProducer *self)
{
    CRASH_POINT(KAFKA_COMMIT);
    rd_kafka_error_t *error = self->lib->commit_transaction(self->rk, STEP_MS);
    return error != NULL ? error : self->lib->begin_transaction(self->rk);
}

/* Also where records have failed: their reports may only say that they were dropped, and this call
 * why. */
static Status step_mark(KafkaProducer *self, Diag *diag)
{
    char metadata[64];
    rd_kafka_error_t *error = DEFECT(MARKER_APART) ? part_marker_from_rows(self) : NULL;
    if (error != NULL)
        return after_error(self, error, diag);
    rd_kafka_topic_partition_list_t *list = marker_list(self);
    rd_kafka_consumer_group_metadata_t *group = self->lib->consumer_group_metadata_new(self->name);
    snprintf(metadata, sizeof metadata, "weir %016llx %llu",
             (unsigned long long)self->goal.incarnation, (unsigned long long)self->goal.rows);
    list->elems[0].offset = (int64_t)self->goal.epoch + 1;
    list->elems[0].metadata_size = strlen(metadata);
    list->elems[0].metadata = self->lib->mem_malloc(self->rk, sizeof metadata); /* the list's now */
    memcpy(list->elems[0].metadata, metadata, sizeof metadata);
    if (!DEFECT(MARKER_LOST))
        error = self->lib->send_offsets_to_transaction(self->rk, list, group, STEP_MS);
    self->lib->consumer_group_metadata_destroy(group);
    self->lib->topic_partition_list_destroy(list);
    if (error != NULL)
        return after_error(self, error, diag);
    if (self->failed != RD_KAFKA_RESP_ERR_NO_ERROR)
        return abort_for(self, self->failed, self->lib->err2str(self->failed), diag);
    self->step = KAFKA_STEP_COMMIT;
    return ST_OK;
}

static Status step_commit(KafkaProducer *self, Diag *diag)
{
    CRASH_POINT(KAFKA_COMMIT);
    rd_kafka_error_t *error = self->lib->commit_transaction(self->rk, STEP_MS);
    if (error != NULL)
        return after_error(self, error, diag);
    CRASH_POINT(KAFKA_COMMITTED);
    self->step = KAFKA_STEP_DONE;
    return ST_OK;
}

static Status step_abort(KafkaProducer *self, Diag *diag)
{
    self->lib->purge(self->rk, RD_KAFKA_PURGE_F_QUEUE);
    rd_kafka_error_t *error =
        is_exact(self) ? self->lib->abort_transaction(self->rk, STEP_MS) : NULL;
    if (error != NULL)
        return after_error(self, error, diag);
    self->failed = RD_KAFKA_RESP_ERR_NO_ERROR;
    self->step = KAFKA_STEP_BEGIN;
    return ST_OK;
}

static Status step_begin(KafkaProducer *self, Diag *diag)
{
    self->failed = RD_KAFKA_RESP_ERR_NO_ERROR;
    self->next = self->from;
    rd_kafka_error_t *error = is_exact(self) ? self->lib->begin_transaction(self->rk) : NULL;
    if (error != NULL)
        return after_error(self, error, diag);
    CRASH_POINT(KAFKA_BEGUN);
    self->step = KAFKA_STEP_PRODUCE;
    return ST_OK;
}

static bool same_marker(const KafkaMarker *a, const KafkaMarker *b)
{
    return a->exists == b->exists && a->incarnation == b->incarnation && a->epoch == b->epoch &&
           a->rows == b->rows;
}

/* Another run has fenced this one, or so much time went by that the broker thinks so. Who has
 * written last says which; and the transaction that was in hand may be through. */
static Status step_meet(KafkaProducer *self, Diag *diag)
{
    KafkaMarker found;
    TRY(read_marker(self, MARKER_MS, &found, diag));
    bool through = same_marker(&found, &self->goal);
    if (!through && !same_marker(&found, &self->done)) {
        diag_error(diag, E3006, SPAN_NONE,
                   "somebody else has written epoch %llu of this job into topic \"%s\"",
                   (unsigned long long)found.epoch, self->topic);
        diag_hint(diag, "is a copy of this database in use? Only one of them can go on");
        return ST_IO;
    }
    self->step = through ? KAFKA_STEP_DONE : KAFKA_STEP_BEGIN;
    return ST_OK;
}

static Status step_connect(KafkaProducer *self, Diag *diag)
{
    TRY(connect_client(self, STEP_MS, diag));
    if (is_exact(self))
        self->step = KAFKA_STEP_MEET;
    return ST_OK;
}

/* Goes on where it was left. `outbox`: NULL where there is nothing but the marker. */
static Status run_transaction(KafkaProducer *self, const KafkaOutbox *outbox, Diag *diag)
{
    while (self->step != KAFKA_STEP_DONE) {
        switch (self->step) {
        case KAFKA_STEP_CONNECT: TRY(step_connect(self, diag)); break;
        case KAFKA_STEP_MEET: TRY(step_meet(self, diag)); break;
        case KAFKA_STEP_BEGIN: TRY(step_begin(self, diag)); break;
        case KAFKA_STEP_PRODUCE: TRY(step_produce(self, outbox, diag)); break;
        case KAFKA_STEP_FLUSH: TRY(step_flush(self, diag)); break;
        case KAFKA_STEP_MARK: TRY(step_mark(self, diag)); break;
        case KAFKA_STEP_COMMIT: TRY(step_commit(self, diag)); break;
        case KAFKA_STEP_ABORT: TRY(step_abort(self, diag)); break;
        case KAFKA_STEP_DONE: break;
        }
    }
    self->step = KAFKA_STEP_BEGIN;
    self->busy = self->one_by_one = false;
    self->turn += self->to - self->from;
    self->done = self->goal;
    return ST_OK;
}

static void begin_part(KafkaProducer *self, const KafkaOutbox *outbox, uint64_t epoch)
{
    self->to = end_of_transaction(outbox, self->from);
    bool last = self->to == outbox->count;
    self->goal = (KafkaMarker){.exists = true,
                               .incarnation = self->incarnation,
                               .epoch = last ? epoch : epoch - 1,
                               .rows = last ? 0 : self->to};
    self->busy = true;
}

Status kafka_producer_send(KafkaProducer *self, const KafkaOutbox *outbox, uint64_t epoch,
                           Diag *diag)
{
    if (!self->busy) {
        bool goes_on = self->begun_epoch == epoch && !DEFECT(MARKER_ROWS_LOST);
        self->from = goes_on ? self->begun_rows : 0;
        begin_part(self, outbox, epoch);
    }
    for (;;) {
        TRY(run_transaction(self, outbox, diag));
        if (self->to >= outbox->count)
            return ST_OK;
        CRASH_POINT(KAFKA_PART);
        self->from = self->to;
        begin_part(self, outbox, epoch);
    }
}

Status kafka_producer_mark(KafkaProducer *self, Diag *diag)
{
    if (!self->busy) {
        self->goal = self->done;
        self->goal.exists = true;
        self->goal.incarnation = self->incarnation;
        self->from = self->to = 0;
        self->busy = true;
    }
    return run_transaction(self, NULL, diag);
}
