#include "executor/plan/window.h"

#include <assert.h>

static Micros greatest_common_divisor(Micros a, Micros b)
{
    while (b != 0) {
        Micros rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

Micros window_slice_size(const WindowShape *spec)
{
    return spec->kind == WINDOW_HOP ? greatest_common_divisor(spec->size, spec->step) : spec->step;
}

Micros window_first_end(const WindowShape *spec, Micros slice)
{
    Micros end = slice + window_slice_size(spec);
    if (spec->kind != WINDOW_HOP)
        return end;
    /* The least that is not before it: a window that begins at or behind end - size. */
    Micros start = window_align(spec, end - spec->size, spec->step);
    return start + spec->size + (start + spec->size < end ? spec->step : 0);
}

Micros window_last_end(const WindowShape *spec, Micros slice)
{
    Micros unit = spec->kind == WINDOW_HOP ? spec->step : spec->size;
    return window_align(spec, slice, unit) + spec->size;
}

Micros window_start(const WindowShape *spec, Micros end)
{
    return spec->kind == WINDOW_CUMULATE ? window_align(spec, end - 1, spec->size)
                                         : end - spec->size;
}

Micros window_passed(const WindowShape *spec, const TimeZone *zone, Micros time)
{
    /* What ends at `local` or before is over. */
    Micros shown = window_local(spec, zone, time), local = shown + MICROS_PER_MILLI;
    if (spec->local_zone && timezone_lowest_ahead(zone, time) < shown)
        local = timezone_lowest_ahead(zone, time);
    /* Ends of HOP windows are multiples of the step only when the size is one. */
    Micros lead = spec->kind == WINDOW_HOP ? micros_floor_mod(spec->size, spec->step) : 0;
    Micros end = window_align(spec, local - lead, spec->step) + lead;
    while (window_due(spec, zone, end) > time) /* in the hour of a change */
        end -= spec->step;
    while (window_due(spec, zone, end + spec->step) <= time)
        end += spec->step;
    return end;
}

/* --- as EXPLAIN shows it --- */

void duration_print(Micros value, StrBuf *out)
{
    static const struct {
        Micros unit;
        const char *name;
    } units[] = {{MICROS_PER_DAY, "d"},    {MICROS_PER_HOUR, "h"},   {MICROS_PER_MINUTE, "min"},
                 {MICROS_PER_SECOND, "s"}, {MICROS_PER_MILLI, "ms"}, {1, "us"}};
    for (uint32_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (value % units[i].unit == 0) {
            strbuf_printf(out, "%lld %s", (long long)(value / units[i].unit), units[i].name);
            return;
        }
    }
}

void window_print(const WindowShape *spec, Text time, StrBuf *out)
{
    static const char *const names[] = {[WINDOW_TUMBLE] = "TUMBLE",
                                        [WINDOW_HOP] = "HOP",
                                        [WINDOW_CUMULATE] = "CUMULATE",
                                        [WINDOW_SESSION] = "SESSION",
                                        [WINDOW_ATTACHED] = "ATTACHED"};
    strbuf_printf(out, "%s(%.*s", names[spec->kind], TEXT_ARG(time));
    if (spec->kind == WINDOW_ATTACHED) {
        strbuf_char(out, ')');
        return;
    }
    strbuf_string(out, ", ");
    if (spec->kind == WINDOW_HOP || spec->kind == WINDOW_CUMULATE) {
        duration_print(spec->step, out);
        strbuf_string(out, ", ");
    }
    duration_print(spec->size, out);
    if (spec->offset != 0) {
        strbuf_string(out, ", offset ");
        duration_print(spec->offset, out);
    }
    strbuf_char(out, ')');
}
