/* The kernels that math.c lists in its table, by the file that has them. No one else includes this.
 */
#ifndef WEIR_EXECUTOR_FUNCTION_MATH_KERNELS_H
#define WEIR_EXECUTOR_FUNCTION_MATH_KERNELS_H

#include "executor/function/function.h"

/* math_round.c: CEIL, FLOOR, ROUND, TRUNCATE */
ResultRule rule_whole_decimal; /* of CEIL and FLOOR */
Kernel ceil_decimal, floor_decimal, ceil_f64, floor_f64;
Kernel round_i64, round_decimal, round_f64, truncate_i64, truncate_decimal, truncate_f64;
Prepare
    prepare_round_decimal; /* of TRUNCATE too: the type depends on a constant number of digits */

/* math_random.c: RAND, RAND_INTEGER, UUID */
ResultRule rule_uuid;
Kernel random_double, random_double_seeded, random_integer, random_integer_seeded, random_uuid;
Prepare prepare_random_seed;

#endif
