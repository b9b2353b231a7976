/* UpdatingSessionAggregate: sessions (sessions.h) whose results do not wait for the watermark, or
 * do not end with it, as those of UpdatingWindowAggregate: given out early while the session grows,
 * and corrected by rows that come late, which may also join sessions that have been given out.
 *
 * What is out is kept beside each session, as it was given: its group, and where it began and
 * ended. A session that joins another one brings what it has out with it. When the session is given
 * out again, all that is taken back: as an update where it has the same window, else as a delete.
 */
#include "executor/op/group_changes.h"
#include "executor/op/ops.h"
#include "executor/op/sessions.h"
#include "executor/op/timed.h"
#include "executor/op/window_columns.h"

typedef struct UpdatingHeader {
    SessionHeader session;
    Micros fire_at;  /* by the clock; 0: nothing waits for it */
    uint32_t out;    /* what is out: entry + 1, chained by `next`; 0: nothing is */
    uint32_t passed; /* by the watermark */
} UpdatingHeader;

typedef struct UpdatingSessionOp {
    Op op;
    Timed timed;
    Sessions sessions;
    GroupStates out;  /* by key and number, as the sessions; a SessionHeader begins each */
    TimedSet pending; /* sessions, by fire_at */
    GroupChanges changes;
    KeyBatch keys; /* of the batch that is being taken */
} UpdatingSessionOp;

static const EmitStrategy *emit_of(const Op *op)
{
    return &op->plan->as.window_aggregate.emit;
}

static UpdatingHeader *header(UpdatingSessionOp *self, uint32_t session)
{
    return (UpdatingHeader *)(void *)session_header_write(&self->sessions, session);
}

static SessionHeader *out_header(UpdatingSessionOp *self, uint32_t entry)
{
    return keyed_map_value_write(&self->out.groups, entry);
}

/* --- what waits for the clock --- */

static Status wait_until(UpdatingSessionOp *self, uint32_t session, Micros time)
{
    header(self, session)->fire_at = time;
    return timed_set_add(&self->pending, time, session);
}

static void wait_no_more(UpdatingSessionOp *self, uint32_t session)
{
    if (header(self, session)->fire_at == 0)
        return;
    timed_set_remove(&self->pending, header(self, session)->fire_at, session);
    header(self, session)->fire_at = 0;
}

/* --- giving out --- */

static void drop_out(UpdatingSessionOp *self, uint32_t session)
{
    for (uint32_t at = header(self, session)->out; at != 0;) {
        uint32_t entry = at - 1;
        at = out_header(self, entry)->next;
        aggregate_set_remove(&self->sessions.set, &self->out, entry);
    }
    header(self, session)->out = 0;
}

/* The session as it is becomes what is out. */
static Status keep_out(UpdatingSessionOp *self, uint32_t session)
{
    const AggregateSet *set = &self->sessions.set;
    KeyBatch key;
    uint32_t entry;
    drop_out(self, session);
    if (header(self, session)->session.rows == 0)
        return ST_OK;
    TRY(keyed_map_keys(&self->sessions.states.groups, &session, 1, &self->op.scratch, &key));
    TRY(keyed_map_upsert(&self->out.groups, &key, &entry, NULL));
    TRY(aggregate_set_merge(set, &self->out, &entry, &self->sessions.states, &session, 1));
    const SessionHeader *from = session_header(&self->sessions, session);
    *out_header(self, entry) =
        (SessionHeader){.rows = from->rows, .start = from->start, .end = from->end};
    header(self, session)->out = entry + 1;
    return ST_OK;
}

/* A result in columns of the scratch. */
static Status show(UpdatingSessionOp *self, GroupStates *states, uint32_t entry, bool again,
                   Column **out)
{
    const AggregateSet *set = &self->sessions.set;
    TRY(op_make_columns(&self->op, &self->op.plan->schema, 1, out));
    TRY(again ? aggregate_set_repeat(set, states, &entry, 1, *out)
              : aggregate_set_emit(set, states, &entry, 1, *out));
    const SessionHeader *span = keyed_map_value(&states->groups, entry);
    window_columns_put(&self->op, span->start, span->end, 0, *out);
    return ST_OK;
}

static Status change_result(UpdatingSessionOp *self, uint32_t session)
{
    const SessionHeader now = *session_header(&self->sessions, session);
    Column *new = NULL, *old;
    bool updates = false;
    if (now.rows > 0)
        TRY(show(self, &self->sessions.states, session, false, &new));
    for (uint32_t at = header(self, session)->out; at != 0; at = out_header(self, at - 1)->next) {
        const SessionHeader *was = out_header(self, at - 1);
        bool same_window = now.rows > 0 && was->start == now.start && was->end == now.end;
        TRY(show(self, &self->out, at - 1, true, &old));
        if (same_window && group_changes_are_same(&self->op, old, new, 0))
            return ST_OK; /* nothing has been joined then */
        TRY(group_changes_add(&self->changes, same_window ? ROW_UPDATE_BEFORE : ROW_DELETE, old,
                              0));
        updates = updates || same_window;
    }
    if (new == NULL)
        return ST_OK;
    return group_changes_add(&self->changes, updates ? ROW_UPDATE_AFTER : ROW_INSERT, new, 0);
}

enum { RESULTS = 2 }; /* seldom has a session joined more of those that are out */

static Status give_out(UpdatingSessionOp *self, uint32_t session, Micros watermark)
{
    ArenaMark mark = arena_mark(&self->op.scratch);
    wait_no_more(self, session);
    self->changes.at = watermark;
    TRY(group_changes_begin(&self->changes, RESULTS));
    TRY(change_result(self, session));
    TRY(group_changes_flush(&self->changes));
    TRY(keep_out(self, session));
    arena_release(&self->op.scratch, mark);
    return ST_OK;
}

/* --- firing --- */

/* When the session is to be looked at: as it passes, and when rows are too late for it. */
static Micros updating_look_at(const Sessions *sessions, uint32_t session)
{
    const UpdatingHeader *now = (const UpdatingHeader *)session_header(sessions, session);
    Micros due = sessions_due(sessions, now->session.end);
    return now->passed != 0 ? micros_later(due, sessions->lateness) : due;
}

static void end_session(UpdatingSessionOp *self, uint32_t session)
{
    drop_out(self, session);
    sessions_detach(&self->sessions, session);
    aggregate_set_remove(&self->sessions.set, &self->sessions.states, session);
}

static Status pass_or_end(UpdatingSessionOp *self, uint32_t session, Micros before)
{
    UpdatingHeader *now = header(self, session);
    bool passes = now->passed == 0;
    if (passes || now->fire_at != 0)
        TRY(give_out(self, session, before));
    if (passes && self->sessions.lateness > 0) {
        header(self, session)->passed = 1;
        return sessions_set_timer(&self->sessions, session,
                                  updating_look_at(&self->sessions, session));
    }
    end_session(self, session);
    return ST_OK;
}

static Status updating_fire(Op *op, Micros time, Micros before)
{
    UpdatingSessionOp *self = (UpdatingSessionOp *)op;
    SessionList list = {0};
    do {
        list.count = 0;
        TRY(sessions_take_due(&self->sessions, time, &list));
        for (uint32_t i = 0; i < list.count; i++)
            TRY(pass_or_end(self, list.item[i].session, before));
    } while (list.count > 0);
    self->timed.next_due = self->sessions.next_due;
    return ST_OK;
}

/* --- rows --- */

static Status updating_join(Sessions *sessions, uint32_t into, uint32_t from)
{
    UpdatingSessionOp *self = (UpdatingSessionOp *)sessions->op;
    Micros fire_at = header(self, from)->fire_at;
    uint32_t out = header(self, from)->out;
    wait_no_more(self, from);
    if (fire_at != 0 && header(self, into)->fire_at == 0)
        TRY(wait_until(self, into, fire_at));
    if (out == 0)
        return ST_OK;
    uint32_t last = out - 1;
    while (out_header(self, last)->next != 0)
        last = out_header(self, last)->next - 1;
    out_header(self, last)->next = header(self, into)->out;
    header(self, into)->out = out;
    return ST_OK;
}

/* What has changed goes out at once, after a while, or when the watermark says so. */
static Status schedule(UpdatingSessionOp *self, uint32_t session, Micros watermark)
{
    const EmitStrategy *emit = emit_of(&self->op);
    UpdatingHeader *now = header(self, session);
    bool wanted = now->passed != 0 ? emit->late : emit->early;
    Micros delay = now->passed != 0 ? emit->late_delay : emit->early_delay;
    if (!wanted || now->fire_at != 0)
        return ST_OK;
    return delay == 0 ? give_out(self, session, watermark)
                      : wait_until(self, session, micros_later(self->op.env->eval.now, delay));
}

static Status updating_take(Op *op, const Batch *in, uint32_t i)
{
    UpdatingSessionOp *self = (UpdatingSessionOp *)op;
    uint16_t row = (uint16_t)batch_row(in, i);
    Micros watermark = batch_watermark(in, row);
    KeyBatch key = key_batch_part(&self->sessions.set.key, &self->keys, i, i + 1);
    uint32_t session;
    TRY(sessions_take(&self->sessions, in, row, &key, &session));
    if (session == UINT32_MAX)
        return ST_OK;
    UpdatingHeader *now = header(self, session);
    now->passed = sessions_due(&self->sessions, now->session.end) <= watermark;
    TRY(sessions_move_timer(&self->sessions, session, updating_look_at(&self->sessions, session)));
    self->timed.next_due = self->sessions.next_due;
    return schedule(self, session, watermark);
}

static Status updating_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    UpdatingSessionOp *self = (UpdatingSessionOp *)op;
    TRY(aggregate_set_keys(&self->sessions.set, in, &self->keys));
    return timed_push(&self->timed, op, in);
}

static Status updating_watermark(Op *op, Micros time)
{
    return timed_watermark(&((UpdatingSessionOp *)op)->timed, op, time);
}

static Micros updating_watermark_due(const Op *op)
{
    return ((const UpdatingSessionOp *)op)->timed.next_due;
}

static Micros updating_clock_due(const Op *op)
{
    return timed_set_due(&((const UpdatingSessionOp *)op)->pending);
}

static Status updating_clock(Op *op, Micros now)
{
    UpdatingSessionOp *self = (UpdatingSessionOp *)op;
    uint32_t session;
    while (timed_set_first(&self->pending, now, &session))
        TRY(give_out(self, session, op->before));
    return ST_OK;
}

/* --- its life --- */

static Status updating_open(Op *op, Diag *diag)
{
    (void)diag;
    UpdatingSessionOp *self = (UpdatingSessionOp *)op;
    self->timed = (Timed){MICROS_MAX, updating_take, updating_fire};
    self->sessions.join = updating_join;
    self->sessions.look_at = updating_look_at;
    self->sessions.lateness = emit_of(op)->lateness;
    group_changes_open(&self->changes, op);
    TRY(sessions_open(&self->sessions, op, sizeof(UpdatingHeader)));
    timed_set_open(&self->pending, &op->meter);
    return group_states_open(&self->out, &self->sessions.set);
}

static Status updating_state(Op *op, StateWalk *walk)
{
    UpdatingSessionOp *self = (UpdatingSessionOp *)op;
    TRY(sessions_walk(&self->sessions, walk));
    self->timed.next_due = self->sessions.next_due;
    TRY(timed_set_walk(&self->pending, walk));
    return group_states_walk(&self->out, &self->sessions.set, walk);
}

static void updating_measure(const Op *op, OpMeasure *out)
{
    const UpdatingSessionOp *self = (const UpdatingSessionOp *)op;
    out->groups = out->windows = keyed_map_count(&self->sessions.states.groups);
    out->fires = updating_clock_due(op);
}

static void updating_close(Op *op)
{
    UpdatingSessionOp *self = (UpdatingSessionOp *)op;
    if (self->out.groups.shape != NULL || self->sessions.set.op != NULL) {
        timed_set_close(&self->pending);
        group_states_close(&self->out, &self->sessions.set);
    }
    group_changes_close(&self->changes);
    sessions_close(&self->sessions);
}

const OpClass updating_session_class = {.size = sizeof(UpdatingSessionOp),
                                        .open = updating_open,
                                        .push = updating_push,
                                        .watermark = updating_watermark,
                                        .watermark_due = updating_watermark_due,
                                        .clock_due = updating_clock_due,
                                        .clock = updating_clock,
                                        .state = updating_state,
                                        .measure = updating_measure,
                                        .close = updating_close};
