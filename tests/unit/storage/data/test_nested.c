/* Nested columns: random values of random types through everything that copies, gathers, writes,
 * reads, compares and hashes cells. What two ways say of one pair of cells must agree. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "storage/data/cell_set.h"
#include "storage/data/row_codec.h"

enum { ROWS = 40, ROUNDS = 60 };

typedef struct Bench {
    Arena arena;
    uint64_t seed;
} Bench;

static uint32_t draw(Bench *b, uint32_t below)
{
    b->seed = b->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(b->seed >> 33) % below;
}

/* --- random types and values --- */

static const TypeId flat_types[] = {TYPE_BOOLEAN, TYPE_INT, TYPE_BIGINT, TYPE_DOUBLE,
                                    TYPE_TIMESTAMP};

static Type random_type(Bench *b, uint32_t depth)
{
    Type type;
    TypeField child[3] = {0};
    uint32_t kind = draw(b, depth == 0 ? 7 : 11), count = 1 + draw(b, 3);
    if (kind < 5)
        return type_make(flat_types[kind]);
    if (kind == 5)
        return type_decimal(30, 2);
    if (kind == 6)
        return type_string();
    for (uint32_t i = 0; i < 3; i++)
        child[i].type = random_type(b, depth - 1);
    if (kind == 7 || kind == 8) {
        assert_int_equal(type_nested(&b->arena, TYPE_ROW, child, count, &type), ST_OK);
    } else if (kind == 9) {
        assert_int_equal(type_array(&b->arena, child[0].type, &type), ST_OK);
    } else {
        assert_int_equal(type_map(&b->arena, child[0].type, child[1].type, &type), ST_OK);
    }
    return type;
}

/* Few different values, so that many are equal; among them the doubles that equal in their ways,
 * and texts on both sides of what fits into a Str. */
static void random_flat(Bench *b, Column *column, uint32_t row)
{
    static const double doubles[] = {0.0, -0.0, 1.5, (double)NAN};
    static const char *const texts[] = {"", "a", "a text that is longer", "a text that is lonGer",
                                        "\x01"};
    switch (column->phys) {
    case PHYS_BOOL: column->data.b[row] = (uint8_t)draw(b, 2); return;
    case PHYS_I64: column->data.i64[row] = draw(b, 3) - INT64_C(1); return;
    case PHYS_F64: column->data.f64[row] = doubles[draw(b, 4)]; return;
    case PHYS_I128: column->data.i128[row] = (Int128)draw(b, 3) << 70; return;
    case PHYS_STR: column->data.str[row] = str_of_text(text_of(texts[draw(b, 5)])); return;
    case PHYS_NESTED: break;
    }
    fail();
}

static void random_cell(Bench *b, const Type *type, Column *column, uint32_t row);

/* A MAP's keys are all different. */
static void random_map(Bench *b, const Type *type, Nested *nested, uint32_t row)
{
    CellSet keys;
    uint32_t start = nested->used, at;
    cell_set_init(&keys, &b->arena, &nested->child[0]);
    for (uint32_t tries = draw(b, 4); tries > 0; tries--) {
        assert_int_equal(nested_add_elements(&b->arena, nested, row, 1, &at), ST_OK);
        random_cell(b, &type->child[0].type, &nested->child[0], at);
        random_cell(b, &type->child[1].type, &nested->child[1], at);
        if (cell_set_find(&keys, &nested->child[0], at) != CELL_NONE)
            break; /* the last one is no part of it */
        assert_int_equal(cell_set_add(&keys, at), ST_OK);
    }
    nested->list[row] = (Elements){start, keys.count};
}

static void random_cell(Bench *b, const Type *type, Column *column, uint32_t row)
{
    bit_put(column->valid, row, draw(b, 5) > 0);
    if (!type_is_nested(type)) {
        random_flat(b, column, row);
        return;
    }
    Nested *nested = column->data.nested;
    if (type->id == TYPE_MAP) {
        random_map(b, type, nested, row);
        return;
    }
    uint32_t first = row, count = 1;
    if (nested->list != NULL) {
        count = draw(b, 4);
        assert_int_equal(nested_add_elements(&b->arena, nested, row, count, &first), ST_OK);
    }
    for (uint32_t c = 0; c < nested->children; c++) {
        for (uint32_t i = 0; i < count; i++)
            random_cell(b, &type->child[c].type, &nested->child[c], first + i);
    }
}

static void random_column(Bench *b, const Type *type, Column *out)
{
    assert_int_equal(column_make_typed(&b->arena, type, ROWS, out), ST_OK);
    for (uint32_t row = 0; row < ROWS; row++)
        random_cell(b, type, out, row);
}

static void bench_open(Bench *b, uint64_t seed)
{
    *b = (Bench){.seed = seed};
    arena_init(&b->arena, NULL);
}

/* --- what must hold --- */

static Type one_column(Bench *b, RowLayout *layout, Column *out)
{
    Type type = random_type(b, 3);
    Field field = {.type = type};
    Schema schema = {1, &field};
    random_column(b, &type, out);
    assert_int_equal(row_layout_make(&b->arena, &schema, NULL, 0, layout), ST_OK);
    return type;
}

static void test_copies_are_the_same(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        Bench b;
        RowLayout layout;
        Column from, copy, kept, gathered;
        uint32_t row[2 * ROWS];
        bench_open(&b, round);
        Type type = one_column(&b, &layout, &from);
        assert_int_equal(column_make_typed(&b.arena, &type, ROWS, &copy), ST_OK);
        assert_int_equal(column_make_typed(&b.arena, &type, ROWS, &kept), ST_OK);
        for (uint32_t i = 0; i < ROWS; i++) {
            assert_int_equal(column_copy_cell(&b.arena, &copy, ROWS - 1 - i, &from, i), ST_OK);
            assert_int_equal(column_keep_cell(&b.arena, &kept, i, &from, i), ST_OK);
        }
        for (uint32_t i = 0; i < 2 * ROWS; i++)
            row[i] = draw(&b, 6) == 0 ? CELL_NONE : draw(&b, ROWS);
        assert_int_equal(column_gather(&b.arena, &from, row, 2 * ROWS, &gathered), ST_OK);
        for (uint32_t i = 0; i < ROWS; i++) {
            assert_true(cells_same(&from, i, &copy, ROWS - 1 - i));
            assert_true(cells_same(&from, i, &kept, i));
        }
        for (uint32_t i = 0; i < 2 * ROWS; i++) {
            if (row[i] == CELL_NONE)
                assert_true(column_is_null(&gathered, i));
            else
                assert_true(cells_same(&from, row[i], &gathered, i));
        }
        arena_close(&b.arena);
    }
}

static void test_bytes_come_back(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        Bench b;
        RowLayout layout;
        Column from, row, key;
        StrBuf bytes[ROWS], keys[ROWS];
        bench_open(&b, 1000 + round);
        Type type = one_column(&b, &layout, &from);
        assert_int_equal(column_make_typed(&b.arena, &type, ROWS, &row), ST_OK);
        assert_int_equal(column_make_typed(&b.arena, &type, ROWS, &key), ST_OK);
        for (uint32_t i = 0; i < ROWS; i++) {
            strbuf_init(&bytes[i], NULL);
            strbuf_init(&keys[i], NULL);
            row_encode(&layout, &from, i, &bytes[i]);
            rowkey_encode(&layout, &from, i, &keys[i]);
            assert_int_equal(row_decode(&layout, strbuf_as_text(&bytes[i]), &row, i, &b.arena),
                             ST_OK);
            assert_int_equal(rowkey_decode(&layout, strbuf_as_text(&keys[i]), &key, i, &b.arena),
                             ST_OK);
            assert_true(cells_same(&from, i, &row, i));
            assert_true(cells_same(&from, i, &key, i));
        }
        for (uint32_t i = 0; i < ROWS; i++) {
            for (uint32_t j = 0; j < ROWS; j++) {
                bool same = cells_same(&from, i, &from, j);
                assert_int_equal(text_equal(strbuf_as_text(&keys[i]), strbuf_as_text(&keys[j])),
                                 same);
                assert_true(!same || cell_hash(&from, i, 7) == cell_hash(&from, j, 7));
            }
        }
        for (uint32_t i = 0; i < ROWS; i++) {
            strbuf_close(&bytes[i]);
            strbuf_close(&keys[i]);
        }
        arena_close(&b.arena);
    }
}

/* Damaged bytes are told or give some value, and harm nothing. */
static void test_damaged_bytes(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        Bench b;
        RowLayout layout;
        Column from, to;
        bench_open(&b, 2000 + round);
        Type type = one_column(&b, &layout, &from);
        assert_int_equal(column_make_typed(&b.arena, &type, 1, &to), ST_OK);
        for (uint32_t i = 0; i < 4 * ROWS; i++) {
            StrBuf bytes;
            strbuf_init(&bytes, NULL);
            bool as_key = i % 2 == 0;
            if (as_key)
                rowkey_encode(&layout, &from, i / 4, &bytes);
            else
                row_encode(&layout, &from, i / 4, &bytes);
            if (draw(&b, 3) == 0)
                bytes.size = draw(&b, (uint32_t)bytes.size);
            else
                bytes.ptr[draw(&b, (uint32_t)bytes.size)] = (char)draw(&b, 256);
            Status status = as_key
                                ? rowkey_decode(&layout, strbuf_as_text(&bytes), &to, 0, &b.arena)
                                : row_decode(&layout, strbuf_as_text(&bytes), &to, 0, &b.arena);
            assert_true(status == ST_OK || status == ST_STATE);
            strbuf_close(&bytes);
        }
        arena_close(&b.arena);
    }
}

/* Beyond CELL_SET_FEW the set hashes; it must find what comparing one by one finds. */
static void test_cell_set(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        Bench b;
        RowLayout layout;
        Column column;
        CellSet set;
        bench_open(&b, 3000 + round);
        one_column(&b, &layout, &column);
        cell_set_init(&set, &b.arena, &column);
        for (uint32_t i = 0; i < ROWS; i++) {
            uint32_t first = 0;
            while (!cells_same(&column, first, &column, i))
                first++;
            assert_int_equal(cell_set_find(&set, &column, i), first == i ? CELL_NONE : first);
            if (first == i)
                assert_int_equal(cell_set_add(&set, i), ST_OK);
        }
        arena_close(&b.arena);
    }
}

/* The order of a MAP's entries is no part of its value. */
static void test_order_of_entries(void **state)
{
    (void)state;
    static const int64_t orders[3][3] = {{1, 2, 3}, {3, 1, 2}, {2, 3, 1}};
    Bench b;
    Type type;
    Column map;
    StrBuf key[3];
    bench_open(&b, 1);
    assert_int_equal(type_map(&b.arena, type_make(TYPE_INT), type_make(TYPE_INT), &type), ST_OK);
    assert_int_equal(column_make_typed(&b.arena, &type, 3, &map), ST_OK);
    for (uint32_t row = 0; row < 3; row++) {
        uint32_t first;
        assert_int_equal(nested_add_elements(&b.arena, map.data.nested, row, 3, &first), ST_OK);
        for (uint32_t i = 0; i < 3; i++) {
            map.data.nested->child[0].data.i64[first + i] = orders[row][i];
            map.data.nested->child[1].data.i64[first + i] = -orders[row][i];
        }
        strbuf_init(&key[row], NULL);
        rowkey_append(&key[row], &type, &map, row);
        assert_true(cells_same(&map, 0, &map, row));
        assert_int_equal(cell_hash(&map, row, 1), cell_hash(&map, 0, 1));
        assert_true(text_equal(strbuf_as_text(&key[row]), strbuf_as_text(&key[0])));
    }
    for (uint32_t row = 0; row < 3; row++)
        strbuf_close(&key[row]);
    arena_close(&b.arena);
}

/* A long row of different cells: the table grows several times. */
static void test_large_cell_set(void **state)
{
    (void)state;
    enum { CELLS = 5000 };
    Bench b;
    Column column;
    CellSet set;
    bench_open(&b, 1);
    assert_int_equal(column_make(&b.arena, PHYS_I64, CELLS, &column), ST_OK);
    cell_set_init(&set, &b.arena, &column);
    for (uint32_t i = 0; i < CELLS; i++) {
        column.data.i64[i] = (int64_t)i << 32;
        assert_int_equal(cell_set_find(&set, &column, i), CELL_NONE);
        assert_int_equal(cell_set_add(&set, i), ST_OK);
    }
    for (uint32_t i = 0; i < CELLS; i++)
        assert_int_equal(cell_set_find(&set, &column, i), i);
    arena_close(&b.arena);
}

/* Gathering shares elements: what a row of 10,000 of them costs is its cell. */
static void test_gather_shares_elements(void **state)
{
    (void)state;
    enum { ELEMENTS = 10000, COPIES = 1000 };
    Bench b;
    Type type;
    Column from, out;
    uint32_t first, row[COPIES] = {0};
    bench_open(&b, 1);
    assert_int_equal(type_array(&b.arena, type_make(TYPE_BIGINT), &type), ST_OK);
    assert_int_equal(column_make_typed(&b.arena, &type, 1, &from), ST_OK);
    assert_int_equal(nested_add_elements(&b.arena, from.data.nested, 0, ELEMENTS, &first), ST_OK);
    size_t before = arena_used_bytes(&b.arena);
    assert_int_equal(column_gather(&b.arena, &from, row, COPIES, &out), ST_OK);
    assert_true(arena_used_bytes(&b.arena) - before < ELEMENTS * sizeof(int64_t) * 2);
    assert_true(cells_same(&from, 0, &out, COPIES - 1));
    arena_close(&b.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_are_the_same),    cmocka_unit_test(test_bytes_come_back),
        cmocka_unit_test(test_damaged_bytes),          cmocka_unit_test(test_cell_set),
        cmocka_unit_test(test_order_of_entries),       cmocka_unit_test(test_large_cell_set),
        cmocka_unit_test(test_gather_shares_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
