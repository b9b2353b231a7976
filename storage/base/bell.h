/* Bell: one thread waits until another has something for it. Rung while nobody waits, it is heard
 * by whoever waits next; rung twice, it is heard once. What there is to be done is looked for
 * elsewhere, after each wait. */
#ifndef WEIR_STORAGE_BASE_BELL_H
#define WEIR_STORAGE_BASE_BELL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "storage/base/clock.h"

typedef struct Bell {
    pthread_mutex_t lock;
    pthread_cond_t heard;
    atomic_bool rung;
} Bell;

void bell_init(Bell *bell);
void bell_close(Bell *bell);
/* Any thread. Does not wait, and costs next to nothing while the bell is rung already. */
void bell_ring(Bell *bell);
/* Until it is rung, or so long. Of several who wait, one hears it. */
void bell_wait(Bell *bell, Micros most);

#endif
