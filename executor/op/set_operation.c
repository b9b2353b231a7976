/* SetOperation: INTERSECT and EXCEPT, with ALL and without. For each row that there is on either
 * side it keeps how often it is there, on each of them; from the two numbers follows how often it
 * is in the result. A row that comes or goes on one side changes that by one at most, so that each
 * row of the input gives no row or one: itself, as an insert or a delete.
 *
 * Rows are compared as keys are, so NULL equals NULL. */
#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/data/nested.h"
#include "storage/data/row_codec.h"
#include "storage/state/keyed_map.h"

/* A row's value. */
typedef struct SetCounts {
    int64_t rows[2]; /* of each input, that are there now */
} SetCounts;

typedef struct SetOperationOp {
    Op op;
    KeyShape key;
    uint32_t *column; /* 0, 1, ...: all of them are the key */
    KeyedMap counts;
} SetOperationOp;

static Status set_open(Op *op, Diag *diag)
{
    (void)diag;
    SetOperationOp *self = (SetOperationOp *)op;
    const Schema *schema = &op->plan->schema;
    const Type *type[KEY_MAX_COLUMNS];
    if (schema->count > KEY_MAX_COLUMNS)
        return ST_LIMIT;
    self->column = mem_alloc_zeroed(&op->meter, schema->count * sizeof *self->column);
    if (self->column == NULL)
        return ST_NOMEM;
    for (uint32_t i = 0; i < schema->count; i++) {
        self->column[i] = i;
        type[i] = &schema->field[i].type;
    }
    TRY(key_shape(type, schema->count, &self->key));
    keyed_map_open(&self->counts, &self->key, sizeof(SetCounts), op->env->seed, &op->meter);
    return ST_OK;
}

static int64_t result_rows(const SetOperationOp *self, const SetCounts *counts)
{
    return plan_set_rows(&self->op.plan->as.set_operation, counts->rows[0], counts->rows[1]);
}

/* Counts one row of an input; *change: what that makes of its number in the result. */
static Status count_row(SetOperationOp *self, uint32_t port, const KeyBatch *one, bool adds,
                        int64_t *change)
{
    *change = 0;
    if (!adds && keyed_map_find(&self->counts, one->words, one->nulls == NULL ? 0 : *one->nulls,
                                *one->hash) < 0)
        return ST_OK; /* takes back what never came: ignored, as Flink does */
    uint32_t entry;
    TRY(keyed_map_upsert(&self->counts, one, &entry, NULL));
    SetCounts *counts = keyed_map_value_write(&self->counts, entry);
    if (!adds && counts->rows[port] == 0)
        return ST_OK;
    int64_t before = result_rows(self, counts);
    counts->rows[port] += adds ? 1 : -1;
    *change = result_rows(self, counts) - before;
    if (counts->rows[0] == 0 && counts->rows[1] == 0)
        keyed_map_remove(&self->counts, entry);
    return ST_OK;
}

/* A column as its part of the keys says. */
static Status plain_column(SetOperationOp *self, const Batch *in, const KeyBatch *keys, uint32_t c,
                           Column *out)
{
    Arena *scratch = &self->op.scratch;
    const Type *type = &self->op.plan->schema.field[c].type;
    Column made;
    TRY(column_make_typed(scratch, type, in->rows, &made));
    for (uint32_t i = 0; i < in->selected; i++) {
        uint32_t row = batch_row(in, i);
        const void *word = &keys->words[(size_t)i * self->key.words + self->key.word[c]];
        const char *at;
        if (column_is_null(&in->column[c], row)) {
            bit_clear(made.valid, row);
        } else if (made.phys == PHYS_F64) {
            memcpy(&made.data.f64[row], word, sizeof(double));
        } else {
            at = str_bytes(word);
            TRY(rowkey_read(type, &at, at + ((const Str *)word)->size, &made, row, scratch));
        }
    }
    *out = made;
    return ST_OK;
}

/* The batch's columns, but that of equal cells that differ (-0.0 and 0.0, the entries of a MAP in
 * another order) one stands for all: what is deleted must look like what was inserted. */
static Status plain_columns(SetOperationOp *self, const Batch *in, const KeyBatch *keys,
                            const Column **out)
{
    Column *column = arena_copy(&self->op.scratch, in->column, in->columns * sizeof *column);
    if (column == NULL)
        return ST_NOMEM;
    *out = column;
    for (uint32_t c = 0; c < in->columns; c++) {
        if (column[c].phys == PHYS_F64 || column[c].phys == PHYS_NESTED)
            TRY(plain_column(self, in, keys, c, &column[c]));
    }
    return ST_OK;
}

static Status set_push(Op *op, uint32_t port, const Batch *in)
{
    SetOperationOp *self = (SetOperationOp *)op;
    Batch out = *in;
    KeyBatch keys;
    uint8_t *kind;
    uint16_t *sel;
    TRY(key_encode(&self->key, in, self->column, op->env->seed, &op->scratch, &keys));
    TRY_NEW_ARRAY(kind, &op->scratch, in->rows);
    TRY_NEW_ARRAY(sel, &op->scratch, in->selected);
    reject_count_used(op, in, in->selected);
    out.selected = 0;
    for (uint32_t i = 0; i < in->selected; i++) {
        uint16_t row = (uint16_t)batch_row(in, i);
        KeyBatch one = key_batch_part(&self->key, &keys, i, i + 1);
        int64_t change;
        TRY(count_row(self, port, &one, row_kind_adds(batch_kind(in, row)), &change));
        if (change == 0)
            continue;
        kind[row] = change > 0 ? ROW_INSERT : ROW_DELETE;
        sel[out.selected++] = row;
    }
    TRY(plain_columns(self, in, &keys, &out.column));
    out.kind = kind;
    out.sel = sel;
    out.origin = NULL; /* a row is in the result for what both inputs have */
    return op_emit(op, &out);
}

static Status set_state(Op *op, StateWalk *walk)
{
    return state_walk_keyed_map(walk, &((SetOperationOp *)op)->counts);
}

static void set_close(Op *op)
{
    SetOperationOp *self = (SetOperationOp *)op;
    keyed_map_close(&self->counts);
    mem_free(&op->meter, self->column, op->plan->schema.count * sizeof *self->column);
}

static void set_measure(const Op *op, OpMeasure *out)
{
    out->groups = keyed_map_count(&((const SetOperationOp *)op)->counts);
}

const OpClass set_operation_class = {.size = sizeof(SetOperationOp),
                                     .open = set_open,
                                     .push = set_push,
                                     .state = set_state,
                                     .measure = set_measure,
                                     .close = set_close};
