/* Predicate: what a filter pushes down into a source: a conjunction of comparisons of a column with
 * a constant. A source may drop rows for which it is not TRUE, and need not decode their other
 * columns; the rows still move the watermark and are counted. */
#ifndef WEIR_STORAGE_DATA_PREDICATE_H
#define WEIR_STORAGE_DATA_PREDICATE_H

#include "storage/data/value.h"

typedef enum PredicateOp {
    PREDICATE_EQ,
    PREDICATE_NE,
    PREDICATE_LT,
    PREDICATE_LE,
    PREDICATE_GT,
    PREDICATE_GE,
    PREDICATE_IS_NULL,
    PREDICATE_IS_NOT_NULL,
} PredicateOp;
const char *predicate_op_name(PredicateOp op);

typedef struct Comparison {
    uint32_t column; /* of the table's schema */
    PredicateOp op;
    Value value; /* of the column's physical type; integers, DOUBLE, times and strings only */
} Comparison;

typedef struct Predicate {
    const Comparison *item;
    uint32_t count;
} Predicate;

/* The cell makes the comparison TRUE. */
bool comparison_holds(const Comparison *comparison, const Column *column, uint32_t row);
/* One of the comparisons is not TRUE for the row. A bad cell among what they read, before that is
 * decided, keeps it. */
bool predicate_refuses(Predicate predicate, const Column *column, uint32_t row);
/* The same as comparison_holds for the rows [first, first + count) of a column that is not
 * constant; count <= 64. Bit i is that of row first + i. */
uint64_t comparison_select(const Comparison *comparison, const Column *column, uint32_t first,
                           uint32_t count);

#endif
