/* Expressions over many rows: neither sharing of subexpressions nor the size of a batch nor a
 * selection changes a result. */
#include "../../support/bind_harness.h"

/* --- a table of random rows --- */

static const RowCell columns[] = {
    {"b1", "BOOLEAN:NULL"},      {"b2", "BOOLEAN:NULL"}, {"i", "INT:NULL"},
    {"z", "INT:NULL"},           {"big", "BIGINT:NULL"}, {"d", "DOUBLE:NULL"},
    {"m", "DECIMAL(10,2):NULL"}, {"s", "STRING:NULL"},   {"t", "STRING:NULL"},
    {"ts", "TIMESTAMP(3):NULL"}, {NULL, NULL},
};
enum { COLUMNS = 10, ROWS = 1024 };

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Small numbers, so that zeros, equal values and NULLs are frequent. */
static void random_cell(Column *column, uint32_t row, TypeId id, uint64_t *random)
{
    static const char *const texts[] = {"",
                                        "a",
                                        "ab%",
                                        "12",
                                        "-7",
                                        "garbage",
                                        "a text that is too long to stand inline",
                                        "another long text, also not inline",
                                        "2020-02-29 10:00:00",
                                        "7.5"};
    uint64_t value = next_random(random);
    if (value % 5 == 0) {
        bit_clear(column->valid, row);
        return;
    }
    int64_t small = (int64_t)(value / 5 % 7) - 3;
    switch (column->phys) {
    case PHYS_BOOL: column->data.b[row] = small > 0; break;
    case PHYS_I64:
        column->data.i64[row] = id == TYPE_TIMESTAMP ? small * INT64_C(86399999000) : small;
        break;
    case PHYS_F64: column->data.f64[row] = (double)small / 2; break;
    case PHYS_I128: column->data.i128[row] = small * 150; break;
    case PHYS_STR: column->data.str[row] = str_of_text(text_of(texts[value / 5 % 10])); break;
    case PHYS_NESTED: fail_msg("no nested columns here");
    }
}

static void random_columns(BindHarness *h, Arena *arena, Column *column, uint64_t seed)
{
    for (uint32_t c = 0; c < COLUMNS; c++) {
        TypeId id = (TypeId)h->cell[c].type.id;
        assert_int_equal(column_make(arena, type_phys(id), ROWS, &column[c]), ST_OK);
        assert_int_equal(column_need_valid(arena, &column[c], ROWS), ST_OK);
        for (uint32_t row = 0; row < ROWS; row++)
            random_cell(&column[c], row, id, &seed);
    }
}

/* --- running --- */

typedef struct Answers { /* of one scalar, per row: the printed value or the code of the error */
    const char *text[ROWS];
} Answers;

/* Copies rows first .. first + rows - 1 of the table to a batch of their own. */
static Batch slice(const Column *table, uint32_t first, uint16_t rows, Arena *arena)
{
    Column *column = arena_alloc(arena, sizeof *column * COLUMNS);
    assert_non_null(column);
    for (uint32_t c = 0; c < COLUMNS; c++) {
        assert_int_equal(column_make(arena, table[c].phys, rows, &column[c]), ST_OK);
        assert_int_equal(column_need_valid(arena, &column[c], rows), ST_OK);
        for (uint16_t row = 0; row < rows; row++)
            assert_int_equal(column_copy_cell(arena, &column[c], row, &table[c], first + row),
                             ST_OK);
    }
    return (Batch){.rows = rows, .selected = rows, .columns = COLUMNS, .column = column};
}

static void note_answers(const Program *program, Scalar *const *scalar, uint32_t scalars,
                         const Batch *batch, const Column *result, uint32_t first, Answers *answers,
                         Arena *arena)
{
    const RowErrors *errors = program_errors(program);
    StrBuf buf;
    strbuf_init(&buf, NULL);
    for (uint32_t i = 0; i < batch->selected; i++) {
        uint32_t row = batch_row(batch, i);
        for (uint32_t s = 0; s < scalars; s++) {
            strbuf_clear(&buf);
            if (bit_get(errors->failed, row))
                strbuf_string(&buf, "rejected");
            else
                oracle_print(&scalar[s]->type, &result[s], row, &buf);
            answers[s].text[first + row] = arena_copy(arena, strbuf_cstr(&buf), buf.size + 1);
        }
    }
    strbuf_close(&buf);
}

/* Runs the scalars as one program over the rows, in batches, each with every `stride`-th row
 * selected in turn, so that in the end all rows are computed. */
static void run_all(BindHarness *h, Scalar *const *scalar, uint32_t scalars, const Column *table,
                    uint16_t batch_rows, uint16_t stride, Answers *answers, Arena *arena)
{
    Program *program;
    Column result[64];
    uint16_t sel[ROWS];
    assert_in_range(scalars, 1, 64);
    assert_int_equal(program_compile(NULL, scalar, scalars, COLUMNS, &program), ST_OK);
    for (uint32_t first = 0; first < ROWS; first += batch_rows) {
        uint16_t rows = (uint16_t)(ROWS - first < batch_rows ? ROWS - first : batch_rows);
        Batch batch = slice(table, first, rows, arena);
        for (uint16_t offset = 0; offset < stride; offset++) {
            batch.selected = 0;
            for (uint16_t row = offset; row < rows; row = (uint16_t)(row + stride))
                sel[batch.selected++] = row;
            batch.sel = stride == 1 ? NULL : sel;
            assert_int_equal(program_run(program, &batch, &h->kernel.context, result), ST_OK);
            note_answers(program, scalar, scalars, &batch, result, first, answers, arena);
        }
    }
    program_close(program);
}

/* --- the same result in every way --- */

static const char *const expressions[] = {
    "i + z",
    "i / z",
    "CASE WHEN z <> 0 THEN i / z ELSE -1 END",
    "CASE WHEN i / z > 0 THEN i / z WHEN z = 0 THEN i ELSE i / z + 1 END",
    "z <> 0 AND i / z > 0",
    "z = 0 OR i / z > 0",
    "z <> 0 AND i / z > 0 AND b1",
    "b1 AND b2 AND i > z",
    "b1 OR b2 OR NOT b1",
    "(b1 AND b2) OR (b2 AND NOT b1) OR i / z = 1",
    "NOT (b1 OR b2)",
    "b1 IS TRUE AND b2 IS NOT UNKNOWN",
    "COALESCE(z, i / z, big)",
    "COALESCE(NULLIF(z, 0), i / z)",
    "IF(z = 0, 0, i / z)",
    "i IN (1, 2, NULL)",
    "i NOT IN (1, z, 3)",
    "i BETWEEN SYMMETRIC z AND 2",
    "i IS DISTINCT FROM z",
    "m * 2 + i",
    "m / m",
    "d / d + d",
    "CAST(s AS INT)",
    "TRY_CAST(s AS INT) + i",
    "CASE WHEN s = '12' THEN CAST(s AS INT) ELSE 0 END",
    "s = '12' AND CAST(s AS INT) = 12",
    "s || t",
    "UPPER(s || t) LIKE '%LONG%'",
    "CASE WHEN b1 THEN s || t WHEN b2 THEN s ELSE t END",
    "COALESCE(s, t, 'nothing')",
    "GREATEST(i, z, 1)",
    "ts + INTERVAL '1' DAY > ts",
    "CASE i WHEN 1 THEN 'one' WHEN 2 THEN 'two' END",
    "CASE WHEN b1 THEN CASE WHEN b2 THEN i / z ELSE z END ELSE COALESCE(i / z, 1) END",
};
enum { EXPRESSIONS = sizeof expressions / sizeof *expressions };

static void bind_all(BindHarness *h, Scalar **scalar, Arena *arena)
{
    for (uint32_t i = 0; i < EXPRESSIONS; i++) {
        const Expr *expr;
        h->source = (Source){TEXT("<test>"), text_of(expressions[i])};
        h->binder = (Binder){.arena = arena, .diag = &h->diag};
        BindContext context = {.binder = &h->binder, .scope = &h->scope, .place = "a test"};
        if (parse_expression(&h->source, arena, &expr, &h->diag) != ST_OK ||
            bind_expr(&context, expr, &scalar[i]) != ST_OK)
            fail_msg("%s: %s", expressions[i], h->diag.message);
    }
}

static void expect_same(const Answers *wanted, const Answers *got, const char *how)
{
    for (uint32_t row = 0; row < ROWS; row++) {
        for (uint32_t i = 0; i < EXPRESSIONS; i++) {
            if (strcmp(wanted[i].text[row], got[i].text[row]) != 0)
                fail_msg("%s, row %u, %s: %s, expected %s", expressions[i], row, how,
                         got[i].text[row], wanted[i].text[row]);
        }
    }
}

static void test_batches_do_not_matter(void **state)
{
    (void)state;
    static Answers alone[EXPRESSIONS], again[EXPRESSIONS];
    static const uint16_t sizes[] = {1, 3, 1000};
    BindHarness h;
    Arena arena;
    Column table[COLUMNS];
    Scalar *scalar[EXPRESSIONS];
    bind_harness_open(&h, columns);
    arena_init(&arena, NULL);
    random_columns(&h, &arena, table, 1);
    bind_all(&h, scalar, &arena);
    for (uint32_t i = 0; i < EXPRESSIONS; i++)
        run_all(&h, &scalar[i], 1, table, ROWS, 1, &alone[i], &arena);
    for (uint32_t s = 0; s < 3; s++) {
        for (uint32_t i = 0; i < EXPRESSIONS; i++)
            run_all(&h, &scalar[i], 1, table, sizes[s], 1, &again[i], &arena);
        expect_same(alone, again, "small batches");
    }
    for (uint16_t stride = 2; stride <= 7; stride = (uint16_t)(stride + 5)) {
        for (uint32_t i = 0; i < EXPRESSIONS; i++)
            run_all(&h, &scalar[i], 1, table, ROWS, stride, &again[i], &arena);
        expect_same(alone, again, "selections");
    }
    arena_close(&arena);
    bind_harness_close(&h);
}

/* One program of all expressions: a row is rejected when any of them rejects it, and has the values
 * that each has alone where none does. */
static void test_sharing_does_not_matter(void **state)
{
    (void)state;
    static Answers alone[EXPRESSIONS], together[EXPRESSIONS];
    static const uint16_t sizes[] = {1, 3, ROWS};
    BindHarness h;
    Arena arena;
    Column table[COLUMNS];
    Scalar *scalar[EXPRESSIONS];
    bind_harness_open(&h, columns);
    arena_init(&arena, NULL);
    random_columns(&h, &arena, table, 2);
    bind_all(&h, scalar, &arena);
    uint32_t rejected = 0;
    for (uint32_t i = 0; i < EXPRESSIONS; i++)
        run_all(&h, &scalar[i], 1, table, ROWS, 1, &alone[i], &arena);
    for (uint32_t row = 0; row < ROWS; row++) {
        bool fails = false;
        for (uint32_t i = 0; i < EXPRESSIONS; i++)
            fails = fails || strcmp(alone[i].text[row], "rejected") == 0;
        for (uint32_t i = 0; i < EXPRESSIONS && fails; i++)
            alone[i].text[row] = "rejected";
        rejected += fails;
    }
    assert_in_range(rejected, ROWS / 4, ROWS - 100); /* else the test would show little */
    for (uint32_t s = 0; s < 3; s++) {
        run_all(&h, scalar, EXPRESSIONS, table, sizes[s], 1, together, &arena);
        expect_same(alone, together, "in one program");
    }
    arena_close(&arena);
    bind_harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches_do_not_matter),
        cmocka_unit_test(test_sharing_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
