/* Patterns and zones as arguments of calls: those that are constants at bind time, and those of
 * rows. */
#include "executor/function/kernel_text.h"
#include "executor/function/temporal_kernels.h"
#include "storage/data/timestamp.h"

Status temporal_compile(Text text, PatternStyle style, Arena *arena, const TimePattern **out,
                        Diag *diag)
{
    char message[PATTERN_MESSAGE_BYTES];
    TRY(time_pattern_compile(text, style, arena, out, message));
    if (*out != NULL)
        return ST_OK;
    return diag_error(diag, E2107, SPAN_NONE, "the pattern \"%.*s\" is wrong: %s", TEXT_ARG(text),
                      message);
}

Status temporal_compile_argument(const FunctionCall *call, uint32_t arg, PatternStyle style,
                                 Arena *arena, const TimePattern **out, Diag *diag)
{
    Text text;
    *out = NULL;
    if (!constant_text(call, arg, &text))
        return ST_OK;
    return temporal_compile(text, style, arena, out, diag);
}

Status temporal_zone_argument(const FunctionCall *call, uint32_t arg, Arena *arena,
                              const TimeZone **out, Diag *diag)
{
    ZoneMemo memo = {.arena = arena};
    Text name;
    *out = NULL;
    if (!constant_text(call, arg, &name))
        return ST_OK;
    TRY(zone_memo_find(&memo, name, out));
    if (*out == NULL)
        return diag_error(diag, E2107, SPAN_NONE, "there is no time zone \"%.*s\"", TEXT_ARG(name));
    return ST_OK;
}

Status pattern_memo_find(KernelCall *call, uint32_t arg, uint32_t row, PatternStyle style,
                         PatternMemo *memo, const TimePattern **out)
{
    Text source = arg_text(call, arg, row);
    if (!memo->set || !text_equal(source, memo->source)) {
        memo->set = false;
        TRY(time_pattern_compile(source, style, call->scratch, &memo->pattern, memo->message));
        memo->source = source;
        memo->set = true;
    }
    *out = memo->pattern;
    return ST_OK;
}

Status temporal_row_zone(KernelCall *call, uint32_t arg, uint32_t row, ZoneMemo *memo,
                         const TimeZone **out)
{
    Text name = arg_text(call, arg, row);
    TRY(zone_memo_find(memo, name, out));
    if (*out == NULL)
        kernel_fail(call, row, E5007, "there is no time zone \"%.*s\"", TEXT_ARG(name));
    return ST_OK;
}

Micros temporal_to_utc_late(const TimeZone *zone, Micros local)
{
    return timezone_again(zone, timezone_to_utc(zone, local));
}

bool temporal_in_range(Micros value)
{
    static const int64_t first_day = -719162, last_day = 2932896; /* 0001-01-01, 9999-12-31 */
    int64_t day = micros_floor_div(value, MICROS_PER_DAY);
    return day >= first_day && day <= last_day;
}
