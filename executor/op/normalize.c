/* Normalize: the records of a keyed stream as changes of a table. Such a stream says of a key what
 * its row is now, or, by a record that is marked as a deletion, that there is none: it does not say
 * what was there before. Flink's ChangelogNormalize.
 *
 * A record that changes nothing gives nothing: the same row once more, the deletion of what is not
 * there. Where the consumer keeps rows by key, the row itself need not be remembered, and the same
 * row comes again.
 *
 * With a TTL a key is forgotten so long after its last row; what is given out for it stays, and its
 * next row comes as a new one. The same row once more says that it is still there. */
#include <assert.h>
#include <stddef.h>

#include "executor/op/ops.h"
#include "executor/op/row_emitter.h"
#include "executor/run/reject.h"
#include "storage/state/expiry.h"

/* What is remembered of a key. With a TTL an ExpiryLink follows. */
typedef struct Kept {
    uint64_t exists; /* else the entry goes at the end of the batch */
    Str row;         /* as its bytes; not in the upsert form */
} Kept;

typedef struct NormalizeOp {
    Op op;
    const PlanNormalize *plan;
    KeyShape shape;
    KeyedMap keys;
    Expiry expiry; /* of the keys, where there is a TTL */
    Arena arena;   /* of the layout */
    RowLayout layout;
    StrBuf bytes; /* of a row, being made */
} NormalizeOp;

static bool keeps_rows(const NormalizeOp *self)
{
    return self->op.plan->changelog != CHANGELOG_UPSERT;
}

static bool expires(const NormalizeOp *self)
{
    return self->op.plan->ttl > 0;
}

static Status normalize_open(Op *op, Diag *diag)
{
    (void)diag;
    NormalizeOp *self = (NormalizeOp *)op;
    const PlanNormalize *plan = self->plan = &op->plan->as.normalize;
    const Type *type[KEY_MAX_COLUMNS];
    arena_init(&self->arena, &op->meter);
    strbuf_init(&self->bytes, &op->meter);
    assert(plan->keys <= KEY_MAX_COLUMNS);
    for (uint32_t i = 0; i < plan->keys; i++)
        type[i] = &op->plan->schema.field[plan->key[i]].type;
    TRY(key_shape(type, plan->keys, &self->shape));
    uint32_t kept = keeps_rows(self) ? (uint32_t)sizeof(Kept) : (uint32_t)offsetof(Kept, row);
    uint32_t link = expires(self) ? (uint32_t)sizeof(ExpiryLink) : 0;
    keyed_map_open(&self->keys, &self->shape, kept + link, op->env->seed, &op->meter);
    if (expires(self))
        expiry_open(&self->expiry, &self->keys, kept, op->plan->ttl);
    return row_layout_make(&self->arena, &op->plan->schema, NULL, 0, &self->layout);
}

/* --- keys that are forgotten --- */

static void forget_key(NormalizeOp *self, uint32_t entry)
{
    if (expires(self))
        expiry_forget(&self->expiry, entry);
    keyed_map_remove(&self->keys, entry);
}

static Status forget_expired(Op *op, Micros now)
{
    NormalizeOp *self = (NormalizeOp *)op;
    uint32_t entry;
    if (!expires(self))
        return ST_OK;
    while (expiry_find(&self->expiry, now, &entry)) {
        if (keeps_rows(self))
            heap_free_str(&self->keys.heap,
                          &((const Kept *)keyed_map_value(&self->keys, entry))->row);
        forget_key(self, entry);
    }
    keyed_map_trim(&self->keys);
    return ST_OK;
}

static Micros normalize_clock_due(const Op *op)
{
    const NormalizeOp *self = (const NormalizeOp *)op;
    return expires(self) ? expiry_due(&self->expiry) : MICROS_MAX;
}

/* --- one record --- */

static bool is_deletion(const NormalizeOp *self, const Batch *in, uint32_t row)
{
    const Column *mark = &in->column[self->plan->deletion];
    return mark->data.b[column_index(mark, row)];
}

static Text kept_row(NormalizeOp *self, const Kept *kept, Str *memory)
{
    *memory = heap_load_str(&self->keys.heap, &kept->row);
    return str_text(memory);
}

static Status take_deletion(NormalizeOp *self, RowEmitter *emitter, Text row, Micros watermark,
                            Kept *kept)
{
    Str old;
    if (!kept->exists)
        return ST_OK;
    kept->exists = 0;
    if (!keeps_rows(self))
        return row_emitter_add(emitter, ROW_DELETE, row, 0, watermark);
    Status status = row_emitter_add(emitter, ROW_DELETE, kept_row(self, kept, &old), 0, watermark);
    heap_free_str(&self->keys.heap, &kept->row);
    kept->row = str_view("", 0);
    return status;
}

static Status take_row(NormalizeOp *self, RowEmitter *emitter, Text row, Micros watermark,
                       Kept *kept)
{
    Str old, new = str_of_text(row), stored;
    bool fresh = !kept->exists;
    kept->exists = 1;
    if (!keeps_rows(self))
        return row_emitter_add(emitter, fresh ? ROW_INSERT : ROW_UPDATE_AFTER, row, 0, watermark);
    if (!fresh && !expires(self) && text_equal(kept_row(self, kept, &old), row))
        return ST_OK;
    if (!fresh)
        TRY(row_emitter_add(emitter, ROW_UPDATE_BEFORE, kept_row(self, kept, &old), 0, watermark));
    TRY(row_emitter_add(emitter, fresh ? ROW_INSERT : ROW_UPDATE_AFTER, row, 0, watermark));
    TRY(heap_store_str(&self->keys.heap, &new, &stored));
    heap_free_str(&self->keys.heap, &kept->row);
    kept->row = stored;
    return ST_OK;
}

static Status take_record(NormalizeOp *self, RowEmitter *emitter, const Batch *in, uint32_t row,
                          uint32_t entry)
{
    strbuf_clear(&self->bytes);
    row_encode(&self->layout, in->column, row, &self->bytes);
    TRY(strbuf_status(&self->bytes));
    Kept *kept = keyed_map_value_write(&self->keys, entry);
    Text bytes = strbuf_as_text(&self->bytes);
    Micros watermark = batch_watermark(in, row);
    if (is_deletion(self, in, row))
        return take_deletion(self, emitter, bytes, watermark, kept);
    if (expires(self))
        expiry_mark(&self->expiry, entry, self->op.env->eval.now);
    return take_row(self, emitter, bytes, watermark, kept);
}

/* --- the operator --- */

/* Keys without a row. One can be in the batch many times. */
static void forget_deleted(NormalizeOp *self, uint32_t *entry, uint32_t count)
{
    uint32_t deleted = 0;
    for (uint32_t i = 0; i < count; i++) {
        const Kept *kept = keyed_map_value(&self->keys, entry[i]);
        if (kept->exists != 0)
            continue;
        ((Kept *)keyed_map_value_write(&self->keys, entry[i]))->exists = 1; /* listed once */
        entry[deleted++] = entry[i];
    }
    for (uint32_t i = 0; i < deleted; i++)
        forget_key(self, entry[i]);
    if (deleted > 0)
        keyed_map_trim(&self->keys);
}

static Status normalize_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    NormalizeOp *self = (NormalizeOp *)op;
    KeyBatch keys;
    RowEmitter emitter;
    uint32_t *entry;
    TRY(forget_expired(op, op->env->eval.now));
    TRY_NEW_ARRAY(entry, &op->scratch, in->selected);
    TRY(key_encode(&self->shape, in, self->plan->key, op->env->seed, &op->scratch, &keys));
    TRY(keyed_map_upsert(&self->keys, &keys, entry, NULL));
    reject_count_used(op, in, in->selected);
    row_emitter_init(&emitter, op, &self->layout);
    for (uint32_t i = 0; i < in->selected; i++)
        TRY(take_record(self, &emitter, in, batch_row(in, i), entry[i]));
    TRY(row_emitter_flush(&emitter));
    forget_deleted(self, entry, in->selected);
    return ST_OK;
}

static Status normalize_state(Op *op, StateWalk *walk)
{
    NormalizeOp *self = (NormalizeOp *)op;
    TRY(state_walk_keyed_map(walk, &self->keys));
    return expires(self) ? expiry_walk(&self->expiry, walk) : ST_OK;
}

static void normalize_close(Op *op)
{
    NormalizeOp *self = (NormalizeOp *)op;
    if (self->plan == NULL)
        return;
    keyed_map_close(&self->keys);
    strbuf_close(&self->bytes);
    arena_close(&self->arena);
}

static void normalize_measure(const Op *op, OpMeasure *out)
{
    out->groups = keyed_map_count(&((const NormalizeOp *)op)->keys);
}

const OpClass normalize_class = {.size = sizeof(NormalizeOp),
                                 .open = normalize_open,
                                 .push = normalize_push,
                                 .clock_due = normalize_clock_due,
                                 .clock = forget_expired,
                                 .state = normalize_state,
                                 .measure = normalize_measure,
                                 .close = normalize_close};
