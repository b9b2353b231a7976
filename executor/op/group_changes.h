/* GroupChanges: how the results of groups change, as the rows of an updating output: gathered into
 * batches, before-images left out where the consumer does without. What is added is copied, so the
 * groups may change before the batch goes out. */
#ifndef WEIR_EXECUTOR_OP_GROUP_CHANGES_H
#define WEIR_EXECUTOR_OP_GROUP_CHANGES_H

#include "executor/op/op.h"

typedef struct GroupChanges {
    Op *op;
    Column *column; /* in the operator's scratch, from group_changes_begin on */
    uint8_t *kind;
    Micros watermark; /* that of all rows */
    uint16_t rows;
    Arena text; /* long strings and elements */
} GroupChanges;

CHECKED Status group_changes_begin(GroupChanges *changes, Op *op, Micros watermark);
/* Row number `row` of columns as wide as the output. */
CHECKED Status group_changes_add(GroupChanges *changes, RowKind kind, const Column *column,
                                 uint32_t row);
/* The operator's results in that row of both are the same. */
bool group_changes_are_same(const Op *op, const Column *a, const Column *b, uint32_t row);
CHECKED Status group_changes_flush(GroupChanges *changes);
/* Also when something failed. */
void group_changes_end(GroupChanges *changes);

#endif
