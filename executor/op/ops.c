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
        [PLAN_SET_OPERATION] = &set_operation_class,
        [PLAN_SET_ROWS] = &set_rows_class,
        [PLAN_EXPAND] = &expand_class,
        [PLAN_GROUP_AGGREGATE] = &group_aggregate_class,
        [PLAN_WINDOW_AGGREGATE] = &window_aggregate_class,
        [PLAN_SESSION_AGGREGATE] = &session_aggregate_class,
        [PLAN_UPDATING_WINDOW_AGGREGATE] = &updating_window_class,
        [PLAN_UPDATING_SESSION_AGGREGATE] = &updating_session_class,
        [PLAN_WINDOW] = &window_class,
        [PLAN_PROCESSING_TIME] = &processing_time_class,
        [PLAN_RANK] = &rank_class,
        [PLAN_DEDUPLICATE] = &deduplicate_class,
        [PLAN_NORMALIZE] = &normalize_class,
        [PLAN_WINDOW_RANK] = &window_rank_class,
        [PLAN_OVER_AGGREGATE] = &over_aggregate_class,
        [PLAN_OVER_UPDATES] = &over_updates_class,
        [PLAN_TIME_SORT] = &time_sort_class,
        [PLAN_UNNEST] = &unnest_class,
        [PLAN_LIMIT] = &limit_class,
        [PLAN_UPSERT_MATERIALIZE] = &upsert_materialize_class,
        [PLAN_SINK] = &sink_class,
    };
    assert((unsigned)kind < sizeof classes / sizeof classes[0]);
    return classes[kind];
}
