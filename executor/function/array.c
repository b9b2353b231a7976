/* Functions of ARRAYs: the table, and what looks for elements, adds some, takes a part. Elements
 * are compared as GROUP BY compares: NULL is NULL, NaN is NaN. Sets are in array_set.c, order is in
 * array_sort.c, texts are in array_text.c. */
#include "executor/function/compare.h"
#include "executor/function/nested_kernels.h"

/* --- looking for an element --- */

/* An element is NULL like any other value, so only the array decides whether the result is. */
static Status prepare_search(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    call->result.nullable = call->arg[0].nullable;
    return nested_take(call, 1, "an element of the ARRAY", &call->arg[0].child[0].type, diag);
}

static Status prepare_position(FunctionCall *call, Arena *arena, Diag *diag)
{
    TRY(prepare_search(call, arena, diag));
    call->result.nullable = call->arg[0].nullable || call->arg[1].nullable;
    return ST_OK;
}

/* The place of the first element that equals the second argument, from 1; 0: there is none. */
static uint32_t find_element(const KernelCall *call, uint32_t row)
{
    const Column *elements = arg_child(call, 0, 0);
    Elements array = arg_elements(call, 0, row);
    for (uint32_t i = 0; i < array.count; i++) {
        if (cells_same(elements, array.start + i, call->arg[1], row))
            return i + 1;
    }
    return 0;
}

static Status contains(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        if (arg_null(call, 0, row))
            kernel_null(call, row);
        else
            call->out->data.b[row] = find_element(call, row) > 0;
    }
    return ST_OK;
}

static Status position(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = find_element(call, row);
    return ST_OK;
}

/* As the arrays' elements, of which none needs to be: a result of no elements is NULL. */
static Type rule_element(const Type *arg, uint32_t args)
{
    (void)args;
    return arg[0].child[0].type;
}

static Status extreme(KernelCall *call, int sign)
{
    const Column *elements = arg_child(call, 0, 0);
    uint32_t *best;
    TRY(nested_no_cells(call, &best));
    for (EACH_ROW(call, i, row)) {
        Elements array = arg_elements(call, 0, row);
        for (uint32_t at = array.start; at < array.start + array.count; at++) {
            if (!column_is_null(elements, at) &&
                (best[row] == CELL_NONE ||
                 cells_compare(elements, at, elements, best[row]) * sign > 0))
                best[row] = at;
        }
    }
    return nested_put_cells(call, elements, best);
}

static Status largest(KernelCall *call)
{
    return extreme(call, 1);
}

static Status smallest(KernelCall *call)
{
    return extreme(call, -1);
}

static Status prepare_ordered(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    if (!type_is_nested(&call->arg[0].child[0].type))
        return ST_OK;
    Status status = diag_error(diag, E2107, SPAN_NONE,
                               "%s takes an ARRAY of values that have an order", call->def->name);
    diag_hint(diag, "ROWs, ARRAYs and MAPs have none");
    return status;
}

/* --- more elements --- */

/* The result can hold NULLs where the argument can be one; that it can be one then, too, is Flink's
 * rule. */
static Status prepare_add(FunctionCall *call, Arena *arena, Diag *diag)
{
    const Type *array = &call->arg[0];
    Type element = array->child[0].type;
    TRY(nested_take(call, 1, "an element of the ARRAY", &element, diag));
    element.nullable = element.nullable || call->arg[1].nullable;
    bool nullable = array->nullable || call->arg[1].nullable;
    TRY(type_array(arena, element, &call->result));
    call->result.nullable = nullable;
    return ST_OK;
}

static Status copy_elements(KernelCall *call, uint32_t arg, uint32_t row, uint32_t to)
{
    Column *out = call->out->data.nested->child;
    Elements array = arg_elements(call, arg, row);
    for (uint32_t i = 0; i < array.count; i++)
        TRY(column_copy_cell(call->scratch, out, to + i, arg_child(call, arg, 0), array.start + i));
    return ST_OK;
}

static Status add_element(KernelCall *call, bool in_front)
{
    TRY(kernel_open_nested(call));
    Nested *out = call->out->data.nested;
    for (EACH_ROW(call, i, row)) {
        uint32_t first;
        if (arg_null(call, 0, row)) {
            kernel_null(call, row);
            continue;
        }
        uint32_t count = arg_elements(call, 0, row).count;
        if (!nested_fits(call, row, count + UINT64_C(1)))
            continue;
        TRY(nested_add_elements(call->scratch, out, row, count + 1, &first));
        TRY(copy_elements(call, 0, row, first + in_front));
        TRY(column_copy_cell(call->scratch, out->child, in_front ? first : first + count,
                             call->arg[1], row));
    }
    return ST_OK;
}

static Status append(KernelCall *call)
{
    return add_element(call, false);
}

static Status prepend(KernelCall *call)
{
    return add_element(call, true);
}

static Status concat(KernelCall *call)
{
    TRY(kernel_open_nested(call));
    for (EACH_ROW(call, i, row)) {
        uint64_t count = 0;
        uint32_t first;
        for (uint32_t a = 0; a < call->args; a++)
            count += arg_elements(call, a, row).count;
        if (!nested_fits(call, row, count))
            continue;
        TRY(nested_add_elements(call->scratch, call->out->data.nested, row, (uint32_t)count,
                                &first));
        for (uint32_t a = 0; a < call->args; a++) {
            TRY(copy_elements(call, a, row, first));
            first += arg_elements(call, a, row).count;
        }
    }
    return ST_OK;
}

/* --- fewer elements --- */

static Status remove_element(KernelCall *call)
{
    Pick pick;
    TRY(pick_open(&pick, call, arg_child(call, 0, 0)));
    for (EACH_ROW(call, i, row)) {
        if (arg_null(call, 0, row)) {
            kernel_null(call, row);
            continue;
        }
        Elements array = arg_elements(call, 0, row);
        pick_begin(&pick, row);
        for (uint32_t at = array.start; at < array.start + array.count; at++) {
            if (!cells_same(pick.from, at, call->arg[1], row))
                TRY(pick_add(&pick, row, at));
        }
    }
    return pick_finish(&pick);
}

static Status reverse(KernelCall *call)
{
    Pick pick;
    TRY(pick_open(&pick, call, arg_child(call, 0, 0)));
    for (EACH_ROW(call, i, row)) {
        Elements array = arg_elements(call, 0, row);
        pick_begin(&pick, row);
        for (uint32_t at = array.count; at > 0; at--)
            TRY(pick_add(&pick, row, array.start + at - 1));
    }
    return pick_finish(&pick);
}

/* Bounds from 1, both within; a negative one counts from the end, and 0 is 1. */
static Elements slice_of(Elements array, int64_t start, int64_t end)
{
    int64_t count = array.count;
    start = start < 0 ? start + count + 1 : start;
    end = end < 0 ? end + count + 1 : end;
    if (start < 1)
        start = 1;
    if (end == 0)
        end = 1;
    if (end > count)
        end = count;
    if (end < start)
        return (Elements){array.start, 0};
    return (Elements){array.start + (uint32_t)(start - 1), (uint32_t)(end - start + 1)};
}

static Status slice(KernelCall *call)
{
    Elements *list;
    TRY_NEW_ARRAY(list, call->scratch, call->rows);
    for (EACH_ROW(call, i, row)) {
        Elements array = arg_elements(call, 0, row);
        list[row] = slice_of(array, arg_i64(call, 1, row),
                             call->args == 3 ? arg_i64(call, 2, row) : array.count);
    }
    return nested_show(call, list, arg_child(call, 0, 0), 1);
}

/* --- the table --- */

const ScalarDef array_functions[] = {
    {"ARRAY_APPEND", "a A", rule_first, append, FN_OWN_NULLS | FN_FALLIBLE, prepare_add,
     "ARRAY_APPEND(array, element)", "The array with the element behind its last one."},
    {"ARRAY_CONCAT", "a1+", rule_wider, concat, FN_FALLIBLE, NULL, "ARRAY_CONCAT(array, ...)",
     "The elements of all arrays, one array behind the other."},
    {"ARRAY_CONTAINS", "a A", rule_boolean, contains, FN_OWN_NULLS, prepare_search,
     "ARRAY_CONTAINS(array, element)", "Whether the array has such an element; NULL is one, too."},
    {"ARRAY_DISTINCT", "a", rule_first, array_distinct, 0, NULL, "ARRAY_DISTINCT(array)",
     "The array without the elements that were there before."},
    {"ARRAY_EXCEPT", "a1 a1", rule_wider, array_except, 0, NULL, "ARRAY_EXCEPT(array, other)",
     "The different elements of the first array that the second one does not have."},
    {"ARRAY_INTERSECT", "a1 a1", rule_wider, array_intersect, 0, NULL,
     "ARRAY_INTERSECT(array, other)",
     "The different elements of the first array that the second one has, too."},
    {"ARRAY_JOIN", "a S [S]", rule_string, array_join, FN_FALLIBLE, prepare_join,
     "ARRAY_JOIN(array, separator [, null_text])",
     "The texts of the array with the separator between them; NULLs are left out, or written as "
     "the third argument says."},
    {"ARRAY_MAX", "a", rule_element, largest, FN_MAY_NULL, prepare_ordered, "ARRAY_MAX(array)",
     "The largest element; NULL when there is none."},
    {"ARRAY_MIN", "a", rule_element, smallest, FN_MAY_NULL, prepare_ordered, "ARRAY_MIN(array)",
     "The smallest element; NULL when there is none."},
    {"ARRAY_POSITION", "a A", rule_int, position, 0, prepare_position,
     "ARRAY_POSITION(array, element)",
     "The place of the first such element, from 1; 0 when there is none."},
    {"ARRAY_PREPEND", "a A", rule_first, prepend, FN_OWN_NULLS | FN_FALLIBLE, prepare_add,
     "ARRAY_PREPEND(array, element)", "The array with the element in front of its first one."},
    {"ARRAY_REMOVE", "a A", rule_first, remove_element, FN_OWN_NULLS, prepare_search,
     "ARRAY_REMOVE(array, element)", "The array without such elements; NULL is one, too."},
    {"ARRAY_REVERSE", "a", rule_first, reverse, 0, NULL, "ARRAY_REVERSE(array)",
     "The elements from the last to the first."},
    {"ARRAY_SLICE", "a I [I]", rule_first, slice, 0, NULL, "ARRAY_SLICE(array, start [, end])",
     "The elements from `start` to `end`, counted from 1, or from the end where negative."},
    {"ARRAY_SORT", "a [B] [B]", rule_first, array_sort, 0, prepare_ordered,
     "ARRAY_SORT(array [, ascending [, nulls_first]])",
     "The elements in order; NULLs come first where the order ascends, unless it is said."},
    {"ARRAY_UNION", "a1 a1", rule_wider, array_union, FN_FALLIBLE, NULL,
     "ARRAY_UNION(array, other)", "The different elements of both arrays."},
    {"REGEXP_EXTRACT_ALL", "S S [I]", rule_prepared, regex_extract_all, FN_MAY_NULL | FN_FALLIBLE,
     prepare_extract_all, "REGEXP_EXTRACT_ALL(text, pattern [, group])",
     "The texts that a group (the first, unless it is said; 0 is the whole) has in each match; "
     "NULL "
     "when the pattern has no such group."},
    {"SPLIT", "S S", rule_prepared, text_split, 0, prepare_split, "SPLIT(text, separator)",
     "The parts of the text between the separators; its characters where the separator is empty."},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
