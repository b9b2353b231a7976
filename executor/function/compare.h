/* What compare.c and compare_kernels.c share, and comparing single cells, for functions that need
 * it (NULLIF). For this folder only. */
#ifndef WEIR_EXECUTOR_FUNCTION_COMPARE_H
#define WEIR_EXECUTOR_FUNCTION_COMPARE_H

#include "executor/function/function.h"

typedef enum CompareOp {
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_LT,
    COMPARE_LE,
    COMPARE_GT,
    COMPARE_GE,
} CompareOp;

/* For two arguments of the physical type, which is not PHYS_NESTED. */
Kernel *compare_kernel(CompareOp op, PhysType phys);

/* Equality of two cells, neither NULL, of one physical type. */
bool cells_equal(const Column *a, uint32_t a_row, const Column *b, uint32_t b_row);
/* Their order, -1, 0 or 1, for flat types alone; NaN is above all numbers. */
int cells_compare(const Column *a, uint32_t a_row, const Column *b, uint32_t b_row);

/* compare_in.c */
Status prepare_in(FunctionCall *call, Arena *arena, Diag *diag);

#endif
