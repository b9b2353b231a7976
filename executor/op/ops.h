/* The classes of all operators; ops.c maps plan nodes to them. */
#ifndef WEIR_EXECUTOR_OP_OPS_H
#define WEIR_EXECUTOR_OP_OPS_H

#include "executor/op/op.h"

extern const OpClass scan_class, values_class, calc_class, union_all_class, set_operation_class,
    set_rows_class, expand_class, group_aggregate_class, window_aggregate_class,
    session_aggregate_class, updating_window_class, updating_session_class, window_class,
    processing_time_class, unnest_class, rank_class, deduplicate_class, normalize_class,
    window_rank_class, over_aggregate_class, over_updates_class, time_sort_class, limit_class,
    sink_class, upsert_materialize_class;

#endif
