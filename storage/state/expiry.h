/* Expiry: the entries of a KeyedMap in the order in which they were last written, so that those
 * which nobody has written for a while are found without a look at the others: all in constant
 * time. An entry stands in the order from its first mark on, through links in its own value at a
 * fixed place; of a map whose entries are kept for ever there are neither links nor an Expiry.
 *
 * Times come from the owner and never go back. It also does the forgetting: it takes what has
 * expired off the order and out of the map, with all that belongs to it. */
#ifndef WEIR_STORAGE_STATE_EXPIRY_H
#define WEIR_STORAGE_STATE_EXPIRY_H

#include "storage/base/clock.h"
#include "storage/state/state_walk.h"

/* In an entry's value, zero in a new one. */
typedef struct ExpiryLink {
    Micros written;
    uint32_t newer, older; /* entry + 1; 0: none */
} ExpiryLink;

typedef struct Expiry {
    KeyedMap *map;
    uint32_t offset;         /* of the link in a value */
    Micros ttl;              /* how long an entry lives when it is not written */
    uint32_t newest, oldest; /* entry + 1; 0: none */
} Expiry;

void expiry_open(Expiry *expiry, KeyedMap *map, uint32_t offset, Micros ttl);
/* The entry is written now. */
void expiry_mark(Expiry *expiry, uint32_t entry, Micros now);
/* The entry is about to be removed, or is not to expire any more; it may have no mark. */
void expiry_forget(Expiry *expiry, uint32_t entry);
/* What was written then has expired. */
bool expiry_is_over(const Expiry *expiry, Micros written, Micros now);
/* The oldest entry, when it has expired. */
bool expiry_find(const Expiry *expiry, Micros now, uint32_t *entry);
/* When to look again though nothing comes: some time after the oldest entry expires, so that others
 * go with it. MICROS_MAX: never. */
Micros expiry_due(const Expiry *expiry);
/* After the map was walked. */
CHECKED Status expiry_walk(Expiry *expiry, StateWalk *walk);

#endif
