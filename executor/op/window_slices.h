/* WindowSlices: the groups of open windows, in slices that windows are made of, so that a row is
 * taken in once however many windows hold it (Li et al., "No Pane, No Gain", SIGMOD Record 2005).
 *
 * A TUMBLE window is one slice. A CUMULATE window is the one before it and a slice. The windows of
 * a HOP follow one another like the contents of a queue, whose aggregate is kept by two stacks
 * (Tangwongsan, Hirzel, Schneider, "Low-Latency Sliding-Window Aggregation in Worst-Case Constant
 * Time", DEBS 2017): `front` holds for each of its slices the aggregate of that and all later ones
 * of the front, `back` that of the slices which came behind them. So each group of a slice is
 * merged a few times, and not once for each of the windows that hold it.
 *
 * Rows can come for slices that fired windows already hold, while later windows are still open:
 * they are put wherever that slice has been merged. */
#ifndef WEIR_EXECUTOR_OP_WINDOW_SLICES_H
#define WEIR_EXECUTOR_OP_WINDOW_SLICES_H

#include "executor/op/aggregate_set.h"
#include "executor/op/span_list.h"

typedef struct Slice {
    TimeSpan span; /* local, as windows are (plan/window.h) */
    GroupStates states;
} Slice;

typedef struct WindowSlices {
    AggregateSet set;
    const WindowShape *spec;
    const TimeZone *zone;
    SpanList open;   /* each with the rows of its own */
    SpanList merged; /* HOP: the same, of those that are in `back` */
    SpanList front;  /* HOP: each with its own rows and those of all later ones in the list */
    Slice *back;     /* NULL: nothing is in it */
    Micros passed;   /* ends of windows up to here have been passed by the watermark */
    Micros next_end; /* of the next window that fires; MICROS_MAX: none */
    Micros next_due;
} WindowSlices;

static inline Slice *slice_of(TimeSpan *span)
{
    return (Slice *)(void *)span;
}

/* Some rows of a batch, on their way into one slice. */
typedef struct SliceRows {
    const Batch *batch;
    const uint16_t *row;
    uint32_t *entry; /* room */
    KeyBatch keys;
    uint32_t count;
} SliceRows;

/* Gives out the groups of the window [start, end). The states are lent for the call. */
typedef Status WindowEmit(Op *op, GroupStates *states, Micros start, Micros end, Micros before);

CHECKED Status window_slices_open(WindowSlices *self, Op *op, const PlanAggregate *plan,
                                  const WindowShape *spec);
void window_slices_close(WindowSlices *self);
CHECKED Status window_slices_state(WindowSlices *self, StateWalk *walk);

/* Rows of the slice [start, end), none of whose windows the watermark has passed. */
CHECKED Status window_slices_take(WindowSlices *self, const SliceRows *rows, Micros start,
                                  Micros end);
/* Rows of a slice of which it has passed some windows, but not all. */
CHECKED Status window_slices_take_behind(WindowSlices *self, const SliceRows *rows, Micros start,
                                         Micros watermark);
/* Gives out all windows that are due at `time`. `before`: the watermark that held until then. */
CHECKED Status window_slices_fire(WindowSlices *self, Micros time, Micros before, WindowEmit *emit);

/* How many rows a group has, when the input can take rows back: one without any is none. */
static inline int64_t *window_group_rows(GroupStates *states, uint32_t entry)
{
    return keyed_map_value_write(&states->groups, entry);
}

#endif
