/* DECIMAL arithmetic. The general kernels go through 256 bits (storage/data/decimal.h); where the
 * result type holds every possible result, plain 128-bit operations give the same. */
#include <assert.h>
#include <inttypes.h>

#include "executor/function/arithmetic.h"
#include "storage/data/decimal.h"

Type rule_decimal_add(const Type *arg, uint32_t args)
{
    assert(args == 2);
    return decimal_add_type(&arg[0], &arg[1]);
}

Type rule_decimal_multiply(const Type *arg, uint32_t args)
{
    assert(args == 2);
    return decimal_multiply_type(&arg[0], &arg[1]);
}

Type rule_decimal_divide(const Type *arg, uint32_t args)
{
    assert(args == 2);
    return decimal_divide_type(&arg[0], &arg[1]);
}

Type rule_decimal_modulo(const Type *arg, uint32_t args)
{
    assert(args == 2);
    return decimal_modulo_type(&arg[0], &arg[1]);
}

/* --- general kernels --- */

typedef bool DecimalOperation(Int128 a, uint32_t a_scale, Int128 b, uint32_t b_scale,
                              uint32_t precision, uint32_t scale, Int128 *out);

static Status each_pair(KernelCall *call, DecimalOperation *operation)
{
    uint32_t a_scale = call->arg_type[0].scale, b_scale = call->arg_type[1].scale;
    const Type *result = call->result;
    for (EACH_ROW(call, i, row)) {
        Int128 a = arg_i128(call, 0, row), b = arg_i128(call, 1, row);
        Int128 *out = &call->out->data.i128[row];
        if (!operation(a, a_scale, b, b_scale, result->precision, result->scale, out))
            kernel_null(call, row);
    }
    return ST_OK;
}

Status add_decimal(KernelCall *call)
{
    return each_pair(call, decimal_add);
}

Status subtract_decimal(KernelCall *call)
{
    return each_pair(call, decimal_subtract);
}

Status multiply_decimal(KernelCall *call)
{
    return each_pair(call, decimal_multiply);
}

/* The same for the operations that zero has no result for. */
static Status each_quotient(KernelCall *call, DecimalOperation *operation)
{
    uint32_t a_scale = call->arg_type[0].scale, b_scale = call->arg_type[1].scale;
    const Type *result = call->result;
    for (EACH_ROW(call, i, row)) {
        Int128 a = arg_i128(call, 0, row), b = arg_i128(call, 1, row);
        Int128 *out = &call->out->data.i128[row];
        if (b == 0) {
            char text[48];
            uint32_t size = decimal_format(a, a_scale, text);
            kernel_fail(call, row, E5005, "%.*s divided by zero", (int)size, text);
        } else if (!operation(a, a_scale, b, b_scale, result->precision, result->scale, out)) {
            kernel_null(call, row);
        }
    }
    return ST_OK;
}

Status divide_decimal(KernelCall *call)
{
    return each_quotient(call, decimal_divide);
}

Status modulo_decimal(KernelCall *call)
{
    return each_quotient(call, decimal_modulo);
}

#define KERNEL negate_cells
#define KERNEL_UNARY
#define KERNEL_IN       i128
#define KERNEL_OUT      i128
#define KERNEL_VALUE(a) (-(a))
#include "executor/function/kernel_template.h"

Status negate_decimal(KernelCall *call)
{
    return negate_cells(call);
}

/* --- kernels that need no check --- */

static Status add_fitting(KernelCall *call)
{
    Int128 a_unit = decimal_power10((uint32_t)(call->result->scale - call->arg_type[0].scale));
    Int128 b_unit = decimal_power10((uint32_t)(call->result->scale - call->arg_type[1].scale));
    for (EACH_ROW(call, i, row))
        call->out->data.i128[row] =
            arg_i128(call, 0, row) * a_unit + arg_i128(call, 1, row) * b_unit;
    return ST_OK;
}

static Status subtract_fitting(KernelCall *call)
{
    Int128 a_unit = decimal_power10((uint32_t)(call->result->scale - call->arg_type[0].scale));
    Int128 b_unit = decimal_power10((uint32_t)(call->result->scale - call->arg_type[1].scale));
    for (EACH_ROW(call, i, row))
        call->out->data.i128[row] =
            arg_i128(call, 0, row) * a_unit - arg_i128(call, 1, row) * b_unit;
    return ST_OK;
}

#define KERNEL             multiply_fitting
#define KERNEL_IN          i128
#define KERNEL_OUT         i128
#define KERNEL_VALUE(a, b) ((a) * (b))
#include "executor/function/kernel_template.h"

/* --- choosing --- */

/* The digits that the exact result can have; the result type has them unless it was cut. */
static uint32_t digits_of_sum(const Type *a, const Type *b)
{
    uint32_t a_whole = a->precision - a->scale, b_whole = b->precision - b->scale;
    uint32_t scale = a->scale > b->scale ? a->scale : b->scale;
    return (a_whole > b_whole ? a_whole : b_whole) + 1 + scale;
}

static uint32_t digits_of_product(const Type *a, const Type *b)
{
    return a->precision + b->precision + 1;
}

static bool arguments_are_nullable(const FunctionCall *call)
{
    return call->arg[0].nullable || call->arg[1].nullable;
}

static Status choose(FunctionCall *call, uint32_t digits, Kernel *fitting)
{
    if (digits > DECIMAL_MAX_PRECISION)
        return ST_OK;
    call->kernel = fitting;
    call->result.nullable = arguments_are_nullable(call);
    return ST_OK;
}

Status prepare_decimal_add(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose(call, digits_of_sum(&call->arg[0], &call->arg[1]), add_fitting);
}

Status prepare_decimal_subtract(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose(call, digits_of_sum(&call->arg[0], &call->arg[1]), subtract_fitting);
}

Status prepare_decimal_multiply(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose(call, digits_of_product(&call->arg[0], &call->arg[1]), multiply_fitting);
}

/* A quotient has at most as many whole digits as the dividend has digits before the point of the
 * largest dividend over the smallest divisor. */
Status prepare_decimal_divide(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    uint32_t whole = call->arg[0].precision - call->arg[0].scale + call->arg[1].scale;
    return choose(call, whole + call->result.scale, divide_decimal);
}

/* A remainder is below the divisor and not above the dividend. */
Status prepare_decimal_modulo(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose(call, call->result.precision, modulo_decimal);
}
