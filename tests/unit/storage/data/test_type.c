#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/type.h"

static const TypeField int_item = {.type = {.id = TYPE_INT, .nullable = true}};
static const TypeField int_item_not_null = {.type = {.id = TYPE_INT}};
static const TypeField fields[] = {
    {TEXT("a"), {.id = TYPE_INT}},
    {TEXT("b`c"), {.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX}},
};
static const TypeField pair[] = {
    {.type = {.id = TYPE_CHAR, .precision = 2}},
    {.type = {.id = TYPE_ARRAY, .nullable = true, .children = 1, .child = &int_item}},
};

/* Spellings are those of TYPEOF and DESCRIBE in Flink. */
static void test_print(void **state)
{
    (void)state;
    const struct {
        Type type;
        const char *text;
    } cases[] = {
        {type_make(TYPE_NULL), "NULL"},
        {type_make(TYPE_BOOLEAN), "BOOLEAN"},
        {type_with_null(type_make(TYPE_INT), false), "INT NOT NULL"},
        {type_make(TYPE_DOUBLE), "DOUBLE"},
        {type_decimal(10, 2), "DECIMAL(10, 2)"},
        {type_decimal(38, 0), "DECIMAL(38, 0)"},
        {type_string(), "STRING"},
        {type_sized(TYPE_VARCHAR, 3), "VARCHAR(3)"},
        {type_with_null(type_sized(TYPE_CHAR, 0), false), "CHAR(0) NOT NULL"},
        {type_sized(TYPE_BINARY, 1), "BINARY(1)"},
        {type_sized(TYPE_VARBINARY, LENGTH_MAX), "BYTES"},
        {type_sized(TYPE_VARBINARY, 9), "VARBINARY(9)"},
        {type_make(TYPE_DATE), "DATE"},
        {type_sized(TYPE_TIME, 0), "TIME(0)"},
        {type_sized(TYPE_TIMESTAMP, 3), "TIMESTAMP(3)"},
        {type_sized(TYPE_TIMESTAMP_LTZ, 6), "TIMESTAMP_LTZ(6)"},
        {type_make(TYPE_INTERVAL_MONTH), "INTERVAL MONTH"},
        {type_with_null(type_make(TYPE_INTERVAL_DAY), false), "INTERVAL SECOND(3) NOT NULL"},
        {{.id = TYPE_ROW, .nullable = true, .children = 2, .child = fields},
         "ROW<`a` INT NOT NULL, `b``c` STRING>"},
        {{.id = TYPE_ARRAY, .children = 1, .child = &int_item_not_null},
         "ARRAY<INT NOT NULL> NOT NULL"},
        {{.id = TYPE_MAP, .nullable = true, .children = 2, .child = pair},
         "MAP<CHAR(2) NOT NULL, ARRAY<INT>>"},
        {{.id = TYPE_MULTISET, .nullable = true, .children = 1, .child = &int_item},
         "MULTISET<INT>"},
    };
    StrBuf out;
    strbuf_init(&out, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strbuf_clear(&out);
        type_print(&cases[i].type, &out);
        assert_string_equal(strbuf_cstr(&out), cases[i].text);
    }
    strbuf_clear(&out);
    Type not_null = type_with_null(type_decimal(5, 1), false);
    type_print_bare(&not_null, &out);
    assert_string_equal(strbuf_cstr(&out), "DECIMAL(5, 1)");
    strbuf_close(&out);
}

static void test_table(void **state)
{
    (void)state;
    for (unsigned id = 0; id < TYPE_IDS; id++) {
        const TypeDef *def = type_def((TypeId)id);
        assert_non_null(def->name);
        assert_true(def->doc != NULL && def->doc[strlen(def->doc) - 1] == '.');
        assert_int_equal(type_phys((TypeId)id), def->phys);
        if (def->parameter != PARAMETER_NONE)
            assert_true(def->min <= def->otherwise && def->otherwise <= def->max);
    }
    /* what a type means when its parameter is left out: VARCHAR is STRING, CHAR is CHAR(1) */
    assert_int_equal(type_def(TYPE_VARCHAR)->otherwise, LENGTH_MAX);
    assert_int_equal(type_def(TYPE_VARBINARY)->otherwise, LENGTH_MAX);
    assert_int_equal(type_def(TYPE_CHAR)->otherwise, 1);
    assert_int_equal(type_def(TYPE_DECIMAL)->otherwise, 10);
    assert_int_equal(type_def(TYPE_TIME)->otherwise, 0);
    assert_int_equal(type_def(TYPE_TIMESTAMP)->otherwise, 6);
}

static void test_equality(void **state)
{
    (void)state;
    Type row = {.id = TYPE_ROW, .children = 2, .child = fields};
    Type array = {.id = TYPE_ARRAY, .children = 1, .child = &int_item};
    const struct {
        Type a, b;
        bool equal, equal_but_null;
    } cases[] = {
        {type_make(TYPE_INT), type_make(TYPE_INT), true, true},
        {type_make(TYPE_INT), type_with_null(type_make(TYPE_INT), false), false, true},
        {type_make(TYPE_INT), type_make(TYPE_BIGINT), false, false},
        {type_decimal(10, 2), type_decimal(10, 3), false, false},
        {type_decimal(10, 2), type_decimal(11, 2), false, false},
        {type_string(), type_sized(TYPE_VARCHAR, 3), false, false},
        {type_sized(TYPE_TIMESTAMP, 3), type_sized(TYPE_TIMESTAMP, 3), true, true},
        {type_sized(TYPE_TIMESTAMP, 3), type_sized(TYPE_TIMESTAMP, 6), false, false},
        {row, row, true, true},
        {row, {.id = TYPE_ROW, .children = 1, .child = fields}, false, false},
        {array, {.id = TYPE_ARRAY, .children = 1, .child = &int_item_not_null}, false, false},
        {array, type_with_null(array, true), false, true},
        {row, {.id = TYPE_MAP, .children = 2, .child = fields}, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(type_equal(&cases[i].a, &cases[i].b), cases[i].equal);
        assert_int_equal(type_equal_but_null(&cases[i].a, &cases[i].b), cases[i].equal_but_null);
    }
}

static void test_ranges_and_sizes(void **state)
{
    (void)state;
    assert_int_equal(type_integer_min(TYPE_TINYINT), -128);
    assert_int_equal(type_integer_max(TYPE_SMALLINT), 32767);
    assert_int_equal(type_integer_min(TYPE_INT), INT64_C(-2147483648));
    assert_int_equal(type_integer_max(TYPE_INT), 2147483647);
    assert_true(type_integer_max(TYPE_BIGINT) == INT64_MAX);
    assert_true(type_integer_min(TYPE_BIGINT) == INT64_MIN);
    assert_int_equal(phys_size(PHYS_BOOL), 1);
    assert_int_equal(phys_size(PHYS_I64), 8);
    assert_int_equal(phys_size(PHYS_F64), 8);
    assert_int_equal(phys_size(PHYS_I128), 16);
    assert_int_equal(phys_size(PHYS_STR), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_ranges_and_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
