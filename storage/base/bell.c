#include "storage/base/bell.h"

#include <time.h>

void bell_init(Bell *bell)
{
    pthread_mutex_init(&bell->lock, NULL);
    pthread_cond_init(&bell->heard, NULL);
    atomic_init(&bell->rung, false);
}

void bell_close(Bell *bell)
{
    pthread_cond_destroy(&bell->heard);
    pthread_mutex_destroy(&bell->lock);
}

void bell_ring(Bell *bell)
{
    if (atomic_exchange(&bell->rung, true))
        return;
    pthread_mutex_lock(&bell->lock); /* else it could fall between a look at `rung` and the wait */
    pthread_cond_signal(&bell->heard);
    pthread_mutex_unlock(&bell->lock);
}

void bell_wait(Bell *bell, Micros most)
{
    Clock clock = clock_system();
    Micros end = clock.monotonic(&clock) + most;
    struct timespec until = {.tv_sec = end / MICROS_PER_SECOND,
                             .tv_nsec = end % MICROS_PER_SECOND * 1000};
    int late = 0;
    pthread_mutex_lock(&bell->lock);
    while (!atomic_load(&bell->rung) && late == 0)
        late = pthread_cond_clockwait(&bell->heard, &bell->lock, CLOCK_MONOTONIC, &until);
    atomic_store(&bell->rung, false);
    pthread_mutex_unlock(&bell->lock);
}
