/* AggregateSet: the aggregates of one operator over its groups, shared by the grouping operators:
 * the layout of a group's states, the loops over a batch, DISTINCT and FILTER. GroupStates: the
 * containers that hold the groups, one set for an unbounded GROUP BY, one for each open window. */
#ifndef WEIR_EXECUTOR_OP_AGGREGATE_SET_H
#define WEIR_EXECUTOR_OP_AGGREGATE_SET_H

#include "executor/op/op.h"
#include "storage/state/keyed_map.h"
#include "storage/state/sorted_map.h"

typedef struct AggregateSet {
    Op *op;
    const PlanAggregate *plan;
    const Schema *input;
    uint32_t
        header_size; /* bytes of a group's value that belong to the operator; where there are any,
                        they begin with an int64 number of rows in the group, kept by it */
    uint32_t value_size;        /* header and states */
    struct AggregateSlot *slot; /* per call */
    KeyShape key;
    bool retracts; /* input rows can be taken back */
} AggregateSet;

typedef struct GroupStates {
    KeyedMap groups;
    KeyedMap *distinct;      /* per call: (group, values) -> how often; unused ones are zero */
    struct CallStore *store; /* per call: the containers that its aggregate wants */
} GroupStates;

CHECKED Status aggregate_set_open(AggregateSet *set, Op *op, const PlanAggregate *plan,
                                  uint32_t header_size);
void aggregate_set_close(AggregateSet *set);
CHECKED Status group_states_open(GroupStates *states, const AggregateSet *set);
void group_states_close(GroupStates *states, const AggregateSet *set);

CHECKED Status group_states_walk(GroupStates *states, const AggregateSet *set, StateWalk *walk);

/* Keys of the batch's selected rows, in the operator's scratch. */
CHECKED Status aggregate_set_keys(const AggregateSet *set, const Batch *batch, KeyBatch *out);
/* Takes rows into their groups: row[i] of the batch into entry[i]. Deletes and before-images of
 * updates are taken back. In the order given. */
CHECKED Status aggregate_set_apply(const AggregateSet *set, GroupStates *states, const Batch *batch,
                                   const uint16_t *row, const uint32_t *entry, uint32_t count);
/* Keys and values of the groups into the first keys + calls columns (whose bitmaps are all set),
 * one row a group. A value that does not fit is NULL and recorded. */
CHECKED Status aggregate_set_emit(const AggregateSet *set, GroupStates *states,
                                  const uint32_t *entry, uint32_t count, Column *out);
/* All its aggregates can merge states (AggregateDef.merge). */
bool aggregate_set_can_merge(const AggregateSet *set);
/* Takes what group from_entry[i] of `from` holds into group into_entry[i] of `into`, for each i in
 * turn; `from` stays as it is. The headers are the caller's. */
CHECKED Status aggregate_set_merge(const AggregateSet *set, GroupStates *into,
                                   const uint32_t *into_entry, GroupStates *from,
                                   const uint32_t *from_entry, uint32_t count);
/* Makes a group as if it were new, whatever it held. Its header stays. */
void aggregate_set_reset(const AggregateSet *set, GroupStates *states, uint32_t entry);
/* Forgets a group. */
void aggregate_set_remove(const AggregateSet *set, GroupStates *states, uint32_t entry);

#endif
