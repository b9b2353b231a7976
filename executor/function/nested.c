/* ROW, ARRAY and MAP: making them, reading their parts. What computes with arrays and maps as a
 * whole is in array.c and map.c. */
#include "executor/function/nested_kernels.h"

/* --- constructors --- */

/* The arguments first, first + step, ... take one type, which is NULLable if one of them is. */
static Status unify(FunctionCall *call, uint32_t first, uint32_t step, const char *what,
                    Arena *arena, Diag *diag, Type *out)
{
    Type common = call->arg[first];
    for (uint32_t i = first + step; i < call->args; i += step) {
        Type wider;
        if (!type_common(arena, &common, &call->arg[i], &wider))
            return nested_refuse(diag, what, &common, &call->arg[i]);
        common = wider;
    }
    if (common.id == TYPE_NULL) {
        Status status = diag_error(diag, E2124, SPAN_NONE, "%s has no value but NULL", what);
        diag_hint(diag, "CAST(NULL AS type) gives it a type");
        return status;
    }
    for (uint32_t i = first; i < call->args; i += step)
        call->arg[i] =
            type_with_null(common, call->arg[i].nullable || call->arg[i].id == TYPE_NULL);
    *out = common;
    return ST_OK;
}

static Status prepare_array(FunctionCall *call, Arena *arena, Diag *diag)
{
    Type element;
    TRY(unify(call, 0, 1, "ARRAY", arena, diag, &element));
    TRY(type_array(arena, element, &call->result));
    call->result.nullable = false;
    return ST_OK;
}

static Status make_array(KernelCall *call)
{
    TRY(kernel_open_nested(call));
    Nested *out = call->out->data.nested;
    for (EACH_ROW(call, i, row)) {
        uint32_t first;
        TRY(nested_add_elements(call->scratch, out, row, call->args, &first));
        for (uint32_t a = 0; a < call->args; a++)
            TRY(column_copy_cell(call->scratch, &out->child[0], first + a, call->arg[a], row));
    }
    return ST_OK;
}

static Status prepare_map(FunctionCall *call, Arena *arena, Diag *diag)
{
    Type key, value;
    if (call->args % 2 != 0)
        return diag_error(diag, E2107, SPAN_NONE, "MAP takes keys and values in turn");
    TRY(unify(call, 0, 2, "MAP, as keys,", arena, diag, &key));
    TRY(unify(call, 1, 2, "MAP, as values,", arena, diag, &value));
    TRY(type_map(arena, key, value, &call->result));
    call->result.nullable = false;
    return ST_OK;
}

static Status make_map(KernelCall *call)
{
    TRY(kernel_open_nested(call));
    for (EACH_ROW(call, i, row)) {
        MapMaker map;
        map_maker_begin(&map, call, row);
        for (uint32_t a = 0; a < call->args; a += 2)
            TRY(map_maker_put(&map, call->arg[a], row, call->arg[a + 1], row));
    }
    return ST_OK;
}

/* Fields are named as Flink names columns without a name. */
static Status prepare_row(FunctionCall *call, Arena *arena, Diag *diag)
{
    TypeField *field;
    TRY_NEW_ARRAY(field, arena, call->args);
    for (uint32_t i = 0; i < call->args; i++) {
        if (call->arg[i].id == TYPE_NULL) {
            Status status = diag_error(diag, E2124, SPAN_NONE, "NULL has no type in a ROW");
            diag_hint(diag, "CAST(NULL AS type) gives it one");
            return status;
        }
        TRY(arena_printf(arena, &field[i].name, "EXPR$%u", i));
        field[i].type = call->arg[i];
    }
    TRY(type_nested(arena, TYPE_ROW, field, call->args, &call->result));
    call->result.nullable = false;
    return ST_OK;
}

/* The arguments' own columns, side by side. */
static Status make_row(KernelCall *call)
{
    Column made;
    TRY(column_make_header(call->scratch, call->result, call->rows, &made));
    for (uint32_t a = 0; a < call->args; a++)
        made.data.nested->child[a] = *call->arg[a];
    call->out->data = made.data;
    return ST_OK;
}

/* --- parts --- */

/* The second argument is the number of a field, from 0. */
static Status prepare_field(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)diag;
    uint32_t index = (uint32_t)call->constant[1]->as.i64;
    uint32_t *kept = arena_copy(arena, &index, sizeof index);
    if (kept == NULL)
        return ST_NOMEM;
    call->data = kept;
    call->result = call->arg[0].child[index].type;
    call->result.nullable = call->result.nullable || call->arg[0].nullable;
    return ST_OK;
}

/* One value for all rows, of ROWs that are NULL here and there: it becomes a column. */
static Status spread_field(KernelCall *call, const Column *rows, const Column *field)
{
    Column made;
    TRY(column_make_typed(call->scratch, call->result, call->rows, &made));
    for (EACH_ROW(call, i, row)) {
        if (!column_is_null(rows, row))
            TRY(column_copy_cell(call->scratch, &made, row, field, row));
        bit_put(call->out->valid, row, !column_is_null(rows, row) && !column_is_null(field, row));
    }
    call->out->data = made.data;
    return ST_OK;
}

/* The field's column, NULL also where the ROW is. */
static Status get_field(KernelCall *call)
{
    const Column *rows = call->arg[0];
    const Column *field = &rows->data.nested->child[*(const uint32_t *)call->data];
    Column *out = call->out;
    if (field->constant && !rows->constant && rows->valid != NULL)
        return spread_field(call, rows, field);
    out->data = field->data;
    out->constant = rows->constant || field->constant;
    uint32_t words = out->constant ? 1 : bits_words(call->rows);
    for (uint32_t w = 0; w < words; w++) {
        uint64_t row_valid = rows->valid == NULL ? UINT64_MAX : rows->valid[w];
        out->valid[w] = field->valid == NULL ? row_valid : row_valid & field->valid[w];
    }
    return ST_OK;
}

static Type rule_part(const Type *arg, uint32_t args)
{
    (void)args;
    return type_with_null(arg[0].child[arg[0].children - 1].type, true);
}

/* A constant index below 1 is refused; another one may be where no element is. */
static Status prepare_item(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    const Value *index = call->constant[1];
    if (index != NULL && !index->null && index->as.i64 < 1)
        return diag_error(diag, E2127, SPAN_NONE,
                          "an ARRAY's elements are counted from 1, and %lld is below that",
                          (long long)index->as.i64);
    return ST_OK;
}

static Status get_item(KernelCall *call)
{
    uint32_t *cell;
    TRY(nested_no_cells(call, &cell));
    for (EACH_ROW(call, i, row)) {
        Elements array = arg_elements(call, 0, row);
        int64_t index = arg_i64(call, 1, row);
        if (index >= 1 && index <= array.count)
            cell[row] = array.start + (uint32_t)index - 1;
    }
    return nested_put_cells(call, arg_child(call, 0, 0), cell);
}

/* A text longer than any key is not cut to be one. */
static Status prepare_value(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    const Type *key = &call->arg[0].child[0].type;
    if (type_is_character(key) && type_is_character(&call->arg[1]))
        return ST_OK;
    return nested_take(call, 1, "a key of the MAP", &call->arg[0].child[0].type, diag);
}

static Status get_value(KernelCall *call)
{
    uint32_t *cell;
    const Column *keys = arg_child(call, 0, 0);
    TRY(nested_no_cells(call, &cell));
    for (EACH_ROW(call, i, row)) {
        Elements map = arg_elements(call, 0, row);
        for (uint32_t at = map.start; at < map.start + map.count; at++) {
            if (cells_same(keys, at, call->arg[1], row)) {
                cell[row] = at;
                break;
            }
        }
    }
    return nested_put_cells(call, arg_child(call, 0, 1), cell);
}

static Status cardinality(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = arg_elements(call, 0, row).count;
    return ST_OK;
}

static Status only_element(KernelCall *call)
{
    uint32_t *cell;
    TRY(nested_no_cells(call, &cell));
    for (EACH_ROW(call, i, row)) {
        Elements array = arg_elements(call, 0, row);
        if (array.count > 1)
            kernel_fail(call, row, E5007, "the ARRAY has %u elements, and ELEMENT takes one of one",
                        array.count);
        else if (array.count == 1)
            cell[row] = array.start;
    }
    return nested_put_cells(call, arg_child(call, 0, 0), cell);
}

enum {
    MAKES = FN_OPERATOR | FN_OWN_NULLS,
    READS = FN_OPERATOR | FN_MAY_NULL,
};

const ScalarDef nested_functions[] = {
    {"$ROW", "A+", rule_prepared, make_row, MAKES, prepare_row, "ROW(value, ...)",
     "A ROW of the values; also (value, value, ...)."},
    {"$ARRAY", "A+", rule_prepared, make_array, MAKES, prepare_array, "ARRAY[value, ...]",
     "An ARRAY of the values, which take one type."},
    {"$MAP", "A A A*", rule_prepared, make_map, MAKES, prepare_map, "MAP[key, value, ...]",
     "A MAP of the keys to their values; of equal keys the last one counts."},
    {"$FIELD", "C I", rule_prepared, get_field, FN_INTERNAL | FN_OWN_NULLS, prepare_field,
     "row.field", "A field of a ROW; NULL when the ROW is."},
    {"$ITEM", "a I", rule_part, get_item, READS, prepare_item, "array[index]",
     "The element at that place, counted from 1; NULL beyond the last one."},
    {"$ITEM", "m A", rule_part, get_value, READS, prepare_value, "map[key]",
     "The value of the key, NULL when there is none."},
    {"CARDINALITY", "a", rule_int, cardinality, 0, NULL, "CARDINALITY(array | map)",
     "The number of elements of an ARRAY, or of entries of a MAP."},
    {"CARDINALITY", "m", rule_int, cardinality, 0, NULL, NULL, NULL},
    {"ELEMENT", "a", rule_part, only_element, FN_MAY_NULL | FN_FALLIBLE, NULL, "ELEMENT(array)",
     "The only element of an ARRAY; NULL when it is empty; a row with more is rejected."},
    {"OBJECT_OF", "S A+", rule_prepared, make_object, FN_OWN_NULLS, prepare_object,
     "OBJECT_OF(class, name, value, ...)",
     "A ROW with fields of these names; the class is not looked at."},
    {"OBJECT_UPDATE", "C A+", rule_prepared, update_object, FN_OWN_NULLS, prepare_object_update,
     "OBJECT_UPDATE(row, name, value, ...)", "The ROW with other values in these fields."},
    {NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
