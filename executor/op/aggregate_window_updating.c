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
#include "executor/op/span_list.h"
#include "executor/op/timed.h"
#include "executor/op/window_columns.h"
#include "executor/run/reject.h"

typedef struct GroupHeader {
    int64_t rows;  /* in the group; of `before`: when it went out, 0: it was not out */
    int64_t given; /* its result is out */
} GroupHeader;

typedef struct OpenWindow {
    TimeSpan span;      /* local */
    Micros fire_at;     /* by the clock; MICROS_MAX: nothing waits for it */
    GroupStates groups; /* all rows so far */
    GroupStates before; /* the groups that have changed since they went out */
    bool given;         /* something has gone out; until then nothing need be kept in `before` */
} OpenWindow;

typedef struct UpdatingWindowOp {
    Op op;
    Timed timed;
    AggregateSet set;
    SpanList passed; /* by the watermark; they end before all that are open */
    SpanList open;
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

/* All of them, in the order of their ends. NULL: there is none (more). */
static OpenWindow *first_window(const UpdatingWindowOp *self)
{
    const SpanList *list = self->passed.count > 0 ? &self->passed : &self->open;
    return window_of(span_list_first(list));
}

static OpenWindow *next_window(const UpdatingWindowOp *self, const OpenWindow *window)
{
    bool leaves = &window->span == self->passed.last;
    return window_of(leaves ? span_list_first(&self->open) : span_after(&window->span));
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
    window->span = (TimeSpan){.start = start, .end = end};
    window->fire_at = MICROS_MAX;
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
    if (self->passed.count > 0)
        next = over_at(self, span_list_first(&self->passed)->end);
    if (self->open.count > 0) {
        Micros due = due_of(self, span_list_first(&self->open)->end);
        next = due < next ? due : next;
    }
    self->timed.next_due = next;
}

static Status find_window(UpdatingWindowOp *self, Micros start, Micros end, Micros watermark,
                          OpenWindow **out)
{
    SpanList *list = due_of(self, end) <= watermark ? &self->passed : &self->open;
    *out = window_of(span_list_find(list, start, end));
    if (*out != NULL)
        return ST_OK;
    TRY(make_window(self, start, end, out));
    span_list_insert(list, &(*out)->span);
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
        window_columns_put(&self->op, window->span.start, window->span.end, i, *out);
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
static Status give_out(UpdatingWindowOp *self, OpenWindow *window, Micros watermark)
{
    ArenaMark mark = arena_mark(&self->op.scratch);
    window->fire_at = MICROS_MAX;
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
    while (first_window(self) != NULL && self->timed.next_due <= time) {
        OpenWindow *window = window_of(span_list_first(&self->open));
        if (window != NULL && due_of(self, window->span.end) == self->timed.next_due) {
            TRY(give_out(self, window, before));
            span_list_insert(&self->passed, span_list_shift(&self->open));
        } else {
            window = window_of(span_list_first(&self->passed));
            if (window->fire_at != MICROS_MAX)
                TRY(give_out(self, window, before));
            span_list_shift(&self->passed);
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
static Status schedule(UpdatingWindowOp *self, OpenWindow *window, bool passed, Micros watermark)
{
    const EmitStrategy *emit = &plan_of(&self->op)->emit;
    bool wanted = passed ? emit->late : emit->early;
    Micros delay = passed ? emit->late_delay : emit->early_delay;
    Micros now = self->op.env->eval.now;
    if (!wanted || window->fire_at != MICROS_MAX)
        return ST_OK;
    window->fire_at = micros_later(now, delay);
    return delay == 0 && self->op.plan->changelog != CHANGELOG_UPSERT
               ? give_out(self, window, watermark)
               : ST_OK;
}

static Status take_into(UpdatingWindowOp *self, const Batch *in, uint32_t i, Micros start,
                        Micros end, uint32_t *windows)
{
    Micros watermark = batch_watermark(in, batch_row(in, i));
    OpenWindow *window;
    if (over_at(self, end) <= watermark)
        return ST_OK;
    ++*windows;
    TRY(find_window(self, start, end, watermark, &window));
    TRY(count_row(self, window, in, i));
    return schedule(self, window, due_of(self, end) <= watermark, watermark);
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

/* What changes at once goes out with the batch where only the last value of a key is wanted. */
static Status give_at_once(UpdatingWindowOp *self, Micros watermark)
{
    for (OpenWindow *it = first_window(self); it != NULL; it = next_window(self, it)) {
        if (it->fire_at <= self->op.env->eval.now)
            TRY(give_out(self, it, watermark));
    }
    return ST_OK;
}

static Status updating_push(Op *op, uint32_t port, const Batch *in)
{
    (void)port;
    UpdatingWindowOp *self = (UpdatingWindowOp *)op;
    TRY(aggregate_set_keys(&self->set, in, &self->keys));
    TRY(timed_push(&self->timed, op, in));
    return give_at_once(self, batch_watermark(in, in->rows - 1u));
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
    Micros first = MICROS_MAX;
    for (OpenWindow *it = first_window(self); it != NULL; it = next_window(self, it))
        first = it->fire_at < first ? it->fire_at : first;
    return first;
}

static Status updating_clock(Op *op, Micros now)
{
    (void)now;
    return give_at_once((UpdatingWindowOp *)op, op->before);
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

static Status walk_window(UpdatingWindowOp *self, StateWalk *walk, SpanList *list,
                          OpenWindow *window)
{
    Micros start = walk->loading ? 0 : window->span.start;
    Micros end = walk->loading ? 0 : window->span.end;
    TRY(STATE_WALK(walk, start));
    TRY(STATE_WALK(walk, end));
    if (walk->loading) {
        TRY(make_window(self, start, end, &window));
        span_list_insert(list, &window->span);
    }
    TRY(STATE_WALK(walk, window->fire_at));
    TRY(STATE_WALK(walk, window->given));
    TRY(group_states_walk(&window->groups, &self->set, walk));
    return group_states_walk(&window->before, &self->set, walk);
}

static Status walk_windows(UpdatingWindowOp *self, StateWalk *walk, SpanList *list)
{
    uint32_t windows = list->count;
    TimeSpan *span = span_list_first(list);
    TRY(STATE_WALK(walk, windows));
    for (uint32_t i = 0; i < windows; i++) {
        TRY(walk_window(self, walk, list, window_of(span)));
        span = walk->loading ? NULL : span_after(span);
    }
    return ST_OK;
}

static Status updating_state(Op *op, StateWalk *walk)
{
    UpdatingWindowOp *self = (UpdatingWindowOp *)op;
    TRY(STATE_WALK(walk, self->timed.next_due));
    TRY(walk_windows(self, walk, &self->passed));
    return walk_windows(self, walk, &self->open);
}

static void updating_measure(const Op *op, OpMeasure *out)
{
    const UpdatingWindowOp *self = (const UpdatingWindowOp *)op;
    out->groups = 0;
    out->windows = self->passed.count + self->open.count;
    for (OpenWindow *it = first_window(self); it != NULL; it = next_window(self, it))
        out->groups += keyed_map_count(&it->groups.groups);
}

static void drop_windows(UpdatingWindowOp *self, SpanList *list)
{
    while (list->count > 0)
        drop_window(self, window_of(span_list_shift(list)));
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
