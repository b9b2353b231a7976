/* Renderers against text made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shell/render.h"

enum { COLUMNS = 3 };

static const OutputColumn columns[COLUMNS] = {
    {.name = {"id", 2}, .type = {"INT", 3}, .right_align = true},
    {.name = {"name", 4}, .type = {"STRING", 6}},
    {.name = {"ok", 2}, .type = {"BOOLEAN", 7}},
};
static const OutputCell rows[][COLUMNS] = {
    {{.kind = CELL_NUMBER, .text = {"1", 1}},
     {.kind = CELL_TEXT, .text = {"ann", 3}},
     {.kind = CELL_BOOL, .text = {"TRUE", 4}}},
    {{.kind = CELL_NUMBER, .text = {"-20", 3}},
     {.kind = CELL_TEXT, .text = {"漢字", 6}},
     {.kind = CELL_BOOL, .text = {"FALSE", 5}}},
    {{.kind = CELL_NULL, .text = {NULL, 0}},
     {.kind = CELL_TEXT, .text = {"a,\"b\"\n|c\t\\", 10}},
     {.kind = CELL_NULL, .text = {NULL, 0}}},
    {{.kind = CELL_NUMBER, .text = {"4", 1}},
     {.kind = CELL_TEXT, .text = {"", 0}},
     {.kind = CELL_BOOL, .text = {"TRUE", 4}}},
};
enum { ROWS = sizeof rows / sizeof *rows };

static const RenderOptions plain = {.separator = "|", .insert_table = "t"};

/* The caller closes `out`. */
static void render_rows(const char *mode, const RenderOptions *options, const OutputColumn *column,
                        const OutputCell *cell, uint32_t column_count, uint32_t row_count,
                        StrBuf *out)
{
    Renderer renderer;
    strbuf_init(out, NULL);
    render_open(&renderer, render_mode_find(text_of(mode)), options, out);
    assert_int_equal(render_begin(&renderer, column, column_count), ST_OK);
    for (uint32_t i = 0; i < row_count; i++)
        assert_int_equal(render_row(&renderer, cell + (size_t)i * column_count), ST_OK);
    assert_int_equal(render_end(&renderer), ST_OK);
    assert_int_equal(renderer.row_count, row_count);
    render_close(&renderer);
}

static void check(const char *mode, const RenderOptions *options, uint32_t row_count,
                  const char *expected)
{
    StrBuf out;
    render_rows(mode, options, columns, rows[0], COLUMNS, row_count, &out);
    assert_string_equal(strbuf_cstr(&out), expected);
    strbuf_close(&out);
}

static void test_modes(void **state)
{
    static const struct {
        const char *mode;
        const char *expected;
    } cases[] = {
        {"box", "┌──────┬──────────────┬───────┐\n"
                "│   id │ name         │ ok    │\n"
                "├──────┼──────────────┼───────┤\n"
                "│    1 │ ann          │ TRUE  │\n"
                "│  -20 │ 漢字         │ FALSE │\n"
                "│ NULL │ a,\"b\"\\n|c\\t\\ │ NULL  │\n"
                "│    4 │              │ TRUE  │\n"
                "└──────┴──────────────┴───────┘\n"},
        {"table", "+------+--------------+-------+\n"
                  "|   id | name         | ok    |\n"
                  "+------+--------------+-------+\n"
                  "|    1 | ann          | TRUE  |\n"
                  "|  -20 | 漢字         | FALSE |\n"
                  "| NULL | a,\"b\"\\n|c\\t\\ | NULL  |\n"
                  "|    4 |              | TRUE  |\n"
                  "+------+--------------+-------+\n"},
        {"column", "  id  name          ok\n"
                   "----  ------------  -----\n"
                   "   1  ann           TRUE\n"
                   " -20  漢字          FALSE\n"
                   "NULL  a,\"b\"\\n|c\\t\\  NULL\n"
                   "   4                TRUE\n"},
        {"markdown", "|   id | name          | ok    |\n"
                     "|-----:|---------------|-------|\n"
                     "|    1 | ann           | TRUE  |\n"
                     "|  -20 | 漢字          | FALSE |\n"
                     "| NULL | a,\"b\"\\n\\|c\\t\\ | NULL  |\n"
                     "|    4 |               | TRUE  |\n"},
        {"csv", "id,name,ok\n1,ann,TRUE\n-20,漢字,FALSE\n,\"a,\"\"b\"\"\n|c\t\\\",\n4,\"\",TRUE\n"},
        {"tsv",
         "id\tname\tok\n1\tann\tTRUE\n-20\t漢字\tFALSE\n\ta,\"b\"\\n|c\\t\\\\\t\n4\t\tTRUE\n"},
        {"json", "[{\"id\":1,\"name\":\"ann\",\"ok\":true},\n"
                 "{\"id\":-20,\"name\":\"漢字\",\"ok\":false},\n"
                 "{\"id\":null,\"name\":\"a,\\\"b\\\"\\n|c\\t\\\\\",\"ok\":null},\n"
                 "{\"id\":4,\"name\":\"\",\"ok\":true}]\n"},
        {"jsonl", "{\"id\":1,\"name\":\"ann\",\"ok\":true}\n"
                  "{\"id\":-20,\"name\":\"漢字\",\"ok\":false}\n"
                  "{\"id\":null,\"name\":\"a,\\\"b\\\"\\n|c\\t\\\\\",\"ok\":null}\n"
                  "{\"id\":4,\"name\":\"\",\"ok\":true}\n"},
        {"line", "  id = 1\nname = ann\n  ok = TRUE\n\n"
                 "  id = -20\nname = 漢字\n  ok = FALSE\n\n"
                 "  id = NULL\nname = a,\"b\"\n|c\t\\\n  ok = NULL\n\n"
                 "  id = 4\nname = \n  ok = TRUE\n"},
        {"list", "1|ann|TRUE\n-20|漢字|FALSE\n|a,\"b\"\n|c\t\\|\n4||TRUE\n"},
        {"quote", "1,'ann',TRUE\n-20,'漢字',FALSE\nNULL,'a,\"b\"\n|c\t\\',NULL\n4,'',TRUE\n"},
        {"insert", "INSERT INTO `t` VALUES (1, 'ann', TRUE);\n"
                   "INSERT INTO `t` VALUES (-20, '漢字', FALSE);\n"
                   "INSERT INTO `t` VALUES (NULL, 'a,\"b\"\n|c\t\\', NULL);\n"
                   "INSERT INTO `t` VALUES (4, '', TRUE);\n"},
        {"tableau", "+-------------+--------------------------+--------+\n"
                    "|          id | name                     | ok     |\n"
                    "+-------------+--------------------------+--------+\n"
                    "|           1 | ann                      | TRUE   |\n"
                    "|         -20 | 漢字                     | FALSE  |\n"
                    "|        NULL | a,\"b\"\\n|c\\t\\             | NULL   |\n"
                    "|           4 |                          | TRUE   |\n"
                    "+-------------+--------------------------+--------+\n"},
    };
    (void)state;
    assert_int_equal(sizeof cases / sizeof *cases, render_mode_count()); /* none is left out */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].mode, &plain, ROWS, cases[i].expected);
}

static void test_empty_results(void **state)
{
    (void)state;
    check("csv", &plain, 0, "id,name,ok\n");
    check("json", &plain, 0, "[]\n");
    check("jsonl", &plain, 0, "");
    check("line", &plain, 0, "");
    check("table", &plain, 0,
          "+----+------+----+\n| id | name | ok |\n+----+------+----+\n+----+------+----+\n");
}

static void test_headers(void **state)
{
    RenderOptions off = plain, on = plain;
    (void)state;
    off.headers = HEADERS_OFF;
    on.headers = HEADERS_ON;
    check("csv", &off, 1, "1,ann,TRUE\n");
    check("table", &off, 1, "+---+-----+------+\n| 1 | ann | TRUE |\n+---+-----+------+\n");
    check("list", &on, 1, "id|name|ok\n1|ann|TRUE\n");
    check("quote", &on, 1, "'id','name','ok'\n1,'ann',TRUE\n");
    /* Markdown has no table without a header. */
    check("markdown", &off, 1,
          "| id | name | ok   |\n|---:|------|------|\n|  1 | ann  | TRUE |\n");
}

static void test_texts_of_options(void **state)
{
    RenderOptions options = plain;
    (void)state;
    options.null_text = "?";
    options.separator = ", ";
    options.insert_table = "odd`name";
    check("list", &options, 3, "1, ann, TRUE\n-20, 漢字, FALSE\n?, a,\"b\"\n|c\t\\, ?\n");
    check("insert", &options, 1, "INSERT INTO `odd``name` VALUES (1, 'ann', TRUE);\n");
    check("jsonl", &options, 1, "{\"id\":1,\"name\":\"ann\",\"ok\":true}\n");
}

/* A long text, such as a job's statements: its beginning where columns are aligned, else all of it.
 */
static void test_long_text(void **state)
{
    static const OutputColumn column[2] = {{.name = {"id", 2}},
                                           {.name = {"sql", 3}, .is_long = true}};
    static const char sql[] =
        "\nCREATE VIEW a AS\n\tSELECT 1;\r\n  INSERT INTO b SELECT '2  x' FROM "
        "c_is_a_long_name;\n";
    static const char cut[] = "CREATE VIEW a AS SELECT 1; INSERT INTO b SELECT '2 x' FROM …";
    static const struct {
        const char *mode, *expected;
    } cases[] = {
        {"csv", "id,sql\n1,\"\nCREATE VIEW a AS\n\tSELECT 1;\r\n  INSERT INTO b SELECT '2  x' FROM "
                "c_is_a_long_name;\n\"\n2,short\n3,\n"},
        {"json",
         "[{\"id\":\"1\",\"sql\":\"\\nCREATE VIEW a AS\\n\\tSELECT 1;\\r\\n  INSERT INTO b SELECT "
         "'2  x' FROM c_is_a_long_name;\\n\"},\n{\"id\":\"2\",\"sql\":\"short\"},\n"
         "{\"id\":\"3\",\"sql\":null}]\n"},
    };
    const OutputCell cell[3][2] = {
        {{.kind = CELL_TEXT, .text = {"1", 1}}, {.kind = CELL_TEXT, .text = text_of(sql)}},
        {{.kind = CELL_TEXT, .text = {"2", 1}}, {.kind = CELL_TEXT, .text = TEXT("short")}},
        {{.kind = CELL_TEXT, .text = {"3", 1}}, {.kind = CELL_NULL}},
    };
    StrBuf out;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        render_rows(cases[i].mode, &plain, column, cell[0], 2, 3, &out);
        assert_string_equal(strbuf_cstr(&out), cases[i].expected);
        strbuf_close(&out);
    }
    static const char *const aligned[] = {"box", "table", "column", "markdown"};
    for (size_t i = 0; i < sizeof aligned / sizeof *aligned; i++) {
        render_rows(aligned[i], &plain, column, cell[0], 2, 3, &out);
        if (strstr(strbuf_cstr(&out), cut) == NULL || strstr(strbuf_cstr(&out), "\\n") != NULL)
            fail_msg("%s", strbuf_cstr(&out));
        strbuf_close(&out);
    }
    render_rows("line", &plain, column, cell[0], 2, 1, &out);
    assert_non_null(strstr(strbuf_cstr(&out), "c_is_a_long_name"));
    strbuf_close(&out);
}

static void test_max_rows(void **state)
{
    RenderOptions options = plain;
    Renderer renderer;
    StrBuf out;
    (void)state;
    options.max_rows = 2;
    strbuf_init(&out, NULL);
    render_open(&renderer, render_mode_find(TEXT("column")), &options, &out);
    assert_int_equal(render_begin(&renderer, columns, COLUMNS), ST_OK);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_int_equal(render_row(&renderer, rows[i]), ST_OK);
    assert_int_equal(render_end(&renderer), ST_OK);
    assert_string_equal(strbuf_cstr(&out),
                        " id  name  ok\n---  ----  -----\n  1  ann   TRUE\n-20  漢字  FALSE\n");
    assert_int_equal(renderer.row_count, 4);
    assert_int_equal(renderer.hidden_count, 2);
    render_close(&renderer);
    strbuf_close(&out);
}

/* What cannot be a number of the mode's language is written so that it can be read back. */
static void test_special_values(void **state)
{
    static const OutputColumn names[3] = {
        {.name = {"a", 1}}, {.name = {"b", 1}}, {.name = {"a", 1}}};
    static const OutputCell values[3] = {
        {.kind = CELL_NUMBER, .text = {"NaN", 3}},
        {.kind = CELL_BYTES, .text = {"\x00\xFF", 2}},
        {.kind = CELL_JSON, .text = {"[1, (NULL)]", 11}, .json = {"[1,{\"x\":null}]", 14}}};
    static const struct {
        const char *mode;
        const char *expected;
    } cases[] = {
        {"jsonl", "{\"a\":\"NaN\",\"b\":\"AP8=\",\"a\":[1,{\"x\":null}]}\n"},
        {"quote", "CAST('NaN' AS DOUBLE),x'00ff','[1,{\"x\":null}]'\n"},
        {"csv", "a,b,a\nNaN,x'00ff',\"[1,{\"\"x\"\":null}]\"\n"},
        {"list", "NaN|x'00ff'|[1, (NULL)]\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        StrBuf out;
        render_rows(cases[i].mode, &plain, names, values, 3, 1, &out);
        assert_string_equal(strbuf_cstr(&out), cases[i].expected);
        strbuf_close(&out);
    }
}

/* A value must not steer the terminal; a pipe gets it as it is. */
static void test_control_characters(void **state)
{
    static const OutputColumn name[1] = {{.name = {"x\033", 2}}};
    static const OutputCell value[1] = {{.kind = CELL_TEXT, .text = {"a\033[2Jb\nc", 8}}};
    static const struct {
        const char *mode;
        const char *terminal, *pipe;
    } cases[] = {
        {"csv", "x\\x1b\n\"a\\x1b[2Jb\nc\"\n", "x\033\n\"a\033[2Jb\nc\"\n"},
        {"list", "a\\x1b[2Jb\nc\n", "a\033[2Jb\nc\n"},
        {"line", "x\\x1b = a\\x1b[2Jb\\nc\n", "x\\x1b = a\033[2Jb\nc\n"},
        {"tsv", "x\\x1b\na\\x1b[2Jb\\nc\n", "x\033\na\033[2Jb\\nc\n"},
        {"quote", "'a\\x1b[2Jb\nc'\n", "'a\033[2Jb\nc'\n"},
        {"jsonl", "{\"x\\u001b\":\"a\\u001b[2Jb\\nc\"}\n", "{\"x\\u001b\":\"a\\u001b[2Jb\\nc\"}\n"},
        {"column", "x\\x1b\n------------\na\\x1b[2Jb\\nc\n",
         "x\\x1b\n------------\na\\x1b[2Jb\\nc\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int terminal = 0; terminal < 2; terminal++) {
            StrBuf out;
            RenderOptions options = plain;
            options.terminal = terminal == 1;
            render_rows(cases[i].mode, &options, name, value, 1, 1, &out);
            assert_string_equal(strbuf_cstr(&out),
                                terminal == 1 ? cases[i].terminal : cases[i].pipe);
            strbuf_close(&out);
        }
    }
}

static const OutputColumn wide_columns[2] = {{.name = {"n", 1}, .right_align = true},
                                             {.name = {"text", 4}}};
static const OutputCell wide_row[2] = {
    {.kind = CELL_NUMBER, .text = {"123456789012", 12}},
    {.kind = CELL_TEXT, .text = {"the quick brown fox jumps", 25}}};

static void check_width(const char *mode, uint32_t width, const char *expected)
{
    RenderOptions options = plain;
    StrBuf out;
    options.width = width;
    render_rows(mode, &options, wide_columns, wide_row, 2, 1, &out);
    assert_string_equal(strbuf_cstr(&out), expected);
    strbuf_close(&out);
}

/* 12 + 25 + 7 for the lines = 44 columns; numbers stay whole. */
static void test_fits_to_screen(void **state)
{
    (void)state;
    check_width("table", 44,
                "+--------------+---------------------------+\n"
                "|            n | text                      |\n"
                "+--------------+---------------------------+\n"
                "| 123456789012 | the quick brown fox jumps |\n"
                "+--------------+---------------------------+\n");
    check_width("table", 30,
                "+--------------+-------------+\n"
                "|            n | text        |\n"
                "+--------------+-------------+\n"
                "| 123456789012 | the quick … |\n"
                "+--------------+-------------+\n");
    check_width("table", 26,
                "   n = 123456789012\ntext = the quick brown fox jumps\n"); /* 12 + 8 + 7 = 27 */
    check_width("markdown", 20,
                "|            n | text                      |\n"
                "|-------------:|---------------------------|\n"
                "| 123456789012 | the quick brown fox jumps |\n");
    check_width("csv", 10, "n,text\n123456789012,the quick brown fox jumps\n");
}

/* A long text is cut on a screen and whole elsewhere; a long number is whole everywhere. */
static void test_tableau_widths(void **state)
{
    static const OutputColumn column[2] = {
        {.name = {"n", 1}, .type = {"INT", 3}, .right_align = true},
        {.name = {"c", 1}, .type = {"CHAR(3)", 7}}};
    static const OutputCell row[2] = {
        {.kind = CELL_NUMBER, .text = {"1234567890123", 13}},
        {.kind = CELL_TEXT, .text = {"abcdefghijklmnopqrstuvwxyz", 26}}};
    static const struct {
        uint32_t width;
        const char *last;
    } cases[] = {
        {0, "| 1234567890123 | abcdefghijklmnopqrstuvwxyz "
            "|\n+-------------+----------------------+\n"},
        {80, "| 1234567890123 | abcdefghijklmnopqrs… |\n+-------------+----------------------+\n"},
        {30, "| 1234567890123 | abcdefghijk… |\n+-------------+--------------+\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        RenderOptions options = plain;
        StrBuf out;
        options.width = cases[i].width;
        render_rows("tableau", &options, column, row, 2, 1, &out);
        size_t size = strlen(cases[i].last);
        assert_true(out.size > size);
        assert_string_equal(out.ptr + out.size - size, cases[i].last);
        strbuf_close(&out);
    }
}

static Status render_all(const RenderMode *mode, StrBuf *out)
{
    Renderer renderer;
    strbuf_init(out, NULL);
    render_open(&renderer, mode, &plain, out);
    Status status = render_begin(&renderer, columns, COLUMNS);
    for (uint32_t i = 0; status == ST_OK && i < ROWS; i++)
        status = render_row(&renderer, rows[i]);
    if (status == ST_OK)
        status = render_end(&renderer);
    render_close(&renderer);
    return status;
}

/* Every allocation fails once: the renderer says so, or has not needed it. */
static void test_short_of_memory(void **state)
{
    enum { MOST = 1000 };
    (void)state;
    for (uint32_t m = 0; m < render_mode_count(); m++) {
        Status status = ST_NOMEM;
        StrBuf expected, out;
        assert_int_equal(render_all(render_mode(m), &expected), ST_OK);
        uint64_t k = 1;
        for (; status != ST_OK && k < MOST; k++) {
            mem_fail_at(k, false);
            status = render_all(render_mode(m), &out);
            mem_fail_at(0, false);
            assert_true(status == ST_OK || status == ST_NOMEM);
            if (status == ST_OK)
                assert_string_equal(strbuf_cstr(&out), strbuf_cstr(&expected));
            strbuf_close(&out);
        }
        assert_true(k > 2 && k < MOST);
        strbuf_close(&expected);
    }
}

static void test_find_modes(void **state)
{
    Diag diag = {0};
    const RenderMode *mode;
    (void)state;
    assert_ptr_equal(render_mode_find(TEXT("CSV")), render_mode_find(TEXT("csv")));
    assert_string_equal(render_mode_find(TEXT("vertical"))->name, "line");
    assert_null(render_mode_find(TEXT("xml")));
    assert_int_equal(render_mode_get(TEXT("marckdown"), SPAN_NONE, &mode, &diag), ST_USAGE);
    assert_string_equal(diag.hint, "did you mean \"markdown\"?");
    for (uint32_t i = 0; i < render_mode_count(); i++) {
        assert_true(strlen(render_mode(i)->help) > 0);
        assert_ptr_equal(render_mode_find(text_of(render_mode(i)->name)), render_mode(i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes),           cmocka_unit_test(test_empty_results),
        cmocka_unit_test(test_headers),         cmocka_unit_test(test_texts_of_options),
        cmocka_unit_test(test_long_text),       cmocka_unit_test(test_max_rows),
        cmocka_unit_test(test_special_values),  cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_fits_to_screen),  cmocka_unit_test(test_tableau_widths),
        cmocka_unit_test(test_short_of_memory), cmocka_unit_test(test_find_modes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
