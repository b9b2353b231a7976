/* Functions that compute with dates and times; those that read and print them are in
 * test_temporal_format.c and test_temporal_parse.c. Values and types as Flink 2.3 answered, but for
 * the departures: fields before 1970 are those of the calendar, CEIL is never before its argument,
 * EXTRACT(EPOCH) of an instant does not depend on the zone, overflow rejects the row. */
#include "tests/support/zone_cases.h"

#define TS     "TIMESTAMP(3):2020-02-29 13:45:56.789"
#define TS6    "TIMESTAMP(6):2020-02-29 13:45:56.123456"
#define BEFORE "TIMESTAMP(3):1969-12-31 23:59:59.500"
#define DT     "DATE:2020-02-29"
#define TM     "TIME(0):13:45:56"
#define LTZ    "TIMESTAMP_LTZ(3):2020-02-29 13:45:56.789"

static void extract(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$EXTRACT", "BIGINT", "2020", {"=STRING NOT NULL:YEAR", TS}},
        {"$EXTRACT",
         "BIGINT NOT NULL",
         "2020",
         {"=STRING NOT NULL:YEAR", "DATE NOT NULL:2020-01-01"}},
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
        {"$EXTRACT", NULL, "500000000", {"=STRING:NANOSECOND", "INTERVAL_DAY:93784500000"}},
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
        {"$FLOOR_TO",
         NULL,
         "1901-01-01 00:00:00",
         {"=STRING:CENTURY", "TIMESTAMP(0):2000-05-01 00:00:00"}},
        {"$FLOOR_TO", NULL, "2001-01-01 00:00:00.000", {"=STRING:MILLENNIUM", TS}},
        {"$FLOOR_TO",
         NULL,
         "0001-01-01 00:00:00",
         {"=STRING:MILLENNIUM", "TIMESTAMP(0):0001-01-01 00:00:00"}},
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
        {"$CEIL_TO",
         NULL,
         "2020-01-01 00:00:00",
         {"=STRING:DAY", "TIMESTAMP(0):2020-01-01 00:00:00"}},
        {"$CEIL_TO",
         NULL,
         "2020-01-01 00:00:00",
         {"=STRING:YEAR", "TIMESTAMP(0):2020-01-01 00:00:00"}},
        {"$CEIL_TO", NULL, "2020-03-01 00:00:00.000", {"=STRING:WEEK", TS}},
        {"$CEIL_TO",
         NULL,
         "2020-01-05 00:00:00",
         {"=STRING:WEEK", "TIMESTAMP(0):2020-01-05 00:00:00"}},
        {"$CEIL_TO",
         NULL,
         "2020-01-12 00:00:00",
         {"=STRING:WEEK", "TIMESTAMP(0):2020-01-05 10:00:00"}},
        {"$CEIL_TO",
         NULL,
         "2020-03-01 00:00:00",
         {"=STRING:MONTH", "TIMESTAMP(0):2020-02-01 00:00:01"}},
        {"$CEIL_TO", NULL, "2021-01-01 00:00:00.000", {"=STRING:YEAR", TS}},
        {"$CEIL_TO", NULL, "2020-04-01 00:00:00.000", {"=STRING:QUARTER", TS}},
        {"$CEIL_TO", NULL, "2030-01-01 00:00:00.000", {"=STRING:DECADE", TS}},
        {"$CEIL_TO",
         NULL,
         "2001-01-01 00:00:00",
         {"=STRING:CENTURY", "TIMESTAMP(0):2000-05-01 00:00:00"}},
        {"$CEIL_TO",
         NULL,
         "2001-01-01 00:00:00",
         {"=STRING:CENTURY", "TIMESTAMP(0):2001-01-01 00:00:00"}},
        {"$CEIL_TO",
         NULL,
         "2001-01-01 00:00:00",
         {"=STRING:MILLENNIUM", "TIMESTAMP(0):2000-05-01 00:00:00"}},
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
        {"TIMESTAMPADD",
         "TIMESTAMP(3)",
         "2020-03-29 13:45:56.789",
         {"=STRING NOT NULL:MONTH", "INT NOT NULL:1", TS}},
        {"TIMESTAMPADD",
         "TIMESTAMP(0) NOT NULL",
         "2020-02-29 00:00:00",
         {"=STRING NOT NULL:MONTH", "INT NOT NULL:1", "TIMESTAMP(0) NOT NULL:2020-01-31 00:00:00"}},
        {"TIMESTAMPADD", NULL, "2021-02-28 13:45:56.789", {"=STRING:YEAR", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "2020-05-29 13:45:56.789", {"=STRING:QUARTER", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "2020-03-07 13:45:56.789", {"=STRING:WEEK", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "2020-03-01 13:45:56.789", {"=STRING:DAY", "INT:1", TS}},
        {"TIMESTAMPADD", NULL, "2020-02-29 12:45:56.789", {"=STRING:HOUR", "INT:-1", TS}},
        {"TIMESTAMPADD", NULL, "2020-02-29 13:52:56.789", {"=STRING:MINUTE", "INT:7", TS}},
        {"TIMESTAMPADD", NULL, "2020-02-29 13:45:56.794", {"=STRING:MILLISECOND", "INT:5", TS}},
        {"TIMESTAMPADD",
         "TIMESTAMP(6)",
         "2020-02-29 13:45:56.789005",
         {"=STRING:MICROSECOND", "INT:5", TS}},
        {"TIMESTAMPADD",
         "TIMESTAMP(3)",
         "2020-01-01 00:00:00.005",
         {"=STRING:MILLISECOND", "INT:5", "TIMESTAMP(0):2020-01-01 00:00:00"}},
        {"TIMESTAMPADD",
         NULL,
         "2088-03-18 17:00:04.789",
         {"=STRING:SECOND", "BIGINT:2147483648", TS}},
        {"TIMESTAMPADD",
         NULL,
         "2020-02-29 00:00:00.123456",
         {"=STRING:MONTH", "INT:1", "TIMESTAMP(6):2020-01-31 00:00:00.123456"}},
        {"TIMESTAMPADD", NULL, "1969-11-30 23:59:59.500", {"=STRING:MONTH", "INT:-1", BEFORE}},
        {"TIMESTAMPADD", NULL, "NULL", {"=STRING:SECOND", "INT:NULL", TS}},
        {"TIMESTAMPADD", "DATE", "2020-02-28", {"=STRING NOT NULL:DAY", "INT NOT NULL:-1", DT}},
        {"TIMESTAMPADD", "DATE", "2021-02-28", {"=STRING:MONTH", "INT:12", DT}},
        {"TIMESTAMPADD", "DATE", "2019-11-29", {"=STRING:QUARTER", "INT:-1", DT}},
        {"TIMESTAMPADD", "DATE", "2020-03-07", {"=STRING:WEEK", "INT:1", DT}},
        {"TIMESTAMPADD", "DATE", "1969-12-29", {"=STRING:DAY", "INT:-1", "DATE:1969-12-30"}},
        {"TIMESTAMPADD",
         "TIMESTAMP(6)",
         "2020-02-29 01:00:00.000000",
         {"=STRING NOT NULL:HOUR", "INT NOT NULL:1", DT}},
        {"TIMESTAMPADD",
         "TIMESTAMP(6) NOT NULL",
         "2020-01-01 00:00:01.000000",
         {"=STRING NOT NULL:SECOND", "INT NOT NULL:1", "DATE NOT NULL:2020-01-01"}},
        {"TIMESTAMPADD", "TIME(0)", "13:45:57", {"=STRING NOT NULL:SECOND", "INT NOT NULL:1", TM}},
        {"TIMESTAMPADD", "TIME(0)", "01:45:56", {"=STRING:HOUR", "INT:12", TM}},
        {"TIMESTAMPADD", "TIME(0)", "23:45:56", {"=STRING:HOUR", "BIGINT:-14", TM}},
        {"TIMESTAMPADD", "TIME(0)", "20:45:56", {"=STRING:HOUR", "BIGINT:9223372036854775807", TM}},
        {"TIMESTAMPADD", "TIME(0)", "13:45:56", {"=STRING:DAY", "INT:1", TM}},
        {"TIMESTAMPADD", "TIME(0)", "13:45:56", {"=STRING:MONTH", "INT:1", TM}},
        {"TIMESTAMPADD",
         "TIMESTAMP_LTZ(3)",
         "2020-03-29 13:45:56.789Z",
         {"=STRING NOT NULL:MONTH", "INT NOT NULL:1", LTZ}},
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

#define DIFF(unit, from, to)                                                                       \
    {                                                                                              \
        "=STRING NOT NULL:" unit, "TIMESTAMP(3):" from, "TIMESTAMP(3):" to                         \
    }

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
        {"TIMESTAMPDIFF", NULL, "1",
         DIFF("SECOND", "2020-01-01 00:00:00.900", "2020-01-01 00:00:02.100")},
        {"TIMESTAMPDIFF", NULL, "0",
         DIFF("SECOND", "2020-02-29 13:45:56.789", "2020-02-29 13:45:57.000")},
        {"TIMESTAMPDIFF", NULL, "1000",
         DIFF("MILLISECOND", "2020-01-01 00:00:00", "2020-01-01 00:00:01")},
        {"TIMESTAMPDIFF", NULL, "1000000",
         DIFF("MICROSECOND", "2020-01-01 00:00:00", "2020-01-01 00:00:01")},
        {"TIMESTAMPDIFF", NULL, "-1582983957", {"=STRING:SECOND", TS, BEFORE}},
        {"TIMESTAMPDIFF", NULL, "E5004",
         DIFF("SECOND", "1900-01-01 00:00:00", "2020-01-01 00:00:00")},
        {"TIMESTAMPDIFF", NULL, "13", {"=STRING:HOUR", DT, TS}},
        {"TIMESTAMPDIFF", NULL, "0", {"=STRING:DAY", TS, DT}},
        {"TIMESTAMPDIFF", NULL, "5", {"=STRING:DAY", DT, "DATE:2020-03-05"}},
        {"TIMESTAMPDIFF", NULL, "1", {"=STRING:YEAR", DT, "DATE:2021-02-28"}},
        {"TIMESTAMPDIFF", NULL, "1", {"=STRING:MONTH", "DATE:2020-01-31", "DATE:2020-02-29"}},
        {"TIMESTAMPDIFF",
         "INT NOT NULL",
         "24",
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
        {"OVERLAPS",
         "BOOLEAN",
         "TRUE",
         {"DATE:2020-01-01", "DATE:2020-01-10", "DATE:2020-01-10", "DATE:2020-01-20"}},
        {"OVERLAPS",
         NULL,
         "FALSE",
         {"DATE:2020-01-01", "DATE:2020-01-10", "DATE:2020-01-11", "DATE:2020-01-20"}},
        {"OVERLAPS",
         NULL,
         "FALSE",
         {"DATE:2020-01-11", "DATE:2020-01-20", "DATE:2020-01-01", "DATE:2020-01-10"}},
        {"OVERLAPS",
         NULL,
         "TRUE",
         {"DATE:2020-01-10", "DATE:2020-01-01", "DATE:2020-01-05", "DATE:2020-01-06"}},
        {"OVERLAPS",
         NULL,
         "TRUE",
         {"TIME(0):10:00:00", "INTERVAL_DAY:3600000000", "TIME(0):10:30:00",
          "INTERVAL_DAY:3600000000"}},
        {"OVERLAPS",
         NULL,
         "FALSE",
         {"TIME(0):09:00:00", "TIME(0):10:00:00", "TIME(0):10:15:00", "INTERVAL_DAY:10800000000"}},
        {"OVERLAPS",
         NULL,
         "TRUE",
         {"TIMESTAMP(0):2020-01-01 00:00:00", "INTERVAL_DAY:86400000000",
          "TIMESTAMP(0):2020-01-01 12:00:00", "TIMESTAMP(0):2020-01-02 12:00:00"}},
        {"OVERLAPS",
         NULL,
         "TRUE",
         {DT, "INTERVAL_MONTH:1", "DATE:2020-03-05", "INTERVAL_DAY:86400000000"}},
        {"OVERLAPS",
         NULL,
         "FALSE",
         {DT, "INTERVAL_MONTH:-1", "DATE:2020-03-05", "INTERVAL_DAY:86400000000"}},
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
        {"$FLOOR_TO",
         NULL,
         "2020-06-30 22:00:00.000Z",
         {"=STRING:MONTH", "TIMESTAMP_LTZ(3):2020-07-15 00:00:00"}},
        {"TIMESTAMPADD", NULL, "2020-03-29 13:45:56.789Z", {"=STRING:MONTH", "INT:1", LTZ}},
    };
    CHECK_IN_ZONE("Europe/Berlin", cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extract),           cmocka_unit_test(extract_before_1970),
        cmocka_unit_test(extract_intervals), cmocka_unit_test(floors),
        cmocka_unit_test(ceilings),          cmocka_unit_test(adding),
        cmocka_unit_test(differences),       cmocka_unit_test(overlaps),
        cmocka_unit_test(clock_functions),   cmocka_unit_test(session_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
