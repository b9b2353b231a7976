/* For tests of what stores rows as bytes: rows of each kind of column with their extreme values,
 * and exact copies of bytes, so that the sanitizer sees who reads too far. The test has included
 * cmocka. */
#ifndef WEIR_TESTS_SUPPORT_CODEC_BENCH_H
#define WEIR_TESTS_SUPPORT_CODEC_BENCH_H

#include <math.h>

#include "storage/data/row_codec.h"
#include "tests/support/row_text.h"

static Field scalar_field[] = {
    {.name = TEXT("b"), .type = {.id = TYPE_BOOLEAN, .nullable = true}},
    {.name = TEXT("i"), .type = {.id = TYPE_BIGINT, .nullable = true}},
    {.name = TEXT("d"), .type = {.id = TYPE_DOUBLE, .nullable = true}},
    {.name = TEXT("n"),
     .type = {.id = TYPE_DECIMAL, .nullable = true, .precision = 38, .scale = 2}},
    {.name = TEXT("s"), .type = {.id = TYPE_VARCHAR, .nullable = true, .precision = LENGTH_MAX}},
    {.name = TEXT("t"), .type = {.id = TYPE_TIMESTAMP, .nullable = true, .precision = 6}},
};
static const Schema scalars = {6, scalar_field};
enum { B, I, D, N, S, T };

typedef struct CodecBench {
    Arena arena;
    RowLayout layout;
    StrBuf bytes;
    Column *back; /* where rows are read to */
} CodecBench;

static inline int codec_set_up(void **state)
{
    static CodecBench bench;
    arena_init(&bench.arena, NULL);
    strbuf_init(&bench.bytes, NULL);
    assert_int_equal(row_layout_make(&bench.arena, &scalars, NULL, 0, &bench.layout), ST_OK);
    bench.back = row_text_columns(&bench.arena, &scalars);
    *state = &bench;
    return 0;
}

static inline int codec_tear_down(void **state)
{
    CodecBench *bench = *state;
    strbuf_close(&bench->bytes);
    arena_close(&bench->arena);
    return 0;
}

static const char rows_text[] =
    "+I true|0|0|0|x|1970-01-01 00:00:00\n"
    "+I false|-1|-0.0|-0.01||1969-12-31 23:59:59.999999\n"
    "+I NULL|9223372036854775807|nan|999999999999999999999999999999999999.99|a text that is longer "
    "than twelve bytes|9999-12-31 23:59:59.999999\n"
    "+I "
    "true|-9223372036854775808|-inf|-999999999999999999999999999999999999.99|\x01\x01\x02|0001-01-"
    "01 00:00:00\n"
    "+I NULL|NULL|NULL|NULL|NULL|NULL\n"
    "+I true|255|1e300|92233720368547758.07|é|2020-02-29 13:45:56.789\n"
    "+I true|-256|5e-324|-92233720368547758.08|NUL|2020-02-29 13:45:56.789\n"
    "+I false|256|inf|92233720368547758.08|y|NULL";

static inline void assert_same_cell(const Column *a, uint32_t a_row, const Column *b,
                                    uint32_t b_row, bool as_key)
{
    assert_int_equal(column_is_null(a, a_row), column_is_null(b, b_row));
    if (column_is_null(a, a_row))
        return;
    switch (a->phys) {
    case PHYS_BOOL: assert_int_equal(a->data.b[a_row], b->data.b[b_row]); break;
    case PHYS_I64: assert_true(a->data.i64[a_row] == b->data.i64[b_row]); break;
    case PHYS_F64:
        if (as_key && (isnan(a->data.f64[a_row]) || a->data.f64[a_row] == 0))
            assert_true(isnan(a->data.f64[a_row]) ? isnan(b->data.f64[b_row])
                                                  : b->data.f64[b_row] == 0);
        else
            assert_memory_equal(&a->data.f64[a_row], &b->data.f64[b_row], sizeof(double));
        break;
    case PHYS_I128: assert_true(a->data.i128[a_row] == b->data.i128[b_row]); break;
    case PHYS_STR: assert_true(str_equal(&a->data.str[a_row], &b->data.str[b_row])); break;
    case PHYS_NESTED: fail(); break;
    }
}

/* With one byte before them, so that there are no zero-sized blocks, and none behind, so that the
 * sanitizer sees who reads too far. */
static inline char *exact_copy(const char *bytes, uint32_t size)
{
    char *block = mem_alloc(NULL, (size_t)size + 1);
    assert_non_null(block);
    memcpy(block + 1, bytes, size);
    return block + 1;
}

static inline void exact_free(char *copy, uint32_t size)
{
    mem_free(NULL, copy - 1, (size_t)size + 1);
}

#endif
