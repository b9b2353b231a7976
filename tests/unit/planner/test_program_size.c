/* A plan that asks an operator to compute more than a program holds is refused, with its place. The
 * counts are worked out by hand: a column is one node, `v + v` three, and the input's columns count
 * too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "executor/expr/program.h"
#include "grammar/parse.h"
#include "planner/planner.h"

typedef struct Bench {
    Arena arena;
    TableLookup tables;
    StrBuf sql;
    Source source;
    Diag diag;
} Bench;

static void bench_open(Bench *b)
{
    *b = (Bench){.source.name = TEXT("<test>")};
    arena_init(&b->arena, NULL);
    table_set_init(&b->tables, &b->arena, NULL);
    strbuf_init(&b->sql, NULL);
    diag_reset(&b->diag);
}

static void bench_close(Bench *b)
{
    strbuf_close(&b->sql);
    arena_close(&b->arena);
}

/* `v + v + ...`: that many nodes, an odd number. */
static void add_sum(Bench *b, uint32_t nodes)
{
    strbuf_string(&b->sql, "v");
    for (uint32_t i = 1; i < nodes; i += 2)
        strbuf_string(&b->sql, " + v");
}

/* Such sums, parted by `between`. */
static void add_sums(Bench *b, uint32_t count, uint32_t nodes, const char *between,
                     const char *behind)
{
    for (uint32_t i = 0; i < count; i++) {
        strbuf_string(&b->sql, i == 0 ? "" : between);
        add_sum(b, nodes);
        strbuf_string(&b->sql, behind);
    }
}

/* The last statement is planned, those before are declared. */
static Status plan_script(Bench *b)
{
    Script script;
    Plan *plan;
    QueryDraft draft;
    PlanRequest request = {.tables = &b->tables, .arena = &b->arena, .diag = &b->diag};
    assert_int_equal(strbuf_status(&b->sql), ST_OK);
    b->source.text = strbuf_as_text(&b->sql);
    TRY(parse_script(&b->source, &b->arena, &script, &b->diag));
    for (const Statement *s = script.statements.first; s != script.statements.last; s = s->next) {
        TableDef *def;
        TRY(table_def_make(&b->tables, s, &def, &b->diag));
        TRY(table_set_put(&b->tables, def));
    }
    const Statement *last = script.statements.last;
    TRY(plan_select(&request, last->as.query, last->span, &draft));
    return plan_queries(&request, &draft, 1, &plan);
}

static void expect_refused(Bench *b, const char *message)
{
    assert_int_equal(plan_script(b), ST_LIMIT);
    assert_true(b->diag.set);
    assert_string_equal(error_def(b->diag.code)->name, "E1005");
    assert_string_equal(b->diag.message, message);
    assert_true(b->diag.hint[0] != '\0');
    LineColumn at = source_locate(&b->source, b->diag.span.start);
    assert_int_equal(at.line, 2);
    assert_int_equal(at.column, 1);
}

static const char table[] = "CREATE TABLE t (v BIGINT) WITH ('connector' = 'datagen');\n";

/* 1 input column + 1284 * 51 + 49 + 1 = 65535, which is all there can be. */
static void add_full_select(Bench *b)
{
    strbuf_string(&b->sql, table);
    strbuf_string(&b->sql, "SELECT ");
    add_sums(b, 1284, 51, ", ", "");
    strbuf_string(&b->sql, ", ");
    add_sum(b, 49);
    strbuf_string(&b->sql, ", v AS last_one");
}

static void test_select_list(void **state)
{
    (void)state;
    Bench b;
    assert_int_equal(PROGRAM_SIZE_MAX, 65535);
    bench_open(&b);
    add_full_select(&b);
    strbuf_string(&b.sql, " FROM t");
    assert_int_equal(plan_script(&b), ST_OK);
    bench_close(&b);

    bench_open(&b);
    add_full_select(&b);
    strbuf_string(&b.sql, ", v AS one_more, v AS beyond FROM t");
    expect_refused(&b, "the query computes too much in one step: more than 65535 operations up to "
                       "column \"one_more\"");
    bench_close(&b);
}

/* Two filters of 400 * 101 + 1 nodes become one Calc's conditions. */
static void test_conditions(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    strbuf_string(&b.sql, table);
    strbuf_string(&b.sql, "SELECT v FROM (SELECT v FROM t WHERE ");
    add_sums(&b, 400, 99, " AND ", " > v");
    strbuf_string(&b.sql, ") WHERE ");
    add_sums(&b, 400, 99, " AND ", " < v");
    expect_refused(
        &b,
        "the query computes too much in one step: more than 65535 operations in its conditions");
    bench_close(&b);
}

static void test_values(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    strbuf_string(&b.sql, "\nVALUES (");
    for (uint32_t i = 0; i < 1500; i++) {
        strbuf_string(&b.sql, i == 0 ? "RAND()" : ", RAND()");
        for (uint32_t k = 0; k < 25; k++)
            strbuf_string(&b.sql, " + RAND()");
    }
    strbuf_string(&b.sql, ")");
    expect_refused(&b, "the query computes too much in one step: more than 65535 operations up to "
                       "column \"EXPR$1285\"");
    bench_close(&b);
}

/* What the watermark depends on is computed by the scan. */
static void test_computed_columns(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    strbuf_string(&b.sql, "CREATE TABLE t (v BIGINT, ts TIMESTAMP(3), a AS GREATEST(");
    add_sums(&b, 240, 201, ", ", "");
    strbuf_string(&b.sql, "), b AS LEAST(");
    add_sums(&b, 240, 201, ", ", "");
    strbuf_string(&b.sql, "), WATERMARK FOR ts AS CASE WHEN a > b THEN ts ELSE ts - INTERVAL '1' "
                          "SECOND END) WITH ('connector' = 'datagen');\n");
    strbuf_string(&b.sql, "SELECT ts FROM t");
    expect_refused(
        &b,
        "the query computes too much in one step: more than 65535 operations up to column \"b\"");
    bench_close(&b);
}

/* Operators one above the other: each level here has several. */
static void test_steps(void **state)
{
    (void)state;
    Bench b;
    bench_open(&b);
    strbuf_string(&b.sql, table);
    for (uint32_t i = 0; i < 60; i++)
        strbuf_string(&b.sql, "SELECT DISTINCT MAX(v) + 1 AS v FROM (");
    strbuf_string(&b.sql, "SELECT v FROM t");
    for (uint32_t i = 0; i < 60; i++)
        strbuf_string(&b.sql, ") WHERE v > 1 GROUP BY v HAVING COUNT(*) > 0");
    assert_int_equal(plan_script(&b), ST_LIMIT);
    assert_true(b.diag.set);
    assert_string_equal(error_def(b.diag.code)->name, "E1005");
    assert_string_equal(b.diag.message, "the query has more than 200 steps, one above the other");
    assert_true(b.diag.span.end > b.diag.span.start);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_select_list), cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_values),      cmocka_unit_test(test_computed_columns),
        cmocka_unit_test(test_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
