/* Times and intervals. DATEs are days, all else microseconds, year-month intervals months.
 *
 * What Flink answered: a timestamp keeps its precision, and finer digits of the sum are cut; months
 * are clamped to the last day of the month; of a day-time interval a DATE takes the whole days
 * alone; a TIME wraps at midnight and ignores months. */
#include <assert.h>
#include <inttypes.h>

#include "executor/function/arithmetic.h"
#include "storage/base/strbuf.h"
#include "storage/data/decimal.h"
#include "storage/data/timestamp.h"

enum { DAY_MIN = -719162, DAY_MAX = 2932896 }; /* 0001-01-01, 9999-12-31 */

Type rule_time_operand(const Type *arg, uint32_t args)
{
    assert(args == 2);
    return type_is_interval(&arg[0]) ? arg[1] : arg[0];
}

Type rule_interval_operand(const Type *arg, uint32_t args)
{
    assert(args == 2);
    return type_is_interval(&arg[0]) ? arg[0] : arg[1];
}

static bool day_in_range(int64_t day)
{
    return day >= DAY_MIN && day <= DAY_MAX;
}

/* Cuts the digits beyond the precision, toward the past. */
static Micros cut_to_precision(Micros value, uint32_t precision)
{
    Micros unit = (Micros)decimal_power10(TIME_MAX_PRECISION - precision);
    return value - micros_floor_mod(value, unit);
}

/* --- a time and an interval --- */

/* Each adds `amount`, negated for a subtraction, and returns false when the result leaves the years
 * 1 to 9999. */
typedef bool AddInterval(int64_t time, int64_t amount, uint32_t precision, int64_t *out);

static bool date_add_months_to(int64_t time, int64_t amount, uint32_t precision, int64_t *out)
{
    (void)precision;
    return date_add_months(time, amount, out);
}

static bool date_add_micros(int64_t time, int64_t amount, uint32_t precision, int64_t *out)
{
    (void)precision;
    *out = time + amount / MICROS_PER_DAY;
    return day_in_range(*out);
}

static bool timestamp_add_months(int64_t time, int64_t amount, uint32_t precision, int64_t *out)
{
    (void)precision;
    int64_t day = micros_floor_div(time, MICROS_PER_DAY);
    if (!date_add_months(day, amount, &day))
        return false;
    *out = day * MICROS_PER_DAY + micros_floor_mod(time, MICROS_PER_DAY);
    return true;
}

static bool timestamp_add_micros(int64_t time, int64_t amount, uint32_t precision, int64_t *out)
{
    if (__builtin_add_overflow(time, amount, out) ||
        !day_in_range(micros_floor_div(*out, MICROS_PER_DAY)))
        return false;
    *out = cut_to_precision(*out, precision);
    return true;
}

static bool time_add_months(int64_t time, int64_t amount, uint32_t precision, int64_t *out)
{
    (void)amount, (void)precision;
    *out = time;
    return true;
}

static bool time_add_micros(int64_t time, int64_t amount, uint32_t precision, int64_t *out)
{
    int64_t sum = time + amount % MICROS_PER_DAY;
    *out = cut_to_precision(micros_floor_mod(sum, MICROS_PER_DAY), precision);
    return true;
}

static AddInterval *addition_of(const Type *time, const Type *interval)
{
    bool months = interval->id == TYPE_INTERVAL_MONTH;
    if (time->id == TYPE_DATE)
        return months ? date_add_months_to : date_add_micros;
    if (time->id == TYPE_TIME)
        return months ? time_add_months : time_add_micros;
    assert(type_is_timestamp(time));
    return months ? timestamp_add_months : timestamp_add_micros;
}

static void fail_sum(KernelCall *call, uint32_t row, const Type *type, int64_t time)
{
    char text[40];
    uint32_t size = type->id == TYPE_DATE ? date_format(time, text)
                                          : timestamp_format(time, type->precision, text);
    kernel_fail(call, row, E5004, "%.*s with the interval leaves the years 1 to 9999", (int)size,
                text);
}

/* A timestamp and a constant interval of no digits that the type would cut, as in nearly every
 * WATERMARK: a sum and two bounds. False when some row is not that simple; nothing is decided then.
 */
static bool combine_plain(KernelCall *call, uint32_t time_arg, int64_t amount, bool negate)
{
    const Micros least = DAY_MIN * MICROS_PER_DAY, largest = (DAY_MAX + 1) * MICROS_PER_DAY - 1;
    const Micros longest = 366 * MICROS_PER_DAY; /* no sum of such leaves 64 bits */
    const Column *time = call->arg[time_arg];
    const Type *type = &call->arg_type[time_arg];
    const int64_t *from = time->data.i64;
    int64_t *to = call->out->data.i64;
    bool inside = true;
    if (!type_is_timestamp(type) || time->constant || call->sel != NULL ||
        cut_to_precision(amount, type->precision) != amount || amount < -longest ||
        amount > longest)
        return false;
    amount = negate ? -amount : amount;
    for (uint32_t row = 0; row < call->count; row++) {
        inside &= (from[row] >= least - longest) & (from[row] <= largest + longest);
        to[row] = (int64_t)((uint64_t)from[row] + (uint64_t)amount);
        inside &= (to[row] >= least) & (to[row] <= largest);
    }
    return inside;
}

static Status combine(KernelCall *call, uint32_t time_arg, bool negate)
{
    uint32_t interval_arg = 1 - time_arg;
    const Type *type = &call->arg_type[time_arg];
    AddInterval *add = addition_of(type, &call->arg_type[interval_arg]);
    const Column *interval = call->arg[interval_arg];
    if (add == timestamp_add_micros && interval->constant && call->count > 0 &&
        combine_plain(call, time_arg, interval->data.i64[0], negate))
        return ST_OK;
    for (EACH_ROW(call, i, row)) {
        int64_t time = arg_i64(call, time_arg, row), amount = arg_i64(call, interval_arg, row);
        if ((negate && __builtin_sub_overflow(INT64_C(0), amount, &amount)) ||
            !add(time, amount, type->precision, &call->out->data.i64[row]))
            fail_sum(call, row, type, time);
    }
    return ST_OK;
}

/* A timestamp has the digits that a constant interval has, up to the milliseconds: TIMESTAMP(0) -
 * INTERVAL '0.001' SECOND is a TIMESTAMP(3). Not between constants, which Flink cuts. */
Status prepare_timestamp_interval(FunctionCall *call, Arena *arena, Diag *diag)
{
    enum { MILLISECONDS = 3 };
    (void)arena, (void)diag;
    uint32_t interval = type_is_interval(&call->arg[0]) ? 0 : 1;
    const Value *amount = call->constant[interval];
    Type *time = &call->arg[1 - interval];
    if (amount == NULL || amount->null || call->constant[1 - interval] != NULL)
        return ST_OK;
    while (time->precision < MILLISECONDS &&
           cut_to_precision(amount->as.i64, time->precision) != amount->as.i64)
        time->precision++;
    call->result.precision = time->precision;
    return ST_OK;
}

Status add_time_interval(KernelCall *call)
{
    return combine(call, type_is_interval(&call->arg_type[0]) ? 1 : 0, false);
}

Status subtract_time_interval(KernelCall *call)
{
    return combine(call, 0, true);
}

/* --- intervals --- */

static void fail_interval(KernelCall *call, uint32_t row)
{
    kernel_fail(call, row, E5004, "the interval is too long");
}

Status add_interval(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        if (__builtin_add_overflow(arg_i64(call, 0, row), arg_i64(call, 1, row),
                                   &call->out->data.i64[row]))
            fail_interval(call, row);
    }
    return ST_OK;
}

Status subtract_interval(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        if (__builtin_sub_overflow(arg_i64(call, 0, row), arg_i64(call, 1, row),
                                   &call->out->data.i64[row]))
            fail_interval(call, row);
    }
    return ST_OK;
}

Status multiply_interval(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        if (__builtin_mul_overflow(arg_i64(call, 0, row), arg_i64(call, 1, row),
                                   &call->out->data.i64[row]))
            fail_interval(call, row);
    }
    return ST_OK;
}

Status negate_interval(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        if (__builtin_sub_overflow(INT64_C(0), arg_i64(call, 0, row), &call->out->data.i64[row]))
            fail_interval(call, row);
    }
    return ST_OK;
}

/* --- two times --- */

/* Runs on rows that are not selected too, whose cells can hold anything: unsigned, so that they
 * wrap. */
Status difference_day(KernelCall *call)
{
    uint64_t unit = call->arg_type[0].id == TYPE_DATE ? MICROS_PER_DAY : 1;
    for (EACH_ROW(call, i, row)) {
        uint64_t difference = (uint64_t)arg_i64(call, 0, row) - (uint64_t)arg_i64(call, 1, row);
        call->out->data.i64[row] = (int64_t)(difference * unit);
    }
    return ST_OK;
}

/* Whole months from `from` to `to`: the most that can be added to the earlier one, with clamping at
 * the month's end, without passing the later one. */
static int64_t months_between(Micros from, Micros to)
{
    if (from > to)
        return -months_between(to, from);
    CivilDate a = civil_from_days(micros_floor_div(from, MICROS_PER_DAY));
    CivilDate b = civil_from_days(micros_floor_div(to, MICROS_PER_DAY));
    int64_t months = ((int64_t)b.year - a.year) * 12 + (int64_t)b.month - a.month;
    Micros moved;
    if (!timestamp_add_months(from, months, TIME_MAX_PRECISION, &moved))
        return months; /* outside the years that have a calendar */
    return moved <= to ? months : months - 1;
}

Status difference_month(KernelCall *call)
{
    TypeId id = (TypeId)call->arg_type[0].id;
    Micros unit = id == TYPE_DATE ? MICROS_PER_DAY : 1;
    for (EACH_ROW(call, i, row)) {
        Micros to = arg_i64(call, 0, row) * unit, from = arg_i64(call, 1, row) * unit;
        call->out->data.i64[row] = id == TYPE_TIME ? 0 : months_between(from, to);
    }
    return ST_OK;
}
