/* Comparisons, IN, GREATEST and LEAST, and which types compare as what: as Flink 2.3 answered. */
#include "tests/support/kernel_harness.h"

#include "executor/function/coerce.h"

static void the_six_comparisons(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        /* the first is the smaller one */
        {"INT:-7", "INT:7"},
        {"BIGINT:9223372036854775806", "BIGINT:9223372036854775807"},
        {"DOUBLE:-0.5", "DOUBLE:7"},
        {"DOUBLE:7", "DOUBLE:Infinity"},
        {"DECIMAL(10,2):-7.25", "DECIMAL(10,2):12.35"},
        {"BOOLEAN:false", "BOOLEAN:true"},
        {"STRING:abc", "STRING:abd"},
        {"STRING:abc", "STRING:abcd"},
        {"STRING:a common beginning and more, a", "STRING:a common beginning and more, b"},
        {"STRING:z", "STRING:\xc3\xa4"},
        {"CHAR(3):a  ", "CHAR(2):a!"},
        {"BYTES:41", "BYTES:42"},
        {"BYTES:7f", "BYTES:80"},
        {"DATE:1969-12-31", "DATE:2020-02-29"},
        {"TIME(0):10:00:00", "TIME(0):13:45:56"},
        {"TIMESTAMP(3):2020-02-29 13:45:56.788", "TIMESTAMP(3):2020-02-29 13:45:56.789"},
        {"TIMESTAMP_LTZ(3):2020-02-29 13:45:56", "TIMESTAMP_LTZ(3):2020-03-01"},
        {"INTERVAL_DAY:3600000000", "INTERVAL_DAY:86400000000"},
        {"INTERVAL_MONTH:1", "INTERVAL_MONTH:2"},
    };
    static const struct {
        const char *name, *less, *equal, *greater;
    } operators[] = {
        {"=", "FALSE", "TRUE", "FALSE"},
        {"<>", "TRUE", "FALSE", "TRUE"},
        {"<", "TRUE", "FALSE", "FALSE"},
        {"<=", "TRUE", "TRUE", "FALSE"},
        {">", "FALSE", "FALSE", "TRUE"},
        {">=", "FALSE", "TRUE", "TRUE"},
        {"IS DISTINCT FROM", "TRUE", "FALSE", "TRUE"},
        {"IS NOT DISTINCT FROM", "FALSE", "TRUE", "FALSE"},
    };
    KernelHarness h;
    harness_open(&h);
    for (size_t o = 0; o < sizeof operators / sizeof *operators; o++) {
        for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
            const char *name = operators[o].name, *a = pairs[p][0], *b = pairs[p][1];
            harness_check(&h, &(KernelCase){name, NULL, operators[o].less, {a, b}});
            harness_check(&h, &(KernelCase){name, NULL, operators[o].greater, {b, a}});
            harness_check(&h, &(KernelCase){name, NULL, operators[o].equal, {a, a}});
            harness_check(&h, &(KernelCase){name, NULL, operators[o].equal, {b, b}});
            arena_reset(&h.arena);
        }
    }
    harness_close(&h);
}

static void special_values(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"=", "BOOLEAN", "FALSE", {"DOUBLE:NaN", "DOUBLE:NaN"}},
        {"<>", "BOOLEAN", "TRUE", {"DOUBLE:NaN", "DOUBLE:NaN"}},
        {"<", "BOOLEAN", "FALSE", {"DOUBLE:NaN", "DOUBLE:1"}},
        {"<=", "BOOLEAN", "FALSE", {"DOUBLE:NaN", "DOUBLE:1"}},
        {">", "BOOLEAN", "FALSE", {"DOUBLE:NaN", "DOUBLE:1"}},
        {">=", "BOOLEAN", "FALSE", {"DOUBLE:NaN", "DOUBLE:NaN"}},
        {"=", "BOOLEAN", "TRUE", {"DOUBLE:-0.0", "DOUBLE:0"}},
        {"IS DISTINCT FROM", "BOOLEAN NOT NULL", "TRUE", {"DOUBLE:NaN", "DOUBLE:NaN"}},
        {"=", "BOOLEAN", "NULL", {"INT:NULL", "INT:7"}},
        {"=", "BOOLEAN NOT NULL", "TRUE", {"INT NOT NULL:7", "INT NOT NULL:7"}},
        {"=", "BOOLEAN", "NULL", {"INT:7", "NULL:NULL"}},
        {"=", "BOOLEAN", "NULL", {"NULL:NULL", "NULL:NULL"}},
        {"<", "BOOLEAN", "NULL", {"STRING:NULL", "STRING:x"}},
        {"IS DISTINCT FROM", "BOOLEAN NOT NULL", "TRUE", {"INT:NULL", "INT:7"}},
        {"IS DISTINCT FROM", "BOOLEAN NOT NULL", "FALSE", {"INT:NULL", "INT:NULL"}},
        {"IS NOT DISTINCT FROM", "BOOLEAN NOT NULL", "TRUE", {"INT:NULL", "NULL:NULL"}},
        {"IS NOT DISTINCT FROM", "BOOLEAN NOT NULL", "FALSE", {"STRING:NULL", "STRING:"}},
        {"IS NULL", "BOOLEAN NOT NULL", "TRUE", {"INT:NULL"}},
        {"IS NULL", "BOOLEAN NOT NULL", "FALSE", {"STRING:"}},
        {"IS NULL", "BOOLEAN NOT NULL", "TRUE", {"NULL:NULL"}},
        {"IS NOT NULL", "BOOLEAN NOT NULL", "FALSE", {"DECIMAL(10,2):NULL"}},
        {"IS NOT NULL", "BOOLEAN NOT NULL", "TRUE", {"DOUBLE:NaN"}},
        {"=", "BOOLEAN", "FALSE", {"CHAR(3):a  ", "CHAR(1):a"}},
        {"=", "BOOLEAN", "FALSE", {"INT:7", "BIGINT:9223372036854775807"}},
        {"=", "BOOLEAN", "TRUE", {"INT:7", "DOUBLE:7"}},
        {"=", "BOOLEAN", "TRUE", {"DECIMAL(10,2):7.00", "INT:7"}},
        {"=", "BOOLEAN", "TRUE", {"DECIMAL(10,2):12.30", "DECIMAL(3,1):12.3"}},
        {"=", "BOOLEAN", "TRUE", {"INT:16777217", "FLOAT:16777216"}}, /* as FLOATs, as in Flink */
        {"=", "BOOLEAN", "TRUE", {"BIGINT:9223372036854775806", "DOUBLE:9223372036854775807"}},
        {"=", NULL, "E2107", {"INT:7", "STRING:7"}},
        {"=", NULL, "E2107", {"TIMESTAMP(3):2020-01-01", "DATE:2020-01-01"}},
        {"<", NULL, "E2107", {"INTERVAL_DAY:1", "INTERVAL_MONTH:1"}},
    };
    HARNESS_CHECK(cases);
}

static void greatest_and_least(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"GREATEST", "INT NOT NULL", "2", {"INT NOT NULL:1", "INT NOT NULL:2"}},
        {"GREATEST", "INT", "NULL", {"INT:1", "INT:2", "INT:NULL"}},
        {"GREATEST", "BIGINT", "9223372036854775807", {"INT:7", "BIGINT:9223372036854775807"}},
        {"GREATEST", "DECIMAL(12,2)", "12.35", {"INT:7", "DECIMAL(10,2):12.35"}},
        {"GREATEST",
         "DECIMAL(11,1) NOT NULL",
         "2.5",
         {"INT NOT NULL:1", "DECIMAL(2,1) NOT NULL:2.5"}},
        {"GREATEST", "DOUBLE", "7.0", {"INT:7", "DOUBLE:1.5"}},
        {"GREATEST", "FLOAT", "7.0", {"INT:7", "FLOAT:1.5"}},
        {"GREATEST", "STRING", "x", {"STRING:hello", "CHAR(1):x"}},
        {"GREATEST", "VARCHAR(3) NOT NULL", "bcd", {"CHAR(1) NOT NULL:a", "CHAR(3) NOT NULL:bcd"}},
        {"GREATEST", "INT", "7", {"INT:7"}},
        {"GREATEST", "BOOLEAN", "TRUE", {"BOOLEAN:true", "BOOLEAN:false"}},
        {"GREATEST",
         "TIMESTAMP(3)",
         "2021-01-01 00:00:00.000",
         {"TIMESTAMP(3):2020-02-29 13:45:56.789", "TIMESTAMP(0):2021-01-01"}},
        {"GREATEST", "DOUBLE", "NaN", {"DOUBLE:NaN", "DOUBLE:1"}},
        {"GREATEST", "DOUBLE", "NaN", {"DOUBLE:1", "DOUBLE:NaN"}},
        {"LEAST", "DOUBLE", "1.0", {"DOUBLE:NaN", "DOUBLE:1"}},
        {"LEAST", "CHAR(1) NOT NULL", "a", {"CHAR(1) NOT NULL:b", "CHAR(1) NOT NULL:a"}},
        {"LEAST", "DECIMAL(12,2)", "2.50", {"DECIMAL(10,2):12.35", "DECIMAL(3,1):2.5", "INT:7"}},
        {"LEAST", "TIME(0)", "10:00:00", {"TIME(0):13:45:56", "TIME(0):10:00:00"}},
        {"LEAST",
         "INTERVAL_DAY",
         "+0 01:00:00.000",
         {"INTERVAL_DAY:86400000000", "INTERVAL_DAY:3600000000"}},
        {"LEAST", "BYTES", "41", {"BYTES:42", "BYTES:41"}},
        {"GREATEST", NULL, "E2107", {"INT:7", "CHAR(1):x"}},
        {"GREATEST", NULL, "E2107", {"DATE:2020-01-01", "TIMESTAMP(3):2020-01-01"}},
        {"GREATEST", NULL, "E2107", {NULL}},
    };
    HARNESS_CHECK(cases);
}

static void in_lists(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$IN",
         "BOOLEAN NOT NULL",
         "TRUE",
         {"INT NOT NULL:7", "=INT NOT NULL:7", "=INT NOT NULL:8"}},
        {"$IN",
         "BOOLEAN NOT NULL",
         "FALSE",
         {"INT NOT NULL:6", "=INT NOT NULL:7", "=INT NOT NULL:8"}},
        {"$IN", "BOOLEAN", "TRUE", {"INT:9", "=INT:9", "=INT:1", "=INT:5", "=INT:3"}},
        {"$IN", "BOOLEAN", "TRUE", {"INT:1", "=INT:9", "=INT:1", "=INT:5", "=INT:3"}},
        {"$IN", "BOOLEAN", "TRUE", {"INT:5", "=INT:9", "=INT:1", "=INT:5", "=INT:3"}},
        {"$IN", "BOOLEAN", "FALSE", {"INT:4", "=INT:9", "=INT:1", "=INT:5", "=INT:3"}},
        {"$IN", "BOOLEAN", "FALSE", {"INT:10", "=INT:9", "=INT:1", "=INT:5", "=INT:3"}},
        {"$IN", "BOOLEAN", "TRUE", {"INT:7", "=INT:7", "=INT:NULL"}},
        {"$IN", "BOOLEAN", "NULL", {"INT:8", "=INT:7", "=INT:NULL"}},
        {"$IN", "BOOLEAN", "NULL", {"INT:8", "=INT:7", "=NULL:NULL"}},
        {"$IN", "BOOLEAN", "NULL", {"INT:NULL", "=INT:7"}},
        {"$IN", "BOOLEAN", "NULL", {"INT:7", "=INT:NULL"}},
        {"$IN", "BOOLEAN", "TRUE", {"STRING:b", "=STRING:c", "=STRING:a", "=STRING:b"}},
        {"$IN", "BOOLEAN", "FALSE", {"STRING:", "=STRING:c", "=STRING:a", "=STRING:b"}},
        {"$IN",
         "BOOLEAN",
         "TRUE",
         {"STRING:longer than twelve bytes, 2", "=STRING:longer than twelve bytes, 1",
          "=STRING:longer than twelve bytes, 2"}},
        {"$IN", "BOOLEAN", "TRUE", {"DOUBLE:0", "=DOUBLE:1.5", "=DOUBLE:-0.0"}},
        {"$IN", "BOOLEAN", "FALSE", {"DOUBLE:NaN", "=DOUBLE:NaN", "=DOUBLE:1"}},
        {"$IN", "BOOLEAN", "TRUE", {"DOUBLE:1", "=DOUBLE:NaN", "=DOUBLE:1", "=DOUBLE:0"}},
        {"$IN",
         "BOOLEAN",
         "TRUE",
         {"DECIMAL(10,2):7.25", "=DECIMAL(10,2):12.35", "=DECIMAL(10,2):7.25"}},
        {"$IN", "BOOLEAN", "TRUE", {"BOOLEAN:true", "=BOOLEAN:false", "=BOOLEAN:true"}},
        {"$IN", "BOOLEAN", "NULL", {"BOOLEAN:true", "=BOOLEAN:false", "=BOOLEAN:NULL"}},
        {"$IN", "BOOLEAN", "TRUE", {"DATE:2020-02-29", "=DATE:2020-02-29"}},
        /* elements that are no constants, or still to be cast */
        {"$IN", "BOOLEAN", "TRUE", {"INT:7", "INT:8", "INT:7"}},
        {"$IN", "BOOLEAN", "NULL", {"INT:7", "INT:8", "INT:NULL"}},
        {"$IN", "BOOLEAN", "TRUE", {"STRING:x", "=STRING:y", "STRING:x"}},
        {"$IN", "BOOLEAN", "TRUE", {"INT:7", "=DECIMAL(2,1):7.5", "=INT:7"}},
        {"$IN", NULL, "E2107", {"INT:7", "=DATE:2020-01-01"}},
    };
    HARNESS_CHECK(cases);
}

/* kinds: equality, order, IN. "common" or "common try" or "E2107" */
static void which_types_compare(void **state)
{
    (void)state;
    static const struct {
        const char *left, *right, *equality, *order, *in;
    } cases[] = {
        {"INT", "BIGINT", "BIGINT", "BIGINT", "BIGINT"},
        {"INT", "DECIMAL(10,2)", "DECIMAL(12,2)", "DECIMAL(12,2)", "DECIMAL(12,2)"},
        {"INT", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE"},
        {"INT", "FLOAT", "FLOAT", "FLOAT", "FLOAT"},
        {"FLOAT", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE"},
        {"INT", "STRING", "E2107", "INT", "INT"},
        {"STRING", "INT", "E2107", "INT", "STRING"},
        {"DECIMAL(10,2)", "CHAR(5)", "E2107", "DECIMAL(10,2)", "DECIMAL(10,2)"},
        {"DOUBLE", "STRING", "E2107", "DOUBLE", "DOUBLE"},
        {"BOOLEAN", "STRING", "STRING", "BOOLEAN", "BOOLEAN"},
        {"STRING", "BOOLEAN", "STRING", "BOOLEAN", "STRING"},
        {"BOOLEAN", "CHAR(4)", "STRING", "BOOLEAN", "BOOLEAN"},
        {"BOOLEAN", "INT", "E2107", "E2107", "E2107"},
        {"DATE", "STRING", "DATE try", "DATE", "DATE"},
        {"STRING", "DATE", "DATE try", "DATE", "STRING"},
        {"TIME(0)", "CHAR(8)", "TIME(0) try", "TIME(0)", "TIME(0)"},
        {"TIMESTAMP(3)", "STRING", "TIMESTAMP(3) try", "TIMESTAMP(3)", "TIMESTAMP(3)"},
        {"TIMESTAMP_LTZ(3)", "STRING", "TIMESTAMP_LTZ(3) try", "TIMESTAMP_LTZ(3)",
         "TIMESTAMP_LTZ(3)"},
        {"TIMESTAMP(3)", "TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMP(3)", "TIMESTAMP(3)"},
        {"TIMESTAMP(3)", "TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(3)",
         "TIMESTAMP_LTZ(3)"},
        {"TIMESTAMP(3)", "DATE", "E2107", "E2107", "E2107"},
        {"TIMESTAMP_LTZ(3)", "DATE", "E2107", "E2107", "E2107"},
        {"DATE", "TIME(0)", "E2107", "E2107", "E2107"},
        {"TIMESTAMP(3)", "TIME(0)", "E2107", "E2107", "E2107"},
        {"INT", "TIMESTAMP(3)", "E2107", "E2107", "E2107"},
        {"INT", "DATE", "E2107", "E2107", "E2107"},
        {"INTERVAL_DAY", "INTERVAL_DAY", "INTERVAL_DAY", "INTERVAL_DAY", "INTERVAL_DAY"},
        {"INTERVAL_DAY", "INTERVAL_MONTH", "E2107", "E2107", "E2107"},
        {"INTERVAL_DAY", "INT", "E2107", "E2107", "E2107"},
        {"BINARY(1)", "BYTES", "BYTES", "BYTES", "BYTES"},
        {"BINARY(1)", "STRING", "E2107", "E2107", "E2107"},
        {"CHAR(3)", "CHAR(5)", "VARCHAR(5)", "VARCHAR(5)", "VARCHAR(5)"},
        {"CHAR(3)", "STRING", "STRING", "STRING", "STRING"},
        {"INT", "NULL", "INT", "INT", "INT"},
        {"NULL", "STRING", "STRING", "STRING", "STRING"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *expect[] = {cases[i].equality, cases[i].order, cases[i].in};
        for (uint32_t kind = COMPARE_EQUALITY; kind <= COMPARE_IN; kind++) {
            Type left = harness_type_of(text_of(cases[i].left)),
                 right = harness_type_of(text_of(cases[i].right));
            CompareCoercion coercion;
            Diag diag = {0};
            Status status = compare_coerce(NULL, (CompareKind)kind, "=", &left, &right, &coercion,
                                           SPAN_NONE, &diag);
            if (strcmp(expect[kind], "E2107") == 0) {
                if (status == ST_OK || diag.code != E2107)
                    fail_msg("%s and %s compare (%u)", cases[i].left, cases[i].right, kind);
                continue;
            }
            if (status != ST_OK)
                fail_msg("%s and %s (%u): %s", cases[i].left, cases[i].right, kind, diag.message);
            char type[32];
            snprintf(type, sizeof type, "%s", expect[kind]);
            char *blank = strchr(type, ' ');
            if (blank != NULL)
                *blank = '\0';
            harness_check_type(cases[i].left, type, &coercion.left);
            harness_check_type(cases[i].right, type, &coercion.right);
            assert_int_equal(coercion.try_left, blank != NULL && type_is_character(&left));
            assert_int_equal(coercion.try_right, blank != NULL && type_is_character(&right));
        }
    }
}

static void the_message_names_both_types(void **state)
{
    (void)state;
    Type left = type_make(TYPE_INT), right = type_string();
    CompareCoercion coercion;
    Diag diag = {0};
    assert_int_equal(
        compare_coerce(NULL, COMPARE_EQUALITY, "=", &left, &right, &coercion, SPAN_NONE, &diag),
        ST_SEMANTIC);
    assert_string_equal(diag.message, "\"=\" does not compare INT and STRING");
    assert_true(diag.hint[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_six_comparisons), cmocka_unit_test(special_values),
        cmocka_unit_test(greatest_and_least),  cmocka_unit_test(in_lists),
        cmocka_unit_test(which_types_compare), cmocka_unit_test(the_message_names_both_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
