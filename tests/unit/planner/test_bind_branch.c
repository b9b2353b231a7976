/* What decides which rows are computed: untaken branches, filters, three-valued logic, folding; and
 * the bounds of an expression's size. */
#include "../../support/bind_harness.h"

/* --- branches that are not taken --- */

typedef struct GuardCase {
    const char *sql;
    const char *expect[4]; /* for z = 0, 2, NULL, -1; i = 6, s = 'x', '7', '', NULL */
} GuardCase;

static const GuardCase guard_cases[] = {
    {"i / z", {"rejected", "3", "NULL", "-6"}},
    {"CASE WHEN z = 0 THEN -1 ELSE i / z END", {"-1", "3", "NULL", "-6"}},
    {"CASE WHEN z <> 0 THEN i / z END", {"NULL", "3", "NULL", "-6"}},
    {"CASE z WHEN 0 THEN 0 WHEN i / z THEN 1 ELSE i / z END", {"0", "3", "NULL", "-6"}},
    {"z <> 0 AND i / z > 0", {"false", "true", "NULL", "false"}},
    {"i / z > 0 AND z <> 0", {"rejected", "true", "NULL", "false"}},
    {"z = 0 OR i / z > 0", {"true", "true", "NULL", "false"}},
    {"NOT (z = 0 OR i / z > 0)", {"false", "false", "NULL", "true"}},
    {"z <> 0 AND i / z > 0 AND i / z < 100", {"false", "true", "NULL", "false"}},
    {"z <> 0 AND (z = 2 OR i / z = -6) AND i / (z + 2) >= 0", {"false", "true", "NULL", "true"}},
    {"COALESCE(z, i / (i - 6))", {"0", "2", "rejected", "-1"}},
    {"COALESCE(NULLIF(z, 0), 9)", {"9", "2", "9", "-1"}},
    {"IF(z = 0, 0, i / z)", {"0", "3", "NULL", "-6"}},
    {"IFNULL(z, i / (i - 6))", {"0", "2", "rejected", "-1"}},
    {"s = '7' AND CAST(s AS INT) > 0", {"false", "true", "false", "NULL"}},
    {"CASE WHEN s <> '7' THEN -1 ELSE CAST(s AS INT) END", {"-1", "7", "-1", "NULL"}},
    {"CAST(s AS INT)", {"rejected", "7", "rejected", "NULL"}},
    {"TRY_CAST(s AS INT)", {"NULL", "7", "NULL", "NULL"}},
    {"FALSE AND i / 0 > 1", {"false", "false", "false", "false"}},
    {"CASE WHEN TRUE THEN 1 ELSE 1 / 0 END", {"1", "1", "1", "1"}},
    {"COALESCE(1, 1 / 0)", {"1", "1", "1", "1"}},
    {"i + 1 / 0", {"rejected", "rejected", "rejected", "rejected"}},
};

static Batch guard_batch(Arena *arena)
{
    static const int64_t z[] = {0, 2, 0, -1};
    static const char *const s[] = {"x", "7", "", ""};
    Column *column = arena_alloc_zeroed(arena, sizeof *column * 3);
    assert_non_null(column);
    assert_int_equal(column_make(arena, PHYS_I64, 4, &column[0]), ST_OK);
    assert_int_equal(column_make(arena, PHYS_I64, 4, &column[1]), ST_OK);
    assert_int_equal(column_make(arena, PHYS_STR, 4, &column[2]), ST_OK);
    assert_int_equal(column_need_valid(arena, &column[1], 4), ST_OK);
    assert_int_equal(column_need_valid(arena, &column[2], 4), ST_OK);
    for (uint32_t row = 0; row < 4; row++) {
        column[0].data.i64[row] = 6;
        column[1].data.i64[row] = z[row];
        column[2].data.str[row] = str_of_text(text_of(s[row]));
    }
    bit_clear(column[1].valid, 2);
    bit_clear(column[2].valid, 3);
    return (Batch){.rows = 4, .selected = 4, .columns = 3, .column = column};
}

static void test_untaken_branches(void **state)
{
    (void)state;
    static const RowCell guard_columns[] = {
        {"i", "INT:6"}, {"z", "INT:0"}, {"s", "STRING:x"}, {NULL, NULL}};
    BindHarness h;
    bind_harness_open(&h, guard_columns);
    StrBuf buf;
    strbuf_init(&buf, NULL);
    for (size_t i = 0; i < sizeof guard_cases / sizeof *guard_cases; i++) {
        Scalar *scalar;
        Program *program;
        Column result;
        if (bind_harness_bind(&h, guard_cases[i].sql, &scalar) != ST_OK)
            fail_msg("%s: %s", guard_cases[i].sql, h.diag.message);
        Batch batch = guard_batch(&h.kernel.arena);
        assert_int_equal(program_compile(NULL, &scalar, 1, 3, &program), ST_OK);
        assert_int_equal(program_run(program, &batch, &h.kernel.context, &result), ST_OK);
        for (uint32_t row = 0; row < 4; row++) {
            strbuf_clear(&buf);
            if (bit_get(program_errors(program)->failed, row))
                strbuf_string(&buf, "rejected");
            else
                oracle_print_value(&scalar->type, &result, row, &buf);
            if (strcmp(strbuf_cstr(&buf), guard_cases[i].expect[row]) != 0)
                fail_msg("%s, row %u: %s, expected %s", guard_cases[i].sql, row, strbuf_cstr(&buf),
                         guard_cases[i].expect[row]);
        }
        program_close(program);
    }
    strbuf_close(&buf);
    bind_harness_close(&h);
}

/* --- filters --- */

typedef struct FilterCase {
    const char *sql;
    uint32_t kept; /* a bit per row of guard_batch */
    uint32_t failed;
} FilterCase;

static const FilterCase filter_cases[] = {
    {"z = 2", 0x2, 0},
    {"z IS NULL", 0x4, 0},
    {"z <> 0 AND i / z > 0", 0x2, 0},
    {"i / z > 0 AND z <> 0", 0x2, 0x1},
    {"z <> 0 AND s <> '7'", 0x0, 0},
    {"z = 0 OR s IS NULL", 0x9, 0},
    {"NULL", 0x0, 0},
    {"TRUE", 0xF, 0},
    {"i / z < 0 OR z = 0", 0x8, 0x1},
};

static void test_filters(void **state)
{
    (void)state;
    static const RowCell guard_columns[] = {
        {"i", "INT:6"}, {"z", "INT:0"}, {"s", "STRING:x"}, {NULL, NULL}};
    BindHarness h;
    bind_harness_open(&h, guard_columns);
    for (size_t i = 0; i < sizeof filter_cases / sizeof *filter_cases; i++) {
        const Expr *expr;
        Scalar *scalar;
        Program *program;
        const uint16_t *sel;
        uint16_t count;
        h.source = (Source){TEXT("<test>"), text_of(filter_cases[i].sql)};
        h.binder = (Binder){.arena = &h.kernel.arena, .diag = &h.diag};
        BindContext context = {.binder = &h.binder, .scope = &h.scope, .place = "WHERE"};
        assert_int_equal(parse_expression(&h.source, &h.kernel.arena, &expr, &h.diag), ST_OK);
        assert_int_equal(bind_condition(&context, expr, &scalar), ST_OK);
        assert_int_equal(program_compile_filter(NULL, &scalar, 1, 3, &program), ST_OK);
        Batch batch = guard_batch(&h.kernel.arena);
        assert_int_equal(program_select(program, &batch, &h.kernel.context, &sel, &count), ST_OK);
        uint32_t kept = 0, failed = 0;
        for (uint16_t r = 0; r < count; r++)
            kept |= UINT32_C(1) << (sel == NULL ? r : sel[r]);
        for (uint32_t row = 0; row < 4; row++)
            failed |= (uint32_t)bit_get(program_errors(program)->failed, row) << row;
        if (kept != filter_cases[i].kept || failed != filter_cases[i].failed)
            fail_msg("%s: kept %x, failed %x", filter_cases[i].sql, kept, failed);
        program_close(program);
    }
    bind_harness_close(&h);
}

/* --- three-valued logic --- */

enum { TRUTHS = 3 }; /* FALSE, TRUE, NULL, in this order below */

static const char truth_and[TRUTHS][TRUTHS] = {{'F', 'F', 'F'}, {'F', 'T', 'N'}, {'F', 'N', 'N'}};
static const char truth_or[TRUTHS][TRUTHS] = {{'F', 'T', 'N'}, {'T', 'T', 'T'}, {'N', 'T', 'N'}};
static const char truth_not[TRUTHS] = {'T', 'F', 'N'};

static char truth_of(const Column *column, uint32_t row)
{
    if (column_is_null(column, row))
        return 'N';
    return column->data.b[column_index(column, row)] != 0 ? 'T' : 'F';
}

/* The nine pairs of truths as rows 0 to 8. */
static Batch truth_batch(Arena *arena)
{
    Column *column = arena_alloc_zeroed(arena, sizeof *column * 2);
    assert_non_null(column);
    for (uint32_t c = 0; c < 2; c++) {
        assert_int_equal(column_make(arena, PHYS_BOOL, 9, &column[c]), ST_OK);
        assert_int_equal(column_need_valid(arena, &column[c], 9), ST_OK);
        for (uint32_t row = 0; row < 9; row++) {
            uint32_t truth = c == 0 ? row / 3 : row % 3;
            column[c].data.b[row] = truth == 1;
            if (truth == 2)
                bit_clear(column[c].valid, row);
        }
    }
    return (Batch){.rows = 9, .selected = 9, .columns = 2, .column = column};
}

/* The guards make the second argument one that is computed for some of the rows only. */
static const struct {
    const char *sql;
    int table; /* 0 AND, 1 OR, 2 NOT of the first */
} truth_cases[] = {
    {"a AND b", 0},
    {"a OR b", 1},
    {"NOT a", 2},
    {"a AND CAST(CAST(b AS STRING) AS BOOLEAN)", 0},
    {"a OR CAST(CAST(b AS STRING) AS BOOLEAN)", 1},
    {"NOT (NOT a OR NOT b)", 0},
    {"NOT (NOT a AND NOT b)", 1},
    {"a AND b AND TRUE", 0},
    {"a OR FALSE OR b", 1},
    {"CASE WHEN a THEN b WHEN NOT a THEN a WHEN b = FALSE THEN b END", 0},
};

static void test_three_valued_logic(void **state)
{
    (void)state;
    static const RowCell truth_columns[] = {
        {"a", "BOOLEAN:NULL"}, {"b", "BOOLEAN:NULL"}, {NULL, NULL}};
    BindHarness h;
    bind_harness_open(&h, truth_columns);
    for (size_t i = 0; i < sizeof truth_cases / sizeof *truth_cases; i++) {
        Scalar *scalar;
        Program *program;
        Column result;
        if (bind_harness_bind(&h, truth_cases[i].sql, &scalar) != ST_OK)
            fail_msg("%s: %s", truth_cases[i].sql, h.diag.message);
        Batch batch = truth_batch(&h.kernel.arena);
        assert_int_equal(program_compile(NULL, &scalar, 1, 2, &program), ST_OK);
        for (uint32_t mask = 1; mask < 1u << 9; mask++) { /* every selection */
            uint16_t sel[9];
            batch.sel = sel;
            batch.selected = 0;
            for (uint16_t row = 0; row < 9; row++) {
                if ((mask >> row & 1) != 0)
                    sel[batch.selected++] = row;
            }
            assert_int_equal(program_run(program, &batch, &h.kernel.context, &result), ST_OK);
            assert_int_equal(program_errors(program)->count, 0);
            for (uint32_t r = 0; r < batch.selected; r++) {
                uint32_t a = sel[r] / 3, b = sel[r] % 3;
                char wanted = truth_cases[i].table == 0   ? truth_and[a][b]
                              : truth_cases[i].table == 1 ? truth_or[a][b]
                                                          : truth_not[a];
                if (truth_of(&result, sel[r]) != wanted)
                    fail_msg("%s, row %u: %c, expected %c", truth_cases[i].sql, sel[r],
                             truth_of(&result, sel[r]), wanted);
            }
        }
        program_close(program);
    }
    bind_harness_close(&h);
}

/* --- folding --- */

typedef struct FoldCase {
    const char *sql;
    const char *printed; /* the bound scalar */
} FoldCase;

static const FoldCase fold_cases[] = {
    {"1 + 2 * 3", "7"},
    {"i + (2 - 1)", "(i + 1)"},
    {"1 / 0", "(1 / 0)"},
    {"CAST('x' AS INT)", "CAST('x' AS INT)"},
    {"i > 1 AND TRUE AND z > 1", "((i > 1) AND (z > 1))"},
    {"(i > 1 AND z > 1) AND s = 'x'", "((i > 1) AND (z > 1) AND (s = 'x'))"},
    {"i > 1 OR TRUE", "TRUE"},
    {"i > 1 AND FALSE", "FALSE"},
    {"NULL OR NULL", "NULL"},
    {"CASE WHEN FALSE THEN 1 WHEN i = 1 THEN 2 WHEN TRUE THEN 3 ELSE 4 END",
     "CASE WHEN (i = 1) THEN 2 ELSE 3 END"},
    {"CASE WHEN TRUE THEN i ELSE z END", "i"},
    {"COALESCE(NULL, i, 5, z)", "COALESCE(i, 5)"},
    {"COALESCE(NULL, 5)", "5"},
    {"UPPER('a') || s", "('A' || s)"},
    {"i BETWEEN 1 AND 2", "((i >= 1) AND (i <= 2))"},
    {"s = 'it''s'", "(s = 'it''s')"},
    {"i NOT IN (1, 2)", "(NOT (i IN (1, 2)))"},
    {"-i IS NOT NULL", "((-i) IS NOT NULL)"},
    {"s LIKE 'a%'", "(s LIKE 'a%')"},
    {"CAST(s AS BYTES) = X'0aff'", "(CAST(s AS BYTES) = X'0AFF')"},
    {"EXTRACT(YEAR FROM CAST(s AS DATE)) = 5", "(EXTRACT('YEAR', CAST(s AS DATE)) = 5)"},
    {"CAST(s AS DATE) > DATE '2020-01-31'", "(CAST(s AS DATE) > DATE '2020-01-31')"},
    {"CAST(s AS TIMESTAMP(3)) - INTERVAL '4' SECOND",
     "(CAST(s AS TIMESTAMP(3)) - INTERVAL '4' SECOND)"},
    {"INTERVAL '1 12:00' DAY TO MINUTE", "INTERVAL '36' HOUR"},
    {"INTERVAL '-1.5' SECOND", "INTERVAL '-1.500000' SECOND"},
    {"INTERVAL '0' DAY", "INTERVAL '0' SECOND"},
    {"INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '14' MONTH"},
    /* these depend on the time zone of the job */
    {"FROM_UNIXTIME(0)", "FROM_UNIXTIME(0)"},
    {"UNIX_TIMESTAMP('2020-01-01 00:00:00')", "UNIX_TIMESTAMP('2020-01-01 00:00:00')"},
    {"CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING)", "CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING)"},
};

static void test_folding(void **state)
{
    (void)state;
    static const RowCell guard_columns[] = {
        {"i", "INT:6"}, {"z", "INT:0"}, {"s", "STRING:x"}, {NULL, NULL}};
    static Field fields[] = {{.name = {"i", 1}}, {.name = {"z", 1}}, {.name = {"s", 1}}};
    Schema schema = {3, fields};
    BindHarness h;
    StrBuf buf;
    strbuf_init(&buf, NULL);
    bind_harness_open(&h, guard_columns);
    for (size_t i = 0; i < sizeof fold_cases / sizeof *fold_cases; i++) {
        Scalar *scalar;
        if (bind_harness_bind(&h, fold_cases[i].sql, &scalar) != ST_OK)
            fail_msg("%s: %s", fold_cases[i].sql, h.diag.message);
        strbuf_clear(&buf);
        scalar_print(scalar, &schema, &buf);
        assert_string_equal(strbuf_cstr(&buf), fold_cases[i].printed);
        assert_in_range(scalar->span.end, 1, strlen(fold_cases[i].sql)); /* every scalar has one */
    }
    bind_harness_close(&h);
    strbuf_close(&buf);
}

/* Each RAND() is a value of its own, and none is a constant. */
static void test_random_is_not_shared(void **state)
{
    (void)state;
    static const RowCell no_columns[] = {{NULL, NULL}};
    static const char *const cases[] = {"RAND() = RAND()", "UUID() = UUID()",
                                        "CASE WHEN RAND() < 0 THEN TRUE ELSE RAND() = RAND() END"};
    BindHarness h;
    StrBuf answer;
    strbuf_init(&answer, NULL);
    bind_harness_open(&h, no_columns);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bind_harness_answer(&h, cases[i], &answer);
        assert_string_equal(strbuf_cstr(&answer), "false, BOOLEAN NOT NULL");
    }
    bind_harness_close(&h);
    strbuf_close(&answer);
}

/* --- bounds --- */

/* Each NULLIF uses its first argument twice: as a tree, this one has 2^60 nodes. */
static void test_shared_trees_are_bounded(void **state)
{
    (void)state;
    static const RowCell guard_columns[] = {{"i", "INT:6"}, {NULL, NULL}};
    BindHarness h;
    StrBuf sql;
    Scalar *scalar;
    strbuf_init(&sql, NULL);
    for (uint32_t i = 0; i < 60; i++)
        strbuf_string(&sql, "NULLIF(");
    strbuf_string(&sql, "i");
    for (uint32_t i = 0; i < 60; i++)
        strbuf_string(&sql, ", 1)");
    bind_harness_open(&h, guard_columns);
    assert_int_equal(bind_harness_bind(&h, strbuf_cstr(&sql), &scalar), ST_LIMIT);
    assert_int_equal(h.diag.code, E1005);
    bind_harness_close(&h);
    strbuf_close(&sql);
}

/* Longer than a kernel's list of arguments. */
static void test_long_in_list(void **state)
{
    (void)state;
    static const RowCell guard_columns[] = {{"i", "INT:1999"}, {NULL, NULL}};
    BindHarness h;
    StrBuf sql, answer;
    strbuf_init(&sql, NULL);
    strbuf_init(&answer, NULL);
    strbuf_string(&sql, "i IN (0");
    for (int i = 1; i < 2000; i++)
        strbuf_printf(&sql, ", %d", i);
    strbuf_string(&sql, ")");
    bind_harness_open(&h, guard_columns);
    bind_harness_answer(&h, strbuf_cstr(&sql), &answer);
    assert_string_equal(strbuf_cstr(&answer), "true, BOOLEAN");
    bind_harness_close(&h);
    strbuf_close(&sql);
    strbuf_close(&answer);
}

/* --- short memory --- */

static Status bind_and_run(BindHarness *h, const char *sql, Arena *arena)
{
    const Expr *expr;
    Scalar *scalar;
    Program *program;
    Column result;
    diag_reset(&h->diag);
    h->source = (Source){TEXT("<test>"), text_of(sql)};
    h->binder = (Binder){.arena = arena, .diag = &h->diag};
    BindContext context = {.binder = &h->binder, .scope = &h->scope, .place = "a test"};
    TRY(parse_expression(&h->source, arena, &expr, &h->diag));
    TRY(bind_expr(&context, expr, &scalar));
    TRY(program_compile(NULL, &scalar, 1, 3, &program));
    Batch batch = {.rows = 0, .columns = 3, .column = (Column[3]){{0}, {0}, {0}}};
    Status status = program_run(program, &batch, &h->kernel.context, &result);
    program_close(program);
    return status;
}

/* Each allocation in turn fails, once or from then on: the status says so, and nothing leaks. */
static void test_short_memory(void **state)
{
    (void)state;
    static const RowCell guard_columns[] = {
        {"i", "INT:6"}, {"z", "INT:0"}, {"s", "STRING:x"}, {NULL, NULL}};
    static const char *const expressions[] = {
        "CASE WHEN z = 0 THEN -1 ELSE i / z END",
        "COALESCE(NULLIF(z, 0), i) IN (1, 2.5, NULL) AND s LIKE 'a%'",
        "UPPER('a long text, longer than twelve bytes' || s)",
        "i + 's'",
        "UPER(s)",
        "CAST(i AS TIMESTAMP(3))",
    };
    BindHarness h;
    bind_harness_open(&h, guard_columns);
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        for (uint64_t k = 1, failing = 2; failing > 0; k++) {
            failing = 0;
            for (int sticky = 0; sticky < 2; sticky++) {
                Arena arena;
                arena_init(&arena, NULL);
                mem_fail_at(k, sticky != 0);
                Status status = bind_and_run(&h, expressions[i], &arena);
                mem_fail_at(0, false);
                arena_close(&arena);
                failing += status == ST_NOMEM;
                assert_true(status == ST_OK || status == ST_NOMEM || status == ST_SEMANTIC);
            }
            assert_true(k > 1 || failing == 2); /* the first allocation is needed */
            assert_in_range(k, 1, 2000);
        }
    }
    bind_harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_untaken_branches),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_three_valued_logic),
        cmocka_unit_test(test_folding),
        cmocka_unit_test(test_random_is_not_shared),
        cmocka_unit_test(test_shared_trees_are_bounded),
        cmocka_unit_test(test_long_in_list),
        cmocka_unit_test(test_short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
