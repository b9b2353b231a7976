/* WindowShape: into which windows of time a row falls. Pure arithmetic over points in time; all
 * sizes are microseconds, whole milliseconds, and > 0.
 *
 * Windows align to local time: that of the session's zone for TIMESTAMP_LTZ, else the timestamps as
 * they are. A window [start, end) is due when the watermark reaches its last millisecond; where the
 * clocks show that twice, for the second time, so that the window has the rows of both. */
#ifndef WEIR_EXECUTOR_PLAN_WINDOW_H
#define WEIR_EXECUTOR_PLAN_WINDOW_H

#include "storage/base/strbuf.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

typedef enum WindowKind {
    WINDOW_TUMBLE,
    WINDOW_HOP,
    WINDOW_CUMULATE, /* from a common start on, to ends that are a step apart */
    WINDOW_SESSION,  /* as long as no pause is longer than the gap */
    WINDOW_ATTACHED, /* two columns of the row say where its window begins and ends */
} WindowKind;

typedef struct WindowShape {
    WindowKind kind;
    Micros size;     /* of a window; CUMULATE: of the longest; SESSION: the gap */
    Micros step;     /* from one window's end to the next one's; TUMBLE: the size */
    Micros offset;   /* of the windows' starts */
    bool local_zone; /* TIMESTAMP_LTZ */
} WindowShape;

static inline Micros window_local(const WindowShape *spec, const TimeZone *zone, Micros time)
{
    return spec->local_zone ? timezone_to_local(zone, time) : time;
}

/* When the watermark has passed a window that ends at `end`, which is local. */
static inline Micros window_due(const WindowShape *spec, const TimeZone *zone, Micros end)
{
    Micros last = end - MICROS_PER_MILLI;
    return spec->local_zone ? timezone_to_utc_last(zone, last) : last;
}

/* The event time of its results. */
static inline Micros window_time(const WindowShape *spec, const TimeZone *zone, Micros end)
{
    Micros last = end - MICROS_PER_MILLI;
    return spec->local_zone ? timezone_to_utc(zone, last) : last;
}

/* The last multiple of `unit`, moved by the offset, that is not behind the time. */
static inline Micros window_align(const WindowShape *spec, Micros time, Micros unit)
{
    return time - micros_floor_mod(time - spec->offset, unit);
}

/* Windows are made of slices of this size: all windows hold a slice whole or not at all. */
Micros window_slice_size(const WindowShape *spec);
/* The ends of the first and the last window that hold the slice beginning at `slice`. For a HOP
 * whose windows leave gaps the first may lie behind the last: then there is none. */
Micros window_first_end(const WindowShape *spec, Micros slice);
Micros window_last_end(const WindowShape *spec, Micros slice);
/* Where the window that ends there begins. */
Micros window_start(const WindowShape *spec, Micros end);
/* The end of the last window that is due at `time`. Not for the far ends of time. */
Micros window_passed(const WindowShape *spec, const TimeZone *zone, Micros time);

void duration_print(Micros value, StrBuf *out); /* "10 s" */
/* "HOP(ts, 1 s, 10 s)"; `time` is the column's name. */
void window_print(const WindowShape *spec, Text time, StrBuf *out);

#endif
