/* What a result tells of its window: the start, the end and the time, as far as the output of the
 * operator (a PlanWindowAggregate) has columns for them, behind its keys and aggregates. The
 * columns given are all of its output, with room. */
#ifndef WEIR_EXECUTOR_OP_WINDOW_COLUMNS_H
#define WEIR_EXECUTOR_OP_WINDOW_COLUMNS_H

#include "executor/op/op.h"

/* In one row. */
void window_columns_put(const Op *op, Micros start, Micros end, uint32_t row, Column *column);
/* In all rows: as constants. */
void window_columns_put_all(const Op *op, Micros start, Micros end, Column *column);

#endif
