/* Fold: the rows that are left when a changelog is over, for bounded queries whose results are updated
 * on the way. A multiset: a deletion takes away one equal row. Rows come out in the order in which their
 * last versions came in. */
#ifndef WEIR_SHELL_FOLD_H
#define WEIR_SHELL_FOLD_H

#include "shell/output.h"
#include "storage/base/arena.h"

typedef struct Fold Fold;

CHECKED Status fold_open(uint32_t columns, Fold **out);
void fold_close(Fold *fold);
CHECKED Status fold_add(Fold *fold, RowKind kind, const OutputCell *cell);
CHECKED Status fold_print(const Fold *fold, Output *output);

#endif
