/* Arithmetic: types and values as Flink 2.3 gives them, less the departures (an integer that leaves
 * its type, and a division by zero of exact numbers, reject the row). */
#include "tests/support/kernel_harness.h"

static void integers_have_the_wider_type(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"+", "INT", "32768", {"SMALLINT:32767", "INT:1"}},
        {"+", "SMALLINT", "3", {"SMALLINT:1", "SMALLINT:2"}},
        {"+", "TINYINT", "127", {"TINYINT:100", "TINYINT:27"}},
        {"+", "INT", "107", {"TINYINT:100", "INT:7"}},
        {"+", "BIGINT", "2147483648", {"INT:2147483647", "BIGINT:1"}},
        {"+", "INT NOT NULL", "3", {"INT NOT NULL:1", "INT NOT NULL:2"}},
        {"-", "BIGINT", "9223372036854775800", {"BIGINT:9223372036854775807", "INT:7"}},
        {"*", "SMALLINT", "-100", {"TINYINT:100", "SMALLINT:-1"}},
        {"/", "INT", "3", {"INT:7", "INT:2"}},
        {"/", "INT", "-3", {"INT:-7", "INT:2"}},
        {"/", "BIGINT", "-1", {"INT:-7", "BIGINT:7"}},
        {"%", "INT", "1", {"INT:7", "INT:3"}},
        {"%", "INT", "-1", {"INT:-7", "INT:3"}},
        {"%", "INT", "1", {"INT:7", "INT:-3"}},
        {"%", "BIGINT", "7", {"INT:7", "BIGINT:9223372036854775807"}},
        {"%", "INT", "0", {"BIGINT:9223372036854775807", "INT:7"}},
        {"%", "SMALLINT", "7", {"INT:7", "SMALLINT:32767"}},
        {"%", "INT", "0", {"INT:-2147483648", "INT:-1"}},
        {"%", "BIGINT", "0", {"BIGINT:-9223372036854775808", "BIGINT:-1"}},
        {"$NEGATE", "INT", "-7", {"INT:7"}},
        {"$NEGATE", "TINYINT", "-100", {"TINYINT:100"}},
        {"$PLUS", "INT", "7", {"INT:7"}},
        {"+", "INT", "NULL", {"INT:7", "INT:NULL"}},
        {"/", "INT", "NULL", {"INT:NULL", "INT:0"}},
    };
    HARNESS_CHECK(cases);
}

static void integers_outside_their_type_reject_the_row(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"+",
         "INT",
         "E5004 2147483647 + 1 is out of the range of INT",
         {"INT:2147483647", "INT:1"}},
        {"+", "INT", "2147483647", {"INT:2147483646", "INT:1"}},
        {"+", "INT", "-2147483648", {"INT:-2147483647", "INT:-1"}},
        {"+", "INT", "E5004", {"INT:-2147483648", "INT:-1"}},
        {"+",
         "TINYINT",
         "E5004 100 + 28 is out of the range of TINYINT",
         {"TINYINT:100", "TINYINT:28"}},
        {"+", "SMALLINT", "E5004", {"SMALLINT:32767", "SMALLINT:32767"}},
        {"+",
         "BIGINT",
         "E5004 9223372036854775807 + 1 is out of the range of BIGINT",
         {"BIGINT:9223372036854775807", "INT:1"}},
        {"+", "BIGINT", "E5004", {"BIGINT:-9223372036854775808", "BIGINT:-1"}},
        {"+", "BIGINT", "-1", {"BIGINT:-9223372036854775808", "BIGINT:9223372036854775807"}},
        {"-",
         "INT",
         "E5004 -2147483648 - 1 is out of the range of INT",
         {"INT:-2147483648", "INT:1"}},
        {"-", "BIGINT", "E5004", {"BIGINT:-9223372036854775808", "BIGINT:1"}},
        {"-", "BIGINT", "E5004", {"BIGINT:0", "BIGINT:-9223372036854775808"}},
        {"-", "BIGINT", "9223372036854775807", {"BIGINT:-1", "BIGINT:-9223372036854775808"}},
        {"-", "BIGINT", "0", {"BIGINT:-9223372036854775808", "BIGINT:-9223372036854775808"}},
        {"*",
         "INT",
         "E5004 2147483647 * 2 is out of the range of INT",
         {"INT:2147483647", "INT:2"}},
        {"*", "INT", "E5004", {"INT:-2147483648", "INT:-2147483648"}},
        {"*", "BIGINT", "E5004", {"BIGINT:4611686018427387904", "BIGINT:2"}},
        {"*", "BIGINT", "-9223372036854775808", {"BIGINT:4611686018427387904", "BIGINT:-2"}},
        {"*", "BIGINT", "E5004", {"BIGINT:-9223372036854775808", "BIGINT:-1"}},
        {"/",
         "INT",
         "E5004 -2147483648 / -1 is out of the range of INT",
         {"INT:-2147483648", "INT:-1"}},
        {"/", "TINYINT", "E5004", {"TINYINT:-128", "TINYINT:-1"}},
        {"/", "BIGINT", "E5004", {"BIGINT:-9223372036854775808", "BIGINT:-1"}},
        {"/", "INT", "E5005 7 divided by zero", {"INT:7", "INT:0"}},
        {"%", "INT", "E5005 7 divided by zero", {"INT:7", "INT:0"}},
        {"$NEGATE", "INT", "E5004 -(-2147483648) is out of the range of INT", {"INT:-2147483648"}},
        {"$NEGATE", "TINYINT", "E5004", {"TINYINT:-128"}},
        {"$NEGATE", "BIGINT", "E5004", {"BIGINT:-9223372036854775808"}},
        {"$NEGATE", "BIGINT", "-9223372036854775807", {"BIGINT:9223372036854775807"}},
    };
    HARNESS_CHECK(cases);
}

static void decimals(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"+", "DECIMAL(11,2)", "5.10", {"DECIMAL(10,2):12.35", "DECIMAL(10,2):-7.25"}},
        {"-", "DECIMAL(11,2)", "19.60", {"DECIMAL(10,2):12.35", "DECIMAL(10,2):-7.25"}},
        {"*", "DECIMAL(21,4)", "-89.5375", {"DECIMAL(10,2):12.35", "DECIMAL(10,2):-7.25"}},
        {"/", "DECIMAL(23,13)", "-1.7034482758621", {"DECIMAL(10,2):12.35", "DECIMAL(10,2):-7.25"}},
        {"/", "DECIMAL(21,13)", "4.1166666666667", {"DECIMAL(10,2):12.35", "INT:3"}},
        {"/", "DECIMAL(17,6)", "3.500000", {"INT:7", "DECIMAL(2,1):2.0"}},
        {"/", "DECIMAL(23,11)", "0.56680161943", {"INT:7", "DECIMAL(10,2):12.35"}},
        {"/",
         "DECIMAL(30,22)",
         "0.0000000000000000013390",
         {"DECIMAL(10,2):12.35", "BIGINT:9223372036854775807"}},
        {"/", "DECIMAL(15,6)", "4.940000", {"DECIMAL(10,2):12.35", "DECIMAL(3,1):2.5"}},
        {"/",
         "DECIMAL(38,6)",
         "NULL",
         {"DECIMAL(38,0):12345678901234567890123456789012345678", "DECIMAL(10,2):0.01"}},
        {"/",
         "DECIMAL(38,18) NOT NULL",
         "0.333333333333333333",
         {"DECIMAL(20,15) NOT NULL:1", "DECIMAL(20,15) NOT NULL:3"}},
        {"*", "DECIMAL(21,2)", "86.45", {"DECIMAL(10,2):12.35", "INT:7"}},
        {"*", "DECIMAL(14,3)", "30.875", {"DECIMAL(10,2):12.35", "DECIMAL(3,1):2.5"}},
        {"*", "DECIMAL(16,2)", "404672.45", {"SMALLINT:32767", "DECIMAL(10,2):12.35"}},
        {"*", "DECIMAL(14,2)", "1235.00", {"TINYINT:100", "DECIMAL(10,2):12.35"}},
        {"*",
         "DECIMAL(24,3)",
         "8374821809464136432.756",
         {"DECIMAL(4,3):0.908", "BIGINT:9223372036854775807"}},
        {"+", "DECIMAL(13,2)", "19.35", {"DECIMAL(10,2):12.35", "INT:7"}},
        {"+", "DECIMAL(11,2)", "14.85", {"DECIMAL(10,2):12.35", "DECIMAL(3,1):2.5"}},
        {"+", "DECIMAL(12,1) NOT NULL", "2.5", {"DECIMAL(2,1) NOT NULL:1.5", "INT NOT NULL:1"}},
        {"+",
         "DECIMAL(38,0)",
         "12345678901234567890123456789012345679",
         {"DECIMAL(38,0):12345678901234567890123456789012345678", "INT:1"}},
        {"+", "DECIMAL(38,6)", "4.000000", {"DECIMAL(30,15):1", "DECIMAL(38,2):3"}},
        {"*",
         "DECIMAL(38,0)",
         "NULL",
         {"DECIMAL(38,0):12345678901234567890123456789012345678", "INT:10"}},
        {"*",
         "DECIMAL(38,0)",
         "NULL",
         {"DECIMAL(38,0):12345678901234567890123456789012345678",
          "DECIMAL(38,0) NOT NULL:12345678901234567890123456789012345678"}},
        {"*",
         "DECIMAL(38,6)",
         "1.000000",
         {"DECIMAL(38,10) NOT NULL:1", "DECIMAL(38,10) NOT NULL:1"}},
        {"-",
         "DECIMAL(38,2)",
         "NULL",
         {"DECIMAL(38,0):12345678901234567890123456789012345678", "DECIMAL(10,2):12.35"}},
        {"%", "DECIMAL(10,2)", "-1.25", {"DECIMAL(10,2):-7.25", "INT:2"}},
        {"%", "DECIMAL(10,2)", "7.00", {"INT:7", "DECIMAL(10,2):12.35"}},
        {"%", "DECIMAL(4,2)", "2.35", {"DECIMAL(10,2):12.35", "DECIMAL(3,1):2.5"}},
        {"%",
         "DECIMAL(10,2)",
         "10.90",
         {"DECIMAL(38,0):12345678901234567890123456789012345678", "DECIMAL(10,2):12.35"}},
        {"/",
         "DECIMAL(23,13)",
         "E5005 12.35 divided by zero",
         {"DECIMAL(10,2):12.35", "DECIMAL(10,2):0"}},
        {"%",
         "DECIMAL(10,2)",
         "E5005 12.35 divided by zero",
         {"DECIMAL(10,2):12.35", "DECIMAL(10,2):0"}},
        {"$NEGATE", "DECIMAL(10,2)", "-12.35", {"DECIMAL(10,2):12.35"}},
        {"$PLUS", "DECIMAL(10,2)", "12.35", {"DECIMAL(10,2):12.35"}},
    };
    HARNESS_CHECK(cases);
}

static void floats(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"/", "DOUBLE", "Infinity", {"DOUBLE:7", "INT:0"}},
        {"/", "DOUBLE", "-Infinity", {"DOUBLE:-7", "DOUBLE:0"}},
        {"/", "DOUBLE", "NaN", {"DOUBLE:0", "DOUBLE:0"}},
        {"/", "DOUBLE", "Infinity", {"INT:7", "DOUBLE:0"}},
        {"/", "FLOAT", "Infinity", {"FLOAT:1.5", "INT:0"}},
        {"*", "DOUBLE", "86.45", {"DECIMAL(10,2):12.35", "DOUBLE:7"}},
        {"+", "DOUBLE", "14.0", {"DOUBLE:7", "INT:7"}},
        {"+", "FLOAT", "8.5", {"INT:7", "FLOAT:1.5"}},
        {"+", "DOUBLE", "13.85", {"DECIMAL(10,2):12.35", "FLOAT:1.5"}},
        {"+", "FLOAT", "3.0", {"FLOAT:1.5", "FLOAT:1.5"}},
        {"+", "FLOAT", "1.6777216E7", {"FLOAT:16777216", "FLOAT:1"}},
        {"*", "FLOAT", "10.5", {"INT:7", "FLOAT:1.5"}},
        {"/", "FLOAT", "4.6666665", {"INT:7", "FLOAT:1.5"}},
        {"-", "FLOAT", "-9.223372E18", {"FLOAT:1.5", "BIGINT:9223372036854775807"}},
        {"/", "DOUBLE", "4.666666666666667", {"DOUBLE:7", "FLOAT:1.5"}},
        {"+", "DOUBLE", "8.5", {"FLOAT:1.5", "DOUBLE:7"}},
        {"$NEGATE", "DOUBLE", "-7.0", {"DOUBLE:7"}},
        {"$NEGATE", "DOUBLE", "-0.0", {"DOUBLE:0"}},
        {"$NEGATE", "FLOAT", "-1.5", {"FLOAT:1.5"}},
        {"$PLUS", "DOUBLE", "7.0", {"DOUBLE:7"}},
        {"%", NULL, "E2107", {"DOUBLE:7", "INT:2"}},
        {"%", NULL, "E2107", {"FLOAT:7", "INT:2"}},
        {"%", NULL, "E2107", {"DECIMAL(10,2):7", "DOUBLE:2"}},
    };
    HARNESS_CHECK(cases);
}

static void times_and_intervals(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"+",
         "TIMESTAMP(3)",
         "2020-03-29 13:45:56.789",
         {"TIMESTAMP(3):2020-02-29 13:45:56.789", "INTERVAL_MONTH:1"}},
        {"+",
         "TIMESTAMP(3)",
         "2020-03-01 15:49:01.289",
         {"TIMESTAMP(3):2020-02-29 13:45:56.789", "INTERVAL_DAY:93784500000"}},
        {"-",
         "TIMESTAMP(3)",
         "2020-02-28 13:45:56.789",
         {"TIMESTAMP(3):2020-02-29 13:45:56.789", "INTERVAL_DAY:86400000000"}},
        {"+",
         "TIMESTAMP(0) NOT NULL",
         "2020-01-01 00:00:00",
         {"TIMESTAMP(0) NOT NULL:2020-01-01 00:00:00", "INTERVAL_DAY NOT NULL:500000"}},
        {"+",
         "TIMESTAMP(6)",
         "2020-01-02 00:00:00.123456",
         {"TIMESTAMP(6):2020-01-01 00:00:00.123456", "INTERVAL_DAY:86400000000"}},
        {"+",
         "TIMESTAMP(0)",
         "2020-02-29 00:00:00",
         {"TIMESTAMP(0):2020-01-31 00:00:00", "INTERVAL_MONTH:1"}},
        {"-",
         "TIMESTAMP(0)",
         "2019-02-28 00:00:00",
         {"TIMESTAMP(0):2020-02-29 00:00:00", "INTERVAL_MONTH:12"}},
        {"+",
         "TIMESTAMP(3)",
         "1969-12-30 23:59:59.999",
         {"TIMESTAMP(3):1969-12-31 23:59:59.999", "INTERVAL_DAY:-86400000000"}},
        {"+",
         "TIMESTAMP(3)",
         "1970-01-30 23:59:59.999",
         {"TIMESTAMP(3):1969-12-31 23:59:59.999", "INTERVAL_DAY:2592000000000"}},
        {"+",
         "TIMESTAMP_LTZ(3)",
         "2020-03-29 13:45:56.789Z",
         {"TIMESTAMP_LTZ(3):2020-02-29 13:45:56.789", "INTERVAL_MONTH:1"}},
        {"-",
         "TIMESTAMP_LTZ(3)",
         "2020-02-29 13:45:55.789Z",
         {"TIMESTAMP_LTZ(3):2020-02-29 13:45:56.789", "INTERVAL_DAY:1000000"}},
        {"+", "DATE", "2020-03-01", {"DATE:2020-02-29", "INTERVAL_DAY:86400000000"}},
        {"+", "DATE", "2020-02-29", {"DATE:2020-02-29", "INTERVAL_DAY:3600000000"}},
        {"-", "DATE", "2020-02-29", {"DATE:2020-02-29", "INTERVAL_DAY:3600000000"}},
        {"+", "DATE", "2020-03-01", {"DATE:2020-02-29", "INTERVAL_DAY:169200000000"}},
        {"-", "DATE", "2020-01-29", {"DATE:2020-02-29", "INTERVAL_MONTH:1"}},
        {"+", "DATE", "2021-02-28", {"DATE:2020-02-29", "INTERVAL_MONTH:12"}},
        {"+", "DATE", "2020-03-29", {"INTERVAL_MONTH:1", "DATE:2020-02-29"}},
        {"+", "DATE", "2020-03-01", {"INTERVAL_DAY:86400000000", "DATE:2020-02-29"}},
        {"+",
         "TIMESTAMP(3)",
         "2020-03-01 13:45:56.789",
         {"INTERVAL_DAY:86400000000", "TIMESTAMP(3):2020-02-29 13:45:56.789"}},
        {"+", "TIME(0)", "01:45:56", {"TIME(0):13:45:56", "INTERVAL_DAY:43200000000"}},
        {"-", "TIME(0)", "23:45:56", {"TIME(0):13:45:56", "INTERVAL_DAY:50400000000"}},
        {"+", "TIME(0)", "13:45:56", {"TIME(0):13:45:56", "INTERVAL_MONTH:1"}},
        {"+", "TIME(0)", "13:45:56", {"TIME(0):13:45:56", "INTERVAL_DAY:500000"}},
        {"+", "TIME(3)", "13:45:56.5", {"TIME(3):13:45:56", "INTERVAL_DAY:500000"}},
        {"+",
         "TIMESTAMP(3)",
         "E5004 9999-12-31 00:00:00.000 with the interval leaves the years 1 to 9999",
         {"TIMESTAMP(3):9999-12-31 00:00:00", "INTERVAL_DAY:86400000000"}},
        {"+", "DATE", "E5004", {"DATE:9999-12-31", "INTERVAL_DAY:86400000000"}},
        {"-", "DATE", "E5004", {"DATE:0001-01-01", "INTERVAL_MONTH:1"}},
        {"-",
         "TIMESTAMP(3)",
         "E5004",
         {"TIMESTAMP(3):2020-01-01", "INTERVAL_DAY:-9223372036854775808"}},
        {"+",
         "INTERVAL_DAY",
         "+1 01:00:00.000",
         {"INTERVAL_DAY:86400000000", "INTERVAL_DAY:3600000000"}},
        {"-",
         "INTERVAL_DAY",
         "+0 23:00:00.000",
         {"INTERVAL_DAY:86400000000", "INTERVAL_DAY:3600000000"}},
        {"+", "INTERVAL_MONTH", "+1-03", {"INTERVAL_MONTH:12", "INTERVAL_MONTH:3"}},
        {"*", "INTERVAL_DAY", "+2 00:00:00.000", {"INTERVAL_DAY:86400000000", "INT:2"}},
        {"*", "INTERVAL_DAY", "+2 00:00:00.000", {"INT:2", "INTERVAL_DAY:86400000000"}},
        {"*", "INTERVAL_MONTH", "+0-07", {"INTERVAL_MONTH:1", "INT:7"}},
        {"*", NULL, "E5004", {"INTERVAL_DAY:86400000000", "BIGINT:9223372036854775807"}},
        {"$NEGATE", "INTERVAL_DAY", "-1 00:00:00.000", {"INTERVAL_DAY:86400000000"}},
        {"$PLUS", "INTERVAL_DAY", "+1 00:00:00.000", {"INTERVAL_DAY:86400000000"}},
        {"+", NULL, "E2107", {"INTERVAL_DAY:1", "INTERVAL_MONTH:1"}},
        {"*", NULL, "E2107", {"INTERVAL_DAY:1", "DECIMAL(2,1):2.5"}},
        {"*", NULL, "E2107", {"INTERVAL_MONTH:1", "DOUBLE:2.5"}},
        {"/", NULL, "E2107", {"INTERVAL_DAY:1", "INT:2"}},
        {"+", NULL, "E2107", {"TIMESTAMP(3):2020-01-01", "INT:2"}},
        {"+", NULL, "E2107", {"TIMESTAMP(3):2020-01-01", "TIMESTAMP(3):2020-01-01"}},
        {"-", NULL, "E2107", {"TIMESTAMP(3):2020-01-01", "TIMESTAMP(3):2020-01-01"}},
        {"-", NULL, "E2107", {"DATE:2020-01-01", "DATE:2020-01-01"}},
        {"+", NULL, "E2107", {"DATE:2020-01-01", "INT:1"}},
    };
    HARNESS_CHECK(cases);
}

static void differences_of_times(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$MINUS_DAY",
         "INTERVAL_DAY",
         "+59 13:45:56.789",
         {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIMESTAMP(0):2020-01-01 00:00:00"}},
        {"$MINUS_DAY",
         "INTERVAL_DAY",
         "+394 22:45:56.789",
         {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIMESTAMP(0):2019-01-30 15:00:00"}},
        {"$MINUS_DAY", "INTERVAL_DAY", "+0 00:00:00.000", {"DATE:2020-02-29", "DATE:2020-02-29"}},
        {"$MINUS_DAY", "INTERVAL_DAY", "-1 00:00:00.000", {"DATE:2020-02-28", "DATE:2020-02-29"}},
        {"$MINUS_DAY", "INTERVAL_DAY", "+0 03:45:56.000", {"TIME(0):13:45:56", "TIME(0):10:00:00"}},
        {"$MINUS_DAY",
         "INTERVAL_DAY",
         "+0 00:00:01.000",
         {"TIMESTAMP_LTZ(3):2020-01-01 00:00:01", "TIMESTAMP_LTZ(3):2020-01-01"}},
        {"$MINUS_MONTH",
         "INTERVAL_MONTH",
         "+1-00",
         {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIMESTAMP(0):2019-01-30 15:00:00"}},
        {"$MINUS_MONTH",
         "INTERVAL_MONTH",
         "-1-00",
         {"TIMESTAMP(0):2019-01-30 15:00:00", "TIMESTAMP(3):2020-02-29 13:45:56.789"}},
        {"$MINUS_MONTH", "INTERVAL_MONTH", "+0-01", {"DATE:2020-02-29", "DATE:2020-01-01"}},
        {"$MINUS_MONTH", "INTERVAL_MONTH", "+0-01", {"DATE:2020-02-29", "DATE:2020-01-31"}},
        {"$MINUS_MONTH",
         "INTERVAL_MONTH",
         "+50-02",
         {"TIMESTAMP_LTZ(3):2020-03-29 00:30:00", "TIMESTAMP_LTZ(3):1970-01-01"}},
        {"$MINUS_DAY", NULL, "E2107", {"TIMESTAMP(3):2020-01-01", "DATE:2020-01-01"}},
        {"$MINUS_DAY", NULL, "E2107", {"TIMESTAMP(3):2020-01-01", "TIMESTAMP_LTZ(3):2020-01-01"}},
    };
    HARNESS_CHECK(cases);
}

static void other_types_are_refused(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"+", NULL, "E2107 operator \"+\" does not take (INT, STRING)", {"INT:7", "STRING:12"}},
        {"+", NULL, "E2107", {"INT:7", "CHAR(1):1"}},
        {"+", NULL, "E2107", {"BOOLEAN:true", "INT:1"}},
        {"+", NULL, "E2107", {"DECIMAL(10,2):1", "TIMESTAMP(3):2020-01-01"}},
        {"$NEGATE", NULL, "E2107 operator \"- number\" does not take (STRING)", {"STRING:x"}},
    };
    HARNESS_CHECK(cases);
}

/* --- whole batches --- */

typedef struct BatchCase {
    const char *name;
    TypeId type;
} BatchCase;

/* xorshift64 (Marsaglia, 2003); small values, and now and then one near the type's ends. */
static int64_t next_value(uint64_t *seed, TypeId type)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    if (*seed % 50 == 0)
        return type == TYPE_BIGINT ? INT64_MAX - (int64_t)(*seed >> 62) : INT32_MAX;
    if (*seed % 50 == 1)
        return type == TYPE_BIGINT ? INT64_MIN + (int64_t)(*seed >> 62) : INT32_MIN;
    return (int64_t)(*seed >> 50) - 8192;
}

/* The result by 128-bit arithmetic, or false when it leaves the type. */
static bool expected_integer(const char *name, TypeId type, int64_t a, int64_t b, int64_t *out)
{
    Int128 exact = *name == '+' ? (Int128)a + b : *name == '-' ? (Int128)a - b : (Int128)a * b;
    *out = (int64_t)exact;
    return exact >= type_integer_min(type) && exact <= type_integer_max(type);
}

static double expected_double(const char *name, TypeId type, double a, double b)
{
    double exact = *name == '+' ? a + b : *name == '-' ? a - b : *name == '*' ? a * b : a / b;
    return type == TYPE_FLOAT ? (double)(float)exact : exact;
}

static void check_batch_row(const BatchCase *c, const Column *const *arg, const Column *out,
                            uint32_t row, bool failed)
{
    uint32_t a_row = column_index(arg[0], row), b_row = column_index(arg[1], row);
    if (out->phys == PHYS_F64) {
        double expected =
            expected_double(c->name, c->type, arg[0]->data.f64[a_row], arg[1]->data.f64[b_row]);
        assert_true(out->data.f64[row] == expected);
        return;
    }
    int64_t expected;
    bool fits = expected_integer(c->name, c->type, arg[0]->data.i64[a_row], arg[1]->data.i64[b_row],
                                 &expected);
    assert_int_equal(failed, !fits);
    if (fits)
        assert_int_equal(out->data.i64[row], expected);
}

static void check_batch(KernelHarness *h, const BatchCase *c, bool a_constant, bool b_constant,
                        bool selection)
{
    Type type[2] = {type_make(c->type), type_make(c->type)};
    FunctionCall call = {.args = 2, .arg = type};
    assert_int_equal(function_bind(text_of(c->name), &call, &h->arena, SPAN_NONE, NULL), ST_OK);
    Column column[2];
    const Column *arg[2] = {&column[0], &column[1]};
    uint64_t seed = 88172645463325252;
    for (uint32_t a = 0; a < 2; a++) {
        assert_int_equal(column_make(&h->arena, type_phys(c->type), BATCH_ROWS, &column[a]), ST_OK);
        column[a].constant = a == 0 ? a_constant : b_constant;
        for (uint32_t row = 0; row < BATCH_ROWS; row++) {
            int64_t value = next_value(&seed, c->type);
            if (column[a].phys == PHYS_F64)
                column[a].data.f64[row] = (double)(float)value / 3;
            else
                column[a].data.i64[row] = value;
        }
    }
    uint16_t sel[BATCH_ROWS];
    uint32_t count = 0;
    for (uint32_t row = 0; row < BATCH_ROWS; row += selection ? 3 : 1)
        sel[count++] = (uint16_t)row;
    Column out = harness_call(h, &call, arg, BATCH_ROWS, selection ? sel : NULL, count);
    for (uint32_t i = 0; i < count; i++)
        check_batch_row(c, arg, &out, sel[i], bit_get(h->errors.failed, sel[i]));
}

static void batches_agree_with_plain_arithmetic(void **state)
{
    (void)state;
    static const BatchCase cases[] = {
        {"+", TYPE_INT},    {"-", TYPE_INT},    {"*", TYPE_INT},    {"+", TYPE_BIGINT},
        {"-", TYPE_BIGINT}, {"*", TYPE_BIGINT}, {"+", TYPE_DOUBLE}, {"-", TYPE_DOUBLE},
        {"*", TYPE_DOUBLE}, {"/", TYPE_DOUBLE}, {"+", TYPE_FLOAT},  {"-", TYPE_FLOAT},
        {"*", TYPE_FLOAT},  {"/", TYPE_FLOAT},
    };
    KernelHarness h;
    harness_open(&h);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (uint32_t shape = 0; shape < 8; shape++) {
            check_batch(&h, &cases[i], (shape & 1) != 0, (shape & 2) != 0, (shape & 4) != 0);
            arena_reset(&h.arena);
        }
    }
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_have_the_wider_type),
        cmocka_unit_test(integers_outside_their_type_reject_the_row),
        cmocka_unit_test(decimals),
        cmocka_unit_test(floats),
        cmocka_unit_test(times_and_intervals),
        cmocka_unit_test(differences_of_times),
        cmocka_unit_test(other_types_are_refused),
        cmocka_unit_test(batches_agree_with_plain_arithmetic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
