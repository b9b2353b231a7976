/* Constants: the rows of a plan that reads no source, computed at once, as a job of its own that
 * nobody sees. What a statement says with a subquery over constants is known by them before it
 * runs. */
#ifndef WEIR_EXECUTOR_RUN_CONSTANTS_H
#define WEIR_EXECUTOR_RUN_CONSTANTS_H

#include "executor/plan/plan.h"

/* A PlanRun: of a plan with one sink, SINK_COLLECT, the rows that are there at the end. A row that
 * an expression refuses is the plan's error. */
CHECKED Status constants_run(const Plan *plan, Arena *arena, PlanRows *out, Diag *diag);

#endif
