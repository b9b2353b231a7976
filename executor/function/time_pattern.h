/* Patterns for dates and times in the two Java dialects that Flink uses: java.time.format's
 * DateTimeFormatter (DATE_FORMAT of a TIMESTAMP, TO_TIMESTAMP) and java.text.SimpleDateFormat (Unix
 * seconds, TO_DATE, texts). Letters are compiled to items once (time_pattern.c), then print
 * (temporal_format.c) or read (temporal_parse.c). Names of months and days are English.
 *
 * Not supported: padding (p), day periods (B), modified Julian days (g), and printing names of
 * zones. Reading is not lenient: a value outside its range or a date that does not exist is no time
 * at all. */
#ifndef WEIR_EXECUTOR_FUNCTION_TIME_PATTERN_H
#define WEIR_EXECUTOR_FUNCTION_TIME_PATTERN_H

#include "storage/base/arena.h"
#include "storage/base/clock.h"
#include "storage/base/strbuf.h"
#include "storage/base/text.h"
#include "storage/data/timezone.h"

typedef enum PatternStyle {
    PATTERN_JAVA_TIME,
    PATTERN_SIMPLE, /* SimpleDateFormat */
} PatternStyle;

typedef enum PatternField {
    FIELD_LITERAL,
    FIELD_OPTIONAL, /* [ */
    FIELD_OPTIONAL_END,
    FIELD_ERA,
    FIELD_YEAR,
    FIELD_WEEK_YEAR,
    FIELD_QUARTER,
    FIELD_MONTH,
    FIELD_WEEK_OF_YEAR,
    FIELD_WEEK_OF_MONTH,
    FIELD_DAY,
    FIELD_DAY_OF_YEAR,
    FIELD_DAY_IN_MONTH_WEEK, /* F of java.time: (day - 1) % 7 + 1 */
    FIELD_WEEK_IN_MONTH,     /* F of SimpleDateFormat: (day - 1) / 7 + 1 */
    FIELD_WEEKDAY,           /* Sunday = 1 */
    FIELD_WEEKDAY_ISO,       /* Monday = 1 */
    FIELD_AM_PM,
    FIELD_HOUR,    /* 0 to 23 */
    FIELD_HOUR_24, /* 1 to 24 */
    FIELD_HOUR_11, /* 0 to 11 */
    FIELD_HOUR_12, /* 1 to 12 */
    FIELD_MINUTE,
    FIELD_SECOND,
    FIELD_FRACTION, /* digits behind the point */
    FIELD_MILLI,    /* a number of milliseconds */
    FIELD_NANO,
    FIELD_MILLI_OF_DAY,
    FIELD_NANO_OF_DAY,
    FIELD_ZONE, /* a name, or an offset */
    FIELD_OFFSET,
} PatternField;
enum { PATTERN_FIELDS = FIELD_OFFSET + 1 };

typedef enum PatternForm {
    FORM_NUMBER,
    FORM_SHORT,  /* Jan */
    FORM_FULL,   /* January */
    FORM_NARROW, /* J */
} PatternForm;

typedef struct PatternItem {
    PatternField field;
    PatternForm form;
    uint8_t width;    /* digits at least; of a fraction, exactly; of an offset the letter count */
    uint8_t most;     /* digits at most when read */
    uint8_t reserved; /* digits that the numbers directly behind it take when read */
    bool two_digit;   /* a year without its century */
    bool sign;        /* the year may have a sign, and has + when it is longer than `width` */
    char letter;
    Text literal;
    uint32_t end; /* of FIELD_OPTIONAL: index of its FIELD_OPTIONAL_END */
} PatternItem;

typedef struct TimePattern {
    PatternStyle style;
    const PatternItem *item;
    uint32_t count;
    uint32_t precision; /* fraction digits that are read */
} TimePattern;

/* *out is NULL, with the reason in `message` (of PATTERN_MESSAGE_BYTES), when the text is no
 * pattern. */
enum { PATTERN_MESSAGE_BYTES = 96 };
CHECKED Status time_pattern_compile(Text text, PatternStyle style, Arena *arena,
                                    const TimePattern **out, char *message);

/* What can be printed of every pattern; of one with zones only where `offset` is a real one. */
bool time_pattern_prints(const TimePattern *pattern, bool zoned, char *message);
void time_pattern_print(const TimePattern *pattern, Micros local, int32_t offset_seconds,
                        StrBuf *out);

/* A time as it was read. */
typedef struct ReadTime {
    Micros local;
    bool zoned;             /* the text has an offset or a zone */
    int32_t offset_seconds; /* of `zone` NULL */
    const TimeZone *zone;   /* that the text names */
} ReadTime;

/* Zones by the names that data gives, the last one kept. */
typedef struct ZoneMemo {
    Arena *arena;
    Text name;
    const TimeZone *zone; /* NULL: no such zone */
    bool set;
} ZoneMemo;
/* *out is NULL when there is no zone of that name. Besides timezone_open's names Java's old
 * three-letter ones ("PST") are known. */
CHECKED Status zone_memo_find(ZoneMemo *memo, Text name, const TimeZone **out);

/* *found is false for a text that does not follow the pattern. Returns ST_OK or ST_NOMEM. A pattern
 * of SimpleDateFormat does not look at what stands behind its end. */
CHECKED Status time_pattern_read(const TimePattern *pattern, Text text, ZoneMemo *memo,
                                 ReadTime *out, bool *found);

/* --- the calendar of these patterns: weeks begin on Sunday, week 1 holds January 1 --- */

typedef struct LocalWeek {
    int32_t year;
    int32_t week;
} LocalWeek;
LocalWeek local_week(int64_t days);
/* The Sunday that week 1 of the year begins with. */
int64_t local_week_start(int32_t year);
/* Sunday = 1. */
int64_t local_weekday(int64_t days);

/* English names; index from 0. */
extern const char *const month_names[12], *const weekday_names[7];

#endif
