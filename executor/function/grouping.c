/* Which grouping set a row of GROUP BY GROUPING SETS is of, told by the set's number: bit k of it
 * is set when the set lacks the k-th key from the right, and above the keys stands how many equal
 * sets come before it. A query calls these functions with grouping expressions; the planner gives
 * them the number and what it is to be taken apart by. */
#include "executor/function/function.h"

static Type bigint_type(const Type *arg, uint32_t args)
{
    (void)arg;
    (void)args;
    return type_with_null(type_make(TYPE_BIGINT), false);
}

/* Arguments: the number, then the places of the bits that make up the result, the highest first. */
static Status grouping(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        uint64_t set = (uint64_t)arg_i64(call, 0, row), bits = 0;
        for (uint32_t a = 1; a < call->args; a++)
            bits = bits << 1 | ((set >> (uint64_t)arg_i64(call, a, row)) & 1);
        call->out->data.i64[row] = (int64_t)bits;
    }
    return ST_OK;
}

/* Arguments: the number, how many keys there are. */
static Status group_id(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = arg_i64(call, 0, row) >> arg_i64(call, 1, row);
    return ST_OK;
}

/* clang-format off */
const ScalarDef grouping_functions[] = {
    {.name = "GROUPING", .args = "I I+", .result = bigint_type, .kernel = grouping,
     .signature = "GROUPING(expression, ...)",
     .doc = "1 where the row's grouping set lacks the grouping expression, else 0; of several, "
            "these as the bits of one number, the last one lowest."},
    {.name = "GROUPING_ID", .args = "I I+", .result = bigint_type, .kernel = grouping,
     .signature = "GROUPING_ID(expression, ...)", .doc = "The same as GROUPING."},
    {.name = "GROUP_ID", .args = "I I", .result = bigint_type, .kernel = group_id,
     .signature = "GROUP_ID()",
     .doc = "0 for the rows of a grouping set, 1 for those of an equal one that comes after it, "
            "and so on."},
    {0},
};
/* clang-format on */
