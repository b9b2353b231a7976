/* OverValues: what the functions of an OVER give for each row of one partition, computed from all
 * of its rows. It remembers nothing from one partition to the next. */
#ifndef WEIR_EXECUTOR_OP_OVER_VALUES_H
#define WEIR_EXECUTOR_OP_OVER_VALUES_H

#include "executor/op/aggregate_set.h"

/* How far a row's coming or going is seen, and what must be there to compute it. */
typedef struct OverReach {
    bool everywhere; /* by all rows */
    bool from_first; /* computing takes all rows before */
    bool by_rows;    /* numbers of rows alone, and no peers; else by all behind it and its peers */
    uint32_t back, ahead; /* how many rows functions look back and on, where they count them */
} OverReach;

typedef struct OverValues {
    Op *op;
    const PlanOver *plan;
    PlanAggregate aggregate;
    AggregateSet set;
    GroupStates states; /* one group, empty between calls */
    uint32_t entry;
    uint16_t row[BATCH_ROWS]; /* room for rows that come into a frame, and the group of each */
    uint32_t group[BATCH_ROWS];
    Column *one;      /* per aggregate: of one row */
    bool *argument;   /* per input column: an aggregate reads it */
    StrBuf nested[2]; /* values being compared */
    Arena arena;      /* of those columns */
    OverReach reach;
} OverValues;

/* A partition as it was and as it is: sides. */
enum { OVER_OLD = 1, OVER_NEW = 2, OVER_BOTH = OVER_OLD | OVER_NEW };

/* Rows of a partition in their order, of both sides together. */
typedef struct OverList {
    uint32_t rows;
    uint64_t before;      /* rows of the partition that stand before them, on both sides */
    Column *column;       /* of the input; the maker of the list fills them, as what follows */
    uint8_t *peer;        /* per row: 1 where it is not equal to the one before it, in the order */
    uint8_t *side;        /* per row: on which it is */
    uint32_t from, until; /* the rows whose values are wanted */
} OverList;

CHECKED Status over_values_open(OverValues *values, Op *op, const PlanOver *plan);
void over_values_close(OverValues *values);

/* In the operator's scratch, as is all that follows. */
CHECKED Status over_list_make(const OverValues *values, uint32_t rows, OverList *out);
/* The values of the rows on one side, a column each call; those of others are undefined. */
CHECKED Status over_values_compute(OverValues *values, const OverList *list, uint8_t side,
                                   Column **out);
/* The row has the same values in both. */
CHECKED Status over_values_equal(OverValues *values, const Column *a, const Column *b, uint32_t row,
                                 bool *out);

#endif
