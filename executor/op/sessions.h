/* Sessions: which rows of a key belong together, since no pause between them is longer than the
 * gap, for the operators that aggregate them. Each session is a group; rows that come out of order
 * can join several into one. When a session is given out, and when it ends, is the operator's
 * business: it sets timers, one a session, and looks at those that are due. */
#ifndef WEIR_EXECUTOR_OP_SESSIONS_H
#define WEIR_EXECUTOR_OP_SESSIONS_H

#include "executor/op/aggregate_set.h"
#include "executor/op/timed_set.h"
#include "storage/base/vec.h"

/* Begins the header of a session's group; the operator's own follows. */
typedef struct SessionHeader {
    int64_t rows;
    Micros start, end; /* local */
    Micros timer;      /* an instant: when it is looked at */
    uint64_t number;   /* in the order of arrival; tells the key's sessions apart */
    uint32_t next;     /* for the operator */
    uint32_t head;     /* the key's entry among the heads */
} SessionHeader;

/* A session to be looked at. */
typedef struct DueSession {
    Micros end;
    uint64_t number;
    uint32_t session;
} DueSession;
typedef VEC(DueSession) SessionList;

typedef struct Sessions {
    Op *op;
    AggregateSet set;
    GroupStates states; /* by key and number */
    KeyedMap heads;     /* key -> its latest session: entry + 1 */
    SortedMap earlier;  /* the others: (the key's head, end and session) */
    TimedSet timers;    /* sessions, by instants */
    uint64_t numbers;   /* given out */
    Micros next_due;    /* of the first timer; MICROS_MAX: there is none */
    Micros lateness;    /* a session lives on so long behind its end */
    /* Takes over what the operator's part of the header says of `from`, which goes. NULL: nothing.
     */
    Status (*join)(struct Sessions *self, uint32_t into, uint32_t from);
    /* When the session is to be looked at, as it is now. NULL: when it is due. */
    Micros (*look_at)(const struct Sessions *self, uint32_t session);
} Sessions;

CHECKED Status sessions_open(Sessions *self, Op *op, uint32_t header_size);
void sessions_close(Sessions *self);
CHECKED Status sessions_walk(Sessions *self, StateWalk *walk);

static inline const SessionHeader *session_header(const Sessions *self, uint32_t session)
{
    return keyed_map_value(&self->states.groups, session);
}
static inline SessionHeader *session_header_write(Sessions *self, uint32_t session)
{
    return keyed_map_value_write(&self->states.groups, session);
}
/* When the watermark has passed a session that ends there. */
Micros sessions_due(const Sessions *self, Micros end);

/* Counts a row where it belongs, its key being given. *session: which that is now, its timer set;
 * UINT32_MAX: the row is too late for any, and has been recorded. A new one has a timer for its
 * due time. */
CHECKED Status sessions_take(Sessions *self, const Batch *in, uint16_t row, const KeyBatch *key,
                             uint32_t *session);

/* The timer of another time. */
CHECKED Status sessions_set_timer(Sessions *self, uint32_t session, Micros time);
/* The timer that it has becomes one of an earlier time, if this is one. */
CHECKED Status sessions_move_timer(Sessions *self, uint32_t session, Micros time);
/* Takes the timers off that are due at `time`; the list, in the operator's scratch, has their
 * sessions in the order in which they end. One that has grown since gets another timer instead. */
CHECKED Status sessions_take_due(Sessions *self, Micros time, SessionList *list);
/* The session leaves those of its key; it stays as a group, without a timer. */
void sessions_detach(Sessions *self, uint32_t session);

#endif
