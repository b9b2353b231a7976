/* EXTRACT and its short forms YEAR(x) ... In two passes over the column: the argument as local
 * microseconds, into the result's own cells, then the field of each. So the first pass knows types
 * and zones alone and the second one units alone. All divisions round down, so that times before
 * 1970 have the fields that a calendar shows. */
#include <assert.h>

#include "executor/function/temporal_kernels.h"
#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

enum { ARGUMENT = 1 }; /* 0 is the unit, in the internal form; of YEAR(x) it is the only one */

typedef struct ExtractPlan {
    TimeUnit unit;
    uint32_t argument;
    TypeId type;
} ExtractPlan;

/* --- first pass --- */

static void put_local(KernelCall *call, const ExtractPlan *plan)
{
    int64_t *out = call->out->data.i64;
    const TimeZone *zone = call->context->zone;
    for (EACH_ROW(call, i, row)) {
        int64_t value = arg_i64(call, plan->argument, row);
        if (plan->type == TYPE_DATE)
            value *= MICROS_PER_DAY;
        else if (plan->type == TYPE_TIMESTAMP_LTZ && plan->unit != UNIT_EPOCH)
            value = timezone_to_local(zone, value);
        out[row] = value;
    }
}

/* --- second pass --- */

typedef int64_t FieldOf(int64_t micros);

static inline Status each(KernelCall *call, FieldOf *field)
{
    int64_t *out = call->out->data.i64;
    for (EACH_ROW(call, i, row))
        out[row] = field(out[row]);
    return ST_OK;
}

static int64_t day_of(int64_t micros)
{
    return micros_floor_div(micros, MICROS_PER_DAY);
}

static CivilDate civil_of(int64_t micros)
{
    return civil_from_days(day_of(micros));
}

static int64_t nanosecond_of(int64_t micros)
{
    return micros_floor_mod(micros, MICROS_PER_SECOND) * 1000;
}
static int64_t microsecond_of(int64_t micros)
{
    return micros_floor_mod(micros, MICROS_PER_SECOND);
}
static int64_t millisecond_of(int64_t micros)
{
    return micros_floor_mod(micros, MICROS_PER_SECOND) / MICROS_PER_MILLI;
}
static int64_t second_of(int64_t micros)
{
    return micros_floor_mod(micros, MICROS_PER_MINUTE) / MICROS_PER_SECOND;
}
static int64_t minute_of(int64_t micros)
{
    return micros_floor_mod(micros, MICROS_PER_HOUR) / MICROS_PER_MINUTE;
}
static int64_t hour_of(int64_t micros)
{
    return micros_floor_mod(micros, MICROS_PER_DAY) / MICROS_PER_HOUR;
}
static int64_t day_of_month(int64_t micros)
{
    return civil_of(micros).day;
}
static int64_t month_of(int64_t micros)
{
    return civil_of(micros).month;
}
static int64_t quarter_of(int64_t micros)
{
    return (civil_of(micros).month + 2) / 3;
}
static int64_t year_of(int64_t micros)
{
    return civil_of(micros).year;
}
static int64_t decade_of(int64_t micros)
{
    return micros_floor_div(civil_of(micros).year, 10);
}
/* Centuries and millennia begin with the years that end in 1. */
static int64_t century_of(int64_t micros)
{
    return micros_floor_div(civil_of(micros).year + 99, 100);
}
static int64_t millennium_of(int64_t micros)
{
    return micros_floor_div(civil_of(micros).year + 999, 1000);
}
/* 1970-01-01 was a Thursday. */
static int64_t day_of_week(int64_t micros)
{
    return micros_floor_mod(day_of(micros) + 4, 7) + 1;
}
static int64_t iso_day_of_week(int64_t micros)
{
    return micros_floor_mod(day_of(micros) + 3, 7) + 1;
}
static int64_t day_of_year(int64_t micros)
{
    int64_t day = day_of(micros);
    return day - days_from_civil(civil_from_days(day).year, 1, 1) + 1;
}
/* The day of the week's Thursday, whose year the ISO week belongs to (ISO 8601). */
static int64_t iso_thursday(int64_t micros)
{
    return day_of(micros) + 4 - iso_day_of_week(micros);
}
static int64_t iso_year_of(int64_t micros)
{
    return civil_from_days(iso_thursday(micros)).year;
}
static int64_t iso_week_of(int64_t micros)
{
    int64_t thursday = iso_thursday(micros);
    return (thursday - days_from_civil(civil_from_days(thursday).year, 1, 1)) / 7 + 1;
}
static int64_t epoch_of(int64_t micros)
{
    return micros_floor_div(micros, MICROS_PER_SECOND);
}

static Status extract_point(KernelCall *call, TimeUnit unit)
{
    switch (unit) {
    case UNIT_NANOSECOND: return each(call, nanosecond_of);
    case UNIT_MICROSECOND: return each(call, microsecond_of);
    case UNIT_MILLISECOND: return each(call, millisecond_of);
    case UNIT_SECOND: return each(call, second_of);
    case UNIT_MINUTE: return each(call, minute_of);
    case UNIT_HOUR: return each(call, hour_of);
    case UNIT_DAY: return each(call, day_of_month);
    case UNIT_WEEK: return each(call, iso_week_of);
    case UNIT_MONTH: return each(call, month_of);
    case UNIT_QUARTER: return each(call, quarter_of);
    case UNIT_YEAR: return each(call, year_of);
    case UNIT_DECADE: return each(call, decade_of);
    case UNIT_CENTURY: return each(call, century_of);
    case UNIT_MILLENNIUM: return each(call, millennium_of);
    case UNIT_DOW: return each(call, day_of_week);
    case UNIT_ISODOW: return each(call, iso_day_of_week);
    case UNIT_DOY: return each(call, day_of_year);
    case UNIT_ISOYEAR: return each(call, iso_year_of);
    case UNIT_EPOCH: return each(call, epoch_of);
    }
    return ST_OK;
}

/* --- intervals: the sign stays with every field --- */

/* How many of the unit a value holds beyond the whole next larger ones, of which `in_larger` make
 * one; 0: there is no larger one. */
static inline Status each_part(KernelCall *call, int64_t unit_size, int64_t in_larger, int64_t add)
{
    int64_t *out = call->out->data.i64;
    for (EACH_ROW(call, i, row)) {
        int64_t units = in_larger == 0 ? out[row] / unit_size : out[row] % in_larger / unit_size;
        out[row] = units + add;
    }
    return ST_OK;
}

static Status extract_months(KernelCall *call, TimeUnit unit)
{
    if (unit == UNIT_YEAR)
        return each_part(call, 12, 0, 0);
    if (unit == UNIT_QUARTER)
        return each_part(call, 3, 12, 1);
    assert(unit == UNIT_MONTH);
    return each_part(call, 1, 12, 0);
}

static int64_t interval_nanosecond(int64_t micros)
{
    return micros % MICROS_PER_SECOND * 1000;
}

static Status extract_micros(KernelCall *call, TimeUnit unit)
{
    static const struct {
        TimeUnit unit;
        Micros size, larger;
    } parts[] = {
        {UNIT_MICROSECOND, 1, MICROS_PER_SECOND},
        {UNIT_MILLISECOND, MICROS_PER_MILLI, MICROS_PER_SECOND},
        {UNIT_SECOND, MICROS_PER_SECOND, MICROS_PER_MINUTE},
        {UNIT_MINUTE, MICROS_PER_MINUTE, MICROS_PER_HOUR},
        {UNIT_HOUR, MICROS_PER_HOUR, MICROS_PER_DAY},
        {UNIT_DAY, MICROS_PER_DAY, 0},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].unit == unit)
            return each_part(call, parts[i].size, parts[i].larger, 0);
    }
    assert(unit == UNIT_NANOSECOND);
    return each(call, interval_nanosecond);
}

/* --- the calls --- */

Status temporal_extract(KernelCall *call)
{
    const ExtractPlan *plan = call->data;
    assert(plan != NULL && plan->argument < call->args);
    put_local(call, plan);
    if (plan->type == TYPE_INTERVAL_MONTH)
        return extract_months(call, plan->unit);
    if (plan->type == TYPE_INTERVAL_DAY)
        return extract_micros(call, plan->unit);
    return extract_point(call, plan->unit);
}

static Status make_plan(FunctionCall *call, const UnitDef *def, uint32_t argument, Arena *arena)
{
    ExtractPlan *plan;
    TRY_NEW(plan, arena);
    *plan = (ExtractPlan){
        .unit = def->unit, .argument = argument, .type = (TypeId)call->arg[argument].id};
    call->data = plan;
    return ST_OK;
}

/* What a value must have for its type to have the unit. */
static uint32_t use_of_type(TypeId type)
{
    if (type == TYPE_TIME)
        return UNIT_EXTRACTS | UNIT_IN_TIME;
    if (type == TYPE_INTERVAL_MONTH)
        return UNIT_EXTRACTS | UNIT_IN_MONTHS;
    if (type == TYPE_INTERVAL_DAY)
        return UNIT_EXTRACTS | UNIT_IN_MICROS;
    return UNIT_EXTRACTS;
}

/* EXTRACT: the unit is the first argument. */
Status temporal_extract_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    const UnitDef *def;
    assert(call->args == 2);
    TRY(temporal_check(call, ARGUMENT, KIND_POINT | KIND_INTERVAL, diag));
    TRY(unit_argument(call, use_of_type((TypeId)call->arg[ARGUMENT].id), &def, diag));
    return make_plan(call, def, ARGUMENT, arena);
}

/* YEAR(x) ...: the unit is the function's name. */
Status temporal_extract_named_prepare(FunctionCall *call, Arena *arena, Diag *diag)
{
    const UnitDef *def = unit_find(text_of(call->def->name));
    assert(call->args == 1 && def != NULL);
    bool in_day = (def->uses & UNIT_IN_TIME) != 0;
    TRY(temporal_check(call, 0, in_day ? KIND_POINT : KIND_POINT & ~KIND_CLOCK, diag));
    return make_plan(call, def, 0, arena);
}
