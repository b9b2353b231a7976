/* CAST and TRY_CAST: the matrix and the values as Flink 2.3 gives them, less the departures (an
 * integer that does not fit rejects the row, dates that do not exist are refused). */
#include "tests/support/kernel_harness.h"

static void check_casts(const CastCase *cases, size_t count, bool try_cast)
{
    KernelHarness h;
    harness_open(&h);
    for (size_t i = 0; i < count; i++) {
        harness_check_cast(&h, &cases[i], try_cast);
        arena_reset(&h.arena);
    }
    harness_close(&h);
}
#define CHECK_CASTS(cases)     check_casts((cases), sizeof(cases) / sizeof *(cases), false)
#define CHECK_TRY_CASTS(cases) check_casts((cases), sizeof(cases) / sizeof *(cases), true)

static void text_to_numbers(void **state)
{
    (void)state;
    static const CastCase cases[] = {
        {"STRING:12", "INT", "12"},
        {"STRING:12.7", "INT", "12"},
        {"STRING: 12 ", "INT", "12"},
        {"STRING:+5", "INT", "5"},
        {"STRING:-5", "INT", "-5"},
        {"STRING:5.", "INT", "5"},
        {"STRING:.5", "INT", "0"},
        {"STRING:-12.99", "INT", "-12"},
        {"STRING:0000000000000000000012", "INT", "12"},
        {"STRING:2147483647", "INT", "2147483647"},
        {"STRING:-2147483648", "INT", "-2147483648"},
        {"STRING:-9223372036854775808", "BIGINT", "-9223372036854775808"},
        {"STRING:9223372036854775807", "BIGINT", "9223372036854775807"},
        {"CHAR(3):12 ", "TINYINT", "12"},
        {"STRING:garbage", "INT", "E5006 cannot cast \"garbage\" to INT"},
        {"STRING:", "INT", "E5006 cannot cast \"\" to INT"},
        {"STRING: ", "INT", "E5006"},
        {"STRING:-", "INT", "E5006"},
        {"STRING:.", "INT", "E5006"},
        {"STRING:1e2", "INT", "E5006 cannot cast \"1e2\" to INT"},
        {"STRING:1 2", "INT", "E5006"},
        {"STRING:0x10", "INT", "E5006"},
        {"STRING:12.a", "INT", "E5006"},
        {"STRING:3000000000", "INT", "E5006 cannot cast \"3000000000\" to INT: out of range"},
        {"STRING:-129", "TINYINT", "E5006 cannot cast \"-129\" to TINYINT: out of range"},
        {"STRING:9223372036854775808", "BIGINT", "E5006"},
        {"STRING:-9223372036854775809", "BIGINT", "E5006"},
        {"STRING:99999999999999999999999999999999999999999999", "BIGINT", "E5006"},
        {"STRING:1e2", "DOUBLE", "100.0"},
        {"STRING: 1.5 ", "DOUBLE", "1.5"},
        {"STRING:NaN", "DOUBLE", "NaN"},
        {"STRING:Infinity", "DOUBLE", "Infinity"},
        {"STRING:-Infinity", "DOUBLE", "-Infinity"},
        {"STRING:1e400", "DOUBLE", "Infinity"},
        {"STRING:0.1", "FLOAT", "0.1"},
        {"STRING:16777217", "FLOAT", "1.6777216E7"},
        {"STRING:garbage", "DOUBLE", "E5006 cannot cast \"garbage\" to DOUBLE"},
        {"STRING:inf", "DOUBLE", "E5006"},
        {"STRING:", "DOUBLE", "E5006"},
        {"STRING:1e2", "DECIMAL(5,2)", "100.00"},
        {"STRING: 1.5 ", "DECIMAL(5,2)", "1.50"},
        {"STRING:1.005", "DECIMAL(5,2)", "1.01"},
        {"STRING:.5", "DECIMAL(5,2)", "0.50"},
        {"STRING:garbage", "DECIMAL(5,2)", "E5006 cannot cast \"garbage\" to DECIMAL(5, 2)"},
        {"STRING:123456.789", "DECIMAL(5,2)",
         "E5006 cannot cast \"123456.789\" to DECIMAL(5, 2): out of range"},
        {"STRING:999.995", "DECIMAL(5,2)", "E5006"},
        {"STRING:", "DECIMAL(5,2)", "E5006"},
    };
    CHECK_CASTS(cases);
}

static void text_to_boolean(void **state)
{
    (void)state;
    static const CastCase cases[] = {
        {"STRING:true", "BOOLEAN", "TRUE"},
        {"STRING:T", "BOOLEAN", "TRUE"},
        {"STRING:yes", "BOOLEAN", "TRUE"},
        {"STRING:Y", "BOOLEAN", "TRUE"},
        {"STRING:1", "BOOLEAN", "TRUE"},
        {"STRING:tRuE", "BOOLEAN", "TRUE"},
        {"STRING:FALSE", "BOOLEAN", "FALSE"},
        {"STRING:f", "BOOLEAN", "FALSE"},
        {"STRING:NO", "BOOLEAN", "FALSE"},
        {"STRING:n", "BOOLEAN", "FALSE"},
        {"STRING:0", "BOOLEAN", "FALSE"},
        {"STRING:on", "BOOLEAN", "E5006"},
        {"STRING: true ", "BOOLEAN", "E5006"},
        {"STRING:2", "BOOLEAN", "E5006"},
        {"STRING:", "BOOLEAN", "E5006"},
        {"STRING:garbage", "BOOLEAN", "E5006 cannot cast \"garbage\" to BOOLEAN"},
    };
    CHECK_CASTS(cases);
}

static void text_to_times(void **state)
{
    (void)state;
    static const CastCase cases[] = {
        {"STRING:2020-1-5", "DATE", "2020-01-05"},
        {"STRING: 2020-01-05 ", "DATE", "2020-01-05"},
        {"STRING:2020-01-05 10:00:00", "DATE", "2020-01-05"},
        {"STRING:2020-02-30", "DATE", "E5006 cannot cast \"2020-02-30\" to DATE"},
        {"STRING:2020-13-01", "DATE", "E5006"},
        {"STRING:2020-01-05T10:00:00", "DATE", "E5006"},
        {"STRING:garbage", "DATE", "E5006"},
        {"STRING:10:00", "TIME(0)", "10:00:00"},
        {"STRING:10:00:00.123", "TIME(0)", "10:00:00"},
        {"STRING:10:00:00.123", "TIME(3)", "10:00:00.123"},
        {"STRING:25:00:00", "TIME(0)", "E5006"},
        {"STRING:2020-01-01", "TIMESTAMP(3)", "2020-01-01 00:00:00.000"},
        {"STRING:2020-1-1 1:2:3", "TIMESTAMP(3)", "2020-01-01 01:02:03.000"},
        {"STRING:2020-01-01 10:00:00.123456", "TIMESTAMP(3)", "2020-01-01 10:00:00.123"},
        {"STRING:2020-01-01 10:00:00.9996", "TIMESTAMP(0)", "2020-01-01 10:00:00"},
        {"STRING:1969-12-31 23:59:59.9", "TIMESTAMP(0)", "1969-12-31 23:59:59"},
        {"STRING:2020-01-01T10:00:00", "TIMESTAMP(3)", "E5006"},
        {"STRING:2020-01-01 10:00", "TIMESTAMP(3)", "E5006"},
        {"STRING:2020-01-01 10:00:00Z", "TIMESTAMP(3)", "E5006"},
        {"STRING:2020-02-30 10:00:00", "TIMESTAMP(3)", "E5006"},
        {"STRING: 2020-01-01 10:00:00 ", "TIMESTAMP(3)", "E5006"},
        {"STRING:garbage", "TIMESTAMP(3)", "E5006 cannot cast \"garbage\" to TIMESTAMP(3)"},
        {"STRING:2020-01-01 10:00:00", "TIMESTAMP_LTZ(3)", "2020-01-01 10:00:00.000Z"},
        {"STRING:2020-01-01", "TIMESTAMP_LTZ(3)", "2020-01-01 00:00:00.000Z"},
        {"STRING:2020-01-01 10:00:00Z", "TIMESTAMP_LTZ(3)", "E5006"},
    };
    CHECK_CASTS(cases);
}

static void between_numbers(void **state)
{
    (void)state;
    static const CastCase cases[] = {
        {"INT:7", "TINYINT", "7"},
        {"INT:300", "TINYINT", "E5004 300 is out of the range of TINYINT"},
        {"INT:2147483647", "SMALLINT", "E5004"},
        {"BIGINT:9223372036854775807", "INT", "E5004"},
        {"BIGINT:-2147483648", "INT", "-2147483648"},
        {"INT:7", "BIGINT", "7"},
        {"BIGINT:9223372036854775807", "DOUBLE", "9.223372036854776E18"},
        {"BIGINT:9223372036854775807", "FLOAT", "9.223372E18"},
        {"INT:16777217", "FLOAT", "1.6777216E7"},
        {"INT:7", "DECIMAL(5,1)", "7.0"},
        {"INT:12345", "DECIMAL(3,0)", "NULL"},
        {"BIGINT:9223372036854775807", "DECIMAL(5,1)", "NULL"},
        {"INT:10", "DECIMAL(3,2)", "NULL"},
        {"INT:7", "DECIMAL(3,2)", "7.00"},
        {"DECIMAL(2,1):7.9", "INT", "7"},
        {"DECIMAL(2,1):-7.9", "INT", "-7"},
        {"DECIMAL(10,2):-7.25", "INT", "-7"},
        {"DECIMAL(10,2):12345.67", "TINYINT", "E5004 12345.67 is out of the range of TINYINT"},
        {"DECIMAL(38,0):12345678901234567890123456789012345678", "BIGINT", "E5004"},
        {"DECIMAL(38,0):12345678901234567890123456789012345678", "DOUBLE", "1.2345678901234568E37"},
        {"DECIMAL(10,2):12.35", "DOUBLE", "12.35"},
        {"DECIMAL(10,2):12.35", "FLOAT", "12.35"},
        {"DECIMAL(4,3):2.345", "DECIMAL(3,2)", "2.35"},
        {"DECIMAL(4,3):-2.345", "DECIMAL(3,2)", "-2.35"},
        {"DECIMAL(4,3):9.995", "DECIMAL(3,2)", "NULL"},
        {"DECIMAL(3,1):2.5", "DECIMAL(3,0)", "3"},
        {"DECIMAL(3,1):-2.5", "DECIMAL(3,0)", "-3"},
        {"DECIMAL(10,2):12.35", "DECIMAL(3,2)", "NULL"},
        {"DECIMAL(10,2):12.35", "DECIMAL(12,4)", "12.3500"},
        {"DOUBLE:1e20", "INT", "2147483647"},
        {"DOUBLE:1e20", "BIGINT", "9223372036854775807"},
        {"DOUBLE:-1e20", "BIGINT", "-9223372036854775808"},
        {"DOUBLE:-Infinity", "INT", "-2147483648"},
        {"DOUBLE:NaN", "INT", "0"},
        {"DOUBLE:307", "TINYINT", "127"},
        {"DOUBLE:-700", "TINYINT", "-128"},
        {"DOUBLE:7.5", "INT", "7"},
        {"DOUBLE:-7.9", "INT", "-7"},
        {"FLOAT:1.5", "INT", "1"},
        {"DOUBLE:2.3333333333333335", "FLOAT", "2.3333333"},
        {"DOUBLE:1e40", "FLOAT", "Infinity"},
        {"DOUBLE:2.3333333333333335", "DECIMAL(10,4)", "2.3333"},
        {"DOUBLE:2.675", "DECIMAL(10,2)", "2.68"},
        {"DOUBLE:0.1", "DECIMAL(20,18)", "0.100000000000000000"},
        {"FLOAT:0.1", "DECIMAL(20,18)", "0.100000001490116120"},
        {"DOUBLE:7e40", "DECIMAL(38,0)", "NULL"},
        {"DOUBLE:NaN", "DECIMAL(5,2)", "E5006 cannot cast \"NaN\" to DECIMAL(5, 2)"},
        {"DOUBLE:Infinity", "DECIMAL(5,2)", "E5006"},
        {"BOOLEAN:true", "INT", "1"},
        {"BOOLEAN:false", "DOUBLE", "0.0"},
        {"BOOLEAN:true", "DECIMAL(5,1)", "1.0"},
        {"BOOLEAN:true", "DECIMAL(1,1)", "NULL"},
        {"BOOLEAN:false", "DECIMAL(1,1)", "0.0"},
        {"INT:7", "BOOLEAN", "TRUE"},
        {"INT:0", "BOOLEAN", "FALSE"},
        {"DECIMAL(10,2):0", "BOOLEAN", "FALSE"},
        {"DECIMAL(10,2):0.01", "BOOLEAN", "TRUE"},
        {"DOUBLE:0", "BOOLEAN", "FALSE"},
        {"DOUBLE:NaN", "BOOLEAN", "TRUE"},
        {"INT:NULL", "DECIMAL(5,2)", "NULL"},
        {"NULL:NULL", "INT", "NULL"},
        {"NULL:NULL", "STRING", "NULL"},
    };
    CHECK_CASTS(cases);
}

static void to_text(void **state)
{
    (void)state;
    static const CastCase cases[] = {
        {"DOUBLE:7", "STRING", "7.0"},
        {"DOUBLE:1e20", "STRING", "1.0E20"},
        {"DOUBLE:0.1", "STRING", "0.1"},
        {"DOUBLE:7e-4", "STRING", "7.0E-4"},
        {"DOUBLE:2.3333333333333335", "STRING", "2.3333333333333335"},
        {"FLOAT:2.3333333333333335", "STRING", "2.3333333"},
        {"FLOAT:1.5", "STRING", "1.5"},
        {"DECIMAL(10,2):12.35", "STRING", "12.35"},
        {"BOOLEAN:true", "STRING", "TRUE"},
        {"BOOLEAN:false", "VARCHAR(10)", "FALSE"},
        {"BOOLEAN:true", "CHAR(3)", "TRU"},
        {"BOOLEAN:true", "CHAR(6)", "TRUE  "},
        {"INT:7", "STRING", "7"},
        {"INT:7", "CHAR(4)", "7   "},
        {"BIGINT:9223372036854775807", "VARCHAR(4)", "9223"},
        {"TIMESTAMP(3):2020-02-29 13:45:56.789", "STRING", "2020-02-29 13:45:56.789"},
        {"TIMESTAMP(0):2020-01-01", "STRING", "2020-01-01 00:00:00"},
        {"TIMESTAMP_LTZ(3):2020-02-29 13:45:56.789", "STRING", "2020-02-29 13:45:56.789"},
        {"DATE:2020-02-29", "STRING", "2020-02-29"},
        {"DATE:2020-02-29", "CHAR(4)", "2020"},
        {"TIME(0):13:45:56", "STRING", "13:45:56"},
        {"INTERVAL_MONTH:14", "STRING", "+1-02"},
        {"INTERVAL_MONTH:-14", "STRING", "-1-02"},
        {"INTERVAL_DAY:93784500000", "STRING", "+1 02:03:04.500"},
        {"INTERVAL_DAY:-93784500000", "STRING", "-1 02:03:04.500"},
        {"STRING:hello", "CHAR(3)", "hel"},
        {"STRING:hello", "VARCHAR(3)", "hel"},
        {"STRING:hello", "CHAR(8)", "hello   "},
        {"STRING:hello", "CHAR(5)", "hello"},
        {"STRING:a\xc3\xb1"
         "b",
         "CHAR(2)", "a\xc3\xb1"},
        {"STRING:a\xc3\xb1"
         "b",
         "VARCHAR(2)", "a\xc3\xb1"},
        {"STRING:a\xc3\xb1"
         "b",
         "CHAR(4)",
         "a\xc3\xb1"
         "b "},
        {"STRING:a\xc3\xb1"
         "b",
         "VARCHAR(3)",
         "a\xc3\xb1"
         "b"},
        {"STRING:a text that is longer than twelve bytes", "VARCHAR(20)", "a text that is longe"},
        {"STRING:a text that is longer than twelve bytes", "CHAR(42)",
         "a text that is longer than twelve bytes   "},
        {"CHAR(3):12 ", "STRING", "12 "},
        {"CHAR(3):12 ", "CHAR(4)", "12  "},
        {"BYTES:3132", "STRING", "12"},
        {"BYTES:3132", "CHAR(4)", "12  "},
        {"BYTES:31323334", "CHAR(2)", "12"},
        {"BYTES:61ff62", "STRING",
         "a\xef\xbf\xbd"
         "b"},
    };
    CHECK_CASTS(cases);
}

static void to_bytes(void **state)
{
    (void)state;
    static const CastCase cases[] = {
        {"STRING:hello", "BYTES", "68656c6c6f"},
        {"STRING:12", "BINARY(3)", "313200"},
        {"STRING:12", "VARBINARY(3)", "3132"},
        {"STRING:a\xc3\xb1"
         "b",
         "BINARY(2)", "61c3"},
        {"BINARY(4):31323334", "BINARY(2)", "3132"},
        {"BINARY(4):31323334", "VARBINARY(2)", "3132"},
        {"BINARY(2):3132", "BINARY(3)", "313200"},
        {"BINARY(2):3132", "VARBINARY(3)", "3132"},
    };
    CHECK_CASTS(cases);
}

static void between_times(void **state)
{
    (void)state;
    static const CastCase cases[] = {
        {"TIMESTAMP(3):2020-02-29 13:45:56.789", "DATE", "2020-02-29"},
        {"TIMESTAMP(3):1969-12-31 23:59:59.9", "DATE", "1969-12-31"},
        {"TIMESTAMP(3):1969-12-31 23:59:59.9", "TIME(0)", "23:59:59"},
        {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIME(0)", "13:45:56"},
        {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIME(3)", "13:45:56.789"},
        {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIMESTAMP(0)", "2020-02-29 13:45:56"},
        {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIMESTAMP(1)", "2020-02-29 13:45:56.7"},
        {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIMESTAMP(6)", "2020-02-29 13:45:56.789000"},
        {"TIMESTAMP(3):1969-12-31 23:59:59.9", "TIMESTAMP(0)", "1969-12-31 23:59:59"},
        {"DATE:2020-02-29", "TIMESTAMP(3)", "2020-02-29 00:00:00.000"},
        {"DATE:1969-12-31", "TIMESTAMP(0)", "1969-12-31 00:00:00"},
        {"TIME(0):13:45:56", "TIMESTAMP(0)", "1970-01-01 13:45:56"},
        {"TIME(3):13:45:56.789", "TIME(0)", "13:45:56"},
        {"INT:7", "INTERVAL_MONTH", "+0-07"},
        {"INT:100", "INTERVAL_DAY", "+0 00:00:00.100"},
        {"BIGINT:9223372036854775807", "INTERVAL_MONTH", "E5004"},
        {"BIGINT:9223372036854775807", "INTERVAL_DAY", "E5004"},
        {"INTERVAL_DAY:1", "INTERVAL_DAY", "+0 00:00:00.000"},
    };
    CHECK_CASTS(cases);
}

/* As Flink answered with table.local-time-zone = Europe/Berlin. */
static void instants_are_shown_in_the_zone(void **state)
{
    (void)state;
    static const CastCase cases[] = {
        {"TIMESTAMP_LTZ(3):2020-03-29 00:30:00", "STRING", "2020-03-29 01:30:00.000"},
        {"TIMESTAMP_LTZ(3):2020-03-29 00:30:00", "TIMESTAMP(3)", "2020-03-29 01:30:00.000"},
        {"TIMESTAMP_LTZ(3):2020-03-29 23:30:00", "DATE", "2020-03-30"},
        {"TIMESTAMP_LTZ(3):2020-03-29 00:30:00", "TIME(0)", "01:30:00"},
        {"TIMESTAMP_LTZ(3):1970-01-01 00:00:00", "STRING", "1970-01-01 01:00:00.000"},
        {"TIMESTAMP(3):2020-03-29 02:30:00", "TIMESTAMP_LTZ(3)", "2020-03-29 01:30:00.000Z"},
        {"TIMESTAMP(3):2020-10-25 02:30:00", "TIMESTAMP_LTZ(3)", "2020-10-25 00:30:00.000Z"},
        {"TIMESTAMP(3):2020-10-25 03:30:00", "TIMESTAMP_LTZ(3)", "2020-10-25 02:30:00.000Z"},
        {"STRING:2020-07-01 12:00:00", "TIMESTAMP_LTZ(3)", "2020-07-01 10:00:00.000Z"},
        {"DATE:2020-03-29", "TIMESTAMP_LTZ(3)", "2020-03-28 23:00:00.000Z"},
        {"TIME(0):13:45:56", "TIMESTAMP_LTZ(3)", "1970-01-01 12:45:56.000Z"},
        {"TIMESTAMP_LTZ(3):2020-02-29 13:45:56.789", "TIMESTAMP_LTZ(0)", "2020-02-29 13:45:56Z"},
    };
    KernelHarness h;
    Arena zones;
    harness_open(&h);
    arena_init(&zones, NULL);
    assert_int_equal(timezone_open(TEXT("Europe/Berlin"), &zones, &h.context.zone), ST_OK);
    assert_non_null(h.context.zone);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        harness_check_cast(&h, &cases[i], false);
        arena_reset(&h.arena);
    }
    arena_close(&zones);
    harness_close(&h);
}

static void try_cast_gives_null(void **state)
{
    (void)state;
    static const CastCase cases[] = {
        {"STRING:garbage", "INT", "NULL"},
        {"STRING:5", "INT", "5"},
        {"STRING:3.99", "INT", "3"},
        {"STRING:garbage", "BOOLEAN", "NULL"},
        {"STRING:garbage", "DOUBLE", "NULL"},
        {"STRING:123456.789", "DECIMAL(5,2)", "NULL"},
        {"STRING:2020-02-30", "DATE", "NULL"},
        {"STRING:25:00:00", "TIME(0)", "NULL"},
        {"STRING:garbage", "TIMESTAMP(3)", "NULL"},
        {"STRING:garbage", "TIMESTAMP_LTZ(3)", "NULL"},
        {"INT:300", "TINYINT", "NULL"},
        {"BIGINT:9223372036854775807", "INT", "NULL"},
        {"BIGINT:9223372036854775807", "INTERVAL_DAY", "NULL"},
        {"DOUBLE:7e20", "INT", "2147483647"},
        {"DOUBLE:NaN", "DECIMAL(5,2)", "NULL"},
        {"DECIMAL(10,2):12.35", "DECIMAL(3,2)", "NULL"},
        {"DECIMAL(10,2):12345.67", "TINYINT", "NULL"},
        {"INT:7", "INT", "7"},
        {"TIMESTAMP(3):2020-01-01", "BIGINT", "E2121"},
    };
    CHECK_TRY_CASTS(cases);
}

static void types_have_names(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"TYPEOF", "STRING", "INT NOT NULL", {"INT NOT NULL:1"}},
        {"TYPEOF", "STRING", "INT", {"INT:7"}},
        {"TYPEOF", "STRING", "INT", {"INT:NULL"}},
        {"TYPEOF", "STRING", "DECIMAL(10, 2)", {"DECIMAL(10,2):12.35"}},
        {"TYPEOF", "STRING", "TIMESTAMP(3) NOT NULL", {"TIMESTAMP(3) NOT NULL:2020-01-01"}},
        {"TYPEOF", "STRING", "STRING", {"STRING:x", "BOOLEAN:true"}},
        {"TYPEOF", "STRING", "NULL", {"NULL:NULL"}},
    };
    HARNESS_CHECK(cases);
}

static void rows_become_text(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    TypeField field[] = {{TEXT("a"), type_make(TYPE_INT)}, {TEXT("b"), type_string()}};
    Type from = {.id = TYPE_ROW, .nullable = true, .children = 2, .child = field},
         to = type_string();
    int64_t number = 1;
    Str text = str_view("a", 1);
    Column child[] = {{.phys = PHYS_I64, .data.i64 = &number},
                      {.phys = PHYS_STR, .data.str = &text}};
    Nested nested = {.children = 2, .child = child};
    Column column = {.phys = PHYS_NESTED, .data.nested = &nested};
    const Column *arg = &column;
    FunctionCall call = {0};
    assert_int_equal(cast_bind(&from, &to, false, &call, &h.arena, SPAN_NONE, NULL), ST_OK);
    Column out = harness_call(&h, &call, &arg, 1, NULL, 1);
    assert_string_equal(harness_print(&h, &call.result, &out, 0), "(1, a)");
    assert_int_not_equal(cast_bind(&to, &from, false, &call, &h.arena, SPAN_NONE, NULL), ST_OK);
    harness_close(&h);
}

/* --- which casts there are --- */

static const char *const all_types[] = {
    "BOOLEAN",        "TINYINT",      "INT",     "BIGINT",       "FLOAT",
    "DOUBLE",         "DECIMAL(5,1)", "CHAR(4)", "STRING",       "BINARY(3)",
    "BYTES",          "DATE",         "TIME(0)", "TIMESTAMP(3)", "TIMESTAMP_LTZ(3)",
    "INTERVAL_MONTH", "INTERVAL_DAY",
};
enum { ALL_TYPES = sizeof all_types / sizeof *all_types };

/* 'x': Flink has the cast. Rows are sources, columns targets, in the order above. */
static const char *const matrix[ALL_TYPES] = {
    "xxxxxxxxx--------", /* BOOLEAN */
    "xxxxxxxxx------xx", /* TINYINT */
    "xxxxxxxxx------xx", /* INT */
    "xxxxxxxxx------xx", /* BIGINT */
    "xxxxxxxxx--------", /* FLOAT */
    "xxxxxxxxx--------", /* DOUBLE */
    "xxxxxxxxx--------", /* DECIMAL */
    "xxxxxxxxxxxxxxx--", /* CHAR */
    "xxxxxxxxxxxxxxx--", /* STRING */
    "-------xxxx------", /* BINARY */
    "-------xxxx------", /* BYTES */
    "-------xx--x-xx--", /* DATE */
    "-------xx---xxx--", /* TIME */
    "-------xx--xxxx--", /* TIMESTAMP */
    "-------xx--xxxx--", /* TIMESTAMP_LTZ */
    "-------xx------x-", /* INTERVAL_MONTH */
    "-------xx-------x", /* INTERVAL_DAY */
};

static void the_matrix_is_that_of_flink(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    for (uint32_t f = 0; f < ALL_TYPES; f++) {
        for (uint32_t t = 0; t < ALL_TYPES; t++) {
            Type from = harness_type_of(text_of(all_types[f])),
                 to = harness_type_of(text_of(all_types[t]));
            FunctionCall call = {0};
            Diag diag = {0};
            bool exists = cast_bind(&from, &to, false, &call, &h.arena, SPAN_NONE, &diag) == ST_OK;
            if (exists != (matrix[f][t] == 'x'))
                fail_msg("cast from %s to %s: %s", all_types[f], all_types[t],
                         exists ? "exists" : diag.message);
            if (!exists && diag.code != E2121)
                fail_msg("cast from %s to %s: %s", all_types[f], all_types[t], diag.message);
        }
    }
    harness_close(&h);
}

static void a_refused_cast_says_what_to_do(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *message, *hint;
    } cases[] = {
        {"TIMESTAMP(3)", "BIGINT", "there is no cast from TIMESTAMP(3) to BIGINT",
         "use UNIX_TIMESTAMP(CAST(value AS STRING)), which is in seconds"},
        {"INT", "TIMESTAMP(3)", "there is no cast from INT to TIMESTAMP(3)",
         "use TO_TIMESTAMP(FROM_UNIXTIME(value)), where the value is in seconds"},
        {"BIGINT", "TIMESTAMP_LTZ(3)", "there is no cast from BIGINT to TIMESTAMP_LTZ(3)",
         "use TO_TIMESTAMP_LTZ(value, 0) for seconds or (value, 3) for milliseconds"},
        {"BOOLEAN", "DATE", "there is no cast from BOOLEAN to DATE", ""},
    };
    KernelHarness h;
    harness_open(&h);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Type from = harness_type_of(text_of(cases[i].from)),
             to = harness_type_of(text_of(cases[i].to));
        FunctionCall call = {0};
        Diag diag = {0};
        assert_int_equal(cast_bind(&from, &to, false, &call, &h.arena, (Span){3, 9}, &diag),
                         ST_SEMANTIC);
        assert_string_equal(diag.message, cases[i].message);
        assert_string_equal(diag.hint, cases[i].hint);
        assert_int_equal(diag.span.start, 3);
    }
    harness_close(&h);
}

/* --- what the binder is told --- */

static void nullability_and_flags_follow_what_can_happen(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *type;
        bool try_cast, fallible;
    } cases[] = {
        {"STRING NOT NULL", "INT", "INT NOT NULL", false, true},
        {"STRING NOT NULL", "INT", "INT", true, false},
        {"INT NOT NULL", "BIGINT", "BIGINT NOT NULL", false, false},
        {"INT NOT NULL", "BIGINT", "BIGINT NOT NULL", true, false},
        {"INT", "BIGINT", "BIGINT", false, false},
        {"BIGINT NOT NULL", "INT", "INT NOT NULL", false, true},
        {"INT NOT NULL", "DECIMAL(10,0)", "DECIMAL(10,0) NOT NULL", false, false},
        {"INT NOT NULL", "DECIMAL(10,1)", "DECIMAL(10,1)", false, false},
        {"DECIMAL(10,2) NOT NULL", "DECIMAL(10,1)", "DECIMAL(10,1) NOT NULL", false, false},
        {"DECIMAL(10,2) NOT NULL", "DECIMAL(9,1)", "DECIMAL(9,1)", false, false},
        {"DECIMAL(10,2) NOT NULL", "DECIMAL(9,2)", "DECIMAL(9,2)", false, false},
        {"DECIMAL(10,2) NOT NULL", "INT", "INT NOT NULL", false, false},
        {"DECIMAL(11,2) NOT NULL", "INT", "INT NOT NULL", false, false},
        {"DECIMAL(12,2) NOT NULL", "INT", "INT NOT NULL", false, true},
        {"DOUBLE NOT NULL", "DECIMAL(10,2)", "DECIMAL(10,2)", false, true},
        {"DOUBLE NOT NULL", "INT", "INT NOT NULL", false, false},
        {"INT NOT NULL", "STRING", "STRING NOT NULL", false, false},
    };
    KernelHarness h;
    harness_open(&h);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Type from = harness_type_of(text_of(cases[i].from)),
             to = harness_type_of(text_of(cases[i].to));
        FunctionCall call = {0};
        assert_int_equal(cast_bind(&from, &to, cases[i].try_cast, &call, &h.arena, SPAN_NONE, NULL),
                         ST_OK);
        harness_check_type(cases[i].from, cases[i].type, &call.result);
        if (((call.def->flags & FN_FALLIBLE) != 0) != cases[i].fallible)
            fail_msg("cast from %s to %s: fallible?", cases[i].from, cases[i].to);
    }
    harness_close(&h);
}

static void casts_that_change_no_value(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        bool identity;
    } cases[] = {
        {"INT", "INT NOT NULL", true},
        {"INT", "BIGINT", true},
        {"BIGINT", "INT", false},
        {"FLOAT", "DOUBLE", true},
        {"DOUBLE", "FLOAT", false},
        {"VARCHAR(3)", "STRING", true},
        {"CHAR(3)", "STRING", true},
        {"CHAR(3)", "CHAR(4)", false},
        {"STRING", "VARCHAR(3)", false},
        {"VARCHAR(3)", "CHAR(3)", false},
        {"BINARY(3)", "BYTES", true},
        {"BYTES", "BINARY(3)", false},
        {"DECIMAL(5,2)", "DECIMAL(6,2)", true},
        {"DECIMAL(5,2)", "DECIMAL(6,3)", false},
        {"TIMESTAMP(3)", "TIMESTAMP(6)", true},
        {"TIMESTAMP(3)", "TIMESTAMP(0)", false},
        {"TIMESTAMP(3)", "TIMESTAMP_LTZ(3)", false},
        {"TIME(0)", "TIME(3)", true},
        {"INT", "DECIMAL(10,0)", false},
        {"INT", "INTERVAL_MONTH", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Type from = harness_type_of(text_of(cases[i].from)),
             to = harness_type_of(text_of(cases[i].to));
        if (cast_is_identity(&from, &to) != cases[i].identity)
            fail_msg("%s to %s", cases[i].from, cases[i].to);
    }
}

static void a_long_text_is_cut_in_the_message(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    char literal[400] = "STRING:", expect[400] = "E5006 cannot cast \"";
    memset(literal + 7, 'x', 300);
    memset(expect + 19, 'x', 100);
    snprintf(expect + 119, sizeof expect - 119, "...\" to INT");
    harness_check_cast(&h, &(CastCase){literal, "INT", expect}, false);
    harness_close(&h);
}

/* Each allocation of the kernel fails once; the last run has enough. */
static void casts_to_text_survive_failing_allocations(void **state)
{
    (void)state;
    static const char *const targets[] = {"STRING", "CHAR(60)"};
    for (size_t t = 0; t < sizeof targets / sizeof *targets; t++) {
        KernelHarness h;
        harness_open(&h);
        HarnessLiteral literal = harness_literal(&h, "TIMESTAMP(3):2020-02-29 13:45:56.789");
        Type to = harness_type_of(text_of(targets[t]));
        FunctionCall call = {0};
        assert_int_equal(
            cast_bind(&literal.value.type, &to, false, &call, &h.arena, SPAN_NONE, NULL), ST_OK);
        Column column = harness_column(&h, &literal.value, true, false), out;
        const Column *arg = &column;
        assert_int_equal(column_make(&h.arena, PHYS_STR, 1, &out), ST_OK);
        Status status = ST_NOMEM;
        uint32_t failed = 0;
        while (status != ST_OK) {
            Arena scratch;
            arena_init(&scratch, NULL);
            KernelCall kernel = {.count = 1,
                                 .rows = 1,
                                 .arg = &arg,
                                 .args = 1,
                                 .out = &out,
                                 .arg_type = call.arg,
                                 .result = &call.result,
                                 .scratch = &scratch,
                                 .context = &h.context,
                                 .errors = &h.errors};
            mem_fail_at(failed + 1, false);
            status = call.kernel(&kernel);
            mem_fail_at(0, false);
            assert_true(status == ST_OK || status == ST_NOMEM);
            failed += status != ST_OK;
            arena_close(&scratch);
        }
        assert_true(failed >= 2); /* the buffer and the scratch */
        assert_int_equal(h.errors.count, 0);
        harness_close(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_to_numbers),
        cmocka_unit_test(text_to_boolean),
        cmocka_unit_test(text_to_times),
        cmocka_unit_test(between_numbers),
        cmocka_unit_test(to_text),
        cmocka_unit_test(to_bytes),
        cmocka_unit_test(between_times),
        cmocka_unit_test(instants_are_shown_in_the_zone),
        cmocka_unit_test(try_cast_gives_null),
        cmocka_unit_test(types_have_names),
        cmocka_unit_test(rows_become_text),
        cmocka_unit_test(the_matrix_is_that_of_flink),
        cmocka_unit_test(a_refused_cast_says_what_to_do),
        cmocka_unit_test(nullability_and_flags_follow_what_can_happen),
        cmocka_unit_test(casts_that_change_no_value),
        cmocka_unit_test(a_long_text_is_cut_in_the_message),
        cmocka_unit_test(casts_to_text_survive_failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
