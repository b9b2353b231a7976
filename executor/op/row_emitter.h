/* RowEmitter: gathers rows that an operator has kept as bytes into batches of its output, behind
 * the columns of which may stand a rank. What is added is copied, so the operator's state may
 * change before the batch goes out; memory of the operator's scratch that is taken after
 * row_emitter_init is given back with each batch. */
#ifndef WEIR_EXECUTOR_OP_ROW_EMITTER_H
#define WEIR_EXECUTOR_OP_ROW_EMITTER_H

#include "executor/op/op.h"
#include "storage/data/row_codec.h"

typedef struct RowEmitter {
    Op *op;
    const RowLayout *layout; /* of the rows: the output's columns, without the rank */
    ArenaMark mark;
    Column *column; /* NULL: nothing has been added since the last batch */
    uint8_t *kind;  /* NULL: all are inserts */
    Micros *watermark;
    uint32_t capacity; /* of the batch; more with each one */
    uint16_t rows;
} RowEmitter;

void row_emitter_init(RowEmitter *emitter, Op *op, const RowLayout *layout);
/* Before-images are left out where the consumer does without. */
CHECKED Status row_emitter_add(RowEmitter *emitter, RowKind kind, Text row, uint64_t rank,
                               Micros watermark);
CHECKED Status row_emitter_flush(RowEmitter *emitter);

#endif
