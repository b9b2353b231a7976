#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "storage/data/row_codec.h"
#include "tests/support/row_text.h"

static Field scalar_field[] = {
    {.name = TEXT("b"), .type = {.id = TYPE_BOOLEAN, .nullable = true}},
    {.name = TEXT("i"), .type = {.id = TYPE_BIGINT, .nullable = true}},
    {.name = TEXT("d"), .type = {.id = TYPE_DOUBLE, .nullable = true}},
    {.name = TEXT("n"), .type = {.id = TYPE_DECIMAL, .nullable = true, .precision = 38, .scale = 2}},
    {.name = TEXT("s"), .type = {.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX}},
    {.name = TEXT("t"), .type = {.id = TYPE_TIMESTAMP, .nullable = true, .precision = 6}},
};
static const Schema scalars = {6, scalar_field};
enum { B, I, D, N, S, T };

typedef struct Bench {
    Arena arena;
    RowLayout layout;
    StrBuf bytes;
    Column *back; /* where rows are read to */
} Bench;

static int set_up(void **state)
{
    static Bench bench;
    arena_init(&bench.arena, NULL);
    strbuf_init(&bench.bytes, NULL);
    assert_int_equal(row_layout_make(&bench.arena, &scalars, NULL, 0, &bench.layout), ST_OK);
    bench.back = row_text_columns(&bench.arena, &scalars);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    strbuf_close(&bench->bytes);
    arena_close(&bench->arena);
    return 0;
}

static const char rows_text[] =
    "+I true|0|0|0|x|1970-01-01 00:00:00\n"
    "+I false|-1|-0.0|-0.01||1969-12-31 23:59:59.999999\n"
    "+I NULL|9223372036854775807|nan|999999999999999999999999999999999999.99|a text that is longer than twelve bytes|9999-12-31 23:59:59.999999\n"
    "+I true|-9223372036854775808|-inf|-999999999999999999999999999999999999.99|\x01\x01\x02|0001-01-01 00:00:00\n"
    "+I NULL|NULL|NULL|NULL|NULL|NULL\n"
    "+I true|255|1e300|92233720368547758.07|é|2020-02-29 13:45:56.789\n"
    "+I true|-256|5e-324|-92233720368547758.08|NUL|2020-02-29 13:45:56.789\n"
    "+I false|256|inf|92233720368547758.08|y|NULL";

static void assert_same_cell(const Column *a, uint32_t a_row, const Column *b, uint32_t b_row,
                             bool as_key)
{
    assert_int_equal(column_is_null(a, a_row), column_is_null(b, b_row));
    if (column_is_null(a, a_row))
        return;
    switch (a->phys) {
    case PHYS_BOOL:
        assert_int_equal(a->data.b[a_row], b->data.b[b_row]);
        break;
    case PHYS_I64:
        assert_true(a->data.i64[a_row] == b->data.i64[b_row]);
        break;
    case PHYS_F64:
        if (as_key && (isnan(a->data.f64[a_row]) || a->data.f64[a_row] == 0))
            assert_true(isnan(a->data.f64[a_row]) ? isnan(b->data.f64[b_row]) : b->data.f64[b_row] == 0);
        else
            assert_memory_equal(&a->data.f64[a_row], &b->data.f64[b_row], sizeof(double));
        break;
    case PHYS_I128:
        assert_true(a->data.i128[a_row] == b->data.i128[b_row]);
        break;
    case PHYS_STR:
        assert_true(str_equal(&a->data.str[a_row], &b->data.str[b_row]));
        break;
    case PHYS_NESTED:
        fail();
        break;
    }
}

static void rows_come_back_as_they_went_in(void **state)
{
    Bench *bench = *state;
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

static void keys_come_back_up_to_grouping(void **state)
{
    Bench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, rows_text);
    for (uint32_t row = 0; row < batch.rows; row++) {
        strbuf_clear(&bench->bytes);
        rowkey_encode(&bench->layout, batch.column, row, &bench->bytes);
        assert_int_equal(rowkey_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, row,
                                       &bench->arena),
                         ST_OK);
        for (uint32_t c = 0; c < scalars.count; c++)
            assert_same_cell(&batch.column[c], row, &bench->back[c], row, true);
    }
    assert_false(signbit(bench->back[D].data.f64[1])); /* -0.0 went in */
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
    Bench *bench = *state;
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

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

/* Values of one column in SQL's order, NULL first; those on one line group together. */
typedef struct Ladder {
    uint32_t column;
    const char *step[24];
} Ladder;

static const Ladder ladders[] = {
    {B, {"NULL", "false", "true"}},
    {I,
     {"NULL", "-9223372036854775808", "-4294967297", "-65537", "-65536", "-257", "-256", "-255", "-2",
      "-1", "0", "1", "2", "127", "128", "255", "256", "257", "65535", "65536", "4294967296",
      "9223372036854775807"}},
    {D, {"NULL", "-inf", "-1e300", "-1.5", "-5e-324", "0", "5e-324", "1", "1.5", "1e300", "inf", "nan"}},
    {N,
     {"NULL", "-999999999999999999999999999999999999.99", "-92233720368547758.09",
      "-92233720368547758.08", "-1", "-0.01", "0", "0.01", "1", "92233720368547758.07",
      "92233720368547758.08", "184467440737095516.16", "999999999999999999999999999999999999.99"}},
    {S,
     {"NULL", "", "\x01", "\x01\x01", "\x01\x02", "\x02", "a", "a\x01", "aa", "ab", "b", "\xC3\xA9"}},
};

static Text ladder_key(Bench *bench, const Ladder *ladder, uint32_t step)
{
    Column *column = row_text_columns(&bench->arena, &scalars);
    const Type *type = &scalar_field[ladder->column].type;
    Text cell = text_of(ladder->step[step]), key;
    if (text_is(cell, "NULL"))
        bit_clear(column[ladder->column].valid, 0);
    else
        row_text_put_cell(type, cell, &column[ladder->column], 0);
    strbuf_clear(&bench->bytes);
    rowkey_append(&bench->bytes, type, &column[ladder->column], 0);
    assert_int_equal(arena_text(&bench->arena, strbuf_as_text(&bench->bytes), &key), ST_OK);
    return key;
}

static void keys_are_ordered_as_their_values(void **state)
{
    Bench *bench = *state;
    for (size_t l = 0; l < sizeof ladders / sizeof ladders[0]; l++) {
        for (uint32_t a = 0; ladders[l].step[a] != NULL; a++) {
            for (uint32_t b = 0; ladders[l].step[b] != NULL; b++) {
                Text first = ladder_key(bench, &ladders[l], a), second = ladder_key(bench, &ladders[l], b);
                uint32_t shorter = first.size < second.size ? first.size : second.size;
                int order = memcmp(first.ptr, second.ptr, shorter);
                if (order == 0)
                    order = (int)first.size - (int)second.size;
                assert_int_equal(sign(order), sign((int)a - (int)b));
            }
        }
    }
}

static void a_text_with_nul_is_a_key(void **state)
{
    Bench *bench = *state;
    Type type = type_string();
    Str text[2] = {str_view("a\0b", 3), str_view("a", 1)};
    Column column = {.phys = PHYS_STR, .data.str = text};
    rowkey_append(&bench->bytes, &type, &column, 0);
    rowkey_append(&bench->bytes, &type, &column, 1);
    assert_memory_equal(bench->bytes.ptr, "\x01" "a\x01\x01" "b\0\x01" "a\0", 9);
    const char *at = bench->bytes.ptr, *end = at + bench->bytes.size;
    assert_int_equal(rowkey_read(&type, &at, end, &bench->back[S], 0, &bench->arena), ST_OK);
    assert_int_equal(rowkey_read(&type, &at, end, &bench->back[S], 1, &bench->arena), ST_OK);
    assert_true(at == end);
    assert_true(str_equal(&text[0], &bench->back[S].data.str[0]));
    assert_true(str_equal(&text[1], &bench->back[S].data.str[1]));
}

/* Two columns: what ends one must not be taken for the beginning of the other. */
static void keys_of_two_texts_do_not_run_together(void **state)
{
    static const char *const text[] = {"", "a", "aa", "\x01", "\x02", "a\x01", "\x01" "a", "aaa"};
    enum { TEXTS = sizeof text / sizeof text[0] };
    Bench *bench = *state;
    Type type = type_string();
    Text key[TEXTS * TEXTS];
    for (uint32_t i = 0; i < TEXTS * TEXTS; i++) {
        Str cell[2] = {str_of_text(text_of(text[i / TEXTS])), str_of_text(text_of(text[i % TEXTS]))};
        Column column = {.phys = PHYS_STR, .data.str = cell};
        strbuf_clear(&bench->bytes);
        rowkey_append(&bench->bytes, &type, &column, 0);
        rowkey_append(&bench->bytes, &type, &column, 1);
        assert_int_equal(arena_text(&bench->arena, strbuf_as_text(&bench->bytes), &key[i]), ST_OK);
        for (uint32_t j = 0; j < i; j++)
            assert_false(text_equal(key[i], key[j]));
    }
}

static void constants_and_columns_without_nulls_do(void **state)
{
    Bench *bench = *state;
    Column *column = row_text_columns(&bench->arena, &scalars);
    for (uint32_t i = 0; i < scalars.count; i++) {
        column[i].constant = true;
        column[i].valid = NULL;
    }
    column[I].data.i64[0] = 42;
    row_encode(&bench->layout, column, 17, &bench->bytes);
    assert_int_equal(row_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, 3,
                                &bench->arena),
                     ST_OK);
    assert_true(bench->back[I].data.i64[3] == 42);
}

static void a_layout_picks_columns(void **state)
{
    Bench *bench = *state;
    const uint32_t pick[] = {S, I};
    RowLayout layout;
    Batch batch = row_text_batch(&bench->arena, &scalars, "+I true|7|1.5|1|text|NULL");
    assert_int_equal(row_layout_make(&bench->arena, &scalars, pick, 2, &layout), ST_OK);
    row_encode(&layout, batch.column, 0, &bench->bytes);
    bench->back[D].data.f64[0] = 99;
    assert_int_equal(row_decode(&layout, strbuf_as_text(&bench->bytes), bench->back, 0, &bench->arena),
                     ST_OK);
    assert_true(bench->back[I].data.i64[0] == 7);
    assert_memory_equal(str_bytes(&bench->back[S].data.str[0]), "text", 4);
    assert_true(bench->back[D].data.f64[0] == 99); /* not its business */
}

/* --- damage --- */

/* With one byte before them, so that there are no zero-sized blocks, and none behind, so that the
 * sanitizer sees who reads too far. */
static char *exact_copy(const char *bytes, uint32_t size)
{
    char *block = mem_alloc(NULL, (size_t)size + 1);
    assert_non_null(block);
    memcpy(block + 1, bytes, size);
    return block + 1;
}

static void exact_free(char *copy, uint32_t size)
{
    mem_free(NULL, copy - 1, (size_t)size + 1);
}

static void cut_bytes_are_refused(void **state)
{
    Bench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, rows_text);
    for (uint32_t row = 0; row < batch.rows; row++) {
        strbuf_clear(&bench->bytes);
        row_encode(&bench->layout, batch.column, row, &bench->bytes);
        Text whole = strbuf_as_text(&bench->bytes);
        for (uint32_t size = 0; size < whole.size; size++) {
            char *exact = exact_copy(whole.ptr, size);
            assert_int_equal(row_decode(&bench->layout, (Text){exact, size}, bench->back, 0, &bench->arena),
                             ST_STATE);
            exact_free(exact, size);
        }
        strbuf_char(&bench->bytes, 'x');
        assert_int_equal(row_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, 0,
                                    &bench->arena),
                         ST_STATE);
    }
}

static void cut_keys_are_refused(void **state)
{
    Bench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, rows_text);
    for (uint32_t row = 0; row < batch.rows; row++) {
        strbuf_clear(&bench->bytes);
        rowkey_encode(&bench->layout, batch.column, row, &bench->bytes);
        Text whole = strbuf_as_text(&bench->bytes);
        for (uint32_t size = 0; size < whole.size; size++) {
            char *exact = exact_copy(whole.ptr, size);
            assert_int_equal(rowkey_decode(&bench->layout, (Text){exact, size}, bench->back, 0,
                                           &bench->arena),
                             ST_STATE);
            exact_free(exact, size);
        }
    }
}

static void another_version_is_refused(void **state)
{
    Bench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, "+I true|7|1.5|1|text|NULL");
    row_encode(&bench->layout, batch.column, 0, &bench->bytes);
    for (int version = 0; version < 128; version++) {
        bench->bytes.ptr[0] = (char)((version << 1) | (bench->bytes.ptr[0] & 1));
        Status status = row_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, 0,
                                   &bench->arena);
        assert_int_equal(status, version == ROW_FORMAT ? ST_OK : ST_STATE);
    }
}

/* Every byte replaced by every other value: either it still reads as something, or it is refused. */
static void changed_bytes_never_crash(void **state)
{
    Bench *bench = *state;
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
                        &bench->layout, strbuf_as_text(&bench->bytes), bench->back, 0, &bench->arena);
                    assert_true(status == ST_OK || status == ST_STATE);
                }
                bench->bytes.ptr[at] = right;
            }
        }
    }
}

static void a_null_needs_a_bitmap(void **state)
{
    Bench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, "+I NULL|NULL|NULL|NULL|NULL|NULL");
    row_encode(&bench->layout, batch.column, 0, &bench->bytes);
    bench->back[I].valid = NULL;
    assert_int_equal(row_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back, 0,
                                &bench->arena),
                     ST_STATE);
    const char *at = "", *end = at + 1;
    assert_int_equal(rowkey_read(&scalar_field[I].type, &at, end, &bench->back[I], 0, &bench->arena),
                     ST_STATE);
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
    uint32_t list_offset[4], map_offset[4];
    Column list_child[1], row_child[2], map_child[2];
    Nested list, row, map;
    Column column[2];
} NestedRows;

static void fill_nested(NestedRows *rows)
{
    *rows = (NestedRows){
        .a = {5, 0, 0}, .map_value = {1, 0},
        .element = {str_view("one", 3), str_view("", 0)},
        .map_key = {str_view("k", 1), str_view("l", 1)},
        .a_valid = 1, .list_valid = 1, .element_valid = 1, .row_valid = 5, .map_valid = 3,
        .value_valid = 1, .list_offset = {0, 2, 2, 2}, .map_offset = {0, 2, 2, 2},
    };
    rows->list_child[0] = (Column){.phys = PHYS_STR, .valid = &rows->element_valid, .data.str = rows->element};
    rows->list = (Nested){rows->list_offset, 1, rows->list_child};
    rows->row_child[0] = (Column){.phys = PHYS_I64, .valid = &rows->a_valid, .data.i64 = rows->a};
    rows->row_child[1] = (Column){.phys = PHYS_NESTED, .valid = &rows->list_valid, .data.nested = &rows->list};
    rows->row = (Nested){NULL, 2, rows->row_child};
    rows->map_child[0] = (Column){.phys = PHYS_STR, .data.str = rows->map_key};
    rows->map_child[1] = (Column){.phys = PHYS_I64, .valid = &rows->value_valid, .data.i64 = rows->map_value};
    rows->map = (Nested){rows->map_offset, 2, rows->map_child};
    rows->column[0] = (Column){.phys = PHYS_NESTED, .valid = &rows->row_valid, .data.nested = &rows->row};
    rows->column[1] = (Column){.phys = PHYS_NESTED, .valid = &rows->map_valid, .data.nested = &rows->map};
}

static void nested_rows_come_back(void **state)
{
    Bench *bench = *state;
    NestedRows rows;
    RowLayout layout;
    fill_nested(&rows);
    assert_int_equal(row_layout_make(&bench->arena, &nesteds, NULL, 0, &layout), ST_OK);
    Column *back = row_text_columns(&bench->arena, &nesteds);
    Status status[3];
    for (uint32_t row = 0; row < 3; row++) {
        strbuf_clear(&bench->bytes);
        row_encode(&layout, rows.column, row, &bench->bytes);
        status[row] = row_decode(&layout, strbuf_as_text(&bench->bytes), back, 0, &bench->arena);
        assert_int_equal(status[row], ST_OK);
        assert_int_equal(column_is_null(&back[0], 0), row == 1);
        assert_int_equal(column_is_null(&back[1], 0), row == 2);
        if (row == 0) {
            const Column *list = &back[0].data.nested->child[1];
            assert_true(back[0].data.nested->child[0].data.i64[0] == 5);
            assert_int_equal(list->data.nested->offset[1], 2);
            assert_memory_equal(str_bytes(&list->data.nested->child[0].data.str[0]), "one", 3);
            assert_true(column_is_null(&list->data.nested->child[0], 1));
            const Nested *map = back[1].data.nested;
            assert_int_equal(map->offset[1] - map->offset[0], 2);
            assert_memory_equal(str_bytes(&map->child[0].data.str[1]), "l", 1);
            assert_true(map->child[1].data.i64[0] == 1 && column_is_null(&map->child[1], 1));
        } else if (row == 1) {
            assert_int_equal(back[1].data.nested->offset[1], 0);
        } else {
            assert_true(column_is_null(&back[0].data.nested->child[0], 0));
            assert_true(column_is_null(&back[0].data.nested->child[1], 0));
        }
    }
}

static void changed_nested_bytes_never_crash(void **state)
{
    Bench *bench = *state;
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
            Status status = row_decode(&layout, strbuf_as_text(&bench->bytes), back, 0, &bench->arena);
            assert_true(status == ST_OK || status == ST_STATE);
        }
        bench->bytes.ptr[at] = right;
    }
    assert_false(rowkey_takes(&nested_field[0].type));
    assert_false(rowkey_takes(&nested_field[1].type));
}

/* --- memory --- */

static void a_failed_allocation_is_remembered(void **state)
{
    Bench *bench = *state;
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(rows_come_back_as_they_went_in),
        TEST(keys_come_back_up_to_grouping),
        TEST(small_values_are_small),
        TEST(keys_are_ordered_as_their_values),
        TEST(a_text_with_nul_is_a_key),
        TEST(keys_of_two_texts_do_not_run_together),
        TEST(constants_and_columns_without_nulls_do),
        TEST(a_layout_picks_columns),
        TEST(cut_bytes_are_refused),
        TEST(cut_keys_are_refused),
        TEST(another_version_is_refused),
        TEST(changed_bytes_never_crash),
        TEST(a_null_needs_a_bitmap),
        TEST(nested_rows_come_back),
        TEST(changed_nested_bytes_never_crash),
        TEST(a_failed_allocation_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
