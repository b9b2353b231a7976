/* COALESCE, IFNULL, IF and NULLIF. In a query COALESCE, IFNULL and IF are computed lazily: the
 * expression program (expr/) knows them by name and narrows the rows that each argument sees. The
 * kernels here choose between arguments that are all computed already, which is how constants fold.
 */
#include <assert.h>

#include "executor/function/coerce.h"
#include "executor/function/compare.h"
#include "executor/function/rules.h"
#include "storage/data/decimal.h"

/* A value that is not NULL in any row needs only one argument that cannot be NULL. */
static Type rule_coalesce(const Type *arg, uint32_t args)
{
    Type result = rule_wider(arg, args);
    result.nullable = true;
    for (uint32_t i = 0; i < args; i++)
        result.nullable = result.nullable && arg[i].nullable;
    return result;
}

static Status coalesce(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        uint32_t arg = 0;
        while (arg + 1 < call->args && arg_null(call, arg, row))
            arg++;
        TRY(column_copy_cell(call->scratch, call->out, row, call->arg[arg], row));
    }
    return ST_OK;
}

/* Flink makes it NULLable when the condition is, though an unknown condition takes the last value.
 */
static Type rule_if(const Type *arg, uint32_t args)
{
    assert(args == 3);
    Type result = rule_wider(arg + 1, args - 1);
    return type_with_null(result, arg[0].nullable || arg[1].nullable || arg[2].nullable);
}

static Status if_then_else(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        bool holds = !arg_null(call, 0, row) && arg_bool(call, 0, row);
        TRY(column_copy_cell(call->scratch, call->out, row, call->arg[holds ? 1 : 2], row));
    }
    return ST_OK;
}

/* --- NULLIF --- */

static Type rule_nullif(const Type *arg, uint32_t args)
{
    (void)args;
    return type_with_null(arg[0], true);
}

static double number_as_double(const KernelCall *call, uint32_t arg, uint32_t row)
{
    const Type *type = &call->arg_type[arg];
    if (type_is_approx(type))
        return arg_f64(call, arg, row);
    if (type->id == TYPE_DECIMAL)
        return decimal_to_double(arg_i128(call, arg, row), type->scale);
    return (double)arg_i64(call, arg, row);
}

static Int128 number_unscaled(const KernelCall *call, uint32_t arg, uint32_t row)
{
    const Type *type = &call->arg_type[arg];
    return type->id == TYPE_DECIMAL ? arg_i128(call, arg, row) : arg_i64(call, arg, row);
}

/* Numbers of two types, as their common type would compare them. */
static bool numbers_equal(const KernelCall *call, uint32_t row)
{
    const Type *a = &call->arg_type[0], *b = &call->arg_type[1];
    if (!type_is_exact(a) || !type_is_exact(b)) {
        double x = number_as_double(call, 0, row), y = number_as_double(call, 1, row);
        bool single = a->id != TYPE_DOUBLE && b->id != TYPE_DOUBLE && a->id != TYPE_DECIMAL &&
                      b->id != TYPE_DECIMAL;
        return single ? (float)x == (float)y : x == y;
    }
    return decimal_compare(number_unscaled(call, 0, row), a->scale, number_unscaled(call, 1, row),
                           b->scale) == 0;
}

static Status nullif(KernelCall *call)
{
    bool numbers = type_is_numeric(&call->arg_type[0]) && type_is_numeric(&call->arg_type[1]);
    for (EACH_ROW(call, i, row)) {
        TRY(column_copy_cell(call->scratch, call->out, row, call->arg[0], row));
        if (arg_null(call, 0, row) || arg_null(call, 1, row))
            continue;
        if (numbers ? numbers_equal(call, row) : cells_equal(call->arg[0], row, call->arg[1], row))
            kernel_null(call, row);
    }
    return ST_OK;
}

/* The first value is the result and keeps its type; the second one takes the type in which both
 * compare, which must be the first one's but for numbers and for the length of texts. */
static Status prepare_nullif(FunctionCall *call, Arena *arena, Diag *diag)
{
    Type *a = &call->arg[0], *b = &call->arg[1];
    CompareCoercion coercion;
    TRY(compare_coerce(arena, COMPARE_EQUALITY, "NULLIF", a, b, &coercion, SPAN_NONE, diag));
    if (type_is_numeric(a) && type_is_numeric(b))
        return ST_OK;
    if (coercion.left.id != a->id && !(type_is_character(a) && type_is_character(b)) &&
        !(type_is_binary(a) && type_is_binary(b))) {
        Status status = diag_error(diag, E2107, SPAN_NONE,
                                   "\"NULLIF\" would have to convert its first argument");
        diag_hint(diag, "CAST one side to the type of the other");
        return status;
    }
    if (b->id == TYPE_NULL || !(type_is_character(b) && type_is_character(a)))
        *b = coercion.right;
    return ST_OK;
}

const ScalarDef conditional_functions[] = {
    {"COALESCE", "A1+", rule_coalesce, coalesce, FN_OWN_NULLS, NULL, "COALESCE(value, ...)",
     "The first value that is not NULL; later ones are not computed."},
    {"IFNULL", "A1 A1", rule_coalesce, coalesce, FN_OWN_NULLS, NULL, "IFNULL(value, otherwise)",
     "The value, or the other one where it is NULL."},
    {"IF", "B A1 A1", rule_if, if_then_else, FN_OWN_NULLS, NULL, "IF(condition, then, else)",
     "The second value where the condition is TRUE, else the third; only that one is computed."},
    {"NULLIF", "O O", rule_nullif, nullif, FN_OWN_NULLS, prepare_nullif, "NULLIF(value, other)",
     "NULL where both are equal, else the first value."},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
