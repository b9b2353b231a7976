#include "executor/op/row_emitter.h"

#include <assert.h>

enum { FIRST_CAPACITY = 16 }; /* most calls give out few rows */

void row_emitter_init(RowEmitter *emitter, Op *op, const RowLayout *layout)
{
    *emitter = (RowEmitter){
        .op = op, .layout = layout, .mark = arena_mark(&op->scratch), .capacity = FIRST_CAPACITY};
}

static Status begin_batch(RowEmitter *emitter)
{
    Op *op = emitter->op;
    TRY(op_make_columns(op, &op->plan->schema, emitter->capacity, &emitter->column));
    TRY_NEW_ARRAY(emitter->watermark, &op->scratch, emitter->capacity);
    if (op->plan->changelog != CHANGELOG_APPEND)
        TRY_NEW_ARRAY(emitter->kind, &op->scratch, emitter->capacity);
    return ST_OK;
}

Status row_emitter_add(RowEmitter *emitter, RowKind kind, Text row, uint64_t rank, Micros watermark)
{
    Op *op = emitter->op;
    if (kind == ROW_UPDATE_BEFORE && op->plan->changelog == CHANGELOG_UPSERT)
        return ST_OK;
    if (emitter->column == NULL)
        TRY(begin_batch(emitter));
    Text kept; /* the cells borrow from it */
    TRY(arena_text(&op->scratch, row, &kept));
    uint32_t at = emitter->rows, width = emitter->layout->count;
    TRY(row_decode(emitter->layout, kept, emitter->column, at, &op->scratch));
    if (op->plan->schema.count > width)
        emitter->column[width].data.i64[at] = (int64_t)rank;
    assert(kind == ROW_INSERT || emitter->kind != NULL);
    if (emitter->kind != NULL)
        emitter->kind[at] = (uint8_t)kind;
    emitter->watermark[at] = watermark;
    emitter->rows++;
    return emitter->rows == emitter->capacity ? row_emitter_flush(emitter) : ST_OK;
}

Status row_emitter_flush(RowEmitter *emitter)
{
    Op *op = emitter->op;
    if (emitter->rows == 0)
        return ST_OK;
    Batch out = {.rows = emitter->rows,
                 .selected = emitter->rows,
                 .kind = emitter->kind,
                 .watermark = emitter->watermark,
                 .columns = (uint16_t)op->plan->schema.count,
                 .column = emitter->column};
    TRY(op_emit(op, &out));
    uint32_t capacity = emitter->capacity * 8 < BATCH_ROWS ? emitter->capacity * 8 : BATCH_ROWS;
    arena_release(&op->scratch, emitter->mark);
    row_emitter_init(emitter, op, emitter->layout);
    emitter->capacity = capacity;
    return ST_OK;
}
