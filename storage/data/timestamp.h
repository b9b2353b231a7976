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
/* Clamped to the month's last day; false when the year leaves 1..9999. */
bool date_add_months(int64_t days, int64_t months, int64_t *out);

/* How strictly a text is read. */
typedef enum TimeSyntax {
    TIME_SYNTAX_CAST, /* CAST and TO_TIMESTAMP(s): yyyy-M-d, optionally ` H:m:s[.f]`, one or two digits;
                         DATE y[-M[-d]], what follows a blank is ignored; TIME H[:m[:s[.f]]] */
    TIME_SYNTAX_SQL,  /* json and csv 'SQL': exactly yyyy-MM-dd HH:mm:ss[.f] */
    TIME_SYNTAX_ISO,  /* json 'ISO-8601': T, seconds of a timestamp optional */
} TimeSyntax;

/* Each returns false on text that is not one, or a date that does not exist. `zone_z`: a Z must
 * follow (TIMESTAMP_LTZ in SQL and ISO syntax). Fraction digits beyond six are cut. */
bool date_parse(Text text, TimeSyntax syntax, int64_t *days);
bool time_parse(Text text, TimeSyntax syntax, Micros *of_day);
bool timestamp_parse(Text text, TimeSyntax syntax, bool zone_z, Micros *out);

/* The hot path of decoders: TIME_SYNTAX_SQL of exactly 19 to 29 bytes with a memo of the last minute
 * seen. Same result as timestamp_parse. */
typedef struct TimestampMemo {
    char minute[16]; /* "YYYY-MM-DD HH:MM" */
    Micros base;
    bool set;
} TimestampMemo;
bool timestamp_parse_memo(TimestampMemo *memo, const char *text, uint32_t size, TimeSyntax syntax, bool zone_z, Micros *out);

/* Writers; return the number of bytes, at most 32. `precision` fraction digits, 0..6. */
uint32_t date_format(int64_t days, char *out);                          /* 2020-02-29 */
uint32_t time_format(Micros of_day, uint32_t precision, char *out);     /* 13:45:56.789 */
uint32_t timestamp_format(Micros value, uint32_t precision, char *out); /* 2020-02-29 13:45:56.789 */

#endif
