/* Numeric functions. What a function has no value for is NaN or an infinity, as in Java's Math,
 * which Flink calls; integers that leave their type reject the row. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "executor/function/arithmetic.h"
#include "executor/function/math_kernels.h"
#include "executor/function/rules.h"
#include "storage/data/decimal.h"

/* --- ABS, SIGN --- */

static Status absolute_i64(KernelCall *call)
{
    int64_t most = type_integer_max((TypeId)call->result->id);
    for (EACH_ROW(call, i, row)) {
        int64_t value = arg_i64(call, 0, row);
        if (value < -most)
            kernel_fail(call, row, E5004, "ABS(%" PRId64 ") is out of the range of %s", value,
                        type_def((TypeId)call->result->id)->name);
        else
            call->out->data.i64[row] = value < 0 ? -value : value;
    }
    return ST_OK;
}

#define KERNEL absolute_i128
#define KERNEL_UNARY
#define KERNEL_IN       i128
#define KERNEL_OUT      i128
#define KERNEL_VALUE(a) ((a) < 0 ? -(a) : (a))
#include "executor/function/kernel_template.h"

#define KERNEL absolute_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) fabs(a)
#include "executor/function/kernel_template.h"

#define SIGN_OF(a) (((a) > 0) - ((a) < 0))

#define KERNEL sign_i64
#define KERNEL_UNARY
#define KERNEL_IN       i64
#define KERNEL_OUT      i64
#define KERNEL_VALUE(a) SIGN_OF(a)
#include "executor/function/kernel_template.h"

#define KERNEL sign_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) ((a) > 0 ? 1.0 : (a) < 0 ? -1.0 : (a)) /* zeros and NaN stay */
#include "executor/function/kernel_template.h"

/* The type of the argument, with room for a 1 before the point. */
static Type rule_sign_decimal(const Type *arg, uint32_t args)
{
    (void)args;
    if (arg[0].precision > arg[0].scale)
        return arg[0];
    uint32_t scale =
        arg[0].scale < DECIMAL_MAX_PRECISION ? arg[0].scale : DECIMAL_MAX_PRECISION - 1;
    return type_decimal(scale + 1, scale);
}

static Status sign_i128(KernelCall *call)
{
    Int128 one = decimal_power10(call->result->scale);
    for (EACH_ROW(call, i, row))
        call->out->data.i128[row] = SIGN_OF(arg_i128(call, 0, row)) * one;
    return ST_OK;
}

/* --- functions of DOUBLE --- */

#define KERNEL sqrt_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) sqrt(a)
#include "executor/function/kernel_template.h"

#define KERNEL exp_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) exp(a)
#include "executor/function/kernel_template.h"

#define KERNEL ln_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) log(a)
#include "executor/function/kernel_template.h"

#define KERNEL log10_f64
#define KERNEL_UNARY
#define KERNEL_IN  f64
#define KERNEL_OUT f64
#define KERNEL_VALUE(a)                                                                            \
    ((double)log10l((long double)(a))) /* libm is off by one last digit, as for 11 and 40 */
#include "executor/function/kernel_template.h"

#define KERNEL log2_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) (log(a) / log(2.0))
#include "executor/function/kernel_template.h"

#define KERNEL                log_base_f64
#define KERNEL_IN             f64
#define KERNEL_OUT            f64
#define KERNEL_VALUE(base, a) (log(a) / log(base))
#include "executor/function/kernel_template.h"

#define KERNEL             power_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) pow((a), (b))
#include "executor/function/kernel_template.h"

#define KERNEL sin_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) sin(a)
#include "executor/function/kernel_template.h"

#define KERNEL cos_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) cos(a)
#include "executor/function/kernel_template.h"

#define KERNEL tan_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) tan(a)
#include "executor/function/kernel_template.h"

#define KERNEL cot_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) (1.0 / tan(a))
#include "executor/function/kernel_template.h"

#define KERNEL asin_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) asin(a)
#include "executor/function/kernel_template.h"

#define KERNEL acos_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) acos(a)
#include "executor/function/kernel_template.h"

#define KERNEL atan_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) atan(a)
#include "executor/function/kernel_template.h"

#define KERNEL             atan2_f64
#define KERNEL_IN          f64
#define KERNEL_OUT         f64
#define KERNEL_VALUE(a, b) atan2((a), (b))
#include "executor/function/kernel_template.h"

#define KERNEL sinh_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) sinh(a)
#include "executor/function/kernel_template.h"

#define KERNEL cosh_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) cosh(a)
#include "executor/function/kernel_template.h"

#define KERNEL tanh_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) tanh(a)
#include "executor/function/kernel_template.h"

#define DEGREES_PER_RADIAN 57.29577951308232
#define RADIANS_PER_DEGREE 0.017453292519943295

#define KERNEL degrees_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) ((a)*DEGREES_PER_RADIAN)
#include "executor/function/kernel_template.h"

#define KERNEL radians_f64
#define KERNEL_UNARY
#define KERNEL_IN       f64
#define KERNEL_OUT      f64
#define KERNEL_VALUE(a) ((a)*RADIANS_PER_DEGREE)
#include "executor/function/kernel_template.h"

static Status fill_constant(KernelCall *call, double value)
{
    for (EACH_ROW(call, i, row))
        call->out->data.f64[row] = value;
    return ST_OK;
}

static Status pi(KernelCall *call)
{
    return fill_constant(call, 3.141592653589793);
}

static Status euler(KernelCall *call)
{
    return fill_constant(call, 2.718281828459045);
}

/* --- texts of numbers --- */

/* Both show 64 bits in two's complement, without leading zeros. */
static Status put_bits(KernelCall *call, uint32_t row, uint64_t value, uint32_t bits_a_digit)
{
    char text[64];
    uint32_t at = sizeof text;
    do {
        text[--at] = "0123456789ABCDEF"[value & ((1U << bits_a_digit) - 1)];
        value >>= bits_a_digit;
    } while (value != 0);
    return kernel_put_str(call, row, text + at, (uint32_t)sizeof text - at);
}

static Status bin_i64(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        TRY(put_bits(call, row, (uint64_t)arg_i64(call, 0, row), 1));
    return ST_OK;
}

static Status hex_i64(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        TRY(put_bits(call, row, (uint64_t)arg_i64(call, 0, row), 4));
    return ST_OK;
}

static Status hex_str(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text text = str_text(arg_str(call, 0, row));
        char *hex = arena_alloc(call->scratch, (size_t)text.size * 2 + 1);
        if (hex == NULL)
            return ST_NOMEM;
        for (uint32_t at = 0; at < text.size; at++) {
            unsigned char byte = (unsigned char)text.ptr[at];
            hex[at * 2] = "0123456789ABCDEF"[byte >> 4];
            hex[at * 2 + 1] = "0123456789ABCDEF"[byte & 15];
        }
        call->out->data.str[row] = str_view(hex, text.size * 2);
    }
    return ST_OK;
}

const ScalarDef math_functions[] = {
    {"ABS", "I", rule_first, absolute_i64, FN_FALLIBLE, NULL, "ABS(number)",
     "The number without its sign."},
    {"ABS", "D", rule_first, absolute_i128, 0, NULL, NULL, NULL},
    {"ABS", "N", rule_first, absolute_f64, FN_TOTAL, NULL, NULL, NULL},
    {"ACOS", "F", rule_double, acos_f64, 0, NULL, "ACOS(number)", "The arc cosine, in radians."},
    {"ASIN", "F", rule_double, asin_f64, 0, NULL, "ASIN(number)", "The arc sine, in radians."},
    {"ATAN", "F", rule_double, atan_f64, 0, NULL, "ATAN(number)", "The arc tangent, in radians."},
    {"ATAN2", "F F", rule_double, atan2_f64, 0, NULL, "ATAN2(y, x)",
     "The angle of the point (x, y), in radians."},
    {"BIN", "I", rule_string, bin_i64, 0, NULL, "BIN(integer)",
     "The integer in binary digits; a negative one as its 64 bits."},
    {"CEIL", "I", rule_first, copy_i64, FN_TOTAL, NULL, "CEIL(number)",
     "The smallest whole number that is not below the number."},
    {"CEIL", "D", rule_whole_decimal, ceil_decimal, FN_TOTAL, NULL, NULL, NULL},
    {"CEIL", "N", rule_first, ceil_f64, FN_TOTAL, NULL, NULL, NULL},
    {"CEILING", "I", rule_first, copy_i64, FN_TOTAL, NULL, "CEILING(number)", "The same as CEIL."},
    {"CEILING", "D", rule_whole_decimal, ceil_decimal, FN_TOTAL, NULL, NULL, NULL},
    {"CEILING", "N", rule_first, ceil_f64, FN_TOTAL, NULL, NULL, NULL},
    {"COS", "F", rule_double, cos_f64, 0, NULL, "COS(angle)", "The cosine of an angle in radians."},
    {"COSH", "F", rule_double, cosh_f64, 0, NULL, "COSH(number)", "The hyperbolic cosine."},
    {"COT", "F", rule_double, cot_f64, 0, NULL, "COT(angle)",
     "The cotangent of an angle in radians."},
    {"DEGREES", "F", rule_double, degrees_f64, FN_TOTAL, NULL, "DEGREES(angle)",
     "An angle in radians as degrees."},
    {"E", "", rule_double, euler, FN_TOTAL, NULL, "E()", "The base of the natural logarithm."},
    {"EXP", "F", rule_double, exp_f64, 0, NULL, "EXP(number)", "E to the power of the number."},
    {"FLOOR", "I", rule_first, copy_i64, FN_TOTAL, NULL, "FLOOR(number)",
     "The greatest whole number that is not above the number."},
    {"FLOOR", "D", rule_whole_decimal, floor_decimal, FN_TOTAL, NULL, NULL, NULL},
    {"FLOOR", "N", rule_first, floor_f64, FN_TOTAL, NULL, NULL, NULL},
    {"HEX", "I", rule_string, hex_i64, 0, NULL, "HEX(integer)",
     "The integer in hexadecimal digits; a negative one as its 64 bits."},
    {"HEX", "S", rule_string, hex_str, 0, NULL, "HEX(string)",
     "The bytes of the text in hexadecimal digits."},
    {"LN", "F", rule_double, ln_f64, 0, NULL, "LN(number)", "The natural logarithm."},
    {"LOG", "F", rule_double, ln_f64, 0, NULL, "LOG(number)", "The natural logarithm."},
    {"LOG", "F F", rule_double, log_base_f64, 0, NULL, "LOG(base, number)",
     "The logarithm to the base."},
    {"LOG10", "F", rule_double, log10_f64, 0, NULL, "LOG10(number)", "The logarithm to base 10."},
    {"LOG2", "F", rule_double, log2_f64, 0, NULL, "LOG2(number)", "The logarithm to base 2."},
    {"MOD", "I I", rule_second, modulo_i64, FN_FALLIBLE, NULL, "MOD(dividend, divisor)",
     "The remainder of the division, with the sign of the dividend."},
    {"MOD", "D D", rule_decimal_modulo, modulo_decimal, FN_FALLIBLE | FN_MAY_NULL,
     prepare_decimal_modulo, NULL, NULL},
    {"PI", "", rule_double, pi, FN_TOTAL, NULL, "PI()",
     "The ratio of a circle's circumference to its diameter."},
    {"POWER", "F F", rule_double, power_f64, 0, NULL, "POWER(base, exponent)",
     "The base to the power of the exponent."},
    {"RADIANS", "F", rule_double, radians_f64, FN_TOTAL, NULL, "RADIANS(angle)",
     "An angle in degrees as radians."},
    {"RAND", "", rule_double, random_double, FN_VOLATILE, NULL, "RAND()",
     "A random number from 0 to below 1, another one for each row."},
    {"RAND", "I", rule_double, random_double_seeded, FN_VOLATILE, prepare_random_seed, "RAND(seed)",
     "A random number from 0 to below 1, of the sequence that begins with the seed."},
    {"RAND_INTEGER", "I", rule_int, random_integer, FN_VOLATILE | FN_FALLIBLE, NULL,
     "RAND_INTEGER(bound)",
     "A random integer from 0 to below the bound, another one for each row."},
    {"RAND_INTEGER", "I I", rule_int, random_integer_seeded, FN_VOLATILE | FN_FALLIBLE,
     prepare_random_seed, "RAND_INTEGER(seed, bound)",
     "A random integer from 0 to below the bound, of the sequence that begins with the seed."},
    {"ROUND", "I [I]", rule_first, round_i64, FN_FALLIBLE, NULL, "ROUND(number [, digits])",
     "The number rounded to so many digits behind the point, halves away from zero."},
    {"ROUND", "D [I]", rule_first, round_decimal, FN_MAY_NULL, prepare_round_decimal, NULL, NULL},
    {"ROUND", "N [I]", rule_first, round_f64, 0, NULL, NULL, NULL},
    {"SIGN", "I", rule_first, sign_i64, FN_TOTAL, NULL, "SIGN(number)",
     "-1, 0 or 1 as the number is negative, zero or positive."},
    {"SIGN", "D", rule_sign_decimal, sign_i128, FN_TOTAL, NULL, NULL, NULL},
    {"SIGN", "N", rule_first, sign_f64, FN_TOTAL, NULL, NULL, NULL},
    {"SIN", "F", rule_double, sin_f64, 0, NULL, "SIN(angle)", "The sine of an angle in radians."},
    {"SINH", "F", rule_double, sinh_f64, 0, NULL, "SINH(number)", "The hyperbolic sine."},
    {"SQRT", "F", rule_double, sqrt_f64, FN_TOTAL, NULL, "SQRT(number)", "The square root."},
    {"TAN", "F", rule_double, tan_f64, 0, NULL, "TAN(angle)",
     "The tangent of an angle in radians."},
    {"TANH", "F", rule_double, tanh_f64, 0, NULL, "TANH(number)", "The hyperbolic tangent."},
    {"TRUNCATE", "I [I]", rule_first, truncate_i64, FN_FALLIBLE, NULL,
     "TRUNCATE(number [, digits])", "The number cut to so many digits behind the point."},
    {"TRUNCATE", "D [I]", rule_first, truncate_decimal, FN_MAY_NULL, prepare_round_decimal, NULL,
     NULL},
    {"TRUNCATE", "N [I]", rule_first, truncate_f64, 0, NULL, NULL, NULL},
    {"UUID", "", rule_uuid, random_uuid, FN_VOLATILE, NULL, "UUID()",
     "A random UUID (RFC 9562, version 4), another one for each row."},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
