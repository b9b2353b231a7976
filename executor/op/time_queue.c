#include "executor/op/time_queue.h"

#include <assert.h>

enum { BRANCHES = 4, PAGE_SHIFT = 9, IN_PAGE = (1 << PAGE_SHIFT) - 1 };

void time_queue_open(TimeQueue *queue, Meter *meter)
{
    *queue = (TimeQueue){0};
    pages_init(&queue->ring, meter);
    pages_init(&queue->heap, meter);
}

void time_queue_close(TimeQueue *queue)
{
    if (queue->ring.meter == NULL)
        return;
    pages_close(&queue->ring);
    pages_close(&queue->heap);
}

Status time_queue_walk(TimeQueue *queue, StateWalk *walk)
{
    TRY(STATE_WALK(walk, queue->first));
    TRY(STATE_WALK(walk, queue->in_ring));
    TRY(STATE_WALK(walk, queue->in_heap));
    TRY(state_walk_pages(walk, &queue->ring));
    return state_walk_pages(walk, &queue->heap);
}

static const TimedItem *item_at(const PageSet *pages, uint32_t at)
{
    return (const TimedItem *)(const void *)page_read(pages, at >> PAGE_SHIFT) + (at & IN_PAGE);
}

static void put_item(PageSet *pages, uint32_t at, const TimedItem *item)
{
    char *bytes = page_write_at(pages, at >> PAGE_SHIFT, (at & IN_PAGE) * (uint32_t)sizeof *item,
                                sizeof *item);
    *(TimedItem *)(void *)bytes = *item;
}

static inline bool is_before(const TimedItem *a, const TimedItem *b)
{
    return a->time != b->time ? a->time < b->time : a->number < b->number;
}

/* --- the ring --- */

static uint32_t ring_room(const TimeQueue *queue)
{
    return queue->ring.count << PAGE_SHIFT;
}

static const TimedItem *ring_item(const TimeQueue *queue, uint32_t i)
{
    return item_at(&queue->ring, (queue->first + i) & (ring_room(queue) - 1));
}

/* Twice the room: an item keeps its number, so it stays, or moves on by the old room. */
static Status grow_ring(TimeQueue *queue)
{
    uint32_t room = ring_room(queue), pages = queue->ring.count == 0 ? 1 : queue->ring.count, page;
    if (room > UINT32_MAX / 4)
        return ST_LIMIT;
    for (uint32_t i = 0; i < pages; i++)
        TRY(pages_add(&queue->ring, sizeof(TimedItem) << PAGE_SHIFT, &page));
    for (uint32_t i = 0; i < queue->in_ring; i++) {
        uint32_t number = queue->first + i;
        if ((number & room) != 0)
            put_item(&queue->ring, number & (2 * room - 1),
                     item_at(&queue->ring, number & (room - 1)));
    }
    return ST_OK;
}

static Status ring_push(TimeQueue *queue, const TimedItem *item)
{
    if (queue->in_ring == ring_room(queue))
        TRY(grow_ring(queue));
    put_item(&queue->ring, (queue->first + queue->in_ring) & (ring_room(queue) - 1), item);
    queue->in_ring++;
    return ST_OK;
}

/* --- the heap --- */

static Status heap_push(TimeQueue *queue, const TimedItem *item)
{
    uint32_t at = queue->in_heap, page;
    if (at == UINT32_MAX)
        return ST_LIMIT;
    if (at >> PAGE_SHIFT == queue->heap.count)
        TRY(pages_add(&queue->heap, sizeof *item << PAGE_SHIFT, &page));
    queue->in_heap++;
    while (at > 0) {
        uint32_t above = (at - 1) / BRANCHES;
        const TimedItem *parent = item_at(&queue->heap, above);
        if (!is_before(item, parent))
            break;
        put_item(&queue->heap, at, parent);
        at = above;
    }
    put_item(&queue->heap, at, item);
    return ST_OK;
}

/* The least of the items from `first` on that hang on one. */
static uint32_t least_branch(const TimeQueue *queue, uint32_t first)
{
    uint32_t end = queue->in_heap - first < BRANCHES ? queue->in_heap : first + BRANCHES;
    uint32_t least = first;
    for (uint32_t at = first + 1; at < end; at++) {
        if (is_before(item_at(&queue->heap, at), item_at(&queue->heap, least)))
            least = at;
    }
    return least;
}

static void heap_pop(TimeQueue *queue)
{
    TimedItem last = *item_at(&queue->heap, --queue->in_heap);
    uint64_t at = 0;
    while (at * BRANCHES + 1 < queue->in_heap) {
        uint32_t below = least_branch(queue, (uint32_t)(at * BRANCHES + 1));
        const TimedItem *item = item_at(&queue->heap, below);
        if (!is_before(item, &last))
            break;
        put_item(&queue->heap, (uint32_t)at, item);
        at = below;
    }
    if (queue->in_heap > 0)
        put_item(&queue->heap, (uint32_t)at, &last);
}

/* --- both --- */

Status time_queue_push(TimeQueue *queue, Micros time, uint64_t number, uint64_t value)
{
    TimedItem item = {time, number, value};
    bool in_order = queue->in_ring == 0 || !is_before(&item, ring_item(queue, queue->in_ring - 1));
    return in_order ? ring_push(queue, &item) : heap_push(queue, &item);
}

const TimedItem *time_queue_first(const TimeQueue *queue)
{
    if (queue->in_ring == 0)
        return queue->in_heap == 0 ? NULL : item_at(&queue->heap, 0);
    const TimedItem *first = ring_item(queue, 0);
    return queue->in_heap > 0 && is_before(item_at(&queue->heap, 0), first)
               ? item_at(&queue->heap, 0)
               : first;
}

void time_queue_pop(TimeQueue *queue)
{
    bool from_heap =
        queue->in_heap > 0 &&
        (queue->in_ring == 0 || is_before(item_at(&queue->heap, 0), ring_item(queue, 0)));
    assert(queue->in_ring + queue->in_heap > 0);
    if (from_heap) {
        heap_pop(queue);
        return;
    }
    queue->first++;
    queue->in_ring--;
}
