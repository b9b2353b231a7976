/* Limits, depth and memory: what is too deep or too large is refused with E1005, and every failed
 * allocation unwinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "grammar/parse.h"
#include "storage/base/limits.h"

typedef struct Trial {
    Arena arena;
    StrBuf sql;
    Diag diag;
} Trial;

static void trial_open(Trial *trial)
{
    arena_init(&trial->arena, NULL);
    strbuf_init(&trial->sql, NULL);
    diag_reset(&trial->diag);
}

static void trial_close(Trial *trial)
{
    strbuf_close(&trial->sql);
    arena_close(&trial->arena);
}

/* `head`, then `piece` that many times, then `middle`, then `tail` as often. */
static Status try_repeated(const char *head, const char *piece, const char *middle,
                           const char *tail, uint32_t times)
{
    Trial trial;
    trial_open(&trial);
    strbuf_string(&trial.sql, head);
    for (uint32_t i = 0; i < times; i++)
        strbuf_string(&trial.sql, piece);
    strbuf_string(&trial.sql, middle);
    for (uint32_t i = 0; i < times; i++)
        strbuf_string(&trial.sql, tail);
    Source source = {TEXT("trial"), strbuf_as_text(&trial.sql)};
    Script script;
    Status status = parse_script(&source, &trial.arena, &script, &trial.diag);
    if (status == ST_LIMIT) {
        assert_int_equal(trial.diag.code, E1005);
        assert_true(trial.diag.span.end <= source.text.size);
    } else if (status == ST_OK) {
        StrBuf printed;
        strbuf_init(&printed, NULL);
        ast_print_statement(script.statements.first, &printed);
        assert_true(ast_equal_statement(script.statements.first, script.statements.first));
        strbuf_close(&printed);
    }
    trial_close(&trial);
    return status;
}

/* Each shape parses when it is modest and is refused when it is monstrous. */
static const struct {
    const char *head, *piece, *middle, *tail;
    uint32_t modest, monstrous;
} shapes[] = {
    {"SELECT ", "(", "1", ")", 900, 5000},
    {"SELECT 1", " + 1", "", "", 490, 10000},
    {"SELECT a", " AND a", "", "", 490, 10000},
    {"SELECT a", " OR a", "", "", 490, 10000},
    {"SELECT ", "NOT ", "a", "", 490, 10000},
    {"SELECT ", "- ", "a", "", 490, 10000},
    {"SELECT ", "f(", "a", ")", 240, 5000},
    {"SELECT a", "[1]", "", "", 490, 10000},
    {"SELECT f(a)", ".b", "", "", 490, 10000},
    {"SELECT ", "CASE WHEN a THEN ", "1", " END", 190, 5000},
    {"SELECT 1", " UNION SELECT 1", "", "", 490, 5000},
    {"", "(", "SELECT 1", ")", 900, 5000},
    {"SELECT * FROM ", "(SELECT * FROM ", "t", ")", 150, 5000},
    {"SELECT * FROM t", " JOIN t", "", "", 490, 5000},
    {"SELECT * FROM t", ", t", "", "", 490, 5000},
    {"CREATE TABLE t (a ", "ARRAY<", "INT", ">)", 0, 5000},
    {"CREATE TABLE t (a INT", " ARRAY", ")", "", 490, 5000},
    {"SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A ", "(", "B", ")*", 0, 5000},
    {"SELECT a FROM t GROUP BY ", "ROLLUP (", "a", ")", 240, 5000},
    {"SELECT 1 IN (1", ", 1", ")", "", 90000, 250000},
    {"VALUES (1)", ", (1)", "", "", 60000, 250000},
    {"INSERT INTO t VALUES (1", ", 1", ")", "", 90000, 250000},
};

static void test_shapes(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        Status modest = shapes[i].modest == 0
                            ? ST_OK
                            : try_repeated(shapes[i].head, shapes[i].piece, shapes[i].middle,
                                           shapes[i].tail, shapes[i].modest);
        Status monstrous = try_repeated(shapes[i].head, shapes[i].piece, shapes[i].middle,
                                        shapes[i].tail, shapes[i].monstrous);
        if (modest != ST_OK || monstrous != ST_LIMIT)
            fail_msg("%s%s...: %d, %d", shapes[i].head, shapes[i].piece, (int)modest,
                     (int)monstrous);
    }
}

static void test_depth_is_counted(void **state)
{
    (void)state;
    Trial trial;
    trial_open(&trial);
    Source source = {TEXT("trial"), TEXT("a + f(b, (SELECT c FROM t WHERE d IN (1, -e)))")};
    const Expr *expr;
    assert_int_equal(parse_expression(&source, &trial.arena, &expr, &trial.diag), ST_OK);
    /* + over f over the subquery over its query over IN over minus over e */
    assert_int_equal(expr->depth, 7);
    trial_close(&trial);
}

static void test_name_length(void **state)
{
    (void)state;
    assert_int_equal(try_repeated("SELECT ", "x", "", "", LIMIT_NAME_BYTES), ST_OK);
    assert_int_equal(try_repeated("SELECT ", "x", "", "", LIMIT_NAME_BYTES + 1), ST_LIMIT);
}

static void test_statement_size(void **state)
{
    (void)state;
    assert_int_equal(try_repeated("SELECT '", "x", "'", "", LIMIT_STATEMENT_BYTES - 9), ST_OK);
    assert_int_equal(try_repeated("SELECT '", "x", "'", "", LIMIT_STATEMENT_BYTES), ST_LIMIT);
}

/* --- memory --- */

static const char *const scripts[] = {
    "SELECT a, 'it''s', `b``c`, E'\\n', U&'\\0041' FROM t JOIN u ON t.a = u.a WHERE a IN (1);",
    "CREATE TABLE t (a INT, WATERMARK FOR a AS a) WITH ('x' = 'y'); SELECT (1 + 2 * (3 - 4));",
    "SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A B* (C | D)+) DEFINE A AS TRUE);",
};

/* The k-th allocation fails, for every k until none does. */
static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        Source source = {TEXT("memory"), text_of(scripts[i])};
        Status status = ST_NOMEM;
        uint64_t failures = 0;
        for (uint64_t k = 1; status != ST_OK; k++) {
            Arena arena;
            Diag diag;
            Script script;
            arena_init(&arena, NULL);
            diag_reset(&diag);
            mem_fail_at(k, true);
            status = parse_script(&source, &arena, &script, &diag);
            mem_fail_at(0, false);
            arena_close(&arena);
            assert_true(status == ST_OK || status == ST_NOMEM);
            failures += status == ST_NOMEM;
        }
        assert_true(failures >= 3);
    }
}

/* What one token makes the parser do fits into what was reserved for it: the arena has small blocks
 * and nothing to spare, and a constructor that found too little would end the test. */
static void test_reserve_is_enough(void **state)
{
    (void)state;
    assert_int_equal(try_repeated("SELECT ", "NOT ", "a", "", 498), ST_OK);
    assert_int_equal(try_repeated("SELECT * FROM ", "(SELECT * FROM ", "t", ")", 160), ST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_depth_is_counted),
        cmocka_unit_test(test_name_length),
        cmocka_unit_test(test_statement_size),
        cmocka_unit_test(test_every_allocation_can_fail),
        cmocka_unit_test(test_reserve_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
