#include "storage/data/column.h"

#include <assert.h>

#include "storage/data/nested.h"

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

static Status copy_str(Arena *arena, bool keep, const Str *from, Str *to)
{
    *to = *from;
    return keep ? str_copy(arena, from, to) : ST_OK;
}

static Status copy_cell(Arena *arena, bool keep, Column *to, uint32_t to_row, const Column *from,
                        uint32_t from_row);

/* A ROW's fields lie row by row in its children, elements one behind the other. Recursion is as
 * deep as the type is nested. */
static Status copy_nested(Arena *arena, bool keep, Column *to, uint32_t to_row, const Nested *from,
                          uint32_t from_row)
{
    Nested *nested = to->data.nested;
    uint32_t first = to_row, count = 1;
    assert((from->list == NULL) == (nested->list == NULL) && nested->children == from->children);
    if (from->list != NULL) {
        count = from->list[from_row].count;
        from_row = from->list[from_row].start;
        TRY(nested_add_elements(arena, nested, to_row, count, &first));
    }
    for (uint32_t c = 0; c < from->children; c++) {
        for (uint32_t i = 0; i < count; i++)
            TRY(copy_cell(arena, keep, &nested->child[c], first + i, &from->child[c],
                          from_row + i));
    }
    return ST_OK;
}

static Status copy_cell(Arena *arena, bool keep, Column *to, uint32_t to_row, const Column *from,
                        uint32_t from_row)
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
    case PHYS_STR:
        return copy_str(arena, keep && !null, &from->data.str[at], &to->data.str[to_row]);
    case PHYS_NESTED: /* a NULL has no children to be read */
        return null ? ST_OK : copy_nested(arena, keep, to, to_row, from->data.nested, at);
    }
    return ST_OK;
}

Status column_copy_cell(Arena *arena, Column *to, uint32_t to_row, const Column *from,
                        uint32_t from_row)
{
    return copy_cell(arena, false, to, to_row, from, from_row);
}

Status column_keep_cell(Arena *arena, Column *to, uint32_t to_row, const Column *from,
                        uint32_t from_row)
{
    return copy_cell(arena, true, to, to_row, from, from_row);
}
