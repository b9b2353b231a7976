/* Kernels behind the operators of arithmetic.c that have a file of their own, and behind MOD and
 * the rounding functions. For this folder only. */
#ifndef WEIR_EXECUTOR_FUNCTION_ARITHMETIC_H
#define WEIR_EXECUTOR_FUNCTION_ARITHMETIC_H

#include "executor/function/function.h"

/* arithmetic.c */
Kernel modulo_i64, copy_i64;

/* arithmetic_decimal.c: exact results, NULL where the type has too few digits. A result whose type
 * was not cut to 38 digits always fits: `prepare` makes it NOT NULL when the arguments are, and
 * picks a kernel that need not check. */
ResultRule rule_decimal_add, rule_decimal_multiply, rule_decimal_divide, rule_decimal_modulo;
Kernel add_decimal, subtract_decimal, multiply_decimal, divide_decimal, modulo_decimal,
    negate_decimal;
Prepare prepare_decimal_add, prepare_decimal_subtract, prepare_decimal_multiply;
Prepare prepare_decimal_divide, prepare_decimal_modulo;

/* arithmetic_time.c: a time and an interval in either order, two intervals, an interval and an
 * integer, two times. */
ResultRule rule_time_operand; /* the argument that is no interval */
ResultRule rule_interval_operand;
Kernel add_time_interval, subtract_time_interval;
Prepare prepare_timestamp_interval;
Kernel add_interval, subtract_interval, multiply_interval, negate_interval;
Kernel difference_day, difference_month;

#endif
