/* What the files of functions over ROW, ARRAY and MAP share. For the .c files of this folder only.
 *
 * Most of these functions copy no element: a result shows elements of an argument under cells of
 * its own (storage/data/nested.h). A part of an array, a map's keys are the argument's children; a
 * choice of elements (Pick) is gathered once for all rows. Only what mixes several arguments is put
 * together cell by cell. */
#ifndef WEIR_EXECUTOR_FUNCTION_NESTED_KERNELS_H
#define WEIR_EXECUTOR_FUNCTION_NESTED_KERNELS_H

#include "executor/function/rules.h"
#include "storage/base/vec.h"
#include "storage/data/cell_set.h"

/* --- arguments --- */

static inline Elements arg_elements(const KernelCall *call, uint32_t arg, uint32_t row)
{
    return nested_list(call->arg[arg], row);
}

/* The elements of an ARRAY, the keys (0) and values (1) of a MAP. */
static inline const Column *arg_child(const KernelCall *call, uint32_t arg, uint32_t child)
{
    return &call->arg[arg]->data.nested->child[child];
}

/* --- results --- */

/* Makes a nested result's column, empty, in the scratch; of others it is there already. */
CHECKED Status kernel_open_nested(KernelCall *call);
/* The result of each row is cell[row] of `from`, NULL where that is CELL_NONE. `cell` has an entry
 * for each row of the batch (nested_no_cells makes them). */
CHECKED Status nested_put_cells(KernelCall *call, const Column *from, const uint32_t *cell);
CHECKED Status nested_no_cells(const KernelCall *call, uint32_t **out);

/* Elements of one column, chosen row by row; they become the result, an ARRAY. */
typedef struct Pick {
    KernelCall *call;
    const Column *from;
    Elements *list;
    VEC(uint32_t) element;
} Pick;
CHECKED Status pick_open(Pick *pick, KernelCall *call, const Column *from);
static inline void pick_begin(Pick *pick, uint32_t row)
{
    pick->list[row] = (Elements){pick->element.count, 0};
}
CHECKED static inline Status pick_add(Pick *pick, uint32_t row, uint32_t element)
{
    TRY_PUSH(&pick->element, pick->call->scratch, element);
    pick->list[row].count++;
    return ST_OK;
}
CHECKED Status pick_finish(Pick *pick);

/* The result, an ARRAY or MAP, shows `children`, in each row the elements that `list` says. */
CHECKED Status nested_show(KernelCall *call, Elements *list, const Column *child,
                           uint32_t children);

/* A collection that a function makes is bounded: false after the row was rejected. */
bool nested_fits(KernelCall *call, uint32_t row, uint64_t elements);

/* A MAP under construction in a row of the result, which kernel_open_nested has made. */
typedef struct MapMaker {
    KernelCall *call;
    uint32_t row;
    CellSet keys;
} MapMaker;
void map_maker_begin(MapMaker *map, KernelCall *call, uint32_t row);
/* Adds an entry, or replaces the value of its key. */
CHECKED Status map_maker_put(MapMaker *map, const Column *key, uint32_t key_row,
                             const Column *value, uint32_t value_row);

/* --- types --- */

ResultRule rule_prepared; /* none yet: `prepare` makes the type, which needs an arena */
/* E2107: `what` mixes two types. */
CHECKED Status nested_refuse(Diag *diag, const char *what, const Type *a, const Type *b);
/* The argument becomes `wanted`, but for NULL: E2107 when it cannot without a CAST. */
CHECKED Status nested_take(FunctionCall *call, uint32_t arg, const char *what, const Type *wanted,
                           Diag *diag);

/* --- kernels of other files --- */

Kernel array_distinct, array_except, array_intersect, array_union;
Kernel array_sort;
Kernel array_join, text_split; /* array_text.c */
Prepare prepare_join, prepare_split;
Kernel make_object, update_object; /* object.c */
Prepare prepare_object, prepare_object_update;
Kernel regex_extract_all, text_to_map; /* regex_collect.c */
Prepare prepare_extract_all, prepare_text_to_map;

#endif
