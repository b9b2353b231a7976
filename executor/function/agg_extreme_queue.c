/* MIN and MAX over rows that leave in the order in which they came: a queue of those values that
 * can still become the least (or the greatest), each better than all behind it. A value that comes
 * puts out the worse ones at the end; the first one is the result, and goes when the row that has
 * it leaves. (An old device; after Lemire, "Streaming maximum-minimum filter using no more than
 * three comparisons per element", 2006.)
 *
 * The queue is a list of blocks in the heap of the container. */
#include <assert.h>

#include "executor/function/agg_extreme.h"
#include "executor/function/state_cell.h"

enum { BLOCK_VALUES = 14 };

typedef struct Block {
    HeapRef before, behind; /* 0: none */
    uint64_t value[BLOCK_VALUES];
} Block;

typedef struct Queue {
    HeapRef first, last; /* 0: there is no block yet; one stays when the queue is empty */
    uint32_t from, to;   /* in the first block, in the last one */
} Queue;

static const Block *block_at(const AggregateEnv *env, HeapRef ref)
{
    return (const Block *)(const void *)heap_get(env->heap, ref);
}

static Block *block_write(const AggregateEnv *env, HeapRef ref)
{
    return (Block *)(void *)heap_write(env->heap, ref, sizeof(Block));
}

static bool is_empty(const Queue *queue)
{
    return queue->first == queue->last && queue->from == queue->to;
}

static Status add_block(const AggregateEnv *env, Queue *queue)
{
    Block block = {.before = queue->last};
    HeapRef ref;
    TRY(heap_put(env->heap, (const char *)&block, sizeof block, &ref));
    if (queue->last != 0)
        block_write(env, queue->last)->behind = ref;
    else
        queue->first = ref;
    queue->last = ref;
    queue->to = 0;
    return ST_OK;
}

static Status push_value(const AggregateEnv *env, Queue *queue, uint64_t value)
{
    if (queue->last == 0 || queue->to == BLOCK_VALUES)
        TRY(add_block(env, queue));
    block_write(env, queue->last)->value[queue->to++] = value;
    return ST_OK;
}

static uint64_t last_value(const AggregateEnv *env, const Queue *queue)
{
    return block_at(env, queue->last)->value[queue->to - 1];
}

static uint64_t first_value(const AggregateEnv *env, const Queue *queue)
{
    return block_at(env, queue->first)->value[queue->from];
}

static void pop_last(const AggregateEnv *env, Queue *queue)
{
    queue->to--;
    if (queue->first == queue->last) {
        if (queue->from == queue->to)
            queue->from = queue->to = 0;
    } else if (queue->to == 0) {
        HeapRef before = block_at(env, queue->last)->before;
        heap_free(env->heap, queue->last, sizeof(Block));
        block_write(env, before)->behind = 0;
        queue->last = before;
        queue->to = BLOCK_VALUES;
    }
}

static void pop_first(const AggregateEnv *env, Queue *queue)
{
    queue->from++;
    if (queue->first == queue->last) {
        if (queue->from == queue->to)
            queue->from = queue->to = 0;
    } else if (queue->from == BLOCK_VALUES) {
        HeapRef behind = block_at(env, queue->first)->behind;
        heap_free(env->heap, queue->first, sizeof(Block));
        block_write(env, behind)->before = 0;
        queue->first = behind;
        queue->from = 0;
    }
}

/* --- the aggregates --- */

static int compare(PhysType phys, uint64_t a, uint64_t b)
{
    if (phys == PHYS_I64)
        return ((int64_t)a > (int64_t)b) - ((int64_t)a < (int64_t)b);
    return state_cell_compare(phys, (uint64_t[2]){a}, (uint64_t[2]){b});
}

/* `sign`: 1 for the greatest, -1 for the least. */
static Status take_rows(const AggregateEnv *env, const AggregateRows *rows, const Column *arg,
                        int sign)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        Queue *queue = (Queue *)(void *)aggregate_state(rows, i);
        uint64_t read[2];
        if (column_is_null(arg, rows->row[i]))
            continue;
        state_cell_read(arg, rows->row[i], read);
        while (!is_empty(queue) && compare(arg->phys, last_value(env, queue), read[0]) * sign < 0)
            pop_last(env, queue);
        TRY(push_value(env, queue, read[0]));
    }
    return ST_OK;
}

static Status min_add(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg)
{
    return take_rows(env, rows, arg[0], -1);
}

static Status max_add(const AggregateEnv *env, const AggregateRows *rows, const Column *const *arg)
{
    return take_rows(env, rows, arg[0], 1);
}

/* The oldest row leaves. If its value is not the first of the queue, a better one has put it out.
 */
static Status queue_retract(const AggregateEnv *env, const AggregateRows *rows,
                            const Column *const *arg)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        Queue *queue = (Queue *)(void *)aggregate_state(rows, i);
        uint64_t read[2];
        if (column_is_null(arg[0], rows->row[i]))
            continue;
        state_cell_read(arg[0], rows->row[i], read);
        assert(!is_empty(queue));
        if (compare(arg[0]->phys, first_value(env, queue), read[0]) == 0)
            pop_first(env, queue);
    }
    return ST_OK;
}

static Status queue_emit(const AggregateEnv *env, const AggregateRows *groups, Column *out,
                         bool *overflow)
{
    (void)overflow;
    for (uint32_t i = 0; i < groups->count; i++) {
        const Queue *queue = (const Queue *)(const void *)aggregate_state(groups, i);
        if (is_empty(queue))
            bit_clear(out->valid, i);
        else
            state_cell_put((uint64_t[2]){first_value(env, queue)}, out, i);
    }
    return ST_OK;
}

static void queue_drop(const AggregateEnv *env, void *state, uint32_t entry)
{
    (void)entry;
    const Queue *queue = state;
    for (HeapRef ref = queue->first; ref != 0;) {
        HeapRef behind = block_at(env, ref)->behind;
        heap_free(env->heap, ref, sizeof(Block));
        ref = behind;
    }
}

#define QUEUED                                                                                     \
    .state_size = sizeof(Queue), .retract = queue_retract, .emit = queue_emit, .drop = queue_drop

const AggregateDef queued_min = {.name = "MIN", QUEUED, .add = min_add};
const AggregateDef queued_max = {.name = "MAX", QUEUED, .add = max_add};
