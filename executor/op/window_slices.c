#include "executor/op/window_slices.h"

#include <assert.h>

#include "storage/base/crash_point.h"

/* --- slices --- */

static Meter *meter_of(const WindowSlices *self)
{
    return &self->set.op->meter;
}

static void drop_slice(WindowSlices *self, Slice *slice)
{
    if (slice == NULL)
        return;
    group_states_close(&slice->states, &self->set);
    mem_free(meter_of(self), slice, sizeof *slice);
}

static Status make_slice(WindowSlices *self, Micros start, Micros end, Slice **out)
{
    Slice *slice = mem_alloc_zeroed(meter_of(self), sizeof *slice);
    if (slice == NULL)
        return ST_NOMEM;
    slice->span = (TimeSpan){.start = start, .end = end};
    Status status = group_states_open(&slice->states, &self->set);
    if (status != ST_OK)
        drop_slice(self, slice);
    else
        *out = slice;
    return status;
}

static void drop_first(WindowSlices *self, SpanList *list)
{
    drop_slice(self, slice_of(span_list_shift(list)));
}

static void drop_all(WindowSlices *self, SpanList *list)
{
    while (list->count > 0)
        drop_first(self, list);
}

/* The slice of the list, made where there is none. *made: it is new. */
static Status find_slice(WindowSlices *self, SpanList *list, Micros start, Micros end, Slice **out,
                         bool *made)
{
    TimeSpan *span = span_list_find(list, start, end);
    *made = span == NULL;
    if (!*made) {
        *out = slice_of(span);
        return ST_OK;
    }
    TRY(make_slice(self, start, end, out));
    span_list_insert(list, &(*out)->span);
    return ST_OK;
}

/* --- taking rows in --- */

static void expect(WindowSlices *self, Micros end)
{
    if (end >= self->next_end)
        return;
    self->next_end = end;
    self->next_due = window_due(self->spec, self->zone, end);
}

/* Counts the rows of their groups. A row that takes back what never came is passed over: the rest
 * moves up in `row` and `entry`. */
static uint32_t count_rows(GroupStates *states, const Batch *batch, uint16_t *row, uint32_t *entry,
                           uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t *rows = window_group_rows(states, entry[i]);
        bool adds = row_kind_adds(batch_kind(batch, row[i]));
        if (!adds && *rows == 0)
            continue;
        *rows += adds ? 1 : -1;
        row[kept] = row[i];
        entry[kept++] = entry[i];
    }
    return kept;
}

static Status apply(WindowSlices *self, GroupStates *states, const SliceRows *rows)
{
    const AggregateSet *set = &self->set;
    uint64_t arrival = aggregate_set_arrival(set, rows->batch);
    uint32_t count = rows->count;
    const uint16_t *row = rows->row;
    TRY(keyed_map_upsert(&states->groups, &rows->keys, rows->entry, NULL));
    if (set->retracts) {
        uint16_t *kept = arena_copy(&set->op->scratch, row, count * sizeof *row);
        if (kept == NULL)
            return ST_NOMEM;
        count = count_rows(states, rows->batch, kept, rows->entry, count);
        row = kept;
    }
    return aggregate_set_apply(set, states, rows->batch, arrival, row, rows->entry, count);
}

Status window_slices_take(WindowSlices *self, const SliceRows *rows, Micros start, Micros end)
{
    Slice *slice;
    bool made;
    TRY(find_slice(self, &self->open, start, end, &slice, &made));
    if (made)
        expect(self,
               self->spec->kind == WINDOW_ATTACHED ? end : window_first_end(self->spec, start));
    return apply(self, &slice->states, rows);
}

/* --- merging --- */

static Status merge_some(WindowSlices *self, GroupStates *into, GroupStates *from,
                         const uint32_t *entry, uint32_t count)
{
    Arena *scratch = &self->set.op->scratch;
    uint32_t *into_entry;
    KeyBatch keys;
    TRY_NEW_ARRAY(into_entry, scratch, count);
    TRY(keyed_map_keys(&from->groups, entry, count, scratch, &keys));
    TRY(keyed_map_upsert(&into->groups, &keys, into_entry, NULL));
    for (uint32_t i = 0; self->set.retracts && i < count; i++)
        *window_group_rows(into, into_entry[i]) += *window_group_rows(from, entry[i]);
    return aggregate_set_merge(&self->set, into, into_entry, from, entry, count);
}

/* A million groups need no more memory on their way than a batch does. */
static Status merge(WindowSlices *self, GroupStates *into, GroupStates *from)
{
    Arena *scratch = &self->set.op->scratch;
    uint32_t groups = from->groups.entries, entry[BATCH_ROWS];
    Status status = ST_OK;
    assert(from->groups.removed == 0);
    for (uint32_t at = 0; status == ST_OK && at < groups; at += BATCH_ROWS) {
        uint32_t count = groups - at < BATCH_ROWS ? groups - at : BATCH_ROWS;
        ArenaMark mark = arena_mark(scratch);
        for (uint32_t i = 0; i < count; i++)
            entry[i] = at + i;
        status = merge_some(self, into, from, entry, count);
        arena_release(scratch, mark);
    }
    return status;
}

static Status merge_into_back(WindowSlices *self, Slice *slice)
{
    if (self->back == NULL)
        TRY(make_slice(self, slice->span.start, slice->span.end, &self->back));
    return merge(self, &self->back->states, &slice->states);
}

/* --- rows behind the watermark --- */

/* The slice in the front, behind whose last one it is not; a new one holds what comes behind it. */
static Status find_front(WindowSlices *self, Micros start, Slice **out)
{
    Micros end = start + window_slice_size(self->spec);
    TimeSpan *place = span_list_seek(&self->front, start, end);
    *out = slice_of(place);
    if (place != NULL && place->start == start)
        return ST_OK;
    TRY(make_slice(self, start, end, out));
    Status status = place == NULL ? ST_OK : merge(self, &(*out)->states, &slice_of(place)->states);
    if (status != ST_OK)
        drop_slice(self, *out);
    else
        span_list_insert(&self->front, &(*out)->span);
    return status;
}

static Status take_into_front(WindowSlices *self, const SliceRows *rows, Micros start)
{
    Slice *last;
    TRY(find_front(self, start, &last));
    for (TimeSpan *span = &last->span; span != NULL; span = span->before)
        TRY(apply(self, &slice_of(span)->states, rows));
    return ST_OK;
}

static Status take_into_back(WindowSlices *self, const SliceRows *rows, Micros start, Micros end)
{
    if (self->spec->kind == WINDOW_HOP) {
        Slice *slice;
        bool made;
        TRY(find_slice(self, &self->merged, start, end, &slice, &made));
        TRY(apply(self, &slice->states, rows));
    }
    if (self->back == NULL)
        TRY(make_slice(self, start, end, &self->back));
    return apply(self, &self->back->states, rows);
}

Status window_slices_take_behind(WindowSlices *self, const SliceRows *rows, Micros start,
                                 Micros watermark)
{
    Micros passed = window_passed(self->spec, self->zone, watermark);
    const TimeSpan *front = self->front.last;
    if (passed > self->passed)
        self->passed = passed;
    expect(self, self->passed + self->spec->step);
    if (front != NULL && start <= front->start)
        return take_into_front(self, rows, start);
    return take_into_back(self, rows, start, start + window_slice_size(self->spec));
}

/* --- firing --- */

/* Of both stacks. */
static Status emit_merged(WindowSlices *self, Micros end, Micros before, WindowEmit *emit)
{
    Micros start = window_start(self->spec, end);
    Slice *front = slice_of(span_list_first(&self->front)), *both;
    Op *op = self->set.op;
    if (front == NULL && self->back == NULL)
        return ST_OK;
    if (front == NULL || self->back == NULL)
        return emit(op, front == NULL ? &self->back->states : &front->states, start, end, before);
    TRY(make_slice(self, start, end, &both));
    Status status = merge(self, &both->states, &front->states);
    if (status == ST_OK)
        status = merge(self, &both->states, &self->back->states);
    if (status == ST_OK)
        status = emit(op, &both->states, start, end, before);
    drop_slice(self, both);
    return status;
}

static Status fire_single(WindowSlices *self, Micros before, WindowEmit *emit)
{
    Slice *slice = slice_of(span_list_first(&self->open));
    Status status = emit(self->set.op, &slice->states, slice->span.start, slice->span.end, before);
    drop_first(self, &self->open);
    return status;
}

static Status fire_cumulate(WindowSlices *self, Micros end, Micros before, WindowEmit *emit)
{
    SpanList *open = &self->open;
    while (open->count > 0 && span_list_first(open)->end <= end) {
        TRY(merge_into_back(self, slice_of(span_list_first(open))));
        drop_first(self, open);
    }
    TRY(emit_merged(self, end, before, emit));
    if (window_last_end(self->spec, end - self->spec->step) == end) {
        drop_slice(self, self->back);
        self->back = NULL;
    }
    return ST_OK;
}

/* The slices of the back become the front: each takes in all that are behind it. */
static Status turn_over(WindowSlices *self)
{
    SpanList *merged = &self->merged;
    assert(self->front.count == 0);
    for (TimeSpan *span = merged->last; span != NULL && span->before != NULL; span = span->before)
        TRY(merge(self, &slice_of(span->before)->states, &slice_of(span)->states));
    self->front = *merged;
    *merged = (SpanList){0};
    drop_slice(self, self->back);
    self->back = NULL;
    return ST_OK;
}

/* The first slices, which begin before the time. */
static void drop_before(WindowSlices *self, SpanList *list, Micros time)
{
    while (list->count > 0 && span_list_first(list)->start < time)
        drop_first(self, list);
}

/* What begins before the window has been in its last one. */
static Status leave(WindowSlices *self, Micros start)
{
    uint32_t merged = self->merged.count;
    drop_before(self, &self->front, start);
    if (self->front.count > 0)
        return ST_OK;
    drop_before(self, &self->merged, start);
    return self->merged.count == merged ? ST_OK : turn_over(self);
}

static Status fire_hop(WindowSlices *self, Micros end, Micros before, WindowEmit *emit)
{
    SpanList *open = &self->open;
    TRY(leave(self, window_start(self->spec, end)));
    while (open->count > 0 && window_first_end(self->spec, span_list_first(open)->start) <= end) {
        TRY(merge_into_back(self, slice_of(span_list_first(open))));
        span_list_insert(&self->merged, span_list_shift(open));
    }
    TRY(emit_merged(self, end, before, emit));
    return leave(self, window_start(self->spec, end + self->spec->step));
}

/* After the window that ended at `end`. */
static void expect_next(WindowSlices *self, Micros end)
{
    const TimeSpan *open = span_list_first(&self->open);
    self->next_end = self->next_due = MICROS_MAX;
    if (self->back != NULL || self->front.count > 0)
        expect(self, end + self->spec->step);
    if (open != NULL)
        expect(self, self->spec->kind == WINDOW_ATTACHED
                         ? open->end
                         : window_first_end(self->spec, open->start));
}

Status window_slices_fire(WindowSlices *self, Micros time, Micros before, WindowEmit *emit)
{
    while (self->next_end != MICROS_MAX && self->next_due <= time) {
        Micros end = self->next_end;
        switch (self->spec->kind) {
        case WINDOW_TUMBLE:
        case WINDOW_ATTACHED: TRY(fire_single(self, before, emit)); break;
        case WINDOW_CUMULATE: TRY(fire_cumulate(self, end, before, emit)); break;
        case WINDOW_HOP: TRY(fire_hop(self, end, before, emit)); break;
        case WINDOW_SESSION: assert(false); break;
        }
        self->passed = end;
        expect_next(self, end);
    }
    return ST_OK;
}

/* --- as a whole --- */

Status window_slices_open(WindowSlices *self, Op *op, const PlanAggregate *plan,
                          const WindowShape *spec)
{
    bool retracts = op->plan->input[0]->changelog != CHANGELOG_APPEND;
    bool merges = spec->kind == WINDOW_HOP || spec->kind == WINDOW_CUMULATE;
    *self = (WindowSlices){.spec = spec,
                           .zone = op->env->eval.zone,
                           .passed = MICROS_MIN,
                           .next_end = MICROS_MAX,
                           .next_due = MICROS_MAX};
    return aggregate_set_open(&self->set, op, plan, retracts ? sizeof(int64_t) : 0,
                              merges ? AGGREGATE_MERGES : 0);
}

void window_slices_close(WindowSlices *self)
{
    if (self->set.op != NULL) {
        drop_all(self, &self->open);
        drop_all(self, &self->merged);
        drop_all(self, &self->front);
        drop_slice(self, self->back);
    }
    aggregate_set_close(&self->set);
}

static Status walk_slice(WindowSlices *self, StateWalk *walk, Slice **slice)
{
    Micros start = walk->loading ? 0 : (*slice)->span.start;
    Micros end = walk->loading ? 0 : (*slice)->span.end;
    TRY(STATE_WALK(walk, start));
    TRY(STATE_WALK(walk, end));
    if (walk->loading)
        TRY(make_slice(self, start, end, slice));
    return group_states_walk(&(*slice)->states, &self->set, walk);
}

static Status walk_list(WindowSlices *self, StateWalk *walk, SpanList *list)
{
    uint32_t count = list->count;
    TimeSpan *span = span_list_first(list);
    TRY(STATE_WALK(walk, count));
    for (uint32_t i = 0; i < count; i++) {
        Slice *slice = walk->loading ? NULL : slice_of(span);
        Status status = walk_slice(self, walk, &slice);
        if (walk->loading && slice != NULL)
            span_list_insert(list, &slice->span);
        TRY(status);
        span = walk->loading ? NULL : span_after(span);
    }
    return ST_OK;
}

Status window_slices_state(WindowSlices *self, StateWalk *walk)
{
    bool has_back = self->back != NULL;
    Micros next_end = DEFECT(TIMER_LOST) ? MICROS_MAX : self->next_end;
    TRY(STATE_WALK(walk, self->passed));
    TRY(STATE_WALK(walk, next_end));
    TRY(STATE_WALK(walk, has_back));
    TRY(walk_list(self, walk, &self->open));
    TRY(walk_list(self, walk, &self->merged));
    TRY(walk_list(self, walk, &self->front));
    if (has_back)
        TRY(walk_slice(self, walk, &self->back));
    if (walk->loading && next_end != MICROS_MAX)
        expect(self, next_end);
    return ST_OK;
}
