/* KafkaProbe: whether the brokers that lead what a table reads answer at all. A consumer hears of
 * connections that are lost, and a broker may keep its own and do nothing else: of one that is
 * stopped, or behind a network that swallows everything, nothing comes, as of one with nothing new.
 * So they are asked for something of no consequence now and then, one after the other, and nobody
 * waits for the answer.
 *
 * Used by one thread at a time: KafkaClient has it behind its lock. Times are monotonic. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_PROBE_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_PROBE_H

#include "storage/base/clock.h"
#include "storage/connector/kafka_library.h"

enum {
    KAFKA_PROBE_BROKERS = 64, /* of more, the others are not asked */
    KAFKA_TOPIC_SIZE = 250,   /* the longest name, and a NUL */
};

typedef struct KafkaProbe {
    struct {
        int32_t broker;
        bool found; /* since the last listing */
    } leader[KAFKA_PROBE_BROKERS];
    uint32_t leaders, turn;       /* which one is to be asked next */
    char topic[KAFKA_TOPIC_SIZE]; /* that it is asked about */
    rd_kafka_queue_t *answers;    /* NULL: nobody was asked yet */
    bool open;                    /* a question is, to this broker: */
    int32_t asked;
    Micros at;      /* it was asked then; else the last answer came; 0: not begun */
    int32_t silent; /* the broker that does not answer; -1: none */
} KafkaProbe;

void kafka_probe_init(KafkaProbe *probe);
void kafka_probe_close(KafkaProbe *probe, const KafkaLibrary *lib);

/* A listing of partitions: who leads each of them; and, when it is complete, that it is. */
void kafka_probe_found(KafkaProbe *probe, int32_t broker, const char *topic);
void kafka_probe_listed(KafkaProbe *probe);
/* The same as of another client. */
void kafka_probe_follow(KafkaProbe *probe, const KafkaProbe *other);

/* Asks when it is time, and looks for the answer. */
void kafka_probe_look(KafkaProbe *probe, const KafkaLibrary *lib, rd_kafka_t *rk, Micros now);
/* There is a sign of life, or it is known that there is none: the answer has its time from now. */
void kafka_probe_excuse(KafkaProbe *probe, Micros now);

#endif
