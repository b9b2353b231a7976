/* TimeQueue: what waits for a time, the least first; of equal times that with the least number, as
 * of arrival. A heap of four branches (after Johnson, "Priority queues with update and finding
 * minimum spanning trees", 1975): what comes nearly in order costs one comparison to put in. */
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
    PageSet pages;
    uint32_t count;
} TimeQueue;

void time_queue_open(TimeQueue *queue, Meter *meter);
void time_queue_close(TimeQueue *queue);
CHECKED Status time_queue_walk(TimeQueue *queue, StateWalk *walk);

CHECKED Status time_queue_push(TimeQueue *queue, Micros time, uint64_t number, uint64_t value);
/* The first one; it is there. */
void time_queue_pop(TimeQueue *queue, TimedItem *out);
/* Its value; it is there. */
static inline uint64_t time_queue_value(const TimeQueue *queue)
{
    return ((const TimedItem *)(const void *)page_read(&queue->pages, 0))->value;
}
/* MICROS_MAX: it is empty. */
static inline Micros time_queue_first(const TimeQueue *queue)
{
    return queue->count == 0 ? MICROS_MAX
                             : ((const TimedItem *)(const void *)page_read(&queue->pages, 0))->time;
}

#endif
