/* What the files of AggregateSet share: how each of its calls is done. */
#ifndef WEIR_EXECUTOR_OP_AGGREGATE_SLOT_H
#define WEIR_EXECUTOR_OP_AGGREGATE_SLOT_H

#include "executor/op/aggregate_set.h"

/* SortedMaps that an aggregate can want. */
typedef enum SortedUse { SORTED_VALUES, SORTED_LIST, SORTED_INDEX } SortedUse;
enum { SORTED_USES = SORTED_INDEX + 1 };

typedef struct AggregateSlot {
    const AggregateDef *def; /* for the uses of the set; NULL: the header counts */
    uint32_t offset;         /* of the state in the group's value; in front of it, where values are
                                taken once, stands the DistinctHead */
    uint32_t column[AGGREGATE_MAX_COLUMNS]; /* of the input, each once */
    uint32_t columns;
    uint32_t order_column[AGGREGATE_MAX_ORDERS]; /* of these columns */
    uint32_t sorted[SORTED_USES];                /* which of GroupStates.sorted + 1; 0: none */
    uint32_t distinct;     /* which of GroupStates.distinct + 1; 0: takes every row */
    KeyShape distinct_key; /* group number and values */
} AggregateSlot;

/* --- values that a call takes once (aggregate_distinct.c) --- */

/* The first of a group's values, entry + 1; 0: it has none. */
typedef uint64_t DistinctHead;

/* Some rows of a batch, to be thinned out in place. */
typedef struct DistinctRows {
    uint16_t *row;
    uint32_t *entry;
    char **group;
    uint32_t count;
} DistinctRows;

static inline void distinct_rows_move(DistinctRows *rows, uint32_t to, uint32_t from)
{
    rows->row[to] = rows->row[from];
    rows->entry[to] = rows->entry[from];
    rows->group[to] = rows->group[from];
}

CHECKED Status distinct_open(const AggregateSet *set, AggregateSlot *slot);
/* Of what is kept for a value. */
uint32_t distinct_size(const AggregateSet *set, const AggregateSlot *slot);
/* Opens the order in which the values expire. */
void distinct_open_expiry(const AggregateSet *set, GroupStates *states, uint32_t call);
/* Keeps the rows whose values come into their group for the first time or leave it for good. */
CHECKED Status distinct_thin(const AggregateSet *set, GroupStates *states, uint32_t call,
                             const Batch *batch, uint64_t arrival, bool retract,
                             DistinctRows *rows);
/* Adds what one group has, `times` (1 or -1) as often, to another, and tells the aggregate. */
CHECKED Status distinct_merge(const AggregateSet *set, uint32_t call, GroupStates *into,
                              uint32_t into_entry, GroupStates *from, uint32_t from_entry,
                              int64_t times);
/* Forgets the values of a group. */
void distinct_clear(const AggregateSet *set, GroupStates *states, uint32_t call, char *group);
/* Forgets the values that have expired by now, of all groups. The aggregate is not told: what it
 * has counted stays counted, and a value that comes again is new. */
void distinct_expire(const AggregateSet *set, GroupStates *states, uint32_t call, Micros now);

#endif
