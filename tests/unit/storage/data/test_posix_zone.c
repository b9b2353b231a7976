#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/posix_zone.h"
#include "storage/data/timestamp.h"

static int64_t seconds_at(const char *text)
{
    Micros value;
    assert_true(timestamp_parse(text_of(text), TIME_SYNTAX_CAST, false, &value));
    return value / MICROS_PER_SECOND;
}

static PosixZone parse(const char *text)
{
    PosixZone zone;
    if (!posix_zone_parse(text_of(text), &zone))
        fail_msg("\"%s\"", text);
    return zone;
}

/* The first second of each offset, by hand from the calendar. */
static void test_changes(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *utc;
        int32_t before, after;
    } cases[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2060-03-28 01:00:00", 3600, 7200},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2060-10-31 01:00:00", 7200, 3600},
        {"EST5EDT,M3.2.0,M11.1.0", "2050-03-13 07:00:00", -18000, -14400},
        {"EST5EDT,M3.2.0,M11.1.0", "2050-11-06 06:00:00", -14400, -18000},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-04-02 16:00:00", 39600, 36000},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-10-01 16:00:00", 36000, 39600},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-03-27 01:00:00", 0, 3600},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-10-30 01:00:00", 3600, 0},
        {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2050-03-27 01:00:00", -10800, -7200},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-10-01 15:30:00", 37800, 39600},
        {"AAA0BBB,J60/0,J100/0", "2023-03-01 00:00:00", 0, 3600}, /* J60 is always March 1 */
        {"AAA0BBB,J60/0,J100/0", "2024-03-01 00:00:00", 0, 3600},
        {"AAA0BBB,59/0,100/0", "2023-03-01 00:00:00", 0, 3600}, /* counted from 0, with leap days */
        {"AAA0BBB,59/0,100/0", "2024-02-29 00:00:00", 0, 3600},
        {"AAA0BBB-2,M3.5.0/167,M10.5.0", "2050-04-02 23:00:00", 0, 7200}, /* nearly a week later */
        {"AAA0BBB,M2.5.2/0,M10.5.0", "2024-02-27 00:00:00", 0, 3600},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PosixZone zone = parse(cases[i].rule);
        int64_t at = seconds_at(cases[i].utc);
        if (posix_zone_offset(&zone, at - 1) != cases[i].before ||
            posix_zone_offset(&zone, at) != cases[i].after)
            fail_msg("\"%s\" at %s", cases[i].rule, cases[i].utc);
        /* every local time around the change is read with the offset before, until both agree */
        int32_t larger = cases[i].before > cases[i].after ? cases[i].before : cases[i].after;
        assert_int_equal(posix_zone_local_offset(&zone, at + larger - 1), cases[i].before);
        assert_int_equal(posix_zone_local_offset(&zone, at + larger), cases[i].after);
    }
}

static void test_without_daylight(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        int32_t offset;
    } cases[] = {{"UTC0", 0}, {"<+0545>-5:45", 20700}, {"JST-9", 32400}, {"XXX+3:00:30", -10830}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PosixZone zone = parse(cases[i].rule);
        assert_false(zone.has_daylight);
        assert_int_equal(posix_zone_offset(&zone, 0), cases[i].offset);
        assert_int_equal(posix_zone_local_offset(&zone, INT64_C(4000000000)), cases[i].offset);
    }
}

static void test_malformed(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "AB1",
        "ABC",
        "ABC25",
        "<+03-3",
        "CET-1CEST",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M3.5.0,",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5,M10.5.0",
        "CET-1CEST,J0,J5",
        "CET-1CEST,J366,J5",
        "CET-1CEST,366,5",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0/,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0x",
        "CET-1CEST,M3.5.0,M10.5.0/2:60",
        "CET-1CE,M3.5.0,M10.5.0",
        "CET-1CEST-25,M3.5.0,M10.5.0",
        "CET-99999999999",
        "ABC1:60",
        "ABC1:00:60",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PosixZone zone;
        if (posix_zone_parse(text_of(cases[i]), &zone))
            fail_msg("\"%s\"", cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_without_daylight),
        cmocka_unit_test(test_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
