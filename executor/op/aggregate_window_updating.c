/* UpdatingWindowAggregate: groups per window whose results do not wait for the watermark, or do not
 * end with it: given out early while the window fills, and corrected by rows that come late.
 *
 * While the watermark has not passed a window, its results go out as EmitStrategy.early says, if it
 * does; when it passes, all that has changed goes out; until it has passed the end by the allowed
 * lateness, rows still count, and what they change goes out as EmitStrategy.late says. A row that
 * is too late for all of its windows is recorded. Windows are not made of slices here: each result
 * that has gone out must be known when it changes, so a row counts in each of its windows.
 *
 * What a group was when it last went out is kept, from its next change until that goes out in its
 * turn, as a copy of its state (`before`). So a result is taken back as it was given, whatever the
 * aggregates are, and one that changed and changed back is not given again. */
#include <assert.h>

#include "executor/op/aggregate_set.h"
#include "executor/op/group_changes.h"
#include "executor/op/ops.h"
#include "executor/op/timed.h"
#include "executor/op/wait_list.h"
#include "executor/op/window_columns.h"
#include "executor/run/reject.h"

typedef struct GroupHeader {
    int64_t rows;  /* in the group; of `before`: when it went out, 0: it was not out */
    int64_t given; /* its result is out */
} GroupHeader;

typedef struct OpenWindow {
    WaitingSpan wait;   /* local; until what has changed goes out by the clock */
    GroupStates groups; /* all rows so far */
    GroupStates before; /* the groups that have changed since they went out */
    bool given;         /* something has gone out; until then nothing need be kept in `before` */
} OpenWindow;

typedef struct Windows {
    SpanList list;
    WaitList waiting; /* all of them wait equally long */
} Windows;

typedef struct UpdatingWindowOp {
    Op op;
    Timed timed;
    AggregateSet set;
    Windows passed; /* by the watermark; they end before all that are open */
    Windows open;
    GroupChanges changes;
    KeyBatch keys; /* of the batch that is being taken */
} UpdatingWindowOp;

static const PlanWindowAggregate *plan_of(const Op *op)
{
    return &op->plan->as.window_aggregate;
}

/* --- windows --- */

static OpenWindow *window_of(TimeSpan *span)
{
    return (OpenWindow *)(void *)span;
}

/* NULL: there is none (more). */
static OpenWindow *first_window(const Windows *windows)
{
    return window_of(span_list_first(&windows->list));
}

static OpenWindow *next_window(const OpenWindow *window)
{
    return window_of(span_after(&window->wait.span));
}

static uint32_t count_windows(const UpdatingWindowOp *self)
{
    return self->passed.list.count + self->open.list.count;
}

static void drop_window(UpdatingWindowOp *self, OpenWindow *window)
{
    group_states_close(&window->groups, &self->set);
    group_states_close(&window->before, &self->set);
    mem_free(&self->op.meter, window, sizeof *window);
}

static Status make_window(UpdatingWindowOp *self, Micros start, Micros end, OpenWindow **out)
{
    OpenWindow *window = mem_alloc_zeroed(&self->op.meter, sizeof *window);
    if (window == NULL)
        return ST_NOMEM;
    window->wait.span = (TimeSpan){.start = start, .end = end};
    window->wait.until = MICROS_MAX;
    Status status = group_states_open(&window->groups, &self->set);
    if (status == ST_OK)
        status = group_states_open(&window->before, &self->set);
    if (status == ST_OK)
        *out = window;
    else
        drop_window(self, window);
    return status;
}

static Micros due_of(const UpdatingWindowOp *self, Micros end)
{
    return window_due(&plan_of(&self->op)->window, self->op.env->eval.zone, end);
}

/* When it is forgotten. */
static Micros over_at(const UpdatingWindowOp *self, Micros end)
{
    return micros_later(due_of(self, end), plan_of(&self->op)->emit.lateness);
}

static void find_next_due(UpdatingWindowOp *self)
{
    Micros next = MICROS_MAX;
    if (self->passed.list.count > 0)
        next = over_at(self, first_window(&self->passed)->wait.span.end);
    if (self->open.list.count > 0) {
        Micros due = due_of(self, first_window(&self->open)->wait.span.end);
        next = due < next ? due : next;
    }
    self->timed.next_due = next;
}

static Status find_window(UpdatingWindowOp *self, Windows *windows, Micros start, Micros end,
                          OpenWindow **out)
{
    *out = window_of(span_list_find(&windows->list, start, end));
    if (*out != NULL)
        return ST_OK;
    TRY(make_window(self, start, end, out));
    span_list_insert(&windows->list, &(*out)->wait.span);
    find_next_due(self);
    return ST_OK;
}

/* --- giving out --- */

static GroupHeader *header(GroupStates *states, uint32_t entry)
{
    return keyed_map_value_write(&states->groups, entry);
}

/* The results of some groups, in columns of the scratch. */
static Status show(UpdatingWindowOp *self, const OpenWindow *window, GroupStates *states,
                   const uint32_t *entry, uint32_t count, bool again, Column **out)
{
    TRY(op_make_columns(&self->op, &self->op.plan->schema, count, out));
    TRY(again ? aggregate_set_repeat(&self->set, states, entry, count, *out)
              : aggregate_set_emit(&self->set, states, entry, count, *out));
    for (uint32_t i = 0; i < count; i++)
        window_columns_put(&self->op, window->wait.span.start, window->wait.span.end, i, *out);
    return ST_OK;
}

/* Some groups that have changed: entries of `before`. */
static Status give_changed(UpdatingWindowOp *self, OpenWindow *window, const uint32_t *was,
                           uint32_t count)
{
    Arena *scratch = &self->op.scratch;
    KeyBatch keys;
    uint32_t *is;
    Column *old, *new;
    TRY_NEW_ARRAY(is, scratch, count);
    TRY(keyed_map_keys(&window->before.groups, was, count, scratch, &keys));
    TRY(keyed_map_upsert(&window->groups.groups, &keys, is, NULL)); /* all are there */
    TRY(show(self, window, &window->before, was, count, true, &old));
    TRY(show(self, window, &window->groups, is, count, false, &new));
    for (uint32_t i = 0; i < count; i++) {
        GroupHeader *group = header(&window->groups, is[i]);
        bool out = header(&window->before, was[i])->rows > 0, in = group->rows > 0;
        group->given = in;
        if (out && in && group_changes_are_same(&self->op, old, new, i))
            continue;
        if (out)
            TRY(group_changes_add(&self->changes, in ? ROW_UPDATE_BEFORE : ROW_DELETE, old, i));
        if (in)
            TRY(group_changes_add(&self->changes, out ? ROW_UPDATE_AFTER : ROW_INSERT, new, i));
        if (!in)
            aggregate_set_remove(&self->set, &window->groups, is[i]);
    }
    return ST_OK;
}

/* Some groups of a window of which nothing has gone out. */
static Status give_first(UpdatingWindowOp *self, OpenWindow *window, const uint32_t *entry,
                         uint32_t count)
{
    Column *column;
    TRY(show(self, window, &window->groups, entry, count, false, &column));
    for (uint32_t i = 0; i < count; i++) {
        header(&window->groups, entry[i])->given = 1;
        TRY(group_changes_add(&self->changes, ROW_INSERT, column, i));
    }
    return ST_OK;
}

static bool is_to_give(OpenWindow *window, bool first, uint32_t entry)
{
    return !first || header(&window->groups, entry)->rows > 0;
}

static Status give_portions(UpdatingWindowOp *self, OpenWindow *window)
{
    bool first = !window->given;
    const KeyedMap *map = first ? &window->groups.groups : &window->before.groups;
    uint32_t groups = map->entries, portion = aggregate_set_portion(&self->set), at = 0;
    uint32_t entry[BATCH_ROWS];
    assert(map->removed == 0);
    if (groups == 0)
        return ST_OK;
    TRY(group_changes_begin(&self->changes, groups));
    while (at < groups) {
        uint32_t count = 0;
        for (; at < groups && count < portion; at++) {
            entry[count] = at;
            count += is_to_give(window, first, at);
        }
        if (count == 0)
            break;
        ArenaMark mark = arena_mark(&self->op.scratch);
        TRY(first ? give_first(self, window, entry, count)
                  : give_changed(self, window, entry, count));
        arena_release(&self->op.scratch, mark);
    }
    return group_changes_flush(&self->changes);
}

/* All that has changed since the window was last given out. `watermark`: that of the rows. */
static Status give_out(UpdatingWindowOp *self, Windows *windows, OpenWindow *window,
                       Micros watermark)
{
    ArenaMark mark = arena_mark(&self->op.scratch);
    wait_list_remove(&windows->waiting, &window->wait);
    self->changes.at = watermark;
    TRY(give_portions(self, window));
    arena_release(&self->op.scratch, mark);
    window->given = true;
    if (window->before.groups.entries == 0)
        return ST_OK;
    group_states_close(&window->before, &self->set);
    return group_states_open(&window->before, &self->set);
}

/* Gives out the windows that the watermark passes, and forgets those that are over. */
static Status updating_fire(Op *op, Micros time, Micros before)
{
    UpdatingWindowOp *self = (UpdatingWindowOp *)op;
    while (count_windows(self) > 0 && self->timed.next_due <= time) {
        OpenWindow *window = first_window(&self->open);
        if (window != NULL && due_of(self, window->wait.span.end) == self->timed.next_due) {
            TRY(give_out(self, &self->open, window, before));
            span_list_insert(&self->passed.list, span_list_shift(&self->open.list));
        } else {
            window = first_window(&self->passed);
            if (is_waiting(&window->wait))
                TRY(give_out(self, &self->passed, window, before));
            span_list_shift(&self->passed.list);
            drop_window(self, window);
        }
        find_next_due(self);
    }
    return ST_OK;
}

/* --- rows --- */

/* The group as it went out is put aside before its first change. */
static Status keep_before(UpdatingWindowOp *self, OpenWindow *window, const KeyBatch *key,
                          uint32_t entry)
{
    uint32_t kept;
    uint8_t fresh;
    if (!window->given)
        return ST_OK;
    TRY(keyed_map_upsert(&window->before.groups, key, &kept, &fresh));
    const GroupHeader *group = header(&window->groups, entry);
    if (!fresh || !group->given)
        return ST_OK;
    header(&window->before, kept)->rows = group->rows;
    return aggregate_set_merge(&self->set, &window->before, &kept, &window->groups, &entry, 1);
}

static Status count_row(UpdatingWindowOp *self, OpenWindow *window, const Batch *in, uint32_t i)
{
    uint16_t row = (uint16_t)batch_row(in, i);
    bool adds = row_kind_adds(batch_kind(in, row));
    KeyBatch key = key_batch_part(&self->set.key, &self->keys, i, i + 1);
    uint32_t entry;
    if (!adds && keyed_map_find(&window->groups.groups, key.words,
                                key.nulls == NULL ? 0 : *key.nulls, *key.hash) < 0)
        return ST_OK; /* takes back what never came */
    TRY(keyed_map_upsert(&window->groups.groups, &key, &entry, NULL));
    GroupHeader *group = header(&window->groups, entry);
    if (!adds && group->rows == 0)
        return ST_OK;
    TRY(keep_before(self, window, &key, entry));
    group = header(&window->groups, entry);
    group->rows += adds ? 1 : -1;
    bool empty = group->rows == 0;
    TRY(aggregate_set_apply(&self->set, &window->groups, in, aggregate_set_arrival(&self->set, in),
                            &row, &entry, 1));
    if (empty) /* it may fill again: then as a new group would */
        aggregate_set_reset(&self->set, &window->groups, entry);
    return ST_OK;
}

/* When what has changed goes out: at once, after a while, or when the watermark says so. */
static Status schedule(UpdatingWindowOp *self, Windows *windows, OpenWindow *window,
                       Micros watermark)
{
    const EmitStrategy *emit = &plan_of(&self->op)->emit;
    bool passed = windows == &self->passed;
    bool wanted = passed ? emit->late : emit->early;
    Micros delay = passed ? emit->late_delay : emit->early_delay;
    if (!wanted || is_waiting(&window->wait))
        return ST_OK;
    if (delay == 0 && self->op.plan->changelog != CHANGELOG_UPSERT)
        return give_out(self, windows, window, watermark);
    wait_list_add(&windows->waiting, &window->wait, micros_later(self->op.env->eval.now, delay));
    return ST_OK;
}

static Status take_into(UpdatingWindowOp *self, const Batch *in, uint32_t i, Micros start,
                        Micros end, uint32_t *counted)
{
    Micros watermark = batch_watermark(in, batch_row(in, i));
    OpenWindow *window;
    if (over_at(self, end) <= watermark)
        return ST_OK;
    ++*counted;
    Windows *windows = due_of(self, end) <= watermark ? &self->passed : &self->open;
    TRY(find_window(self, windows, start, end, &window));
    TRY(count_row(self, window, in, i));
    return schedule(self, windows, window, watermark);
}

static Status updating_take(Op *op, const Batch *in, uint32_t i)
{
    UpdatingWindowOp *self = (UpdatingWindowOp *)op;
    const PlanWindowAggregate *plan = plan_of(op);
    const WindowShape *spec = &plan->window;
    uint16_t row = (uint16_t)batch_row(in, i);
    uint32_t windows = 0;
    const Column *column = &in->column[plan->rowtime], *until = &in->column[plan->until];
    Micros time = column->data.i64[column_index(column, row)];
    bool any = true;
    if (spec->kind == WINDOW_ATTACHED) {
        TRY(take_into(self, in, i, time, until->data.i64[column_index(until, row)], &windows));
    } else {
        Micros local = window_local(spec, op->env->eval.zone, time);
        Micros slice = window_align(spec, local, window_slice_size(spec));
        Micros end = window_first_end(spec, slice), last = window_last_end(spec, slice);
        for (any = end <= last; end <= last; end += spec->step)
            TRY(take_into(self, in, i, window_start(spec, end), end, &windows));
    }
    if (!any) /* between the windows of a HOP */
        reject_count_filtered_rows(op, in, &row, 1);
    else if (windows > 0)
        reject_count_used_rows(op, in, &row, 1);
    else
        return reject_late_row(op, in, row, time, batch_watermark(in, row));
    return ST_OK;
}

/* What is due by the clock, in the order of the windows. */
static Status give_waiting(UpdatingWindowOp *self, Windows *windows, Micros watermark)
{
    ArenaMark mark = arena_mark(&self->op.scratch);
    WaitingSpan **due = NULL;
    uint32_t count;
    TRY(wait_list_find_due(&windows->waiting, self->op.env->eval.now, &self->op.scratch, &due,
                           &count));
    for (uint32_t i = 0; i < count; i++)
        TRY(give_out(self, windows, window_of(&due[i]->span), watermark));
    arena_release(&self->op.scratch, mark);
    return ST_OK;
}

/* What changes at once goes out with the batch where only the last value of a key is wanted. */
static Status give_due(UpdatingWindowOp *self, Micros watermark)
{
    TRY(give_waiting(self, &self->passed, watermark));
    return give_waiting(self, &self->open, watermark);
}

static Status updating_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    UpdatingWindowOp *self = (UpdatingWindowOp *)op;
    TRY(aggregate_set_keys(&self->set, in, &self->keys));
    TRY(timed_push(&self->timed, op, in));
    return give_due(self, batch_watermark(in, in->rows - 1u));
}

static Status updating_watermark(Op *op, Micros time)
{
    return timed_watermark(&((UpdatingWindowOp *)op)->timed, op, time);
}

static Micros updating_watermark_due(const Op *op)
{
    return ((const UpdatingWindowOp *)op)->timed.next_due;
}

static Micros updating_clock_due(const Op *op)
{
    const UpdatingWindowOp *self = (const UpdatingWindowOp *)op;
    Micros passed = wait_list_due(&self->passed.waiting), open = wait_list_due(&self->open.waiting);
    return passed < open ? passed : open;
}

static Status updating_clock(Op *op, Micros now)
{
    (void)now;
    return give_due((UpdatingWindowOp *)op, op->before);
}

/* --- its life --- */

static Status updating_open(Op *op, Diag *diag)
{
    (void)diag;
    UpdatingWindowOp *self = (UpdatingWindowOp *)op;
    self->timed = (Timed){MICROS_MAX, updating_take, updating_fire};
    group_changes_open(&self->changes, op);
    return aggregate_set_open(&self->set, op, &plan_of(op)->aggregate, sizeof(GroupHeader),
                              AGGREGATE_MERGES);
}

static Status walk_window(UpdatingWindowOp *self, StateWalk *walk, Windows *windows,
                          OpenWindow *window)
{
    Micros start = walk->loading ? 0 : window->wait.span.start;
    Micros end = walk->loading ? 0 : window->wait.span.end;
    TRY(STATE_WALK(walk, start));
    TRY(STATE_WALK(walk, end));
    if (walk->loading) {
        TRY(make_window(self, start, end, &window));
        span_list_insert(&windows->list, &window->wait.span);
    }
    TRY(STATE_WALK(walk, window->wait.until));
    TRY(STATE_WALK(walk, window->given));
    TRY(group_states_walk(&window->groups, &self->set, walk));
    return group_states_walk(&window->before, &self->set, walk);
}

static Status walk_windows(UpdatingWindowOp *self, StateWalk *walk, Windows *windows)
{
    uint32_t count = windows->list.count;
    OpenWindow *window = first_window(windows);
    TRY(STATE_WALK(walk, count));
    for (uint32_t i = 0; i < count; i++) {
        TRY(walk_window(self, walk, windows, window));
        window = walk->loading ? NULL : next_window(window);
    }
    return walk->loading ? wait_list_restore(&windows->waiting, &windows->list, &self->op.scratch)
                         : ST_OK;
}

static Status updating_state(Op *op, StateWalk *walk)
{
    UpdatingWindowOp *self = (UpdatingWindowOp *)op;
    TRY(STATE_WALK(walk, self->timed.next_due));
    TRY(walk_windows(self, walk, &self->passed));
    return walk_windows(self, walk, &self->open);
}

static void measure_windows(const Windows *windows, OpMeasure *out)
{
    out->windows += windows->list.count;
    for (OpenWindow *it = first_window(windows); it != NULL; it = next_window(it))
        out->groups += keyed_map_count(&it->groups.groups);
}

static void updating_measure(const Op *op, OpMeasure *out)
{
    const UpdatingWindowOp *self = (const UpdatingWindowOp *)op;
    out->groups = out->windows = 0;
    measure_windows(&self->passed, out);
    measure_windows(&self->open, out);
    out->fires = updating_clock_due(op);
}

static void drop_windows(UpdatingWindowOp *self, Windows *windows)
{
    while (windows->list.count > 0)
        drop_window(self, window_of(span_list_shift(&windows->list)));
}

static void updating_close(Op *op)
{
    UpdatingWindowOp *self = (UpdatingWindowOp *)op;
    drop_windows(self, &self->passed);
    drop_windows(self, &self->open);
    group_changes_close(&self->changes);
    aggregate_set_close(&self->set);
}

const OpClass updating_window_class = {.size = sizeof(UpdatingWindowOp),
                                       .open = updating_open,
                                       .push = updating_push,
                                       .watermark = updating_watermark,
                                       .watermark_due = updating_watermark_due,
                                       .clock_due = updating_clock_due,
                                       .clock = updating_clock,
                                       .state = updating_state,
                                       .measure = updating_measure,
                                       .close = updating_close};
