/* SetOperation: INTERSECT and EXCEPT, with ALL and without. For each row that there is on either
 * side it keeps how often it is there, on each of them; from the two numbers follows how often it
 * is in the result. A row that comes or goes on one side changes that by one at most, so that each
 * row of the input gives no row or one: itself, as an insert or a delete.
 *
 * Rows are compared as keys are, so NULL equals NULL.
 *
 * With a TTL a row is forgotten so long after it came or went on either side; without ALL, the
 * second side of it so long after that on the second side, as in Flink, where it is state of its
 * own. Nothing goes out for that: what has gone out is known, and only a row that comes or goes can
 * change it. */
#include "executor/op/meeting.h"
#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/data/nested.h"
#include "storage/data/row_codec.h"
#include "storage/state/expiry.h"

/* A row's value. */
typedef struct SetCounts {
    int64_t rows[2]; /* of each input, that are there now */
} SetCounts;

/* The same with a TTL. */
typedef struct SetLives {
    SetCounts counts;
    Micros second; /* when the second input's were written */
    int64_t shown; /* rows of it that have gone out */
    ExpiryLink link;
} SetLives;

typedef struct SetOperationOp {
    Op op;
    KeyShape key;
    uint32_t *column; /* 0, 1, ...: all of them are the key */
    KeyedMap counts;
    Expiry expiry; /* of them, where there is a TTL */
} SetOperationOp;

static bool expires(const SetOperationOp *self)
{
    return self->op.plan->ttl > 0;
}

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
    keyed_map_open(&self->counts, &self->key, expires(self) ? sizeof(SetLives) : sizeof(SetCounts),
                   op->env->seed, &op->meter);
    if (expires(self))
        expiry_open(&self->expiry, &self->counts, offsetof(SetLives, link), op->plan->ttl);
    return ST_OK;
}

/* --- rows that are forgotten --- */

static void forget_row(SetOperationOp *self, uint32_t entry)
{
    if (expires(self))
        expiry_forget(&self->expiry, entry);
    keyed_map_remove(&self->counts, entry);
}

static Status forget_expired(Op *op, Micros now)
{
    SetOperationOp *self = (SetOperationOp *)op;
    uint32_t entry;
    if (!expires(self))
        return ST_OK;
    while (expiry_find(&self->expiry, now, &entry))
        forget_row(self, entry);
    keyed_map_trim(&self->counts);
    return ST_OK;
}

static Micros set_clock_due(const Op *op)
{
    const SetOperationOp *self = (const SetOperationOp *)op;
    return expires(self) ? expiry_due(&self->expiry) : MICROS_MAX;
}

/* --- rows --- */

static int64_t result_rows(const SetOperationOp *self, const SetCounts *counts)
{
    return plan_set_rows(&self->op.plan->as.set_operation, counts->rows[0], counts->rows[1]);
}

/* The second input's rows may be over before the row is. */
static void age_second(SetOperationOp *self, uint32_t entry)
{
    SetLives *lives = keyed_map_value_write(&self->counts, entry);
    if (!self->op.plan->as.set_operation.all && lives->counts.rows[1] > 0 &&
        expiry_is_over(&self->expiry, lives->second, self->op.env->eval.now))
        lives->counts.rows[1] = 0;
}

/* A row that is to be in the result goes out if it has not; one that is not to be there is taken
 * back if it is this change that says so. */
static int64_t change_of_lives(SetOperationOp *self, uint32_t entry, uint32_t port, int64_t before)
{
    SetLives *lives = keyed_map_value_write(&self->counts, entry);
    Micros now = self->op.env->eval.now;
    int64_t rows = result_rows(self, &lives->counts), change = rows - lives->shown;
    if (port == 1)
        lives->second = now;
    expiry_mark(&self->expiry, entry, now);
    if (change < 0 && rows >= before)
        return 0;
    lives->shown = rows;
    return change;
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
    if (expires(self))
        age_second(self, entry);
    if (!adds && counts->rows[port] == 0)
        return ST_OK;
    int64_t before = result_rows(self, counts);
    counts->rows[port] += adds ? 1 : -1;
    *change = result_rows(self, counts) - before;
    if (expires(self))
        *change = change_of_lives(self, entry, port, before);
    if (counts->rows[0] == 0 && counts->rows[1] == 0)
        forget_row(self, entry);
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
    TRY(forget_expired(op, op->env->eval.now));
    TRY(key_encode(&self->key, in, self->column, op->env->seed, &op->scratch, &keys));
    TRY_NEW_ARRAY(kind, &op->scratch, in->rows);
    TRY_NEW_ARRAY(sel, &op->scratch, in->selected);
    reject_count_used(op, in, in->selected);
    out.selected = 0;
    for (uint32_t i = 0; i < in->selected; i++) {
        uint16_t row = (uint16_t)batch_row(in, i);
        KeyBatch one = key_batch_part(&self->key, &keys, i, i + 1);
        int64_t change;
        uint32_t side = meeting_port(op, port, in, row);
        TRY(count_row(self, side, &one, row_kind_adds(batch_kind(in, row)), &change));
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
    SetOperationOp *self = (SetOperationOp *)op;
    TRY(state_walk_keyed_map(walk, &self->counts));
    return expires(self) ? expiry_walk(&self->expiry, walk) : ST_OK;
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
                                     .clock_due = set_clock_due,
                                     .clock = forget_expired,
                                     .state = set_state,
                                     .measure = set_measure,
                                     .close = set_close};
