/* OverValues: what the functions of an OVER give for each row of one partition, computed from all
 * of its rows. It remembers nothing from one partition to the next. */
#ifndef WEIR_EXECUTOR_OP_OVER_VALUES_H
#define WEIR_EXECUTOR_OP_OVER_VALUES_H

#include "executor/op/aggregate_set.h"

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
    bool looks_on;    /* a row's values can hang on those behind it */
} OverValues;

/* The rows of a partition in their order. */
typedef struct OverList {
    uint32_t rows;
    Column *column; /* of the input; the maker of the list fills them */
    uint32_t *peer; /* per row: 1 where it is not equal to the one before it, in the order */
} OverList;

enum { OVER_LIST_ALL = UINT32_MAX };

CHECKED Status over_values_open(OverValues *values, Op *op, const PlanOver *plan);
void over_values_close(OverValues *values);

/* In the operator's scratch, as is all that follows. */
CHECKED Status over_list_make(const OverValues *values, uint32_t rows, OverList *out);
/* The first row whose values can change when the row at that place comes or goes. */
uint32_t over_list_affected(const OverValues *values, const OverList *list, uint32_t at);
/* The values of the rows from number `from` on, a column each call; without the row at `without`
 * (OVER_LIST_ALL: with all), whose values are then undefined. */
CHECKED Status over_values_compute(OverValues *values, const OverList *list, uint32_t without,
                                   uint32_t from, Column **out);
/* The row has the same values in both. */
CHECKED Status over_values_equal(OverValues *values, const Column *a, const Column *b, uint32_t row,
                                 bool *out);

#endif
