/* IN with a list. Of constants, `prepare` makes a sorted array that is searched by halves; a list
 * with other elements is compared one by one. Both know that NULL is neither in a list nor out of
 * one that has a NULL. */
#include <assert.h>

#include "executor/function/compare.h"

typedef struct InSet {
    uint32_t count;
    bool has_null;
    Column value; /* ascending, without NULLs */
} InSet;

static inline void finish_row(KernelCall *call, uint32_t row, bool found, bool list_has_null)
{
    call->out->data.b[row] = found;
    if (!found && (list_has_null || arg_null(call, 0, row)))
        kernel_null(call, row);
}

/* --- searching --- */

static bool find_i64(const InSet *set, int64_t wanted)
{
    const int64_t *value = set->value.data.i64;
    uint32_t low = 0, high = set->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (value[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->count && value[low] == wanted;
}

static bool find_f64(const InSet *set, double wanted)
{
    const double *value = set->value.data.f64;
    uint32_t low = 0, high = set->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (value[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->count && value[low] == wanted;
}

static bool find_i128(const InSet *set, Int128 wanted)
{
    const Int128 *value = set->value.data.i128;
    uint32_t low = 0, high = set->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (value[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->count && value[low] == wanted;
}

static bool find_str(const InSet *set, const Str *wanted)
{
    const Str *value = set->value.data.str;
    uint32_t low = 0, high = set->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (str_compare(&value[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->count && str_equal(&value[low], wanted);
}

static Status in_i64(KernelCall *call)
{
    const InSet *set = call->data;
    for (EACH_ROW(call, i, row)) {
        bool found = !arg_null(call, 0, row) && find_i64(set, arg_i64(call, 0, row));
        finish_row(call, row, found, set->has_null);
    }
    return ST_OK;
}

static Status in_f64(KernelCall *call)
{
    const InSet *set = call->data;
    for (EACH_ROW(call, i, row)) {
        bool found = !arg_null(call, 0, row) && find_f64(set, arg_f64(call, 0, row));
        finish_row(call, row, found, set->has_null);
    }
    return ST_OK;
}

static Status in_i128(KernelCall *call)
{
    const InSet *set = call->data;
    for (EACH_ROW(call, i, row)) {
        bool found = !arg_null(call, 0, row) && find_i128(set, arg_i128(call, 0, row));
        finish_row(call, row, found, set->has_null);
    }
    return ST_OK;
}

static Status in_str(KernelCall *call)
{
    const InSet *set = call->data;
    for (EACH_ROW(call, i, row)) {
        bool found = !arg_null(call, 0, row) && find_str(set, arg_str(call, 0, row));
        finish_row(call, row, found, set->has_null);
    }
    return ST_OK;
}

/* A list that is not of constants, and BOOLEANs. */
static Status in_list(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        bool found = false, list_has_null = false, is_null = arg_null(call, 0, row);
        for (uint32_t a = 1; a < call->args && !found && !is_null; a++) {
            if (arg_null(call, a, row))
                list_has_null = true;
            else
                found = cells_equal(call->arg[0], row, call->arg[a], row);
        }
        finish_row(call, row, found, list_has_null);
    }
    return ST_OK;
}

/* --- making the set --- */

static bool goes_before(const Value *a, const Value *b, PhysType phys)
{
    switch (phys) {
    case PHYS_I64: return a->as.i64 < b->as.i64;
    case PHYS_F64: return a->as.f64 < b->as.f64;
    case PHYS_I128: return a->as.i128 < b->as.i128;
    case PHYS_STR: return str_compare(&a->as.str, &b->as.str) < 0;
    case PHYS_BOOL:
    case PHYS_NESTED: break;
    }
    assert(false && "a type that IN searches by halves");
    return false;
}

/* The list is short (FUNCTION_MAX_ARGS), so insertion will do. */
static void insert_sorted(const Value **sorted, uint32_t count, const Value *value, PhysType phys)
{
    uint32_t at = count;
    for (; at > 0 && goes_before(value, sorted[at - 1], phys); at--)
        sorted[at] = sorted[at - 1];
    sorted[at] = value;
}

static Status copy_sorted(const Value *const *sorted, InSet *set, PhysType phys, Arena *arena)
{
    TRY(column_make(arena, phys, set->count, &set->value));
    for (uint32_t i = 0; i < set->count; i++) {
        if (phys == PHYS_I64)
            set->value.data.i64[i] = sorted[i]->as.i64;
        else if (phys == PHYS_F64)
            set->value.data.f64[i] = sorted[i]->as.f64;
        else if (phys == PHYS_I128)
            set->value.data.i128[i] = sorted[i]->as.i128;
        else
            TRY(str_copy(arena, &sorted[i]->as.str, &set->value.data.str[i]));
    }
    return ST_OK;
}

/* The elements as the comparison needs them; a constant of another type still has a cast before it.
 */
static bool list_is_constant(const FunctionCall *call)
{
    if (call->constant == NULL)
        return false;
    for (uint32_t i = 1; i < call->args; i++) {
        const Value *value = call->constant[i];
        if (value == NULL || (!value->null && !type_equal_but_null(&value->type, &call->arg[i])))
            return false;
    }
    return true;
}

Status prepare_in(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    static Kernel *const kernels[] = {
        [PHYS_BOOL] = in_list, [PHYS_I64] = in_i64, [PHYS_F64] = in_f64,
        [PHYS_I128] = in_i128, [PHYS_STR] = in_str,
    };
    PhysType phys = type_phys((TypeId)call->arg[0].id);
    call->kernel = in_list;
    if (phys == PHYS_BOOL || phys == PHYS_NESTED || !list_is_constant(call))
        return ST_OK;
    const Value **sorted;
    InSet *set;
    TRY_NEW_ARRAY(sorted, arena, call->args);
    TRY_NEW(set, arena);
    for (uint32_t i = 1; i < call->args; i++) {
        const Value *value = call->constant[i];
        bool is_nan = phys == PHYS_F64 && !value->null && value->as.f64 != value->as.f64;
        if (value->null)
            set->has_null = true;
        else if (!is_nan) /* equals nothing, and has no place in an order */
            insert_sorted(sorted, set->count++, value, phys);
    }
    TRY(copy_sorted(sorted, set, phys, arena));
    call->data = set;
    call->kernel = kernels[phys];
    return ST_OK;
}
