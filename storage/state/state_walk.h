/* StateWalk: one walk over all that an operator remembers, which saves it or loads it, so that the
 * two cannot differ: an operator has one function that names the parts of its state in order.
 *
 * Fixed parts (counters, times, the sizes of lists) go into one stream of bytes, written whole at
 * each checkpoint; pages are written apart, only those that changed (freeze.h), and the stream
 * names their sets. What a page does not say (an index, a list of free pages) is made again on
 * loading. */
#ifndef WEIR_STORAGE_STATE_STATE_WALK_H
#define WEIR_STORAGE_STATE_STATE_WALK_H

#include "storage/base/strbuf.h"
#include "storage/state/freeze.h"
#include "storage/state/keyed_map.h"
#include "storage/state/sorted_map.h"

/* How a checkpoint, the journal and what sinks keep are laid out. One more with each change of what
 * any walk names, of a page's layout, or of an entry's body: a build takes up only what one of the
 * same number has left. */
enum { STATE_FORMAT = 11 };

typedef struct StateWalk StateWalk;
struct StateWalk {
    bool loading;
    Freeze *freeze;
    StrBuf *out; /* saving */
    Text in;     /* loading: what is left */
    /* loading: fills the empty set, whose id is set, with its pages */
    Status (*load_pages)(StateWalk *walk, PageSet *set);
};

/* Saves or loads a part of fixed size. ST_STATE when the stream has not as much. */
CHECKED Status state_walk_bytes(StateWalk *walk, void *bytes, uint32_t size);
CHECKED Status state_walk_text(StateWalk *walk, Text *text,
                               Arena *arena); /* loaded into the arena */
/* A name for what comes: the stream must say the same when it is loaded. */
CHECKED Status state_walk_mark(StateWalk *walk, const char *name);
CHECKED Status state_walk_pages(StateWalk *walk, PageSet *set);
/* The container is open and empty when it is loaded. */
CHECKED Status state_walk_heap(StateWalk *walk, Heap *heap);
CHECKED Status state_walk_keyed_map(StateWalk *walk, KeyedMap *map);
CHECKED Status state_walk_sorted_map(StateWalk *walk, SortedMap *map);

#define STATE_WALK(walk, variable) state_walk_bytes((walk), &(variable), sizeof(variable))

#endif
