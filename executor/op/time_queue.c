#include "executor/op/time_queue.h"

#include <assert.h>

enum { BRANCHES = 4, PAGE_SHIFT = 9, IN_PAGE = (1 << PAGE_SHIFT) - 1 };

void time_queue_open(TimeQueue *queue, Meter *meter)
{
    *queue = (TimeQueue){0};
    pages_init(&queue->pages, meter);
}

void time_queue_close(TimeQueue *queue)
{
    if (queue->pages.meter != NULL)
        pages_close(&queue->pages);
}

Status time_queue_walk(TimeQueue *queue, StateWalk *walk)
{
    TRY(STATE_WALK(walk, queue->count));
    return state_walk_pages(walk, &queue->pages);
}

static const TimedItem *item_at(const TimeQueue *queue, uint32_t at)
{
    return (const TimedItem *)(const void *)page_read(&queue->pages, at >> PAGE_SHIFT) +
           (at & IN_PAGE);
}

static void put_item(TimeQueue *queue, uint32_t at, const TimedItem *item)
{
    char *bytes = page_write_at(&queue->pages, at >> PAGE_SHIFT,
                                (at & IN_PAGE) * (uint32_t)sizeof *item, sizeof *item);
    *(TimedItem *)(void *)bytes = *item;
}

static inline bool is_before(const TimedItem *a, const TimedItem *b)
{
    return a->time != b->time ? a->time < b->time : a->number < b->number;
}

Status time_queue_push(TimeQueue *queue, Micros time, uint64_t number, uint64_t value)
{
    TimedItem item = {time, number, value};
    uint32_t at = queue->count, page;
    if (at == UINT32_MAX)
        return ST_LIMIT;
    if (at >> PAGE_SHIFT == queue->pages.count)
        TRY(pages_add(&queue->pages, sizeof item << PAGE_SHIFT, &page));
    queue->count++;
    while (at > 0) {
        uint32_t above = (at - 1) / BRANCHES;
        const TimedItem *parent = item_at(queue, above);
        if (!is_before(&item, parent))
            break;
        put_item(queue, at, parent);
        at = above;
    }
    put_item(queue, at, &item);
    return ST_OK;
}

/* The least of the items from `first` on that hang on one. */
static uint32_t least_branch(const TimeQueue *queue, uint32_t first)
{
    uint32_t end = queue->count - first < BRANCHES ? queue->count : first + BRANCHES;
    uint32_t least = first;
    const TimedItem *item = item_at(queue, first);
    for (uint32_t at = first + 1; at < end; at++) {
        const TimedItem *other = item_at(queue, at);
        if (is_before(other, item)) {
            item = other;
            least = at;
        }
    }
    return least;
}

void time_queue_pop(TimeQueue *queue, TimedItem *out)
{
    assert(queue->count > 0);
    *out = *item_at(queue, 0);
    TimedItem last = *item_at(queue, --queue->count);
    uint64_t at = 0;
    while (at * BRANCHES + 1 < queue->count) {
        uint32_t below = least_branch(queue, (uint32_t)(at * BRANCHES + 1));
        const TimedItem *item = item_at(queue, below);
        if (!is_before(item, &last))
            break;
        put_item(queue, (uint32_t)at, item);
        at = below;
    }
    if (queue->count > 0)
        put_item(queue, (uint32_t)at, &last);
}
