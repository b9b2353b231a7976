/* INTERVAL literals and qualifiers.
 *
 * A literal's text has one field a unit, from the qualifier's first to its last, each with a mark
 * of its own before it: `1-2` YEAR TO MONTH, `1 02:03:04.5` DAY TO SECOND. The first field has as
 * many digits as its precision says (two when it says nothing) and no other bound; the others keep
 * within their unit. A sign may stand before the text and in it. */
#include <assert.h>
#include <inttypes.h>

#include "planner/bind/bind_private.h"
#include "storage/base/clock.h"

typedef struct IntervalUnit {
    TypeId id;
    int64_t size;  /* in months or microseconds */
    uint32_t most; /* as a field behind another one */
    char mark;     /* what stands before it then; 0: it only stands alone */
} IntervalUnit;

/* In the order of their sizes, so that a qualifier's first unit comes before its last. */
static const IntervalUnit interval_units[] = {
    [UNIT_NAME_YEAR] = {TYPE_INTERVAL_MONTH, 12, 0, 0},
    [UNIT_NAME_QUARTER] = {TYPE_INTERVAL_MONTH, 3, 0, 0},
    [UNIT_NAME_MONTH] = {TYPE_INTERVAL_MONTH, 1, 11, '-'},
    [UNIT_NAME_WEEK] = {TYPE_INTERVAL_DAY, 7 * MICROS_PER_DAY, 0, 0},
    [UNIT_NAME_DAY] = {TYPE_INTERVAL_DAY, MICROS_PER_DAY, 0, 0},
    [UNIT_NAME_HOUR] = {TYPE_INTERVAL_DAY, MICROS_PER_HOUR, 23, ' '},
    [UNIT_NAME_MINUTE] = {TYPE_INTERVAL_DAY, MICROS_PER_MINUTE, 59, ':'},
    [UNIT_NAME_SECOND] = {TYPE_INTERVAL_DAY, MICROS_PER_SECOND, 59, ':'},
};
enum {
    INTERVAL_UNITS = sizeof interval_units / sizeof *interval_units,
    PRECISION_OTHERWISE = 2,
    PRECISION_MOST = 10,
    FRACTION_MOST = 6, /* also when it is not written */
};

static const IntervalUnit *unit_find(UnitName name)
{
    bool known = (uint32_t)name < INTERVAL_UNITS && interval_units[name].size != 0;
    return known ? &interval_units[name] : NULL;
}

/* --- qualifiers --- */

/* YEAR TO MONTH; DAY, HOUR or MINUTE TO a smaller one of HOUR, MINUTE, SECOND. */
static bool is_range(const IntervalUnit *from, const IntervalUnit *to)
{
    bool starts = from->mark != 0 || from == &interval_units[UNIT_NAME_YEAR] ||
                  from == &interval_units[UNIT_NAME_DAY];
    return starts && to->mark != 0 && from->id == to->id && from < to;
}

static Status check_digits(Binder *binder, const IntervalQualifier *qualifier, int32_t written,
                           int32_t least, int32_t most, const char *what)
{
    if (written == -1 || (written >= least && written <= most))
        return ST_OK;
    return diag_error(binder->diag, E2119, qualifier->span,
                      "the %s of an interval is from %" PRId32 " to %" PRId32, what, least, most);
}

Status bind_qualifier(Binder *binder, const IntervalQualifier *qualifier, TypeId *out)
{
    const IntervalUnit *from = unit_find(qualifier->from), *to = unit_find(qualifier->to);
    bool single = qualifier->to == UNIT_NAME_NONE;
    if (from == NULL || (!single && (to == NULL || !is_range(from, to)))) {
        Status status =
            diag_error(binder->diag, E2119, qualifier->span, "there is no interval of these units");
        diag_hint(binder->diag, "YEAR TO MONTH, DAY TO SECOND or a part of one, QUARTER, WEEK");
        return status;
    }
    TRY(check_digits(binder, qualifier, qualifier->precision, 1, PRECISION_MOST, "precision"));
    TRY(check_digits(binder, qualifier, qualifier->fraction, 0, FRACTION_MOST,
                     "fraction's precision"));
    *out = from->id;
    return ST_OK;
}

/* --- literals --- */

typedef struct IntervalReader {
    Binder *binder;
    const Literal *literal;
    const IntervalQualifier *qualifier;
    Span span;
    const char *p, *end;
    /* Not above zero while reading: the least number has no positive counterpart. */
    int64_t total;
} IntervalReader;

static Status report_format(const IntervalReader *reader)
{
    const IntervalQualifier *qualifier = reader->qualifier;
    bool single = qualifier->to == UNIT_NAME_NONE;
    Status status =
        diag_error(reader->binder->diag, E1006, reader->span, "'%.*s' is no interval of %s%s%s",
                   TEXT_ARG(reader->literal->text), unit_name_word(qualifier->from),
                   single ? "" : " TO ", single ? "" : unit_name_word(qualifier->to));
    if (qualifier->to == UNIT_NAME_MONTH)
        diag_hint(reader->binder->diag, "write INTERVAL '1-2' YEAR TO MONTH");
    else if (!single)
        diag_hint(reader->binder->diag,
                  "write INTERVAL '1 02:03:04.5' DAY TO SECOND, or a part of it");
    return status;
}

static Status report_overflow(const IntervalReader *reader)
{
    return diag_error(reader->binder->diag, E2127, reader->span, "the interval is too long");
}

static void skip_blanks(IntervalReader *reader)
{
    while (reader->p < reader->end && *reader->p == ' ')
        reader->p++;
    while (reader->p < reader->end && reader->end[-1] == ' ')
        reader->end--;
}

/* At most `most` digits; false when there is none. */
static bool read_number(IntervalReader *reader, uint32_t most, int64_t *out)
{
    const char *start = reader->p;
    *out = 0;
    while (reader->p < reader->end && *reader->p >= '0' && *reader->p <= '9' &&
           reader->p - start < most)
        *out = *out * 10 + (*reader->p++ - '0');
    return reader->p > start;
}

static Status add_field(IntervalReader *reader, int64_t value, int64_t size)
{
    int64_t amount;
    if (__builtin_mul_overflow(value, size, &amount) ||
        __builtin_sub_overflow(reader->total, amount, &reader->total))
        return report_overflow(reader);
    return ST_OK;
}

static Status read_first(IntervalReader *reader)
{
    const char *name = unit_name_word(reader->qualifier->from);
    int32_t precision =
        reader->qualifier->precision == -1 ? PRECISION_OTHERWISE : reader->qualifier->precision;
    int64_t value, most = 1;
    for (int32_t i = 0; i < precision; i++)
        most *= 10;
    if (!read_number(reader, PRECISION_MOST, &value))
        return report_format(reader);
    if (value >= most) {
        int32_t needed = precision;
        for (; value >= most; most *= 10)
            needed++;
        Status status =
            diag_error(reader->binder->diag, E2127, reader->span,
                       "interval field value %" PRId64 " exceeds the precision of %s(%" PRId32 ")",
                       value, name, precision);
        diag_hint(reader->binder->diag, "write %s(%" PRId32 ")", name, needed);
        return status;
    }
    return add_field(reader, value, interval_units[reader->qualifier->from].size);
}

static Status read_next(IntervalReader *reader, const IntervalUnit *unit)
{
    int64_t value;
    if (reader->p == reader->end || *reader->p++ != unit->mark || !read_number(reader, 2, &value) ||
        value > unit->most)
        return report_format(reader);
    return add_field(reader, value, unit->size);
}

/* The digits behind the second's point, if any. */
static Status read_fraction(IntervalReader *reader)
{
    int32_t most = reader->qualifier->fraction == -1 ? FRACTION_MOST : reader->qualifier->fraction;
    if (reader->p == reader->end || *reader->p != '.')
        return ST_OK;
    const char *start = ++reader->p;
    int64_t value;
    if (!read_number(reader, (uint32_t)most, &value))
        return report_format(reader);
    for (int32_t i = (int32_t)(reader->p - start); i < FRACTION_MOST; i++)
        value *= 10;
    return add_field(reader, value, 1);
}

static Status read_fields(IntervalReader *reader)
{
    UnitName last =
        reader->qualifier->to == UNIT_NAME_NONE ? reader->qualifier->from : reader->qualifier->to;
    TRY(read_first(reader));
    for (UnitName unit = (UnitName)(reader->qualifier->from + 1); unit <= last;
         unit = (UnitName)(unit + 1)) {
        if (interval_units[unit].mark != 0)
            TRY(read_next(reader, &interval_units[unit]));
    }
    if (last == UNIT_NAME_SECOND)
        TRY(read_fraction(reader));
    return reader->p == reader->end ? ST_OK : report_format(reader);
}

Status bind_interval_literal(Binder *binder, const Literal *literal, Span span, Value *out)
{
    assert(literal->kind == LITERAL_INTERVAL);
    TypeId id;
    TRY(bind_qualifier(binder, literal->of.interval.qualifier, &id));
    IntervalReader reader = {.binder = binder,
                             .literal = literal,
                             .qualifier = literal->of.interval.qualifier,
                             .span = span,
                             .p = literal->text.ptr,
                             .end = literal->text.ptr + literal->text.size};
    bool negative = literal->of.interval.negative;
    skip_blanks(&reader);
    if (reader.p < reader.end && (*reader.p == '-' || *reader.p == '+'))
        negative ^= *reader.p++ == '-';
    TRY(read_fields(&reader));
    if (!negative && __builtin_sub_overflow(INT64_C(0), reader.total, &reader.total))
        return report_overflow(&reader);
    *out = (Value){.type = type_with_null(type_make(id), false), .as.i64 = reader.total};
    return ST_OK;
}

Status bind_interval_times(Binder *binder, Scalar *count, const IntervalQualifier *unit, Span span,
                           Scalar **out)
{
    TypeId id;
    Scalar *arg[2] = {count};
    TRY(bind_qualifier(binder, unit, &id));
    if (unit->to != UNIT_NAME_NONE) {
        Status status =
            diag_error(binder->diag, E2107, unit->span, "a number is no INTERVAL of several units");
        diag_hint(binder->diag, "CAST it to an INTERVAL of one, as INTERVAL SECOND");
        return status;
    }
    Value one = {.type = type_with_null(type_make(id), false),
                 .as.i64 = interval_units[unit->from].size};
    TRY(scalar_constant(binder->arena, &one, &arg[1]));
    return bind_apply(binder, "*", NULL, arg, 2, span, out);
}
