#include "executor/op/window_columns.h"

void window_columns_put(const Op *op, Micros start, Micros end, uint32_t row, Column *column)
{
    const PlanWindowAggregate *plan = &op->plan->as.window_aggregate;
    column += plan->aggregate.keys + plan->aggregate.calls;
    for (uint32_t c = 0; c < plan->columns; c++) {
        Micros *value = &column[c].data.i64[row];
        switch (plan->column[c]) {
        case WINDOW_START: *value = start; break;
        case WINDOW_END: *value = end; break;
        case WINDOW_TIME: *value = window_time(&plan->window, op->env->eval.zone, end); break;
        }
    }
}

void window_columns_put_all(const Op *op, Micros start, Micros end, Column *column)
{
    const PlanWindowAggregate *plan = &op->plan->as.window_aggregate;
    window_columns_put(op, start, end, 0, column);
    column += plan->aggregate.keys + plan->aggregate.calls;
    for (uint32_t c = 0; c < plan->columns; c++) {
        column[c].constant = true;
        column[c].valid = NULL;
    }
}
