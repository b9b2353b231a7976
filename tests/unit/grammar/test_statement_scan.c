/* Where statements end, and what is open while one types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "grammar/parse.h"

static const struct {
    const char *text;
    ParseOpen open;
    uint32_t end; /* of the first statement, 0: not complete */
} cases[] = {
    {"", PARSE_OPEN_NOTHING, 0},
    {"  -- only a comment", PARSE_OPEN_NOTHING, 0},
    {"/* one; two */", PARSE_OPEN_NOTHING, 0},
    {";", PARSE_COMPLETE, 1},
    {"SELECT 1", PARSE_OPEN_STATEMENT, 0},
    {"SELECT 1;", PARSE_COMPLETE, 9},
    {"SELECT 1; -- done", PARSE_COMPLETE, 9},
    {"SELECT 1; SELECT 2", PARSE_OPEN_STATEMENT, 9},
    {"SELECT 1; SELECT 2;", PARSE_COMPLETE, 9},
    {"SELECT 'a;", PARSE_OPEN_STRING, 0},
    {"SELECT 'a;'';", PARSE_OPEN_STRING, 0},
    {"SELECT 'a;';", PARSE_COMPLETE, 12},
    {"SELECT E'a\\';", PARSE_OPEN_STRING, 0},
    {"SELECT x'00", PARSE_OPEN_STRING, 0},
    {"SELECT `a;", PARSE_OPEN_NAME, 0},
    {"SELECT `a;`;", PARSE_COMPLETE, 12},
    {"SELECT /* a;", PARSE_OPEN_COMMENT, 0},
    {"SELECT /* a; */ 1;", PARSE_COMPLETE, 18},
    {"SELECT -- a;\n1;", PARSE_COMPLETE, 15},
    {"SELECT /*+ A(1)", PARSE_OPEN_COMMENT, 0},
    {"SELECT (1", PARSE_OPEN_PAREN, 0},
    {"SELECT a[1", PARSE_OPEN_PAREN, 0},
    {"SELECT (1)", PARSE_OPEN_STATEMENT, 0},
    {"SELECT (1;", PARSE_COMPLETE, 10},  /* a mistake, which the parser will explain */
    {"SELECT \"a;", PARSE_COMPLETE, 10}, /* double quotes quote nothing */
    {"SELECT \"a;b\nc\";", PARSE_COMPLETE, 10},
    {"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;", PARSE_OPEN_SET, 0},
    {"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END", PARSE_OPEN_STATEMENT, 0},
    {"EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;", PARSE_COMPLETE, 56},
    {"EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN b THEN 1 END; END;",
     PARSE_COMPLETE, 77},
    {"BEGIN STATEMENT SET;", PARSE_OPEN_SET, 0},
    {"begin statement set; insert into a select 1; end;", PARSE_COMPLETE, 49},
    {"BEGIN STATEMENT SET; INSERT INTO a SELECT (1; END;", PARSE_COMPLETE, 50},
    {"SELECT begin, statement FROM t;", PARSE_COMPLETE, 31},
};

static void test_open(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Text text = text_of(cases[i].text);
        if (parse_open(text) != cases[i].open || parse_statement_end(text) != cases[i].end)
            fail_msg("%s: open %d, end %u", cases[i].text, (int)parse_open(text),
                     parse_statement_end(text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_open)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
