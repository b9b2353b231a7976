#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "storage/data/timestamp.h"
#include "storage/data/timezone.h"

static Arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, NULL);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static const TimeZone *open_zone(const char *name)
{
    const TimeZone *zone;
    assert_int_equal(timezone_open(text_of(name), &arena, &zone), ST_OK);
    return zone;
}

/* Expected values of both tables by Python's zoneinfo. */
static void test_offsets(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t utc;
        int32_t offset;
    } cases[] = {
        {"Europe/Berlin", -2500000000, 3208}, /* local mean time */
        {"Europe/Berlin", -1693706400, 7200},
        {"Europe/Berlin", 1585443599, 3600},
        {"Europe/Berlin", 1585443600, 7200},
        {"Europe/Berlin", 1603587599, 7200},
        {"Europe/Berlin", 1603587600, 3600},
        {"Europe/Berlin", 2500000000, 3600}, /* by the rule behind the last transition */
        {"Europe/Berlin", 7000000000, 7200},
        {"America/New_York", -3000000000, -17762},
        {"America/New_York", 1583650799, -18000},
        {"America/New_York", 1583650800, -14400},
        {"America/New_York", 1604210399, -14400},
        {"America/New_York", 1604210400, -18000},
        {"America/New_York", 4000000000, -14400},
        {"America/Los_Angeles", 0, -28800},
        {"America/Los_Angeles", 1583661599, -28800},
        {"America/Los_Angeles", 1583661600, -25200},
        {"Asia/Kolkata", 0, 19800},
        {"Asia/Kathmandu", 500000000, 19800},
        {"Asia/Kathmandu", 510000000, 20700},
        {"Australia/Lord_Howe", 1601738999, 37800}, /* half an hour, and southern */
        {"Australia/Lord_Howe", 1601739000, 39600},
        {"Australia/Lord_Howe", 3000000000, 39600},
        {"Europe/Dublin", 1585443599, 0}, /* its standard time is in summer */
        {"Europe/Dublin", 1585443600, 3600},
        {"Europe/Dublin", 1603587600, 0},
        {"Europe/Dublin", 5000000000, 3600},
        {"Pacific/Apia", 1325239199, -36000}, /* a whole day was left out */
        {"Pacific/Apia", 1325239200, 50400},
        {"America/Sao_Paulo", 1541300400, -7200},
        {"America/Sao_Paulo", 1550368800, -10800},
        {"America/Sao_Paulo", 4000000000, -10800},
        {"Etc/GMT+5", 1600000000, -18000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const TimeZone *zone = open_zone(cases[i].zone);
        assert_non_null(zone);
        Micros utc = cases[i].utc * MICROS_PER_SECOND;
        if (timezone_offset(zone, utc) != cases[i].offset)
            fail_msg("%s at %lld", cases[i].zone, (long long)cases[i].utc);
        assert_int_equal(timezone_to_local(zone, utc + 7),
                         utc + 7 + cases[i].offset * MICROS_PER_SECOND);
        /* a fraction before the second belongs to the second before */
        if (i > 0 && cases[i].utc == cases[i - 1].utc + 1)
            assert_int_equal(timezone_offset(zone, utc - 1), cases[i - 1].offset);
    }
}

static void test_local_times(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *local, *utc;
    } cases[] = {
        {"Europe/Berlin", "2020-03-29 01:59:59", "2020-03-29 00:59:59"},
        {"Europe/Berlin", "2020-03-29 02:00:00", "2020-03-29 01:00:00"}, /* a gap */
        {"Europe/Berlin", "2020-03-29 02:30:00", "2020-03-29 01:30:00"},
        {"Europe/Berlin", "2020-03-29 03:00:00", "2020-03-29 01:00:00"},
        {"Europe/Berlin", "2020-10-25 01:59:59", "2020-10-24 23:59:59"},
        {"Europe/Berlin", "2020-10-25 02:00:00", "2020-10-25 00:00:00"}, /* twice */
        {"Europe/Berlin", "2020-10-25 02:59:59", "2020-10-25 00:59:59"},
        {"Europe/Berlin", "2020-10-25 03:00:00", "2020-10-25 02:00:00"},
        {"Europe/Berlin", "2060-03-28 02:30:00", "2060-03-28 01:30:00"}, /* by the rule */
        {"Europe/Berlin", "2060-10-31 02:30:00", "2060-10-31 00:30:00"},
        {"Europe/Berlin", "1890-01-01 00:00:00", "1889-12-31 23:06:32"},
        {"America/New_York", "2020-03-08 02:30:00", "2020-03-08 07:30:00"},
        {"America/New_York", "2020-11-01 01:30:00", "2020-11-01 05:30:00"},
        {"America/New_York", "2100-11-07 01:30:00", "2100-11-07 05:30:00"},
        {"Australia/Lord_Howe", "2020-10-04 02:15:00", "2020-10-03 15:45:00"},
        {"Australia/Lord_Howe", "2020-04-05 01:45:00", "2020-04-04 14:45:00"},
        {"Australia/Lord_Howe", "2090-10-01 02:15:00", "2090-09-30 15:45:00"},
        {"Europe/Dublin", "2020-03-29 01:30:00", "2020-03-29 01:30:00"},
        {"Europe/Dublin", "2020-10-25 01:30:00", "2020-10-25 00:30:00"},
        {"Europe/Dublin", "2090-03-26 01:30:00", "2090-03-26 01:30:00"},
        {"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 22:00:00"},
        {"Pacific/Apia", "2011-12-29 23:59:59", "2011-12-30 09:59:59"},
        {"Pacific/Apia", "2011-12-31 00:00:00", "2011-12-30 10:00:00"},
        {"America/Sao_Paulo", "2018-11-04 00:30:00", "2018-11-04 03:30:00"},
        {"America/Sao_Paulo", "2019-02-16 23:30:00", "2019-02-17 01:30:00"},
        {"Asia/Kolkata", "2020-01-01 00:00:00", "2019-12-31 18:30:00"},
        {"+02:00", "2020-01-01 00:00:00", "2019-12-31 22:00:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const TimeZone *zone = open_zone(cases[i].zone);
        assert_non_null(zone);
        Micros local;
        assert_true(timestamp_parse(text_of(cases[i].local), TIME_SYNTAX_SQL, false, &local));
        char text[40];
        text[timestamp_format(timezone_to_utc(zone, local), 0, text)] = '\0';
        if (strcmp(text, cases[i].utc) != 0)
            fail_msg("%s in %s is %s", cases[i].local, cases[i].zone, text);
    }
}

/* Expected values by Python's zoneinfo, with fold = 1; those of a gap are the changes themselves.
 */
static void test_last_instants(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *local, *last; /* the last instant */
        const char *lowest;              /* from the first instant on */
    } cases[] = {
        {"Europe/Berlin", "2020-10-25 01:59:59", "2020-10-24 23:59:59", "2020-10-25 01:59:59"},
        {"Europe/Berlin", "2020-10-25 02:00:00", "2020-10-25 01:00:00", "2020-10-25 02:00:00"},
        {"Europe/Berlin", "2020-10-25 02:30:00", "2020-10-25 01:30:00", "2020-10-25 02:00:00"},
        {"Europe/Berlin", "2020-10-25 02:59:59", "2020-10-25 01:59:59", "2020-10-25 02:00:00"},
        {"Europe/Berlin", "2020-10-25 03:00:00", "2020-10-25 02:00:00", "2020-10-25 03:00:00"},
        {"Europe/Berlin", "2020-03-29 01:59:59", "2020-03-29 00:59:59", "2020-03-29 01:59:59"},
        {"Europe/Berlin", "2020-03-29 02:00:00", "2020-03-29 01:00:00", "2020-03-29 03:00:00"},
        {"Europe/Berlin", "2020-03-29 02:30:00", "2020-03-29 01:00:00", "2020-03-29 03:30:00"},
        {"Europe/Berlin", "2020-03-29 03:00:00", "2020-03-29 01:00:00", "2020-03-29 03:00:00"},
        {"Europe/Berlin", "2060-10-31 02:30:00", "2060-10-31 01:30:00", "2060-10-31 02:00:00"},
        {"America/New_York", "2020-11-01 01:15:00", "2020-11-01 06:15:00", "2020-11-01 01:00:00"},
        {"Australia/Lord_Howe", "2020-04-05 01:45:00", "2020-04-04 15:15:00",
         "2020-04-05 01:30:00"},
        {"Australia/Lord_Howe", "2020-04-05 02:00:00", "2020-04-04 15:30:00",
         "2020-04-05 02:00:00"},
        {"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 10:00:00", "2011-12-31 12:00:00"},
        {"Asia/Kolkata", "2020-01-01 00:00:00", "2019-12-31 18:30:00", "2020-01-01 00:00:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const TimeZone *zone = open_zone(cases[i].zone);
        Micros local;
        assert_true(timestamp_parse(text_of(cases[i].local), TIME_SYNTAX_SQL, false, &local));
        char text[40];
        text[timestamp_format(timezone_to_utc_last(zone, local), 0, text)] = '\0';
        if (strcmp(text, cases[i].last) != 0)
            fail_msg("%s in %s is at last %s", cases[i].local, cases[i].zone, text);
        Micros lowest = timezone_lowest_ahead(zone, timezone_to_utc(zone, local));
        text[timestamp_format(lowest, 0, text)] = '\0';
        if (strcmp(text, cases[i].lowest) != 0)
            fail_msg("from %s in %s on it is at least %s", cases[i].local, cases[i].zone, text);
    }
}

static void test_names(void **state)
{
    (void)state;
    enum { NONE = 99999 };
    static const struct {
        const char *name;
        int32_t offset; /* in January 2020 */
    } cases[] = {
        {"UTC", 0},
        {"Z", 0},
        {"GMT", 0},
        {"UT", 0},
        {"Etc/UTC", 0},
        {"+02:00", 7200},
        {"-08:00", -28800},
        {"+2", 7200},
        {"+02", 7200},
        {"+0530", 19800},
        {"+05:30:15", 19815},
        {"-053015", -19815},
        {"GMT+2", 7200},
        {"UTC+02:00", 7200},
        {"UT-1", -3600},
        {"GMT-08:00", -28800},
        {"+18:00", 64800},
        {"+00:00", 0},
        {"+18:01", NONE},
        {"+19", NONE},
        {"+2:00", NONE},
        {"+02:0", NONE},
        {"+02:60", NONE},
        {"+123", NONE},
        {"+", NONE},
        {"+02:", NONE},
        {"+02:00:", NONE},
        {"+0200:15", NONE},
        {"+02:0015", NONE},
        {"+0:200", NONE},
        {"+1234567", NONE},
        {"2", NONE},
        {"UTC2", NONE},
        {"Europe/Berlin", 3600},
        {"Asia/Tokyo", 32400},
        {"EST5EDT", -18000},
        {"", NONE},
        {"Mars/Phobos", NONE},
        {"Europe", NONE},
        {"europe/berlin", NONE},
        {"../../../etc/passwd", NONE},
        {"/etc/localtime", NONE},
        {"Europe/../UTC", NONE},
        {"posixrules", NONE},
        {"tzdata.zi", NONE},
        {"localtime", NONE},
        {"right/Europe/Berlin", NONE},
        {"Europe/Berlin ", NONE},
        {"Europe//", NONE},
        {"AnUnusuallyLongNameThatNoZoneHasAndThatWouldNotFitIntoAPathOfTheFolder/Berlin", NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const TimeZone *zone = open_zone(cases[i].name);
        if ((zone == NULL) != (cases[i].offset == NONE))
            fail_msg("\"%s\"", cases[i].name);
        if (zone != NULL)
            assert_int_equal(timezone_offset(zone, INT64_C(1578000000000000)), cases[i].offset);
    }
    const TimeZone *zone;
    assert_int_equal(timezone_open((Text){"UTC\0x", 5}, &arena, &zone), ST_OK);
    assert_null(zone);
}

static void test_no_zone_is_utc(void **state)
{
    (void)state;
    assert_int_equal(timezone_offset(NULL, 5), 0);
    assert_int_equal(timezone_to_local(NULL, 5), 5);
    assert_int_equal(timezone_to_utc(NULL, 5), 5);
    assert_int_equal(timezone_to_utc_last(NULL, 5), 5);
    assert_int_equal(timezone_lowest_ahead(NULL, 5), 5);
}

static void test_ends_of_the_range(void **state)
{
    (void)state;
    const TimeZone *east = open_zone("Asia/Tokyo"), *west = open_zone("America/New_York");
    assert_int_equal(timezone_to_local(east, MICROS_MAX), MICROS_MAX);
    assert_int_equal(timezone_to_utc(west, MICROS_MAX), MICROS_MAX);
    assert_int_equal(timezone_to_local(west, MICROS_MIN), MICROS_MIN);
    assert_int_equal(timezone_to_utc(east, MICROS_MIN), MICROS_MIN);
    assert_int_equal(timezone_to_utc_last(east, MICROS_MIN), MICROS_MIN);
    assert_int_equal(timezone_to_utc_last(west, MICROS_MAX), MICROS_MAX);
    assert_int_equal(timezone_lowest_ahead(east, MICROS_MAX), MICROS_MAX);
    assert_int_equal(timezone_lowest_ahead(west, MICROS_MIN), MICROS_MIN);
}

/* A file of version 1 with two types and one transition at 1000: the smallest that shows all parts.
 * The names are empty: the last of their four bytes is the literal's own end. */
static const char small_file[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                 "\0\0\0\0\0\0\0\0\0\0\0\0" /* no indicators, no leap seconds */
                                 "\0\0\0\1\0\0\0\2\0\0\0\4" /* times, types, bytes of names */
                                 "\0\0\x03\xE8"             /* the time */
                                 "\1"                       /* its type */
                                 "\0\0\x0E\x10\0\0"         /* +1 h */
                                 "\xFF\xFF\xF1\xF0\1\0"     /* -1 h */
                                 "\0\0\0";

static const TimeZone *decode(const void *bytes, size_t size)
{
    const TimeZone *zone;
    char *exact = test_malloc(size == 0 ? 1 : size); /* so that reading too far is found */
    memcpy(exact, bytes, size);
    assert_int_equal(timezone_decode((Text){exact, (uint32_t)size}, &arena, &zone), ST_OK);
    test_free(exact);
    return zone;
}

static void test_small_file(void **state)
{
    (void)state;
    const TimeZone *zone = decode(small_file, sizeof small_file);
    assert_non_null(zone);
    assert_int_equal(timezone_offset(zone, 999 * MICROS_PER_SECOND), 3600);
    assert_int_equal(timezone_offset(zone, 1000 * MICROS_PER_SECOND), -3600);
    assert_int_equal(timezone_offset(zone, MICROS_MAX), -3600);
}

static void test_damaged_small_files(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        unsigned char byte;
    } damages[] = {
        {0, 'X'},  {39, 0},                       /* no magic, no types */
        {32, 255}, {35, 2}, {36, 128}, {40, 255}, /* more of something than there are bytes */
        {48, 2},                                  /* a type that is not there */
        {49, 127},                                /* an offset of years */
    };
    for (size_t size = 0; size < sizeof small_file; size++)
        assert_null(decode(small_file, size));
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        char copy[sizeof small_file];
        memcpy(copy, small_file, sizeof copy);
        copy[damages[i].at] = (char)damages[i].byte;
        if (decode(copy, sizeof copy) != NULL)
            fail_msg("damage at %zu", damages[i].at);
    }
}

/* Whole, but with a leap second, so that its times are not ours. */
static void test_leap_seconds_are_refused(void **state)
{
    (void)state;
    enum { LEAPS_AT = 31, LEAP_BYTES = 8 };
    char with_leap[sizeof small_file + LEAP_BYTES] = {0};
    memcpy(with_leap, small_file, sizeof small_file);
    assert_non_null(decode(with_leap, sizeof with_leap));
    with_leap[LEAPS_AT] = 1;
    assert_null(decode(with_leap, sizeof with_leap));
}

/* A real file, cut at every length and with every byte changed, is a zone or none. */
static void test_damaged_real_file(void **state)
{
    (void)state;
    static char bytes[1 << 16];
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_non_null(decode(bytes, size));
    for (size_t cut = 0; cut < size; cut++)
        assert_null(decode(bytes, cut));
    for (size_t at = 0; at < size; at++) {
        char original = bytes[at];
        for (int flip = 1; flip < 256; flip <<= 1) {
            bytes[at] = (char)(original ^ flip);
            const TimeZone *zone = decode(bytes, size);
            if (zone == NULL)
                continue;
            for (Micros utc = MICROS_MIN / 2; utc < MICROS_MAX / 2; utc += MICROS_MAX / 7) {
                timezone_offset(zone, utc);
                timezone_to_utc_last(zone, utc);
                timezone_lowest_ahead(zone, utc);
            }
        }
        bytes[at] = original;
        arena_reset(&arena);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Berlin", "+02:00"};
    for (size_t i = 0; i < 2; i++) {
        Arena none;
        arena_init(&none, NULL);
        const TimeZone *zone;
        mem_fail_at(1, true);
        Status status = timezone_open(text_of(names[i]), &none, &zone);
        mem_fail_at(0, false);
        assert_int_equal(status, ST_NOMEM);
        arena_close(&none);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(test_offsets),
        TEST(test_local_times),
        TEST(test_last_instants),
        TEST(test_names),
        TEST(test_no_zone_is_utc),
        TEST(test_ends_of_the_range),
        TEST(test_small_file),
        TEST(test_damaged_small_files),
        TEST(test_leap_seconds_are_refused),
        TEST(test_damaged_real_file),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
