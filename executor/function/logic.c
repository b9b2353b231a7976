/* Three-valued logic (SQL:2016 4.5): NULL is "unknown". In a query AND and OR narrow the rows that
 * their right side sees (expr/); these kernels combine what is computed already, and fold
 * constants. */
#include "executor/function/function.h"
#include "executor/function/rules.h"

/* `deciding` settles the result whatever the other side is: FALSE for AND, TRUE for OR. */
static inline void connect(KernelCall *call, bool deciding)
{
    for (EACH_ROW(call, i, row)) {
        bool a_null = arg_null(call, 0, row), b_null = arg_null(call, 1, row);
        bool decided = (!a_null && arg_bool(call, 0, row) == deciding) ||
                       (!b_null && arg_bool(call, 1, row) == deciding);
        call->out->data.b[row] = decided ? deciding : !deciding;
        if (!decided && (a_null || b_null))
            kernel_null(call, row);
    }
}

static Status logic_and(KernelCall *call)
{
    connect(call, false);
    return ST_OK;
}

static Status logic_or(KernelCall *call)
{
    connect(call, true);
    return ST_OK;
}

#define KERNEL logic_not
#define KERNEL_UNARY
#define KERNEL_IN       b
#define KERNEL_OUT      b
#define KERNEL_VALUE(a) ((a) ^ 1)
#include "executor/function/kernel_template.h"

/* --- IS [NOT] TRUE, FALSE, UNKNOWN --- */

static inline void test_value(KernelCall *call, bool value, bool when_it_is)
{
    for (EACH_ROW(call, i, row)) {
        bool is = !arg_null(call, 0, row) && arg_bool(call, 0, row) == value;
        call->out->data.b[row] = is == when_it_is;
    }
}

static Status is_true(KernelCall *call)
{
    test_value(call, true, true);
    return ST_OK;
}

static Status is_not_true(KernelCall *call)
{
    test_value(call, true, false);
    return ST_OK;
}

static Status is_false(KernelCall *call)
{
    test_value(call, false, true);
    return ST_OK;
}

static Status is_not_false(KernelCall *call)
{
    test_value(call, false, false);
    return ST_OK;
}

static Status is_unknown(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = arg_null(call, 0, row);
    return ST_OK;
}

static Status is_not_unknown(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = !arg_null(call, 0, row);
    return ST_OK;
}

enum { LOGIC = FN_OPERATOR | FN_OWN_NULLS };

const ScalarDef logic_functions[] = {
    {"AND", "B B", rule_three_valued, logic_and, LOGIC, NULL, "condition AND condition",
     "TRUE when both are; the right side is not computed where the left one is FALSE."},
    {"OR", "B B", rule_three_valued, logic_or, LOGIC, NULL, "condition OR condition",
     "TRUE when one of both is; the right side is not computed where the left one is TRUE."},
    {"NOT", "B", rule_boolean, logic_not, FN_OPERATOR | FN_TOTAL, NULL, "NOT condition",
     "TRUE when the condition is FALSE."},
    {"IS TRUE", "B", rule_boolean_not_null, is_true, LOGIC, NULL, "condition IS TRUE",
     "TRUE when the condition is; else FALSE, also for NULL."},
    {"IS NOT TRUE", "B", rule_boolean_not_null, is_not_true, LOGIC, NULL, "condition IS NOT TRUE",
     "TRUE when the condition is FALSE or NULL."},
    {"IS FALSE", "B", rule_boolean_not_null, is_false, LOGIC, NULL, "condition IS FALSE",
     "TRUE when the condition is FALSE; else FALSE, also for NULL."},
    {"IS NOT FALSE", "B", rule_boolean_not_null, is_not_false, LOGIC, NULL,
     "condition IS NOT FALSE", "TRUE when the condition is TRUE or NULL."},
    {"IS UNKNOWN", "B", rule_boolean_not_null, is_unknown, LOGIC, NULL, "condition IS UNKNOWN",
     "TRUE when the condition is NULL."},
    {"IS NOT UNKNOWN", "B", rule_boolean_not_null, is_not_unknown, LOGIC, NULL,
     "condition IS NOT UNKNOWN", "TRUE when the condition is TRUE or FALSE."},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
