#include "format_harness.h"

#include "storage/base/limits.h"

static void test_places_and_reasons(void **state)
{
    (void)state;
    static const FormatCase cases[] = {
        {"a STRING, b STRING",
         "\xef\xbb\xbf"
         "1,x\r\n2,\"y\nz\"\n3,w",
         "1@3:[1, x] 2@8:[2, y\nz] 4@16:[3, w]"},
        {"a STRING, b STRING", "1\n2,x\n",
         "1@0:REJECTED E5001 fewer fields than columns <1> 2@2:[2, x]"},
        {"a STRING, b STRING", "1,2,3\n2,x\n",
         "1@0:REJECTED E5001 more fields than columns <1,2,3> 2@6:[2, x]"},
        {"a STRING, b STRING", "1,2,,\n", "1@0:REJECTED E5001 more fields than columns <1,2,,>"},
        {"a STRING, b STRING", "1,\"x\"y\r\n2,x\r\n",
         "1@0:REJECTED E5001 text after a closing quote <1,\"x\"y> 2@8:[2, x]"},
        {"a STRING, b STRING", "1,\xff\n2,x\n",
         "1@0:REJECTED E5009 invalid UTF-8 <1,\xff> 2@4:[2, x]"},
        /* a stray quote costs its own line, not those behind it */
        {"a STRING, b STRING", "1,\"x\n2,y\n3,\"z\"\n4,w\n",
         "1@0:REJECTED E5001 text after a closing quote <1,\"x> 2@5:[2, y] 3@9:[3, z] 4@15:[4, w]"},
        {"a STRING, b STRING", "1,\"x\n2,y\n3,z\n",
         "1@0:REJECTED E5001 a quote is not closed <1,\"x> 2@5:[2, y] 3@9:[3, z]"},
        {"a STRING, b STRING", "1,\"x\n\"y\n2,z",
         "1@0:REJECTED E5001 text after a closing quote <1,\"x> 2@5:REJECTED E5001 a quote is not "
         "closed <\"y> 3@8:[2, z]"},
        {"a STRING, b STRING; csv.allow-comments = true", "#1\n# 2\n\n1,x\n   # 3\n2,y",
         "4@8:[1, x] 6@19:[2, y]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        format_check(&csv_format, &cases[i], (FormatPrint){.places = true, .reasons = true});
}

/* As Flink's CsvRowDataDeserializationSchema reads them, but for a second record, which it drops in
 * silence: the message is refused. */
static void test_messages(void **state)
{
    (void)state;
    static const FormatCase cases[] = {
        {"a STRING, b STRING", "1,x", "1@0:[1, x]"},
        {"a STRING, b STRING", "1,x\n", "1@0:[1, x]"},
        {"a STRING, b STRING", "1,x\r\n", "1@0:[1, x]"},
        {"a STRING, b STRING", "1,x\r", "1@0:[1, x]"},
        {"a STRING, b STRING", "1,x\n\r\n", "1@0:[1, x]"},
        {"a STRING, b STRING", "1,\"x\ny\"", "1@0:[1, x\ny]"},
        {"a STRING, b STRING", "1,\"x\r\ny\"\n", "1@0:[1, x\r\ny]"},
        {"a STRING, b STRING", "\"1\n\",\"\n\"", "1@0:[1\n, \n]"},
        {"a STRING, b STRING",
         "\xef\xbb\xbf"
         "1,x",
         "1@0:[1, x]"},
        {"a STRING", "\n", "1@0:[]"},
        {"a STRING", "\"\"", "1@0:[]"},
        {"a STRING, b STRING", "", "1@0:REJECTED E5001 an empty message <>"},
        {"a STRING", "", "1@0:REJECTED E5001 an empty message <>"},
        {"a STRING", "\xef\xbb\xbf", "1@0:REJECTED E5001 an empty message <>"},
        {"a STRING, b STRING", "\n", "1@0:REJECTED E5001 fewer fields than columns <>"},
        {"a STRING, b STRING", "1,x\n2,y",
         "1@0:REJECTED E5001 a second record behind the first <1,x\n2,y>"},
        {"a STRING, b STRING", "1,x\r\n\n2,y\n",
         "1@0:REJECTED E5001 a second record behind the first <1,x\r\n\n2,y\n>"},
        {"a STRING, b STRING", "1,x\n ",
         "1@0:REJECTED E5001 a second record behind the first <1,x\n >"},
        {"a STRING, b STRING", "\n1,x",
         "1@0:REJECTED E5001 a second record behind the first <\n1,x>"},
        {"a STRING, b STRING", "1,\"x\n2,y\n",
         "1@0:REJECTED E5001 a quote is not closed <1,\"x\n2,y\n>"},
        {"a STRING, b STRING", "1,\"x\"y\n",
         "1@0:REJECTED E5001 text after a closing quote <1,\"x\"y\n>"},
        {"a STRING, b STRING", "1,\"\n\xff\"", "1@0:REJECTED E5009 invalid UTF-8 <1,\"\n\xff\">"},
        {"a STRING, b STRING; csv.allow-comments = true", "# c\n\n1,x\n # d\n\n#e", "1@0:[1, x]"},
        {"a STRING, b STRING; csv.allow-comments = true", "# c\n1,x\n#d\n2,y",
         "1@0:REJECTED E5001 a second record behind the first <1,x\n#d\n2,y>"},
        {"a STRING; csv.allow-comments = true", "#c\n \n",
         "1@0:REJECTED E5001 no record but comments or blank lines <#c\n \n>"},
        {"a STRING; csv.allow-comments = true", "", "1@0:REJECTED E5001 an empty message <>"},
        {"a STRING; csv.ignore-parse-errors = true", "x\ny", ""},
        {"a INT, b STRING; csv.ignore-parse-errors = true", "1\n", "1@0:[1, NULL]"},
    };
    format_check_messages(&csv_format, cases, sizeof cases / sizeof cases[0],
                          (FormatPrint){.places = true, .reasons = true});
}

static void test_long_messages(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &csv_format, TEXT("a INT, b STRING"));
    const uint32_t first[] = {0};
    format_check_long_messages(&table, first, "1,\"\n", "\"\n", "1@0:[1]");
}

static void test_long_lines(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after, *expected;
    } cases[] = {
        {"1,x\n2,", "\n3,y\n", "1@0:[1, x] 2@4:REJECTED 3@16777223:[3, y]"},
        {"1,x\n2,\"", "\"\n3,y\n", "1@0:[1, x] 2@4:REJECTED 3@16777225:[3, y]"},
        {"1,x\n2,", "", "1@0:[1, x] 2@4:REJECTED"},
        {"1,x\n\"2\n", "\n3,y\n", "1@0:[1, x] 2@4:REJECTED 3@7:REJECTED 4@16777224:[3, y]"},
        {"1,x\n2,\"x\"y", "\n3,y\n", "1@0:[1, x] 2@4:REJECTED 3@16777227:[3, y]"},
    };
    FormatTable table;
    format_table(&table, &csv_format, TEXT("a STRING, b STRING"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t step = 0; step <= (1 << 20); step += 1 << 20) {
            FormatRun run = {.table = &table, .step = step, .print = {.places = true}};
            StrBuf input = {0}, out = {0};
            strbuf_string(&input, cases[i].before);
            strbuf_repeat(&input, 'x', LIMIT_RECORD_BYTES);
            strbuf_string(&input, cases[i].after);
            format_run(&run, strbuf_as_text(&input), &out);
            assert_string_equal(strbuf_cstr(&out), cases[i].expected);
            strbuf_close(&input);
            strbuf_close(&out);
        }
    }
}

static void test_predicate(void **state)
{
    (void)state;
    FormatTable table;
    format_table(&table, &csv_format, TEXT("a INT, s STRING"));
    const Comparison over = {.column = 0, .op = PREDICATE_GE, .value = {.as.i64 = 5}};
    FormatRun run = {.table = &table, .predicate = {&over, 1}};
    StrBuf out = {0};
    format_run(&run, TEXT("4,x\n5,y\n?,z\n6\n7,w\n"), &out);
    assert_string_equal(strbuf_cstr(&out), "FILTERED [5, y] [BAD, z] REJECTED [7, w]");
    strbuf_close(&out);
}

/* Which records are rejected does not depend on which columns are wanted. */
static void test_column_subsets(void **state)
{
    (void)state;
    static const uint32_t subsets[][3] = {{0, 1, 2}, {0, 2}, {1}, {2}, {0}};
    static const uint32_t sizes[] = {3, 2, 1, 1, 0};
    static const char *const expected[] = {
        "[1, 2, 3] REJECTED REJECTED REJECTED [a, b\n, c] [x, y, z]",
        "[1, 3] REJECTED REJECTED REJECTED [a, c] [x, z]",
        "[2] REJECTED REJECTED REJECTED [b\n] [y]", "[3] REJECTED REJECTED REJECTED [c] [z]",
        "[] REJECTED REJECTED REJECTED [] []"};
    FormatTable table;
    format_table(&table, &csv_format, TEXT("a STRING, b STRING, c STRING"));
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        FormatRun run = {.table = &table, .wanted = subsets[i], .wanted_count = sizes[i]};
        StrBuf out = {0};
        format_run(&run, TEXT("1,2,3\n1,2\n1,\xc3,3\n1,\"2\"2,3\na,\"b\n\",c\nx,y,z"), &out);
        assert_string_equal(strbuf_cstr(&out), expected[i]);
        strbuf_close(&out);
    }
}

static void test_check(void **state)
{
    (void)state;
    static const FormatTableCase cases[] = {
        {"a INT; csv.quote-character = '", E0001},
        {"a INT; csv.disable-quote-character = true; csv.quote-character = |", E2114},
        {"a INT; csv.field-delimiter = |; csv.quote-character = |", E2114},
        {"a INT; csv.field-delimiter = |; csv.escape-character = |", E2114},
        {"a INT; csv.escape-character = \"", E2114},
        {"a INT; csv.field-delimiter = \\n", E2114},
    };
    format_check_tables(&csv_format, false, cases, sizeof cases / sizeof cases[0]);
}

/* What Flink writes for the same rows. */
static void test_encode(void **state)
{
    (void)state;
    check_encode_messages(&csv_format, "a STRING, b STRING; csv.null-literal = NIL",
                          TEXT("\"x\ny\",NIL\n"), TEXT("\"x\ny\",NIL"));
    check_encode(&csv_format,
                 "a TINYINT, b BOOLEAN, c DOUBLE, d DECIMAL(10,2), e TIMESTAMP(3), f BYTES, g "
                 "DATE, h TIME, k TIMESTAMP_LTZ(3), l INT; csv.null-literal = NIL",
                 "1,true,1e20,1.50,2020-01-01 10:00:00.120,aGk=,2020-01-02,10:11:12,2020-01-01 "
                 "00:00:00.123Z,NIL\n",
                 "1,true,1.0E20,1.5,\"2020-01-01 "
                 "10:00:00.12\",aGk=,2020-01-02,10:11:12,\"2020-01-01 00:00:00.123Z\",NIL\n");
    check_encode(&csv_format, "a INT, g DATE, h TIME, f BYTES; csv.field-delimiter = ;",
                 "1;2020-01-02;10:11:12;aGk=\n", "1;\"2020-01-02\";\"10:11:12\";aGk=\n");
    check_encode(&csv_format, "d DECIMAL(20,10), p DECIMAL(10,0)", "0.00000001,100\n",
                 "1E-8,1E+2\n");
    check_encode(
        &csv_format,
        "d DECIMAL(20,10), p DECIMAL(10,0); csv.write-bigdecimal-in-scientific-notation = false",
        "0.00000001,100\n", "0.0000000100,100\n");
    static const struct {
        const char *options, *input, *expected;
    } texts[] = {
        {"",
         ",\na b,a'b\n\"a\"\"b\",\"a,b\"\n lead,trail "
         "\n#x,1\n\"x\ny\",tab\tx\nback\\slash,semi;\n-1,\"x\r\"\na.b,A_b-c\n@,=1+1\n{,~!\n!,#\n+1,"
         "a:b\n",
         ",\n\"a b\",\"a'b\"\n\"a\"\"b\",\"a,b\"\n\" lead\",\"trail "
         "\"\n\"#x\",1\n\"x\ny\",\"tab\tx\"\n\"back\\slash\",semi;\n-1,\"x\r\"\na.b,A_b-c\n@,\"=1+"
         "1\"\n{,\"~!\"\n\"!\",\"#\"\n\"+1\",a:b\n"},
        {"",
         "aaaaaaaaaaaaaaaaaaaaaaaa,"
         "aaaaaaaaaaaaaaaaaaaaaaaaa\n\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
         "\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9,x\n",
         "aaaaaaaaaaaaaaaaaaaaaaaa,"
         "\"aaaaaaaaaaaaaaaaaaaaaaaaa\"\n\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
         "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9,x\n"},
        {"; csv.escape-character = ^", "a^^b,a\\b\n\"a\"\"b\",^^\n\"^^\"\"\",\"x,y\"\n",
         "\"a^^b\",a\\b\n\"a\"\"b\",\"^^\"\n\"^^\"\"\",\"x,y\"\n"},
        {"; csv.quote-character = '", "'a''b',a\"b\na(b,'a,b'\nx y,z\na%b,&\n",
         "'a''b','a\"b'\n'a(b','a,b'\n'x y',z\n'a%b','&'\n"},
        {"; csv.field-delimiter = |", "abc|ABC\n123|{}\n~|\"x|y\"\n\xc3\xa9|\n",
         "\"abc\"|\"ABC\"\n\"123\"|\"{}\"\n~|\"x|y\"\n\xc3\xa9|\n"},
        {"; csv.disable-quote-character = true", "x\"y,z\n", "x\"y,z\n"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char table[128];
        snprintf(table, sizeof table, "a STRING, b STRING%s", texts[i].options);
        check_encode(&csv_format, table, texts[i].input, texts[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_and_reasons),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_long_messages),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_predicate),
        cmocka_unit_test(test_column_subsets),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_encode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
