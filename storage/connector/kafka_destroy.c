#include "storage/connector/kafka_destroy.h"

#include <pthread.h>
#include <time.h>

#include "storage/base/clock.h"
#include "storage/base/mem.h"

enum { DESTROY_S = 2 }; /* until it is left to itself */

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
