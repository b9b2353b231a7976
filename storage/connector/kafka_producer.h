/* KafkaProducer: sends the records of an outbox in transactions, and remembers outside how far it
 * has come.
 *
 * The memory is the offset of a consumer group of the sink's own, the marker: it is committed in
 * the same transaction as the records it speaks of, so that both are there or neither is (Kafka's
 * KIP-98). The offset is the epoch + 1; its metadata say which run of the job has written it (the
 * incarnation), and how many records of the next epoch have gone out already, where one is so large
 * that it takes several transactions.
 *
 * A call gives up after about a second and can be made again, and goes on where it was: what it
 * waits for is a broker that may be away. What librdkafka demands after an error, a new transaction
 * or a new producer, is seen to here; the records are still in the outbox, and the marker tells
 * whether they have arrived after all.
 *
 * The broker says of each record at which offset it is. One that is in front of those of earlier
 * transactions is in another topic of the same name: what was written is gone. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_PRODUCER_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_PRODUCER_H

#include "storage/connector/connector.h"
#include "storage/connector/kafka_ends.h"
#include "storage/connector/kafka_library.h"
#include "storage/connector/kafka_marker.h"
#include "storage/connector/kafka_options.h"
#include "storage/connector/kafka_outbox.h"

typedef enum KafkaStep {
    KAFKA_STEP_CONNECT, /* there is no producer, or it is of no more use */
    KAFKA_STEP_MEET,    /* how far it has come is to be found out */
    KAFKA_STEP_BEGIN,
    KAFKA_STEP_PRODUCE,
    KAFKA_STEP_FLUSH,
    KAFKA_STEP_MARK,
    KAFKA_STEP_COMMIT,
    KAFKA_STEP_ABORT,
    KAFKA_STEP_DONE,
} KafkaStep;

typedef struct KafkaProducer {
    KafkaLibrary library;
    const KafkaLibrary *lib; /* that one */
    const TableSpec *table;
    Clock *clock;
    const atomic_bool *stop; /* as in SourceEnv */
    KafkaGuarantee guarantee;
    KafkaPartitioner partitioner;
    const char *topic, *name; /* name: of the transactions and of the marker's group */
    rd_kafka_t *rk;
    rd_kafka_topic_t *handle;
    int32_t partitions;
    uint64_t incarnation; /* who writes from now on */
    KafkaMarker done;     /* as it was written last, or met */
    KafkaMarker goal;     /* as the transaction in hand will write it */
    uint64_t begun_epoch; /* of which an earlier run has sent so many records */
    uint32_t begun_rows;
    bool busy;       /* a transaction is in hand */
    bool one_by_one; /* its records are given to librdkafka so: one among them is refused */
    KafkaStep step;
    uint32_t from, to, next;    /* its records; the next one to be produced */
    uint64_t turn;              /* of the round robin */
    rd_kafka_resp_err_t failed; /* the first delivery report that was bad */
    KafkaEnds reached;          /* behind what is committed */
    KafkaEnds written;          /* behind the records of the transaction in hand */
    uint32_t gone;          /* the partition that has one of them in front of that; UINT32_MAX */
    int64_t gone_at;        /* its offset */
    Status noted;           /* of the reports; ST_NOMEM */
    uint32_t unknown_times; /* the topic was not known, one time after the other */
    uint32_t fault_times;   /* the same of the broker's own failures */
} KafkaProducer;

/* `name`: of its transactions. Connects. */
CHECKED Status kafka_producer_open(KafkaProducer *producer, const TableSpec *table, Text name,
                                   SourceEnv *env, Diag *diag);
void kafka_producer_close(KafkaProducer *producer);

/* What is outside now. */
CHECKED Status kafka_producer_read_marker(KafkaProducer *producer, KafkaMarker *out, Diag *diag);
/* Where all partitions end now, committed or not; raises those of `out`. */
CHECKED Status kafka_producer_read_ends(KafkaProducer *producer, bool patient, KafkaEnds *out,
                                        Diag *diag);
/* E3006: the partition went up to `reached`, and an offset in front of that is its end now, or is
 * given to a record. */
Status kafka_producer_refuse_gone(const KafkaProducer *producer, uint32_t partition, int64_t now,
                                  Diag *diag);

/* Sends the outbox as that epoch, but for what has gone out of it already. diag_held_up: what is in
 * the way passes, and the same call can be made again; E3006: another run writes. */
CHECKED Status kafka_producer_send(KafkaProducer *producer, const KafkaOutbox *outbox,
                                   uint64_t epoch, Diag *diag);
/* Writes the marker alone; `epoch`: what it says where there was none. */
CHECKED Status kafka_producer_mark(KafkaProducer *producer, uint64_t epoch, Diag *diag);
/* At the end: what was sent without a guarantee has arrived, or it is told. */
CHECKED Status kafka_producer_settle(KafkaProducer *producer, Diag *diag);

#endif
