/* The functions over JSON texts as kernels: every shape of columns and constants, and memory that
 * runs out. What a real Flink answers is in test_json_path.c and flink-json.txt. */
#include "executor/function/json_find.h"
#include "tests/support/kernel_faults.h"

#define DOCUMENT                                                                                   \
    "STRING:{\"b\":{\"z\":1,\"a\":[1,2,{\"k\":\"a long text with \\u00e9 in it\"}]},\"a\":12.50}"

static void is_json(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"IS JSON", "BOOLEAN NOT NULL", "TRUE", {"STRING:[1, 2]"}},
        {"IS JSON", "BOOLEAN NOT NULL", "FALSE", {"STRING:[1, 2"}},
        {"IS JSON", "BOOLEAN NOT NULL", "FALSE", {"STRING:NULL"}},
        {"IS JSON", "BOOLEAN NOT NULL", "FALSE", {"STRING:\"a\nb\""}},
        {"IS JSON", "BOOLEAN NOT NULL", "TRUE", {"STRING:[\n1,\t\"a\\\"b\"\r]"}},
        {"IS JSON", "BOOLEAN NOT NULL", "FALSE", {"STRING:[\n1,\t\"a\\\"\tb\"\r]"}},
        {"IS JSON OBJECT", "BOOLEAN NOT NULL", "TRUE", {"CHAR(2):{}"}},
        {"IS JSON ARRAY", "BOOLEAN NOT NULL", "FALSE", {"CHAR(2):{}"}},
        {"IS JSON SCALAR", "BOOLEAN NOT NULL", "TRUE", {"STRING:null"}},
        {"IS JSON", NULL, "E2107", {"INT:1"}},
    };
    HARNESS_CHECK(cases);
}

static void texts(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"JSON_STRING", "STRING", "\"a\\\"b\\u001F\"", {"STRING:a\"b\x1f"}},
        {"JSON_STRING", "STRING NOT NULL", "0.000010", {"DOUBLE NOT NULL:1e-5"}},
        {"JSON_STRING", "STRING", "1.0E+7", {"DOUBLE:1e7"}},
        {"JSON_STRING", "STRING", "-1.25E-7", {"DOUBLE:-1.25e-7"}},
        {"JSON_STRING", "STRING", "0.0", {"DOUBLE:-0.0"}},
        {"JSON_STRING", "STRING", "-0.001", {"DECIMAL(5,3):-0.001"}},
        {"JSON_STRING", "STRING", "1.00E-7", {"DECIMAL(10,9):0.000000100"}},
        {"JSON_STRING", "STRING", "1234567890123456.5", {"DECIMAL(38,1):1234567890123456.5"}},
        {"JSON_STRING", "STRING", "\"AP8=\"", {"BYTES:00ff"}},
        {"JSON_STRING",
         "STRING",
         "\"2020-01-01T00:00:00Z\"",
         {"TIMESTAMP_LTZ(3):2020-01-01 00:00:00"}},
        {"JSON_STRING", "STRING", "NULL", {"NULL:NULL"}},
        {"JSON_STRING", NULL, "E2107", {"DATE:2020-01-01"}},
        {"JSON_STRING", NULL, "E2107", {"INTERVAL_DAY:1"}},
        {"JSON_QUOTE", "STRING", "\"\\u0001\\u20ac\\ud83d\\ude00\"", {"STRING:\x01€😀"}},
        {"JSON_UNQUOTE", "STRING", "a\"b", {"STRING:\"a\"b\""}},
        {"JSON_UNQUOTE", "STRING", "\"a\\x\"", {"STRING:\"a\\x\""}},
        {"JSON_UNQUOTE", "STRING", "\"", {"STRING:\""}},
        {"JSON_UNQUOTE", "STRING", "😀", {"STRING:\"\\ud83d\\ude00\""}},
        {"$JSON",
         "STRING",
         "{\"a\":2,\"b\":1.0}",
         {"STRING: {\"b\" : 1.0, \"a\" : 1, \"a\" : 2} "}},
        {"$JSON", "STRING", "E5007 JSON: text after the value", {"STRING:1 2"}},
    };
    HARNESS_CHECK(cases);
}

/* A path that is no constant is compiled for each row. */
static void queries(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$JSON_EXISTS", "BOOLEAN", "TRUE", {DOCUMENT, "STRING:$.b.z", "=STRING:ERROR"}},
        {"$JSON_EXISTS", "BOOLEAN", "NULL", {DOCUMENT, "STRING:$.b.q", "=STRING:UNKNOWN"}},
        {"$JSON_EXISTS",
         "BOOLEAN",
         "E5007 JSON_EXISTS: there is no value at the path",
         {DOCUMENT, "=STRING:$.b.q", "=STRING:ERROR"}},
        {"$JSON_EXISTS", NULL, "E2107", {DOCUMENT, "=STRING:$.b[", "=STRING:ERROR"}},
        {"$JSON_EXISTS", NULL, "E5007", {DOCUMENT, "STRING:$.b[", "=STRING:ERROR"}},
        {"$JSON_VALUE",
         "INT",
         "1",
         {DOCUMENT, "=STRING:$.b.z", "=STRING:ERROR", "INT:5", "=STRING:ERROR", "INT:6"}},
        {"$JSON_VALUE",
         "INT",
         "5",
         {DOCUMENT, "STRING:lax $.b.q", "=STRING:DEFAULT", "INT:5", "=STRING:ERROR", "INT:6"}},
        {"$JSON_VALUE",
         "INT",
         "6",
         {DOCUMENT, "STRING:$.a", "=STRING:ERROR", "INT:5", "=STRING:DEFAULT", "INT:6"}},
        {"$JSON_VALUE",
         "TINYINT",
         "E5007 JSON_VALUE: the value is not of the type to return",
         {"STRING:[300]", "STRING:$[0]", "=STRING:ERROR", "TINYINT:5", "=STRING:ERROR",
          "TINYINT:6"}},
        {"$JSON_VALUE",
         "TIMESTAMP(3)",
         "2020-02-29 13:45:56.789",
         {"STRING:[\"2020-02-29 13:45:56.789\"]", "STRING:$[0]", "=STRING:ERROR",
          "TIMESTAMP(3):NULL", "=STRING:ERROR", "TIMESTAMP(3):NULL"}},
        {"$JSON_VALUE",
         "STRING",
         "a long text with é in it",
         {DOCUMENT, "STRING:$.b.a[-1].k", "=STRING:ERROR", "STRING:x", "=STRING:ERROR",
          "STRING:y"}},
        {"$JSON_VALUE",
         "STRING",
         "E5007 JSON_VALUE: empty: there is no value at the path",
         {DOCUMENT, "STRING:lax $.q", "=STRING:ERROR", "STRING:x", "=STRING:DEFAULT", "STRING:y"}},
        {"$JSON_QUERY",
         "STRING",
         "{\"a\":[1,2,{\"k\":\"a long text with é in it\"}],\"z\":1}",
         {DOCUMENT, "STRING:$.b", "=STRING:WITHOUT WRAPPER", "=STRING:ERROR", "=STRING:ERROR"}},
        {"$JSON_QUERY",
         "STRING",
         "[]",
         {"STRING:[0, 7]", "STRING:$[?(@ == '' || @ == 'x' || @ == '7x')]",
          "=STRING:WITHOUT WRAPPER", "=STRING:ERROR", "=STRING:ERROR"}},
        {"$JSON_QUERY",
         "VARCHAR(5)",
         "[{\"a\":12.50}]",
         {DOCUMENT, "STRING:$['a', 'q']", "=STRING:WITH WRAPPER", "=STRING:ERROR",
          "=STRING:EMPTY ARRAY", "VARCHAR(5):NULL"}},
    };
    HARNESS_CHECK(cases);
}

typedef struct OrderCase {
    const char *a, *b;
    int order;
} OrderCase;

static void numbers_are_compared_exactly(void **state)
{
    (void)state;
    static const OrderCase cases[] = {
        {"1", "1.0", 0},
        {"1e2", "100", 0},
        {"0.001e+5", "100.0", 0},
        {"-0", "0.0e9", 0},
        {"9.99", "10", -1},
        {"-9.99", "-10", 1},
        {"-1", "0", -1},
        {"0", "1e-400", -1},
        {"1e400", "1e401", -1},
        {"9007199254740993", "9007199254740992", 1},
        {"12345678901234567890.1", "12345678901234567890.10", 0},
        {"0.1", "0.11", -1},
        {"-0.1", "-0.11", 1},
        {"2", "-3", 1},
        {"1e99999999999999999999", "1e-99999999999999999999", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const OrderCase *c = &cases[i];
        assert_int_equal(json_compare_numbers(text_of(c->a), text_of(c->b)), c->order);
        assert_int_equal(json_compare_numbers(text_of(c->b), text_of(c->a)), -c->order);
    }
}

static void keys_are_in_the_order_of_utf16(void **state)
{
    (void)state;
    static const char *const keys[] = {"", "A", "a", "aa", "z", "é", "€", "😀", "\xEE\x80\x80", "ﬀ"};
    for (size_t i = 0; i + 1 < sizeof keys / sizeof *keys; i++) {
        assert_int_equal(json_compare_keys(text_of(keys[i]), text_of(keys[i + 1])), -1);
        assert_int_equal(json_compare_keys(text_of(keys[i + 1]), text_of(keys[i])), 1);
        assert_int_equal(json_compare_keys(text_of(keys[i]), text_of(keys[i])), 0);
    }
}

static void memory_runs_out(void **state)
{
    (void)state;
    static const KernelCase cases[] = {
        {"$JSON_VALUE",
         NULL,
         NULL,
         {DOCUMENT, "STRING:$.b.a[2].k", "=STRING:ERROR", "STRING:NULL", "=STRING:ERROR",
          "STRING:NULL"}},
        {"$JSON_VALUE",
         NULL,
         NULL,
         {DOCUMENT, "=STRING:$.b.a[2]['k']", "=STRING:ERROR", "STRING:NULL", "=STRING:ERROR",
          "STRING:NULL"}},
        {"$JSON_QUERY",
         NULL,
         NULL,
         {DOCUMENT, "STRING:$..*", "=STRING:WITH WRAPPER", "=STRING:ERROR", "=STRING:ERROR"}},
        {"$JSON_QUERY",
         NULL,
         NULL,
         {DOCUMENT, "=STRING:$.b.a[?(@.k == 'x' || !(@ > 1))]", "=STRING:WITHOUT WRAPPER",
          "=STRING:ERROR", "=STRING:ERROR"}},
        {"$JSON_OBJECT",
         NULL,
         NULL,
         {"=STRING:ABSENT ON NULL", "=STRING:vj", "STRING:a key that is long", "INT:5", "STRING:b",
          "STRING:[1, 2, 3, 4, 5]"}},
        {"$JSON", NULL, NULL, {DOCUMENT}},
        {"JSON_QUOTE", NULL, NULL, {"STRING:a text that is long enough"}},
        {"JSON_UNQUOTE", NULL, NULL, {"STRING:\"a text that is long enough\""}},
    };
    CHECK_FAULTS(cases, PHYS_STR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_json),
        cmocka_unit_test(texts),
        cmocka_unit_test(queries),
        cmocka_unit_test(numbers_are_compared_exactly),
        cmocka_unit_test(keys_are_in_the_order_of_utf16),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
