#include "storage/data/timestamp.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* --- calendar --- */

/* Eras of 400 years, counted from 0000-03-01. */
enum { DAYS_PER_ERA = 146097, DAYS_TO_EPOCH = 719468 };

int64_t days_from_civil(int32_t year, uint32_t month, uint32_t day)
{
    assert(month >= 1 && month <= 12 && day >= 1 && day <= 31);
    int64_t y = (int64_t)year - (month <= 2); /* years begin in March, so the leap day is last */
    int64_t era = micros_floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
}

CivilDate civil_from_days(int64_t days)
{
    days += DAYS_TO_EPOCH;
    int64_t era = micros_floor_div(days, DAYS_PER_ERA);
    int64_t day_of_era = days - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    uint32_t month = (uint32_t)(shifted < 10 ? shifted + 3 : shifted - 9);
    uint32_t day = (uint32_t)(day_of_year - (153 * shifted + 2) / 5 + 1);
    return (CivilDate){(int32_t)(year_of_era + era * 400 + (month <= 2)), month, day};
}

static bool is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

uint32_t days_in_month(int32_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_add_months(int64_t days, int64_t months, int64_t *out)
{
    CivilDate date = civil_from_days(days);
    int64_t month = (int64_t)date.year * 12 + (int64_t)date.month - 1;
    if (__builtin_add_overflow(month, months, &month))
        return false;
    int64_t year = micros_floor_div(month, 12);
    if (year < 1 || year > 9999)
        return false;
    uint32_t month_of_year = (uint32_t)(month - year * 12) + 1;
    uint32_t last = days_in_month((int32_t)year, month_of_year);
    *out = days_from_civil((int32_t)year, month_of_year, date.day < last ? date.day : last);
    return true;
}

/* --- reading --- */

typedef struct Cursor {
    const char *p, *end;
} Cursor;

static bool read_char(Cursor *at, char c)
{
    if (at->p == at->end || *at->p != c)
        return false;
    at->p++;
    return true;
}

static bool at_end(const Cursor *at)
{
    return at->p == at->end;
}

/* As many digits as there are, up to `most`; false when they are fewer than `least`. */
static bool read_digits(Cursor *at, uint32_t least, uint32_t most, uint32_t *out)
{
    uint32_t value = 0, count = 0;
    while (count < most && at->p < at->end && (unsigned char)(*at->p - '0') <= 9) {
        value = value * 10 + (uint32_t)(*at->p++ - '0');
        count++;
    }
    *out = value;
    return count >= least;
}

static uint32_t least_digits(TimeSyntax syntax)
{
    return syntax == TIME_SYNTAX_CAST ? 1 : 2;
}

static char separator_of(TimeSyntax syntax)
{
    return syntax == TIME_SYNTAX_ISO ? 'T' : ' ';
}

/* False for a date that does not exist. */
static bool civil_to_days(uint32_t year, uint32_t month, uint32_t day, int64_t *days)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month((int32_t)year, month))
        return false;
    *days = days_from_civil((int32_t)year, month, day);
    return true;
}

static bool read_date(Cursor *at, TimeSyntax syntax, int64_t *days)
{
    uint32_t least = least_digits(syntax), year, month, day;
    if (!read_digits(at, 4, 4, &year) || !read_char(at, '-') ||
        !read_digits(at, least, 2, &month) || !read_char(at, '-') ||
        !read_digits(at, least, 2, &day))
        return false;
    return civil_to_days(year, month, day, days);
}

/* Up to nine digits behind the point; those beyond microseconds are cut. */
static Micros read_fraction(Cursor *at)
{
    static const uint32_t unit[] = {0, 100000, 10000, 1000, 100, 10, 1};
    uint32_t value, rest;
    const char *start = at->p;
    read_digits(at, 0, 6, &value);
    Micros fraction = (Micros)value * unit[at->p - start];
    read_digits(at, 0, 3, &rest);
    return fraction;
}

/* 24:00:00 ends the day, but not in ISO syntax (so in Flink). */
static bool is_time(TimeSyntax syntax, uint32_t hour, uint32_t minute, uint32_t second,
                    Micros fraction)
{
    if (hour == 24)
        return syntax != TIME_SYNTAX_ISO && minute == 0 && second == 0 && fraction == 0;
    return hour < 24 && minute < 60 && second < 60;
}

static Micros micros_of_time(uint32_t hour, uint32_t minute, uint32_t second)
{
    return hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE + second * MICROS_PER_SECOND;
}

static bool read_time(Cursor *at, TimeSyntax syntax, bool seconds_needed, Micros *of_day)
{
    uint32_t least = least_digits(syntax), hour, minute, second = 0;
    Micros fraction = 0;
    if (!read_digits(at, least, 2, &hour) || !read_char(at, ':') ||
        !read_digits(at, least, 2, &minute))
        return false;
    if (read_char(at, ':')) {
        if (!read_digits(at, least, 2, &second))
            return false;
        if (read_char(at, '.'))
            fraction = read_fraction(at);
    } else if (seconds_needed) {
        return false;
    }
    *of_day = micros_of_time(hour, minute, second) + fraction;
    return is_time(syntax, hour, minute, second, fraction);
}

/* --- reading as CAST does: parts may be missing at the end, numbers have any length --- */

enum { MOST_DIGITS = 9 };

static Cursor trimmed(Text text)
{
    Cursor at = {text.ptr, text.ptr + text.size};
    while (at.p < at.end && *at.p == ' ')
        at.p++;
    while (at.p < at.end && at.end[-1] == ' ')
        at.end--;
    return at;
}

/* The sign and the number behind it, or nothing. */
static bool read_optional(Cursor *at, char sign, uint32_t *out)
{
    return !read_char(at, sign) || read_digits(at, 1, MOST_DIGITS, out);
}

/* y[-m[-d]]. What stands behind a blank is not looked at: the text of a timestamp is a date. */
static bool cast_date(Text text, int64_t *days)
{
    const char *blank = text.size > 0 ? memchr(text.ptr, ' ', text.size) : NULL;
    if (blank != NULL && blank > text.ptr)
        text.size = (uint32_t)(blank - text.ptr);
    Cursor at = trimmed(text);
    uint32_t year, month = 1, day = 1;
    return read_digits(&at, 1, MOST_DIGITS, &year) && read_optional(&at, '-', &month) &&
           read_optional(&at, '-', &day) && at_end(&at) && civil_to_days(year, month, day, days);
}

/* h[:m[:s[.f]]] */
static bool cast_time(Text text, Micros *of_day)
{
    Cursor at = trimmed(text);
    uint32_t hour, minute = 0, second = 0, rest;
    Micros fraction = 0;
    if (!read_digits(&at, 1, MOST_DIGITS, &hour) || !read_optional(&at, ':', &minute))
        return false;
    const char *minute_end = at.p;
    if (!read_optional(&at, ':', &second))
        return false;
    if (at.p > minute_end && read_char(&at, '.')) { /* a fraction needs seconds */
        fraction = read_fraction(&at);
        read_digits(&at, 0, UINT32_MAX, &rest);
    }
    *of_day = micros_of_time(hour, minute, second) + fraction;
    return at_end(&at) && hour < 24 && minute < 60 && second < 60;
}

/* --- the parsers --- */

bool date_parse(Text text, TimeSyntax syntax, int64_t *days)
{
    if (syntax == TIME_SYNTAX_CAST)
        return cast_date(text, days);
    Cursor at = {text.ptr, text.ptr + text.size};
    return read_date(&at, syntax, days) && at_end(&at);
}

bool time_parse(Text text, TimeSyntax syntax, Micros *of_day)
{
    if (syntax == TIME_SYNTAX_CAST)
        return cast_time(text, of_day);
    Cursor at = {text.ptr, text.ptr + text.size};
    if (!read_time(&at, TIME_SYNTAX_SQL, true, of_day) || !at_end(&at))
        return false;
    *of_day %= MICROS_PER_DAY;
    return true;
}

bool timestamp_parse(Text text, TimeSyntax syntax, bool zone_z, Micros *out)
{
    Cursor at = {text.ptr, text.ptr + text.size};
    int64_t days;
    Micros of_day = 0;
    if (!read_date(&at, syntax, &days))
        return false;
    bool date_only = syntax == TIME_SYNTAX_CAST && at_end(&at);
    if (!date_only && (!read_char(&at, separator_of(syntax)) ||
                       !read_time(&at, syntax, syntax != TIME_SYNTAX_ISO, &of_day)))
        return false;
    if ((zone_z && !read_char(&at, 'Z')) || !at_end(&at))
        return false;
    *out = days * MICROS_PER_DAY + of_day;
    return true;
}

/* --- reading, with a memo --- */

enum { DATE_BYTES = 10, MINUTE_BYTES = 16, SECONDS_END = 19 };

static bool same_minute(const TimestampMemo *memo, const char *text)
{
    uint64_t known[2], seen[2];
    memcpy(known, memo->minute, MINUTE_BYTES);
    memcpy(seen, text, MINUTE_BYTES);
    return known[0] == seen[0] && known[1] == seen[1];
}

static uint32_t digit_of(char c)
{
    return (uint32_t)(unsigned char)c - '0'; /* above 9 when it is none */
}

/* ":SS.fff", the usual tail, with one branch for all of it. */
static bool read_millis_tail(const char *p, Micros *out)
{
    uint32_t tens = digit_of(p[1]), ones = digit_of(p[2]);
    uint32_t a = digit_of(p[4]), b = digit_of(p[5]), c = digit_of(p[6]);
    *out = (tens * 10 + ones) * MICROS_PER_SECOND + (a * 100 + b * 10 + c) * MICROS_PER_MILLI;
    return !((p[0] != ':') | (tens > 5) | (ones > 9) | (p[3] != '.') | (a > 9) | (b > 9) | (c > 9));
}

/* What stands behind the minute: ":SS[.f]", then Z if it must. */
static bool read_tail(const char *p, const char *end, bool zone_z, Micros *out)
{
    enum { MILLIS_TAIL = 7 };
    if (zone_z && *--end != 'Z')
        return false;
    if (end - p == MILLIS_TAIL)
        return read_millis_tail(p, out);
    if (end - p < SECONDS_END - MINUTE_BYTES)
        return false;
    uint32_t tens = digit_of(p[1]), ones = digit_of(p[2]);
    if (p[0] != ':' || tens > 5 || ones > 9)
        return false;
    Cursor at = {p + SECONDS_END - MINUTE_BYTES, end};
    Micros fraction = 0;
    if (read_char(&at, '.'))
        fraction = read_fraction(&at);
    *out = (tens * 10 + ones) * MICROS_PER_SECOND + fraction;
    return at_end(&at);
}

bool timestamp_parse_memo(TimestampMemo *memo, const char *text, uint32_t size, TimeSyntax syntax,
                          bool zone_z, Micros *out)
{
    Micros rest;
    if (memo->set && size >= SECONDS_END && same_minute(memo, text) &&
        text[DATE_BYTES] == separator_of(syntax) &&
        read_tail(text + MINUTE_BYTES, text + size, zone_z, &rest)) {
        *out = memo->base + rest;
        return true;
    }
    if (!timestamp_parse((Text){text, size}, syntax, zone_z, out))
        return false;
    /* Only a text of the long form has its minute in the first sixteen bytes, and the minute 24:00
     * has one second alone. */
    if (size >= SECONDS_END && memcmp(text + DATE_BYTES + 1, "24", 2) != 0 &&
        read_tail(text + MINUTE_BYTES, text + size, zone_z, &rest)) {
        memcpy(memo->minute, text, MINUTE_BYTES);
        memo->base = *out - rest;
        memo->set = true;
    }
    return true;
}

/* --- writing --- */

static char *write_two(char *p, uint32_t value)
{
    p[0] = (char)('0' + value / 10);
    p[1] = (char)('0' + value % 10);
    return p + 2;
}

/* Arithmetic can reach years of more than four digits and before the first: written out. */
static char *write_year(char *p, int32_t year)
{
    enum { YEAR_BYTES = 12 };
    if (year < 0 || year > 9999)
        return p + snprintf(p, YEAR_BYTES, "%05d", year);
    p = write_two(p, (uint32_t)year / 100);
    return write_two(p, (uint32_t)year % 100);
}

uint32_t date_format(int64_t days, char *out)
{
    CivilDate date = civil_from_days(days);
    char *p = write_year(out, date.year);
    *p++ = '-';
    p = write_two(p, date.month);
    *p++ = '-';
    p = write_two(p, date.day);
    return (uint32_t)(p - out);
}

uint32_t time_format(Micros of_day, uint32_t precision, char *out)
{
    assert(of_day >= 0 && of_day < MICROS_PER_DAY && precision <= 6);
    uint32_t seconds = (uint32_t)(of_day / MICROS_PER_SECOND);
    uint32_t fraction = (uint32_t)(of_day % MICROS_PER_SECOND);
    char *p = write_two(out, seconds / 3600);
    *p++ = ':';
    p = write_two(p, seconds / 60 % 60);
    *p++ = ':';
    p = write_two(p, seconds % 60);
    if (precision > 0)
        *p++ = '.';
    for (uint32_t i = 0, unit = 100000; i < precision; i++, unit /= 10)
        *p++ = (char)('0' + fraction / unit % 10);
    return (uint32_t)(p - out);
}

uint32_t timestamp_format(Micros value, uint32_t precision, char *out)
{
    uint32_t size = date_format(micros_floor_div(value, MICROS_PER_DAY), out);
    out[size++] = ' ';
    return size + time_format(micros_floor_mod(value, MICROS_PER_DAY), precision, out + size);
}
