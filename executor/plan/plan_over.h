/* What the functions of an OVER look at and give: data of a plan, which is all in plan_parts.h. */
#ifndef WEIR_EXECUTOR_PLAN_PLAN_OVER_H
#define WEIR_EXECUTOR_PLAN_PLAN_OVER_H

#include <stdbool.h>
#include <stdint.h>

/* The rows around each row that a function looks at, as distances from it: numbers of rows, or of
 * the order column's units (of a time: microseconds), in which rows that are equal are in it
 * together. What lies before the row is negative. */
typedef struct PlanFrame {
    bool rows;                /* ROWS; else RANGE */
    bool from_first, to_last; /* UNBOUNDED PRECEDING, UNBOUNDED FOLLOWING: start, end say nothing */
    int64_t start, end;
    uint32_t first, calls; /* which of the aggregates it is of */
} PlanFrame;

typedef enum OverFunction {
    OVER_AGGREGATE,
    OVER_CELL, /* LAG, LEAD: of the row at the frame's place, which is one row */
    OVER_ROW_NUMBER,
    OVER_RANK,
    OVER_DENSE_RANK,
    OVER_PERCENT_RANK,
    OVER_CUME_DIST,
    OVER_NTILE,
} OverFunction;

typedef struct PlanOverCall {
    OverFunction function;
    uint32_t frame;     /* aggregates and cells */
    uint32_t aggregate; /* which of the aggregates */
    uint32_t column;    /* OVER_CELL: input column */
    int32_t otherwise;  /* OVER_CELL: input column, where there is no such row; -1: NULL */
    uint64_t parts;     /* OVER_NTILE */
} PlanOverCall;

#endif
