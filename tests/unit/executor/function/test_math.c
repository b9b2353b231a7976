/* Numeric functions: values and types as Flink 2.3 gives them, less the departures (overflow and
 * division by zero reject the row; NaN and infinities round to themselves). */
#include "tests/support/kernel_harness.h"

static void signs(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"ABS", "INT", "7", {"INT:-7"}},
        {"ABS", "TINYINT", "100", {"TINYINT:100"}},
        {"ABS", "BIGINT", "9223372036854775807", {"BIGINT:-9223372036854775807"}},
        {"ABS", "INT", "E5004 ABS(-2147483648) is out of the range of INT", {"INT:-2147483648"}},
        {"ABS", "TINYINT", "E5004", {"TINYINT:-128"}},
        {"ABS", "BIGINT", "E5004", {"BIGINT:-9223372036854775808"}},
        {"ABS", "DECIMAL(10,2)", "7.25", {"DECIMAL(10,2):-7.25"}},
        {"ABS", "FLOAT", "1.5", {"FLOAT:-1.5"}},
        {"ABS", "DOUBLE", "7.0", {"DOUBLE:-7"}},
        {"ABS", NULL, "E2107 function \"ABS\" does not take (CHAR(1))", {"CHAR(1):x"}},
        {"SIGN", "INT", "-1", {"INT:-7"}},
        {"SIGN", "TINYINT", "1", {"TINYINT:7"}},
        {"SIGN", "BIGINT", "0", {"BIGINT:0"}},
        {"SIGN", "DECIMAL(10,2)", "-1.00", {"DECIMAL(10,2):-7.25"}},
        {"SIGN", "DECIMAL(10,2)", "0.00", {"DECIMAL(10,2):0"}},
        {"SIGN", "DECIMAL(3,2)", "1.00", {"DECIMAL(2,2):0.25"}},
        {"SIGN", "DOUBLE", "-1.0", {"DOUBLE:-7"}},
        {"SIGN", "DOUBLE", "NaN", {"DOUBLE:NaN"}},
        {"SIGN", "FLOAT", "1.0", {"FLOAT:1.5"}},
        {"MOD", "INT", "1", {"INT:7", "INT:3"}},
        {"MOD", "INT", "-1", {"INT:-7", "INT:3"}},
        {"MOD", "INT", "1", {"INT:7", "INT:-3"}},
        {"MOD", "INT", "E5005", {"INT:7", "INT:0"}},
        {"MOD", "INT", "0", {"INT:-2147483648", "INT:-1"}},
        {"MOD", "SMALLINT", "7", {"INT:7", "SMALLINT:32767"}},
        {"MOD", "DECIMAL(10,2)", "-1.25", {"DECIMAL(10,2):-7.25", "INT:2"}},
        {"MOD", "DECIMAL(2,1)", "2.0", {"INT:7", "DECIMAL(2,1):2.5"}},
        {"MOD", "DECIMAL(10,2)", "E5005", {"DECIMAL(10,2):12.35", "DECIMAL(10,2):0"}},
        {"MOD", NULL, "E2107", {"DOUBLE:7", "INT:2"}},
    };
    HARNESS_CHECK(cases);
}

static void up_and_down(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"FLOOR", "DECIMAL(2,0) NOT NULL", "-3", {"DECIMAL(2,1) NOT NULL:-2.5"}},
        {"CEIL", "DECIMAL(2,0) NOT NULL", "-2", {"DECIMAL(2,1) NOT NULL:-2.5"}},
        {"CEIL", "DECIMAL(10,0)", "13", {"DECIMAL(10,2):12.35"}},
        {"CEIL", "DECIMAL(10,0)", "12", {"DECIMAL(10,2):12.00"}},
        {"CEILING", "DECIMAL(10,0)", "-7", {"DECIMAL(10,2):-7.25"}},
        {"CEIL", "DECIMAL(3,0)", "100", {"DECIMAL(3,1):99.5"}},
        {"CEIL", "DECIMAL(1,0)", "1", {"DECIMAL(1,1):0.5"}},
        {"CEIL",
         "DECIMAL(38,0)",
         "12345678901234567890123456789012345678",
         {"DECIMAL(38,0):12345678901234567890123456789012345678"}},
        {"FLOOR", "DECIMAL(10,0)", "12", {"DECIMAL(10,2):12.35"}},
        {"FLOOR", "DECIMAL(10,0)", "-8", {"DECIMAL(10,2):-7.25"}},
        {"CEIL", "INT", "7", {"INT:7"}},
        {"FLOOR", "SMALLINT", "32767", {"SMALLINT:32767"}},
        {"CEIL", "DOUBLE", "7.0", {"DOUBLE:7"}},
        {"FLOOR", "DOUBLE", "-3.0", {"DOUBLE:-2.5"}},
        {"CEIL", "DOUBLE", "-0.0", {"DOUBLE:-0.5"}},
        {"CEIL", "DOUBLE", "1.5E300", {"DOUBLE:1.5e300"}},
        {"CEIL", "FLOAT", "2.0", {"FLOAT:1.5"}},
        {"FLOOR", "FLOAT", "1.0", {"FLOAT:1.5"}},
    };
    HARNESS_CHECK(cases);
}

static void rounding_exact_numbers(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"ROUND", "DECIMAL(2,0) NOT NULL", "3", {"DECIMAL(2,1) NOT NULL:2.5"}},
        {"ROUND", "DECIMAL(2,0) NOT NULL", "-3", {"DECIMAL(2,1) NOT NULL:-2.5"}},
        {"ROUND",
         "DECIMAL(4,2) NOT NULL",
         "2.35",
         {"DECIMAL(4,3) NOT NULL:2.345", "=INT NOT NULL:2"}},
        {"ROUND", "DECIMAL(10,1)", "12.4", {"DECIMAL(10,2):12.35", "=INT NOT NULL:1"}},
        {"ROUND", "DECIMAL(9,0)", "12", {"DECIMAL(10,2):12.35"}},
        {"ROUND", "DECIMAL(9,0)", "12", {"DECIMAL(10,2):12.35", "=INT:0"}},
        {"ROUND", "DECIMAL(10,2)", "12.35", {"DECIMAL(10,2):12.35", "=INT:5"}},
        {"ROUND", "DECIMAL(9,0)", "10", {"DECIMAL(10,2):12.35", "=INT:-1"}},
        {"ROUND", "DECIMAL(9,0)", "0", {"DECIMAL(10,2):12.35", "=INT:-5"}},
        {"ROUND", "DECIMAL(9,0)", "0", {"DECIMAL(10,2):12.35", "=INT:-2147483648"}},
        {"ROUND", "DECIMAL(10,1)", "-7.3", {"DECIMAL(10,2):-7.25", "=INT:1"}},
        {"ROUND", "DECIMAL(10,2)", "12.35", {"DECIMAL(10,2):12.35", "INT:7"}},
        {"ROUND", "DECIMAL(10,2)", "12.40", {"DECIMAL(10,2):12.35", "INT:1"}},
        {"ROUND", "DECIMAL(10,2)", "10.00", {"DECIMAL(10,2):12.35", "INT:-1"}},
        {"ROUND", "DECIMAL(10,2)", "NULL", {"DECIMAL(10,2):99999999.99", "INT:0"}},
        {"ROUND", "DECIMAL(10,2)", "NULL", {"DECIMAL(10,2):12.35", "INT:NULL"}},
        {"ROUND",
         "DECIMAL(38,0)",
         "12345678901234567890123456789012346000",
         {"DECIMAL(38,0):12345678901234567890123456789012345678", "=INT:-3"}},
        {"ROUND",
         "DECIMAL(38,0)",
         "NULL",
         {"DECIMAL(38,0) NOT NULL:99999999999999999999999999999999999999", "=INT NOT NULL:-1"}},
        {"ROUND", "DECIMAL(4,1)", "100.0", {"DECIMAL(4,2):99.99", "=INT:1"}},
        {"ROUND", "DECIMAL(3,0) NOT NULL", "100", {"DECIMAL(2,0) NOT NULL:99", "=INT NOT NULL:-1"}},
        {"ROUND", "DECIMAL(2,1)", "1.0", {"DECIMAL(2,2):0.95", "=INT:1"}},
        {"ROUND", "DECIMAL(1,0)", "1", {"DECIMAL(2,2):0.95", "=INT:0"}},
        {"ROUND", "INT NOT NULL", "130", {"INT NOT NULL:125", "=INT NOT NULL:-1"}},
        {"ROUND", "INT", "-130", {"INT:-125", "INT:-1"}},
        {"ROUND", "INT", "7", {"INT:7", "INT:1"}},
        {"ROUND", "INT", "7", {"INT:7"}},
        {"ROUND", "TINYINT", "100", {"TINYINT:100", "INT:-2"}},
        {"ROUND", "INT", "0", {"INT:2147483647", "INT:-11"}},
        {"ROUND", "INT", "0", {"INT:2147483647", "INT:-2147483648"}},
        {"ROUND",
         "INT",
         "E5004 2147483647 rounded is out of the range of INT",
         {"INT:2147483647", "INT:-1"}},
        {"ROUND", "BIGINT", "E5004", {"BIGINT:9223372036854775807", "INT:-19"}},
        {"ROUND", "BIGINT", "-9000000000000000000", {"BIGINT:-9223372036854775808", "INT:-18"}},
        {"TRUNCATE",
         "DECIMAL(4,2) NOT NULL",
         "2.34",
         {"DECIMAL(4,3) NOT NULL:2.345", "=INT NOT NULL:2"}},
        {"TRUNCATE",
         "DECIMAL(4,2) NOT NULL",
         "-2.34",
         {"DECIMAL(4,3) NOT NULL:-2.345", "=INT NOT NULL:2"}},
        {"TRUNCATE", "DECIMAL(10,1)", "12.3", {"DECIMAL(10,2):12.35", "=INT:1"}},
        {"TRUNCATE", "DECIMAL(10,1)", "-7.2", {"DECIMAL(10,2):-7.25", "=INT:1"}},
        {"TRUNCATE", "DECIMAL(9,0)", "12", {"DECIMAL(10,2):12.35"}},
        {"TRUNCATE", "DECIMAL(10,2)", "12.35", {"DECIMAL(10,2):12.35", "=INT:5"}},
        {"TRUNCATE", "DECIMAL(9,0)", "10", {"DECIMAL(10,2):12.35", "=INT:-1"}},
        {"TRUNCATE", "INT", "0", {"INT:7", "=INT:-1"}},
        {"TRUNCATE", "INT", "7", {"INT:7", "=INT:2"}},
        {"TRUNCATE", "BIGINT", "9223372036854775000", {"BIGINT:9223372036854775807", "=INT:-3"}},
        {"ROUND", NULL, "E2107", {"CHAR(3):1.5"}},
        {"ROUND", NULL, "E2107", {"DECIMAL(10,2):12.35", "DECIMAL(2,1):1.5"}},
    };
    HARNESS_CHECK(cases);
}

static void rounding_doubles(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"ROUND", "DOUBLE", "3.0", {"DOUBLE:2.5"}},
        {"ROUND", "DOUBLE", "-3.0", {"DOUBLE:-2.5"}},
        {"ROUND", "DOUBLE", "2.68", {"DOUBLE:2.675", "INT:2"}},
        {"ROUND", "DOUBLE", "1.01", {"DOUBLE:1.005", "INT:2"}},
        {"ROUND", "DOUBLE", "0.3", {"DOUBLE:0.30000000000000004", "INT:5"}},
        {"ROUND", "DOUBLE", "1.0E300", {"DOUBLE:1e300", "INT:2"}},
        {"ROUND", "DOUBLE", "7.0", {"DOUBLE:7", "INT:2"}},
        {"ROUND", "DOUBLE", "1230.0", {"DOUBLE:1234.5", "INT:-1"}},
        {"ROUND", "DOUBLE", "0.0", {"DOUBLE:4.9", "INT:-1"}},
        {"ROUND", "DOUBLE", "10.0", {"DOUBLE:5", "INT:-1"}},
        {"ROUND", "DOUBLE", "0.0", {"DOUBLE:-0.4"}},
        {"ROUND", "DOUBLE", "1.0", {"DOUBLE:0.5"}},
        {"ROUND", "DOUBLE", "0.0", {"DOUBLE:0.49999999999999994"}},
        {"ROUND", "DOUBLE", "1.2345678901234568E-5", {"DOUBLE:1.2345678901234568e-5", "INT:30"}},
        {"ROUND", "DOUBLE", "1.2345678901235E-5", {"DOUBLE:1.2345678901234567e-5", "INT:18"}},
        {"ROUND", "DOUBLE", "1.234567890123457E15", {"DOUBLE:1234567890123456.7", "INT:0"}},
        {"ROUND", "DOUBLE", "4.9E-324", {"DOUBLE:4.9e-324", "INT:324"}},
        {"ROUND", "DOUBLE", "0.0", {"DOUBLE:4.9e-324", "INT:300"}},
        {"ROUND", "DOUBLE", "7.0", {"DOUBLE:7", "INT:2147483647"}},
        {"ROUND", "DOUBLE", "0.0", {"DOUBLE:7", "INT:-2147483648"}},
        {"ROUND", "DOUBLE", "NaN", {"DOUBLE:NaN", "INT:1"}},
        {"ROUND", "DOUBLE", "-Infinity", {"DOUBLE:-Infinity", "INT:1"}},
        {"ROUND", "FLOAT", "1.5", {"FLOAT:1.5", "INT:1"}},
        {"ROUND", "FLOAT", "2.0", {"FLOAT:1.5"}},
        {"ROUND", "FLOAT", "0.2", {"FLOAT:0.15", "INT:1"}},
        {"TRUNCATE", "DOUBLE", "2.67", {"DOUBLE:2.679", "INT:2"}},
        {"TRUNCATE", "DOUBLE", "-2.67", {"DOUBLE:-2.679", "INT:2"}},
        {"TRUNCATE", "DOUBLE", "2.0", {"DOUBLE:2.999"}},
        {"TRUNCATE", "DOUBLE", "0.29", {"DOUBLE:0.29", "INT:2"}},
        {"TRUNCATE", "DOUBLE", "1.15", {"DOUBLE:1.15", "INT:2"}},
        {"TRUNCATE", "DOUBLE", "0.0", {"DOUBLE:-0.9"}},
        {"TRUNCATE", "DOUBLE", "0.0", {"DOUBLE:9.99", "INT:-1"}},
        {"TRUNCATE", "DOUBLE", "9.99999999999999", {"DOUBLE:9.999999999999998", "INT:14"}},
        {"TRUNCATE", "FLOAT", "1.0", {"FLOAT:1.5", "INT:0"}},
        {"TRUNCATE", "FLOAT", "1.5", {"FLOAT:1.5", "INT:1"}},
    };
    HARNESS_CHECK(cases);
}

static void functions_of_double(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"POWER", "DOUBLE NOT NULL", "8.0", {"INT NOT NULL:2", "INT NOT NULL:3"}},
        {"POWER", "DOUBLE", "0.5", {"INT:2", "INT:-1"}},
        {"POWER", "DOUBLE", "1.0", {"INT:0", "INT:0"}},
        {"POWER", "DOUBLE", "2.25", {"FLOAT:1.5", "INT:2"}},
        {"POWER", "DOUBLE", "NaN", {"INT:-8", "DOUBLE:0.3333333333333333"}},
        {"SQRT", "DOUBLE", "2.6457513110645907", {"INT:7"}},
        {"SQRT", "DOUBLE", "3.5142566781611158", {"DECIMAL(10,2):12.35"}},
        {"SQRT", "DOUBLE", "NaN", {"INT:-1"}},
        {"EXP", "DOUBLE", "2.718281828459045", {"INT:1"}},
        {"EXP", "DOUBLE", "Infinity", {"INT:1000"}},
        {"LN", "DOUBLE", "-Infinity", {"INT:0"}},
        {"LN", "DOUBLE", "NaN", {"INT:-1"}},
        {"LN", "DOUBLE", "2.513656063073986", {"DECIMAL(10,2):12.35"}},
        {"LOG", "DOUBLE", "1.9459101490553132", {"INT:7"}},
        {"LOG", "DOUBLE", "3.0", {"INT:2", "INT:8"}},
        {"LOG", "DOUBLE", "2.9999999999999996", {"INT:10", "INT:1000"}},
        {"LOG", "DOUBLE", "0.7741354028663857", {"DECIMAL(10,2):12.35", "DOUBLE:7"}},
        {"LOG", "DOUBLE", "Infinity", {"INT:1", "INT:8"}},
        {"LOG", "DOUBLE", "-0.0", {"INT:0", "INT:8"}},
        {"LOG2", "DOUBLE", "3.0", {"INT:8"}},
        {"LOG2", "DOUBLE", "3.626439136697315", {"DECIMAL(10,2):12.35"}},
        {"LOG10", "DOUBLE", "2.0", {"INT:100"}},
        {"LOG10", "DOUBLE", "3.0", {"INT:1000"}},
        {"LOG10", "DOUBLE", "1.0916669575956846", {"DECIMAL(10,2):12.35"}},
        {"SIN", "DOUBLE", "0.8414709848078965", {"INT:1"}},
        {"SIN", "DOUBLE", "-0.21468628536052867", {"DECIMAL(10,2):12.35"}},
        {"COS", "DOUBLE", "0.5403023058681398", {"INT:1"}},
        {"TAN", "DOUBLE", "1.5574077246549023", {"INT:1"}},
        {"TAN", "DOUBLE", "14.101419947171719", {"FLOAT:1.5"}},
        {"COT", "DOUBLE", "0.6420926159343306", {"INT:1"}},
        {"COT", "DOUBLE", "Infinity", {"INT:0"}},
        {"COT", "DOUBLE", "-4.549350033905021", {"DECIMAL(10,2):12.35"}},
        {"ASIN", "DOUBLE", "1.5707963267948966", {"INT:1"}},
        {"ASIN", "DOUBLE", "NaN", {"INT:2"}},
        {"ACOS", "DOUBLE", "1.0471975511965979", {"DECIMAL(2,1):0.5"}},
        {"ATAN", "DOUBLE", "0.7853981633974483", {"INT:1"}},
        {"ATAN2", "DOUBLE", "0.4636476090008061", {"INT:1", "INT:2"}},
        {"SINH", "DOUBLE", "1.1752011936438014", {"INT:1"}},
        {"COSH",
         "DOUBLE",
         "1.5430806348152437",
         {"INT:1"}}, /* 1.54308063481524377848; Java is off by one digit */
        {"TANH", "DOUBLE", "0.7615941559557649", {"INT:1"}},
        {"DEGREES", "DOUBLE", "57.29577951308232", {"INT:1"}},
        {"DEGREES", "DOUBLE", "707.6028769865667", {"DECIMAL(10,2):12.35"}},
        {"RADIANS", "DOUBLE", "3.141592653589793", {"INT:180"}},
        {"PI", "DOUBLE NOT NULL", "3.141592653589793", {NULL}},
        {"E", "DOUBLE NOT NULL", "2.718281828459045", {NULL}},
        {"SQRT", NULL, "E2107", {"CHAR(1):4"}},
    };
    HARNESS_CHECK(cases);
}

static void digits_of_numbers(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"BIN", "STRING NOT NULL", "101", {"INT NOT NULL:5"}},
        {"BIN", "STRING", "0", {"INT:0"}},
        {"BIN",
         "STRING",
         "1111111111111111111111111111111111111111111111111111111111111001",
         {"INT:-7"}},
        {"HEX", "STRING NOT NULL", "FF", {"INT NOT NULL:255"}},
        {"HEX", "STRING", "FFFFFFFFFFFFFFF9", {"INT:-7"}},
        {"HEX", "STRING", "7FFFFFFFFFFFFFFF", {"BIGINT:9223372036854775807"}},
        {"HEX", "STRING NOT NULL", "616263", {"CHAR(3) NOT NULL:abc"}},
        {"HEX", "STRING", "C3B1", {"STRING:\xc3\xb1"}},
        {"HEX", "STRING", "", {"STRING:"}},
        {"BIN", NULL, "E2107", {"DECIMAL(10,2):1"}},
        {"HEX", NULL, "E2107", {"DOUBLE:1"}},
        {"HEX", NULL, "E2107", {"BINARY(2):4142"}},
    };
    HARNESS_CHECK(cases);
}

/* --- random numbers --- */

enum { DRAWS = 1000 };

static Column draw(KernelHarness *h, const char *name, const char *const *literal, uint32_t args,
                   FunctionCall *call)
{
    static Type type[2];
    static Value value[2];
    static const Value *constant[2];
    static Column column[2];
    static const Column *arg[2];
    for (uint32_t a = 0; a < args; a++) {
        HarnessLiteral parsed = harness_literal(h, literal[a]);
        value[a] = parsed.value;
        type[a] = parsed.value.type;
        constant[a] = parsed.known ? &value[a] : NULL;
        column[a] = harness_column(h, &value[a], true, false);
        arg[a] = &column[a];
    }
    *call = (FunctionCall){.args = args, .arg = type, .constant = constant};
    assert_int_equal(function_bind(text_of(name), call, &h->arena, SPAN_NONE, &h->diag), ST_OK);
    assert_true((call->def->flags & FN_VOLATILE) != 0);
    return harness_call(h, call, arg, DRAWS, NULL, DRAWS);
}

static void random_numbers_are_spread_and_repeat_with_the_state(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    FunctionCall call;
    Column first = draw(&h, "RAND", NULL, 0, &call);
    double sum = 0;
    for (uint32_t row = 0; row < DRAWS; row++) {
        assert_true(first.data.f64[row] >= 0 && first.data.f64[row] < 1);
        sum += first.data.f64[row];
    }
    assert_true(sum > DRAWS * 0.45 && sum < DRAWS * 0.55);
    assert_true(first.data.f64[0] != first.data.f64[1]);
    h.context.random_state = 42;
    Column second = draw(&h, "RAND", NULL, 0, &call);
    assert_memory_equal(first.data.f64, second.data.f64, DRAWS * sizeof(double));
    Column third = draw(&h, "RAND", NULL, 0, &call);
    assert_true(second.data.f64[0] != third.data.f64[0]);
    harness_close(&h);
}

/* The first numbers of java.util.Random(1), as Flink printed them and as Java's documentation of
 * the generator gives them. */
static void a_seed_gives_the_sequence_of_java(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    FunctionCall call;
    static const char *const seed[] = {"=INT:1"};
    Column constant = draw(&h, "RAND", seed, 1, &call);
    assert_true(constant.data.f64[0] == 0.7308781907032909);
    assert_true(constant.data.f64[1] == 0.41008081149220166);
    static const char *const column[] = {"INT:7"};
    Column each = draw(&h, "RAND", column, 1, &call);
    assert_true(each.data.f64[0] == 0.7306990420600421);
    assert_true(each.data.f64[1] == 0.7306990420600421);
    static const char *const bounded[] = {"=INT:1", "INT:10"};
    Column below = draw(&h, "RAND_INTEGER", bounded, 2, &call);
    static const int64_t expected[] = {5, 8, 7, 3, 4, 4, 4, 6, 8, 8};
    assert_memory_equal(below.data.i64, expected, sizeof expected);
    static const char *const power[] = {"=INT:1", "INT:8"};
    below = draw(&h, "RAND_INTEGER", power, 2, &call);
    assert_int_equal(below.data.i64[0], 5);
    harness_close(&h);
}

static void random_integers_stay_below_their_bound(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    FunctionCall call;
    static const char *const bound[] = {"INT:10"};
    Column drawn = draw(&h, "RAND_INTEGER", bound, 1, &call);
    uint32_t seen[10] = {0};
    for (uint32_t row = 0; row < DRAWS; row++) {
        assert_in_range(drawn.data.i64[row], 0, 9);
        seen[drawn.data.i64[row]]++;
    }
    for (uint32_t i = 0; i < 10; i++)
        assert_in_range(seen[i], 60, 140);
    assert_int_equal(call.result.id, TYPE_INT);
    static const char *const zero[] = {"INT:0"};
    draw(&h, "RAND_INTEGER", zero, 1, &call);
    assert_int_equal(h.errors.count, DRAWS);
    assert_int_equal(h.errors.item[0].code, E5007);
    harness_close(&h);
}

static void uuids_have_their_form(void **state)
{
    (void)state;
    KernelHarness h;
    harness_open(&h);
    FunctionCall call;
    Column drawn = draw(&h, "UUID", NULL, 0, &call);
    harness_check_type("UUID", "CHAR(36) NOT NULL", &call.result);
    for (uint32_t row = 0; row < DRAWS; row++) {
        Text text = str_text(&drawn.data.str[row]);
        assert_int_equal(text.size, 36);
        for (uint32_t i = 0; i < 36; i++) {
            bool dash = i == 8 || i == 13 || i == 18 || i == 23;
            assert_true(dash ? text.ptr[i] == '-'
                             : strchr("0123456789abcdef", text.ptr[i]) != NULL);
        }
        assert_int_equal(text.ptr[14], '4');
        assert_non_null(strchr("89ab", text.ptr[19]));
        assert_true(row == 0 || !str_equal(&drawn.data.str[row], &drawn.data.str[row - 1]));
    }
    harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs),
        cmocka_unit_test(up_and_down),
        cmocka_unit_test(rounding_exact_numbers),
        cmocka_unit_test(rounding_doubles),
        cmocka_unit_test(functions_of_double),
        cmocka_unit_test(digits_of_numbers),
        cmocka_unit_test(random_numbers_are_spread_and_repeat_with_the_state),
        cmocka_unit_test(a_seed_gives_the_sequence_of_java),
        cmocka_unit_test(random_integers_stay_below_their_bound),
        cmocka_unit_test(uuids_have_their_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
