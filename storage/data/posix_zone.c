#include "storage/data/posix_zone.h"

#include "storage/data/timestamp.h"

enum { DAY_SECONDS = 86400, WEEK_DAYS = 7, LAST_WEEK = 5 };

/* --- parsing --- */

typedef struct Cursor {
    const char *p, *end;
} Cursor;

static bool skip_char(Cursor *at, char c)
{
    if (at->p == at->end || *at->p != c)
        return false;
    at->p++;
    return true;
}

static bool parse_number(Cursor *at, uint32_t least, uint32_t most, uint32_t *out)
{
    const char *start = at->p;
    uint32_t value = 0;
    while (at->p < at->end && (unsigned char)(*at->p - '0') <= 9 && at->p - start < 4)
        value = value * 10 + (uint32_t)(*at->p++ - '0');
    *out = value;
    return at->p > start && value >= least && value <= most;
}

/* Three or more letters, or anything between angle brackets. */
static bool skip_name(Cursor *at)
{
    const char *start = at->p;
    if (skip_char(at, '<')) {
        while (at->p < at->end && *at->p != '>')
            at->p++;
        return skip_char(at, '>');
    }
    while (at->p < at->end &&
           ((*at->p >= 'a' && *at->p <= 'z') || (*at->p >= 'A' && *at->p <= 'Z')))
        at->p++;
    return at->p - start >= 3;
}

/* [+|-]h[h[h]][:mm[:ss]] in seconds. */
static bool parse_clock(Cursor *at, uint32_t most_hours, int32_t *out)
{
    uint32_t hours, minutes = 0, seconds = 0;
    bool negative = skip_char(at, '-');
    if (!negative)
        skip_char(at, '+');
    if (!parse_number(at, 0, most_hours, &hours))
        return false;
    if (skip_char(at, ':')) {
        if (!parse_number(at, 0, 59, &minutes))
            return false;
        if (skip_char(at, ':') && !parse_number(at, 0, 59, &seconds))
            return false;
    }
    int32_t total = (int32_t)(hours * 3600 + minutes * 60 + seconds);
    *out = negative ? -total : total;
    return true;
}

static bool parse_rule_day(Cursor *at, RuleDay *out)
{
    enum { DEFAULT_SECONDS = 2 * 3600, MOST_HOURS = 167 };
    *out = (RuleDay){.seconds = DEFAULT_SECONDS};
    if (!skip_char(at, ','))
        return false;
    if (skip_char(at, 'M')) {
        out->kind = RULE_DAY_OF_MONTH;
        if (!parse_number(at, 1, 12, &out->month) || !skip_char(at, '.') ||
            !parse_number(at, 1, LAST_WEEK, &out->week) || !skip_char(at, '.') ||
            !parse_number(at, 0, WEEK_DAYS - 1, &out->day))
            return false;
    } else if (skip_char(at, 'J')) {
        out->kind = RULE_DAY_JULIAN;
        if (!parse_number(at, 1, 365, &out->day))
            return false;
    } else {
        out->kind = RULE_DAY_OF_YEAR;
        if (!parse_number(at, 0, 365, &out->day))
            return false;
    }
    return !skip_char(at, '/') || parse_clock(at, MOST_HOURS, &out->seconds);
}

bool posix_zone_parse(Text text, PosixZone *out)
{
    enum { MOST_HOURS = 24 };
    Cursor at = {text.ptr, text.ptr + text.size};
    *out = (PosixZone){0};
    int32_t west; /* POSIX counts west of Greenwich */
    if (!skip_name(&at) || !parse_clock(&at, MOST_HOURS, &west))
        return false;
    out->standard = -west;
    if (at.p == at.end)
        return true;
    out->has_daylight = true;
    out->daylight = out->standard + 3600;
    if (!skip_name(&at))
        return false;
    if (at.p < at.end && *at.p != ',') {
        if (!parse_clock(&at, MOST_HOURS, &west))
            return false;
        out->daylight = -west;
    }
    return parse_rule_day(&at, &out->start) && parse_rule_day(&at, &out->end) && at.p == at.end;
}

/* --- evaluation --- */

static int32_t year_of(int64_t seconds)
{
    return civil_from_days(micros_floor_div(seconds, DAY_SECONDS)).year;
}

static int64_t rule_day(const RuleDay *rule, int32_t year)
{
    int64_t january = days_from_civil(year, 1, 1);
    switch (rule->kind) {
    case RULE_DAY_OF_YEAR: return january + rule->day;
    case RULE_DAY_JULIAN:
        return january + rule->day - 1 + (rule->day >= 60 && days_in_month(year, 2) == 29);
    case RULE_DAY_OF_MONTH: break;
    }
    int64_t first = days_from_civil(year, rule->month, 1);
    int64_t weekday = micros_floor_mod(first + 4, WEEK_DAYS); /* day 0 was a Thursday */
    int64_t day = ((int64_t)rule->day - weekday + WEEK_DAYS) % WEEK_DAYS;
    day += (rule->week - 1) * (int64_t)WEEK_DAYS;
    while (day >= days_in_month(year, rule->month))
        day -= WEEK_DAYS;
    return first + day;
}

/* A change of offset at an instant. */
typedef struct Change {
    int64_t at;
    int32_t before, after;
} Change;

/* The year's two changes, in order. */
static void changes_of(const PosixZone *zone, int32_t year, Change out[2])
{
    int64_t start = rule_day(&zone->start, year) * DAY_SECONDS + zone->start.seconds;
    int64_t end = rule_day(&zone->end, year) * DAY_SECONDS + zone->end.seconds;
    Change to_daylight = {start - zone->standard, zone->standard, zone->daylight};
    Change to_standard = {end - zone->daylight, zone->daylight, zone->standard};
    bool start_first = to_daylight.at < to_standard.at;
    out[0] = start_first ? to_daylight : to_standard;
    out[1] = start_first ? to_standard : to_daylight;
}

int32_t posix_zone_offset(const PosixZone *zone, int64_t utc_seconds)
{
    if (!zone->has_daylight)
        return zone->standard;
    Change change[2];
    changes_of(zone, year_of(utc_seconds + zone->standard), change);
    if (utc_seconds < change[0].at)
        return change[0].before;
    return utc_seconds < change[1].at ? change[1].before : change[1].after;
}

int32_t posix_zone_local_offset(const PosixZone *zone, int64_t local_seconds)
{
    if (!zone->has_daylight)
        return zone->standard;
    Change change[2];
    changes_of(zone, year_of(local_seconds), change);
    int32_t larger = zone->standard > zone->daylight ? zone->standard : zone->daylight;
    for (uint32_t i = 0; i < 2; i++) {
        if (local_seconds < change[i].at + larger)
            return change[i].before;
    }
    return change[1].after;
}
