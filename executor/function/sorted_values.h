/* Aggregates whose state is the operator's SortedMap of the values of their first argument: MIN and
 * MAX over rows that can be taken back, PERCENTILE, COLLECT. What they have in common is here; each
 * has an `emit` of its own. */
#ifndef WEIR_EXECUTOR_FUNCTION_SORTED_VALUES_H
#define WEIR_EXECUTOR_FUNCTION_SORTED_VALUES_H

#include "executor/function/aggregate.h"

CHECKED Status sorted_add(const AggregateEnv *env, const AggregateRows *rows,
                          const Column *const *arg);
CHECKED Status sorted_retract(const AggregateEnv *env, const AggregateRows *rows,
                              const Column *const *arg);
CHECKED Status sorted_merge(const AggregateEnv *env, const AggregateRows *into,
                            const AggregateEnv *from_env, const AggregateRows *from);
CHECKED Status sorted_unmerge(const AggregateEnv *env, const AggregateRows *into,
                              const AggregateEnv *from_env, const AggregateRows *from);
/* A value of the map, as a cursor shows it, into a column under construction. */
CHECKED Status sorted_put(const AggregateEnv *env, const uint64_t *value, Column *out,
                          uint32_t row);
void sorted_drop(const AggregateEnv *env, void *state, uint32_t entry);

#endif
