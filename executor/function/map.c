/* Functions of MAPs: the table and the kernels. A map's keys, values and entries are its own
 * columns under other headers. */
#include "executor/function/nested_kernels.h"

/* --- parts --- */

static Status prepare_array_of(FunctionCall *call, uint32_t child, Arena *arena)
{
    bool nullable = call->arg[0].nullable;
    TRY(type_array(arena, call->arg[0].child[child].type, &call->result));
    call->result.nullable = nullable;
    return ST_OK;
}

static Status prepare_keys(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    return prepare_array_of(call, 0, arena);
}

static Status prepare_values(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    return prepare_array_of(call, 1, arena);
}

/* An entry is a ROW, whose fields are named as in Flink. */
static Status prepare_entries(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    Type entry;
    bool nullable = call->arg[0].nullable;
    TypeField field[2] = {call->arg[0].child[0], call->arg[0].child[1]};
    field[0].name = TEXT("key");
    field[1].name = TEXT("value");
    TRY(type_nested(arena, TYPE_ROW, field, 2, &entry));
    TRY(type_array(arena, entry, &call->result));
    call->result.nullable = nullable;
    return ST_OK;
}

/* The result, ARRAYs over a column that has a cell for each entry. */
static Status show_entries(KernelCall *call, const Column *cells)
{
    Elements *list;
    TRY_NEW_ARRAY(list, call->scratch, call->rows);
    for (EACH_ROW(call, i, row))
        list[row] = arg_elements(call, 0, row);
    return nested_show(call, list, cells, 1);
}

static Status keys(KernelCall *call)
{
    return show_entries(call, arg_child(call, 0, 0));
}

static Status values(KernelCall *call)
{
    return show_entries(call, arg_child(call, 0, 1));
}

static Status entries(KernelCall *call)
{
    Column entry;
    TRY(column_make(call->scratch, PHYS_NESTED, 0, &entry));
    entry.data.nested->children = 2;
    entry.data.nested->child = call->arg[0]->data.nested->child;
    return show_entries(call, &entry);
}

/* --- makers --- */

static Status union_maps(KernelCall *call)
{
    TRY(kernel_open_nested(call));
    for (EACH_ROW(call, i, row)) {
        MapMaker map;
        uint64_t most = 0;
        for (uint32_t a = 0; a < call->args; a++)
            most += arg_elements(call, a, row).count;
        if (!nested_fits(call, row, most))
            continue;
        map_maker_begin(&map, call, row);
        for (uint32_t a = 0; a < call->args; a++) {
            Elements from = arg_elements(call, a, row);
            for (uint32_t at = from.start; at < from.start + from.count; at++)
                TRY(map_maker_put(&map, arg_child(call, a, 0), at, arg_child(call, a, 1), at));
        }
    }
    return ST_OK;
}

static Status prepare_from_arrays(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    bool nullable = call->arg[0].nullable || call->arg[1].nullable;
    TRY(type_map(arena, call->arg[0].child[0].type, call->arg[1].child[0].type, &call->result));
    call->result.nullable = nullable;
    return ST_OK;
}

static Status from_arrays(KernelCall *call)
{
    TRY(kernel_open_nested(call));
    for (EACH_ROW(call, i, row)) {
        MapMaker map;
        Elements key = arg_elements(call, 0, row), value = arg_elements(call, 1, row);
        map_maker_begin(&map, call, row);
        if (key.count != value.count) {
            kernel_fail(call, row, E5007, "%u keys and %u values", key.count, value.count);
            continue;
        }
        for (uint32_t e = 0; e < key.count; e++)
            TRY(map_maker_put(&map, arg_child(call, 0, 0), key.start + e, arg_child(call, 1, 0),
                              value.start + e));
    }
    return ST_OK;
}

/* --- the table --- */

const ScalarDef map_functions[] = {
    {"MAP_ENTRIES", "m", rule_prepared, entries, 0, prepare_entries, "MAP_ENTRIES(map)",
     "An ARRAY of the map's entries, ROWs of a key and its value."},
    {"MAP_FROM_ARRAYS", "a a", rule_prepared, from_arrays, FN_FALLIBLE, prepare_from_arrays,
     "MAP_FROM_ARRAYS(keys, values)",
     "The MAP of each key to the value at its place; of equal keys the last one counts."},
    {"MAP_KEYS", "m", rule_prepared, keys, 0, prepare_keys, "MAP_KEYS(map)",
     "An ARRAY of the map's keys."},
    {"MAP_UNION", "m1+", rule_wider, union_maps, FN_FALLIBLE, NULL, "MAP_UNION(map, ...)",
     "The entries of all maps; of a key in several the last one's value."},
    {"MAP_VALUES", "m", rule_prepared, values, 0, prepare_values, "MAP_VALUES(map)",
     "An ARRAY of the map's values."},
    {"STR_TO_MAP", "S", rule_prepared, text_to_map, FN_FALLIBLE, prepare_text_to_map,
     "STR_TO_MAP(text [, entries_at, value_at])",
     "The MAP that a text as k=v,k=v says. The delimiters, ',' and '=' unless said, are Java "
     "regular expressions."},
    {"STR_TO_MAP", "S S S", rule_prepared, text_to_map, FN_FALLIBLE, prepare_text_to_map, NULL,
     NULL},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
