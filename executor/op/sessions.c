/* The sessions of a key do not touch, so that they begin in the order in which they end. Nearly all
 * rows are of the latest one or begin it, which is told by looking at that alone. Those before it
 * are ordered by their ends, as there can be any number of them behind a watermark that is late. */
#include "executor/op/sessions.h"

#include <assert.h>
#include <stdlib.h>

#include "executor/run/reject.h"

static const PlanWindowAggregate *plan_of(const Op *op)
{
    return &op->plan->as.window_aggregate;
}

Status sessions_open(Sessions *self, Op *op, uint32_t header_size)
{
    self->op = op;
    self->next_due = MICROS_MAX;
    TRY(aggregate_set_open(&self->set, op, &plan_of(op)->aggregate, header_size,
                           AGGREGATE_MERGES | AGGREGATE_NUMBERS));
    keyed_map_open(&self->heads, &self->set.key, sizeof(uint64_t), op->env->seed, &op->meter);
    sorted_map_open(&self->earlier, PHYS_I128, &op->meter);
    timed_set_open(&self->timers, &op->meter);
    return group_states_open(&self->states, &self->set);
}

void sessions_close(Sessions *self)
{
    if (self->set.op != NULL) {
        keyed_map_close(&self->heads);
        sorted_map_close(&self->earlier);
        timed_set_close(&self->timers);
        group_states_close(&self->states, &self->set);
    }
    aggregate_set_close(&self->set);
}

Micros sessions_due(const Sessions *self, Micros end)
{
    return window_due(&plan_of(self->op)->window, self->op->env->eval.zone, end);
}

/* --- timers --- */

static void find_next_due(Sessions *self)
{
    self->next_due = timed_set_due(&self->timers);
}

Status sessions_set_timer(Sessions *self, uint32_t session, Micros time)
{
    TRY(timed_set_add(&self->timers, time, session));
    session_header_write(self, session)->timer = time;
    if (time < self->next_due)
        self->next_due = time;
    return ST_OK;
}

static void stop_timer(Sessions *self, uint32_t session)
{
    timed_set_remove(&self->timers, session_header(self, session)->timer, session);
    find_next_due(self);
}

Status sessions_move_timer(Sessions *self, uint32_t session, Micros time)
{
    if (time >= session_header(self, session)->timer)
        return ST_OK;
    stop_timer(self, session);
    return sessions_set_timer(self, session, time);
}

static int compare_due(const void *a, const void *b)
{
    const DueSession *left = a, *right = b;
    if (left->end != right->end)
        return left->end < right->end ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

Status sessions_take_due(Sessions *self, Micros time, SessionList *list)
{
    uint32_t session;
    Micros until = time < MICROS_MAX ? time : MICROS_MAX - 1; /* MICROS_MAX itself never comes */
    while (timed_set_take(&self->timers, until, &session)) {
        const SessionHeader *now = session_header(self, session);
        Micros at =
            self->look_at == NULL ? sessions_due(self, now->end) : self->look_at(self, session);
        if (at > time)
            TRY(sessions_set_timer(self, session, at));
        else
            TRY_PUSH(list, &self->op->scratch, ((DueSession){now->end, now->number, session}));
    }
    find_next_due(self);
    if (list->count > 1)
        qsort(list->item, list->count, sizeof *list->item, compare_due);
    return ST_OK;
}

/* --- the sessions of a key --- */

static uint32_t latest_of(const Sessions *self, uint32_t head)
{
    uint64_t latest;
    memcpy(&latest, keyed_map_value(&self->heads, head), sizeof latest);
    return (uint32_t)latest;
}

static void set_latest(Sessions *self, uint32_t head, uint32_t session)
{
    uint64_t latest = session + UINT64_C(1);
    memcpy(keyed_map_value_write(&self->heads, head), &latest, sizeof latest);
}

static Status add_earlier(Sessions *self, uint32_t head, uint32_t session)
{
    uint64_t value[2];
    timed_value(session_header(self, session)->end, session, value);
    return sorted_map_adjust(&self->earlier, head, value, 1);
}

static void remove_earlier(Sessions *self, uint32_t head, uint32_t session)
{
    uint64_t value[2];
    SortedCursor at;
    timed_value(session_header(self, session)->end, session, value);
    bool there = sorted_map_seek(&self->earlier, head, value, &at);
    assert(there && timed_value_entry(at.value) == session);
    sorted_map_remove(&self->earlier, &at);
}

/* Among those of its key, its span being set. */
static Status attach(Sessions *self, uint32_t session)
{
    const SessionHeader *now = session_header(self, session);
    uint32_t head = now->head, latest = latest_of(self, head);
    if (latest != 0 && now->start < session_header(self, latest - 1)->start)
        return add_earlier(self, head, session);
    set_latest(self, head, session);
    return latest == 0 ? ST_OK : add_earlier(self, head, latest - 1);
}

/* And the key the heads when it was the last one. */
void sessions_detach(Sessions *self, uint32_t session)
{
    uint32_t head = session_header(self, session)->head;
    SortedCursor before;
    if (latest_of(self, head) != session + 1) {
        remove_earlier(self, head, session);
    } else if (sorted_map_end(&self->earlier, head, &before)) {
        set_latest(self, head, timed_value_entry(before.value));
        sorted_map_remove(&self->earlier, &before);
    } else {
        keyed_map_remove(&self->heads, head);
    }
}

static Status set_span(Sessions *self, uint32_t session, Micros start, Micros end)
{
    const SessionHeader *was = session_header(self, session);
    bool moves = was->end != end && latest_of(self, was->head) != session + 1;
    if (moves)
        remove_earlier(self, was->head, session);
    SessionHeader *now = session_header_write(self, session);
    now->start = start;
    now->end = end;
    return moves ? add_earlier(self, now->head, session) : ST_OK;
}

static Status begin_session(Sessions *self, const KeyBatch *key, uint32_t head, Micros start,
                            Micros end, uint32_t *out)
{
    const KeyShape *shape = &self->set.key;
    uint64_t words[KEY_MAX_COLUMNS * 2 + 1], hash, nulls = key->nulls == NULL ? 0 : *key->nulls;
    memcpy(words, key->words, shape->words * sizeof *words);
    words[shape->words] = ++self->numbers;
    hash = key_hash(&self->set.stored, words, nulls, NULL, self->op->env->seed);
    KeyBatch numbered = {
        .count = 1, .words = words, .nulls = nulls == 0 ? NULL : &nulls, .hash = &hash};
    TRY(keyed_map_upsert(&self->states.groups, &numbered, out, NULL));
    *session_header_write(self, *out) =
        (SessionHeader){.start = start, .end = end, .number = self->numbers, .head = head};
    TRY(attach(self, *out));
    return sessions_set_timer(self, *out, sessions_due(self, end));
}

/* What `from` has becomes that of `into`; it is gone then. The span is set by who joins them. */
static Status join_sessions(Sessions *self, uint32_t into, uint32_t from)
{
    const SessionHeader other = *session_header(self, from);
    TRY(aggregate_set_merge(&self->set, &self->states, &into, &self->states, &from, 1));
    if (self->join != NULL)
        TRY(self->join(self, into, from));
    session_header_write(self, into)->rows += other.rows;
    stop_timer(self, from);
    sessions_detach(self, from);
    aggregate_set_remove(&self->set, &self->states, from);
    return ST_OK;
}

/* --- rows --- */

/* The sessions of the key that [start, end) touches, by their ends: as no session is shorter than
 * the gap, which is the length of this span, there are two at most. */
static uint32_t find_touched(const Sessions *self, uint32_t latest, uint32_t head, Micros start,
                             Micros end, uint32_t touched[2])
{
    const SessionHeader *now = session_header(self, latest);
    uint32_t count = 0;
    if (start < now->start) { /* else it is behind the ends of the others */
        uint64_t from[2];
        SortedCursor at;
        timed_value(start, 0, from);
        for (bool more = sorted_map_seek(&self->earlier, head, from, &at); more && count < 2;
             more = sorted_map_next(&self->earlier, &at)) {
            uint32_t session = timed_value_entry(at.value);
            if (session_header(self, session)->start > end)
                return count;
            touched[count++] = session;
        }
    }
    if (count < 2 && now->start <= end && start <= now->end)
        touched[count++] = latest;
    return count;
}

/* The session of the key that [*start, *end) touches; of two the one that came first, with which
 * the other is joined. UINT32_MAX: none. The span grows to that of all. */
static Status find_session(Sessions *self, uint32_t head, Micros *start, Micros *end,
                           uint32_t *found)
{
    uint32_t latest = latest_of(self, head), touched[2];
    *found = UINT32_MAX;
    if (latest == 0)
        return ST_OK;
    uint32_t count = find_touched(self, latest - 1, head, *start, *end, touched);
    for (uint32_t i = 0; i < count; i++) {
        const SessionHeader *now = session_header(self, touched[i]);
        *start = now->start < *start ? now->start : *start;
        *end = now->end > *end ? now->end : *end;
    }
    if (count == 0)
        return ST_OK;
    *found = touched[0];
    if (count == 1)
        return ST_OK;
    bool later = session_header(self, touched[1])->number > session_header(self, *found)->number;
    *found = touched[later ? 0 : 1];
    return join_sessions(self, *found, touched[later ? 1 : 0]);
}

static Status apply(Sessions *self, const Batch *in, uint16_t row, uint32_t session)
{
    SessionHeader *now = session_header_write(self, session);
    bool adds = row_kind_adds(batch_kind(in, row));
    if (!adds && now->rows == 0)
        return ST_OK; /* takes back what never came */
    now->rows += adds ? 1 : -1;
    return aggregate_set_apply(&self->set, &self->states, in, aggregate_set_arrival(&self->set, in),
                               &row, &session, 1);
}

Status sessions_take(Sessions *self, const Batch *in, uint16_t row, const KeyBatch *key,
                     uint32_t *session)
{
    Op *op = self->op;
    const PlanWindowAggregate *plan = plan_of(op);
    const Column *rowtime = &in->column[plan->rowtime];
    Micros time = rowtime->data.i64[column_index(rowtime, row)];
    Micros start = window_local(&plan->window, op->env->eval.zone, time);
    Micros end = start + plan->window.size, watermark = batch_watermark(in, row);
    uint32_t head;
    uint8_t fresh;
    TRY(keyed_map_upsert(&self->heads, key, &head, &fresh));
    TRY(find_session(self, head, &start, &end, session));
    if (*session == UINT32_MAX &&
        micros_later(sessions_due(self, end), self->lateness) <= watermark) {
        if (fresh)
            keyed_map_remove(&self->heads, head);
        return reject_late_row(op, in, row, time, watermark);
    }
    reject_count_used_rows(op, in, &row, 1);
    if (*session == UINT32_MAX)
        TRY(begin_session(self, key, head, start, end, session));
    TRY(set_span(self, *session, start, end));
    return apply(self, in, row, *session);
}

/* --- the rest --- */

Status sessions_walk(Sessions *self, StateWalk *walk)
{
    TRY(STATE_WALK(walk, self->numbers));
    TRY(state_walk_keyed_map(walk, &self->heads));
    TRY(state_walk_sorted_map(walk, &self->earlier));
    TRY(timed_set_walk(&self->timers, walk));
    TRY(group_states_walk(&self->states, &self->set, walk));
    find_next_due(self);
    return ST_OK;
}
