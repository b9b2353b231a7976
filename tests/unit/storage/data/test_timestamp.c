#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "storage/data/timestamp.h"

/* Every day from 0001-01-01 to 9999-12-31, stepped by hand. */
static void test_calendar(void **state)
{
    (void)state;
    int32_t year = 1;
    uint32_t month = 1, day = 1;
    for (int64_t days = -719162; days <= 2932896; days++) {
        CivilDate date = civil_from_days(days);
        bool same = date.year == year && date.month == month && date.day == day &&
                    days_from_civil(year, month, day) == days;
        if (!same)
            fail_msg("day %lld is %d-%u-%u", (long long)days, date.year, date.month, date.day);
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        static const uint32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        uint32_t length = lengths[month - 1] + (month == 2 && leap);
        if (days_in_month(year, month) != length)
            fail_msg("length of %d-%u", year, month);
        if (++day > length) {
            day = 1;
            if (++month > 12) {
                month = 1;
                year++;
            }
        }
    }
    assert_int_equal(year, 10000);
    assert_int_equal(days_from_civil(1970, 1, 1), 0);
    assert_int_equal(days_from_civil(2000, 3, 1), 11017);
}

static void test_add_months(void **state)
{
    (void)state;
    static const struct {
        int32_t year;
        uint32_t month, day;
        int64_t months;
        const char *result; /* NULL: outside the calendar */
    } cases[] = {
        {2020, 1, 31, 1, "2020-02-29"},  {2019, 1, 31, 1, "2019-02-28"},
        {2020, 2, 29, 12, "2021-02-28"}, {2020, 3, 31, -1, "2020-02-29"},
        {2020, 1, 15, -1, "2019-12-15"}, {2020, 12, 1, 1, "2021-01-01"},
        {2020, 1, 1, 0, "2020-01-01"},   {1, 1, 1, -1, NULL},
        {9999, 12, 1, 1, NULL},          {2020, 1, 1, INT64_MAX, NULL},
        {2020, 1, 1, INT64_MIN, NULL},   {1, 1, 31, 119987, "9999-12-31"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t out;
        int64_t days = days_from_civil(cases[i].year, cases[i].month, cases[i].day);
        bool inside = date_add_months(days, cases[i].months, &out);
        assert_int_equal(inside, cases[i].result != NULL);
        if (!inside)
            continue;
        char text[32];
        text[date_format(out, text)] = '\0';
        assert_string_equal(text, cases[i].result);
    }
}

static void test_floor(void **state)
{
    (void)state;
    assert_int_equal(micros_floor_div(-1, 10), -1);
    assert_int_equal(micros_floor_mod(-1, 10), 9);
    assert_int_equal(micros_floor_div(-10, 10), -1);
    assert_int_equal(micros_floor_mod(-10, 10), 0);
    assert_int_equal(micros_floor_div(19, 10), 1);
}

typedef struct Parsed {
    const char *text;
    const char *cast, *sql, *iso; /* as printed with six digits; NULL: refused */
} Parsed;

static const char *parse_timestamp(const char *text, TimeSyntax syntax, bool zone_z)
{
    static char out[40];
    Micros value;
    if (!timestamp_parse(text_of(text), syntax, zone_z, &value))
        return NULL;
    out[timestamp_format(value, 6, out)] = '\0';
    return out;
}

static void expect_text(const char *what, const char *got, const char *wanted)
{
    if ((got == NULL) != (wanted == NULL) || (got != NULL && strcmp(got, wanted) != 0))
        fail_msg("\"%s\" gave %s", what, got == NULL ? "nothing" : got);
}

/* As Flink 2.3 reads them: CAST and TO_TIMESTAMP, json.timestamp-format.standard SQL and ISO-8601.
 * Departures: dates that do not exist and the year 0 are refused everywhere. */
static void test_timestamp_texts(void **state)
{
    (void)state;
    static const Parsed cases[] = {
        {"2020-01-01 10:00:00", "2020-01-01 10:00:00.000000", "2020-01-01 10:00:00.000000", NULL},
        {"2020-01-01T10:00:00", NULL, NULL, "2020-01-01 10:00:00.000000"},
        {"2020-01-01T10:00", NULL, NULL, "2020-01-01 10:00:00.000000"},
        {"2020-01-01T10", NULL, NULL, NULL},
        {"2020-01-01 10:00", NULL, NULL, NULL},
        {"2020-01-01", "2020-01-01 00:00:00.000000", NULL, NULL},
        {"2020-1-1 1:2:3", "2020-01-01 01:02:03.000000", NULL, NULL},
        {"2020-1-01 01:2:03.9999", "2020-01-01 01:02:03.999900", NULL, NULL},
        {"2020-01-01 10:00:00.1", "2020-01-01 10:00:00.100000", "2020-01-01 10:00:00.100000", NULL},
        {"2020-01-01 10:00:00.123456789", "2020-01-01 10:00:00.123456",
         "2020-01-01 10:00:00.123456", NULL},
        {"2020-01-01 10:00:00.1234567891", NULL, NULL, NULL},
        {"2020-01-01 10:00:00.", "2020-01-01 10:00:00.000000", "2020-01-01 10:00:00.000000", NULL},
        {"2020-01-01T10:00:00.5", NULL, NULL, "2020-01-01 10:00:00.500000"},
        {"2020-01-01 24:00:00", "2020-01-02 00:00:00.000000", "2020-01-02 00:00:00.000000", NULL},
        {"2020-01-01 24:00:01", NULL, NULL, NULL},
        {"2020-01-01T24:00", NULL, NULL, NULL},
        {"2020-01-01 23:59:60", NULL, NULL, NULL},
        {"2020-01-01 23:60:00", NULL, NULL, NULL},
        {"2020-01-01 25:00:00", NULL, NULL, NULL},
        {"2020-02-29 00:00:00", "2020-02-29 00:00:00.000000", "2020-02-29 00:00:00.000000", NULL},
        {"2020-02-30 10:00:00", NULL, NULL, NULL},
        {"2021-02-29 10:00:00", NULL, NULL, NULL},
        {"2020-04-31T10:00:00", NULL, NULL, NULL},
        {"2020-13-01 10:00:00", NULL, NULL, NULL},
        {"2020-00-01 10:00:00", NULL, NULL, NULL},
        {"2020-01-00 10:00:00", NULL, NULL, NULL},
        {"0000-01-01 00:00:00", NULL, NULL, NULL},
        {"0001-01-01 00:00:00", "0001-01-01 00:00:00.000000", "0001-01-01 00:00:00.000000", NULL},
        {"9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999",
         NULL},
        {"10000-01-01 00:00:00", NULL, NULL, NULL},
        {"20-01-01 00:00:00", NULL, NULL, NULL},
        {"2020-001-01", NULL, NULL, NULL},
        {"2020-01-01 10:00:00,5", NULL, NULL, NULL},
        {"2020-01-01  10:00:00", NULL, NULL, NULL},
        {" 2020-01-01 10:00:00", NULL, NULL, NULL},
        {"2020-01-01 10:00:00 ", NULL, NULL, NULL},
        {"2020-01-01 ", NULL, NULL, NULL},
        {"2020-01-01 10:00:00Z", NULL, NULL, NULL},
        {"2020-01-01 10:00:00+01:00", NULL, NULL, NULL},
        {"1577836800000", NULL, NULL, NULL},
        {"garbage", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = cases[i].text;
        expect_text(text, parse_timestamp(text, TIME_SYNTAX_CAST, false), cases[i].cast);
        expect_text(text, parse_timestamp(text, TIME_SYNTAX_SQL, false), cases[i].sql);
        expect_text(text, parse_timestamp(text, TIME_SYNTAX_ISO, false), cases[i].iso);
    }
}

static void test_instants_need_a_zone(void **state)
{
    (void)state;
    static const Parsed cases[] = {
        {"2020-01-01 10:00:00Z", NULL, "2020-01-01 10:00:00.000000", NULL},
        {"2020-01-01 10:00:00.5Z", NULL, "2020-01-01 10:00:00.500000", NULL},
        {"2020-01-01T10:00:00.123Z", NULL, NULL, "2020-01-01 10:00:00.123000"},
        {"2020-01-01T10:00Z", NULL, NULL, "2020-01-01 10:00:00.000000"},
        {"2020-01-01 10:00:00", NULL, NULL, NULL},
        {"2020-01-01T10:00:00", NULL, NULL, NULL},
        {"2020-01-01 10:00:00z", NULL, NULL, NULL},
        {"2020-01-01 10:00:00+01:00", NULL, NULL, NULL},
        {"2020-01-01T10:00:00+01:00", NULL, NULL, NULL},
        {"Z", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = cases[i].text;
        expect_text(text, parse_timestamp(text, TIME_SYNTAX_SQL, true), cases[i].sql);
        expect_text(text, parse_timestamp(text, TIME_SYNTAX_ISO, true), cases[i].iso);
    }
}

/* CAST AS DATE and TO_DATE; the json format. */
static void test_date_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cast, *strict;
    } cases[] = {
        {"2020-01-05", "2020-01-05", "2020-01-05"},
        {"2020-1-5", "2020-01-05", NULL},
        {"2020", "2020-01-01", NULL},
        {"2020-02", "2020-02-01", NULL},
        {"12", "0012-01-01", NULL},
        {"1-1-1", "0001-01-01", NULL},
        {"2020-001-05", "2020-01-05", NULL},
        {" 2020-01-05 ", "2020-01-05", NULL},
        {"2020-01-05  ", "2020-01-05", NULL},
        {"2020-01-05 10:00:00", "2020-01-05", NULL},
        {"2020-01-05 garbage", "2020-01-05", NULL},
        {"  2020-01-05 10", NULL, NULL},
        {"2020-02-30", NULL, NULL},
        {"2021-02-29", NULL, NULL},
        {"2020-13-01", NULL, NULL},
        {"0000-01-01", NULL, NULL},
        {"0", NULL, NULL},
        {"99999", NULL, NULL},
        {"10000-01-01", NULL, NULL},
        {"2020-", NULL, NULL},
        {"2020-01-", NULL, NULL},
        {"2020-1-5-7", NULL, NULL},
        {"2020-01-05x", NULL, NULL},
        {"2020-01-05T10:00", NULL, NULL},
        {"2020/01/05", NULL, NULL},
        {"+2020-01-05", NULL, NULL},
        {"garbage", NULL, NULL},
        {"99999999999999999999", NULL, NULL},
        {"", NULL, NULL},
        {" ", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t days;
        char text[32];
        Text input = text_of(cases[i].text);
        bool parsed = date_parse(input, TIME_SYNTAX_CAST, &days);
        text[parsed ? date_format(days, text) : 0] = '\0';
        expect_text(cases[i].text, parsed ? text : NULL, cases[i].cast);
        for (int syntax = TIME_SYNTAX_SQL; syntax <= TIME_SYNTAX_ISO; syntax++) {
            parsed = date_parse(input, (TimeSyntax)syntax, &days);
            text[parsed ? date_format(days, text) : 0] = '\0';
            expect_text(cases[i].text, parsed ? text : NULL, cases[i].strict);
        }
    }
}

static void test_time_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cast, *strict;
    } cases[] = {
        {"10:00:00", "10:00:00.000000", "10:00:00.000000"},
        {"10:00:00.123456", "10:00:00.123456", "10:00:00.123456"},
        {"10:00:00.", "10:00:00.000000", "10:00:00.000000"},
        {"10:00:00.1234567891", "10:00:00.123456", NULL},
        {"10:00", "10:00:00.000000", NULL},
        {"10", "10:00:00.000000", NULL},
        {"1:2:3", "01:02:03.000000", NULL},
        {"010:00:00", "10:00:00.000000", NULL},
        {" 10:00:00 ", "10:00:00.000000", NULL},
        {"24:00:00", NULL, "00:00:00.000000"},
        {"23:60:00", NULL, NULL},
        {"10:00:60", NULL, NULL},
        {"10:00:00Z", NULL, NULL},
        {"10:00 x", NULL, NULL},
        {"10.5", NULL, NULL},
        {"10:00.5", NULL, NULL},
        {"10:", NULL, NULL},
        {"10:00:", NULL, NULL},
        {"-1:00:00", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Micros of_day;
        char text[32];
        Text input = text_of(cases[i].text);
        bool parsed = time_parse(input, TIME_SYNTAX_CAST, &of_day);
        text[parsed ? time_format(of_day, 6, text) : 0] = '\0';
        expect_text(cases[i].text, parsed ? text : NULL, cases[i].cast);
        for (int syntax = TIME_SYNTAX_SQL; syntax <= TIME_SYNTAX_ISO; syntax++) {
            parsed = time_parse(input, (TimeSyntax)syntax, &of_day);
            text[parsed ? time_format(of_day, 6, text) : 0] = '\0';
            expect_text(cases[i].text, parsed ? text : NULL, cases[i].strict);
        }
    }
}

/* With any memo the answer is that of timestamp_parse. Texts are made by changing one byte of good
 * ones; they lie in blocks of exactly their size, so that reading too far is found. */
static void expect_same_as_plain(TimestampMemo *memo, const char *text, uint32_t size,
                                 TimeSyntax syntax, bool zone_z)
{
    char *exact = test_malloc(size == 0 ? 1 : size);
    memcpy(exact, text, size);
    Micros plain = 0, fast = 0;
    bool plain_ok = timestamp_parse((Text){exact, size}, syntax, zone_z, &plain);
    bool fast_ok = timestamp_parse_memo(memo, exact, size, syntax, zone_z, &fast);
    if (plain_ok != fast_ok || (plain_ok && plain != fast))
        fail_msg("\"%.*s\": plain %d %lld, with memo %d %lld", (int)size, text, plain_ok,
                 (long long)plain, fast_ok, (long long)fast);
    test_free(exact);
}

static void test_memo(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "2020-02-29 13:45:56.789",   "2020-02-29 13:45:56.789Z", "2020-02-29 13:45:56",
        "2020-02-29T13:45:56.789",   "2020-02-29T13:45:56.789Z", "2020-02-29 13:45:56.123456789",
        "2020-02-29 24:00:00.000",   "2020-02-29 24:00:00",      "2020-1-1 10:20:30.123",
        "2020-02-29 13:45:56.12345", "2020-02-29 13:45:56Z",     "2020-02-29T13:45",
        "1969-12-31 23:59:59.999",   "0001-01-01 00:00:00.000",
    };
    static const char bytes[] = "0159:. -TZ/x\x00\xFF";
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint32_t size = (uint32_t)strlen(texts[i]);
        for (int syntax = TIME_SYNTAX_CAST; syntax <= TIME_SYNTAX_ISO; syntax++) {
            for (int zone_z = 0; zone_z < 2; zone_z++) {
                TimestampMemo memo = {.set = false};
                for (uint32_t cut = 0; cut <= size; cut++)
                    expect_same_as_plain(&memo, texts[i], cut, (TimeSyntax)syntax, zone_z);
                for (uint32_t at = 0; at < size; at++) {
                    for (size_t b = 0; b < sizeof bytes - 1; b++) {
                        char text[40];
                        memcpy(text, texts[i], size);
                        text[at] = bytes[b];
                        expect_same_as_plain(&memo, text, size, (TimeSyntax)syntax, zone_z);
                    }
                    expect_same_as_plain(&memo, texts[i], size, (TimeSyntax)syntax, zone_z);
                }
            }
        }
    }
}

/* One memo for all syntaxes. */
static void test_memo_keeps_syntaxes_apart(void **state)
{
    (void)state;
    TimestampMemo memo = {.set = false};
    for (int round = 0; round < 2; round++) {
        for (int syntax = TIME_SYNTAX_CAST; syntax <= TIME_SYNTAX_ISO; syntax++) {
            expect_same_as_plain(&memo, "2020-01-01 10:00:00.5", 21, (TimeSyntax)syntax, false);
            expect_same_as_plain(&memo, "2020-01-01T10:00:00.5", 21, (TimeSyntax)syntax, false);
        }
    }
}

static void test_format(void **state)
{
    (void)state;
    static const struct {
        Micros value;
        uint32_t precision;
        const char *text;
    } cases[] = {
        {0, 0, "1970-01-01 00:00:00"},
        {0, 3, "1970-01-01 00:00:00.000"},
        {-1, 6, "1969-12-31 23:59:59.999999"},
        {-1, 3, "1969-12-31 23:59:59.999"},
        {INT64_C(1582983956789123), 3, "2020-02-29 13:45:56.789"},
        {INT64_C(1582983956789123), 6, "2020-02-29 13:45:56.789123"},
        {INT64_C(1582983956789123), 1, "2020-02-29 13:45:56.7"},
        {INT64_C(-62135596800000000), 0, "0001-01-01 00:00:00"},
        {INT64_C(253402300799999999), 3, "9999-12-31 23:59:59.999"},
        {INT64_C(253402300800000000), 0, "10000-01-01 00:00:00"},
        {INT64_MAX, 6, "294247-01-10 04:00:54.775807"},
        {INT64_MIN, 6, "-290308-12-21 19:59:05.224192"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[40];
        uint32_t size = timestamp_format(cases[i].value, cases[i].precision, text);
        assert_true(size <= 32);
        text[size] = '\0';
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_add_months),
        cmocka_unit_test(test_floor),
        cmocka_unit_test(test_timestamp_texts),
        cmocka_unit_test(test_instants_need_a_zone),
        cmocka_unit_test(test_date_texts),
        cmocka_unit_test(test_time_texts),
        cmocka_unit_test(test_memo),
        cmocka_unit_test(test_memo_keeps_syntaxes_apart),
        cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
