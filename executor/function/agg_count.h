/* What APPROX_COUNT_DISTINCT shares with COUNT. */
#ifndef WEIR_EXECUTOR_FUNCTION_AGG_COUNT_H
#define WEIR_EXECUTOR_FUNCTION_AGG_COUNT_H

#include "executor/function/aggregate.h"

ResultRule count_type;
/* COUNT(DISTINCT value) under the name of APPROX_COUNT_DISTINCT. */
extern const AggregateDef exact_distinct_count;

#endif
