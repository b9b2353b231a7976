/* Casts between dates, times and timestamps. Finer digits of the second are cut, toward the past. A
 * TIMESTAMP_LTZ is an instant; all other types show it in the session's time zone. */
#include "executor/function/cast.h"
#include "storage/data/decimal.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

/* Some of these kernels run on rows that nobody asked for, whose cells can hold anything. */
static inline Micros start_of_day(int64_t day)
{
    return (Micros)((uint64_t)day * (uint64_t)MICROS_PER_DAY);
}

static inline Micros cut(Micros value, Micros unit)
{
    return (Micros)((uint64_t)value - (uint64_t)micros_floor_mod(value, unit));
}

static Micros unit_of(const Type *type)
{
    return (Micros)decimal_power10(TIME_MAX_PRECISION - type->precision);
}

/* --- without a zone --- */

Status cast_date_to_timestamp(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = start_of_day(arg_i64(call, 0, row));
    return ST_OK;
}

Status cast_timestamp_to_timestamp(KernelCall *call)
{
    Micros unit = unit_of(call->result);
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = cut(arg_i64(call, 0, row), unit);
    return ST_OK;
}

Status cast_time_to_time(KernelCall *call)
{
    return cast_timestamp_to_timestamp(call);
}

/* On the first day of the epoch. */
Status cast_time_to_timestamp(KernelCall *call)
{
    return cast_timestamp_to_timestamp(call);
}

Status cast_timestamp_to_date(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = micros_floor_div(arg_i64(call, 0, row), MICROS_PER_DAY);
    return ST_OK;
}

Status cast_timestamp_to_time(KernelCall *call)
{
    Micros unit = unit_of(call->result);
    for (EACH_ROW(call, i, row)) {
        Micros of_day = micros_floor_mod(arg_i64(call, 0, row), MICROS_PER_DAY);
        call->out->data.i64[row] = cut(of_day, unit);
    }
    return ST_OK;
}

/* --- with the session's zone --- */

Status cast_date_to_instant(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] =
            timezone_to_utc(call->context->zone, start_of_day(arg_i64(call, 0, row)));
    return ST_OK;
}

Status cast_timestamp_to_instant(KernelCall *call)
{
    Micros unit = unit_of(call->result);
    for (EACH_ROW(call, i, row)) {
        Micros local = cut(arg_i64(call, 0, row), unit);
        call->out->data.i64[row] = timezone_to_utc(call->context->zone, local);
    }
    return ST_OK;
}

Status cast_time_to_instant(KernelCall *call)
{
    return cast_timestamp_to_instant(call);
}

Status cast_instant_to_timestamp(KernelCall *call)
{
    Micros unit = unit_of(call->result);
    for (EACH_ROW(call, i, row)) {
        Micros local = timezone_to_local(call->context->zone, arg_i64(call, 0, row));
        call->out->data.i64[row] = cut(local, unit);
    }
    return ST_OK;
}

Status cast_instant_to_date(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Micros local = timezone_to_local(call->context->zone, arg_i64(call, 0, row));
        call->out->data.i64[row] = micros_floor_div(local, MICROS_PER_DAY);
    }
    return ST_OK;
}

Status cast_instant_to_time(KernelCall *call)
{
    Micros unit = unit_of(call->result);
    for (EACH_ROW(call, i, row)) {
        Micros local = timezone_to_local(call->context->zone, arg_i64(call, 0, row));
        call->out->data.i64[row] = cut(micros_floor_mod(local, MICROS_PER_DAY), unit);
    }
    return ST_OK;
}
