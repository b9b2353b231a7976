#include "storage/connector/kafka_producer.h"

#include <assert.h>
#include <string.h>

#include "storage/base/crash_point.h"
#include "storage/connector/kafka_conf.h"
#include "storage/connector/kafka_destroy.h"
#include "storage/connector/kafka_errors.h"
#include "storage/connector/kafka_produce.h"

enum {
    OPEN_NAP_MS = 100,
    OPEN_MS = 15000,  /* for what must be known before a job can begin */
    STEP_MS = 1000,   /* a step of a commit gives up after that, to be made again */
    MARKER_MS = 5000, /* the same of a client of its own, which has to find its way first */
    ENDS_MS = 3000,   /* what a broker that has just come up may pass over is asked again then */
    CLOSE_MS = 5000,  /* for what is on its way without a guarantee */
    TOPIC_GONE_TIMES = 5, /* steps in which the broker knows nothing of the topic, and may learn */
    FAULT_TIMES = 5,      /* one after another in which the broker fails, and may recover */
    TRANSACTION_BYTES = 64 << 20, /* of records, about; at least one */
};

/* --- the client --- */

/* Of a record that was sent twice the offset is not known. */
static void note_offset(KafkaProducer *self, uint32_t partition, int64_t offset)
{
    if (offset < 0)
        return;
    if (offset < kafka_ends_get(&self->reached, partition) && self->gone == UINT32_MAX) {
        self->gone = partition;
        self->gone_at = offset;
    }
    Status status = kafka_ends_raise(&self->written, partition, offset + 1);
    if (status != ST_OK)
        self->noted = status;
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    KafkaProducer *self = opaque;
    (void)rk;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        note_offset(self, (uint32_t)message->partition, message->offset);
    else if (self->failed == RD_KAFKA_RESP_ERR_NO_ERROR)
        self->failed = message->err;
}

static bool is_exact(const KafkaProducer *self)
{
    return self->guarantee == KAFKA_EXACTLY_ONCE;
}

/* The client is somebody else's. */
static rd_kafka_t *leave_client(KafkaProducer *self)
{
    rd_kafka_t *rk = self->rk;
    if (self->handle != NULL)
        self->lib->topic_destroy(self->handle);
    self->handle = NULL;
    self->rk = NULL;
    self->step = KAFKA_STEP_CONNECT;
    return rk;
}

static void drop_client(KafkaProducer *self)
{
    kafka_destroy(self->lib, leave_client(self));
}

/* What a call of a transaction asks the coordinator just when that goes away is waited for until it
 * times out, whatever the call's own limit: a minute by default, in which the job does nothing and
 * says nothing. It must be less than the transaction's own time. */
static bool may_time_out_soon(const TableSpec *table)
{
    return !option_given(table->options, "properties.transaction.timeout.ms") &&
           !option_given(table->options, "properties.socket.timeout.ms");
}

static Status make_client(KafkaProducer *self, Diag *diag)
{
    char why[256];
    rd_kafka_conf_t *conf;
    const KafkaPair own[] = {
        {"partitioner", "murmur2_random"}, /* Java's */
        {"enable.idempotence", self->guarantee == KAFKA_NO_GUARANTEE ? "false" : "true"},
        {"isolation.level", "read_uncommitted"}, /* where a partition ends */
        {is_exact(self) ? "transactional.id" : NULL, self->name},
        {may_time_out_soon(self->table) ? "socket.timeout.ms" : NULL, "10000"},
        {NULL, NULL},
    };
    TRY(kafka_conf_make(self->lib, self->table, KAFKA_PRODUCER, own, &conf, diag));
    self->lib->conf_set_opaque(conf, self);
    self->lib->conf_set_dr_msg_cb(conf, on_delivery);
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

static Status held_up(const KafkaProducer *self, const char *words, Diag *diag)
{
    Text servers =
        option_text(&self->table->scope, self->table->options, "properties.bootstrap.servers");
    return diag_held_up(diag, E3007, TROUBLE_TAKEN, "Kafka at %.*s does not take \"%s\": %s",
                        TEXT_ARG(servers), self->topic, words);
}

static Status refuse_topic(const KafkaProducer *self, const char *words, Diag *diag)
{
    Status status = diag_error(diag, E3008, SPAN_NONE, "topic \"%s\": %s", self->topic, words);
    diag_hint(diag, "make the topic, or give its right name; weir explain E3008 has the choices");
    return status;
}

/* The broker cannot say what was the matter with it, nor what it has done. */
static bool is_fault(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_UNKNOWN;
}

static Status fail(KafkaProducer *self, rd_kafka_resp_err_t code, const char *words, Diag *diag)
{
    if (kafka_error_passes(code) || (is_fault(code) && ++self->fault_times < FAULT_TIMES))
        return held_up(self, words, diag);
    if (kafka_topic_is_gone(code))
        return refuse_topic(self, words, diag);
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
    if (cause != RD_KAFKA_RESP_ERR_NO_ERROR && !kafka_another_helps(cause))
        return fail(self, cause, self->lib->err2str(cause), diag);
    return kafka_another_helps(code) ? held_up(self, words, diag) : fail(self, code, words, diag);
}

/* Another one has to begin, which finds out how far this one has come. */
static Status give_up_client(KafkaProducer *self, const char *words, Diag *diag)
{
    drop_client(self);
    return held_up(self, words, diag);
}

/* The same where it has not come back from a call. What that still does is of the transaction that
 * is in hand, which the next client ends. */
static Status lose_client(KafkaProducer *self, const char *words, Diag *diag)
{
    (void)leave_client(self);
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
    if (is_fault(code)) { /* who comes next finds out */
        drop_client(self);
        return fail(self, code, words, diag);
    }
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
    if (kafka_error_passes(error))
        return fail(self, error, self->lib->err2str(error), diag);
    return refuse_topic(self, self->lib->err2str(error), diag);
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

/* --- patience --- */

typedef Status Step(KafkaProducer *self, void *out, Diag *diag);

/* Before a job can begin: a broker may be on its way down, or up. */
static Status patiently(KafkaProducer *self, Step *step, void *out, Diag *diag)
{
    Clock *clock = self->clock;
    Micros until = clock->monotonic(clock) + OPEN_MS * MICROS_PER_MILLI;
    for (;;) {
        Diag why = {0};
        Status status = step(self, out, &why);
        if (status == ST_OK)
            return ST_OK;
        if (self->stop != NULL && atomic_load(self->stop))
            return ST_CANCELLED;
        if (why.trouble == TROUBLE_LASTING || clock->monotonic(clock) >= until) {
            if (why.trouble != TROUBLE_LASTING)
                diag_hint(&why,
                          "it was tried for %d s: is 'properties.bootstrap.servers' right, as "
                          "seen from here? weir explain E3007 has more",
                          OPEN_MS / 1000);
            if (why.set && !diag->set)
                *diag = why;
            return status;
        }
        if (clock->nap != NULL)
            clock->nap(clock, OPEN_NAP_MS * MICROS_PER_MILLI);
    }
}

/* --- the marker --- */

static Status read_marker(KafkaProducer *self, int wait_ms, KafkaMarker *out, Diag *diag)
{
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    const KafkaMarkerPlace place = {self->lib, self->table, self->name, self->topic};
    TRY(kafka_marker_read(&place, wait_ms, out, &error, diag));
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? ST_OK
                                               : fail(self, error, self->lib->err2str(error), diag);
}

static Status marker_step(KafkaProducer *self, void *out, Diag *diag)
{
    return read_marker(self, MARKER_MS, out, diag);
}

Status kafka_producer_read_marker(KafkaProducer *self, KafkaMarker *out, Diag *diag)
{
    return patiently(self, marker_step, out, diag);
}

/* --- ends --- */

Status kafka_producer_refuse_gone(const KafkaProducer *self, uint32_t partition, int64_t now,
                                  Diag *diag)
{
    diag_error(
        diag, E3006, SPAN_NONE,
        "topic \"%s\": rows that this job has written are gone: \"%s[%u]\" went up to offset "
        "%lld, and now ends at %lld",
        self->topic, self->topic, partition,
        (long long)kafka_ends_get(&self->reached, partition) - 1, (long long)now);
    diag_hint(diag, "was the topic deleted and made anew? weir explain E3006 has the choices");
    return ST_IO;
}

/* A partition that is not there any more ends at 0. */
static Status take_end(KafkaProducer *self, const rd_kafka_topic_partition_t *found, KafkaEnds *out,
                       Diag *diag)
{
    if (found->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_ends_raise(out, (uint32_t)found->partition, found->offset);
    return fail(self, found->err, self->lib->err2str(found->err), diag);
}

static Status read_ends(KafkaProducer *self, int wait_ms, KafkaEnds *out, Diag *diag)
{
    rd_kafka_topic_partition_list_t *list = self->lib->topic_partition_list_new(self->partitions);
    for (int32_t i = 0; i < self->partitions; i++)
        self->lib->topic_partition_list_add(list, self->topic, i)->offset = RD_KAFKA_OFFSET_END;
    rd_kafka_resp_err_t error = self->lib->offsets_for_times(self->rk, list, wait_ms);
    Status status = error == RD_KAFKA_RESP_ERR_NO_ERROR
                        ? ST_OK
                        : fail(self, error, self->lib->err2str(error), diag);
    for (int i = 0; status == ST_OK && i < list->cnt; i++)
        status = take_end(self, &list->elems[i], out, diag);
    self->lib->topic_partition_list_destroy(list);
    return status;
}

static Status ends_step(KafkaProducer *self, void *out, Diag *diag)
{
    return read_ends(self, ENDS_MS, out, diag);
}

Status kafka_producer_read_ends(KafkaProducer *self, bool patient, KafkaEnds *out, Diag *diag)
{
    return patient ? patiently(self, ends_step, out, diag) : read_ends(self, STEP_MS, out, diag);
}

/* --- opening --- */

static Status connect_step(KafkaProducer *self, void *out, Diag *diag)
{
    (void)out;
    return connect_client(self, STEP_MS, diag); /* short, so that a request to stop is heard */
}

/* The only one: kafka_check_written. */
static Status find_topic(const TableSpec *table, Arena *arena, const char **out, Diag *diag)
{
    Text *topic;
    uint32_t topics;
    TRY(kafka_topics(table, arena, &topic, &topics, diag));
    assert(topics == 1);
    *out = topic[0].ptr;
    return ST_OK;
}

Status kafka_producer_open(KafkaProducer *self, const TableSpec *table, Text name, SourceEnv *env,
                           Diag *diag)
{
    Text copy;
    *self =
        (KafkaProducer){.table = table, .clock = env->clock, .stop = env->stop, .gone = UINT32_MAX};
    self->lib = &self->library;
    kafka_ends_open(&self->reached, env->meter);
    kafka_ends_open(&self->written, env->meter);
    TRY(find_topic(table, env->arena, &self->topic, diag));
    TRY(kafka_library_load(&self->library, diag));
    TRY(arena_text(env->arena, name, &copy));
    self->name = copy.ptr;
    self->guarantee =
        (KafkaGuarantee)option_enum(&table->scope, table->options, "sink.delivery-guarantee");
    self->partitioner = kafka_partitioner(table);
    return patiently(self, connect_step, NULL, diag);
}

static void close_client(KafkaProducer *self)
{
    if (self->rk == NULL)
        return;
    if (self->guarantee == KAFKA_NO_GUARANTEE)
        self->lib->flush(self->rk, CLOSE_MS);
    self->lib->purge(self->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    drop_client(self);
}

/* Readers wait for a transaction that is open. One that nobody will end is ended here, if the
 * broker takes that soon; what may be committed by now is not touched. */
static void leave_transaction(const KafkaProducer *self)
{
    bool open = self->step == KAFKA_STEP_PRODUCE || self->step == KAFKA_STEP_FLUSH ||
                self->step == KAFKA_STEP_MARK || self->step == KAFKA_STEP_ABORT;
    if (self->rk == NULL || !is_exact(self) || !open)
        return;
    self->lib->purge(self->rk, RD_KAFKA_PURGE_F_QUEUE);
    rd_kafka_error_t *error = self->lib->abort_transaction(self->rk, STEP_MS);
    if (error != NULL)
        self->lib->error_destroy(error); /* then its time has to go by */
}

void kafka_producer_close(KafkaProducer *self)
{
    leave_transaction(self);
    close_client(self);
    kafka_ends_close(&self->reached);
    kafka_ends_close(&self->written);
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

static Status step_produce(KafkaProducer *self, const KafkaOutbox *outbox, Diag *diag)
{
    char words[256];
    while (self->next < self->to) {
        rd_kafka_resp_err_t error = kafka_produce_some(self, outbox);
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

/* librdkafka waits for a topic that is there no more as for a broker that is away. One that has
 * just begun may not know its topics yet. */
static Status why_waiting(KafkaProducer *self, const char *words, Diag *diag)
{
    Diag why = {0};
    Status status = check_topic(self, STEP_MS, &why);
    bool unknown = status != ST_OK && why.code == E3008;
    self->unknown_times = unknown ? self->unknown_times + 1 : 0;
    if (self->unknown_times < TOPIC_GONE_TIMES)
        return held_up(self, words, diag);
    *diag = why;
    return status;
}

/* Without a guarantee nobody waits for the reports; but what they say is told, once. */
static Status tell_lost(KafkaProducer *self, Diag *diag)
{
    rd_kafka_resp_err_t cause = self->failed;
    self->failed = RD_KAFKA_RESP_ERR_NO_ERROR;
    return cause == RD_KAFKA_RESP_ERR_NO_ERROR ? ST_OK
                                               : fail(self, cause, self->lib->err2str(cause), diag);
}

static Status step_flush(KafkaProducer *self, Diag *diag)
{
    char words[256];
    if (self->guarantee == KAFKA_NO_GUARANTEE) {
        self->step = KAFKA_STEP_DONE;
        return tell_lost(self, diag);
    }
    rd_kafka_resp_err_t error = self->lib->flush(self->rk, STEP_MS);
    if (is_broken(self, words, sizeof words))
        return give_up_client(self, words, diag);
    if (error == RD_KAFKA_RESP_ERR__TIMED_OUT)
        return why_waiting(self, self->lib->err2str(error), diag);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(self, error, self->lib->err2str(error), diag);
    self->unknown_times = 0;
    TRY(self->noted);
    if (self->gone != UINT32_MAX)
        return kafka_producer_refuse_gone(self, self->gone, self->gone_at, diag);
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
    rd_kafka_error_t *error = DEFECT(MARKER_APART) ? part_marker_from_rows(self) : NULL;
    if (error != NULL)
        return after_error(self, error, diag);
    const KafkaMarkerPlace place = {self->lib, self->table, self->name, self->topic};
    bool answered = true;
    if (!DEFECT(MARKER_LOST))
        TRY(kafka_marker_send(&place, self->rk, &self->goal, STEP_MS, self->stop, &answered,
                              &error));
    if (!answered)
        return lose_client(self, "no answer from the coordinator of its group", diag);
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
    if (self->guarantee != KAFKA_NO_GUARANTEE)
        self->failed = RD_KAFKA_RESP_ERR_NO_ERROR;
    kafka_ends_clear(&self->written);
    self->next = self->from;
    rd_kafka_error_t *error = is_exact(self) ? self->lib->begin_transaction(self->rk) : NULL;
    if (error != NULL)
        return after_error(self, error, diag);
    CRASH_POINT(KAFKA_BEGUN);
    self->step = KAFKA_STEP_PRODUCE;
    return ST_OK;
}

/* Another run has fenced this one, or so much time went by that the broker thinks so. Who has
 * written last says which; and the transaction that was in hand may be through. */
static Status step_meet(KafkaProducer *self, Diag *diag)
{
    KafkaMarker found;
    TRY(read_marker(self, MARKER_MS, &found, diag));
    bool through = kafka_marker_same(&found, &self->goal);
    if (!through && !kafka_marker_same(&found, &self->done)) {
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
    self->fault_times = 0;
    self->turn += self->to - self->from;
    self->done = self->goal;
    return kafka_ends_raise_all(&self->reached, &self->written);
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

Status kafka_producer_mark(KafkaProducer *self, uint64_t epoch, Diag *diag)
{
    if (!self->busy) {
        self->goal = self->done.exists ? self->done : (KafkaMarker){.exists = true, .epoch = epoch};
        self->goal.incarnation = self->incarnation;
        self->from = self->to = 0;
        self->busy = true;
    }
    return run_transaction(self, NULL, diag);
}

Status kafka_producer_settle(KafkaProducer *self, Diag *diag)
{
    if (self->guarantee != KAFKA_NO_GUARANTEE || self->rk == NULL)
        return ST_OK;
    rd_kafka_resp_err_t error = self->lib->flush(self->rk, STEP_MS);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(self, error, self->lib->err2str(error), diag);
    return tell_lost(self, diag);
}
