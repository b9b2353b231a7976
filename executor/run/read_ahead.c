#include "executor/run/read_ahead.h"

#include <assert.h>
#include <stddef.h>

enum {
    AHEAD = READ_AHEAD_BATCHES,
    WORTH_WAKING = 2, /* full batches, to a caller that may sleep until there is something */
};

/* What the inner reader knew when it had given a batch. */
typedef struct Places {
    Split after;  /* where it stood behind it, */
    Split within; /* and in front of its last record */
} Places;

typedef struct Slot {
    BatchBuilder builder;
    PollResult result;
    Status status;
    Places places;
} Slot;

typedef struct ReadAhead {
    SplitReader base;
    ReaderTask task;
    SplitReader *inner;
    ReaderPool *pool;
    Meter *meter;
    Schema schema;
    Slot slot[AHEAD];
    atomic_uint filled,
        taken;                /* slots so far; the thread counts the first, the caller the second */
    atomic_uint_fast64_t end; /* of the input, as the thread saw it last */
    atomic_bool full;         /* the thread waits for a slot */
    Diag diag;                /* of the poll that failed, which is the last one */
    /* The thread's: it is told of news; no more is to be polled; the caller is still to be told. */
    bool rings, over, untold;
    /* The caller's: */
    bool ahead, alone;   /* the thread reads; or there is none */
    bool replays, ended; /* a stretch of the input is wanted; all of it has been given */
    Split before;        /* where it stood in front of the last batch given */
    Places places;
} ReadAhead;

static void describe(const SplitReader *inner, Places *places)
{
    *places = (Places){0};
    places->after.start = places->within.start = inner->position(inner);
    if (places->within.start.offset > 0)
        places->within.start.offset--;
    if (inner->describe == NULL)
        return;
    inner->describe(inner, &places->after);
    inner->describe(inner, &places->within);
}

/* --- in the thread --- */

static bool brings_nothing(const Slot *slot, SplitPosition before)
{
    return slot->status == ST_OK && slot->result == POLL_IDLE && slot->builder.rows == 0 &&
           slot->builder.rejected_count == 0 && slot->places.after.start.offset == before.offset;
}

/* Said before the look: of two who pass, one at least sees the other. */
static bool has_no_room(ReadAhead *self, unsigned filled)
{
    if (filled - atomic_load(&self->taken) < AHEAD)
        return false;
    atomic_store(&self->full, true);
    return filled - atomic_load(&self->taken) == AHEAD;
}

/* The next one is at hand then. */
static bool is_full(const Slot *slot)
{
    return slot->status == ST_OK && slot->result == POLL_ROWS &&
           slot->builder.rows == slot->builder.capacity;
}

static void tell(ReadAhead *self)
{
    self->untold = false;
    bell_ring(reader_pool_arrived(self->pool));
}

static bool fill(ReadAhead *self)
{
    SplitReader *inner = self->inner;
    unsigned filled = atomic_load_explicit(&self->filled, memory_order_relaxed);
    if (!self->rings && inner->rings != NULL)
        inner->rings(inner, self->task.bell);
    self->rings = true;
    if (self->over || has_no_room(self, filled))
        return false;
    Slot *slot = &self->slot[filled % AHEAD];
    SplitPosition before = inner->position(inner);
    slot->status = inner->poll(inner, &slot->builder, &slot->result, &self->diag);
    describe(inner, &slot->places);
    if (inner->end != NULL)
        atomic_store(&self->end, inner->end(inner));
    if (brings_nothing(slot, before))
        return false;
    self->over = slot->status != ST_OK || slot->result == POLL_END;
    bool full = is_full(slot);
    atomic_store(&self->filled, filled + 1); /* from here on the slot is the caller's */
    self->untold = true;
    if (!full || filled + 1 - atomic_load(&self->taken) >= WORTH_WAKING)
        tell(self);
    return true;
}

static bool fill_slot(ReaderTask *task)
{
    ReadAhead *self = (ReadAhead *)((char *)task - offsetof(ReadAhead, task));
    bool filled = fill(self);
    if (!filled && self->untold)
        tell(self);
    return filled;
}

/* --- the caller's side --- */

static Status begin(ReadAhead *self, uint16_t capacity)
{
    for (int i = 0; i < AHEAD; i++)
        TRY(builder_open_small(&self->slot[i].builder, self->meter, &self->schema, capacity));
    self->ahead = reader_pool_add(self->pool, &self->task);
    self->alone = !self->ahead;
    return ST_OK;
}

static Status poll_inner(ReadAhead *self, BatchBuilder *out, PollResult *result, Diag *diag)
{
    SplitReader *inner = self->inner;
    self->before = self->places.after;
    Status status = inner->poll(inner, out, result, diag);
    describe(inner, &self->places);
    if (inner->end != NULL)
        atomic_store(&self->end, inner->end(inner));
    return status;
}

static Status take_slot(ReadAhead *self, BatchBuilder *out, PollResult *result, Diag *diag)
{
    unsigned taken = atomic_load_explicit(&self->taken, memory_order_relaxed);
    Slot *slot = &self->slot[taken % AHEAD];
    BatchBuilder given = *out;
    Status status = slot->status;
    assert(out->capacity == slot->builder.capacity);
    *out = slot->builder;
    slot->builder = given;
    *result = slot->result;
    self->before = self->places.after;
    self->places = slot->places;
    self->ended = *result == POLL_END;
    if (status != ST_OK)
        *diag = self->diag;
    atomic_store(&self->taken, taken + 1);
    if (atomic_exchange(&self->full, false))
        bell_ring(self->task.bell);
    return status;
}

static Status ahead_poll(SplitReader *base, BatchBuilder *out, PollResult *result, Diag *diag)
{
    ReadAhead *self = (ReadAhead *)base;
    if (!self->ahead && !self->replays && !self->alone)
        TRY(begin(self, out->capacity));
    if (!self->ahead)
        return poll_inner(self, out, result, diag);
    if (atomic_load(&self->filled) != atomic_load_explicit(&self->taken, memory_order_relaxed))
        return take_slot(self, out, result, diag);
    builder_reset(out);
    self->before = self->places.after;
    *result = self->ended ? POLL_END : POLL_IDLE;
    return ST_OK;
}

static SplitPosition ahead_position(const SplitReader *base)
{
    return ((const ReadAhead *)base)->places.after.start;
}

/* NULL: nothing is known there. */
static const Split *place_at(const ReadAhead *self, uint64_t start)
{
    const Split *within = &self->places.within;
    if (start >= self->places.after.start.offset)
        return &self->places.after;
    if (within->head.size > 0 && start > within->head_at)
        return within;
    return start >= self->before.start.offset ? &self->before : NULL;
}

static void ahead_describe(const SplitReader *base, Split *split)
{
    const Split *place = place_at((const ReadAhead *)base, split->start.offset);
    split->head = place == NULL ? (StreamHead){0} : place->head;
    split->head_at = place == NULL ? 0 : place->head_at;
}

static void ahead_replay_until(SplitReader *base, uint64_t end)
{
    ReadAhead *self = (ReadAhead *)base;
    assert(!self->ahead);
    self->replays = end != REPLAY_OVER;
    self->inner->replay_until(self->inner, end);
}

static uint64_t ahead_end(const SplitReader *base)
{
    return atomic_load(&((const ReadAhead *)base)->end);
}

static void ahead_close(SplitReader *base)
{
    ReadAhead *self = (ReadAhead *)base;
    if (self->ahead)
        reader_pool_remove(self->pool, &self->task);
    for (int i = 0; i < AHEAD; i++)
        builder_close(&self->slot[i].builder);
    self->inner->close(self->inner);
    mem_free(self->meter, self, sizeof *self);
}

Status read_ahead_open(ReaderPool *pool, SplitReader *inner, Meter *meter, const Schema *schema,
                       SplitReader **out)
{
    ReadAhead *self = mem_alloc_zeroed(meter, sizeof *self);
    if (self == NULL)
        return ST_NOMEM;
    self->base =
        (SplitReader){.poll = ahead_poll,
                      .position = ahead_position,
                      .describe = inner->describe == NULL ? NULL : ahead_describe,
                      .replay_until = inner->replay_until == NULL ? NULL : ahead_replay_until,
                      .close = ahead_close,
                      .fetches = inner->fetches,
                      .end = inner->end == NULL ? NULL : ahead_end};
    self->task.work = fill_slot;
    self->inner = inner;
    self->pool = pool;
    self->meter = meter;
    self->schema = *schema;
    atomic_init(&self->end, inner->end == NULL ? UINT64_MAX : inner->end(inner));
    diag_reset(&self->diag);
    describe(inner, &self->places);
    self->before = self->places.after;
    *out = &self->base;
    return ST_OK;
}
