/* Dates and times of the proleptic Gregorian calendar: fields <-> days and microseconds, and their
 * texts. Conversion between days and civil dates after Howard Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms". Years 1 to 9999 are accepted in texts; arithmetic outside is checked. */
#ifndef WEIR_STORAGE_DATA_TIMESTAMP_H
#define WEIR_STORAGE_DATA_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/base/clock.h"
#include "storage/base/strbuf.h"
#include "storage/base/text.h"

typedef struct CivilDate {
    int32_t year;
    uint32_t month, day; /* from 1 */
} CivilDate;

int64_t days_from_civil(int32_t year, uint32_t month, uint32_t day);
CivilDate civil_from_days(int64_t days);
uint32_t days_in_month(int32_t year, uint32_t month);
/* Days and microseconds of the day, also for instants before 1970. */
static inline int64_t micros_floor_div(Micros value, Micros unit)
{
    return value / unit - (value % unit < 0);
}
static inline Micros micros_floor_mod(Micros value, Micros unit)
{
    Micros rest = value % unit;
    return rest < 0 ? rest + unit : rest;
}
/* The instant that is `by` >= 0 later; the last one before the input's end, where it is behind
 * that. */
static inline Micros micros_later(Micros time, Micros by)
{
    Micros later;
    bool fits = !__builtin_add_overflow(time, by, &later) && later < MICROS_MAX;
    return fits ? later : MICROS_MAX - 1;
}
/* Clamped to the month's last day; false when the year leaves 1..9999. */
bool date_add_months(int64_t days, int64_t months, int64_t *out);

/* How strictly a text is read.
 *   CAST   CAST, TO_TIMESTAMP and TO_DATE of one argument. TIMESTAMP: yyyy-M-d, optionally with
 *          ` H:m:s[.f]`, one or two digits each. DATE: y[-M[-d]], what stands behind a blank is
 *          not read. TIME: H[:m[:s[.f]]].
 *   SQL    the json and csv formats: exactly yyyy-MM-dd, HH:mm:ss[.f], a blank between them.
 *   ISO    'ISO-8601' of the json format: T between them, a timestamp's seconds may be left out.
 * The hour 24 ends the day in CAST and SQL timestamps and SQL times, as in Flink. */
typedef enum TimeSyntax {
    TIME_SYNTAX_CAST,
    TIME_SYNTAX_SQL,
    TIME_SYNTAX_ISO,
} TimeSyntax;

/* Each returns false on text that is not one, or a date that does not exist. `zone_z`: a Z must
 * follow (TIMESTAMP_LTZ in SQL and ISO syntax). Fraction digits beyond six are cut. */
bool date_parse(Text text, TimeSyntax syntax, int64_t *days);
bool time_parse(Text text, TimeSyntax syntax, Micros *of_day);
bool timestamp_parse(Text text, TimeSyntax syntax, bool zone_z, Micros *out);

/* The hot path of decoders: timestamp_parse with a memo of the last minute seen, since rows that
 * follow each other mostly fall into the same one. */
typedef struct TimestampMemo {
    char minute[16]; /* "YYYY-MM-DD HH:MM" */
    Micros base;
    bool set;
} TimestampMemo;
bool timestamp_parse_memo(TimestampMemo *memo, const char *text, uint32_t size, TimeSyntax syntax,
                          bool zone_z, Micros *out);

/* Writers; return the number of bytes, at most 32. `precision` fraction digits, 0..6. */
uint32_t date_format(int64_t days, char *out);                      /* 2020-02-29 */
uint32_t time_format(Micros of_day, uint32_t precision, char *out); /* 13:45:56.789 */
/* 2020-02-29 13:45:56.789 */
uint32_t timestamp_format(Micros value, uint32_t precision, char *out);

#endif
