/* Functions of the clock, and of the watermark. The clock is the round's reading, which the journal
 * keeps (EvalContext.now): all rows of a round see the same time, and a replay sees it again. */
#include "executor/function/temporal_kernels.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

static Status fill(KernelCall *call, int64_t value)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = value;
    return ST_OK;
}

static Micros now_local(const KernelCall *call)
{
    return timezone_to_local(call->context->zone, call->context->now);
}

static Micros cut(Micros value, Micros unit)
{
    return value - micros_floor_mod(value, unit);
}

Status clock_date(KernelCall *call)
{
    return fill(call, micros_floor_div(now_local(call), MICROS_PER_DAY));
}

Status clock_time(KernelCall *call)
{
    return fill(call, cut(micros_floor_mod(now_local(call), MICROS_PER_DAY), MICROS_PER_SECOND));
}

Status clock_timestamp(KernelCall *call)
{
    return fill(call, cut(call->context->now, MICROS_PER_MILLI));
}

Status clock_local_timestamp(KernelCall *call)
{
    return fill(call, cut(now_local(call), MICROS_PER_MILLI));
}

Status clock_seconds(KernelCall *call)
{
    return fill(call, micros_floor_div(call->context->now, MICROS_PER_SECOND));
}

/* The watermark that held just before the row came: what it was judged by. */
Status watermark_of_row(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Micros watermark = batch_watermark(call->in, row);
        call->out->data.i64[row] = watermark;
        if (watermark == MICROS_MIN || watermark == MICROS_MAX)
            kernel_null(call, row);
    }
    return ST_OK;
}
