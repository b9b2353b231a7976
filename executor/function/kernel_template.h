/* The loops of kernels, stamped once for each operation: include this file after defining
 *
 *   KERNEL             the function's name
 *   KERNEL_IN          what the arguments are: b, i64, f64, i128 or str (a member of Column.data)
 *   KERNEL_OUT         what the result is
 *   KERNEL_VALUE(a, b) the result as an expression of the arguments (of one: KERNEL_UNARY is
 * defined)
 *
 * for an operation that cannot fail, or for one that can, over i64 alone, instead of KERNEL_VALUE
 *
 *   KERNEL_CHECKED(a, b, out)        stores the wrapped result and gives a uint64_t whose top bit
 * is set when that is wrong; may use `least` and `most`, the range of the result type
 *   KERNEL_FAIL(call, row, a, b)     reports the row
 *
 * Columns are constant or flat, so each shape has a loop without a branch, which compilers turn
 * into vector code; rows picked by a selection share one loop. A failing row is rare: the fast
 * loops only note that there was one, and a second pass finds it. All macros are gone again after
 * the inclusion. */

#ifndef WEIR_EXECUTOR_FUNCTION_KERNEL_TEMPLATE_H
#define WEIR_EXECUTOR_FUNCTION_KERNEL_TEMPLATE_H

#include "executor/function/function.h"

typedef uint8_t KernelCell_b;
typedef int64_t KernelCell_i64;
typedef double KernelCell_f64;
typedef Int128 KernelCell_i128;
typedef Str KernelCell_str;
#define KERNEL_CELL(member)               KERNEL_CELL_PASTE(member)
#define KERNEL_CELL_PASTE(member)         KernelCell_##member
#define KERNEL_DATA(column, member)       KERNEL_DATA_PASTE(column, member)
#define KERNEL_DATA_PASTE(column, member) (column)->data.member

#endif

#ifdef KERNEL_CHECKED
#define KERNEL_STEP(row, a, b) wrong |= KERNEL_CHECKED((a), (b), &out[row])
#elif defined(KERNEL_UNARY)
#define KERNEL_STEP(row, a, b) out[row] = (KERNEL_CELL(KERNEL_OUT))KERNEL_VALUE((a))
#else
#define KERNEL_STEP(row, a, b) out[row] = (KERNEL_CELL(KERNEL_OUT))KERNEL_VALUE((a), (b))
#endif

static Status KERNEL(KernelCall *call)
{
    const Column *first = call->arg[0];
    const KERNEL_CELL(KERNEL_IN) *restrict x = KERNEL_DATA(first, KERNEL_IN);
    KERNEL_CELL(KERNEL_OUT) *restrict out = KERNEL_DATA(call->out, KERNEL_OUT);
    const uint16_t *sel = call->sel;
    uint32_t count = call->count;
#ifndef KERNEL_UNARY
    const Column *second = call->arg[1];
    const KERNEL_CELL(KERNEL_IN) *restrict y = KERNEL_DATA(second, KERNEL_IN);
#endif
#ifdef KERNEL_CHECKED
    const int64_t least = type_integer_min((TypeId)call->result->id);
    const int64_t most = type_integer_max((TypeId)call->result->id);
    uint64_t wrong = 0;
    (void)least, (void)most;
#endif
#ifdef KERNEL_UNARY
    if (sel != NULL) {
        for (uint32_t i = 0; i < count; i++)
            KERNEL_STEP(sel[i], x[column_index(first, sel[i])], 0);
    } else if (first->constant) {
        for (uint32_t i = 0; i < count; i++)
            KERNEL_STEP(i, x[0], 0);
    } else {
        for (uint32_t i = 0; i < count; i++)
            KERNEL_STEP(i, x[i], 0);
    }
#else
    if (sel != NULL || (first->constant && second->constant)) {
        uint32_t x_mask = first->constant ? 0 : UINT32_MAX;
        uint32_t y_mask = second->constant ? 0 : UINT32_MAX;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t row = sel == NULL ? i : sel[i];
            KERNEL_STEP(row, x[row & x_mask], y[row & y_mask]);
        }
    } else if (first->constant) {
        const KERNEL_CELL(KERNEL_IN) value = x[0];
        for (uint32_t i = 0; i < count; i++)
            KERNEL_STEP(i, value, y[i]);
    } else if (second->constant) {
        const KERNEL_CELL(KERNEL_IN) value = y[0];
        for (uint32_t i = 0; i < count; i++)
            KERNEL_STEP(i, x[i], value);
    } else {
        for (uint32_t i = 0; i < count; i++)
            KERNEL_STEP(i, x[i], y[i]);
    }
#endif
#ifdef KERNEL_CHECKED
    if ((wrong >> 63) == 0)
        return ST_OK;
    for (EACH_ROW(call, i, row)) {
        int64_t a = arg_i64(call, 0, row), b = call->args < 2 ? 0 : arg_i64(call, 1, row);
        if ((KERNEL_CHECKED(a, b, &out[row]) >> 63) != 0)
            KERNEL_FAIL(call, row, a, b);
    }
#endif
    return ST_OK;
}

#undef KERNEL_STEP
#undef KERNEL
#undef KERNEL_IN
#undef KERNEL_OUT
#undef KERNEL_VALUE
#undef KERNEL_UNARY
#undef KERNEL_CHECKED
#undef KERNEL_FAIL
