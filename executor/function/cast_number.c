/* Casts between numbers, and between them and BOOLEAN or intervals. An integer or DECIMAL that
 * leaves an integer type rejects the row (Flink wraps in silence); a FLOAT or DOUBLE becomes the
 * nearest end of the range, NaN becomes zero; what does not fit a DECIMAL is NULL. */
#include <inttypes.h>
#include <stdio.h>

#include "executor/function/cast.h"
#include "storage/data/decimal.h"
#include "storage/data/number.h"

/* --- from BOOLEAN --- */

Status cast_bool_to_integer(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = arg_bool(call, 0, row);
    return ST_OK;
}

Status cast_bool_to_double(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.f64[row] = arg_bool(call, 0, row);
    return ST_OK;
}

Status cast_bool_to_decimal(KernelCall *call)
{
    const Type *type = call->result;
    for (EACH_ROW(call, i, row)) {
        if (!decimal_rescale(arg_bool(call, 0, row), 0, type->precision, type->scale,
                             &call->out->data.i128[row]))
            kernel_null(call, row);
    }
    return ST_OK;
}

/* --- from integers --- */

#define KERNEL integer_to_bool
#define KERNEL_UNARY
#define KERNEL_IN       i64
#define KERNEL_OUT      b
#define KERNEL_VALUE(a) ((a) != 0)
#include "executor/function/kernel_template.h"

#define KERNEL integer_to_double
#define KERNEL_UNARY
#define KERNEL_IN       i64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) (a)
#include "executor/function/kernel_template.h"

#define KERNEL integer_to_float
#define KERNEL_UNARY
#define KERNEL_IN       i64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) (float)(a)
#include "executor/function/kernel_template.h"

Status cast_integer_to_bool(KernelCall *call)
{
    return integer_to_bool(call);
}

Status cast_integer_to_double(KernelCall *call)
{
    return integer_to_double(call);
}

Status cast_integer_to_float(KernelCall *call)
{
    return integer_to_float(call);
}

static void fail_integer(KernelCall *call, uint32_t row, int64_t value)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%" PRId64, value);
    cast_fail_range(call, row, (Text){text, (uint32_t)size});
}

Status cast_integer_to_integer(KernelCall *call)
{
    int64_t least = type_integer_min((TypeId)call->result->id);
    int64_t most = type_integer_max((TypeId)call->result->id);
    for (EACH_ROW(call, i, row)) {
        int64_t value = arg_i64(call, 0, row);
        if (value < least || value > most)
            fail_integer(call, row, value);
        else
            call->out->data.i64[row] = value;
    }
    return ST_OK;
}

Status cast_integer_to_decimal(KernelCall *call)
{
    const Type *type = call->result;
    for (EACH_ROW(call, i, row)) {
        if (!decimal_rescale(arg_i64(call, 0, row), 0, type->precision, type->scale,
                             &call->out->data.i128[row]))
            kernel_null(call, row);
    }
    return ST_OK;
}

/* As many months as an INT holds. */
Status cast_integer_to_month(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t value = arg_i64(call, 0, row);
        if (value < INT32_MIN || value > INT32_MAX)
            fail_integer(call, row, value);
        else
            call->out->data.i64[row] = value;
    }
    return ST_OK;
}

/* The integer counts milliseconds. */
Status cast_integer_to_day(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t value = arg_i64(call, 0, row);
        if (__builtin_mul_overflow(value, MICROS_PER_MILLI, &call->out->data.i64[row]))
            fail_integer(call, row, value);
    }
    return ST_OK;
}

/* --- from FLOAT and DOUBLE --- */

/* -(2^63) is a double, 2^63 - 1 is not: the comparisons keep the conversion inside the range. */
static inline int64_t saturate(double value, int64_t least, int64_t most)
{
    if (value != value)
        return 0;
    if (value <= (double)least)
        return least;
    if (value >= (double)most)
        return most;
    return (int64_t)value;
}

Status cast_double_to_integer(KernelCall *call)
{
    int64_t least = type_integer_min((TypeId)call->result->id);
    int64_t most = type_integer_max((TypeId)call->result->id);
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = saturate(arg_f64(call, 0, row), least, most);
    return ST_OK;
}

Status cast_double_to_bool(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = arg_f64(call, 0, row) != 0;
    return ST_OK;
}

Status cast_double_to_float(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.f64[row] = (double)(float)arg_f64(call, 0, row);
    return ST_OK;
}

Status cast_double_to_decimal(KernelCall *call)
{
    const Type *type = call->result;
    for (EACH_ROW(call, i, row)) {
        double value = arg_f64(call, 0, row);
        if (value - value != 0) { /* NaN and infinities */
            char text[NUMBER_TEXT_BYTES];
            cast_fail_text(call, row, (Text){text, double_format(value, text)}, NULL);
        } else if (!decimal_from_double(value, type->precision, type->scale,
                                        &call->out->data.i128[row])) {
            kernel_null(call, row);
        }
    }
    return ST_OK;
}

/* --- from DECIMAL --- */

Status cast_decimal_to_bool(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = arg_i128(call, 0, row) != 0;
    return ST_OK;
}

Status cast_decimal_to_integer(KernelCall *call)
{
    uint32_t scale = call->arg_type[0].scale;
    int64_t least = type_integer_min((TypeId)call->result->id);
    int64_t most = type_integer_max((TypeId)call->result->id);
    for (EACH_ROW(call, i, row)) {
        Int128 value = arg_i128(call, 0, row);
        int64_t whole;
        if (decimal_to_i64(value, scale, &whole) && whole >= least && whole <= most) {
            call->out->data.i64[row] = whole;
        } else {
            char text[48];
            cast_fail_range(call, row, (Text){text, decimal_format(value, scale, text)});
        }
    }
    return ST_OK;
}

Status cast_decimal_to_double(KernelCall *call)
{
    uint32_t scale = call->arg_type[0].scale;
    for (EACH_ROW(call, i, row))
        call->out->data.f64[row] = decimal_to_double(arg_i128(call, 0, row), scale);
    return ST_OK;
}

Status cast_decimal_to_float(KernelCall *call)
{
    uint32_t scale = call->arg_type[0].scale;
    for (EACH_ROW(call, i, row))
        call->out->data.f64[row] = (double)(float)decimal_to_double(arg_i128(call, 0, row), scale);
    return ST_OK;
}

Status cast_decimal_to_decimal(KernelCall *call)
{
    uint32_t scale = call->arg_type[0].scale;
    const Type *type = call->result;
    for (EACH_ROW(call, i, row)) {
        if (!decimal_rescale(arg_i128(call, 0, row), scale, type->precision, type->scale,
                             &call->out->data.i128[row]))
            kernel_null(call, row);
    }
    return ST_OK;
}
