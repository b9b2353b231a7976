/* DATE_FORMAT, FROM_UNIXTIME, CONVERT_TZ and their patterns. Values and types as Flink 2.3
 * answered, but for the departures: wrong constant patterns and zones are refused, wrong ones in a
 * column reject the row, as seconds outside the calendar do. */
#include "executor/function/time_pattern.h"
#include "tests/support/constant_cases.h"
#include "tests/support/kernel_faults.h"
#include "tests/support/zone_cases.h"

#define TS     "TIMESTAMP(3):2020-02-29 13:45:56.789"
#define TS6    "TIMESTAMP(6):2020-02-29 13:45:56.123456"
#define BEFORE "TIMESTAMP(3):1969-12-31 23:59:59.500"
#define DT     "DATE:2020-02-29"
#define TM     "TIME(0):13:45:56"
#define LTZ    "TIMESTAMP_LTZ(3):2020-02-29 13:45:56.789"

static void formatting(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"DATE_FORMAT",
         "STRING",
         "2020-02-29 13:45:56.789",
         {TS, "STRING:yyyy-MM-dd HH:mm:ss.SSS"}},
        {"DATE_FORMAT",
         "STRING",
         "2020",
         {"TIMESTAMP(0) NOT NULL:2020-02-29 13:45:56", "CHAR(4) NOT NULL:yyyy"}},
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
        {"DATE_FORMAT",
         NULL,
         "12 12 0 00 24 24 0 00 AM",
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
        {"DATE_FORMAT",
         NULL,
         "1969-12-31 23:59:59.500",
         {BEFORE, "STRING:yyyy-MM-dd HH:mm:ss.SSS"}},
        {"DATE_FORMAT", NULL, "1 0001 AD", {"TIMESTAMP(0):0001-01-01 00:00:00", "STRING:y yyyy G"}},
        {"DATE_FORMAT",
         NULL,
         "2020-01-2 5 2019",
         {"TIMESTAMP(0):2019-12-30 00:00:00", "STRING:YYYY-ww-e W yyyy"}},
        {"DATE_FORMAT",
         NULL,
         "2020-01-7 1 2020",
         {"TIMESTAMP(0):2020-01-04 00:00:00", "STRING:YYYY-ww-e W yyyy"}},
        {"DATE_FORMAT",
         NULL,
         "2020-02-1 2 2020",
         {"TIMESTAMP(0):2020-01-05 00:00:00", "STRING:YYYY-ww-e W yyyy"}},
        {"DATE_FORMAT",
         NULL,
         "2021-01-6 1 1 2021",
         {"TIMESTAMP(0):2021-01-01 00:00:00", "STRING:YYYY-ww-e W F yyyy"}},
        {"DATE_FORMAT", NULL, "E2107", {DT, "STRING:yyyyMMdd"}},
        {"DATE_FORMAT", NULL, "E2107", {TM, "STRING:HH"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

static void wrong_patterns(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "bad{",
        "ddd",
        "aa",
        "mmm",
        "yyyy]",
        "yyyy#",
        "yyyy{",
        "yyyy'",
        "cc",
        "SSSSSSSSSS",
        "Z",
        "X",
        "z",
        "VV",
        "OOOO",
        "ppppH",
        "B",
        "MMMMMM",
        "[[[[[[[[[y]]]]]]]]]",
        "yyyyyyyyyyyyyyyyyyyy",
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
        {"FROM_UNIXTIME",
         NULL,
         "E5007 the pattern \"bad{\" is wrong: unknown letter b",
         {"INT:44", "STRING:bad{"}},
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

/* Bytes that no C string in a table of cases holds. */
static void zero_bytes(void **state)
{
    (void)state;
    Arena arena;
    const TimePattern *pattern;
    char message[PATTERN_MESSAGE_BYTES];
    StrBuf out;
    arena_init(&arena, NULL);
    strbuf_init(&out, NULL);
    for (int style = PATTERN_JAVA_TIME; style <= PATTERN_SIMPLE; style++) {
        Status status =
            time_pattern_compile(TEXT("\0H\0"), (PatternStyle)style, &arena, &pattern, message);
        assert_int_equal(status, ST_OK);
        assert_non_null(pattern);
        strbuf_clear(&out);
        time_pattern_print(pattern, 13 * MICROS_PER_HOUR, 0, &out);
        assert_int_equal(out.size, 4);
        assert_memory_equal(strbuf_cstr(&out), "\00013\0", 4);
    }
    strbuf_close(&out);
    arena_close(&arena);
}

static void from_unix_seconds(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"FROM_UNIXTIME", "STRING", "1970-01-01 00:00:00", {"INT NOT NULL:0"}},
        {"FROM_UNIXTIME", "STRING", "1970", {"INT NOT NULL:44", "CHAR(4) NOT NULL:yyyy"}},
        {"FROM_UNIXTIME", NULL, "1969-12-31 23:59:59", {"BIGINT:-1"}},
        {"FROM_UNIXTIME", NULL, "NULL", {"INT:44", "STRING:NULL"}},
        {"FROM_UNIXTIME",
         NULL,
         "1970 70 1970 1970 01970 1 01 Jan January January",
         {"INT:44", "STRING:y yy yyy yyyy yyyyy M MM MMM MMMM MMMMM"}},
        {"FROM_UNIXTIME",
         NULL,
         "4 04 004 1 01 Jan January",
         {"INT:44", "STRING:u uu uuu L LL LLL LLLL"}},
        {"FROM_UNIXTIME",
         NULL,
         "1970 70 1 01 1 1 001 1 001 1 Thu Thu Thursday Thursday",
         {"INT:44", "STRING:Y YY w ww W D DDD d ddd F E EEE EEEE EEEEE"}},
        {"FROM_UNIXTIME",
         NULL,
         "AM AM 0 000 24 0 12 12 0 000 44 044 0 00 0000 AD AD",
         {"INT:44", "STRING:a aa H HHH k K h hh m mmm s sss S SS SSSS G GGGG"}},
        {"FROM_UNIXTIME", NULL, "+0000 Z Z Z", {"INT:44", "STRING:Z X XX XXX"}},
        {"FROM_UNIXTIME", NULL, "1970x'y", {"INT:44", "STRING:yyyy'x''y'"}},
        {"FROM_UNIXTIME", NULL, "1970[01]#{}", {"INT:44", "STRING:yyyy[MM]#{}"}},
        {"FROM_UNIXTIME",
         NULL,
         "Wed, 1 Jul 2020 00:00:00",
         {"INT:1593561600", "STRING:EEE, d MMM yyyy HH:mm:ss"}},
        {"FROM_UNIXTIME", NULL, "E5004", {"BIGINT:9223372036854775807", "STRING:yyyy"}},
        {"FROM_UNIXTIME", NULL, "E5004", {"BIGINT:99999999999999", "STRING:yyyy"}},
        {"FROM_UNIXTIME", NULL, "E2107", {"DOUBLE:7.5"}},
    };
    CHECK_WITH_CONSTANTS(cases);
}

static void format_of_texts(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"DATE_FORMAT",
         "STRING",
         "20200101",
         {"CHAR(19) NOT NULL:2020-01-01 10:00:00", "STRING:yyyyMMdd"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:garbage", "STRING:yyyyMMdd"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:2020-02-29", "STRING:yyyyMMdd HH"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:2020-02-29T10:00:00", "STRING:yyyyMMdd HH"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:2020-02-30 10:00:00", "STRING:yyyyMMdd HH"}},
        {"DATE_FORMAT", NULL, "000", {"STRING:2020-01-01 10:00:00.5", "STRING:SSS"}},
        {"DATE_FORMAT", NULL, "3 +0000", {"STRING:2020-01-01 10:00:00", "STRING:u Z"}},
        {"DATE_FORMAT", NULL, "NULL", {"STRING:NULL", "STRING:yyyy"}},
        {"CONVERT_TZ",
         "STRING",
         "1969-12-31 16:00:00",
         {"CHAR(19) NOT NULL:1970-01-01 00:00:00", "STRING:UTC", "STRING:America/Los_Angeles"}},
        {"CONVERT_TZ",
         NULL,
         "2020-06-30 22:00:00",
         {"STRING:2020-07-01 00:00:00", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "NULL", {"STRING:2020-07-01", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ", NULL, "NULL", {"STRING:bad", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ",
         NULL,
         "2020-07-01 07:00:00",
         {"STRING:2020-07-01 00:00:00", "STRING:PST", "STRING:UTC"}},
        {"CONVERT_TZ",
         NULL,
         "2020-06-30 22:00:00",
         {"STRING:2020-07-01 00:00:00", "STRING:GMT+02:00", "STRING:UTC"}},
        {"CONVERT_TZ",
         NULL,
         "2020-03-29 01:30:00",
         {"STRING:2020-03-29 02:30:00", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ",
         NULL,
         "2020-10-25 01:30:00",
         {"STRING:2020-10-25 02:30:00", "STRING:Europe/Berlin", "STRING:UTC"}},
        {"CONVERT_TZ",
         NULL,
         "2020-07-01 02:00:00",
         {"STRING:2020-07-01 00:00:00.123", "STRING:UTC", "STRING:Europe/Berlin"}},
        {"CONVERT_TZ", NULL, "NULL", {"STRING:2020-07-01 00:00:00", "STRING:NULL", "STRING:UTC"}},
    };
    CHECK_WITH_CONSTANTS(cases);
    static const KernelCase wrong[] = {
        {"CONVERT_TZ",
         NULL,
         "E5007",
         {"STRING:2020-07-01 00:00:00", "STRING:Nowhere", "STRING:UTC"}},
        {"CONVERT_TZ",
         NULL,
         "E5007",
         {"STRING:2020-07-01 00:00:00", "STRING:UTC", "STRING:../UTC"}},
        {"CONVERT_TZ",
         NULL,
         "E2107",
         {"STRING:2020-07-01 00:00:00", "=STRING:Nowhere", "STRING:UTC"}},
    };
    HARNESS_CHECK(wrong);
}

/* Session zone Europe/Berlin: an hour east of UTC in winter, two in summer. */
static void session_zone(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"DATE_FORMAT", NULL, "2020-02-29 14", {LTZ, "STRING:yyyy-MM-dd HH"}},
        {"DATE_FORMAT", NULL, "2020-02-29 13", {TS, "STRING:yyyy-MM-dd HH"}},
        {"DATE_FORMAT", NULL, "10 +0000", {"STRING:2020-07-01 10:00:00", "STRING:HH Z"}},
        {"FROM_UNIXTIME", NULL, "1970-01-01 01:00:00", {"INT:0"}},
        {"FROM_UNIXTIME", NULL, "01 +0100 +01 +01:00", {"INT:0", "STRING:HH Z X XXX"}},
        {"FROM_UNIXTIME",
         NULL,
         "02 +0200 +02 +0200 +02:00",
         {"INT:1593561600", "STRING:HH Z X XX XXX"}},
        {"CONVERT_TZ",
         NULL,
         "1969-12-31 16:00:00",
         {"STRING:1970-01-01 00:00:00", "STRING:UTC", "STRING:America/Los_Angeles"}},
    };
    CHECK_IN_ZONE("Europe/Berlin", cases);
}

static void memory_runs_out(void **state)
{
    (void)state;
    static const KernelCase texts[] = {
        {"DATE_FORMAT", NULL, NULL, {TS, "STRING:[yyyy-MM]'o''clock'"}},
        {"DATE_FORMAT", NULL, NULL, {TS, "=STRING:yyyy-MM-dd"}},
        {"DATE_FORMAT", NULL, NULL, {"STRING:2020-01-01 10:00:00", "STRING:yyyy-MM-dd HH:mm"}},
        {"FROM_UNIXTIME", NULL, NULL, {"INT:0"}},
        {"CONVERT_TZ",
         NULL,
         NULL,
         {"STRING:2020-01-01 10:00:00", "STRING:+01:00", "STRING:+02:00"}},
        {"CONVERT_TZ",
         NULL,
         NULL,
         {"STRING:2020-01-01 10:00:00", "STRING:PST", "=STRING:Asia/Tokyo"}},
    };
    CHECK_FAULTS(texts, PHYS_STR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formatting),      cmocka_unit_test(wrong_patterns),
        cmocka_unit_test(zero_bytes),      cmocka_unit_test(from_unix_seconds),
        cmocka_unit_test(format_of_texts), cmocka_unit_test(session_zone),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
