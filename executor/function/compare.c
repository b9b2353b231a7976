/* Comparisons. Both sides have one type, which compare_coerce (coerce.h) found; the kernel depends
 * on the physical type alone. Text compares by bytes, which for UTF-8 is by code point, and blanks
 * at the end count. Doubles compare as IEEE 754 says: NaN equals nothing. */
#include "executor/function/compare.h"

#include <assert.h>

#include "executor/function/rules.h"
#include "storage/data/nested.h"

bool cells_equal(const Column *a, uint32_t a_row, const Column *b, uint32_t b_row)
{
    uint32_t x = column_index(a, a_row), y = column_index(b, b_row);
    assert(a->phys == b->phys);
    switch (a->phys) {
    case PHYS_BOOL: return a->data.b[x] == b->data.b[y];
    case PHYS_I64: return a->data.i64[x] == b->data.i64[y];
    case PHYS_F64: return a->data.f64[x] == b->data.f64[y];
    case PHYS_I128: return a->data.i128[x] == b->data.i128[y];
    case PHYS_STR: return str_equal(&a->data.str[x], &b->data.str[y]);
    case PHYS_NESTED: return nested_equal(a, a_row, b, b_row);
    }
    return false;
}

/* --- = <> < <= > >= --- */

static Status choose_comparison(FunctionCall *call, CompareOp op)
{
    call->kernel = compare_kernel(op, type_phys((TypeId)call->arg[0].id));
    return ST_OK;
}

static Status prepare_equal(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose_comparison(call, COMPARE_EQ);
}

static Status prepare_differ(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose_comparison(call, COMPARE_NE);
}

static Status prepare_less(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose_comparison(call, COMPARE_LT);
}

static Status prepare_less_equal(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose_comparison(call, COMPARE_LE);
}

static Status prepare_greater(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose_comparison(call, COMPARE_GT);
}

static Status prepare_greater_equal(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena, (void)diag;
    return choose_comparison(call, COMPARE_GE);
}

/* A NULL inside equals a NULL there: as a whole such values are no NULLs. */
static Status equal_nested(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = nested_equal(call->arg[0], row, call->arg[1], row);
    return ST_OK;
}

static Status differ_nested(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = !nested_equal(call->arg[0], row, call->arg[1], row);
    return ST_OK;
}

/* --- comparisons that know NULL --- */

static bool is_distinct(const KernelCall *call, uint32_t row)
{
    bool a_null = arg_null(call, 0, row), b_null = arg_null(call, 1, row);
    if (a_null || b_null)
        return a_null != b_null;
    return !cells_equal(call->arg[0], row, call->arg[1], row);
}

static Status distinct(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = is_distinct(call, row);
    return ST_OK;
}

static Status not_distinct(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = !is_distinct(call, row);
    return ST_OK;
}

static Status is_null(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = arg_null(call, 0, row);
    return ST_OK;
}

static Status is_not_null(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.b[row] = !arg_null(call, 0, row);
    return ST_OK;
}

/* --- GREATEST, LEAST --- */

/* NaN is above all numbers, as in Java's Double.compare, which Flink uses here. */
static int compare_doubles(double a, double b)
{
    if (a != a || b != b)
        return (a != a) - (b != b);
    return (a > b) - (a < b);
}

int cells_compare(const Column *a, uint32_t a_row, const Column *b, uint32_t b_row)
{
    uint32_t x = column_index(a, a_row), y = column_index(b, b_row);
    assert(a->phys == b->phys);
    switch (a->phys) {
    case PHYS_BOOL: return (a->data.b[x] > b->data.b[y]) - (a->data.b[x] < b->data.b[y]);
    case PHYS_I64: return (a->data.i64[x] > b->data.i64[y]) - (a->data.i64[x] < b->data.i64[y]);
    case PHYS_F64: return compare_doubles(a->data.f64[x], b->data.f64[y]);
    case PHYS_I128:
        return (a->data.i128[x] > b->data.i128[y]) - (a->data.i128[x] < b->data.i128[y]);
    case PHYS_STR: return str_compare(&a->data.str[x], &b->data.str[y]);
    case PHYS_NESTED: assert(false && "nested values do not compare");
    }
    return 0;
}

/* Copies the cell of the argument that wins; `sign` is 1 for the greatest, -1 for the least. The
 * bytes of long strings stay the argument's, which lives as long as the batch. */
static Status pick_extreme(KernelCall *call, int sign)
{
    for (EACH_ROW(call, i, row)) {
        const Column *best = call->arg[0];
        for (uint32_t a = 1; a < call->args; a++) {
            if (cells_compare(call->arg[a], row, best, row) * sign > 0)
                best = call->arg[a];
        }
        TRY(column_copy_cell(call->scratch, call->out, row, best, column_index(best, row)));
    }
    return ST_OK;
}

static Status greatest(KernelCall *call)
{
    return pick_extreme(call, 1);
}

static Status least(KernelCall *call)
{
    return pick_extreme(call, -1);
}

enum {
    COMPARISON = FN_OPERATOR | FN_TOTAL,
    TEXT_COMPARISON = FN_OPERATOR, /* not cheap enough for rows that nobody asked for */
    NULL_TEST = FN_OPERATOR | FN_OWN_NULLS,
};

const ScalarDef compare_functions[] = {
    {"=", "S1 S1", rule_boolean, NULL, TEXT_COMPARISON, prepare_equal, "value = value",
     "TRUE when both are equal; text compares by its bytes."},
    {"=", "X1 X1", rule_boolean, NULL, TEXT_COMPARISON, prepare_equal, NULL, NULL},
    {"=", "O1 O1", rule_boolean, NULL, COMPARISON, prepare_equal, NULL, NULL},
    {"=", "C1 C1", rule_boolean, equal_nested, FN_OPERATOR, NULL, NULL, NULL},
    {"<>", "S1 S1", rule_boolean, NULL, TEXT_COMPARISON, prepare_differ, "value <> value",
     "TRUE when both differ."},
    {"<>", "X1 X1", rule_boolean, NULL, TEXT_COMPARISON, prepare_differ, NULL, NULL},
    {"<>", "O1 O1", rule_boolean, NULL, COMPARISON, prepare_differ, NULL, NULL},
    {"<>", "C1 C1", rule_boolean, differ_nested, FN_OPERATOR, NULL, NULL, NULL},
    {"<", "S1 S1", rule_boolean, NULL, TEXT_COMPARISON, prepare_less, "value < value",
     "TRUE when the first is smaller, earlier or first in order."},
    {"<", "X1 X1", rule_boolean, NULL, TEXT_COMPARISON, prepare_less, NULL, NULL},
    {"<", "O1 O1", rule_boolean, NULL, COMPARISON, prepare_less, NULL, NULL},
    {"<=", "S1 S1", rule_boolean, NULL, TEXT_COMPARISON, prepare_less_equal, "value <= value",
     "TRUE when the first is not greater."},
    {"<=", "X1 X1", rule_boolean, NULL, TEXT_COMPARISON, prepare_less_equal, NULL, NULL},
    {"<=", "O1 O1", rule_boolean, NULL, COMPARISON, prepare_less_equal, NULL, NULL},
    {">", "S1 S1", rule_boolean, NULL, TEXT_COMPARISON, prepare_greater, "value > value",
     "TRUE when the first is greater, later or last in order."},
    {">", "X1 X1", rule_boolean, NULL, TEXT_COMPARISON, prepare_greater, NULL, NULL},
    {">", "O1 O1", rule_boolean, NULL, COMPARISON, prepare_greater, NULL, NULL},
    {">=", "S1 S1", rule_boolean, NULL, TEXT_COMPARISON, prepare_greater_equal, "value >= value",
     "TRUE when the first is not smaller."},
    {">=", "X1 X1", rule_boolean, NULL, TEXT_COMPARISON, prepare_greater_equal, NULL, NULL},
    {">=", "O1 O1", rule_boolean, NULL, COMPARISON, prepare_greater_equal, NULL, NULL},
    {"IS DISTINCT FROM", "O1 O1", rule_boolean_not_null, distinct, NULL_TEST, NULL,
     "value IS DISTINCT FROM value",
     "As <>, but two NULLs are equal and a NULL differs from any value."},
    {"IS DISTINCT FROM", "C1 C1", rule_boolean_not_null, distinct, NULL_TEST, NULL, NULL, NULL},
    {"IS NOT DISTINCT FROM", "O1 O1", rule_boolean_not_null, not_distinct, NULL_TEST, NULL,
     "value IS NOT DISTINCT FROM value",
     "As =, but two NULLs are equal and a NULL differs from any value."},
    {"IS NOT DISTINCT FROM", "C1 C1", rule_boolean_not_null, not_distinct, NULL_TEST, NULL, NULL,
     NULL},
    {"IS NULL", "A", rule_boolean_not_null, is_null, NULL_TEST, NULL, "value IS NULL",
     "TRUE when there is no value."},
    {"IS NOT NULL", "A", rule_boolean_not_null, is_not_null, NULL_TEST, NULL, "value IS NOT NULL",
     "TRUE when there is a value."},
    {"GREATEST", "O1+", rule_first, greatest, 0, NULL, "GREATEST(value, ...)",
     "The greatest of the values; NULL if one of them is."},
    {"LEAST", "O1+", rule_first, least, 0, NULL, "LEAST(value, ...)",
     "The smallest of the values; NULL if one of them is."},
    {"$IN", "O1 O1+", rule_three_valued, NULL, NULL_TEST, prepare_in, "value IN (value, ...)",
     "TRUE when the value equals one of the list; NULL when it does not and the list has a NULL."},
    {"$IN", "C1 C1+", rule_three_valued, NULL, NULL_TEST, prepare_in, NULL, NULL},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
