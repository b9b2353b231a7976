/* Time zones from the system's zoneinfo files (TZif, RFC 8536), read without touching the process's
 * own time zone. A zone is read once and then immutable. */
#ifndef WEIR_STORAGE_DATA_TIMEZONE_H
#define WEIR_STORAGE_DATA_TIMEZONE_H

#include "storage/base/arena.h"
#include "storage/base/clock.h"
#include "storage/base/diag.h"
#include "storage/base/text.h"

typedef struct TimeZone TimeZone;

/* "UTC", "Europe/Berlin", "+02:00", "GMT+2", "UTC+02:00". NULL in *out with ST_OK when there is no
 * such zone or its file is damaged; never a path outside the zoneinfo folder. */
CHECKED Status timezone_open(Text name, Arena *arena, const TimeZone **out);
/* A zone from the bytes of a TZif file; *out as above. */
CHECKED Status timezone_decode(Text bytes, Arena *arena, const TimeZone **out);
/* Seconds east of UTC at the instant; a NULL zone is UTC. */
int32_t timezone_offset(const TimeZone *zone, Micros utc);
Micros timezone_to_local(const TimeZone *zone, Micros utc);
/* A local time in a gap is moved forward by the gap, one that occurs twice is the earlier instant
 * (as java.time, which Flink uses). */
Micros timezone_to_utc(const TimeZone *zone, Micros local);
/* The other choice: one that occurs twice is the later instant, one in a gap the moment at which
 * the clocks are changed. Never falls when `local` grows. */
Micros timezone_to_utc_last(const TimeZone *zone, Micros local);
/* The later instant with the same local time, or the instant itself. */
Micros timezone_again(const TimeZone *zone, Micros utc);
/* The lowest time that clocks show at that instant or later: less than what they show at it, where
 * they will be put back to a time before that. Never falls. */
Micros timezone_lowest_ahead(const TimeZone *zone, Micros utc);

#endif
