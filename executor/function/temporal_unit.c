/* Units of time: which there are, and what each can be used for. */
#include "executor/function/kernel_text.h"
#include "executor/function/temporal_kernels.h"

/* The uses that units have in common. */
enum {
    CLOCK = UNIT_EXTRACTS | UNIT_ROUNDS | UNIT_COUNTS | UNIT_IN_TIME | UNIT_IN_MICROS,
    FRACTION = UNIT_EXTRACTS | UNIT_IN_TIME | UNIT_IN_MICROS,
    DAYS = UNIT_EXTRACTS | UNIT_ROUNDS | UNIT_COUNTS,
    CALENDAR = DAYS | UNIT_IN_MONTHS,
    YEARS = UNIT_EXTRACTS | UNIT_ROUNDS,
};

static const UnitDef unit_defs[] = {
    {"NANOSECOND", UNIT_NANOSECOND, FRACTION, 0, 0},
    {"MICROSECOND", UNIT_MICROSECOND, CLOCK, 1, 0},
    {"MILLISECOND", UNIT_MILLISECOND, CLOCK, MICROS_PER_MILLI, 0},
    {"SECOND", UNIT_SECOND, CLOCK, MICROS_PER_SECOND, 0},
    {"MINUTE", UNIT_MINUTE, CLOCK, MICROS_PER_MINUTE, 0},
    {"HOUR", UNIT_HOUR, CLOCK, MICROS_PER_HOUR, 0},
    {"DAY", UNIT_DAY, DAYS | UNIT_IN_MICROS, MICROS_PER_DAY, 0},
    {"WEEK", UNIT_WEEK, DAYS, 7 * MICROS_PER_DAY, 0},
    {"MONTH", UNIT_MONTH, CALENDAR, 0, 1},
    {"QUARTER", UNIT_QUARTER, CALENDAR, 0, 3},
    {"YEAR", UNIT_YEAR, CALENDAR, 0, 12},
    {"DECADE", UNIT_DECADE, YEARS, 0, 120},
    {"CENTURY", UNIT_CENTURY, YEARS, 0, 1200},
    {"MILLENNIUM", UNIT_MILLENNIUM, YEARS, 0, 12000},
    {"DOW", UNIT_DOW, UNIT_EXTRACTS, 0, 0},
    {"ISODOW", UNIT_ISODOW, UNIT_EXTRACTS, 0, 0},
    {"DOY", UNIT_DOY, UNIT_EXTRACTS, 0, 0},
    {"ISOYEAR", UNIT_ISOYEAR, UNIT_EXTRACTS, 0, 0},
    {"EPOCH", UNIT_EPOCH, UNIT_EXTRACTS, 0, 0},
    {"DAYOFWEEK", UNIT_DOW, 0, 0, 0}, /* names of functions alone */
    {"DAYOFMONTH", UNIT_DAY, 0, 0, 0},
    {"DAYOFYEAR", UNIT_DOY, 0, 0, 0},
};
enum { UNIT_DEFS = sizeof unit_defs / sizeof *unit_defs };

const UnitDef *unit_find(Text name)
{
    for (uint32_t i = 0; i < UNIT_DEFS; i++) {
        if (text_equal_nocase(name, text_of(unit_defs[i].name)))
            return &unit_defs[i];
    }
    return NULL;
}

static Status refuse(Text name, uint32_t uses, Diag *diag)
{
    Text fitting[UNIT_DEFS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < UNIT_DEFS; i++) {
        if ((unit_defs[i].uses & uses) == uses)
            fitting[count++] = text_of(unit_defs[i].name);
    }
    Status status = diag_error(diag, E2107, SPAN_NONE, "the time unit %.*s is not possible here",
                               TEXT_ARG(name));
    diag_suggest(diag, name, fitting, count);
    return status;
}

Status unit_argument(const FunctionCall *call, uint32_t uses, const UnitDef **out, Diag *diag)
{
    Text name;
    if (!constant_text(call, 0, &name))
        return diag_error(diag, E2126, SPAN_NONE, "the time unit of %s is not a constant",
                          call->def->name);
    *out = unit_find(name);
    if (*out == NULL || ((*out)->uses & uses) != uses)
        return refuse(name, uses, diag);
    return ST_OK;
}

Status temporal_check(const FunctionCall *call, uint32_t arg, uint32_t kinds, Diag *diag)
{
    const Type *type = &call->arg[arg];
    if ((kinds >> type->id & 1) != 0)
        return ST_OK;
    StrBuf name;
    strbuf_init(&name, NULL);
    type_print_bare(type, &name);
    Status status = diag_error(diag, E2107, SPAN_NONE, "%s does not take %s", call->def->signature,
                               strbuf_cstr(&name));
    diag_hint(diag, "%s", call->def->signature);
    strbuf_close(&name);
    return status;
}
