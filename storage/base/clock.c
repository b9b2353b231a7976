#include "storage/base/clock.h"

#include <time.h>

static Micros read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (Micros)now.tv_sec * MICROS_PER_SECOND + now.tv_nsec / 1000;
}

static Micros system_wall(Clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_REALTIME);
}

static Micros system_monotonic(Clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_MONOTONIC);
}

static void system_nap(Clock *clock, Micros time)
{
    (void)clock;
    nanosleep(&(struct timespec){time / MICROS_PER_SECOND, time % MICROS_PER_SECOND * 1000}, NULL);
}

static Micros virtual_time(Clock *clock)
{
    return clock->virtual_now;
}

static void virtual_nap(Clock *clock, Micros time)
{
    clock->virtual_now += time;
}

Clock clock_system(void)
{
    return (Clock){.wall = system_wall, .monotonic = system_monotonic, .nap = system_nap};
}

Clock clock_virtual(Micros start)
{
    return (Clock){
        .wall = virtual_time, .monotonic = virtual_time, .virtual_now = start, .nap = virtual_nap};
}
