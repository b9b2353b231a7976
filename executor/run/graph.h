/* Graph: the operators of a plan, wired, and its scans in groups that share no operator with each
 * other. */
#ifndef WEIR_EXECUTOR_RUN_GRAPH_H
#define WEIR_EXECUTOR_RUN_GRAPH_H

#include "executor/op/op.h"

typedef struct ScanGroup {
    Op **scan;
    uint32_t scans;
    Op **clocked; /* those that do something by the clock, in the order of the plan */
    uint32_t clocked_count;
} ScanGroup;

typedef struct Graph {
    const Plan *plan;
    Op **op;          /* per plan node */
    uint32_t ops;     /* opened so far */
    ScanGroup *group; /* in order of their first scan */
    uint32_t groups;
    Op **values;
    uint32_t values_count;
} Graph;

/* On failure graph_close must be called too. */
CHECKED Status graph_open(Graph *graph, const Plan *plan, OpEnv *env, Arena *arena, Diag *diag);
void graph_close(Graph *graph);
Op *graph_sink(const Graph *graph, uint32_t sink);
/* Something of the group is to be done by the clock at `now`; and doing it. */
bool scan_group_is_due(const ScanGroup *group, Micros now);
CHECKED Status scan_group_clock(const ScanGroup *group, Micros now);

#endif
