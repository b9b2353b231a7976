/* Clock: where time comes from. Given to whoever needs it; operators never ask the system. */
#ifndef WEIR_STORAGE_BASE_CLOCK_H
#define WEIR_STORAGE_BASE_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970-01-01 00:00:00 UTC, or a span of them. All times and intervals of the
 * engine are in this unit. */
typedef int64_t Micros;
#define MICROS_MIN        INT64_MIN /* as a watermark: none yet */
#define MICROS_MAX        INT64_MAX /* as a watermark: the input has ended */
#define MICROS_PER_MILLI  INT64_C(1000)
#define MICROS_PER_SECOND INT64_C(1000000)
#define MICROS_PER_MINUTE (60 * MICROS_PER_SECOND)
#define MICROS_PER_HOUR   (60 * MICROS_PER_MINUTE)
#define MICROS_PER_DAY    (24 * MICROS_PER_HOUR)

typedef struct Clock Clock;
struct Clock {
    Micros (*wall)(Clock *clock);           /* may jump */
    Micros (*monotonic)(Clock *clock);      /* for time-outs and durations only */
    Micros virtual_now;                     /* of a virtual clock */
    void (*nap)(Clock *clock, Micros time); /* lets so much go by; NULL: no need to */
};

Clock clock_system(void);
/* Stands still until the test moves virtual_now, or somebody naps. */
Clock clock_virtual(Micros start);

#endif
