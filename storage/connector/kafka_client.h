/* KafkaClient: one consumer for all partitions of a table, as long as its job is open. When there
 * are many more of them after a while, those that came have another one: how much is queued for
 * each partition is told to a client when it is made.
 *
 * Partitions are assigned, never subscribed to: which positions are read is the job's own matter,
 * and each has a queue of its own, so that the merge can wait for one without holding up another.
 * A broker that is away while a job reads is no error: the client goes on by itself when it is
 * back. What brokers are asked is in kafka_ask.h.
 *
 * Its partitions may be read in several threads: what they share is behind a lock. Callbacks run
 * while it is held, as they do in librdkafka's calls that give them their turn, and nowhere else.
 */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_CLIENT_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_CLIENT_H

#include <pthread.h>
#include <stdatomic.h>

#include "storage/connector/connector.h"
#include "storage/connector/kafka_library.h"
#include "storage/connector/kafka_probe.h"

typedef struct KafkaClient {
    SharedSource base;
    KafkaLibrary library;
    const KafkaLibrary *lib; /* that one */
    rd_kafka_t *rk;
    Clock *clock;
    Meter *meter;
    uint32_t made_for;    /* how many partitions there were then, those of other clients too */
    atomic_bool heard;    /* messages came since the probe was looked after */
    pthread_mutex_t lock; /* guards what follows */
    bool hurried;
    Micros served; /* when its callbacks had their last turn */
    /* What the table's group is to be told of positions; NULL: it has none. */
    rd_kafka_topic_partition_list_t *published;
    bool unpublished, publishing;
    Micros published_at;
    bool down;        /* no broker is connected */
    Micros looked;    /* for one, since then */
    KafkaProbe probe; /* of those that are */
    bool lost;        /* a topic or partition is there no more; `trouble` has the words */
    char trouble[256];
} KafkaClient;

/* The table's client, which is made when it is first asked for; the job closes it. */
CHECKED Status kafka_client_get(const TableSpec *table, SourceEnv *env, KafkaClient **out,
                                Diag *diag);
KafkaClient *kafka_client_find(const TableSpec *table, const SourceEnv *env); /* NULL: not yet */
/* To the `known` partitions so many came that are found now: *client is the one that is to read
 * them. */
CHECKED Status kafka_client_grow(KafkaClient **client, SourceEnv *env, uint32_t known,
                                 uint32_t found, Diag *diag);

/* Gives callbacks their turn, once in a while. E3008: something that is read is gone. */
CHECKED Status kafka_client_serve(KafkaClient *client, Diag *diag);

/* All that are read were listed. */
void kafka_client_listed(KafkaClient *client);
/* What is asked from here on is asked by a job that runs, and has other things to do. */
void kafka_client_hurry(KafkaClient *client, bool hurried);
/* How long the broker has for an answer. */
int kafka_client_patience_ms(KafkaClient *client);

/* From the offset on, or no more. */
CHECKED Status kafka_client_assign(KafkaClient *client, const char *topic, int32_t partition,
                                   int64_t offset, Diag *diag);
void kafka_client_unassign(KafkaClient *client, const char *topic, int32_t partition);

/* So far has been read, for all who watch the group of 'properties.group.id': told now and then,
 * and never asked for again. */
void kafka_client_publish(KafkaClient *client, const char *topic, int32_t partition,
                          int64_t offset);

/* A queue that was full has room again. Up to 2.1 librdkafka does not look for up to a second, in
 * which a job has long read what was queued; so its thread is given something to do. Does not wait.
 */
void kafka_client_wake(KafkaClient *client, const char *topic, int32_t partition);

#endif
