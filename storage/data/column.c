#include "storage/data/column.h"

#include <assert.h>

Status column_make(Arena *arena, PhysType phys, uint32_t rows, Column *out)
{
    size_t size = phys == PHYS_NESTED ? sizeof(Nested) : (size_t)phys_size(phys) * rows;
    void *cells = arena_alloc_zeroed(arena, size > 0 ? size : 1);
    if (cells == NULL)
        return ST_NOMEM;
    *out = (Column){.phys = phys, .data.any = cells};
    return ST_OK;
}

Status column_need_valid(Arena *arena, Column *column, uint32_t rows)
{
    if (column->valid != NULL)
        return ST_OK;
    TRY_NEW_ARRAY(column->valid, arena, bits_words(rows));
    bits_fill(column->valid, rows, true);
    return ST_OK;
}

/* A ROW's fields lie row by row in its children. */
static void copy_fields(const Nested *to, uint32_t to_row, const Nested *from, uint32_t from_row)
{
    assert(from->offset == NULL && to->offset == NULL && to->children == from->children);
    for (uint32_t i = 0; i < from->children; i++)
        column_copy_cell(&to->child[i], to_row, &from->child[i], from_row);
}

void column_copy_cell(Column *to, uint32_t to_row, const Column *from, uint32_t from_row)
{
    assert(to->phys == from->phys && !to->constant);
    bool null = column_is_null(from, from_row);
    assert(!null || to->valid != NULL);
    if (to->valid != NULL)
        bit_put(to->valid, to_row, !null);
    uint32_t at = column_index(from, from_row);
    switch (from->phys) {
    case PHYS_BOOL: to->data.b[to_row] = from->data.b[at]; break;
    case PHYS_I64: to->data.i64[to_row] = from->data.i64[at]; break;
    case PHYS_F64: to->data.f64[to_row] = from->data.f64[at]; break;
    case PHYS_I128: to->data.i128[to_row] = from->data.i128[at]; break;
    case PHYS_STR: to->data.str[to_row] = from->data.str[at]; break;
    case PHYS_NESTED: copy_fields(to->data.nested, to_row, from->data.nested, at); break;
    }
}
