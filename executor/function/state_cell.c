#include "executor/function/state_cell.h"

#include "storage/data/number.h"
#include "storage/data/row_codec.h"

void state_cell_read(const Column *column, uint32_t row, uint64_t word[2])
{
    uint32_t at = column_index(column, row);
    word[0] = word[1] = 0;
    switch (column->phys) {
    case PHYS_BOOL: word[0] = column->data.b[at]; return;
    case PHYS_I64: word[0] = (uint64_t)column->data.i64[at]; return;
    case PHYS_F64: memcpy(word, &column->data.f64[at], 8); return;
    case PHYS_I128: memcpy(word, &column->data.i128[at], 16); return;
    case PHYS_STR: memcpy(word, &column->data.str[at], 16); return;
    case PHYS_NESTED: return;
    }
}

Status state_cell_keep(Heap *heap, PhysType phys, const uint64_t read[2], uint64_t *word)
{
    word[0] = read[0];
    if (state_cell_size(phys) == 8)
        return ST_OK;
    word[1] = read[1];
    if (phys != PHYS_STR)
        return ST_OK;
    Str str, stored;
    memcpy(&str, read, sizeof str);
    TRY(heap_store_str(heap, &str, &stored));
    memcpy(word, &stored, sizeof stored);
    return ST_OK;
}

void state_cell_free(Heap *heap, PhysType phys, const uint64_t *word)
{
    if (phys != PHYS_STR)
        return;
    Str stored;
    memcpy(&stored, word, sizeof stored);
    heap_free_str(heap, &stored);
}

void state_cell_load(const Heap *heap, PhysType phys, const uint64_t *word, uint64_t read[2])
{
    read[0] = word[0];
    read[1] = state_cell_size(phys) > 8 ? word[1] : 0;
    if (phys != PHYS_STR)
        return;
    Str stored;
    memcpy(&stored, word, sizeof stored);
    stored = heap_load_str(heap, &stored);
    memcpy(read, &stored, sizeof stored);
}

void state_cell_put(const uint64_t read[2], Column *out, uint32_t row)
{
    switch (out->phys) {
    case PHYS_BOOL: out->data.b[row] = read[0] != 0; return;
    case PHYS_I64: out->data.i64[row] = (int64_t)read[0]; return;
    case PHYS_F64: memcpy(&out->data.f64[row], read, 8); return;
    case PHYS_I128: memcpy(&out->data.i128[row], read, 16); return;
    case PHYS_STR: memcpy(&out->data.str[row], read, 16); return;
    case PHYS_NESTED: return;
    }
}

int state_cell_compare(PhysType phys, const uint64_t a[2], const uint64_t b[2])
{
    switch (phys) {
    case PHYS_BOOL:
    case PHYS_I64: return ((int64_t)a[0] > (int64_t)b[0]) - ((int64_t)a[0] < (int64_t)b[0]);
    case PHYS_F64: {
        double x, y;
        memcpy(&x, a, sizeof x);
        memcpy(&y, b, sizeof y);
        return double_order(x, y);
    }
    case PHYS_I128: {
        Int128 x, y;
        memcpy(&x, a, sizeof x);
        memcpy(&y, b, sizeof y);
        return (x > y) - (x < y);
    }
    case PHYS_STR: {
        Str x, y;
        memcpy(&x, a, sizeof x);
        memcpy(&y, b, sizeof y);
        return str_compare(&x, &y);
    }
    case PHYS_NESTED: break;
    }
    return 0;
}

/* --- nested values --- */

Status state_cell_pack(const Type *type, const Column *column, uint32_t row, StrBuf *buffer,
                       uint64_t word[2])
{
    Type cell = type_with_null(*type, true);
    RowLayout layout = {1, &cell, (uint32_t[]){0}};
    if (!type_is_nested(type) || column_is_null(column, row)) {
        state_cell_read(column, row, word);
        return ST_OK;
    }
    strbuf_clear(buffer);
    row_encode(&layout, column, row, buffer);
    TRY(strbuf_status(buffer));
    if (buffer->size > UINT32_MAX)
        return ST_NOMEM;
    Str str = str_of_text(strbuf_as_text(buffer));
    memcpy(word, &str, sizeof str);
    return ST_OK;
}

Status state_cell_unpack(const Type *type, const uint64_t read[2], Arena *arena, Column *out,
                         uint32_t row)
{
    Type cell = type_with_null(*type, true);
    RowLayout layout = {1, &cell, (uint32_t[]){0}};
    if (!type_is_nested(type)) {
        state_cell_put(read, out, row);
        return ST_OK;
    }
    Str str;
    Text bytes;
    memcpy(&str, read, sizeof str);
    TRY(arena_text(arena, str_text(&str), &bytes));
    return row_decode(&layout, bytes, out, row, arena);
}
