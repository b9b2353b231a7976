/* Texts as times: TO_TIMESTAMP, TO_DATE, UNIX_TIMESTAMP. A text that is no time, or a date that
 * does not exist, gives NULL. */
#include <assert.h>

#include "executor/function/kernel_text.h"
#include "executor/function/temporal_kernels.h"
#include "storage/data/timestamp.h"

typedef struct ReadPlan {
    const TimePattern *pattern; /* NULL: a column */
} ReadPlan;

static const TimePattern *constant_pattern(const KernelCall *call)
{
    const ReadPlan *plan = call->data;
    assert(plan != NULL);
    return plan->pattern;
}

static Status make_plan(FunctionCall *call, PatternStyle style, Arena *arena, Diag *diag)
{
    ReadPlan *plan;
    TRY_NEW(plan, arena);
    call->data = plan;
    if (call->args == 1)
        return temporal_compile(TIME_PATTERN_DEFAULT, style, arena, &plan->pattern, diag);
    return temporal_compile_argument(call, 1, style, arena, &plan->pattern, diag);
}

/* --- TO_TIMESTAMP --- */

static void put_millis(KernelCall *call, uint32_t row, Micros value)
{
    call->out->data.i64[row] = value - micros_floor_mod(value, MICROS_PER_MILLI);
}

Status temporal_to_timestamp(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Micros value;
        if (timestamp_parse(arg_text(call, 0, row), TIME_SYNTAX_CAST, false, &value))
            put_millis(call, row, value);
        else
            kernel_null(call, row);
    }
    return ST_OK;
}

static Text trimmed(Text text)
{
    while (text.size > 0 && text.ptr[0] == ' ')
        text = text_slice(text, 1, text.size);
    while (text.size > 0 && text.ptr[text.size - 1] == ' ')
        text.size--;
    return text;
}

Status temporal_read_pattern(const TimePattern *pattern, Text text, ZoneMemo *memo, Micros *out,
                             bool *found)
{
    ReadTime time;
    TRY(time_pattern_read(pattern, text, memo, &time, found));
    if (*found)
        *out = time.local;
    else
        *found = timestamp_parse(trimmed(text), TIME_SYNTAX_CAST, false, out);
    return ST_OK;
}

/* A pattern from a column that is none gives NULL, as in Flink. */
Status temporal_to_timestamp_pattern(KernelCall *call)
{
    PatternMemo patterns = {0};
    ZoneMemo zones = {.arena = call->scratch};
    for (EACH_ROW(call, i, row)) {
        const TimePattern *pattern = constant_pattern(call);
        Micros value = 0;
        bool found = false;
        if (pattern == NULL)
            TRY(pattern_memo_find(call, 1, row, PATTERN_JAVA_TIME, &patterns, &pattern));
        if (pattern != NULL)
            TRY(temporal_read_pattern(pattern, arg_text(call, 0, row), &zones, &value, &found));
        if (found)
            put_millis(call, row, value);
        else
            kernel_null(call, row);
    }
    return ST_OK;
}

Status temporal_to_timestamp_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    return make_plan(call, PATTERN_JAVA_TIME, arena, diag);
}

/* --- TO_DATE --- */

Status temporal_to_date(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        if (!date_parse(arg_text(call, 0, row), TIME_SYNTAX_CAST, &call->out->data.i64[row]))
            kernel_null(call, row);
    }
    return ST_OK;
}

/* The pattern of a row for SimpleDateFormat; NULL after the row was rejected. */
static Status simple_pattern(KernelCall *call, uint32_t row, PatternMemo *memo,
                             const TimePattern **out)
{
    *out = constant_pattern(call);
    if (*out != NULL)
        return ST_OK;
    TRY(pattern_memo_find(call, 1, row, PATTERN_SIMPLE, memo, out));
    if (*out == NULL)
        kernel_fail(call, row, E5007, "the pattern \"%.*s\" is wrong: %s",
                    TEXT_ARG(arg_text(call, 1, row)), memo->message);
    return ST_OK;
}

/* The instant that was read; a text without a zone is in `zone`. */
static Micros instant_of(const ReadTime *time, const TimeZone *zone)
{
    if (time->zone != NULL)
        return temporal_to_utc_late(time->zone, time->local);
    if (time->zoned)
        return time->local - time->offset_seconds * MICROS_PER_SECOND;
    return temporal_to_utc_late(zone, time->local);
}

/* The kernels of SimpleDateFormat: the instant in `zone`, divided by `unit`. */
static inline Status read_rows(KernelCall *call, const TimeZone *zone, Micros unit)
{
    PatternMemo patterns = {0};
    ZoneMemo zones = {.arena = call->scratch};
    for (EACH_ROW(call, i, row)) {
        const TimePattern *pattern;
        ReadTime time;
        bool found = false;
        TRY(simple_pattern(call, row, &patterns, &pattern));
        if (pattern != NULL)
            TRY(time_pattern_read(pattern, arg_text(call, 0, row), &zones, &time, &found));
        if (found)
            call->out->data.i64[row] = micros_floor_div(instant_of(&time, zone), unit);
        else
            kernel_null(call, row);
    }
    return ST_OK;
}

Status temporal_to_date_pattern(KernelCall *call)
{
    return read_rows(call, NULL, MICROS_PER_DAY);
}

Status temporal_to_date_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    return make_plan(call, PATTERN_SIMPLE, arena, diag);
}

/* --- UNIX_TIMESTAMP --- */

Status temporal_unix_timestamp(KernelCall *call)
{
    return read_rows(call, call->context->zone, MICROS_PER_SECOND);
}

/* Of constants it is known here whether the result is NULL. */
Status temporal_unix_timestamp_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    TRY(make_plan(call, PATTERN_SIMPLE, arena, diag));
    const ReadPlan *plan = call->data;
    ZoneMemo zones = {.arena = arena};
    ReadTime time;
    Text text;
    bool found;
    if (plan->pattern == NULL || !constant_text(call, 0, &text))
        return ST_OK;
    TRY(time_pattern_read(plan->pattern, text, &zones, &time, &found));
    if (found)
        call->result.nullable = false;
    return ST_OK;
}
