/* What the files of functions over ROW, ARRAY and MAP share. For the .c files of this folder only.
 */
#ifndef WEIR_EXECUTOR_FUNCTION_NESTED_KERNELS_H
#define WEIR_EXECUTOR_FUNCTION_NESTED_KERNELS_H

#include "executor/function/rules.h"

/* E2107: `what` mixes two types. */
CHECKED Status nested_refuse(Diag *diag, const char *what, const Type *a, const Type *b);
/* Adds an entry to the MAP under construction in the row, or replaces the value of its key. The
 * row's entries must be the last ones that were added. */
CHECKED Status map_cell_put(KernelCall *call, uint32_t row, const Column *key, uint32_t key_row,
                            const Column *value, uint32_t value_row);

#endif
