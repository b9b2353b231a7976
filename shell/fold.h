/* Fold: the table that a changelog stands for, kept current: for queries whose results are updated
 * on the way. A multiset: a deletion takes away one equal row, and one of a row that is not there
 * is nothing. Each row is one allocation, freed when the row goes, so that a query that updates for
 * ever takes no more memory than its table. */
#ifndef WEIR_SHELL_FOLD_H
#define WEIR_SHELL_FOLD_H

#include "shell/output.h"

typedef struct Fold Fold;
typedef struct FoldRow FoldRow;

typedef struct FoldOptions {
    uint32_t columns;
    bool keep_places; /* the row after an update stands where the one before it stood; else last */
    uint64_t most;    /* rows; beyond that the oldest go. 0: no bound */
} FoldOptions;

CHECKED Status fold_open(const FoldOptions *options, Fold **out);
void fold_close(Fold *fold);
CHECKED Status fold_add(Fold *fold, RowKind kind, const OutputCell *cell);

uint64_t fold_count(const Fold *fold);
uint64_t fold_dropped(const Fold *fold); /* because of `most` */
uint64_t fold_changes(const Fold *fold); /* taken in so far */

/* The first of the last `rows` rows, and so on from there; NULL: no more. */
const FoldRow *fold_tail(const Fold *fold, uint64_t rows);
const FoldRow *fold_next(const FoldRow *row);
const OutputCell *fold_cells(const FoldRow *row);

/* All rows, as the rows of a result. */
CHECKED Status fold_print(const Fold *fold, Output *output);

#endif
