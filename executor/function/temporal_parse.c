/* Reading a time after a pattern (time_pattern.h): first the fields, from left to right, then the
 * time that they make. Where the two dialects differ:
 *
 *   java.time         widths bind; names are case-sensitive and have the pattern's form; [ ] may be
 *                     left out; the text must end with the pattern; a weekday must be right
 *   SimpleDateFormat  a number takes all digits, unless another one follows directly; blanks before
 *                     numbers do not count; names have any form and case; the text may go on */
#include <assert.h>

#include "executor/function/time_pattern.h"
#include "storage/data/timestamp.h"

enum {
    VALUE_DIGITS = 18, /* what fits 64 bits for sure */
    SNAPSHOTS = 8,
    CENTURY_START = 1950, /* of two digits for SimpleDateFormat; java.time takes 2000 */
};

typedef struct Reader {
    const TimePattern *pattern;
    Text text;
    uint32_t at;
    uint32_t start; /* of the item, blanks before it included */
    uint32_t seen;  /* bit per PatternField */
    int64_t value[PATTERN_FIELDS];
    const TimeZone *zone;
    ZoneMemo *memo;
} Reader;

static bool is_simple(const Reader *r)
{
    return r->pattern->style == PATTERN_SIMPLE;
}

static char peek(const Reader *r)
{
    return r->at < r->text.size ? r->text.ptr[r->at] : '\0';
}

static bool accept(Reader *r, char c)
{
    if (r->at == r->text.size || r->text.ptr[r->at] != c)
        return false;
    r->at++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool has(const Reader *r, PatternField field)
{
    return (r->seen >> field & 1) != 0;
}

static int64_t get(const Reader *r, PatternField field, int64_t otherwise)
{
    return has(r, field) ? r->value[field] : otherwise;
}

static void set(Reader *r, PatternField field, int64_t value)
{
    r->seen |= UINT32_C(1) << field;
    r->value[field] = value;
}

/* --- numbers --- */

static uint32_t count_digits(const Reader *r, uint32_t most)
{
    uint32_t count = 0;
    while (count < most && r->at + count < r->text.size && is_digit(r->text.ptr[r->at + count]))
        count++;
    return count;
}

static int64_t take_digits(Reader *r, uint32_t count)
{
    int64_t value = 0;
    for (uint32_t i = 0; i < count; i++)
        value = value * 10 + (r->text.ptr[r->at++] - '0');
    return value;
}

/* How many digits belong to the item in java.time's strict reading; 0: it cannot be read. */
static uint32_t strict_width(Reader *r, const PatternItem *item)
{
    bool plus = item->sign && accept(r, '+');
    uint32_t digits = count_digits(r, (uint32_t)item->most + item->reserved);
    if (item->reserved > 0)
        digits =
            digits > (uint32_t)item->width + item->reserved ? digits - item->reserved : item->width;
    if (digits < item->width || count_digits(r, digits) < digits)
        return 0;
    return !item->sign || plus == (digits > item->width) ? digits : 0;
}

/* The blanks before the number, which were skipped, count toward a width that binds. */
static uint32_t lenient_width(const Reader *r, const PatternItem *item)
{
    uint32_t skipped = r->at - r->start;
    return skipped < item->most ? count_digits(r, item->most - skipped) : 0;
}

static int64_t full_year(const Reader *r, const PatternItem *item, int64_t value, uint32_t digits)
{
    if (!is_simple(r))
        return item->two_digit ? 2000 + value : value;
    if (item->width > 2 || digits != 2)
        return value;
    return value + (value < CENTURY_START % 100 ? 2000 : 1900);
}

typedef struct FieldRange {
    PatternField field;
    int64_t least, most;
} FieldRange;

static const FieldRange ranges[] = {
    {FIELD_MONTH, 1, 12},
    {FIELD_DAY, 1, 31},
    {FIELD_DAY_OF_YEAR, 1, 366},
    {FIELD_HOUR, 0, 24},
    {FIELD_HOUR_24, 0, 24},
    {FIELD_HOUR_11, 0, 11},
    {FIELD_HOUR_12, 0, 12},
    {FIELD_MINUTE, 0, 59},
    {FIELD_SECOND, 0, 59},
    {FIELD_MILLI, 0, 999},
    {FIELD_NANO, 0, 999999999},
    {FIELD_WEEK_OF_YEAR, 1, 53},
    {FIELD_WEEKDAY, 1, 7},
    {FIELD_WEEKDAY_ISO, 1, 7},
    {FIELD_QUARTER, 1, 4},
    {FIELD_MILLI_OF_DAY, 0, 86399999},
    {FIELD_NANO_OF_DAY, 0, 86399999999999},
};

static bool in_range(PatternField field, int64_t value)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (ranges[i].field == field)
            return value >= ranges[i].least && value <= ranges[i].most;
    }
    return true;
}

static bool read_number(Reader *r, const PatternItem *item)
{
    uint32_t digits = is_simple(r) ? lenient_width(r, item) : strict_width(r, item);
    if (digits == 0 || digits > VALUE_DIGITS)
        return false;
    int64_t value = take_digits(r, digits);
    if (item->field == FIELD_YEAR || item->field == FIELD_WEEK_YEAR)
        value = full_year(r, item, value, digits);
    set(r, item->field, value);
    return in_range(item->field, value);
}

/* Exactly the pattern's number of digits, as microseconds. */
static bool read_fraction(Reader *r, const PatternItem *item)
{
    uint32_t digits = count_digits(r, item->width);
    if (digits < item->width)
        return false;
    int64_t value = take_digits(r, digits);
    for (; digits < 6; digits++)
        value *= 10;
    for (; digits > 6; digits--)
        value /= 10;
    set(r, FIELD_FRACTION, value);
    return true;
}

/* --- names --- */

static bool accept_name(Reader *r, const char *name, size_t size)
{
    if (r->text.size - r->at < size)
        return false;
    const char *here = r->text.ptr + r->at;
    bool same = is_simple(r) ? strncasecmp(here, name, size) == 0 : memcmp(here, name, size) == 0;
    r->at += same ? (uint32_t)size : 0;
    return same;
}

static bool accept_form(Reader *r, PatternForm form, const char *name)
{
    enum { SHORT_NAME = 3 };
    bool full = accept_name(r, name, form == FORM_FULL || is_simple(r) ? strlen(name) : SHORT_NAME);
    return full || (is_simple(r) && accept_name(r, name, SHORT_NAME));
}

static bool read_listed(Reader *r, const PatternItem *item, const char *const *names,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count && item->form != FORM_NARROW; i++) {
        if (accept_form(r, item->form, names[i])) {
            set(r, item->field, i + 1);
            return true;
        }
    }
    return false;
}

static bool read_pair(Reader *r, PatternField field, const char *first, const char *second)
{
    bool is_first = accept_name(r, first, strlen(first));
    if (!is_first && !accept_name(r, second, strlen(second)))
        return false;
    set(r, field, !is_first);
    return true;
}

static bool read_name(Reader *r, const PatternItem *item)
{
    if (item->field == FIELD_MONTH)
        return read_listed(r, item, month_names, 12);
    if (item->field == FIELD_WEEKDAY)
        return read_listed(r, item, weekday_names, 7);
    if (item->field == FIELD_AM_PM)
        return read_pair(r, FIELD_AM_PM, "AM", "PM");
    if (item->field == FIELD_ERA && item->form == FORM_FULL)
        return read_pair(r, FIELD_ERA, "Anno Domini", "Before Christ");
    return item->field == FIELD_ERA && item->form == FORM_SHORT &&
           read_pair(r, FIELD_ERA, "AD", "BC");
}

/* --- zones --- */

static bool read_two(Reader *r, int64_t *out)
{
    if (count_digits(r, 2) < 2)
        return false;
    *out = take_digits(r, 2);
    return true;
}

/* X: +hh with or without mm, or Z; XX, Z: +hhmm; XXX: +hh:mm. */
static bool read_offset(Reader *r, const PatternItem *item)
{
    bool iso = item->letter == 'X' || item->letter == 'x';
    bool colon = item->width == 5 || (iso && item->width == 3);
    int64_t hours, minutes = 0;
    if (item->letter == 'X' && accept(r, 'Z')) {
        set(r, FIELD_OFFSET, 0);
        return true;
    }
    bool minus = accept(r, '-');
    if ((!minus && !accept(r, '+')) || !read_two(r, &hours))
        return false;
    bool short_form = iso && item->width == 1;
    if (short_form ? count_digits(r, 2) == 2 : (!colon || accept(r, ':'))) {
        if (!read_two(r, &minutes))
            return false;
    } else if (!short_form) {
        return false;
    }
    int64_t seconds = hours * 3600 + minutes * 60;
    set(r, FIELD_OFFSET, minus ? -seconds : seconds);
    return hours <= 18 && minutes < 60;
}

static bool is_zone_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '_';
}

/* Letters, then a signed offset if there is one: "Europe/Berlin", "UTC", "GMT+02:00". */
static Text zone_name(Reader *r)
{
    uint32_t start = r->at;
    while (is_zone_letter(peek(r)))
        r->at++;
    if (r->at > start && (peek(r) == '+' || peek(r) == '-')) {
        do
            r->at++;
        while (is_digit(peek(r)) || peek(r) == ':');
    }
    return (Text){r->text.ptr + start, r->at - start};
}

static Status read_zone(Reader *r, bool *found)
{
    static const PatternItem plain = {.field = FIELD_OFFSET, .letter = 'Z', .width = 1};
    if (peek(r) == '+' || peek(r) == '-') {
        *found = read_offset(r, &plain);
        return ST_OK;
    }
    Text name = zone_name(r);
    *found = false;
    if (name.size == 0)
        return ST_OK;
    TRY(zone_memo_find(r->memo, name, &r->zone));
    *found = r->zone != NULL;
    r->seen |= UINT32_C(1) << FIELD_ZONE;
    return ST_OK;
}

/* --- items --- */

static void skip_blanks(Reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t')
        r->at++;
}

static Status read_item(Reader *r, const PatternItem *item, bool *found)
{
    r->start = r->at;
    if (is_simple(r) && item->field != FIELD_LITERAL && item->form == FORM_NUMBER)
        skip_blanks(r);
    if (item->field == FIELD_LITERAL) {
        Text rest = {r->text.ptr + r->at, r->text.size - r->at};
        *found = text_starts_with(rest, item->literal);
        r->at += *found ? item->literal.size : 0;
    } else if (item->field == FIELD_FRACTION) {
        *found = read_fraction(r, item);
    } else if (item->field == FIELD_OFFSET) {
        *found = read_offset(r, item);
    } else if (item->field == FIELD_ZONE) {
        return read_zone(r, found);
    } else if (item->form != FORM_NUMBER) {
        *found = read_name(r, item);
    } else {
        *found = read_number(r, item);
    }
    return ST_OK;
}

/* When a section in brackets cannot be read, it is as if it were not there. */
static Status read_items(Reader *r, bool *found)
{
    Reader before[SNAPSHOTS];
    uint32_t end[SNAPSHOTS], depth = 0;
    *found = true;
    for (uint32_t i = 0; i < r->pattern->count; i++) {
        const PatternItem *item = &r->pattern->item[i];
        if (item->field == FIELD_OPTIONAL) {
            assert(depth < SNAPSHOTS);
            before[depth] = *r;
            end[depth++] = item->end;
        } else if (item->field == FIELD_OPTIONAL_END) {
            depth--;
        } else {
            TRY(read_item(r, item, found));
            if (*found)
                continue;
            if (depth == 0)
                return ST_OK;
            *r = before[--depth];
            i = end[depth];
            *found = true;
        }
    }
    return ST_OK;
}

/* --- from fields to a time --- */

/* Numbers of the week decide the day only where nothing of month and day is given. */
static bool is_week_date(const Reader *r)
{
    if (!has(r, FIELD_WEEK_OF_YEAR) || has(r, FIELD_MONTH) || has(r, FIELD_DAY))
        return false;
    return is_simple(r) || (has(r, FIELD_WEEK_YEAR) && has(r, FIELD_WEEKDAY));
}

static bool make_week_date(const Reader *r, int64_t *days)
{
    int64_t year = get(r, FIELD_WEEK_YEAR, get(r, FIELD_YEAR, 1970));
    int64_t weekday = get(r, FIELD_WEEKDAY, get(r, FIELD_WEEKDAY_ISO, 7) % 7 + 1);
    if (year < 1 || year > 9999)
        return false;
    *days = local_week_start((int32_t)year) + (get(r, FIELD_WEEK_OF_YEAR, 1) - 1) * 7 + weekday - 1;
    return local_week(*days).year == year;
}

/* A weekday beside a whole date must be the date's. */
static bool weekday_fits(const Reader *r, int64_t days)
{
    bool checked = !is_simple(r) && has(r, FIELD_YEAR) && has(r, FIELD_WEEKDAY);
    return !checked || r->value[FIELD_WEEKDAY] == local_weekday(days);
}

static bool make_date(const Reader *r, int64_t *days)
{
    if (is_week_date(r))
        return make_week_date(r, days);
    int64_t year = get(r, FIELD_YEAR, 1970), month = get(r, FIELD_MONTH, 1),
            day = get(r, FIELD_DAY, 1);
    if (year < 1 || year > 9999 || get(r, FIELD_ERA, 0) != 0)
        return false;
    if (has(r, FIELD_DAY_OF_YEAR) && !has(r, FIELD_MONTH) && !has(r, FIELD_DAY)) {
        *days = days_from_civil((int32_t)year, 1, 1) + get(r, FIELD_DAY_OF_YEAR, 1) - 1;
        return civil_from_days(*days).year == year && weekday_fits(r, *days);
    }
    if (day > days_in_month((int32_t)year, (uint32_t)month))
        return false;
    *days = days_from_civil((int32_t)year, (uint32_t)month, (uint32_t)day);
    return !has(r, FIELD_MONTH) || !has(r, FIELD_DAY) || weekday_fits(r, *days);
}

/* Without AM or PM java.time does not know what hour 1 to 12 means and takes none; SimpleDateFormat
 * takes the morning. */
static int64_t make_hour(const Reader *r)
{
    if (has(r, FIELD_HOUR))
        return r->value[FIELD_HOUR];
    if (has(r, FIELD_HOUR_24))
        return r->value[FIELD_HOUR_24] % 24;
    if (!has(r, FIELD_AM_PM) && !is_simple(r))
        return 0;
    int64_t hour = get(r, FIELD_HOUR_12, get(r, FIELD_HOUR_11, 0)) % 12;
    return hour + 12 * get(r, FIELD_AM_PM, 0);
}

static bool make_time(const Reader *r, Micros *of_day)
{
    if (has(r, FIELD_NANO_OF_DAY) || has(r, FIELD_MILLI_OF_DAY)) {
        *of_day = has(r, FIELD_NANO_OF_DAY) ? r->value[FIELD_NANO_OF_DAY] / 1000
                                            : r->value[FIELD_MILLI_OF_DAY] * MICROS_PER_MILLI;
        return true;
    }
    Micros fraction = get(r, FIELD_MILLI, 0) * MICROS_PER_MILLI;
    if (has(r, FIELD_FRACTION) || has(r, FIELD_NANO))
        fraction = get(r, FIELD_FRACTION, get(r, FIELD_NANO, 0) / 1000);
    Micros below = get(r, FIELD_MINUTE, 0) * MICROS_PER_MINUTE +
                   get(r, FIELD_SECOND, 0) * MICROS_PER_SECOND + fraction;
    int64_t hour = make_hour(r);
    *of_day = hour * MICROS_PER_HOUR + below;
    return hour < 24 || (!is_simple(r) && below == 0); /* 24:00 ends the day */
}

Status time_pattern_read(const TimePattern *pattern, Text text, ZoneMemo *memo, ReadTime *out,
                         bool *found)
{
    Reader r = {.pattern = pattern, .text = text, .memo = memo};
    int64_t days;
    Micros of_day;
    TRY(read_items(&r, found));
    *found = *found && (is_simple(&r) || r.at == text.size) && make_date(&r, &days) &&
             make_time(&r, &of_day);
    if (!*found)
        return ST_OK;
    *out = (ReadTime){
        .local = days * MICROS_PER_DAY + of_day,
        .zoned = has(&r, FIELD_OFFSET) || has(&r, FIELD_ZONE),
        .offset_seconds = (int32_t)get(&r, FIELD_OFFSET, 0),
        .zone = r.zone,
    };
    return ST_OK;
}
