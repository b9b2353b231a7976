/* What the ranking operators share: counting ranks, and a partition of which only the rows within
 * the upper bound are kept. The rows themselves stand in OrderedRows, the partition's head in the
 * operator's map of partitions. */
#ifndef WEIR_EXECUTOR_OP_RANK_ROWS_H
#define WEIR_EXECUTOR_OP_RANK_ROWS_H

#include "executor/op/rank_ages.h"

/* The rows of a list up to one, and its rank. */
typedef struct RankCounter {
    uint64_t position, rank;
    Text key;
} RankCounter;
/* The rank of the next row. */
uint64_t rank_count(RankCounter *counter, RankFunction function, Text key);
static inline bool rank_in_bounds(const PlanRank *plan, uint64_t rank)
{
    return rank >= plan->from && rank <= plan->to;
}

/* What the n-th row that comes is numbered among its equals. */
static inline uint64_t rank_number(const PlanRank *plan, uint64_t n)
{
    return plan->newest_first ? UINT64_MAX - n : n;
}

typedef struct RankHead {
    uint64_t rows;
    uint64_t full; /* no row behind the last one can come in */
    uint64_t last; /* head of the last row's key */
} RankHead;

/* A row of that key would be behind the upper bound: most are told by the head alone. */
bool rank_stays_out(const PlanRank *plan, const OrderedRows *rows, uint64_t group,
                    const RankHead *head, Text key);
/* After a row was added: forgets what is behind the bound now. ages: NULL, or of the same rows. */
void rank_trim(const PlanRank *plan, OrderedRows *rows, uint64_t group, RankHead *head,
               RankAges *ages);

#endif
