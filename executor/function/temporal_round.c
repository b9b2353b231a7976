/* FLOOR(x TO unit) and CEIL(x TO unit). CEIL gives the first boundary that is not before x, so that
 * a value on a boundary stays; weeks begin on Sunday; an instant is rounded in the local time of
 * the session's zone. */
#include <assert.h>

#include "executor/function/temporal_kernels.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

typedef struct RoundPlan {
    const UnitDef *unit;
    TypeId type;
} RoundPlan;

/* 1969-12-28 was a Sunday. */
#define FIRST_SUNDAY (-4 * MICROS_PER_DAY)

/* --- one value, in local microseconds --- */

static Micros floor_fixed(Micros value, const UnitDef *unit)
{
    Micros origin = unit->unit == UNIT_WEEK ? FIRST_SUNDAY : 0;
    return value - micros_floor_mod(value - origin, unit->micros);
}

/* Months since the year 0, or since the year 1 where units begin with years that end in 1. */
static int64_t month_origin(const UnitDef *unit)
{
    return unit->unit == UNIT_CENTURY || unit->unit == UNIT_MILLENNIUM ? 12 : 0;
}

static Micros month_start(int64_t months)
{
    int64_t year = micros_floor_div(months, 12);
    return days_from_civil((int32_t)year, (uint32_t)micros_floor_mod(months, 12) + 1, 1) *
           MICROS_PER_DAY;
}

static int64_t floor_months(Micros value, const UnitDef *unit)
{
    CivilDate date = civil_from_days(micros_floor_div(value, MICROS_PER_DAY));
    int64_t months = (int64_t)date.year * 12 + (int64_t)date.month - 1;
    return months - micros_floor_mod(months - month_origin(unit), unit->months);
}

static inline Micros round_value(Micros value, const UnitDef *unit, bool up)
{
    if (unit->months == 0) {
        Micros floor = floor_fixed(value, unit);
        return up && floor != value ? floor + unit->micros : floor;
    }
    int64_t months = floor_months(value, unit);
    Micros floor = month_start(months);
    return up && floor != value ? month_start(months + unit->months) : floor;
}

/* --- the column --- */

/* A day or more begins at local midnight, whatever the clocks do in between; within a day the
 * instant's own offset holds, so that of the two hours from one to two o'clock in autumn each stays
 * itself. */
static inline int64_t round_instant(const TimeZone *zone, Micros value, const UnitDef *unit,
                                    bool up)
{
    Micros local = timezone_to_local(zone, value), rounded = round_value(local, unit, up);
    bool within_day = unit->micros > 0 && unit->micros < MICROS_PER_DAY;
    return within_day ? rounded - (local - value) : timezone_to_utc(zone, rounded);
}

static inline Status round_rows(KernelCall *call, bool up)
{
    const RoundPlan *plan = call->data;
    assert(plan != NULL);
    for (EACH_ROW(call, i, row)) {
        int64_t value = arg_i64(call, 1, row), rounded;
        if (plan->type == TYPE_DATE)
            rounded = round_value(value * MICROS_PER_DAY, plan->unit, up) / MICROS_PER_DAY;
        else if (plan->type == TYPE_TIMESTAMP_LTZ)
            rounded = round_instant(call->context->zone, value, plan->unit, up);
        else
            rounded = round_value(value, plan->unit, up);
        call->out->data.i64[row] = rounded;
        bool fits = plan->type == TYPE_TIME   ? rounded < MICROS_PER_DAY
                    : plan->type == TYPE_DATE ? temporal_in_range(rounded * MICROS_PER_DAY)
                                              : temporal_in_range(rounded);
        if (!fits)
            kernel_fail(call, row, E5004, "the %s boundary is out of range", plan->unit->name);
    }
    return ST_OK;
}

Status temporal_floor(KernelCall *call)
{
    return round_rows(call, false);
}

Status temporal_ceil(KernelCall *call)
{
    return round_rows(call, true);
}

static Status copy_rows(KernelCall *call)
{
    for (EACH_ROW(call, i, row))
        call->out->data.i64[row] = arg_i64(call, 1, row);
    return ST_OK;
}

/* A DATE has no hours: rounding it to hours or less leaves it as it is. */
Status temporal_round_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    RoundPlan *plan;
    TRY_NEW(plan, arena);
    TRY(temporal_check(call, 1, KIND_POINT, diag));
    plan->type = (TypeId)call->arg[1].id;
    TRY(unit_argument(call, UNIT_ROUNDS | (plan->type == TYPE_TIME ? UNIT_IN_TIME : 0), &plan->unit,
                      diag));
    call->data = plan;
    if (plan->type == TYPE_DATE && plan->unit->micros > 0 && plan->unit->micros < MICROS_PER_DAY)
        call->kernel = copy_rows;
    return ST_OK;
}
