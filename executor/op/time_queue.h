/* TimeQueue: what waits for a time, the least first; of equal times that with the least number, as
 * of arrival. What comes in order stands in a ring, which costs next to nothing; what does not, in
 * a heap of four branches (after Johnson, "Priority queues with update and finding minimum spanning
 * trees", 1975). */
#ifndef WEIR_EXECUTOR_OP_TIME_QUEUE_H
#define WEIR_EXECUTOR_OP_TIME_QUEUE_H

#include "storage/base/clock.h"
#include "storage/state/state_walk.h"

typedef struct TimedItem {
    Micros time;
    uint64_t number;
    uint64_t value;
} TimedItem;

typedef struct TimeQueue {
    PageSet ring; /* as many pages as a power of two */
    PageSet heap;
    uint32_t first, in_ring; /* item number n stands at n, modulo the room that there is */
    uint32_t in_heap;
} TimeQueue;

void time_queue_open(TimeQueue *queue, Meter *meter);
void time_queue_close(TimeQueue *queue);
CHECKED Status time_queue_walk(TimeQueue *queue, StateWalk *walk);

CHECKED Status time_queue_push(TimeQueue *queue, Micros time, uint64_t number, uint64_t value);
/* The first one, good until the next change; NULL: it is empty. */
const TimedItem *time_queue_first(const TimeQueue *queue);
void time_queue_pop(TimeQueue *queue); /* the first one; it is there */
/* MICROS_MAX: it is empty. */
static inline Micros time_queue_due(const TimeQueue *queue)
{
    const TimedItem *first = time_queue_first(queue);
    return first == NULL ? MICROS_MAX : first->time;
}

#endif
