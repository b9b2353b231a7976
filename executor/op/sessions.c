/* Sessions of a key are chained in no order of time: there are few that are open at once. */
#include "executor/op/sessions.h"

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
    timed_set_open(&self->timers, &op->meter);
    return group_states_open(&self->states, &self->set);
}

void sessions_close(Sessions *self)
{
    if (self->set.op != NULL) {
        keyed_map_close(&self->heads);
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

/* --- chains --- */

static uint32_t first_of(const Sessions *self, uint32_t head)
{
    uint64_t first;
    memcpy(&first, keyed_map_value(&self->heads, head), sizeof first);
    return (uint32_t)first;
}

static void set_first(Sessions *self, uint32_t head, uint64_t first)
{
    memcpy(keyed_map_value_write(&self->heads, head), &first, sizeof first);
}

/* And the key the heads when it was the last one. */
void sessions_unchain(Sessions *self, uint32_t session)
{
    const SessionHeader *gone = session_header(self, session);
    uint32_t head = gone->head, next = gone->next, at = first_of(self, head);
    if (at == session + 1) {
        set_first(self, head, next);
        if (next == 0)
            keyed_map_remove(&self->heads, head);
        return;
    }
    while (session_header(self, at - 1)->next != session + 1)
        at = session_header(self, at - 1)->next;
    session_header_write(self, at - 1)->next = next;
}

/* A new session of the key, the last in its chain, so that sessions are met in order. */
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
    uint32_t at = first_of(self, head);
    if (at == 0) {
        set_first(self, head, *out + 1);
    } else {
        while (session_header(self, at - 1)->next != 0)
            at = session_header(self, at - 1)->next;
        session_header_write(self, at - 1)->next = *out + 1;
    }
    return sessions_set_timer(self, *out, sessions_due(self, end));
}

/* What `from` has becomes that of `into`; it is gone then. */
static Status join_sessions(Sessions *self, uint32_t into, uint32_t from)
{
    const SessionHeader other = *session_header(self, from);
    TRY(aggregate_set_merge(&self->set, &self->states, &into, &self->states, &from, 1));
    if (self->join != NULL)
        TRY(self->join(self, into, from));
    SessionHeader *session = session_header_write(self, into);
    session->rows += other.rows;
    session->start = other.start < session->start ? other.start : session->start;
    session->end = other.end > session->end ? other.end : session->end;
    stop_timer(self, from);
    sessions_unchain(self, from);
    aggregate_set_remove(&self->set, &self->states, from);
    return ST_OK;
}

/* --- rows --- */

/* The first session of the key that [*start, *end) touches; the others that it touches, or that the
 * first then does, are joined with it. UINT32_MAX: none. The window grows to that of all. */
static Status find_session(Sessions *self, uint32_t head, Micros *start, Micros *end,
                           uint32_t *found)
{
    *found = UINT32_MAX;
    for (uint32_t at = first_of(self, head); at != 0;) {
        uint32_t session = at - 1;
        const SessionHeader *now = session_header(self, session);
        at = now->next;
        if (now->start > *end || now->end < *start)
            continue;
        *start = now->start < *start ? now->start : *start;
        *end = now->end > *end ? now->end : *end;
        if (*found == UINT32_MAX)
            *found = session;
        else
            TRY(join_sessions(self, *found, session));
    }
    return ST_OK;
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
    if (*session == UINT32_MAX && sessions_due(self, end) + self->lateness <= watermark) {
        if (fresh)
            keyed_map_remove(&self->heads, head);
        return reject_late_row(op, in, row, time, watermark);
    }
    reject_count_used_rows(op, in, &row, 1);
    if (*session == UINT32_MAX)
        TRY(begin_session(self, key, head, start, end, session));
    SessionHeader *now = session_header_write(self, *session);
    now->start = start;
    now->end = end;
    return apply(self, in, row, *session);
}

/* --- the rest --- */

Status sessions_walk(Sessions *self, StateWalk *walk)
{
    TRY(STATE_WALK(walk, self->numbers));
    TRY(state_walk_keyed_map(walk, &self->heads));
    TRY(timed_set_walk(&self->timers, walk));
    TRY(group_states_walk(&self->states, &self->set, walk));
    find_next_due(self);
    return ST_OK;
}

void sessions_fill_window(const Sessions *self, const SessionHeader *session, Column *column,
                          uint32_t row)
{
    const PlanWindowAggregate *plan = plan_of(self->op);
    for (uint32_t c = 0; c < plan->columns; c++) {
        Micros value = 0;
        switch (plan->column[c]) {
        case WINDOW_START: value = session->start; break;
        case WINDOW_END: value = session->end; break;
        case WINDOW_TIME:
            value = window_time(&plan_of(self->op)->window, self->op->env->eval.zone, session->end);
            break;
        }
        column[c].data.i64[row] = value;
    }
}
