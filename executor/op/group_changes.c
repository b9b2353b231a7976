#include "executor/op/group_changes.h"

#include <assert.h>
#include <string.h>

#include "storage/data/nested.h"

enum { TEXT_BYTES = 1 << 20 }; /* in one batch, beyond which it goes out early */

void group_changes_open(GroupChanges *changes, Op *op)
{
    *changes = (GroupChanges){.op = op};
    arena_init(&changes->text, &op->meter);
}

void group_changes_close(GroupChanges *changes)
{
    arena_close(&changes->text);
}

Status group_changes_begin(GroupChanges *changes, uint32_t results)
{
    Op *op = changes->op;
    assert(results > 0);
    changes->capacity = results < BATCH_ROWS / 2 ? 2 * results : BATCH_ROWS;
    TRY(op_make_columns(op, &op->plan->schema, changes->capacity, &changes->column));
    TRY_NEW_ARRAY(changes->kind, &op->scratch, changes->capacity);
    TRY_NEW_ARRAY(changes->watermark, &op->scratch, changes->capacity);
    return ST_OK;
}

Status group_changes_add(GroupChanges *changes, RowKind kind, const Column *column, uint32_t row)
{
    if (kind == ROW_UPDATE_BEFORE && changes->op->plan->changelog == CHANGELOG_UPSERT)
        return ST_OK;
    for (uint32_t c = 0; c < changes->op->plan->schema.count; c++)
        TRY(column_keep_cell(&changes->text, &changes->column[c], changes->rows, &column[c], row));
    changes->kind[changes->rows] = (uint8_t)kind;
    changes->watermark[changes->rows++] = changes->at;
    uint32_t room = changes->capacity - changes->rows;
    if (kind == ROW_UPDATE_BEFORE && room > 0)
        return ST_OK; /* what the row has become follows */
    bool full = room < 2 || arena_used_bytes(&changes->text) > TEXT_BYTES;
    return full ? group_changes_flush(changes) : ST_OK;
}

Status group_changes_flush(GroupChanges *changes)
{
    Op *op = changes->op;
    const Batch out = {.rows = (uint16_t)changes->rows,
                       .selected = (uint16_t)changes->rows,
                       .kind = changes->kind,
                       .watermark = changes->watermark,
                       .columns = (uint16_t)op->plan->schema.count,
                       .column = changes->column};
    changes->rows = 0;
    Status status = op_emit(op, &out);
    for (uint32_t c = 0; c < out.columns; c++)
        column_drop_elements(&changes->column[c], out.rows);
    arena_reset(&changes->text);
    return status;
}

/* As cells_same, but -0.0 is another value than 0.0. */
static bool same_cell(const Column *a, const Column *b, uint32_t row)
{
    bool null = column_is_null(a, row);
    if (null || column_is_null(b, row))
        return null == column_is_null(b, row);
    switch (a->phys) {
    case PHYS_BOOL: return a->data.b[row] == b->data.b[row];
    case PHYS_I64: return a->data.i64[row] == b->data.i64[row];
    case PHYS_F64: return memcmp(&a->data.f64[row], &b->data.f64[row], sizeof(double)) == 0;
    case PHYS_I128: return a->data.i128[row] == b->data.i128[row];
    case PHYS_STR: return str_equal(&a->data.str[row], &b->data.str[row]);
    case PHYS_NESTED: return nested_equal(a, row, b, row);
    }
    return false;
}

bool group_changes_are_same(const Op *op, const Column *a, const Column *b, uint32_t row)
{
    bool same = true;
    for (uint32_t c = 0; same && c < op->plan->schema.count; c++)
        same = same_cell(&a[c], &b[c], row);
    return same;
}
