/* ARRAYs as sets: elements that are different, that another array has or has not. Results are in
 * the order in which the elements first come. */
#include "executor/function/nested_kernels.h"

/* Adds the elements that are new to `seen`, each that `other` has or has not. */
static Status pick_new(Pick *pick, uint32_t row, const CellSet *other, bool wanted)
{
    KernelCall *call = pick->call;
    Elements array = arg_elements(call, 0, row);
    CellSet seen;
    cell_set_init(&seen, call->scratch, pick->from);
    pick_begin(pick, row);
    for (uint32_t at = array.start; at < array.start + array.count; at++) {
        if (other != NULL && (cell_set_find(other, pick->from, at) != CELL_NONE) != wanted)
            continue;
        if (cell_set_find(&seen, pick->from, at) != CELL_NONE)
            continue;
        TRY(cell_set_add(&seen, at));
        TRY(pick_add(pick, row, at));
    }
    return ST_OK;
}

Status array_distinct(KernelCall *call)
{
    Pick pick;
    TRY(pick_open(&pick, call, arg_child(call, 0, 0)));
    for (EACH_ROW(call, i, row))
        TRY(pick_new(&pick, row, NULL, true));
    return pick_finish(&pick);
}

/* The first array's elements that the second has, or has not. */
static Status compare_sets(KernelCall *call, bool wanted)
{
    Pick pick;
    const Column *elements = arg_child(call, 1, 0);
    TRY(pick_open(&pick, call, arg_child(call, 0, 0)));
    for (EACH_ROW(call, i, row)) {
        CellSet other;
        Elements array = arg_elements(call, 1, row);
        cell_set_init(&other, call->scratch, elements);
        for (uint32_t at = array.start; at < array.start + array.count; at++) {
            if (cell_set_find(&other, elements, at) == CELL_NONE)
                TRY(cell_set_add(&other, at));
        }
        TRY(pick_new(&pick, row, &other, wanted));
    }
    return pick_finish(&pick);
}

Status array_except(KernelCall *call)
{
    return compare_sets(call, false);
}

Status array_intersect(KernelCall *call)
{
    return compare_sets(call, true);
}

/* Two columns give elements, so they are copied. */
Status array_union(KernelCall *call)
{
    TRY(kernel_open_nested(call));
    Nested *out = call->out->data.nested;
    for (EACH_ROW(call, i, row)) {
        CellSet seen;
        uint32_t start = out->used, at;
        uint64_t most = 0;
        for (uint32_t a = 0; a < call->args; a++)
            most += arg_elements(call, a, row).count;
        if (!nested_fits(call, row, most))
            continue;
        cell_set_init(&seen, call->scratch, out->child);
        for (uint32_t a = 0; a < call->args; a++) {
            const Column *elements = arg_child(call, a, 0);
            Elements array = arg_elements(call, a, row);
            for (uint32_t e = array.start; e < array.start + array.count; e++) {
                if (cell_set_find(&seen, elements, e) != CELL_NONE)
                    continue;
                TRY(nested_add_elements(call->scratch, out, row, 1, &at));
                TRY(column_copy_cell(call->scratch, out->child, at, elements, e));
                TRY(cell_set_add(&seen, at));
            }
        }
        out->list[row] = (Elements){start, out->used - start};
    }
    return ST_OK;
}
