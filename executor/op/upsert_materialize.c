/* UpsertMaterialize: rows for a table whose key is not what tells the query's rows apart. Several
 * of them may have one key there, and the table shows the one that came last; when that one is
 * taken back, the one before it. So all of them are kept. Flink's SinkUpsertMaterializer.
 *
 * The rows of a key stand in the order in which they came, the newest first. Beside them an index
 * finds the one that is taken back: by the columns that tell the query's rows apart, or where
 * nothing does by all of its cells. A row that comes once more takes the place of the one before.
 *
 * With a TTL all rows of a key are forgotten when none has come or gone for so long; what the table
 * shows stays. */
#include <assert.h>
#include <endian.h>

#include "executor/op/ops.h"
#include "executor/op/ordered_rows.h"
#include "executor/op/row_emitter.h"
#include "executor/run/reject.h"
#include "storage/state/expiry.h"

typedef struct MaterializeOp {
    Op op;
    const PlanUpsertMaterialize *plan;
    uint64_t came; /* so many rows */
    KeyShape shape;
    KeyedMap keys; /* an entry's number is its group in the other two; with a TTL an ExpiryLink */
    OrderedRows rows; /* by their numbers alone: from UINT64_MAX down */
    SortedMap index;  /* what tells a row apart, and its number, turned over: the oldest first */
    Expiry expiry;    /* of the keys, where there is a TTL */
    Arena arena;      /* of the layout */
    RowLayout layout; /* of what tells rows apart */
    StrBuf bytes;     /* of an entry of the index, being made */
    RowEmitter emitter;
} MaterializeOp;

static bool expires(const MaterializeOp *self)
{
    return self->op.plan->ttl > 0;
}

static Status materialize_open(Op *op, Diag *diag)
{
    (void)diag;
    MaterializeOp *self = (MaterializeOp *)op;
    const PlanUpsertMaterialize *plan = self->plan = &op->plan->as.upsert_materialize;
    const Schema *schema = &op->plan->schema;
    const Type *type[KEY_MAX_COLUMNS];
    uint32_t size = expires(self) ? (uint32_t)sizeof(ExpiryLink) : 0;
    arena_init(&self->arena, &op->meter);
    strbuf_init(&self->bytes, &op->meter);
    sorted_map_open(&self->index, PHYS_STR, &op->meter);
    for (uint32_t i = 0; i < plan->keys && i < KEY_MAX_COLUMNS; i++)
        type[i] = &schema->field[plan->key[i]].type;
    TRY(key_shape(type, plan->keys, &self->shape));
    keyed_map_open(&self->keys, &self->shape, size, op->env->seed, &op->meter);
    if (expires(self))
        expiry_open(&self->expiry, &self->keys, 0, op->plan->ttl);
    TRY(row_layout_make(&self->arena, schema, plan->apart, plan->aparts, &self->layout));
    return ordered_rows_open(&self->rows, schema, NULL, 0, &op->meter);
}

/* --- the index --- */

/* Its size goes first, so that no entry begins as a shorter one does. */
static Text index_key(MaterializeOp *self, const Batch *in, uint32_t row)
{
    uint32_t size = 0;
    strbuf_clear(&self->bytes);
    strbuf_put(&self->bytes, &size, sizeof size);
    row_encode(&self->layout, in->column, row, &self->bytes);
    if (strbuf_status(&self->bytes) == ST_OK) {
        size = (uint32_t)self->bytes.size;
        memcpy(self->bytes.ptr, &size, sizeof size);
    }
    return strbuf_as_text(&self->bytes);
}

static void index_value(Text entry, uint64_t value[2])
{
    Str str = str_of_text(entry);
    memcpy(value, &str, sizeof str);
}

/* Behind the key that was made last. */
static Status index_add(MaterializeOp *self, uint64_t group, uint64_t number)
{
    uint64_t value[2], bytes = htobe64(~number);
    SortedCursor at;
    strbuf_put(&self->bytes, &bytes, sizeof bytes);
    TRY(strbuf_status(&self->bytes));
    index_value(strbuf_as_text(&self->bytes), value);
    return sorted_map_add(&self->index, group, value, &at);
}

/* Takes the oldest row of that key out of the index. */
static bool index_take(MaterializeOp *self, uint64_t group, Text key, uint64_t *number)
{
    uint64_t value[2];
    SortedCursor at;
    Str str;
    index_value(key, value);
    if (!sorted_map_seek(&self->index, group, value, &at))
        return false;
    memcpy(&str, at.value, sizeof str);
    str = heap_load_str(&self->index.heap, &str);
    Text entry = str_text(&str);
    if (entry.size != key.size + sizeof *number || memcmp(entry.ptr, key.ptr, key.size) != 0)
        return false;
    memcpy(number, entry.ptr + key.size, sizeof *number);
    *number = ~be64toh(*number);
    sorted_map_remove(&self->index, &at);
    return true;
}

/* --- keys that are forgotten --- */

static void forget_key(MaterializeOp *self, uint32_t entry)
{
    if (expires(self))
        expiry_forget(&self->expiry, entry);
    keyed_map_remove(&self->keys, entry);
}

static Status forget_expired(Op *op, Micros now)
{
    MaterializeOp *self = (MaterializeOp *)op;
    uint32_t entry;
    if (!expires(self))
        return ST_OK;
    while (expiry_find(&self->expiry, now, &entry)) {
        ordered_rows_clear(&self->rows, entry);
        sorted_map_clear(&self->index, entry);
        forget_key(self, entry);
    }
    keyed_map_trim(&self->keys);
    return ST_OK;
}

static Micros materialize_clock_due(const Op *op)
{
    const MaterializeOp *self = (const MaterializeOp *)op;
    return expires(self) ? expiry_due(&self->expiry) : MICROS_MAX;
}

static void mark_key(MaterializeOp *self, uint32_t entry)
{
    if (expires(self))
        expiry_mark(&self->expiry, entry, self->op.env->eval.now);
}

/* --- rows that come and go --- */

static Status remove_row(MaterializeOp *self, uint32_t entry, uint64_t number)
{
    OrderedRow row;
    bool found;
    TRY(ordered_rows_at(&self->rows, entry, TEXT_NONE, number, &found, &row));
    if (!found)
        return ST_STATE;
    ordered_rows_remove(&self->rows, &row);
    return ST_OK;
}

static Status take_row(MaterializeOp *self, const Batch *in, uint32_t row, const KeyBatch *key)
{
    Micros watermark = batch_watermark(in, row);
    uint64_t before;
    uint32_t entry;
    OrderedRow shown, new;
    Text none;
    TRY(keyed_map_upsert(&self->keys, key, &entry, NULL));
    bool fresh = !ordered_rows_begin(&self->rows, entry, &shown);
    if (!fresh)
        TRY(row_emitter_add(&self->emitter, ROW_UPDATE_BEFORE, shown.row, 0, watermark));
    Text apart = index_key(self, in, row);
    TRY(strbuf_status(&self->bytes));
    if (self->plan->apart != NULL && index_take(self, entry, apart, &before))
        TRY(remove_row(self, entry, before));
    uint64_t number = UINT64_MAX - self->came++;
    TRY(index_add(self, entry, number));
    TRY(ordered_rows_key(&self->rows, in, row, &none));
    TRY(ordered_rows_add(&self->rows, entry, number, in, row, &new));
    mark_key(self, entry);
    return row_emitter_add(&self->emitter, fresh ? ROW_INSERT : ROW_UPDATE_AFTER, new.row, 0,
                           watermark);
}

/* The row that is shown goes; the one before it takes its place. */
static Status hide_row(MaterializeOp *self, const OrderedRow *shown, Micros watermark)
{
    OrderedRow next = *shown;
    bool last = !ordered_rows_next(&self->rows, &next);
    TRY(row_emitter_add(&self->emitter, last ? ROW_DELETE : ROW_UPDATE_BEFORE, shown->row, 0,
                        watermark));
    return last ? ST_OK : row_emitter_add(&self->emitter, ROW_UPDATE_AFTER, next.row, 0, watermark);
}

/* What never came, or was forgotten, cannot be taken back: ignored, as Flink does. */
static Status take_back(MaterializeOp *self, const Batch *in, uint32_t row, const KeyBatch *key)
{
    uint64_t number;
    OrderedRow shown;
    int64_t found =
        keyed_map_find(&self->keys, key->words, key->nulls == NULL ? 0 : *key->nulls, *key->hash);
    if (found < 0)
        return ST_OK;
    uint32_t entry = (uint32_t)found;
    Text apart = index_key(self, in, row);
    TRY(strbuf_status(&self->bytes));
    if (!index_take(self, entry, apart, &number))
        return ST_OK;
    if (ordered_rows_begin(&self->rows, entry, &shown) && shown.number == number)
        TRY(hide_row(self, &shown, batch_watermark(in, row)));
    TRY(remove_row(self, entry, number));
    mark_key(self, entry);
    if (!ordered_rows_begin(&self->rows, entry, &shown))
        forget_key(self, entry);
    return ST_OK;
}

/* --- the operator --- */

/* One row at a time, since a key's number can be given to another as soon as it is empty. */
static Status materialize_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    MaterializeOp *self = (MaterializeOp *)op;
    KeyBatch keys;
    TRY(forget_expired(op, op->env->eval.now));
    TRY(key_encode(&self->shape, in, self->plan->key, op->env->seed, &op->scratch, &keys));
    reject_count_used(op, in, in->selected);
    row_emitter_init(&self->emitter, op, &self->rows.layout);
    for (uint32_t i = 0; i < in->selected; i++) {
        uint32_t row = batch_row(in, i);
        KeyBatch one = key_batch_part(&self->shape, &keys, i, i + 1);
        TRY(row_kind_adds(batch_kind(in, row)) ? take_row(self, in, row, &one)
                                               : take_back(self, in, row, &one));
    }
    TRY(row_emitter_flush(&self->emitter));
    keyed_map_trim(&self->keys);
    return ST_OK;
}

static Status materialize_state(Op *op, StateWalk *walk)
{
    MaterializeOp *self = (MaterializeOp *)op;
    TRY(STATE_WALK(walk, self->came));
    TRY(state_walk_keyed_map(walk, &self->keys));
    TRY(ordered_rows_walk(&self->rows, walk));
    TRY(state_walk_sorted_map(walk, &self->index));
    return expires(self) ? expiry_walk(&self->expiry, walk) : ST_OK;
}

static void materialize_close(Op *op)
{
    MaterializeOp *self = (MaterializeOp *)op;
    if (self->plan == NULL)
        return;
    keyed_map_close(&self->keys);
    ordered_rows_close(&self->rows);
    sorted_map_close(&self->index);
    strbuf_close(&self->bytes);
    arena_close(&self->arena);
}

static void materialize_measure(const Op *op, OpMeasure *out)
{
    out->groups = keyed_map_count(&((const MaterializeOp *)op)->keys);
}

const OpClass upsert_materialize_class = {.size = sizeof(MaterializeOp),
                                          .open = materialize_open,
                                          .push = materialize_push,
                                          .clock_due = materialize_clock_due,
                                          .clock = forget_expired,
                                          .state = materialize_state,
                                          .measure = materialize_measure,
                                          .close = materialize_close};
