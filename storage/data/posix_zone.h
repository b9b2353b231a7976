/* The yearly rule of a time zone, as a POSIX TZ string with the extensions of RFC 8536,
 * section 3.3: "CET-1CEST,M3.5.0,M10.5.0/3". It says what holds after the last transition of a
 * zoneinfo file. */
#ifndef WEIR_STORAGE_DATA_POSIX_ZONE_H
#define WEIR_STORAGE_DATA_POSIX_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/base/text.h"

typedef enum RuleDayKind {
    RULE_DAY_OF_MONTH, /* Mm.w.d: weekday d in week w of month m, week 5 is the last */
    RULE_DAY_JULIAN,   /* Jn: 1 to 365, February 29 is never counted */
    RULE_DAY_OF_YEAR,  /* n: 0 to 365 */
} RuleDayKind;

typedef struct RuleDay {
    RuleDayKind kind;
    uint32_t month, week, day;
    int32_t seconds; /* after that day's midnight, by the clock before the change */
} RuleDay;

/* Offsets are seconds east of UTC. */
typedef struct PosixZone {
    int32_t standard, daylight;
    bool has_daylight;
    RuleDay start, end; /* of daylight time */
} PosixZone;

bool posix_zone_parse(Text text, PosixZone *out);
int32_t posix_zone_offset(const PosixZone *zone, int64_t utc_seconds);
/* For a local time in a gap or one that occurs twice, the offset before the change. */
int32_t posix_zone_local_offset(const PosixZone *zone, int64_t local_seconds);

#endif
