/* What the nodes say that go by an order of the rows. Columns are those of the node's input. */
#ifndef WEIR_EXECUTOR_PLAN_PLAN_ORDER_H
#define WEIR_EXECUTOR_PLAN_PLAN_ORDER_H

#include <stdbool.h>
#include <stdint.h>

/* One column of an ORDER BY. */
typedef struct PlanOrder {
    uint32_t column; /* of the input */
    bool descending, nulls_last;
} PlanOrder;

typedef enum RankFunction { RANK_ROW_NUMBER, RANK_RANK, RANK_DENSE_RANK } RankFunction;
const char *rank_function_name(RankFunction function); /* "ROW_NUMBER" ... */

/* The rows of each partition whose rank is in [from, to]. Output: the input's columns, then the
 * rank if it is wanted. */
typedef struct PlanRank {
    RankFunction function;
    const uint32_t *partition; /* input columns */
    uint32_t partitions;
    const PlanOrder *order;
    uint32_t orders;
    uint64_t from, to; /* from 1; to UINT64_MAX: all */
    bool with_rank;
    bool newest_first; /* of equal rows; else as they came */
} PlanRank;

/* Of an append-only input. The first row by event time is given out when the watermark passes it,
 * all else at once. */
typedef struct PlanDeduplicate {
    const uint32_t *partition; /* input columns */
    uint32_t partitions;
    int32_t rowtime; /* input column; -1: by arrival */
    bool last;       /* the last row instead of the first */
} PlanDeduplicate;

typedef struct PlanWindowRank {
    PlanRank rank;       /* its partition has both ends of the window */
    uint32_t window_end; /* input column */
    bool local_zone;     /* the window's ends are times of the session's time zone */
} PlanWindowRank;

typedef struct PlanTimeSort {
    const PlanOrder *order; /* the first one: event time, ascending */
    uint32_t orders;
} PlanTimeSort;

#endif
