#include "storage/connector/kafka_call.h"

#include <pthread.h>
#include <time.h>

#include "storage/base/mem.h"

static const Micros look_every = 100 * MICROS_PER_MILLI; /* whether a stop is asked for */
static const Micros after_stop = MICROS_PER_SECOND;

typedef struct Calling {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    KafkaCall call;
    bool over, left; /* who comes last frees it */
} Calling;

static void free_calling(Calling *calling)
{
    pthread_mutex_unlock(&calling->lock);
    pthread_cond_destroy(&calling->changed);
    pthread_mutex_destroy(&calling->lock);
    mem_free(NULL, calling, sizeof *calling);
}

static void *run_call(void *context)
{
    Calling *calling = context;
    const KafkaCall call = calling->call;
    call.run(call.context);
    pthread_mutex_lock(&calling->lock);
    calling->over = true;
    if (calling->left) {
        free_calling(calling);
        call.left(call.context);
        return NULL;
    }
    pthread_cond_signal(&calling->changed);
    pthread_mutex_unlock(&calling->lock);
    return NULL;
}

/* Until it is over, or there is no more time; with the lock. */
static void wait_for(Calling *calling, Micros most, const atomic_bool *stop)
{
    Clock clock = clock_system();
    Micros now = clock.monotonic(&clock), deadline = now + most;
    while (!calling->over && now < deadline) {
        if (stop != NULL && atomic_load(stop) && deadline > now + after_stop)
            deadline = now + after_stop;
        Micros look = deadline < now + look_every ? deadline : now + look_every;
        struct timespec until = {.tv_sec = look / MICROS_PER_SECOND,
                                 .tv_nsec = look % MICROS_PER_SECOND * 1000};
        pthread_cond_clockwait(&calling->changed, &calling->lock, CLOCK_MONOTONIC, &until);
        now = clock.monotonic(&clock);
    }
}

bool kafka_call(const KafkaCall *call, Micros most, const atomic_bool *stop)
{
    pthread_t thread;
    Calling *calling = mem_alloc_zeroed(NULL, sizeof *calling);
    if (calling == NULL) {
        call->run(call->context);
        return true;
    }
    calling->call = *call;
    pthread_mutex_init(&calling->lock, NULL);
    pthread_cond_init(&calling->changed, NULL);
    pthread_mutex_lock(&calling->lock);
    if (pthread_create(&thread, NULL, run_call, calling) != 0) {
        free_calling(calling);
        call->run(call->context);
        return true;
    }
    pthread_detach(thread);
    wait_for(calling, most, stop);
    bool over = calling->over;
    if (over) {
        free_calling(calling);
    } else {
        calling->left = true;
        pthread_mutex_unlock(&calling->lock);
    }
    return over;
}
