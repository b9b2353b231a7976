#include "executor/function/nested_kernels.h"

#include "storage/base/limits.h"

/* --- results --- */

Status kernel_open_nested(KernelCall *call)
{
    Column made;
    if (call->out->phys != PHYS_NESTED)
        return ST_OK;
    TRY(column_make_typed(call->scratch, call->result, call->rows, &made));
    call->out->data = made.data;
    return ST_OK;
}

Status nested_no_cells(const KernelCall *call, uint32_t **out)
{
    TRY_NEW_ARRAY(*out, call->scratch, call->rows);
    memset(*out, 0xFF, call->rows * sizeof **out);
    return ST_OK;
}

Status nested_put_cells(KernelCall *call, const Column *from, const uint32_t *cell)
{
    Column *out = call->out;
    if (out->phys == PHYS_NESTED) {
        Column made;
        TRY(column_gather(call->scratch, from, cell, call->rows, &made));
        out->data = made.data;
    }
    for (EACH_ROW(call, i, row)) {
        if (cell[row] == CELL_NONE || column_is_null(from, cell[row]))
            kernel_null(call, row);
        else if (out->phys != PHYS_NESTED)
            TRY(column_copy_cell(call->scratch, out, row, from, cell[row]));
    }
    return ST_OK;
}

Status nested_show(KernelCall *call, Elements *list, const Column *child, uint32_t children)
{
    Nested *nested;
    TRY_NEW(nested, call->scratch);
    nested->children = children;
    nested->list = list;
    nested->child = arena_copy(call->scratch, child, children * sizeof *child);
    call->out->data.nested = nested;
    return nested->child == NULL ? ST_NOMEM : ST_OK;
}

Status pick_open(Pick *pick, KernelCall *call, const Column *from)
{
    *pick = (Pick){.call = call, .from = from};
    TRY_NEW_ARRAY(pick->list, call->scratch, call->rows);
    return ST_OK;
}

Status pick_finish(Pick *pick)
{
    Column made;
    TRY(column_gather(pick->call->scratch, pick->from, pick->element.item, pick->element.count,
                      &made));
    return nested_show(pick->call, pick->list, &made, 1);
}

bool nested_fits(KernelCall *call, uint32_t row, uint64_t elements)
{
    if (elements <= LIMIT_ELEMENTS)
        return true;
    kernel_fail(call, row, E5007, "a value of more than %d elements", LIMIT_ELEMENTS);
    return false;
}

void map_maker_begin(MapMaker *map, KernelCall *call, uint32_t row)
{
    Nested *out = call->out->data.nested;
    *map = (MapMaker){.call = call, .row = row};
    cell_set_init(&map->keys, call->scratch, &out->child[0]);
    out->list[row] = (Elements){out->used, 0};
}

Status map_maker_put(MapMaker *map, const Column *key, uint32_t key_row, const Column *value,
                     uint32_t value_row)
{
    Arena *scratch = map->call->scratch;
    Nested *out = map->call->out->data.nested;
    uint32_t at = cell_set_find(&map->keys, key, key_row);
    if (at == CELL_NONE) {
        Elements entries = out->list[map->row];
        TRY(nested_add_elements(scratch, out, map->row, 1, &at));
        out->list[map->row] = (Elements){entries.start, entries.count + 1};
        TRY(column_copy_cell(scratch, &out->child[0], at, key, key_row));
        TRY(cell_set_add(&map->keys, at));
    }
    return column_copy_cell(scratch, &out->child[1], at, value, value_row);
}

/* --- types --- */

Type rule_prepared(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_NULL);
}

Status nested_refuse(Diag *diag, const char *what, const Type *a, const Type *b)
{
    StrBuf types;
    strbuf_init(&types, NULL);
    type_print_bare(a, &types);
    strbuf_string(&types, " and ");
    type_print_bare(b, &types);
    Status status = diag_error(diag, E2107, SPAN_NONE, "%s mixes %s, which have no common type",
                               what, strbuf_cstr(&types));
    strbuf_close(&types);
    diag_hint(diag, "CAST one to the type of the other");
    return status;
}

Status nested_take(FunctionCall *call, uint32_t arg, const char *what, const Type *wanted,
                   Diag *diag)
{
    Type *type = &call->arg[arg];
    if (!type_implicit(type, wanted)) {
        StrBuf types;
        strbuf_init(&types, NULL);
        type_print_bare(wanted, &types);
        strbuf_string(&types, ", not ");
        type_print_bare(type, &types);
        Status status = diag_error(diag, E2107, SPAN_NONE, "%s is %s", what, strbuf_cstr(&types));
        strbuf_close(&types);
        diag_hint(diag, "CAST it");
        return status;
    }
    *type = type_with_null(*wanted, type->nullable || type->id == TYPE_NULL);
    return ST_OK;
}
