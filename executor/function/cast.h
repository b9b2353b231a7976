/* What the files of the casts share. Each kernel converts one group of types into another and reads
 * what else it needs from KernelCall.arg_type and result. For this folder only. */
#ifndef WEIR_EXECUTOR_FUNCTION_CAST_H
#define WEIR_EXECUTOR_FUNCTION_CAST_H

#include "executor/function/function.h"

/* KernelCall.data of a TRY_CAST points to it, that of a CAST is NULL. */
typedef struct CastTry {
    bool null_on_failure;
} CastTry;

/* KernelCall.data of a cast between nested types: the casts of its parts. */
typedef struct CastNested {
    CastTry whole;
    FunctionCall *part; /* a child each */
} CastNested;

/* The row cannot be cast: its result is NULL in a TRY_CAST, else the row is reported. `from` is the
 * value as text; `why` may be NULL. */
void cast_fail_text(KernelCall *call, uint32_t row, Text from, const char *why); /* E5006 */
void cast_fail_range(KernelCall *call, uint32_t row, Text from);                 /* E5004 */

/* cast_number.c */
Kernel cast_bool_to_integer, cast_bool_to_double, cast_bool_to_decimal;
Kernel cast_integer_to_bool, cast_integer_to_integer, cast_integer_to_double, cast_integer_to_float;
Kernel cast_integer_to_decimal, cast_integer_to_month, cast_integer_to_day;
Kernel cast_double_to_bool, cast_double_to_integer, cast_double_to_float, cast_double_to_decimal;
Kernel cast_decimal_to_bool, cast_decimal_to_integer, cast_decimal_to_double, cast_decimal_to_float;
Kernel cast_decimal_to_decimal;

/* cast_text.c */
Kernel cast_any_to_text, cast_text_to_text, cast_bytes_to_text;
Kernel cast_text_to_bytes, cast_bytes_to_bytes;

/* cast_parse.c: text to other types */
Kernel cast_text_to_bool, cast_text_to_integer, cast_text_to_double, cast_text_to_decimal;
Kernel cast_text_to_date, cast_text_to_time, cast_text_to_timestamp, cast_text_to_instant;

/* cast_time.c; an instant is a TIMESTAMP_LTZ */
Kernel cast_date_to_timestamp, cast_date_to_instant, cast_time_to_time, cast_time_to_timestamp;
Kernel cast_time_to_instant, cast_timestamp_to_date, cast_timestamp_to_time;
Kernel cast_timestamp_to_timestamp, cast_timestamp_to_instant;
Kernel cast_instant_to_date, cast_instant_to_time, cast_instant_to_timestamp;

/* cast_nested.c */
Kernel cast_nested_to_nested;

#endif
