#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/column.h"

static void test_make(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    static const PhysType all[] = {PHYS_BOOL, PHYS_I64, PHYS_F64, PHYS_I128, PHYS_STR};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        Column column;
        assert_int_equal(column_make(&arena, all[i], BATCH_ROWS, &column), ST_OK);
        assert_int_equal(column.phys, all[i]);
        assert_null(column.valid);
        assert_false(column.constant);
        assert_false(column_is_null(&column, BATCH_ROWS - 1));
        assert_false(column_is_bad(&column, 0));
        for (size_t byte = 0; byte < (size_t)phys_size(all[i]) * BATCH_ROWS; byte++)
            assert_int_equal(((char *)column.data.any)[byte], 0);
    }
    Column nested, empty;
    assert_int_equal(column_make(&arena, PHYS_NESTED, 3, &nested), ST_OK);
    assert_int_equal(nested.data.nested->children, 0);
    assert_int_equal(column_make(&arena, PHYS_I64, 0, &empty), ST_OK);
    arena_close(&arena);
}

static void test_need_valid(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    Column column;
    assert_int_equal(column_make(&arena, PHYS_I64, 100, &column), ST_OK);
    assert_int_equal(column_need_valid(&arena, &column, 100), ST_OK);
    for (uint32_t row = 0; row < 100; row++)
        assert_false(column_is_null(&column, row));
    bit_clear(column.valid, 70);
    const uint64_t *before = column.valid;
    assert_int_equal(column_need_valid(&arena, &column, 100), ST_OK); /* keeps what is there */
    assert_ptr_equal(column.valid, before);
    assert_true(column_is_null(&column, 70));
    mem_fail_at(1, true);
    Arena none;
    arena_init(&none, NULL);
    column.valid = NULL;
    assert_int_equal(column_need_valid(&none, &column, 100), ST_NOMEM);
    assert_int_equal(column_make(&none, PHYS_STR, 1, &column), ST_NOMEM);
    mem_fail_at(0, false);
    arena_close(&arena);
}

static void test_copy_cell(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    uint8_t b[] = {0, 1};
    int64_t i64[] = {1, -5};
    double f64[] = {1, 2.5};
    Int128 i128[] = {1, (Int128)1 << 100};
    Str str[] = {str_of_text(TEXT("a")), str_of_text(TEXT("longer than twelve bytes"))};
    Column from[] = {
        {.phys = PHYS_BOOL, .data.b = b},    {.phys = PHYS_I64, .data.i64 = i64},
        {.phys = PHYS_F64, .data.f64 = f64}, {.phys = PHYS_I128, .data.i128 = i128},
        {.phys = PHYS_STR, .data.str = str},
    };
    enum { COUNT = sizeof from / sizeof *from };
    uint64_t valid = 2; /* row 0 is NULL */
    Nested from_fields = {.children = COUNT, .child = from};
    Column row = {.phys = PHYS_NESTED, .valid = &valid, .data.nested = &from_fields};
    Column to[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(column_make(&arena, from[i].phys, 4, &to[i]), ST_OK);
    Nested to_fields = {.children = COUNT, .child = to};
    uint64_t to_valid = 0;
    Column copy = {.phys = PHYS_NESTED, .valid = &to_valid, .data.nested = &to_fields};
    assert_int_equal(column_copy_cell(&arena, &copy, 3, &row, 1), ST_OK);
    assert_int_equal(column_copy_cell(&arena, &copy, 2, &row, 0), ST_OK);
    assert_int_equal(to_valid, 8);
    assert_int_equal(to[0].data.b[3], 1);
    assert_int_equal(to[1].data.i64[3], -5);
    assert_true(to[2].data.f64[3] == 2.5);
    assert_true(to[3].data.i128[3] == (Int128)1 << 100);
    assert_true(str_equal(&to[4].data.str[3], &str[1]));
    arena_close(&arena);
}

/* A constant stands for every row; a cell that is not NULL makes the target's bit set again. */
static void test_copy_from_constant(void **state)
{
    (void)state;
    int64_t seven = 7, cells[2] = {0};
    uint64_t valid = 0;
    Column constant = {.phys = PHYS_I64, .constant = true, .data.i64 = &seven};
    Column to = {.phys = PHYS_I64, .valid = &valid, .data.i64 = cells};
    assert_int_equal(column_copy_cell(NULL, &to, 1, &constant, 900), ST_OK);
    assert_int_equal(cells[1], 7);
    assert_int_equal(valid, 2);
    uint64_t none = 0;
    constant.valid = &none;
    assert_true(column_is_null(&constant, 900));
    assert_int_equal(column_copy_cell(NULL, &to, 1, &constant, 900), ST_OK);
    assert_int_equal(valid, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_need_valid),
        cmocka_unit_test(test_copy_cell),
        cmocka_unit_test(test_copy_from_constant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
