#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/decimal.h"
#include "storage/data/type.h"

static const TypeField item_int = {.type = {.id = TYPE_INT, .nullable = true}};
static const TypeField item_bigint = {.type = {.id = TYPE_BIGINT, .nullable = true}};
static const TypeField field_int = {TEXT("a"), {.id = TYPE_INT, .nullable = true}};
static const TypeField field_bigint = {TEXT("b"), {.id = TYPE_BIGINT, .nullable = true}};
static const TypeField entry[] = {
    {.type = {.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX}},
    {.type = {.id = TYPE_INT, .nullable = true}},
};

enum { COUNT = 25 };

static void make_types(Type out[COUNT])
{
    const Type types[COUNT] = {
        type_make(TYPE_BOOLEAN),
        type_make(TYPE_TINYINT),
        type_make(TYPE_SMALLINT),
        type_make(TYPE_INT),
        type_make(TYPE_BIGINT),
        type_make(TYPE_FLOAT),
        type_make(TYPE_DOUBLE),
        type_decimal(10, 2),
        type_decimal(5, 1),
        type_sized(TYPE_CHAR, 3),
        type_sized(TYPE_VARCHAR, 5),
        type_string(),
        type_sized(TYPE_BINARY, 3),
        type_sized(TYPE_VARBINARY, 4),
        type_sized(TYPE_VARBINARY, LENGTH_MAX),
        type_make(TYPE_DATE),
        type_sized(TYPE_TIME, 0),
        type_sized(TYPE_TIMESTAMP, 3),
        type_sized(TYPE_TIMESTAMP, 6),
        type_sized(TYPE_TIMESTAMP_LTZ, 3),
        {.id = TYPE_ARRAY, .nullable = true, .children = 1, .child = &item_int},
        {.id = TYPE_ARRAY, .nullable = true, .children = 1, .child = &item_bigint},
        {.id = TYPE_MAP, .nullable = true, .children = 2, .child = entry},
        {.id = TYPE_ROW, .nullable = true, .children = 1, .child = &field_int},
        {.id = TYPE_ROW, .nullable = true, .children = 1, .child = &field_bigint},
    };
    memcpy(out, types, sizeof types);
}

/* Rows: from, columns: to, both in the order of make_types. As Flink 2.3 took or refused
 * INSERT INTO a table with one column of each type. */
static void test_implicit(void **state)
{
    (void)state;
    static const char *const accepted[COUNT] = {
        "1........................", /* BOOLEAN */
        ".11111111................", /* TINYINT */
        "..1111111................", /* SMALLINT */
        "...111111................", /* INT */
        "....11111................", /* BIGINT */
        ".....1111................", /* FLOAT */
        "......111................", /* DOUBLE */
        ".....1111................", /* DECIMAL(10, 2) */
        ".....1111................", /* DECIMAL(5, 1) */
        ".........111.............", /* CHAR(3) */
        "..........11.............", /* VARCHAR(5) */
        "..........11.............", /* STRING */
        "............111..........", /* BINARY(3) */
        ".............11..........", /* VARBINARY(4) */
        ".............11..........", /* BYTES */
        "...............1.........", /* DATE */
        "................1........", /* TIME(0) */
        "...............11111.....", /* TIMESTAMP(3) */
        "...............11111.....", /* TIMESTAMP(6) */
        ".................111.....", /* TIMESTAMP_LTZ(3) */
        "....................11...", /* ARRAY<INT> */
        ".....................1...", /* ARRAY<BIGINT> */
        "......................1..", /* MAP<STRING, INT> */
        ".......................11", /* ROW<a INT> */
        "........................1", /* ROW<b BIGINT> */
    };
    Type types[COUNT];
    make_types(types);
    Type null = type_make(TYPE_NULL);
    for (int from = 0; from < COUNT; from++) {
        for (int to = 0; to < COUNT; to++) {
            if (type_implicit(&types[from], &types[to]) != (accepted[from][to] == '1'))
                fail_msg("from %d to %d", from, to);
        }
        assert_true(type_implicit(&null, &types[from]));
        assert_false(type_implicit(&types[from], &null));
    }
}

/* Expected: TYPEOF(CASE WHEN ... THEN a ELSE b END) in Flink 2.3, but for FLOAT with DOUBLE, where
 * Flink takes whichever stands first. NULL: "Illegal mixing of types". */
static void test_common(void **state)
{
    (void)state;
    const struct {
        Type a, b;
        const char *common;
    } cases[] = {
        {type_make(TYPE_TINYINT), type_make(TYPE_SMALLINT), "SMALLINT"},
        {type_make(TYPE_INT), type_make(TYPE_BIGINT), "BIGINT"},
        {type_make(TYPE_INT), type_make(TYPE_FLOAT), "FLOAT"},
        {type_make(TYPE_BIGINT), type_make(TYPE_FLOAT), "FLOAT"},
        {type_make(TYPE_FLOAT), type_make(TYPE_FLOAT), "FLOAT"},
        {type_make(TYPE_FLOAT), type_make(TYPE_DOUBLE), "DOUBLE"},
        {type_make(TYPE_INT), type_make(TYPE_DOUBLE), "DOUBLE"},
        {type_decimal(10, 2), type_make(TYPE_FLOAT), "DOUBLE"},
        {type_decimal(10, 2), type_make(TYPE_DOUBLE), "DOUBLE"},
        {type_make(TYPE_INT), type_decimal(2, 1), "DECIMAL(11, 1)"},
        {type_make(TYPE_TINYINT), type_decimal(2, 1), "DECIMAL(4, 1)"},
        {type_decimal(38, 2), type_decimal(10, 8), "DECIMAL(38, 2)"},
        {type_decimal(38, 0), type_decimal(38, 38), "DECIMAL(38, 0)"},
        {type_sized(TYPE_CHAR, 1), type_sized(TYPE_CHAR, 1), "CHAR(1)"},
        {type_sized(TYPE_CHAR, 3), type_sized(TYPE_CHAR, 2), "VARCHAR(3)"},
        {type_sized(TYPE_CHAR, 3), type_sized(TYPE_VARCHAR, 2), "VARCHAR(3)"},
        {type_sized(TYPE_VARCHAR, 5), type_string(), "STRING"},
        {type_sized(TYPE_BINARY, 1), type_sized(TYPE_BINARY, 2), "VARBINARY(2)"},
        {type_sized(TYPE_BINARY, 1), type_sized(TYPE_VARBINARY, LENGTH_MAX), "BYTES"},
        {type_sized(TYPE_TIMESTAMP, 3), type_sized(TYPE_TIMESTAMP, 6), "TIMESTAMP(6)"},
        {type_sized(TYPE_TIMESTAMP, 3), type_sized(TYPE_TIMESTAMP_LTZ, 6), "TIMESTAMP_LTZ(6)"},
        {type_sized(TYPE_TIME, 0), type_sized(TYPE_TIME, 3), "TIME(3)"},
        {type_make(TYPE_DATE), type_make(TYPE_DATE), "DATE"},
        {type_make(TYPE_BOOLEAN), type_make(TYPE_BOOLEAN), "BOOLEAN"},
        {type_make(TYPE_INTERVAL_DAY), type_make(TYPE_INTERVAL_DAY), "INTERVAL SECOND(3)"},
        {type_make(TYPE_NULL), type_make(TYPE_INT), "INT"},
        {type_make(TYPE_NULL), type_make(TYPE_NULL), "NULL"},
        {type_make(TYPE_DATE), type_sized(TYPE_TIMESTAMP, 0), NULL},
        {type_sized(TYPE_TIME, 0), type_sized(TYPE_TIMESTAMP, 0), NULL},
        {type_make(TYPE_DATE), type_sized(TYPE_TIME, 0), NULL},
        {type_make(TYPE_BOOLEAN), type_make(TYPE_INT), NULL},
        {type_make(TYPE_INT), type_string(), NULL},
        {type_make(TYPE_DATE), type_string(), NULL},
        {type_string(), type_sized(TYPE_VARBINARY, LENGTH_MAX), NULL},
        {type_make(TYPE_INTERVAL_DAY), type_make(TYPE_INTERVAL_MONTH), NULL},
    };
    StrBuf out;
    strbuf_init(&out, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int swapped = 0; swapped < 2; swapped++) {
            const Type *a = swapped ? &cases[i].b : &cases[i].a;
            const Type *b = swapped ? &cases[i].a : &cases[i].b;
            Type common;
            bool found = type_common(NULL, a, b, &common);
            if (found != (cases[i].common != NULL))
                fail_msg("case %zu", i);
            if (!found)
                continue;
            strbuf_clear(&out);
            type_print(&common, &out);
            assert_string_equal(strbuf_cstr(&out), cases[i].common);
        }
    }
    strbuf_close(&out);
}

static void test_common_nullability(void **state)
{
    (void)state;
    Type nullable = type_make(TYPE_INT), needed = type_with_null(nullable, false), common;
    Type null = type_make(TYPE_NULL);
    assert_true(type_common(NULL, &needed, &needed, &common) && !common.nullable);
    assert_true(type_common(NULL, &needed, &nullable, &common) && common.nullable);
    assert_true(type_common(NULL, &nullable, &needed, &common) && common.nullable);
    assert_true(type_common(NULL, &needed, &null, &common) && common.nullable);
    assert_int_equal(common.id, TYPE_INT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_implicit),
        cmocka_unit_test(test_common),
        cmocka_unit_test(test_common_nullability),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
