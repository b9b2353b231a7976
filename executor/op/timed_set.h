/* TimedSet: entries that wait for a time, the least time first, of equal times the least entry. An
 * entry can be taken out wherever it stands, unlike in a TimeQueue, which costs less. */
#ifndef WEIR_EXECUTOR_OP_TIMED_SET_H
#define WEIR_EXECUTOR_OP_TIMED_SET_H

#include "storage/base/clock.h"
#include "storage/state/state_walk.h"

typedef struct TimedSet {
    SortedMap map; /* one group; (time, entry) -> 1 */
} TimedSet;

void timed_set_open(TimedSet *set, Meter *meter);
void timed_set_close(TimedSet *set);
CHECKED Status timed_set_walk(TimedSet *set, StateWalk *walk);

/* Not there yet. */
CHECKED Status timed_set_add(TimedSet *set, Micros time, uint32_t entry);
void timed_set_remove(TimedSet *set, Micros time, uint32_t entry); /* it is there */
/* The first entry, if its time is not after `until`; _take takes it out. */
bool timed_set_first(const TimedSet *set, Micros until, uint32_t *entry);
bool timed_set_take(TimedSet *set, Micros until, uint32_t *entry);
/* The time of the first one; MICROS_MAX: there is none. */
Micros timed_set_due(const TimedSet *set);

#endif
