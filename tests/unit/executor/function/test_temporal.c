/* Functions of dates and times. Values and types as Flink 2.3 answered, but for the departures: fields
 * before 1970 are those of the calendar, CEIL is never before its argument, a date that does not exist
 * and a number outside its range are NULL when read from a text, EXTRACT(EPOCH) of an instant does not
 * depend on the zone, wrong constant patterns and zones are refused, overflow rejects the row. */
#include "tests/support/constant_cases.h"

#define TS "TIMESTAMP(3):2020-02-29 13:45:56.789"
#define TS6 "TIMESTAMP(6):2020-02-29 13:45:56.123456"
#define BEFORE "TIMESTAMP(3):1969-12-31 23:59:59.500"
#define DT "DATE:2020-02-29"
#define TM "TIME(0):13:45:56"
#define LTZ "TIMESTAMP_LTZ(3):2020-02-29 13:45:56.789"

/* The cases in a session's zone other than UTC. */
static void check_in_zone(const char *zone, const KernelCase *cases, uint32_t count)
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

static void extract(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$EXTRACT", "BIGINT", "2020", {"=STRING NOT NULL:YEAR", TS}},
        {"$EXTRACT", "BIGINT NOT NULL", "2020", {"=STRING NOT NULL:YEAR", "DATE NOT NULL:2020-01-01"}},
        {"$EXTRACT", NULL, "7", {"=STRING:DOW", TS}},
        {"$EXTRACT", NULL, "60", {"=STRING:DOY", TS}},
        {"$EXTRACT", NULL, "9", {"=STRING:WEEK", TS}},
        {"$EXTRACT", NULL, "1", {"=STRING:QUARTER", DT}},
        {"$EXTRACT", NULL, "2", {"=STRING:MONTH", TS}},
        {"$EXTRACT", NULL, "29", {"=STRING:DAY", TS}},
        {"$EXTRACT", NULL, "13", {"=STRING:HOUR", TS}},
        {"$EXTRACT", NULL, "45", {"=STRING:MINUTE", TS}},
        {"$EXTRACT", NULL, "56", {"=STRING:SECOND", TS}},
        {"$EXTRACT", NULL, "789", {"=STRING:MILLISECOND", TS}},
        {"$EXTRACT", NULL, "123456", {"=STRING:MICROSECOND", TS6}},
        {"$EXTRACT", NULL, "123456000", {"=STRING:NANOSECOND", TS6}},
        {"$EXTRACT", NULL, "1582983956", {"=STRING:EPOCH", TS}},
        {"$EXTRACT", NULL, "1582934400", {"=STRING:EPOCH", DT}},
        {"$EXTRACT", NULL, "1582983956", {"=STRING:EPOCH", LTZ}},
        {"$EXTRACT", NULL, "202", {"=STRING:DECADE", DT}},
        {"$EXTRACT", NULL, "0", {"=STRING:DECADE", "DATE:0005-01-01"}},
        {"$EXTRACT", NULL, "21", {"=STRING:CENTURY", DT}},
        {"$EXTRACT", NULL, "20", {"=STRING:CENTURY", "DATE:2000-01-01"}},
        {"$EXTRACT", NULL, "21", {"=STRING:CENTURY", "DATE:2001-01-01"}},
        {"$EXTRACT", NULL, "2", {"=STRING:MILLENNIUM", "DATE:2000-12-31"}},
        {"$EXTRACT", NULL, "3", {"=STRING:MILLENNIUM", DT}},
        {"$EXTRACT", NULL, "2020", {"=STRING:ISOYEAR", "DATE:2021-01-01"}},
        {"$EXTRACT", NULL, "53", {"=STRING:WEEK", "DATE:2021-01-01"}},
        {"$EXTRACT", NULL, "1", {"=STRING:WEEK", "DATE:2019-12-30"}},
        {"$EXTRACT", NULL, "2020", {"=STRING:ISOYEAR", "DATE:2019-12-30"}},
        {"$EXTRACT", NULL, "7", {"=STRING:ISODOW", "DATE:2020-03-01"}},
        {"$EXTRACT", NULL, "1", {"=STRING:DOW", "DATE:2020-03-01"}},
        {"$EXTRACT", NULL, "366", {"=STRING:DOY", "DATE:2020-12-31"}},
        {"$EXTRACT", NULL, "0", {"=STRING:HOUR", DT}},
        {"$EXTRACT", NULL, "13", {"=STRING:HOUR", TM}},
        {"$EXTRACT", NULL, "56", {"=STRING:SECOND", TM}},
        {"$EXTRACT", NULL, "0", {"=STRING:MILLISECOND", TM}},
        {"$EXTRACT", NULL, "E2107", {"=STRING:YEAR", TM}},
        {"$EXTRACT", NULL, "E2107", {"=STRING:EPOCH", TM}},
        {"$EXTRACT", NULL, "E2107", {"=STRING:FOO", DT}},
        {"$EXTRACT", NULL, "E2126", {"STRING:YEAR", DT}},
        {"$EXTRACT", NULL, "E2107", {"=STRING:YEAR", "STRING:2020"}},
        {"YEAR", "BIGINT", "2020", {DT}},
        {"YEAR", "BIGINT", "2020", {TS}},
        {"QUARTER", "BIGINT", "4", {"DATE:2020-10-01"}},
        {"MONTH", "BIGINT", "2", {LTZ}},
        {"WEEK", "BIGINT", "9", {DT}},
        {"DAYOFYEAR", "BIGINT", "60", {DT}},
        {"DAYOFMONTH", "BIGINT", "29", {DT}},
        {"DAYOFWEEK", "BIGINT NOT NULL", "7", {"DATE NOT NULL:2020-02-29"}},
        {"HOUR", "BIGINT", "13", {TM}},
        {"MINUTE", "BIGINT", "45", {TS}},
        {"SECOND", "BIGINT", "0", {DT}},
        {"YEAR", NULL, "E2107", {TM}},
        {"YEAR", NULL, "E2107", {"STRING:2020"}},
    };
    HARNESS_CHECK(cases);
}

static void extract_before_1970(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"YEAR", NULL, "1969", {BEFORE}},
        {"DAYOFMONTH", NULL, "31", {BEFORE}},
        {"DAYOFYEAR", NULL, "365", {BEFORE}},
        {"DAYOFWEEK", NULL, "4", {BEFORE}},
        {"HOUR", NULL, "23", {BEFORE}},
        {"SECOND", NULL, "59", {BEFORE}},
        {"$EXTRACT", NULL, "500", {"=STRING:MILLISECOND", BEFORE}},
        {"$EXTRACT", NULL, "-1", {"=STRING:EPOCH", BEFORE}},
        {"DAYOFWEEK", NULL, "3", {"DATE:1969-12-30"}},
        {"WEEK", NULL, "1", {"DATE:1969-12-30"}},
        {"DAYOFWEEK", NULL, "2", {"DATE:0001-01-01"}},
        {"DAYOFYEAR", NULL, "366", {"DATE:1904-12-31"}},
        {"QUARTER", NULL, "1", {"DATE:1900-03-31"}},
    };
    HARNESS_CHECK(cases);
}

static void extract_intervals(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$EXTRACT", "BIGINT", "1", {"=STRING:YEAR", "INTERVAL_MONTH:14"}},
        {"$EXTRACT", NULL, "2", {"=STRING:MONTH", "INTERVAL_MONTH:14"}},
        {"$EXTRACT", NULL, "-2", {"=STRING:MONTH", "INTERVAL_MONTH:-14"}},
        {"$EXTRACT", NULL, "3", {"=STRING:QUARTER", "INTERVAL_MONTH:19"}},
        {"$EXTRACT", NULL, "1", {"=STRING:DAY", "INTERVAL_DAY:93784500000"}},
        {"$EXTRACT", NULL, "2", {"=STRING:HOUR", "INTERVAL_DAY:93784500000"}},
        {"$EXTRACT", NULL, "3", {"=STRING:MINUTE", "INTERVAL_DAY:93784500000"}},
        {"$EXTRACT", NULL, "4", {"=STRING:SECOND", "INTERVAL_DAY:93784500000"}},
        {"$EXTRACT", NULL, "500", {"=STRING:MILLISECOND", "INTERVAL_DAY:93784500000"}},
        {"$EXTRACT", NULL, "-2", {"=STRING:HOUR", "INTERVAL_DAY:-93784500000"}},
        {"$EXTRACT", NULL, "E2107", {"=STRING:EPOCH", "INTERVAL_DAY:93784500000"}},
        {"$EXTRACT", NULL, "E2107", {"=STRING:YEAR", "INTERVAL_DAY:93784500000"}},
        {"$EXTRACT", NULL, "E2107", {"=STRING:DAY", "INTERVAL_MONTH:14"}},
    };
    HARNESS_CHECK(cases);
}

static void floors(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$FLOOR_TO", "TIMESTAMP(3)", "2020-02-29 13:00:00.000", {"=STRING NOT NULL:HOUR", TS}},
        {"$FLOOR_TO", NULL, "2020-02-01 00:00:00.000", {"=STRING:MONTH", TS}},
        {"$FLOOR_TO", NULL, "2020-02-23 00:00:00.000", {"=STRING:WEEK", TS}},
        {"$FLOOR_TO", NULL, "2020-01-01 00:00:00.000", {"=STRING:QUARTER", TS}},
        {"$FLOOR_TO", NULL, "2020-01-01 00:00:00.000", {"=STRING:YEAR", TS}},
        {"$FLOOR_TO", NULL, "2020-01-01 00:00:00.000", {"=STRING:DECADE", TS}},
        {"$FLOOR_TO", NULL, "2001-01-01 00:00:00.000", {"=STRING:CENTURY", TS}},
        {"$FLOOR_TO", NULL, "1901-01-01 00:00:00", {"=STRING:CENTURY", "TIMESTAMP(0):2000-05-01 00:00:00"}},
        {"$FLOOR_TO", NULL, "2001-01-01 00:00:00.000", {"=STRING:MILLENNIUM", TS}},
        {"$FLOOR_TO", NULL, "0001-01-01 00:00:00", {"=STRING:MILLENNIUM", "TIMESTAMP(0):0001-01-01 00:00:00"}},
        {"$FLOOR_TO", NULL, "2020-02-29 00:00:00.000", {"=STRING:DAY", TS}},
        {"$FLOOR_TO", NULL, "2020-02-29 13:45:00.000", {"=STRING:MINUTE", TS}},
        {"$FLOOR_TO", NULL, "2020-02-29 13:45:56.000", {"=STRING:SECOND", TS}},
        {"$FLOOR_TO", NULL, "2020-02-29 13:45:56.789", {"=STRING:MILLISECOND", TS}},
        {"$FLOOR_TO", "TIMESTAMP(6)", "2020-02-29 13:45:56.123000", {"=STRING:MILLISECOND", TS6}},
        {"$FLOOR_TO", NULL, "2020-02-29 13:45:56.123456", {"=STRING:MICROSECOND", TS6}},
        {"$FLOOR_TO", NULL, "1969-12-31 00:00:00.000", {"=STRING:DAY", BEFORE}},
        {"$FLOOR_TO", NULL, "1969-12-31 23:59:59.000", {"=STRING:SECOND", BEFORE}},
        {"$FLOOR_TO", NULL, "1969-12-01 00:00:00.000", {"=STRING:MONTH", BEFORE}},
        {"$FLOOR_TO", NULL, "1969-12-28", {"=STRING:WEEK", "DATE:1969-12-30"}},
        {"$FLOOR_TO", "DATE", "2020-02-01", {"=STRING NOT NULL:MONTH", DT}},
        {"$FLOOR_TO", NULL, "2020-02-23", {"=STRING:WEEK", DT}},
        {"$FLOOR_TO", NULL, "2020-02-29", {"=STRING:DAY", DT}},
        {"$FLOOR_TO", NULL, "2020-02-29", {"=STRING:HOUR", DT}},
        {"$FLOOR_TO", "TIME(0)", "13:00:00", {"=STRING NOT NULL:HOUR", TM}},
        {"$FLOOR_TO", NULL, "13:45:00", {"=STRING:MINUTE", TM}},
        {"$FLOOR_TO", NULL, "E2107", {"=STRING:DAY", TM}},
        {"$FLOOR_TO", NULL, "E2107", {"=STRING:DOW", TS}},
        {"$FLOOR_TO", NULL, "E2107", {"=STRING:DAY", "STRING:2020-02-29"}},
    };
    HARNESS_CHECK(cases);
}

static void ceilings(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$CEIL_TO", "TIMESTAMP(3)", "2020-02-29 14:00:00.000", {"=STRING NOT NULL:HOUR", TS}},
        {"$CEIL_TO", NULL, "2020-03-01 00:00:00.000", {"=STRING:MONTH", TS}},
        {"$CEIL_TO", NULL, "2020-01-01 00:00:00", {"=STRING:DAY", "TIMESTAMP(0):2020-01-01 00:00:00"}},
        {"$CEIL_TO", NULL, "2020-01-01 00:00:00", {"=STRING:YEAR", "TIMESTAMP(0):2020-01-01 00:00:00"}},
        {"$CEIL_TO", NULL, "2020-03-01 00:00:00.000", {"=STRING:WEEK", TS}},
        {"$CEIL_TO", NULL, "2020-01-05 00:00:00", {"=STRING:WEEK", "TIMESTAMP(0):2020-01-05 00:00:00"}},
        {"$CEIL_TO", NULL, "2020-01-12 00:00:00", {"=STRING:WEEK", "TIMESTAMP(0):2020-01-05 10:00:00"}},
        {"$CEIL_TO", NULL, "2020-03-01 00:00:00", {"=STRING:MONTH", "TIMESTAMP(0):2020-02-01 00:00:01"}},
        {"$CEIL_TO", NULL, "2021-01-01 00:00:00.000", {"=STRING:YEAR", TS}},
        {"$CEIL_TO", NULL, "2020-04-01 00:00:00.000", {"=STRING:QUARTER", TS}},
        {"$CEIL_TO", NULL, "2030-01-01 00:00:00.000", {"=STRING:DECADE", TS}},
        {"$CEIL_TO", NULL, "2001-01-01 00:00:00", {"=STRING:CENTURY", "TIMESTAMP(0):2000-05-01 00:00:00"}},
        {"$CEIL_TO", NULL, "2001-01-01 00:00:00", {"=STRING:CENTURY", "TIMESTAMP(0):2001-01-01 00:00:00"}},
        {"$CEIL_TO", NULL, "2001-01-01 00:00:00", {"=STRING:MILLENNIUM", "TIMESTAMP(0):2000-05-01 00:00:00"}},
        {"$CEIL_TO", NULL, "2020-02-29 13:45:57.000", {"=STRING:SECOND", TS}},
        {"$CEIL_TO", NULL, "2020-02-29 13:45:56.124000", {"=STRING:MILLISECOND", TS6}},
        {"$CEIL_TO", NULL, "1970-01-01 00:00:00.000", {"=STRING:SECOND", BEFORE}},
        {"$CEIL_TO", "DATE", "2020-03-01", {"=STRING NOT NULL:MONTH", DT}},
        {"$CEIL_TO", NULL, "2020-03-01", {"=STRING:MONTH", "DATE:2020-03-01"}},
        {"$CEIL_TO", NULL, "2020-04-01", {"=STRING:QUARTER", DT}},
        {"$CEIL_TO", NULL, "2020-02-29", {"=STRING:DAY", DT}},
        {"$CEIL_TO", NULL, "14:00:00", {"=STRING:HOUR", TM}},
        {"$CEIL_TO", NULL, "13:46:00", {"=STRING:MINUTE", TM}},
        {"$CEIL_TO", NULL, "E5004", {"=STRING:HOUR", "TIME(0):23:30:00"}},
        {"$CEIL_TO", NULL, "E5004", {"=STRING:YEAR", "TIMESTAMP(0):9999-12-31 00:00:00"}},
    };
    HARNESS_CHECK(cases);
}

static void adding(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"TIMESTAMPADD", "TIMESTAMP(3)", "2020-03-29 13:45:56.789", {"=STRING NOT NULL:MONTH", "INT NOT NULL:1", TS}},
        {"TIMESTAMPADD", "TIMESTAMP(0) NOT NULL", "2020-02-29 00:00:00",
         {"=STRING NOT NULL:MONTH", "INT NOT NULL:1", "TIMESTAMP(0) NOT NULL:2020-01-31 00:00:00"}},
        {"TIMESTAMPADD", NULL, "2021-02-28 13:45:56.789", {"=STRING:YEAR", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "2020-05-29 13:45:56.789", {"=STRING:QUARTER", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "2020-03-07 13:45:56.789", {"=STRING:WEEK", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "2020-03-01 13:45:56.789", {"=STRING:DAY", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "2020-02-29 12:45:56.789", {"=STRING:HOUR", "INT:-1", TS}},
        {"TIMESTAMPADD", NULL, "2020-02-29 13:52:56.789", {"=STRING:MINUTE", "INT:7", TS}},
        {"TIMESTAMPADD", NULL, "2020-02-29 13:45:56.794", {"=STRING:MILLISECOND", "INT:5", TS}},
        {"TIMESTAMPADD", "TIMESTAMP(6)", "2020-02-29 13:45:56.789005", {"=STRING:MICROSECOND", "INT:5", TS}},
        {"TIMESTAMPADD", "TIMESTAMP(3)", "2020-01-01 00:00:00.005",
         {"=STRING:MILLISECOND", "INT:5", "TIMESTAMP(0):2020-01-01 00:00:00"}},
        {"TIMESTAMPADD", NULL, "2088-03-18 17:00:04.789", {"=STRING:SECOND", "BIGINT:2147483648", TS}},
        {"TIMESTAMPADD", NULL, "2020-02-29 00:00:00.123456",
         {"=STRING:MONTH", "INT:1", "TIMESTAMP(6):2020-01-31 00:00:00.123456"}},
        {"TIMESTAMPADD", NULL, "1969-11-30 23:59:59.500", {"=STRING:MONTH", "INT:-1", BEFORE}},
        {"TIMESTAMPADD", NULL, "NULL", {"=STRING:SECOND", "INT:NULL", TS}},
        {"TIMESTAMPADD", "DATE", "2020-02-28", {"=STRING NOT NULL:DAY", "INT NOT NULL:-1", DT}},
        {"TIMESTAMPADD", "DATE", "2021-02-28", {"=STRING:MONTH", "INT:12", DT}},
        {"TIMESTAMPADD", "DATE", "2019-11-29", {"=STRING:QUARTER", "INT:-1", DT}},
        {"TIMESTAMPADD", "DATE", "2020-03-07", {"=STRING:WEEK", "INT:1", DT}},
        {"TIMESTAMPADD", "DATE", "1969-12-29", {"=STRING:DAY", "INT:-1", "DATE:1969-12-30"}},
        {"TIMESTAMPADD", "TIMESTAMP(6)", "2020-02-29 01:00:00.000000", {"=STRING NOT NULL:HOUR", "INT NOT NULL:1", DT}},
        {"TIMESTAMPADD", "TIMESTAMP(6) NOT NULL", "2020-01-01 00:00:01.000000",
         {"=STRING NOT NULL:SECOND", "INT NOT NULL:1", "DATE NOT NULL:2020-01-01"}},
        {"TIMESTAMPADD", "TIME(0)", "13:45:57", {"=STRING NOT NULL:SECOND", "INT NOT NULL:1", TM}},
        {"TIMESTAMPADD", "TIME(0)", "01:45:56", {"=STRING:HOUR", "INT:12", TM}},
        {"TIMESTAMPADD", "TIME(0)", "23:45:56", {"=STRING:HOUR", "BIGINT:-14", TM}},
        {"TIMESTAMPADD", "TIME(0)", "20:45:56", {"=STRING:HOUR", "BIGINT:9223372036854775807", TM}},
        {"TIMESTAMPADD", "TIME(0)", "13:45:56", {"=STRING:DAY", "INT:1", TM}},
        {"TIMESTAMPADD", "TIME(0)", "13:45:56", {"=STRING:MONTH", "INT:1", TM}},
        {"TIMESTAMPADD", "TIMESTAMP_LTZ(3)", "2020-03-29 13:45:56.789Z", {"=STRING NOT NULL:MONTH", "INT NOT NULL:1", LTZ}},
        {"TIMESTAMPADD", NULL, "E5004", {"=STRING:YEAR", "INT:9000", TS}},
        {"TIMESTAMPADD", NULL, "E5004", {"=STRING:DAY", "INT:2147483647", TS}},
        {"TIMESTAMPADD", NULL, "E5004", {"=STRING:DAY", "BIGINT:9223372036854775807", DT}},
        {"TIMESTAMPADD", NULL, "E2107", {"=STRING:DOW", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "E2107", {"=STRING:CENTURY", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "E2107", {"=STRING:DAY", "DECIMAL(2,1):1.5", TS}},
        {"TIMESTAMPADD", NULL, "E2107", {"=STRING:DAY", "INT:1", "STRING:2020-01-01"}},
    };
    HARNESS_CHECK(cases);
}

#define DIFF(unit, from, to) {"=STRING NOT NULL:" unit, "TIMESTAMP(3):" from, "TIMESTAMP(3):" to}

static void differences(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"TIMESTAMPDIFF", "INT", "1", DIFF("DAY", "2020-01-01 12:00:00", "2020-01-03 11:00:00")},
        {"TIMESTAMPDIFF", "INT", "-1", DIFF("DAY", "2020-01-03 11:00:00", "2020-01-01 12:00:00")},
        {"TIMESTAMPDIFF", NULL, "1", DIFF("MONTH", "2020-01-31 00:00:00", "2020-02-29 00:00:00")},
        {"TIMESTAMPDIFF", NULL, "-1", DIFF("MONTH", "2020-03-31 00:00:00", "2020-02-29 00:00:00")},
        {"TIMESTAMPDIFF", NULL, "0", DIFF("MONTH", "2020-01-31 10:00:00", "2020-02-29 09:00:00")},
        {"TIMESTAMPDIFF", NULL, "-1", DIFF("MONTH", "2020-02-29 09:00:00", "2020-01-31 10:00:00")},
        {"TIMESTAMPDIFF", NULL, "0", DIFF("MONTH", "2020-01-15 10:00:00", "2020-02-15 09:59:59")},
        {"TIMESTAMPDIFF", NULL, "-1", DIFF("MONTH", "2020-02-15 09:59:59", "2020-01-15 10:00:00")},
        {"TIMESTAMPDIFF", NULL, "0", DIFF("MONTH", "2020-01-15 10:00:00", "2020-01-15 10:00:00")},
        {"TIMESTAMPDIFF", NULL, "2", DIFF("QUARTER", "2020-01-01 00:00:00", "2020-07-31 00:00:00")},
        {"TIMESTAMPDIFF", NULL, "4", DIFF("YEAR", "2020-01-01 00:00:00", "2024-07-31 00:00:00")},
        {"TIMESTAMPDIFF", NULL, "4", DIFF("WEEK", "2020-01-01 00:00:00", "2020-01-31 00:00:00")},
        {"TIMESTAMPDIFF", NULL, "1", DIFF("MINUTE", "2020-01-01 00:00:00", "2020-01-01 00:01:59")},
        {"TIMESTAMPDIFF", NULL, "1", DIFF("SECOND", "2020-01-01 00:00:00.900", "2020-01-01 00:00:02.100")},
        {"TIMESTAMPDIFF", NULL, "0", DIFF("SECOND", "2020-02-29 13:45:56.789", "2020-02-29 13:45:57.000")},
        {"TIMESTAMPDIFF", NULL, "1000", DIFF("MILLISECOND", "2020-01-01 00:00:00", "2020-01-01 00:00:01")},
        {"TIMESTAMPDIFF", NULL, "1000000", DIFF("MICROSECOND", "2020-01-01 00:00:00", "2020-01-01 00:00:01")},
        {"TIMESTAMPDIFF", NULL, "-1582983957", {"=STRING:SECOND", TS, BEFORE}},
        {"TIMESTAMPDIFF", NULL, "E5004", DIFF("SECOND", "1900-01-01 00:00:00", "2020-01-01 00:00:00")},
        {"TIMESTAMPDIFF", NULL, "13", {"=STRING:HOUR", DT, TS}},
        {"TIMESTAMPDIFF", NULL, "0", {"=STRING:DAY", TS, DT}},
        {"TIMESTAMPDIFF", NULL, "5", {"=STRING:DAY", DT, "DATE:2020-03-05"}},
        {"TIMESTAMPDIFF", NULL, "1", {"=STRING:YEAR", DT, "DATE:2021-02-28"}},
        {"TIMESTAMPDIFF", NULL, "1", {"=STRING:MONTH", "DATE:2020-01-31", "DATE:2020-02-29"}},
        {"TIMESTAMPDIFF", "INT NOT NULL", "24",
         {"=STRING NOT NULL:HOUR", "DATE NOT NULL:2020-01-01", "DATE NOT NULL:2020-01-02"}},
        {"TIMESTAMPDIFF", NULL, "13", {"=STRING:WEEK", "DATE:2020-01-01", "DATE:2020-04-01"}},
        {"TIMESTAMPDIFF", NULL, "1", {"=STRING:HOUR", TM, "TIME(0):15:00:00"}},
        {"TIMESTAMPDIFF", NULL, "0", {"=STRING:MONTH", TM, "TIME(0):15:00:00"}},
        {"TIMESTAMPDIFF", NULL, "0", {"=STRING:DAY", LTZ, LTZ}},
        {"TIMESTAMPDIFF", NULL, "E2107", {"=STRING:DAY", LTZ, TS}},
        {"TIMESTAMPDIFF", NULL, "E2107", {"=STRING:DAY", TS, TM}},
        {"TIMESTAMPDIFF", NULL, "E2107", {"=STRING:NANOSECOND", TS, TS}},
    };
    HARNESS_CHECK(cases);
}

static void overlaps(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"OVERLAPS", "BOOLEAN", "TRUE", {"DATE:2020-01-01", "DATE:2020-01-10", "DATE:2020-01-10", "DATE:2020-01-20"}},
        {"OVERLAPS", NULL, "FALSE", {"DATE:2020-01-01", "DATE:2020-01-10", "DATE:2020-01-11", "DATE:2020-01-20"}},
        {"OVERLAPS", NULL, "FALSE", {"DATE:2020-01-11", "DATE:2020-01-20", "DATE:2020-01-01", "DATE:2020-01-10"}},
        {"OVERLAPS", NULL, "TRUE", {"DATE:2020-01-10", "DATE:2020-01-01", "DATE:2020-01-05", "DATE:2020-01-06"}},
        {"OVERLAPS", NULL, "TRUE",
         {"TIME(0):10:00:00", "INTERVAL_DAY:3600000000", "TIME(0):10:30:00", "INTERVAL_DAY:3600000000"}},
        {"OVERLAPS", NULL, "FALSE", {"TIME(0):09:00:00", "TIME(0):10:00:00", "TIME(0):10:15:00", "INTERVAL_DAY:10800000000"}},
        {"OVERLAPS", NULL, "TRUE",
         {"TIMESTAMP(0):2020-01-01 00:00:00", "INTERVAL_DAY:86400000000", "TIMESTAMP(0):2020-01-01 12:00:00",
          "TIMESTAMP(0):2020-01-02 12:00:00"}},
        {"OVERLAPS", NULL, "TRUE", {DT, "INTERVAL_MONTH:1", "DATE:2020-03-05", "INTERVAL_DAY:86400000000"}},
        {"OVERLAPS", NULL, "FALSE", {DT, "INTERVAL_MONTH:-1", "DATE:2020-03-05", "INTERVAL_DAY:86400000000"}},
        {"OVERLAPS", NULL, "NULL", {DT, "DATE:NULL", DT, DT}},
        {"OVERLAPS", NULL, "TRUE", {LTZ, LTZ, LTZ, LTZ}},
        {"OVERLAPS", NULL, "E2107", {DT, TS, TS, TS}},
        {"OVERLAPS", NULL, "E2107", {DT, DT, TS, TS}},
        {"OVERLAPS", NULL, "E2107", {"INT:1", "INT:2", "INT:1", "INT:2"}},
        {"OVERLAPS", NULL, "E5004", {"DATE:9999-12-01", "INTERVAL_MONTH:1", DT, DT}},
    };
    HARNESS_CHECK(cases);
}

static void clock_functions(void **state)
{
    (void)state;
    static const KernelCase utc[] = {
        {"CURRENT_DATE", "DATE NOT NULL", "2020-02-29", {NULL}},
        {"CURRENT_TIME", "TIME(0) NOT NULL", "13:45:56", {NULL}},
        {"LOCALTIME", "TIME(0) NOT NULL", "13:45:56", {NULL}},
        {"LOCALTIMESTAMP", "TIMESTAMP(3) NOT NULL", "2020-02-29 13:45:56.789", {NULL}},
        {"CURRENT_TIMESTAMP", "TIMESTAMP_LTZ(3) NOT NULL", "2020-02-29 13:45:56.789Z", {NULL}},
        {"NOW", "TIMESTAMP_LTZ(3) NOT NULL", "2020-02-29 13:45:56.789Z", {NULL}},
        {"CURRENT_ROW_TIMESTAMP", "TIMESTAMP_LTZ(3) NOT NULL", "2020-02-29 13:45:56.789Z", {NULL}},
        {"UNIX_TIMESTAMP", "BIGINT NOT NULL", "1582983956", {NULL}},
    };
    HARNESS_CHECK(utc);
    static const KernelCase tokyo[] = {
        {"CURRENT_DATE", NULL, "2020-02-29", {NULL}},
        {"CURRENT_TIME", NULL, "22:45:56", {NULL}},
        {"LOCALTIMESTAMP", NULL, "2020-02-29 22:45:56.789", {NULL}},
        {"UNIX_TIMESTAMP", NULL, "1582983956", {NULL}},
    };
    CHECK_IN_ZONE("Asia/Tokyo", tokyo);
    static const KernelCase auckland[] = {
        {"CURRENT_DATE", NULL, "2020-03-01", {NULL}},
    };
    CHECK_IN_ZONE("Pacific/Auckland", auckland);
}

static void formatting(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"DATE_FORMAT", "STRING", "2020-02-29 13:45:56.789", {TS, "STRING:yyyy-MM-dd HH:mm:ss.SSS"}},
        {"DATE_FORMAT", "STRING", "2020", {"TIMESTAMP(0) NOT NULL:2020-02-29 13:45:56", "CHAR(4) NOT NULL:yyyy"}},
        {"DATE_FORMAT", NULL, "2020Y", {TS, "STRING:yyyy'Y'"}},
        {"DATE_FORMAT", NULL, "Sat Feb 29 1:45 PM", {TS, "STRING:E MMM d h:mm a"}},
        {"DATE_FORMAT", NULL, "2020-09 2020", {TS, "STRING:YYYY-ww u"}},
        {"DATE_FORMAT", NULL, "2020-02-29 13:45:56.789", {LTZ, "STRING:yyyy-MM-dd HH:mm:ss.SSS"}},
        {"DATE_FORMAT", NULL, "NULL", {TS, "STRING:NULL"}},
        {"DATE_FORMAT", NULL, "", {TS, "STRING:"}},
        {"DATE_FORMAT", NULL, "1 12 123 1234 123456000", {TS6, "STRING:S SS SSS SSSS SSSSSSSSS"}},
        {"DATE_FORMAT", NULL, "2020 20 2020 2020 02020", {TS, "STRING:y yy yyy yyyy yyyyy"}},
        {"DATE_FORMAT", NULL, "2020 20 2020 2020 02020", {TS, "STRING:u uu uuu uuuu uuuuu"}},
        {"DATE_FORMAT", NULL, "2020 20 2020", {TS, "STRING:Y YY YYYY"}},
        {"DATE_FORMAT", NULL, "2 02 Feb February F", {TS, "STRING:M MM MMM MMMM MMMMM"}},
        {"DATE_FORMAT", NULL, "2 02 Feb February", {TS, "STRING:L LL LLL LLLL"}},
        {"DATE_FORMAT", NULL, "29 29 60 60 060", {TS, "STRING:d dd D DD DDD"}},
        {"DATE_FORMAT", NULL, "5 005", {"TIMESTAMP(0):2020-01-05 00:00:00", "STRING:D DDD"}},
        {"DATE_FORMAT", NULL, "Sat Sat Sat Saturday S", {TS, "STRING:E EE EEE EEEE EEEEE"}},
        {"DATE_FORMAT", NULL, "7 07 Sat Saturday S", {TS, "STRING:e ee eee eeee eeeee"}},
        {"DATE_FORMAT", NULL, "7 Sat Saturday", {TS, "STRING:c ccc cccc"}},
        {"DATE_FORMAT", NULL, "1 01 13 13 13 13 1 01", {TS, "STRING:h hh H HH k kk K KK"}},
        {"DATE_FORMAT", NULL, "12 12 0 00 24 24 0 00 AM",
         {"TIMESTAMP(0):2020-01-01 00:05:00", "STRING:h hh H HH k kk K KK a"}},
        {"DATE_FORMAT", NULL, "45 45 56 56", {TS, "STRING:m mm s ss"}},
        {"DATE_FORMAT", NULL, "9 09 5", {TS, "STRING:w ww W"}},
        {"DATE_FORMAT", NULL, "1 01 Q1 1st quarter 1", {TS, "STRING:Q QQ QQQ QQQQ q"}},
        {"DATE_FORMAT", NULL, "AD Anno Domini A", {TS, "STRING:G GGGG GGGGG"}},
        {"DATE_FORMAT", NULL, "1 789000000 49556789000000 49556789", {TS, "STRING:F n N A"}},
        {"DATE_FORMAT", NULL, "000789000000", {TS, "STRING:nnnnnnnnnnnn"}},
        {"DATE_FORMAT", NULL, "2020-02", {TS, "STRING:yyyy[-MM]"}},
        {"DATE_FORMAT", NULL, "2020", {TS, "STRING:[yyyy"}},
        {"DATE_FORMAT", NULL, "'", {TS, "STRING:''"}},
        {"DATE_FORMAT", NULL, "2020at13", {TS, "STRING:yyyy'at'HH"}},
        {"DATE_FORMAT", NULL, "13 o'clock", {TS, "STRING:HH 'o''clock'"}},
        {"DATE_FORMAT", NULL, "ä1", {TS, "STRING:äh"}},
        {"DATE_FORMAT", NULL, "1969-12-31 23:59:59.500", {BEFORE, "STRING:yyyy-MM-dd HH:mm:ss.SSS"}},
        {"DATE_FORMAT", NULL, "1 0001 AD", {"TIMESTAMP(0):0001-01-01 00:00:00", "STRING:y yyyy G"}},
        {"DATE_FORMAT", NULL, "2020-01-2 5 2019", {"TIMESTAMP(0):2019-12-30 00:00:00", "STRING:YYYY-ww-e W yyyy"}},
        {"DATE_FORMAT", NULL, "2020-01-7 1 2020", {"TIMESTAMP(0):2020-01-04 00:00:00", "STRING:YYYY-ww-e W yyyy"}},
        {"DATE_FORMAT", NULL, "2020-02-1 2 2020", {"TIMESTAMP(0):2020-01-05 00:00:00", "STRING:YYYY-ww-e W yyyy"}},
        {"DATE_FORMAT", NULL, "2021-01-6 1 1 2021", {"TIMESTAMP(0):2021-01-01 00:00:00", "STRING:YYYY-ww-e W F yyyy"}},
        {"DATE_FORMAT", NULL, "E2107", {DT, "STRING:yyyyMMdd"}},
        {"DATE_FORMAT", NULL, "E2107", {TM, "STRING:HH"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

static void wrong_patterns(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "bad{", "ddd", "aa", "mmm", "yyyy]", "yyyy#", "yyyy{", "yyyy'", "cc", "SSSSSSSSSS", "Z", "X", "z", "VV", "OOOO",
        "ppppH", "B", "MMMMMM", "[[[[[[[[[y]]]]]]]]]", "yyyyyyyyyyyyyyyyyyyy",
    };
    KernelHarness h;
    harness_open(&h);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char column[64], constant[64];
        snprintf(column, sizeof column, "STRING:%s", wrong[i]);
        snprintf(constant, sizeof constant, "=STRING:%s", wrong[i]);
        harness_check(&h, &(KernelCase){"DATE_FORMAT", NULL, "E5007", {TS, column}});
        harness_check(&h, &(KernelCase){"DATE_FORMAT", NULL, "E2107", {TS, constant}});
    }
    harness_close(&h);
    static const KernelCase simple[] = {
        {"FROM_UNIXTIME", NULL, "E5007 the pattern \"bad{\" is wrong: unknown letter b", {"INT:44", "STRING:bad{"}},
        {"FROM_UNIXTIME", NULL, "E2107", {"INT:44", "=STRING:bad{"}},
        {"FROM_UNIXTIME", NULL, "E2107", {"INT:44", "=STRING:Q"}},
        {"FROM_UNIXTIME", NULL, "E2107", {"INT:44", "=STRING:yyyy'x"}},
        {"FROM_UNIXTIME", NULL, "E2107", {"INT:44", "=STRING:z"}},
        {"FROM_UNIXTIME", NULL, "E5007", {"INT:44", "STRING:z"}},
        {"FROM_UNIXTIME", NULL, "E2107", {"INT:44", "=STRING:XXXX"}},
        {"UNIX_TIMESTAMP", NULL, "E5007", {"STRING:x", "STRING:bad{"}},
        {"UNIX_TIMESTAMP", NULL, "E2107", {"STRING:x", "=STRING:bad{"}},
        {"TO_DATE", NULL, "E5007", {"STRING:2020", "STRING:bad{"}},
        {"TO_DATE", NULL, "E2107", {"STRING:2020", "=STRING:bad{"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020", "STRING:bad{"}},
        {"TO_TIMESTAMP", NULL, "E2107", {"STRING:2020", "=STRING:bad{"}},
        {"TO_TIMESTAMP_LTZ", NULL, "E2107", {"STRING:2020", "=STRING:bad{"}},
    };
    HARNESS_CHECK(simple);
}

static void texts_as_timestamps(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"TO_TIMESTAMP", "TIMESTAMP(3)", "NULL", {"STRING:garbage"}},
        {"TO_TIMESTAMP", "TIMESTAMP(3)", "2020-01-01 10:00:00.000", {"CHAR(19) NOT NULL:2020-01-01 10:00:00"}},
        {"TO_TIMESTAMP", NULL, "2020-01-01 10:00:00.123", {"STRING:2020-01-01 10:00:00.1234"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020-01-01T10:00:00"}},
        {"TO_TIMESTAMP", NULL, "2020-01-01 01:02:03.000", {"STRING:2020-1-1 1:2:3"}},
        {"TO_TIMESTAMP", NULL, "2020-01-01 00:00:00.000", {"STRING:2020-01-01"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020-01-01 10:00"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020-13-01 10:00:00"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020-02-30 10:00:00"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING: 2020-01-01 10:00:00"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:20-1-1"}},
        {"TO_TIMESTAMP", NULL, "1969-12-31 23:59:59.999", {"STRING:1969-12-31 23:59:59.9999"}},
        {"TO_TIMESTAMP", NULL, "E2107", {"INT:7"}},
    };
    HARNESS_CHECK(cases);
}

static void patterns_as_timestamps(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"TO_TIMESTAMP", "TIMESTAMP(3)", "2020-02-01 00:00:00.000", {"STRING:01/02/2020", "STRING:dd/MM/yyyy"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:hello", "STRING:dd/MM/yyyy"}},
        {"TO_TIMESTAMP", NULL, "2020-01-01 10:00:00.123",
         {"STRING:2020-01-01 10:00:00.123456", "STRING:yyyy-MM-dd HH:mm:ss.SSSSSS"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020-04-31", "STRING:yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020-04-32", "STRING:yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:00:00.000", {"STRING:2020-4-3", "STRING:yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:00:00.000", {"STRING:2020-04-03", "STRING:yyyy-M-d"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:00:00.000", {"STRING:20200403", "STRING:yyyyMMdd"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:20200403 ", "STRING:yyyyMMdd"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020040", "STRING:yyyyMMdd"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.000", {"STRING:20200403101112", "STRING:yyyyMMddHHmmss"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.345", {"STRING:20200403101112345", "STRING:yyyyMMddHHmmssSSS"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.000", {"STRING:2020-04-03T10:11:12", "STRING:yyyy-MM-dd'T'HH:mm:ss"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.000", {"STRING:2020-04-03T10:11:12Z", "STRING:yyyy-MM-dd'T'HH:mm:ssX"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.000",
         {"STRING:2020-04-03T10:11:12+02:00", "STRING:yyyy-MM-dd'T'HH:mm:ssXXX"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020-04-03T10:11:12+0200", "STRING:yyyy-MM-dd'T'HH:mm:ssXXX"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.000", {"STRING:2020-04-03T10:11:12Z", "STRING:yyyy-MM-dd'T'HH:mm:ss'Z'"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.000", {"STRING:2020-04-03 10:11:12 UTC", "STRING:yyyy-MM-dd HH:mm:ss z"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:00:00.000", {"STRING:03 Apr 2020", "STRING:dd MMM yyyy"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:03 apr 2020", "STRING:dd MMM yyyy"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:03 April 2020", "STRING:dd MMM yyyy"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:00:00.000", {"STRING:03 April 2020", "STRING:dd MMMM yyyy"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:00:00.000", {"STRING:Fri 03 Apr 2020", "STRING:E dd MMM yyyy"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:Thu 03 Apr 2020", "STRING:E dd MMM yyyy"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 22:11:00.000", {"STRING:10:11 PM 2020-04-03", "STRING:hh:mm a yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:11:00.000", {"STRING:12:11 AM 2020-04-03", "STRING:hh:mm a yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:13:11 AM 2020-04-03", "STRING:hh:mm a yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:11:00.000", {"STRING:10:11 2020-04-03", "STRING:hh:mm yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:11:00.000", {"STRING:24:11 2020-04-03", "STRING:kk:mm yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "2020-04-04 00:00:00.000", {"STRING:24:00:00 2020-04-03", "STRING:HH:mm:ss yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:24:00:01 2020-04-03", "STRING:HH:mm:ss yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "2099-04-03 00:00:00.000", {"STRING:99-04-03", "STRING:yy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "2020-04-09 00:00:00.000", {"STRING:2020-100", "STRING:yyyy-DDD"}},
        {"TO_TIMESTAMP", NULL, "2020-12-31 00:00:00.000", {"STRING:2020366", "STRING:yyyyDDD"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2019366", "STRING:yyyyDDD"}},
        {"TO_TIMESTAMP", NULL, "1970-01-01 10:11:12.000", {"STRING:10:11:12", "STRING:HH:mm:ss"}},
        {"TO_TIMESTAMP", NULL, "2020-01-01 00:00:00.000", {"STRING:2020", "STRING:yyyy"}},
        {"TO_TIMESTAMP", NULL, "1970-04-01 00:00:00.000", {"STRING:04", "STRING:MM"}},
        {"TO_TIMESTAMP", NULL, "1970-01-05 00:00:00.000", {"STRING:5", "STRING:d"}},
        {"TO_TIMESTAMP", NULL, "1970-04-03 00:00:00.000", {"STRING:2020-04-03", "STRING:YYYY-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:12020-04-03", "STRING:yyyy-MM-dd"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.500", {"STRING:2020-04-03 10:11:12.5", "STRING:yyyy-MM-dd HH:mm:ss.S"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.560", {"STRING:2020-04-03 10:11:12.56", "STRING:yyyy-MM-dd HH:mm:ss.S"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.000", {"STRING:2020-04-03 10:11:12", "STRING:yyyy-MM-dd HH:mm:ss[.SSS]"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 10:11:12.123",
         {"STRING:2020-04-03 10:11:12.123", "STRING:yyyy-MM-dd HH:mm:ss[.SSS]"}},
        {"TO_TIMESTAMP", NULL, "2020-01-01 00:00:00.000", {"STRING:2020-01", "STRING:yyyy[-MM[-dd]]"}},
        {"TO_TIMESTAMP", NULL, "2020-03-05 00:00:00.000", {"STRING:2020-03-05", "STRING:yyyy[-MM[-dd]]"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 01:02:03.000", {"STRING:2020-4-3 1:2:3", "STRING:dd/MM/yyyy"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 00:00:00.000", {"STRING:  2020-04-03  ", "STRING:dd"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:abc", "STRING:yyyy"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:2020", "STRING:NULL"}},
        {"TO_TIMESTAMP", NULL, "2020-04-03 01:00:00.000", {"STRING:2020-04-03 001", "STRING:yyyy-MM-dd H"}},
        {"TO_TIMESTAMP", NULL, "2020-04-02 00:00:00.000", {"STRING:2020-W14-5", "STRING:YYYY-'W'ww-e"}},
        {"TO_TIMESTAMP", NULL, "2020-01-01 00:00:00.000", {"STRING:2020 2", "STRING:yyyy Q"}},
        {"TO_TIMESTAMP", NULL, "2020-01-05 00:00:00.000", {"STRING:Jan 5 20", "STRING:LLL d yy"}},
        {"TO_TIMESTAMP", NULL, "2020-01-01 00:00:00.000", {"STRING:AD 2020", "STRING:G yyyy"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:BC 2020", "STRING:G yyyy"}},
        {"TO_TIMESTAMP", NULL, "2020-01-02 03:04:00.000", {"STRING:1/2/2020 3:04", "STRING:M/d/yyyy H:mm"}},
        {"TO_TIMESTAMP", NULL, "NULL", {"STRING:99999999999999999999", "STRING:y"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

static void texts_as_dates(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"TO_DATE", "DATE", "NULL", {"STRING:garbage"}},
        {"TO_DATE", "DATE", "2020-01-05", {"CHAR(10) NOT NULL:2020-01-05"}},
        {"TO_DATE", "DATE", "2020-01-05", {"STRING:2020-1-5"}},
        {"TO_DATE", "DATE", "NULL", {"STRING:2020-02-30"}},
        {"TO_DATE", "DATE", "2020-01-05", {"STRING:2020-01-05 10:00:00"}},
        {"TO_DATE", "DATE", "2020-01-01", {"STRING:2020-01"}},
        {"TO_DATE", "DATE", "2020-01-05", {"STRING: 2020-01-05 "}},
        {"TO_DATE", "DATE", "NULL", {"STRING:"}},
        {"TO_DATE", "DATE", "2020-01-02", {"STRING:02/01/2020", "STRING:dd/MM/yyyy"}},
        {"TO_DATE", "DATE", "2020-01-02", {"STRING:2/1/2020", "STRING:dd/MM/yyyy"}},
        {"TO_DATE", "DATE", "NULL", {"STRING:32/01/2020", "STRING:dd/MM/yyyy"}},
        {"TO_DATE", "DATE", "NULL", {"STRING:garbage", "STRING:dd/MM/yyyy"}},
        {"TO_DATE", "DATE", "2020-01-05", {"STRING:20200105", "STRING:yyyyMMdd"}},
        {"TO_DATE", "DATE", "2020-01-05", {"STRING:2020-01-05xyz", "STRING:yyyy-MM-dd"}},
        {"TO_DATE", "DATE", "2020-01-01", {"STRING:2020", "STRING:yyyy"}},
        {"TO_DATE", "DATE", "0020-01-01", {"STRING:20-1-1", "STRING:yyyy-MM-dd"}},
        {"TO_DATE", "DATE", "2020-01-01", {"STRING:20-1-1", "STRING:yy-MM-dd"}},
        {"TO_DATE", "DATE", "1999-01-01", {"STRING:99-01-01", "STRING:yy-MM-dd"}},
        {"TO_DATE", "DATE", "1950-01-01", {"STRING:50-01-01", "STRING:y-MM-dd"}},
        {"TO_DATE", "DATE", "2046-01-01", {"STRING:46-01-01", "STRING:yy-MM-dd"}},
        {"TO_DATE", "DATE", "1969-01-05", {"STRING:1969-01-05 23:00", "STRING:yyyy-MM-dd HH:mm"}},
        {"TO_DATE", "DATE", "2020-01-05", {"STRING:2020-jan-05", "STRING:yyyy-MMM-dd"}},
        {"TO_DATE", "DATE", "2020-01-05", {"STRING:2020-January-05", "STRING:yyyy-MMM-dd"}},
        {"TO_DATE", "DATE", "2020-01-05", {"STRING:2020-jan-05", "STRING:yyyy-MMMM-dd"}},
        {"TO_DATE", "DATE", "NULL", {"STRING:2020 -01-05", "STRING:yyyy-MM-dd"}},
        {"TO_DATE", "DATE", "2020-01-05", {"STRING:2020- 01-05", "STRING:yyyy-MM-dd"}},
        {"TO_DATE", "DATE", "NULL", {"STRING:20200105", "STRING:yyyyMdd"}},
        {"TO_DATE", "DATE", "2020-01-01", {"STRING:2020-001", "STRING:yyyy-DDD"}},
        {"TO_DATE", "DATE", "2020-01-07", {"STRING:Mon 2020-01-07", "STRING:E yyyy-MM-dd"}},
        {"TO_DATE", "DATE", "NULL", {"STRING:NULL", "STRING:yyyy"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

static void unix_seconds(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"FROM_UNIXTIME", "STRING", "1970-01-01 00:00:00", {"INT NOT NULL:0"}},
        {"FROM_UNIXTIME", "STRING", "1970", {"INT NOT NULL:44", "CHAR(4) NOT NULL:yyyy"}},
        {"FROM_UNIXTIME", NULL, "1969-12-31 23:59:59", {"BIGINT:-1"}},
        {"FROM_UNIXTIME", NULL, "NULL", {"INT:44", "STRING:NULL"}},
        {"FROM_UNIXTIME", NULL, "1970 70 1970 1970 01970 1 01 Jan January January",
         {"INT:44", "STRING:y yy yyy yyyy yyyyy M MM MMM MMMM MMMMM"}},
        {"FROM_UNIXTIME", NULL, "4 04 004 1 01 Jan January", {"INT:44", "STRING:u uu uuu L LL LLL LLLL"}},
        {"FROM_UNIXTIME", NULL, "1970 70 1 01 1 1 001 1 001 1 Thu Thu Thursday Thursday",
         {"INT:44", "STRING:Y YY w ww W D DDD d ddd F E EEE EEEE EEEEE"}},
        {"FROM_UNIXTIME", NULL, "AM AM 0 000 24 0 12 12 0 000 44 044 0 00 0000 AD AD",
         {"INT:44", "STRING:a aa H HHH k K h hh m mmm s sss S SS SSSS G GGGG"}},
        {"FROM_UNIXTIME", NULL, "+0000 Z Z Z", {"INT:44", "STRING:Z X XX XXX"}},
        {"FROM_UNIXTIME", NULL, "1970x'y", {"INT:44", "STRING:yyyy'x''y'"}},
        {"FROM_UNIXTIME", NULL, "1970[01]#{}", {"INT:44", "STRING:yyyy[MM]#{}"}},
        {"FROM_UNIXTIME", NULL, "Wed, 1 Jul 2020 00:00:00", {"INT:1593561600", "STRING:EEE, d MMM yyyy HH:mm:ss"}},
        {"FROM_UNIXTIME", NULL, "E5004", {"BIGINT:9223372036854775807", "STRING:yyyy"}},
        {"FROM_UNIXTIME", NULL, "E5004", {"BIGINT:99999999999999", "STRING:yyyy"}},
        {"FROM_UNIXTIME", NULL, "E2107", {"DOUBLE:7.5"}},
        {"UNIX_TIMESTAMP", NULL, "1577836800", {"STRING:2020-01-01 00:00:00"}},
        {"UNIX_TIMESTAMP", "BIGINT", "NULL", {"STRING:garbage"}},
        {"UNIX_TIMESTAMP", NULL, "NULL", {"STRING:NULL"}},
        {"UNIX_TIMESTAMP", NULL, "NULL", {"STRING:2020-01-01"}},
        {"UNIX_TIMESTAMP", NULL, "1577872800", {"STRING:2020-01-01 10:00:00.5"}},
        {"UNIX_TIMESTAMP", NULL, "1577840523", {"STRING:2020-1-1 1:2:3"}},
        {"UNIX_TIMESTAMP", NULL, "1577872800", {"STRING:2020-01-01 10:00:00 junk"}},
        {"UNIX_TIMESTAMP", NULL, "NULL", {"STRING:2020-13-01 10:00:00"}},
        {"UNIX_TIMESTAMP", NULL, "NULL", {"STRING:2020-02-30 10:00:00"}},
        {"UNIX_TIMESTAMP", NULL, "-1", {"STRING:1969-12-31 23:59:59"}},
        {"UNIX_TIMESTAMP", NULL, "28801", {"STRING:1970-01-01 08:00:01.001", "STRING:yyyy-MM-dd HH:mm:ss.SSS"}},
        {"UNIX_TIMESTAMP", NULL, "1", {"STRING:1970-01-01 08:00:01.001 +0800", "STRING:yyyy-MM-dd HH:mm:ss.SSS X"}},
        {"UNIX_TIMESTAMP", NULL, "1", {"STRING:1970-01-01 08:00:01.001 +0800", "STRING:yyyy-MM-dd HH:mm:ss.SSS Z"}},
        {"UNIX_TIMESTAMP", NULL, "1", {"STRING:1970-01-01 08:00:01.001 +08:00", "STRING:yyyy-MM-dd HH:mm:ss.SSS XXX"}},
        {"UNIX_TIMESTAMP", NULL, "57601", {"STRING:1970-01-01 08:00:01 PST", "STRING:yyyy-MM-dd HH:mm:ss z"}},
        {"UNIX_TIMESTAMP", NULL, "1577869200", {"STRING:2020-01-01 10:00:00 CET", "STRING:yyyy-MM-dd HH:mm:ss z"}},
        {"UNIX_TIMESTAMP", NULL, "1577865600", {"STRING:2020-01-01 10:00:00 GMT+02:00", "STRING:yyyy-MM-dd HH:mm:ss z"}},
        {"UNIX_TIMESTAMP", NULL, "1577865600", {"STRING:2020-01-01 10:00:00 +0200", "STRING:yyyy-MM-dd HH:mm:ss z"}},
        {"UNIX_TIMESTAMP", NULL, "1577865600", {"STRING:2020-01-01 10:00:00 +02", "STRING:yyyy-MM-dd HH:mm:ss X"}},
        {"UNIX_TIMESTAMP", NULL, "NULL", {"STRING:2020-01-01 10:00:00 Nowhere", "STRING:yyyy-MM-dd HH:mm:ss z"}},
        {"UNIX_TIMESTAMP", NULL, "79860", {"STRING:10:11 pm", "STRING:hh:mm a"}},
        {"UNIX_TIMESTAMP", NULL, "0", {"STRING:24", "STRING:kk"}},
        {"UNIX_TIMESTAMP", NULL, "0", {"STRING:12", "STRING:hh"}},
        {"UNIX_TIMESTAMP", NULL, "NULL", {"STRING:25:00", "STRING:HH:mm"}},
        {"UNIX_TIMESTAMP", NULL, "1468800", {"STRING:4 1970", "STRING:w YYYY"}},
        {"UNIX_TIMESTAMP", NULL, "1577836800", {"STRING:20200101", "STRING:yyyyMMdd"}},
        {"UNIX_TIMESTAMP", NULL, "1", {"STRING:1.5", "STRING:s.S"}},
        {"UNIX_TIMESTAMP", NULL, "E2107", {TS}},
    };
    CHECK_WITH_CONSTANTS(cases);
    static const KernelCase typed[] = {
        {"UNIX_TIMESTAMP", "BIGINT NOT NULL", "1577836800", {"=CHAR(19) NOT NULL:2020-01-01 00:00:00"}},
        {"UNIX_TIMESTAMP", "BIGINT", "NULL", {"=CHAR(7) NOT NULL:garbage"}},
        {"UNIX_TIMESTAMP", "BIGINT", "1577836800", {"STRING:2020-01-01 00:00:00"}},
    };
    HARNESS_CHECK(typed);
}

static void format_of_texts(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"DATE_FORMAT", "STRING", "20200101", {"CHAR(19) NOT NULL:2020-01-01 10:00:00", "STRING:yyyyMMdd"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:garbage", "STRING:yyyyMMdd"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:2020-02-29", "STRING:yyyyMMdd HH"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:2020-02-29T10:00:00", "STRING:yyyyMMdd HH"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:2020-02-30 10:00:00", "STRING:yyyyMMdd HH"}},
        {"DATE_FORMAT", NULL, "000", {"STRING:2020-01-01 10:00:00.5", "STRING:SSS"}},
        {"DATE_FORMAT", NULL, "3 +0000", {"STRING:2020-01-01 10:00:00", "STRING:u Z"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:NULL", "STRING:yyyy"}},
        {"CONVERT_TZ", "STRING", "1969-12-31 16:00:00",
         {"CHAR(19) NOT NULL:1970-01-01 00:00:00", "STRING:UTC", "STRING:America/Los_Angeles"}},
        {"CONVERT_TZ", NULL, "2020-06-30 22:00:00", {"STRING:2020-07-01 00:00:00", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "NULL", {"STRING:2020-07-01", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "NULL", {"STRING:bad", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "2020-07-01 07:00:00", {"STRING:2020-07-01 00:00:00", "STRING:PST", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "2020-06-30 22:00:00", {"STRING:2020-07-01 00:00:00", "STRING:GMT+02:00", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "2020-03-29 01:30:00", {"STRING:2020-03-29 02:30:00", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "2020-10-25 01:30:00", {"STRING:2020-10-25 02:30:00", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "2020-07-01 02:00:00", {"STRING:2020-07-01 00:00:00.123", "STRING:UTC", "STRING:Europe/Berlin"}},
        {"CONVERT_TZ", NULL, "NULL", {"STRING:2020-07-01 00:00:00", "STRING:NULL", "STRING:UTC"}},
    };
    CHECK_WITH_CONSTANTS(cases);
    static const KernelCase wrong[] = {
        {"CONVERT_TZ", NULL, "E5007", {"STRING:2020-07-01 00:00:00", "STRING:Nowhere", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "E5007", {"STRING:2020-07-01 00:00:00", "STRING:UTC", "STRING:../UTC"}},
        {"CONVERT_TZ", NULL, "E2107", {"STRING:2020-07-01 00:00:00", "=STRING:Nowhere", "STRING:UTC"}},
    };
    HARNESS_CHECK(wrong);
}

static void instants(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"TO_TIMESTAMP_LTZ", "TIMESTAMP_LTZ(3)", "2020-01-01 00:00:00.000Z", {"INT NOT NULL:1577836800", "INT NOT NULL:0"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-01-01 00:00:00.123Z", {"BIGINT:1577836800123", "INT:3"}},
        {"TO_TIMESTAMP_LTZ", NULL, "NULL", {"BIGINT:9223372036854775807", "INT:3"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-01-01 00:00:00.123Z", {"BIGINT:1577836800123"}},
        {"TO_TIMESTAMP_LTZ", NULL, "1975-01-01 04:48:00.000Z", {"BIGINT:1577836800", "INT:1"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-01-01 00:00:00.500Z", {"DOUBLE:1577836800.5", "INT:0"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-01-01 00:00:00.123Z", {"DOUBLE:1577836800123.9", "INT:3"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-01-01 00:00:00.123Z", {"DECIMAL(14,1):1577836800123.9", "INT:3"}},
        {"TO_TIMESTAMP_LTZ", NULL, "NULL", {"DOUBLE:NaN", "INT:3"}},
        {"TO_TIMESTAMP_LTZ", NULL, "NULL", {"DOUBLE:1e300", "INT:0"}},
        {"TO_TIMESTAMP_LTZ", NULL, "NULL", {"INT:NULL", "INT:3"}},
        {"TO_TIMESTAMP_LTZ", NULL, "9999-12-31 23:59:59.000Z", {"BIGINT:253402300799", "INT:0"}},
        {"TO_TIMESTAMP_LTZ", NULL, "NULL", {"BIGINT:253402300800", "INT:0"}},
        {"TO_TIMESTAMP_LTZ", NULL, "1969-12-31 23:59:59.999Z", {"BIGINT:-1", "INT:3"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-02-01 00:00:00.000Z", {"STRING:01/02/2020", "STRING:dd/MM/yyyy"}},
        {"TO_TIMESTAMP_LTZ", NULL, "NULL", {"STRING:x", "STRING:yyyy"}},
        {"TO_TIMESTAMP_LTZ", NULL, "NULL", {"STRING:2020-02-30", "STRING:yyyy-MM-dd"}},
        {"TO_TIMESTAMP_LTZ", NULL, "NULL", {"STRING:2020", "STRING:NULL"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-01-01 09:00:00.000Z",
         {"STRING:2020-01-01 10:00:00", "STRING:yyyy-MM-dd HH:mm:ss", "STRING:Europe/Berlin"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-01-01 09:00:00.000Z",
         {"STRING:2020-01-01 10:00:00+02:00", "STRING:yyyy-MM-dd HH:mm:ssXXX", "STRING:Europe/Berlin"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-10-25 00:30:00.000Z",
         {"STRING:2020-10-25 02:30:00", "STRING:yyyy-MM-dd HH:mm:ss", "STRING:Europe/Berlin"}},
    };
    CHECK_WITH_CONSTANTS(cases);
    static const KernelCase others[] = {
        {"TO_TIMESTAMP_LTZ", "TIMESTAMP_LTZ(6)", "1970-01-01 00:26:17.836801Z", {"BIGINT:1577836801", "=INT:6"}},
        {"TO_TIMESTAMP_LTZ", "TIMESTAMP_LTZ(3)", "1970-01-01 00:26:17.836Z", {"BIGINT:1577836801", "INT:6"}},
        {"TO_TIMESTAMP_LTZ", "TIMESTAMP_LTZ(6)", "2020-01-01 10:00:00.123456Z",
         {"STRING:2020-01-01 10:00:00.123456", "=STRING:yyyy-MM-dd HH:mm:ss.SSSSSS"}},
        {"TO_TIMESTAMP_LTZ", "TIMESTAMP_LTZ(3)", "2020-01-01 10:00:00.123Z", {"STRING:2020-01-01 10:00:00.123456"}},
        {"TO_TIMESTAMP_LTZ", NULL, "E5007", {"BIGINT:5", "INT:7"}},
        {"TO_TIMESTAMP_LTZ", NULL, "E2002", {"BIGINT:5", "=INT:7"}},
        {"TO_TIMESTAMP_LTZ", NULL, "E2107", {"BIGINT:5", "=INT:10"}},
        {"TO_TIMESTAMP_LTZ", NULL, "E2107", {"BIGINT:5", "=INT:-1"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-01-01 00:00:00.000Z", {"STRING:2020-01-01"}},
        {"TO_TIMESTAMP_LTZ", NULL, "E5007", {"STRING:bad"}},
        {"TO_TIMESTAMP_LTZ", NULL, "E5007", {"STRING:2020-01-01T10:00:00"}},
        {"TO_TIMESTAMP_LTZ", NULL, "E5007", {"STRING:2020", "STRING:yyyy", "STRING:Nowhere"}},
        {"TO_TIMESTAMP_LTZ", NULL, "E2107", {"STRING:2020", "STRING:yyyy", "=STRING:Nowhere"}},
    };
    HARNESS_CHECK(others);
}

/* Session zone Europe/Berlin: an hour east of UTC in winter, two in summer. */
static void session_zone(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"HOUR", NULL, "14", {LTZ}},
        {"HOUR", NULL, "13", {TS}},
        {"DAYOFMONTH", NULL, "1", {"TIMESTAMP_LTZ(3):2020-02-29 23:30:00"}},
        {"$EXTRACT", NULL, "1582983956", {"=STRING:EPOCH", LTZ}},
        {"$FLOOR_TO", NULL, "2020-02-28 23:00:00.000Z", {"=STRING:DAY", LTZ}},
        {"$CEIL_TO", NULL, "2020-02-29 23:00:00.000Z", {"=STRING:MONTH", LTZ}},
        {"$FLOOR_TO", NULL, "2020-06-30 22:00:00.000Z", {"=STRING:MONTH", "TIMESTAMP_LTZ(3):2020-07-15 00:00:00"}},
        {"TIMESTAMPADD", NULL, "2020-03-29 13:45:56.789Z", {"=STRING:MONTH", "INT:1", LTZ}},
        {"DATE_FORMAT", NULL, "2020-02-29 14", {LTZ, "STRING:yyyy-MM-dd HH"}},
        {"DATE_FORMAT", NULL, "2020-02-29 13", {TS, "STRING:yyyy-MM-dd HH"}},
        {"DATE_FORMAT", NULL, "10 +0000", {"STRING:2020-07-01 10:00:00", "STRING:HH Z"}},
        {"FROM_UNIXTIME", NULL, "1970-01-01 01:00:00", {"INT:0"}},
        {"FROM_UNIXTIME", NULL, "01 +0100 +01 +01:00", {"INT:0", "STRING:HH Z X XXX"}},
        {"FROM_UNIXTIME", NULL, "02 +0200 +02 +0200 +02:00", {"INT:1593561600", "STRING:HH Z X XX XXX"}},
        {"UNIX_TIMESTAMP", NULL, "-3600", {"STRING:1970-01-01 00:00:00"}},
        {"UNIX_TIMESTAMP", NULL, "1603589400", {"STRING:2020-10-25 02:30:00"}},
        {"UNIX_TIMESTAMP", NULL, "1585445400", {"STRING:2020-03-29 02:30:00"}},
        {"UNIX_TIMESTAMP", NULL, "1577872800", {"STRING:2020-01-01 10:00:00 Z", "STRING:yyyy-MM-dd HH:mm:ss X"}},
        {"TO_TIMESTAMP", NULL, "2020-07-01 10:00:00.000", {"STRING:2020-07-01 10:00:00"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-07-01 10:00:00.000Z", {"STRING:2020-07-01 10:00:00"}},
        {"TO_TIMESTAMP_LTZ", NULL, "2020-07-01 14:00:00.000Z",
         {"STRING:2020-07-01 10:00:00", "STRING:yyyy-MM-dd HH:mm:ss", "STRING:America/New_York"}},
        {"TO_DATE", NULL, "2020-07-01", {"STRING:2020-07-01 00:30", "STRING:yyyy-MM-dd HH:mm"}},
        {"CONVERT_TZ", NULL, "1969-12-31 16:00:00", {"STRING:1970-01-01 00:00:00", "STRING:UTC", "STRING:America/Los_Angeles"}},
    };
    CHECK_IN_ZONE("Europe/Berlin", cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extract),
        cmocka_unit_test(extract_before_1970),
        cmocka_unit_test(extract_intervals),
        cmocka_unit_test(floors),
        cmocka_unit_test(ceilings),
        cmocka_unit_test(adding),
        cmocka_unit_test(differences),
        cmocka_unit_test(overlaps),
        cmocka_unit_test(clock_functions),
        cmocka_unit_test(formatting),
        cmocka_unit_test(wrong_patterns),
        cmocka_unit_test(texts_as_timestamps),
        cmocka_unit_test(patterns_as_timestamps),
        cmocka_unit_test(texts_as_dates),
        cmocka_unit_test(unix_seconds),
        cmocka_unit_test(format_of_texts),
        cmocka_unit_test(instants),
        cmocka_unit_test(session_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
