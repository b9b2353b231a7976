/* Printing a time after a pattern (time_pattern.h). */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "executor/function/time_pattern.h"
#include "storage/data/timestamp.h"

enum { SHORT_NAME = 3 };

/* The time in parts, made once a value. */
typedef struct Parts {
    int64_t days;
    Micros of_day;
    CivilDate date;
    int32_t offset_seconds;
} Parts;

static int64_t parts_hour(const Parts *parts)
{
    return parts->of_day / MICROS_PER_HOUR;
}

/* The first of the hours 1 to 24 or 1 to 12 is the last one. */
static int64_t from_one(int64_t hour, int64_t hours)
{
    return hour % hours == 0 ? hours : hour % hours;
}

static int64_t year_of_era(const Parts *parts)
{
    return parts->date.year > 0 ? parts->date.year : 1 - (int64_t)parts->date.year;
}

static int64_t week_of_month(const Parts *parts)
{
    int64_t first = parts->days - (int64_t)parts->date.day + 1;
    return ((int64_t)parts->date.day - 1 + local_weekday(first) - 1) / 7 + 1;
}

static int64_t field_value(const Parts *parts, const PatternItem *item)
{
    switch (item->field) {
    case FIELD_YEAR: return item->letter == 'u' ? parts->date.year : year_of_era(parts);
    case FIELD_WEEK_YEAR: return local_week(parts->days).year;
    case FIELD_QUARTER: return (parts->date.month + 2) / 3;
    case FIELD_MONTH: return parts->date.month;
    case FIELD_WEEK_OF_YEAR: return local_week(parts->days).week;
    case FIELD_WEEK_OF_MONTH: return week_of_month(parts);
    case FIELD_DAY: return parts->date.day;
    case FIELD_DAY_OF_YEAR: return parts->days - days_from_civil(parts->date.year, 1, 1) + 1;
    case FIELD_DAY_IN_MONTH_WEEK: return (parts->date.day - 1) % 7 + 1;
    case FIELD_WEEK_IN_MONTH: return (parts->date.day - 1) / 7 + 1;
    case FIELD_WEEKDAY: return local_weekday(parts->days);
    case FIELD_WEEKDAY_ISO: return from_one(local_weekday(parts->days) - 1, 7);
    case FIELD_AM_PM: return parts_hour(parts) / 12;
    case FIELD_HOUR: return parts_hour(parts);
    case FIELD_HOUR_24: return from_one(parts_hour(parts), 24);
    case FIELD_HOUR_11: return parts_hour(parts) % 12;
    case FIELD_HOUR_12: return from_one(parts_hour(parts), 12);
    case FIELD_MINUTE: return parts->of_day % MICROS_PER_HOUR / MICROS_PER_MINUTE;
    case FIELD_SECOND: return parts->of_day % MICROS_PER_MINUTE / MICROS_PER_SECOND;
    case FIELD_MILLI: return parts->of_day % MICROS_PER_SECOND / MICROS_PER_MILLI;
    case FIELD_NANO: return parts->of_day % MICROS_PER_SECOND * 1000;
    case FIELD_MILLI_OF_DAY: return parts->of_day / MICROS_PER_MILLI;
    case FIELD_NANO_OF_DAY: return parts->of_day * 1000;
    case FIELD_ERA:
    case FIELD_LITERAL:
    case FIELD_OPTIONAL:
    case FIELD_OPTIONAL_END:
    case FIELD_FRACTION:
    case FIELD_ZONE:
    case FIELD_OFFSET: break;
    }
    return 0;
}

/* --- printing one item --- */

static void print_number(const PatternItem *item, int64_t value, StrBuf *out)
{
    if (item->two_digit) {
        strbuf_printf(out, "%02d", (int)(value % 100));
        return;
    }
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%" PRId64, value < 0 ? -value : value);
    if (value < 0)
        strbuf_char(out, '-');
    else if (item->sign && size > item->width)
        strbuf_char(out, '+');
    if (size < item->width)
        strbuf_repeat(out, '0', (size_t)(item->width - size));
    strbuf_put(out, digits, (size_t)size);
}

static void print_quarter(PatternForm form, int64_t quarter, StrBuf *out)
{
    static const char *const ordinals[] = {"1st", "2nd", "3rd", "4th"};
    if (form == FORM_SHORT)
        strbuf_printf(out, "Q%" PRId64, quarter);
    else if (form == FORM_FULL)
        strbuf_printf(out, "%s quarter", ordinals[quarter - 1]);
    else
        strbuf_i64(out, quarter);
}

static void print_name(PatternForm form, const char *name, StrBuf *out)
{
    size_t size = form == FORM_NARROW ? 1 : form == FORM_SHORT ? SHORT_NAME : strlen(name);
    strbuf_put(out, name, size);
}

static void print_era(const PatternItem *item, const Parts *parts, StrBuf *out)
{
    bool after = parts->date.year > 0;
    if (item->form == FORM_FULL)
        strbuf_string(out, after ? "Anno Domini" : "Before Christ");
    else if (item->form == FORM_NARROW)
        strbuf_char(out, after ? 'A' : 'B');
    else
        strbuf_string(out, after ? "AD" : "BC");
}

static void print_text(const PatternItem *item, const Parts *parts, StrBuf *out)
{
    int64_t value = field_value(parts, item);
    if (item->field == FIELD_ERA)
        print_era(item, parts, out);
    else if (item->field == FIELD_QUARTER)
        print_quarter(item->form, value, out);
    else if (item->field == FIELD_MONTH)
        print_name(item->form, month_names[value - 1], out);
    else if (item->field == FIELD_AM_PM)
        strbuf_string(out, value == 0 ? "AM" : "PM");
    else
        print_name(item->form, weekday_names[value - 1], out);
}

/* The first digits of the nine of a second's fraction. */
static void print_fraction(const PatternItem *item, const Parts *parts, StrBuf *out)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%06d000", (int)(parts->of_day % MICROS_PER_SECOND));
    strbuf_put(out, digits, item->width);
}

/* X: +01, Z; XX: +0100; XXX: +01:00; Z: +0100. */
static void print_offset(const PatternItem *item, const Parts *parts, StrBuf *out)
{
    int32_t seconds = parts->offset_seconds;
    int32_t minutes = (seconds < 0 ? -seconds : seconds) / 60;
    if (item->letter == 'X' && seconds == 0) {
        strbuf_char(out, 'Z');
        return;
    }
    strbuf_printf(out, "%c%02d", seconds < 0 ? '-' : '+', minutes / 60);
    if (item->letter == 'X' && item->width == 1)
        return;
    strbuf_printf(out, item->letter == 'X' && item->width == 3 ? ":%02d" : "%02d", minutes % 60);
}

void time_pattern_print(const TimePattern *pattern, Micros local, int32_t offset_seconds,
                        StrBuf *out)
{
    Parts parts = {.offset_seconds = offset_seconds};
    parts.days = micros_floor_div(local, MICROS_PER_DAY);
    parts.of_day = local - parts.days * MICROS_PER_DAY;
    parts.date = civil_from_days(parts.days);
    for (uint32_t i = 0; i < pattern->count; i++) {
        const PatternItem *item = &pattern->item[i];
        if (item->field == FIELD_LITERAL)
            strbuf_text(out, item->literal);
        else if (item->field == FIELD_FRACTION)
            print_fraction(item, &parts, out);
        else if (item->field == FIELD_OFFSET)
            print_offset(item, &parts, out);
        else if (item->form != FORM_NUMBER)
            print_text(item, &parts, out);
        else if (item->field != FIELD_OPTIONAL && item->field != FIELD_OPTIONAL_END)
            print_number(item, field_value(&parts, item), out);
    }
}

bool time_pattern_prints(const TimePattern *pattern, bool zoned, char *message)
{
    message[0] = '\0';
    for (uint32_t i = 0; i < pattern->count; i++) {
        const PatternItem *item = &pattern->item[i];
        if (item->field == FIELD_ZONE)
            snprintf(message, PATTERN_MESSAGE_BYTES, "the name of a zone (%c) cannot be printed",
                     item->letter);
        else if (item->field == FIELD_OFFSET && !zoned)
            snprintf(message, PATTERN_MESSAGE_BYTES, "the value has no time zone (%c)",
                     item->letter);
    }
    return message[0] == '\0';
}
