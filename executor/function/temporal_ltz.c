/* TO_TIMESTAMP_LTZ: instants from numbers since 1970 and from texts. The session's zone plays no
 * part in it: without a zone of its own a text is in UTC. */
#include <assert.h>
#include <math.h>

#include "executor/function/kernel_text.h"
#include "executor/function/temporal_kernels.h"
#include "storage/data/decimal.h"
#include "storage/data/timestamp.h"

enum { MILLI_DIGITS = 3, MICRO_DIGITS = 6, FLINK_DIGITS = 9 };

/* --- numbers: units of 10^-precision seconds --- */

static const int64_t power10[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

/* The precision of a row; false after the row was rejected. */
static bool row_precision(KernelCall *call, uint32_t row, int64_t *out)
{
    *out = call->args == 2 ? arg_i64(call, 1, row) : MILLI_DIGITS;
    if (*out >= 0 && *out <= MICRO_DIGITS)
        return true;
    kernel_fail(call, row, E5007, "TO_TIMESTAMP_LTZ: the precision %lld is not 0 to %d",
                (long long)*out, MICRO_DIGITS);
    return false;
}

/* Outside the years 1 to 9999 the result is NULL. */
static void put_instant(KernelCall *call, uint32_t row, Micros value, bool fits)
{
    if (!fits || !temporal_in_range(value)) {
        kernel_null(call, row);
        return;
    }
    Micros unit = power10[MICRO_DIGITS - call->result->precision];
    call->out->data.i64[row] = value - micros_floor_mod(value, unit);
}

Status temporal_ltz_from_integer(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t precision;
        Micros value;
        if (!row_precision(call, row, &precision))
            continue;
        bool fits = !__builtin_mul_overflow(arg_i64(call, 0, row),
                                            power10[MICRO_DIGITS - precision], &value);
        put_instant(call, row, value, fits);
    }
    return ST_OK;
}

/* What is less than a unit is cut off. */
Status temporal_ltz_from_decimal(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        int64_t precision, units;
        Micros value = 0;
        if (!row_precision(call, row, &precision))
            continue;
        bool fits = decimal_to_i64(arg_i128(call, 0, row), call->arg_type[0].scale, &units) &&
                    !__builtin_mul_overflow(units, power10[MICRO_DIGITS - precision], &value);
        put_instant(call, row, value, fits);
    }
    return ST_OK;
}

/* Digits beyond milliseconds, or beyond the unit if that is smaller, are cut toward zero. */
Status temporal_ltz_from_double(KernelCall *call)
{
    static const double limit = 4e17; /* beyond the year 9999, within 64 bits */
    for (EACH_ROW(call, i, row)) {
        int64_t precision;
        if (!row_precision(call, row, &precision))
            continue;
        int64_t kept = precision < MILLI_DIGITS ? MILLI_DIGITS : precision;
        double units = trunc(arg_f64(call, 0, row) * (double)power10[kept - precision]);
        bool fits = fabs(units) < limit;
        Micros value = 0;
        fits =
            fits && !__builtin_mul_overflow((int64_t)units, power10[MICRO_DIGITS - kept], &value);
        put_instant(call, row, value, fits);
    }
    return ST_OK;
}

Status temporal_ltz_number_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    (void)arena;
    int64_t precision;
    if (call->args == 1 || !constant_i64(call, 1, &precision))
        return ST_OK;
    if (precision < 0 || precision > FLINK_DIGITS)
        return diag_error(diag, E2107, SPAN_NONE,
                          "TO_TIMESTAMP_LTZ: the precision %lld is not 0 to %d",
                          (long long)precision, MICRO_DIGITS);
    if (precision > MICRO_DIGITS)
        return diag_error(diag, E2002, SPAN_NONE,
                          "TO_TIMESTAMP_LTZ: times have at most %d digits of a second",
                          MICRO_DIGITS);
    if (precision > MILLI_DIGITS)
        call->result.precision = (uint32_t)precision;
    return ST_OK;
}

/* --- texts --- */

/* The form without a pattern rejects a text that is no time, as Flink does. */
Status temporal_ltz_from_text(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Text text = arg_text(call, 0, row);
        Micros value;
        if (timestamp_parse(text, TIME_SYNTAX_CAST, false, &value))
            put_instant(call, row, value, true);
        else
            kernel_fail(call, row, E5007, "TO_TIMESTAMP_LTZ: \"%.*s\" is not a timestamp",
                        TEXT_ARG(text));
    }
    return ST_OK;
}

typedef struct LtzPlan {
    const TimePattern *pattern; /* NULL: a column */
    const TimeZone *zone;       /* NULL: a column, or UTC with two arguments */
} LtzPlan;

Status temporal_ltz_from_pattern(KernelCall *call)
{
    const LtzPlan *plan = call->data;
    PatternMemo patterns = {0};
    ZoneMemo zones = {.arena = call->scratch}, named = {.arena = call->scratch};
    assert(plan != NULL);
    for (EACH_ROW(call, i, row)) {
        const TimePattern *pattern = plan->pattern;
        const TimeZone *zone = plan->zone;
        Micros value = 0;
        bool found = false;
        if (pattern == NULL)
            TRY(pattern_memo_find(call, 1, row, PATTERN_JAVA_TIME, &patterns, &pattern));
        if (zone == NULL && call->args == 3) {
            TRY(temporal_row_zone(call, 2, row, &zones, &zone));
            if (zone == NULL)
                continue;
        }
        if (pattern != NULL)
            TRY(temporal_read_pattern(pattern, arg_text(call, 0, row), &named, &value, &found));
        put_instant(call, row, found ? timezone_to_utc(zone, value) : 0, found);
    }
    return ST_OK;
}

Status temporal_ltz_pattern_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    LtzPlan *plan;
    TRY_NEW(plan, arena);
    call->data = plan;
    TRY(temporal_compile_argument(call, 1, PATTERN_JAVA_TIME, arena, &plan->pattern, diag));
    if (plan->pattern != NULL && plan->pattern->precision > MILLI_DIGITS)
        call->result.precision =
            plan->pattern->precision > MICRO_DIGITS ? MICRO_DIGITS : plan->pattern->precision;
    if (call->args == 2)
        return ST_OK;
    return temporal_zone_argument(call, 2, arena, &plan->zone, diag);
}
