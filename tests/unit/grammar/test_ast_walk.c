/* The visitor: what is met, in which order, and how a part is skipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "grammar/parse.h"

/* Columns and tables in the order in which they are met; parentheses show the nesting of queries.
 */
static bool see_expr(void *context, const Expr *expr)
{
    if (expr->kind == EXPR_COLUMN) {
        ast_print_expr(expr, context);
        strbuf_char(context, ' ');
    }
    return true;
}

static bool see_query(void *context, const Query *query)
{
    (void)query;
    strbuf_string(context, "( ");
    return true;
}

static void leave_query(void *context, const Query *query)
{
    (void)query;
    strbuf_string(context, ") ");
}

static bool see_table(void *context, const TableRef *table)
{
    if (table->kind == TABLE_REF_NAME) {
        ast_print_names(&table->as.name.name, context);
        strbuf_string(context, "! ");
    }
    return true;
}

static const struct {
    const char *sql, *met;
} walks[] = {
    {"SELECT a + b, f(c) FILTER (WHERE d) FROM t WHERE e GROUP BY ROLLUP (g, (h, i)) HAVING j "
     "ORDER BY k",
     "( a b c d t! e g h i j k ) "},
    {"SELECT CASE a WHEN b THEN c ELSE d END, x[y], CAST(z AS INT), -w", "( a b c d x y z w ) "},
    {"SELECT a IN (SELECT b FROM u), EXISTS (SELECT c), d = ANY (e, f), (g, ROW(h)), ARRAY(SELECT "
     "i)",
     "( a ( b u! ) ( c ) d e f g h ( i ) ) "},
    {"SELECT a BETWEEN b AND c, d LIKE e ESCAPE f, g IS NULL, (h - i) DAY, j AT TIME ZONE k",
     "( a b c d e f g h i j k ) "},
    {"WITH w AS (SELECT a FROM t) SELECT b FROM w UNION SELECT c FROM u",
     "( ( a t! ) ( b w! ) ( c u! ) ) "},
    {"(SELECT a LIMIT 1) LIMIT 2", "( ( a ) ) "},
    {"VALUES (a, b), (c)", "( a b c ) "},
    {"SELECT * FROM a JOIN b FOR SYSTEM_TIME AS OF c.d ON e, (SELECT f FROM g) WHERE h",
     "( a! b! c.d e ( f g! ) h ) "},
    {"SELECT * FROM TUMBLE(TABLE t PARTITION BY a, DESCRIPTOR(b), c), UNNEST(d), LATERAL f(x => e)",
     "( a c d e ) "},
    {"SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a ORDER BY b MEASURES c AS m PATTERN (A) "
     "WITHIN d DEFINE A AS e)",
     "( t! a b c d e ) "},
    {"SELECT SUM(a) OVER (PARTITION BY b ORDER BY c ROWS d PRECEDING) FROM t WINDOW w AS (ORDER BY "
     "e) QUALIFY f",
     "( a b c d t! e f ) "},
    {"SELECT JSON_VALUE(a, b DEFAULT c ON EMPTY DEFAULT d ON ERROR), JSON_OBJECT(KEY e VALUE f)",
     "( a b c d e f ) "},
    {"CREATE TABLE t (a AS b + c, WATERMARK FOR d AS e) AS SELECT f FROM u", "b c e ( f u! ) "},
    {"CREATE MATERIALIZED VIEW v AS SELECT a FROM t", "( a t! ) "},
    {"INSERT INTO t PARTITION (p = a) SELECT b FROM u", "a ( b u! ) "},
    {"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT b; INSERT INTO c SELECT d; END",
     "( b ) ( d ) "},
    {"EXPLAIN INSERT INTO a SELECT b FROM c", "( b c! ) "},
    {"UPDATE t SET a = b WHERE c", "b c "},
    {"ALTER TABLE t ADD (a AS b, WATERMARK FOR c AS d)", "b d "},
    {"CALL f(a)", "a "},
    {"SHOW TABLES", ""},
};

static void test_order(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
        Arena arena;
        Diag diag;
        Script script;
        StrBuf met;
        arena_init(&arena, NULL);
        diag_reset(&diag);
        strbuf_init(&met, NULL);
        Source source = {TEXT("walk"), text_of(walks[i].sql)};
        assert_int_equal(parse_script(&source, &arena, &script, &diag), ST_OK);
        AstVisitor visitor = {.expr = see_expr,
                              .query = see_query,
                              .table = see_table,
                              .query_done = leave_query,
                              .context = &met};
        ast_walk_statement(&visitor, script.statements.first);
        assert_string_equal(strbuf_cstr(&met), walks[i].met);
        strbuf_close(&met);
        arena_close(&arena);
    }
}

static bool skip_query(void *context, const Query *query)
{
    (void)context;
    (void)query;
    return false;
}

static void test_skip(void **state)
{
    (void)state;
    Arena arena;
    Diag diag;
    const Expr *expr;
    StrBuf met;
    arena_init(&arena, NULL);
    diag_reset(&diag);
    strbuf_init(&met, NULL);
    Source source = {TEXT("walk"), TEXT("a + (SELECT b) + c")};
    assert_int_equal(parse_expression(&source, &arena, &expr, &diag), ST_OK);
    AstVisitor visitor = {
        .expr = see_expr, .query = skip_query, .query_done = leave_query, .context = &met};
    ast_walk_expr(&visitor, expr);
    assert_string_equal(strbuf_cstr(&met), "a ) c ");
    strbuf_close(&met);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_skip)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
