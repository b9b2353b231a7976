/* The table of functions over dates and times.
 *
 * Where SQL's syntax names a unit, the function takes it as its first argument, a constant text:
 *
 *   EXTRACT(unit FROM x)  $EXTRACT(unit, x)
 *   FLOOR(x TO unit)      $FLOOR_TO(unit, x)
 *   CEIL(x TO unit)       $CEIL_TO(unit, x)
 *
 * TIMESTAMPADD and TIMESTAMPDIFF are so already. OVERLAPS takes the four parts of its two periods
 * in order. */
#include <assert.h>

#include "executor/function/rules.h"
#include "executor/function/temporal_kernels.h"

/* --- result types --- */

static Type rule_date(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_make(TYPE_DATE);
}

static Type rule_time(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_sized(TYPE_TIME, 0);
}

static Type rule_timestamp(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_sized(TYPE_TIMESTAMP, 3);
}

static Type rule_timestamp_ltz(const Type *arg, uint32_t args)
{
    (void)arg, (void)args;
    return type_sized(TYPE_TIMESTAMP_LTZ, 3);
}

/* Made exact by temporal_add_prepare, which knows the unit. */
static Type rule_point(const Type *arg, uint32_t args)
{
    assert(args == 3);
    return arg[2];
}

/* --- the table --- */

/* The argument's kind of time, in milliseconds. */
static Type rule_watermark(const Type *arg, uint32_t args)
{
    (void)args;
    return type_with_null(type_sized((TypeId)arg[0].id, 3), true);
}

const ScalarDef temporal_functions[] = {
    {"$EXTRACT", "SA", rule_bigint, temporal_extract, FN_INTERNAL, temporal_extract_prepare,
     "EXTRACT(unit FROM time)",
     "A part of a date, a time or an interval: YEAR, QUARTER, MONTH, WEEK (ISO), DAY, HOUR, "
     "MINUTE, SECOND, MILLISECOND, MICROSECOND, DOW (Sunday = 1), ISODOW, DOY, ISOYEAR, EPOCH ..."},
    {"YEAR", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare, "YEAR(time)",
     "The year."},
    {"QUARTER", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare,
     "QUARTER(time)", "The quarter of the year, 1 to 4."},
    {"MONTH", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare, "MONTH(time)",
     "The month, 1 to 12."},
    {"WEEK", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare, "WEEK(time)",
     "The ISO week of the year, 1 to 53."},
    {"DAYOFYEAR", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare,
     "DAYOFYEAR(time)", "The day of the year, 1 to 366."},
    {"DAYOFMONTH", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare,
     "DAYOFMONTH(time)", "The day of the month, 1 to 31."},
    {"DAYOFWEEK", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare,
     "DAYOFWEEK(time)", "The day of the week, Sunday being 1."},
    {"HOUR", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare, "HOUR(time)",
     "The hour, 0 to 23."},
    {"MINUTE", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare,
     "MINUTE(time)", "The minute, 0 to 59."},
    {"SECOND", "A", rule_bigint, temporal_extract, 0, temporal_extract_named_prepare,
     "SECOND(time)", "The whole second, 0 to 59."},

    {"$FLOOR_TO", "SA", rule_second, temporal_floor, FN_INTERNAL | FN_FALLIBLE,
     temporal_round_prepare, "FLOOR(time TO unit)",
     "The last boundary of the unit that is not after the time; weeks begin on Sunday."},
    {"$CEIL_TO", "SA", rule_second, temporal_ceil, FN_INTERNAL | FN_FALLIBLE,
     temporal_round_prepare, "CEIL(time TO unit)",
     "The first boundary of the unit that is not before the time; weeks begin on Sunday."},
    {"TIMESTAMPADD", "SIA", rule_point, temporal_add, FN_FALLIBLE, temporal_add_prepare,
     "TIMESTAMPADD(unit, count, time)",
     "The time moved by that many units; the day is cut to the month's last one."},
    {"TIMESTAMPDIFF", "SAA", rule_int, temporal_diff, FN_FALLIBLE, temporal_diff_prepare,
     "TIMESTAMPDIFF(unit, from, to)", "How many whole units lie between the two times."},
    {"OVERLAPS", "AAAA", rule_boolean, temporal_overlaps, FN_OPERATOR | FN_FALLIBLE,
     temporal_overlaps_prepare, "(from1, to1) OVERLAPS (from2, to2)",
     "Whether two periods have a point in common; an end can be a time or an interval."},

    {"DATE_FORMAT", "TS", rule_string, temporal_date_format, FN_MAY_NULL | FN_FALLIBLE,
     temporal_date_format_prepare, "DATE_FORMAT(time, pattern)",
     "The time as a text, after a pattern of Java's DateTimeFormatter (of a text: "
     "SimpleDateFormat)."},
    {"DATE_FORMAT", "LS", rule_string, temporal_date_format, FN_MAY_NULL | FN_FALLIBLE,
     temporal_date_format_prepare, NULL, NULL},
    {"DATE_FORMAT", "SS", rule_string, temporal_date_format_text, FN_MAY_NULL | FN_FALLIBLE,
     temporal_date_format_text_prepare, NULL, NULL},
    {"TO_TIMESTAMP", "S", rule_timestamp, temporal_to_timestamp, FN_MAY_NULL, NULL,
     "TO_TIMESTAMP(text [, pattern])",
     "The text as a TIMESTAMP(3), as 'yyyy-MM-dd HH:mm:ss' or after a pattern of Java's "
     "DateTimeFormatter; NULL "
     "when it is none."},
    {"TO_TIMESTAMP", "SS", rule_timestamp, temporal_to_timestamp_pattern, FN_MAY_NULL,
     temporal_to_timestamp_prepare, NULL, NULL},
    {"TO_TIMESTAMP_LTZ", "I[I]", rule_timestamp_ltz, temporal_ltz_from_integer,
     FN_MAY_NULL | FN_FALLIBLE, temporal_ltz_number_prepare,
     "TO_TIMESTAMP_LTZ(number [, precision])",
     "The instant that many milliseconds (units of 10^-precision seconds) after 1970 began in "
     "UTC."},
    {"TO_TIMESTAMP_LTZ", "D[I]", rule_timestamp_ltz, temporal_ltz_from_decimal,
     FN_MAY_NULL | FN_FALLIBLE, temporal_ltz_number_prepare, NULL, NULL},
    {"TO_TIMESTAMP_LTZ", "F[I]", rule_timestamp_ltz, temporal_ltz_from_double,
     FN_MAY_NULL | FN_FALLIBLE, temporal_ltz_number_prepare, NULL, NULL},
    {"TO_TIMESTAMP_LTZ", "S", rule_timestamp_ltz, temporal_ltz_from_text, FN_MAY_NULL | FN_FALLIBLE,
     NULL, "TO_TIMESTAMP_LTZ(text [, pattern [, zone]])", NULL},
    {"TO_TIMESTAMP_LTZ", "SS[S]", rule_timestamp_ltz, temporal_ltz_from_pattern,
     FN_MAY_NULL | FN_FALLIBLE, temporal_ltz_pattern_prepare, NULL, NULL},
    {"TO_DATE", "S", rule_date, temporal_to_date, FN_MAY_NULL, NULL, "TO_DATE(text [, pattern])",
     "The text as a DATE, as 'yyyy-MM-dd' or after a pattern of Java's SimpleDateFormat; NULL when "
     "it is none."},
    {"TO_DATE", "SS", rule_date, temporal_to_date_pattern, FN_MAY_NULL | FN_FALLIBLE,
     temporal_to_date_prepare, NULL, NULL},
    {"FROM_UNIXTIME", "I[S]", rule_string, temporal_from_unixtime,
     FN_MAY_NULL | FN_FALLIBLE | FN_ZONE, temporal_from_unixtime_prepare,
     "FROM_UNIXTIME(seconds [, pattern])",
     "Seconds since 1970 in UTC as a text in the session's time zone, as 'yyyy-MM-dd HH:mm:ss' or "
     "after a "
     "pattern of Java's SimpleDateFormat."},
    {"UNIX_TIMESTAMP", "", rule_bigint, clock_seconds, FN_CLOCK, NULL,
     "UNIX_TIMESTAMP([text [, pattern]])",
     "The seconds since 1970 began in UTC: now, or at the time that the text gives in the "
     "session's time zone; "
     "NULL when it gives none."},
    {"UNIX_TIMESTAMP", "S[S]", rule_bigint, temporal_unix_timestamp,
     FN_MAY_NULL | FN_FALLIBLE | FN_ZONE, temporal_unix_timestamp_prepare, NULL, NULL},
    {"CONVERT_TZ", "SSS", rule_string, temporal_convert_tz, FN_MAY_NULL | FN_FALLIBLE,
     temporal_convert_tz_prepare, "CONVERT_TZ(text, from_zone, to_zone)",
     "The time 'yyyy-MM-dd HH:mm:ss' of one time zone in another one; NULL when the text is none."},

    {"CURRENT_DATE", "", rule_date, clock_date, FN_CLOCK, NULL, "CURRENT_DATE",
     "Today in the session's time zone."},
    {"CURRENT_TIME", "", rule_time, clock_time, FN_CLOCK, NULL, "CURRENT_TIME",
     "The time of day in the session's time zone, as TIME(0)."},
    {"LOCALTIME", "", rule_time, clock_time, FN_CLOCK, NULL, "LOCALTIME",
     "The same as CURRENT_TIME."},
    {"LOCALTIMESTAMP", "", rule_timestamp, clock_local_timestamp, FN_CLOCK, NULL, "LOCALTIMESTAMP",
     "Now in the session's time zone, as TIMESTAMP(3)."},
    {"CURRENT_TIMESTAMP", "", rule_timestamp_ltz, clock_timestamp, FN_CLOCK, NULL,
     "CURRENT_TIMESTAMP", "Now, as TIMESTAMP_LTZ(3)."},
    {"NOW", "", rule_timestamp_ltz, clock_timestamp, FN_CLOCK, NULL, "NOW()",
     "The same as CURRENT_TIMESTAMP."},
    {"CURRENT_WATERMARK", "T", rule_watermark, watermark_of_row, FN_OWN_NULLS | FN_WATERMARK, NULL,
     "CURRENT_WATERMARK(rowtime)",
     "The watermark that the row met, of the table that the event-time column is of; NULL: none "
     "yet."},
    {"CURRENT_WATERMARK", "L", rule_watermark, watermark_of_row, FN_OWN_NULLS | FN_WATERMARK, NULL,
     NULL, NULL},
    {"CURRENT_ROW_TIMESTAMP", "", rule_timestamp_ltz, clock_timestamp, FN_CLOCK, NULL,
     "CURRENT_ROW_TIMESTAMP()", "The same as CURRENT_TIMESTAMP."},
    {.name = NULL},
};
