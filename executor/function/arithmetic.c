/* The operators + - * / % and the signs: one table for all their overloads, and the kernels of
 * integers, FLOAT and DOUBLE. DECIMALs and times have files of their own (arithmetic.h).
 *
 * Integers: the result has the wider type, and a value outside its range rejects the row, where
 * Flink would wrap in silence. Division truncates toward zero, a remainder has the dividend's sign
 * and the divisor's type. FLOAT and DOUBLE follow IEEE 754; FLOAT values are held as doubles and
 * rounded after each step, which gives the same as computing in 32 bits, since a double has more
 * than twice a float's digits (Figueroa, "When is double rounding innocuous?", 1995). */
#include "executor/function/arithmetic.h"

#include <assert.h>
#include <inttypes.h>

#include "executor/function/rules.h"

/* --- integers --- */

static void fail_range(KernelCall *call, uint32_t row, int64_t a, const char *sign, int64_t b)
{
    const char *type = type_def((TypeId)call->result->id)->name;
    kernel_fail(call, row, E5004, "%" PRId64 " %s %" PRId64 " is out of the range of %s", a, sign,
                b, type);
}

static void fail_plus(KernelCall *call, uint32_t row, int64_t a, int64_t b)
{
    fail_range(call, row, a, "+", b);
}

static void fail_minus(KernelCall *call, uint32_t row, int64_t a, int64_t b)
{
    fail_range(call, row, a, "-", b);
}

static void fail_times(KernelCall *call, uint32_t row, int64_t a, int64_t b)
{
    fail_range(call, row, a, "*", b);
}

static void fail_negation(KernelCall *call, uint32_t row, int64_t a, int64_t b)
{
    (void)b;
    kernel_fail(call, row, E5004, "-(%" PRId64 ") is out of the range of %s", a,
                type_def((TypeId)call->result->id)->name);
}

/* The top bit of a check is set when the value lies outside. Below BIGINT the operands are so small
 * that neither the operation nor the differences can overflow 64 bits. */
static inline uint64_t outside(int64_t value, int64_t least, int64_t most)
{
    return (uint64_t)(value - least) | (uint64_t)(most - value);
}

/* For a BIGINT sum the sign of both operands differs from the result's; for a difference the
 * operands' signs differ and so do the result's and the minuend's (Warren, "Hacker's Delight",
 * 2-13). */
static inline uint64_t add_wraps(int64_t a, int64_t b, int64_t *out)
{
    uint64_t sum = (uint64_t)a + (uint64_t)b;
    *out = (int64_t)sum;
    return ((uint64_t)a ^ sum) & ((uint64_t)b ^ sum);
}

static inline uint64_t subtract_wraps(int64_t a, int64_t b, int64_t *out)
{
    uint64_t difference = (uint64_t)a - (uint64_t)b;
    *out = (int64_t)difference;
    return ((uint64_t)a ^ (uint64_t)b) & ((uint64_t)a ^ difference);
}

static inline uint64_t multiply_wraps(int64_t a, int64_t b, int64_t *out)
{
    return (uint64_t)__builtin_mul_overflow(a, b, out) << 63;
}

static inline uint64_t negate_wraps(int64_t a, int64_t least, int64_t *out)
{
    *out = (int64_t)(UINT64_C(0) - (uint64_t)a);
    return (uint64_t)(a == least) << 63;
}

#define KERNEL                    add_small
#define KERNEL_IN                 i64
#define KERNEL_OUT                i64
#define KERNEL_CHECKED(a, b, out) (*(out) = (a) + (b), outside(*(out), least, most))
#define KERNEL_FAIL               fail_plus
#include "executor/function/kernel_template.h"

#define KERNEL                    add_big
#define KERNEL_IN                 i64
#define KERNEL_OUT                i64
#define KERNEL_CHECKED(a, b, out) add_wraps((a), (b), (out))
#define KERNEL_FAIL               fail_plus
#include "executor/function/kernel_template.h"

#define KERNEL                    subtract_small
#define KERNEL_IN                 i64
#define KERNEL_OUT                i64
#define KERNEL_CHECKED(a, b, out) (*(out) = (a) - (b), outside(*(out), least, most))
#define KERNEL_FAIL               fail_minus
#include "executor/function/kernel_template.h"

#define KERNEL                    subtract_big
#define KERNEL_IN                 i64
#define KERNEL_OUT                i64
#define KERNEL_CHECKED(a, b, out) subtract_wraps((a), (b), (out))
#define KERNEL_FAIL               fail_minus
#include "executor/function/kernel_template.h"

#define KERNEL                    multiply_small
#define KERNEL_IN                 i64
#define KERNEL_OUT                i64
#define KERNEL_CHECKED(a, b, out) (*(out) = (a) * (b), outside(*(out), least, most))
#define KERNEL_FAIL               fail_times
#include "executor/function/kernel_template.h"

#define KERNEL                    multiply_big
#define KERNEL_IN                 i64
#define KERNEL_OUT                i64
#define KERNEL_CHECKED(a, b, out) multiply_wraps((a), (b), (out))
#define KERNEL_FAIL               fail_times
#include "executor/function/kernel_template.h"

#define KERNEL negate_i64
#define KERNEL_UNARY
#define KERNEL_IN                 i64
#define KERNEL_OUT                i64
#define KERNEL_CHECKED(a, b, out) negate_wraps((a), least, (out))
#define KERNEL_FAIL               fail_negation
#include "executor/function/kernel_template.h"

static Status divide_i64(KernelCall *call)
{
    int64_t most = type_integer_max((TypeId)call->result->id);
    for (EACH_ROW(call, i, row)) {
        int64_t a = arg_i64(call, 0, row), b = arg_i64(call, 1, row);
        int64_t *out = &call->out->data.i64[row];
        if (b == 0)
            kernel_fail(call, row, E5005, "%" PRId64 " divided by zero", a);
        else if (b == -1 && a < -most)
            fail_range(call, row, a, "/", b);
        else
            *out = a / b;
    }
    return ST_OK;
}

Status modulo_i64(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t a = arg_i64(call, 0, row), b = arg_i64(call, 1, row);
        if (b == 0)
            kernel_fail(call, row, E5005, "%" PRId64 " divided by zero", a);
        else
            call->out->data.i64[row] = b == -1 ? 0 : a % b; /* the least number % -1 traps */
    }
    return ST_OK;
}

/* --- FLOAT and DOUBLE --- */

#define AS_FLOAT(value) ((double)(float)(value))

#define KERNEL             add_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) ((a) + (b))
#include "executor/function/kernel_template.h"

#define KERNEL             add_f32
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) AS_FLOAT((a) + (b))
#include "executor/function/kernel_template.h"

#define KERNEL             subtract_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) ((a) - (b))
#include "executor/function/kernel_template.h"

#define KERNEL             subtract_f32
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) AS_FLOAT((a) - (b))
#include "executor/function/kernel_template.h"

#define KERNEL             multiply_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) ((a) * (b))
#include "executor/function/kernel_template.h"

#define KERNEL             multiply_f32
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) AS_FLOAT((a) * (b))
#include "executor/function/kernel_template.h"

#define KERNEL             divide_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) ((a) / (b))
#include "executor/function/kernel_template.h"

#define KERNEL             divide_f32
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) AS_FLOAT((a) / (b))
#include "executor/function/kernel_template.h"

#define KERNEL negate_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) (-(a))
#include "executor/function/kernel_template.h"

/* --- the plus sign --- */

#define KERNEL copy_integers
#define KERNEL_UNARY
#define KERNEL_IN       i64
#define KERNEL_OUT      i64
#define KERNEL_VALUE(a) (a)
#include "executor/function/kernel_template.h"

Status copy_i64(KernelCall *call)
{
    return copy_integers(call);
}

#define KERNEL copy_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) (a)
#include "executor/function/kernel_template.h"

#define KERNEL copy_i128
#define KERNEL_UNARY
#define KERNEL_IN       i128
#define KERNEL_OUT      i128
#define KERNEL_VALUE(a) (a)
#include "executor/function/kernel_template.h"

/* --- choosing the kernel --- */

/* The row of the table names the kernel for types below BIGINT. */
static Status prepare_integer(FunctionCall *call, Kernel *big)
{
    if (call->result.id == TYPE_BIGINT)
        call->kernel = big;
    return ST_OK;
}

static Status prepare_add(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return prepare_integer(call, add_big);
}

static Status prepare_subtract(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return prepare_integer(call, subtract_big);
}

static Status prepare_multiply(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return prepare_integer(call, multiply_big);
}

/* The row of the table names the kernel for DOUBLE; both arguments become the result's type. */
static Status prepare_approximate(FunctionCall *call, Kernel *single)
{
    for (uint32_t i = 0; i < call->args; i++)
        call->arg[i] = type_with_null(call->result, call->arg[i].nullable);
    if (call->result.id == TYPE_FLOAT)
        call->kernel = single;
    return ST_OK;
}

static Status prepare_approximate_add(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return prepare_approximate(call, add_f32);
}

static Status prepare_approximate_subtract(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return prepare_approximate(call, subtract_f32);
}

static Status prepare_approximate_multiply(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return prepare_approximate(call, multiply_f32);
}

static Status prepare_approximate_divide(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return prepare_approximate(call, divide_f32);
}

enum {
    CHECKED_OPERATOR = FN_OPERATOR | FN_FALLIBLE,
    TOTAL_OPERATOR = FN_OPERATOR | FN_TOTAL,
    NULLING_OPERATOR = FN_OPERATOR | FN_MAY_NULL,
};

const ScalarDef arithmetic_functions[] = {
    {"+", "I I", rule_wider, add_small, CHECKED_OPERATOR, prepare_add, "number + number",
     "The sum."},
    {"+", "D D", rule_decimal_add, add_decimal, NULLING_OPERATOR, prepare_decimal_add, NULL, NULL},
    {"+", "R R", rule_wider, add_f64, TOTAL_OPERATOR, prepare_approximate_add, NULL, NULL},
    {"+", "T Y", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, "time + interval",
     "The date, time or timestamp later by the interval; months end at the last day of the month."},
    {"+", "T y", rule_time_operand, add_time_interval, CHECKED_OPERATOR, prepare_timestamp_interval,
     NULL, NULL},
    {"+", "L Y", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "L y", rule_time_operand, add_time_interval, CHECKED_OPERATOR, prepare_timestamp_interval,
     NULL, NULL},
    {"+", "d Y", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "d y", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "t Y", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "t y", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "Y T", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, "interval + time",
     NULL},
    {"+", "y T", rule_time_operand, add_time_interval, CHECKED_OPERATOR, prepare_timestamp_interval,
     NULL, NULL},
    {"+", "Y L", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "y L", rule_time_operand, add_time_interval, CHECKED_OPERATOR, prepare_timestamp_interval,
     NULL, NULL},
    {"+", "Y d", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "y d", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "Y t", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "y t", rule_time_operand, add_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"+", "Y Y", rule_first, add_interval, CHECKED_OPERATOR, NULL, "interval + interval",
     "The sum of two intervals of the same kind."},
    {"+", "y y", rule_first, add_interval, CHECKED_OPERATOR, NULL, NULL, NULL},

    {"-", "I I", rule_wider, subtract_small, CHECKED_OPERATOR, prepare_subtract, "number - number",
     "The difference."},
    {"-", "D D", rule_decimal_add, subtract_decimal, NULLING_OPERATOR, prepare_decimal_subtract,
     NULL, NULL},
    {"-", "R R", rule_wider, subtract_f64, TOTAL_OPERATOR, prepare_approximate_subtract, NULL,
     NULL},
    {"-", "T Y", rule_time_operand, subtract_time_interval, CHECKED_OPERATOR, NULL,
     "time - interval",
     "The date, time or timestamp earlier by the interval; months end at the last day of the "
     "month."},
    {"-", "T y", rule_time_operand, subtract_time_interval, CHECKED_OPERATOR,
     prepare_timestamp_interval, NULL, NULL},
    {"-", "L Y", rule_time_operand, subtract_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"-", "L y", rule_time_operand, subtract_time_interval, CHECKED_OPERATOR,
     prepare_timestamp_interval, NULL, NULL},
    {"-", "d Y", rule_time_operand, subtract_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"-", "d y", rule_time_operand, subtract_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"-", "t Y", rule_time_operand, subtract_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"-", "t y", rule_time_operand, subtract_time_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"-", "Y Y", rule_first, subtract_interval, CHECKED_OPERATOR, NULL, "interval - interval",
     "The difference of two intervals of the same kind."},
    {"-", "y y", rule_first, subtract_interval, CHECKED_OPERATOR, NULL, NULL, NULL},

    {"*", "I I", rule_wider, multiply_small, CHECKED_OPERATOR, prepare_multiply, "number * number",
     "The product."},
    {"*", "D D", rule_decimal_multiply, multiply_decimal, NULLING_OPERATOR,
     prepare_decimal_multiply, NULL, NULL},
    {"*", "R R", rule_wider, multiply_f64, TOTAL_OPERATOR, prepare_approximate_multiply, NULL,
     NULL},
    {"*", "Y I", rule_interval_operand, multiply_interval, CHECKED_OPERATOR, NULL,
     "interval * integer", "The interval so many times."},
    {"*", "y I", rule_interval_operand, multiply_interval, CHECKED_OPERATOR, NULL, NULL, NULL},
    {"*", "I Y", rule_interval_operand, multiply_interval, CHECKED_OPERATOR, NULL,
     "integer * interval", NULL},
    {"*", "I y", rule_interval_operand, multiply_interval, CHECKED_OPERATOR, NULL, NULL, NULL},

    {"/", "I I", rule_wider, divide_i64, CHECKED_OPERATOR, NULL, "number / number",
     "The quotient; of integers without its fraction."},
    {"/", "D D", rule_decimal_divide, divide_decimal, NULLING_OPERATOR | FN_FALLIBLE,
     prepare_decimal_divide, NULL, NULL},
    {"/", "R R", rule_wider, divide_f64, TOTAL_OPERATOR, prepare_approximate_divide, NULL, NULL},

    {"%", "I I", rule_second, modulo_i64, CHECKED_OPERATOR, NULL, "number % number",
     "The remainder of the division, with the sign of the dividend."},
    {"%", "D D", rule_decimal_modulo, modulo_decimal, NULLING_OPERATOR | FN_FALLIBLE,
     prepare_decimal_modulo, NULL, NULL},

    {"$NEGATE", "I", rule_first, negate_i64, CHECKED_OPERATOR, NULL, "- number",
     "The number with the other sign."},
    {"$NEGATE", "D", rule_first, negate_decimal, FN_OPERATOR, NULL, NULL, NULL},
    {"$NEGATE", "N", rule_first, negate_f64, TOTAL_OPERATOR, NULL, NULL, NULL},
    {"$NEGATE", "Y", rule_first, negate_interval, CHECKED_OPERATOR, NULL, "- interval",
     "The interval in the other direction."},
    {"$NEGATE", "y", rule_first, negate_interval, CHECKED_OPERATOR, NULL, NULL, NULL},

    {"$PLUS", "I", rule_first, copy_i64, TOTAL_OPERATOR, NULL, "+ number", "The number itself."},
    {"$PLUS", "D", rule_first, copy_i128, TOTAL_OPERATOR, NULL, NULL, NULL},
    {"$PLUS", "N", rule_first, copy_f64, TOTAL_OPERATOR, NULL, NULL, NULL},
    {"$PLUS", "Y", rule_first, copy_i64, TOTAL_OPERATOR, NULL, "+ interval",
     "The interval itself."},
    {"$PLUS", "y", rule_first, copy_i64, TOTAL_OPERATOR, NULL, NULL, NULL},

    {"$MINUS_DAY", "T T", rule_day_interval, difference_day, TOTAL_OPERATOR, NULL,
     "(time - time) DAY",
     "The time from the second to the first, as an interval of days to seconds."},
    {"$MINUS_DAY", "L L", rule_day_interval, difference_day, TOTAL_OPERATOR, NULL, NULL, NULL},
    {"$MINUS_DAY", "d d", rule_day_interval, difference_day, TOTAL_OPERATOR, NULL, NULL, NULL},
    {"$MINUS_DAY", "t t", rule_day_interval, difference_day, TOTAL_OPERATOR, NULL, NULL, NULL},

    {"$MINUS_MONTH", "T T", rule_month_interval, difference_month, FN_OPERATOR, NULL,
     "(time - time) MONTH",
     "The whole months from the second to the first, as an interval of years to months."},
    {"$MINUS_MONTH", "L L", rule_month_interval, difference_month, FN_OPERATOR, NULL, NULL, NULL},
    {"$MINUS_MONTH", "d d", rule_month_interval, difference_month, FN_OPERATOR, NULL, NULL, NULL},
    {"$MINUS_MONTH", "t t", rule_month_interval, difference_month, FN_OPERATOR, NULL, NULL, NULL},

    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
