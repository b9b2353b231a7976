/* Cases that run in a session's time zone other than UTC. */
#ifndef WEIR_TESTS_SUPPORT_ZONE_CASES_H
#define WEIR_TESTS_SUPPORT_ZONE_CASES_H

#include "tests/support/kernel_harness.h"

static inline void check_in_zone(const char *zone, const KernelCase *cases, uint32_t count)
{
    KernelHarness h;
    Arena arena;
    arena_init(&arena, NULL);
    harness_open(&h);
    assert_int_equal(timezone_open(text_of(zone), &arena, &h.context.zone), ST_OK);
    assert_non_null(h.context.zone);
    for (uint32_t i = 0; i < count; i++) {
        harness_check(&h, &cases[i]);
        arena_reset(&h.arena);
    }
    harness_close(&h);
    arena_close(&arena);
}
#define CHECK_IN_ZONE(zone, cases) check_in_zone(zone, (cases), sizeof(cases) / sizeof *(cases))

#endif
