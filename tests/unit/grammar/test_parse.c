/* Statements of every kind, out of statements.txt: parse, print, parse, compare, print again. The
 * printed form shows the structure, since it has no parentheses but the needed ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "grammar/parse.h"

enum { LINE_BYTES = 4096 };

static void parse_one(const Source *source, Arena *arena, const Statement **out)
{
    Diag diag;
    Script script;
    diag_reset(&diag);
    if (parse_script(source, arena, &script, &diag) != ST_OK) {
        StrBuf shown;
        strbuf_init(&shown, NULL);
        diag_print(&diag, &shown);
        fail_msg("%s", strbuf_cstr(&shown));
    }
    assert_int_equal(script.statements.count, 1);
    *out = script.statements.first;
}

static void check_statement(const char *sql, const char *printed)
{
    Arena arena;
    StrBuf first, second;
    const Statement *statement, *again;
    arena_init(&arena, NULL);
    strbuf_init(&first, NULL);
    strbuf_init(&second, NULL);
    Source source = {TEXT("statements.txt"), text_of(sql)};
    parse_one(&source, &arena, &statement);
    assert_int_equal(statement->span.start, 0);
    assert_int_equal(statement->span.end, strlen(sql));
    ast_print_statement(statement, &first);
    assert_string_equal(strbuf_cstr(&first), printed);
    Source print = {TEXT("<printed>"), strbuf_as_text(&first)};
    parse_one(&print, &arena, &again);
    if (!ast_equal_statement(statement, again))
        fail_msg("parses to something else: %s", printed);
    ast_print_statement(again, &second);
    assert_string_equal(strbuf_cstr(&second), printed);
    strbuf_close(&first);
    strbuf_close(&second);
    arena_close(&arena);
}

/* The next line that is no comment; false at the end. */
static bool read_line(FILE *file, char *line)
{
    while (fgets(line, LINE_BYTES, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#')
            return true;
    }
    return false;
}

static void test_statements(void **state)
{
    (void)state;
    FILE *file = fopen(WEIR_SOURCE_DIR "/tests/unit/grammar/statements.txt", "r");
    assert_non_null(file);
    char sql[LINE_BYTES], next[LINE_BYTES];
    uint32_t count = 0;
    bool more = read_line(file, sql);
    while (more) {
        more = read_line(file, next);
        bool has_print = more && strncmp(next, "= ", 2) == 0;
        check_statement(sql, has_print ? next + 2 : sql);
        if (has_print)
            more = read_line(file, next);
        memcpy(sql, next, sizeof sql);
        count++;
    }
    fclose(file);
    assert_true(count > 300);
}

/* --- scripts --- */

static void test_script(void **state)
{
    (void)state;
    static const char sql[] =
        "\xEF\xBB\xBF-- a comment; with a semicolon\r\n;;SELECT 1;\n"
        "/* another; */ SELECT ';' AS a ; BEGIN STATEMENT SET;\n"
        "INSERT INTO a SELECT CASE WHEN b THEN 1 END FROM c;END;SET a = b;SELECT 2";
    Source source = {TEXT("script"), text_of(sql)};
    Arena arena;
    Diag diag;
    Script script;
    arena_init(&arena, NULL);
    diag_reset(&diag);
    assert_int_equal(parse_script(&source, &arena, &script, &diag), ST_OK);
    static const char *const texts[] = {
        "SELECT 1",
        "SELECT ';' AS a",
        "BEGIN STATEMENT SET;\nINSERT INTO a SELECT CASE WHEN b THEN 1 END FROM c;END",
        "SET a = b",
        "SELECT 2",
    };
    assert_int_equal(script.statements.count, 5);
    const Statement *statement = script.statements.first;
    for (uint32_t i = 0; i < 5; i++, statement = statement->next) {
        Text text = {sql + statement->span.start, statement->span.end - statement->span.start};
        assert_true(text_is(text, texts[i]));
    }
    arena_close(&arena);
}

static void test_empty_script(void **state)
{
    (void)state;
    static const char *const empty[] = {"", " \n\t", "-- nothing", "/* nothing */;;",
                                        "\xEF\xBB\xBF"};
    for (uint32_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
        Source source = {TEXT("empty"), text_of(empty[i])};
        Arena arena;
        Diag diag;
        Script script;
        arena_init(&arena, NULL);
        diag_reset(&diag);
        assert_int_equal(parse_script(&source, &arena, &script, &diag), ST_OK);
        assert_int_equal(script.statements.count, 0);
        arena_close(&arena);
    }
}

typedef struct Reports {
    uint32_t count;
    Diag diag[8];
} Reports;

static void keep_report(void *context, Span statement, const Diag *diag)
{
    Reports *reports = context;
    assert_true(statement.start <= diag->span.start && diag->span.start <= statement.end);
    assert_true(reports->count < 8);
    reports->diag[reports->count++] = *diag;
}

static void test_report_goes_on(void **state)
{
    (void)state;
    Source source = {TEXT("script"),
                     TEXT("SELECT a FORM t; SELECT 1; SELECT (1;\n"
                          "EXECUTE STATEMENT SET BEGIN INSERT t SELECT 1; INSERT INTO b "
                          "SELECT 2; END; SELECT 2; SELECT 'x")};
    Arena arena;
    Script script;
    Reports reports = {0};
    arena_init(&arena, NULL);
    assert_int_equal(parse_script_report(&source, &arena, keep_report, &reports, &script),
                     ST_SYNTAX);
    static const struct {
        ErrorCode code;
        uint32_t line, column;
    } expected[] = {{E1001, 1, 10}, {E1001, 1, 35}, {E1001, 2, 36}, {E1002, 2, 94}};
    assert_int_equal(reports.count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        const Diag *diag = &reports.diag[i];
        LineColumn at = source_locate(&source, diag->span.start);
        assert_ptr_equal(diag->source, &source);
        assert_int_equal(diag->code, expected[i].code);
        assert_int_equal(at.line, expected[i].line);
        assert_int_equal(at.column, expected[i].column);
    }
    assert_int_equal(script.statements.count, 2);
    arena_close(&arena);
}

/* Whatever is wrong behind the name. */
static void test_created_names(void **state)
{
    (void)state;
    static const struct {
        const char *statement, *name;
    } cases[] = {
        {"CREATE TABLE t (a INT", "t"},
        {"/* so */ create table if not exists t (", "t"},
        {"CREATE OR REPLACE TEMPORARY VIEW v AS SELEC", "v"},
        {"CREATE TEMPORARY SYSTEM TABLE t", "t"},
        {"CREATE MATERIALIZED VIEW a.b.`c``d` AS", "c`d"},
        {"REPLACE TABLE t", "t"},
        {"CREATE MATERIALIZED TABLE version", "version"},
        {"CREATE TABLE ``", ""},
        {"CREATE TABLE", ""},
        {"CREATE TABLE (a INT)", "("},
        {"CREATE FUNCTION f AS 'x'", ""},
        {"CREATE DATABASE d", ""},
        {"CREATE IF NOT EXISTS t", ""},
        {"DROP TABLE t", ""},
        {"SHOW CREATE TABLE t", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Arena arena;
        Text name;
        arena_init(&arena, NULL);
        assert_int_equal(parse_created_name(text_of(cases[i].statement), &arena, &name), ST_OK);
        if (!text_is(name, cases[i].name))
            fail_msg("%s: \"%.*s\"", cases[i].statement, TEXT_ARG(name));
        arena_close(&arena);
    }
}

/* --- expressions: each prints as given, or as what follows --- */

static const char *const expressions[][2] = {
    {"1 + 2 * 3", NULL},
    {"(1 + 2) * 3", NULL},
    {"1 - (2 - 3)", NULL},
    {"(1 - 2) - 3", "1 - 2 - 3"},
    {"a || b + c", NULL}, /* as Calcite: || binds like * */
    {"(a || b) + c", "a || b + c"},
    {"a || (b + c)", NULL},
    {"a % b / c", NULL},
    {"- a * b", "-a * b"},
    {"-(a * b)", NULL},
    {"- - a", "- -a"},
    {"- -1", NULL},
    {"a - -1", NULL},
    {"+a - +b", NULL},
    {"NOT a AND b OR c", NULL},
    {"NOT (a AND b)", NULL},
    {"a OR b AND c", NULL},
    {"(a OR b) AND c", NULL},
    {"a AND (b AND c)", NULL},
    {"NOT NOT a", NULL},
    {"NOT a = b", NULL},
    {"(NOT a) = b", NULL},
    {"a = (NOT b)", NULL},
    {"a = b = c", NULL},
    {"a = (b = c)", NULL},
    {"a <> b AND c != d", "a <> b AND c <> d"},
    {"a < b AND a <= b AND a > b AND a >= b", NULL},
    {"a = b IS NULL", NULL},
    {"a = (b IS NULL)", NULL},
    {"a IS NOT NULL IS TRUE", NULL},
    {"NOT a IS NULL", NULL},
    {"(NOT a) IS NULL", NULL},
    {"a IS UNKNOWN OR a IS NOT FALSE", NULL},
    {"a IS JSON OR a IS NOT JSON SCALAR OR a IS JSON ARRAY OR a IS JSON OBJECT OR a IS JSON VALUE",
     NULL},
    {"a IS DISTINCT FROM b + 1 AND a IS NOT DISTINCT FROM c", NULL},
    {"x = a IS DISTINCT FROM b", NULL},
    {"(x = a) IS DISTINCT FROM b", "x = a IS DISTINCT FROM b"}, /* as Flink */
    {"x = (a IS DISTINCT FROM b)", NULL},
    {"a IS NOT DISTINCT FROM b = c", NULL},
    {"a IN (1, 2) AND b NOT IN (SELECT 1)", NULL},
    {"a = b IN (1)", NULL},
    {"(a = b) IN (1)", NULL},
    {"a = b NOT IN (1)", NULL},
    {"(a, b) IN ((1, 2), (3, 4))", NULL},
    {"a IN ((SELECT 1), 2)", NULL},
    {"a IN ((SELECT 1))", "a IN (SELECT 1)"},
    {"a BETWEEN 1 AND 2 AND b", NULL},
    {"a NOT BETWEEN SYMMETRIC 1 AND 2", NULL},
    {"a BETWEEN ASYMMETRIC 1 AND 2", "a BETWEEN 1 AND 2"},
    {"a BETWEEN 1 + 1 AND 2 * 3 OR b", NULL},
    {"a BETWEEN (b AND c) AND d", NULL},
    {"a LIKE 'x%' ESCAPE '!' AND b NOT LIKE c || '%'", NULL},
    {"a ILIKE 'x' OR a SIMILAR TO 'y' ESCAPE 'z' OR a NOT RLIKE 'z' OR a NOT SIMILAR TO 'w'", NULL},
    {"a = ANY (SELECT 1) AND b > ALL (1, 2) AND c <> SOME (3)",
     "a = ANY (SELECT 1) AND b > ALL (1, 2) AND c <> ANY (3)"},
    {"x = (ANY(y))", "x = `ANY`(y)"},
    {"EXISTS (SELECT 1) AND NOT EXISTS (SELECT 2)", NULL},
    {"(SELECT MAX(a) FROM t) > 1", NULL},
    {"CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END", NULL},
    {"CASE a + 1 WHEN 1 THEN 'x' END", NULL},
    {"CASE a WHEN 1, 2 THEN 'x' WHEN 3 THEN 'y' END", NULL},
    {"CAST(a AS DECIMAL(9, 2)) + TRY_CAST('1' AS INT NOT NULL)", NULL},
    {"CAST(NULL AS ROW<a INT, b ARRAY<STRING>>)", NULL},
    {"a[1].b.c[i + 1]", NULL},
    {"f(x).y.z", NULL},
    {"(a, b).x", NULL},
    {"(a).b", "a.b"},
    {"(1).x", NULL},
    {"ROW(1, 'a') = (1, 'a')", NULL},
    {"ARRAY[1, 2][1] + CARDINALITY(ARRAY[])", NULL},
    {"ARRAY(SELECT 1)", NULL},
    {"MAP['a', 1, 'b', 2]['a']", NULL},
    {"MULTISET[1, 2] = MULTISET(SELECT 1)", NULL},
    {"COUNT(*) + COUNT(t.*) + COUNT(DISTINCT a) + SUM(ALL b)", NULL},
    {"SUM(a) FILTER (WHERE b > 1) OVER w", NULL},
    {"LISTAGG(a, ',') WITHIN GROUP (ORDER BY b DESC)", NULL},
    {"ARRAY_AGG(a ORDER BY b, c DESC)", NULL},
    {"FIRST_VALUE(a) IGNORE NULLS OVER (PARTITION BY b ORDER BY c)", NULL},
    {"FIRST_VALUE(a RESPECT NULLS)", "FIRST_VALUE(a) RESPECT NULLS"},
    {"db.f(1, x => 2)", NULL},
    {"LEFT(a, 1) || RIGHT(a, 2) || IF(a, b, c) || REPLACE(a, b, c)", NULL},
    {"CURRENT_DATE + INTERVAL '1' DAY", NULL},
    {"CURRENT_TIMESTAMP", NULL},
    {"LOCALTIME(3)", NULL},
    {"EXTRACT(DAY FROM ts) + EXTRACT(EPOCH FROM ts)", NULL},
    {"FLOOR(ts TO HOUR)", NULL},
    {"CEIL(a)", NULL},
    {"FLOOR((INTERVAL '1' DAY) TO HOUR)", NULL},
    {"POSITION('a' IN 'abc' FROM 2)", NULL},
    {"SUBSTRING(a FROM 1 FOR 2) || SUBSTRING(a, 1) || SUBSTRING(a FROM 2)", NULL},
    {"OVERLAY(a PLACING b FROM 1 FOR 2)", NULL},
    {"TRIM(a) || TRIM(BOTH 'x' FROM a) || TRIM(LEADING FROM a) || TRIM('x' FROM a)", NULL},
    {"TIMESTAMPADD(DAY, 1, ts) < TIMESTAMPDIFF(SECONDS, a, b)",
     "TIMESTAMPADD(DAY, 1, ts) < TIMESTAMPDIFF(SECOND, a, b)"},
    {"(a - b) DAY + (a - b) SECOND(3, 6)", NULL},
    {"(a - b) DAY TO SECOND(3)", NULL},
    {"YEAR(d) + DAY(d)", NULL},
    {"day(x) + day", NULL},
    {"JSON_VALUE(a, '$.x' RETURNING INT NULL ON EMPTY DEFAULT 1 ON ERROR)", NULL},
    {"JSON_QUERY(a, 'lax $' RETURNING ARRAY<STRING> WITH WRAPPER EMPTY ARRAY ON EMPTY EMPTY OBJECT "
     "ON ERROR)",
     NULL},
    {"JSON_QUERY(a, '$' WITH CONDITIONAL ARRAY WRAPPER)",
     "JSON_QUERY(a, '$' WITH CONDITIONAL WRAPPER)"},
    {"JSON_QUERY(a, '$' WITHOUT ARRAY WRAPPER)", "JSON_QUERY(a, '$' WITHOUT WRAPPER)"},
    {"JSON_EXISTS(a, '$' UNKNOWN ON ERROR)", NULL},
    {"JSON_OBJECT(KEY 'a' VALUE 1, 'b' VALUE 2, 'c' : 3 ABSENT ON NULL)",
     "JSON_OBJECT('a' VALUE 1, 'b' VALUE 2, 'c' VALUE 3 ABSENT ON NULL)"},
    {"JSON_OBJECT(KEY k VALUE v NULL ON NULL)", "JSON_OBJECT(k VALUE v NULL ON NULL)"},
    {"JSON_OBJECT(NULL ON NULL)", NULL},
    {"JSON_ARRAY(1, NULL, key ABSENT ON NULL)", NULL},
    {"JSON_OBJECTAGG(k VALUE v)", NULL},
    {"(a, b) OVERLAPS (c, d) OR (a, b) CONTAINS c OR (a, b) EQUALS (c, d)", NULL},
    {"a PRECEDES b OR a SUCCEEDS b OR a IMMEDIATELY PRECEDES b OR a IMMEDIATELY SUCCEEDS b", NULL},
    {"ts AT TIME ZONE 'UTC'", NULL},
    {"ts AT LOCAL + INTERVAL '1' HOUR", NULL},
    {"-a AT LOCAL", NULL},
    {"DATE '2020-01-01' + TIME '10:00:00'", NULL},
    {"timestamp '2020-01-01 00:00:00' < Timestamp_ltz '2020-01-01 00:00:00'",
     "TIMESTAMP '2020-01-01 00:00:00' < TIMESTAMP WITH LOCAL TIME ZONE '2020-01-01 00:00:00'"},
    {"TIMESTAMP WITH LOCAL TIME ZONE '2020-01-01 00:00:00'", NULL},
    {"date + time + timestamp", NULL},
    {"INTERVAL '1-2' YEAR TO MONTH - INTERVAL -'3 04:05:06.7' DAY(2) TO SECOND(1)", NULL},
    {"INTERVAL + '4' WEEKS + INTERVAL '1' QUARTER + INTERVAL '5' MILLISECOND",
     "INTERVAL '4' WEEK + INTERVAL '1' QUARTER + INTERVAL '5' MILLISECOND"},
    {"ts - INTERVAL 5 SECONDS", "ts - 5 * INTERVAL '1' SECOND"},
    {"ts - INTERVAL -5 SECONDS", "ts - -5 * INTERVAL '1' SECOND"},
    {"INTERVAL -t.x DAY - INTERVAL +(x) DAY", "-t.x * INTERVAL '1' DAY - x * INTERVAL '1' DAY"},
    {"-INTERVAL 100 DAY(3) * a", "-(100 * INTERVAL '1' DAY(3)) * a"},
    {"interval - 5 + interval", "`interval` - 5 + `interval`"},
    {"TIMESTAMPADD(SQL_TSI_DAY, 1, ts)", "TIMESTAMPADD(DAY, 1, ts)"},
    {"interval - interval", "`interval` - `interval`"},
    {"1 + 1.5 + .5 + 5. + 1e10 + 1.5E-3", NULL},
    {"'it''s' || '' || 'a\nb'", NULL},
    {"E'a\\tb\\'c\\u00e9\\x41\\101\\\\' ", "'a\tb''c\xC3\xA9"
                                           "AA\\'"},
    {"U&'d\\0061t\\+000061 \\\\' || u&'d!0061' UESCAPE '!'", "'data \\' || 'da'"},
    {"X'' || x'0aFF'", "X'' || X'0aFF'"},
    {"TRUE AND FALSE OR UNKNOWN AND NULL", NULL},
    {"a /* comment */ + -- and\n b", "a + b"},
    {"count(*/*all*/)", "count(*)"},
    {"2*/*two*/3", "2 * 3"},
    {"a // and so on\n + b", "a + b"},
    {"`a``b`.`c d`", NULL},
    {"`trim`(a) + `f`(b)", "`trim`(a) + f(b)"},
    {"((((a))))", "a"},
};

static void check_expression(const char *sql, const char *printed)
{
    Arena arena;
    StrBuf first;
    Diag diag;
    const Expr *expr, *again;
    arena_init(&arena, NULL);
    strbuf_init(&first, NULL);
    diag_reset(&diag);
    Source source = {TEXT("expression"), text_of(sql)};
    if (parse_expression(&source, &arena, &expr, &diag) != ST_OK)
        fail_msg("%s: %s at %u", sql, diag.message, diag.span.start);
    ast_print_expr(expr, &first);
    assert_string_equal(strbuf_cstr(&first), printed);
    Source print = {TEXT("<printed>"), strbuf_as_text(&first)};
    assert_int_equal(parse_expression(&print, &arena, &again, &diag), ST_OK);
    if (!ast_equal_expr(expr, again))
        fail_msg("parses to something else: %s", printed);
    strbuf_close(&first);
    arena_close(&arena);
}

static void test_expressions(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++)
        check_expression(expressions[i][0],
                         expressions[i][1] == NULL ? expressions[i][0] : expressions[i][1]);
}

/* --- spans --- */

static void test_spans(void **state)
{
    (void)state;
    Source source = {TEXT("expression"), TEXT(" f(a + b) FILTER (WHERE c) * (d.e - 1) ")};
    Arena arena;
    Diag diag;
    const Expr *expr;
    arena_init(&arena, NULL);
    diag_reset(&diag);
    assert_int_equal(parse_expression(&source, &arena, &expr, &diag), ST_OK);
    const Expr *left = expr->as.binary.left, *right = expr->as.binary.right;
    const Expr *parts[] = {
        expr, left, left->as.call->args.first, left->as.call->filter, right, right->as.binary.left};
    static const char *const texts[] = {"f(a + b) FILTER (WHERE c) * (d.e - 1)",
                                        "f(a + b) FILTER (WHERE c)",
                                        "a + b",
                                        "c",
                                        "(d.e - 1)",
                                        "d.e"};
    for (uint32_t i = 0; i < 6; i++) {
        Text text = {source.text.ptr + parts[i]->span.start,
                     parts[i]->span.end - parts[i]->span.start};
        assert_true(text_is(text, texts[i]));
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),    cmocka_unit_test(test_script),
        cmocka_unit_test(test_empty_script),  cmocka_unit_test(test_report_goes_on),
        cmocka_unit_test(test_created_names), cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
