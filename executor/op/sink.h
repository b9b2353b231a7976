/* The end of a query: where the job tells a sink operator what its rows go to. */
#ifndef WEIR_EXECUTOR_OP_SINK_H
#define WEIR_EXECUTOR_OP_SINK_H

#include "executor/op/op.h"

/* Exactly one of them is set. */
typedef struct SinkTarget {
    ResultTable *table;
    Sink *sink;
    const bool *muted; /* the sink holds the rows that come already; NULL: it does not */
    Status (*collect)(void *context, const PlanNode *sink,
                      const Batch *batch); /* of a bare SELECT */
    void *context;
} SinkTarget;

/* Before the first row. The target is borrowed for the operator's life. */
void sink_set_target(Op *op, const SinkTarget *target);

#endif
