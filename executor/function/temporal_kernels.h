/* What the files of the time functions share: units of time, and the kernels that temporal.c lists
 * in its table. No one else includes this. */
#ifndef WEIR_EXECUTOR_FUNCTION_TEMPORAL_KERNELS_H
#define WEIR_EXECUTOR_FUNCTION_TEMPORAL_KERNELS_H

#include "executor/function/function.h"
#include "executor/function/time_pattern.h"

/* --- units: temporal_unit.c --- */

typedef enum TimeUnit {
    UNIT_NANOSECOND,
    UNIT_MICROSECOND,
    UNIT_MILLISECOND,
    UNIT_SECOND,
    UNIT_MINUTE,
    UNIT_HOUR,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_MONTH,
    UNIT_QUARTER,
    UNIT_YEAR,
    UNIT_DECADE,
    UNIT_CENTURY,
    UNIT_MILLENNIUM,
    UNIT_DOW,    /* day of the week, Sunday = 1 */
    UNIT_ISODOW, /* Monday = 1 */
    UNIT_DOY,
    UNIT_ISOYEAR,
    UNIT_EPOCH,
} TimeUnit;

typedef enum UnitUse {
    UNIT_EXTRACTS = 1 << 0,  /* EXTRACT(unit FROM x) */
    UNIT_ROUNDS = 1 << 1,    /* FLOOR(x TO unit) */
    UNIT_COUNTS = 1 << 2,    /* TIMESTAMPADD, TIMESTAMPDIFF */
    UNIT_IN_TIME = 1 << 3,   /* a TIME has it */
    UNIT_IN_MONTHS = 1 << 4, /* a year-month interval has it */
    UNIT_IN_MICROS = 1 << 5, /* a day-time interval has it */
} UnitUse;

typedef struct UnitDef {
    const char *name;
    TimeUnit unit;
    uint32_t uses;
    Micros micros;  /* of a unit of fixed length, else 0 */
    int32_t months; /* of a unit of whole months, else 0 */
} UnitDef;

/* The unit that the constant first argument names, which must have all of `uses`; else E2107. */
CHECKED Status unit_argument(const FunctionCall *call, uint32_t uses, const UnitDef **out,
                             Diag *diag);
/* By name, as one of the functions YEAR(x) ...; NULL when there is none. */
const UnitDef *unit_find(Text name);

/* Kinds of arguments, a bit for each TypeId. The pattern language has no letter for several of
 * them, so the rows take any type and their `prepare` looks at it. */
enum {
    KIND_DAY = 1 << TYPE_DATE,
    KIND_CLOCK = 1 << TYPE_TIME,
    KIND_LOCAL = 1 << TYPE_TIMESTAMP,
    KIND_INSTANT = 1 << TYPE_TIMESTAMP_LTZ,
    KIND_INTERVAL = 1 << TYPE_INTERVAL_MONTH | 1 << TYPE_INTERVAL_DAY,
    KIND_POINT = KIND_DAY | KIND_CLOCK | KIND_LOCAL | KIND_INSTANT,
};
/* E2107 unless the argument is of one of the kinds. */
CHECKED Status temporal_check(const FunctionCall *call, uint32_t arg, uint32_t kinds, Diag *diag);

/* --- kernels --- */

/* temporal_extract.c */
Kernel temporal_extract;
Prepare temporal_extract_prepare, temporal_extract_named_prepare;

/* temporal_round.c */
Kernel temporal_floor, temporal_ceil;
Prepare temporal_round_prepare;

/* temporal_add.c */
Kernel temporal_add, temporal_diff, temporal_overlaps;
Prepare temporal_add_prepare, temporal_diff_prepare, temporal_overlaps_prepare;

/* temporal_clock.c */
Kernel clock_date, clock_time, clock_timestamp, clock_local_timestamp, clock_seconds,
    watermark_of_row;

/* temporal_text.c */
Kernel temporal_date_format, temporal_date_format_text, temporal_from_unixtime, temporal_convert_tz;
Prepare temporal_date_format_prepare, temporal_date_format_text_prepare,
    temporal_from_unixtime_prepare;
Prepare temporal_convert_tz_prepare;

/* temporal_read.c */
Kernel temporal_to_timestamp, temporal_to_timestamp_pattern, temporal_to_date,
    temporal_to_date_pattern;
Kernel temporal_unix_timestamp;
Prepare temporal_to_timestamp_prepare, temporal_to_date_prepare, temporal_unix_timestamp_prepare;
/* After the pattern or, when the text does not follow it, as CAST reads it (Flink does so). */
CHECKED Status temporal_read_pattern(const TimePattern *pattern, Text text, ZoneMemo *memo,
                                     Micros *out, bool *found);

/* temporal_ltz.c */
Kernel temporal_ltz_from_integer, temporal_ltz_from_decimal, temporal_ltz_from_double,
    temporal_ltz_from_text, temporal_ltz_from_pattern;
Prepare temporal_ltz_number_prepare, temporal_ltz_pattern_prepare;

/* --- patterns and zones of calls: temporal_pattern.c --- */

/* A time as the functions over texts have it where no pattern is given. */
#define TIME_PATTERN_DEFAULT TEXT("yyyy-MM-dd HH:mm:ss")

/* Compiles a pattern at bind time; E2107 when it is none. */
CHECKED Status temporal_compile(Text text, PatternStyle style, Arena *arena,
                                const TimePattern **out, Diag *diag);
/* The same of the constant argument; NULL in *out when the argument is no constant. */
CHECKED Status temporal_compile_argument(const FunctionCall *call, uint32_t arg, PatternStyle style,
                                         Arena *arena, const TimePattern **out, Diag *diag);
/* The zone that a constant argument names, which must exist; NULL in *out when it is no constant.
 */
CHECKED Status temporal_zone_argument(const FunctionCall *call, uint32_t arg, Arena *arena,
                                      const TimeZone **out, Diag *diag);

/* The last pattern of a column of patterns. */
typedef struct PatternMemo {
    Text source;
    const TimePattern *pattern; /* NULL: wrong, `message` says why */
    char message[PATTERN_MESSAGE_BYTES];
    bool set;
} PatternMemo;
CHECKED Status pattern_memo_find(KernelCall *call, uint32_t arg, uint32_t row, PatternStyle style,
                                 PatternMemo *memo, const TimePattern **out);
/* The zone that a row names; NULL in *out after the row was rejected. */
CHECKED Status temporal_row_zone(KernelCall *call, uint32_t arg, uint32_t row, ZoneMemo *memo,
                                 const TimeZone **out);

/* Local micros -> the instant; of a local time that occurs twice the later one, as
 * java.util.Calendar has it, on which the functions over Unix seconds are built in Flink. */
Micros temporal_to_utc_late(const TimeZone *zone, Micros local);

/* The years 1 to 9999, in which values are accepted and made. */
bool temporal_in_range(Micros value);

#endif
