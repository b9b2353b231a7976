/* The table of operators: one class for each kind of plan node. */
#include "executor/op/ops.h"

#include <assert.h>

const OpClass *op_class(PlanKind kind)
{
    static const OpClass *const classes[] = {
        [PLAN_SCAN] = &scan_class,
        [PLAN_VALUES] = &values_class,
        [PLAN_CALC] = &calc_class,
        [PLAN_UNION_ALL] = &union_all_class,
        [PLAN_GROUP_AGGREGATE] = &group_aggregate_class,
        [PLAN_WINDOW_AGGREGATE] = &window_aggregate_class,
        [PLAN_UNNEST] = &unnest_class,
        [PLAN_LIMIT] = &limit_class,
        [PLAN_SINK] = &sink_class,
    };
    assert((unsigned)kind < sizeof classes / sizeof classes[0]);
    return classes[kind];
}
