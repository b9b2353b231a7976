/* TIMESTAMPADD, TIMESTAMPDIFF and OVERLAPS. */
#include <assert.h>

#include "executor/function/temporal_kernels.h"
#include "storage/data/timestamp.h"

/* --- TIMESTAMPADD --- */

typedef struct AddPlan {
    const UnitDef *unit;
    TypeId from; /* of the point in time */
    TypeId to;   /* DATE and hours make a TIMESTAMP */
} AddPlan;

static bool add_months(Micros value, int64_t months, Micros *out)
{
    int64_t days;
    if (!date_add_months(micros_floor_div(value, MICROS_PER_DAY), months, &days))
        return false;
    *out = days * MICROS_PER_DAY + micros_floor_mod(value, MICROS_PER_DAY);
    return true;
}

/* The value and the result are microseconds; false when the result is outside the years 1 to 9999.
 */
static bool add_units(Micros value, int64_t count, const UnitDef *unit, Micros *out)
{
    int64_t total;
    if (__builtin_mul_overflow(count, unit->months != 0 ? unit->months : unit->micros, &total))
        return false;
    if (unit->months != 0)
        return add_months(value, total, out);
    return !__builtin_add_overflow(value, total, out) && temporal_in_range(*out);
}

/* A TIME goes round the clock; days and more leave it as it is. */
static Micros add_to_time(Micros value, int64_t count, const UnitDef *unit)
{
    if (unit->micros == 0 || unit->micros % MICROS_PER_DAY == 0)
        return value;
    int64_t in_day = count % (MICROS_PER_DAY / unit->micros);
    return micros_floor_mod(value + in_day * unit->micros, MICROS_PER_DAY);
}

Status temporal_add(KernelCall *call)
{
    const AddPlan *plan = call->data;
    assert(plan != NULL && call->args == 3);
    for (EACH_ROW(call, i, row)) {
        int64_t count = arg_i64(call, 1, row), value = arg_i64(call, 2, row);
        int64_t *out = &call->out->data.i64[row];
        if (plan->from == TYPE_TIME) {
            *out = add_to_time(value, count, plan->unit);
            continue;
        }
        if (plan->from == TYPE_DATE)
            value *= MICROS_PER_DAY;
        if (!add_units(value, count, plan->unit, out))
            kernel_fail(call, row, E5004,
                        "TIMESTAMPADD: the result is outside the years 1 to 9999");
        else if (plan->to == TYPE_DATE)
            *out /= MICROS_PER_DAY;
    }
    return ST_OK;
}

/* The digits of a second's fraction that the unit needs. */
static uint32_t unit_precision(TimeUnit unit)
{
    return unit == UNIT_MICROSECOND ? 6 : unit == UNIT_MILLISECOND ? 3 : 0;
}

static Type added_type(const Type *from, const UnitDef *unit)
{
    Type type = *from;
    if (type.id == TYPE_DATE && unit->micros > 0 && unit->micros < MICROS_PER_DAY)
        return type_sized(TYPE_TIMESTAMP, TIME_MAX_PRECISION);
    if (type.id != TYPE_DATE && type.precision < unit_precision(unit->unit))
        type.precision = unit_precision(unit->unit);
    return type;
}

Status temporal_add_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    AddPlan *plan;
    TRY_NEW(plan, arena);
    TRY(temporal_check(call, 2, KIND_POINT, diag));
    TRY(unit_argument(call, UNIT_COUNTS, &plan->unit, diag));
    bool nullable = call->result.nullable;
    call->result = type_with_null(added_type(&call->arg[2], plan->unit), nullable);
    plan->from = (TypeId)call->arg[2].id;
    plan->to = (TypeId)call->result.id;
    call->data = plan;
    return ST_OK;
}

/* --- TIMESTAMPDIFF --- */

typedef struct DiffPlan {
    const UnitDef *unit;
    bool days[2]; /* the argument is a DATE */
    bool clock;   /* both are TIMEs: no calendar */
} DiffPlan;

/* Whole months from one day to a later one, the most that can be added with clamping. */
static int64_t months_up(int64_t from, int64_t to)
{
    CivilDate a = civil_from_days(from), b = civil_from_days(to);
    int64_t months = ((int64_t)b.year - a.year) * 12 + (int64_t)b.month - a.month;
    int64_t moved;
    bool possible = date_add_months(from, months, &moved);
    return possible && moved > to ? months - 1 : months;
}

/* As Flink counts: whole months between the days, one less when the end is earlier in its day than
 * the start and the days are that many months apart. */
static int64_t months_between(Micros from, Micros to)
{
    int64_t from_day = micros_floor_div(from, MICROS_PER_DAY),
            to_day = micros_floor_div(to, MICROS_PER_DAY);
    int64_t months =
        from_day <= to_day ? months_up(from_day, to_day) : -months_up(to_day, from_day);
    int64_t moved;
    bool possible = date_add_months(from_day, months, &moved);
    bool earlier = micros_floor_mod(to, MICROS_PER_DAY) < micros_floor_mod(from, MICROS_PER_DAY);
    return possible && moved == to_day && earlier ? months - 1 : months;
}

static int64_t units_between(const DiffPlan *plan, Micros from, Micros to)
{
    if (plan->unit->months == 0)
        return (to - from) / plan->unit->micros;
    return plan->clock ? 0 : months_between(from, to) / plan->unit->months;
}

Status temporal_diff(KernelCall *call)
{
    const DiffPlan *plan = call->data;
    assert(plan != NULL && call->args == 3);
    for (EACH_ROW(call, i, row)) {
        Micros from = arg_i64(call, 1, row) * (plan->days[0] ? MICROS_PER_DAY : 1);
        Micros to = arg_i64(call, 2, row) * (plan->days[1] ? MICROS_PER_DAY : 1);
        int64_t count = units_between(plan, from, to);
        call->out->data.i64[row] = count;
        if (count < INT32_MIN || count > INT32_MAX)
            kernel_fail(call, row, E5004, "TIMESTAMPDIFF: %lld does not fit INT", (long long)count);
    }
    return ST_OK;
}

/* What can stand beside a point of that type: dates and timestamps without a zone mix. */
static uint32_t kinds_beside(TypeId type)
{
    return type == TYPE_TIME            ? KIND_CLOCK
           : type == TYPE_TIMESTAMP_LTZ ? KIND_INSTANT
                                        : KIND_DAY | KIND_LOCAL;
}

Status temporal_diff_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    DiffPlan *plan;
    TRY_NEW(plan, arena);
    TRY(temporal_check(call, 1, KIND_POINT, diag));
    TRY(temporal_check(call, 2, kinds_beside((TypeId)call->arg[1].id), diag));
    TRY(unit_argument(call, UNIT_COUNTS, &plan->unit, diag));
    for (uint32_t a = 0; a < 2; a++)
        plan->days[a] = call->arg[a + 1].id == TYPE_DATE;
    plan->clock = call->arg[1].id == TYPE_TIME;
    call->data = plan;
    return ST_OK;
}

/* --- OVERLAPS (a, a's end, b, b's end), where an end is a point in time or a length --- */

typedef struct OverlapPlan {
    TypeId point;
    TypeId end[2];
} OverlapPlan;

/* The end as the type of the point; false when it is outside the calendar. */
static bool end_of(const OverlapPlan *plan, uint32_t period, int64_t start, int64_t end,
                   int64_t *out)
{
    *out = end;
    if (plan->end[period] == TYPE_INTERVAL_DAY)
        return !__builtin_add_overflow(start, plan->point == TYPE_DATE ? end / MICROS_PER_DAY : end,
                                       out);
    if (plan->end[period] != TYPE_INTERVAL_MONTH)
        return true;
    if (plan->point == TYPE_DATE)
        return date_add_months(start, end, out);
    *out = start;
    return plan->point == TYPE_TIME || add_months(start, end, out);
}

/* Periods are closed on both sides; a start behind its end changes places with it. */
Status temporal_overlaps(KernelCall *call)
{
    const OverlapPlan *plan = call->data;
    assert(plan != NULL && call->args == 4);
    for (EACH_ROW(call, i, row)) {
        int64_t start[2], end[2];
        bool fits = true;
        for (uint32_t p = 0; p < 2; p++) {
            start[p] = arg_i64(call, 2 * p, row);
            fits = end_of(plan, p, start[p], arg_i64(call, 2 * p + 1, row), &end[p]) && fits;
            if (start[p] > end[p]) {
                int64_t earlier = end[p];
                end[p] = start[p];
                start[p] = earlier;
            }
        }
        call->out->data.b[row] = end[0] >= start[1] && end[1] >= start[0];
        if (!fits)
            kernel_fail(call, row, E5004, "OVERLAPS: a period ends outside the years 1 to 9999");
    }
    return ST_OK;
}

Status temporal_overlaps_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    OverlapPlan *plan;
    TRY_NEW(plan, arena);
    plan->point = (TypeId)call->arg[0].id;
    uint32_t same = UINT32_C(1) << plan->point;
    TRY(temporal_check(call, 0, KIND_POINT, diag));
    TRY(temporal_check(call, 2, same, diag));
    for (uint32_t p = 0; p < 2; p++) {
        TRY(temporal_check(call, 2 * p + 1, same | KIND_INTERVAL, diag));
        plan->end[p] = (TypeId)call->arg[2 * p + 1].id;
    }
    call->data = plan;
    return ST_OK;
}
