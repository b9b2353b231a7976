/* The comparison sees every difference: each statement equals itself, whatever its spaces, letter
 * case of keywords and quotes, and none of its neighbours, which differ from it in one thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "grammar/parse.h"

enum { LINE_BYTES = 4096, MOST_LINES = 800 };

static const Statement *parse_one(const char *sql, Arena *arena)
{
    Diag diag;
    Script script;
    diag_reset(&diag);
    Source *source = arena_alloc(arena, sizeof *source);
    *source = (Source){TEXT("equal"), text_of(sql)};
    if (parse_script(source, arena, &script, &diag) != ST_OK)
        fail_msg("%s: %s", sql, diag.message);
    return script.statements.first;
}

/* Statements that print differently differ; those that print alike do not. */
static void test_all_pairs(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, NULL);
    FILE *file = fopen(WEIR_SOURCE_DIR "/tests/unit/grammar/statements.txt", "r");
    assert_non_null(file);
    const Statement **statement = calloc(MOST_LINES, sizeof *statement);
    StrBuf *print = calloc(MOST_LINES, sizeof *print);
    uint32_t count = 0;
    char line[LINE_BYTES];
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#' || line[0] == '=')
            continue;
        Text copy;
        assert_int_equal(arena_text(&arena, text_of(line), &copy), ST_OK);
        assert_true(count < MOST_LINES);
        statement[count] = parse_one(copy.ptr, &arena);
        strbuf_init(&print[count], NULL);
        ast_print_statement(statement[count], &print[count]);
        count++;
    }
    fclose(file);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < count; k++) {
            bool alike = strcmp(strbuf_cstr(&print[i]), strbuf_cstr(&print[k])) == 0;
            if (ast_equal_statement(statement[i], statement[k]) != alike)
                fail_msg("%s\n%s", strbuf_cstr(&print[i]), strbuf_cstr(&print[k]));
        }
    }
    for (uint32_t i = 0; i < count; i++)
        strbuf_close(&print[i]);
    free(print);
    free(statement);
    arena_close(&arena);
}

static const char *const different[][2] = {
    {"SELECT a", "SELECT A"},
    {"SELECT a", "SELECT a AS a"},
    {"SELECT a", "SELECT ALL a"},
    {"SELECT 1", "SELECT 1.0"},
    {"SELECT '1'", "SELECT 1"},
    {"SELECT 'a'", "SELECT X'0a'"},
    {"SELECT a - b", "SELECT a + b"},
    {"SELECT a - (b - c)", "SELECT a - b - c"},
    {"SELECT f(a)", "SELECT f(DISTINCT a)"},
    {"SELECT f(a)", "SELECT f(a, a)"},
    {"SELECT f(a) OVER w", "SELECT f(a) OVER (w)"},
    {"SELECT CAST(a AS INT)", "SELECT TRY_CAST(a AS INT)"},
    {"SELECT CAST(a AS INT)", "SELECT CAST(a AS INT NOT NULL)"},
    {"SELECT (a, b)", "SELECT ROW(a, b)"},
    {"SELECT a IN (1)", "SELECT a NOT IN (1)"},
    {"SELECT a = ANY (1)", "SELECT a = ALL (1)"},
    {"SELECT a LIKE b", "SELECT a ILIKE b"},
    {"SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a ASC"},
    {"SELECT a FROM t LIMIT 1", "SELECT a FROM t FETCH FIRST 1 ROWS ONLY"},
    {"SELECT * FROM a, b", "SELECT * FROM a CROSS JOIN b"},
    {"SELECT * FROM a JOIN b", "SELECT * FROM a NATURAL JOIN b"},
    {"SELECT * FROM f(a)", "SELECT * FROM TABLE(f(a))"},
    {"SELECT INTERVAL '1' DAY", "SELECT INTERVAL -'1' DAY"},
    {"SELECT INTERVAL '1' DAY", "SELECT INTERVAL '1' DAY(2)"},
    {"SELECT 1 UNION SELECT 2", "SELECT 1 UNION ALL SELECT 2"},
    {"SELECT a FROM t MATCH_RECOGNIZE (PATTERN (A*) DEFINE A AS b)",
     "SELECT a FROM t MATCH_RECOGNIZE (PATTERN (A*?) DEFINE A AS b)"},
    {"CREATE TABLE t (a INT)", "CREATE TABLE IF NOT EXISTS t (a INT)"},
    {"CREATE TABLE t (a INT COMMENT '')", "CREATE TABLE t (a INT)"},
    {"SET 'a' = 'b'", "SET 'a' = 'c'"},
    {"RESET", "SET"},
    {"STOP JOB '1'", "STOP JOB '1' WITH DRAIN"},
};

static void test_differences(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(different) / sizeof(different[0]); i++) {
        Arena arena;
        arena_init(&arena, NULL);
        const Statement *a = parse_one(different[i][0], &arena),
                        *b = parse_one(different[i][1], &arena);
        if (ast_equal_statement(a, b) || !ast_equal_statement(a, a) || !ast_equal_statement(b, b))
            fail_msg("%s | %s", different[i][0], different[i][1]);
        arena_close(&arena);
    }
}

static const char *const same[][2] = {
    {"SELECT a FROM t", "select  `a`\nfrom /* x */ `t`"},
    {"SELECT a AS b FROM t", "SELECT a b FROM t"},
    {"SELECT ((a))", "SELECT a"},
    {"SELECT a <> b", "SELECT a != b"},
    {"SELECT INTERVAL '1' DAYS", "SELECT INTERVAL '1' day"},
    {"SELECT E'a'", "SELECT 'a'"},
    {"SET a = b", "SET 'a' = 'b'"},
};

static void test_sameness(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        Arena arena;
        arena_init(&arena, NULL);
        if (!ast_equal_statement(parse_one(same[i][0], &arena), parse_one(same[i][1], &arena)))
            fail_msg("%s | %s", same[i][0], same[i][1]);
        arena_close(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_pairs),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_sameness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
