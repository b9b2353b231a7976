/* The kernels of = <> < <= over the physical types; > and >= are < and <= with the sides swapped.
 */
#include <assert.h>

#include "executor/function/compare.h"

#define KERNEL             equal_b
#define KERNEL_IN          b
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) == (b))
#include "executor/function/kernel_template.h"

#define KERNEL             equal_i64
#define KERNEL_IN          i64
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) == (b))
#include "executor/function/kernel_template.h"

#define KERNEL             equal_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) == (b))
#include "executor/function/kernel_template.h"

#define KERNEL             equal_i128
#define KERNEL_IN          i128
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) == (b))
#include "executor/function/kernel_template.h"

#define KERNEL             equal_str
#define KERNEL_IN          str
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) (str_equal(&(a), &(b)))
#include "executor/function/kernel_template.h"

#define KERNEL             differ_b
#define KERNEL_IN          b
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) != (b))
#include "executor/function/kernel_template.h"

#define KERNEL             differ_i64
#define KERNEL_IN          i64
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) != (b))
#include "executor/function/kernel_template.h"

#define KERNEL             differ_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) != (b))
#include "executor/function/kernel_template.h"

#define KERNEL             differ_i128
#define KERNEL_IN          i128
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) != (b))
#include "executor/function/kernel_template.h"

#define KERNEL             differ_str
#define KERNEL_IN          str
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) (!str_equal(&(a), &(b)))
#include "executor/function/kernel_template.h"

#define KERNEL             less_b
#define KERNEL_IN          b
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) < (b))
#include "executor/function/kernel_template.h"

#define KERNEL             less_i64
#define KERNEL_IN          i64
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) < (b))
#include "executor/function/kernel_template.h"

#define KERNEL             less_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) < (b))
#include "executor/function/kernel_template.h"

#define KERNEL             less_i128
#define KERNEL_IN          i128
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) < (b))
#include "executor/function/kernel_template.h"

#define KERNEL             less_str
#define KERNEL_IN          str
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) (str_compare(&(a), &(b)) < 0)
#include "executor/function/kernel_template.h"

#define KERNEL             less_equal_b
#define KERNEL_IN          b
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) <= (b))
#include "executor/function/kernel_template.h"

#define KERNEL             less_equal_i64
#define KERNEL_IN          i64
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) <= (b))
#include "executor/function/kernel_template.h"

#define KERNEL             less_equal_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) <= (b))
#include "executor/function/kernel_template.h"

#define KERNEL             less_equal_i128
#define KERNEL_IN          i128
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) ((a) <= (b))
#include "executor/function/kernel_template.h"

#define KERNEL             less_equal_str
#define KERNEL_IN          str
#define KERNEL_OUT         b
#define KERNEL_VALUE(a, b) (str_compare(&(a), &(b)) <= 0)
#include "executor/function/kernel_template.h"

enum { COMPARED_PHYS = PHYS_STR + 1 };

static Status call_swapped(KernelCall *call, Kernel *kernel)
{
    const Column *swapped[2] = {call->arg[1], call->arg[0]};
    KernelCall copy = *call;
    copy.arg = swapped;
    return kernel(&copy);
}

static Status greater_b(KernelCall *call)
{
    return call_swapped(call, less_b);
}

static Status greater_i64(KernelCall *call)
{
    return call_swapped(call, less_i64);
}

static Status greater_f64(KernelCall *call)
{
    return call_swapped(call, less_f64);
}

static Status greater_i128(KernelCall *call)
{
    return call_swapped(call, less_i128);
}

static Status greater_str(KernelCall *call)
{
    return call_swapped(call, less_str);
}

static Status greater_equal_b(KernelCall *call)
{
    return call_swapped(call, less_equal_b);
}

static Status greater_equal_i64(KernelCall *call)
{
    return call_swapped(call, less_equal_i64);
}

static Status greater_equal_f64(KernelCall *call)
{
    return call_swapped(call, less_equal_f64);
}

static Status greater_equal_i128(KernelCall *call)
{
    return call_swapped(call, less_equal_i128);
}

static Status greater_equal_str(KernelCall *call)
{
    return call_swapped(call, less_equal_str);
}

Kernel *compare_kernel(CompareOp op, PhysType phys)
{
    static Kernel *const kernels[][COMPARED_PHYS] = {
        [COMPARE_EQ] = {equal_b, equal_i64, equal_f64, equal_i128, equal_str},
        [COMPARE_NE] = {differ_b, differ_i64, differ_f64, differ_i128, differ_str},
        [COMPARE_LT] = {less_b, less_i64, less_f64, less_i128, less_str},
        [COMPARE_LE] = {less_equal_b, less_equal_i64, less_equal_f64, less_equal_i128,
                        less_equal_str},
        [COMPARE_GT] = {greater_b, greater_i64, greater_f64, greater_i128, greater_str},
        [COMPARE_GE] = {greater_equal_b, greater_equal_i64, greater_equal_f64, greater_equal_i128,
                        greater_equal_str},
    };
    assert((unsigned)phys < COMPARED_PHYS);
    return kernels[op][phys];
}
