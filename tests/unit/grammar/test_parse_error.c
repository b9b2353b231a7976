/* Mistakes that people make, and what is said about them: code, line and column, message, hint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "grammar/parse.h"

typedef struct Mistake {
    const char *sql;
    ErrorCode code;
    uint32_t column; /* of the one line */
    const char *message;
    const char *hint;
} Mistake;

static const Mistake mistakes[] = {
    /* misspelt keywords, where they are and where they were taken for a name */
    {"SELCT 1;", E1001, 1, "unexpected \"SELCT\"", "did you mean SELECT?"},
    {"SELECT * FORM t;", E1001, 10, "unexpected \"FORM\"", "did you mean FROM?"},
    {"SELECT a FORM t;", E1001, 10, "unexpected \"FORM\"", "did you mean FROM?"},
    {"SELECT * FROM t WHER a = 1;", E1001, 17, "unexpected \"WHER\"", "did you mean WHERE?"},
    {"SELECT * FROM t WEHRE a = 1;", E1001, 17, "unexpected \"WEHRE\"", "did you mean WHERE?"},
    {"SELECT a FROM t GRUOP BY a;", E1001, 17, "unexpected \"GRUOP\"", "did you mean GROUP?"},
    {"SELECT a FROM t ORDER BY a DSEC;", E1001, 28, "unexpected \"DSEC\"", "did you mean DESC?"},
    {"SELECT a FROM t JION u ON a = b;", E1001, 17, "unexpected \"JION\"", "did you mean JOIN?"},
    {"SELECT * FROM a LEFT OUTR JOIN b ON 1 = 1;", E1001, 22, "unexpected \"OUTR\"",
     "did you mean OUTER?"},
    {"CREATE TABEL t (a INT);", E1001, 8, "unexpected \"TABEL\"", "did you mean TABLE?"},
    {"CREATE MATERIALISED VIEW v AS SELECT 1;", E1001, 8, "unexpected \"MATERIALISED\"",
     "did you mean MATERIALIZED?"},
    {"CREATE TABLE t (ts TIMESTAMP(3), WATERMRK FOR ts AS ts);", E1001, 34,
     "unexpected \"WATERMRK\"", "did you mean WATERMARK?"},
    {"CREATE TABLE t (a INT, PRIMRY KEY (a) NOT ENFORCED);", E1001, 24, "unexpected \"PRIMRY\"",
     "did you mean PRIMARY?"},
    {"CREATE TABLE t (a INT METADTA FROM 'x');", E1001, 23, "unexpected \"METADTA\"",
     "did you mean METADATA?"},
    {"SHOW TABELS;", E1001, 6, "unexpected \"TABELS\"", "did you mean TABLES?"},
    {"INSRT INTO t SELECT 1;", E1001, 1, "unexpected \"INSRT\"", "did you mean INSERT?"},
    {"SELECT CASE WEN a THEN 1 END;", E1001, 13, "unexpected \"WEN\"", "did you mean WHEN?"},
    {"SELECT INTERVAL '1' MINTUE;", E1001, 21, "unexpected \"MINTUE\"", "did you mean MINUTE?"},
    {"SELECT a FROM t LIMT 5;", E1001, 17, "unexpected \"LIMT\"", "did you mean LIMIT?"},
    {"DROP TABLE IF EXIST t;", E1001, 15, "unexpected \"EXIST\"", "did you mean EXISTS?"},
    {"SELECT TIMESTMP '2020-01-01 00:00:00';", E1001, 17, "a text cannot follow the name TIMESTMP",
     "did you mean TIMESTAMP?"},
    /* commas */
    {"SELECT a, FROM t;", E1001, 9, "nothing follows the \",\" before \"FROM\"",
     "remove the comma"},
    {"SELECT a FROM t, WHERE a = 1;", E1001, 16, "nothing follows the \",\" before \"WHERE\"",
     "remove the comma"},
    {"CREATE TABLE t (a INT, b STRING,);", E1001, 32, "nothing follows the \",\" before \")\"",
     "remove the comma"},
    {"SELECT f(a,) FROM t;", E1001, 11, "nothing follows the \",\" before \")\"",
     "remove the comma"},
    {"SELECT a b c FROM t;", E1001, 12, "unexpected \"c\"", "is a comma missing before it?"},
    {"SELECT a, b c d FROM t;", E1001, 15, "unexpected \"d\"", "is a comma missing before it?"},
    {"CREATE TABLE t (a INT b STRING);", E1001, 23, "unexpected \"b\"",
     "is a comma missing before it?"},
    {"CREATE TABLE t (a INT) WITH ('a' = 'b' 'c' = 'd');", E1001, 40, "unexpected 'c'",
     "is a comma missing before it?"},
    {"SELECT a FROM t WHERE b IN (1 2);", E1001, 31, "unexpected \"2\"",
     "is a comma missing before it?"},
    {"SELECT x 'abc';", E1001, 10, "a text cannot follow the name x",
     "is there a comma or an operator missing?"},
    /* brackets */
    {"SELECT (a + b FROM t;", E1001, 15, "unexpected \"FROM\"", "is \")\" missing before it?"},
    {"SELECT count(* FROM t;", E1001, 16, "unexpected \"FROM\"", "is \")\" missing before it?"},
    {"SELECT * FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY x;", E1001,
     74, "unexpected \"GROUP\"", "is \")\" missing before it?"},
    {"SELECT a FROM t WHERE (a = 1;", E1001, 23,
     "the statement ends too early, and this \"(\" is not closed", ""},
    {"SELECT a) FROM t;", E1001, 9, "this \")\" closes nothing", ""},
    /* missing words */
    {"SELECT a FROM t GROUP a;", E1001, 23, "unexpected \"a\"", "is BY missing before it?"},
    {"SELECT a FROM t ORDER a;", E1001, 23, "unexpected \"a\"", "is BY missing before it?"},
    {"INSERT t SELECT 1;", E1001, 8, "unexpected \"t\"", "is INTO missing before it?"},
    {"DROP t;", E1001, 6, "unexpected \"t\"", "is TABLE missing before it?"},
    {"CREATE VIEW v SELECT 1;", E1001, 15, "unexpected \"SELECT\"", "is AS missing before it?"},
    {"SELECT CASE WHEN a THEN b FROM t;", E1001, 27, "unexpected \"FROM\"",
     "is END missing before it?"},
    {"CREATE TABLE t (a INT) WITH ('connector' 'x');", E1001, 42, "unexpected 'x'",
     "is \"=\" missing before it?"},
    {"SELECT a FROM t WHERE x BETWEEN 1 TO 2;", E1001, 35, "expected AND, not \"TO\"", ""},
    {"SELECT FROM t;", E1001, 8, "unexpected \"FROM\"; expected an expression", ""},
    {"SELECT a FROM t WHERE a = ;", E1001, 25,
     "the statement ends too early; expected an expression", ""},
    {"SELECT a FROM t LIMIT;", E1001, 17, "the statement ends too early; expected an expression",
     ""},
    /* texts and names */
    {"SELECT * FROM t WHERE a = \"x\";", E1003, 27, "double quotes quote nothing",
     "use back-ticks for names, single quotes for text"},
    {"CREATE TABLE t (a INT) WITH (connector = 'x');", E1001, 30,
     "expected a text in single quotes, not \"connector\"", "write 'connector'"},
    {"CREATE TABLE t (a INT) WITH ('a' = 5);", E1001, 36,
     "expected a text in single quotes, not \"5\"", "write '5'"},
    {"SELECT INTERVAL 1.5 MINUTE;", E1001, 17, "expected a text in single quotes, not \"1.5\"",
     "write '1.5'"},
    {"SELECT order FROM t;", E1004, 8, "ORDER is a reserved word",
     "as a name it needs back-ticks: `order`"},
    {"CREATE TABLE t (offset INT, a INT);", E1004, 17, "OFFSET is a reserved word",
     "as a name it needs back-ticks: `offset`"},
    {"SELECT a AS table FROM t;", E1004, 13, "TABLE is a reserved word",
     "as a name it needs back-ticks: `table`"},
    {"SELECT 'abc;", E1002, 8, "the text that begins here is not closed",
     "it ends with a single quote; one inside it is written twice"},
    {"SELECT `abc;", E1002, 8, "the name that begins here is not closed with a back-tick", ""},
    {"SELECT 1 /* and so on;", E1002, 10, "the comment that begins here is not closed with */", ""},
    {"SELECT ``;", E1001, 8, "a name cannot be empty", ""},
    {"SET path = http://host;", E1001, 17, "a comment begins inside the value",
     "write the value in single quotes"},
    /* signs */
    {"SELECT a == b;", E1001, 10, "unexpected \"==\"", "values are compared with a single ="},
    {"SELECT a && b;", E1003, 10, "unexpected character &",
     "the word is AND; there are no operators on bits"},
    {"SELECT !a;", E1003, 8, "unexpected character !", "the words are NOT and <>"},
    {"SELECT \xE2\x80\x98"
     "a\xE2\x80\x99;",
     E1003, 8, "unexpected character \xE2\x80\x98",
     "a typographic quote; texts take plain single quotes"},
    {"SELECT\xC2\xA0"
     "1;",
     E1003, 7, "unexpected character \xC2\xA0", "a no-break space, which looks like a plain one"},
    {"SELECT 1 \x01;", E1003, 10, "unexpected control character 0x01", ""},
    {"# comment", E1003, 1, "unexpected character #", "comments begin with --"},
    /* literals */
    {"SELECT 12ab;", E1006, 8, "\"12ab\" is neither a number nor a name",
     "a name that begins with a digit needs back-ticks"},
    {"SELECT X'abc';", E1006, 8, "X'...' has an odd number of digits", "two digits make one byte"},
    {"SELECT X'0g';", E1006, 11, "X'...' takes the digits 0 to 9 and A to F", ""},
    {"SELECT E'a\\u12';", E1006, 11, "the escape stands for no character", ""},
    {"SELECT U&'!0041' UESCAPE 'ab';", E1006, 26,
     "UESCAPE takes one sign that is no digit, quote, plus or space", ""},
    {"SELECT INTERVAL '1' DAY(99999);", E1006, 25, "the number is above 1000", ""},
    /* ends and beginnings */
    {"SELECT a FROM", E1007, 10,
     "the input ends inside a statement; expected a name, \"(\", LATERAL or TABLE", ""},
    {"CREATE TABLE t (a INT", E1007, 16,
     "the input ends inside a statement, and this \"(\" is not closed", ""},
    {"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1;", E1007, 23,
     "the input ends inside a statement, and this \"BEGIN\" is not closed", ""},
    {"FOO BAR;", E1001, 1, "no statement begins with \"FOO\"", ""},
    {"42;", E1001, 1, "no statement begins with \"42\"", ""},
    /* what constructors refuse */
    {"CREATE OR REPLACE DATABASE d;", E1001, 1, "OR REPLACE does not go with CREATE DATABASE", ""},
    {"CREATE TEMPORARY MATERIALIZED VIEW v AS SELECT 1;", E1001, 1,
     "TEMPORARY does not go with CREATE MATERIALIZED VIEW", ""},
    {"CREATE TABLE t (a INT) COMMENT 'a' COMMENT 'b';", E1001, 44, "COMMENT is given twice", ""},
    {"CREATE TABLE t (a INT) FRESHNESS = INTERVAL '1' DAY;", E1001, 24,
     "only a materialized table has this clause", ""},
    {"SELECT * FROM SESSION(rides PARTITION BY k, DESCRIPTOR(ts));", E1001, 23,
     "only a table has PARTITION BY in an argument", "write TABLE name PARTITION BY ..."},
    {"SELECT (a + b).*;", E1001, 8, "only the name of a table can stand before .*", ""},
    {"SELECT f(x).g(y);", E1001, 8, "only a name can stand before the name of a function",
     "a function is called as f(x), not as x.f()"},
    {"SELECT JSON_ARRAY(1 ERROR ON NULL);", E1001, 30, "before ON NULL stands NULL or ABSENT", ""},
    {"SELECT CAST(1 AS FLOAT PRECISION);", E1001, 24, "there is no type FLOAT PRECISION", ""},
    {"SELECT INTERVAL '1' DAY(1, 2);", E1001, 28, "only SECOND has a second precision", ""},
};

static void check_mistake(const Mistake *mistake)
{
    Source source = {TEXT("mistake"), text_of(mistake->sql)};
    Arena arena;
    Diag diag;
    Script script;
    arena_init(&arena, NULL);
    diag_reset(&diag);
    Status status = parse_script(&source, &arena, &script, &diag);
    if (status != ST_SYNTAX || !diag.set)
        fail_msg("%s: no error", mistake->sql);
    LineColumn at = source_locate(&source, diag.span.start);
    bool same = diag.code == mistake->code && at.line == 1 && at.column == mistake->column &&
                strcmp(diag.message, mistake->message) == 0 &&
                (mistake->hint == NULL || strcmp(diag.hint, mistake->hint) == 0);
    if (!same)
        fail_msg("%s\n%s column %u: %s (%s)", mistake->sql, error_def(diag.code)->name, at.column,
                 diag.message, diag.hint);
    assert_true(diag.span.end > diag.span.start);
    assert_ptr_equal(diag.source, &source);
    arena_close(&arena);
}

static void test_mistakes(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
        check_mistake(&mistakes[i]);
}

static void test_invalid_utf8(void **state)
{
    (void)state;
    static const char sql[] = "SELECT '\xC3\xA9\xFF'";
    Source source = {TEXT("mistake"), text_of(sql)};
    Arena arena;
    Diag diag;
    Script script;
    arena_init(&arena, NULL);
    diag_reset(&diag);
    assert_int_equal(parse_script(&source, &arena, &script, &diag), ST_SYNTAX);
    assert_int_equal(diag.code, E1003);
    assert_int_equal(diag.span.start, 10);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_invalid_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
