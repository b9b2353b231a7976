#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/codec_bench.h"

static void rows_come_back_as_they_went_in(void **state)
{
    CodecBench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, rows_text);
    for (uint32_t row = 0; row < batch.rows; row++) {
        uint32_t to = batch.rows - row; /* not where it came from */
        strbuf_clear(&bench->bytes);
        row_encode(&bench->layout, batch.column, row, &bench->bytes);
        assert_int_equal(row_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, to,
                                    &bench->arena),
                         ST_OK);
        for (uint32_t c = 0; c < scalars.count; c++)
            assert_same_cell(&batch.column[c], row, &bench->back[c], to, false);
    }
}

/* The size of what is kept is part of what the form is for. */
static void small_values_are_small(void **state)
{
    static const struct {
        const char *row;
        uint32_t row_bytes, key_bytes;
    } cases[] = {
        {"+I true|0|NULL|0|x|NULL", 1 + 1 + 1 + 1 + 1 + 2, 1 + 1 + 1 + 1 + 3 + 1},
        {"+I NULL|100|NULL|NULL|NULL|NULL", 1 + 1 + 2, 5 + 2},
        {"+I NULL|-256|NULL|NULL|NULL|NULL", 1 + 1 + 2, 5 + 2},
        {"+I NULL|-257|NULL|NULL|NULL|NULL", 1 + 1 + 3, 5 + 3},
        {"+I NULL|65536|NULL|NULL|NULL|NULL", 1 + 1 + 4, 5 + 4},
        {"+I true|1|1|1|x|1970-01-01 00:00:00", 1 + 1 + 2 + 8 + 2 + 2 + 1, 1 + 2 + 9 + 2 + 3 + 1},
    };
    CodecBench *bench = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Batch batch = row_text_batch(&bench->arena, &scalars, cases[i].row);
        strbuf_clear(&bench->bytes);
        row_encode(&bench->layout, batch.column, 0, &bench->bytes);
        assert_int_equal(bench->bytes.size, cases[i].row_bytes);
        strbuf_clear(&bench->bytes);
        rowkey_encode(&bench->layout, batch.column, 0, &bench->bytes);
        assert_int_equal(bench->bytes.size, cases[i].key_bytes);
    }
}

static void constants_and_columns_without_nulls_do(void **state)
{
    CodecBench *bench = *state;
    Column *column = row_text_columns(&bench->arena, &scalars);
    for (uint32_t i = 0; i < scalars.count; i++) {
        column[i].constant = true;
        column[i].valid = NULL;
    }
    column[I].data.i64[0] = 42;
    row_encode(&bench->layout, column, 17, &bench->bytes);
    assert_int_equal(
        row_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, 3, &bench->arena),
        ST_OK);
    assert_true(bench->back[I].data.i64[3] == 42);
}

static void a_layout_picks_columns(void **state)
{
    CodecBench *bench = *state;
    const uint32_t pick[] = {S, I};
    RowLayout layout;
    Batch batch = row_text_batch(&bench->arena, &scalars, "+I true|7|1.5|1|text|NULL");
    assert_int_equal(row_layout_make(&bench->arena, &scalars, pick, 2, &layout), ST_OK);
    row_encode(&layout, batch.column, 0, &bench->bytes);
    bench->back[D].data.f64[0] = 99;
    assert_int_equal(
        row_decode(&layout, strbuf_as_text(&bench->bytes), bench->back, 0, &bench->arena), ST_OK);
    assert_true(bench->back[I].data.i64[0] == 7);
    assert_memory_equal(str_bytes(&bench->back[S].data.str[0]), "text", 4);
    assert_true(bench->back[D].data.f64[0] == 99); /* not its business */
}

/* --- damage --- */

static void cut_bytes_are_refused(void **state)
{
    CodecBench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, rows_text);
    for (uint32_t row = 0; row < batch.rows; row++) {
        strbuf_clear(&bench->bytes);
        row_encode(&bench->layout, batch.column, row, &bench->bytes);
        Text whole = strbuf_as_text(&bench->bytes);
        for (uint32_t size = 0; size < whole.size; size++) {
            char *exact = exact_copy(whole.ptr, size);
            assert_int_equal(
                row_decode(&bench->layout, (Text){exact, size}, bench->back, 0, &bench->arena),
                ST_STATE);
            exact_free(exact, size);
        }
        strbuf_char(&bench->bytes, 'x');
        assert_int_equal(row_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, 0,
                                    &bench->arena),
                         ST_STATE);
    }
}

static void another_version_is_refused(void **state)
{
    CodecBench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, "+I true|7|1.5|1|text|NULL");
    row_encode(&bench->layout, batch.column, 0, &bench->bytes);
    for (int version = 0; version < 128; version++) {
        bench->bytes.ptr[0] = (char)((version << 1) | (bench->bytes.ptr[0] & 1));
        Status status = row_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, 0,
                                   &bench->arena);
        assert_int_equal(status, version == ROW_FORMAT ? ST_OK : ST_STATE);
    }
}

/* Every byte replaced by every other value: either it still reads as something, or it is refused.
 */
static void changed_bytes_never_crash(void **state)
{
    CodecBench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, rows_text);
    for (uint32_t row = 0; row < batch.rows; row++) {
        for (int form = 0; form < 2; form++) {
            strbuf_clear(&bench->bytes);
            (form ? rowkey_encode : row_encode)(&bench->layout, batch.column, row, &bench->bytes);
            for (uint32_t at = 0; at < bench->bytes.size; at++) {
                char right = bench->bytes.ptr[at];
                for (int value = 0; value < 256; value++) {
                    bench->bytes.ptr[at] = (char)value;
                    Status status = (form ? rowkey_decode : row_decode)(
                        &bench->layout, strbuf_as_text(&bench->bytes), bench->back, 0,
                        &bench->arena);
                    assert_true(status == ST_OK || status == ST_STATE);
                }
                bench->bytes.ptr[at] = right;
            }
        }
    }
}

static void a_null_needs_a_bitmap(void **state)
{
    CodecBench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, "+I NULL|NULL|NULL|NULL|NULL|NULL");
    row_encode(&bench->layout, batch.column, 0, &bench->bytes);
    bench->back[I].valid = NULL;
    assert_int_equal(
        row_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, 0, &bench->arena),
        ST_STATE);
    const char *at = "", *end = at + 1;
    assert_int_equal(
        rowkey_read(&scalar_field[I].type, &at, end, &bench->back[I], 0, &bench->arena), ST_STATE);
}

/* --- nested --- */

/* ROW<a INT, l ARRAY<STRING>>, MAP<STRING, INT> */
static const TypeField string_child[] = {{.type = {.id = TYPE_VARCHAR, .nullable = true}}};
static const TypeField row_child[] = {
    {.name = TEXT("a"), .type = {.id = TYPE_INT, .nullable = true}},
    {.name = TEXT("l"),
     .type = {.id = TYPE_ARRAY, .nullable = true, .children = 1, .child = string_child}},
};
static const TypeField map_child[] = {
    {.type = {.id = TYPE_VARCHAR}},
    {.type = {.id = TYPE_INT, .nullable = true}},
};
static Field nested_field[] = {
    {.name = TEXT("r"),
     .type = {.id = TYPE_ROW, .nullable = true, .children = 2, .child = row_child}},
    {.name = TEXT("m"),
     .type = {.id = TYPE_MAP, .nullable = true, .children = 2, .child = map_child}},
};
static const Schema nesteds = {2, nested_field};

/* Row 0: (5, ['one', NULL]), {'k': 1, 'l': NULL}. Row 1: NULL, {}. Row 2: (NULL, NULL), NULL. */
typedef struct NestedRows {
    int64_t a[3], map_value[2];
    Str element[2], map_key[2];
    uint64_t a_valid, list_valid, element_valid, row_valid, map_valid, value_valid;
    Elements list_cell[3], map_cell[3];
    Column list_child[1], row_child[2], map_child[2];
    Nested list, row, map;
    Column column[2];
} NestedRows;

static void fill_nested(NestedRows *rows)
{
    *rows = (NestedRows){
        .a = {5, 0, 0},
        .map_value = {1, 0},
        .element = {str_view("one", 3), str_view("", 0)},
        .map_key = {str_view("k", 1), str_view("l", 1)},
        .a_valid = 1,
        .list_valid = 1,
        .element_valid = 1,
        .row_valid = 5,
        .map_valid = 3,
        .value_valid = 1,
        .list_cell = {{0, 2}, {2, 0}, {2, 0}},
        .map_cell = {{0, 2}, {2, 0}, {2, 0}},
    };
    rows->list_child[0] =
        (Column){.phys = PHYS_STR, .valid = &rows->element_valid, .data.str = rows->element};
    rows->list = (Nested){.list = rows->list_cell, .children = 1, .child = rows->list_child};
    rows->row_child[0] = (Column){.phys = PHYS_I64, .valid = &rows->a_valid, .data.i64 = rows->a};
    rows->row_child[1] =
        (Column){.phys = PHYS_NESTED, .valid = &rows->list_valid, .data.nested = &rows->list};
    rows->row = (Nested){.children = 2, .child = rows->row_child};
    rows->map_child[0] = (Column){.phys = PHYS_STR, .data.str = rows->map_key};
    rows->map_child[1] =
        (Column){.phys = PHYS_I64, .valid = &rows->value_valid, .data.i64 = rows->map_value};
    rows->map = (Nested){.list = rows->map_cell, .children = 2, .child = rows->map_child};
    rows->column[0] =
        (Column){.phys = PHYS_NESTED, .valid = &rows->row_valid, .data.nested = &rows->row};
    rows->column[1] =
        (Column){.phys = PHYS_NESTED, .valid = &rows->map_valid, .data.nested = &rows->map};
}

static void nested_rows_come_back(void **state)
{
    CodecBench *bench = *state;
    NestedRows rows;
    RowLayout layout;
    fill_nested(&rows);
    assert_int_equal(row_layout_make(&bench->arena, &nesteds, NULL, 0, &layout), ST_OK);
    Column *back = row_text_columns(&bench->arena, &nesteds);
    Status status[3];
    for (uint32_t row = 0; row < 3; row++) {
        strbuf_clear(&bench->bytes);
        column_drop_elements(&back[0], 1);
        column_drop_elements(&back[1], 1);
        row_encode(&layout, rows.column, row, &bench->bytes);
        status[row] = row_decode(&layout, strbuf_as_text(&bench->bytes), back, 0, &bench->arena);
        assert_int_equal(status[row], ST_OK);
        assert_int_equal(column_is_null(&back[0], 0), row == 1);
        assert_int_equal(column_is_null(&back[1], 0), row == 2);
        if (row == 0) {
            const Column *list = &back[0].data.nested->child[1];
            assert_true(back[0].data.nested->child[0].data.i64[0] == 5);
            assert_int_equal(nested_list(list, 0).count, 2);
            assert_memory_equal(str_bytes(&list->data.nested->child[0].data.str[0]), "one", 3);
            assert_true(column_is_null(&list->data.nested->child[0], 1));
            const Nested *map = back[1].data.nested;
            assert_int_equal(map->list[0].count, 2);
            assert_memory_equal(str_bytes(&map->child[0].data.str[1]), "l", 1);
            assert_true(map->child[1].data.i64[0] == 1 && column_is_null(&map->child[1], 1));
        } else if (row == 1) {
            assert_int_equal(nested_list(&back[1], 0).count, 0);
        } else {
            assert_true(column_is_null(&back[0].data.nested->child[0], 0));
            assert_true(column_is_null(&back[0].data.nested->child[1], 0));
        }
    }
}

static void changed_nested_bytes_never_crash(void **state)
{
    CodecBench *bench = *state;
    NestedRows rows;
    RowLayout layout;
    fill_nested(&rows);
    assert_int_equal(row_layout_make(&bench->arena, &nesteds, NULL, 0, &layout), ST_OK);
    Column *back = row_text_columns(&bench->arena, &nesteds);
    row_encode(&layout, rows.column, 0, &bench->bytes);
    for (uint32_t at = 0; at < bench->bytes.size; at++) {
        char right = bench->bytes.ptr[at];
        for (int value = 0; value < 256; value++) {
            bench->bytes.ptr[at] = (char)value;
            Status status =
                row_decode(&layout, strbuf_as_text(&bench->bytes), back, 0, &bench->arena);
            assert_true(status == ST_OK || status == ST_STATE);
        }
        bench->bytes.ptr[at] = right;
    }
}

/* As keys: what is equal is equal as bytes, a MAP in any order of its entries; what comes back is
 * what went in. */
static void nested_keys_come_back(void **state)
{
    CodecBench *bench = *state;
    NestedRows rows, turned;
    RowLayout layout;
    StrBuf other;
    fill_nested(&rows);
    fill_nested(&turned);
    turned.map_key[0] = rows.map_key[1];
    turned.map_key[1] = rows.map_key[0];
    turned.map_value[1] = 1;
    turned.value_valid = 2;
    strbuf_init(&other, NULL);
    assert_int_equal(row_layout_make(&bench->arena, &nesteds, NULL, 0, &layout), ST_OK);
    Column *back = row_text_columns(&bench->arena, &nesteds);
    for (uint32_t row = 0; row < 3; row++) {
        strbuf_clear(&bench->bytes);
        strbuf_clear(&other);
        rowkey_encode(&layout, rows.column, row, &bench->bytes);
        rowkey_encode(&layout, turned.column, row, &other);
        assert_true(text_equal(strbuf_as_text(&other), strbuf_as_text(&bench->bytes)));
        assert_int_equal(
            rowkey_decode(&layout, strbuf_as_text(&bench->bytes), back, row, &bench->arena), ST_OK);
        assert_true(cells_same(&back[0], row, &rows.column[0], row));
        assert_true(cells_same(&back[1], row, &rows.column[1], row));
    }
    turned.map_value[1] = 2;
    strbuf_clear(&bench->bytes);
    strbuf_clear(&other);
    rowkey_encode(&layout, rows.column, 0, &bench->bytes);
    rowkey_encode(&layout, turned.column, 0, &other);
    assert_false(text_equal(strbuf_as_text(&other), strbuf_as_text(&bench->bytes)));
    assert_false(cells_same(&turned.column[1], 0, &rows.column[1], 0));
    for (uint32_t at = 0; at < bench->bytes.size; at++) {
        char right = bench->bytes.ptr[at];
        for (int value = 0; value < 256; value++) {
            bench->bytes.ptr[at] = (char)value;
            Status status =
                rowkey_decode(&layout, strbuf_as_text(&bench->bytes), back, 0, &bench->arena);
            assert_true(status == ST_OK || status == ST_STATE);
        }
        bench->bytes.ptr[at] = right;
    }
    strbuf_close(&other);
}

/* --- memory --- */

static void a_failed_allocation_is_remembered(void **state)
{
    CodecBench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, rows_text);
    for (uint64_t k = 1;; k++) {
        StrBuf bytes;
        strbuf_init(&bytes, NULL);
        mem_fail_at(k, false);
        row_encode(&bench->layout, batch.column, 2, &bytes);
        rowkey_encode(&bench->layout, batch.column, 2, &bytes);
        mem_fail_at(0, false);
        Status status = strbuf_status(&bytes);
        strbuf_close(&bytes);
        if (status == ST_OK)
            break;
        assert_int_equal(status, ST_NOMEM);
        assert_true(k < 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, codec_set_up, codec_tear_down)
        TEST(rows_come_back_as_they_went_in),
        TEST(small_values_are_small),
        TEST(constants_and_columns_without_nulls_do),
        TEST(a_layout_picks_columns),
        TEST(cut_bytes_are_refused),
        TEST(another_version_is_refused),
        TEST(changed_bytes_never_crash),
        TEST(a_null_needs_a_bitmap),
        TEST(nested_rows_come_back),
        TEST(changed_nested_bytes_never_crash),
        TEST(nested_keys_come_back),
        TEST(a_failed_allocation_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
