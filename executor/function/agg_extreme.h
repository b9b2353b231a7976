/* MIN and MAX by other means, shared between the files of extremes. */
#ifndef WEIR_EXECUTOR_FUNCTION_AGG_EXTREME_H
#define WEIR_EXECUTOR_FUNCTION_AGG_EXTREME_H

#include "executor/function/aggregate.h"

/* Of types of one word, over rows that leave in the order in which they came (agg_extreme_queue.c).
 */
extern const AggregateDef queued_min, queued_max;

#endif
