#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "storage/base/clock.h"
#include "storage/data/value.h"

static void expect(const Type *type, const Column *column, uint32_t row, const char *text,
                   const char *json)
{
    StrBuf out;
    strbuf_init(&out, NULL);
    cell_print(type, column, row, &out);
    assert_string_equal(strbuf_cstr(&out), text);
    strbuf_clear(&out);
    cell_print_json(type, column, row, &out);
    assert_string_equal(strbuf_cstr(&out), json);
    strbuf_close(&out);
}

/* Texts are those of CAST(... AS STRING) in Flink, but for TIMESTAMP_LTZ, which is shown in UTC. */
static void test_scalars(void **state)
{
    (void)state;
    const struct {
        Value value;
        const char *text, *json;
    } cases[] = {
        {{.type = type_make(TYPE_BOOLEAN), .as.b = true}, "TRUE", "true"},
        {{.type = type_make(TYPE_BOOLEAN), .as.b = false}, "FALSE", "false"},
        {{.type = type_make(TYPE_TINYINT), .as.i64 = -128}, "-128", "-128"},
        {{.type = type_make(TYPE_BIGINT), .as.i64 = INT64_MIN},
         "-9223372036854775808",
         "-9223372036854775808"},
        {{.type = type_make(TYPE_DOUBLE), .as.f64 = 7}, "7.0", "7.0"},
        {{.type = type_make(TYPE_DOUBLE), .as.f64 = 1e20}, "1.0E20", "1.0E20"},
        {{.type = type_make(TYPE_DOUBLE), .as.f64 = NAN}, "NaN", "\"NaN\""},
        {{.type = type_make(TYPE_DOUBLE), .as.f64 = -INFINITY}, "-Infinity", "\"-Infinity\""},
        {{.type = type_make(TYPE_FLOAT), .as.f64 = (double)1.1f}, "1.1", "1.1"},
        {{.type = type_decimal(10, 2), .as.i128 = -725}, "-7.25", "-7.25"},
        {{.type = type_make(TYPE_DATE), .as.i64 = 18321}, "2020-02-29", "\"2020-02-29\""},
        {{.type = type_sized(TYPE_TIME, 0), .as.i64 = INT64_C(36000500000)},
         "10:00:00",
         "\"10:00:00\""},
        {{.type = type_sized(TYPE_TIME, 3), .as.i64 = INT64_C(36000500000)},
         "10:00:00.5",
         "\"10:00:00.5\""},
        {{.type = type_sized(TYPE_TIME, 3), .as.i64 = INT64_C(36000000000)},
         "10:00:00.0",
         "\"10:00:00.0\""},
        {{.type = type_sized(TYPE_TIMESTAMP, 3), .as.i64 = INT64_C(1582983956500000)},
         "2020-02-29 13:45:56.500",
         "\"2020-02-29 13:45:56.500\""},
        {{.type = type_sized(TYPE_TIMESTAMP, 0), .as.i64 = INT64_C(1582983956000000)},
         "2020-02-29 13:45:56",
         "\"2020-02-29 13:45:56\""},
        {{.type = type_sized(TYPE_TIMESTAMP_LTZ, 3), .as.i64 = INT64_C(1582983956500000)},
         "2020-02-29 13:45:56.500Z",
         "\"2020-02-29 13:45:56.500Z\""},
        {{.type = type_make(TYPE_INTERVAL_MONTH), .as.i64 = 14}, "+1-02", "\"+1-02\""},
        {{.type = type_make(TYPE_INTERVAL_MONTH), .as.i64 = -14}, "-1-02", "\"-1-02\""},
        {{.type = type_make(TYPE_INTERVAL_MONTH), .as.i64 = 1205}, "+100-05", "\"+100-05\""},
        {{.type = type_make(TYPE_INTERVAL_DAY), .as.i64 = 5 * MICROS_PER_HOUR},
         "+0 05:00:00.000",
         "\"+0 05:00:00.000\""},
        {{.type = type_make(TYPE_INTERVAL_DAY), .as.i64 = -INT64_C(93784567000)},
         "-1 02:03:04.567",
         "\"-1 02:03:04.567\""},
        {{.type = type_make(TYPE_INTERVAL_DAY), .as.i64 = INT64_MIN},
         "-106751991 04:00:54.775",
         "\"-106751991 04:00:54.775\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t valid;
        Column column = value_column(&cases[i].value, &valid);
        expect(&cases[i].value.type, &column, 900, cases[i].text, cases[i].json);
    }
}

static void test_strings(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t size;
        const char *json, *base64;
    } cases[] = {
        {"", 0, "\"\"", "\"\""},
        {"a", 1, "\"a\"", "\"YQ==\""},
        {"hi", 2, "\"hi\"", "\"aGk=\""},
        {"abc", 3, "\"abc\"", "\"YWJj\""},
        {"say \"hi\" \\ there", 16, "\"say \\\"hi\\\" \\\\ there\"",
         "\"c2F5ICJoaSIgXCB0aGVyZQ==\""},
        {"\b\t\n\f\r\x01\x1F", 7, "\"\\b\\t\\n\\f\\r\\u0001\\u001f\"", "\"CAkKDA0BHw==\""},
        {"\xC3\xA9/\x7F", 4, "\"\xC3\xA9/\x7F\"", "\"w6kvfw==\""},
        {"\0\xFF", 2, NULL, "\"AP8=\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str str = str_view(cases[i].bytes, cases[i].size);
        Column column = {.phys = PHYS_STR, .data.str = &str};
        Type text = type_string(), bytes = type_sized(TYPE_VARBINARY, LENGTH_MAX);
        if (cases[i].json != NULL)
            expect(&text, &column, 0, cases[i].bytes, cases[i].json);
        StrBuf out;
        strbuf_init(&out, NULL);
        cell_print_json(&bytes, &column, 0, &out);
        assert_string_equal(strbuf_cstr(&out), cases[i].base64);
        strbuf_clear(&out);
        cell_print(&bytes, &column, 0, &out);
        assert_int_equal(out.size, cases[i].size);
        assert_memory_equal(strbuf_cstr(&out), cases[i].bytes, cases[i].size);
        strbuf_close(&out);
    }
}

static void test_null(void **state)
{
    (void)state;
    Value value = {.type = type_make(TYPE_INT), .null = true};
    uint64_t valid;
    Column column = value_column(&value, &valid);
    assert_true(column.constant && column_is_null(&column, 17));
    expect(&value.type, &column, 17, "", "null");
    value.type = type_make(TYPE_NULL);
    column = value_column(&value, &valid);
    expect(&value.type, &column, 0, "", "null");
}

/* Row 0: (1, 'a'); row 1: NULL; row 2: (NULL, 'b'). */
static void test_rows(void **state)
{
    (void)state;
    static const TypeField fields[] = {
        {TEXT("n"), {.id = TYPE_INT, .nullable = true}},
        {TEXT("s\""), {.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX}},
    };
    Type type = {.id = TYPE_ROW, .nullable = true, .children = 2, .child = fields};
    int64_t numbers[] = {1, 0, 0};
    Str texts[] = {str_of_text(TEXT("a")), str_of_text(TEXT("")), str_of_text(TEXT("b"))};
    uint64_t numbers_valid = 1, rows_valid = 5;
    Column children[] = {{.phys = PHYS_I64, .valid = &numbers_valid, .data.i64 = numbers},
                         {.phys = PHYS_STR, .data.str = texts}};
    Nested nested = {.children = 2, .child = children};
    Column column = {.phys = PHYS_NESTED, .valid = &rows_valid, .data.nested = &nested};
    expect(&type, &column, 0, "(1, a)", "{\"n\":1,\"s\\\"\":\"a\"}");
    expect(&type, &column, 1, "", "null");
    expect(&type, &column, 2, "(NULL, b)", "{\"n\":null,\"s\\\"\":\"b\"}");
}

/* Row 0: two elements; row 1: none; row 2: one, a NULL. */
static void test_arrays_and_maps(void **state)
{
    (void)state;
    static const TypeField item = {.type = {.id = TYPE_INT, .nullable = true}};
    static const TypeField entry[] = {
        {.type = {.id = TYPE_BIGINT}},
        {.type = {.id = TYPE_INT, .nullable = true}},
    };
    Elements list[] = {{0, 2}, {2, 0}, {2, 1}};
    int64_t keys[] = {10, 20, 30}, values[] = {1, 2, 0};
    uint64_t valid = 3;
    Column children[] = {{.phys = PHYS_I64, .data.i64 = keys},
                         {.phys = PHYS_I64, .valid = &valid, .data.i64 = values}};
    Nested elements = {.list = list, .children = 1, .child = &children[1]};
    Nested entries = {.list = list, .children = 2, .child = children};
    Column array_column = {.phys = PHYS_NESTED, .data.nested = &elements};
    Column map_column = {.phys = PHYS_NESTED, .data.nested = &entries};
    Type array = {.id = TYPE_ARRAY, .children = 1, .child = &item};
    Type map = {.id = TYPE_MAP, .children = 2, .child = entry};
    expect(&array, &array_column, 0, "[1, 2]", "[1,2]");
    expect(&array, &array_column, 1, "[]", "[]");
    expect(&array, &array_column, 2, "[NULL]", "[null]");
    expect(&map, &map_column, 0, "{10=1, 20=2}", "{\"10\":1,\"20\":2}");
    expect(&map, &map_column, 1, "{}", "{}");
    expect(&map, &map_column, 2, "{30=NULL}", "{\"30\":null}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_arrays_and_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
