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
#include <assert.h>
#include <stdlib.h>

#include "executor/op/aggregate_set.h"
#include "executor/op/ops.h"
#include "executor/run/reject.h"
#include "storage/base/vec.h"

typedef struct SessionHeader {
    int64_t rows;
    Micros start, end; /* local */
    Micros timer;      /* an instant: when it is looked at */
    uint64_t number;   /* in the order of arrival; tells the key's sessions apart */
    uint32_t next;     /* of the same key: entry + 1, 0: none */
    uint32_t head;     /* the key's entry among the heads */
} SessionHeader;

typedef struct SessionAggregateOp {
    Op op;
    AggregateSet set;
    GroupStates sessions; /* by key and number */
    KeyedMap heads;       /* key -> its first session: entry + 1 */
    SortedMap timers;     /* (instant, session's entry) */
    uint64_t numbers;     /* given out */
    Micros next_due;      /* of the first timer; MICROS_MAX: there is none */
} SessionAggregateOp;

static const PlanWindowAggregate *plan_of(const Op *op)
{
    return &op->plan->as.window_aggregate;
}

static Status session_open(Op *op, Diag *diag)
{
    (void)diag;
    SessionAggregateOp *self = (SessionAggregateOp *)op;
    self->next_due = MICROS_MAX;
    TRY(aggregate_set_open(&self->set, op, &plan_of(op)->aggregate, sizeof(SessionHeader),
                           AGGREGATE_MERGES | AGGREGATE_NUMBERS));
    keyed_map_open(&self->heads, &self->set.key, sizeof(uint64_t), op->env->seed, &op->meter);
    sorted_map_open(&self->timers, PHYS_I128, &op->meter);
    return group_states_open(&self->sessions, &self->set);
}

static const SessionHeader *header(const SessionAggregateOp *self, uint32_t session)
{
    return keyed_map_value(&self->sessions.groups, session);
}

static SessionHeader *header_write(SessionAggregateOp *self, uint32_t session)
{
    return keyed_map_value_write(&self->sessions.groups, session);
}

static Micros due_of(const SessionAggregateOp *self, Micros end)
{
    return window_due(&plan_of(&self->op)->window, self->op.env->eval.zone, end);
}

/* --- timers --- */

static void timer_value(Micros time, uint32_t session, uint64_t value[2])
{
    Int128 both = (Int128)time * ((Int128)1 << 64) + session;
    memcpy(value, &both, sizeof both);
}

static void find_next_due(SessionAggregateOp *self)
{
    const uint64_t *first = sorted_map_first(&self->timers, 0);
    Int128 both;
    self->next_due = MICROS_MAX;
    if (first == NULL)
        return;
    memcpy(&both, first, sizeof both);
    self->next_due = (Micros)(both >> 64);
}

static Status set_timer(SessionAggregateOp *self, uint32_t session, Micros time)
{
    uint64_t value[2];
    timer_value(time, session, value);
    TRY(sorted_map_adjust(&self->timers, 0, value, 1));
    header_write(self, session)->timer = time;
    if (time < self->next_due)
        self->next_due = time;
    return ST_OK;
}

static Status stop_timer(SessionAggregateOp *self, uint32_t session)
{
    uint64_t value[2];
    timer_value(header(self, session)->timer, session, value);
    return sorted_map_adjust(&self->timers, 0, value, -1);
}

/* --- chains --- */

static uint32_t first_of(const SessionAggregateOp *self, uint32_t head)
{
    uint64_t first;
    memcpy(&first, keyed_map_value(&self->heads, head), sizeof first);
    return (uint32_t)first;
}

static void set_first(SessionAggregateOp *self, uint32_t head, uint64_t first)
{
    memcpy(keyed_map_value_write(&self->heads, head), &first, sizeof first);
}

/* The session leaves its chain, and the key the heads when it was the last one. */
static void unchain(SessionAggregateOp *self, uint32_t session)
{
    const SessionHeader *gone = header(self, session);
    uint32_t head = gone->head, next = gone->next, at = first_of(self, head);
    if (at == session + 1) {
        set_first(self, head, next);
        if (next == 0)
            keyed_map_remove(&self->heads, head);
        return;
    }
    while (header(self, at - 1)->next != session + 1)
        at = header(self, at - 1)->next;
    header_write(self, at - 1)->next = next;
}

/* A new session of the key, the last in its chain, so that sessions are met in order. */
static Status begin_session(SessionAggregateOp *self, const KeyBatch *key, uint32_t head,
                            Micros start, Micros end, uint32_t *out)
{
    const KeyShape *shape = &self->set.key;
    uint64_t words[KEY_MAX_COLUMNS * 2 + 1], hash, nulls = key->nulls == NULL ? 0 : *key->nulls;
    memcpy(words, key->words, shape->words * sizeof *words);
    words[shape->words] = ++self->numbers;
    hash = key_hash(&self->set.stored, words, nulls, NULL, self->op.env->seed);
    KeyBatch numbered = {
        .count = 1, .words = words, .nulls = nulls == 0 ? NULL : &nulls, .hash = &hash};
    TRY(keyed_map_upsert(&self->sessions.groups, &numbered, out, NULL));
    *header_write(self, *out) =
        (SessionHeader){.start = start, .end = end, .number = self->numbers, .head = head};
    uint32_t at = first_of(self, head);
    if (at == 0) {
        set_first(self, head, *out + 1);
    } else {
        while (header(self, at - 1)->next != 0)
            at = header(self, at - 1)->next;
        header_write(self, at - 1)->next = *out + 1;
    }
    return set_timer(self, *out, due_of(self, end));
}

/* What `from` has becomes that of `into`; it is gone then. */
static Status join_sessions(SessionAggregateOp *self, uint32_t into, uint32_t from)
{
    const SessionHeader other = *header(self, from);
    TRY(aggregate_set_merge(&self->set, &self->sessions, &into, &self->sessions, &from, 1));
    SessionHeader *session = header_write(self, into);
    session->rows += other.rows;
    session->start = other.start < session->start ? other.start : session->start;
    session->end = other.end > session->end ? other.end : session->end;
    TRY(stop_timer(self, from));
    unchain(self, from);
    aggregate_set_remove(&self->set, &self->sessions, from);
    find_next_due(self);
    return ST_OK;
}

/* --- firing --- */

typedef struct Due {
    Micros end;
    uint64_t number;
    uint32_t session;
} Due;

static int compare_due(const void *a, const void *b)
{
    const Due *left = a, *right = b;
    if (left->end != right->end)
        return left->end < right->end ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

typedef VEC(Due) DueList;

/* Takes the timers up to `time`: a session that has grown is looked at again later. */
static Status take_timers(SessionAggregateOp *self, Micros time, DueList *list)
{
    while (self->next_due != MICROS_MAX && self->next_due <= time) {
        Int128 both;
        memcpy(&both, sorted_map_first(&self->timers, 0), sizeof both);
        uint32_t session = (uint32_t)both;
        const SessionHeader *at = header(self, session);
        Micros due = due_of(self, at->end);
        TRY(stop_timer(self, session));
        if (due > time)
            TRY(set_timer(self, session, due));
        else
            TRY_PUSH(list, &self->op.scratch, ((Due){at->end, at->number, session}));
        find_next_due(self);
    }
    return ST_OK;
}

static void fill_window(const SessionAggregateOp *self, const Due *due, uint32_t count,
                        Column *column)
{
    const PlanWindowAggregate *plan = plan_of(&self->op);
    for (uint32_t c = 0; c < plan->columns; c++) {
        for (uint32_t i = 0; i < count; i++) {
            const SessionHeader *session = header(self, due[i].session);
            Micros value = 0;
            switch (plan->column[c]) {
            case WINDOW_START: value = session->start; break;
            case WINDOW_END: value = session->end; break;
            case WINDOW_TIME: value = due_of(self, session->end); break;
            }
            column[c].data.i64[i] = value;
        }
    }
}

static Status emit_sessions(SessionAggregateOp *self, const Due *due, uint32_t count, Micros before)
{
    Op *op = &self->op;
    const PlanAggregate *plan = &plan_of(op)->aggregate;
    Column *column;
    uint32_t *entry;
    TRY(op_make_columns(op, &op->plan->schema, count, &column));
    TRY_NEW_ARRAY(entry, &op->scratch, count);
    for (uint32_t i = 0; i < count; i++)
        entry[i] = due[i].session;
    TRY(aggregate_set_emit(&self->set, &self->sessions, entry, count, column));
    fill_window(self, due, count, column + plan->keys + plan->calls);
    Batch out = {.rows = (uint16_t)count,
                 .selected = (uint16_t)count,
                 .watermark_before = before,
                 .columns = (uint16_t)op->plan->schema.count,
                 .column = column};
    return op_emit(op, &out);
}

/* Gives out and forgets all sessions that are due at `time`; those of which all rows were taken
 * back are only forgotten. */
static Status fire(SessionAggregateOp *self, Micros time, Micros before)
{
    DueList list = {0};
    uint32_t kept = 0, portion = aggregate_set_portion(&self->set);
    TRY(take_timers(self, time, &list));
    if (list.count > 1)
        qsort(list.item, list.count, sizeof *list.item, compare_due);
    for (uint32_t i = 0; i < list.count; i++) {
        Due due = list.item[i];
        unchain(self, due.session);
        if (header(self, due.session)->rows > 0)
            list.item[kept++] = due;
        else
            aggregate_set_remove(&self->set, &self->sessions, due.session);
    }
    for (uint32_t from = 0; from < kept; from += portion) {
        uint32_t count = kept - from < portion ? kept - from : portion;
        ArenaMark mark = arena_mark(&self->op.scratch);
        Status status = emit_sessions(self, list.item + from, count, before);
        arena_release(&self->op.scratch, mark);
        TRY(status);
    }
    for (uint32_t i = 0; i < kept; i++)
        aggregate_set_remove(&self->set, &self->sessions, list.item[i].session);
    return ST_OK;
}

/* --- rows --- */

/* The first session of the key that [*start, *end) touches; the others that it touches, or that the
 * first then does, are joined with it. -1: none. The window grows to that of all. */
static Status find_session(SessionAggregateOp *self, uint32_t head, Micros *start, Micros *end,
                           int64_t *found)
{
    *found = -1;
    for (uint32_t at = first_of(self, head); at != 0;) {
        uint32_t session = at - 1;
        const SessionHeader *now = header(self, session);
        at = now->next;
        if (now->start > *end || now->end < *start)
            continue;
        *start = now->start < *start ? now->start : *start;
        *end = now->end > *end ? now->end : *end;
        if (*found < 0)
            *found = session;
        else
            TRY(join_sessions(self, (uint32_t)*found, session));
    }
    return ST_OK;
}

static Status apply(SessionAggregateOp *self, const Batch *in, uint16_t row, uint32_t session)
{
    SessionHeader *now = header_write(self, session);
    bool adds = row_kind_adds(batch_kind(in, row));
    if (!adds && now->rows == 0)
        return ST_OK; /* takes back what never came */
    now->rows += adds ? 1 : -1;
    return aggregate_set_apply(&self->set, &self->sessions, in,
                               aggregate_set_arrival(&self->set, in), &row, &session, 1);
}

static Status take_row(SessionAggregateOp *self, const Batch *in, uint16_t row, const KeyBatch *key)
{
    Op *op = &self->op;
    const PlanWindowAggregate *plan = plan_of(op);
    const Column *rowtime = &in->column[plan->rowtime];
    Micros time = rowtime->data.i64[column_index(rowtime, row)];
    Micros start = window_local(&plan->window, op->env->eval.zone, time);
    Micros end = start + plan->window.size, watermark = batch_watermark(in, row);
    uint32_t head, session;
    int64_t found;
    uint8_t fresh;
    TRY(keyed_map_upsert(&self->heads, key, &head, &fresh));
    TRY(find_session(self, head, &start, &end, &found));
    if (found < 0 && due_of(self, end) <= watermark) {
        if (fresh)
            keyed_map_remove(&self->heads, head);
        return reject_late_row(op, in, row, time, watermark);
    }
    reject_count_used_rows(op, in, &row, 1);
    session = (uint32_t)found;
    if (found < 0)
        TRY(begin_session(self, key, head, start, end, &session));
    SessionHeader *now = header_write(self, session);
    now->start = start;
    now->end = end;
    return apply(self, in, row, session);
}

static Status session_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    SessionAggregateOp *self = (SessionAggregateOp *)op;
    KeyBatch keys;
    TRY(aggregate_set_keys(&self->set, in, &keys));
    for (uint32_t i = 0; i < in->selected; i++) {
        uint16_t row = (uint16_t)batch_row(in, i);
        uint32_t stored = i == 0 ? 0 : batch_row(in, i - 1); /* rows before it are behind us */
        uint32_t cut = batch_find_due(in, stored, self->next_due);
        while (cut <= row) {
            Micros before = cut == 0 ? op->before : batch_watermark(in, cut - 1);
            TRY(fire(self, batch_watermark(in, cut), before));
            cut = batch_find_due(in, cut, self->next_due);
        }
        KeyBatch key = key_batch_part(&self->set.key, &keys, i, i + 1);
        TRY(take_row(self, in, row, &key));
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
    SessionAggregateOp *self = (SessionAggregateOp *)op;
    TRY(fire(self, time, op->before));
    return op_emit_watermark(op, time);
}

static Micros session_watermark_due(const Op *op)
{
    return ((const SessionAggregateOp *)op)->next_due;
}

static Status session_state(Op *op, StateWalk *walk)
{
    SessionAggregateOp *self = (SessionAggregateOp *)op;
    TRY(STATE_WALK(walk, self->numbers));
    TRY(state_walk_keyed_map(walk, &self->heads));
    TRY(state_walk_sorted_map(walk, &self->timers));
    TRY(group_states_walk(&self->sessions, &self->set, walk));
    find_next_due(self);
    return ST_OK;
}

static void session_close(Op *op)
{
    SessionAggregateOp *self = (SessionAggregateOp *)op;
    if (self->set.op != NULL) {
        keyed_map_close(&self->heads);
        sorted_map_close(&self->timers);
        group_states_close(&self->sessions, &self->set);
    }
    aggregate_set_close(&self->set);
}

static void session_measure(const Op *op, OpMeasure *out)
{
    const SessionAggregateOp *self = (const SessionAggregateOp *)op;
    out->groups = out->windows = keyed_map_count(&self->sessions.groups);
}

const OpClass session_aggregate_class = {.size = sizeof(SessionAggregateOp),
                                         .open = session_open,
                                         .push = session_push,
                                         .watermark = session_watermark,
                                         .watermark_due = session_watermark_due,
                                         .state = session_state,
                                         .measure = session_measure,
                                         .close = session_close};
