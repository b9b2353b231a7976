/* SessionAggregate: groups per key and session, given out once, when the watermark has passed the
 * session. A session lasts from its first row to its last one and the gap behind it; rows whose
 * [time, time + gap) touch are of one session.
 *
 * A row that comes out of order may join two sessions: their groups are merged. A row is late when
 * the session that it would be of, with those that it joins, is due already. What fires together
 * comes out by the sessions' ends, then in the order in which they began to be known.
 *
 * The sessions of a key are chained: there is rarely more than one. When one is to be looked at
 * again is kept in an ordered map: it is not moved each time the session grows, but when its time
 * has come and the session has grown meanwhile. */
#include "executor/op/ops.h"
#include "executor/op/sessions.h"
#include "executor/op/window_columns.h"

typedef struct SessionAggregateOp {
    Op op;
    Sessions sessions;
} SessionAggregateOp;

static Status session_open(Op *op, Diag *diag)
{
    (void)diag;
    return sessions_open(&((SessionAggregateOp *)op)->sessions, op, sizeof(SessionHeader));
}

/* --- firing --- */

static Status emit_sessions(Sessions *self, const DueSession *due, uint32_t count, Micros before)
{
    Op *op = self->op;
    Column *column;
    uint32_t *entry;
    TRY(op_make_columns(op, &op->plan->schema, count, &column));
    TRY_NEW_ARRAY(entry, &op->scratch, count);
    for (uint32_t i = 0; i < count; i++) {
        const SessionHeader *session = session_header(self, due[i].session);
        window_columns_put(op, session->start, session->end, i, column);
        entry[i] = due[i].session;
    }
    TRY(aggregate_set_emit(&self->set, &self->states, entry, count, column));
    Batch out = {.rows = (uint16_t)count,
                 .selected = (uint16_t)count,
                 .watermark_before = before,
                 .columns = (uint16_t)op->plan->schema.count,
                 .column = column};
    return op_emit(op, &out);
}

/* Gives out and forgets all sessions that are due at `time`; those of which all rows were taken
 * back are only forgotten. */
static Status fire(Sessions *self, Micros time, Micros before)
{
    SessionList list = {0};
    uint32_t kept = 0, portion = aggregate_set_portion(&self->set);
    TRY(sessions_take_due(self, time, &list));
    for (uint32_t i = 0; i < list.count; i++) {
        DueSession due = list.item[i];
        sessions_detach(self, due.session);
        if (session_header(self, due.session)->rows > 0)
            list.item[kept++] = due;
        else
            aggregate_set_remove(&self->set, &self->states, due.session);
    }
    for (uint32_t from = 0; from < kept; from += portion) {
        uint32_t count = kept - from < portion ? kept - from : portion;
        ArenaMark mark = arena_mark(&self->op->scratch);
        Status status = emit_sessions(self, list.item + from, count, before);
        arena_release(&self->op->scratch, mark);
        TRY(status);
    }
    for (uint32_t i = 0; i < kept; i++)
        aggregate_set_remove(&self->set, &self->states, list.item[i].session);
    return ST_OK;
}

/* --- rows --- */

static Status session_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    Sessions *self = &((SessionAggregateOp *)op)->sessions;
    KeyBatch keys;
    TRY(aggregate_set_keys(&self->set, in, &keys));
    for (uint32_t i = 0; i < in->selected; i++) {
        uint16_t row = (uint16_t)batch_row(in, i);
        uint32_t stored = i == 0 ? 0 : batch_row(in, i - 1); /* rows before it are behind us */
        uint32_t cut = batch_find_due(in, stored, self->next_due), session;
        while (cut <= row) {
            Micros before = cut == 0 ? op->before : batch_watermark(in, cut - 1);
            TRY(fire(self, batch_watermark(in, cut), before));
            cut = batch_find_due(in, cut, self->next_due);
        }
        KeyBatch key = key_batch_part(&self->set.key, &keys, i, i + 1);
        TRY(sessions_take(self, in, row, &key, &session));
    }
    for (uint32_t cut = batch_find_due(in, 0, self->next_due); cut < in->rows;
         cut = batch_find_due(in, cut, self->next_due)) {
        Micros before = cut == 0 ? op->before : batch_watermark(in, cut - 1);
        TRY(fire(self, batch_watermark(in, cut), before));
    }
    return ST_OK;
}

static Status session_watermark(Op *op, Micros time)
{
    TRY(fire(&((SessionAggregateOp *)op)->sessions, time, op->before));
    return op_emit_watermark(op, time);
}

static Micros session_watermark_due(const Op *op)
{
    return ((const SessionAggregateOp *)op)->sessions.next_due;
}

static Status session_state(Op *op, StateWalk *walk)
{
    return sessions_walk(&((SessionAggregateOp *)op)->sessions, walk);
}

static void session_close(Op *op)
{
    sessions_close(&((SessionAggregateOp *)op)->sessions);
}

static void session_measure(const Op *op, OpMeasure *out)
{
    const Sessions *sessions = &((const SessionAggregateOp *)op)->sessions;
    out->groups = out->windows = keyed_map_count(&sessions->states.groups);
}

const OpClass session_aggregate_class = {.size = sizeof(SessionAggregateOp),
                                         .open = session_open,
                                         .push = session_push,
                                         .watermark = session_watermark,
                                         .watermark_due = session_watermark_due,
                                         .state = session_state,
                                         .measure = session_measure,
                                         .close = session_close};
