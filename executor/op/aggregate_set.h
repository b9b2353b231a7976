/* AggregateSet: the aggregates of one operator over its groups, shared by the grouping operators:
 * the layout of a group's states, the loops over a batch, DISTINCT and FILTER, whole groups added
 * up. GroupStates: the containers that hold the groups, one set for an unbounded GROUP BY, one for
 * each open window or slice of windows. Which groups there are, and when they are given out, is the
 * operator's business. */
#ifndef WEIR_EXECUTOR_OP_AGGREGATE_SET_H
#define WEIR_EXECUTOR_OP_AGGREGATE_SET_H

#include "executor/op/op.h"
#include "storage/state/expiry.h"
#include "storage/state/sorted_map.h"

typedef struct AggregateSet {
    Op *op;
    const PlanAggregate *plan;
    const Schema *input;
    uint32_t
        header_size; /* bytes of a group's value that belong to the operator; where there are any,
                        they begin with an int64 number of rows in the group, kept by it */
    uint32_t value_size;                 /* header and states */
    struct AggregateSlot *slot;          /* per call */
    uint32_t distinct_maps, sorted_maps; /* that all calls together want */
    KeyShape key;
    KeyShape stored; /* of a group: the key; behind it, where AGGREGATE_NUMBERS is set, a number */
    bool retracts, merges, frames; /* its uses */
    Micros ttl; /* of a group, and of a value that a call takes once; 0: they are kept for ever */
} AggregateSet;

/* Stays where it was opened: its aggregates know where its containers are. */
typedef struct GroupStates {
    KeyedMap groups;
    KeyedMap *distinct;       /* (group, values) -> how often */
    Expiry *expiry;           /* of each of `distinct`; NULL: its values are kept for ever */
    SortedMap *sorted;        /* values in order, lists */
    struct AggregateEnv *env; /* per call */
} GroupStates;

/* What an operator does with its groups beside taking in rows and giving out values. Some
 * aggregates keep more for it. */
enum {
    AGGREGATE_RETRACTS = 1 << 0, /* takes rows back; is so when the input can be updated */
    AGGREGATE_MERGES = 1 << 1,   /* aggregate_set_merge */
    AGGREGATE_NUMBERS = 1 << 2,  /* there can be several groups of a key, which have numbers */
    AGGREGATE_FRAMES = 1 << 3,   /* aggregate_set_move; the header counts nothing */
};
CHECKED Status aggregate_set_open(AggregateSet *set, Op *op, const PlanAggregate *plan,
                                  uint32_t header_size, uint32_t uses);
void aggregate_set_close(AggregateSet *set);
CHECKED Status group_states_open(GroupStates *states, const AggregateSet *set);
void group_states_close(GroupStates *states, const AggregateSet *set);

CHECKED Status group_states_walk(GroupStates *states, const AggregateSet *set, StateWalk *walk);

/* Keys of the batch's selected rows, in the operator's scratch. */
CHECKED Status aggregate_set_keys(const AggregateSet *set, const Batch *batch, KeyBatch *out);
/* Rows are numbered as they arrive, for what goes by their order: this is the number of row 0 of
 * the batch that the operator is being pushed, whatever batches the rows come in. */
uint64_t aggregate_set_arrival(const AggregateSet *set, const Batch *batch);
/* Takes rows into their groups: row[i] of the batch into entry[i]. Deletes and before-images of
 * updates are taken back. In the order given. `arrival`: the number of the batch's row 0; row r has
 * arrival + r. An operator that holds rows back may number them by an order of its own, from 1. */
CHECKED Status aggregate_set_apply(const AggregateSet *set, GroupStates *states, const Batch *batch,
                                   uint64_t arrival, const uint16_t *row, const uint32_t *entry,
                                   uint32_t count);
/* Keys and values of the groups into the first keys + calls columns (whose bitmaps are all set),
 * one row a group. A value that does not fit is NULL and recorded. */
CHECKED Status aggregate_set_emit(const AggregateSet *set, GroupStates *states,
                                  const uint32_t *entry, uint32_t count, Column *out);
/* The same of groups that were given out before: nothing is recorded again. */
CHECKED Status aggregate_set_repeat(const AggregateSet *set, GroupStates *states,
                                    const uint32_t *entry, uint32_t count, Column *out);
/* Frames: rows that come into the frame of some calls, or leave it again, and what those calls give
 * then. Row row[i] of the batch has the arrival number arrival + row[i]; in a group rows come in
 * the order of their numbers and leave in it. Where rows leave, the calls say that they slide. */
typedef struct AggregateCalls {
    uint32_t first, count;
} AggregateCalls;
typedef struct FrameRows {
    const uint16_t *row;
    const uint32_t *entry;
    uint32_t count;
} FrameRows;
CHECKED Status aggregate_set_move(const AggregateSet *set, GroupStates *states,
                                  AggregateCalls calls, const Batch *batch, uint64_t arrival,
                                  const FrameRows *rows, bool back);
/* Sets reads[column] for each input column that the calls read. */
void aggregate_calls_mark(const PlanAggregateCall *call, uint32_t calls, bool *reads);
/* A column for each of the calls, one row a group; as aggregate_set_emit. */
CHECKED Status aggregate_set_values(const AggregateSet *set, GroupStates *states,
                                    AggregateCalls calls, const uint32_t *entry, uint32_t count,
                                    Column *out);
/* How many groups are given out at a time: fewer than a batch holds where values can be long, so
 * that the memory for them is bounded. */
uint32_t aggregate_set_portion(const AggregateSet *set);

/* Whole groups, for windows made of slices and sessions that grow together. `from` stays as it is,
 * and may be the same containers but not the same group. The headers are the caller's.
 *
 * Takes what group from_entry[i] of `from` holds into group into_entry[i] of `into`, for each i in
 * turn: what comes out is what the rows of both would have made of one group, in whatever order
 * groups are merged. The set was opened with AGGREGATE_MERGES. */
CHECKED Status aggregate_set_merge(const AggregateSet *set, GroupStates *into,
                                   const uint32_t *into_entry, GroupStates *from,
                                   const uint32_t *from_entry, uint32_t count);
/* Takes it out again: `into` is then what it would be, had it never been merged in. Only where each
 * of the aggregates can: counts, exact sums and what is made of them, values kept in order. A
 * window that moves on by a slice subtracts the one that it leaves, instead of adding up the
 * others anew. */
bool aggregate_set_can_unmerge(const AggregateSet *set);
CHECKED Status aggregate_set_unmerge(const AggregateSet *set, GroupStates *into,
                                     const uint32_t *into_entry, GroupStates *from,
                                     const uint32_t *from_entry, uint32_t count);

/* Makes a group as if it were new, whatever it held. Its header stays. */
void aggregate_set_reset(const AggregateSet *set, GroupStates *states, uint32_t entry);
/* Forgets a group. */
void aggregate_set_remove(const AggregateSet *set, GroupStates *states, uint32_t entry);
/* Forgets the values that were to be taken once and have expired by now. When that is to be done
 * again, though no row comes: MICROS_MAX, never. Which groups have expired the operator knows. */
void aggregate_set_expire(const AggregateSet *set, GroupStates *states, Micros now);
Micros aggregate_set_due(const AggregateSet *set, const GroupStates *states);

#endif
