/* Mistakes in expressions: the code, the place that the caret points at, and the hint. */
#include "../../support/bind_harness.h"

#include "planner/bind/bind_private.h"

static const RowCell row[] = {
    {"i", "INT:7"},
    {"n", "INT:NULL"},
    {"bmx", "BIGINT:1"},
    {"s", "STRING:hello"},
    {"s12", "STRING:12"},
    {"d", "DOUBLE:7.0"},
    {"m1", "DECIMAL(10,2):12.35"},
    {"b", "BOOLEAN:true"},
    {"ts", "TIMESTAMP(3):2020-02-29 13:45:56.789"},
    {"tz", "TIMESTAMP_LTZ(3):2020-02-29 13:45:56.789"},
    {"dt", "DATE:2020-02-29"},
    {"tm", "TIME:13:45:56"},
    {"bytes", "BYTES:00ff"},
    {NULL, NULL},
};

typedef struct Mistake {
    const char *sql;
    const char *code;
    uint32_t column;     /* of the span's first character, from 1; 0: not checked */
    const char *covered; /* the text of the span */
    const char *hint;    /* a part of it; NULL: not checked; "": there is none */
} Mistake;

static const Mistake mistakes[] = {
    /* names of columns */
    {"zzzz", "E2104", 1, "zzzz", "there are i, n, bmx, s, s12, d, m1, b and 5 more"},
    {"I", "E2104", 1, "I", "did you mean \"i\"? Names match case-sensitively"},
    {"i + bxm", "E2104", 5, "bxm", "did you mean \"bmx\"?"},
    {"i + x.bxm", "E2104", 5, "x.bxm", "did you mean \"bmx\"?"},
    {"y.i", "E2104", 1, "y", "the table is called x"},
    {"X.i", "E2104", 1, "X", "did you mean \"x\"?"},
    {"i.f", "E2104", 3, "f", NULL},
    {"x.i.f", "E2104", 5, "f", NULL},
    {"2 * PI", "E2104", 5, "PI", "did you mean \"PI()\"?"},
    {"`no such`", "E2104", 1, "`no such`", NULL},
    /* names of functions */
    {"UPER(s)", "E2106", 1, "UPER", "did you mean \"UPPER\"?"},
    {"1 + SUMM(i)", "E2106", 5, "SUMM", "did you mean \"SUM\"?"},
    {"COALESC(n, 1)", "E2106", 1, "COALESC", "did you mean \"COALESCE\"?"},
    {"TIMESTAMPAD(1)", "E2106", 1, "TIMESTAMPAD", "did you mean \"TIMESTAMPADD\"?"},
    {"UNKNOWN_FN(1)", "E2106", 1, "UNKNOWN_FN", "SHOW FUNCTIONS lists them"},
    {"NVL(n, 1)", "E2106", 1, "NVL", "COALESCE(x, y)"},
    {"SYSDATE", "E2104", 1, "SYSDATE", "CURRENT_TIMESTAMP"},
    {"CAST(i AS LONG)", "E2119", 11, "LONG", "the type is called BIGINT here"},
    {"`+`(1, 2)", "E2106", 1, "`+`", NULL},
    {"`$NEGATE`(1)", "E2106", 1, "`$NEGATE`", NULL},
    {"a.b.f(1)", "E2106", 1, NULL, NULL},
    /* aggregates out of place */
    {"SUM(i)", "E2110", 1, "SUM(i)", ""},
    {"UPPER(s) || MAX(s)", "E2110", 13, "MAX(s)", NULL},
    {"COUNT(*)", "E2110", 1, "COUNT(*)", NULL},
    {"UPPER(DISTINCT s)", "E2107", 1, "UPPER(DISTINCT s)", NULL},
    {"ABS(i) FILTER (WHERE b)", "E2107", 1, "ABS(i) FILTER (WHERE b)", NULL},
    {"UPPER(*)", "E2107", 7, "*", NULL},
    /* arguments */
    {"UPPER(1)", "E2107", 1, "UPPER(1)", "UPPER("},
    {"1 + UPPER()", "E2107", 5, "UPPER()", "UPPER("},
    {"UPPER(s, s)", "E2107", 1, "UPPER(s, s)", "UPPER("},
    {"ABS('x')", "E2107", 1, "ABS('x')", "ABS("},
    {"MOD(d, 2)", "E2107", 1, "MOD(d, 2)", "MOD("},
    {"SUBSTRING(1, 1)", "E2107", 1, "SUBSTRING(1, 1)", "SUBSTRING("},
    {"SUBSTRING(s)", "E2107", 1, "SUBSTRING(s)", "SUBSTRING("},
    {"CHAR_LENGTH(i)", "E2107", 1, "CHAR_LENGTH(i)", "CHAR_LENGTH("},
    {"CONCAT(s, 1)", "E2107", 1, "CONCAT(s, 1)", "CONCAT("},
    {"IF(i, 1, 2)", "E2107", 4, "i", NULL},
    {"IF(b, 1)", "E2107", 1, "IF(b, 1)", "IF(condition, then, else)"},
    {"IF(b, 'a', 1)", "E2108", 12, "1", "CAST"},
    {"COALESCE(n, 'x')", "E2108", 13, "'x'", "CAST"},
    {"COALESCE()", "E2107", 1, "COALESCE()", "COALESCE(value, ...)"},
    {"COALESCE(NULL, NULL)", "E2124", 1, "COALESCE(NULL, NULL)", "CAST(NULL AS type)"},
    {"NULLIF(s, 1)", "E2107", 1, "NULLIF(s, 1)", "CAST"},
    {"NULLIF(1)", "E2107", 1, "NULLIF(1)", "NULLIF("},
    {"TRIM(1)", "E2107", 1, "TRIM(1)", "TRIM("},
    {"TRIM(LEADING 1 FROM s)", "E2107", 1, "TRIM(LEADING 1 FROM s)", "TRIM("},
    {"EXTRACT(YEAR FROM s)", "E2107", 1, "EXTRACT(YEAR FROM s)", "EXTRACT("},
    {"FLOOR(ts)", "E2107", 1, "FLOOR(ts)", "FLOOR("},
    {"FLOOR(s TO DAY)", "E2107", 1, "FLOOR(s TO DAY)", "FLOOR("},
    {"TIMESTAMPADD(DAY, '1', ts)", "E2107", 1, "TIMESTAMPADD(DAY, '1', ts)", "TIMESTAMPADD("},
    {"TIMESTAMPDIFF(DAY, s, ts)", "E2107", 1, "TIMESTAMPDIFF(DAY, s, ts)", "TIMESTAMPDIFF("},
    {"DATE_FORMAT(dt, 'yyyy')", "E2107", 1, "DATE_FORMAT(dt, 'yyyy')", "DATE_FORMAT("},
    {"UPPER(s TO DAY)", "E2107", 1, "UPPER(s TO DAY)", NULL},
    {"ROUND(d FROM 1)", "E2107", 1, "ROUND(d FROM 1)", NULL},
    {"FLOOR(ts TO DOW)", "E2107", 1, "FLOOR(ts TO DOW)", NULL},
    {"SPLIT_INDEX(s, ',')", "E2107", 1, "SPLIT_INDEX(s, ',')", "SPLIT_INDEX("},
    /* operators */
    {"i + s12", "E2107", 1, "i + s12", "CAST(... AS INT)"},
    {"s + s12", "E2107", 1, "s + s12", "texts are joined by ||"},
    {"b || b", "E2107", 1, "b || b", "the word between conditions is OR"},
    {"i + b", "E2107", 1, "i + b", "IF(condition, 1, 0)"},
    {"ts - tz", "E2107", 1, "ts - tz", "TIMESTAMPDIFF"},
    {"1 + dt", "E2107", 1, "1 + dt", "INTERVAL '1' DAY"},
    {"bytes * 2", "E2107", 1, "bytes * 2", "number * number"},
    {"2 * (i + '1')", "E2107", 5, "(i + '1')", "CAST(... AS INT)"},
    {"-s", "E2107", 1, "-s", "CAST(... AS INT)"},
    {"+s", "E2107", 1, "+s", "CAST(... AS INT)"},
    {"-ts", "E2107", 1, "-ts", ""},
    {"-b", "E2107", 1, "-b", NULL},
    {"NOT i", "E2107", 5, "i", NULL},
    {"b AND i", "E2107", 7, "i", NULL},
    {"b OR b OR s", "E2107", 11, "s", NULL},
    {"s || i", "E2107", 1, "s || i", "CAST(... AS STRING)"},
    {"ts - ts", "E2107", 1, "ts - ts", NULL},
    {"dt + 1", "E2107", 1, "dt + 1", NULL},
    {"ts + ts", "E2107", 1, "ts + ts", NULL},
    {"INTERVAL '1' DAY + INTERVAL '1' MONTH", "E2107", 1, "INTERVAL '1' DAY + INTERVAL '1' MONTH",
     NULL},
    {"i = '7'", "E2107", 1, "i = '7'", "CAST"},
    {"s <> 5", "E2107", 1, "s <> 5", "CAST"},
    {"b AND d = '7'", "E2107", 7, "d = '7'", "CAST"},
    {"ts > dt", "E2107", 1, "ts > dt", "CAST"},
    {"tm = ts", "E2107", 1, "tm = ts", "CAST"},
    {"b = 1", "E2107", 1, "b = 1", "CAST"},
    {"bytes = 'x'", "E2107", 1, "bytes = 'x'", "CAST"},
    {"i IS DISTINCT FROM s", "E2107", 1, "i IS DISTINCT FROM s", "CAST"},
    {"i IS TRUE", "E2107", 1, "i IS TRUE", "IS TRUE"},
    {"i LIKE '7'", "E2107", 1, "i LIKE '7'", "CAST(... AS STRING)"},
    {"i BETWEEN TRUE AND 2", "E2107", 1, "i BETWEEN TRUE AND 2", "CAST"},
    {"i IN (7, 'x')", "E2107", 10, "'x'", "CAST"},
    {"b IN (1, 2)", "E2107", 1, "b IN (1, 2)", "CAST"},
    {"i = ANY (1, 'x')", "E2107", 1, "i = ANY (1, 'x')", "CAST"},
    {"INTERVAL '1' DAY > INTERVAL '1' MONTH", "E2107", 1, NULL, "CAST"},
    {"(i - 1) DAY", "E2107", 1, "(i - 1) DAY", "(time - time) DAY"},
    {"(ts - dt) DAY", "E2107", 1, "(ts - dt) DAY", "(time - time) DAY"},
    {"(ts + ts) DAY", "E2107", 2, "ts + ts", "(time - time) DAY"},
    {"(ts, ts) OVERLAPS (ts, 1)", "E2107", 1, "(ts, ts) OVERLAPS (ts, 1)", NULL},
    {"(i, 2) OVERLAPS (1, 2)", "E2107", 1, "(i, 2) OVERLAPS (1, 2)", NULL},
    {"(ts, ts, ts) OVERLAPS (ts, ts)", "E2107", 1, "(ts, ts, ts)", "(start, end)"},
    {"ts OVERLAPS (ts, ts)", "E2107", 1, "ts", "(start, end)"},
    /* CASE and NULL */
    {"CASE WHEN i = 1 THEN 1 ELSE 'x' END", "E2108", 29, "'x'", "CAST"},
    {"CASE WHEN i THEN 1 END", "E2107", 11, "i", NULL},
    {"CASE WHEN b THEN NULL END", "E2124", 1, "CASE WHEN b THEN NULL END", "CAST(NULL AS type)"},
    {"CASE i WHEN '7' THEN 1 END", "E2107", 13, "'7'", "CAST"},
    {"NULL", "E2124", 1, "NULL", "CAST(NULL AS type)"},
    {"NULLIF(NULL, 1)", "E2124", 1, "NULLIF(NULL, 1)", "CAST(NULL AS type)"},
    /* literals */
    {"9223372036854775808", "E2127", 1, "9223372036854775808", "DECIMAL(38, 0)"},
    {"-9223372036854775809", "E2127", 1, "-9223372036854775809", NULL},
    {"12345678901234567890123456789012345678.5", "E2127", 1, NULL, NULL},
    {"1e400", "E2127", 1, "1e400", NULL},
    {"DATE '2020-02-30'", "E1006", 1, "DATE '2020-02-30'", "DATE 'yyyy-MM-dd'"},
    {"DATE '2020'", "E1006", 1, "DATE '2020'", "DATE 'yyyy-MM-dd'"},
    {"TIME '10:00'", "E1006", 1, "TIME '10:00'", "TIME 'HH:mm:ss.f'"},
    {"TIME '25:00:00'", "E1006", 1, "TIME '25:00:00'", NULL},
    {"TIMESTAMP ''", "E1006", 1, "TIMESTAMP ''", NULL},
    {"TIMESTAMP '2020-01-01T10:00:00'", "E1006", 1, NULL, "TIMESTAMP 'yyyy-MM-dd HH:mm:ss.f'"},
    {"TIMESTAMP '2020-01-01 10:00:00.1234567'", "E2127", 1, NULL, NULL},
    {"ts + INTERVAL '100' SECOND", "E2127", 6, "INTERVAL '100' SECOND", "write SECOND(3)"},
    {"INTERVAL '100000' DAY(3)", "E2127", 1, NULL, "write DAY(6)"},
    {"INTERVAL 'x' DAY", "E1006", 1, "INTERVAL 'x' DAY", NULL},
    {"INTERVAL '' DAY", "E1006", 1, "INTERVAL '' DAY", NULL},
    {"INTERVAL '1-13' YEAR TO MONTH", "E1006", 1, NULL, "'1-2' YEAR TO MONTH"},
    {"INTERVAL '1 25:00' DAY TO MINUTE", "E1006", 1, NULL, "DAY TO SECOND"},
    {"INTERVAL '1.1234567' SECOND", "E1006", 1, NULL, NULL},
    {"INTERVAL '1.123' SECOND(2, 2)", "E1006", 1, NULL, NULL},
    {"INTERVAL '1' DAY(11)", "E2119", 14, "DAY(11)", NULL},
    {"INTERVAL '1' DAY(0)", "E2119", 14, "DAY(0)", NULL},
    {"INTERVAL '1-1' MONTH TO YEAR", "E2119", 16, "MONTH TO YEAR", NULL},
    {"INTERVAL '1 1' DAY TO MONTH", "E2119", 16, "DAY TO MONTH", NULL},
    {"INTERVAL '1 1' WEEK TO DAY", "E2119", 16, "WEEK TO DAY", NULL},
    /* casts and types */
    {"CAST(ts AS BIGINT)", "E2121", 1, "CAST(ts AS BIGINT)", NULL},
    {"CAST(i AS TIMESTAMP(3))", "E2121", 1, "CAST(i AS TIMESTAMP(3))", NULL},
    {"TRY_CAST(b AS DATE)", "E2121", 1, "TRY_CAST(b AS DATE)", NULL},
    {"CAST(i AS INTT)", "E2119", 11, "INTT", "did you mean \"INT\"?"},
    {"CAST(i AS TEXT)", "E2119", 11, "TEXT", "STRING"},
    {"CAST(i AS REAL)", "E2119", 11, "REAL", "FLOAT"},
    {"CAST(i AS INT(3))", "E2119", 15, "3", NULL},
    {"CAST(i AS DECIMAL(39, 2))", "E2119", 19, "39", NULL},
    {"CAST(i AS DECIMAL(0))", "E2119", 19, "0", NULL},
    {"CAST(i AS DECIMAL(5, 6))", "E2119", 22, "6", NULL},
    {"CAST(i AS DECIMAL(5, 2, 1))", "E2119", 25, "1", NULL},
    {"CAST(s AS VARCHAR(0))", "E2119", 19, "0", NULL},
    {"CAST(s AS CHAR(99999999999))", "E2119", 16, "99999999999", NULL},
    {"CAST(s AS TIMESTAMP(9))", "E2119", 21, "9", "microseconds"},
    {"CAST(s AS TIME(7))", "E2119", 16, "7", "microseconds"},
    {"CAST(s AS TIMESTAMP WITH TIME ZONE)", "E2119", 11, NULL, "TIMESTAMP_LTZ"},
    {"CAST(s AS INTERVAL DAY TO MONTH)", "E2119", 20, "DAY TO MONTH", NULL},
    /* nested */
    {"1 + CARDINALITY(s)", "E2107", 5, "CARDINALITY(s)", "CARDINALITY(array | map)"},
    {"CAST(i AS ARRAY<INT>)", "E2121", 1, "CAST(i AS ARRAY<INT>)", NULL},
    {"CAST(i AS ROW<a INT>)", "E2121", 1, "CAST(i AS ROW<a INT>)", NULL},
    {"CAST(NULL AS ROW<a INT, a INT>)", "E2111", 25, "a", NULL},
    {"ARRAY[1, 's']", "E2107", 1, "ARRAY[1, 's']", "CAST one"},
    {"ARRAY[1, 2][0]", "E2127", 1, "ARRAY[1, 2][0]", NULL},
    {"MAP['a', 1, 'b']", "E2107", 1, "MAP['a', 1, 'b']", NULL},
    {"MAP['a', 1][2]", "E2107", 1, "MAP['a', 1][2]", NULL},
    {"ARRAY[NULL]", "E2124", 1, "ARRAY[NULL]", "CAST(NULL"},
    {"ROW(1, NULL)", "E2124", 1, "ROW(1, NULL)", "CAST(NULL"},
    {"CAST(ROW(1) AS ROW<a INT>).x", "E2104", 28, "x", NULL},
    {"i[1]", "E2107", 1, "i[1]", NULL},
    {"CAST(ROW(1) AS ROW<a INT>)[2]", "E2104", 28, "2", ""},
    {"ARRAY[1] < ARRAY[2]", "E2107", 1, "ARRAY[1] < ARRAY[2]", NULL},
    {"MULTISET[1]", "E2001", 1, "MULTISET[1]", NULL},
    /* not yet */
    {"(SELECT 1)", "E2001", 0, NULL, NULL},
    {"EXISTS (SELECT 1)", "E2001", 1, "EXISTS (SELECT 1)", NULL},
    {"i IN (SELECT 1)", "E2001", 1, "i IN (SELECT 1)", NULL},
    {"i = ANY (SELECT 1)", "E2001", 1, "i = ANY (SELECT 1)", NULL},
    {"PARSE_JSON(s)", "E2001", 1, "PARSE_JSON(s)", NULL},
    {"CURRENT_WATERMARK(ts)", "E2116", 19, "ts",
     "CURRENT_WATERMARK(ts), where CREATE TABLE has WATERMARK FOR ts"},
    {"SOURCE_WATERMARK()", "E2118", 1, "SOURCE_WATERMARK()", NULL},
    {"ROW_NUMBER() OVER (ORDER BY ts)", "E2110", 1, "ROW_NUMBER() OVER (ORDER BY ts)", NULL},
    {"ROW_NUMBER()", "E2107", 1, "ROW_NUMBER()", "OVER (PARTITION BY"},
    {"SUM(i) OVER (ORDER BY ts)", "E2110", 1, "SUM(i) OVER (ORDER BY ts)", NULL},
    {"COLLECT(s)", "E2110", 1, "COLLECT(s)", NULL},
    {"ts AT TIME ZONE 'UTC'", "E2001", 1, "ts AT TIME ZONE 'UTC'", NULL},
    {"(ts, ts) CONTAINS (ts, ts)", "E2001", 1, "(ts, ts) CONTAINS (ts, ts)", NULL},
    {"FINAL ABS(i)", "E2001", 1, NULL, NULL},
    {"PREV(i)", "E2001", 1, "PREV(i)", NULL},
};

static bool differs(const Mistake *mistake, const char *what, const char *got, const char *wanted)
{
    print_message("%s: %s \"%s\", expected \"%s\"\n", mistake->sql, what, got, wanted);
    return false;
}

static bool check_span(const Mistake *mistake, const Diag *diag)
{
    char got[200];
    uint32_t size = diag->span.end - diag->span.start;
    snprintf(got, sizeof got, "%.*s at %u", (int)size, mistake->sql + diag->span.start,
             diag->span.start + 1);
    if (mistake->column != 0 && diag->span.start + 1 != mistake->column)
        return differs(mistake, "position", got, "another column");
    if (mistake->covered != NULL &&
        (size != strlen(mistake->covered) ||
         memcmp(mistake->sql + diag->span.start, mistake->covered, size) != 0))
        return differs(mistake, "position", got, mistake->covered);
    return true;
}

static bool check_hint(const Mistake *mistake, const Diag *diag)
{
    if (mistake->hint == NULL)
        return true;
    bool right =
        *mistake->hint == '\0' ? diag->hint[0] == '\0' : strstr(diag->hint, mistake->hint) != NULL;
    return right || differs(mistake, "hint", diag->hint, mistake->hint);
}

static bool check_mistake(BindHarness *h, const Mistake *mistake)
{
    Scalar *scalar;
    Status status = bind_harness_bind(h, mistake->sql, &scalar);
    if (status == ST_OK)
        return differs(mistake, "no error", "", mistake->code);
    assert_true(h->diag.set);
    const ErrorDef *def = error_def(h->diag.code);
    assert_int_equal(status, def->status);
    if (strcmp(def->name, mistake->code) != 0) {
        print_message("%s ", def->name);
        return differs(mistake, "another error", h->diag.message, mistake->code);
    }
    if (strchr(h->diag.message, '$') != NULL && strchr(mistake->sql, '$') == NULL)
        return differs(mistake, "an internal name in the message", h->diag.message, "none");
    return check_span(mistake, &h->diag) && check_hint(mistake, &h->diag);
}

static void test_mistakes(void **state)
{
    (void)state;
    BindHarness h;
    uint32_t wrong = 0;
    bind_harness_open(&h, row);
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        wrong += !check_mistake(&h, &mistakes[i]);
    bind_harness_close(&h);
    print_message("%zu mistakes\n", sizeof mistakes / sizeof *mistakes);
    assert_int_equal(wrong, 0);
}

/* A function that has come leaves the list of those that are to come. */
static void test_later_functions(void **state)
{
    (void)state;
    BindHarness h;
    Scalar *scalar;
    char sql[100];
    uint32_t come = 0;
    bind_harness_open(&h, row);
    for (const char *const *later = later_functions; *later != NULL; later++) {
        if (function_exists(text_of(*later)) || is_aggregate_name(text_of(*later))) {
            print_message("%s is there\n", *later);
            come++;
            continue;
        }
        snprintf(sql, sizeof sql, "`%s`(i)", *later);
        assert_int_equal(bind_harness_bind(&h, sql, &scalar), ST_SEMANTIC);
        assert_int_equal(h.diag.code, E2001);
    }
    bind_harness_close(&h);
    assert_int_equal(come, 0);
}

/* --- two tables --- */

typedef struct TwoTableCase {
    const char *sql;
    const char *code; /* NULL: it is found */
    uint32_t index;   /* of the column found */
    const char *hint;
} TwoTableCase;

/* l (k, v, w), r (k, v, u): k is shared by USING. */
static const TwoTableCase two_table_cases[] = {
    {"k", NULL, 0, NULL},
    {"l.k", NULL, 0, NULL},
    {"r.k", NULL, 3, NULL},
    {"u", NULL, 5, NULL},
    {"w", NULL, 2, NULL},
    {"r.v", NULL, 4, NULL},
    {"v", "E2105", 0, "write \"l.v\" or \"r.v\""},
    {"l.u", "E2104", 0, "table \"r\" has one"},
    {"l.q", "E2104", 0, "there are k, v, w"},
    {"t.k", "E2104", 0, NULL},
};

static void test_two_tables(void **state)
{
    (void)state;
    BindHarness h;
    bind_harness_open(&h, (const RowCell[]){{NULL, NULL}});
    static const char *const names[] = {"k", "v", "w", "k", "v", "u"};
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(scope_add(&h.binder, &h.scope, i < 3 ? TEXT("l") : TEXT("r"),
                                   text_of(names[i]), type_make(TYPE_INT), TIME_NONE, i),
                         ST_OK);
        h.scope.column.item[i].merged = i % 3 == 0;
    }
    for (size_t i = 0; i < sizeof two_table_cases / sizeof *two_table_cases; i++) {
        const TwoTableCase *test = &two_table_cases[i];
        Scalar *scalar;
        Status status = bind_harness_bind(&h, test->sql, &scalar);
        if (test->code == NULL) {
            assert_int_equal(status, ST_OK);
            assert_int_equal(scalar->kind, SCALAR_COLUMN);
            assert_int_equal(scalar->as.column, test->index);
            continue;
        }
        assert_string_equal(error_def(h.diag.code)->name, test->code);
        if (test->hint != NULL)
            assert_string_equal(h.diag.hint, test->hint);
    }
    bind_harness_close(&h);
}

/* --- places --- */

static Status bind_in_place(BindHarness *h, const char *sql, const char *place, const Type *type,
                            Scalar **out)
{
    const Expr *expr;
    h->source = (Source){TEXT("<test>"), text_of(sql)};
    diag_reset(&h->diag);
    TRY(parse_expression(&h->source, &h->kernel.arena, &expr, &h->diag));
    BindContext context = {.binder = &h->binder, .scope = &h->scope, .place = place};
    return type == NULL ? bind_condition(&context, expr, out)
                        : bind_expr_as(&context, expr, type, out);
}

static void test_places(void **state)
{
    (void)state;
    BindHarness h;
    Scalar *scalar;
    Type bigint = type_make(TYPE_BIGINT), integer = type_make(TYPE_INT);
    bind_harness_open(&h, row);
    assert_int_equal(bind_in_place(&h, "i > 1", "WHERE", NULL, &scalar), ST_OK);
    assert_int_equal(bind_in_place(&h, "NULL", "WHERE", NULL, &scalar), ST_OK);
    assert_int_equal(scalar->type.id, TYPE_BOOLEAN);
    assert_int_equal(bind_in_place(&h, "i", "WHERE", NULL, &scalar), ST_SEMANTIC);
    assert_int_equal(h.diag.code, E2108);
    assert_string_equal(h.diag.message, "WHERE takes a condition, not INT");
    assert_int_equal(bind_in_place(&h, "COUNT(*) > 1", "WHERE", NULL, &scalar), ST_SEMANTIC);
    assert_int_equal(h.diag.code, E2110);
    assert_string_equal(h.diag.hint, "HAVING filters groups");
    assert_int_equal(bind_in_place(&h, "i", "column \"c\"", &bigint, &scalar), ST_OK);
    assert_int_equal(scalar->type.id, TYPE_BIGINT);
    assert_int_equal(bind_in_place(&h, "NULL", "column \"c\"", &bigint, &scalar), ST_OK);
    assert_int_equal(scalar->type.id, TYPE_BIGINT);
    assert_int_equal(bind_in_place(&h, "bmx", "column \"c\"", &integer, &scalar), ST_SEMANTIC);
    assert_int_equal(h.diag.code, E2108);
    assert_string_equal(h.diag.message, "column \"c\" wants INT, not BIGINT");
    bind_harness_close(&h);
}

/* --- constants --- */

typedef struct ConstantCase {
    const char *sql;
    const char *code; /* NULL: a constant */
    int64_t value;
} ConstantCase;

static const ConstantCase constant_cases[] = {
    {"5", NULL, 5},
    {"2 * 3 + 1", NULL, 7},
    {"INTERVAL '10' SECOND", NULL, 10000000},
    {"INTERVAL '1' MINUTE * 2", NULL, 120000000},
    {"i", "E2126", 0},
    {"1 + ABS(i)", "E2126", 0},
    {"1 / 0", "E2126", 0},
    {"RAND_INTEGER(5)", "E2126", 0},
    {"NULL", "E2124", 0},
    {"UPER('x')", "E2106", 0},
};

static void test_constants(void **state)
{
    (void)state;
    BindHarness h;
    bind_harness_open(&h, row);
    for (size_t i = 0; i < sizeof constant_cases / sizeof *constant_cases; i++) {
        const ConstantCase *test = &constant_cases[i];
        const Expr *expr;
        Value value;
        h.source = (Source){TEXT("<test>"), text_of(test->sql)};
        diag_reset(&h.diag);
        assert_int_equal(parse_expression(&h.source, &h.kernel.arena, &expr, &h.diag), ST_OK);
        Status status = bind_constant(&h.binder, expr, &value);
        if (test->code != NULL) {
            assert_int_not_equal(status, ST_OK);
            assert_string_equal(error_def(h.diag.code)->name, test->code);
            continue;
        }
        assert_int_equal(status, ST_OK);
        assert_int_equal(value.as.i64, test->value);
    }
    bind_harness_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),   cmocka_unit_test(test_later_functions),
        cmocka_unit_test(test_two_tables), cmocka_unit_test(test_places),
        cmocka_unit_test(test_constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
