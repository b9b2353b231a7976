/* Deduplicate: the first or the last row of each key in time.
 *
 * The first one by arrival goes out when it comes and is never changed. The first one by event time
 * is known when the watermark has reached it: until then an earlier one may come. A row that comes
 * behind the watermark is late. The last one replaces the one before it when it is not
 * earlier; where the consumer keeps rows by key, the row itself need not be remembered.
 *
 * With a TTL a key is forgotten so long after its row was taken; what is given out for it stays. A
 * first row that waits for the watermark is not forgotten. */
#include <assert.h>
#include <stddef.h>

#include "executor/op/ops.h"
#include "executor/op/row_emitter.h"
#include "executor/op/timed.h"
#include "executor/op/timed_set.h"
#include "executor/run/reject.h"
#include "storage/state/expiry.h"

/* What is remembered of a key; of the first one by arrival nothing is. With a TTL an ExpiryLink
 * follows. */
typedef struct Kept {
    Micros time;
    uint64_t settled; /* the first row has gone out */
    Str row;          /* as its bytes; not in the upsert form */
} Kept;

typedef struct DeduplicateOp {
    Op op;
    const PlanDeduplicate *plan;
    KeyShape shape;
    KeyedMap keys;
    Expiry expiry; /* of the keys, where there is a TTL */
    TimedSet due;  /* keys whose first rows wait for the watermark, by their times */
    Timed timed;
    Arena arena; /* of the layout */
    RowLayout layout;
    StrBuf bytes;     /* of a row, being made */
    KeyBatch at_hand; /* keys of the batch that is taken row by row */
} DeduplicateOp;

static bool waits(const DeduplicateOp *self)
{
    return !self->plan->last && self->plan->rowtime >= 0;
}

static uint32_t kept_size(const DeduplicateOp *self)
{
    if (!self->plan->last && !waits(self))
        return 0;
    return self->op.plan->changelog == CHANGELOG_UPSERT ? offsetof(Kept, row) : sizeof(Kept);
}

static bool expires(const DeduplicateOp *self)
{
    return self->op.plan->ttl > 0;
}

static Status first_take(Op *op, const Batch *in, uint32_t i);
static Status first_fire(Op *op, Micros time, Micros before);

static Status deduplicate_open(Op *op, Diag *diag)
{
    (void)diag;
    DeduplicateOp *self = (DeduplicateOp *)op;
    const PlanDeduplicate *plan = self->plan = &op->plan->as.deduplicate;
    const Schema *schema = &op->plan->schema;
    const Type *type[KEY_MAX_COLUMNS];
    self->timed = (Timed){MICROS_MAX, first_take, first_fire};
    arena_init(&self->arena, &op->meter);
    strbuf_init(&self->bytes, &op->meter);
    timed_set_open(&self->due, &op->meter);
    for (uint32_t i = 0; i < plan->partitions && i < KEY_MAX_COLUMNS; i++)
        type[i] = &schema->field[plan->partition[i]].type;
    TRY(key_shape(type, plan->partitions, &self->shape));
    uint32_t kept = kept_size(self), link = expires(self) ? (uint32_t)sizeof(ExpiryLink) : 0;
    keyed_map_open(&self->keys, &self->shape, kept + link, op->env->seed, &op->meter);
    if (expires(self))
        expiry_open(&self->expiry, &self->keys, kept, op->plan->ttl);
    return row_layout_make(&self->arena, schema, NULL, 0, &self->layout);
}

/* --- keys that are forgotten --- */

static void mark_key(DeduplicateOp *self, uint32_t entry)
{
    if (expires(self))
        expiry_mark(&self->expiry, entry, self->op.env->eval.now);
}

static void forget_key(DeduplicateOp *self, uint32_t entry)
{
    expiry_forget(&self->expiry, entry);
    if (kept_size(self) == sizeof(Kept)) {
        const Kept *kept = keyed_map_value(&self->keys, entry);
        heap_free_str(&self->keys.heap, &kept->row);
    }
    keyed_map_remove(&self->keys, entry);
}

static Status forget_expired(Op *op, Micros now)
{
    DeduplicateOp *self = (DeduplicateOp *)op;
    uint32_t entry;
    if (!expires(self))
        return ST_OK;
    while (expiry_find(&self->expiry, now, &entry))
        forget_key(self, entry);
    keyed_map_trim(&self->keys);
    return ST_OK;
}

static Micros deduplicate_clock_due(const Op *op)
{
    const DeduplicateOp *self = (const DeduplicateOp *)op;
    return expires(self) ? expiry_due(&self->expiry) : MICROS_MAX;
}

/* --- rows --- */

static Micros time_of(const DeduplicateOp *self, const Batch *in, uint32_t row)
{
    if (self->plan->rowtime < 0)
        return 0; /* every row is as late as the one before it */
    const Column *column = &in->column[self->plan->rowtime];
    return column->data.i64[column_index(column, row)];
}

static void drop_row(DeduplicateOp *self, Kept *kept)
{
    heap_free_str(&self->keys.heap, &kept->row);
    kept->row = str_view("", 0);
}

static Status keep_row(DeduplicateOp *self, Kept *kept)
{
    Str row = str_of_text(strbuf_as_text(&self->bytes)), stored;
    TRY(heap_store_str(&self->keys.heap, &row, &stored));
    heap_free_str(&self->keys.heap, &kept->row);
    kept->row = stored;
    return ST_OK;
}

static Status encode_row(DeduplicateOp *self, const Batch *in, uint32_t row)
{
    strbuf_clear(&self->bytes);
    row_encode(&self->layout, in->column, row, &self->bytes);
    return strbuf_status(&self->bytes);
}

/* --- the first row by arrival, the last row by key: rows of the batch pass or do not --- */

static Status pass_rows(DeduplicateOp *self, const Batch *in, const uint32_t *entry,
                        const uint8_t *fresh)
{
    Op *op = &self->op;
    uint16_t *sel, selected = 0;
    uint8_t *kind = NULL;
    TRY_NEW_ARRAY(sel, &op->scratch, in->selected);
    if (self->plan->last)
        TRY_NEW_ARRAY(kind, &op->scratch, in->rows);
    for (uint32_t i = 0; i < in->selected; i++) {
        uint16_t row = (uint16_t)batch_row(in, i);
        if (kind == NULL) {
            sel[selected] = row;
            selected = (uint16_t)(selected + fresh[i]);
            if (fresh[i])
                mark_key(self, entry[i]);
            continue;
        }
        Micros time = time_of(self, in, row);
        Kept *kept = keyed_map_value_write(&self->keys, entry[i]);
        if (!fresh[i] && time < kept->time)
            continue;
        kept->time = time;
        mark_key(self, entry[i]);
        kind[row] = fresh[i] ? ROW_INSERT : ROW_UPDATE_AFTER;
        sel[selected++] = row;
    }
    Batch out = *in;
    out.sel = sel;
    out.selected = selected;
    out.kind = kind;
    out.origin = NULL;
    return op_emit(op, &out);
}

/* --- the last row, with the one that it replaces --- */

static Status replace_last(DeduplicateOp *self, RowEmitter *emitter, const Batch *in, uint32_t row,
                           uint32_t entry, bool fresh)
{
    Micros time = time_of(self, in, row), watermark = batch_watermark(in, row);
    const Kept *old = keyed_map_value(&self->keys, entry);
    if (!fresh && time < old->time)
        return ST_OK;
    TRY(encode_row(self, in, row));
    Text new = strbuf_as_text(&self->bytes);
    if (fresh) {
        TRY(row_emitter_add(emitter, ROW_INSERT, new, 0, watermark));
    } else {
        Str kept = heap_load_str(&self->keys.heap, &old->row);
        if (expires(self) || !text_equal(str_text(&kept), new)) {
            TRY(row_emitter_add(emitter, ROW_UPDATE_BEFORE, str_text(&kept), 0, watermark));
            TRY(row_emitter_add(emitter, ROW_UPDATE_AFTER, new, 0, watermark));
        }
    }
    Kept *kept = keyed_map_value_write(&self->keys, entry);
    kept->time = time;
    mark_key(self, entry);
    return keep_row(self, kept);
}

static Status replace_rows(DeduplicateOp *self, const Batch *in, const uint32_t *entry,
                           const uint8_t *fresh)
{
    RowEmitter emitter;
    row_emitter_init(&emitter, &self->op, &self->layout);
    for (uint32_t i = 0; i < in->selected; i++)
        TRY(replace_last(self, &emitter, in, batch_row(in, i), entry[i], fresh[i]));
    return row_emitter_flush(&emitter);
}

/* --- the first row by event time --- */

static Status first_fire(Op *op, Micros time, Micros before)
{
    DeduplicateOp *self = (DeduplicateOp *)op;
    RowEmitter emitter;
    uint32_t entry;
    row_emitter_init(&emitter, op, &self->layout);
    while (timed_set_take(&self->due, time, &entry)) {
        Kept *kept = keyed_map_value_write(&self->keys, entry);
        Str row = heap_load_str(&self->keys.heap, &kept->row);
        TRY(row_emitter_add(&emitter, ROW_INSERT, str_text(&row), 0, before));
        drop_row(self, kept);
        kept->settled = 1;
        mark_key(self, entry);
    }
    self->timed.next_due = timed_set_due(&self->due);
    return row_emitter_flush(&emitter);
}

/* A row at the watermark is first at once. */
static Status settle_now(DeduplicateOp *self, const Batch *in, uint32_t row, uint32_t entry,
                         Kept *kept)
{
    RowEmitter emitter;
    row_emitter_init(&emitter, &self->op, &self->layout);
    TRY(encode_row(self, in, row));
    TRY(row_emitter_add(&emitter, ROW_INSERT, strbuf_as_text(&self->bytes), 0,
                        batch_watermark(in, row)));
    drop_row(self, kept);
    kept->settled = 1;
    mark_key(self, entry);
    return row_emitter_flush(&emitter);
}

static Status wait_for(DeduplicateOp *self, const Batch *in, uint32_t row, uint32_t entry,
                       Kept *kept)
{
    Micros time = time_of(self, in, row);
    TRY(encode_row(self, in, row));
    TRY(keep_row(self, kept));
    TRY(timed_set_add(&self->due, time, entry));
    kept->time = time;
    if (time < self->timed.next_due)
        self->timed.next_due = time;
    return ST_OK;
}

static Status first_take(Op *op, const Batch *in, uint32_t i)
{
    DeduplicateOp *self = (DeduplicateOp *)op;
    uint32_t row = batch_row(in, i), entry;
    Micros time = time_of(self, in, row), watermark = batch_watermark(in, row);
    KeyBatch key = key_batch_part(&self->shape, &self->at_hand, i, i + 1);
    if (time < watermark)
        return reject_late_row(op, in, row, time, watermark);
    reject_count_used(op, in, 1);
    TRY(keyed_map_upsert(&self->keys, &key, &entry, NULL));
    Kept *kept = keyed_map_value_write(&self->keys, entry);
    bool waiting = kept->row.size > 0;
    if (kept->settled || (waiting && kept->time <= time))
        return ST_OK;
    if (waiting)
        timed_set_remove(&self->due, kept->time, entry);
    return time == watermark ? settle_now(self, in, row, entry, kept)
                             : wait_for(self, in, row, entry, kept);
}

/* --- the operator --- */

static Status deduplicate_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    DeduplicateOp *self = (DeduplicateOp *)op;
    KeyBatch keys;
    uint32_t *entry;
    uint8_t *fresh;
    TRY(forget_expired(op, op->env->eval.now));
    TRY(key_encode(&self->shape, in, self->plan->partition, op->env->seed, &op->scratch, &keys));
    if (waits(self)) {
        self->at_hand = keys;
        return timed_push(&self->timed, op, in);
    }
    TRY_NEW_ARRAY(entry, &op->scratch, in->selected);
    TRY_NEW_ARRAY(fresh, &op->scratch, in->selected);
    TRY(keyed_map_upsert(&self->keys, &keys, entry, fresh));
    reject_count_used(op, in, in->selected);
    if (self->plan->last && op->plan->changelog != CHANGELOG_UPSERT)
        return replace_rows(self, in, entry, fresh);
    return pass_rows(self, in, entry, fresh);
}

static Status deduplicate_watermark(Op *op, Micros time)
{
    return timed_watermark(&((DeduplicateOp *)op)->timed, op, time);
}

static Micros deduplicate_watermark_due(const Op *op)
{
    return ((const DeduplicateOp *)op)->timed.next_due;
}

static Status deduplicate_state(Op *op, StateWalk *walk)
{
    DeduplicateOp *self = (DeduplicateOp *)op;
    TRY(STATE_WALK(walk, self->timed.next_due));
    TRY(state_walk_keyed_map(walk, &self->keys));
    TRY(timed_set_walk(&self->due, walk));
    return expires(self) ? expiry_walk(&self->expiry, walk) : ST_OK;
}

static void deduplicate_close(Op *op)
{
    DeduplicateOp *self = (DeduplicateOp *)op;
    if (self->plan == NULL)
        return;
    keyed_map_close(&self->keys);
    timed_set_close(&self->due);
    strbuf_close(&self->bytes);
    arena_close(&self->arena);
}

static void deduplicate_measure(const Op *op, OpMeasure *out)
{
    out->groups = keyed_map_count(&((const DeduplicateOp *)op)->keys);
}

const OpClass deduplicate_class = {.size = sizeof(DeduplicateOp),
                                   .open = deduplicate_open,
                                   .push = deduplicate_push,
                                   .clock_due = deduplicate_clock_due,
                                   .clock = forget_expired,
                                   .watermark = deduplicate_watermark,
                                   .watermark_due = deduplicate_watermark_due,
                                   .state = deduplicate_state,
                                   .measure = deduplicate_measure,
                                   .close = deduplicate_close};
