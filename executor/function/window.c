/* Processing time, and where a row's window begins and ends: what the planner makes of the columns
 * of a window function when no aggregate takes them in. */
#include "executor/function/function.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

static Type timestamp_type(const Type *arg, uint32_t args)
{
    (void)arg;
    (void)args;
    return type_sized(TYPE_TIMESTAMP, 3);
}

static Type same_instant(const Type *arg, uint32_t args)
{
    (void)args;
    return type_sized((TypeId)arg[0].id, 3);
}

/* Arguments: time, size, offset. */
static Micros start_of(KernelCall *call, uint32_t row)
{
    Micros time = arg_i64(call, 0, row);
    if (call->arg_type[0].id == TYPE_TIMESTAMP_LTZ)
        time = timezone_to_local(call->context->zone, time);
    return time - micros_floor_mod(time - arg_i64(call, 2, row), arg_i64(call, 1, row));
}

static Status tumble_start(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = start_of(call, row);
    return ST_OK;
}

static Status tumble_end(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = start_of(call, row) + arg_i64(call, 1, row);
    return ST_OK;
}

static Status tumble_time(KernelCall *call)
{
    for (EACH_ROW(call, i, row)) {
        Micros end = start_of(call, row) + arg_i64(call, 1, row);
        if (call->arg_type[0].id == TYPE_TIMESTAMP_LTZ)
            end = timezone_to_utc(call->context->zone, end);
        call->out->data.i64[row] = end - MICROS_PER_MILLI;
    }
    return ST_OK;
}

static Type proctime_type(const Type *arg, uint32_t args)
{
    (void)arg;
    (void)args;
    return type_with_null(type_sized(TYPE_TIMESTAMP_LTZ, 3), false);
}

static Status proctime(KernelCall *call)
{
    Micros now = call->context->now - micros_floor_mod(call->context->now, MICROS_PER_MILLI);
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = now;
    return ST_OK;
}

/* clang-format off */
const ScalarDef window_functions[] = {
    {.name = "PROCTIME", .args = "", .result = proctime_type, .kernel = proctime, .flags = FN_CLOCK,
     .signature = "PROCTIME()",
     .doc = "The time at which the row is processed; as a computed column, a processing-time "
            "attribute."},
    {.name = "$TUMBLE_START", .args = "T y y", .result = timestamp_type,
     .kernel = tumble_start, .flags = FN_INTERNAL,
     .signature = "$TUMBLE_START(time, size, offset)", .doc = "Where the row's window begins."},
    {.name = "$TUMBLE_START", .args = "L y y", .result = timestamp_type,
     .kernel = tumble_start, .flags = FN_INTERNAL},
    {.name = "$TUMBLE_END", .args = "T y y", .result = timestamp_type,
     .kernel = tumble_end, .flags = FN_INTERNAL,
     .signature = "$TUMBLE_END(time, size, offset)", .doc = "Where the row's window ends."},
    {.name = "$TUMBLE_END", .args = "L y y", .result = timestamp_type,
     .kernel = tumble_end, .flags = FN_INTERNAL},
    {.name = "$TUMBLE_TIME", .args = "T y y", .result = same_instant,
     .kernel = tumble_time, .flags = FN_INTERNAL,
     .signature = "$TUMBLE_TIME(time, size, offset)",
     .doc = "The last moment of the row's window."},
    {.name = "$TUMBLE_TIME", .args = "L y y", .result = same_instant,
     .kernel = tumble_time, .flags = FN_INTERNAL},
    {0},
};
/* clang-format on */
