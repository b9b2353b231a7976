#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "storage/data/builder.h"

static Schema schema_of_two(Field field[2])
{
    field[0] = (Field){.name = TEXT("a"), .type = type_make(TYPE_BIGINT)};
    field[1] = (Field){.name = TEXT("b"), .type = type_string()};
    return (Schema){2, field};
}

static void test_rows_and_reset(void **state)
{
    (void)state;
    Field field[2];
    Schema schema = schema_of_two(field);
    Meter meter;
    meter_init(&meter, NULL, 0);
    BatchBuilder builder;
    assert_int_equal(builder_open(&builder, &meter, &schema), ST_OK);
    for (uint32_t i = 0; i < BATCH_ROWS; i++) {
        assert_false(builder_full(&builder));
        builder.column[0].data.i64[i] = i + 1;
        builder_end_row(&builder, i * 10, i + 1, TEXT("raw"));
    }
    assert_true(builder_full(&builder));
    assert_false(builder_has_null(&builder, 0));
    assert_int_equal(builder.offset[7], 70);
    assert_int_equal(builder.line[7], 8);
    builder_reset(&builder);
    assert_int_equal(builder.rows, 0);
    for (uint32_t i = 0; i < BATCH_ROWS; i++)
        assert_int_equal(builder.column[0].data.i64[i], 0);
    builder_close(&builder);
    assert_int_equal(meter.used_bytes, 0);
}

static void test_bad_cells(void **state)
{
    (void)state;
    Field field[2];
    Schema schema = schema_of_two(field);
    BatchBuilder builder;
    assert_int_equal(builder_open(&builder, NULL, &schema), ST_OK);
    builder_end_row(&builder, 0, 1, TEXT("x"));
    assert_null(builder.column[0].bad);
    builder.column[0].data.i64[1] = 99;
    assert_int_equal(builder_set_bad(&builder, 0, 1, E5002, "not a number"), ST_OK);
    assert_int_equal(builder_set_bad(&builder, 0, 1, E5002, "again"), ST_OK);
    builder_end_row(&builder, 5, 2, TEXT("y"));
    assert_int_equal(builder.bad_count, 1);
    assert_int_equal(builder.bad[0].row, 1);
    assert_string_equal(builder.bad[0].reason, "not a number");
    assert_true(column_is_bad(&builder.column[0], 1));
    assert_false(column_is_bad(&builder.column[0], 0));
    assert_true(column_is_null(&builder.column[0], 1));
    assert_int_equal(builder.column[0].data.i64[1], 0);
    assert_true(builder_has_null(&builder, 0));
    assert_false(builder_has_null(&builder, 1));
    builder_reset(&builder);
    assert_null(builder.column[0].bad);
    assert_false(column_is_null(&builder.column[0], 1));
    builder_close(&builder);
}

static void test_undo(void **state)
{
    (void)state;
    Field field[2];
    Schema schema = schema_of_two(field);
    BatchBuilder builder;
    assert_int_equal(builder_open(&builder, NULL, &schema), ST_OK);
    assert_int_equal(builder_set_bad(&builder, 1, 0, E5002, "kept"), ST_OK);
    builder_end_row(&builder, 0, 1, TEXT("x"));
    builder.column[0].data.i64[1] = 99;
    assert_int_equal(builder_set_bad(&builder, 1, 1, E5002, "dropped"), ST_OK);
    builder_set_filtered(&builder, 1);
    builder_undo_row(&builder);
    assert_int_equal(builder.rows, 1);
    assert_int_equal(builder.bad_count, 1);
    assert_int_equal(builder.filtered_count, 0);
    assert_false(bit_get(builder.filtered, 1));
    assert_int_equal(builder.column[0].data.i64[1], 0);
    assert_false(column_is_null(&builder.column[1], 1));
    assert_false(column_is_bad(&builder.column[1], 1));
    assert_true(column_is_bad(&builder.column[1], 0));
    builder_close(&builder);
}

static void test_blocks(void **state)
{
    (void)state;
    Field field[2];
    Schema schema = schema_of_two(field);
    Meter meter;
    meter_init(&meter, NULL, 0);
    BatchBuilder builder;
    assert_int_equal(builder_open(&builder, &meter, &schema), ST_OK);
    Block *block[BUILDER_BLOCKS + 1];
    for (int i = 0; i <= BUILDER_BLOCKS; i++) {
        block[i] = block_make(&meter, 100);
        assert_non_null(block[i]);
        assert_int_equal(block[i]->bytes[100 + BLOCK_PADDING - 1], 0);
    }
    for (int i = 0; i < BUILDER_BLOCKS; i++) {
        assert_int_equal(builder_hold(&builder, block[i]), ST_OK);
        assert_int_equal(builder_hold(&builder, block[i]), ST_OK);
        assert_int_equal(block[i]->references, 2);
    }
    assert_int_equal(builder_hold(&builder, block[BUILDER_BLOCKS]), ST_LIMIT);
    block_release(block[0]);
    assert_int_equal(block[0]->references, 1); /* the builder keeps it alive */
    builder_reset(&builder);
    for (int i = 1; i <= BUILDER_BLOCKS; i++)
        block_release(block[i]);
    builder_close(&builder);
    assert_int_equal(meter.used_bytes, 0);
}

static void test_rejected(void **state)
{
    (void)state;
    BatchBuilder builder;
    Schema none = {0, NULL};
    assert_int_equal(builder_open(&builder, NULL, &none), ST_OK);
    for (uint32_t i = 0; i < 100; i++) {
        RejectedRecord record = {.code = E5001, .reason = "broken", .offset = i, .line = i + 1};
        assert_int_equal(builder_reject(&builder, &record), ST_OK);
        if (i % 2 == 0)
            builder_end_row(&builder, i, i, TEXT(""));
    }
    assert_int_equal(builder.rejected_count, 100);
    assert_int_equal(builder.rejected[99].before_row, 50);
    assert_int_equal(builder.rejected[99].offset, 99);
    builder_close(&builder);
}

/* Every allocation fails once; nothing leaks and nothing crashes. */
static void test_no_memory(void **state)
{
    (void)state;
    Field field[2];
    Schema schema = schema_of_two(field);
    for (uint64_t k = 1; k < 20; k++) {
        Meter meter;
        meter_init(&meter, NULL, 0);
        BatchBuilder builder;
        mem_fail_at(k, false);
        Status status = builder_open(&builder, &meter, &schema);
        mem_fail_at(0, false);
        if (status == ST_OK)
            builder_close(&builder);
        else
            assert_int_equal(status, ST_NOMEM);
        assert_int_equal(meter.used_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_reset), cmocka_unit_test(test_bad_cells),
        cmocka_unit_test(test_undo),           cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_rejected),       cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
