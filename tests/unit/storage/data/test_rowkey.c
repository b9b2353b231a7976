#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/codec_bench.h"

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
    {I, {"NULL",        "-9223372036854775808",
         "-4294967297", "-65537",
         "-65536",      "-257",
         "-256",        "-255",
         "-2",          "-1",
         "0",           "1",
         "2",           "127",
         "128",         "255",
         "256",         "257",
         "65535",       "65536",
         "4294967296",  "9223372036854775807"}},
    {D,
     {"NULL", "-inf", "-1e300", "-1.5", "-5e-324", "0", "5e-324", "1", "1.5", "1e300", "inf",
      "nan"}},
    {N,
     {"NULL", "-999999999999999999999999999999999999.99", "-92233720368547758.09",
      "-92233720368547758.08", "-1", "-0.01", "0", "0.01", "1", "92233720368547758.07",
      "92233720368547758.08", "184467440737095516.16", "999999999999999999999999999999999999.99"}},
    {S,
     {"NULL", "", "\x01", "\x01\x01", "\x01\x02", "\x02", "a", "a\x01", "aa", "ab", "b",
      "\xC3\xA9"}},
};

static Text ladder_key(CodecBench *bench, const Ladder *ladder, uint32_t step)
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

static void keys_come_back_up_to_grouping(void **state)
{
    CodecBench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, rows_text);
    for (uint32_t row = 0; row < batch.rows; row++) {
        strbuf_clear(&bench->bytes);
        rowkey_encode(&bench->layout, batch.column, row, &bench->bytes);
        assert_int_equal(rowkey_decode(&bench->layout, strbuf_as_text(&bench->bytes), bench->back,
                                       row, &bench->arena),
                         ST_OK);
        for (uint32_t c = 0; c < scalars.count; c++)
            assert_same_cell(&batch.column[c], row, &bench->back[c], row, true);
    }
    assert_false(signbit(bench->back[D].data.f64[1])); /* -0.0 went in */
}

static void keys_are_ordered_as_their_values(void **state)
{
    CodecBench *bench = *state;
    for (size_t l = 0; l < sizeof ladders / sizeof ladders[0]; l++) {
        for (uint32_t a = 0; ladders[l].step[a] != NULL; a++) {
            for (uint32_t b = 0; ladders[l].step[b] != NULL; b++) {
                Text first = ladder_key(bench, &ladders[l], a),
                     second = ladder_key(bench, &ladders[l], b);
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
    CodecBench *bench = *state;
    Type type = type_string();
    Str text[2] = {str_view("a\0b", 3), str_view("a", 1)};
    Column column = {.phys = PHYS_STR, .data.str = text};
    rowkey_append(&bench->bytes, &type, &column, 0);
    rowkey_append(&bench->bytes, &type, &column, 1);
    assert_memory_equal(bench->bytes.ptr,
                        "\x01"
                        "a\x01\x01"
                        "b\0\x01"
                        "a\0",
                        9);
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
    static const char *const text[] = {"", "a", "aa", "\x01", "\x02", "a\x01", "\001a", "aaa"};
    enum { TEXTS = sizeof text / sizeof text[0] };
    CodecBench *bench = *state;
    Type type = type_string();
    Text key[TEXTS * TEXTS];
    for (uint32_t i = 0; i < TEXTS * TEXTS; i++) {
        Str cell[2] = {str_of_text(text_of(text[i / TEXTS])),
                       str_of_text(text_of(text[i % TEXTS]))};
        Column column = {.phys = PHYS_STR, .data.str = cell};
        strbuf_clear(&bench->bytes);
        rowkey_append(&bench->bytes, &type, &column, 0);
        rowkey_append(&bench->bytes, &type, &column, 1);
        assert_int_equal(arena_text(&bench->arena, strbuf_as_text(&bench->bytes), &key[i]), ST_OK);
        for (uint32_t j = 0; j < i; j++)
            assert_false(text_equal(key[i], key[j]));
    }
}

static void cut_keys_are_refused(void **state)
{
    CodecBench *bench = *state;
    Batch batch = row_text_batch(&bench->arena, &scalars, rows_text);
    for (uint32_t row = 0; row < batch.rows; row++) {
        strbuf_clear(&bench->bytes);
        rowkey_encode(&bench->layout, batch.column, row, &bench->bytes);
        Text whole = strbuf_as_text(&bench->bytes);
        for (uint32_t size = 0; size < whole.size; size++) {
            char *exact = exact_copy(whole.ptr, size);
            assert_int_equal(
                rowkey_decode(&bench->layout, (Text){exact, size}, bench->back, 0, &bench->arena),
                ST_STATE);
            exact_free(exact, size);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, codec_set_up, codec_tear_down)
        TEST(keys_come_back_up_to_grouping), TEST(keys_are_ordered_as_their_values),
        TEST(a_text_with_nul_is_a_key),      TEST(keys_of_two_texts_do_not_run_together),
        TEST(cut_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
