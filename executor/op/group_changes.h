/* GroupChanges: how the results of groups change, as the rows of an updating output: gathered into
 * batches, before-images left out where the consumer does without. What is added is copied, so the
 * groups may change before the batch goes out. The two rows of an update go out in one batch.
 *
 * It is a part of its operator, whose every call that adds something begins and flushes it. */
#ifndef WEIR_EXECUTOR_OP_GROUP_CHANGES_H
#define WEIR_EXECUTOR_OP_GROUP_CHANGES_H

#include "executor/op/op.h"

typedef struct GroupChanges {
    Op *op;
    Micros at; /* the watermark of the rows that are added next; for the operator to set */
    /* private */
    Column *column; /* in the operator's scratch */
    uint8_t *kind;
    Micros *watermark;
    uint32_t rows, capacity;
    Arena text; /* long strings and elements of the rows that are there */
} GroupChanges;

void group_changes_open(GroupChanges *changes, Op *op);
void group_changes_close(GroupChanges *changes);
/* So many results are expected to change; it may be more. */
CHECKED Status group_changes_begin(GroupChanges *changes, uint32_t results);
/* Row number `row` of columns as wide as the output. */
CHECKED Status group_changes_add(GroupChanges *changes, RowKind kind, const Column *column,
                                 uint32_t row);
CHECKED Status group_changes_flush(GroupChanges *changes);
/* The operator's results in that row of both, which are no constants, are the same. */
bool group_changes_are_same(const Op *op, const Column *a, const Column *b, uint32_t row);

#endif
