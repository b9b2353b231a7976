/* Result rules that several families share. A rule gets the arguments' types after coercion; unless
 * said, the result's nullability is function_bind's matter (function.h). */
#ifndef WEIR_EXECUTOR_FUNCTION_RULES_H
#define WEIR_EXECUTOR_FUNCTION_RULES_H

#include "executor/function/function.h"

ResultRule rule_first;         /* as the first argument */
ResultRule rule_second;        /* as the second */
ResultRule rule_first_or_null; /* as the first, NULLable */
ResultRule rule_wider;         /* the common type of all */
ResultRule rule_boolean, rule_int, rule_bigint, rule_double, rule_string;
ResultRule rule_month_interval, rule_day_interval;
ResultRule rule_three_valued;     /* BOOLEAN, NULLable when an argument is */
ResultRule rule_boolean_not_null; /* BOOLEAN NOT NULL */

#endif
