/* Times as texts: DATE_FORMAT, FROM_UNIXTIME, CONVERT_TZ. A wrong pattern is refused at bind time
 * when it is a constant, and rejects the row otherwise. */
#include <assert.h>

#include "executor/function/kernel_text.h"
#include "executor/function/temporal_kernels.h"
#include "storage/data/timestamp.h"

/* What is constant about a call. */
typedef struct TextPlan {
    const TimePattern *print; /* NULL: the pattern is a column */
    const TimePattern *read;  /* of a text argument */
    const TimeZone *from, *to;
} TextPlan;

/* One run of a kernel. */
typedef struct TextRun {
    const TextPlan *plan;
    PatternMemo pattern;
    ZoneMemo zone[2];
    ZoneMemo named; /* in texts */
    StrBuf buf;
} TextRun;

static void run_open(TextRun *run, KernelCall *call)
{
    *run = (TextRun){.plan = call->data};
    assert(run->plan != NULL);
    run->zone[0].arena = run->zone[1].arena = run->named.arena = call->scratch;
    strbuf_init(&run->buf, call->scratch->meter);
}

/* The pattern to print with; NULL after the row was rejected. */
static Status row_pattern(TextRun *run, KernelCall *call, uint32_t row, PatternStyle style,
                          bool zoned, const TimePattern **out)
{
    char message[PATTERN_MESSAGE_BYTES];
    *out = run->plan->print;
    if (*out != NULL)
        return ST_OK;
    TRY(pattern_memo_find(call, 1, row, style, &run->pattern, out));
    const char *wrong = run->pattern.message;
    if (*out != NULL && !time_pattern_prints(*out, zoned, message)) {
        wrong = message;
        *out = NULL;
    }
    if (*out == NULL)
        kernel_fail(call, row, E5007, "the pattern \"%.*s\" is wrong: %s",
                    TEXT_ARG(arg_text(call, 1, row)), wrong);
    return ST_OK;
}

static Status print(TextRun *run, KernelCall *call, uint32_t row, const TimePattern *pattern,
                    Micros local, int32_t offset)
{
    strbuf_clear(&run->buf);
    time_pattern_print(pattern, local, offset, &run->buf);
    return text_store(call, row, &run->buf);
}

/* The kernels' loop; `row` does one row. */
typedef Status TextRow(TextRun *run, KernelCall *call, uint32_t row);

static inline Status each_row(KernelCall *call, TextRow *do_row)
{
    TextRun run;
    Status status = ST_OK;
    run_open(&run, call);
    for (EACH_ROW(call, i, row)) {
        status = do_row(&run, call, row);
        if (status != ST_OK)
            break;
    }
    strbuf_close(&run.buf);
    return status;
}

/* --- DATE_FORMAT --- */

static inline Status date_format_row(TextRun *run, KernelCall *call, uint32_t row)
{
    const TimePattern *pattern;
    Micros value = arg_i64(call, 0, row);
    TRY(row_pattern(run, call, row, PATTERN_JAVA_TIME, false, &pattern));
    if (pattern == NULL)
        return ST_OK;
    if (call->arg_type[0].id == TYPE_TIMESTAMP_LTZ)
        value = timezone_to_local(call->context->zone, value);
    return print(run, call, row, pattern, value, 0);
}

Status temporal_date_format(KernelCall *call)
{
    return each_row(call, date_format_row);
}

/* Both ways with SimpleDateFormat in UTC; a text that is no time gives NULL. */
static inline Status date_format_text_row(TextRun *run, KernelCall *call, uint32_t row)
{
    const TimePattern *pattern;
    ReadTime time;
    bool found;
    TRY(row_pattern(run, call, row, PATTERN_SIMPLE, true, &pattern));
    if (pattern == NULL)
        return ST_OK;
    TRY(time_pattern_read(run->plan->read, arg_text(call, 0, row), &run->named, &time, &found));
    if (found)
        return print(run, call, row, pattern, time.local, 0);
    kernel_null(call, row);
    return ST_OK;
}

Status temporal_date_format_text(KernelCall *call)
{
    return each_row(call, date_format_text_row);
}

/* --- FROM_UNIXTIME --- */

static inline Status from_unixtime_row(TextRun *run, KernelCall *call, uint32_t row)
{
    const TimePattern *pattern;
    const TimeZone *zone = call->context->zone;
    Micros utc;
    TRY(row_pattern(run, call, row, PATTERN_SIMPLE, true, &pattern));
    if (pattern == NULL)
        return ST_OK;
    int64_t seconds = arg_i64(call, 0, row);
    if (__builtin_mul_overflow(seconds, MICROS_PER_SECOND, &utc) || !temporal_in_range(utc)) {
        kernel_fail(call, row, E5004, "FROM_UNIXTIME: %lld is outside the years 1 to 9999",
                    (long long)seconds);
        return ST_OK;
    }
    return print(run, call, row, pattern, timezone_to_local(zone, utc), timezone_offset(zone, utc));
}

Status temporal_from_unixtime(KernelCall *call)
{
    return each_row(call, from_unixtime_row);
}

/* --- CONVERT_TZ --- */

static inline Status convert_tz_row(TextRun *run, KernelCall *call, uint32_t row)
{
    const TimeZone *from = run->plan->from, *to = run->plan->to;
    ReadTime time;
    bool found;
    if (from == NULL)
        TRY(temporal_row_zone(call, 1, row, &run->zone[0], &from));
    if (to == NULL)
        TRY(temporal_row_zone(call, 2, row, &run->zone[1], &to));
    if (from == NULL || to == NULL)
        return ST_OK;
    TRY(time_pattern_read(run->plan->read, arg_text(call, 0, row), &run->named, &time, &found));
    if (found) {
        Micros local = timezone_to_local(to, temporal_to_utc_late(from, time.local));
        return print(run, call, row, run->plan->print, local, 0);
    }
    kernel_null(call, row);
    return ST_OK;
}

Status temporal_convert_tz(KernelCall *call)
{
    return each_row(call, convert_tz_row);
}

/* --- binding --- */

static Status make_plan(FunctionCall *call, Arena *arena, TextPlan **out)
{
    TRY_NEW(*out, arena);
    call->data = *out;
    return ST_OK;
}

/* The pattern to print with, when it is a constant or left out. */
static Status prepare_print(FunctionCall *call, PatternStyle style, bool zoned, TextPlan *plan,
                            Arena *arena, Diag *diag)
{
    char message[PATTERN_MESSAGE_BYTES];
    if (call->args == 1)
        return temporal_compile(TIME_PATTERN_DEFAULT, style, arena, &plan->print, diag);
    TRY(temporal_compile_argument(call, 1, style, arena, &plan->print, diag));
    if (plan->print != NULL && !time_pattern_prints(plan->print, zoned, message))
        return diag_error(diag, E2107, SPAN_NONE, "%s: %s", call->def->name, message);
    return ST_OK;
}

Status temporal_date_format_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    TextPlan *plan;
    TRY(make_plan(call, arena, &plan));
    return prepare_print(call, PATTERN_JAVA_TIME, false, plan, arena, diag);
}

Status temporal_date_format_text_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    TextPlan *plan;
    TRY(make_plan(call, arena, &plan));
    TRY(temporal_compile(TIME_PATTERN_DEFAULT, PATTERN_SIMPLE, arena, &plan->read, diag));
    return prepare_print(call, PATTERN_SIMPLE, true, plan, arena, diag);
}

Status temporal_from_unixtime_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    TextPlan *plan;
    TRY(make_plan(call, arena, &plan));
    return prepare_print(call, PATTERN_SIMPLE, true, plan, arena, diag);
}

Status temporal_convert_tz_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    TextPlan *plan;
    TRY(make_plan(call, arena, &plan));
    TRY(temporal_compile(TIME_PATTERN_DEFAULT, PATTERN_SIMPLE, arena, &plan->read, diag));
    plan->print = plan->read;
    TRY(temporal_zone_argument(call, 1, arena, &plan->from, diag));
    return temporal_zone_argument(call, 2, arena, &plan->to, diag);
}
